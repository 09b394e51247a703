# segments.bats - the journal grows past a segment: inv-journal(5), and what
# all that read it make of it
#
# What appends goes on behind a full segment with both engines; compressing and
# reading have none.

load lib

prepare() {
	set -o pipefail
	sink
}

sink() {
	stop_ledger
	rm -f ledger.url
	inv-ledger --listen 127.0.0.1:0 --port-file ledger.url --sink \
		2> ledger.err 3>&- &
	LEDGER_PID=$!
	wait_for test -s ledger.url
	INV_LEDGER=$(cat ledger.url)
	export INV_LEDGER
}

teardown() {
	stop_ledger
}

# large FIRST LAST: a manifest of rows of 250 kB; 140 of them fill a segment.
large() {
	local pad i
	printf -v pad '%0250000d' 0
	for ((i = $1; i <= $2; i++)); do
		printf '{"asset_id":"A%d","pad":"%s"}\n' "$i" "$pad"
	done | inv-split -q -f ndjson -
}

commit() { # [OPTION...]: with $engine, where one is set
	inv-commit -q -k asset_id ${engine:+--engine "$engine"} "$@"
}

# entries: all lines of the journal, as inv-journal(5) reads them.
entries() {
	zstd -dcf "$INV_STATE"/journal/[0-9]*
}

segments() {
	(cd "$INV_STATE/journal" && echo 0*)
}

# chained: each line carries the hash of the one before.
chained() {
	python3 -c '
import hashlib, json, sys
prev, n = "0" * 64, 0
for line in sys.stdin.buffer:
    n += 1
    line = line.rstrip(b"\n")
    entry = json.loads(line)
    assert entry["prev"] == prev and entry["seq"] == n, n
    prev = hashlib.sha256(line).hexdigest()
print(n)'
}

a_full_segment() { # ENGINE
	local engine=$1
	sink
	large 1 150 | commit > /dev/null
	[ "$(segments)" = '000001.ndjson 000002.ndjson' ]
	[ "$(stat -c %s "$INV_STATE/journal/000001.ndjson")" -ge $((32 << 20)) ]
	entries | sha256sum > before
	large 151 151 | commit > /dev/null
	[ "$(segments)" = '000001.ndjson.zst 000002.ndjson' ]
	[ "$(stat -c %a "$INV_STATE/journal/000001.ndjson.zst")" = 600 ]
	[ ! -e "$INV_STATE/journal/packing" ]
	entries | head -n -2 | sha256sum | cmp - before
	entries | chained
}

@test "a full segment is followed by another, and compressed at the next start" {
	engines a_full_segment
}

@test "a segment that follows a full one has a lasting name before a byte is sent" {
	needs_strace
	large 1 150 > in
	trace_names inv-commit -q --engine poll -c 1 -k asset_id in > out
	[ "$(synced_names)" = \
		'journal lock ledger home 000001.ndjson told 000002.ndjson told' ]
}

@test "what is in compressed segments is known: skipped, verified, taken in" {
	large 1 150 > in
	commit in > first
	large 151 151 | commit > /dev/null
	[ "$(segments)" = '000001.ndjson.zst 000002.ndjson' ]
	inv-audit -q first | jq -e '.counts.committed == 150 and .unverified == 0'
	inv-audit verify --read-data > verified
	jq -e ".journal == $(entries | wc -l)" verified
	jq -e '.batches > 8' verified
	rm "$INV_STATE"/journal/seen.db
	commit in > out
	jq -es 'map(select(.type == "end"))[0].counts |
		.skipped == 150 and .committed == 0' out
}

@test "a changed byte of a compressed segment is found" {
	large 1 150 | commit > /dev/null
	large 151 151 | commit > /dev/null
	local file=$INV_STATE/journal/000001.ndjson.zst
	local at=$(($(stat -c %s "$file") / 2))
	printf 'X' | dd of="$file" bs=1 seek=$at conv=notrunc status=none
	run inv-audit verify --read-data
	[ "$status" -eq 1 ]
	[[ $output = *"journal/000001.ndjson"* ]]
}

