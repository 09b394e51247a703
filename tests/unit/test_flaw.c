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

int
main(void)
{
	static const struct test tests[] = {
		TEST(says_code_severity_and_more),
		TEST(knows_severities_by_name),
	};

	return RUN(tests);
}
