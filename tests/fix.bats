#!/usr/bin/env bats
# fix.bats - rows that correct items, from export to the closed item

load lib

prepare() {
	set -o pipefail
	export INV_SCHEMA=inventory
	HEADER=asset_id,grant_code,description,quantity,location_code,acquired_on
}

teardown() {
	stop_ledger
}

row() { echo "LAB-$1,NIH-R01-7,${3:-Pipette tips},$2,BLDG12-RM304-CAB2,2026-03-14"; }

# sheet ROW...: a manifest; each ROW is the arguments of row.
sheet() {
	local r
	echo "$HEADER"
	for r; do
		IFS=' ' read -r a b c <<< "$r"
		row "$a" "$b" "$c"
	done
}

# through FILE...: the whole pipe; its stream is in `run`.
through() {
	inv-split -q "$@" | inv-validate -q | inv-dedup -q | inv-commit -q | tee run |
		inv-quarantine -q | inv-audit > summary
}

open_ids() { inv-quarantine list | jq -r .item | sort | paste -sd' '; }
item() { inv-quarantine list --state all --manifest "$1" | jq -r "select(.row == $2).item"; }
ledger() { inv-ledger -q --db "$INV_STATE/embedded/ledger.db" --export records; }
# quantity ASSET: what the ledger has.
quantity() { ledger | jq -r "select(.asset_id == \"LAB-$1\").quantity"; }
state_of() { inv-quarantine show "$1" | jq -r .state; }
fixes() { inv-quarantine show "$1" | jq -c '.actions | map(select(.verb == "fix"))[]'; }

# corrected ID CELLS... < m.csv: the header and a row for each pair of an id
# and the row's cells.
corrected() {
	echo "$HEADER,inv:item,inv:why"
	while [ $# -gt 0 ]; do
		echo "$2,$1,typing error"
		shift 2
	done
}

@test "an exported sheet comes back, and each row closes its item" {
	cp "$ROOT/examples/manifests/q3-chemistry.csv" q3.csv
	through q3.csv || [ $? = 75 ]
	inv-quarantine export --csv > out.csv
	n=$(inv-quarantine list | wc -l)
	[ "$n" -gt 50 ]
	python3 - <<-'EOF'
	import csv
	rows = list(csv.DictReader(open("out.csv", encoding="utf-8-sig")))
	out = csv.DictWriter(open("fixed.csv", "w", encoding="utf-8-sig", newline=""), rows[0].keys())
	out.writeheader()
	for r in rows:
	    r.update(asset_id="MEND-%06d" % int(r["inv:row"]), grant_code="NSF-CHE-2104567",
	        description='=A1+"x"', quantity="3", location_code="BLDG4-RM100-CAB5",
	        acquired_on="2024-02-14")
	    r["inv:why"] = "wrong in row " + r["inv:row"]
	    out.writerow(r)
	EOF
	through fixed.csv
	jq -e '.complete and .counts.committed == '"$n" summary
	[ "$(open_ids)" = "" ]
	[ "$(ledger | jq -c 'select(.asset_id[:5] == "MEND-" and .description == "=A1+\"x\"" and
		(keys | join(",")) == "acquired_on,asset_id,description,grant_code,location_code,quantity")' | wc -l)" = "$n" ]
	inv-quarantine list --state closed | inv-quarantine show - | jq -se 'all(.state == "committed" and
		(.history[-1].more.resolved_by.manifest == $m) and
		(.actions[0] | .verb == "fix" and .user == $user and (.why | startswith("wrong in row"))))' \
		--arg m "$(jq -r 'select(.type == "end").manifest' run)" --arg user "$(id -un)"
	inv-audit verify > /dev/null
	# A second time changes nothing.
	inv-quarantine list --state all | inv-quarantine show - > before
	through fixed.csv
	inv-quarantine list --state all | inv-quarantine show - | diff before -
	jq -e '.counts.skipped == '"$n" summary
	# Nor does the manifest with its mistakes.
	through q3.csv || [ $? = 75 ]
	[ "$(open_ids)" = "" ]
}

@test "the patch is what differs from the record as it came" {
	sheet '1 -3' > m.csv
	through m.csv
	corrected "$(item m.csv 1)" "$(row 1 3 'Other ~/tips')" > fix.csv
	SUDO_USER=ann through fix.csv
	fixes "$(item m.csv 1)" | jq -e '.login == "ann" and .why == "typing error" and
		(.detail | .resolved_by == {manifest: $m, row: 1} and .patch == [
			{op: "replace", path: "/description", was: "Pipette tips", value: "Other ~/tips"},
			{op: "replace", path: "/quantity", was: "-3", value: 3}])' \
		--arg m "$(sha256sum < fix.csv | cut -c 1-64)"
	[ "$(jq -c 'select(.type == "batch").items' run)" = \
		"[{\"row\":1,\"item\":\"$(item m.csv 1)\",\"why\":\"typing error\",\"record\":$(ledger)}]" ]
}

