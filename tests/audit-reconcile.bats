#!/usr/bin/env bats
# inv-audit reconcile: the ledger against what was committed, and a count

load lib

prepare() {
	set -o pipefail
}

HEAD=asset_id,grant_code,description,quantity,location_code,acquired_on

sheet() { # FROM TO: a manifest of such assets
	echo $HEAD
	seq "$1" "$2" | sed 's/.*/LAB-&,NIH-1,Beaker,&,BLDG1-RM&-CAB1,2024-01-02/'
}

commit() { # MANIFEST
	inv-split -q "$1" | inv-validate -q -s inventory |
		inv-commit -q -l file:ledger.db > /dev/null
}

# Ten assets are in the ledger, whose records are in `ledger`.
ten() {
	sheet 1 10 > m.csv
	commit m.csv
	inv-ledger -d ledger.db --export records > ledger
	[ "$(wc -l < ledger)" = 10 ]
}

reconcile() { # [OPTION...]
	inv-audit reconcile --ledger ledger "$@"
}

change() { # ASSET JQ
	jq -c "if .asset_id == \"LAB-$1\" then $2 else . end" ledger > changed
	mv changed ledger
}

# What is said of the assets: with, kind, asset.
said() {
	jq -r 'select(.type == "difference") | [.with, .kind, .key.asset_id] | join(" ")' <<< "$output" | sort
}

total() { # WITH
	jq -c --arg w "$1" 'select(.type == "reconciled")[$w]' <<< "$output"
}

@test "what a ledger over HTTP has is what was committed, after updates too" {
	start_ledger
	sheet 1 10 > m.csv
	sheet 1 12 | sed 's/,3,BLDG/,33,BLDG/' > later.csv
	inv-split -q m.csv | inv-validate -q -s inventory | inv-commit -q -l "$LEDGER" > /dev/null
	inv-split -q later.csv | inv-validate -q -s inventory | inv-commit -q -l "$LEDGER" > /dev/null
	inv-ledger -d ledger-*.db --export records > ledger
	run -0 reconcile
	[ "$output" = '{"type":"reconciled","records":12,"log":{"matched":12,"missing":0,"extra":0,"changed":0,"moved":0}}' ]
	run -0 inv-audit reconcile --ledger - < ledger
	stop_ledger
}

@test "records are missing, extra, changed or moved, and the status is 1" {
	ten
	change 1 empty
	change 2 '.quantity = 20'
	change 3 '.location_code = "BLDG9-RM9-CAB9"'
	change 4 '.location_code = "BLDG9-RM9-CAB9" | .quantity = 5'
	jq -c 'select(.asset_id == "LAB-10") | .asset_id = "LAB-11"' ledger > more
	cat more more >> ledger
	run -1 reconcile
	[ "$(said | paste -sd ,)" = 'log changed LAB-2,log changed LAB-4,log extra LAB-11,log extra LAB-11,log missing LAB-1,log moved LAB-3' ]
	[ "$(total log)" = '{"matched":6,"missing":1,"extra":2,"changed":2,"moved":1}' ]
	[ "$(jq -c 'select(.kind == "extra") | [.line, .again]' <<< "$output" | paste -sd ' ')" = '[10,null] [11,true]' ]
	[ "$(jq -c 'select(.key.asset_id == "LAB-2").differs' <<< "$output")" = '[{"field":"quantity","log":2,"ledger":20}]' ]
	[ "$(jq -c 'select(.key.asset_id == "LAB-4").differs | map(.field)' <<< "$output")" = '["location_code","quantity"]' ]
	jq -se --arg m "$(sha256sum < m.csv | cut -c 1-64)" 'map(select(.key.asset_id == "LAB-1"))[0] |
		.manifest == $m and .submission == 1 and .row == 1 and .key == {"asset_id":"LAB-1","grant_code":"NIH-1"}' <<< "$output"
}

