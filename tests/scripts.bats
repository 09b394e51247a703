# scripts.bats - the rules that are scripts can say no

load lib

# A program by its help alone.
prepare() {
	mkdir -p tree/scripts tree/build tree/man tree/tests tree/cmd
	cp "$ROOT"/scripts/* tree/scripts
	cat > tree/build/inv-x <<- 'END'
		#!/bin/sh
		cat <<HELP
		usage: inv-x [options] [list|show] [FILE]
		inv-x - does x

		  -f, --format NAME       csv|ndjson: how it is written
		  -s, --schema SCHEMA     the rules
		      --wait DURATION     how long
		  -q, --quiet             say errors only
		HELP
	END
	chmod +x tree/build/inv-x
	cat > tree/man/inv-x.1 <<- 'END'
		.It Fl f , -format Ar name
		.It Fl s Ar schema , Fl -schema Ar schema
		.It Fl Fl wait Ar duration
		.It Fl q , -quiet
	END
	echo '@test "it works" {' > tree/tests/inv-x.bats
}

# What is offered for the last of WORD ...
completes() {
	bash -c '. ./x.bash
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_inv_x
		echo "${COMPREPLY[*]}"' bash "$@"
}

@test "a completion offers options, the words of one, verbs and files" {
	tree/scripts/completion tree/build/inv-x > x.bash
	touch afile
	[ "$(completes inv-x --f)" = --format ]
	[ "$(completes inv-x -)" = "-f --format -s --schema --wait -q --quiet" ]
	[ "$(completes inv-x -f '')" = "csv ndjson" ]
	[ "$(completes inv-x --format n)" = ndjson ]
	[ "$(completes inv-x -s af)" = afile ]
	[ "$(completes inv-x --wait '')" = "" ]
	[ "$(completes inv-x sh)" = show ]
	[ "$(completes inv-x -q af)" = afile ]
}

@test "check-docs accepts a program whose page and help agree" {
	run tree/scripts/check-docs build inv-x
	[ "$status" = 0 ]
	[ "$output" = "" ]
}

@test "check-docs sees an option that page or help does not have" {
	sed -i '/wait/s/wait/await/' tree/man/inv-x.1
	run tree/scripts/check-docs build inv-x
	[ "$status" = 1 ]
	[[ $output == *"only -h: --wait"* ]]
	[[ $output == *"only page: --await"* ]]
}

@test "check-docs takes the options of inv.7 as said for every program" {
	sed -i '/quiet/d' tree/man/inv-x.1
	echo '.It Fl q , -quiet' > tree/man/inv.7
	tree/scripts/check-docs build inv-x
}

@test "check-docs sees a program without page or tests" {
	rm tree/man/inv-x.1 tree/tests/inv-x.bats
	run tree/scripts/check-docs build inv-x
	[ "$status" = 1 ]
	[[ $output == *"no man/inv-x.1"* ]]
	[[ $output == *"no tests/inv-x.bats"* ]]
}

@test "check-docs sees an empty cell and a test that is not there" {
	{
		echo '### inv-x'
		for case in 'not JSON' 'truncated stream' 'empty stream' \
			'gap in a chunk' directory 'missing file' /dev/full \
			'closed stdout' 'bad option' 'unreadable state' \
			'wrong ledger for the state'; do
			echo "| $case | 65 | says so | \`it works\` |"
		done
	} > tree/tests/README.md
	tree/scripts/check-docs build inv-x
	sed -i 's/^| directory .*/| directory | does not apply: why | | |/' \
		tree/tests/README.md
	tree/scripts/check-docs build inv-x
	sed -i 's/^| directory .*/| directory | 66 | | `it works` |/' \
		tree/tests/README.md
	run tree/scripts/check-docs build inv-x
	[ "$status" = 1 ]
	[[ $output == *"inv-x: directory: an empty cell"* ]]
	sed -i 's/^| directory .*/| directory | 66 | so | `it flies` |/' \
		tree/tests/README.md
	run tree/scripts/check-docs build inv-x
	[ "$status" = 1 ]
	[[ $output == *'inv-x: directory: no test "it flies"'* ]]
	sed -i '/^| directory/d' tree/tests/README.md
	run tree/scripts/check-docs build inv-x
	[ "$status" = 1 ]
	[[ $output == *"inv-x: directory: an empty cell"* ]]
}

@test "check-docs sees an answer whose test is not there" {
	mkdir tree/tests/unit
	echo 'it_works(void)' > tree/tests/unit/test_x.c
	cat > tree/tests/README.md <<- 'END'
		## What an answer means

		| clause | file | test |
		|---|---|---|
		| 200 | `inv-x.bats` | `it works` |
		| 500 | `unit/test_x.c` | `it_works` |
	END
	# of bad input there is no table here
	check() { tree/scripts/check-docs build 2>&1; }
	run check
	[ "$status $output" = '0 ' ]
	sed -i 's/^| 200 .*/| 200 | `inv-x.bats` | `it flies` |/' \
		tree/tests/README.md
	run check
	[ "$status" = 1 ]
	[[ $output == *'answers: no test "it flies" in inv-x.bats'* ]]
	sed -i 's/^| 200 .*/| 200 | `inv-y.bats` | `it works` |/' \
		tree/tests/README.md
	run check
	[ "$status" = 1 ]
	[[ $output == *'answers: no test "it works" in inv-y.bats'* ]]
	sed -i 's/^| 200 .*/| 200 | | |/' tree/tests/README.md
	run check
	[ "$status" = 1 ]
	[[ $output == *"answers: 200: an empty cell"* ]]
}

