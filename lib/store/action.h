/*
 * action.h - what people did with items, and why
 *
 * The table `action` of STATE/quarantine/quarantine.db: who resubmitted,
 * resolved, assigned, migrated or purged which row.  An action is written in
 * the same transaction as the change that it is about, and never changed or
 * removed; a purge of the row takes from it what quotes the row.  They are numbered from 1 without gaps, so that who has read up to
 * one of them (inv-audit) goes on behind it.
 */
#ifndef INV_STORE_ACTION_H
#define INV_STORE_ACTION_H

#include "base/buf.h"
#include "data/scan.h"
#include "io/stream.h"
#include "store/db.h"
#include "store/state.h"

enum {
	INV_ACTION_WHY_MAX = 4 << 10,     /* bytes of a reason */
	INV_ACTION_NAME_MAX = 256,        /* of a user's name */
	INV_ACTION_DETAIL_MAX = 64 << 10, /* of the rest */
};

/* Texts are UTF-8, decoded. */
struct inv_action {
	uint64_t number; /* when read */
	uint64_t at;     /* seconds since 1970 */
	struct inv_str verb;
	struct inv_str item; /* its id, as inv-quarantine(1) shows it */
	struct inv_str manifest;
	uint64_t submission;
	uint64_t row;        /* 0: a line without one */
	struct inv_str user; /* whose process it was */
	struct inv_str
	    login;          /* who is behind sudo(8), as that says; or empty */
	struct inv_str why; /* may be empty */
	struct inv_str detail; /* a JSON object */
};

/* ---- writing, in a transaction of the quarantine's database ---- */

struct inv_action_writer;

/* NULL on failure.  db stays the caller's, and open as long as this. */
INV_MUST struct inv_action_writer *inv_action_writer_new(struct inv_db *db,
    struct inv_err *err);
void inv_action_writer_free(struct inv_action_writer *w);

INV_MUST bool inv_action_add(struct inv_action_writer *w,
    const struct inv_action *action, struct inv_err *err);

/* The number that the next has; good until the end of the transaction. */
INV_MUST bool inv_action_number(struct inv_action_writer *w, uint64_t *number,
    struct inv_err *err);

/* How often that was done to the item. */
INV_MUST bool inv_action_count(struct inv_action_writer *w, struct inv_str item,
    struct inv_str verb, uint64_t *n, struct inv_err *err);

/* ---- reading, while another process may write ---- */

struct inv_action_reader;

/* Those behind number `behind`.  NULL with INV_NO: there is no quarantine. */
INV_MUST struct inv_action_reader *inv_actions_read(const struct inv_state
							*state,
    uint64_t behind, struct inv_err *err);

/* All of them, in a database that stays the caller's. */
INV_MUST struct inv_action_reader *inv_actions_read_in(struct inv_db *db,
    struct inv_err *err);

/* All of them, for who changes nothing: as INV_DB_LOOK. */
INV_MUST struct inv_action_reader *inv_actions_look(const struct inv_state
							*state,
    struct inv_err *err);
void inv_actions_close(struct inv_action_reader *r);

/* The next; good until the next call.  Nothing is locked in between. */
INV_MUST enum inv_next inv_actions_next(struct inv_action_reader *r,
    struct inv_action *action, struct inv_err *err);

/*
 * The last approval of an item (store/approval.h) with a number below that one
 * and behind all that was done with it since; good until the next call.
 */
INV_MUST enum inv_next inv_actions_approving(struct inv_action_reader *r,
    struct inv_str item, uint64_t below, struct inv_action *action,
    struct inv_err *err);

/* Add all that was done to an item, a JSON list of such objects. */
INV_MUST bool inv_actions_of(struct inv_action_reader *r, struct inv_str item,
    struct inv_buf *out, struct inv_err *err);

/*
 * Add a detail without what it quotes of the row: in place of its "patch" there
 * is "patch_sha256".  False where it has none, or is no such object.
 */
INV_MUST bool inv_action_forget(struct inv_scan *scan, struct inv_str detail,
    struct inv_buf *out);

/* Add one as a JSON object. */
void inv_action_emit(struct inv_buf *out, const struct inv_action *action);

#endif
