/*
 * reader_sheet.c - a sheet of a workbook as rows, whatever the workbook is
 *
 * A row is a row of the sheet that holds something, under the names in the
 * first of these.  Its texts are what a spreadsheet shows where one edits
 * them, dates in ISO 8601.  What is no value, an error say, costs its row; what
 * the cells held goes with it.
 */

#include "data/reader_sheet.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/emit.h"
#include "data/ruling.h"
#include "data/scan.h"
#include "data/sheet_text.h"
#include "data/table.h"
#include "io/file.h"

enum {
	SHOWN_MAX = 2 << 20,  /* bytes of all texts of a row */
	ERRORS_MAX = 4 << 20, /* bytes of what is wrong with one */
	LOC_MAX = 2 << 20,    /* of the name of a column, escaped */
	PIECE = 128 << 10,    /* bytes copied at a time */
	COPY_MAX = 1 << 30,   /* bytes of a workbook that was packed again */
};

/* Begins with the face of all readers. */
struct sheet_reader {
	struct inv_reader base;
	const char *name;
	int copy; /* of a workbook that was packed again; or -1 */
	const struct inv_sheet_face *sheet;
	void *book;
	struct inv_sheet_about about;
	struct inv_table table;
	struct inv_sheet_row *row; /* at hand */
	bool has_first;            /* it was read before its turn */
	uint64_t last; /* number of the row that held something before */
	uint64_t blank_rows;
	uint64_t hidden_rows;
	/* Of that row. */
	struct inv_str cell[INV_MEMBERS_MAX];
	struct inv_buf shown; /* their texts; has room, and stays put */
	struct inv_buf errors;
	struct inv_buf loc;
};

static struct sheet_reader *
of(struct inv_reader *r)
{
	return (struct sheet_reader *)r;
}

static const struct sheet_reader *
is(const struct inv_reader *r)
{
	return (const struct sheet_reader *)r;
}

static void
close_file(struct sheet_reader *x)
{
	x->sheet->close(x->book);
	x->about = (struct inv_sheet_about){ .reason = "" };
	inv_table_free(&x->table);
	if (x->copy >= 0)
		close(x->copy);
	x->copy = -1;
}

/* ---- what is wrong ---- */

static void
add_error(struct sheet_reader *x, const struct inv_sheet_cell *c,
    const char *type, const char *msg, struct inv_str input)
{
	bool named = c != NULL && c->column < x->table.columns;
	char ref[INV_SHEET_REF];
	struct inv_place at = {
		.line = x->row->number,
		.sheet = x->about.sheet,
		.input = input,
	};

	/* What is dropped can not be wrong. */
	if (named && !inv_table_takes(&x->table, c->column))
		return;
	inv_buf_reset(&x->loc);
	inv_emit_open(&x->loc, '[');
	if (c != NULL) {
		at.cell = (struct inv_str){ ref,
			inv_sheet_ref(c->column, x->row->number, ref) };
		if (named)
			inv_emit_raw(&x->loc,
			    inv_table_column(&x->table, c->column));
	}
	inv_emit_close(&x->loc, ']');
	inv_ruling_error(type, inv_buf_str(&x->loc), msg, &at, &x->errors);
}

/* ---- what a cell shows ---- */

/* A text that is longer than a cell can be is shown as none. */
static struct inv_str
no_longer(struct sheet_reader *x, const struct inv_sheet_cell *c,
    struct inv_str text)
{
	if (text.n <= INV_FIELD_MAX)
		return text;
	add_error(x, c, "cell_too_long", "longer than 256 KiB", INV_LIT(""));
	return INV_LIT("");
}

static struct inv_str
invalid(struct sheet_reader *x, const struct inv_sheet_cell *c, const char *msg,
    struct inv_str text)
{
	text = no_longer(x, c, text);
	add_error(x, c, "cell_invalid", msg, text);
	return text;
}

static struct inv_str
show_number(struct sheet_reader *x, const struct inv_sheet_cell *c,
    struct inv_str text)
{
	char out[INV_SHOWN_TEXT];
	size_t from = x->shown.n, n = 0;

	if (text.n == 0) {
		add_error(x, c, "formula_no_value",
		    "a formula whose value is not in the file", INV_LIT(""));
		return text;
	}
	switch (inv_shown_number(text, c->as, x->about.since_1904, out, &n)) {
	case INV_SHOWN_SOUND:
		break;
	case INV_SHOWN_NO_NUMBER:
		return invalid(x, c, "not a number", text);
	case INV_SHOWN_NO_DATE:
		add_error(x, c, "date_invalid",
		    "a date that the calendar does not have", text);
		return text;
	}
	inv_buf_add(&x->shown, (struct inv_str){ out, n });
	return (struct inv_str){ x->shown.p + from, x->shown.n - from };
}

