#!/usr/bin/env bats
# inv-audit verify --read-data: bodies against what is told of them

load lib
load audit

# Two records committed and audited, by the programs themselves.
two() {
	export INV_LEDGER=file:$PWD/ledger.db
	printf 'asset_id\nA-1\nA-2\n' > m.csv
	inv-split -q m.csv | inv-commit -q -k asset_id | inv-audit > /dev/null
	cp "$JOURNAL" good
	BODY=$(sed -n 1p good | sed 's/.*"body":\(.*\)}$/\1/')
	HASH=$(printf %s "$BODY" | sha256sum | cut -c 1-64)
	[ "$(root "$BODY")" = "$(sed -n 1p good | jq -r .records_root)" ]
}

root() { # BODY: records_root, made without inv-audit
	jq -c '.[]' <<< "$1" > records
	"$ROOT/tests/helper/merkle-root" records | base64 -d | od -An -tx1 | tr -d ' \n'
}

# The journal written anew by a sed SCRIPT, and all chains made to fit.
forge() { # SCRIPT
	local prev=$ZEROS line
	sed "$1" good | while IFS= read -r line; do
		line=$(sed "s/\"prev\":\"[0-9a-f]*\"/\"prev\":\"$prev\"/" <<< "$line")
		prev=$(printf %s "$line" | sha256sum | cut -c 1-64)
		printf '%s\n' "$line"
	done > forged
	cat forged > "$JOURNAL"
	prev=$(tail -n 1 forged | tr -d '\n' | sha256sum | cut -c 1-64)
	sed -i "s/\(\"offset\":\)[0-9]*\(.*\"prev\":\"\)[0-9a-f]*/\1$(stat -c %s forged)\2$prev/" "$HEAD"
}

@test "a body that is as it was told passes, forged chains or not" {
	two
	forge ''
	cmp good "$JOURNAL"
	run -0 inv-audit verify --read-data
	[ "$(jq .bodies <<< "$output")" = 1 ]
}

@test "a body whose records do not have the root that is told is found" {
	two
	other=${BODY/A-2/A-9}
	forge "1{s/A-2/A-9/; s/$HASH/$(printf %s "$other" | sha256sum | cut -c 1-64)/}"
	run -0 inv-audit verify
	run -1 inv-audit verify --read-data
	[[ $output = *"journal: entry 1: the root of its records is $(root "$other" | cut -c 1-16)..., its records_root is $(root "$BODY" | cut -c 1-16)..."* ]]
}

@test "a body with more or fewer records than rows is found" {
	two
	other='[{"asset_id":"A-1"}]'
	forge "1{s/\"body\":.*/\"body\":$other}/; s/$HASH/$(printf %s "$other" | sha256sum | cut -c 1-64)/; s/$(root "$BODY")/$(root "$other")/}"
	run -1 inv-audit verify --read-data
	[[ $output = *"journal: entry 1: its body is no list of 2 records"* ]]
}

@test "an intent made to fit another body is found by its outcome, and that by the log" {
	two
	other=${BODY/A-2/A-9}
	fits="s/A-2/A-9/; s/$HASH/$(printf %s "$other" | sha256sum | cut -c 1-64)/; s/$(root "$BODY")/$(root "$other")/"
	forge "1{$fits}"
	run -0 inv-audit verify
	run -1 inv-audit verify --read-data
	[[ $output = *"journal: entry 2: is not about what intent 1 is"* ]]
	forge "$fits"
	run -1 inv-audit verify
	[[ $output = *"log.ndjson: line 1: says otherwise than entry 2 of the journal"* ]]
}

teardown() {
	stop_ledger
}

run_pipe() { # FAULT
	stop_ledger
	start_ledger --db ledger.db ${1:+--fault "$1"}
	inv-split -q --chunk-size 5 m.csv | inv-validate -q -s inventory |
		inv-commit -q -l "$LEDGER" --namespace x -r 0 -c 2 > run || [[ $? =~ 69|75 ]]
}

