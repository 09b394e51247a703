# backtest.bats - inv-validate --backtest: what would be otherwise now

load lib

prepare() {
	echo '{"properties":{"tag":{"type":"string"},"n":{"type":"integer"}}}' > then.schema.json
	echo '{"properties":{"tag":{"pattern":"^LAB"},"n":{"type":"string"}}}' > now.schema.json
	printf 'tag,n\nLAB-1,1\nX,2\nLAB-3,x\nLAB\nY,7\n' > m.csv
}

# A manifest goes through the pipe.
pipe() { # SCHEMA [OPTION OF inv-split ...] FILE
	local schema=$1
	shift
	inv-split -q "$@" | inv-validate -q -s "./$schema.schema.json" |
		inv-commit -q | inv-audit -q > /dev/null || true
}

backtest() { # SCHEMA
	run --separate-stderr inv-validate -s "./$1.schema.json" --backtest
}

member() { # FILTER
	jq -c "$1" <<< "$output"
}

@test "rows that passed and would fail, and the other way round" {
	pipe then m.csv
	backtest now
	[ "$status" = 1 ]
	[ "$(member '[.type, .name, .submission, .rows]')" = '["backtest","m.csv",1,5]' ]
	[ "$(member .manifest)" = "\"$(sha256sum < m.csv | cut -c 1-64)\"" ]
	[ "$(member .fail_now)" = '{"count":2,"rows":[[2,2],[5,5]]}' ]
	[ "$(member .fit_now)" = '{"count":1,"rows":[[3,3]]}' ]
	[ "$(member .errors)" = '[{"place":"tag","type":"string_pattern_mismatch","count":2,"line":3}]' ]
	[ "$(member 'keys | length')" = 8 ]
	backtest then
	[ "$status" = 0 ]
	[ "$(member '[.fail_now.count, .fit_now.count, .errors]')" = '[0,0,[]]' ]
}

@test "a terminal gets text" {
	command -v script > /dev/null || skip "no script(1)"
	pipe then m.csv
	inv-split -q now.schema.json > /dev/null || true
	run script -qec "inv-validate -s ./now.schema.json --backtest" /dev/null
	[ "$status" = 1 ]
	printf '%s\n' "$output" | tr -d '\r' > got
	diff -u - <(head -n 4 got) <<- 'END'
	m.csv: 5 rows, 3 have changed
	  2 were accepted and would fail now: rows 2, 5
	  m.csv:3: tag: string_pattern_mismatch, 2 in all
	  1 failed and would be accepted now: rows 3
	END
	[ "$(sed -n 5p got)" = "$(sha256sum < now.schema.json | cut -c 1-12): left out: no run of it is in the audit log" ]
}

@test "a manifest is read as it was read then" {
	printf 'LAB-1;1\nX;"2"\nLAB-3;\nLAB;5"\n' > a
	printf 'tag\tn\nLAB-\xe9\t1\nLAB-2\t\n' > b
	printf 'tag,n\nLAB-1,1\nX,2\n' | iconv -t UTF-16 > c
	printf 'tag,n\nLAB-1,1\nX,2\n' | gzip > d
	printf '{"tag":"X","n":1}\n\n{"tag":1}\n[]\n' > e
	printf 'tag,n\nLAB-1,1\nX,2\n' | iconv -t UTF-16LE > f
	echo '{"properties":{"tag":{"type":"string"},"n":{"type":["integer","null"]},"c2":{"type":["integer","null"]}}}' > then.schema.json
	pipe then -d ';' --no-header --empty null --strict-quotes a
	pipe then -f tsv -e ISO-8859-1 b
	pipe then c
	pipe then d
	pipe then e
	pipe then -e UTF-16LE f
	backtest then
	[ "$status" = 0 ]
	[ "$(member '[.name, .rows, .left_out]')" = "$(cat <<- 'END'
	["a",4,null]
	["b",2,null]
	["c",2,null]
	["d",2,null]
	["e",3,null]
	["f",2,null]
	END
	)" ]
}

@test "the last run that was about a row says what became of it" {
	pipe then m.csv
	pipe now m.csv
	backtest then
	[ "$status" = 1 ]
	# Row 3 has passed since then.
	[ "$(member '[.fail_now.rows, .fit_now.rows]')" = '[[[3,3]],[]]' ]
	backtest now
	[ "$status" = 1 ]
	# Rows 2 and 5 were quarantined since, and are committed for all that.
	[ "$(member '[.fail_now.rows, .fit_now.rows]')" = '[[[2,2],[5,5]],[]]' ]
}

