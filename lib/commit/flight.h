/*
 * flight.h - the keys of rows whose fate is not known
 *
 * A row may not overtake another row of its key: while that one is in an
 * intent that is not closed, this one waits.  The table is small: the rows
 * of one window, and of the intents that stayed open.
 */
#ifndef INV_COMMIT_FLIGHT_H
#define INV_COMMIT_FLIGHT_H

#include "store/seen.h"

struct inv_flight; /* the table */

struct inv_flown {
	unsigned char key[INV_KEY];
	const void *owner; /* the batch or intent it belongs to; NULL: free */
	uint64_t row;
};

struct inv_flight *inv_flight_new(void);
void inv_flight_free(struct inv_flight *t);

/*
 * For who does the same with rows 0..n and is at row i: the place of one that
 * comes soon is fetched, and at hand by then.
 */
void inv_flight_expect(const struct inv_flight *t,
    const struct inv_seen_row *rows, size_t i, size_t n);

/* The row of that key in the table, or NULL; good until the next change. */
const struct inv_flown *inv_flight_find(const struct inv_flight *t,
    const unsigned char key[INV_KEY]);

/* Add a key that is not there, or is there for the same owner. */
void inv_flight_add(struct inv_flight *t, const struct inv_seen_row *row,
    const void *owner);

/* How often that was done, and one: it has not been done where this is alike. */
uint64_t inv_flight_added(const struct inv_flight *t);

/* Take a key out if it is there for this owner. */
void inv_flight_cut(struct inv_flight *t, const unsigned char key[INV_KEY],
    const void *owner);

#endif
