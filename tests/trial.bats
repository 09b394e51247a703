# trial.bats - inv-validate --test: rows whose errors are known

load lib

prepare() {
	mkdir rows
	cat > s.schema.json <<- 'END'
	{"type":"object","properties":{"tag":{"type":"string","pattern":"^LAB-"},
	"quantity":{"type":"integer","minimum":0},"Room No":{"type":"string"}},
	"required":["tag"],"additionalProperties":false}
	END
}

try() { # [OPTION ...]
	run --separate-stderr inv-validate -s ./s.schema.json --test rows "$@"
}

@test "rows that are as they say give 0 and a sum" {
	printf 'tag,quantity,inv:expect\nLAB-1,5,\nX,5,string_pattern_mismatch\n' > rows/a.csv
	printf 'quantity\tinv:expect\n-3\tquantity:greater_than_equal tag:missing\n' > rows/b.tsv
	printf '%s\n' '{"tag":"LAB-2","inv:expect":null}' \
		'{"inv:expect":"","tag":"LAB-2","quantity":3}' \
		'{"tag":"LAB-2","quantity":"3","inv:expect":"int_type"}' > rows/c.ndjson
	echo 'these rows are for tests' > rows/README
	try
	[ "$status" = 0 ]
	[ "$output" = "6 rows tried, all as expected" ]
	[ "$stderr" = "" ]
}

@test "a row that is not as it says gives a line and 1" {
	cat > rows/bad.csv <<- 'END'
	tag,quantity,inv:expect
	LAB-1,x,
	LAB-1,-1,quantity:int_parsing
	LAB-1,1,quantity:int_parsing missing
	X,x,quantity:int_parsing
	LAB-1,x,tag:int_parsing
	LAB-1,x,quantity
	LAB-1,x,int_parsing
	END
	try
	[ "$status" = 1 ]
	[ "$output" = "$(cat <<- 'END'
	rows/bad.csv:2: expected nothing, got quantity:int_parsing
	rows/bad.csv:3: expected quantity:int_parsing, got quantity:greater_than_equal
	rows/bad.csv:4: expected quantity:int_parsing, missing, got nothing
	rows/bad.csv:5: expected quantity:int_parsing, got quantity:int_parsing, tag:string_pattern_mismatch
	rows/bad.csv:6: expected tag:int_parsing, got quantity:int_parsing
	rows/bad.csv:7: expected quantity, got quantity:int_parsing
	7 rows tried, 6 not as expected
	END
	)" ]
}

@test "a list of words may have blanks in them" {
	printf '%s\n' '{"tag":"LAB-2","Room No":1,"quantity":-1,"inv:expect":["Room No:string_type","greater_than_equal"]}' > rows/c.ndjson
	try
	[ "$status" = 0 ]
	printf '%s\n' '{"tag":"LAB-2","Room No":1,"inv:expect":["No:string_type"]}' > rows/c.ndjson
	try
	[ "$status" = 1 ]
}

@test "rows are read as a manifest of that format would be" {
	printf 'tag,quantity,inv:expect\nLAB-1,5,int_type\n' > rows/a.csv
	try
	[ "$status" = 1 ]
	try --coerce never
	[ "$status" = 0 ]
}

@test "a test that has nothing to go by does not pass" {
	try
	[ "$status" = "$EX_DATAERR" ]
	[ "$stderr" = "inv-validate: rows: no rows: neither *.csv nor *.tsv nor *.ndjson" ]
	echo 'tag,inv:expect' > rows/a.csv
	try
	[ "$status" = "$EX_DATAERR" ]
	[ "$stderr" = "inv-validate: rows/a.csv: no rows" ]
	[ "$output" = "" ]
	printf 'tag,expect\nLAB-1,\n' > rows/a.csv
	try
	[ "$status" = "$EX_DATAERR" ]
	[ "$stderr" = "inv-validate: rows/a.csv:2: no inv:expect: words, or a list of them" ]
	rm rows/a.csv
	for value in 1 true '{}' '["missing",1]'; do
		echo '{"tag":"LAB-1","inv:expect":'"$value"'}' > rows/a.ndjson
		try
		[ "$status" = "$EX_DATAERR" ]
		[[ $stderr == *"rows/a.ndjson:1: no inv:expect"* ]]
	done
	printf '{"tag":"LAB-1","inv:expect":""}\n{"tag":\n' > rows/a.ndjson
	try
	[ "$status" = "$EX_DATAERR" ]
	[[ $stderr == "inv-validate: rows/a.ndjson:2: "*"[json_invalid]" ]]
	printf 'tag,inv:expect\nLAB-1\n' > rows/a.csv
	try
	[ "$status" = "$EX_DATAERR" ]
	[[ $stderr == "inv-validate: rows/a.csv:2: 1 cell for 2 columns [cell_count]" ]]
}

@test "a folder or a file that can not be read is 66" {
	run --separate-stderr inv-validate -s ./s.schema.json --test nonesuch
	[ "$status" = "$EX_NOINPUT" ]
	[ "$stderr" = "inv-validate: nonesuch: No such file or directory" ]
	mkdir rows/a.csv
	try
	[ "$status" = "$EX_NOINPUT" ]
	[[ $stderr == *"rows/a.csv: "*"Is a directory" ]]
}

@test "--test takes no FILE, and a full disk is 74" {
	try stream.ndjson
	[ "$status" = "$EX_USAGE" ]
	printf 'tag,inv:expect\nLAB-1,\n' > rows/a.csv
	run bash -c 'inv-validate -s ./s.schema.json --test rows > /dev/full'
	[ "$status" = "$EX_IOERR" ]
}

@test "what rows say can not act on a terminal" {
	printf '%s\n' '{"tag":"LAB-2","inv:expect":["\u001b[31m\u202e"]}' > rows/a.ndjson
	try
	[ "$status" = 1 ]
	run ! grep -P '[\x00-\x09\x0b-\x1f\x7f]|\xe2\x80\xae' <<< "$output"
}

@test "a long list of words, or a long word, is shown in part" {
	printf 'tag,inv:expect\nLAB-1,%0300d\n' 0 > rows/a.csv
	printf 'tag,inv:expect\nLAB-1,%s\n' "$(seq -s ' ' 9999)" > rows/b.csv
	try
	[ "$status" = 1 ]
	[ "${lines[0]}" = "rows/a.csv:2: expected $(printf '%0256d' 0)..., got nothing" ]
	[[ ${lines[1]} == "rows/b.csv:2: expected 1, 2, 3, "*[0-9]", ..., got nothing" ]]
}

@test "a NUL is no blank, and a pipe holds nobody up" {
	printf '%s\n' '{"tag":"LAB-2","inv:expect":"\u0000"}' > rows/a.ndjson
	try
	[ "$status" = 1 ]
	mkfifo rows/a.csv
	run timeout 10 inv-validate -q -s ./s.schema.json --test rows
	[ "$status" = "$EX_NOINPUT" ]
}

@test "a folder of more than 10,000 files is refused" {
	(cd rows && seq -f '%g.csv' 10001 | xargs touch)
	try
	[ "$status" = "$EX_DATAERR" ]
	[ "$stderr" = "inv-validate: rows: more than 10000 files of rows" ]
}
