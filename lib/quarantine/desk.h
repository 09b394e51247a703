/*
 * desk.h - verbs that do something with items, and leave an action each
 *
 * Which items: those that are named (quarantine/ids.h), or else those that the
 * options choose.  All functions end the program where the quarantine can not be read or written.
 */
#ifndef INV_QUARANTINE_DESK_H
#define INV_QUARANTINE_DESK_H

#include "prog/who.h"
#include "quarantine/args.h"
#include "quarantine/ids.h"
#include "store/action.h"
#include "store/approval.h"
#include "store/roles.h"

/* Why nothing can be done with a row that is purged. */
#define INV_DESK_PURGED "purged: nothing is left of the row"

struct inv_desk {
	struct inv_state state;
	struct inv_item_filter which;
	bool named; /* by operands or standard input */
	struct inv_item_ids ids;
	bool seeking;              /* items of one name, or of the options */
	char id[INV_ITEM_ID + 64]; /* that name */
	uint64_t fits;             /* items of it */
	uint64_t failed; /* names that are no item, items that were refused */
	uint64_t denied; /* items that are not approved */
	struct inv_quarantine_reader *r; /* NULL: there is no quarantine */
	struct inv_db *db;               /* to write; NULL: not opened yet */
	struct inv_action_writer *actions;
	struct inv_approvals *approvals; /* NULL: not opened yet */
	struct inv_who who;
	struct inv_str why;
};

/* Ends with 64 where an operand is no id, or options choose as well. */
void inv_desk_open(struct inv_desk *d, const struct inv_quarantine_args *a,
    const char *verb, char *words[]);

/* Ends with 77 where the role is not that of who runs this. */
void inv_desk_need(const struct inv_desk *d, enum inv_role role);

/* The exit status: 77 where something is not approved, 1 where it failed. */
int inv_desk_close(struct inv_desk *d);

/* The next item, good until the next call; NULL behind the last. */
const struct inv_item *inv_desk_next(struct inv_desk *d);

/* The item was asked for by name, and nothing is done: says why. */
void inv_desk_refuse(struct inv_desk *d, const char *id, const char *why);

/*
 * Release and purge ask for an approval of what is CRITICAL: who approves, and
 * whether that may be done to an item.  Where it may not, which is said, nothing is
 * done to it; else *approval is the action that approves it, or 0.
 */
void inv_desk_open_approvals(struct inv_desk *d);
bool inv_desk_may(struct inv_desk *d, enum inv_approved what,
    const struct inv_item *item, uint64_t *approval);

/* The same in the transaction that does it: it has been asked for before. */
uint64_t inv_desk_approval(struct inv_desk *d, enum inv_approved what,
    const struct inv_item *item);

/* Add the number of the approval to an action's detail, if there is one. */
void inv_desk_emit_approval(struct inv_buf *detail, uint64_t approval);

/* To write: there is a quarantine. */
void inv_desk_open_writing(struct inv_desk *d);

/* A transaction for actions and what they are about. */
void inv_desk_begin(struct inv_desk *d);
void inv_desk_commit(struct inv_desk *d);

/* With what is known here: who, when and why. */
struct inv_action inv_desk_action(const struct inv_desk *d,
    struct inv_action action);

/* What is done, to which row; the rest is filled in. */
void inv_desk_note(struct inv_desk *d, struct inv_action action);

#endif
