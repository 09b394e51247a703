#!/usr/bin/env bats
# inv-quarantine - one test for each sentence of its page

load lib

prepare() {
	set -o pipefail
	DB=$INV_STATE/quarantine/quarantine.db
	M=$(printf '%064d' 0 | tr 0 a)
}

# The lines of a stream.  manifest RUN [SUBMISSION]; row N VERDICT REASON
# [RECORD]; batch RANGES; end ROWS.
manifest() {
	printf '{"type":"manifest","v":1,"manifest":"%s","run":"%s","name":"m.csv","format":"csv","submission":%d}\n' \
		"$M" "$(printf '%016d' "$1")" "${2:-1}"
	echo '{"type":"stage","stage":"inv-validate","version":"7","schema":"inventory","schema_sha256":"5e"}'
}
row() {
	local record=${4:-'{"id":"r'$1'","n":"-3"}'} verdict=
	[ "$2" = pending ] ||
		verdict=',"verdict":"'$2'","stage":"inv-x","reason":"'$3'","errors":[{"type":"t","loc":["n"],"msg":"wrong","input":"-3"}]'
	printf '{"type":"record","manifest":"%s","row":%d,"line":%d,"chunk":%d,"record":%s%s}\n' \
		"${M:0:32}" "$1" $(($1 + 1)) $((($1 - 1) / 500)) "$record" "$verdict"
}
batch() {
	printf '{"type":"batch","manifest":"%s","chunk":0,"rows":%s,"count":1,"batch_hash":"bb","verdict":"committed","evidence":"receipt","status":200}\n' \
		"${M:0:32}" "$1"
}
end() {
	printf '{"type":"end","manifest":"%s","rows":%d,"counts":{"pending":0}}\n' "$M" "$1"
}
# Five rows: one of each fate.
five() {
	manifest "$1"
	row 1 pending
	row 2 quarantined schema_violation
	row 3 held systemic
	row 4 ambiguous timeout
	row 5 skipped duplicate
	end 5
}
keep() { inv-quarantine -q > /dev/null; }

# All that is stored but for the time of day.
dump() {
	sqlite3 "$DB" "select * from blocks; select * from runs; select * from items;
		select id,item,run,verdict,reason,stage,errors,more,form,content from events"
}
# show FIELDS ITEM: a member or an expression of an item.
field() { inv-quarantine show "$2" | jq -c "$1"; }

# ---- the six that every program has, and conservation ----

@test "the stream is passed on byte for byte, with a stage line" {
	five 1 > in
	inv-quarantine -q in > out
	[ "$(grep -c '"stage":"inv-quarantine"' out)" = 1 ]
	grep -v '"stage":"inv-quarantine"' out | sed '$d' | diff <(sed '$d' in) -
}

@test "quarantined, held and ambiguous rows are stored; others are not" {
	five 1 | keep
	run -0 bash -c 'inv-quarantine list | jq -r "[.row,.verdict,.reason]|join(\" \")"'
	[ "$output" = $'2 quarantined schema_violation\n3 held systemic\n4 ambiguous timeout' ]
}

@test "a line of no stream does not stop the run and is stored" {
	five 1 | sed '3a not json' > in
	run -0 --separate-stderr inv-quarantine in
	[ "$(grep -c '"raw":"not json"' <<< "$output")" = 1 ]
	run -0 bash -c 'inv-quarantine export --reason malformed_line | jq -c "[.item[0:14],.row,.raw,.name]"'
	[ "$output" = '["aaaaaaaaaaaa-x",null,"not json","m.csv"]' ]
}

@test "a line that a stage before has found malformed is stored once for the same bytes" {
	{
		manifest 1
		for text in one one '\u00f6ne'; do
			printf '{"type":"record","manifest":"%s","verdict":"quarantined","stage":"inv-split","reason":"malformed_line","raw":"%s"}\n' "${M:0:32}" "$text"
		done
		printf '{"type":"record","manifest":"%s","verdict":"quarantined","stage":"inv-split","reason":"malformed_line","raw_base64":"/w=="}\n' "${M:0:32}"
		end 0
	} | keep
	run -0 bash -c 'inv-quarantine export | jq -r ".raw // .raw_base64"'
	[ "$output" = $'one\nöne\n/w==' ]
}

@test "a line outside of any manifest is stored under zeros" {
	echo 'stray' > in
	run -65 inv-quarantine -q in
	run -0 bash -c 'inv-quarantine export | jq -r "[.item[0:14],.manifest[0:4],.raw]|join(\" \")"'
	[ "$output" = "000000000000-x 0000 stray" ]
	run -65 inv-quarantine -q in
	[ "$(inv-quarantine list | wc -l)" = 1 ]
}

@test "a full disk below gives a message and 74" {
	five 1 > in
	run -74 sh -c 'inv-quarantine -q < in > /dev/full'
	[[ $output = *"No space left"* ]]
}

@test "output appears while the input is open, and is stored by then" {
	mkfifo fifo
	inv-quarantine -q < fifo > out 3>&- &
	exec 9> fifo
	five 1 | sed '$d' >&9
	wait_for grep -q '"row":5' out
	[ "$(inv-quarantine list | wc -l)" = 3 ]
	end 5 >&9
	exec 9>&-
	wait $!
}

@test "wrong command lines are 64" {
	local line
	while read -r line; do
		# shellcheck disable=SC2086
		run -64 inv-quarantine $line < /dev/null
	done <<-'EOF'
	--nonsense
	--cs
	one two
	list more
	export more
	show
	show nothing
	show aaaaaaaaaaaa
	show aaaaaaaaaaaa-0
	show aaaaaaaaaaaa.0-1
	show AAAAAAAAAAAA-1
	--csv
	list --csv
	--reason x
	show --reason x aaaaaaaaaaaa-1
	list --state shut
	EOF
}

@test "every row that goes in comes out once, and end counts them" {
	{ manifest 1; row 1 held a; batch '[[2,4],[6,6]]'; row 5 quarantined b; end 6; } > in
	inv-quarantine -q in > out
	[ "$(jq -c 'select(.type=="end").counts' out)" = \
		'{"pending":0,"committed":4,"skipped":0,"quarantined":1,"held":1,"ambiguous":0}' ]
}

# ---- items and their history ----

