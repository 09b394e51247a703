# completion.bats - every program completes in a bash with bash-completion

load lib

prepare() {
	[ -e /usr/share/bash-completion/bash_completion ] ||
		skip "no bash-completion"
	BUILD=$(dirname "$(command -v inv-validate)")
	export BASH_COMPLETION_USER_DIR=$BUILD
}

# becomes LINE WANTED: what a TAB makes of it.
becomes() {
	run "$ROOT/tests/helper/complete" "$1"
	[ "$output" = "$2" ] || {
		echo "\"$1\" became \"$output\", not \"$2\""
		return 1
	}
}

@test "every program completes its options" {
	local program lines=()
	for program in "$BUILD"/inv-*; do
		lines+=("${program##*/} --vers")
	done
	[ ${#lines[@]} -gt 1 ]
	"$ROOT/tests/helper/complete" "${lines[@]}" > got
	printf '%sion \n' "${lines[@]}" | diff - got
}

@test "every long option of every program completes" {
	local program name
	for program in "$BUILD"/inv-*; do
		name=${program##*/}
		grep -q "complete .* $name\$" "$BUILD/completions/$name"
		for option in $("$program" --help |
			sed -n 's/^  .*\(--[a-z0-9-]*\).*/\1/p'); do
			grep -q -- "$option " "$BUILD/completions/$name" || {
				echo "$name does not complete $option"
				return 1
			}
		done
	done
}

@test "a file name with blanks is completed and quoted" {
	touch 'a manifest.csv'
	becomes 'inv-validate a' 'inv-validate a\ manifest.csv '
	becomes 'inv-validate a\ m' 'inv-validate a\ manifest.csv '
	becomes 'inv-validate "a ' 'inv-validate "a manifest.csv" '
}

@test "an option that takes a schema completes files" {
	mkdir rules
	touch rules/x.json
	becomes 'inv-validate -s rules/' 'inv-validate -s rules/x.json '
}

@test "verbs are completed, and the words that an option takes" {
	becomes 'inv-quarantine li' 'inv-quarantine list '
	becomes 'inv-audit ver' 'inv-audit verify '
	becomes 'inv-split -f nd' 'inv-split -f ndjson '
	becomes 'inv-commit --engine p' 'inv-commit --engine poll '
	becomes 'inv-ledger --export req' 'inv-ledger --export requests '
	becomes 'inv-quarantine list --state cl' \
		'inv-quarantine list --state closed '
}
