#!/usr/bin/env bats
# split-xml-mapping - what inv-mapping(5) promises of XML

load lib
load split

prepare() {
	set -o pipefail
	cat > map <<-'END'
		{"namespaces": {"": "urn:o", "c": "urn:c"},
		 "header": {"number": "/orders/order/c:number", "day": "/orders/@day"},
		 "rows": {"path": "/orders/order/lines/line", "members": {"id": "@id", "name": "c:name"}}}
	END
	cat > m <<-'END'
		<orders xmlns="urn:o" xmlns:x="urn:c" day="Friday">
		 <order><x:number>1</x:number><lines>
		  <line id="a"><x:name>tube</x:name></line>
		  <line id="b"/></lines><note>not named</note></order>
		 <order><lines><line><x:name/></line></lines></order>
		 <order><x:number>3</x:number><lines><line id="c"/></lines></order>
		</orders>
	END
}

# map FILTER: the mapping, with jq's FILTER over it, into map2.
map() {
	jq "$1" map > map2
}

# What the rows are by it, one a line: the record, or types and places.
fates() { # [OPTION...] FILE
	inv-split -q -f xml --mapping map2 "$@" | jq -c 'select(.type=="record") |
		.record // (.errors | map("\(.type) \(.loc | join("/"))"))'
}

# Of one row <r>: its members by PATHS, which are jq's.
of_row() { # PATHS ROW
	jq -n "{rows: {path: \"/l/r\", others: \"drop\", members: $1}}" > map2
	printf '<l>%s</l>' "$2" > one
	fates one
}

