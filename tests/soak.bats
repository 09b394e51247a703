#!/usr/bin/env bats
# A sample of what `make soak` does a thousand times.

load lib

# soak RUNS SWEEP: its table is shown, of what went wrong all.
soak() {
	local build
	build=$(dirname "$(command -v inv-commit)")
	export SEED=${SEED:-20261120} RUNS=${RUNS:-$1} JOBS=1 TMPDIR=$PWD
	run "$ROOT/scripts/soak" "$build" "$2" 3>&-
	echo "$output"
	[ "$status" = 0 ]
	[[ $output != *"SKIP "* ]] || skip "strace can not trace here"
	sed -n '/ cases, /,$s/^/# /p' <<< "$output" >&3
}

@test "after kills of any stage or the ledger the promise holds" {
	soak 10 kills
}

@test "after stops that outlast a request the promise holds" {
	soak 20 stops
}

@test "after SIGTERM, SIGINT and SIGHUP at any time the promise holds" {
	soak 20 signals
}

@test "killed at any system call of inv-commit, the promise holds" {
	soak 16 calls
}

@test "killed again and again within its recovery, the promise holds" {
	soak 30 recoveries
}

@test "killed while refused batches are halved, the promise holds" {
	soak 40 halves
}

@test "killed at any system call while batches are halved, the promise holds" {
	soak 60 halvings
}

@test "two and eight pipes on one state directory keep the promise" {
	soak 20 crowd
}

@test "a sweep that has no case is a failure" {
	cat > strace <<- 'END'
	#!/bin/sh
	# strace - follow nothing, and find that nothing was called
	while [ "${1#-}" != "$1" ]; do
		case $1 in
		-o) : > "$2" && shift ;;
		-e) shift ;;
		esac
		shift
	done
	exec "$@"
	END
	chmod +x strace
	build=$(dirname "$(command -v inv-commit)")
	PATH=$PWD:$PATH TMPDIR=$PWD RUNS=10 run -1 \
		"$ROOT/scripts/soak" "$build" calls 3>&-
	[[ $output == *"calls: BROKEN: no case"* ]]
}

@test "a sweep that hits too little is a failure" {
	cat > wants.py << 'END'
import runpy, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1] + "/tests/soak")
soak = runpy.run_path(sys.argv[1] + "/tests/soak/__main__.py")
def wants(sweep, *wheres):
    return soak["wants"](sweep, [soak["Result"](
        sweep, True, [("all", where)], 1) for where in wheres])
assert not wants("calls", *["open"] * 5 + [None] * 5)
assert wants("calls", *["open"] * 4 + [None] * 6)
assert wants("crowd", *["waiting"] * 4 + ["done"] * 6)
assert not wants("calls", None)
assert not wants("halves", *["halved"] * 3 + ["other"] * 9)
assert wants("halves", *["halved"] * 3 + ["other"] * 10)
none = soak["Result"]("calls", True, [], 0)
assert not soak["wants"]("calls", [none])
assert soak["wants"]("calls", [none] * 10)
END
	python3 wants.py "$ROOT"
}

@test "a seed plans the same case each time, and another seed another one" {
	cat > plan.py << 'END'
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1] + "/tests/soak")
import crowd, kills
for sweep in (kills.Kills, kills.Halves, kills.Stops, kills.Signals,
              crowd.Crowd):
    print(repr(sweep.planned(int(sys.argv[2]))))
END
	python3 plan.py "$ROOT" 7 > a
	python3 plan.py "$ROOT" 7 > b
	python3 plan.py "$ROOT" 8 > c
	cmp a b
	run -1 cmp -s a c
}
