/* desk.c - verbs that do something with items, and leave an action each */

#include "quarantine/desk.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "data/emit.h"
#include "store/quarantine_db.h"

/* Some option chooses among the items. */
static bool
is_choice(const struct inv_item_filter *f)
{
	return f->reason.n > 0 || f->manifest.n > 0 || f->field.n > 0 ||
	    f->type.n > 0 || f->severity.n > 0 || f->search.n > 0 ||
	    f->since > 0 || f->until > 0;
}

void
inv_desk_open(struct inv_desk *d, const struct inv_quarantine_args *a,
    const char *verb, char *words[])
{
	struct inv_err err;

	*d = (struct inv_desk){
		.which = a->which,
		.named = words[0] != NULL,
		.why = a->why,
	};
	if (d->named && is_choice(&d->which))
		inv_opt_wrong(verb, words[0],
		    "items are named, or chosen by options");
	inv_item_ids_open(&d->ids, verb, words);
	d->state.fd = inv_opt_state_shared(&d->state.path);
	inv_who_init(&d->who);
	d->r = inv_quarantine_read_own(&d->state, &err);
	if (d->r == NULL && err.fault != INV_NO)
		inv_die(&err);
	if (d->r == NULL || d->named)
		return;
	inv_quarantine_seek(d->r, &d->which);
	d->seeking = true;
}

void
inv_desk_need(const struct inv_desk *d, enum inv_role role)
{
	struct inv_err err;

	if (!inv_role_is_ours(&d->state, role, &err))
		inv_die(&err);
}

int
inv_desk_close(struct inv_desk *d)
{
	enum inv_fault worst = d->failed > 0 ? INV_NO : INV_OK;

	if (d->denied > 0)
		worst = INV_DENIED;
	inv_item_ids_close(&d->ids);
	inv_approvals_close(d->approvals);
	inv_action_writer_free(d->actions);
	inv_db_close(d->db);
	inv_quarantine_read_close(d->r);
	inv_who_free(&d->who);
	close(d->state.fd);
	return inv_fault_exit(worst);
}

void
inv_desk_refuse(struct inv_desk *d, const char *id, const char *why)
{
	inv_say("%s: %s", id, why);
	d->failed++;
}

/* ---- which items ---- */

/* Look for the next that is named; false where there is none left. */
static bool
seek_named(struct inv_desk *d)
{
	struct inv_str id;

	while (inv_item_ids_next(&d->ids, &id)) {
		d->id[0] = '\0';
		if (id.n < sizeof(d->id)) {
			memcpy(d->id, id.p, id.n);
			d->id[id.n] = '\0';
		}
		d->fits = 0;
		if (inv_item_id_of(inv_str_of(d->id), &d->which) &&
		    d->r != NULL) {
			inv_quarantine_seek(d->r, &d->which);
			return true;
		}
		inv_desk_refuse(d, d->id, "no such item");
	}
	return false;
}

const struct inv_item *
inv_desk_next(struct inv_desk *d)
{
	const struct inv_item *item;
	struct inv_err err;

	for (;;) {
		if (!d->seeking && !(d->named && seek_named(d)))
			return NULL;
		d->seeking = true;
		switch (inv_quarantine_next(d->r, &item, &err)) {
		case INV_NEXT_LINE:
			d->fits++;
			return item;
		case INV_NEXT_END:
			break;
		case INV_NEXT_ERR:
			inv_die(&err);
		}
		d->seeking = false;
		if (d->named && d->fits == 0)
			inv_desk_refuse(d, d->id, "no such item");
		else if (!d->named)
			return NULL;
	}
}

/* ---- approvals ---- */

void
inv_desk_open_approvals(struct inv_desk *d)
{
	struct inv_err err;

	if (d->approvals != NULL)
		return;
	d->approvals = inv_approvals_open(&d->state, d->db, &err);
	if (d->approvals == NULL)
		inv_die(&err);
}

static bool
is_approved(struct inv_desk *d, enum inv_approved what,
    const struct inv_item *item, uint64_t *approval, struct inv_err *err)
{
	const struct inv_action mine =
	    inv_desk_action(d, (struct inv_action){ 0 });

	*approval = 0;
	inv_desk_open_approvals(d);
	return !inv_approvals_need(d->approvals, item) ||
	    inv_approval_find(d->approvals, item, what,
		inv_action_person(&mine), approval, err);
}

bool
inv_desk_may(struct inv_desk *d, enum inv_approved what,
    const struct inv_item *item, uint64_t *approval)
{
	struct inv_err err;

	if (is_approved(d, what, item, approval, &err))
		return true;
	if (err.fault != INV_DENIED)
		inv_die(&err);
	inv_say("%s: %s", item->id, err.msg);
	d->denied++;
	return false;
}

uint64_t
inv_desk_approval(struct inv_desk *d, enum inv_approved what,
    const struct inv_item *item)
{
	struct inv_err err;
	uint64_t approval;

	if (!is_approved(d, what, item, &approval, &err))
		inv_die(&err);
	return approval;
}

void
inv_desk_emit_approval(struct inv_buf *detail, uint64_t approval)
{
	if (approval > 0)
		inv_emit_member_u64(detail, INV_LIT("approval"), approval);
}

/* ---- actions ---- */

void
inv_desk_open_writing(struct inv_desk *d)
{
	struct inv_err err;

	d->db = inv_quarantine_db(&d->state, INV_DB_WRITE, &err);
	if (d->db == NULL)
		inv_die(&err);
	d->actions = inv_action_writer_new(d->db, &err);
	if (d->actions == NULL)
		inv_die(&err);
}

void
inv_desk_begin(struct inv_desk *d)
{
	struct inv_err err;

	if (!inv_db_begin(d->db, &err))
		inv_die(&err);
}

void
inv_desk_commit(struct inv_desk *d)
{
	struct inv_err err;

	if (!inv_db_commit(d->db, &err))
		inv_die(&err);
}

struct inv_action
inv_desk_action(const struct inv_desk *d, struct inv_action action)
{
	action.at = (uint64_t)inv_clock_wall();
	action.user = inv_buf_str(&d->who.user);
	action.login = inv_buf_str(&d->who.login);
	action.why = d->why;
	return action;
}

void
inv_desk_note(struct inv_desk *d, struct inv_action action)
{
	struct inv_err err;

	action = inv_desk_action(d, action);
	if (!inv_action_add(d->actions, &action, &err))
		inv_die(&err);
}
