/*
 * canon.c - RFC 8785: the one text of a JSON value
 *
 * The members of every object under way lie on one stack, sorted there, so
 * that nesting costs no allocation.  The scanner has bounded a record: at most
 * INV_KEYS_OPEN_MAX keys are open at once, at most INV_DEPTH_MAX deep.  What
 * comes from elsewhere in a line may pass that, and is refused.
 */

#include "data/canon.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/emit.h"
#include "data/number.h"

struct step {
	struct inv_str key; /* .p is NULL in an array */
	size_t index;
};

struct inv_canon {
	struct inv_member members[INV_KEYS_OPEN_MAX];
	size_t n;
	struct step path[INV_DEPTH_MAX];
	size_t depth;
	struct inv_str inexact; /* the number that stopped us; or empty */
};

struct inv_canon *
inv_canon_new(void)
{
	return inv_mem_new(sizeof(struct inv_canon));
}

void
inv_canon_free(struct inv_canon *c)
{
	free(c);
}

static bool
is_escaped(struct inv_str raw)
{
	return raw.n > 0 && memchr(raw.p, '\\', raw.n) != NULL;
}

/* The UTF-16 code units of a scanned string, one at a time. */
struct units {
	struct inv_str rest;
	unsigned low; /* the second half of a pair, still to come */
};

