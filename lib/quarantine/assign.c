/* assign.c - inv-quarantine assign: who looks at an item */

#include "base/log.h"
#include "data/emit.h"
#include "quarantine/desk.h"

enum { DETAIL_BYTES = 16 * INV_ACTION_NAME_MAX };

static const char verb[] = "assign";

static void
assign(struct inv_desk *d, const struct inv_item *item, struct inv_str detail)
{
	if (!inv_item_is_open(item)) {
		inv_desk_refuse(d, item->id, "closed: nothing to assign");
		return;
	}
	inv_desk_begin(d);
	inv_desk_note(d,
	    (struct inv_action){ .verb = inv_str_of(verb),
		.item = inv_str_of(item->id),
		.manifest = item->manifest,
		.submission = item->submission,
		.row = item->row,
		.detail = detail });
	inv_desk_commit(d);
}

int
inv_quarantine_do_assign(void *args, char *words[])
{
	const struct inv_quarantine_args *a = args;
	struct inv_buf detail = INV_BUF(DETAIL_BYTES);
	const struct inv_item *item;
	struct inv_desk d;

	if (a->to.n == 0)
		inv_opt_wrong(verb, words[0], "say --to");
	inv_emit_open(&detail, '{');
	inv_emit_member_str(&detail, INV_LIT("to"), a->to);
	inv_emit_close(&detail, '}');
	inv_desk_open(&d, a, verb, words);
	if (d.r != NULL)
		inv_desk_open_writing(&d);
	while ((item = inv_desk_next(&d)) != NULL)
		assign(&d, item, inv_buf_str(&detail));
	inv_buf_free(&detail);
	return inv_desk_close(&d);
}
