/*
 * buf.h - bytes that grow, up to a ceiling
 *
 * The ceiling is set where the container is made.  What would pass it is not
 * added and sets `failed`, which stays set until the next reset: a writer of
 * many pieces looks once, at the end.
 */
#ifndef INV_BASE_BUF_H
#define INV_BASE_BUF_H

#include "base/str.h"

struct inv_buf {
	char *p;
	size_t n;
	size_t cap;
	size_t max; /* bytes */
	bool paged; /* p is the beginning of a page, also when it has grown */
	bool failed;
};

#define INV_BUF(limit) ((struct inv_buf){ .max = (limit) })

/* The limit is a number of whole pages. */
#define INV_BUF_PAGES(limit) ((struct inv_buf){ .max = (limit), .paged = true })

/* Make room for n more bytes; false past the ceiling. */
INV_MUST bool inv_buf_grow(struct inv_buf *b, size_t n);

void inv_buf_addf(struct inv_buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* v in decimal. */
void inv_buf_u64(struct inv_buf *b, uint64_t v);

/* The same with commas between thousands, for people. */
void inv_buf_count(struct inv_buf *b, uint64_t v);

/* Empty again, the memory kept. */
void inv_buf_reset(struct inv_buf *b);

/* Empty again, the memory given back. */
void inv_buf_free(struct inv_buf *b);

static inline bool
inv_buf_room(struct inv_buf *b, size_t n)
{
	return n <= b->cap - b->n || inv_buf_grow(b, n);
}

static inline void
inv_buf_add(struct inv_buf *b, struct inv_str s)
{
	if (s.n == 0 || !inv_buf_room(b, s.n))
		return;
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

/* The first k bytes and the last, of k to 2k: no call is made for them. */
static inline void
inv_buf_both_ends(char *to, struct inv_str s, size_t k)
{
	memcpy(to, s.p, k);
	memcpy(to + s.n - k, s.p + s.n - k, k);
}

/* As memcpy, for what has mostly a few bytes, but one at least. */
static inline void
inv_buf_copy_few(char *to, struct inv_str s)
{
	if (s.n > 32)
		memcpy(to, s.p, s.n);
	else if (s.n >= 16)
		inv_buf_both_ends(to, s, 16);
	else if (s.n >= 8)
		inv_buf_both_ends(to, s, 8);
	else if (s.n >= 4)
		inv_buf_both_ends(to, s, 4);
	else if (s.n >= 2)
		inv_buf_both_ends(to, s, 2);
	else
		*to = *s.p;
}

/* As inv_buf_add, for two of them, which are not empty. */
static inline void
inv_buf_few(struct inv_buf *b, struct inv_str s, struct inv_str t)
{
	if (!inv_buf_room(b, s.n + t.n))
		return;
	inv_buf_copy_few(b->p + b->n, s);
	inv_buf_copy_few(b->p + b->n + s.n, t);
	b->n += s.n + t.n;
}

static inline void
inv_buf_byte(struct inv_buf *b, char c)
{
	if (!inv_buf_room(b, 1))
		return;
	b->p[b->n++] = c;
}

/* Good until the next change of b. */
static inline struct inv_str
inv_buf_str(const struct inv_buf *b)
{
	return (struct inv_str){ b->p, b->n };
}

#endif
