/*
 * audit_bodies.h - the bodies in the journal, held against what is told of them
 *
 * The log tells of outcomes, and an outcome repeats the hash and the root that
 * its intent has, of the body that was sent.  So the entry under a checkpoint
 * binds the body.  What is kept are the intents that have no outcome yet.
 */
#ifndef INV_STORE_AUDIT_BODIES_H
#define INV_STORE_AUDIT_BODIES_H

#include "data/scan.h"
#include "store/live.h"

struct inv_audit_bodies {
	struct inv_lives open;
	struct inv_scan *scan;
	struct inv_digest *digest;
	uint64_t n; /* bodies that have their hash, and their root if one is
		       told */
};

void inv_audit_bodies_open(struct inv_audit_bodies *b);
void inv_audit_bodies_close(struct inv_audit_bodies *b);

/*
 * The next line of the journal, from the first one on.  INV_NO where a body
 * does not have its batch_hash or its records_root, or an outcome says
 * otherwise than its intent.
 */
INV_MUST bool inv_audit_bodies_take(struct inv_audit_bodies *b,
    const struct inv_entry *e, struct inv_err *err);

#endif
