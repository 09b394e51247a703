/*
 * rows.h - a set of row numbers, kept as ranges
 *
 * Rows come nearly in order, so that a set of millions is a handful of
 * ranges.  Ranges are closed, ascending, and never touch each other.
 */
#ifndef INV_BASE_ROWS_H
#define INV_BASE_ROWS_H

#include "base/str.h"

struct inv_range {
	uint64_t first;
	uint64_t last; /* >= first */
};

struct inv_rows {
	struct inv_range *range;
	size_t n;
	size_t cap;
	uint64_t count; /* rows in all ranges together */
};

enum { INV_ROWS_MAX = 1 << 20 }; /* ranges; 16 MiB of them */

/*
 * Add first..last.  False, and nothing added, when a row of it is in the set
 * already or the set would pass INV_ROWS_MAX ranges (full tells which).
 */
INV_MUST bool inv_rows_add(struct inv_rows *r, uint64_t first, uint64_t last);

/* Add first..last, whatever of it is in already. */
void inv_rows_join(struct inv_rows *r, uint64_t first, uint64_t last);

/* Take first..last out, whatever of it is in. */
void inv_rows_cut(struct inv_rows *r, uint64_t first, uint64_t last);

bool inv_rows_has(const struct inv_rows *r, uint64_t row);
bool inv_rows_full(const struct inv_rows *r);

/* How many rows of first..last are in the set. */
uint64_t inv_rows_within(const struct inv_rows *r, uint64_t first,
    uint64_t last);

/* The set is 1..n, all of it and nothing else. */
bool inv_rows_is_all(const struct inv_rows *r, uint64_t n);

/* They have the same rows. */
bool inv_rows_eq(const struct inv_rows *a, const struct inv_rows *b);

/* The first row of 1..n that is not in the set; 0 where there is none. */
uint64_t inv_rows_first_gap(const struct inv_rows *r, uint64_t n);

/* Empty, the memory kept; _free gives it back. */
void inv_rows_reset(struct inv_rows *r);
void inv_rows_free(struct inv_rows *r);

#endif
