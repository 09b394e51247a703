# rules.bats - what inv-rules(5) promises, one test for each sentence

load lib

RULES=$ROOT/examples/rules
ID=2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881

prepare() {
	set -o pipefail
	echo '{"type":"object"}' > any.schema.json
}

# A rules file of the name r with these rules, or with these members.
rules() { # RULE ...
	local IFS=,
	echo '{"name":"r","version":"1","rules":['"$*"']}' > r.rules.json
}

file() { # MEMBERS
	echo "{$1}" > r.rules.json
}

stream() { # FORMAT RECORD ...
	local n=0 record format=$1
	shift
	echo '{"type":"manifest","v":1,"manifest":"'$ID'","run":"0123456789abcdef","name":"m.csv","format":"'"$format"'","bytes":9,"arrival":1,"received":"2026-11-20T06:30:00Z","submission":1,"chunk_size":500,"request_id":"'$ID'"}'
	for record in "$@"; do
		echo '{"type":"record","manifest":"'${ID:0:32}'","row":'$((++n))',"line":'$((n + 1))',"chunk":0,"record":'"$record"'}'
	done
	echo '{"type":"end","manifest":"'$ID'","rows":'$n',"bytes":9,"counts":{"pending":'$n',"committed":0,"skipped":0,"quarantined":0,"held":0,"ambiguous":0}}'
}

validate() { # [OPTION ...]
	inv-validate -q -s ./any.schema.json --rules ./r.rules.json "$@"
}

