#!/usr/bin/env bats
# audit-status.bats - inv-audit status: what is not in the log yet, or signed

load lib
load audit

log_of_six() {
	committed_six
	six | inv-audit -q > /dev/null
}

# One row in quarantine, told to inv-quarantine only.
failed() { # RUN
	manifest b "$1"
	row b 1 "$(verdict quarantined inv-validate schema_violation)"
	end b 1
}

# says CONDITION: of the one line that status prints.
says() {
	jq -e "$1" <<< "$output"
}

@test "status of a log that has everything, signed, is 0" {
	log_of_six
	run -0 --separate-stderr inv-audit status
	[ "${#lines[@]}" = 1 ]
	says '.type == "status" and .entries == 8 and .signed == 8 and
		.unsigned == 0 and .outcomes == 0 and .rows == 0 and
		.items == 0 and .actions == 0 and .open == 0'
	[ "$(jq -r .last <<< "$output")" = "$(tail -n 1 "$LOG" | jq -r .time)" ]
	[ "$(jq -r .log <<< "$output")" = "$(inv-audit checkpoint | head -n 1)" ]
	[ "$(jq -r .signed_at <<< "$output")" = \
		"$(tail -n 1 "$INV_STATE/audit/checkpoints.ndjson" | jq -r .time)" ]
}

@test "outcomes of the journal that are not in the log are told, with 1" {
	log_of_six
	commit b '[[1,3],[7,7]]' 9
	outcome c '[[2,2]]' 6 refused
	run -1 --separate-stderr inv-audit status
	says '.outcomes == 2 and .rows == 5 and .unsigned == 0'
	inv-audit < /dev/null || true
	run -0 --separate-stderr inv-audit status
	says '.outcomes == 0 and .entries == 10 and .signed == 10'
}

@test "without a log all of the journal is told" {
	committed_six
	run -1 --separate-stderr inv-audit status
	says '.entries == 0 and .outcomes == 2 and .rows == 4 and
		(has("last") or has("signed") or has("log") | not)'
}

@test "a batch without an outcome is open, and nothing is missing yet" {
	log_of_six
	intent b '[[1,1]]' 9
	run -0 --separate-stderr inv-audit status
	says '.open == 1 and .outcomes == 0'
}

@test "entries that are not signed are told" {
	log_of_six
	"$ROOT/tests/helper/long-log" "$INV_STATE" 3
	run -1 --separate-stderr inv-audit status
	says '.entries == 11 and .signed == 8 and .unsigned == 3'
	rm "$INV_STATE/audit/checkpoints.ndjson"
	run -1 --separate-stderr inv-audit status
	says '.unsigned == 11 and (has("signed") | not)'
}

@test "items of runs that the log does not know are told" {
	log_of_six
	failed 2222222222222222 > in
	inv-quarantine -q in > /dev/null
	run -1 --separate-stderr inv-audit status
	says '.items == 1 and .actions == 0'
	inv-audit -q in > /dev/null
	run -0 --separate-stderr inv-audit status
	says '.items == 0'
	# Failed again, in a run that is not there.
	failed 3333333333333333 | inv-quarantine -q > /dev/null
	run -1 --separate-stderr inv-audit status
	says '.items == 1'
}

@test "what people did is told until it is in the log" {
	log_of_six
	failed 2222222222222222 > in
	inv-quarantine -q in > /dev/null
	inv-audit -q in > /dev/null
	inv-quarantine assign --to ann "$(id b | cut -c 1-12)-1" > /dev/null
	inv-quarantine resolve --discard --why old "$(id b | cut -c 1-12)-1" > /dev/null
	run -1 --separate-stderr inv-audit status
	says '.actions == 2 and .items == 0'
	inv-audit -q < /dev/null || true
	run -0 --separate-stderr inv-audit status
	says '.actions == 0'
}

@test "a line of no manifest needs no run" {
	log_of_six
	echo none | inv-quarantine -q > /dev/null || true
	[ "$(inv-quarantine list --json | wc -l)" = 1 ]
	run -0 --separate-stderr inv-audit status
}

@test "status is a table on a terminal" {
	log_of_six
	commit b '[[1,3]]' 9
	run -1 script -qec "inv-audit status" /dev/null
	[[ ${lines[0]} = 'log         8 entries, the last 20'* ]]
	[[ ${lines[1]} = 'signed      8 entries, 20'*', as '*'; not yet: 0'* ]]
	[[ ${lines[2]} = 'journal     not in the log yet: 1 outcomes of 3 rows; open: 0 batches'* ]]
	[[ ${lines[3]} = 'quarantine  not in the log yet: 0 items, 0 actions'* ]]
}

@test "several logs are told together, and the worst is the status" {
	log_of_six
	mv state north
	cp -r north south
	run -0 --separate-stderr inv-audit status --state north --state south
	jq -es 'map(.state) == ["north", "south"]' <<< "$output"
	INV_STATE=$PWD/south committed_six
	run -1 --separate-stderr inv-audit status --state south --state north
	jq -es 'map([.state, .outcomes]) == [["south", 2], ["north", 0]]' <<< "$output"
	sed -i '2s/receipt/reciept/' north/audit/log.ndjson
	run -74 --separate-stderr inv-audit status --state north --state south
	jq -es 'map(.state) == ["south"]' <<< "$output"
	[[ $stderr = *'north: audit/log.ndjson: line 2'* ]]
	run -1 script -qec "inv-audit status --state south" /dev/null
	[[ ${lines[0]} = south* && ${lines[1]} = 'log '* ]]
}

@test "status changes nothing, and makes nothing" {
	run -66 inv-audit status
	mkdir -m 700 "$INV_STATE"
	run -0 inv-audit status
	[ -z "$(ls -A "$INV_STATE")" ]
	log_of_six
	find "$INV_STATE" -type f -exec md5sum {} + | sort > before
	inv-audit status
	find "$INV_STATE" -type f -exec md5sum {} + | sort | diff before -
}

@test "a damaged journal is 74" {
	log_of_six
	commit b '[[1,3]]' 9
	commit b '[[4,4]]' 6
	sed -i '5s/intent/intend/' "$JOURNAL"
	run -74 --separate-stderr inv-audit status
	[[ $stderr = *'journal/000001.ndjson: line 5'* ]]
}

@test "a full disk is 74, an operand 64" {
	log_of_six
	run -74 sh -c 'inv-audit status > /dev/full'
	run -64 inv-audit status x
}
