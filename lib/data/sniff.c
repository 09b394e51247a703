/* sniff.c - what a text is, by its first bytes */

#include "data/sniff.h"

#include "data/delimiter.h"
#include "io/compound.h"
#include "io/x12.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct kind {
	struct inv_str magic;
	const char *what;
};

static const struct inv_str names[] = {
	[INV_FORMAT_ANY] = { "unknown", 7 },
	[INV_FORMAT_CSV] = { "csv", 3 },
	[INV_FORMAT_TSV] = { "tsv", 3 },
	[INV_FORMAT_NDJSON] = { "ndjson", 6 },
	[INV_FORMAT_JSON] = { "json", 4 },
	[INV_FORMAT_XLSX] = { "xlsx", 4 },
	[INV_FORMAT_XLS] = { "xls", 3 },
	[INV_FORMAT_X12] = { "x12", 3 },
	[INV_FORMAT_XML] = { "xml", 3 },
};

const char *
inv_format_name(enum inv_format format)
{
	return names[format].p;
}

bool
inv_format_of(struct inv_str name, enum inv_format *format)
{
	for (size_t i = INV_FORMAT_CSV; i < COUNT(names); i++)
		if (inv_str_eq(name, names[i])) {
			*format = (enum inv_format)i;
			return true;
		}
	return false;
}

bool
inv_format_has_columns(enum inv_format format)
{
	return format == INV_FORMAT_CSV || format == INV_FORMAT_TSV ||
	    format == INV_FORMAT_XLSX || format == INV_FORMAT_XLS;
}

bool
inv_format_is_typed(enum inv_format format)
{
	return format == INV_FORMAT_NDJSON || format == INV_FORMAT_JSON;
}

static struct inv_str
unblanked(struct inv_str s)
{
	while (s.n > 0 && memchr(" \t\r\n", *s.p, 4) != NULL) {
		s.p++;
		s.n--;
	}
	return s;
}

static struct inv_str
behind(struct inv_str s, size_t i)
{
	return unblanked((struct inv_str){ s.p + i, s.n - i });
}

/* Of the string that begins at *i to its last byte, or to the end. */
static void
pass_string(struct inv_str s, size_t *i)
{
	for (++*i; *i < s.n && s.p[*i] != '"'; ++*i)
		*i += s.p[*i] == '\\';
}

/* Where the bracket is that closes the first; s.n: nowhere. */
static size_t
close_of(struct inv_str s)
{
	size_t open = 0;

	for (size_t i = 0; i < s.n; i++)
		switch (s.p[i]) {
		case '"':
			pass_string(s, &i);
			break;
		case '[':
			open++;
			break;
		case ']':
			if (--open == 0)
				return i;
			break;
		}
	return s.n;
}

/* A value of JSON, or the begin of one; or nothing. */
static bool
is_value(struct inv_str s)
{
	static const struct inv_str words[] = {
		{ "true", 4 },
		{ "false", 5 },
		{ "null", 4 },
	};
	size_t n = 0;

	while (s.n > 0 && *s.p == '[')
		s = behind(s, 1);
	if (s.n == 0 || *s.p == '{' || *s.p == '"')
		return true;
	for (size_t i = 0; i < COUNT(words); i++)
		if (inv_str_starts(s, words[i]))
			n = words[i].n;
	if (*s.p == '-' || (*s.p >= '0' && *s.p <= '9'))
		while (n < s.n && memchr("+-.0123456789Ee", s.p[n], 15) != NULL)
			n++;
	s = behind(s, n);
	return n > 0 && (s.n == 0 || *s.p == ',' || *s.p == ']');
}

/* `[` and `{`; or nothing behind its end; or no end, and a value. */
static bool
is_array(struct inv_str s)
{
	if (s.n == 0 || *s.p != '[')
		return false;
	struct inv_str first = behind(s, 1);

	if (first.n > 0 && *first.p == '{')
		return true;
	size_t close = close_of(s);

	return close < s.n ? behind(s, close + 1).n == 0 : is_value(first);
}

