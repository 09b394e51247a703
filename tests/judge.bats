#!/usr/bin/env bats
# The judge of the kill runs, and the sample manifest it is tried on: what
# must be caught later has to be caught here first.

load lib

sample=examples/manifests/q3-chemistry.csv

expect() {
	"$ROOT/tests/judge" --expect "$ROOT/$sample"
}

# A case in which all went well: one batch for each hundred rows.
fair_case() {
	mkdir -p case/runs/001
	cp "$ROOT/$sample" case/m.csv
	expect > rows
	python3 - << 'END'
import hashlib, json
rows = [json.loads(line) for line in open("rows")]
id = hashlib.sha256(open("case/m.csv", "rb").read()).hexdigest()
short, counts = id[:32], {"committed": 0, "skipped": 0, "quarantined": 0}
requests, commit, kept = [], [], []
for r in rows:
    counts[r["verdict"]] += 1
    if r["verdict"] != "committed":
        commit.append({"type": "record", "manifest": short, "row": r["row"],
                       "verdict": r["verdict"], "reason": r["reason"]})
    if r["verdict"] == "quarantined":
        kept.append({"manifest": id, "row": r["row"]})
# The ledger takes the last batch but for its first record, which comes again.
for chunk in range(11):
    mine = [r for r in rows if r["verdict"] == "committed"
            and (r["row"] - 1) // 100 == min(chunk, 9)]
    if chunk == 10:
        del mine[1:]
    body = "[%s]" % ",".join(r["record"] for r in mine)
    key, taken = "%064x" % chunk, ""
    if chunk == 9:
        taken = '"taken":[[2,%d]],' % len(mine)
        del mine[0]
    requests.append('{"seq":%d,"key":"%s","effect":true,%s"body":%s}'
                    % (chunk + 1, key, taken, body))
    commit.append({"type": "batch", "verdict": "committed",
                   "rows": [[r["row"], r["row"]] for r in mine],
                   "idempotency_key": key, "batch_hash":
                   hashlib.sha256(body.encode()).hexdigest()})
audit = [{"type": "summary", "manifest": id, "run": "00000000000000aa",
          "rows": len(rows), "standing": {"counts": counts}}]
def write(name, lines):
    with open("case/" + name, "w") as f:
        for line in lines:
            print(line if isinstance(line, str) else json.dumps(line), file=f)
write("requests.ndjson", requests)
write("open.ndjson", kept)
write("log.ndjson", [{"run": "00000000000000aa"}])
write("runs/001/log.ndjson", [{"run": "00000000000000aa"}])
write("runs/001/commit.ndjson", commit)
write("runs/001/quarantine.ndjson", commit)
write("runs/001/audit.ndjson", audit)
END
	echo 0 | tee case/verify > case/runs/001/status
	"$ROOT/tests/judge" case
}

# broken FILE FILTER PROMISE: with FILE changed by jq, the judge names PROMISE.
broken() {
	rm -rf case
	fair_case
	jq -c "$2" "case/$1" > changed
	run -1 cmp -s changed "case/$1"
	mv changed "case/$1"
	run "$ROOT/tests/judge" case
	[ "$status" = 1 ]
	[[ $output == *"$3"* ]]
}

@test "the sample manifest holds what its README says, by the judge's count" {
	expect | jq -r '"\(.verdict) \(.reason)"' | sort | uniq -c |
		sed 's/^ *//' > got
	diff - got << 'END'
904 committed null
11 quarantined conflict
8 quarantined malformed_row
55 quarantined schema_violation
22 skipped duplicate
END
	awk -F'|' '/^\| *[0-9]/ { sub(/.*, /, "", $4); gsub(/ /, "", $4)
		n[$4] += $2 }
		END { for (v in n) print n[v], v }' \
		"$ROOT/examples/manifests/README.md" | sort > said
	diff - said << 'END'
11 conflict
22 duplicate
55 schema_violation
8 malformed_row
904 committed
END
}