static unsigned
hex4(const char *p)
{
	unsigned v = 0;

	for (int i = 0; i < 4; i++) {
		unsigned c = (unsigned char)p[i];

		v = v << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return v;
}

/* What one backslash escape stands for, but not \u. */
static char
plain_escape(char c)
{
	static const char from[] = "bfnrt";
	static const char to[] = "\b\f\n\r\t";
	const char *at = strchr(from, c);

	return at != NULL ? to[at - from] : c;
}

static void
skip(struct inv_str *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

static unsigned
next_escaped(struct units *u)
{
	unsigned unit;

	if (u->rest.p[1] == 'u') {
		unit = hex4(u->rest.p + 2);
		skip(&u->rest, 6);
	} else {
		unit = (unsigned char)plain_escape(u->rest.p[1]);
		skip(&u->rest, 2);
	}
	return unit;
}

/* Bytes of a character of UTF-8, by its first. */
static size_t
char_bytes(unsigned char first)
{
	if (first < 0xc0)
		return 1;
	if (first < 0xe0)
		return 2;
	return first < 0xf0 ? 3 : 4;
}

static unsigned
next_raw(struct units *u)
{
	const unsigned char *p = (const unsigned char *)u->rest.p;
	size_t n = char_bytes(p[0]);
	unsigned code = n == 1 ? p[0] : p[0] & (0x7fU >> n);

	for (size_t i = 1; i < n; i++)
		code = code << 6 | (p[i] & 0x3fU);
	skip(&u->rest, n);
	if (n < 4)
		return code;
	u->low = 0xdc00 + (code & 0x3ff);
	return 0xd800 + ((code - 0x10000) >> 10);
}

/* False at the end. */
static bool
next_unit(struct units *u, unsigned *unit)
{
	if (u->low != 0) {
		*unit = u->low;
		u->low = 0;
		return true;
	}
	if (u->rest.n == 0)
		return false;
	*unit = u->rest.p[0] == '\\' ? next_escaped(u) : next_raw(u);
	return true;
}

static int
cmp_units(struct inv_str a, struct inv_str b)
{
	struct units ua = { .rest = a };
	struct units ub = { .rest = b };
	unsigned x, y;

	for (;;) {
		bool more_a = next_unit(&ua, &x);
		bool more_b = next_unit(&ub, &y);

		if (!more_a || !more_b)
			return more_a - more_b;
		if (x != y)
			return x < y ? -1 : 1;
	}
}

/*
 * Without escapes, bytes of UTF-8 give the same order, save that code points
 * past U+FFFF (first byte 0xf0 and up) are surrogates in UTF-16 and so come
 * before U+E000..U+FFFF (first byte 0xee or 0xef).
 */
static int
cmp_bytes(struct inv_str a, struct inv_str b)
{
	size_t min = a.n < b.n ? a.n : b.n;
	size_t i = 0;

	while (i < min && a.p[i] == b.p[i])
		i++;
	if (i == min)
		return (a.n > min) - (b.n > min);
	unsigned x = (unsigned char)a.p[i];
	unsigned y = (unsigned char)b.p[i];

	if (x >= 0xee && y >= 0xee && (x >= 0xf0) != (y >= 0xf0))
		return x >= 0xf0 ? -1 : 1;
	return x < y ? -1 : 1;
}

int
inv_canon_cmp(struct inv_str a, struct inv_str b)
{
	return is_escaped(a) || is_escaped(b) ? cmp_units(a, b)
					      : cmp_bytes(a, b);
}

/* The same, by what the scanner has seen. */
static int
cmp_keys(const struct inv_member *a, const struct inv_member *b)
{
	return a->key_escaped || b->key_escaped ? cmp_units(a->key, b->key)
						: cmp_bytes(a->key, b->key);
}

/* An escape that must be there, in the form it must have. */
static bool
escape_is_canon(struct inv_str raw)
{
	static const char hex[] = "0123456789abcdef";

	if (strchr("\"\\bfnrt", raw.p[1]) != NULL)
		return true;
	if (raw.p[1] != 'u' || strchr(hex, raw.p[4]) == NULL ||
	    strchr(hex, raw.p[5]) == NULL)
		return false;
	unsigned code = hex4(raw.p + 2);

	return code < 0x20 && (code < '\b' || code > '\r' || code == '\v');
}

static bool
string_is_canon(struct inv_str raw)
{
	for (;;) {
		const char *at = memchr(raw.p, '\\', raw.n);

		if (at == NULL)
			return true;
		skip(&raw, (size_t)(at - raw.p));
		if (!escape_is_canon(raw))
			return false;
		skip(&raw, 2);
	}
}

static bool
member_is_canon(const struct inv_member *m)
{
	if (m->key_escaped && !string_is_canon(m->key))
		return false;
	switch (m->kind) {
	case INV_KIND_NULL:
	case INV_KIND_FALSE:
	case INV_KIND_TRUE:
		return true;
	case INV_KIND_NUMBER:
		return inv_number_is_canon(m->value);
	case INV_KIND_STRING:
		return !m->value_escaped ||
		    string_is_canon(inv_member_inner(m));
	case INV_KIND_ARRAY:
	case INV_KIND_OBJECT:
		return false;
	}
	return false;
}

/* Nothing stands between the members when the lengths add up. */
bool
inv_canon_is(struct inv_str text, const struct inv_members *members)
{
	size_t n = 2 + members->n - (members->n > 0);

	for (size_t i = 0; i < members->n; i++) {
		const struct inv_member *m = &members->at[i];

		n += m->key.n + m->value.n + 3; /* two quotes and a colon */
		if (!member_is_canon(m) || (i > 0 && cmp_keys(&m[-1], m) >= 0))
			return false;
	}
	return n == text.n;
}

static void
add_utf8(struct inv_buf *out, unsigned code)
{
	char p[4];

	inv_buf_add(out, (struct inv_str){ p, inv_utf8_put(code, p) });
}

static void
add_escape(struct units *u, struct inv_buf *out)
{
	unsigned code = next_escaped(u);

	if (code < 0x80) {
		char c = (char)code;

		inv_emit_text(out, (struct inv_str){ &c, 1 });
		return;
	}
	if (code >= 0xd800 && code <= 0xdbff)
		code = 0x10000 + ((code - 0xd800) << 10) +
		    (next_escaped(u) - 0xdc00);
	add_utf8(out, code);
}

void
inv_canon_text(struct inv_buf *out, struct inv_str raw)
{
	struct units u = { .rest = raw };

	while (u.rest.n > 0) {
		const char *at = memchr(u.rest.p, '\\', u.rest.n);
		size_t n = at != NULL ? (size_t)(at - u.rest.p) : u.rest.n;

		inv_buf_add(out, (struct inv_str){ u.rest.p, n });
		skip(&u.rest, n);
		if (u.rest.n > 0)
			add_escape(&u, out);
	}
}

static void
add_string(struct inv_buf *out, struct inv_str raw, bool escaped)
{
	inv_buf_byte(out, '"');
	if (!escaped || string_is_canon(raw))
		inv_buf_add(out, raw);
	else
		inv_canon_text(out, raw);
	inv_buf_byte(out, '"');
}

static bool
is_sorted(const struct inv_member *at, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (cmp_keys(&at[i - 1], &at[i]) > 0)
			return false;
	return true;
}

/* In place, without memory of its own: records have few keys, mostly sorted. */
static void
sort(struct inv_member *at, size_t n)
{
	static const size_t gaps[] = { 1750, 701, 301, 132, 57, 23, 10, 4, 1 };

	if (is_sorted(at, n))
		return;
	for (size_t g = 0; g < sizeof(gaps) / sizeof(*gaps); g++) {
		size_t gap = gaps[g];

		for (size_t i = gap; i < n; i++) {
			struct inv_member m = at[i];
			size_t j = i;

			for (; j >= gap && cmp_keys(&at[j - gap], &m) > 0;
			     j -= gap)
				at[j] = at[j - gap];
			at[j] = m;
		}
	}
}

static bool add_value(struct inv_canon *c, const struct inv_member *m,
    struct inv_buf *out);

/* The n members on top of the stack, which they leave. */
static bool
add_members(struct inv_canon *c, size_t n, struct inv_buf *out)
{
	struct inv_member *at = &c->members[c->n - n];

	sort(at, n);
	inv_buf_byte(out, '{');
	for (size_t i = 0; i < n; i++) {
		c->path[c->depth - 1].key = at[i].key;
		if (i > 0)
			inv_buf_byte(out, ',');
		add_string(out, at[i].key, at[i].key_escaped);
		inv_buf_byte(out, ':');
		if (!add_value(c, &at[i], out))
			return false;
	}
	inv_buf_byte(out, '}');
	c->n -= n;
	return true;
}

static bool
add_object(struct inv_canon *c, struct inv_str text, struct inv_buf *out)
{
	struct inv_member m;
	size_t n = 0;

	for (; inv_scan_each(&text, &m); n++) {
		if (c->n == INV_KEYS_OPEN_MAX)
			return false;
		c->members[c->n++] = m;
	}
	return add_members(c, n, out);
}

static bool
add_array(struct inv_canon *c, struct inv_str text, struct inv_buf *out)
{
	struct step *step = &c->path[c->depth - 1];
	struct inv_member m;

	*step = (struct step){ 0 };
	inv_buf_byte(out, '[');
	for (; inv_scan_each(&text, &m); step->index++) {
		if (step->index > 0)
			inv_buf_byte(out, ',');
		if (!add_value(c, &m, out))
			return false;
	}
	inv_buf_byte(out, ']');
	return true;
}

static bool
add_number(struct inv_canon *c, struct inv_str json, struct inv_buf *out)
{
	char text[INV_NUMBER_TEXT];
	size_t n;

	if (!inv_number_canon(json, text, &n)) {
		c->inexact = json;
		return false;
	}
	inv_buf_add(out, (struct inv_str){ text, n });
	return true;
}

static bool
add_value(struct inv_canon *c, const struct inv_member *m, struct inv_buf *out)
{
	bool ok = true;

	switch (m->kind) {
	case INV_KIND_NULL:
	case INV_KIND_FALSE:
	case INV_KIND_TRUE:
		inv_buf_add(out, m->value);
		break;
	case INV_KIND_NUMBER:
		return add_number(c, m->value, out);
	case INV_KIND_STRING:
		add_string(out, inv_member_inner(m), m->value_escaped);
		break;
	case INV_KIND_ARRAY:
	case INV_KIND_OBJECT:
		if (c->depth == INV_DEPTH_MAX)
			return false;
		c->depth++;
		ok = m->kind == INV_KIND_ARRAY ? add_array(c, m->value, out)
					       : add_object(c, m->value, out);
		c->depth -= ok;
		break;
	}
	return ok;
}

void
inv_canon_loc(const struct inv_canon *c, struct inv_buf *out)
{
	inv_buf_byte(out, '[');
	for (size_t i = 0; i < c->depth; i++) {
		if (i > 0)
			inv_buf_byte(out, ',');
		if (c->path[i].key.p != NULL)
			add_string(out, c->path[i].key, true);
		else
			inv_buf_u64(out, c->path[i].index);
	}
	inv_buf_byte(out, ']');
}

static bool
finish(struct inv_canon *c, bool ok, size_t before, struct inv_buf *out,
    struct inv_err *err)
{
	enum { SHOWN = 40 }; /* bytes of the number */

	if (ok)
		return true;
	out->n = before;
	if (c->inexact.n == 0)
		return inv_fail(err, INV_BAD, "more than a record may hold");
	return inv_fail(err, INV_BAD,
	    "%.*s%s does not keep its value as a double",
	    c->inexact.n < SHOWN ? (int)c->inexact.n : SHOWN, c->inexact.p,
	    c->inexact.n < SHOWN ? "" : "...");
}

bool
inv_canon_object(struct inv_canon *c, struct inv_str text,
    const struct inv_members *members, struct inv_buf *out, struct inv_err *err)
{
	size_t before = out->n;

	if (inv_canon_is(text, members)) {
		inv_buf_add(out, text);
		return true;
	}
	memcpy(c->members, members->at, members->n * sizeof(*members->at));
	c->n = members->n;
	c->depth = 1;
	c->inexact.n = 0;
	return finish(c, add_members(c, members->n, out), before, out, err);
}

/* What kind a scanned value is, by its first byte. */
static enum inv_kind
kind_of(char first)
{
	switch (first) {
	case 'n':
		return INV_KIND_NULL;
	case 'f':
		return INV_KIND_FALSE;
	case 't':
		return INV_KIND_TRUE;
	case '"':
		return INV_KIND_STRING;
	case '[':
		return INV_KIND_ARRAY;
	case '{':
		return INV_KIND_OBJECT;
	}
	return INV_KIND_NUMBER;
}

bool
inv_canon_value(struct inv_canon *c, struct inv_str json, struct inv_buf *out,
    struct inv_err *err)
{
	struct inv_member m = { .value = inv_str_trimmed(json),
		.value_escaped = true };
	size_t before = out->n;

	m.kind = kind_of(m.value.p[0]);
	c->n = 0;
	c->depth = 0;
	c->inexact.n = 0;
	return finish(c, add_value(c, &m, out), before, out, err);
}
