/* test_fates - does audit/fates keep its header's promises? */

#include "check.h"

#include "audit/fates.h"
#include "store/audit.h"

static uint16_t
fate(struct inv_fates *f, enum inv_verdict v, const char *reason)
{
	return inv_fates_of(f, v, INV_LIT("s"), inv_str_of(reason));
}

static void
the_latest_verdict_of_a_row_stands(void)
{
	struct inv_fates f = { 0 };
	uint16_t held = fate(&f, INV_HELD, "systemic");
	uint16_t bad = fate(&f, INV_QUARANTINED, "rejected");

	inv_fates_set(&f, held, 1, 10);
	inv_fates_set(&f, bad, 4, 5);
	inv_fates_count(&f, 10);
	check(f.fate[held].rows == 8 && f.fate[held].ranges.n == 2);
	check(f.fate[held].ranges.range[1].first == 6);
	check(f.fate[held].ranges.range[1].last == 10);
	check(f.fate[bad].rows == 2 && f.fate[bad].ranges.n == 1);
	check_str(f.fate[bad].reason, "rejected");
	inv_fates_free(&f);
}

static void
committed_is_final(void)
{
	struct inv_fates f = { 0 };
	uint16_t done = fate(&f, INV_COMMITTED, "");
	uint16_t skipped = fate(&f, INV_SKIPPED, "already_committed");

	inv_fates_set(&f, done, 2, 3);
	inv_fates_set(&f, skipped, 1, 4);
	inv_fates_count(&f, 4);
	check(f.fate[done].rows == 2);
	check(f.fate[skipped].rows == 2);
	inv_fates_free(&f);
}

static void
what_has_no_verdict_is_pending_and_all_add_up(void)
{
	struct inv_fates f = { 0 };
	uint16_t done = fate(&f, INV_COMMITTED, "");
	uint16_t none = fate(&f, INV_PENDING, "x");

	check(none == INV_FATE_PENDING);
	inv_fates_set(&f, done, 2, 2);
	inv_fates_set(&f, none, 1, 9);
	check(f.highest == 9);
	inv_fates_count(&f, 5000);
	check(f.fate[none].rows == 4999);
	check(f.fate[none].ranges.n == 2);
	inv_fates_free(&f);
}

static void
nothing_known_is_all_pending(void)
{
	struct inv_fates f = { 0 };

	inv_fates_count(&f, 7);
	check(f.n == 1 && f.fate[0].rows == 7 && f.fate[0].shown == 7);
	inv_fates_free(&f);
}

static void
rows_past_the_ceiling_count_as_pending(void)
{
	struct inv_fates f = { 0 };
	uint16_t done = fate(&f, INV_COMMITTED, "");

	inv_fates_set(&f, done, INV_STANDING_MAX, INV_STANDING_MAX + 5);
	inv_fates_set(&f, done, INV_STANDING_MAX + 7, INV_STANDING_MAX + 7);
	inv_fates_count(&f, INV_STANDING_MAX + 7);
	check(f.highest == INV_STANDING_MAX + 7);
	check(f.fate[done].rows == 1);
	check(f.fate[INV_FATE_PENDING].rows == INV_STANDING_MAX + 6);
	inv_fates_free(&f);
}

static void
many_ranges_are_counted_and_the_first_are_kept(void)
{
	struct inv_fates f = { 0 };
	uint16_t done = fate(&f, INV_COMMITTED, "");

	for (uint64_t r = 1; r <= 4 * INV_FATE_RANGES; r += 2)
		inv_fates_set(&f, done, r, r);
	inv_fates_count(&f, 4 * INV_FATE_RANGES);
	check(f.fate[done].rows == 2 * INV_FATE_RANGES);
	check(f.fate[done].shown == INV_FATE_RANGES);
	check(f.fate[done].ranges.n == INV_FATE_RANGES);
	inv_fates_free(&f);
}

static void
reasons_past_the_ceiling_are_put_together(void)
{
	struct inv_fates f = { 0 };
	char reason[16];

	for (int i = 0; i < INV_FATES_MAX + 100; i++) {
		snprintf(reason, sizeof(reason), "r%d", i);
		(void)fate(&f, i % 2 ? INV_HELD : INV_QUARANTINED, reason);
	}
	check(f.n == INV_FATES_MAX + 2);
	check(fate(&f, INV_HELD, "another") ==
	    fate(&f, INV_HELD, "yet another"));
	inv_fates_free(&f);
}

static const struct test tests[] = {
	TEST(the_latest_verdict_of_a_row_stands),
	TEST(committed_is_final),
	TEST(what_has_no_verdict_is_pending_and_all_add_up),
	TEST(nothing_known_is_all_pending),
	TEST(rows_past_the_ceiling_count_as_pending),
	TEST(many_ranges_are_counted_and_the_first_are_kept),
	TEST(reasons_past_the_ceiling_are_put_together),
};

int
main(void)
{
	return RUN(tests);
}
