#!/usr/bin/env bats
# audit-find.bats - inv-audit find and show: where something is in the log

load lib
load audit

teardown() {
	stop_ledger
}

# Two manifests, the second of which has failed rows.
log_of_two() {
	committed_six
	six | inv-audit -q > /dev/null
	{
		manifest b 2222222222222222
		row b 1 "$(verdict quarantined inv-validate schema_violation)"
		end b 1
	} | inv-audit -q > /dev/null
}

found() { # WORD...: numbers of the entries, on one line
	inv-audit find "$@" | jq -r .seq | paste -sd ' '
}

entries() { # CONDITION: the numbers of those that have it
	jq -r "select($1) | .seq" "$LOG" | paste -sd ' '
}

# Three assets, and a file of a later day that changes one of them.
inventory() {
	start_ledger
	export INV_SCHEMA=inventory
	printf '%s\n' asset_id,grant_code,description,quantity,location_code,acquired_on \
		LAB-1,NIH-R01-7,Pipette,1,BLDG12-RM304-CAB2,2026-03-14 \
		LAB-2,NIH-R01-7,Pipette,7,BLDG12-RM304-CAB2,2026-03-14 \
		'LAB-"3",NIH-R01-7,Pipette,3,BLDG12-RM304-CAB2,2026-03-14' > a.csv
	printf '%s\n' asset_id,grant_code,description,quantity,location_code,acquired_on \
		LAB-1,NIH-R01-7,Pipette,9,BLDG12-RM304-CAB2,2026-03-14 > b.csv
	pipe a.csv
	pipe b.csv
}

pipe() {
	inv-split -q "$1" | inv-validate -q | inv-commit -q -l "$LEDGER" |
		inv-audit -q > /dev/null
}

# ---- find ----

@test "find prints manifest and end of each run of a manifest by its name" {
	log_of_two
	[ "$(found a.csv)" = "$(entries ".manifest == \"$(id a)\" and
		(.type == \"manifest\" or .type == \"end\")")" ]
	{
		manifest a 3333333333333333
		end a 6
	} | inv-audit -q > /dev/null || true
	[ "$(found a.csv | wc -w)" = 4 ]
}

@test "find takes the beginning of a manifest's id, of 8 digits or more" {
	log_of_two
	[ "$(found bbbbbbbb)" = "$(found b.csv)" ]
	[ "$(found "$(id b)")" = "$(found b.csv)" ]
	run -1 inv-audit find bbbbbbb
	[ -z "$output" ]
}

@test "find takes the beginning of a batch hash or of an idempotency key" {
	log_of_two
	local hash
	hash=$(hash 7)
	[ "$(found "$hash")" = "$(entries ".batch_hash == \"$hash\"")" ]
	[ "$(found "${hash:0:8}")" = "$(found "$hash")" ]
	[ "$(found "$(id 8)")" = "$(entries ".idempotency_key == \"$(id 8)\"")" ]
	[ "$(found 88888888)" = "$(found "$(id 8)")" ]
}

@test "an entry is printed as its line of the log" {
	log_of_two
	run -0 --separate-stderr inv-audit find "$(id 7)"
	grep -Fxq "$output" "$LOG"
}

@test "find prints each record that was sent with a word as value of its key" {
	inventory
	run -0 --separate-stderr inv-audit find LAB-1
	[ "${#lines[@]}" = 2 ]
	jq -es 'map([.type, .row, .outcome, .record.asset_id, .record.quantity]) ==
		[["record", 1, "committed", "LAB-1", 1],
		 ["record", 1, "committed", "LAB-1", 9]]' <<< "$output"
	# ... which leads to the entry, the journal and the proof.
	local line manifest
	line=${lines[1]}
	jq -es --argjson of "$line" 'any(.seq == $of.entry and
		.journal == $of.journal and .batch_hash == $of.batch_hash and
		.idempotency_key == $of.idempotency_key and .chunk == $of.chunk and
		.manifest == $of.manifest and .submission == $of.submission)' "$LOG"
	jq -es --argjson of "$line" 'any(.type == "outcome" and
		.seq == $of.journal and .time == $of.time)' "$INV_STATE"/journal/*.ndjson
	manifest=$(jq -r .manifest <<< "$line")
	[ "$manifest" = "$(sha256sum < b.csv | cut -c 1-64)" ]
	inv-audit prove "$manifest" 1 > proof
}

