# inv-status.bats - one test for each sentence of inv-status(1)

load lib

prepare() {
	set -o pipefail
	export INV_SCHEMA=inventory
}

teardown() {
	[ -z "${COMMIT_PID:-}" ] || kill -9 "$COMMIT_PID" 2> /dev/null || true
	stop_ledger
}

rows() { # NUMBER
	echo asset_id,grant_code,description,quantity,location_code,acquired_on
	seq "$1" | awk '{ printf "LAB-%06d,NIH-R01-7,Pipette tips,%d," \
		"BLDG12-RM304-CAB2,2026-03-14\n", $1, $1 }'
}

manifest() { # NAME ROWS: a validated stream of it
	rows "$2" > "$1"
	inv-split -q "$1" | inv-validate -q
}

commit() {
	inv-commit -q --backoff 1ms --max-backoff 5ms "$@"
}

whole() { # NAME ROWS [OPTION...]
	manifest "$1" "$2" | commit "${@:3}" | inv-quarantine -q | inv-audit -q
}

line() { # TYPE FILTER
	jq -c "select(.type == \"$1\") | $2"
}

on_terminal() {
	script -qec inv-status /dev/null < /dev/null | tr -d '\r'
}

# A batch of m.csv that the ledger did not answer for, after two tries.
unanswered() {
	start_ledger --fault '500@1,500@2'
	manifest m.csv 3 | commit -r 1 -l "$LEDGER" | inv-audit -q > /dev/null || true
}

