/* alarm.c - the items with a CRITICAL error that a run has stored */

#include "quarantine/alarm.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "data/emit.h"
#include "data/errors.h"
#include "prog/opt.h"
#include "store/quarantine.h"

enum { JSON_MAX = 4 * INV_ITEM_TEXT_MAX }; /* bytes of an item */

struct inv_alarm *
inv_alarm_new(const char *command)
{
	struct inv_alarm *a;

	if (command == NULL)
		return NULL;
	a = inv_mem_new(sizeof(*a));
	if (!inv_notify_init(&a->notify, command))
		inv_opt_wrong("--notify", command, "not a command");
	return a;
}

void
inv_alarm_free(struct inv_alarm *a)
{
	if (a == NULL)
		return;
	inv_notify_free(&a->notify);
	free(a);
}

static bool
is_critical(const struct inv_record *rec)
{
	const struct inv_member *errors = inv_member_find(rec->outer, "errors");

	return errors != NULL && errors->kind == INV_KIND_ARRAY &&
	    inv_errors_are_critical(errors->value);
}

void
inv_alarm_row(struct inv_alarm *a, const struct inv_block *block,
    const struct inv_record *rec)
{
	if (a == NULL || rec->row == 0 || !is_critical(rec))
		return;
	if (a->critical++ >= INV_ALARM_ITEMS)
		return;
	struct inv_alarm_item *item = &a->item[a->critical - 1];
	struct inv_str corrects = inv_member_text(rec->outer, "item");

	memcpy(item->run, block->run, sizeof(item->run));
	if (corrects.n > 0 && corrects.n < sizeof(item->id)) {
		memcpy(item->id, corrects.p, corrects.n);
		item->id[corrects.n] = '\0';
		return;
	}
	snprintf(item->id, sizeof(item->id), "%.*s.%ju-%ju", INV_MANIFEST_ID,
	    block->id, (uintmax_t)block->submission, (uintmax_t)rec->row);
}

/* ---- the end ---- */

/* False where there is no use to go on.  What is not on disk is passed over. */
static bool
ring_one(struct inv_alarm *a, struct inv_quarantine_reader *r,
    const struct inv_alarm_item *noted, struct inv_buf *json)
{
	const struct inv_str run = { noted->run, sizeof(noted->run) };
	struct inv_item_filter which;
	const struct inv_item *item;
	struct inv_err err;

	if (!inv_item_id_of(inv_str_of(noted->id), &which))
		return true;
	inv_quarantine_seek(r, &which);
	switch (inv_quarantine_next(r, &item, &err)) {
	case INV_NEXT_END:
		return true;
	case INV_NEXT_ERR:
		inv_warn("not notified: %s", err.msg);
		return false;
	case INV_NEXT_LINE:
		break;
	}
	if (!inv_str_eq(item->last.run, run))
		return true;
	inv_buf_reset(json);
	inv_item_emit(json, item, true);
	inv_buf_add(json, INV_LIT("}\n"));
	return inv_notify_run(&a->notify, item->id, inv_buf_str(json));
}

static void
ring_all(struct inv_alarm *a, struct inv_quarantine_reader *r)
{
	uint64_t n = a->critical;
	struct inv_buf json = INV_BUF(JSON_MAX);

	if (n > INV_ALARM_ITEMS)
		n = INV_ALARM_ITEMS;
	for (uint64_t i = 0; i < n; i++)
		if (!ring_one(a, r, &a->item[i], &json))
			break;
	inv_notify_wait(&a->notify);
	inv_buf_free(&json);
}

void
inv_alarm_ring(struct inv_alarm *a, const struct inv_state *state)
{
	struct inv_quarantine_reader *r;
	struct inv_err err;

	if (a == NULL || a->critical == 0)
		return;
	r = inv_quarantine_read_own(state, &err);
	if (r == NULL)
		inv_warn("not notified: %s", err.msg);
	else
		ring_all(a, r);
	inv_quarantine_read_close(r);
	if (a->notify.begun < a->critical || a->notify.failed > 0)
		inv_warn("notified of %ju of %ju CRITICAL rows (inv-quarantine "
			 "list --severity CRITICAL shows them)",
		    (uintmax_t)(a->notify.begun - a->notify.failed),
		    (uintmax_t)a->critical);
}
