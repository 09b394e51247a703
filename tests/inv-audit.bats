#!/usr/bin/env bats
# inv-audit - one test for each sentence of its page

load lib
load audit

# ---- the six that every program has ----

@test "no line of the stream is passed on, and every row is accounted for" {
	committed_six
	run -0 --separate-stderr inv-audit < <(six)
	[ "${#lines[@]}" = 1 ]
	jq -e '.type == "summary" and .rows == 6 and .complete and .validated' <<< "$output"
	jq -e '.counts == {pending: 0, committed: 4, skipped: 1, quarantined: 1, held: 0, ambiguous: 0}' <<< "$output"
	jq -e '.standing == {runs: 1, rows: 6, counts: .counts}' <<< "$output"
	[ "$(jq '[.counts[]] | add' <<< "$output")" = 6 ]
}

@test "the input is read from a file, from - and from standard input" {
	committed_six
	six > in
	run -0 inv-audit in
	one=$output
	run -0 inv-audit - < in
	[ "$output" = "$one" ]
	run -66 inv-audit missing
	[[ $output = *missing* ]]
	run -66 inv-audit .
}

@test "a line of no stream does not stop the run and is counted" {
	committed_six
	six | sed '3a not json' > in
	run -0 --separate-stderr inv-audit in
	[ "$(jq .malformed_lines <<< "$output")" = 1 ]
	[ "$(jq 'select(.type == "end") | .malformed_lines' "$LOG")" = 1 ]
}

@test "a full disk gives a message and 74" {
	committed_six
	six > in
	run -74 sh -c 'inv-audit in > /dev/full'
	[[ $output = *"No space left"* ]]
	run -74 sh -c 'inv-audit verify > /dev/full'
}

@test "a summary appears while the input is open" {
	committed_six
	mkfifo fifo
	inv-audit < fifo > out 3>&- &
	exec 9> fifo
	six >&9
	wait_for grep -q summary out
	exec 9>&-
	wait $!
}

@test "a wrong option is 64" {
	run -64 inv-audit --nonsense
	run -64 inv-audit --verb
	run -64 inv-audit one two
	run -64 inv-audit verify two
}

# ---- the log ----

@test "each entry carries its number and the hash of the one before" {
	committed_six
	six | inv-audit
	manifest b | cat - <(row b 1 "$(verdict quarantined s r)") <(end b 1) | inv-audit
	chain_holds
}

@test "the log has batches, manifest, stages, verdicts and end, in this order" {
	committed_six
	six | inv-audit
	run -0 jq -r .type "$LOG"
	[ "$output" = $'batch\nbatch\nmanifest\nstage\nstage\nverdict\nverdict\nend' ]
	run -0 jq -c 'select(.type == "verdict") | [.verdict, .stage, .reason, .rows, .count, .errors]' "$LOG"
	[ "${lines[0]}" = '["quarantined","inv-validate","schema_violation",[[3,3]],1,{"missing":1,"extra_forbidden":1}]' ]
	[ "${lines[1]}" = '["skipped","inv-dedup","duplicate",[[5,5]],1,null]' ]
	only '.type == "manifest"' | jq -e '.line.name == "a.csv"'
	only '.type == "end"' | jq -e '.rows == 6 and .seen == 6 and .complete and .validated and .unverified == 0 and .counts.committed == 4'
	only '.journal == 2' | jq -e '.rows == [[1,2],[4,4]] and .count == 3 and .chunk == 0 and .outcome == "committed" and .evidence == "receipt" and .status == 200 and .attempts == 1 and .ms == 3'
	[ "$(jq -r 'select(.journal == 2) | .idempotency_key, .batch_hash' "$LOG")" = "$(id 7)"$'\n'"$(hash 7)" ]
}

@test "what is on disk comes before what is said" {
	needs_strace
	committed_six
	six > in
	inv-audit in > out
	strace -f -e trace=fdatasync,fsync,rename,renameat,renameat2,write -o trace inv-audit <(sed 's/"run":"1/"run":"2/' in) > out
	grep -q summary trace
	awk '/fdatasync/ { synced = 1 } /renameat|rename/ { renamed = synced }
		/summary/ { exit !renamed }' trace
}

