/* review.c - what waits for a person, added up for the page that shows it */

#include "quarantine/review.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/errors.h"
#include "data/scan.h"

enum {
	ERRORS_MAX = 2 * INV_ITEM_TEXT_MAX, /* bytes of all errors as words */
	NAME_CUT = 200,                     /* bytes kept of a name, a reason */
	WORDS_CUT = 300,                    /* and of one error */
	ALL_CUT = 2000,                     /* and of all, row, headers */
	TEXT_MAX = 2 * NAME_CUT + WORDS_CUT + 3 * ALL_CUT + 64,
};

static const uint64_t age_from[INV_REVIEW_AGES] = { 0, 1, 3, 7, 14, 30, 90 };

struct inv_review *
inv_review_new(uint64_t now)
{
	struct inv_review *v = inv_mem_new(sizeof(*v));

	v->now = now;
	v->digest = inv_digest_new();
	v->group = inv_mem_new(INV_REVIEW_GROUPS * sizeof(*v->group));
	v->row = inv_mem_new(INV_REVIEW_ROWS * sizeof(*v->row));
	return v;
}

void
inv_review_free(struct inv_review *v)
{
	for (size_t i = 0; i < v->groups; i++) {
		inv_buf_free(&v->group[i].reason);
		inv_buf_free(&v->group[i].type);
		inv_buf_free(&v->group[i].field);
		inv_buf_free(&v->group[i].sample);
	}
	for (size_t i = 0; i < v->reasons; i++)
		inv_buf_free(&v->reason[i].name);
	for (size_t i = 0; i < INV_REVIEW_ROWS; i++)
		inv_buf_free(&v->row[i].text);
	inv_digest_free(v->digest);
	free(v->group);
	free(v->row);
	free(v);
}

/* ---- texts ---- */

/* At most max bytes of s, whole characters, and a sign that it was longer. */
static void
add_cut(struct inv_buf *b, struct inv_str s, size_t max)
{
	size_t n = s.n;

	if (n > max)
		for (n = max; n > 0 && (s.p[n] & 0xc0) == 0x80;)
			n--;
	inv_buf_add(b, (struct inv_str){ s.p, n });
	if (n < s.n)
		inv_buf_add(b, INV_LIT("\xe2\x80\xa6"));
}

static struct inv_buf
cut(struct inv_str s, size_t max)
{
	struct inv_buf b = INV_BUF(max + 8);

	add_cut(&b, s, max);
	return b;
}

static void
add_errors(struct inv_buf *b, struct inv_str errors, size_t most, size_t max)
{
	struct inv_buf words = INV_BUF(ERRORS_MAX);

	inv_errors_text(&words, errors, most);
	add_cut(b, inv_buf_str(&words), max);
	inv_buf_free(&words);
}

static void
add_raw(struct inv_buf *b, struct inv_str raw)
{
	if (inv_buf_room(b, raw.n))
		b->n += inv_text_decode(raw, b->p + b->n);
}

static void
add_decoded(struct inv_buf *b, const struct inv_member *m)
{
	if (m->kind == INV_KIND_NUMBER) /* which of a list is not the field */
		inv_buf_add(b, INV_LIT("[]"));
	else if (m->kind == INV_KIND_STRING)
		add_raw(b, inv_member_inner(m));
}

static void
add_loc(struct inv_buf *b, struct inv_str loc)
{
	struct inv_member part;

	for (size_t n = 0; inv_scan_each(&loc, &part); n++) {
		if (n > 0)
			inv_buf_byte(b, '.');
		add_decoded(b, &part);
	}
}

/* Those of the request or of the answer; anything but texts is left out. */
static void
add_headers(struct inv_buf *b, struct inv_str headers, const char *of,
    const char *sign)
{
	struct inv_member side, m;

	while (inv_scan_each(&headers, &side)) {
		struct inv_str rest = side.value;

		if (side.kind != INV_KIND_OBJECT || !inv_str_is(side.key, of))
			continue;
		while (inv_scan_each(&rest, &m)) {
			if (m.kind != INV_KIND_STRING)
				continue;
			if (b->n > 0)
				inv_buf_byte(b, '\n');
			inv_buf_add(b, inv_str_of(sign));
			add_raw(b, m.key);
			inv_buf_add(b, INV_LIT(": "));
			add_decoded(b, &m);
		}
	}
}

static void
add_sent(struct inv_buf *b, struct inv_str more, size_t max)
{
	struct inv_buf all = INV_BUF(INV_ITEM_TEXT_MAX);
	struct inv_member m;

	while (more.n > 0 && inv_scan_each(&more, &m)) {
		if (m.kind != INV_KIND_OBJECT || !inv_str_is(m.key, "headers"))
			continue;
		add_headers(&all, m.value, "request", "> ");
		add_headers(&all, m.value, "response", "< ");
	}
	add_cut(b, inv_buf_str(&all), max);
	inv_buf_free(&all);
}

