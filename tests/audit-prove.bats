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

# ---- prove, check ----

# A manifest of 17 rows in two batches, row 3 quarantined; and the key.
logged() {
	rows 17 | sed '4s/,3,/,-3,/' | inv-split -q --chunk-size 10 - |
		inv-validate -q | inv-commit -q -l file:ledger.db 2> err |
		inv-audit -q > summary
	id=$(jq -r .manifest summary)
	inv-audit key show > lab.pub
}

proved() { # ROW
	logged
	inv-audit prove "${id:0:12}" "$1" > proof
}

# wrong MESSAGE FILE [KEY]: the proof is refused for that.
wrong() {
	run -1 --separate-stderr inv-audit check "$2" --key "${3:-lab.pub}"
	[[ $stderr == *"$1"* ]]
	[ -z "$output" ]
}

# edit FILTER: the proof with a change, as it would be written.
edit() {
	jq -c "$1" proof > edited
}

@test "a proof of any committed row is good for whoever has the key alone" {
	logged
	mkdir -m 700 elsewhere
	for row in 1 2 4 10 11 17; do
		inv-audit prove "$id" $row > proof
		INV_STATE=elsewhere/none inv-audit check proof --key lab.pub |
			jq -e ".row == $row and .manifest == \"$id\" and
				.entries == 8 and .cosigned == [] and
				(.signed | length) == 1"
		[ "$(jq -r '.record | fromjson | .quantity' proof)" = $row ]
	done
	[ ! -e elsewhere/none ]
}

@test "a proof has the record as it was sent, and the entry as it is logged" {
	proved 12
	journal 'select(.type == "intent") | .body[] |
		select(.asset_id == "LAB-000012") | tojson' > sent
	[ "$(jq -r .record proof)" = "$(cat sent)" ]
	jq -r .entry proof > entry
	grep -qxFf entry "$INV_STATE/audit/log.ndjson"
	[ "$(jq -r .log proof | sed '1,/^$/d')" = "$(inv-audit checkpoint)" ]
}

@test "other rows are in a proof as hashes only" {
	proved 12
	[ "$(grep -o 'LAB-0000[0-9]*' proof | sort -u)" = LAB-000012 ]
}

@test "a manifest is found by its name as well" {
	logged
	inv-audit prove "$id" 1 > one
	inv-audit prove "$(inv-audit show "$id" | jq -r 'select(.type == "manifest").line.name' | head -n 1)" 1 > two
	cmp one two
}

@test "of a row that is not committed it is told what became of it" {
	logged
	run -1 inv-audit prove "$id" 3
	[[ $output == *"row 3 is not committed: quarantined by inv-validate: schema_violation" ]]
	run -1 inv-audit prove "$id" 18
	[[ $output == *"it has no row 18" ]]
	run -1 inv-audit prove "$(tr 0-9a-f 1-9a-f0 <<< "$id")" 1
	[[ $output == *"the log knows no manifest that begins so" ]]
	run -1 inv-audit prove xyz 1
	run -$EX_USAGE inv-audit prove '' 1
	run -$EX_USAGE inv-audit prove "$id" 0
}

@test "an id that begins as several do is refused" {
	logged
	for n in $(seq 17); do
		rows "$n" | inv-split -q - | inv-validate -q 2> err |
			inv-commit -q -l file:ledger.db 2> err | inv-audit -q
	done > more
	jq -r .manifest more summary | sort -u > ids
	twice=$(cut -c 1 ids | uniq -d | head -n 1)
	run -1 inv-audit prove "$twice" 1
	[[ $output == *"several manifests begin so"* ]]
}

@test "a row of a batch that was taken in part is proved" {
	start_ledger --fault '207-row=LAB-000003'
	fixture 10 | commit | inv-audit -q > summary
	id=$(jq -r .manifest summary)
	inv-audit key show > lab.pub
	inv-audit prove "$id" 7 > proof
	[ "$(jq .index proof)" = 6 ]
	inv-audit check proof --key lab.pub
	edit '.row = 6'
	wrong 'record 6 of the batch is not row 6' edited
}

