/*
 * fuzz_lint - any schema, or rules file, that compiles
 *
 * There are as many lines as findings, each with the file's name first.
 */

#include <stdlib.h>

#include "data/lint.h"
#include "data/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check(size_t found, struct inv_buf *out)
{
	size_t lines = 0;

	for (size_t i = 0; i < out->n; i++)
		lines += out->p[i] == '\n';
	if (lines != (found > INV_LINT_MAX ? INV_LINT_MAX + 1 : found))
		abort();
	if (found > 0 && memcmp(out->p, "s:", 2) != 0)
		abort();
	inv_buf_free(out);
}

static void
lint_rules(struct inv_str text)
{
	struct inv_buf out = INV_BUF(INV_LINT_TEXT);
	struct inv_err err;
	struct inv_rules *rules = inv_rules_new(text, NULL, &err);
	struct inv_schema *any =
	    inv_schema_new(INV_LIT("{\"required\":[\"a\"]}"), NULL, &err);

	if (rules != NULL)
		check(inv_lint_rules(INV_LIT("s"), text, any, &out), &out);
	inv_rules_free(rules);
	inv_schema_free(any);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct inv_str text = { (const char *)p, n };
	struct inv_schema_options how = { .assert_formats = n % 2 == 0 };
	struct inv_buf out = INV_BUF(INV_LINT_TEXT);
	struct inv_err err;
	struct inv_schema *schema = inv_schema_new(text, &how, &err);

	lint_rules(text);
	if (schema == NULL)
		return 0;
	inv_schema_free(schema);
	check(inv_lint_schema(INV_LIT("s"), text, &how, &out), &out);
	return 0;
}
