# schema-options.bats - how inv-validate reads a schema: now, formats, $ref

load lib

schema() { # JSON
	echo "$1" > s.schema.json
}

# The lines of NDJSON on standard input, against s.schema.json.
validate() { # OPTION ...
	inv-split -q -f ndjson - | inv-validate -q -s ./s.schema.json "$@" > out
}

errors() {
	jq -r 'select(.errors) | "\(.row) \([.errors[] | .type] | join(" "))"' out
}

as_of() {
	jq -c 'select(.type == "stage" and .stage == "inv-validate") | .as_of' out
}

@test "--as-of says what is now" {
	schema '{"properties":{"d":{"format":"date","x-inv-not-future":true},"t":{"format":"date-time","x-inv-not-future":true}}}'
	printf '{"d":"2020-01-31"}\n{"d":"2020-02-01"}\n{"t":"2020-01-31T12:00:00Z"}\n{"t":"2020-01-31T12:00:01Z"}\n' > in
	validate --as-of 2020-01-31T12:00:00Z < in
	[ "$(errors)" = "$(printf '2 date_past\n4 datetime_past')" ]
	[ "$(as_of)" = '"2020-01-31T12:00:00Z"' ]
}

@test "without --as-of it is when the manifest was received, and stays so" {
	schema '{"properties":{"d":{"format":"date","x-inv-not-future":true}}}'
	printf '{"d":"%s"}\n{"d":"9999-12-31"}\n' "$(date -u +%F)" > in
	validate < in
	[ "$(errors)" = "2 date_past" ]
	[ "$(as_of)" = "$(jq -c 'select(.received) | .received' out)" ]
	inv-split -q -f ndjson - < in | jq -c 'if .received then .received = "2001-01-01T00:00:00Z" else . end' |
		inv-validate -q -s ./s.schema.json > out
	[ "$(errors)" = "$(printf '1 date_past\n2 date_past')" ]
}

@test "a schema that asks for no time has none in its stage line" {
	schema '{"properties":{"d":{"format":"date"}}}'
	validate --as-of 2020-01-31T12:00:00Z <<< '{"d":"9999-12-31"}'
	[ "$(errors)" = "" ]
	[ "$(as_of)" = null ]
}

@test "with --test now is now, but for --as-of" {
	schema '{"properties":{"d":{"format":"date","x-inv-not-future":true}}}'
	mkdir rows
	printf 'd,inv:expect\n9999-12-31,date_past\n%s,\n' "$(date -u +%F)" > rows/a.csv
	run -0 inv-validate -s ./s.schema.json --test rows
	run -1 inv-validate -s ./s.schema.json --as-of 2020-01-31T12:00:00Z --test rows
	[ "${lines[0]}" = "rows/a.csv:3: expected nothing, got d:date_past" ]
}

@test "--backtest takes the time at which each manifest was received" {
	schema '{"properties":{"d":{"format":"date","x-inv-not-future":true}}}'
	date -u +%F | sed '1i d' > m.csv
	inv-split -q m.csv | inv-validate -q -s ./s.schema.json | inv-commit -q |
		inv-audit -q > summary
	run -0 inv-validate -s ./s.schema.json --backtest
	run -1 inv-validate -s ./s.schema.json --as-of 2001-01-01T00:00:00Z --backtest
}

@test "a time that is none is 64" {
	for time in now 2026-11-20 2026-11-31T00:00:00Z ''; do
		run --separate-stderr inv-validate --as-of "$time" /dev/null
		[ "$status" = "$EX_USAGE" ]
		[ "$stderr" = "inv-validate: --as-of: \"$time\": not a time such as 2026-11-20T06:30:00Z" ]
	done
}

@test "--format-assertion checks every format that is known" {
	schema '{"properties":{"u":{"format":"uuid"},"d":{"format":"date"}}}'
	printf '{"u":"x"}\n{"u":"7d444840-9dc0-11d1-b245-5ffdce74fad2"}\n{"d":"x"}\n' > in
	validate < in
	[ "$(errors)" = "3 date_parsing" ]
	validate --format-assertion < in
	[ "$(errors | cut -d ' ' -f 1 | tr '\n' ' ')" = "1 3 " ]
	schema '{"properties":{"u":{"format":"uuid"}},"x-inv-key":["u"]}'
	validate < in
	[ "$(errors | cut -d ' ' -f 1)" = 1 ]
}

@test "--ref-dir is where other schemas are; none is ever fetched" {
	mkdir -p refs/example.com/a
	echo '{"$id":"https://example.com/known","type":"integer"}' > refs/any-name.json
	echo '{"type":"string"}' > refs/example.com/a/b.json
	echo '{"type":"boolean"}' > refs/c.json
	schema '{"properties":{"i":{"$ref":"https://example.com/known"},"s":{"$ref":"http://example.com/a/b.json"},"b":{"$ref":"https://elsewhere.example/c.json"}}}'
	validate --ref-dir refs <<< '{"i":"1","s":2,"b":3}'
	[ "$(errors)" = "1 bool_type int_type string_type" ]
	run --separate-stderr inv-validate -s ./s.schema.json /dev/null
	[ "$status" = "$EX_CONFIG" ]
	[[ $stderr == *"s.schema.json: #/properties/"* ]]
}
