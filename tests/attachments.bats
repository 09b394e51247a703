# attachments.bats - files that records name: kept, told, refused

load lib

prepare() {
	cat > s.schema.json <<- 'END'
	{"type":"object","properties":{
	"asset_id":{"type":"string","pattern":"^[A-Z]+$"},
	"sds":{"type":"string","x-inv-normalize":{"before":["trim"]},"x-inv-attachment":true},
	"more":{"type":["array","null"],"items":{"type":"string"},"x-inv-attachment":true}},
	"required":["asset_id"],"additionalProperties":false,"x-inv-key":["asset_id"]}
	END
	mkdir -p files/sds
	echo hello > files/sds/a.pdf
	echo world > files/sds/b.pdf
}

teardown() {
	[ -z "${HERE:-}" ] || rm -rf "$HERE"
}

# The lines of CSV on standard input, with the files of `files`.
validate() { # OPTION ...
	inv-split -q - | inv-validate -s ./s.schema.json --attachments files "$@"
}

# "ROW TYPE MSG" of each row with errors.
errors() {
	jq -r 'select(.errors) | "\(.row) \(.errors[] | "\(.loc | join("/")): \(.type): \(.msg)")"' "$@"
}

# The peak in the file rss is not above this many KiB; ASan has its own.
within() {
	case $(command -v inv-validate) in
	*/asan/* | */tsan/*) ;;
	*) [ "$(cat rss)" -le "$1" ] ;;
	esac
}

kept() { # FILE
	local sum
	sum=$(sha256sum < "$1" | cut -c 1-64)
	cmp "$1" "$INV_STATE/attachments/$sum"
}

@test "what a record names is kept, byte for byte, read-only, and told behind it" {
	printf 'asset_id,sds\nA, sds/a.pdf\nB,\n' | validate > out
	kept files/sds/a.pdf
	[ "$(stat -c %a "$INV_STATE"/attachments/58*)" = 444 ]
	jq -c 'select(.type == "record")' out > records
	sed -E 's/[0-9a-f]{32}"/M"/' records > masked
	diff - masked <<- 'END'
	{"type":"record","manifest":"M","row":1,"line":2,"chunk":0,"record":{"asset_id":"A","sds":"sds/a.pdf"},"attachments":[{"bytes":6,"field":"sds","name":"sds/a.pdf","sha256":"5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"}]}
	{"type":"record","manifest":"M","row":2,"line":3,"chunk":0,"record":{"asset_id":"B","sds":""}}
	END
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
}

@test "a list names one file each, in the order of the record" {
	printf 'asset_id,more,sds\nA,"[""sds/b.pdf"",""sds/a.pdf"","""",""sds/b.pdf""]",sds/a.pdf\nB,,\n' |
		validate > out
	[ "$(jq -c 'select(.row == 1).attachments | map([.field, .name, .bytes])' out)" = \
		'[["more","sds/b.pdf",6],["more","sds/a.pdf",6],["more","sds/b.pdf",6],["sds","sds/a.pdf",6]]' ]
	[ "$(jq -c 'select(.row == 2) | [.attachments, .verdict]' out)" = '[null,null]' ]
	[ "$(jq -c 'select(.row == 1).attachments' out)" = "$(jq -cS 'select(.row == 1).attachments' out)" ]
	[ "$(find "$INV_STATE/attachments" -type f ! -name lock | wc -l)" = 2 ]
}

@test "a file that is not there, or not a file, quarantines its row and no other" {
	ln -s a.pdf files/sds/link.pdf
	ln -s sds files/folder
	mkfifo files/fifo
	echo x > secret
	printf '%s\n' asset_id,sds A,sds/none.pdf B,../secret C,sds/link.pdf D,folder/a.pdf \
		E,fifo F,sds G,"$PWD/secret" H,sds/a.pdf/x I,sds/../../secret J,sds/a.pdf > m.csv
	timeout 20 inv-split -q m.csv |
		timeout 20 inv-validate -s ./s.schema.json --attachments files > out 2> err
	errors out > got
	diff - got <<- 'END'
	1 sds: attachment_missing: is not in the folder of attachments
	2 sds: attachment_refused: leads out of the folder of attachments
	3 sds: attachment_refused: is or passes a symbolic link
	4 sds: attachment_refused: is or passes a symbolic link
	5 sds: attachment_refused: is not a regular file
	6 sds: attachment_refused: is not a regular file
	7 sds: attachment_refused: leads out of the folder of attachments
	8 sds: attachment_missing: is not in the folder of attachments
	9 sds: attachment_refused: leads out of the folder of attachments
	END
	[ "$(jq -c 'select(.verdict) | [.verdict, .reason]' out | sort -u)" = '["quarantined","attachment"]' ]
	[ "$(jq -c 'select(.row == 1).errors[0]' out)" = '{"type":"attachment_missing","loc":["sds"],"msg":"is not in the folder of attachments","input":"sds/none.pdf","schema":"/properties/sds/x-inv-attachment"}' ]
	grep -Fx 'inv-validate: m.csv:2: sds: "sds/none.pdf" is not in the folder of attachments [attachment_missing]' err
	[ "$(jq -c 'select(.type == "end").counts | [.pending, .quarantined]' out)" = '[1,9]' ]
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
}

@test "a value that is no name is refused, and so is a name of another kind" {
	printf '%s\n' '{"a":1}' '{"a":["sds/a.pdf",2,null]}' '{"a":{"b":1}}' \
		'{"a":"sds/a.pdf\u0000"}' '{"a":null}' \
		"{\"a\":\"$(head -c 5000 /dev/zero | tr '\0' x)\"}" \
		"{\"a\":\"$(head -c 300 /dev/zero | tr '\0' x)\"}" > m.ndjson
	echo '{"properties":{"a":{"x-inv-attachment":true}}}' > t.schema.json
	inv-split -q m.ndjson | inv-validate -q -s ./t.schema.json --attachments files > out
	errors out > got
	diff - got <<- 'END'
	1 a: attachment_refused: is no name of a file
	2 a/1: attachment_refused: is no name of a file
	2 a/2: attachment_refused: is no name of a file
	3 a: attachment_refused: is no name of a file
	4 a: attachment_refused: is no name of a file
	6 a: attachment_refused: is no name of a file
	7 a: attachment_refused: is too long for a name
	END
}

@test "a file that may not be read quarantines its row" {
	[ "$(id -u)" = 0 ] || skip "needs root, to be somebody else"
	setpriv --reuid 62001 --clear-groups true 2> /dev/null || skip "can not be another user here"
	HERE=$(mktemp -d /tmp/inv-attachments-XXXXXX)
	chmod 755 "$HERE"
	cp -r s.schema.json files "$(command -v inv-validate)" "$HERE"
	printf 'asset_id,sds\nA,sds/b.pdf\nB,sds/a.pdf\n' | inv-split -q - > "$HERE/rows"
	chmod -R a+rX "$HERE"
	chmod 0 "$HERE/files/sds/b.pdf"
	install -d -m 700 -o 62001 "$HERE/home"
	(cd "$HERE" && INV_STATE=$HERE/home/state setpriv --reuid 62001 --clear-groups \
		./inv-validate -q -s ./s.schema.json --attachments files rows) > out
	[ "$(errors out)" = '1 sds: attachment_refused: may not be read' ]
	[ "$(jq -c 'select(.row == 2).attachments | length' out)" = 1 ]
}

@test "a file that is not had is an error, whatever x-inv-severity says" {
	sed 's/"x-inv-attachment":true/"x-inv-severity":"WARNING",&/' s.schema.json > t.schema.json
	printf 'asset_id,sds\nA,sds/none.pdf\n' > m.csv
	inv-split -q m.csv | inv-validate -q -s ./t.schema.json --attachments files > out
	[ "$(jq -c 'select(.row) | [.verdict, .errors[0].type, .errors[0].severity]' out)" = '["quarantined","attachment_missing",null]' ]
}

@test "files are looked at when the record fits, and not before" {
	printf 'asset_id,sds\na,sds/none.pdf\nB,sds/a.pdf\n' | validate -q > out
	[ "$(jq -c 'select(.errors) | [.reason, (.errors | map(.type))]' out)" = '["schema_violation",["string_pattern_mismatch"]]' ]
	printf 'asset_id,sds\na,sds/b.pdf\n' | validate -q > out
	run ! kept files/sds/b.pdf
	printf 'asset_id\nZ\n' > reg.csv
	printf 'asset_id,sds\nA,sds/b.pdf\n' | validate -q --lookup asset_id=reg.csv > out
	run ! kept files/sds/b.pdf
}

@test "files are kept where no manifest is, and --test and --backtest look at none" {
	printf 'asset_id,sds\nA,sds/a.pdf\n' > m.csv
	inv-split -q --no-archive m.csv | inv-validate -q -s ./s.schema.json --attachments files > out
	kept files/sds/a.pdf
	mkdir try
	printf 'asset_id,sds,inv:expect\nA,sds/none.pdf,\n' > try/rows.csv
	inv-validate -q -s ./s.schema.json --test try
	printf 'asset_id,sds\nA,sds/b.pdf\nB,sds/none.pdf\nc,sds/none.pdf\n' > m.csv
	run_all m.csv > out
	[ "$(counts out)" = '{"committed":1,"quarantined":2}' ]
	rm -r files
	inv-validate -q -s ./s.schema.json --backtest > out
	[ "$(jq -c 'select(.name == "m.csv") | [.fail_now.count, .fit_now.count]' out)" = '[0,0]' ]
}

@test "--lint knows x-inv-attachment, and where it says nothing" {
	inv-validate --lint -s ./s.schema.json > out
	[ ! -s out ]
	echo '{"type":"object","properties":{"n":{"type":"integer","x-inv-attachment":true}}}' > t.schema.json
	run -1 inv-validate --lint -s ./t.schema.json
	[[ $output == *x-inv-attachment* ]]
}

# The names that row 1 of a record names by a schema; or what is wrong with it.
named_by() { # SCHEMA RECORD
	echo "$1" > t.schema.json
	echo "$2" | inv-split -q -f ndjson - > rows
	inv-validate -q -s ./t.schema.json --attachments files rows 2>&1 |
		jq -Rrc 'fromjson? // . | if type == "object" then select(.row) | [.attachments[]?.name] else . end'
}

@test "a property names files wherever in the schema it is said, for all records" {
	local f='"$defs":{"f":{"type":"string","x-inv-attachment":true},"s":{"type":"string"}}'
	local s
	for s in '"properties":{"a":{"$ref":"#/$defs/f"}}' \
		'"properties":{"a":{"$ref":"#/$defs/s","x-inv-attachment":true},"b":{"$ref":"#/$defs/f"}}' \
		'"properties":{"a":{"anyOf":[{"$ref":"#/$defs/f"},{"type":"null"}],"default":null}}' \
		'"properties":{"a":{"anyOf":[{"type":"string","x-inv-attachment":true},{"type":"null"}]},"b":{"$ref":"#/$defs/f"}}' \
		'"properties":{"a":{"oneOf":[{"type":"null"},{"type":"string","x-inv-attachment":true}]},"b":{"$ref":"#/$defs/f"}}' \
		'"allOf":[{"properties":{"a":{"$ref":"#/$defs/f"}}}]' \
		'"anyOf":[{"properties":{"a":{"$ref":"#/$defs/f"}},"required":["k"]},true]' \
		'"if":{"required":["k"]},"then":{"properties":{"a":{"$ref":"#/$defs/f"}}}'; do
		[ "$(named_by "{$f,$s}" '{"a":"sds/a.pdf"}')" = '["sds/a.pdf"]' ]
	done
}

@test "x-inv-attachment is refused where what it names would not be looked for" {
	local f='"$defs":{"f":{"type":"string","x-inv-attachment":true}}'
	local s
	for s in '"properties":{"a":{"$ref":"#/$defs/f"},"b":{"items":{"$ref":"#/$defs/f"}}}' \
		'"properties":{"a":{"$ref":"#/$defs/f"},"b":{"properties":{"c":{"$ref":"#/$defs/f"}}}}' \
		'"properties":{"a":{"$ref":"#/$defs/f"}},"patternProperties":{"^x":{"$ref":"#/$defs/f"}}' \
		'"properties":{"a":{"$ref":"#/$defs/f"}},"additionalProperties":{"$ref":"#/$defs/f"}' \
		'"properties":{"a":{"$ref":"#/$defs/f"},"b":{"items":{"$ref":"#"}}}' \
		'"properties":{"a":{"not":{"$ref":"#/$defs/f"}}}' \
		'"if":{"properties":{"a":{"$ref":"#/$defs/f"}}},"then":true' \
		'"properties":{"a":{"$dynamicRef":"#d","$dynamicAnchor":"e"},"d":{"$dynamicAnchor":"d","$ref":"#/$defs/f"}}'; do
		[ "$(named_by "{$f,$s}" '{"a":"sds/a.pdf"}')" = \
			'inv-validate: ./t.schema.json: #/$defs/f/x-inv-attachment: belongs to a property of the record' ]
	done
}

@test "65 files of one row are one too many, 64 are not" {
	local names
	names=$(printf '"sds/a.pdf",%.0s' {1..64})
	printf '{"asset_id":"A","more":[%s]}\n{"asset_id":"B","more":[%s,"sds/b.pdf"]}\n' "${names%,}" "${names%,}" > m.ndjson
	inv-split -q m.ndjson | inv-validate -q -s ./s.schema.json --attachments files > out
	[ "$(jq -c 'select(.row == 1).attachments | length' out)" = 64 ]
	[ "$(errors out)" = '2 more/64: attachment_refused: is one of more than 64 files' ]
}

@test "checked again, a record has the list of this run" {
	printf 'asset_id,sds\nA,sds/a.pdf\nB,sds/b.pdf\n' | validate > out
	inv-validate -s ./s.schema.json --attachments files < out > again
	[ "$(jq -c 'select(.type == "record")' out)" = "$(jq -c 'select(.type == "record")' again)" ]
	echo other > files/sds/a.pdf
	inv-validate -s ./s.schema.json --attachments files < out > again
	[ "$(jq -r 'select(.row == 1).attachments[0].sha256' again)" = "$(sha256sum < files/sds/a.pdf | cut -c 1-64)" ]
	jq -c 'if .row == 1 then .record.sds = "" else . end' out |
		inv-validate -s ./s.schema.json --attachments files > again
	[ "$(jq -c 'select(.row == 1).attachments' again)" = '[]' ]
}

@test "a schema that names files and no folder, or the other way round, is 64" {
	printf 'asset_id,sds\nA,sds/a.pdf\n' > m.csv
	inv-split -q m.csv > in
	run -$EX_USAGE --separate-stderr inv-validate -s ./s.schema.json in
	[ "$output" = '' ]
	[ "$stderr" = 'inv-validate: the schema has x-inv-attachment in "more": --attachments says where such files are' ]
	run -$EX_USAGE --separate-stderr inv-validate -q -s inventory --attachments files in
	[ "$output" = '' ]
	[ "$stderr" = 'inv-validate: --attachments: the schema has no x-inv-attachment' ]
	run -$EX_NOINPUT --separate-stderr inv-validate -s ./s.schema.json --attachments none in
	[ "$stderr" = 'inv-validate: none: No such file or directory' ]
	run -$EX_NOINPUT inv-validate -s ./s.schema.json --attachments m.csv in
	chmod 777 "$INV_STATE"
	run -$EX_NOPERM inv-validate -s ./s.schema.json --attachments files in
}

@test "a file that changes while it is read quarantines its row" {
	truncate -s 700M files/growing
	printf 'asset_id,sds\nA,growing\nB,sds/a.pdf\n' > m.csv
	while [ ! -e stop ]; do
		echo x >> files/growing
		sleep 0.01
	done 3>&- &
	inv-split -q m.csv | inv-validate -q -s ./s.schema.json --attachments files > out
	touch stop
	wait
	[ "$(errors out)" = '1 sds: attachment_changed: changed while it was read' ]
	[ "$(jq -c 'select(.row == 2).attachments | length' out)" = 1 ]
	run ! compgen -G "$INV_STATE/attachments/spool.*"
}

@test "a file of many rows is read once, until it changes" {
	local pid before
	truncate -s 20M files/big
	mkfifo in
	is_old() { [ "$(($(date +%s) - $(stat -c %Z files/big)))" -gt 2 ]; }
	wait_for is_old
	{
		printf 'asset_id,sds\n'
		for _ in {1..1000}; do echo A,big; done
	} > m.csv
	inv-split -q m.csv > rows
	inv-validate -q -s ./s.schema.json --attachments files < in > out 3>&- &
	pid=$!
	exec 9> in
	grep -v '"type":"end"' rows >&9
	wait_for eval '[ "$(jq -c "select(.attachments) | .row" out | wc -l)" = 1000 ]'
	before=$(awk '/^rchar/ { print $2 }' "/proc/$pid/io")
	[ "$before" -gt 20000000 ]
	[ "$before" -lt 40000000 ]
	exec 9>&-
	wait "$pid" || true
	[ "$(jq -c 'select(.attachments) | .attachments' out | sort -u | wc -l)" = 1 ]
}

@test "a file that was changed between two rows has two digests" {
	local pid
	mkfifo in
	printf 'asset_id,sds\nA,sds/a.pdf\nB,sds/a.pdf\n' > m.csv
	inv-split -q m.csv > rows
	inv-validate -q -s ./s.schema.json --attachments files < in > out 3>&- &
	pid=$!
	exec 9> in
	grep -v '"row":2' rows | grep -v '"type":"end"' >&9
	wait_for grep -q '"attachments"' out
	echo jello > files/sds/a.pdf
	grep -E '"row":2|"type":"end"' rows >&9
	exec 9>&-
	wait "$pid"
	[ "$(jq -r 'select(.attachments) | .attachments[0].sha256' out | sort -u | wc -l)" = 2 ]
	kept files/sds/a.pdf
}

@test "2 GiB of holes are kept as such, in constant memory" {
	truncate -s 2G files/holes
	printf 'asset_id,sds\nA,holes\n' > m.csv
	inv-split -q m.csv > rows
	RSS=rss "$ROOT/tests/helper/rss" \
		inv-validate -q -s ./s.schema.json --attachments files rows > out
	[ "$(jq -c 'select(.row == 1).attachments[0] | [.bytes, .sha256]' out)" = \
		'[2147483648,"a7c744c13cc101ed66c29f672f92455547889cc586ce6d44fe76ae824958ea51"]' ]
	[ "$(du -k "$INV_STATE"/attachments/a7* | cut -f 1)" -lt 1024 ]
	[ "$(du -b "$INV_STATE"/attachments/a7* | cut -f 1)" = 2147483648 ]
	within "$((32 << 10))"
}

@test "a file of more than 4 GiB is refused" {
	truncate -s $(((4 << 30) + 1)) files/huge
	printf 'asset_id,sds\nA,huge\n' | validate -q > out
	[ "$(errors out)" = '1 sds: attachment_refused: is larger than 4 GiB' ]
}

@test "an attachment is on disk before its record goes out" {
	needs_strace
	printf 'asset_id,sds\nA,sds/a.pdf\n' > m.csv
	inv-split -q m.csv > rows
	strace -f -y -e trace=fsync,rename,renameat,renameat2,write -o trace \
		inv-validate -q -s ./s.schema.json --attachments files rows > out
	order=$(grep -oE 'fsync\([0-9]+<[^>]*/(spool|attachments>)|renameat2?|write\(1<' trace |
		sed -E 's/fsync.*spool.*/sync-spool/; s/fsync.*/sync-dir/; s/write.*/write/' | tr '\n' ' ')
	[[ $order == *"sync-spool renameat sync-dir write "* ]]
}

