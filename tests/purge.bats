#!/usr/bin/env bats
# purge.bats - rows past their retention: one test for each sentence about it

load lib

prepare() {
	set -o pipefail
	export INV_SCHEMA=inventory
	DB=$INV_STATE/quarantine/quarantine.db
	M=$(printf '%064d' 0 | tr 0 a)
	ID=${M:0:12}
	unset SUDO_USER
}

teardown() {
	stop_ledger
}

# ---- a quarantine ----

# The lines of a stream.  row N VERDICT [TEXT]: with TEXT in all that a line
# says of the row.
manifest() { # RUN
	printf '{"type":"manifest","v":1,"manifest":"%s","run":"%016d","name":"m.csv","format":"csv","submission":1}\n' "$M" "$1"
}
row() {
	local s=${3:-zzsecret$1}
	jq -nc --arg m "${M:0:32}" --argjson n "$1" --arg v "$2" --arg s "$s" '
		{type:"record",manifest:$m,row:$n,line:($n + 1),chunk:(($n - 1) / 500 | floor),
		record:{id:"r\($n)",text:$s},verdict:$v,stage:"inv-x",reason:"wrong"} +
		if $v == "skipped" then {} else
		{errors:[{type:"enum",loc:[$s],msg:$s,input:$s}],headers:{request:{a:$s},response:{b:$s}}} end'
}
malformed() { # TEXT
	jq -nc --arg m "${M:0:32}" --arg s "$1" \
		'{type:"record",manifest:$m,verdict:"quarantined",stage:"inv-split",reason:"malformed_line",raw:$s}'
}
end() { printf '{"type":"end","manifest":"%s","rows":%d,"counts":{"pending":0}}\n' "$M" "$1"; }
keep() { inv-quarantine -q > /dev/null; }

# Four rows: two open, two closed; all but the fourth failed in two runs.
four() {
	{ manifest 1; row 1 quarantined; row 2 held; row 3 quarantined zzsecfirst3; row 4 held; end 4; } | keep
	{ manifest 2; row 1 quarantined; row 2 held; row 3 quarantined; row 4 skipped; end 4; } | keep
	{ manifest 3; row 1 quarantined; row 2 held; row 3 skipped; row 4 skipped; end 4; } | keep
}

# age DAYS [CONDITION]: what has happened to items has happened so long before.
age() {
	local trigger
	trigger=$(sqlite3 "$DB" "select sql from sqlite_schema where name = 'events_stay'")
	sqlite3 "$DB" "drop trigger events_stay; update events set at = at - $1 * 86400
		where item in (select id from items where ${2:-1}); $trigger"
}

purge() { inv-quarantine -q purge --older-than 400d --yes --why 'three years' "$@"; }
rows_of() { inv-quarantine "$@" | jq .row | sort -n | paste -sd' '; }
purged() { inv-quarantine list --state all | jq -r 'select(.purged_at).row' | sort -n | paste -sd' '; }
actions() { sqlite3 "$DB" "select $1 from action where verb = 'purge'"; }
# There is nothing of TEXT in the folder of the quarantine.
gone() { ! grep -raqF "$1" "$INV_STATE/quarantine"; }

# ---- what goes ----

@test "purge lists what would go, as list does, and says how many; nothing changes" {
	four
	age 500
	cp "$DB" before
	run -0 --separate-stderr inv-quarantine purge --older-than 400d
	[ "$stderr" = 'inv-quarantine: 2 would be purged; --yes does it' ]
	[ "$output" = "$(inv-quarantine list --state closed)" ]
	cmp before "$DB"
	script -qec 'inv-quarantine -q purge --older-than 400d' /dev/null 3>&- < /dev/null | tr -d '\r' > table
	script -qec 'inv-quarantine list --state closed' /dev/null 3>&- < /dev/null | tr -d '\r' | diff - table
	script -qec 'inv-quarantine -q purge --older-than 400d --json' /dev/null 3>&- < /dev/null |
		jq -se 'map(.row) == [3, 4]'
	cmp before "$DB"
}

@test "with --yes they go, and it says how many went" {
	four
	age 500
	run -0 --separate-stderr inv-quarantine purge --older-than 400d --yes --why 'three years'
	[ "$output" = '' ]
	[ "$stderr" = 'inv-quarantine: 2 purged' ]
	[ "$(purged)" = '3 4' ]
	[ "$(rows_of list)" = '1 2' ]
}