@test "members of the ledger alone, their order and blank lines make no difference" {
	ten
	jq -c '. + {updated_at: "x"} | to_entries | reverse | from_entries' ledger | sed 's/$/\r/; G' > other
	mv other ledger
	run -0 reconcile
	[ "$(total log)" = '{"matched":10,"missing":0,"extra":0,"changed":0,"moved":0}' ]
	change 5 'del(.description)'
	run -1 reconcile
	[ "$(jq -c 'select(.kind == "changed").differs' <<< "$output")" = '[{"field":"description","log":"Beaker","ledger":null}]' ]
}

@test "the last record of a key counts, whichever manifest it came with" {
	ten
	cp ledger first
	sheet 1 3 | sed 's/Beaker/Flask/' > second.csv
	commit second.csv
	run -1 reconcile
	[ "$(said | paste -sd ,)" = 'log changed LAB-1,log changed LAB-2,log changed LAB-3' ]
	[ "$(jq -r 'select(.row == 2).manifest' <<< "$output")" = "$(sha256sum < second.csv | cut -c 1-64)" ]
	sheet 1 3 | sed 's/$/ /; s/ $//' > third.csv
	printf '\n' >> third.csv
	commit third.csv
	run -0 reconcile
}

@test "rows that the ledger refused, alone or with their batch, were not committed" {
	local fault
	sheet 1 9 > m.csv
	for fault in 207-row=LAB-7 422-row=LAB-7 207-again=LAB-7; do
		export INV_STATE=$BATS_TEST_TMPDIR/state-$fault
		rm -f ledger-*.db
		start_ledger --fault "$fault"
		inv-split -q m.csv | inv-validate -q -s inventory |
			inv-commit -q -r 1 --backoff 10ms -l "$LEDGER" > /dev/null 2>&1 || true
		inv-ledger -d ledger-*.db --export records > ledger
		stop_ledger
		[ "$(wc -l < ledger)" = 8 ]
		run -0 reconcile
		[ "$(total log)" = '{"matched":8,"missing":0,"extra":0,"changed":0,"moved":0}' ]
		sed -n 's/LAB-6/LAB-7/p' ledger >> ledger
		run -1 reconcile
		[ "$(said)" = 'log extra LAB-7' ]
	done
}

@test "a count finds what is matched, moved, changed, missing, extra and disposed" {
	ten
	change 5 '.disposition_date = "2025-01-01"'
	change 6 '.disposition_date = "2025-01-01"'
	change 7 '.disposition_date = ""'
	cat > count.csv <<- END
		asset_id,location_code,quantity,by
		LAB-1,BLDG1-RM1-CAB1,1,ann
		LAB-2, BLDG1-RM2-CAB1 ,2,ann
		LAB-3,BLDG9-RM9-CAB9,3,bob
		LAB-4,BLDG1-RM4-CAB1,44,bob
		LAB-6,BLDG1-RM6-CAB1,6,bob
		LAB-8,BLDG1-RM8-CAB1,8,bob
		LAB-8,BLDG1-RM8-CAB1,8,bob
		LAB-99,BLDG1-RM1-CAB1,1,bob
	END
	run -1 reconcile --count count.csv
	[ "$(said | grep count | paste -sd ,)" = 'count changed LAB-4,count changed LAB-6,count extra LAB-8,count extra LAB-99,count missing LAB-10,count missing LAB-7,count missing LAB-9,count moved LAB-3' ]
	[ "$(total count)" = '{"matched":3,"missing":3,"extra":2,"changed":2,"moved":1,"disposed":1}' ]
	[ "$(total log)" = '{"matched":10,"missing":0,"extra":0,"changed":0,"moved":0}' ]
	[ "$(jq -c 'select(.kind == "moved") | [.line, .differs]' <<< "$output")" = \
		'[4,[{"field":"location_code","count":"BLDG9-RM9-CAB9","ledger":"BLDG1-RM3-CAB1"}]]' ]
	[ "$(jq -c 'select(.key.asset_id == "LAB-4").differs' <<< "$output")" = '[{"field":"quantity","count":"44","ledger":4}]' ]
	[ "$(jq -c 'select(.key.asset_id == "LAB-6").differs' <<< "$output")" = '[{"field":"disposition_date","count":null,"ledger":"2025-01-01"}]' ]
	[ "$(jq -c 'select(.key.asset_id == "LAB-8") | [.line, .again]' <<< "$output")" = '[8,true]' ]
	[ "$(jq -c 'select(.key.asset_id == "LAB-99") | [.line, .key]' <<< "$output")" = '[9,{"asset_id":"LAB-99"}]' ]
}

