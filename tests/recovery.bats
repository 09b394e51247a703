# recovery.bats - a state that was rolled back, copied, or left alone for long
#
# What inv-commit(1) promises of them.  Whatever sends runs with both engines.

load lib
load commit

# fixture ROWS [CHUNK [PREFIX]]: a validated stream of so many good rows.
fixture() {
	{
		echo asset_id,grant_code,description,quantity,location_code,acquired_on
		seq "$1" | awk -v p="${3:-LAB}" '{ printf "%s-%06d,NIH-R01-7," \
			"Pipette tips,%d,BLDG12-RM304-CAB2,2026-03-14\n", \
			p, $1, $1 }'
	} | inv-split -q --chunk-size "${2:-500}" - | inv-validate -q
}

commit() { # ENGINE [OPTION...]: against the ledger that runs
	local engine=$1
	shift
	inv-commit -q --engine "$engine" -l "$LEDGER" --namespace ledger \
		"${fast[@]}" "$@"
}

requests() { # that the ledger has had
	curl -sf "$LEDGER/requests" | wc -l
}

# leave_open ENGINE: two batches that were sent, and nobody knows what came of
# them; the ledger has done neither.
leave_open() {
	start_ledger --fault reset
	fixture 20 10 > open.in
	run commit "$1" -r 0 open.in
	[ "$status" = 75 ]
	[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 20' ]
	start_ledger
}

# ---- a copy ----

a_copy_is_refused() {
	leave_open "$1"
	local state=$INV_STATE
	cp -a "$state" copy-"$1"
	export INV_STATE=copy-$1
	run -78 --separate-stderr commit "$1" open.in
	[[ $stderr == *'journal/home: this journal was made in another directory'* ]]
	[ -z "$output" ]
	[ "$(requests)" = 0 ]
	rm "$INV_STATE/journal/home"
	commit "$1" open.in > out
	[ "$(verdicts < out)" = 'committed receipt 20' ]
	# the first has the same keys: what it sends again has no second effect
	INV_STATE=$state commit "$1" open.in > out
	[ "$(verdicts < out)" = 'committed replayed 20' ]
	commit "$1" open.in > out
	[ "$(verdicts < out)" = 'skipped already_committed 20' ]
}

@test "a copy of a state is refused before anything is sent, and can be accepted" {
	engines a_copy_is_refused
}

@test "a state that was moved is the same" {
	fixture 3 > in
	inv-commit -q -l file:l.db in > /dev/null
	mv "$INV_STATE" moved
	INV_STATE=moved inv-commit -q -l file:l.db in > out
	[ "$(verdicts < out)" = 'skipped already_committed 3' ]
}

@test "a state put back from a backup under its old name is refused" {
	fixture 3 > in
	inv-commit -q -l file:l.db in > /dev/null
	cp -a "$INV_STATE" backup
	rm -rf "$INV_STATE"
	cp -a backup "$INV_STATE"
	run -78 --separate-stderr inv-commit -q -l file:l.db in
	[[ $stderr == *'put back from a backup'* ]]
}

@test "a home that is not one line is refused" {
	fixture 3 > in
	inv-commit -q -l file:l.db in > /dev/null
	: > "$INV_STATE/journal/home"
	run -78 --separate-stderr inv-commit -q -l file:l.db in
	[[ $stderr == *'journal/home: damaged'* ]]
}

@test "a machine whose id can not be read is not taken for one without" {
	needs_strace
	[ -s /etc/machine-id ] || skip "this machine has no id"
	fixture 3 > in
	run -74 --separate-stderr strace -qq -o /dev/null -P /etc/machine-id \
		-e inject=pread64:error=EIO inv-commit -q -l file:l.db in
	[[ $stderr == *'/etc/machine-id: '* ]]
	[ ! -e "$INV_STATE/journal/home" ]
	strace -qq -o /dev/null -P /etc/machine-id \
		-e inject=pread64:error=EINTR:when=1 inv-commit -q -l file:l.db in > out
	inv-commit -q -l file:l.db in > out
	[ "$(verdicts < out)" = 'skipped already_committed 3' ]
}

@test "a signal while the lock is taken stops nothing, a full disk does" {
	needs_strace
	fixture 3 > in
	mkdir -p -m 700 "$INV_STATE/journal"
	run -74 --separate-stderr strace -qq -o /dev/null \
		-P "$INV_STATE/journal/lock" -e inject=write:error=ENOSPC \
		inv-commit -q -l file:l.db in
	[ -z "$output" ]
	[[ $stderr == *'journal/lock: write: No space left on device'* ]]
	strace -qq -o trace -P "$INV_STATE/journal/lock" \
		-e inject=write:error=EINTR:when=1 inv-commit -q -l file:l.db in > out
	grep -q INJECTED trace
	[ "$(verdicts < out)" = 'committed receipt 3' ]
}

@test "killed while it finds its home, the next run makes it good" {
	local call n done
	needs_strace
	fixture 3 > in
	mv "$INV_STATE" fresh
	for call in openat write fsync rename; do
		for ((n = 1, done = 0; !done; n++)); do
			rm -rf "$INV_STATE" l.db
			cp -a fresh "$INV_STATE"
			strace -f -qq -o /dev/null -P "$INV_STATE/journal" \
				-P "$INV_STATE/journal/home" \
				-P "$INV_STATE/journal/home.new" \
				-e "inject=$call:signal=KILL:when=$n" \
				inv-commit -q --engine poll -l file:l.db in \
				> out 2> err && done=1
			inv-commit -q -l file:l.db in > out
			[ "$(jq -c 'select(.type == "end").counts |
				.committed + .skipped' out)" = 3 ]
			jq -e .machine "$INV_STATE/journal/home" > /dev/null
		done
		echo "# $call: killed $((n - 2)) times"
	done
}

# ---- rolled back ----

# two_runs ENGINE: one before a copy of the state is made, and one behind it,
# both taken in by inv-audit.
two_runs() {
	start_ledger
	fixture 10 > one.in
	commit "$1" one.in | inv-audit > /dev/null
	rm -rf kept
	cp -a "$INV_STATE" kept
	fixture 10 500 NEW > two.in
	commit "$1" two.in | inv-audit > /dev/null
}

# put_back FILE: as it was, in the directory that is there.
put_back() {
	local file
	for file; do
		rm -rf "${INV_STATE:?}/$file"
		cp -a "kept/$file" "$INV_STATE/$file"
	done
}

a_journal_rolled_back_is_refused() {
	two_runs "$1"
	local before
	before=$(requests)
	rm "$INV_STATE"/journal/*
	put_back journal/{home,000001.ndjson,seen.db}
	run -78 --separate-stderr commit "$1" two.in
	[[ $stderr == *'it ends before line 4, up to which audit/head has read it: it was rolled back'* ]]
	[ -z "$output" ]
	[ "$(requests)" = "$before" ]
}

@test "a journal that was rolled back behind the audit log is refused" {
	engines a_journal_rolled_back_is_refused
}

@test "a journal that was rolled back behind its index is refused" {
	two_runs poll
	rm -r "$INV_STATE/audit"
	put_back journal/000001.ndjson
	run -78 --separate-stderr commit poll two.in
	[[ $stderr == *'up to which journal/seen.db has read it'* ]]
}

@test "a journal that went on otherwise than the audit log has it is refused" {
	two_runs poll
	rm "$INV_STATE"/journal/*
	put_back journal/{home,000001.ndjson,seen.db}
	mv "$INV_STATE/audit" audit
	fixture 30 10 OTHER > other.in
	commit poll other.in > /dev/null
	mv audit "$INV_STATE"
	run -78 --separate-stderr commit poll two.in
	[[ $stderr == *'it does not go on from line 4'* ]]
}

@test "a whole state put back into its directories can not be told" {
	two_runs poll
	rm "$INV_STATE"/{journal,audit,archive}/*[a-z]
	cp -a kept/. "$INV_STATE"
	commit poll two.in > out
	[ "$(verdicts < out)" = 'committed replayed 10' ]
}

@test "an audit log that was rolled back catches up" {
	two_runs poll
	rm -r "$INV_STATE/audit"
	put_back audit
	commit poll two.in | inv-audit > out
	[ "$(jq -c '[.standing.rows, .standing.counts.committed]' out)" = '[10,10]' ]
	inv-audit verify --read-data > /dev/null
	[ "$(jq -s 'map(select(.type == "batch")) | length' \
		"$INV_STATE/audit/log.ndjson")" = 2 ]
}

an_older_index_catches_up() {
	two_runs "$1"
	put_back journal/seen.db
	commit "$1" two.in > out
	[ "$(verdicts < out)" = 'skipped already_committed 10' ]
	[ "$(requests)" = 2 ]
}

@test "an index that was rolled back catches up, and nothing is sent twice" {
	engines an_older_index_catches_up
}

a_damaged_index_is_told() {
	local at
	two_runs "$1"
	commit "$1" two.in > /dev/null
	# In the middle of the rows, which no structure of SQLite's goes through.
	at=$(LC_ALL=C grep -obUaP '\x00{200}\K[^\x00]{40}' \
		"$INV_STATE/journal/seen.db" | tail -n 1 | cut -d: -f1)
	printf '\0' | dd of="$INV_STATE/journal/seen.db" bs=1 seek=$((at + 9)) \
		conv=notrunc status=none
	run -$EX_IOERR --separate-stderr commit "$1" two.in
	[[ $stderr == *'journal/seen.db: damaged; remove it, and it is built again'* ]]
	[ "$(requests)" = 2 ]
	rm "$INV_STATE/journal/seen.db"
	commit "$1" two.in > out
	[ "$(verdicts < out)" = 'skipped already_committed 10' ]
	[ "$(requests)" = 2 ]
}

@test "a damaged index is told, and what it says is not believed" {
	engines a_damaged_index_is_told
}

@test "an embedded ledger that is lost is not made anew" {
	fixture 5 > two.in
	inv-commit -q -l file:l.db two.in > /dev/null
	mv l.db kept.db
	run -$EX_CONFIG inv-commit -q -l file:l.db two.in
	[[ $output == *'l.db: no ledger, and the journal has batches for it'* ]]
	[ ! -e l.db ]
	touch l.db
	run -$EX_CONFIG inv-commit -q -l file:l.db two.in
	cp -p kept.db l.db
	inv-commit -q -l file:l.db two.in > out
	[ "$(verdicts < out)" = 'skipped already_committed 5' ]
}

@test "a quarantine that was rolled back has it all again after the next run" {
	local pipe='inv-validate -q | inv-commit -q -l file:l.db | inv-quarantine'
	{ fixture 5 | jq -rc 'select(.record) | .record |
		[.asset_id, .grant_code, .description, .quantity,
		.location_code, .acquired_on] | @csv' | sed '1i\
asset_id,grant_code,description,quantity,location_code,acquired_on'
	} > good.csv
	sed '3s/NIH-/XXX-/' good.csv > one.csv
	sed '4s/NIH-/XXX-/' good.csv > two.csv
	inv-split -q one.csv | bash -o pipefail -c "$pipe" > /dev/null
	cp -a "$INV_STATE" kept
	inv-split -q two.csv | bash -o pipefail -c "$pipe" > /dev/null
	inv-quarantine list > before
	put_back quarantine
	[ "$(inv-quarantine list | wc -l)" = 1 ]
	inv-split -q two.csv | bash -o pipefail -c "$pipe" > /dev/null
	[ "$(inv-quarantine list | jq -c '[.manifest, .row]')" = \
		"$(jq -c '[.manifest, .row]' before)" ]
}

# ---- the index, written in mid-run ----

# numbered < TRACE: of the calls on seen.db and its rollback journal those that
# stand between two writes of the journal, each as CALL N FILE.
numbered() {
	awk '{ sub(/^[0-9]+ +/, "") }
		/^pwrite64\(.*ndjson>/ { upto = n; wrote = 1 }
		/journal\/seen\.db/ {
			call = substr($0, 1, index($0, "(") - 1)
			file = $0
			sub(/.*journal\//, "", file)
			sub(/>.*/, "", file)
			count[call]++
			if (wrote)
				at[++n] = call " " count[call] " " file
		}
		END { for (i = 1; i <= upto; i++) print at[i] }'
}

