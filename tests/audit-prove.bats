# audit-prove.bats - what a batch says of its records, and proofs of one row

load lib

prepare() {
	set -o pipefail
	export INV_SCHEMA=inventory
	fast=(--backoff 1ms --max-backoff 20ms)
}

teardown() {
	stop_ledger
}

rows() {
	echo asset_id,grant_code,description,quantity,location_code,acquired_on
	seq "$1" | awk '{ printf "LAB-%06d,NIH-R01-7,Pipette tips,%d," \
		"BLDG12-RM304-CAB2,2026-03-14\n", $1, $1 }'
}

# fixture ROWS [CHUNK]: a validated stream of so many good rows.
fixture() {
	rows "$1" | inv-split -q --chunk-size "${2:-500}" - | inv-validate -q
}

commit() {
	inv-commit -q -l "$LEDGER" "${fast[@]}" "$@"
}

journal() { # FILTER
	jq -r "$1" "$INV_STATE"/journal/*.ndjson
}

# Each intent's root, and what it is by the records of the body: equal.
roots_hold() {
	local n=0 root body
	while IFS=$'\t' read -r root body; do
		jq -c '.[]' <<< "$body" > leaves
		[ "$root" = "$("$ROOT/tests/helper/merkle-root" leaves |
			base64 -d | od -An -v -tx1 | tr -d " \n")" ] || return 1
		n=$((n + 1))
	done < <(journal 'select(.type == "intent") |
		.records_root + "\t" + (.body | tojson)')
	[ "$n" = "$1" ]
}

# ---- records_root ----

@test "a batch tells the Merkle root of the records in its body" {
	start_ledger
	fixture 17 10 | commit > out
	roots_hold 2
	[ "$(jq -r 'select(.type == "batch").records_root' out | sort)" = \
		"$(journal 'select(.type == "intent").records_root' | sort)" ]
}

@test "the outcome and the entry of the log repeat it" {
	start_ledger
	fixture 17 10 | commit | inv-audit -q > summary
	journal 'select(.type == "intent").records_root' | sort > intents
	[ "$(journal 'select(.type == "outcome").records_root' | sort)" = \
		"$(cat intents)" ]
	[ "$(jq -r 'select(.type == "batch").records_root' \
		"$INV_STATE/audit/log.ndjson" | sort)" = "$(cat intents)" ]
	inv-audit verify > /dev/null
}

@test "each half of a refused batch has a root of its own" {
	start_ledger --fault '422-row=LAB-000007'
	fixture 10 | commit > out
	n=$(journal 'select(.type == "intent").seq' | wc -l)
	[ "$n" -gt 2 ]
	roots_hold "$n"
	[ "$(journal 'select(.type == "intent").records_root' | sort -u |
		wc -l)" = "$n" ]
}

@test "a batch that is committed in part has the root of all that was sent" {
	start_ledger --fault '207-again=LAB-000003@1'
	fixture 10 | commit > out
	roots_hold 2
	[ "$(jq -r 'select(.sent == 10).records_root' out)" = \
		"$(journal 'select(.seq == 1).records_root')" ]
}

@test "a batch that is replayed tells the root of its intent" {
	start_ledger --fault 500@1
	fixture 10 > in
	commit -r 0 in > first || [ $? = $EX_TEMPFAIL ]
	root=$(journal 'select(.seq == 1).records_root')
	commit in > out
	[ "$(jq -r 'select(.type == "batch").records_root' out)" = "$root" ]
	[ "$(journal 'select(.outcome == "committed").records_root')" = "$root" ]
}

@test "an intent that told no root is replayed without one" {
	start_ledger --fault 500@1
	fixture 10 > in
	commit -r 0 in > first || [ $? = $EX_TEMPFAIL ]
	mkdir -p old/journal
	chmod 700 old old/journal
	journal=$INV_STATE/journal/000001.ndjson
	head -n 1 "$journal" | sed 's/"records_root":"[0-9a-f]*",//' \
		> old/journal/000001.ndjson
	chmod 600 old/journal/000001.ndjson
	cp "$INV_STATE/ledger" old/
	cp -a "$INV_STATE/archive" old/
	INV_STATE=old commit in > out
	[ "$(jq -c 'select(.type == "batch") | [.count, .records_root]' out)" = \
		'[10,null]' ]
}
