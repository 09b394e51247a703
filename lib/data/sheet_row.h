/*
 * sheet_row.h - a row of a sheet, as a workbook has it
 *
 * Only the cells that hold something are there, each with its text as the file
 * has it: what that means is for others to say.
 */
#ifndef INV_DATA_SHEET_ROW_H
#define INV_DATA_SHEET_ROW_H

#include "base/buf.h"
#include "data/shown_number.h"

enum {
	INV_SHEET_ROWS = 1048576, /* of a sheet, as Excel has it */
	INV_SHEET_COLUMNS = 16384,
	INV_SHEET_REF = 12, /* bytes of a cell's name: XFD1048576 */
};

enum inv_cell_kind {
	INV_CELL_NUMBER,
	INV_CELL_SHARED, /* the number of a shared text */
	INV_CELL_INLINE, /* a text, as XML has it (sheet_text.h) */
	INV_CELL_RESULT, /* the same, of a formula */
	INV_CELL_TEXT,   /* a text as it is */
	INV_CELL_FLAG,
	INV_CELL_ERROR,
	INV_CELL_DATE, /* in ISO 8601 */
	INV_CELL_OTHER,
};

struct inv_sheet_cell {
	uint32_t column; /* from 0 */
	struct inv_shown_as as;
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

/* An empty one, with room for all cells of a row. */
void inv_sheet_row_new(struct inv_sheet_row *row);
void inv_sheet_row_free(struct inv_sheet_row *row);

/*
 * Empty again, as the row with that number; *last is the highest of those
 * before it, and of it then.
 */
void inv_sheet_row_begin(struct inv_sheet_row *row, uint64_t number,
    uint64_t *last);

/* With this cell as its last; what it can not hold makes it too long. */
void inv_sheet_row_add(struct inv_sheet_row *row,
    const struct inv_sheet_cell *cell);

/* The name of a cell into out, B7; how long it is, no NUL. */
size_t inv_sheet_ref(uint32_t column, uint64_t row, char out[INV_SHEET_REF]);

#endif
