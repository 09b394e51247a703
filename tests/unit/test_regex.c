/* test_regex - lib/data/regex.h */

#include <stdlib.h>

#include "data/regex.h"

#include "check.h"

/* What is said against it, or "". */
static struct inv_str
said(struct inv_str text)
{
	static struct inv_err err;
	struct inv_regex r;
	bool ok = inv_regex_read(&r, text, &err);

	inv_regex_free(&r);
	check(ok || err.fault == INV_CONFIG);
	return ok ? INV_LIT("") : inv_str_of(err.msg);
}

static void
takes_what_ecma_262_takes(void)
{
	static const char *const texts[] = { "", "|", "a|", "()", "(?:)", "[]",
		"[^]", "[-a]", "[a-]", "[--a]", "[\\b]", "[\\-]", "[\\]]",
		"[[]", "[&&]", "\\/", "\\0", "[\\0]", "\\cA", "\\cz", "\\x7f",
		"\\u00e9", "\\u{0001F600}", "\\ud83d\\ude00", "\\ud83d", "a{0}",
		"a{2,}?", "a{99999999999999999999}", "(?<a>x)\\k<a>",
		"\\k<a>(?<a>x)", "(?<$\xc3\xa9_1>x)", "\\2(a)(b)", "(?<=a)b",
		"(?<!a)b", "\\p{L}", "[^\\P{L}\\p{sc=Greek}]",
		"(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10", "-", "/", "a-b", "^$^$",
		"(?=a)(?!b)", "\\$", "[$]", "&~#'\"" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		check_str(said(inv_str_of(texts[i])), "");
}

/* Not of ECMA-262 with its flag u, but of one mind everywhere. */
static void
takes_what_any_reader_takes(void)
{
	static const char *const texts[] = { "\\-", "\\@", "\\_", "\\ ", "\\\"",
		"[\\@]", "[\\w-]", "[\\w-.]", "[.-\\w]", "[\\d-z]" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		check_str(said(inv_str_of(texts[i])), "");
}

static const char *const refused[][2] = {
	{ "(", "pattern, character 1: no ) for this (" },
	{ "\xc3\xa9(a", "pattern, character 2: no ) for this (" },
	{ "a)", "pattern, character 2: no ( for this )" },
	{ "a[b", "pattern, character 2: no ] for this [" },
	{ "]", "pattern, character 1: needs a backslash" },
	{ "a}", "pattern, character 2: needs a backslash" },
	{ "{", "pattern, character 1: nothing to repeat" },
	{ "a**", "pattern, character 3: nothing to repeat" },
	{ "^*", "pattern, character 2: nothing to repeat" },
	{ "$?", "pattern, character 2: nothing to repeat" },
	{ "\\b+", "pattern, character 3: nothing to repeat" },
	{ "(?=a)*", "pattern, character 6: nothing to repeat" },
	{ "(?<!a){2}", "pattern, character 7: nothing to repeat" },
	{ "a{2,1}", "pattern, character 2: fewer times at most than at least" },
	{ "a{,1}", "pattern, character 2: not a number of times" },
	{ "a{1", "pattern, character 2: not a number of times" },
	{ "a{1, 2}", "pattern, character 2: not a number of times" },
	{ "[b-a]", "pattern, character 2: a range that ends before it begins" },
	{ "a\\Z", "pattern, character 2: not an escape of ECMA-262" },
	{ "\\A", "pattern, character 1: not an escape of ECMA-262" },
	{ "\\a", "pattern, character 1: not an escape of ECMA-262" },
	{ "\\z", "pattern, character 1: not an escape of ECMA-262" },
	{ "\\", "pattern, character 1: not an escape of ECMA-262" },
	{ "\\C", "pattern, character 1: not an escape of ECMA-262" },
	{ "\\00", "pattern, character 1: not an escape of ECMA-262" },
	{ "\\x4", "pattern, character 1: not an escape of ECMA-262" },
	{ "\\u12g4", "pattern, character 1: not an escape of ECMA-262" },
	{ "\\u{110000}", "pattern, character 1: not an escape of ECMA-262" },
	{ "\\u{}", "pattern, character 1: not an escape of ECMA-262" },
	{ "\\c1", "pattern, character 1: not an escape of ECMA-262" },
	{ "\\\xc3\xa9", "pattern, character 1: not an escape of ECMA-262" },
	{ "[\\B]", "pattern, character 2: not an escape of ECMA-262" },
	{ "[\\1]", "pattern, character 2: not an escape of ECMA-262" },
	{ "\\pL", "pattern, character 3: no {property} behind \\p" },
	{ "\\p{L", "pattern, character 3: no {property} behind \\p" },
	{ "\\p{Foo}", "pattern, character 3: no such property" },
	{ "(?i)a", "pattern, character 1: not a group of ECMA-262" },
	{ "(?>a)", "pattern, character 1: not a group of ECMA-262" },
	{ "(?P<a>b)", "pattern, character 1: not a group of ECMA-262" },
	{ "(?#a)", "pattern, character 1: not a group of ECMA-262" },
	{ "(?<1>a)", "pattern, character 3: not a <name>" },
	{ "(?<a", "pattern, character 3: not a <name>" },
	{ "(?<>a)", "pattern, character 3: not a <name>" },
	{ "\\k", "pattern, character 3: not a <name>" },
	{ "(?<a>b)(?<a>c)",
	    "pattern, character 11: a name that was given before" },
	{ "\\k<b>(?<a>c)", "pattern, character 4: a reference to no group" },
	{ "x\\1", "pattern, character 3: a reference to no group" },
	{ "(a)\\4294967297", "pattern, character 5: a reference to no group" },
	{ "(a)\\2", "pattern, character 5: a reference to no group" },
	{ "\xff", "pattern, character 1: not UTF-8" },
	{ "(?<\xff>a)", "pattern, character 4: not UTF-8" },
};

static void
refuses_what_it_does_not_and_says_where(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		check_str(said(inv_str_of(refused[i][0])), refused[i][1]);
}

/* What is remembered is the same in ECMA-262 and PCRE2, or it is refused. */
static void
refuses_references_that_tell_the_two_apart(void)
{
	static const char *const no[] = { "(?:(a)|b)*\\1", "(?:(a)?b)+\\1",
		"(a*)*\\1", "(?:(?=(a)))*\\1", "(a)(?<=\\1)b" };
	static const char *const yes[] = { "(a)\\1", "(?:(a)\\1)+", "(a)?\\1",
		"(?:(a)|b)\\1", "(?:\\1(a))+", "(a\\1)", "(?:(a)){0}\\1",
		"(?=(a))\\1", "(?:(a)b)*\\1" };

	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		check(said(inv_str_of(no[i])).n > 0);
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		check_str(said(inv_str_of(yes[i])), "");
}

static void
has_ceilings(void)
{
	char *text = malloc(INV_REGEX_MAX + 1);

	memset(text, 'a', INV_REGEX_MAX + 1);
	check_str(said((struct inv_str){ text, INV_REGEX_MAX }), "");
	check_str(said((struct inv_str){ text, INV_REGEX_MAX + 1 }),
	    "pattern: longer than 65536 bytes");
	memset(text, '(', INV_REGEX_DEPTH + 1);
	memset(text + INV_REGEX_DEPTH + 1, ')', INV_REGEX_DEPTH + 1);
	check_str(said((struct inv_str){ text, 2 * INV_REGEX_DEPTH + 2 }),
	    "pattern, character 101: too many groups in groups");
	check_str(said((struct inv_str){ text + 1, 2 * INV_REGEX_DEPTH }), "");
	free(text);
}

/* The set of an expression that is one, as [a-z] of code points in hex. */
static struct inv_str
set_of(const char *text)
{
	static char said_to_be[256];
	struct inv_regex r;
	struct inv_err err;
	size_t n = 0;

	check(inv_regex_read(&r, inv_str_of(text), &err));
	for (size_t i = 0; i < r.ranges; i++)
		n += (size_t)snprintf(said_to_be + n, sizeof(said_to_be) - n,
		    "%x-%x ", r.range[i].from, r.range[i].to);
	inv_regex_free(&r);
	return (struct inv_str){ said_to_be, n };
}

static void
orders_sets_and_turns_them_round(void)
{
	check_str(set_of("[zac-eb]"), "61-65 7a-7a ");
	check_str(set_of("[^zac-eb]"), "0-60 66-79 7b-10ffff ");
	check_str(set_of("[a-fb-c]"), "61-66 ");
	check_str(set_of("[]"), "");
	check_str(set_of("[^]"), "0-10ffff ");
	check_str(set_of("[^\\0-\\u{10ffff}]"), "");
	check_str(set_of("[\\w\\W]"), "0-10ffff ");
	check_str(set_of("\\D"), "0-2f 3a-10ffff ");
	check_str(set_of("."), "0-9 b-c e-2027 202a-10ffff ");
	check_str(set_of("\\s"),
	    "9-d 20-20 a0-a0 1680-1680 2000-200a 2028-2029 202f-202f "
	    "205f-205f 3000-3000 feff-feff ");
	check_str(set_of("\\ud83d\\ude00"), "1f600-1f600 ");
	check_str(set_of("\xf0\x9f\x98\x80"), "1f600-1f600 ");
	check_str(set_of("[\\w-.]"), "2d-2e 30-39 41-5a 5f-5f 61-7a ");
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(takes_what_ecma_262_takes),
		TEST(takes_what_any_reader_takes),
		TEST(refuses_what_it_does_not_and_says_where),
		TEST(refuses_references_that_tell_the_two_apart),
		TEST(has_ceilings),
		TEST(orders_sets_and_turns_them_round),
	};

	return RUN(tests);
}