@test "outcomes of all runs are taken in, each once" {
	commit b '[[1,1]]' 5
	committed_six
	outcome a '[[6,6]]' 9 refused
	six | inv-audit
	six | sed 's/"run":"1/"run":"2/' | inv-audit
	run -0 jq -c 'select(.type == "batch") | [.journal, .outcome]' "$LOG"
	[ "$output" = $'[2,"committed"]\n[4,"committed"]\n[6,"committed"]\n[7,"refused"]' ]
	# Also without a block, and behind the last one.
	commit c '[[1,1]]' 4
	run -65 inv-audit /dev/null
	[ "$(jq -c 'select(.type == "batch") | .journal' "$LOG" | tail -n 1)" = 9 ]
	chain_holds
}

@test "a group of many ranges takes several entries and none is lost" {
	{
		manifest a
		awk -v id="$(id a | cut -c 1-32)" 'BEGIN {
			for (r = 1; r <= 140000; r++)
				printf "{\"type\":\"record\",\"manifest\":\"%s\",\"row\":%d,\"line\":%d,\"chunk\":%d,\"record\":{},\"verdict\":\"%s\",\"stage\":\"s\",\"reason\":\"r\"}\n",
					id, r, r + 1, int((r - 1) / 500), r % 2 ? "quarantined" : "skipped"
		}'
		end a 140000
	} > in
	run -0 inv-audit in
	[ "$(jq '.standing.counts.quarantined' <<< "$output")" = 70000 ]
	[ "$(jq -s '[.[] | select(.verdict == "quarantined") | .count]' -c "$LOG")" = '[65536,4464]' ]
	[ "$(jq -s '[.[] | select(.verdict == "quarantined") | .rows | length] | add' "$LOG")" = 70000 ]
	run -0 inv-audit verify
}

# ---- what counts as committed ----

@test "a batch line that the journal does not know is unverified: 65" {
	commit a '[[1,2],[4,4]]' 7
	run -65 --separate-stderr inv-audit < <(six)
	[ "$(jq .unverified <<< "$output")" = 1 ]
	[ "$(jq -c .standing.counts.committed <<< "$output")" = 3 ]
	[[ $stderr = *"a.csv: 1 rows are said to be committed, but the journal has no such batch"* ]]
	[ "$(jq 'select(.type == "end") | .unverified' "$LOG")" = 1 ]
}

@test "another hash or other rows under a known key are unverified" {
	committed_six
	six | sed "s/$(hash 8)/$(hash 9)/" > in
	run -65 --separate-stderr inv-audit in
	[ "$(jq .unverified <<< "$output")" = 1 ]
	six | sed 's/"rows":\[\[6,6\]\]/"rows":[[6,7]]/; s/"count":1,/"count":2,/; s/"rows":6,/"rows":7,/; s/"run":"1/"run":"2/' > in
	run -65 --separate-stderr inv-audit in
	[ "$(jq .unverified <<< "$output")" = 2 ]
}

@test "a refused outcome commits nothing" {
	commit a '[[1,2],[4,4]]' 7
	intent a '[[6,6]]' 8
	outcome a '[[6,6]]' 8 refused
	run -65 --separate-stderr inv-audit < <(six)
	[ "$(jq .unverified <<< "$output")" = 1 ]
}

@test "a stream without a journal can not make a row committed" {
	run -65 --separate-stderr inv-audit < <(six)
	[ "$(jq .unverified <<< "$output")" = 4 ]
	[ "$(jq .standing.counts.committed <<< "$output")" = 0 ]
}

