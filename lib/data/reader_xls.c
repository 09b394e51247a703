/*
 * reader_xls.c - a sheet of an xls workbook as rows
 *
 * A child with limits reads it (xls_tell.h), and what it says is kept in a file
 * until it has come to its end.  That is looked at as the file of a stranger:
 * once as a whole, before the first row, and then for its rows.
 */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/reader_sheet.h"
#include "data/sheet_choice.h"
#include "data/xls_answer.h"
#include "data/xls_tell.h"
#include "io/confine.h"

enum {
	NUMBER = 40,     /* bytes of a double in decimal */
	NAMES = 4 << 20, /* of all sheets' names */
};

static const struct inv_confine limits = {
	.memory = 1u << 30,
	.seconds = 30,
	.ms = 60 * 1000,
	.answer = 1u << 30,
};

struct xls {
	const char *name;
	const char *reason;
	int file;    /* with the answer; or -1 */
	off_t first; /* byte of its first cell */
	struct inv_xls_answer answer;
	struct inv_buf names; /* of sheets; has room, and stays put */
	struct inv_str sheet;
	bool hidden;
	bool since_1904;
	/* Rows. */
	struct inv_sheet_row row;
	uint64_t last; /* row, highest so far */
};

/* ---- the answer ---- */

static bool
refuse(struct xls *x, const char *reason, const char *what, struct inv_err *err)
{
	x->reason = reason;
	return inv_fail(err, INV_BAD, "%s: %s", x->name, what);
}

static bool
refuse_flaw(struct xls *x, uint64_t flaw, struct inv_err *err)
{
	switch ((enum inv_xls_flaw)flaw) {
	case INV_XLS_NO_WORKBOOK:
		return refuse(x, "unknown_format",
		    "a compound file, but no xls workbook", err);
	case INV_XLS_ENCRYPTED:
		return refuse(x, "encrypted", "the workbook needs a password",
		    err);
	case INV_XLS_VERSION:
		return refuse(x, "unknown_format",
		    "not a workbook of Excel 5 to 2003", err);
	case INV_XLS_BROKEN:
		return refuse(x, "undecodable",
		    "the workbook is damaged or cut short", err);
	case INV_XLS_NO_LIBRARY:
		return refuse(x, "unknown_format",
		    "a workbook of Excel 5 or 95, and this program is built "
		    "without libfreexl",
		    err);
	case INV_XLS_REFUSED:
		return refuse(x, "undecodable",
		    "libfreexl does not read the workbook", err);
	case INV_XLS_CROWDED:
		return refuse(x, "too_large",
		    "more than 8192 sheets, or needs more memory than 1 GiB",
		    err);
	case INV_XLS_PROC:
		return inv_fail(err, INV_IO, "%s: /proc is not mounted",
		    x->name);
	case INV_XLS_FLAWS:
		break;
	}
	return refuse(x, "undecodable", "its reader makes no sense", err);
}

static bool
hear(struct xls *x, struct inv_err *err)
{
	struct inv_err why;

	if (inv_xls_answer_next(&x->answer, &why))
		return true;
	if (why.fault == INV_BAD)
		return refuse(x, "undecodable", why.msg, err);
	return inv_fail(err, why.fault, "%s: %s", x->name, why.msg);
}

/* ---- what comes before the first row ---- */

static bool
see_sheet(struct xls *x, struct inv_sheet_choice *choice)
{
	struct inv_str name = { x->names.p + x->names.n, x->answer.text.n };

	if (choice->seen == INV_SHEETS_MAX ||
	    name.n > x->names.cap - x->names.n)
		return false;
	inv_buf_add(&x->names, inv_buf_str(&x->answer.text));
	inv_sheet_choice_see(choice, name, x->answer.frame.hidden != 0,
	    x->answer.frame.flag != 0);
	return true;
}

static bool
hear_sheets(struct xls *x, struct inv_sheet_choice *choice, struct inv_err *err)
{
	while (hear(x, err)) {
		if (x->answer.frame.said == INV_XLS_FLAW)
			return refuse_flaw(x, x->answer.frame.count, err);
		if (x->answer.frame.said == INV_XLS_SINCE) {
			x->since_1904 = x->answer.frame.flag != 0;
			return true;
		}
		if (x->answer.frame.said != INV_XLS_SHEET ||
		    !see_sheet(x, choice))
			return refuse_flaw(x, INV_XLS_FLAWS, err);
	}
	return false;
}

static bool
choose_sheet(struct xls *x, struct inv_str wanted, struct inv_err *err)
{
	struct inv_sheet_choice choice;

	inv_sheet_choice_begin(&choice, wanted);
	bool ok = hear_sheets(x, &choice, err);

	if (ok) {
		x->sheet = choice.sheet;
		x->hidden = choice.hidden;
		ok = inv_sheet_choice_end(&choice, x->name, err);
		if (!ok)
			x->reason = "no_sheet";
	}
	inv_sheet_choice_free(&choice);
	return ok;
}