# What rules say of these records: "CODE ..." or "-" for each.
codes() { # RECORD ...
	stream ndjson "$@" | validate | jq -r 'select(.row) |
		[(.errors, .warnings // []) | .[]?.code] | join(" ") |
		if . == "" then "-" else . end'
}

# What is wrong with the file.
refused() {
	run -$EX_CONFIG --separate-stderr validate /dev/null || return
	echo "${stderr#inv-validate: }"
}

ASKS='"required":["a"],"severity":"WARNING"'

# ---- the file ----

@test "what is not described is refused, with file and pointer, before the first record" {
	rules '{"id":"A",'"$ASKS"',"sevrity":"INFO"}'
	[ "$(refused)" = './r.rules.json: #/rules/0/sevrity: unknown member' ]
	[ "$output" = "" ]
	file '"name":"r","version":"1","rule":[]'
	[ "$(refused)" = './r.rules.json: #/rule: unknown member' ]
	file '"name":"r","version":"1","blocks":[{"name":"B","if":{},"rules":[]}]'
	[ "$(refused)" = './r.rules.json: #/blocks/0/if: unknown member' ]
	file '"name":"r","version":"1"'
	[ "$(refused)" = './r.rules.json: #: neither rules nor blocks' ]
	file '"version":"1","rules":[]'
	[ "$(refused)" = './r.rules.json: #/name: missing' ]
	file '"name":"r","rules":[]'
	[ "$(refused)" = './r.rules.json: #/version: missing' ]
	file '"name":"r","version":"1","rules":[],"name":"s"'
	[[ $(refused) == './r.rules.json: byte '* ]]
	rm r.rules.json
	[[ $(refused) == './r.rules.json: '* ]]
}

@test "a member of another type, or an empty one, is refused" {
	rules '{"id":"A","severity":"INFO","required":"a"}'
	[ "$(refused)" = './r.rules.json: #/rules/0/required: not a list of columns' ]
	rules '{"id":"A","severity":"INFO","required":[]}'
	[ "$(refused)" = './r.rules.json: #/rules/0/required: not a list of columns' ]
	rules '{"id":"","severity":"INFO","required":["a"]}'
	[ "$(refused)" = './r.rules.json: #/rules/0/id: not a text' ]
	file '"name":"r","version":1,"rules":[{"id":"A",'"$ASKS"'}]'
	[ "$(refused)" = './r.rules.json: #/version: not a text' ]
}

@test "a file of more than 4 MiB is refused" {
	{ printf '{"name":"r","version":"1","rules":[{"id":"A",%s}]' "$ASKS"
		head -c $((4 << 20)) /dev/zero | tr '\0' ' '
		echo '}'; } > r.rules.json
	[[ $(refused) == './r.rules.json: '* ]]
}

@test "names, ids and codes are made of letters, digits and - _ . :" {
	rules '{"id":"A b",'"$ASKS"'}'
	[[ $(refused) == './r.rules.json: #/rules/0/id: has other characters'* ]]
	rules '{"id":"A","code":"ä",'"$ASKS"'}'
	[[ $(refused) == './r.rules.json: #/rules/0/code: has other characters'* ]]
	rules '{"id":"a-Z_0.9:x","code":"c:1",'"$ASKS"'}'
	[ "$(codes '{}')" = c:1 ]
}

@test "rules look at the record as it goes out, with its types" {
	echo '{"properties":{"q":{"type":"integer"},"g":{"type":"string","x-inv-normalize":{"after":["uppercase"]}}}}' > any.schema.json
	rules '{"id":"A","severity":"INFO","check":{"properties":{"q":{"minimum":5},"g":{"const":"NIH"}}}}'
	stream csv '{"q":"4","g":"nih"}' '{"q":"5","g":"x"}' | validate > out
	[ "$(jq -c 'select(.row) | [.warnings[].loc[0]]' out)" = $'["q"]\n["g"]' ]
}

@test "descriptions change nothing" {
	file '"name":"r","version":"1","description":"d","rules":[{"id":"A","description":"d",'"$ASKS"'}],"blocks":[{"name":"B","description":"d","when":{},"rules":[{"id":"C",'"$ASKS"'}]}]'
	[ "$(codes '{"a":1}')" = - ]
}

# ---- blocks ----

@test "blocks are chosen by the prefix of a column, by a schema, or by both" {
	local rule='"rules":[{"severity":"INFO","required":["x"],'
	file '"name":"r","version":"1","blocks":[
		{"name":"N","field":"g","prefix":["NIH-","NSF-"],'"$rule"'"id":"a","code":"N"}]},
		{"name":"R","field":"g","prefix":"NIH-R01",'"$rule"'"id":"b","code":"R"}]},
		{"name":"W","when":{"required":["w"]},'"$rule"'"id":"c","code":"W"}]},
		{"name":"B","field":"h","prefix":"1","when":{"required":["w"]},'"$rule"'"id":"d","code":"B"}]}]'
	run codes '{"g":"NIH-1"}' '{"g":"NSF-1"}' '{"g":"NIH-R01-7"}' \
		'{"g":"nih-1"}' '{"g":"DOE-1"}' '{"g":1}' '{}' '{"w":1}' \
		'{"w":1,"h":"12"}' '{"h":"12"}' '{"w":1,"h":"2"}'
	[ "$(echo $output)" = 'N N N R - - - - W W B - W' ]
}

@test "blocks say what they are for, and have names and prefixes of their own" {
	local rule='"rules":[{"id":"a",'"$ASKS"'}]' other='"rules":[{"id":"b",'"$ASKS"'}]'
	blocks() { file '"name":"r","version":"1","blocks":['"$1"']'; }
	blocks '{"name":"N",'"$rule"'}'
	[ "$(refused)" = './r.rules.json: #/blocks/0: neither prefix nor when' ]
	blocks '{"name":"N","field":"g",'"$rule"'}'
	[ "$(refused)" = './r.rules.json: #/blocks/0/prefix: missing' ]
	blocks '{"name":"N","prefix":"g",'"$rule"'}'
	[ "$(refused)" = './r.rules.json: #/blocks/0/field: missing' ]
	blocks '{"name":"N","when":{},'"$rule"'},{"name":"N","when":{},'"$other"'}'
	[ "$(refused)" = './r.rules.json: #: two blocks are called N' ]
	blocks '{"name":"N","field":"g","prefix":"x",'"$rule"'},{"name":"M","field":"g","prefix":"x",'"$other"'}'
	[ "$(refused)" = './r.rules.json: #: the prefix x is there twice' ]
	blocks '{"name":"N","field":"g","prefix":"x",'"$rule"'},{"name":"M","field":"h","prefix":"x",'"$other"'}'
	[ "$(codes '{"g":"xx"}')" = MISSING_REQUIRED_FIELD:a ]
}

