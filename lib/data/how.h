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

struct inv_source_options {
	enum inv_format format;
	char delimiter;           /* of CSV; 0: tell it by content */
	const char *encoding;     /* NULL: by its mark, else UTF-8 */
	bool no_header;           /* the columns are c1, c2, ... */
	bool null_empty;          /* a bare empty cell is null, not "" */
	bool strict_quotes;       /* a quote within a plain cell is a flaw */
	struct inv_str path;      /* where the rows are: of JSON, an RFC 6901
				 pointer to the array */
	struct inv_str map;       /* which columns, and their new names: a JSON
				 object on one line; empty: all as they are */
	struct inv_str constants; /* to be added to each row: the same */
	bool flatten; /* members of members become members, of objects */
	struct inv_str sheet; /* of a workbook, by its name or its number;
				 empty: the first that is not hidden */
	bool skip_hidden;     /* rows that a sheet hides are left out */
};

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
