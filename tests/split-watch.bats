#!/usr/bin/env bats
# split-watch.bats - drop folders: inv-split --watch, one test for each sentence

load lib

prepare() {
	set -o pipefail
	mkdir in
}

teardown() {
	[ -z "${watcher:-}" ] || kill -KILL "$watcher" 2> /dev/null || true
	stop_ledger
}

# watch [OPTION...]: inv-split --watch in, its stream in `out`.
watch() {
	env --default-signal=INT,TERM,PIPE inv-split --watch in "$@" \
		> out 2> err 3>&- 9>&- &
	watcher=$!
}

stop() { # and the status is this
	local rc=0
	kill -TERM "$watcher"
	wait "$watcher" || rc=$?
	watcher=
	[ "$rc" = "$1" ]
}

manifests() { # how many have ended
	[ "$(grep -c '"type":"end"' out || true)" = "$1" ]
}

names() { jq -r 'select(.type=="manifest").name' out | paste -sd' '; }

deliver() { # NAME [VALUE]
	printf 'id\n%s\n' "${2:-1}" > "in/.$1" && mv "in/.$1" "in/$1"
}

@test "files become manifests of one stream, and go to done" {
	watch
	deliver a.csv 1
	wait_for test -e in/done/a.csv
	printf 'id\n2\n' > in/b.csv # closed by who wrote it
	wait_for test -e in/done/b.csv
	stop 0
	manifests 2
	[ "$(names)" = "in/a.csv in/b.csv" ]
	[ "$(jq -c 'select(.type=="record").record.id' out | paste -sd,)" = '"1","2"' ]
	[ "$(cat in/done/b.csv)" = "$(printf 'id\n2\n')" ]
	[ "$(ls -A in | paste -sd' ')" = "done failed" ]
}

@test "what is there already comes first, in the order of change" {
	deliver z.csv 1 && touch -d '2 hours ago' in/z.csv
	deliver a.csv 2 && touch -d '1 hour ago' in/a.csv
	watch
	wait_for test -e in/done/a.csv
	stop 0
	[ "$(names)" = "in/z.csv in/a.csv" ]
}

@test "a file that is being written is not taken before it is closed" {
	exec 9> in/slow.csv
	printf 'id\n1\n' >&9
	watch
	deliver other.csv
	wait_for test -e in/done/other.csv
	[ -e in/slow.csv ]
	printf '2\n' >&9
	exec 9>&-
	wait_for test -e in/done/slow.csv
	stop 0
	[ "$(jq -r 'select(.type=="end").rows' out | paste -sd,)" = 1,2 ]
}

@test "one of two who write has closed it: the other is waited for" {
	watch
	exec 9> in/two.csv
	printf 'id\n1\n' >> in/two.csv # and closed
	deliver other.csv
	wait_for test -e in/done/other.csv
	[ -e in/two.csv ]
	printf 'id\n1\n2\n' >&9
	exec 9>&-
	wait_for test -e in/done/two.csv
	stop 0
	[ "$(jq -r 'select(.type=="end").rows' out | paste -sd,)" = 1,2 ]
}

# other: what runs a command as another user, where we are root, who may do all.
prepare_other() {
	other=()
	[ "$(id -u)" = 0 ] || return 0
	command -v setpriv > /dev/null || skip "no setpriv"
	other=(setpriv --reuid 12345 --regid 12345 --clear-groups)
	mkdir state && chown 12345 state
	local up=$PWD
	while [ "$up" != / ] && [ "$up" != /tmp ]; do
		chmod a+x "$up"
		up=$(dirname "$up")
	done
	"${other[@]}" test -x "$(command -v inv-split)" ||
		skip "the build is root's alone"
}

watch_as_other() {
	prepare_other
	chmod 777 in
	"${other[@]}" inv-split --watch in > out 2> err 3>&- &
	watcher=$!
}

@test "what is there of another user is taken when it has come to rest" {
	[ "$(id -u)" = 0 ] || skip "another user's files: only root can make them"
	deliver old.csv 1 && touch -d '1 minute ago' in/old.csv
	deliver new.csv 2
	touch -d '3 seconds ago' in/new.csv # two to go
	watch_as_other
	wait_for test -e in/done/old.csv
	[ -e in/new.csv ]
	wait_for test -e in/done/new.csv
	stop 0
}

