#!/usr/bin/env bats
# inv-ledger - the sentences of inv-ledger(1) and inv-ledger-api(5)

load lib

A1='{"asset_id":"A","grant_code":"N","q":1}'
A2='{"asset_id":"A","grant_code":"N","q":2}'
B1='{"asset_id":"B","grant_code":"N","q":1}'

prepare() {
	set -o pipefail
}

teardown() {
	[ -z "${PID:-}" ] || kill "$PID" 2> /dev/null || true
}

# Start a server: $URL and $PID are its; what it says is in err.
serve() {
	rm -f url
	inv-ledger --port-file url "$@" 2> err 3>&- &
	PID=$!
	wait_for test -s url
	URL=$(cat url)
}

# End it, with this status.
stop() {
	local rc=0
	kill "$PID"
	wait "$PID" || rc=$?
	PID=
	[ "$rc" = "${1:-0}" ]
}

ask() { # curl's arguments: the status; headers and body are in head and body
	: > body
	curl -sS --noproxy '*' -m 20 -o body -D head -w '%{http_code}\n' "$@"
}

post() { # KEY BODY [curl's arguments]
	ask -X POST -H 'Content-Type: application/json' \
		-H "Idempotency-Key: \"$1\"" --data-binary "$2" "${@:3}" \
		"$URL/inventory/upsert"
}

# The body is problem details with this status, whose type ends in $2.
problem() {
	grep -qi '^content-type: application/problem+json' head
	jq -e --argjson s "$1" --arg t "$2" \
		'.status == $s and (.type | endswith($t)) and .title != ""' body
}

records() {
	curl -sS --noproxy '*' "$URL/records"
}

# A column of the request log: log 'JQ EXPRESSION'.
log() {
	curl -sS --noproxy '*' "$URL/requests" | jq -c "$1"
}

# ---- batches ----

@test "a batch takes effect and is answered as the page says" {
	serve -d l.db
	[ "$(post k1 "[$B1,$A1]")" = 200 ]
	grep -qE '^\{"status":"committed","count":2,"processed_at":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z"\}$' body
	grep -qi '^content-type: application/json' head
	[ "$(records)" = "$A1"$'\n'"$B1" ]
}

@test "a replayed answer is the first one, byte for byte, and has no effect" {
	serve -d l.db
	[ "$(post k1 "[$A1]")" = 200 ]
	mv body first
	[ "$(post k2 "[$A2]")" = 200 ]
	[ "$(post k1 "[$A1]")" = 200 ]
	cmp first body
	grep -qi '^idempotent-replayed: true' head
	[ "$(records)" = "$A2" ]
	[ "$(log .effect)" = $'true\ntrue\nfalse' ]
}

@test "what took effect is there after kill -9, with its answer" {
	serve -d l.db
	[ "$(post k1 "[$A1]")" = 200 ]
	mv body first
	kill -9 "$PID"
	wait "$PID" || true
	serve -d l.db
	[ "$(records)" = "$A1" ]
	[ "$(post k1 "[$A1]")" = 200 ]
	cmp first body
	[ "$(log .effect)" = $'true\nfalse' ]
}

@test "a key with another body is 422 that speaks of the key" {
	serve -d l.db
	[ "$(post k1 "[$A1]")" = 200 ]
	[ "$(post k1 "[$A2]")" = 422 ]
	problem 422 idempotency-key-reused
	[ "$(records)" = "$A1" ]
}

@test "a key that is missing or not an sf-string is 400" {
	serve -d l.db
	[ "$(ask -X POST -d "[$A1]" "$URL/inventory/upsert")" = 400 ]
	problem 400 idempotency-key-missing
	for key in bare '"open' '""' '"ä"' "\"$(printf '%0256d' 0)\""; do
		[ "$(ask -X POST -H "Idempotency-Key: $key" -d "[$A1]" \
			"$URL/inventory/upsert")" = 400 ]
		problem 400 idempotency-key-missing
	done
	[ "$(post "$(printf '%0255d' 0)" "[$A1]")" = 200 ]
}

@test "a record replaces the one identified alike, and the last of a batch stands" {
	serve -d l.db
	[ "$(post k1 "[$A1,$B1,$A2]")" = 200 ]
	[ "$(records)" = "$A2"$'\n'"$B1" ]
	[ "$(post k2 "[$A1]")" = 200 ]
	[ "$(records)" = "$A1"$'\n'"$B1" ]
}

