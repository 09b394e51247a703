/* test_map.c - the map keeps its header's promises */

#include <stdlib.h>

#include "base/hash.h"
#include "base/map.h"
#include "check.h"

enum { MANY = 300000 };

static void
hash_of(uint64_t n, unsigned char out[INV_HASH])
{
	static const unsigned char key[INV_HASH_KEY] = "0123456789abcde";

	inv_hash_of(key, (struct inv_str){ (const char *)&n, sizeof(n) }, out);
}

static void
a_new_key_has_nothing_and_is_found_again(void)
{
	struct inv_map m = { 0 };
	unsigned char h[INV_HASH];

	hash_of(7, h);
	struct inv_map_entry *e = inv_map_at(&m, h);

	check(e->value == 0 && e->mark[0] == 0);
	inv_map_mark(e, h, 42);
	e = inv_map_at(&m, h);
	check(e->value == 42);
	check(inv_map_marked(e, h));
	hash_of(8, h);
	check(!inv_map_marked(e, h));
	check(m.used == 1);
	inv_map_free(&m);
	check(m.table == NULL && m.used == 0);
}

static void
nothing_is_lost_or_mixed_up_while_it_grows(void)
{
	struct inv_map m = { 0 };
	unsigned char h[INV_HASH];
	uint64_t wrong = 0;

	for (uint64_t i = 1; i <= MANY; i++) {
		hash_of(i, h);
		struct inv_map_entry *e = inv_map_at(&m, h);

		wrong += e->value != 0;
		inv_map_mark(e, h, i);
	}
	check(m.used == MANY);
	for (uint64_t i = 1; i <= MANY; i++) {
		hash_of(i, h);
		struct inv_map_entry *e = inv_map_at(&m, h);

		wrong += e->value != i || !inv_map_marked(e, h);
	}
	check(m.used == MANY);
	check(wrong == 0);
	inv_map_free(&m);
}

static void
a_key_takes_at_most_40_bytes(void)
{
	struct inv_map m = { 0 };
	unsigned char h[INV_HASH];
	uint64_t worst = 0;

	for (uint64_t i = 1; i <= MANY; i++) {
		hash_of(i, h);
		inv_map_mark(inv_map_at(&m, h), h, i);
		uint64_t each = m.size * sizeof(*m.table) / m.used;

		if (i > 10000 && each > worst)
			worst = each;
	}
	check(worst <= 40);
	inv_map_free(&m);
}

/* Keys that differ only behind what the place is taken from. */
static void
keys_of_one_place_are_told_apart(void)
{
	struct inv_map m = { 0 };
	unsigned char h[INV_HASH] = { 0 };

	for (unsigned i = 0; i < 500; i++) {
		h[4] = (unsigned char)i;
		h[11] = (unsigned char)(i >> 8);
		inv_map_mark(inv_map_at(&m, h), h, i + 1);
	}
	check(m.used == 500);
	for (unsigned i = 0; i < 500; i++) {
		h[4] = (unsigned char)i;
		h[11] = (unsigned char)(i >> 8);
		check(inv_map_at(&m, h)->value == i + 1);
	}
	inv_map_free(&m);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(a_new_key_has_nothing_and_is_found_again),
		TEST(nothing_is_lost_or_mixed_up_while_it_grows),
		TEST(a_key_takes_at_most_40_bytes),
		TEST(keys_of_one_place_are_told_apart),
	};

	return RUN(tests);
}
