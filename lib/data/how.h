/*
 * how.h - how manifests are read, and how a stage line tells it
 *
 * An archived manifest can be read again as it was read then: whatever
 * changes its rows is one of these, and is told by those who read.
 */
#ifndef INV_DATA_HOW_H
#define INV_DATA_HOW_H

#include "base/buf.h"
#include "data/scan.h"
#include "data/sniff.h"
#include "io/dialect.h"

struct inv_x12_map;
struct inv_xml_map;

enum {
	INV_HOW_LINES = 1000, /* lines before a table, or behind it */
	INV_HOW_HEADER = 16,  /* records that name its columns */
};

/* Zero is how they are mostly read. */
struct inv_source_options {
	enum inv_format format;
	char delimiter;           /* of CSV; 0: tell it by content */
	char quote;               /* of CSV and TSV; 0: "; or
				     INV_DIALECT_NONE */
	char escape;              /* the same; 0: none */
	uint64_t preamble;        /* lines before the header */
	uint64_t footer;          /* lines behind the last row */
	uint64_t header;          /* records that name the columns; 0: one */
	const char *encoding;     /* NULL: by its mark, else UTF-8 */
	bool no_header;           /* the columns are c1, c2, ... */
	bool null_empty;          /* a bare empty cell is null, not "" */
	bool strict_quotes;       /* a quote within a plain cell is a flaw */
	struct inv_str path;      /* where the rows are: of JSON, an RFC 6901
				 pointer to the array; of XML, the names
				 of elements from the root to them */
	struct inv_str map;       /* which columns, and their new names: a JSON
				 object on one line; empty: all as they are */
	struct inv_str constants; /* to be added to each row: the same */
	bool flatten; /* members of members become members, of objects */
	struct inv_str sheet; /* of a workbook, by its name or its number;
				 empty: the first that is not hidden */
	bool skip_hidden;     /* rows that a sheet hides are left out */

	/*
	 * Of X12 the mapping of a transaction set, `850`, of XML the one there
	 * is.  It then is whose who asked; *map is NULL where there is none.
	 * Where the texts of those that were used then are given, as a JSON
	 * array, nobody is asked.
	 */
	bool (*find_mapping)(void *finder, const char *set,
	    struct inv_x12_map **map, struct inv_err *err);
	bool (*find_xml_mapping)(void *finder, struct inv_xml_map **map,
	    struct inv_err *err);
	void *finder;
	struct inv_str mappings;
};

/* What parts the cells of a CSV; its delimiter is 0 where it is to be told. */
struct inv_dialect inv_how_dialect(const struct inv_source_options *how);

/* What of the first bytes of a text is behind its preamble. */
struct inv_str inv_how_behind(const struct inv_source_options *how,
    struct inv_str head);

/*
 * Members for a stage line, of those that are not as usual and that mean
 * something in that format.  Format, delimiter and encoding are not among
 * them: the reader tells what they were found to be.
 */
void inv_how_put(const struct inv_source_options *how, enum inv_format format,
    struct inv_buf *out);

/*
 * The same members of a line, read again; the others stay as they are.  Texts
 * are added to *mem, which moves once at most and not where it has room for
 * them as they are written.
 */
void inv_how_get(const struct inv_members *m, struct inv_source_options *how,
    struct inv_buf *mem);

#endif
