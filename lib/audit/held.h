/*
 * held.h - what each key holds in the ledger, as the journal tells
 *
 * For each key the record that it last committed, by hashes: 40 bytes a key.
 * The records themselves come from a second reading of the journal.  Where
 * rows were keyed by different members over time, a record is looked for in
 * each of these ways, the latest first.
 */
#ifndef INV_AUDIT_HELD_H
#define INV_AUDIT_HELD_H

#include "base/hash.h"
#include "base/map.h"
#include "data/key.h"
#include "store/state.h"

enum { INV_HELD_KEYS = 64 }; /* ways in which records were keyed */

/* Zero is empty. */
struct inv_held {
	struct inv_map map;
	unsigned char secret[INV_HASH_KEY];
	struct inv_key *key[INV_HELD_KEYS];
	size_t keys;
	uint64_t records; /* that keys hold */
};

/* INV_IO where the journal is damaged, or past INV_HELD_KEYS. */
INV_MUST bool inv_held_read(struct inv_held *h, const struct inv_state *state,
    struct inv_err *err);
void inv_held_free(struct inv_held *h);

enum inv_held_found {
	INV_HELD_NOT,   /* no such key was committed */
	INV_HELD_SAME,  /* it holds that record */
	INV_HELD_OTHER, /* it holds another one: *place says which */
	INV_HELD_AGAIN, /* the key was looked for before */
};

/*
 * Look for a record in canonical form, whose members are in *fields.  The key
 * counts as looked for from here on.
 */
enum inv_held_found inv_held_look(struct inv_held *h, struct inv_digest *d,
    struct inv_str record, const struct inv_members *fields, uint64_t *place);

/* A record that a key holds; views. */
struct inv_held_record {
	uint64_t place; /* names it */
	bool looked;    /* for its key: there was another record then */
	const struct inv_key *key;
	struct inv_str manifest; /* whose row it was */
	uint64_t submission;
	uint64_t row;
	struct inv_str text;
	const struct inv_members *fields;
};

/*
 * Give fn each record whose key was not looked for, or which was another one
 * than was looked for, until it returns false.
 */
typedef bool inv_held_fn(void *arg, const struct inv_held_record *record,
    struct inv_err *err);
INV_MUST bool inv_held_each(struct inv_held *h, const struct inv_state *state,
    inv_held_fn *fn, void *arg, struct inv_err *err);

#endif
