# inv-stream.bats - what inv-stream(5) says of the lines, held against them

load lib

teardown() {
	stop_ledger
}

ID=0123456789abcdef0123456789abcdef

check_stream() {
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream"
}

# A stream as inv-split makes it: FIRST row, LAST row.
stream() {
	echo '{"type":"manifest","v":1,"manifest":"'$ID$ID'","run":"0123456789abcdef","name":"m.csv","format":"csv","bytes":81234,"columns":["asset_id","grant_code","description","quantity","location_code","acquired_on"],"arrival":17,"received":"2026-11-20T06:30:00Z","submission":1,"chunk_size":500,"request_id":"'$ID$ID'"}'
	echo '{"type":"stage","stage":"inv-split","version":"0.1.0"}'
	for ((i = $1; i <= $2; i++)); do
		echo '{"type":"record","manifest":"'$ID'","row":'$i',"line":'$((i + 1))',"chunk":'$(((i - 1) / 500))',"record":{"asset_id":"LAB-'$((i % 7))'","grant_code":"NIH-1","description":"'$((i % 2))'","quantity":"'$((i % 5 - 1))'","location_code":"BLDG12-RM304-CAB2","acquired_on":"2026-01-02"}}'
	done
	echo '{"type":"end","manifest":"'$ID$ID'","rows":'$2',"bytes":81234,"counts":{"pending":'$2',"committed":0,"skipped":0,"quarantined":0,"held":0,"ambiguous":0}}'
}

@test "each kind of line is as its JSON Schema has it" {
	set -o pipefail
	{
		stream 1 100
		echo 'no line of the stream'
	} > in
	inv-validate -s inventory in 2> /dev/null | inv-dedup 2> /dev/null > out
	run -0 check_stream < out
	[ "$output" = "end=1 manifest=1 record=101 stage=3" ]
	grep -q '"reason":"duplicate","of":' out
	grep -q '"reason":"conflict"' out
	grep -q '"reason":"schema_violation"' out
	grep -q '"reason":"malformed_line"' out
}

@test "what the pipe makes of a real manifest is a stream" {
	set -o pipefail
	{
		inv-split "$ROOT"/examples/manifests/q3-chemistry.csv
		printf 'a\n\351\n"open\n' | inv-split
		printf '{"a":1.50}\n{"a":01}\n' | inv-split -f ndjson
		inv-split /dev/null || [ $? = 65 ]
	} > split
	inv-validate -q -s inventory split | inv-dedup -q > checked
	inv-commit -q checked > sent
	inv-commit -q checked > again
	inv-quarantine -q sent > out
	inv-audit -q out > told || [ $? = 65 ]
	for stream in split checked again out told; do
		run -0 check_stream < $stream
		echo "$output" > $stream.kinds
	done
	[ "$(cat checked.kinds)" = "end=4 manifest=4 record=1004 stage=12" ]
	[ "$(cat out.kinds)" = "batch=2 end=4 manifest=4 record=100 stage=20" ]
	[ "$(cat told.kinds)" = summary=4 ]
	grep -q '"raw_base64":' out
	grep -q '"refused":' out
	grep -q '"reason":"already_committed"' again
}

@test "rows that are held or refused by the ledger are as the schema has them" {
	stream 1 3 > in
	run -75 --separate-stderr inv-commit -r 0 -l http://127.0.0.1:1 in
	check_stream <<< "$output"
	[ "$(grep -c '"verdict":"held"' <<< "$output")" = 3 ]
	start_ledger --fault 503
	INV_STATE=other run -0 --separate-stderr inv-commit -r 1 --backoff 1ms \
		--max-backoff 1ms -l "$LEDGER" in
	stop_ledger
	check_stream <<< "$output"
	grep -q '"attempts":2' <<< "$output"
}

@test "the schemas refuse lines that break the page" {
	stream 1 2 > good
	check_stream < good
	for edit in 's/"row":1,/"row":0,/' 's/"v":1/"v":2/' \
		's/"run":"0/"run":"/' 's/,"record":{[^}]*}//' \
		's/"chunk":0,//' 's/"record":{/"reason":"filtered",&/' \
		's/"counts":{"pending":2,/"counts":{/' 's/"rows":2/"rows":-1/' \
		's/"line":2,"chunk":0/"chunk":0,"line":2/' \
		's/"bytes":81234/"bytes":"81234"/' 's/"row":1/"item":1,&/' \
		's/"record":{/"verdict":"skipped",&/'; do
		sed "$edit" good > bad
		run -1 cmp -s good bad
		run -1 check_stream < bad
	done
}

@test "a row that jq gives a verdict to is left out and accounted for" {
	set -o pipefail
	stream 1 10 |
		jq -c 'if .type == "record" and .record.quantity == "0"
			then . + {verdict: "skipped", reason: "filtered",
				stage: "jq"}
			else . end' |
		inv-dedup > out
	[ "$(grep -c '"reason":"filtered"' out)" = 2 ]
	grep -v '"stage":"jq"' out | check_stream # which has its own order
	[ "$(tail -n 1 out | jq .counts.skipped)" = 2 ]
}

@test "a verdict forgotten in jq is a malformed line, and the row is missed" {
	stream 1 2 | sed '3s/}$/,"reason":"filtered"}/' > in
	run -65 --separate-stderr inv-dedup in
	[[ $output == *'"reason":"malformed_line"'* ]]
	[[ $stderr == *'row 1 is missing'* ]]
}

@test "what jq -c makes of a stream is the same stream" {
	set -o pipefail
	stream 1 5 | inv-dedup > want
	stream 1 5 | jq -cS . | inv-dedup > got
	diff <(jq -cS . want) <(jq -cS . got)
}

@test "a stream that jq has spread over lines is told to use -c" {
	run -65 bash -c "jq . <<< '{\"type\":\"manifest\"}' | inv-dedup"
	[[ $output == *'jq needs -c'* ]]
}

@test "members and types that nobody knows are passed on untouched" {
	{
		stream 1 1 | sed '3s/"row":1/"new": [ 1.50 ],&/; $d'
		echo '{"type":"report", "n":1.0}'
		stream 1 1 | tail -n 1
	} > in
	inv-dedup in > out
	grep -qF '"new": [ 1.50 ],"row":1' out
	grep -qxF '{"type":"report", "n":1.0}' out
}

@test "an incomplete stream can not look like a short file" {
	stream 1 1000 > whole
	inv-dedup whole > /dev/null
	for cut in 3 500 1002; do
		head -n "$cut" whole > part
		run -65 inv-dedup part
	done
	sed 500d whole > part
	run -65 --separate-stderr inv-dedup part
	[[ $stderr == *'row 498 is missing'* ]]
	head -c -20 whole > part
	run -65 inv-dedup part
}
