/* audit_index.c - which lines of the audit log speak of a manifest */

#include "store/audit_index.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/digest.h"

/* A value of the map: the first node above, the last below. */
enum { FIRST_SHIFT = 32 };

/* One that was asked for and has no lines: the map knows no empty values. */
static const uint64_t NO_LINES = UINT64_MAX;

void
inv_audit_index_free(struct inv_audit_index *ix)
{
	inv_map_free(&ix->map);
	free(ix->node);
	*ix = (struct inv_audit_index){ 0 };
}

static struct inv_map_entry *
entry_of(struct inv_audit_index *ix, struct inv_str manifest)
{
	unsigned char hash[INV_HASH];

	assert(manifest.n >= INV_AUDIT_ID);
	if (!ix->keyed) {
		inv_random(ix->key, sizeof(ix->key));
		ix->keyed = true;
	}
	manifest.n = INV_AUDIT_ID;
	inv_hash_of(ix->key, manifest, hash);
	struct inv_map_entry *e = inv_map_at(&ix->map, hash);

	if (e->value == 0)
		e->value = NO_LINES;
	return e;
}

void
inv_audit_index_add(struct inv_audit_index *ix, struct inv_str manifest,
    uint64_t offset, size_t n)
{
	if (ix->n + 1 >= ix->cap) {
		ix->cap = ix->cap == 0 ? 1024 : ix->cap * 2;
		ix->node = inv_mem_resize(ix->node, ix->cap, sizeof(*ix->node));
	}
	size_t at = ++ix->n;
	struct inv_map_entry *e = entry_of(ix, manifest);

	assert(at <= UINT32_MAX && n <= UINT32_MAX);
	ix->node[at] =
	    (struct inv_audit_node){ .offset = offset, .n = (uint32_t)n };
	if (e->value == NO_LINES) {
		e->value = (uint64_t)at << FIRST_SHIFT | at;
		return;
	}
	ix->node[(uint32_t)e->value].next = (uint32_t)at;
	e->value = e->value >> FIRST_SHIFT << FIRST_SHIFT | at;
}

const struct inv_audit_node *
inv_audit_index_first(struct inv_audit_index *ix, struct inv_str manifest)
{
	const struct inv_map_entry *e = entry_of(ix, manifest);

	if (e->value == NO_LINES)
		return NULL;
	return &ix->node[e->value >> FIRST_SHIFT];
}

const struct inv_audit_node *
inv_audit_index_next(const struct inv_audit_index *ix,
    const struct inv_audit_node *node)
{
	return node->next != 0 ? &ix->node[node->next] : NULL;
}
