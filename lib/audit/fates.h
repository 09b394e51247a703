/*
 * fates.h - what became of each row of a manifest, over all its runs
 *
 * A fate is a verdict, who gave it and why.  Of each row the latest stands,
 * committed being final and pending being none.  Two bytes a row are kept, of
 * the first INV_STANDING_MAX rows; any further one counts as pending, as in
 * the standing that inv-audit says.
 */
#ifndef INV_AUDIT_FATES_H
#define INV_AUDIT_FATES_H

#include "base/arena.h"
#include "base/rows.h"
#include "data/record.h"

enum {
	INV_FATES_MAX = 4096,        /* of a manifest; further ones together */
	INV_FATE_RANGES = 5000,      /* of rows that are kept of a fate */
	INV_FATE_PENDING = 0,        /* the first fate: no verdict yet */
	INV_FATES_FIRST_ROOM = 1024, /* rows */
};

struct inv_fate {
	enum inv_verdict verdict;
	struct inv_str stage; /* escapes of both not decoded */
	struct inv_str reason;
	uint64_t rows;          /* that have it, after inv_fates_count */
	struct inv_rows ranges; /* of them, the first INV_FATE_RANGES */
	uint64_t shown;         /* rows that are in ranges */

	/* The caller's: of the last run that gave it. */
	char run[INV_RUN_ID];
	struct inv_str errors; /* by type: a JSON object, or empty */
};

/* Zero is a manifest of which nothing is known. */
struct inv_fates {
	struct inv_fate *fate;
	size_t n;
	uint16_t *of; /* row r has fate of[r - 1] */
	uint64_t room;
	uint64_t highest; /* row that was heard of */
	struct inv_arena text;
};

void inv_fates_free(struct inv_fates *f);

/* Which fate that is; the texts are copied where it is new. */
uint16_t inv_fates_of(struct inv_fates *f, enum inv_verdict verdict,
    struct inv_str stage, struct inv_str reason);

/* first..last have it from here on, but for those that are committed. */
void inv_fates_set(struct inv_fates *f, uint16_t fate, uint64_t first,
    uint64_t last);

/* Of rows 1..rows: how many have each fate, and which. */
void inv_fates_count(struct inv_fates *f, uint64_t rows);

#endif
