/* test_clock - does base/clock keep its header's promises? */

#include <stdio.h>

#include "check.h"

#include "base/clock.h"

static void
a_time_is_written_in_utc_and_clamped_to_four_digits(void)
{
	char text[INV_CLOCK_TEXT];

	inv_clock_text(0, text);
	check_str(inv_str_of(text), "1970-01-01T00:00:00Z");
	inv_clock_text(1795156200, text);
	check_str(inv_str_of(text), "2026-11-20T06:30:00Z");
	inv_clock_text(INT64_MIN, text);
	check_str(inv_str_of(text), "0000-01-01T00:00:00Z");
	inv_clock_text(INT64_MAX, text);
	check_str(inv_str_of(text), "9999-12-31T23:59:59Z");
}

static void
what_was_written_is_read_back(void)
{
	static const int64_t walls[] = { 1, 1795156200, -1, 951782400,
		INT64_C(253402300799), INT64_C(-62167219200) };
	char text[INV_CLOCK_TEXT];

	for (size_t i = 0; i < sizeof(walls) / sizeof(*walls); i++) {
		inv_clock_text(walls[i], text);
		check(inv_clock_read(text) == walls[i]);
	}
}

static void
what_is_no_time_is_read_as_none(void)
{
	static const char *const bad[] = { "2026-02-30T06:30:00Z",
		"2026-13-01T06:30:00Z", "2026-11-20T24:00:00Z",
		"2026-11-20T06:60:00Z", "2026-11-20 06:30:00Z",
		"2026-11-20T06:30:00z", "2026-11-2xT06:30:00Z",
		"....................", "99999999999999999999" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		check(inv_clock_read(bad[i]) == 0);
}

static void
the_waiting_clock_does_not_go_back(void)
{
	uint64_t before = inv_clock_ms();

	for (int i = 0; i < 1000; i++) {
		uint64_t now = inv_clock_ms();

		check(now >= before);
		before = now;
	}
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(a_time_is_written_in_utc_and_clamped_to_four_digits),
		TEST(what_was_written_is_read_back),
		TEST(what_is_no_time_is_read_as_none),
		TEST(the_waiting_clock_does_not_go_back),
	};

	return RUN(tests);
}
