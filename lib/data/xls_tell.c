/*
 * xls_tell.c - what an xls workbook holds, told as frames
 *
 *	globals: BOF .. formats, styles, sheets .. EOF
 *	sheet:   BOF .. rows, cells, charts of their own (BOF .. EOF) .. EOF
 *
 * The globals are gone through, the sheet is chosen, and its cells are found
 * and told in the order of the sheet: some programs write them as they come, by
 * columns say.  What shows a value of a formula that is a text comes behind it.
 */

#include "data/xls_tell.h"

#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "data/sheet_choice.h"
#include "data/xls_answer.h"
#include "data/xls_texts.h"
#include "io/file.h"
#include "io/xls.h"

enum {
	HELD = 64 << 10, /* bytes that are collected before a write */
	NAME = 4 * 255,  /* bytes of a sheet's, at most */
	STYLES = 65536,  /* formats of numbers, styles of cells */
	VERSION_5 = 0x500,
	VERSION_8 = 0x600,
	WORKSHEET = 0x10, /* kinds of what BOF begins */
	ROW_HIDDEN = 0x20,
};

/* The value of a formula that is no number. */
enum result {
	RESULT_TEXT,
	RESULT_FLAG,
	RESULT_ERROR,
	RESULT_EMPTY,
};

struct sheet {
	struct inv_str name;
	uint32_t at; /* byte of the stream */
	bool hidden;
	bool table;
};

/* Where the record of a cell is, or of several in a row. */
struct place {
	uint16_t row;
	uint16_t column;
	uint32_t sector;
	uint64_t at; /* byte of the stream */
};

struct telling {
	int out;
	struct inv_buf held;
	bool failed; /* nobody takes what is said */
	struct inv_compound file;
	struct inv_biff biff;
	bool excel_97; /* or later: texts are UTF-16 */
	struct inv_xls_texts *shared;
	struct inv_xls *xls; /* where it is Excel 5: who knows code pages */
	uint16_t since_1904;
	struct inv_shown_as format[STYLES]; /* by its number */
	uint16_t style[STYLES];             /* its format */
	size_t styles;
	struct sheet sheet[INV_SHEETS_MAX];
	size_t sheets;
	struct inv_buf names;         /* of sheets; has room, and stays put */
	uint8_t hidden[INV_XLS_ROWS]; /* rows */
	uint64_t cells;
	struct place *place; /* of all cells, in the order of the file */
	size_t places, room;
	bool mixed_up; /* that is not the order of the sheet */
	/* A formula whose text is still to come, and how much of it. */
	struct inv_xls_frame formula;
	bool waits;
	size_t units;
	struct inv_buf text;
};

/* ---- saying ---- */

static void
flush(struct telling *t)
{
	struct inv_err err;

	if (!t->failed &&
	    !inv_file_write(t->out, inv_buf_str(&t->held), "pipe", &err))
		t->failed = true;
	inv_buf_reset(&t->held);
}

static void
say(struct telling *t, struct inv_xls_frame f, struct inv_str text)
{
	f.n = (uint32_t)text.n;
	inv_buf_add(&t->held, (struct inv_str){ (const char *)&f, sizeof(f) });
	inv_buf_add(&t->held, text);
	if (t->held.n >= HELD)
		flush(t);
}

static bool
flawed(struct telling *t, enum inv_xls_flaw flaw)
{
	say(t, (struct inv_xls_frame){ .said = INV_XLS_FLAW, .count = flaw },
	    INV_LIT(""));
	return false;
}

static void
say_cell(struct telling *t, struct inv_xls_frame cell, enum inv_cell_kind kind,
    struct inv_str text)
{
	bool fits = text.n <= INV_XLS_TEXT;

	cell.said = INV_XLS_CELL;
	cell.kind = (uint8_t)(fits ? kind : INV_CELL_OTHER);
	cell.hidden = t->hidden[cell.row];
	t->cells++;
	say(t, cell, fits ? text : INV_LIT(""));
}

/* Of Excel 5: so many bytes of the record, all of them of ASCII. */
static size_t
add_ascii(const struct inv_biff *b, size_t at, size_t n, struct inv_buf *out)
{
	size_t i = 0;

	for (; i < n && at + i < b->n; i++) {
		if (b->p[at + i] >= 0x80)
			out->failed = true;
		inv_buf_byte(out, (char)b->p[at + i]);
	}
	return i;
}

static size_t
add_text(struct telling *t, size_t at, size_t units)
{
	return t->excel_97 ? inv_xls_units(&t->biff, at, units, &t->text)
			   : add_ascii(&t->biff, at, units, &t->text);
}

