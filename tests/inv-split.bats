#!/usr/bin/env bats
# inv-split - one test for each sentence of its page

load lib
load split

prepare() {
	set -o pipefail
}

# Quiet, and only what became of the rows.
rows() {
	inv-split -q "$@" | jq -c 'select(.type=="record")'
}

# The records, or reason and raw: one a line.
fates() {
	rows "$@" | jq -r '.record // "\(.reason) \(.errors | map(.type) | join(",")) \(.raw // .raw_base64)" |
		if type == "object" then tojson else . end'
}

# ---- the lines ----

@test "a manifest comes out as manifest, records, stage and end, in DESIGN's order of members" {
	printf 'id,name\n1,a\n2,b\n' > m.csv
	inv-split -q m.csv > out
	[ "$(jq -r .type out | paste -sd,)" = manifest,record,record,stage,end ]
	[ "$(head -n 1 out | jq -r 'keys_unsorted | join(",")')" = \
		type,v,manifest,run,name,format,bytes,columns,arrival,received,submission,chunk_size,request_id ]
	[ "$(sed -n 2p out | jq -r 'keys_unsorted | join(",")')" = type,manifest,row,line,chunk,record ]
	[ "$(member stage '|keys_unsorted[0:3]|join(",")' < out)" = '"type,stage,version"' ]
	[ "$(member end '|keys_unsorted|join(",")' < out)" = '"type,manifest,rows,bytes,counts"' ]
	id=$(sha256sum < m.csv | cut -c 1-64)
	[ "$(member manifest .manifest < out)" = "\"$id\"" ]
	[ "$(member end .manifest < out)" = "\"$id\"" ]
	[ "$(sed -n 2p out | jq -r .manifest)" = "${id:0:32}" ]
	[ "$(member manifest .columns < out)" = '["id","name"]' ]
	[ "$(member end '|[.rows,.bytes,.counts.pending]' < out)" = '[2,16,2]' ]
	[[ $(member manifest .run < out) =~ ^\"[0-9a-f]{16}\"$ ]]
}

@test "request_id is the digest of inv-request, the manifest and the submission, each with its length" {
	printf 'a\n1\n' > m.csv
	inv-split -q --submission 12 m.csv > out
	want=$(python3 - "$(member manifest .manifest < out | tr -d '"')" <<-'EOF'
		import hashlib, sys
		h = hashlib.sha256()
		for part in (b"inv-request", sys.argv[1].encode(), b"12"):
		    h.update(len(part).to_bytes(8, "big") + part)
		print(h.hexdigest())
	EOF
	)
	[ "$(member manifest .request_id < out)" = "\"$want\"" ]
}

@test "every line of the stream is as its JSON Schema has it" {
	printf 'id,n\n1,"a\nb"\n2\n\xff,x\n3,"y\n' > m.csv
	printf '{"a":1}\nx\n{"a":1e400}\n' > m.ndjson
	printf '%%PDF-' > m.pdf
	{ printf 'a\n'; head -c 2M /dev/zero; } > long.csv
	run -65 --separate-stderr inv-split -q m.csv m.ndjson m.pdf long.csv
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" <<< "$output"
}

@test "every line of the stream is read back by the next program" {
	printf 'id,n\n1,"a\nb"\n2\n\xff,x\n3,"y\n' > m.csv
	inv-split -q m.csv > out
	inv-dedup -k id < out > passed
	[ "$(jq -c 'select(.type=="end").counts' passed)" = \
		'{"pending":1,"committed":0,"skipped":0,"quarantined":3,"held":0,"ambiguous":0}' ]
	grep '"type":"record"' out | diff - <(grep '"type":"record"' passed)
}

@test "rows are numbered from 1, lines from 1, chunks from 0" {
	printf 'a,b\n1,"x\ny"\n\n2,z\n3,z\n' > m.csv
	[ "$(rows --chunk-size 2 m.csv | jq -c '[.row,.line,.chunk]' | paste -sd' ')" = \
		'[1,2,0] [2,5,0] [3,6,1]' ]
	seq 1001 | sed '1i n' > m.csv
	[ "$(rows m.csv | jq .chunk | uniq -c | awk '{print $1 ":" $2}' | paste -sd' ')" = "500:0 500:1 1:2" ]
}

@test "several files are several manifests, and - is standard input" {
	printf 'a\n1\n' > one
	printf 'b\n2\n' > two
	printf 'c\n3\n' | inv-split -q one - two > out
	[ "$(member manifest .name < out | paste -sd' ')" = '"one" "-" "two"' ]
	[ "$(member manifest .arrival < out | paste -sd' ')" = '1 2 3' ]
	[ "$(printf 'c\n3\n' | inv-split -q | member manifest .name)" = '"-"' ]
}

@test "a pattern that is quoted is all files that match, by the bytes of their names" {
	mkdir inbox
	printf 'a\n1\n' | tee inbox/b.csv inbox/a.csv inbox/B.csv inbox/é.csv inbox/.c.csv > inbox/x.txt
	inv-split -q 'inbox/*.csv' inbox/x.txt > out
	[ "$(member manifest .name < out | paste -sd' ')" = \
		'"inbox/B.csv" "inbox/a.csv" "inbox/b.csv" "inbox/é.csv" "inbox/x.txt"' ]
	[ "$(inv-split -q 'inbox/[ab].???' 'inbox/x*' | member manifest .name | paste -sd' ')" = \
		'"inbox/a.csv" "inbox/b.csv" "inbox/x.txt"' ]
	cd inbox
	printf 'a\n1\n' > -
	[ "$(inv-split -q '?' < /dev/null | member manifest .name)" = '"./-"' ]
}

@test "a file whose name is a pattern is that file" {
	printf 'a\n1\n' | tee '[1].csv' '*.csv' > 1.csv
	[ "$(inv-split -q '[1].csv' '*.csv' | member manifest .name | paste -sd' ')" = '"[1].csv" "*.csv"' ]
	rm '[1].csv'
	[ "$(inv-split -q '[1].csv' | member manifest .name)" = '"1.csv"' ]
}

@test "a pattern that no file matches ends with 66, and the others are read" {
	printf 'a\n1\n' > m
	run -66 --separate-stderr inv-split -q 'inbox/*.csv' m
	[ "$(member manifest .name <<< "$output")" = '"m"' ]
	[ "$stderr" = 'inv-split: inbox/*.csv: no such file, and none matches' ]
}

@test "an empty stdin is a refused manifest" {
	refused_as empty < /dev/null
}

# ---- the archive ----

@test "the archived copy is the file, byte for byte, read-only" {
	head -c 3000000 /dev/urandom | base64 | sed '1i x' > m.csv
	run -0 --separate-stderr inv-split m.csv
	id=$(sha256sum < m.csv | cut -c 1-64)
	cmp m.csv "$INV_STATE/archive/${id:0:2}/$id"
	[ "$(stat -c %a "$INV_STATE/archive/${id:0:2}/$id")" = 444 ]
	[ "$stderr" = "inv-split: m.csv: archived as $INV_STATE/archive/${id:0:2}/$id, arrival 1" ]
}

@test "nothing is written before the whole manifest is in" {
	mkfifo in
	inv-split -q < in > out 3>&- &
	pid=$!
	exec 9> in
	printf 'a\n1\n2\n' >&9
	wait_for test -e "$INV_STATE/archive/index"
	sleep 0.05
	[ ! -s out ]
	exec 9>&-
	wait $pid
	[ "$(wc -l < out)" = 5 ]
}

@test "what is on disk is synced before it is spoken of" {
	needs_strace
	printf 'a\n1\n' > m.csv
	strace -f -y -o trace -e trace=write,fsync,rename,renameat,renameat2 \
		inv-split -q m.csv > out
	order=$(grep -oE '^[0-9]+ +(fsync\([0-9]+<[^>]*(spool|index|head|archive/..)|renameat2?|write\(1<)' trace |
		sed -E 's/^[0-9]+ +//; s/fsync.*(spool).*/sync-spool/; s/fsync.*index.*/sync-index/; s/fsync.*head.*/sync-head/;
			s/fsync.*/sync-dir/; s/renameat2?/rename/; s/write.*/write/' | tail -n 7 | paste -sd' ')
	[ "$order" = "sync-spool rename sync-dir sync-index sync-head rename write" ]
}

@test "the same bytes come back with the same arrival, another submission with its own" {
	printf 'a\n1\n' > m.csv
	printf 'b\n1\n' > n.csv
	inv-split -q m.csv > one
	inv-split -q n.csv > /dev/null
	inv-split -q --submission 2 m.csv > two
	inv-split -q m.csv > again
	inv-split -q --submission 2 m.csv > twice
	[ "$(cat one two again twice | member manifest .arrival | paste -sd' ')" = "1 3 1 3" ]
	[ "$(member manifest .received < one)" = "$(member manifest .received < again)" ]
	[ "$(cat one again | member manifest .run | uniq | wc -l)" = 2 ]
	jq -e 'keys_unsorted == ["arrival","manifest","submission","received","bytes","hash"]' "$INV_STATE/archive/index"
}

@test "two at once get different arrivals" {
	needs_strace
	# Each waits between its look at the index and its line.
	for i in 1 2 3; do
		printf 'a\n%d\n' $i > m$i
		strace -f -o /dev/null -e inject=write:delay_enter=200000 \
			inv-split -q m$i > out$i 3>&- &
	done
	wait
	[ "$(cat out1 out2 out3 | member manifest .arrival | sort | paste -sd' ')" = "1 2 3" ]
}

@test "a torn last line of the index is cut, a bad one is damage" {
	printf 'a\n1\n' > m.csv
	printf 'b\n1\n' > n.csv
	inv-split -q m.csv > /dev/null
	printf '{"arrival":2,"mani' >> "$INV_STATE/archive/index"
	[ "$(inv-split -q n.csv | member manifest .arrival)" = 2 ]
	[ "$(wc -l < "$INV_STATE/archive/index")" = 2 ]
	jq -e .arrival "$INV_STATE/archive/index"
	head -c 9000 /dev/zero >> "$INV_STATE/archive/index"
	[ "$(inv-split -q --submission 2 n.csv | member manifest .arrival)" = 3 ]
	jq -e .arrival "$INV_STATE/archive/index"
	sed -i '1s/"arrival":1/"arrival":9/' "$INV_STATE/archive/index"
	run -74 --separate-stderr inv-split -q n.csv
	[[ $stderr = *"archive/index:1: damaged: "* ]]
	[ -z "$output" ]
	sed -i '1s/.*/{/' "$INV_STATE/archive/index"
	run -74 inv-split -q n.csv
}

@test "an index that has lost its end takes nothing in until it is put right" {
	for m in m n; do
		printf '%s\n1\n' $m > $m.csv
		inv-split -q $m.csv > /dev/null
	done
	cp "$INV_STATE/archive/index" kept
	sed -i '2d' "$INV_STATE/archive/index"
	run -74 --separate-stderr inv-split -q m.csv
	[ -z "$output" ]
	[[ $stderr = *"archive/index: damaged: it ends at arrival 1, and 2 had come"* ]]
	cp kept "$INV_STATE/archive/index"
	[ "$(inv-split -q n.csv | member manifest .arrival)" = 2 ]
	cmp <(tail -n 1 kept) "$INV_STATE/archive/head"
}

@test "an archived copy that was changed is seen" {
	printf 'a\n1\n' > m.csv
	inv-split -q m.csv > /dev/null
	copy=$(echo "$INV_STATE"/archive/??/*)
	chmod 600 "$copy"
	printf 'a\n2\n' > "$copy"
	run -74 --separate-stderr inv-split -q m.csv
	[[ $stderr = *"damaged: not what its name says"* ]]
	[ -z "$output" ]
}

@test "links, other names and files of others in the archive are refused" {
	printf 'a\n1\n' > m.csv
	inv-split -q m.csv > /dev/null
	copy=$(echo "$INV_STATE"/archive/??/*)
	mv "$copy" moved
	ln -s "$PWD/moved" "$copy"
	run -77 inv-split -q m.csv
	rm "$copy"
	ln moved "$copy"
	run -77 inv-split -q m.csv
	rm "$copy"
	mkfifo "$copy"
	run -77 inv-split -q m.csv
	rm "$copy"
	rm "$INV_STATE/archive/index"
	ln -s "$PWD/m.csv" "$INV_STATE/archive/index"
	run -77 inv-split -q m.csv
	rm "$INV_STATE/archive/index"
	chmod 777 "$INV_STATE/archive"
	run -77 inv-split -q m.csv
}

@test "with --no-archive no copy is kept, but the arrival is" {
	printf 'a\n1\n' > m.csv
	run -0 --separate-stderr inv-split --no-archive m.csv
	[ "$(grep -c '"type":"record"' <<< "$output")" = 1 ]
	[ "$(member manifest .arrival <<< "$output")" = 1 ]
	[ "$(ls "$INV_STATE/archive" | paste -sd' ')" = "head index" ]
	[[ $stderr = "inv-split: m.csv: not archived: "*", arrival 1" ]]
	[ "$(inv-split -q m.csv | member manifest .arrival)" = 1 ]
}

@test "what a killed run left half way is removed by the next" {
	mkfifo in
	inv-split -q < in 3>&- &
	pid=$!
	exec 9> in
	echo a >&9
	wait_for compgen -G "$INV_STATE/archive/spool.*"
	printf 'a\n1\n' | inv-split -q > /dev/null
	compgen -G "$INV_STATE/archive/spool.*"
	kill -9 $pid
	wait $pid || true
	exec 9>&-
	printf 'a\n1\n' | inv-split -q > /dev/null
	run ! compgen -G "$INV_STATE/archive/spool.*"
}

@test "killed at any step, the next run is as if nothing had been" {
	needs_strace
	printf 'a\n1\n' > m.csv
	points=0
	for call in mkdirat openat write fchmod fsync renameat; do
		for ((n = 1; ; n++)); do
			rm -rf "$INV_STATE"
			strace -f -o /dev/null -e "inject=$call:signal=KILL:when=$n" \
				inv-split -q m.csv > killed 2> /dev/null 3>&- && break
			run -0 inv-split -q m.csv
			[ "$n" -lt 100 ]
			[ "$(member manifest .arrival <<< "$output")" = 1 ]
			[ "$(member end .rows <<< "$output")" = 1 ]
			run ! compgen -G "$INV_STATE/archive/spool.*"
			[ "$(wc -l < "$INV_STATE/archive/index")" = 1 ]
			[ "$(find "$INV_STATE/archive" -type f -perm 444 | wc -l)" = 1 ]
			# What it said before it died stays so.
			! grep -q '"type":"manifest"' killed ||
				[ "$(jq .arrival killed | head -n 1)" = 1 ]
			points=$((points + 1))
		done
	done
	echo "$points points"
	[ $points -ge 15 ]
}

@test "a name is never a path, and stays what it was" {
	mkdir -p 'a/..b'
	for name in '../up.csv' $'new\nline' '-f' "$(printf 'bad\xff')" '"q"'; do
		printf 'a\n1\n' > "a/..b/$name" || continue
	done
	cd a/..b
	printf 'a\n1\n' > ./$'new\nline'
	inv-split -q -- $'new\nline' -f '"q"' "$(printf 'bad\xff')" > ../out
	cd ../..
	[ "$(member manifest .name < a/out | paste -sd' ')" = '"new\nline" "-f" "\"q\"" "bad\\xff"' ]
	[ "$(find "$INV_STATE/archive" -type f | wc -l)" = 3 ]
}

# ---- formats ----

@test "the format is told by content, not by name" {
	printf ' \n{"a":1}\n' > m.csv
	printf 'a\tb,c\td\n1\t2\t3\n' > m.json
	printf 'a,b\tc\n1,2\n' > m.tsv
	printf '"a\tb\tc",d\n1,2\n' > quoted
	inv-split -q m.csv m.json m.tsv quoted > out
	[ "$(member manifest .format < out | paste -sd' ')" = '"ndjson" "tsv" "csv" "csv"' ]
	[ "$(member manifest .columns < out | paste -sd' ')" = \
		'null ["a","b,c","d"] ["a","b\tc"] ["a\tb\tc","d"]' ]
}

@test "-f says what it is, whatever it looks like" {
	printf '{"a":1}\n2\n' > m
	[ "$(inv-split -q -f csv m | member manifest .format)" = '"csv"' ]
	printf 'a\tb\n1\t2\n' > m
	[ "$(inv-split -q -f csv m | member manifest .columns)" = '["a\tb"]' ]
	[ "$(inv-split -q -f tsv m | member manifest .columns)" = '["a","b"]' ]
	run -0 inv-split -q -f ndjson m
	[ "$(grep -c malformed_line <<< "$output")" = 2 ]
}

@test "what is something else is refused, and named" {
	printf 'PK\3\4xxxx' > m
	refused_as unknown_format -f csv m
	[[ $output = *'it is a zip archive or an XLSX workbook'* ]]
	printf 'PAR1' > m
	refused_as unknown_format m
	[[ $output = *'it is a Parquet file'* ]]
	[ "$(member manifest .format <<< "$output")" = '"unknown"' ]
	printf '<html><p>' > m
	refused_as unknown_format m
	printf '\n<!DOCTYPE html>' > m
	refused_as unknown_format m
	printf 'ISA*00*' > m
	refused_as unknown_format m
	printf '%%PDF-1.4\n' > m
	refused_as unknown_format m
	printf 'a\n1\n' | gzip | gzip > m
	refused_as unknown_format m
	[[ $output = *'it is packed twice'* ]]
}

@test "gzip and zstd are taken off, several parts too" {
	printf 'a,b\n1,2\n' | gzip > m
	printf '3,4\n' | gzip >> m
	[ "$(fates m | paste -sd' ')" = '{"a":"1","b":"2"} {"a":"3","b":"4"}' ]
	[ "$(inv-split -q m | member stage .compression)" = '"gzip"' ]
	[ "$(inv-split -q m | member manifest .bytes)" = "$(stat -c %s m)" ]
	printf 'a,b\n1,2\n' | zstd -q > m
	[ "$(fates m)" = '{"a":"1","b":"2"}' ]
	[ "$(inv-split -q m | member stage .compression)" = '"zstd"' ]
	printf '{"a":1}\n' | gzip | inv-split -q | grep -q '"record":{"a":1}'
}

@test "a damaged or short packed file is refused whole" {
	seq 100000 | gzip > whole
	head -c 100000 whole > m
	refused_as undecodable m
	[[ $output = *'cut short'* ]]
	cp whole m
	printf x | dd of=m bs=1 seek=150000 conv=notrunc 2> /dev/null
	refused_as undecodable m
}

@test "a bomb is refused whole" {
	{ echo a; head -c 40M /dev/zero | tr '\0' 1; } | gzip > m
	refused_as too_large m
	[[ $output = *'expands more than 200-fold'* ]]
}

@test "UTF-8 with its mark, UTF-16 by its mark, others by name" {
	printf '\xef\xbb\xbfid,n\xc3\xa9\n1,\xe2\x82\xac\n' > m
	want='{"id":"1","né":"€"}'
	[ "$(fates m)" = "$want" ]
	sed 's/^\xef\xbb\xbf//' m | iconv -f UTF-8 -t UTF-16 > u
	[ "$(fates u)" = "$want" ]
	[ "$(inv-split -q u | member stage .encoding)" = '"UTF-16LE"' ]
	sed 's/^\xef\xbb\xbf//' m | iconv -f UTF-8 -t UTF-16BE | { printf '\xfe\xff'; cat; } > u
	[ "$(fates u)" = "$want" ]
	sed 's/^\xef\xbb\xbf//' m | iconv -f UTF-8 -t WINDOWS-1252 > u
	[ "$(fates -e WINDOWS-1252 u)" = "$want" ]
	[ "$(inv-split -q -e WINDOWS-1252 u | member stage .encoding)" = '"WINDOWS-1252"' ]
}

@test "no encoding is guessed" {
	printf 'id,name\n1,\xe9\n2,b\n' > m
	[ "$(fates m | paste -sd' ')" = 'malformed_row string_unicode MSzp {"id":"2","name":"b"}' ]
	printf 'id\n1\n' | iconv -t UTF-16LE > m
	refused_as bad_header m
	[[ $output = *'UTF-16 needs its byte order mark'* ]]
}

@test "a text that does not hold its named encoding is refused whole, with the byte" {
	printf 'a\n1\n\xff\n' > m
	refused_as undecodable -e EUC-JP m
	[[ $output = *'byte 5: not valid EUC-JP'* ]]
	printf '\xff\xfea\0\n\0b' > m
	refused_as undecodable m
}

@test "a lone surrogate of UTF-16 costs its row" {
	printf '\xfe\xff\0a\0\n\xd8\x3d\0\n\0b\0\n' > m
	[ "$(fates m | paste -sd' ')" = 'malformed_row string_unicode 7aC9 {"a":"b"}' ]
}

# ---- CSV ----

@test "records end at LF, CR LF or CR, mixed" {
	want='{"a":"1","b":"2"} {"a":"3","b":"4"}'
	printf 'a,b\n1,2\n3,4\n' > m
	[ "$(fates m | paste -sd' ')" = "$want" ]
	printf 'a,b\r\n1,2\r\n3,4' > m
	[ "$(fates m | paste -sd' ')" = "$want" ]
	printf 'a,b\r1,2\r3,4\r' > m
	[ "$(fates m | paste -sd' ')" = "$want" ]
	printf 'a,b\r1,2\r\n3,4\n' > m
	[ "$(fates m | paste -sd' ')" = "$want" ]
}

@test "cells are kept exactly, NUL, blanks and controls too" {
	printf 'a,b\n 1 ,\t2\0\x1b[0m\n" x ", y \n' > m
	[ "$(fates m | paste -sd' ')" = '{"a":" 1 ","b":"\t2\u0000\u001b[0m"} {"a":" x ","b":" y "}' ]
}

@test "empty and quoted empty cells are empty strings, with --empty null only the quoted one" {
	printf 'a,b\n,""\n' > m
	[ "$(fates m)" = '{"a":"","b":""}' ]
	[ "$(fates --empty null m)" = '{"a":null,"b":""}' ]
	[ "$(inv-split -q --empty null m | member stage .empty)" = '"null"' ]
}

@test "empty lines are passed over and counted, but are rows in a table of one column" {
	printf '\na,b\n\n1,2\r\n\r\n\n' > m
	[ "$(fates m)" = '{"a":"1","b":"2"}' ]
	[ "$(rows m | jq .line)" = 4 ]
	[ "$(inv-split -q m | member stage .blank_lines)" = 4 ]
	printf 'a\n1\n\n2\n' > m
	[ "$(fates m | paste -sd' ')" = '{"a":"1"} {"a":""} {"a":"2"}' ]
	printf '\n\n1\n\n' > m
	[ "$(fates -f csv --no-header m | paste -sd' ')" = '{"c1":""} {"c1":""} {"c1":"1"} {"c1":""}' ]
	printf '\n\n1,2\n' > m
	[ "$(rows -f csv --no-header m | jq -c '[.line,.record]')" = '[3,{"c1":"1","c2":"2"}]' ]
}

@test "a quote within a plain cell is data and counted; --strict-quotes refuses it" {
	printf 'a,b\n5" pipe,"x"\n6,y\n' > m
	[ "$(fates m | head -n 1)" = '{"a":"5\" pipe","b":"x"}' ]
	[ "$(inv-split -q m | member stage .stray_quotes)" = 1 ]
	[ "$(fates --strict-quotes m | paste -sd' ')" = \
		'malformed_row stray_quote 5" pipe,"x" {"a":"6","b":"y"}' ]
	[ "$(inv-split -q --strict-quotes m | member stage '|[.strict_quotes,.stray_quotes]')" = '[true,1]' ]
	printf 'a"b\n1\n' > m
	refused_as bad_header --strict-quotes m
}

@test "a header with an empty, repeated or undecodable name refuses the manifest" {
	for header in 'a,' 'a,,b' 'a,b,a' '"",b' $'a,\xff' 'a,"b' '"a"b,c'; do
		printf '%s\n1,2,3\n' "$header" > m
		refused_as bad_header m
	done
}

@test "a million columns are refused, 4096 are not" {
	{ seq -s, 4096; seq -s, 4096; } > m
	[ "$(rows m | jq '.record | length')" = 4096 ]
	{ seq -s, 4097; seq -s, 4097; } > m
	refused_as bad_header m
	[[ $output = *"more than 4096 columns"* ]]
	seq -s, 1000000 > m
	refused_as bad_header m
	[[ $output = *"longer than 1 MiB"* ]]
}

@test "a ragged row is quarantined alone, with its bytes and its place" {
	printf 'a,b\n1,2\n3\n4,5,6\n7,8\n' > m
	[ "$(fates m | paste -sd' ')" = \
		'{"a":"1","b":"2"} malformed_row cell_count 3 malformed_row cell_count 4,5,6 {"a":"7","b":"8"}' ]
	[ "$(rows m | sed -n 3p | jq -c .errors)" = \
		'[{"type":"cell_count","loc":[],"msg":"3 cells for 2 columns","ctx":{"line":4,"bytes":[10,15]}}]' ]
	[ "$(rows m | sed -n 3p | jq -c '[.verdict,.stage]')" = '["quarantined","inv-split"]' ]
}

@test "every error of a row is there" {
	printf 'a,b\n\xff"\n' > m
	[ "$(fates --strict-quotes m)" = 'malformed_row cell_count,stray_quote,string_unicode /yI=' ]
}

@test "an unclosed quote costs one line" {
	printf 'a,b\n1,"2\n3,4\n5,6\n' > m
	[ "$(fates m | paste -sd' ')" = \
		'malformed_row unclosed_quote 1,"2 {"a":"3","b":"4"} {"a":"5","b":"6"}' ]
	printf 'a,b\n1,"2\n3,"4"\n' > m
	[ "$(fates m | paste -sd' ')" = 'malformed_row data_after_quote 1,"2 {"a":"3","b":"4"}' ]
	printf 'a,b,c\n1,"2,3\n4,5,"6\n7,8,9\n' > m
	[ "$(fates m | paste -sd' ')" = \
		'malformed_row data_after_quote 1,"2,3 malformed_row unclosed_quote 4,5,"6 {"a":"7","b":"8","c":"9"}' ]
	printf 'a,b\n"x\ny",1,2\n3,4\n' > m
	[ "$(rows m | jq -r '.errors[0].msg // "sound"' | paste -sd' ')" = \
		'a quote is not closed on its line, and the lines together do not have one cell for each column 3 cells for 2 columns sound' ]
}

@test "a swallow that adds up can not be seen" {
	printf 'a,b\n1,"x\n2,y\n3",z\n' > m
	run -0 fates m
	printf 'a,b\n1,"x\n2,y"\n' > m
	[ "$(fates m)" = '{"a":"1","b":"x\n2,y"}' ]
}

@test "a quote that meets 1 MiB costs one line" {
	{ printf 'a,b\n1,"2\n'; seq 200000 | sed 's/$/,x/'; } > m
	rows m > out
	[ "$(wc -l < out)" = 200001 ]
	[ "$(jq -c 'select(.verdict).row' out)" = 1 ]
}

@test "100,000 open quotes cost 100,000 lines and linear time" {
	used() { # N LINE: user time in ms, best of 3
		local i best=999999 t
		{ echo a,b; yes "$2" | head -n "$1"; } > m
		for i in 1 2 3; do
			t=$( { TIMEFORMAT=%U; time inv-split -q --no-archive m > out; } 2>&1 | tr -d .)
			((10#$t < best)) && best=$((10#$t))
		done
		[ "$(grep -c malformed_row out)" = "$1" ]
		echo $((best + 20))
	}
	for line in 'x,"y' 'x",",",'; do
		one=$(used 100000 "$line")
		four=$(used 400000 "$line")
		echo "$line: $one ms, four times as many: $four ms"
		((four < 10 * one))
	done
}

@test "a cell past 256 KiB and a line past 1 MiB are quarantined, the rest goes on" {
	cell=$(head -c 262144 /dev/zero | tr '\0' x)
	printf 'a,b\n1,%s\n2,%sx\n3,"%s"\n4,"%sx"\n5,y\n' "$cell" "$cell" "$cell" "$cell" > m
	[ "$(rows m | jq -r '.errors[0].type // .record.a' | paste -sd' ')" = \
		'1 cell_too_long 3 cell_too_long 5' ]
	{ printf 'a,b\n1,'; head -c 3M /dev/zero | tr '\0' x; printf '\n2,y\n'; } > m
	rows m > out
	[ "$(jq -r '.errors[0].type // .record.a' out | paste -sd' ')" = 'record_too_long 2' ]
	[ "$(head -n 1 out | jq -c '[(.raw|length), .raw_cut, .errors[0].ctx.bytes]')" = \
		'[1048576,true,[4,3145734]]' ]
}

@test "what is within the limits as CSV but not as JSON is quarantined" {
	cell=$(head -c 100000 /dev/zero | tr '\0' '\1')
	printf 'a,b\n%s,x\n1,2\n' "$cell" > m
	[ "$(rows m | jq -r '.errors[0].type // .record.a' | paste -sd' ')" = 'record_too_long 1' ]
}

@test "a cell of 256 MiB stays within the memory" {
	limited
	{ printf 'a,b\n1,'; head -c 256M /dev/zero | tr '\0' x; printf '\n2,y\n'; } > m
	(
		ulimit -v 65536
		inv-split -q --no-archive m > out
	)
	rm m
	[ "$(jq -r 'select(.type=="record") | .errors[0].type // .record.a' out | paste -sd' ')" = \
		'record_too_long 2' ]
}

@test "a million rows stay within the memory" {
	limited
	seq 1000000 | sed 's/.*/LAB-&,NIH-R01-12345,"Pipette ""tips""",12/; 1i a,b,c,d' > m
	(
		ulimit -v 65536
		inv-split -q m > out
	)
	[ "$(tail -n 1 out | jq .counts.pending)" = 1000000 ]
}

@test "TSV has quotes too" {
	printf 'a\tb\n"x\ty"\t1\n' > m
	[ "$(fates m)" = '{"a":"x\ty","b":"1"}' ]
	[ "$(inv-split -q m | member stage .delimiter)" = '"\t"' ]
}

@test "-d says what stands between cells" {
	printf 'a;b\n1;2,3\n' > m
	[ "$(fates -d ';' m)" = '{"a":"1","b":"2,3"}' ]
	printf 'a\tb;c\td;e;f\n' > m
	[ "$(inv-split -q -d ';' m | member manifest .format)" = '"csv"' ]
}

@test "--no-header names the columns c1, c2 and so on" {
	printf '1,a\n2,b\n' > m
	[ "$(fates --no-header m | paste -sd' ')" = '{"c1":"1","c2":"a"} {"c1":"2","c2":"b"}' ]
	[ "$(inv-split -q --no-header m | member manifest .columns)" = '["c1","c2"]' ]
	[ "$(inv-split -q --no-header m | member stage .header)" = false ]
	: > m
	refused_as empty --no-header m
}

@test "a header alone is complete" {
	printf 'a,b' > m
	run -0 inv-split -q m
	[ "$(member end .rows <<< "$output")" = 0 ]
	[ "$(member end '|has("refused")' <<< "$output")" = false ]
}

# ---- NDJSON ----

@test "an object is passed on exactly as it is written" {
	printf ' { "b":1.50, "a" : "\\u00e9\\/", "c":[1,{}] } \r\n\n{}' > m
	inv-split -q -f ndjson m > out
	grep -F '"record":{ "b":1.50, "a" : "\u00e9\/", "c":[1,{}] }}' out
	grep -F '"record":{}}' out
	[ "$(member stage .blank_lines < out)" = 1 ]
	[ "$(member manifest '|has("columns")' < out)" = false ]
}

@test "a line that is not one strict object is quarantined with its bytes" {
	printf '{"a":1}\n[1]\n{"a":1}}\n{"a":1,"\\u0061":2}\n{"a":NaN}\n{"a":"\xff"}\n{"a":"\\ud800"}\n"x"\n' > m
	[ "$(fates m | tail -n +2 | cut -d' ' -f 1,2 | sort | uniq -c | xargs)" = "7 malformed_line json_invalid" ]
	[ "$(rows m | jq -r '.raw // .raw_base64 // "-"' | sed -n '2p;6p' | paste -sd' ')" = '[1] eyJhIjoi/yJ9' ]
	{ printf '{"a":"'; head -c 2M /dev/zero | tr '\0' x; printf '"}\n{"a":2}\n'; } > m
	[ "$(rows m | jq -r '.errors[0].type // .record.a' | paste -sd' ')" = 'record_too_long 2' ]
}

@test "a number that RFC 8785 would change is quarantined, where it is" {
	printf '{"a":10000000000000001}\n{"a":{"b":[1,1e400]}}\n{"a":1.10,"b":1e2}\n' > m
	[ "$(rows m | jq -c '[.reason,.errors[0].type,.errors[0].loc,.record]' | paste -sd' ')" = \
		'["malformed_line","number_not_exact",["a"],null] ["malformed_line","number_not_exact",["a","b",1],null] [null,null,null,{"a":1.1,"b":100}]' ]
}

@test "an empty file is complete as NDJSON" {
	: > m
	run -0 inv-split -q -f ndjson m
	[ "$(member end .rows <<< "$output")" = 0 ]
}

# ---- corpora ----

@test "csv-spectrum: every file gives its objects" {
	corpus csv-spectrum
	dir=$CORPUS
	n=0
	for csv in "$dir"/csvs/*.csv; do
		name=$(basename "$csv" .csv)
		# location_coordinates.json is one object, and has another
		# telephone number than its file.
		inv-split -q -f csv "$csv" | sed 's/2095257564/1234567890/' |
			jq -s -S '[.[] | select(.type=="record").record]' > got
		jq -S 'if type == "object" then [.] else . end' "$dir/json/$name.json" | diff - got
		n=$((n + 1))
	done
	[ $n = 12 ]
}

@test "frictionless-csv: every case ends as expected" {
	corpus frictionless-csv
	dir=$CORPUS
	run -0 python3 - "$dir" <<-'EOF'
		import base64, json, subprocess, sys
		dir, bad = sys.argv[1], 0
		cases = json.load(open(dir + "/expected.json"))
		for c in cases:
		    p = subprocess.run(["inv-split", "-q", *c["args"], dir + "/" + c["file"]],
		        capture_output=True)
		    lines = [json.loads(l) for l in p.stdout.splitlines()]
		    rows = [l for l in lines if l["type"] == "record"]
		    ok = p.returncode == c["exit"]
		    if c["exit"] == 0:
		        ok = ok and lines[0]["columns"] == c["columns"] and len(rows) == len(c["rows"])
		        for got, want in zip(rows, c["rows"]):
		            ok = ok and all(got.get(k) == v for k, v in want.items())
		            if got.get("verdict"):
		                raw = got["raw"].encode() if "raw" in got else base64.b64decode(got["raw_base64"])
		                ok = ok and raw in open(dir + "/" + c["file"], "rb").read()
		    else:
		        ok = ok and rows == [] and "refused" in lines[-1]
		    if not ok:
		        print("not so:", c["file"], c["args"], p.returncode, p.stderr.decode())
		        bad += 1
		print(len(cases), "cases")
		sys.exit(bad != 0)
	EOF
	[ "${lines[-1]}" = "40 cases" ]
}

@test "jsontestsuite: one-line texts come out as written or are kept as malformed_line" {
	corpus jsontestsuite
	dir=$CORPUS/test_parsing
	run -0 python3 - "$dir" <<-'EOF'
		import base64, json, os, subprocess, sys
		dir, bad, n = sys.argv[1], 0, 0
		# DESIGN 6 decides: refused though the suite would take them.
		ours = ("y_object_duplicated_key",)
		for name in sorted(os.listdir(dir)):
		    text = open(dir + "/" + name, "rb").read().rstrip(b"\n")
		    if b"\n" in text or b"\r" in text:
		        continue
		    if not (text.startswith(b"{") and text.endswith(b"}")):
		        text = b'{"x":' + text + b"}"
		    n += 1
		    p = subprocess.run(["inv-split", "-q", "--no-archive", "-f", "ndjson"],
		        input=text, capture_output=True)
		    rows = [l for l in p.stdout.split(b"\n") if b'"type":"record"' in l]
		    ok = p.returncode == 0 and len(rows) == 1
		    if ok:
		        row = json.loads(rows[0])
		        whole = b'"record":' + text.strip(b" \t") + b"}" in rows[0]
		        kept = row.get("reason") == "malformed_line" and text == (
		            row["raw"].encode() if "raw" in row else base64.b64decode(row["raw_base64"]))
		        if name.startswith(ours) or name.startswith("n_"):
		            ok = kept
		        elif name.startswith("y_"):
		            ok = whole
		        else:
		            ok = whole or kept
		    if not ok:
		        print("not so:", name, text[:60], p.returncode, p.stdout[:400])
		        bad += 1
		print(n, "texts")
		sys.exit(bad != 0)
	EOF
	echo "$output"
	[[ ${lines[-1]} =~ ^1[5-9][0-9]\ texts|^2[0-9][0-9]\ texts ]]
}

@test "naughty-strings: cells and members come through unchanged" {
	corpus naughty-strings
	dir=$CORPUS
	run -0 python3 - "$dir" <<-'EOF'
		import csv, glob, io, json, subprocess, sys
		strings = json.load(open(glob.glob(sys.argv[1] + "/*.json")[0]))
		f = io.StringIO()
		w = csv.writer(f, lineterminator="\n", quoting=csv.QUOTE_ALL)
		w.writerow(["n", "s"])
		for i, s in enumerate(strings):
		    w.writerow([i, s])
		nd = "".join(json.dumps({"n": str(i), "s": s}, ensure_ascii=False) + "\n"
		    for i, s in enumerate(strings))
		for args, text in (["-f", "csv"], f.getvalue()), (["-f", "ndjson"], nd):
		    p = subprocess.run(["inv-split", "-q", *args], input=text.encode(), capture_output=True)
		    rows = [json.loads(l) for l in p.stdout.split(b"\n") if b'"type":"record"' in l]
		    assert [r["record"] for r in rows] == [
		        {"n": str(i), "s": s} for i, s in enumerate(strings)], args
		print(len(strings), "strings")
	EOF
	[ "$output" = "258 strings" ]
}

# ---- the world ----

@test "a missing file or a directory is 66 after the others are done" {
	printf 'a\n1\n' > m
	mkdir d
	run -66 --separate-stderr inv-split -q nowhere m d
	[ "$(grep -c '"type":"end"' <<< "$output")" = 1 ]
	[[ $stderr = *"inv-split: nowhere: No such file or directory"* ]]
	[[ $stderr = *"inv-split: d: is a directory"* ]]
	: > e
	run -65 inv-split -q nowhere e d
}

@test "a full disk for the output is 74, with a message" {
	printf 'a\n1\n' > m
	run -74 --separate-stderr bash -c 'inv-split -q m > /dev/full'
	[[ $stderr = "inv-split: stdout: write: No space left on device" ]]
	run -74 bash -c 'inv-split -q m >&-'
}

@test "an archive that can not be written is 74 and leaves no half copy" {
	{ echo a; seq 1000000; } > m
	run -74 bash -c 'trap "" XFSZ; ulimit -f 1000; inv-split -q m'
	[ -z "$(find "$INV_STATE/archive" -type f -size +0)" ]
	run -0 inv-split -q m
}

@test "a failed fsync is 74 and nothing is written" {
	printf 'a\n1\n' > m
	needs_strace
	run -74 --separate-stderr strace -f -o /dev/null -e inject=fsync:error=EIO inv-split -q m
	[ -z "$output" ]
}

@test "a state directory that is not ours is 77" {
	mkdir -m 777 "$INV_STATE"
	run -77 inv-split -q /dev/null
}

@test "a reader that goes away ends the run; ignored SIGPIPE is 74" {
	seq 300000 | sed '1i a' > m
	set +o pipefail
	run -0 bash -c 'inv-split -q m | head -n 1 | wc -l; echo ${PIPESTATUS[0]}'
	[ "$output" = $'1\n141' ]
	run -0 bash -c 'trap "" PIPE; inv-split -q m 2> err | head -n 1 | wc -l; echo ${PIPESTATUS[0]}'
	[ "$output" = $'1\n74' ]
	grep -q 'stdout: write: Broken pipe' err
}

@test "a wrong command line is 64" {
	printf 'a\n1\n' > m
	for bad in "-f html" "-d ab" '-d "' "-e KLINGON" "-e ASCII//IGNORE" "--empty nil" \
		"--chunk-size 0" "--chunk-size 100001" "--submission 0" "--no-such" "--strict" \
		"-f tsv -d ;"; do
		# shellcheck disable=SC2086
		run -64 inv-split $bad m
	done
	[ ! -e "$INV_STATE" ]
}

@test "--stats writes a summary, -q says errors only, -v says more" {
	printf 'a,b\n1,2\n3\n' > m
	inv-split -q --stats s m > /dev/null 2> err
	[ ! -s err ]
	[ "$(jq -c '[.program,.manifests,.refused,.counts.pending,.counts.quarantined,.status]' s)" = \
		'["inv-split",1,0,1,1,0]' ]
	inv-split m > /dev/null 2> err
	grep -q '^inv-split: m:3: malformed, as are 1 of 2 rows$' err
	inv-split -v m > /dev/null 2> err
	grep -q '^inv-split: m: read as csv$' err
}

@test "--help and --version go to standard output" {
	run -0 --separate-stderr inv-split --help
	[[ $output = *"--strict-quotes"* ]]
	run -0 inv-split -V
	[[ $output = "inv-split "* ]]
}