@test "a batch of a time without records_root can not be proved" {
	logged
	(
		cd "$INV_STATE"
		rm -r audit journal/seen.db*
		python3 - <<- 'END'
		import hashlib, re
		prev, out = "0" * 64, []
		for line in open("journal/000001.ndjson"):
		    line = re.sub(r'"records_root":"[0-9a-f]{64}",', "", line)
		    line = re.sub(r'"prev":"[0-9a-f]{64}"', f'"prev":"{prev}"', line)
		    prev = hashlib.sha256(line.rstrip("\n").encode()).hexdigest()
		    out.append(line)
		open("journal/000001.ndjson", "w").writelines(out)
		END
	)
	inv-audit -q < /dev/null || true
	run -1 inv-audit prove "${id:0:8}" 7
	[[ $output == *"a time when records_root was not told"* ]]
}

@test "without a log a proof is 66, without a key to check with 64" {
	run -$EX_NOINPUT inv-audit prove aa 1
	proved 7
	run -$EX_USAGE inv-audit check proof
	run -$EX_NOINPUT inv-audit check nothing --key lab.pub
	run -$EX_DATAERR inv-audit check lab.pub --key lab.pub
}

@test "each link that does not hold is named" {
	proved 7
	edit '.row = 8'
	wrong 'is not row 8' edited
	edit '.row = 3'
	wrong 'its entry does not have row 3' edited
	edit '.record |= sub("Pipette"; "Pipettf")'
	wrong 'the record is not in the batch' edited
	edit '.path[0] |= (.[1:] + .[:1])'
	wrong 'the record is not in the batch' edited
	edit '.manifest |= (.[1:] + .[:1])'
	wrong 'its entry is about another manifest' edited
	edit '.entry |= sub("\"status\":200"; "\"status\":201")'
	wrong 'the entry is not in the log' edited
	edit '.entry |= sub("committed"; "refused")'
	wrong 'its entry tells of no batch that was committed' edited
	edit '.log |= sub("\n8\n"; "\n9\n")'
	wrong 'the entry is not in the log' edited
	edit '.log |= sub("index 0"; "index 1")'
	wrong 'the entry is not in the log' edited
}

@test "a checkpoint of another key is refused" {
	proved 7
	INV_STATE=$PWD/other inv-audit key new --name other > other.pub
	wrong 'signed by none of the keys given' proof other.pub
	edit '.log |= (.[:-10] + "AAAA" + .[-6:])'
	wrong 'is false' edited
}

@test "a proof is written in one way only" {
	proved 7
	jq . proof > pretty
	run -$EX_DATAERR inv-audit check pretty --key lab.pub
	[[ $output == *'not as a proof is written'* ]]
	edit '.more = 1'
	run -$EX_DATAERR inv-audit check edited --key lab.pub
}

@test "no byte of a proof can be changed, where the manifest is at hand" {
	proved 7
	rows 17 | sed '4s/,3,/,-3,/' > m.csv
	inv-audit check proof --key lab.pub --manifest m.csv
	python3 - <<- 'END'
	import random, subprocess, sys
	whole = open("proof", "rb").read()
	places = list(range(len(whole)))
	random.seed(5)
	random.shuffle(places)
	for at in places[:400]:
	    one = bytearray(whole)
	    one[at] ^= 1 << random.randrange(7)
	    open("changed", "wb").write(one)
	    rc = subprocess.run(["inv-audit", "-q", "check", "changed", "--key",
	        "lab.pub", "--manifest", "m.csv"], capture_output=True).returncode
	    if rc not in (1, 65):
	        sys.exit(f"byte {at}: {rc}")
	END
}

@test "a journal that was changed gives no proof" {
	logged
	sed -i '0,/Pipette/s//Pipettf/' "$INV_STATE/journal/000001.ndjson"
	run -$EX_IOERR inv-audit prove "$id" 7
	[[ $output == *"its body is not that of its records_root"* ]]
}

