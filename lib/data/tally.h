/*
 * tally.h - the most frequent values of a column, in bounded memory
 *
 * Misra and Gries, Finding repeated elements (1982): where there is no place
 * for a value, every count falls by one, and what falls to nothing gives up
 * its place.  So a count is at most `error` too low, a value that is not there
 * came at most `error` times, and error is at most the values counted divided
 * by the places.  While error is 0 all is exact.
 */
#ifndef INV_DATA_TALLY_H
#define INV_DATA_TALLY_H

#include "base/str.h"

enum {
	INV_TALLY_VALUES = 256, /* places */
	INV_TALLY_TEXT = 64,    /* bytes of a value */
};

struct inv_count {
	uint64_t n;
	uint64_t hash;
	uint8_t length;
	char text[INV_TALLY_TEXT];
};

struct inv_tally {
	struct inv_count *at; /* in no order */
	size_t n;
	size_t cap;
	uint16_t *slot;  /* 2 * cap of them: a place in `at`, from 1; or 0 */
	uint64_t error;  /* that a count may be too low */
	uint64_t total;  /* values counted, with those that are too long */
	uint64_t longer; /* values past INV_TALLY_TEXT: in no count */
	bool starved;    /* memory for all places was not to be had */
};

/* Zero is the empty tally.  _free gives its memory back. */
void inv_tally_free(struct inv_tally *t);

/*
 * Count a value n times.  Memory for more places is taken out of *budget
 * (bytes); where that is used up there are no more places than there are.
 */
void inv_tally_add(struct inv_tally *t, struct inv_str value, uint64_t n,
    size_t *budget);

/* How often a value came, as far as is known; 0 where it has no place. */
uint64_t inv_tally_count(const struct inv_tally *t, struct inv_str value);

/* Every value is there with its count. */
bool inv_tally_is_exact(const struct inv_tally *t);

/* Put the most frequent first; of equal counts the lower text. */
void inv_tally_sort(struct inv_tally *t);

static inline struct inv_str
inv_count_text(const struct inv_count *c)
{
	return (struct inv_str){ c->text, c->length };
}

#endif
