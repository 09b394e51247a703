# demo.bats - the demo says what it said, and leaves what it left
#
# What may differ is masked by tests/golden/demo/mask, and by nothing else.

load lib

@test "the demo runs through, with the transcript and the ledger that are kept" {
	local kept=$ROOT/tests/golden/demo build
	build=$(dirname "$(command -v inv-split)")
	mkdir tmp
	TMPDIR=$PWD/tmp "$ROOT/scripts/demo" "$build" ledger > came 2> err 3>&- || {
		cat came err
		return 1
	}
	[ ! -s err ]
	[ "$(ls -A tmp)" = "" ]
	sed -E -i -f "$kept/mask" came
	if [ -n "${UPDATE:-}" ]; then
		cp came "$kept/out"
		cp ledger "$kept/ledger"
	fi
	diff -u "$kept/out" came
	cmp "$kept/ledger" ledger
}

@test "at most five things of the transcript are masked" {
	[ "$(grep -vc '^#' "$ROOT/tests/golden/demo/mask")" -le 5 ]
}

@test "the ledger that is kept is what the manifest has to come to" {
	"$ROOT/tests/judge" --expect "$ROOT/examples/manifests/q3-chemistry.csv" |
		jq -r 'select(.verdict == "committed").record' | sort > wanted
	sort "$ROOT/tests/golden/demo/ledger" | cmp - wanted
}
