# json-schema.bats - JSON Schema draft 2020-12, through the public command line
#
# The official suite as far as the corpora have it, and a suite of our own in
# its format for what they leave out; tests/json-schema/differs lists the tests
# that do not come out as the suite has them, and why.

load lib

OWN=$ROOT/tests/json-schema

suite() { # TESTS REMOTES
	"$ROOT/tests/helper/suite" "$1" "$2" "$OWN/differs"
}

@test "every test of the official suite comes out as it says" {
	corpus json-schema
	suite "$CORPUS/tests/draft2020-12" "$CORPUS/remotes" | tee counts
	[ "${PIPESTATUS[0]}" = 0 ]
	echo "# $(head -n 1 counts)" >&3
}

@test "every test of our own suite comes out as it says" {
	suite "$OWN/tests" "$OWN/remotes" | tee counts
	[ "${PIPESTATUS[0]}" = 0 ]
	echo "# $(head -n 1 counts)" >&3
}

@test "a suite that disagrees is seen, and so is a schema that is refused" {
	mkdir tests
	cat > tests/a.json <<- 'END'
		[{"description": "g", "schema": {"type": "string"}, "tests": [
			{"description": "yes", "data": "x", "valid": true},
			{"description": "no", "data": 1, "valid": true}]},
		{"description": "h", "schema": {"type": "text"}, "tests": [
			{"description": "yes", "data": "x", "valid": true}]}]
	END
	run -1 suite tests tests
	[ "${lines[0]}" = "1 files, 2 groups, 3 tests, 0 of them listed to differ" ]
	[ "${lines[1]}" = "a.json: g: no: schema_violation" ]
	[[ ${lines[2]} == "a.json: h: status 78: "* ]]
	printf 'a.json\tg\t%s\twhy\n' yes no > differs
	run -1 "$ROOT/tests/helper/suite" tests tests differs
	[ "${lines[1]}" = "a.json: g: yes: passed" ]
	[[ ${lines[2]} == "a.json: h: status 78: "* ]]
}