/* ---- globals ---- */

static void
read_format(struct telling *t)
{
	uint32_t id = inv_biff_u16(&t->biff, 0);

	inv_buf_reset(&t->text);
	if (t->excel_97)
		add_text(t, 4, inv_biff_u16(&t->biff, 2));
	else
		add_text(t, 3, inv_biff_u16(&t->biff, 2) & 0xff);
	t->format[id] = inv_shown_format(inv_buf_str(&t->text));
}

/* Of Excel 5 the name comes later. */
static bool
read_sheet(struct telling *t)
{
	const struct inv_biff *b = &t->biff;
	struct sheet *s = &t->sheet[t->sheets];

	if (t->sheets == INV_SHEETS_MAX)
		return flawed(t, INV_XLS_CROWDED);
	if (b->n < 8)
		return flawed(t, INV_XLS_BROKEN);
	s->at = inv_biff_u32(b, 0);
	s->hidden = (b->p[4] & 3) != 0;
	s->table = b->p[5] == 0;
	if (t->excel_97) {
		inv_buf_reset(&t->text);
		if (add_text(t, 7, b->p[6]) < b->p[6] || t->text.failed)
			return flawed(t, INV_XLS_BROKEN);
		s->name =
		    (struct inv_str){ t->names.p + t->names.n, t->text.n };
		inv_buf_add(&t->names, inv_buf_str(&t->text));
	}
	t->sheets++;
	return true;
}

static bool
read_global(struct telling *t)
{
	struct inv_biff *b = &t->biff;

	switch (b->type) {
	case INV_BIFF_FILEPASS:
		return flawed(t, INV_XLS_ENCRYPTED);
	case INV_BIFF_DATEMODE:
		t->since_1904 = (uint16_t)inv_biff_u16(b, 0);
		break;
	case INV_BIFF_FORMAT:
		read_format(t);
		break;
	case INV_BIFF_XF:
		if (t->styles < STYLES)
			t->style[t->styles++] = (uint16_t)inv_biff_u16(b, 2);
		break;
	case INV_BIFF_BOUNDSHEET:
		return read_sheet(t);
	}
	return true;
}

/* The shared texts end where another record begins. */
static bool
next_global(struct telling *t)
{
	struct inv_biff *b = &t->biff;

	if (!inv_biff_next(b))
		return flawed(t, INV_XLS_BROKEN);
	while (b->type == INV_BIFF_SST)
		if (!inv_xls_texts_read(t->shared, b))
			return flawed(t, INV_XLS_BROKEN);
	return true;
}

static bool
read_globals(struct telling *t)
{
	struct inv_biff *b = &t->biff;

	if (!inv_biff_next(b) || b->type != INV_BIFF_BOF)
		return flawed(t, INV_XLS_BROKEN);
	uint32_t version = inv_biff_u16(b, 0);

	if (version != VERSION_5 && version != VERSION_8)
		return flawed(t, INV_XLS_VERSION);
	t->excel_97 = version == VERSION_8;
	for (size_t i = 0; i < STYLES; i++)
		t->format[i] = inv_shown_builtin(i);
	do {
		if (!next_global(t) || !read_global(t))
			return false;
	} while (b->type != INV_BIFF_EOF);
	return true;
}

/* ---- cells ---- */

/* Row, column and style: what each cell begins with. */
static bool
begin_cell(const struct telling *t, struct inv_xls_frame *cell)
{
	uint32_t column = inv_biff_u16(&t->biff, 2);
	uint32_t style = inv_biff_u16(&t->biff, 4);

	*cell = (struct inv_xls_frame){
		.row = (uint16_t)inv_biff_u16(&t->biff, 0),
		.column = (uint16_t)column,
		.as = { INV_SHOWN_NUMBER, 0 },
	};
	if (style < t->styles)
		cell->as = t->format[t->style[style]];
	return column < INV_XLS_COLUMNS;
}

static void
say_number(struct telling *t, struct inv_xls_frame cell, double v)
{
	struct inv_str bytes = { (const char *)&v, sizeof(v) };

	if (isfinite(v))
		say_cell(t, cell, INV_CELL_NUMBER, bytes);
	else
		say_cell(t, cell, INV_CELL_OTHER, INV_LIT(""));
}

static void
say_error(struct telling *t, struct inv_xls_frame cell, unsigned code)
{
	static const struct {
		unsigned code;
		const char *text;
	} errors[] = {
		{ 0x00, "#NULL!" },
		{ 0x07, "#DIV/0!" },
		{ 0x0f, "#VALUE!" },
		{ 0x17, "#REF!" },
		{ 0x1d, "#NAME?" },
		{ 0x24, "#NUM!" },
		{ 0x2a, "#N/A" },
	};
	const char *text = "#UNKNOWN!";

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (errors[i].code == code)
			text = errors[i].text;
	say_cell(t, cell, INV_CELL_ERROR, inv_str_of(text));
}

