/* cursor.c - reading text of one fixed form: what we wrote ourselves */

#include "data/cursor.h"

enum { NUMBER_MAX = 20 }; /* digits */

static void
skip(struct inv_cursor *c, size_t n)
{
	c->rest.p += n;
	c->rest.n -= n;
}

bool
inv_cursor_at(const struct inv_cursor *c, const char *s)
{
	return !c->bad && inv_str_starts(c->rest, inv_str_of(s));
}

void
inv_cursor_expect(struct inv_cursor *c, const char *s)
{
	if (inv_cursor_at(c, s))
		skip(c, strlen(s));
	else
		c->bad = true;
}

uint64_t
inv_cursor_u64(struct inv_cursor *c, const char *before, uint64_t min)
{
	uint64_t v = 0;
	size_t n = 0;

	inv_cursor_expect(c, before);
	while (!c->bad && n < c->rest.n && n < NUMBER_MAX &&
	    c->rest.p[n] >= '0' && c->rest.p[n] <= '9')
		n++;
	if (c->bad ||
	    !inv_str_u64((struct inv_str){ c->rest.p, n }, min, UINT64_MAX, &v))
		c->bad = true;
	else
		skip(c, n);
	return v;
}

/* Where the string ends. */
static size_t
skip_escapes(struct inv_str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != '"')
		n += s.p[n] == '\\' ? 2 : 1;
	return n;
}

struct inv_str
inv_cursor_text(struct inv_cursor *c, const char *before)
{
	struct inv_str s = { 0 };

	inv_cursor_expect(c, before);
	inv_cursor_expect(c, "\"");
	if (c->bad)
		return s;
	const char *end = memchr(c->rest.p, '"', c->rest.n);
	size_t n = end == NULL ? c->rest.n : (size_t)(end - c->rest.p);

	if (memchr(c->rest.p, '\\', n) != NULL)
		n = skip_escapes(c->rest);
	if (n >= c->rest.n) {
		c->bad = true;
		return s;
	}
	s = (struct inv_str){ c->rest.p, n };
	skip(c, n + 1);
	return s;
}

struct inv_str
inv_cursor_hex(struct inv_cursor *c, const char *before, size_t n)
{
	struct inv_str s = inv_cursor_text(c, before);

	if (s.n != n || !inv_str_is_hex(s))
		c->bad = true;
	return s;
}

void
inv_cursor_digest(struct inv_cursor *c, const char *before,
    unsigned char out[INV_DIGEST])
{
	struct inv_str s = inv_cursor_text(c, before);

	if (!c->bad && !inv_str_unhex(s, out, INV_DIGEST))
		c->bad = true;
}

void
inv_cursor_rows(struct inv_cursor *c, const char *before, struct inv_rows *rows)
{
	uint64_t behind = 0;

	inv_cursor_expect(c, before);
	before = "[[";
	do {
		uint64_t first = inv_cursor_u64(c, before, behind + 1);
		uint64_t last = inv_cursor_u64(c, ",", first);

		inv_cursor_expect(c, "]");
		if (!c->bad &&
		    (last == UINT64_MAX || !inv_rows_add(rows, first, last)))
			c->bad = true;
		before = ",[";
		behind = last;
	} while (inv_cursor_at(c, before));
	inv_cursor_expect(c, "]");
}

bool
inv_cursor_bool(struct inv_cursor *c, const char *before)
{
	inv_cursor_expect(c, before);
	if (inv_cursor_at(c, "true")) {
		skip(c, 4);
		return true;
	}
	inv_cursor_expect(c, "false");
	return false;
}
