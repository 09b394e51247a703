#!/usr/bin/env bats
# inv-split: --columns, --set, --flatten

load lib
load split

prepare() {
	set -o pipefail
	echo '{ "Asset Tag" : "asset_id",
		"Qty": "quantity" }' > map
	printf 'Note,Asset Tag,"Junk ""q""",Qty\nn,A-1,x,5\n"a ""b""",A-2,é\\,\nA-3\n' > m.csv
}

# The records, or the types and messages of errors: one a line.
fates() {
	inv-split -q "$@" | jq -c 'select(.type=="record") | .record // [.errors[] | .type, .msg]'
}

refused_with() { # MESSAGE ARGS...
	local want=$1
	shift
	run -65 --separate-stderr inv-split -q "$@"
	[ "$(member end .refused.reason <<< "$output")" = '"bad_header"' ]
	[ "$(member end .rows <<< "$output")" = 0 ]
	[[ $(member end .refused.msg <<< "$output" | jq -r) = *"$want" ]]
}

@test "--columns takes the columns that it names, under the names it gives, in the order of the file" {
	inv-split -q --columns map m.csv > out
	[ "$(member manifest .columns < out)" = '["asset_id","quantity"]' ]
	[ "$(member record .record < out | paste -sd' ')" = \
		'{"asset_id":"A-1","quantity":"5"} {"asset_id":"A-2","quantity":""} null' ]
	echo '{"Qty":"q","Note":"n"}' > map2
	[ "$(fates --columns map2 m.csv | head -n 2 | paste -sd' ')" = \
		'{"n":"n","q":"5"} {"n":"a \"b\"","q":""}' ]
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
}

@test "names that are dropped, the mapping and the constants are told on the stage line" {
	inv-split -q --columns map --set campus=north --set 'a b=x"é=' m.csv > out
	[ "$(member stage '|[.renamed,.set,.dropped_columns,.dropped_more]' < out)" = \
		'[{"Asset Tag":"asset_id","Qty":"quantity"},{"campus":"north","a b":"x\"é="},["Note","Junk \"q\""],null]' ]
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
	[ "$(inv-split -q m.csv | member stage '|[.renamed,.set,.dropped_columns]')" = '[null,null,null]' ]
}

@test "of more than 1,024 dropped columns the first are told" {
	{
		seq -s, 1 1100
		seq -s, 1 1100
	} > wide
	echo '{"1100":"last"}' > one
	inv-split -q --columns one wide > out
	[ "$(member record .record < out)" = '{"last":"1100"}' ]
	[ "$(member stage '|[(.dropped_columns|length),.dropped_columns[1023],.dropped_more]' < out)" = '[1024,"1024",true]' ]
	[ "$(inv-split -q --no-header --columns <(echo '{"c2":"x"}') wide | member record .record | paste -sd' ')" = '{"x":"2"} {"x":"2"}' ]
}

@test "a table without a column that is named is refused, with the names" {
	echo '{"Nope":"a","Qty":"b","Nie":"c"}' > wrong
	refused_with '--columns names no column: "Nope", "Nie"' --columns wrong m.csv
}

@test "--set adds to each row, behind all others, and to the columns" {
	inv-split -q --set campus=north --set n=1 m.csv > out
	[ "$(member record .record < out | head -n 1)" = \
		'{"Note":"n","Asset Tag":"A-1","Junk \"q\"":"x","Qty":"5","campus":"north","n":"1"}' ]
	[ "$(member manifest .columns < out)" = '["Note","Asset Tag","Junk \"q\"","Qty","campus","n"]' ]
	[ "$(printf '{"a":1}\n{}\n' | inv-split -q -f ndjson --set campus= | member record .record | paste -sd' ')" = \
		'{"a":1,"campus":""} {"campus":""}' ]
	[ "$(printf 'a\tb\n1\t2\n' | inv-split -q --set c=3 | member record .record)" = '{"a":"1","b":"2","c":"3"}' ]
}

@test "--set never replaces: a column is refused, a member quarantined" {
	refused_with '--set: there is a column "Qty"' --set Qty=1 m.csv
	printf '[{"a":1},{"\\u0063ampus":1},{"a":2}]' > m
	diff -u - <(fates --set campus=n m) <<- 'EOF'
		{"a":1,"campus":"n"}
		["member_twice","--set: it has a member \"campus\""]
		{"a":2,"campus":"n"}
	EOF
	[ "$(inv-split -q --columns map --set Note=x m.csv | member record .record | head -n 1)" = \
		'{"asset_id":"A-1","quantity":"5","Note":"x"}' ]
	run -64 --separate-stderr inv-split --columns map --set quantity=1 m.csv
	[[ $stderr = *'--set: "with --columns": "quantity" is the name of a column and of a constant' ]]
	refused_with '--set: more than 4096 columns' --set x=1 <(seq -s, 1 4096)
}