/* False where the texts can not be read any more. */
static bool
show_shared(struct sheet_reader *x, const struct inv_sheet_cell *c,
    struct inv_str text, struct inv_str *shown, struct inv_err *err)
{
	uint64_t count = inv_texts_count(x->about.texts);
	size_t from = x->shown.n;
	uint64_t i;

	if (count == 0 || !inv_str_u64(text, 0, count - 1, &i)) {
		*shown =
		    invalid(x, c, "refers to a text that is not there", text);
		return true;
	}
	if (!inv_texts_get(x->about.texts, i, &x->shown, err))
		return false;
	*shown = no_longer(x, c,
	    (struct inv_str){ x->shown.p + from, x->shown.n - from });
	return true;
}

static struct inv_str
show_flag(struct sheet_reader *x, const struct inv_sheet_cell *c,
    struct inv_str text)
{
	if (inv_str_is(text, "1") || inv_str_is(text, "true"))
		return INV_LIT("TRUE");
	if (inv_str_is(text, "0") || inv_str_is(text, "false"))
		return INV_LIT("FALSE");
	return invalid(x, c, "neither true nor false", text);
}

static bool
show_cell(struct sheet_reader *x, const struct inv_sheet_cell *c,
    struct inv_str *shown, struct inv_err *err)
{
	char *p = x->row->text.p + c->at;
	struct inv_str text = { p, c->n };

	switch (c->kind) {
	case INV_CELL_NUMBER:
		*shown = show_number(x, c, text);
		return true;
	case INV_CELL_SHARED:
		return show_shared(x, c, text, shown, err);
	case INV_CELL_INLINE:
	case INV_CELL_RESULT:
		text.n = text.n == 0 ? 0 : inv_sheet_text_decode(p, c->n);
		*shown = no_longer(x, c, text);
		return true;
	case INV_CELL_FLAG:
		*shown = show_flag(x, c, text);
		return true;
	case INV_CELL_TEXT:
	case INV_CELL_DATE:
		*shown = no_longer(x, c, text);
		return true;
	case INV_CELL_ERROR:
		*shown = no_longer(x, c, text);
		add_error(x, c, "cell_error", "an error, and no value", *shown);
		return true;
	case INV_CELL_OTHER:
		break;
	}
	*shown = invalid(x, c, "a cell of no known type", text);
	return true;
}

/* All of the row at hand; what is wrong with it is in x->errors. */
static bool
show_row(struct sheet_reader *x, size_t columns, struct inv_err *err)
{
	const struct inv_sheet_row *row = x->row;
	struct inv_str text;

	memset(x->cell, 0, columns * sizeof(*x->cell));
	inv_buf_reset(&x->shown);
	inv_buf_reset(&x->errors);
	inv_buf_byte(&x->errors, '[');
	if (row->misplaced)
		add_error(x, NULL, "row_misplaced",
		    "its number is none, or not behind the one before",
		    INV_LIT(""));
	for (size_t i = 0; !row->too_long && i < row->cells; i++) {
		const struct inv_sheet_cell *c = &row->cell[i];

		if (!show_cell(x, c, &text, err))
			return false;
		if (c->misplaced)
			add_error(x, c, "cell_misplaced",
			    "it does not say where it is, or is there twice",
			    text);
		else if (c->column >= columns)
			add_error(x, c, "cell_count",
			    "in a column that has no name", text);
		else
			x->cell[c->column] =
			    text.p == NULL ? INV_LIT("") : text;
	}
	return true;
}

/* ---- rows ---- */

static enum inv_next
next_row(struct sheet_reader *x, struct inv_err *err)
{
	enum inv_next next;

	while ((next = x->sheet->next(x->book, &x->row, err)) ==
	    INV_NEXT_LINE) {
		struct inv_sheet_row *row = x->row;

		if (row->number > x->last + 1)
			x->blank_rows += row->number - x->last - 1;
		if (row->number > x->last)
			x->last = row->number;
		x->hidden_rows += row->hidden;
		if (!row->hidden || !x->base.how->skip_hidden)
			break;
	}
	if (next == INV_NEXT_ERR && err->fault == INV_BAD)
		x->base.reason = x->sheet->about(x->book).reason;
	return next;
}

