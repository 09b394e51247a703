# guard.bats - inv-validate --max-memory: say so, go slowly, drop nothing

load lib

prepare() {
	seq 20000 | awk 'BEGIN { print "tag,n" } { print "LAB-" $1 "," $1 % 7 }' > m.csv
	echo '{"properties":{"n":{"type":"integer","minimum":1}}}' > s.schema.json
	inv-split -q m.csv > in
	inv-validate -q -s ./s.schema.json in > want
}

validate() { # OPTION ...
	inv-validate -s ./s.schema.json "$@" in
}

@test "a limit that is always passed is a slow run: no row is dropped" {
	validate --max-memory 1M --stats s.json > out 2> err
	cmp out want
	[ "$(grep -c 'memory:' err)" = 1 ]
	grep -E 'inv-validate: memory: [0-9]+ KiB are in use, the limit is 1024 KiB: going on slowly' err
	jq -e '.memory.reached == 1 and .memory.waited_ms >= 10 and .counts.pending > 0' s.json
}

@test "a share that is not reached is not spoken of" {
	validate --max-memory 100% --stats s.json > out 2> err
	cmp out want
	run ! grep memory err
	[ "$(jq -c .memory s.json)" = '{"reached":0,"waited_ms":0}' ]
}

@test "of two limits the last counts" {
	validate --max-memory 100% --max-memory 1M > out 2> err
	cmp out want
	grep -q 'the limit is 1024 KiB' err
}

@test "-q says nothing of it" {
	validate -q --max-memory 1M > out 2> err
	cmp out want
	[ ! -s err ]
}

@test "what is no limit is 64" {
	for limit in 0 0% 101% 75.5% -1 x ''; do
		run --separate-stderr validate --max-memory "$limit"
		[ "$status" = "$EX_USAGE" ]
		[[ $stderr == "inv-validate: --max-memory: \"$limit\": not a size such as 512M, or a share such as 75%" ]]
	done
}
