#!/usr/bin/env bats
# inv-split: JSON, an array of objects

load lib
load split

prepare() {
	set -o pipefail
}

# The records, or reason, types and raw: one a line.
fates() {
	inv-split -q "$@" | jq -r 'select(.type=="record") |
		.record // "\(.reason) \(.errors | map(.type) | join(",")) <\(.raw)>" |
		if type == "object" then tojson else . end'
}

format_of() { # ARGS...
	inv-split -q "$@" | member manifest .format
}

@test "the elements of an array are the rows, byte for byte as they are written" {
	printf '\xef\xbb\xbf [ {"a": 1.50, "b":"\\u00e9,]}"},{"a":[1,{"x":{}}]}\n,\t{} ] \n' > m
	inv-split -q m > out
	[ "$(grep -o '"record":.*' out)" = '"record":{"a": 1.50, "b":"\u00e9,]}"}}
"record":{"a":[1,{"x":{}}]}}
"record":{}}' ]
	[ "$(member manifest '|[.format,has("columns")]' < out)" = '["json",false]' ]
	[ "$(member record '|[.row,.line]' < out | paste -sd' ')" = '[1,1] [2,1] [3,2]' ]
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
}

@test "of a row over several lines the blanks around values are left out" {
	printf '[\n  {\n    "a b": "c \\" \\\\ d  e",\r\n\t"f": [\n 1 , { "g" : "\xc3\xa9 " } ]\n  },\n  {}\n]\n' > m
	[ "$(inv-split -q m | grep -o '"record":.*')" = '"record":{"a b":"c \" \\ d  e","f":[1,{"g":"é "}]}}
"record":{}}' ]
	[ "$(inv-split -q m | member record .line | paste -sd' ')" = '2 7' ]
}

@test "it is told by [ and {, by { alone on its line, by []; other { is NDJSON, but for --path" {
	printf ' \n[\n{"a":1}]' > m
	[ "$(format_of m)" = '"json"' ]
	printf '[ ]\n' > m
	[ "$(format_of m)" = '"json"' ]
	[ "$(inv-split -q m | member end .rows)" = 0 ]
	printf '{ \r\n"a":[{"b":1}]}' > m
	[ "$(format_of --path /a m)" = '"json"' ]
	refused_as no_array m
	printf '{"a":[{"b":1}]}\n' > m
	[ "$(format_of m)" = '"ndjson"' ]
	[ "$(format_of --path /a m)" = '"json"' ]
	[ "$(format_of -f ndjson --path /a m)" = '"ndjson"' ]
	printf '[a],b\n1,2\n' > m
	[ "$(format_of m)" = '"csv"' ]
	printf '[]x,b\n1,2\n' > m
	[ "$(format_of m)" = '"csv"' ]
}

@test "what begins with [ is JSON where nothing stands behind its end, whatever is in it" {
	local text
	for text in '[1,2]' '[ ["a]",1],[2] ]' '["a\\"]",{"a":1}]' '[null, {}]' '[true]' '[-1.5e3]' \
		'[NaN,{"a":1}]' '[,{"a":1}]' '[[{"a":1}]]\n\n' '[x]'; do
		printf "$text" > m
		[ "$(format_of m)" = '"json"' ]
	done
	for text in '[a],b\n1,2\n' '[]x,b\n1,2\n' '["a"],b\n1,2\n' '[1],[2]\n3,4\n' '[[a]],b\n' \
		'[a\n1\n' '[1st,2\n3,4\n' '[nullable,2\n3,4\n' '[trues,2\n' '[,b\n1,2\n' '[a],"b]"\n' '[-]"\n'; do
		printf "$text" > m
		[ "$(format_of m)" = '"csv"' ]
	done
	printf '[1,2]' | iconv -t UTF-16 > m
	[ "$(format_of m)" = '"json"' ]
}

