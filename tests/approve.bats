#!/usr/bin/env bats
# approve.bats - two persons for a CRITICAL row: one test for each sentence

load lib

prepare() {
	set -o pipefail
	DB=$INV_STATE/quarantine/quarantine.db
	M=$(printf 'a%.0s' {1..64})
	ITEM=aaaaaaaaaaaa-1
	unset SUDO_USER
}

teardown() {
	stop_ledger
}

# run_of N [RECORD]: the stream of run N: row 1 with a CRITICAL error, row 2
# with another.
run_of() {
	local record=${2:-}
	[ -n "$record" ] || record='{"n":"1"}'
	printf '{"type":"manifest","v":1,"manifest":"%s","run":"%016d","name":"a.csv","format":"csv","arrival":1,"submission":1}\n' "$M" "$1"
	row 1 "$record" compliance_block CRITICAL
	row 2 '{"n":"2"}' schema_violation WARNING
	printf '{"type":"end","manifest":"%s","rows":2,"bytes":1,"counts":{"pending":0}}\n' "$M"
}

row() { # ROW RECORD REASON SEVERITY
	printf '{"type":"record","manifest":"%s","row":%d,"line":2,"chunk":0,"record":%s,"verdict":"quarantined","stage":"inv-validate","reason":"%s","errors":[{"type":"t","loc":["n"],"msg":"m","severity":"%s"}]}\n' \
		"${M:0:32}" "$@"
}

# approver NAME: a key of that name, and its line in the file.
approver() {
	INV_STATE=$PWD/$1 inv-audit key new --name "$1" > "$1.pub"
	cat "$1.pub" >> "$INV_STATE/approvers"
}

# stored: both rows are in the quarantine, and ann may approve.
stored() {
	run_of 1 > in
	inv-quarantine -q in > passed
	approver ann
}

# approve [OPTION...]: ann does.
approve() { SUDO_USER=ann inv-quarantine approve --key ann/audit/key --why 'looked at it' "$@"; }
resubmit() { inv-quarantine resubmit "$@" > stream; }
actions() { sqlite3 "$DB" "select $1 from action order by number"; }
tamper() { sqlite3 "$DB" 'DROP TRIGGER actions_stay; DROP TRIGGER actions_remain;' "$1"; }
REFUSED="inv-quarantine: aaaaaaaaaaaa-1: CRITICAL, and not approved: inv-quarantine approve aaaaaaaaaaaa-1 --key FILE --why TEXT"

@test "without a file of approvers nothing needs an approval" {
	stored
	rm "$INV_STATE/approvers"
	resubmit $ITEM
	[ "$(actions 'verb || detail' | grep -c approval)" = 0 ]
	run -78 --separate-stderr approve $ITEM
	[ "$stderr" = "inv-quarantine: $INV_STATE/approvers: is not there: nothing needs an approval" ]
}

@test "resubmit, migrate, fix and resolve are refused for a CRITICAL row that is not approved: 77" {
	stored
	echo '{"n":"m"}' > map
	for command in 'resubmit' 'migrate --map map' 'fix --set n=2 --why w' \
		'resolve --discard --why w' 'resolve --committed --why w'; do
		run -77 --separate-stderr inv-quarantine $command $ITEM
		[ "$stderr" = "$REFUSED" ]
		[[ $output != *'"record"'* && $output != *n,inv* ]]
	done
	[ "$(actions 'count(*)')" = 0 ]
	[ "$(inv-quarantine show $ITEM | jq -r .state)" = open ]
}

@test "a row without a CRITICAL error needs none, and goes although another is refused" {
	stored
	run -77 --separate-stderr inv-quarantine resubmit $ITEM aaaaaaaaaaaa-2
	[ "$(jq -c 'select(.type == "record").row' <<< "$output")" = 2 ]
	[ "$stderr" = "$REFUSED" ]
	run -1 --separate-stderr approve aaaaaaaaaaaa-2
	[ "$stderr" = 'inv-quarantine: aaaaaaaaaaaa-2: has no CRITICAL error: needs no approval' ]
}

@test "items that are chosen by options are refused as well" {
	stored
	run -77 --separate-stderr inv-quarantine resubmit --reason compliance_block
	[ "$stderr" = "$REFUSED" ]
	jq -se 'length == 1 and .[0].rows == 0' <<< "$output"
}

