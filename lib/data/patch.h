/*
 * patch.h - what has changed between two records
 *
 * In the manner of RFC 6902, over the members of a record:
 * [{"op":"replace","path":"/quantity","was":"-3","value":3},...].  A text that
 * has become the number, the truth value or the null that it says is no change,
 * nor is a null that was not there: that is what a schema makes of cells.
 */
#ifndef INV_DATA_PATCH_H
#define INV_DATA_PATCH_H

#include "base/buf.h"
#include "data/scan.h"

/* Add that list; before is NULL where there was no record. */
void inv_patch_emit(struct inv_buf *out, const struct inv_members *before,
    const struct inv_members *after);

#endif
