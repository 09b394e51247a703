/* test_unique.c - what tells rows apart */

#include <stdio.h>

#include "check.h"
#include "data/unique.h"

static void
put(struct inv_uniques *u, size_t column, uint64_t value)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%ju", (uintmax_t)value);

	inv_uniques_put(u, column, (struct inv_str){ text, (size_t)n });
}

/* The candidate of these columns; NULL where there is none, or it is refuted. */
static const struct inv_candidate *
find(const struct inv_uniques *u, size_t a, size_t b)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->at[i].column[0] == a && u->at[i].column[1] == b &&
		    !u->at[i].refuted)
			return &u->at[i];
	return NULL;
}

static void
finds_columns_and_pairs(void)
{
	struct inv_uniques u;

	inv_uniques_init(&u);
	for (uint64_t i = 0; i < 100; i++) {
		put(&u, 0, i);
		put(&u, 1, i / 10);
		put(&u, 2, i % 10);
		put(&u, 3, 7);
		inv_uniques_end(&u);
	}
	check(!inv_uniques_are_due(&u));
	inv_uniques_choose(&u, 0xf, 0xf);
	check(find(&u, 0, 0) != NULL);
	check(find(&u, 1, 1) == NULL);
	check(find(&u, 2, 2) == NULL);
	check(find(&u, 1, 2) != NULL);
	check(find(&u, 1, 3) == NULL);
	inv_uniques_free(&u);
}

static void
takes_only_the_columns_it_is_told(void)
{
	struct inv_uniques u;

	inv_uniques_init(&u);
	for (uint64_t i = 0; i < 10; i++) {
		for (size_t k = 0; k < 4; k++)
			put(&u, k, i);
		inv_uniques_end(&u);
	}
	inv_uniques_choose(&u, 0x2, 0xe);
	check(u.n == 3);
	check(find(&u, 1, 1) != NULL);
	check(find(&u, 1, 2) != NULL);
	check(find(&u, 1, 3) != NULL); /* but not 2 with 3 */
	inv_uniques_free(&u);
}

static void
refutes_a_candidate_when_a_value_comes_again(void)
{
	struct inv_uniques u;

	inv_uniques_init(&u);
	for (uint64_t i = 0; i < 5000; i++) {
		put(&u, 0, i == 4999 ? 17 : i);
		put(&u, 1, i);
		inv_uniques_end(&u);
		if (inv_uniques_are_due(&u))
			inv_uniques_choose(&u, 0x3, 0);
		if (i == 4998)
			check(find(&u, 0, 0) != NULL);
	}
	check(find(&u, 0, 0) == NULL);
	check(find(&u, 1, 1) != NULL);
	inv_uniques_free(&u);
}

static void
follows_a_share_of_many_values_in_bounded_memory(void)
{
	struct inv_uniques u;

	inv_uniques_init(&u);
	for (uint64_t i = 0; i < 1000000; i++) {
		put(&u, 0, i);
		put(&u, 1, i % 990000);
		inv_uniques_end(&u);
		if (inv_uniques_are_due(&u))
			inv_uniques_choose(&u, 0x3, 0);
	}
	check(find(&u, 0, 0) != NULL);
	check(find(&u, 0, 0)->size == INV_UNIQUE_ROOM);
	check(find(&u, 0, 0)->n < INV_UNIQUE_ROOM);
	check(find(&u, 1, 1) == NULL); /* of 10,000 some are in the share */
	inv_uniques_free(&u);
}

static void
tells_a_missing_value_from_another(void)
{
	struct inv_uniques u;

	inv_uniques_init(&u);
	put(&u, 0, 1);
	inv_uniques_end(&u);
	inv_uniques_end(&u);
	inv_uniques_end(&u);
	inv_uniques_put(&u, INV_UNIQUE_COLUMNS, INV_LIT("past it"));
	inv_uniques_choose(&u, 0x1, 0x1);
	check(u.n == 0); /* two rows have none */
	inv_uniques_free(&u);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(finds_columns_and_pairs),
		TEST(takes_only_the_columns_it_is_told),
		TEST(refutes_a_candidate_when_a_value_comes_again),
		TEST(follows_a_share_of_many_values_in_bounded_memory),
		TEST(tells_a_missing_value_from_another),
	};

	return RUN(tests);
}
