/*
 * audit_view.h - the audit log for those who only look, while others append
 *
 * Read without the lock, up to where audit/head is: what that tells of is on
 * disk and never changes.  A log without a head is one that has no entries
 * yet.
 */
#ifndef INV_STORE_AUDIT_VIEW_H
#define INV_STORE_AUDIT_VIEW_H

#include "store/audit_head.h"
#include "store/state.h"

struct inv_audit_view {
	int dir;                    /* STATE/audit; -1: there is none */
	int log;                    /* -1: there is none */
	struct inv_audit_head head; /* up to where it is read */
	struct inv_audit_reader r;
};

/* From the first entry on.  After a failure there is nothing to close. */
INV_MUST bool inv_audit_view_open(struct inv_audit_view *v,
    const struct inv_state *state, struct inv_err *err);
void inv_audit_view_close(struct inv_audit_view *v);

/* From the last n entries on, or the first where there are fewer. */
INV_MUST bool inv_audit_view_back(struct inv_audit_view *v, uint64_t n,
    struct inv_err *err);

/*
 * The next entry, good until the next call; END behind the last.  ERR with
 * INV_IO, and the line, where the log is damaged.
 */
INV_MUST enum inv_next inv_audit_view_next(struct inv_audit_view *v,
    struct inv_audit_line *line, struct inv_err *err);

/*
 * At the end: see what has been appended since.  INV_IO where the log is not
 * the one that was opened, or has become shorter.
 */
INV_MUST bool inv_audit_view_refresh(struct inv_audit_view *v,
    const struct inv_state *state, struct inv_err *err);

#endif