@test "columns of ours are no part of the record, nor of the manifest's columns" {
	sheet '1 -3' > m.csv
	through m.csv
	corrected "$(item m.csv 1)" "$(row 1 3)" > fix.csv
	inv-split -q fix.csv > out
	[ "$(jq -r 'select(.type == "manifest").columns | join(",")' out)" = "$HEADER" ]
	jq -se '.[1] | .item == $id and .why == "typing error" and (.record | keys | length == 6)' \
		--arg id "$(item m.csv 1)" out
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
	printf 'a,inv:why\n1,2\n' | inv-split -q | jq -se '.[1].record == {a: "1", "inv:why": "2"}'
	printf 'a,inv:item\n1,\n' | inv-split -q | jq -se '.[1] | .record == {a: "1"} and .item == null and .verdict == null'
	printf '{"a":[1],"inv:item":"%s","inv:why":"x\\ny"}\n' "$(item m.csv 1)" | inv-split -q |
		jq -se '.[1] | .record == {a: [1]} and .item == $id and .why == "x\ny"' --arg id "$(item m.csv 1)"
}

@test "a sheet with other characters between its cells is refused whole" {
	printf 'a^inv:item\n1^x\n' > fix.csv
	run -65 --separate-stderr inv-split -q fix.csv
	[ "$stderr" = "inv-split: fix.csv: line 1: header: inv:item is a part of the name of column 1 (another character between cells needs -d)" ]
	[ "$(jq -r 'select(.type == "end").refused.reason' <<< "$output")" = bad_header ]
	inv-split -q -d ^ fix.csv | jq -se '.[1].reason == "item_refused"'
	printf 'a;inv:item\n1;x\n' > fix.csv
	inv-split -q fix.csv | jq -se '.[1].reason == "item_refused"'
}

@test "the apostrophe of a cell is taken off, where it was given" {
	sheet '1 -3' > m.csv
	through m.csv
	id=$(item m.csv 1)
	printf "a,b,c,d,inv:item\n'=1,''-x,'tis,''',%s\n" "$id" | inv-split -q |
		jq -se '.[1].record == {a: "=1", b: "'\''-x", c: "'\''tis", d: "'\'\'\''"}'
	printf "'=a,inv:item\n1,\n" | inv-split -q | jq -se '.[1].record == {"=a": "1"}'
	printf "a\n'=1\n" | inv-split -q | jq -se '.[1].record == {a: "'\''=1"}'
}

@test "an empty cell for which the item has no member is left out" {
	sheet '1 -3' > m.csv
	through m.csv
	id=$(item m.csv 1)
	printf 'asset_id,quantity,other,some,inv:item\nLAB-1,,,x,%s\nLAB-2,,,x,\n' "$id" | inv-split -q |
		jq -se '.[1].record == {asset_id: "LAB-1", quantity: "", some: "x"} and
			.[2].record == {asset_id: "LAB-2", quantity: "", other: "", some: "x"}'
}

# The errors of each row that was quarantined: ROW TYPE.
refusals() { jq -r 'select(.verdict == "quarantined") | "\(.row) \(.reason) \(.errors[0].type) \(.errors[0].msg)"' run; }

