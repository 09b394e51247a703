#!/usr/bin/env bats
# The judge has to prove itself: each of these faults, put into a copy of
# the programs, must be caught by the runs that the programs pass, and for
# the reason the patch names.  A patch that no longer applies is a failure.

load lib

# A copy of the tree and of what is built of it: only what a patch changes is
# compiled again.
copy() {
	build=$(dirname "$(command -v inv-commit)")
	variant=${build##*/}
	mkdir -p tree/build tree/tests
	cp -a "$ROOT"/{Makefile,VERSION,cmd,lib,man,examples,scripts} tree
	cp -a "$ROOT"/tests/{soak,judge} tree/tests
	cp -a "$build" tree/build
}

# The runs go on until one of them is broken.
caught() {
	local promise seed patch=$ROOT/tests/mutants/$1.patch
	command -v patch > /dev/null || skip "no patch(1) here"
	promise=$(sed -n 's/^Caught by: //p' "$patch")
	[ -n "$promise" ]
	copy
	patch -s -d tree -p1 --fuzz=0 < "$patch"
	make -s -C tree VARIANT="$variant" all
	export TMPDIR=$PWD
	for ((seed = 1; seed <= 20; seed++)); do
		tree/scripts/soak "tree/build/$variant" "kills/$seed" > said 2>&1 \
			3>&- && continue
		cat said
		grep -q "^judge: $promise: " said
		return
	done
	echo "$1 was not caught"
	return 1
}

@test "an outcome marked before it is answered is caught" {
	caught marked-before-committed
}

@test "a new key on a retry is caught" {
	caught new-key-on-retry
}

@test "an end line that is ignored is caught" {
	caught end-line-ignored
}

@test "an answer in part that is taken for the whole is caught" {
	caught part-taken-for-whole
}

@test "each patch has its test" {
	local patch name
	for patch in "$ROOT"/tests/mutants/*.patch; do
		name=${patch##*/}
		grep -q "^	caught ${name%.patch}$" "$BATS_TEST_FILENAME"
	done
}
