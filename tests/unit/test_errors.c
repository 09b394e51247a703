/* test_errors.c - an errors list as words */

#include "data/errors.h"

#include "check.h"

static void
reads(const char *json, size_t most, const char *want)
{
	struct inv_buf b = INV_BUF(4096);

	inv_errors_text(&b, inv_str_of(json), most);
	check_str(inv_buf_str(&b), want);
	inv_buf_free(&b);
}

static void
says_place_message_and_type(void)
{
	reads(
	    "[{\"type\":\"t\",\"loc\":[\"a\",0,\"b\"],\"msg\":\"is \\u0022x\\u0022\"}]",
	    9, "a.0.b: is \"x\" [t]");
	reads("[{\"msg\":\"m\",\"loc\":[]}]", 9, "m");
	reads("[]", 9, "");
	reads("", 9, "");
}

static void
says_which_rule_is_broken(void)
{
	reads("[{\"type\":\"t\",\"loc\":[\"a\"],\"msg\":\"m\",\"code\":\"C\","
	      "\"rule\":\"R-1\",\"tags\":[\"2 CFR 1\",\"x\\u0022\"],"
	      "\"fallback\":\"notify\"}]",
	    9, "a: m [t] (R-1: 2 CFR 1, x\"; notify)");
	reads("[{\"msg\":\"m\",\"rule\":\"R-1\"}]", 9, "m (R-1)");
	reads("[{\"msg\":\"m\",\"rule\":\"R\",\"fallback\":\"retry\"}]", 9,
	    "m (R; retry)");
	reads("[{\"msg\":\"m\",\"rule\":1,\"tags\":\"t\"}]", 9, "m");
	reads("[{\"msg\":\"m\",\"rule\":\"R\",\"tags\":{},\"fallback\":1}]", 9,
	    "m (R)");
}

static void
says_at_most_so_many_and_how_many_more(void)
{
	static const char three[] = "[{\"msg\":\"a\"}, {\"msg\":\"b\"},\n"
				    "{\"msg\":\"c\"}]";

	reads(three, 3, "a; b; c");
	reads(three, 2, "a; b (1 more)");
	reads(three, 1, "a (2 more)");
}

static void
what_is_of_another_shape_stands_as_it_is(void)
{
	reads("[1,\"x\",{\"code\":7}]", 9, "1; \"x\"; {\"code\":7}");
	reads("[{\"msg\":\"m\",\"loc\":\"here\",\"type\":4}]", 9, "m");
	reads("\"text\"", 9, "");
	reads("{\"a\":1}", 9, "");
}

static void
tells_what_each_is_about(void)
{
	struct inv_str rest =
	    INV_LIT("[{\"type\":\"t\",\"loc\":[\"a\",0,\"\\u0062\"]}, 7,"
		    "{\"severity\":\"INFO\",\"loc\":1}]");
	struct inv_buf b = INV_BUF(4096);
	struct inv_error e;

	check(inv_errors_each(&rest, &b, &e));
	check_str(e.type, "t");
	check_str(e.field, "a.0.b");
	check_str(e.severity, "");
	check(inv_errors_each(&rest, &b, &e));
	check_str(e.type, "");
	check(inv_errors_each(&rest, &b, &e));
	check_str(e.field, "");
	check_str(e.severity, "INFO");
	check(!inv_errors_each(&rest, &b, &e));
	rest = INV_LIT("\"text\"");
	check(!inv_errors_each(&rest, &b, &e));
	rest = INV_LIT("");
	check(!inv_errors_each(&rest, &b, &e));
	inv_buf_free(&b);
}

static void
one_of_them_is_critical(void)
{
	check(inv_errors_are_critical(
	    INV_LIT("[{\"type\":\"t\",\"severity\":\"INFO\"},"
		    "{\"severity\":\"CRIT\\u0049CAL\",\"loc\":[\"a\"]}]")));
	check(!inv_errors_are_critical(
	    INV_LIT("[{\"msg\":\"CRITICAL\",\"severity\":\"WARNING\"}]")));
	check(!inv_errors_are_critical(INV_LIT("[\"CRITICAL\"]")));
	check(!inv_errors_are_critical(INV_LIT("[]")));
	check(!inv_errors_are_critical(INV_LIT("")));
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(says_place_message_and_type),
		TEST(says_which_rule_is_broken),
		TEST(says_at_most_so_many_and_how_many_more),
		TEST(what_is_of_another_shape_stands_as_it_is),
		TEST(tells_what_each_is_about),
		TEST(one_of_them_is_critical),
	};

	return RUN(tests);
}
