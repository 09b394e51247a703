# bad-schema.bats - schemas and records that are wrong, huge or made to hurt
#
# A schema that can not be kept is refused before the first record, with the
# place in it; one that is only large is quick.  Limits of time are ten times
# and more what is needed.

load lib

ID=2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881

# A stream of NDJSON records, one a line of standard input, as it is.
stream() {
	awk -v id=$ID '
		BEGIN {
			print "{\"type\":\"manifest\",\"v\":1,\"manifest\":\"" id \
				"\",\"run\":\"0123456789abcdef\",\"name\":\"m\",\"format\":" \
				"\"ndjson\",\"bytes\":9,\"columns\":[],\"arrival\":1," \
				"\"received\":\"2026-11-20T06:30:00Z\",\"submission\":1," \
				"\"chunk_size\":500,\"request_id\":\"" id "\"}"
		}
		{
			print "{\"type\":\"record\",\"manifest\":\"" substr(id, 1, 32) \
				"\",\"row\":" NR ",\"line\":" NR ",\"chunk\":" \
				int((NR - 1) / 500) ",\"record\":" \
				$0 "}"
		}
		END {
			print "{\"type\":\"end\",\"manifest\":\"" id "\",\"rows\":" NR \
				",\"bytes\":9,\"counts\":{\"pending\":" NR ",\"committed\":0," \
				"\"skipped\":0,\"quarantined\":0,\"held\":0,\"ambiguous\":0}}"
		}'
}

# ROW TYPES of each record, "ok" where it passed.
verdicts() {
	jq -r 'select(.row) | "\(.row) " +
		([.errors[]? | .type] | join(",") | if . == "" then "ok" else . end)'
}

# Refused before a record is read, with a message that has PATTERN.
refused() { # SCHEMA PATTERN [OPTION ...]
	echo "$1" > x.schema.json
	: > out
	run -$EX_CONFIG timeout 10 inv-validate -s ./x.schema.json "${@:3}" \
		<<< '{"never read": '
	[[ $output == *"x.schema.json: "*$2* ]] ||
		{ echo "$1: $output, not $2"; return 1; }
}

@test "a schema that is wrong is refused, with the place" {
	refused '{"type":"text"}' '#/type: '
	refused '{"type":["string","string"]}' '#/type'
	refused '{"properties":{"a":{"minLength":-1}}}' '#/properties/a/minLength: '
	refused '{"properties":{"a":{"maxItems":1.5}}}' '#/properties/a/maxItems: '
	refused '{"properties":{"a":{"pattern":"("}}}' '#/properties/a/pattern: '
	refused '{"patternProperties":{"[":{}}}' '#/patternProperties'
	refused '{"properties":[]}' '#/properties: '
	refused '{"properties":{"a":1}}' '#/properties/a: '
	refused '{"allOf":[]}' '#/allOf: '
	refused '{"allOf":[{},{"items":3}]}' '#/allOf/1/items: '
	refused '{"required":["a",1]}' '#/required'
	refused '{"multipleOf":0}' '#/multipleOf: '
	refused '{"minimum":"1"}' '#/minimum: '
	refused '{"dependentRequired":{"a":["b",2]}}' '#/dependentRequired'
	refused '{"a/b~c":{},"properties":{"a/b~c":{"enum":1}}}' \
		'#/properties/a~1b~0c/enum: '
	refused '{"$ref":1}' '#/$ref: '
	refused '[]' ''
	refused '3' ''
	refused '{"type":"string"' ''
	refused '{"type":"string","type":"string"}' ''
	refused '' ''
}

@test "a draft other than 2020-12 is refused" {
	for draft in http://json-schema.org/draft-07/schema# \
		https://json-schema.org/draft/2019-09/schema \
		http://json-schema.org/draft-04/schema; do
		refused '{"$schema":"'$draft'"}' 'not draft 2020-12'
		mkdir -p refs
		echo '{"$schema":"'$draft'"}' > refs/old.json
		refused '{"$id":"http://h.test/x","$ref":"old.json"}' 'not draft 2020-12' \
			--ref-dir refs
	done
}

