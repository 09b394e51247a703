/* test_rules - lib/data/rules.h */

#include "data/rules.h"

#include "check.h"
#include "data/canon.h"

static struct inv_tape *tape;
static struct inv_flaws flaws;
static struct inv_flaws warnings;
static struct inv_buf log_lines;

static struct inv_rules *
rules(const char *text)
{
	struct inv_err err;
	struct inv_rules *r = inv_rules_new(inv_str_of(text), NULL, &err);

	check(r != NULL);
	if (r == NULL)
		printf("# %s\n", err.msg);
	return r;
}

/* A file whose one rule has these members. */
static struct inv_rules *
rule(const char *members)
{
	static char text[16384];

	snprintf(text, sizeof(text),
	    "{\"name\":\"set\",\"version\":\"1\",\"rules\":[{\"id\":\"R\",%s}]}",
	    members);
	return rules(text);
}

/* Judge a canonical record; the flaws that are there already are known. */
static void
judge(struct inv_rules *r, const char *record)
{
	const struct inv_judging j = {
		.record = inv_tape_read(tape, inv_str_of(record)),
		.known = flaws.n,
		.flaws = &flaws,
		.warnings = &warnings,
		.log = &log_lines,
		.who = INV_LIT("{\"row\":1"),
	};

	inv_flaws_reset(&warnings);
	inv_buf_reset(&log_lines);
	if (r != NULL)
		inv_rules_judge(r, &j);
}

/* The errors of that record under one rule. */
static struct inv_str
errors(const char *members, const char *record)
{
	struct inv_rules *r = rule(members);

	inv_flaws_reset(&flaws);
	judge(r, record);
	inv_rules_free(r);
	return inv_flaws_json(&flaws);
}

#define NOTED ",\"rule\":\"R\",\"ruleset\":\"set\",\"action\":\"REJECT\""
#define CRITICAL "\"severity\":\"CRITICAL\""

static void
says_what_is_missing(void)
{
	const char *of = "\"required\":[\"a\",\"b \\\"\"]," CRITICAL;

	check_str(errors(of, "{\"a\":0,\"b \\\"\":false}"), "[]");
	check_str(errors(of, "{\"a\":[],\"b \\\"\":\" x\"}"), "[]");
	check_str(errors(of, "{\"a\":\" \\t\\r\\n\",\"b \\\"\":\"\\\\\"}"),
	    "[{\"type\":\"missing\",\"loc\":[\"a\"],\"msg\":\"is missing\","
	    "\"input\":\" \\t\\r\\n\",\"code\":\"MISSING_REQUIRED_FIELD:a\","
	    "\"severity\":\"CRITICAL\"" NOTED ",\"fallback\":\"notify\"}]");
	errors(of, "{\"a\":null}");
	check(flaws.n == 2);
	check_str(inv_flaws_loc(&flaws, 1), "[\"b \\\"\"]");
	errors(of, "{\"a\":\"\",\"b \\\"\":\"\\f\"}");
	check(flaws.n == 1);
}

static void
counts_characters(void)
{
	const char *of = "\"max_length\":{\"t\":3}," CRITICAL;

	check_str(errors(of, "{\"t\":\"abc\"}"), "[]");
	check_str(errors(of, "{\"t\":\"\u00e4\U0001f600\\\"\"}"), "[]");
	check_str(errors(of, "{\"t\":\"\\u0001\\\\\\n\"}"), "[]");
	check_str(errors(of, "{\"t\":12345}"), "[]");
	check_str(errors(of, "{}"), "[]");
	check_str(errors(of, "{\"t\":\"a\u00e4\\\"c\"}"),
	    "[{\"type\":\"string_too_long\",\"loc\":[\"t\"],"
	    "\"msg\":\"is longer than 3 characters\","
	    "\"input\":\"a\u00e4\\\"c\",\"ctx\":{\"max_length\":3},"
	    "\"code\":\"TRUNCATION_RISK:t\",\"severity\":\"CRITICAL\"" NOTED
	    ",\"fallback\":\"notify\"}]");
}

