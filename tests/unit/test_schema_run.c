/* test_schema_run - lib/data/schema.h: what looks deeper than a flat record */

#include "data/schema.h"

#include <stdlib.h>

#include "check.h"

static struct inv_scan *scan;
static struct inv_tape *tape;
static struct inv_buf out;
static struct inv_buf said;
static struct inv_flaws flaws;
static struct inv_flaws warnings;

static struct inv_schema *
schema(const char *text)
{
	struct inv_err err;
	struct inv_schema *s = inv_schema_new(inv_str_of(text), NULL, &err);

	check(s != NULL);
	if (s == NULL)
		printf("# %s: %s\n", text, err.msg);
	return s;
}

static void
list(const struct inv_flaws *f, const char *before)
{
	for (size_t i = 0; i < f->n; i++) {
		if (said.n > 0)
			inv_buf_byte(&said, ' ');
		inv_buf_add(&said, inv_str_of(before));
		inv_flaws_place(f, i, &said);
		inv_buf_byte(&said, ':');
		inv_buf_add(&said, inv_str_of(f->at[i].type));
	}
}

/* "place:type ..." of errors, then of warnings with a ?; good till the next. */
static struct inv_str
errors(struct inv_schema *s, const char *record, enum inv_cells cells)
{
	struct inv_str text = inv_str_of(record);
	struct inv_err err;

	inv_buf_reset(&out);
	inv_buf_reset(&said);
	if (s == NULL || !inv_scan_object(scan, text, &err))
		return INV_LIT("not to be checked");
	bool fits = inv_schema_check(s, text, inv_scan_record(scan), cells,
	    &out, &flaws, &warnings);

	check(fits == (flaws.n == 0));
	list(&flaws, "");
	list(&warnings, "?");
	return inv_buf_str(&said);
}

struct trial {
	const char *schema;
	const char *record;
	const char *errors;
};

static void
check_trials(const struct trial *t, size_t n, enum inv_cells cells)
{
	for (size_t i = 0; i < n; i++) {
		struct inv_schema *s = schema(t[i].schema);

		check_same(errors(s, t[i].record, cells),
		    inv_str_of(t[i].errors), t[i].record, (int)i);
		inv_schema_free(s);
	}
}

#define CHECK_TRIALS(t)                                                        \
	check_trials(t, sizeof(t) / sizeof(*(t)), INV_CELLS_TYPED)

static void
says_each_error_of_what_is_nested(void)
{
	static const struct trial trials[] = {
		{ "{\"properties\":{\"a\":{\"properties\":{\"b\":{\"items\":"
		  "{\"type\":\"integer\"}},\"c\":{}},\"required\":[\"z\","
		  "\"b\",\"y\"],\"additionalProperties\":false}}}",
		    "{\"a\":{\"q\":1,\"b\":[1,\"x\",2.5]}}",
		    "a/b/1:int_type a/b/2:int_from_float a/q:extra_forbidden "
		    "a/z:missing a/y:missing" },
		/* Names that are few, many, escaped; others are passed over. */
		{ "{\"properties\":{\"a\":{\"properties\":{\"\\n\":false,"
		  "\"b\":false}}}}",
		    "{\"a\":{\"\\n\":1,\"\\u000a\\t\":1,\"b\":1,\"c\":1}}",
		    "a/\\n:never a/b:never" },
		{ "{\"properties\":{\"a\":{\"properties\":{\"\\n\":false,"
		  "\"b\":false,\"c\":{},\"d\":{},\"e\":{},\"f\":false}}}}",
		    "{\"a\":{\"\\u000a\":1,\"b\":1,\"c\":1,\"f\":1,\"g\":1}}",
		    "a/\\n:never a/b:never a/f:never" },
		{ "{\"properties\":{\"a\":{\"prefixItems\":[{\"const\":1},"
		  "false],\"items\":{\"type\":\"null\"}}}}",
		    "{\"a\":[2,3,4,null]}",
		    "a/0:literal_error a/1:never a/2:none_required" },
		{ "{\"properties\":{\"a\":{\"patternProperties\":{\"^x\":"
		  "{\"type\":\"string\"},\"y$\":{\"type\":\"null\"}},"
		  "\"propertyNames\":{\"maxLength\":2}}}}",
		    "{\"a\":{\"xy\":1,\"x\":\"\",\"yyy\":null,\"\\n\":1}}",
		    "a/xy:string_type a/xy:none_required "
		    "a/yyy:string_too_long" },
		{ "{\"dependentRequired\":{\"a\":[\"b\",\"c\"]}}", "{\"a\":1}",
		    "b:missing c:missing" },
		{ "{\"allOf\":[{\"required\":[\"z\"]},{\"properties\":{\"b\":"
		  "false}}],\"properties\":{\"a\":{\"type\":\"null\"},\"c\":"
		  "{\"type\":\"null\"}}}",
		    "{\"c\":1,\"b\":2,\"a\":3}",
		    "a:none_required b:never c:none_required z:missing" },
		{ "{\"$ref\":\"#/$defs/m\",\"$defs\":{\"m\":{\"properties\":"
		  "{\"a\":{\"type\":\"integer\"}},\"required\":[\"b\"]}}}",
		    "{\"a\":\"1\"}", "a:int_type b:missing" },
		/* It is written all the same, and has no canonical text. */
		{ "{\"additionalProperties\":false}", "{\"a\":[1e400]}",
		    "a:extra_forbidden a/0:number_not_exact" },
	};

	CHECK_TRIALS(trials);
}