@test "duplicates of rows that are not committed are counted apart" {
	{
		manifest a
		row a 1 "$(verdict quarantined inv-validate schema_violation)"
		row a 2 "$(verdict skipped inv-dedup duplicate "\"of\":{\"manifest\":\"$(id a | cut -c 1-32)\",\"row\":1}")"
		row a 3 "$(verdict skipped inv-dedup duplicate "\"of\":{\"manifest\":\"$(id a | cut -c 1-32)\",\"row\":4}")"
		batch a '[[4,4]]' 7
		row a 5 "$(verdict skipped jq duplicate)"
		end a 5
		manifest b
		row b 1 "$(verdict skipped inv-dedup duplicate "\"of\":{\"manifest\":\"$(id a | cut -c 1-32)\",\"row\":1}")"
		row b 2 "$(verdict skipped inv-dedup duplicate "\"of\":{\"manifest\":\"$(id a | cut -c 1-32)\",\"row\":4}")"
		row b 3 "$(verdict skipped inv-dedup duplicate "\"of\":{\"manifest\":\"$(id c | cut -c 1-32)\",\"row\":4}")"
		end b 3
	} > in
	commit a '[[4,4]]' 7
	run -0 inv-audit in
	[ "$(jq .duplicates_uncommitted <<< "$output" | paste -s)" = $'2\t2' ]
}

# ---- standing ----

@test "standing is the latest verdict over all runs, and committed is final" {
	{
		manifest a 1111111111111111
		row a 1
		row a 2 "$(verdict held inv-commit systemic)"
		row a 3 "$(verdict quarantined inv-validate schema_violation)"
		row a 4 "$(verdict ambiguous inv-commit timeout)"
		end a 4
	} > first
	run -75 --separate-stderr inv-audit first
	[ "$(jq -c .standing.counts <<< "$output")" = '{"pending":1,"committed":0,"skipped":0,"quarantined":1,"held":1,"ambiguous":1}' ]
	commit a '[[1,2],[4,4]]' 7
	{
		manifest a 2222222222222222
		batch a '[[1,2]]' 6
		row a 3 "$(verdict skipped jq filtered)"
		row a 4 "$(verdict held inv-commit not_attempted)"
		end a 4
	} > second
	run -65 --separate-stderr inv-audit second
	[ "$(jq -c .standing <<< "$output")" = '{"runs":2,"rows":4,"counts":{"pending":0,"committed":3,"skipped":1,"quarantined":0,"held":0,"ambiguous":0}}' ]
	[ "$(jq -c .counts.held <<< "$output")" = 1 ]
}

@test "a run that leaves a row pending takes no verdict away from it" {
	{
		manifest a 1111111111111111
		row a 1 "$(verdict ambiguous inv-commit unanswered)"
		row a 2 "$(verdict quarantined inv-validate schema_violation)"
		end a 2
	} | inv-audit || true
	{
		manifest a 2222222222222222
		row a 1
		row a 2
		end a 2
	} > second
	run -75 --separate-stderr inv-audit second
	[ "$(jq -c .counts.pending <<< "$output")" = 2 ]
	[ "$(jq -c .standing.counts <<< "$output")" = '{"pending":0,"committed":0,"skipped":0,"quarantined":1,"held":0,"ambiguous":1}' ]
}

@test "another submission of the same bytes has a standing of its own" {
	committed_six
	six | inv-audit
	{
		manifest a 2222222222222222 2
		row a 1 "$(verdict held inv-commit systemic)"
		end a 1
	} > in
	run -75 --separate-stderr inv-audit in
	[ "$(jq -c '[.submission, .standing.rows, .standing.runs, .standing.counts.held]' <<< "$output")" = '[2,1,1,1]' ]
}

@test "a row that no run has given a verdict is pending" {
	{
		manifest a
		row a 2 "$(verdict quarantined s r)"
	} > in
	run -65 --separate-stderr inv-audit in
	[ "$(jq -c '[.standing.rows, .standing.counts.pending]' <<< "$output")" = '[2,1]' ]
}

# ---- fed again ----

@test "a saved stream that is fed again changes nothing and says the same" {
	committed_six
	six > in
	run -0 inv-audit in
	first=$output
	cp "$LOG" before
	cp "$HEAD" head
	run -0 inv-audit in
	[ "$output" = "$first" ]
	cmp before "$LOG"
	cmp head "$HEAD"
	run -0 inv-audit -v in
	[[ $output = *"is in the log already"* ]]
}