static void
say_flag(struct telling *t, struct inv_xls_frame cell, bool yes)
{
	say_cell(t, cell, INV_CELL_FLAG, yes ? INV_LIT("1") : INV_LIT("0"));
}

static void
say_text(struct telling *t, struct inv_xls_frame cell, bool sound,
    struct inv_str text)
{
	say_cell(t, cell, sound ? INV_CELL_TEXT : INV_CELL_OTHER,
	    sound ? text : INV_LIT(""));
}

/* A text that the cell has for itself. */
static void
say_label(struct telling *t, struct inv_xls_frame cell)
{
	size_t units = inv_biff_u16(&t->biff, 6);
	struct inv_str text = { 0 };
	bool sound;

	if (t->excel_97) {
		inv_buf_reset(&t->text);
		sound = add_text(t, 8, units) == units && !t->text.failed;
		text = inv_buf_str(&t->text);
	} else {
		sound = inv_xls_text(t->xls, cell.row, cell.column, &text);
	}
	say_text(t, cell, sound, text);
}

static void
say_shared(struct telling *t, struct inv_xls_frame cell)
{
	struct inv_str text = { 0 };
	bool sound =
	    inv_xls_texts_get(t->shared, inv_biff_u32(&t->biff, 6), &text);

	say_text(t, cell, sound, text);
}

static void
say_formula(struct telling *t, struct inv_xls_frame cell)
{
	const struct inv_biff *b = &t->biff;

	if (inv_biff_u16(b, 12) != 0xffff) {
		say_number(t, cell, inv_biff_double(b, 6));
		return;
	}
	switch ((enum result)b->p[6]) {
	case RESULT_TEXT:
		t->formula = cell;
		t->waits = true;
		t->units = 0;
		inv_buf_reset(&t->text);
		return;
	case RESULT_FLAG:
		say_flag(t, cell, b->p[8] != 0);
		return;
	case RESULT_ERROR:
		say_error(t, cell, b->p[8]);
		return;
	case RESULT_EMPTY:
		say_cell(t, cell, INV_CELL_TEXT, INV_LIT(""));
		return;
	}
	say_cell(t, cell, INV_CELL_OTHER, INV_LIT(""));
}

/*
 * The text of a formula, or more of it.  False: it is something else, and a
 * formula that still waits has none.
 */
static bool
take_text(struct telling *t)
{
	const struct inv_biff *b = &t->biff;
	bool more = b->type == INV_BIFF_CONTINUE && t->units > 0;

	if (b->type == INV_BIFF_STRING && t->units == 0) {
		t->units = inv_biff_u16(b, 0);
		t->units -= add_text(t, 2, t->units);
	} else if (more) {
		t->units -= add_text(t, 0, t->units);
	} else {
		return false;
	}
	if (t->units > 0)
		return true;
	t->waits = false;
	say_text(t, t->formula, !t->text.failed, inv_buf_str(&t->text));
	return true;
}

/* What comes between a formula and its text is about both. */
static bool
is_of_formula(unsigned type)
{
	enum { SHARED = 0x4bc, ARRAY = 0x221, TABLE = 0x236 };

	return type == SHARED || type == ARRAY || type == TABLE;
}

static void
give_up_text(struct telling *t)
{
	t->waits = false;
	say_cell(t, t->formula, INV_CELL_NUMBER, INV_LIT(""));
}

static bool
say_numbers(struct telling *t, struct inv_xls_frame cell)
{
	const struct inv_biff *b = &t->biff;

	for (size_t at = 4; at + 8 <= b->n; at += 6, cell.column++) {
		uint32_t style = inv_biff_u16(b, at);

		if (cell.column >= INV_XLS_COLUMNS)
			return false;
		cell.as = (struct inv_shown_as){ INV_SHOWN_NUMBER, 0 };
		if (style < t->styles)
			cell.as = t->format[t->style[style]];
		say_number(t, cell, inv_biff_rk(b, at + 2));
	}
	return true;
}

/* The fewest bytes that such a record has; 0: it is passed over. */
static size_t
least_of(unsigned type)
{
	switch (type) {
	case INV_BIFF_ROW:
	case INV_BIFF_NUMBER:
	case INV_BIFF_FORMULA:
		return 14;
	case INV_BIFF_RK:
	case INV_BIFF_LABELSST:
		return 10;
	case INV_BIFF_LABEL:
	case INV_BIFF_RSTRING:
	case INV_BIFF_BOOLERR:
		return 8;
	case INV_BIFF_MULRK:
		return 12;
	default:
		return 0;
	}
}

