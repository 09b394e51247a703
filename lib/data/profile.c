/* profile.c - what the columns of a manifest look like, as figures */

#include "data/profile.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/calendar.h"

enum {
	SLOTS = 2 * INV_MEMBERS_MAX, /* a power of two */
	NUMBER_TEXT = 64,   /* bytes of a number that is looked at as one */
	FIRST_SAMPLE = 32,  /* numbers to begin with */
	SAFE_DIGITS = 15,   /* of a whole number that any double keeps */
	DATE_TIME_MIN = 20, /* bytes of 2026-02-28T12:00:00Z */
};

static const char *const looks[INV_LOOKS] = {
	[INV_LOOK_NULL] = "null",
	[INV_LOOK_EMPTY] = "empty",
	[INV_LOOK_INTEGER] = "integer",
	[INV_LOOK_NUMBER] = "number",
	[INV_LOOK_BOOLEAN] = "boolean",
	[INV_LOOK_DATE] = "date",
	[INV_LOOK_DATE_TIME] = "date_time",
	[INV_LOOK_TEXT] = "text",
	[INV_LOOK_ARRAY] = "array",
	[INV_LOOK_OBJECT] = "object",
};

struct inv_str
inv_look_name(enum inv_look look)
{
	return inv_str_of(looks[look]);
}

/* ---- what a value looks like ---- */

static size_t
digits_from(struct inv_str s, size_t i)
{
	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	return i;
}

/* JSON's grammar: INV_LOOK_TEXT for what is no number. */
static enum inv_look
number_look(struct inv_str s)
{
	size_t sign = s.p[0] == '-';
	size_t i = digits_from(s, sign);

	if (i == sign || (s.p[sign] == '0' && i > sign + 1))
		return INV_LOOK_TEXT;
	if (i == s.n)
		return INV_LOOK_INTEGER;
	if (s.p[i] == '.') {
		size_t point = i + 1;

		i = digits_from(s, point);
		if (i == point)
			return INV_LOOK_TEXT;
	}
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		size_t e = i + 1;

		if (e < s.n && (s.p[e] == '+' || s.p[e] == '-'))
			e++;
		i = digits_from(s, e);
		if (i == e)
			return INV_LOOK_TEXT;
	}
	return i == s.n ? INV_LOOK_NUMBER : INV_LOOK_TEXT;
}

enum inv_look
inv_look_of(struct inv_str s)
{
	if (s.n == 0)
		return INV_LOOK_EMPTY;
	if (s.p[0] == '-' || (s.p[0] >= '0' && s.p[0] <= '9')) {
		if (inv_calendar_is_date(s))
			return INV_LOOK_DATE;
		if (s.n >= DATE_TIME_MIN && inv_calendar_is_time(s))
			return INV_LOOK_DATE_TIME;
		return number_look(s);
	}
	if (inv_str_eq(s, INV_LIT("true")) || inv_str_eq(s, INV_LIT("false")))
		return INV_LOOK_BOOLEAN;
	return INV_LOOK_TEXT;
}

/* ---- columns by name ---- */

/* Not keyed, as in data/tally: there are at most INV_MEMBERS_MAX columns. */
static uint64_t
hash_of(uint64_t seed, struct inv_str s)
{
	uint64_t h = seed ^ s.n;

	for (size_t i = 0; i < s.n; i++) {
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
		h ^= h >> 31;
	}
	return h;
}

void
inv_profile_init(struct inv_profile *p, struct inv_str seed)
{
	*p = (struct inv_profile){
		.budget = INV_PROFILE_MAX,
		.names = INV_PROFILE_NAMES,
		.seed = hash_of(UINT64_C(0xcbf29ce484222325), seed),
		.slot = inv_mem_new(SLOTS * sizeof(*p->slot)),
		.key = INV_BUF(INV_RECORD_MAX),
	};
}

