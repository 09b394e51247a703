/*
 * fuzz_draft - any records, a line each; the first byte says if they are cells
 *
 * The schema that is drafted from them compiles, and every one of them fits
 * it but for numbers that no record may have.
 */

#include <stdlib.h>

#include "data/draft.h"
#include "data/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

enum { ROWS_MAX = 64 };

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
add(struct inv_survey *s, struct inv_uniques *u, const struct inv_members *m,
    bool cells)
{
	struct inv_site *hint = NULL;

	inv_survey_add(s, m, cells);
	for (size_t i = 0; i < m->n; i++) {
		const struct inv_site *site =
		    inv_survey_site(s, &m->at[i], &hint);

		if (site != NULL)
			inv_uniques_put(u, site->index, m->at[i].value);
	}
	inv_uniques_end(u);
	inv_draft_choose(s, u);
}

static bool
is_exact(const struct inv_flaws *flaws)
{
	for (size_t i = 0; i < flaws->n; i++)
		if (strcmp(flaws->at[i].type, "number_not_exact") == 0)
			return false;
	return true;
}

static void
check(struct inv_schema *schema, struct inv_scan *scan, struct inv_str record,
    bool cells)
{
	struct inv_buf out = INV_BUF(INV_SCHEMA_OUT);
	struct inv_flaws flaws = INV_FLAWS;
	struct inv_flaws warnings = INV_FLAWS;
	struct inv_err err;

	must(inv_scan_object(scan, record, &err));
	must(inv_schema_check(schema, record, inv_scan_record(scan),
		 cells ? INV_CELLS_TEXT : INV_CELLS_TYPED, &out, &flaws,
		 &warnings) ||
	    !is_exact(&flaws));
	inv_flaws_free(&flaws);
	inv_flaws_free(&warnings);
	inv_buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct inv_scan *scan;
	struct inv_str row[ROWS_MAX];
	size_t rows = 0;
	struct inv_survey s;
	struct inv_uniques u;
	struct inv_buf text = INV_BUF(INV_DRAFT_MAX);
	struct inv_err err;

	if (n == 0)
		return 0;
	if (scan == NULL)
		scan = inv_scan_new();
	bool cells = (*p & 1) != 0;
	struct inv_str rest = { (const char *)p + 1, n - 1 };

	inv_survey_init(&s);
	inv_uniques_init(&u);
	while (rest.n > 0 && rows < ROWS_MAX) {
		const char *end = memchr(rest.p, '\n', rest.n);
		size_t len = end == NULL ? rest.n : (size_t)(end - rest.p);

		row[rows] = (struct inv_str){ rest.p, len };
		len += end != NULL;
		rest = (struct inv_str){ rest.p + len, rest.n - len };
		if (!inv_scan_object(scan, row[rows], &err))
			continue;
		add(&s, &u, inv_scan_record(scan), cells);
		rows++;
	}
	inv_draft_write(&s, &u, INV_LIT("fuzz"), &text);
	struct inv_schema *schema =
	    inv_schema_new(inv_buf_str(&text), NULL, &err);

	must(schema != NULL);
	for (size_t i = 0; i < rows; i++)
		check(schema, scan, row[i], cells);
	inv_schema_free(schema);
	inv_survey_free(&s);
	inv_uniques_free(&u);
	inv_buf_free(&text);
	return 0;
}
