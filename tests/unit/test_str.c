/* test_str - views of bytes, and the numbers people write in them */

#include "base/str.h"

#include "check.h"

static void
compares_bytes_and_lengths_not_c_strings(void)
{
	struct inv_str none = { NULL, 0 };

	check(inv_str_eq(none, INV_LIT("")));
	check(inv_str_eq(INV_LIT("a\0b"), INV_LIT("a\0b")));
	check(!inv_str_eq(INV_LIT("a\0b"), INV_LIT("a\0c")));
	check(!inv_str_eq(INV_LIT("a"), INV_LIT("ab")));
	check(inv_str_is(INV_LIT("abc"), "abc"));
	check(!inv_str_is(INV_LIT("abc\0"), "abc"));
	check(inv_str_starts(INV_LIT("abc"), INV_LIT("ab")));
	check(inv_str_starts(none, none));
	check(!inv_str_starts(none, INV_LIT("a")));
	check(!inv_str_starts(INV_LIT("ab"), INV_LIT("abc")));
}

static void
orders_by_bytes_and_the_shorter_first(void)
{
	check(inv_str_cmp(INV_LIT("a"), INV_LIT("b")) < 0);
	check(inv_str_cmp(INV_LIT("a"), INV_LIT("ab")) < 0);
	check(inv_str_cmp(INV_LIT("ab"), INV_LIT("a")) > 0);
	check(inv_str_cmp(INV_LIT("\x7f"), INV_LIT("\x80")) < 0);
	check(inv_str_cmp(INV_LIT("a"), INV_LIT("a")) == 0);
	check(inv_str_cmp((struct inv_str){ NULL, 0 }, INV_LIT("")) == 0);
}

static bool
u64_fails(const char *s, uint64_t min, uint64_t max)
{
	uint64_t v = 77;

	return !inv_str_u64(inv_str_of(s), min, max, &v) && v == 77;
}

static void
takes_a_whole_number_or_nothing(void)
{
	uint64_t v = 0;

	check(inv_str_u64(INV_LIT("0"), 0, 0, &v) && v == 0);
	check(inv_str_u64(INV_LIT("18446744073709551615"), 0, UINT64_MAX, &v) &&
	    v == UINT64_MAX);
	check(u64_fails("18446744073709551616", 0, UINT64_MAX));
	check(u64_fails("28446744073709551615", 0, UINT64_MAX));
	check(u64_fails("", 0, 9));
	check(u64_fails("00", 0, 9));
	check(u64_fails("07", 0, 9));
	check(u64_fails("+1", 0, 9));
	check(u64_fails("-1", 0, 9));
	check(u64_fails(" 1", 0, 9));
	check(u64_fails("1 ", 0, 9));
	check(u64_fails("1e1", 0, 99));
	check(u64_fails("1_0", 0, 99));
	check(u64_fails("4", 5, 9));
	check(u64_fails("10", 5, 9));
	check(inv_str_u64(INV_LIT("5"), 5, 9, &v) && v == 5);
	check(inv_str_u64(INV_LIT("9"), 5, 9, &v) && v == 9);
}

static uint64_t
duration_of(const char *s)
{
	uint64_t ms = 77;

	if (!inv_str_duration(inv_str_of(s), &ms))
		return ms == 77 ? UINT64_MAX : 1; /* untouched, or a lie */
	return ms;
}

static void
reads_durations_with_their_units(void)
{
	check(duration_of("10ms") == 10);
	check(duration_of("2s") == 2000);
	check(duration_of("2") == 2000);
	check(duration_of("5m") == 300000);
	check(duration_of("24h") == 86400000);
	check(duration_of("7d") == 604800000);
	check(duration_of("0") == 0);
	check(duration_of("8784h") == UINT64_C(31622400000));
	check(duration_of("8785h") == UINT64_MAX);
	check(duration_of("367d") == UINT64_MAX);
	check(duration_of("") == UINT64_MAX);
	check(duration_of("s") == UINT64_MAX);
	check(duration_of("ms") == UINT64_MAX);
	check(duration_of("1.5s") == UINT64_MAX);
	check(duration_of("-1s") == UINT64_MAX);
	check(duration_of("1 s") == UINT64_MAX);
	check(duration_of("1w") == UINT64_MAX);
	check(duration_of("18446744073709551615h") == UINT64_MAX);
}

