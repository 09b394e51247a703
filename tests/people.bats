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
	! grep -vE '^[A-Za-z0-9_-]+ +(error|warning|flag|reason) +[A-Z].*\.$' list
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
	run -1 --separate-stderr inv-validate --explain INT_PARSING
	[ "$stderr" = 'inv-validate: INT_PARSING: no such code; int_parsing?' ]
	run -1 --separate-stderr inv-validate --explain gibberish
	[ "$stderr" = 'inv-validate: gibberish: no such code' ]
	run -1 --separate-stderr inv-validate --explain ''
	[ "$stderr" = 'inv-validate: : no such code' ]
}

@test "--explain and --list-codes stand alone, and their output is checked" {
	run -$EX_USAGE --separate-stderr inv-validate --explain enum --list-codes
	[ "$stderr" = 'inv-validate: --explain does not go with --list-codes' ]
	run -$EX_USAGE --separate-stderr inv-validate --explain enum --explain missing
	[ "$stderr" = 'inv-validate: --explain may be given once' ]
	run -$EX_USAGE --separate-stderr inv-validate --list-codes m.csv
	[ "$stderr" = 'inv-validate: FILE: "m.csv": nothing is read here' ]
	run -$EX_IOERR bash -c 'inv-validate --list-codes > /dev/full'
	run -$EX_IOERR bash -c 'inv-validate --explain enum > /dev/full'
}

# MODE OPTION ...: each of these alone is refused with the mode.
refuses() {
	local mode=$1 option
	shift
	for option; do
		# shellcheck disable=SC2086 # an option and its argument
		run -$EX_USAGE --separate-stderr inv-validate $option $mode
		[ "$output" = '' ]
		[ "$stderr" = "inv-validate: ${mode% *} does not go with ${option% *}" ]
	done
}

@test "a mode takes no option that says nothing there" {
	local stream=('--attachments .' '--baseline x' '--write-baseline x' '--decisions x'
		'--drift-fail 1' '--drift-warn 1' '--max-memory 1G' '--stats -')
	local checks=('--as-of 2026-11-20T06:30:00Z' '--coerce never' '--lookup a=b')
	local schema=('--schema inventory' '--format-assertion' '--ref-dir .' '--rules x')
	refuses '--test rows' "${stream[@]}"
	refuses --backtest "${stream[@]}"
	refuses --lint "${stream[@]}" "${checks[@]}"
	refuses '--explain enum' "${stream[@]}" "${checks[@]}" "${schema[@]}"
	refuses --list-codes "${stream[@]}" "${checks[@]}" "${schema[@]}"
	refuses --infer "${checks[@]}" "${schema[@]}" "${stream[@]:0:7}"
	[ ! -e x ]
}

# Words of the sources that could be types of errors, and are none.
NO_TYPES='expected_tags grant_code max_contains max_length min_contains min_length not_applicable not_judged schema_sha256 validate_again'

# The types of errors, and flags of rules, that the sources know.
types_of_sources() {
	local files
	files=$(cd "$ROOT" && grep -lE '"data/(flaw|rules|rules_[a-z]+|schema|schema_[a-z]+|syntax)\.h"' \
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
		grep -qwE "$name" "$ROOT"/man/inv-{split.1,validate.1,stream.5,rules.5}
	done < list
}

# Two hundred rows as a careful person would keep them.
good_csv() {
	awk 'BEGIN {
		split("active lost retired", state)
		split("NIH NSF DOE", funder)
		print "asset_id,grant_code,title,quantity,cost,acquired_on,state,in_use,mail,note"
		for (i = 1; i <= 200; i++)
			printf "LAB-%04d,%s-R%02d-%d,\"Things, of kind %d\",%d,%d.%d,2026-%02d-%02d,%s,%s,p%d@lab.example,%s\n",
			    i, funder[i % 3 + 1], i % 9 + 1, 1000 + 7 * i,
			    i, i % 480, i * 7 % 900, i % 10,
			    i % 12 + 1, i % 28 + 1, state[i % 3 + 1],
			    i % 2 ? "true" : "false", i, i % 9 ? "" : "see file"
	}'
}

# The draft of FILE in draft.schema.json; its own rows must fit.
draft_fits() { # FILE
	inv-split -q --no-archive "$1" > in || [ $? = $EX_DATAERR ]
	inv-validate -q --infer in > draft.schema.json
	inv-validate -q -s ./draft.schema.json in > out
	! grep '"reason":"schema_violation"' out
}

