/* test_shown_number - what a format is about, and what it makes of a number */

#include "data/shown_number.h"

#include "check.h"

static void
is_about(const char *code, enum inv_shown_kind kind, int digits)
{
	struct inv_shown_as as = inv_shown_format(inv_str_of(code));

	if (as.kind != kind || as.digits != digits)
		printf("# %s: %d, %d digits\n", code, as.kind, as.digits);
	check(as.kind == kind);
	check(as.digits == digits);
}

static void
knows_dates_and_times_by_their_letters(void)
{
	is_about("yyyy\\-mm\\-dd", INV_SHOWN_DATE, 0);
	is_about("mmm", INV_SHOWN_DATE, 0);
	is_about("[$-F800]dddd, mmmm dd, yyyy", INV_SHOWN_DATE, 0);
	is_about("d/m/yy h:mm", INV_SHOWN_MOMENT, 0);
	is_about("yyyy-mm-dd hh:mm:ss.000", INV_SHOWN_MOMENT, 3);
	is_about("h:mm AM/PM", INV_SHOWN_CLOCK, 0);
	is_about("mm:ss.0", INV_SHOWN_CLOCK, 1);
	is_about("[h]:mm:ss", INV_SHOWN_ELAPSED, 0);
	is_about("[MM]:ss.0000", INV_SHOWN_ELAPSED, 3);
}

static void
knows_codes_by_zeros_alone(void)
{
	is_about("00000", INV_SHOWN_CODE, 5);
	is_about("000;@", INV_SHOWN_CODE, 3);
	is_about("0", INV_SHOWN_NUMBER, 0);
	is_about("00-00", INV_SHOWN_NUMBER, 0);
	is_about("\"LAB-\"000", INV_SHOWN_NUMBER, 0);
	is_about("0000000000000000", INV_SHOWN_NUMBER, 0);
}

static void
takes_all_else_for_a_number(void)
{
	is_about("General", INV_SHOWN_NUMBER, 0);
	is_about("GENERAL\"d\"", INV_SHOWN_NUMBER, 0);
	is_about("#,##0.00", INV_SHOWN_NUMBER, 0);
	is_about("0.00E+00", INV_SHOWN_NUMBER, 0);
	is_about("[Red]0.0%", INV_SHOWN_NUMBER, 0);
	is_about("0\"day\"", INV_SHOWN_NUMBER, 0);
	is_about("0_d\\y*m", INV_SHOWN_NUMBER, 0);
	is_about("@", INV_SHOWN_NUMBER, 0);
	is_about("", INV_SHOWN_NUMBER, 0);
	is_about("\"", INV_SHOWN_NUMBER, 0);
	is_about("[h", INV_SHOWN_ELAPSED, 0);
	is_about("\\", INV_SHOWN_NUMBER, 0);
}

static void
knows_formats_without_a_code(void)
{
	check(inv_shown_builtin(0).kind == INV_SHOWN_NUMBER);
	check(inv_shown_builtin(14).kind == INV_SHOWN_DATE);
	check(inv_shown_builtin(18).kind == INV_SHOWN_CLOCK);
	check(inv_shown_builtin(22).kind == INV_SHOWN_MOMENT);
	check(inv_shown_builtin(31).kind == INV_SHOWN_DATE);
	check(inv_shown_builtin(46).kind == INV_SHOWN_ELAPSED);
	check(inv_shown_builtin(47).digits == 1);
	check(inv_shown_builtin(49).kind == INV_SHOWN_NUMBER);
	check(inv_shown_builtin(164).kind == INV_SHOWN_NUMBER);
}

static struct inv_shown_as
as(enum inv_shown_kind kind, int digits)
{
	return (struct inv_shown_as){ (unsigned char)kind,
		(unsigned char)digits };
}

static void
shows(const char *text, struct inv_shown_as how, bool since_1904,
    const char *want)
{
	char out[INV_SHOWN_TEXT];
	size_t n;

	check(inv_shown_number(inv_str_of(text), how, since_1904, out, &n) ==
	    INV_SHOWN_SOUND);
	check_str(((struct inv_str){ out, n }), want);
}

static void
refuses(const char *text, struct inv_shown_as how, bool since_1904,
    enum inv_shown_flaw why)
{
	char out[INV_SHOWN_TEXT];
	size_t n;

	check(inv_shown_number(inv_str_of(text), how, since_1904, out, &n) ==
	    why);
}

