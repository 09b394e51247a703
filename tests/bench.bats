#!/usr/bin/env bats
# bench.bats - what make bench measures beside our programs

load lib

prepare() {
	set -o pipefail
	mkdir bin bench
	"${CC:-cc}" -std=c17 -D_GNU_SOURCE -o bench/measure "$ROOT/tests/bench/measure.c"
	printf '#!/bin/sh\nexec cat /dev/null\n' > bin/mlr # is not what this is about
	chmod +x bin/mlr
	PATH=$PWD/bin:$PATH
}

# The table of readers of CSV, of few rows.
splitting() {
	ROWS=20 RUNS=1 python3 -B - "$PWD/bench" <<- 'END'
		import importlib.machinery, importlib.util, os, sys
		folder = os.environ["ROOT"] + "/tests/bench"
		sys.path.insert(0, folder)
		loader = importlib.machinery.SourceFileLoader("figures", folder + "/figures")
		spec = importlib.util.spec_from_loader("figures", loader)
		figures = importlib.util.module_from_spec(spec)
		loader.exec_module(figures)
		os.environ["INV_STATE"] = str(figures.HERE / "state")
		figures.splitting()
	END
}

# A stand-in for zsv, in a checkout: it takes down what it was asked.
stand_in() { # PATH
	mkdir -p "$(dirname "$1")"
	printf '#!/bin/sh\necho "$0 $*" >> "%s/asked"\nexec cat "$2"\n' "$PWD" > "$1"
	chmod +x "$1"
}

@test "zsv is measured from the checkout that ZSV names, where it was built" {
	stand_in 'a checkout/build/Linux/rel/gcc/bin/cli'
	stand_in 'a checkout/build/Linux/dbg/gcc/bin/cli'
	mkdir -p 'a checkout/share/zsv'
	ZSV='a checkout' splitting > table
	grep -q '^| zsv 2json  *| ' table
	[ "$(cat asked)" = "$PWD/a checkout/build/Linux/rel/gcc/bin/cli 2json plain.csv
$PWD/a checkout/build/Linux/rel/gcc/bin/cli 2json quoted.csv" ]
	rm -r asked 'a checkout/build'
	stand_in 'a checkout/usr/bin/zsv' # installed there
	ZSV='a checkout' splitting > table
	[ "$(head -n 1 asked)" = "$PWD/a checkout/usr/bin/zsv 2json plain.csv" ]
}

@test "without zsv the table says how to have it" {
	splitting > table
	grep -q '^no comparison with zsv: ZSV=CHECKOUT, in which ./configure && make -C app build$' table
	mkdir empty
	ZSV=empty splitting > table
	grep -q '^no comparison with zsv' table
	run ! grep -q '^| zsv' table
}