# index_killed_at CALL N: there, in mid-run, and run again.
index_killed_at() {
	local index=$INV_STATE/journal/seen.db rc=0 before
	rm -rf "$INV_STATE"
	start_ledger -k id
	strace -f -qq -o /dev/null -P "$index" -P "$index-journal" \
		-e "inject=$1:signal=KILL:when=$2" \
		"${sends[@]}" -l "$LEDGER" in > killed || rc=$?
	[ $rc = 137 ]
	[ "$(grep -c '"type":"end"' killed)" = 0 ]
	before=$(grep -c '"outcome":"committed"' "$INV_STATE/journal/000001.ndjson")
	[ "$before" -ge 203 ]
	"${sends[@]}" -l "$LEDGER" in > out 2> err
	[ ! -s err ]
	# what the journal tells of is known, the rest takes effect now
	[ "$(tail -n 1 out | jq -c '.counts | [.skipped, .committed]')" = \
		"[$((500 * before)),$((500 * (260 - before)))]" ]
	inv-audit -q out | jq -e '.complete and .unverified == 0 and
		.standing.counts.committed == 130000' > /dev/null
	inv-audit verify --read-data > /dev/null
	[ "$(effects)" = 130000 ]
	# and is so by what is in the index now
	"${sends[@]}" -l "$LEDGER" few > out
	[ "$(verdicts < out)" = 'skipped already_committed 3' ]
}

