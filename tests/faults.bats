#!/usr/bin/env bats
# I/O faults: a write, an fsync or a read that fails, once, wherever it is;
# a disk that is full.  Nothing may be said that is not so, the message and
# the status must tell, and the next run must make it good: the judge looks.
#
# What meets a disk or a limit that is real does so with both engines.  What
# strace lets fail does so with poll: an op of io_uring is no call that it sees,
# and fails in fault-sweeps.bats.

load lib

stages="inv-split inv-validate inv-dedup inv-commit inv-quarantine inv-audit"

prepare() {
	printf '%s\n' asset_id,grant_code,description,quantity,location_code,acquired_on \
		'A-1,NIH-1,"flask, 1 l",1,BLDG1-RM2-CAB3,2026-01-31' \
		'A-2,NIH-1,no such day,1,BLDG1-RM2-CAB3,2026-02-30' \
		'A-3,NSF-2,Büchner funnel,2,BLDG1-RM2-CAB3,2026-01-31' \
		'A-3,NSF-2,Büchner funnel,2,BLDG1-RM2-CAB3,2026-01-31' \
		'A-3,NSF-2,another funnel,2,BLDG1-RM2-CAB3,2026-01-31' \
		'A-4,EPA-3,a cell too many,2,BLDG1-RM2-CAB3,2026-01-31,x' \
		'A-5,EPA-3,Pyrex beaker,12,BLDG1-RM2-CAB3,2026-01-31' > m.csv
	# A leak checker and a tracer can not both hold a process.
	export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
}

teardown() {
	kill "${ledger:-}" 2> /dev/null || true
	umount small ${disks+"${disks[@]}"} 2> /dev/null || true
}

# A manifest of N rows, one in eleven of them refused.
many() {
	awk -v n="$1" 'BEGIN {
		print "asset_id,grant_code,description,quantity,location_code,acquired_on"
		for (i = 1; i <= n; i++)
			printf "A-%d,NIH-%d,\"flask, %d ml\",%s,BLDG1-RM2-CAB3,2026-01-31\n", \
				i, i % 7, i, i % 11 ? i : "none" }' > m.csv
}

# A new case: no state, an empty ledger.
fresh() {
	kill "${ledger:-}" 2> /dev/null || true
	rm -rf case "$INV_STATE" port db
	mkdir -p case/runs
	cp m.csv case
	inv-ledger --listen 127.0.0.1:0 --port-file port --db db 2> /dev/null 3>&- &
	ledger=$!
	wait_for test -s port
	url=$(cat port)
}

# The pipe, a stage at a time; STAGE under WRAPPER; the status of each kept.
# inv-commit waits with $engine.
pipe() { # RUN [STAGE WRAPPER...]
	local dir=case/runs/$1 stage=${2:-} name in=/dev/null
	mkdir "$dir"
	shift $(($# < 2 ? $# : 2))
	for name in $stages; do
		local command=("$name")
		case $name in
		inv-split) command+=(--chunk-size "${chunk:-3}" m.csv) ;;
		inv-commit) command+=(-l "$url" --engine "${engine:-poll}" -r 1 --backoff 5ms) ;;
		esac
		[ "$name" != "$stage" ] || command=("$@" "${command[@]}")
		rc=0
		"${command[@]}" < "$in" > "$dir/$name" 2> "$dir/$name.err" || rc=$?
		echo $rc > "$dir/$name.rc"
		in=$dir/$name
	done
	mv "$dir/inv-commit" "$dir/commit.ndjson"
	mv "$dir/inv-quarantine" "$dir/quarantine.ndjson"
	mv "$dir/inv-audit" "$dir/audit.ndjson"
	cp "$dir/inv-audit.rc" "$dir/status"
	cp "$INV_STATE/audit/log.ndjson" "$dir" 2> /dev/null || true
}

judged() {
	inv-audit verify --read-data > /dev/null && echo 0 > case/verify
	cp "$INV_STATE/audit/log.ndjson" case
	inv-quarantine list --state all > case/open.ndjson
	inv-ledger --db db --export requests > case/requests.ndjson
	"$ROOT/tests/judge" case
}

# every STAGE SYSCALL ERROR [STEP]: let a call of STAGE fail, one in a run: the
# first, the second ... until there is none left; each time the fault must be
# told, nothing may have been said too soon, and the next run makes it good.
every() {
	local n
	for ((n = 1; n < 200; n += ${4:-1})); do
		fresh
		pipe 001 "$1" strace -f -qq -y -o trace -e "trace=$2" \
			-e "inject=$2:error=$3:when=$n"
		grep -q INJECTED trace || break
		tells_of_it "$1"
		pipe 002
		judged
	done
	echo "$1: $n of $2"
	[ "$n" -gt 1 ]
}

