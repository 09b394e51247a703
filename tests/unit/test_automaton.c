/* test_automaton - lib/data/automaton.h */

#include <stdlib.h>

#include "base/utf8.h"
#include "data/automaton.h"

#include "check.h"

static struct inv_automaton *
automaton_of(const char *text)
{
	struct inv_regex r;
	struct inv_err err;

	check(inv_regex_read(&r, inv_str_of(text), &err));
	struct inv_automaton *a = inv_automaton_new(&r);

	inv_regex_free(&r);
	return a;
}

static bool
finds(const char *text, struct inv_str s)
{
	struct inv_automaton *a = automaton_of(text);

	check(a != NULL);
	bool found = a != NULL && inv_automaton_match(a, s);

	inv_automaton_free(a);
	return found;
}

static const struct {
	const char *regex;
	const char *s;
	bool yes;
} matches[] = {
	{ "", "", true },
	{ "", "x", true },
	{ "a", "xax", true },
	{ "a", "", false },
	{ "^a", "xa", false },
	{ "a$", "ax", false },
	{ "a$", "xa", true },
	{ "^$", "", true },
	{ "$^", "", true },
	{ "$^", "a", false },
	{ "^|a", "x", true },
	{ "a^b", "ab", false },
	{ "a$b", "ab", false },
	{ "(^|a)b", "b", true },
	{ "(^|a)b", "xab", true },
	{ "(^|a)b", "xb", false },
	{ "b(a|$)", "xb", true },
	{ "b(a|$)", "bx", false },
	{ "[]", "a", false },
	{ "[]*", "a", true },
	{ "^[]?a", "a", true },
	{ "aab", "aaab", true }, /* begins anew on the way */
	{ "abab|abac", "ababac", true },
	{ "^(a*)*$", "aaa", true },
	{ "^(a*)*$", "aba", false },
	{ "^(|a){3}$", "aa", true },
	{ "^(|a){3}$", "aaaa", false },
	{ "^a{2,4}$", "a", false },
	{ "^a{2,4}$", "aaaa", true },
	{ "^a{2,4}$", "aaaaa", false },
	{ "^(ab?){2,}$", "aba", true },
	{ "^EXP-\\d{6}$", "EXP-123456", true },
	{ "^EXP-\\d{6}$", "EXP-1234567", false },
	{ "^(NIH|NSF|DOE|DOD|EPA)-[!-~]+$", "DOD-1", true },
	{ "^(NIH|NSF|DOE|DOD|EPA)-[!-~]+$", "DOX-1", false },
	{ "^(NIH|NSF|DOE|DOD|EPA)-[!-~]+$", "DOD-1 ", false },
	{ "^[^\\u0000-\\u0020\\u007f-\\u00a0]*$", "\xc2\xa0", false },
	{ "^[^\\u0000-\\u0020\\u007f-\\u00a0]*$", "\xc2\xa1", true },
	{ "^[^\\u0000-\\u0020\\u007f-\\u00a0]*$", "a\xf0\x9f\x98\x80z", true },
	{ "^[^\\u0000-\\u0020\\u007f-\\u00a0]*$", "\xe2\x82\xac\x7f", false },
	{ "^[\\u00e9-\\u20ac]$", "\xe2\x82\xac", true },
	{ "^[\\u00e9-\\u20ac]$", "\xe2\x82\xad", false },
	{ "^[\\u00e9-\\u20ac]$", "\xc3\xa8", false },
	{ "^.$", "\xe2\x80\xa8", false },
	{ "^.$", "\xe2\x80\xa7", true },
	{ "^.$", "\xf4\x8f\xbf\xbf", true },
	{ "^..$", "\xc3\xa9", false }, /* code points, not bytes */
	{ "\\S", " \xe3\x80\x80\xef\xbb\xbf", false },
	{ "\\S", " \xe2\x80\x8b", true },
};

