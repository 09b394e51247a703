/* survey.c - what the members of many records are, for drafting a schema */

#include "data/survey.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/canon.h"

enum {
	FIELD_DIGITS = 15, /* of a whole number that is surely within 2^53 */
	SLOTS = 2 * INV_SURVEY_PLACES, /* a power of two */
};

static const struct {
	struct inv_str name;
	enum inv_syntax syntax;
} forms[] = {
	[INV_FORM_DATE] = { { "date", 4 }, INV_SYNTAX_DATE },
	[INV_FORM_DATE_TIME] = { { "date-time", 9 }, INV_SYNTAX_DATE_TIME },
	[INV_FORM_UUID] = { { "uuid", 4 }, INV_SYNTAX_UUID },
	[INV_FORM_EMAIL] = { { "email", 5 }, INV_SYNTAX_EMAIL },
	[INV_FORM_IPV4] = { { "ipv4", 4 }, INV_SYNTAX_IPV4 },
	[INV_FORM_URI] = { { "uri", 3 }, INV_SYNTAX_URI },
};

struct inv_str
inv_form_name(enum inv_form form)
{
	return forms[form].name;
}

void
inv_survey_init(struct inv_survey *s)
{
	*s = (struct inv_survey){
		.names = INV_SURVEY_NAMES,
		.budget = INV_SURVEY_TALLY,
		.text = INV_BUF(INV_FIELD_MAX),
		.slot = inv_mem_new(SLOTS * sizeof(struct inv_site *)),
	};
}

static void
free_below(struct inv_site *site)
{
	for (struct inv_site *s = site->first, *next; s != NULL; s = next) {
		next = s->next;
		free_below(s);
		free(s);
	}
	if (site->items != NULL)
		free_below(site->items);
	free(site->items);
	free((void *)(uintptr_t)site->name.p);
	free(site->shape);
	inv_tally_free(&site->tally);
}

void
inv_survey_free(struct inv_survey *s)
{
	free_below(&s->root);
	free(s->slot);
	inv_buf_free(&s->text);
}

/* ---- sites ---- */

/* A NUL, which no schema can have in a name. */
static bool
has_nul(struct inv_str name)
{
	struct inv_str nul = INV_LIT("\\u0000");

	for (size_t i = 0; i + nul.n <= name.n; i++) {
		if (name.p[i] != '\\')
			continue;
		if (memcmp(name.p + i, nul.p, nul.n) == 0)
			return true;
		i++; /* what is escaped */
	}
	return false;
}

/* A new one in `up`; NULL, and up is open, past a ceiling. */
static struct inv_site *
new_site(struct inv_survey *s, struct inv_site *up, struct inv_str name)
{
	if (s->places == INV_SURVEY_PLACES || name.n > s->names ||
	    up->depth == INV_SURVEY_DEPTH || has_nul(name)) {
		up->open = true;
		return NULL;
	}
	struct inv_site *site = inv_mem_new(sizeof(*site));

	s->places++;
	s->names -= name.n;
	site->name = (struct inv_str){ inv_mem_dup(name.p, name.n), name.n };
	site->depth = up->depth + 1;
	site->forms = (1U << INV_FORMS) - 1;
	return site;
}

/*
 * Where the member is in the table, or would be.  Somebody who aims at it gets
 * no further than INV_SURVEY_PLACES comparisons.
 */
static struct inv_site **
slot_of(struct inv_survey *s, const struct inv_site *up, struct inv_str name)
{
	uint64_t h = (uint64_t)(uintptr_t)up;

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * UINT64_C(0x100000001b3);
	for (size_t at = (size_t)(h ^ h >> 32);; at++) {
		struct inv_site **slot = &s->slot[at & (SLOTS - 1)];

		if (*slot == NULL ||
		    ((*slot)->up == up && inv_str_eq((*slot)->name, name)))
			return slot;
	}
}

