/*
 * correction.h - rows that correct items of the quarantine, on their way in
 *
 * A row of a manifest may say by its inv:item which item it corrects (what
 * inv-quarantine(1) exports does).  It travels on with that if it is the first
 * of its manifest for an open item; or for one that is closed because this very
 * row was committed before, so that the same manifest can be run again, or that
 * was committed as the row says, so that a sheet can be gone on with.  Any other
 * is quarantined alone.
 */
#ifndef INV_STORE_CORRECTION_H
#define INV_STORE_CORRECTION_H

#include "base/buf.h"
#include "base/err.h"
#include "store/state.h"

struct inv_corrections;

/*
 * state is kept; stage is who quarantines.  Nothing is opened before the first
 * row that corrects something.
 */
struct inv_corrections *inv_corrections_new(const struct inv_state *state,
    const char *stage);
void inv_corrections_free(struct inv_corrections *c);

/* A manifest (64 hex, kept) and its submission: no item is corrected so far. */
void inv_corrections_begin(struct inv_corrections *c, struct inv_str manifest,
    uint64_t submission);

struct inv_correction {
	uint64_t row;
	struct inv_str item; /* what inv:item says; not empty */
	struct inv_str why;  /* inv:why; may be empty */
	bool force;          /* it stands where its manifest does */
	bool cells;          /* of a table, which has a cell where the item
				may have no member */
};

/*
 * line ends with the row's record, which begins at `record`.  Adds `item`,
 * `why` and `force` to it; or what a verdict adds, and *sound is false.  An empty cell
 * that the item has no member for is taken out of the record.  Fails where the
 * quarantine can not be read.
 */
INV_MUST bool inv_corrections_take(struct inv_corrections *c,
    const struct inv_correction *row, struct inv_buf *line, size_t record,
    bool *sound, struct inv_err *err);

#endif