static void
says_nothing_twice(void)
{
	static const struct trial trials[] = {
		{ "{\"$defs\":{\"p\":{\"minimum\":1,\"required\":[\"x\"]}},"
		  "\"properties\":{\"a\":{\"allOf\":[{\"$ref\":\"#/$defs/p\"},"
		  "{\"$ref\":\"#/$defs/p\"}]},\"b\":{\"$ref\":\"#/$defs/p\"}}}",
		    "{\"a\":0,\"b\":0}",
		    "a:greater_than_equal b:greater_than_equal" },
		{ "{\"$defs\":{\"p\":{\"required\":[\"x\",\"y\"]}},"
		  "\"allOf\":[{\"$ref\":\"#/$defs/p\"},"
		  "{\"$ref\":\"#/$defs/p\"}]}",
		    "{}", "x:missing y:missing" },
	};

	CHECK_TRIALS(trials);
}

#define PETS                                                                           \
	"{\"properties\":{\"p\":{\"oneOf\":["                                          \
	"{\"type\":\"object\",\"properties\":{\"kind\":{\"const\":\"cat\"},"           \
	"\"lives\":{\"type\":\"integer\"}},\"required\":[\"kind\"]},"                  \
	"{\"type\":\"object\",\"properties\":{\"kind\":{\"enum\":[\"dog\",\"wolf\"]}," \
	"\"bark\":{\"type\":\"string\"}},\"required\":[\"kind\",\"bark\"]},"           \
	"{\"type\":\"null\"}]}}}"

static void
lets_those_alternatives_speak_that_were_meant(void)
{
	static const struct trial trials[] = {
		{ "{\"properties\":{\"a\":{\"anyOf\":[{\"type\":\"integer\","
		  "\"minimum\":1},{\"type\":\"string\",\"minLength\":2},"
		  "{\"type\":\"null\"}]}}}",
		    "{\"a\":0}", "a:greater_than_equal" },
		{ "{\"properties\":{\"a\":{\"anyOf\":[{\"type\":\"integer\"},"
		  "{\"type\":\"string\"},{\"type\":\"null\"}]}}}",
		    "{\"a\":[]}", "a:int_type a:string_type" },
		{ "{\"properties\":{\"a\":{\"anyOf\":[{\"type\":\"integer\"},"
		  "{\"type\":\"string\"},{\"type\":\"null\"}]}}}",
		    "{\"a\":1.5}", "a:int_from_float" },
		{ "{\"properties\":{\"a\":{\"anyOf\":[{\"const\":1},"
		  "{\"minimum\":5}]}}}",
		    "{\"a\":2}", "a:literal_error a:greater_than_equal" },
		{ PETS, "{\"p\":{\"kind\":\"cat\",\"lives\":\"9\"}}",
		    "p/lives:int_type" },
		{ PETS, "{\"p\":{\"kind\":\"wolf\",\"lives\":\"9\"}}",
		    "p/bark:missing" },
		{ PETS, "{\"p\":{\"kind\":\"cow\"}}",
		    "p/kind:union_tag_invalid" },
		{ PETS, "{\"p\":{\"lives\":7}}", "p:union_tag_not_found" },
		{ PETS, "{\"p\":{\"kind\":\"cat\"}}", "" },
		{ PETS, "{\"p\":null}", "" },
	};

	CHECK_TRIALS(trials);
}

