/* test_schema - lib/data/schema.h and lib/data/flaw.h */

#include "data/schema.h"

#include <stdlib.h>

#include "check.h"

static struct inv_scan *scan;
static struct inv_buf out;
static struct inv_buf said;
static struct inv_flaws flaws;
static struct inv_flaws warnings;

/* The record's canonical form, or its errors; good until the next call. */
static struct inv_str
run(struct inv_schema *s, struct inv_str record, enum inv_cells cells)
{
	struct inv_err err;

	inv_buf_reset(&out);
	if (s == NULL || !inv_scan_object(scan, record, &err))
		return INV_LIT("not to be checked");
	if (inv_schema_check(s, record, inv_scan_record(scan), cells, &out,
		&flaws, &warnings)) {
		check(flaws.n == 0);
		return inv_buf_str(&out);
	}
	check(flaws.n > 0);
	return inv_flaws_json(&flaws);
}

static struct inv_schema *
schema(const char *text)
{
	struct inv_err err;
	struct inv_schema *s = inv_schema_new(inv_str_of(text), NULL, &err);

	check(s != NULL);
	if (s == NULL)
		printf("# %s\n", err.msg);
	return s;
}

/* The types of the errors of {"x":VALUE} under a schema of x: "a b"; or "". */
static struct inv_str
types(const char *of_x, const char *value, enum inv_cells cells)
{
	static char text[65536];

	snprintf(text, sizeof(text), "{\"properties\":{\"x\":%s}}", of_x);
	struct inv_schema *s = schema(text);

	snprintf(text, sizeof(text), "{\"x\":%s}", value);
	inv_buf_reset(&said);
	run(s, inv_str_of(text), cells);
	for (size_t i = 0; i < flaws.n; i++) {
		if (i > 0)
			inv_buf_byte(&said, ' ');
		inv_buf_add(&said, inv_str_of(flaws.at[i].type));
	}
	inv_schema_free(s);
	return inv_buf_str(&said);
}

struct typing {
	const char *schema;
	const char *value;
	const char *types;
};

static void
check_types(const struct typing *t, size_t n, enum inv_cells cells)
{
	for (size_t i = 0; i < n; i++)
		check_same(types(t[i].schema, t[i].value, cells),
		    inv_str_of(t[i].types), t[i].schema, (int)i);
}

#define CHECK_TYPES(t, cells) check_types(t, sizeof(t) / sizeof(*(t)), cells)

