# answers.bats - what an answer means: the table of inv-commit(1), line by line
#
# What is not in here is where tests/README.md says.  Whatever talks to a
# ledger runs with both engines.

load lib
load commit

requests() { # that the ledger has had
	curl -sf "$LEDGER/requests" | wc -l
}

keys() { # under how many keys they were
	curl -sf "$LEDGER/requests" | jq -r .key | sort -u | wc -l
}

# afresh FAULT...: a ledger, and a state that has sent nothing.
afresh() {
	rm -rf "$INV_STATE"
	start_ledger --fault "$1"
}

# tries < STREAM: how often each batch or row was sent.
tries() { jq 'select(.attempts).attempts' | sort -u | xargs; }

# ---- done ----

other_successes() {
	local fault
	fixture 10 > in
	for fault in 201 204 text; do
		afresh $fault
		commit "$1" in > out
		[ "$(verdicts < out)" = 'committed receipt 10' ]
		[ "$(tries < out) $(effects)" = '1 10' ]
	done
}

@test "201, 204 and a body that is neither JSON nor HTML are done" {
	engines other_successes
}

the_other_mark() {
	fixture 10 > in
	afresh lost@1,idempotency-replayed@2
	commit "$1" in > out
	[ "$(verdicts < out)" = 'committed replayed 10' ]
	[ "$(tries < out) $(effects)" = '2 10' ]
}

@test "Idempotency-Replayed too says that the ledger had it" {
	engines the_other_mark
}

# ---- again ----

the_same_again() {
	local fault
	fixture 10 > in
	for fault in 408 425 429 500 500-after 502 503 504; do
		afresh "$fault@1-3"
		commit "$1" in > out
		[[ $(verdicts < out) == 'committed re'*' 10' ]]
		[ "$(tries < out) $(requests) $(keys)" = '4 4 1' ]
		[ "$(effects)" = 10 ]
	done
}

@test "each status that is tried again is, three times, with one key" {
	engines the_same_again
}

# With three of them it is sure that nothing had an effect: the rows are free.
tries_used_up() {
	local fault told
	fixture 10 > in
	for fault in 408 425 429 500 502 503 504; do
		case $fault in
		425 | 429 | 503) told=no_effect ;;
		*) told=open ;;
		esac
		afresh "$fault"
		commit "$1" in > out
		[ "$(verdicts < out)" = 'quarantined transient_failure 10' ]
		[ "$(tries < out) $(requests) $(keys)" = '4 4 1' ]
		[ "$(jq -r 'select(.type == "outcome").outcome' \
			"$INV_STATE/journal/000001.ndjson")" = $told ]
	done
}

@test "after the fourth try of any of them: transient_failure" {
	engines tries_used_up
}

jitter_is_drawn() {
	fixture 200 10 > in
	afresh 503=0@1-20
	run -0 --separate-stderr inv-commit -v --engine "$1" -l "$LEDGER" \
		--retry-budget 100% --backoff 200ms --max-backoff 200ms in
	sed -nE 's/.*: again in ([0-9]+) ms$/\1/p' <<< "$stderr" > drawn
	[ "$(wc -l < drawn)" = 20 ]
	(($(sort -u drawn | wc -l) > 5))
	(($(sort -n drawn | tail -n 1) <= 200))
}

@test "each batch that is sent again waits for a time of its own" {
	engines jitter_is_drawn
}

# waits ENGINE FAULT TEST MS: how long the batch took, and it waits for nothing
# of its own.
waits() {
	afresh "$2@1"
	inv-commit -q --engine "$1" -l "$LEDGER" --backoff 1ms in > out
	[ "$(jq 'select(.type == "batch").ms' out)" "$3" "$4" ]
}

retry_after_is_kept() {
	fixture 3 > in
	waits "$1" 503=2 -ge 2000
	waits "$1" 429=date -ge 1000
	waits "$1" 503=garbage -lt 1000
}

@test "Retry-After is waited for, as seconds or a date, and not as garbage" {
	engines retry_after_is_kept
}

no_wait_behind_the_last() {
	fixture 3 > in
	afresh 503=0@1,503=60@2-
	timeout 30 inv-commit -q --engine "$1" -l "$LEDGER" -r 1 \
		--backoff 1ms --max-backoff 60s in > out
	[ "$(verdicts < out)" = 'quarantined transient_failure 3' ]
	[ "$(tries < out)" = 2 ]
}

