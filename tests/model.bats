#!/usr/bin/env bats
# A sample of the runs that show the order to be that of arrival, whatever the
# order of runs, retries and crashes.

load lib

@test "any order, any faults, any kills: the ledger is what the model says" {
	export SEED=${SEED:-20261120} RUNS=${RUNS:-25} TMPDIR=$PWD
	run "$ROOT/scripts/soak" \
		"$(dirname "$(command -v inv-commit)")" order 3>&-
	echo "$output"
	[ "$status" = 0 ]
	printf '# %s\n' "${lines[@]: -1}" >&3
}

@test "a seed plans the same arrivals and schedules each time" {
	cat > plan.py << 'EOF'
import pathlib, random, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1] + "/tests/soak")
import order
rng = random.Random(int(sys.argv[2]))
arrivals = order.arrivals_of(rng, pathlib.Path("."))
print([vars(a) for a in arrivals], order.schedule_of(rng, arrivals))
EOF
	python3 plan.py "$ROOT" 7 > a
	python3 plan.py "$ROOT" 7 > b
	python3 plan.py "$ROOT" 8 > c
	cmp a b
	run -1 cmp -s a c
}

@test "the model tells what stands, and what goes back" {
	cat > tell.py << 'EOF'
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1] + "/tests/soak")
from order import Arrival, Row, goes_back, standing
def row(key, n, good=True):
    return Row(key, good, '{"asset_id":"%d","n":%d}' % (key, n))
def effect(*rows):
    return {"effect": True, "body": [{"asset_id": str(k), "n": n}
                                     for k, n in rows]}
one = Arrival("a", 1, False, [row(1, 5), row(1, 6), row(2, 7)])
two = Arrival("b", 1, False, [row(1, 5), row(1, 9, False)])
first = Arrival("c", 1, True, [row(2, 1), row(2, 2)])
assert standing([one, two]) == [row(1, 5).text, row(2, 7).text]
assert standing([two, one]) == [row(1, 6).text, row(2, 7).text]
assert standing([one, first]) == [row(1, 6).text, row(2, 1).text]
fine = [effect((1, 5), (1, 6)), effect((1, 5)), effect((1, 5), (2, 7))]
assert goes_back([one, two], fine) is None
assert goes_back([one, two], fine + [effect((1, 6))])
assert goes_back([one], [effect((1, 6)), effect((1, 5))])
assert goes_back([one], [effect((1, 9))])
taken = dict(effect((1, 6), (1, 5)), taken=[[1, 1]])
assert goes_back([one], [taken]) is None
EOF
	python3 tell.py "$ROOT"
}
