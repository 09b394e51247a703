/* fuzz_x12_map - a mapping is refused, or its text is read as the same one */

#include "data/x12_map.h"
#include "promise.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct inv_err err;
	struct inv_str text = { (const char *)bytes, n };
	struct inv_x12_map *map = inv_x12_map_new(text, "m", &err);

	if (map == NULL) {
		promise(err.fault == INV_CONFIG && err.msg[0] != '\0');
		return 0;
	}
	struct inv_x12_map *again =
	    inv_x12_map_new(inv_x12_map_text(map), "m", &err);

	promise(again != NULL && again->members == map->members);
	promise(inv_str_eq(inv_x12_map_text(again), inv_x12_map_text(map)));
	for (size_t i = 0; i < map->members; i++)
		promise(map->member[i].from.id != 0 &&
		    map->member[i].area < map->areas);
	inv_x12_map_free(map);
	inv_x12_map_free(again);
	return 0;
}
