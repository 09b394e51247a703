/* test_tally.c - the most frequent values of a column */

#include "data/tally.h"

#include <stdio.h>

#include "check.h"

enum { PLENTY = 1 << 20 };

static void
add(struct inv_tally *t, const char *value, size_t *budget)
{
	inv_tally_add(t, inv_str_of(value), 1, budget);
}

static void
is_exact_while_values_are_few(void)
{
	struct inv_tally t = { 0 };
	size_t budget = PLENTY;
	char value[16];

	check(inv_tally_is_exact(&t));
	check(inv_tally_count(&t, INV_LIT("0")) == 0);
	for (int i = 0; i < 10 * INV_TALLY_VALUES; i++) {
		snprintf(value, sizeof(value), "%d", i % INV_TALLY_VALUES);
		add(&t, value, &budget);
	}
	check(inv_tally_is_exact(&t));
	check(t.n == INV_TALLY_VALUES);
	check(t.total == 10 * INV_TALLY_VALUES);
	check(inv_tally_count(&t, INV_LIT("255")) == 10);
	check(inv_tally_count(&t, INV_LIT("256")) == 0);
	add(&t, "256", &budget);
	check(!inv_tally_is_exact(&t));
	inv_tally_free(&t);
}

static void
a_count_is_at_most_its_error_too_low(void)
{
	struct inv_tally t = { 0 };
	size_t budget = PLENTY;
	char value[16];
	const uint64_t rows = 100000;

	/* Every third is the same, the others are all different. */
	for (uint64_t i = 0; i < rows; i++) {
		snprintf(value, sizeof(value), "%ju", (uintmax_t)i);
		add(&t, i % 3 == 0 ? "often" : value, &budget);
	}
	uint64_t often = inv_tally_count(&t, INV_LIT("often"));

	check(t.error > 0);
	check(t.error <= rows / INV_TALLY_VALUES);
	check(often <= rows / 3 + 1);
	check(often + t.error >= rows / 3 + 1);
	inv_tally_sort(&t);
	check_str(inv_count_text(&t.at[0]), "often");
	inv_tally_free(&t);
}

static void
sorts_by_count_and_then_by_text(void)
{
	struct inv_tally t = { 0 };
	size_t budget = PLENTY;

	add(&t, "b", &budget);
	add(&t, "c", &budget);
	add(&t, "a", &budget);
	add(&t, "c", &budget);
	inv_tally_sort(&t);
	check_str(inv_count_text(&t.at[0]), "c");
	check_str(inv_count_text(&t.at[1]), "a");
	check_str(inv_count_text(&t.at[2]), "b");
	check(inv_tally_count(&t, INV_LIT("c")) == 2);
	check(inv_tally_count(&t, INV_LIT("b")) == 1);
	inv_tally_free(&t);
}

static void
a_long_value_is_counted_as_such(void)
{
	struct inv_tally t = { 0 };
	size_t budget = PLENTY;
	char value[INV_TALLY_TEXT + 2];

	memset(value, 'x', sizeof(value));
	value[INV_TALLY_TEXT + 1] = '\0';
	add(&t, value, &budget);
	check(t.n == 0 && t.longer == 1 && t.total == 1);
	check(!inv_tally_is_exact(&t));
	value[INV_TALLY_TEXT] = '\0';
	add(&t, value, &budget);
	check(inv_tally_count(&t, inv_str_of(value)) == 1);
	inv_tally_free(&t);
}

static void
without_memory_it_counts_what_it_can(void)
{
	struct inv_tally t = { 0 };
	size_t budget = 0;

	add(&t, "a", &budget);
	check(t.starved && t.n == 0 && t.error == 1);
	inv_tally_free(&t);

	budget = 8 * (sizeof(struct inv_count) + 2 * sizeof(uint16_t));
	for (char c[] = "a"; c[0] <= 'h'; c[0]++)
		inv_tally_add(&t, inv_str_of(c), 2, &budget);
	check(!t.starved && budget == 0);
	add(&t, "z", &budget);
	check(t.starved && t.n == 8 && t.error == 1);
	check(inv_tally_count(&t, INV_LIT("a")) == 1);
	check(inv_tally_count(&t, INV_LIT("z")) == 0);
	inv_tally_free(&t);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(is_exact_while_values_are_few),
		TEST(a_count_is_at_most_its_error_too_low),
		TEST(sorts_by_count_and_then_by_text),
		TEST(a_long_value_is_counted_as_such),
		TEST(without_memory_it_counts_what_it_can),
	};

	return RUN(tests);
}
