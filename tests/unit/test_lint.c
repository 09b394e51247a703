/* test_lint.c - odd things in schemas */

#include "check.h"
#include "data/lint.h"
#include "data/rules.h"

static struct inv_buf found = { .max = INV_LINT_TEXT };

/* What is found in a schema, which must compile. */
static struct inv_str
lint_with(const char *text, bool assert_formats)
{
	struct inv_schema_options how = { .assert_formats = assert_formats };
	struct inv_err err;
	struct inv_schema *s = inv_schema_new(inv_str_of(text), &how, &err);

	if (s == NULL)
		printf("# %s\n", err.msg);
	check(s != NULL);
	inv_schema_free(s);
	inv_buf_reset(&found);
	size_t n =
	    inv_lint_schema(INV_LIT("s"), inv_str_of(text), &how, &found);
	size_t lines = 0;

	for (size_t i = 0; i < found.n; i++)
		lines += found.p[i] == '\n';
	check(n == lines);
	return inv_buf_str(&found);
}

static struct inv_str
lint(const char *text)
{
	return lint_with(text, true);
}

static void
finds_nothing_in_what_is_plain(void)
{
	check_str(lint("{}"), "");
	check_str(lint(" true"), "");
	check_str(lint("{\"type\":\"object\",\"properties\":{"
		       "\"minimun\":{\"type\":[\"integer\",\"null\"],"
		       "\"minimum\":1,\"maximum\":1,\"default\":null},"
		       "\"enum\":{\"enum\":[\"type\",1,null]}},"
		       "\"required\":[\"minimun\"],"
		       "\"additionalProperties\":false,"
		       "\"x-inv-key\":[\"minimun\"],\"x-else\":1}"),
	    "");
}

static void
names_the_nearest_keyword(void)
{
	check_str(lint("{\"minimun\":1}"),
	    "s:1: #/minimun: unknown keyword, minimum?\n");
	check_str(lint("{\"maxlength\":1}"),
	    "s:1: #/maxlength: unknown keyword, maxLength?\n");
	check_str(lint("{\"wholly\":1}"), "s:1: #/wholly: unknown keyword\n");
	check_str(lint("{\"definitions\":{\"a\":{}}}"),
	    "s:1: #/definitions: keyword of an older draft, now $defs\n");
}

static void
says_the_line_and_the_pointer(void)
{
	check_str(lint("\n{\n\"properties\": {\n \"a~/\\u0062\": {\n\n"
		       "  \"minimun\": 1}},\n\"allOf\":[{},{\"typ\":1}]}"),
	    "s:6: #/properties/a~0~1b/minimun: unknown keyword, minimum?\n"
	    "s:7: #/allOf/1/typ: unknown keyword, type?\n");
	check_str(lint("{\"a\\nb\\u001b\":1}"),
	    "s:1: #/a\\x0ab\\x1b: unknown keyword\n");
}

static void
tells_keywords_that_say_nothing(void)
{
	check_str(lint("{\"items\":{\"type\":\"integer\",\"minLength\":1}}"),
	    "s:1: #/items/minLength: says nothing about type \"integer\"\n");
	check_str(lint("{\"items\":{\"type\":[\"string\",\"null\"],"
		       "\"minimum\":1}}"),
	    "s:1: #/items/minimum: says nothing about type "
	    "[\"string\",\"null\"]\n");
	check_str(lint("{\"items\":{\"type\":[\"string\",\"null\"],"
		       "\"minLength\":1}}"),
	    "");
	check_str(lint("{\"then\":{},\"minContains\":1,\"if\":true,"
		       "\"contains\":true}"),
	    "");
	check_str(lint("{\"then\":{}}"),
	    "s:1: #/then: says nothing without if\n");
	check_str(lint("{\"if\":{}}"),
	    "s:1: #/if: says nothing without then or else\n");
	check_str(lint("{\"maxContains\":1}"),
	    "s:1: #/maxContains: says nothing without contains\n");
}

