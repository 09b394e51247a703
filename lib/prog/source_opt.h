/* source_opt.h - options that say how manifests are read */
#ifndef INV_PROG_SOURCE_OPT_H
#define INV_PROG_SOURCE_OPT_H

#include "data/how.h"
#include "prog/mapping.h"
#include "prog/naming_opt.h"
#include "prog/opt.h"

/* Zero is how they are mostly read. */
struct inv_source_opt {
	struct inv_source_options how; /* its texts are of argv, or of naming */
	struct inv_naming_opt naming;
	struct inv_mappings mappings;
};

/* Codes of those without a letter. */
enum {
	INV_SOURCE_OPT = INV_OPT_LONG + 2000,
	INV_SOURCE_QUOTE = INV_SOURCE_OPT,
	INV_SOURCE_ESCAPE,
	INV_SOURCE_PREAMBLE,
	INV_SOURCE_HEADER_LINES,
	INV_SOURCE_FOOTER,
	INV_SOURCE_NO_HEADER,
	INV_SOURCE_EMPTY,
	INV_SOURCE_STRICT_QUOTES,
	INV_SOURCE_PATH,
	INV_SOURCE_FLATTEN,
	INV_SOURCE_COLUMNS,
	INV_SOURCE_SET,
	INV_SOURCE_HIDDEN,
	INV_SOURCE_MAPPING,
};

/* Entries of a table of options. */
/* clang-format off */
#define INV_SOURCE_OPTIONS \
	{ 'f', "format", "FORMAT", \
	    "csv|tsv|ndjson|json|xlsx|xls|x12|xml: what FILE is; else told by its " \
	    "content" }, \
	{ 'd', "delimiter", "CHAR", \
	    "between the cells of CSV; else told by its content" }, \
	{ 'e', "encoding", "ENC", \
	    "of the text; else UTF-8, or UTF-16 by its mark" }, \
	{ INV_SOURCE_QUOTE, "quote", "CHAR", \
	    "around the cells of CSV and TSV (\"); none: around none" }, \
	{ INV_SOURCE_ESCAPE, "escape", "CHAR", "the character behind it is data" }, \
	{ INV_SOURCE_PREAMBLE, "preamble", "N", "lines before the header, passed over" }, \
	{ INV_SOURCE_HEADER_LINES, "header-lines", "N", \
	    "records that name the columns together (1)" }, \
	{ INV_SOURCE_FOOTER, "footer", "N", "the last lines, passed over" }, \
	{ INV_SOURCE_NO_HEADER, "no-header", NULL, \
	    "the first row is data; columns are c1, c2, ..." }, \
	{ INV_SOURCE_EMPTY, "empty", "VALUE", "null: a bare empty cell is null" }, \
	{ INV_SOURCE_STRICT_QUOTES, "strict-quotes", NULL, \
	    "refuse rows with a quote inside a plain cell" }, \
	{ INV_SOURCE_PATH, "path", "POINTER", "of JSON and XML: where the rows are" }, \
	{ INV_SOURCE_FLATTEN, "flatten", NULL, \
	    "members of an object in a row become its own, named a.b" }, \
	{ INV_SOURCE_COLUMNS, "columns", "MAP", \
	    "only these columns, under these names: a JSON object" }, \
	{ INV_SOURCE_SET, "set", "NAME=VALUE", "add this to each row; may be repeated" }, \
	{ 'S', "sheet", "SHEET", \
	    "of a workbook, its name or number; else the first one shown" }, \
	{ INV_SOURCE_HIDDEN, "hidden", "WHAT", "skip: rows that a sheet hides" }, \
	{ INV_SOURCE_MAPPING, "mapping", "PATH", \
	    "of X12: a mapping, or a folder of such" }
/* clang-format on */

/* An option of these: optarg is its argument.  False if it is another's. */
bool inv_source_opt(struct inv_source_opt *o, int code);

/*
 * All have been seen: they fit each other, or it ends with 64.  How they are
 * read is o->how from here on, which then points into *o.
 */
void inv_source_opt_check(struct inv_source_opt *o);

void inv_source_opt_free(struct inv_source_opt *o);

#endif
