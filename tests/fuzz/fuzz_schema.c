/*
 * fuzz_schema - any schema, any record
 *
 * The input is a schema, a newline and a record.  What fits comes out
 * canonical, and the program's own output fits again as it stands unless the
 * schema rewrites text; what does not fit has a list of errors that is JSON.
 */

#include <stdlib.h>

#include "data/canon.h"
#include "data/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
check(struct inv_schema *schema, struct inv_scan *scan, struct inv_str record,
    enum inv_cells cells)
{
	struct inv_buf out = INV_BUF(INV_SCHEMA_OUT);
	struct inv_buf again = INV_BUF(INV_SCHEMA_OUT);
	struct inv_buf text = INV_BUF(1 << 20);
	struct inv_flaws flaws = INV_FLAWS;
	struct inv_err err;
	enum inv_kind kind;

	must(inv_scan_object(scan, record, &err));
	if (inv_schema_check(schema, record, inv_scan_record(scan), cells, &out,
		&flaws)) {
		struct inv_str once = inv_buf_str(&out);

		must(flaws.n == 0);
		must(inv_scan_object(scan, once, &err));
		bool fits = inv_schema_check(schema, once,
		    inv_scan_record(scan), cells, &again, &flaws);

		if (inv_schema_normal(schema).n == 0)
			must(fits && inv_str_eq(once, inv_buf_str(&again)));
	} else {
		must(out.n == 0 && flaws.n > 0);
		must(inv_scan_value(scan, inv_flaws_json(&flaws), &kind, &err));
		must(kind == INV_KIND_ARRAY);
		for (size_t i = 0; i < flaws.n; i++) {
			inv_flaws_place(&flaws, i, &text);
			inv_flaws_text(&flaws, i, &text);
		}
	}
	inv_flaws_free(&flaws);
	inv_buf_free(&out);
	inv_buf_free(&again);
	inv_buf_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct inv_scan *scan;
	const uint8_t *end = memchr(p, '\n', n);
	struct inv_str text = { (const char *)p, n };
	struct inv_str record = INV_LIT("{}");
	struct inv_err err = { .fault = INV_OK };

	if (scan == NULL)
		scan = inv_scan_new();
	if (end != NULL) {
		text.n = (size_t)(end - p);
		record =
		    (struct inv_str){ (const char *)end + 1, n - text.n - 1 };
	}
	struct inv_schema *schema = inv_schema_new(text, &err);

	if (schema == NULL) {
		must(err.fault == INV_CONFIG && err.msg[0] != '\0');
		return 0;
	}
	if (inv_scan_object(scan, record, &err)) {
		check(schema, scan, record, INV_CELLS_TEXT);
		check(schema, scan, record, INV_CELLS_TYPED);
	}
	inv_schema_free(schema);
	return 0;
}