static void
names_the_alternatives_that_both_hold(void)
{
	struct inv_schema *s = schema("{\"properties\":{\"a\":{\"oneOf\":["
				      "{\"minimum\":1},{\"maximum\":-1},"
				      "{\"maximum\":9}]}}}");

	errors(s, "{\"a\":5}", INV_CELLS_TYPED);
	check(flaws.n == 1);
	struct inv_str json = inv_flaws_json(&flaws);

	check(memmem(json.p, json.n, "\"ctx\":{\"fits\":[0,2]}", 20) != NULL);
	check_str(errors(s, "{\"a\":0}", INV_CELLS_TYPED), "");
	inv_schema_free(s);
}

static void
knows_what_has_been_evaluated(void)
{
	static const struct trial trials[] = {
		{ "{\"allOf\":[{\"properties\":{\"a\":{\"type\":\"null\"}}}],"
		  "\"unevaluatedProperties\":false}",
		    "{\"a\":1,\"b\":2}", "a:none_required b:extra_forbidden" },
		{ "{\"anyOf\":[{\"properties\":{\"a\":{\"const\":1}},"
		  "\"required\":[\"a\"]},{\"properties\":{\"b\":true},"
		  "\"required\":[\"b\"]}],\"unevaluatedProperties\":false}",
		    "{\"a\":1,\"b\":2}", "" },
		{ "{\"anyOf\":[{\"properties\":{\"a\":{\"const\":1}},"
		  "\"required\":[\"a\"]},{\"properties\":{\"b\":true},"
		  "\"required\":[\"b\"]}],\"unevaluatedProperties\":false}",
		    "{\"a\":2,\"b\":2}", "a:extra_forbidden" },
		/* Nobody knows what the alternative that failed allows. */
		{ "{\"anyOf\":[{\"properties\":{\"a\":{\"const\":1}}}],"
		  "\"unevaluatedProperties\":false}",
		    "{\"a\":2}", "a:literal_error" },
		{ "{\"if\":{\"properties\":{\"a\":{\"const\":1}}},\"then\":"
		  "{\"properties\":{\"b\":true}},\"else\":{\"properties\":"
		  "{\"c\":true}},\"unevaluatedProperties\":false}",
		    "{\"a\":1,\"b\":1,\"c\":1}", "c:extra_forbidden" },
		{ "{\"properties\":{\"l\":{\"prefixItems\":[true],"
		  "\"contains\":{\"type\":\"string\"},"
		  "\"unevaluatedItems\":{\"type\":\"null\"}}}}",
		    "{\"l\":[1,2,\"x\",null]}", "l/1:none_required" },
	};

	CHECK_TRIALS(trials);
}

