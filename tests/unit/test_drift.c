/* test_drift.c - what changed between two profiles */

#include "data/drift.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "check.h"

enum { TEXT = 512 };

#define ROW "{\"id\":\"A-%d\",\"room\":\"R%d\",\"n\":%d,\"x\":\"%s\"}"

/* Two profiles that are filled row by row and then compared. */
struct pair {
	struct inv_profile was;
	struct inv_profile is;
	struct inv_thresholds limits;
	struct inv_findings found;
};

static void
begin(struct pair *p)
{
	*p = (struct pair){ .limits = inv_thresholds_usual() };
	inv_profile_init(&p->was, INV_LIT("was"));
	inv_profile_init(&p->is, INV_LIT("is"));
}

static void
end(struct pair *p)
{
	inv_profile_free(&p->was);
	inv_profile_free(&p->is);
	inv_findings_free(&p->found);
}

static void __attribute__((format(printf, 2, 3)))
row(struct inv_profile *p, const char *fmt, ...)
{
	char text[TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	inv_profile_add(p, inv_str_of(text));
}

static size_t
compare(struct pair *p)
{
	inv_profile_settle(&p->was);
	inv_profile_settle(&p->is);
	inv_drift_compare(&p->was, &p->is, &p->limits, &p->found);
	return p->found.n;
}

static const struct inv_finding *
found(const struct pair *p, enum inv_drift kind)
{
	static const struct inv_finding none;

	for (size_t i = 0; i < p->found.n; i++)
		if (p->found.at[i].kind == kind)
			return &p->found.at[i];
	printf("# no finding %s\n", inv_drift_name(kind).p);
	check(false);
	return &none;
}

static bool
near(double got, double want)
{
	if (fabs(got - want) < 1e-3)
		return true;
	printf("# got %.6f, want %.6f\n", got, want);
	return false;
}

static void
the_same_rows_have_not_drifted(void)
{
	struct pair p;

	begin(&p);
	for (int i = 0; i < 1000; i++) {
		row(&p.was, ROW, i, i % 7, i % 50, i % 3 ? "y" : "");
		row(&p.is, ROW, i + 1000, i % 7, (i * 7) % 50,
		    i % 3 ? "y" : "");
	}
	check(compare(&p) == 0);
	check(!p.found.few);
	end(&p);
}

/* n rows drawn from what never changes: half the rooms are the first. */
static void
draw(struct inv_profile *p, uint64_t *state, int n)
{
	for (int i = 0; i < n; i++) {
		unsigned r[4];

		for (int k = 0; k < 4; k++) {
			*state ^= *state << 13;
			*state ^= *state >> 7;
			*state ^= *state << 17;
			r[k] = (unsigned)(*state >> 33);
		}
		row(p, "{\"c\":\"R%u\",\"n\":%u,\"q\":\"%s\",\"t\":\"%s\"}",
		    r[0] % 2 ? 0 : r[0] / 2 % 12, r[1] % 500 * (r[1] % 3),
		    r[2] % 10 ? "x" : "", r[3] % 5 ? "7" : "a");
	}
}

/* How many of 200 pairs of n rows each drift. */
static size_t
false_alarms(int n)
{
	uint64_t state = 88172645463325252;
	size_t alarms = 0;

	for (int i = 0; i < 200; i++) {
		struct pair p;

		begin(&p);
		draw(&p.was, &state, n);
		draw(&p.is, &state, n);
		alarms += compare(&p) > 0;
		end(&p);
	}
	return alarms;
}

/* Four kinds of test with a chance of one in a hundred each, at most. */
static void
rows_drawn_anew_hardly_ever_drift(void)
{
	check(false_alarms(120) <= 8);
	check(false_alarms(1000) == 0);
}

static void
a_rate_of_nulls_that_rose_is_found(void)
{
	struct pair p;

	begin(&p);
	for (int i = 0; i < 1000; i++) {
		row(&p.was, "{\"q\":%s}", i < 10 ? "null" : "\"1\"");
		row(&p.is, "{\"q\":%s}", i < 140 ? "\"\"" : "\"1\"");
	}
	check(compare(&p) == 1);
	const struct inv_finding *f = found(&p, INV_DRIFT_NULL_RATE);

	check_str(f->was->name, "q");
	check(near(inv_null_rate(&p.was, f->was), 0.01));
	check(near(inv_null_rate(&p.is, f->is), 0.14));
	check(near(f->score, 0.13) && near(f->threshold, 0.05));
	p.limits.at[INV_NULL_RATE] = 0.2;
	check(compare(&p) == 0);
	end(&p);
}

static void
what_chance_makes_of_few_rows_is_not_found(void)
{
	struct pair p;

	begin(&p);
	for (int i = 0; i < 100; i++) {
		row(&p.was, "{\"q\":\"%s\"}", i < 10 ? "" : "1");
		row(&p.is, "{\"q\":\"%s\"}", i < 20 ? "" : "1");
	}
	check(compare(&p) == 0);
	check(!p.found.few);
	end(&p);
	begin(&p);
	for (int i = 0; i < 99; i++) {
		row(&p.was, "{\"q\":1}");
		row(&p.is, "{\"q\":\"\"}");
	}
	check(compare(&p) == 0);
	check(p.found.few);
	p.limits.at[INV_MIN_ROWS] = 99;
	check(compare(&p) == 1);
	check(!p.found.few);
	end(&p);
}

static void
chance_is_shared_out_over_the_columns(void)
{
	struct pair p;

	for (int wide = 0; wide <= 1; wide++) {
		const char *more = wide
		    ? ",\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1"
		    : "";

		begin(&p);
		for (int i = 0; i < 100; i++) {
			row(&p.was, "{\"q\":\"%s\"%s}", i < 10 ? "" : "1",
			    more);
			row(&p.is, "{\"q\":\"%s\"%s}", i < 25 ? "" : "1", more);
		}
		check(compare(&p) == (wide ? 0 : 1));
		end(&p);
	}
}

static void
a_type_that_shifted_is_found(void)
{
	struct pair p;

	begin(&p);
	for (int i = 0; i < 500; i++) {
		row(&p.was, "{\"q\":%d}", i % 10);
		row(&p.is, "{\"q\":\"%d%s\"}", i % 10, i % 5 ? "" : " pcs");
	}
	check(compare(&p) == 1);
	const struct inv_finding *f = found(&p, INV_DRIFT_TYPE);

	check(near(f->score, 0.2) && near(f->threshold, 0.05));
	end(&p);
}

static void
columns_that_came_and_went_are_found(void)
{
	struct pair p;

	begin(&p);
	for (int i = 0; i < 10; i++) {
		row(&p.was, "{\"a\":1,\"gone\":2,\"Asset ID\":%d}", i);
		row(&p.is, "{\"a\":1,\"asset_id\":%d,\"came\":true}", i);
	}
	check(compare(&p) == 3);
	check_str(found(&p, INV_DRIFT_MISSING_COLUMN)->was->name, "gone");
	check_str(found(&p, INV_DRIFT_NEW_COLUMN)->is->name, "came");
	const struct inv_finding *f = found(&p, INV_DRIFT_RENAMED_COLUMN);

	check_str(f->was->name, "Asset ID");
	check_str(f->is->name, "asset_id");
	end(&p);
}

static void
a_column_is_known_by_its_values_under_another_name(void)
{
	struct pair p;

	begin(&p);
	for (int i = 0; i < 300; i++) {
		row(&p.was, "{\"room\":\"R%d\",\"qty\":%d,\"lot\":%d}", i % 5,
		    i, i % 2);
		row(&p.is, "{\"site\":\"R%d\",\"count\":%d,\"day\":\"%d-x\"}",
		    i % 5, 299 - i, i);
	}
	check(compare(&p) == 4);
	check_str(p.found.at[0].was->name, "room");
	check_str(p.found.at[0].is->name, "site");
	check_str(p.found.at[1].was->name, "qty");
	check_str(p.found.at[1].is->name, "count");
	check_str(found(&p, INV_DRIFT_MISSING_COLUMN)->was->name, "lot");
	check_str(found(&p, INV_DRIFT_NEW_COLUMN)->is->name, "day");
	end(&p);
}

static void
of_many_columns_none_is_known_under_another_name(void)
{
	char a[16 * TEXT] = "{";
	char b[16 * TEXT] = "{";
	struct pair p;

	for (int n = 64; n <= 65; n++) {
		begin(&p);
		for (int i = 0; i < n; i++) {
			sprintf(a + strlen(a), "%c\"a%d\":1", i ? ',' : ' ', i);
			sprintf(b + strlen(b), "%c\"A %d\":1", i ? ',' : ' ',
			    i);
		}
		strcat(a, "}");
		strcat(b, "}");
		inv_profile_add(&p.was, inv_str_of(a));
		inv_profile_add(&p.is, inv_str_of(b));
		check(compare(&p) == (n == 64 ? 64 : 130));
		end(&p);
		a[1] = b[1] = '\0';
	}
}

static void
a_column_that_is_rare_may_be_away(void)
{
	struct pair p;

	begin(&p);
	for (int i = 0; i < 1000; i++)
		row(&p.was, i % 100 ? "{\"a\":1}" : "{\"a\":1,\"rare\":1}");
	for (int i = 0; i < 200; i++)
		row(&p.is, "{\"a\":1}");
	check(compare(&p) == 0);
	for (int i = 0; i < 1000; i++)
		row(&p.is, "{\"a\":1}");
	check(compare(&p) == 1);
	end(&p);
}

static void
categories_that_came_went_or_moved_are_found(void)
{
	struct pair p;

	begin(&p);
	for (int i = 0; i < 1000; i++) {
		row(&p.was, "{\"c\":\"%c\"}", "ABCD"[i % 4]);
		row(&p.is, "{\"c\":\"%c\"}", "AABXABXAAY"[i % 10]);
	}
	check(compare(&p) == 3);
	const struct inv_finding *f = found(&p, INV_DRIFT_NEW_VALUES);

	check(f->values == 2 && near(f->score, 0.3));
	f = found(&p, INV_DRIFT_VANISHED_VALUES);
	check(f->values == 2 && near(f->score, 0.5));
	f = found(&p, INV_DRIFT_CATEGORIES);
	check(f->score > 2 && near(f->threshold, 0.25));
	end(&p);
}

static void
many_values_are_no_categories(void)
{
	struct pair p;

	begin(&p);
	for (int i = 0; i < 1000; i++) {
		row(&p.was, "{\"c\":\"id-%d\"}", i);
		row(&p.is, "{\"c\":\"id-%d\"}", i + 5000);
	}
	check(compare(&p) == 0);
	end(&p);
}

static void
numbers_that_moved_are_found(void)
{
	struct pair p;

	begin(&p);
	for (int i = 0; i < 400; i++) {
		row(&p.was, "{\"n\":%d}", i);
		row(&p.is, "{\"n\":%d.5}", i + 100);
		row(&p.is, "{\"n\":%d}", i + 100);
	}
	p.limits.at[INV_TYPE_SHARE] = 1;
	check(compare(&p) == 1);
	const struct inv_finding *f = found(&p, INV_DRIFT_NUMBERS);

	/* At 100: 101 of 400 were at or below it, and 1 of 800 is. */
	check(near(f->score, 0.25125) && near(f->threshold, 0.1));
	end(&p);
}

static void
names_of_thresholds_are_in_order_and_their_values_held(void)
{
	struct inv_thresholds usual = inv_thresholds_usual();

	for (int i = 0; i < INV_THRESHOLDS; i++) {
		enum inv_threshold t = (enum inv_threshold)i;

		check(inv_threshold_fits(t, usual.at[i]));
		check(!inv_threshold_fits(t, -1));
		check(!inv_threshold_fits(t, NAN));
		check(i == 0 ||
		    inv_str_cmp(inv_threshold_name((enum inv_threshold)(i - 1)),
			inv_threshold_name(t)) < 0);
	}
	check(usual.at[INV_PSI] == 0.25);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(the_same_rows_have_not_drifted),
		TEST(rows_drawn_anew_hardly_ever_drift),
		TEST(a_rate_of_nulls_that_rose_is_found),
		TEST(what_chance_makes_of_few_rows_is_not_found),
		TEST(chance_is_shared_out_over_the_columns),
		TEST(a_type_that_shifted_is_found),
		TEST(columns_that_came_and_went_are_found),
		TEST(a_column_is_known_by_its_values_under_another_name),
		TEST(of_many_columns_none_is_known_under_another_name),
		TEST(a_column_that_is_rare_may_be_away),
		TEST(categories_that_came_went_or_moved_are_found),
		TEST(many_values_are_no_categories),
		TEST(numbers_that_moved_are_found),
		TEST(names_of_thresholds_are_in_order_and_their_values_held),
	};

	return RUN(tests);
}