@test "a value is compared as a whole, whatever is in it" {
	inventory
	run -0 --separate-stderr inv-audit find 'LAB-"3"'
	jq -e '.row == 3' <<< "$output"
	run -1 inv-audit find LAB
	run -1 inv-audit find lab-1
}

@test "a member that is not of the key is looked for by FIELD=VALUE alone" {
	inventory
	run -1 inv-audit find Pipette
	run -0 --separate-stderr inv-audit find description=Pipette
	[ "${#lines[@]}" = 4 ]
	run -0 --separate-stderr inv-audit find quantity=7
	jq -e '.record.asset_id == "LAB-2"' <<< "$output"
	run -1 inv-audit find quantity=
	run -1 inv-audit find asset_id=NIH-R01-7
	run -0 --separate-stderr inv-audit find grant_code=NIH-R01-7
}

@test "where there is no key, find looks at all members" {
	start_ledger
	printf '{"a":"x","b":"y"}\n' | inv-split -q -f ndjson |
		inv-commit -q -l "$LEDGER" > /dev/null
	run -0 --separate-stderr inv-audit find y
	jq -e '.record == {a: "x", b: "y"}' <<< "$output"
}

@test "a record that is not settled is open, and not in the log yet" {
	export INV_SCHEMA=inventory
	intent a '[[1,1]]' 7
	run -0 --separate-stderr inv-audit find k=7
	jq -e '.outcome == "open" and (has("journal") or has("entry") | not)' <<< "$output"
	outcome a '[[1,1]]' 7 open
	run -0 --separate-stderr inv-audit find k=7
	[ "${#lines[@]}" = 1 ]
	jq -e '.outcome == "open" and .journal == 2 and (has("entry") | not)' <<< "$output"
	outcome a '[[1,1]]' 7
	run -0 --separate-stderr inv-audit find k=7
	jq -e '.outcome == "committed" and .journal == 3 and (has("entry") | not)' <<< "$output"
}

@test "rows that were answered one by one have an outcome each" {
	# Of three rows one is committed, one refused and one to be sent again.
	entry "\"type\":\"intent\",\"time\":\"2026-11-20T06:30:00Z\",$(whose a '[[1,3]]' 7),\"batch_hash\":\"$(hash 7)\",\"keyed_by\":[\"k\"],\"body\":[{\"k\":\"x\"},{\"k\":\"x\"},{\"k\":\"x\"}]"
	entry "\"type\":\"outcome\",\"time\":\"2026-11-20T06:30:01Z\",\"intent\":1,$(whose a '[[1,1]]' 7),\"batch_hash\":\"$(hash 7)\",\"outcome\":\"committed\",\"sent\":3,\"refused\":[[2,2]],\"evidence\":\"receipt\",\"status\":207,\"attempts\":1,\"ms\":3"
	run -0 --separate-stderr inv-audit find x
	[ "$(jq -c '[.row, .outcome]' <<< "$output" | paste -sd ' ')" = \
		'[1,"committed"] [2,"refused"] [3,"again"]' ]
}

@test "64 hex digits are not looked for in records" {
	entry "\"type\":\"intent\",\"time\":\"2026-11-20T06:30:00Z\",$(whose a '[[1,1]]' 7),\"batch_hash\":\"$(hash 7)\",\"keyed_by\":null,\"body\":[{\"k\":\"$(id 9)\"}]"
	run -1 inv-audit find "$(id 9)"
	run -0 inv-audit find "k=$(id 9)"
}

@test "nothing found is 1, without a word" {
	run -66 inv-audit find a.csv
	log_of_two
	run -1 inv-audit find c.csv
	[ -z "$output" ]
}