static const struct typing typed[] = {
	{ "{}", "{\"a\":[1,null]}", "" },
	{ "{\"type\":\"string\"}", "\"1\"", "" },
	{ "{\"type\":\"string\"}", "1", "string_type" },
	{ "{\"type\":\"integer\"}", "1", "" },
	{ "{\"type\":\"integer\"}", "1.0", "" },
	{ "{\"type\":\"integer\"}", "1e300", "" },
	{ "{\"type\":\"integer\"}", "1.5", "int_from_float" },
	{ "{\"type\":\"integer\"}", "\"1\"", "int_type" },
	{ "{\"type\":\"number\"}", "1.5", "" },
	{ "{\"type\":\"number\"}", "true", "float_type" },
	{ "{\"type\":\"boolean\"}", "true", "" },
	{ "{\"type\":\"boolean\"}", "false", "" },
	{ "{\"type\":\"boolean\"}", "0", "bool_type" },
	{ "{\"type\":\"null\"}", "null", "" },
	{ "{\"type\":\"null\"}", "\"\"", "none_required" },
	{ "{\"type\":\"array\"}", "[]", "" },
	{ "{\"type\":\"array\"}", "{}", "list_type" },
	{ "{\"type\":\"object\"}", "{}", "" },
	{ "{\"type\":\"object\"}", "[]", "dict_type" },
	{ "{\"type\":[\"null\",\"integer\"]}", "null", "" },
	{ "{\"type\":[\"null\",\"integer\"]}", "3", "" },
	{ "{\"type\":[\"null\",\"integer\"]}", "\"\"", "int_type" },
	{ "{\"type\":\"integer\",\"enum\":[1],\"minLength\":9}", "\"x\"",
	    "int_type" },
	{ "{\"minimum\":0}", "0", "" },
	{ "{\"minimum\":0}", "-0.0", "" },
	{ "{\"minimum\":0}", "-1", "greater_than_equal" },
	{ "{\"minimum\":0}", "-1e-300", "greater_than_equal" },
	{ "{\"minimum\":0}", "\"-1\"", "" },
	{ "{\"minimum\":1.5}", "1", "greater_than_equal" },
	{ "{\"minimum\":1.5}", "1.5", "" },
	{ "{\"minimum\":-5}", "-6", "greater_than_equal" },
	{ "{\"minimum\":-5}", "-5", "" },
	{ "{\"maximum\":100}", "100", "" },
	{ "{\"maximum\":1e2}", "100.5", "less_than_equal" },
	{ "{\"maximum\":9007199254740992}", "9007199254740994",
	    "less_than_equal" },
	{ "{\"exclusiveMinimum\":0}", "0", "greater_than" },
	{ "{\"exclusiveMinimum\":0}", "0.1", "" },
	{ "{\"exclusiveMaximum\":0}", "0", "less_than" },
	{ "{\"exclusiveMaximum\":0}", "-1", "" },
	{ "{\"minLength\":2}", "\"\\u00e9\\ud83d\\ude00\"", "" },
	{ "{\"minLength\":2}", "\"\xf0\x9f\x98\x80\"", "string_too_short" },
	{ "{\"minLength\":2}", "1", "" },
	{ "{\"maxLength\":2}", "\"\xc3\xa9\xc3\xa9\"", "" },
	{ "{\"maxLength\":2}", "\"\xc3\xa9\xc3\xa9x\"", "string_too_long" },
	{ "{\"maxLength\":0}", "\"\"", "" },
	{ "{\"maxLength\":2.0}", "\"ab\\n\"", "string_too_long" },
	{ "{\"pattern\":\"^a\\\\nb$\"}", "\"a\\nb\"", "" },
	{ "{\"pattern\":\"^[a-z]+$\"}", "\"aB\"", "string_pattern_mismatch" },
	{ "{\"pattern\":\"^[a-z]+$\"}", "7", "" },
	{ "{\"format\":\"date\"}", "\"2024-02-29\"", "" },
	{ "{\"format\":\"date\"}", "\"2026-02-29\"", "date_parsing" },
	{ "{\"format\":\"date\"}", "20260101", "" },
	{ "{\"format\":\"date-time\"}", "\"2026-01-01T00:00:00Z\"", "" },
	{ "{\"format\":\"date-time\"}", "\"2026-01-01\"", "datetime_parsing" },
	{ "{\"enum\":[\"a\",1,null]}", "\"a\"", "" },
	{ "{\"enum\":[\"a\",1,null]}", "\"\\u0061\"", "" },
	{ "{\"enum\":[\"a\",1,null]}", "1.0", "" },
	{ "{\"enum\":[\"a\",1,null]}", "null", "" },
	{ "{\"enum\":[\"a\",1,null]}", "\"1\"", "enum" },
	{ "{\"enum\":[{\"b\":1,\"a\":[2]}]}", "{\"a\":[2.0],\"b\":1}", "" },
	{ "{\"enum\":[false]}", "0", "enum" },
	{ "{\"const\":1e1}", "10", "" },
	{ "{\"const\":\"x\"}", "\"y\"", "literal_error" },
	{ "{}", "1e400", "number_not_exact" },
	{ "{}", "[1,{\"a\":10000000000000001}]", "number_not_exact" },
	{ "{\"type\":\"string\",\"minLength\":3,\"maxLength\":1,"
	  "\"pattern\":\"b\"}",
	    "\"aa\"",
	    "string_too_short string_too_long "
	    "string_pattern_mismatch" },
};

