#!/usr/bin/env bats
# signals.bats - what dies on the way or is told to stop, through the whole
# pipe: nothing looks complete, what was committed is told or told later, and
# the same manifest run again is all there, once.

load lib

ROWS=24000 # twice what fits into pipes and programs

prepare() {
	export INV_SCHEMA=inventory
	sheet $ROWS > big.csv
}

teardown() {
	if [ -s shell ]; then # what a test that failed has left
		pkill -KILL -P "$(cat shell)" || true
	fi
	stop_ledger
}

sheet() { # N
	echo asset_id,grant_code,description,quantity,location_code,acquired_on
	seq "$1" | awk '{ printf "LAB-%06d,NIH-R01-7,Pipette tips,%d," \
		"BLDG12-RM304-CAB2,2026-03-14\n", $1, $1 }'
}

all_six() { # ENGINE [OPTION...]: the pipe, a line of shell
	echo "inv-split -q big.csv | inv-validate -q | inv-dedup -q |
		inv-commit -q -l LEDGER --engine $* | inv-quarantine -q |
		inv-audit > summary"
}

# A shell gives signals that it was born with ignored to its children so.
plain=(env --default-signal=INT,TERM,HUP,PIPE)

# begin RUNNER... -- LINE: run a line of shell under RUNNER, and stop the
# ledger when something has been committed: most rows have not.  Statuses go to
# `st`, the pid of the shell to `shell`, messages to `err`.
begin() {
	local runner=()
	while [ "$1" != -- ]; do
		runner+=("$1")
		shift
	done
	start_ledger --delay "${DELAY:-20ms}"
	printf '%s\n' 'trap : INT TERM' "echo \$\$ > shell" \
		"{ ${2//LEDGER/"$LEDGER"}" "echo \${PIPESTATUS[*]} > st; } 2> err" > line
	rm -rf "$INV_STATE" st shell summary
	"${runner[@]}" bash line 3>&- &
	started=$!
	wait_for grep -qs '"outcome":"committed"' \
		"$INV_STATE/journal/000001.ndjson"
	kill -STOP "$LEDGER_PID"
}

wake() { kill -CONT "$LEDGER_PID"; }

is_in() { # STATE PID
	[ "$(cut -d ' ' -f 3 "/proc/$2/stat")" = "$1" ]
}

# The ledger is stopped, and inv-commit has nothing to do but to wait for it:
# what had been answered is settled, what is open is not answered any more.
under_way() {
	local journal=$INV_STATE/journal/000001.ndjson
	is_in T "$LEDGER_PID" && is_in S "$(child inv-commit)" &&
		[ "$(grep -c '"type":"intent"' "$journal")" -gt \
			"$(grep -c '"type":"outcome"' "$journal")" ]
}

over() { # and with these statuses
	wait_for test -s st
	wait $started || true
	echo "$(cat st), $1 wanted"
	cat err
	[ "$(cat st)" = "$1" ]
}

child() { # PROGRAM: its pid
	pgrep -P "$(cat shell)" -x "$1"
}

no_child() { ! child "$1" > /dev/null; }

# Whatever it was: not complete, and run again all is there, once.
is_put_right() { # ENGINE
	local line
	if [ -s summary ]; then
		[ "$(jq -c "[.complete, .standing.counts.committed < $ROWS]" \
			summary)" = '[false,true]' ]
	fi
	line=$(all_six "$1")
	bash -c "set -o pipefail; ${line//LEDGER/"$LEDGER"}"
	[ "$(jq -c '[.complete, .rows, .standing.counts.committed]' summary)" = \
		"[true,$ROWS,$ROWS]" ]
	[ "$(curl -sf "$LEDGER/records" | wc -l)" = $ROWS ]
	[ "$(curl -sf "$LEDGER/requests" | jq -c 'select(.effect == 1 or
		.effect == true) | .body | length' |
		awk '{ n += $1 } END { print n }')" = $ROWS ]
	inv-audit verify > /dev/null
}

# ---- at a terminal ----

# press KEYS: into the terminal that begin has made with on_terminal.
press() { printf '%b' "$1" >&8; }

on_terminal() { # COMMAND...
	"${plain[@]}" SHELL=/bin/bash script -qec "${*@Q}" typescript < keys \
		> /dev/null 2>&1
}

begin_on_terminal() { # LINE
	rm -f keys
	mkfifo keys
	exec 8<> keys
	begin on_terminal -- "$1"
}

