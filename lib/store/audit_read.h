/*
 * audit_read.h - the lines of the audit log, each held against the one before
 *
 * For one descriptor, from a place on, while nobody writes: under the lock.
 */
#ifndef INV_STORE_AUDIT_READ_H
#define INV_STORE_AUDIT_READ_H

#include "io/stream.h"
#include "store/audit_line.h"

enum inv_audit_found {
	INV_AUDIT_LINE,
	INV_AUDIT_NONE,  /* the end, behind a whole line */
	INV_AUDIT_TORN,  /* half a line at the end, or what is none of ours */
	INV_AUDIT_FALSE, /* a line of ours, but not the next; *err says why */
	INV_AUDIT_ERROR, /* it can not be read */
};

/* A place in the log: behind a line, before the next. */
struct inv_audit_place {
	uint64_t offset;
	uint64_t seq; /* of the line behind it: from 1 */
	unsigned char prev[INV_DIGEST];
};

struct inv_audit_reader {
	struct inv_in in;
	struct inv_audit_place at;
	struct inv_rows rows;
	struct inv_digest *digest;
};

/* fd stays the caller's; false where it can not seek there. */
INV_MUST bool inv_audit_read(struct inv_audit_reader *r, int fd,
    const struct inv_audit_place *from, struct inv_err *err);
void inv_audit_read_end(struct inv_audit_reader *r);

/*
 * The next line, good until the next call; r->at is behind it.  Except for a
 * line, r->at stays, and there is nothing more to come.  *err is filled for
 * TORN, FALSE and ERROR.
 */
INV_MUST enum inv_audit_found inv_audit_next(struct inv_audit_reader *r,
    struct inv_audit_line *line, struct inv_err *err);

/* After TORN: a line of ours stands behind it, so that it is damage. */
INV_MUST bool inv_audit_goes_on(struct inv_audit_reader *r);

#endif
