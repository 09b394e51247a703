/*
 * backlog.h - rows of a manifest that wait for its end, first in, first out
 *
 * Lines as they came, and how many rows of a chunk have passed with a verdict.
 * They are on disk (spill.h) but for the last INV_BACKLOG_BLOCK bytes: that is
 * the memory they take, whatever a manifest weighs.
 */
#ifndef INV_COMMIT_BACKLOG_H
#define INV_COMMIT_BACKLOG_H

#include "commit/spill.h"
#include "io/stream.h"
#include "prog/filter.h"

enum {
	INV_BACKLOG_BLOCK = 256 << 10, /* bytes, and those of one line */
};

struct inv_backlog {
	struct inv_spill spill;
	struct inv_buf block; /* the last entries, not on disk */
	uint64_t at;          /* of the next one to come out */
	struct inv_scan *scan;
};

struct inv_waiter {
	uint64_t chunk;
	uint64_t passed;       /* rows of it that had a verdict; 0: */
	struct inv_record rec; /* one that has none */
};

/* folder is kept, not copied. */
void inv_backlog_init(struct inv_backlog *b, const char *folder);
void inv_backlog_free(struct inv_backlog *b);

bool inv_backlog_is_empty(const struct inv_backlog *b);

/* One more waits; INV_IO or INV_CREATE where the disk does not take it. */
INV_MUST bool inv_backlog_add(struct inv_backlog *b,
    const struct inv_record *rec, struct inv_err *err);
INV_MUST bool inv_backlog_pass(struct inv_backlog *b, uint64_t chunk,
    uint64_t rows, struct inv_err *err);

/*
 * The next that waited, good until the next call; INV_IO where it can not be
 * read back.  Behind the last one all room is given back.
 */
INV_MUST enum inv_next inv_backlog_next(struct inv_backlog *b,
    struct inv_waiter *w, struct inv_err *err);

/* Nobody waits any more. */
void inv_backlog_clear(struct inv_backlog *b);

/*
 * The end line of the manifest that f is at has verified it: every row that it
 * announces has come once, and no stage before has failed it.  Where not, that
 * is said.
 */
INV_MUST bool inv_backlog_verified(const struct inv_filter *f,
    const struct inv_record *end);

#endif
