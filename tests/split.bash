# split.bash - what tests of inv-split have in common: load split

# A member of the only manifest, stage or end line.
member() { # TYPE .MEMBER < stream
	jq -c "select(.type==\"$1\")$2"
}

# shellcheck disable=SC2154 # run sets output and stderr
# Refused as a whole: no row, no columns, the reason in end, a line on stderr.
refused_as() { # REASON ARGS...
	local reason=$1
	shift
	run -65 --separate-stderr inv-split -q "$@"
	[ "$(member record '' <<< "$output")" = "" ]
	[ "$(member end .rows <<< "$output")" = 0 ]
	[ "$(member end .refused.reason <<< "$output")" = "\"$reason\"" ]
	[ "$(member end .refused.msg <<< "$output")" != "\"\"" ]
	[ "$(member manifest '|has("columns")' <<< "$output")" = false ]
	[[ $stderr = "inv-split: "* ]]
}

# A limit on the address space says what memory is needed, but sanitizers
# reserve more than there is.
limited() {
	case $(command -v inv-split) in
	*/asan/*) skip "sanitizers reserve the address space" ;;
	esac
}
