/*
 * xls.h - the texts of a workbook of Excel 5 or 95, as libfreexl reads them
 *
 * It knows their code pages.  It is known to break on bad files, too: only in a
 * child (confine.h).  It tells nothing of formulas, takes an error for a 1 and
 * days that it can not count for others, and refuses a shared text that is
 * empty, or a chart within a sheet; so nothing else is asked of it.
 */
#ifndef INV_IO_XLS_H
#define INV_IO_XLS_H

#include "base/str.h"

enum inv_xls_opened {
	INV_XLS_OPENED,
	INV_XLS_DAMAGED,
	INV_XLS_NO_MEMORY,
	INV_XLS_NO_PROC, /* there is no /proc to open a descriptor by */
};

struct inv_xls;

/* This program was built with it. */
bool inv_xls_is_here(void);

/* All of the workbook is read; *x is NULL where that fails. */
INV_MUST enum inv_xls_opened inv_xls_open(int fd, struct inv_xls **x);

/*
 * It is of Excel 5, with so many sheets: of several workbooks in a file the
 * library takes the one that comes first.
 */
bool inv_xls_is_excel_5(struct inv_xls *x, size_t sheets);

/* The name of a sheet, from 0; false where it has none.  A view into x. */
INV_MUST bool inv_xls_sheet(struct inv_xls *x, uint16_t sheet,
    struct inv_str *name);

/* From now on it is about that one. */
INV_MUST bool inv_xls_select(struct inv_xls *x, uint16_t sheet);

/* The text in a cell, from 0; false where it has none.  A view into x. */
INV_MUST bool inv_xls_text(struct inv_xls *x, uint16_t row, uint16_t column,
    struct inv_str *text);

#endif
