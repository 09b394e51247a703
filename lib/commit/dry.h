/*
 * dry.h - what inv-commit would send, without sending it
 *
 * No lease, no journal, no ledger: as if nothing had been committed before.
 */
#ifndef INV_COMMIT_DRY_H
#define INV_COMMIT_DRY_H

#include "prog/filter.h"

struct inv_dry_options {
	struct inv_str namespace;
	struct inv_str key; /* of -k: a JSON list; empty: the stream's */
	bool keys;          /* print a line for each batch */
	bool bodies;        /* print each body, a line */
	bool atomic;        /* of manifests that their end verifies */
};

/*
 * With neither keys nor bodies the stream passes as it is; with either, what
 * is printed takes its place (open the filter with inv_dry_want).
 */
unsigned inv_dry_want(const struct inv_dry_options *o);
void inv_dry_run(struct inv_filter *f, const struct inv_dry_options *o);

#endif
