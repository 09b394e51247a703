/*
 * xlsx_rows.c - the rows of a sheet, one at a time
 *
 *	worksheet > sheetData > row > c > v
 *	                                > is > t
 *	                                     > r > t
 *
 * Anything else is passed over with all that is in it: how texts are to be
 * read aloud, drawings, what programs add of their own.
 */

#include "data/xlsx_rows.h"

#include <stdlib.h>

#include "base/mem.h"

/* Where in that picture; in this order. */
enum place {
	AT_ROOT,
	AT_WORKSHEET,
	AT_DATA,
	AT_ROW,
	AT_CELL,
	AT_VALUE, /* v */
	AT_INLINE,
	AT_RUN,
	AT_TEXT,        /* t, in is */
	AT_TEXT_OF_RUN, /* t, in r */
};

struct inv_sheet_rows {
	const struct inv_book *book;
	struct inv_part part;
	enum place at;
	size_t aside;  /* elements that are open and passed over */
	uint64_t last; /* row, highest so far */
	struct inv_sheet_row row;
	struct inv_sheet_cell cell; /* the one that is open */
	uint32_t next;              /* column */
	bool has_value;             /* the cell has one, if only an empty one */
};

struct inv_sheet_rows *
inv_sheet_rows_new(void)
{
	struct inv_sheet_rows *r = inv_mem_new(sizeof(*r));

	inv_sheet_row_new(&r->row);
	return r;
}

void
inv_sheet_rows_free(struct inv_sheet_rows *r)
{
	if (r == NULL)
		return;
	inv_part_close(&r->part);
	inv_sheet_row_free(&r->row);
	free(r);
}

/* ---- names of cells ---- */

/* The column of B7, from 0, if its row is that one. */
static bool
column_of(const char *ref, uint64_t row, uint32_t *column)
{
	uint64_t n = 0;
	uint32_t c = 0;

	for (; *ref >= 'A' && *ref <= 'Z' && c <= INV_SHEET_COLUMNS; ref++)
		c = c * 26 + (uint32_t)(*ref - 'A') + 1;
	for (; *ref >= '0' && *ref <= '9' && n <= INV_SHEET_ROWS; ref++)
		n = n * 10 + (uint64_t)(*ref - '0');
	*column = c - 1;
	return *ref == '\0' && c > 0 && c <= INV_SHEET_COLUMNS && n == row;
}

/* ---- elements ---- */

static void
open_row(struct inv_sheet_rows *r, const char *const *attributes)
{
	const char *said = inv_part_attribute(attributes, "r");
	uint64_t number = r->last + 1;
	bool none = said != NULL &&
	    !inv_str_u64(inv_str_of(said), 1, INV_SHEET_ROWS, &number);

	inv_sheet_row_begin(&r->row, number, &r->last);
	r->row.misplaced = r->row.misplaced || none;
	r->row.hidden = inv_part_flag(attributes, "hidden");
	r->next = 0;
}

static enum inv_cell_kind
kind_of(const char *type)
{
	static const struct {
		const char *type;
		enum inv_cell_kind kind;
	} kinds[] = {
		{ "s", INV_CELL_SHARED },
		{ "n", INV_CELL_NUMBER },
		{ "str", INV_CELL_RESULT },
		{ "inlineStr", INV_CELL_INLINE },
		{ "b", INV_CELL_FLAG },
		{ "e", INV_CELL_ERROR },
		{ "d", INV_CELL_DATE },
	};

	if (type == NULL)
		return INV_CELL_NUMBER;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(type, kinds[i].type) == 0)
			return kinds[i].kind;
	return INV_CELL_OTHER;
}

static void
open_cell(struct inv_sheet_rows *r, const char *const *attributes)
{
	const char *ref = NULL, *style = NULL, *type = NULL;
	struct inv_sheet_cell *c = &r->cell;
	uint64_t number = 0;

	for (; *attributes != NULL; attributes += 2)
		if (strcmp(attributes[0], "r") == 0)
			ref = attributes[1];
		else if (strcmp(attributes[0], "s") == 0)
			style = attributes[1];
		else if (strcmp(attributes[0], "t") == 0)
			type = attributes[1];
	if (style != NULL &&
	    !inv_str_u64(inv_str_of(style), 0, INV_BOOK_STYLES, &number))
		number = 0;
	*c = (struct inv_sheet_cell){
		.column = r->next,
		.as = inv_book_style(r->book, number),
		.at = r->row.text.n,
		.kind = kind_of(type),
	};
	if (ref != NULL && !column_of(ref, r->row.number, &c->column)) {
		c->misplaced = true;
		c->column = r->next;
	}
	c->misplaced = c->misplaced || c->column < r->next ||
	    c->column >= INV_SHEET_COLUMNS;
	if (c->column >= r->next)
		r->next = c->column + 1;
	r->has_value = false;
}