@test "a segment that can not be compressed stays, and the run goes on" {
	large 1 150 | commit > /dev/null
	mkdir "$INV_STATE/journal/packing"
	large 151 151 > in
	run --separate-stderr inv-commit -k asset_id in
	[ "$status" -eq 0 ]
	[[ $stderr = *"the journal stays as it is"* ]]
	[ "$(segments)" = '000001.ndjson 000002.ndjson' ]
	rmdir "$INV_STATE/journal/packing"
	commit in > /dev/null
	[ "$(segments)" = '000001.ndjson.zst 000002.ndjson' ]
}

@test "where both are there the plain one counts, and is compressed again" {
	large 1 150 | commit > /dev/null
	echo other | zstd -q > "$INV_STATE/journal/000001.ndjson.zst"
	chmod 600 "$INV_STATE/journal/000001.ndjson.zst"
	inv-audit verify --read-data > /dev/null
	large 151 151 | commit > /dev/null
	[ "$(segments)" = '000001.ndjson.zst 000002.ndjson' ]
	entries | chained
}

@test "reading compressed segments takes less than 64 MiB, and leaves nothing" {
	case $(command -v inv-commit) in
	*/asan/*) skip "sanitizers take memory of their own" ;;
	esac
	large 1 300 | commit > /dev/null
	large 301 301 | commit > /dev/null
	[ "$(segments)" = '000001.ndjson.zst 000002.ndjson.zst 000003.ndjson' ]
	rm "$INV_STATE"/journal/seen.db
	large 302 302 > in
	RSS=rss "$ROOT/tests/helper/rss" inv-commit -q -k asset_id in > out
	[ "$(cat rss)" -lt 65536 ]
	RSS=rss "$ROOT/tests/helper/rss" inv-audit -q out > /dev/null
	[ "$(cat rss)" -lt 65536 ]
	[ "$(ls "$INV_STATE/journal")" = '000001.ndjson.zst
000002.ndjson.zst
000003.ndjson
home
lock
seen.db' ]
}

@test "the journal is read where no file can be made beside it" {
	[ "$(id -u)" = 0 ] || skip "needs to mount"
	large 1 150 | commit > out
	large 151 151 | commit > /dev/null
	inv-audit -q out > /dev/null
	unshare -m bash -c "mount --bind '$INV_STATE' '$INV_STATE' &&
		mount -o remount,ro,bind '$INV_STATE' && inv-audit verify" > verified ||
		skip "can not mount here"
	jq -e '.batches > 8' verified
}

# The state of a run that was to compress a segment, killed at one call of it.
killed_at() { # CALL N
	rm -rf "$INV_STATE"
	cp -a kept "$INV_STATE"
	rm -f "$INV_STATE/journal/home"
	ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null \
		-e "inject=$1:signal=KILL:when=$2" \
		inv-commit -q -k asset_id next > /dev/null 2>&1 || true
	inv-audit verify | jq -e ".journal >= $before" > /dev/null
	commit next > out
	jq -es 'map(select(.type == "end"))[0].counts |
		.committed + .skipped == 1' out > /dev/null
	[ "$(segments)" = '000001.ndjson.zst 000002.ndjson' ]
	entries | chained > /dev/null
	rm "$INV_STATE"/journal/seen.db
	commit known > out
	jq -es 'map(select(.type == "end"))[0].counts.skipped == 1' out > /dev/null
}

@test "killed while a segment is compressed, the next run goes on" {
	command -v strace > /dev/null || skip "no strace(1)"
	local call n before
	large 1 150 | commit > /dev/null
	before=$(entries | chained)
	cp -a "$INV_STATE" kept
	large 151 151 > next
	large 7 7 > known
	for call in renameat unlinkat fsync; do
		for n in 1 2 3; do
			killed_at $call $n
		done
	done
}
