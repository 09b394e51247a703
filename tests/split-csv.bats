#!/usr/bin/env bats
# split-csv - CSV as it is found: delimiters, quotes, lines around the table

load lib

prepare() {
	set -o pipefail
}

# The records, or the types of what is wrong and the bytes: one a line.
fates() {
	inv-split -q "$@" | jq -r 'select(.type == "record") |
		.record // "\(.errors | map(.type) | join(",")) \(.raw // .raw_base64)" |
		if type == "object" then tojson else . end'
}

# A member of the only manifest, stage or end line.
member() { # TYPE .MEMBER < stream
	jq -c "select(.type==\"$1\")$2"
}

# read_again FILE ROW RAW [OPTION...]: it goes through the pipe, and what reads
# it from the archive, or a proof's row from the file, reads it as it was.
read_again() {
	local file=$1 row=$2 raw=$3 id
	shift 3
	rm -rf "$INV_STATE" ledger.db
	echo '{}' > any.schema.json
	inv-split -q "$@" "$file" | inv-validate -q -s ./any.schema.json |
		inv-commit -q -k a -l file:ledger.db | inv-audit -q > summary
	id=$(jq -r .manifest summary)
	inv-audit key show > lab.pub
	inv-audit prove "$id" "$row" > proof
	[ "$(jq -r .raw proof)" = "$raw" ]
	inv-audit check proof --key lab.pub --manifest "$file" > /dev/null
	inv-validate -s ./any.schema.json --backtest |
		jq -e --argjson n "$(jq '.rows' summary)" '.rows == $n'
}

# ---- the delimiter ----

@test "a comma, a semicolon, a TAB and | are told by the content, and said" {
	printf 'a,b\n1;2,3\n' > comma
	printf 'a;b\n1,5;2\n' > semicolon
	printf 'a\tb\n1,5\t2\n' > tab
	printf 'a|b\n1|2,5\n' > bar
	inv-split -q comma semicolon tab bar > out
	[ "$(member manifest .format < out | paste -sd ' ')" = '"csv" "csv" "tsv" "csv"' ]
	[ "$(member stage .delimiter < out | paste -sd ' ')" = '"," ";" "\t" "|"' ]
	[ "$(member record .record < out | paste -sd ' ')" = \
		'{"a":"1;2","b":"3"} {"a":"1,5","b":"2"} {"a":"1,5","b":"2"} {"a":"1","b":"2,5"}' ]
	run -0 --separate-stderr inv-split -v semicolon
	[[ $stderr = *"inv-split: semicolon: by its content, ; is between its cells"* ]]
}

@test "-d is taken, whatever they look like" {
	printf 'a;b,c;d\n1;2,3;4\n' > m
	[ "$(inv-split -q -d , m | member manifest .columns)" = '["a;b","c;d"]' ]
	printf 'a\tb\n1\t2\n' > m
	[ "$(inv-split -q -d , m | member manifest '|[.format,.columns]')" = '["csv",["a\tb"]]' ]
	run -0 --separate-stderr inv-split -v -d ';' m
	[[ $stderr != *"between its cells"* ]]
}

@test "most of the first records decide, then more cells, then the order" {
	printf 'a;b,c\n1;2\n3;4\n5,6\n' > m
	[ "$(inv-split -q m | member manifest .columns)" = '["a","b,c"]' ]
	printf 'a,b;c;d\n' > m
	[ "$(inv-split -q m | member manifest .columns)" = '["a,b","c","d"]' ]
	printf 'a|b;c\n1|2;3\n' > m
	[ "$(inv-split -q m | member manifest .columns)" = '["a|b","c"]' ]
	printf 'a\n1;2\n' > m
	[ "$(inv-split -q m | member stage .delimiter)" = '","' ]
	{ printf 'a;b,c\n'; seq -f '%g;2' 99; seq -f '%g,2' 1000; } > m
	[ "$(inv-split -q m | member stage .delimiter)" = '";"' ]
}

@test "a damaged row does not turn the delimiter" {
	printf 'a;b;c\n1;"2;3\n1,2,3\n4;5;6\n,,,,\n7;8;9\n' > m
	[ "$(fates m | paste -sd ' ')" = \
		'unclosed_quote 1;"2;3 cell_count 1,2,3 {"a":"4","b":"5","c":"6"} cell_count ,,,, {"a":"7","b":"8","c":"9"}' ]
}

@test "64 KiB are looked at, and with -f csv no TABs" {
	{ printf '"'; head -c 70000 /dev/zero | tr '\0' x; printf '";b,c\n1;2\n3;4\n'; } > m
	[ "$(inv-split -q m | member stage .delimiter)" = '","' ]
	printf 'a\tb\tb;c\n' > m
	[ "$(inv-split -q m | member manifest .format)" = '"tsv"' ]
	[ "$(inv-split -q -f csv m | member stage .delimiter)" = '";"' ]
}

@test "UTF-16 and packed text are told alike" {
	printf 'a;b\n1;2\n' | iconv -t UTF-16 | gzip > m
	[ "$(fates m)" = '{"a":"1","b":"2"}' ]
}

@test "what was told is read again from the archive as it was" {
	printf 'a;b\n1;2,5\n3;4,5\n' > m
	read_again m 2 '3;4,5'
}
