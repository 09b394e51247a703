#!/usr/bin/env bats
# audit-export.bats - inv-audit export: the log as events for a SIEM

load lib
load audit

# A log with all kinds of entries.
all_kinds() {
	committed_six
	intent b '[[2,2]]' 9
	outcome b '[[2,2]]' 9 refused
	outcome b '[[3,3]]' 6 open
	six | inv-audit -q > /dev/null
	other > other
	inv-audit -q other > /dev/null || true
	inv-quarantine -q other > /dev/null
	SUDO_USER='ann=e|\' inv-quarantine resolve --discard \
		--why $'an "old" tag\nof 3=4' "$(id b | cut -c 1-12)-1" > /dev/null
	inv-audit -q < /dev/null > /dev/null || true
}

other() {
	manifest b 2222222222222222
	stage inv-split
	row b 1 "$(verdict quarantined inv-validate schema_violation)"
	row b 2 "$(verdict held inv-commit systemic)"
	row b 3 "$(verdict ambiguous inv-commit timeout)"
	row b 4
	end b 4
}

siem() { # FORM
	inv-audit export --format "$1" > "out.$1"
	"$ROOT/tests/helper/siem" "$1" "$LOG" < "out.$1"
}

@test "each entry is one event with published ECS fields, types and words" {
	all_kinds
	siem ecs
	[ "$(jq -r .event.action out.ecs | sort -u | paste -sd ' ')" = \
		'action-resolve batch-committed batch-open batch-refused end manifest stage verdict-ambiguous verdict-held verdict-pending verdict-quarantined verdict-skipped' ]
	jq -es 'all(.ecs.version == "9.1.0" and .event.module == "inv")' out.ecs
}

@test "an event says whether it went well, and how bad it was if not" {
	all_kinds
	siem ecs
	jq -r '[.event.action, .event.outcome, .event.severity] | @tsv' out.ecs |
		sort -u | tr '\t' ' ' > got
	diff - got <<- 'EOT'
		action-resolve success 3
		batch-committed success 2
		batch-open unknown 4
		batch-refused failure 6
		end success 2
		end unknown 4
		manifest success 1
		stage success 1
		verdict-ambiguous unknown 4
		verdict-held unknown 4
		verdict-pending unknown 4
		verdict-quarantined failure 6
		verdict-skipped success 2
	EOT
	# An end that is incomplete has failed.
	manifest c 4444444444444444 | inv-audit -q > /dev/null || true
	inv-audit export --format ecs | tail -n 1 |
		jq -e '.event | .action == "end" and .outcome == "failure" and .severity == 8'
}

@test "an event has the original entry and the hash that the next one carries" {
	all_kinds
	siem ecs
	diff <(jq -r .event.original out.ecs) "$LOG"
	diff <(jq -r .event.hash out.ecs | sed '$d') \
		<(jq -r .prev "$LOG" | sed 1d)
}

@test "ECS events have manifest, answer, person and labels" {
	all_kinds
	siem ecs
	jq -es --arg id "$(id a)" '.[] | select(.event.action == "manifest" and
		.file.hash.sha256 == $id) | .file.name == "a.csv"' out.ecs
	jq -es 'map(select(.event.action == "batch-committed")) |
		.[0] | .http.response.status_code == 200 and
		.event.duration == 3000000 and .labels.rows == "3" and
		.labels.evidence == "receipt" and
		(.labels.idempotency_key | startswith("7777"))' out.ecs
	jq -es 'map(select(.event.action == "verdict-quarantined")) |
		.[0] | .event.reason == "schema_violation" and
		.file.name == "a.csv" and .labels.stage == "inv-validate" and
		.message == "row 3: quarantined by inv-validate: schema_violation"' out.ecs
	jq -es --arg me "$(me)" 'map(select(.event.action == "action-resolve")) |
		.[0] | .user == {name: "ann=e|\\", effective: {name: $me}} and
		.event.reason == "an \"old\" tag\nof 3=4"' out.ecs
}

# The test's id() would hide id(1).
me() {
	command id -un
}

@test "each entry is one line that a reader of CEF understands" {
	all_kinds
	siem cef > read
	[ "$(wc -l < read)" = "$(wc -l < "$LOG")" ]
	[ "$(grep -c '^CEF:0|inv|inv-audit|' out.cef)" = "$(wc -l < "$LOG")" ]
	grep -q "^CEF:0|inv|inv-audit|[^|]*|verdict-quarantined|verdict-quarantined|6|rt=[0-9]*000 externalId=" out.cef
}

@test "CEF values come out of their escapes as they went in" {
	all_kinds
	siem cef > read
	jq -es --arg me "$(me)" 'map(select(.act == "resolve")) | .[0] |
		.suser == "ann=e|\\" and .duser == $me and
		.reason == "an \"old\" tag\nof 3=4" and .cs6Label == "item"' read
	jq -es 'map(select(.act == "committed")) | .[0] |
		.cn1 == "3" and .cn1Label == "rows" and .cn2 == "200" and
		.cs3Label == "batchHash" and .outcome == "success"' read
	jq -es 'map(select(.fname == "a.csv")) | length == 6' read
	grep -q 'suser=ann\\=e|\\\\ ' out.cef
	grep -q 'reason=an "old" tag\\nof 3\\=4 ' out.cef
}

@test "the time of a CEF event is that of the entry, in milliseconds" {
	all_kinds
	siem cef > read
	[ "$(jq -r '.rt | tonumber / 1000' read)" = \
		"$(jq -r '.time | fromdate' "$LOG")" ]
}

