/* test_sheet_text - characters that XML can not hold */

#include "data/sheet_text.h"

#include "check.h"

static void
decodes(const char *text, struct inv_str want)
{
	char out[128];
	size_t n = strlen(text);

	memcpy(out, text, n);
	check_same((struct inv_str){ out, inv_sheet_text_decode(out, n) }, want,
	    __FILE__, __LINE__);
}

static void
codes_are_the_characters_they_mean(void)
{
	decodes("a_x000D_b", INV_LIT("a\rb"));
	decodes("_x0000_", INV_LIT("\0"));
	decodes("_x00e9__x263A_", INV_LIT("\xc3\xa9\xe2\x98\xba"));
	decodes("_x005F_x0041_", INV_LIT("_x0041_"));
	decodes("__x0041__", INV_LIT("_A_"));
}

static void
surrogates_are_a_pair_or_stay(void)
{
	decodes("_xD83D__xDE00_", INV_LIT("\xf0\x9f\x98\x80"));
	decodes("_xDBFF__xDFFF_", INV_LIT("\xf4\x8f\xbf\xbf"));
	decodes("_xD83D_", INV_LIT("_xD83D_"));
	decodes("_xD83D__x0041_", INV_LIT("_xD83D_A"));
	decodes("_xDE00__xD83D_", INV_LIT("_xDE00__xD83D_"));
}

static void
what_is_no_code_stays(void)
{
	static const char *const same[] = { "", "_", "_x", "_x0", "_x00",
		"_x000", "_x0000", "_X0000_", "_x000G_", "x0000_", "_x00 0_",
		"plain" };

	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		decodes(same[i], inv_str_of(same[i]));
}

static const struct test tests[] = {
	TEST(codes_are_the_characters_they_mean),
	TEST(surrogates_are_a_pair_or_stay),
	TEST(what_is_no_code_stays),
};

int
main(void)
{
	return RUN(tests);
}