@test "ids that are no item, and items that are closed or corrected twice, cost their row alone" {
	sheet '1 -3' '2 -3' '3 -3' > m.csv
	printf 'x\n' >> m.csv
	through m.csv
	inv-quarantine resolve --discard --why 'thrown away' "$(item m.csv 2)"
	a=$(item m.csv 1)
	corrected "$a" "$(row 1 1)" "$a" "$(row 1 2)" "$(item m.csv 2)" "$(row 2 2)" \
		000000000000-1 "$(row 4 4)" nonsense "$(row 5 5)" "$(item m.csv 3)" "$(row 3 3)" > fix.csv
	printf 'LAB-9,NIH-R01-7,x,1,BLDG12-RM304-CAB2,2026-03-14,%s,%s\n' "$(item m.csv 4)" \
		"$(printf 'y%.0s' {1..4097})" >> fix.csv
	run -0 --separate-stderr inv-split -q fix.csv
	run -0 --separate-stderr inv-split fix.csv
	grep -Fx 'inv-split: fix.csv:3: inv:item is none that it could correct, as in 5 of 7 rows' <<< "$stderr"
	through fix.csv
	[ "$(refusals)" = '2 item_refused item_twice row 1 corrects it as well
3 item_refused item_closed was closed before: skipped
4 item_refused item_unknown there is no such item
5 item_refused item_unknown is not the id of an item
7 item_refused why_too_long inv:why is longer than 4096 bytes' ]
	[ "$(quantity 1) $(quantity 3)" = '1 3' ]
	[ "$(state_of "$a") $(state_of "$(item m.csv 3)")" = 'committed committed' ]
	# Nothing of them is lost: they are items themselves.
	f=$(sha256sum < fix.csv | cut -c 1-12)
	[ "$(open_ids)" = "$(printf '%s\n' "$(item m.csv 4)" $f-{2,3,4,5,7} | sort | paste -sd' ')" ]
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < run
}

@test "a sheet can be gone on with: rows that are right already are skipped" {
	sheet '1 -3' '2 -3' '3 -3' > m.csv
	through m.csv
	inv-quarantine export --csv > fix.csv
	sed -i "2s/'-3/3/" fix.csv
	through fix.csv
	[ "$(open_ids)" = "$(item m.csv 2) $(item m.csv 3)" ]
	inv-quarantine show "$(item m.csv 1)" | jq -e '.record.quantity == 3 and .history[0].record.quantity == "-3"'
	sed -i "3s/'-3/4/" fix.csv
	through fix.csv
	[ "$(jq -r 'select(.type == "record") | "\(.row) \(.reason)"' run | sort)" = $'1 already_committed\n3 schema_violation' ]
	[ "$(open_ids)" = "$(item m.csv 3)" ]
	[ "$(fixes "$(item m.csv 1)" | wc -l)" = 1 ]
	# What was committed is not corrected again.
	sed -i '2s/"3"/5/' fix.csv
	through fix.csv
	refusals | grep -Fx '1 item_refused item_closed was closed before: committed'
	[ "$(quantity 1)" = 3 ]
}

@test "a line without a row can not be corrected" {
	sheet '1 1' > m.csv
	through m.csv
	inv-split -q m.csv | sed '2i nonsense' | inv-quarantine -q > /dev/null
	corrected "$(inv-quarantine list --reason malformed_line | jq -r .item)" "$(row 1 2)" > fix.csv
	through fix.csv
	[ "$(refusals)" = '1 item_refused item_unknown is a line without a row: correct its manifest' ]
}

@test "a malformed row is corrected by the record that it should have been" {
	sheet '1 1' > m.csv
	echo 'LAB-2,NIH-R01-7,5' >> m.csv
	through m.csv
	inv-quarantine export --csv > out.csv
	corrected "$(item m.csv 2)" "$(row 2 5)" > fix.csv
	through fix.csv
	[ "$(quantity 2)" = 5 ]
	[ "$(open_ids)" = "" ]
	fixes "$(item m.csv 2)" | jq -e '.detail.patch | length == 6 and all(.op == "add")'
}

@test "a correction that fails is the item's last failure, and no item of its own" {
	sheet '1 -3' > m.csv
	through m.csv
	id=$(item m.csv 1)
	corrected "$id" "$(row 1 -4)" > fix.csv
	through fix.csv
	[ "$(open_ids)" = "$id" ]
	inv-quarantine show "$id" | jq -e '.failures == 2 and .name == "m.csv" and .record.quantity == "-4" and
		.more.corrected_by == {manifest: $m, row: 1} and .more.why == "typing error" and
		.history[0].record.quantity == "-3"' --arg m "$(sha256sum < fix.csv | cut -c 1-64)"
	inv-quarantine export --csv | grep -F "'-4"
	inv-quarantine list --manifest fix.csv | jq -e '.item == $id' --arg id "$id"
	run -1 --separate-stderr inv-quarantine resubmit "$id"
	[ "$stderr" = "inv-quarantine: $id: was corrected, and that failed: run its correction again, or correct it anew" ]
	# The second attempt is of another sheet.
	corrected "$id" "$(row 1 4)" > fix2.csv
	through fix2.csv
	[ "$(state_of "$id") $(quantity 1)" = 'committed 4' ]
	fixes "$id" | jq -e '.detail.patch == [{op: "replace", path: "/quantity", was: "-3", value: 4}]'
}

@test "a correction does not undo what arrived later, and its item stays open" {
	sheet '1 -3' > m.csv
	through m.csv
	sheet '1 7' > later.csv
	through later.csv
	id=$(item m.csv 1)
	corrected "$id" "$(row 1 3)" > fix.csv
	through fix.csv
	[ "$(jq -r 'select(.row == 1).reason' run)" = superseded ]
	[ "$(quantity 1) $(open_ids)" = "7 $id" ]
	fixes "$id" | jq -e '.detail.superseded == {manifest: $m, row: 1} and .why == "typing error"' \
		--arg m "$(sha256sum < later.csv | cut -c 1-32)"
	through fix.csv
	[ "$(fixes "$id" | wc -l)" = 1 ]
	# The same content as the later one closes it.
	corrected "$id" "$(row 1 7)" > same.csv
	through same.csv
	[ "$(state_of "$id")" = committed ]
}

@test "with --force it undoes what arrived later, but not what arrives behind its sheet" {
	sheet '1 -3' > m.csv
	through m.csv
	sheet '1 7' > later.csv
	through later.csv
	id=$(item m.csv 1)
	corrected "$id" "$(row 1 3)" > fix.csv
	through fix.csv
	[ "$(quantity 1) $(open_ids)" = "7 $id" ]
	inv-split -q --force fix.csv > stream
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < stream
	jq -se '.[1].force == true' stream
	inv-validate -q stream | inv-commit -q | inv-quarantine -q > /dev/null
	[ "$(quantity 1) $(open_ids)" = "3 " ]
	fixes "$id" | tail -n 1 | jq -e '.detail.patch | length == 1'
	# The manifest between them is older than the sheet now.
	through later.csv
	[ "$(quantity 1)" = 3 ]
	sheet '1 8' > last.csv
	through last.csv
	inv-split -q --force fix.csv | inv-validate -q | inv-commit -q > /dev/null
	[ "$(quantity 1)" = 8 ]
	# Rows that correct nothing are as they are.
	inv-split -q --force last.csv | jq -se '.[1] | has("force") | not'
}

@test "a correction does not undo a later row of its manifest" {
	sheet '1 -3' '1 7' > m.csv
	through m.csv
	id=$(item m.csv 1)
	corrected "$id" "$(row 1 3)" > fix.csv
	through fix.csv
	[ "$(jq -c 'select(.reason == "superseded").of.row' run)" = 2 ]
	[ "$(quantity 1) $(open_ids)" = "7 $id" ]
}

@test "what is corrected has the place of the item, not of the sheet" {
	sheet '1 -3' > monday.csv
	sheet '1 -5' > tuesday.csv
	through monday.csv tuesday.csv
	corrected "$(item tuesday.csv 1)" "$(row 1 5)" > fix2.csv
	corrected "$(item monday.csv 1)" "$(row 1 3)" > fix1.csv
	# Monday's first, then Tuesday's, which is newer.
	through fix1.csv
	through fix2.csv
	[ "$(quantity 1) $(open_ids)" = '5 ' ]
	# A new correction of Monday's row is older than that.
	sheet '2 -3' > more.csv
	sheet '2 7' > between.csv
	through more.csv between.csv
	corrected "$(item more.csv 1)" "$(row 2 3)" > fix3.csv
	through fix3.csv
	[ "$(quantity 2)" = 7 ]
	# Nor does it stand in the way of a manifest that arrived between it and its sheet.
	sheet '3 -3' > m3.csv
	through m3.csv
	sheet '3 9' > late.csv
	inv-split -q late.csv > late
	corrected "$(item m3.csv 1)" "$(row 3 3)" > fix4.csv
	through fix4.csv
	[ "$(quantity 3)" = 3 ]
	through late.csv
	[ "$(quantity 3)" = 9 ]
}

@test "a manifest whose row was refused by the ledger does not undo the correction" {
	sheet '1 3' > m.csv
	inv-split -q m.csv | jq -c 'if .type == "record" then . +
		{verdict:"quarantined",stage:"inv-commit",reason:"rejected"} else . end' | inv-quarantine -q > /dev/null
	corrected "$(item m.csv 1)" "$(row 1 4)" > fix.csv
	through fix.csv
	[ "$(quantity 1)" = 4 ]
	through m.csv
	[ "$(quantity 1)" = 4 ]
	[ "$(jq -r 'select(.row == 1).reason' run)" = already_committed ]
	# Nor where the journal is read anew.
	rm "$INV_STATE/journal/seen.db"
	through m.csv
	[ "$(quantity 1)" = 4 ]
}

@test "a run that is killed between the commit and the item is told by the next" {
	sheet '1 -3' > m.csv
	through m.csv
	id=$(item m.csv 1)
	corrected "$id" "$(row 1 3)" > fix.csv
	inv-split -q fix.csv | inv-validate -q | inv-commit -q > /dev/null
	[ "$(state_of "$id") $(quantity 1)" = 'open 3' ]
	through fix.csv
	[ "$(state_of "$id")" = committed ]
	fixes "$id" | jq -e '.detail.patch | length == 1'
}

@test "a correction in doubt is told where it is replayed, also by --resume" {
	sheet '1 -3' '2 -3' > m.csv
	inv-split -q m.csv | inv-validate -q | inv-quarantine -q > /dev/null
	for way in again resume; do
		id=$(item m.csv $([ $way = again ] && echo 1 || echo 2))
		corrected "$id" "$(row ${id##*-} 3)" > fix-$way.csv
		start_ledger --db ledger.db --fault garbage@1
		inv-split -q fix-$way.csv | inv-validate -q |
			inv-commit -q -l "$LEDGER" --namespace x -r 0 > out || [ $? = 75 ]
		inv-quarantine -q out > /dev/null
		[ "$(inv-quarantine show "$id" | jq -r .verdict)" = ambiguous ]
		run -1 --separate-stderr inv-quarantine resolve --discard --why x "$id"
		[ "$stderr" = "inv-quarantine: $id: its correction is in doubt: run that again" ]
		start_ledger --db ledger.db
		if [ $way = again ]; then
			inv-split -q fix-$way.csv | inv-validate -q | inv-commit -q -l "$LEDGER" --namespace x > out
		else
			inv-commit -q --resume -l "$LEDGER" --namespace x > out < /dev/null
		fi
		inv-quarantine -q out > /dev/null
		[ "$(state_of "$id")" = committed ]
		fixes "$id" | jq -e '.detail.resolved_by.row == 1'
		[ "$(fixes "$id" | jq -c '.detail | has("patch")')" = $([ $way = again ] && echo true || echo false) ]
	done
}

@test "a patch that would be too long is left out" {
	sheet '1 -3' > m.csv
	through m.csv
	long=$(printf 'x%.0s' {1..70000})
	printf '{"inv:item":"%s","asset_id":"LAB-1","grant_code":"x","a":"%s"}\n' "$(item m.csv 1)" "$long" |
		inv-split -q | inv-commit -q -k asset_id,grant_code | inv-quarantine -q > /dev/null
	fixes "$(item m.csv 1)" | jq -e '.detail.patch_too_long and (.detail | has("patch") | not)'
}

@test "--notify tells of a correction that fails as CRITICAL by its item" {
	sheet '1 -3' > m.csv
	through m.csv
	id=$(item m.csv 1)
	corrected "$id" "$(row 1 3)" > fix.csv
	inv-split -q fix.csv | jq -c 'if .type == "record" then . + {verdict:"quarantined",stage:"x",
		reason:"compliance_block",errors:[{type:"t",loc:[],msg:"m",severity:"CRITICAL"}]} else . end' > bad
	printf '#!/bin/sh\ncat >> told\n' > tell
	chmod +x tell
	inv-quarantine -q --notify ./tell bad > /dev/null
	[ "$(jq -r .item told)" = "$id" ]
}