static enum inv_next
next(struct inv_reader *r, struct inv_err *err)
{
	struct sheet_reader *x = of(r);
	enum inv_next found = x->has_first ? INV_NEXT_LINE : next_row(x, err);

	x->has_first = false;
	if (found != INV_NEXT_LINE)
		return found;
	r->line = x->row->number;
	return show_row(x, x->table.columns, err) ? INV_NEXT_LINE
						  : INV_NEXT_ERR;
}

/* ---- opening ---- */

static bool
refuse(struct sheet_reader *x, const char *reason, const char *what,
    struct inv_err *err)
{
	x->base.reason = reason;
	return inv_fail(err, INV_BAD, "%s: sheet \"%.*s\": %s", x->name,
	    (int)(x->about.sheet.n < 60 ? x->about.sheet.n : 60),
	    x->about.sheet.p, what);
}

static bool
copy_all(struct sheet_reader *x, struct inv_pull from, struct inv_err *err)
{
	char *piece = inv_mem_new(PIECE);
	uint64_t size = 0;
	ssize_t n;

	while ((n = inv_pull_get(from, piece, PIECE, err)) > 0) {
		size += (uint64_t)n;
		if (size > COPY_MAX) {
			x->base.reason = "too_large";
			inv_fail(err, INV_BAD, "%s: more than 1 GiB", x->name);
			n = -1;
			break;
		}
		if (!inv_file_write(x->copy,
			(struct inv_str){ piece, (size_t)n },
			"the temporary file", err)) {
			n = -1;
			break;
		}
	}
	free(piece);
	return n == 0;
}

/* No workbook is read from its begin to its end: one that is packed is unpacked. */
static bool
unpack(struct sheet_reader *x, const struct inv_input *in, int *fd,
    struct inv_err *err)
{
	*fd = in->fd;
	if (inv_inflate_packing(in->inflate) == INV_PACKING_NONE)
		return true;
	x->copy = inv_file_temporary(err);
	if (x->copy < 0)
		return false;
	*fd = x->copy;
	if (lseek(in->fd, 0, SEEK_SET) != 0)
		return inv_fail_sys(err, INV_NOINPUT, "%s", in->name);
	struct inv_inflate *z = inv_inflate_new(in->fd, in->name, err);
	bool ok = z != NULL && copy_all(x, inv_inflate_pull(z), err);

	inv_inflate_free(z);
	return ok;
}

/* How many columns there are, by the cell furthest to the right. */
static size_t
width_of(const struct inv_sheet_row *row)
{
	size_t n = 0;

	for (size_t i = 0; i < row->cells; i++)
		if (row->cell[i].column >= n)
			n = row->cell[i].column + 1;
	return n;
}

static bool
name_columns(struct sheet_reader *x, struct inv_err *err)
{
	struct inv_err why;
	size_t n = width_of(x->row);

	if (x->row->too_long || n > INV_MEMBERS_MAX)
		return refuse(x, "bad_header",
		    "header: more than 4096 columns, or longer than 1 MiB",
		    err);
	if (!show_row(x, n, err))
		return false;
	if (x->errors.n > 1 || x->shown.failed)
		return refuse(x, "bad_header",
		    "header: an error, or something that can not be read", err);
	return inv_table_name(&x->table, x->cell, n, &why) ||
	    refuse(x, "bad_header", why.msg, err);
}

/* Without a header: the widest row tells.  All of them are read for that. */
static bool
number_columns(struct sheet_reader *x, struct inv_err *err)
{
	struct inv_sheet_row *row;
	struct inv_err why;
	enum inv_next next;
	size_t n = 0;

	while ((next = x->sheet->next(x->book, &row, err)) == INV_NEXT_LINE) {
		size_t width = width_of(row);

		n = width > n ? width : n;
	}
	if (next == INV_NEXT_ERR)
		return false;
	if (n > INV_MEMBERS_MAX)
		return refuse(x, "bad_header", "more than 4096 columns", err);
	return (inv_table_number(&x->table, n, &why) ||
		   refuse(x, "bad_header", why.msg, err)) &&
	    x->sheet->begin(x->book, err);
}