void
inv_profile_free(struct inv_profile *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->at[i].text);
		free(p->at[i].sample);
		inv_tally_free(&p->at[i].values);
	}
	free(p->at);
	free(p->slot);
	inv_buf_free(&p->key);
	*p = (struct inv_profile){ 0 };
}

/* The slot of a name, or the free one where it would go. */
static size_t
slot_of(const struct inv_profile *p, struct inv_str name)
{
	size_t i = hash_of(0, name) % SLOTS;

	for (; p->slot[i] != 0; i = (i + 1) % SLOTS)
		if (inv_str_eq(p->at[p->slot[i] - 1].name, name))
			break;
	return i;
}

const struct inv_figures *
inv_profile_column(const struct inv_profile *p, struct inv_str name)
{
	size_t slot = slot_of(p, name);

	return p->slot[slot] == 0 ? NULL : &p->at[p->slot[slot] - 1];
}

static bool
spend(struct inv_profile *p, size_t *budget, size_t n)
{
	if (n > *budget) {
		p->full = true;
		return false;
	}
	*budget -= n;
	return true;
}

struct inv_figures *
inv_profile_make(struct inv_profile *p, struct inv_str name)
{
	size_t slot = slot_of(p, name);

	if (p->slot[slot] != 0)
		return &p->at[p->slot[slot] - 1];
	if (p->n == INV_MEMBERS_MAX) {
		p->full = true;
		return NULL;
	}
	if (!spend(p, &p->names, name.n))
		return NULL;
	if (p->n == p->cap) {
		p->cap = p->cap == 0 ? 16 : 2 * p->cap;
		p->at = inv_mem_resize(p->at, p->cap, sizeof(*p->at));
	}
	struct inv_figures *f = &p->at[p->n];

	*f = (struct inv_figures){
		.text = inv_mem_dup(name.p, name.n),
		.shortest = UINT64_MAX,
		.least_digits = UINT64_MAX,
		.random = hash_of(p->seed, name) | 1,
	};
	f->name = (struct inv_str){ f->text, name.n };
	p->slot[slot] = (uint16_t)++p->n;
	return f;
}

uint64_t
inv_figures_rows(const struct inv_figures *f)
{
	uint64_t n = 0;

	for (int i = 0; i < INV_LOOKS; i++)
		n += f->looks[i];
	return n;
}

uint64_t
inv_figures_values(const struct inv_figures *f)
{
	return inv_figures_rows(f) - f->looks[INV_LOOK_NULL] -
	    f->looks[INV_LOOK_EMPTY];
}

/* ---- a value ---- */