@test "what is no constant ends with 64" {
	local arg
	for arg in x =x '' inv:item=1 $'a=\xff'; do
		run -64 --separate-stderr inv-split --set "$arg" m.csv
		[ -n "$stderr" ]
	done
	run -64 inv-split --set a=1 --set a=2 m.csv
	run -64 inv-split --set "a=$(head -c 70000 /dev/zero | tr '\0' x)" m.csv
	run -64 inv-split $(printf -- '--set a%s=1 ' $(seq 65)) m.csv
	run -0 --separate-stderr inv-split -q $(printf -- '--set a%s=1 ' $(seq 64)) m.csv
}

@test "a mapping that can not be read ends with 66, what is none with 78" {
	run -66 --separate-stderr inv-split --columns nope m.csv
	[[ $stderr = *'nope: No such file'* ]]
	local text
	for text in '' '[]' '{}' '{"a":1}' '{"a":""}' '{"a":"inv:item"}' '{"a":"\u0069nv:x"}' '{"a":"x","b":"x"}' '{"a":"x","b":"\u0078"}' '{"a":"x","a":"y"}'; do
		printf '%s' "$text" > none
		run -78 --separate-stderr inv-split --columns none m.csv
		[[ $stderr = *'none: '* ]]
	done
	head -c 300000 /dev/zero | tr '\0' ' ' > none
	run -78 --separate-stderr inv-split --columns none m.csv
	run -64 inv-split --columns map --columns map m.csv
	[ "$output" != "" ]
	[ ! -e "$INV_STATE/archive/index" ]
}

@test "members of objects are chosen and named as columns are; none had is told" {
	printf '{"Qty":1.50,"Asset Tag":"A","x":[1]}\n{"y":{},"\\u0051ty":2}\n{"Qty":3,"Asset Tag":"B","x":1}\n' > m.ndjson
	echo '{"Qty":"quantity","Asset Tag":"asset_id","Gone":"g"}' > map3
	inv-split -q --columns map3 m.ndjson > out
	[ "$(grep -o '"record":.*' out)" = '"record":{"quantity":1.50,"asset_id":"A"}}
"record":{"quantity":2}}
"record":{"quantity":3,"asset_id":"B"}}' ]
	[ "$(member stage '|[.dropped_columns,.absent_columns]' < out)" = '[["x","y"],["Gone"]]' ]
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
	[ "$(inv-split -q --columns map m.csv | member stage '|has("absent_columns")')" = false ]
}

@test "each manifest of a run is told its own" {
	printf '{"Qty":1,"x":1}\n' > a.ndjson
	printf '{"Asset Tag":1,"z":1}\n' > b.ndjson
	[ "$(inv-split -q --columns map a.ndjson b.ndjson m.csv | member stage '|[.dropped_columns,.absent_columns]' | paste -sd' ')" = \
		'[["x"],["Asset Tag"]] [["z"],["Qty"]] [["Note","Junk \"q\""],null]' ]
}

@test "a refused manifest is told nothing of the one before" {
	printf '%%PDF-' > m.pdf
	run -65 --separate-stderr inv-split -q --columns map m.csv m.pdf
	[ "$(member stage .dropped_columns <<< "$output" | paste -sd' ')" = '["Note","Junk \"q\""] null' ]
}

@test "--flatten makes members of what is nested, and keeps arrays and empty objects" {
	printf '[{"a":{"b":1.0,"c":{"d":[{"x":1}],"e":{}, "":2}},"f":"g"},{"f":1},{"a.b":1,"a":{"b":2}},{"\\u0061":{"q\\"":1}}]' > m
	diff -u - <(inv-split -q --flatten m | grep -o '"record":.*\|"msg":"[^"]*"') <<- 'EOF'
		"record":{"a.b":1.0,"a.c.d":[{"x":1}],"a.c.e":{},"a.c.":2,"f":"g"}}
		"record":{"f":1}}
		"msg":"flattened: the same member twice"
		"record":{"\u0061.q\"":1}}
	EOF
	[ "$(inv-split -q --flatten m | member record '|select(.row==3)|[.reason,.errors[0].type,.raw]')" = \
		'["malformed_row","not_flat","{\"a.b\":1,\"a\":{\"b\":2}}"]' ]
	[ "$(inv-split -q --flatten m | member stage .flatten)" = true ]
	[ "$(inv-split -q --flatten m.csv | member stage '|has("flatten")')" = false ]
	[ "$(jq -c '.[]' m | inv-split -q --flatten | member record .reason | paste -sd' ')" = 'null null "malformed_line" null' ]
	echo '{"a.b":"n","a.c.d":"list"}' > map4
	[ "$(inv-split -q --flatten --columns map4 m | grep -o '"record":.*' | sed -n 1p)" = '"record":{"n":1.0,"list":[{"x":1}]}}' ]
}

