# metrics.bats - one test for each sentence of inv-metrics(7)

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
	inv-commit -q --backoff 1ms --max-backoff 5ms --metrics f.prom "$@"
}

# figure NAME STAGE [LABELS]: its value in f.prom, whose labels are all those.
figure() {
	local file=${FILE:-f.prom} name
	name=${file##*/}
	sed -n "s/^$1{pipe=\"${name%.prom}\",stage=\"$2\"${3:+,$3}} //p" "$file"
}

good() {
	! command -v promtool > /dev/null || promtool check metrics < "${1:-f.prom}"
}

@test "a run adds what it did, the next goes on from there" {
	rows 5 > m.csv
	sed -i '3s/,2,/,two,/' m.csv
	inv-run -q --metrics f.prom m.csv > out
	good
	[ "$(figure inv_rows_total inv-split 'verdict="pending"')" = 5 ]
	[ "$(figure inv_rows_total inv-validate 'verdict="quarantined"')" = 1 ]
	[ "$(figure inv_rows_total inv-audit 'verdict="committed"')" = 4 ]
	[ "$(figure inv_verdicts_total inv-validate \
		'verdict="quarantined",reason="schema_violation"')" = 1 ]
	[ "$(figure inv_verdicts_total inv-commit \
		'verdict="committed",reason="receipt"')" = 4 ]
	[ "$(figure inv_verdicts_total inv-dedup)" = '' ]
	inv-run -q --metrics f.prom m.csv > out
	good
	[ "$(figure inv_runs_total inv-run 'status="0"')" = 2 ]
	[ "$(figure inv_manifests_total inv-commit)" = 2 ]
	[ "$(figure inv_rows_total inv-audit 'verdict="committed"')" = 4 ]
	[ "$(figure inv_rows_total inv-audit 'verdict="skipped"')" = 4 ]
	[ "$(figure inv_rows_total inv-audit 'verdict="quarantined"')" = 2 ]
	[ "$(figure inv_verdicts_total inv-commit \
		'verdict="skipped",reason="already_committed"')" = 4 ]
}

@test "inv-run hands its file to all programs, which are stages" {
	rows 2 > m.csv
	inv-run -q --metrics f.prom m.csv > /dev/null
	for p in inv-run inv-split inv-validate inv-dedup inv-commit \
		inv-quarantine inv-audit; do
		[ "$(figure inv_runs_total $p 'status="0"')" = 1 ]
		[ "$(figure inv_last_run_timestamp_seconds $p)" -gt 1700000000 ]
	done
}

@test "gauges are of the last run, and stay where a run does not set them" {
	rows 3 > m.csv
	inv-run -q --metrics f.prom m.csv > /dev/null
	inv-status --metrics f.prom > /dev/null
	[ "$(figure inv_last_run_duration_seconds inv-run)" != 0 ]
	success=$(figure inv_last_success_timestamp_seconds inv-validate)
	bytes=$(figure inv_journal_bytes inv-status)
	[ "$bytes" = "$(stat -c %s "$INV_STATE"/journal/0*)" ]
	# Fails: the time of the last success is the one before.
	sed -i "s/$success\$/1000000000/" f.prom
	run "-$EX_DATAERR" inv-validate -q --metrics f.prom < /dev/null
	[ "$(figure inv_last_success_timestamp_seconds inv-validate)" = 1000000000 ]
	[ "$(figure inv_last_run_timestamp_seconds inv-validate)" != 1000000000 ]
	[ "$(figure inv_runs_total inv-validate "status=\"$EX_DATAERR\"")" = 1 ]
	[ "$(figure inv_journal_bytes inv-status)" = "$bytes" ]
}

@test "what has not been yet is 0" {
	run "-$EX_DATAERR" inv-audit -q --metrics f.prom < /dev/null
	[ "$(figure inv_last_success_timestamp_seconds inv-audit)" = 0 ]
	[ "$(figure inv_runs_total inv-audit 'status="0"')" = 0 ]
	[ "$(figure inv_rows_total inv-audit 'verdict="committed"')" = 0 ]
	inv-status --metrics f.prom > /dev/null
	for name in last_commit lease_taken oldest_intent; do
		[ "$(figure inv_${name}_timestamp_seconds inv-status)" = 0 ]
	done
}

@test "a file that is removed begins anew" {
	rows 2 > m.csv
	inv-split -q --metrics f.prom m.csv > /dev/null
	inv-split -q --metrics f.prom m.csv > /dev/null
	[ "$(figure inv_manifests_total inv-split)" = 2 ]
	rm f.prom
	inv-split -q --metrics f.prom m.csv > /dev/null
	[ "$(figure inv_manifests_total inv-split)" = 1 ]
}

@test "figures of another pipe, and of names that are not ours any more, go" {
	rows 2 > m.csv
	inv-split -q --metrics a.prom m.csv > /dev/null
	cp a.prom f.prom
	echo 'inv_of_old{pipe="f",stage="inv-split"} 7' >> f.prom
	inv-split -q --metrics f.prom m.csv > /dev/null
	[ "$(figure inv_manifests_total inv-split)" = 1 ]
	run -1 grep -E 'pipe="a"|inv_of_old' f.prom
	good
}

@test "a name that does not end in .prom is refused" {
	for name in f f.json .prom d/.prom prom; do
		run "-$EX_USAGE" inv-split --metrics "$name" /dev/null
		[[ $output = *"does not end in .prom"* ]]
	done
	[ ! -e f ]
}

@test "it is written at the beginning, every 5 seconds, and at the end" {
	start_ledger --delay 30s
	manifest m.csv 1200 > in
	inv-commit -q -c 2 -l "$LEDGER" --metrics f.prom in > out 2> err 3>&- &
	COMMIT_PID=$!
	wait_for test -e f.prom
	[ "$(figure inv_runs_total inv-commit 'status="0"')" = 0 ]
	is_full() { [ "$(figure inv_queue_batches inv-commit)" = 3 ]; }
	wait_for is_full
	[ "$(figure inv_queue_capacity_batches inv-commit)" = 3 ]
	[ "$(figure inv_open_intents inv-commit)" = 3 ]
	inv-status --metrics f.prom > out || [ $? = $EX_TEMPFAIL ]
	[ "$(figure inv_lease_held inv-status)" = 1 ]
	[ "$(figure inv_lease_taken_timestamp_seconds inv-status)" -gt 1700000000 ]
	[ "$(figure inv_oldest_intent_timestamp_seconds inv-status)" -gt 1700000000 ]
	# Killed: it is in no number of runs.
	kill -9 "$COMMIT_PID"
	wait "$COMMIT_PID" || true
	COMMIT_PID=
	[ "$(figure inv_runs_total inv-commit 'status="0"')" = 0 ]
	inv-status --metrics f.prom > out || [ $? = $EX_TEMPFAIL ]
	[ "$(figure inv_lease_held inv-status)" = 0 ]
	[ "$(figure inv_lease_taken_timestamp_seconds inv-status)" = 0 ]
}

@test "a filter writes what has passed while lines come" {
	rows 9000 > m.csv
	inv-split -q m.csv > in
	mkfifo pipe
	inv-validate -q --metrics f.prom < pipe > out 2> err 3>&- &
	COMMIT_PID=$!
	exec 7> pipe
	head -n 5000 in >&7
	tail -n +5001 in > rest
	exec 8< rest
	one() { # a line, and whether it has been written by now
		local line
		IFS= read -r line <&8
		printf '%s\n' "$line" >&7
		[ "$(figure inv_rows_total inv-validate 'verdict="pending"')" -gt 0 ]
	}
	wait_for one
	exec 7>&- 8<&-
	wait "$COMMIT_PID" || true
	COMMIT_PID=
}

@test "everybody can read it, and no part of it is ever seen" {
	rows 2 > m.csv
	umask 077
	inv-split -q --metrics f.prom m.csv > /dev/null
	[ "$(stat -c %a f.prom)" = 644 ]
	[ ! -e f.prom.new ]
	needs_strace
	strace -f -o trace -e trace=openat,rename,renameat,renameat2 \
		inv-split -q --metrics f.prom m.csv > /dev/null
	run -1 grep -E '"f.prom", O_(WRONLY|RDWR)' trace
	[ "$(grep -c 'renameat.*"f.prom.new".*"f.prom"' trace)" = 2 ]
}

@test "many at once lose nothing" {
	rows 3 > m.csv
	local pids=()
	for i in {1..12}; do
		inv-split -q --metrics f.prom m.csv > /dev/null 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	[ "$(figure inv_runs_total inv-split 'status="0"')" = 12 ]
	[ "$(figure inv_rows_total inv-split 'verdict="pending"')" = 36 ]
	good
}

@test "a directory that is locked at the beginning is 74, and nothing is done" {
	command -v flock > /dev/null || skip "no flock(1)"
	rows 1 > m.csv
	mkdir d
	inv-split -q --metrics d/f.prom m.csv > /dev/null
	run "-$EX_IOERR" flock d inv-split -q --metrics d/f.prom m.csv
	[[ $output = *"d/f.prom: another process does not let go of its directory"* ]]
	FILE=d/f.prom
	[ "$(figure inv_runs_total inv-split 'status="0"')" = 1 ]
}

@test "what can not be written at the end is 74, and the rows have passed" {
	command -v flock > /dev/null || skip "no flock(1)"
	rows 3 > m.csv
	inv-split -q m.csv > in
	mkdir d
	mkfifo pipe
	inv-dedup -q --metrics d/f.prom < pipe > out 2> err 3>&- &
	COMMIT_PID=$!
	exec 7> pipe
	wait_for test -e d/f.prom
	exec 8< d
	flock 8
	cat in >&7
	exec 7>&-
	wait "$COMMIT_PID" || [ $? = $EX_IOERR ]
	COMMIT_PID=
	exec 8<&-
	grep -q 'does not let go' err
	[ "$(grep -c '"type":"record"' out)" = 3 ]
	FILE=d/f.prom
	[ "$(figure inv_runs_total inv-dedup 'status="0"')" = 0 ]
}

@test "a file with something else in it is 78, and is not touched" {
	for text in 'hello' 'up{job="x"} 1' 'inv_rows_total 5' \
		'inv_rows_total{pipe="f"} -1'; do
		echo "$text" > f.prom
		run "-$EX_CONFIG" inv-split -q --metrics f.prom m.csv
		[[ $output = *"f.prom: line 1: not a figure of ours"* ]]
		[ "$(cat f.prom)" = "$text" ]
	done
	rm f.prom
	mkdir f.prom
	run "-$EX_CONFIG" inv-split -q --metrics f.prom m.csv
	[[ $output = *"f.prom: not a regular file"* ]]
	rmdir f.prom
	mkfifo f.prom
	run "-$EX_CONFIG" inv-split -q --metrics f.prom m.csv
	[ -p f.prom ]
	rm f.prom
	head -c 1100000 /dev/zero | tr '\0' '#' > f.prom
	run "-$EX_CONFIG" inv-split -q --metrics f.prom m.csv
	[[ $output = *"longer than 1048576 bytes"* ]]
}

@test "an empty file is one to begin with" {
	: > f.prom
	rows 1 > m.csv
	inv-split -q --metrics f.prom m.csv > /dev/null
	[ "$(figure inv_manifests_total inv-split)" = 1 ]
}

@test "a folder that is not there, or can not be written to, is 73" {
	rows 1 > m.csv
	run "-$EX_CANTCREAT" inv-split -q --metrics no/f.prom m.csv
	[[ $output = *"no: No such file"* ]]
	[ "$(id -u)" != 0 ] || skip "root can write anywhere"
	mkdir -m 500 d
	run "-$EX_CANTCREAT" inv-split -q --metrics d/f.prom m.csv
}

@test "a file that can not be written is 74, and is as it was" {
	rows 1 > m.csv
	inv-split -q --metrics f.prom m.csv > /dev/null
	cp f.prom kept
	run "-$EX_IOERR" bash -c 'ulimit -f 1; trap "" XFSZ
		inv-split -q --metrics f.prom m.csv'
	cmp f.prom kept
	[ ! -e f.prom.new ]
}

@test "names of files are labels, whatever they are" {
	rows 1 > m.csv
	for name in 'a b' '"}' 'a\' 'a\n' $'a\nb' $'\e[31m' $'\xff\xfe' "$(printf \
		'\u202e')x" '${IFS}' '{x="y"} 1' "$(printf '%0245d' 0)"; do
		inv-split -q --metrics "$name.prom" m.csv > /dev/null
		inv-split -q --metrics "$name.prom" m.csv > /dev/null
		grep -q '^inv_manifests_total{pipe=".*",stage="inv-split"} 2$' \
			"$name.prom"
		good "$name.prom"
		LC_ALL=C run -1 grep -q $'[\x01-\x09\x0b-\x1f\x7f]' "$name.prom"
	done
	FILE='a\.prom'
	grep -qF 'pipe="a\\",' "$FILE"
	grep -qF 'pipe="\"}",' '"}.prom'
	grep -qF 'pipe="\\xff\\xfe",' $'\xff\xfe.prom'
	grep -qF 'pipe="\\x1b[31m",' $'\e[31m.prom'
}

@test "the naughty strings, as names and in rows, make no figure of their own" {
	corpus naughty-strings
	"$ROOT/tests/helper/nasty" make
	jq -r '.[] | select(length > 0 and length < 60) | gsub("/"; "_")' \
		"$CORPUS/blns-even.json" | sed -n 1,40p > names
	while IFS= read -r name; do
		inv-split -q --metrics "./$name.prom" n.csv > /dev/null
		good "./$name.prom"
	done < names
	inv-split -q n.csv | inv-validate -q | commit | inv-quarantine -q \
		--metrics f.prom | inv-audit -q --metrics f.prom > /dev/null || true
	good
	[ "$(grep -vc '^#' f.prom)" -lt 80 ]
}

@test "requests, retries and their durations, by what came back" {
	start_ledger --fault '503@1,500@2,429@3'
	manifest m.csv 3 | commit -l "$LEDGER" > out
	good
	for code in 503 500 429 200; do
		[ "$(figure inv_requests_total inv-commit "code=\"$code\"")" = 1 ]
	done
	for code in 503 500 429; do
		[ "$(figure inv_retries_total inv-commit "cause=\"$code\"")" = 1 ]
	done
	[ "$(figure inv_retries_total inv-commit 'cause="200"')" = '' ]
	[ "$(figure inv_request_duration_seconds_count inv-commit)" = 4 ]
	[ "$(figure inv_request_duration_seconds_bucket inv-commit 'le="+Inf"')" = 4 ]
	[ "$(figure inv_request_duration_seconds_bucket inv-commit 'le="30"')" = 4 ]
	[ "$(figure inv_breaker_opened_total inv-commit)" = 0 ]
	[ "$(figure inv_queue_batches inv-commit)" = 0 ]
	[ "$(figure inv_queue_capacity_batches inv-commit)" = 28 ]
}

@test "requests without an answer, and codes that nobody knows" {
	manifest m.csv 3 > in
	commit -r 1 -l http://127.0.0.1:9 in > out || [ $? = $EX_TEMPFAIL ]
	[ "$(figure inv_requests_total inv-commit 'code="unreachable"')" = 2 ]
	[ "$(figure inv_retries_total inv-commit 'cause="unreachable"')" = 1 ]
	rm -r "$INV_STATE"
	manifest m.csv 3 > in
	start_ledger --fault 'redirect@1'
	run "-$EX_UNAVAILABLE" commit -r 0 -l "$LEDGER" in
	good
	[ "$(figure inv_requests_total inv-commit 'code="3xx"')" = 1 ]
}

@test "the time of a request is in its bucket" {
	start_ledger --delay 150ms
	manifest m.csv 3 | commit -l "$LEDGER" > out
	[ "$(figure inv_request_duration_seconds_bucket inv-commit 'le="0.1"')" = 0 ]
	[ "$(figure inv_request_duration_seconds_bucket inv-commit 'le="30"')" = 1 ]
	[[ $(figure inv_request_duration_seconds_sum inv-commit) > 0.15 ]]
}

@test "the wait of a batch before it is sent" {
	start_ledger
	manifest m.csv 1500 | commit --rate 4/s -l "$LEDGER" > out
	[ "$(figure inv_queue_wait_seconds_count inv-commit)" = 3 ]
	[ "$(figure inv_queue_wait_seconds_bucket inv-commit 'le="0.25"')" -ge 1 ]
	[ "$(figure inv_queue_wait_seconds_bucket inv-commit 'le="0.25"')" -le 2 ]
	[[ $(figure inv_queue_wait_seconds_sum inv-commit) > 0.5 ]]
	good
}

@test "the breaker, and what is open behind it" {
	start_ledger --fault garbage
	manifest m.csv 1500 | commit -c 1 -r 90 --breaker 2 --deadline 100ms \
		-l "$LEDGER" > out || true
	good
	[ "$(figure inv_breaker_opened_total inv-commit)" -ge 1 ]
	[ "$(figure inv_breaker_state inv-commit)" -gt 0 ]
	open=$(inv-status --metrics f.prom | grep -c '"type":"open"') || true
	[ "$open" -gt 0 ]
	[ "$(figure inv_open_intents inv-commit)" = "$open" ]
	[ "$(figure inv_open_intents inv-status)" = "$open" ]
	stop_ledger
}

@test "dead letters are counted once, items wait until they are committed" {
	rows 6 | sed '3s/,2,/,two,/; 5s/,4,/,x,/' > m.csv
	inv-run -q --metrics f.prom m.csv > out
	[ "$(figure inv_dead_letters_total inv-quarantine)" = 2 ]
	inv-run -q --metrics f.prom m.csv > out
	[ "$(figure inv_dead_letters_total inv-quarantine)" = 2 ]
	[ "$(figure inv_quarantine_items inv-quarantine 'verdict="quarantined"')" = 2 ]
	[ "$(figure inv_quarantine_items inv-quarantine 'verdict="held"')" = 0 ]
	[ "$(figure inv_quarantine_oldest_timestamp_seconds inv-quarantine)" = \
		"$(date -d "$(inv-quarantine list | jq -r .first_failure | sort |
			sed -n 1p)" +%s)" ]
	inv-quarantine list | jq -r .item |
		inv-quarantine resolve --discard --why 'not ours' -
	[ "$(figure inv_quarantine_items inv-quarantine 'verdict="quarantined"')" = 2 ]
	rows 1 > n.csv
	inv-run -q --metrics f.prom n.csv > out
	[ "$(figure inv_quarantine_items inv-quarantine 'verdict="quarantined"')" = 0 ]
	[ "$(figure inv_quarantine_oldest_timestamp_seconds inv-quarantine)" = 0 ]
	[ "$(figure inv_dead_letters_total inv-quarantine)" = 2 ]
}

# Killed at each call that writes: the file is the one before or the one after.
@test "a kill at any instant leaves a whole file, and the next run goes on" {
	needs_strace
	rows 1 > m.csv
	export INV_STATE=$PWD/state
	inv-split -q --metrics f.prom m.csv > /dev/null
	local before=1 killed=0 rc call n after
	for call in openat write fchmod fsync renameat; do
		for n in 1 2 3; do
			strace -f -qq -o trace -P "$PWD/f.prom.new" -P f.prom.new \
				-P "$PWD/f.prom" -P f.prom \
				-e inject=$call:signal=KILL:when=$n \
				inv-split -q --metrics f.prom m.csv > /dev/null 2>&1 &&
				rc=0 || rc=$?
			killed=$((killed + (rc == 137)))
			grep -q '^inv_runs_total' f.prom
			good
			after=$(figure inv_runs_total inv-split 'status="0"')
			[ "$after" = "$before" ] || [ "$after" = $((before + 1)) ]
			before=$after
		done
	done
	inv-split -q --metrics f.prom m.csv > /dev/null
	[ "$(figure inv_runs_total inv-split 'status="0"')" = $((before + 1)) ]
	[ ! -e f.prom.new ]
	[ "$killed" -ge 10 ]
}

@test "items that wait for a ledger are no dead letters" {
	rows 3 > m.csv
	inv-run -q --metrics f.prom -l http://127.0.0.1:9 m.csv > out 2> err || true
	[ "$(figure inv_dead_letters_total inv-quarantine)" = 0 ]
	[ "$(figure inv_quarantine_items inv-quarantine 'verdict="held"')" = 3 ]
	[ "$(figure inv_quarantine_oldest_timestamp_seconds inv-quarantine)" -gt 0 ]
}

@test "verify says whether the chain is intact" {
	rows 3 > m.csv
	inv-run -q m.csv > out
	inv-audit verify --metrics f.prom > out
	[ "$(figure inv_chain_intact 'inv-audit verify')" = 1 ]
	[ "$(figure inv_chain_checked_timestamp_seconds 'inv-audit verify')" \
		-gt 1700000000 ]
	[ "$(figure inv_runs_total 'inv-audit verify' 'status="0"')" = 1 ]
	sed -i '2s/"time":"2/"time":"1/' "$INV_STATE/audit/log.ndjson"
	run -1 inv-audit verify --metrics f.prom
	[ "$(figure inv_chain_intact 'inv-audit verify')" = 0 ]
	[ "$(figure inv_runs_total 'inv-audit verify' 'status="1"')" = 1 ]
	[ "$(figure inv_last_success_timestamp_seconds inv-audit)" = '' ]
	good
}

@test "where something is only shown it is refused" {
	run "-$EX_USAGE" inv-audit checkpoint --metrics f.prom
	[[ $output = *"--metrics: "*"only with a stream, verify"* ]]
	run "-$EX_USAGE" inv-quarantine list --metrics f.prom
	[[ $output = *"--metrics: "*"only with a stream"* ]]
	run "-$EX_USAGE" inv-validate --lint --metrics f.prom
	run "-$EX_USAGE" inv-validate --infer --metrics f.prom /dev/null
	run "-$EX_USAGE" inv-commit --dry-run --metrics f.prom /dev/null
	run "-$EX_USAGE" inv-ledger --db l.db --export records --metrics f.prom
	[ ! -e f.prom ]
}

@test "inv-ledger counts its runs" {
	start_ledger --metrics f.prom
	kill "$LEDGER_PID"
	wait "$LEDGER_PID"
	LEDGER_PID=
	[ "$(figure inv_runs_total inv-ledger 'status="0"')" = 1 ]
}

@test "lines that are not of the stream, and rows of what has no end" {
	manifest m.csv 3 > in
	{ head -n 4 in; echo nonsense; } > broken
	{ cat broken in; } | inv-dedup -q --metrics f.prom > out || true
	[ "$(figure inv_malformed_lines_total inv-dedup)" = 1 ]
	passed=$(grep -c '"type":"record".*"row"' out)
	[ "$(grep 'inv_rows_total.*inv-dedup' f.prom | awk '{ n += $2 } END { print n }')" \
		= "$passed" ]
}

@test "rows that inv-split refuses have a reason" {
	{ rows 2; echo a,b; } > m.csv
	inv-split -q --metrics f.prom m.csv > /dev/null
	[ "$(figure inv_verdicts_total inv-split \
		'verdict="quarantined",reason="malformed_row"')" = 1 ]
}
