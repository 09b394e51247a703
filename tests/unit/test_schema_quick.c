/* test_schema_quick - lib/data/schema_quick.h: yes, or a closer look */

#include "data/schema_quick.h"

#include "check.h"

static const struct inv_str now = { "2026-11-20T06:30:00Z", 20 };

/* A column under a schema. */
struct column {
	struct inv_program program;
	struct inv_column_plan plan;
	struct inv_quick quick;
};

static struct column
column_of(const char *schema)
{
	static const struct inv_schema_options none = { 0 };
	struct inv_buf text = INV_BUF(4096);
	struct column c = { 0 };
	struct inv_err err;

	inv_buf_addf(&text, "{\"properties\":{\"a\":%s}}", schema);
	check(inv_program_compile(&c.program, inv_buf_str(&text), &none, &err));
	inv_buf_free(&text);
	inv_column_plan(&c.program, INV_LIT("a"), &c.plan);
	c.quick = inv_quick_of(c.program.root->props[0].node, &c.plan);
	return c;
}

static bool
takes_text(const char *schema, const char *text)
{
	struct column c = column_of(schema);
	bool yes =
	    c.quick.text && inv_quick_text(&c.quick, inv_str_of(text), now);

	inv_program_free(&c.program);
	return yes;
}

static bool
takes_number(const char *schema, const char *text)
{
	struct column c = column_of(schema);
	bool yes =
	    c.quick.number && inv_quick_number(&c.quick, inv_str_of(text));

	inv_program_free(&c.program);
	return yes;
}

static void
says_yes_to_text_that_fits(void)
{
	check(takes_text("true", "x"));
	check(takes_text("{\"type\":\"string\",\"minimum\":5}", "x"));
	check(takes_text("{\"maxLength\":3}", "abc"));
	check(takes_text("{\"minLength\":3,\"maxLength\":3}", "abc"));
	check(takes_text("{\"pattern\":\"^a+$\"}", "aa"));
	check(takes_text("{\"type\":[\"string\",\"null\"],\"format\":\"date\","
			 "\"x-inv-not-future\":true}",
	    "2026-11-20"));
	check(takes_text("{\"enum\":[\"a\",\"b\",1]}", "b"));
}

static void
says_no_to_text_that_does_not_fit(void)
{
	check(!takes_text("false", "x"));
	check(!takes_text("{\"type\":\"integer\"}", "x"));
	check(!takes_text("{\"maxLength\":3}", "abcd"));
	check(!takes_text("{\"minLength\":3}", "ab"));
	check(!takes_text("{\"minLength\":3}", "\xc3\xa4\xc3\xa4"));
	check(!takes_text("{\"pattern\":\"^a+$\"}", "ab"));
	check(!takes_text("{\"format\":\"date\",\"x-inv-not-future\":true}",
	    "2026-11-21"));
	check(!takes_text("{\"enum\":[\"a\",\"b\",1]}", "1"));
}

/* These may fit: that is found out elsewhere. */
static void
has_no_answer_where_more_is_to_be_looked_at(void)
{
	check(!takes_text("{\"maxLength\":3}", "\xc3\xa4\xc3\xa4"));
	check(!takes_text("{\"anyOf\":[{\"type\":\"string\"}]}", "x"));
	check(!takes_text("{\"not\":{\"const\":\"y\"}}", "x"));
	check(!takes_text("{\"x-inv-normalize\":{\"before\":[\"trim\"]}}",
	    "x"));
	check(!takes_text("{\"x-inv-normalize\":{\"after\":[\"trim\"]}}", "x"));
	check(!takes_text("{\"pattern\":\"(a)\\\\1\"}", "aa"));
	check(!takes_number("{\"type\":\"integer\"}", "-1"));
	check(!takes_number("{\"type\":\"integer\"}", "1.0"));
	check(!takes_number("{\"type\":\"integer\"}", "1234567890123456"));
	check(!takes_number("{\"multipleOf\":2}", "2"));
	check(!takes_number("{\"enum\":[2]}", "2"));
	check(!takes_number("{\"minimum\":0.5}", "1"));
}

static void
holds_a_number_against_its_bounds(void)
{
	static const char bounds[] = "{\"type\":\"integer\",\"minimum\":5,"
				     "\"maximum\":7,\"maxLength\":0}";
	static const char between[] = "{\"exclusiveMinimum\":5,"
				      "\"exclusiveMaximum\":7}";

	check(takes_number("true", "0"));
	check(takes_number("{\"type\":\"number\"}", "123456789012345"));
	check(takes_number("{\"minimum\":-1}", "0"));
	check(takes_number(bounds, "5") && takes_number(bounds, "7"));
	check(!takes_number(bounds, "4") && !takes_number(bounds, "8"));
	check(takes_number(between, "6"));
	check(!takes_number(between, "5") && !takes_number(between, "7"));
	check(!takes_number("{\"type\":\"string\"}", "5"));
}

static void
knows_what_no_number_begins_with(void)
{
	check(!takes_number("true", "01"));
	check(!takes_number("true", "00"));
	check(!takes_number("true", "1e3"));
	check(!takes_number("true", " 1"));
}

/* A cell of text is a number only where it can not stay text. */
static void
tells_which_columns_are_numbers_in_text(void)
{
	static const struct {
		const char *schema;
		bool cell;
	} trials[] = {
		{ "{\"type\":\"integer\"}", true },
		{ "{\"type\":[\"number\",\"null\"]}", true },
		{ "{\"type\":[\"number\",\"string\"]}", false },
		{ "{\"type\":\"boolean\"}", false },
		{ "{\"type\":\"integer\",\"x-inv-normalize\":"
		  "{\"before\":[\"trim\"]}}",
		    false },
		{ "true", false },
	};

	for (size_t i = 0; i < sizeof(trials) / sizeof(*trials); i++) {
		struct column c = column_of(trials[i].schema);

		check(c.quick.cell == trials[i].cell);
		inv_program_free(&c.program);
	}
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(says_yes_to_text_that_fits),
		TEST(says_no_to_text_that_does_not_fit),
		TEST(has_no_answer_where_more_is_to_be_looked_at),
		TEST(holds_a_number_against_its_bounds),
		TEST(knows_what_no_number_begins_with),
		TEST(tells_which_columns_are_numbers_in_text),
	};

	return RUN(tests);
}
