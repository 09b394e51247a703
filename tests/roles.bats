#!/usr/bin/env bats
# roles.bats - reading, releasing and approving as real, different users

load lib

# Users and groups are numbers: nothing has to be in passwd(5).
OWNER=62001 READER=62002 RELEASER=62003 DESK=62004 STRANGER=62005 PURGER=62006
G_READ=62100 G_DESK=62200 G_RELEASE=62300 G_PURGE=62400

prepare() {
	set -o pipefail
	[ "$(id -u)" = 0 ] || skip "needs root"
	setpriv --reuid $OWNER --clear-groups true 2> /dev/null || skip "can not be another user here"
	unset SUDO_USER
	HERE=$(mktemp -d /tmp/inv-roles-XXXXXX)
	chmod 755 "$HERE"
	mkdir -m 755 "$HERE/bin"
	cp "$(command -v inv-quarantine)" "$(command -v inv-audit)" "$(command -v inv-commit)" "$HERE/bin/"
	chmod 755 "$HERE"/bin/*
	cd "$HERE"
	install -d -m 700 -o $OWNER -g $OWNER home
	export INV_STATE=$HERE/home/state HOME=$HERE/home
	chmod 755 home
	M=$(printf 'a%.0s' {1..64})
	ITEM=aaaaaaaaaaaa-1
	umask 022
}

teardown() {
	[ -z "${HERE:-}" ] || rm -rf "$HERE"
}

# as UID GROUPS COMMAND...
as() {
	local uid=$1 groups=$2
	shift 2
	PATH=$HERE/bin:$PATH setpriv --reuid "$uid" --regid "$uid" --groups "$groups" "$@"
}
# The owner is in the group that writes, as what a killed one has begun is theirs.
as_of() { case $1 in reader) echo $READER ;; desk) echo $DESK ;; releaser) echo $RELEASER ;; esac; }
owner() { as $OWNER $OWNER,$G_DESK "$@"; }
reader() { as $READER $G_READ "$@"; }
releaser() { as $RELEASER $G_READ,$G_DESK,$G_RELEASE "$@"; }
purger() { as $PURGER $G_READ,$G_DESK,$G_PURGE "$@"; }
desk() { as $DESK $G_READ,$G_DESK "$@"; }
stranger() { as $STRANGER $STRANGER "$@"; }

# run_of N ROWS: the stream of run N of so many rows that failed.
run_of() {
	local i
	printf '{"type":"manifest","v":1,"manifest":"%s","run":"%016d","name":"a.csv","format":"csv","arrival":1,"submission":1}\n' "$M" "$1"
	for ((i = 1; i <= $2; i++)); do
		printf '{"type":"record","manifest":"%s","row":%d,"line":2,"chunk":0,"record":{"n":"%d"},"verdict":"quarantined","stage":"inv-validate","reason":"%s","errors":[{"type":"t","loc":["n"],"msg":"m","severity":"%s"}]}\n' \
			"${M:0:32}" "$i" "$i" schema_violation "${SEVERITY:-WARNING}"
	done
	printf '{"type":"end","manifest":"%s","rows":%d,"bytes":1,"counts":{"pending":0}}\n' "$M" "$2"
}

store() { run_of "$@" | owner inv-quarantine -q > /dev/null; }

# set_up: the commands of inv-roles(7), with our numbers for the names.
set_up() {
	store 1 3
	install -d -m 700 -o $OWNER -g $OWNER home/state/journal
	install -m 600 -o $OWNER -g $OWNER /dev/null home/state/journal/000001.ndjson
	sed -n '/^chgrp inv-read/,/^\.Ed/p' "$ROOT/man/inv-roles.7" | grep -v '^\.' |
		sed "s/inv-read/$G_READ/; s/inv-desk/$G_DESK/; s/inv-release/$G_RELEASE/; s/inv-purge/$G_PURGE/; s/-o inv /-o $OWNER /" > commands
	[ "$(wc -l < commands)" = 10 ]
	(cd home/state && sh -e "$HERE/commands")
}

denied() { run -77 --separate-stderr "$@"; }

@test "a reader can list, show, count, export and report, and nothing else" {
	set_up
	reader inv-quarantine list | jq -se 'length == 3'
	reader inv-quarantine list | reader inv-quarantine show - | jq -se 'all(.record.n)'
	reader inv-quarantine stats | jq -e '.groups[0].count == 3'
	reader inv-quarantine export --csv | grep -c aaaaaaaaaaaa
	reader inv-quarantine report --html - | grep -qi '<html'
	[ "$(reader sh -c 'cat "$INV_STATE"/quarantine/quarantine.db' | wc -c)" -gt 1000 ]
	echo '{"n":"m"}' > map
	for command in resubmit 'migrate --map map' 'fix --set n=2 --why w' 'resolve --discard --why w'; do
		denied reader inv-quarantine $command $ITEM
		[ "$stderr" = "inv-quarantine: $INV_STATE/release: user $READER may not release: that is for who may write to it" ]
		[ -z "$output" ]
	done
	denied reader inv-quarantine assign --to x $ITEM
	[[ $stderr = *'quarantine.db: Permission denied' ]]
	run_of 2 1 > in
	denied reader inv-quarantine in
	run ! reader sh -c ': >> "$INV_STATE/quarantine/quarantine.db"'
}

@test "a releaser can resubmit, migrate, fix, resolve and assign" {
	set_up
	echo '{"n":"m"}' > map
	releaser inv-quarantine list | jq -se 'length == 3'
	releaser inv-quarantine resubmit $ITEM | jq -c 'select(.type == "record").row' | grep -Fx 1
	releaser inv-quarantine migrate --map map $ITEM | jq -c 'select(.type == "record").record' | grep -Fx '{"m":"1"}'
	releaser inv-quarantine fix --set n=2 --why w $ITEM | grep -q "2,$ITEM,w"
	releaser inv-quarantine assign --to eve $ITEM
	releaser inv-quarantine resolve --discard --why w $ITEM
	owner inv-quarantine show $ITEM | jq -e '.state == "skipped" and
		(.actions | map(.verb) == ["resubmit", "migrate", "assign", "resolve"] and
			all(.user == "'$RELEASER'"))'
	# And the owner goes on writing.
	store 2 3
	owner inv-quarantine assign --to eve aaaaaaaaaaaa-2
}

@test "a purger can purge and not release, a releaser not purge" {
	set_up
	purge='inv-quarantine purge --older-than 0s --state all --why w'
	# To look is for all who may read.
	releaser $purge | jq -se 'length == 3'
	for who in reader desk releaser; do
		denied $who $purge --yes
		[ "$stderr" = "inv-quarantine: $INV_STATE/purge: user $(as_of $who) may not purge: that is for who may write to it" ]
	done
	echo '{"n":"m"}' > map
	for command in resubmit 'migrate --map map' 'fix --set n=2 --why w' 'resolve --discard --why w'; do
		denied purger inv-quarantine $command $ITEM
		[ "$stderr" = "inv-quarantine: $INV_STATE/release: user $PURGER may not release: that is for who may write to it" ]
	done
	purger inv-quarantine list | jq -se 'length == 3'
	purger $purge --yes
	owner inv-quarantine list --state all | jq -se 'length == 3 and all(.purged_at)'
	owner inv-quarantine show $ITEM | jq -e '.actions[-1].user == "'$PURGER'"'
	store 2 3
}

@test "who may write to the quarantine and has no role can assign and not release" {
	set_up
	desk inv-quarantine assign --to eve $ITEM
	denied desk inv-quarantine resubmit $ITEM
	[ "$stderr" = "inv-quarantine: $INV_STATE/release: user $DESK may not release: that is for who may write to it" ]
}

@test "where others shall only read, the owner alone has the rest" {
	store 1 3
	(cd home/state && chgrp $G_READ . quarantine quarantine/quarantine.db && chmod 750 . &&
		chmod 2750 quarantine && chmod 640 quarantine/quarantine.db)
	reader inv-quarantine list | jq -se 'length == 3'
	denied releaser inv-quarantine resubmit $ITEM
	owner inv-quarantine resubmit $ITEM | jq -c 'select(.type == "record").row' | grep -Fx 1
}

@test "a file of a role that is another's, a link or open to others gives none" {
	set_up
	chmod 662 home/state/release
	denied releaser inv-quarantine resubmit $ITEM
	rm home/state/release
	install -m 660 -o $RELEASER -g $G_RELEASE /dev/null home/state/release
	denied releaser inv-quarantine resubmit $ITEM
	rm home/state/release
	install -m 660 -o $OWNER -g $G_RELEASE /dev/null elsewhere
	ln -s "$HERE/elsewhere" home/state/release
	denied releaser inv-quarantine resubmit $ITEM
}

@test "where no role is given a quarantine that its group may write to is refused" {
	set_up
	rm home/state/release home/state/purge
	for who in owner reader; do
		denied $who inv-quarantine list
		[ "$stderr" = 'inv-quarantine: quarantine: refused: others may write to it' ]
	done
	chmod 2755 home/state/quarantine
	denied owner inv-quarantine list
	[[ $stderr = *'quarantine.db: others can write to it' ]]
}

@test "others may never write" {
	set_up
	chmod 2777 home/state/quarantine
	denied owner inv-quarantine list
	denied reader inv-quarantine list
	chmod 2775 home/state/quarantine
	chmod 666 home/state/quarantine/quarantine.db
	denied owner inv-quarantine list
	denied reader inv-quarantine list
}

@test "a state of another user is refused unless it is shared with a group of ours" {
	set_up
	denied stranger inv-quarantine list
	for mode in 700 755 770 751; do
		chmod $mode home/state
		denied reader inv-quarantine list
	done
	chmod 750 home/state
	reader inv-quarantine list > /dev/null
	# Root is nobody's group.
	denied inv-quarantine list
	[ "$stderr" = "inv-quarantine: $INV_STATE: refused: belongs to user $OWNER, not to us" ]
	# Nor does a link lead to one.
	ln -s "$INV_STATE" link
	INV_STATE=$HERE/link denied reader inv-quarantine list
}

@test "in a state that is shared, what belongs to a third is refused" {
	set_up
	chown $STRANGER home/state/quarantine/quarantine.db
	denied reader inv-quarantine list
	chown $OWNER home/state/quarantine/quarantine.db
	chown $STRANGER home/state/quarantine
	denied reader inv-quarantine list
}

@test "other programs do not take a state of another user, shared or not" {
	set_up
	run_of 2 1 > in
	denied releaser inv-commit -l file:x in
	denied releaser inv-audit in
	denied releaser inv-quarantine in
	denied releaser inv-audit verify
}

@test "nobody but the owner makes a quarantine" {
	set_up
	rm home/state/quarantine/quarantine.db
	run -1 releaser inv-quarantine list
	run -1 releaser inv-quarantine assign --to x $ITEM
	[ ! -e home/state/quarantine/quarantine.db ]
	# It is then for whom the folder is.
	store 2 3
	[ "$(stat -c '%a %g' home/state/quarantine/quarantine.db)" = "664 $G_DESK" ]
	releaser inv-quarantine resubmit $ITEM | jq -se 'map(select(.type == "record")) | length == 1'
}

@test "a reader says 75 while a writer that was killed has left something to undo" {
	needs_strace
	set_up
	# In the middle of its commit: the pages are not all in the database.
	n=0
	until [ -s home/state/quarantine/quarantine.db-journal ]; do
		n=$((n + 1))
		[ $n -lt 40 ]
		run_of $((n + 1)) 3 > in
		chmod 644 in
		owner strace -f -o /dev/null -P "$INV_STATE/quarantine/quarantine.db" \
			-e inject=pwrite64:signal=KILL:when=$n inv-quarantine -q in > /dev/null 2>&1 || true
	done
	run -75 --separate-stderr reader inv-quarantine list
	[[ $stderr = *'quarantine.db: a program that wrote to it was killed: the next one that may write has to undo that first' ]]
	releaser inv-quarantine list > /dev/null
	reader inv-quarantine list > /dev/null
}

@test "verify leaves what a killed writer has begun as it is: 75" {
	needs_strace
	store 1 3
	owner inv-quarantine assign --to eve $ITEM
	run_of 1 3 > in
	chmod 644 in
	owner inv-audit in > /dev/null || true
	n=0
	until [ -s home/state/quarantine/quarantine.db-journal ]; do
		n=$((n + 1))
		[ $n -lt 40 ]
		run_of $((n + 1)) 3 > in
		owner strace -f -o /dev/null -P "$INV_STATE/quarantine/quarantine.db" \
			-e inject=pwrite64:signal=KILL:when=$n inv-quarantine -q in > /dev/null 2>&1 || true
	done
	sha256sum home/state/quarantine/* > before
	run -75 owner inv-audit verify
	sha256sum home/state/quarantine/* | cmp - before
	owner inv-quarantine list > /dev/null
	owner inv-audit verify
}

@test "a releaser that is killed holds nobody up" {
	needs_strace
	set_up
	for ((n = 1; n < 60; n++)); do
		rc=0
		releaser strace -f -o /dev/null -e inject=pwrite64,fsync,fdatasync,unlink:signal=KILL:when=$n \
			inv-quarantine assign --to "x$n" $ITEM > /dev/null 2>&1 || rc=$?
		store $((n + 10)) 3
		releaser inv-quarantine list > /dev/null
		[ $rc != 0 ] || break
	done
	[ $n -gt 5 ]
}

@test "releasing takes reading the journal" {
	set_up
	chmod 700 home/state/journal
	for command in resubmit 'resolve --discard --why w'; do
		denied releaser inv-quarantine $command $ITEM
		[[ $stderr = *'journal: Permission denied' ]]
	done
}

@test "what inv-commit writes into the journal later can be read as well" {
	set_up
	rm home/state/journal/*
	run_of 2 2 | jq -c 'del(.verdict, .stage, .reason, .errors)' > in
	chmod 644 in
	owner inv-commit -q -l file:home/ledger.db in > out
	[ "$(stat -c '%a %g' home/state/journal/000001.ndjson)" = "640 $G_DESK" ]
	releaser inv-quarantine resubmit aaaaaaaaaaaa-3 | jq -c 'select(.type == "record").row' | grep -Fx 3
	run ! releaser sh -c ': >> "$INV_STATE/journal/000001.ndjson"'
}

@test "a batch that is open in the journal is resolved by the owner alone" {
	set_up
	rm home/state/journal/*
	run_of 2 2 | jq -c 'del(.verdict, .stage, .reason, .errors)' > in
	chmod 644 in
	# Killed once the intent is on disk, before the outcome is.
	needs_strace
	n=0
	until grep -q '"type":"intent"' home/state/journal/*.ndjson 2> /dev/null; do
		n=$((n + 1))
		[ $n -lt 40 ]
		owner strace -f -o /dev/null -e inject=fdatasync:signal=KILL:when=$n \
			inv-commit -q --engine poll -l file:home/ledger.db in > /dev/null 2>&1 || true
	done
	run ! grep '"type":"outcome"' home/state/journal/*.ndjson
	denied releaser inv-quarantine resolve --discard --why w $ITEM
	[[ $stderr = *'journal: refused: belongs to user'* ]]
	owner inv-quarantine resolve --discard --why w $ITEM
	[ "$(owner inv-quarantine show $ITEM | jq -r .state)" = skipped ]
}

@test "an approval of one user lets another release" {
	SEVERITY=CRITICAL set_up
	INV_STATE=$HERE/home/ann
	mkdir -m 700 "$INV_STATE"
	chown $DESK "$INV_STATE"
	desk inv-audit key new --name ann > approvers
	export INV_STATE=$HERE/home/state
	install -m 644 -o $OWNER approvers home/state/approvers
	denied releaser inv-quarantine resubmit $ITEM
	desk inv-quarantine approve --key home/ann/audit/key --why w $ITEM
	releaser inv-quarantine resubmit $ITEM | jq -c 'select(.type == "record").row' | grep -Fx 1
	denied releaser inv-quarantine resubmit $ITEM
	# With the key of an approver one still can not release by oneself.
	chown -R $RELEASER home/ann
	releaser inv-quarantine approve --key home/ann/audit/key --why w $ITEM
	denied releaser inv-quarantine resubmit $ITEM
	[[ $stderr = *'approved by who asks: it takes two persons'* ]]
	# A reader can not approve.
	chown -R $READER home/ann
	denied reader inv-quarantine approve --key home/ann/audit/key --why w $ITEM
	# Nobody but the owner can change or remove the list, or make it unread.
	run ! releaser rm -f home/state/approvers
	chmod 600 home/state/approvers
	denied releaser inv-quarantine resubmit $ITEM
	[[ $stderr = *'approvers: Permission denied' ]]
}
