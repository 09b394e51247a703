/* results.c - what an answer says of each record of a batch: pure */

#include "net/results.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/emit.h"

enum {
	KEY_TEXT_MAX = 2 * INV_ANSWER_MAX, /* bytes of a key as an object */
};

/* The members of a result that matter; empty where there is none. */
struct said {
	struct inv_member index;
	struct inv_member key;
	struct inv_member status;
	struct inv_member error;
};

/* What is under way. */
struct reading {
	struct inv_results *r;
	const struct inv_results_tools *t;
	enum inv_results_form form;
	bool ordered;
	struct inv_buf value;  /* a key as it came, canonical */
	struct inv_buf object; /* the same, its values under their names */
};

enum inv_row_means
inv_row_means(unsigned status)
{
	if (status / 100 == 2)
		return INV_ROW_COMMITTED;
	return status == 429 || status / 100 == 5 ? INV_ROW_AGAIN
						  : INV_ROW_REFUSED;
}

void
inv_results_room(struct inv_results *r, size_t n)
{
	if (r->cap < n) {
		r->cap = n;
		r->row = inv_mem_resize(r->row, n, sizeof(*r->row));
		r->order = inv_mem_resize(r->order, n, sizeof(*r->order));
	}
	r->n = n;
	if (n > 0)
		memset(r->row, 0, n * sizeof(*r->row));
}

void
inv_results_free(struct inv_results *r)
{
	free(r->row);
	free(r->order);
	*r = (struct inv_results){ 0 };
}

/* ---- by key ---- */

static int
by_key(const void *a, const void *b, void *row)
{
	const struct inv_result *rows = row;
	size_t x = *(const size_t *)a;
	size_t y = *(const size_t *)b;
	int d = memcmp(rows[x].key, rows[y].key, INV_KEY);

	return d != 0 ? d : (x > y) - (x < y);
}

void
inv_results_order(struct inv_results *r)
{
	for (size_t i = 0; i < r->n; i++)
		r->order[i] = i;
	if (r->n > 0)
		qsort_r(r->order, r->n, sizeof(*r->order), by_key, r->row);
}

/* The record of that key whose turn it is; NULL: there is none (left). */
static struct inv_result *
find_key(struct reading *g, const unsigned char key[INV_KEY])
{
	const struct inv_results *r = g->r;
	size_t lo = 0;
	size_t hi = r->n;

	if (!g->ordered)
		inv_results_order(g->r);
	g->ordered = true;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(r->row[r->order[mid]].key, key, INV_KEY) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == r->n || memcmp(r->row[r->order[lo]].key, key, INV_KEY) != 0)
		return NULL;
	size_t at = lo + r->row[r->order[lo]].told++;

	if (at == r->n || memcmp(r->row[r->order[at]].key, key, INV_KEY) != 0)
		return NULL;
	return &r->row[r->order[at]];
}

/* The list of a key's values, or the one value, as an object. */
static bool
put_names(struct reading *g, enum inv_kind kind)
{
	const struct inv_key *key = g->t->key;
	struct inv_str rest = inv_buf_str(&g->value);
	struct inv_member m;
	size_t n = 0;

	inv_buf_reset(&g->object);
	inv_emit_open(&g->object, '{');
	if (kind != INV_KIND_ARRAY && key->n == 1)
		inv_emit_member_raw(&g->object, key->name[n++], rest);
	while (kind == INV_KIND_ARRAY && inv_scan_each(&rest, &m)) {
		if (n == key->n)
			return false;
		inv_emit_member_raw(&g->object, key->name[n++], m.value);
	}
	inv_emit_close(&g->object, '}');
	return n == key->n && n > 0;
}

/* The digest of a key as a result has it. */
static bool
read_key(struct reading *g, const struct inv_member *m,
    unsigned char key[INV_KEY])
{
	struct inv_str object;
	struct inv_err err;

	inv_buf_reset(&g->value);
	if (!inv_canon_value(g->t->canon, m->value, &g->value, &err))
		return false;
	if (m->kind == INV_KIND_OBJECT)
		object = inv_buf_str(&g->value);
	else if (put_names(g, m->kind))
		object = inv_buf_str(&g->object);
	else
		return false;
	if (g->value.failed || g->object.failed ||
	    !inv_scan_object(g->t->scan, object, &err))
		return false;
	inv_key_of(g->t->key, g->t->digest, inv_scan_record(g->t->scan), object,
	    key);
	return true;
}

/* ---- a result ---- */

static struct inv_result *
find(struct reading *g, const struct said *s)
{
	unsigned char key[INV_KEY];
	uint64_t index;

	if (g->form != INV_RESULTS_ITEMS && s->index.value.n > 0)
		return inv_str_u64(s->index.value, 0, g->r->n - 1, &index)
		    ? &g->r->row[index]
		    : NULL;
	if (g->form == INV_RESULTS_INDEX || s->key.value.n == 0)
		return NULL;
	return read_key(g, &s->key, key) ? find_key(g, key) : NULL;
}

static bool
take(struct reading *g, struct inv_str text)
{
	struct said s = { 0 };
	struct inv_member m;
	uint64_t status;

	while (inv_scan_each(&text, &m)) {
		if (inv_str_is(m.key, "index"))
			s.index = m;
		else if (inv_str_is(m.key, "key"))
			s.key = m;
		else if (inv_str_is(m.key, "status"))
			s.status = m;
		else if (inv_str_is(m.key, "error"))
			s.error = m;
	}
	if (!inv_str_u64(s.status.value, 200, 599, &status) ||
	    status / 100 == 3)
		return false;
	struct inv_result *row = find(g, &s);

	if (row == NULL || row->status != 0)
		return false;
	row->status = (unsigned)status;
	row->error = s.error.value;
	return true;
}

/* As many results as records, and none of them twice. */
static bool
take_all(struct reading *g, struct inv_str list)
{
	struct inv_member m;
	size_t n = 0;

	while (inv_scan_each(&list, &m)) {
		if (n == g->r->n || m.kind != INV_KIND_OBJECT ||
		    !take(g, m.value))
			return false;
		n++;
	}
	return n == g->r->n;
}

static bool
is_all_committed(const struct inv_results *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (inv_row_means(r->row[i].status) != INV_ROW_COMMITTED)
			return false;
	return true;
}

bool
inv_results_read(struct inv_results *r, const struct inv_results_tools *t,
    const struct inv_answer *a, enum inv_results_form form)
{
	struct reading g = { .r = r,
		.t = t,
		.form = form,
		.value = INV_BUF(KEY_TEXT_MAX),
		.object = INV_BUF(KEY_TEXT_MAX) };
	struct inv_str rest = a->body;
	struct inv_member m;
	struct inv_err err;
	enum inv_kind kind;
	bool ok = inv_scan_value(t->scan, a->body, &kind, &err) &&
	    kind == INV_KIND_OBJECT;
	bool found = false;

	while (ok && !found && inv_scan_each(&rest, &m))
		found = inv_str_is(m.key, "results");
	ok = ok && found && m.kind == INV_KIND_ARRAY && take_all(&g, m.value) &&
	    (a->status < 400 || !is_all_committed(r));
	inv_buf_free(&g.value);
	inv_buf_free(&g.object);
	return ok;
}