# ---- fix ----

@test "fix writes a sheet of one row, with what is set and why, and it closes the item" {
	sheet '1 -3' > m.csv
	through m.csv
	id=$(item m.csv 1)
	inv-quarantine fix "$id" --set quantity=3 --set 'description==1' --set more=x --why 'counted, again' > fix.csv
	diff fix.csv - <<-EOF
	$HEADER,more,inv:item,inv:why
	LAB-1,NIH-R01-7,"'=1",3,BLDG12-RM304-CAB2,2026-03-14,x,$id,"counted, again"
	EOF
	through fix.csv
	[ "$(inv-quarantine show "$id" | jq -c '[.state, .errors[0].type]')" = '["open","extra_forbidden"]' ]
	# The record as it travelled last is the one that is corrected next.
	inv-quarantine fix "$id" --set more= --why 'not a field' > fix2.csv
	grep -F "\"'=1\",3,BLDG12-RM304-CAB2,2026-03-14,,$id" fix2.csv
	inv-quarantine show "$id" | jq -e '.actions == []'
	sed -i 's/,more,/,/; s/2026-03-14,,/2026-03-14,/' fix2.csv
	through fix2.csv
	[ "$(state_of "$id") $(quantity 1)" = 'committed 3' ]
	fixes "$id" | jq -e '.why == "not a field" and .detail.patch == [
		{op: "replace", path: "/description", was: "Pipette tips", value: "=1"},
		{op: "replace", path: "/quantity", was: "-3", value: 3}]'
}