static void
tells_bounds_that_leave_nothing(void)
{
	check_str(lint("{\"minimum\":2,\"maximum\":1.5}"),
	    "s:1: #/minimum: nothing is left by this and maximum 1.5\n");
	check_str(lint("{\"minimum\":2,\"maximum\":2}"), "");
	check_str(lint("{\"exclusiveMinimum\":2,\"maximum\":2}"),
	    "s:1: #/exclusiveMinimum: nothing is left by this and "
	    "maximum 2\n");
	check_str(lint("{\"minLength\":9,\"maxLength\":8}"),
	    "s:1: #/minLength: nothing is left by this and maxLength 8\n");
}

static void
tells_members_that_are_required_and_can_not_be(void)
{
	check_str(lint("{\"properties\":{\"a\":{}},\"required\":[\"b\"]}"),
	    "s:1: #/required: \"b\" is not in properties\n");
	check_str(lint("{\"properties\":{\"a\":{}},\"required\":[\"b\"],"
		       "\"allOf\":[{\"properties\":{\"b\":{}}}]}"),
	    "");
	check_str(lint("{\"required\":[\"b\"]}"), "");
	check_str(lint("{\"properties\":{\"b\":{}},\"if\":{\"properties\":"
		       "{\"a\":{}},\"required\":[\"b\"]},\"then\":{}}"),
	    "");
	check_str(lint("{\"items\":{\"properties\":{},"
		       "\"required\":[\"b\"]}}"),
	    "s:1: #/items/required: \"b\" is not in properties\n");
	check_str(lint("{\"properties\":{\"a\":false},\"required\":[\"a\"]}"),
	    "s:1: #/required: \"a\" is forbidden by properties\n");
	check_str(lint("{\"additionalProperties\":false,"
		       "\"required\":[\"a\"]}"),
	    "s:1: #/required: \"a\" is forbidden by additionalProperties\n");
	check_str(lint("{\"properties\":{\"a\":{},\"b\":{}},"
		       "\"required\":[\"\\u0061\"],"
		       "\"x-inv-key\":[\"a\",\"b\"]}"),
	    "s:1: #/x-inv-key: \"b\" is not in required\n");
}

static void
tells_how_a_pattern_is_anchored(void)
{
	check_str(lint("{\"pattern\":\"^a$\"}"), "");
	check_str(lint("{\"pattern\":\"^(a|b)\"}"), "");
	check_str(lint("{\"pattern\":\"^a$|^[|$]$\"}"), "");
	check_str(lint("{\"pattern\":\"(^| )a( |$)\"}"), "");
	check_str(lint("{\"pattern\":\"\\\\ba\\\\b\"}"), "");
	check_str(lint("{\"pattern\":\"[\\\\]^$]\"}"),
	    "s:1: #/pattern: [\\\\]^$] is not anchored: it is found anywhere\n");
	check_str(lint("{\"pattern\":\"a\\\\$\"}"),
	    "s:1: #/pattern: a\\\\$ is not anchored: it is found anywhere\n");
	check_str(lint("{\"pattern\":\"^a|b$\"}"),
	    "s:1: #/pattern: ^a|b$ is anchored on one side of | only\n");
	check_str(lint("{\"patternProperties\":{\"a\":{}}}"),
	    "s:1: #/patternProperties: a is not anchored: "
	    "it is found anywhere\n");
}

static void
tells_formats_that_are_not_asserted(void)
{
	const char *mail = "{\"format\":\"email\"}";

	check_str(lint("{\"format\":\"hostname\"}"),
	    "s:1: #/format: \"hostname\" is not asserted by any option\n");
	check_str(lint(mail), "");
	check_str(lint_with(mail, false),
	    "s:1: #/format: \"email\" is not asserted without "
	    "--format-assertion\n");
	check_str(lint_with("{\"format\":\"date\"}", false), "");
	check_str(lint_with("{\"properties\":{\"a\":{\"format\":\"email\"}},"
			    "\"required\":[\"a\"],\"x-inv-key\":[\"a\"]}",
		      false),
	    "");
}

