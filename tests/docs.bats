# docs.bats - what the pages show is what happens
#
# The examples of a page run in its order, in a folder with the manifests that
# the pages name; those that read what is on disk have a run before them.  What
# an example leaves running is ended with it.  Those of the README run on a
# terminal, as whoever reads it would.

load lib

prepare() {
	export HOME=$PWD/home INV_STATE=$PWD/state
	mkdir home inbox done
	ln -s "$ROOT/examples" "$ROOT/build" .
	cp examples/manifests/q3-chemistry.csv .
	cp q3-chemistry.csv m.csv
	cp examples/manifests/*.{edi,json,xls,xlsx,xml} examples/manifests/store.csv .
	cp q3-chemistry.csv inbox/a.csv
	head -n 101 q3-chemistry.csv > inbox/b.csv
	head -n 101 q3-chemistry.csv | tr ',' ';' |
		iconv -t WINDOWS-1252//TRANSLIT > export.csv
	echo '{"data":{"items":[{"tag":"LAB-1","place":{"room":"B12"}}]}}' > export.json
	echo '<catalog><item tag="LAB-1"><place><room>B12</room></place></item></catalog>' > feed.xml
	printf 'Report\nof today\nasset,grant\nid,code\nLAB-1,NIH-1\nend\n' > report.csv
	echo '{"tag":"asset_id","place.room":"room"}' > names.json
}

# Commands FILE, as a shell would that stops at what fails.
play() {
	setsid bash -c 'trap "kill \$(jobs -p) 2> /dev/null || :" EXIT
		set -e -o pipefail
		. "$1"' bash "./$1" 2>&1 3>&- < /dev/null
}

play_on_terminal() {
	script -qec "set -e -o pipefail; . ./$1" /dev/null 3>&- < /dev/null |
		tr -d '\r'
	return "${PIPESTATUS[0]}"
}

# Run NNN.sh; what it prints must be NNN.out, where there is one.
run_example() { # NNN.sh [HOW]
	local rc=0
	echo "# $1"
	cat "$1"
	"${2:-play}" "$1" > got || rc=$?
	if [ "$rc" != 0 ]; then
		cat got
		echo "$1: status $rc"
		return 1
	fi
	if [ -e "${1%.sh}.out" ]; then
		"$ROOT/tests/helper/same-but" "${1%.sh}.out" got
	fi
}

run_examples() { # PAGE [HOW]
	local example
	"$ROOT/tests/helper/examples" "$1"
	for example in [0-9][0-9][0-9].sh; do
		[ -e "$example" ] || return 0
		run_example "$example" "${2:-play}" || return 1
	done
}

# Each page of SECTION in a folder of its own; all of them, whatever fails.
run_pages() {
	local page name failed=''
	for page in "$ROOT"/man/*."$1"; do
		name=${page##*/}
		mkdir "$name"
		cd "$name"
		prepare
		[ "$1" = 1 ] || inv-run -q m.csv
		run_examples "$page" > log 2>&1 || {
			echo "$name:"
			cat log
			failed+=" $name"
		}
		cd ..
	done
	[ "$failed" = '' ]
}

@test "examples are taken out of pages as a reader sees them" {
	cat > page.1 <<- 'END'
		.Sh DESCRIPTION
		.Dl not this
		.Sh EXAMPLES
		One:
		.Dl printf 'a\enb\en' | wc \-l
		.Pp
		prints
		.Dl 2
		.Bd -literal -offset indent
		if true; then
		    echo "two"
		fi
		.Ed
		.Sh SEE ALSO
	END
	cat > page.md <<- 'END'
		```
		not this
		```
		```sh
		$ for i in 1 2; do
		>     echo "$i"
		> done
		1
		2
		```
	END
	"$ROOT/tests/helper/examples" page.1
	[ "$(ls [0-9]*)" = $'001.out\n001.sh\n002.sh' ]
	[ "$(cat 001.out)" = 2 ]
	[ "$(cat 001.sh)" = "printf 'a\\nb\\n' | wc -l" ]
	[ "$(cat 002.sh)" = $'if true; then\n    echo "two"\nfi' ]
	"$ROOT/tests/helper/examples" page.md
	[ "$(cat 001.sh)" = $'for i in 1 2; do\n    echo "$i"\ndone' ]
	[ "$(cat 001.out)" = $'1\n2' ]
	run_example 001.sh
	echo 3 >> 001.out
	run ! run_example 001.sh
	echo false > 002.sh
	run ! run_example 002.sh
}

@test "what is shown is compared, but for what stands behind dots" {
	printf 'a 12 b\nc\nd\n' > came
	printf 'a ... b\n...\nd\n' > shown
	"$ROOT/tests/helper/same-but" shown came
	printf 'a ... b\nd\n' > shown
	run ! "$ROOT/tests/helper/same-but" shown came
	printf 'a ... e\n...\n' > shown
	run ! "$ROOT/tests/helper/same-but" shown came
}

@test "every program's page has an example, and they run as shown" {
	local page
	for page in "$ROOT"/man/*.1; do
		grep -q '^\.Sh EXAMPLES' "$page"
	done
	run_pages 1
}

@test "the examples of the formats' pages run as shown" {
	run_pages 5
}

@test "the examples of inv.7 run as shown" {
	run_examples "$ROOT/man/inv.7"
}

# What stands in a section of a page, from its heading to the next.
section() { # PAGE HEADING
	awk -v h="$2" '$0 == h { on = 1; next } /^\.S[hs] / { on = 0 } on' "$ROOT/man/$1"
}

@test "inv-quarantine(1) says of each reason that a row can wait for what to do" {
	local reason n=0
	section inv-quarantine.1 '.Ss What to do' > todo
	for reason in $(section inv-stream.5 '.Sh REASONS' |
		awk '/^\.Cm (committed|skipped) |^\.Cm (committed|skipped)$/ { on = 0 }
			/^\.Cm (quarantined|held|ambiguous)/ { on = 1 } on && /^\.It / { print $2 }'); do
		n=$((n + 1))
		grep -qE "^\.It Cm (.* )?$reason( ,|$)" todo || {
			echo "nothing to do about $reason"
			return 1
		}
	done
	[ $n -ge 12 ]
}

@test "the examples of the README run as shown" {
	export SHELL=/bin/bash
	run_examples "$ROOT/README.md" play_on_terminal
}