@test "a copy that was changed is seen, and stops the run" {
	printf 'asset_id,sds\nA,sds/a.pdf\n' > m.csv
	inv-split -q m.csv > rows
	inv-validate -q -s ./s.schema.json --attachments files rows > out
	chmod 644 "$INV_STATE"/attachments/58*
	echo jello > "$(echo "$INV_STATE"/attachments/58*)"
	run -$EX_IOERR --separate-stderr inv-validate -q -s ./s.schema.json --attachments files rows
	[[ $stderr == "inv-validate: attachments/5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03: damaged: not what its name says" ]]
	run ! grep -q '"type":"end"' <<< "$output"
}

@test "where the disk is full the row does not go out, and nothing ends" {
	[ "$(id -u)" = 0 ] || skip "needs root, to mount a small disk"
	mkdir small
	mount -t tmpfs -o size=1m none small 2> /dev/null || skip "can not mount here"
	head -c 2M /dev/urandom > files/sds/b.pdf
	printf 'asset_id,sds\nA,sds/a.pdf\nB,sds/b.pdf\nC,sds/a.pdf\n' > m.csv
	inv-split -q m.csv > rows
	local rc=0
	INV_STATE=$PWD/small/state inv-validate -q -s ./s.schema.json --attachments files rows > out 2> err || rc=$?
	cat err
	ls -lR small > left
	umount small
	[ $rc = $EX_IOERR ]
	grep -q 'No space left on device' err
	[ "$(jq -c 'select(.type == "record").row' out)" = 1 ]
	run ! grep -q '"type":"end"' out
	run ! grep -q spool left
}

