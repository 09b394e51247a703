/* test_rows - a set of row numbers, against a plain array of bits */

#include "base/rows.h"

#include "check.h"

enum { WORLD = 200 }; /* rows of the array the set is held against */

static bool
is(const struct inv_rows *r, size_t n, const struct inv_range *want)
{
	if (r->n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (r->range[i].first != want[i].first ||
		    r->range[i].last != want[i].last)
			return false;
	return true;
}

#define IS(r, ...)                                                             \
	is((r),                                                                \
	    sizeof((struct inv_range[]){ __VA_ARGS__ }) /                      \
		sizeof(struct inv_range),                                      \
	    (struct inv_range[]){ __VA_ARGS__ })

static void
rows_in_order_are_one_range(void)
{
	struct inv_rows r = { 0 };

	for (uint64_t i = 1; i <= 1000; i++)
		check(inv_rows_add(&r, i, i));
	check(IS(&r, { 1, 1000 }));
	check(r.count == 1000);
	check(inv_rows_is_all(&r, 1000));
	check(!inv_rows_is_all(&r, 999));
	check(!inv_rows_is_all(&r, 1001));
	inv_rows_free(&r);
}

static void
ranges_never_touch_each_other(void)
{
	struct inv_rows r = { 0 };

	check(inv_rows_add(&r, 5, 6));
	check(inv_rows_add(&r, 1, 2));
	check(inv_rows_add(&r, 9, 9));
	check(IS(&r, { 1, 2 }, { 5, 6 }, { 9, 9 }));
	check(inv_rows_add(&r, 7, 8));
	check(IS(&r, { 1, 2 }, { 5, 9 }));
	check(inv_rows_add(&r, 4, 4));
	check(inv_rows_add(&r, 3, 3));
	check(IS(&r, { 1, 9 }));
	check(r.count == 9);
	inv_rows_free(&r);
}

static void
a_row_that_is_in_already_adds_nothing(void)
{
	struct inv_rows r = { 0 };

	check(inv_rows_add(&r, 5, 8));
	check(!inv_rows_add(&r, 5, 5));
	check(!inv_rows_add(&r, 1, 5));
	check(!inv_rows_add(&r, 8, 12));
	check(!inv_rows_add(&r, 1, 12));
	check(!inv_rows_full(&r));
	check(IS(&r, { 5, 8 }));
	check(r.count == 4);
	inv_rows_free(&r);
}

static void
a_set_of_too_many_ranges_is_full(void)
{
	struct inv_rows r = { 0 };
	uint64_t row = 1;

	for (; r.n < INV_ROWS_MAX; row += 2)
		if (!inv_rows_add(&r, row, row))
			break;
	check(r.n == INV_ROWS_MAX);
	check(!inv_rows_add(&r, row, row));
	check(inv_rows_full(&r));
	check(r.count == INV_ROWS_MAX);
	check(inv_rows_add(&r, 2, 2)); /* closes a gap: room again */
	check(!inv_rows_full(&r));
	check(inv_rows_add(&r, row, row));
	inv_rows_free(&r);
}

static void
joining_and_cutting_do_what_bits_do(void)
{
	struct inv_rows r = { 0 };
	bool bit[WORLD + 2] = { false };
	uint32_t seed = 1;

	for (int round = 0; round < 20000; round++) {
		seed = seed * 1103515245 + 12345;
		uint64_t first = 1 + (seed >> 16) % WORLD;
		seed = seed * 1103515245 + 12345;
		uint64_t last = first + (seed >> 16) % 9;
		bool put = (seed >> 20) % 2;

		if (last > WORLD)
			last = WORLD;
		if (put)
			inv_rows_join(&r, first, last);
		else
			inv_rows_cut(&r, first, last);
		for (uint64_t i = first; i <= last; i++)
			bit[i] = put;
		uint64_t count = 0, gap = 0;
		for (uint64_t i = 1; i <= WORLD; i++) {
			count += bit[i];
			if (!bit[i] && gap == 0)
				gap = i;
			check(inv_rows_has(&r, i) == bit[i]);
		}
		check(r.count == count && inv_rows_first_gap(&r, WORLD) == gap);
		for (size_t i = 1; i < r.n; i++)
			check(r.range[i].first > r.range[i - 1].last + 1);
	}
	inv_rows_free(&r);
}

static void
the_last_row_of_all_is_a_row(void)
{
	struct inv_rows r = { 0 };

	check(inv_rows_add(&r, UINT64_MAX - 1, UINT64_MAX));
	check(inv_rows_add(&r, 1, 1));
	check(inv_rows_has(&r, UINT64_MAX));
	check(!inv_rows_has(&r, UINT64_MAX - 2));
	check(inv_rows_first_gap(&r, UINT64_MAX) == 2);
	inv_rows_free(&r);
}

static void
an_empty_set_has_no_rows_and_no_gap_in_nothing(void)
{
	struct inv_rows r = { 0 };

	check(!inv_rows_has(&r, 1));
	check(inv_rows_is_all(&r, 0));
	check(!inv_rows_is_all(&r, 1));
	check(inv_rows_first_gap(&r, 0) == 0);
	check(inv_rows_first_gap(&r, 1) == 1);
	inv_rows_cut(&r, 1, 10);
	check(inv_rows_add(&r, 1, 1));
	inv_rows_reset(&r);
	check(r.n == 0 && r.count == 0);
	inv_rows_free(&r);
	inv_rows_free(&r);
}

static void
sets_are_the_same_with_the_same_rows(void)
{
	struct inv_rows a = { 0 };
	struct inv_rows b = { 0 };

	check(inv_rows_eq(&a, &b));
	inv_rows_join(&a, 4, 9);
	inv_rows_join(&a, 1, 2);
	check(!inv_rows_eq(&a, &b) && !inv_rows_eq(&b, &a));
	inv_rows_join(&b, 1, 9);
	check(!inv_rows_eq(&a, &b));
	inv_rows_cut(&b, 3, 3);
	check(inv_rows_eq(&a, &b));
	inv_rows_join(&b, 10, 10);
	check(!inv_rows_eq(&a, &b));
	inv_rows_free(&a);
	inv_rows_free(&b);
}

static void
rows_within_a_range_are_counted(void)
{
	struct inv_rows r = { 0 };

	check(inv_rows_within(&r, 1, UINT64_MAX) == 0);
	inv_rows_join(&r, 3, 5);
	inv_rows_join(&r, 8, 20);
	check(inv_rows_within(&r, 1, 30) == 16);
	check(inv_rows_within(&r, 1, 2) == 0 && inv_rows_within(&r, 6, 7) == 0);
	check(inv_rows_within(&r, 4, 9) == 4);
	check(inv_rows_within(&r, 10, 11) == 2);
	check(inv_rows_within(&r, 20, 20) == 1);
	inv_rows_free(&r);
}

static const struct test tests[] = {
	TEST(rows_in_order_are_one_range),
	TEST(ranges_never_touch_each_other),
	TEST(a_row_that_is_in_already_adds_nothing),
	TEST(a_set_of_too_many_ranges_is_full),
	TEST(joining_and_cutting_do_what_bits_do),
	TEST(the_last_row_of_all_is_a_row),
	TEST(rows_within_a_range_are_counted),
	TEST(sets_are_the_same_with_the_same_rows),
	TEST(an_empty_set_has_no_rows_and_no_gap_in_nothing),
};

int
main(void)
{
	return RUN(tests);
}
