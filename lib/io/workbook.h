/*
 * workbook.h - sheets of texts as one xlsx file (the only user of libxlsxwriter)
 *
 * Every cell is text, and its column is formatted as text, so that what a
 * person types into it is none of a number, a date or a formula either.  Rows
 * are written one behind the other and not kept; they wait in files without a
 * name in a folder.  The library does not look whether these could be written:
 * what came out is unpacked and its cells are counted.
 */
#ifndef INV_IO_WORKBOOK_H
#define INV_IO_WORKBOOK_H

#include "base/buf.h"
#include "base/err.h"

enum {
	INV_WORKBOOK_ROWS = 1048576, /* of a sheet, its head included */
	INV_WORKBOOK_COLUMNS = 16384,
	INV_WORKBOOK_CELL = 32767,      /* UTF-16 units of a cell */
	INV_WORKBOOK_CHOICES = 255,     /* characters of a list of choices */
	INV_WORKBOOK_BYTES = 512 << 20, /* of the file */
};

enum inv_cell_style {
	INV_CELL_TEXT,
	INV_CELL_HEAD,  /* bold, on a colour */
	INV_CELL_WORDS, /* in lines */
};

struct inv_workbook;

/* created: of the file, seconds since 1970.  NULL: INV_CREATE, INV_IO. */
INV_MUST struct inv_workbook *inv_workbook_new(const char *folder,
    int64_t created, struct inv_err *err);
void inv_workbook_free(struct inv_workbook *w);

/* A sheet of that name, which what follows is about; head: a row that stays. */
void inv_workbook_sheet(struct inv_workbook *w, const char *name, bool head);

struct inv_workbook_column {
	size_t width; /* characters */
	enum inv_cell_style style;
	bool hidden;
};

void inv_workbook_column(struct inv_workbook *w, size_t column,
    const struct inv_workbook_column *c);

/*
 * Cells of a column, below the head, offer these UTF-8 texts; another can be
 * typed after a question.  False, and none is offered, where that is more than
 * INV_WORKBOOK_CHOICES, or a text is empty or has a comma.
 */
bool inv_workbook_offer(struct inv_workbook *w, size_t column, size_t rows,
    const struct inv_str *texts, size_t n);

/* A cell can hold this UTF-8 text, and give it back. */
bool inv_workbook_fits(struct inv_str text);

/* The cell at that row and column, from 0; rows ascend. */
void inv_workbook_put(struct inv_workbook *w, size_t row, size_t column,
    struct inv_str text, enum inv_cell_style style);

/* The file, added to out.  INV_IO where something could not be written. */
INV_MUST bool inv_workbook_finish(struct inv_workbook *w, struct inv_buf *out,
    struct inv_err *err);

#endif