/* What the record of a cell holds; it is all there. */
static bool
tell_record(struct telling *t)
{
	const struct inv_biff *b = &t->biff;
	struct inv_xls_frame cell;

	if (!begin_cell(t, &cell))
		return false;
	switch (b->type) {
	case INV_BIFF_NUMBER:
		say_number(t, cell, inv_biff_double(b, 6));
		break;
	case INV_BIFF_RK:
		say_number(t, cell, inv_biff_rk(b, 6));
		break;
	case INV_BIFF_MULRK:
		return say_numbers(t, cell);
	case INV_BIFF_LABELSST:
		say_shared(t, cell);
		break;
	case INV_BIFF_LABEL:
	case INV_BIFF_RSTRING:
		say_label(t, cell);
		break;
	case INV_BIFF_BOOLERR:
		if (b->p[7] != 0)
			say_error(t, cell, b->p[6]);
		else
			say_flag(t, cell, b->p[6] != 0);
		break;
	case INV_BIFF_FORMULA:
		say_formula(t, cell);
		break;
	}
	return true;
}

/* Records up to the one that is no more of the formula, if there is one. */
static bool
tell_formula(struct telling *t)
{
	while (t->waits) {
		if (!inv_biff_next(&t->biff))
			return false;
		if (!take_text(t) && !is_of_formula(t->biff.type))
			give_up_text(t);
	}
	return true;
}