@test "the same run a second time changes nothing" {
	five 1 > in
	inv-quarantine -q in > out
	dump > before
	inv-quarantine -q in > /dev/null
	dump | diff before -
	inv-quarantine -q out > /dev/null # a saved stream
	dump | diff before -
}

@test "a new run adds to the history" {
	five 1 | keep
	dump | grep -v '^2|' > before
	five 2 | keep
	[ "$(inv-quarantine list | wc -l)" = 3 ]
	[ "$(field '[.failures,(.history|length)]' aaaaaaaaaaaa-2)" = '[2,2]' ]
	[ "$(field '[.history[].run]' aaaaaaaaaaaa-2)" = '["0000000000000001","0000000000000002"]' ]
}

@test "a run that failed in the middle is completed by the same stream" {
	five 1 | sed -n '1,4p' > half
	run -65 inv-quarantine -q half
	[ "$(inv-quarantine list | wc -l)" = 1 ]
	five 1 | keep
	dump > mended
	rm -r "$INV_STATE"
	five 1 | keep
	dump | diff - mended
}

@test "a batch line that covers the row closes its item" {
	five 1 | keep
	{ manifest 2; batch '[[1,2],[4,5]]'; row 3 held systemic; end 5; } | keep
	[ "$(inv-quarantine list | jq -c .row)" = 3 ]
	[ "$(field '[.state,.history[1].verdict,.history[1].reason,.history[1].more.batch_hash]' aaaaaaaaaaaa-2)" = \
		'["committed","committed","receipt","bb"]' ]
	[ "$(field .state aaaaaaaaaaaa-4)" = '"committed"' ]
}

@test "a skipped row closes its item and says why" {
	five 1 | keep
	{ manifest 2; row 1 pending; row 2 skipped filtered; row 3 skipped already_committed
		row 4 skipped duplicate; row 5 pending; end 5; } | keep
	run -1 inv-quarantine list
	[ "$(inv-quarantine list --state closed | jq -r '[.row,.state]|join(" ")')" = \
		$'2 skipped\n3 committed\n4 skipped' ]
	[ "$(field '.history[1].reason' aaaaaaaaaaaa-3)" = '"already_committed"' ]
}

@test "what was committed stays closed, what was skipped is open again" {
	{ manifest 1; row 1 held a; row 2 held a; row 3 held a; end 3; } | keep
	{ manifest 2; batch '[[1,1]]'; row 2 skipped already_committed; row 3 skipped filtered; end 3; } | keep
	{ manifest 3; row 1 quarantined b; row 2 quarantined b; row 3 quarantined b; end 3; } | keep
	[ "$(inv-quarantine list | jq -c .row)" = 3 ]
	[ "$(field '[.state,.failures,(.history|length)]' aaaaaaaaaaaa-1)" = '["committed",2,3]' ]
	[ "$(field '[.state,.verdict,.failures,(.history|length)]' aaaaaaaaaaaa-3)" = '["open","quarantined",2,3]' ]
}

@test "an old run told again after a new one changes nothing" {
	five 1 > one
	{ manifest 2; batch '[[1,5]]'; end 5; } > two
	five 3 > three
	for stream in one two; do keep < $stream; done
	dump > before
	keep < one
	keep < two
	dump | diff before -
}

@test "another submission of the same bytes is another item" {
	{ manifest 1; row 1 held a; end 1; } | keep
	{ manifest 2 2; row 1 held a; end 1; } | keep
	[ "$(inv-quarantine list | jq -r .item)" = $'aaaaaaaaaaaa-1\naaaaaaaaaaaa.2-1' ]
	[ "$(field .submission aaaaaaaaaaaa.2-1)" = 2 ]
	{ manifest 3; batch '[[1,1]]'; end 1; } | keep
	[ "$(inv-quarantine list | jq -r .item)" = aaaaaaaaaaaa.2-1 ]
}

@test "an item keeps the row, its errors, the place, and the rules of each run" {
	{ manifest 1; row 2 quarantined rejected '{"id":"x","n":1.50}' |
		sed 's/}$/,"status":422,"attempts":3}/'; row 1 pending; end 2; } | keep
	run -0 inv-quarantine show aaaaaaaaaaaa-2
	[[ $output = *'"record":{"id":"x","n":1.50}'* ]]
	[ "$(jq -c '[.name,.line,.stage,.reason,.errors[0].loc,.more,.failures]' <<< "$output")" = \
		'["m.csv",3,"inv-x","rejected",["n"],{"status":422,"attempts":3},1]' ]
	[ "$(jq -c '.history[0].stages[0].schema_sha256' <<< "$output")" = '"5e"' ]
	[[ $(jq -r .first_failure <<< "$output") = 20??-??-??T??:??:??Z ]]
}

@test "a stage line at the end of the block is kept with the run" {
	five 1 | sed '$i {"type":"stage","stage":"inv-split","version":"1","blank_lines":4}' | keep
	[ "$(field '[.history[0].stages[].stage]' aaaaaaaaaaaa-2)" = '["inv-validate","inv-split"]' ]
}

@test "a row that is the same as before is not kept twice, another one is" {
	{ manifest 1; row 1 held a '{"v":1}'; end 1; } | keep
	{ manifest 2; row 1 held a '{"v":1}'; end 1; } | keep
	{ manifest 3; row 1 held a '{"v":2}'; end 1; } | keep
	[ "$(sqlite3 "$DB" 'select count(content) from events')" = 2 ]
	[ "$(field '[.record.v,.history[].record.v]' aaaaaaaaaaaa-1)" = '[2,1,null,null]' ]
}

# The quarantine as version 2 had it.
version_2() {
	sqlite3 "$INV_STATE/quarantine/quarantine.db" 'PRAGMA user_version = 2;
		DROP TRIGGER events_stay; ALTER TABLE events DROP COLUMN hash; ALTER TABLE events DROP COLUMN purged;
		CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, "no"); END;
		ALTER TABLE runs DROP COLUMN manifest; ALTER TABLE runs DROP COLUMN rows;'
}

