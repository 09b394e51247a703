/*
 * purge.c - inv-quarantine purge: rows that are past their retention go
 *
 * Some items in each transaction, every one with its action; what is still
 * owed to a person, or may have taken effect, is not among them unless it was
 * asked for.  Behind the last the file is written anew, so that no copy of a
 * row is left in it.
 */

#include "store/purge.h"

#include <unistd.h>

#include "base/log.h"
#include "quarantine/desk.h"
#include "quarantine/listing.h"
#include "store/quarantine_db.h"
#include "store/status.h"

enum { BLOCK = INV_ITEM_PAGE }; /* items of one transaction */

static const char verb[] = "purge";

struct purge {
	struct inv_desk d;
	struct inv_item_filter which;
	struct inv_status open; /* batches */
	struct inv_quarantine_reader *r;
	struct inv_purge *store;
	uint64_t n;
};

/* Rows of an open batch are asked for again, as they were sent. */
static bool
may_go(struct purge *p, const struct inv_item *item, uint64_t *approval)
{
	if (inv_status_batch_of(&p->open, item->manifest, item->submission,
		item->row) == NULL)
		return inv_desk_may(&p->d, INV_APPROVED_PURGE, item, approval);
	inv_desk_refuse(&p->d, item->id,
	    "its batch is open: resubmit or resolve it");
	return false;
}

/* What would go. */
static void
look(struct purge *p, bool json)
{
	const struct inv_item *item;
	struct inv_listing l;
	struct inv_out out;
	struct inv_err err;

	uint64_t ignored;

	inv_out_init(&out, STDOUT_FILENO, "stdout");
	inv_listing_open(&l, &out, json);
	inv_quarantine_seek(p->d.r, &p->which);
	while (!out.failed && (item = inv_listing_next(p->d.r)) != NULL)
		if (may_go(p, item, &ignored))
			inv_listing_put(&l, item);
	p->n = l.n;
	inv_listing_close(&l, p->which.state);
	if (!inv_out_close(&out, &err))
		inv_die(&err);
}

/* Some of what is left, all or nothing; false where there was nothing. */
static bool
purge_block(struct purge *p)
{
	const struct inv_action action = inv_desk_action(&p->d,
	    (struct inv_action){ .verb = inv_str_of(verb) });
	const struct inv_item *item = NULL;
	struct inv_err err;
	uint64_t approval;
	int seen = 0;

	inv_desk_begin(&p->d);
	inv_quarantine_seek(p->r, &p->which);
	while (seen < BLOCK && (item = inv_listing_next(p->r)) != NULL) {
		seen++;
		p->which.behind = item->number;
		if (!may_go(p, item, &approval))
			continue;
		if (!inv_purge_item(p->store, item, &action, approval, &err))
			inv_die(&err);
		p->n++;
	}
	inv_desk_commit(&p->d);
	return item != NULL;
}

/* One that was cut off has left that to the next. */
static void
purge_all(struct purge *p)
{
	struct inv_err err;

	inv_desk_open_writing(&p->d);
	p->r = inv_quarantine_read_in(p->d.db, &err);
	if (p->r != NULL)
		p->store = inv_purge_new(p->d.db, &err);
	if (p->store == NULL)
		inv_die(&err);
	while (purge_block(p))
		continue;
	inv_purge_free(p->store);
	inv_quarantine_read_close(p->r);
	if (!inv_db_rewrite(p->d.db, &err))
		inv_die(&err);
}

int
inv_quarantine_do_purge(void *args, char *words[])
{
	const struct inv_quarantine_args *a = args;
	struct purge p = { .which = a->which };
	struct inv_err err;

	if (a->which.idle == 0)
		inv_opt_wrong(verb, "--older-than", "missing");
	if (a->yes && a->why.n == 0)
		inv_opt_wrong(verb, "--why", "missing: --yes needs it");
	if (!a->state)
		p.which.state = INV_ITEM_CLOSED;
	p.which.kept = INV_KEPT_ROW;
	inv_desk_open(&p.d, a, verb, words);
	if (a->yes)
		inv_desk_need(&p.d, INV_ROLE_PURGE);
	if (!inv_status_read_open(&p.d.state, &p.open, &err))
		inv_die(&err);
	if (p.d.r != NULL && a->yes)
		purge_all(&p);
	else if (p.d.r != NULL)
		look(&p, a->json);
	inv_warn(a->yes ? "%ju purged" : "%ju would be purged; --yes does it",
	    (uintmax_t)p.n);
	inv_status_free(&p.open);
	return inv_desk_close(&p.d);
}
