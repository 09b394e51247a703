/*
 * schema_index.c - the property of a name, among many
 *
 * A record with few of the members that a schema names asks mostly for what
 * is not there.  The table belongs to the schema: whoever writes records can
 * make them meet one crowded place of it, but not crowd it.
 */

#include "base/arena.h"
#include "data/schema_node.h"

enum { FEW = 4 }; /* properties: a search is as fast */

void
inv_node_index(struct inv_arena *arena, struct inv_node *node)
{
	uint32_t size = 2 * FEW;

	for (size_t i = 0; i < node->n_props; i++)
		node->filter |=
		    inv_node_filter(inv_value_hash(node->props[i].name));
	if (node->n_props <= FEW || node->n_props > UINT32_MAX / 8)
		return;
	while (size < 2 * node->n_props)
		size *= 2;
	node->slots = inv_arena_new(arena, size * sizeof(*node->slots));
	node->mask = size - 1;
	for (size_t i = 0; i < node->n_props; i++) {
		uint32_t at = inv_value_hash(node->props[i].name) & node->mask;

		while (node->slots[at] != 0)
			at = (at + 1) & node->mask;
		node->slots[at] = (uint32_t)i + 1;
	}
}

const struct inv_prop *
inv_node_prop(const struct inv_node *node, struct inv_str name, uint32_t hash)
{
	if (node->slots == NULL)
		return inv_props_find(node->props, node->n_props, name);
	for (uint32_t at = hash & node->mask;; at = (at + 1) & node->mask) {
		const struct inv_prop *prop;

		if (node->slots[at] == 0)
			return NULL;
		prop = &node->props[node->slots[at] - 1];
		if (inv_str_eq(prop->name, name))
			return prop;
	}
}