static struct inv_site *
new_member(struct inv_survey *s, struct inv_site *up, struct inv_str name)
{
	struct inv_site *site = new_site(s, up, name);

	if (site == NULL)
		return NULL;
	site->up = up;
	*slot_of(s, up, name) = site;
	if (up->last == NULL) {
		up->first = site;
	} else {
		up->last->next = site;
		site->index = up->last->index + 1;
	}
	up->last = site;
	return site;
}

static struct inv_site *
find_site(struct inv_survey *s, struct inv_site *up, struct inv_str name,
    struct inv_site *hint)
{
	struct inv_site *site = hint == NULL ? up->first : hint->next;

	if (site != NULL && inv_str_eq(site->name, name))
		return site;
	return *slot_of(s, up, name);
}

/*
 * The site of a member.  Records have their members in one order, so it is
 * looked for behind that of the member before, *hint.
 */
static struct inv_site *
site_of(struct inv_survey *s, struct inv_site *up, struct inv_str name,
    bool escaped, struct inv_site **hint)
{
	if (escaped) {
		inv_buf_reset(&s->text);
		inv_canon_text(&s->text, name);
		name = inv_buf_str(&s->text);
	}
	struct inv_site *site = find_site(s, up, name, *hint);

	if (site == NULL)
		site = new_member(s, up, name);
	if (site != NULL)
		*hint = site;
	return site;
}

struct inv_site *
inv_survey_site(struct inv_survey *s, const struct inv_member *member,
    struct inv_site **hint)
{
	return site_of(s, &s->root, member->key, member->key_escaped, hint);
}

void
inv_survey_column(struct inv_survey *s, struct inv_str name)
{
	struct inv_site *hint = s->root.last;

	(void)site_of(s, &s->root, name, true, &hint);
}

/* ---- values ---- */

static void
add_number(struct inv_site *site, struct inv_str text)
{
	struct inv_decimal d;

	if (!inv_decimal_of(text, &d))
		return;
	if (!site->ranged || inv_decimal_cmp(&d, &site->least) < 0)
		site->least = d;
	if (!site->ranged || inv_decimal_cmp(&d, &site->greatest) > 0)
		site->greatest = d;
	site->ranged = true;
}

/* The digits from p on; *any where there are some. */
static const char *
past_digits(const char *p, const char *end, bool *any)
{
	const char *from = p;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	*any = p > from;
	return p;
}

enum reading { READ_NOT, READ_NUMBER, READ_WHOLE };

/* JSON's grammar of a number; -0 would lose its sign, and is none here. */
static enum reading
read_number(struct inv_str s)
{
	const char *end = s.p + s.n;
	const char *p = s.p + (s.n > 0 && *s.p == '-');
	const char *from = p;
	bool any;
	char canon[INV_NUMBER_TEXT];
	size_t n;

	p = past_digits(p, end, &any);
	if (!any || (p - from > 1 && *from == '0'))
		return READ_NOT;
	if (p == end)
		return p - from > FIELD_DIGITS || (s.n == 2 && from[0] == '0')
		    ? READ_NOT
		    : READ_WHOLE;
	if (*p == '.') {
		p = past_digits(p + 1, end, &any);
		if (!any)
			return READ_NOT;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		p += p < end && (*p == '+' || *p == '-');
		p = past_digits(p, end, &any);
		if (!any)
			return READ_NOT;
	}
	return p == end && inv_number_canon(s, canon, &n) ? READ_NUMBER
							  : READ_NOT;
}

static void
add_cell(struct inv_site *site, struct inv_str text)
{
	enum reading r = read_number(text);

	site->as_whole += r == READ_WHOLE;
	site->as_number += r != READ_NOT;
	site->as_boolean +=
	    inv_str_is(text, "true") || inv_str_is(text, "false");
	if (r != READ_NOT)
		add_number(site, text);
}

