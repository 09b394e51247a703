#!/usr/bin/env bats
# inv-split: XML, elements as rows

load lib
load split

prepare() {
	set -o pipefail
}

# The records, or reason, types and raw: one a line.
fates() {
	inv-split -q "$@" | jq -r 'select(.type=="record") |
		.record // "\(.reason) \(.errors | map("\(.type) \(.loc | join("/"))") | join(",")) <\(.raw)>" |
		if type == "object" then tojson else . end'
}

# times N TEXT
times() {
	local i
	for ((i = 0; i < $1; i++)); do
		printf '%s' "$2"
	done
}

@test "attributes and elements are members, what is within them is named by its way" {
	printf '<l><i a="1" b="">\n <c>x</c> <d e="2"><f> y\t</f></d><g e="3">z</g><h/><j k=""/></i></l>' > m
	inv-split -q --path /l/i m > out
	[ "$(grep -o '"record":.*' out)" = '"record":{"a":"1","b":"","c":"x","d.e":"2","d.f":" y\t","g.e":"3","g":"z","h":"","j.k":""}}' ]
	[ "$(member manifest '|[.format,has("columns")]' < out)" = '["xml",false]' ]
	[ "$(member stage '|[.rows_at,.encoding]' < out)" = '["/l/i","UTF-8"]' ]
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
}