@test "a count that finds all where it is makes the status 0" {
	ten
	jq -r '[.asset_id, .location_code] | @csv' ledger | sed '1i asset_id,location_code' > count.csv
	run -0 reconcile --count count.csv
	[ "$(total count)" = '{"matched":10,"missing":0,"extra":0,"changed":0,"moved":0,"disposed":0}' ]
	sed -i 's/,/\t/g; s/"//g' count.csv
	run -0 reconcile --count count.csv
}

@test "location and disposal have other names where they are told so" {
	ten
	jq -c '.room = "R1" | .gone = null' ledger > other
	mv other ledger
	change 1 '.gone = "sold"'
	printf 'asset_id,room,location_code\n' > count.csv
	seq 2 10 | sed 's/.*/LAB-&,R1,BLDG1-RM&-CAB1/; s/LAB-2,R1/LAB-2,R2/; s/-RM3-/-RM0-/' >> count.csv
	run -1 reconcile --count count.csv --location room --disposed gone
	[ "$(said | paste -sd ,)" = 'count changed LAB-3,count moved LAB-2' ]
	[ "$(total count)" = '{"matched":7,"missing":0,"extra":0,"changed":1,"moved":1,"disposed":1}' ]
	run -1 reconcile --count count.csv
	[ "$(said | paste -sd ,)" = 'count changed LAB-2,count missing LAB-1,count moved LAB-3' ]
}

@test "a part of the key stands for all records with it" {
	{ echo $HEAD; printf 'LAB-1,NIH-%d,Beaker,1,BLDG%d-RM1-CAB1,2024-01-02\n' 1 1 2 2 3 1; } > m.csv
	commit m.csv
	inv-ledger -d ledger.db --export records > ledger
	printf 'asset_id,location_code\nLAB-1,BLDG1-RM1-CAB1\n' > count.csv
	run -1 reconcile --count count.csv
	[ "$(total count)" = '{"matched":2,"missing":0,"extra":0,"changed":0,"moved":1,"disposed":0}' ]
	printf 'asset_id,grant_code,location_code\nLAB-1,NIH-2,BLDG2-RM1-CAB1\n' > count.csv
	run -1 reconcile --count count.csv
	[ "$(total count)" = '{"matched":1,"missing":2,"extra":0,"changed":0,"moved":0,"disposed":0}' ]
}

@test "records keyed by their whole content are missing and extra where they changed" {
	printf 'a,b\n1,2\n3,4\n' > m.csv
	inv-split -q m.csv | inv-commit -q -l file:ledger.db > /dev/null
	inv-ledger -d ledger.db --export records > ledger
	run -0 reconcile
	sed -i 's/"2"/"5"/' ledger
	run -1 reconcile
	[ "$(total log)" = '{"matched":1,"missing":1,"extra":1,"changed":0,"moved":0}' ]
	[ "$(jq -c 'select(.kind == "missing").key' <<< "$output")" = '{"a":"1","b":"2"}' ]
	printf 'a\n1\n' > count.csv
	run -65 reconcile --count count.csv
	[[ $output == *'count.csv: the journal has no record with a key to count by' ]]
}

@test "with nothing committed all is extra; an empty ledger misses all" {
	ten
	mkdir -m 700 other
	INV_STATE=$PWD/other run -1 reconcile
	[ "$(total log)" = '{"matched":0,"missing":0,"extra":10,"changed":0,"moved":0}' ]
	: > ledger
	run -1 reconcile
	[ "$(total log)" = '{"matched":0,"missing":10,"extra":0,"changed":0,"moved":0}' ]
	[ "$(jq -r .records <<< "${lines[-1]}")" = 0 ]
}