static void
checks_what_each_keyword_says(void)
{
	CHECK_TYPES(typed, INV_CELLS_TYPED);
}

static const struct typing text_cells[] = {
	{ "{\"type\":\"integer\"}", "\"5\"", "" },
	{ "{\"type\":\"integer\"}", "\"-5\"", "" },
	{ "{\"type\":\"integer\"}", "\"-0\"", "" },
	{ "{\"type\":\"integer\"}", "\"\\u0035\"", "" },
	{ "{\"type\":\"integer\"}", "\"5.0\"", "int_parsing" },
	{ "{\"type\":\"integer\"}", "\"1_000\"", "int_parsing" },
	{ "{\"type\":\"integer\"}", "\" 5 \"", "int_parsing" },
	{ "{\"type\":\"integer\"}", "\"5 \"", "int_parsing" },
	{ "{\"type\":\"integer\"}", "\"+5\"", "int_parsing" },
	{ "{\"type\":\"integer\"}", "\"05\"", "int_parsing" },
	{ "{\"type\":\"integer\"}", "\"0x10\"", "int_parsing" },
	{ "{\"type\":\"integer\"}", "\"1e3\"", "int_parsing" },
	{ "{\"type\":\"integer\"}", "\"1,000\"", "int_parsing" },
	{ "{\"type\":\"integer\"}", "\"\"", "int_parsing" },
	{ "{\"type\":\"integer\"}", "\"-\"", "int_parsing" },
	{ "{\"type\":\"integer\"}", "\"NaN\"", "int_parsing" },
	{ "{\"type\":\"integer\"}", "\"\xd9\xa5\"", "int_parsing" },
	{ "{\"type\":\"integer\"}", "\"9007199254740992\"", "" },
	{ "{\"type\":\"integer\"}", "\"9007199254740993\"",
	    "int_parsing_size" },
	{ "{\"type\":\"integer\"}", "\"-9007199254740993\"",
	    "int_parsing_size" },
	{ "{\"type\":\"integer\"}", "\"1234567890123456789012\"",
	    "int_parsing_size" },
	{ "{\"type\":\"integer\"}", "5", "" },
	{ "{\"type\":\"integer\"}", "true", "int_type" },
	{ "{\"type\":\"integer\",\"minimum\":0}", "\"-3\"",
	    "greater_than_equal" },
	{ "{\"type\":\"number\"}", "\"1.50\"", "" },
	{ "{\"type\":\"number\"}", "\"-1e-3\"", "" },
	{ "{\"type\":\"number\"}", "\"1.\"", "float_parsing" },
	{ "{\"type\":\"number\"}", "\".5\"", "float_parsing" },
	{ "{\"type\":\"number\"}", "\"01\"", "float_parsing" },
	{ "{\"type\":\"number\"}", "\"1e\"", "float_parsing" },
	{ "{\"type\":\"number\"}", "\"1,5\"", "float_parsing" },
	{ "{\"type\":\"number\"}", "\"Infinity\"", "float_parsing" },
	{ "{\"type\":\"number\"}", "\"1.2.3\"", "float_parsing" },
	{ "{\"type\":\"number\"}", "\"1e400\"", "number_not_exact" },
	{ "{\"type\":\"number\"}", "\"10000000000000001\"",
	    "number_not_exact" },
	{ "{\"type\":\"boolean\"}", "\"true\"", "" },
	{ "{\"type\":\"boolean\"}", "\"false\"", "" },
	{ "{\"type\":\"boolean\"}", "\"True\"", "bool_parsing" },
	{ "{\"type\":\"boolean\"}", "\"1\"", "bool_parsing" },
	{ "{\"type\":\"null\"}", "\"\"", "" },
	{ "{\"type\":\"null\"}", "\"NA\"", "none_required" },
	{ "{\"type\":[\"null\",\"integer\"]}", "\"3\"", "" },
	{ "{\"type\":[\"null\",\"integer\"]}", "null", "" },
	{ "{\"type\":[\"null\",\"integer\"]}", "\"\"", "" },
	{ "{\"type\":[\"null\",\"integer\"]}", "\"null\"", "int_parsing" },
	{ "{\"type\":[\"null\",\"integer\"]}", "\"None\"", "int_parsing" },
	{ "{\"type\":[\"string\",\"integer\"],\"pattern\":\"x\"}", "\"3\"",
	    "string_pattern_mismatch" },
	{ "{\"minimum\":5}", "\"3\"", "" },
	{ "{\"type\":\"integer\",\"enum\":[1,2]}", "\"2\"", "" },
	{ "{\"type\":\"integer\",\"enum\":[1,2]}", "\"3\"", "enum" },
};