@test "a word that is none is 64" {
	run -64 inv-audit find
	run -64 inv-audit find a b
	run -64 inv-audit find ''
	run -64 inv-audit find $'\xff'
}

@test "find prints a table on a terminal, and nothing in it acts on that" {
	printf '{"a":"\\u001b]0;x\\u0007<b>\\u202e","b":"=1+1"}\n' > $'n\e[2J.ndjson'
	inv-split -q -f ndjson $'n\e[2J.ndjson' | inv-commit -q -l file:x.db |
		inv-audit -q > /dev/null
	run -0 script -qec "inv-audit find b==1+1" /dev/null
	local like='^ +1  20[^ ]*Z  record    [0-9a-f]{12}  row 1: committed: '
	[[ $output =~ $like ]]
	[[ $output != *$'\e'* && $output != *$'\u202e'* ]]
	run -0 script -qec "inv-audit find \"\$(printf 'n\\033[2J.ndjson')\"" /dev/null
	[[ $output = *'manifest'*'n\x1b[2J.ndjson '* && $output != *$'\e'* ]]
	run -0 script -qec "inv-audit show 2" /dev/null
	[[ $output = '{"seq":2,'* && $output != *$'\e'* ]]
}

@test "records with every naughty string are found, and none acts on a terminal" {
	corpus naughty-strings
	"$ROOT/tests/helper/nasty" make
	jq -c '.k = "all"' n.ndjson > k.ndjson
	inv-split -q -f ndjson k.ndjson | inv-commit -q -l file:x.db |
		inv-audit -q > /dev/null
	inv-audit find k=all > found.ndjson
	jq -c '.record | {id, s}' found.ndjson | sort > got
	jq -c '{id, s}' n.ndjson | sort | diff got -
	script -qec "inv-audit find k=all" /dev/null > table
	[ "$(wc -l < table)" = "$(wc -l < n.ndjson)" ]
	: > no.csv
	"$ROOT/tests/helper/nasty" sinks no.csv found.ndjson table
}

@test "each kind of entry says in the table what it is about" {
	log_of_two
	local id
	id=$(id b | cut -c 1-12)-1
	inv-quarantine -q < <(
		manifest b 2222222222222222
		row b 1 "$(verdict quarantined inv-validate schema_violation)"
		end b 1
	) > /dev/null
	inv-quarantine resolve --discard --why 'an old "tag"' "$id" > /dev/null
	inv-audit -q < /dev/null || true
	[ "$(found "$id")" = "$(entries '.type == "action"')" ]
	run -0 script -qec "inv-audit find $id" /dev/null
	[[ $output = *"  action    bbbbbbbbbbbb  resolve $id by "*': an old "tag"'* ]]
	run -0 script -qec "inv-audit find aaaaaaaa" /dev/null
	[[ ${lines[0]} = *'  manifest  aaaaaaaaaaaa  a.csv 1111111111111111'* ]]
	[[ ${lines[1]} = *'  end       aaaaaaaaaaaa  6 rows: 4 committed, 1 skipped, 1 quarantined'* ]]
	run -0 script -qec "inv-audit find $(id 7)" /dev/null
	[[ $output = *'  batch     aaaaaaaaaaaa  3 rows from 1 to 4: committed, receipt'* ]]
}

# ---- several logs ----

# two_states NAME NAME: of the first the state is as of log_of_two.
two_states() {
	log_of_two
	mv state "$1"
	cp -r "$1" "$2"
}

@test "--state looks at several logs, and says of which each line is" {
	two_states north south
	run -0 --separate-stderr inv-audit find b.csv --state north --state south
	[ "$(jq -r '[.state, .type] | join(" ")' <<< "$output" | paste -sd,)" = \
		'north manifest,north end,south manifest,south end' ]
	[ "$(jq -c 'del(.state)' <<< "${lines[2]}")" = \
		"$(INV_STATE=south inv-audit find b.csv | head -n 1 | jq -c .)" ]
	run -0 --separate-stderr inv-audit find b.csv --state south
	jq -es 'all(.state == "south")' <<< "$output"
	run -0 --separate-stderr inv-audit find k=7 --state south
	jq -es 'all(.state == "south")' <<< "$output"
	run -0 script -qec "inv-audit find b.csv --state south" /dev/null
	[[ $output = 'south '* ]]
}

