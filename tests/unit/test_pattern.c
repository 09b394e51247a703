/* test_pattern - lib/data/pattern.h */

#include <stdlib.h>

#include "data/pattern.h"

#include "check.h"

static enum inv_match
match(const char *regex, struct inv_str s)
{
	struct inv_err err;
	struct inv_pattern *p = inv_pattern_new(inv_str_of(regex), &err);

	check(p != NULL);
	if (p == NULL)
		return INV_MATCH_TOO_LONG;
	enum inv_match found = inv_pattern_match(p, s);

	inv_pattern_free(p);
	return found;
}

static const struct {
	const char *regex;
	const char *s;
	bool yes;
} matches[] = {
	{ "a", "xax", true }, /* not anchored */
	{ "^a$", "xax", false },
	{ "^a$", "a", true },
	{ "^a$", "a\n", false }, /* $ is the very end */
	{ "^$", "", true },
	{ "^\\d+$", "12", true },
	{ "^\\d+$", "\xd9\xa1", false }, /* ASCII digits only */
	{ "^\\w+$", "\xc3\xa9", false },
	{ "^.$", "\xc3\xa9", true }, /* code points, not bytes */
	{ "^.$", "\xf0\x9f\x98\x80", true },
	{ "^.$", "\n", false },
	{ "^.$", "\r", false },
	{ "^\\u00e9$", "\xc3\xa9", true },
	{ "^[^]$", "\n", true },
	{ "[]", "a", false },
	{ "^(NIH|NSF|DOE|DOD|EPA)-[!-~]+$", "NSF-12", true },
	{ "^(NIH|NSF|DOE|DOD|EPA)-[!-~]+$", "NSF-", false },
	{ "^(NIH|NSF|DOE|DOD|EPA)-[!-~]+$", "nsf-12", false },
	{ "^(?!EXP)", "EXP-1", false },
	{ "^EXP-\\d{6}$", "EXP-123456", true },
	{ "^EXP-\\d{6}$", "EXP-12345", false },
	{ "^(a)\\1$", "aa", true },
	{ "^\\p{Lu}$", "\xc3\x89", true },
	{ "^[A-Z]+[0-9]+(-[A-Z]+[0-9]+)*$", "BLDG12-RM304-CAB2", true },
	{ "^[A-Z]+[0-9]+(-[A-Z]+[0-9]+)*$", "BLDG12-RM304-", false },
};

static void
matches_as_ecma_262_does(void)
{
	for (size_t i = 0; i < sizeof(matches) / sizeof(*matches); i++) {
		enum inv_match found =
		    match(matches[i].regex, inv_str_of(matches[i].s));

		if (found != (matches[i].yes ? INV_MATCH_YES : INV_MATCH_NO)) {
			printf("# %s on %s\n", matches[i].regex, matches[i].s);
			check(false);
		}
	}
}

static void
matches_a_string_with_a_nul(void)
{
	check(match("^a\\u0000b$", (struct inv_str){ "a\0b", 3 }) ==
	    INV_MATCH_YES);
	check(match("b", (struct inv_str){ "a\0b", 3 }) == INV_MATCH_YES);
	check(match("^$", (struct inv_str){ NULL, 0 }) == INV_MATCH_YES);
}

static void
refuses_what_is_no_expression(void)
{
	static const char *const texts[] = { "(", "[a", "a{2,1}", "*a", "\\",
		"(?<x", "\\C" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct inv_err err = { 0 };
		struct inv_pattern *p =
		    inv_pattern_new(inv_str_of(texts[i]), &err);

		check(p == NULL);
		check(err.fault == INV_CONFIG);
		check(strstr(err.msg, "character") != NULL);
		inv_pattern_free(p);
	}
}

static void
gives_up_on_a_catastrophe(void)
{
	char text[4096];

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '!';
	check(match("^(a+)+$", (struct inv_str){ text, sizeof(text) }) !=
	    INV_MATCH_YES);
	check(match("^(a|aa)*b\\1$", (struct inv_str){ text, sizeof(text) }) !=
	    INV_MATCH_YES);
	check(match("(?=(a+)+$)(?=(a+)+$)",
		  (struct inv_str){ text, sizeof(text) }) != INV_MATCH_YES);
}

static void
matches_long_text(void)
{
	enum { N = 256 << 10 };
	char *text = malloc(N);

	memset(text, 'a', N);
	check(match("^a+$", (struct inv_str){ text, N }) == INV_MATCH_YES);
	check(match("^[!-~]*$", (struct inv_str){ text, N }) == INV_MATCH_YES);
	check(match("^(a|b)+$", (struct inv_str){ text, N }) != INV_MATCH_NO);
	free(text);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(matches_as_ecma_262_does),
		TEST(matches_a_string_with_a_nul),
		TEST(refuses_what_is_no_expression),
		TEST(gives_up_on_a_catastrophe),
		TEST(matches_long_text),
	};

	return RUN(tests);
}