static void
reads_cells_strictly(void)
{
	CHECK_TYPES(text_cells, INV_CELLS_TEXT);
}

static void
writes_the_canonical_record(void)
{
	static const struct {
		enum inv_cells cells;
		const char *in;
		const char *out;
	} cases[] = {
		{ INV_CELLS_TEXT, "{\"q\":\"-0\",\"n\":\"1.50\",\"s\":\"007\"}",
		    "{\"n\":1.5,\"q\":0,\"s\":\"007\"}" },
		{ INV_CELLS_TEXT, "{\"q\":\"12\",\"b\":\"false\"}",
		    "{\"b\":false,\"q\":12}" },
		{ INV_CELLS_TYPED, "{ \"s\" : \"\\u00e9\\/\" , \"q\" : 1e2 }",
		    "{\"q\":100,\"s\":\"\xc3\xa9/\"}" },
		{ INV_CELLS_TYPED, "{}", "{}" },
		{ INV_CELLS_TYPED,
		    "{\"z\":[1.0,{\"y\":null,\"x\":\"\\u0009\"}],"
		    "\"\\u0061\":true}",
		    "{\"a\":true,\"z\":[1,{\"x\":\"\\t\",\"y\":null}]}" },
		{ INV_CELLS_TEXT, "{\"s\":\"5\\\" pipe\"}",
		    "{\"s\":\"5\\\" pipe\"}" },
	};
	struct inv_schema *s =
	    schema("{\"properties\":{\"q\":{\"type\":\"integer\"},"
		   "\"n\":{\"type\":\"number\"},\"s\":{\"type\":\"string\"},"
		   "\"b\":{\"type\":\"boolean\"}}}");

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		check_str(run(s, inv_str_of(cases[i].in), cases[i].cells),
		    cases[i].out);
		/* Its own output comes back as it is. */
		check_str(run(s, inv_str_of(cases[i].out), cases[i].cells),
		    cases[i].out);
	}
	inv_schema_free(s);
}

static void
checks_between_the_two_normalisations(void)
{
	struct inv_schema *s =
	    schema("{\"properties\":{\"g\":{\"type\":\"string\","
		   "\"pattern\":\"^NIH-[a-z]+\\\\n?$\",\"x-inv-normalize\":"
		   "{\"before\":[\"trim\"],\"after\":[\"uppercase\"]}},"
		   "\"q\":{\"type\":\"integer\",\"x-inv-normalize\":"
		   "{\"before\":[\"trim\"]}},\"t\":{\"x-inv-normalize\":"
		   "{\"after\":[\"trim\",\"uppercase\"]},\"maxLength\":9}}}");

	check_str(run(s, INV_LIT("{\"g\":\"NIH-ab\"}"), INV_CELLS_TEXT),
	    "{\"g\":\"NIH-AB\"}");
	check_str(run(s, INV_LIT("{\"g\":\" \\tNIH-ab \"}"), INV_CELLS_TEXT),
	    "{\"g\":\"NIH-AB\"}");
	check(inv_str_starts(run(s, INV_LIT("{\"g\":\"nih-ab\"}"),
				 INV_CELLS_TEXT),
	    INV_LIT("[{\"type\":\"string_pattern_mismatch\"")));
	check_str(run(s, INV_LIT("{\"q\":\" 5 \"}"), INV_CELLS_TEXT),
	    "{\"q\":5}");
	check_str(run(s, INV_LIT("{\"t\":\" a\\n\\\"\xc3\xa9 \"}"),
		      INV_CELLS_TYPED),
	    "{\"t\":\"A\\n\\\"\xc3\xa9\"}");
	check_str(run(s, INV_LIT("{\"t\":\" \"}"), INV_CELLS_TYPED),
	    "{\"t\":\"\"}");
	check_str(inv_schema_normal(s),
	    "{\"g\":{\"before\":[\"trim\"],\"after\":[\"uppercase\"]},"
	    "\"q\":{\"before\":[\"trim\"]},"
	    "\"t\":{\"after\":[\"trim\",\"uppercase\"]}}");
	inv_schema_free(s);
}

