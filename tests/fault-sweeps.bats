#!/usr/bin/env bats
# A sample of what `make soak` does at every operation: one of them fails,
# once or from there on; it is told, and the next run makes it good.  And of
# what it does to every file of a state: damage is told, and never believed.

load lib

# sweep POINTS NAME: so many operations of each series of it.
sweep() {
	local build
	build=$(dirname "$(command -v inv-commit)")
	export POINTS=${POINTS:-$1} TMPDIR=$PWD
	run "$ROOT/tests/helper/iofaults.py" "$build" "$2" 3>&-
	echo "$output"
	[ "$status" = 0 ]
	grep '^# SKIP' <<< "$output" >&3 || true
	printf '# %s\n' "${lines[-1]}" >&3
}

@test "a completion of the ring that fails, falls short or comes late" {
	sweep 2 ring
}

@test "an allocation that fails, of a program or of its libraries" {
	sweep 4 memory
}

@test "a system call that fails, of the programs that keep state" {
	sweep 1 calls
}

@test "too few descriptors or too little memory, of programs and of the pipe" {
	sweep 1 limits
}

@test "a file of the state that is damaged, each in some ways" {
	local build
	build=$(dirname "$(command -v inv-commit)")
	export POINTS=${POINTS:-2} TMPDIR=$PWD
	run "$ROOT/tests/helper/damage.py" "$build" 3>&-
	echo "$output"
	[ "$status" = 0 ]
	printf '# %s\n' "${lines[-1]}" >&3
}