@test "a reference that leads nowhere is refused, with the place" {
	refused '{"$ref":"#/$defs/a"}' '#/$ref: '
	refused '{"properties":{"a":{"$ref":"#b"}}}' '#/properties/a/$ref: '
	refused '{"items":{"$dynamicRef":"#b"}}' '#/items/$dynamicRef: '
	refused '{"$defs":{"a":[]},"$ref":"#/$defs/a/0"}' '$ref'
}

@test "a schema that calls itself without end is refused" {
	refused '{"$ref":"#"}' 'refers to itself without end'
	refused '{"$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/a"}]}},"properties":{"x":{"$ref":"#/$defs/a"}}}' \
		'refers to itself without end'
	refused '{"not":{"$ref":"#"}}' 'refers to itself without end'
	refused '{"if":{"$ref":"#"}}' 'refers to itself without end'
	refused '{"dependentSchemas":{"a":{"$ref":"#"}}}' \
		'refers to itself without end'
}

@test "where only a record tells that it has no end, the record is refused" {
	echo '{"$dynamicAnchor":"a","anyOf":[{"required":["b"]},{"$dynamicRef":"#a"}]}' > x.schema.json
	printf '{"b":1}\n{"a":1}\n' | stream |
		inv-validate -q -s ./x.schema.json > out
	[ "$(jq -r 'select(.row) | .verdict // "ok"' out | tail -n 1)" = quarantined ]
	grep -F schema_recursion out
	echo '{"$dynamicAnchor":"a","if":{"oneOf":[{"anyOf":[{"$dynamicRef":"#a"}]}]},"unevaluatedProperties":false}' > y.schema.json
	printf '{"b":1}\n' | stream > in
	(ulimit -s 6144 && inv-validate -q -s ./y.schema.json in) |
		grep -F schema_recursion
}

@test "one that calls itself for what lies deeper is not" {
	echo '{"$ref":"#/$defs/n","$defs":{"n":{"properties":{"a":{"$ref":"#/$defs/n"},"b":{"type":"integer"}},"additionalProperties":false}}}' > x.schema.json
	printf '%s\n' '{"a":{"a":{"a":{"b":1}}}}' '{"a":{"a":{"a":{"c":1}}}}' |
		stream | inv-validate -q -s ./x.schema.json | verdicts > got
	printf '1 ok\n2 extra_forbidden\n' | cmp - got
}

@test "nothing is fetched: a reference to http is refused" {
	refused '{"$ref":"http://127.0.0.1:9/x.json"}' '#/$ref: '
	[[ $output == *--ref-dir* ]]
	refused '{"$ref":"file:///etc/passwd"}' '#/$ref: '
	mkdir refs
	refused '{"$ref":"http://127.0.0.1:9/x.json"}' '#/$ref: ' --ref-dir refs
	[[ $output == *refs* ]]
}

@test "no socket is opened to find a schema" {
	needs_strace
	mkdir refs
	echo '{"$ref":"http://127.0.0.1:9/x.json"}' > x.schema.json
	strace -f -qq -e trace=socket,connect -o trace inv-validate \
		-s ./x.schema.json --ref-dir refs < /dev/null 2> /dev/null || true
	[ -e trace ]
	run ! grep -E 'socket|connect' trace
}

@test "a reference does not leave the folder of --ref-dir" {
	mkdir -p refs/in
	echo '{"type":"string"}' > secret.json
	ln -s ../secret.json refs/link.json
	ln -s .. refs/up
	local to
	for to in ../secret.json in/../../secret.json link.json up/secret.json \
		%2e%2e/secret.json ..%2fsecret.json "file://$PWD/secret.json"; do
		refused '{"$id":"http://h.test/x","$ref":"'"$to"'"}' '$ref: ' \
			--ref-dir refs
	done
	echo '{"type":"integer"}' > refs/in/y.json
	echo '{"$id":"http://h.test/x","properties":{"a":{"$ref":"in/y.json"}}}' \
		> x.schema.json
	printf '{"a":1}\n{"a":"1"}\n' | stream |
		inv-validate -q -s ./x.schema.json --ref-dir refs | verdicts > got
	printf '1 ok\n2 int_type\n' | cmp - got
}