@test "what only says where an open batch stands needs no approval" {
	stored
	run -1 --separate-stderr inv-quarantine resolve --not-committed --why w $ITEM
	[ "$stderr" = "inv-quarantine: $ITEM: in no open batch" ]
}

@test "rows that are resolved with the batch of one that is approved do not use its approval" {
	local id
	start_ledger --fault garbage
	printf 'id,n\na,1\nb,2\nc,3\n' | inv-split -q - | inv-commit -q -l "$LEDGER" -k id -r 0 > run || [ $? = 75 ]
	jq -c 'if .type == "record" then .errors = [{type: "t", loc: [], msg: "m", severity: "CRITICAL"}] else . end' run |
		inv-quarantine -q > passed
	approver ann
	id=$(inv-quarantine list | jq -r 'select(.row == 2).item')
	approve "$id"
	inv-quarantine -q resolve --discard --why w "$id"
	[ "$(actions 'verb, row, json_extract(detail, "$.approval")' | paste -sd' ')" = \
		'approve|2| resolve|1| resolve|2|1 resolve|3|' ]
	inv-audit -q passed > /dev/null || [ $? = 75 ]
	inv-audit verify | jq -e '.actions == 4'
}

@test "list, show, export, report and assign need none" {
	stored
	inv-quarantine list > out
	inv-quarantine show $ITEM > out
	inv-quarantine export --csv > out
	inv-quarantine report --html out
	inv-quarantine assign --to ann $ITEM
}

@test "what is approved is released, and its action has the approval's number" {
	stored
	echo '{"n":"m"}' > map
	n=0
	for command in 'resubmit' 'migrate --map map' 'fix --set n=2 --why w' 'resolve --discard --why w'; do
		approve $ITEM
		inv-quarantine $command $ITEM > out
		n=$((n + 2))
		[ "$(actions 'verb, json_extract(detail, "$.approval")' | tail -n 1 | cut -d'|' -f 2)" = $((n - 1)) ]
	done
	[ "$(actions verb | paste -sd' ')" = 'approve resubmit approve migrate approve release approve resolve' ]
	[ "$(inv-quarantine show $ITEM | jq -r .state)" = skipped ]
}

@test "resolve --committed takes an approval as well" {
	stored
	approve $ITEM
	inv-quarantine resolve --committed --why 'by hand' $ITEM
	[ "$(inv-quarantine show $ITEM | jq -r .state)" = committed ]
}

# three N RECORD: the stream of run N of three rows, the last being that.
three() {
	run_of "$1" | sed 's/WARNING/CRITICAL/; s/"rows":2/"rows":3/' |
		sed '/"row":2/{p;s/"row":2/"row":3/;s/{"n":"2"}/'"$2"'/}'
}

@test "a row that changes while resubmit waits for --rate is not what was approved: 75" {
	local pid
	three 1 '{"n":"3"}' | inv-quarantine -q > passed
	approver ann
	approve aaaaaaaaaaaa-{1,2,3}
	: > stream
	inv-quarantine resubmit --rate 1/s aaaaaaaaaaaa-{1,2,3} > stream 2> err 3>&- &
	pid=$!
	wait_for grep -q '"row":1' stream
	three 2 '{"n":"other"}' | inv-quarantine -q > passed
	wait $pid || [ $? = 75 ]
	[ "$(cat err)" = 'inv-quarantine: aaaaaaaaaaaa-3: has changed since it was approved' ]
	run ! grep other stream
	run ! grep '"type":"end"' stream
}

@test "SUDO_USER makes another person, whoever sets it" {
	stored
	approve $ITEM
	SUDO_USER=ann run -77 inv-quarantine resubmit $ITEM
	SUDO_USER=bob run -0 inv-quarantine resubmit $ITEM
}

@test "an approval is valid once" {
	stored
	approve $ITEM
	resubmit $ITEM
	run -77 --separate-stderr inv-quarantine resubmit $ITEM
	[ "$stderr" = "$REFUSED" ]
	approve $ITEM
	inv-quarantine fix --set n=3 --why w $ITEM > sheet
	run -77 inv-quarantine fix --set n=4 --why w $ITEM
}