static void
numbers_have_15_digits(void)
{
	struct inv_shown_as n = as(INV_SHOWN_NUMBER, 0);

	shows("0", n, false, "0");
	shows("-0", n, false, "0");
	shows("007", n, false, "7");
	shows("123456789012345", n, false, "123456789012345");
	shows("1234567890123456", n, false, "1234567890123460");
	shows("0.30000000000000004", n, false, "0.3");
	shows("1.10", n, false, "1.1");
	shows("+.5", n, false, "0.5");
	shows("5.", n, false, "5");
	shows(" 12\n", n, false, "12");
	shows("1E3", n, false, "1000");
	shows("1e-7", n, false, "1e-7");
	shows("1E+21", n, false, "1e+21");
	shows("1.7976931348623157E+308", n, false, "1.7976931348623157e+308");
}

static void
what_is_no_number_is_told(void)
{
	static const char *const bad[] = { "", " ", "-", ".", "1e", "1e+",
		"0x10", "1,5", "1 2", "NaN", "INF", "1e999", "--1", "1.2.3" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		refuses(bad[i], as(INV_SHOWN_NUMBER, 0), false,
		    INV_SHOWN_NO_NUMBER);
		refuses(bad[i], as(INV_SHOWN_DATE, 0), false,
		    INV_SHOWN_NO_NUMBER);
	}
}

static void
codes_keep_their_zeros(void)
{
	shows("42", as(INV_SHOWN_CODE, 5), false, "00042");
	shows("123456", as(INV_SHOWN_CODE, 5), false, "123456");
	shows("-42", as(INV_SHOWN_CODE, 5), false, "-42");
	shows("4.5", as(INV_SHOWN_CODE, 5), false, "4.5");
	shows("1e300", as(INV_SHOWN_CODE, 5), false, "1e+300");
}

static void
days_are_those_of_the_calendar(void)
{
	struct inv_shown_as d = as(INV_SHOWN_DATE, 0);

	shows("1", d, false, "1900-01-01");
	shows("59", d, false, "1900-02-28");
	shows("61", d, false, "1900-03-01");
	shows("25569", d, false, "1970-01-01");
	shows("36585", d, false, "2000-02-29");
	shows("46347", d, false, "2026-11-21");
	shows("2958465", d, false, "9999-12-31");
	shows("0", d, true, "1904-01-01");
	shows("60", d, true, "1904-03-01");
	shows("2957003", d, true, "9999-12-31");
	refuses("0", d, false, INV_SHOWN_NO_DATE);
	refuses("60", d, false, INV_SHOWN_NO_DATE);
	refuses("-1", d, false, INV_SHOWN_NO_DATE);
	refuses("2958466", d, false, INV_SHOWN_NO_DATE);
	refuses("2957004", d, true, INV_SHOWN_NO_DATE);
	refuses("1e300", as(INV_SHOWN_ELAPSED, 0), false, INV_SHOWN_NO_DATE);
}

static void
times_are_rounded_to_what_is_shown(void)
{
	shows("46347.5", as(INV_SHOWN_DATE, 0), false, "2026-11-21T12:00:00");
	shows("46347", as(INV_SHOWN_MOMENT, 0), false, "2026-11-21T00:00:00");
	shows("0.25", as(INV_SHOWN_CLOCK, 0), false, "06:00:00");
	shows("0.25", as(INV_SHOWN_MOMENT, 0), false, "06:00:00");
	shows("0.25", as(INV_SHOWN_DATE, 0), true, "1904-01-01T06:00:00");
	shows("1.25", as(INV_SHOWN_CLOCK, 0), false, "1900-01-01T06:00:00");
	shows("46347.999999", as(INV_SHOWN_DATE, 0), false, "2026-11-22");
	shows("0.999999", as(INV_SHOWN_CLOCK, 0), false, "1900-01-01T00:00:00");
	shows("0.50000578704", as(INV_SHOWN_CLOCK, 3), false, "12:00:00.500");
	shows("0.50000578704", as(INV_SHOWN_CLOCK, 0), false, "12:00:01");
	shows("1.5", as(INV_SHOWN_ELAPSED, 0), false, "36:00:00");
}

static const struct test tests[] = {
	TEST(knows_dates_and_times_by_their_letters),
	TEST(knows_codes_by_zeros_alone),
	TEST(takes_all_else_for_a_number),
	TEST(knows_formats_without_a_code),
	TEST(numbers_have_15_digits),
	TEST(what_is_no_number_is_told),
	TEST(codes_keep_their_zeros),
	TEST(days_are_those_of_the_calendar),
	TEST(times_are_rounded_to_what_is_shown),
};

int
main(void)
{
	return RUN(tests);
}