/* A later value of the same cell takes the place of an earlier one. */
static void
open_value(struct inv_sheet_rows *r)
{
	r->has_value = true;
	r->row.text.n = r->cell.at;
}

static bool
is(const char *name, const char *what)
{
	return strcmp(inv_part_local(name), what) == 0;
}

/* A child of where we are that counts; else it is passed over. */
static bool
enter(struct inv_sheet_rows *r, const char *name, const char *const *attributes)
{
	switch (r->at) {
	case AT_ROOT:
		r->at = AT_WORKSHEET;
		return is(name, "worksheet");
	case AT_WORKSHEET:
		r->at = AT_DATA;
		return is(name, "sheetData");
	case AT_DATA:
		r->at = AT_ROW;
		if (!is(name, "row"))
			return false;
		open_row(r, attributes);
		return true;
	case AT_ROW:
		r->at = AT_CELL;
		if (!is(name, "c"))
			return false;
		open_cell(r, attributes);
		return true;
	case AT_CELL:
		r->cell.formula = r->cell.formula || is(name, "f");
		r->at = is(name, "v") ? AT_VALUE : AT_INLINE;
		if (r->at == AT_INLINE && !is(name, "is"))
			return false;
		open_value(r);
		return true;
	case AT_INLINE:
		r->at = is(name, "t") ? AT_TEXT : AT_RUN;
		return r->at == AT_TEXT || is(name, "r");
	case AT_RUN:
		r->at = AT_TEXT_OF_RUN;
		return is(name, "t");
	case AT_VALUE:
	case AT_TEXT:
	case AT_TEXT_OF_RUN:
		break;
	}
	return false;
}

static void
on_open(void *self, const char *name, const char *const *attributes)
{
	struct inv_sheet_rows *r = self;
	enum place before = r->at;

	if (r->aside == 0 && enter(r, name, attributes))
		return;
	r->aside++;
	r->at = before;
}

static void
close_cell(struct inv_sheet_rows *r)
{
	struct inv_sheet_row *row = &r->row;
	struct inv_sheet_cell *c = &r->cell;

	c->n = row->text.n - c->at;
	/* A cell with a style alone holds nothing. */
	if (c->n == 0 && !c->formula && c->kind != INV_CELL_ERROR &&
	    !(r->has_value && c->kind == INV_CELL_INLINE))
		return;
	inv_sheet_row_add(row, c);
}

static void
on_close(void *self, const char *name)
{
	static const enum place up[] = {
		[AT_ROOT] = AT_ROOT,
		[AT_WORKSHEET] = AT_ROOT,
		[AT_DATA] = AT_WORKSHEET,
		[AT_ROW] = AT_DATA,
		[AT_CELL] = AT_ROW,
		[AT_VALUE] = AT_CELL,
		[AT_INLINE] = AT_CELL,
		[AT_RUN] = AT_INLINE,
		[AT_TEXT] = AT_INLINE,
		[AT_TEXT_OF_RUN] = AT_RUN,
	};
	struct inv_sheet_rows *r = self;

	(void)name;
	if (r->aside > 0) {
		r->aside--;
		return;
	}
	if (r->at == AT_CELL)
		close_cell(r);
	if (r->at == AT_ROW && (r->row.cells > 0 || r->row.too_long))
		inv_xml_pause(r->part.xml);
	r->at = up[r->at];
}

static void
on_text(void *self, struct inv_str text)
{
	struct inv_sheet_rows *r = self;

	if (r->aside > 0 ||
	    (r->at != AT_VALUE && r->at != AT_TEXT && r->at != AT_TEXT_OF_RUN))
		return;
	inv_buf_add(&r->row.text, text);
	if (r->row.text.failed)
		r->row.too_long = true;
}

/* ---- a sheet ---- */

bool
inv_sheet_rows_check(struct inv_sheet_rows *r, const struct inv_book *b,
    struct inv_err *err)
{
	static const struct inv_xml_face nothing = { 0 };

	return inv_part_begin(&r->part, b->zip, b->name, b->entry, &nothing,
		   NULL, err) &&
	    inv_part_next(&r->part, err) == INV_NEXT_END;
}

bool
inv_sheet_rows_begin(struct inv_sheet_rows *r, const struct inv_book *b,
    struct inv_err *err)
{
	static const struct inv_xml_face face = {
		.open = on_open,
		.close = on_close,
		.text = on_text,
	};

	r->book = b;
	r->at = AT_ROOT;
	r->aside = 0;
	r->last = 0;
	return inv_part_begin(&r->part, b->zip, b->name, b->entry, &face, r,
	    err);
}

enum inv_next
inv_sheet_rows_next(struct inv_sheet_rows *r, struct inv_sheet_row **row,
    struct inv_err *err)
{
	*row = &r->row;
	return inv_part_next(&r->part, err);
}

const char *
inv_sheet_rows_reason(const struct inv_sheet_rows *r)
{
	return r->part.reason;
}