@test "names that are let be, and what is no file" {
	printf 'id\n1\n' | tee in/.hidden in/x~ in/x.part > in/x.tmp
	mkfifo in/pipe
	ln -s /etc/passwd in/link
	mkdir in/folder
	watch
	deliver a.csv
	wait_for test -e in/done/a.csv
	stop 0
	manifests 1
	[ "$(ls -A in | paste -sd' ')" = ".hidden done failed folder link pipe x.part x.tmp x~" ]
	[ "$(grep -c 'inv-split: in: has what is no regular file, and is let be' err)" = 1 ]
	mv in/x.part in/x.csv
	watch
	wait_for test -e in/done/x.csv
	stop 0
}

@test "what is refused as a whole goes to failed, and the status is 0" {
	watch
	printf 'a,a\n1,2\n' > in/twice.csv
	wait_for test -e in/failed/twice.csv
	deliver good.csv
	wait_for test -e in/done/good.csv
	stop 0
	[ "$(jq -r 'select(.type=="end").refused.reason' out | paste -sd,)" = bad_header,null ]
	[[ $(cat err) = *"in/twice.csv: line 1: header: "* ]]
}

@test "what can not be read goes to failed" {
	printf 'id\n1\n' > in/secret.csv
	chmod 0 in/secret.csv
	watch_as_other
	wait_for test -e in/failed/secret.csv
	stop 0
	[[ $(cat err) = *"in/secret.csv: Permission denied"* ]]
	manifests 0
}

@test "nothing is overwritten: the manifest id, then a number, is put behind the name" {
	watch
	local n id
	for n in 1 2 2 2; do
		deliver a.csv "$n"
		wait_for test ! -e in/a.csv
	done
	stop 0
	id=$(printf 'id\n2\n' | sha256sum | cut -c 1-64)
	[ "$(ls in/done | paste -sd' ')" = "a.csv a.csv.$id a.csv.$id.2 a.csv.$id.3" ]
	[ "$(cat in/done/a.csv)" = "$(printf 'id\n1\n')" ]
}

@test "a name of 255 bytes has room for its manifest id" {
	local long
	long=$(printf '%0251d.csv' 0)
	watch
	local n
	for n in 1 2; do
		printf 'id\n%s\n' $n > "in/$long"
		wait_for test ! -e "in/$long"
	done
	stop 0
	[ "$(ls in/done | wc -l)" = 2 ]
}

@test "a file that is replaced meanwhile stays, and is read again" {
	mkfifo slow
	env --default-signal=TERM inv-split -q --watch in > slow 2> err 3>&- &
	watcher=$!
	seq -f 'LAB-%012.0f' 60000 | sed '1i id' > big && mv big in/a.csv
	exec 8< slow
	head -c 1000 <&8 > out # and no more: it stands within the first manifest
	deliver a.csv 2
	cat <&8 >> out 3>&- &
	local reader=$!
	exec 8<&-
	wait_for test -e in/done/a.csv
	wait_for test ! -e in/a.csv
	stop 0
	wait $reader
	[ "$(jq -r 'select(.type=="end").rows' out | paste -sd,)" = 60000,1 ]
	[ "$(cat in/done/a.csv)" = "$(printf 'id\n2\n')" ]
}

@test "SIGINT and SIGTERM let the manifest under way come to its end" {
	local sig
	mkfifo slow
	for sig in INT TERM; do
		seq -f 'LAB-%012.0f' 60000 | sed '1i id' > big && mv big in/a.csv
		env --default-signal=INT,TERM inv-split -q --watch in > slow \
			2> err 3>&- &
		watcher=$!
		exec 8< slow
		head -c 1000 <&8 > out
		deliver b.csv
		kill -$sig "$watcher"
		cat <&8 >> out
		exec 8<&-
		wait "$watcher"
		watcher=
		[ "$(jq -r 'select(.type=="end").rows' out)" = 60000 ]
		[ -e in/b.csv ]
		rm -r in/b.csv in/done
	done
}

