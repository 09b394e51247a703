# examples.bats - the examples work as they say

load lib

prepare() {
	mkdir inbox done refused
	head -n 101 "$ROOT/examples/manifests/q3-chemistry.csv" > inbox/a.csv
	{
		head -n 1 "$ROOT/examples/manifests/q3-chemistry.csv"
		tail -n 50 "$ROOT/examples/manifests/q3-chemistry.csv"
	} > inbox/b.csv
}

committed() {
	inv-ledger --db state/embedded/ledger.db --export records | wc -l
}

@test "etl: each manifest is taken in once, and again when it has changed" {
	local etl=(make -s -f "$ROOT/examples/etl/Makefile")
	"${etl[@]}"
	[ "$(ls taken)" = $'a.json\nb.json' ]
	jq -e '.standing.counts.committed > 80' taken/a.json
	run "${etl[@]}" -n
	[ "$output" = "" ]
	touch -d tomorrow inbox/b.csv
	run "${etl[@]}" -n
	[[ $output == *"inv-run -q inbox/b.csv"* ]]
	[[ $output != *inbox/a.csv* ]]
}

@test "etl: what could not be sent has no summary, and is tried again" {
	local etl=(make -k -s -f "$ROOT/examples/etl/Makefile")
	export INV_LEDGER=file:elsewhere/ledger.db
	run "${etl[@]}"
	[ "$status" != 0 ]
	[ ! -e taken/a.json ]
	mkdir elsewhere
	"${etl[@]}"
	[ -e taken/a.json ]
}

@test "drop-folder: takes in, sets aside, and says nothing of either" {
	printf 'a,a\n1,2\n' > inbox/c.csv
	run --separate-stderr "$ROOT/examples/drop-folder" inbox done refused
	[ "$status" = 0 ]
	[ "$output" = "" ]
	[ "$(ls inbox)" = "" ]
	[ "$(ls done)" = $'a.csv\nb.csv' ]
	[ "$(ls refused)" = c.csv ]
	[ "$(committed)" -gt 100 ]
}

@test "drop-folder: nothing is set aside for a wrong configuration" {
	INV_SCHEMA=nowhere run "$ROOT/examples/drop-folder" inbox done refused
	[ "$status" = 1 ]
	"$ROOT/examples/drop-folder" inbox done refused
	tail -n 51 done/b.csv > inbox/b.csv
	INV_LEDGER=file:other.db run "$ROOT/examples/drop-folder" \
		inbox done refused
	[ "$status" = 1 ]
	[ -e inbox/b.csv ]
	[ "$(ls refused)" = "" ]
}

@test "drop-folder: what the ledger could not be sent stays for the next time" {
	INV_LEDGER=http://127.0.0.1:1 run \
		"$ROOT/examples/drop-folder" inbox done refused
	[ "$(ls inbox)" = $'a.csv\nb.csv' ]
	[ "$(ls done refused)" = $'done:\n\nrefused:' ]
}