@test "a complete feeding is added to an incomplete one" {
	committed_six
	six | sed '$d' > torn
	run -65 --separate-stderr inv-audit torn
	run -65 --separate-stderr inv-audit torn
	[ "$(jq -s 'map(select(.type == "end")) | length' "$LOG")" = 1 ]
	run -0 --separate-stderr inv-audit < <(six)
	[ "$(jq -c 'select(.type == "end") | .complete' "$LOG")" = $'false\ntrue' ]
	run -0 --separate-stderr inv-audit < <(six)
	[ "$(jq -s 'map(select(.type == "end")) | length' "$LOG")" = 2 ]
}

@test "a later stage of a run is added to an earlier one" {
	six | sed 's/,"verdict.*}/}/' | grep -v '"batch"' > early
	for n in 1 2 4 6; do row a $n; done >> early
	grep -v '"end"' early > in
	grep '"end"' early >> in
	run -75 --separate-stderr inv-audit in
	committed_six
	run -0 --separate-stderr inv-audit < <(six)
	[ "$(jq -c '[.standing.runs, .standing.counts.committed, .standing.counts.quarantined]' <<< "$output")" = '[1,4,1]' ]
	run -75 --separate-stderr inv-audit in
	[ "$(jq -c '[.standing.runs, .standing.counts.committed, .standing.counts.quarantined]' <<< "$output")" = '[1,4,1]' ]
	[ "$(jq -s 'map(select(.type == "end")) | length' "$LOG")" = 2 ]
}

# ---- exit statuses ----

@test "held, ambiguous and pending rows are 75" {
	local v
	for v in held ambiguous; do
		run -75 inv-audit < <(manifest a "$(id 2 | cut -c 1-16)"; row a 1 "$(verdict $v s r)"; end a 1)
	done
	run -75 inv-audit < <(manifest b; row b 1; end b 1)
	run -0 inv-audit < <(manifest c; row c 1 "$(verdict skipped s filtered)"; end c 1)
}

@test "a missing, a repeated and a foreign row are incomplete: 65" {
	run -65 --separate-stderr inv-audit < <(manifest a; row a 1 "$(verdict skipped s r)"; end a 2)
	jq -e '.complete == false and .rows == 2' <<< "$output"
	run -65 --separate-stderr inv-audit < <(manifest b; row b 1 "$(verdict skipped s r)"; row b 1 "$(verdict skipped s r)"; end b 1)
	jq -e '.complete == false' <<< "$output"
	run -65 --separate-stderr inv-audit < <(manifest c; row a 1; end c 0)
	jq -e '.complete == false' <<< "$output"
}

@test "a stream that ends before its end line is written down as incomplete" {
	run -65 --separate-stderr inv-audit < <(manifest a; row a 1 "$(verdict skipped s r)"; manifest b; row b 1 "$(verdict skipped s r)"; end b 1)
	[ "$(jq -c '[.name, .rows, .complete]' <<< "$output")" = $'["a.csv",1,false]\n["b.csv",1,true]' ]
	run -65 --separate-stderr inv-audit < <(six | head -c 700)
	[ "$(jq -c '[.type, .complete]' <<< "$output")" = '["summary",false]' ]
	chain_holds
}

@test "an empty stream is 65" {
	run -65 inv-audit < /dev/null
	[[ $output = *"no manifest line"* ]]
}

@test "a refused manifest is 65 and says why" {
	run -65 --separate-stderr inv-audit < <(manifest a; printf '{"type":"end","manifest":"%s","rows":0,"bytes":9,"refused":{"reason":"header","msg":"name twice"},"counts":{}}\n' "$(id a)")
	jq -e '.refused.reason == "header" and .rows == 0 and .complete' <<< "$output"
	only '.type == "end"' | jq -e '.refused.msg == "name twice"'
}

