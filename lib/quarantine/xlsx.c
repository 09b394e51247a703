/* xlsx.c - items as a workbook to correct them in */

#include "quarantine/xlsx.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "data/errors.h"
#include "data/sheet.h"
#include "io/file.h"
#include "io/workbook.h"
#include "quarantine/choices.h"
#include "quarantine/listing.h"

enum {
	TEXT_MAX = 2 * INV_ITEM_TEXT_MAX, /* bytes of a cell */
	WIDTH_MIN = 8,                    /* characters of a column */
	WIDTH_MAX = 40,
	OFFERED = 128, /* texts of a list */
	SHOWN = 3000,  /* bytes of what is only told: errors, bytes of a row */
};

/* Our columns, behind those of the records. */
enum {
	ITEM,
	REASON,
	ERRORS,
	WHY,
	NAME,
	MANIFEST,
	ROW,
	LINE,
	RAW,
	OURS,
};

static const struct {
	const char *name;
	size_t width;
	enum inv_cell_style style;
} ours[OURS] = {
	[ITEM] = { "inv:item", 20, INV_CELL_TEXT },
	[REASON] = { "inv:reason", 18, INV_CELL_TEXT },
	[ERRORS] = { "inv:errors", 60, INV_CELL_WORDS },
	[WHY] = { "inv:why", 30, INV_CELL_WORDS },
	[NAME] = { "inv:name", 20, INV_CELL_TEXT },
	[MANIFEST] = { "inv:manifest", 14, INV_CELL_TEXT },
	[ROW] = { "inv:row", 8, INV_CELL_TEXT },
	[LINE] = { "inv:line", 8, INV_CELL_TEXT },
	[RAW] = { "inv:raw", 40, INV_CELL_TEXT },
};

static const char *const help[] = {
	"How to correct these rows",
	"",
	"Each row of the sheet Rows was refused; inv:errors says why.",
	"Correct the cells on the left, and say in inv:why what was wrong.",
	"Rows that you do not want to correct can be taken out of the sheet.",
	"Do not change the names of columns, nor the hidden column inv:item: "
	"it says which row is corrected.",
	"Cells are text: 007 stays 007. Where a cell begins with an apostrophe, "
	"that is there so that no program runs it, and is taken off again.",
	"An arrow beside a cell shows what is allowed there.",
	"",
	"Then save the workbook, and have it taken in:",
	"inv-split rows.xlsx | inv-validate | inv-dedup | inv-commit | "
	"inv-quarantine | inv-audit",
	"",
	"A row that is right closes what it corrects; any other comes back with "
	"what is still wrong.",
	NULL,
};

struct xlsx {
	struct inv_quarantine_reader *r;
	struct inv_sheet *sheet;
	struct inv_scan *scan;
	struct inv_choices *choices;
	struct inv_workbook *book;
	struct inv_buf text;
	struct inv_buf cell;
	size_t *width; /* of the records' columns */
	size_t widths;
	uint64_t last; /* the item that the columns were last learned from */
	uint64_t rows; /* written, the head among them */
	uint64_t left;
};

/* ---- the columns ---- */

static const struct inv_members *
fields_of(struct xlsx *x, const struct inv_item *item)
{
	struct inv_err err;

	if (item->last.form != INV_FORM_RECORD)
		return NULL;
	if (!inv_scan_object(x->scan, item->last.content, &err))
		inv_die(&err);
	return inv_scan_record(x->scan);
}

/* Bytes of a text are about its characters, but for a narrow column. */
static void
widen(struct xlsx *x, const struct inv_members *fields)
{
	size_t n = inv_sheet_columns(x->sheet);

	if (n > x->widths)
		x->width = inv_mem_resize(x->width, n, sizeof(*x->width));
	for (; x->widths < n; x->widths++) {
		size_t own = inv_sheet_name(x->sheet, x->widths).n + 2;

		x->width[x->widths] = own < WIDTH_MIN ? WIDTH_MIN : own;
	}
	inv_sheet_load(x->sheet, fields);
	for (size_t k = 0; k < n; k++) {
		size_t want = inv_sheet_text(x->sheet, k).n + 2;

		if (want > x->width[k])
			x->width[k] = want;
		if (x->width[k] > WIDTH_MAX)
			x->width[k] = WIDTH_MAX;
	}
}

