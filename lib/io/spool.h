/*
 * spool.h - bytes that are written, and then read from the first one on
 *
 * They wait in a file without a name (TMPDIR), or in memory where they are few:
 * memory is the same for any amount.
 */
#ifndef INV_IO_SPOOL_H
#define INV_IO_SPOOL_H

#include "base/buf.h"
#include "base/err.h"

enum { INV_SPOOL_MOST = 16 << 20 }; /* bytes that are read at once */

struct inv_spool;

struct inv_spool *inv_spool_new(void);
void inv_spool_free(struct inv_spool *s);

/* Empty, for the next bytes; the file is gone. */
void inv_spool_reset(struct inv_spool *s);

/* INV_CREATE or INV_IO where the file fails. */
INV_MUST bool inv_spool_add(struct inv_spool *s, struct inv_str bytes,
    struct inv_err *err);

/* The last byte was added: from now on they are read. */
INV_MUST bool inv_spool_end(struct inv_spool *s, struct inv_err *err);

/* All bytes have been read. */
bool inv_spool_is_read(const struct inv_spool *s);

/*
 * The next n bytes, at most INV_SPOOL_MOST: a view, good until the next call.
 * INV_IO where the file fails, or has less.
 */
INV_MUST bool inv_spool_get(struct inv_spool *s, size_t n,
    struct inv_str *bytes, struct inv_err *err);

#endif
