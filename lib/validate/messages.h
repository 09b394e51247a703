/*
 * messages.h - what is wrong with records, said to people
 *
 * "m.csv:118: quantity: "-3" is less than 0 [greater_than_equal]": file and
 * line first.  Errors of one place and type are a sort: the first few of a
 * manifest are said, the rest is summed up at its end.  Grouped, for a
 * terminal, nothing is said before that end, and then one line for each sort:
 * its first place, how many there are, and the first of them.
 */
#ifndef INV_VALIDATE_MESSAGES_H
#define INV_VALIDATE_MESSAGES_H

#include "data/flaw.h"

enum { INV_SORTS_MAX = 64 }; /* of errors told apart */

struct inv_sort;

struct inv_messages {
	struct inv_buf manifest; /* the name of the one under way */
	struct inv_buf place;    /* of an error */
	struct inv_buf text;     /* of a message */
	struct inv_sort *sorts;
	size_t n;
	uint64_t unsorted;
	bool grouped;
};

void inv_messages_init(struct inv_messages *m, bool grouped);
void inv_messages_free(struct inv_messages *m);

/* A manifest of that name begins: sums up the one before. */
void inv_messages_begin(struct inv_messages *m, struct inv_str manifest);

/* The flaws of the record at `where`: "name:line".  Nothing under -q. */
void inv_messages_say(struct inv_messages *m, const char *where,
    const struct inv_flaws *flaws);

/* What was counted and not said. */
void inv_messages_sum(struct inv_messages *m);

#endif
