#!/usr/bin/env bats
# The tests have to prove themselves: each of these faults, put into a copy of
# the programs, must be caught by the runs that the programs pass, and for
# the reason the patch names: the cheapest test that sees it.  One has to be
# seen by the judge after kills as well, and one by the model, which could be
# blind else.  A patch that no longer applies is a failure.

load lib

# A copy of the tree and of what is built of it: only what a patch changes is
# compiled again.
copy() {
	build=$(dirname "$(command -v inv-commit)")
	variant=${build##*/}
	mkdir -p tree/build tree/tests
	cp -a "$ROOT"/{Makefile,VERSION,cmd,lib,man,examples,scripts} tree
	cp -a "$ROOT"/tests/{soak,judge,unit,fault} tree/tests
	cp -a "$build" tree/build
}

# Kills go on until one of them is broken.
caught_by_kills() { # PROMISE
	local seed
	for ((seed = 1; seed <= 20; seed++)); do
		tree/scripts/soak "tree/build/$variant" "kills/$seed" > said 2>&1 \
			3>&- && continue
		cat said
		grep -q "^judge: $1: " said
		return
	done
	return 1
}

# The test of this name fails, and was there to fail.
caught_by_test() { # FILE TEST
	local built=$PWD/tree/build/$variant
	if [[ $1 == *.bats ]]; then
		make -s -C tree VARIANT="$variant" LTO=-fno-lto \
			"build/$variant/faulty-inv-commit"
		env -i PATH="$built:/usr/local/bin:/usr/bin:/bin" \
			TMPDIR="$PWD" bats "$ROOT/tests/$1" \
			-f "^${2//./\\.}\$" > said 2>&1 3>&- < /dev/null
	else
		make -s -C tree VARIANT="$variant" LTO=-fno-lto "build/$variant/$1"
		(cd "$TMPDIR" && "$built/$1") > said
	fi && return 1
	cat said
	[ "$(grep -c "^not ok .*$2" said)" = 1 ]
}

caught() {
	local by promise patch=$ROOT/tests/mutants/$1.patch
	command -v patch > /dev/null || skip "no patch(1) here"
	mapfile -t by < <(sed -n 's/^Caught by: //p' "$patch")
	[ "${#by[@]}" -gt 0 ]
	copy
	patch -s -d tree -p1 --fuzz=0 < "$patch"
	make -s -C tree VARIANT="$variant" LTO=-fno-lto all
	export TMPDIR=$PWD
	for promise in "${by[@]}"; do
		case $promise in
		*.bats:\ * | test_*:\ *)
			caught_by_test "${promise%%: *}" "${promise#*: }"
			;;
		*) caught_by_kills "$promise" ;;
		esac
	done
}

@test "an outcome marked before it is answered is caught" {
	caught marked-before-committed
}

@test "an older manifest that takes the place of a newer one is caught" {
	caught superseded-left-out
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

@test "a batch sent before its intent is on disk is caught" {
	caught intent-not-synced
}

@test "a new file whose name is not on disk is caught" {
	needs_strace
	caught name-not-synced
}

@test "a 409 that is taken for success is caught" {
	caught conflict-taken-for-success
}

@test "a redirect that is followed is caught" {
	caught redirect-followed
}

@test "a member twice of which the last wins is caught" {
	caught last-duplicate-key-wins
}

@test "cells that are trimmed are caught" {
	caught fields-trimmed
}

@test "rows kept that leave no word of it are caught" {
	caught kept-not-written
}

@test "each patch has its test" {
	local patch name
	for patch in "$ROOT"/tests/mutants/*.patch; do
		name=${patch##*/}
		grep -q "^	caught ${name%.patch}$" "$BATS_TEST_FILENAME"
	done
}
