/* test_near.c - distances between words */

#include "base/near.h"
#include "check.h"

static size_t
far(const char *a, const char *b)
{
	return inv_near(inv_str_of(a), inv_str_of(b), 9);
}

static void
counts_each_kind_of_change_as_one(void)
{
	check(far("minimum", "minimum") == 0);
	check(far("minimun", "minimum") == 1);
	check(far("minmum", "minimum") == 1);
	check(far("mminimum", "minimum") == 1);
	check(far("mniimum", "minimum") == 1);
	check(far("ab", "ba") == 1);
	check(far("", "abc") == 3);
	check(far("abc", "") == 3);
	check(far("kitten", "sitting") == 3);
}

static void
stops_counting_past_what_is_asked(void)
{
	check(inv_near(INV_LIT("abcdef"), INV_LIT("uvwxyz"), 2) == 3);
	check(inv_near(INV_LIT("ab"), INV_LIT("ac"), 0) == 1);
}

static void
does_not_compare_what_is_long(void)
{
	char a[INV_NEAR_MAX + 1];
	char b[INV_NEAR_MAX + 1];

	memset(a, 'a', sizeof(a));
	memset(b, 'a', sizeof(b));
	check(inv_near((struct inv_str){ a, sizeof(a) },
		  (struct inv_str){ b, sizeof(b) }, 4) == 0);
	b[3] = 'b';
	check(inv_near((struct inv_str){ a, sizeof(a) },
		  (struct inv_str){ b, sizeof(b) }, 4) == 5);
	check(inv_near((struct inv_str){ a, INV_NEAR_MAX },
		  (struct inv_str){ b, INV_NEAR_MAX }, 4) == 1);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(counts_each_kind_of_change_as_one),
		TEST(stops_counting_past_what_is_asked),
		TEST(does_not_compare_what_is_long),
	};

	return RUN(tests);
}
