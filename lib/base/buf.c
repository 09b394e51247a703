/* buf.c - bytes that grow, up to a ceiling */

#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

/* Bytes of the first allocation. */
enum { FIRST = 256, FIRST_PAGES = 64 << 10 };

bool
inv_buf_grow(struct inv_buf *b, size_t n)
{
	if (b->n > b->max || n > b->max - b->n) {
		b->failed = true;
		return false;
	}
	if (n <= b->cap - b->n)
		return true;
	size_t first = b->paged ? FIRST_PAGES : FIRST;
	size_t cap = b->cap > 0 ? b->cap : first;

	while (cap - b->n < n)
		cap *= 2;
	if (cap > b->max)
		cap = b->max;
	b->p = b->paged ? inv_mem_pages(b->p, b->cap, cap)
			: inv_mem_resize(b->p, cap, 1);
	b->cap = cap;
	return true;
}

void
inv_buf_addf(struct inv_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !inv_buf_room(b, (size_t)n)) {
		b->failed = true;
		return;
	}
	/* Beside, not in place: its NUL may be one byte past the ceiling. */
	char *text = inv_mem_new((size_t)n + 1);

	va_start(ap, fmt);
	vsnprintf(text, (size_t)n + 1, fmt, ap);
	va_end(ap);
	inv_buf_add(b, (struct inv_str){ text, (size_t)n });
	free(text);
}

void
inv_buf_u64(struct inv_buf *b, uint64_t v)
{
	char digits[20];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + v % 10);
	while ((v /= 10) != 0);
	inv_buf_add(b, (struct inv_str){ digits + i, sizeof(digits) - i });
}

void
inv_buf_count(struct inv_buf *b, uint64_t v)
{
	struct inv_buf digits = INV_BUF(20);

	inv_buf_u64(&digits, v);
	for (size_t i = 0; i < digits.n; i++) {
		if (i > 0 && (digits.n - i) % 3 == 0)
			inv_buf_byte(b, ',');
		inv_buf_byte(b, digits.p[i]);
	}
	inv_buf_free(&digits);
}

void
inv_buf_reset(struct inv_buf *b)
{
	b->n = 0;
	b->failed = false;
}

void
inv_buf_free(struct inv_buf *b)
{
	if (b->paged)
		inv_mem_pages_free(b->p, b->cap);
	else
		free(b->p);
	*b = (struct inv_buf){ .max = b->max, .paged = b->paged };
}
