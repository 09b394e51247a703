/*
 * reader_sheet.h - a sheet of a workbook as rows, whatever the workbook is
 *
 * A reader of sheets is this, over what opens one kind of workbook and hands
 * out the rows of the sheet that was chosen.
 */
#ifndef INV_DATA_READER_SHEET_H
#define INV_DATA_READER_SHEET_H

#include "data/reader.h"
#include "data/sheet_row.h"
#include "io/texts.h"

/* Of the workbook that is open; good until the next. */
struct inv_sheet_about {
	struct inv_str sheet;    /* its name */
	bool hidden;             /* it is */
	bool since_1904;         /* see shown_number.h */
	const char *reason;      /* why it is refused, for the stream; or "" */
	struct inv_texts *texts; /* shared ones; or NULL */
};

struct inv_sheet_face {
	/*
	 * The workbook that fd, seekable, is; what was open is closed.  Choose
	 * a sheet: by its name, or its number from 1, or where that is empty
	 * the first that is not hidden.  All of it has been read through when
	 * this returns true.  INV_BAD with a reason.
	 */
	bool (*open)(void *book, int fd, const char *name, struct inv_str sheet,
	    struct inv_err *err);

	/* From its first row on; again as often as needed. */
	bool (*begin)(void *book, struct inv_err *err);

	/*
	 * The next row that holds something; good until the next call.  The
	 * other two are final; INV_BAD has a reason.
	 */
	enum inv_next (*next)(void *book, struct inv_sheet_row **row,
	    struct inv_err *err);
	struct inv_sheet_about (*about)(const void *book);
	void (*close)(void *book);
	void (*free)(void *book);
};

/* book is its own from now on. */
struct inv_reader *inv_reader_sheet(const struct inv_sheet_face *face,
    void *book);

#endif