/* Where a $dynamicRef leads to is known when it runs, so no circle is seen. */
static void
ends_what_goes_round_and_round(void)
{
	static const struct trial trials[] = {
		{ "{\"$id\":\"urn:r\",\"$dynamicAnchor\":\"n\",\"$ref\":"
		  "\"urn:b\",\"$defs\":{\"b\":{\"$id\":\"urn:b\","
		  "\"$dynamicRef\":\"#n\",\"$defs\":{\"d\":"
		  "{\"$dynamicAnchor\":\"n\"}}}}}",
		    "{\"a\":1}", ":schema_recursion" },
		/* Nor does it branch on the way. */
		{ "{\"$id\":\"urn:r\",\"$dynamicAnchor\":\"n\",\"$ref\":"
		  "\"urn:b\",\"$defs\":{\"b\":{\"$id\":\"urn:b\",\"not\":"
		  "{\"anyOf\":[{\"$dynamicRef\":\"#n\"},"
		  "{\"$dynamicRef\":\"#n\"}]},\"$defs\":{\"d\":"
		  "{\"$dynamicAnchor\":\"n\"}}}}}",
		    "{\"a\":1}", ":schema_recursion" },
		/* Down into the value it goes on to an end. */
		{ "{\"$id\":\"urn:r\",\"$dynamicAnchor\":\"n\",\"$ref\":"
		  "\"urn:b\",\"$defs\":{\"b\":{\"$id\":\"urn:b\","
		  "\"additionalProperties\":{\"$dynamicRef\":\"#n\"},"
		  "\"type\":\"object\",\"$defs\":{\"d\":"
		  "{\"$dynamicAnchor\":\"n\"}}}}}",
		    "{\"a\":{\"b\":{\"c\":1}}}", "a/b/c:dict_type" },
	};

	CHECK_TRIALS(trials);
}

static void
keeps_warnings_apart(void)
{
	static const struct trial trials[] = {
		{ "{\"properties\":{\"a\":{\"maxLength\":2,"
		  "\"x-inv-severity\":\"WARNING\"},\"b\":{\"minimum\":0}}}",
		    "{\"a\":\"xxx\",\"b\":1}", "?a:string_too_long" },
		{ "{\"properties\":{\"a\":{\"maxLength\":2,"
		  "\"x-inv-severity\":\"WARNING\"},\"b\":{\"minimum\":0}}}",
		    "{\"a\":\"xxx\",\"b\":-1}",
		    "b:greater_than_equal ?a:string_too_long" },
		{ "{\"properties\":{\"a\":{\"type\":\"object\",\"properties\":"
		  "{\"b\":{\"not\":{\"const\":1},\"x-inv-severity\":"
		  "\"INFO\"}}}}}",
		    "{\"a\":{\"b\":1}}", "?a/b:not_allowed" },
		{ "{\"properties\":{\"a\":{\"type\":\"object\",\"properties\":"
		  "{\"b\":{\"not\":{\"const\":1},\"x-inv-severity\":"
		  "\"INFO\"}}}}}",
		    "{\"a\":{\"b\":2}}", "" },
		/* An alternative holds although it warns. */
		{ "{\"properties\":{\"a\":{\"anyOf\":[{\"type\":\"string\","
		  "\"x-inv-severity\":\"WARNING\",\"maxLength\":1},"
		  "{\"type\":\"string\",\"const\":\"no\"}]}}}",
		    "{\"a\":\"yes\"}", "?a:string_too_long" },
		{ "{\"properties\":{\"a\":{\"anyOf\":[{\"type\":\"string\","
		  "\"x-inv-severity\":\"WARNING\",\"maxLength\":1},"
		  "{\"type\":\"string\",\"const\":\"no\"}]}}}",
		    "{\"a\":\"no\"}", "" },
	};

	CHECK_TRIALS(trials);
}

