/*
 * correct.h - rows that correct a row of another manifest
 *
 * Their lines have `item`, the id of what they correct (inv-quarantine(1)).
 * Such a row has the place of that one in the order of what its key holds: a
 * newer manifest is not undone by a correction of an older one.  One with
 * `force` has the place of its own manifest.
 */
#ifndef INV_COMMIT_CORRECT_H
#define INV_COMMIT_CORRECT_H

#include "data/record.h"
#include "store/entry.h"

enum {
	INV_CORRECT_ASKED = 1024, /* manifests that are remembered */
	INV_CORRECT_MAX = 10000,  /* rows of a batch that correct others */
	INV_ORDER_MAX =
	    32 << 20, /* bytes of `order`: more than rows of a line can have */
};

/* Which arrival manifests had, as far as it was asked for. */
struct inv_arrivals {
	int state; /* a descriptor of the state directory, the caller's */
	struct inv_arrived *at;
	size_t n;
};

void inv_arrivals_free(struct inv_arrivals *a);

/*
 * Does a record line have as item a row of another manifest than the one it is
 * of (64 hex, and the submission)?  *c says which, its row is 0 where not;
 * its arrival is 0 where our archive does not know that manifest, and where
 * the line has `force`.  INV_IO where the archive is damaged: it might know.
 */
INV_MUST bool inv_corrects(struct inv_arrivals *a, const struct inv_record *rec,
    struct inv_str manifest, uint64_t submission, struct inv_corrected *c,
    struct inv_err *err);

struct inv_batch;
struct inv_chunk;
struct inv_uploader;

/* The `order` of a batch that is cut from a chunk. */
void inv_correct_order(const struct inv_chunk *c, const size_t *member,
    size_t n, struct inv_buf *order);

/*
 * For the batch line: row i of a chunk is committed in b.  Nothing where it
 * corrects nothing.
 */
void inv_correct_note(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_chunk *c, size_t i);

/*
 * The member `items` of a batch line about these rows, where it needs one:
 * what inv_correct_note has told or, of a batch that is told from the journal,
 * what that knows.
 */
void inv_correct_tell(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_rows *rows, struct inv_buf *line);

#endif
