# people.bats - what inv-validate(1) promises to those who read and write
# schemas: messages, --explain, --lint, --infer

load lib

schema() { # NAME JSON
	echo "$2" > "$1.schema.json"
}

# The same as a person at a terminal would see it.
on_terminal() { # COMMAND
	script -qec "$1" /dev/null 3>&- < /dev/null | tr -d '\r'
}

@test "on a terminal messages come at the end, grouped and aligned" {
	schema q '{"properties":{"ä":{"type":"integer","minimum":0},
		"code":{"type":"string","maxLength":3}}}'
	{
		echo 'code,ä'
		echo 'LAB-1,1'
		for i in {1..11}; do
			echo "A,-$i"
		done
		echo 'LAB-2,x'
	} > m.csv
	inv-split -q m.csv > in
	on_terminal 'inv-validate -s ./q.schema.json in > out' > got
	diff -u - got <<- 'END'
		inv-validate: m.csv: 14 messages, by column and type:
		inv-validate: m.csv:3:   11 x  ä     "-1" is less than 0 [greater_than_equal]
		inv-validate: m.csv:2:    2 x  code  "LAB-1" is longer than 3 characters [string_too_long]
		inv-validate: m.csv:14:   1 x  ä     "x" is not a whole number [int_parsing]
	END
	on_terminal 'inv-validate -q -s ./q.schema.json in > out' > got
	[ ! -s got ]
}

@test "on a terminal what is past 64 columns and types is counted together" {
	schema q '{"properties":{},"additionalProperties":false}'
	{
		seq -s, 101 170
		seq -s, 1 70
	} > m.csv
	inv-split -q m.csv > in
	on_terminal 'inv-validate -s ./q.schema.json in > out' > got
	[ "$(grep -c ' 1 x ' got)" = 64 ]
	grep -qx 'inv-validate: m.csv: 64 messages, by column and type:' got
	grep -qx 'inv-validate: m.csv: 6 more errors, of other columns and types' \
		got
}

@test "without a terminal each message is a line, in the order of the rows" {
	schema q '{"properties":{"q":{"type":"integer"}}}'
	printf 'q\nx\n1\ny\n' > m.csv
	inv-split -q m.csv | inv-validate -s ./q.schema.json 2> err > out
	diff -u - err <<- 'END'
		inv-validate: m.csv:2: q: "x" is not a whole number [int_parsing]
		inv-validate: m.csv:4: q: "y" is not a whole number [int_parsing]
	END
}

@test "--list-codes has a line for each code, its kind and what it means" {
	inv-validate --list-codes > list
	grep -qx 'int_parsing  *error  *The text of a cell can not be read .*' list
	grep -qx 'schema_violation  *reason  *A rule of the schema is broken.*' \
		list
	[ "$(cut -d ' ' -f 1 list | sort | uniq -d)" = '' ]
	! grep -vE '^[A-Za-z_-]+ +(error|warning|flag|reason) +[A-Z].*\.$' list
}

@test "--explain says what a code means, causes it, what to do, and how it looks" {
	run -0 inv-validate --explain greater_than_equal
	diff -u - <(echo "$output") <<- 'END'
		greater_than_equal (error)
		means     The number is below "minimum".
		cause     A negative quantity, or a correction booked as a row.
		do        Correct the number; if it is right, the schema's bound is not.
		example   m.csv:118: quantity: "-3" is less than 0 [greater_than_equal]
	END
	run -0 inv-validate --explain int_parsing:quantity
	[ "${lines[0]}" = 'int_parsing (error)' ]
}

@test "--explain knows all that is listed, and shows a message of that code" {
	local name kind
	inv-validate --list-codes > list
	while read -r name kind _; do
		inv-validate --explain "$name" > said
		[ "$(head -n 1 said)" = "$name ($kind)" ]
		[ "$(cut -c 1-10 said | grep -cE '^(means|cause|do) ')" = 3 ]
		[ "$(wc -L < said)" -le 80 ]
		if [ "$kind" = error ]; then
			tr -s ' \n' '  ' < said | grep -qE "example .*\[$name\] *$"
		fi
	done < list
}

@test "--explain of what is no code names those that are spelt nearly so" {
	run -1 --separate-stderr inv-validate --explain intparsing
	[ "$output" = '' ]
	[ "$stderr" = 'inv-validate: intparsing: no such code; int_parsing?' ]
	run -1 --separate-stderr inv-validate --explain nonsense
	[ "$stderr" = 'inv-validate: nonsense: no such code' ]
	run -1 --separate-stderr inv-validate --explain ''
	[ "$stderr" = 'inv-validate: : no such code' ]
}

@test "--explain and --list-codes stand alone, and their output is checked" {
	local wrong='inv-validate: --explain, --list-codes, --test, --backtest: one of them at a time'
	run -$EX_USAGE --separate-stderr inv-validate --explain enum --list-codes
	[ "$stderr" = "$wrong" ]
	run -$EX_USAGE --separate-stderr inv-validate --list-codes m.csv
	[ "$stderr" = 'inv-validate: FILE: "m.csv": nothing is read here' ]
	run -$EX_IOERR bash -c 'inv-validate --list-codes > /dev/full'
	run -$EX_IOERR bash -c 'inv-validate --explain enum > /dev/full'
}

# Words of the sources that could be types of errors, and are none.
NO_TYPES='grant_code max_length min_length schema_sha256'

# The types of errors, and flags of rules, that the sources know.
types_of_sources() {
	local files
	files=$(cd "$ROOT" && grep -lE '"data/(flaw|schema|schema_node)\.h"' \
		lib/data/*.c lib/validate/*.c | grep -v codes.c)
	(cd "$ROOT" && cat $files) > sources
	{
		grep -oE '"[a-z]+(_[a-z0-9]+)+"' sources
		grep -oE 'type = "[a-z]+"' sources
		grep -oE '"[A-Z]+(_[A-Z]+)+[:"]' sources
	} | sed -E 's/^type = //; s/[":]//g' | sort -u |
		grep -vxF "$(tr ' ' '\n' <<< "$NO_TYPES")"
}

@test "every type of error that the sources know is listed and explained" {
	inv-validate --list-codes | cut -d ' ' -f 1 | sort > listed
	types_of_sources > known
	[ "$(wc -l < known)" -gt 25 ]
	comm -13 listed known > missing
	cat missing
	[ ! -s missing ]
}

@test "every code that is listed is one of the sources, and in a page" {
	local name kind
	inv-validate --list-codes > list
	while read -r name kind _; do
		echo "$name"
		grep -rqE "\"$name[\":]" --include='*.c' --exclude=codes.c \
			"$ROOT/lib" "$ROOT/cmd" ||
			[[ $name == filtered ]] # which is jq's to say
		grep -qwE "$name" "$ROOT"/man/inv-{validate.1,stream.5,rules.5}
	done < list
}
