/* draft.c - a schema that what was surveyed fits */

#include "data/draft.h"

#include <stdlib.h>
#include <strings.h>

#include "data/emit.h"
#include "data/schema_node.h"

enum {
	CHOICES_MAX = 20,  /* values of an enum */
	CHOICE_TIMES = 5,  /* that each of them came, on average */
	CHOICES_FROM = 10, /* values before there is an enum */
	LENGTH_LEAST = 16, /* characters of a maxLength */
	BOUND_DIGITS = 15, /* of a maximum */
	KEY_LENGTH = 64,   /* characters of a value that is a key */
	MAP_MEMBERS = 32,  /* past as many, none in all: names are data */
	OTHERS_MAX = 5,    /* keys that are named beside the one chosen */
};

struct draft {
	struct inv_buf *out;
	unsigned depth;
	bool keyed; /* it will have a keyword of inv, x-inv-key */
};

/* ---- layout ---- */

static void
line(struct draft *d)
{
	inv_buf_addf(d->out, "\n%*s", (int)(2 * d->depth), "");
}

static void
begin(struct draft *d, char bracket)
{
	inv_buf_byte(d->out, bracket);
	d->depth++;
}

static void
finish(struct draft *d, char bracket)
{
	char last = d->out->n == 0 ? '\0' : d->out->p[d->out->n - 1];

	d->depth--;
	if (last != '{' && last != '[')
		line(d);
	inv_buf_byte(d->out, bracket);
}

/* A member's name, escaped already; its value comes next. */
static void
name(struct draft *d, struct inv_str escaped)
{
	char last = d->out->n == 0 ? '\0' : d->out->p[d->out->n - 1];

	if (last != '{')
		inv_buf_byte(d->out, ',');
	line(d);
	inv_buf_byte(d->out, '"');
	inv_buf_add(d->out, escaped);
	inv_buf_addf(d->out, "\": ");
}

static void
member(struct draft *d, const char *key)
{
	name(d, inv_str_of(key));
}

static void
quote(struct draft *d, struct inv_str text)
{
	inv_buf_byte(d->out, '"');
	inv_emit_text(d->out, text);
	inv_buf_byte(d->out, '"');
}

static void
member_str(struct draft *d, const char *key, struct inv_str text)
{
	member(d, key);
	quote(d, text);
}

/* ---- types ---- */

static bool
is_cells(const struct inv_site *s)
{
	return s->cells > 0 && s->kinds[INV_KIND_STRING] == 0;
}

/* What all its cells can be read as. */
static unsigned
type_of_cells(const struct inv_site *s)
{
	if (s->texts == 0 || (s->as_number < s->texts && s->as_boolean == 0))
		return INV_TYPE_STRING;
	if (s->as_whole == s->texts)
		return INV_TYPE_INTEGER;
	if (s->as_number == s->texts)
		return INV_TYPE_NUMBER;
	return s->as_boolean == s->texts ? INV_TYPE_BOOLEAN : INV_TYPE_STRING;
}

static unsigned
types_of(const struct inv_site *s)
{
	const uint64_t *kinds = s->kinds;
	unsigned types = 0;

	if (kinds[INV_KIND_NULL] > 0)
		types |= INV_TYPE_NULL;
	if (kinds[INV_KIND_FALSE] + kinds[INV_KIND_TRUE] > 0)
		types |= INV_TYPE_BOOLEAN;
	if (kinds[INV_KIND_NUMBER] > 0)
		types |= s->wholes == kinds[INV_KIND_NUMBER] ? INV_TYPE_INTEGER
							     : INV_TYPE_NUMBER;
	if (is_cells(s))
		types |= type_of_cells(s);
	else if (kinds[INV_KIND_STRING] > 0)
		types |= INV_TYPE_STRING;
	if ((types & INV_TYPE_NUMBER) != 0)
		types &= ~(unsigned)INV_TYPE_INTEGER;
	if (kinds[INV_KIND_ARRAY] > 0)
		types |= INV_TYPE_ARRAY;
	if (kinds[INV_KIND_OBJECT] > 0)
		types |= INV_TYPE_OBJECT;
	return types;
}

