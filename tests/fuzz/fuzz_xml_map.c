/* fuzz_xml_map - a mapping is refused, or its text is read as the same one */

#include "data/xml_map.h"
#include "promise.h"

/* Each node is reached from the first one by its names, each member from one. */
static void
walk(const struct inv_xml_map *map)
{
	for (uint32_t i = 1; i < map->nodes; i++) {
		const struct inv_xml_node *n = &map->node[i];

		promise(n->parent < i && n->depth <= INV_XML_PATH_MAX);
		promise(inv_xml_map_child(map, n->parent, n->name.p) == i);
	}
	for (size_t i = 0; i < map->members; i++) {
		const struct inv_xml_member *m = &map->member[i];

		promise(m->path.p != NULL && m->name.n > 0);
		promise((m->scope > 0) == (i < map->header));
		promise(m->scope < map->path_n || m->scope == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct inv_err err;
	struct inv_str text = { (const char *)bytes, n };
	struct inv_xml_map *map = inv_xml_map_new(text, "m", &err);

	if (map == NULL) {
		promise(err.fault == INV_CONFIG && err.msg[0] != '\0');
		return 0;
	}
	struct inv_xml_map *again =
	    inv_xml_map_new(inv_xml_map_text(map), "m", &err);

	promise(again != NULL && again->members == map->members);
	promise(again->nodes == map->nodes && map->path_n > 0);
	promise(inv_str_eq(inv_xml_map_text(again), inv_xml_map_text(map)));
	walk(map);
	inv_xml_map_free(map);
	inv_xml_map_free(again);
	return 0;
}