# ---- rules ----

@test "a rule applies to records that fit its when; without one, to all" {
	rules '{"id":"A","when":{"properties":{"k":{"const":1}},"required":["k"]},'"$ASKS"'}' \
		'{"id":"B","code":"B",'"$ASKS"'}'
	run codes '{"k":1}' '{"k":2}' '{}'
	[ "$output" = $'MISSING_REQUIRED_FIELD:a B\nB\nB' ]
}

@test "a when over a column that is missing is so, unless it requires it" {
	rules '{"id":"A","code":"A","when":{"properties":{"k":{"const":1}}},'"$ASKS"'}' \
		'{"id":"B","code":"B","when":{"properties":{"k":{"const":1}},"required":["k"]},'"$ASKS"'}'
	[ "$(codes '{}')" = A ]
}

@test "required columns are there, and neither null nor empty nor blanks" {
	rules '{"id":"A","required":["a"],"severity":"CRITICAL"}'
	run codes '{}' '{"a":null}' '{"a":""}' '{"a":" \t\n"}' '{"a":" x"}' \
		'{"a":0}' '{"a":false}' '{"a":[]}' '{"b":1}'
	local m=MISSING_REQUIRED_FIELD:a
	[ "$(echo $output)" = "$m $m $m $m - - - - $m" ]
}

@test "max_length counts characters of strings, 1,000 unless it says" {
	rules '{"id":"A","max_length":{"a":2,"b":3},"severity":"INFO"}' \
		'{"id":"B","max_length":["c"],"severity":"INFO"}'
	run codes '{"a":"äö","b":123456}' '{"a":"äöü"}' '{"b":"1234"}' \
		'{"c":"'"$(printf 'x%.0s' {1..1000})"'"}' \
		'{"c":"'"$(printf 'x%.0s' {1..1001})"'"}'
	[ "$(echo $output)" = '- TRUNCATION_RISK:a TRUNCATION_RISK:b - TRUNCATION_RISK:c' ]
}

@test "a record has one of the allowed combinations" {
	rules '{"id":"A","allowed":[{"a":["x","y"],"b":1},{"a":"z","b":null}],"severity":"INFO"}'
	local n=COMBINATION_NOT_ALLOWED:A
	run codes '{"a":"x","b":1}' '{"a":"y","b":1.0}' '{"a":"z"}' \
		'{"a":"z","b":null}' '{"a":"z","b":1}' '{"a":"x","b":"1"}' '{}'
	[ "$(echo $output)" = "- - - - $n $n $n" ]
}

@test "a check is a schema that the record must fit, its formats asserted" {
	rules '{"id":"A","check":{"properties":{"m":{"format":"email"},"n":{"minimum":1}}},"severity":"INFO"}'
	run codes '{"m":"a@example.edu","n":1}' '{"m":"a"}' '{"m":"a","n":0}'
	[ "$output" = $'-\nA\nA A' ]
	stream ndjson '{"n":0}' | validate > out
	[ "$(jq -c 'select(.row) | .warnings[0] | [.type,.loc,.msg,.input,.ctx]' out)" = \
		'["greater_than_equal",["n"],"is less than 1",0,{"ge":1}]' ]
}

