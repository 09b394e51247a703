/*
 * shape.c - the form that the codes of a column have in common
 *
 * Three views of the same values, the narrowest that holds for all is taken:
 * runs of one class, runs of letters and digits mixed, and which characters
 * there are at all.
 */

#include "data/shape.h"

enum {
	FIXED_DIGITS = 4, /* as many may be a number of fixed length; fewer may
			     be one that is counted up */
};

static const size_t NONE = SIZE_MAX;

static uint8_t
class_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return INV_CLASS_UPPER;
	if (c >= 'a' && c <= 'z')
		return INV_CLASS_LOWER;
	if (c >= '0' && c <= '9')
		return INV_CLASS_DIGIT;
	return 0;
}

/* ---- one value ---- */

/* A mark is a run of its own. */
static bool
goes_on(uint8_t classes, char c, bool mixed)
{
	uint8_t class = class_of(c);

	return class != 0 && classes != 0 && (mixed || class == classes);
}

static void
split(struct inv_str value, bool mixed, struct inv_runs *runs)
{
	runs->n = 0;
	for (size_t i = 0; i < value.n;) {
		uint8_t classes = class_of(value.p[i]);
		size_t from = i++;

		while (i < value.n && goes_on(classes, value.p[i], mixed))
			classes |= class_of(value.p[i++]);
		if (runs->n == INV_SHAPE_RUNS) {
			runs->n = NONE;
			return;
		}
		struct inv_run_shape *r = &runs->at[runs->n++];

		*r = (struct inv_run_shape){
			.classes = classes,
			.same = i - from <= INV_SHAPE_TEXT,
			.zero = value.p[from] == '0',
			.min = (uint32_t)(i - from),
			.max = (uint32_t)(i - from),
		};
		if (r->same)
			memcpy(r->text, value.p + from, i - from);
	}
}

/* ---- all values ---- */

static bool
same_text(const struct inv_run_shape *a, const struct inv_run_shape *b)
{
	return a->same && b->same && a->min == b->min &&
	    memcmp(a->text, b->text, a->min) == 0;
}

/* The same runs, one by one; mixed ones may have other classes. */
static bool
alike(const struct inv_runs *a, const struct inv_runs *b, bool mixed)
{
	if (a->n == NONE || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct inv_run_shape *x = &a->at[i];
		const struct inv_run_shape *y = &b->at[i];

		if (x->classes == 0 || y->classes == 0) {
			if (x->classes != y->classes || !same_text(x, y))
				return false;
		} else if (!mixed && x->classes != y->classes)
			return false;
	}
	return true;
}

static void
join(struct inv_runs *all, const struct inv_runs *value, bool mixed)
{
	if (!alike(all, value, mixed)) {
		all->n = NONE;
		return;
	}
	for (size_t i = 0; i < all->n; i++) {
		struct inv_run_shape *r = &all->at[i];
		const struct inv_run_shape *v = &value->at[i];

		r->same = same_text(r, v);
		r->classes |= v->classes;
		r->zero |= v->zero;
		if (v->min < r->min)
			r->min = v->min;
		if (v->max > r->max)
			r->max = v->max;
	}
}

static void
add_runs(struct inv_runs *all, struct inv_str value, bool mixed, bool first)
{
	struct inv_runs runs;

	if (!first && all->n == NONE)
		return;
	split(value, mixed, first ? all : &runs);
	if (!first)
		join(all, &runs, mixed);
}

void
inv_shape_add(struct inv_shape *s, struct inv_str value)
{
	bool first = s->values++ == 0;

	if (s->strange || s->blank)
		return;
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];
		uint8_t class = class_of(value.p[i]);

		s->classes |= class;
		s->blank |= c == ' ';
		s->strange |= c < ' ' || c > '~';
		if (class == 0 && c < 128)
			s->marks[c / 64] |= UINT64_C(1) << (c % 64);
	}
	if (s->strange || s->blank)
		return;
	add_runs(&s->fine, value, false, first);
	add_runs(&s->coarse, value, true, first);
}