ctrl_c() {
	begin_on_terminal "$(all_six "$1" -c 2)"
	press '\x03'
	wait_for no_child inv-split
	wake
	over '130 130 130 75 65 65'
	exec 8>&-
	grep -q 'inv-commit: stopped by a signal; run it again' err
	jq -e '.counts.committed > 0 and
		.counts.committed + .counts.held == .rows' summary
	is_put_right "$1"
}

@test "Ctrl-C reaches all six: what inv-commit still settles is audited" {
	engines ctrl_c
}

ctrl_c_twice() {
	begin_on_terminal "$(all_six "$1" -c 2)"
	wait_for under_way
	press '\x03'
	wait_for no_child inv-split
	child inv-commit
	child inv-quarantine
	child inv-audit
	press '\x03'
	over '130 130 130 75 130 130'
	exec 8>&-
	grep -q 'inv-commit: stopped at once by a signal' err
	wake
	is_put_right "$1"
}

@test "a second Ctrl-C ends all six at once" {
	engines ctrl_c_twice
}

# The shell is the first to know, and dies of it.
hang_up() {
	local stage pids=()
	begin_on_terminal "$(all_six "$1" -c 2)"
	mapfile -t pids < <(pgrep -P "$(cat shell)")
	[ ${#pids[@]} = 6 ]
	kill -KILL "$(ps -o ppid= "$(cat shell)")"
	wake
	for stage in "${pids[@]}"; do
		wait_for gone "$stage"
	done
	wait $started || true
	exec 8>&-
	is_put_right "$1"
}

gone() { ! kill -0 "$1" 2> /dev/null; }

@test "a terminal that is closed: the pipe ends, and its state is kept" {
	engines hang_up
}

@test "Ctrl-C at inv-run: inv-commit stops in order, 75" {
	DELAY=300ms begin_on_terminal "inv-run -l LEDGER big.csv > summary"
	press '\x03'
	wait_for no_split_below_run
	wake
	over 75
	exec 8>&-
	grep -q 'inv-commit: stopped by a signal; run it again' err
	run ! grep -q 'killed by signal' err
	is_put_right poll
}

# inv-run looks after its dead later.
no_split_below_run() {
	! pgrep -P "$(child inv-run)" -r R,S,D -x inv-split > /dev/null
}

@test "a second Ctrl-C at inv-run ends it at once" {
	DELAY=300ms begin_on_terminal "inv-run -l LEDGER big.csv > summary"
	press '\x03'
	wait_for no_split_below_run
	press '\x03'
	over 75
	exec 8>&-
	wake
	is_put_right poll
}

# ---- without one ----

# killed ENGINE PROGRAM STATUSES [RUNNER...]
killed() {
	begin "${@:4}" -- "$(all_six "$1" -c 2)"
	kill -KILL "$(child "$2")"
	wake
	over "$3"
	is_put_right "$1"
}

@test "a program killed in the middle never looks like a short file" {
	killed poll inv-split '137 65 65 65 65 65' "${plain[@]}"
	killed poll inv-validate '141 137 65 65 65 65' "${plain[@]}"
	killed poll inv-dedup '141 141 137 65 65 65' "${plain[@]}"
	engines killed inv-commit '141 141 141 137 65 65' "${plain[@]}"
	engines killed inv-quarantine '141 141 141 74 137 65' "${plain[@]}"
	engines killed inv-audit '141 141 141 74 74 137' "${plain[@]}"
}

# As systemd starts them.
@test "where SIGPIPE is ignored a reader that is gone is a write that fails: 74" {
	plain+=(--ignore-signal=PIPE)
	killed poll inv-commit '74 74 74 137 65 65' "${plain[@]}"
	engines killed inv-quarantine '74 74 74 74 137 65' "${plain[@]}"
	[ "$(grep -c 'stdout: write: Broken pipe' err)" = 4 ]
	killed poll inv-audit '74 74 74 74 74 137' "${plain[@]}"
}

a_reader_of_one_line() {
	begin "${plain[@]}" -- "inv-split -q big.csv | inv-validate -q |
		inv-dedup -q | inv-commit -q -l LEDGER --engine $1 -c 2 |
		head -n 1 > head"
	wake
	over '141 141 141 74 0'
	[ "$(wc -l < head)" = 1 ]
	is_put_right "$1"
}

@test "a reader that is content with a line: 74, and the state is kept" {
	engines a_reader_of_one_line
}

terminated() { # ENGINE
	begin "${plain[@]}" -- "$(all_six "$1" -c 2)"
	kill -TERM "$(child inv-commit)"
	wake
	over '141 141 141 75 65 65'
	jq -e '.counts.committed > 0 and
		.counts.committed + .counts.held == .rows' summary
	is_put_right "$1"
}

@test "SIGTERM to inv-commit alone stops the whole pipe in order" {
	engines terminated
}

all_terminated() {
	begin "${plain[@]}" -- "$(all_six "$1" -c 2)"
	pkill -TERM -P "$(cat shell)"
	wait_for no_child inv-split
	wake
	over '143 143 143 75 65 65'
	jq -e '.counts.committed > 0 and
		.counts.committed + .counts.held == .rows' summary
	is_put_right "$1"
	begin "${plain[@]}" -- "$(all_six "$1" -c 2)"
	wait_for under_way
	pkill -TERM -P "$(cat shell)"
	wait_for no_child inv-split
	pkill -TERM -P "$(cat shell)"
	over '143 143 143 75 143 143'
	wake
	is_put_right "$1"
}

@test "SIGTERM to all six: as Ctrl-C, and a second one too" {
	engines all_terminated
}

the_drain_is_over() {
	begin "${plain[@]}" -- "$(all_six "$1" -c 2 --drain 200ms)"
	wait_for under_way
	kill -TERM "$(child inv-commit)"
	over '141 141 141 75 65 65'
	jq -e '.counts.ambiguous > 0 and .counts.ambiguous <= 1000 and
		.counts.committed + .counts.ambiguous + .counts.held == .rows' \
		summary
	wake
	is_put_right "$1"
}

@test "what is not answered within --drain is ambiguous, and sent again" {
	engines the_drain_is_over
}

a_hangup() {
	local how wanted rc
	sheet 1200 > m.csv
	inv-split -q m.csv | inv-validate -q > in
	start_ledger
	while read -r how wanted; do
		rm -rf "$INV_STATE"
		kill -STOP "$LEDGER_PID"
		env $how-signal=HUP inv-commit -q -l "$LEDGER" --engine "$1" \
			in > out 2> err 3>&- &
		wait_for grep -qs intent "$INV_STATE/journal/000001.ndjson"
		kill -HUP $!
		wake
		rc=0
		wait $! || rc=$?
		[ $rc = "$wanted" ]
	done <<< $'--default 75\n--ignore 0'
}

@test "a hangup stops inv-commit in order, but not under nohup" {
	engines a_hangup
}

# inv-commit alone, against a ledger that is stopped; the pid in `pid`.
alone() { # ENGINE [OPTION...]
	"${plain[@]}" inv-commit -q -l "$LEDGER" --engine "$1" "${@:2}" in \
		> out 2> err 3>&- &
	pid=$!
}

ends_with() { # STATUS PID
	local rc=0
	wait "$2" || rc=$?
	cat err
	[ $rc = "$1" ]
}

while_it_waits_for_the_lease() {
	local first
	sheet 1200 | inv-split -q - | inv-validate -q > in
	start_ledger
	kill -STOP "$LEDGER_PID"
	alone "$1"
	first=$pid
	rm -f said # of the other engine
	wait_for grep -qs intent "$INV_STATE/journal/000001.ndjson"
	"${plain[@]}" inv-commit -l "$LEDGER" --engine "$1" in > second 2> said 3>&- &
	pid=$!
	wait_for grep -qs ': waiting' said
	kill -TERM $pid
	ends_with 75 $pid
	[ ! -s second ]
	wake
	ends_with 0 $first
}

@test "a signal while another inv-commit has the state: 75" {
	engines while_it_waits_for_the_lease
}

while_it_sends_again() {
	sheet 1200 | inv-split -q - | inv-validate -q > in
	start_ledger
	kill -STOP "$LEDGER_PID"
	alone "$1"
	wait_for grep -qs intent "$INV_STATE/journal/000001.ndjson"
	kill -KILL $pid
	ends_with 137 $pid
	alone "$1" --drain 100ms
	wait_for grep -qs copy_of "$INV_STATE/journal/000002.ndjson"
	kill -TERM $pid
	ends_with 75 $pid
	run -1 grep '"type":"\(record\|end\)"' out
	wake
	alone "$1"
	ends_with 0 $pid
	[ "$(jq -c 'select(.type == "end").counts |
		.committed + .skipped' out)" = 1200 ]
	[ "$(curl -sf "$LEDGER/records" | wc -l)" = 1200 ]
}

@test "a signal while open batches are sent again: 75, and they stay open" {
	engines while_it_sends_again
}