@test "--infer drafts types, formats, patterns, choices, ranges and a key" {
	good_csv > good.csv
	draft_fits good.csv
	jq -c 'del(.properties), (.properties | to_entries[] |
		[.key, .value])' draft.schema.json > got
	diff -u - got <<- 'END'
		{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"good.csv","$comment":"Drafted from 200 rows by inv-validate --infer; unique as well: grant_code; mail","type":"object","required":["asset_id","grant_code","title","quantity","cost","acquired_on","state","in_use","mail","note"],"additionalProperties":false,"x-inv-key":["asset_id"]}
		["asset_id",{"type":"string","pattern":"^LAB-[0-9]{4}$"}]
		["grant_code",{"type":"string","pattern":"^[A-Z]{3}-R[0-9]{2}-[0-9]{4}$"}]
		["title",{"type":"string","minLength":1,"maxLength":64}]
		["quantity",{"type":"integer","minimum":0,"maximum":10000}]
		["cost",{"type":"number","minimum":0,"maximum":10000}]
		["acquired_on",{"type":"string","format":"date"}]
		["state",{"type":"string","enum":["active","lost","retired"]}]
		["in_use",{"type":"boolean"}]
		["mail",{"type":"string","format":"email","x-inv-empty":"string"}]
		["note",{"type":"string","maxLength":16}]
	END
}

@test "what --infer drafts refuses what is not as the rest" {
	good_csv > good.csv
	draft_fits good.csv
	{
		head -n 1 good.csv
		echo 'LAB-12,NIH-R01-1234,t,1,1,2026-01-01,active,true,a@b.example,'
		echo 'LAB-0012,NIH-R01-1234,t,-1,1,2026-01-01,active,true,a@b.example,'
		echo 'LAB-0012,NIH-R01-1234,t,1,1,2026-02-30,active,true,a@b.example,'
		echo 'LAB-0012,NIH-R01-1234,t,1,1,2026-01-01,Active,true,a@b.example,'
		echo 'LAB-0012,NIH-R01-1234,t,1,1,2026-01-01,active,yes,a@b.example,'
		echo 'LAB-0012,NIH-R01-1234,t,1,1,2026-01-01,active,true,nobody,'
		echo 'LAB-9999,NSF-R01-9999,new,9999,0.5,2027-12-31,lost,false,c@d.example,x'
	} > next.csv
	inv-split -q next.csv | inv-validate -q -s ./draft.schema.json > out
	jq -r 'select(.row) | "\(.row) \([.errors[]?.type] | join(","))"' \
		out > got
	diff -u - got <<- 'END'
		1 string_pattern_mismatch
		2 greater_than_equal
		3 date_parsing
		4 enum
		5 bool_parsing
		6 value_error
		7 
	END
}

