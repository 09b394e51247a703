#!/usr/bin/python3
"""xls.py OUT [KEY=VALUE ...] [CELL ...] - a workbook of Excel 97 to try readers with

CELL, as those of xlsx.py:
	A1=text     a text in the cell
	A1#1.5@FMT  a number, with a format
	A1!42       an error, by its number in the file
	A1?1        a boolean
KEY is one of
	sheets      NAME, NAME:hidden, ... the first of them has the cells
	hide        rows that are hidden: 2,3
	since       1904
	behind      records at the end of the sheet, in hex
	before      records in place of one that says who wrote it, in hex
	rows        so many rows of ten cells more
"""
import re
import struct
import sys

import xlwt

ref = re.compile(r"([A-Z]+)([0-9]+)([=#!?])(.*)", re.S)


def column(letters):
    n = 0
    for c in letters:
        n = n * 26 + ord(c) - 64
    return n - 1


def style(code):
    return xlwt.easyxf(num_format_str=code) if code else xlwt.Style.default_style


def put(sheet, cell):
    letters, row, kind, value = ref.fullmatch(cell).groups()
    row, col = int(row) - 1, column(letters)
    if kind == "=":
        sheet.row(row).set_cell_text(col, value)
    elif kind == "#":
        number, _, code = value.partition("@")
        sheet.write(row, col, float(number), style(code))
    elif kind == "!":
        sheet.row(row).set_cell_error(col, int(value))
    else:
        sheet.row(row).set_cell_boolean(col, value == "1")


def main():
    out, keys, cells = sys.argv[1], {}, []
    for word in sys.argv[2:]:
        if ref.fullmatch(word):
            cells.append(word)
        else:
            key, _, value = word.partition("=")
            keys[key] = value
    book = xlwt.Workbook()
    book.dates_1904 = keys.get("since") == "1904"
    for name in keys.get("sheets", "Sheet1").split(","):
        name, _, state = name.partition(":")
        sheet = book.add_sheet(name)
        sheet.visibility = 1 if state == "hidden" else 0
    first = book.get_sheet(0)
    # Or it begins with one that is hidden.
    book.set_active_sheet(len(keys.get("sheets", "").split(",")) - 1)
    for cell in cells:
        put(first, cell)
    for row in filter(None, keys.get("hide", "").split(",")):
        first.row(int(row) - 1).hidden = True
    for row in range(int(keys.get("rows", 0))):
        for col in range(10):
            n = row * 10 + col
            first.write(row, col, n if col % 2 else "text %d" % n)
    if "behind" in keys:
        data = first.get_biff_data
        first.get_biff_data = lambda: (
            data()[:-4] + bytes.fromhex(keys["behind"]) + b"\x0a\0\0\0")
    book.save(out)
    if "before" in keys:
        with open(out, "rb") as f:
            file = f.read()
        there = re.search(re.escape(b"\x5c\0\x70\0") + b".{112}", file, re.S)
        records = bytes.fromhex(keys["before"])
        rest = 116 - len(records) - 4
        records += struct.pack("<HH", 0x5c, rest) + b" " * rest
        with open(out, "wb") as f:
            f.write(file[:there.start()] + records + file[there.end():])


main()