@test "where the disk fails, reading or syncing, the row does not go out" {
	needs_strace
	printf 'asset_id,sds\nA,sds/a.pdf\nB,\n' > m.csv
	inv-split -q m.csv > rows
	sed 's/sds.a.pdf//' rows > none
	# The spool, the folder; then the file itself.
	local fault
	for fault in fsync:error=EIO:when={1,2} write:error=ENOSPC:when=1 read:error=EIO; do
		rm -rf "$INV_STATE/attachments"
		inv-validate -q -s ./s.schema.json --attachments files none > out
		set -- -e "inject=$fault"
		[[ $fault != read* ]] || set -- "$@" -P "$PWD/files/sds/a.pdf"
		local rc=0
		strace -f -qq -o /dev/null "$@" \
			inv-validate -q -s ./s.schema.json --attachments files rows > out 2> err || rc=$?
		cat err
		[ $rc = $EX_IOERR ]
		grep -qE 'Input/output error|No space left' err
		run ! grep -qE '"type":"(record|end)"' out
		run ! compgen -G "$INV_STATE/attachments/spool.*"
	done
	inv-validate -q -s ./s.schema.json --attachments files rows > out
	[ "$(jq -c 'select(.attachments) | .row' out)" = 1 ]
}

@test "lines that wait are not written where what they name could not be kept" {
	needs_strace
	local i
	mkdir many
	{
		echo asset_id,sds
		for i in {1..100}; do
			echo "$i" > "many/$i"
			echo "A,$i"
		done
	} > m.csv
	inv-split -q m.csv > rows
	local rc=0
	strace -f -qq -o /dev/null -e inject=fsync:error=EIO:when=10 \
		inv-validate -q -s ./s.schema.json --attachments many rows > out 2> err || rc=$?
	cat err
	[ $rc = $EX_IOERR ]
	[ "$(jq -c 'select(.row).row' out)" = '' ]
	inv-validate -q -s ./s.schema.json --attachments many rows > out
	[ "$(jq -c 'select(.attachments).row' out | wc -l)" = 100 ]
}