@test "a manifest that a program said no to is 1 and says which" {
	failed() {
		printf '{"type":"end","manifest":"%s","rows":%s,"bytes":9,"counts":{},"failed":"inv-validate"}\n' "$(id "$1")" "$2"
	}
	run -1 --separate-stderr inv-audit < <(manifest a; failed a 0)
	jq -e '.failed == "inv-validate" and .complete' <<< "$output"
	only '.type == "end"' | jq -e '.failed == "inv-validate"'
	inv-audit verify
	run -1 --separate-stderr inv-audit < <(manifest a; failed a 0; manifest b; end b 0)
	run -75 inv-audit < <(manifest c; row c 1; failed c 1)
}

@test "the worst of all manifests is the exit status" {
	run -65 inv-audit < <(manifest a; row a 1; end a 1; manifest b; end b 1; manifest c; end c 0)
	run -75 inv-audit < <(manifest d; row d 1; end d 1; manifest e; end e 0)
}

@test "a stream that was not validated says so" {
	run -0 --separate-stderr inv-audit < <(manifest a; end a 0)
	jq -e '.validated == false' <<< "$output"
}

# ---- text ----

@test "on a terminal the summary is two lines of text" {
	command -v script > /dev/null || skip "no script(1)"
	committed_six
	six > in
	run -0 script -qec 'inv-audit in' /dev/null
	[ "${lines[0]%$'\r'}" = "a.csv: 6 rows: 4 committed, 1 skipped, 1 quarantined" ]
	[ "${lines[1]%$'\r'}" = "a.csv: standing after 1 run: 6 rows: 4 committed, 1 skipped, 1 quarantined" ]
	manifest b | sed 's/b.csv/\\u001b[31mred/' > in
	run -65 script -qec 'inv-audit in 2> err' /dev/null
	[ "${lines[0]%$'\r'}" = '\x1b[31mred: 0 rows; not validated; INCOMPLETE' ]
	{ manifest d; end d 0; } | sed 's/"counts"/"failed":"x",&/' > in
	run -1 script -qec 'inv-audit in' /dev/null
	[ "${lines[0]%$'\r'}" = 'd.csv: 0 rows; not validated; FAILED' ]
	run -0 script -qec 'inv-audit verify' /dev/null
	[[ $output = *"of the log and"*"are as written"* ]]
}

# ---- signals ----

@test "a first signal does nothing and a second kills" {
	local signal
	committed_six
	for signal in INT TERM; do
		rm -rf "$INV_STATE/audit" out
		mkfifo fifo.$signal
		python3 -c 'import os,signal,sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp("inv-audit", ["inv-audit"])' < fifo.$signal > out 3>&- &
		pid=$!
		exec 9> fifo.$signal
		manifest a >&9
		wait_for test -e "$LOG"
		kill -$signal $pid
		six | sed '1d' >&9
		wait_for grep -q summary out
		kill -$signal $pid
		exec 9>&-
		rc=0
		wait $pid || rc=$?
		[ $rc -gt 128 ]
		rm fifo.$signal
	done
}

@test "a reader that is gone is 74, and the log has it all" {
	committed_six
	six > in
	run -74 bash -c 'set -o pipefail; inv-audit in | true; exit ${PIPESTATUS[0]}' || true
	run -74 bash -c 'exec 4> >(:); sleep 0.2; inv-audit in >&4'
	[ "$(jq -r .type "$LOG" | tail -n 1)" = end ]
}

# ---- verify ----

@test "verify says what it has gone through" {
	committed_six
	six | inv-audit
	run -0 inv-audit verify
	[ "$output" = '{"type":"verified","entries":8,"checkpoints":1,"covered":8,"journal":4,"batches":2,"actions":0}' ]
}

@test "verify finds any byte of the log that was changed" {
	committed_six
	six | inv-audit
	cp "$LOG" good
	size=$(stat -c %s good)
	for ((at = 0; at < size; at += 401)); do
		cp good "$LOG"
		byte=$(dd if=good bs=1 skip=$at count=1 2> /dev/null | od -An -tu1)
		printf "\\x$(printf %x $((byte ^ 1)))" |
			dd of="$LOG" bs=1 seek=$at conv=notrunc 2> /dev/null
		run -1 inv-audit verify
		[[ $output = *"audit/log.ndjson: line "* ]]
	done
	cp good "$LOG"
	run -0 inv-audit verify
}

