/*
 * merkle.h - the Merkle tree of RFC 6962 section 2.1, over SHA-256
 *
 * Leaves are numbered from 0.  A leaf's hash is SHA-256(0x00 || leaf), a
 * node's SHA-256(0x01 || left || right); the root of no leaves is SHA-256("").
 * A tree is never kept: leaves are fed once, in order, and what is held is one
 * hash for each of its perfect subtrees.
 */
#ifndef INV_DATA_MERKLE_H
#define INV_DATA_MERKLE_H

#include "data/digest.h"

enum {
	INV_MERKLE_LEVELS = 63,                  /* of 2^63 leaves at most */
	INV_MERKLE_PATH = INV_MERKLE_LEVELS + 1, /* hashes of a proof at most */
};

/* Zero is the tree of no leaves. */
struct inv_merkle {
	uint64_t n; /* leaves */
	/* of[i] is the root of 2^i leaves where bit i of n is set */
	unsigned char of[INV_MERKLE_LEVELS][INV_DIGEST];
};

void inv_merkle_leaf(struct inv_digest *d, struct inv_str leaf,
    unsigned char hash[INV_DIGEST]);

/* The next leaf, by its hash. */
void inv_merkle_add(struct inv_merkle *t, struct inv_digest *d,
    const unsigned char hash[INV_DIGEST]);

/* The root of what has been added; the tree can grow on. */
void inv_merkle_root(const struct inv_merkle *t, struct inv_digest *d,
    unsigned char root[INV_DIGEST]);

/* A list of hashes: RFC 6962 section 2.1.1 or 2.1.2 says in which order. */
struct inv_merkle_path {
	size_t n;
	unsigned char of[INV_MERKLE_PATH][INV_DIGEST];
};

/*
 * A proof that is being made.  Each hash of it is the root of some leaves that
 * follow each other, and no leaf belongs to two.
 */
struct inv_merkle_proof {
	struct inv_merkle_path path;
	uint64_t from[INV_MERKLE_PATH]; /* of each hash: its first leaf */
	uint64_t to[INV_MERKLE_PATH];   /* and the one behind its last */
	size_t at;                      /* the hash that leaves go to now */
	struct inv_merkle tree;         /* of that */
};

/* That leaf `index` is in the tree of the first n leaves: index < n. */
void inv_merkle_inclusion(struct inv_merkle_proof *p, uint64_t index,
    uint64_t n);

/* That the tree of n leaves begins with that of old: 0 < old <= n. */
void inv_merkle_consistency(struct inv_merkle_proof *p, uint64_t old,
    uint64_t n);

/*
 * Leaf i of the tree; each of the first n once, in order.  p->path is the
 * proof when the last is through.
 */
void inv_merkle_feed(struct inv_merkle_proof *p, struct inv_digest *d,
    uint64_t i, const unsigned char hash[INV_DIGEST]);

/* RFC 9162 section 2.1.3.2. */
INV_MUST bool inv_merkle_is_in(struct inv_digest *d,
    const struct inv_merkle_path *path, uint64_t index, uint64_t n,
    const unsigned char leaf[INV_DIGEST], const unsigned char root[INV_DIGEST]);

/*
 * RFC 9162 section 2.1.4.2.  Any tree begins with that of no leaves, and with
 * itself; the path is empty then.
 */
INV_MUST bool inv_merkle_begins_with(struct inv_digest *d,
    const struct inv_merkle_path *path, uint64_t old, uint64_t n,
    const unsigned char old_root[INV_DIGEST],
    const unsigned char root[INV_DIGEST]);

#endif