static void
write_types(struct draft *d, unsigned types)
{
	static const struct {
		unsigned type;
		const char *name;
	} all[] = {
		{ INV_TYPE_STRING, "string" },
		{ INV_TYPE_INTEGER, "integer" },
		{ INV_TYPE_NUMBER, "number" },
		{ INV_TYPE_BOOLEAN, "boolean" },
		{ INV_TYPE_ARRAY, "array" },
		{ INV_TYPE_OBJECT, "object" },
		{ INV_TYPE_NULL, "null" },
	};
	bool several = (types & (types - 1)) != 0;
	const char *before = several ? "[" : "";

	if (types == 0)
		return;
	member(d, "type");
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if ((types & all[i].type) != 0) {
			inv_buf_addf(d->out, "%s\"%s\"", before, all[i].name);
			before = ", ";
		}
	if (several)
		inv_buf_byte(d->out, ']');
}

/* ---- strings ---- */

/* What is said of its strings. */
enum says { SAYS_LENGTH, SAYS_FORM, SAYS_CHOICES, SAYS_PATTERN };

/* An enum is said of all values, not of strings alone. */
static bool
is_choice(struct inv_site *s, unsigned types)
{
	return (types & ~(unsigned)INV_TYPE_NULL) == INV_TYPE_STRING &&
	    inv_tally_is_exact(&s->tally) && s->tally.n > 1 &&
	    s->tally.n <= CHOICES_MAX && s->texts >= CHOICES_FROM &&
	    s->texts >= CHOICE_TIMES * s->tally.n;
}

static enum inv_form
form_of(const struct inv_site *s)
{
	int form = 0;

	while (form + 1 < INV_FORMS && (s->forms & 1U << form) == 0)
		form++;
	return (enum inv_form)form;
}

/* Those of other formats than dates are asserted beside a keyword of inv. */
static bool
is_asserted(const struct draft *d, const struct inv_site *s)
{
	return form_of(s) <= INV_FORM_DATE_TIME || d->keyed || s->depth == 1;
}

/*
 * A value that is "" in a source with types stays so, and would have no form:
 * nothing but its length is said then.  An empty cell can be null.
 */
static enum says
says_of(const struct draft *d, struct inv_site *s, unsigned types,
    struct inv_buf *pattern)
{
	bool patterned;

	if (s->texts == 0 || (s->empty > 0 && !is_cells(s)))
		return SAYS_LENGTH;
	if (s->forms != 0 && is_asserted(d, s))
		return SAYS_FORM;
	patterned = inv_shape_pattern(s->shape, pattern);
	/* Numbered things go on being numbered. */
	if (is_choice(s, types) &&
	    !(s->digits && (patterned || s->shape->blank)))
		return SAYS_CHOICES;
	return patterned ? SAYS_PATTERN : SAYS_LENGTH;
}

static int
by_text(const void *a, const void *b)
{
	return inv_str_cmp(inv_count_text(a), inv_count_text(b));
}

static void
write_choices(struct draft *d, struct inv_site *s, bool null)
{
	member(d, "enum");
	qsort(s->tally.at, s->tally.n, sizeof(*s->tally.at), by_text);
	for (size_t i = 0; i < s->tally.n; i++) {
		inv_buf_addf(d->out, i == 0 ? "[" : ", ");
		quote(d, inv_count_text(&s->tally.at[i]));
	}
	inv_buf_addf(d->out, null ? ", null]" : "]");
}

