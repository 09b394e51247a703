/* test_calendar - lib/data/calendar.h */

#include "data/calendar.h"

#include "check.h"

static void
takes_dates_of_the_calendar(void)
{
	static const char *const yes[] = { "2026-02-28", "2024-02-29",
		"2000-02-29", "0000-01-01", "9999-12-31", "2026-04-30" };
	static const char *const no[] = { "", "2026-02-30", "2026-02-29",
		"1900-02-29", "2026-13-01", "2026-00-10", "2026-01-00",
		"2026-1-1", "26-01-01", "2026-01-01 ", " 2026-01-01",
		"2026/01/01", "2026-01-1x", "20260101", "2026-001",
		"2026-01-32", "2026-04-31", "-026-01-01", "2026-01-01T",
		"2026-\xd9\xa1-01" };

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		check(inv_calendar_is_date(inv_str_of(yes[i])));
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		check(!inv_calendar_is_date(inv_str_of(no[i])));
}

static void
takes_times_of_rfc_3339(void)
{
	static const char *const yes[] = { "1963-06-19T08:30:06.283185Z",
		"1963-06-19T08:30:06Z", "1937-01-01T12:00:27.87+00:20",
		"1990-12-31T15:59:50.123-08:00", "1998-12-31T23:59:60Z",
		"1998-12-31T15:59:60.123-08:00", "1999-01-01T00:29:60+00:30",
		"1963-06-19t08:30:06.283185z", "2026-01-01T00:00:00-23:59",
		"2026-01-01T23:59:59+23:59" };
	static const char *const no[] = { "", "2026-01-01", "2026-01-01T",
		"1998-12-31T23:58:60Z", "1998-12-31T22:59:60Z",
		"1990-02-31T15:59:59.123-08:00", "1990-12-31T15:59:59-24:00",
		"1990-12-31T15:59:59-08:60", "1963-06-19T08:30:06.28123+01:00Z",
		"06/19/1963 08:30:06 PST", "2013-350T01:01:01",
		"1963-6-19T08:30:06.283185Z", "1963-06-1T08:30:06.283185Z",
		"1963-06-11 08:30:06Z", "1963-06-11T24:00:00Z",
		"1963-06-11T08:60:00Z", "1963-06-11T08:30:61Z",
		"1963-06-11T08:30:06.Z", "1963-06-11T08:30:06",
		"1963-06-11T08:30Z", "1963-06-11T8:30:06Z",
		"1963-06-11T08:30:06+0100", "1963-06-11T08:30:06+1:00" };

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		check(inv_calendar_is_time(inv_str_of(yes[i])));
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		check(!inv_calendar_is_time(inv_str_of(no[i])));
}

static void
takes_the_time_of_a_day(void)
{
	check(inv_calendar_is_clock(INV_LIT("12:00:00Z")));
	check(inv_calendar_is_clock(INV_LIT("23:59:60.5z")));
	check(!inv_calendar_is_clock(INV_LIT("12:00:00")));
	check(!inv_calendar_is_clock(INV_LIT("T12:00:00Z")));
	check(!inv_calendar_is_clock(INV_LIT("")));
}

static bool
is_after(const char *s, const char *as_of)
{
	return inv_calendar_is_after(inv_str_of(s), inv_str_of(as_of));
}

static void
tells_what_lies_in_the_future(void)
{
	static const char *const yes[][2] = {
		{ "2026-11-21", "2026-11-20T23:59:59Z" },
		{ "2026-11-21", "2026-11-21T00:30:00+01:00" },
		{ "2027-01-01", "2026-12-31T00:00:00Z" },
		{ "2024-03-01", "2024-02-29T12:00:00Z" },
		{ "0001-01-01", "0000-12-31T00:00:00Z" },
		{ "0000-01-01", "0000-01-01T00:00:00+00:01" },
		{ "1901-01-01", "1900-12-31T23:59:59Z" },
		{ "2001-01-01", "2000-12-31T23:59:59Z" },
		{ "2026-11-20T06:30:01Z", "2026-11-20T06:30:00Z" },
		{ "2026-11-20t06:30:00.001z", "2026-11-20T06:30:00Z" },
		{ "2026-11-20T06:30:00.12Z", "2026-11-20T06:30:00.119Z" },
		{ "2026-11-20T06:31:00Z", "2026-11-20T06:30:59Z" },
		{ "2026-11-20T00:30:00-06:01", "2026-11-20T06:30:00Z" },
		{ "2026-11-20T06:30:00Z", "2026-11-20T06:30:00+00:01" },
		{ "2016-12-31T23:59:60Z", "2016-12-31T23:59:59.9Z" },
		{ "2017-01-01T00:00:00Z", "2016-12-31T23:59:60.9Z" },
	};
	static const char *const no[][2] = {
		{ "2026-11-20", "2026-11-20T00:00:00Z" },
		{ "2026-11-21", "2026-11-20T23:30:00-01:00" },
		{ "1999-12-31", "2026-11-20T00:00:00Z" },
		{ "2026-11-20T06:30:00Z", "2026-11-20T06:30:00Z" },
		{ "2026-11-20T06:30:00.000Z", "2026-11-20T06:30:00Z" },
		{ "2026-11-20T06:30:00.1Z", "2026-11-20T06:30:00.1000Z" },
		{ "2026-11-20T07:30:00+01:00", "2026-11-20T06:30:00Z" },
		{ "2016-12-31T23:59:60.9Z", "2017-01-01T00:00:00Z" },
		{ "2026-02-30", "2000-01-01T00:00:00Z" },
		{ "9999", "2000-01-01T00:00:00Z" },
		{ "", "2000-01-01T00:00:00Z" },
	};

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		check(is_after(yes[i][0], yes[i][1]));
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		check(!is_after(no[i][0], no[i][1]));
}

/* Every day of 401 years lies behind the one before, and behind no later. */
static void
counts_days_without_a_gap(void)
{
	char before[32] = "1999-12-31T00:00:00Z", day[32];

	for (int n = 2000 * 10000; n < 2401 * 10000; n++) {
		snprintf(day, sizeof(day), "%04d-%02d-%02d", n / 10000,
		    n / 100 % 100, n % 100);
		if (!inv_calendar_is_date(inv_str_of(day)))
			continue;
		check(is_after(day, before));
		memcpy(before, day, 10);
		check(!is_after(day, before));
	}
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(takes_dates_of_the_calendar),
		TEST(takes_times_of_rfc_3339),
		TEST(takes_the_time_of_a_day),
		TEST(tells_what_lies_in_the_future),
		TEST(counts_days_without_a_gap),
	};

	return RUN(tests);
}