# Status and message tell of the call that failed.  Not of stderr, there is no
# place to say it; and SQLite takes no notice of a directory that can not be
# synced, nor of the journal of a transaction that is over.
tells_of_it() {
	local call path
	call=$(grep INJECTED trace)
	path=${call#*<}
	path=${path%%>*}
	case $call in
	*"write(2<"*) return 0 ;;
	*"fdatasync("*) [ ! -d "$path" ] || return 0 ;;
	esac
	[ "$path" != "$INV_STATE/journal/seen.db-journal" ] ||
		[ "$(cat "case/runs/001/$1.rc")" != 0 ] || return 0
	if [ "$(cat "case/runs/001/$1.rc")" != $EX_IOERR ] ||
		! grep -q "^$1: " "case/runs/001/$1.err"; then
		echo "$1 ends with $(cat "case/runs/001/$1.rc") after $call:"
		cat "case/runs/001/$1.err"
		return 1
	fi
}

@test "inv-split: an fsync that fails ends the run, whichever it is" {
	needs_strace
	every inv-split fsync EIO
}

@test "inv-split: a write that fails ends the run, whichever it is" {
	needs_strace
	every inv-split write ENOSPC
}

@test "inv-commit: an fdatasync that fails ends the run, whichever it is" {
	needs_strace
	every inv-commit fdatasync EIO
}

@test "inv-commit: an fsync that fails ends the run, whichever it is" {
	needs_strace
	every inv-commit fsync EIO
}

@test "inv-commit: a write to the journal or its index that fails ends the run" {
	needs_strace
	every inv-commit pwrite64 ENOSPC 3
}

@test "inv-quarantine: an fdatasync that fails ends the run, whichever it is" {
	needs_strace
	every inv-quarantine fdatasync EIO
}

@test "inv-quarantine: a write to the store that fails ends the run" {
	needs_strace
	every inv-quarantine pwrite64 ENOSPC 6
}

@test "inv-audit: an fsync that fails ends the run, whichever it is" {
	needs_strace
	every inv-audit fsync EIO
	every inv-audit fdatasync EIO
}

@test "inv-audit: a write to the log that fails ends the run, whichever it is" {
	needs_strace
	every inv-audit pwrite64 ENOSPC
}

# closing STAGE FILE: closing what was written there fails, and that is told.
closing() {
	fresh
	pipe 001 "$1" strace -f -qq -y -o trace -P "$2" -e trace=close \
		-e inject=close:error=EIO:when=1+
	grep -q 'close.*INJECTED' trace
	[ "$(cat "case/runs/001/$1.rc")" = $EX_IOERR ]
	grep "^$1: .*close: Input/output error" "case/runs/001/$1.err"
	pipe 002
	judged
}

closing_of_a_journal() { # ENGINE
	local engine=$1
	closing inv-commit "$INV_STATE/journal/000001.ndjson"
}

@test "a close that fails ends the run, of standard output, journal, archive" {
	local name shelf
	needs_strace
	for name in $stages; do
		closing "$name" "$PWD/case/runs/001/$name"
	done
	engines closing_of_a_journal
	shelf=$(sha256sum m.csv | cut -d' ' -f1)
	closing inv-split "$INV_STATE/archive/${shelf:0:2}/$shelf"
}

@test "inv-commit: a journal that no longer takes anything ends the run" {
	local n
	needs_strace
	for n in 4 5 6 7; do
		fresh
		pipe 001 inv-commit strace -f -qq -y -o trace -e trace=fdatasync \
			-e "inject=fdatasync:error=EIO:when=$n+"
		tells_of_it inv-commit
		pipe 002
		judged
	done
}

# A stage that failed says why, which goes to `told`, and has its name in
# `failed`; the others did what they could.
told_in_the_end() {
	local name rc
	for name in $stages; do
		rc=$(cat "case/runs/001/$name.rc")
		case $rc in
		0 | $EX_DATAERR | $EX_TEMPFAIL) ;;
		$EX_IOERR | $EX_CANTCREAT)
			grep "^$name: " "case/runs/001/$name.err" >> told
			echo "$name" >> failed
			;;
		*)
			echo "$name ends with $rc"
			cat "case/runs/001/$name.err"
			return 1
			;;
		esac
	done
}

a_disk_fills_up() { # ENGINE
	local kib chunk=500 engine=$1
	export INV_STATE=$PWD/small/state
	rm -f failed told
	for kib in 64 256 400 640 800 1024 1200; do
		fresh
		mount -o "remount,size=${kib}k" small
		pipe 001
		told_in_the_end
		mount -o remount,size=64m small
		pipe 002
		judged
	done
	# Between them the sizes have met every program that keeps something.
	sort -u failed | diff - <(printf 'inv-%s\n' audit commit quarantine split)
	# And what the engine writes.
	grep '^inv-commit: journal/.*: write: No space left on device' told
}

@test "a disk that fills up is told, and the run goes on once there is room" {
	many 4000
	mkdir small
	mount -t tmpfs -o size=64k tmpfs small 2> /dev/null ||
		skip "no tmpfs can be mounted here"
	engines a_disk_fills_up
}

# One part of the state on a disk of its own, that is small and fills up.
mounted() { # DIR SIZE
	mkdir -p -m 700 "$INV_STATE" "$INV_STATE/$1"
	mount -t tmpfs -o "size=$2,mode=700" tmpfs "$INV_STATE/$1" 2> /dev/null ||
		skip "no tmpfs can be mounted here"
	disks+=("$INV_STATE/$1")
}

