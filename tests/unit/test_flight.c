/* test_flight - the keys of rows whose fate is not known */

#include "commit/flight.h"

#include "check.h"

static struct inv_seen_row
row_of(uint64_t n, unsigned char spread)
{
	struct inv_seen_row r = { .row = n };

	/* The first byte is the low one of the hash: few homes, many keys. */
	r.key[0] = (unsigned char)(n % spread);
	memcpy(r.key + 8, &n, sizeof(n));
	return r;
}

static void
finds_what_was_added_and_nothing_else(void)
{
	struct inv_flight *t = inv_flight_new();
	struct inv_seen_row a = row_of(1, 200), b = row_of(2, 200);
	int owner;

	inv_flight_add(t, &a, &owner);
	check(inv_flight_find(t, a.key) != NULL);
	check(inv_flight_find(t, a.key)->owner == &owner);
	check(inv_flight_find(t, a.key)->row == 1);
	check(inv_flight_find(t, b.key) == NULL);
	inv_flight_free(t);
}

static void
cuts_only_for_the_owner(void)
{
	struct inv_flight *t = inv_flight_new();
	struct inv_seen_row a = row_of(1, 200);
	int owner, other;

	inv_flight_add(t, &a, &owner);
	inv_flight_cut(t, a.key, &other);
	check(inv_flight_find(t, a.key) != NULL);
	inv_flight_cut(t, a.key, &owner);
	check(inv_flight_find(t, a.key) == NULL);
	inv_flight_cut(t, a.key, &owner);
	inv_flight_free(t);
}

static void
keeps_the_last_row_of_a_key(void)
{
	struct inv_flight *t = inv_flight_new();
	struct inv_seen_row a = row_of(1, 200);
	int owner;

	inv_flight_add(t, &a, &owner);
	a.row = 7;
	inv_flight_add(t, &a, &owner);
	check(inv_flight_find(t, a.key)->row == 7);
	inv_flight_free(t);
}

/* Keys crowd at three homes, and are cut in another order than added. */
static void
stays_whole_through_growth_and_crowding(void)
{
	enum { N = 10000 };
	struct inv_flight *t = inv_flight_new();
	int owner;
	int wrong = 0;

	for (uint64_t i = 1; i <= N; i++) {
		struct inv_seen_row r = row_of(i, i % 7 == 0 ? 3 : 251);

		inv_flight_add(t, &r, &owner);
	}
	for (uint64_t i = 3; i <= N; i += 3) {
		struct inv_seen_row r = row_of(i, i % 7 == 0 ? 3 : 251);

		inv_flight_cut(t, r.key, &owner);
	}
	for (uint64_t i = 1; i <= N; i++) {
		struct inv_seen_row r = row_of(i, i % 7 == 0 ? 3 : 251);
		const struct inv_flown *f = inv_flight_find(t, r.key);

		wrong += (f != NULL) != (i % 3 != 0);
		wrong += f != NULL && f->row != i;
	}
	check(wrong == 0);
	inv_flight_free(t);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(finds_what_was_added_and_nothing_else),
		TEST(cuts_only_for_the_owner),
		TEST(keeps_the_last_row_of_a_key),
		TEST(stays_whole_through_growth_and_crowding),
	};

	return RUN(tests);
}
