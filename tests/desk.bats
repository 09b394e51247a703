#!/usr/bin/env bats
# desk.bats - what people do with items: one test for each sentence about it

load lib

prepare() {
	set -o pipefail
	export INV_SCHEMA=inventory
	DB=$INV_STATE/quarantine/quarantine.db
	unset SUDO_USER
}

teardown() {
	stop_ledger
}

# rows N [BAD]: a CSV of so many rows; the quantity of row BAD is wrong.
rows() {
	echo asset_id,grant_code,description,quantity,location_code,acquired_on
	seq "$1" | awk -v bad="${2:-0}" '{ printf "LAB-%06d,NIH-R01-7,Pipette tips,%s," \
		"BLDG12-RM304-CAB2,2026-03-14\n", $1, $1 == bad ? "-3" : $1 }'
}

split() { inv-split -q --chunk-size "${CHUNK:-10}" - | inv-validate -q; }

commit() { inv-commit -q -l "$LEDGER" --namespace desk --backoff 1ms --max-backoff 20ms "$@"; }

# rest STREAM: what is behind inv-validate, against the ledger that runs.
rest() { inv-dedup -q | commit | inv-quarantine -q | inv-audit > summary; }

# leave FAULT ROWS [BAD]: a manifest is run against a ledger with that fault.
leave() {
	start_ledger --db ledger.db --fault "$1"
	rows "$2" "${3:-0}" | split | commit -r 0 -c 1 > run || [[ $? =~ 69|75 ]]
	inv-quarantine -q run > /dev/null
	start_ledger --db ledger.db
}

# The id of item ROW of the only manifest.
item() { inv-quarantine list --state all | jq -r "select(.row == $1).item"; }
open_rows() { inv-quarantine list | jq -sc "map(.row) | sort"; }
records() { jq -c 'select(.type == "record")' "$@"; }
actions() { sqlite3 "$DB" "select $1 from action"; }
sent() { inv-ledger -q --db "$1" --export records | wc -l; }

# ---- resubmit ----

@test "resubmit writes a stream of a manifest with subset, a stage, its records and an end" {
	leave 503@2-9 25
	[ "$(open_rows)" = "[$(seq -s , 11 25)]" ]
	inv-quarantine resubmit > out
	[ "$(jq -r .type out | uniq | paste -sd' ')" = 'report manifest stage record end' ]
	[ "$(jq -c 'select(.type == "report")' out)" = \
		'{"type":"report","report":"resubmit","stage":"inv-quarantine","rows":15}' ]
	# All of the manifest line but run is as it was.
	diff <(jq -c 'select(.type == "manifest") | del(.run)' run) \
		<(jq -c 'select(.type == "manifest") | del(.run, .subset)' out)
	jq -se '(.[1].subset == [[11,25]]) and .[1].run != $run and
		(.[2] | .stage == "inv-quarantine" and .resubmitted == 15 and
			.key == ["asset_id","grant_code"]) and
		(.[-1] | .rows == 25 and .counts.pending == 15)' \
		--arg run "$(jq -r 'select(.type == "manifest").run' run)" out
	diff <(records run | jq -c 'select(.row > 10) | [.row,.line,.chunk,.record]') \
		<(records out | jq -c '[.row,.line,.chunk,.record]')
	records out | jq -se 'all(.verdict == null and .generation == 1 and .manifest == $m[:32] and
		.item == $m[:12] + "-\(.row)")' --arg m "$(jq -r 'select(.type == "end").manifest' out)"
}

@test "every program takes what resubmit writes, and closes the items" {
	leave 503@2-9 25
	inv-audit run > /dev/null || [[ $? =~ 69|75 ]]
	inv-quarantine resubmit | tee out | inv-validate -q | rest
	jq -e '.complete and .counts.committed == 15 and .standing.rows == 25' summary
	[ "$(open_rows)" = '[]' ]
	inv-audit verify --read-data > /dev/null
	# And what has been through once changes nothing.
	cp summary before
	inv-validate -q out | rest
	jq -e '.counts == {pending:0,committed:0,skipped:15,quarantined:0,held:0,ambiguous:0}' summary
}

