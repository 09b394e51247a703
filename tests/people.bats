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
