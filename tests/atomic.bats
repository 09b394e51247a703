#!/usr/bin/env bats
# --atomic: nothing of a manifest is sent before its end has verified it; a
# test for each sentence of inv-commit(1), Verified first, and what comes
# between.

load lib
load commit

commit() { # ENGINE [OPTION...]: against the ledger that runs
	local engine=$1
	shift
	inv-commit -q --engine "$engine" -l "$LEDGER" "${fast[@]}" --atomic "$@"
}

# fixture ROWS [PREFIX]: a validated stream of so many good rows, 10 a chunk.
fixture() {
	{
		echo asset_id,grant_code,description,quantity,location_code,acquired_on
		seq "$1" | awk -v p="${2:-LAB}" '{
			printf "%s-%06d,NIH-R01-7,Pipette tips,%d," \
				"BLDG12-RM304-CAB2,2026-03-14\n", p, $1, $1 }'
	} | inv-split -q --chunk-size 10 - | inv-validate -q
}

failed() { # < STREAM: as inv-validate would leave it with --drift-fail
	sed '/^{"type":"end"/s/}$/,"failed":"inv-validate"}/'
}

intents() { # how many there are in the journal
	cat "$INV_STATE"/journal/*.ndjson 2> /dev/null |
		grep -c '^{"type":"intent"' || true
}

taken() { curl -sf "$LEDGER/records" | wc -l; }

asked() { curl -sf "$LEDGER/requests" | wc -l; }

nothing_was_sent() { [ "$(taken) $(asked) $(intents)" = '0 0 0' ]; }

# drained PID: what was written into its stdin, a pipe, has been read.
drained() {
	python3 - "$1" <<- 'END'
		import array, fcntl, sys, termios
		left = array.array("i", [0])
		with open("/proc/%s/fd/0" % sys.argv[1]) as pipe:
		    fcntl.ioctl(pipe, termios.FIONREAD, left)
		sys.exit(left[0] != 0)
	END
}

# waiting ENGINE [OPTION...]: inv-commit has got all of `in` but the end line,
# and waits; its pid in `pid`, its stdin on descriptor 9.
waiting() {
	rm -f pipe out
	mkfifo pipe
	# Not `commit`: that would be the pid of a shell.
	inv-commit -q --engine "$1" -l "$LEDGER" --atomic "${@:2}" < pipe \
		> out 2> err 3>&- &
	pid=$!
	exec 9> pipe
	head -n -1 in >&9
	wait_for drained $pid
	wait_for test -s out
}

ends_with() { # STATUS: what waits
	local rc=0
	exec 9>&-
	wait $pid || rc=$?
	cat err
	[ $rc = "$1" ]
}

# ---- verified ----

nothing_before_the_end() {
	start_ledger
	fixture 95 > in
	waiting "$1"
	nothing_was_sent
	tail -n 1 in >&9
	ends_with 0
	[ "$(verdicts < out)" = 'committed receipt 95' ]
	[ "$(jq -c 'select(.type == "batch").rows' out | sort -V | tail -n 1)" = \
		'[[91,95]]' ]
	[ "$(jq -c 'select(.type == "end").counts.committed' out)" = 95 ]
	[ "$(taken)" = 95 ]
}

@test "nothing is sent before the end has come" {
	engines nothing_before_the_end
}

rows_missing() {
	start_ledger
	fixture 95 > in
	sed 50d in > gap
	run -65 --separate-stderr commit "$1" gap
	[ "$(verdicts <<< "$output")" = 'held not_attempted 94' ]
	[[ $stderr = *'row 48 is missing'* ]]
	[[ $stderr = *'-: incomplete, so nothing of it is sent'* ]]
	nothing_was_sent
	sed 50p in > twice
	run -65 --separate-stderr commit "$1" twice
	nothing_was_sent
}

@test "a row that is missing or comes twice: nothing is sent, 65" {
	engines rows_missing
}

no_end() {
	start_ledger
	fixture 25 > one
	fixture 35 TWO > two
	head -n -1 one | cat - two > in
	run -65 --separate-stderr commit "$1" in
	[[ $stderr = *'nothing of a manifest without its end is sent'* ]]
	[ "$(verdicts <<< "$output")" = 'committed receipt 35
held not_attempted 25' ]
	[ "$(taken)" = 35 ]
	head -n -1 one > in
	run -65 --separate-stderr commit "$1" in
	[[ $stderr = *'nothing of a manifest without its end is sent'* ]]
	[ "$(verdicts <<< "$output")" = 'held not_attempted 25' ]
	[ "$(taken)" = 35 ]
}

@test "a manifest without its end: nothing of it is sent, 65" {
	engines no_end
}

failed_before() {
	start_ledger
	fixture 95 | failed > in
	run -75 --separate-stderr commit "$1" in
	[ "$(verdicts <<< "$output")" = 'held not_attempted 95' ]
	[[ $stderr = *'-: it has failed ("inv-validate"), so nothing of it is sent'* ]]
	[ "$(jq -c 'select(.type == "end") | [.failed, .counts.held]' \
		<<< "$output")" = '["inv-validate",95]' ]
	nothing_was_sent
	inv-audit -q <<< "$output" > summary || [ $? = $EX_TEMPFAIL ]
	[ "$(jq -c '[.failed, .counts.held]' summary)" = '["inv-validate",95]' ]
}

@test "a manifest that a program before has failed: nothing is sent, 75" {
	engines failed_before
}

@test "inv-validate fails a manifest that has drifted, and nothing is sent" {
	for n in 10 1000000; do
		{ echo asset_id,quantity
			seq 1000 | awk -v n=$n '{ print "A-" $1 "," $1 % n }'
		} > $n.csv
	done
	echo '{"type":"object","properties":{"quantity":{"type":"integer"}}}' > s.json
	inv-split -q 1000000.csv | inv-validate -q -s ./s.json \
		--write-baseline b.json > /dev/null
	{ inv-split -q 10.csv | inv-validate -q -s ./s.json --baseline b.json \
		--drift-fail 1 || true; } > in
	run -75 --separate-stderr inv-commit -q --atomic -l file:l.db in
	[ "$(verdicts <<< "$output")" = 'held not_attempted 1000' ]
	[ "$(intents)" = 0 ]
}

rows_with_a_verdict() {
	start_ledger
	fixture 45 > plain
	jq -c 'if .type == "record" and (.row == 7 or (.row > 20 and .row < 31))
		then . + {verdict: "quarantined", reason: "schema_violation",
			stage: "x"}
		else . end' plain > in
	waiting "$1"
	quarantined_have_passed() {
		[ "$(grep -c '"verdict":"quarantined"' out)" = 11 ]
	}
	wait_for quarantined_have_passed
	nothing_was_sent
	tail -n 1 in >&9
	ends_with 0
	[ "$(verdicts < out)" = 'committed receipt 34
quarantined schema_violation 11' ]
}

@test "rows with a verdict pass as ever, and do not keep others from being sent" {
	engines rows_with_a_verdict
}

each_by_itself() {
	start_ledger
	{ fixture 15 A; fixture 25 B | failed; fixture 35 C | sed 20d
		fixture 45 D; } > in
	run -65 --separate-stderr commit "$1" in
	[ "$(verdicts <<< "$output")" = 'committed receipt 60
held not_attempted 59' ]
	[ "$(jq -c 'select(.type == "end").counts | [.committed, .held]' \
		<<< "$output" | tr '\n' ' ')" = '[15,0] [0,25] [0,34] [45,0] ' ]
	[ "$(taken)" = 60 ]
}

@test "each manifest of a stream is verified by itself" {
	engines each_by_itself
}

# ---- sent as without ----

looked_up_when_sent() {
	start_ledger
	fixture 45 > in
	cat in in > both
	commit "$1" both > out
	[ "$(verdicts < out)" = 'committed receipt 45
skipped already_committed 45' ]
	[ "$(taken)" = 45 ]
}

@test "what a key last committed is looked up when rows are sent" {
	engines looked_up_when_sent
}

any_order() {
	start_ledger
	fixture 95 > in
	{ sed -n '1,2p' in; sed -n '3,97p' in | tac; tail -n 1 in; } > shuffled
	commit "$1" shuffled > out
	[ "$(verdicts < out)" = 'committed receipt 95' ]
	inv-commit --dry-run --print-bodies -l file:l.db in > want
	curl -sf "$LEDGER/requests" | jq -c .body | sort > got
	cmp <(sort want) got
}

@test "the bodies are those of a run without --atomic, whatever the order" {
	engines any_order
}

refused_by_the_ledger() {
	start_ledger --fault 401
	fixture 95 > in
	run -69 --separate-stderr commit "$1" -c 2 in
	[ "$(verdicts <<< "$output")" = 'held systemic 95' ]
	cmp <(jq -c 'select(.type == "record") | [.row, .record]' in) \
		<(jq -c 'select(.type == "record") | [.row, .record]' \
			<<< "$output" | sort -V)
}

@test "a ledger that refuses us: all is held, and comes back as it came" {
	engines refused_by_the_ledger
}

@test "without the lease all rows are held" {
	start_ledger
	fixture 15 > in
	waiting poll
	run -75 --separate-stderr commit poll --wait 10ms in
	[ "$(verdicts <<< "$output")" = 'held lease 15' ]
	tail -n 1 in >&9
	ends_with 0
}

open_batches_first() {
	start_ledger --fault 'lost@1'
	fixture 10 > in
	run -75 --separate-stderr commit "$1" -r 0 in
	[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 10' ]
	failed < in > bad
	run -75 --separate-stderr commit "$1" bad
	[ "$(verdicts <<< "$output")" = 'held not_attempted 10' ]
	grep -q '"outcome":"committed"' "$INV_STATE"/journal/*.ndjson
	commit "$1" in > out
	[ "$(verdicts < out)" = 'skipped already_committed 10' ]
	[ "$(taken)" = 10 ]
}

@test "open batches of an earlier run are sent again in any case" {
	engines open_batches_first
}

# ---- what comes between ----

a_signal() {
	local signal
	start_ledger
	fixture 95 > in
	for signal in TERM INT; do
		waiting "$1"
		kill -$signal $pid
		ends_with 75
		[ "$(verdicts < out)" = 'held not_attempted 95' ]
		run -1 grep '"type":"end"' out
		nothing_was_sent
	done
	commit "$1" in > out
	[ "$(verdicts < out)" = 'committed receipt 95' ]
}

@test "a signal while rows wait: all are held, no end, 75" {
	engines a_signal
}

a_signal_behind_the_end() {
	start_ledger --delay 100ms
	fixture 95 > in
	waiting "$1" -c 2
	tail -n 1 in >&9
	wait_for grep -qs '"type":"batch"' out
	kill -TERM $pid
	ends_with 75
	run -1 grep '"type":"end"' out
	[ "$(jq -s '[.[] | select(.type == "batch").count] | add' out)" = \
		"$(taken)" ]
	[ "$(($(taken) + $(grep -c '"reason":"not_attempted"' out)))" = 95 ]
	commit "$1" in > out
	[ "$(jq -c 'select(.type == "end").counts |
		[.committed + .skipped, .held]' out)" = '[95,0]' ]
}

@test "a signal behind the end: what is under way is settled, the rest held" {
	engines a_signal_behind_the_end
}

killed_before_the_end() {
	start_ledger
	fixture 95 > in
	waiting "$1"
	kill -9 $pid
	ends_with 137
	nothing_was_sent
	[ "$(ls "$INV_STATE" | grep -c '^inv-')" = 0 ]
	commit "$1" in > out
	[ "$(verdicts < out)" = 'committed receipt 95' ]
}

@test "killed before the end: no intent, no row, and the next run sends all" {
	engines killed_before_the_end
}

killed_after_the_end() {
	start_ledger --delay 100ms
	fixture 95 > in
	waiting "$1" -c 2
	tail -n 1 in >&9
	some_are_in() { [ "$(taken)" -gt 20 ]; }
	wait_for some_are_in
	kill -9 $pid
	ends_with 137
	[ "$(taken)" -lt 95 ]
	commit "$1" in > out
	[ "$(jq -c 'select(.type == "end").counts |
		[.committed + .skipped, .held]' out)" = '[95,0]' ]
	[ "$(curl -sf "$LEDGER/requests" | jq -s '[.[] |
		select(.effect == 1 or .effect == true) | .body[].asset_id] |
		length == 95 and (unique | length) == 95')" = true ]
}

@test "killed after the end: the next run sends the rest, nothing twice" {
	engines killed_after_the_end
}

# full ENGINE N: the Nth write of the file that rows wait in fails.
full() {
	local n traced=(strace -f -qq -y -o trace -e trace=pwrite64)
	rm -rf "$INV_STATE"
	start_ledger
	"${traced[@]}" inv-commit -q --engine "$1" -l "$LEDGER" --atomic in \
		> /dev/null
	n=$(grep -n 'inv-.*(deleted)' trace | sed -n "$2{s/:.*//p;q}")
	rm -rf "$INV_STATE"
	start_ledger
	run -74 --separate-stderr "${traced[@]}" \
		-e "inject=pwrite64:error=ENOSPC:when=$n" \
		inv-commit -q --engine "$1" -l "$LEDGER" --atomic in
	[[ $stderr = *"$INV_STATE: lines that memory does not hold: No space left on device"* ]]
	run ! grep -q '"type":"\(record\|batch\|end\)"' <<< "$output"
	nothing_was_sent
	commit "$1" in > out
	[ "$(verdicts < out)" = 'committed receipt 5000' ]
}