@test "a schema of 10 MB is quick, one past 16 MiB is refused" {
	python3 - <<- 'END'
		import json
		words = "a note that makes the schema as long as it has to be " * 3
		props = {"m%05d" % i: {"type": "integer", "minimum": i,
		         "description": words} for i in range(48000)}
		for name, n in (("big", 48000), ("huge", 48000)):
		    s = {"properties": props, "required": ["m00001", "m47999"]}
		    if name == "huge":
		        s["$comment"] = "x" * (9 << 20)
		    json.dump(s, open(name + ".schema.json", "w"))
	END
	[ "$(stat -c %s big.schema.json)" -gt 10000000 ]
	printf '%s\n' '{"m00001":1,"m47999":47999}' '{"m00001":0,"m47999":1.5}' |
		stream > in
	timeout 20 inv-validate -q -s ./big.schema.json in | verdicts > got
	printf '1 ok\n2 greater_than_equal,int_from_float\n' | cmp - got
	run -$EX_CONFIG timeout 20 inv-validate -s ./huge.schema.json in
	[[ $output == *huge.schema.json* ]]
}

@test "an enum of 100,000 values is quick" {
	jq -nc '{properties: {e: {enum: [range(100000) | "value \(.)"]}}}' \
		> x.schema.json
	seq 0 2 39998 | sed 's/.*/{"e":"value &"}/' | stream > in
	timeout 10 inv-validate -q -s ./x.schema.json in | verdicts | grep -c ok |
		grep -x 20000
	seq 0 9999 | sed 's/.*/{"e":"value -&"}/' | stream > in
	timeout 10 inv-validate -q -s ./x.schema.json in | verdicts |
		grep -cw enum | grep -x 10000
}

@test "100,000 definitions in a row are followed" {
	jq -nc '{"$ref": "#/$defs/0", "$defs": ([range(100000) |
		{key: "\(.)", value: {"$ref": "#/$defs/\(. + 1)"}}] |
		from_entries + {"100000": {required: ["a"]}})}' > x.schema.json
	printf '{"a":1}\n{"b":1}\n' | stream > in
	timeout 20 inv-validate -q -s ./x.schema.json in | verdicts > got
	printf '1 ok\n2 missing\n' | cmp - got
}

@test "a pattern that can not end is given up, and the run goes on" {
	echo '{"properties":{"a":{"pattern":"^(a+)+$"},"b":{"pattern":"(x+x+)+y"},"c":{"pattern":"^(([a-z])+.)+[A-Z]([a-z])+$"}}}' > x.schema.json
	python3 - > rows <<- 'END'
		import json
		a = "a" * 100000
		for record in ({"a": a + "!"}, {"b": "x" * 100000}, {"c": a},
		               {"a": a}, {"a": "aa", "b": "xxy", "c": "aaaaAa"}):
		    print(json.dumps(record))
	END
	stream < rows > in
	timeout 10 inv-validate -q -s ./x.schema.json in | verdicts > got
	sed -n '1,4s/string_pattern_limit/no/; 1,3s/string_pattern_mismatch/no/; p' \
		got > answers
	sed -n 1,3p answers | cmp - <(printf '1 no\n2 no\n3 no\n')
	[[ $(sed -n 4p answers) =~ ^4\ (ok|no)$ ]]
	[ "$(sed -n 5p got)" = '5 ok' ]
}

