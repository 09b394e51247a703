/*
 * flow.h - a stream of records, each held against the checker
 *
 * What fits goes on in canonical form, what does not gets its verdict; the
 * stage line says by which rules, and people are told what was wrong.
 */
#ifndef INV_VALIDATE_FLOW_H
#define INV_VALIDATE_FLOW_H

#include "prog/filter.h"
#include "prog/guard.h"
#include "validate/checker.h"
#include "validate/watch.h"

struct inv_flow_options {
	struct inv_checker_options checker;
	struct inv_watch_options watch;
	const char
	    *attachments;       /* where files are that records name; or NULL */
	struct inv_guard guard; /* its limit, not yet open */
};

/*
 * All of path (NULL or "-": standard input) to standard output; the exit
 * status.  Dies where the checker, a baseline or the guard can not be
 * opened.
 */
INV_MUST int inv_flow_run(const struct inv_prog_info *info,
    const struct inv_flow_options *options, const char *path);

#endif