/* All cells and the end: they are as they have to be. */
static bool
hear_cells(struct xls *x, struct inv_err *err)
{
	uint64_t cells = 0;

	x->first = inv_xls_answer_at(&x->answer);
	while (hear(x, err)) {
		if (x->answer.frame.said == INV_XLS_FLAW)
			return refuse_flaw(x, x->answer.frame.count, err);
		if (x->answer.frame.said == INV_XLS_END &&
		    x->answer.frame.count == cells)
			return true;
		if (x->answer.frame.said != INV_XLS_CELL)
			return refuse_flaw(x, INV_XLS_FLAWS, err);
		cells++;
	}
	return false;
}

static void
close_book(void *book)
{
	struct xls *x = book;

	if (x->file >= 0)
		close(x->file);
	x->file = -1;
}

static int
tell(void *arg, int in, int out)
{
	const struct inv_str *wanted = arg;

	return inv_xls_tell(in, out, *wanted);
}

static bool
ask(struct xls *x, int fd, struct inv_str wanted, struct inv_err *err)
{
	struct inv_err why;

	switch (inv_confine_run(&limits, fd, tell, &wanted, &x->file, &why)) {
	case INV_CONFINED_DONE:
		return true;
	case INV_CONFINED_DIED:
		return refuse(x, "undecodable", why.msg, err);
	case INV_CONFINED_EXCEEDED:
		return refuse(x, "too_large", why.msg, err);
	case INV_CONFINED_FAILED:
		break;
	}
	return inv_fail(err, why.fault, "%s: %s", x->name, why.msg);
}

static bool
open_book(void *book, int fd, const char *name, struct inv_str sheet,
    struct inv_err *err)
{
	struct xls *x = book;

	close_book(x);
	x->name = name;
	x->reason = "";
	x->sheet = INV_LIT("");
	x->hidden = x->since_1904 = false;
	inv_buf_reset(&x->names);
	if (!ask(x, fd, sheet, err))
		return false;
	inv_xls_answer_go(&x->answer, x->file, 0);
	return choose_sheet(x, sheet, err) && hear_cells(x, err);
}

/* ---- rows ---- */

static bool
begin(void *book, struct inv_err *err)
{
	struct xls *x = book;

	x->last = 0;
	inv_xls_answer_go(&x->answer, x->file, x->first);
	return hear(x, err);
}

static void
add_cell(struct xls *x)
{
	const struct inv_xls_frame *f = &x->answer.frame;
	struct inv_sheet_row *row = &x->row;
	struct inv_sheet_cell cell = {
		.column = f->column,
		.as = f->as,
		.at = row->text.n,
		.kind = f->kind,
		.misplaced = row->cells > 0 &&
		    f->column <= row->cell[row->cells - 1].column,
	};
	struct inv_str text = inv_buf_str(&x->answer.text);
	char number[NUMBER];
	double v;

	if (f->kind == INV_CELL_NUMBER && text.n > 0) {
		memcpy(&v, text.p, sizeof(v));
		text = (struct inv_str){ number,
			(size_t)snprintf(number, sizeof(number), "%.17g", v) };
	}
	inv_buf_add(&row->text, text);
	cell.n = row->text.n - cell.at;
	row->too_long = row->too_long || row->text.failed;
	inv_sheet_row_add(row, &cell);
}

static enum inv_next
next(void *book, struct inv_sheet_row **row, struct inv_err *err)
{
	struct xls *x = book;
	uint16_t number = x->answer.frame.row;

	if (x->answer.frame.said != INV_XLS_CELL)
		return INV_NEXT_END;
	*row = &x->row;
	inv_sheet_row_begin(&x->row, (uint64_t)number + 1, &x->last);
	x->row.hidden = x->answer.frame.hidden != 0;
	do {
		add_cell(x);
		if (!hear(x, err))
			return INV_NEXT_ERR;
	} while (x->answer.frame.said == INV_XLS_CELL &&
	    x->answer.frame.row == number);
	return INV_NEXT_LINE;
}

static struct inv_sheet_about
about(const void *book)
{
	const struct xls *x = book;

	return (struct inv_sheet_about){
		.sheet = x->sheet,
		.hidden = x->hidden,
		.since_1904 = x->since_1904,
		.reason = x->reason,
	};
}

static void
free_book(void *book)
{
	struct xls *x = book;

	close_book(x);
	inv_buf_free(&x->names);
	inv_xls_answer_free(&x->answer);
	inv_sheet_row_free(&x->row);
	free(x);
}

struct inv_reader *
inv_reader_xls(void)
{
	static const struct inv_sheet_face face = {
		.open = open_book,
		.begin = begin,
		.next = next,
		.about = about,
		.close = close_book,
		.free = free_book,
	};
	struct xls *x = inv_mem_new(sizeof(*x));

	x->reason = "";
	x->file = -1;
	inv_xls_answer_new(&x->answer);
	x->names = INV_BUF(NAMES);
	inv_mem_need(inv_buf_room(&x->names, NAMES));
	inv_sheet_row_new(&x->row);
	return inv_reader_sheet(&face, x);
}
