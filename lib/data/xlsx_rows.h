/*
 * xlsx_rows.h - the rows of a sheet, one at a time
 *
 * Of a row only the cells that hold something are told, each with its text as
 * the file has it: what that means is for others to say.
 */
#ifndef INV_DATA_XLSX_ROWS_H
#define INV_DATA_XLSX_ROWS_H

#include "data/xlsx_book.h"

enum {
	INV_SHEET_ROWS = 1048576, /* of a sheet, as Excel has it */
	INV_SHEET_COLUMNS = 16384,
	INV_SHEET_REF = 12, /* bytes of a cell's name: XFD1048576 */
};

enum inv_cell_kind {
	INV_CELL_NUMBER,
	INV_CELL_SHARED, /* the number of a shared text */
	INV_CELL_INLINE, /* a text */
	INV_CELL_RESULT, /* the same, of a formula */
	INV_CELL_FLAG,
	INV_CELL_ERROR,
	INV_CELL_DATE, /* in ISO 8601 */
	INV_CELL_OTHER,
};

struct inv_sheet_cell {
	uint32_t column; /* from 0 */
	uint32_t style;
	size_t at; /* its text, in that of the row */
	size_t n;
	enum inv_cell_kind kind;
	bool formula;   /* it has one */
	bool misplaced; /* it does not say where it is, or is behind itself */
};

struct inv_sheet_row {
	uint64_t number; /* as a spreadsheet shows it, from 1 */
	bool hidden;
	bool misplaced; /* it does not come behind the one before */
	bool too_long;  /* more than a record holds: not all of it is here */
	struct inv_buf text;
	struct inv_sheet_cell *cell; /* ascending, but for misplaced ones */
	size_t cells;
};

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

/* The name of a cell into out, B7; how long it is, no NUL. */
size_t inv_sheet_ref(uint32_t column, uint64_t row, char out[INV_SHEET_REF]);

#endif