@test "a state that has committed nothing has no last batch" {
	mkdir -m 700 "$INV_STATE"
	[ "$(inv-status)" = '{"type":"lease","held":false}
{"type":"journal","entries":0,"segments":0,"compressed":0,"bytes":0}' ]
	[ -z "$(ls -A "$INV_STATE")" ]
}

@test "without a state directory it is 66, and makes none" {
	run "-$EX_NOINPUT" inv-status
	[ ! -e "$INV_STATE" ]
}

@test "after a good run: the last batch, the last manifest, nothing open" {
	whole 'a "good" one.csv' 700 > /dev/null
	inv-status > out
	[ "$(line open . < out)" = '' ]
	[ "$(line journal '[.entries, .segments, .compressed]' < out)" = '[4,1,0]' ]
	[ "$(line journal .bytes < out)" = "$(stat -c %s "$INV_STATE"/journal/0*)" ]
	[ "$(line committed '[.name, .chunk, .rows, .count, .submission]' < out)" = \
		'["a \"good\" one.csv",1,[[501,700]],200,1]' ]
	[ "$(line committed .journal < out)" = 4 ]
	[ "$(line committed '[.key, .manifest, .time]' < out)" = \
		"$(jq -c 'select(.seq == 4) | [.key, .manifest, .time]' \
			"$INV_STATE"/journal/0*)" ]
	[ "$(line success '[.name, .rows, .submission, .counts.committed]' < out)" = \
		'["a \"good\" one.csv",700,1,700]' ]
	[ "$(line success '[.manifest, .run, .time]' < out)" = \
		"$(jq -c 'select(.type == "end") | [.manifest, .run, .time]' \
			"$INV_STATE/audit/log.ndjson")" ]
	line success 'select(.age >= 0 and .age < 3600)' < out | grep -q .
}

@test "an open intent is told with what its run knew of it, and is 75" {
	unanswered
	run "-$EX_TEMPFAIL" --separate-stderr inv-status
	[ "$(line open '[.name, .chunk, .rows, .count, .submission, .journal]' \
		<<< "$output")" = '["m.csv",0,[[1,3]],3,1,1]' ]
	[ "$(line open '[.attempts, .status, .reason]' <<< "$output")" = \
		'[2,500,"transient_failure"]' ]
	[ "$(line open '[.key, .manifest, .time]' <<< "$output")" = \
		"$(jq -c 'select(.seq == 1) | [.key, .manifest, .time]' \
			"$INV_STATE"/journal/000001.ndjson)" ]
	line open 'select(.age >= 0 and .age < 3600)' <<< "$output" | grep -q .
	manifest m.csv 3 | commit -l "$LEDGER" | inv-audit -q > /dev/null
	inv-status > out
	[ "$(line open . < out)" = '' ]
	[ "$(line success '[.name, .counts.committed]' < out)" = '["m.csv",3]' ]
}

@test "the oldest open intent stands first, a refused one is not open" {
	manifest m.csv 1500 > in
	start_ledger --fault '500@1,422-row=LAB-000501@2,500@3'
	commit -c 1 -r 0 -l "$LEDGER" in > /dev/null || true
	run "-$EX_TEMPFAIL" --separate-stderr inv-status
	# The second chunk was refused, and halved; the first half is open.
	[ "$(line open .rows <<< "$output" | tr '\n' ' ')" = '[[1,500]] [[501,750]] ' ]
	line open .journal <<< "$output" | sort -nc
}

@test "while a pipe is at work: who holds the lease, what is under way" {
	start_ledger --delay 30s
	manifest m.csv 3 > in
	local before
	before=$(date -u -d '-2 seconds' +%FT%TZ)
	inv-commit -q -l "$LEDGER" in > out 2> err 3>&- &
	COMMIT_PID=$!
	wait_for grep -qs intent "$INV_STATE/journal/000001.ndjson"
	run "-$EX_TEMPFAIL" --separate-stderr inv-status
	[ "$(line lease '[.held, .pid]' <<< "$output")" = "[true,$COMMIT_PID]" ]
	[[ $(line lease .since <<< "$output") > "\"$before" ]]
	[ "$(line open '[.count, .attempts]' <<< "$output")" = '[3,null]' ]
	# Another inv-commit is not told otherwise for it.
	kill -9 "$COMMIT_PID"
	wait "$COMMIT_PID" || true
	COMMIT_PID=
	run "-$EX_TEMPFAIL" --separate-stderr inv-status
	[ "$(line lease . <<< "$output")" = '{"type":"lease","held":false}' ]
	[ "$(line open .count <<< "$output")" = 3 ]
}

@test "it takes no lock and makes no file" {
	command -v strace > /dev/null || skip "no strace(1)"
	whole m.csv 5 > /dev/null
	find "$INV_STATE" -printf '%p %T@ %C@\n' | sort > before
	# The leak checker of a sanitizer can not be traced.
	ASAN_OPTIONS=detect_leaks=0 strace -f -o trace \
		-e trace=flock,fcntl,openat,mkdirat,renameat,unlinkat,ftruncate,pwrite64 \
		inv-status > /dev/null
	run -1 grep -E 'flock|LK|O_CREAT|O_RDWR|O_WRONLY|mkdirat|renameat|unlinkat|ftruncate|pwrite' trace
	find "$INV_STATE" -printf '%p %T@ %C@\n' | sort | cmp - before
}

@test "the last batch is found in a compressed segment as well" {
	local segment=$INV_STATE/journal/000001.ndjson
	whole m.csv 3 > /dev/null
	inv-status > before
	manifest other.csv 4 | sed 's/LAB-/LAX-/' > in
	start_ledger --fault '500@1'
	rm "$INV_STATE/ledger"
	commit -r 0 -l "$LEDGER" in > /dev/null || true
	[ -e "$INV_STATE/journal/000002.ndjson" ]
	zstd -q --rm "$segment"
	run "-$EX_TEMPFAIL" --separate-stderr inv-status
	[ "$(line committed 'del(.age)' <<< "$output")" = \
		"$(line committed 'del(.age)' < before)" ]
	[ "$(line open .count <<< "$output")" = 4 ]
	[ "$(line journal '[.segments, .compressed]' <<< "$output")" = '[2,1]' ]
}

@test "only what was committed, skipped or quarantined is a success" {
	whole good.csv 2 > /dev/null
	rows 4 > held.csv
	inv-split -q held.csv | inv-validate -q | commit -l http://127.0.0.1:9 \
		-r 0 2> /dev/null | inv-audit -q > /dev/null || true
	inv-split -q held.csv | inv-validate -q | sed 3d | inv-audit -q > /dev/null || true
	printf 'a,a\n1,2\n' > refused.csv
	inv-split -q refused.csv 2> /dev/null | inv-audit -q > /dev/null || true
	inv-status > out
	[ "$(line success .name < out)" = '"good.csv"' ]
}

@test "a terminal gets it as text, which can not act on it" {
	command -v script > /dev/null || skip "no script(1)"
	unanswered
	manifest "$(printf 'x\033[31m.csv')" 2 | sed 's/LAB-/LAX-/' > in
	commit -l "$LEDGER" in | inv-audit -q > /dev/null || true
	on_terminal > out
	grep -qx 'lease      free' out
	grep -qE '^open       [01] batch' out
	grep -qE '^journal    entries: [0-9]+, segments: [0-9]+, compressed: [0-9]+, bytes: [0-9]+$' out
	grep -qE '^committed  [-0-9T:Z]+, [0-9]+ [smhd] ago, .*: [0-9]+ rows from 1 to [0-9]+' out
	grep -qE '^success    ' out
	! grep -q $'\033' out
}

@test "open intents on a terminal: key, age, manifest, tries" {
	command -v script > /dev/null || skip "no script(1)"
	unanswered
	key=$(inv-status | line open '.key[:12]' | tr -d '"') || true
	on_terminal > out || true
	grep -qx 'open       1 batch' out
	grep -qE "^  $key +[0-9]+ s  m.csv: 3 rows from 1 to 3, 2 tries, last: transient_failure 500$" out
	grep -qx 'committed  nothing' out
	grep -qE '^success    [-0-9T:Z]+, [0-9]+ s ago, m.csv: 3 rows$' out
}

@test "a journal or a log that is damaged is 74" {
	whole m.csv 3 > /dev/null
	cp -a "$INV_STATE" kept
	sed -i '1s/LAB-000001/LAB-000009/' "$INV_STATE/journal/000001.ndjson"
	run "-$EX_IOERR" inv-status
	[[ $output = *"journal/000001.ndjson: line 2: damaged"* ]]
	rm -rf "$INV_STATE"
	cp -a kept "$INV_STATE"
	sed -i '2s/"time":"2/"time":"1/' "$INV_STATE/audit/log.ndjson"
	run "-$EX_IOERR" inv-status
	[[ $output = *"audit/log.ndjson: line "* ]]
	rm -rf "$INV_STATE"
	cp -a kept "$INV_STATE"
	truncate -s -20 "$INV_STATE/audit/log.ndjson"
	run "-$EX_IOERR" inv-status
}

@test "half a line at the end of the journal is not there yet" {
	whole m.csv 3 > /dev/null
	inv-status > before
	printf '{"seq":3,"pr' >> "$INV_STATE/journal/000001.ndjson"
	inv-status > out
	[ "$(line committed 'del(.age)' < out)" = "$(line committed 'del(.age)' < before)" ]
}

@test "a state of another user is 77" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	whole m.csv 3 > /dev/null
	chown nobody "$INV_STATE"
	run "-$EX_NOPERM" inv-status
}

@test "operands are refused, -v says which state is read" {
	whole m.csv 3 > /dev/null
	run "-$EX_USAGE" inv-status m.csv
	run --separate-stderr inv-status -v
	[ "$status" -eq 0 ]
	[ "$stderr" = "inv-status: reading $INV_STATE" ]
}

@test "--stats writes a summary" {
	unanswered
	inv-status --stats s > /dev/null || true
	jq -e '.program == "inv-status" and .status == 75 and .open == 1 and
		.entries > 0' s
}

@test "output that can not be written is 74" {
	whole m.csv 3 > /dev/null
	run "-$EX_IOERR" bash -c 'inv-status > /dev/full'
	run "-$EX_IOERR" bash -c 'inv-status >&-'
}

@test "the examples of the page do what they say" {
	unanswered
	[ "$(inv-status | jq -c 'select(.type == "open" and .age > 3600)')" = '' ] || true
	rows 3 > m.csv
	inv-status > /dev/null ||
		inv-split m.csv 2> /dev/null | inv-validate -q |
		commit -l "$LEDGER" | inv-audit -q > /dev/null
	inv-status > /dev/null
}
