# inv-run.bats - one test for each sentence of inv-run(1)

load lib

prepare() {
	manifest 1200 > m.csv
}

teardown() {
	stop_ledger
}

manifest() {
	echo asset_id,grant_code,description,quantity,location_code,acquired_on
	seq "$1" | awk '{ printf "LAB-%06d,NIH-R01-7,Pipette tips,%d," \
		"BLDG12-RM304-CAB2,2026-03-14\n", $1, $1 }'
}

@test "it takes a manifest through the whole pipe and prints its summary" {
	run -0 --separate-stderr inv-run -q m.csv
	[ "$(jq -r 'select(.type == "summary").counts.committed' \
		<<< "$output" | head -n 1)" = 1200 ]
	[ "$(inv-ledger --export records --db "$INV_STATE/embedded/ledger.db" |
		wc -l)" = 1200 ]
}

@test "the programs are those beside it" {
	mkdir bin
	cp "$(command -v inv-run)" bin/
	for p in split validate dedup commit quarantine audit; do
		printf '#!/bin/sh\necho ours >> %s/log\nexec inv-%s "$@"\n' \
			"$PWD" $p > bin/inv-$p
		chmod +x bin/inv-$p
	done
	run -0 --separate-stderr bin/inv-run -q m.csv
	[ "$(wc -l < log)" = 6 ]
}

@test "without them beside it they are found in PATH" {
	mkdir bin
	cp "$(command -v inv-run)" bin/
	run -0 --separate-stderr bin/inv-run -q m.csv
}

@test "-l is for inv-commit" {
	run -0 --separate-stderr inv-run -q -l file:mine.db m.csv
	[ "$(inv-ledger --export records --db mine.db | wc -l)" = 1200 ]
}

@test "-s is for inv-validate" {
	echo '{"type":"object","properties":{"asset_id":{"type":"string",
		"maxLength":3}}}' > s.json
	run -0 --separate-stderr inv-run -q -s ./s.json m.csv
	[ "$(jq -r 'select(.type == "summary").counts.quarantined' \
		<<< "$output" | head -n 1)" = 1200 ]
}

@test "--attachments is for inv-validate" {
	echo '{"properties":{"asset_id":{"type":"string"},"sds":{"x-inv-attachment":true}}}' > s.json
	mkdir files
	echo hello > files/a.pdf
	printf 'asset_id,sds\nA,a.pdf\nB,b.pdf\n' > a.csv
	run -0 --separate-stderr inv-run -q -s ./s.json --attachments files a.csv
	[ "$(jq -c 'select(.type == "summary").counts | [.committed, .quarantined]' <<< "$output")" = '[1,1]' ]
	run -64 --separate-stderr inv-run -q -s ./s.json a.csv
}

@test "several manifests are taken one after the other" {
	manifest 10 | sed 's/NIH-/NSF-/' > two.csv
	run -0 --separate-stderr inv-run -q m.csv two.csv
	[ "$(jq -r 'select(.type == "summary").name' <<< "$output" |
		sort -u | tr '\n' ' ')" = 'm.csv two.csv ' ]
}

@test "a stage that fails is named with its status" {
	start_ledger --fault 401
	run -69 --separate-stderr inv-run -q -l "$LEDGER" m.csv
	[[ $stderr == *'inv-commit: status 69'* ]]
}

@test "what kept a stage from starting is the status, not what came of it" {
	run -78 --separate-stderr inv-run -q -s nowhere m.csv
	[[ $stderr == *'inv-audit: status 65'* ]]
	run -66 --separate-stderr inv-run -q nowhere.csv
}

@test "a stage that dies of a signal is named, and the status is 70" {
	start_ledger --delay 60s
	inv-run -q -l "$LEDGER" m.csv > out 2> err 3>&- &
	pid=$!
	wait_for grep -qs intent "$INV_STATE/journal/000001.ndjson"
	pkill -KILL -P $pid inv-commit
	rc=0
	wait $pid || rc=$?
	[ $rc = 70 ]
	grep -q 'inv-commit: killed by signal 9' err
	run ! grep -q 'signal 13' err
}

@test "SIGTERM is handed on, inv-commit stops in order, and it is 75" {
	start_ledger --delay 300ms
	inv-run -q -l "$LEDGER" m.csv > out 2> err 3>&- &
	pid=$!
	wait_for grep -qs intent "$INV_STATE/journal/000001.ndjson"
	kill -TERM $pid
	rc=0
	wait $pid || rc=$?
	[ $rc = 75 ]
	grep -q 'inv-commit: status 75' err
	run ! grep -q 'killed by signal' err
	inv-run -q -l "$LEDGER" m.csv > again
	[ "$(curl -sf "$LEDGER/records" | wc -l)" = 1200 ]
}

@test "on a terminal one line shows how many rows have passed" {
	start_ledger --delay 300ms
	script -qec "inv-run -l $LEDGER m.csv > out" typescript > /dev/null
	grep -q 'rows, .* committed' typescript
}

@test "not on a terminal there is no such line" {
	run -0 --separate-stderr inv-run m.csv
	[[ $stderr != *'rows, '*'committed'* ]]
}

@test "--stats tells rows by verdict and the status of each program" {
	run -0 --separate-stderr inv-run -q --stats s.json m.csv
	[ "$(jq -c '[.counts.committed, .stages["inv-audit"], .status]' \
		s.json)" = '[1200,0,0]' ]
}

@test "no file at all is a usage error" {
	run -64 inv-run
	run -64 inv-run --no-such-option m.csv
}

@test "a missing manifest among others is 66 when the others are done" {
	run --separate-stderr inv-run -q m.csv no-such.csv
	[ "$status" = 66 ]
	[ "$(inv-ledger --export records --db "$INV_STATE/embedded/ledger.db" |
		wc -l)" = 1200 ]
}

@test "/dev/full gives 74" {
	run -74 bash -c 'inv-run -q m.csv > /dev/full'
}