@test "without ITEM or option only held and transient_failure rows go" {
	leave 503@2-9 25 3
	[ "$(open_rows)" = "[3,$(seq -s , 11 25)]" ]
	inv-quarantine resubmit | records | jq -se 'map(.row) == [range(11; 26)]'
	inv-quarantine resubmit --reason schema_violation | records | jq -se 'map(.row) == [3]'
	inv-quarantine resubmit "$(item 3)" "$(item 12)" | records | jq -se 'map(.row) == [3, 12]'
	inv-quarantine resubmit --manifest 0000 | jq -se 'length == 1 and .[0].rows == 0'
}

@test "rows that the ledger failed go with the batch that is open" {
	leave 500 4
	[ "$(inv-quarantine list | jq -r .reason | sort -u)" = transient_failure ]
	inv-quarantine resubmit | records | jq -se 'map(.row) == [1, 2, 3, 4]'
}

@test "ids come from standard input where ITEM is -" {
	leave 503@1-9 25
	inv-quarantine list | jq -r 'select(.row % 5 == 0).item' | inv-quarantine resubmit - > out
	jq -c 'select(.type == "manifest").subset' out | grep -Fx '[[5,5],[10,10],[15,15],[20,20],[25,25]]'
	inv-quarantine list | inv-quarantine resubmit - | jq -c 'select(.type == "manifest").subset' | grep -Fx '[[1,25]]'
	run -65 --separate-stderr inv-quarantine resubmit - <<< nonsense
	[ "$stderr" = 'inv-quarantine: resubmit: stdin: line 1: not the id of an item' ]
	for choice in '--reason conflict' '--manifest 12' '--field a' '--type t' '--severity INFO' \
		'--search x' '--age 1d' '--age -1d'; do
		run -64 inv-quarantine resubmit $choice 123456789012-1
	done
	run -64 inv-quarantine resubmit --state open
	run -64 inv-quarantine resubmit nonsense
}

@test "what inv-validate refused goes out as received, what passed it as validated" {
	leave 503@1-9 4 3
	inv-quarantine resubmit "$(item 3)" "$(item 4)" > out
	records out | jq -se 'map(.record.quantity) == ["-3", 4]'
	inv-validate -q out > again
	diff <(records out | jq -c 'select(.row == 4)') <(records again | jq -c 'select(.row == 4)')
	records again | jq -se 'map(.reason) == ["schema_violation", null]'
}