@test "two at once use it once" {
	stored
	approve $ITEM
	local ok=0 pids=() i p
	for i in 1 2 3 4 5 6; do
		inv-quarantine resubmit $ITEM > out.$i 2> err.$i 3>&- &
		pids+=($!) # jobs does not tell of those that are done
	done
	for p in "${pids[@]}"; do
		if wait "$p"; then ok=$((ok + 1)); fi
	done
	tail -n 1 err.*
	[ $ok = 1 ]
	[ "$(actions verb | grep -c resubmit)" = 1 ]
	[ "$(jq -c 'select(.type == "record").row' out.* | wc -l)" = 1 ]
}

@test "an approval is of the row as it is: one that has changed is refused" {
	stored
	approve $ITEM
	run_of 2 '{"n":"other"}' | inv-quarantine -q > passed
	run -77 --separate-stderr inv-quarantine resubmit $ITEM
	[ "$stderr" = "${REFUSED/not approved/the row has changed since it was approved}" ]
	# And where it is again what was approved it goes.
	run_of 3 | inv-quarantine -q > passed
	resubmit $ITEM
}

@test "who approves does not release: the user, or who is behind sudo" {
	stored
	approve $ITEM
	SUDO_USER=ann run -77 --separate-stderr inv-quarantine resubmit $ITEM
	[ "$stderr" = "${REFUSED/not approved/approved by who asks: it takes two persons}" ]
	resubmit $ITEM
	# Without sudo it is the user itself.
	inv-quarantine approve --key ann/audit/key --why 'looked at it' $ITEM
	run -77 inv-quarantine fix --set n=2 --why w $ITEM
	SUDO_USER=bob inv-quarantine resubmit $ITEM > stream
	# Of two approvals the one that is another's counts.
	inv-quarantine approve --key ann/audit/key --why 'looked at it' $ITEM
	approve $ITEM
	SUDO_USER=ann inv-quarantine resubmit $ITEM > stream
}

@test "the key must be that of an approver of this state: 77" {
	stored
	INV_STATE=$PWD/eve inv-audit key new --name eve > /dev/null
	run -77 --separate-stderr inv-quarantine approve --key eve/audit/key --why w $ITEM
	[ "$stderr" = 'inv-quarantine: approvers: has no key eve: whose it is does not approve here' ]
	# Not another key of the same name either.
	rm -r eve
	INV_STATE=$PWD/eve inv-audit key new --name ann > /dev/null
	run -77 inv-quarantine approve --key eve/audit/key --why w $ITEM
	[ "$(actions 'count(*)')" = 0 ]
}

@test "a line with a minus before the key: who has gone approves nothing" {
	stored
	approve $ITEM
	sed -i 's/^/-/' "$INV_STATE/approvers"
	run -77 --separate-stderr inv-quarantine resubmit $ITEM
	[ "$stderr" = "${REFUSED/not approved/its approval is signed by none of the approvers}" ]
	run -77 approve $ITEM
}

@test "empty lines and comments of the file say nothing; a line that is no key is 78" {
	stored
	{ printf '# who may approve\n\n'; sed 's/$/\r/' ann.pub; } > approvers
	install -m 644 approvers "$INV_STATE/approvers"
	approve $ITEM
	echo nonsense >> "$INV_STATE/approvers"
	run -78 --separate-stderr inv-quarantine resubmit $ITEM
	[ "$stderr" = 'inv-quarantine: approvers: line 4: not a key' ]
	run -78 approve $ITEM
	# Not even the key of a witness.
	sed -i '$d' "$INV_STATE/approvers"
	: > "$INV_STATE/approvers"
	run -77 inv-quarantine resubmit $ITEM
}

@test "a file that others may write, or that is none, is 77 and never no file" {
	stored
	approve $ITEM
	chmod g+w "$INV_STATE/approvers"
	run -77 --separate-stderr inv-quarantine resubmit $ITEM
	[ "$stderr" = 'inv-quarantine: approvers: refused: others may write to it' ]
	mv "$INV_STATE/approvers" elsewhere
	ln -s "$PWD/elsewhere" "$INV_STATE/approvers"
	run -77 inv-quarantine resubmit $ITEM
	rm "$INV_STATE/approvers"
	mkdir "$INV_STATE/approvers"
	run -77 inv-quarantine resubmit $ITEM
	[ "$(actions verb)" = approve ]
}