@test "a database of an older version is brought up by any command, and others say by which" {
	local command newest
	five 1 | keep
	newest=$(sqlite3 "$INV_STATE/quarantine/quarantine.db" 'PRAGMA user_version')
	inv-quarantine show "$(inv-quarantine list | jq -r .item | head -n 1)" > before
	for command in stats list 'show '"$(jq -r .item before)" 'report --html page' \
		'export --csv' "assign --to eve $(jq -r .item before)"; do
		version_2
		run -0 --separate-stderr inv-quarantine $command
		[ "$(sqlite3 "$INV_STATE/quarantine/quarantine.db" 'PRAGMA user_version')" = "$newest" ]
		[ -z "$stderr" ]
	done
	version_2
	printf 'inv:item,quantity\n%s,1\n' "$(jq -r .item before)" > fix.csv
	run -78 --separate-stderr inv-split -q fix.csv
	[ "$stderr" = "inv-split: $INV_STATE/quarantine/quarantine.db: version 2 is older than this program's $newest; brought up by: inv-quarantine stats" ]
	run -78 inv-audit status
	[[ $output = *'; brought up by: inv-quarantine stats' ]]
	run -0 inv-quarantine stats
	run -0 inv-split -q fix.csv
	inv-quarantine show "$(jq -r .item before)" | jq -c 'del(.actions)' |
		cmp - <(jq -c 'del(.actions)' before)
}

@test "the history is only added to" {
	five 1 | keep
	run ! sqlite3 "$DB" 'update events set reason = 1'
	run ! sqlite3 "$DB" 'delete from events'
	run ! sqlite3 "$DB" 'delete from items'
}

@test "more digits of the manifest tell two apart" {
	{ manifest 1; row 1 held a; end 1; } | keep
	M=aaaaaaaaaaaabb${M:14}
	{ manifest 2; row 1 held a; end 1; } | keep
	[ "$(inv-quarantine show aaaaaaaaaaaa-1 | wc -l)" = 2 ]
	[ "$(inv-quarantine show aaaaaaaaaaaab-1 | wc -l)" = 1 ]
	[ "$(inv-quarantine show "$M-1" | wc -l)" = 1 ]
	[ "$(inv-quarantine list --manifest aaaaaaaaaaaaaa | wc -l)" = 1 ]
}

@test "a line without a row is shown by its id" {
	{ manifest 1; echo nonsense; end 0; } | keep
	id=$(inv-quarantine list | jq -r .item)
	[[ $id = aaaaaaaaaaaa-x???????????? ]]
	[ "$(field .raw "$id")" = '"nonsense"' ]
}

@test "a row as deep as one may be is kept with its errors, and shown" {
	deep=$(python3 -c 'print("[" * 63 + "]" * 63)')
	{ manifest 1; row 1 pending - '{"id":"a","n":'"$deep"'}'
		row 2 pending - '{"id":"a","n":0}'; row 3 pending - '{"id":"b","n":0}'
		row 4 pending - '{"id":"b","n":'"$deep"'}'; end 4; } |
		inv-dedup -q -k id | keep
	[ "$(inv-quarantine list | jq -c .row)" = $'2\n4' ]
	[ "$(inv-quarantine show aaaaaaaaaaaa-4 | grep -o -F "$deep" | wc -l)" = 3 ]
	[ "$(inv-quarantine export --csv | wc -l)" = 3 ]
}

# ---- list, show, export ----

@test "list and export are about open items unless --state says otherwise" {
	five 1 | keep
	{ manifest 2; batch '[[1,3]]'; row 4 held a; row 5 pending; end 5; } | keep
	[ "$(inv-quarantine list | jq -c .row)" = 4 ]
	[ "$(inv-quarantine export | jq -c .row)" = 4 ]
	[ "$(inv-quarantine list --state=closed | jq -c .row)" = $'2\n3' ]
	[ "$(inv-quarantine export --state all | jq -c .row)" = $'2\n3\n4' ]
	[ "$(inv-quarantine list --reason a | wc -l)" = 1 ]
	run -1 inv-quarantine list --reason nothing
	run -1 inv-quarantine export --manifest b
}

# errs N JSON: a quarantined row with this list of errors.
errs() { row "$1" quarantined "r$1" | sed "s|\"errors\":\[.*\]|\"errors\":$2|"; }
rows_of() { inv-quarantine list "$@" | jq -r .row | paste -sd ' '; }

@test "--type, --field and --severity are about one error of an item" {
	{ manifest 1
		errs 1 '[{"type":"t","loc":["a"],"msg":"m","severity":"CRITICAL"},{"type":"u","loc":["b",0,"c"],"msg":"m"}]'
		errs 2 '[{"type":"u","loc":["a"],"msg":"m","severity":"WARNING"}]'
		errs 3 '[]'
		row 4 held x; end 4; } | keep
	[ "$(rows_of --type u)" = "1 2" ]
	[ "$(rows_of --field a)" = "1 2" ]
	[ "$(rows_of --field b.0.c)" = 1 ]
	[ "$(rows_of --type u --field a)" = 2 ]
	[ "$(rows_of --severity CRITICAL)" = 1 ]
	[ "$(rows_of --severity WARNING --type u)" = 2 ]
	[ "$(inv-quarantine export --type u --field b.0.c | jq .row)" = 1 ]
	[ "$(inv-quarantine export --csv --type u | wc -l)" = 3 ]
	run -1 inv-quarantine list --severity CRITICAL --type u
	run -1 inv-quarantine list --severity INFO
	run -64 inv-quarantine list --severity critical
}

