/*
 * approval.h - what a second person has signed for a row with a CRITICAL error
 *
 * STATE/approvers has the public keys of those who may approve, in the form of
 * data/note.h, one a line; behind a "-" that of one who has gone, whose
 * signatures stay good and who approves nothing any more.  Empty lines and
 * those that begin with "#" say nothing.  Without the file nothing needs an
 * approval.  It lies beside the quarantine, not in it: who may write there can
 * not put another in its place.
 *
 * An approval is an action (store/action.h) with the verb "approve" whose
 * detail has the members approves, content_sha256 and note.  The note is
 * signed; its text is made of the action, its number included, so that it is
 * that of no other action.  It is used up by whatever is done to the item
 * next.
 */
#ifndef INV_STORE_APPROVAL_H
#define INV_STORE_APPROVAL_H

#include "store/action.h"
#include "store/audit_key.h"
#include "store/quarantine.h"

enum {
	INV_APPROVERS_MAX = 1000,         /* keys */
	INV_APPROVERS_BYTES = 1024 << 10, /* of their file */
};

/* What is approved. */
enum inv_approved {
	INV_APPROVED_RELEASE,
	INV_APPROVED_PURGE,
};

struct inv_approvals;

/*
 * What state says of it, which is kept, not copied; so is db, in which actions
 * are read, or NULL for one of its own.  INV_DENIED where the file
 * can not be read or others can write to it, INV_CONFIG where a line is no key.
 */
INV_MUST struct inv_approvals *inv_approvals_open(const struct inv_state *state,
    struct inv_db *db, struct inv_err *err);
void inv_approvals_close(struct inv_approvals *a); /* NULL is fine */

/* There is a file of approvers. */
bool inv_approvals_are_asked(const struct inv_approvals *a);

/* The last failure of the item has a CRITICAL error, and approval is asked. */
bool inv_approvals_need(const struct inv_approvals *a,
    const struct inv_item *item);

/*
 * Fill in the detail of an action that approves the item, whatever else it
 * says being there, its number too;   Added to *detail,
 * which stays the caller's.  INV_DENIED where the key is no
 * approver's.
 */
INV_MUST bool inv_approval_sign(struct inv_approvals *a,
    const struct inv_audit_key *key, const struct inv_item *item,
    enum inv_approved what, struct inv_action *action, struct inv_buf *detail,
    struct inv_err *err);

/*
 * That is approved of the item as it is now, by somebody else than `person`,
 * and was not used: *number is that of the action.  INV_DENIED says why not.
 * The one place where it is decided.
 */
INV_MUST bool inv_approval_find(struct inv_approvals *a,
    const struct inv_item *item, enum inv_approved what, struct inv_str person,
    uint64_t *number, struct inv_err *err);

/*
 * All actions, one after the other, each once: INV_NO where one approves
 * without a signature of an approver, or was approved by none, by the same
 * person, or by what was used before.
 */
INV_MUST bool inv_approvals_meet(struct inv_approvals *a,
    const struct inv_action *action, struct inv_err *err);

/* Who did it: whom sudo(8) names, or else the user. */
struct inv_str inv_action_person(const struct inv_action *action);

#endif