static void
reads_cells_by_all_that_is_said_of_a_column(void)
{
	static const struct {
		const char *of_x;
		const char *value;
		const char *want; /* a record, or errors */
	} cases[] = {
		{ "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"null\"}]}",
		    "\"7\"", "{\"x\":7}" },
		{ "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"null\"}]}",
		    "\"\"", "{\"x\":null}" },
		{ "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"string\"}]}",
		    "\"7\"", "{\"x\":\"7\"}" },
		{ "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"null\"}]}",
		    "\"NA\"", "x:int_parsing" },
		{ "{\"type\":[\"string\",\"null\"]}", "\"\"", "{\"x\":\"\"}" },
		{ "{\"type\":[\"string\",\"null\"],\"x-inv-empty\":\"null\"}",
		    "\"\"", "{\"x\":null}" },
		{ "{\"type\":[\"string\",\"null\"],\"minLength\":1}", "\"\"",
		    "{\"x\":null}" },
		{ "{\"anyOf\":[{\"type\":\"string\",\"format\":\"date\"},"
		  "{\"type\":\"null\"}]}",
		    "\"\"", "{\"x\":null}" },
		{ "{\"type\":[\"string\",\"null\"],\"enum\":[\"a\"]}", "\"\"",
		    "x:enum" },
		{ "{\"pattern\":\"^a\"}", "\"\"", "x:string_pattern_mismatch" },
		{ "{\"type\":\"integer\",\"x-inv-empty\":\"missing\"}", "\"\"",
		    "{}" },
		{ "{\"type\":\"integer\",\"x-inv-empty\":\"string\"}", "\"\"",
		    "x:int_type" },
		{ "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}",
		    "\"[1, 2.0 ]\"", "{\"x\":[1,2]}" },
		{ "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}",
		    "\"[1,\\\"a\\\"]\"", "x/1:int_type" },
		{ "{\"type\":\"array\"}", "\"[1,]\"", "x:json_invalid" },
		{ "{\"type\":\"array\"}", "\"{}\"", "x:list_type" },
		{ "{\"type\":\"array\"}", "\"1\"", "x:list_type" },
		{ "{\"type\":\"array\"}", "\"[1e400,[1e-400]]\"",
		    "x/0:number_not_exact x/1/0:number_not_exact" },
		{ "{\"type\":\"object\",\"required\":[\"b\"]}",
		    "\"{\\\"c\\\":1,\\\"b\\\":null}\"",
		    "{\"x\":{\"b\":null,\"c\":1}}" },
		{ "{\"type\":[\"object\",\"string\"]}", "\"{}\"",
		    "{\"x\":\"{}\"}" },
	};
	char text[512];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		/* Column by column, and the record as a whole. */
		for (int whole = 0; whole < 2; whole++) {
			snprintf(text, sizeof(text),
			    "{\"properties\":{\"x\":%s}%s}", cases[i].of_x,
			    whole ? ",\"minProperties\":0" : "");
			struct inv_schema *s = schema(text);

			snprintf(text, sizeof(text), "{\"x\":%s}",
			    cases[i].value);
			struct inv_str got = errors(s, text, INV_CELLS_TEXT);

			check_same(got.n > 0 ? got : inv_buf_str(&out),
			    inv_str_of(cases[i].want), cases[i].value, (int)i);
			inv_schema_free(s);
		}
	}
}

static void
says_what_the_scanner_said_of_a_cell(void)
{
	struct inv_schema *s =
	    schema("{\"properties\":{\"x\":{\"type\":\"array\"}}}");

	errors(s, "{\"x\":\"[01]\"}", INV_CELLS_TEXT);
	check(flaws.n == 1);
	check(inv_str_starts(flaws.at[0].msg, INV_LIT("is no JSON: byte ")));
	inv_schema_free(s);
}

static void
misses_a_required_column_that_is_empty(void)
{
	struct inv_schema *s =
	    schema("{\"properties\":{\"a\":{},\"b\":{}},"
		   "\"required\":[\"b\",\"a\"],\"x-inv-empty\":\"missing\"}");

	check_str(errors(s, "{\"a\":\"\",\"b\":\"\"}", INV_CELLS_TEXT),
	    "b:missing a:missing");
	check_str(inv_buf_str(&out), "{}");
	check_str(errors(s, "{\"a\":\"\",\"b\":\"x\",\"c\":\"\"}",
		      INV_CELLS_TEXT),
	    "a:missing");
	check_str(inv_buf_str(&out), "{\"b\":\"x\"}");
	check_str(errors(s, "{\"a\":\"1\",\"b\":\"2\"}", INV_CELLS_TEXT), "");
	check_str(inv_buf_str(&out), "{\"a\":\"1\",\"b\":\"2\"}");
	check_str(errors(s, "{\"a\":\"\",\"b\":\"\"}", INV_CELLS_TYPED), "");
	inv_schema_free(s);
}

