/*
 * xlsx_book.h - a workbook: which sheet is read, and what its cells refer to
 *
 * The archive is looked at, a sheet chosen, the styles of numbers and the
 * shared texts read: all of it before the first row.
 */
#ifndef INV_DATA_XLSX_BOOK_H
#define INV_DATA_XLSX_BOOK_H

#include "data/shown_number.h"
#include "data/xlsx_part.h"
#include "io/texts.h"

enum {
	INV_BOOK_PARTS = 8192,     /* that a workbook refers to */
	INV_BOOK_WORDS = 4 << 20,  /* bytes of their names */
	INV_BOOK_STYLES = 65536,   /* of cells; and formats of numbers */
	INV_BOOK_TEXT = 256 << 10, /* bytes of a shared text that are kept */
};

/* Of the caller, zero at first; what is read is good until the next open. */
struct inv_book {
	const char *name;
	const char *reason; /* why it is refused, for the stream; or "" */
	struct inv_zip *zip;
	struct inv_texts *texts; /* shared ones */
	size_t entry;            /* of the sheet */
	struct inv_buf sheet;    /* its name */
	bool hidden;             /* it is */
	bool since_1904;         /* see shown_number.h */
	struct inv_shown_as *style;
	size_t styles;
};

/*
 * Open the workbook that fd, seekable, is, and choose a sheet: by its name, or
 * its number from 1, or where that is empty the first that is not hidden.  fd and name
 * are kept.  INV_BAD, with a reason: doctype, encrypted, no_sheet, too_large,
 * undecodable, unknown_format.  INV_IO: the texts can not be kept.
 */
INV_MUST bool inv_book_open(struct inv_book *b, int fd, const char *name,
    struct inv_str sheet, struct inv_err *err);
void inv_book_close(struct inv_book *b);

/* What a number of that style is about; a style that is not there is none. */
struct inv_shown_as inv_book_style(const struct inv_book *b, uint64_t style);

#endif