@test "fix writes NDJSON where the record has types, and takes values as JSON" {
	sheet '1 3' > m.csv
	inv-split -q m.csv | inv-validate -q | jq -c 'if .type == "record" then . + {verdict: "quarantined",
		stage: "x", reason: "rejected"} | .record.list = [1] | .record.none = null else . end' | inv-quarantine -q > /dev/null
	id=$(item m.csv 1)
	inv-quarantine fix "$id" --set quantity=4 --set location_code=7 --set list='[2]' --set new=true \
		--set text='a b' --set none=1x --why 'a "why"' > fix.ndjson
	jq -ce --arg id "$id" '. == {"inv:item": $id, "inv:why": "a \"why\"", asset_id: "LAB-1", grant_code: "NIH-R01-7",
		description: "Pipette tips", quantity: 4, location_code: "7", acquired_on: "2026-03-14",
		list: [2], none: "1x", new: true, text: "a b"}' fix.ndjson
	inv-split -q fix.ndjson | jq -se '.[0].format == "ndjson" and .[1].item == $id and .[1].record.list == [2]' --arg id "$id"
}

@test "fix of a malformed row has the fields that are set" {
	sheet > m.csv
	echo 'LAB-2,NIH-R01-7,5' >> m.csv
	through m.csv
	inv-quarantine fix "$(item m.csv 1)" --set asset_id=LAB-2 --set grant_code=NIH-R01-7 --set description=x \
		--set quantity=5 --set location_code=BLDG12-RM304-CAB2 --set acquired_on=2026-03-14 --why 'half a row' |
		inv-split -q | inv-validate -q | inv-commit -q | inv-quarantine -q > /dev/null
	[ "$(quantity 2) $(open_ids)" = '5 ' ]
}

@test "fix refuses what it can not correct" {
	sheet '1 -3' > m.csv
	through m.csv
	id=$(item m.csv 1)
	for bad in "--why x $id" "--set a=1 $id" "--set a --why x $id" "--set =1 --why x $id" \
		"--set inv:row=1 --why x $id" "--set a=1 --set a=2 --why x $id" "--set a=1 --why x" \
		"--set a=1 --why x nonsense" "--set a=1 --why x -" "--set a=1 --why x $id $id" \
		"--set a=1 --why x --state all $id"; do
		run -64 inv-quarantine fix $bad
	done
	run -64 inv-quarantine fix --why x $(printf -- '--set f%d=1 ' {1..257}) "$id"
	run -0 inv-quarantine fix --why x $(printf -- '--set f%d=1 ' {1..256}) "$id"
	run -74 bash -c "inv-quarantine fix --set a=1 --why x $id > /dev/full"
	run -1 --separate-stderr inv-quarantine fix --set a=1 --why x 000000000000-1
	[ "$stderr$output" = 'inv-quarantine: 000000000000-1: no such item' ]
	inv-quarantine resolve --discard --why x "$id"
	run -1 --separate-stderr inv-quarantine fix --set a=1 --why x "$id"
	[ "$stderr$output" = "inv-quarantine: $id: closed: nothing to correct" ]
	inv-split -q m.csv | sed '2i nonsense' | inv-quarantine -q > /dev/null
	id=$(inv-quarantine list --reason malformed_line | jq -r .item)
	run -1 --separate-stderr inv-quarantine fix --set a=1 --why x "$id"
	[ "$stderr$output" = "inv-quarantine: $id: no row of a manifest" ]
}

