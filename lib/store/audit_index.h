/*
 * audit_index.h - which lines of the audit log speak of a manifest
 *
 * In memory, made while the log is read: 16 bytes a line.
 */
#ifndef INV_STORE_AUDIT_INDEX_H
#define INV_STORE_AUDIT_INDEX_H

#include "base/hash.h"
#include "base/map.h"

enum { INV_AUDIT_ID = 32 }; /* hex digits of a manifest that are looked at */

struct inv_audit_node {
	uint64_t offset;
	uint32_t n;    /* bytes, without the newline */
	uint32_t next; /* of the same manifest; 0: the last */
};

/* Zero is the empty index. */
struct inv_audit_index {
	struct inv_map map; /* to the first and the last of a manifest */
	struct inv_audit_node *node; /* node[0] is none */
	size_t n;
	size_t cap;
	bool keyed;
	unsigned char key[INV_HASH_KEY];
};

void inv_audit_index_free(struct inv_audit_index *ix);

/* A line behind all others. */
void inv_audit_index_add(struct inv_audit_index *ix, struct inv_str manifest,
    uint64_t offset, size_t n);

/* The first line of a manifest, and the one behind another; NULL: no more. */
const struct inv_audit_node *inv_audit_index_first(struct inv_audit_index *ix,
    struct inv_str manifest);
const struct inv_audit_node *inv_audit_index_next(const struct inv_audit_index
						      *ix,
    const struct inv_audit_node *node);

#endif