@test "what is wrong with one log is said, and hides no other" {
	two_states north south
	sed -i '2s/receipt/reciept/' north/audit/log.ndjson
	run -74 --separate-stderr inv-audit find b.csv --state north --state nowhere --state south
	[[ $stderr = *'north: audit/log.ndjson: line 2'* && $stderr = *nowhere* ]]
	[ "$(jq -r .state <<< "$output" | paste -sd ' ')" = 'south south' ]
	run -66 --separate-stderr inv-audit find b.csv --state nowhere --state south
	[ "${#lines[@]}" = 2 ]
}

@test "verify checks several logs, and tells of each by its name" {
	two_states north south
	run -0 --separate-stderr inv-audit verify --state north --state south
	jq -es 'map([.state, .type, .entries]) ==
		[["north", "verified", 11], ["south", "verified", 11]]' <<< "$output"
	run -0 script -qec "inv-audit verify --state north --state south" /dev/null
	[[ $output = 'north:'*'11 entries of the log'*'south:'*'11 entries of the log'* ]]
	run -0 inv-audit verify --state north --read-data --key south/audit/key.pub
}

@test "verify ends with the worst of several logs, and checks them all" {
	two_states north south
	sed -i '2s/receipt/reciept/' north/audit/log.ndjson
	run -1 --separate-stderr inv-audit verify --state north --state south
	[ "$(jq -r .state <<< "$output")" = south ]
	[[ $stderr = *'north: audit/log.ndjson: line 2: '* ]]
	run -66 --separate-stderr inv-audit verify --state north --state nowhere --state south
	[ "$(jq -r .state <<< "$output")" = south ]
	[[ $stderr = *nowhere* && $stderr = *north:* ]]
	# A log with a bad key keeps none from being checked.
	echo none > north/audit/key.pub
	run -78 --separate-stderr inv-audit verify --state north --state south --metrics m.prom
	[ "$(jq -r .state <<< "$output")" = south ]
	grep -q '^inv_chain_intact.* 0' m.prom
	run -0 inv-audit verify --state south --metrics m.prom
	grep -q '^inv_chain_intact.* 1' m.prom
}

# north and south, each with a key and a log of its own.
two_keys() {
	log_of_two
	mv state north
	log_of_two
	mv state south
}

@test "verify holds each checkpoint against the log of several that it was signed over" {
	local of
	two_keys
	for of in north south; do
		INV_STATE=$of inv-audit checkpoint > kept.$of
	done
	run -0 --separate-stderr inv-audit verify --state north --state south --checkpoint kept.south
	jq -es 'map([.state, .checkpoints]) == [["north", 2], ["south", 3]]' <<< "$output"
	run -0 --separate-stderr inv-audit verify --state north --state south \
		--checkpoint kept.south --checkpoint kept.north
	jq -es 'map([.state, .checkpoints]) == [["north", 3], ["south", 3]]' <<< "$output"
	# Another log that is signed with the same key is held against it as well.
	rm -r south
	install -d -m 700 state state/audit
	cp -p north/audit/key* state/audit/
	log_of_two
	mv state south
	run -1 --separate-stderr inv-audit verify --state south --state north --checkpoint kept.north
	[[ $stderr == 'inv-audit: south: kept.north: the first '*' entries of audit/log.ndjson are not those that it was signed over' ]]
	[ "$(jq -r .state <<< "$output")" = north ]
}

