#!/usr/bin/env bats
# Memory: inv-commit holds no more than it says, however slow the ledger is
# and however large a record; what it puts on disk meanwhile comes back as it
# was, and a disk that does not take it ends the run.

load lib

BOUND=65536 # KiB

teardown() {
	stop_ledger
}

# records N BYTES: a stream of one manifest, of records of that size, in chunks
# of 500.
records() {
	awk -v n="$1" -v bytes="$2" 'BEGIN {
		for (id = "ab"; length(id) < 64;)
			id = id id
		for (text = "x"; 2 * length(text) < bytes / 4;)
			text = text text
		for (i = 1; i <= 4; i++)
			fields = fields ",\"m" i "\":\"" \
				substr(text text, 1, bytes / 4) "\""
		printf "{\"type\":\"manifest\",\"v\":1,\"manifest\":\"%s\"," \
			"\"run\":\"0123456789abcdef\",\"name\":\"large\"," \
			"\"format\":\"ndjson\",\"bytes\":1,\"chunk_size\":500," \
			"\"submission\":1,\"arrival\":0}\n", id
		print "{\"type\":\"stage\",\"stage\":\"inv-validate\"," \
			"\"version\":\"0.1.0\",\"key\":[\"id\"]}"
		for (i = 1; i <= n; i++)
			printf "{\"type\":\"record\",\"manifest\":\"%s\"," \
				"\"row\":%d,\"line\":%d,\"chunk\":%d," \
				"\"record\":{\"id\":\"%06d\"%s}}\n", \
				substr(id, 1, 32), i, i, (i - 1) / 500, i, fields
		printf "{\"type\":\"end\",\"manifest\":\"%s\",\"rows\":%d," \
			"\"bytes\":1,\"counts\":{}}\n", id, n
	}'
}

# sink DELAY: a ledger that takes anything, and its time.
sink() {
	stop_ledger
	rm -f ledger.url
	inv-ledger --sink --delay "$1" --listen 127.0.0.1:0 \
		--port-file ledger.url 2> ledger.err 3>&- &
	LEDGER_PID=$!
	wait_for test -s ledger.url
	LEDGER=$(cat ledger.url)
}

