#!/usr/bin/env bats
# What people do with items, in the log of inv-audit

load lib
load audit

# A log of six rows, of which one is in quarantine, assigned twice.
acted() {
	committed_six
	six > in
	inv-quarantine -q in > passed
	DB=$INV_STATE/quarantine/quarantine.db
	ITEM=aaaaaaaaaaaa-3
	inv-quarantine assign --to eve --why 'she "knows"' $ITEM > /dev/null
	inv-quarantine assign --to bob $ITEM > /dev/null
}

# SQL, as somebody would who can write to the file.
tamper() {
	sqlite3 "$DB" 'DROP TRIGGER actions_stay; DROP TRIGGER actions_remain;' "$1"
}

actions() {
	jq -c 'select(.type == "action")' "$LOG"
}

@test "what people have done is taken in at the end of the input, each once, by number" {
	acted
	run -0 inv-audit in
	[ "$(jq -r .type "$LOG" | paste -sd ' ')" = \
		'batch batch manifest stage stage verdict verdict end action action' ]
	[ "$(actions | jq -c '[.action, .verb]' | paste -s)" = $'[1,"assign"]\t[2,"assign"]' ]
	run -0 inv-audit in
	[ "$(actions | wc -l)" = 2 ]
	inv-quarantine assign --to ann $ITEM > /dev/null
	run -65 inv-audit /dev/null
	[ "$(actions | jq .action | paste -s)" = $'1\t2\t3' ]
	chain_holds
}

@test "an action's entry says who did what to which row, when and why" {
	acted
	inv-audit in
	actions | head -n 1 | jq -e --arg id "$(id a)" --arg user "$(whoami)" '
		keys_unsorted == ["seq","prev","type","time","manifest","submission",
			"action","at","verb","item","row","user","why","detail"] and
		.manifest == $id and .submission == 1 and .row == 3 and
		.item == "aaaaaaaaaaaa-3" and .verb == "assign" and
		.why == "she \"knows\"" and .detail.to == "eve" and .user == $user'
	[ "$(actions | jq -r .at | head -n 1)" = \
		"$(inv-quarantine show $ITEM | jq -r '.actions[0].at')" ]
	SUDO_USER=carol inv-quarantine assign --to eve $ITEM > /dev/null
	run -65 inv-audit /dev/null
	[ "$(actions | tail -n 1 | jq -r '[.login, .why] | @json')" = '["carol",null]' ]
}

@test "whatever is done is taken in: resubmitted, resolved, assigned, a line without a row" {
	{
		six
		echo '{"type":"manifest"}'
	} > in
	inv-quarantine -q in > passed
	inv-quarantine resubmit --why again aaaaaaaaaaaa-3 > stream
	line=$(inv-quarantine list | jq -r 'select(.reason == "malformed_line") | .item')
	inv-quarantine assign --to eve "$line" > /dev/null
	{
		manifest b
		row b 1 "$(verdict ambiguous inv-commit unanswered)"
		end b 1
	} | inv-quarantine -q > passed
	intent b '[[1,1]]' 9
	inv-quarantine resolve --not-committed --why 'they say so' bbbbbbbbbbbb-1 > /dev/null
	run -65 inv-audit in
	[ "$(actions | jq -c '[.verb, .manifest[:4], .row, .why]' | paste -s -d ' ')" = \
		'["resubmit","aaaa",3,"again"] ["assign","'"${line:0:4}"'",0,null] ["resolve","bbbb",1,"they say so"]' ]
	actions | jq -se '.[0].detail.run and .[1].item == "'"$line"'"'
	inv-audit verify | jq -e '.actions == 3'
}

@test "actions are in the tree, under a checkpoint" {
	acted
	inv-audit in
	run -0 inv-audit checkpoint
	[ "${lines[1]}" = 10 ]
	[ "${lines[2]}" = "$("$ROOT/tests/helper/merkle-root" "$LOG")" ]
	run -0 inv-audit verify
	jq -e '.actions == 2 and .covered == 10' <<< "$output"
}

@test "actions change no verdict and no standing" {
	acted
	run -0 inv-audit in
	one=$output
	run -0 inv-audit in
	[ "$output" = "$one" ]
	[ "$(jq .standing.counts.quarantined <<< "$output")" = 1 ]
}

