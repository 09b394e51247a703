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
	/* Where PCRE2 has another mind. */
	{ "^(?!x).$", "\xe2\x80\xa8", false }, /* . is no end of a line */
	{ "^(?!x)\\s$", "\xef\xbb\xbf", true },
	{ "^(?!x)\\S$", "\xc2\xa0", false },
	{ "^(?!x)[^\\S]$", "\xe3\x80\x80", true },
	{ "^(?!x)a$", "a\n", false },
	{ "^\\p{L}[]*$", "a", true }, /* an empty class, no times */
	{ "^\\p{L}\\ud83d?$", "a", true },
	{ "^\\p{L}[\\ud800-\\ue000]$", "a\xee\x80\x80", true },
	{ "^(a\\1)b$", "ab", true },       /* a reference within its group */
	{ "^(?:\\1(a|b))+$", "ab", true }, /* and before it */
	{ "(b)x|\\1+ c", "a c", true },    /* to what is unset, repeated */
	{ "(?:(a)){0}x\\1+y", "xy", true },
	{ "^(?:(a)){0}(b)\\1\\2$", "bb", true },
	{ "(?=(?:^^|b){0})", "x", true }, /* what comes no times */
	{ "^(?<n>.)\\k<n>$", "\xc3\xa9\xc3\xa9", true },
	{ "^(?<=^|a)b", "b", true },
	{ "^(?<n>a){0}x\\k<n>$", "x", true },
	{ "\\bx", "\xc3\xa9x", true }, /* edges of words of ASCII */
	{ "^\\p{Script=Greek}+$", "\xce\xbb\xce\xa3", true },
	{ "^\\p{digit}$", "\xd9\xa1", true },
	{ "^\\P{Letter}$", "a", false },
	{ "^[^\\p{L}\\d]$", "-", true },
	{ "^[^\\p{L}\\d]$", "1", false },
	{ "^\\p{Assigned}$", "a", true },
	{ "^\\P{Assigned}$", "\xcd\xb8", true },
	{ "^[\\w-.]+$", "a-.b", true },
	{ "^\\u{1F600}|\\cJ$", "\n", true },
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

/* (?=) is always so, and no automaton can say it. */
static void
has_one_answer_with_and_without_the_engine(void)
{
	static const char *const pieces[] = { "a", "b", "[^a]", ".", "^", "$",
		"(a|b)*", "(?:|a)", "b+", "[a-\\u00e9]{0,2}", "\\s",
		"(?:ab|a)?", "\\W{2}", "[]", "\\u{1F600}?" };
	static const char *const texts[] = { "", "a", "b", "ab", "aab", "bba",
		"\xc3\xa9", "a\xf0\x9f\x98\x80z", " \n", "abab b" };
	enum { N = sizeof(pieces) / sizeof(*pieces), ALL = N * N * N };

	for (int i = 0; i < ALL; i++) {
		char regex[128], engine[160];

		snprintf(regex, sizeof(regex), "%s%s%s", pieces[i / N / N],
		    pieces[i / N % N], pieces[i % N]);
		snprintf(engine, sizeof(engine), "(?=)(?:%s)", regex);
		struct inv_err err;
		struct inv_pattern *p =
		    inv_pattern_new(inv_str_of(regex), &err);
		struct inv_pattern *q =
		    inv_pattern_new(inv_str_of(engine), &err);

		check(p != NULL && q != NULL);
		for (size_t j = 0; j < sizeof(texts) / sizeof(*texts); j++) {
			struct inv_str s = inv_str_of(texts[j]);

			if (inv_pattern_match(p, s) == inv_pattern_match(q, s))
				continue;
			printf("# %s on %s\n", regex, texts[j]);
			check(false);
		}
		inv_pattern_free(p);
		inv_pattern_free(q);
	}
}

static void
refuses_what_the_engine_can_not_do(void)
{
	struct inv_err err = { 0 };

	check(inv_pattern_new(INV_LIT("(?<=a*)b"), &err) == NULL);
	check(err.fault == INV_CONFIG);
	check_str(inv_str_of(err.msg),
	    "pattern: lookbehind assertion is not fixed length");
}

static void
gives_up_on_a_catastrophe(void)
{
	enum { N = 100000 };
	static const char *const slow[] = { "^(?!x)(a+)+$",
		"(?=(a+)+$)(?=(a+)+$)", "^(\\p{L}+)+$", "\\p{L}+\\p{N}",
		"\\b(a|aa)+$" };
	char *text = malloc(N);
	struct inv_str s = { text, N };

	memset(text, 'a', N);
	text[N - 1] = '!';
	for (size_t i = 0; i < sizeof(slow) / sizeof(*slow); i++)
		check(match(slow[i], s) == INV_MATCH_TOO_LONG);
	check(match("^(a+)+$", s) == INV_MATCH_NO);
	text[N - 1] = 'a';
	check(match("^(a+)+$", s) == INV_MATCH_YES);
	free(text);
}

static void
matches_long_text(void)
{
	enum { N = 256 << 10 };
	char *text = malloc(N);

	memset(text, 'a', N);
	check(match("^a+$", (struct inv_str){ text, N }) == INV_MATCH_YES);
	check(match("^[!-~]*$", (struct inv_str){ text, N }) == INV_MATCH_YES);
	check(match("^(a|b)+$", (struct inv_str){ text, N }) == INV_MATCH_YES);
	check(match("^(?!.*--)(?=.*a).{8,}$", (struct inv_str){ text, N }) ==
	    INV_MATCH_YES);
	check(match("^(?:(?!--).)*$", (struct inv_str){ text, N }) ==
	    INV_MATCH_YES);
	free(text);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(matches_as_ecma_262_does),
		TEST(matches_a_string_with_a_nul),
		TEST(refuses_what_is_no_expression),
		TEST(has_one_answer_with_and_without_the_engine),
		TEST(refuses_what_the_engine_can_not_do),
		TEST(gives_up_on_a_catastrophe),
		TEST(matches_long_text),
	};

	return RUN(tests);
}
