/*
 * atomic.c - rows wait until the end of their manifest has verified it
 *
 * What stands before the gate under --atomic: what was read waits in the
 * backlog, and goes through the gate when the end line says that it may.
 * Without --atomic all goes to the gate as it comes.
 */

#include "base/log.h"
#include "commit/uploader.h"

enum {
	GO_MAX = 4096, /* rows let go before signals are looked for again */
};

void
inv_atomic_record(struct inv_uploader *u, const struct inv_record *rec)
{
	struct inv_err err;

	if (!u->o->atomic || u->hold != NULL)
		inv_gate_record(u, rec);
	else if (!inv_backlog_add(&u->backlog, rec, &err))
		inv_uploader_fail(u, &err);
}

void
inv_atomic_passed(struct inv_uploader *u, uint64_t chunk, uint64_t rows)
{
	struct inv_err err;

	if (!u->o->atomic || u->hold != NULL)
		inv_gate_passed(u, chunk, rows);
	else if (!inv_backlog_pass(&u->backlog, chunk, rows, &err))
		inv_uploader_fail(u, &err);
}

void
inv_atomic_end(struct inv_uploader *u, const struct inv_record *end)
{
	if (!u->o->atomic)
		inv_gate_end(u);
	else if (u->hold == NULL && inv_backlog_verified(u->f, end))
		u->backlog_goes = INV_BACKLOG_SENT;
	else
		u->backlog_goes = INV_BACKLOG_HELD;
}

void
inv_atomic_no_end(struct inv_uploader *u)
{
	if (!inv_backlog_is_empty(&u->backlog))
		inv_say("nothing of a manifest without its end is sent");
	inv_atomic_hold(u);
	inv_gate_gaps(u);
}

void
inv_atomic_hold(struct inv_uploader *u)
{
	if (!inv_atomic_is_done(u))
		u->backlog_goes = INV_BACKLOG_HELD;
}

bool
inv_atomic_is_done(const struct inv_uploader *u)
{
	return u->backlog_goes == INV_BACKLOG_WAITS &&
	    inv_backlog_is_empty(&u->backlog);
}

static bool
may_go(const struct inv_uploader *u)
{
	switch (u->backlog_goes) {
	case INV_BACKLOG_WAITS:
		return false;
	case INV_BACKLOG_SENT:
		return !u->failed && inv_uploader_has_room(u);
	case INV_BACKLOG_HELD:
		return !u->failed;
	}
	return false;
}

static void
let_go(struct inv_uploader *u, const struct inv_waiter *w)
{
	bool sent = u->backlog_goes == INV_BACKLOG_SENT;

	if (w->passed > 0 && sent)
		inv_gate_passed(u, w->chunk, w->passed);
	else if (w->passed == 0 && sent)
		inv_gate_record(u, &w->rec);
	else if (w->passed == 0)
		inv_gate_hold_row(u, &w->rec);
}

/* All have gone: what the end line is for the gate. */
static void
conclude(struct inv_uploader *u)
{
	if (u->backlog_goes == INV_BACKLOG_SENT)
		inv_gate_end(u);
	u->backlog_goes = INV_BACKLOG_WAITS;
}

bool
inv_atomic_turn(struct inv_uploader *u)
{
	struct inv_waiter w;
	struct inv_err err;
	bool moved = false;

	for (int n = 0; n < GO_MAX && may_go(u); n++) {
		moved = true;
		switch (inv_backlog_next(&u->backlog, &w, &err)) {
		case INV_NEXT_END:
			conclude(u);
			break;
		case INV_NEXT_LINE:
			let_go(u, &w);
			break;
		case INV_NEXT_ERR:
			inv_uploader_fail(u, &err);
			break;
		}
	}
	return moved;
}
