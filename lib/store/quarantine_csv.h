/*
 * quarantine_csv.h - items as a CSV file for a spreadsheet
 *
 * UTF-8 with its byte order mark.
 * The columns of all records first, in the order they appear, then inv:item,
 * inv:reason, inv:errors (as words), inv:why (empty, to be filled in), inv:name,
 * inv:manifest, inv:row, inv:line and inv:raw, which is what a row is that never
 * became a record (where it is text).  A field of a record whose own name begins with "inv:" is left out.
 */
#ifndef INV_STORE_QUARANTINE_CSV_H
#define INV_STORE_QUARANTINE_CSV_H

#include "store/quarantine.h"

/*
 * Write all items that fit; *found is how many.  A failed write is out's to
 * tell.
 */
INV_MUST bool inv_quarantine_csv(struct inv_quarantine_reader *r,
    const struct inv_item_filter *filter, struct inv_out *out, uint64_t *found,
    struct inv_err *err);

#endif
