/* test_number - lib/data/number.h */

#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>

#include "data/number.h"

#include "check.h"

static struct inv_str
canon(const char *json, char out[INV_NUMBER_TEXT])
{
	size_t n;

	if (!inv_number_canon(inv_str_of(json), out, &n))
		return INV_LIT("inexact");
	return (struct inv_str){ out, n };
}

static struct inv_str
text_of(double v, char out[INV_NUMBER_TEXT])
{
	return (struct inv_str){ out, inv_number_of(v, out) };
}

static void
writes_what_ecmascript_writes(void)
{
	char path[512], line[128], out[INV_NUMBER_TEXT];
	const char *corpora = getenv("INV_CORPORA");
	int lines = 0;

	snprintf(path, sizeof(path), "%s/jcs/es6-numbers.txt",
	    corpora != NULL ? corpora : "../shared/corpora");
	FILE *f = fopen(path, "r");

	if (f == NULL) {
		skip("no corpora/jcs");
		return;
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		char *comma;
		uint64_t bits = strtoull(line, &comma, 16);
		double v;

		line[strcspn(line, "\r\n")] = '\0';
		memcpy(&v, &bits, sizeof(v));
		check_str(text_of(v, out), comma + 1);
		check_str(canon(comma + 1, out), comma + 1);
		check(inv_number_is_canon(inv_str_of(comma + 1)));
		lines++;
	}
	fclose(f);
	check(lines == 2000);
}

static void
writes_the_edges_of_doubles(void)
{
	static const struct {
		double v;
		const char *text;
	} cases[] = {
		{ 0.0, "0" },
		{ -0.0, "0" },
		{ 1.0, "1" },
		{ -1.5, "-1.5" },
		{ 9007199254740992.0, "9007199254740992" },
		{ 9007199254740994.0, "9007199254740994" },
		{ 1e21, "1e+21" },
		{ 1e20, "100000000000000000000" },
		{ 1e-6, "0.000001" },
		{ 1e-7, "1e-7" },
		{ 0x1p-1074, "5e-324" },
		{ 0x1p-1022, "2.2250738585072014e-308" },
		{ 0x1.fffffffffffffp1023, "1.7976931348623157e+308" },
		/* Powers of two, where the naive loop takes 17 digits. */
		{ 0x1p-44, "5.684341886080802e-14" },
		{ 0x1p-24, "5.960464477539063e-8" },
		{ 0x1p89, "6.189700196426902e+26" },
	};
	char out[INV_NUMBER_TEXT];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_str(text_of(cases[i].v, out), cases[i].text);
}

/* Random bits, a fixed seed: what is written is read back as the same. */
static void
writes_what_reads_back_the_same(void)
{
	uint64_t x = 88172645463325252;

	for (int i = 0; i < 200000; i++) {
		char out[INV_NUMBER_TEXT + 1];
		double v;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		memcpy(&v, &x, sizeof(v));
		if ((x >> 52 & 0x7ff) == 0x7ff)
			continue;
		out[inv_number_of(v, out)] = '\0';
		check(strtod(out, NULL) == v);
	}
}

static void
keeps_the_decimal_value_or_refuses(void)
{
	static const char *const cases[][2] = {
		{ "0", "0" },
		{ "-0", "0" },
		{ "-0.00e7", "0" },
		{ "0e999999999999999999999", "0" },
		{ "1.10", "1.1" },
		{ "100", "100" },
		{ "1E2", "100" },
		{ "-12.50", "-12.5" },
		{ "0.1", "0.1" },
		{ "0.30000000000000004", "0.30000000000000004" },
		{ "0.3000000000000000444", "inexact" },
		{ "9007199254740991", "9007199254740991" },
		{ "9007199254740992", "9007199254740992" },
		{ "9007199254740993", "inexact" },
		{ "9007199254740994", "9007199254740994" },
		{ "10000000000000001", "inexact" },
		{ "10000000000000000", "10000000000000000" },
		{ "123456789012345680000", "123456789012345680000" },
		{ "1234567890123456789", "inexact" },
		{ "1e21", "1e+21" },
		{ "1e400", "inexact" },
		{ "-1e400", "inexact" },
		{ "1e-400", "inexact" },
		{ "1e99999999999999999999", "inexact" },
		{ "1e-99999999999999999999", "inexact" },
		{ "5e-324", "5e-324" },
		{ "4.9e-324", "inexact" },
		{ "4.940656458412465e-324", "inexact" },
		{ "0.000001", "0.000001" },
		{ "0.0000001", "1e-7" },
		{ "1.7976931348623157e308", "1.7976931348623157e+308" },
		{ "1.7976931348623159e308", "inexact" },
	};
	char out[INV_NUMBER_TEXT];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_str(canon(cases[i][0], out), cases[i][1]);
}

