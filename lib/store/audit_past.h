/*
 * audit_past.h - what became of the rows of each manifest, as the log has it
 *
 * For those who ask what was refused before it was sent: read once, up to
 * where the head is, and without the lock from then on.  In memory are 16
 * bytes for each line of the log and 64 for each manifest.
 */
#ifndef INV_STORE_AUDIT_PAST_H
#define INV_STORE_AUDIT_PAST_H

#include "data/record.h"
#include "store/state.h"

/* A manifest in one submission: the latest of each row over all its runs. */
struct inv_past {
	char id[INV_MANIFEST_ID];
	uint64_t submission;
	bool ran;     /* a run has ended; else nothing below counts */
	bool refused; /* it could not be read, as a whole */
	uint64_t rows;
	struct inv_buf line;    /* its manifest line, of the last run */
	struct inv_buf split;   /* inv-split's stage line of that, or empty */
	struct inv_rows failed; /* rows that inv-validate quarantined, but not
				   for files that they name */
	struct inv_rows committed; /* rows; those are not in `failed` */
};

struct inv_audit_past;

/* INV_IO where the log is damaged; no log is an empty past. */
INV_MUST struct inv_audit_past *inv_audit_past_open(const struct inv_state
							*state,
    struct inv_err *err);
void inv_audit_past_close(struct inv_audit_past *p);

/* Manifests that the log knows, in the order in which they first ran. */
size_t inv_audit_past_count(const struct inv_audit_past *p);

bool inv_audit_past_knows(struct inv_audit_past *p, struct inv_str manifest,
    uint64_t submission);

/* Which of them that is, in *i; false where the log does not know it. */
INV_MUST bool inv_audit_past_find(struct inv_audit_past *p,
    struct inv_str manifest, uint64_t submission, size_t *i);

/* The i-th, from 0, into *past, which is emptied first (zero is empty). */
INV_MUST bool inv_audit_past_get(struct inv_audit_past *p, size_t i,
    struct inv_past *past, struct inv_err *err);
void inv_past_free(struct inv_past *past);

#endif