@test "rows have their own members and those of what they are in, in the order of the mapping" {
	map .
	[ "$(fates m)" = '{"number":"1","day":"Friday","id":"a","name":"tube"}
{"number":"1","day":"Friday","id":"b"}
{"day":"Friday","name":""}
{"number":"3","day":"Friday","id":"c"}' ]
	inv-split -q --mapping map m > out
	[ "$(member manifest '|[.format,has("columns")]' < out)" = '["xml",false]' ]
	[ "$(member record '|[.row,.line]' < out | paste -sd' ')" = '[1,3] [2,4] [3,5] [4,6]' ]
	[ "$(member stage '.mappings|length' < out)" = 1 ]
	[ "$(member stage '.mappings[0]' < out | jq -S .)" = "$(jq -S . map)" ]
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
}

@test "names are of namespaces, whatever the prefixes" {
	map .
	sed -E 's/xmlns="urn:o"/xmlns:o="urn:o"/; s/xmlns:x/xmlns:y/; s#<(/?)([a-z]+[ >/])#<\1o:\2#g; s/x:/y:/g' m > n
	[[ "$(cat n)" = *'<y:name>tube</y:name></o:line>'* ]]
	[ "$(fates n)" = "$(fates m)" ]
	map 'del(.namespaces[""])'
	refused_as no_element --mapping map2 m
	[[ $stderr = *'m: there is no such element; there is /orders/order (rows/path of the mapping, with its namespaces)' ]]
	map '.namespaces.c="urn:other"'
	[ "$(fates m | head -n 1)" = '["element_unmapped name"]' ]
	printf '<l xmlns:p="urn:p"><r a="1" p:a="2" xml:lang="de"/></l>' > n
	jq -n '{namespaces: {q: "urn:p"}, rows: {path: "/l/r", members: {a: "@a", b: "@q:a", l: "@xml:lang"}}}' > map2
	[ "$(fates n)" = '{"a":"1","b":"2","l":"de"}' ]
}

@test "the text of an element is exactly what XML says, and an empty one an empty string" {
	[ "$(of_row '{t: "t", u: "a/b", v: "w"}' '<r><t> &lt;<![CDATA[&]]><!-- no -->\n"</t><a> <b>x</b> </a><v/></r>')" = \
		'{"t":" <&\\n\"","u":"x"}' ]
	[ "$(of_row '{t: "t", u: "t/@a"}' '<r><t a=""/></r>')" = '{"t":"","u":""}' ]
	[ "$(of_row '{t: "."}' '<r>x<!-- --> y</r><r/>' | paste -sd' ')" = '{"t":"x y"} {"t":""}' ]
	[ "$(of_row '{a: "t", b: "t"}' '<r><t>x</t></r>')" = '{"a":"x","b":"x"}' ]
}

@test "a list has all values, and what is no list has one" {
	[ "$(of_row '{t: {path: "t", list: true}, a: {path: "t/@a", list: true}, n: {path: "n", list: true}}' \
		'<r><t a="1">x</t><t/><u/><t a="2">x</t></r>')" = '{"t":["x","","x"],"a":["1","2"]}' ]
	[ "$(of_row '{t: "t", a: "t/@a"}' '<r><t>x</t><t>x</t></r><r><t a="1"/><t a="2"/></r><r><t/></r>' | paste -sd' ')" = \
		'["element_twice t"] ["element_twice a","element_twice t"] {"t":""}' ]
	[ "$(of_row '{t: "a/t"}' '<r><a><t>1</t></a><a><t>2</t></a></r>')" = '["element_twice t"]' ]
}

@test "when says which of several elements a member is of" {
	[ "$(of_row '{a: {path: "k/@h", when: "@r=x"}, b: {path: "k/@h", when: "@r=y", list: true}, c: {path: "k", when: "@r="}}' \
		'<r><k r="y" h="1"/><k r="x" h="2"/><k r="y" h="3"/><k>4</k></r>')" = '{"a":"2","b":["1","3"],"c":"4"}' ]
	[ "$(of_row '{a: {path: "k", when: "@r=x"}}' '<r><k r="x">1</k><k r="x">2</k></r>')" = '["element_twice a"]' ]
}

@test "an element that has elements is no text, and costs its row" {
	[ "$(of_row '{t: "t"}' '<r><t>a <b>c</b></t></r><r><t><b/></t></r><r><t>a</t></r>' | paste -sd' ')" = \
		'["mixed_content t"] ["mixed_content t"] {"t":"a"}' ]
	[ "$(of_row '{t: "t", b: "t/b"}' '<r><t> <b>c</b> </t></r>')" = '["mixed_content t"]' ]
	[ "$(of_row '{b: "t/b"}' '<r><t>not named <b>c</b></t></r>')" = '{"b":"c"}' ]
}

@test "what is in a row and not named costs it, unless others are dropped" {
	map .
	sed 's/<line id="b"\/>/<line id="b" x="1">y<z><y\/><\/z><x:name><x:part a="2"\/><\/x:name><\/line>/' m > n
	[ "$(fates n | sed -n 2p)" = '["element_unmapped x","element_unmapped z","mixed_content name","element_unmapped c:name/part","element_unmapped ."]' ]
	[ "$(fates n | sed -n '1p;3,$p')" = "$(fates m | sed -n '1p;3,$p')" ]
	map '.rows.others="drop"'
	[ "$(fates n | sed -n 2p)" = '["mixed_content name"]' ]
	sed -i 's/<x:part a="2"\/>//' n
	[ "$(fates n | sed -n 2p)" = '{"number":"1","day":"Friday","id":"b","name":""}' ]
	map '.rows.members.id={path: "@id", when: "@x=2"}'
	[ "$(fates n | sed -n 2p)" = '["element_unmapped id","element_unmapped z","element_unmapped ."]' ]
}

@test "a member of the header that is wrong costs every row that has it, and no other" {
	map .
	sed 's/<x:number>3/<x:number>2<\/x:number>&/' m > n
	[ "$(fates n | paste -sd' ' | cut -d ' ' -f 3-)" = '{"day":"Friday","name":""} ["element_twice number"]' ]
	sed 's/<x:number>1/&<b\/>/' m > n
	[ "$(fates n | paste -sd'|')" = '["mixed_content number"]|["mixed_content number"]|{"day":"Friday","name":""}|{"number":"3","day":"Friday","id":"c"}' ]
	map '.header.number={path: "/orders/order/c:number", list: true}'
	sed 's/<x:number>3/<x:number>2<\/x:number>&/' m > n
	[ "$(fates n | jq -c .number | paste -sd' ')" = '["1"] ["1"] null ["2","3"]' ]
}

@test "a member of the header behind rows that should have it is refused, with its line" {
	map '.header.note="/orders/order/note"'
	refused_as element_late --mapping map2 m
	[[ $stderr = *'m: line 4: note: /orders/order/note: behind rows that should have it' ]]
	map '.header.note={path: "/orders/order/note", list: true, when: "@x=1"}'
	[ "$(fates m | head -n 1)" = '{"number":"1","day":"Friday","id":"a","name":"tube"}' ]
	map '.header.n={path: "/orders/order/lines/id/@n", list: true}'
	printf '<orders xmlns="urn:o"><order><lines><id n="1"/><line/></lines></order><order><lines>\n<line/><id n="2"/></lines></order></orders>' > n
	refused_as element_late --mapping map2 n
	[[ $stderr = *'n: line 2: n: '* ]]
	sed -i 's/<line\/><id n="2"\/>/<id n="2"\/><line\/>/' n
	[ "$(fates n)" = '{"n":["1"]}
{"n":["2"]}' ]
}

@test "a text without its rows is one without rows, or refused" {
	map .
	printf '<orders xmlns="urn:o"><order><lines/></order></orders>' > n
	[ "$(inv-split -q --mapping map n | member end .rows)" = 0 ]
	printf '<orders xmlns="urn:o"/>' > n
	[ "$(inv-split -q --mapping map n | member end .rows)" = 0 ]
	printf '<orders/>' > n
	refused_as no_element --mapping map n
	printf '<orders xmlns="urn:o"><order><lines><l/></lines></order></orders>' > n
	refused_as no_element --mapping map n
	printf '<orders xmlns="urn:o"><order><lines><line/></lines></order></orders' > n
	refused_as malformed --mapping map n
}

@test "--path does not count with a mapping of XML, and a mapping of X12 is none" {
	[ "$(inv-split -q --mapping map --path /no/such m | member end .rows)" = 4 ]
	[ "$(inv-split -q --mapping "$ROOT/examples/mappings/850.json" --path /orders/order m | member end .rows)" = 3 ]
	[ "$(inv-split -q --mapping "$ROOT/examples/mappings" --path /orders/order m | member end .rows)" = 3 ]
	printf '%s\n' 'ISA*00*          *00*          *ZZ*A              *ZZ*B              *260314*0936*U*00401*000000001*0*T*>~' \
		'GS*PO*A*B*20260314*0936*1*X*004010~' 'ST*850*1~' 'PO1*1~' 'SE*3*1~' 'GE*1*1~' 'IEA*1*000000001~' > x12
	[ "$(inv-split -q --mapping map x12 | member record '.errors|map(.type)')" = '["no_mapping"]' ]
}

# refuses TEXT FILTER: the mapping is none, and the message says TEXT.
refuses() {
	map "$2"
	run -78 --separate-stderr inv-split -q --mapping map2 m
	[[ $stderr = *"map2: "*"$1"* ]]
	[ "$output" = "" ]
}

@test "a mapping that is none ends the run with 78" {
	refuses 'mapping: not an object' '[.]'
	refuses 'x: is not known' '.x=1'
	refuses 'x: is not known' '.rows.x=1'
	refuses 'rows: not an object' 'del(.rows)'
	refuses 'rows/path: not a path' 'del(.rows.path)'
	local path
	for path in '' / orders /orders/ //orders '/@x' '/orders/@x' '/*/order' '/x:orders' '/orders/a b' '/:orders' \
		'/orders/.' '/1' "$(printf '/a%.0s' {1..65})"; do
		refuses 'rows/path: not a path' ".rows.path=\"$path\""
	done
	refuses 'rows/others: not drop' '.rows.others="keep"'
	refuses 'rows/members: not an object' 'del(.rows.members)'
	refuses 'namespaces: not an object' '.namespaces=[]'
	refuses 'namespaces: not prefixes' '.namespaces.x=""'
	refuses 'namespaces: not prefixes' '.namespaces.x=1'
	refuses 'namespaces: not prefixes' '.namespaces.x="a b"'
	refuses 'namespaces: not prefixes' '.namespaces["1"]="a"'
	refuses 'namespaces: more than 32' '.namespaces=([range(33)|{key:"p\(.)",value:"u"}]|from_entries)'
	refuses 'number: not a path' '.namespaces=([range(32)|{key:"p\(.)",value:"u"}]|from_entries)'
	refuses 'id: neither a path nor an object' '.rows.members.id=1'
	refuses 'id: no path' '.rows.members.id={}'
	refuses 'id: type: not known' '.rows.members.id={path:"@id",type:"date"}'
	refuses 'id: list: not known' '.rows.members.id={path:"@id",list:1}'
	for path in 'rel=x' '@=x' '@q:x=1' ''; do
		refuses 'id: when: not known' ".rows.members.id={path:\"@id\",when:\"$path\"}"
	done
	for path in '' /orders a/ a//b @ @id/a 'a/@b@' './a' 'q:a' '*'; do
		refuses 'id: not a path such as cac:Item' ".rows.members.id=\"$path\""
	done
	for path in number @day / /orders/order/lines/line/@id /orders/order/lines/line/x; do
		refuses 'day: not a path such as /Order' ".header.day=\"$path\""
	done
	refuses 'day: rows are in that element' '.header.day="/orders/order"'
	refuses 'day: not in the root of the rows' '.header.day="/other/x"'
	refuses 'number: is there twice' '.rows.members.number="x"'
	refuses 'no name for a member' '.rows.members[""]="x"'
	refuses 'inv:x: no name for a member' '.rows.members["inv:x"]="x"'
	refuses 'more than 512 members' '.rows.members=([range(511)|{key:"m\(.)",value:"x"}]|from_entries)'
	map '.rows.members=([range(510)|{key:"m\(.)",value:"x"}]|from_entries)'
	inv-split -q --mapping map2 m > out
	refuses 'not a path' '.rows.members=([range(400) as $i|{key:"m\($i)",value:([range(12)|"a\($i)"]|join("/"))}]|from_entries)'
	echo '{' > map2
	run -78 --separate-stderr inv-split -q --mapping map2 m
	run -78 --separate-stderr inv-split -q --mapping nothere m
	jq '.title=" " * 300000' map > map2
	run -78 --separate-stderr inv-split -q --mapping map2 m
}

@test "--columns and --set name what the mapping has named" {
	echo '{"id":"asset","day":"when"}' > names
	[ "$(inv-split -q --mapping map --columns names --set campus=north m | member record .record | head -n 2 | paste -sd' ')" = \
		'{"when":"Friday","asset":"a","campus":"north"} {"when":"Friday","asset":"b","campus":"north"}' ]
	[ "$(inv-split -q --mapping map --columns names m | member stage .dropped_columns)" = '["number","name"]' ]
	[ "$(inv-split -q --mapping map --set id=x m | member record '|.errors[0].type // "ok"' | paste -sd' ')" = \
		'"member_twice" "member_twice" "ok" "member_twice"' ]
}

@test "what is longer than a record or a text can be costs its row" {
	map '.rows.members.all={path: "t/@x", list: true}|.rows.members.big="c:big"'
	python3 - <<- 'EOF'
		head = "<orders xmlns='urn:o' xmlns:c='urn:c'><order><lines>"
		rows = ["<c:big>" + "x" * (256 << 10) + "</c:big>",
		        "<c:big>" + "x" * (256 << 10) + "y</c:big>",
		        "<c:big>" + '"' * (130 << 10) + "</c:big>",
		        "<t x='1'/>" * 8191, "<t x='1'/>" * 8192, "<z/>" * 8193,
		        "<t x='%s'/>" % ("x" * 100000) * 11, ""]
		open("n", "w").write(head + "".join("<line id='%d'>%s</line>" % r for r in enumerate(rows)) + "</lines></order></orders>")
	EOF
	[ "$(fates n | jq -c 'if type == "array" then .[:2] else .id end' | paste -sd' ')" = \
		'"0" ["cell_too_long big"] ["cell_too_long big"] "3" ["record_too_deep "] ["record_too_deep "] ["record_too_long "] "7"' ]
	map .
	python3 - <<- 'EOF'
		print("<orders xmlns='urn:o' xmlns:c='urn:c'><order><c:number>%s</c:number><lines><line/><line/></lines></order>"
		      "<order><lines><line id='x'/></lines></order></orders>" % ("x" * 300000), file=open("n", "w"))
	EOF
	[ "$(fates n | paste -sd' ')" = '["cell_too_long number"] ["cell_too_long number"] {"id":"x"}' ]
	# A header with no room for it, and then a short one.
	map '.header+=([range(4)|{"h\(.)": "/orders/h\(.)"}]|add)'
	python3 - <<- 'EOF'
		print("<orders xmlns='urn:o' xmlns:c='urn:c'>%s" % "".join("<h%d>%s</h%d>" % (i, "x" * 230000, i) for i in range(4)),
		      *("<order><c:number>%s</c:number><lines><line/></lines></order>" % n for n in ("1" * 200000, 2)),
		      "</orders>", file=open("n", "w"))
	EOF
	[ "$(fates n | jq -c '.number? // .' | paste -sd' ')" = '["record_too_long number"] "2"' ]
}

@test "memory is the same for any size of text" {
	limited # and a mapping is read by what reserves more than it takes
	map '.rows.others="drop"'
	{
		printf '<orders xmlns="urn:o" xmlns:c="urn:c">'
		yes '<order><c:number>5</c:number><lines><line id="x"/><line><c:name>tube</c:name></line></lines></order>' | head -n 200000 || true
		printf '</orders>'
	} > n
	RSS=rss "$ROOT/tests/helper/rss" inv-split -q --no-archive --mapping map2 n | tail -n 1 > end
	[ "$(cat rss)" -lt 32768 ]
	[ "$(jq .rows end)" = 400000 ]
}

@test "what was taken is read again by the mapping of then" {
	echo '{"properties":{"id":{"type":"string"}}}' > s.schema.json
	inv-split -q --mapping map m | inv-validate -q -s ./s.schema.json |
		inv-commit -q -k number,id,name -l file:ledger.db | inv-audit -q > summary
	id=$(jq -r .manifest summary)
	rm map
	inv-audit key show > lab.pub
	inv-audit prove "$id" 1 > proof
	[ "$(jq -r .raw proof)" = '<line id="a"><x:name>tube</x:name></line>' ]
	[ "$(jq -c '[.record,.mappings[0].rows.path]' proof)" = \
		'["{\"day\":\"Friday\",\"id\":\"a\",\"name\":\"tube\",\"number\":\"1\"}","/orders/order/lines/line"]' ]
	run -0 --separate-stderr inv-audit check proof --key lab.pub --manifest m
	run -0 --separate-stderr inv-validate -s ./s.schema.json --backtest
	[ "$(jq -c '[.rows,.fail_now.rows]' <<< "$output")" = '[4,[]]' ]
}

@test "the same file twice is read twice the same, whatever another left behind" {
	map '.header.late={path: "/orders/order/note", list: true}'
	printf '<orders xmlns="urn:o" day="x"><order><lines><line><z/></line></lines></order></orders>' > n
	inv-split -q --mapping map m n m n | grep -v '"type":"manifest"' > out
	n=$(($(wc -l < out) / 2))
	diff <(head -n $n out) <(tail -n $n out)
	run -65 --separate-stderr inv-split -q --mapping map2 m n
	[ "$(member record '.errors[0].type' <<< "$output")" = '"element_unmapped"' ]
}

@test "the example of inv-mapping(5) is a mapping" {
	sed -n '/catalog.map <<.*END/,/^END$/p' "$ROOT/man/inv-mapping.5" | sed '1d;$d' > map2
	printf '<catalog currency="EUR"><item sku="1"><name>x</name><tag>a</tag><tag>b</tag></item></catalog>' > n
	[ "$(fates n)" = '{"currency":"EUR","sku":"1","name":"x","tags":["a","b"]}' ]
}

@test "the mappings that come with inv-split are mappings" {
	cp "$ROOT/tests/golden/inv-split/xml-map-ubl/in" ubl
	[ "$(inv-split -q --mapping "$ROOT/examples/mappings/ubl-order.json" ubl | member end '|[.rows,.counts.quarantined]')" = '[3,1]' ]
	cp "$ROOT/tests/golden/inv-split/xml-map-atom/in" atom
	[ "$(inv-split -q --mapping "$ROOT/examples/mappings/atom.json" atom | member end '|[.rows,.counts.quarantined]')" = '[3,1]' ]
}