static void
takes_a_thousand_characters_where_none_are_said(void)
{
	char record[1100] = "{\"t\":\"";
	const char *of = "\"max_length\":[\"t\"]," CRITICAL;

	memset(record + 6, 'x', 1000);
	strcpy(record + 1006, "\"}");
	check_str(errors(of, record), "[]");
	strcpy(record + 1006, "x\"}");
	errors(of, record);
	check(flaws.n == 1);
}

static void
knows_combinations(void)
{
	const char *of =
	    "\"allowed\":[{\"a\":[\"x\",\"y\"],\"b\":1.0},{\"b\":null},"
	    "{\"a\":\"z\",\"c\":[[2]]}]," CRITICAL;

	check_str(errors(of, "{\"a\":\"y\",\"b\":1}"), "[]");
	check_str(errors(of, "{\"a\":\"q\"}"), "[]");
	check_str(errors(of, "{\"a\":\"q\",\"b\":null}"), "[]");
	check_str(errors(of, "{\"a\":\"z\",\"b\":3,\"c\":[2]}"), "[]");
	check_str(errors(of, "{\"a\":\"y\",\"b\":\"1\"}"),
	    "[{\"type\":\"combination_not_allowed\",\"loc\":[],"
	    "\"msg\":\"is no combination that is allowed\","
	    "\"input\":{\"a\":\"y\",\"b\":\"1\",\"c\":null},"
	    "\"code\":\"COMBINATION_NOT_ALLOWED:R\","
	    "\"severity\":\"CRITICAL\"" NOTED ",\"fallback\":\"notify\"}]");
}

static void
takes_what_a_check_finds(void)
{
	const char *of =
	    "\"check\":{\"properties\":{\"q\":{\"minimum\":5}}},"
	    "\"severity\":\"WARNING\",\"action\":\"REJECT\","
	    "\"tags\":[\"2 CFR 200.302\",\"x\"],\"fallback\":\"retry\"";

	check_str(errors(of, "{\"q\":5}"), "[]");
	check_str(errors(of, "{\"q\":4}"),
	    "[{\"type\":\"greater_than_equal\",\"loc\":[\"q\"],"
	    "\"msg\":\"is less than 5\",\"input\":4,\"ctx\":{\"ge\":5},"
	    "\"code\":\"R\",\"severity\":\"WARNING\"" NOTED
	    ",\"tags\":[\"2 CFR 200.302\",\"x\"],\"fallback\":\"retry\"}]");
}

static void
has_words_and_a_code_of_its_own(void)
{
	struct inv_rules *r =
	    rule("\"required\":[\"a\"],\"max_length\":{\"b\":1},"
		 "\"allowed\":[{\"c\":1}],\"check\":{\"required\":"
		 "[\"d\"]},\"code\":\"X:1\",\"msg\":\"is not\"," CRITICAL);

	inv_flaws_reset(&flaws);
	judge(r, "{\"b\":\"xx\"}");
	check(flaws.n == 4);
	for (size_t i = 0; i < flaws.n; i++) {
		struct inv_str rest = { flaws.json.p + flaws.at[i].by, 14 };

		check_str(flaws.at[i].msg, "is not");
		check_str(rest, ",\"code\":\"X:1\",");
	}
	inv_rules_free(r);
}

static void
forwards_what_is_not_critical(void)
{
	struct inv_rules *r =
	    rule("\"required\":[\"a\"],\"severity\":\"INFO\"");

	inv_flaws_reset(&flaws);
	judge(r, "{}");
	check(flaws.n == 0);
	check_str(inv_flaws_json(&warnings),
	    "[{\"type\":\"missing\",\"loc\":[\"a\"],\"msg\":\"is missing\","
	    "\"code\":\"MISSING_REQUIRED_FIELD:a\",\"severity\":\"INFO\","
	    "\"rule\":\"R\",\"ruleset\":\"set\",\"action\":\"FORWARD\"}]");
	inv_rules_free(r);
}

