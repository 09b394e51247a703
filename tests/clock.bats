# clock.bats - clocks that are wrong, that jump, or that race
#
# The clocks of the programs are answered by tests/fault/clock_faulty.c; that of
# the ledger is right.  Whatever sends runs with both engines.

load lib
load commit

DECADE=$((3652 * 24 * 3600))

prepare() {
	case $(command -v inv-commit) in
	*/asan/* | */tsan/*) skip "a sanitizer has to be the first library" ;;
	esac
	FAULTY=$(dirname "$(command -v inv-commit)")/clock_faulty.so
	export INV_SCHEMA=inventory
	fast=(--backoff 1ms --max-backoff 20ms)
}

# off SHIFTS COMMAND...: with the wall clock so many seconds off.
off() {
	LD_PRELOAD=$FAULTY INV_CLOCK_WALL=$1 "${@:2}"
}

# commit ENGINE [OPTION...]: against the ledger that runs, batch after batch
commit() {
	local engine=$1
	shift
	inv-commit -q --engine "$engine" -l "$LEDGER" --namespace ledger -c 1 \
		"${fast[@]}" "$@"
}

requests() { # that the ledger has had
	curl -sf "$LEDGER/requests" | wc -l
}

# ---- a wall clock that is off ----

sheet() { # two rows of it are not for the ledger
	rows 30
	echo LAB-000003,NIH-R01-7,Pipette tips,3,BLDG12-RM304-CAB2,2026-03-14
	echo LAB-000040,,,,,
}

# piped ENGINE SHIFTS: m.csv through all six with that clock; in got: what came
# of it, without what is a time or of a run, and what the ledger was asked.
piped() {
	rm -rf "$INV_STATE"
	start_ledger --fault 500-after@2,503@4
	off "$2" inv-split -q --chunk-size 10 m.csv |
		off "$2" inv-validate -q | off "$2" inv-dedup -q |
		off "$2" commit "$1" | off "$2" inv-quarantine -q > out
	off "$2" inv-audit -q out > summary
	{
		jq -c 'del(.run, .received, .ms, .processed_at)' out summary
		curl -sf "$LEDGER/requests" | jq -c '[.key, .effect, .body]'
	} > got
}

# over SECOND: a clock that is before that second at its first two readings, and
# behind it from then on.
over() {
	local now
	now=$(date +%s)
	echo $(($1 - 15 - now)),$(($1 + 1 - now))@3
}

the_same_at_any_time() {
	local shifts
	sheet > m.csv
	piped "$1" 0
	mv got want
	[ "$(verdicts < out)" = 'committed receipt 20
committed replayed 10
quarantined schema_violation 1
skipped duplicate 1' ]
	[ "$(requests) $(effects)" = '5 30' ]
	for shifts in $DECADE -$DECADE 0,$DECADE@3,0@6 0,-$DECADE@3,0@6; do
		piped "$1" "$shifts"
		diff want got
	done
	# where 31 and 32 bits of seconds end
	piped "$1" "$(over 0x80000000)"
	diff want got
	[ "$(jq -r .time "$INV_STATE"/journal/*.ndjson | cut -c 1-10 |
		sort -u)" = 2038-01-19 ]
	piped "$1" "$(over 0x100000000)"
	diff want got
	[ "$(jq -r .time "$INV_STATE"/journal/*.ndjson | cut -c 1-10 |
		sort -u)" = 2106-02-07 ]
	TZ=Pacific/Kiritimati piped "$1" 0
	diff want got
	# what is written down is UTC all the same
	[ "$(jq -r 'select(.type == "manifest").received' out | cut -c 1-13)" = \
		"$(date -u -d "@$(stat -c %Y out)" +%FT%H)" ]
}

@test "whatever the wall clock says: the same keys, verdicts and effects" {
	engines the_same_at_any_time
}

jumps_anywhere() {
	local n of=1 way
	fixture 20 10 > in
	for ((n = 1; n <= of; n++)); do
		way=$((n % 2 ? DECADE : -DECADE))
		rm -rf "$INV_STATE"
		start_ledger --fault 500-after@1,503@3
		INV_CLOCK_LOG=readings off 0,$way@$n,0@$((n + 3)) \
			commit "$1" in > out
		[ "$(verdicts < out)" = 'committed receipt 10
committed replayed 10' ]
		[ "$(requests) $(effects)" = '4 20' ]
		read -r _ of < readings
		commit "$1" in > out
		[ "$(verdicts < out)" = 'skipped already_committed 20' ]
		[ "$(requests)" = 4 ]
	done
	# one for each line of the journal, at least
	((of >= 4))
}

@test "a wall clock that jumps forth and back at any reading changes nothing" {
	engines jumps_anywhere
}

a_date_far_away() {
	local way
	fixture 3 > in
	for way in $DECADE -$DECADE; do
		rm -rf "$INV_STATE"
		start_ledger --fault 503=date@1
		off $way timeout 30 "$(command -v inv-commit)" -q --engine "$1" \
			-l "$LEDGER" "${fast[@]}" in > out
		[ "$(verdicts < out)" = 'committed receipt 3' ]
	done
}

@test "a Retry-After of ten years, by a wrong clock, waits for --max-backoff" {
	engines a_date_far_away
}

# sheet_of QUANTITY: a manifest of three records, as a stream
sheet_of() {
	rows 3 | awk -F, -v OFS=, -v q="$1" 'NR > 1 { $4 = q } 1' > m.csv
	inv-split -q m.csv | inv-validate -q
}

goes_back_between_manifests() {
	start_ledger
	off $DECADE sheet_of 1 > first
	off -$DECADE sheet_of 2 > second
	off $DECADE commit "$1" first > out
	[ "$(verdicts < out)" = 'committed receipt 3' ]
	inv-audit -q out > /dev/null
	off -$DECADE commit "$1" second > out
	[ "$(verdicts < out)" = 'committed receipt 3' ]
	off -$DECADE inv-audit -q out > /dev/null
	off $DECADE commit "$1" first > out
	[ "$(verdicts < out)" = 'skipped superseded 3' ]
	[ "$(curl -sf "$LEDGER/records" | jq .quantity | sort -u)" = 2 ]
	inv-audit verify
	inv-status > /dev/null
}

@test "a clock that goes back between two manifests does not change their order" {
	engines goes_back_between_manifests
}

# ---- what is open, by the clock ----

# left_at ENGINE SHIFTS FAULT: two batches were sent by that clock, and nobody
# knows what came of them.
left_at() {
	rm -rf "$INV_STATE"
	start_ledger --fault "$3"
	run off "$2" commit "$1" -r 0 --breaker 1000 in
	[ "$status" = 75 ]
	[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 20' ]
}

opened_by_another_clock() {
	local at then now before
	fixture 20 10 > in
	# as the batch is left: as it is found; that is --key-ttl later, or
	# behind the journal
	for at in 0:$DECADE -$DECADE:0 $DECADE:0 0:-$DECADE \
		0,$DECADE@5,0@6:0; do
		then=${at%:*} now=${at#*:}
		left_at "$1" "$then" reset
		before=$(requests)
		run off "$now" commit "$1" in
		[ "$status" = 75 ]
		[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 20' ]
		[ "$(requests)" = "$before" ]
		left_at "$1" "$then" lost
		before=$(requests)
		off "$now" commit "$1" in > out
		[ "$(verdicts < out)" = 'committed readback 20' ]
		[ "$(requests) $(effects)" = "$before 20" ]
	done
	# a clock that is off, and by as much as before
	for at in $DECADE -$DECADE "$(over 0x80000000)"; do
		left_at "$1" "$at" reset@1-2
		now=${at#*,}
		off "${now%@*}" commit "$1" in > out
		[ "$(verdicts < out)" = 'committed receipt 20' ]
		[ "$(effects)" = 20 ]
	done
}

@test "a batch left open by another clock is asked for, and not sent again" {
	engines opened_by_another_clock
}

# ---- a machine that sleeps ----

slept_over_the_key() { # ENGINE: 25 hours between a request and the next
	rm -rf "$INV_STATE"
	start_ledger --fault lost@1
	LD_PRELOAD=$FAULTY INV_CLOCK_SLEPT=90000 commit "$1" in > out
	[ "$(verdicts < out)" = 'committed readback 10' ]
	[ "$(requests)" = 1 ]
	start_ledger --fault lost@1
	rm -rf "$INV_STATE"
	LD_PRELOAD=$FAULTY INV_CLOCK_SLEPT=40000 commit "$1" in > out
	[ "$(verdicts < out)" = 'committed replayed 10' ]
	[ "$(requests)" = 2 ]
}

@test "what was sent before the machine slept for a day is asked for" {
	fixture 10 > in
	engines slept_over_the_key
}

# ---- a monotonic clock that races ----

# for_ever ENGINE STATUS POST...: ten minutes of those answers are two seconds
# here; STATUS is the last one.  A try to connect has ten seconds of the ten
# minutes, which may be too few: there are more tries.
for_ever() {
	local key
	rm -rf "$INV_STATE"
	scripted "${@:3}"
	LD_PRELOAD=$FAULTY INV_CLOCK_SPEED=300 run -75 --separate-stderr \
		timeout 60 inv-commit -q --engine "$1" -l "$LEDGER" \
		--namespace ledger "${fast[@]}" --timeout 24h --deadline 24h in
	[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 10' ]
	[[ $(jq -r 'select(.row == 1).cause' <<< "$output") == "answered $2"* ]]
	jq -e 'select(.type == "outcome") |
		.outcome == "open" and .ms > 600000' \
		"$INV_STATE/journal/000001.ndjson" > /dev/null
	key=$(cut -d ' ' -f 1 log | sort -u)
	# the next run sends it again, under its key
	stop_ledger
	scripted '200 {}'
	commit "$1" in > out
	[ "$(verdicts < out)" = 'committed receipt 10' ]
	[ "$(cat log)" = "$key 10" ]
	stop_ledger
}

in_progress_for_ever() {
	fixture 10 > in
	for_ever "$1" 202 '202 {}' -- '202 {}'
	for_ever "$1" 200 '202 {}' -- '200 {"status":"pending"}'
	for_ever "$1" 409 '409 {"title":"a request with this key is in progress"}'
}

@test "a 202 or 409 in progress that never ends is ambiguous after ten minutes" {
	engines in_progress_for_ever
}