static void
refuses_a_record_that_json_in_cells_made_too_deep(void)
{
	struct inv_schema *s =
	    schema("{\"properties\":{\"x\":{\"type\":\"array\"}}}");
	char text[200] = "{\"x\":\"";

	memset(text + 6, '[', 64);
	memset(text + 70, ']', 64);
	memcpy(text + 134, "\"}", 3);
	check_str(errors(s, text, INV_CELLS_TEXT), ":record_too_deep");
	inv_schema_free(s);
}

/* What came first is what others look at: rules, drift. */
static void
writes_a_column_with_a_flaw_as_it_came(void)
{
	static const char *const schemas[] = {
		"{\"properties\":{\"q\":{\"type\":\"integer\",\"minimum\":0},"
		"\"s\":{\"x-inv-normalize\":{\"before\":[\"trim\"],"
		"\"after\":[\"uppercase\"]}}}}",
		"{\"minProperties\":1,\"properties\":{\"q\":{\"type\":"
		"\"integer\",\"minimum\":0},\"s\":{\"x-inv-normalize\":"
		"{\"before\":[\"trim\"],\"after\":[\"uppercase\"]}}}}",
	};

	for (size_t i = 0; i < 2; i++) {
		struct inv_schema *s = schema(schemas[i]);

		errors(s, "{\"s\":\" a\\u0041\\n \",\"q\":\"-3\"}",
		    INV_CELLS_TEXT);
		check_str(inv_buf_str(&out), "{\"q\":\"-3\",\"s\":\"AA\"}");
		errors(s, "{\"s\":[1.0],\"q\":\"x\"}", INV_CELLS_TEXT);
		check_str(inv_buf_str(&out), "{\"q\":\"x\",\"s\":[1]}");
		check_str(errors(s, "{\"s\":\" \\\"b \",\"q\":\"7\"}",
			      INV_CELLS_TEXT),
		    "");
		check_str(inv_buf_str(&out), "{\"q\":7,\"s\":\"\\\"B\"}");
		inv_schema_free(s);
	}
}

static void
shows_what_came_one_level_deep(void)
{
	struct inv_schema *s =
	    schema("{\"minProperties\":1,\"properties\":{\"q\":{\"type\":"
		   "\"integer\",\"minimum\":0},\"o\":{\"required\":[\"z\"],"
		   "\"properties\":{\"a\":{\"minimum\":5}}}}}");
	struct inv_str json;

	errors(s, "{\"q\":\"-03\",\"o\":{ \"a\" : 1.0 } }", INV_CELLS_TEXT);
	json = inv_flaws_json(&flaws);
	check(memmem(json.p, json.n, "\"input\":\"-03\"", 13) != NULL);
	check(memmem(json.p, json.n, "\"input\":1,", 10) != NULL);
	errors(s, "{\"q\":-3e0}", INV_CELLS_TYPED);
	json = inv_flaws_json(&flaws);
	check(memmem(json.p, json.n, "\"input\":-3e0,", 13) != NULL);
	inv_schema_free(s);
}

static void
tells_whether_a_value_fits(void)
{
	struct inv_schema *s = schema("{\"properties\":{\"a\":{\"const\":1}},"
				      "\"required\":[\"a\"]}");

	inv_flaws_reset(&flaws);
	check(inv_schema_fits(s, inv_tape_read(tape, INV_LIT("{\"a\":1}")),
	    NULL));
	check(!inv_schema_fits(s, inv_tape_read(tape, INV_LIT("{}")), NULL));
	check(!inv_schema_fits(s, inv_tape_read(tape, INV_LIT("{\"a\":2}")),
	    &flaws));
	check(flaws.n == 1);
	check_str(inv_str_of(flaws.at[0].type), "literal_error");
	inv_schema_free(s);
}

