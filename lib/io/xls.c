/*
 * xls.c - the texts of a workbook of Excel 5 or 95, as libfreexl reads them
 *
 * Nothing is given back: the process ends with the workbook.
 */

#include "io/xls.h"

#ifdef INV_FREEXL

#include <freexl.h>
#include <stdio.h>

enum { PATH = 32 }; /* bytes of /proc/self/fd/3 */

bool
inv_xls_is_here(void)
{
	return true;
}

enum inv_xls_opened
inv_xls_open(int fd, struct inv_xls **x)
{
	const void *handle = NULL;
	char path[PATH];

	*x = NULL;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	switch (freexl_open(path, &handle)) {
	case FREEXL_OK:
		*x = (struct inv_xls *)(uintptr_t)handle;
		return INV_XLS_OPENED;
	case FREEXL_FILE_NOT_FOUND:
		return INV_XLS_NO_PROC;
	case FREEXL_INSUFFICIENT_MEMORY:
		return INV_XLS_NO_MEMORY;
	}
	return INV_XLS_DAMAGED;
}

bool
inv_xls_is_excel_5(struct inv_xls *x, size_t sheets)
{
	unsigned version = 0, count = 0;

	return freexl_get_info(x, FREEXL_BIFF_VERSION, &version) == FREEXL_OK &&
	    freexl_get_info(x, FREEXL_BIFF_SHEET_COUNT, &count) == FREEXL_OK &&
	    version == FREEXL_BIFF_VER_5 && count == sheets;
}

bool
inv_xls_sheet(struct inv_xls *x, uint16_t sheet, struct inv_str *name)
{
	const char *s = NULL;

	if (freexl_get_worksheet_name(x, sheet, &s) != FREEXL_OK || s == NULL)
		return false;
	*name = inv_str_of(s);
	return true;
}

bool
inv_xls_select(struct inv_xls *x, uint16_t sheet)
{
	return freexl_select_active_worksheet(x, sheet) == FREEXL_OK;
}

bool
inv_xls_text(struct inv_xls *x, uint16_t row, uint16_t column,
    struct inv_str *text)
{
	FreeXL_CellValue cell = { .type = FREEXL_CELL_NULL };

	if (freexl_get_cell_value(x, row, column, &cell) != FREEXL_OK ||
	    (cell.type != FREEXL_CELL_TEXT &&
		cell.type != FREEXL_CELL_SST_TEXT) ||
	    cell.value.text_value == NULL)
		return false;
	*text = inv_str_of(cell.value.text_value);
	return true;
}

#else

bool
inv_xls_is_here(void)
{
	return false;
}

enum inv_xls_opened
inv_xls_open(int fd, struct inv_xls **x)
{
	(void)fd;
	*x = NULL;
	return INV_XLS_DAMAGED;
}

bool
inv_xls_is_excel_5(struct inv_xls *x, size_t sheets)
{
	(void)x;
	(void)sheets;
	return false;
}

bool
inv_xls_sheet(struct inv_xls *x, uint16_t sheet, struct inv_str *name)
{
	(void)x;
	(void)sheet;
	(void)name;
	return false;
}

bool
inv_xls_select(struct inv_xls *x, uint16_t sheet)
{
	(void)x;
	(void)sheet;
	return false;
}

bool
inv_xls_text(struct inv_xls *x, uint16_t row, uint16_t column,
    struct inv_str *text)
{
	(void)x;
	(void)row;
	(void)column;
	(void)text;
	return false;
}

#endif
