/* memory.h - a text in memory as an inv_pull, handed out in small pieces */
#ifndef INV_TESTS_MEMORY_H
#define INV_TESTS_MEMORY_H

#include "io/pull.h"

struct memory {
	struct inv_str text;
	size_t piece; /* bytes at a time, at least INV_PULL_LEAST */
};

static inline ssize_t
memory_get(void *self, char *p, size_t n, struct inv_err *err)
{
	struct memory *m = self;

	(void)err;
	if (n > m->piece)
		n = m->piece;
	if (n > m->text.n)
		n = m->text.n;
	if (n > 0)
		memcpy(p, m->text.p, n);
	m->text.p += n;
	m->text.n -= n;
	return (ssize_t)n;
}

static inline struct inv_pull
memory_pull(struct memory *m)
{
	return (struct inv_pull){ memory_get, m };
}

#endif
