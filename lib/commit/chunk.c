/* chunk.c - the rows of one chunk, kept until their fate is known */

#include "commit/chunk.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/files.h"
#include "io/stream.h"

enum {
	FIRST_ROWS = 512,
	KEEP_ROWS = 4096,       /* of a reset: more are given back */
	KEEP_BYTES = 256 << 10, /* of a reset, and the least to go to disk */
	TEXT_MAX = 2 * INV_LINE_MAX, /* bytes: never reached */
};

struct inv_chunk *
inv_chunk_new(struct inv_spill *spill)
{
	struct inv_chunk *c = inv_mem_new(sizeof(*c));

	c->spill = spill;
	c->text = INV_BUF(TEXT_MAX);
	return c;
}

/* Its lines are needed no more. */
static void
empty(struct inv_chunk *c)
{
	for (size_t i = 0; i < c->extents; i++)
		inv_spill_drop(c->spill, c->extent[i].at, c->extent[i].n);
	c->extents = 0;
	c->spilled = 0;
	c->spill->kept -= c->text.n;
	inv_buf_reset(&c->text);
}

void
inv_chunk_free(struct inv_chunk *c)
{
	if (c == NULL)
		return;
	empty(c);
	inv_buf_free(&c->text);
	free(c->extent);
	free(c->row);
	free(c->key);
	free(c->leaf);
	free(c->corrected);
	free(c);
}

void
inv_chunk_reset(struct inv_chunk *c, uint64_t number)
{
	empty(c);
	c->number = number;
	c->passed = 0;
	c->proven = false;
	c->filed = false;
	c->n = 0;
	c->uses = 0;
	c->next = NULL;
	free(c->corrected);
	c->corrected = NULL;
	c->corrected_n = 0;
	c->hashed = 0;
	if (c->text.cap > KEEP_BYTES)
		inv_buf_free(&c->text);
	if (c->cap <= KEEP_ROWS)
		return;
	free(c->row);
	free(c->key);
	free(c->leaf);
	c->row = NULL;
	c->key = NULL;
	c->leaf = NULL;
	c->cap = 0;
}

/* ---- leaves ---- */

void
inv_chunk_leaf(struct inv_chunk *c, size_t i, struct inv_digest *d,
    struct inv_str record)
{
	const struct inv_chunk_row *r = &c->row[i];
	struct inv_str files = { NULL, 0 };

	if (r->files_n > 0)
		files = (struct inv_str){ c->text.p + r->line + r->files,
			r->files_n };
	inv_files_leaf(d, record, files, c->leaf[i]);
	memcpy(c->key[i].digest, c->leaf[i], INV_KEY);
}

void
inv_chunk_hash(struct inv_chunk *c, struct inv_digest *d)
{
	for (; c->hashed < c->n; c->hashed++) {
		const struct inv_chunk_row *r = &c->row[c->hashed];

		inv_chunk_leaf(c, c->hashed, d,
		    (struct inv_str){
			c->text.p + r->line + r->record, r->record_n });
	}
}

/* ---- to disk and back ---- */

/* All lines that are in memory: what is on disk has its leaves. */
static bool
put_down(struct inv_chunk *c, struct inv_digest *d, struct inv_err *err)
{
	struct inv_extent *last =
	    c->extents > 0 ? &c->extent[c->extents - 1] : NULL;
	uint64_t at;

	inv_chunk_hash(c, d);
	if (!inv_spill_add(c->spill, inv_buf_str(&c->text), &at, err))
		return false;
	if (last != NULL && last->at + last->n == at) {
		last->n += c->text.n;
	} else {
		c->extent = inv_mem_resize(c->extent, c->extents + 1,
		    sizeof(*c->extent));
		c->extent[c->extents++] = (struct inv_extent){ at, c->text.n };
	}
	for (; c->spilled < c->n; c->spilled++)
		c->row[c->spilled].line += at;
	c->spill->kept -= c->text.n;
	inv_buf_reset(&c->text);
	if (c->text.cap > 2 * INV_CHUNK_KEPT_MAX)
		inv_buf_free(&c->text);
	return true;
}

bool
inv_chunk_settle(struct inv_chunk *c, struct inv_digest *d, struct inv_err *err)
{
	return c->text.n == 0 || c->spill->kept <= INV_KEPT_MAX ||
	    put_down(c, d, err);
}

static bool
get(const struct inv_chunk *c, size_t i, size_t offset, size_t n,
    struct inv_str *out, struct inv_err *err)
{
	uint64_t at = c->row[i].line + offset;

	if (i < c->spilled)
		return inv_spill_read(c->spill, at, n, out, err);
	*out = (struct inv_str){ c->text.p + at, n };
	return true;
}

bool
inv_chunk_line(const struct inv_chunk *c, size_t i, struct inv_str *out,
    struct inv_err *err)
{
	return get(c, i, 0, c->row[i].line_n, out, err);
}

bool
inv_chunk_record(const struct inv_chunk *c, size_t i, struct inv_str *out,
    struct inv_err *err)
{
	return get(c, i, c->row[i].record, c->row[i].record_n, out, err);
}

bool
inv_chunk_files(const struct inv_chunk *c, size_t i, struct inv_str *out,
    struct inv_err *err)
{
	*out = (struct inv_str){ NULL, 0 };
	return c->row[i].files_n == 0 ||
	    get(c, i, c->row[i].files, c->row[i].files_n, out, err);
}

/* ---- rows ---- */