no_sanitizer() {
	case $(command -v inv-commit) in
	*/asan/* | */tsan/*) skip "sanitizers take memory of their own" ;;
	esac
}

# The records of a stream's rows, a line each, in row order.
rows_of() {
	jq -c 'select(.type == "record") | [.row, .record]' | sort -V
}

large_records() {
	sink 50ms
	records 500 1040000 | RSS=rss "$ROOT/tests/helper/rss" \
		inv-commit -q --engine "$1" -c 20 -l "$LEDGER" > out
	[ "$(jq -s 'map(select(.type == "batch").count) | add' out)" = 500 ]
	cat rss
	[ "$(cat rss)" -lt $BOUND ]
	stop_ledger
}

@test "500 records of 1 MiB and a slow ledger take less than 64 MiB" {
	no_sanitizer
	engines large_records
}

@test "200 records of 1 MiB go through in 160 MiB of address space" {
	no_sanitizer
	sink 20ms
	records 200 1040000 | (
		ulimit -v $((160 << 10))
		inv-commit -q -c 20 -l "$LEDGER"
	) > out
	[ "$(jq -s 'map(select(.type == "batch").count) | add' out)" = 200 ]
}

@test "many chunks under way at once take less than 64 MiB" {
	no_sanitizer
	sink 200ms
	records 60000 2000 | RSS=rss "$ROOT/tests/helper/rss" \
		inv-commit -q -c 200 -l "$LEDGER" > out
	[ "$(jq -s 'map(select(.type == "batch").count) | add' out)" = 60000 ]
	cat rss
	[ "$(cat rss)" -lt $BOUND ]
}

what_was_on_disk_is_sent() {
	start_ledger -k id
	records 60 300000 > in
	inv-commit -q --engine "$1" -l "$LEDGER" in > out
	[ "$(jq -s 'map(select(.type == "batch").count) | add' out)" = 60 ]
	jq -c 'select(.type == "record").record' in | sort > want
	stop_ledger
	inv-ledger -k id --db "$(echo ledger-*.db)" --export records |
		sort > got
	cmp want got
	rm -f ledger-*.db
}

@test "records that were on disk reach the ledger as they came" {
	engines what_was_on_disk_is_sent
}

@test "rows that were on disk come back when the ledger refuses us" {
	start_ledger -k id --fault 401
	records 60 300000 > in
	run -69 --separate-stderr inv-commit -q -l "$LEDGER" in
	printf '%s\n' "${lines[@]}" > out
	jq -e -s 'map(select(.type == "record")) |
		all(.verdict == "held") and length == 60' out
	cmp <(rows_of < in) <(rows_of < out)
}

@test "refused rows among large ones are found, the others committed" {
	start_ledger -k id --fault 422-row=000031
	records 60 300000 > in
	inv-commit -q -l "$LEDGER" in > out
	[ "$(jq -s 'map(select(.type == "batch").count) | add' out)" = 59 ]
	[ "$(jq -c 'select(.type == "record") | [.row, .verdict]' out)" = \
		'[31,"quarantined"]' ]
}

@test "after a kill nothing is left of what was on disk, and nothing is lost" {
	start_ledger -k id
	records 60 300000 > in
	mkfifo pipe
	inv-commit -q -l "$LEDGER" pipe > out 2> err 3>&- &
	exec 9> pipe
	head -n 40 in >&9
	wait_for test -e "$INV_STATE/journal"
	is_spilling() { ls -l "/proc/$!/fd" | grep -q 'inv-.*(deleted)'; }
	wait_for is_spilling
	kill -9 $!
	wait $! || true
	exec 9>&-
	[ "$(ls "$INV_STATE" | grep -c '^inv-')" = 0 ]
	inv-commit -q -l "$LEDGER" in > out
	[ "$(jq -s 'map(select(.type == "batch").count) | add' out)" = 60 ]
}

@test "a disk that does not take the lines ends the run with 74" {
	needs_strace
	local n
	records 60 300000 > in
	start_ledger -k id
	strace -f -qq -y -o trace -e trace=pwrite64 inv-commit -q \
		--engine poll -l "$LEDGER" in > /dev/null
	n=$(grep -n -m 1 'inv-.*(deleted)' trace)
	rm -rf "$INV_STATE"
	start_ledger -k id
	run -74 --separate-stderr strace -f -qq -o trace -e trace=pwrite64 \
		-e "inject=pwrite64:error=ENOSPC:when=${n%%:*}" \
		inv-commit -q --engine poll -l "$LEDGER" in
	[[ $stderr = *"$INV_STATE: lines that memory does not hold: No space left on device"* ]]
	[ "$(curl -sf "$LEDGER/records" | wc -l)" = 0 ]
	inv-commit -q -l "$LEDGER" in > out
	[ "$(jq -s 'map(select(.type == "batch").count) | add' out)" = 60 ]
}

@test "a dry run prints large bodies from a file in TMPDIR" {
	records 60 300000 > in
	mkdir tmp
	TMPDIR=tmp inv-commit --dry-run --print-bodies -l file:l.db in > bodies
	cmp <(jq -c 'select(.type == "record").record' in) <(jq -c '.[]' bodies)
	[ "$(ls tmp)" = '' ]
	TMPDIR=none run -73 --separate-stderr inv-commit --dry-run --print-keys \
		-l file:l.db in
	[[ $stderr = *none:* ]]
}

all_wait_for_their_end() {
	sink 20ms
	records "$2" "$3" | RSS=rss "$ROOT/tests/helper/rss" \
		inv-commit -q --engine "$1" --atomic -l "$LEDGER" > out
	[ "$(jq -s 'map(select(.type == "batch").count) | add' out)" = "$2" ]
	cat rss
	[ "$(cat rss)" -lt $BOUND ]
}

@test "300,000 rows that wait for their end, or 300 of 1 MiB, take less than 64 MiB" {
	no_sanitizer
	engines all_wait_for_their_end 300000 60
	rm -rf "$BATS_TEST_TMPDIR"/state-*
	engines all_wait_for_their_end 300 1040000
}
