/* test_flaw.c - a list of errors says all of each, in its order */

#include "data/flaw.h"

#include "check.h"

static const struct inv_rule rule = {
	.type = "missing",
	.msg = { "is missing", 10 },
	.schema = { "/required", 9 },
	.code = { "MISSING_REQUIRED_FIELD:a", 24 },
	.severity = INV_SEVERITY_WARNING,
	.more = { ",\"rule\":\"NIH-3\"", 15 },
};

static void
says_code_severity_and_more(void)
{
	struct inv_flaws f = INV_FLAWS;
	struct inv_place place = { .key = INV_LIT("a") };

	inv_flaws_add(&f, &rule, &place, (struct inv_str){ 0 });
	check_str(inv_flaws_json(&f),
	    "[{\"type\":\"missing\",\"loc\":[\"a\"],\"msg\":\"is missing\","
	    "\"schema\":\"/required\",\"code\":\"MISSING_REQUIRED_FIELD:a\","
	    "\"severity\":\"WARNING\",\"rule\":\"NIH-3\"}]");
	inv_flaws_free(&f);
}

static void
knows_severities_by_name(void)
{
	enum inv_severity s = INV_SEVERITY_ERROR;

	check(inv_severity_of(INV_LIT("CRITICAL"), &s));
	check(s == INV_SEVERITY_CRITICAL);
	check(inv_severity_of(INV_LIT("INFO"), &s) && s == INV_SEVERITY_INFO);
	check(!inv_severity_of(INV_LIT("warning"), &s));
	check(!inv_severity_of(INV_LIT(""), &s));
}

static void
says_a_flaw_of_another_list_again_under_a_rule(void)
{
	static const struct inv_rule found = {
		.type = "greater_than_equal",
		.msg = { "is less than 0", 14 },
		.ctx = { "{\"ge\":0}", 8 },
		.schema = { "/minimum", 8 },
		.code = { "x", 1 },
		.severity = INV_SEVERITY_INFO,
	};
	struct inv_rule by = { .msg = { 0 },
		.code = INV_LIT("Q"),
		.severity = INV_SEVERITY_CRITICAL,
		.more = INV_LIT(",\"rule\":\"r\"") };
	struct inv_flaws f = INV_FLAWS;
	struct inv_flaws from = INV_FLAWS;
	struct inv_buf text = INV_BUF(256);
	struct inv_place place = { .key = INV_LIT("a") };

	inv_flaws_add(&from, &rule, NULL, (struct inv_str){ 0 });
	inv_flaws_add(&from, &found, &place, INV_LIT("-3"));
	inv_flaws_adopt(&f, &from, 1, &by);
	by.msg = INV_LIT("is \"no\" count");
	inv_flaws_adopt(&f, &from, 1, &by);
	inv_flaws_adopt(&f, &from, 0, &by);
	check_str(inv_flaws_json(&f),
	    "[{\"type\":\"greater_than_equal\",\"loc\":[\"a\"],"
	    "\"msg\":\"is less than 0\",\"input\":-3,\"ctx\":{\"ge\":0},"
	    "\"code\":\"Q\",\"severity\":\"CRITICAL\",\"rule\":\"r\"},"
	    "{\"type\":\"greater_than_equal\",\"loc\":[\"a\"],"
	    "\"msg\":\"is \\\"no\\\" count\",\"input\":-3,"
	    "\"ctx\":{\"ge\":0},\"code\":\"Q\",\"severity\":\"CRITICAL\","
	    "\"rule\":\"r\"},"
	    "{\"type\":\"missing\",\"loc\":[],"
	    "\"msg\":\"is \\\"no\\\" count\",\"code\":\"Q\","
	    "\"severity\":\"CRITICAL\",\"rule\":\"r\"}]");
	check_str(inv_flaws_loc(&f, 1), "[\"a\"]");
	check_str(inv_flaws_loc(&f, 2), "[]");
	inv_flaws_text(&f, 1, &text);
	check_str(inv_buf_str(&text),
	    "-3 is \"no\" count (Q) [greater_than_equal]");
	inv_flaws_free(&f);
	inv_flaws_free(&from);
	inv_buf_free(&text);
}

static void
sorts_by_column_then_what_is_missing_then_the_record(void)
{
	static const struct inv_rule of = { .type = "t" };
	static const char *const keys[] = { "c", "", "b\\\"", "a", "c" };
	struct inv_flaws f = INV_FLAWS;
	struct inv_buf b = INV_BUF(4096);

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct inv_place place = { .key = inv_str_of(keys[i]) };
		char input = (char)('0' + i);

		inv_flaws_add(&f, i == 3 ? &rule : &of, i == 1 ? NULL : &place,
		    (struct inv_str){ &input, i != 3 });
	}
	inv_flaws_sort(&f);
	check_str(inv_flaws_json(&f),
	    "[{\"type\":\"t\",\"loc\":[\"b\\\"\"],\"msg\":\"\",\"input\":2},"
	    "{\"type\":\"t\",\"loc\":[\"c\"],\"msg\":\"\",\"input\":0},"
	    "{\"type\":\"t\",\"loc\":[\"c\"],\"msg\":\"\",\"input\":4},"
	    "{\"type\":\"missing\",\"loc\":[\"a\"],\"msg\":\"is missing\","
	    "\"schema\":\"/required\",\"code\":\"MISSING_REQUIRED_FIELD:a\","
	    "\"severity\":\"WARNING\",\"rule\":\"NIH-3\"},"
	    "{\"type\":\"t\",\"loc\":[],\"msg\":\"\",\"input\":1}]");
	for (size_t i = 0; i < f.n; i++) {
		inv_flaws_place(&f, i, &b);
		inv_buf_byte(&b, ' ');
		inv_flaws_text(&f, i, &b);
		inv_buf_byte(&b, '\n');
	}
	check_str(inv_buf_str(&b),
	    "b\\\" 2  [t]\nc 0  [t]\nc 4  [t]\n"
	    "a is missing (MISSING_REQUIRED_FIELD:a) [missing]\n 1  [t]\n");
	inv_buf_free(&b);
	inv_flaws_free(&f);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(says_code_severity_and_more),
		TEST(says_a_flaw_of_another_list_again_under_a_rule),
		TEST(knows_severities_by_name),
		TEST(sorts_by_column_then_what_is_missing_then_the_record),
	};

	return RUN(tests);
}
