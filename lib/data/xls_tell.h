/*
 * xls_tell.h - what an xls workbook holds, told as frames
 *
 * Numbers, formulas' values, errors, formats and what is hidden are read from
 * the records of the file; texts by libfreexl, which breaks on bad files.  So
 * this is for a child (confine.h), and keeps what it has until that ends.
 */
#ifndef INV_DATA_XLS_TELL_H
#define INV_DATA_XLS_TELL_H

#include "base/str.h"

/*
 * Tell of the workbook that `in` is, with a sheet chosen by `wanted` as in
 * sheet_choice.h, through `out` (xls_answer.h).  0: that was said; a flaw of the
 * file is said, too.
 */
INV_MUST int inv_xls_tell(int in, int out, struct inv_str wanted);

#endif
