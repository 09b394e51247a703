#!/usr/bin/env bats
# split-csv - CSV as it is found: delimiters, quotes, lines around the table

load lib
load split

prepare() {
	set -o pipefail
}

# The records, or the types of what is wrong and the bytes: one a line.
fates() {
	inv-split -q "$@" | jq -r 'select(.type == "record") |
		.record // "\(.errors | map(.type) | join(",")) \(.raw // .raw_base64)" |
		if type == "object" then tojson else . end'
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

# ---- quotes and escapes ----

@test "--quote says what is around cells" {
	printf "a,b\n'1,''x''\n',\"2\n3,'\n" > m
	[ "$(fates --quote "'" m | paste -sd ' ')" = \
		'{"a":"1,'\''x'\''\n","b":"\"2"} unclosed_quote 3,'\' ]
	[ "$(inv-split -q --quote "'" m | member stage .quote)" = "\"'\"" ]
	[ "$(inv-split -q --quote '"' m | member stage '|has("quote")')" = false ]
	read_again m 1 $'\'1,\'\'x\'\'\n\',"2' --quote "'"
	jq -e '.quote == "'\''"' proof
}

@test "with --quote none quotes are data, and not counted" {
	printf 'a,b\n"1,2"\n"x\n",\n' > m
	[ "$(fates --quote none m | paste -sd ' ')" = \
		'{"a":"\"1","b":"2\""} cell_count "x {"a":"\"","b":""}' ]
	[ "$(inv-split -q --quote none --strict-quotes m | member stage '|[.quote,.stray_quotes]')" = '["none",0]' ]
	read_again m 1 '"1,2"' --quote none
}

@test "--escape makes the character behind it data, in quoted cells and in others" {
	printf '%s\n' 'a,b' '"x\"y\\",1\,5' '"p""q",\"\n\N' > m
	[ "$(fates --escape '\' m | paste -sd ' ')" = \
		'{"a":"x\"y\\","b":"1,5"} {"a":"p\"q","b":"\"nN"}' ]
	[ "$(inv-split -q --escape '\' m | member stage .escape)" = '"\\"' ]
	read_again m 1 '"x\"y\\",1\,5' --escape '\'
	printf '%s\n' 'a|b' '1\|2|"3' > m
	[ "$(fates --escape '\' --quote none m)" = '{"a":"1|2","b":"\"3"}' ]
	printf '%s\n' 'a;b' '^"1;^;;2' > m
	[ "$(fates --escape ^ m | paste -sd ' ')" = 'cell_count ^"1;^;;2' ]
	[ "$(fates --escape ^ -d ';' m | paste -sd ' ')" = 'cell_count ^"1;^;;2' ]
	printf '%s\n' 'a;b' '^"1;^;2' > m
	[ "$(fates --escape ^ m)" = '{"a":"\"1","b":";2"}' ]
}

@test "an escape at the end of a line or of the text is data, and joins nothing" {
	printf '%s\n' 'a,b' '1,2\' '"3\' '\\",4' > m
	printf '5,6\\' >> m
	[ "$(fates --escape '\' m | paste -sd ' ')" = \
		'{"a":"1","b":"2\\"} {"a":"3\\\n\\","b":"4"} {"a":"5","b":"6\\"}' ]
}

@test "an open quote in another dialect costs one line, too" {
	printf "%s\n" "a,b" "1,'2" "3,4" "'5\\',6" "7,8" > m
	[ "$(fates --quote "'" --escape '\' m | paste -sd ' ')" = \
		"data_after_quote 1,'2 {\"a\":\"3\",\"b\":\"4\"} unclosed_quote '5\\',6 {\"a\":\"7\",\"b\":\"8\"}" ]
}

# ---- lines around the table ----

@test "--preamble passes lines over, whatever they hold, and says how many" {
	printf 'Report, "open\r\n\r\n\xff;;;\ra;b\n1;2\n' > m
	[ "$(fates --preamble 3 m)" = '{"a":"1","b":"2"}' ]
	inv-split -q --preamble 3 m > out
	[ "$(member stage '|[.preamble_lines,.delimiter]' < out)" = '[3,";"]' ]
	[ "$(member record .line < out)" = 5 ]
	read_again m 1 '1;2' --preamble 3
	jq -e '.preamble_lines == 3' proof
	[ "$(inv-split -q --preamble 0 m | member stage '|has("preamble_lines")')" = false ]
	printf '# a\n{"title"}\n%s\n1\t2\n' $'a\tb' > m
	[ "$(inv-split -q --preamble 2 m | member manifest .format)" = '"tsv"' ]
}

@test "a preamble line past 1 MiB is passed over as any" {
	{ head -c 3M /dev/zero | tr '\0' '"'; printf '\na,b\n1,2\n'; } > m
	[ "$(fates --preamble 1 m)" = '{"a":"1","b":"2"}' ]
}

@test "--footer leaves the last lines out, and says how many" {
	for end in '\n' '\r\n' '\r'; do
		printf 'a,b%b1,2%b3,"x%by"%bTotal,"4%b%b' "$end" "$end" "$end" "$end" "$end" "$end" > m
		inv-split -q --footer 2 m > out
		[ "$(member end .counts.pending < out)" = 2 ]
		[ "$(member stage .footer_lines < out)" = 2 ]
	done
	printf 'a,b\n1,2\nTotal' > m
	[ "$(fates --footer 1 m)" = '{"a":"1","b":"2"}' ]
	[ "$(fates --footer 0 m | wc -l)" = 2 ]
	read_again m 1 1,2 --footer 1
	printf '1,2\n3,4\nTotal' | fates --no-header --footer 1 > out
	[ "$(wc -l < out)" = 2 ]
	printf 'a,b\n1,2\nTotal,1' | iconv -t UTF-16 | gzip > m
	[ "$(fates --footer 1 m)" = '{"a":"1","b":"2"}' ]
}

@test "a footer in a large file stays within the memory" {
	limited
	{ echo a,b; seq -f '%g,x' 1000000; head -c 64M /dev/zero | tr '\0' y; printf '\n%s\n' z z; } > m
	(
		ulimit -v 65536
		inv-split -q --no-archive --footer 3 m > out
	)
	[ "$(tail -n 1 out | jq -c .counts.pending)" = 1000000 ]
}

@test "a table that is all preamble and footer is refused" {
	printf 'x\na,b\ny\n' > m
	for how in '--preamble 2 --footer 1' '--preamble 9' '--footer 3' '--footer 9' '--preamble 2 --footer 2'; do
		# shellcheck disable=SC2086
		run -65 --separate-stderr inv-split -q $how m
		[ "$(member end .refused.reason <<< "$output")" = '"empty"' ]
	done
	run -0 inv-split -q --preamble 1 --footer 1 m
}

@test "without a header, empty lines behind the preamble are rows of one column, on their lines" {
	printf 'title\n\n\nx\n\n' > m
	[ "$(inv-split -q --no-header --preamble 1 m | member record '|[.row,.line,.record.c1]' | paste -sd' ')" = \
		'[1,2,""] [2,3,""] [3,4,"x"] [4,5,""]' ]
}

@test "--header-lines joins what stands above each other" {
	printf 'Asset,,"Where\nabouts",\n\nid,code,room,\n,,(new),note\n1,2,3,4\n' > m
	[ "$(inv-split -q --header-lines 3 m | member manifest .columns)" = \
		'["Asset id","code","Where\nabouts room (new)","note"]' ]
	[ "$(fates --header-lines 3 m)" = \
		'{"Asset id":"1","code":"2","Where\nabouts room (new)":"3","note":"4"}' ]
	[ "$(inv-split -q --header-lines 3 m | member stage '|[.header_lines,.blank_lines]')" = '[3,1]' ]
	[ "$(inv-split -q --header-lines 1 m | member stage '|has("header_lines")')" = false ]
	printf 'a,\n,b\n1,2\n' > m
	read_again m 1 1,2 --header-lines 2
	jq -e '.header_lines == 2' proof
}

@test "records of a header that differ are refused, and a header that is cut short" {
	printf 'a,b\nx\n1,2\n' > m
	run -65 --separate-stderr inv-split -q --header-lines 2 m
	[ "$(member end .refused.reason <<< "$output")" = '"bad_header"' ]
	[[ $stderr = *"m: line 2: header: another number of cells than columns" ]]
	printf 'a,b\n1,2\n' > m
	run -65 --separate-stderr inv-split -q --header-lines 3 m
	[ "$(member end .refused.reason <<< "$output")" = '"empty"' ]
	printf 'a,a\nx,x\n' > m
	run -65 --separate-stderr inv-split -q --header-lines 2 m
	[[ $stderr = *'"a x"'* ]]
}

@test "characters and numbers that can not be meant are 64" {
	printf 'a,b\n' > m
	while read -r bad; do
		# shellcheck disable=SC2086
		run -64 inv-split $bad m
	done <<- 'EOF'
	--quote ab
	--quote é
	--quote ,
	--quote | --escape \
	--escape ab
	--escape "
	--escape ;
	-d " --quote "
	-d \ --escape \
	-d "
	--preamble 1001
	--preamble -1
	--footer 1001
	--header-lines 0
	--header-lines 17
	--no-header --header-lines 2
	EOF
	run -0 inv-split -q -d ';' --quote '|' m
	run -0 inv-split -q -f tsv --quote '|' m
	run -0 inv-split -q -d '"' --quote "'" m
}

@test "all empty and repeated names are told, as far as there is room" {
	printf 'id,,name,id,,name,id,x\n1,2,3,4,5,6,7,8\n' > m
	run -65 --separate-stderr inv-split -q m
	[ "$stderr" = 'inv-split: m: line 1: header: columns 2, 5 have no name; columns 1, 4, 7 are named "id"; columns 3, 6 are named "name"' ]
	[ "$(member end .refused.reason <<< "$output")" = '"bad_header"' ]
	{ seq -s , 1 2000 | sed 's/[0-9]*/x/g'; echo; } > m
	run -65 --separate-stderr inv-split -q m
	[[ $stderr =~ 'columns 1, 2, 3, '.*' are named "x"; and '[0-9]+' more'$ ]]
}

# ---- row isolation ----

@test "one damaged row costs that row and no other, in each of 69 ways" {
	local build seed
	build=$(dirname "$(command -v inv-split)")
	for seed in 20261121 $((RANDOM * 32768 + RANDOM)); do
		SEED=$seed TABLES=4 LARGE=0 run -0 "$ROOT/tests/helper/one-row" "$build"
		echo "$output"
		[[ $output = "SEED=$seed: 4 tables, 69 ways cost one row, 4 more: 0 wrong" ]]
	done
}

@test "it is seen when a damaged row costs another" {
	local build
	build=$(dirname "$(command -v inv-split)")
	mkdir wrong
	printf '#!/bin/sh\nexec "%s/inv-split" "$@" --quote none\n' "$build" > wrong/inv-split
	chmod +x wrong/inv-split
	SEED=7 TABLES=1 LARGE=0 run -1 "$ROOT/tests/helper/one-row" wrong
	[[ $output = *"the clean file is not clean"* ]]
	# A damaged quote takes the next row with it.
	cat > wrong/inv-split <<- END
		#!/bin/sh
		"$build/inv-split" "\$@" | sed '/"verdict":"quarantined"/{N;s/\n.*//}'
	END
	SEED=7 TABLES=1 LARGE=0 run -1 "$ROOT/tests/helper/one-row" wrong
	[[ $output = *"a row behind it is otherwise"* ]]
}