@test "killed while it copies, it leaves a spool, which the next run removes" {
	local pid
	head -c 64M /dev/urandom > files/big
	printf 'asset_id,sds\nA,sds/a.pdf\nB,big\n' > m.csv
	inv-split -q m.csv > rows
	inv-validate -q -s ./s.schema.json --attachments files rows > out 3>&- &
	pid=$!
	wait_for compgen -G "$INV_STATE/attachments/spool.*"
	kill -9 "$pid"
	wait "$pid" || true
	run ! grep -q '"type":"end"' out
	inv-validate -q -s ./s.schema.json --attachments files rows > out
	run ! compgen -G "$INV_STATE/attachments/spool.*"
	kept files/big
	[ "$(jq -c 'select(.attachments) | .row' out | wc -l)" = 2 ]
}

@test "two runs at once keep the same file, each" {
	head -c 8M /dev/urandom > files/big
	printf 'asset_id,sds\nA,big\n' > m.csv
	inv-split -q m.csv > rows
	local i
	for i in 1 2 3 4; do
		inv-validate -q -s ./s.schema.json --attachments files rows > "out$i" 3>&- &
	done
	wait
	for i in 1 2 3 4; do
		cmp out1 "out$i"
	done
	grep -q '"type":"end"' out1
	kept files/big
	run ! compgen -G "$INV_STATE/attachments/spool.*"
}

