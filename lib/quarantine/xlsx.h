/*
 * xlsx.h - items as a workbook to correct them in
 *
 * The columns of all records first, in the order they appear, then those of
 * the CSV file (store/quarantine_csv.h), inv:item hidden.  A second sheet says
 * what to do.  Cells are guarded as those of CSV are, as the way back is by
 * that.
 */
#ifndef INV_QUARANTINE_XLSX_H
#define INV_QUARANTINE_XLSX_H

#include "quarantine/args.h"

/*
 * Write the items that fit to path, replaced whole; "-" is standard output.
 * *found is how many, *left those that a workbook can not hold, which is said.
 * Nothing is written where there are none.  Ends the program on failure.
 */
void inv_quarantine_xlsx(struct inv_quarantine_reader *r,
    const struct inv_item_filter *which, const char *path, uint64_t *found,
    uint64_t *left);

#endif
