# commit.bash - streams, a ledger and verdicts, for the tests of inv-commit

prepare() {
	export INV_SCHEMA=inventory
	fast=(--backoff 1ms --max-backoff 20ms)
}

teardown() {
	stop_ledger
}

# fixture ROWS [CHUNK]: a validated stream of so many good rows.
fixture() {
	rows "$1" | inv-split -q --chunk-size "${2:-500}" - |
		inv-validate -q
}

rows() {
	echo asset_id,grant_code,description,quantity,location_code,acquired_on
	seq "$1" | awk '{ printf "LAB-%06d,NIH-R01-7,Pipette tips,%d," \
		"BLDG12-RM304-CAB2,2026-03-14\n", $1, $1 }'
}

commit() { # ENGINE [OPTION...]: against the ledger that runs
	local engine=$1
	shift
	inv-commit -q --engine "$engine" -l "$LEDGER" "${fast[@]}" "$@"
}

# verdicts < STREAM: count rows by verdict and reason.
verdicts() {
	jq -r 'if .type == "batch" then "committed \(.evidence) \(.count)"
		elif .type == "record" then
			"\(.verdict // "pending") \(.reason // "-") 1"
		else empty end' |
		awk '{ n[$1 " " $2] += $3 } END { for (k in n) print k, n[k] }' |
		sort
}

effects() { # rows that took effect at the ledger, by its request log
	curl -sf "$LEDGER/requests" |
		jq -s '[.[] | select(.effect == 1 or .effect == true) |
			if .taken then .taken | map(.[1] - .[0] + 1) | add
			else .body | length end] | add // 0'
}

# serving PID: a ledger that has been begun, when its port is in the file port.
serving() {
	LEDGER_PID=$1
	wait_for test -s port
	LEDGER=http://127.0.0.1:$(cat port)
	export LEDGER LEDGER_PID
}

# scripted POST... [-- GET]: a ledger that answers "STATUS BODY" to each batch
# in turn, the last to all further ones, and GET to questions.  HASH in a body
# is the SHA-256 of the batch; a 202 points to /jobs/1; a 0 is the end of the
# connection, of "wait" not before the client's.  In log are the keys and the
# numbers of records that came.
scripted() {
	rm -f port log
	python3 - "$@" > port 3>&- <<- 'END' &
	import hashlib, http.server, json, sys
	args = sys.argv[1:]
	cut = args.index("--") if "--" in args else len(args)
	posts, gets = args[:cut], args[cut + 1:] or ["404 {}"]
	known = {}
	class Ledger(http.server.BaseHTTPRequestHandler):
	    protocol_version = "HTTP/1.1"
	    def answer(self, told, hash):
	        status, text = told.split(" ", 1)
        if status == "0":
            if text == "wait":
                self.rfile.read(1)
            self.close_connection = True
            return
	        text = text.replace("HASH", hash).encode()
	        self.send_response(int(status))
	        if status == "202":
	            self.send_header("Location", "/jobs/1")
	        self.send_header("Content-Type", "application/json")
	        self.send_header("Content-Length", str(len(text)))
	        self.end_headers()
	        self.wfile.write(text)
	    def do_POST(self):
	        body = self.rfile.read(int(self.headers["Content-Length"]))
	        key = self.headers["Idempotency-Key"].strip('"')
	        known[key] = hashlib.sha256(body).hexdigest()
	        with open("log", "a") as f:
	            f.write("%s %d\n" % (key, len(json.loads(body))))
	        self.answer(posts.pop(0) if len(posts) > 1 else posts[0], "")
	    def do_GET(self):
	        key = self.path.rsplit("/", 1)[1]
	        self.answer(gets.pop(0) if len(gets) > 1 else gets[0],
	            known.get(key, ""))
	    def log_message(self, *args):
	        pass
	server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ledger)
	print(server.server_port, flush=True)
	server.serve_forever()
	END
	serving $!
}
