# differential.bats - inv-validate and ajv on the same schemas and records
#
# Schemas and records are made from a seed; where the two differ, a literal
# reading of the specification has to agree with inv-validate, and the reason
# has to be one that tests/differential/run lists.

load lib

prepare() {
	command -v node > /dev/null || skip "no node"
	[ -d "$ROOT/build/npm/node_modules/ajv" ] ||
		skip "no ajv (scripts/setup test)"
	SEED=${SEED:-1}
	CASES=100000
	case $(command -v inv-validate) in
	*/rel/*) ;;
	*) CASES=5000 ;; # a sample, where every start takes long
	esac
}

@test "both take the same records, but for the reasons listed" {
	run -0 "$ROOT/tests/differential/run" $CASES "$SEED"
	echo "# ${lines[0]}" >&3
	[[ ${lines[0]} =~ ^"seed $SEED: $CASES cases, "([0-9]+)" fit, "([0-9]+) ]]
	((BASH_REMATCH[1] > CASES / 4 && BASH_REMATCH[2] > CASES / 4))
	for line in "${lines[@]:1}"; do
		[[ $line =~ ^([0-9]+)" differ: " ]]
		((BASH_REMATCH[1] < CASES / 50))
	done
}

# A program instead of inv-validate.
other() { # AWK-PROGRAM
	mkdir -p bin
	printf '#!/bin/sh\nexec awk '"'%s'\n" "$1" > bin/inv-validate
	chmod +x bin/inv-validate
	PATH=$PWD/bin:$PATH run -1 "$ROOT/tests/differential/run" 1000 "$SEED"
}

@test "one that takes everything, or nothing, differs" {
	other '{ print }'
	[[ $output == *"seed $SEED: 1000 cases, 1000 fit, 0 refused, "* ]]
	other '/"record"/ { sub(/}$/, ",\"verdict\":\"quarantined\"}") } { print }'
	[[ $output == *"seed $SEED: 1000 cases, 0 fit, 1000 refused, "* ]]
}

@test "one that refuses a schema, or loses a row, fails" {
	other 'BEGIN { print "no" > "/dev/stderr"; exit 78 }'
	[[ $output =~ "schema "[0-9]+": status 78: no" ]]
	other '!/"row":7,/ { print }'
	[[ $output == *"inv-validate undefined"* ]]
}