@test "a body that is not an array of objects is 400, and not about the key" {
	serve -d l.db
	for body in '' '{}' '[' "[$A1" "[$A1,]" "[$A1,7]" '[NaN]' \
		$'[{"asset_id":"\xff","grant_code":"N"}]' '[{"a":1,"a":2}]'; do
		[ "$(post k "$body")" = 400 ]
		problem 400 about:blank
		run ! grep -qi key body
	done
	[ -z "$(records)" ]
}

@test "a record without what identifies it refuses the batch whole, by its place" {
	serve -d l.db
	for bad in '{"asset_id":"A"}' '{"asset_id":null,"grant_code":"N"}' \
		'{"asset_id":1.5,"grant_code":"N"}'; do
		[ "$(post k "[$B1,$bad]")" = 422 ]
		problem 422 about:blank
		jq -e '.detail | startswith("record 2: ")' body
		run ! grep -qi idempotency body
	done
	[ -z "$(records)" ]
	[ "$(post k "[$B1]")" = 200 ]
	run ! grep -qi replayed head
}

@test "a record of more than 1 MiB is 422" {
	serve -d l.db
	{
		printf '[{"asset_id":"A","grant_code":"N"'
		for i in 1 2 3 4 5; do
			printf ',"f%d":"%0250000d"' $i 0
		done
		printf '}]'
	} > large
	[ "$(post k @large)" = 422 ]
	jq -e '.detail | startswith("record 1: ")' body
}

@test "a body of more than 4 MiB, or of more than 65,536 records, is 413" {
	serve -d l.db
	{
		printf '['
		head -c 4194303 /dev/zero | tr '\0' ' '
		printf ']'
	} > large
	[ "$(post k @large)" = 413 ]
	problem 413 about:blank
	jq -cn '[range(65537) | {asset_id:., grant_code:"N"}]' > many
	[ "$(post k @many)" = 413 ]
	problem 413 about:blank
	[ -z "$(records)" ]
}

@test "a path without anything is 404 and a wrong method is 405" {
	serve -d l.db
	[ "$(ask "$URL/nothing")" = 404 ]
	problem 404 about:blank
	[ "$(ask -X POST -d '[]' "$URL/records")" = 404 ]
	[ "$(ask "$URL/inventory/upsert")" = 405 ]
	grep -qi '^allow: POST' head
	[ "$(ask -X DELETE "$URL/records")" = 405 ]
	grep -qi '^allow: GET, POST' head
}

@test "paths may have others before them" {
	serve -d l.db
	URL=$URL/lab/a
	[ "$(post k "[$A1]")" = 200 ]
	[ "$(ask "$URL/batches/k")" = 200 ]
	[ "$(records)" = "$A1" ]
	[ "$(log .path)" = '"/lab/a/inventory/upsert"' ]
	[ "$(ask "$URL/health")" = 200 ]
}

@test "--path is where batches are taken" {
	serve -d l.db --path /v2/things
	[ "$(post k "[$A1]")" = 404 ]
	[ "$(ask -X POST -H 'Idempotency-Key: "k"' -d "[$A1]" \
		"$URL/v2/things")" = 200 ]
}

@test "twenty connections are all answered" {
	serve -d l.db --delay 1ms
	for i in $(seq 400); do
		[ "$i" = 1 ] || echo next
		printf 'url = "%s/inventory/upsert"\n' "$URL"
		printf 'header = "Idempotency-Key: \\"k%d\\""\n' "$i"
		printf 'data = "[{\\"asset_id\\":%d,\\"grant_code\\":\\"N\\"}]"\n' "$i"
		printf 'output = /dev/null\nwrite-out = "%%{http_code}\\n"\n'
	done > config
	curl -sS --noproxy '*' -m 60 --parallel --parallel-max 20 -K config > codes
	[ "$(sort codes | uniq -c | xargs)" = "400 200" ]
	[ "$(records | wc -l)" = 400 ]
	[ "$(log 'select(.effect).key' | sort -u | wc -l)" = 400 ]
}

# ---- reading ----