static void
applies_when_it_says(void)
{
	const char *of = "\"when\":{\"properties\":{\"a\":{\"const\":1}},"
			 "\"required\":[\"a\"]},\"required\":[\"b\"]," CRITICAL;

	errors(of, "{\"a\":1}");
	check(flaws.n == 1);
	check_str(errors(of, "{\"a\":2}"), "[]");
	check_str(errors(of, "{}"), "[]");
}

/* A flaw of the schema at column a, within it where `inside`. */
static void
complain_of_a(bool inside)
{
	static const struct inv_rule by = { .type = "string_type",
		.msg = { "is no string", 12 } };
	const struct inv_place a = { .key = INV_LIT("a") };
	const struct inv_place in = { .up = &a, .index = 0 };

	inv_flaws_reset(&flaws);
	inv_flaws_add(&flaws, &by, inside ? &in : &a, INV_LIT("1"));
}

static void
says_nothing_where_the_schema_has_spoken(void)
{
	struct inv_rules *r = rule(
	    "\"required\":[\"a\",\"b\"],\"max_length\":{\"a\":1},"
	    "\"allowed\":[{\"a\":1,\"b\":2}],"
	    "\"check\":{\"properties\":{\"a\":{\"minLength\":99}}}," CRITICAL);

	complain_of_a(false);
	judge(r, "{\"a\":\"xx\",\"ab\":1}");
	check(flaws.n == 2);
	check_str(inv_flaws_loc(&flaws, 1), "[\"b\"]");
	complain_of_a(true);
	judge(r, "{\"a\":\"xx\",\"b\":3}");
	check(flaws.n == 1);
	check(memmem(log_lines.p, log_lines.n, "\"not_judged\"", 12) != NULL);
	inv_rules_free(r);
}

#define BLOCK(name, how)                                                       \
	"{\"name\":\"" name "\"," how ",\"rules\":[{\"id\":\"" name            \
	"\",\"required\":[\"x\"],\"severity\":\"INFO\"}]}"

