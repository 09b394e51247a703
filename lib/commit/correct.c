/* correct.c - rows that correct a row of another manifest */

#include "commit/correct.h"

#include <stdlib.h>

#include "base/mem.h"
#include "commit/uploader.h"
#include "data/emit.h"
#include "store/archive.h"
#include "store/archive_list.h"
#include "store/quarantine.h"

enum {
	ITEM_MAX = 160, /* bytes of one in `items` that is left short */
	SHORT_MAX = INV_CORRECT_MAX * ITEM_MAX,
};

/* What an id says of a manifest, and which arrival that has. */
struct inv_arrived {
	char begin[INV_DIGEST_HEX]; /* of the manifest's id */
	size_t n;
	uint64_t submission;
	uint64_t arrival; /* 0: not known */
};

void
inv_arrivals_free(struct inv_arrivals *a)
{
	free(a->at);
	a->at = NULL;
	a->n = 0;
}

/* *arrival is 0 where no manifest begins so, or several do. */
static bool
look_up(int state, struct inv_str begin, uint64_t submission, uint64_t *arrival,
    struct inv_err *err)
{
	struct inv_archive_entry e;
	struct inv_archive_list l;
	enum inv_next next;
	uint64_t found = 0;

	*arrival = 0;
	if (!inv_archive_list_open(&l, state, err))
		return false;
	while ((next = inv_archive_list_next(&l, &e, err)) == INV_NEXT_LINE)
		if (e.submission == submission &&
		    inv_str_starts(e.manifest, begin))
			*arrival = found++ == 0 ? e.arrival : 0;
	inv_archive_list_close(&l);
	return next == INV_NEXT_END;
}

static bool
arrival_of(struct inv_arrivals *a, struct inv_str begin, uint64_t submission,
    uint64_t *arrival, struct inv_err *err)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->at[i].submission == submission &&
		    inv_str_eq(begin,
			(struct inv_str){ a->at[i].begin, a->at[i].n })) {
			*arrival = a->at[i].arrival;
			return true;
		}
	if (!look_up(a->state, begin, submission, arrival, err)) {
		err->fault = INV_IO; /* whatever: the record is not bad */
		return false;
	}
	if (a->n == INV_CORRECT_ASKED)
		inv_arrivals_free(a);
	a->at = inv_mem_resize(a->at, a->n + 1, sizeof(*a->at));
	struct inv_arrived *e = &a->at[a->n++];

	*e = (struct inv_arrived){
		.n = begin.n,
		.submission = submission,
		.arrival = *arrival,
	};
	memcpy(e->begin, begin.p, begin.n);
	return true;
}

bool
inv_corrects(struct inv_arrivals *a, const struct inv_record *rec,
    struct inv_str manifest, uint64_t submission, struct inv_corrected *c,
    struct inv_err *err)
{
	const struct inv_member *item = inv_member_find(rec->outer, "item");
	const struct inv_member *force;
	struct inv_item_filter which;

	*c = (struct inv_corrected){ .row = 0 };
	if (item == NULL || item->kind != INV_KIND_STRING ||
	    !inv_item_id_of(inv_member_inner(item), &which) || which.row == 0)
		return true;
	if (which.submission == submission &&
	    inv_str_starts(manifest, which.manifest))
		return true;
	*c = (struct inv_corrected){ .row = rec->row, .of = which.row };
	force = inv_member_find(rec->outer, "force");
	if (a == NULL || (force != NULL && force->kind == INV_KIND_TRUE))
		return true;
	return arrival_of(a, which.manifest, which.submission, &c->arrival,
	    err);
}

void
inv_correct_order(const struct inv_chunk *c, const size_t *member, size_t n,
    struct inv_buf *order)
{
	for (size_t i = 0; i < n; i++) {
		const struct inv_corrected *of =
		    inv_chunk_corrected(c, member[i]);

		if (of == NULL || of->arrival == 0)
			continue;
		if (order->n == 0)
			inv_emit_open(order, '[');
		inv_order_put(order, of);
	}
	if (order->n > 0)
		inv_emit_close(order, ']');
}

/* What its line says, and what was sent. */
static bool
add_item(struct inv_uploader *u, const struct inv_chunk *c, size_t i,
    struct inv_buf *b, struct inv_err *err)
{
	struct inv_str record;
	struct inv_str line;

	if (!inv_chunk_line(c, i, &line, err) ||
	    !inv_scan_line(u->scan, line, err))
		return false;
	const struct inv_members *m = inv_scan_outer(u->scan);
	const struct inv_member *item = inv_member_find(m, "item");
	const struct inv_member *why = inv_member_find(m, "why");

	inv_emit_open(b, '{');
	inv_emit_member_u64(b, INV_LIT("row"), c->row[i].row);
	inv_emit_member_raw(b, INV_LIT("item"), item->value);
	/* What would make too long a line is left out of it. */
	if (why != NULL && b->n + why->value.n < b->max - SHORT_MAX)
		inv_emit_member_raw(b, INV_LIT("why"), why->value);
	if (!inv_chunk_record(c, i, &record, err))
		return false;
	if (b->n + record.n < b->max - SHORT_MAX)
		inv_emit_member_raw(b, INV_LIT("record"), record);
	inv_emit_close(b, '}');
	return true;
}

void
inv_correct_note(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_chunk *c, size_t i)
{
	struct inv_err err;

	if (u->failed || inv_chunk_corrected(c, i) == NULL)
		return;
	if (b->items.n == 0)
		inv_emit_open(&b->items, '[');
	if (!add_item(u, c, i, &b->items, &err))
		inv_uploader_fail(u, &err);
}

/* What the journal knows: not what was sent, and not why. */
static void
note_from_journal(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_rows *rows)
{
	struct inv_str order = inv_buf_str(&b->order);
	char manifest[INV_DIGEST_HEX];
	struct inv_corrected c;
	char id[INV_ITEM_ID];
	uint64_t submission;
	struct inv_err err;

	while (inv_order_each(&order, &c)) {
		if (!inv_rows_has(rows, c.row))
			continue;
		switch (inv_archive_whose(u->state.fd, c.arrival, manifest,
		    &submission, &err)) {
		case INV_NEXT_END:
			continue;
		case INV_NEXT_ERR:
			inv_uploader_fail(u, &err);
			return;
		case INV_NEXT_LINE:
			break;
		}
		inv_item_id(id, (struct inv_str){ manifest, INV_DIGEST_HEX },
		    submission, c.of);
		if (b->items.n == 0)
			inv_emit_open(&b->items, '[');
		inv_emit_open(&b->items, '{');
		inv_emit_member_u64(&b->items, INV_LIT("row"), c.row);
		inv_emit_member_str(&b->items, INV_LIT("item"), inv_str_of(id));
		inv_emit_close(&b->items, '}');
	}
}

void
inv_correct_tell(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_rows *rows, struct inv_buf *line)
{
	const struct inv_chunk *c = b->chunk;

	if (u->resuming)
		note_from_journal(u, b, rows);
	else
		for (size_t i = 0; c != NULL && i < b->n; i++)
			if (inv_rows_has(rows, c->row[b->member[i]].row))
				inv_correct_note(u, b, c, b->member[i]);
	if (b->items.n == 0)
		return;
	inv_emit_close(&b->items, ']');
	inv_emit_member_raw(line, INV_LIT("items"), inv_buf_str(&b->items));
	inv_buf_reset(&b->items);
}
