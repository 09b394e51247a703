#!/usr/bin/env bats
# A sample of the faults at each attempt; `make soak` has them all.

load lib

@test "whatever fails at whichever attempt, rows are what the table says" {
	export SEED=${SEED:-0} RUNS=${RUNS:-25} JOBS=1 TMPDIR=$PWD
	run "$ROOT/scripts/soak" \
		"$(dirname "$(command -v inv-commit)")" attempts 3>&-
	echo "$output"
	[ "$status" = 0 ]
	printf '# %s\n' "${lines[@]: -1}" >&3
}

@test "the table has every fault that the page has" {
	cat > table.py << 'EOF'
import re, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1] + "/tests/soak")
import attempts
told = {fault.split("=")[0] for fault in attempts.TABLE}
page = open(sys.argv[1] + "/man/inv-ledger.1").read()
page = page[page.index(".Sh FAULTS"):page.index(".Sh EXIT STATUS")]
known = {word for line in re.findall(r"(?m)^\.It (.*)$", page)
         for word in re.findall(r"Cm ([0-9a-z-]+)", line)}
assert known | {"delay"} == told, known ^ told
EOF
	python3 table.py "$ROOT"
}
