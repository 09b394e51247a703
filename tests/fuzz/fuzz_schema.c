/*
 * fuzz_schema - any schema is compiled or refused, and any record checked
 *
 * The input is a schema and, behind a newline, a record or the name of a
 * column.  What was compiled tells how a column of that name is read.  What it
 * makes of a record is canonical; what fits is left as it is when it is checked
 * again; and whoever asks for the answer alone gets the one that the list of
 * errors gives.
 */

#include <stdlib.h>

#include "data/canon.h"
#include "data/schema.h"
#include "data/schema_node.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct tools {
	struct inv_scan *scan;
	struct inv_canon *canon;
	struct inv_tape *tape;
	struct inv_buf out, again, canonical;
	struct inv_flaws flaws, warnings;
	bool changes; /* what is done behind the checks need not pass them */
};

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
prepare(struct tools *t)
{
	t->scan = inv_scan_new();
	t->canon = inv_canon_new();
	t->tape = inv_tape_new();
	t->out = INV_BUF(INV_SCHEMA_OUT);
	t->again = INV_BUF(INV_SCHEMA_OUT);
	t->canonical = INV_BUF(INV_SCHEMA_OUT);
	t->flaws = INV_FLAWS;
	t->warnings = INV_FLAWS;
}

/* ---- what was compiled ---- */

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

static void
check_program(struct inv_str text, struct inv_str name)
{
	struct inv_err err = { .fault = INV_OK };
	struct inv_column_plan plan;
	struct inv_program program;

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
}

/* ---- what it makes of a record ---- */

/* Some flaws end the looking, or are not of what the schema says. */
static bool
is_usual(const struct inv_flaws *f)
{
	static const char *const unusual[] = { "number_not_exact",
		"record_too_long", "record_too_deep", "too_many_errors",
		"schema_recursion", "string_pattern_limit" };

	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; k < sizeof(unusual) / sizeof(*unusual); k++)
			if (strcmp(f->at[i].type, unusual[k]) == 0)
				return false;
	return true;
}

static void
check_list(struct tools *t, struct inv_flaws *f)
{
	enum inv_kind kind;
	struct inv_err err;

	must(inv_scan_value(t->scan, inv_flaws_json(f), &kind, &err));
	must(kind == INV_KIND_ARRAY);
}

static bool
run(struct tools *t, struct inv_schema *s, struct inv_str record,
    enum inv_cells cells, struct inv_buf *out)
{
	struct inv_err err;

	inv_buf_reset(out);
	must(inv_scan_object(t->scan, record, &err));
	bool fits = inv_schema_check(s, record, inv_scan_record(t->scan), cells,
	    out, &t->flaws, &t->warnings);

	must(fits == (t->flaws.n == 0));
	check_list(t, &t->flaws);
	check_list(t, &t->warnings);
	return fits;
}

static void
check_record(struct tools *t, struct inv_schema *s, struct inv_str record,
    enum inv_cells cells)
{
	bool fits = run(t, s, record, cells, &t->out);
	struct inv_str out = inv_buf_str(&t->out);
	size_t flaws = t->flaws.n;
	size_t warnings = t->warnings.n;
	struct inv_err err;

	if (!is_usual(&t->flaws) || !is_usual(&t->warnings))
		return;
	inv_buf_reset(&t->canonical);
	must(inv_canon_value(t->canon, out, &t->canonical, &err));
	must(inv_str_eq(out, inv_buf_str(&t->canonical)));
	if (t->changes)
		return;
	if (cells == INV_CELLS_TYPED)
		must(inv_schema_fits(s, inv_tape_read(t->tape, out), NULL) ==
		    fits);
	if (!fits && cells == INV_CELLS_TEXT)
		return;
	must(run(t, s, out, cells, &t->again) == fits);
	must(t->flaws.n == flaws);
	must(t->warnings.n == warnings || cells == INV_CELLS_TEXT);
	must(inv_str_eq(out, inv_buf_str(&t->again)));
}

static void
check(struct tools *t, struct inv_str text, struct inv_str record)
{
	struct inv_err err;
	struct inv_schema *s;

	if (!inv_scan_object(t->scan, record, &err))
		return;
	t->changes = memmem(text.p, text.n, "normal", 6) != NULL;
	s = inv_schema_new(text, NULL, &err);
	if (s != NULL) {
		check_record(t, s, record, INV_CELLS_TYPED);
		check_record(t, s, record, INV_CELLS_TEXT);
	}
	inv_schema_free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct tools t;
	const uint8_t *end = memchr(p, '\n', n);
	struct inv_str text = { (const char *)p, n };
	struct inv_str rest = INV_LIT("a");

	if (t.scan == NULL)
		prepare(&t);
	if (end != NULL) {
		text.n = (size_t)(end - p);
		rest =
		    (struct inv_str){ (const char *)end + 1, n - text.n - 1 };
	}
	check_program(text, rest);
	check(&t, text, rest);
	return 0;
}