@test "batches whose outcome came at a later try, and copied intents, pass" {
	{
		echo asset_id,grant_code,description,quantity,location_code,acquired_on
		seq -f 'LAB-%06g,NIH-R01-7,Pipette tips,3,BLDG12-RM304-CAB2,2026-03-14' 40
	} > m.csv
	run_pipe 503@1-3
	run_pipe lost@1-3
	run_pipe
	inv-audit run > /dev/null
	cat "$INV_STATE"/journal/*.ndjson > all
	grep -q '"type":"intent","copy_of"' all
	inv-audit verify --read-data | jq -e '.batches > 8'
}

# Events of every kind: new, as before, changed, closed, corrected, resolved, of
# a line without a row.
events() {
	export INV_LEDGER=file:$PWD/ledger.db INV_SCHEMA=inventory
	DB=$INV_STATE/quarantine/quarantine.db
	local head=asset_id,grant_code,description,quantity,location_code,acquired_on
	local i tail=,BLDG12-RM304-CAB2,2026-03-14
	{
		echo $head
		for i in 1 2 3; do echo "LAB-00000$i,NIH-R01-7,Tips,-$i$tail"; done
		echo broken
	} > m.csv
	for i in 1 2; do
		inv-split -q m.csv | inv-validate -q | inv-commit -q -l $INV_LEDGER | inv-quarantine -q > run
	done
	jq -c 'if .row == 1 then .record.quantity = "-7" else . end |
		if .type == "manifest" then .run = "1" * 16 else . end' run | inv-quarantine -q > passed
	sed '2a not json' run | sed '1s/"run":"[0-9a-f]*"/"run":"2222222222222222"/' |
		inv-quarantine -q > passed
	id=$(inv-quarantine list | jq -r 'select(.row == 1).item')
	printf '%s,inv:item\nLAB-000001,NIH-R01-7,Tips,3%s,%s\n' $head $tail "$id" > fix.csv
	inv-split -q fix.csv | inv-validate -q | inv-commit -q -l $INV_LEDGER | inv-quarantine -q > passed
	inv-quarantine -q resolve --discard --why x "${id%-1}-2"
	[ "$(inv-quarantine show "$id" | jq -r .state)" = committed ]
}

@test "an event that says otherwise than it did is found" {
	local column n=0 id
	events
	inv-audit verify --read-data | jq -e --argjson n "$(sqlite3 "$DB" 'select count(*) from events')" \
		'.events == $n and $n >= 16'
	[ "$(script -qec 'inv-audit verify --read-data' /dev/null 3>&- < /dev/null | grep -c 'events of the quarantine have their hash')" = 1 ]
	sqlite3 "$DB" 'drop trigger events_stay'
	cp "$DB" kept
	for column in reason stage errors more content; do
		for id in $(sqlite3 "$DB" "select id from events where length($column) > 2"); do
			sqlite3 "$DB" "update events set $column = substr($column, 1, 2) ||
				iif(substr($column, 3, 1) = 'Q', 'R', 'Q') || substr($column, 4) where id = $id"
			inv-audit verify > /dev/null
			run -1 --separate-stderr inv-audit verify --read-data
			[[ $stderr = *"quarantine/quarantine.db: event $id says otherwise than its hash" ]]
			cp kept "$DB"
			n=$((n + 1))
		done
	done
	[ "$n" -ge 30 ]
	for column in at verdict; do
		sqlite3 "$DB" "update events set $column = $column + 1 where id = 3"
		run -1 inv-audit verify --read-data
		cp kept "$DB"
	done
	run -0 inv-audit verify --read-data
}

@test "events that are purged, or older than hashes, are not counted" {
	events
	n=$(inv-audit verify --read-data | jq .events)
	inv-quarantine -q purge --older-than 0s --yes --why x
	gone=$(sqlite3 "$DB" 'select count(*) from events where purged > 0')
	[ "$gone" -gt 5 ]
	inv-audit verify --read-data | jq -e ".events == $n - $gone"
	sqlite3 "$DB" "drop trigger events_stay; update events set hash = ''"
	inv-audit verify --read-data | jq -e '.events == 0'
}

@test "an event that is marked as purged, and no action says so, is found" {
	local id
	events
	sqlite3 "$DB" 'drop trigger events_stay'
	cp "$DB" kept
	for id in 1 3; do
		for hash in hash "''"; do
			sqlite3 "$DB" "update events set purged = 1, hash = $hash where id = $id"
			run -1 --separate-stderr inv-audit verify --read-data
			[[ $stderr = *"quarantine/quarantine.db: event $id is purged, and no action says so" ]]
			cp kept "$DB"
		done
	done
	inv-quarantine -q purge --older-than 0s --state all --yes --why x
	run -0 inv-audit verify --read-data
	sqlite3 "$DB" "drop trigger actions_remain; delete from action where verb = 'purge' and row = 1"
	run -1 --separate-stderr inv-audit verify --read-data
	[[ $stderr = *'is purged, and no action says so' ]]
}
