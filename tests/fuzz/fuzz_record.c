/*
 * fuzz_record - can any line break a promise of data/record?
 *
 * A line that is taken can be ruled or its record replaced, and what comes
 * out is a line again, of the same row, with the same record.
 */

#include "data/record.h"

#include <stdlib.h>

static struct inv_scan *scan;
static struct inv_scan *again;

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
check_ruled(const struct inv_record *rec)
{
	struct inv_buf b = INV_BUF((size_t)64 << 20);
	struct inv_record ruled;
	struct inv_err err;

	inv_record_rule(&b, rec,
	    &(struct inv_ruling){ .verdict = INV_QUARANTINED,
		.stage = INV_LIT("inv-validate"),
		.reason = INV_LIT("schema_violation"),
		.errors = INV_LIT("[{\"type\":\"missing\"}]") });
	must(inv_record_parse(again, inv_buf_str(&b), &ruled, &err));
	must(ruled.verdict == INV_QUARANTINED && ruled.row == rec->row);
	must(ruled.outer->n == rec->outer->n + 4);
	must(inv_str_eq(ruled.record, rec->record));
	must(inv_str_eq(ruled.reason, INV_LIT("schema_violation")));
	inv_buf_free(&b);
}

static void
check_replaced(const struct inv_record *rec)
{
	struct inv_buf b = INV_BUF((size_t)64 << 20);
	struct inv_record other;
	struct inv_err err;

	bool warned = inv_member_find(rec->outer, "warnings") != NULL;
	bool attached = inv_member_find(rec->outer, "attachments") != NULL;

	inv_record_replace(&b, rec, rec->record, (struct inv_str){ 0 },
	    (struct inv_str){ 0 });
	must(warned || inv_str_eq(inv_buf_str(&b), rec->text));
	inv_buf_reset(&b);
	inv_record_replace(&b, rec, INV_LIT("{\"a\":1}"), INV_LIT("[1]"),
	    INV_LIT("[2]"));
	must(inv_record_parse(again, inv_buf_str(&b), &other, &err));
	must(inv_str_eq(other.record, INV_LIT("{\"a\":1}")));
	must(other.row == rec->row &&
	    other.outer->n == rec->outer->n + !warned + !attached);
	inv_buf_free(&b);
}

static void
check_record(const struct inv_record *rec)
{
	if (rec->verdict != INV_PENDING)
		return;
	must(rec->row > 0 && rec->row <= INV_ROW_MAX);
	must(rec->record.n >= 2 && rec->record.p[0] == '{');
	check_ruled(rec);
	check_replaced(rec);
}

static void
check_batch(const struct inv_record *rec)
{
	const struct inv_member *m = inv_member_find(rec->outer, "rows");
	struct inv_rows rows = { 0 };

	must(m != NULL && m->kind == INV_KIND_ARRAY);
	if (inv_record_rows(m->value, &rows)) {
		uint64_t count = 0;

		for (size_t i = 0; i < rows.n; i++) {
			must(rows.range[i].first <= rows.range[i].last);
			must(i == 0 ||
			    rows.range[i].first > rows.range[i - 1].last + 1);
			count += rows.range[i].last - rows.range[i].first + 1;
		}
		must(count == rows.count);
	}
	inv_rows_free(&rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct inv_record rec;
	struct inv_err err;

	if (scan == NULL) {
		scan = inv_scan_new();
		again = inv_scan_new();
	}
	if (memchr(p, '\n', n) != NULL)
		return 0; /* a line has none */
	if (!inv_record_parse(scan, (struct inv_str){ (const char *)p, n },
		&rec, &err)) {
		must(err.fault == INV_BAD && err.msg[0] != '\0');
		return 0;
	}
	switch (rec.kind) {
	case INV_LINE_RECORD:
		check_record(&rec);
		break;
	case INV_LINE_BATCH:
		check_batch(&rec);
		break;
	case INV_LINE_MANIFEST:
		must(rec.manifest.n == INV_MANIFEST_ID);
		break;
	case INV_LINE_END:
		must(rec.row <= INV_ROW_MAX);
		break;
	case INV_LINE_STAGE:
	case INV_LINE_OTHER:
	case INV_LINE_BODY:
		break;
	}
	return 0;
}
