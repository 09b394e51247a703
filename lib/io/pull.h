/*
 * pull.h - bytes, a piece at a time, from whatever is behind
 *
 * What makes bytes (a file, a decompressor, a decoder) hands out one of these;
 * what eats them (the framer) asks.  Nothing in between keeps more than a
 * piece.
 */
#ifndef INV_IO_PULL_H
#define INV_IO_PULL_H

#include <sys/types.h>

#include "base/err.h"

enum { INV_PULL_LEAST = 16 }; /* bytes of room that a pull can rely on */

struct inv_pull {
	/*
	 * Up to n bytes (n >= INV_PULL_LEAST) into p: how many, 0 at the end,
	 * -1 with *err.  The last two are final.
	 */
	ssize_t (*get)(void *self, char *p, size_t n, struct inv_err *err);
	void *self;
};

static inline ssize_t
inv_pull_get(struct inv_pull from, char *p, size_t n, struct inv_err *err)
{
	return from.get(from.self, p, n, err);
}

/* Until p is full or the end: how many, or -1 with *err. */
INV_MUST ssize_t inv_pull_all(struct inv_pull from, char *p, size_t n,
    struct inv_err *err);

#endif
