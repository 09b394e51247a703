/*
 * progress.h - one line on stderr, only where a person sees it
 *
 * Redrawn in place ten times a second at most, and gone when it ends.
 */
#ifndef INV_PROG_PROGRESS_H
#define INV_PROG_PROGRESS_H

#include "data/record.h"

struct inv_progress {
	bool shown;       /* stderr is a terminal, and -q was not given */
	uint64_t next_ms; /* not before */
	size_t width;     /* of what stands there, in bytes */
};

void inv_progress_open(struct inv_progress *p);

/* Rows that have passed, by verdict. */
void inv_progress_show(struct inv_progress *p,
    const uint64_t counts[INV_VERDICTS]);

/* Take the line away. */
void inv_progress_close(struct inv_progress *p);

#endif
