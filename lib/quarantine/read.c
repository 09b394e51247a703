/* read.c - inv-quarantine list, show and export: what is kept */

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "data/emit.h"
#include "quarantine/args.h"
#include "quarantine/ids.h"
#include "quarantine/listing.h"
#include "quarantine/xlsx.h"
#include "store/action.h"
#include "store/quarantine_csv.h"

struct reading {
	struct inv_state state;
	struct inv_quarantine_reader *r;
	struct inv_action_reader *actions; /* show */
	struct inv_out out;
	struct inv_item_filter which;
	bool csv;
	const char *xlsx; /* or NULL */
	bool json;
	uint64_t found;
};

/* The next item that was asked for; dies where it can not be read. */
static const struct inv_item *
next(struct reading *p)
{
	const struct inv_item *item =
	    p->out.failed ? NULL : inv_listing_next(p->r);

	p->found += item != NULL;
	return item;
}

static void
list(struct reading *p)
{
	const struct inv_item *item;
	struct inv_listing l;

	inv_listing_open(&l, &p->out, p->json);
	inv_quarantine_seek(p->r, &p->which);
	while ((item = next(p)) != NULL)
		inv_listing_put(&l, item);
	inv_listing_close(&l, p->which.state);
}

static bool
show(struct reading *p, struct inv_str id)
{
	struct inv_buf *b = inv_out_buf(&p->out);
	const struct inv_item *item;
	uint64_t before = p->found;
	struct inv_err err;

	if (!inv_item_id_of(id, &p->which))
		return false;
	inv_quarantine_seek(p->r, &p->which);
	while ((item = next(p)) != NULL) {
		inv_item_emit(b, item, true);
		inv_emit_key(b, INV_LIT("history"));
		if (!inv_quarantine_history(p->r, item->number, b, &err))
			inv_die(&err);
		inv_emit_key(b, INV_LIT("actions"));
		if (!inv_actions_of(p->actions, inv_str_of(item->id), b, &err))
			inv_die(&err);
		inv_buf_add(b, INV_LIT("}\n"));
		inv_out_check(&p->out);
	}
	if (p->found == before)
		inv_say("%.*s: no such item", INV_ARG(id));
	return p->found > before;
}

/* A sheet is for rows that can be corrected; how many can not be is said. */
static uint64_t
leave_purged(struct reading *p)
{
	uint64_t n;

	p->which.kept = INV_KEPT_NONE;
	inv_quarantine_seek(p->r, &p->which);
	while (next(p) != NULL)
		continue;
	n = p->found;
	p->found = 0;
	p->which.kept = INV_KEPT_ROW;
	if (n > 0)
		inv_say("%ju left out: purged, nothing is left of the row",
		    (uintmax_t)n);
	return n;
}

/* False where some could not be written. */
static bool
export_sheet(struct reading *p)
{
	uint64_t purged = leave_purged(p);
	uint64_t left = 0;
	struct inv_err err;

	if (p->xlsx != NULL)
		inv_quarantine_xlsx(p->r, &p->which, p->xlsx, &p->found, &left);
	else if (!inv_quarantine_csv(p->r, &p->which, &p->out, &p->found, &err))
		inv_die(&err);
	return left == 0 && purged == 0;
}

static bool
export_all(struct reading *p)
{
	const struct inv_item *item;

	if (p->xlsx != NULL || p->csv)
		return export_sheet(p);
	inv_quarantine_seek(p->r, &p->which);
	while ((item = next(p)) != NULL)
		inv_listing_json(&p->out, item, true);
	return true;
}

/* ---- the verbs ---- */

static void
open_reading(struct reading *p, const struct inv_quarantine_args *a)
{
	struct inv_err err;

	*p = (struct reading){
		.which = a->which,
		.csv = a->csv,
		.xlsx = a->xlsx,
		.json = a->json,
	};
	p->state.fd = inv_opt_state_shared(&p->state.path);
	p->r = inv_quarantine_read_own(&p->state, &err);
	if (p->r == NULL)
		inv_die(&err);
	inv_out_init(&p->out, STDOUT_FILENO, "stdout");
}

/* 1 where nothing was found, or not all that was asked for. */
static int
close_reading(struct reading *p, bool all)
{
	struct inv_err err;

	if (!inv_out_close(&p->out, &err))
		inv_die(&err);
	inv_quarantine_read_close(p->r);
	close(p->state.fd);
	return inv_fault_exit(p->found > 0 && all ? INV_OK : INV_NO);
}

int
inv_quarantine_do_list(void *args, char *words[])
{
	struct reading p;

	(void)words;
	open_reading(&p, args);
	list(&p);
	return close_reading(&p, true);
}

int
inv_quarantine_do_export(void *args, char *words[])
{
	const struct inv_quarantine_args *a = args;
	struct reading p;

	(void)words;
	if (a->csv && a->xlsx != NULL)
		inv_opt_wrong("export", "--xlsx", "--csv was said as well");
	open_reading(&p, args);
	bool all = export_all(&p);

	return close_reading(&p, all);
}

int
inv_quarantine_do_show(void *args, char *words[])
{
	struct inv_item_ids ids;
	struct reading p;
	struct inv_str id;
	struct inv_err err;
	bool all = true;

	inv_item_ids_open(&ids, "show", words);
	open_reading(&p, args);
	p.actions = inv_actions_read(&p.state, 0, &err);
	if (p.actions == NULL)
		inv_die(&err);
	while (inv_item_ids_next(&ids, &id))
		all = show(&p, id) && all;
	inv_item_ids_close(&ids);
	inv_actions_close(p.actions);
	return close_reading(&p, all);
}
