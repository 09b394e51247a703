/*
 * runs.h - rows by key, in sorted runs that are merged: what seen.db holds
 *
 * A run is a table that is written once, in the order of its keys, and never
 * changed: the first bits of a key are the number of the block that has it.
 * The newest run with a key has the last word.  A new run takes in the newest
 * ones that are not much larger than itself, so that there are few of them,
 * and each row is written again once for each eightfold of the keys there are.
 *
 * Each run has a filter in memory that tells most keys which are not in it.
 *
 * Each block carries a hash, as SQLite has none of its own: one that is not as
 * it was written, is another one or is missing is never taken for one that
 * does not have the key.
 */
#ifndef INV_STORE_RUNS_H
#define INV_STORE_RUNS_H

#include "base/hash.h"
#include "store/db.h"
#include "store/seen.h"

enum { INV_RUNS_PAGE = 8 << 10 }; /* bytes; most blocks are one page */

struct inv_runs;

/* SQL that makes the table that lists the runs, for two steps of the plan. */
#define INV_RUNS_TABLE                                                         \
	"CREATE TABLE runs (id INTEGER PRIMARY KEY, bits INTEGER NOT NULL,"    \
	" rows INTEGER NOT NULL, filter BLOB NOT NULL);"
#define INV_RUNS_WIDTHS                                                         \
	"ALTER TABLE runs ADD COLUMN arrival_width INTEGER NOT NULL DEFAULT 0;" \
	"ALTER TABLE runs ADD COLUMN row_width INTEGER NOT NULL DEFAULT 0;"

/*
 * The runs of a database, which must outlive them.  INV_BAD where they are not
 * as they were written, also from what uses them; the list of them is for the
 * caller to check, by its hash.
 */
INV_MUST struct inv_runs *inv_runs_open(struct inv_db *db, struct inv_err *err);
void inv_runs_close(struct inv_runs *r);

/* A hash of the list of runs and their filters, and how many there are. */
size_t inv_runs_hash(const struct inv_runs *r, unsigned char out[INV_HASH]);

/*
 * What the key of *row last had: its digest, arrival and row number, which are
 * left alone where there is nothing.
 */
INV_MUST bool inv_runs_find(struct inv_runs *r, struct inv_seen_row *row,
    struct inv_err *err);

/* That key is looked for soon: what tells most others is at hand by then. */
void inv_runs_expect(const struct inv_runs *r,
    const unsigned char key[INV_KEY]);

/*
 * Add rows[0..n), each key once, in any order.  In a transaction of the
 * caller's; where it fails or that is rolled back, only inv_runs_close is left.
 */
INV_MUST bool inv_runs_add(struct inv_runs *r, const struct inv_seen_row *rows,
    size_t n, struct inv_err *err);

#endif