@test "verify tells the line that was changed" {
	committed_six
	six | inv-audit
	sed -i '4s/"a.csv"/"b.csv"/; 3s/"a.csv"/"b.csv"/' "$LOG"
	run -1 inv-audit verify
	[[ $output = "inv-audit: audit/log.ndjson: line 3: its SHA-256 is "*", but entry 4 says "*": one of the two was changed" ]]
}

@test "verify finds lines of the log removed, inserted, moved and cut off" {
	committed_six
	six | inv-audit
	cp "$LOG" good
	sed -i 4d "$LOG"
	run -1 inv-audit verify
	[[ $output = *"line 4: entry 5 where entry 4 should be"* ]]
	sed '4p' good > "$LOG"
	run -1 inv-audit verify
	[[ $output = *"line 5: entry 4 where entry 5 should be"* ]]
	sed '4{h;d};5G' good > "$LOG"
	run -1 inv-audit verify
	[[ $output = *"line 4: entry 5 where entry 4 should be"* ]]
	sed '$d' good > "$LOG"
	run -1 inv-audit verify
	[[ $output = *"7 entries, audit/head tells of 8"* ]]
	sed '4a x' good > "$LOG"
	run -1 inv-audit verify
	head -c -1 good > "$LOG"
	run -1 inv-audit verify
	[[ $output = *"line 8: half a line"* ]]
	rm "$LOG"
	run -1 inv-audit verify
	cp good "$LOG"
	rm "$HEAD"
	run -1 inv-audit verify
	[[ $output = *"audit/head: missing"* ]]
}

@test "verify finds any byte of the journal that was changed" {
	committed_six
	six | inv-audit
	cp "$JOURNAL" good
	size=$(stat -c %s good)
	for ((at = 0; at < size; at += 307)); do
		cp good "$JOURNAL"
		byte=$(dd if=good bs=1 skip=$at count=1 2> /dev/null | od -An -tu1)
		printf "\\x$(printf %x $((byte ^ 1)))" |
			dd of="$JOURNAL" bs=1 seek=$at conv=notrunc 2> /dev/null
		run -1 inv-audit verify
		[[ $output = *journal* ]]
	done
}

@test "verify finds entries cut off the journal, and a body without its hash" {
	committed_six
	six | inv-audit
	cp "$JOURNAL" good
	sed -i '$d' "$JOURNAL"
	run -1 inv-audit verify
	[[ $output = *"the journal has no outcome 4"* ]]
	# A whole chain, but another body than was hashed.
	rm -r "$INV_STATE"
	body() { printf '[{"k":"%s!"}]' "$1"; }
	hash8=$(hash 8)
	commit a '[[6,6]]' 8
	body() { printf '[{"k":"%s?"}]' "$1"; }
	hash() { echo "$hash8"; }
	commit a '[[7,7]]' 8
	run -0 inv-audit verify
	run -1 inv-audit verify --read-data
	[[ $output = *"journal: entry 3: its body has SHA-256 "* ]]
}

@test "verify finds a batch of the log that says otherwise than its outcome" {
	commit a '[[1,2]]' 7
	inv-audit /dev/null || [ $? = 65 ]
	rm "$JOURNAL" "$HEAD"
	commit a '[[1,3]]' 7
	run -1 inv-audit verify
	[[ $output = *"log.ndjson: line 1: says otherwise than entry 2 of the journal"* ]]
}

@test "verify holds the journal alone where there is no log yet" {
	committed_six
	run -0 inv-audit verify
	[ "$output" = '{"type":"verified","entries":0,"checkpoints":0,"covered":0,"journal":4,"batches":0,"actions":0}' ]
	[ ! -e "$INV_STATE/audit" ]
}

