/* schema_cell.c - a member of a record, read as what its column may be */

#include "data/schema_cell.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/emit.h"

enum {
	SAID_MAX = 512 << 10, /* bytes of messages made for one record */
	MSG_MAX = 120,        /* bytes of one */
};

void
inv_cells_open(struct inv_cells_reader *r)
{
	*r = (struct inv_cells_reader){
		.canon = inv_canon_new(),
		.text = inv_mem_new(INV_FIELD_MAX),
		.value = INV_BUF(INV_SCHEMA_OUT),
		.said = INV_BUF(SAID_MAX),
	};
}

void
inv_cells_close(struct inv_cells_reader *r)
{
	inv_canon_free(r->canon);
	inv_scan_free(r->scan);
	free(r->text);
	inv_buf_free(&r->value);
	inv_buf_free(&r->said);
}

void
inv_cells_begin(struct inv_cells_reader *r, struct inv_flaws *flaws,
    struct inv_flaws *warnings)
{
	inv_flaws_reset(flaws);
	inv_flaws_reset(warnings);
	inv_buf_reset(&r->said);
	r->parsed = false;
	r->flaws = flaws;
	r->warnings = warnings;
}

void
inv_cells_say(struct inv_cells_reader *r, const struct inv_rule *rule,
    const struct inv_place *place, struct inv_str input)
{
	inv_flaws_add(rule->severity >= INV_SEVERITY_WARNING ? r->warnings
							     : r->flaws,
	    rule, place, input);
}

/* rule, under another name: pydantic tells some cases apart. */
static enum inv_reading
say_as(struct inv_cells_reader *r, const struct inv_cell *c,
    const struct inv_rule *rule, const char *type, struct inv_str msg)
{
	struct inv_rule other = *rule;

	other.type = type;
	other.msg = msg;
	inv_cells_say(r, &other, c->place, c->m->value);
	return INV_READ_WRONG;
}

static enum inv_reading
say_unread(struct inv_cells_reader *r, const struct inv_cell *c,
    const struct inv_column_plan *plan)
{
	inv_cells_say(r, plan->parse, c->place, c->m->value);
	return INV_READ_WRONG;
}

static void
say_inexact(struct inv_cells_reader *r, const struct inv_place *place,
    struct inv_str input)
{
	static const char msg[] = "does not keep its value as a double";
	static const struct inv_rule rule = {
		.type = "number_not_exact",
		.msg = { msg, sizeof(msg) - 1 },
	};

	inv_cells_say(r, &rule, place, input);
}

/* ---- strings ---- */

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct inv_str
trimmed(struct inv_str s)
{
	while (s.n > 0 && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Eight bytes in upper case: where one is from a to z, its 0x20 goes. */
static inline void
upper8(char *to, const char *from)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t v;

	memcpy(&v, from, sizeof(v));
	uint64_t low = v & ones * 0x7f;
	uint64_t from_a = low + ones * (0x80 - 'a');
	uint64_t past_z = low + ones * (0x80 - 'z' - 1);

	v ^= (from_a & ~past_z & ~v & ones * 0x80) >> 2;
	memcpy(to, &v, sizeof(v));
}

void
inv_cells_upper(char *to, struct inv_str s)
{
	for (size_t i = 0; i + 8 < s.n; i += 8)
		upper8(to + i, s.p + i);
	/* What is in upper case stays so: the last eight may have been. */
	if (s.n >= 8) {
		upper8(to + s.n - 8, s.p + s.n - 8);
		return;
	}
	for (size_t i = 0; i < s.n; i++)
		to[i] = s.p[i] >= 'a' && s.p[i] <= 'z'
		    ? (char)(s.p[i] - 'a' + 'A')
		    : s.p[i];
}

/* s is in the scratch already, or is brought there. */
static struct inv_str
normal(struct inv_cells_reader *r, struct inv_str s, unsigned steps)
{
	if (steps & INV_NORMAL_TRIM)
		s = trimmed(s);
	if (steps & INV_NORMAL_UPPERCASE) {
		if (s.n > 0)
			memmove(r->text, s.p, s.n);
		s.p = r->text;
		inv_cells_upper(r->text, s);
	}
	return s;
}

void
inv_cells_write(struct inv_cells_reader *r, struct inv_str text, unsigned after,
    struct inv_buf *out)
{
	inv_buf_byte(out, '"');
	inv_emit_text(out, normal(r, text, after));
	inv_buf_byte(out, '"');
}

/* ---- numbers ---- */

static size_t
count_digits(struct inv_str s, size_t i)
{
	size_t from = i;

	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	return i - from;
}

/* -?(0|[1-9][0-9]*), and where it ends. */
static bool
starts_whole(struct inv_str s, size_t *end)
{
	size_t i = s.n > 0 && s.p[0] == '-';
	size_t n = count_digits(s, i);

	*end = i + n;
	return n == 1 || (n > 1 && s.p[i] != '0');
}

/* The grammar of RFC 8259 section 6, all of s. */
static bool
is_number(struct inv_str s)
{
	size_t i, n;

	if (!starts_whole(s, &i))
		return false;
	if (i < s.n && s.p[i] == '.') {
		n = count_digits(s, ++i);
		if (n == 0)
			return false;
		i += n;
	}
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		i += i < s.n && (s.p[i] == '+' || s.p[i] == '-');
		n = count_digits(s, i);
		if (n == 0)
			return false;
		i += n;
	}
	return i == s.n;
}