/* ---- groups ---- */

/* What an item is grouped by. */
struct face {
	struct inv_str reason;
	struct inv_buf type, field;
	struct inv_str error; /* the list that it stands in, for a sample */
};

static struct inv_review_group *
group_new(struct inv_review *v, const struct face *f,
    const unsigned char digest[INV_DIGEST])
{
	if (v->groups == INV_REVIEW_GROUPS) {
		v->more_groups = true;
		return NULL;
	}
	struct inv_review_group *g = &v->group[v->groups];

	g->made = v->groups++;
	g->reason = cut(f->reason, NAME_CUT);
	g->type = cut(inv_buf_str(&f->type), NAME_CUT);
	g->field = cut(inv_buf_str(&f->field), NAME_CUT);
	g->sample = INV_BUF(WORDS_CUT + 8);
	add_errors(&g->sample, f->error, 1, WORDS_CUT);
	memcpy(g->digest, digest, INV_DIGEST);
	inv_str_hex(digest, INV_REVIEW_PRINT / 2, g->print);
	return g;
}

/* NULL where there are too many. */
static struct inv_review_group *
group_of(struct inv_review *v, const struct face *f)
{
	unsigned char digest[INV_DIGEST];

	inv_digest_begin(v->digest);
	inv_digest_part(v->digest, f->reason);
	inv_digest_part(v->digest, inv_buf_str(&f->type));
	inv_digest_part(v->digest, inv_buf_str(&f->field));
	inv_digest_end(v->digest, digest);
	for (size_t i = 0; i < v->groups; i++)
		if (memcmp(v->group[i].digest, digest, INV_DIGEST) == 0)
			return &v->group[i];
	return group_new(v, f, digest);
}

static void
count(struct inv_review *v, const struct inv_item *item, const struct face *f,
    struct inv_review_row *row)
{
	struct inv_review_group *g = group_of(v, f);

	if (g == NULL || g->item == item->number)
		return;
	g->item = item->number;
	if (g->count++ == 0 || item->first_at < g->first_at)
		g->first_at = item->first_at;
	if (item->last.at > g->last_at)
		g->last_at = item->last.at;
	if (row->groups < INV_REVIEW_OF)
		row->group[row->groups++] = g->made;
}

static void
read_face(struct face *f, struct inv_str error)
{
	struct inv_member m;

	inv_buf_reset(&f->type);
	inv_buf_reset(&f->field);
	while (inv_scan_each(&error, &m))
		if (inv_str_is(m.key, "type"))
			add_decoded(&f->type, &m);
		else if (inv_str_is(m.key, "loc") && m.kind == INV_KIND_ARRAY)
			add_loc(&f->field, m.value);
}

static void
group(struct inv_review *v, const struct inv_item *item,
    struct inv_review_row *row)
{
	struct face f = {
		.reason = item->last.reason,
		.type = INV_BUF(INV_ITEM_TEXT_MAX),
		.field = INV_BUF(INV_ITEM_TEXT_MAX),
	};
	struct inv_str rest = item->last.errors;
	struct inv_buf one = INV_BUF(INV_ITEM_TEXT_MAX + 2);
	struct inv_member error;
	size_t n = 0;

	while (rest.n > 0 && inv_scan_each(&rest, &error)) {
		inv_buf_reset(&one);
		inv_buf_byte(&one, '[');
		inv_buf_add(&one, error.value);
		inv_buf_byte(&one, ']');
		f.error = inv_buf_str(&one);
		if (error.kind == INV_KIND_OBJECT)
			read_face(&f, error.value);
		count(v, item, &f, row);
		n++;
	}
	if (n == 0)
		count(v, item, &f, row);
	inv_buf_free(&one);
	inv_buf_free(&f.type);
	inv_buf_free(&f.field);
}

static int
larger(const void *a, const void *b)
{
	const struct inv_review_group *x = a;
	const struct inv_review_group *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->made < y->made ? -1 : 1;
}

static int
more_often(const void *a, const void *b)
{
	const struct inv_review_reason *x = a;
	const struct inv_review_reason *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return inv_str_cmp(inv_buf_str(&x->name), inv_buf_str(&y->name));
}

void
inv_review_sort(struct inv_review *v)
{
	qsort(v->reason, v->reasons, sizeof(*v->reason), more_often);
	qsort(v->group, v->groups, sizeof(*v->group), larger);
}

/* ---- items ---- */

static uint64_t
day_of(const struct inv_review *v, uint64_t at)
{
	return (at < v->now ? at : v->now) / INV_REVIEW_DAY;
}

