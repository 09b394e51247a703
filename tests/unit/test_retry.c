/* test_retry.c - backoff and Retry-After, as tables */

#include "check.h"
#include "net/retry.h"

static const struct inv_retry usual = { 3, 2000, 30000 };

static void
gives_up_when_the_retries_are_used_up(void)
{
	static const struct {
		unsigned retries, tries;
		bool again;
	} table[] = {
		{ 3, 1, true },
		{ 3, 2, true },
		{ 3, 3, true },
		{ 3, 4, false },
		{ 1, 1, true },
		{ 1, 2, false },
		{ 0, 1, false },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct inv_retry r = { table[i].retries, 1, 1 };
		uint64_t ms = 77;

		check(inv_retry_next(&r, table[i].tries, 0, 0, &ms) ==
		    table[i].again);
		check((ms == 77) != table[i].again);
	}
}

static void
doubles_what_it_draws_from_up_to_the_most(void)
{
	static const struct {
		unsigned waits;
		uint64_t most;
	} table[] = {
		{ 1, 2000 },
		{ 2, 4000 },
		{ 3, 8000 },
		{ 4, 16000 },
		{ 5, 30000 },
		{ 6, 30000 },
		{ 4000000000U, 30000 },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		unsigned waits = table[i].waits;
		uint64_t most = table[i].most;

		check(inv_retry_wait(&usual, waits, 0, 0) == 0);
		check(inv_retry_wait(&usual, waits, 0, most) == most);
		check(inv_retry_wait(&usual, waits, 0, most + 1) == 0);
		check(inv_retry_wait(&usual, waits, 0, UINT64_MAX) <= most);
	}
}

static void
bears_any_configuration(void)
{
	struct inv_retry none = { 3, 0, 0 };
	struct inv_retry upside = { 3, 5000, 1000 };
	struct inv_retry huge = { 3, UINT64_MAX, UINT64_MAX };

	check(inv_retry_wait(&none, 9, 5000, UINT64_MAX) == 0);
	check(inv_retry_wait(&upside, 1, 0, 1000) == 1000);
	check(inv_retry_wait(&upside, 9, 0, 1001) == 0);
	check(inv_retry_wait(&huge, 64, 0, UINT64_MAX) == UINT64_MAX);
	huge.base_ms = 1;
	check(inv_retry_wait(&huge, 65, 0, UINT64_MAX) == UINT64_MAX);
}

static void
waits_at_least_what_the_ledger_asked_for_and_no_more_than_we_allow(void)
{
	check(inv_retry_wait(&usual, 1, 1500, 1000) == 1500);
	check(inv_retry_wait(&usual, 1, 1500, 1700) == 1700);
	check(inv_retry_wait(&usual, 1, 29000, 5) == 29000);
	check(inv_retry_wait(&usual, 1, 31000, 5) == 30000);
	check(inv_retry_wait(&usual, 1, UINT64_MAX, 5) == 30000);
}

static const struct {
	const char *value;
	int64_t ms; /* -1: garbage */
} values[] = {
	{ "0", 0 },
	{ "120", 120000 },
	{ "007", 7000 },
	{ "86400", 86400000 },
	{ "86401", 86400000 },
	{ "99999999999999999999999999", 86400000 },
	{ "Sun, 06 Nov 1994 08:49:37 GMT", 0 },
	{ "Sun, 06 Nov 1994 08:49:36 GMT", 0 },
	{ "Sun, 06 Nov 1994 08:50:07 GMT", 30000 },
	{ "Mon, 07 Nov 1994 08:49:36 GMT", 86399000 },
	{ "Mon, 07 Nov 1994 08:49:38 GMT", 86400000 },
	{ "Fri, 31 Dec 9999 23:59:59 GMT", 86400000 },
	{ "Sun, 06 Nov 1994 23:59:60 GMT", 54623000 },
	{ "Tue, 29 Feb 2000 00:00:00 GMT", 86400000 },
	{ "", -1 },
	{ " ", -1 },
	{ " 7", -1 },
	{ "-1", -1 },
	{ "+1", -1 },
	{ "1.5", -1 },
	{ "5s", -1 },
	{ "1 2", -1 },
	{ "soon", -1 },
	{ "sun, 06 Nov 1994 08:50:07 GMT", -1 },
	{ "Sun, 06 Nov 1994 08:50:07 UTC", -1 },
	{ "Sun, 06 Nov 1994 08:50:07 GMT+1", -1 },
	{ "Sun, 06-Nov-94 08:50:07 GMT", -1 },
	{ "Sun Nov  6 08:50:07 1994", -1 },
	{ "Sun, 31 Nov 1994 08:50:07 GMT", -1 },
	{ "Tue, 29 Feb 2001 00:00:00 GMT", -1 },
	{ "Sun, 00 Nov 1994 08:50:07 GMT", -1 },
	{ "Sun, 06 Nov 1994 24:00:00 GMT", -1 },
	{ "Sun, 06 Nov 1994 08:60:07 GMT", -1 },
	{ "Sun, 06 Nov 1994 08:50:61 GMT", -1 },
	{ "Sun, 06 Nov 1994 08:49:60 GMT", -1 },
	{ "Sun, 06 Nov 0000 08:50:07 GMT", -1 },
	{ "Sun, 6  Nov 1994 08:50:07 GMT", -1 },
};

static void
reads_both_forms_of_retry_after(void)
{
	static const int64_t wall = 784111777; /* 1994-11-06 08:49:37 */

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		struct inv_str value = inv_str_of(values[i].value);
		uint64_t ms = 77;
		bool ok = inv_retry_after(value, wall, &ms);

		if (ok != (values[i].ms >= 0) ||
		    ms != (ok ? (uint64_t)values[i].ms : 77))
			check_str(inv_str_of("not what"), values[i].value);
	}
}

static const struct test tests[] = {
	TEST(gives_up_when_the_retries_are_used_up),
	TEST(doubles_what_it_draws_from_up_to_the_most),
	TEST(bears_any_configuration),
	TEST(
	    waits_at_least_what_the_ledger_asked_for_and_no_more_than_we_allow),
	TEST(reads_both_forms_of_retry_after),
};

int
main(void)
{
	return RUN(tests);
}