@test "sha256sum sees the same as check" {
	proved 1
	leaf=$( (printf '\000'; jq -j .record proof) | sha256sum | cut -c 1-64)
	node() { # LEFT RIGHT
		(printf '\001'; printf %s "$1$2" | sed 's/../\\x&/g' |
			xargs -0 printf) | sha256sum | cut -c 1-64
	}
	root=$leaf
	for next in $(jq -r '.path[]' proof); do
		root=$(node "$root" "$next")
	done
	[ "$root" = "$(jq -r '.entry | fromjson | .records_root' proof)" ]
}

# ---- witnesses ----

# A witness with a key of its own, by openssl: witness.pub.
witness() {
	openssl genpkey -algorithm ed25519 -out witness.pem 2> /dev/null
	openssl pkey -in witness.pem -pubout -outform DER | tail -c 32 > public
	(printf 'witness\n\004'; cat public) | sha256sum | cut -c 1-8 > keyid
	printf 'witness+%s+%s\n' "$(cat keyid)" \
		"$( (printf '\004'; cat public) | base64 -w 0)" > witness.pub
}

# cosign SECONDS < CHECKPOINT: the same with the line of the witness.
cosign() {
	cat > note
	sed '/^$/,$d' note > text
	printf '%016x' "$1" | sed 's/../\\x&/g' | xargs -0 printf > time
	(printf 'cosignature/v1\ntime %d\n' "$1"; cat text) > said
	openssl pkeyutl -sign -inkey witness.pem -rawin -in said > signature
	cat note
	printf '\xe2\x80\x94 witness %s\n' "$( (sed 's/../\\x&/g' keyid |
		tr -d '\n' | xargs -0 printf; cat time signature) |
		base64 -w 0)"
}

@test "a witness's cosignature goes into a proof, and is checked" {
	logged
	witness
	inv-audit checkpoint | cosign 1795000000 > cosigned
	inv-audit prove "$id" 7 --checkpoint cosigned > proof
	inv-audit check proof --key lab.pub --key witness.pub |
		jq -e '.cosigned == ["witness"] and (.signed | length) == 1'
	wrong 'signed by none of the keys given' proof witness.pub
	edit '.log |= (.[:-10] + "AAAA" + .[-6:])'
	run -1 inv-audit check edited --key lab.pub --key witness.pub
	[[ $output == *'the signature of witness is false'* ]]
	# of a key that is not given nothing is said
	inv-audit check edited --key lab.pub
	inv-audit prove "$id" 7 > proof
	run -1 inv-audit check proof --key lab.pub --key witness.pub
	[[ $output == *'not cosigned by witness'* ]]
}

@test "a proof under an older checkpoint is about the entries before it" {
	logged
	inv-audit checkpoint > older
	rows 3 | sed 's/LAB/BOX/' | inv-split -q - | inv-validate -q 2> err |
		inv-commit -q -l file:ledger.db 2> err | inv-audit -q > later
	inv-audit prove "$id" 7 --checkpoint older > proof
	inv-audit check proof --key lab.pub | jq -e '.entries == 8'
	run -1 inv-audit prove "$(jq -r .manifest later)" 1 --checkpoint older
	inv-audit prove "$(jq -r .manifest later)" 1 > proof
	inv-audit check proof --key lab.pub | jq -e '.entries > 8'
}

@test "a checkpoint of another log gives no proof" {
	logged
	inv-audit checkpoint | sed '3{s/^A/B/;t;s/^./A/}' > other
	run -$EX_IOERR inv-audit prove "$id" 7 --checkpoint other
	[[ $output == *'not the log that the checkpoint was signed over'* ]]
	inv-audit checkpoint | sed '2s/8/80/' > longer
	run -$EX_IOERR inv-audit prove "$id" 7 --checkpoint longer
	run -$EX_DATAERR inv-audit prove "$id" 7 --checkpoint lab.pub
	run -$EX_USAGE inv-audit prove "$id" 7 --checkpoint other --checkpoint other
}