@test "the sample manifest is read by the judge as Python's csv reads it" {
	# Python takes a quote that is never closed to the end of the file; where
	# there is none the two agree, but for rows of another width.
	python3 - "$ROOT" << 'END'
import csv, importlib.machinery, importlib.util, io, sys
loader = importlib.machinery.SourceFileLoader("judge", sys.argv[1] +
                                              "/tests/judge")
judge = importlib.util.module_from_spec(
    importlib.util.spec_from_loader("judge", loader))
sys.dont_write_bytecode = True
loader.exec_module(judge)
text = open(sys.argv[1] + "/examples/manifests/q3-chemistry.csv",
            newline="", encoding="utf-8").read()
lines = text.split("\n")
unclosed = [n for n, fields in judge.framed(text)
            if fields is None and lines[n - 1].count('"') % 2]
assert len(unclosed) == 2, unclosed
text = "\n".join(line for n, line in enumerate(lines, 1)
                 if n not in unclosed)
theirs = [r if len(r) == 6 else None for r in csv.reader(io.StringIO(text))
          if r]
assert [fields for _, fields in judge.framed(text)] == theirs
assert len(theirs) == 999 and theirs.count(None) == 6
END
}

@test "a case in which all went well passes" {
	fair_case
}

@test "an effect too many, too few or of something else is seen" {
	broken requests.ndjson '., (select(.seq == 3) | .seq = 11 | .key = "new")' \
		'each record takes effect once'
	broken requests.ndjson 'select(.seq != 3)' 'each record takes effect once'
	broken requests.ndjson 'select(.seq == 3).effect = false' \
		'each record takes effect once'
	broken requests.ndjson \
		'if .seq == 3 then .body[0].asset_id = "CHEX-1" else . end' \
		'nothing else takes effect'
}

@test "a record of a batch that the ledger did not take is no effect" {
	local taken='if .seq == 3
		then {seq, key, effect, taken: [[2, (.body | length)]], body}
		else . end'
	broken requests.ndjson "$taken" 'each record takes effect once'
	broken requests.ndjson "$taken" 'a batch holds the rows it names'
}

@test "an effect with other content or in another form is seen" {
	broken requests.ndjson \
		'if .seq == 3 then .body[0].quantity += 1 else . end' \
		'the content is what the manifest says'
	broken requests.ndjson \
		'if .seq == 3 then .body[0] |= (to_entries | reverse | from_entries)
		else . end' 'bodies are canonical'
}

@test "a row without a verdict, or with a second or another one, is seen" {
	local promise='every row in one verdict, as expected'
	broken runs/001/quarantine.ndjson 'select(.type == "batch" or .row != 133)' \
		"$promise"
	broken runs/001/quarantine.ndjson '., select(.row == 133)' "$promise"
	broken runs/001/quarantine.ndjson \
		'select(.row == 133).reason = "conflict"' "$promise"
	broken runs/001/quarantine.ndjson 'select(.row == 133).row = 1133' \
		'no row but those of the manifest'
}

@test "a report that is not true afterwards is seen" {
	broken runs/001/commit.ndjson \
		'if .type == "batch" then .idempotency_key = "x" else . end' \
		'what was reported committed is there'
	broken runs/001/commit.ndjson \
		'if .type == "batch" then .rows[0] = [133, 133] else . end' \
		'a batch holds the rows it names'
	broken runs/001/commit.ndjson \
		'if .type == "batch" then .batch_hash = "x" else . end' \
		'batch_hash is of the bytes sent'
	broken open.ndjson 'select(.row != 133)' \
		'what was reported quarantined is kept'
	broken log.ndjson '.run = "b"' 'the audit log only grows'
	broken runs/001/log.ndjson 'empty' 'a summary speaks of what is in the log'
}