static void
tells_choices_that_can_not_be(void)
{
	check_str(lint("{\"items\":{\"type\":\"string\",\"enum\":[\"a\",1]}}"),
	    "s:1: #/items/enum: 1 is not of type \"string\"\n");
	check_str(lint("{\"items\":{\"type\":\"integer\",\"enum\":[1.0,2.5]}}"),
	    "s:1: #/items/enum: 2.5 is not of type \"integer\"\n");
	check_str(lint("{\"items\":{\"type\":\"null\",\"const\":\"a\"}}"),
	    "s:1: #/items/const: \"a\" is not of type \"null\"\n");
	check_str(lint("{\"enum\":[1,\"a\",{\"a\":1,\"b\":2},1.0,"
		       "{\"b\":2,\"a\":1}]}"),
	    "s:1: #/enum: 1 is there twice\n"
	    "s:1: #/enum: {\"a\":1,\"b\":2} is there twice\n");
}

static void
holds_defaults_and_examples_against_their_schema(void)
{
	check_str(lint("{\"properties\":{\n"
		       "\"a\":{\"type\":\"integer\",\"default\":\"x\"},\n"
		       "\"b /%\":{\"$ref\":\"#/$defs/b\",\n"
		       "\"examples\":[\"ab\",\n\"abc\"]}},\n"
		       "\"$defs\":{\"b\":{\"maxLength\":2}},"
		       "\"required\":[\"a\"],\"x-inv-key\":[\"a\"]}"),
	    "s:2: #/properties/a/default: does not fit: \"x\" is not a whole "
	    "number [int_type]\n"
	    "s:5: #/properties/b ~1%/examples/1: does not fit: \"abc\" is "
	    "longer than 2 characters [string_too_long]\n");
	check_str(lint("{\"$id\":\"https://example.org/s#\","
		       "\"properties\":{\"a\":{\"$ref\":\"#/$defs/x\"}},"
		       "\"$defs\":{\"x\":{\"type\":\"null\","
		       "\"default\":1}}}"),
	    "s:1: #/$defs/x/default: does not fit: 1 is not null "
	    "[none_required]\n");
}

static void
tells_definitions_that_nothing_refers_to(void)
{
	check_str(lint("{\"$defs\":{\n\"a\":{},\n\"b\":{\"items\":{}},\n"
		       "\"a~b\":{},\n\"c\":{\"$anchor\":\"c\"},\n"
		       "\"ab\":{}},\"allOf\":[{\"$ref\":\"#/$defs/a\"},"
		       "{\"$ref\":\"#/$defs/b/items\"},"
		       "{\"$ref\":\"#/%24defs/a~0b\"}]}"),
	    "s:6: #/$defs/ab: nothing refers to it\n");
}

static struct inv_str
lint_rules(const char *text)
{
	const char *schema = "{\"properties\":{\"a\":{},\"b\":{},"
			     "\"c\":{}},\"required\":[\"a\"],"
			     "\"additionalProperties\":false}";
	struct inv_err err;
	struct inv_schema *s = inv_schema_new(inv_str_of(schema), NULL, &err);
	struct inv_rules *r = inv_rules_new(inv_str_of(text), NULL, &err);

	if (r == NULL)
		printf("# %s\n", err.msg);
	check(r != NULL);
	inv_rules_free(r);
	inv_buf_reset(&found);
	inv_lint_rules(INV_LIT("r"), inv_str_of(text), s, &found);
	inv_schema_free(s);
	return inv_buf_str(&found);
}