/* Once through all items before the first is written. */
static uint64_t
learn(struct xlsx *x)
{
	const struct inv_members *fields;
	const struct inv_item *item;
	uint64_t n = 0;
	struct inv_err err;

	while ((item = inv_listing_next(x->r)) != NULL) {
		fields = fields_of(x, item);
		if (fields != NULL) {
			if (!inv_sheet_learn(x->sheet, fields, INV_LIT("inv:"),
				&err))
				inv_die(&err);
			widen(x, fields);
		}
		inv_choices_learn(x->choices, item->last.stages);
		x->last = item->number;
		n++;
	}
	return n;
}

static void
put(struct xlsx *x, uint64_t row, size_t column, struct inv_str text,
    enum inv_cell_style style)
{
	inv_buf_reset(&x->cell);
	if (inv_sheet_is_formula(text))
		inv_buf_byte(&x->cell, '\'');
	inv_buf_add(&x->cell, text);
	inv_workbook_put(x->book, row, column, inv_buf_str(&x->cell), style);
}

static void
put_head(struct xlsx *x, uint64_t rows)
{
	size_t n = inv_sheet_columns(x->sheet);
	struct inv_str texts[OFFERED];

	for (size_t k = 0; k < n; k++) {
		struct inv_str name = inv_sheet_name(x->sheet, k);
		size_t offered =
		    inv_choices_of(x->choices, name, texts, OFFERED);

		inv_workbook_column(x->book, k,
		    &(struct inv_workbook_column){
			.width = x->width[k], .style = INV_CELL_TEXT });
		put(x, 0, k, name, INV_CELL_HEAD);
		(void)inv_workbook_offer(x->book, k, rows, texts, offered);
	}
	for (size_t k = 0; k < OURS; k++) {
		inv_workbook_column(x->book, n + k,
		    &(struct inv_workbook_column){ .width = ours[k].width,
			.style = ours[k].style,
			.hidden = k == ITEM });
		put(x, 0, n + k, inv_str_of(ours[k].name), INV_CELL_HEAD);
	}
	x->rows = 1;
}

/* ---- the rows ---- */

/* With its apostrophe, should it need one. */
static bool
fits(struct inv_str text)
{
	return text.n < INV_FIELD_MAX && inv_workbook_fits(text) &&
	    !(inv_sheet_is_formula(text) && text.n >= INV_WORKBOOK_CELL);
}

static bool
can_hold(struct xlsx *x)
{
	for (size_t k = 0; k < inv_sheet_columns(x->sheet); k++)
		if (!fits(inv_sheet_text(x->sheet, k)))
			return false;
	return true;
}

/* What is only to be read: as much of it as a cell holds. */
static void
put_words(struct xlsx *x, size_t k, struct inv_str text)
{
	size_t column = inv_sheet_columns(x->sheet) + k;
	bool cut = text.n > SHOWN;

	if (cut)
		text.n = SHOWN;
	while (cut && text.n > 0 && !inv_text_is_utf8(text))
		text.n--;
	if (fits(text))
		put(x, x->rows, column, text, ours[k].style);
}

static void
put_number(struct xlsx *x, size_t k, uint64_t v)
{
	struct inv_buf b = INV_BUF(32);

	inv_buf_u64(&b, v);
	if (v > 0)
		put_words(x, k, inv_buf_str(&b));
	inv_buf_free(&b);
}

static void
put_raw(struct xlsx *x, const struct inv_item *item)
{
	struct inv_str raw = item->last.content;

	inv_buf_reset(&x->text);
	if (item->last.form != INV_FORM_RAW || raw.n < 2)
		return;
	raw = (struct inv_str){ raw.p + 1, raw.n - 2 };
	if (inv_buf_room(&x->text, raw.n))
		x->text.n = inv_text_decode(raw, x->text.p);
	put_words(x, RAW, inv_buf_str(&x->text));
}

