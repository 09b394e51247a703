/* test_cef - does data/cef keep its header's promises? */

#include "data/cef.h"

#include "check.h"

static bool
header_is(struct inv_str s, const char *expected)
{
	struct inv_buf b = INV_BUF(1 << 20);

	inv_cef_header(&b, s);
	bool same = inv_str_is(inv_buf_str(&b), expected);

	inv_buf_free(&b);
	return same;
}

static bool
value_is(struct inv_str s, size_t max, const char *expected)
{
	struct inv_buf b = INV_BUF(1 << 20);

	inv_cef_value(&b, "k", s, max);
	bool same = inv_str_is(inv_buf_str(&b), expected);

	inv_buf_free(&b);
	return same;
}

static void
a_header_escapes_pipes_and_backslashes_alone(void)
{
	check(header_is(INV_LIT("a|b\\c=d \xc3\xb6"),
	    "a\\|b\\\\c=d \xc3\xb6|"));
	check(header_is(INV_LIT(""), "|"));
	check(header_is(INV_LIT("a\nb\r"), "a[U+000A]b[U+000D]|"));
}

static void
a_value_escapes_equals_signs_backslashes_and_ends_of_lines(void)
{
	check(value_is(INV_LIT("a|b\\c=d"), 99, " k=a|b\\\\c\\=d"));
	check(value_is(INV_LIT("\na\r\nb\n"), 99, " k=\\na\\r\\nb\\n"));
	check(value_is(INV_LIT("a cs1=b"), 99, " k=a cs1\\=b"));
	check(value_is(INV_LIT("|"), 99, " k=|"));
	check(value_is(INV_LIT(""), 99, ""));
}

static void
what_acts_on_a_reader_is_shown(void)
{
	check(value_is(INV_LIT("\x1b[2J\0\xe2\x80\xae\x7f\xc2\x9b\t\xff"), 99,
	    " k=[U+001B][2J[U+0000][U+202E][U+007F][U+009B][U+0009][xFF]"));
	check(header_is(INV_LIT("\x1b\xe2\x80\xae"), "[U+001B][U+202E]|"));
}

static void
a_value_is_cut_between_characters(void)
{
	check(value_is(INV_LIT("abc"), 3, " k=abc"));
	check(value_is(INV_LIT("abcd"), 3, " k=abc"));
	check(value_is(INV_LIT("ab\xc3\xb6"), 3, " k=ab"));
	check(value_is(INV_LIT("ab\xc3\xb6"), 4, " k=ab\xc3\xb6"));
	check(value_is(INV_LIT("====="), 2, " k=\\=\\="));
}

static const struct test tests[] = {
	TEST(a_header_escapes_pipes_and_backslashes_alone),
	TEST(a_value_escapes_equals_signs_backslashes_and_ends_of_lines),
	TEST(what_acts_on_a_reader_is_shown),
	TEST(a_value_is_cut_between_characters),
};

int
main(void)
{
	return RUN(tests);
}
