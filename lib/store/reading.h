/*
 * reading.h - an archived manifest, read again as it was read then
 *
 * How it was read is what its stage line of inv-split says, which the audit log
 * has.  When it has been read again, what the reader says of itself must be the
 * same, and so must the number of rows: else these are other rows.
 */
#ifndef INV_STORE_READING_H
#define INV_STORE_READING_H

#include "base/clock.h"
#include "data/rowfile.h"
#include "store/audit_past.h"

enum { INV_READING_ENCODING = 64 }; /* bytes of an encoding's name */

/* Stays where it is while it is open; zero is empty. */
struct inv_reading {
	struct inv_source_options how;
	char *name; /* of the manifest; NULL: not known */
	char received[INV_CLOCK_TEXT];
	char encoding[INV_READING_ENCODING];
	struct inv_rowfile *file;
	struct inv_scan *scan;
	struct inv_buf mem; /* texts of how */
};

/* How it was read; INV_BAD where the log does not say.  To be freed even so. */
INV_MUST bool inv_reading_how(struct inv_reading *r,
    const struct inv_past *past, struct inv_err *err);

/*
 * Then r->file is at the first row.  INV_NOINPUT where the archive does not
 * have it, INV_IO where that has other bytes, INV_BAD where it is refused now.
 */
INV_MUST bool inv_reading_open(struct inv_reading *r, int state,
    const struct inv_past *past, struct inv_err *err);

/* The file has come to its end after so many rows: were they so then? */
bool inv_reading_is_as_then(struct inv_reading *r, const struct inv_past *past,
    uint64_t rows);

void inv_reading_free(struct inv_reading *r);

#endif
