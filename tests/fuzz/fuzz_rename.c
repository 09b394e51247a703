/*
 * fuzz_rename - any text as a mapping
 *
 * The mapping is a record as well: with its own members renamed it has as many
 * of them, and what that gives is JSON but for a name that is there twice.
 */

#include <stdlib.h>

#include "data/rename.h"

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
	struct inv_str text = { (const char *)p, n };
	struct inv_scan *scan = inv_scan_new();
	struct inv_buf out = INV_BUF(4 * INV_RENAME_BYTES);
	struct inv_err err;
	struct inv_rename *r = inv_rename_new(text, &err);

	if (r != NULL) {
		must(inv_scan_object(scan, text, &err));
		size_t members = inv_scan_record(scan)->n;

		must(inv_rename_record(r, inv_scan_record(scan), &out) ==
		    members);
		must(!out.failed);
		if (inv_scan_object(scan, inv_buf_str(&out), &err))
			must(inv_scan_record(scan)->n == members);
		else
			must(strstr(err.msg, "twice") != NULL);
	} else {
		must(err.fault == INV_CONFIG);
	}
	inv_rename_free(r);
	inv_buf_free(&out);
	inv_scan_free(scan);
	return 0;
}
