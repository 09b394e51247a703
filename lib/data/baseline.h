/*
 * baseline.h - a profile as a file: what later manifests are compared with
 *
 * JSON, a column a line, the same bytes for the same figures; inv-validate(1)
 * says what is in it.  Only what a comparison needs is written: values of a
 * column are there where they are categories, so that no identifiers or free
 * text of a manifest are kept in it.
 */
#ifndef INV_DATA_BASELINE_H
#define INV_DATA_BASELINE_H

#include "data/drift.h"
#include "data/record.h"

enum { INV_BASELINE_MAX = 32 << 20 }; /* bytes of the file */

struct inv_baseline {
	struct inv_profile profile; /* settled */
	struct inv_thresholds thresholds;
	uint64_t manifests;             /* that it was made of */
	char manifest[INV_MANIFEST_ID]; /* the first of them */
};

void inv_baseline_write(const struct inv_baseline *b, struct inv_buf *out);

/*
 * INV_CONFIG with the place, "columns/3/looks: not an object", where the text
 * is none; *b is then empty.  Thresholds that are not there are the usual
 * ones.
 */
INV_MUST bool inv_baseline_read(struct inv_baseline *b, struct inv_str text,
    struct inv_err *err);
void inv_baseline_free(struct inv_baseline *b);

#endif
