/* test_schema_compile - what lib/data/schema_compile.c makes of a schema */

#include <stdlib.h>

#include "base/buf.h"
#include "check.h"
#include "data/schema_node.h"

static struct inv_program program;
static struct inv_err err;

/* True if it compiles; freed by the next call. */
static bool
compile(const char *text)
{
	inv_program_free(&program);
	err = (struct inv_err){ 0 };
	return inv_program_compile(&program, inv_str_of(text), NULL, &err);
}

static const struct inv_node *
column(const char *name)
{
	const struct inv_prop *prop = inv_props_find(program.root->props,
	    program.root->n_props, inv_str_of(name));

	return prop == NULL ? program.root : prop->node;
}

static const char *const refused[][2] = {
	{ "[]", "#: not a schema" },
	{ "{\"properties\":{\"a\":null}}", "#/properties/a: not a schema" },
	{ "{\"allOf\":[{},1]}", "#/allOf/1: not a schema" },
	{ "{\"$defs\":{\"a/b~\":{\"type\":1}}}",
	    "#/$defs/a~1b~0/type: not the name of a type" },
	{ "{\"type\":\"int\"}", "#/type: not the name of a type" },
	{ "{\"type\":[]}", "#/type: not the name of a type" },
	{ "{\"type\":\"string\"}", "#/type: a record is an object" },
	{ "{\"type\":[\"object\",\"object\"]}", "#/type: the same type twice" },
	{ "{\"minimum\":\"0\"}", "#/minimum: not a number" },
	{ "{\"multipleOf\":0}", "#/multipleOf: not a number above 0" },
	{ "{\"multipleOf\":-2}", "#/multipleOf: not a number above 0" },
	{ "{\"multipleOf\":\"2\"}", "#/multipleOf: not a number" },
	{ "{\"multipleOf\":1.00000000000000000001}",
	    "#/multipleOf: more than 17 digits" },
	{ "{\"minLength\":-1}", "#/minLength: not a whole number from 0 on" },
	{ "{\"maxLength\":1.5}", "#/maxLength: not a whole number from 0 on" },
	{ "{\"properties\":{\"a\":{\"minItems\":\"1\"}}}",
	    "#/properties/a/minItems: not a whole number from 0 on" },
	{ "{\"maxItems\":null}", "#/maxItems: not a whole number from 0 on" },
	{ "{\"minProperties\":0.1}",
	    "#/minProperties: not a whole number from 0 on" },
	{ "{\"minContains\":-1}",
	    "#/minContains: not a whole number from 0 on" },
	{ "{\"maxContains\":true}",
	    "#/maxContains: not a whole number from 0 on" },
	{ "{\"uniqueItems\":1}", "#/uniqueItems: neither true nor false" },
	{ "{\"pattern\":\"(\"}",
	    "#/pattern: pattern, character 1: no ) for this (" },
	{ "{\"patternProperties\":{\"(\":{}}}",
	    "#/patternProperties/(: pattern, character 1: no ) for this (" },
	{ "{\"patternProperties\":[]}", "#/patternProperties: not an object" },
	{ "{\"pattern\":1}", "#/pattern: not a string" },
	{ "{\"format\":1}", "#/format: not a string" },
	{ "{\"enum\":\"a\"}", "#/enum: not a list of values" },
	{ "{\"required\":\"a\"}", "#/required: not a list of names" },
	{ "{\"required\":[1]}", "#/required: not a list of names" },
	{ "{\"required\":[\"a\",\"a\"]}", "#/required: the same name twice" },
	{ "{\"dependentRequired\":[]}", "#/dependentRequired: not an object" },
	{ "{\"dependentRequired\":{\"a\":[\"b\",\"b\"]}}",
	    "#/dependentRequired/a: the same name twice" },
	{ "{\"additionalProperties\":[]}",
	    "#/additionalProperties: not a schema" },
	{ "{\"properties\":[]}", "#/properties: not an object" },
	{ "{\"dependentSchemas\":1}", "#/dependentSchemas: not an object" },
	{ "{\"$defs\":[]}", "#/$defs: not an object" },
	{ "{\"allOf\":[]}", "#/allOf: not a list of schemas" },
	{ "{\"anyOf\":{}}", "#/anyOf: not a list of schemas" },
	{ "{\"oneOf\":[]}", "#/oneOf: not a list of schemas" },
	{ "{\"prefixItems\":[]}", "#/prefixItems: not a list of schemas" },
	{ "{\"title\":1}", "#/title: not a string" },
	{ "{\"readOnly\":1}", "#/readOnly: neither true nor false" },
	{ "{\"examples\":1}", "#/examples: not a list" },
	{ "{\"contentEncoding\":1}", "#/contentEncoding: not a string" },
	{ "{\"properties\":{\"a\":{\"x-inv-key\":[\"a\"]}}}",
	    "#/properties/a/x-inv-key: belongs to the record as a whole" },
	{ "{\"x-inv-key\":[\"a\"]}",
	    "#/x-inv-key: names what is not a property" },
	{ "{\"x-inv-key\":[]}", "#/x-inv-key: not a list of names" },
	{ "{\"properties\":{\"a\":{}},\"x-inv-key\":[\"a\",\"a\"]}",
	    "#/x-inv-key: the same name twice" },
	{ "{\"x-inv-key\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}",
	    "#/x-inv-key: more than 16 names" },
	{ "{\"x-inv-normalize\":{}}",
	    "#/x-inv-normalize: belongs to a member of the record" },
	{ "{\"properties\":{\"a\":{\"properties\":{\"b\":"
	  "{\"x-inv-normalize\":{}}}}}}",
	    "#/properties/a/properties/b/x-inv-normalize: belongs to a member "
	    "of the record" },
	{ "{\"properties\":{\"a\":{\"x-inv-normalize\":{\"during\":[]}}}}",
	    "#/properties/a/x-inv-normalize/during: neither before nor "
	    "after" },
	{ "{\"properties\":{\"a\":{\"x-inv-normalize\":"
	  "{\"after\":[\"lowercase\"]}}}}",
	    "#/properties/a/x-inv-normalize/after: neither trim nor "
	    "uppercase" },
	{ "{\"x-inv-empty\":\"NULL\"}",
	    "#/x-inv-empty: neither string nor null nor missing" },
	{ "{\"$defs\":{\"a\":{\"x-inv-empty\":\"null\"}}}",
	    "#/$defs/a/x-inv-empty: belongs to a member of the record" },
	{ "{\"x-inv-severity\":1}",
	    "#/x-inv-severity: neither CRITICAL nor WARNING nor INFO" },
	{ "{\"x-inv-severity\":\"FATAL\"}",
	    "#/x-inv-severity: neither CRITICAL nor WARNING nor INFO" },
	{ "{\"x-inv-not-future\":false}", "#/x-inv-not-future: not true" },
	{ "{\"x-inv-attachment\":true}",
	    "#/x-inv-attachment: belongs to a property of the record" },
	{ "{\"properties\":{\"a\":{\"items\":{\"x-inv-attachment\":true}}}}",
	    "#/properties/a/items/x-inv-attachment: belongs to a property of "
	    "the record" },
	{ "{\"additionalProperties\":{\"x-inv-attachment\":true}}",
	    "#/additionalProperties/x-inv-attachment: belongs to a property of "
	    "the record" },
	{ "{\"properties\":{\"a\":{\"x-inv-attachment\":false}}}",
	    "#/properties/a/x-inv-attachment: not true" },
	{ "{\"properties\":{\"q\":{\"x-inv-minimun\":0}}}",
	    "#/properties/q/x-inv-minimun: unknown keyword" },
	{ "{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}",
	    "#/$schema: not draft 2020-12" },
	{ "{\"$schema\":1}", "#/$schema: not a string" },
	{ "{\"allOf\":[{\"$schema\":"
	  "\"https://json-schema.org/draft/2020-12/schema\"}]}",
	    "#/allOf/0/$schema: belongs beside $id" },
	{ "{\"$ref\":\"#\"}", "#/$ref: refers to itself without end" },
	{ "{\"$defs\":{\"a\":{\"allOf\":[{\"$ref\":\"#/$defs/b\"}]},"
	  "\"b\":{\"not\":{\"$ref\":\"#/$defs/a\"}}}}",
	    "#/$defs/b/not/$ref: refers to itself without end" },
	{ "{\"properties\":{\"x\":{\"$ref\":\"#/$defs/a/allOf/0\"}},"
	  "\"$defs\":{\"a\":{\"allOf\":[{\"$ref\":\"#/$defs/a\"}]}}}",
	    "#/$defs/a: refers to itself without end" },
	{ "{\"a\":1,\"a\":2}", "byte 14: the same member twice" },
	{ "{", "byte 2: expected a member name" },
	{ "", "byte 1: a value is missing" },
};