@test "an empty cell is null where the item's member is" {
	printf '{"a":null,"b":"","c":1}\n' | inv-split -q | jq -c 'if .type == "record" then . +
		{verdict: "quarantined", stage: "x", reason: "rejected"} else . end' | inv-quarantine -q > /dev/null
	inv-quarantine export --csv | inv-split -q | jq -se '.[1].record == {a: null, b: "", c: "1"}'
}

# ---- workbooks ----

# part NAME FILE: of a workbook.
part() { unzip_part "xl/$1.xml" "$2"; }
unzip_part() { python3 -c 'import sys, zipfile; sys.stdout.write(zipfile.ZipFile(sys.argv[2]).read(sys.argv[1]).decode())' "$@"; }
csv_of() { "$ROOT/tests/helper/xlsx-csv" "$1"; }

@test "a workbook that is corrected and saved closes its items" {
	sheet '1 -3' '2 5' '3 x' > m.csv
	through m.csv
	inv-quarantine export --xlsx out.xlsx
	python3 - <<-'EOF'
	import zipfile
	old, new = zipfile.ZipFile("out.xlsx"), zipfile.ZipFile("fixed.xlsx", "w")
	for name in old.namelist():
	    text = old.read(name)
	    if name.endswith("sheet1.xml"):
	        assert text.count(b"<t>-3</t>") + text.count(b"<t>'-3</t>") == 1
	        text = text.replace(b"<t>'-3</t>", b"<t>3</t>").replace(b"<t>-3</t>", b"<t>3</t>")
	    new.writestr(name, text)
	new.close()
	EOF
	inv-split -q fixed.xlsx | inv-validate -q | inv-commit -q | inv-quarantine -q > /dev/null
	[ "$(open_ids | wc -l)" = 1 ]
	[ "$(ledger | jq -r .quantity | sort | paste -sd,)" = 3,5 ]
}

@test "a workbook that is corrected and saved as CSV closes its items" {
	cp "$ROOT/examples/manifests/q3-chemistry.csv" q3.csv
	through q3.csv
	n=$(inv-quarantine list | wc -l)
	inv-quarantine export --xlsx out.xlsx
	[ "$(stat -c %a out.xlsx)" = 600 ]
	# It says the same as the CSV.
	csv_of out.xlsx > out.csv
	inv-quarantine export --csv > want.csv
	python3 - <<-'EOF'
	import csv
	read = lambda f: list(csv.reader(open(f, encoding="utf-8-sig", newline="")))
	assert read("out.csv") == read("want.csv")
	EOF
	python3 - <<-'EOF'
	import csv
	rows = list(csv.DictReader(open("out.csv", encoding="utf-8-sig", newline="")))
	out = csv.DictWriter(open("fixed.csv", "w", encoding="utf-8-sig", newline=""), rows[0].keys(), delimiter=";")
	out.writeheader()
	for r in rows:
	    r.update(asset_id="007-%s" % r["inv:row"], grant_code="NSF-CHE-2104567", quantity="3",
	        description="x", location_code="BLDG4-RM100-CAB5", acquired_on="2024-02-14")
	    out.writerow(r)
	EOF
	inv-split -q -d ';' fixed.csv | inv-validate -q | inv-commit -q | inv-quarantine -q > /dev/null
	[ "$(open_ids)" = "" ]
	[ "$(ledger | jq -r .asset_id | grep -c ^007-)" = "$n" ]
}

@test "cells are text, the names stay in sight, inv:item is hidden, and there is help" {
	sheet '007 -3 =1+1' > m.csv
	through m.csv
	inv-quarantine export --xlsx - > out.xlsx
	part worksheets/sheet1 out.xlsx > sheet
	grep -q 'state="frozen"' sheet
	grep -q '<pane ySplit="1"' sheet
	# The seventh of the columns, and no other.
	[ "$(grep -o '<col [^>]*hidden="1"[^>]*>' sheet)" = "$(grep -o '<col min="7"[^>]*>' sheet)" ]
	[ "$(csv_of out.xlsx | head -n 1 | cut -d, -f 7)" = inv:item ]
	run ! grep -q -e '<f>' -e '<v>' -e 't="s"' sheet
	grep -q 'formatCode="@"' <(part styles out.xlsx)
	[ "$(csv_of out.xlsx | sed -n 2p | cut -d, -f 1-4 | tr -d '\r')" = "LAB-007,NIH-R01-7,'=1+1,'-3" ]
	part workbook out.xlsx | grep -q 'name="Rows".*name="Help"'
	part worksheets/sheet2 out.xlsx | grep -q 'inv-split rows.xlsx'
}