@test "each of several manifests is judged, by what took effect of it" {
	fair_case
	printf '%s\n' asset_id,grant_code,description,quantity,location_code,acquired_on \
		OTHER-1,NIH-1,flask,1,BLDG1-RM2-CAB3,2026-01-31 > case/other.csv
	id=$(sha256sum case/other.csv)
	id=${id%% *}
	record=$("$ROOT/tests/judge" --expect case/other.csv | jq -r .record)
	hash=$(printf '[%s]' "$record" | sha256sum)
	jq -c '.seq = 12 | .key = "other" | .body = ['"$record"']' \
		<(head -n 1 case/requests.ndjson) >> case/requests.ndjson
	mkdir case/runs/002
	echo other.csv > case/runs/002/manifest
	jq -nc --arg hash "${hash%% *}" '{type: "batch", verdict: "committed",
		rows: [[1, 1]], idempotency_key: "other", batch_hash: $hash}' |
		tee case/runs/002/commit.ndjson > case/runs/002/quarantine.ndjson
	jq -nc --arg id "$id" '{type: "summary", manifest: $id, rows: 1,
		run: "00000000000000aa", standing: {counts: {committed: 1}}}' \
		> case/runs/002/audit.ndjson
	cp case/runs/001/{log.ndjson,status} case/runs/002
	"$ROOT/tests/judge" case
	jq -c 'select(.key != "other")' case/requests.ndjson > changed
	mv changed case/requests.ndjson
	run "$ROOT/tests/judge" case
	[ "$status" = 1 ]
	[[ $output == *'each record takes effect once: other.csv: row 1: '* ]]
	[[ $output == *'is there: other.csv: run 002: '* ]]
}

@test "an audit that does not agree, or too soon, is seen" {
	rm -rf case
	fair_case
	mkdir case/runs/000
	head -n 3 case/runs/001/quarantine.ndjson > case/runs/000/quarantine.ndjson
	echo 75 > case/runs/000/status
	"$ROOT/tests/judge" case
	echo 0 > case/runs/000/status
	run "$ROOT/tests/judge" case
	[ "$status" = 1 ]
	[[ $output == *'inv-audit is content with whole runs alone'* ]]
	broken runs/001/audit.ndjson '.standing.counts.committed -= 1' \
		'the standing is what the manifest demands'
	broken verify '1' 'the audit log verifies'
	broken runs/001/status '75' 'inv-audit is content at the end'
}

@test "a quote that is never closed costs one line, wherever it stands" {
	local head=asset_id,grant_code,description,quantity,location_code,acquired_on
	local tail=1,BLDG1-RM2-CAB3,2026-01-31
	printf '%s\n' "$head" "A-1,NIH-1,\"open,$tail" "A-2,NIH-1,\"b, c\",$tail" \
		"A-3,NIH-1,\"two" "lines\",$tail" "A-4,NIH-1,open \",$tail" \
		"A-5,NIH-1,\"open,$tail" "A-6,NIH-1,x,$tail" > m.csv
	"$ROOT/tests/judge" --expect m.csv | jq -c '[.row,.line,.verdict]' > got
	diff - got << 'END'
[1,2,"quarantined"]
[2,3,"committed"]
[3,4,"committed"]
[4,6,"committed"]
[5,7,"quarantined"]
[6,8,"committed"]
END
}

@test "the programs give each row of the sample manifest what the judge expects" {
	mkdir -p case/runs/001
	cp "$ROOT/$sample" case/m.csv
	set -o pipefail
	inv-split -q case/m.csv | inv-validate -q | inv-dedup -q | inv-commit -q |
		tee case/runs/001/commit.ndjson | inv-quarantine -q |
		tee case/runs/001/quarantine.ndjson | inv-audit -q \
		> case/runs/001/audit.ndjson
	echo 0 > case/runs/001/status
	inv-audit verify --read-data > /dev/null
	echo 0 > case/verify
	cp "$INV_STATE/audit/log.ndjson" case/runs/001
	cp "$INV_STATE/audit/log.ndjson" case
	inv-quarantine list > case/open.ndjson
	inv-ledger --db "$INV_STATE/embedded/ledger.db" --export requests \
		> case/requests.ndjson
	"$ROOT/tests/judge" case
	[ "$(jq .standing.counts.committed case/runs/001/audit.ndjson)" = 904 ]
}