@test "verify changes nothing" {
	committed_six
	six | inv-audit
	echo torn >> "$LOG"
	find "$INV_STATE" -type f -exec sha256sum {} + > before
	run -1 inv-audit verify
	find "$INV_STATE" -type f -exec sha256sum {} + | diff before -
}

@test "a file named verify is given as ./verify" {
	committed_six
	six > verify
	run -0 inv-audit ./verify
	[ "$(jq -r .type <<< "$output")" = summary ]
}

# ---- after a crash, and on bad state ----

@test "half a line behind the head is cut off and whole entries stay" {
	committed_six
	six | inv-audit
	cp "$HEAD" head
	manifest b | cat - <(end b 0) | inv-audit
	cp head "$HEAD"
	printf '{"seq":11,"prev' >> "$LOG"
	run -0 inv-audit < <(manifest c; end c 0)
	run -0 jq -r 'select(.type == "end") | .manifest[0:1]' "$LOG"
	[ "$output" = $'a\nb\nc' ]
	chain_holds
	run -0 inv-audit verify
}

@test "a block without its end does not count" {
	committed_six
	six > in
	inv-audit in
	# As if killed before the last entry was written.
	cp "$LOG" whole
	sed -i '$d' "$LOG"
	rm "$HEAD" "$INV_STATE/audit/checkpoints.ndjson"
	run -0 --separate-stderr inv-audit in
	[ "$(jq -c '[.standing.runs, .standing.counts.quarantined]' <<< "$output")" = '[1,1]' ]
	[ "$(jq -s 'map(select(.type == "manifest")) | length' "$LOG")" = 2 ]
	[ "$(jq -s 'map(select(.type == "batch")) | length' "$LOG")" = 2 ]
	chain_holds
}

@test "a damaged log or journal stops the run with 74, and nothing is appended" {
	committed_six
	six > in
	inv-audit in
	cp "$LOG" good
	sed -i '2s/committed/Committed/' "$LOG"
	cp "$LOG" bad
	run -74 inv-audit in
	[[ $output = *"audit/log.ndjson: line 2"* ]]
	cmp bad "$LOG"
	sed '$d' good > "$LOG"
	run -74 inv-audit in
	[[ $output = *"its end was cut off"* ]]
	cp good "$LOG"
	outcome a '[[6,6]]' 9
	sed -i '$s/"seq":5/"seq":6/' "$JOURNAL"
	run -74 inv-audit <(sed 's/"run":"1/"run":"2/' in)
	[[ $output = *"journal/000001.ndjson: line 5: damaged"* ]]
	cmp good "$LOG"
}

@test "a journal that is being written is read up to its last whole line" {
	committed_six
	printf '{"seq":5,"prev":"' >> "$JOURNAL"
	run -0 inv-audit < <(six)
	run -1 inv-audit verify
	[[ $output = *"behind entry 4 is something that is no whole line"* ]]
}

@test "killed at any write, the next run makes it whole" {
	committed_six
	six > in
	needs_strace
	for ((n = 1; n < 40; n++)); do
		rm -rf "$INV_STATE/audit"
		rc=0
		strace -f -o /dev/null -e inject=pwrite64,write,fsync,fdatasync,ftruncate,rename,renameat,renameat2:signal=KILL:when=$n \
			inv-audit in > out 2> err || rc=$?
		run -0 --separate-stderr inv-audit in
		[ "$(jq -c '[.standing.runs, .standing.counts.committed, .standing.counts.quarantined]' <<< "$output")" = '[1,4,1]' ]
		run -0 inv-audit verify
		[ $rc != 0 ] || break
	done
	[ $n -gt 5 ]
}

@test "a failed write or fsync of the log is 74 and no summary is printed" {
	committed_six
	six > in
	needs_strace
	for fault in pwrite64:error=ENOSPC fdatasync:error=EIO; do
		rm -rf "$INV_STATE/audit"
		run -74 --separate-stderr strace -f -o /dev/null -e inject=$fault inv-audit in
		[ -z "$output" ]
		[[ $stderr = *": write: "* || $stderr = *": fdatasync: "* ]]
		run -0 inv-audit in
		run -0 inv-audit verify
	done
}

