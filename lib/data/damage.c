/* damage.c - what a spreadsheet did to cells on their way */

#include "data/damage.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/flaw.h"

enum {
	NAME_KEPT = 56,     /* bytes of a column's name that tell it */
	CONTEXT = 10,       /* other cells that make a column what it is */
	RARE = 10,          /* one in so many is not what a column is */
	SHORT_CUT = 255,    /* characters: what some exports cut at */
	LONG_CUT = 32767,   /* what a cell holds */
	SERIAL_MIN = 20000, /* the day number of 1954-10-03 */
	SERIAL_MAX = 60000, /* of 2064-04-08 */
	SERIAL_DIGITS = 5,
	OVERFLOW_MIN = 3, /* signs that fill a column */
};

/* What the cells of a column have been so far, in this manifest. */
struct column {
	char name[NAME_KEPT];
	size_t name_n;
	bool named;                    /* a cell was examined */
	const struct inv_figures *was; /* of the baseline, or NULL */
	uint64_t cells;                /* that are not empty */
	uint64_t dates;                /* 2026-11-20 */
	uint64_t months;               /* 5-Mar */
	uint64_t full;  /* digits alone, as many as those that are padded */
	size_t width;   /* digits of cells with a zero in front; 0: none yet */
	bool uneven;    /* digits of other lengths: there is no width */
	bool number;    /* the schema reads it as one */
	bool long_ones; /* longer than SHORT_CUT: nothing cuts there */
};

struct inv_damage {
	const struct inv_profile *baseline;
	size_t used; /* columns */
	struct column column[INV_MEMBERS_MAX];
	char text[INV_FIELD_MAX]; /* of a long cell, decoded */
};

/* A cell under examination. */
struct look {
	struct inv_damage *d;
	struct column *c;
	const struct inv_member *cell;
	struct inv_str text; /* undecoded */
	struct inv_str canonical;
	struct inv_flaws *warnings;
};

struct inv_damage *
inv_damage_new(void)
{
	return inv_mem_new(sizeof(struct inv_damage));
}

void
inv_damage_free(struct inv_damage *d)
{
	free(d);
}

void
inv_damage_begin(struct inv_damage *d, const struct inv_profile *baseline)
{
	memset(d->column, 0, d->used * sizeof(*d->column));
	d->used = 0;
	d->baseline = baseline;
}

static void
warn(const struct look *l, const char *type, struct inv_str msg)
{
	const struct inv_rule rule = {
		.type = type, .msg = msg, .severity = INV_SEVERITY_WARNING
	};
	const struct inv_place place = { .key = l->cell->key };

	inv_flaws_add(l->warnings, &rule, &place, l->cell->value);
}

/* ---- a column ---- */

/*
 * Columns are told by their place in the row; where another name stands there
 * all at once, nothing is known of it.  Cells before the first that is examined
 * count: they are what the column is like.
 */
static void
know(struct inv_damage *d, struct column *c, const struct inv_member *cell)
{
	size_t n = cell->key.n < NAME_KEPT ? cell->key.n : NAME_KEPT;

	if (c->named && c->name_n == cell->key.n &&
	    memcmp(c->name, cell->key.p, n) == 0)
		return;
	*c = (struct column){
		.name_n = cell->key.n,
		.named = true,
		.cells = c->named ? 1 : c->cells,
	};
	if (n > 0)
		memcpy(c->name, cell->key.p, n);
	if (d->baseline != NULL && !cell->key_escaped)
		c->was = inv_profile_column(d->baseline, cell->key);
}

/* The digits of cells that begin with a zero, where there is such a length. */
static size_t
width_of(const struct column *c)
{
	const struct inv_figures *was = c->was;

	if (was != NULL && was->padded > 0 && was->digits >= CONTEXT &&
	    was->least_digits == was->most_digits)
		return (size_t)was->most_digits;
	return c->full >= CONTEXT && !c->uneven ? c->width : 0;
}

static bool
is_dates(const struct column *c)
{
	const struct inv_figures *was = c->was;

	if (was != NULL && was->looks[INV_LOOK_DATE] >= CONTEXT &&
	    was->looks[INV_LOOK_DATE] * (RARE + 1) >
		inv_figures_values(was) * RARE)
		return true;
	return c->dates >= CONTEXT &&
	    c->dates * (RARE + 1) > (c->cells - 1) * RARE;
}

/* ---- a cell ---- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void
look_at_digits(const struct look *l)
{
	struct inv_str s = l->text;
	struct column *c = l->c;
	size_t width = width_of(c);
	uint64_t v;

	if (s.p[0] == '0' && s.n > 1) {
		c->uneven = c->uneven || (c->width != 0 && c->width != s.n);
		if (c->width == 0)
			c->full = 0;
		c->width = s.n;
	}
	if (width > 0 && s.n < width && s.p[0] != '0')
		warn(l, "spreadsheet_zeros",
		    INV_LIT("may have lost its leading zeros in a "
			    "spreadsheet"));
	else if (c->width != 0 && s.n != c->width)
		c->uneven = true;
	else
		c->full++;
	if (s.n == SERIAL_DIGITS &&
	    inv_str_u64(s, SERIAL_MIN, SERIAL_MAX, &v) && is_dates(c))
		warn(l, "spreadsheet_serial",
		    INV_LIT("may be a date that a spreadsheet wrote as a "
			    "number"));
}

/* The schema read it as a number, of this row or of another. */
static bool
is_number(const struct look *l)
{
	struct inv_str rest = l->canonical;
	struct inv_member m;

	while (rest.n > 0 && inv_scan_each(&rest, &m))
		if (inv_str_eq(m.key, l->cell->key))
			l->c->number = m.kind == INV_KIND_NUMBER;
	return l->c->number;
}