static void
finds_what_is_there(void)
{
	for (size_t i = 0; i < sizeof(matches) / sizeof(*matches); i++)
		if (finds(matches[i].regex, inv_str_of(matches[i].s)) !=
		    matches[i].yes) {
			printf("# %s on %s\n", matches[i].regex, matches[i].s);
			check(false);
		}
	check(finds("^\\0$", (struct inv_str){ "\0", 1 }));
	check(finds("^$", (struct inv_str){ NULL, 0 }));
	check(!finds("a", (struct inv_str){ NULL, 0 }));
}

/* Two bytes at a time or one, with a table that is small and one that is not. */
static void
counts_bytes_of_texts_of_any_length(void)
{
	static const char *const regex[] = { "^(aaa)*$", "^(a{601})*$" };
	static const size_t every[] = { 3, 601 };
	char text[1300];

	memset(text, 'a', sizeof(text));
	for (int k = 0; k < 2; k++) {
		struct inv_automaton *a = automaton_of(regex[k]);

		for (size_t n = 0; n < sizeof(text); n++) {
			struct inv_str s = { text, n };

			check(inv_automaton_match(a, s) == (n % every[k] == 0));
			text[n / 2] = 'b';
			check(!inv_automaton_match(a, s) || n == 0);
			text[n / 2] = 'a';
		}
		inv_automaton_free(a);
	}
}

/* Each code point, as the bytes of it, is in the ranges that it is in. */
static void
knows_each_code_point(void)
{
	static const struct inv_range ranges[] = { { 0, 0 }, { 0x7f, 0x80 },
		{ 0x7fe, 0x801 }, { 0xd7ff, 0xd7ff }, { 0xe000, 0xe123 },
		{ 0xfffe, 0x10001 }, { 0x12345, 0x54321 },
		{ 0x10fffe, 0x10ffff } };
	struct inv_automaton *a = automaton_of("^[\\0\\x7f-\\x80\\u07fe-\\u0801"
					       "\\ud7ff\\ue000-\\ue123"
					       "\\ufffe-\\u{10001}"
					       "\\u{12345}-\\u{54321}"
					       "\\u{10fffe}-\\u{10ffff}]$");

	check(a != NULL);
	for (uint32_t c = 0, at = 0; c <= INV_CODE_MAX && a != NULL; c++) {
		char bytes[4];
		size_t n = inv_utf8_put(c, bytes);

		while (at < sizeof(ranges) / sizeof(*ranges) - 1 &&
		    c > ranges[at].to)
			at++;
		bool in = c >= ranges[at].from && c <= ranges[at].to;

		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		if (inv_automaton_match(a, (struct inv_str){ bytes, n }) != in)
			printf("# U+%04X\n", c);
		check(inv_automaton_match(a, (struct inv_str){ bytes, n }) ==
		    in);
	}
	inv_automaton_free(a);
}

static void
is_there_for_what_is_regular(void)
{
	static const char *const texts[] = { "(a)\\1", "\\ba", "(?=a)",
		"(?<!a)", "\\p{L}", "[^\\p{L}]", "a{5000}", "(a{100}){100}",
		"[ab]*a[ab]{15}", "(?:){9999999}" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct inv_automaton *a = automaton_of(texts[i]);

		if (a != NULL)
			printf("# %s\n", texts[i]);
		check(a == NULL);
		inv_automaton_free(a);
	}
}

static void
holds_no_text_up(void)
{
	enum { N = 1 << 20 };
	char *text = malloc(N);

	memset(text, 'a', N);
	check(finds("(a+)+$", (struct inv_str){ text, N }));
	text[N - 1] = '!';
	check(!finds("^(a+)+$", (struct inv_str){ text, N }));
	check(!finds("(x*a*)*b", (struct inv_str){ text, N }));
	check(!finds("(a|aa|a*)*[b-z]", (struct inv_str){ text, N }));
	free(text);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(finds_what_is_there),
		TEST(counts_bytes_of_texts_of_any_length),
		TEST(knows_each_code_point),
		TEST(is_there_for_what_is_regular),
		TEST(holds_no_text_up),
	};

	return RUN(tests);
}
