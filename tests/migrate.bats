#!/usr/bin/env bats
# migrate.bats - rows whose columns were renamed: one test for each sentence

load lib

prepare() {
	set -o pipefail
	export INV_SCHEMA=inventory
	DB=$INV_STATE/quarantine/quarantine.db
	echo '{"qty":"quantity"}' > map
}

teardown() {
	stop_ledger
}

# rows N: a CSV of so many rows, with a name that the schema does not know.
rows() {
	echo asset_id,grant_code,description,qty,location_code,acquired_on
	seq "$1" | awk '{ printf "LAB-%06d,NIH-R01-7,Pipette tips,%s," \
		"BLDG12-RM304-CAB2,2026-03-14\n", $1, $1 }'
}

# keep N: so many such rows, in the quarantine; the stream is in run.
keep() {
	rows "$1" | inv-split -q - | inv-validate -q > run
	inv-quarantine -q run > /dev/null
}

rest() {
	inv-dedup -q | inv-commit -q -l "$LEDGER" --namespace desk | inv-quarantine -q |
		inv-audit > summary
}

item() { inv-quarantine list --state all | jq -r "select(.row == $1).item"; }
records() { jq -c 'select(.type == "record")' "$@"; }
actions() { sqlite3 "$DB" "select $1 from action"; }

@test "migrate writes the rows with new names, each member in its place" {
	keep 3
	inv-quarantine migrate --map map > out
	[ "$(jq -r .type out | uniq | paste -sd' ')" = 'report manifest stage record end' ]
	diff <(records run | jq -c '[.row, .line, .chunk, .record]' | sed 's/"qty"/"quantity"/') \
		<(records out | jq -c '[.row, .line, .chunk, .record]')
	diff <(jq -c 'select(.type == "manifest") | del(.run)' run) \
		<(jq -c 'select(.type == "manifest") | del(.run, .subset)' out)
	jq -se '.[0].rows == 3 and .[1].subset == [[1,3]] and .[2].resubmitted == 3 and
		(.[2] | has("key") | not)' out
	records out | jq -se 'all(.verdict == null and .generation == 1 and .item != null)'
}

@test "what migrate writes is validated, committed, closes the items and can be proved" {
	keep 3
	start_ledger --db ledger.db
	inv-audit run > /dev/null
	inv-quarantine migrate --map map | inv-validate -q | rest
	jq -e '.complete and .standing.counts.committed == 3 and .standing.rows == 3' summary
	run -1 inv-quarantine list
	inv-ledger -q --db ledger.db --export records | jq -se 'map(.quantity) == [1, 2, 3]'
	inv-audit verify --read-data | jq -e '.actions == 3'
	inv-audit prove "$(jq -r 'select(.type == "end").manifest' run)" 2 > proof
	inv-audit key show > key
	inv-audit check proof --key key
}

@test "without ITEM these are the open items that have a member to rename" {
	rows 2 > a.csv
	sed '1s/qty/count/' a.csv > b.csv
	for f in a b; do
		inv-split -q $f.csv | inv-validate -q | inv-quarantine -q > /dev/null
	done
	run -0 --separate-stderr inv-quarantine migrate --map map
	[ -z "$stderr" ]
	[ "$(records <<< "$output" | wc -l)" = 2 ]
	inv-quarantine migrate --map map --manifest b.csv | jq -se 'length == 1 and .[0].rows == 0'
	inv-quarantine migrate --map map --manifest a.csv | jq -se '.[0].rows == 2'
	run -64 inv-quarantine migrate --map map --state open
}

@test "what is named and can not be migrated is told, 1" {
	keep 2
	echo '{"asset_id":"qty"}' > twice
	echo '{"nothing":"quantity"}' > other
	run -1 --separate-stderr inv-quarantine migrate --map other "$(item 1)"
	[ "$stderr" = "inv-quarantine: $(item 1): has no member that the mapping renames" ]
	run -1 --separate-stderr inv-quarantine migrate --map twice "$(item 2)"
	[ "$stderr" = "inv-quarantine: $(item 2): would have a member twice, or be too long" ]
	[ "$(actions 'count(*)')" = 0 ]
	inv-quarantine resolve --discard --why gone "$(item 1)" > /dev/null
	run -1 --separate-stderr inv-quarantine migrate --map map "$(item 1)"
	[ "$stderr" = "inv-quarantine: $(item 1): closed: nothing to migrate" ]
}

@test "a record that would be longer than one may be is refused" {
	keep 1
	jq -nc '{qty: ("x" * 262000)}' > long
	jq -c 'if .type == "record" then .record += {a: ("x" * 262000), b: ("x" * 262000),
		c: ("x" * 262000), d: ("x" * 5000)} else . end' run > longer
	rm -r "$INV_STATE"/quarantine
	inv-quarantine -q longer > /dev/null
	inv-quarantine migrate --map map > /dev/null
	run -1 --separate-stderr inv-quarantine migrate --map long
	[[ $stderr = *"would have a member twice, or be too long" ]]
}