/* More properties than are searched one by one, of any length. */
static void
finds_each_of_many_properties(void)
{
	struct inv_buf text = INV_BUF(1 << 20);
	struct inv_buf record = INV_BUF(1 << 20);
	char name[64] = "";

	inv_buf_add(&text, INV_LIT("{\"properties\":{\"o\":{\"properties\":{"));
	inv_buf_add(&record, INV_LIT("{\"o\":{"));
	for (int i = 0; i < 50; i++) {
		const char *comma = i == 0 ? "" : ",";

		inv_buf_addf(&text, "%s\"%s\":{\"type\":\"null\"}", comma,
		    name);
		inv_buf_addf(&record, "%s\"%s\":%d,\"%s_\":1", comma, name, i,
		    name);
		name[i] = (char)('a' + i % 26);
	}
	inv_buf_add(&text, INV_LIT("}}}}\0"));
	inv_buf_add(&record, INV_LIT("}}\0"));
	struct inv_schema *s = schema(text.p);

	errors(s, record.p, INV_CELLS_TYPED);
	check(flaws.n == 50);
	for (size_t i = 0; i < flaws.n; i++)
		check(strcmp(flaws.at[i].type, "none_required") == 0);
	inv_schema_free(s);
	inv_buf_free(&text);
	inv_buf_free(&record);
}

/* Many values compared with each other: by sorting, in n log n. */
static void
finds_two_alike_among_many(void)
{
	struct inv_schema *s =
	    schema("{\"properties\":{\"a\":{\"uniqueItems\":true}}}");
	struct inv_buf b = INV_BUF(1 << 20);

	inv_buf_add(&b, INV_LIT("{\"a\":[\"x\""));
	for (int i = 0; i < 50000; i++)
		inv_buf_addf(&b, ",%d", i);
	size_t n = b.n;

	inv_buf_add(&b, INV_LIT("]}\0"));
	check_str(errors(s, b.p, INV_CELLS_TYPED), "");
	b.n = n;
	inv_buf_add(&b, INV_LIT(",49998.0]}\0"));
	errors(s, b.p, INV_CELLS_TYPED);
	check(flaws.n == 1);
	inv_buf_free(&b);
	inv_schema_free(s);
}

static void
looks_at_time_only_where_it_is_told(void)
{
	struct inv_schema *s =
	    schema("{\"properties\":{\"d\":{\"format\":\"date\","
		   "\"x-inv-not-future\":true}}}");

	check(inv_schema_has_time(s));
	check_str(errors(s, "{\"d\":\"2999-01-01\"}", INV_CELLS_TYPED), "");
	inv_schema_set_as_of(s, INV_LIT("2026-11-20T06:30:00Z"));
	errors(s, "{\"d\":\"2026-11-21\"}", INV_CELLS_TYPED);
	check(flaws.n == 1);
	check_str(errors(s, "{\"d\":\"2026-11-20\"}", INV_CELLS_TYPED), "");
	inv_schema_free(s);
	s = schema("{}");
	check(!inv_schema_has_time(s));
	inv_schema_free(s);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(says_each_error_of_what_is_nested),
		TEST(says_nothing_twice),
		TEST(lets_those_alternatives_speak_that_were_meant),
		TEST(names_the_alternatives_that_both_hold),
		TEST(knows_what_has_been_evaluated),
		TEST(ends_what_goes_round_and_round),
		TEST(keeps_warnings_apart),
		TEST(reads_cells_by_all_that_is_said_of_a_column),
		TEST(says_what_the_scanner_said_of_a_cell),
		TEST(misses_a_required_column_that_is_empty),
		TEST(refuses_a_record_that_json_in_cells_made_too_deep),
		TEST(writes_a_column_with_a_flaw_as_it_came),
		TEST(shows_what_came_one_level_deep),
		TEST(tells_whether_a_value_fits),
		TEST(finds_each_of_many_properties),
		TEST(finds_two_alike_among_many),
		TEST(looks_at_time_only_where_it_is_told),
	};

	scan = inv_scan_new();
	tape = inv_tape_new();
	out = INV_BUF(INV_SCHEMA_OUT);
	said = INV_BUF(1 << 20);
	flaws = INV_FLAWS;
	warnings = INV_FLAWS;
	int rc = RUN(tests);

	inv_scan_free(scan);
	inv_tape_free(tape);
	inv_flaws_free(&flaws);
	inv_flaws_free(&warnings);
	inv_buf_free(&out);
	inv_buf_free(&said);
	return rc;
}
