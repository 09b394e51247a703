/* x12_row.c - what a mapping takes of a set, as records */

#include "data/x12_row.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/calendar.h"
#include "data/emit.h"
#include "data/ruling.h"
#include "data/scan.h"
#include "data/x12_envelope.h"

enum {
	HL_ID = 13,     /* bytes of an HL01, and one more */
	CONVERTED = 64, /* bytes of a value of a type */
	CENTURY = 50,   /* years of two digits from here on are of 19.. */
	MESSAGE = 128,  /* bytes of an error's message */
};

/* A value; taken values are a stack, as the parts are. */
struct taken {
	uint32_t at, n;    /* in text, escaped */
	uint32_t next;     /* the next of a list; 0: none */
	uint32_t last;     /* of the first one: the last of its list */
	uint32_t shadowed; /* what stood for this member before, from 1 */
	uint16_t member;
	uint8_t depth;
};

enum wrong {
	WRONG_DATE,
	WRONG_NUMBER,
	WRONG_TWICE,
	WRONG_TEXT,
	WRONG_PARENT,
	WRONG_MANY,
};

struct flaw {
	enum wrong wrong;
	size_t member; /* but of WRONG_PARENT and WRONG_MANY */
	struct inv_place at;
};

struct part {
	size_t area;               /* areas: a level that is not asked for */
	size_t text, taken, flaws; /* where it begins */
	char hl[HL_ID];
	size_t hl_n;
};

struct inv_x12_row {
	const struct inv_x12_map *map;
	struct part pile[INV_X12_PILE];
	size_t parts;
	bool paused;
	struct inv_buf text;
	struct taken *taken; /* from 1 */
	size_t n;            /* the last of them */
	struct flaw flaw[INV_X12_FLAWS_MAX];
	size_t flaws;
	uint32_t first[INV_MAPPING_MEMBERS]; /* of each member; 0: none */
	bool when[INV_MAPPING_MEMBERS];      /* its condition holds */
};

struct inv_x12_row *
inv_x12_row_new(void)
{
	struct inv_x12_row *r = inv_mem_new(sizeof(*r));

	r->text = INV_BUF(INV_X12_TEXT_MAX);
	r->taken = inv_mem_new((INV_X12_TAKEN_MAX + 1) * sizeof(*r->taken));
	return r;
}

void
inv_x12_row_free(struct inv_x12_row *r)
{
	if (r == NULL)
		return;
	inv_buf_free(&r->text);
	free(r->taken);
	free(r);
}

/* ---- parts ---- */

static struct part *
top(struct inv_x12_row *r)
{
	return &r->pile[r->parts - 1];
}

static void
push(struct inv_x12_row *r, size_t area)
{
	const struct inv_x12_map *m = r->map;

	r->pile[r->parts++] = (struct part){
		.area = area,
		.text = r->text.n,
		.taken = r->n,
		.flaws = r->flaws,
	};
	r->paused = area == m->areas;
	if (!r->paused)
		for (size_t i = m->area[area].first; i < m->area[area].end; i++)
			r->when[i] = false;
}

static void
pop(struct inv_x12_row *r)
{
	const struct part *p = top(r);

	for (; r->n > p->taken; r->n--) {
		const struct taken *t = &r->taken[r->n];

		if (r->first[t->member] == r->n)
			r->first[t->member] = t->shadowed;
	}
	r->text.n = p->text;
	r->text.failed = false;
	r->flaws = p->flaws;
	r->parts--;
}

void
inv_x12_row_set(struct inv_x12_row *r, const struct inv_x12_map *map)
{
	r->map = map;
	r->parts = r->n = r->flaws = 0;
	memset(r->first, 0, map->members * sizeof(*r->first));
	inv_buf_reset(&r->text);
	push(r, INV_X12_HEADER);
}

void
inv_x12_row_pause(struct inv_x12_row *r)
{
	while (r->parts > 1)
		pop(r);
	r->paused = true;
}