a_full_disk() {
	full "$1" 1
	full "$1" 4
}

@test "a disk that is full while rows wait: 74, and nothing was sent" {
	needs_strace
	fixture 5000 > in
	engines a_full_disk
}

# ---- a dry run ----

@test "--dry-run --print-keys has the keys of a verified manifest only" {
	fixture 95 > in
	inv-commit --dry-run --print-keys -l file:l.db in > want
	inv-commit --dry-run --print-keys --atomic -l file:l.db in > got
	[ "$(wc -l < got)" = 10 ]
	cmp want got
	{ failed < in; fixture 15 B; sed 50d in; head -n -1 in; } > mixed
	run -65 --separate-stderr inv-commit --dry-run --print-keys --atomic \
		-l file:l.db mixed
	[ "${#lines[@]}" = 2 ]
	[[ $stderr = *'-: it has failed ("inv-validate"), so nothing of it is sent'* ]]
	inv-commit -q --atomic -l file:l.db in > out
	cmp <(jq -r .idempotency_key got | sort) \
		<(jq -r 'select(.type == "batch").idempotency_key' out | sort)
}

@test "--dry-run --atomic passes the stream as it is" {
	fixture 95 | failed > in
	inv-commit -q --dry-run --atomic -l file:l.db in > out
	cmp in out
	[ ! -e "$INV_STATE/journal" ]
}