/* xorshift64*, Vigna 2016 */
static uint64_t
draw(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

/* A number that was looked at; short whole ones, which most are, by hand. */
static double
number_of(struct inv_str s)
{
	char text[NUMBER_TEXT + 1];
	uint64_t v = 0;
	size_t i = 0;

	if (s.n <= SAFE_DIGITS) {
		for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
			v = v * 10 + (uint64_t)(s.p[i] - '0');
		if (i == s.n)
			return (double)v;
	}
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return strtod(text, NULL);
}

static void
grow_sample(struct inv_profile *p, struct inv_figures *f)
{
	size_t max = f->sample_max == 0 ? FIRST_SAMPLE : 4 * f->sample_max;

	if (max > INV_SAMPLE)
		max = INV_SAMPLE;
	if (!spend(p, &p->budget, (max - f->sample_max) * sizeof(double)))
		return;
	f->sample = inv_mem_resize(f->sample, max, sizeof(double));
	f->sample_max = max;
}

/* Vitter's algorithm R (1985): each number is in the sample alike. */
static void
take_sample(struct inv_profile *p, struct inv_figures *f, double v)
{
	/* Once a number had to be drawn, the sample's size is settled. */
	if (f->sampled == f->sample_max && f->numbers == f->sampled + 1)
		grow_sample(p, f);
	if (f->sampled < f->sample_max) {
		f->sample[f->sampled++] = v;
		return;
	}
	uint64_t k = draw(&f->random) % f->numbers;

	if (k < f->sample_max)
		f->sample[k] = v;
}

static void
take_number(struct inv_profile *p, struct inv_figures *f, struct inv_str s)
{
	if (s.n > NUMBER_TEXT)
		return;
	double v = number_of(s);

	if (!isfinite(v))
		return;
	f->numbers++;
	take_sample(p, f, v);
}

static void
take_digits(struct inv_figures *f, struct inv_str s)
{
	if (digits_from(s, 0) != s.n)
		return;
	f->digits++;
	f->padded += s.p[0] == '0' && s.n > 1;
	if (s.n < f->least_digits)
		f->least_digits = s.n;
	if (s.n > f->most_digits)
		f->most_digits = s.n;
}

static uint64_t
characters(struct inv_str s)
{
	uint64_t n = inv_text_plain(s.p, s.n);

	for (size_t i = n; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static void
take_text(struct inv_profile *p, struct inv_figures *f, struct inv_str s)
{
	enum inv_look look = inv_look_of(s);
	uint64_t chars;

	f->looks[look]++;
	if (look == INV_LOOK_EMPTY)
		return;
	chars = characters(s);
	if (chars < f->shortest)
		f->shortest = chars;
	if (chars > f->longest)
		f->longest = chars;
	inv_tally_add(&f->values, s, 1, &p->budget);
	p->full = p->full || f->values.starved;
	if (look == INV_LOOK_INTEGER || look == INV_LOOK_NUMBER)
		take_number(p, f, s);
	if (s.p[0] >= '0' && s.p[0] <= '9')
		take_digits(f, s);
}

/* Decoded; good until the next call. */
static struct inv_str
decoded(struct inv_profile *p, struct inv_str inside, bool escaped)
{
	if (!escaped)
		return inside;
	inv_buf_reset(&p->key);
	if (inv_buf_room(&p->key, inside.n))
		p->key.n = inv_text_decode(inside, p->key.p);
	return inv_buf_str(&p->key);
}

static void
take_value(struct inv_profile *p, struct inv_figures *f,
    const struct inv_member *m)
{
	switch (m->kind) {
	case INV_KIND_NULL:
		f->looks[INV_LOOK_NULL]++;
		break;
	case INV_KIND_ARRAY:
		f->looks[INV_LOOK_ARRAY]++;
		break;
	case INV_KIND_OBJECT:
		f->looks[INV_LOOK_OBJECT]++;
		break;
	case INV_KIND_STRING:
		take_text(p, f,
		    decoded(p, inv_member_inner(m), m->value_escaped));
		break;
	case INV_KIND_FALSE:
	case INV_KIND_TRUE:
	case INV_KIND_NUMBER:
		take_text(p, f, m->value);
		break;
	}
}

void
inv_profile_add(struct inv_profile *p, struct inv_str record)
{
	struct inv_member m;
	size_t next = 0; /* columns mostly come in the order they first came */

	p->rows++;
	while (inv_scan_each(&record, &m)) {
		struct inv_str name = decoded(p, m.key, m.key_escaped);
		struct inv_figures *f = next < p->n ? &p->at[next] : NULL;

		if (f == NULL || !inv_str_eq(f->name, name))
			f = inv_profile_make(p, name);
		if (f == NULL)
			continue;
		next = (size_t)(f - p->at) + 1;
		take_value(p, f, &m);
	}
}

static int
by_value(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;

	return (*x > *y) - (*x < *y);
}

void
inv_profile_forget(struct inv_profile *p, struct inv_str name)
{
	const struct inv_figures *f = inv_profile_column(p, name);

	if (f != NULL)
		p->at[f - p->at].sampled = 0;
}

void
inv_profile_settle(struct inv_profile *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct inv_figures *f = &p->at[i];

		inv_tally_sort(&f->values);
		if (f->sampled > 0)
			qsort(f->sample, f->sampled, sizeof(*f->sample),
			    by_value);
	}
}