static void
put_item(struct xlsx *x, const struct inv_item *item)
{
	inv_sheet_load(x->sheet, fields_of(x, item));
	if (!can_hold(x)) {
		inv_say("%s: more than a cell of a workbook holds: export it "
			"as --csv",
		    item->id);
		x->left++;
		return;
	}
	for (size_t k = 0; k < inv_sheet_columns(x->sheet); k++)
		put(x, x->rows, k, inv_sheet_text(x->sheet, k), INV_CELL_TEXT);
	put_words(x, ITEM, inv_str_of(item->id));
	put_words(x, REASON, item->last.reason);
	inv_buf_reset(&x->text);
	inv_errors_text(&x->text, item->last.errors, SIZE_MAX);
	put_words(x, ERRORS, inv_buf_str(&x->text));
	put_words(x, NAME, item->last.name);
	put_words(x, MANIFEST, item->manifest);
	put_number(x, ROW, item->row);
	put_number(x, LINE, item->line);
	put_raw(x, item);
	x->rows++;
}

static void
put_help(struct xlsx *x)
{
	const struct inv_workbook_column wide = { .width = 100,
		.style = INV_CELL_WORDS };

	inv_workbook_sheet(x->book, "Help", false);
	inv_workbook_column(x->book, 0, &wide);
	for (size_t i = 0; help[i] != NULL; i++)
		put(x, i, 0, inv_str_of(help[i]),
		    i == 0 ? INV_CELL_HEAD : INV_CELL_WORDS);
}

static void
write_file(struct xlsx *x, const char *path)
{
	struct inv_buf file = INV_BUF(INV_WORKBOOK_BYTES);
	struct inv_err err;

	if (!inv_workbook_finish(x->book, &file, &err))
		inv_die(&err);
	if (!(strcmp(path, "-") == 0
		    ? inv_file_write(STDOUT_FILENO, inv_buf_str(&file),
			  "stdout", &err)
		    : inv_file_summary(path, inv_buf_str(&file), &err)))
		inv_die(&err);
	inv_buf_free(&file);
}

static void
write_all(struct xlsx *x, const struct inv_item_filter *which, const char *path,
    uint64_t rows)
{
	const char *folder = inv_opt_env("TMPDIR");
	const struct inv_item *item;
	struct inv_err err;

	if (rows >= INV_WORKBOOK_ROWS) {
		inv_fail(&err, INV_BAD,
		    "%ju items: a sheet holds 1048575 rows, choose fewer",
		    (uintmax_t)rows);
		inv_die(&err);
	}
	x->book = inv_workbook_new(folder != NULL ? folder : "/var/tmp",
	    (int64_t)inv_opt_now(), &err);
	if (x->book == NULL)
		inv_die(&err);
	inv_workbook_sheet(x->book, "Rows", true);
	put_head(x, rows);
	inv_quarantine_seek(x->r, which);
	while ((item = inv_listing_next(x->r)) != NULL &&
	    item->number <= x->last)
		put_item(x, item);
	put_help(x);
	write_file(x, path);
	inv_workbook_free(x->book);
}

void
inv_quarantine_xlsx(struct inv_quarantine_reader *r,
    const struct inv_item_filter *which, const char *path, uint64_t *found,
    uint64_t *left)
{
	struct xlsx x = {
		.r = r,
		.sheet = inv_sheet_new(),
		.scan = inv_scan_new(),
		.choices = inv_choices_new(),
		.text = INV_BUF(TEXT_MAX),
		.cell = INV_BUF(INV_FIELD_MAX + 1),
	};

	inv_quarantine_seek(r, which);
	*found = learn(&x);
	if (*found > 0)
		write_all(&x, which, path, *found);
	*left = x.left;
	inv_sheet_free(x.sheet);
	inv_scan_free(x.scan);
	inv_choices_free(x.choices);
	inv_buf_free(&x.text);
	inv_buf_free(&x.cell);
	free(x.width);
}
