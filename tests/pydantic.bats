# pydantic.bats - the schemas that model_json_schema() gives, as they are
#
# tests/pydantic/models.py has the models.  NAME.rows has what a record of each
# comes to, "fits" or the place and type of each error, and the record.  That
# is what pydantic itself says in strict mode, but where its schema says less
# than the model: of a Literal of several only that it is an enum, of a Decimal
# that it is a number or such a string, of a set that its items are unique, of
# a tuple how many items it has.  And the places of a union's errors do not
# name its branches, but the member that is to tell them apart.

load lib

MODELS=$ROOT/tests/pydantic

# "LOC TYPE" of each error of each row, sorted, or "fits".
outcome() {
	jq -r 'select(.row) | [.errors[]? | "\(.loc | join("/")) \(.type)"] |
		if . == [] then "fits" else (sort | join(", ")) end'
}

# Hold a file of rows against its schema: rows NAME [OPTION ...].
rows() {
	local file=$MODELS/$1.rows
	cut -f 2 "$file" > in.ndjson
	cut -f 1 "$file" > want
	inv-split -q -f ndjson in.ndjson |
		inv-validate -q -s "$MODELS/${1%%-*}.schema.json" "${@:2}" |
		outcome > got
	diff want got
}

@test "a flat model: Optional, Literal, Enum, Decimal, bounds, dates, forbid" {
	rows asset
}

@test "models within models, lists, sets, tuples and dicts" {
	rows grant
}

@test "formats that pydantic checks are checked where that is asked for" {
	rows grant-formats --format-assertion
}

@test "unions, told apart by a member or not at all" {
	rows measurement
}

@test "a model that refers to itself" {
	rows node
}

@test "an error has pydantic's type, loc, msg, input and ctx" {
	printf '%s\n' '{"label":"a","children":[{"label":"b"},{"label":1}]}' \
		> in.ndjson
	inv-split -q -f ndjson in.ndjson |
		inv-validate -q -s "$MODELS/node.schema.json" |
		jq -c 'select(.row) | .errors' > got
	[ "$(jq -c '[.[0] | .type, .loc, .input, .schema]' got)" = \
		'["string_type",["children",1,"label"],1,"/$defs/Node/properties/label/type"]' ]
	cut -f 2 "$MODELS/asset.rows" | sed -n 4p > in.ndjson
	inv-split -q -f ndjson in.ndjson |
		inv-validate -q -s "$MODELS/asset.schema.json" |
		jq -c 'select(.row) | [.errors[] | {(.loc[0]): .ctx}] | add' > got
	[ "$(jq -c '[.quantity, .name, .asset_id]' got)" = \
		'[{"ge":0},{"min_length":1},{"pattern":"^LAB-\\d+$"}]' ]
}

@test "cells of a CSV file are read as the model's types" {
	cat > good.csv <<- 'END'
		asset_id,name,quantity,weight,price,status,priority,kind,hazardous,acquired_on,seen_at,notes
		LAB-1,Balance,3,1.50,12.50,active,2,tool,true,2026-02-28,2026-02-28T12:00:00Z,ok
		LAB-2,Balance,3,,0.10,retired,,sample,false,2026-02-28,2026-02-28T12:00:00Z,
	END
	inv-split -q good.csv | inv-validate -q -s "$MODELS/asset.schema.json" \
		> out
	jq -c 'select(.row) | .verdict // .record' out > got
	cat > want <<- 'END'
		{"acquired_on":"2026-02-28","asset_id":"LAB-1","hazardous":true,"kind":"tool","name":"Balance","notes":"ok","price":"12.50","priority":2,"quantity":3,"seen_at":"2026-02-28T12:00:00Z","status":"active","weight":1.5}
		{"acquired_on":"2026-02-28","asset_id":"LAB-2","hazardous":false,"kind":"sample","name":"Balance","notes":"","price":"0.10","priority":null,"quantity":3,"seen_at":"2026-02-28T12:00:00Z","status":"retired","weight":null}
	END
	diff want got
	cat > bad.csv <<- 'END'
		asset_id,name,quantity,weight,price,status,priority,kind,hazardous,acquired_on,seen_at,notes
		LAB-1,Balance,3.0,heavy,12.50,active,high,tool,yes,2026-02-28,2026-02-28T12:00:00Z,
		LAB-1,Balance,,0,,lost,3,tool,,2026-02-30,2026-02-28T25:00:00Z,
	END
	inv-split -q bad.csv | inv-validate -q -s "$MODELS/asset.schema.json" |
		outcome > got
	cat > want <<- 'END'
		hazardous bool_parsing, priority int_parsing, quantity int_parsing, weight float_parsing
		acquired_on date_parsing, hazardous bool_parsing, price string_pattern_mismatch, priority enum, quantity int_parsing, seen_at datetime_parsing, status enum, weight greater_than
	END
	diff want got
}

@test "an empty cell of an Optional is null where it is no such text" {
	cat > m.csv <<- 'END'
		asset_id,name,quantity,price,kind,acquired_on,seen_at,notes
		LAB-1,Balance,3,1,tool,2026-02-28,,
	END
	inv-split -q m.csv > in
	inv-validate -q -s "$MODELS/asset.schema.json" in |
		jq -c 'select(.row) | .record | [.seen_at, .notes]' |
		grep -Fx '[null,""]'
	jq '.["x-inv-empty"] = "null"' "$MODELS/asset.schema.json" \
		> x.schema.json
	inv-validate -q -s ./x.schema.json in |
		jq -c 'select(.row) | .record | [.seen_at, .notes]' |
		grep -Fx '[null,null]'
	jq '.["x-inv-empty"] = "missing"' "$MODELS/asset.schema.json" \
		> x.schema.json
	inv-validate -q -s ./x.schema.json in |
		jq -c 'select(.row) | .record | has("seen_at", "notes")' |
		paste -sd' ' | grep -Fx 'false false'
}

@test "lists and models in a cell are JSON" {
	cat > m.csv <<- 'END'
		label,children
		a,"[{""label"":""b"",""children"":[]}]"
		a,[]
		a,"[{""label"":1}]"
		a,[
		a,b
	END
	inv-split -q m.csv | inv-validate -q -s "$MODELS/node.schema.json" > out
	outcome < out > got
	cat > want <<- 'END'
		fits
		fits
		children/0/label string_type
		children json_invalid
		children list_type
	END
	diff want got
	jq -c 'select(.row == 1) | .record' out |
		grep -Fx '{"children":[{"children":[],"label":"b"}],"label":"a"}'
}
