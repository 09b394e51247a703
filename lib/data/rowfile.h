/*
 * rowfile.h - a file's rows, one after the other, as records
 *
 * For those who read a table or NDJSON for itself, and not as a manifest of
 * the stream: registries, rows to try a schema on, what was archived.
 */
#ifndef INV_DATA_ROWFILE_H
#define INV_DATA_ROWFILE_H

#include "data/scan.h"
#include "data/source.h"

struct inv_rowfile;

/* A row; views are good until the next. */
struct inv_row {
	uint64_t line;       /* where it begins, from 1 */
	bool sound;          /* it is a record */
	struct inv_str text; /* the record; else what is wrong, as plain text */
	const struct inv_members *fields; /* of the record */
	struct inv_str bytes; /* as they came: see inv_source_bytes */
	uint64_t offset;      /* of them in the text */
};

/*
 * Takes fd, in either case; name (kept) is for messages.  *how is kept, too.
 * NULL with INV_BAD where the file is refused as a whole, INV_NOINPUT where it
 * can not be read.
 */
struct inv_rowfile *inv_rowfile_new(int fd, const char *name,
    const struct inv_source_options *how, struct inv_err *err);
void inv_rowfile_free(struct inv_rowfile *r);

/* Its columns as a JSON array; empty where it has none: NDJSON. */
struct inv_str inv_rowfile_columns(const struct inv_rowfile *r);

enum inv_format inv_rowfile_format(const struct inv_rowfile *r);

/* "UTF-8" ...; and how it was read, as members for a stage line. */
const char *inv_rowfile_encoding(const struct inv_rowfile *r);
void inv_rowfile_notes(const struct inv_rowfile *r, struct inv_buf *out);

/* INV_NEXT_ERR is final. */
INV_MUST enum inv_next inv_rowfile_next(struct inv_rowfile *r,
    struct inv_row *row, struct inv_err *err);

#endif
