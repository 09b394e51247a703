/*
 * xls_answer.h - what the child that reads an xls workbook says of it
 *
 * Frames, each of a head and a text: the sheets in their order, how days are
 * counted, the cells of the sheet that is chosen, an end.  Or, whenever that
 * shows, why it can not be read, as the last one.
 */
#ifndef INV_DATA_XLS_ANSWER_H
#define INV_DATA_XLS_ANSWER_H

#include <sys/types.h>

#include "base/err.h"
#include "data/sheet_row.h"

enum inv_xls_said {
	INV_XLS_SHEET, /* its name; hidden, table */
	INV_XLS_SINCE, /* flag: days are counted from 1904 */
	INV_XLS_CELL,
	INV_XLS_END,  /* count: of the cells */
	INV_XLS_FLAW, /* count: which of the flaws */
	INV_XLS_SAID, /* so many */
};

enum inv_xls_flaw {
	INV_XLS_NO_WORKBOOK, /* a compound file of something else */
	INV_XLS_ENCRYPTED,
	INV_XLS_VERSION,    /* neither Excel 5 nor 97 */
	INV_XLS_BROKEN,     /* the file, or its records */
	INV_XLS_NO_LIBRARY, /* Excel 5, and no libfreexl */
	INV_XLS_REFUSED,    /* libfreexl does not read it */
	INV_XLS_CROWDED,    /* too many sheets, or no memory */
	INV_XLS_PROC,       /* no /proc */
	INV_XLS_FLAWS,      /* so many */
};

enum {
	INV_XLS_TEXT = 256 << 10, /* bytes of a frame's text, at most */
	INV_XLS_ROWS = 65536,     /* of a sheet, as Excel had it */
	INV_XLS_COLUMNS = 256,
};

struct inv_xls_frame {
	uint8_t said;   /* enum inv_xls_said */
	uint8_t kind;   /* of a cell: enum inv_cell_kind */
	uint8_t hidden; /* its sheet, or its row */
	uint8_t flag;
	uint16_t row; /* from 0 */
	uint16_t column;
	struct inv_shown_as as;
	uint16_t unused;
	uint32_t n; /* bytes of its text; of a number, 8 as in memory */
	uint64_t count;
};

/* An answer that is read; of the caller. */
struct inv_xls_answer {
	int fd;
	char *piece;
	size_t at, n; /* of the piece */
	off_t next;   /* byte of the file behind it */
	struct inv_xls_frame frame;
	struct inv_buf text; /* of the frame */
};

void inv_xls_answer_new(struct inv_xls_answer *a);
void inv_xls_answer_free(struct inv_xls_answer *a);

/* From that byte of the file fd, which is kept, and where it is now. */
void inv_xls_answer_go(struct inv_xls_answer *a, int fd, off_t at);
off_t inv_xls_answer_at(const struct inv_xls_answer *a);

/*
 * The next frame, with its text.  What it says is possible by itself, and a
 * text is UTF-8.  INV_BAD where it is no such frame, or the last was behind
 * END or FLAW; INV_IO where the file fails.
 */
INV_MUST bool inv_xls_answer_next(struct inv_xls_answer *a,
    struct inv_err *err);

#endif