static void
write_length(struct draft *d, const struct inv_site *s)
{
	uint64_t most = LENGTH_LEAST;

	if (s->texts == 0)
		return;
	while (most < 2 * s->longest)
		most *= 2;
	if (s->empty == 0) {
		member(d, "minLength");
		inv_buf_byte(d->out, '1');
	}
	member(d, "maxLength");
	inv_buf_u64(d->out, most);
}

static void
write_string(struct draft *d, struct inv_site *s, enum says says,
    struct inv_str pattern, bool null)
{
	switch (says) {
	case SAYS_LENGTH:
		write_length(d, s);
		break;
	case SAYS_FORM:
		member_str(d, "format", inv_form_name(form_of(s)));
		break;
	case SAYS_CHOICES:
		write_choices(d, s, null);
		break;
	case SAYS_PATTERN:
		member_str(d, "pattern", pattern);
		break;
	}
}

/* ---- numbers ---- */

/* A power of ten: ten times as far from zero as n is, and more. */
static void
write_bound(struct draft *d, const char *key, const struct inv_decimal *n)
{
	int zeros = n->point < 0 ? 1 : n->point + 1;

	if (zeros > BOUND_DIGITS)
		return;
	member(d, key);
	inv_buf_addf(d->out, "%s1%0*d", n->negative ? "-" : "", zeros, 0);
}

static void
write_range(struct draft *d, const struct inv_site *s)
{
	if (!s->ranged)
		return;
	if (s->least.negative) {
		write_bound(d, "minimum", &s->least);
	} else {
		member(d, "minimum");
		inv_buf_byte(d->out, '0');
	}
	if (s->greatest.n > 0 && !s->greatest.negative)
		write_bound(d, "maximum", &s->greatest);
}

/* ---- all ---- */

static void write_site(struct draft *d, struct inv_site *s);

/* Its names are data themselves: many, and none of them always there. */
static bool
is_map(const struct inv_site *s)
{
	uint64_t objects = s->kinds[INV_KIND_OBJECT];

	if (s->depth == 0 || s->last == NULL || s->last->index < MAP_MEMBERS)
		return false;
	for (const struct inv_site *m = s->first; m != NULL; m = m->next)
		if (m->seen == objects)
			return false;
	return true;
}

static void
write_required(struct draft *d, const struct inv_site *s)
{
	uint64_t objects = s->kinds[INV_KIND_OBJECT];
	const char *before = "[";

	for (const struct inv_site *m = s->first; m != NULL; m = m->next) {
		if (m->seen < objects)
			continue;
		if (*before == '[')
			member(d, "required");
		inv_buf_addf(d->out, "%s\"%.*s\"", before, INV_ARG(m->name));
		before = ", ";
	}
	if (*before != '[')
		inv_buf_byte(d->out, ']');
}

static void
write_members(struct draft *d, const struct inv_site *s)
{
	if (s->open || is_map(s))
		return;
	member(d, "properties");
	begin(d, '{');
	for (struct inv_site *m = s->first; m != NULL; m = m->next) {
		name(d, m->name);
		begin(d, '{');
		write_site(d, m);
		finish(d, '}');
	}
	finish(d, '}');
	write_required(d, s);
	member(d, "additionalProperties");
	inv_buf_addf(d->out, "false");
}

static void
write_empty(struct draft *d, const struct inv_site *s, enum says says,
    bool null)
{
	if (null)
		member_str(d, "x-inv-empty", INV_LIT("null"));
	else if (says == SAYS_FORM && form_of(s) > INV_FORM_DATE_TIME &&
	    s->depth == 1)
		member_str(d, "x-inv-empty", INV_LIT("string"));
}

