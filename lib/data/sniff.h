/* sniff.h - what a text is, by its first bytes */
#ifndef INV_DATA_SNIFF_H
#define INV_DATA_SNIFF_H

#include "base/str.h"
#include "io/dialect.h"

enum inv_format {
	INV_FORMAT_ANY, /* asked: tell it by content; told: none of ours */
	INV_FORMAT_CSV,
	INV_FORMAT_TSV,
	INV_FORMAT_NDJSON,
	INV_FORMAT_JSON, /* one text with an array of rows */
	INV_FORMAT_XLSX,
	INV_FORMAT_XLS,
	INV_FORMAT_X12,
	INV_FORMAT_XML,
	INV_FORMATS, /* so many */
};

/* "csv", ...; "unknown" for INV_FORMAT_ANY. */
const char *inv_format_name(enum inv_format format);
INV_MUST bool inv_format_of(struct inv_str name, enum inv_format *format);

/* Its rows are cells under columns that are named once. */
bool inv_format_has_columns(enum inv_format format);

/* Its values have types of their own; else all of them are strings. */
bool inv_format_is_typed(enum inv_format format);

/*
 * The format of a text that begins with head, whole if that is all of it: JSON
 * if it begins, blanks aside, with `[` and `{`, with a `[` behind whose end
 * nothing stands, or whose end is not in head and that has a value behind it,
 * or has nothing but `{` on its first line; NDJSON if it begins with `{`
 * otherwise;
 * X12 if an ISA segment of 106 bytes begins there;
 * XML if with `<` and a name, `?` or `!`;
 * else TSV if TABs are between its cells (delimiter.h), else CSV.  A text whose
 * delimiter is known, and not 0, is no TSV.
 */
enum inv_format inv_sniff(struct inv_str head, bool whole,
    const struct inv_dialect *dialect);

/*
 * XLSX for a zip archive, XLS for a compound file that is not known to be an
 * encrypted xlsx; what is in them is for their readers to say.  Else
 * INV_FORMAT_ANY.
 */
enum inv_format inv_sniff_workbook(struct inv_str head);

/* It is a workbook that needs a password. */
bool inv_sniff_is_encrypted(struct inv_str head);

/*
 * What a text that begins with head is, in words, if it is something that no
 * reader here reads: a workbook, a PDF, a packed file.  NULL if it may be ours.
 */
const char *inv_sniff_binary(struct inv_str head);

/* The same of what is text, but of another kind: HTML, X12. */
const char *inv_sniff_foreign(struct inv_str head);

#endif