/* A form that one of them has not is asked for no more. */
static void
narrow(struct inv_site *site, struct inv_str text)
{
	for (int i = 0; i < INV_FORMS; i++)
		if ((site->forms & 1U << i) != 0 &&
		    (!inv_syntax_is(forms[i].syntax, text) ||
			/* a:b is a URI, and no link */
			(i == INV_FORM_URI &&
			    memmem(text.p, text.n, "://", 3) == NULL)))
			site->forms &= ~(1U << i);
}

static uint64_t
characters(struct inv_str s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static void
add_text(struct inv_survey *s, struct inv_site *site, struct inv_str text,
    bool cell)
{
	uint64_t n = characters(text);

	site->cells += cell;
	if (text.n == 0) {
		site->empty++;
		return;
	}
	site->texts++;
	if (n > site->longest)
		site->longest = n;
	for (size_t i = 0; i < text.n && !site->digits; i++)
		site->digits = text.p[i] >= '0' && text.p[i] <= '9';
	if (cell)
		add_cell(site, text);
	narrow(site, text);
	if (site->shape == NULL)
		site->shape = inv_mem_new(sizeof(*site->shape));
	inv_shape_add(site->shape, text);
	inv_tally_add(&site->tally, text, 1, &s->budget);
}

static struct inv_str
decoded(struct inv_survey *s, const struct inv_member *m)
{
	struct inv_str raw = inv_member_inner(m);

	if (!m->value_escaped)
		return raw;
	inv_buf_reset(&s->text);
	if (!inv_buf_room(&s->text, raw.n))
		return raw;
	return (struct inv_str){ s->text.p, inv_text_decode(raw, s->text.p) };
}

static void add_value(struct inv_survey *s, struct inv_site *site,
    const struct inv_member *m, bool cell);

static void
add_members(struct inv_survey *s, struct inv_site *site, struct inv_str text)
{
	struct inv_site *hint = NULL;

	for (struct inv_member m; inv_scan_each(&text, &m);) {
		struct inv_site *to =
		    site_of(s, site, m.key, m.key_escaped, &hint);

		if (to != NULL)
			add_value(s, to, &m, false);
	}
}

static void
add_elements(struct inv_survey *s, struct inv_site *site, struct inv_str text)
{
	for (struct inv_member m; inv_scan_each(&text, &m);) {
		if (site->items == NULL)
			site->items = new_site(s, site, INV_LIT(""));
		if (site->items == NULL)
			return;
		add_value(s, site->items, &m, false);
	}
}

static void
add_value(struct inv_survey *s, struct inv_site *site,
    const struct inv_member *m, bool cell)
{
	struct inv_decimal d;

	site->seen++;
	if (m->kind == INV_KIND_STRING && cell) {
		add_text(s, site, decoded(s, m), true);
		return;
	}
	site->kinds[m->kind]++;
	switch (m->kind) {
	case INV_KIND_NULL:
	case INV_KIND_FALSE:
	case INV_KIND_TRUE:
		break;
	case INV_KIND_NUMBER:
		site->wholes +=
		    inv_decimal_of(m->value, &d) && inv_decimal_is_whole(&d);
		add_number(site, m->value);
		break;
	case INV_KIND_STRING:
		add_text(s, site, decoded(s, m), false);
		break;
	case INV_KIND_ARRAY:
		add_elements(s, site, m->value);
		break;
	case INV_KIND_OBJECT:
		add_members(s, site, m->value);
		break;
	}
}

void
inv_survey_add(struct inv_survey *s, const struct inv_members *fields,
    bool cells)
{
	struct inv_site *hint = NULL;

	s->rows++;
	s->root.seen++;
	s->root.kinds[INV_KIND_OBJECT]++;
	for (size_t i = 0; i < fields->n; i++) {
		const struct inv_member *m = &fields->at[i];
		struct inv_site *site = inv_survey_site(s, m, &hint);

		if (site != NULL)
			add_value(s, site, m, cells);
	}
}
