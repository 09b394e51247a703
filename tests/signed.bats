#!/usr/bin/env bats
# signed.bats - inv-split --sign and inv-commit --require-signed

load lib
load commit

prepare() {
	set -o pipefail
	export INV_SCHEMA=inventory
	new_key lab
	new_key eve
	unset DB
	DB=file:$PWD/ledger.db
}

teardown() {
	stop_ledger
}

new_key() { # NAME: NAME/audit/key and NAME.pub
	INV_STATE=$PWD/$1 inv-audit key new --name "$1" > "$1.pub"
}

signed() { # ROWS [OPTION...]: a validated stream, signed by lab
	local n=$1
	shift
	source_rows "$n" | inv-split -q --sign lab/audit/key "$@" - |
		inv-validate -q
}

source_rows() {
	echo asset_id,grant_code,description,quantity,location_code,acquired_on
	seq "$1" | awk '{ printf "LAB-%06d,NIH-R01-7,Pipette tips,%d," \
		"BLDG12-RM304-CAB2,2026-03-14\n", $1, $1 }'
}

strict() { # [OPTION...]: only what lab has signed
	inv-commit -l "$DB" --require-signed --key lab.pub "$@"
}

in_ledger() {
	[ -e ledger.db ] || { echo 0; return; }
	inv-ledger export ledger.db 2> /dev/null | wc -l
}

# refused ROWS WHY [FILE]: strict says why, holds all rows and sends none.  The
# manifest is called NAME, or -.
refused() {
	run -77 --separate-stderr strict "${3:-in}"
	[[ $stderr = *"inv-commit: ${NAME:--}: $2: nothing of it is sent"* ]]
	[ "$(verdicts <<< "$output")" = "held unsigned $1" ]
	[ "$(jq -c 'select(.type=="end").counts.held' <<< "$output")" = "$1" ]
	[ "$(jq -r 'select(.type=="intent").type' \
		"$INV_STATE"/journal/*.ndjson 2> /dev/null | wc -l)" = 0 ]
}

# text < LINE: the bytes that are under the signature.
text() { jq -jcS 'del(.signature, .run, .subset)'; }

edit() { # FILTER: of the manifest line
	jq -c "if .type==\"manifest\" then $1 else . end"
}

# ---- inv-split --sign ----

@test "a manifest line that is signed says by which key" {
	signed 3 > out
	head -n 1 out | jq -e --arg key "$(cut -d+ -f1,2 lab.pub)" \
		'.signature.key == $key and (.signature | keys) == ["ed25519","key"]'
	[ "$(head -n 1 out | jq -r .signature.ed25519 | base64 -d | wc -c)" = 64 ]
}

@test "without --sign there is no signature" {
	source_rows 1 | inv-split -q > out
	[ "$(head -n 1 out | jq 'has("signature")')" = false ]
}

@test "openssl finds the signature good" {
	signed 3 > out
	head -n 1 out | jq -jcS 'del(.signature, .run, .subset)' > text
	head -n 1 out | jq -r .signature.ed25519 | base64 -d > signature
	{ printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00'
	  cut -d + -f 3- lab.pub | base64 -d | tail -c 32; } > key.der
	openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin \
		-in text -sigfile signature
	printf x >> text
	run ! openssl pkeyutl -verify -pubin -keyform DER -inkey key.der \
		-rawin -in text -sigfile signature
}

@test "a manifest that is refused is signed as well" {
	printf 'a,a\n1,2\n' > m.csv
	run -65 --separate-stderr inv-split -q --sign lab/audit/key m.csv
	[ "$(head -n 1 <<< "$output" | jq 'has("signature")')" = true ]
}

@test "each manifest of a stream has its own signature" {
	source_rows 1 > a.csv
	source_rows 2 > b.csv
	inv-split -q --sign lab/audit/key a.csv b.csv > out
	[ "$(jq -r 'select(.type=="manifest").signature.ed25519' out |
		sort -u | wc -l)" = 2 ]
}

@test "two runs of a manifest have the same signature" {
	signed 2 | head -n 1 > a
	signed 2 | head -n 1 > b
	[ "$(jq .run a)" != "$(jq .run b)" ]
	[ "$(jq .signature a)" = "$(jq .signature b)" ]
}

@test "a key that others can read is refused: 77" {
	[ "$(id -u)" != 0 ] || : # root's own file is looked at like any
	chmod 644 lab/audit/key
	run -77 --separate-stderr signed_only
	[ -z "$output" ]
}