@test "what is open goes only where --state says so" {
	four
	age 500
	[ "$(rows_of purge --older-than 400d)" = '3 4' ]
	[ "$(rows_of purge --older-than 400d --state open)" = '1 2' ]
	[ "$(rows_of purge --older-than 400d --state all)" = '1 2 3 4' ]
	purge --state open
	[ "$(purged)" = '1 2' ]
	[ "$(rows_of list)" = '1 2' ]
}

@test "the age counts from the last event, and a choice chooses" {
	four
	age 500
	{ manifest 4; row 3 quarantined; end 3; } | inv-quarantine -q > /dev/null || [ $? = 65 ]
	[ "$(rows_of purge --older-than 400d --state all)" = '1 2 4' ]
	[ "$(rows_of purge --older-than 400d --state all --search zzsecret2)" = 2 ]
	[ "$(rows_of purge --older-than 400d --state all --age 600d)" = '' ]
	purge --state all --search zzsecret2
	[ "$(purged)" = 2 ]
}

@test "--older-than must be given, in days up to 36500 or as any duration" {
	four
	age 500 'row = 3'
	[ "$(rows_of purge --older-than 500d)" = 3 ]
	[ "$(rows_of purge --older-than 501d)" = '' ]
	[ "$(rows_of purge --older-than 36500d)" = '' ]
	[ "$(rows_of purge --older-than 24h)" = 3 ]
	run -64 --separate-stderr inv-quarantine purge
	[ "$stderr" = 'inv-quarantine: purge: "--older-than": missing' ]
	run -64 --separate-stderr inv-quarantine purge --older-than 1d --yes
	[ "$stderr" = 'inv-quarantine: purge: "--why": missing: --yes needs it' ]
	for bad in 36501d 3y d -1d ''; do
		run -64 inv-quarantine purge --older-than "$bad" --state all
	done
	run -64 inv-quarantine purge --older-than 1d "$ID-3"
	run -64 inv-quarantine list --older-than 1d
	run -64 inv-quarantine list --yes
	[ "$(purged)" = '' ]
}

@test "nothing to purge is no failure, and no quarantine is made" {
	run -0 --separate-stderr inv-quarantine purge --older-than 1d --yes --why x
	[ "$output" = '' ]
	[ "$stderr" = 'inv-quarantine: 0 purged' ]
	[ ! -e "$DB" ]
	four
	run -0 --separate-stderr inv-quarantine purge --older-than 1d
	[ "$stderr" = 'inv-quarantine: 0 would be purged; --yes does it' ]
}

@test "a row of a batch that is open in the journal is refused" {
	start_ledger --fault garbage
	printf 'id,n\na,1\nb,2\n' | inv-split -q - | inv-commit -q -l "$LEDGER" -k id -r 0 > run || [ $? = 75 ]
	inv-quarantine -q run > /dev/null
	age 500
	id=$(inv-quarantine list | jq -r 'select(.row == 1).item')
	run -1 --separate-stderr inv-quarantine purge --older-than 400d --state open
	[ "$output" = '' ]
	[ "${stderr_lines[0]}" = "inv-quarantine: $id: its batch is open: resubmit or resolve it" ]
	[ "${stderr_lines[2]}" = 'inv-quarantine: 0 would be purged; --yes does it' ]
	run -1 purge --state open
	[ "$(purged)" = '' ]
	inv-quarantine -q resolve --discard --why x "$id"
	age 500
	purge
	[ "$(purged)" = '1 2' ]
}

# ---- what is left ----

@test "everything that came from the row is removed, from the file and the folder" {
	four
	{ manifest 4; row 1 held; row 2 held; malformed zzsecmalformed; row 3 skipped; row 4 skipped; end 4; } | keep
	age 500
	grep -raqF zzsecret3 "$INV_STATE/quarantine"
	grep -raqF zzsecfirst3 "$INV_STATE/quarantine"
	purge
	gone zzsecret3
	gone zzsecfirst3
	gone zzsecret4
	grep -raqF zzsecret1 "$INV_STATE/quarantine"
	purge --state all
	gone zzsec
	[ "$(ls "$INV_STATE/quarantine")" = quarantine.db ]
	inv-quarantine show "$ID-3" | jq -e '(has("record") or has("errors") or has("more")) | not'
	inv-quarantine show "$ID-3" | jq -e '.history | length == 3 and
		all((has("record") or has("errors") or has("more")) | not)'
}

