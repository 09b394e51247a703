#!/usr/bin/env python3
"""xlsx.py OUT [KEY=VALUE ...] < CELLS - a workbook to try readers with

CELLS, a line each, with the cells of a row on lines behind each other:
	A1=text     a text in the cell
	A1#1.5@2    a number, of style 2
	A1&0        the shared text 0
	A1!#N/A     an error
	A1?1        a boolean
	<...>       XML as it stands, which ends the row before
KEY is one of
	strings, formats, styles    XML: <si>s, <numFmt>s, <xf>s
	book        attributes of workbookPr
	sheets      NAME, NAME:hidden, ... the first of them has the cells
	sheet       the whole of its XML
	rows        so many rows of ten cells, in place of CELLS
	part        NAME=TEXT, one more entry
	lie         in what way the archive lies; see the functions below
"""
import re
import struct
import sys
import zipfile
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def cell(line):
    ref, kind, value = re.match(r"([A-Z]+[0-9]+)([=#&!?])(.*)$", line).groups()
    style = re.search("@([0-9]+)$", value) if kind == "#" else None
    value = escape(value[:style.start()] if style else value)
    if kind == "=":
        return ('<c r="%s" t="inlineStr"><is><t xml:space="preserve">%s</t>'
                "</is></c>" % (ref, value))
    return '<c r="%s"%s%s><v>%s</v></c>' % (
        ref, ' s="%s"' % style[1] if style else "",
        {"&": ' t="s"', "!": ' t="e"', "?": ' t="b"', "#": ""}[kind], value)


def rows_of(lines):
    out, at = [], None
    for line in lines:
        line = line.rstrip("\n")
        if line == "":
            continue
        row = None if line.startswith("<") else re.search("[0-9]+", line)[0]
        if row != at and at is not None:
            out.append("</row>")
        if row != at and row is not None:
            out.append('<row r="%s">' % row)
        at = row
        out.append(line if row is None else cell(line))
    return "".join(out) + ("</row>" if at is not None else "")