@test "behind the last try nothing is waited for" {
	engines no_wait_behind_the_last
}

a_slot_is_no_try() {
	fixture 50 10 > in
	start_ledger --delay 300ms
	commit "$1" -c 1 -r 0 --timeout 1s in > out
	[ "$(verdicts < out)" = 'committed receipt 50' ]
	[ "$(tries < out) $(requests)" = '1 5' ]
}

@test "waiting for a slot is no try, and not counted by --timeout" {
	engines a_slot_is_no_try
}

nobody_at_first() {
	fixture 30 10 > in
	LEDGER=http://127.0.0.1:1
	run -75 --separate-stderr commit "$1" -r 2 -c 1 in
	[ "$(verdicts <<< "$output")" = 'held systemic 30' ]
	# the second batch was not tried
	[ "$(jq 'select(.row == 1).attempts' <<< "$output")" = 3 ]
	[ "$(jq 'select(.row == 30).attempts' <<< "$output")" = null ]
}

@test "refused connections at all tries of the first batch: all is held" {
	engines nobody_at_first
}

nobody_later() {
	fixture 30 10 > in
	start_ledger
	{
		head -n 12 in
		wait_for grep -qs '"type":"outcome"' \
			"$INV_STATE/journal/000001.ndjson"
		stop_ledger
		tail -n +13 in
	} 3>&- | commit "$1" -r 2 > out
	[ "$(verdicts < out)" = 'committed receipt 10
quarantined transient_failure 20' ]
	# nothing of them had an effect: they are free, not open
	[ "$(jq -c 'select(.type == "outcome").outcome' \
		"$INV_STATE/journal/000001.ndjson" | sort | uniq -c | xargs)" = \
		'1 committed 2 no_effect' ]
}

@test "refused connections after an answer: transient_failure, not held" {
	engines nobody_later
}

# stalled: a listener whose queue is full: connections to it never come about.
stalled() {
	rm -f port
	python3 - > port 3>&- <<- 'END' &
	import signal, socket
	full = socket.create_server(("127.0.0.1", 0), backlog=0)
	waiting = []
	try:
	    while True:
	        waiting.append(socket.create_connection(full.getsockname(), 0.5))
	except TimeoutError:
	    print(full.getsockname()[1], flush=True)
	signal.pause()
	END
	serving $!
}

nobody_takes_the_call() {
	local slots from
	fixture 30 10 > in
	for slots in 1 3; do
		rm -rf "$INV_STATE"
		stalled
		from=$(date +%s)
		run -75 --separate-stderr commit "$1" -r 1 -c $slots \
			--timeout 500ms --namespace ledger in
		(($(date +%s) - from < 10))
		[ "$(verdicts <<< "$output")" = 'held systemic 30' ]
		[ "$(jq 'select(.row == 1).attempts' <<< "$output")" = 2 ]
		[[ $stderr == *'timed out'*'nothing more is sent'* ]]
		# nothing of them had an effect: they are free, not open
		[ "$(jq -r 'select(.type == "outcome").outcome' \
			"$INV_STATE/journal/000001.ndjson" | sort -u)" = no_effect ]
		stop_ledger
		start_ledger
		commit "$1" --namespace ledger in > out
		[ "$(verdicts < out)" = 'committed receipt 30' ]
		[ "$(requests) $(effects)" = '3 30' ]
		stop_ledger
	done
}

@test "a connection that never comes about: held in time, then committed once" {
	engines nobody_takes_the_call
}

# ---- unclear ----

not_to_be_trusted() {
	local fault
	fixture 10 > in
	for fault in reset lost garbage html short endless slow 500-replayed; do
		afresh $fault
		run -75 --separate-stderr commit "$1" -r 1 --timeout 500ms in
		[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 10' ]
		[ "$(tries <<< "$output")" = 2 ]
		afresh $fault@1
		commit "$1" -r 1 --timeout 500ms in > out
		[[ $(verdicts < out) == 'committed re'*' 10' ]]
		[ "$(keys) $(effects)" = '1 10' ]
	done
}

@test "resets, lies, endless answers and replayed 5xx: again, then ambiguous" {
	engines not_to_be_trusted
}

# ---- 409, and answers about the key ----

in_progress_by_words() {
	fixture 3 > in
	scripted '409 {"title":"a request with this key is in progress"}' \
		'409 {"detail":"still processing"}' '200 {}'
	commit "$1" -r 0 in > out
	[ "$(verdicts < out)" = 'committed receipt 3' ]
	[ "$(tries < out) $(wc -l < log)" = '1 3' ]
	afresh '409=0@1-9'
	commit "$1" -r 0 in > out
	[ "$(verdicts < out)" = 'committed receipt 3' ]
	[ "$(tries < out) $(requests) $(keys)" = '1 10 1' ]
}

@test "a 409 in progress, by its words or Retry-After, is never a try" {
	engines in_progress_by_words
}

of_the_key() {
	local fault
	fixture 10 > in
	for fault in mismatch mismatch-409; do
		afresh $fault@1
		commit "$1" in > out
		[ "$(verdicts < out)" = 'quarantined key_mismatch 10' ]
		[ "$(requests) $(effects)" = '1 0' ]
	done
}

@test "422 and 409 that speak of the key are key_mismatch at the first word" {
	engines of_the_key
}

libcurl_sent_it_twice() {
	fixture 3 > in
	rm -rf "$INV_STATE"
	start_ledger --idempotency 409-blind --fault 503@1,lost@2
	commit "$1" -r 1 in > out
	[ "$(verdicts < out)" = 'committed asserted-409 3' ]
	[ "$(tries < out) $(requests) $(effects)" = '2 3 3' ]
}

@test "a 409 to what libcurl sent twice by itself is no conflict" {
	engines libcurl_sent_it_twice
}

a_key_that_is_missed() {
	fixture 30 10 > in
	afresh 400-no-key
	run -69 --separate-stderr commit "$1" -c 1 in
	[ "$(verdicts <<< "$output")" = 'held systemic 30' ]
	[ "$(requests)" = 1 ]
}

@test "400 about a missing key is systemic: nothing is halved" {
	engines a_key_that_is_missed
}

# ---- this batch ----

halved_for() {
	local fault
	fixture 10 > in
	for fault in 400@1 413=1000 422-row=LAB-000007@1; do
		afresh "$fault"
		commit "$1" in > out
		[ "$(verdicts < out)" = 'committed receipt 10' ]
		[ "$(requests) $(keys) $(effects)" = '3 3 10' ]
	done
}

@test "400, 413 and 422: each half under a key of its own" {
	engines halved_for
}

refused_alike() {
	local fault
	fixture 40 10 > in
	for fault in 400 413=10 422-row=LAB; do
		afresh "$fault"
		run -69 --separate-stderr commit "$1" -c 1 in
		[ "$(verdicts <<< "$output")" = 'held systemic 40' ]
		# the first batch down to its rows, and no other one
		(($(requests) >= 20 && $(requests) <= 22))
		[ "$(effects)" = 0 ]
	done
}

@test "one bisection shows whether all batches are refused alike" {
	engines refused_alike
}

refused_otherwise() {
	fixture 20 10 > in
	afresh 400@1-19,422-row=LAB
	commit "$1" -c 1 in > out
	[ "$(verdicts < out)" = 'quarantined rejected 20' ]
}

@test "two batches refused each in its own way: rejected" {
	engines refused_otherwise
}

# ---- systemic ----

redirects() {
	local status
	fixture 10 > in
	for status in 301 302 303 307 308; do
		afresh redirect=$status@1
		run -69 --separate-stderr commit "$1" in
		[ "$(verdicts <<< "$output")" = 'held systemic 10' ]
		[ "$(requests) $(effects)" = '1 0' ]
	done
}

@test "301, 302, 303, 307 and 308 are not followed: held" {
	engines redirects
}

another_4xx() {
	fixture 30 10 > in
	scripted '418 {"title":"a teapot"}'
	run -69 --separate-stderr commit "$1" -c 1 in
	[ "$(verdicts <<< "$output")" = 'held systemic 30' ]
	[ "$(wc -l < log)" = 1 ]
}

@test "any other 4xx: held" {
	engines another_4xx
}

no_such_host() {
	fixture 30 10 > in
	export LEDGER=https://ledger.invalid RES_OPTIONS='timeout:1 attempts:1'
	run -75 --separate-stderr commit "$1" -c 1 in
	[ "$(verdicts <<< "$output")" = 'held systemic 30' ]
	[[ $stderr == *'nothing more is sent'* ]]
}

@test "a host that is not known: held" {
	engines no_such_host
}