@test "--search looks at the id, the name, the reason, the errors and the row" {
	{ manifest 1
		row 1 quarantined reason-one '{"v":"Stra\u00dfe","w":"a\"b"}'
		errs 2 '[{"type":"t","loc":["colour"],"msg":"not \\u0041 word"}]'
		row 3 held x '{"v":1}' | sed 's/}$/,"more":"Bearing"}/'
		printf '{"type":"record","manifest":"%s","row":4,"line":9,"chunk":0,"verdict":"quarantined","stage":"s","reason":"malformed_row","raw":"Half;a row"}\n' "${M:0:32}"
		printf '{"type":"record","manifest":"%s","row":5,"line":9,"chunk":0,"verdict":"quarantined","stage":"s","reason":"malformed_row","raw_base64":"aGFsZjth"}\n' "${M:0:32}"
		end 5; } | keep
	[ "$(rows_of --search straße)" = 1 ]
	[ "$(rows_of --search 'a"b')" = 1 ]
	[ "$(rows_of --search REASON-ONE)" = 1 ]
	[ "$(rows_of --search colour)" = 2 ]
	[ "$(rows_of --search 'A WORD')" = 2 ]
	[ "$(rows_of --search bear)" = 3 ]
	[ "$(rows_of --search half)" = 4 ]
	[ "$(rows_of --search aaaaaaaaaaaa-3)" = 3 ]
	[ "$(rows_of --search M.CSV)" = "1 2 3 4 5" ]
	run -1 inv-quarantine list --search aGFsZjth
	run -1 inv-quarantine list --search nowhere
}

@test "--manifest takes the name of the last failure as well" {
	{ manifest 1; row 1 held a; row 2 held a; end 2; } | keep
	{ manifest 2; row 1 pending; row 2 held a; end 2; } | sed 's/m[.]csv/new.csv/' | keep
	[ "$(rows_of --manifest m.csv)" = 1 ]
	[ "$(rows_of --manifest new.csv)" = 2 ]
	[ "$(rows_of --manifest aaaaaa)" = "1 2" ]
	run -1 inv-quarantine list --manifest new
}

@test "--age takes a duration, and with a minus those that are younger" {
	{ manifest 1; row 1 held a; row 2 held a; end 2; } | keep
	sqlite3 "$DB" 'drop trigger events_stay; update events set at = at - 7200 where item = 1'
	[ "$(rows_of --age 1h)" = 1 ]
	[ "$(rows_of --age -1h)" = 2 ]
	[ "$(rows_of --age=-3h)" = "1 2" ]
	# Old by its first failure, whatever came later.
	{ manifest 2; row 1 held a; row 2 pending; end 2; } | keep
	[ "$(rows_of --age 1h)" = 1 ]
	run -64 inv-quarantine list --age long
	run -64 inv-quarantine list --age +1h
}

@test "show takes ids from standard input, as list and export write them" {
	five 1 | keep
	[ "$(inv-quarantine list | inv-quarantine show - | jq -c '[.row,.history[0].verdict]' | paste -sd ' ')" = \
		'[2,"quarantined"] [3,"held"] [4,"ambiguous"]' ]
	[ "$(inv-quarantine export | inv-quarantine show - | wc -l)" = 3 ]
	[ "$(printf 'aaaaaaaaaaaa-3\n\naaaaaaaaaaaa-2' | inv-quarantine show aaaaaaaaaaaa-4 - | jq .row | paste -sd ' ')" = "4 3 2" ]
	run -1 inv-quarantine show - < /dev/null
}

@test "a line of ids that is none is 65, and says where" {
	five 1 | keep
	local line
	while read -r line; do
		run -65 inv-quarantine show - <<< $'aaaaaaaaaaaa-3\n'"$line"
		[[ $output = *"stdin: line 2: not the id of an item"* ]]
	done <<-'EOF'
	nothing
	{"item":"aaaaaaaaaaaa"}
	{"item":3}
	{"row":3}
	{"item":"aaaaaaaaaaaa-3"
	{}
	-
	EOF
	run -66 inv-quarantine show - < .
}

@test "--json is JSON on a terminal as well" {
	command -v script > /dev/null || skip "no script(1)"
	five 1 | keep
	script -qec 'inv-quarantine list --json' /dev/null < /dev/null | tr -d '\r' > out
	[ "$(jq -c .row out | paste -sd ' ')" = "2 3 4" ]
	inv-quarantine show --json aaaaaaaaaaaa-2 | diff - <(inv-quarantine show aaaaaaaaaaaa-2)
}

@test "stats adds up what is open and closed" {
	five 1 | keep
	{ manifest 2; batch '[[1,2]]'; row 3 held systemic; row 4 pending; row 5 pending; end 5; } | keep
	sqlite3 "$DB" 'drop trigger events_stay; update events set at = at - 3*86400 where item = 3'
	inv-quarantine stats > out
	[ "$(jq -c '[.open,.closed]' out)" = '[{"quarantined":0,"held":1,"ambiguous":1},1]' ]
	[ "$(jq -c .last_day out)" = '{"open_before":1,"new":2,"closed":1}' ]
	[ "$(jq -c '[.days[]|[.failed,.closed]]' out)" = \
		'[[0,0],[0,0],[0,0],[0,0],[0,0],[0,0],[0,0],[0,0],[0,0],[0,0],[1,0],[0,0],[0,0],[2,1]]' ]
	[ "$(jq -r '.days[13].day' out)" = "$(date -u +%F)" ]
	[ "$(jq -c '[.ages[].count]' out)" = '[1,0,1,0,0,0,0]' ]
	[ "$(jq -r .oldest out)" = "$(inv-quarantine show aaaaaaaaaaaa-4 | jq -r .first_failure)" ]
}

@test "stats puts open items in groups by reason, type and field" {
	{ manifest 1
		errs 1 '[{"type":"t","loc":["a",0],"msg":"m"},{"type":"t","loc":["a",7],"msg":"m"},{"type":"u","loc":["b"],"msg":"m"}]'
		errs 2 '[{"type":"t","loc":["a",3],"msg":"m"}]' | sed 's/:"r2","err/:"r1","err/'
		row 3 held x | sed 's/,"errors":.*]//'
		row 4 skipped duplicate; end 4; } | keep
	inv-quarantine stats > out
	[ "$(jq -c '.groups[]|[.reason,.type,.field,.count]' out)" = \
		$'["r1","t","a.[]",2]\n["r1","u","b",1]\n["x","","",1]' ]
	[ "$(jq '[.groups[]|select(.first_seen<=.last_seen)]|length' out)" = 3 ]
	[[ $(jq -r '.groups[0].fingerprint' out) =~ ^[0-9a-f]{8}$ ]]
	jq -c '[.groups[].fingerprint]' out > one
	rm -r "$INV_STATE"
	{ manifest 1; row 1 pending
		errs 2 '[{"type":"t","loc":["a",3],"msg":"m"}]' | sed 's/:"r2","err/:"r1","err/'; end 2; } | keep
	[ "$(inv-quarantine stats | jq '.groups[0].fingerprint')" = "$(jq '.[0]' one)" ]
}

@test "stats is about the items that are chosen" {
	{ manifest 1; row 1 held a; errs 2 '[{"type":"u","loc":["b"],"msg":"m"}]'; end 2; } | keep
	[ "$(inv-quarantine stats --type u | jq -c '[.open.quarantined,.open.held]')" = '[1,0]' ]
	[ "$(inv-quarantine stats --reason a | jq -c '[.open.quarantined,.open.held]')" = '[0,1]' ]
	run -64 inv-quarantine stats --state open
	run -64 inv-quarantine stats more
	run -1 inv-quarantine stats --type none
	rm -r "$INV_STATE"
	run -1 inv-quarantine stats
}

@test "stats keeps at most 1,000 groups and says that there are more" {
	{ manifest 1; for i in {1..1002}; do row "$i" held "r$i"; done; end 1002; } | keep
	[ "$(inv-quarantine stats | jq -c '[.more_groups,(.groups|length),.open.held]')" = '[true,1000,1002]' ]
}

@test "stats is tables with bars on a terminal" {
	command -v script > /dev/null || skip "no script(1)"
	{ manifest 1; for i in {1..22}; do row "$i" held "r$i"; done
		row 23 held r22; end 23; } | keep
	script -qec 'inv-quarantine stats' /dev/null < /dev/null | tr -d '\r' > out
	grep -x '0 quarantined, 23 held, 0 ambiguous; 0 closed' out
	grep -x 'in the last day: 23 new, 0 closed; 0 open before' out
	[ "$(grep -c '^ *1  [0-9a-f]\{8\}  ' out)" = 19 ]
	grep "^       2  [0-9a-f]\{8\}  $(date -u +%F)  $(date -u +%F)  r22  *t  *n\$" out
	grep -x ' *2 more groups' out
	grep -x "$(date -u +%F)       0      23 #\{40\}" out
	grep -x '0 *23 #\{40\}' out
	script -qec 'inv-quarantine stats --json' /dev/null < /dev/null | jq -e .open
}

@test "one nasty record in list, show and stats" {
	command -v script > /dev/null || skip "no script(1)"
	python3 - > in <<-'EOF'
	import json
	m = "a" * 64
	say = lambda o: print(json.dumps(o, separators=(",", ":")))
	nasty = "=1+1<script>\x1b[31m\n\r\u202e\u0000\u0085\"'\\" + "x" * 200000
	json.dump(nasty, open("nasty", "w"))
	say({"type":"manifest","v":1,"manifest":m,"run":"1"*16,"name":nasty[:40]})
	say({"type":"record","manifest":m[:32],"row":1,"line":2,"chunk":0,
	     "record":{"v":nasty},"verdict":"quarantined","stage":nasty,"reason":nasty,
	     "errors":[{"type":nasty,"loc":["a",nasty],"msg":nasty}]})
	say({"type":"end","manifest":m,"rows":1})
	EOF
	keep < in
	for verb in list 'show aaaaaaaaaaaa-1'; do
		# shellcheck disable=SC2086
		inv-quarantine $verb > out
		jq -e --slurpfile nasty nasty '.reason == $nasty[0] and .errors[0].loc[1] == $nasty[0]' out
	done
	jq -e --slurpfile nasty nasty '.record.v == $nasty[0]' out
	[ "$(inv-quarantine list --search '<SCRIPT>' | wc -l)" = 1 ]
	inv-quarantine stats | jq -e '.groups[0].reason | startswith("=1+1<script>\u001b[31m")'
	for verb in list stats; do
		script -qec "inv-quarantine $verb" /dev/null < /dev/null | tr -d '\r' > out
		run ! grep -q -P '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80\xae|\xc2\x85' out
		[ "$(wc -L < out)" -lt 800 ]
	done
}

@test "nothing to show is 1" {
	run -1 inv-quarantine list
	five 1 | keep
	run -1 --separate-stderr inv-quarantine show aaaaaaaaaaaa-1 aaaaaaaaaaaa-2
	[ "$(jq .row <<< "$output")" = 2 ]
	[[ $stderr = *"aaaaaaaaaaaa-1: no such item"* ]]
}

@test "list is a table on a terminal" {
	command -v script > /dev/null || skip "no script(1)"
	five 1 | keep
	script -qec 'inv-quarantine list' /dev/null < /dev/null | tr -d '\r' > out
	grep -x 'aaaaaaaaaaaa-2     quarantined schema_violation   m.csv:3  n: wrong \[t\]' out
	grep -x '1 quarantined, 1 held, 1 ambiguous' out
}

@test "nothing in the table acts on a terminal" {
	command -v script > /dev/null || skip "no script(1)"
	five 1 | sed 's/"wrong"/"a\\u001b[31mb\\u0007\\nc\\u202ed"/; s/m.csv/\\u001b]0;x/' | keep
	script -qec 'inv-quarantine list' /dev/null < /dev/null | tr -d '\r' > out
	[ "$(wc -l < out)" = 4 ]
	run ! grep -q -P '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80\xae' out
	grep -q 'a\\x1b\[31mb' out
}

@test "export --csv has the columns of all records, then ours" {
	{ manifest 1; row 1 quarantined a '{"id":"A","n":5,"t":true,"z":null}'
		row 2 held b '{"n":"say \"hi\", ok","m":[1,2],"id":"ä","inv:item":"old"}'
		printf '{"type":"record","manifest":"%s","row":3,"line":9,"chunk":0,"verdict":"quarantined","stage":"s","reason":"malformed_row","raw":"x;y"}\n' "${M:0:32}"
		end 3; } | keep
	inv-quarantine export --csv > out
	printf '\xef\xbb\xbf' > want
	cat >> want <<-EOF
	id,n,t,z,m,inv:item,inv:reason,inv:errors,inv:why,inv:name,inv:manifest,inv:row,inv:line,inv:raw
	A,5,true,,,aaaaaaaaaaaa-1,a,"n: wrong [t]",,m.csv,$M,1,2,
	"ä","say ""hi"", ok",,,"[1,2]",aaaaaaaaaaaa-2,b,"n: wrong [t]",,m.csv,$M,2,3,
	,,,,,aaaaaaaaaaaa-3,malformed_row,,,m.csv,$M,3,9,"x;y"
	EOF
	diff want out
}

@test "list, show and export say which rule was broken, and what to do" {
	command -v script > /dev/null || skip "no script(1)"
	{ manifest 1
		row 1 quarantined compliance_block | sed 's/"input":"-3"}/"code":"NIH-3","severity":"CRITICAL","rule":"NIH-3","ruleset":"funders","action":"REJECT","tags":["2 CFR 200.302"],"fallback":"notify"}/'
		end 1; } | keep
	words='n: wrong \[t\] (NIH-3: 2 CFR 200.302; notify)'
	script -qec 'inv-quarantine list' /dev/null < /dev/null | tr -d '\r' > out
	grep "  $words\$" out
	inv-quarantine export --csv | grep ",\"$words\","
	[ "$(field '.errors[0] | [.rule, .ruleset, .tags, .fallback]' aaaaaaaaaaaa-1)" = '["NIH-3","funders",["2 CFR 200.302"],"notify"]' ]
}

@test "no cell is a formula" {
	{ manifest 1
		row 1 quarantined a '{"=col":"=1+1","b":"+1","c":"-3","d":"@x","e":"\tx","f":"\r=1","g":"  =1","h":"＝1","i":"'"'"'=1","j":-3,"k":"a-b","l":"\u0000=1","m":"\u00a0=1"}'
		end 1; } | keep
	inv-quarantine export --csv > out
	python3 - <<-'EOF'
	import csv, json
	head, row = list(csv.reader(open("out", newline="", encoding="utf-8-sig")))
	assert head[0] == "'=col", head
	cells = dict(zip(head, row))
	want = ["'=1+1", "'+1", "'-3", "'@x", "'\tx", "'\r=1", "'  =1", "'＝1", "''=1", "'-3", "a-b", "'\0=1", "'\u00a0=1"]
	assert row[:13] == want, row
	EOF
	grep -q "\"'=1+1\"" out
}

@test "naughty strings come back from CSV and JSON, and none of them is a formula" {
	local dir
	corpus naughty-strings
	dir=$CORPUS
	python3 - "$dir" > in <<-'EOF'
	import json, os, sys
	name = [n for n in os.listdir(sys.argv[1]) if n.endswith(".json")][0]
	texts = json.load(open(os.path.join(sys.argv[1], name)))
	json.dump(texts, open("texts", "w"))
	m = "a" * 64
	say = lambda o: print(json.dumps(o, separators=(",", ":")))
	say({"type":"manifest","v":1,"manifest":m,"run":"1"*16,"name":"m"})
	for i, t in enumerate(texts, 1):
	    say({"type":"record","manifest":m[:32],"row":i,"line":i,"chunk":(i-1)//500,
	         "record":{"text":t},"verdict":"quarantined","stage":"s","reason":t,
	         "errors":[{"type":"t","loc":[t],"msg":t}]})
	say({"type":"end","manifest":m,"rows":len(texts)})
	EOF
	inv-quarantine -q in > /dev/null
	inv-quarantine export > out.ndjson
	inv-quarantine export --csv > out.csv
	python3 - <<-'EOF'
	import csv, json
	texts = json.load(open("texts"))
	assert [json.loads(l)["record"]["text"] for l in open("out.ndjson")] == texts
	assert [json.loads(l)["reason"] for l in open("out.ndjson")] == texts
	rows = list(csv.reader(open("out.csv", newline="", encoding="utf-8")))[1:]
	assert len(rows) == len(texts)
	guarded = 0
	for cells, text in zip(rows, texts):
	    assert all(not c or c[0] not in "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20" for c in cells), cells
	    assert cells[0] == text or cells[0] == "'" + text, (cells[0], text)
	    guarded += cells[0] != text
	assert guarded > 0
	EOF
	command -v script > /dev/null || return 0
	script -qec 'inv-quarantine list' /dev/null < /dev/null | tr -d '\r' > out
	[ "$(wc -l < out)" = $(($(wc -l < out.ndjson) + 1)) ]
	run ! grep -q -P '[\x00-\x08\x0b-\x1f\x7f]' out
}

@test "a file named list is given as ./list" {
	five 1 > list
	run -0 inv-quarantine -q ./list
	[ "$(inv-quarantine list | wc -l)" = 3 ]
}

# ---- durable, and whose it is ----

@test "a clean run makes no database" {
	{ manifest 1; row 1 pending; batch '[[2,3]]'; row 4 skipped duplicate; end 4; } | keep
	[ ! -e "$INV_STATE/quarantine" ]
}

@test "nothing is passed on that could not be stored" {
	python3 -c '
import json
m = "a" * 64
say = lambda o: print(json.dumps(o, separators=(",", ":")))
say({"type":"manifest","v":1,"manifest":m,"run":"1"*16,"name":"m"})
for i in range(1, 40001):
    say({"type":"record","manifest":m[:32],"row":i,"line":i,"chunk":(i-1)//500,
         "record":{"text":"x"*300},"verdict":"held","stage":"s","reason":"r"})
say({"type":"end","manifest":m,"rows":40000})' > in
	# 8 MiB a file: the store of 16 MB does not fit, the output does.
	run -74 --separate-stderr bash -c \
		'trap "" XFSZ; ulimit -f 8192; inv-quarantine < in | cat > out; exit ${PIPESTATUS[0]}'
	[ -n "$stderr" ]
	local passed stored
	passed=$(grep -c '"type":"record"' out || true)
	stored=$(sqlite3 "$DB" 'select count(*) from items')
	[ "$passed" -gt 0 ]
	[ "$passed" -le "$stored" ]
	[ "$stored" -lt 40000 ]
	run ! grep -q '"type":"end"' out
	inv-quarantine -q in > /dev/null
	[ "$(sqlite3 "$DB" 'select count(*), count(distinct row) from items')" = "40000|40000" ]
}

@test "killed at any moment, the same stream again gives the same store" {
	python3 -c '
import json
m = "a" * 64
say = lambda o: print(json.dumps(o, separators=(",", ":")))
say({"type":"manifest","v":1,"manifest":m,"run":"1"*16,"name":"m"})
for i in range(1, 40001):
    say({"type":"record","manifest":m[:32],"row":i,"line":i,"chunk":(i-1)//500,
         "record":{"n":i},"verdict":"held","stage":"s","reason":"r"})
say({"type":"end","manifest":m,"rows":40000})' > in
	INV_STATE=$PWD/undisturbed inv-quarantine -q in > whole
	sqlite3 undisturbed/quarantine/quarantine.db \
		'select * from items; select id,item,run,verdict,reason,form,content from events' > want
	local when out stored killed=0
	for when in 1 2 3 4 5 6 7 8 9 10 12 14; do
		rm -rf "$INV_STATE"
		out=0
		ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null -e trace=fdatasync,fsync,unlink \
			-e inject=fdatasync,fsync,unlink:signal=KILL:when=$when \
			inv-quarantine -q in > out || out=$?
		[ "$out" != 137 ] || killed=$((killed + 1))
		if [ -s out ]; then # what has left is stored
			stored=$(sqlite3 "$DB" 'select count(*) from items')
			[ "$(grep -c '"type":"record"' out || true)" -le "$stored" ]
		fi
		inv-quarantine -q in > out
		cmp whole out
		sqlite3 "$DB" 'select * from items; select id,item,run,verdict,reason,form,content from events' |
			cmp want -
	done
	[ "$killed" -ge 10 ]
}

@test "a failed fsync is 74 and nothing of it is passed on" {
	five 1 > in
	local out=0
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null -e trace=fdatasync,fsync \
		-e inject=fdatasync,fsync:error=EIO:when=3+ \
		inv-quarantine -q in > out 2> err || out=$?
	[ "$out" = $EX_IOERR ]
	run ! grep '"row":2' out
	[ -s err ]
}

@test "the first SIGINT or SIGTERM does nothing, the second kills" {
	local signal
	for signal in INT TERM; do
		mkfifo fifo.$signal
		# A job of a script has SIGINT ignored: give it back.
		python3 -c 'import os,signal,sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' inv-quarantine -q < fifo.$signal > out.$signal 3>&- &
		local pid=$!
		exec 9> fifo.$signal
		manifest 1 >&9
		wait_for grep -q manifest out.$signal
		kill -$signal $pid
		row 1 held a >&9
		wait_for grep -q '"row":1' out.$signal
		kill -TERM $pid
		exec 9>&-
		local rc=0
		wait $pid || rc=$?
		[ "$rc" = 143 ]
	done
	[ "$(inv-quarantine list | wc -l)" = 1 ]
}

@test "a reader that is gone is 74" {
	python3 -c '
import json
m = "a" * 64
print(json.dumps({"type":"manifest","v":1,"manifest":m,"run":"1"*16,"name":"m"}))
for i in range(1, 20001):
    print(json.dumps({"type":"record","manifest":m[:32],"row":i,"line":i,
        "chunk":(i-1)//500,"record":{"id":i,"text":"x"*100}}))' > in
	run bash -c 'inv-quarantine -q < in | sed 1q > /dev/null; exit ${PIPESTATUS[0]}'
	[ "$status" = $EX_IOERR ]
}

@test "a planted database is refused, 77" {
	five 1 > in
	mkdir -p -m 700 "$INV_STATE/quarantine"
	: > elsewhere
	ln -s "$PWD/elsewhere" "$DB"
	run -77 inv-quarantine in
	[ ! -s elsewhere ]
	rm "$DB"
	ln elsewhere "$DB"
	run -77 inv-quarantine in
	rm "$DB"
	mkfifo "$DB"
	run -77 inv-quarantine in
	rm "$DB"
	: > "$DB"
	chmod 666 "$DB"
	run -77 inv-quarantine in
	rm -r "$INV_STATE/quarantine"
	ln -s "$PWD" "$INV_STATE/quarantine"
	run -77 inv-quarantine in
	rm "$INV_STATE/quarantine"
	mkdir -m 777 "$INV_STATE/quarantine"
	run -77 inv-quarantine in
	rmdir "$INV_STATE/quarantine"
	chmod 777 "$INV_STATE"
	run -77 inv-quarantine in
	[[ $output != *'"row":2'* ]]
}

@test "what is made is for its owner only" {
	umask 0
	five 1 | keep
	[ "$(stat -c %a "$INV_STATE" "$INV_STATE/quarantine" "$DB" | tr '\n' ' ')" = "700 700 600 " ]
}

@test "a database of another kind is 78, a damaged one 65" {
	five 1 > in
	mkdir -p -m 700 "$INV_STATE/quarantine"
	(umask 077 && sqlite3 "$DB" 'create table t(a)')
	run -78 inv-quarantine in
	[[ $output = *"another kind"* ]]
	(umask 077 && echo 'no database at all, but some text that is long enough' > "$DB")
	run -78 inv-quarantine in
	rm "$DB"
	keep < in
	sqlite3 "$DB" 'drop trigger events_stay; update events set errors = "{"'
	run -65 inv-quarantine list
	[[ $output = *"damaged"* ]]
	sqlite3 "$DB" 'update events set errors = ""'
	inv-quarantine list > /dev/null
	# A text that is none, and a column that is not ours.
	sqlite3 "$DB" "update runs set name = cast(x'6de32e' as text)"
	run -65 inv-quarantine list
	[[ $output = *"damaged"* ]]
	sqlite3 "$DB" "update runs set name = 'm';
		alter table runs rename column stages to stakes"
	run -65 inv-quarantine list
	[[ $output = *"damaged: no such column"* ]]
}

@test "another program that holds the database is 75, and nothing passes" {
	five 1 | keep
	five 2 > in
	mkfifo go
	sqlite3 "$DB" 'begin exclusive' '.shell echo held > locked; cat go' 3>&- &
	wait_for test -e locked
	run inv-quarantine -q in
	echo > go
	wait $!
	[ "$status" = $EX_TEMPFAIL ]
	[[ $output != *'"row":2'* ]]
}

@test "a reader that does not read keeps no writer waiting" {
	python3 -c '
import json
m = "a" * 64
say = lambda o: print(json.dumps(o, separators=(",", ":")))
say({"type":"manifest","v":1,"manifest":m,"run":"1"*16,"name":"m"})
for i in range(1, 5001):
    say({"type":"record","manifest":m[:32],"row":i,"line":i,"chunk":(i-1)//500,
         "record":{"text":"x"*300},"verdict":"held","stage":"s","reason":"r"})
say({"type":"end","manifest":m,"rows":5000})' > in
	keep < in
	mkfifo slow
	inv-quarantine export > slow 3>&- &
	exec 9< slow
	read -r -n 1 _ <&9
	sed 's/1111111111111111/2222222222222222/' in | timeout 8 inv-quarantine -q > /dev/null
	[ "$(($(wc -l <&9) + 0))" = 5000 ]
	exec 9<&-
	wait $!
}

# ---- the rest of the page ----

@test "at the end it says what was stored and closed" {
	five 1 > in
	run -0 --separate-stderr inv-quarantine in
	[[ $stderr = *"1 quarantined, 1 held, 1 ambiguous; 3 of them new"* ]]
	{ manifest 2; batch '[[1,4]]'; row 5 held a; end 5; } > in
	run -0 --separate-stderr inv-quarantine in
	[[ $stderr = *"0 quarantined, 1 held, 0 ambiguous; 1 of them new"* ]]
	[[ $stderr = *"3 closed"* ]]
	run -0 --separate-stderr inv-quarantine -q in
	[ -z "$stderr" ]
}

@test "-v says which state directory is used" {
	five 1 > in
	run -0 --separate-stderr inv-quarantine -v in
	[[ $stderr = *"keeping in $INV_STATE"* ]]
}

@test "--stats counts what left" {
	five 1 | inv-quarantine -q --stats sum.json > /dev/null
	[ "$(jq -c '[.program,.counts.quarantined,.counts.held,.status]' sum.json)" = \
		'["inv-quarantine",1,1,0]' ]
}

@test "a stream without its end is 65, and what came is stored" {
	five 1 | sed '$d' > in
	run -65 inv-quarantine in
	[ "$(inv-quarantine list | wc -l)" = 3 ]
	run -65 inv-quarantine /dev/null
}

@test "a file that can not be read is 66" {
	run -66 inv-quarantine nowhere
	run -66 inv-quarantine .
}

# ---- --notify ----

# critical N RUN: rows 1..N that failed with a CRITICAL error.
critical() {
	manifest "$2"
	local i
	for ((i = 1; i <= $1; i++)); do
		errs "$i" '[{"type":"t","loc":["n"],"msg":"m","severity":"CRITICAL"}]'
	done
	end "$1"
}
# hook LINES: a command that does this.
hook() {
	printf '#!/bin/sh\n%s\n' "$1" > hook
	chmod +x hook
}

@test "--notify gives each row with a CRITICAL error to a command, with the row" {
	hook 'cat >> told'
	{ manifest 1
		errs 1 '[{"type":"t","loc":[],"msg":"m","severity":"WARNING"},{"type":"t","loc":["n"],"msg":"m","severity":"CRITICAL"}]'
		errs 2 '[{"type":"t","loc":["n"],"msg":"CRITICAL","severity":"WARNING"}]'
		row 3 held a
		errs 4 '[{"type":"t","loc":["n"],"msg":"m","severity":"CRITICAL"}]' | sed 's/quarantined/held/'
		end 4; } > in
	inv-quarantine --notify ./hook in > out
	[ "$(jq -c '[.item,.verdict,.record.id]' told | sort)" = \
		$'["aaaaaaaaaaaa-1","quarantined","r1"]\n["aaaaaaaaaaaa-4","held","r4"]' ]
	[ "$(wc -l < told)" = 2 ]
}

@test "--notify does not tell the same run again, a new one it does" {
	hook 'cat >> told'
	critical 2 1 | inv-quarantine --notify ./hook > out
	critical 2 1 | inv-quarantine --notify ./hook > /dev/null
	inv-quarantine --notify ./hook out > /dev/null
	[ "$(wc -l < told)" = 2 ]
	critical 2 2 | inv-quarantine --notify ./hook > /dev/null
	[ "$(jq -r .run told | sort | uniq -c | tr -s ' ' | paste -sd,)" = " 2 0000000000000001, 2 0000000000000002" ]
}

@test "--notify runs its words as they are, without a shell" {
	hook 'printf "%s|" "$@" > words; cat > told'
	critical 1 1 | inv-quarantine --notify "./hook  a	"'$HOME `touch x` ; "b c" >y' > /dev/null
	[ "$(cat words)" = 'a|$HOME|`touch|x`|;|"b|c"|>y|' ] || {
		cat words >&2
		false
	}
	[ ! -e x ]
	[ ! -e y ]
	run -64 inv-quarantine --notify '' < /dev/null
	run -64 inv-quarantine --notify ' ' < /dev/null
	run -64 inv-quarantine --notify "$(printf 'w %.0s' {1..65})" < /dev/null
	run -64 inv-quarantine list --notify x
}

@test "--notify runs when the row is on disk and has been passed on" {
	hook 'inv-quarantine show - > shown; cp out seen; echo printed'
	critical 1 1 > in
	inv-quarantine --notify ./hook in > out 2> err
	[ "$(jq .row shown)" = 1 ]
	grep -q '"type":"end"' seen
	grep -q '^printed' err
	run ! grep printed out
}

@test "a command of --notify that fails is said, and nothing is lost" {
	hook 'cat > /dev/null; exit 3'
	critical 2 1 > in
	run -0 --separate-stderr inv-quarantine --notify ./hook in
	[[ $stderr = *"aaaaaaaaaaaa-1: ./hook: ended with 3"* ]]
	[[ $stderr = *"notified of 0 of 2 CRITICAL rows"* ]]
	[ "$(inv-quarantine list | wc -l)" = 2 ]
	hook 'kill -9 $$'
	critical 1 2 > in
	run -0 --separate-stderr inv-quarantine --notify ./hook in
	[[ $stderr = *"aaaaaaaaaaaa-1: ./hook: ended by signal 9"* ]]
	critical 1 3 > in
	run -0 --separate-stderr inv-quarantine --notify inv-nothing-of-the-kind in
	[[ $stderr = *"inv-nothing-of-the-kind: No such file or directory"* ]]
	[ "$(inv-quarantine show aaaaaaaaaaaa-1 | jq .failures)" = 3 ]
	# One that does not read its input does no harm.
	critical 1 4 > in
	run -0 --separate-stderr inv-quarantine --notify true in
	[ "$stderr" = "" ] || [[ $stderr != *notified* ]]
}

@test "--notify tells of 1,000 rows at most, and says so" {
	critical 1002 1 > in
	run -0 --separate-stderr inv-quarantine --notify true in
	[[ $stderr = *"notified of 1000 of 1002 CRITICAL rows"* ]]
}

@test "what could not be stored is not told by --notify" {
	hook 'cat >> told'
	critical 2 1 > in
	local out=0
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null -e trace=fdatasync,fsync \
		-e inject=fdatasync,fsync:error=EIO:when=3+ \
		inv-quarantine -q --notify ./hook in > out 2> err || out=$?
	[ "$out" = $EX_IOERR ]
	[ ! -e told ]
}