/* ---- a pattern ---- */

static void
add_literal(struct inv_buf *out, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strchr("\\^$.|?*+()[]{}/", p[i]) != NULL)
			inv_buf_byte(out, '\\');
		inv_buf_byte(out, p[i]);
	}
}

static void
add_classes(struct inv_buf *out, uint8_t classes)
{
	inv_buf_addf(out, "%s%s%s", classes & INV_CLASS_UPPER ? "A-Z" : "",
	    classes & INV_CLASS_LOWER ? "a-z" : "",
	    classes & INV_CLASS_DIGIT ? "0-9" : "");
}

static bool
is_fixed(const struct inv_run_shape *r)
{
	return r->min == r->max &&
	    (r->classes != INV_CLASS_DIGIT || r->zero ||
		r->min >= FIXED_DIGITS);
}

static void
add_run(struct inv_buf *out, const struct inv_run_shape *r)
{
	if (r->same && (r->classes & INV_CLASS_DIGIT) == 0) {
		add_literal(out, r->text, r->min);
		return;
	}
	inv_buf_byte(out, '[');
	add_classes(out, r->classes);
	inv_buf_byte(out, ']');
	if (is_fixed(r) && r->min > 1)
		inv_buf_addf(out, "{%u}", r->min);
	else if (!is_fixed(r) && (r->classes & INV_CLASS_DIGIT) != 0)
		inv_buf_byte(out, '+');
	else if (!is_fixed(r))
		inv_buf_addf(out, "{%u,%u}", r->min, r->max);
}

/*
 * Of a code: something differs from value to value, and what does is no word.
 * Small letters make words, unless a run always has its length and digits too.
 */
static bool
is_code(const struct inv_runs *runs)
{
	bool differs = false;

	if (runs->n == NONE)
		return false;
	for (size_t i = 0; i < runs->n; i++) {
		const struct inv_run_shape *r = &runs->at[i];

		if (r->same)
			continue;
		differs = true;
		if ((r->classes & INV_CLASS_LOWER) != 0 &&
		    (r->min != r->max || (r->classes & INV_CLASS_DIGIT) == 0))
			return false;
	}
	return differs;
}

static void
add_runs_pattern(struct inv_buf *out, const struct inv_runs *runs)
{
	for (size_t i = 0; i < runs->n; i++)
		add_run(out, &runs->at[i]);
}

/* Which characters, and how they may be many: ^[A-Z0-9.\-]+$. */
static void
add_characters(struct inv_buf *out, const struct inv_shape *s)
{
	inv_buf_byte(out, '[');
	add_classes(out, s->classes);
	for (unsigned c = ' '; c < 127; c++) {
		if ((s->marks[c / 64] >> (c % 64) & 1) == 0)
			continue;
		if (strchr("\\]^-[", (int)c) != NULL)
			inv_buf_byte(out, '\\');
		inv_buf_byte(out, (char)c);
	}
	inv_buf_addf(out, "]+");
}

bool
inv_shape_pattern(const struct inv_shape *s, struct inv_buf *out)
{
	bool code = (s->classes & INV_CLASS_DIGIT) != 0 &&
	    (s->classes & INV_CLASS_LOWER) == 0;

	if (s->values < INV_SHAPE_VALUES || s->blank || s->strange)
		return false;
	if (s->fine.n != NONE && !is_code(&s->fine))
		return false;
	if (s->fine.n == NONE && !is_code(&s->coarse) && !code)
		return false;
	inv_buf_byte(out, '^');
	if (s->fine.n != NONE)
		add_runs_pattern(out, &s->fine);
	else if (is_code(&s->coarse))
		add_runs_pattern(out, &s->coarse);
	else
		add_characters(out, s);
	inv_buf_byte(out, '$');
	return true;
}
