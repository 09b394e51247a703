#!/usr/bin/env bats
# inv-audit verify --ledger: does the ledger have what the log says it took?

load lib
load audit

teardown() {
	stop_ledger
	[ -z "${SAYS:-}" ] || kill "$SAYS" 2> /dev/null || true
}

# A manifest of 40 rows in 8 batches, taken by a real ledger.
taken() { # [FAULT]
	{
		echo asset_id,grant_code,description,quantity,location_code,acquired_on
		seq -f 'LAB-%06g,NIH-R01-7,Pipette tips,3,BLDG12-RM304-CAB2,2026-03-14' 40
	} > m.csv
	start_ledger --db ledger.db ${1:+--fault "$1"}
	inv-split -q --chunk-size 5 m.csv | inv-validate -q -s inventory |
		inv-commit -q -l "$LEDGER" --namespace x -c 1 | inv-audit > /dev/null
}

entries() { # of batches, in their order
	jq -r 'select(.type == "batch") | .seq' "$LOG"
}

key() { # ENTRY
	jq -r "select(.seq == $1) | .idempotency_key" "$LOG"
}

# A ledger that gives these answers in turn, then the last for ever: a status,
# or a status, a comma and a body.  What it was asked is in `asked`.
says() {
	cat > says.py <<- 'END'
		import http.server, sys
		answers = sys.argv[1:]
		class Ledger(http.server.BaseHTTPRequestHandler):
		    def do_GET(self):
		        with open("asked", "a") as f:
		            f.write("%s %s\n" % (self.path, self.headers["Authorization"]))
		        answer = answers.pop(0) if len(answers) > 1 else answers[0]
		        status, _, body = answer.partition(",")
		        self.send_response(int(status))
		        self.send_header("Content-Length", str(len(body)))
		        self.send_header("Retry-After", "0")
		        self.send_header("Location", "/batches/elsewhere")
		        self.end_headers()
		        self.wfile.write(body.encode())
		    def log_message(self, *args):
		        pass
		server = http.server.HTTPServer(("127.0.0.1", 0), Ledger)
		with open("says.port", "w") as f:
		    f.write("%d\n" % server.server_port)
		server.serve_forever()
	END
	python3 says.py "$@" 3>&- &
	SAYS=$!
	wait_for test -s says.port
	URL=http://127.0.0.1:$(cat says.port)
}

logged() {
	committed_six
	six | inv-audit > /dev/null
}

@test "verify --ledger asks for every batch that was committed" {
	taken
	inv-audit verify --ledger "$LEDGER" > out
	jq -e '.held == 8 and .alike == 8 and .batches == 8' out
	run -0 script -qec "inv-audit verify --ledger '$LEDGER'" /dev/null
	[[ $output = *"the ledger has all 8 batches that are committed; of 8 it tells the same SHA-256 and number of records"* ]]
	# Without it nobody is asked.
	stop_ledger
	inv-audit verify | jq -e 'has("held") | not'
}

@test "the embedded ledger is asked by its file" {
	taken
	stop_ledger
	inv-audit verify --ledger file:ledger.db | jq -e '.held == 8 and .alike == 8'
	sqlite3 ledger.db "DELETE FROM batch WHERE key = '$(key "$(entries | sed -n 3p)")'"
	run -1 inv-audit verify --ledger file:ledger.db
	[[ $output = *"entry $(entries | sed -n 3p) of the log: the ledger has no batch "* ]]
	run -66 inv-audit verify --ledger file:none.db
	[ ! -e none.db ]
}

@test "several logs that share a ledger are held against it" {
	local of
	taken
	cp -r "$INV_STATE" north
	sed -i 's/LAB/OTHER/' m.csv
	rm -r "$INV_STATE"
	inv-split -q --chunk-size 5 m.csv | inv-validate -q -s inventory |
		inv-commit -q -l "$LEDGER" --namespace y | inv-audit > /dev/null
	mv "$INV_STATE" south
	for of in "$LEDGER" file:ledger.db; do
		run -0 --separate-stderr inv-audit verify --state north --state south --ledger "$of"
		jq -es 'map([.state, .held, .alike]) == [["north", 8, 8], ["south", 8, 8]]' <<< "$output"
	done
	# What it lacks of one keeps the other from nothing, whichever comes first.
	LOG=north/audit/log.ndjson
	sqlite3 ledger.db "DELETE FROM batch WHERE key = '$(key "$(entries | sed -n 3p)")'"
	for of in "$LEDGER" file:ledger.db; do
		run -1 --separate-stderr inv-audit verify --state north --state south --ledger "$of"
		[[ $stderr == *"north: entry $(entries | sed -n 3p) of the log: the ledger has no batch "* ]]
		jq -es 'map([.state, .held]) == [["south", 8]]' <<< "$output"
	done
}

@test "a batch that was taken in part is held with as many records as it took" {
	taken 207-row=LAB-000007
	inv-audit verify --ledger "$LEDGER" |
		jq -e '.held == .batches and .alike == .batches'
}