def many(n):
    yield "<row r=\"1\">" + "".join(cell("%s1=%s" % (c, c)) for c in "ABCDEFGHIJ") + "</row>"
    for r in range(2, n + 2):
        yield '<row r="%d">%s</row>' % (r, "".join(
            '<c r="%s%d"><v>%d</v></c>' % (c, r, r * 7 + i) if i % 2 else
            '<c r="%s%d" t="s"><v>%d</v></c>' % (c, r, (r - 2) * 5 + i // 2)
            for i, c in enumerate("ABCDEFGHIJ")))


def parts(told):
    sheets = [s.split(":") for s in told.get("sheets", "Sheet1").split(",")]
    yield "[Content_Types].xml", HEAD + (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        "%s</Types>" % "".join(
            '<Override PartName="/xl/%s.xml" ContentType="application/'
            'vnd.openxmlformats-officedocument.spreadsheetml.%s+xml"/>' % part for part in [
                ("workbook", "sheet.main"), ("styles", "styles"),
                ("sharedStrings", "sharedStrings")] + [
                    ("worksheets/sheet%d" % i, "worksheet")
                    for i in range(1, len(sheets) + 1)]))
    yield "_rels/.rels", HEAD + (
        '<Relationships xmlns="%s"><Relationship Id="rId1" Type="%s/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>' % (PACKAGE, REL))
    yield "xl/workbook.xml", HEAD + (
        '<workbook xmlns="%s" xmlns:r="%s"><workbookPr %s/><sheets>%s</sheets></workbook>' % (
            MAIN, REL, told.get("book", ""), "".join(
                '<sheet name=%s sheetId="%d" r:id="s%d"%s/>' % (
                    quoteattr(s[0]), i, i,
                    ' state="%s"' % s[1] if len(s) > 1 else "")
                for i, s in enumerate(sheets, 1))))
    yield "xl/_rels/workbook.xml.rels", HEAD + (
        '<Relationships xmlns="%s">%s<Relationship Id="t" Type="%s/sharedStrings" '
        'Target="sharedStrings.xml"/><Relationship Id="y" Type="%s/styles" '
        'Target="/xl/styles.xml"/></Relationships>' % (PACKAGE, "".join(
            '<Relationship Id="s%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>' % (
                i, REL, i) for i in range(1, len(sheets) + 1)), REL, REL))
    yield "xl/styles.xml", HEAD + (
        '<styleSheet xmlns="%s"><numFmts>%s</numFmts><cellXfs><xf numFmtId="0"/>%s</cellXfs>'
        "</styleSheet>" % (MAIN, told.get("formats", ""), told.get("styles", "")))
    n = int(told.get("rows", 0))
    yield "xl/sharedStrings.xml", HEAD + '<sst xmlns="%s">%s</sst>' % (
        MAIN, told.get("strings") or "".join(
            "<si><t>text number %d</t></si>" % i for i in range(5 * n)))
    for i in range(1, len(sheets) + 1):
        data = "" if i > 1 else "".join(many(n)) if n else rows_of(sys.stdin)
        yield "xl/worksheets/sheet%d.xml" % i, told.get("sheet") if i == 1 and "sheet" in told else (
            HEAD + '<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (MAIN, data))
    if "part" in told:
        yield told["part"].split("=", 1)


# ---- lies: each takes the bytes of a sound archive ----

def central(data):
    """Where the entries of the directory are."""
    at = struct.unpack("<I", data[-6:-2])[0]
    while data[at:at + 4] == b"PK\1\2":
        yield at
        name, more, comment = struct.unpack("<3H", data[at + 28:at + 34])
        at += 46 + name + more + comment


def local(data, at):
    return struct.unpack("<I", data[at + 42:at + 46])[0]


def put(data, at, text):
    data[at:at + len(text)] = text


def lie_name(data):
    """The last entry has another name in its own header."""
    at = local(data, list(central(data))[-1])
    put(data, at + 30, b"XL")


def lie_size(data):
    """The directory says that the last entry is smaller than it is."""
    at = list(central(data))[-1]
    size = struct.unpack("<I", data[at + 24:at + 28])[0] - 1
    put(data, at + 24, struct.pack("<I", size))
    put(data, local(data, at) + 22, struct.pack("<I", size))


def lie_sum(data):
    """The sum of the last entry is another one, at both places."""
    at = list(central(data))[-1]
    for place in (at + 16, local(data, at) + 14):
        data[place] ^= 1


def lie_overlap(data):
    """The last entry but one ends within the last."""
    at = list(central(data))[-2]
    size = struct.unpack("<I", data[at + 20:at + 24])[0] + 40
    put(data, at + 20, struct.pack("<I", size))
    put(data, local(data, at) + 18, struct.pack("<I", size))


def lie_same(data):
    """Two entries of the directory are one entry."""
    entries = list(central(data))
    put(data, entries[-2] + 42, data[entries[-1] + 42:entries[-1] + 46])


def lie_encrypted(data):
    """The last entry says that it is encrypted."""
    at = list(central(data))[-1]
    data[at + 8] |= 1
    data[local(data, at) + 6] |= 1


def lie_zip64(data):
    """A size of the directory is in a field of zip64, which is not there."""
    put(data, list(central(data))[-1] + 24, b"\xff\xff\xff\xff")


def lie_count(data):
    """The end says one entry less."""
    n = struct.unpack("<H", data[-12:-10])[0] - 1
    put(data, len(data) - 14, struct.pack("<2H", n, n))


def lie_end64(data):
    """There is an end of zip64 that says something else."""
    end = bytes(data[-22:])
    at = len(data) - 22
    begin = struct.unpack("<I", end[16:20])[0]
    del data[-22:]
    data += struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, at - begin - 1, begin)
    data += struct.pack("<4sLQL", b"PK\6\7", 0, at, 1) + end


def lie_cut(data):
    """The last bytes are gone."""
    del data[-30:]


def main():
    told = dict(a.split("=", 1) for a in sys.argv[2:])
    with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
        for name, text in parts(told):
            z.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    if "lie" in told:
        with open(sys.argv[1], "rb") as f:
            data = bytearray(f.read())
        globals()["lie_" + told["lie"]](data)
        with open(sys.argv[1], "wb") as f:
            f.write(data)


if __name__ == "__main__":
    main()
