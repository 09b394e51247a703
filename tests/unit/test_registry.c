/* test_registry - a file of known values, which a field must be one of */

#include "validate/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"

static const struct inv_registry_cells CELLS = {
	.table = INV_CELLS_TEXT,
	.typed = INV_CELLS_TYPED,
};

static char place[] = "/tmp/inv-test-XXXXXX";

static struct inv_schema *
schema_of(const char *text)
{
	struct inv_err err;

	return inv_schema_new(inv_str_of(text), NULL, &err);
}

/* A registry of that text as FIELD. */
static struct inv_registry *
registry_of(const char *field, const char *text, struct inv_schema *schema,
    struct inv_err *err)
{
	char path[64];
	char spec[128];

	snprintf(path, sizeof(path), "%s/r", place);
	snprintf(spec, sizeof(spec), "%s=%s", field, path);
	FILE *f = fopen(path, "w");

	check(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
	return inv_registry_open(spec, schema, CELLS, place, err);
}

static bool
fits(struct inv_registry *r, const char *record, struct inv_flaws *flaws)
{
	inv_flaws_reset(flaws);
	return inv_registry_judge(r, inv_str_of(record), flaws);
}

static void
compares_canonical_values(void)
{
	struct inv_schema *s = schema_of("{\"properties\":{\"n\":{\"type\":"
					 "\"number\"}}}");
	struct inv_flaws flaws = INV_FLAWS;
	struct inv_err err;
	struct inv_registry *r = registry_of("n", "n\n1.50\n2\n\n", s, &err);

	check(fits(r, "{\"n\":1.5}", &flaws));
	check(fits(r, "{\"a\":0,\"n\":2}", &flaws));
	check(!fits(r, "{\"n\":3}", &flaws));
	check(flaws.n == 1);
	check(!fits(r, "{\"n\":\"2\"}", &flaws));
	inv_registry_free(r);
	inv_flaws_free(&flaws);
	inv_schema_free(s);
}

static void
looks_up_no_null_and_nothing_that_is_not_there(void)
{
	struct inv_schema *s = schema_of("{}");
	struct inv_flaws flaws = INV_FLAWS;
	struct inv_err err;
	struct inv_registry *r = registry_of("tag", "tag\na\n", s, &err);

	check(fits(r, "{}", &flaws));
	check(fits(r, "", &flaws));
	check(fits(r, "{\"tag\":null}", &flaws));
	check(fits(r, "{\"b\":{\"tag\":\"x\"}}", &flaws));
	check(!fits(r, "{\"tag\":\"\"}", &flaws));
	check(!fits(r, "{\"tag\":[\"a\"]}", &flaws));
	inv_registry_relax(r);
	check(fits(r, "{\"tag\":\"a\"}", &flaws));
	inv_registry_free(r);
	inv_flaws_free(&flaws);
	inv_schema_free(s);
}

static void
says_no_more_of_a_field_that_is_wrong_already(void)
{
	static const struct inv_rule wrong = { .type = "enum" };
	const struct inv_place tag = { .key = INV_LIT("tag") };
	const struct inv_place other = { .key = INV_LIT("tagged") };
	struct inv_schema *s = schema_of("{}");
	struct inv_flaws flaws = INV_FLAWS;
	struct inv_err err;
	struct inv_registry *r = registry_of("tag", "tag\na\n", s, &err);

	inv_flaws_add(&flaws, &wrong, &other, (struct inv_str){ 0 });
	check(!inv_registry_judge(r, INV_LIT("{\"tag\":\"x\"}"), &flaws));
	check(flaws.n == 2);
	inv_flaws_reset(&flaws);
	inv_flaws_add(&flaws, &wrong, &tag, (struct inv_str){ 0 });
	check(inv_registry_judge(r, INV_LIT("{\"tag\":\"x\"}"), &flaws));
	check(flaws.n == 1);
	inv_registry_free(r);
	inv_flaws_free(&flaws);
	inv_schema_free(s);
}

static void
names_are_compared_decoded(void)
{
	struct inv_schema *s = schema_of("{}");
	struct inv_flaws flaws = INV_FLAWS;
	struct inv_err err;
	struct inv_registry *r = registry_of("a\"\xc3\xa9",
	    "{\"a\\u0022\\u00e9\":\"\\u0078\"}\n", s, &err);

	check(fits(r, "{\"a\\\"\xc3\xa9\":\"x\"}", &flaws));
	check(!fits(r, "{\"a\\\"\xc3\xa9\":\"y\"}", &flaws));
	inv_registry_free(r);
	inv_flaws_free(&flaws);
	inv_schema_free(s);
}

static const struct test tests[] = {
	TEST(compares_canonical_values),
	TEST(looks_up_no_null_and_nothing_that_is_not_there),
	TEST(says_no_more_of_a_field_that_is_wrong_already),
	TEST(names_are_compared_decoded),
};

int
main(void)
{
	char command[64];

	if (mkdtemp(place) == NULL)
		return 1;
	int rc = RUN(tests);

	snprintf(command, sizeof(command), "rm -rf %s", place);
	return system(command) != 0 || rc;
}