@test "segments that are compressed are read as well" {
	ten
	zstd -q --rm "$INV_STATE/journal/000001.ndjson"
	chmod 600 "$INV_STATE/journal/000001.ndjson.zst"
	change 2 '.quantity = 20'
	run -1 reconcile
	[ "$(said)" = 'log changed LAB-2' ]
}

@test "what can not be read is told with file and line" {
	ten
	cp ledger whole
	sed -i '4s/}$//' ledger
	run -65 reconcile
	[[ ${lines[-1]} == 'inv-audit: ledger: line 4: '* ]]
	cp whole ledger
	sed -i '2s/.*/[1]/' ledger
	run -65 reconcile
	[[ ${lines[-1]} == 'inv-audit: ledger: line 2: '* ]]
	head -c 1100000 /dev/zero | tr '\0' x > ledger
	run -65 reconcile
	cp whole ledger
	printf 'asset_id,location_code\nLAB-1\nLAB-2,BLDG1-RM2-CAB1\n' > count.csv
	run -65 reconcile --count count.csv
	[[ $output == *'inv-audit: count.csv: line 2: '* ]]
	[ "$(grep '^{' <<< "$output" | jq -r 'select(.type == "reconciled").count.matched')" = 1 ]
	printf 'tag,place\nLAB-1,x\n' > count.csv
	run -65 reconcile --count count.csv
	[[ ${lines[-1]} == 'inv-audit: count.csv: no column of the key: ["asset_id","grant_code"]' ]]
	change 3 empty
	run -65 reconcile --count count.csv
	[ "$(grep '^{' <<< "$output" | jq -c '[.type, .kind]')" = '["difference","missing"]' ]
	cp whole ledger
	run -66 reconcile --count nowhere.csv
	run -66 inv-audit reconcile --ledger nowhere
	run -64 inv-audit reconcile
	run -64 inv-audit reconcile --count count.csv
	INV_STATE=$PWD/nowhere run -66 reconcile
	TMPDIR=$PWD/nowhere run -73 reconcile
	run -74 bash -c 'inv-audit reconcile --ledger ledger > /dev/full'
	sed -i '1s/LAB-1/LAB-0/' "$INV_STATE/journal/000001.ndjson"
	run -74 reconcile
}

@test "a journal whose bodies are not of their rows is damaged" {
	load audit
	committed_six
	printf '{"k":"7"}\n' > ledger
	run -74 reconcile
	[ "$output" = 'inv-audit: journal: entry 1: more rows than records' ]
}

@test "nothing is left behind, and nothing is changed" {
	ten
	find "$INV_STATE" -type f -exec sha256sum {} + | sort > before
	mkdir tmp
	change 2 '.quantity = 20'
	TMPDIR=$PWD/tmp run -1 reconcile
	[ -z "$(ls tmp)" ]
	find "$INV_STATE" -type f -exec sha256sum {} + | sort | cmp - before
}

@test "on a terminal it is a table, on which nothing acts" {
	ten
	change 2 '.location_code = "\u001b[31m\u202e"'
	change 3 empty
	cat ledger > records
	run script -qec 'inv-audit reconcile --ledger records' /dev/null
	[[ $output == *'log    moved     {"asset_id":"LAB-2","grant_code":"NIH-1"}  location_code: log "BLDG1-RM2-CAB1", ledger '* ]]
	[[ $output == *'log    missing   {"asset_id":"LAB-3","grant_code":"NIH-1"}'* ]]
	[[ $output == *'records of the ledger: 9'* ]]
	[[ $output == *'log: 8 matched, 1 missing, 0 extra, 0 changed, 1 moved'* ]]
	[[ $output != *$'\e'* && $output != *$'\u202e'* ]]
}