@test "links, other names and files of others in the state are refused" {
	printf 'asset_id,sds\nA,sds/a.pdf\n' > m.csv
	inv-split -q m.csv > rows
	mkdir -p elsewhere
	ln -s "$PWD/elsewhere" "$INV_STATE/attachments"
	run -$EX_NOPERM inv-validate -q -s ./s.schema.json --attachments files rows
	[ -z "$(ls elsewhere)" ]
}

@test "a row whose file has come is resubmitted through inv-validate" {
	printf 'asset_id,sds\nA,sds/a.pdf\nB,sds/late.pdf\n' > m.csv
	inv-split -q m.csv | inv-validate -q -s ./s.schema.json --attachments files |
		inv-commit -q | inv-quarantine -q | inv-audit -q > /dev/null
	[ "$(inv-quarantine list | jq -c '[.row, .reason]')" = '[2,"attachment"]' ]
	echo late > files/sds/late.pdf
	inv-quarantine resubmit --reason attachment |
		inv-validate -q -s ./s.schema.json --attachments files > again
	[ "$(jq -c 'select(.type == "record") | [.row, .attachments[0].bytes]' again)" = '[2,5]' ]
	inv-commit -q again | inv-quarantine -q | inv-audit -q > out
	[ "$(inv-quarantine list)" = '' ]
	inv-audit verify
}

# ---- behind inv-validate ----

run_all() { # MANIFEST
	inv-split -q "$1" | inv-validate -q -s ./s.schema.json --attachments files |
		inv-commit -q | inv-quarantine -q | inv-audit -q
}

# The counts of a summary that are not 0.
counts() { jq -c '.counts | with_entries(select(.value > 0))' "$1"; }