static uint64_t
size_of(const char *s)
{
	uint64_t bytes = 77;

	if (!inv_str_size(inv_str_of(s), &bytes))
		return bytes == 77 ? UINT64_MAX : 1;
	return bytes;
}

static void
reads_sizes_in_powers_of_1024(void)
{
	check(size_of("512") == 512);
	check(size_of("4K") == 4096);
	check(size_of("3M") == 3 << 20);
	check(size_of("1G") == 1 << 30);
	check(size_of("17179869183G") == UINT64_C(17179869183) << 30);
	check(size_of("17179869184G") == UINT64_MAX);
	check(size_of("K") == UINT64_MAX);
	check(size_of("1k") == UINT64_MAX);
	check(size_of("1KB") == UINT64_MAX);
}

static void
writes_hex_and_reads_it_back(void)
{
	unsigned char bytes[3] = { 0x00, 0xab, 0xff };
	unsigned char back[3] = { 1, 1, 1 };
	char hex[6];

	inv_str_hex(bytes, 3, hex);
	check_str(((struct inv_str){ hex, 6 }), "00abff");
	check(inv_str_unhex(INV_LIT("00abff"), back, 3));
	check(memcmp(bytes, back, 3) == 0);
	check(!inv_str_unhex(INV_LIT("00ABFF"), back, 3));
	check(!inv_str_unhex(INV_LIT("00abf"), back, 3));
	for (int c = 0; c < 256; c++) {
		const char pair[2] = { (char)c, '0' };
		bool is = strchr("0123456789abcdef", c) != NULL && c != 0;

		check(inv_str_is_hex((struct inv_str){ pair, 2 }) == is);
		check(inv_str_unhex((struct inv_str){ pair, 2 }, back, 1) ==
		    is);
	}
	check(!inv_str_unhex(INV_LIT("00abff0"), back, 3));
	check(!inv_str_unhex(INV_LIT("00abfg"), back, 3));
	check(inv_str_unhex(INV_LIT(""), back, 0));
}

static void
tells_names_that_look_alike(void)
{
	check(inv_str_alike(INV_LIT("Asset ID"), INV_LIT("asset_id")));
	check(inv_str_alike(INV_LIT("asset-id "), INV_LIT("assetId")));
	check(inv_str_alike(INV_LIT(""), INV_LIT("_")));
	check(!inv_str_alike(INV_LIT("asset_id"), INV_LIT("asset_id2")));
	check(!inv_str_alike(INV_LIT("asset"), INV_LIT("assez")));
	check(!inv_str_alike(INV_LIT("\xc3\xa9"), INV_LIT("e")));
}

static void
trims_the_blanks_of_json_and_no_others(void)
{
	check_str(inv_str_trimmed(INV_LIT(" \t\r\n a b\n ")), "a b");
	check_str(inv_str_trimmed(INV_LIT("\v1\f")), "\v1\f");
	check(inv_str_trimmed(INV_LIT(" \n")).n == 0);
	check(inv_str_trimmed((struct inv_str){ 0 }).n == 0);
}

static const struct test tests[] = {
	TEST(compares_bytes_and_lengths_not_c_strings),
	TEST(orders_by_bytes_and_the_shorter_first),
	TEST(takes_a_whole_number_or_nothing),
	TEST(reads_durations_with_their_units),
	TEST(reads_sizes_in_powers_of_1024),
	TEST(writes_hex_and_reads_it_back),
	TEST(tells_names_that_look_alike),
	TEST(trims_the_blanks_of_json_and_no_others),
};

int
main(void)
{
	return RUN(tests);
}