static bool
begin_rows(struct sheet_reader *x, struct inv_err *err)
{
	bool numbered = x->base.how->no_header;

	if (!x->sheet->begin(x->book, err) ||
	    (numbered && !number_columns(x, err))) {
		if (err->fault == INV_BAD && *x->base.reason == '\0')
			x->base.reason = x->sheet->about(x->book).reason;
		return false;
	}
	switch (next_row(x, err)) {
	case INV_NEXT_ERR:
		return false;
	case INV_NEXT_END:
		return refuse(x, "empty",
		    numbered ? "empty: no row to tell the columns by"
			     : "empty: no header",
		    err);
	case INV_NEXT_LINE:
		break;
	}
	x->has_first = numbered;
	return numbered || name_columns(x, err);
}

static bool
begin(struct inv_reader *r, struct inv_input *in, enum inv_format format,
    struct inv_err *err)
{
	struct sheet_reader *x = of(r);
	int fd;

	(void)format;
	close_file(x);
	x->name = in->name;
	x->table = (struct inv_table){
		.null_empty = r->how->null_empty,
		.naming = r->naming,
	};
	x->has_first = false;
	x->last = x->blank_rows = x->hidden_rows = 0;
	if (!unpack(x, in, &fd, err))
		return false;
	bool opened = x->sheet->open(x->book, fd, in->name, r->how->sheet, err);

	x->about = x->sheet->about(x->book);
	r->reason = x->about.reason;
	return opened && begin_rows(x, err);
}

/* ---- writing ---- */

static void
rule(struct sheet_reader *x, struct inv_buf *out)
{
	inv_ruling_begin(x->base.stage, "malformed_row", out);
	inv_buf_add(out, (struct inv_str){ x->errors.p + 1, x->errors.n - 1 });
}

/* What the cells hold goes with what is wrong with them. */
static bool
write_row(struct inv_reader *r, struct inv_buf *out)
{
	struct sheet_reader *x = of(r);
	size_t from = out->n;
	bool sound = x->errors.n == 1;
	bool too_long = x->row->too_long || x->shown.failed || x->errors.failed;

	inv_buf_add(out, INV_LIT("\"record\":"));
	if (!too_long &&
	    inv_table_row(&x->table, x->cell, INV_CARE_ESCAPE, out)) {
		if (sound) {
			r->item = inv_table_aside(x->cell, x->table.item);
			r->why = inv_table_aside(x->cell, x->table.why);
			return true;
		}
		inv_buf_byte(out, ',');
		rule(x, out);
		inv_emit_close(out, ']');
		return false;
	}
	out->n = from;
	inv_buf_reset(&x->errors);
	inv_buf_byte(&x->errors, '[');
	add_error(x, NULL, "record_too_long",
	    "longer than 1 MiB, or with more errors than 4 MiB hold",
	    INV_LIT(""));
	rule(x, out);
	inv_ruling_end(INV_LIT(""), true, out);
	return false;
}

static void
columns(const struct inv_reader *r, struct inv_buf *out)
{
	inv_table_columns(&is(r)->table, out);
}

static void
notes(const struct inv_reader *r, struct inv_buf *out)
{
	const struct sheet_reader *x = is(r);

	if (x->about.sheet.n > 0)
		inv_emit_member_str(out, INV_LIT("sheet"), x->about.sheet);
	if (x->about.hidden)
		inv_emit_member_bool(out, INV_LIT("sheet_hidden"), true);
	inv_emit_member_u64(out, INV_LIT("hidden_rows"), x->hidden_rows);
	inv_emit_member_u64(out, INV_LIT("blank_rows"), x->blank_rows);
}

static void
free_reader(struct inv_reader *r)
{
	struct sheet_reader *x = of(r);

	close_file(x);
	x->sheet->free(x->book);
	inv_buf_free(&x->shown);
	inv_buf_free(&x->errors);
	inv_buf_free(&x->loc);
	free(x);
}

struct inv_reader *
inv_reader_sheet(const struct inv_sheet_face *sheet, void *book)
{
	static const struct inv_reader_face face = {
		.begin = begin,
		.next = next,
		.write = write_row,
		.columns = columns,
		.notes = notes,
		.free = free_reader,
	};
	struct sheet_reader *x = inv_mem_new(sizeof(*x));

	x->base.face = &face;
	x->copy = -1;
	x->sheet = sheet;
	x->book = book;
	x->shown = INV_BUF(SHOWN_MAX);
	inv_mem_need(inv_buf_room(&x->shown, SHOWN_MAX));
	x->errors = INV_BUF(ERRORS_MAX);
	x->loc = INV_BUF(LOC_MAX);
	return &x->base;
}