static void
looks_at_the_schemas_of_rules(void)
{
	check_str(lint_rules("{\"name\":\"n\",\"version\":\"1\",\"blocks\":[\n"
			     "{\"name\":\"x\",\"when\":{\"minimun\":1},"
			     "\"rules\":[\n"
			     "{\"id\":\"1\",\"severity\":\"INFO\","
			     "\"check\":{\"pattern\":\"a\"}}]}]}"),
	    "r:2: #/blocks/0/when/minimun: unknown keyword, minimum?\n"
	    "r:3: #/blocks/0/rules/0/check/pattern: a is not anchored: it is "
	    "found anywhere\n");
}

static void
tells_a_when_that_is_so_of_what_is_missing(void)
{
	check_str(lint_rules(" {\"name\":\"n\",\"version\":\"1\",\n"
			     "\"rules\":[{\"id\":\"1\","
			     "\"severity\":\"INFO\",\"when\":{"
			     "\"properties\":{\"a\":{\"const\":1},\n"
			     "\"b\":{\"const\":1},"
			     "\"c\":{\"minimum\":1}}},"
			     "\"required\":[\"a\"]},\n"
			     "{\"id\":\"2\",\"severity\":\"INFO\","
			     "\"when\":{\"properties\":{\"b\":"
			     "{\"const\":1}},\"required\":[\"b\"]},"
			     "\"required\":[\"a\"]}]}"),
	    "r:3: #/rules/0/when: is so without b too: require it\n");
}

static void
tells_columns_of_rules_that_the_schema_does_not_have(void)
{
	check_str(lint_rules("{\"name\":\"n\",\"version\":\"1\",\"blocks\":[\n"
			     "{\"name\":\"x\",\"field\":\"f\",\"prefix\":\"p\","
			     "\"rules\":[{\"id\":\"1\",\"severity\":\"INFO\",\n"
			     "\"required\":[\"a\",\"r\"],\n"
			     "\"max_length\":{\"m\":5,\"b\":6},\n"
			     "\"allowed\":[{\"a\":1},{\"d\":[1,2]}]}]}]}"),
	    "r:2: #/blocks/0/field: the schema has no column f\n"
	    "r:3: #/blocks/0/rules/0/required: the schema has no column r\n"
	    "r:4: #/blocks/0/rules/0/max_length: the schema has no column "
	    "m\n"
	    "r:5: #/blocks/0/rules/0/allowed/1: the schema has no column d\n");
}

static void
counts_what_is_past_the_ceiling(void)
{
	static char text[1 << 16];
	size_t n = 0;

	n += (size_t)snprintf(text, sizeof(text), "{");
	for (int i = 0; i < INV_LINT_MAX + 5; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "%s\"what%d\":1", i == 0 ? "" : ",", 10000 + i);
	snprintf(text + n, sizeof(text) - n, "}");
	struct inv_schema_options how = { 0 };

	inv_buf_reset(&found);
	check(inv_lint_schema(INV_LIT("s"), inv_str_of(text), &how, &found) ==
	    INV_LINT_MAX + 5);
	check(memmem(found.p, found.n, "\ns: 5 more\n", 11) != NULL);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(finds_nothing_in_what_is_plain),
		TEST(names_the_nearest_keyword),
		TEST(says_the_line_and_the_pointer),
		TEST(tells_keywords_that_say_nothing),
		TEST(tells_bounds_that_leave_nothing),
		TEST(tells_members_that_are_required_and_can_not_be),
		TEST(tells_how_a_pattern_is_anchored),
		TEST(tells_formats_that_are_not_asserted),
		TEST(tells_choices_that_can_not_be),
		TEST(holds_defaults_and_examples_against_their_schema),
		TEST(tells_definitions_that_nothing_refers_to),
		TEST(looks_at_the_schemas_of_rules),
		TEST(tells_a_when_that_is_so_of_what_is_missing),
		TEST(tells_columns_of_rules_that_the_schema_does_not_have),
		TEST(counts_what_is_past_the_ceiling),
	};
	int rc = RUN(tests);

	inv_buf_free(&found);
	return rc;
}
