/* sheet_row.c - a row of a sheet, as a workbook has it */

#include "data/sheet_row.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/scan.h"

void
inv_sheet_row_new(struct inv_sheet_row *row)
{
	*row = (struct inv_sheet_row){ .text = INV_BUF(INV_RECORD_MAX) };
	row->cell = inv_mem_resize(NULL, INV_SHEET_COLUMNS, sizeof(*row->cell));
}

void
inv_sheet_row_free(struct inv_sheet_row *row)
{
	inv_buf_free(&row->text);
	free(row->cell);
}

void
inv_sheet_row_begin(struct inv_sheet_row *row, uint64_t number, uint64_t *last)
{
	row->number = number;
	row->misplaced = number <= *last;
	if (number > *last)
		*last = number;
	row->hidden = row->too_long = false;
	row->cells = 0;
	inv_buf_reset(&row->text);
}

void
inv_sheet_row_add(struct inv_sheet_row *row, const struct inv_sheet_cell *cell)
{
	if (row->cells == INV_SHEET_COLUMNS)
		row->too_long = true;
	else
		row->cell[row->cells++] = *cell;
}

size_t
inv_sheet_ref(uint32_t column, uint64_t row, char out[INV_SHEET_REF])
{
	struct inv_buf digits = INV_BUF(INV_SHEET_REF);
	char letters[3];
	size_t n = 0, size = 0;

	for (uint32_t c = column + 1; c > 0 && n < sizeof(letters);
	     c = (c - 1) / 26)
		letters[n++] = (char)('A' + (c - 1) % 26);
	while (n > 0)
		out[size++] = letters[--n];
	inv_buf_u64(&digits, row);
	memcpy(out + size, digits.p, digits.n);
	size += digits.n;
	inv_buf_free(&digits);
	return size;
}
