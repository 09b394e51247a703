/* test_profile.c - what the columns of a manifest look like */

#include "data/profile.h"

#include <stdio.h>
#include <stdlib.h>

#include "check.h"

enum { TEXT = 256 };

static void
add(struct inv_profile *p, const char *record)
{
	inv_profile_add(p, inv_str_of(record));
}

static const struct inv_figures *
column(const struct inv_profile *p, const char *name)
{
	const struct inv_figures *f = inv_profile_column(p, inv_str_of(name));

	check(f != NULL);
	return f;
}

static void
tells_what_a_value_looks_like(void)
{
	static const struct {
		const char *text;
		enum inv_look look;
	} cases[] = {
		{ "", INV_LOOK_EMPTY },
		{ "0", INV_LOOK_INTEGER },
		{ "-12", INV_LOOK_INTEGER },
		{ "1.5", INV_LOOK_NUMBER },
		{ "1e5", INV_LOOK_NUMBER },
		{ "-1.5E-07", INV_LOOK_NUMBER },
		{ "0012", INV_LOOK_TEXT },
		{ "1.", INV_LOOK_TEXT },
		{ "1.5e", INV_LOOK_TEXT },
		{ "-", INV_LOOK_TEXT },
		{ "+5", INV_LOOK_TEXT },
		{ " 5", INV_LOOK_TEXT },
		{ "5x", INV_LOOK_TEXT },
		{ "true", INV_LOOK_BOOLEAN },
		{ "false", INV_LOOK_BOOLEAN },
		{ "TRUE", INV_LOOK_TEXT },
		{ "null", INV_LOOK_TEXT },
		{ "2026-02-28", INV_LOOK_DATE },
		{ "2026-02-30", INV_LOOK_TEXT },
		{ "2026-02-28T12:00:00Z", INV_LOOK_DATE_TIME },
		{ "2026-02-28 12:00:00Z", INV_LOOK_TEXT },
		{ "NaN", INV_LOOK_TEXT },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct inv_str got =
		    inv_look_name(inv_look_of(inv_str_of(cases[i].text)));
		struct inv_str want = inv_look_name(cases[i].look);

		if (!inv_str_eq(got, want))
			printf("# of \"%s\"\n", cases[i].text);
		check(inv_str_eq(got, want));
	}
}

static void
counts_kinds_of_value_by_column(void)
{
	struct inv_profile p;

	inv_profile_init(&p, INV_LIT("seed"));
	add(&p, "{\"a\":1,\"b\":\"x\",\"c\":null}");
	add(&p, "{\"a\":\"2\",\"b\":\"\",\"c\":[1]}");
	add(&p, "{\"b\":\"true\",\"a\":2.5,\"d\":{\"a\":7}}");
	check(p.rows == 3 && p.n == 4 && !p.full);
	const struct inv_figures *a = column(&p, "a");

	check(a->looks[INV_LOOK_INTEGER] == 2);
	check(a->looks[INV_LOOK_NUMBER] == 1);
	check(inv_figures_rows(a) == 3 && inv_figures_values(a) == 3);
	const struct inv_figures *b = column(&p, "b");

	check(b->looks[INV_LOOK_TEXT] == 1);
	check(b->looks[INV_LOOK_EMPTY] == 1);
	check(b->looks[INV_LOOK_BOOLEAN] == 1);
	check(inv_figures_values(b) == 2);
	const struct inv_figures *c = column(&p, "c");

	check(c->looks[INV_LOOK_NULL] == 1 && c->looks[INV_LOOK_ARRAY] == 1);
	check(inv_figures_rows(c) == 2);
	check(column(&p, "d")->looks[INV_LOOK_OBJECT] == 1);
	check(inv_profile_column(&p, INV_LIT("e")) == NULL);
	inv_profile_free(&p);
}

static void
tells_lengths_digits_and_numbers(void)
{
	struct inv_profile p;

	inv_profile_init(&p, INV_LIT("seed"));
	add(&p, "{\"zip\":\"00501\",\"n\":-1.5,\"t\":\"\xc3\xa9t\xc3\xa9\"}");
	add(&p, "{\"zip\":\"90210\",\"n\":3,\"t\":\"\"}");
	add(&p, "{\"zip\":\"N/A\",\"n\":1e400,\"t\":\"a\\u0062\\n\"}");
	const struct inv_figures *f = column(&p, "zip");

	check(f->shortest == 3 && f->longest == 5);
	check(f->digits == 2 && f->padded == 1);
	check(f->least_digits == 5 && f->most_digits == 5);
	f = column(&p, "n");
	check(f->numbers == 2 && f->sampled == 2);
	check(f->looks[INV_LOOK_NUMBER] == 2);
	f = column(&p, "t");
	check(f->shortest == 3 && f->longest == 3);
	check(inv_tally_count(&f->values, INV_LIT("ab\n")) == 1);
	inv_profile_free(&p);
}

