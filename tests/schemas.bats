# schemas.bats - the schemas that ship, with rows that they must tell apart

load lib

NOW=2026-11-20T06:00:00Z # what the rows call the future is behind this

each_schema() { # COMMAND ...: with the name of each
	local f
	for f in "$ROOT"/examples/schemas/*.schema.json; do
		f=${f##*/}
		"$@" "${f%.schema.json}"
	done
}

try() { # NAME
	echo "$1"
	inv-validate -s "$1" --as-of $NOW --test "$ROOT/examples/schemas/$1.rows"
}

@test "each row has the errors that it is expected to have" {
	each_schema try
	[ "$(each_schema try | grep -c 'all as expected')" = "$(each_schema echo | wc -l)" ]
}

try_now() { # NAME
	echo "$1"
	inv-validate -s "$1" --test "$ROOT/examples/schemas/$1.rows"
}

@test "so they have without --as-of, whatever the day" {
	each_schema try_now
}

# Rows of either sort, in a table and in NDJSON.
has_both() { # NAME
	local dir=$ROOT/examples/schemas/$1.rows
	inv-split -q "$dir"/*.csv "$dir"/*.ndjson |
		jq -r 'select(.record) | "\(.row) \(.record["inv:expect"])"' > "$1"
	echo "$1"
	grep -qE '^[0-9]+ $' "$1"
	grep -qE '^[0-9]+ .' "$1"
	[ -e "$dir/rows.csv" ] && [ -e "$dir/rows.ndjson" ]
}

@test "there are good rows and bad ones, in CSV and in NDJSON" {
	each_schema has_both
}

lint() { # NAME
	echo "$1"
	inv-validate -s "$1" --lint
}

@test "nothing is odd about them" {
	each_schema lint
}

is_schema() { # NAME
	python3 - "$ROOT/examples/schemas/$1.schema.json" <<- 'END'
		import json, sys, jsonschema
		jsonschema.Draft202012Validator.check_schema(json.load(open(sys.argv[1])))
	END
}

@test "they are JSON Schema to others" {
	python3 -c 'import jsonschema' 2> /dev/null ||
		skip "no python3-jsonschema"
	each_schema is_schema
}

is_told() { # NAME
	echo "$1"
	grep -qxE "\.It Cm $1" "$ROOT/man/inv-schema.5"
}

@test "the page names each" {
	each_schema is_told
}

@test "a record of federal property has all that 2 CFR 200.313(d)(1) names" {
	jq -r '.required[]' "$ROOT/examples/schemas/federal-property.schema.json" > required
	for name in description funding_source fain title_holder acquisition_date cost \
		federal_share_percent location use condition; do
		grep -qx $name required
	done
	jq -e '.anyOf | map(.required[0]) == ["serial_number", "other_identification"]' \
		"$ROOT/examples/schemas/federal-property.schema.json"
	jq -e '.properties | has("disposition_date") and has("sale_price")' \
		"$ROOT/examples/schemas/federal-property.schema.json"
}
