/*
 * lease.h - who may write the journal, and for which ledger
 *
 * The lease is a lock on STATE/journal/lock, held until it is closed or the
 * process dies of anything: the kernel lets it go, so that it can not be
 * stale.  The file tells the holder's process id, for messages only.
 *
 * A state directory belongs to one ledger.  STATE/ledger is its name, one
 * line, written durably before the first intent and never changed.
 */
#ifndef INV_STORE_LEASE_H
#define INV_STORE_LEASE_H

#include "base/err.h"
#include "store/state.h"

enum { INV_NAMESPACE_MAX = 2048 }; /* bytes */

struct inv_lease {
	int fd; /* -1: none */
};

#define INV_LEASE ((struct inv_lease){ .fd = -1 })

/*
 * Take the lease, without waiting; makes STATE/journal if it is not there.
 * INV_AGAIN, and nothing held, where another process has it: the message says
 * which.  To wait is the caller's business: try again after a while.  Taking
 * what l holds already does nothing.
 */
INV_MUST bool inv_lease_take(struct inv_lease *l, const struct inv_state *state,
    struct inv_err *err);

/* Let go.  An empty one is fine. */
void inv_lease_close(struct inv_lease *l);

/* Who has it. */
struct inv_lease_holder {
	bool held;
	uint64_t pid;
	int64_t since; /* seconds since 1970, by the wall clock */
};

/*
 * Look, without trying to take it, which would be in the way of others.  By
 * /proc/locks, where holders that this process can not see are not told.
 */
INV_MUST bool inv_lease_look(const struct inv_state *state,
    struct inv_lease_holder *holder, struct inv_err *err);

enum inv_claim {
	INV_CLAIM_LOOK, /* only compare; no ledger yet is fine */
	INV_CLAIM_KEEP, /* and write it down where there is none */
};

/*
 * The state belongs to the ledger of this name (not empty, no control
 * characters).  INV_CONFIG where it belongs to another: the message names
 * both, and INV_STATE.  KEEP needs the lease, and is on disk when it returns.
 */
INV_MUST bool inv_lease_claim(const struct inv_state *state,
    struct inv_str namespace, enum inv_claim claim, struct inv_err *err);

#endif