@test "the first of several has the name, the others are numbered, in each element anew" {
	printf '<l><i><t>a</t><u/><t x="1">b</t><t>c</t><o><t>d</t><t/></o><o><t>e</t></o></i><i><t>f</t></i></l>' > m
	[ "$(fates --path /l/i m)" = '{"t":"a","u":"","t.2.x":"1","t.2":"b","t.3":"c","o.t":"d","o.t.2":"","o.2.t":"e"}
{"t":"f"}' ]
}

@test "the text of a row's own element is a member of its name, and an empty one has none" {
	printf '<l><i>x</i><i a="1"> </i><j>y</j><i/><i></i></l>' > m
	[ "$(fates --path '/l/*' m)" = '{"i":"x"}
{"a":"1","i":" "}
{"j":"y"}
{}
{}' ]
}

@test "text is what XML says it is" {
	printf '<l><i><a> &lt;&#x41;&amp;<![CDATA[ &lt; <b> ]]>c<!-- no --> <?no?>d\r\ne\rf </a>\r\n<b>"\\\t</b>\n</i></l>' > m
	[ "$(fates --path /l/i m)" = '{"a":" <A& &lt; <b> c d\ne\nf ","b":"\"\\\t"}' ]
	printf '<l><i a=" x\n y&#10;z\t"/></l>' > m
	[ "$(fates --path /l/i m)" = '{"a":" x  y\nz "}' ]
}

@test "names are local ones, and declarations of namespaces no attributes" {
	printf '<n:l xmlns:n="urn:n"><n:i xmlns="urn:d" n:a="1" xml:lang="de"><n:b><c/></n:b></n:i></n:l>' > m
	[ "$(fates --path /l/i m)" = '{"a":"1","lang":"de","b.c":""}' ]
	refused_as malformed --path /l/i <(printf '<l><x:i/></l>')
	[[ $stderr = *'unbound prefix'* ]]
}

@test "a name that is there twice costs its row, and is said" {
	printf '<l><i a="1"><a>2</a><b>3</b></i><i xmlns:x="u"><a/><x:a/></i><i><t/><t/><t.2/></i><i i="">x</i><i a="ok"/></l>' > m
	[ "$(fates --path /l/i m)" = 'malformed_row member_twice a <<i a="1"><a>2</a><b>3</b></i>>
malformed_row member_twice a <<i xmlns:x="u"><a/><x:a/></i>>
malformed_row member_twice t.2 <<i><t/><t/><t.2/></i>>
malformed_row member_twice i <<i i="">x</i>>
{"a":"ok"}' ]
	[ "$(inv-split -q --path /l/i m | member record '|select(.row==2).errors[0].ctx')" = '{"line":1,"bytes":[32,61]}' ]
	inv-split -q --path /l/i m | "$ROOT/tests/helper/check-stream" "$ROOT/examples/stream"
}

@test "text beside elements costs its row, each place being said, unless it is dropped" {
	printf '<l><i><d>a <b>c</b> d</d><e><f/>g</e></i><i>x<y/></i><i><y> </y> </i></l>' > m
	[ "$(fates --path /l/i m)" = 'malformed_row mixed_content d,mixed_content e <<i><d>a <b>c</b> d</d><e><f/>g</e></i>>
malformed_row mixed_content i <<i>x<y/></i>>
{"y":" "}' ]
	echo '{"d.b":"bold","y":"y"}' > map
	[ "$(fates --path /l/i --columns map --set z=1 m)" = '{"bold":"c","z":"1"}
{"y":"","z":"1"}
{"y":" ","z":"1"}' ]
	[ "$(inv-split -q --path /l/i --columns map m | member stage .dropped_columns)" = '["d","e","e.f","i"]' ]
	echo '{"d":"d"}' > map
	[[ "$(fates --path /l/i --columns map m)" = 'malformed_row mixed_content d <'* ]]
}

@test "no elements are chosen without --path: the message names those that it could be" {
	printf '<l><h><x/></h><i><t/><t/></i><i/><o><j/><j/><j/></o><k/><k/></l>' > m
	refused_as no_element m
	[[ $stderr = *'m: it has to be said which elements are rows; there is /l/i, /l/o/j, /l/k (--path)' ]]
	refused_as no_element --path /l/z m
	[[ $stderr = *'m: there is no such element; there is /l/i, '* ]]
	printf '<n:l xmlns:n="u"><n:a/><b/></n:l>' > m
	refused_as no_element m
	[[ $stderr = *'there is /l/a, /l/b (--path)' ]]
	printf '<l><a/><a/><b/><b/><c/><c/><d/><d/><e/><e/></l>' > m
	refused_as no_element m
	[[ $stderr = *'there is /l/a, /l/b, /l/c, /l/d (--path)' ]]
	printf '<l/>' > m
	refused_as no_element m
	[[ $stderr = *'and there is none within the root' ]]
	python3 -c 'print("<l>" + "".join("<e%d/>" % i for i in range(3000)) + "</l>")' > m
	refused_as no_element m
}

@test "an element without elements on the way has no rows; one with others is refused" {
	local text
	for text in '<l/>' '<l a="1"> </l>' '<?xml version="1.0"?><l></l>'; do
		printf '%s' "$text" > m
		run -0 inv-split -q --path /l/i m
		[ "$(member end .rows <<< "$output")" = 0 ]
	done
	printf '<l><b/></l>' > m
	refused_as no_element --path /l/i m
	refused_as no_element --path /m m
	printf '<l><b/></l>' > m
	run -0 inv-split -q --path /l/b/i m
	refused_as no_element --path /l/c/i m
	printf '<i a="1"/>' > m
	[ "$(fates --path /i m)" = '{"a":"1"}' ]
}

@test "* is any one name, and rows are at that depth alone" {
	printf '<l><a><i>1</i></a><b><i>2</i><c><i>no</i></c></b><i>no</i></l>' > m
	[ "$(fates --path '/l/*/i' m)" = '{"i":"1"}
{"i":"2"}' ]
	[ "$(fates --path '/*/i' m)" = '{"i":"no"}' ]
}

@test "it is told by < and a letter, _, ? or !, but HTML is none" {
	local text
	for text in '<a/>' ' <_x/>' '<?xml version="1.0"?><a/>' '<!-- x --><a/>'; do
		printf '%s' "$text" > m
		[ "$(inv-split -q --path '/*' m | member manifest .format)" = '"xml"' ] || [ "$text" = ' <_x/>' ]
	done
	printf ' <_x/>' > m
	[ "$(inv-split -q --path /_x m | member manifest .format)" = '"xml"' ]
	# A letter is one of any script.
	for text in '<é/>' '<каталог/>' '<目录/>'; do
		printf '%s' "$text" > m
		[ "$(inv-split -q --path '/*' m | member manifest .format)" = '"xml"' ]
	done
	printf '<1,b\n1,2\n' > m
	[ "$(inv-split -q m | member manifest .format)" = '"csv"' ]
	printf '<a>,b\n1,2\n' > m
	[ "$(inv-split -q -f csv m | member end .rows)" = 1 ]
	printf '<html/>' > m
	refused_as unknown_format m
	[ "$(inv-split -q -f xml --path /html m | member end .rows)" = 1 ]
}

@test "what is not well-formed is refused before its first row, with line and column" {
	printf '<l>\n<i/>\n  <i></j></l>' > m
	refused_as malformed --path /l/i m
	[[ $stderr = *'m: XML: line 3, column 8: mismatched tag' ]]
	local text
	for text in '' '<l><i/>' '<l><i/></l>x' '<l><i/></l><l/>' '<l><i a="1" a="2"/></l>' '<l><i>&x;</i></l>' \
		'<l><i>&#0;</i></l>' $'<l><i>\x01</i></l>' $'<l><i>\xff</i></l>' '<l><i a=1/></l>' '<l><i>]]></i></l>'; do
		printf '%s' "$text" > m
		refused_as malformed -f xml --path /l/i m
		[[ $stderr = *'m: XML: line 1, column '* ]]
	done
}

@test "cut at whatever byte it has no rows" {
	printf '<?xml version="1.0"?><l><i a="1">x<![CDATA[y]]></i><!-- z --><i/></l>' > whole
	local at n
	n=$(wc -c < whole)
	for ((at = 1; at < n; at++)); do
		head -c "$at" whole > m
		refused_as malformed -f xml --path /l/i m
	done
	run -0 inv-split -q --path /l/i whole
}

@test "any DOCTYPE is refused" {
	local text
	for text in '<!DOCTYPE l><l><i/></l>' '<?xml version="1.0"?><!DOCTYPE l SYSTEM "file:///etc/passwd"><l><i/></l>' \
		'<!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><l><i>&b;</i></l>'; do
		printf '%s' "$text" > m
		refused_as doctype --path /l/i m
		[[ $stderr = *'it has a DOCTYPE' ]]
	done
}

@test "encodings that XML declares are read, a mark or -e overrides them" {
	local decl='<?xml version="1.0" encoding="%s"?><l><i>\xe9</i></l>'
	# shellcheck disable=SC2059
	printf "$decl" ISO-8859-1 > m
	[ "$(fates --path /l/i m)" = '{"i":"é"}' ]
	# shellcheck disable=SC2059
	printf "$decl" windows-1252 > m
	refused_as malformed --path /l/i m
	[[ $stderr = *'unknown encoding' ]]
	[ "$(fates -e WINDOWS-1252 --path /l/i m)" = '{"i":"é"}' ]
	# shellcheck disable=SC2059
	printf "$decl" ISO-8859-1 > m
	[ "$(fates -e WINDOWS-1251 --path /l/i m)" = '{"i":"й"}' ]
	printf '\xef\xbb\xbf<?xml version="1.0" encoding="ISO-8859-1"?><l><i>é</i></l>' > m
	[ "$(fates --path /l/i m)" = '{"i":"é"}' ]
	{
		printf '\xff\xfe'
		printf '<?xml version="1.0" encoding="UTF-16"?><l><i>é</i></l>' | iconv -t UTF-16LE
	} > m
	[ "$(fates --path /l/i m)" = '{"i":"é"}' ]
	printf '<?xml version="1.0" encoding="US-ASCII"?><l><i>\xe9</i></l>' > m
	refused_as malformed --path /l/i m
}

# encoding FILE OPTION...: what the stage line says.
encoding() {
	inv-split -q --path /l/i "${@:2}" "$1" | member stage .encoding
}

@test "the stage line has the encoding that was used" {
	local name
	for name in ISO-8859-1:iso-8859-1 US-ASCII:us-ascii UTF-8:utf-8; do
		printf '<?xml version="1.0" encoding="%s"?><l><i>e</i></l>' "${name#*:}" > m
		[ "$(encoding m)" = "\"${name%:*}\"" ]
		[ "$(encoding m -e latin1)" = '"latin1"' ]
	done
	for name in UTF-16LE UTF-16BE; do
		printf '<?xml version="1.0" encoding="UTF-16"?><l><i>é</i></l>' | iconv -t "$name" > m
		[ "$(encoding m -f xml)" = "\"$name\"" ]
		[ "$(fates -f xml --path /l/i m)" = '{"i":"é"}' ]
	done
	printf '\xef\xbb\xbf<?xml version="1.0" encoding="ISO-8859-1"?><l><i>é</i></l>' > m
	[ "$(encoding m)" = '"UTF-8"' ]
	printf '<?xml version="1.0" encoding="ISO-8859-1"?><l><i>\xe9</i></l>' > m
	gzip -k m
	[ "$(inv-split -q --path /l/i m m.gz <(echo '<l><i/></l>') | member stage .encoding | paste -sd' ')" = '"ISO-8859-1" "ISO-8859-1" "UTF-8"' ]
}

@test "packed it is the same" {
	printf '<l><i a="1"/>\n<i>x</i></l>' > m
	fates --path /l/i m > want
	gzip -k m
	[ "$(fates --path /l/i m.gz)" = "$(cat want)" ]
	zstd -q m
	[ "$(fates --path /l/i m.zst)" = "$(cat want)" ]
}

@test "a row past a ceiling is quarantined alone, and the others go on" {
	python3 - <<- 'EOF'
		def deep(n):
		    return "<i>" + "<d>" * (n - 1) + "</d>" * (n - 1) + "</i>"
		rows = [
		    deep(64), deep(65), deep(200),
		    "<i>" + "".join("<e%d/>" % i for i in range(4096)) + "</i>",
		    "<i>" + "".join("<e%d/>" % i for i in range(4097)) + "</i>",
		    "<i>" + "<e/>" * 4097 + "</i>",
		    "<i>" + "<e><f x=''/></e>" * 3000 + "</i>",
		    "<i><a>" + "x" * (256 << 10) + "</a></i>",
		    "<i><a>" + "x" * (256 << 10) + "y</a></i>",
		    "<i><a>" + '"' * (130 << 10) + "</a></i>",
		    '<i a="' + "x" * (257 << 10) + '"/>',
		    "<i>" + "<a>" + "x" * 200000 + "</a>" + "<!-- %s -->" % ("x" * 900000) + "</i>",
		    "<i>" + ("<a>" + "x" * 200000 + "</a>") * 30 + "</i>",
		    "<i " + "n" * 1024 + "='1'/>",
		    "<i>last</i>"]
		with open("m", "w") as f:
		    f.write("<l>" + "\n".join(rows) + "</l>")
	EOF
	inv-split -q --path '/l/i' m > out
	[ "$(member record '|[.row,.errors[0].type // "ok",.raw_cut // false]' < out)" = '[1,"ok",false]
[2,"record_too_deep",false]
[3,"record_too_deep",false]
[4,"ok",false]
[5,"record_too_deep",false]
[6,"record_too_deep",false]
[7,"record_too_deep",false]
[8,"ok",false]
[9,"cell_too_long",false]
[10,"cell_too_long",false]
[11,"cell_too_long",false]
[12,"record_too_long",true]
[13,"record_too_long",true]
[14,"ok",false]
[15,"ok",false]' ]
	[ "$(member record '|select(.row==13).raw|[length,.[:5]]' < out)" = '[1048576,"<i><a"]' ]
	[ "$(member record '|select(.row==13).errors[0]|[.loc,.ctx.bytes[1]-.ctx.bytes[0]]' < out)" = '[[],6000217]' ]
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
}

@test "elements more than 256 deep, and a tag longer than 1 MiB, are refused" {
	{
		times 257 '<l>'
		times 257 '</l>'
	} > m
	refused_as malformed --path /l/l m
	[[ $stderr = *'more than 256 elements within each other' ]]
	{
		printf '<l><i/><!--'
		head -c 1200000 /dev/zero | tr '\0' x
		printf '%s' '--></l>'
	} > m
	refused_as malformed --path /l/i m
	[[ $stderr = *'longer than 1 MiB' ]]
}

@test "a name longer than 1,024 bytes, and more than 8,192 names, are refused" {
	local u
	u=$(printf '%1023s' '' | tr ' ' u)
	printf '<l><i xmlns="%s"/></l>' "$u" > m
	refused_as malformed --path /l/i m
	[[ $stderr = *'a name longer than 1,024 bytes' ]]
	printf '<l><i xmlns="%s"/></l>' "${u:1}" > m
	[ "$(inv-split -q --path /l/i m | member end .rows)" = 1 ]
	{
		printf '<l>'
		printf '<i><n%d/></i>' $(seq 8190)
		printf '</l>'
	} > m
	[ "$(inv-split -q --path /l/i m | member end .counts.pending)" = 8190 ]
	sed -i 's,</l>,<j/></l>,' m
	refused_as malformed --path /l/i m
	[[ $stderr = *'more than 8,192 different names' ]]
}

@test "a row has its bytes and its line, wherever pieces of the text end" {
	python3 - <<- 'EOF'
		import json, random, subprocess
		import xml.etree.ElementTree as ET
		random.seed(8)
		local = lambda tag: tag.rpartition("}")[2]
		words = ["", " ", "x", "é&amp;", "<![CDATA[<&]]>", "&#10;", "a\"b", "\n", "<!-- - -->", "z" * 70]
		plain = lambda k: "".join(random.choices(words, k=k))
		attr = lambda: "".join(random.choices(["", "x", "é&amp;", "&lt;", "&#9;", "q" * 50], k=2))
		def element(name, depth):
		    attrs = "".join(' %s="%s"' % (n, attr()) for n in random.sample(["a1", "b:a2", "a3"], random.randrange(3)))
		    if depth < 4 and random.random() < .5:
		        inner = "".join(random.choice([" ", "\n", ""]) + element(random.choice(["e", "f", "n:g"]), depth + 1)
		                        for _ in range(random.randrange(4)))
		    else:
		        inner = plain(random.randrange(3))
		    return "<%s%s>%s</%s>" % (name, attrs, inner, name) if inner or random.random() < .5 else "<%s%s/>" % (name, attrs)
		def members(e, way, out):
		    for k, v in e.attrib.items():
		        out.append((way + [local(k)], v))
		    count = {}
		    if len(e) == 0:
		        text = e.text or ""
		        if text or not (e.attrib or not way):
		            out.append((way or [local(e.tag)], text))
		    for c in e:
		        n = count[local(c.tag)] = count.get(local(c.tag), 0) + 1
		        members(c, way + [local(c.tag)] + ([str(n)] if n > 1 else []), out)
		rows, parts, lines, line = [], [], [], 2
		for n in range(4000):
		    text = element("i", 0)
		    e = ET.fromstring("<l xmlns:n='u' xmlns:b='v'>" + text + "</l>")[0]
		    out = []
		    members(e, [], out)
		    rows.append({".".join(k): v for k, v in out})
		    lines.append(line)
		    parts.append(text)
		    gap = random.choice(["", "\n", " <!-- <i/> -->\n\n"])
		    line += (text + gap).count("\n")
		    parts.append(gap)
		whole = "<l xmlns:n='u' xmlns:b='v'>\n" + "".join(parts) + "</l>"
		assert len(whole) > 1 << 18
		with open("m", "w", newline="") as f:
		    f.write(whole)
		out = subprocess.run(["inv-split", "-q", "--path", "/l/i", "m"], capture_output=True, check=True).stdout.decode()
		got = [json.loads(l) for l in out.split("\n") if l.startswith('{"type":"record"')]
		assert len(got) == 4000
		for g, r, l in zip(got, rows, lines):
		    assert g.get("record") == r and list(g["record"]) == list(r), (g, r)
		    assert g["line"] == l, (g, l)
	EOF
}

@test "values are strings, which inv-validate coerces" {
	printf '<l><i n="5"/><i n="x"/></l>' > m
	echo '{"properties":{"n":{"type":"integer"}}}' > s.schema.json
	run -0 --separate-stderr bash -c 'inv-split -q --path /l/i m | inv-validate -s ./s.schema.json'
	[ "$(member record '|[.row,.record.n,.errors[0].type]' <<< "$output" | paste -sd' ')" = '[1,5,null] [2,"x","int_parsing"]' ]
}

@test "memory is the same for any size of text" {
	limited
	{
		printf '<l>'
		yes '<i sku="L-1"><n>tube</n><q>5</q></i>' | head -n 300000 || true
		printf '<i><a>'
		head -c 20M /dev/zero | tr '\0' x
		printf '</a></i>'
		yes '<b><c/></b>' | head -n 1000000 || true
		printf '</l>'
	} > m
	run -0 bash -c 'ulimit -v 32768; inv-split -q --no-archive --path /l/i m | tail -n 1 | jq .rows'
	[ "$output" = 300001 ]
}

# N rows, which are 80 bytes each where they wait and 6 in the text.
many() { # N
	printf '<l>'
	times "$1" '<i/>
'
	printf '</l>'
}

@test "more rows than memory holds wait in TMPDIR: where that is full, or not there, nothing is written" {
	many 20000 > m
	many 1000 > few
	TMPDIR=/nowhere run -74 --separate-stderr inv-split -q --path /l/i m
	[ "$output" = "" ]
	[[ $stderr = *'/nowhere: No such file or directory' ]]
	TMPDIR=/nowhere run -0 inv-split -q --path /l/i few
	run -74 --separate-stderr bash -c 'trap "" XFSZ; ulimit -f 512; inv-split -q --path /l/i m'
	[ "$output" = "" ]
	[[ $stderr = *'the temporary file: write: File too large' ]]
	[ "$(inv-split -q --path /l/i m | member end .counts.pending)" = 20000 ]
}

@test "what waited and can not be read again is 74" {
	case $(command -v inv-split) in
	*/asan/*) skip "a leak checker and a tracer can not both hold a process" ;;
	esac
	many 20000 > m
	n=$(strace -e trace=pread64 inv-split -q --path /l/i m 2>&1 > /dev/null | grep -c '^pread64(')
	run -74 --separate-stderr strace -o /dev/null -e inject=pread64:error=EIO:when="$n" inv-split -q --path /l/i m
	[ "$(member end '' <<< "$output")" = "" ]
	[[ $stderr = *'the temporary file: Input/output error' ]]
}

@test "of a row whose errors take more than 8 MiB only its length is told" {
	{
		printf '<l><i>'
		times 30 "<$(printf '%1000s' '' | tr ' ' n)>"
		yes '<d>x<e/>y</d>' | head -n 4000 || true
		times 30 "</$(printf '%1000s' '' | tr ' ' n)>"
		printf '</i><i>x</i></l>'
	} > m
	inv-split -q --path /l/i m > out
	[ "$(member record '|[.row,(.errors // []|map(.type)),.record]' < out)" = '[1,["record_too_long"],null]
[2,[],{"i":"x"}]' ]
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

@test "a row's proof has its bytes, check finds them, and --backtest reads it again" {
	echo '{"properties":{"id":{"type":"string"}}}' > s.schema.json
	printf '\xef\xbb\xbf<l>\n<i id="A-1"/>\n<i>\n <id>A-2</id></i></l>' > m.xml
	take m.xml --path /l/i
	inv-audit prove "$id" 2 > proof
	[ "$(jq -r .raw proof)" = $'<i>\n <id>A-2</id></i>' ]
	[ "$(tail -c +$(($(jq .offset proof) + 1)) m.xml | head -c "$(jq -j .raw proof | wc -c)")" = "$(jq -r .raw proof)" ]
	[ "$(jq -r .rows_at proof)" = /l/i ]
	run -0 --separate-stderr inv-audit check proof --key lab.pub --manifest m.xml
	run -0 --separate-stderr inv-validate -s ./s.schema.json --backtest
	[ "$(jq -c '[.type,.fail_now.count]' <<< "$output")" = '["backtest",0]' ]
	printf '<?xml version="1.0" encoding="windows-1252"?><l><i id="\xe9"/></l>' > m.xml
	take m.xml --path /l/i -e WINDOWS-1252
	run -0 --separate-stderr inv-validate -s ./s.schema.json --backtest
	[ "$(jq -c '[.type,.fail_now.count]' <<< "$output")" = '["backtest",0]' ]
	printf '<?xml version="1.0" encoding="ISO-8859-1"?><l><i id="\xe9"/></l>' > m.xml
	take m.xml --path /l/i
	run -0 --separate-stderr inv-audit prove "$id" 1
	[[ $stderr = *'are not in the proof: in ISO-8859-1 it is no run of bytes that we read' ]]
	printf "%s\n" "$output" > proof
	inv-audit check proof --key lab.pub
	run -0 --separate-stderr inv-validate -s ./s.schema.json --backtest
	[ "$(jq -c '[.type,.fail_now.count]' <<< "$output")" = '["backtest",0]' ]
}