@test "when nobody reads any more it ends, at once and while it waits" {
	local rc=0
	mkfifo slow
	env --default-signal=PIPE inv-split --watch in > slow 2> err 3>&- &
	watcher=$!
	exec 8< slow
	exec 8<&-
	wait "$watcher" || rc=$?
	watcher=
	[ $rc = $EX_IOERR ]
	[[ $(cat err) = *"stdout: Broken pipe"* ]]
	[ "$(ls -A in | paste -sd' ')" = "done failed" ]
	deliver a.csv
	env --ignore-signal=PIPE inv-split --watch in > /dev/full 2> err || rc=$?
	[ $rc = $EX_IOERR ]
	[ -e in/a.csv ] # it was not told: it stays
}

@test "when nobody reads any more while it writes, it ends in the same way" {
	local rc=0
	{ echo a; seq 300000; } > in/a.csv
	mkfifo slow
	head -c 1 slow > /dev/null 3>&- &
	env --default-signal=PIPE inv-split --watch in > slow 2> err || rc=$?
	[ $rc = $EX_IOERR ]
	[[ $(cat err) = *"stdout: write: Broken pipe"* ]]
	[ -e in/a.csv ]
}

@test "no folder, a folder that goes, files beside it" {
	run -66 --separate-stderr inv-split --watch nowhere
	[ "$stderr" = "inv-split: nowhere: No such file or directory" ]
	run -64 --separate-stderr inv-split --watch in m.csv
	[[ $stderr = *"--watch: \"m.csv\": no files beside a folder"* ]]
	local rc=0
	watch
	deliver a.csv
	wait_for test -e in/done/a.csv
	mv in elsewhere
	wait "$watcher" || rc=$?
	watcher=
	[ $rc = $EX_IOERR ]
	[[ $(cat err) = *"in: the folder is gone"* ]]
}

@test "done and failed are made at the start; what is called so and is no folder is said with 73" {
	local name
	for name in done failed; do
		deliver a.csv
		printf 'id\n1\n' > "in/$name"
		run -73 --separate-stderr inv-split --watch in
		[ "$stderr" = "inv-split: in/$name: is no folder, and files that are done with go to a folder of that name" ]
		[ "$output" = "" ]
		[ -f "in/$name" ]
		[ -e in/a.csv ]
		rm "in/$name"
		ln -s /tmp "in/$name"
		run -73 inv-split --watch in
		rm -r in/*
	done
	[ ! -s "$INV_STATE/archive/index" ] # nothing was taken in
}

@test "a folder in which nothing can be made: 73 before anything is taken in" {
	deliver a.csv
	prepare_other
	chmod 555 in
	run -73 --separate-stderr "${other[@]}" inv-split --watch in
	[ "$stderr" = "inv-split: in/done: Permission denied" ]
	[ "$output" = "" ]
}

@test "a file that can not be moved ends it, and has been told" {
	needs_strace
	deliver a.csv
	local rc=0
	strace -f -qq -o /dev/null -e trace=renameat2 \
		-e inject=renameat2:error=EROFS inv-split --watch in > out 2> err || rc=$?
	[ $rc = $EX_IOERR ]
	[[ $(cat err) = *"in/a.csv: can not be moved to in/done: Read-only file system"* ]]
	[ -e in/a.csv ]
	[ "$(jq -r 'select(.type=="end").rows' out)" = 1 ]
}

@test "a feed that comes unchanged 1,500 times: each has a name of its own" {
	local id
	id=$(printf 'id\n1\n' | sha256sum | cut -c 1-64)
	mkdir in/done
	(cd in/done && touch a.csv "a.csv.$id" && seq -f "a.csv.$id.%.0f" 2 1500 | xargs touch)
	watch
	local n
	for n in 1 2 3; do
		deliver a.csv
		wait_for test ! -e in/a.csv
	done
	rm "in/done/a.csv.$id.1502" # a hole is none that is overwritten
	deliver a.csv
	wait_for test ! -e in/a.csv
	stop 0
	[ "$(find in/done -type f -size +0 | wc -l)" = 3 ]
	[ "$(find in/done -type f | wc -l)" = 1504 ]
}

at_least() { [ "$(grep -c '"type":"end"' out || true)" -ge "$1" ]; }

@test "thousands of files at once" {
	local i n=2000
	(cd in && seq $n | sed 's/.*/id\n&/' | split -l 2 -a 4 -d --additional-suffix=.csv -)
	watch -q --no-archive
	# Each arrival is synced: a slow disk is given time, as long as it goes on.
	for ((i = 100; i <= n; i += 100)); do wait_for at_least $i; done
	wait_for manifests $n
	(cd in && seq 300 | sed 's/.*/id\n&/' | split -l 2 -a 4 -d --additional-suffix=.two -)
	for i in 100 200 300; do wait_for at_least $((n + i)); done
	stop 0
	[ "$(ls in/done | wc -l)" = $((n + 300)) ]
	[ "$(jq -r 'select(.type=="end").rows' out | sort -u)" = 1 ]
}

