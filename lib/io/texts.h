/*
 * texts.h - texts by number, more than memory should hold
 *
 * They are appended to a file without a name and read back by their number.
 * What has been read lately stays in memory, at most INV_TEXTS_CACHE of it, so
 * that texts in the order of their numbers, or few of them again and again,
 * cost no system call.
 */
#ifndef INV_IO_TEXTS_H
#define INV_IO_TEXTS_H

#include "base/buf.h"
#include "base/err.h"

enum { INV_TEXTS_CACHE = 12 << 20 }; /* bytes */

struct inv_texts;

struct inv_texts *inv_texts_new(void);
void inv_texts_free(struct inv_texts *t);

/* Empty, for the next ones. */
void inv_texts_reset(struct inv_texts *t);

/* As number 0, 1 ...; INV_CREATE or INV_IO where the file fails. */
INV_MUST bool inv_texts_add(struct inv_texts *t, struct inv_str text,
    struct inv_err *err);

/* The last one was added: from now on they are read. */
INV_MUST bool inv_texts_end(struct inv_texts *t, struct inv_err *err);

/* How many there are. */
uint64_t inv_texts_count(const struct inv_texts *t);

/*
 * Add text number i, which is below count, to *into; false, and *into as it
 * was, where the file fails (INV_IO).  Past its ceiling *into has failed.
 */
INV_MUST bool inv_texts_get(struct inv_texts *t, uint64_t i,
    struct inv_buf *into, struct inv_err *err);

#endif
