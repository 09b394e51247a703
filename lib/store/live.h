/*
 * live.h - the intents of the journal that are not done with
 *
 * A few dozen, or some thousand after a bad day; in the order of their
 * sequence numbers.  Their bodies stay in the journal.
 */
#ifndef INV_STORE_LIVE_H
#define INV_STORE_LIVE_H

#include "base/clock.h"
#include "store/entry.h"
#include "store/seen.h"

struct inv_live {
	uint64_t seq;           /* its name: the line it was first written on */
	struct inv_place place; /* of its line, or of the last copy of that */
	uint64_t body_at;       /* bytes from the beginning of that segment */
	size_t body_n;
	bool old;        /* from an earlier run */
	bool committed;  /* its outcome says so */
	uint64_t closed; /* the number of that outcome; 0: open */
	char time[INV_CLOCK_TEXT];
	struct inv_intent of; /* without body; points into what follows */
	struct inv_rows rows;
	struct inv_rows took; /* of a committed one: rows that took effect,
				 where they are not all */
	char manifest[INV_DIGEST_HEX];
	char key[INV_DIGEST_HEX];
	char parent[INV_DIGEST_HEX];
	char batch_hash[INV_DIGEST_HEX];
	char records_root[INV_DIGEST_HEX];
	char *keyed_by;
	char *order;
	char *files;
};

struct inv_lives {
	struct inv_live **at; /* ascending by seq */
	size_t n;
	size_t cap;
};

/* Add a copy of intent behind all others: seq is greater than theirs. */
struct inv_live *inv_lives_add(struct inv_lives *l, uint64_t seq,
    const struct inv_intent *intent);

/* The one of that number, or NULL. */
struct inv_live *inv_lives_find(const struct inv_lives *l, uint64_t seq);

/* Done with; it must be there. */
void inv_lives_drop(struct inv_lives *l, uint64_t seq);

void inv_lives_free(struct inv_lives *l);

#endif