bool
inv_chunk_files_of(const struct inv_record *rec, struct inv_str *list,
    struct inv_err *err)
{
	const struct inv_member *m = inv_member_find(rec->outer, "attachments");

	*list = (struct inv_str){ NULL, 0 };
	if (m == NULL || inv_str_is(m->value, "[]"))
		return true;
	*list = m->value;
	return (list->n <= INV_FILES_MAX && inv_files_is(*list)) ||
	    inv_fail(err, INV_BAD,
		"attachments is not as inv-validate writes it");
}

/* Add the line, and behind it its record where that is not canonical. */
static bool
add_text(struct inv_chunk *c, const struct inv_record *rec,
    struct inv_str files, const struct inv_chunk_tools *t,
    struct inv_chunk_row *r, struct inv_err *err)
{
	bool canonical = inv_canon_is(rec->record, rec->fields);

	/* At once, as pages of its own: those it does not need cost nothing. */
	if (c->text.cap == 0)
		(void)!inv_buf_room(&c->text, KEEP_BYTES);
	r->line = c->text.n;
	r->line_n = rec->text.n;
	r->record = (size_t)(rec->record.p - rec->text.p);
	r->record_n = rec->record.n;
	inv_buf_add(&c->text, rec->text);
	if (files.n > 0) {
		r->files = (size_t)(files.p - rec->text.p);
		r->files_n = files.n;
	}
	if (!canonical) {
		r->record = r->line_n;
		if (!inv_canon_object(t->canon, rec->record, rec->fields,
			&c->text, err)) {
			c->text.n = r->line;
			return false;
		}
		r->record_n = c->text.n - r->line - r->record;
	}
	assert(!c->text.failed);
	return true;
}

static void
make_room(struct inv_chunk *c)
{
	if (c->n < c->cap)
		return;
	c->cap = c->cap == 0 ? FIRST_ROWS : 2 * c->cap;
	c->row = inv_mem_resize(c->row, c->cap, sizeof(*c->row));
	c->key = inv_mem_resize(c->key, c->cap, sizeof(*c->key));
	c->leaf = inv_mem_resize(c->leaf, c->cap, sizeof(*c->leaf));
}

static bool
note_corrected(struct inv_chunk *c, const struct inv_record *rec,
    const struct inv_chunk_tools *t, struct inv_err *err)
{
	struct inv_corrected of;

	if (t->manifest.n == 0)
		return true;
	if (!inv_corrects(t->arrivals, rec, t->manifest, t->submission, &of,
		err))
		return false;
	if (of.row == 0)
		return true;
	/* Doubled at each power of two. */
	if ((c->corrected_n & (c->corrected_n - 1)) == 0)
		c->corrected = inv_mem_resize(c->corrected,
		    c->corrected_n == 0 ? 1 : 2 * c->corrected_n,
		    sizeof(*c->corrected));
	c->corrected[c->corrected_n++] =
	    (struct inv_chunk_corrected){ .index = c->n, .of = of };
	return true;
}

static int
by_index(const void *a, const void *b)
{
	const size_t *index = a;
	const struct inv_chunk_corrected *e = b;

	return (*index > e->index) - (*index < e->index);
}

const struct inv_corrected *
inv_chunk_corrected(const struct inv_chunk *c, size_t i)
{
	const struct inv_chunk_corrected *e = NULL;

	if (c->corrected_n > 0)
		e = bsearch(&i, c->corrected, c->corrected_n, sizeof(*e),
		    by_index);
	return e == NULL ? NULL : &e->of;
}

bool
inv_chunk_add(struct inv_chunk *c, const struct inv_record *rec,
    struct inv_str files, const struct inv_chunk_tools *t, struct inv_err *err)
{
	const struct inv_members *fields = rec->fields;
	struct inv_chunk_row r = { .row = rec->row };
	struct inv_spill *s = c->spill;

	if (!add_text(c, rec, files, t, &r, err))
		return false;
	struct inv_str record = { c->text.p + r.line + r.record, r.record_n };

	if (r.record == r.line_n) {
		/* Rewritten: its members are elsewhere now. */
		if (!inv_scan_object(t->scan, record, err)) {
			c->text.n = r.line;
			return false;
		}
		fields = inv_scan_record(t->scan);
	}
	make_room(c);
	struct inv_seen_row *k = &c->key[c->n];

	*k = (struct inv_seen_row){ .arrival = t->arrival, .row = rec->row };
	inv_key_of(t->key, t->digest, fields, record, k->key);
	if (!note_corrected(c, rec, t, err))
		return false;
	c->filed = c->filed || r.files_n > 0;
	c->row[c->n++] = r;
	s->kept += c->text.n - r.line;
	if (c->text.n < KEEP_BYTES ||
	    (c->text.n < INV_CHUNK_KEPT_MAX && s->kept <= INV_KEPT_MAX))
		return true;
	return put_down(c, t->digest, err);
}

static int
by_row(const void *a, const void *b, void *arg)
{
	const struct inv_chunk_row *row = arg;
	uint64_t x = row[*(const size_t *)a].row;
	uint64_t y = row[*(const size_t *)b].row;

	return (x > y) - (x < y);
}

void
inv_chunk_order(const struct inv_chunk *c, size_t *order)
{
	bool sorted = true;

	for (size_t i = 0; i < c->n; i++) {
		order[i] = i;
		sorted =
		    sorted && (i == 0 || c->row[i - 1].row < c->row[i].row);
	}
	if (!sorted)
		qsort_r(order, c->n, sizeof(*order), by_row, c->row);
}
