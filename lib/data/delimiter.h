/*
 * delimiter.h - what stands between the cells of a text, by its first records
 *
 * A table has as many cells in each of its rows.  Of a few characters the one
 * is taken that cuts most of the first records into as many cells as the first
 * of them, which are two or more; of two that do so equally often the one that
 * makes more cells, and then the earlier one.
 */
#ifndef INV_DATA_DELIMITER_H
#define INV_DATA_DELIMITER_H

#include "base/str.h"
#include "io/dialect.h"

/* All that are known to be used; the first is taken where none of them fits. */
#define INV_DELIMITERS ",;\t|"

enum { INV_DELIMITER_RECORDS = 100 }; /* records looked at, at most */

/*
 * One of `among`, which are some of INV_DELIMITERS; the quote and the escape
 * are those of the dialect.  head is how the text begins; whole: and all of
 * it, so that its last record is no piece of one.
 */
char inv_delimiter_tell(struct inv_str head, bool whole,
    const struct inv_dialect *dialect, const char *among);

#endif
