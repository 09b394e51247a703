#!/usr/bin/env bats
# audit-tail.bats - inv-audit tail: the last entries, and those that come

load lib
load audit

teardown() {
	[ -z "${TAIL:-}" ] || kill -9 "$TAIL" 2> /dev/null || true
}

log_of_six() {
	committed_six
	six | inv-audit -q > /dev/null
}

# A run of its own of manifest b: three entries.
more() { # N
	{
		manifest b "$(printf %016d "$1")"
		row b 1 "$(verdict quarantined s r)"
		end b 1
	} | inv-audit -q > /dev/null
}

follow() { # into out, in the background
	: > out # not what an earlier one has left
	inv-audit tail -f > out 2> err 3>&- &
	TAIL=$!
}

lines_are() { # N: of out
	[ "$(wc -l < out)" = "$1" ]
}

gone() {
	! kill -0 "$TAIL" 2> /dev/null
}

status() {
	local rc=0
	wait "$TAIL" || rc=$?
	TAIL=
	[ "$rc" = "$1" ]
}

@test "tail prints the last ten entries" {
	log_of_six
	[ "$(inv-audit tail)" = "$(cat "$LOG")" ]
	more 1
	[ "$(inv-audit tail)" = "$(tail -n 10 "$LOG")" ]
	"$ROOT/tests/helper/long-log" "$INV_STATE" 1000
	[ "$(inv-audit tail)" = "$(tail -n 10 "$LOG")" ]
}

@test "entries longer than what is read at a time are among the last" {
	log_of_six
	manifest c 3333333333333333 |
		jq -c '.columns = [range(20000) | "column \(.)"]' > in
	end c 0 >> in
	inv-audit -q in > /dev/null || true
	[ "$(inv-audit tail | md5sum)" = "$(tail -n 10 "$LOG" | md5sum)" ]
}

@test "tail prints a table on a terminal" {
	log_of_six
	run -0 script -qec "inv-audit tail" /dev/null
	[ "${#lines[@]}" = 8 ]
	[[ ${lines[7]} = *'8  '*'  end       aaaaaaaaaaaa  6 rows: '* ]]
}

@test "a log without entries has no last ones" {
	run -66 inv-audit tail
	mkdir -m 700 "$INV_STATE"
	run -0 inv-audit tail
	[ -z "$output" ]
}

@test "with -f tail goes on with what is appended" {
	log_of_six
	follow
	wait_for lines_are 8
	more 1
	wait_for lines_are 11
	more 2
	more 3
	wait_for lines_are 17
	diff out "$LOG"
}

@test "what is appended is printed at once, without a look now and then" {
	log_of_six
	follow
	wait_for lines_are 8
	local i from
	from=$(date +%s%N)
	for i in 1 2 3 4 5 6; do
		more $i
		wait_for lines_are $((8 + 3 * i))
	done
	# Six looks, a second apart, would take longer.
	[ $((($(date +%s%N) - from) / 1000000)) -lt 5000 ]
}

@test "tail -f does not turn while nothing comes" {
	needs_strace
	log_of_six
	strace -f -qq -e trace=poll -o calls inv-audit tail -f > out 3>&- &
	TAIL=$!
	wait_for lines_are 8
	wait_for grep -q Timeout calls
	[ "$(wc -l < calls)" -lt 5 ]
	pkill -KILL -P "$TAIL"
	wait "$TAIL" || true
	TAIL=
}

@test "tail -f waits for a log that is not there yet" {
	mkdir -m 700 "$INV_STATE"
	follow
	committed_six
	six | inv-audit -q > /dev/null
	wait_for lines_are 8
	diff out "$LOG"
}

@test "an entry is printed when it is on disk, and half a line is not" {
	log_of_six
	follow
	wait_for lines_are 8
	printf '{"seq":9,"prev":"' >> "$LOG"
	touch "$INV_STATE/audit/x"
	mv "$INV_STATE/audit/x" "$INV_STATE/audit/y"
	more 1
	wait_for lines_are 11
	diff out "$LOG"
	[ ! -s err ]
}

@test "tail -f ends on a signal" {
	log_of_six
	follow
	wait_for lines_are 8
	kill "$TAIL"
	status 143
}

@test "tail -f ends as soon as nobody reads, also while nothing comes" {
	log_of_six
	local rc
	rc=0
	timeout 5 bash -c 'inv-audit tail -f 2> err | head -n 3 > head; exit "${PIPESTATUS[0]}"' || rc=$?
	[ "$rc" = 74 ]
	[[ $(cat err) = *'stdout'*'Broken pipe'* ]]
	[ "$(wc -l < head)" = 3 ]
}

@test "a log that was replaced is said, and ends tail with 74" {
	log_of_six
	follow
	wait_for lines_are 8
	cp -p "$LOG" "$LOG.new"
	mv "$LOG.new" "$LOG"
	wait_for gone
	status 74
	[[ $(cat err) = *'audit/log.ndjson: is not the file any more that it was'* ]]
}

@test "so is a state that was put back, and a log that became shorter" {
	log_of_six
	cp -a "$INV_STATE" old
	more 1
	follow
	wait_for lines_are 10
	mv "$INV_STATE/audit" "$INV_STATE/audit.was"
	cp -a old/audit "$INV_STATE/audit"
	wait_for gone
	status 74
	[[ $(cat err) = *'is not the file any more'* ]]
	more 1
	follow
	wait_for lines_are 10
	cp old/audit/head "$INV_STATE/audit/head.new"
	mv "$INV_STATE/audit/head.new" "$INV_STATE/audit/head"
	wait_for gone
	status 74
	[[ $(cat err) = *'tells of fewer entries than before'* ]]
}

@test "the last entries are held against each other and against the head" {
	log_of_six
	sed -i '8s/"rows":6/"rows":7/' "$LOG"
	run -74 --separate-stderr inv-audit tail
	[[ $stderr = *'line 8: is not the one that audit/head tells of'* ]]
	[ "${#lines[@]}" = 8 ]
	run -74 inv-audit show 100
	sed -i '7s/1/2/' "$LOG"
	run -74 --separate-stderr inv-audit tail
}

@test "a full disk is 74" {
	log_of_six
	run -74 sh -c 'inv-audit tail > /dev/full'
	run -74 sh -c 'inv-audit tail -f > /dev/full'
}

@test "tail takes no operand, and -f is for tail" {
	run -64 inv-audit tail x
	run -64 inv-audit show 1 -f
	mkdir -m 700 "$INV_STATE"
	run -0 inv-audit tail
}
