# lookup.bats - inv-validate --lookup: a field against a registry

load lib

prepare() {
	cat > s.schema.json <<- 'END'
	{"type":"object","properties":{
	"tag":{"type":"string","maxLength":9,"x-inv-normalize":{"before":["trim"],"after":["uppercase"]}},
	"room":{"type":["integer","null"],"x-inv-empty":"null"},
	"note":{"type":"string","x-inv-empty":"missing"}},
	"required":["tag"],"additionalProperties":false}
	END
	printf 'id,tag\n1,LAB-1\n2, lab-2 \n3,LAB-3\n4,\n' > reg.csv
}

# The lines of CSV on standard input against the registries.
validate() { # OPTION ...
	inv-split -q - | inv-validate -q -s ./s.schema.json "$@" > out
}

# "ROW TYPE ..." of each row with errors.
errors() {
	jq -r 'select(.errors) | "\(.row) \([.errors[] | "\(.loc[0]):\(.type)"] | join(" "))"' out
}

@test "a value that is not in the registry is an error of its row" {
	printf 'tag\nLAB-1\nLAB-4\nLAB-3\n' | validate --lookup tag=reg.csv:tag
	[ "$(errors)" = "2 tag:not_in_registry" ]
	[ "$(jq -c 'select(.row == 2) | [.verdict, .reason, .errors]' out)" = '["quarantined","schema_violation",[{"type":"not_in_registry","loc":["tag"],"msg":"is not in reg.csv","input":"LAB-4","ctx":{"registry":"reg.csv","column":"tag"},"code":"NOT_IN_REGISTRY:tag"}]]' ]
	inv-split -q - <<< $'tag\nLAB-9' | inv-validate -s ./s.schema.json --lookup tag=reg.csv > out 2> err
	grep -Fx 'inv-validate: -:2: tag: "LAB-9" is not in reg.csv (NOT_IN_REGISTRY:tag) [not_in_registry]' err
}

@test "the registry is read as the field is: coerced, and normalised" {
	printf 'tag\nlab-2\n LAB-2\nlab-1 \nLAB-5\n' | validate --lookup tag=reg.csv:tag
	[ "$(errors)" = "4 tag:not_in_registry" ]
	printf 'room\n12\n 13\n014\n' > rooms.csv
	printf 'tag,room\na,12\na,13\na,14\na,\n' | validate --lookup room=rooms.csv
	[ "$(errors)" = "$(printf '2 room:not_in_registry\n3 room:not_in_registry')" ]
	printf '{"room":12}\n{"room":"13"}\n{"other":14}\n{"room":null}\n' > rooms.ndjson
	printf 'tag,room\na,12\na,13\n' | validate --lookup room=rooms.ndjson
	[ "$(errors)" = "2 room:not_in_registry" ]
	printf 'tag,room\na,12\na,13\n' | validate --coerce always --lookup room=rooms.ndjson
	[ "$(errors)" = "" ]
}

@test "the column: what is named, else that of the field's name, else the only one" {
	printf 'code\nLAB-1\n' > only.csv
	printf 'tag\nLAB-1\nLAB-2\n' > in.csv
	for spec in reg.csv reg.csv:tag; do
		validate --lookup "tag=$spec" < in.csv
		[ "$(errors)" = "" ]
	done
	validate --lookup tag=only.csv < in.csv
	[ "$(errors)" = "2 tag:not_in_registry" ]
	validate --lookup tag=reg.csv:id < in.csv
	[ "$(errors | wc -l)" = 2 ]
	mkdir a:b
	cp only.csv a:b/only.csv
	validate --lookup tag=a:b/only.csv < in.csv
	[ "$(errors)" = "2 tag:not_in_registry" ]
	cp only.csv a:b/x:y.csv
	validate --lookup tag=a:b/x:y.csv:code < in.csv
	[ "$(errors)" = "2 tag:not_in_registry" ]
}

@test "a field that is absent, null or wrong already is not looked up" {
	printf 'x\nno\n' > words.csv
	printf '12\n' | sed '1i room' > rooms.csv
	printf 'tag,room,note\nLAB-1,,\nLAB-1000000,x,\n' |
		validate --lookup note=words.csv --lookup room=rooms.csv --lookup tag=reg.csv
	[ "$(errors)" = "2 room:int_parsing tag:string_too_long" ]
}

@test "values of a registry that no record can have are counted, and said" {
	printf 'room,x\n12,1\n 13,1\n,1\n014,1\n' > rooms.csv
	printf 'tag,room\na,12\n' | inv-split -q - > in
	run -0 --separate-stderr inv-validate -s ./s.schema.json --lookup room=rooms.csv in
	[ "$stderr" = 'inv-validate: rooms.csv:3: not what room may be, and so for 2 of 3 values' ]
	run -0 --separate-stderr inv-validate -s ./s.schema.json --lookup tag=reg.csv:id in
	[[ $stderr != *"not what"* ]]
}

