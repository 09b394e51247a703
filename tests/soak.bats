#!/usr/bin/env bats
# Twenty runs of the kills that `make soak` makes two hundred of.

load lib

build() {
	dirname "$(command -v inv-commit)"
}

@test "after kills of any stage or the ledger the promise holds" {
	export SEED=${SEED:-20261120} RUNS=${RUNS:-20} TMPDIR=$PWD
	run "$ROOT/scripts/soak" "$(build)" 3>&-
	echo "$output"
	[ "$status" = 0 ]
	printf '# %s\n' "${lines[@]: -3}" >&3
}

@test "a seed plans the same run each time, and another seed another one" {
	cat > plan.py << 'END'
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1] + "/tests/helper")
import soak
print(repr(soak.plan(int(sys.argv[2]))))
END
	python3 plan.py "$ROOT" 7 > a
	python3 plan.py "$ROOT" 7 > b
	python3 plan.py "$ROOT" 8 > c
	cmp a b
	run -1 cmp -s a c
}