@test "now is --as-of, or when the manifest was received; the stage line says it" {
	rules '{"id":"A","check":{"properties":{"d":{"x-inv-not-future":true}}},"severity":"INFO"}'
	[ "$(codes '{"d":"2026-11-20"}' '{"d":"2026-11-21"}')" = $'-\nA' ]
	stream ndjson '{"d":"2026-11-20"}' | validate --as-of 2026-11-19T00:00:00Z > out
	[ "$(jq -r 'select(.row) | .warnings[].code' out)" = A ]
	[ "$(jq -r 'select(.type == "stage") | .as_of' out)" = 2026-11-19T00:00:00Z ]
}

@test "references in rules lead into the folder of --ref-dir" {
	mkdir refs
	echo '{"minimum":5}' > refs/five.json
	rules '{"id":"A","check":{"properties":{"n":{"$ref":"five.json"}}},"severity":"INFO"}'
	[[ $(refused) == './r.rules.json: #/rules/0/check/properties/n/$ref: '* ]]
	stream ndjson '{"n":4}' | validate --ref-dir refs > out
	[ "$(jq -r 'select(.row) | .warnings[].code' out)" = A ]
}

@test "a schema that is wrong in a rule is refused with its place" {
	rules '{"id":"A","check":{"minLength":-1},"severity":"INFO"}'
	[ "$(refused)" = './r.rules.json: #/rules/0/check/minLength: not a whole number from 0 on' ]
	rules '{"id":"A","when":{"properties":{"a":{"pattern":"("}}},'"$ASKS"'}'
	[[ $(refused) == './r.rules.json: #/rules/0/when/properties/a/pattern: '* ]]
}

@test "CRITICAL is rejected, the rest forwarded, unless action says REJECT" {
	rules '{"id":"A","required":["a"],"severity":"CRITICAL"}'
	reason() { stream ndjson '{}' | validate | jq -r 'select(.row) | .reason'; }
	[ "$(reason)" = compliance_block ]
	for severity in WARNING INFO; do
		rules '{"id":"A","required":["a"],"severity":"'$severity'"}'
		[ "$(reason)" = null ]
		rules '{"id":"A","required":["a"],"severity":"'$severity'","action":"REJECT"}'
		[ "$(reason)" = compliance_block ]
	done
	rules '{"id":"A","required":["a"],"severity":"CRITICAL","action":"FORWARD"}'
	[ "$(refused)" = './r.rules.json: #/rules/0/action: what is CRITICAL can not be forwarded' ]
	rules '{"id":"A","required":["a"],"severity":"HIGH"}'
	[ "$(refused)" = './r.rules.json: #/rules/0/severity: not CRITICAL, WARNING or INFO' ]
}

@test "a fallback is a hint; without one it is notify where the row is rejected" {
	rules '{"id":"A","required":["a"],"severity":"CRITICAL"}' \
		'{"id":"B","required":["a"],"severity":"CRITICAL","fallback":"retry"}' \
		'{"id":"C","required":["a"],"severity":"CRITICAL","fallback":"validate_again"}' \
		'{"id":"D","required":["a"],"severity":"INFO"}' \
		'{"id":"E","required":["a"],"severity":"INFO","fallback":"notify"}'
	stream ndjson '{}' | validate > out
	[ "$(jq -c 'select(.row) | [.errors[].fallback], [.warnings[].fallback]' out)" = \
		$'["notify","retry","validate_again"]\n[null,"notify"]' ]
	rules '{"id":"A","fallback":"later",'"$ASKS"'}'
	[ "$(refused)" = './r.rules.json: #/rules/0/fallback: not retry, notify or validate_again' ]
}

@test "code and msg stand in place of a rule's own" {
	rules '{"id":"A","required":["a"],"max_length":{"b":1},"allowed":[{"c":1}],"check":{"required":["d"]},"severity":"INFO","code":"X","msg":"is what it is"}'
	stream ndjson '{"b":"xx"}' | validate > out
	[ "$(jq -c 'select(.row) | [.warnings[] | .code, .msg] | unique' out)" = '["X","is what it is"]' ]
	[ "$(jq -c 'select(.row) | .warnings | length' out)" = 4 ]
}