signed_only() { source_rows 1 | inv-split -q --sign lab/audit/key; }

@test "a key that is none, or not there: 78" {
	echo nothing-of-a-key > k
	chmod 600 k
	run -78 --separate-stderr inv-split --sign k < /dev/null
	[ "$stderr" = "inv-split: k: not a private key of inv-audit" ]
	run -78 inv-split --sign gone < /dev/null
	run -64 inv-split --sign '' < /dev/null
}

@test "the key may be a credential, or come from a descriptor" {
	mkdir creds
	install -m 400 lab/audit/key creds/sign
	source_rows 2 > m.csv
	CREDENTIALS_DIRECTORY=$PWD/creds inv-split -q --sign cred:sign m.csv > a
	inv-split -q --sign fd:5 m.csv 5< lab/audit/key > b
	[ "$(head -n 1 a | jq .signature)" = "$(head -n 1 b | jq .signature)" ]
	inv-validate -q a | strict -q > out
	[ "$(verdicts < out)" = "committed receipt 2" ]
}

@test "names with any bytes can be signed" {
	local name=$'caf\xc3\xa9 \x7f"\\ \xff\t.csv'
	source_rows 2 > "$name"
	inv-split -q --sign lab/audit/key "$name" | inv-validate -q > in
	strict -q in > out
	[ "$(verdicts < out)" = "committed receipt 2" ]
}

# ---- inv-commit --require-signed ----

@test "what one of the keys has signed is sent" {
	signed 3 | strict -q > out
	[ "$(verdicts < out)" = "committed receipt 3" ]
	[ "$(jq -r 'select(.stage=="inv-commit").signed_by' out)" = "$(cat lab.pub)" ]
}

@test "the file may have several keys, and empty lines" {
	{ cat eve.pub; echo; cat lab.pub; } > keys
	signed 3 | inv-commit -q -l "$DB" --require-signed --key keys > out
	[ "$(verdicts < out)" = "committed receipt 3" ]
}

@test "without --require-signed signatures are not looked at" {
	signed 2 | edit '.signature = 1' | inv-commit -q -l "$DB" > out
	[ "$(verdicts < out)" = "committed receipt 2" ]
	[ "$(jq -r 'select(.stage=="inv-commit").signed_by' out)" = null ]
}

@test "no signature: nothing is sent, all rows are held, 77" {
	source_rows 600 | inv-split -q | inv-validate -q > in
	refused 600 'not signed'
}

@test "another key: the same" {
	source_rows 2 | inv-split -q --sign eve/audit/key | inv-validate -q > in
	refused 2 "signed by $(cut -d+ -f1,2 eve.pub), which is not in lab.pub"
}

@test "another key that says it is this one: the same" {
	source_rows 2 | inv-split -q --sign eve/audit/key | inv-validate -q |
		edit ".signature.key = \"$(cut -d+ -f1,2 lab.pub)\"" > in
	refused 2 "the signature of $(cut -d+ -f1,2 lab.pub) is not over this manifest line"
}

@test "any member that is edited, added or gone: the same" {
	local f NAME
	signed 2 > good
	for f in '.name = "x"' '.bytes += 1' '.received = "2020-01-01T00:00:00Z"' \
		'.arrival += 1' '.submission += 1' '.chunk_size = 7' \
		'.columns[0] = "x"' '.format = "tsv"' '.more = 1' 'del(.received)' \
		'.request_id = (.manifest)'; do
		edit "$f" < good > in
		echo "$f"
		NAME=$(jq -r 'select(.type == "manifest").name' in)
		refused 2 "the signature of $(cut -d+ -f1,2 lab.pub) is not over this manifest line"
	done
}

@test "the signature of another manifest: the same" {
	source_rows 1 | inv-split -q --sign lab/audit/key > other
	signed 2 | edit ".signature = $(head -n 1 other | jq -c .signature)" > in
	refused 2 "the signature of $(cut -d+ -f1,2 lab.pub) is not over this manifest line"
}

@test "a signature that is none: the same" {
	local f
	signed 2 > good
	for f in 1 null '[]' '{}' '"x"' '{"key":"lab"}' \
		'{"key":1,"ed25519":"AAAA"}' '{"key":"a","ed25519":"AAAA"}' \
		'{"key":"a","ed25519":"%"}'; do
		edit ".signature = $f" < good > in
		refused 2 'its signature is none'
	done
	edit '.signature.more = 1' < good > in
	refused 2 'its signature is none'
}

