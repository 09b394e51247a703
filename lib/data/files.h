/*
 * files.h - the files that a record names, by their digests, as a list
 *
 *	[{"bytes":5,"field":"sds","name":"sds/1.pdf","sha256":"<64 hex>"},...]
 *
 * in canonical form, as inv-validate writes it behind a record; empty text
 * where there are none.  For rows of a batch it is a list of such lists, which
 * the intent of the batch has, ascending by row:
 *
 *	[[3,[{...}]],[7,[{...},{...}]]]
 *
 * A row with files is another leaf of its batch than without: RFC 6962's of
 * its record, a newline, and its list.  No canonical text has a newline.
 */
#ifndef INV_DATA_FILES_H
#define INV_DATA_FILES_H

#include "base/buf.h"
#include "data/cursor.h"
#include "data/digest.h"

enum { INV_FILES_MAX = 1 << 20 }; /* bytes of one record's list */

/* Views; field and name are undecoded. */
struct inv_file_named {
	uint64_t bytes;
	struct inv_str field;
	struct inv_str name;
	struct inv_str sha256; /* 64 hex */
};

/* Is it such a list, of one file at least? */
bool inv_files_is(struct inv_str list);

/*
 * Walk a list that is one: start with *rest = list; true, and *f is set, until
 * there is none left.
 */
bool inv_files_each(struct inv_str *rest, struct inv_file_named *f);

/* Add a row to the list of rows, which is closed by the caller. */
void inv_files_put(struct inv_buf *rows, uint64_t row, struct inv_str list);

/* Step over a list of rows, ascending, and give it; c->bad where it is none. */
struct inv_str inv_files_rows(struct inv_cursor *c);

/*
 * Walk such a list: start with *rest = rows; true, and *row and *list are set,
 * until there is none left.
 */
bool inv_files_each_row(struct inv_str *rest, uint64_t *row,
    struct inv_str *list);

/* The list of a row, or empty.  Rows are asked for ascending. */
struct inv_str inv_files_of(struct inv_str *rest, uint64_t row);

/* The leaf of a row: of its record alone where list is empty. */
void inv_files_leaf(struct inv_digest *d, struct inv_str record,
    struct inv_str list, unsigned char hash[INV_DIGEST]);

#endif
