/* xls_texts.c - the texts in the records of Excel 97 to 2003 */

#include "data/xls_texts.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

enum {
	WIDE = 1,          /* units of 16 bits; else of 8 */
	ASIAN = 4,         /* how to read it aloud is behind it */
	RICH = 8,          /* how its parts look is behind it */
	RUN = 4,           /* bytes of that for each part */
	HEAD = 8,          /* bytes before the first shared text */
	ALL_MAX = 1 << 30, /* bytes of all of them */
};

struct text {
	size_t at; /* in `all` */
	uint32_t n;
	bool none; /* it is not of characters */
};

struct inv_xls_texts {
	struct inv_buf all;
	struct text *text;
	size_t n, room;
	/* While they are read. */
	struct inv_biff *b;
	size_t at;  /* of the record */
	bool ended; /* at hand is the record behind */
	bool broken;
};

/* ---- UTF-16 ---- */

static bool
is_first(uint32_t unit)
{
	return unit >= 0xd800 && unit < 0xdc00;
}

static bool
is_second(uint32_t unit)
{
	return unit >= 0xdc00 && unit < 0xe000;
}

/* A unit; *first is the one before, where that waits for it. */
static void
add_unit(struct inv_buf *out, uint32_t unit, uint32_t *first)
{
	uint32_t before = *first, code = unit;
	char bytes[4];

	if ((before != 0) != is_second(unit)) {
		out->failed = true;
		return;
	}
	*first = is_first(unit) ? unit : 0;
	if (*first != 0)
		return;
	if (before != 0)
		code = 0x10000 + ((before - 0xd800) << 10) + (unit - 0xdc00);
	inv_buf_add(out, (struct inv_str){ bytes, inv_utf8_put(code, bytes) });
}

/* Of so many units those that are in the record from *at on. */
static size_t
add_units(const struct inv_biff *b, size_t *at, bool wide, size_t units,
    uint32_t *first, struct inv_buf *out)
{
	size_t size = wide ? 2 : 1, i = 0;

	for (; i < units && b->n - *at >= size; i++, *at += size)
		add_unit(out, wide ? inv_biff_u16(b, *at) : b->p[*at], first);
	return i;
}

size_t
inv_xls_units(const struct inv_biff *b, size_t at, size_t units,
    struct inv_buf *out)
{
	uint32_t first = 0;

	if (at >= b->n)
		return 0;
	bool wide = (b->p[at++] & WIDE) != 0;
	size_t n = add_units(b, &at, wide, units, &first, out);

	if (first != 0)
		out->failed = true;
	return n;
}

/* ---- shared texts ---- */

struct inv_xls_texts *
inv_xls_texts_new(void)
{
	struct inv_xls_texts *t = inv_mem_new(sizeof(*t));

	t->all = INV_BUF(ALL_MAX);
	return t;
}

void
inv_xls_texts_free(struct inv_xls_texts *t)
{
	if (t == NULL)
		return;
	inv_buf_free(&t->all);
	free(t->text);
	free(t);
}

/* There is a byte at hand, perhaps of the record that continues this one. */
static bool
has_byte(struct inv_xls_texts *t)
{
	while (!t->ended && t->at == t->b->n) {
		t->broken = t->broken || !inv_biff_next(t->b);
		t->ended = t->broken || t->b->type != INV_BIFF_CONTINUE;
		t->at = 0;
	}
	return !t->ended;
}

static uint32_t
take_number(struct inv_xls_texts *t, unsigned bytes)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < bytes; i++) {
		if (!has_byte(t)) {
			t->broken = true;
			return 0;
		}
		v |= (uint32_t)t->b->p[t->at++] << 8 * i;
	}
	return v;
}

static void
skip(struct inv_xls_texts *t, uint64_t n)
{
	while (n > 0 && has_byte(t)) {
		uint64_t there = t->b->n - t->at;

		there = there < n ? there : n;
		t->at += (size_t)there;
		n -= there;
	}
	t->broken = t->broken || n > 0;
}

/* Where a record ends within a text, the next one says anew how it goes on. */
static void
take_units(struct inv_xls_texts *t, size_t units, bool wide)
{
	uint32_t first = 0;

	for (;;) {
		units -= add_units(t->b, &t->at, wide, units, &first, &t->all);
		if (units == 0)
			break;
		/* No unit is cut in two. */
		if (t->at != t->b->n || !has_byte(t)) {
			t->broken = true;
			return;
		}
		wide = (t->b->p[t->at++] & WIDE) != 0;
	}
	if (first != 0)
		t->all.failed = true;
}

static void
take_text(struct inv_xls_texts *t)
{
	uint32_t units = take_number(t, 2), how = take_number(t, 1);
	uint32_t runs = (how & RICH) != 0 ? take_number(t, 2) : 0;
	uint32_t more = (how & ASIAN) != 0 ? take_number(t, 4) : 0;
	struct text text = { .at = t->all.n };

	if (!t->broken && units > 0)
		take_units(t, units, (how & WIDE) != 0);
	skip(t, (uint64_t)runs * RUN + more);
	text.n = (uint32_t)(t->all.n - text.at);
	text.none = t->all.failed;
	t->all.failed = false;
	if (t->n == t->room) {
		t->room = t->room == 0 ? 1024 : 2 * t->room;
		t->text = inv_mem_resize(t->text, t->room, sizeof(*t->text));
	}
	t->text[t->n++] = text;
}

bool
inv_xls_texts_read(struct inv_xls_texts *t, struct inv_biff *b)
{
	uint32_t count = inv_biff_u32(b, 4);

	t->b = b;
	t->at = b->n < HEAD ? b->n : HEAD;
	t->ended = t->broken = false;
	while (count > 0 && !t->broken && has_byte(t)) {
		take_text(t);
		count--;
	}
	/* What is left of it is for nobody. */
	while (!t->ended && !t->broken) {
		t->at = b->n;
		if (!has_byte(t))
			break;
	}
	return !t->broken;
}

bool
inv_xls_texts_get(const struct inv_xls_texts *t, size_t i, struct inv_str *text)
{
	if (i >= t->n || t->text[i].none)
		return false;
	*text = INV_LIT("");
	if (t->text[i].n > 0)
		*text =
		    (struct inv_str){ t->all.p + t->text[i].at, t->text[i].n };
	return true;
}
