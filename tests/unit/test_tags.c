/* test_tags - a set of texts that need not fit in memory */

#include "data/tags.h"

#include <stdio.h>

#include "check.h"

enum { MANY = 400000 }; /* several blocks in each part */

static struct inv_str
text_of(char buf[32], int i)
{
	int n = snprintf(buf, 32, "\"LAB-%d\"", i);

	return (struct inv_str){ buf, (size_t)n };
}

static struct inv_tags *
tags_of(int from, int to, int step)
{
	struct inv_err err;
	struct inv_tags *t = inv_tags_new("/tmp", &err);
	char buf[32];

	for (int i = from; i < to; i += step)
		check(inv_tags_add(t, text_of(buf, i), &err));
	return t;
}

static void
has_what_was_added_and_nothing_else(void)
{
	struct inv_tags *t = tags_of(0, MANY, 2);
	struct inv_err err;
	char buf[32];
	int wrong = 0;

	check(inv_tags_seal(t, &err));
	check(inv_tags_count(t) == MANY / 2);
	for (int i = 0; i < MANY; i++)
		wrong += inv_tags_has(t, text_of(buf, i)) != (i % 2 == 0);
	check(wrong == 0);
	inv_tags_free(t);
}

static void
counts_a_text_once(void)
{
	struct inv_tags *t = tags_of(0, 1000, 1);
	struct inv_err err;
	char buf[32];

	for (int i = 0; i < MANY; i++)
		check(inv_tags_add(t, text_of(buf, i % 1000), &err));
	check(inv_tags_seal(t, &err));
	check(inv_tags_count(t) == 1000);
	check(inv_tags_has(t, INV_LIT("\"LAB-999\"")));
	check(!inv_tags_has(t, INV_LIT("\"LAB-1000\"")));
	inv_tags_free(t);
}

static void
has_nothing_where_nothing_was_added(void)
{
	struct inv_tags *t = tags_of(0, 0, 1);
	struct inv_err err;

	check(inv_tags_seal(t, &err));
	check(inv_tags_count(t) == 0);
	check(!inv_tags_has(t, INV_LIT("")));
	inv_tags_relax(t);
	inv_tags_free(t);
}

static void
the_empty_text_is_a_text(void)
{
	struct inv_tags *t = tags_of(0, 1, 1);
	struct inv_err err;

	check(inv_tags_add(t, INV_LIT(""), &err));
	check(inv_tags_seal(t, &err));
	check(inv_tags_has(t, INV_LIT("")));
	check(inv_tags_count(t) == 2);
	inv_tags_free(t);
}

static void
answers_the_same_after_it_gave_memory_back(void)
{
	struct inv_tags *t = tags_of(0, MANY, 1);
	struct inv_err err;
	char buf[32];
	int missing = 0;

	check(inv_tags_seal(t, &err));
	for (int i = 0; i < MANY; i++) {
		if (i % 50000 == 0)
			inv_tags_relax(t);
		missing += !inv_tags_has(t, text_of(buf, i));
	}
	check(missing == 0);
	inv_tags_free(t);
}

static void
says_where_no_file_can_be_made(void)
{
	struct inv_err err;

	check(inv_tags_new("/nonesuch", &err) == NULL);
	check(err.fault == INV_CREATE);
	check_str(inv_str_of(err.msg), "/nonesuch: No such file or directory");
}

static const struct test tests[] = {
	TEST(has_what_was_added_and_nothing_else),
	TEST(counts_a_text_once),
	TEST(has_nothing_where_nothing_was_added),
	TEST(the_empty_text_is_a_text),
	TEST(answers_the_same_after_it_gave_memory_back),
	TEST(says_where_no_file_can_be_made),
};

int
main(void)
{
	return RUN(tests);
}
