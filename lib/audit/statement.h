/*
 * statement.h - what the log has about a manifest, in a form for people
 *
 * Rows by verdict and which they are, runs, the rules they went by, batches
 * and how the ledger answered, what people did, the checkpoints over all that,
 * and how to check it without believing the report.
 */
#ifndef INV_AUDIT_STATEMENT_H
#define INV_AUDIT_STATEMENT_H

#include "audit/dossier.h"
#include "audit/paper.h"

enum { INV_STATEMENT_RULES = 100 }; /* different stage lines that are shown */

/* The keys are those that checkpoints are held against. */
INV_MUST bool inv_statement_write(struct inv_paper *p,
    const struct inv_dossier *d, const struct inv_note_key *key, size_t keys,
    uint64_t now, struct inv_err *err);

#endif
