/*
 * backtest.h - archived manifests against today's schema and rules
 *
 * Reads again what was archived, as it was read then, and holds what would
 * become of each row now against what inv-validate made of it then, as the
 * audit log has it.  Changes nothing.
 */
#ifndef INV_VALIDATE_BACKTEST_H
#define INV_VALIDATE_BACKTEST_H

#include "io/stream.h"
#include "store/state.h"
#include "validate/checker.h"

struct inv_backtest_options {
	struct inv_state state;
	bool terminal; /* text for people, not lines of JSON */
};

/*
 * Writes to out what has changed, manifest by manifest; *changed rows in all.
 * INV_BAD where no manifest could be tried again, INV_IO where log or archive
 * are damaged.
 */
INV_MUST bool inv_backtest_run(struct inv_checker *c,
    const struct inv_backtest_options *options, struct inv_out *out,
    uint64_t *changed, struct inv_err *err);

#endif