@test "two at once both get their entries" {
	committed_six
	six > in
	manifest b > in.b
	end b 0 >> in.b
	for i in 1 2 3 4; do
		inv-audit in > out.$i 3>&- &
		inv-audit in.b > out.b.$i 3>&- &
	done
	wait
	[ "$(jq -s 'map(select(.type == "end")) | length' "$LOG")" = 2 ]
	[ "$(cat out.? | sort -u | wc -l)" = 1 ]
	run -0 inv-audit verify
}

@test "somebody else's state directory is 77" {
	committed_six
	mkdir -m 700 "$INV_STATE/audit"
	ln -s /tmp/elsewhere "$INV_STATE/audit/log.ndjson"
	run -77 inv-audit < <(six)
	[ ! -e /tmp/elsewhere ]
}

@test "the examples of the page work" {
	committed_six
	six > in
	inv-audit in > summaries.ndjson
	run -0 jq -r 'select(.standing.counts.committed < .standing.rows) | .name' summaries.ndjson
	[ "$output" = a.csv ]
	run -0 jq -r 'select(.verdict=="quarantined") | [.count, .reason] | @tsv' "$INV_STATE/audit/log.ndjson"
	[ "$output" = $'1\tschema_violation' ]
}

# 450 batches through the pipe; inv-audit is killed when it has seen 300.
long_run() {
	{
		echo asset_id,grant_code,description,quantity,location_code,acquired_on
		seq 450 | awk '{ printf "LAB-%06d,NIH-R01-7,Pipette tips,%d," \
			"BLDG12-RM304-CAB2,2026-03-14\n", $1, $1 }'
	} > many.csv
	inv-split -q --chunk-size 1 many.csv | inv-validate -q -s inventory |
		inv-commit -q > committed
	[ "$(grep -c '"type":"batch"' committed)" = 450 ]
}

@test "the journal is taken in while the stream is read, and each batch of it once" {
	long_run
	mkfifo fifo
	inv-audit < fifo > out 3>&- &
	exec 9> fifo
	grep -m 300 -B 9 '"type":"batch"' committed >&9
	# Before the end: what is done now need not be done then.
	wait_for eval '[ "$(grep -c "\"type\":\"batch\"" "$LOG")" = 450 ]'
	kill -9 $!
	wait $! || true
	exec 9>&-
	run -0 --separate-stderr inv-audit committed
	jq -e '.counts.committed == 450 and .unverified == 0' <<< "$output"
	[ "$(jq -r 'select(.type == "batch") | .journal' "$LOG" | sort -u | wc -l)" = 450 ]
	[ "$(grep -c '"type":"batch"' "$LOG")" = 450 ]
	inv-audit verify
}

@test "what fails meanwhile is told at the end, and nothing is signed" {
	needs_strace
	long_run
	local n
	# The sync of the journal, and that of the log, at the 200th batch.
	for n in 1 2; do
		rm -rf "$INV_STATE/audit"
		run -74 --separate-stderr strace -f -o /dev/null \
			-e inject=fdatasync:error=EIO:when=$n inv-audit -q committed
		[ -z "$output" ]
		[[ $stderr = *"Input/output error"* ]]
		[ "${#stderr_lines[@]}" = 1 ]
		[ ! -s "$INV_STATE/audit/checkpoints.ndjson" ]
	done
	rm -rf "$INV_STATE/audit"
	sed -i 's/"seq":30,/"seq":31,/' "$INV_STATE/journal/000001.ndjson"
	# Nobody has to stop for it: all of the stream is read.
	run -74 --separate-stderr bash -c 'cat committed 2> cat | inv-audit -q && exit
		exit $((${PIPESTATUS[0]} == 0 ? ${PIPESTATUS[1]} : 1))'
	[ -z "$output" ]
	[ "$stderr" = "inv-audit: journal/000001.ndjson: line 30: damaged: it does not follow the line before" ]
	[ ! -s "$INV_STATE/audit/checkpoints.ndjson" ]
}