@test "rows that are large, and copies from when pages were rearranged, are gone too" {
	local i
	python3 -c '
import json, random
random.seed(1)
m = "a" * 64
say = lambda o: print(json.dumps(o, separators=(",", ":")))
say({"type":"manifest","v":1,"manifest":m,"run":"1" * 16,"name":"m"})
for i in range(1, 3001):
    n = 5000 if i % 500 == 0 else random.randint(1, 50)
    say({"type":"record","manifest":m[:32],"row":i,"line":i,"chunk":(i-1)//500,
         "record":{"text":("zz%04d" % i) * n},"verdict":"held","reason":"r","stage":"s"})
say({"type":"end","manifest":m,"rows":3000})' | keep
	for i in 0 1 2 3 4; do
		age 500 "id * 7919 % 1009 % 5 = $i"
		purge --state all
		[ "$(grep -aoE 'zz[0-9]{4}' "$DB" | sort -u | wc -l)" = \
			"$(sqlite3 "$DB" 'select count(*) from events where purged = 0')" ]
	done
	[ "$(actions 'count(*), count(distinct item)')" = '3000|3000' ]
	[ "$(sqlite3 "$DB" 'pragma integrity_check')" = ok ]
}

@test "a trace stays, with the digest of each record, and an action says who, when and why" {
	four
	age 500
	inv-quarantine show "$ID-3" > before
	record=$(jq -c .record before)
	first=$(jq -c '.history[0].record' before)
	[ "$(jq -r .text <<< "$first")" = zzsecfirst3 ]
	SUDO_USER=ann purge
	inv-quarantine show "$ID-3" > after
	jq -e --arg sha "$(printf %s "$record" | sha256sum | cut -c 1-64)" \
		--arg first "$(printf %s "$first" | sha256sum | cut -c 1-64)" '
		.content_sha256 == $sha and .history[0].content_sha256 == $first and
		(.history[1] | has("content_sha256") | not) and .purged_at >= "2026" and
		.purged_at == .history[0].purged_at' after
	diff <(jq -S 'del(.record, .errors, .more, .history[].record, .history[].errors, .history[].more)' before) \
		<(jq -S 'del(.content_sha256, .purged_at, .history[].content_sha256, .history[].purged_at) |
			.actions = []' after)
	jq -e --arg user "$(id -un)" '.actions | length == 1 and (.[0] |
		.verb == "purge" and .user == $user and .login == "ann" and .why == "three years")' after
	jq -e '.actions[0].detail == ({state, verdict, reason, stage, first_failure, last_failure, content_sha256})' after
}

@test "a line without a row, and bytes that are no text, go as well" {
	{
		manifest 1
		malformed zzsecmalformed
		malformed zzm | sed 's/"raw":"[^"]*"/"raw_base64":"enp6\/w=="/'
		end 0
	} | keep
	age 500
	id=$(inv-quarantine list | jq -r .item)
	inv-quarantine export | jq -r '.raw // .raw_base64 | @json' |
		while read -r raw; do printf %s "$raw" | sha256sum | cut -c 1-64; done > want
	purge --state all
	gone zzm
	gone enp6
	[ "$(inv-quarantine list | jq -r .item)" = "$id" ]
	inv-quarantine export | jq -r .content_sha256 | diff want -
}

@test "that an error was CRITICAL is kept, as an approval is asked for then" {
	{ manifest 1; row 1 held | sed 's/"type":"enum"/"severity":"CRITICAL",&/'; row 2 held; end 2; } | keep
	age 500
	purge --state open
	gone zzsec
	[ "$(rows_of list --severity CRITICAL)" = 1 ]
	inv-quarantine show "$ID-1" | jq -e '.errors == [{severity: "CRITICAL"}] and
		.history[0].errors == .errors'
	inv-quarantine show "$ID-2" | jq -e 'has("errors") | not'
	INV_STATE=$PWD/ann inv-audit key new --name ann > "$INV_STATE/approvers"
	run -77 inv-quarantine resolve --discard --why x "$ID-1" "$ID-2"
	[ "$(rows_of list)" = 1 ]
}