/* Of a length that is eight bytes at a time, and of one that is not. */
static void
puts_a_to_z_in_upper_case_and_nothing_else(void)
{
	struct inv_schema *s =
	    schema("{\"properties\":{\"g\":{\"x-inv-normalize\":"
		   "{\"after\":[\"uppercase\"]}}}}");

	check_str(run(s,
		      INV_LIT("{\"g\":\"@AZ[`az{/09:\x7f"
			      "\xc3\xa1\xc3\xba abcxyz\"}"),
		      INV_CELLS_TEXT),
	    "{\"g\":\"@AZ[`AZ{/09:\x7f"
	    "\xc3\xa1\xc3\xba ABCXYZ\"}");
	check_str(run(s, INV_LIT("{\"g\":\"az\"}"), INV_CELLS_TYPED),
	    "{\"g\":\"AZ\"}");
	check_str(run(s, INV_LIT("{\"g\":12}"), INV_CELLS_TYPED), "{\"g\":12}");
	inv_schema_free(s);
}

static void
says_everything_that_is_wrong(void)
{
	struct inv_schema *s =
	    schema("{\"properties\":{\"q\":{\"type\":\"integer\","
		   "\"minimum\":0},\"a/b\":{\"maxLength\":1}},"
		   "\"required\":[\"id\",\"na\\\"me\",\"q\"],"
		   "\"additionalProperties\":false}");

	check_str(run(s,
		      INV_LIT("{\"q\":\"-3\",\"x\\n\":[1],"
			      "\"a/b\":\"\\u0041\xc3\xa9\"}"),
		      INV_CELLS_TEXT),
	    "[{\"type\":\"string_too_long\",\"loc\":[\"a/b\"],"
	    "\"msg\":\"is longer than 1 character\","
	    "\"input\":\"\\u0041\xc3\xa9\",\"ctx\":{\"max_length\":1},"
	    "\"schema\":\"/properties/a~1b/maxLength\"},"
	    "{\"type\":\"greater_than_equal\",\"loc\":[\"q\"],"
	    "\"msg\":\"is less than 0\",\"input\":\"-3\",\"ctx\":{\"ge\":0},"
	    "\"schema\":\"/properties/q/minimum\"},"
	    "{\"type\":\"extra_forbidden\",\"loc\":[\"x\\n\"],"
	    "\"msg\":\"is not in the schema\",\"input\":[1],"
	    "\"schema\":\"/additionalProperties\"},"
	    "{\"type\":\"missing\",\"loc\":[\"id\"],\"msg\":\"is missing\","
	    "\"schema\":\"/required\"},"
	    "{\"type\":\"missing\",\"loc\":[\"na\\\"me\"],"
	    "\"msg\":\"is missing\",\"schema\":\"/required\"}]");
	inv_schema_free(s);
}

