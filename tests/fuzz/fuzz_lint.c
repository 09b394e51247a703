/*
 * fuzz_lint - any schema that compiles
 *
 * There are as many lines as findings, each with the file's name first and no
 * more lines than the text has.
 */

#include <stdlib.h>

#include "data/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct inv_str text = { (const char *)p, n };
	struct inv_schema_options how = { .assert_formats = n % 2 == 0 };
	struct inv_buf out = INV_BUF(INV_LINT_TEXT);
	struct inv_err err;
	struct inv_schema *schema = inv_schema_new(text, &how, &err);

	if (schema == NULL)
		return 0;
	inv_schema_free(schema);
	size_t found = inv_lint_schema(INV_LIT("s"), text, &how, &out);
	size_t lines = 0;

	for (size_t i = 0; i < out.n; i++)
		lines += out.p[i] == '\n';
	if (lines != (found > INV_LINT_MAX ? INV_LINT_MAX + 1 : found))
		abort();
	if (found > 0 && memcmp(out.p, "s:", 2) != 0)
		abort();
	inv_buf_free(&out);
	return 0;
}