# ---- how it is shown ----

@test "list, show, stats, export and the report say that it is purged" {
	four
	age 500
	purge --state all
	inv-quarantine list | jq -se 'length == 2 and all(.purged_at >= "2026")'
	inv-quarantine export --state closed | jq -se 'length == 2 and all(.purged_at and .content_sha256)'
	script -qec 'inv-quarantine list' /dev/null 3>&- < /dev/null | tr -d '\r' > table
	grep -qE "^$ID-1 +quarantined +wrong +m[.]csv:2  purged 20[0-9T:-]+Z\$" table
	inv-quarantine stats | jq -e '.purged == 4 and .open.quarantined == 1 and .closed == 2'
	script -qec 'inv-quarantine stats' /dev/null 3>&- < /dev/null | tr -d '\r' | head -n 1 | grep -qF '; 2 closed; 4 purged'
	inv-quarantine report --html page.html
	grep -qE '2 closed in all<br>4 purged' page.html
	[ "$(grep -cE '<summary>purged 20[0-9T:-]+Z</summary>' page.html)" = 2 ]
	[ "$(grep -c 'no row was kept' page.html)" -ge 2 ]
	run ! grep -q zz page.html
	[ "$(inv-quarantine list --search zzsecret | wc -l)" = 0 ]
}

@test "it can not be resubmitted, migrated or corrected, but assigned and resolved" {
	local n
	four
	age 500
	purge --state all
	why='purged: nothing is left of the row'
	for n in 1 2; do
		run -1 --separate-stderr inv-quarantine resubmit "$ID-$n"
		[ "$stderr" = "inv-quarantine: $ID-$n: $why" ]
		[ "$(jq .rows <<< "$output")" = 0 ]
		echo '{"text":"x"}' > map
		run -1 --separate-stderr inv-quarantine migrate --map map "$ID-$n"
		[ "$stderr" = "inv-quarantine: $ID-$n: $why" ]
		run -1 --separate-stderr inv-quarantine fix "$ID-$n" --set text=x --why x
		[ "$stderr" = "inv-quarantine: $ID-$n: $why" ]
		[ "$output" = '' ]
	done
	printf 'id,text,inv:item\nr1,x,%s\n' "$ID-1" | inv-split -q - > out
	jq -se 'map(select(.row == 1))[0] | .reason == "item_refused" and
		(.errors[0] | .type == "item_purged" and .msg == "was purged: nothing is left to be corrected")' out
	inv-quarantine assign --to Ann "$ID-1"
	inv-quarantine resolve --discard --why 'paper is gone too' "$ID-1"
	[ "$(rows_of list)" = 2 ]
}

@test "sheets leave it out, which is said" {
	four
	age 500
	purge --state open --search zzsecret1
	run -1 --separate-stderr inv-quarantine export --csv
	[ "$stderr" = 'inv-quarantine: 1 left out: purged, nothing is left of the row' ]
	[[ $output = *zzsecret2* ]]
	[[ $output != *"$ID-1"* ]]
	run -1 --separate-stderr inv-quarantine export --xlsx out.xlsx
	[ "$stderr" = 'inv-quarantine: 1 left out: purged, nothing is left of the row' ]
	[ -s out.xlsx ]
}

@test "what is told later is kept and can be purged in its turn; the same run brings nothing back" {
	four
	{ manifest 5; row 3 held zzlater; end 3; } > later
	age 500
	purge
	{ manifest 1; row 1 quarantined; row 2 held; row 3 quarantined zzsecfirst3; row 4 held; end 4; } | keep
	gone zzsecfirst3
	[ "$(purged)" = '3 4' ]
	inv-quarantine -q later > /dev/null || [ $? = 65 ]
	[ "$(purged)" = 4 ]
	inv-quarantine show "$ID-3" | jq -e '.record.text == "zzlater" and (.history | length) == 4 and
		(.history[:3] | all(.purged_at)) and (.history[3].purged_at | not)'
	[ "$(rows_of purge --older-than 0s --state open --search zzlater)" = 3 ]
	inv-quarantine -q purge --older-than 0s --yes --why again --state open --search zzlater
	gone zzlater
	[ "$(purged)" = '3 4' ]
	[ "$(actions 'group_concat(row)')" = 3,4,3 ]
}