static void
write_site(struct draft *d, struct inv_site *s)
{
	struct inv_buf pattern = INV_BUF(INV_SHAPE_PATTERN);
	unsigned types = types_of(s);
	enum says says = SAYS_LENGTH;
	bool null = false;

	if ((types & INV_TYPE_STRING) != 0)
		says = says_of(d, s, types, &pattern);
	if (is_cells(s) && s->empty > 0 &&
	    ((types & INV_TYPE_STRING) == 0 || says != SAYS_LENGTH)) {
		null = true;
		types |= INV_TYPE_NULL;
	}
	write_types(d, types);
	if ((types & INV_TYPE_STRING) != 0)
		write_string(d, s, says, inv_buf_str(&pattern),
		    (types & INV_TYPE_NULL) != 0);
	if ((types & (INV_TYPE_INTEGER | INV_TYPE_NUMBER)) != 0)
		write_range(d, s);
	if ((types & INV_TYPE_ARRAY) != 0 && s->items != NULL) {
		member(d, "items");
		begin(d, '{');
		write_site(d, s->items);
		finish(d, '}');
	}
	if ((types & INV_TYPE_OBJECT) != 0)
		write_members(d, s);
	write_empty(d, s, says, null);
	inv_buf_free(&pattern);
}

/* ---- keys ---- */

/* The last word of its name is one that things are called by. */
static bool
is_called_so(const struct inv_site *s)
{
	static const char *const words[] = { "id", "code", "key", "no", "nr",
		"number", "tag", "serial", "sku", "uuid", "ref", "barcode",
		"identifier" };
	struct inv_str name = s->name;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t n = strlen(words[i]);

		if (name.n < n ||
		    strncasecmp(name.p + name.n - n, words[i], n) != 0)
			continue;
		if (name.n == n)
			return true;
		/* asset_id, "asset id", assetId */
		const char *at = name.p + name.n - n;
		bool letter = (at[-1] >= 'a' && at[-1] <= 'z') ||
		    (at[-1] >= 'A' && at[-1] <= 'Z');

		if (!letter || (*at >= 'A' && *at <= 'Z' && at[-1] >= 'a'))
			return true;
	}
	return false;
}

static bool
is_always_there(const struct inv_survey *all, const struct inv_site *s)
{
	return s->seen == all->rows && s->empty == 0 &&
	    s->kinds[INV_KIND_NULL] == 0 && s->longest <= KEY_LENGTH;
}

static bool
is_date(const struct inv_site *s)
{
	return s->texts > 0 && s->forms != 0 &&
	    form_of(s) <= INV_FORM_DATE_TIME;
}

/* A code, or a number that is called one: not a quantity, not a sentence. */
static bool
is_code(const struct inv_survey *all, const struct inv_site *s)
{
	unsigned types = types_of(s);

	if (!is_always_there(all, s) || is_date(s))
		return false;
	if (types == INV_TYPE_STRING)
		return s->shape != NULL && !s->shape->blank;
	return types == INV_TYPE_INTEGER && is_called_so(s);
}

static void
sets_of(const struct inv_survey *s, uint64_t *alone, uint64_t *paired)
{
	*alone = *paired = 0;
	for (const struct inv_site *m = s->root.first;
	     m != NULL && m->index < INV_UNIQUE_COLUMNS; m = m->next) {
		uint64_t bit = UINT64_C(1) << m->index;
		bool code = is_code(s, m);

		if (code)
			*alone |= bit;
		if (code || (is_always_there(s, m) && is_date(m)))
			*paired |= bit;
	}
}

static void
choose(const struct inv_survey *s, struct inv_uniques *u)
{
	uint64_t alone;
	uint64_t paired;

	sets_of(s, &alone, &paired);
	inv_uniques_choose(u, alone, paired);
}

void
inv_draft_choose(const struct inv_survey *s, struct inv_uniques *u)
{
	if (inv_uniques_are_due(u))
		choose(s, u);
}

static const struct inv_site *
column(const struct inv_survey *s, size_t i)
{
	const struct inv_site *m = s->root.first;

	while (m != NULL && m->index < i)
		m = m->next;
	return m;
}

enum { RANKS = 5 };