@test "check-docs sees a path that is gone and a function that is too long" {
	echo 'Read `cmd/inv-x.c`, then `man/inv-*.1` and `a/b`.' \
		> tree/ARCHITECTURE.md
	run tree/scripts/check-docs build inv-x
	[ "$status" = 1 ]
	[[ $output == *"ARCHITECTURE.md names cmd/inv-x.c"* ]]
	[[ $output != *"man/inv"* ]]
	mkdir tree/tests/unit
	echo 'I1. It works: says_that_it_works.' >> tree/ARCHITECTURE.md
	echo 'says_that_it_does(void)' > tree/tests/unit/test_x.c
	run tree/scripts/check-docs build inv-x
	[[ $output == *"names says_that_it_works, which is no test"* ]]
	echo 'says_that_it_works(void)' > tree/tests/unit/test_x.c
	{
		printf 'int\nlong_one(void)\n{\n'
		yes '	;' | head -n 58
		printf '}\n'
	} > tree/cmd/inv-x.c
	tree/scripts/check-docs build inv-x
	sed -i '$i\	;' tree/cmd/inv-x.c
	run tree/scripts/check-docs build inv-x
	[ "$status" = 1 ]
	[[ $output == *"cmd/inv-x.c:3: long_one: 61 lines"* ]]
}

@test "check-layers sees an include to the right and a second adapter" {
	mkdir -p tree/lib/base tree/lib/io tree/lib/data
	echo '#include "base/err.h"' > tree/lib/io/a.c
	tree/scripts/check-layers
	echo '#include "data/scan.h"' >> tree/lib/io/a.c
	echo '#include <openssl/evp.h>' >> tree/lib/io/a.c
	run tree/scripts/check-layers
	[ "$status" = 1 ]
	[[ $output == *"lib/io/a.c includes data/"* ]]
	[[ $output == *"only lib/data/digest.c lib/data/sign.c may"* ]]
}

@test "check-tests sees a check that can not fail" {
	touch tree/tests/lib.bash
	sed 's/^|//' > tree/tests/good.bats <<- 'END'
		|gone() {
		|	! kill -0 "$1"
		|}
		|@test "a" {
		|	while ! gone 1; do
		|		run ! gone 2
		|		run -1 grep -q a b
		|		[ ! -e c ]
		|		! grep -q a b || [ -e d ]
		|		! grep -q a b ||
		|			[ -e d ]
		|		if ! gone 3 ||
		|			! gone 4; then
		|			false
		|		fi
		|	done
		|	! grep -q a b |
		|		grep -q c
		|	# the end
		|}
		|@test "b" {
		|	[ -e a ] && [ -e b ]
		|}
	END
	tree/scripts/check-tests
	sed 's/^|//' > tree/tests/bad.bats <<- 'END'
		|@test "a" {
		|	! grep -q a b
		|	! grep \
		|		-q a b
		|
		|	# a word
		|	for i in 1 2; do
		|		! [ -s c ]
		|	done
		|	[ -e a ] && [ -e b ]
		|	! grep -q a b
		|}
	END
	run tree/scripts/check-tests
	[ "$status" = 1 ]
	[ "$(sed 's/^check-tests: //; s/: can not fail$//' <<< "$output")" = \
		"$(printf 'tests/bad.bats:%d\n' 2 3 8 10)" ]
}

@test "run-tests counts what passed, failed, was skipped or never ran" {
	mkdir tree/rel
	printf '#!/bin/sh\necho 1..2; echo ok 1; echo ok 2 "# skip why"\n' \
		> tree/rel/test_a
	printf '#!/bin/sh\necho 1..2; echo not ok 1; exit 1\n' > tree/rel/test_b
	printf '#!/bin/sh\necho 1..1; echo ok 1; exit 3\n' > tree/rel/test_c
	chmod +x tree/rel/test_*
	run tree/scripts/run-tests rel test_a
	[ "$status" = 0 ]
	[ "${lines[-1]}" = "1 passed, 0 failed, 1 skipped" ]
	run tree/scripts/run-tests rel test_a test_b test_c
	[ "$status" = 1 ]
	[[ $output == *"not ok test_b: 1 of 2 planned tests ran"* ]]
	[[ $output == *"not ok test_c: status 3"* ]]
	[ "${lines[-1]}" = "2 passed, 3 failed, 1 skipped" ]
	run tree/scripts/run-tests nowhere
	[ "$status" = 1 ]
}