@test "what can not be tried is left out, and said" {
	pipe then m.csv
	printf 'tag,n\nLAB-9,9\n' > gone.csv
	pipe then --no-archive gone.csv
	printf 'tag,tag\n' > bad.csv
	pipe then bad.csv
	printf 'tag,n\nLAB-8,9\n' > unsaid.csv
	inv-split -q unsaid.csv | jq -c 'select(.stage != "inv-split")' |
		inv-commit -q | inv-audit -q > /dev/null
	printf 'tag,n\nLAB-7,9\n' > other.csv
	inv-split -q other.csv | jq -c 'if .delimiter then .delimiter = ";" else . end' |
		inv-commit -q | inv-audit -q > /dev/null
	printf 'tag,n\nLAB-6,9\n' > unrun.csv
	inv-split -q unrun.csv > /dev/null
	inv-split -q --submission 2 m.csv > /dev/null
	backtest then
	[ "$status" = 0 ]
	member '[.name, .submission, .left_out]' | sed 's/archive.*: //'
	[ "$(member '[.name, .submission, .left_out]' | sed 's/archive.*: //')" = "$(cat <<- 'END'
	["m.csv",1,null]
	["gone.csv",1,"No such file or directory"]
	["bad.csv",1,"it was refused as a whole"]
	["unsaid.csv",1,"the log does not say how it was read"]
	["other.csv",1,"it is read otherwise now than it was then"]
	[null,1,"no run of it is in the audit log"]
	[null,2,"no run of it is in the audit log"]
	END
	)" ]
	[ "$(member 'select(.left_out) | has("rows")' | sort -u)" = false ]
}

@test "a state directory that is not there is 66, and not made" {
	backtest then
	[ "$status" = "$EX_NOINPUT" ]
	[ "$stderr" = "inv-validate: $INV_STATE: No such file or directory" ]
	[ ! -e "$INV_STATE" ]
}

@test "a state directory that is none, or that others can write to, is 77" {
	echo > "$INV_STATE"
	backtest then
	[ "$status" = "$EX_NOPERM" ]
	rm "$INV_STATE"
	mkdir -m 777 "$INV_STATE"
	backtest then
	[ "$status" = "$EX_NOPERM" ]
	[ "$stderr" = "inv-validate: $INV_STATE: refused: others may write to it" ]
}

@test "nothing to try is an error, not a pass" {
	mkdir -m 700 "$INV_STATE"
	backtest then
	[ "$status" = "$EX_DATAERR" ]
	[ "$stderr" = "inv-validate: $INV_STATE: no manifest could be tried again" ]
	inv-split -q m.csv > /dev/null
	backtest then
	[ "$status" = "$EX_DATAERR" ]
	[ "$(member .left_out)" = '"no run of it is in the audit log"' ]
}

@test "it changes nothing" {
	pipe then m.csv
	find state -type f | sort | xargs sha256sum > before
	backtest now
	[ "$status" = 1 ]
	find state -type f | sort | xargs sha256sum | cmp - before
}

@test "what is damaged is 74" {
	pipe then m.csv
	cp -r state kept
	f=$(find state/archive -name "$(sha256sum < m.csv | cut -c 1-64)")
	chmod 600 "$f"
	echo 'LAB-9,9' >> "$f"
	backtest then
	[ "$status" = "$EX_IOERR" ]
	[[ $stderr == *"damaged: not what its name says" ]]
	rm -rf state
	cp -r kept state
	sed -i '2s/./x/' state/audit/log.ndjson
	backtest then
	[ "$status" = "$EX_IOERR" ]
	[[ $stderr == "inv-validate: audit/log.ndjson: line 2:"* ]]
	run bash -c 'INV_STATE=$PWD/kept inv-validate -s ./then.schema.json --backtest > /dev/full'
	[ "$status" = "$EX_IOERR" ]
}

@test "places and types that differ are told apart up to 64" {
	printf 'tag,n\n' > m.csv
	jq -nc '[range(70) | {key: "c\(.)", value: {type: "integer"}}] | from_entries | {properties: .}' > wide.schema.json
	jq -nr '[range(70) | "c\(.)"] | join(","), join(",")' > wide.csv
	echo '{}' > any.schema.json
	pipe any wide.csv
	backtest wide
	[ "$status" = 1 ]
	[ "$(member '[(.errors | length), .more_errors]')" = '[64,6]' ]
}

@test "--backtest reads no FILE" {
	run --separate-stderr inv-validate --backtest m.csv
	[ "$status" = "$EX_USAGE" ]
}