@test "a member that is there twice: no manifest line, and nothing is sent" {
	signed 2 > good
	sed '1s/}$/,"signature":{"key":"a","ed25519":"b"}}/' good > in
	run -65 --separate-stderr strict in
	[ "$(in_ledger)" = 0 ]
	[ ! -e ledger.db ] || [ "$(verdicts <<< "$output" | grep -c committed)" = 0 ]
	sed '1s/}$/,"\\u0073ignature":1}/' good > in
	run -65 --separate-stderr strict in
	[ "$(verdicts <<< "$output" | grep -c committed)" = 0 ]
}

@test "a line in another order, or spaced otherwise, is the same line" {
	signed 2 | jq -cS . | sed '1s/,"/ , "/g' | strict -q > out
	[ "$(verdicts < out)" = "committed receipt 2" ]
}

@test "other manifests of the stream are sent" {
	source_rows 3 > a.csv
	source_rows 5 | tail -n +5 | sed '1i asset_id,grant_code,description,quantity,location_code,acquired_on' > b.csv
	{ inv-split -q --sign lab/audit/key a.csv
	  inv-split -q b.csv
	  inv-split -q --sign lab/audit/key --submission 2 a.csv; } |
		inv-validate -q > in
	run -77 --separate-stderr strict in
	[ "$stderr" = "inv-commit: b.csv: not signed: nothing of it is sent" ]
	[ "$(verdicts <<< "$output")" = "committed receipt 3
held unsigned 2
skipped already_committed 3" ]
}

@test "the same with --atomic, and with the poll engine" {
	source_rows 4 | inv-split -q | inv-validate -q > in
	run -77 --separate-stderr strict --atomic --engine poll in
	[ "$(verdicts <<< "$output")" = "held unsigned 4" ]
	signed 4 | strict -q --atomic > out
	[ "$(verdicts < out)" = "committed receipt 4" ]
}

@test "rows with a verdict pass, and inv-audit finds every row accounted for" {
	{ source_rows 3; echo bad,bad,bad,-1,bad,bad; } | inv-split -q |
		inv-validate -q > in
	run -77 --separate-stderr strict -q in
	[ "$(verdicts <<< "$output")" = "held unsigned 3
quarantined schema_violation 1" ]
	printf '%s\n' "$output" > out
	run -75 --separate-stderr inv-audit out
	jq -e '.complete and .counts.held == 3 and .counts.quarantined == 1' \
		<<< "$output"
}

@test "run again, signed, the rows that were held are committed" {
	source_rows 3 > m.csv
	inv-split -q m.csv | inv-validate -q > in
	run -77 --separate-stderr strict -q in
	printf '%s\n' "$output" | (inv-audit > /dev/null || true)
	inv-split -q --sign lab/audit/key m.csv | inv-validate -q | strict -q |
		inv-audit > out
	jq -e '.standing.counts.committed == 3 and .standing.counts.held == 0' out
}

@test "a resubmission has the signature of its manifest" {
	signed 3 > in
	# Nobody is there: held, and resubmitted later.
	run -75 --separate-stderr inv-commit -q -l http://127.0.0.1:9 -r 0 \
		--deadline 1ms --namespace n in
	printf '%s\n' "$output" | inv-quarantine -q > /dev/null
	SUDO_USER=ann inv-quarantine resubmit --why again > again
	[ "$(jq -r 'select(.type=="manifest") | has("subset") and has("signature")' again)" = true ]
	start_ledger
	inv-commit -q -l "$LEDGER" --require-signed --key lab.pub \
		--namespace n again > out
	[ "$(verdicts < out)" = "committed receipt 3" ]
}

@test "what README shows works" {
	export HOME=$PWD
	source_rows 3 > q3-chemistry.csv
	sed -n '/^## Only from/,/^## Check/p' "$ROOT/README.md" |
		sed -n '/^```sh$/,/^```$/{/^```/!p;}' > commands
	[ "$(wc -l < commands)" -gt 3 ]
	bash -o pipefail -e commands > out
	jq -e '.counts.committed == 3' out
}

@test "what inv-split(1) shows works" {
	signed 3 > stream
	cp lab.pub key.pub
	sed -n '/^head -n 1 stream/,/^  -rawin/p' "$ROOT/man/inv-split.1" |
		sed 's/\\e/\\/g' > commands
	[ "$(wc -l < commands)" -gt 5 ]
	bash -e commands
}

@test "that of a manifest that was not signed is held" {
	source_rows 3 | inv-split -q | inv-validate -q > in
	run -77 --separate-stderr strict -q in
	printf '%s\n' "$output" | inv-quarantine -q > /dev/null
	SUDO_USER=ann inv-quarantine resubmit --why again > again
	run -77 --separate-stderr strict -q again
	[ "$(verdicts <<< "$output")" = "held unsigned 3" ]
}

altered() { # m.csv, of which one record is changed on its way
	source_rows 3 > m.csv
	inv-split -q --sign lab/audit/key m.csv | inv-validate -q |
		jq -c 'if .row == 2 then .record.quantity = 9 else . end' |
		strict -q > out
	[ "$(verdicts < out)" = "committed receipt 3" ]
}

@test "records are not under the signature: a proof has them beside the bytes" {
	altered
	inv-audit key new > log.pub
	inv-audit -q out > /dev/null
	inv-audit prove m.csv 2 > proof
	inv-audit check proof --key log.pub --manifest m.csv
	[ "$(jq -r .raw proof | cut -d, -f4)" = 2 ]
	[ "$(jq -r .record proof | jq .quantity)" = 9 ]
}

@test "the file run again sends what was changed, and nothing else" {
	altered
	inv-split -q --sign lab/audit/key m.csv | inv-validate -q |
		strict -q > again
	[ "$(verdicts < again)" = "committed receipt 1
skipped already_committed 2" ]
}

@test "rows left out with subset are missed: the file run again sends them" {
	source_rows 3 > m.csv
	inv-split -q --sign lab/audit/key m.csv | inv-validate -q |
		jq -c 'if .type=="manifest" then .subset = [[1,2]]
			elif .row == 3 then empty else . end' | strict -q > out
	[ "$(verdicts < out)" = "committed receipt 2" ]
	run -75 --separate-stderr inv-audit -q out
	jq -e '.standing | .rows == 3 and .counts.committed == 2 and .counts.pending == 1' \
		<<< "$output"
	[ "$stderr" = "inv-audit: m.csv: 1 of 3 rows have no verdict in any run" ]
	inv-split -q --sign lab/audit/key m.csv | inv-validate -q |
		strict -q > again
	[ "$(verdicts < again)" = "committed receipt 1
skipped already_committed 2" ]
	inv-audit -q again > /dev/null
}

@test "inv-audit logs the manifest line with its signature, and who was asked for" {
	signed 2 | strict -q > stream
	inv-audit -q stream > /dev/null
	jq -c 'select(.type=="manifest" or .stage=="inv-commit")' stream > lines
	local line
	while read -r line; do
		jq -se --argjson line "$line" 'any(.[]; .line == $line)' \
			"$INV_STATE"/audit/log.ndjson
	done < lines
}

@test "keys: none in the file, none at all, or no file: 78" {
	: > empty
	run -78 --separate-stderr inv-commit --require-signed --key empty
	[ "$stderr" = "inv-commit: empty: no public key" ]
	printf '\nlab\n' > bad
	run -78 --separate-stderr inv-commit --require-signed --key bad
	[ "$stderr" = "inv-commit: bad:2: not a public key" ]
	run -78 inv-commit --require-signed --key gone
	for _ in {1..65}; do cat lab.pub; done > many
	run -78 --separate-stderr inv-commit --require-signed --key many
	[ "$stderr" = "inv-commit: many: more than 64 keys" ]
}

@test "--require-signed needs --key, and the other way round" {
	run -64 inv-commit --require-signed
	[[ $output = *"say by whom: --key"* ]]
	run -64 inv-commit --key lab.pub
	run -64 inv-commit --require-signed --key lab.pub --dry-run
}

@test "inv-run passes all three on" {
	source_rows 3 > m.csv
	inv-run -q -l "$DB" --sign lab/audit/key --require-signed --key lab.pub \
		m.csv > out
	jq -e '.counts.committed == 3' out
	source_rows 4 > n.csv
	run -77 --separate-stderr inv-run -l "$DB" --require-signed --key lab.pub n.csv
	[[ $stderr = *"n.csv: not signed"* ]]
}