# rows FIRST LAST: a stream of them.
rows() {
	awk -v a="$1" -v z="$2" 'BEGIN { for (i = a; i <= z; i++)
		printf "{\"asset_id\":\"A-%d\",\"pad\":\"%080d\"}\n", i, 0 }' |
		inv-split -q -f ndjson -
}

@test "an embedded ledger on a full disk is told, and completes with room" {
	rows 1 4000 > in
	mounted embedded 256k
	run -$EX_IOERR --separate-stderr inv-commit -q -k asset_id in
	[[ $stderr == *'embedded/ledger.db: '*full* ]]
	mount -o remount,size=64m "$INV_STATE/embedded"
	inv-commit -q -k asset_id in > out
	jq -es 'map(select(.type == "end"))[0].counts |
		.committed + .skipped == 4000' out
	inv-ledger --db "$INV_STATE/embedded/ledger.db" --export requests |
		jq -s 'map(select(.effect) | .body | length) | add' > sum
	[ "$(cat sum)" = 4000 ]
}

@test "an index on a full disk is told, and completes with room" {
	rows 1 20000 > in
	inv-commit -q -k asset_id -l "file:$PWD/l.db" in > /dev/null
	cp -pr "$INV_STATE/journal" kept
	rm kept/seen.db
	mounted journal 12m
	cp -p kept/* "$INV_STATE/journal"
	rm -f "$INV_STATE/journal/home"
	fill "$INV_STATE/journal" 64
	run -$EX_IOERR --separate-stderr inv-commit -q -k asset_id \
		-l "file:$PWD/l.db" in
	[[ $stderr == *'journal/seen.db: '*full* ]]
	rm "$INV_STATE/journal/ballast"
	inv-commit -q -k asset_id -l "file:$PWD/l.db" in > out
	jq -es 'map(select(.type == "end"))[0].counts.skipped == 20000' out
}

# Leave so many KiB in DIR.
fill() { # DIR KIB
	local free
	free=$(df -k --output=avail "$1" | tail -n 1)
	head -c $(((free - $2) * 1024)) /dev/zero > "$1/ballast"
}

@test "a quarantine on a full disk is told, and completes with room" {
	printf 'asset_id,grant_code,description,quantity,location_code,acquired_on\n' > m.csv
	seq 4000 | sed 's/.*/A-&,NIH-1,x,none,BLDG1-RM2-CAB3,2026-01-31/' >> m.csv
	inv-split -q m.csv | inv-validate -q -s inventory > in
	mounted quarantine 256k
	run -$EX_IOERR --separate-stderr bash -c 'inv-quarantine -q < in > out'
	[[ $stderr == *'quarantine/quarantine.db: '*full* ]]
	# What has passed is stored, and what is stored comes once.
	jq -r 'select(.type == "record") | .row' out | sort > passed
	mount -o remount,size=64m "$INV_STATE/quarantine"
	inv-quarantine list | jq -r .row | sort > stored
	[ -z "$(comm -23 passed stored)" ]
	inv-quarantine -q < in > out
	[ "$(inv-quarantine list | wc -l)" = 4000 ]
}

meets_a_limit() { # ENGINE STAGE [MESSAGE]
	local engine=$1 stage=$2 chunk=500
	rm -f failed told
	fresh
	# Its output goes to a pipe: it is its state that meets the limit.
	pipe 001 "$stage" bash -c '(ulimit -f 100 && exec "$@") | cat
		exit ${PIPESTATUS[0]}' -
	told_in_the_end
	[ "$(cat failed)" = "$stage" ]
	grep "^$stage: ${3:-}" told
	pipe 002
	judged
}

@test "a limit on the size of files is told, and the next run makes it good" {
	many 4000
	meets_a_limit poll inv-split
	engines meets_a_limit inv-commit 'journal/.*: write: File too large'
	meets_a_limit poll inv-quarantine
}

@test "a URL that there is no memory for is no wrong one" {
	local build n
	build=$(dirname "$(command -v inv-commit)")
	case $build in
	*/asan | */tsan) skip "the allocator is the sanitizer's" ;;
	esac
	for n in {1..12}; do
		run -70 env LD_PRELOAD="$build/alloc_faulty.so" INV_ALLOC_FAULT=$n+ \
			inv-commit -l http://127.0.0.1:9/ /dev/null
		[[ $output == *'no memory'* ]]
	done
}

@test "a read that is interrupted is not seen" {
	needs_strace
	fresh
	pipe 001
	local name in=m.csv again=(strace -f -qq -o trace)
	for name in inv-validate inv-dedup; do
		in=case/runs/001/inv-split
		"$name" < $in > plain
		"${again[@]}" -P "$PWD/$in" -e inject=read:error=EINTR:when=1+2 \
			"$name" < $in > got
		grep -q INJECTED trace
		cmp plain got
		"${again[@]}" -P "$PWD/got" -e inject=write:error=EINTR:when=1+2 \
			"$name" < $in > got
		grep -q INJECTED trace
		cmp plain got
	done
}