@test "GET /batches/{key} tells of a batch that took effect, or 404" {
	serve -d l.db
	[ "$(post k1 "[$A1]")" = 200 ]
	at=$(jq -r .processed_at body)
	sum=$(printf '%s' "[$A1]" | sha256sum | cut -d ' ' -f 1)
	[ "$(ask "$URL/batches/k1")" = 200 ]
	[ "$(cat body)" = '{"key":"k1","status":"committed","body_sha256":"'"$sum"'","count":1,"processed_at":"'"$at"'"}' ]
	[ "$(ask "$URL/batches/%6B1")" = 200 ]
	[ "$(ask "$URL/batches/k2")" = 404 ]
	problem 404 about:blank
	[ "$(ask "$URL/batches/k1%00")" = 404 ]
	[ "$(ask "$URL/batches/")" = 404 ]
}

@test "records come as received, in the order of what identifies them" {
	serve -d l.db
	odd='{"q":1.50, "asset_id":"\u0041", "grant_code":"N"}'
	[ "$(post k1 "[$B1,$odd"$',\n{"asset_id":"AB",\n"grant_code":"N"}]')" = 200 ]
	[ "$(records)" = "$odd"$'\n{"asset_id":"AB", "grant_code":"N"}\n'"$B1" ]
	curl -sS --noproxy '*' -D head -o body "$URL/records"
	grep -qi '^content-type: application/x-ndjson' head
}

@test "the request log has a line for each batch, with the body where it took effect" {
	serve -d l.db --fault 500@3,lost@4
	[ "$(post k1 "[$A1]")" = 200 ]
	[ "$(ask -X POST -d x "$URL/inventory/upsert")" = 400 ]
	[ "$(post k2 "[$A2]")" = 500 ]
	run post k2 "[$A2]"
	[ "$status" != 0 ]
	[ "$(log '[.seq,.key,.status,.effect,.replayed,.fault,.body]')" = \
		'[1,"k1",200,true,false,null,['"$A1"']]
[2,null,400,false,false,null,null]
[3,"k2",500,false,false,"500",null]
[4,"k2",200,true,false,"lost",['"$A2"']]' ]
	log 'select(.seq == 2) | has("body")' | grep -qx false
	sum=$(printf '%s' "[$A1]" | sha256sum | cut -d ' ' -f 1)
	log 'select(.seq == 1).body_sha256' | grep -qx "\"$sum\""
	log '.time' | grep -qE '^"[0-9-]{10}T[0-9:]{8}Z"$'
}

@test "what is long is given out whole" {
	serve -d l.db
	jq -cn '[range(30000) | {asset_id:"LAB-\(.)", grant_code:"N", text:"something of some length"}]' > many
	[ "$(post k @many)" = 200 ]
	[ "$(records | wc -l)" = 30000 ]
	jq -c '.[]' many | LC_ALL=C sort > want
	records | LC_ALL=C sort | cmp - want
	log .body | jq -e length | grep -qx 30000
}

@test "GET /health is 200" {
	serve -d l.db
	[ "$(ask "$URL/health")" = 200 ]
}

# ---- options ----

@test "--export prints what the server would answer, also while it runs" {
	serve -d l.db
	[ "$(post k1 "[$B1,$A1]")" = 200 ]
	[ "$(post k1 "[$A2]")" = 422 ]
	records > want.records
	curl -sS --noproxy '*' "$URL/requests" > want.requests
	inv-ledger -d l.db --export records | cmp - want.records
	inv-ledger -d l.db --export requests | cmp - want.requests
	stop
	inv-ledger -d l.db --export requests | cmp - want.requests
}

@test "an export that can not be written ends with 74, a missing database with 66" {
	serve -d l.db
	[ "$(post k1 "[$A1]")" = 200 ]
	run -$EX_IOERR --separate-stderr bash -c 'inv-ledger -d l.db --export records > /dev/full'
	[ "$stderr" = "inv-ledger: stdout: write: No space left on device" ]
	run -$EX_NOINPUT inv-ledger -d none.db --export records
	[ "$output" = "inv-ledger: none.db: No such file or directory" ]
	[ ! -e none.db ]
	run -$EX_USAGE inv-ledger -d l.db --export all
}

@test "the database is private, and refused if others can write to it" {
	serve -d l.db
	[ "$(stat -c %a l.db)" = 600 ]
	stop
	chmod 620 l.db
	run -$EX_NOPERM inv-ledger -d l.db
	[ "$output" = "inv-ledger: l.db: others can write to it" ]
}

@test "a database keeps the members that identify its records" {
	serve -d l.db -k asset_id
	[ "$(post k1 "[$A1,{\"asset_id\":\"A\",\"q\":3}]")" = 200 ]
	[ "$(records)" = '{"asset_id":"A","q":3}' ]
	stop
	run -$EX_CONFIG inv-ledger -d l.db
	[ "$output" = 'inv-ledger: l.db: its records are identified by ["asset_id"], not ["asset_id","grant_code"]' ]
	run -$EX_USAGE inv-ledger -d m.db -k asset_id,
}

@test "what is no database of this kind is refused, and what can not be made" {
	head -c 8192 /dev/urandom > l.db
	chmod 600 l.db
	run -$EX_CONFIG inv-ledger -d l.db
	run -$EX_CANTCREAT inv-ledger -d nowhere/l.db
	mkdir dir
	run -$EX_CANTCREAT inv-ledger -d dir
}

@test "where it listens is said, and written whole" {
	serve -d l.db
	grep -qxE 'http://127\.0\.0\.1:[1-9][0-9]*' url
	grep -qxF "inv-ledger: listening on $URL" err
	[ "$(ask "$URL/health")" = 200 ]
}

@test "-l is a numeric address and a port that is free" {
	serve -d l.db
	run -$EX_TEMPFAIL inv-ledger -d m.db -l "${URL#http://}"
	[[ $output = "inv-ledger: ${URL#http://}: Address already in use" ]]
	for wrong in 127.0.0.1 localhost:0 127.0.0.1:x :1; do
		run -$EX_USAGE inv-ledger -d m.db -l "$wrong"
	done
}

@test "it is either a database or a sink" {
	run -$EX_USAGE inv-ledger
	run -$EX_USAGE inv-ledger --sink -d l.db
	run -$EX_USAGE inv-ledger --sink --export records
	[ ! -e l.db ]
}

@test "--idempotency says what is done with a key that is known" {
	serve -d l.db --idempotency 409
	[ "$(post k1 "[$A1]")" = 200 ]
	[ "$(post k1 "[$A1]")" = 409 ]
	problem 409 blank
	run ! grep -qi -e key -e replayed -e retry-after head body
	[ "$(post k1 "[$A2]")" = 422 ]
	[ "$(ask "$URL/batches/k1")" = 200 ]
	[ "$(log '[.status,.effect,.replayed]')" = '[200,true,false]
[409,false,false]
[422,false,false]' ]
	stop
	serve -d l.db --idempotency 409-blind
	[ "$(post k1 "[$A1]")" = 409 ]
	[ "$(ask "$URL/batches/k1")" = 404 ]
	stop
	serve -d l.db --idempotency replay
	[ "$(post k1 "[$A1]")" = 200 ]
	grep -qi '^idempotent-replayed: true' head
	stop
	serve -d m.db --idempotency none
	[ "$(post k1 "[$A1]")" = 200 ]
	[ "$(post k1 "[$A1]")" = 200 ]
	[ "$(post k1 "[$A2]")" = 200 ]
	run ! grep -qi replayed head
	[ "$(log .effect | sort | uniq -c | tr -d ' \n')" = 3true ]
	[ "$(ask "$URL/batches/k1")" = 404 ]
	run -$EX_USAGE inv-ledger -d m.db --idempotency maybe
}

@test "the sink answers 200 to every batch and has nothing to show" {
	serve --sink
	[ "$(post k1 "[$A1]")" = 200 ]
	[ "$(jq -r .status body)" = committed ]
	[ "$(post k1 'not even JSON')" = 200 ]
	[ "$(ask -X POST -d "[$A1]" "$URL/inventory/upsert")" = 200 ]
	for path in batches/k1 records requests; do
		[ "$(ask "$URL/$path")" = 404 ]
	done
	[ "$(ask "$URL/health")" = 200 ]
	[ "$(ls)" = $'body\nerr\nhead\nurl' ]
}

@test "--delay waits before each batch, and the same key meanwhile is 409" {
	serve -d l.db --delay 300ms
	from=$(date +%s%N)
	curl -sS --noproxy '*' -o first -w '%{http_code}' -X POST \
		-H 'Idempotency-Key: "k"' -d "[$A1]" \
		"$URL/inventory/upsert" > code 3>&- &
	CURL=$!
	# Whichever comes second finds the key outstanding.
	second=$(post k "[$A1]")
	wait $CURL
	[ $(($(date +%s%N) - from)) -ge 300000000 ]
	[ "$(printf '%s\n' "$second" "$(cat code)" | sort | xargs)" = "200 409" ]
	[ "$second" = 409 ] || mv first body
	jq -e '.status == 409 and (.type | endswith("idempotency-key-outstanding"))' body
	[ "$second" != 409 ] || grep -qi '^retry-after: 1' head
	[ "$(log '[.status,.effect]' | sort | xargs)" = '[200,true] [409,false]' ]
	[ "$(post k "[$A1]")" = 200 ]
	grep -qi '^idempotent-replayed: true' head
}

@test "it stops on SIGTERM and SIGINT, and answers what has arrived" {
	for signal in TERM INT; do
		rm -f l.db trace
		serve -d l.db --delay 60s
		curl -sSv --noproxy '*' -o body -w '%{http_code}' -X POST \
			-H 'Idempotency-Key: "k"' -d "[$A1]" \
			"$URL/inventory/upsert" > code 2> trace 3>&- &
		CURL=$!
		# It has arrived once another with its key is refused.
		wait_for grep -q '^> POST' trace
		[ "$(post k "[$A1]")" = 409 ]
		kill -s $signal "$PID"
		wait "$PID"
		PID=
		wait $CURL
		[ "$(cat code)" = 200 ]
		[ "$(inv-ledger -d l.db --export records)" = "$A1" ]
	done
}

@test "the summary counts batches, effects, replays and faults met" {
	serve -d l.db --fault 500@1 --stats stats
	[ "$(post k "[$A1]")" = 500 ]
	[ "$(post k "[$A1]")" = 200 ]
	[ "$(post k "[$A1]")" = 200 ]
	stop
	jq -e '.program == "inv-ledger" and .batches == 3 and .effects == 1
		and .replays == 1 and .rehearsed == 1' stats
}

@test "a database that can not be written ends it with 74, and nothing false is said" {
	(
		trap '' XFSZ
		ulimit -f 128
		exec inv-ledger -d l.db --port-file url 2> err 3>&-
	) &
	PID=$!
	wait_for test -s url
	URL=$(cat url)
	acked=0
	for i in $(seq 200); do
		code=$(post "k$i" "[{\"asset_id\":$i,\"grant_code\":\"N\",\"text\":\"$(printf '%03000d' 0)\"}]") || break
		[ "$code" = 200 ]
		acked=$i
	done
	((acked > 0 && acked < 200))
	rc=0
	wait "$PID" || rc=$?
	PID=
	[ "$rc" = "$EX_IOERR" ]
	grep -q '^inv-ledger: l.db: ' err
	# The next start rolls back what was half done.
	serve -d l.db
	stop
	[ "$(inv-ledger -d l.db --export records | wc -l)" -ge "$acked" ]
	[ "$(inv-ledger -d l.db --export requests | jq -c 'select(.effect)' | wc -l)" = \
		"$(inv-ledger -d l.db --export records | wc -l)" ]
}

# ---- faults ----

# Met once, by the first batch; then the batch is sent again: what took effect
# is replayed, what did not takes effect now.
again() { # yes|no: it had taken effect
	[ "$(post k "[$A1]")" = 200 ]
	if [ "$1" = yes ]; then
		grep -qi '^idempotent-replayed: true' head
	else
		run ! grep -qi '^idempotent-replayed' head
	fi
	[ "$(records)" = "$A1" ]
	[ "$(log 'select(.effect) | .key')" = '"k"' ]
}

# curl ends with this status, not having the whole answer.
broken() {
	local rc=0
	post k "[$A1]" "${@:2}" > code || rc=$?
	[ "$rc" = "$1" ]
}

@test "reset: the connection is reset before anything is looked at" {
	serve -d l.db --fault reset@1
	broken 56
	[ "$(log '[.status,.effect,.fault]')" = '[0,false,"reset"]' ]
	again no
}

@test "lost: committed, then the connection is reset" {
	serve -d l.db --fault lost@1
	broken 56
	[ "$(log '[.status,.effect,.fault]')" = '[200,true,"lost"]' ]
	again yes
}

@test "a status is answered with problem details, and without effect" {
	for code in 400 401 403 404 405 408 425 500 502 503 504 429; do
		rm -f l.db
		serve -d l.db --fault $code@1
		[ "$(post k "[$A1]")" = $code ]
		problem $code about:blank
		run ! grep -qi '^retry-after' head
		[ $code != 401 ] || grep -qi '^www-authenticate: ' head
		again no
		stop
	done
}

@test "Retry-After is a number, a date, or garbage" {
	serve -d l.db --fault 503=7@1,429=date@2,503=garbage@3,429=0@4
	[ "$(post k "[$A1]")" = 503 ]
	grep -qi $'^retry-after: 7\r$' head
	[ "$(post k "[$A1]")" = 429 ]
	at=$(sed -n 's/^retry-after: \(.*\)\r$/\1/Ip' head)
	[[ $at =~ ^(Mon|Tue|Wed|Thu|Fri|Sat|Sun),\ [0-9]{2}\ [A-Z][a-z]{2}\ [0-9]{4}\ [0-9:]{8}\ GMT$ ]]
	left=$(($(date -d "$at" +%s) - $(date +%s)))
	((left >= 0 && left <= 2))
	[ "$(post k "[$A1]")" = 503 ]
	grep -qi $'^retry-after: soon\r$' head
	[ "$(post k "[$A1]")" = 429 ]
	grep -qi $'^retry-after: 0\r$' head
	again no
}

@test "409: as if a request with this key were outstanding" {
	serve -d l.db --fault 409@1,409=5@2
	[ "$(post k "[$A1]")" = 409 ]
	problem 409 idempotency-key-outstanding
	grep -qi $'^retry-after: 1\r$' head
	[ "$(post k "[$A1]")" = 409 ]
	grep -qi $'^retry-after: 5\r$' head
	again no
}

@test "413: a body longer than that" {
	serve -d l.db --fault 413=50
	[ "$(post k2 "[$A1,$B1]")" = 413 ]
	problem 413 about:blank
	again no
}

@test "422-row=TEXT: a body with that in it, and not a word of which record" {
	serve -d l.db --fault '422-row="B"'
	[ "$(post k2 "[$A1,$B1]")" = 422 ]
	problem 422 about:blank
	jq -e 'has("detail") | not' body
	run ! grep -qi key body
	[ "$(post k3 "[$B1]")" = 422 ]
	again no
}

@test "422-row=N%: a bad record is bad in whatever batch it is" {
	serve -d l.db --fault 422-row=20% --seed 3
	bad=0
	for i in $(seq 40); do
		record="{\"asset_id\":$i,\"grant_code\":\"N\"}"
		code=$(post "k$i" "[$record]")
		[ "$(post "m$i" "[ $record ]")" = "$code" ]
		[ "$code" = 200 ] || bad=$((bad + 1))
	done
	((bad > 0 && bad < 25))
	[ "$(records | wc -l)" = $((40 - bad)) ]
}

@test "207-row: bad records are refused, the others take effect" {
	serve -d l.db --fault '207-row="q":2'
	[ "$(post k "[$A2,$B1]")" = 207 ]
	jq -e '.status == "partial" and .count == 1 and
		(.results | map([.index, .status])) == [[0, 422], [1, 200]] and
		.results[0].error.detail == "record 1 is not taken" and
		.processed_at != ""' body
	mv body first
	[ "$(records)" = "$B1" ]
	[ "$(log '[.status,.effect,.fault,.taken]')" = '[207,true,"207-row",[[2,2]]]' ]
	[ "$(post k "[$A2,$B1]")" = 207 ]
	cmp first body
	grep -qi '^idempotent-replayed: true' head
	[ "$(ask "$URL/batches/k")" = 200 ]
	jq -e --slurpfile first first '.status == "partial" and
		.results == $first[0].results' body
}

@test "207-row: where all are bad 422, with results, and it is not kept" {
	serve -d l.db --fault '207-row="q":2@1'
	[ "$(post k "[$A2]")" = 422 ]
	jq -e '.results | map([.index, .status]) == [[0, 422]]' body
	[ "$(log '[.status,.effect]')" = '[422,false]' ]
	[ "$(post k "[$A2]")" = 200 ]
	run ! grep -qi '^idempotent-replayed' head
}

@test "207-row=N%: a bad record is bad in whatever batch it is" {
	serve -d l.db --fault 207-row=50% --seed 4
	[ "$(post k "[$A1,$A2,$B1]")" = 207 ]
	jq '.results[0].status' body > one
	[ "$(post l "[$A1]")" = "$(cat one)" ]
}

@test "207-items: records are named by what identifies them" {
	serve -d l.db --fault '207-items="q":2'
	[ "$(post k "[$A2,$B1]")" = 207 ]
	jq -e '.results | map([.key, .status]) == [
		[{"asset_id":"A","grant_code":"N"}, 422],
		[{"asset_id":"B","grant_code":"N"}, 200]]' body
}

@test "207-again: the bad records are told 503" {
	serve -d l.db --fault '207-again="q":2@1'
	[ "$(post k "[$A2,$B1]")" = 207 ]
	jq -e '.results | map([.index, .status]) == [[0, 503], [1, 200]]' body
	[ "$(post l "[$A2]")" = 200 ]
}

@test "207-missing: taken, and no result of the last record" {
	serve -d l.db --fault 207-missing@1
	[ "$(post k "[$A1,$B1]")" = 207 ]
	jq -e '.results | map([.index, .status]) == [[0, 200]]' body
	[ "$(records)" = "$A1"$'\n'"$B1" ]
	[ "$(post k "[$A1,$B1]")" = 200 ]
	grep -qi '^idempotent-replayed: true' head
}

@test "mismatch: 422 as if the key were known with another body" {
	serve -d l.db --fault mismatch@1
	[ "$(post k "[$A1]")" = 422 ]
	problem 422 idempotency-key-reused
	again no
}

@test "mismatch-409: the same with 409" {
	serve -d l.db --fault mismatch-409@1
	[ "$(post k "[$A1]")" = 409 ]
	problem 409 idempotency-key-reused
	again no
}

@test "400-no-key: as if the batch had no key" {
	serve -d l.db --fault 400-no-key@1
	[ "$(post k "[$A1]")" = 400 ]
	problem 400 idempotency-key-missing
	again no
}

@test "500-replayed: 500, marked as the answer to an earlier request" {
	serve -d l.db --fault 500-replayed@1
	[ "$(post k "[$A1]")" = 500 ]
	problem 500 about:blank
	grep -qi $'^idempotent-replayed: true\r$' head
	again no
}

@test "201, 204: that status, with the answer or no body" {
	serve -d l.db --fault 201@1
	[ "$(post k "[$A1]")" = 201 ]
	jq -e '.status == "committed"' body
	again yes
	stop
	rm -f l.db
	serve -d l.db --fault 204@1
	[ "$(post k "[$A1]")" = 204 ]
	[ ! -s body ]
	again yes
}

@test "text: 200, with plain text" {
	serve -d l.db --fault text@1
	[ "$(post k "[$A1]")" = 200 ]
	grep -qi '^content-type: text/plain' head
	[ "$(cat body)" = taken ]
	again yes
}

@test "idempotency-replayed: a replay is said in that header alone" {
	serve -d l.db --fault idempotency-replayed@1-2
	[ "$(post k "[$A1]")" = 200 ]
	run ! grep -qi 'replayed:' head
	[ "$(post k "[$A1]")" = 200 ]
	grep -qi $'^idempotency-replayed: true\r$' head
	run ! grep -qi '^idempotent-replayed' head
	again yes
}

@test "redirect: 302 to where a GET is answered 200" {
	serve -d l.db --fault redirect@1,redirect@2
	[ "$(post k "[$A1]")" = 302 ]
	grep -qi $'^location: /health\r$' head
	[ "$(ask -L -H 'Idempotency-Key: "k"' -d "[$A1]" \
		"$URL/inventory/upsert")" = 200 ]
	[ -z "$(records)" ]
	again no
}

@test "of more than 256 connections the others wait until one ends" {
	serve --db l.db
	python3 - "$URL" << 'END'
import select, socket, sys
host, port = sys.argv[1].removeprefix("http://").rstrip("/").split(":")
ask = b"GET /records HTTP/1.1\r\nHost: l\r\n\r\n"
served = []
for _ in range(256):
    one = socket.create_connection((host, int(port)), 20)
    one.sendall(ask)
    assert one.recv(1000)
    served.append(one)
late = socket.create_connection((host, int(port)), 20)
late.sendall(ask)
served[7].sendall(ask)
assert served[7].recv(1000)     # which was asked later
assert select.select([late], [], [], 0)[0] == []
served[9].close()
assert late.recv(1000)
END
	stop
}

@test "redirect=STATUS: 307 and 308 to where a POST takes effect" {
	local status
	for status in 301 302 303 307 308; do
		rm -f l.db
		serve -d l.db --fault redirect=$status@1
		[ "$(ask -L -H 'Idempotency-Key: "k"' -d "[$A1]" \
			"$URL/inventory/upsert")" = 200 ]
		grep -q "^HTTP/1.1 $status " head
		case $status in
		30[78]) [ "$(records)" = "$A1" ] ;;
		*) [ -z "$(records)" ] ;;
		esac
		stop
	done
}

@test "500-after: committed, then 500" {
	serve -d l.db --fault 500-after@1
	[ "$(post k "[$A1]")" = 500 ]
	problem 500 about:blank
	[ "$(log '[.status,.effect,.fault]')" = '[200,true,"500-after"]' ]
	again yes
}

@test "garbage: committed, then 200 with JSON that does not parse" {
	serve -d l.db --fault garbage@1
	[ "$(post k "[$A1]")" = 200 ]
	grep -qi '^content-type: application/json' head
	run ! jq -e . body
	again yes
}

@test "html: committed, then 200 with a page" {
	serve -d l.db --fault html@1
	[ "$(post k "[$A1]")" = 200 ]
	grep -qi '^content-type: text/html' head
	grep -q '^<!DOCTYPE html>' body
	again yes
}

@test "short: committed, then an answer that ends a byte too early" {
	serve -d l.db --fault short@1
	broken 18
	length=$(sed -n 's/^content-length: \([0-9]*\)\r$/\1/Ip' head)
	[ "$(stat -c %s body)" = $((length - 1)) ]
	again yes
}

@test "slow: committed, then a byte a second" {
	serve -d l.db --fault slow@1
	broken 28 -m 1.5
	n=$(stat -c %s body)
	((n >= 1 && n <= 2))
	again yes
}

@test "endless: committed, then the answer over and over" {
	serve -d l.db --fault endless@1
	curl -sS --noproxy '*' -m 20 -H 'Idempotency-Key: "k"' -d "[$A1]" \
		"$URL/inventory/upsert" 2> /dev/null | head -c 1000000 > body || true
	[ "$(stat -c %s body)" = 1000000 ]
	[ "$(grep -o '"status":"committed"' body | head -n 100 | wc -l)" = 100 ]
	again yes
}

@test "delay: waits before that, and goes with what is met then" {
	serve -d l.db --fault delay=300ms@1,500@1
	from=$(date +%s%N)
	[ "$(post k "[$A1]")" = 500 ]
	[ $(($(date +%s%N) - from)) -ge 300000000 ]
	again no
}

# Statuses of ten batches under a specification.
ten() {
	local i
	rm -f l.db
	serve -d l.db --fault "$@"
	for i in 1 2 3 4 5 6 7 8 9 10; do
		post "k$i" "[$A1]"
	done | xargs
	stop
}

@test "faults are met by number, range, step, or always, the first of them" {
	[ "$(ten 500@3)" = "200 200 500 200 200 200 200 200 200 200" ]
	[ "$(ten 500@2-4)" = "200 500 500 500 200 200 200 200 200 200" ]
	[ "$(ten 500@9-)" = "200 200 200 200 200 200 200 200 500 500" ]
	[ "$(ten 500@/4)" = "200 200 200 500 200 200 200 500 200 200" ]
	[ "$(ten 503@2,500@/2)" = "200 503 200 500 200 500 200 500 200 500" ]
	[ "$(ten 503)" = "503 503 503 503 503 503 503 503 503 503" ]
}

@test "chance is the seed's: the same again, another otherwise, and said" {
	one=$(ten 500@50% --seed 1)
	[ "$one" = "$(ten 500@50% --seed 1)" ]
	[ "$one" != "$(ten 500@50% --seed 2)" ]
	drawn=$(ten 500@50%)
	seed=$(sed -n 's/^inv-ledger: --fault 500@50% --seed \([0-9]*\)$/\1/p' err)
	[ "$drawn" = "$(ten 500@50% --seed "$seed")" ]
}

@test "what is no fault is refused, by name" {
	run -$EX_USAGE inv-ledger -d l.db --fault 500@3,nonsense
	[ "$output" = 'inv-ledger: --fault: "500@3,nonsense": "nonsense": no such fault' ]
	for wrong in '' 500@0 reset=1 413 delay=x 500@3-2 503=x; do
		run -$EX_USAGE inv-ledger -d l.db --fault "$wrong"
	done
}

@test "a usage error is 64" {
	run -$EX_USAGE inv-ledger --nonsense
	run -$EX_USAGE inv-ledger -d l.db --delay soon
	run -$EX_USAGE inv-ledger -d l.db --seed -1
	run -$EX_USAGE inv-ledger -d l.db --path upsert
	run -$EX_USAGE inv-ledger -d l.db operand
}