@test "ids are a rule's own, and a rule asks for something" {
	rules '{"id":"A",'"$ASKS"'}' '{"id":"A",'"$ASKS"'}'
	[ "$(refused)" = './r.rules.json: #: two rules are called A' ]
	rules '{"id":"A","severity":"INFO"}'
	[ "$(refused)" = './r.rules.json: #/rules/0: asks for nothing' ]
	rules '{"required":["a"],"severity":"INFO"}'
	[ "$(refused)" = './r.rules.json: #/rules/0/id: missing' ]
	rules '{"id":"A","required":["a"]}'
	[ "$(refused)" = './r.rules.json: #/rules/0/severity: missing' ]
}

# ---- what becomes of a record ----

@test "a rejected record is quarantined as it came, with every error" {
	rules '{"id":"A","required":["a"],"severity":"CRITICAL","tags":["2 CFR 200.302"]}' \
		'{"id":"B","max_length":{"b":1},"severity":"WARNING"}' \
		'{"id":"C","check":{"required":["c"]},"severity":"INFO","action":"REJECT"}'
	stream ndjson '{"b" : "xx"}' | validate > out
	grep -F '"record":{"b" : "xx"},"verdict":"quarantined","stage":"inv-validate","reason":"compliance_block","errors":[' out
	[ "$(jq -c 'select(.row) | [.errors[].code], [.warnings[].code]' out)" = \
		$'["MISSING_REQUIRED_FIELD:a","C"]\n["TRUNCATION_RISK:b"]' ]
}

@test "warnings travel with the record and stop nothing" {
	rules '{"id":"A",'"$ASKS"'}'
	stream ndjson '{"z":1,"b":2}' | validate > out
	[ "$(jq -c 'select(.row) | [.verdict, .record, .warnings[].code]' out)" = \
		'[null,{"b":2,"z":1},"MISSING_REQUIRED_FIELD:a"]' ]
	run inv-dedup -q out
	[ "$(jq -c 'select(.row) | [.warnings[].code]' <<< "$output")" = '["MISSING_REQUIRED_FIELD:a"]' ]
}

@test "schema_violation wins, and lists what the schema says first" {
	echo '{"properties":{"q":{"type":"integer"}}}' > any.schema.json
	rules '{"id":"A","required":["a"],"severity":"CRITICAL"}'
	stream csv '{"q":"x"}' | validate > out
	[ "$(jq -c 'select(.row) | [.reason, .errors[].type]' out)" = '["schema_violation","int_parsing","missing"]' ]
}

@test "rules say nothing where the schema has an error already" {
	echo '{"properties":{"q":{"type":"integer"}},"required":["r"]}' > any.schema.json
	rules '{"id":"A","required":["r"],"severity":"CRITICAL"}' \
		'{"id":"B","check":{"properties":{"q":{"minLength":9},"s":{"minLength":9}}},"severity":"CRITICAL"}' \
		'{"id":"C","allowed":[{"q":1,"s":1}],"severity":"CRITICAL"}'
	stream csv '{"q":"x","s":"t"}' | validate > out
	[ "$(jq -c 'select(.row) | [.errors[] | "\(.loc[0]) \(.code)"]' out)" = '["q null","r null","s B"]' ]
}

@test "a record with a number that is not exact is not judged" {
	rules '{"id":"A","required":["a"],"severity":"CRITICAL"}'
	stream ndjson '{"n":10000000000000001}' | validate --decisions log > out
	[ "$(jq -c 'select(.row) | [.reason, .errors[].type]' out)" = '["schema_violation","number_not_exact"]' ]
	[ ! -s log ]
}