@test "what is in cells comes back from a workbook as it was" {
	python3 - > m.ndjson <<-'EOF'
	import json
	for t in ["=1", "'=1", "_x0041_", "a_x000D_", "_x00zz_", "tab\there", "line\nfeed", "cr\r", "\u0001\u001f", " blank ",
	          "<b>&amp;\"'", "\u202e", "😀" * 100, "007", "1e5", "", "'", "\ufffd", "x" * 32767, "😀" * 16383]:
	    print(json.dumps({"t": t}))
	EOF
	inv-split -q m.ndjson | jq -c 'if .type == "record" then . +
		{verdict: "quarantined", stage: "s", reason: "rejected"} else . end' | inv-quarantine -q > /dev/null
	inv-quarantine export --xlsx out.xlsx
	csv_of out.xlsx | inv-split -q | jq -c 'select(.type == "record").record' > got
	jq -c . m.ndjson | diff - <(jq -c . got)
}

@test "an item that a cell can not hold is left out, and said" {
	python3 - > m.ndjson <<-'EOF'
	import json
	for t in ["x" * 32768, "a\0b", "\ufffe", "😀" * 16384, "=" * 32767, "good"]:
	    print(json.dumps({"t": t}))
	EOF
	inv-split -q m.ndjson | jq -c 'if .type == "record" then . +
		{verdict: "quarantined", stage: "s", reason: "rejected"} else . end' | inv-quarantine -q > /dev/null
	run -1 --separate-stderr inv-quarantine export --xlsx out.xlsx
	[ "$(grep -c 'more than a cell of a workbook holds: export it as --csv' <<< "$stderr")" = 5 ]
	[ "$(csv_of out.xlsx | wc -l)" = 2 ]
	csv_of out.xlsx | grep -q ^good
}

@test "an enum of the schema that the rows failed by is offered" {
	export INV_SCHEMA=federal-property
	cat > m.json <<-'EOF'
	{"condition":"rotten"}
	EOF
	inv-split -q -f ndjson m.json | inv-validate -q | inv-quarantine -q > /dev/null
	inv-quarantine export --xlsx out.xlsx
	part worksheets/sheet1 out.xlsx | grep -o '<dataValidations.*</dataValidations>' > got
	grep -qF '<formula1>"excellent,good,fair,poor,unusable"</formula1>' got
	grep -qF 'errorStyle="warning"' got
	grep -qF 'sqref="A2"' got
	# Not of one that has changed, or is not there.
	mkdir schemas
	jq -c . "$ROOT/examples/schemas/federal-property.schema.json" > schemas/federal-property.schema.json
	INV_SCHEMA_PATH=schemas inv-quarantine export --xlsx out.xlsx
	run ! grep -q dataValidation <(part worksheets/sheet1 out.xlsx)
}

@test "enums behind references and alternatives are offered, but no long lists" {
	mkdir schemas
	export INV_SCHEMA_PATH=schemas INV_SCHEMA=s
	jq -n '{"$defs": {Color: {enum: ["red", "grün", null]}}, properties: {a: {anyOf: [{"$ref": "#/$defs/Color"}, {type: "null"}]},
		b: {enum: [range(100) | "choice \(.)"]}, c: {enum: ["a,b", "c"]}, d: {enum: ["x", 1]}, e: {enum: [""]},
		f: {"$ref": "#/properties/a"}}, required: ["z"]}' > schemas/s.schema.json
	printf '{"a":"1","b":"1","c":"1","d":"1","e":"1","f":"1"}\n' | inv-split -q | inv-validate -q | inv-quarantine -q > /dev/null
	inv-quarantine export --xlsx out.xlsx
	part worksheets/sheet1 out.xlsx | grep -o '<dataValidation .*</dataValidation>' > got
	[ "$(grep -o '<formula1>[^<]*' got)" = '<formula1>"red,grün"' ]
}

@test "the same items give the same workbook under SOURCE_DATE_EPOCH" {
	sheet '1 -3' > m.csv
	through m.csv
	SOURCE_DATE_EPOCH=1700000000 inv-quarantine export --xlsx a.xlsx
	SOURCE_DATE_EPOCH=1700000000 inv-quarantine export --xlsx b.xlsx
	cmp a.xlsx b.xlsx
	unzip_part docProps/core.xml a.xlsx | grep -q 2023-11-14T
}

@test "a workbook that can not be written whole is 74, and FILE is as it was" {
	{ echo "$HEADER"; for i in $(seq 300); do row "$i" -3; done; } > m.csv
	through m.csv
	echo before > out.xlsx
	run -74 --separate-stderr bash -c 'ulimit -f 40; inv-quarantine export --xlsx out.xlsx'
	[[ $stderr = *'xlsx: not all of it could be written: is there room?' ]]
	[ "$(cat out.xlsx)" = before ]
	run -74 bash -c 'inv-quarantine export --xlsx - > /dev/full'
	run -73 --separate-stderr env TMPDIR=/nonexistent inv-quarantine export --xlsx out.xlsx
	[ "$(cat out.xlsx)" = before ]
	[ "$(ls "$BATS_TEST_TMPDIR" | grep -c tmp)" = 0 ]
}