@test "killed while the index is written in mid-run, each row is committed once" {
	local call n file index=$INV_STATE/journal/seen.db
	local sends=(inv-commit -q --engine poll -k id --namespace ledger)
	needs_strace
	export INV_STATE=$PWD/split
	# More than INV_SEEN_HELD, behind which the index is written: by batches
	# that can not have been answered by then.
	seq 130000 | awk '{ printf "{\"id\":\"A%06d\"}\n", $1 }' > rows
	inv-split -q -f ndjson rows > in
	sed -n '1p; 100000p; $p' rows | inv-split -q -f ndjson - > few
	export INV_STATE=${index%/journal/*}
	start_ledger -k id
	strace -f -qq -y -s 0 -o trace -e trace=pwrite64,fdatasync \
		"${sends[@]}" -l "$LEDGER" in > out
	numbered < trace > calls
	# The order of answers makes some pages more, or fewer: not the last one.
	{
		sed -n 1p calls
		grep fdatasync calls
		grep 'pwrite64.*seen.db$' calls | sed -n '1p; 500p'
		grep 'pwrite64.*seen.db$' calls | tail -n 20 | sed -n 1p
	} > points
	[ "$(wc -l < points)" -ge 7 ]
	while read -r call n file; do
		echo "# $call $n, of $file"
		index_killed_at "$call" "$n"
	done < points
}

# ---- copied forward ----

@test "what is open is in a segment with a lasting name before a byte is sent" {
	local n done sends=(inv-commit -q --engine poll -c 1)
	needs_strace
	start_ledger
	sends+=(-l "$LEDGER" --namespace ledger)
	fixture 20 10 > in
	# Killed on its way there, the next run can not rely on what it finds.
	for ((n = 1, done = 0; !done; n++)); do
		rm -rf "$INV_STATE" trace
		trace_names -e inject=sendto:signal=KILL:when=1 \
			"${sends[@]}" in > out || [ $? = 137 ]
		trace_names -e "inject=fsync:signal=KILL:when=$n" \
			"${sends[@]}" in > out && done=1
		[ $done = 1 ] || trace_names "${sends[@]}" in > out
		[ "$(synced_names)" = "$(echo state journal lock ledger home \
			000001.ndjson told next 000002.ndjson told)" ]
	done
	echo "# killed $((n - 2)) times"
	[ $n -gt 5 ]
}

# cut_short WHAT: at each fsync of a first run, and what the next one makes of
# names that are there, but of which nobody knows that they are on disk.
cut_short() {
	local n done missing=
	for ((n = 1, done = 0; !done; n++)); do
		rm -rf deep trace
		trace_names -e "inject=fsync:$1:when=$n" \
			"${sends[@]}" in > out 2> err && done=1
		[ $done = 1 ] || trace_names "${sends[@]}" in > out
		[ "$(synced_names | sed -E 's/ told.*//; s/ (ledger|home)[.]new//g; s/ /\n/g' | sort | paste -sd ' ')" = \
			'000001.ndjson deep home journal ledger lock state' ] ||
			missing+="$n: $(synced_names); "
	done
	echo "$1: $missing"
	[ -z "$missing" ]
}

