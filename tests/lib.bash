# lib.bash - what every .bats file loads: a clean place, and golden cases

bats_require_minimum_version 1.5.0

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CORPORA=${INV_CORPORA:-$ROOT/../shared/corpora}
export ROOT CORPORA LC_ALL=C.UTF-8 TZ=UTC

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export INV_STATE=$BATS_TEST_TMPDIR/state
	export INV_SCHEMA_PATH=$ROOT/examples/schemas
	unset INV_LEDGER INV_SCHEMA INV_CONFIG STATE_DIRECTORY
	if declare -F prepare > /dev/null; then
		prepare
	fi
}

# Run one golden case: its cmd (a line of shell) over its in; out, err and rc
# must be as kept.  What differs from run to run is masked by the case's own
# `mask`, a sed script.  UPDATE=1 keeps what came instead.
golden() {
	local case=$ROOT/tests/golden/$1 rc=0 part
	cp "$case"/* .
	bash -c "set -o pipefail; $(cat cmd)" < in > got.out 2> got.err 3>&- ||
		rc=$?
	echo "$rc" > got.rc
	for part in out err rc; do
		[ ! -e mask ] || sed -E -i -f mask "got.$part"
		if [ -n "${UPDATE:-}" ]; then
			cp "got.$part" "$case/$part"
		else
			diff -u "$part" "got.$part"
		fi
	done
}

# corpus NAME: the folder in CORPUS, or skip and say so.  Not for $(...): a
# skip in there would end the substitution alone.
corpus() {
	CORPUS=$CORPORA/$1
	[ -d "$CORPUS" ] || skip "no corpus $1 (set INV_CORPORA)"
}

# Skip where strace can not trace; leaks can not be looked for under it, as a
# leak checker and a tracer can not both hold a process.
needs_strace() {
	strace -qq -o /dev/null true 2> /dev/null ||
		skip "strace can not trace here"
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
}

# trace_names [OPTION OF STRACE...] COMMAND...: the calls that synced_names
# looks at go to the file trace, behind those that are there.  Calls that failed
# have made nothing, and are left out.
trace_names() {
	local calls=mkdirat,openat,renameat,pwrite64,write,fsync,fdatasync
	strace -f -qq -y -z -s 10 -A -o trace \
		-e "trace=$calls,sendto,sendmsg" "$@"
}

# synced_names: of that trace the names that came to be, each where its folder
# was synced, and "told" where something went to the ledger or to stdout.  What
# was renamed before its content was synced is called so.  The fdatasync of a
# folder is SQLite's, for a file of its own, and none that a name may rely on.
synced_names() {
	sed -nE 's/^[0-9]+ +//
		s/^mkdirat\(AT_FDCWD[^,]*, "([^"]*)\/([^"/]+)".*/made \1 \2/p
		s/^mkdirat\([0-9]+<([^>]*)>, "([^"]*)".*/made \1 \2/p
		s/^openat\([0-9]+<([^>]*)>, "([^"]*)", [^ ]*O_EXCL.*/made \1 \2/p
		s/^renameat\([0-9]+<([^>]*)>, "([^"]*)", [^,]*, "([^"]*)".*/renamed \1 \2 \3/p
		s/^(write\(1<|sendto|sendmsg).*/told/p
		s/^p?write(64)?\([0-9]+<([^>]*)>.*/wrote \2/p
		s/^fsync\([0-9]+<([^>]*)>\) += 0$/synced \1/p
		s/^fdatasync\([0-9]+<([^>]*)>\) += 0$/flushed \1/p' trace |
		awk '$1 == "made" { folder[++n] = $2; name[n] = $3 }
			$1 == "wrote" { dirty[$2] = 1 }
			$1 == "renamed" { for (i = 1; i <= n; i++)
				if (folder[i] == $2 && name[i] == $3)
					folder[i] = ""
				folder[++n] = $2
				name[n] = dirty[$2 "/" $3] ? $4 "-unsynced" : $4 }
			$1 == "synced" || $1 == "flushed" { dirty[$2] = 0 }
			$1 == "synced" { for (i = 1; i <= n; i++)
				if (folder[i] == $2) {
					print name[i]
					folder[i] = ""
				} }
			$1 == "told" { print }' | uniq | paste -sd ' '
}

# wait_for CONDITION...: poll until the command succeeds, 10 s at most.
wait_for() {
	local i
	for ((i = 0; i < 1000; i++)); do
		"$@" && return 0
		sleep 0.01
	done
	echo "gave up waiting for: $*" >&2
	return 1
}

# Exit statuses, by the names sysexits(3) has for them.
export EX_USAGE=64 EX_DATAERR=65 EX_NOINPUT=66 EX_UNAVAILABLE=69
export EX_CANTCREAT=73 EX_IOERR=74 EX_TEMPFAIL=75 EX_NOPERM=77 EX_CONFIG=78

# start_ledger [OPTION...]: inv-ledger on a free port, its URL in LEDGER.
start_ledger() {
	stop_ledger
	rm -f ledger.url
	inv-ledger --listen 127.0.0.1:0 --port-file ledger.url \
		--db "$(mktemp -u ledger-XXXXXX.db)" "$@" 2> ledger.err 3>&- &
	LEDGER_PID=$!
	wait_for test -s ledger.url
	LEDGER=$(cat ledger.url)
	export LEDGER
}

stop_ledger() {
	[ -n "${LEDGER_PID:-}" ] || return 0
	kill -9 "$LEDGER_PID" 2> /dev/null || true
	wait "$LEDGER_PID" 2> /dev/null || true
	LEDGER_PID=
}

# engines CLAIM [ARGUMENT...]: run the function, with a state of its own, for
# io_uring, where the kernel allows it, and for poll.
engines() {
	local engine
	for engine in io_uring poll; do
		if [ $engine = io_uring ] && ! has_ring; then
			echo "# SKIP io_uring is refused here" >&3
			continue
		fi
		export INV_STATE=$BATS_TEST_TMPDIR/state-$engine
		"$1" $engine "${@:2}"
		stop_ledger
	done
}

# An empty stream is 65; without a ring inv-commit does not get so far.
has_ring() {
	local rc=0
	INV_STATE=$BATS_TEST_TMPDIR/probe inv-commit -q --engine io_uring \
		-l file:probe.db < /dev/null > /dev/null 2>&1 || rc=$?
	[ $rc = $EX_DATAERR ]
}
