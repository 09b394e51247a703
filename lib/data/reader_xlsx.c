/* reader_xlsx.c - a sheet of an xlsx workbook as rows */

#include <stdlib.h>

#include "base/mem.h"
#include "data/reader_sheet.h"
#include "data/xlsx_rows.h"

struct xlsx {
	struct inv_book book;
	struct inv_sheet_rows *rows;
	const char *reason; /* of the rows; or "" */
};

static bool
failed(struct xlsx *x, const struct inv_err *err)
{
	if (err->fault == INV_BAD)
		x->reason = inv_sheet_rows_reason(x->rows);
	return false;
}

static bool
open_book(void *book, int fd, const char *name, struct inv_str sheet,
    struct inv_err *err)
{
	struct xlsx *x = book;

	x->reason = "";
	if (!inv_book_open(&x->book, fd, name, sheet, err)) {
		x->reason = x->book.reason;
		return false;
	}
	return inv_sheet_rows_check(x->rows, &x->book, err) || failed(x, err);
}

static bool
begin(void *book, struct inv_err *err)
{
	struct xlsx *x = book;

	return inv_sheet_rows_begin(x->rows, &x->book, err) || failed(x, err);
}

static enum inv_next
next(void *book, struct inv_sheet_row **row, struct inv_err *err)
{
	struct xlsx *x = book;
	enum inv_next found = inv_sheet_rows_next(x->rows, row, err);

	if (found == INV_NEXT_ERR)
		failed(x, err);
	return found;
}

static struct inv_sheet_about
about(const void *book)
{
	const struct xlsx *x = book;

	return (struct inv_sheet_about){
		.sheet = inv_buf_str(&x->book.sheet),
		.hidden = x->book.hidden,
		.since_1904 = x->book.since_1904,
		.reason = x->reason,
		.texts = x->book.texts,
	};
}

static void
close_book(void *book)
{
	struct xlsx *x = book;

	inv_book_close(&x->book);
}

static void
free_book(void *book)
{
	struct xlsx *x = book;

	inv_book_close(&x->book);
	inv_sheet_rows_free(x->rows);
	free(x);
}

struct inv_reader *
inv_reader_xlsx(void)
{
	static const struct inv_sheet_face face = {
		.open = open_book,
		.begin = begin,
		.next = next,
		.about = about,
		.close = close_book,
		.free = free_book,
	};
	struct xlsx *x = inv_mem_new(sizeof(*x));

	x->reason = "";
	x->rows = inv_sheet_rows_new();
	return inv_reader_sheet(&face, x);
}
