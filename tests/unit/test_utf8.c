/* test_utf8 - characters as bytes */

#include "base/utf8.h"

#include "check.h"

static void
every_code_point_is_a_character_of_its_own_length(void)
{
	unsigned wrong = 0;

	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		char p[4];
		size_t n = inv_utf8_put(c, p);
		size_t want = c < 0x80 ? 1
		    : c < 0x800        ? 2
		    : c < 0x10000      ? 3
				       : 4;
		bool surrogate = c >= 0xd800 && c <= 0xdfff;
		size_t len = inv_utf8_len((unsigned char *)p, n);

		wrong += n != want || len != (surrogate ? 0 : want);
	}
	check(wrong == 0);
}

static void
what_is_cut_short_is_none(void)
{
	static const uint32_t some[] = { 0x80, 0x7ff, 0x800, 0xffff, 0x10000,
		0x10ffff };
	char p[4];

	for (size_t i = 0; i < sizeof(some) / sizeof(*some); i++)
		for (size_t n = inv_utf8_put(some[i], p) - 1; n > 0; n--)
			check(inv_utf8_len((unsigned char *)p, n) == 0);
}

static void
overlong_and_too_large_are_none(void)
{
	static const char *const bad[] = { "\x80", "\xbf", "\xc0\x80",
		"\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",
		"\xc2"
		"A",
		"\xe1\x80"
		"A",
		"\xf1\x80\x80"
		"A" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct inv_str s = inv_str_of(bad[i]);
		unsigned char p[4];

		memcpy(p, s.p, s.n);
		check(inv_utf8_len(p, s.n) == 0);
	}
}

static void
a_text_is_characters_all_through(void)
{
	check(inv_utf8_all(INV_LIT("")));
	check(inv_utf8_all(INV_LIT("a\xc3\xb6\xf0\x9f\x98\x80")));
	check(!inv_utf8_all(INV_LIT("a\xc3")));
	check(!inv_utf8_all(INV_LIT("\xff"
				    "a")));
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(every_code_point_is_a_character_of_its_own_length),
		TEST(what_is_cut_short_is_none),
		TEST(a_text_is_characters_all_through),
		TEST(overlong_and_too_large_are_none),
	};

	return RUN(tests);
}