@test "where the end is not in the first 64 KiB, a value behind the first bracket tells" {
	local first
	for first in '"a"' 1 '-2.5' true false null '["b"]' '[[1]]' '[[{' ''; do
		printf '[ %s' "$first" > m # cut short
		refused_as malformed m
		[ "$(member manifest .format <<< "$output")" = '"json"' ]
	done
	for first in '"a"' 1 true '[2]' '{}'; do
		{
			printf '[%s' "$first"
			seq 20000 | sed 's/.*/,{"a":&}/'
			printf ']'
		} > m
		[ "$(inv-split -q m | member end '|[.rows,.counts.pending]')" = "[20001,$((20000 + ($(printf %.1s "$first" | tr -d '{' | wc -c) == 0)))]" ]
	done
	{
		echo '[a,b'
		seq -f '%.0f,2' 20000
		echo ']'
	} > m
	[ "$(format_of m)" = '"csv"' ]
}

@test "elements that are no objects are rows that are quarantined, with their place" {
	printf '[1,\n["a]"],"b",{"c":1}, null]' > m
	inv-split -q m > out
	[ "$(member record '|[.row,.line,.reason,.errors[0].type,.raw]' < out)" = '[1,1,"malformed_row","json_invalid","1"]
[2,2,"malformed_row","json_invalid","[\"a]\"]"]
[3,2,"malformed_row","json_invalid","\"b\""]
[4,2,null,null,null]
[5,2,"malformed_row","json_invalid","null"]' ]
	[ "$(member record '|select(.row==2).errors[0].ctx.bytes' < out)" = '[4,10]' ]
	[ "$(member end .rows < out)" = 5 ]
	for text in '[1,2]' '[[1],[2]]'; do
		printf %s "$text" > m
		[ "$(inv-split -q m | member end '|[.rows,.counts.quarantined]')" = '[2,2]' ]
	done
}

@test "--path leads through objects and arrays, names being decoded" {
	printf '{"n":1, "d~":{"x/y":[0,[{"a":1},{"a":2}]]},"e":[{"no":"[{"}],"":[{"b":3}]}' > m
	[ "$(fates --path '/d~0/x~1y/1' m)" = '{"a":1}
{"a":2}' ]
	[ "$(fates --path / m)" = '{"b":3}' ]
	printf '{"caf\\u00e9":[{"a":1}]}' > m
	[ "$(fates --path /café m)" = '{"a":1}' ]
	[ "$(inv-split -q --path /café m | member stage .rows_at)" = '"/café"' ]
	printf '[{"a":1}]' > m
	[ "$(fates --path '' m)" = '{"a":1}' ]
	[ "$(inv-split -q --path '' m | member stage '|has("rows_at")')" = false ]
}

@test "--path takes JSON Pointers of 4,096 bytes and 64 names" {
	local p
	for p in data '/a~2' '/a~' "/$(printf '%4096s' '' | tr ' ' x)" "$(printf '/%.0s' $(seq 65))"; do
		run -64 --separate-stderr inv-split --path "$p" /dev/null
		[[ $stderr = *"--path: "* ]]
	done
	p=$(printf '/%.0s' $(seq 64))
	{
		printf '{"":%.0s' $(seq 64)
		printf '[{"a":1}]'
		printf '}%.0s' $(seq 64)
	} > m
	[ "$(fates --path "$p" m)" = '{"a":1}' ]
}

@test "an object has to be asked for its array, and is refused with the names of those it has" {
	printf '{"data":{"items":[{"a":1}],"n":[1],"none":[]},"x~/y":[ {"a":2}],"deep":[{"in":[{}]}]}' > m
	refused_as no_array -f json m
	[[ $stderr = *'m: an object, not an array; its arrays of objects: /data/items, /data/none, /x~0~1y, /deep (--path)' ]]
	refused_as no_array --path /data m
	[[ $stderr = *'an object, not an array; its arrays of objects: /data/items, '* ]]
	refused_as no_array --path /data/itms m
	[[ $stderr = *'there is nothing at the path; its arrays of objects: /data/items, '* ]]
	refused_as no_array --path /data/n/0 m
	[[ $stderr = *'what the path leads through is no array and no object; '* ]]
	printf '{"a":[{}],"b":[{}],"c":[{}],"d":[{}],"e":[{}]}' > m
	refused_as no_array -f json m
	[[ $stderr = *': /a, /b, /c, /d (--path)' ]]
}

@test "a single object is no manifest, nor is any other value" {
	printf '{\n"name":"x","tags":["a"]}' > m
	refused_as no_array m
	[[ $stderr = *'m: an object, not an array, and has no array of objects' ]]
	local text
	for text in '"[{}]"' 12 '' 'x [{}]'; do
		printf '%s' "$text" > m
		refused_as no_array -f json m
		[[ $stderr = *'m: not a JSON array, nor an object with one'* ]]
	done
}

@test "what is wrong between two commas costs that row alone, and is kept" {
	printf '[{"a":1},{"a":01},{"a":"x\ny"},,{"b":1} junk,{"c":1}{"d":2},5,{"a":1,"\\u0061":2},{"n":10000000000000001},{"t":"\xff"},{"z":2},]' > m
	diff -u - <(inv-split -q m | jq -r 'select(.type=="record") | .record // "\(.reason) \(.errors[0].type) <\(.raw // .raw_base64)>" | if type == "object" then tojson else . end') <<- 'EOF'
		{"a":1}
		malformed_row json_invalid <{"a":01}>
		malformed_row json_invalid <{"a":"x
		y"}>
		malformed_row json_invalid <>
		malformed_row json_invalid <{"b":1} junk>
		malformed_row json_invalid <{"c":1}{"d":2}>
		malformed_row json_invalid <5>
		malformed_row json_invalid <{"a":1,"\u0061":2}>
		malformed_row number_not_exact <{"n":10000000000000001}>
		malformed_row json_invalid <eyJ0Ijoi/yJ9>
		{"z":2}
		malformed_row json_invalid <>
	EOF
	[ "$(inv-split -q m | member record '|select(.row==3).errors[0].ctx')" = '{"line":1,"bytes":[18,29]}' ]
	[ "$(inv-split -q m | member record '|select(.row==4).errors[0].msg')" = '"nothing stands between two commas"' ]
	inv-split -q m | "$ROOT/tests/helper/check-stream" "$ROOT/examples/stream"
}

@test "damage of each element in turn costs that one and no other" {
	python3 - <<- 'EOF'
		import json, subprocess
		rows = ['{"id":"R%d","n":[%d,{"x":"a,]}"}]}' % (n, n) for n in range(12)]
		damage = [lambda r: r[:-1] + ',}', lambda r: r.replace('"', "'").replace("a,]}", "a"),
		          lambda r: r.replace(':', '=', 1), lambda r: 'NaN', lambda r: r.replace('"id"', 'id', 1),
		          lambda r: r + ' //x', lambda r: r.replace('R', '\t'), lambda r: '', lambda r: r + r,
		          lambda r: r.replace('"n"', '"id"'), lambda r: '[' + r + ']', lambda r: r.replace('R', '\\q')]
		for i, hurt in enumerate(damage):
		    texts = list(rows)
		    texts[i] = hurt(rows[i])
		    with open('m', 'w') as f:
		        f.write('[' + ',\n'.join(texts) + ']')
		    out = subprocess.run(['inv-split', '-q', '-f', 'json', 'm'], capture_output=True, text=True)
		    assert out.returncode == 0, (i, out)
		    recs = [json.loads(l) for l in out.stdout.splitlines() if '"type":"record"' in l]
		    assert len(recs) == 12, i
		    for k, r in enumerate(recs):
		        if k == i:
		            assert r['reason'] == 'malformed_row' and r['raw'] == texts[i].strip(), (i, r)
		        else:
		            assert r['record'] == json.loads(rows[k]), (i, k)
	EOF
}

@test "whatever byte is missing, other rows are as they were, or there are none" {
	python3 - <<- 'EOF'
		import json, subprocess
		rows = ['{"id":"R%d","n":[%d,{"x":"a,]}\\\\"}]}' % (n, n) for n in range(3)]
		text = '[' + ',\n'.join(rows) + ']'
		fates = {'refused': 0, 'row': 0, 'joined': 0}
		for i in range(1, len(text)):
		    with open('m', 'w') as f:
		        f.write(text[:i] + text[i + 1:])
		    out = subprocess.run(['inv-split', '-q', '-f', 'json', 'm'], capture_output=True, text=True)
		    recs = [json.loads(l) for l in out.stdout.splitlines() if '"type":"record"' in l]
		    same = [r['row'] - 1 for r in recs if r.get('record') == json.loads(rows[r['row'] - 1])]
		    if out.returncode == 65:
		        assert text[i] in '[]{}"\\\\' and not recs and '"malformed"' in out.stdout, i
		        fates['refused'] += 1
		    elif len(recs) == 2: # a comma between rows
		        assert text[i:i + 2] == ',\n' and recs[0].get('reason', recs[1].get('reason')) == 'malformed_row', i
		        fates['joined'] += 1
		    else:
		        hurt = text[:i].count('\n')
		        assert out.returncode == 0 and len(recs) == 3, (i, out)
		        assert set(same) | {hurt} == {0, 1, 2}, (i, same)
		        fates['row'] += 1
		assert fates['joined'] == 2 and fates['row'] > 40 and fates['refused'] > 30, fates
	EOF
}

@test "what is cut short has no rows, at whatever byte" {
	printf '{"x":[1],"d":[{"a":"b\\"c"},{"d":[1,2]}]}' > whole
	local at n
	n=$(wc -c < whole)
	for ((at = 1; at < n; at++)); do
		head -c "$at" whole > m
		run -65 --separate-stderr inv-split -q -f json --path /d m
		[ "$(member end .rows <<< "$output")" = 0 ]
		[[ $output = *'"reason":"malformed"'* ]]
		[[ $stderr = *"m: line 1, byte $at: the text ends within "* ]]
	done
	run -0 inv-split -q -f json --path /d whole
	printf '[\n' > m
	refused_as malformed m
}

@test "brackets and quotes that do not add up are refused with line and byte" {
	printf '[{"a":1},\n{"b":[}]' > m
	refused_as malformed m
	[[ $stderr = *'m: line 2, byte 16: a } where a ] is due, in row 2, which begins on line 2' ]]
	printf '[{"a":1]' > m
	refused_as malformed m
	[[ $stderr = *'byte 7: a ] where a } is due, in row 1, which begins on line 1' ]]
	printf '[{"a":"x},\n{"b":"c"}]' > m
	refused_as malformed m
	[[ $stderr = *'the text ends within a string'*', in row 1, which begins on line 1; line 1 ends within a string: is a quote missing there?' ]]
	printf '[{"a":1}] []' > m
	refused_as malformed m
	[[ $stderr = *'byte 10: something behind the end of the value' ]]
	printf '[{"a":1}] x' > m
	refused_as malformed m
	printf '[{"a":1}]]' > m
	refused_as malformed m
}

@test "around the array names, values and commas have to follow each other" {
	local text
	for text in '{"a" 1,"d":[{}]}' '{"d":[{}] "a":1}' '{"d":[{}],}' '{a:1,"d":[{}]}' '{"a":,"d":[{}]}' \
		'{"a":x{},"d":[{}]}' '{"a":1:2,"d":[{}]}' '{"a":1,"d":[{}]]' '{"d":[{}],"b":[}}' '{,"d":[{}]}'; do
		printf '%s' "$text" > m
		refused_as malformed --path /d m
	done
	printf '{"d":[{"a":1}],"b":{"d":[2]},"d":[]}' > m
	refused_as malformed --path /d m
	[[ $stderr = *'byte 33: what the path names is there twice' ]]
	printf '{"d":[{"a":1}],"\\u0064":1}' > m
	refused_as malformed --path /d m
}

@test "brackets deeper than a record are that row's, deeper than 1,048,576 nobody's" {
	{
		printf '[{"a":1},'
		head -c 100000 /dev/zero | tr '\0' '['
		head -c 100000 /dev/zero | tr '\0' ']'
		printf ',{"a":2}]'
	} > m
	[ "$(inv-split -q m | member record .reason | paste -sd' ')" = 'null "malformed_row" null' ]
	{
		head -c 1048577 /dev/zero | tr '\0' '['
		head -c 1048577 /dev/zero | tr '\0' ']'
	} > m
	refused_as malformed -f json m
	[[ $stderr = *'byte 1048576: brackets nested too deeply, in row 1, which begins on line 1' ]]
}

@test "a row longer than 1 MiB is kept to its first 1 MiB, and the others go on" {
	{
		printf '[{"a":1},\n {"b":"'
		head -c 3000000 /dev/zero | tr '\0' b
		printf '"} ,{"c":3}]'
	} > m
	inv-split -q m > out
	[ "$(member record '|[.row,.line,.record,.raw_cut,.errors[0].type,.errors[0].ctx.bytes]' < out)" = '[1,1,{"a":1},null,null,null]
[2,2,null,true,"record_too_long",[11,3000020]]
[3,2,{"c":3},null,null,null]' ]
	[ "$(member record '|select(.row==2).raw|length' < out)" = 1048576 ]
}

@test "a long text is cut as a small one is, wherever its pieces end" {
	python3 - <<- 'EOF'
		import json, random, subprocess
		random.seed(6)
		blank = lambda: ''.join(random.choices(' \t\n\r', k=random.choice((0, 0, 1, 1, 70))))
		words = ['', '"', '\\', '\\"', ']', '},{', ',', ':', '\n', 'é', 'x' * 61, '\\\\', '[{']
		def text(v):
		    if isinstance(v, dict):
		        inner = ','.join(blank() + json.dumps(k) + blank() + ':' + blank() + text(x) + blank() for k, x in v.items())
		        return '{' + (inner or blank()) + '}'
		    if isinstance(v, list):
		        return '[' + (','.join(blank() + text(x) + blank() for x in v) or blank()) + ']'
		    return json.dumps(v, ensure_ascii=random.random() < .5)
		def value(depth):
		    kind = random.randrange(4 if depth < 4 else 2)
		    if kind == 0:
		        return random.randrange(1000)
		    if kind == 1:
		        return ''.join(random.choices(words, k=random.randrange(6)))
		    if kind == 2:
		        return [value(depth + 1) for _ in range(random.randrange(4))]
		    return {'%d%s' % (i, random.choice(words)): value(depth + 1) for i in range(random.randrange(4))}
		rows = [{'%d' % i: value(0) for i in range(random.randrange(5))} for _ in range(5000)]
		parts, lines, line = [], [], 1
		for row in rows:
		    before, this, behind = blank(), text(row), blank()
		    lines.append(line + before.count('\n'))
		    line += (before + this + behind).count('\n')
		    parts.append(before + this + behind)
		whole = '{"x":{"y":[' + ','.join(parts) + ']}}'
		assert len(whole) > 1 << 20
		with open('m', 'w', newline='') as f:
		    f.write(whole)
		out = subprocess.run(['inv-split', '-q', '-f', 'json', '--path', '/x/y', 'm'], capture_output=True, check=True).stdout.decode()
		got = [json.loads(l) for l in out.split('\n') if l.startswith('{"type":"record"')]
		assert [g.get('record') for g in got] == rows
		assert [g['line'] for g in got] == lines
	EOF
}

@test "packed, and in UTF-16, it is the same" {
	printf '[\n{"a":"é"},\n{"b":2}]' > m
	fates m > want
	gzip -k m
	[ "$(fates m.gz)" = "$(cat want)" ]
	zstd -q m
	[ "$(fates m.zst)" = "$(cat want)" ]
	{
		printf '\xff\xfe'
		iconv -t UTF-16LE m
	} > m16
	[ "$(fates m16)" = "$(cat want)" ]
}

@test "inv:item is lifted out of an object of JSON as well" {
	printf '[{"inv:item":"","inv:why":"x","inv:row":1,"a":1}]' > m
	[ "$(fates m)" = '{"a":1}' ]
}

@test "its values have their types: inv-validate does not coerce them" {
	printf '[{"n":5},{"n":"5"}]' > m
	echo '{"properties":{"n":{"type":"integer"}}}' > s.schema.json
	run -0 --separate-stderr bash -c 'inv-split -q m | inv-validate -s ./s.schema.json'
	[ "$(member record '|[.row,.errors[0].type]' <<< "$output" | paste -sd' ')" = '[1,null] [2,"int_type"]' ]
}

@test "a registry may be a JSON array" {
	printf '[{"tag":"A"},{"tag":"B"}]' > reg.json
	printf 'tag\nA\nC\n' > m.csv
	echo '{"properties":{"tag":{"type":"string"}}}' > s.schema.json
	run -0 --separate-stderr bash -c 'inv-split -q m.csv | inv-validate -s ./s.schema.json --lookup tag=reg.json'
	[ "$(member record '.verdict' <<< "$output" | paste -sd' ')" = 'null "quarantined"' ]
}

@test "memory is the same for any size of array" {
	limited
	{
		printf '{"head":"'
		head -c 20M /dev/zero | tr '\0' x
		printf '","d":['
		yes '{"asset_id":"LAB-1","n":[1,2,{"x":"y"}]},' | head -n 400000 || true
		printf '{}]}'
	} > m
	run -0 bash -c 'ulimit -v 32768; inv-split -q --no-archive -f json --path /d m | tail -n 1 | jq .rows'
	[ "$output" = 400001 ]
}

# take FILE OPTION...: into a new ledger; its id in $id.
take() {
	local file=$1
	shift
	rm -rf "$INV_STATE" ledger.db
	inv-split -q "$@" "$file" | inv-validate -q -s ./s.schema.json |
		inv-commit -q -k id -l file:ledger.db | inv-audit -q > summary
	id=$(jq -r .manifest summary)
	inv-audit key show > lab.pub
}

# proved FILE ROW RAW OPTION...: its proof has the bytes, check finds them in
# the file, and --backtest reads the file as it was read.
proved() {
	local file=$1 row=$2 raw=$3
	shift 3
	echo '{"properties":{"id":{"type":"string"}}}' > s.schema.json
	take "$file" "$@"
	inv-audit prove "$id" "$row" > proof
	[ "$(jq -r .raw proof)" = "$raw" ]
	[ "$(tail -c +$(($(jq .offset proof) + 1)) "$file" | head -c "$(jq -j .raw proof | wc -c)")" = "$raw" ]
	run -0 --separate-stderr inv-audit check proof --key lab.pub --manifest "$file"
	run -0 --separate-stderr inv-validate -s ./s.schema.json --backtest
	[ "$(jq -c '[.type,.fail_now.count]' <<< "$output")" = '["backtest",0]' ]
}

@test "a row's proof has its bytes, check finds them, and --backtest reads it again" {
	printf '[\n{"id":"A-1"},\n{"id":"A-2",\n "n":1.0} ]' > m.json
	proved m.json 2 $'{"id":"A-2",\n "n":1.0}'
	printf '{"n":2,"d":[{"id":"A-1"},{"id":"A-2"}],"e":[{"id":"X"}]}' > m.json
	proved m.json 2 '{"id":"A-2"}' --path /d
	[ "$(jq -r .rows_at proof)" = /d ]
}

@test "naughty strings come out of an array as they went in" {
	corpus naughty-strings
	jq -c '[.[] | {s: ., n: 1}]' "$CORPUS"/blns-even.json > m.json
	inv-split -q m.json | jq -c 'select(.type=="record").record.s' |
		diff - <(jq -c '.[]' "$CORPUS"/blns-even.json)
	jq '[.[] | {s: ., n: 1}]' "$CORPUS"/blns-even.json > over-lines.json
	diff <(inv-split -q m.json | grep -o '"record":{.*') \
		<(inv-split -q over-lines.json | grep -o '"record":{.*')
}

@test "jsontestsuite: every text as a file and as a row of one" {
	corpus jsontestsuite
	python3 - "$CORPUS/test_parsing" <<- 'EOF'
		import json, os, subprocess, sys
		n = 0
		def split(data):
		    with open('m.json', 'wb') as f:
		        f.write(data)
		    out = subprocess.run(['inv-split', '-q', '--no-archive', '-f', 'json', 'm.json'],
		                         capture_output=True, timeout=20)
		    assert out.returncode in (0, 65), (name, out)
		    lines = out.stdout.splitlines()
		    recs = [l for l in lines if l.startswith(b'{"type":"record"')]
		    assert (out.returncode == 65) == (b'"refused"' in lines[-1]), name
		    assert out.returncode == 0 or recs == [], name
		    return out.returncode, recs
		def values(recs):
		    return [r[r.index(b'"record":') + 9:-1] for r in recs if b'"verdict"' not in r]
		for name in sorted(os.listdir(sys.argv[1])):
		    with open(os.path.join(sys.argv[1], name), 'rb') as f:
		        text = f.read()
		    split(text)
		    status, recs = split(b'[{"x":' + text + b'},\n{"last":1}]')
		    good = values(recs)
		    if name.startswith('y_') and 'duplicated_key' not in name:
		        assert status == 0 and len(good) == 2, (name, recs)
		        assert json.loads(good[0])['x'] == json.loads(text), name
		    if name.startswith('n_'):
		        assert status == 65 or good == [b'{"last":1}'], (name, recs)
		    n += 1
		assert n > 200
	EOF
}
