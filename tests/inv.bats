# inv.bats - what inv.7 says of all programs

load lib

prepare() {
	PROGRAMS=$(basename -a "$(dirname "$(command -v inv-validate)")"/inv-*)
	[ "$(wc -w <<< "$PROGRAMS")" -gt 1 ]
	printf 'asset_id,grant_code\nLAB-1,NIH-1\n' > m.csv
}

each() { # STATUS ARGUMENT...: what every program ends with
	local program rc
	for program in $PROGRAMS; do
		rc=0
		"$program" "${@:2}" > "$program.out" 2> "$program.err" \
			< /dev/null || rc=$?
		[ "$rc" = "$1" ] || {
			echo "$program ${*:2}: status $rc, not $1"
			return 1
		}
	done
}

@test "-h, --help: the options, on standard output" {
	each 0 -h
	for program in $PROGRAMS; do
		grep -q "^usage: $program " "$program.out"
		for option in help quiet stats version verbose; do
			grep -q -- "--$option" "$program.out"
		done
		cp "$program.out" "$program.short"
	done
	each 0 --help
	for program in $PROGRAMS; do
		cmp "$program.short" "$program.out"
	done
}

@test "-V, --version: name and version" {
	each 0 -V
	for program in $PROGRAMS; do
		grep -qE "^$program [0-9]+\.[0-9]+\.[0-9]+" "$program.out"
	done
	each 0 --version
}

@test "an abbreviated long option is refused, and so is an unknown one" {
	each "$EX_USAGE" --versio
	each "$EX_USAGE" --no-such-option
	for program in $PROGRAMS; do
		grep -q "^$program: unknown option: --no-such-option" "$program.err"
	done
}

@test "help that can not be written is 74" {
	local program
	for program in $PROGRAMS; do
		run "-$EX_IOERR" bash -c '"$0" --help > /dev/full' "$program"
	done
}

@test "a terminal and no arguments: how it is used, and 64" {
	local program rc
	for program in $PROGRAMS; do
		[ "$program" != inv-status ] || continue # it needs none
		rc=0
		script -qec "$program" /dev/null < /dev/null > said || rc=$?
		[ "$rc" = "$EX_USAGE" ]
		[ "$program" = inv-run ] || [ "$program" = inv-ledger ] ||
			grep -q "^usage: $program" said
	done
}

@test "a configuration that is no list of NAME=VALUE, or is not there, is 78" {
	printf '# so far so good\n\nINV_STATE=here\nnot this\n' > bad.conf
	INV_CONFIG=bad.conf each "$EX_CONFIG" -V
	for program in $PROGRAMS; do
		grep -q 'bad.conf:4: not NAME=VALUE' "$program.err"
	done
	INV_CONFIG=nowhere.conf each "$EX_CONFIG" -V
}

@test "a configuration with a name that is none of those is 78" {
	local line
	for line in INV_STAT=here 'export INV_STATE=here' ' INV_STATE=here' \
		=here; do
		printf 'INV_SCHEMA=inventory\n%s\n' "$line" > bad.conf
		INV_CONFIG=bad.conf each "$EX_CONFIG" -V
		grep -qF "bad.conf:2: ${line%=here}: no such setting" \
			inv-split.err
	done
}

@test "the configuration is taken as it is, behind the environment" {
	export INV_CONFIG=$PWD/inv.conf
	printf '# where\n\nINV_STATE=%s/$a "b"\n' "$PWD" > inv.conf
	INV_STATE= inv-split -q m.csv > s.ndjson
	[ -d '$a "b"/archive' ]
	rm -r '$a "b"'
	inv-split -q m.csv > s.ndjson
	[ -d state/archive ]
	[ ! -e '$a "b"' ]
	echo 'INV_SCHEMA=nowhere' >> inv.conf
	run "-$EX_CONFIG" inv-validate -q s.ndjson
	INV_SCHEMA=inventory inv-validate -q s.ndjson
	inv-validate -q -s inventory s.ndjson
}

@test "the state directory is the first of those that are set" {
	unset INV_STATE
	export HOME=$PWD/home XDG_STATE_HOME=$PWD/xdg STATE_DIRECTORY=$PWD/sys
	mkdir home xdg
	inv-split -q m.csv > s.ndjson
	[ -d sys/archive ]
	STATE_DIRECTORY=$PWD/first:$PWD/second inv-split -q m.csv > s.ndjson
	[ -d first/archive ]
	unset STATE_DIRECTORY
	inv-split -q m.csv > s.ndjson
	[ -d xdg/inv/archive ]
	XDG_STATE_HOME=here inv-split -q m.csv > s.ndjson
	[ ! -e here ]
	unset XDG_STATE_HOME
	inv-split -q m.csv > s.ndjson
	[ -d home/.local/state/inv/archive ]
}

@test "the state directory is for its owner alone" {
	inv-split -q m.csv > s.ndjson
	[ "$(stat -c %a state)" = 700 ]
	chmod 0777 state
	run "-$EX_NOPERM" inv-split -q m.csv
}

@test "a control character in a message or a value is shown, not sent" {
	printf 'asset_id,grant_code\nLAB-1,\033[31m\n' > $'m\033.csv'
	inv-split $'m\033.csv' 2> said | inv-validate > /dev/null 2>> said
	grep -qF 'm\x1b.csv: archived' said
	grep -qF 'm\x1b.csv:2: grant_code: "\u001b[31m"' said
	run ! grep -q $'\033' said
}