/* 1.23E+11: one digit, more behind a point perhaps, two or three at the end. */
static void
look_at_exponent(const struct look *l)
{
	struct inv_str s = l->text;
	size_t sign = s.p[0] == '-';
	size_t e = sign + 1;

	if (s.n < sign + 5 || !is_digit(s.p[sign]))
		return;
	if (s.p[e] == '.')
		for (e++; e < s.n && is_digit(s.p[e]); e++)
			;
	if (s.n < e + 4 || s.n > e + 5 || s.p[e] != 'E' || s.p[e + 1] != '+')
		return;
	for (size_t i = e + 2; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return;
	if (!is_number(l))
		warn(l, "spreadsheet_number",
		    INV_LIT("may be a code that a spreadsheet has shortened "
			    "as a number"));
}

static bool
is_month(const char *p)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (size_t i = 0; i < sizeof(months) - 1; i += 3)
		if (memcmp(p, months + i, 3) == 0)
			return true;
	return false;
}

/* 5-Mar, or Mar-05, among cells that are nothing of the sort. */
static void
look_at_month(const struct look *l)
{
	struct column *c = l->c;
	bool known =
	    c->cells > CONTEXT && c->months * RARE < c->cells - c->months;

	c->months++;
	if (known)
		warn(l, "spreadsheet_date",
		    INV_LIT("may be a code that a spreadsheet took for a "
			    "date"));
}

static void
look_at_number(const struct look *l)
{
	struct inv_str s = l->text;
	size_t i = 0;

	while (i < s.n && is_digit(s.p[i]))
		i++;
	if (i == s.n)
		look_at_digits(l);
	else if (s.p[i] == '-' && i == 4 && s.n == 10 && s.p[7] == '-')
		l->c->dates++;
	else if (s.p[i] == '-' && i > 0 && i <= 2 && s.n == i + 4 &&
	    is_month(s.p + i + 1))
		look_at_month(l);
	else
		look_at_exponent(l);
}

static void
look_at_sign(const struct look *l)
{
	static const char *const errors[] = { "#REF!", "#N/A", "#VALUE!",
		"#NAME?", "#DIV/0!", "#NUM!", "#NULL!" };
	size_t i = 0;

	while (i < l->text.n && l->text.p[i] == '#')
		i++;
	if (i == l->text.n && i >= OVERFLOW_MIN)
		warn(l, "spreadsheet_overflow",
		    INV_LIT("is what a spreadsheet shows in a column that is "
			    "too narrow"));
	for (i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (inv_str_is(l->text, errors[i]))
			warn(l, "spreadsheet_error",
			    INV_LIT("is an error of a spreadsheet"));
}

/* As a spreadsheet counts them: UTF-16 code units. */
static size_t
units(struct inv_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		n += (c & 0xc0) != 0x80;
		n += c >= 0xf0;
	}
	return n;
}

static void
look_at_length(const struct look *l)
{
	struct inv_str s = l->text;

	if (l->cell->value_escaped) {
		s = (struct inv_str){ l->d->text,
			inv_text_decode(s, l->d->text) };
	}
	size_t n = units(s);

	if (n == LONG_CUT || (n == SHORT_CUT && !l->c->long_ones))
		warn(l, "spreadsheet_cut",
		    INV_LIT("may have been cut: it is as long as a "
			    "spreadsheet lets text be"));
	if (n > SHORT_CUT)
		l->c->long_ones = true;
}

static void
examine(const struct look *l)
{
	char first = l->text.p[0];

	know(l->d, l->c, l->cell);
	if (l->text.n >= SHORT_CUT)
		look_at_length(l);
	else if (first == '#')
		look_at_sign(l);
	else if (is_digit(first) || first == '-')
		look_at_number(l);
	else if (l->text.n == 6 && l->text.p[3] == '-' &&
	    is_digit(l->text.p[4]) && is_digit(l->text.p[5]) &&
	    is_month(l->text.p))
		look_at_month(l);
}

/* All else is told from these by its first byte, in as good as no time. */
static bool
may_be_damaged(struct inv_str s)
{
	unsigned char first = (unsigned char)s.p[0];

	return first <= '9' || s.n == 6 || s.n >= SHORT_CUT;
}

void
inv_damage_look(struct inv_damage *d, const struct inv_members *cells,
    struct inv_str canonical, struct inv_flaws *warnings)
{
	if (cells->n > d->used)
		d->used = cells->n;
	for (size_t i = 0; i < cells->n; i++) {
		const struct inv_member *cell = &cells->at[i];

		if (cell->kind != INV_KIND_STRING || cell->value.n <= 2)
			continue;
		struct inv_str text = inv_member_inner(cell);

		d->column[i].cells++;
		if (may_be_damaged(text))
			examine(&(struct look){ d, &d->column[i], cell, text,
			    canonical, warnings });
	}
}