static void
an_escaped_name_is_the_same_column(void)
{
	struct inv_profile p;

	inv_profile_init(&p, INV_LIT("seed"));
	add(&p, "{\"a\\\"b\":1}");
	add(&p, "{\"\\u0061\\u0022b\":\"\\u0031\"}");
	check(p.n == 1);
	check(column(&p, "a\"b")->looks[INV_LOOK_INTEGER] == 2);
	inv_profile_free(&p);
}

static void
settled_figures_are_in_order(void)
{
	struct inv_profile p;

	inv_profile_init(&p, INV_LIT("seed"));
	add(&p, "{\"n\":3,\"t\":\"a\"}");
	add(&p, "{\"n\":-1,\"t\":\"b\"}");
	add(&p, "{\"n\":2,\"t\":\"b\"}");
	inv_profile_settle(&p);
	const struct inv_figures *f = column(&p, "n");

	check(f->sample[0] == -1 && f->sample[1] == 2 && f->sample[2] == 3);
	check_str(inv_count_text(&column(&p, "t")->values.at[0]), "b");
	inv_profile_free(&p);
}

/* Fills p with n rows of numbers 0 to n - 1. */
static void
fill(struct inv_profile *p, const char *seed, size_t n)
{
	char record[TEXT];

	inv_profile_init(p, inv_str_of(seed));
	for (size_t i = 0; i < n; i++) {
		snprintf(record, sizeof(record), "{\"n\":%zu}", i);
		add(p, record);
	}
}

static void
the_sample_is_fair_and_the_same_again(void)
{
	struct inv_profile p;
	struct inv_profile again;
	struct inv_profile other;
	const size_t rows = 100 * INV_SAMPLE;
	size_t low = 0;

	fill(&p, "seed", rows);
	fill(&again, "seed", rows);
	fill(&other, "another", rows);
	const struct inv_figures *f = &p.at[0];

	check(f->sampled == INV_SAMPLE && f->numbers == rows);
	for (size_t i = 0; i < INV_SAMPLE; i++)
		low += f->sample[i] < (double)(rows / 4);
	/* A quarter, five standard deviations either side. */
	check(low > 180 && low < 320);
	check(memcmp(f->sample, again.at[0].sample,
		  INV_SAMPLE * sizeof(double)) == 0);
	check(memcmp(f->sample, other.at[0].sample,
		  INV_SAMPLE * sizeof(double)) != 0);
	inv_profile_free(&p);
	inv_profile_free(&again);
	inv_profile_free(&other);
}

static void
memory_is_bounded_and_it_says_so(void)
{
	struct inv_profile p;
	char *wide = malloc(64 * (INV_MEMBERS_MAX + 1));
	size_t n = 0;

	inv_profile_init(&p, INV_LIT("seed"));
	for (int row = 0; row < 40; row++) {
		n = 0;
		for (int i = 0; i < INV_MEMBERS_MAX; i++)
			n += (size_t)sprintf(wide + n, "%c\"c%d\":\"%d.%d\"",
			    i == 0 ? '{' : ',', i, row, i);
		n += (size_t)sprintf(wide + n, "}");
		inv_profile_add(&p, (struct inv_str){ wide, n });
	}
	check(p.full);
	check(p.n == INV_MEMBERS_MAX);
	check(p.budget < 1 << 20);
	check(inv_figures_values(column(&p, "c4095")) == 40);
	add(&p, "{\"one more\":1}");
	check(p.n == INV_MEMBERS_MAX);
	inv_profile_free(&p);
	free(wide);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(tells_what_a_value_looks_like),
		TEST(counts_kinds_of_value_by_column),
		TEST(tells_lengths_digits_and_numbers),
		TEST(an_escaped_name_is_the_same_column),
		TEST(settled_figures_are_in_order),
		TEST(the_sample_is_fair_and_the_same_again),
		TEST(memory_is_bounded_and_it_says_so),
	};

	return RUN(tests);
}