static void
names_the_place_of_each_inexact_number(void)
{
	struct inv_schema *s = schema("{}");

	check_str(run(s, INV_LIT("{\"a\":[1,{\"b\":1e400}],\"c\":1e-400}"),
		      INV_CELLS_TYPED),
	    "[{\"type\":\"number_not_exact\",\"loc\":[\"a\",1,\"b\"],"
	    "\"msg\":\"does not keep its value as a double\","
	    "\"input\":1e400},"
	    "{\"type\":\"number_not_exact\",\"loc\":[\"c\"],"
	    "\"msg\":\"does not keep its value as a double\","
	    "\"input\":1e-400}]");
	inv_schema_free(s);
}

static void
says_flaws_to_people(void)
{
	struct inv_schema *s =
	    schema("{\"properties\":{\"q\":{\"type\":\"integer\","
		   "\"minimum\":0},\"s\":{\"const\":\"x\"}},"
		   "\"required\":[\"id\"]}");
	struct inv_buf b = INV_BUF(4096);
	char record[300] = "{\"q\":\"-3\",\"s\":\"";

	memset(record + strlen(record), 'a', 200);
	memcpy(record + strlen(record), "\",\"t\":[1e400]}", 15);
	run(s, inv_str_of(record), INV_CELLS_TEXT);
	check(flaws.n == 4);
	for (size_t i = 0; i < flaws.n; i++) {
		inv_flaws_place(&flaws, i, &b);
		inv_buf_add(&b, INV_LIT(": "));
		inv_flaws_text(&flaws, i, &b);
		inv_buf_byte(&b, '\n');
	}
	check_str(inv_buf_str(&b),
	    "q: \"-3\" is less than 0 [greater_than_equal]\n"
	    "s: \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaa... is not \"x\" [literal_error]\n"
	    "t/0: 1e400 does not keep its value as a double "
	    "[number_not_exact]\n"
	    "id: is missing [missing]\n");
	inv_buf_free(&b);
	inv_schema_free(s);
}

static void
follows_records_of_other_shapes(void)
{
	struct inv_schema *s =
	    schema("{\"properties\":{\"a\":{\"type\":\"integer\"},"
		   "\"b\":{\"type\":\"string\"}},\"required\":[\"a\"]}");

	for (int i = 0; i < 3; i++) {
		check_str(run(s, INV_LIT("{\"b\":\"1\",\"a\":\"2\"}"),
			      INV_CELLS_TEXT),
		    "{\"a\":2,\"b\":\"1\"}");
		check_str(run(s, INV_LIT("{\"a\":\"2\",\"b\":\"1\"}"),
			      INV_CELLS_TEXT),
		    "{\"a\":2,\"b\":\"1\"}");
		check_str(run(s, INV_LIT("{\"\\u0061\":\"2\",\"\":\"1\"}"),
			      INV_CELLS_TEXT),
		    "{\"\":\"1\",\"a\":2}");
		check(inv_str_starts(run(s, INV_LIT("{}"), INV_CELLS_TEXT),
		    INV_LIT("[{\"type\":\"missing\"")));
	}
	inv_schema_free(s);
}

static void
checks_the_record_as_a_whole(void)
{
	struct inv_schema *s =
	    schema("{\"enum\":[{\"a\":1,\"b\":2}],\"type\":\"object\"}");

	check_str(run(s, INV_LIT("{\"b\":2,\"a\":1.0}"), INV_CELLS_TYPED),
	    "{\"a\":1,\"b\":2}");
	check(inv_str_starts(run(s, INV_LIT("{\"a\":1}"), INV_CELLS_TYPED),
	    INV_LIT("[{\"type\":\"enum\",\"loc\":[],")));
	inv_schema_free(s);
}

static void
takes_many_columns_and_many_errors(void)
{
	struct inv_schema *s = schema("{\"additionalProperties\":false}");
	struct inv_buf b = INV_BUF(1 << 20);

	for (int i = 0; i < INV_MEMBERS_MAX; i++)
		inv_buf_addf(&b, "%s\"c%d\":\"%0200d\"", i == 0 ? "{" : ",", i,
		    i);
	inv_buf_byte(&b, '}');
	run(s, inv_buf_str(&b), INV_CELLS_TEXT);
	check(flaws.n == INV_MEMBERS_MAX);
	inv_schema_free(s);
	inv_buf_free(&b);
}