@test "killed before the move: written again, and committed once" {
	export INV_LEDGER=file:ledger.db INV_SCHEMA=inventory
	printf 'asset_id,grant_code,description,quantity,location_code,acquired_on\nLAB-1,NIH-R01-7,Tips,1,BLDG12-RM304-CAB2,2026-03-14\n' \
		> in/a.csv
	needs_strace
	local rc=0
	strace -f -qq -o /dev/null -e trace=renameat2 \
		-e inject=renameat2:signal=KILL inv-split --watch in > out || rc=$?
	[ $rc = 137 ]
	[ -e in/a.csv ]
	inv-validate < out | inv-commit > first
	watch
	wait_for test -e in/done/a.csv
	stop 0
	inv-validate < out | inv-commit > second
	[ "$(jq -c 'select(.type=="end").counts.skipped' second)" = 1 ]
	[ "$(jq -r 'select(.type=="manifest").arrival' first second | sort -u)" = 1 ]
}

@test "the whole pipe tells of each manifest while the stream is open" {
	start_ledger
	export INV_SCHEMA=inventory
	env --default-signal=TERM inv-split -q --watch in 2> err 3>&- > >(
		inv-validate -q | inv-dedup | inv-commit -q -l "$LEDGER" |
			inv-quarantine -q | inv-audit > summary
	) &
	watcher=$!
	local n
	for n in 1 2 3; do
		printf 'asset_id,grant_code,description,quantity,location_code,acquired_on\nLAB-%s,NIH-R01-7,Tips,1,BLDG12-RM304-CAB2,2026-03-14\n' \
			$n > in/$n.csv
		wait_for told $n
	done
	stop 0
}

told() { # N manifests are committed, by the summaries
	[ "$(jq -rs 'map(select(.type=="summary" and .counts.committed == 1) | .manifest) | unique | length' summary)" = "$1" ]
}

# ---- under systemd ----

@test "inv-watch takes in what comes, and lets the last one end" {
	start_ledger
	export INV_SCHEMA=inventory INV_LEDGER=$LEDGER RUNTIME_DIRECTORY=$PWD/run
	mkdir run
	"$ROOT/examples/systemd/inv-watch" in > summary 2> err 3>&- &
	watcher=$!
	printf 'asset_id,grant_code,description,quantity,location_code,acquired_on\nLAB-1,NIH-R01-7,Tips,1,BLDG12-RM304-CAB2,2026-03-14\n' \
		> in/1.csv
	wait_for told 1
	stop 0
	[ -e in/done/1.csv ]
}

@test "inv-watch: the status is that of what went wrong" {
	export RUNTIME_DIRECTORY=$PWD
	run -66 "$ROOT/examples/systemd/inv-watch" nowhere
	[[ $output = *"nowhere: No such file"* ]]
}

@test "the units are sound and hardened" {
	command -v systemd-analyze > /dev/null || skip "no systemd-analyze"
	mkdir units
	local unit
	for unit in "$ROOT"/examples/systemd/inv-*.{service,timer}; do
		# The programs and pages of an installed inv.
		sed -e '/^Documentation=/d' -e "s|^ExecStart=[^ ]*|ExecStart=$(command -v true)|" \
			"$unit" > "units/${unit##*/}"
	done
	systemd-analyze verify units/*
	# What the child that reads XLS confines itself by is no part of @system-service.
	for unit in units/inv-{drop,watch}.service; do
		grep -q '^SystemCallFilter=prlimit64 .* landlock_restrict_self$' "$unit"
	done
	for unit in units/*.service; do
		systemd-analyze security --offline=true --threshold=20 --no-pager \
			"$unit" > exposure || { cat exposure; false; }
	done
}