# The root of the leaves on standard input, each of them a line in base64.
root_of() {
	python3 -c '
import base64, hashlib, sys
def sha(b): return hashlib.sha256(b).digest()
def root(l):
    if len(l) == 1: return sha(b"\0" + l[0])
    k = 1
    while k * 2 < len(l): k *= 2
    return sha(b"\1" + root(l[:k]) + root(l[k:]))
print(root([base64.b64decode(l) for l in sys.stdin]).hex())'
}

@test "the intent has the files of each row, and the root is over them" {
	printf 'asset_id,sds\nA,sds/a.pdf\nB,\nC,sds/b.pdf\n' > m.csv
	run_all m.csv > sum
	[ "$(counts sum)" = '{"committed":3}' ]
	head -n 1 "$INV_STATE/journal/000001.ndjson" > intent
	[ "$(jq -c '[.attachments[] | [.[0], .[1][0].name]]' intent)" = '[[1,"sds/a.pdf"],[3,"sds/b.pdf"]]' ]
	[ "$(jq -c '.attachments[0][1]' intent)" = "$(inv-split -q m.csv | inv-validate -q -s ./s.schema.json --attachments files | jq -c 'select(.row == 1).attachments')" ]
	jq -c '.body[0], .attachments[0][1], .body[1], .body[2], .attachments[1][1]' intent > parts
	{
		printf '%s\n%s' "$(sed -n 1p parts)" "$(sed -n 2p parts)" | base64 -w 0; echo
		printf '%s' "$(sed -n 3p parts)" | base64 -w 0; echo
		printf '%s\n%s' "$(sed -n 4p parts)" "$(sed -n 5p parts)" | base64 -w 0; echo
	} > leaves
	[ "$(root_of < leaves)" = "$(jq -r .records_root intent)" ]
	inv-audit verify --read-data | jq -e '.attachments == 2'
}

@test "records without files are sent under the same key as ever" {
	printf 'asset_id\nA\nB\n' > m.csv
	inv-split -q m.csv > rows
	sed 's/,"x-inv-attachment":true//' s.schema.json > plain.schema.json
	inv-validate -q -s ./s.schema.json --attachments files rows | inv-commit -q > with
	INV_STATE=$PWD/other inv-validate -q -s ./plain.schema.json rows |
		INV_STATE=$PWD/other inv-commit -q > without
	[ "$(jq -r 'select(.type == "batch") | .idempotency_key, .records_root' with)" = \
		"$(jq -r 'select(.type == "batch") | .idempotency_key, .records_root' without)" ]
	run ! grep -q attachments "$INV_STATE/journal/000001.ndjson"
}

@test "another run sends nothing, and what has another file once more" {
	printf 'asset_id,sds\nA,sds/a.pdf\nB,sds/b.pdf\n' > m.csv
	run_all m.csv > sum
	run_all m.csv > sum
	[ "$(counts sum)" = '{"skipped":2}' ]
	echo other > files/sds/a.pdf
	run_all m.csv > sum
	[ "$(counts sum)" = '{"committed":1,"skipped":1}' ]
	rm "$INV_STATE/journal/seen.db"
	run_all m.csv > sum
	[ "$(counts sum)" = '{"skipped":2}' ]
	[ "$(jq -r 'select(.type == "intent").key' "$INV_STATE/journal/000001.ndjson" | sort -u | wc -l)" = 2 ]
	inv-audit verify --read-data
	inv-audit verify --read-data --ledger "file:$INV_STATE/embedded/ledger.db"
}

@test "a proof has the list, and is none without it or with another" {
	printf 'asset_id,sds\nA,sds/a.pdf\nB,\n' > m.csv
	run_all m.csv > /dev/null
	local id
	id=$(sha256sum < m.csv | cut -c 1-64)
	inv-audit prove "$id" 1 > proof
	inv-audit check --key "$INV_STATE/audit/key.pub" proof
	[ "$(jq -r '.attachments | fromjson | .[0].sha256' proof)" = "$(sha256sum < files/sds/a.pdf | cut -c 1-64)" ]
	jq -c 'del(.attachments)' proof > less
	run -1 inv-audit check --key "$INV_STATE/audit/key.pub" less
	jq -c '.attachments |= sub("5891b5"; "5891b6")' proof > other
	run -1 inv-audit check --key "$INV_STATE/audit/key.pub" other
	jq -c '.attachments = "[]"' proof > none
	run -$EX_DATAERR inv-audit check --key "$INV_STATE/audit/key.pub" none
	inv-audit prove "$id" 2 > plain
	inv-audit check --key "$INV_STATE/audit/key.pub" plain
	[ "$(jq -r .attachments plain)" = null ]
	echo other > files/sds/a.pdf
	run_all m.csv > /dev/null
	inv-audit prove "$id" 1 > again
	inv-audit check --key "$INV_STATE/audit/key.pub" again
	[ "$(jq -r '.attachments | fromjson | .[0].sha256' again)" = "$(sha256sum < files/sds/a.pdf | cut -c 1-64)" ]
}

