# inv-commit.bats - one test for each sentence of inv-commit(1)
#
# What an engine may do differently is done with both: all that is about a
# ledger's answers, order, signals and recovery.

load lib
load commit

# blocked PID: it sleeps, in a wait or a write.
blocked() { [[ $(cut -d ' ' -f 3 "/proc/$1/stat" 2> /dev/null) == S ]]; }

# ---- what it is for ----

committed_rows_become_batch_lines() {
	start_ledger
	fixture 1200 | commit "$1" > out
	[ "$(verdicts < out)" = 'committed receipt 1200' ]
	[ "$(jq -c 'select(.type == "batch") | [.chunk, .rows, .count]' out |
		sort)" = '[0,[[1,500]],500]
[1,[[501,1000]],500]
[2,[[1001,1200]],200]' ]
	[ "$(jq -c 'select(.type == "end").counts' out)" = \
		'{"pending":0,"committed":1200,"skipped":0,"quarantined":0,"held":0,"ambiguous":0}' ]
	[ "$(effects)" = 1200 ]
}

@test "committed rows are folded into batch lines" {
	engines committed_rows_become_batch_lines
}

a_second_run_sends_nothing() {
	start_ledger
	fixture 700 > in
	commit "$1" in > first
	curl -sf "$LEDGER/records" > before
	commit "$1" in > second
	curl -sf "$LEDGER/records" > after
	cmp before after
	[ "$(verdicts < second)" = 'skipped already_committed 700' ]
	[ "$(curl -sf "$LEDGER/requests" | wc -l)" = 2 ]
}

@test "rows whose content is committed already are skipped" {
	engines a_second_run_sends_nothing
}

@test "a manifest line without an arrival changes nothing of that" {
	fixture 3 | sed '1s/"arrival":[0-9]*,//' > in
	inv-commit -q -l file:l.db in > /dev/null
	inv-commit -q -l file:l.db in > out
	[ "$(verdicts < out)" = 'skipped already_committed 3' ]
}

