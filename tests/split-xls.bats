#!/usr/bin/env bats
# inv-split: sheets of XLS workbooks

load lib
load split

prepare() {
	set -o pipefail
	/usr/bin/python3 -c 'import xlwt' 2> /dev/null || skip "no xlwt here"
}

book() { # OUT [KEY=VALUE ...] [CELL ...]
	"$ROOT/tests/helper/xls.py" "$@"
}

# The records, or reason, types, cells and record: one a line.
fates() {
	inv-split -q "$@" | jq -c 'select(.type=="record") |
		if .verdict then [.reason, (.errors[] | .type, .ctx.cell), .record]
		else .record end'
}

# What Gnumeric makes of a workbook; excel_biff7 is Excel 5 and 95.
convert() { # FROM TO FORMAT
	command -v ssconvert > /dev/null || skip "no ssconvert here"
	timeout 60 ssconvert --recalc -T "Gnumeric_Excel:$3" "$1" "$2" > /dev/null 2>&1
}

needs_freexl() {
	[[ $(ldd "$(command -v inv-split)") = *libfreexl* ]] || skip "built without libfreexl"
}

# The library breaks, as it likes to.
broken() { # FAULT, or - for none; then what to run
	case $(command -v inv-split) in
	*/asan/*) skip "a sanitizer has to be the first library" ;;
	esac
	FREEXL_FAULTY=$(dirname "$(command -v inv-split)")/freexl_faulty.so
	LD_PRELOAD=$FREEXL_FAULTY INV_FREEXL_FAULT=$1 "${@:2}"
}

# ---- as XLSX ----

@test "a row of the first sheet that is shown is a row, under the names in its first" {
	book m.xls sheets=one:hidden,two A1=no
	refused_as empty m.xls
	[ "$(member stage .sheet <<< "$output")" = '"two"' ]
	book m.xls A1=id B1=n A2=x 'B2#5' A4=é€😀 'B4#-1.25'
	inv-split -q m.xls > out
	[ "$(member record .record < out)" = '{"id":"x","n":"5"}
{"id":"é€😀","n":"-1.25"}' ]
	[ "$(member manifest '|[.format,.columns]' < out)" = '["xls",["id","n"]]' ]
	[ "$(member record .line < out | paste -sd,)" = 2,4 ]
	[ "$(member stage '|[.sheet,.blank_rows]' < out)" = '["Sheet1",1]' ]
}

@test "it is told by its content, also packed or through a pipe, and by -f" {
	book m.xls A1=id A2=x
	want=$(fates m.xls)
	cp m.xls m.csv
	gzip -k m.xls
	zstd -q m.xls
	[ "$(fates m.csv)" = "$want" ]
	[ "$(fates < m.xls)" = "$want" ]
	[ "$(fates m.xls.gz)" = "$want" ]
	[ "$(fates m.xls.zst)" = "$want" ]
	[ "$(fates -f xls m.xls)" = "$want" ]
	refused_as unknown_format -f csv m.xls
	refused_as unknown_format -f xlsx m.xls
	printf 'a,b\n1,2\n' > text
	refused_as unknown_format -f xls text
	[[ $stderr = *'it is no workbook'* ]]
}

@test "sheets are chosen, rows hidden and columns named as those of XLSX" {
	book m.xls sheets=one:hidden,2:hidden,three A1=id A2=x A3=y A4=z hide=3
	for name in one 1; do
		inv-split -q -S $name m.xls > out
		[ "$(member record .record.id < out | paste -sd,)" = '"x","y","z"' ]
		[ "$(member stage '|[.sheet,.sheet_hidden,.hidden_rows]' < out)" = '["one",true,1]' ]
	done
	[ "$(fates -S one --hidden skip m.xls)" = '{"id":"x"}
{"id":"z"}' ]
	[ "$(fates -S one --no-header m.xls | head -n 1)" = '{"c1":"id"}' ]
	refused_as empty -S 2 m.xls
	[ "$(member stage .sheet <<< "$output")" = '"2"' ]
	refused_as no_sheet -S 4 m.xls
	[ "$stderr" = 'inv-split: m.xls: no sheet "4"; the workbook has "one", "2", "three"' ]
	book two.xls A1=a B1=a
	refused_as bad_header two.xls
	book map.xls A1=a B1=b A2=x 'B2!42'
	echo '{"a":"id"}' > map
	[ "$(fates --columns map --set at=north map.xls)" = '{"id":"x","at":"north"}' ]
}

@test "a cell is what it is in XLSX" {
	book m.xls A1=n 'A2#0.3' 'A3#0.30000000000000004' 'A4#1e20' 'A5#42@00000' 'A6#0.5@0%' \
		'A7#1234.5@#,##0.00' 'A8?1' 'A9?0' 'A10=' 'A11#-7' 'A12#12345678.25' 'B13#1' B1=m
	[ "$(fates m.xls | jq -r .n | paste -sd' ')" = \
		'0.3 0.3 100000000000000000000 00042 0.5 1234.5 TRUE FALSE  -7 12345678.25 ' ]
	book d.xls A1=d 'A2#46347@YYYY-MM-DD' 'A3#46347.25@D/M/YY' 'A4#46347@YYYY-MM-DD HH:MM' \
		'A5#0.5@HH:MM' 'A6#1.5@[h]:mm' 'A7#46347.9999999@YYYY-MM-DD HH:MM' 'A8#59@YYYY-MM-DD' \
		'A9#2958465@YYYY-MM-DD'
	[ "$(fates d.xls | jq -r .d | paste -sd' ')" = \
		'2026-11-21 2026-11-21T06:00:00 2026-11-21T00:00:00 12:00:00 36:00:00 2026-11-22T00:00:00 1900-02-28 9999-12-31' ]
	book d.xls since=1904 A1=d 'A2#0@YYYY-MM-DD' 'A3#44885@YYYY-MM-DD'
	[ "$(fates d.xls | jq -r .d | paste -sd' ')" = '1904-01-01 2026-11-21' ]
}

@test "each damaged row costs itself, and says the cell, the sheet and what is there" {
	# A text and a shared text that are not there; a formula without its text;
	# a column that no sheet has costs all of it, see below.
	book m.xls A1=a B1=b A2=x 'B2!42' 'A3#60@YYYY-MM-DD' 'A4#-1@YYYY-MM-DD' \
		'A5#2958466@YYYY-MM-DD' A6=x C6=y A9=last \
		behind="fd000a00 0600 0000 0000 ffff0000 06001600 0700 0000 0000 00000000 0000ffff 0000 00000000 0000
			04020900 0800 0000 0000 0500 01 03020e00 0300 0100 0000 0000000000001440"
	[ "$(fates m.xls)" = '["malformed_row","cell_error","B2",{"a":"x","b":"#N/A"}]
["malformed_row","date_invalid","A3",{"a":"60","b":""}]
["malformed_row","date_invalid","A4",{"a":"-1","b":"5"}]
["malformed_row","date_invalid","A5",{"a":"2958466","b":""}]
["malformed_row","cell_count","C6",{"a":"x","b":""}]
["malformed_row","cell_invalid","A7",{"a":"","b":""}]
["malformed_row","formula_no_value","A8",{"a":"","b":""}]
["malformed_row","cell_invalid","A9","cell_misplaced","A9",{"a":"last","b":""}]' ]
	inv-split -q m.xls | jq -c 'select(.row==1).errors[0]' > error
	[ "$(cat error)" = '{"type":"cell_error","loc":["b"],"msg":"an error, and no value","input":"#N/A","ctx":{"line":2,"cell":"B2","sheet":"Sheet1"}}' ]
}

@test "formulas have the value that was last worked out" {
	/usr/bin/python3 - <<-'EOF' || skip "no openpyxl here"
		import openpyxl
		book = openpyxl.Workbook()
		sheet = book.active
		sheet.append(["n", "t", "b", "e", "x"])
		sheet.append(["=1+2", '="a"&"b"', "=1=1", "=1/0", "é"])
		sheet.append(["=DATE(2026,11,21)", '=""', "=1=2", "=1", 7])
		sheet["A3"].number_format = "yyyy-mm-dd"
		book.save("m.xlsx")
	EOF
	convert m.xlsx m.xls excel_biff8
	[ "$(fates m.xls)" = '["malformed_row","cell_error","D2",{"n":"3","t":"ab","b":"TRUE","e":"#DIV/0!","x":"é"}]
{"n":"2026-11-21","t":"","b":"FALSE","e":"1","x":"7"}' ]
}

# What Excel writes of a long text: the next record begins with how it goes on.
@test "the text of a formula may go on in other records" {
	local formula='06001600 0100 0000 0000 00000000 0000ffff 0000 00000000 0000'
	local wide narrow
	wide=$(printf 'e500%.0s' {1..4000})
	narrow=$(printf '61%.0s' {1..8000})
	book m.xls A1=a behind="$formula 0702 431f e02e 01 $wide 3c00 411f 00 $narrow 0a000000"
	[ "$(fates m.xls)" = "{\"a\":\"$(printf 'å%.0s' {1..4000})$(printf 'a%.0s' {1..8000})\"}" ]
	# Between them a formula that is shared; then one that was never worked out.
	book m.xls A1=a behind="$formula bc040200 0000 07020400 0100 00 7a ${formula/0100/0200}"
	[ "$(fates m.xls)" = '{"a":"z"}
["malformed_row","formula_no_value","A3",{"a":""}]' ]
}

@test "rich texts, empty ones, long ones and a chart on the sheet are no obstacle" {
	/usr/bin/python3 - <<-'EOF'
		import xlwt
		book = xlwt.Workbook()
		sheet = book.add_sheet("s")
		sheet.write(0, 0, "a")
		bold = xlwt.easyfont("bold on")
		sheet.write_rich_text(1, 0, ("plain ", ("bold", bold)))
		sheet.row(2).set_cell_text(0, "")
		for row in range(3, 9):
		    sheet.write(row, 0, "xé"[row % 2] * 32000 + str(row))
		sheet.write(9, 0, "a\0b\r\n")
		book.save("m.xls")
	EOF
	fates m.xls | jq -c '[(.a|length), (.a[0:12]), (.a[-3:])]' > got
	[ "$(head -n 2 got)" = '[10,"plain bold","old"]
[0,"",""]' ]
	[ "$(sed -n 3,8p got | jq -c '[.[0], .[1][0:1], .[2]]' | paste -sd' ')" = \
		'[32001,"é","éé3"] [32001,"x","xx4"] [32001,"é","éé5"] [32001,"x","xx6"] [32001,"é","éé7"] [32001,"x","xx8"]' ]
	[ "$(tail -n 1 got)" = '[5,"a\u0000b\r\n","b\r\n"]' ]
	book chart.xls A1=a A2=x \
		behind='09081000 0006 2000 bb0d cc07 00000000 00000000 03020e00 0500 0000 0000 000000000000f03f 0a000000'
	[ "$(fates chart.xls)" = '{"a":"x"}' ]
}

# Narrow and then wide, a character of two units, what is about a text and no
# part of it: each cut by the end of a record.  Half a character is none.
@test "shared texts go on in other records, wherever they are cut" {
	local i cells=
	for i in 1 2 3 4 5 7; do
		cells+=" fd000a00 0${i}00 0000 0000 0${i}000000"
	done
	book m.xls A1=a behind="$cells" before="
		fc001100 09000000 06000000 0100 00 61 0400 00 e9 62
		3c000a00 01 e565 e565 0200 01 3dd8
		3c001000 01 00de 0100 0d 0100 02000000 e565 0000
		3c000d00 0000 aaaa 0100 01 3dd8 0100 00 7a"
	[ "$(fates m.xls)" = '{"a":"éb日日"}
{"a":"😀"}
{"a":"日"}
["malformed_row","cell_invalid","A5",{"a":""}]
{"a":"z"}
["malformed_row","cell_invalid","A8",{"a":""}]' ]
}

@test "a workbook that is embedded in something else is none, and a name may be in capitals" {
	book m.xls A1=a A2=x
	/usr/bin/python3 - <<-'END'
		import struct
		file = bytearray(open("m.xls", "rb").read())
		name = "Workbook".encode("utf-16-le")
		at = file.index(name)
		file[at:at + 16] = "WORKBOOK".encode("utf-16-le")
		open("capitals.xls", "wb").write(file)
		# The root has a folder, and that has the workbook.
		none = 0xffffffff
		struct.pack_into("<I", file, at - 128 + 76, 2)
		folder = "MBD00000".encode("utf-16-le").ljust(64, b"\0")
		folder += struct.pack("<HBBIII", 18, 1, 1, none, none, 1)
		file[at + 128:at + 128 + len(folder)] = folder
		open("word.doc", "wb").write(file)
	END
	[ "$(fates capitals.xls)" = '{"a":"x"}' ]
	refused_as unknown_format word.doc
}

# As others read it: xlrd, Apache POI.
@test "a shared text may begin in one record and have its characters in the next" {
	/usr/bin/python3 - <<-'END'
		import struct
		import xlwt.CompoundDoc
		def record(kind, data):
		    return struct.pack("<HH", kind, len(data)) + data
		def bof(kind):
		    return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 6))
		def book(at):
		    return (bof(5) + record(0x85, struct.pack("<IBBBB", at, 0, 0, 1, 0) + b"s") +
		            record(0xfc, struct.pack("<II", 2, 2) + b"\1\0\0n" + b"\2\0\0") +
		            record(0x3c, b"\1\xe9\0b\0") + record(10, b""))
		cells = [record(0xfd, struct.pack("<HHHI", i, 0, 0, i)) for i in (0, 1)]
		stream = book(len(book(0))) + bof(16) + b"".join(cells) + record(10, b"")
		xlwt.CompoundDoc.XlsDoc().save("m.xls", stream)
	END
	[ "$(fates m.xls)" = '{"n":"éb"}' ]
}

# Spreadsheet::WriteExcel and others write cells as their caller does.
@test "cells may stand in the file in any order" {
	/usr/bin/python3 - <<-'END'
		import struct
		import xlwt.CompoundDoc
		def record(kind, data):
		    return struct.pack("<HH", kind, len(data)) + data
		def label(row, column, text):
		    return record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 0) + text)
		def text(row, column):
		    value = struct.pack("<HHH8sHIH", row, column, 0, bytes(6) + b"\xff\xff", 0, 0, 0)
		    return record(6, value) + record(0x207, b"\1\0\0f")
		def hide(row):
		    return record(0x208, struct.pack("<HHHHHHHHBB", row, 0, 9, 0, 0, 0, 0x20, 0, 0, 0)[:16])
		def bof(kind):
		    return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 6))
		def book(at):
		    return bof(5) + record(0x85, struct.pack("<IBBBB", at, 0, 0, 1, 0) + b"s") + record(10, b"")
		cells = [label(0, 1, b"n"), label(2, 1, b"2n"), text(1, 1),
		         label(2, 0, b"2"), label(1, 0, b"1"), label(0, 0, b"id"),
		         label(4, 1, b"4n"), label(3, 0, b"3"), label(3, 0, b"twice"), label(4, 0, b"4"), hide(2)]
		stream = book(len(book(0))) + bof(16) + b"".join(cells) + record(10, b"")
		xlwt.CompoundDoc.XlsDoc().save("m.xls", stream)
	END
	[ "$(fates m.xls)" = '{"id":"1","n":"f"}
{"id":"2","n":"2n"}
["malformed_row","cell_misplaced","A4",{"id":"3","n":""}]
{"id":"4","n":"4n"}' ]
	[ "$(inv-split -q m.xls | member stage .hidden_rows)" = 1 ]
}

@test "every line is as its JSON Schema has it" {
	book m.xls A1=a A2=x 'A3!23'
	inv-split -q m.xls | "$ROOT/tests/helper/check-stream" "$ROOT/examples/stream"
}

# ---- Excel 5 and 95 ----

old_book() { # OUT
	/usr/bin/python3 - <<-'EOF' || skip "no openpyxl here"
		import openpyxl
		book = openpyxl.Workbook()
		sheet = book.active
		sheet.title = "Grüße"
		sheet.append(["id", "n", "f"])
		sheet.append(["müß", 2.5, '="a"&"b"'])
		sheet.append(["x", "=1/0", '="ü"'])
		book.save("old.xlsx")
	EOF
	convert old.xlsx "$1" excel_biff7
}

@test "a workbook of Excel 5 is read by its code page" {
	needs_freexl
	old_book m.xls
	[ "$(fates m.xls)" = '{"id":"müß","n":"2.5","f":"ab"}
["malformed_row","cell_error","B3","cell_invalid","C3",{"id":"x","n":"#DIV/0!","f":""}]' ]
	[ "$(inv-split -q -S Grüße m.xls | member stage .sheet)" = '"Grüße"' ]
}

@test "a file for both Excel 5 and 97 is read as of the latter" {
	/usr/bin/python3 - <<-'EOF' || skip "no openpyxl here"
		import openpyxl
		book = openpyxl.Workbook()
		book.active.append(["id"])
		book.active.append(["日"])
		book.save("m.xlsx")
	EOF
	convert m.xlsx m.xls excel_dsf
	[ "$(fates m.xls)" = '{"id":"日"}' ]
}

@test "without libfreexl a workbook of Excel 5 is refused, and others are read" {
	old_book m.xls
	PATH=$(dirname "$(command -v inv-split)")/without-freexl:$PATH
	refused_as unknown_format m.xls
	[ "$stderr" = "inv-split: m.xls: a workbook of Excel 5 or 95, and this program is built without libfreexl" ]
	book n.xls A1=a A2=x
	[ "$(fates n.xls)" = '{"a":"x"}' ]
}

@test "workbooks of Excel 2 to 4 are refused" {
	printf '\x09\x00\x04\x00\x02\x00\x10\x00' > 2.xls
	printf '\x09\x02\x06\x00\x00\x03\x10\x00' > 3.xls
	printf '\x09\x04\x06\x00\x00\x04\x10\x00' > 4.xls
	local n
	for n in 2 3 4; do
		refused_as unknown_format $n.xls
		[[ $stderr = *"a workbook of Excel $n" ]]
	done
}

# ---- the child ----

@test "a library that breaks costs the workbook, and says how" {
	needs_freexl
	old_book m.xls
	broken crash refused_as undecodable m.xls
	[ "$stderr" = "inv-split: m.xls: its reader died (signal 6)" ]
	broken damaged refused_as undecodable m.xls
	[ "$stderr" = "inv-split: m.xls: libfreexl does not read the workbook" ]
	broken eat refused_as too_large m.xls
	[[ $stderr = *"needs more memory than 1 GiB" ]]
	broken babble refused_as undecodable m.xls
	[[ $stderr = *"its reader makes no sense" ]]
	ulimit -S -t 1
	broken spin refused_as too_large m.xls
	[[ $stderr = *"s of the processor" ]]
}

@test "who ignores the end of children has rows, and knows of a crash" {
	book m.xls A1=a A2=x
	[ "$(bash -c "trap '' CHLD; exec inv-split -q m.xls" | member record .record)" = '{"a":"x"}' ]
	needs_freexl
	old_book o.xls
	broken crash run -65 bash -c "trap '' CHLD; exec inv-split -q o.xls"
	[[ $output = *'"reason":"undecodable"'* ]]
}

child_of() { # PID
	CHILD=$(pgrep -P "$1")
}

gone() { # PID
	! kill -0 "$1" 2> /dev/null
}

@test "the child ends with inv-split, and not by a signal to both" {
	needs_freexl
	old_book m.xls
	broken sleep true # or skip
	LD_PRELOAD=$FREEXL_FAULTY INV_FREEXL_FAULT=sleep inv-split -q m.xls > /dev/null 2>&1 3>&- &
	local pid=$!
	wait_for child_of $pid
	kill -TERM "$CHILD"
	kill -INT "$CHILD"
	run ! gone "$CHILD"
	kill -9 $pid
	wait_for gone "$CHILD"
}

@test "what can not be tried is 74, and no row is written" {
	book m.xls A1=a A2=x
	TMPDIR=/nowhere run -74 --separate-stderr inv-split -q m.xls
	[ "$(member record '' <<< "$output")" = "" ]
	[[ $stderr = *'/nowhere: No such file or directory' ]]
}

@test "a child that can not be confined is 74, and no row is written" {
	limited
	needs_strace
	book m.xls A1=a A2=x
	run -74 --separate-stderr strace -f -qq -o /dev/null -e trace=prlimit64 \
		-e inject=prlimit64:error=EPERM:when=2+ inv-split -q m.xls
	[[ $stderr = *'m.xls: its reader could not be confined (setrlimit, prctl)' ]]
	[ "$(member record '' <<< "$output")" = "" ]
}

@test "inv-split itself stays below 32 MiB" {
	limited
	book m.xls rows=20000
	/usr/bin/python3 - <<-'EOF'
		import re, subprocess, sys
		with subprocess.Popen(["inv-split", "-q", "--no-archive", "m.xls"],
		                      stdout=subprocess.PIPE) as p:
		    for i in range(15000):
		        p.stdout.readline()
		    with open("/proc/%d/status" % p.pid, encoding="ascii") as f:
		        peak = int(re.search(r"VmHWM:\s*([0-9]+)", f.read())[1])
		    rows = 15000 + sum(1 for line in p.stdout)
		sys.exit(p.returncode != 0 or peak > 32768 or rows != 20000 + 2)
	EOF
}

# ---- what is refused ----

@test "what needs a password is refused as encrypted" {
	book m.xls A1=a A2=x before=2f000600000001020304
	refused_as encrypted m.xls
	# An encrypted xlsx, which tells it behind the first 64 KiB.
	book m.xls rows=3000
	/usr/bin/python3 - <<-'EOF'
		file = open("m.xls", "rb").read()
		name = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0") + b"\x22\0"
		at = file.index("Workbook".encode("utf-16-le"), 65536)
		open("e.xls", "wb").write(file[:at] + name + file[at + 66:])
		name = "WordDocument".encode("utf-16-le").ljust(64, b"\0") + b"\x1a\0"
		open("word.doc", "wb").write(file[:at] + name + file[at + 66:])
	EOF
	refused_as encrypted e.xls
	refused_as unknown_format word.doc
	[ "$stderr" = "inv-split: word.doc: a compound file, but no xls workbook" ]
}

@test "a workbook that is cut, or in which a record is damaged, is refused as a whole" {
	book m.xls rows=300
	head -c 20000 m.xls > cut.xls
	refused_as undecodable cut.xls
	[ "$stderr" = "inv-split: cut.xls: the workbook is damaged or cut short" ]
	head -c 100 m.xls > cut.xls
	refused_as undecodable cut.xls
	# A column that no sheet has; a record that is too short.
	book m.xls A1=a A2=x behind='03020e00 0500 0001 0000 000000000000f03f'
	refused_as undecodable m.xls
	book m.xls A1=a A2=x behind='03020400 0500 0000'
	refused_as undecodable m.xls
}

# Whatever is in the file: rows or a refusal, an end, and no crash of ours.
@test "a bit that flips anywhere, or a cut, gives rows or a refusal" {
	book m.xls A1=id B1=n A2=x 'B2#5@YYYY-MM-DD' A3=é 'B3#1.25' A4=last 'B4!42'
	/usr/bin/python3 - <<-'EOF'
		import json, random, subprocess, sys
		file = open("m.xls", "rb").read()
		random.seed(1)
		def run(data, what):
		    p = subprocess.run(["inv-split", "-q", "--no-archive", "-"], input=data,
		                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=100, check=False)
		    lines = [json.loads(line) for line in p.stdout.splitlines()]
		    assert p.returncode in (0, 65), (what, p.returncode, p.stderr)
		    end = lines[-1]
		    assert end["type"] == "end", what
		    assert ("refused" in end) == (p.returncode == 65), what
		    assert end["rows"] == sum(line["type"] == "record" for line in lines), what
		    return p.returncode
		count = {0: 0, 65: 0}
		for i in range(150):
		    at, bit = random.randrange(len(file)), random.randrange(8)
		    data = bytearray(file)
		    data[at] ^= 1 << bit
		    count[run(bytes(data), (at, bit))] += 1
		for i in range(30):
		    at = random.randrange(8, len(file) - 512)
		    count[run(file[:at], at)] += 1
		print(count)
		sys.exit(count[0] < 50 or count[65] < 30)
	EOF
}

# ---- beside XLSX ----

@test "a workbook of Excel has the same cells in XLS as in XLSX" {
	corpus xlsx-excel
	command -v ssconvert > /dev/null || skip "no ssconvert here"
	/usr/bin/python3 - "$CORPUS" <<-'EOF'
		import glob, json, subprocess, sys
		def split(path):
		    p = subprocess.run(["inv-split", "-q", "--no-archive", "--no-header", path],
		                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
		    lines = [json.loads(line) for line in p.stdout.splitlines()]
		    return ("refused" in lines[-1],
		            {r["line"]: r["record"] for r in lines if r["type"] == "record"})
		cells = failed = 0
		# Gnumeric leaves _x000D_ as it is, which those are about.
		books = [b for b in sorted(glob.glob(sys.argv[1] + "/*.xlsx")) if "shared_strings" not in b]
		for path in books[::3]:
		    subprocess.run(["timeout", "60", "ssconvert", "-T", "Gnumeric_Excel:excel_biff8",
		                    path, "m.xls"], stdout=subprocess.DEVNULL,
		                   stderr=subprocess.DEVNULL, check=True)
		    refused, want = split(path)
		    if refused:
		        continue
		    refused, got = split("m.xls")
		    assert not refused, path
		    for line, record in want.items():
		        for name, value in record.items():
		            cells += 1
		            same = got.get(line, {}).get(name, "") == value
		            failed += not same
		            if not same:
		                print(path, line, name, record, got.get(line))
		print(cells, "cells,", failed, "failed")
		sys.exit(failed > 0 or cells < 100)
	EOF
}

# ---- what others do with it ----

piped() { # [OPTION OF inv-split ...] FILE
	echo '{"properties":{"id":{"const":"x"}}}' > s.schema.json
	inv-split -q "$@" | inv-validate -q -s ./s.schema.json | inv-commit -q |
		inv-audit -q > /dev/null || true
}

@test "an archived workbook is read again as it was read then" {
	book m.xls 'sheets=a b é:hidden,two' A1=id A2=x A3=y A4=z hide=3
	piped -S 1 --hidden skip m.xls
	echo '{"properties":{"id":{"const":"z"}}}' > s.schema.json
	run -1 --separate-stderr inv-validate -s ./s.schema.json --backtest
	[ "$(jq -c '[.rows,.fail_now.rows,.fit_now.rows]' <<< "$output")" = '[2,[[1,1]],[[2,2]]]' ]
}

@test "a proof of a workbook's row says that it has no bytes of it" {
	book m.xls A1=id A2=x
	piped m.xls
	run -0 --separate-stderr inv-audit prove m.xls 1
	[ "$(jq -c '[.row,has("raw")]' <<< "$output")" = '[1,false]' ]
	[[ $stderr = *"in xls it is no run of bytes"* ]]
}