static void
add_flaw(struct inv_x12_row *r, enum wrong wrong, size_t member,
    const struct inv_segment *seg)
{
	const struct flaw *last = r->flaws == 0 ? NULL : &r->flaw[r->flaws - 1];

	if (r->flaws == INV_X12_FLAWS_MAX ||
	    (wrong == WRONG_MANY && last != NULL && last->wrong == wrong))
		return;
	r->flaw[r->flaws++] = (struct flaw){
		.wrong = wrong,
		.member = member,
		.at = inv_x12_place_of(seg),
	};
}

/* Off with all that is not a parent of this HL; false where it has none. */
static bool
find_parent(struct inv_x12_row *r, struct inv_str parent)
{
	while (r->parts > 1) {
		const struct part *p = top(r);

		if (parent.n > 0 &&
		    inv_str_eq(parent, (struct inv_str){ p->hl, p->hl_n }))
			return r->parts < INV_X12_PILE;
		pop(r);
	}
	return parent.n == 0;
}

static void
begin_hl(struct inv_x12_row *r, struct inv_x12 *x,
    const struct inv_segment *seg)
{
	const struct inv_str *element;
	struct inv_str none = { 0 };
	size_t n = inv_x12_split(x, seg->raw, &element);
	struct inv_str id = n > 1 ? element[1] : none;
	bool has_parent = find_parent(r, n > 2 ? element[2] : none) &&
	    id.n > 0 && id.n < HL_ID;
	bool is_row = inv_x12_fits(&r->map->row, seg->id, element, n);

	if (!has_parent)
		while (r->parts > 1)
			pop(r);
	push(r,
	    is_row ? INV_X12_ROWS
		   : inv_x12_area_of(r->map, n > 3 ? element[3] : none));
	if (!has_parent) {
		add_flaw(r, WRONG_PARENT, 0, seg);
		return;
	}
	memcpy(top(r)->hl, id.p, id.n);
	top(r)->hl_n = id.n;
}

void
inv_x12_row_begin(struct inv_x12_row *r, struct inv_x12 *x,
    const struct inv_segment *seg)
{
	if (r->map->has_levels) {
		begin_hl(r, x, seg);
		return;
	}
	inv_x12_row_pause(r);
	push(r, INV_X12_ROWS);
}

/* ---- values ---- */

static struct inv_str
text_at(const struct inv_x12_row *r, const struct taken *t)
{
	return (struct inv_str){ r->text.p + t->at, t->n };
}

/* The first value of a member in the part on top; NULL: none yet. */
static struct taken *
first_on_top(struct inv_x12_row *r, size_t member)
{
	struct taken *t = &r->taken[r->first[member]];

	return r->first[member] > 0 && t->depth == r->parts ? t : NULL;
}

static void
keep(struct inv_x12_row *r, size_t member, struct inv_str value,
    const struct inv_segment *seg)
{
	struct taken *first = first_on_top(r, member);
	size_t at = r->text.n;

	if (r->n == INV_X12_TAKEN_MAX) {
		add_flaw(r, WRONG_MANY, member, seg);
		return;
	}
	inv_emit_text(&r->text, value);
	struct taken new = {
		.at = (uint32_t)at,
		.n = (uint32_t)(r->text.n - at),
		.shadowed = r->first[member],
		.last = (uint32_t)r->n + 1,
		.member = (uint16_t)member,
		.depth = (uint8_t)r->parts,
	};

	if (first != NULL && !r->map->member[member].is_list) {
		if (!inv_str_eq(text_at(r, first), text_at(r, &new)))
			add_flaw(r, WRONG_TWICE, member, seg);
		r->text.n = at;
		return;
	}
	r->taken[++r->n] = new;
	if (first == NULL) {
		r->first[member] = (uint32_t)r->n;
		return;
	}
	r->taken[first->last].next = (uint32_t)r->n;
	first->last = (uint32_t)r->n;
}