/* How good a key it would make, the best 0; RANKS: it is none. */
static int
rank_of(const struct inv_survey *s, const struct inv_candidate *c)
{
	const struct inv_site *a = column(s, c->column[0]);
	const struct inv_site *b = column(s, c->column[1]);
	uint64_t alone;
	uint64_t paired;

	sets_of(s, &alone, &paired);
	if (c->refuted || (paired >> a->index & 1) == 0 ||
	    (paired >> b->index & 1) == 0)
		return RANKS;
	if (a != b)
		return is_called_so(a) && is_called_so(b) ? 2 : 4;
	if ((alone >> a->index & 1) == 0)
		return RANKS;
	if (is_called_so(a))
		return 0;
	return a->digits ? 1 : 3;
}

static void
write_key(struct inv_buf *out, const struct inv_survey *s,
    const struct inv_candidate *c, const char *mark)
{
	inv_buf_addf(out, "%s%.*s%s", mark,
	    INV_ARG(column(s, c->column[0])->name), mark);
	if (c->column[0] != c->column[1])
		inv_buf_addf(out, ", %s%.*s%s", mark,
		    INV_ARG(column(s, c->column[1])->name), mark);
}

static const struct inv_candidate *
best_of(const struct inv_survey *s, const struct inv_uniques *u)
{
	const struct inv_candidate *best = NULL;
	int rank = RANKS;

	for (size_t i = 0; i < u->n; i++) {
		int r = rank_of(s, &u->at[i]);

		if (r < rank) {
			best = &u->at[i];
			rank = r;
		}
	}
	return best;
}

/* A pair that has a key in it is no news. */
static bool
is_news(const struct inv_survey *s, const struct inv_uniques *u,
    const struct inv_candidate *pair)
{
	for (size_t i = 0; i < u->n; i++) {
		const struct inv_candidate *c = &u->at[i];

		if (c != pair && c->column[0] == c->column[1] &&
		    rank_of(s, c) < RANKS &&
		    (pair->column[0] == c->column[0] ||
			pair->column[1] == c->column[0]))
			return false;
	}
	return true;
}

static void
write_comment(struct draft *d, const struct inv_survey *s,
    const struct inv_uniques *u, const struct inv_candidate *key)
{
	const char *before = "; unique as well: ";
	size_t n = 0;

	member(d, "$comment");
	inv_buf_addf(d->out, "\"Drafted from %ju row%s by inv-validate --infer",
	    (uintmax_t)s->rows, s->rows == 1 ? "" : "s");
	for (size_t i = 0; i < u->n && key != NULL && n < OTHERS_MAX; i++) {
		const struct inv_candidate *c = &u->at[i];

		if (c == key || rank_of(s, c) == RANKS || !is_news(s, u, c))
			continue;
		inv_buf_addf(d->out, "%s", before);
		write_key(d->out, s, c, "");
		before = "; ";
		n++;
	}
	inv_buf_byte(d->out, '"');
}

void
inv_draft_write(const struct inv_survey *s, struct inv_uniques *u,
    struct inv_str title, struct inv_buf *out)
{
	struct draft d = { .out = out };
	struct inv_site root = s->root;
	const struct inv_candidate *key;

	if (!u->chosen)
		choose(s, u);
	key = s->rows < 2 ? NULL : best_of(s, u);
	d.keyed = key != NULL;
	begin(&d, '{');
	member_str(&d, "$schema",
	    INV_LIT("https://json-schema.org/draft/2020-12/schema"));
	member_str(&d, "title", title);
	write_comment(&d, s, u, key);
	root.kinds[INV_KIND_OBJECT] = s->rows;
	member_str(&d, "type", INV_LIT("object"));
	write_members(&d, &root);
	if (key != NULL) {
		member(&d, "x-inv-key");
		inv_buf_byte(out, '[');
		write_key(out, s, key, "\"");
		inv_buf_byte(out, ']');
	}
	finish(&d, '}');
	inv_buf_byte(out, '\n');
}
