/* test_cursor - does data/cursor keep its header's promises? */

#include "check.h"

#include "data/cursor.h"

static struct inv_cursor
over(const char *text)
{
	return (struct inv_cursor){ .rest = inv_str_of(text) };
}

static void
a_whole_line_is_read_to_its_end(void)
{
	struct inv_cursor c =
	    over("{\"n\":17,\"s\":\"a\\\"b\",\"h\":\"0aF\",\"yes\":true}");

	check(inv_cursor_u64(&c, "{\"n\":", 0) == 17);
	check(inv_cursor_at(&c, ",\"s\":"));
	check_str(inv_cursor_text(&c, ",\"s\":"), "a\\\"b");
	check_str(inv_cursor_text(&c, ",\"h\":"), "0aF");
	check(inv_cursor_bool(&c, ",\"yes\":"));
	inv_cursor_expect(&c, "}");
	check(!c.bad && c.rest.n == 0);
}

static void
what_does_not_fit_is_bad_and_stays_so(void)
{
	struct inv_cursor c = over("abc");

	inv_cursor_expect(&c, "ac");
	check(c.bad);
	inv_cursor_expect(&c, "abc");
	check(c.bad && !inv_cursor_at(&c, "abc"));
	check(inv_cursor_u64(&c, "", 0) == 0);
	check(inv_cursor_text(&c, "").n == 0);
	check_str(c.rest, "abc");
}

static bool
is_number(const char *text, uint64_t min)
{
	struct inv_cursor c = over(text);

	(void)inv_cursor_u64(&c, "", min);
	return !c.bad && c.rest.n == 0;
}

static void
numbers_are_plain_and_not_below_their_least(void)
{
	check(is_number("0", 0) && is_number("18446744073709551615", 1));
	check(!is_number("18446744073709551616", 0) && !is_number("", 0));
	check(!is_number("0", 1) && !is_number("01", 0) && !is_number("-1", 0));
	check(!is_number("1.0", 0) && !is_number(" 1", 0));
}

static void
a_string_ends_at_its_quote_or_is_bad(void)
{
	static const char *const bad[] = { "", "\"", "a", "\"a", "\"a\\\"",
		"\"a\\" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct inv_cursor c = over(bad[i]);

		check(inv_cursor_text(&c, "").n == 0 && c.bad);
	}
}

static void
hex_is_of_one_length_and_lower_case(void)
{
	static const char *const bad[] = { "\"0aF0\"", "\"0af\"", "\"0af00\"",
		"\"0ag0\"" };
	struct inv_cursor c = over("\"0af9\"");

	check_str(inv_cursor_hex(&c, "", 4), "0af9");
	check(!c.bad);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		c = over(bad[i]);
		(void)inv_cursor_hex(&c, "", 4);
		check(c.bad);
	}
}

static bool
are_rows(const char *text, struct inv_rows *rows)
{
	struct inv_cursor c = over(text);

	inv_rows_reset(rows);
	inv_cursor_rows(&c, "", rows);
	return !c.bad && c.rest.n == 0;
}

static void
rows_ascend_and_are_apart(void)
{
	static const char *const bad[] = { "", "[]", "[[]]", "[[1]]", "[[0,1]]",
		"[[2,1]]", "[[1,2],[2,3]]", "[[5,6],[1,2]]", "[[1,2],]",
		"[[1,2]", "[[1,18446744073709551615]]" };
	struct inv_rows rows = { 0 };

	check(are_rows("[[1,6],[8,500]]", &rows) && rows.count == 499);
	check(are_rows("[[7,7]]", &rows) && rows.count == 1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		check(!are_rows(bad[i], &rows));
	inv_rows_free(&rows);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(a_whole_line_is_read_to_its_end),
		TEST(what_does_not_fit_is_bad_and_stays_so),
		TEST(numbers_are_plain_and_not_below_their_least),
		TEST(a_string_ends_at_its_quote_or_is_bad),
		TEST(hex_is_of_one_length_and_lower_case),
		TEST(rows_ascend_and_are_apart),
	};

	return RUN(tests);
}