/* A list that can not be held is not cut: it says so. */
static void
never_cuts_a_list_of_errors(void)
{
	static const struct inv_rule rule = { .type = "extra_forbidden" };
	char *text = malloc(1 << 20);

	memset(text, '7', 1 << 20);
	inv_flaws_reset(&flaws);
	for (int i = 0; i < 20; i++)
		inv_flaws_add(&flaws, &rule, NULL,
		    (struct inv_str){ text, 1 << 20 });
	check(flaws.n == 1);
	check_str(inv_flaws_json(&flaws),
	    "[{\"type\":\"too_many_errors\",\"loc\":[],"
	    "\"msg\":\"has more errors than a line can hold\"}]");
	inv_flaws_reset(&flaws);
	free(text);
}

static void
bounds_the_time_of_a_pattern(void)
{
	char value[300] = "\"";

	memset(value + 1, 'a', 200);
	memcpy(value + 201, "!\"", 3);
	check_str(types("{\"pattern\":\"^(?=(a+)+$)\"}", value,
		      INV_CELLS_TYPED),
	    "string_pattern_limit");
}

static void
takes_annotations_and_ignores_them(void)
{
	struct inv_schema *s = schema(
	    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
	    "\"$id\":\"urn:x\",\"$comment\":\"c\",\"title\":\"t\","
	    "\"description\":\"d\",\"examples\":[{}],\"default\":{},"
	    "\"properties\":{\"a\":{\"default\":1,\"title\":\"A\"}}}");

	check_str(run(s, INV_LIT("{}"), INV_CELLS_TYPED), "{}");
	check_str(inv_schema_key(s), "");
	check_str(inv_schema_normal(s), "");
	inv_schema_free(s);
}

static void
tells_its_key_and_columns(void)
{
	struct inv_schema *s =
	    schema("{\"x-inv-key\":[ \"b\", \"\\u0061\" ],"
		   "\"properties\":{\"a\":{},\"b\":{}},"
		   "\"required\":[\"b\"],\"additionalProperties\":false}");
	struct inv_schema *open = schema("{}");
	struct inv_str name;

	check_str(inv_schema_key(s), "[\"b\",\"a\"]");
	check(inv_schema_column(s, INV_LIT("a")) == INV_COLUMN_NAMED);
	check(inv_schema_column(s, INV_LIT("A")) == INV_COLUMN_FORBIDDEN);
	check(inv_schema_column(open, INV_LIT("A")) == INV_COLUMN_ALLOWED);
	check(inv_schema_required(s, 0, &name));
	check_str(name, "b");
	check(!inv_schema_required(s, 1, &name));
	inv_schema_free(s);
	inv_schema_free(open);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(checks_what_each_keyword_says),
		TEST(reads_cells_strictly),
		TEST(writes_the_canonical_record),
		TEST(checks_between_the_two_normalisations),
		TEST(puts_a_to_z_in_upper_case_and_nothing_else),
		TEST(says_everything_that_is_wrong),
		TEST(names_the_place_of_each_inexact_number),
		TEST(says_flaws_to_people),
		TEST(follows_records_of_other_shapes),
		TEST(checks_the_record_as_a_whole),
		TEST(takes_many_columns_and_many_errors),
		TEST(never_cuts_a_list_of_errors),
		TEST(bounds_the_time_of_a_pattern),
		TEST(takes_annotations_and_ignores_them),
		TEST(tells_its_key_and_columns),
	};

	scan = inv_scan_new();
	out = INV_BUF(8 << 20);
	said = INV_BUF(4096);
	flaws = INV_FLAWS;
	warnings = INV_FLAWS;
	int rc = RUN(tests);

	inv_scan_free(scan);
	inv_flaws_free(&flaws);
	inv_flaws_free(&warnings);
	inv_buf_free(&out);
	inv_buf_free(&said);
	return rc;
}