@test "an attachment that is gone, cut or changed is found by verify --read-data" {
	printf 'asset_id,sds\nA,sds/a.pdf\n' > m.csv
	run_all m.csv > /dev/null
	local file
	file=$(echo "$INV_STATE"/attachments/58*)
	chmod 644 "$file"
	echo jello > "$file"
	inv-audit verify
	run -1 --separate-stderr inv-audit verify --read-data
	[[ $stderr == *"attachments/${file##*/}: damaged: not what its name says"* ]]
	: > "$file"
	run -1 --separate-stderr inv-audit verify --read-data
	[[ $stderr == *"journal: entry 1: row 1: attachments/${file##*/}: damaged: it had 6 bytes"* ]]
	rm "$file"
	run -1 --separate-stderr inv-audit verify --read-data
	[[ $stderr == *"attachments/${file##*/}: No such file"* ]]
}

@test "a list that somebody has edited quarantines its row" {
	printf 'asset_id,sds\nA,sds/a.pdf\nB,sds/b.pdf\n' > m.csv
	inv-split -q m.csv | inv-validate -q -s ./s.schema.json --attachments files |
		jq -c 'if .row == 1 then .attachments[0].sha256 = "none" else . end' |
		inv-commit -q > out
	[ "$(jq -c 'select(.verdict == "quarantined") | [.row, .stage, .reason, .errors[0].type]' out)" = '[1,"inv-commit","attachment","attachment_refused"]' ]
	[ "$(jq -c 'select(.type == "batch").rows' out)" = '[[2,2]]' ]
	inv-split -q m.csv | inv-validate -q -s ./s.schema.json --attachments files |
		jq -c 'if .row then .attachments = [] else . end' | inv-commit -q > out
	[ "$(jq -c 'select(.type == "batch").rows' out)" = '[[1,2]]' ]
}

@test "a row whose files are not kept here is not sent" {
	printf 'asset_id,sds\nA,sds/a.pdf\nB,sds/b.pdf\nC,\n' > m.csv
	inv-split -q m.csv | inv-validate -q -s ./s.schema.json --attachments files > rows
	jq -c 'if .row == 1 then .attachments[0].sha256 = ("ab" * 32)
		elif .row == 2 then .attachments[0].bytes = 7 else . end' rows > forged
	inv-commit -q forged > out
	[ "$(jq -c 'select(.verdict == "quarantined") | [.row, .stage, .reason, .errors[0].type]' out)" = \
		"$(printf '[%d,"inv-commit","attachment","attachment_missing"]\n' 1 2)" ]
	[ "$(jq -c 'select(.type == "batch").rows' out)" = '[[3,3]]' ]
	run ! grep -q attachments "$INV_STATE/journal/000001.ndjson"
	run --separate-stderr env INV_STATE="$PWD/other" inv-commit rows
	[[ $stderr == *"m.csv:2: attachments/58"*"No such file or directory [attachment_missing]"* ]]
	[ "$(jq -r 'select(.reason).reason' <<< "$output" | sort | uniq -c | tr -s ' ')" = ' 2 attachment' ]
	inv-commit -q rows > out
	[ "$(jq -c 'select(.type == "batch").rows' out)" = '[[1,2]]' ]
}

@test "a batch in doubt is replayed where its files are gone, and its rows are told once" {
	printf 'asset_id,sds\nA,sds/a.pdf\n' > m.csv
	inv-split -q m.csv | inv-validate -q -s ./s.schema.json --attachments files > rows
	start_ledger -k asset_id --fault lost
	inv-commit -q -l "$LEDGER" --namespace n -r 0 rows > out || true
	stop_ledger
	[ "$(jq -r 'select(.verdict).verdict' out)" = ambiguous ]
	rm -r "$INV_STATE/attachments"
	start_ledger -k asset_id
	inv-commit -q -l "$LEDGER" --namespace n rows > out
	stop_ledger
	[ "$(jq -c 'select(.verdict) | [.type, .verdict]' out)" = '["batch","committed"]' ]
	run -1 inv-audit verify --read-data
}

@test "purge takes the names of files out of the quarantine, and leaves the files" {
	printf 'asset_id,sds\nA,sds/a.pdf\n' > m.csv
	inv-split -q m.csv | inv-validate -q -s ./s.schema.json --attachments files |
		jq -c 'if .row then .attachments[0].bytes = 7 else . end' |
		inv-commit -q | inv-quarantine -q > out
	grep -q sds/a.pdf "$INV_STATE/quarantine/quarantine.db"
	inv-quarantine resolve "$(inv-quarantine list | jq -r .item)" --discard --why x
	inv-quarantine -q purge --older-than 0 --why x --yes
	run ! grep -q sds/a.pdf "$INV_STATE/quarantine/quarantine.db"
	kept files/sds/a.pdf
}

@test "equal records with other files are no duplicates" {
	printf 'asset_id,sds\nA,sds/a.pdf\nB,sds/b.pdf\n' > m1.csv
	printf 'asset_id,sds\nA,sds/a.pdf\nB,sds/b.pdf\nA,sds/a.pdf\n' > m2.csv
	inv-split -q m1.csv | inv-validate -q -s ./s.schema.json --attachments files > one
	echo other > files/sds/a.pdf
	inv-split -q m2.csv | inv-validate -q -s ./s.schema.json --attachments files > two
	cat one two | inv-dedup -q > out
	[ "$(jq -c 'select(.row) | [.row, .reason]' out | tr '\n' ' ')" = \
		'[1,null] [2,null] [1,null] [2,"duplicate"] [3,"duplicate"] ' ]
	inv-commit -q out > sent
	[ "$(jq -c 'select(.type == "batch").rows' sent | tr '\n' ' ')" = '[[1,2]] [[1,1]] ' ]
	jq -c 'if .row == 3 then .attachments[0].sha256 = ("ab" * 32) else . end' two |
		inv-dedup -q > out
	[ "$(jq -c 'select(.verdict) | [.row, .reason, .errors[0].loc]' out)" = '[3,"conflict",[]]' ]
	jq -c 'if .row == 3 then .attachments[0].sha256 = ("ab" * 32) else . end' two |
		sed 's/"key":\["asset_id"\],//' | inv-dedup -q > out
	[ "$(jq -c 'select(.verdict)' out)" = '' ]
}

