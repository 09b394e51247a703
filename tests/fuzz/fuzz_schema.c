/*
 * fuzz_schema - any schema is compiled or refused, and says why
 *
 * The input is a schema and, behind a newline, the name of a column.  What
 * was compiled tells how a column of that name is read: where a cell is to be
 * coerced there is a rule for one that can not be.
 */

#include <stdlib.h>

#include "data/schema_node.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
check_node(const struct inv_node *node)
{
	for (size_t i = 0; i < node->n; i++)
		must(node->checks[i].rule.type != NULL &&
		    node->checks[i].rule.msg.n > 0);
	for (size_t i = 1; i < node->n_props; i++)
		must(inv_str_cmp(node->props[i - 1].name, node->props[i].name) <
		    0);
	for (size_t i = 0; i < node->n_props; i++)
		must(node->props[i].node != NULL);
	must(node->resource != NULL);
	must(node->types == INV_TYPE_ANY || node->type->type != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const uint8_t *end = memchr(p, '\n', n);
	struct inv_str text = { (const char *)p, n };
	struct inv_str name = INV_LIT("a");
	struct inv_err err = { .fault = INV_OK };
	struct inv_column_plan plan;
	struct inv_program program;

	if (end != NULL) {
		text.n = (size_t)(end - p);
		name =
		    (struct inv_str){ (const char *)end + 1, n - text.n - 1 };
	}
	if (inv_program_compile(&program, text, NULL, &err)) {
		check_node(program.root);
		inv_column_plan(&program, name, &plan);
		must(plan.types != 0);
		must((plan.types & INV_TYPE_STRING) != 0 || plan.parse != NULL);
		if (plan.node != NULL)
			check_node(plan.node);
	} else {
		must(err.fault == INV_CONFIG && err.msg[0] != '\0');
	}
	inv_program_free(&program);
	return 0;
}
