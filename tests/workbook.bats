#!/usr/bin/env bats
# workbook.bats - what export --xlsx writes, in other programs' hands

load lib

prepare() {
	set -o pipefail
	export INV_SCHEMA=inventory HOME=$PWD
}

gnumeric() { # FILE: its sheet Rows as CSV, in `theirs`
	command -v ssconvert > /dev/null || skip "no gnumeric here"
	ssconvert -T Gnumeric_stf:stf_assistant -O 'format=raw sheet=Rows' "$1" theirs > said 2>&1 || {
		cat said
		return 1
	}
}

# Python that has openpyxl: Debian's own.
openpyxl() { # [FILE]
	/usr/bin/python3 -c 'import openpyxl' 2> /dev/null || skip "no openpyxl here"
	/usr/bin/python3 - "$@"
}

# An item of each line of JSON; as CSV in `ours`.
kept() {
	inv-split -q | jq -c 'if .type == "record" and (has("verdict") | not) then . +
		{verdict: "quarantined", stage: "s", reason: "rejected"} else . end' |
		inv-quarantine -q > /dev/null
	inv-quarantine export --csv > ours
}

# Texts that a program would like to make something of.
odd() {
	jq -nc '["=1", "'\''=1", "=HYPERLINK(\"http://x\",\"y\")", "@SUM(1)", "+1", "-3", "007", "1e5", "1.10",
		"0x10", "12345678901234567890", "TRUE", "2026-02-14", "1/2", "", "'\''", " blank ", "tab\there",
		"line\nfeed", "<b>&amp;\"", "\u202e", "\ufffd", "x" * 32767, "😀" * 16383, "_x0041_", "a_x000D_",
		"cr\r", "\u0001\u001f"][] | {t: .}'
}

# The texts of two CSV files are the same; readers that leave codes such as
# _x000D_ as they stand in the file may do so.
same_cells() { # FILE FILE
	python3 - "$@" <<- 'END'
		import csv, re, sys
		def read(f):
		    csv.field_size_limit(1 << 20)
		    code = lambda s: re.sub("_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), s)
		    return [[(c, code(c)) for c in row]
		            for row in csv.reader(open(f, encoding="utf-8-sig", newline=""))]
		a, b = read(sys.argv[1]), read(sys.argv[2])
		assert len(a) == len(b) and len(a) > 1, (len(a), len(b))
		for x, y in zip(a, b):
		    assert len(x) == len(y), (x, y)
		    for p, q in zip(x, y):
		        assert p[0] in q, (p, q)
	END
}

@test "Gnumeric reads each cell as it is, and none as anything but text" {
	odd | kept
	inv-quarantine export --xlsx out.xlsx
	gnumeric out.xlsx
	same_cells ours theirs
	ssconvert -T Gnumeric_XmlIO:sax:0 out.xlsx out.xml > said 2>&1
	# 60 is the number of a text.
	[ "$(grep -o 'ValueType="[0-9]*"' out.xml | sort -u)" = 'ValueType="60"' ]
	run ! grep -q -e ExprID -e '>=' out.xml
}

@test "openpyxl reads each cell as it is, the head in sight and inv:item hidden" {
	odd | kept
	inv-quarantine export --xlsx out.xlsx
	openpyxl <<- 'END'
		import csv, openpyxl
		book = openpyxl.load_workbook("out.xlsx")
		assert book.sheetnames == ["Rows", "Help"]
		sheet = book["Rows"]
		cells = [c for row in sheet.iter_rows() for c in row if c.value is not None]
		assert all(c.data_type == "s" and c.number_format == "@" for c in cells[sheet.max_column:])
		assert all(c.data_type == "s" for c in cells)
		assert sheet.freeze_panes == "A2"
		names = [c.value for c in sheet[1]]
		hidden = [c.value for c in sheet[1] if sheet.column_dimensions[c.column_letter].hidden]
		assert hidden == ["inv:item"], hidden
		with open("theirs", "w", encoding="utf-8-sig", newline="") as f:
		    csv.writer(f).writerows([c.value or "" for c in row] for row in sheet.iter_rows())
	END
	same_cells ours theirs
}

@test "the lists of allowed words are there for openpyxl" {
	export INV_SCHEMA=federal-property
	echo '{"condition":"broken"}' > m.ndjson
	inv-split -q m.ndjson | inv-validate -q | inv-quarantine -q > /dev/null
	inv-quarantine export --xlsx out.xlsx
	openpyxl <<- 'END'
		import openpyxl
		sheet = openpyxl.load_workbook("out.xlsx")["Rows"]
		lists = {sheet[str(v.sqref).split(":")[0][:-1] + "1"].value: v.formula1
		         for v in sheet.data_validations.dataValidation}
		assert "good" in lists["condition"], lists
	END
}

@test "what no cell holds is left out and said, and the workbook opens" {
	python3 - > m.ndjson <<- 'END'
		import json
		for n in (4, 200000, 300000):
		    print(json.dumps({"t": "x" * n}))
	END
	kept < m.ndjson
	run -1 --separate-stderr inv-quarantine export --xlsx out.xlsx
	[[ $stderr == *'-2: more than a cell of a workbook holds: export it as --csv' ]]
	gnumeric out.xlsx
	# The third never became a record, as no field may be of 300 KB: its bytes
	# are told.
	python3 - <<- 'END'
		import csv
		rows = list(csv.DictReader(open("theirs", newline="")))
		assert [r["t"] for r in rows] == ["xxxx", ""], rows
		assert rows[1]["inv:reason"] == "malformed_line" and len(rows[1]["inv:raw"]) == 3000, rows[1]
	END
	# The CSV has all of both.
	[ "$(awk 'length > 200000' ours | wc -l)" = 2 ]
}

@test "corrected in one program and saved as CSV by another, a workbook closes its items" {
	cp "$ROOT/examples/manifests/q3-chemistry.csv" .
	inv-run -q q3-chemistry.csv > before
	inv-quarantine export --xlsx fix.xlsx
	n=$(inv-quarantine list | wc -l)
	openpyxl <<- 'END'
		import openpyxl
		book = openpyxl.load_workbook("fix.xlsx")
		sheet = book["Rows"]
		at = {c.value: c.column for c in sheet[1]}
		for row in range(2, sheet.max_row + 1):
		    for name, value in {"asset_id": "007-%d" % row, "grant_code": "NSF-CHE-2104567",
		                        "quantity": "3", "description": "x", "inv:why": "read again",
		                        "location_code": "BLDG4-RM100-CAB5", "acquired_on": "2024-02-14"}.items():
		        sheet.cell(row, at[name]).value = value
		book.save("fix.xlsx")
	END
	gnumeric fix.xlsx
	mv theirs rows.csv
	run -0 inv-run -q rows.csv
	jq -e --argjson n "$n" '.rows == $n and .counts.committed == $n' <<< "$output"
	run -1 inv-quarantine list
	[ -z "$output" ]
	inv-quarantine show "$(sed -n 2p rows.csv | grep -o '4bb26c603749-[0-9]*')" | jq -e '.state == "committed" and
		.actions[0].why == "read again" and .actions[0].detail.patch != []'
}