static void
refuses_a_schema_and_says_where(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		check(!compile(refused[i][0]));
		check(err.fault == INV_CONFIG);
		check_str(inv_str_of(err.msg), refused[i][1]);
	}
}

static void
takes_what_only_looks_wrong(void)
{
	static const char *const texts[] = { "true", "false", "{}",
		"{\"minimun\":0,\"definitions\":{\"a\":1}}",
		"{\"properties\":{\"a\":{\"$ref\":\"#\"}}}",
		"{\"items\":{\"$ref\":\"#\"},\"contains\":{\"$ref\":\"#\"}}",
		"{\"minLength\":2.0,\"maxLength\":1e20}",
		"{\"format\":\"colour\"}", "{\"enum\":[1,1]}", "{\"enum\":[]}",
		"{\"enum\":[1e400],\"const\":12345678901234567890}",
		"{\"minimum\":1e400}", "{\"then\":{},\"maxContains\":0}",
		"{\"enum\":[{\"$ref\":\"#/nowhere\",\"$id\":1}]}",
		"{\"const\":{\"$anchor\":\"\",\"type\":3}}",
		"{\"$vocabulary\":{\"urn:x\":true}}" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		check(compile(texts[i]));
		if (err.fault != INV_OK)
			printf("# %s: %s\n", texts[i], err.msg);
	}
}

