/*
 * unique.h - which columns, or pairs of columns, tell the rows apart
 *
 * The first rows are kept whole, as hashes, and say which columns and pairs
 * could; these candidates are then followed through all other rows.  Memory is
 * bounded: of a candidate with more values than there is room for, a share of
 * the values is followed, chosen by their hashes, so that a value that comes
 * again is still seen if it is in that share.
 */
#ifndef INV_DATA_UNIQUE_H
#define INV_DATA_UNIQUE_H

#include "base/hash.h"

enum {
	INV_UNIQUE_COLUMNS = 64,   /* that are looked at: the first */
	INV_UNIQUE_ROWS = 1000,    /* that are kept whole */
	INV_UNIQUE_MAX = 16,       /* candidates */
	INV_UNIQUE_ROOM = 1 << 17, /* values of a candidate, 8 bytes each */
};

struct inv_candidate {
	size_t column[2]; /* the second is the first where it is one alone */
	uint64_t *value;  /* an open table of hashes; 0: free */
	size_t size;
	size_t n;
	uint64_t share; /* hashes with none of these bits are followed */
	bool refuted;
};

struct inv_uniques {
	unsigned char key[INV_HASH_KEY];
	uint64_t rows;
	uint64_t row[INV_UNIQUE_COLUMNS]; /* the one under way */
	uint64_t (*kept)[INV_UNIQUE_COLUMNS];
	bool chosen;
	struct inv_candidate at[INV_UNIQUE_MAX];
	size_t n;
};

void inv_uniques_init(struct inv_uniques *u);
void inv_uniques_free(struct inv_uniques *u);

/* A value of the row under way; columns past the ceiling are passed over. */
void inv_uniques_put(struct inv_uniques *u, size_t column,
    struct inv_str value);

/* The row is complete. */
void inv_uniques_end(struct inv_uniques *u);

/* As many rows are kept as can be: it is time to choose. */
static inline bool
inv_uniques_are_due(const struct inv_uniques *u)
{
	return !u->chosen && u->rows == INV_UNIQUE_ROWS;
}

/*
 * Choose among the columns that are set in `alone` and the pairs of those in
 * `paired`, one of which is in `alone` (bits by column): the first ones from
 * the left, half of the places for each.  Once, before more than
 * INV_UNIQUE_ROWS rows have ended.
 */
void inv_uniques_choose(struct inv_uniques *u, uint64_t alone, uint64_t paired);

#endif