@test "verify finds an action that was changed after the log took it in" {
	acted
	inv-audit in
	inv-audit verify
	cp "$DB" good.db
	for change in "why = 'other'" "user = 'mallory'" "at = at + 1" "row = 4" \
		"item = 'aaaaaaaaaaaa-4'" "verb = 'purge'" "login = 'x'" "submission = 2" \
		"detail = '{}'" "manifest = '$(id b)'"; do
		cp good.db "$DB"
		tamper "UPDATE action SET $change WHERE number = 2"
		run -1 inv-audit verify
		[[ $output = *"log.ndjson: line 10: says otherwise than action 2 of quarantine/quarantine.db"* ]]
	done
}

@test "verify finds an action that was removed, or all of them" {
	acted
	inv-audit in
	cp "$DB" good.db
	tamper 'DELETE FROM action WHERE number = 2'
	run -1 inv-audit verify
	[[ $output = *"line 10: quarantine/quarantine.db has no action 2"* ]]
	cp good.db "$DB"
	tamper 'DELETE FROM action WHERE number = 1'
	run -1 inv-audit verify
	[[ $output = *"action 1 is missing"* ]]
	rm "$DB"
	run -1 inv-audit verify
	[[ $output = *"line 9: quarantine/quarantine.db has no action 1"* ]]
}

@test "an action that is not taken in yet is no difference" {
	acted
	inv-audit in
	inv-quarantine assign --to ann $ITEM > /dev/null
	run -0 inv-audit verify
	[ "$(jq .actions <<< "$output")" = 2 ]
}

@test "a log without an action in its place is damaged: 74" {
	acted
	inv-audit in
	rm "$INV_STATE/audit/checkpoints.ndjson" "$HEAD"
	# Cut in the middle, and the chain made to fit.
	prev=$(sed -n 8p "$LOG" | tr -d '\n' | sha256sum | cut -c 1-64)
	last=$(sed -n 10p "$LOG" | sed "s/\"seq\":10,\"prev\":\"[0-9a-f]*\"/\"seq\":9,\"prev\":\"$prev\"/")
	sed -i '9,$d' "$LOG"
	printf '%s\n' "$last" >> "$LOG"
	run -74 inv-audit in
	[[ $output = *"line 9: action 2 where action 1 should be"* ]]
	run -1 inv-audit verify
	[[ $output = *"line 9: says otherwise than action 1 of quarantine/quarantine.db"* ]]
}

@test "actions that can not be read stop nothing but their own taking in" {
	acted
	tamper "UPDATE action SET detail = 'none' WHERE number = 2"
	run -65 --separate-stderr inv-audit in
	[[ $stderr = *"action 2 is damaged"* ]]
	[ "$(jq -r .type <<< "$output")" = summary ]
	run -0 inv-audit verify
	jq -e '.entries == 8 and .covered == 8' <<< "$output"
}

@test "a quarantine that a kill has left empty has no actions" {
	mkdir -m 700 -p "$INV_STATE/quarantine"
	: > "$INV_STATE/quarantine/quarantine.db"
	chmod 600 "$INV_STATE/quarantine/quarantine.db"
	committed_six
	six > in
	run -0 inv-audit in
	run -1 inv-quarantine list
	[[ $output = *"nothing in it yet"* ]]
}

@test "killed at any write, the next run has each action once" {
	needs_strace
	acted
	inv-audit in
	inv-quarantine assign --to ann $ITEM > /dev/null
	cp -a "$INV_STATE" before
	calls=pwrite64,write,fsync,fdatasync,ftruncate,rename,renameat,renameat2
	for ((n = 1; n < 40; n++)); do
		rm -rf "$INV_STATE"
		cp -a before "$INV_STATE"
		rc=0
		strace -f -o /dev/null -e inject=$calls:signal=KILL:when=$n \
			inv-audit in > out 2> err || rc=$?
		run -0 --separate-stderr inv-audit in
		[ "$(actions | jq .action | paste -s)" = $'1\t2\t3' ]
		inv-audit verify | jq -e '.actions == 3 and .covered == .entries'
		[ $rc != 0 ] || break
	done
	[ $n -gt 3 ]
}