@test "a folder above that has no fsync is none of ours" {
	needs_strace
	fixture 10 > in
	mkdir empty
	chmod 700 empty
	local state error
	for error in EINVAL EROFS; do
		for state in deep/state empty; do
			INV_STATE=$PWD/$state strace -f -o /dev/null -P / \
				-e trace=fsync -e inject=fsync:error=$error \
				inv-commit -q -l file:l.db in > out
			rm -rf deep l.db; find empty -mindepth 1 -delete
		done
	done
	INV_STATE=$PWD/empty run -74 strace -f -o /dev/null -P / \
		-e trace=fsync -e inject=fsync:error=EIO \
		inv-commit -q -l file:l.db in
	[[ $output == *'/: fsync: Input/output error'* ]]
}

@test "a name that is there, and was not synced, is synced before a byte is sent" {
	local sends=(inv-commit -q --engine poll -c 1) rc=0
	needs_strace
	start_ledger
	sends+=(-l "$LEDGER" --namespace ledger)
	fixture 20 10 > in
	export INV_STATE=$PWD/deep/state
	cut_short signal=KILL || rc=1
	cut_short error=EIO || rc=1
	[ $rc = 0 ]
}

# ---- left alone for long ----

retime() { # FROM SECONDS: the journal as another clock had written it
	"$ROOT/tests/helper/retime" "$INV_STATE" "$@"
}