static void
reads_a_metaschema_of_its_own(void)
{
	check(compile("{\"properties\":{\"a\":{\"$ref\":"
		      "\"https://json-schema.org/draft/2020-12/schema\"}}}"));
}

static void
folds_what_may_be_null_as_well(void)
{
	check(compile(
	    "{\"properties\":{"
	    "\"a\":{\"anyOf\":[{\"type\":\"integer\",\"minimum\":0},"
	    "{\"type\":\"null\"}],\"default\":null},"
	    "\"b\":{\"oneOf\":[{\"type\":\"null\"},{\"$ref\":\"#/$defs/c\"}]},"
	    "\"d\":{\"anyOf\":[{\"items\":{\"type\":\"null\"}},"
	    "{\"type\":\"null\"}]},"
	    "\"e\":{\"oneOf\":[{\"minimum\":0},{\"type\":\"null\"}]},"
	    "\"f\":{\"$ref\":\"#/$defs/c\"}},"
	    "\"$defs\":{\"c\":{\"enum\":[\"x\"],\"type\":\"string\"}}}"));
	check(column("a")->null_passes && column("a")->flat);
	check(column("a")->types == INV_TYPE_INTEGER && column("a")->n == 1);
	check_str(inv_str_of(column("a")->parse->type), "int_parsing");
	check_str(column("a")->checks[0].rule.schema,
	    "/properties/a/anyOf/0/minimum");
	check(column("b")->null_passes && column("b")->flat);
	check_str(column("b")->type->schema, "/$defs/c/type");
	check(!column("d")->null_passes && !column("d")->flat);
	check(!column("e")->null_passes && !column("e")->flat);
	check(column("f")->flat && column("f")->ref == NULL);
	check(program.root->flat);
}

