/* audit_vouch.h - the log, held against the checkpoints signed over it */
#ifndef INV_STORE_AUDIT_VOUCH_H
#define INV_STORE_AUDIT_VOUCH_H

#include "store/audit.h"
#include "store/checkpoint.h"

/* A checkpoint that was kept elsewhere. */
struct inv_audit_kept {
	const char *path;
	uint64_t size;
	unsigned char root[INV_DIGEST];
};

struct inv_audit_vouch {
	const struct inv_audit_trust *trust;
	struct inv_checkpoints own; /* those beside the log */
	struct inv_audit_kept *kept;
	struct inv_merkle tree; /* of the entries so far */
	struct inv_digest *digest;
	struct inv_buf note;
	uint64_t passed;  /* checkpoints that agree */
	uint64_t covered; /* entries up to the last of them */
};

/*
 * dir is STATE/audit; -1: there is none.  INV_NO where a checkpoint's
 * signature is wrong or by none of the keys.  To be closed even so.
 */
INV_MUST bool inv_audit_vouch_open(struct inv_audit_vouch *v, int dir,
    const struct inv_audit_trust *trust, struct inv_err *err);
void inv_audit_vouch_close(struct inv_audit_vouch *v);

/*
 * The next entry of the log: INV_NO where a checkpoint of those before it says
 * otherwise, so that the chain has had its say about the last of them.
 */
INV_MUST bool inv_audit_vouch_entry(struct inv_audit_vouch *v,
    struct inv_str entry, struct inv_err *err);

/* The log ends here: INV_NO where a checkpoint says otherwise, or has more. */
INV_MUST bool inv_audit_vouch_end(struct inv_audit_vouch *v,
    struct inv_err *err);

#endif
