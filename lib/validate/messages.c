/* messages.c - what is wrong with records, said to people */

#include "validate/messages.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"

enum {
	SAID_MAX = 5,             /* messages of a sort, then a sum */
	NAME_MAX_BYTES = 1 << 20, /* of a manifest's name */
	PLACE_MAX = 256,          /* bytes of a place, in a message */
	TEXT_MAX = 1 << 20,       /* bytes of a message */
};

struct inv_sort {
	const char *type;
	char *place;
	uint64_t n;
	size_t seq; /* which came first */
	char *
	    where; /* the first: where it stands, and what it says; both NULL */
	char *text; /* unless grouped */
};

void
inv_messages_init(struct inv_messages *m, bool grouped)
{
	*m = (struct inv_messages){
		.grouped = grouped,
		.manifest = INV_BUF(NAME_MAX_BYTES),
		.place = INV_BUF(PLACE_MAX),
		.text = INV_BUF(TEXT_MAX),
		.sorts = inv_mem_new(INV_SORTS_MAX * sizeof(struct inv_sort)),
	};
}

static void
forget_sorts(struct inv_messages *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->sorts[i].place);
		free(m->sorts[i].where);
		free(m->sorts[i].text);
	}
	m->n = 0;
	m->unsorted = 0;
}

void
inv_messages_free(struct inv_messages *m)
{
	forget_sorts(m);
	free(m->sorts);
	inv_buf_free(&m->manifest);
	inv_buf_free(&m->place);
	inv_buf_free(&m->text);
}

void
inv_messages_begin(struct inv_messages *m, struct inv_str manifest)
{
	inv_messages_sum(m);
	inv_buf_reset(&m->manifest);
	inv_buf_add(&m->manifest, manifest);
}

/* The errors of that place and type so far; NULL where there are too many. */
static struct inv_sort *
sort_of(struct inv_messages *m, const char *type)
{
	struct inv_str place = inv_buf_str(&m->place);
	struct inv_sort *s = m->sorts;

	for (size_t i = 0; i < m->n; i++, s++)
		if (strcmp(s->type, type) == 0 && inv_str_is(place, s->place))
			return s;
	if (m->n == INV_SORTS_MAX)
		return NULL;
	*s = (struct inv_sort){
		.type = type,
		.place = inv_mem_dup(place.p, place.n),
		.seq = m->n,
	};
	m->n++;
	return s;
}

/* One of many on a terminal: only the first is kept, for the end. */
static void
keep_first(struct inv_messages *m, struct inv_sort *s, const char *where)
{
	if (s->n > 1)
		return;
	s->where = inv_mem_strdup(where);
	s->text = inv_mem_dup(m->text.p, m->text.n);
}

static void
say_one(struct inv_messages *m, struct inv_sort *s, const char *where,
    const struct inv_flaws *flaws, size_t i)
{
	if (s->n++ >= (m->grouped ? 1 : SAID_MAX))
		return;
	inv_buf_reset(&m->text);
	inv_flaws_text(flaws, i, &m->text);
	if (m->grouped)
		keep_first(m, s, where);
	else
		inv_warn("%s: %s%s%.*s", where, s->place,
		    s->place[0] == '\0' ? "" : ": ",
		    INV_ARG(inv_buf_str(&m->text)));
}

void
inv_messages_say(struct inv_messages *m, const char *where,
    const struct inv_flaws *flaws)
{
	if (inv_prog.level == INV_LOG_QUIET)
		return;
	for (size_t i = 0; i < flaws->n; i++) {
		inv_buf_reset(&m->place);
		inv_flaws_place(flaws, i, &m->place);
		struct inv_sort *s = sort_of(m, flaws->at[i].type);

		if (s == NULL)
			m->unsorted++;
		else
			say_one(m, s, where, flaws, i);
	}
}

/* The most frequent first; of those alike the one that came first. */
static int
by_frequency(const void *a, const void *b)
{
	const struct inv_sort *x = a;
	const struct inv_sort *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return x->seq < y->seq ? -1 : 1;
}

/* Places on a terminal that s takes: its code points. */
static int
width_of(const char *s)
{
	int n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static int
wider(int n, const char *s)
{
	int w = width_of(s);

	return w > n ? w : n;
}

/* Where the three columns in front of a message end. */
struct widths {
	int where;
	int count;
	int place;
};

static struct widths
widths_of(const struct inv_messages *m)
{
	struct widths w = { 0 };
	char digits[24];

	for (size_t i = 0; i < m->n; i++) {
		const struct inv_sort *s = &m->sorts[i];

		snprintf(digits, sizeof(digits), "%ju", (uintmax_t)s->n);
		w.where = wider(w.where, s->where);
		w.count = wider(w.count, digits);
		w.place = wider(w.place, s->place);
	}
	return w;
}

static void
sum_groups(struct inv_messages *m, struct inv_str manifest)
{
	struct widths w = widths_of(m);
	uint64_t all = 0;

	for (size_t i = 0; i < m->n; i++)
		all += m->sorts[i].n;
	if (m->n > 0)
		inv_warn("%.*s: %ju message%s, by column and type:",
		    INV_ARG(manifest), (uintmax_t)all, all == 1 ? "" : "s");
	qsort(m->sorts, m->n, sizeof(*m->sorts), by_frequency);
	for (size_t i = 0; i < m->n; i++) {
		const struct inv_sort *s = &m->sorts[i];

		inv_warn("%s:%*s  %*ju x  %s%*s  %s", s->where,
		    w.where - width_of(s->where), "", w.count, (uintmax_t)s->n,
		    s->place, w.place - width_of(s->place), "", s->text);
	}
}

static void
sum_rest(struct inv_messages *m, struct inv_str manifest)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct inv_sort *s = &m->sorts[i];

		if (s->n > SAID_MAX)
			inv_warn("%.*s: %s: %ju more [%s]", INV_ARG(manifest),
			    s->place, (uintmax_t)(s->n - SAID_MAX), s->type);
	}
}

void
inv_messages_sum(struct inv_messages *m)
{
	struct inv_str manifest = inv_buf_str(&m->manifest);

	if (m->grouped)
		sum_groups(m, manifest);
	else
		sum_rest(m, manifest);
	if (m->unsorted > 0)
		inv_warn("%.*s: %ju more errors, of other columns and types",
		    INV_ARG(manifest), (uintmax_t)m->unsorted);
	forget_sorts(m);
}