@test "errors of rules have types, codes and members of their own" {
	rules '{"id":"A","required":["a"],"severity":"CRITICAL","tags":["2 CFR 200.302","x"]}' \
		'{"id":"B","max_length":{"b":1},"severity":"CRITICAL"}' \
		'{"id":"C","allowed":[{"c":1,"d":2}],"severity":"CRITICAL"}'
	stream ndjson '{"b":"xx","d":3}' | validate > out
	[ "$(jq -c 'select(.row) | .errors[0]' out)" = '{"type":"missing","loc":["a"],"msg":"is missing","code":"MISSING_REQUIRED_FIELD:a","severity":"CRITICAL","rule":"A","ruleset":"r","action":"REJECT","tags":["2 CFR 200.302","x"],"fallback":"notify"}' ]
	[ "$(jq -c 'select(.row) | .errors[1]' out)" = '{"type":"string_too_long","loc":["b"],"msg":"is longer than 1 character","input":"xx","ctx":{"max_length":1},"code":"TRUNCATION_RISK:b","severity":"CRITICAL","rule":"B","ruleset":"r","action":"REJECT","fallback":"notify"}' ]
	[ "$(jq -c 'select(.row) | .errors[2]' out)" = '{"type":"combination_not_allowed","loc":[],"msg":"is no combination that is allowed","input":{"c":null,"d":3},"code":"COMBINATION_NOT_ALLOWED:C","severity":"CRITICAL","rule":"C","ruleset":"r","action":"REJECT","fallback":"notify"}' ]
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
}

@test "messages have the code in brackets before the type" {
	rules '{"id":"A","max_length":{"b":1},"severity":"INFO"}'
	stream ndjson '{"b":"xx"}' > in
	run --separate-stderr inv-validate -s ./any.schema.json --rules ./r.rules.json in
	[ "$stderr" = 'inv-validate: m.csv:2: b: "xx" is longer than 1 character (TRUNCATION_RISK:b) [string_too_long]' ]
}

@test "the stage line lists the sets with name, version and SHA-256" {
	rules '{"id":"A",'"$ASKS"'}'
	sed 's/"r"/"s"/; s/"1"/"2 b"/' r.rules.json > s.rules.json
	stream ndjson '{"a":1}' | validate --rules ./s.rules.json > out
	[ "$(jq -c 'select(.type == "stage") | .rules' out)" = \
		'[{"name":"r","version":"1","sha256":"'"$(sha256sum < r.rules.json | cut -d ' ' -f 1)"'"},{"name":"s","version":"2 b","sha256":"'"$(sha256sum < s.rules.json | cut -d ' ' -f 1)"'"}]' ]
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
	stream ndjson '{"a":1}' | inv-validate -q -s ./any.schema.json > out
	[ "$(jq -c 'select(.type == "stage") | .rules' out)" = null ]
}

@test "several files are judged, each with a name of its own" {
	rules '{"id":"A",'"$ASKS"'}'
	sed 's/"r"/"s"/' r.rules.json > s.rules.json
	[ "$(stream ndjson '{}' | validate --rules ./s.rules.json |
		jq -c 'select(.row) | [.warnings[].ruleset]')" = '["r","s"]' ]
	run -$EX_CONFIG --separate-stderr validate --rules ./r.rules.json /dev/null
	[ "$stderr" = 'inv-validate: ./r.rules.json: #/name: r is another file'"'s" ]
}

@test "up to 64 files are taken" {
	local n=() i
	rules '{"id":"A",'"$ASKS"'}'
	for ((i = 0; i < 63; i++)); do
		sed "s/\"r\"/\"r$i\"/" r.rules.json > $i.json
		n+=(--rules ./$i.json)
	done
	stream ndjson '{}' > in
	[ "$(validate "${n[@]}" in | jq 'select(.row) | .warnings | length')" = 64 ]
	run -$EX_USAGE validate "${n[@]}" --rules ./r.rules.json in
}