@test "a row that is too long or has too many members once it is flat is malformed" {
	python3 - <<- 'EOF'
		import json
		rows = [{"k" * 2000: {"m%d" % n: 1 for n in range(600)}}, {"a": {str(n): n for n in range(4000)}, "b": {str(n): n for n in range(200)}}, {"a": {"b": 1}}]
		json.dump(rows, open("m", "w"))
	EOF
	diff -u - <(fates --flatten m) <<- 'EOF'
		["not_flat","flattened: a record longer than 1 MiB"]
		["not_flat","flattened: more than 4096 members"]
		{"a.b":1}
	EOF
	printf '[{"a":"%s"}]' "$(head -c 262000 /dev/zero | tr '\0' x)" > m
	run -0 inv-split -q --set "b=$(head -c 60000 /dev/zero | tr '\0' y)" m
	python3 - <<- 'EOF'
		import json
		json.dump([{"%d" % n: "x" * 250000 for n in range(4)} | {"z": "x" * 40000}], open("m", "w"))
	EOF
	[ "$(fates --set "b=$(head -c 60000 /dev/zero | tr '\0' y)" m)" = '["record_too_long","longer than 1 MiB under its new names"]' ]
}

@test "a corrected sheet keeps inv:item aside; what is quarantined keeps its bytes" {
	printf 'inv:item,Asset Tag,Qty,inv:why\n,A-1,5,\n' > fix.csv
	inv-split -q --columns map fix.csv > out
	[ "$(member record .record < out)" = '{"asset_id":"A-1","quantity":"5"}' ]
	[ "$(member stage '|has("dropped_columns")' < out)" = false ]
	printf '[{"inv:item":"","inv:why":"","Asset Tag":"A-1","inv:x":1,"z":1}]' > fix.json
	inv-split -q --columns map fix.json > out
	[ "$(member record .record < out)" = '{"asset_id":"A-1"}' ]
	[ "$(member stage .dropped_columns < out)" = '["z"]' ]
	[ "$(inv-split -q --columns map --set a=b m.csv | member record '|select(.row==3).raw')" = '"A-3"' ]
}

# proved FILE ROW RAW OPTION...: its proof has the bytes and says how the file
# is read, check finds them there, and --backtest reads it again as it was.
proved() {
	local file=$1 row=$2 raw=$3
	shift 3
	echo '{"properties":{"id":{"type":"string"}}}' > s.schema.json
	rm -rf "$INV_STATE" ledger.db
	inv-split -q "$@" "$file" | inv-validate -q -s ./s.schema.json |
		inv-commit -q -k id -l file:ledger.db | inv-audit -q > summary
	inv-audit key show > lab.pub
	inv-audit prove "$(jq -r .manifest summary)" "$row" > proof
	[ "$(jq -r .raw proof)" = "$raw" ]
	run -0 --separate-stderr inv-audit check proof --key lab.pub --manifest "$file"
	run -0 --separate-stderr inv-validate -s ./s.schema.json --backtest
	[ "$(jq -c '[.type,.fail_now.count]' <<< "$output")" = '["backtest",0]' ]
}

@test "proofs and --backtest read the archived file again by the stage line" {
	printf 'Tag,x\nA-1,1\nA-2,2\n' > t.csv
	echo '{"Tag":"id"}' > tag
	proved t.csv 2 A-2,2 --columns tag --set campus=north
	[ "$(jq -c '[.renamed,.set]' proof)" = '[{"Tag":"id"},{"campus":"north"}]' ]
	printf '{"n":1,"d":[{"Tag":{"a":"A-1"}},\n{"x":1,"Tag":{"a":"A-2"}}]}' > t.json
	echo '{"Tag.a":"id","x":"\u0078x"}' > tag
	proved t.json 2 '{"x":1,"Tag":{"a":"A-2"}}' --path /d --flatten --columns tag
	[ "$(jq -c '[.rows_at,.renamed,.flatten]' proof)" = '["/d",{"Tag.a":"id","x":"xx"},true]' ]
	proved t.json 2 '{"x":1,"Tag":{"a":"A-2"}}' --path /d --flatten --columns tag --set campus=n
}

@test "--explain knows the types" {
	inv-validate --explain not_flat | grep -q 'same name'
	inv-validate --explain member_twice | grep -q -e --set
}
