/*
 * fuzz_baseline - any text as a baseline
 *
 * What is read is written, read again and written as the same bytes; nothing
 * has drifted from itself.
 */

#include <stdlib.h>

#include "data/baseline.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool so)
{
	if (!so)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct inv_buf first = INV_BUF(INV_BASELINE_MAX);
	struct inv_buf second = INV_BUF(INV_BASELINE_MAX);
	struct inv_findings found = { 0 };
	struct inv_baseline a;
	struct inv_baseline b;
	struct inv_err err;

	if (inv_baseline_read(&a, (struct inv_str){ (const char *)p, n },
		&err)) {
		inv_baseline_write(&a, &first);
		must(!first.failed);
		must(inv_baseline_read(&b, inv_buf_str(&first), &err));
		inv_baseline_write(&b, &second);
		must(inv_str_eq(inv_buf_str(&first), inv_buf_str(&second)));
		inv_drift_compare(&b.profile, &b.profile, &b.thresholds,
		    &found);
		must(found.n == 0);
		inv_baseline_free(&b);
	}
	inv_baseline_free(&a);
	inv_findings_free(&found);
	inv_buf_free(&first);
	inv_buf_free(&second);
	return 0;
}