@test "records that are no records are refused, each as its own row" {
	python3 - > m.ndjson <<- 'END'
		import json
		print('{"a":"first"}')
		print(json.dumps({"m%d" % i: i for i in range(10000)}))
		print('{"a":' + "[" * 70 + "]" * 70 + "}")
		print('{"a":1e400}')
		print('{"a":123456789012345678901234567890}')
		print('{"a":0.123456789012345678901234567890}')
		print('{"a":"\\ud800"}')
		print('{"a":"\\udc00\\ud800"}')
		print('{"a":"raw \0 NUL"}')
		print('{"a":1,"\\u0061":2}')
		print('{"a":"escaped \\u0000 NUL"}')
		print('{"a":9007199254740993}')
		print('{"a":"last"}')
	END
	echo '{}' > x.schema.json
	inv-split -q -f ndjson m.ndjson | inv-validate -q -s ./x.schema.json > out
	jq -r 'select(.row) | "\(.row) \(.verdict // "ok")"' out > got
	for row in {1..13}; do
		case $row in
		1 | 11 | 13) echo "$row ok" ;;
		*) echo "$row quarantined" ;;
		esac
	done | cmp - got
	[ "$(jq -c 'select(.type == "end") | [.rows, .counts.pending, .counts.quarantined]' out)" = '[13,3,10]' ]
	jq -c 'select(.row == 11) | .record.a' out | grep -F '"escaped \u0000 NUL"'
}

@test "numbers are exact or refused, never rounded" {
	echo '{"properties":{"a":{"type":"number","maximum":9007199254740993}}}' \
		> x.schema.json
	printf '{"a":%s}\n' 9007199254740992 9007199254740993 9007199254740994 \
		1e400 1e308 123456789012345678901234567890 1e22 1e23 0.1 \
		0.1000000000000000055511151231257827 5e-324 1e-400 | stream |
		inv-validate -q -s ./x.schema.json > out
	verdicts < out > got
	cat > want <<- 'END'
		1 ok
		2 number_not_exact
		3 less_than_equal
		4 number_not_exact
		5 less_than_equal
		6 number_not_exact
		7 less_than_equal
		8 less_than_equal
		9 ok
		10 number_not_exact
		11 ok
		12 number_not_exact
	END
	diff want got
	grep -F '"row":1,' out | grep -F '"record":{"a":9007199254740992}'
}

@test "a value as deep as may be is looked at to its end" {
	echo '{"$ref":"#/$defs/n","$defs":{"n":{"anyOf":[{"type":"integer"},{"type":["array","object"],"items":{"$ref":"#/$defs/n"},"additionalProperties":{"$ref":"#/$defs/n"}}]}}}' > x.schema.json
	python3 - > rows <<- 'END'
		for inner in ("1", '"x"'):
		    print('{"a":' + "[" * 60 + inner + "]" * 60 + "}")
	END
	stream < rows | inv-validate -q -s ./x.schema.json > out
	[ "$(jq -r 'select(.row) | .verdict // "ok"' out | paste -sd' ')" = "ok quarantined" ]
}

@test "a union within unions takes no time without end" {
	python3 - > x.schema.json <<- 'END'
		import json
		s = {"type": "string"}
		for i in range(14):
		    s = {"anyOf": [s, {"allOf": [s]}]}
		print(json.dumps({"properties": {"a": s}}))
	END
	printf '{"a":"x"}\n{"a":1}\n' | stream > in
	timeout 20 inv-validate -q -s ./x.schema.json in > out
	[ "$(jq -r 'select(.row) | .verdict // "ok"' out | paste -sd' ')" = "ok quarantined" ]
}

@test "a record with many flaws takes no time of those behind it" {
	echo '{"additionalProperties":{"items":{"type":"string"}}}' \
		> x.schema.json
	python3 - > rows <<- 'END'
		print('{"x":[%s1]}' % ("1," * 200000))
		for i in range(40000):
		    print('{"x":[1],"y":[2]}')
	END
	stream < rows > in
	(ulimit -t 2 && inv-validate -q -s ./x.schema.json in) > out
	verdicts < out | grep -c string_type | grep -x 40000
}

@test "flaws in thousands of members are told in the time of the text" {
	echo '{"minProperties":1,"additionalProperties":{"items":{"type":"string"}}}' \
		> x.schema.json
	python3 - > rows <<- 'END'
		import json
		row = {"c%04d" % i: [1] * 120 for i in range(4000)}
		for i in range(4):
		    print(json.dumps(row, separators=(",", ":")))
	END
	stream < rows > in
	(ulimit -t 2 && inv-validate -q -s ./x.schema.json in) > out
	verdicts < out | grep -c too_many_errors | grep -x 4
}
