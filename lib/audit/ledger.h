/* ledger.h - does the ledger have the batches that the log says it took? */
#ifndef INV_AUDIT_LEDGER_H
#define INV_AUDIT_LEDGER_H

#include "client/access.h"
#include "store/state.h"

struct inv_audit_ledger; /* where it is, and how to get there */

/*
 * The argument of --ledger: a URL, or file: and a path; dies, as access does,
 * where it is none, or where access does not go with it.  access outlives it.
 */
struct inv_audit_ledger *inv_audit_ledger_new(const char *arg,
    struct inv_access *access);
void inv_audit_ledger_free(struct inv_audit_ledger *l); /* NULL is fine */

struct inv_audit_held {
	uint64_t batches; /* that the ledger has */
	uint64_t alike;   /* of those, told by it with SHA-256 and number */
};

/*
 * Ask for each batch that the first `entries` entries of the log tell of as
 * committed, in their order.  INV_NO at the first that is absent or another
 * one; INV_REFUSED where the ledger does not say.
 */
INV_MUST bool inv_audit_ledger_ask(struct inv_audit_ledger *l,
    const struct inv_state *state, uint64_t entries,
    struct inv_audit_held *held, struct inv_err *err);

#endif