@test "rows of an open intent go as the whole intent, as the bytes that were sent" {
	leave garbage@2 25
	[ "$(open_rows)" = "[$(seq -s , 11 20)]" ]
	inv-quarantine resubmit "$(item 14)" > out
	jq -c 'select(.type == "manifest").subset' out | grep -Fx '[[11,20]]'
	# By the body in the journal.
	diff <(jq -c 'select(.type == "intent" and .rows == [[11,20]] and .copy_of == null).body[]' "$INV_STATE"/journal/*.ndjson) \
		<(records out | jq -c .record)
	[ "$(actions 'count(*)')" = 10 ]
	# The answer was lost, not the batch: nothing takes effect twice.
	inv-validate -q out | rest
	jq -e '.complete and .counts.committed == 10' summary
	[ "$(open_rows)" = '[]' ]
}

@test "the generation counts, and a row goes 10 times" {
	leave 503@1-9 2
	for g in 1 2 3 4 5 6 7 8 9 10; do
		inv-quarantine resubmit "$(item 1)" | records | jq -e ".generation == $g"
	done
	run -1 --separate-stderr inv-quarantine resubmit
	[ "$stderr" = "inv-quarantine: $(item 1): resubmitted 10 times: it needs a person" ]
	jq -c 'select(.type == "manifest").subset' <<< "$output" | grep -Fx '[[2,2]]'
}

@test "closed items, lines without a record and unknown items are told, 1" {
	leave 503@1-9 2
	id=$(item 1)
	inv-quarantine resubmit | inv-validate -q | rest
	run -1 --separate-stderr inv-quarantine resubmit "$id"
	[ "$stderr" = "inv-quarantine: $id: closed: nothing to resubmit" ]
	run -1 --separate-stderr inv-quarantine resubmit 000000000000-1
	[ "$stderr" = 'inv-quarantine: 000000000000-1: no such item' ]
	printf 'asset_id,grant_code\nA,B\nC\n' | inv-split -q - | inv-quarantine -q > /dev/null
	id=$(inv-quarantine list | jq -r .item)
	run -1 --separate-stderr inv-quarantine resubmit "$id"
	[ "$stderr" = "inv-quarantine: $id: never became a record: correct the manifest" ]
}

@test "with nothing to resubmit the report says so, 0" {
	run -0 inv-quarantine resubmit
	[ "$output" = '{"type":"report","report":"resubmit","stage":"inv-quarantine","rows":0}' ]
	run -0 bash -c 'inv-quarantine resubmit | inv-validate -q | inv-dedup -q | inv-quarantine -q | inv-audit'
	[ ! -e "$DB" ]
}

@test "--rate spreads the rows, and what is written is seen meanwhile" {
	leave 503@1-9 12
	start=$(date +%s%N)
	mkfifo pipe
	inv-quarantine resubmit --rate 20/s > pipe 3>&- &
	exec 7< pipe
	for _ in 1 2 3 4; do read -r line <&7; done
	jq -e '.row == 1' <<< "$line"
	cat <&7 > rest
	exec 7<&-
	wait $!
	[ $((($(date +%s%N) - start) / 1000000)) -ge 550 ]
	[ "$(records rest | wc -l)" = 11 ]
	for bad in 0/s 5 /s 5/m 1000001/s; do
		run -64 inv-quarantine resubmit --rate $bad
	done
}

@test "a row whose key has newer content is not sent, its item stays open" {
	leave 503@1-9 2
	rows 1 | sed 's/tips/racks/' | split | commit | inv-quarantine -q > /dev/null
	inv-quarantine resubmit | inv-validate -q | commit > out
	[ "$(records out | jq -c '[.row, .reason]')" = '[1,"superseded"]' ]
	run -0 --separate-stderr inv-quarantine out
	[ "$stderr" = 'inv-quarantine: 1 closed
inv-quarantine: 1 superseded by newer content: left open (inv-quarantine resolve closes them)' ]
	[ "$(open_rows)" = '[1]' ]
	inv-quarantine show "$(item 1)" | jq -e '.state == "open" and (.history | length) == 1'
	jq -es 'length == 2 and (.[0].description | test("racks"))' \
		<(inv-ledger -q --db ledger.db --export records)
	inv-quarantine resolve --discard --why "racks are right" "$(item 1)"
	[ "$(open_rows)" = '[]' ]
}

@test "a row that is superseded when its manifest is run again is closed" {
	leave 503@1-9 2
	rows 1 | sed 's/tips/racks/' | split | commit | inv-quarantine -q > /dev/null
	rows 2 | split | commit > out
	[ "$(records out | jq -c '[.row, .reason]')" = '[1,"superseded"]' ]
	inv-quarantine -q out > /dev/null
	[ "$(open_rows)" = '[]' ]
}

@test "each row leaves an action: who, when, why and which generation" {
	leave 503@1-9 2
	SUDO_USER=ann inv-quarantine resubmit --why 'token renewed' "$(item 2)" > out
	inv-quarantine show "$(item 2)" | jq -e '.actions | length == 1 and (.[0] |
		.verb == "resubmit" and .user == $user and .login == "ann" and .why == "token renewed" and
		.number == 1 and .at >= "2026" and .detail == {generation: 1, run: $run})' \
		--arg user "$(id -un)" --arg run "$(jq -r 'select(.type == "manifest").run' out)"
	inv-quarantine show "$(item 1)" | jq -e '.actions == []'
	run -64 inv-quarantine resubmit --why ''
}

@test "an action is on disk before its row is written" {
	leave 503@1-9 2
	run -74 bash -c "inv-quarantine resubmit > /dev/full"
	[ "$(actions "count(*)")" = 2 ]
	needs_strace
	strace -o trace -e trace=fdatasync,fsync,write,unlink inv-quarantine resubmit > out
	# The rollback journal is gone when the first byte leaves.
	awk '/unlink.*journal/ { done = 1 } /write\(1,/ { exit !done }' trace
}

@test "killed at any step, resubmit can be run again and nothing is sent twice" {
	needs_strace
	leave 503@1-9 2
	for call in pwrite64 fdatasync write unlink; do
		for n in 1 2 3 5; do
			strace -o /dev/null -e inject=$call:signal=KILL:when=$n \
				inv-quarantine resubmit > out 2> /dev/null || [ $? = 137 ]
			[ "$(sqlite3 "$DB" 'pragma integrity_check')" = ok ]
			[ "$(open_rows)" = '[1,2]' ]
			# Half a stream is no stream.
			[ ! -s out ] || inv-validate -q out > half 2> /dev/null || [ $? = 65 ]
			sqlite3 "$DB" 'drop trigger actions_remain; delete from action;
				create trigger actions_remain before delete on action begin
				select raise(abort, "no"); end'
		done
	done
	inv-quarantine resubmit | inv-validate -q | rest
	inv-quarantine resubmit | jq -se 'length == 1'
	jq -e '.complete and .counts.committed == 2' summary
}

@test "two resubmit at once: both are whole, and what is sent is sent once" {
	leave 503@1-9 20
	inv-quarantine resubmit > one 3>&- &
	inv-quarantine resubmit > two
	wait $!
	[ "$(records one two | wc -l)" = 40 ]
	[ "$(actions 'count(*)')" = 40 ]
	inv-validate -q one | rest
	jq -e '.counts.committed == 20' summary
	inv-validate -q two | rest
	jq -e '.counts.skipped == 20' summary
}

# ---- resolve ----

resolve() { inv-quarantine resolve --why 'asked Ann' "$@"; }
outcomes() { jq -c 'select(.type == "outcome" and .rows == [[11,20]]) | [.outcome, .evidence, .reason]' "$INV_STATE"/journal/*.ndjson | tail -n 1; }

@test "resolve --committed closes the whole batch as committed" {
	leave garbage@2 25
	run -0 --separate-stderr resolve --committed "$(item 14)" "$(item 15)"
	[[ $stderr = "inv-quarantine: batch "*": 10 rows resolved together" ]]
	[ "$(outcomes)" = '["committed","resolved",null]' ]
	[ "$(open_rows)" = '[]' ]
	inv-quarantine list --state all | jq -se 'length == 10 and all(.state == "committed")'
	inv-quarantine show "$(item 20)" | jq -e '.actions[0] | .verb == "resolve" and .why == "asked Ann" and
		.detail.outcome == "committed" and (.detail.batch | length == 64)'
	# Run again: nothing is open, and nothing is sent twice.
	inv-quarantine -q run > /dev/null
	rows 25 | split | commit | tee again | inv-audit > summary
	[ "$(records again | jq -r .reason | sort | uniq -c | xargs)" = '25 already_committed' ]
	jq -e '.standing.counts.committed == 25' summary
	[ "$(sent ledger.db)" = 25 ]
}

@test "resolve --not-committed leaves the items open, and their rows free" {
	leave 500@2 25
	resolve --not-committed "$(item 11)" 2> /dev/null
	[ "$(outcomes)" = '["refused",null,"resolved"]' ]
	[ "$(open_rows)" = "[$(seq -s , 11 20)]" ]
	inv-quarantine resubmit "$(item 12)" > out
	jq -c 'select(.type == "manifest").subset' out | grep -Fx '[[12,12]]'
	inv-validate -q out | commit | inv-quarantine -q > /dev/null
	[ "$(open_rows)" = "[11,$(seq -s , 13 20)]" ]
	run -1 --separate-stderr resolve --not-committed "$(item 11)"
	[ "$stderr" = "inv-quarantine: $(item 11): in no open batch" ]
}

@test "resolve --discard closes the batch as refused and the items as skipped" {
	leave 500@2 25
	resolve --discard "$(item 11)" 2> /dev/null
	[ "$(outcomes)" = '["refused",null,"resolved"]' ]
	inv-quarantine list --state all | jq -se 'length == 10 and all(.state == "skipped")'
}

@test "resolve closes an item that is of no open batch" {
	leave 503@1-9 3 2
	resolve --discard "$(item 2)"
	resolve --committed "$(item 3)"
	[ "$(open_rows)" = '[1]' ]
	[ "$(actions 'group_concat(detail ->> "outcome")')" = discarded,committed ]
	run -1 --separate-stderr resolve --discard "$(item 2)"
	[ "$stderr" = "inv-quarantine: $(item 2): closed: nothing to resolve" ]
	echo nonsense | inv-quarantine -q > /dev/null 2>&1 || true
	id=$(inv-quarantine list --reason malformed_line | jq -r .item)
	run -1 --separate-stderr resolve --discard "$id"
	[ "$stderr" = "inv-quarantine: $id: no row of a manifest" ]
}

@test "resolve needs one word and a why" {
	leave 503@1-9 1
	run -64 inv-quarantine resolve --discard "$(item 1)"
	run -64 inv-quarantine resolve --why x "$(item 1)"
	run -64 inv-quarantine resolve --why x --discard --committed "$(item 1)"
	run -64 inv-quarantine resolve --why x --discard
}

@test "resolve while a pipe holds the lease is 75, and nothing is done" {
	leave garbage@2 25
	start_ledger --db ledger.db --fault garbage
	rows 5 | split > in
	mkfifo pipe
	commit -r 0 pipe > /dev/null 3>&- &
	exec 7> pipe
	cat in >&7
	held() { grep -q ":$(stat -c %i "$INV_STATE/journal/lock") " /proc/locks; }
	wait_for held
	run -75 resolve --committed "$(item 14)"
	[ "$(actions 'count(*)')" = 0 ]
	exec 7>&-
	wait $! || true
}

@test "killed at any step, resolve can be run again" {
	needs_strace
	leave garbage@2 25
	id=$(item 14)
	cp -r "$INV_STATE" kept
	for step in fdatasync:1 fdatasync:2 fdatasync:4 fdatasync:6 fsync:1 pwrite64:1 pwrite64:3 unlink:1; do
		rm -rf "$INV_STATE"/{quarantine,journal}
		cp -r kept/{quarantine,journal} "$INV_STATE"
		rm -f "$INV_STATE/journal/home"
		strace -o /dev/null -e inject="${step%:*}:signal=KILL:when=${step#*:}" \
			inv-quarantine -q resolve --why x --committed "$id" || [ $? = 137 ]
		rm -f "$INV_STATE/journal/home"
		for row in $(inv-quarantine list | jq -r .item); do
			inv-quarantine -q resolve --why x --committed "$row" || [ $? = 1 ]
		done
		[ "$(open_rows)" = '[]' ]
		[ "$(jq -c 'select(.type == "outcome" and .outcome == "committed" and .rows == [[11,20]])' "$INV_STATE"/journal/*.ndjson | wc -l)" = 1 ]
	done
}

# ---- assign ----

@test "assign writes down who looks at open items" {
	leave 503@1-9 3
	inv-quarantine list | inv-quarantine assign --to 'Zoë "Z"' --why 'on duty' -
	inv-quarantine assign --to Bob "$(item 2)"
	inv-quarantine show "$(item 2)" | jq -e '[.actions[] | [.verb, .detail.to, .why]] ==
		[["assign", "Zoë \"Z\"", "on duty"], ["assign", "Bob", null]]'
	[ "$(actions 'count(*)')" = 4 ]
	inv-quarantine resolve --discard --why x "$(item 1)"
	run -1 --separate-stderr inv-quarantine assign --to Bob "$(item 1)" "$(item 3)"
	[ "$stderr" = "inv-quarantine: $(item 1): closed: nothing to assign" ]
	[ "$(actions 'count(*)')" = 6 ]
	run -64 inv-quarantine assign "$(item 3)"
	run -64 inv-quarantine assign --to '' "$(item 3)"
	run -64 inv-quarantine assign --to "$(printf '%0257d' 0)" "$(item 3)"
	run -64 inv-quarantine assign --to Bob
}
