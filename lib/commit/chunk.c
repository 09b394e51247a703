/* chunk.c - the rows of one chunk, kept until their fate is known */

#include "commit/chunk.h"

#include <stdlib.h>

#include "base/mem.h"

enum {
	FIRST_ROWS = 512,
	TEXT_MAX = 1 << 30, /* bytes: 500 records of 1 MiB, twice */
	KEEP_MAX = 4 << 20, /* bytes kept by a reset: more is given back */
};

struct inv_chunk *
inv_chunk_new(void)
{
	struct inv_chunk *c = inv_mem_new(sizeof(*c));

	c->text = INV_BUF(TEXT_MAX);
	c->rewritten = INV_BUF(TEXT_MAX);
	return c;
}

void
inv_chunk_free(struct inv_chunk *c)
{
	if (c == NULL)
		return;
	inv_buf_free(&c->text);
	inv_buf_free(&c->rewritten);
	free(c->row);
	free(c->key);
	free(c);
}

static void
empty(struct inv_buf *b)
{
	if (b->cap > KEEP_MAX)
		inv_buf_free(b);
	inv_buf_reset(b);
}

void
inv_chunk_reset(struct inv_chunk *c, uint64_t number)
{
	c->number = number;
	c->passed = 0;
	c->proven = false;
	c->n = 0;
	c->uses = 0;
	c->next = NULL;
	empty(&c->text);
	empty(&c->rewritten);
}

/* The record in canonical form, and scanned anew where it was not. */
static bool
rewrite(struct inv_chunk *c, const struct inv_record *rec,
    const struct inv_chunk_tools *t, struct inv_chunk_row *r,
    struct inv_err *err)
{
	r->is_rewritten = true;
	r->record = c->rewritten.n;
	if (!inv_canon_object(t->canon, rec->record, rec->fields, &c->rewritten,
		err))
		return false;
	r->record_n = c->rewritten.n - r->record;
	return inv_scan_object(t->scan,
	    (struct inv_str){ c->rewritten.p + r->record, r->record_n }, err);
}

static void
make_room(struct inv_chunk *c)
{
	if (c->n < c->cap)
		return;
	c->cap = c->cap == 0 ? FIRST_ROWS : 2 * c->cap;
	c->row = inv_mem_resize(c->row, c->cap, sizeof(*c->row));
	c->key = inv_mem_resize(c->key, c->cap, sizeof(*c->key));
}

bool
inv_chunk_add(struct inv_chunk *c, const struct inv_record *rec,
    const struct inv_chunk_tools *t, struct inv_err *err)
{
	const struct inv_members *fields = rec->fields;
	struct inv_chunk_row r = { .row = rec->row, .line_n = rec->text.n };

	make_room(c);
	r.line = c->text.n;
	r.record = r.line + (size_t)(rec->record.p - rec->text.p);
	r.record_n = rec->record.n;
	if (!inv_canon_is(rec->record, rec->fields)) {
		if (!rewrite(c, rec, t, &r, err))
			return false;
		fields = inv_scan_record(t->scan);
	}
	inv_buf_add(&c->text, rec->text);
	if (c->text.failed || c->rewritten.failed)
		return inv_fail(err, INV_INTERNAL,
		    "chunk %ju: more than %d bytes", (uintmax_t)c->number,
		    TEXT_MAX);
	size_t i = c->n++;

	c->row[i] = r;
	struct inv_str record = inv_chunk_record(c, i);
	struct inv_seen_row *k = &c->key[i];

	*k = (struct inv_seen_row){ .arrival = t->arrival, .row = rec->row };
	inv_key_of(t->key, t->digest, fields, record, k->key);
	inv_key_digest(t->digest, record, k->digest);
	return true;
}

struct inv_str
inv_chunk_line(const struct inv_chunk *c, size_t i)
{
	return (struct inv_str){ c->text.p + c->row[i].line, c->row[i].line_n };
}

struct inv_str
inv_chunk_record(const struct inv_chunk *c, size_t i)
{
	const struct inv_chunk_row *r = &c->row[i];

	return (struct inv_str){
		(r->is_rewritten ? c->rewritten.p : c->text.p) + r->record,
		r->record_n
	};
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
