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

int
main(void)
{
	static const struct test tests[] = {
		TEST(takes_dates_of_the_calendar),
		TEST(takes_times_of_rfc_3339),
	};

	return RUN(tests);
}
