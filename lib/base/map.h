/*
 * map.h - what is known of each key, in 40 bytes
 *
 * An entry is 32 bytes: 96 bits of a hash of the key, 96 bits of a hash of
 * what was last seen of it (its mark), and a number.  The table is between
 * 81 % and 90 % full, and grows in place by a ninth: never two tables at once.
 *
 * The hashes stand for what they were made of, so they must be made with
 * base/hash under a secret, random key of this process.  Two different keys
 * are then taken for one with a probability of 2^-96 a pair: 10^-11 over a
 * thousand million keys, and nobody can aim at it who does not know the key.
 * To lose a row as a duplicate, its mark must be equal by chance as well.
 */
#ifndef INV_BASE_MAP_H
#define INV_BASE_MAP_H

#include "base/str.h"

enum {
	INV_MAP_HASH = 12, /* bytes that an entry keeps of a hash */
};

struct inv_map_entry {
	uint32_t key[3];
	uint32_t mark[3];
	uint64_t value; /* 0: there is nothing here */
};

struct inv_map {
	struct inv_map_entry *table;
	uint64_t size; /* places that a key may be meant for */
	uint64_t used;
};

/* Zero is the empty map.  _free gives its memory back. */
void inv_map_free(struct inv_map *m);

/*
 * The entry of the key with this hash, of which INV_MAP_HASH bytes are looked
 * at.  If it is new its mark and value are 0, and the caller must set a value
 * other than 0 at once.  Good until the next call.
 */
struct inv_map_entry *inv_map_at(struct inv_map *m, const unsigned char *hash);

/* The same hash is asked for soon: bring its place near. */
void inv_map_expect(const struct inv_map *m, const unsigned char *hash);

static inline bool
inv_map_marked(const struct inv_map_entry *e, const unsigned char *hash)
{
	return memcmp(e->mark, hash, INV_MAP_HASH) == 0;
}

static inline void
inv_map_mark(struct inv_map_entry *e, const unsigned char *hash, uint64_t value)
{
	memcpy(e->mark, hash, INV_MAP_HASH);
	e->value = value;
}

#endif
