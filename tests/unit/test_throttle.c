/* test_throttle.c - rate, budget and breaker, as tables of times */

#include "net/throttle.h"

#include "check.h"

static const struct inv_throttle_options plain = {
	.budget = 10,
	.breaker = 5,
	.wait = { .base_ms = 1000, .max_ms = 4000 },
};

/* Requests that are let through between two times, asked for each ms. */
static unsigned
sent(struct inv_throttle *t, uint64_t from, uint64_t to, bool again)
{
	uint64_t when;
	unsigned n = 0;

	for (uint64_t now = from; now < to; now++)
		while (inv_throttle_may(t, now, again, &when)) {
			inv_throttle_sent(t, now, again);
			if (++n == 100000)
				return n;
		}
	return n;
}

static void
without_limits_everything_may_be_sent(void)
{
	struct inv_throttle t;
	uint64_t when;

	inv_throttle_init(&t, &plain);
	for (int i = 0; i < 1000; i++) {
		check(inv_throttle_may(&t, 5, false, &when));
		inv_throttle_sent(&t, 5, false);
	}
}

static void
a_rate_is_kept_in_every_second(void)
{
	static const unsigned rates[] = { 1, 3, 20, 999, 1000, 2500, 7000 };
	struct inv_throttle_options o = plain;
	struct inv_throttle t;

	for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
		o.rate = rates[i];
		inv_throttle_init(&t, &o);
		check(sent(&t, 777, 10777, false) >= 10 * rates[i] - 1);
		check(sent(&t, 10777, 11777, false) <=
		    rates[i] + rates[i] / 1000 + 1);
		/* what was not used is not saved up */
		check(sent(&t, 60000, 60001, false) <=
		    2 * (rates[i] / 1000 + 1));
	}
}

static void
says_when_the_rate_allows_the_next(void)
{
	struct inv_throttle_options o = plain;
	struct inv_throttle t;
	uint64_t when = 0;

	o.rate = 3;
	inv_throttle_init(&t, &o);
	check(inv_throttle_may(&t, 1000, false, &when));
	inv_throttle_sent(&t, 1000, false);
	check(!inv_throttle_may(&t, 1001, false, &when) && when == 1333);
	check(inv_throttle_may(&t, when, false, &when));
}

static void
retries_have_a_budget_of_ten_seconds(void)
{
	struct inv_throttle t;
	uint64_t when = 0;

	inv_throttle_init(&t, &plain);
	for (int i = 0; i < 200; i++)
		inv_throttle_sent(&t, 100, false);
	/* 10, and a tenth of 200 and of themselves */
	check(sent(&t, 200, 201, true) == 33);
	check(inv_throttle_may(&t, 200, false, &when));
	check(!inv_throttle_may(&t, 9999, true, &when) && when == 10000);
	check(sent(&t, 10000, 10001, true) >= INV_BUDGET_FREE);
}

/* So many bad answers in a row, to the last request; true if one opened it. */
static bool
bad(struct inv_throttle *t, unsigned n, uint64_t now)
{
	bool opened = false;

	while (n-- > 0)
		opened =
		    inv_throttle_answered(t, now, t->sent, true, UINT64_MAX);
	return opened;
}

static void
opens_after_so_many_bad_answers_in_a_row(void)
{
	struct inv_throttle t;
	uint64_t when;

	inv_throttle_init(&t, &plain);
	check(!bad(&t, 4, 10));
	check(!inv_throttle_answered(&t, 10, t.sent, false, 0));
	check(!bad(&t, 4, 20));
	check(inv_throttle_may(&t, 20, false, &when));
	check(inv_throttle_shut(&t, 20) == 0);
	check(bad(&t, 1, 20));
	check(!inv_throttle_may(&t, 20, false, &when));
	check(when > 20 && when <= 1020);
	check(inv_throttle_shut(&t, 50) == 30);
	/* what was under way says nothing new */
	check(!bad(&t, 7, 30));
}

static void
one_probe_closes_it_or_opens_it_again(void)
{
	struct inv_throttle t;
	uint64_t when;

	inv_throttle_init(&t, &plain);
	bad(&t, 5, 0);
	check(inv_throttle_may(&t, 1000, true, &when));
	inv_throttle_sent(&t, 1000, true);
	check(!inv_throttle_may(&t, 1000, true, &when));
	check(when == UINT64_MAX);
	check(bad(&t, 1, 1100));
	check(!inv_throttle_may(&t, 1100, true, &when));
	check(when > 1100 && when <= 3100);
	check(inv_throttle_may(&t, 3100, true, &when));
	inv_throttle_sent(&t, 3100, true);
	check(inv_throttle_shut(&t, 3100) == 3100);
	check(!inv_throttle_answered(&t, 3200, t.sent, false, 0));
	check(inv_throttle_shut(&t, 3200) == 0);
	check(inv_throttle_may(&t, 3200, true, &when));
	check(!bad(&t, 4, 3300));
}

static void
a_bad_answer_that_was_under_way_lets_no_second_probe_go(void)
{
	struct inv_throttle t;
	uint64_t when, old, probe;

	inv_throttle_init(&t, &plain);
	old = inv_throttle_sent(&t, 0, false);
	bad(&t, 5, 0);
	probe = inv_throttle_sent(&t, 1000, true);
	check(!inv_throttle_answered(&t, 1100, old, true, 0));
	check(!inv_throttle_may(&t, 9000, true, &when));
	check(when == UINT64_MAX);
	check(inv_throttle_answered(&t, 1200, probe, true, UINT64_MAX));
	check(!inv_throttle_may(&t, 1200, true, &when) && when <= 3200);
	check(inv_throttle_may(&t, 3200, true, &when));
}

static void
a_good_answer_that_was_under_way_closes_it(void)
{
	struct inv_throttle t;
	uint64_t when;

	inv_throttle_init(&t, &plain);
	bad(&t, 5, 0);
	inv_throttle_answered(&t, 1, t.sent, false, 0);
	check(inv_throttle_may(&t, 1, false, &when));
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(without_limits_everything_may_be_sent),
		TEST(a_rate_is_kept_in_every_second),
		TEST(says_when_the_rate_allows_the_next),
		TEST(retries_have_a_budget_of_ten_seconds),
		TEST(opens_after_so_many_bad_answers_in_a_row),
		TEST(one_probe_closes_it_or_opens_it_again),
		TEST(a_bad_answer_that_was_under_way_lets_no_second_probe_go),
		TEST(a_good_answer_that_was_under_way_closes_it),
	};

	return RUN(tests);
}