@test "nothing to export is 1, and no workbook; --csv and --xlsx do not go together" {
	sheet '1 -3' > m.csv
	through m.csv
	run -1 inv-quarantine export --xlsx out.xlsx --reason none
	[ ! -e out.xlsx ]
	run -64 inv-quarantine export --csv --xlsx out.xlsx
	run -64 inv-quarantine list --xlsx out.xlsx
}

# ---- faults ----

@test "killed at any step, the pipe can be run again, and an item is closed once" {
	needs_strace
	sheet '1 -3' '2 -3' > m.csv
	through m.csv
	a=$(item m.csv 1)
	b=$(item m.csv 2)
	corrected "$a" "$(row 1 3)" "$b" "$(row 2 -9)" > fix.csv
	cp -r "$INV_STATE" kept
	for program in inv-commit inv-quarantine; do
		for step in pwrite64:1 pwrite64:3 pwrite64:6 fdatasync:1 fdatasync:2 fdatasync:3 unlink:1 write:1 write:2; do
			rm -rf "$INV_STATE"
			cp -r kept "$INV_STATE"
			rm -f "$INV_STATE/journal/home"
			inv-split -q fix.csv | inv-validate -q > in
			[ $program = inv-commit ] || { inv-commit -q in > out; mv out in; }
			strace -f -o /dev/null -e inject="${step%:*}:signal=KILL:when=${step#*:}" \
				$program -q in > out 2> /dev/null || [ $? = 137 ]
			[ $program != inv-commit ] || inv-quarantine -q out > /dev/null 2>&1 || [ $? = 65 ]
			rm -f "$INV_STATE/journal/home"
			through fix.csv
			[ "$(quantity 1) $(open_ids)" = "3 $b" ]
			[ "$(fixes "$a" | wc -l)" = 1 ]
			[ "$(ledger | jq -s length)" = 1 ]
		done
	done
}

@test "a quarantine that is damaged ends inv-split, and nothing is taken for right" {
	sheet '1 -3' > m.csv
	through m.csv
	corrected "$(item m.csv 1)" "$(row 1 3)" > fix.csv
	printf 'x%.0s' {1..5000} > "$INV_STATE/quarantine/quarantine.db"
	run -78 inv-split -q fix.csv
	[[ $output != *'"type":"end"'* ]]
	# What corrects nothing does not need it.
	inv-split -q m.csv > /dev/null
}

@test "a quarantine that another program holds is 75" {
	sheet '1 -3' > m.csv
	through m.csv
	corrected "$(item m.csv 1)" "$(row 1 3)" > fix.csv
	mkfifo go
	sqlite3 "$INV_STATE/quarantine/quarantine.db" 'begin exclusive' '.shell echo held > locked; cat go' 3>&- &
	wait_for test -e locked
	run inv-split -q fix.csv
	echo > go
	wait $!
	[ "$status" = $EX_TEMPFAIL ]
	[[ $output != *'"type":"end"'* ]]
}

@test "two at once that correct the same: one is what the ledger has, and both are told" {
	sheet '1 -3' > m.csv
	through m.csv
	id=$(item m.csv 1)
	corrected "$id" "$(row 1 3)" > one.csv
	corrected "$id" "$(row 1 4)" > two.csv
	for f in one two; do inv-split -q $f.csv | inv-validate -q > $f; done
	inv-commit -q one 3>&- | inv-quarantine -q > /dev/null 3>&- &
	inv-commit -q two | inv-quarantine -q > /dev/null
	wait $!
	[ "$(state_of "$id")" = committed ]
	[ "$(ledger | jq -s length)" = 1 ]
	[[ $(quantity 1) = [34] ]]
	inv-audit < one > /dev/null || [ $? = 75 ]
	inv-audit verify > /dev/null
}

@test "more corrections than one batch line can name go in several batches" {
	local n=10001 m
	echo '{"id":"x","n":1}' | inv-split -q - > before
	m=$(jq -r 'select(.type == "end").manifest' before)
	seq -f '{"id":"%06g","n":2}' $n | inv-split -q --chunk-size 20000 - |
		jq -c --arg m "$m" --arg why "$(printf %1200s)" 'if .type == "record"
			then .item = $m + ".1-\(.row)" | .why = $why else . end' > in
	inv-commit -q -k id in > out
	[ "$(jq -s 'map(select(.type == "batch")) | [.[].items[].row] == [range(1; '$((n + 1))')]' out)" = true ]
	[ "$(jq -c 'select(.type == "batch").count' out | paste -sd' ')" = '10000 1' ]
	inv-commit -q --dry-run --print-keys -k id in > keys
	[ "$(wc -l < keys)" = 2 ]
	cmp <(jq -r 'select(.type == "batch").idempotency_key' out) <(jq -r .idempotency_key keys)
}