@test "a nasty manifest's name breaks neither form" {
	local name=$'=cmd|\' /C calc\'!A0|<script>\e[2J\e]0;x\a\r\nCEF:0|x|\u202e\u200b\\=\ttext'
	printf 'a\n1\n' > "$(printf n.csv)"
	inv-split -q n.csv |
		jq -c --arg n "$name" 'if .type == "manifest" then .name = $n + "\u0000" else . end' > in
	inv-audit -q in > /dev/null || true
	siem ecs
	jq -es --arg n "$name" 'map(.file.name // empty) | all(. == $n + "\u0000") and length > 2' out.ecs
	siem cef > read
	jq -es 'map(.fname // empty) | length > 2 and all(
		startswith("=cmd|'\'' /C calc'\''!A0|<script>[U+001B][2J[U+001B]]0;x[U+0007]\r\nCEF:0|x|[U+202E][U+200B]\\=[U+0009]text[U+0000]"))' read
}

# A log with every naughty string as the name of a manifest, and as a reason.
naughty_log() {
	corpus naughty-strings
	"$ROOT/tests/helper/nasty" make
	jq -c --arg id "$(id b)" '.s as $s |
		("0000000000000000" + .id | .[-16:]) as $run |
		{type: "manifest", v: 1, manifest: $id, run: $run, name: $s,
			format: "csv", arrival: 1, submission: 1},
		{type: "record", manifest: $id[:32], row: 1, line: 2, chunk: 0,
			record: {}, verdict: "quarantined", stage: "s",
			reason: (if $s == "" then "x" else $s[:200] end)},
		{type: "end", manifest: $id, rows: 1, bytes: 1,
			counts: {pending: 0}}' n.ndjson > in
	inv-audit -q in > /dev/null || true
	[ "$(wc -l < "$LOG")" -gt 100 ]
}

@test "every naughty string goes through both forms" {
	naughty_log
	siem ecs
	siem cef > read
}

# What rsyslog's reader of CEF makes of the events, beside ours.  It takes one
# character behind the header for the blank that others write there.
lognorm() { # each line as its extensions, in the order of keys
	command -v lognormalizer > /dev/null || skip "no lognormalizer here"
	printf 'version=2\nrule=:%%event:cef%%\n' > rulebase
	sed -E 's/^(CEF:0([|]([^|\\]|\\.)*){6}[|])/\1 /' out.cef |
		lognormalizer -r rulebase -e json | jq -cS .event.Extensions
}

@test "liblognorm reads each CEF event as it is" {
	all_kinds
	siem cef > read
	lognorm > theirs
	jq -cS . read | cmp - theirs
}

@test "liblognorm reads every naughty string" {
	command -v lognormalizer > /dev/null || skip "no lognormalizer here"
	naughty_log
	siem cef > read
	lognorm > theirs
	jq -cS . read | cmp - theirs
}

@test "an entry longer than 1 MiB is told without its original" {
	manifest a | jq -c '.columns = [range(100000) | "column \(.)"]' > in
	end a 0 >> in
	inv-audit -q in > /dev/null || true
	inv-audit export --format ecs | head -n 1 |
		jq -e '.event | has("hash") and (has("original") | not)'
	inv-audit export --format ecs | tail -n 1 | jq -e '.event | has("original")'
}

@test "--since goes on behind an entry, and nothing is told twice or left out" {
	local form n
	all_kinds
	n=$(wc -l < "$LOG")
	for form in ecs cef; do
		inv-audit export --format $form > all
		inv-audit export --format $form --since 0 | cmp - all
		inv-audit export --format $form --since 5 | cmp - <(tail -n +6 all)
		inv-audit export --format $form --since $((n - 1)) | cmp - <(tail -n 1 all)
		run -0 inv-audit export --format $form --since "$n"
		[ -z "$output" ]
	done
	# From the number that the last event had.
	inv-audit export --format ecs | jq .event.sequence | tail -n 1 > last
	{ manifest c; end c 0; } | inv-audit -q > /dev/null
	inv-audit export --format ecs --since "$(cat last)" > out
	[ "$(jq -r .event.action out | paste -sd ' ')" = 'manifest end' ]
}

@test "a number that the log does not have is 1, one that is none 64" {
	all_kinds
	run -1 inv-audit export --format ecs --since 1000
	[ "$output" = "inv-audit: audit/log.ndjson: $(wc -l < "$LOG") entries, there is no entry 1000: it is another log, or its end was cut off" ]
	rm -r "$INV_STATE/audit"
	run -1 inv-audit export --format ecs --since 1
	run -0 inv-audit export --format ecs --since 0
	run -64 inv-audit export --format ecs --since yesterday
	[[ $output = *'--since: "yesterday": not the number of an entry'* ]]
	run -64 inv-audit export --format ecs --since -1
}

@test "what stands before damage is exported, and the damage told" {
	all_kinds
	sed -i '4s/200/201/' "$LOG"
	run -74 --separate-stderr inv-audit export --format ecs
	[ "${#lines[@]}" = 4 ]
	[[ $stderr = *'audit/log.ndjson: line 4'* ]]
}

@test "a log that is none gives no event, and no state is 66" {
	run -66 inv-audit export --format cef
	mkdir -m 700 "$INV_STATE"
	run -0 inv-audit export --format cef
	[ -z "$output" ]
}

@test "no form, or another, is 64" {
	run -64 inv-audit export
	run -64 inv-audit export --format leef
	run -64 inv-audit export --format ecs x
	run -64 inv-audit find x --format ecs
}

@test "a full disk is 74" {
	all_kinds
	run -74 sh -c 'inv-audit export --format ecs > /dev/full'
	run -74 sh -c 'inv-audit export --format cef > /dev/full'
}
