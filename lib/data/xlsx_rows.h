/* xlsx_rows.h - the rows of a sheet of xlsx, one at a time */
#ifndef INV_DATA_XLSX_ROWS_H
#define INV_DATA_XLSX_ROWS_H

#include "data/sheet_row.h"
#include "data/xlsx_book.h"

struct inv_sheet_rows;

struct inv_sheet_rows *inv_sheet_rows_new(void);
void inv_sheet_rows_free(struct inv_sheet_rows *r);

/*
 * Read the chosen sheet through, to know that it can be read.  Failures are
 * those of inv_sheet_rows_next.
 */
INV_MUST bool inv_sheet_rows_check(struct inv_sheet_rows *r,
    const struct inv_book *b, struct inv_err *err);

/* From its first row on; b is kept. */
INV_MUST bool inv_sheet_rows_begin(struct inv_sheet_rows *r,
    const struct inv_book *b, struct inv_err *err);

/*
 * The next row that holds something; good until the next call.  The other two
 * are final; INV_BAD has a reason.
 */
INV_MUST enum inv_next inv_sheet_rows_next(struct inv_sheet_rows *r,
    struct inv_sheet_row **row, struct inv_err *err);

/* Why it could not be read, for the stream. */
const char *inv_sheet_rows_reason(const struct inv_sheet_rows *r);

#endif
