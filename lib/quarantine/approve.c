/* approve.c - inv-quarantine approve: a second person signs for a row */

#include <stdlib.h>

#include "base/log.h"
#include "prog/secret_opt.h"
#include "quarantine/desk.h"

static const char verb[] = "approve";

static void
open_key(struct inv_audit_key *key, const struct inv_desk *d, const char *arg)
{
	struct inv_secret_place place;
	char *path = inv_opt_secret_place(arg, &place);
	struct inv_err err;

	if (!inv_audit_key_open(key, &d->state, &place, &err))
		inv_die(&err);
	free(path);
}

/* The number of the action is part of what is signed. */
static void
approve(struct inv_desk *d, enum inv_approved what,
    const struct inv_audit_key *key, const struct inv_item *item)
{
	struct inv_buf detail = INV_BUF(INV_ACTION_DETAIL_MAX);
	struct inv_err err;

	if (what == INV_APPROVED_RELEASE && !inv_item_is_open(item)) {
		inv_desk_refuse(d, item->id, "closed: nothing to approve");
		return;
	}
	if (!inv_approvals_need(d->approvals, item)) {
		inv_desk_refuse(d, item->id,
		    "has no CRITICAL error: needs no approval");
		return;
	}
	inv_desk_begin(d);
	struct inv_action action = inv_desk_action(d,
	    (struct inv_action){ .verb = inv_str_of(verb),
		.item = inv_str_of(item->id),
		.manifest = item->manifest,
		.submission = item->submission,
		.row = item->row });

	if (!inv_action_number(d->actions, &action.number, &err) ||
	    !inv_approval_sign(d->approvals, key, item, what, &action, &detail,
		&err) ||
	    !inv_action_add(d->actions, &action, &err))
		inv_die(&err);
	inv_desk_commit(d);
	inv_buf_free(&detail);
}

int
inv_quarantine_do_approve(void *args, char *words[])
{
	const struct inv_quarantine_args *a = args;
	const struct inv_item *item;
	struct inv_audit_key key;
	struct inv_desk d;

	if (a->key == NULL || a->why.n == 0)
		inv_opt_wrong(verb, words[0], "say --key and --why");
	inv_desk_open(&d, a, verb, words);
	inv_desk_open_approvals(&d);
	if (!inv_approvals_are_asked(d.approvals)) {
		struct inv_err err;

		inv_fail(&err, INV_CONFIG,
		    "%s/approvers: is not there: nothing needs an approval",
		    d.state.path);
		inv_die(&err);
	}
	open_key(&key, &d, a->key);
	if (d.r != NULL)
		inv_desk_open_writing(&d);
	while ((item = inv_desk_next(&d)) != NULL)
		approve(&d,
		    a->purge ? INV_APPROVED_PURGE : INV_APPROVED_RELEASE, &key,
		    item);
	inv_audit_key_close(&key);
	return inv_desk_close(&d);
}