an_old_intent_is_not_sent() {
	leave_open "$1"
	# each was begun at line 1 or 2: 25 hours ago
	retime 1 -90000
	run -75 --separate-stderr commit "$1" -v open.in
	[[ $stderr == *'2 batches without an outcome are older than --key-ttl'* ]]
	[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 20' ]
	[[ $output == *'asked for it: answered 404'* ]]
	[ "$(requests)" = 0 ]
	# and not under another key in the next run either
	run -75 commit "$1" open.in
	[ "$(requests)" = 0 ]
	# where the ledger is known to remember for longer they are sent
	commit "$1" --key-ttl 48h open.in > out
	[ "$(verdicts < out)" = 'committed receipt 20' ]
}

@test "an intent older than --key-ttl stays ambiguous and is not sent again" {
	engines an_old_intent_is_not_sent
}

a_young_intent_is_sent() {
	leave_open "$1"
	retime 1 -82800
	commit "$1" open.in > out
	[ "$(verdicts < out)" = 'committed receipt 20' ]
}

@test "an intent younger than --key-ttl, by default 24 hours, is sent again" {
	engines a_young_intent_is_sent
}

# took_effect ENGINE: two batches are done, their answers were lost.
took_effect() {
	start_ledger --fault 'lost@1-2'
	fixture 20 10 > open.in
	run -75 commit "$1" -r 0 -c 1 --breaker 1000 open.in
}

an_old_intent_is_read_back() {
	took_effect "$1"
	retime 1 -90000
	commit "$1" open.in > out
	[ "$(verdicts < out)" = 'committed readback 20' ]
	[ "$(requests)" = 2 ]
	inv-audit < out > /dev/null
	commit "$1" open.in > out
	[ "$(verdicts < out)" = 'skipped already_committed 20' ]
}

@test "an intent older than --key-ttl is read back where the ledger has it" {
	engines an_old_intent_is_read_back
}

an_old_intent_waits_for_the_ledger() {
	took_effect "$1"
	local url=$LEDGER
	stop_ledger
	run -75 inv-commit -q --engine "$1" -l "$url" --namespace ledger \
		"${fast[@]}" --key-ttl 0 open.in
	[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 20' ]
	[ "$(jq -s 'map(select(.row == 1))[0].attempts' <<< "$output")" = 4 ]
}

@test "a ledger that can not be asked is asked again, -r times" {
	engines an_old_intent_waits_for_the_ledger
}

a_clock_set_back() {
	leave_open "$1"
	# all was written an hour from now
	retime 1 3600
	run -75 --separate-stderr commit "$1" -v open.in
	[[ $stderr == *'older than --key-ttl'* ]]
	[ "$(requests)" = 0 ]
	# only the last line was, by now in the index alone
	rm -r "$INV_STATE"
	leave_open "$1"
	retime 4 3600
	run -75 commit "$1" open.in
	[ "$(jq -r .time "$INV_STATE"/journal/*.ndjson | sort | tail -n 1)" \> \
		"$(date -u +%FT%TZ)" ]
	for _ in 1 2; do
		run -75 commit "$1" open.in
		[ "$(requests)" = 0 ]
	done
}

@test "a clock behind the journal makes every open intent an old one" {
	engines a_clock_set_back
}

# A ledger that the batches of leave_open could be for.
an_embedded_ledger() {
	fixture 1 > other.in
	INV_STATE=$PWD/other inv-commit -q -l file:l.db --namespace ledger \
		other.in > other.out
}

@test "the embedded ledger forgets no key" {
	leave_open poll
	an_embedded_ledger
	retime 1 -90000
	inv-commit -q -l file:l.db --namespace ledger open.in > out
	[ "$(verdicts < out)" = 'committed receipt 20' ]
}

a_late_retry_asks() {
	start_ledger --fault 'lost@1'
	fixture 10 > in
	commit "$1" --key-ttl 0 in > out
	[ "$(verdicts < out)" = 'committed readback 10' ]
	[ "$(requests)" = 1 ]
}

@test "what was sent for longer than --key-ttl in the same run is asked for too" {
	engines a_late_retry_asks
}

a_key_never_sent_is_sent() {
	start_ledger --fault '503=0@1'
	fixture 10 > in
	commit "$1" --key-ttl 0 in > out
	[ "$(verdicts < out)" = 'committed receipt 10' ]
}

a_question_is_the_probe() { # ENGINE
	scripted '200 garbage' -- '503 {}' '200 {"body_sha256":"HASH"}'
	rm -rf "$INV_STATE"
	commit "$1" --key-ttl 0 --breaker 1 -r 9 --deadline 60s in > out 2> err
	[ "$(verdicts < out)" = 'committed readback 20' ]
	[ "$(wc -l < log)" = 1 ]
	stop_ledger
}

@test "the breaker's one request may be a question, and closes it" {
	fixture 20 20 > in
	engines a_question_is_the_probe
}

nobody_tells() { # ENGINE
	scripted '200 garbage' -- '0 -'
	rm -rf "$INV_STATE"
	run -75 commit "$1" --key-ttl 0 --breaker 3 -r 100 --retry-budget 100% --deadline 200ms in
	[[ $output == *'no answer to be trusted'* ]]
	[ "$(wc -l < log)" = 1 ]
	stop_ledger
}

@test "questions that get no answer open the breaker" {
	fixture 20 20 > in
	engines nobody_tells
}

@test "what has had no effect is sent again whatever --key-ttl says" {
	engines a_key_never_sent_is_sent
}

# ---- --resume ----

# tell ENGINE [OPTION...]: what became of open batches, without a stream.
tell() {
	commit "$@" --resume < /dev/null
}

check_stream() {
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream"
}

resumed_without_a_stream() {
	leave_open "$1"
	tell "$1" > out
	[ "$(verdicts < out)" = 'committed receipt 20' ]
	check_stream < out
	[ "$(jq -c 'select(.type == "report")' out)" = \
		'{"type":"report","report":"resume","stage":"inv-commit","batches":2}' ]
	jq -se '.[1] | .type == "manifest" and .subset == [[1,20]] and
		.arrival == 1 and .submission == 1 and .chunk_size == 10 and
		.name == .manifest[:12]' out
	jq -se '.[2] | .type == "stage" and .stage == "inv-commit" and
		.resumed and .key == ["asset_id", "grant_code"]' out
	jq -se '.[-1] | .type == "end" and .rows == 20 and
		.counts.committed == 20' out
}

@test "--resume tells a block of each manifest that had open batches" {
	engines resumed_without_a_stream
}

the_pipe_accounts_for_it() {
	start_ledger --fault garbage@2
	fixture 35 10 > all.in
	run -75 commit "$1" -r 0 -c 1 all.in
	inv-quarantine -q <<< "$output" | inv-audit > before || [ $? = 75 ]
	jq -e '.counts.ambiguous == 10 and .standing.rows == 35' before
	[ "$(inv-quarantine list --state open | wc -l)" = 10 ]
	set -o pipefail
	tell "$1" | inv-quarantine -q | tee out | inv-audit > after
	jq -e '.counts == {pending:0,committed:10,skipped:0,quarantined:0,
		held:0,ambiguous:0} and .complete and .unverified == 0 and
		.standing.rows == 35 and .standing.runs == 2 and
		.standing.counts.committed == 35' after
	[ "$(inv-quarantine list --state open | wc -l)" = 0 ]
	[ "$(jq -c 'select(.type == "manifest").subset' out)" = '[[11,20]]' ]
	inv-audit verify --read-data > /dev/null
	# fed again it changes nothing
	cp "$INV_STATE/audit/log.ndjson" log
	inv-audit out | cmp - after
	cmp log "$INV_STATE/audit/log.ndjson"
}

@test "inv-commit --resume | inv-quarantine | inv-audit accounts for it" {
	engines the_pipe_accounts_for_it
}

nothing_was_open() {
	start_ledger
	set -o pipefail
	tell "$1" | inv-quarantine -q | tee out | inv-audit > summary
	[ "$(cat out)" = \
		'{"type":"report","report":"resume","stage":"inv-commit","batches":0}' ]
	[ ! -s summary ]
}

@test "where nothing was open, --resume says so, and that is no failure" {
	engines nothing_was_open
}

still_ambiguous() {
	leave_open "$1"
	start_ledger --fault garbage
	run -75 commit "$1" -r 0 --resume < /dev/null
	[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 20' ]
	check_stream <<< "$output"
	jq -Sc 'select(.type == "record") | [.row, .chunk, .record]' \
		<<< "$output" > told
	jq -Sc 'select(.type == "record") | [.row, .chunk, .record]' \
		open.in | cmp - told
	inv-quarantine -q <<< "$output" > out
	run -75 inv-audit -q out
	[ "$(inv-quarantine list --state open | wc -l)" = 20 ]
	start_ledger
	tell "$1" | inv-quarantine -q > out
	[ "$(inv-quarantine list --state open | wc -l)" = 0 ]
}

@test "what stays open is told with its records as they were sent" {
	engines still_ambiguous
}

refused_as_a_whole() {
	leave_open "$1"
	start_ledger --fault 422-row=LAB-000007
	run -75 commit "$1" --resume < /dev/null
	[ "$(verdicts <<< "$output")" = 'committed receipt 10
held not_attempted 10' ]
	check_stream <<< "$output"
	jq -se 'map(select(.row == 7))[0] | .status == 422 and
		.record.asset_id == "LAB-000007"' <<< "$output"
	# with the manifest at hand the row at fault is found
	commit "$1" open.in > out
	[ "$(verdicts < out)" = 'committed receipt 9
quarantined rejected 1
skipped already_committed 10' ]
}

@test "rows of a batch that was refused as a whole are held" {
	engines refused_as_a_whole
}

alone_in_its_batch() {
	start_ledger --fault reset
	fixture 3 1 > in
	run -75 commit "$1" -r 0 --breaker 1000 in
	start_ledger --fault 422-row=LAB-000002
	tell "$1" > out
	[ "$(verdicts < out)" = 'committed receipt 2
quarantined rejected 1' ]
	rm -r "$INV_STATE"
	leave_open "$1"
	start_ledger --fault mismatch@1
	tell "$1" -c 1 > out
	[ "$(verdicts < out)" = 'committed receipt 10
quarantined key_mismatch 10' ]
	check_stream < out
}

@test "a row refused alone, and rows of a key that is taken, are quarantined" {
	engines alone_in_its_batch
}

answered_row_by_row() {
	leave_open "$1"
	start_ledger --fault '207-row=LAB-000007,207-again=LAB-000013'
	run -75 commit "$1" --resume < /dev/null
	[ "$(verdicts <<< "$output")" = 'committed receipt 18
held not_attempted 1
quarantined rejected 1' ]
	check_stream <<< "$output"
	[ "$(jq -c 'select(.type == "batch") | [.rows, .count, .sent]' \
		<<< "$output")" = '[[[1,6],[8,10]],9,10]
[[[11,12],[14,20]],9,10]' ]
	jq -se 'map(select(.row == 7))[0].errors[0].ctx.error.detail ==
		"record 7 is not taken"' <<< "$output"
	inv-quarantine -q <<< "$output" > out
	run -75 inv-audit -q out
	jq -e '.unverified == 0 and .standing.counts == {pending:0,
		committed:18,skipped:0,quarantined:1,held:1,ambiguous:0}' \
		<<< "$output"
}

@test "of an answer for each row every row is told" {
	engines answered_row_by_row
}

before_a_stream() {
	leave_open "$1"
	fixture 5 500 NEW > new.in
	cat open.in new.in | commit "$1" --resume > out
	check_stream < out
	[ "$(jq -r 'select(.type == "manifest") | .name' out | wc -l)" = 3 ]
	[ "$(sed -n '1,/"type":"end"/p' out | verdicts)" = \
		'committed receipt 20' ]
	[ "$(sed '1,/"type":"end"/d' out | verdicts)" = 'committed receipt 5
skipped already_committed 20' ]
	[ "$(requests)" = 3 ]
}

@test "--resume goes before a stream" {
	engines before_a_stream
}

several_manifests() {
	start_ledger --fault reset
	local p
	for p in LAB NEW; do
		fixture 10 5 $p > in
		run -75 commit "$1" -r 0 --breaker 1000 in
		[ $p = LAB ] || continue
		# the same again in chunks of another size: other keys
		fixture 3 500 OTHER > in
		run -75 commit "$1" -r 0 --breaker 1000 in
	done
	start_ledger
	tell "$1" > out
	check_stream < out
	[ "$(jq -c 'select(.type == "manifest") | [.arrival, .chunk_size,
		.subset]' out)" = '[1,5,[[1,10]]]
[2,500,[[1,3]]]
[3,5,[[1,10]]]' ]
	[ "$(jq -r 'select(.type == "manifest").run' out | sort -u | wc -l)" = 3 ]
	[ "$(verdicts < out)" = 'committed receipt 23' ]
}

@test "each manifest has a block of its own, in the order of arrivals" {
	engines several_manifests
}

@test "rows of a batch that is too old are told as ambiguous" {
	leave_open poll
	run -75 commit poll --resume --key-ttl 0 < /dev/null
	[ "$(verdicts <<< "$output")" = 'ambiguous unanswered 20' ]
	[ "$(requests)" = 0 ]
}

@test "--resume for the embedded ledger" {
	leave_open poll
	an_embedded_ledger
	inv-commit -q -l file:l.db --namespace ledger --resume < /dev/null > out
	[ "$(verdicts < out)" = 'committed receipt 20' ]
}

@test "a terminal as standard input is not read" {
	leave_open poll
	run -0 script -qec "timeout 10 inv-commit -q -l $LEDGER \
		--namespace ledger --resume > out" /dev/null
	[ "$(verdicts < out)" = 'committed receipt 20' ]
}

@test "--resume where another holds the state: 75, and nothing is told" {
	mkdir -p -m 700 "$INV_STATE/journal"
	(umask 077 && : > "$INV_STATE/journal/lock")
	run -75 --separate-stderr flock "$INV_STATE/journal/lock" inv-commit \
		-l file:l.db --wait 10ms --resume < /dev/null
	[ -z "$output" ]
	[[ $stderr == *'committing here'* ]]
}

@test "--resume does not go with --dry-run" {
	run -64 inv-commit --dry-run --resume < /dev/null
	[[ $output == *'--dry-run'* ]]
}

@test "without --resume open batches are settled, and only the journal tells" {
	leave_open poll
	fixture 1 500 NEW | commit poll > out
	[ "$(verdicts < out)" = 'committed receipt 1' ]
	[ "$(requests)" = 3 ]
	commit poll --resume < /dev/null > out
	jq -e '.batches == 0' out
}

@test "a write that the kernel still has under way is waited for" {
	printf 'id,n\nK1,1\nK2,2\n' > m.csv
	inv-split -q m.csv | inv-commit -q -k id > /dev/null
	mkfifo hold
	flock "$INV_STATE/journal/000001.ndjson" cat hold 3>&- &
	exec 9> hold
	inv-split -q m.csv > again
	inv-commit -q -k id again > out 3>&- 9>&- &
	# It has the file open, and looks for the lock.
	wait_for eval "ls -l /proc/$!/fd | grep -q journal/000001.ndjson"
	[ ! -s out ]
	exec 9>&-
	wait $!
	[ "$(grep -c already_committed out)" = 2 ]
	# But not for ever.
	mkfifo keep
	flock "$INV_STATE/journal/000001.ndjson" cat keep 3>&- &
	exec 9> keep
	run -75 --separate-stderr inv-commit -q -k id again
	[[ $stderr = *"journal/000001.ndjson: somebody else has a lock on it"* ]]
	exec 9>&-
	wait $!
}