static bool
are_digits(struct inv_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* 20260314 or 260314 as 2026-03-14. */
static bool
date_of(struct inv_str s, char out[CONVERTED], struct inv_str *date)
{
	const char *century = "";

	if (!are_digits(s) || (s.n != 8 && s.n != 6))
		return false;
	if (s.n == 6)
		century =
		    (s.p[0] - '0') * 10 + s.p[1] - '0' < CENTURY ? "20" : "19";
	snprintf(out, CONVERTED, "%s%.*s-%.2s-%.2s", century, (int)s.n - 4, s.p,
	    s.p + s.n - 4, s.p + s.n - 2);
	*date = inv_str_of(out);
	return inv_calendar_is_date(*date);
}

/* -1234 with two decimals as -12.34. */
static bool
implied_of(struct inv_str s, size_t decimals, char out[CONVERTED],
    struct inv_str *number)
{
	bool minus = s.n > 0 && *s.p == '-';
	struct inv_str digits = { s.p + minus, s.n - minus };
	char *to = out;

	if (!are_digits(digits) || digits.n > CONVERTED / 2)
		return false;
	while (digits.n > decimals + 1 && *digits.p == '0') {
		digits.p++;
		digits.n--;
	}
	if (minus)
		*to++ = '-';
	for (size_t i = digits.n; i <= decimals; i++) {
		*to++ = '0';
		if (i == digits.n)
			*to++ = '.';
	}
	for (size_t i = 0; i < digits.n; i++) {
		if (i > 0 && i + decimals == digits.n)
			*to++ = '.';
		*to++ = digits.p[i];
	}
	*number = (struct inv_str){ out, (size_t)(to - out) };
	return true;
}

static void
take_value(struct inv_x12_row *r, size_t member, struct inv_str value,
    const struct inv_segment *seg)
{
	const struct inv_x12_member *m = &r->map->member[member];
	char converted[CONVERTED];

	if (value.n == 0)
		return;
	if (!inv_text_is_utf8(value)) {
		add_flaw(r, WRONG_TEXT, member, seg);
		return;
	}
	switch (m->type) {
	case INV_X12_STRING:
		break;
	case INV_X12_DATE:
		if (date_of(value, converted, &value))
			break;
		add_flaw(r, WRONG_DATE, member, seg);
		return;
	case INV_X12_IMPLIED:
		if (implied_of(value, m->decimals, converted, &value))
			break;
		add_flaw(r, WRONG_NUMBER, member, seg);
		return;
	}
	keep(r, member, value, seg);
}

static void
take_element(struct inv_x12_row *r, struct inv_x12 *x, size_t member,
    const struct inv_str *element, size_t n, const struct inv_segment *seg)
{
	const struct inv_x12_member *m = &r->map->member[member];
	size_t i = m->from.element;

	if (m->pair.n > 0) {
		for (; i + 1 < n; i += 2)
			if (inv_str_eq(element[i], m->pair))
				take_value(r, member, element[i + 1], seg);
		return;
	}
	if (i >= n)
		return;
	take_value(r, member,
	    m->from.component > 0
		? inv_x12_component(x, element[i], m->from.component)
		: element[i],
	    seg);
}

void
inv_x12_row_take(struct inv_x12_row *r, struct inv_x12 *x,
    const struct inv_segment *seg)
{
	const struct inv_str *element;
	size_t n = 0;

	if (r->paused)
		return;
	const struct inv_x12_area *area = &r->map->area[top(r)->area];

	if ((area->ids & inv_x12_bit(seg->id)) == 0)
		return;
	for (size_t i = area->first; i < area->end; i++) {
		const struct inv_x12_member *m = &r->map->member[i];

		if (seg->id != m->when.id && seg->id != m->from.id)
			continue;
		if (n == 0)
			n = inv_x12_split(x, seg->raw, &element);
		if (seg->id == m->when.id)
			r->when[i] =
			    inv_x12_fits(&m->when, seg->id, element, n);
		if (seg->id == m->from.id && (m->when.id == 0 || r->when[i]))
			take_element(r, x, i, element, n, seg);
	}
}

/* ---- records ---- */

bool
inv_x12_row_is_sound(const struct inv_x12_row *r)
{
	return r->flaws == 0 && !r->text.failed;
}

/*
 * Of a part that has another of its kind on it nothing is told: the figures of
 * a kit are not those of what is in it.
 */
static void
hide(const struct inv_x12_row *r, size_t deepest[INV_X12_AREAS + 1])
{
	for (size_t i = 0; i < r->parts; i++)
		deepest[r->pile[i].area] = i + 1;
}

static bool
put_member(const struct inv_x12_row *r, size_t member, const struct taken *t,
    struct inv_buf *out)
{
	const struct inv_x12_member *m = &r->map->member[member];

	inv_buf_add(out, m->key);
	if (!m->is_list) {
		inv_buf_byte(out, '"');
		inv_buf_add(out, text_at(r, t));
		inv_buf_byte(out, '"');
		return t->n <= INV_FIELD_MAX;
	}
	for (char c = '[';; c = ',') {
		inv_buf_byte(out, c);
		inv_buf_byte(out, '"');
		inv_buf_add(out, text_at(r, t));
		inv_buf_byte(out, '"');
		if (t->n > INV_FIELD_MAX)
			return false;
		if (t->next == 0)
			break;
		t = &r->taken[t->next];
	}
	inv_buf_byte(out, ']');
	return true;
}

bool
inv_x12_row_put(const struct inv_x12_row *r, struct inv_buf *out)
{
	const struct inv_x12_map *map = r->map;
	size_t deepest[INV_X12_AREAS + 1] = { 0 };
	size_t from = out->n;
	bool ok = true;

	hide(r, deepest);
	for (size_t i = 0; i < map->members; i++) {
		const struct taken *t = &r->taken[r->first[i]];

		if (r->first[i] > 0 && t->depth == deepest[map->member[i].area])
			ok = put_member(r, i, t, out) && ok;
	}
	if (out->n == from)
		inv_buf_byte(out, '{');
	else
		out->p[from] = '{';
	inv_buf_byte(out, '}');
	if (ok && out->n - from <= INV_RECORD_MAX)
		return true;
	out->n = from;
	return false;
}

/* ---- errors ---- */

static const char *
type_of(enum wrong wrong)
{
	switch (wrong) {
	case WRONG_DATE:
		return "date_parsing";
	case WRONG_NUMBER:
		return "decimal_parsing";
	case WRONG_TWICE:
		return "element_twice";
	case WRONG_TEXT:
		return "string_unicode";
	case WRONG_PARENT:
		return "hl_parent";
	case WRONG_MANY:
		return "record_too_long";
	}
	return "";
}

static void
describe(const struct inv_x12_row *r, const struct flaw *f, char out[MESSAGE])
{
	const struct inv_x12_member *m = &r->map->member[f->member];
	const char *what = "";
	char id[4];

	switch (f->wrong) {
	case WRONG_DATE:
		what = "not a date, CCYYMMDD or YYMMDD";
		break;
	case WRONG_NUMBER:
		what = "not a whole number, so that decimals could be implied";
		break;
	case WRONG_TWICE:
		what = "another value of it is there already";
		break;
	case WRONG_TEXT:
		what = "not UTF-8";
		break;
	case WRONG_PARENT:
		snprintf(out, MESSAGE,
		    "HL has no HL01, or its parent is none "
		    "that is open");
		return;
	case WRONG_MANY:
		snprintf(out, MESSAGE, "more than 8192 values");
		return;
	}
	inv_x12_id_text(m->from.id, id);
	snprintf(out, MESSAGE, "%s%02zu: %s", id, m->from.element, what);
}

static void
put_flaw(const struct inv_x12_row *r, const struct flaw *f, struct inv_buf *out)
{
	struct inv_buf loc = INV_BUF(INV_MAPPING_MAX);
	char message[MESSAGE];

	inv_emit_open(&loc, '[');
	if (f->wrong != WRONG_PARENT && f->wrong != WRONG_MANY)
		inv_emit_str(&loc, r->map->member[f->member].name);
	inv_emit_close(&loc, ']');
	describe(r, f, message);
	inv_ruling_error(type_of(f->wrong), inv_buf_str(&loc), message, &f->at,
	    out);
	inv_buf_free(&loc);
}

void
inv_x12_row_errors(const struct inv_x12_row *r, struct inv_buf *out)
{
	for (size_t i = 0; i < r->flaws; i++)
		put_flaw(r, &r->flaw[i], out);
}