an_update_is_sent() {
	start_ledger
	rows 10 | inv-split -q - | inv-validate -q | commit "$1" > /dev/null
	rows 10 | sed '3s/,2,BLDG/,99,BLDG/' | inv-split -q - |
		inv-validate -q | commit "$1" > out
	[ "$(verdicts < out)" = 'committed receipt 1
skipped already_committed 9' ]
	curl -sf "$LEDGER/records" | grep LAB-000002 | grep -q '"quantity":99'
}

@test "new content of a key that is known is an update" {
	engines an_update_is_sent
}

@test "rows that have a verdict pass unchanged" {
	fixture 5 | jq -c 'if .row == 2 then .+{verdict:"skipped",
		reason:"filtered",stage:"jq"} else . end' > in
	inv-commit -q -l file:l.db in > out
	grep -F '"verdict":"skipped"' in > a
	grep -F '"verdict":"skipped"' out > b
	cmp a b
	[ "$(verdicts < out)" = 'committed receipt 4
skipped filtered 1' ]
}

@test "a chunk with a gap is not sent, and the others are" {
	fixture 30 10 | grep -v '"row":15,' > in
	run -65 --separate-stderr inv-commit -q -l file:l.db in
	[[ $stderr == *'row 15 is missing'* ]]
	[ "$(verdicts <<< "$output")" = 'committed receipt 20
held not_attempted 9' ]
}

@test "a chunk is not whole because a line says so" {
	fixture 20 10 > in
	m=$(jq -r 'select(.type == "record").manifest' in | head -n 1)
	# rows of chunk 0 in the name of chunk 1, half of which is not there
	jq -c --arg m "$m" 'if .row == 16 then {type:"batch",manifest:$m,
		chunk:1,rows:[[1,5]],count:5,batch_hash:("0"*64),
		idempotency_key:("0"*64),verdict:"committed"}
		elif (.row // 11) < 11 or (.row // 0) > 16 then empty
		else . end' in > lies
	run -65 --separate-stderr inv-commit -q -l file:l.db lies
	[ "$(jq -r 'select(.type == "record") | .reason' <<< "$output" |
		sort | uniq -c | tr -s ' ')" = ' 5 not_attempted' ]
	# as many rows as announced, and another one too many
	fixture 4 10 | sed '/"row":3,/d; s/"rows":4,/"rows":3,/' > in
	run -65 --separate-stderr inv-commit -q -l file:l.db in
	[ "$(verdicts <<< "$output")" = 'held not_attempted 3' ]
}

@test "a stream without its end is incomplete, whole chunks are sent" {
	fixture 30 10 | head -n 20 > in
	run -65 --separate-stderr inv-commit -q -l file:l.db in
	[[ $stderr == *'has no end'* ]]
	[ "$(verdicts <<< "$output")" = "$(
		printf 'committed receipt 10\nheld not_attempted 8')" ]
}

not_of_the_next() {
	rm -rf "$INV_STATE"
	start_ledger --fault garbage
	fixture 3 > two
	run -75 --separate-stderr commit "$1" -r 0 two
	fixture 4 > one
	head -n -1 one | cat - two > in
	run -65 --separate-stderr commit "$1" -r 0 "${@:2}" in
	[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 3
held not_attempted 4' ]
}

@test "rows of a manifest without its end are not told by a batch of the next" {
	engines not_of_the_next
	engines not_of_the_next --atomic
}

@test "a row that comes twice is sent once" {
	fixture 10 | sed '/"row":4,/p' > in
	run -65 --separate-stderr inv-commit -q -l file:l.db in
	[[ $stderr == *'row 4 comes a second time'* ]]
	inv-ledger --export records --db l.db > records
	[ "$(wc -l < records)" = 10 ]
}

@test "the body is canonical, whatever jq made of it" {
	fixture 3 > in
	jq -c 'if .record then .record |= (to_entries|reverse|from_entries)
		else . end' in > touched
	inv-commit --dry-run --print-bodies in > a
	inv-commit --dry-run --print-bodies touched > b
	cmp a b
	inv-commit --dry-run --print-keys in > a
	inv-commit --dry-run --print-keys touched > b
	cmp a b
}

@test "a number that would change its value is quarantined" {
	printf '%s\n' '{"id":"a","n":1}' > m.ndjson
	inv-split -q m.ndjson |
		sed 's/"n":1}/"n":10000000000000001}/' > in
	inv-commit -q -k id -l file:l.db in > out
	[ "$(verdicts < out)" = 'quarantined malformed_row 1' ]
	[ "$(jq -c 'select(.type == "record").errors[0] |
		[.type, .loc]' out)" = '["number_not_exact",["n"]]' ]
}

@test "--print-keys shows keys that the run then uses" {
	fixture 1200 > in
	inv-commit --dry-run --print-keys --namespace x in |
		jq -r .idempotency_key | sort > planned
	inv-commit -q --namespace x -l file:l.db in |
		jq -r 'select(.type == "batch").idempotency_key' |
		sort > used
	cmp planned used
}

@test "the batch hash is the SHA-256 of the body" {
	fixture 3 > in
	hash=$(inv-commit --dry-run --print-bodies in | tr -d '\n' |
		sha256sum | cut -c 1-64)
	[ "$(inv-commit --dry-run --print-keys in | jq -r .batch_hash)" = \
		"$hash" ]
}

@test "--print-keys mixes no rows of two manifests" {
	fixture 3 | sed '$d' > cut
	rows 4 | sed 's/,NIH-/,NSF-/' | inv-split -q - | inv-validate -q > in
	cat cut in > both
	run -65 --separate-stderr inv-commit --dry-run --print-keys both
	[ "$output" = "$(inv-commit --dry-run --print-keys in)" ]
}

@test "the key depends on the ledger, not on the time or the run" {
	fixture 3 > in
	inv-commit --dry-run --print-keys -l file:a in > a
	inv-commit --dry-run --print-keys -l file:a in > again
	inv-commit --dry-run --print-keys -l file:b in > b
	cmp a again
	run ! cmp -s a b
}

@test "--dry-run sends nothing, writes nothing, and passes the stream" {
	fixture 3 > in
	rm -rf "$INV_STATE"
	inv-commit --dry-run -l http://127.0.0.1:9 in > out
	cmp in out
	[ ! -e "$INV_STATE/journal" ]
	[ ! -e "$INV_STATE/ledger" ]
}

@test "a body is cut in row order before it passes 4 MiB" {
	python3 -c '
for i in range(12):
    print("{\"id\":\"%d\",\"a\":\"%s\",\"b\":\"%s\"}" %
        (i, "x" * 250000, "y" * 250000))' > m.ndjson
	inv-split -q m.ndjson > in
	inv-commit -q -k id -l file:l.db in > out
	[ "$(jq -c 'select(.type == "batch").rows' out)" = '[[1,8]]
[[9,12]]' ]
}

# ---- answers ----

a_lost_answer_is_replayed() {
	start_ledger --fault 'lost@1'
	fixture 10 | commit "$1" > out
	[ "$(verdicts < out)" = 'committed replayed 10' ]
	[ "$(effects)" = 10 ]
}

@test "a batch whose answer was lost is committed once, as replayed" {
	engines a_lost_answer_is_replayed
}

timeout_is_ambiguous() {
	start_ledger --fault 'delay=5s'
	fixture 10 > in
	run -75 --separate-stderr commit "$1" -r 0 --timeout 100ms in
	[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 10' ]
}

@test "a timeout after sending leaves rows ambiguous" {
	engines timeout_is_ambiguous
}

an_open_intent_is_replayed() {
	start_ledger --fault 'lost@1'
	fixture 10 > in
	run -75 --separate-stderr commit "$1" -r 0 in
	[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 10' ]
	commit "$1" in > out
	[ "$(verdicts < out)" = 'committed replayed 10' ]
	[ "$(effects)" = 10 ]
	[ "$(curl -sf "$LEDGER/requests" | jq -r .key | sort -u |
		wc -l)" = 1 ]
}

@test "an open intent is sent again first, same key and bytes" {
	engines an_open_intent_is_replayed
}

rows_of_an_open_intent_wait() {
	start_ledger --fault garbage
	rows 10 > m.csv
	inv-split -q m.csv | inv-validate -q > in
	run -75 --separate-stderr commit "$1" -r 0 in
	[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 10' ]
	sed '3s/,2,BLDG/,99,BLDG/' m.csv | head -n 4 | inv-split -q - |
		inv-validate -q > other
	run -75 --separate-stderr commit "$1" -r 0 other
	[ "$(verdicts <<< "$output")" = 'held waits 3' ]
	[ "$(jq -c 'select(.row == 2).on.row' <<< "$output")" = 2 ]
}

@test "a row whose key is in an open intent of another is held" {
	engines rows_of_an_open_intent_wait
}

bisected() {
	start_ledger --fault '422-row=LAB-000007'
	fixture 20 10 > in
	commit "$1" -c 1 in > out
	[ "$(verdicts < out)" = 'committed receipt 19
quarantined rejected 1' ]
	[ "$(jq 'select(.verdict == "quarantined").row' out)" = 7 ]
	[ "$(effects)" = 19 ]
}

@test "a refused batch is halved until the bad row stands alone" {
	engines bisected
}

refused_again() {
	start_ledger --fault '422-row=LAB-000007,422-row=LAB-000017'
	fixture 20 10 > in
	commit "$1" -c 1 in > out
	[ "$(verdicts < out)" = 'committed receipt 18
quarantined rejected 2' ]
	commit "$1" -c 1 in > out
	[ "$(verdicts < out)" = 'quarantined rejected 2
skipped already_committed 18' ]
}

@test "rows refused alone are refused again by the next run, not held" {
	engines refused_again
}

one_batch_all_refused() {
	start_ledger --fault 422-row=LAB
	fixture 4 > in
	commit "$1" in > out
	[ "$(verdicts < out)" = 'quarantined rejected 4' ]
}

@test "one batch of which every row is refused: rejected" {
	engines one_batch_all_refused
}

refused_after_effect() {
	start_ledger --fault '500-after@1,422-row=LAB-000007'
	fixture 10 > in
	commit "$1" -c 1 in > out
	[ "$(verdicts < out)" = 'committed readback 10' ]
	[ "$(effects)" = 10 ]
}

@test "a refused batch that may have taken effect is asked for, not halved" {
	engines refused_after_effect
}

# ---- an answer for each row ----

# results STATUS...: a list of results by index, with an error where not 200.
results() {
	local i=0 status sep=
	printf '{"results":['
	for status; do
		printf '%s{"index":%d,"status":%d' "$sep" $i "$status"
		[ "$status" = 200 ] ||
			printf ',"error":{"detail":"no %d"}' $i
		printf '}'
		sep=,
		i=$((i + 1))
	done
	printf ']}'
}

# again_afresh: a new state, so that the same rows are sent as if never before.
again_afresh() {
	stop_ledger
	rm -rf "$INV_STATE"
}

one_row_refused() {
	start_ledger --fault "$2=LAB-000007"
	fixture 20 10 > in
	commit "$1" -c 1 in > out
	[ "$(verdicts < out)" = 'committed receipt 19
quarantined rejected 1' ]
	[ "$(jq -c 'select(.type == "batch") | [.rows, .count, .sent, .status]' out)" = '[[[1,6],[8,10]],9,10,207]
[[[11,20]],10,null,200]' ]
	jq -se 'map(select(.verdict == "quarantined"))[0] | .row == 7 and
		.status == 422 and
		.errors[0].type == "rejected" and
		.errors[0].msg == "answered 422: record 7 is not taken" and
		.errors[0].ctx.status == 422 and
		.errors[0].ctx.error.detail == "record 7 is not taken"' out
	[ "$(effects)" = 19 ]
	[ "$(curl -sf "$LEDGER/requests" | wc -l)" = 2 ]
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
	inv-audit -q out | jq -e '.unverified == 0 and
		.counts.committed == 19 and .standing.counts.quarantined == 1'
	inv-audit verify --read-data
	commit "$1" -c 1 in > out
	[ "$(verdicts < out)" = 'quarantined rejected 1
skipped already_committed 19' ]
}

@test "of results by index each row has its own verdict" {
	engines one_row_refused 207-row
}

@test "of results by key each row has its own verdict" {
	engines one_row_refused 207-items
}

the_journal_has_refused_rows() {
	start_ledger --fault '207-row=LAB-000007'
	fixture 10 | commit "$1" > /dev/null
	jq -ce 'select(.type == "outcome") | .outcome == "committed" and
		.rows == [[1,6],[8,10]] and .count == 9 and .sent == 10 and
		.refused == [[7,7]]' "$INV_STATE"/journal/*.ndjson
	again_afresh
	start_ledger --fault '207-row=LAB'
	fixture 10 | commit "$1" > out
	[ "$(verdicts < out)" = 'quarantined rejected 10' ]
	jq -ce 'select(.type == "outcome") | .outcome == "refused" and
		.rows == [[1,10]] and .sent == 10 and .refused == [[1,10]]' \
		"$INV_STATE"/journal/*.ndjson
}

@test "the journal has which rows were committed and which refused" {
	engines the_journal_has_refused_rows
}

rows_again() {
	start_ledger --fault '207-again=LAB-000003@1'
	fixture 10 | commit "$1" > out
	[ "$(verdicts < out)" = 'committed receipt 10' ]
	[ "$(jq -c 'select(.type == "batch") | [.rows, .sent]' out)" = '[[[1,2],[4,10]],10]
[[[3,3]],null]' ]
	[ "$(effects)" = 10 ]
	jq -se '(map(select(.type == "intent"))) as [$a, $b] |
		$b.parent == $a.key and $b.key != $a.key and
		$b.rows == [[3,3]] and $a.seq == 1 and $b.seq == 3' \
		"$INV_STATE"/journal/*.ndjson
}

@test "rows with 429 or 5xx are sent again under a derived key" {
	engines rows_again
}

rows_again_for_ever() {
	start_ledger --fault '207-again=LAB-000003'
	fixture 10 | commit "$1" -r 2 > out
	[ "$(verdicts < out)" = 'committed receipt 9
quarantined transient_failure 1' ]
	jq -se 'map(select(.verdict == "quarantined"))[0] | .status == 503 and
		.errors[0].ctx.status == 503' out
	[ "$(curl -sf "$LEDGER/requests" | jq -r .key | sort -u | wc -l)" = 3 ]
}

@test "rows told to come again for ever are transient_failure" {
	engines rows_again_for_ever
}

stopped_before_it_is_sent_again() {
	start_ledger --fault '207-again=LAB-000003'
	fixture 10 > in
	inv-commit -q --engine "$1" -l "$LEDGER" -r 100 --backoff 1m --max-backoff 1m in > out 3>&- &
	local pid=$! status=0
	wait_for grep -qs '"parent"' "$INV_STATE/journal/000001.ndjson"
	kill -TERM $pid
	wait $pid || status=$?
	[ "$status" = 75 ]
	[ "$(verdicts < out)" = 'committed receipt 9
held not_attempted 1' ]
	stop_ledger
}

@test "what is to be sent again is held when the run is stopped" {
	engines stopped_before_it_is_sent_again
}

not_behind_a_later_one() {
	{
		rows 2
		rows 1 | sed '1d;s/,1,BLDG/,9,BLDG/'
	} | inv-split -q - | inv-validate -q > in
	scripted "207 $(results 503 503 200)" '200 {}'
	commit "$1" in > out
	[ "$(verdicts < out)" = 'committed receipt 2
skipped already_committed 1' ]
	jq -se 'map(select(.verdict == "skipped"))[0] |
		.row == 1 and .of.row == 3' out
	[ "$(cut -d ' ' -f 2 log | tr '\n' ' ')" = '3 1 ' ]
}

@test "a row is not sent again behind a later one of its key" {
	engines not_behind_a_later_one
}

results_leave_a_row_out() {
	start_ledger --fault 207-missing@1
	fixture 10 | commit "$1" > out
	[ "$(verdicts < out)" = 'committed replayed 10' ]
	[ "$(curl -sf "$LEDGER/requests" | jq -r .key | uniq | wc -l)" = 1 ]
	again_afresh
	start_ledger --fault 207-missing
	fixture 10 > in
	run -75 --separate-stderr commit "$1" -r 2 in
	[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 10' ]
	[ "$(curl -sf "$LEDGER/requests" | wc -l)" = 3 ]
	jq -se 'map(select(.verdict)) | all(.cause ==
		"answered 207: results that are not one for each record")' \
		<<< "$output"
}

@test "results that leave a row out are not believed: sent again, same key" {
	engines results_leave_a_row_out
}

results_contradict() {
	local told
	fixture 2 > in
	for told in '{"results":[]}' '{}' "$(results 200)" \
		"$(results 200 200 200)" "$(results 200 300)" \
		'{"results":[{"index":0,"status":200},{"index":0,"status":200}]}' \
		'{"results":[{"index":0,"status":200},{"index":7,"status":200}]}' \
		'{"results":[{"index":0,"status":200},{"index":1}]}'; do
		scripted "207 $told" '200 {}'
		commit "$1" in > out
		[ "$(verdicts < out)" = 'committed receipt 2' ]
		[ "$(wc -l < log)" = 2 ]
		[ "$(uniq log | wc -l)" = 1 ]
		again_afresh
	done
	scripted "422 $(results 200 200)" '200 {}'
	commit "$1" in > out
	[ "$(wc -l < log)" = 2 ]
	[ "$(uniq log | wc -l)" = 1 ]
}

@test "results that contradict themselves are not believed" {
	engines results_contradict
}

results_in_other_answers() {
	local status
	fixture 3 > in
	for status in 200 201 400 422; do
		scripted "$status $(results 200 422 200)"
		commit "$1" in > out
		[ "$(verdicts < out)" = 'committed receipt 2
quarantined rejected 1' ]
		[ "$(wc -l < log)" = 1 ]
		again_afresh
	done
}

@test "results are read in 200, 201, 400 and 422 too" {
	engines results_in_other_answers
}

results_as_told() {
	local engine=$1
	local keyed='{"results":[{"key":["LAB-000001","NIH-R01-7"],"status":200},{"key":["LAB-000002","NIH-R01-7"],"status":422}]}'
	fixture 2 > in
	as() { # FORM ANSWER VERDICTS
		scripted "$2" '200 {}'
		commit "$engine" --results "$1" in > out
		[ "$(verdicts < out | tr '\n' ' ')" = "$3 " ]
		again_afresh
	}
	local half='committed receipt 1 quarantined rejected 1'
	as atomic "200 $(results 200 422)" 'committed receipt 2'
	as atomic "422 $(results 200 422)" 'committed receipt 2'
	as atomic "207 $(results 200 422)" 'committed receipt 2'
	[ "$(uniq log | wc -l)" = 1 ]
	as index "200 $(results 200 422)" "$half"
	as index "200 $keyed" 'committed receipt 2'
	as items "200 $keyed" "$half"
	as items "200 $(results 200 422)" 'committed receipt 2'
	as 207 "207 $(results 200 422)" "$half"
	as 207 "207 $keyed" "$half"
	as 207 "200 $(results 200 422)" 'committed receipt 2'
	[ "$(wc -l < log)" = 1 ]
	run -64 inv-commit --results some in
	[[ $output == *'not atomic, index, items or 207'* ]]
}

@test "--results says which results are believed" {
	engines results_as_told
}

what_was_said_of_a_row() {
	fixture 3 > in
	printf -v long '%070000d' 0
	scripted '207 {"results":[
		{"index":0,"status":409,"error":"it is \u00e9"},
		{"index":1,"status":422,"error":{"title":"T",
			"n":1}},
		{"index":2,"status":422,"error":{"detail":"d","x":"'$long'"}}]}'
	commit "$1" in > out
	[ "$(verdicts < out)" = 'quarantined rejected 3' ]
	[ "$(jq -c 'select(.verdict) | .errors[0] | [.msg, .ctx]' out)" = '["answered 409: it is é",{"status":409,"error":"it is é"}]
["answered 422: T",{"status":422,"error":{"title":"T","n":1}}]
["answered 422: d",{"status":422}]' ]
}

@test "what the ledger said of a row is in its error, up to 64 KiB" {
	engines what_was_said_of_a_row
}

crash_behind_the_outcome() {
	start_ledger --fault '207-again=LAB-000003@1'
	fixture 10 > in
	commit "$1" in > /dev/null
	head -n 2 "$INV_STATE/journal/000001.ndjson" > kept
	mv kept "$INV_STATE/journal/000001.ndjson"
	rm -f "$INV_STATE"/journal/seen.db*
	chmod 600 "$INV_STATE/journal/000001.ndjson"
	commit "$1" in > out
	[ "$(verdicts < out)" = 'committed receipt 1
skipped already_committed 9' ]
	jq -se 'map(select(.type == "intent"))[1] | .rows == [[3,3]] and
		(has("parent") | not)' "$INV_STATE"/journal/*.ndjson
}

@test "after a crash behind the outcome the rest goes in a new batch" {
	engines crash_behind_the_outcome
}

replayed_in_part() {
	fixture 4 > in
	scripted '500 {}' "207 $(results 200 422 503 200)" \
		"207 $(results 422 200)"
	commit "$1" -r 0 in > out
	[ "$(verdicts < out)" = 'quarantined transient_failure 4' ]
	commit "$1" in > out
	[ "$(verdicts < out)" = 'committed receipt 3
quarantined rejected 1' ]
	[ "$(jq -c 'select(.type == "batch") | [.rows, .sent]' out)" = '[[[1,1],[4,4]],4]
[[[3,3]],2]' ]
	[ "$(cut -d ' ' -f 2 log | tr '\n' ' ')" = '4 4 2 ' ]
	[ "$(head -n 2 log | uniq | wc -l)" = 1 ]
	inv-audit -q out | jq -e '.unverified == 0 and .counts.committed == 3'
}

@test "a replay may bring an answer for each row" {
	engines replayed_in_part
}

replay_of_rows_that_are_not_there() {
	fixture 4 > in
	scripted '500 {}' "207 $(results 200 422 503 200)" '200 {}'
	commit "$1" -r 0 in > /dev/null
	rows 2 | sed 's/LAB/BOX/' | inv-split -q - | inv-validate -q |
		commit "$1" > /dev/null
	jq -se 'map(select(.type == "outcome" and .status == 207))[0] |
		.rows == [[1,1],[4,4]] and .refused == [[2,2]]' \
		"$INV_STATE"/journal/*.ndjson
	commit "$1" in > out
	[ "$(verdicts < out)" = 'committed receipt 2
skipped already_committed 2' ]
}

@test "a replay in part, of rows that do not come by, is in the journal" {
	engines replay_of_rows_that_are_not_there
}

accepted_and_told_row_by_row() {
	fixture 2 > in
	scripted '202 {}' -- "200 $(results 200 422)"
	commit "$1" in > out
	[ "$(verdicts < out)" = 'committed receipt 1
quarantined rejected 1' ]
}

@test "an accepted batch may come to an answer for each row" {
	engines accepted_and_told_row_by_row
}

read_back_in_part() {
	fixture 2 > in
	scripted '409 {}' -- '200 {"body_sha256":"HASH","results":[{"index":1,"status":200},{"index":0,"status":422}]}'
	commit "$1" in > out
	[ "$(verdicts < out)" = 'committed readback 1
quarantined rejected 1' ]
	again_afresh
	scripted '409 {}' -- '200 {"body_sha256":"HASH","results":[]}'
	run -75 --separate-stderr commit "$1" -r 1 in
	[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 2' ]
}

@test "read back, a batch is committed as far as the ledger says" {
	engines read_back_in_part
}

asked_for_an_earlier_try() {
	fixture 2 > in
	scripted '500 {}' "422 $(results 422 422)" -- '200 {"body_sha256":"HASH"}'
	commit "$1" in > out
	[ "$(verdicts < out)" = 'committed readback 2' ]
	again_afresh
	scripted '500 {}' "422 $(results 422 422)" "422 $(results 422)"
	commit "$1" in > out
	[ "$(verdicts < out)" = 'quarantined rejected 2' ]
	[ "$(cut -d ' ' -f 2 log | tr '\n' ' ')" = '2 2 1 1 ' ]
}

@test "refused row by row, an earlier try is asked for first" {
	engines asked_for_an_earlier_try
}

# answers GET: a ledger that says 409 to every batch, and GET to questions.
answers() {
	rm -f port headers
	python3 - "$1" > port 3>&- <<- 'END' &
	import http.server, hashlib, sys
	kept = {}
	class Ledger(http.server.BaseHTTPRequestHandler):
	    protocol_version = "HTTP/1.1"
	    def answer(self, status, text):
	        self.send_response(status)
	        self.send_header("Content-Type", "application/json")
	        self.send_header("Content-Length", str(len(text)))
	        self.end_headers()
	        self.wfile.write(text.encode())
	    def do_POST(self):
	        body = self.rfile.read(int(self.headers["Content-Length"]))
	        key = self.headers["Idempotency-Key"].strip('"')
	        kept[key] = hashlib.sha256(body).hexdigest()
	        with open("headers", "a") as f:
	            f.write(str(self.headers))
	        self.answer(409, '{"title":"conflict"}')
	    def do_GET(self):
	        key = self.path.rsplit("/", 1)[1]
	        self.answer(int(sys.argv[1]), '{"body_sha256":"%s"}' %
	            kept.get(key) if sys.argv[1] == "200" else "{}")
	    def log_message(self, *args):
	        pass
	server = http.server.HTTPServer(("127.0.0.1", 0), Ledger)
	print(server.server_port, flush=True)
	server.serve_forever()
	END
	serving $!
}

read_back() {
	fixture 30 10 > in
	answers 200
	commit "$1" -c 1 in > out
	[ "$(verdicts < out)" = 'committed readback 30' ]
	stop_ledger
	rm -rf "$INV_STATE" port
	answers 404
	commit "$1" -c 1 in > out
	[ "$(verdicts < out)" = 'quarantined conflict 30' ]
	stop_ledger
	rm -f port
}

# accepts LOCATION GET BODY: 202 to the first batch, 200 to those behind; GET
# to whoever asks at /jobs.
accepts() {
	rm -f port log
	python3 - "$@" > port 3>&- <<- 'END' &
	import http.server, sys
	location, status, text = sys.argv[1:]
	posts = 0
	class Ledger(http.server.BaseHTTPRequestHandler):
	    protocol_version = "HTTP/1.1"
	    def answer(self, status, text):
	        self.send_response(status)
	        if status == 202:
	            self.send_header("Location", location)
	        self.send_header("Content-Type", "application/json")
	        self.send_header("Content-Length", str(len(text)))
	        self.end_headers()
	        self.wfile.write(text.encode())
	        with open("log", "a") as f:
	            f.write("%s %s\n" % (self.command, self.path))
	    def do_POST(self):
	        global posts
	        self.rfile.read(int(self.headers["Content-Length"]))
	        posts += 1
	        self.answer(202 if posts == 1 else 200, "{}")
	    def do_GET(self):
	        self.answer(int(status), text)
	    def log_message(self, *args):
	        pass
	server = http.server.HTTPServer(("127.0.0.1", 0), Ledger)
	print(server.server_port, flush=True)
	server.serve_forever()
	END
	serving $!
}

accepted_is_polled() {
	start_ledger --fault 202
	fixture 10 > in
	commit "$1" --backoff 1ms in > out
	[ "$(verdicts < out)" = 'committed receipt 10' ]
	[ "$(jq 'select(.type == "batch").attempts' out)" = 1 ]
	[ "$(effects)" = 10 ]
}

@test "an accepted batch is asked for until it is done" {
	engines accepted_is_polled
}

accepted_and_lost() {
	start_ledger --fault 202-lost@1
	fixture 10 > in
	commit "$1" --backoff 1ms in > out
	[ "$(verdicts < out)" = 'committed receipt 10' ]
	[ "$(curl -sf "$LEDGER/requests" | jq -r .key | sort -u | wc -l)" = 1 ]
	[ "$(effects)" = 10 ]
}

@test "an accepted batch of which nobody knows later is sent again" {
	engines accepted_and_lost
}

the_last_word() {
	local told
	fixture 3 > in
	for told in '200 {"status":"failed"}' '303 {}' '410 {}'; do
		accepts /jobs/1 "${told% *}" "${told#* }"
		commit "$1" --backoff 1ms in > out
		[ "$(verdicts < out)" = 'committed receipt 3' ]
		[ "$(tr '\n' ' ' < log)" = 'POST /inventory/upsert GET /jobs/1 POST /inventory/upsert ' ]
		stop_ledger
		rm -rf "$INV_STATE"
	done
}

@test "what an accepted batch came to is the ledger's last word" {
	engines the_last_word
}

stays_accepted() {
	fixture 3 > in
	accepts /jobs/1 202 '{}'
	inv-commit -q --engine "$1" -l "$LEDGER" --backoff 1ms --drain 0s in > out 3>&- &
	local pid=$!
	wait_for grep -qs GET log
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" = 75 ]
	[ "$(verdicts < out)" = 'ambiguous unanswered 3' ]
	[ "$(jq 'select(.row == 1).attempts' out)" = 1 ]
}

@test "a batch that stays accepted is ambiguous when the run is ended" {
	engines stays_accepted
}

stays_unanswered() {
	fixture 3 > in
	rm -rf "$INV_STATE"
	scripted '0 wait'
	inv-commit -q --engine "$1" -l "$LEDGER" --drain 0s in > out 3>&- &
	local pid=$!
	wait_for test -s log
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" = 75 ]
	[ "$(jq -c 'select(.row == 1) | [.verdict, .attempts]' out)" = '["ambiguous",1]' ]
	stop_ledger
}

@test "a request that nothing answers is counted when the run is ended" {
	engines stays_unanswered
}

# The ledger says 202 once, and then nothing at all.
nothing_is_told() {
	rm -rf "$INV_STATE"
	scripted '202 {}' -- '0 -'
	run -75 commit "$1" --breaker 3 -r 100 --retry-budget 100% --deadline 200ms in
	[[ $output == *'no answer to be trusted'*'nothing more is sent'* ]]
	[ "$(wc -l < log)" = 1 ]
	stop_ledger
}

@test "to be asked how far it is, and not answer, opens the breaker" {
	fixture 3 > in
	engines nothing_is_told
}

location_elsewhere() {
	fixture 3 > in
	accepts http://127.0.0.2:9/jobs/1 200 '{}'
	commit "$1" --backoff 1ms in > out
	[ "$(verdicts < out)" = 'committed receipt 3' ]
	[ "$(tr '\n' ' ' < log)" = 'POST /inventory/upsert POST /inventory/upsert ' ]
}

@test "a Location at another origin is not followed" {
	engines location_elsewhere
}

a_rate_is_kept() {
	local from
	start_ledger
	fixture 60 10 > in
	from=$(date +%s%3N)
	commit "$1" --rate 20/s in > out
	[ "$(verdicts < out)" = 'committed receipt 60' ]
	# six requests are five waits of 50 ms
	(($(date +%s%3N) - from >= 249))
}

@test "a rate is kept" {
	engines a_rate_is_kept
}

# Eleven retries are within the budget, the twelfth waits for its time.
a_budget_is_kept() {
	start_ledger --fault 503@1-14
	fixture 140 10 > in
	inv-commit -q --engine "$1" -l "$LEDGER" "${fast[@]}" --drain 1s \
		--retry-budget 1% in > out 3>&- &
	local pid=$!
	asked() { (($(curl -sf "$LEDGER/requests" | wc -l) >= 24)); }
	wait_for asked
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" = 75 ]
	[ "$(curl -sf "$LEDGER/requests" | wc -l)" = 24 ]
	[ "$(verdicts < out)" = 'committed receipt 100
held not_attempted 40' ]
}

@test "past the retry budget batches wait and are not failed" {
	engines a_budget_is_kept
}

a_breaker_opens() {
	start_ledger --fault garbage@1-3
	fixture 30 10 > in
	run -0 --separate-stderr inv-commit --engine "$1" -l "$LEDGER" \
		"${fast[@]}" -c 1 -r 9 --breaker 3 in
	[ "$(verdicts <<< "$output")" = 'committed receipt 20
committed replayed 10' ]
	[ "$(grep -c '3 answers in a row that can not be trusted' <<< "$stderr")" = 1 ]
}

@test "bad answers in a row open the breaker, one good one closes it" {
	engines a_breaker_opens
}

# crowded FIRST: a ledger that answers so many requests once all are there, and
# those and the five behind them with half an object.  Each further one takes so
# long that what else is sent meets it.  In log is whether it was answered well
# and how many, without the first, were under way as it came.
crowded() {
	rm -f port log
	python3 - "$1" > port 3>&- <<- 'END' &
	import http.server, sys, threading, time
	first = int(sys.argv[1])
	lock, gate = threading.Lock(), threading.Barrier(first)
	came = flying = 0
	class Ledger(http.server.BaseHTTPRequestHandler):
	    protocol_version = "HTTP/1.1"
	    def do_POST(self):
	        global came, flying
	        self.rfile.read(int(self.headers["Content-Length"]))
	        with lock:
	            came += 1
	            good, late = came > first + 5, came > first
	            if late:
	                flying += 1
	                with open("log", "a") as f:
	                    f.write("%d %d\n" % (good, flying))
	        if late:
	            time.sleep(0.05)
	            with lock:
	                flying -= 1
	        else:
	            gate.wait()
	        text = b"{}" if good else b"{"
	        self.send_response(200)
	        self.send_header("Content-Type", "application/json")
	        self.send_header("Content-Length", str(len(text)))
	        self.end_headers()
	        self.wfile.write(text)
	    def log_message(self, *args):
	        pass
	server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ledger)
	print(server.server_port, flush=True)
	server.serve_forever()
	END
	serving $!
}

# The first batch opens it, and then there is enough to send.
one_probe_at_a_time() {
	rm -f err
	crowded 1
	fixture 160 10 > in
	{
		head -n 12 in
		wait_for grep -qs 'can not be trusted' err
		tail -n +13 in
	} 3>&- | inv-commit --engine "$1" -l "$LEDGER" "${fast[@]}" -c 8 \
		-r 20 --breaker 1 --retry-budget 100% > out 2> err
	[ "$(verdicts < out)" = 'committed receipt 160' ]
	# Five answered badly, and the one that closes it, are alone.
	[ "$(head -n 6 log | xargs)" = '0 1 0 1 0 1 0 1 0 1 1 1' ]
	# Behind that there are more at once, or this would tell nothing.
	(($(tail -n +7 log | cut -d ' ' -f 2 | sort -n | tail -n 1) > 1))
}

@test "while the breaker is open one request at most is under way" {
	engines one_probe_at_a_time
}

# Eight are under way when the first bad answer opens it.
one_probe_beside_earlier_ones() {
	rm -rf "$INV_STATE"
	crowded 8
	fixture 160 10 > in
	inv-commit --engine "$1" -l "$LEDGER" "${fast[@]}" -c 8 -r 20 \
		--breaker 1 --retry-budget 100% in > out 2> err
	[ "$(verdicts < out)" = 'committed receipt 160' ]
	[ "$(head -n 6 log | xargs)" = '0 1 0 1 0 1 0 1 0 1 1 1' ]
}

@test "what was under way as the breaker opened makes no second probe" {
	engines one_probe_beside_earlier_ones
}

a_breaker_stays_open() {
	start_ledger --fault garbage
	fixture 30 10 > in
	run -75 --separate-stderr inv-commit --engine "$1" -l "$LEDGER" \
		"${fast[@]}" -c 1 -r 90 --breaker 2 --deadline 100ms in
	[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 10
held systemic 20' ]
	[[ $stderr == *'no answer to be trusted for'*'nothing more is sent'* ]]
}

@test "a breaker that stays open past the deadline holds the rest" {
	engines a_breaker_stays_open
}

@test "a pace that is none is 64" {
	local wrong
	for wrong in '--rate 0/s' '--rate 5' '--rate 1e3/s' '--retry-budget 101%' \
		'--retry-budget 5' '--breaker 0' '--deadline soon'; do
		run -64 inv-commit $wrong -l file:l.db /dev/null
		[[ $output == *"${wrong% *}"* ]]
	done
}

a_request_carries() {
	fixture 3 > in
	answers 200
	commit "$1" in > out
	key=$(jq -r 'select(.type == "batch").idempotency_key' out)
	hash=$(jq -r 'select(.type == "batch").batch_hash' out)
	tr -d '\r' < headers > h
	grep -qx 'Content-Type: application/json' h
	grep -qx "Idempotency-Key: \"$key\"" h
	digest=$(python3 -c "import base64
print(base64.b64encode(bytes.fromhex('$hash')).decode())")
	grep -qxF "Content-Digest: sha-256=:$digest:" h
	grep -qx 'X-Compliance-Standard: NIH-NSF-OSHA-EPA' h
	grep -qxE 'traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-01' h
}

@test "a request carries its key, its digest, the standard and a trace" {
	engines a_request_carries
}

a_long_wait_is_cut() {
	start_ledger --fault '503=3600@1,429=date@2'
	fixture 3 > in
	timeout 20 inv-commit -q --engine "$1" -l "$LEDGER" --backoff 1ms \
		--max-backoff 20ms in > out
	[ "$(verdicts < out)" = 'committed receipt 3' ]
}

@test "--max-backoff is the most, also where the ledger asks for more" {
	engines a_long_wait_is_cut
}

a_full_window() {
	start_ledger --delay 60s
	fixture 20000 > in
	{ cat in; touch "all-read-$1"; } 3>&- | commit "$1" -c 1 > out 3>&- &
	wait_for grep -qs intent "$INV_STATE"/journal/000001.ndjson
	pid=$(pgrep -n -f "inv-commit.*$LEDGER")
	wait_for blocked "$pid"
	[ ! -e "all-read-$1" ]
	kill -9 "$pid"
}

@test "while the window is full nothing is read" {
	engines a_full_window
}

# intents_are N: the journal has so many.
intents_are() {
	[ "$(cat "$INV_STATE"/journal/*.ndjson 2> /dev/null |
		grep -c '"type":"intent"')" = "$1" ]
}

# connections_are N: so many go to the ledger (proc_pid_net(5)).
connections_are() {
	local port

	port=$(printf ':%04X' "${LEDGER##*:}")
	[ "$(awk -v port="$port" '$3 ~ port "$" && $4 == "01"' \
		/proc/net/tcp | wc -l)" = "$1" ]
}

# Answers that do not come: requests, and batches beside them.
ahead() {
	local c all pid
	for c in 1:1 2:3 5:7 20:28; do
		all=${c#*:} c=${c%:*}
		start_ledger --delay 60s
		rm -rf "$INV_STATE"
		fixture 20000 > in
		commit "$1" -c "$c" in > out 3>&- &
		wait_for intents_are "$all"
		pid=$(pgrep -n -f "inv-commit.*$LEDGER")
		wait_for connections_are "$c"
		wait_for blocked "$pid"
		intents_are "$all"
		connections_are "$c"
		kill -9 "$pid"
		stop_ledger
	done
}

@test "half as many batches as requests are made meanwhile, 8 at most" {
	engines ahead
}

@test "after a 409 the ledger is asked, also where all slots are in use" {
	engines read_back
}

systemic() {
	local fault
	for fault in 401 403 404 405 redirect; do
		start_ledger --fault $fault
		rm -rf "$INV_STATE"
		fixture 30 10 > in
		run -69 --separate-stderr commit "$1" in
		[ "$(verdicts <<< "$output")" = 'held systemic 30' ]
		stop_ledger
	done
}

@test "401, 403, 404, 405 and redirects hold everything and quarantine nothing" {
	engines systemic
}

a_401_is_mended() {
	start_ledger --fault '401@1'
	fixture 10 > in
	run -69 --separate-stderr commit "$1" in
	commit "$1" in > out
	[[ $(verdicts < out) == 'committed '*' 10' ]]
	[ "$(effects)" = 10 ]
}

@test "after 401 is mended the same run commits everything once" {
	engines a_401_is_mended
}

one_key_all_refused() {
	start_ledger --key other
	for i in $(seq 6); do
		echo "{\"id\":\"a\",\"n\":$i}"
	done > m.ndjson
	inv-split -q --chunk-size 2 m.ndjson > in
	run -69 --separate-stderr timeout 20 inv-commit -q --engine "$1" \
		-l "$LEDGER" "${fast[@]}" -k id in
	[ "$(verdicts <<< "$output")" = 'held systemic 4
quarantined rejected 2' ]
}

@test "refused rows of one key do not wait for each other for ever" {
	engines one_key_all_refused
}

# No two of the first batches are refused alike, but the later ones are.
refused_otherwise() {
	scripted '422 {}' '413 {}' '400 {}'
	run -69 --separate-stderr inv-commit -q --engine "$1" -l "$LEDGER" \
		"${fast[@]}" -c 1 in
	[ "$(verdicts <<< "$output")" = 'held systemic 60' ]
	stop_ledger
	rm -rf "$INV_STATE"
}

@test "two whole batches are refused alike, whatever the first one was" {
	fixture 60 10 > in
	engines refused_otherwise
}

# asked_again ENGINE GET...: a 409 after a 500, and those answers of the ledger:
# verdicts, and how often it was sent.  Behind the first 409 is THEN.
asked_again() {
	rm -rf "$INV_STATE"
	scripted '500 {}' '409 {}' "${THEN:-409 {\}}" -- "${@:2}"
	commit "$1" -r 4 in > out || true
	echo "$(verdicts < out) $(wc -l < log)"
	stop_ledger
}

a_409_is_asked_about() {
	local none
	for none in '408 {}' '425 {}' '429 {}' '500 {}' '502 {}'; do
		[ "$(asked_again "$1" "$none" '200 {"body_sha256":"HASH"}')" = \
			'committed readback 3 3' ]
	done
	[ "$(asked_again "$1" '502 {}' '200 {"body_sha256":"00"}')" = \
		'quarantined key_mismatch 3 3' ]
	for none in '502 {}' '0 -'; do
		[ "$(asked_again "$1" "$none")" = 'committed asserted-409 3 5' ]
	done
	# It has told of the key, and nothing takes that back.
	[ "$(THEN='503 {}' asked_again "$1" '502 {}')" = 'ambiguous unanswered 3 5' ]
	for none in '501 {}' '404 {}'; do
		[ "$(asked_again "$1" "$none")" = 'committed asserted-409 3 2' ]
	done
}

@test "a 409 is not believed while the ledger may still tell" {
	fixture 3 > in
	engines a_409_is_asked_about
}

# A batch that another state has sent: 409 on a key that was never sent here.
of_409() { # ENGINE on-409
	rm -rf "$INV_STATE"
	commit "$1" --namespace x -r 1 ${2:+--on-409 "$2"} in > out || true
	verdicts < out
}

what_a_409_means() {
	fixture 3 > in
	start_ledger --idempotency 409
	commit "$1" --namespace x in > out
	for what in '' auto committed conflict; do
		[ "$(of_409 "$1" $what)" = 'committed readback 3' ]
	done
	[ "$(of_409 "$1" retry)" = 'quarantined transient_failure 3' ]
	start_ledger --idempotency 409-blind
	commit "$1" --namespace x in > out
	[ "$(of_409 "$1" '')" = 'quarantined conflict 3' ]
	[ "$(of_409 "$1" auto)" = 'quarantined conflict 3' ]
	[ "$(of_409 "$1" committed)" = 'committed asserted-409 3' ]
	[ "$(of_409 "$1" retry)" = 'quarantined transient_failure 3' ]
	[ "$(of_409 "$1" conflict)" = 'quarantined conflict 3' ]
	[ "$(effects)" = 3 ]
	# sent before: the first answer was lost
	for what in auto committed conflict; do
		start_ledger --idempotency 409-blind --fault lost@1
		of_409 "$1" $what
	done > said
	[ "$(cat said)" = 'committed asserted-409 3
committed asserted-409 3
quarantined conflict 3' ]
	run -64 commit "$1" --on-409 never in
}

@test "--on-409 says what a 409 means where the ledger can not tell" {
	engines what_a_409_means
}

# ---- order and memory ----

@test "an intent is synced before a byte is sent, an outcome before its line" {
	needs_strace
	start_ledger
	fixture 30 10 > in
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -y -s 100000 -o trace \
		-e trace=pwrite64,fdatasync,sendto,write \
		inv-commit -q --engine poll -c 1 -l "$LEDGER" in > out
	[ "$(verdicts < out)" = 'committed receipt 30' ]
	awk '/pwrite64\(.*journal\/[0-9]*\.ndjson>/ { dirty = 1
			intents += /type\\":\\"intent/
			outcomes += /type\\":\\"outcome/ }
		/fdatasync\(.*journal\/[0-9]*\.ndjson>/ { dirty = 0 }
		/sendto\(.*POST / { if (dirty || intents <= posts) bad = 1
			posts++ }
		/write\(1<.*type\\":\\"batch/ { if (dirty || !outcomes) bad = 1
			lines++ }
		END { print posts, (lines > 0), bad + 0 }' trace > seen
	[ "$(cat seen)" = '3 1 0' ]
}

@test "the state and what is in it have lasting names before a byte is sent" {
	needs_strace
	start_ledger
	fixture 30 10 > in
	INV_STATE=$PWD/deep/state trace_names \
		inv-commit -q --engine poll -c 1 -l "$LEDGER" in > out
	[ "$(verdicts < out)" = 'committed receipt 30' ]
	[ "$(synced_names)" = \
		'deep state journal lock ledger home 000001.ndjson told' ]
}

# Of three appends that hold an intent one fails: that one was not sent.
no_intent_of_a_failed_append_is_sent() {
	local n hits=0
	for n in 1 2 3 4 5 6 7 8; do
		rm -rf "$INV_STATE" log
		start_ledger
		INV_RING_LOG=$PWD/log INV_RING_FAULT=eio@$n timeout 20 \
			faulty-inv-commit -q --engine "$1" -c 1 -l "$LEDGER" \
			"${fast[@]}" in > out 2> err || true
		grep -q append log && tail -qn 1 "$INV_STATE"/journal/*.ndjson |
			grep -q '"type":"intent"' || continue
		hits=$((hits + 1))
		[ "$(curl -sf "$LEDGER/requests" | wc -l)" -lt "$(cat \
			"$INV_STATE"/journal/*.ndjson |
			grep -c '"type":"intent"')" ]
	done
	[ $hits -ge 2 ]
}

@test "an intent that could not be synced is not sent" {
	fixture 30 10 > in
	engines no_intent_of_a_failed_append_is_sent
}

# What the journal has of batches, without what differs from run to run.
intents() {
	jq -c 'select(.type == "intent") |
		[.rows, .key, .batch_hash, .records_root, .body]' \
		"$INV_STATE"/journal/*.ndjson
}

@test "where no thread can be made, the same is sent in the same order" {
	needs_strace
	fixture 1000 100 > in
	start_ledger
	inv-commit -q --namespace one -l "$LEDGER" in > out
	intents > with
	curl -sf "$LEDGER/records" | jq -S . > there
	[ -s there ]
	rm -rf "$INV_STATE"/journal "$INV_STATE"/ledger
	start_ledger
	strace -f -qq -o trace -e trace=clone,clone3 \
		-e inject=clone,clone3:error=EAGAIN \
		inv-commit -q --namespace one -l "$LEDGER" in > out2
	grep -q 'EAGAIN.*INJECTED' trace
	[ "$(verdicts < out2)" = 'committed receipt 1000' ]
	intents | cmp - with
	[ "$(wc -l < with)" = 10 ]
	curl -sf "$LEDGER/records" | jq -S . | cmp - there
}

never_stops_for_a_late_worker() {
	local n
	for n in 1 2 3 4 5 6; do
		rm -rf "$INV_STATE"
		start_ledger
		INV_WORKER_LATE=$n timeout 20 faulty-inv-commit -q \
			--engine "$1" -c 1 -l "$LEDGER" in > out
		[ "$(verdicts < out)" = 'committed receipt 30' ]
	done
}

@test "a batch that is sealed just after the loop has looked is not forgotten" {
	fixture 30 10 > in
	engines never_stops_for_a_late_worker
}

keys_do_not_overtake() {
	start_ledger --delay 5ms --key id
	for i in $(seq 40); do
		echo "{\"id\":\"$((i % 3))\",\"n\":$i}"
	done > m.ndjson
	inv-split -q --chunk-size 2 m.ndjson | commit "$1" -k id > out
	[ "$(verdicts < out)" = 'committed receipt 40' ]
	[ "$(curl -sf "$LEDGER/records" | jq -c .n | sort -n |
		tr '\n' ' ')" = '38 39 40 ' ]
	# at the ledger the rows of a key came in row order
	curl -sf "$LEDGER/requests" |
		jq -r '.body // [] | .[] | "\(.id) \(.n)"' > seen
	sort -s -k1,1 seen > a
	sort -k1,1 -k2,2n seen > b
	cmp a b
}

@test "rows of one key are never under way in two batches" {
	engines keys_do_not_overtake
}

@test "rows out of order are sent in row order" {
	fixture 9 > in
	inv-commit --dry-run --print-bodies in > a
	{ grep -v '"record"' in | head -n -1; grep '"record"' in | tac
		tail -n 1 in; } > turned
	inv-commit --dry-run --print-bodies turned > b
	cmp a b
	inv-commit -q -l file:l.db turned > out
	[ "$(jq -r 'select(.type == "batch").idempotency_key' out)" = \
		"$(inv-commit --dry-run --print-keys -l file:l.db in |
			jq -r .idempotency_key)" ]
}

rerun_of_a_key_that_repeats() {
	start_ledger --key id
	printf '%s\n' '{"id":"a","n":1}' '{"id":"b","n":1}' \
		'{"id":"a","n":2}' > m.ndjson
	inv-split -q m.ndjson > in
	commit "$1" -k id in > out
	[ "$(verdicts < out)" = 'committed receipt 3' ]
	commit "$1" -k id in > out
	[ "$(verdicts < out)" = 'skipped already_committed 3' ]
	[ "$(curl -sf "$LEDGER/records" | jq -c .n | tr '\n' ' ')" = '2 1 ' ]
	[ "$(effects)" = 3 ]
}

@test "rows of one key in a chunk are sent together or not at all" {
	engines rerun_of_a_key_that_repeats
}

rerun_over_chunks() {
	start_ledger --key id
	printf '%s\n' '{"id":"a","n":1}' '{"id":"b","n":1}' \
		'{"id":"a","n":2}' '{"id":"c","n":1}' > m.ndjson
	inv-split -q --chunk-size 2 m.ndjson > in
	commit "$1" -k id in > out
	[ "$(verdicts < out)" = 'committed receipt 4' ]
	commit "$1" -k id in > out
	[ "$(verdicts < out)" = 'skipped already_committed 4' ]
	[ "$(jq -c 'select(.row == 1).of.row' out)" = 3 ]
	# an arrival of another archive tells nothing
	jq -c 'if .type == "manifest" then .submission = 9 else . end' in |
		commit "$1" -k id > out
	[ "$(jq -s '[.[] | select(.type == "batch").count] | add' out)" = 2 ]
}

@test "a row is not sent behind a later one of its key and manifest" {
	engines rerun_over_chunks
}

rows_before_a_refused_one() {
	start_ledger --key id --fault '422-row=asbestos'
	printf '%s\n' '{"id":"a","n":1}' '{"id":"a","n":2}' \
		'{"id":"a","n":"asbestos"}' > m.ndjson
	inv-split -q m.ndjson > in
	commit "$1" -k id in > out
	commit "$1" -k id in > out
	[ "$(verdicts < out)" = 'quarantined rejected 1
skipped already_committed 2' ]
	[ "$(effects)" = 2 ]
}

@test "rows before one of their key that is refused are committed once" {
	engines rows_before_a_refused_one
}

two_replays_of_a_chunk() {
	start_ledger --key id --fault 'short'
	python3 -c '
for i in range(12):
    print("{\"id\":\"%d\",\"a\":\"%s\",\"b\":\"%s\"}" %
        (i, "x" * 250000, "y" * 250000))' > m.ndjson
	inv-split -q m.ndjson > in
	run -75 commit "$1" --namespace x -k id -r 0 in
	start_ledger --key id
	commit "$1" --namespace x -k id in > out
	[ "$(jq -c 'select(.type == "batch").rows' out | sort)" = '[[1,8]]
[[9,12]]' ]
	inv-audit -q out > summary
}

@test "two replayed batches of one chunk have a line each" {
	engines two_replays_of_a_chunk
}

@test "two manifests in one stream: the second waits for the first" {
	fixture 10 > one
	rows 10 | sed 's/,NIH-/,NSF-/' | inv-split -q - | inv-validate -q > two
	cat one two | inv-commit -q -l file:l.db > out
	[ "$(jq -r 'select(.type != "stage").type' out | tr '\n' ' ')" = \
		'manifest batch end manifest batch end ' ]
}

@test "the same manifest twice in a stream is committed once" {
	fixture 10 > one
	cat one one | inv-commit -q -l file:l.db > out
	[ "$(verdicts < out)" = 'committed receipt 10
skipped already_committed 10' ]
}

# ---- options ----

@test "without a ledger it is the embedded one, and says so" {
	fixture 3 > in
	run -0 --separate-stderr inv-commit in
	[[ $stderr == *"the embedded one, $INV_STATE/embedded/ledger.db"* ]]
	[ -f "$INV_STATE/embedded/ledger.db" ]
	[ "$(cat "$INV_STATE/ledger")" = embedded ]
}

@test "INV_LEDGER names the ledger where -l does not" {
	fixture 3 > in
	INV_LEDGER=file:x.db inv-commit -q in > /dev/null
	[ -f x.db ]
	INV_STATE=s2 INV_LEDGER=file:x.db inv-commit -q -l file:y.db in \
		> /dev/null
	[ -f y.db ]
}

@test "plain http is refused unless it stays on this machine" {
	fixture 1 > in
	run -78 --separate-stderr inv-commit -l http://ledger.example in
	[[ $stderr == *'plain http leaves this machine'* ]]
}

@test "a URL with a password is refused and not shown" {
	run -78 --separate-stderr inv-commit -l https://u:secret@x/ /dev/null
	[[ $stderr != *secret* ]]
}

posted_to_a_path() {
	start_ledger --path /v2/upsert
	fixture 3 > in
	commit "$1" --path /v2/upsert in > out
	[ "$(verdicts < out)" = 'committed receipt 3' ]
}

@test "--path is where batches are posted" {
	engines posted_to_a_path
}

@test "the state belongs to one ledger: another is refused" {
	fixture 3 > in
	inv-commit -q -l file:a.db in > /dev/null
	run -78 --separate-stderr inv-commit -q -l file:b.db in
	[[ $stderr == *a.db* && $stderr == *b.db* && $stderr == *INV_STATE* ]]
}

# Content of A, then of B, then A again: A is not put over B.
rerun_of_an_older_manifest() {
	start_ledger --key id
	printf '%s\n' '{"id":"a","n":1}' '{"id":"b","n":1}' > a.ndjson
	printf '%s\n' '{"id":"b","n":2}' > b.ndjson
	inv-split -q a.ndjson > a
	inv-split -q b.ndjson > b
	commit "$1" -k id a > out
	commit "$1" -k id b > out
	[ "$(verdicts < out)" = 'committed receipt 1' ]
	commit "$1" -k id a > out
	[ "$(verdicts < out)" = 'skipped already_committed 1
skipped superseded 1' ]
	[ "$(jq -c 'select(.reason == "superseded") | [.row, .of.row]' out)" = '[2,1]' ]
	[ "$(jq -r 'select(.reason == "superseded").of.manifest' out)" = \
		"$(sha256sum b.ndjson | head -c 32)" ]
	curl -sf "$LEDGER/records" | grep '"id":"b"' | grep -q '"n":2'
	# the same bytes handed in anew are a new manifest in this order
	inv-split -q --submission 2 a.ndjson | commit "$1" -k id > out
	[ "$(verdicts < out)" = 'committed receipt 1
skipped already_committed 1' ]
	curl -sf "$LEDGER/records" | grep '"id":"b"' | grep -q '"n":1'
}

@test "a row of an older manifest is superseded by what came later" {
	engines rerun_of_an_older_manifest
}

@test "rows of one key in a chunk are superseded together" {
	printf '%s\n' '{"id":"a","n":1}' '{"id":"a","n":2}' > a.ndjson
	printf '%s\n' '{"id":"a","n":3}' > b.ndjson
	inv-split -q a.ndjson > a
	inv-split -q b.ndjson | inv-commit -q -k id -l file:l.db > out
	inv-commit -q -k id -l file:l.db a > out
	[ "$(verdicts < out)" = 'skipped superseded 2' ]
}

# Content that came first, other content, and the first again: three manifests,
# of which the one in the middle is run last.
content_that_comes_again() {
	start_ledger --key id
	printf '%s\n' '{"id":"a","n":1}' > a.ndjson
	printf '%s\n' '{"id":"a","n":2}' > b.ndjson
	printf '%s\n' '{"id":"c","n":1}' '{"id":"a","n":1}' > c.ndjson
	for f in a b c; do
		inv-split -q $f.ndjson > $f
	done
	commit "$1" -k id a > out
	commit "$1" -k id c > out
	[ "$(verdicts < out)" = 'committed receipt 1
skipped already_committed 1' ]
	jq -c 'select(.type == "kept") | [.arrival, .chunk, .rows, .count,
		(.keys | length)]' "$INV_STATE"/journal/*.ndjson > kept
	[ "$(cat kept)" = '[3,0,[[2,2]],1,1]' ]
	for i in 1 2; do
		commit "$1" -k id b > out
		[ "$(verdicts < out)" = 'skipped superseded 1' ]
		[ "$(jq -c 'select(.type == "record").of.row' out)" = 2 ]
		rm "$INV_STATE/journal/seen.db"
	done
	curl -sf "$LEDGER/records" | grep '"id":"a"' | grep -q '"n":1'
}

@test "what is between two rows of the same content comes behind neither" {
	engines content_that_comes_again
}

@test "rows kept are on disk before the end passes" {
	needs_strace
	fixture 3 > in
	inv-commit -q -l file:l.db in > out
	rows 3 | inv-split -q --submission 2 - | inv-validate -q > in
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -y -s 100000 -o trace \
		-e trace=pwrite64,fdatasync,write \
		inv-commit -q --engine poll -l file:l.db in > out
	[ "$(verdicts < out)" = 'skipped already_committed 3' ]
	awk '/pwrite64\(.*journal\/[0-9]*\.ndjson>.*type\\":\\"kept/ { kept = 1 }
		/fdatasync\(.*journal\/[0-9]*\.ndjson>/ && kept { disk = 1 }
		/write\(1<.*type\\":\\"end/ { print disk }' trace > seen
	[ "$(cat seen)" = 1 ]
}

@test "the order of arrivals is the archive's, not the stream's" {
	printf '%s\n' '{"id":"a","n":1}' > a.ndjson
	printf '%s\n' '{"id":"a","n":2}' > b.ndjson
	inv-split -q a.ndjson > a
	inv-split -q b.ndjson | jq -c 'if .type == "manifest" then .arrival = 900
		else . end' > b
	inv-commit -q -k id -l file:l.db b > out
	inv-commit -q -k id -l file:l.db a > out
	[ "$(verdicts < out)" = 'committed receipt 1' ]
}

@test "an archive that was rolled back behind the journal is told" {
	printf '%s\n' '{"id":"a","n":1}' > a.ndjson
	printf '%s\n' '{"id":"a","n":2}' > b.ndjson
	inv-split -q a.ndjson > a
	inv-split -q b.ndjson | inv-commit -q -k id -l file:l.db > out
	sed -i 2d "$INV_STATE/archive/index"
	run -74 --separate-stderr inv-commit -q -k id -l file:l.db a
	[[ $stderr == *'archive/index: damaged: it ends at arrival 1, and 2 had come'* ]]
	rm "$INV_STATE/archive/head"
	run -74 --separate-stderr inv-commit -q -k id -l file:l.db a
	[[ $stderr == *'archive/index: no arrival 2, of which the journal has rows'* ]]
}

@test "an arrival that decayed in the archive is told, and not taken for none" {
	printf '%s\n' '{"id":"a","n":1}' > a.ndjson
	printf '%s\n' '{"id":"a","n":2}' > b.ndjson
	inv-split -q a.ndjson > a
	inv-split -q b.ndjson > b
	inv-commit -q -k id -l file:l.db b > out
	inv-ledger -q --db l.db --export records > before
	sed -i.kept '1s/"bytes":17/"bytes":18/' "$INV_STATE/archive/index"
	run -74 --separate-stderr inv-commit -q -k id -l file:l.db a
	[[ $stderr == *'archive/index:1: damaged: '* ]]
	rm "$INV_STATE/archive/index" # the head is still there
	run -74 --separate-stderr inv-commit -q -k id -l file:l.db a
	[[ $stderr == *'archive/index: damaged: it ends at arrival 0, and 2 had come'* ]]
	inv-ledger -q --db l.db --export records | cmp - before
	# Nor is an item that is corrected, whose place in the order is lost.
	mv "$INV_STATE/archive/index.kept" "$INV_STATE/archive/index"
	printf '%s\n' '{"id":"a","n":3}' | inv-split -q - |
		jq -c --arg m "$(jq -r 'select(.type == "end").manifest' a)" \
			'if .type == "record" then .item = $m + "-1" else . end' > c
	sed -i.kept '1s/"bytes":17/"bytes":18/' "$INV_STATE/archive/index"
	run -74 --separate-stderr inv-commit -q -k id -l file:l.db c
	[[ $stderr == *'archive/index:1: damaged'* ]]
	mv "$INV_STATE/archive/index.kept" "$INV_STATE/archive/index"
	inv-commit -q -k id -l file:l.db c | verdicts > v
	[ "$(cat v)" = 'skipped superseded 1' ]
	inv-ledger -q --db l.db --export records | cmp - before
}

# corrects ROW MANIFEST: the stream, where that row corrects row 1 of MANIFEST.
corrects() {
	jq -c --argjson row "$1" --arg of "$(jq -r 'select(.type == "end").manifest' "$2")-1" \
		'if .type == "record" and .row == $row then .item = $of else . end'
}

@test "a row is not skipped because a later one corrects what is older" {
	local n
	printf '%s\n' '{"id":"a","n":1}' | inv-split -q - > a
	printf '%s\n' '{"id":"a","n":2}' | inv-split -q - > b
	inv-commit -q -k id -l file:l.db b > out
	# The correction is superseded by b, or says the same as that.
	for n in 4 2; do
		printf '%s\n' '{"id":"a","n":3'$n'}' '{"id":"a","n":'$n'}' |
			inv-split -q - | corrects 2 a > in
		inv-commit -q -k id -l file:l.db in > out
		jq -se 'map(select(.type == "batch").rows) == [[[1, 1]]]' out
		[ "$(jq -r .n <(inv-ledger -q --db l.db --export records))" = 3$n ]
		inv-commit -q -k id -l file:l.db in | verdicts > v
		[ "$(cat v)" = 'skipped already_committed 1
skipped superseded 1' ]
		# For the next one: b's content again, of a later manifest.
		printf '%s\n' '{"id":"a","n":2}' | inv-split -q --submission 2$n - |
			inv-commit -q -k id -l file:l.db > out
	done
}

@test "-k names what identifies a record" {
	printf '%s\n' '{"id":"a","n":1}' '{"id":"b","n":2}' > m.ndjson
	inv-split -q m.ndjson | inv-commit -q -k id -l file:l.db > out
	[ "$(jq -c 'select(.stage == "inv-commit").key' out)" = '["id"]' ]
	sed 's/"n":2/"n":3/' m.ndjson | inv-split -q - |
		inv-commit -q -k id -l file:l.db | verdicts > v
	[ "$(cat v)" = 'committed receipt 1
skipped already_committed 1' ]
}

@test "an embedded ledger keyed otherwise is refused before any intent" {
	printf '%s\n' '{"id":"a","n":1}' > m.ndjson
	inv-split -q m.ndjson > in
	inv-commit -q -k id -l file:l.db in > /dev/null
	run -78 --separate-stderr inv-commit -q -k n -l file:l.db in
	[[ $stderr == *'identified by ["id"], not ["n"]'* ]]
	run -78 --separate-stderr inv-commit -q -l file:l.db in
	[[ $stderr == *'identified by ["id"], not as a whole: name the key (-k)'* ]]
	inv-commit -q -k id -l file:l.db in > out
	[ "$(verdicts < out)" = 'skipped already_committed 1' ]
}

@test "without a validate stage line it warns once" {
	printf '%s\n' '{"id":"a"}' '{"id":"b"}' > m.ndjson
	inv-split -q m.ndjson > one
	cat one one > in
	run -0 --separate-stderr inv-commit -l file:l.db in
	[ "$(grep -c 'no stage line of inv-validate' <<< "$stderr")" = 1 ]
}

@test "another inv-commit holds the state: wait, then hold the rows" {
	start_ledger --delay 60s
	fixture 3 > in
	commit poll --drain 0s in > first 2>&1 3>&- &
	wait_for grep -qs intent "$INV_STATE"/journal/000001.ndjson
	run -75 --separate-stderr commit poll --wait 10ms in
	kill -9 $!
	[ "$(verdicts <<< "$output")" = 'held lease 3' ]
}

@test "--engine takes io_uring and poll and nothing else" {
	fixture 1 > in
	inv-commit -v --engine poll -l file:l.db in 2>&1 > /dev/null |
		grep -q 'waiting with poll'
	run -64 --separate-stderr inv-commit --engine epoll in
}

@test "--print-keys goes with --dry-run only" {
	run -64 --separate-stderr inv-commit --print-keys /dev/null
	run -64 --separate-stderr inv-commit --print-bodies /dev/null
}

# drained PID: what was written into its stdin, a pipe, has been read.
drained() {
	python3 - "$1" <<- 'EOF'
		import array, fcntl, sys, termios
		left = array.array("i", [0])
		with open("/proc/%s/fd/0" % sys.argv[1]) as pipe:
		    fcntl.ioctl(pipe, termios.FIONREAD, left)
		sys.exit(left[0] != 0)
	EOF
}

@test "a signal settles what is under way and holds the rest" {
	start_ledger --delay 300ms
	fixture 30 10 > in
	mkfifo pipe
	inv-commit -q --engine poll -l "$LEDGER" "${fast[@]}" -c 2 < pipe \
		> out 2> err 3>&- &
	pid=$!
	exec 9> pipe
	head -n 17 in >&9
	wait_for grep -qs intent "$INV_STATE"/journal/000001.ndjson
	wait_for drained $pid
	kill -TERM $pid
	rc=0
	wait $pid || rc=$?
	exec 9>&-
	[ $rc = 75 ]
	[ "$(verdicts < out)" = 'committed receipt 10
held not_attempted 5' ]
	run ! grep -q '"type":"end"' out
}

suspects_and_a_signal() {
	start_ledger --fault 422-row=LAB
	fixture 1 1 > in
	(sed '$d' in; exec sleep 60) 3>&- | commit "$1" > out 3>&- &
	wait_for was_asked
	pid=$(pgrep -n -f "inv-commit.*$LEDGER")
	kill -TERM "$pid"
	wait_for gone "$pid"
	[ "$(verdicts < out)" = 'quarantined rejected 1' ]
}

was_asked() { [ "$(curl -sf "$LEDGER/requests" | wc -l)" -gt 0 ]; }

@test "a signal ends it also while a refusal waits to be understood" {
	engines suspects_and_a_signal
}

@test "a signal is seen while there is always more to read" {
	{ fixture 1 | head -n 3
		yes '{"type":"record","verdict":"quarantined","stage":"x","reason":"malformed_line","raw":"x"}' |
			head -c 200M || true; } > in
	inv-commit -q -l file:l.db in > /dev/null 2> err 3>&- &
	wait_for test -e "$INV_STATE"/journal/seen.db
	kill -TERM $!
	rc=0
	wait $! || rc=$?
	[ $rc = 75 ]
}

nobody_reads() { # SIGNALS...
	mkfifo pipe
	exec 9<> pipe
	inv-commit -q -l file:l.db --drain "$1" in > pipe 2> err 3>&- 9>&- &
	pid=$!
	shift
	wait_for test -e "$INV_STATE"/journal/lock
	wait_for blocked $pid
	for signal; do
		kill -"$signal" $pid
		sleep 0.05
	done
	wait_for gone $pid
	rc=0
	wait $pid || rc=$?
	exec 9<&-
	rm pipe
	[ $rc = 75 ]
}

@test "a signal ends it also while nobody reads its output" {
	fixture 5000 > in
	inv-commit -q -l file:l.db in > /dev/null
	nobody_reads 100ms TERM
	grep -q 'nobody reads it' err
	nobody_reads 60s TERM INT
	grep -q 'stopped at once by a signal' err
}

gone() { ! kill -0 "$1" 2> /dev/null; }

# ---- the six of every program, and closed doors ----

@test "/dev/full gives a message and 74" {
	fixture 3 > in
	run -74 bash -c 'inv-commit -q -l file:l.db in > /dev/full'
	[[ $output == *'No space left'* ]]
}

@test "a closed stdout gives a message and 74" {
	fixture 3 > in
	run -74 bash -c 'inv-commit -q -l file:l.db in >&-'
	[[ $output == *stdout* ]]
}

@test "a reader that goes away: 74, and the next run tells all" {
	fixture 3000 10 > in
	run -74 bash -c 'inv-commit -q -l file:l.db in | head -n 3 > /dev/null
		exit ${PIPESTATUS[0]}'
	inv-commit -q -l file:l.db in > out
	[ "$(jq -c 'select(.type == "end").counts |
		.committed + .skipped' out)" = 3000 ]
}

@test "a reader that goes away is 74 with --dry-run too" {
	fixture 3000 10 > in
	run -74 bash -c 'inv-commit --dry-run --print-bodies in |
		head -n 1 > /dev/null; exit ${PIPESTATUS[0]}'
}

@test "output appears while the input is open" {
	fixture 3 2 > in
	mkfifo pipe
	inv-commit -q -l file:l.db < pipe > out 3>&- &
	exec 9> pipe
	head -n 4 in >&9
	wait_for grep -q '"type":"batch"' out
	exec 9>&-
	wait || true
}

@test "a line that is not JSON does not stop the run" {
	fixture 3 | sed '3i this is not JSON' > in
	inv-commit -q -l file:l.db in > out
	[ "$(verdicts < out)" = 'committed receipt 3
quarantined malformed_line 1' ]
}

@test "a block about some rows sends each of its chunks when those are there" {
	fixture 40 10 | jq -c 'if .type == "manifest" then .subset = [[3,4],[12,12],[31,40]]
		elif .type == "record" then select(.row == 3 or .row == 4 or .row == 12 or .row > 30)
		else . end' > in
	inv-commit -q -l file:sub.db in > out 3>&-
	[ "$(jq -c 'select(.type == "batch").rows' out | sort)" = $'[[12,12]]\n[[3,4]]\n[[31,40]]' ]
	# A row of it that is missing keeps its chunk back, and no other.
	export INV_STATE=$BATS_TEST_TMPDIR/other
	grep -v '"row":4,' in > gap
	run -65 --separate-stderr inv-commit -q -l file:gap.db gap
	[ "$(jq -r 'select(.row == 3).reason' <<< "$output")" = not_attempted ]
	[ "$(jq -c 'select(.type == "batch").rows' <<< "$output" | sort)" = $'[[12,12]]\n[[31,40]]' ]
}

@test "every row in comes out once" {
	start_ledger --fault 'lost@10%,500@10%,reset@10%,422-row=LAB-000111' \
		--seed 7
	fixture 1000 50 > in
	commit poll in > out || [ $? = 75 ]
	jq -r 'if .type == "batch" then .rows[] | range(.[0]; .[1] + 1)
		elif .row then .row else empty end' out | sort -n > rows
	seq 1000 | cmp - rows
}

@test "usage errors are 64" {
	run -64 inv-commit --no-such-option
	run -64 inv-commit -c 0 /dev/null
	run -64 inv-commit --backoff soon /dev/null
	run -64 inv-commit -l file: /dev/null
	run -64 inv-commit --path upsert /dev/null
	run -64 inv-commit one two
}

@test "an empty stream is incomplete: 65, with a hint" {
	run -65 inv-commit -q -l file:l.db /dev/null
	[[ $output == *'no manifest line'* ]]
}

@test "a missing input is 66, a directory too" {
	run -66 inv-commit -q -l file:l.db no-such-file
	run -66 inv-commit -q -l file:l.db .
}
