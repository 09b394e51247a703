/*
 * keyer.h - the rows of a batch as seen knows them, read from its body
 *
 * For batches whose records are no longer at hand: those of an earlier run,
 * read back from the journal.
 */
#ifndef INV_STORE_KEYER_H
#define INV_STORE_KEYER_H

#include "store/entry.h"
#include "store/seen.h"

struct inv_keyer; /* scratch, to be used again */

struct inv_keyer *inv_keyer_new(void);
void inv_keyer_free(struct inv_keyer *k);

/*
 * One row for each record of intent->body, in its order, with the numbers of
 * intent->rows and its arrival, and a digest that knows of its files.  *n of them in *rows, good until the next
 * call.  INV_BAD where the body is not what an intent may hold: not a JSON
 * array of objects in the limits of a record, or not as many as rows.
 */
INV_MUST bool inv_keyer_rows(struct inv_keyer *k,
    const struct inv_intent *intent, const struct inv_seen_row **rows,
    size_t *n, struct inv_err *err);

#endif
