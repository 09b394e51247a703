/* audit_head.h - STATE/audit/head: how far the audit log goes, and the lock */
#ifndef INV_STORE_AUDIT_HEAD_H
#define INV_STORE_AUDIT_HEAD_H

#include "store/audit_read.h"
#include "store/seen.h"

struct inv_audit_head {
	struct inv_audit_place log; /* behind the last entry */
	struct inv_place journal;   /* up to where it is taken in */
};

#define INV_AUDIT_HEAD                                                         \
	((struct inv_audit_head){ .log = { .seq = 1 }, .journal = INV_PLACE })

/* dir is STATE/audit.  *there is false where there is no head. */
INV_MUST bool inv_audit_head_read(int dir, struct inv_audit_head *head,
    bool *there, struct inv_err *err);

/* Replaced durably. */
INV_MUST bool inv_audit_head_write(int dir, const struct inv_audit_head *head,
    struct inv_err *err);

/* Wait for the lock on fd, of audit/lock; closing fd lets it go. */
INV_MUST bool inv_audit_lock(int fd, struct inv_err *err);
void inv_audit_unlock(int fd);

#endif
