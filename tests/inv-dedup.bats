#!/usr/bin/env bats
# inv-dedup - one test for each sentence of its page

load lib

# block LETTER KEY RECORD...: a manifest whose id is 64 times LETTER, a stage
# line with KEY (JSON; "" for none), the records as rows 1, 2 ... and an end.
block() {
	local id row=0 key=$2
	id=$(printf '%064d' 0 | tr 0 "$1")
	printf '{"type":"manifest","v":1,"manifest":"%s","run":"%s","name":"%s.csv","format":"csv"}\n' \
		"$id" "${id:0:16}" "$1"
	[ -z "$key" ] ||
		printf '{"type":"stage","stage":"inv-validate","version":"1","key":%s}\n' "$key"
	shift 2
	for record; do
		row=$((row + 1))
		printf '{"type":"record","manifest":"%s","row":%d,"line":%d,"chunk":0,"record":%s}\n' \
			"${id:0:32}" $row $((row + 1)) "$record"
	done
	printf '{"type":"end","manifest":"%s","rows":%d,"counts":{"pending":%d}}\n' "$id" $row $row
}

# What became of each row: "row verdict reason of.row", one a line.
fates() {
	jq -r 'select(.type=="record") |
		[.row, .verdict // "pending", .reason // "-", .of.row // "-"] | join(" ")'
}

A5='{"id":"A","n":5}' A7='{"id":"A","n":7}' B5='{"id":"B","n":5}'
K='["id"]'
ALL=$'1 pending - -\n2 pending - -\n3 pending - -'

prepare() {
	set -o pipefail
}

# ---- the six that every program has ----

@test "a row that stands is passed byte for byte" {
	block a "$K" '{ "n" : 1.50, "id":"\u0041" }' "$B5" > in
	inv-dedup < in | grep '"type":"record"' > out
	grep '"type":"record"' in | diff - out
}

@test "a duplicate is skipped and points at the row that stands" {
	block a "$K" "$B5" "$A5" "$A5" | inv-dedup > out
	run -0 fates < out
	[ "$output" = $'1 pending - -\n2 pending - -\n3 skipped duplicate 2' ]
	grep -F '"verdict":"skipped","stage":"inv-dedup","reason":"duplicate","of":{"manifest":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","row":2}}' out
}

@test "a line of no stream does not stop the run and is kept" {
	block a "$K" "$A5" | sed '3a not json' > in
	run -0 --separate-stderr inv-dedup < in
	[ "$(grep -c malformed_line <<< "$output")" = 1 ]
	[ "$(grep -c '"raw":"not json"' <<< "$output")" = 1 ]
	[[ $stderr = *"stdin:4: not a line of the stream"* ]]
}

@test "a full disk gives a message and 74" {
	block a "$K" "$A5" > in
	run -74 sh -c 'inv-dedup < in > /dev/full'
	[[ $output = *"No space left"* ]]
}

@test "output appears while the input is open" {
	mkfifo fifo
	inv-dedup < fifo > out 3>&- &
	exec 9> fifo
	block a "$K" "$A5" "$A5" | sed '$d' >&9
	wait_for grep -q duplicate out
	exec 9>&-
	wait $! || [ $? = $EX_DATAERR ]
}

@test "a wrong option is 64" {
	run -64 inv-dedup --nonsense
	run -64 inv-dedup --ke id
	run -64 inv-dedup one two
}

@test "every row that goes in comes out once, and end counts them" {
	block a "$K" "$A5" "$B5" "$A5" "$A7" "$B5" | inv-dedup > out
	[ "$(fates < out | cut -d' ' -f1 | sort -n | tr '\n' ' ')" = "1 2 3 4 5 " ]
	[ "$(jq -c 'select(.type=="end").counts' out)" = \
		'{"pending":2,"committed":0,"skipped":2,"quarantined":1,"held":0,"ambiguous":0}' ]
}

# ---- which row stands ----

@test "other content in the same manifest is a conflict, and the earlier row stands" {
	block a "$K" "$A5" "$A7" "$A7" "$A5" | inv-dedup > out
	run -0 fates < out
	[ "${lines[0]}" = "1 pending - -" ]
	[ "${lines[1]}" = "2 quarantined conflict 1" ]
	[ "${lines[2]}" = "3 quarantined conflict 1" ]
	[ "${lines[3]}" = "4 skipped duplicate 1" ]
}

@test "a conflict has an error for each field that differs" {
	block a "$K" '{"id":"A","n":5,"x":"same","y":"p"}' '{"id":"A","n":7,"x":"same","z":[1]}' |
		inv-dedup > out
	run -0 jq -c 'select(.row==2).errors[]' out
	[ "${lines[0]}" = '{"type":"conflict","loc":["n"],"msg":"differs from row 1, which has the same key","input":7,"ctx":{"row":1,"value":5}}' ]
	[ "${lines[1]}" = '{"type":"conflict","loc":["y"],"msg":"differs from row 1, which has the same key","ctx":{"row":1,"value":"p"}}' ]
	[ "${lines[2]}" = '{"type":"conflict","loc":["z"],"msg":"differs from row 1, which has the same key","input":[1],"ctx":{"row":1}}' ]
	[ "${#lines[@]}" = 3 ]
}

@test "a conflict with a row too far back is one error with an empty loc" {
	python3 -c '
import json
m = "a" * 64
print(json.dumps({"type":"manifest","v":1,"manifest":m,"run":"a"*16,"name":"m"}))
n = 60000
for i in range(1, n + 1):
    k = 1 if i == n else i
    print(json.dumps({"type":"record","manifest":m[:32],"row":i,"line":i,
        "chunk":(i-1)//500,"record":{"id":k,"n":i,"text":"x"*100}}))
print(json.dumps({"type":"end","manifest":m,"rows":n}))' > in
	run -0 --separate-stderr inv-dedup -k id in
	run -0 jq -c 'select(.verdict)|[.reason,.of.row,.errors]' <<< "$output"
	[ "$output" = '["conflict",1,[{"type":"conflict","loc":[],"msg":"row 1 has the same key and other content","ctx":{"row":1}}]]' ]
}

@test "other content in a later manifest is an update, and then stands" {
	{ block a "$K" "$A5"; block b "$K" "$A7"; block c "$K" "$A5"; block d "$K" "$A5"; } |
		inv-dedup > out
	run -0 fates < out
	[ "${lines[0]}" = "1 pending - -" ]
	[ "${lines[1]}" = "1 pending - -" ]
	[ "${lines[2]}" = "1 pending - -" ]
	[ "${lines[3]}" = "1 skipped duplicate 1" ]
	[ "$(jq -r 'select(.of).of.manifest' out)" = cccccccccccccccccccccccccccccccc ]
}

@test "rows that have a verdict are copied, and nothing is compared with them" {
	block a "$K" "$A5" "$A7" "$A7" |
		jq -c 'if .row==1 then .+{verdict:"quarantined",reason:"schema_violation",stage:"x"} else . end' > in
	run -0 --separate-stderr inv-dedup in
	[ "$(fates <<< "$output")" = $'1 quarantined schema_violation -\n2 pending - -\n3 skipped duplicate 2' ]
	diff <(sed -n 3p in) <(grep schema_violation <<< "$output")
}

@test "a manifest that comes a second time is not a duplicate of itself" {
	{ block a "$K" "$A5" "$A7" "$A5"; block a "$K" "$A5" "$A7" "$A5"; } | inv-dedup > out
	run -0 fates < out
	[ "${lines[*]:0:3}" = "1 pending - - 2 quarantined conflict 1 3 skipped duplicate 1" ]
	[ "${lines[*]:3:3}" = "1 pending - - 2 quarantined conflict 1 3 skipped duplicate 1" ]
}

# ---- the key ----

@test "-k is the key whatever the stage lines say" {
	block a "$K" "$A5" "$A7" "$B5" > in
	inv-dedup -k n < in > out
	[ "$(fates < out)" = $'1 pending - -\n2 pending - -\n3 quarantined conflict 1' ]
	inv-dedup --key-fields=id,n < in > out
	[ "$(fates < out)" = "$ALL" ]
}

@test "--key is the same as --key-fields" {
	block a "$K" "$A5" "$A7" "$B5" > in
	inv-dedup --key n < in > out
	inv-dedup --key-fields n < in | cmp - out
	[ "$(fates < out)" = $'1 pending - -\n2 pending - -\n3 quarantined conflict 1' ]
	run -64 inv-dedup --key-f n < in
}

@test "the key is that of the last stage line before the rows that has one" {
	block a '["x"]' "$A5" "$A7" |
		sed '2a {"type":"stage","stage":"other","version":"1","key":["id"]}' |
		sed '3a {"type":"stage","stage":"third","version":"1"}' > in
	inv-dedup < in > out
	[ "$(fates < out | tail -n 1)" = "2 quarantined conflict 1" ]
}

@test "without a key the whole record is compared" {
	block a "" "$A5" "$A7" "$A5" | inv-dedup > out
	[ "$(fates < out)" = $'1 pending - -\n2 pending - -\n3 skipped duplicate 1' ]
	[ "$(jq 'select(.stage=="inv-dedup" and .type=="stage") | has("key")' out)" = false ]
}

@test "the stage line comes behind those before, and has the key" {
	block a "$K" "$A5" | inv-dedup > out
	[ "$(jq -r .type out | tr '\n' ' ')" = "manifest stage stage record end " ]
	[ "$(jq -c 'select(.stage=="inv-dedup").key' out)" = '["id"]' ]
	block a "" | inv-dedup -k 'a b,ä"' > out
	jq -s -e 'any(.stage=="inv-dedup" and .key==["a b","ä\""])' out
}

@test "neither the order of members nor the spelling of a value matters" {
	block a "$K" '{"id":"\u00e4","n":1.0,"o":{"b":1,"a":2}}' '{"o":{"a":2,"b":1},"n":1,"id":"ä"}' |
		inv-dedup > out
	[ "$(fates < out)" = $'1 pending - -\n2 skipped duplicate 1' ]
}

@test "a key with escapes names the same field" {
	block a '["\u0069d"]' "$A5" '{"\u0069d":"A","n":7}' | inv-dedup > out
	[ "$(fates < out | tail -n 1)" = "2 quarantined conflict 1" ]
}

@test "5 and \"5\" differ" {
	block a "$K" '{"id":5}' '{"id":"5"}' | inv-dedup | fates > out
	[ "$(cat out)" = $'1 pending - -\n2 pending - -' ]
}

@test "values of a key are never joined" {
	block a '["x","y"]' '{"x":"a:b","y":"c"}' '{"x":"a","y":"b:c"}' '{"x":"","y":"a:bc"}' |
		inv-dedup | fates > out
	[ "$(cat out)" = "$ALL" ]
}

@test "a record without a field of the key passes, and is counted at the end" {
	block a "$K" '{"n":1}' '{"n":2}' '{"n":1}' > in
	run -0 --separate-stderr inv-dedup in
	[ "$(fates <<< "$output")" = "$ALL" ]
	[[ $stderr = *"3 rows can not be compared"* ]]
}

@test "a number without a canonical form can not be compared" {
	block a "$K" '{"id":"A","n":10000000000000001}' '{"id":"A","n":1e999}' > in
	run -0 --separate-stderr inv-dedup in
	[ "$(fates <<< "$output")" = "${ALL%$'\n'*}" ]
	[[ $stderr = *"2 rows can not be compared"* ]]
}

@test "a field that is null is not lacking" {
	block a "$K" '{"id":null,"n":1}' '{"id":null,"n":1}' | inv-dedup | fates > out
	[ "$(tail -n 1 out)" = "2 skipped duplicate 1" ]
}

@test "a key that is no list of at most 16 names is 65" {
	block a '[1]' "$A5" > in
	run -65 inv-dedup in
	block a '["a","b","c","d","e","f","g","h","i","j","k","l","m","n","o","p","q"]' "$A5" > in
	run -65 inv-dedup in
}

@test "a -k without names, or with more than 16, is 64" {
	run -64 inv-dedup -k '' < /dev/null
	run -64 inv-dedup -k a,,b < /dev/null
	run -64 inv-dedup -k a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q < /dev/null
	[[ $output = *"more than 16 names"* ]]
	run -64 inv-dedup -k $'\xff' < /dev/null
}

# ---- the rest of the page ----

@test "it keeps no state" {
	block a "$K" "$A5" > in
	inv-dedup in > one
	inv-dedup in > two
	diff one two
	[ ! -e "$INV_STATE" ]
}

@test "its own output comes back with every row's verdict" {
	block a "$K" "$A5" "$A5" "$A7" | inv-dedup > one
	inv-dedup one | grep '"type":"record"' > two
	grep '"type":"record"' one | diff - two
}

@test "five conflicts are said one by one, the rest is summed up" {
	block a "$K" "$A5" "$A7" "$A7" "$A7" "$A7" "$A7" "$A7" "$A7" > in
	run -0 --separate-stderr inv-dedup in
	[ "$(grep -c 'a.csv:.* row 1 has the same key and other content \[conflict\]' <<< "$stderr")" = 5 ]
	[[ $stderr = *"a.csv:3: row 1 "* ]]
	[[ $stderr = *"2 more conflicts"* ]]
	run -0 --separate-stderr inv-dedup -q in
	[ -z "$stderr" ]
}

@test "-v says how many were duplicates and conflicts" {
	block a "$K" "$A5" "$A7" "$A5" > in
	run -0 --separate-stderr inv-dedup -v in
	[[ $stderr = *"1 duplicates, 1 conflicts"* ]]
}

@test "--stats counts what left" {
	block a "$K" "$A5" "$A7" "$A5" | inv-dedup -q --stats sum.json > out
	[ "$(jq -c '[.program,.counts.pending,.counts.skipped,.counts.quarantined,.status]' sum.json)" = \
		'["inv-dedup",1,1,1,0]' ]
}

@test "a stream without its end is incomplete, 65" {
	block a "$K" "$A5" | sed "\$d" > in
	run -65 inv-dedup in
	run -65 inv-dedup /dev/null
	echo '{"a":1}' > in
	run -65 inv-dedup in
}

@test "a file that can not be read is 66" {
	run -66 inv-dedup nowhere
	run -66 inv-dedup .
}

@test "it dies of SIGPIPE, and says 74 where that is ignored" {
	python3 -c '
import json
m = "a" * 64
print(json.dumps({"type":"manifest","v":1,"manifest":m,"run":"a"*16,"name":"m"}))
for i in range(1, 20001):
    print(json.dumps({"type":"record","manifest":m[:32],"row":i,"line":i,
        "chunk":(i-1)//500,"record":{"id":i,"text":"x"*100}}))' > in
	run bash -c 'inv-dedup < in | head -n 1 > /dev/null; exit ${PIPESTATUS[0]}'
	[ "$status" = 141 ]
	run bash -c 'trap "" PIPE; inv-dedup < in | head -n 1 > /dev/null; exit ${PIPESTATUS[0]}'
	[ "$status" = $EX_IOERR ]
}

@test "naughty strings are told apart and passed byte for byte" {
	local dir
	corpus naughty-strings
	dir=$CORPUS
	python3 - "$dir" > in <<-'EOF'
	import json, os, sys
	folder = sys.argv[1]
	name = [n for n in os.listdir(folder) if n.endswith(".json")][0]
	texts = sorted(set(json.load(open(os.path.join(folder, name)))))
	m = "a" * 64
	say = lambda o: print(json.dumps(o, ensure_ascii=False, separators=(",",":")))
	say({"type":"manifest","v":1,"manifest":m,"run":"a"*16,"name":"m"})
	for i, t in enumerate(texts + texts, 1):
	    say({"type":"record","manifest":m[:32],"row":i,"line":i,
	         "chunk":(i-1)//500,"record":{"id":t,"n":1}})
	say({"type":"end","manifest":m,"rows":2*len(texts)})
	EOF
	inv-dedup -k id in > out
	local n
	grep '"type":"record"' in > rows
	n=$(($(wc -l < rows) / 2))
	[ "$n" -gt 200 ]
	[ "$(grep -c '"reason":"duplicate"' out)" = "$n" ]
	[ "$(grep -c -v '"verdict"' out)" = $((n + 3)) ] # manifest, stage, end
	grep -v '"verdict"' out | sed '1,2d;$d' | diff <(sed "${n}q" rows) -
}
