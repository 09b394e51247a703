/*
 * statement.h - what the log has about a manifest, in a form for people
 *
 * Rows by verdict and which they are, runs, the rules they went by, batches
 * and how the ledger answered, what people did, the checkpoints over all that,
 * and how to check it without believing the report.
 */
#ifndef INV_AUDIT_STATEMENT_H
#define INV_AUDIT_STATEMENT_H

#include "audit/args.h"
#include "audit/dossier.h"
#include "audit/paper.h"

enum { INV_STATEMENT_RULES = 100 }; /* different stage lines that are shown */

/* What one log has about it. */
struct inv_statement_log {
	const char *name; /* its state directory, or NULL: there is one log */
	bool known;       /* else err says why not */
	struct inv_dossier d;
	struct inv_note_key key[INV_AUDIT_FILES]; /* for its checkpoints */
	size_t keys;
	struct inv_err err;
};

/* One of the n logs at least knows the manifest. */
INV_MUST bool inv_statement_write(struct inv_paper *p,
    const struct inv_statement_log *log, size_t n, uint64_t now,
    struct inv_err *err);

#endif