@test "--key and --why must be given; the key is for its owner alone" {
	stored
	run -64 inv-quarantine approve --why w $ITEM
	run -64 inv-quarantine approve --key ann/audit/key $ITEM
	run -64 inv-quarantine approve --key ann/audit/key --why w
	run -64 inv-quarantine approve --key '' --why w $ITEM
	chmod 644 ann/audit/key
	run -77 approve $ITEM
	run -78 inv-quarantine approve --key nowhere --why w $ITEM
	chmod 600 ann.pub
	run -78 inv-quarantine approve --key ann.pub --why w $ITEM
	chmod 600 ann/audit/key
	inv-quarantine approve --key fd:5 --why w $ITEM 5< ann/audit/key
	CREDENTIALS_DIRECTORY=$PWD/ann/audit inv-quarantine approve --key cred:key --why w $ITEM
}

@test "closed items and unknown ones are told, 1; ids come from standard input" {
	stored
	inv-quarantine list --severity CRITICAL | approve -
	resubmit $ITEM
	approve $ITEM
	inv-quarantine resolve --discard --why w $ITEM
	run -1 --separate-stderr approve $ITEM 000000000000-1
	[ "$stderr" = "inv-quarantine: $ITEM: closed: nothing to approve
inv-quarantine: 000000000000-1: no such item" ]
}

@test "what is signed says which action approves which row, its digest, who, when and why" {
	stored
	inv-quarantine show $ITEM | jq -cj .record | sha256sum | cut -c 1-64 > digest
	approve $ITEM
	inv-quarantine show $ITEM | jq '.actions[0]' > action
	jq -r .detail.note action > note
	[ "$(sed -n 1p note)" = 'inv-quarantine approval' ]
	sed -n 2p note | jq -e --arg d "$(cat digest)" --arg m "$M" --arg at "$(jq -r .at action)" '
		. == {action:1,approves:"release",item:"aaaaaaaaaaaa-1",manifest:$m,submission:1,
			row:1,content_sha256:$d,at:$at,user:"'"$(id -un)"'",login:"ann",why:"looked at it"}'
	[ "$(jq -r '[.detail.approves, .detail.content_sha256] | @tsv' action)" = "release	$(cat digest)" ]
	# The signature is one of Ed25519 over the text.
	sed -n 1,2p note > text
	grep '^— ann ' note | cut -d' ' -f 3 | base64 -d | tail -c 64 > signature
	{ printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00'
		cut -d+ -f 3- ann.pub | base64 -d | tail -c 32; } |
		openssl pkey -pubin -inform DER -out key.pem
	openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in text -sigfile signature
}

@test "a reason of quotes, newlines, markup and bidi controls is signed as it is" {
	stored
	why=$'"why"\n\nmanifest — ann x\n<b>\e[31m\u202egpj\u0001\\'
	SUDO_USER=ann inv-quarantine approve --key ann/audit/key --why "$why" $ITEM
	[ "$(inv-quarantine show $ITEM | jq -r '.actions[0].detail.note' | sed -n 2p | jq -r .why)" = "$why" ]
	resubmit $ITEM
	# So is a name of such, and a record.
	run_of 2 '{"n\n\u202e<b>\u0000":"\u001b[31m\n\n\u2014 ann x"}' | inv-quarantine -q > passed
	SUDO_USER=$'a\n\n\u202eb' inv-quarantine approve --key ann/audit/key --why "$why" $ITEM
	[ "$(inv-quarantine show $ITEM | jq -r '.actions[-1].detail.note' | sed -n 2p | jq -r .login)" = $'a\n\n\u202eb' ]
	SUDO_USER=$'a\n\n\u202eb' run -77 --separate-stderr inv-quarantine resubmit $ITEM
	[ "$(wc -l <<< "$stderr")" = 1 ]
	resubmit $ITEM
	inv-audit in > /dev/null
	inv-audit verify
	# The longest one, of what takes most room.
	SUDO_USER=ann inv-quarantine approve --key ann/audit/key --why "$(printf '\001%.0s' {1..4096})" $ITEM
	resubmit $ITEM
}

@test "what was changed in an approval makes it none" {
	stored
	approve $ITEM
	cp "$DB" good.db
	for change in "why = 'other'" "at = at + 1" "user = 'bob'" "login = 'bob'" "number = 7" \
		"manifest = '${M//a/b}'" "submission = 2" "row = 2" \
		"detail = json_set(detail, '$.note', replace(json_extract(detail, '$.note'), '— ann ', '— ann A'))" \
		"detail = json_set(detail, '$.note', replace(json_extract(detail, '$.note'), 'looked', 'Looked'))" \
		"detail = json_set(detail, '$.content_sha256', '${M//a/c}')" "detail = '{}'"; do
		cp good.db "$DB"
		tamper "UPDATE action SET $change"
		run -77 --separate-stderr inv-quarantine resubmit $ITEM
		[ "$stderr" = "${REFUSED/not approved/its approval is signed by none of the approvers}" ]
	done
	# Nor is it one of another item, or a second time.
	cp good.db "$DB"
	tamper "UPDATE action SET item = 'aaaaaaaaaaaa-2'"
	run -77 inv-quarantine resubmit $ITEM
	cp good.db "$DB"
	resubmit $ITEM
	tamper "INSERT INTO action SELECT 3, at, verb, item, manifest, submission, row, user, login, why, detail FROM action WHERE number = 1"
	run -77 inv-quarantine resubmit $ITEM
}

@test "inv-audit takes approvals in, and verify checks their signatures" {
	stored
	approve $ITEM
	resubmit $ITEM
	inv-audit in > /dev/null
	jq -c 'select(.type == "action") | [.verb, .login, .detail.approval]' "$INV_STATE/audit/log.ndjson" > log
	[ "$(paste -sd' ' log)" = '["approve","ann",null] ["resubmit",null,1]' ]
	inv-audit verify | jq -e '.actions == 2'
	inv-audit export --format ecs | jq -r .event.action | grep -Fx action-approve
	inv-audit report "$M" --text page || [ $? = 1 ]
	grep -q approve page
	# Who has gone has signed all the same.
	sed -i 's/^/-/' "$INV_STATE/approvers"
	inv-audit verify
	: > "$INV_STATE/approvers"
	run -1 --separate-stderr inv-audit verify
	[[ $stderr = *'action 1: an approval that none of the approvers has signed'* ]]
	rm "$INV_STATE/approvers"
	run -1 inv-audit verify
	echo nonsense > "$INV_STATE/approvers"
	run -78 inv-audit verify
}

# forged SQL: the same, where the quarantine was written to by other means
# before the log took it in.
forged() {
	rm -rf "$INV_STATE/audit"
	cp good.db "$DB"
	tamper "$1"
	inv-audit in > /dev/null
	run -1 --separate-stderr inv-audit verify
}

@test "verify finds what was released by no approval, by one of another, or by a used one" {
	stored
	approve $ITEM
	resubmit $ITEM
	cp "$DB" good.db
	forged "UPDATE action SET detail = json_set(detail, '$.approval', 9) WHERE number = 2"
	[[ $stderr = *'action 2: action 9 does not approve it'* ]]
	forged "UPDATE action SET item = 'aaaaaaaaaaaa-2' WHERE number = 2"
	[[ $stderr = *'action 2: action 1 does not approve it'* ]]
	forged "UPDATE action SET login = 'ann' WHERE number = 2"
	[[ $stderr = *'action 2: action 1 does not approve it, as it is by the same person'* ]]
	forged "INSERT INTO action SELECT 3, at, verb, item, manifest, submission, row, user, login, why, detail FROM action WHERE number = 2"
	[[ $stderr = *'action 3: action 1 does not approve it'* ]]
	forged "UPDATE action SET why = 'other' WHERE number = 1"
	[[ $stderr = *'action 1: an approval that none of the approvers has signed'* ]]
}

@test "a correction that was approved closes its item in the pipe" {
	export INV_SCHEMA=inventory
	echo asset_id,grant_code,description,quantity,location_code,acquired_on > m.csv
	echo LAB-000001,NIH-R01-7,Pipette tips,-3,BLDG12-RM304-CAB2,2026-03-14 >> m.csv
	inv-split -q m.csv | inv-validate -q |
		jq -c 'if .errors then .errors[0].severity = "CRITICAL" else . end' |
		inv-quarantine -q > run
	approver ann
	item=$(inv-quarantine list | jq -r .item)
	run -77 inv-quarantine fix --set quantity=3 --why counted "$item"
	approve "$item"
	inv-quarantine fix --set quantity=3 --why counted "$item" > fix.csv
	inv-split -q fix.csv | inv-validate -q | inv-dedup -q | inv-commit -q | inv-quarantine -q | inv-audit > summary
	[ "$(inv-quarantine show "$item" | jq -r .state)" = committed ]
	[ "$(actions verb | paste -sd' ')" = 'approve release fix' ]
	inv-audit verify
}

# closed: what stored has left is closed, and so is its item.
closed() {
	stored
	approve $ITEM
	inv-quarantine resolve --discard --why w $ITEM
}
purge() { inv-quarantine purge --older-than 0s --why w "$@"; }

@test "purge takes an approval of its own, also of a closed item" {
	closed
	run -77 --separate-stderr purge --yes
	[ "${stderr_lines[0]}" = "${REFUSED/--key/--purge --key}" ]
	[ "${stderr_lines[1]}" = 'inv-quarantine: 0 purged' ]
	# What would be refused is said before.
	run -77 --separate-stderr purge
	[ "${stderr_lines[0]}" = "${REFUSED/--key/--purge --key}" ]
	run -1 approve $ITEM
	approve --purge $ITEM
	purge
	purge --yes
	inv-quarantine show $ITEM | jq -e '.purged_at and (.actions[-1].detail.approval == 3)'
	inv-audit in > /dev/null
	inv-audit verify
}

@test "an approval of one is none of the other" {
	stored
	approve --purge $ITEM
	[ "$(inv-quarantine show $ITEM | jq -r '.actions[0].detail.approves')" = purge ]
	run -77 --separate-stderr inv-quarantine resubmit $ITEM
	[ "$stderr" = "$REFUSED" ]
	# Whatever is done uses both up.
	approve $ITEM
	resubmit $ITEM
	approve $ITEM
	run -77 purge --state open --severity CRITICAL --yes
	resubmit $ITEM
}

@test "verify finds a purge by an approval of release" {
	closed
	approve --purge $ITEM
	purge --yes
	cp "$DB" good.db
	forged "UPDATE action SET detail = json_set(detail, '$.approval', 1) WHERE verb = 'purge'"
	[[ $stderr = *'action 1 does not approve it'* ]]
	forged "UPDATE action SET verb = 'resubmit' WHERE verb = 'purge'"
	[[ $stderr = *'action 3 does not approve it'* ]]
}

@test "who approves does not purge" {
	closed
	approve --purge $ITEM
	SUDO_USER=ann run -77 purge --yes
	purge --yes
}

@test "an approval for which there is no room is told, 74, and is none" {
	needs_strace
	stored
	cp -a "$INV_STATE" before
	for ((n = 1; n < 40; n++)); do
		rm -rf "$INV_STATE"
		cp -a before "$INV_STATE"
		rc=0
		SUDO_USER=ann strace -f -o /dev/null -e inject=pwrite64:error=ENOSPC:when=$n+ \
			inv-quarantine approve --key ann/audit/key --why w $ITEM 2> err || rc=$?
		[ $rc != 0 ] || break
		[ $rc = 74 ]
		grep -q 'quarantine.db: ' err
		run -77 inv-quarantine resubmit $ITEM
		# And as soon as there is room it is one.
		approve $ITEM
		resubmit $ITEM
	done
	[ $n -gt 3 ]
}

@test "killed at any write, an approval is there or not, and used or not" {
	needs_strace
	stored
	approve $ITEM
	cp -a "$INV_STATE" before
	calls=pwrite64,write,fsync,fdatasync,ftruncate,unlink
	for ((n = 1; n < 60; n++)); do
		rm -rf "$INV_STATE"
		cp -a before "$INV_STATE"
		rc=0
		strace -f -o /dev/null -e inject=$calls:signal=KILL:when=$n \
			inv-quarantine resubmit $ITEM > out 2> err || rc=$?
		# A row has left only where its approval is used up.
		case $(actions verb | paste -sd' ') in
		approve) [ "$(grep -c '"row":1' out)" = 0 ] ;;
		'approve resubmit') run -77 inv-quarantine resubmit $ITEM ;;
		*) false ;;
		esac
		[ $rc != 0 ] || break
	done
	[ $n -gt 5 ]
}