@test "a row of an open batch is refused: it may have taken effect" {
	rows 2 | sed '1s/qty/quantity/' > good.csv
	start_ledger --db ledger.db --fault garbage
	inv-split -q good.csv | inv-validate -q |
		inv-commit -q -l "$LEDGER" --namespace desk -r 0 > run || [[ $? =~ 69|75 ]]
	inv-quarantine -q run > /dev/null
	echo '{"quantity":"qty"}' > back
	run -1 --separate-stderr inv-quarantine migrate --map back "$(item 2)"
	[ "$stderr" = "inv-quarantine: $(item 2): its batch is open: resubmit or resolve it" ]
	jq -se 'length == 1 and .[0].rows == 0' <<< "$output"
	[ "$(actions 'count(*)')" = 0 ]
}

@test "two names can change places, and names are compared decoded" {
	keep 1
	echo '{"asset_id":"grant_code","grant_code":"asset_id","\u0071ty":"quan\u0074ity"}' > swap
	inv-quarantine migrate --map swap | records |
		jq -e '.record | .asset_id == "NIH-R01-7" and .grant_code == "LAB-000001" and .quantity == "1"'
}

@test "what is within a member is not renamed" {
	keep 1
	jq -c 'if .type == "record" then .record.tags = {qty: 1} else . end' run > deep
	rm -r "$INV_STATE"/quarantine
	inv-quarantine -q deep > /dev/null
	inv-quarantine migrate --map map | records |
		jq -e '.record | .tags == {qty: 1} and .quantity == "1"'
}

@test "each row leaves an action with the generation, the run and the mapping's digest" {
	keep 1
	inv-quarantine migrate --map map --why 'new export' > out
	inv-quarantine show "$(item 1)" | jq -e '.actions | length == 1 and (.[0] |
		.verb == "migrate" and .why == "new export" and
		.detail == {generation: 1, run: $run, map_sha256: $map})' \
		--arg run "$(jq -r 'select(.type == "manifest").run' out)" \
		--arg map "$(sha256sum < map | cut -c 1-64)"
	run -74 bash -c 'inv-quarantine migrate --map map > /dev/full'
	[ "$(actions 'count(*)')" = 2 ]
}

@test "killed at any step, migrate can be run again and nothing is sent twice" {
	local call n cut=0
	needs_strace
	keep 2
	start_ledger --db ledger.db
	cp "$DB" kept
	for call in pwrite64 fdatasync write unlink; do
		for n in 1 2 3 5; do
			strace -o /dev/null -e inject=$call:signal=KILL:when=$n \
				inv-quarantine migrate --map map > out 2> /dev/null || cut=$((cut + 1))
			[ "$(sqlite3 "$DB" 'pragma integrity_check')" = ok ]
			[ "$(inv-quarantine list | wc -l)" = 2 ]
			# A row that left has its action; half a stream is no stream.
			[ "$(records out | wc -l)" = 0 ] || [ "$(actions 'count(*)')" = 2 ]
			[ ! -s out ] || inv-validate -q out > half 2> /dev/null || [ $? = 65 ]
			cp kept "$DB"
		done
	done
	[ "$cut" -ge 8 ]
	inv-quarantine migrate --map map | inv-validate -q | rest
	jq -e '.complete and .counts.committed == 2' summary
	inv-quarantine migrate --map map | jq -se 'length == 1'
	inv-ledger -q --db ledger.db --export records | jq -se 'map(.quantity) == [1, 2]'
}

@test "migrate and resubmit count together" {
	keep 1
	for g in 1 3 5 7 9; do
		inv-quarantine resubmit "$(item 1)" | records | jq -e ".generation == $g"
		inv-quarantine migrate --map map | records | jq -e ".generation == $g + 1"
	done
	run -1 --separate-stderr inv-quarantine migrate --map map
	[ "$stderr" = "inv-quarantine: $(item 1): resubmitted 10 times: it needs a person" ]
}

@test "a mapping that is none is refused, 78, one that is not there, 66, none at all, 64" {
	keep 1
	for bad in '' '[]' '{}' '{"a":1}' '{"a":""}' '{"a":"b","a":"c"}' '{"a":"b"} x'; do
		echo "$bad" > bad
		run -78 --separate-stderr inv-quarantine migrate --map bad
		[[ $stderr = 'inv-quarantine: bad: '* ]]
		[ -z "$output" ]
	done
	jq -nc '[range(256) | {"\(.)": "x"}] | add' > most
	run -0 inv-quarantine migrate --map most
	jq -nc '[range(257) | {"\(.)": "x"}] | add' > bad
	run -78 --separate-stderr inv-quarantine migrate --map bad
	[ "$stderr" = 'inv-quarantine: bad: not 1 to 256 names' ]
	{ cat map; head -c 262200 /dev/zero | tr '\0' ' '; } > bad
	run -78 --separate-stderr inv-quarantine migrate --map bad
	[[ $stderr = 'inv-quarantine: bad: '* ]]
	run -66 inv-quarantine migrate --map nowhere
	run -64 --separate-stderr inv-quarantine migrate
	[[ $stderr = *'say --map'* ]]
	run -64 inv-quarantine resubmit --map map
	[ "$(actions 'count(*)')" = 0 ]
}