# ---- from one checkpoint to a later one ----

# What a checkpoint was of, and some more manifests behind it.
grown() {
	logged
	inv-audit checkpoint > older
	for name in BOX CAN; do
		rows 3 | sed "s/LAB/$name/" | inv-split -q - |
			inv-validate -q 2> err |
			inv-commit -q -l file:ledger.db 2> err | inv-audit -q
	done > later
}

@test "a log that has only grown since a checkpoint is proved to have" {
	grown
	inv-audit checkpoint --since older > growth
	[ "$(head -n 1 growth)" = 'old 8' ]
	[ "$(sed '1,/^$/d' growth)" = "$(inv-audit checkpoint)" ]
	n=$(inv-audit checkpoint | sed -n 2p)
	[ "$(inv-audit check growth --checkpoint older --key lab.pub)" = \
		"{\"type\":\"grown\",\"old\":8,\"entries\":$n}" ]
	# from the last one to itself there is nothing to tell
	inv-audit checkpoint > last
	inv-audit checkpoint --since last > growth
	[ "$(sed -n 2p growth)" = '' ]
	inv-audit check growth --checkpoint last --key lab.pub
}

@test "growth from a checkpoint of another log is refused" {
	grown
	sed '3{s/^A/B/;t;s/^./A/}' older > other
	run -1 inv-audit checkpoint --since other
	[[ $output == *'does not begin with that of the earlier one' ]]
	sed '2s/8/800/' older > longer
	run -1 inv-audit checkpoint --since longer
	run -$EX_DATAERR inv-audit checkpoint --since lab.pub
	run -$EX_NOINPUT inv-audit checkpoint --since nothing
}

@test "a proof of growth that does not hold is refused" {
	grown
	inv-audit checkpoint --since older > growth
	sed '2{s/^A/B/;t;s/^./A/}' growth > changed
	run -1 inv-audit check changed --checkpoint older --key lab.pub
	[[ $output == *'does not begin with that of the earlier checkpoint' ]]
	sed '1s/8/7/' growth > changed
	run -1 inv-audit check changed --checkpoint older --key lab.pub
	sed '2s/8/7/' older > forged
	run -1 inv-audit check growth --checkpoint forged --key lab.pub
	[[ $output == *'is false' ]]
	INV_STATE=$PWD/other inv-audit key new --name other > other.pub
	run -1 inv-audit check growth --checkpoint older --key other.pub
	run -$EX_DATAERR inv-audit check older --checkpoint older --key lab.pub
	run -$EX_USAGE inv-audit check growth --checkpoint older
	run -$EX_USAGE inv-audit check growth --key lab.pub --checkpoint older \
		--checkpoint older
}

# ---- without inv-audit ----

@test "the README's commands see the same as check" {
	logged
	sed -n '/^## Checking a proof by hand/,/^## Speed/p' "$ROOT/README.md" |
		sed -n '/^```sh/,/^```$/{/^```/!{/^inv-audit/!p}}' > commands
	[ -s commands ]
	for row in 1 7 10 11 17; do
		inv-audit prove "$id" $row > row-7.proof
		bash -e commands > said
		[ "$(head -n 1 said)" = 'Signature Verified Successfully' ]
		[ "$(wc -l < <(cat said; echo))" = 5 ]
		[ "$(sed -n 2p said)" = "$(sed -n 3p said)" ]
		[ "$(sed -n 4p said)" = "$(sed -n 5p said)" ]
	done
	sed -i 's/Pipette/Pipettf/g; s/status\\":200/status\\":201/' row-7.proof
	bash -e commands > said
	[ "$(sed -n 2p said)" != "$(sed -n 3p said)" ]
	[ "$(sed -n 4p said)" != "$(sed -n 5p said)" ]
}