/* The absolute value is past 2^53. */
static bool
is_past_whole(struct inv_str s)
{
	static const char most[] = "9007199254740992";
	size_t i = s.p[0] == '-';

	return s.n - i > 16 || (s.n - i == 16 && memcmp(s.p + i, most, 16) > 0);
}

/* c->text is JSON's text of a number, of the source or of a cell. */
static enum inv_reading
read_number(struct inv_cells_reader *r, struct inv_cell *c)
{
	size_t n;

	if (!inv_number_canon(c->text, c->number, &n)) {
		say_inexact(r, c->place, c->m->value);
		return INV_READ_WRONG;
	}
	c->kind = INV_KIND_NUMBER;
	c->text = (struct inv_str){ c->number, n };
	return INV_READ_WELL;
}

/* ---- arrays and objects ---- */

/* Every number within a value that is not exact. */
static void
find_inexact(struct inv_cells_reader *r, struct inv_str json,
    const struct inv_place *place)
{
	char text[INV_NUMBER_TEXT];
	struct inv_member m;
	size_t n;

	for (size_t i = 0; inv_scan_each(&json, &m); i++) {
		struct inv_place at = { .up = place, .key = m.key, .index = i };

		if (m.kind == INV_KIND_NUMBER &&
		    !inv_number_canon(m.value, text, &n))
			say_inexact(r, &at, m.value);
		if (m.kind >= INV_KIND_ARRAY)
			find_inexact(r, m.value, &at);
	}
}

/* c->text has been scanned. */
static enum inv_reading
read_nested(struct inv_cells_reader *r, struct inv_cell *c)
{
	struct inv_err err;

	inv_buf_reset(&r->value);
	if (!inv_canon_value(r->canon, c->text, &r->value, &err)) {
		find_inexact(r, c->text, c->place);
		return INV_READ_WRONG;
	}
	c->text = inv_buf_str(&r->value);
	return INV_READ_WELL;
}

/* A message that lives as long as the record; it has room, or is cut. */
static struct inv_str
keep_msg(struct inv_cells_reader *r, const char *what)
{
	struct inv_buf *b = &r->said;
	size_t at = b->n;

	if (b->p == NULL && !inv_buf_grow(b, b->max))
		return INV_LIT("is no JSON");
	if (b->max - b->n < MSG_MAX)
		return INV_LIT("is no JSON");
	inv_buf_addf(b, "is no JSON: %.*s", MSG_MAX - 20, what);
	return (struct inv_str){ b->p + at, b->n - at };
}