# ---- a correction, and the log ----

# A row that was corrected and committed; the log has it where it is told to.
corrected() {
	sheet=asset_id,grant_code,description,quantity,location_code,acquired_on
	tail=,BLDG12-RM304-CAB2,2026-03-14
	start_ledger
	printf '%s\nLAB-000001,NIH-R01-7,zzbefore,-3%s\n' "$sheet" $tail > m.csv
	through m.csv
	id=$(inv-quarantine list | jq -r .item)
	printf '%s,inv:item,inv:why\nLAB-000001,NIH-R01-7,zzafter,3%s,%s,typing error\n' "$sheet" $tail "$id" > fix.csv
}
# through FILE [LAST]: LAST is the end of the pipe.
through() {
	inv-split -q "$1" | inv-validate -q | inv-dedup -q | inv-commit -q -l "$LEDGER" |
		inv-quarantine -q | ${2:-inv-audit} > summary
}

@test "the patch of a correction leaves its digest, and verify holds it against the log" {
	corrected
	through fix.csv
	[ "$(inv-quarantine show "$id" | jq -r .state)" = committed ]
	age 500
	inv-quarantine show "$id" > before
	patch=$(jq -c '.actions[0].detail.patch' before)
	[[ $patch = *zzafter* ]]
	purge
	gone zzbefore
	gone zzafter
	inv-quarantine show "$id" | jq -e --arg sha "$(printf %s "$patch" | sha256sum | cut -c 1-64)" '
		.actions[0].detail.patch_sha256 == $sha and (.actions[0].detail | has("patch") | not) and
		(.history[-1].more == {resolved_by: .actions[0].detail.resolved_by})'
	inv-audit verify > /dev/null
	run -65 inv-audit /dev/null
	jq -c 'select(.verb == "purge") | [.item, .why, .detail.reason]' "$INV_STATE/audit/log.ndjson" |
		grep -Fx "[\"$id\",\"three years\",\"schema_violation\"]"
	inv-audit verify | jq -e '.actions == 2'
	# Another digest is another patch.
	sqlite3 "$DB" 'drop trigger actions_stay; update action set
		detail = replace(detail, substr(detail, -10, 1), "z") where verb = "fix"'
	run -1 --separate-stderr inv-audit verify
	[[ $stderr = *'says otherwise than action 1 of quarantine/quarantine.db' ]]
}

@test "a patch that was purged before the log took it is held as it is" {
	corrected
	through fix.csv cat
	age 500
	purge
	run -65 inv-audit /dev/null
	run ! grep -q zzafter "$INV_STATE/audit/log.ndjson"
	inv-audit verify | jq -e '.actions == 2'
}

@test "the account of its manifest stays what it was" {
	corrected
	through fix.csv
	export SOURCE_DATE_EPOCH=1800000000
	m=$(inv-quarantine list --state all | jq -r .manifest)
	inv-audit report "$m" --text - > before
	age 500
	purge
	inv-audit report "$m" --text - | diff before -
	run -65 inv-audit /dev/null
	inv-audit report "$m" --text - > after
	grep -q purge after
	diff <(sed -n '/^ROWS/,/^$/Ip' before) <(sed -n '/^ROWS/,/^$/Ip' after)
	through m.csv
	jq -e '.complete and .standing.counts.quarantined == 1' summary
}

@test "a correction that was under way when its item was purged closes it, without a patch" {
	corrected
	age 500
	inv-split -q fix.csv | inv-validate -q > stream
	purge --state open
	inv-dedup -q stream | inv-commit -q -l "$LEDGER" | inv-quarantine -q > /dev/null
	inv-quarantine show "$id" | jq -e '.state == "committed" and .record.description == "zzafter" and
		(.actions | map(.verb) == ["purge", "fix"]) and (.actions[1].detail | has("patch") | not)'
	age 500
	purge
	gone zzafter
}

# ---- faults ----