@test "--infer: every csv of the corpora fits its own draft" {
	local f n=0
	corpus csv-spectrum
	for f in "$CORPUS"/csvs/*.csv "$CORPORA"/frictionless-csv/*.?sv \
		"$ROOT"/examples/manifests/*.csv; do
		inv-split -q --no-archive "$f" 2> /dev/null |
			jq -se '.[-1].refused | not' > /dev/null || continue
		echo "$f"
		draft_fits "$f"
		n=$((n + 1))
	done
	[ "$n" -gt 40 ]
}

@test "--infer: nested objects and lists of a typed source" {
	{
		echo '{"id":"a1","place":{"room":1,"tags":["x",null]},"n":null}'
		echo '{"id":"a2","place":{"room":2},"n":1.5}'
	} > m.ndjson
	draft_fits m.ndjson
	[ "$(jq -c .properties.place draft.schema.json)" = \
		'{"type":"object","properties":{"room":{"type":"integer","minimum":0,"maximum":100},"tags":{"type":"array","items":{"type":["string","null"],"minLength":1,"maxLength":16}}},"required":["room"],"additionalProperties":false}' ]
	[ "$(jq -c .properties.n draft.schema.json)" = \
		'{"type":["number","null"],"minimum":0,"maximum":100}' ]
	[ "$(jq -c '.["x-inv-key"]' draft.schema.json)" = '["id"]' ]
}

# Member FILTER of the draft of rows 1 to 12; each % is the row's number.
drafted() { # FILTER RECORD
	local i
	for i in {1..12}; do
		echo "${2//%/$i}"
	done > m.ndjson
	draft_fits m.ndjson
	run -0 --separate-stderr inv-validate --lint -s ./draft.schema.json
	[ "$output" = '' ]
	run -0 jq -c "$1" draft.schema.json
}

@test "--infer: formats below a column are said where they are asserted" {
	drafted .properties.o.properties.e '{"id":"A-%","o":{"e":"a%@b.example"}}'
	[ "$output" = '{"type":"string","format":"email"}' ]
	drafted .properties.o.properties '{"o":{"e":"a@b.example","d":"2026-11-20"}}'
	[ "$(jq -c .e <<< "$output")" = '{"type":"string","minLength":1,"maxLength":32}' ]
	[ "$(jq -c .d <<< "$output")" = '{"type":"string","format":"date"}' ]
}

@test "--infer: choices are of strings alone" {
	local i
	for i in {1..10}; do
		printf '%s\n' '{"a":"x","b":"x"}' '{"a":"y","b":"y"}' '{"a":null,"b":[]}'
	done > m.ndjson
	draft_fits m.ndjson
	[ "$(jq -c .properties.a.enum draft.schema.json)" = '["x","y",null]' ]
	[ "$(jq -c .properties.b.enum draft.schema.json)" = null ]
}

@test "--infer: of an object with a NUL in a name the type is said" {
	drafted .properties '{"id":"A-%","o":{"\u0000":1,"b":2},"p\\u0000":{"b":true}}'
	[ "$(jq -c .o <<< "$output")" = '{"type":"object"}' ]
	[ "$(jq -c '.["p\\u0000"].required' <<< "$output")" = '["b"]' ]
}

@test "--infer passes over rows that have a verdict, and says so" {
	printf 'a,b\n1,2\n1,2,3\nx,\n' > m.csv
	inv-split -q m.csv > in
	run -0 --separate-stderr inv-validate --infer in
	[ "$stderr" = 'inv-validate: 1 of 3 rows have a verdict, and are passed over' ]
	[ "$(jq -c '.properties.b' <<< "$output")" = \
		'{"type":["integer","null"],"minimum":0,"maximum":100,"x-inv-empty":"null"}' ]
	[[ $(jq -r '.["$comment"]' <<< "$output") == 'Drafted from 2 rows '* ]]
}

@test "--infer of a header alone knows its columns" {
	printf 'a,b\n' > m.csv
	draft_fits m.csv
	[ "$(jq -c '[.properties, .required]' draft.schema.json)" = \
		'[{"a":{},"b":{}},["a","b"]]' ]
}

@test "--infer writes nothing where a manifest was refused" {
	printf 'a\n1\n' > good.csv
	printf 'a,a\n1,2\n' > bad.csv
	inv-split -q good.csv bad.csv > in 2> /dev/null || [ $? = $EX_DATAERR ]
	run -$EX_DATAERR --separate-stderr inv-validate --infer in
	[ "$output" = '' ]
	[ "$stderr" = 'inv-validate: bad.csv: was refused as a whole: no draft' ]
}

@test "--infer writes nothing for a stream that is not whole" {
	printf 'a\n1\n' > m.csv
	inv-split -q m.csv | head -n 3 > in
	run -$EX_DATAERR --separate-stderr inv-validate --infer in
	[ "$output" = '' ]
	run -$EX_DATAERR --separate-stderr inv-validate --infer /dev/null
	[ "$output" = '' ]
	inv-split -q m.csv > in
	run -$EX_IOERR bash -c 'inv-validate --infer in > /dev/full'
}

@test "--infer needs no more memory for more rows" {
	local few many
	rss() {
		RSS=peak "$ROOT/tests/helper/rss" "$@" > /dev/null
		cat peak
	}
	good_csv > good.csv
	{
		head -n 1 good.csv
		for i in {1..200}; do
			tail -n +2 good.csv | sed "s/^LAB-/LAB-$i-/"
		done
	} > many.csv
	inv-split -q good.csv > few
	inv-split -q many.csv > many
	few=$(rss inv-validate --infer few)
	many=$(rss inv-validate --infer many)
	echo "$few $many KiB"
	[ $((many - few)) -lt 16384 ]
}

# --lint of a schema of that text: what stands behind the file's name.
lint() { # JSON
	schema q "$1"
	inv-validate --lint -s ./q.schema.json | sed 's/^[.]\/q.schema.json://'
}

@test "--lint says file, line, JSON pointer and what is odd, and exits 1" {
	cat > q.schema.json <<- 'END'
		{
		  "properties": {
		    "quantity": {
		      "type": "integer",
		      "minimun": 0
		    }
		  },
		  "required": ["qty"]
		}
	END
	run -1 --separate-stderr inv-validate --lint -s ./q.schema.json
	[ "$stderr" = '' ]
	diff -u - <(echo "$output") <<- 'END'
		./q.schema.json:5: #/properties/quantity/minimun: unknown keyword, minimum?
		./q.schema.json:8: #/required: "qty" is not in properties
	END
	schema q '{"properties":{"a":{"type":"integer"}},"required":["a"]}'
	run -0 --separate-stderr inv-validate --lint -s ./q.schema.json
	[ "$output$stderr" = '' ]
}

@test "--lint exits 78 where a schema does not compile or is not there" {
	schema q '{"properties":{"a":{"type":"int"}}}'
	run -$EX_CONFIG --separate-stderr inv-validate --lint -s ./q.schema.json
	[ "$output" = '' ]
	[[ $stderr == *'#/properties/a/type'* ]]
	run -$EX_CONFIG inv-validate --lint -s nowhere
	run -$EX_IOERR bash -c \
		'echo "{\"typo\":1}" > a.json; inv-validate --lint -s a.json > /dev/full'
}

@test "--lint finds what its page says, each" {
	diff -u - <(lint '{"properties":{
		"a":{"minLenght":1,"wholly":1,"x-own":1},
		"b":{"type":"integer","minLength":1},
		"c":{"minimum":5,"maximum":4,"then":{}},
		"d":{"pattern":"[a-z]"},
		"e":{"pattern":"^a|b$"},
		"f":{"type":"string","enum":["a",1,"a"]},
		"g":{"type":"string","default":1,"examples":["a",2]},
		"h":{"format":"hostname"},
		"i":{"definitions":{}}},
		"additionalProperties":false,
		"required":["a","z"],
		"x-inv-key":["a","b"],
		"$defs":{"unused":{}}}') <<- 'END'
		2: #/properties/a/minLenght: unknown keyword, minLength?
		2: #/properties/a/wholly: unknown keyword
		3: #/properties/b/minLength: says nothing about type "integer"
		4: #/properties/c/minimum: nothing is left by this and maximum 4
		4: #/properties/c/then: says nothing without if
		5: #/properties/d/pattern: [a-z] is not anchored: it is found anywhere
		6: #/properties/e/pattern: ^a|b$ is anchored on one side of | only
		7: #/properties/f/enum: 1 is not of type "string"
		7: #/properties/f/enum: "a" is there twice
		8: #/properties/g/default: does not fit: 1 is not a string [string_type]
		8: #/properties/g/examples/1: does not fit: 2 is not a string [string_type]
		9: #/properties/h/format: "hostname" is not asserted by any option
		10: #/properties/i/definitions: keyword of an older draft, now $defs
		12: #/required: "z" is forbidden by additionalProperties
		13: #/x-inv-key: "b" is not in required
		14: #/$defs/unused: nothing refers to it
	END
}

@test "--lint: formats are asserted beside a keyword of inv" {
	[ "$(lint '{"properties":{"a":{"format":"email"}}}')" = \
		'1: #/properties/a/format: "email" is not asserted without --format-assertion' ]
	[ "$(lint '{"properties":{"a":{"format":"email","x-inv-empty":"null"}}}')" = '' ]
	[ "$(lint '{"properties":{"a":{"format":"date"}}}')" = '' ]
	schema q '{"properties":{"a":{"format":"email"}}}'
	[ "$(inv-validate --lint --format-assertion -s ./q.schema.json)" = '' ]
}

@test "--lint looks at rules files too, and at what their schemas say" {
	schema q '{"properties":{"a":{},"b":{}},"additionalProperties":false}'
	cat > q.rules.json <<- 'END'
		{"name": "q", "version": "1", "rules": [
		  {"id": "1", "severity": "INFO", "required": ["a", "z"],
		   "when": {"properties": {"b": {"const": "x"}}}},
		  {"id": "2", "severity": "INFO",
		   "check": {"properties": {"a": {"pattrn": "^a"}}}}
		]}
	END
	run -1 --separate-stderr inv-validate --lint -s ./q.schema.json \
		--rules ./q.rules.json
	[ "$stderr" = '' ]
	diff -u - <(echo "$output") <<- 'END'
		./q.rules.json:2: #/rules/0/required: the schema has no column z
		./q.rules.json:3: #/rules/0/when: is so without b too: require it
		./q.rules.json:5: #/rules/1/check/properties/a/pattrn: unknown keyword, pattern?
	END
	echo '{"name": "q"}' > q.rules.json
	run -$EX_CONFIG --separate-stderr inv-validate --lint \
		-s ./q.schema.json --rules ./q.rules.json
	[ "$output" = '' ]
}

@test "--lint finds nothing in the schemas and rules that ship" {
	local s n=0
	for s in "$ROOT"/examples/{schemas,rules,stream}/*.schema.json; do
		echo "$s"
		inv-validate --lint -s "$s"
		n=$((n + 1))
	done
	[ "$n" -gt 6 ]
	for s in funders rcra cost-principles; do
		inv-validate --lint -s "$ROOT/examples/rules/$s.schema.json" \
			--rules "$ROOT/examples/rules/$s.rules.json"
	done
}

@test "--lint finds nothing in what --infer drafts" {
	local f
	corpus csv-spectrum
	good_csv > good.csv
	for f in good.csv "$CORPUS"/csvs/*.csv "$CORPORA"/frictionless-csv/*.?sv \
		"$ROOT"/examples/manifests/*.csv; do
		inv-split -q --no-archive "$f" 2> /dev/null |
			inv-validate -q --infer > draft.schema.json || continue
		echo "$f"
		inv-validate --lint -s ./draft.schema.json
	done
}