static void
tells_canonical_from_other_texts(void)
{
	static const char *const yes[] = { "0", "7", "-7", "123456789012345",
		"1.5", "1e+21", "1e-7", "9007199254740994" };
	static const char *const no[] = { "-0", "1.0", "1e2", "1E21", "1e21",
		"0.10", "9007199254740993", "1e400" };

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		check(inv_number_is_canon(inv_str_of(yes[i])));
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		check(!inv_number_is_canon(inv_str_of(no[i])));
}

static void
reads_long_digits_only_where_zeros_end_them(void)
{
	char text[4096];
	struct inv_decimal d;

	memset(text, '0', sizeof(text));
	text[0] = '1';
	check(inv_decimal_of((struct inv_str){ text, sizeof(text) }, &d));
	check(d.n == 1 && d.point == 4096);
	text[sizeof(text) - 1] = '1';
	check(!inv_decimal_of((struct inv_str){ text, sizeof(text) }, &d));
}

static void
compares_by_value(void)
{
	static const char *const rising[] = { "-1e300", "-11", "-2", "-1.5",
		"-0.001", "0", "1e-300", "0.01", "0.1", "0.11", "1", "1.5", "2",
		"11", "1e300" };
	size_t n = sizeof(rising) / sizeof(*rising);
	struct inv_decimal a, b;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			check(inv_decimal_of(inv_str_of(rising[i]), &a));
			check(inv_decimal_of(inv_str_of(rising[j]), &b));
			int order = inv_decimal_cmp(&a, &b);

			check((order < 0) == (i < j));
			check((order > 0) == (i > j));
		}
	check(inv_decimal_of(INV_LIT("-0"), &a));
	check(inv_decimal_of(INV_LIT("0.0"), &b));
	check(inv_decimal_cmp(&a, &b) == 0);
}

static void
knows_whole_numbers(void)
{
	struct inv_decimal d;

	check(inv_decimal_of(INV_LIT("1.0"), &d) && inv_decimal_is_whole(&d));
	check(inv_decimal_of(INV_LIT("1e3"), &d) && inv_decimal_is_whole(&d));
	check(inv_decimal_of(INV_LIT("0"), &d) && inv_decimal_is_whole(&d));
	check(inv_decimal_of(INV_LIT("1.5"), &d) && !inv_decimal_is_whole(&d));
	check(inv_decimal_of(INV_LIT("12e-1"), &d) &&
	    !inv_decimal_is_whole(&d));
}

/* A locale with a decimal comma, where the machine has one. */
static void
does_not_follow_the_locale(void)
{
	char out[INV_NUMBER_TEXT];

	if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL) {
		skip("no locale de_DE.UTF-8");
		return;
	}
	check_str(text_of(0.1 + 0.2, out), "0.30000000000000004");
	check_str(canon("2.2250738585072014e-308", out),
	    "2.2250738585072014e-308");
	setlocale(LC_NUMERIC, "C");
}

static bool
is_multiple(const char *v, const char *of)
{
	struct inv_decimal a, b;

	check(inv_decimal_of(inv_str_of(v), &a));
	check(inv_decimal_of(inv_str_of(of), &b));
	return inv_decimal_is_multiple(&a, &b);
}

static void
divides_exactly(void)
{
	static const char *const yes[][2] = { { "0", "7" }, { "-0", "1e-300" },
		{ "10", "2" }, { "4.5", "1.5" }, { "0.0075", "0.0001" },
		{ "-0.3", "0.1" }, { "0.3", "-0.1" }, { "1.1", "0.01" },
		{ "12391239123", "1e-8" }, { "1e308", "0.5" },
		{ "1e308", "1e-308" }, { "1e308", "1e308" },
		{ "1e308", "0.0000152587890625" }, { "5e-324", "5e-324" },
		{ "9007199254740992", "2" }, { "19.99", "0.01" },
		{ "8.41", "0.01" }, { "1e22", "3.2e-19" },
		{ "99999999999999998", "99999999999999998" },
		{ "9.9999999999999978e300", "33333333333333326" } };
	static const char *const no[][2] = { { "7", "2" }, { "35", "1.5" },
		{ "0.00751", "0.0001" }, { "1e308", "0.123456789" },
		{ "5e-324", "1e-323" }, { "1", "10" }, { "1", "1e308" },
		{ "0.1", "0.3" }, { "9007199254740992", "3" },
		{ "1e308", "99999999999999998" }, { "0.001", "0.01" },
		{ "1e22", "3e-19" },
		{ "99999999999999997", "99999999999999998" } };

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		check(is_multiple(yes[i][0], yes[i][1]));
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		check(!is_multiple(no[i][0], no[i][1]));
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(writes_what_ecmascript_writes),
		TEST(writes_the_edges_of_doubles),
		TEST(writes_what_reads_back_the_same),
		TEST(keeps_the_decimal_value_or_refuses),
		TEST(divides_exactly),
		TEST(tells_canonical_from_other_texts),
		TEST(reads_long_digits_only_where_zeros_end_them),
		TEST(compares_by_value),
		TEST(knows_whole_numbers),
		TEST(does_not_follow_the_locale),
	};

	return RUN(tests);
}