/* A cell that begins as an array or object does. */
static enum inv_reading
read_json(struct inv_cells_reader *r, struct inv_cell *c,
    const struct inv_column_plan *plan)
{
	struct inv_err err;

	if (r->scan == NULL)
		r->scan = inv_scan_new();
	if (!inv_scan_value(r->scan, c->text, &c->kind, &err))
		return say_as(r, c, plan->parse, "json_invalid",
		    keep_msg(r, err.msg));
	if ((plan->types &
		(c->kind == INV_KIND_ARRAY ? INV_TYPE_ARRAY
					   : INV_TYPE_OBJECT)) == 0)
		return say_unread(r, c, plan);
	r->parsed = true;
	return read_nested(r, c);
}

/* ---- members ---- */

/* A cell, c->text, as what its column says it is. */
static enum inv_reading
coerce(struct inv_cells_reader *r, struct inv_cell *c,
    const struct inv_column_plan *plan)
{
	unsigned types = plan->types;
	bool number = (types & INV_TYPE_NUMBER) != 0;
	size_t end;
	bool whole = starts_whole(c->text, &end) && end == c->text.n;

	whole = whole && (number || (types & INV_TYPE_INTEGER) != 0);
	if (whole && !number && is_past_whole(c->text))
		return say_as(r, c, plan->parse, "int_parsing_size",
		    INV_LIT("is past 2^53 or below -2^53"));
	if (whole || (number && is_number(c->text)))
		return read_number(r, c);
	bool yes = inv_str_eq(c->text, INV_LIT("true"));

	if ((types & INV_TYPE_BOOLEAN) != 0 &&
	    (yes || inv_str_eq(c->text, INV_LIT("false")))) {
		c->kind = yes ? INV_KIND_TRUE : INV_KIND_FALSE;
		return INV_READ_WELL;
	}
	if ((types & (INV_TYPE_ARRAY | INV_TYPE_OBJECT)) != 0 &&
	    c->text.n > 0 && (c->text.p[0] == '[' || c->text.p[0] == '{'))
		return read_json(r, c, plan);
	return say_unread(r, c, plan);
}

static enum inv_reading
read_empty(struct inv_cells_reader *r, struct inv_cell *c,
    const struct inv_column_plan *plan)
{
	switch (plan->empty) {
	case INV_EMPTY_UNSAID:
		return say_unread(r, c, plan);
	case INV_EMPTY_STRING:
		return INV_READ_WELL;
	case INV_EMPTY_NULL:
		c->kind = INV_KIND_NULL;
		c->text = INV_LIT("null");
		return INV_READ_WELL;
	case INV_EMPTY_MISSING:
		return INV_READ_GONE;
	}
	return INV_READ_WELL;
}

static enum inv_reading
read_string(struct inv_cells_reader *r, struct inv_cell *c,
    const struct inv_column_plan *plan, enum inv_cells cells)
{
	c->text = inv_member_inner(c->m);
	if (c->m->value_escaped)
		c->text = (struct inv_str){ r->text,
			inv_text_decode(c->text, r->text) };
	if (plan->before != 0)
		c->text = normal(r, c->text, plan->before);
	if (cells == INV_CELLS_TYPED)
		return INV_READ_WELL;
	if (c->text.n == 0)
		return read_empty(r, c, plan);
	if (plan->types & INV_TYPE_STRING)
		return INV_READ_WELL;
	return coerce(r, c, plan);
}

enum inv_reading
inv_cells_read(struct inv_cells_reader *r, struct inv_cell *c,
    const struct inv_column_plan *plan, enum inv_cells cells)
{
	c->kind = c->m->kind;
	c->text = c->m->value;
	switch (c->kind) {
	case INV_KIND_NULL:
	case INV_KIND_FALSE:
	case INV_KIND_TRUE:
		break;
	case INV_KIND_NUMBER:
		return read_number(r, c);
	case INV_KIND_STRING:
		return read_string(r, c, plan, cells);
	case INV_KIND_ARRAY:
	case INV_KIND_OBJECT:
		return read_nested(r, c);
	}
	return INV_READ_WELL;
}