@test "a checkpoint that is of none of several logs is said, and is no success" {
	two_keys
	INV_STATE=south inv-audit checkpoint > kept
	rm -r south
	cp -r north south
	run -1 --separate-stderr inv-audit verify --state north --state south --checkpoint kept --metrics m.prom
	[ "$stderr" = 'inv-audit: kept: signed with the key of none of these logs' ]
	[ "$(jq -r .state <<< "$output" | paste -sd ' ')" = 'north south' ]
	grep -q '^inv_chain_intact.* 0' m.prom
	echo none > kept
	run -65 inv-audit verify --state north --state south --checkpoint kept
	run -66 inv-audit verify --state north --state south --checkpoint none
	rm north/audit/key.pub
	INV_STATE=south inv-audit checkpoint > kept
	run -66 --separate-stderr inv-audit verify --state north --state south --checkpoint kept
	[[ $stderr == *'north: audit/key.pub'* ]]
}

@test "of one log alone any checkpoint is held against it" {
	two_keys
	INV_STATE=north inv-audit checkpoint > kept
	run -0 inv-audit verify --state north --checkpoint kept
	run -1 inv-audit verify --state south --checkpoint kept
	[[ $output == *'signed by none of the keys given'* ]]
	run -64 inv-audit verify --state $'\xff'
	run -64 inv-audit checkpoint --state north
}

# ---- show ----

@test "show prints an entry by its number as it stands in the log" {
	log_of_two
	[ "$(inv-audit show 3)" = "$(sed -n 3p "$LOG")" ]
	[ "$(inv-audit show "$(wc -l < "$LOG")")" = "$(tail -n 1 "$LOG")" ]
	run -1 inv-audit show 1000
	[[ $output = *'1000: no such entry or manifest'* ]]
}

@test "show prints all entries about manifests whose id begins so, or that name" {
	log_of_two
	[ "$(inv-audit show bb)" = "$(jq -c "select(.manifest == \"$(id b)\")" "$LOG")" ]
	[ "$(inv-audit show "$(id a)" | wc -l)" = 8 ]
	run -1 inv-audit show cc
	[ "$(inv-audit show a.csv)" = "$(inv-audit show "$(id a)")" ]
	run -1 inv-audit show c.csv
	run -64 inv-audit show
}

@test "a number of up to 15 digits is that of an entry" {
	run -66 inv-audit show 100000000000000
	log_of_two
	run -1 inv-audit show 100000000000000
	run -1 inv-audit show 1000000000000000
	local id
	id=$(tr a 1 <<< "$(id a)")
	committed_six
	[ "$(inv-audit show 1)" = "$(sed -n 1p "$LOG")" ]
	run -1 inv-audit show "$id"
}

@test "what stands before damage is printed, and the damage told" {
	log_of_two
	sed -i '5s/"stage"/"stagf"/2' "$LOG"
	run -74 --separate-stderr inv-audit show "$(id a)"
	[ "${#lines[@]}" -ge 3 ]
	[[ $stderr = *'audit/log.ndjson: line '* ]]
	run -0 inv-audit show 2
}

@test "only what audit/head tells of is looked at, while others append" {
	log_of_two
	local n
	n=$(wc -l < "$LOG")
	head -c 40 "$LOG" >> "$LOG"
	inv-audit show bbbb
	run -1 inv-audit show $((n + 1))
	# The lock is held by one who is appending.
	exec 9< "$INV_STATE/audit/lock"
	flock -x 9
	inv-audit find b.csv
	exec 9<&-
	# An end that was cut off is told.
	sed -i '$d' "$LOG"
	sed -i '$d' "$LOG"
	run -74 --separate-stderr inv-audit find b.csv
	[[ $stderr = *'its end was cut off'* ]]
}

@test "a full disk and a closed pipe are 74" {
	log_of_two
	run -74 sh -c 'inv-audit show bb > /dev/full'
	run -74 sh -c 'inv-audit find b.csv > /dev/full'
}

@test "ten thousand entries are found at once" {
	log_of_two
	"$ROOT/tests/helper/long-log" "$INV_STATE" 10000
	local from
	from=$(date +%s%N)
	[ "$(inv-audit show 10010 | jq .seq)" = 10010 ]
	inv-audit find a.csv > /dev/null
	[ $((($(date +%s%N) - from) / 1000000)) -lt 5000 ]
}