@test "--lookup may be given 16 times" {
	local i lookups=()
	printf 'tag\nLAB-1\n' | inv-split -q - > in
	for i in {1..16}; do
		lookups+=(--lookup tag=reg.csv)
	done
	inv-validate -q -s ./s.schema.json "${lookups[@]}" in > out
	[ "$(jq -c 'select(.lookups).lookups | length' out)" = 16 ]
	run -$EX_USAGE inv-validate -q -s ./s.schema.json "${lookups[@]}" --lookup tag=reg.csv in
	[ "$output" = 'inv-validate: --lookup: "tag=reg.csv": one too many' ]
}

@test "a registry is no pipe" {
	run -$EX_NOINPUT inv-validate -q -s ./s.schema.json --lookup tag=<(cat reg.csv) /dev/null
}

@test "errors of several registries and of the schema are all said" {
	printf '12\n' | sed '1i room' > rooms.csv
	printf 'tag,room,colour\nLAB-8,13,red\n' |
		validate --lookup tag=reg.csv --lookup room=rooms.csv
	[ "$(errors)" = "1 colour:extra_forbidden tag:not_in_registry room:not_in_registry" ]
}

@test "the stage line has file, column, SHA-256 and count" {
	printf 'tag\nLAB-1\n' | validate --lookup tag=reg.csv
	[ "$(jq -c 'select(.lookups) | .lookups' out)" = '[{"field":"tag","registry":"reg.csv","column":"tag","sha256":"'"$(sha256sum < reg.csv | cut -c 1-64)"'","values":3}]' ]
	printf 'tag\nLAB-1\n' | validate
	[ "$(jq -c 'select(.type == "stage" and .stage == "inv-validate") | has("lookups")' out)" = false ]
}

@test "registries may be packed, and of another encoding by its mark" {
	gzip -k reg.csv
	iconv -t UTF-16 reg.csv > reg16.csv
	for f in reg.csv.gz reg16.csv; do
		printf 'tag\nLAB-1\nLAB-4\n' | validate --lookup tag=$f:tag
		[ "$(errors)" = "2 tag:not_in_registry" ]
	done
}

refused() { # STATUS MESSAGE SPEC ...
	local status_wanted=$1 message=$2 spec
	shift 2
	local -a options=()
	for spec in "$@"; do options+=(--lookup "$spec"); done
	run --separate-stderr inv-validate -s ./s.schema.json "${options[@]}" /dev/null
	[ "$status" = "$status_wanted" ]
	[ "$stderr" = "inv-validate: $message" ]
	[ "$output" = "" ]
}

@test "a registry that can not be used stops before the first record" {
	refused 66 "none.csv: No such file or directory" tag=none.csv
	mkdir folder
	refused 66 "folder: read: Is a directory" tag=folder
	refused 78 "reg.csv: no column code" tag=reg.csv:code
	refused 78 "reg.csv: which column? none is named room, and there are several" room=reg.csv
	refused 78 "--lookup: colour is not in the schema" colour=reg.csv
	printf 'tag\n' > empty.csv
	refused 78 "empty.csv: no values in tag" tag=empty.csv
	printf 'a,tag\nx\n' > ragged.csv
	refused 78 "ragged.csv:2: 1 cell for 2 columns [cell_count]" tag=ragged.csv
	printf 'tag,tag\n' > twice.csv
	refused 78 'twice.csv: line 1: header: columns 1, 2 are named "tag"' tag=twice.csv
	printf '{"x":1}\n' > x.ndjson
	refused 78 "x.ndjson: no member tag" tag=x.ndjson
	for spec in tag =reg.csv tag= ''; do
		refused 64 "--lookup: \"$spec\": not FIELD=FILE[:COLUMN]" "$spec"
	done
	TMPDIR=$PWD/nowhere refused 73 "$PWD/nowhere: No such file or directory" tag=reg.csv
	run -$EX_USAGE inv-validate $(printf -- '--lookup tag=reg.csv %.0s' {1..17}) /dev/null
}

@test "a registry of many values takes memory that can be dropped" {
	seq 300000 | sed 's/^/LAB-/; 1i tag' > many.csv
	printf 'tag\nLAB-1\nLAB-99999\nLAB-0\n' | validate --lookup tag=many.csv --max-memory 1M
	[ "$(errors)" = "3 tag:not_in_registry" ]
	[ "$(jq -c 'select(.lookups) | .lookups[0].values' out)" = 300000 ]
	run ! ls -A /var/tmp/inv-??????
}

@test "--test looks up as well" {
	mkdir rows
	printf 'tag,inv:expect\nLAB-1,\nLAB-7,NOT_IN_REGISTRY:tag\nLAB-7,not_in_registry\n' > rows/a.csv
	run inv-validate -s ./s.schema.json --lookup tag=reg.csv --test rows
	[ "$status" = 0 ]
}

@test "type and code of the error are explained" {
	run -0 inv-validate --explain not_in_registry
	[[ ${lines[0]} == "not_in_registry (error)" ]]
	run -0 inv-validate --explain NOT_IN_REGISTRY:tag
	[[ ${lines[0]} == "NOT_IN_REGISTRY (flag)" ]]
}
