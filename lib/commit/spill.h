/*
 * spill.h - lines of chunks on disk, where memory would not hold them
 *
 * One file without a name for all chunks of a run, made when the first bytes
 * have to go there.  It is no state, and dies with the process: what is in it
 * was read, and what was sent of it is in the journal.  What nobody needs any
 * more is given back to the file system, as far as that can make holes; all of
 * it when nobody needs any.
 */
#ifndef INV_COMMIT_SPILL_H
#define INV_COMMIT_SPILL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct inv_spill {
	const char *folder; /* where the file is made */
	int fd;             /* -1: not needed so far */
	uint64_t end;       /* of the file */
	uint64_t used;      /* bytes of it that somebody needs */
	size_t kept;        /* bytes that all chunks have in memory */
	struct inv_buf read;
	uint64_t read_at; /* where in the file those are from */
};

/* folder is kept, not copied. */
void inv_spill_init(struct inv_spill *s, const char *folder);
void inv_spill_free(struct inv_spill *s);

/* Write bytes; *at is where they are from then on. */
INV_MUST bool inv_spill_add(struct inv_spill *s, struct inv_str bytes,
    uint64_t *at, struct inv_err *err);

/*
 * Read n bytes, and what is behind them for the next to read; a view, good
 * until the next one.
 */
INV_MUST bool inv_spill_read(struct inv_spill *s, uint64_t at, size_t n,
    struct inv_str *out, struct inv_err *err);

/* Nobody needs those any more. */
void inv_spill_drop(struct inv_spill *s, uint64_t at, size_t n);

#endif