/* `{` alone on its line: that is the begin of a text over many. */
static bool
is_open_object(struct inv_str s)
{
	size_t i = 1;

	if (s.n == 0 || *s.p != '{')
		return false;
	while (i < s.n && memchr(" \t\r", s.p[i], 3) != NULL)
		i++;
	return i < s.n && s.p[i] == '\n';
}

/* A tag, whatever the script of its name, or what may stand before the first. */
static bool
is_tag(struct inv_str s)
{
	return s.n > 1 && *s.p == '<' &&
	    ((s.p[1] >= 'a' && s.p[1] <= 'z') ||
		(s.p[1] >= 'A' && s.p[1] <= 'Z') ||
		(unsigned char)s.p[1] >= 0x80 ||
		memchr("_?!", s.p[1], 3) != NULL);
}

enum inv_format
inv_sniff(struct inv_str head, bool whole, const struct inv_dialect *dialect)
{
	struct inv_str s = unblanked(head);

	if (is_array(s) || is_open_object(s))
		return INV_FORMAT_JSON;
	if (s.n > 0 && *s.p == '{')
		return INV_FORMAT_NDJSON;
	if (inv_x12_is_isa(s))
		return INV_FORMAT_X12;
	if (is_tag(s))
		return INV_FORMAT_XML;
	if (dialect->delimiter != '\0' ||
	    inv_delimiter_tell(head, whole, dialect, INV_DELIMITERS) != '\t')
		return INV_FORMAT_CSV;
	return INV_FORMAT_TSV;
}

static const char *
look_up(struct inv_str head, const struct kind *kinds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (inv_str_starts(head, kinds[i].magic))
			return kinds[i].what;
	return NULL;
}

bool
inv_sniff_is_encrypted(struct inv_str head)
{
	static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0"
				   "P\0a\0c\0k\0a\0g\0e";

	return inv_compound_is(head) &&
	    memmem(head.p, head.n, name, sizeof(name) - 1) != NULL;
}

enum inv_format
inv_sniff_workbook(struct inv_str head)
{
	if (inv_str_starts(head, INV_LIT("PK\3\4")))
		return INV_FORMAT_XLSX;
	if (inv_compound_is(head) && !inv_sniff_is_encrypted(head))
		return INV_FORMAT_XLS;
	return INV_FORMAT_ANY;
}

const char *
inv_sniff_binary(struct inv_str head)
{
	static const struct kind kinds[] = {
		{ { "PK\3\4", 4 }, "a zip archive or an XLSX workbook" },
		{ { "PK\5\6", 4 }, "an empty zip archive" },
		{ { "\xd0\xcf\x11\xe0", 4 }, "an old Excel workbook" },
		{ { "\x09\0\4\0", 4 }, "a workbook of Excel 2" },
		{ { "\x09\2\6\0", 4 }, "a workbook of Excel 3" },
		{ { "\x09\4\6\0", 4 }, "a workbook of Excel 4" },
		{ { "%PDF-", 5 }, "a PDF" },
		{ { "\xfd"
		    "7zXZ",
		      5 },
		    "packed with xz" },
		{ { "7z\xbc\xaf", 4 }, "a 7z archive" },
		{ { "PAR1", 4 }, "a Parquet file" },
		{ { "SQLite format 3", 15 }, "an SQLite database" },
		{ { "\x1f\x8b", 2 }, "packed twice" },
		{ { "\x28\xb5\x2f\xfd", 4 }, "packed twice" },
	};

	if (head.n >= 10 && memcmp(head.p, "BZh", 3) == 0 &&
	    memcmp(head.p + 4, "1AY&SY", 6) == 0)
		return "packed with bzip2";
	if (inv_sniff_is_encrypted(head))
		return "an encrypted workbook";
	return look_up(head, kinds, COUNT(kinds));
}

const char *
inv_sniff_foreign(struct inv_str head)
{
	static const struct kind kinds[] = {
		{ { "<!DOCTYPE html", 14 }, "HTML" },
		{ { "<!doctype html", 14 }, "HTML" },
		{ { "<html", 5 }, "HTML" },
		{ { "ISA*", 4 }, "X12, but its ISA has not 106 bytes" },
	};

	if (inv_x12_is_isa(unblanked(head)))
		return NULL;
	return look_up(unblanked(head), kinds, COUNT(kinds));
}