@test "the list goes on with a row that is resubmitted" {
	printf 'asset_id,sds\nA,sds/a.pdf\nB,sds/b.pdf\n' > m.csv
	inv-split -q m.csv | inv-validate -q -s ./s.schema.json --attachments files > rows
	start_ledger -k asset_id --fault 503=0
	inv-commit -q -l "$LEDGER" --namespace n -r 0 rows | inv-quarantine -q > /dev/null || true
	stop_ledger
	inv-quarantine resubmit > again
	[ "$(jq -c 'select(.row) | [.row, .attachments[0].name]' again)" = \
		"$(printf '[1,"sds/a.pdf"]\n[2,"sds/b.pdf"]')" ]
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < again
}

@test "a batch in doubt goes again with its files, under its key" {
	printf 'asset_id,sds\nA,sds/a.pdf\nB,sds/b.pdf\n' > m.csv
	inv-split -q m.csv | inv-validate -q -s ./s.schema.json --attachments files > rows
	start_ledger -k asset_id --fault lost
	inv-commit -q -l "$LEDGER" --namespace n -r 0 rows > out || true
	stop_ledger
	[ "$(jq -r 'select(.verdict).verdict' out | sort -u)" = ambiguous ]
	inv-quarantine -q < out > /dev/null
	inv-quarantine resubmit "$(inv-quarantine list | jq -r .item | head -n 1)" > again
	[ "$(jq -c 'select(.row) | [.row, .attachments[0].name]' again)" = \
		"$(printf '[1,"sds/a.pdf"]\n[2,"sds/b.pdf"]')" ]
	start_ledger -k asset_id
	inv-validate -q -s ./s.schema.json --attachments files again |
		inv-commit -q -l "$LEDGER" --namespace n > out
	stop_ledger
	[ "$(jq -r 'select(.type == "batch") | .verdict' out)" = committed ]
	[ "$(jq -r 'select(.key).key' "$INV_STATE/journal/"*.ndjson | sort -u | wc -l)" = 1 ]
	start_ledger -k asset_id
	inv-commit -q -l "$LEDGER" --namespace n rows > out
	[ "$(jq -r 'select(.reason).reason' out | sort | uniq -c | tr -s ' ')" = ' 2 already_committed' ]
	stop_ledger
	inv-audit -q < out > /dev/null
	inv-audit verify --read-data
}

@test "what --resume tells of a row has its files" {
	printf 'asset_id,sds\nA,sds/a.pdf\nB,sds/b.pdf\n' > m.csv
	inv-split -q m.csv | inv-validate -q -s ./s.schema.json --attachments files > rows
	start_ledger -k asset_id --fault garbage
	inv-commit -q -l "$LEDGER" --namespace n -r 0 rows > /dev/null || true
	inv-commit -q -l "$LEDGER" --namespace n -r 0 --resume < /dev/null > out || true
	stop_ledger
	[ "$(jq -c 'select(.row) | [.row, .verdict, .attachments[0].name]' out)" = \
		"$(printf '[1,"ambiguous","sds/a.pdf"]\n[2,"ambiguous","sds/b.pdf"]')" ]
}

@test "a batch whose rows are refused in part tells the files of the others" {
	printf 'asset_id,sds\nA,sds/a.pdf\nB,sds/b.pdf\nC,sds/a.pdf\n' > m.csv
	start_ledger -k asset_id --fault 422-row=B
	inv-split -q m.csv | inv-validate -q -s ./s.schema.json --attachments files |
		inv-commit -q -l "$LEDGER" > out || true
	stop_ledger
	[ "$(jq -c 'select(.type == "batch") | .rows[]' out | sort)" = "$(printf '[1,1]\n[3,3]')" ]
	[ "$(jq -c 'select(.verdict == "quarantined") | [.row, .attachments[0].name]' out)" = '[2,"sds/b.pdf"]' ]
	inv-audit -q < out > /dev/null
	inv-audit verify --read-data
}

@test "lists of many rows go to disk with their chunk, and come back" {
	local i
	{
		echo asset_id,sds
		for i in {1..500}; do echo A,sds/a.pdf; done
	} > m.csv
	inv-split -q m.csv | inv-validate -q -s ./s.schema.json --attachments files |
		jq -c 'if .row then .record.asset_id = "A\(.row)" | .record.pad = ("x" * 9000) else . end' > rows
	inv-commit -q rows > out
	[ "$(jq -s 'map(select(.type == "batch").count) | add' out)" = 500 ]
	[ "$(cat "$INV_STATE"/journal/*.ndjson | jq -s '[.[] | select(.type == "intent").attachments | length] | add')" = 500 ]
	inv-audit -q < out > /dev/null
	inv-audit verify --read-data
	inv-commit -q rows > out
	[ "$(jq -c 'select(.reason).reason' out | sort | uniq -c | tr -s ' ')" = ' 500 "already_committed"' ]
}