@test "a name is looked up as NAME.rules.json in the folders of schemas" {
	mkdir one
	rules '{"id":"A",'"$ASKS"'}'
	mv r.rules.json one/mine.rules.json
	stream ndjson '{}' > in
	INV_SCHEMA_PATH=none:one run -0 inv-validate -q -s ./any.schema.json --rules mine in
	[[ $output == *'"ruleset":"r"'* ]]
	INV_SCHEMA_PATH='' run -0 inv-validate -q -s ./any.schema.json --rules funders in
	[[ $output == *'"ruleset":"funders"'* ]]
	run -$EX_CONFIG --separate-stderr inv-validate -q -s ./any.schema.json --rules other in
	[[ $stderr == 'inv-validate: rules other: no other.rules.json in INV_SCHEMA_PATH, '* ]]
}

# ---- decisions ----

@test "--decisions has a line for each rule and record" {
	file '"name":"r","version":"7","rules":[
		{"id":"P","required":["a"],"severity":"CRITICAL","tags":["t"]},
		{"id":"F","required":["b"],"severity":"WARNING"}],
		"blocks":[{"name":"B","field":"a","prefix":"x","rules":[
			{"id":"N","when":{"required":["z"]},"required":["b"],"severity":"INFO"}]},
			{"name":"C","field":"a","prefix":"y","rules":[
			{"id":"O","required":["b"],"severity":"INFO"}]}]'
	stream ndjson '{"a":"x"}' | validate --decisions log > out
	diff -u - log <<- END
	{"manifest":"$ID","run":"0123456789abcdef","row":1,"line":2,"ruleset":"r","version":"7","rule":"P","result":"passed","severity":"CRITICAL","action":"REJECT","tags":["t"]}
	{"manifest":"$ID","run":"0123456789abcdef","row":1,"line":2,"ruleset":"r","version":"7","rule":"F","result":"failed","severity":"WARNING","action":"FORWARD"}
	{"manifest":"$ID","run":"0123456789abcdef","row":1,"line":2,"ruleset":"r","version":"7","block":"B","rule":"N","result":"not_applicable","severity":"INFO","action":"FORWARD"}
	END
}

@test "what would only be said where the schema has an error is not_judged" {
	echo '{"properties":{"q":{"type":"integer"}}}' > any.schema.json
	rules '{"id":"A","check":{"properties":{"q":{"minLength":9}}},"severity":"CRITICAL"}'
	stream csv '{"q":"x"}' | validate --decisions log > out
	[ "$(jq -r .result log)" = not_judged ]
}

@test "decisions are added to the file, which is made 0600" {
	rules '{"id":"A",'"$ASKS"'}'
	stream ndjson '{}' '{"a":1}' > in
	umask 022
	validate --decisions log in > out
	[ "$(stat -c %a log)" = 600 ]
	validate --decisions log in > out
	[ "$(jq -r .result log | tr '\n' ' ')" = 'failed passed failed passed ' ]
}

@test "decisions that can not be written are 74, a file that can not be made 73" {
	rules '{"id":"A",'"$ASKS"'}'
	stream ndjson '{}' > in
	run -$EX_IOERR --separate-stderr validate --decisions /dev/full in
	[[ $stderr == 'inv-validate: /dev/full: '*'No space left'* ]]
	[ "$(grep -c '"record":' <<< "$output")" = 1 ]
	run -$EX_CANTCREAT validate --decisions none/log in
}

@test "--decisions asks for rules, a stream and a file" {
	rules '{"id":"A",'"$ASKS"'}'
	run -$EX_USAGE --separate-stderr inv-validate -s ./any.schema.json --decisions log /dev/null
	[ "$stderr" = 'inv-validate: --decisions: "log": there are no --rules' ]
	run -$EX_USAGE --separate-stderr validate --decisions log --test .
	[ "$stderr" = 'inv-validate: --test does not go with --decisions' ]
	run -$EX_USAGE --separate-stderr validate --decisions - /dev/null
	[ "$stderr" = 'inv-validate: --decisions: "-": is not a file' ]
	[ ! -e log ]
}

# ---- beside the stream ----