static void
finds_the_blocks_of_a_prefix(void)
{
	struct inv_rules *r = rules(
	    "{\"name\":\"s\",\"version\":\"1\","
	    "\"blocks\":[" BLOCK("N",
		"\"field\":\"g\",\"prefix\":[\"NIH-\",\"NSF-\"]") "," BLOCK("R",
		"\"field\":\"g\",\"prefix\":\"NIH-R\"") "," BLOCK("Q",
		"\"field\":\"g\",\"prefix\":\"NIH-Q\"") "," BLOCK("D",
		"\"field\":\"g\",\"prefix\":\"\u00c4\\\"\"") "," BLOCK("H",
		"\"field\":\"h\",\"prefix\":\"1\"") "," BLOCK("W",
		"\"when\":{\"required\":[\"w\"]}") "," BLOCK("B",
		"\"field\":\"h\",\"prefix\":\"2\","
		"\"when\":{\"required\":[\"w\"]}") "]}");
	static const struct {
		const char *record, *ids;
	} t[] = {
		{ "{\"g\":\"NIH-R01\"}", "NR" },
		{ "{\"g\":\"NIH-R\"}", "NR" },
		{ "{\"g\":\"NIH-Z\"}", "N" },
		{ "{\"g\":\"NIH-\"}", "N" },
		{ "{\"g\":\"NIH\"}", "" },
		{ "{\"g\":\"nih-\"}", "" },
		{ "{\"g\":\"NSF-1\"}", "N" },
		{ "{\"g\":\"\"}", "" },
		{ "{\"g\":\"\u00c4\\\"x\"}", "D" },
		{ "{\"g\":1}", "" },
		{ "{\"g\":\"NIH-Q\",\"h\":\"12\",\"w\":0}", "WNQH" },
		{ "{\"h\":\"2\"}", "" },
		{ "{\"h\":\"2\",\"w\":0}", "WB" },
		{ "{}", "" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct inv_buf ids = INV_BUF(64);
		struct inv_str rest = { 0 };
		const char *at = NULL;

		inv_flaws_reset(&flaws);
		judge(r, t[i].record);
		rest = inv_buf_str(&log_lines);
		while (rest.n > 0 &&
		    (at = memmem(rest.p, rest.n, "\"rule\":\"", 8)) != NULL) {
			inv_buf_byte(&ids, at[8]);
			rest = (struct inv_str){ at + 8,
				(size_t)(rest.p + rest.n - at) - 8 };
		}
		check_same(inv_buf_str(&ids), inv_str_of(t[i].ids), t[i].record,
		    (int)i);
		inv_buf_free(&ids);
	}
	inv_rules_free(r);
}

static void
logs_every_decision(void)
{
	struct inv_rules *r = rules(
	    "{\"name\":\"s\",\"version\":\"v \\\"1\","
	    "\"rules\":[{\"id\":\"P\",\"required\":[\"a\"]," CRITICAL ","
	    "\"tags\":[\"t\"]},"
	    "{\"id\":\"F\",\"required\":[\"b\"],\"severity\":\"WARNING\"}],"
	    "\"blocks\":[{\"name\":\"A\",\"field\":\"a\",\"prefix\":\"x\","
	    "\"rules\":[{\"id\":\"N\",\"when\":{\"required\":[\"z\"]},"
	    "\"required\":[\"b\"],\"severity\":\"INFO\"}]}]}");

	inv_flaws_reset(&flaws);
	judge(r, "{\"a\":\"x\"}");
	check_str(inv_buf_str(&log_lines),
	    "{\"row\":1,\"ruleset\":\"s\",\"version\":\"v \\\"1\","
	    "\"rule\":\"P\",\"result\":\"passed\",\"severity\":\"CRITICAL\","
	    "\"action\":\"REJECT\",\"tags\":[\"t\"]}\n"
	    "{\"row\":1,\"ruleset\":\"s\",\"version\":\"v \\\"1\","
	    "\"rule\":\"F\",\"result\":\"failed\",\"severity\":\"WARNING\","
	    "\"action\":\"FORWARD\"}\n"
	    "{\"row\":1,\"ruleset\":\"s\",\"version\":\"v \\\"1\","
	    "\"block\":\"A\",\"rule\":\"N\",\"result\":\"not_applicable\","
	    "\"severity\":\"INFO\",\"action\":\"FORWARD\"}\n");
	inv_rules_free(r);
}

#define FILE(rest) "{\"name\":\"s\",\"version\":\"1\"," rest "}"
#define RULE(rest) FILE("\"rules\":[{\"id\":\"R\"," rest "}]")
#define ASKS "\"required\":[\"a\"],\"severity\":\"INFO\""
#define RULES "\"rules\":[{\"id\":\"R\"," ASKS "}]"
#define BLOCKS(rest) FILE("\"blocks\":[" rest "]")

static void
refuses_what_it_does_not_know(void)
{
	static const struct {
		const char *text, *why;
	} t[] = {
		{ "[]", "#: not an object" },
		{ "{\"name\":\"s\"",
		    "byte 12: an array or object does not end" },
		{ "{\"version\":\"1\"," RULES "}", "#/name: missing" },
		{ "{\"name\":\"s\"," RULES "}", "#/version: missing" },
		{ "{\"name\":\"a b\",\"version\":\"1\"," RULES "}",
		    "#/name: has other characters than a-z A-Z 0-9 - _ . :" },
		{ "{\"name\":\"s\",\"version\":1," RULES "}",
		    "#/version: not a text" },
		{ FILE("\"x~/y\":1," RULES), "#/x~0~1y: unknown member" },
		{ FILE("\"description\":[]," RULES),
		    "#/description: not a text" },
		{ FILE("\"description\":\"d\""),
		    "#: neither rules nor blocks" },
		{ FILE("\"rules\":[]"), "#/rules: not a list of rules" },
		{ FILE("\"rules\":[1]"), "#/rules/0: not an object" },
		{ FILE("\"rules\":[{" ASKS "}]"), "#/rules/0/id: missing" },
		{ RULE("\"required\":[\"a\"]"), "#/rules/0/severity: missing" },
		{ RULE("\"x\":1," ASKS), "#/rules/0/x: unknown member" },
		{ RULE("\"severity\":\"INFO\""),
		    "#/rules/0: asks for nothing" },
		{ RULE("\"severity\":\"HIGH\""),
		    "#/rules/0/severity: not CRITICAL, WARNING or INFO" },
		{ RULE("\"action\":\"DROP\"," ASKS),
		    "#/rules/0/action: neither REJECT nor FORWARD" },
		{ RULE("\"action\":\"FORWARD\",\"required\":[\"a\"]," CRITICAL),
		    "#/rules/0/action: what is CRITICAL can not be forwarded" },
		{ RULE("\"tags\":\"t\"," ASKS),
		    "#/rules/0/tags: not a list of texts" },
		{ RULE("\"tags\":[\"\"]," ASKS),
		    "#/rules/0/tags: not a list of texts" },
		{ RULE("\"fallback\":\"pray\"," ASKS),
		    "#/rules/0/fallback: not retry, notify or validate_again" },
		{ RULE("\"code\":\"a,b\"," ASKS),
		    "#/rules/0/code: has other characters than "
		    "a-z A-Z 0-9 - _ . :" },
		{ RULE("\"msg\":\"\"," ASKS), "#/rules/0/msg: not a text" },
		{ RULE("\"severity\":\"INFO\",\"required\":[]"),
		    "#/rules/0/required: not a list of columns" },
		{ RULE("\"severity\":\"INFO\",\"required\":[1]"),
		    "#/rules/0/required: not a list of columns" },
		{ RULE("\"severity\":\"INFO\",\"required\":[\"a\",\"a\"]"),
		    "#/rules/0/required: the same column twice" },
		{ RULE("\"severity\":\"INFO\",\"max_length\":{}"),
		    "#/rules/0/max_length: no columns" },
		{ RULE("\"severity\":\"INFO\",\"max_length\":{\"a\":0}"),
		    "#/rules/0/max_length/a: not a number of characters" },
		{ RULE("\"severity\":\"INFO\",\"max_length\":{\"a\":\"1\"}"),
		    "#/rules/0/max_length/a: not a number of characters" },
		{ RULE("\"severity\":\"INFO\",\"max_length\":3"),
		    "#/rules/0/max_length: not a list of columns" },
		{ RULE("\"severity\":\"INFO\",\"allowed\":{}"),
		    "#/rules/0/allowed: not a list of combinations" },
		{ RULE("\"severity\":\"INFO\",\"allowed\":[{}]"),
		    "#/rules/0/allowed/0: not an object of columns and "
		    "values" },
		{ RULE("\"severity\":\"INFO\",\"allowed\":[{\"a\":[]}]"),
		    "#/rules/0/allowed/0/a: no values" },
		{ RULE("\"when\":{\"minLength\":-1}," ASKS),
		    "#/rules/0/when/minLength: not a whole number from 0 on" },
		{ RULE("\"check\":{\"type\":\"text\"},\"severity\":\"INFO\""),
		    "#/rules/0/check/type: not the name of a type" },
		{ FILE(RULES ",\"blocks\":[{\"name\":\"B\",\"when\":{}," RULES
			     "}]"),
		    "#: two rules are called R" },
		{ BLOCKS(BLOCK("A",
		      "\"when\":{}") ",{\"name\":\"A\","
				     "\"when\":{},\"rules\":[{\"id\":\"S\"," ASKS
				     "}]}"),
		    "#: two blocks are called A" },
		{ FILE("\"blocks\":{}"), "#/blocks: not a list of blocks" },
		{ BLOCKS("{\"name\":\"A\"," RULES "}"),
		    "#/blocks/0: neither prefix nor when" },
		{ BLOCKS("{\"name\":\"A\",\"when\":{}}"),
		    "#/blocks/0: no rules" },
		{ BLOCKS("{\"when\":{}," RULES "}"),
		    "#/blocks/0/name: missing" },
		{ BLOCKS(BLOCK("A", "\"x\":1")),
		    "#/blocks/0/x: unknown member" },
		{ BLOCKS(BLOCK("A", "\"field\":\"g\"")),
		    "#/blocks/0/prefix: missing" },
		{ BLOCKS(BLOCK("A", "\"prefix\":\"g\"")),
		    "#/blocks/0/field: missing" },
		{ BLOCKS(BLOCK("A", "\"field\":\"g\",\"prefix\":[]")),
		    "#/blocks/0/prefix: not a text, nor a list of texts" },
		{ BLOCKS(BLOCK("A", "\"field\":\"g\",\"prefix\":[\"\"]")),
		    "#/blocks/0/prefix: not a text, nor a list of texts" },
		{ BLOCKS(BLOCK("A",
		      "\"field\":\"g\",\"prefix\":\"N\"") "," BLOCK("B",
		      "\"field\":\"g\",\"prefix\":\"N\"")),
		    "#: the prefix N is there twice" },
		{ BLOCKS(BLOCK("A",
		      "\"field\":\"g\",\"prefix\":[\"NI\","
		      "\"M\",\"N\"]")),
		    "#: the prefix NI says what N says already" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct inv_err err = { .fault = INV_OK };
		struct inv_rules *r =
		    inv_rules_new(inv_str_of(t[i].text), NULL, &err);

		check(r == NULL && err.fault == INV_CONFIG);
		check_same(inv_str_of(err.msg), inv_str_of(t[i].why), t[i].text,
		    (int)i);
		inv_rules_free(r);
	}
}

static void
bounds_how_many_prefixes_begin_with_one_another(void)
{
	struct inv_buf text = INV_BUF(1 << 16);
	struct inv_err err;

	inv_buf_add(&text,
	    INV_LIT("{\"name\":\"s\",\"version\":\"1\",\"blocks\":["));
	for (int i = 0; i <= INV_RULES_PREFIXES; i++)
		inv_buf_addf(&text,
		    "%s{\"name\":\"B%d\",\"field\":\"g\",\"prefix\":\"%.*s\","
		    "\"rules\":[{\"id\":\"R%d\"," ASKS "}]}",
		    i == 0 ? "" : ",", i, i + 1, "xxxxxxxxxxxxxxxxxxxx", i);
	inv_buf_add(&text, INV_LIT("]}"));
	check(inv_rules_new(inv_buf_str(&text), NULL, &err) == NULL);
	check_str(inv_str_of(err.msg),
	    "#: more than 16 prefixes begin with one another");
	inv_buf_free(&text);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(says_what_is_missing),
		TEST(counts_characters),
		TEST(takes_a_thousand_characters_where_none_are_said),
		TEST(knows_combinations),
		TEST(takes_what_a_check_finds),
		TEST(has_words_and_a_code_of_its_own),
		TEST(forwards_what_is_not_critical),
		TEST(applies_when_it_says),
		TEST(says_nothing_where_the_schema_has_spoken),
		TEST(finds_the_blocks_of_a_prefix),
		TEST(logs_every_decision),
		TEST(refuses_what_it_does_not_know),
		TEST(bounds_how_many_prefixes_begin_with_one_another),
	};

	tape = inv_tape_new();
	flaws = warnings = INV_FLAWS;
	log_lines = INV_BUF(1 << 20);
	int status = RUN(tests);

	inv_tape_free(tape);
	inv_flaws_free(&flaws);
	inv_flaws_free(&warnings);
	inv_buf_free(&log_lines);
	return status;
}