static void
cuts_a_bound_of_many_digits_where_no_number_is(void)
{
	static const struct {
		const char *schema;
		enum inv_check_op op;
		const char *bound;
	} cases[] = {
		{ "{\"minimum\":1.00000000000000000009}", INV_CHECK_ABOVE,
		    "1" },
		{ "{\"exclusiveMinimum\":18446744073709551615}",
		    INV_CHECK_ABOVE, "18446744073709551000" },
		{ "{\"maximum\":18446744073709551615}", INV_CHECK_MAXIMUM,
		    "18446744073709551000" },
		{ "{\"exclusiveMaximum\":1.00000000000000000009e3}",
		    INV_CHECK_MAXIMUM, "1000" },
		{ "{\"minimum\":-1.00000000000000000009}", INV_CHECK_MINIMUM,
		    "-1" },
		{ "{\"maximum\":-0.00100000000000000000009}", INV_CHECK_BELOW,
		    "-0.001" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct inv_decimal d;

		check(compile(cases[i].schema));
		check(program.root->n == 1);
		check(program.root->checks[0].op == cases[i].op);
		check(inv_decimal_of(inv_str_of(cases[i].bound), &d));
		check(inv_decimal_cmp(&program.root->checks[0].bound, &d) == 0);
	}
}

static void
sorts_the_choices_that_a_record_can_have(void)
{
	check(compile("{\"enum\":[\"b\",1e400,{\"b\":1,\"a\":[2.0]},1.0,\"a\","
		      "12345678901234567890,true,null]}"));
	const struct inv_check *check = program.root->checks;

	check(check->n == 6);
	check_str(check->choices[0].text, "null");
	check_str(check->choices[1].text, "true");
	check_str(check->choices[2].text, "1");
	check_str(check->choices[3].text, "a");
	check_str(check->choices[4].text, "b");
	check_str(check->choices[5].text, "{\"a\":[2],\"b\":1}");
}

static void
gives_a_rule_the_severity_around_it(void)
{
	check(compile(
	    "{\"x-inv-severity\":\"CRITICAL\",\"required\":[\"a\"],"
	    "\"properties\":{\"a\":{\"x-inv-severity\":\"WARNING\","
	    "\"minLength\":1,\"allOf\":[{\"maxLength\":2},"
	    "{\"$ref\":\"#/$defs/r\"}]}},\"$defs\":{\"r\":{\"pattern\":\"x\"}}}"));
	const struct inv_node *a = column("a");

	check(program.warns);
	check(program.root->missing->severity == INV_SEVERITY_CRITICAL);
	check(a->checks[0].rule.severity == INV_SEVERITY_WARNING);
	check(a->all_of.at[0]->checks[0].rule.severity == INV_SEVERITY_WARNING);
	check(a->all_of.at[1]->checks[0].rule.severity ==
	    INV_SEVERITY_CRITICAL);
	check(compile("{\"required\":[\"a\"]}"));
	check(program.root->missing->severity == INV_SEVERITY_ERROR);
	check(!program.warns && !program.timed);
}

static void
asserts_formats_where_it_is_asked_to(void)
{
	static const char text[] = "{\"format\":\"uuid\"}";
	struct inv_schema_options all = { .assert_formats = true };

	check(compile(text) && program.root->n == 0);
	check(compile("{\"format\":\"date\"}") && program.root->n == 1);
	check(compile("{\"format\":\"date-time\"}") && program.root->n == 1);
	check(compile("{\"format\":\"uuid\",\"properties\":{\"a\":"
		      "{\"x-inv-normalize\":{}}}}") &&
	    program.root->n == 1);
	inv_program_free(&program);
	check(inv_program_compile(&program, inv_str_of(text), &all, &err));
	check(program.root->n == 1);
	check(compile("{\"format\":\"date-time\",\"x-inv-not-future\":true}"));
	check(program.timed);
	check_str(inv_str_of(program.root->checks[1].rule.type),
	    "datetime_past");
}

static void
plans_a_column_wherever_it_is_described(void)
{
	static const struct {
		const char *schema;
		unsigned types;
		bool named, forbidden;
	} cases[] = {
		{ "{}", INV_TYPE_ANY, false, false },
		{ "{\"properties\":{\"a\":{\"type\":\"null\"}}}", INV_TYPE_NULL,
		    true, false },
		{ "{\"additionalProperties\":false}", INV_TYPE_ANY, false,
		    true },
		{ "{\"patternProperties\":{\"^a\":{\"type\":\"boolean\"}},"
		  "\"additionalProperties\":false}",
		    INV_TYPE_BOOLEAN, false, false },
		{ "{\"additionalProperties\":{\"type\":\"boolean\"}}",
		    INV_TYPE_BOOLEAN, false, false },
		{ "{\"allOf\":[{\"properties\":{\"a\":{\"type\":[\"null\","
		  "\"string\"]}}},{\"properties\":{\"a\":"
		  "{\"type\":\"null\"}}}]}",
		    INV_TYPE_NULL, true, false },
		{ "{\"anyOf\":[{\"properties\":{\"a\":{\"type\":\"null\"}}},"
		  "{\"properties\":{\"a\":{\"type\":\"array\"}}}]}",
		    INV_TYPE_NULL | INV_TYPE_ARRAY, true, false },
		{ "{\"if\":{},\"then\":{\"properties\":{\"a\":"
		  "{\"type\":\"null\"}}}}",
		    INV_TYPE_ANY, true, false },
		{ "{\"$defs\":{\"m\":{\"properties\":{\"a\":{\"anyOf\":["
		  "{\"type\":\"number\"},{\"type\":\"null\"}]}}}},"
		  "\"$ref\":\"#/$defs/m\"}",
		    INV_TYPE_NUMBER | INV_TYPE_INTEGER | INV_TYPE_NULL, true,
		    false },
		{ "{\"properties\":{\"a\":{\"allOf\":[{\"type\":\"null\"},"
		  "{\"type\":\"array\"}]}}}",
		    INV_TYPE_ANY, true, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct inv_column_plan plan;

		check(compile(cases[i].schema));
		inv_column_plan(&program, INV_LIT("a"), &plan);
		check(plan.types == cases[i].types);
		check(plan.named == cases[i].named);
		check(plan.forbidden == cases[i].forbidden);
		check(plan.parse != NULL ||
		    (plan.types & INV_TYPE_STRING) != 0);
	}
}

static void
finds_what_is_ours_wherever_a_column_is_described(void)
{
	struct inv_column_plan plan;

	check(compile(
	    "{\"x-inv-empty\":\"missing\",\"x-inv-key\":[\"a\"],\"allOf\":["
	    "{\"properties\":{\"a\":{\"anyOf\":[{\"type\":\"string\","
	    "\"x-inv-normalize\":{\"before\":[\"trim\"]}},"
	    "{\"type\":\"null\"}],\"x-inv-empty\":\"null\"},"
	    "\"b\":{\"$ref\":\"#/$defs/up\"}}}],\"$defs\":{\"up\":"
	    "{\"x-inv-normalize\":{\"after\":[\"uppercase\",\"trim\"]}}}}"));
	check_str(program.key, "[\"a\"]");
	check_str(program.normal,
	    "{\"a\":{\"before\":[\"trim\"]},"
	    "\"b\":{\"after\":[\"trim\",\"uppercase\"]}}");
	inv_column_plan(&program, INV_LIT("a"), &plan);
	check(plan.before == INV_NORMAL_TRIM && plan.after == 0);
	check(plan.empty == INV_EMPTY_NULL);
	inv_column_plan(&program, INV_LIT("b"), &plan);
	check(plan.empty == INV_EMPTY_MISSING);
}

static void
bounds_the_plan_of_a_column(void)
{
	struct inv_buf b = INV_BUF(1 << 20);
	struct inv_column_plan plan;

	/* Each doubles the ways to the one before. */
	inv_buf_add(&b,
	    INV_LIT("{\"$ref\":\"#/$defs/d60\",\"$defs\":{"
		    "\"d0\":{}"));
	for (int i = 1; i <= 60; i++)
		inv_buf_addf(&b,
		    ",\"d%d\":{\"allOf\":[{\"$ref\":\"#/$defs/d%d\"},"
		    "{\"$ref\":\"#/$defs/d%d\"}]}",
		    i, i - 1, i - 1);
	inv_buf_add(&b, INV_LIT("}}\0"));
	check(compile(b.p));
	inv_column_plan(&program, INV_LIT("a"), &plan);
	check(plan.types == INV_TYPE_ANY);
	inv_buf_free(&b);
}

static void
compiles_a_chain_of_any_length(void)
{
	struct inv_buf b = INV_BUF(16 << 20);
	int n = 100000;

	inv_buf_add(&b,
	    INV_LIT("{\"properties\":{\"a\":"
		    "{\"$ref\":\"#/$defs/0\"}},\"$defs\":{"));
	for (int i = 0; i < n; i++)
		inv_buf_addf(&b, "\"%d\":{\"$ref\":\"#/$defs/%d\"},", i, i + 1);
	inv_buf_addf(&b, "\"%d\":{\"type\":\"integer\"}}}", n);
	inv_buf_byte(&b, '\0');
	check(compile(b.p));
	check(column("a")->types == INV_TYPE_INTEGER);
	inv_buf_free(&b);
}

static void
refuses_what_is_too_long_or_too_deep(void)
{
	struct inv_buf b = INV_BUF(INV_SCHEMA_MAX + 1);

	inv_buf_add(&b, INV_LIT("{}"));
	while (b.n < INV_SCHEMA_MAX)
		inv_buf_byte(&b, ' ');
	inv_program_free(&program);
	check(inv_program_compile(&program, inv_buf_str(&b), NULL, &err));
	inv_buf_byte(&b, ' ');
	inv_program_free(&program);
	check(!inv_program_compile(&program, inv_buf_str(&b), NULL, &err));
	check_str(inv_str_of(err.msg), "longer than 16 MiB");
	inv_buf_reset(&b);
	for (int i = 0; i < INV_DOCUMENT_DEPTH; i++)
		inv_buf_add(&b, INV_LIT("{\"not\":"));
	inv_buf_add(&b, INV_LIT("{}"));
	for (int i = 0; i < INV_DOCUMENT_DEPTH; i++)
		inv_buf_byte(&b, '}');
	inv_buf_byte(&b, '\0');
	check(!compile(b.p));
	check(strstr(err.msg, "nested too deeply") != NULL);
	inv_buf_free(&b);
}

static void
marks_what_unevaluated_asks_for_alone(void)
{
	check(compile("{\"properties\":{\"a\":{\"allOf\":[{\"properties\":"
		      "{\"x\":{}}}],\"not\":{},"
		      "\"unevaluatedProperties\":false},\"b\":{\"allOf\":"
		      "[{}],\"additionalProperties\":true}}}"));
	check(!program.root->marks);
	check(column("a")->marks && column("a")->all_of.at[0]->marks);
	check(!column("a")->not ->marks);
	check(!column("b")->marks && column("b")->additional == NULL);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(refuses_a_schema_and_says_where),
		TEST(takes_what_only_looks_wrong),
		TEST(reads_a_metaschema_of_its_own),
		TEST(folds_what_may_be_null_as_well),
		TEST(cuts_a_bound_of_many_digits_where_no_number_is),
		TEST(sorts_the_choices_that_a_record_can_have),
		TEST(gives_a_rule_the_severity_around_it),
		TEST(asserts_formats_where_it_is_asked_to),
		TEST(plans_a_column_wherever_it_is_described),
		TEST(finds_what_is_ours_wherever_a_column_is_described),
		TEST(bounds_the_plan_of_a_column),
		TEST(compiles_a_chain_of_any_length),
		TEST(refuses_what_is_too_long_or_too_deep),
		TEST(marks_what_unevaluated_asks_for_alone),
	};
	int rc = RUN(tests);

	inv_program_free(&program);
	return rc;
}