static void
add_day(const struct inv_review *v, uint64_t days[INV_REVIEW_DAYS], uint64_t at)
{
	uint64_t ago = v->now / INV_REVIEW_DAY - day_of(v, at);

	if (ago < INV_REVIEW_DAYS)
		days[INV_REVIEW_DAYS - 1 - ago]++;
}

static void
add_age(struct inv_review *v, uint64_t at)
{
	uint64_t days = at < v->now ? (v->now - at) / INV_REVIEW_DAY : 0;
	size_t k = INV_REVIEW_AGES - 1;

	while (days < age_from[k])
		k--;
	v->age[k]++;
}

static void
add_reason(struct inv_review *v, struct inv_str reason)
{
	struct inv_buf name = cut(reason, NAME_CUT);
	size_t i = 0;

	while (i < v->reasons &&
	    !inv_str_eq(inv_buf_str(&v->reason[i].name), inv_buf_str(&name)))
		i++;
	if (i < v->reasons || i == INV_REVIEW_REASONS)
		inv_buf_free(&name);
	else
		v->reason[v->reasons++].name = name;
	if (i < v->reasons)
		v->reason[i].count++;
}

/* Its errors and the row, or when they were purged. */
static void
add_wrong(struct inv_review_row *row, const struct inv_item *item)
{
	bool purged = item->purged_at > 0;
	struct inv_buf *b = &row->text;
	char at[INV_CLOCK_TEXT];

	inv_clock_text((int64_t)item->purged_at, at);
	if (purged)
		inv_buf_addf(b, "purged %s", at);
	else
		add_errors(b, item->last.errors, 1, WORDS_CUT);
	row->end[INV_REVIEW_FIRST] = b->n;
	if (purged)
		inv_buf_addf(b, "purged %s", at);
	else
		add_errors(b, item->last.errors, SIZE_MAX, ALL_CUT);
	row->end[INV_REVIEW_ALL] = b->n;
	if (!purged)
		add_cut(b, item->last.content, ALL_CUT);
	row->end[INV_REVIEW_ROW] = b->n;
}

static void
keep(struct inv_review *v, const struct inv_item *item)
{
	struct inv_review_row *row =
	    &v->row[(v->open_all - 1) % INV_REVIEW_ROWS];
	struct inv_buf text = row->text;

	*row = (struct inv_review_row){
		.verdict = item->last.verdict,
		.line = item->line,
		.failures = item->failures,
		.first_at = item->first_at,
		.last_at = item->last.at,
		.text = text,
	};
	memcpy(row->id, item->id, sizeof(row->id));
	row->text.max = TEXT_MAX;
	inv_buf_reset(&row->text);
	add_cut(&row->text, item->last.reason, NAME_CUT);
	row->end[INV_REVIEW_REASON] = row->text.n;
	add_cut(&row->text, item->last.name, NAME_CUT);
	row->end[INV_REVIEW_NAME] = row->text.n;
	add_wrong(row, item);
	add_sent(&row->text, item->last.more, ALL_CUT);
	row->end[INV_REVIEW_SENT] = row->text.n;
	group(v, item, row);
}

void
inv_review_add(struct inv_review *v, const struct inv_item *item)
{
	uint64_t before = v->now > INV_REVIEW_DAY ? v->now - INV_REVIEW_DAY : 0;
	bool open = inv_item_is_open(item);

	v->purged += item->purged_at > 0;
	add_day(v, v->failed_on, item->first_at);
	if (item->first_at > before)
		v->fresh++;
	else if (open || item->closed_at > before)
		v->open_before++;
	if (!open) {
		add_day(v, v->closed_on, item->closed_at);
		if (item->closed_at > before)
			v->settled++;
		v->closed_all++;
		return;
	}
	v->open[item->last.verdict]++;
	v->open_all++;
	if (v->oldest_at == 0 || item->first_at < v->oldest_at)
		v->oldest_at = item->first_at;
	add_age(v, item->first_at);
	add_reason(v, item->last.reason);
	keep(v, item);
}

size_t
inv_review_kept(const struct inv_review *v)
{
	return v->open_all < INV_REVIEW_ROWS ? v->open_all : INV_REVIEW_ROWS;
}

const struct inv_review_row *
inv_review_row(const struct inv_review *v, size_t k)
{
	return &v->row[(v->open_all - 1 - k) % INV_REVIEW_ROWS];
}

struct inv_str
inv_review_part(const struct inv_review_row *row, enum inv_review_part part)
{
	size_t from = part > 0 ? row->end[part - 1] : 0;

	return (struct inv_str){ row->text.p + from, row->end[part] - from };
}