@test "the first batch that the ledger does not have is told" {
	taken
	for n in 7 3; do
		sqlite3 ledger.db "DELETE FROM batch WHERE key = '$(key "$(entries | sed -n ${n}p)")'"
		run -1 --separate-stderr inv-audit verify --ledger "$LEDGER"
		[ "$output" = "" ]
		[[ $stderr = *"entry $(entries | sed -n ${n}p) of the log: the ledger has no batch $(key "$(entries | sed -n ${n}p)" | cut -c 1-16)... of 5 records"* ]]
	done
}

@test "a batch of which the ledger has another body, or other rows, is told" {
	taken
	entry=$(entries | sed -n 4p)
	sqlite3 ledger.db "UPDATE batch SET count = 4 WHERE key = '$(key "$entry")'"
	run -1 inv-audit verify --ledger "$LEDGER"
	[[ $output = *"entry $entry of the log: of batch $(key "$entry" | cut -c 1-16)... the ledger does not have 5 records, but 4"* ]]
	entry=$(entries | sed -n 2p)
	sqlite3 ledger.db "UPDATE batch SET body_sha256 = zeroblob(32) WHERE key = '$(key "$entry")'"
	run -1 inv-audit verify --ledger "$LEDGER"
	[[ $output = *"entry $entry of the log: the ledger has another body as batch $(key "$entry" | cut -c 1-16)...: SHA-256 0000000000000000..., not $(jq -r "select(.seq == $entry) | .batch_hash" "$LOG" | cut -c 1-16)..."* ]]
}

@test "a ledger that tells no SHA-256 or number is believed that it has the batch" {
	logged
	says '200,{"status":"committed"}'
	inv-audit verify --ledger "$URL" | jq -e '.held == 2 and .alike == 0'
	[ "$(wc -l < asked)" = 2 ]
	grep -q "^/batches/$(id 7) None$" asked
	grep -q "^/batches/$(id 8) None$" asked
}

@test "batches that were not committed are not asked for" {
	logged
	intent a '[[7,7]]' 9
	outcome a '[[7,7]]' 9 refused
	six | inv-audit > /dev/null
	says '200,{}'
	inv-audit verify --ledger "$URL" | jq -e '.batches == 3 and .held == 2'
}

@test "what passes is asked again: 503, 429, 500" {
	logged
	says 503 429 500 '200,{}'
	inv-audit verify --ledger "$URL" | jq -e '.held == 2'
	[ "$(wc -l < asked)" = 5 ]
}

@test "a ledger that can not be reached, or does not say, is 69" {
	logged
	run -69 inv-audit verify --ledger http://127.0.0.1:9
	[[ $output = *"entry 1 of the log: the ledger does not say whether it has batch 7777777777777777...: "* ]]
	for answer in 500 401 403 302 405 '200,[1]' '200,{"a":1' 204; do
		says "$answer"
		run -69 inv-audit verify --ledger "$URL"
		[[ $output = *"the ledger does not say whether it has batch"* ]]
		kill "$SAYS"
		rm says.port
	done
	run ! grep -q elsewhere asked
}

@test "a difference in log or journal is told before the ledger is asked" {
	logged
	says '200,{}'
	sed -i 's/"ms":3/"ms":4/' "$LOG"
	run -1 inv-audit verify --ledger "$URL"
	[[ $output = *"log.ndjson: line 1"* ]]
	[ ! -e asked ]
}

@test "the token goes along, and not to a ledger whose certificate is not good" {
	command -v openssl > /dev/null || skip "no openssl"
	logged
	(umask 077 && echo sesame-open-0123456789 > token)
	says '200,{}'
	inv-audit verify --ledger "$URL" --token-file token > /dev/null
	grep -q 'Bearer sesame-open-0123456789' asked
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout k.pem \
		-out c.pem -days 2 -subj /CN=x -addext subjectAltName=IP:127.0.0.1 2> /dev/null
	"$ROOT/tests/helper/tls-ledger" --cert c.pem k.pem 3>&- &
	tls=$!
	wait_for test -s port
	run -69 inv-audit verify --ledger "https://127.0.0.1:$(cat port)" --token-file token
	run ! grep -q sesame plain
	run -1 inv-audit verify --ledger "https://127.0.0.1:$(cat port)" --token-file token --cacert c.pem
	[[ $output = *"the ledger has no batch"* ]]
	grep -q 'Bearer sesame-open-0123456789' plain
	kill $tls
}

@test "options that do not go together are 64, http to elsewhere 78, a token of others 77" {
	logged
	run -64 inv-audit verify --token-file token
	run -64 inv-audit verify --cacert c.pem
	run -64 inv-audit verify --allow-http
	run -64 inv-audit verify --ledger file:
	run -64 inv-audit checkpoint --ledger http://127.0.0.1:9
	run -78 inv-audit verify --ledger ftp://127.0.0.1:9
	run -78 inv-audit verify --ledger http://ledger.invalid:9
	[[ $output = *"plain http leaves this machine: refused (--allow-http)"* ]]
	run -69 inv-audit verify --ledger http://ledger.invalid:9 --allow-http
	echo sesame-open-0123456789 > token
	chmod 644 token
	run -77 inv-audit verify --ledger http://127.0.0.1:9 --token-file token
}