/* Row by row, as they are numbered; of the same cell as they are in the file. */
static int
compare(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

/* A record of the sheet, which is all there, and where it is. */
static void
note_record(struct telling *t, struct place place)
{
	const struct inv_biff *b = &t->biff;

	place.row = (uint16_t)inv_biff_u16(b, 0);
	place.column = (uint16_t)inv_biff_u16(b, 2);
	if (b->type == INV_BIFF_ROW) {
		t->hidden[place.row] = (inv_biff_u16(b, 12) & ROW_HIDDEN) != 0;
		return;
	}
	if (t->places == t->room) {
		t->room = t->room == 0 ? 1024 : 2 * t->room;
		t->place = inv_mem_resize(t->place, t->room, sizeof(*t->place));
	}
	t->mixed_up = t->mixed_up ||
	    (t->places > 0 && compare(&t->place[t->places - 1], &place) > 0);
	t->place[t->places++] = place;
}

/* All records to the end of the sheet. */
static bool
find_cells(struct telling *t, uint32_t at)
{
	struct inv_biff *b = &t->biff;
	size_t depth = 1; /* charts have a BOF and an EOF of their own */

	if (!inv_compound_seek(&b->s, at) || !inv_biff_next(b) ||
	    b->type != INV_BIFF_BOF || inv_biff_u16(b, 2) != WORKSHEET)
		return flawed(t, INV_XLS_BROKEN);
	while (depth > 0) {
		struct place place = { .sector = b->s.sector, .at = b->s.at };

		if (!inv_biff_next(b))
			return flawed(t, INV_XLS_BROKEN);
		depth += b->type == INV_BIFF_BOF;
		depth -= b->type == INV_BIFF_EOF;
		size_t least = depth == 1 ? least_of(b->type) : 0;

		if (least > 0 && b->n < least)
			return flawed(t, INV_XLS_BROKEN);
		if (least > 0)
			note_record(t, place);
	}
	return true;
}

static bool
tell_cells(struct telling *t, uint32_t at)
{
	struct inv_biff *b = &t->biff;

	if (!find_cells(t, at))
		return false;
	if (t->mixed_up)
		qsort(t->place, t->places, sizeof(*t->place), compare);
	for (size_t i = 0; i < t->places; i++) {
		b->s.sector = t->place[i].sector;
		b->s.at = t->place[i].at;
		if (!inv_biff_next(b) || !tell_record(t) || !tell_formula(t))
			return flawed(t, INV_XLS_BROKEN);
	}
	return true;
}

/* ---- a workbook ---- */

static bool
open_xls(struct telling *t, int in)
{
	if (!inv_xls_is_here())
		return flawed(t, INV_XLS_NO_LIBRARY);
	/* It would take one that is embedded for the workbook. */
	if (inv_compound_count(&t->file, "Workbook") +
		inv_compound_count(&t->file, "Book") >
	    1)
		return flawed(t, INV_XLS_REFUSED);
	switch (inv_xls_open(in, &t->xls)) {
	case INV_XLS_OPENED:
		return inv_xls_is_excel_5(t->xls, t->sheets) ||
		    flawed(t, INV_XLS_REFUSED);
	case INV_XLS_DAMAGED:
		return flawed(t, INV_XLS_REFUSED);
	case INV_XLS_NO_MEMORY:
		return flawed(t, INV_XLS_CROWDED);
	case INV_XLS_NO_PROC:
		break;
	}
	return flawed(t, INV_XLS_PROC);
}

static bool
find_names(struct telling *t, int in)
{
	if (t->excel_97)
		return true;
	if (!open_xls(t, in))
		return false;
	for (size_t i = 0; i < t->sheets; i++)
		if (!inv_xls_sheet(t->xls, (uint16_t)i, &t->sheet[i].name))
			return flawed(t, INV_XLS_REFUSED);
	return true;
}

/* All sheets, and which is to be read: 0, where the caller will refuse. */
static uint64_t
tell_sheets(struct telling *t, struct inv_str wanted)
{
	struct inv_sheet_choice choice;
	struct inv_err err;

	inv_sheet_choice_begin(&choice, wanted);
	for (size_t i = 0; i < t->sheets; i++) {
		const struct sheet *s = &t->sheet[i];

		inv_sheet_choice_see(&choice, s->name, s->hidden, s->table);
		say(t,
		    (struct inv_xls_frame){ .said = INV_XLS_SHEET,
			.hidden = s->hidden,
			.flag = s->table },
		    s->name);
	}
	uint64_t chosen =
	    inv_sheet_choice_end(&choice, "", &err) ? choice.at : 0;

	inv_sheet_choice_free(&choice);
	say(t,
	    (struct inv_xls_frame){
		.said = INV_XLS_SINCE, .flag = t->since_1904 != 0 },
	    INV_LIT(""));
	return chosen;
}

static bool
find_book(struct telling *t, struct inv_str file)
{
	struct inv_compound_stream *s = &t->biff.s;

	if (!inv_compound_open(&t->file, file))
		return flawed(t, INV_XLS_BROKEN);
	if (inv_compound_find(&t->file, "Workbook", s) ||
	    inv_compound_find(&t->file, "Book", s))
		return true;
	return flawed(t,
	    inv_compound_find(&t->file, "EncryptedPackage", s)
		? INV_XLS_ENCRYPTED
		: INV_XLS_NO_WORKBOOK);
}

static void
tell_all(struct telling *t, int in, struct inv_str file, struct inv_str wanted)
{
	if (!find_book(t, file) || !read_globals(t) || !find_names(t, in))
		return;
	uint64_t chosen = tell_sheets(t, wanted);

	if (chosen > 0 && !t->excel_97 &&
	    !inv_xls_select(t->xls, (uint16_t)(chosen - 1)))
		flawed(t, INV_XLS_REFUSED);
	else if (chosen == 0 || tell_cells(t, t->sheet[chosen - 1].at))
		say(t,
		    (struct inv_xls_frame){
			.said = INV_XLS_END, .count = t->cells },
		    INV_LIT(""));
}

/* But for the library, which goes with the process. */
static int
forget(struct telling *t, struct inv_str file)
{
	bool failed = t->failed;

	if (file.n > 0)
		munmap((void *)(uintptr_t)file.p, file.n);
	inv_compound_free(&t->file);
	inv_xls_texts_free(t->shared);
	free(t->place);
	inv_buf_free(&t->held);
	inv_buf_free(&t->text);
	inv_buf_free(&t->names);
	free(t);
	return failed;
}

int
inv_xls_tell(int in, int out, struct inv_str wanted)
{
	struct telling *t = inv_mem_new(sizeof(*t));
	struct inv_str file = { 0 };
	struct stat st;
	void *p = MAP_FAILED;

	t->out = out;
	t->held = INV_BUF(HELD + INV_XLS_TEXT + sizeof(struct inv_xls_frame));
	t->text = INV_BUF(INV_XLS_TEXT);
	t->names = INV_BUF(INV_SHEETS_MAX * NAME);
	inv_mem_need(inv_buf_room(&t->names, t->names.max));
	t->shared = inv_xls_texts_new();
	if (fstat(in, &st) == 0 && st.st_size > 0)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, in,
		    0);
	if (p == MAP_FAILED) {
		flawed(t, INV_XLS_CROWDED);
	} else {
		file = (struct inv_str){ p, (size_t)st.st_size };
		tell_all(t, in, file, wanted);
	}
	flush(t);
	return forget(t, file);
}
