#!/usr/bin/env bats
# inv-split: sheets of XLSX workbooks

load lib
load split

prepare() {
	set -o pipefail
}

# book OUT [KEY=VALUE ...]: a workbook of the cells on stdin, a line each.
book() {
	"$ROOT/tests/helper/xlsx.py" "$@"
}

# cells OUT CELL ...: the same of what is named.
cells() {
	local out=$1
	shift
	printf '%s\n' "$@" | book "$out"
}

# The records, or reason, types, cells and record: one a line.
fates() {
	inv-split -q "$@" | jq -c 'select(.type=="record") |
		if .verdict then [.reason, (.errors[] | .type, .ctx.cell), .record]
		else .record end'
}

# ---- which sheet ----

@test "a row of the first sheet that is shown is a row, under the names in its first" {
	cells m.xlsx A1=id B1=n A2=x 'B2#5' A3=y 'B3#-1.25'
	inv-split -q m.xlsx > out
	[ "$(fates m.xlsx)" = '{"id":"x","n":"5"}
{"id":"y","n":"-1.25"}' ]
	[ "$(member manifest '|[.format,.columns]' < out)" = '["xlsx",["id","n"]]' ]
	[ "$(member record .line < out | paste -sd,)" = 2,3 ]
	[ "$(member stage .sheet < out)" = '"Sheet1"' ]
}

@test "it is told by its content, also packed or through a pipe, and by -f" {
	cells m.xlsx A1=id A2=x
	want=$(fates m.xlsx)
	cp m.xlsx m.csv
	gzip -k m.xlsx
	zstd -q m.xlsx
	[ "$(fates m.csv)" = "$want" ]
	[ "$(fates < m.xlsx)" = "$want" ]
	[ "$(fates m.xlsx.gz)" = "$want" ]
	[ "$(fates m.xlsx.zst)" = "$want" ]
	[ "$(fates -f xlsx m.xlsx)" = "$want" ]
	refused_as unknown_format -f csv m.xlsx
	printf 'a,b\n1,2\n' > text
	refused_as unknown_format -f xlsx text
	[[ $stderr = *'it is no workbook'* ]]
}

@test "-S is a sheet's name or else its number, with hidden ones counted" {
	printf '%s\n' A1=id A2=x | book m.xlsx 'sheets=one:hidden,2:veryHidden,three'
	refused_as empty m.xlsx # the third, which has nothing
	[ "$(member stage .sheet <<< "$output")" = '"three"' ]
	[ "$(member stage '|has("sheet_hidden")' <<< "$output")" = false ]
	for name in one 1; do
		inv-split -q -S $name m.xlsx > out
		[ "$(member record .record < out)" = '{"id":"x"}' ]
		[ "$(member stage '|[.sheet,.sheet_hidden]' < out)" = '["one",true]' ]
	done
	refused_as empty --sheet 2 m.xlsx
	[ "$(member stage .sheet <<< "$output")" = '"2"' ]
	refused_as no_sheet -S 4 m.xlsx
	[ "$stderr" = 'inv-split: m.xlsx: no sheet "4"; the workbook has "one", "2", "three"' ]
	run -64 inv-split -S '' m.xlsx
	printf '%s\n' A1=id | book h.xlsx sheets=one:hidden
	refused_as no_sheet h.xlsx
	[[ $stderr = *'every sheet is hidden'* ]]
}

@test "a sheet whose name leads to another one is refused: it could not be read again" {
	printf '%s\n' A1=id A2=x | book m.xlsx 'sheets=one,one,three,'
	[ "$(inv-split -q -S one m.xlsx | member record .record)" = '{"id":"x"}' ]
	refused_as no_sheet -S 2 m.xlsx
	[ "$stderr" = 'inv-split: m.xlsx: the sheet has no name, or that of one before it' ]
	refused_as no_sheet -S 4 m.xlsx
	refused_as empty -S 3 m.xlsx
	printf '%s\n' A1=id A2=x | book m.xlsx 'sheets=one:hidden,one'
	refused_as no_sheet m.xlsx
	printf '%s\n' A1=id A2=x | book m.xlsx 'sheets=,one'
	[ "$(inv-split -q m.xlsx | member record .record)" = '{"id":"x"}' ]
}

@test "hidden rows are read and counted, and left out with --hidden skip" {
	cells m.xlsx A1=id '<row r="2" hidden="1"><c r="A2"><v>1</v></c></row>' 'A3#2' 'A9#3'
	[ "$(fates m.xlsx | jq -r .id | paste -sd,)" = 1,2,3 ]
	[ "$(inv-split -q m.xlsx | member stage '|[.hidden_rows,.blank_rows,.hidden]')" = '[1,5,null]' ]
	inv-split -q --hidden skip m.xlsx > out
	[ "$(member record .record.id < out | paste -sd,)" = '"2","3"' ]
	[ "$(member stage '|[.hidden_rows,.blank_rows,.hidden]' < out)" = '[1,5,"skip"]' ]
	run -64 inv-split --hidden read m.xlsx
}

@test "without a header the widest row tells the columns" {
	cells m.xlsx A1=x C2=y B3=z
	[ "$(fates --no-header m.xlsx)" = '{"c1":"x","c2":"","c3":""}
{"c1":"","c2":"","c3":"y"}
{"c1":"","c2":"z","c3":""}' ]
	[ "$(fates --no-header --empty null m.xlsx | head -n 1)" = '{"c1":"x","c2":null,"c3":null}' ]
	[ "$(inv-split -q --no-header m.xlsx | member stage .header)" = false ]
}

@test "a header that names no column, or two alike, is refused" {
	cells gap.xlsx A1=a C1=c A2=x
	refused_as bad_header gap.xlsx
	[[ $stderr = *'sheet "Sheet1": column 2 has no name'* ]]
	cells two.xlsx A1=a B1=a
	refused_as bad_header two.xlsx
	cells error.xlsx A1=a 'B1!#N/A'
	refused_as bad_header error.xlsx
	cells none.xlsx
	refused_as empty none.xlsx
	refused_as empty --no-header none.xlsx
}

# ---- what a cell is ----

@test "texts are shared, inline and rich, without what tells how to read them" {
	printf '%s\n' A1=t 'A2&0' 'A3&1' 'A4&2' 'A5=_x000D_a_x005F_x0041_' 'A6=_xD83D__xDE00_ _xD83D_' |
		book m.xlsx strings='<si><t xml:space="preserve"> a&amp;b </t></si><si><r><rPr><b/></rPr><t>bo</t></r><r><t>ld</t></r><rPh sb="0" eb="1"><t>READ</t></rPh><phoneticPr fontId="1"/></si><si><t/></si>'
	[ "$(fates m.xlsx | jq -c .t | paste -sd' ')" = \
		'" a&b " "bold" "" "\ra_x0041_" "😀 _xD83D_"' ]
}

@test "numbers have 15 digits, and only a format of zeros is kept to" {
	printf '%s\n' A1=n 'A2#0.30000000000000004' 'A3#1234567890123456' 'A4#-0' 'A5#1E3' \
		'A6#0.5@1' 'A7#1234.5@2' 'A8#42@3' 'A9#1.10' 'A10#12345678@3' 'A11#4.2@3' |
		book m.xlsx formats='<numFmt numFmtId="164" formatCode="00000"/>' \
			styles='<xf numFmtId="9"/><xf numFmtId="4"/><xf numFmtId="164"/>'
	[ "$(fates m.xlsx | jq -r .n | paste -sd' ')" = \
		'0.3 1234567890123460 0 1000 0.5 1234.5 00042 1.1 12345678 4.2' ]
}

@test "dates are those of ISO 8601 by the format of their cell" {
	styles='<xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="20"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/>'
	formats='<numFmt numFmtId="164" formatCode="[Red]yyyy&quot;h&quot;\s;@"/><numFmt numFmtId="165" formatCode="[h]:mm"/><numFmt numFmtId="166" formatCode="hh:mm:ss.000"/>'
	printf '%s\n' A1=d 'A2#46347@1' 'A3#46347.25@1' 'A4#46347@2' 'A5#0.5@3' 'A6#46347@4' \
		'A7#1.5@5' 'A8#0.5000057870@6' 'A9#59@1' 'A10#61@1' 'A11#2958465@1' 'A12#46347.9999999@2' |
		book m.xlsx styles="$styles" formats="$formats"
	[ "$(fates m.xlsx | jq -r .d | paste -sd' ')" = \
		'2026-11-21 2026-11-21T06:00:00 2026-11-21T00:00:00 12:00:00 2026-11-21 36:00:00 12:00:00.500 1900-02-28 1900-03-01 9999-12-31 2026-11-22T00:00:00' ]
	printf '%s\n' A1=d 'A2#0@1' 'A3#44885@1' |
		book m.xlsx styles="$styles" formats="$formats" book='date1904="1"'
	[ "$(fates m.xlsx | jq -r .d | paste -sd' ')" = '1904-01-01 2026-11-21' ]
}

@test "booleans, formulas, merged and empty cells" {
	cells m.xlsx A1=a B1=b 'A2?1' 'B2?0' \
		'<row r="3"><c r="A3"><f>1+1</f><v>2</v></c><c r="B3" t="str"><f>""</f><v></v></c></row>' \
		'<row r="4"><c r="A4" t="inlineStr"><is><t>m</t></is></c><c r="B4" s="0"/></row>'
	want='{"a":"TRUE","b":"FALSE"}
{"a":"2","b":""}
{"a":"m","b":""}'
	[ "$(fates m.xlsx)" = "$want" ]
	[ "$(fates --empty null m.xlsx | tail -n 2)" = '{"a":"2","b":""}
{"a":"m","b":null}' ]
}

@test "rows and cells need not say where they are, and names may have a prefix" {
	book m.xlsx sheet='<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:cols/><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>b</x:t></x:is></x:c></x:row><x:row><x:c/><x:c><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>' < /dev/null
	[ "$(fates m.xlsx)" = '{"a":"","b":"1"}' ]
	[ "$(inv-split -q m.xlsx | member record .line)" = 2 ]
}

# ---- what costs a row ----

@test "each damaged row costs itself, and says the cell, the sheet and what is there" {
	printf '%s\n' A1=a B1=b A2=x 'B2!#N/A' \
		'<row r="3"><c r="A3"><f>B9</f></c></row>' 'A4#60@1' 'A5#-1@1' 'A6#abc' 'A7&7' 'A8?2' \
		'<row r="9"><c r="A9" t="q"><v>1</v></c></row>' A10=x C10=y \
		'<row r="11"><c r="B11"><v>1</v></c><c r="A11"><v>2</v></c><c r="B12"><v>3</v></c></row>' \
		'<row r="5"><c r="A5"><v>1</v></c></row>' \
		'<row r="x"><c><v>1</v></c></row>' A13=last |
		book m.xlsx styles='<xf numFmtId="14"/>'
	[ "$(fates m.xlsx)" = '["malformed_row","cell_error","B2",{"a":"x","b":"#N/A"}]
["malformed_row","formula_no_value","A3",{"a":"","b":""}]
["malformed_row","date_invalid","A4",{"a":"60","b":""}]
["malformed_row","date_invalid","A5",{"a":"-1","b":""}]
["malformed_row","cell_invalid","A6",{"a":"abc","b":""}]
["malformed_row","cell_invalid","A7",{"a":"7","b":""}]
["malformed_row","cell_invalid","A8",{"a":"2","b":""}]
["malformed_row","cell_invalid","A9",{"a":"1","b":""}]
["malformed_row","cell_count","C10",{"a":"x","b":""}]
["malformed_row","cell_misplaced","A11","cell_misplaced","C11",{"a":"","b":"1"}]
["malformed_row","row_misplaced",null,{"a":"1","b":""}]
["malformed_row","row_misplaced",null,{"a":"1","b":""}]
{"a":"last","b":""}' ]
	inv-split -q m.xlsx | jq -c 'select(.row==1).errors[0]' > error
	[ "$(cat error)" = '{"type":"cell_error","loc":["b"],"msg":"an error, and no value","input":"#N/A","ctx":{"line":2,"cell":"B2","sheet":"Sheet1"}}' ]
	[ "$(inv-split -q m.xlsx | jq -c 'select(.row==9).errors[0]|[.loc,.input]')" = '[[],"y"]' ]
}

@test "a cell past 256 KiB and a row past 1 MiB cost their row" {
	python3 - > text <<-'EOF'
		import random
		random.seed(1)
		def text(n):
		    return "".join(random.choices("abcdefghij", k=n))
		print("A1=a\nB1=b\nA2=x\nA3=" + text(300000))
		for c in "ABCDE":
		    print(c + "4=" + text(250000))
		print("A5=y")
	EOF
	book m.xlsx < text
	[ "$(fates m.xlsx)" = '{"a":"x","b":""}
["malformed_row","cell_too_long","A3",{"a":"","b":""}]
["malformed_row","record_too_long",null,null]
{"a":"y","b":""}' ]
	[ "$(inv-split -q m.xlsx | jq -c 'select(.row==3)|[.raw_cut,.raw]')" = '[true,""]' ]
}

@test "an error in a column that is dropped costs nothing, and names are the new ones" {
	cells m.xlsx A1=a B1=b A2=x 'B2!#N/A' 'A3!#N/A' B3=y
	echo '{"a":"id"}' > map
	[ "$(fates --columns map --set at=north m.xlsx)" = '{"id":"x","at":"north"}
["malformed_row","cell_error","A3",{"id":"#N/A","at":"north"}]' ]
	[ "$(inv-split -q --columns map m.xlsx | jq -c 'select(.row==2).errors[0].loc')" = '["id"]' ]
	echo '{"c":"id"}' > map
	refused_as bad_header --columns map m.xlsx
}

@test "every line is as its JSON Schema has it, and a malformed row is quarantined by the pipe" {
	cells m.xlsx A1=a A2=x 'A3!#REF!'
	inv-split -q m.xlsx > out
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
	inv-quarantine -q out > /dev/null
	item=$(inv-quarantine list --json | jq -r 'select(.reason=="malformed_row").item')
	[ "$(inv-quarantine show --json "$item" | jq -c .record)" = '{"a":"#REF!"}' ]
}

# ---- what is refused ----

@test "an archive that lies is refused, each in its way" {
	local lie
	for lie in name size sum overlap same zip64 count end64 cut; do
		echo A1=x | book m.xlsx lie=$lie
		refused_as undecodable m.xlsx
	done
	echo A1=x | book m.xlsx part=../x=y
	refused_as undecodable m.xlsx
	[[ $stderr = *'leads elsewhere'* ]]
	echo A1=x | book m.xlsx part=xl/styles.xml=y
	refused_as undecodable m.xlsx
	[[ $stderr = *'two of that name'* ]]
	printf 'PK\3\4xxxx' > m.xlsx
	refused_as undecodable m.xlsx
}

@test "sizes behind the data, or in fields of zip64, are no lie" {
	cells m.xlsx A1=a A2=x
	python3 - <<-'EOF'
		import sys, zipfile
		class Pipe:
		    def __init__(self, name): self.f = open(name, "wb")
		    def write(self, b): return self.f.write(b)
		    def flush(self): self.f.flush()
		for name, wide in ("behind.xlsx", False), ("wide.xlsx", True):
		    old = zipfile.ZipFile("m.xlsx")
		    to = Pipe(name) if not wide else name
		    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
		        for part in old.namelist():
		            with new.open(part, "w", force_zip64=wide) as f:
		                f.write(old.read(part))
		    if not wide:
		        to.f.close()
	EOF
	[ "$(fates behind.xlsx)" = '{"a":"x"}' ]
	[ "$(fates wide.xlsx)" = '{"a":"x"}' ]
}

@test "what needs a password is refused as encrypted" {
	echo A1=x | book m.xlsx lie=encrypted
	refused_as encrypted m.xlsx
	{
		printf '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1%01016d' 0
		printf EncryptedPackage | iconv -t UTF-16LE
	} > m.xlsx
	refused_as encrypted m.xlsx
}

@test "a zip archive without a workbook is refused" {
	python3 -c 'import zipfile; zipfile.ZipFile("m.zip", "w").writestr("a", "b")'
	refused_as unknown_format m.zip
	[[ $stderr = *'no xlsx workbook'* ]]
}

@test "a part that is not well-formed or has a DOCTYPE is refused before the first row" {
	head='<worksheet><sheetData><row><c t="inlineStr"><is><t>a</t></is></c></row><row><c><v>1</v></c></row>'
	book m.xlsx sheet="$head</sheetData>" < /dev/null
	refused_as undecodable m.xlsx
	[[ $stderr = *'xl/worksheets/sheet1.xml: XML: line 1, column '*': no element found'* ]]
	book m.xlsx sheet="<!DOCTYPE x>$head</sheetData></worksheet>" < /dev/null
	refused_as doctype m.xlsx
	cells m.xlsx A1=x 'A2&0'
	echo A1=x | book m.xlsx strings='<si><t>&bomb;</t></si>'
	refused_as undecodable m.xlsx
}

@test "bombs are refused within a second and 64 MiB" {
	case $(command -v inv-split) in
	*/asan/*) skip "sanitizers take more memory" ;;
	esac
	local kind
	python3 - <<-'EOF'
		import zipfile
		def bomb(name, sizes):
		    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as z:
		        for i, n in enumerate(sizes):
		            with z.open("xl/worksheets/sheet%d.xml" % i, "w") as f:
		                while n > 0:
		                    f.write(b"<" + b"a" * 999999)
		                    n -= 1000000
		bomb("ratio.xlsx", [30000000])
		bomb("entry.xlsx", [300000000])
		with zipfile.ZipFile("many.xlsx", "w") as z:
		    for i in range(10001):
		        z.writestr("a%d" % i, "")
	EOF
	for kind in ratio entry many; do
		SECONDS=0
		run -65 --separate-stderr env RSS=rss "$ROOT/tests/helper/rss" inv-split -q --no-archive $kind.xlsx
		[ "$SECONDS" -lt 3 ]
		[ "$(member end .refused.reason <<< "$output")" = '"too_large"' ]
		[ "$(cat rss)" -lt 65536 ]
	done
}

@test "a hundred thousand shared texts and twice as many cells stay below 32 MiB" {
	case $(command -v inv-split) in
	*/asan/*) skip "sanitizers take more memory" ;;
	esac
	book m.xlsx rows=20000 < /dev/null
	RSS=rss "$ROOT/tests/helper/rss" inv-split -q --no-archive m.xlsx > out
	[ "$(cat rss)" -lt 32768 ]
	[ "$(member end .counts.pending < out)" = 20000 ]
	[ "$(jq -c 'select(.row==20000).record|[.A,.B,.I]' out)" = '["text number 99995","140008","text number 99999"]' ]
}

@test "a folder for texts that is not there is 74, and no row is written" {
	cells m.xlsx A1=a A2=x
	printf '%s\n' A1=a 'A2&0' | book m.xlsx strings='<si><t>x</t></si>'
	TMPDIR=/nowhere run -74 --separate-stderr inv-split -q m.xlsx
	[ "$(member record '' <<< "$output")" = "" ]
	[[ $stderr = *'/nowhere: No such file or directory' ]]
}

# ---- what others do with it ----

@test "cells are strings that inv-validate coerces, and its errors have the row's line" {
	cells m.xlsx A1=tag B1=n A2=LAB-1 'B2#5' A3=LAB-2 'B3#-5'
	echo '{"properties":{"n":{"type":"integer","minimum":0}}}' > s.schema.json
	inv-split -q m.xlsx | inv-validate -q -s ./s.schema.json > out
	[ "$(jq -c 'select(.row==1).record' out)" = '{"n":5,"tag":"LAB-1"}' ]
	[ "$(jq -c 'select(.row==2)|[.line,.errors[0].type]' out)" = '[3,"greater_than_equal"]' ]
}

@test "what inv-quarantine exports as a workbook comes back as it is" {
	printf 'tag,n\n=1+1,-3\n007,x\n' > m.csv
	echo '{"properties":{"n":{"type":"integer","minimum":0}}}' > s.schema.json
	inv-split -q m.csv | inv-validate -q -s ./s.schema.json | inv-quarantine -q > /dev/null
	inv-quarantine -q export --xlsx fix.xlsx
	inv-split -q fix.xlsx > out
	[ "$(member record '|[.item,.record]' < out)" = \
		"$(inv-split -q m.csv | jq -c 'select(.type=="record")|["\(.manifest[0:12])-\(.row)",.record]')" ]
	[ "$(member manifest .columns < out)" = '["tag","n"]' ]
}

# A workbook went through the pipe.
piped() { # [OPTION OF inv-split ...] FILE
	echo '{"properties":{"id":{"const":"x"}}}' > s.schema.json
	inv-split -q "$@" | inv-validate -q -s ./s.schema.json | inv-commit -q |
		inv-audit -q > /dev/null || true
}

@test "an archived workbook is read again as it was read then" {
	printf '%s\n' A1=id A2=x '<row r="3" hidden="1"><c r="A3"><v>1</v></c></row>' A4=z |
		book m.xlsx sheets='a "b" é:hidden,two'
	piped -S 1 --hidden skip m.xlsx
	echo '{"properties":{"id":{"const":"z"}}}' > s.schema.json
	run -1 --separate-stderr inv-validate -s ./s.schema.json --backtest
	[ "$(jq -c '[.rows,.fail_now.rows,.fit_now.rows]' <<< "$output")" = '[2,[[1,1]],[[2,2]]]' ]
}

@test "a proof of a workbook's row says that it has no bytes of it" {
	cells m.xlsx A1=id A2=x
	piped m.xlsx
	run -0 --separate-stderr inv-audit prove m.xlsx 1
	[ "$(jq -c '[.row,has("raw")]' <<< "$output")" = '[1,false]' ]
	[[ $stderr = *"in xlsx it is no run of bytes"* ]]
}

# ---- the corpora ----

@test "the workbooks of Excel are read as they should be" {
	corpus xlsx-excel
	python3 - "$CORPUS" <<-'EOF'
		import json, re, subprocess, sys
		failed = cells = 0
		def column(ref):
		    n = 0
		    for c in re.match("[A-Z]+", ref)[0]:
		        n = n * 26 + ord(c) - 64
		    return n
		def split(*more):
		    return [json.loads(line) for line in subprocess.run(
		        ["inv-split", "-q", "--no-archive", *more],
		        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout.splitlines()]
		for book in json.load(open(sys.argv[1] + "/expected.json")):
		    for sheet in book["sheets"]:
		        path = sys.argv[1] + "/" + book["file"]
		        rows = {r["line"]: r for r in split("--no-header", "-S", sheet["name"], path)
		                if r["type"] == "record"}
		        for ref, want in sheet["cells"].items():
		            row = rows[int(re.search("[0-9]+", ref)[0])]
		            got = row["record"]["c%d" % column(ref)]
		            if "string" in want:
		                ok = got == want["string"]
		            elif "date" in want:
		                ok = got == want["date"] or got + "T00:00:00" == want["date"]
		            elif "number" in want:
		                ok = "%.15g" % float(got) == "%.15g" % float(want["number"])
		            elif "boolean" in want:
		                ok = got == str(want["boolean"]).upper()
		            else:
		                ok = got == want["error"] and row["errors"][0]["ctx"]["cell"] == ref
		            cells += 1
		            failed += not ok
		            if not ok:
		                print(book["file"], sheet["name"], ref, want, got)
		        # With its header: all is told, or refused with a reason.
		        lines = split("-S", sheet["name"], path)
		        assert lines[-1]["type"] == "end", path
		print(cells, "cells,", failed, "failed")
		sys.exit(failed > 0 or cells != 495)
	EOF
}

@test "the workbooks of Apache POI have the texts of their CSV, and bombs are refused" {
	corpus xlsx-poi
	python3 - "$CORPUS" <<-'EOF'
		import csv, glob, json, subprocess, sys
		failed = texts = 0
		for path in glob.glob(sys.argv[1] + "/*.csv"):
		    want = list(csv.reader(open(path, encoding="utf-8", newline="")))
		    out = subprocess.run(["inv-split", "-q", "--no-archive", path[:-3] + "xlsx"],
		                         stdout=subprocess.PIPE, check=True).stdout
		    lines = [json.loads(line) for line in out.splitlines()]
		    rows = {r["line"]: r for r in lines if r["type"] == "record"}
		    assert lines[0]["columns"] == want[0], path
		    for at, cells in enumerate(want[1:], 2):
		        for name, cell in zip(want[0], cells):
		            if cell == "" or cell[0].isdigit():
		                continue
		            texts += 1
		            got = rows[at]["record"][name]
		            if got != cell:
		                failed += 1
		                print(path, at, name, cell, got)
		print(texts, "texts,", failed, "failed")
		sys.exit(failed > 0 or texts < 40)
	EOF
	refused_as doctype "$CORPUS/poc-xmlbomb.xlsx"
	refused_as doctype "$CORPUS/54764.xlsx"
}