@test "archived manifests are tried against rules too" {
	rules '{"id":"A","max_length":{"description":25},"severity":"CRITICAL"}'
	set -- -s inventory --rules ./r.rules.json
	inv-split -q "$ROOT/examples/manifests/q3-chemistry.csv" |
		inv-validate -q "$@" | inv-commit -q | inv-quarantine -q |
		inv-audit -q > summary
	blocked=$(inv-quarantine list --reason compliance_block | wc -l)
	[ "$blocked" -gt 100 ]
	[ "$(inv-validate "$@" --backtest | jq -c '[.fail_now.count, .fit_now.count]')" = '[0,0]' ]
	[ "$(inv-validate -s inventory --backtest | jq -c '[.fail_now.count, .fit_now.count]')" = "[0,$blocked]" ]
	sed -i 's/25/24/' r.rules.json
	[ "$(inv-validate "$@" --backtest | jq .fail_now.count)" -gt 0 ]
}

# ---- lint ----

@test "--lint finds columns that the schema does not have, and odd schemas" {
	echo '{"properties":{"a":{"type":"string"}}}' > any.schema.json
	file '"name":"r","version":"1","rules":[
		{"id":"A","severity":"INFO","required":["a","b"],"max_length":{"c":1},
			"allowed":[{"a":1,"d":2}],"when":{"properties":{"e":true}}},
		{"id":"B","severity":"INFO","max_length":["f"],"check":{"minimun":1}}],
		"blocks":[{"name":"C","field":"g","prefix":"x","when":{"properties":{"a":{"enum":[1,1]}}},
			"rules":[{"id":"D","severity":"INFO","required":["h"]}]}]'
	run -1 --separate-stderr validate --lint
	diff -u - <(echo "$output") <<- 'END'
	./r.rules.json:2: #/rules/0/required: the schema has no column b
	./r.rules.json:2: #/rules/0/max_length: the schema has no column c
	./r.rules.json:3: #/rules/0/allowed/0: the schema has no column d
	./r.rules.json:3: #/rules/0/when: the schema has no column e
	./r.rules.json:4: #/rules/1/max_length: the schema has no column f
	./r.rules.json:4: #/rules/1/check/minimun: unknown keyword, minimum?
	./r.rules.json:5: #/blocks/0/field: the schema has no column g
	./r.rules.json:5: #/blocks/0/when: is so without a too: require it
	./r.rules.json:5: #/blocks/0/when/properties/a/enum: 1 is there twice
	./r.rules.json:6: #/blocks/0/rules/0/required: the schema has no column h
	END
	rules '{"id":"A","required":["a"],"severity":"INFO"}'
	run -0 validate --lint
	[ "$output" = '' ]
	rules '{"id":"A","required":["a"]}'
	run -$EX_CONFIG validate --lint
}

# ---- the sets that ship ----

@test "--lint finds nothing in the sets that ship" {
	local set
	for set in funders rcra cost-principles; do
		inv-validate --lint -s "$RULES/$set.schema.json" --rules $set
	done
}

@test "the sets that ship take and refuse the rows beside them" {
	local set
	for set in funders rcra cost-principles; do
		inv-validate -q -s "$RULES/$set.schema.json" --rules $set \
			--as-of 2026-11-01T00:00:00Z --test "$RULES/$set.rows"
		inv-validate -q -s "$RULES/$set.schema.json" --rules $set \
			--test "$RULES/$set.rows"
	done
}

@test "each rule of the sets that ship is broken by a row beside it" {
	local set
	for set in funders rcra cost-principles; do
		inv-split -q "$RULES/$set.rows"/* | inv-validate -q --coerce auto \
			--as-of 2026-11-01T00:00:00Z --decisions log.$set \
			-s "$RULES/$set.schema.json" --rules $set > /dev/null
		jq -r 'select(.result == "failed") | .rule' log.$set | sort -u > broken
		jq -r '.rules[].id, .blocks[].rules[].id' "$RULES/$set.rules.json" | sort > all
		diff all broken
	done
}