# Every item of four is whole, or purged with its action.
whole_or_purged() {
	[ "$(sqlite3 "$DB" 'pragma integrity_check')" = ok ]
	[ "$(purged)" = "$(sqlite3 "$DB" "select row from action where verb = 'purge' order by row" | paste -sd' ')" ]
	inv-quarantine export --state all |
		jq -se 'length == 4 and all((.purged_at != null) == (.content_sha256 != null) and
			(.purged_at != null) == (.record == null))'
}

@test "killed at any step, items are whole or purged with their action, and the next goes on" {
	local call n cut=0
	needs_strace
	four
	age 500
	cp "$DB" kept
	for call in pwrite64 fdatasync unlink ftruncate; do
		for n in 1 2 3 4 6 8 10; do
			cp kept "$DB"
			rm -f "$DB-journal"
			strace -f -o /dev/null -e inject=$call:signal=KILL:when=$n \
				inv-quarantine -q purge --older-than 400d --yes --why x --state all \
				2> /dev/null && continue
			cut=$((cut + 1))
			whole_or_purged
			purge --state all
			[ "$(purged)" = '1 2 3 4' ]
			[ "$(actions 'count(*)')" = 4 ]
			gone zzsec
		done
	done
	[ "$cut" -ge 10 ]
}

@test "a full disk is 74: items are whole or purged, and the next goes on" {
	local kib
	four
	age 500
	cp "$DB" kept
	for kib in 4 8 20 40; do
		cp kept "$DB"
		run -74 bash -c 'trap "" XFSZ; ulimit -f '$kib'
			inv-quarantine -q purge --older-than 400d --yes --why x --state all'
		[[ $output = "inv-quarantine: $DB: "* ]]
		whole_or_purged
	done
	purge --state all
	gone zzsec
}

@test "two at once: each item goes once" {
	local i
	{
		manifest 1
		for i in $(seq 300); do row "$i" quarantined; done
		end 300
	} | keep
	age 500
	purge --state all 3>&- &
	purge --state all
	wait $!
	[ "$(actions 'count(*), count(distinct item)')" = '300|300' ]
	[ "$(purged | wc -w)" = 300 ]
	gone zzsec
}

@test "a store that is damaged is 65, and nothing of it goes" {
	four
	age 500
	sqlite3 "$DB" "drop trigger events_stay; update events set errors = '{' where item = 3"
	run -65 purge
	[[ $output = *'item number 3 is damaged' ]]
	[ "$(actions 'count(*)')" = 0 ]
	sqlite3 "$DB" "update events set errors = '' where item = 3; update events set more = '[' where id = 3"
	run -65 purge
	[[ $output = *'quarantine: an event is damaged' ]]
	[ "$(actions 'count(*)')" = 0 ]
}

@test "a database that another program holds is 75" {
	four
	age 500
	mkfifo go
	sqlite3 "$DB" 'begin exclusive' '.shell echo held > locked; cat go' 3>&- &
	wait_for test -e locked
	run purge
	echo > go
	wait $!
	[ "$status" = $EX_TEMPFAIL ]
	[ "$(purged)" = '' ]
}

@test "the history can not be changed under the name of a purge" {
	four
	run ! sqlite3 "$DB" "update events set purged = 1, errors = '', content = null, reason = 'x'"
	run ! sqlite3 "$DB" "update events set purged = 1, errors = ''"
	run ! sqlite3 "$DB" "update events set purged = 0, errors = '', form = 4"
	inv-quarantine assign --to Ann "$ID-1"
	run ! sqlite3 "$DB" "update action set detail = '{\"patch_sha256\":\"\"}'"
	age 500
	purge
	run ! sqlite3 "$DB" "update events set purged = 2, errors = '' where item = 3"
}

@test "a quarantine of the version before is brought up, and purged" {
	four
	sqlite3 "$DB" "drop trigger events_stay; drop trigger actions_stay;
		alter table events drop column hash;
		alter table events drop column purged; pragma user_version = 3;
		create trigger events_stay before update on events begin select raise(abort, 'no'); end;
		create trigger actions_stay before update on action begin select raise(abort, 'no'); end"
	{ manifest 9; row 1 held; row 2 held; row 3 skipped; row 4 skipped; end 4; } | keep
	age 500
	purge
	[ "$(purged)" = '3 4' ]
	gone zzsecret3
}
