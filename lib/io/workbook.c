/* workbook.c - sheets of texts as one xlsx file */

#include "io/workbook.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "io/file.h"
#include "io/inflate.h"

enum {
	NAME_BYTES = 64,                         /* of our path in /proc */
	CELL_BYTES = 12 * 4 * INV_WORKBOOK_CELL, /* of a cell, escaped */
	CHOICES_BYTES = 4 * INV_WORKBOOK_CHOICES + 1,
	CHOICES_MAX = INV_WORKBOOK_CHOICES / 2 + 2,
	HEAD_COLOUR = 0xDDE6F0,
	PIECE = 256 << 10, /* bytes read at once */
};

struct inv_workbook {
	const char *folder;
	int fd; /* the file, without a name */
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *format[3]; /* by style */
	struct inv_buf text;   /* of a cell, with a NUL behind */
	uint64_t cells;
	bool failed;
};

struct inv_workbook *
inv_workbook_new(const char *folder, int64_t created, struct inv_err *err)
{
	struct inv_workbook *w = inv_mem_new(sizeof(*w));
	char path[NAME_BYTES];
	char *tmpdir = inv_mem_dup(folder, strlen(folder) + 1);
	lxw_workbook_options options = { .constant_memory = LXW_TRUE,
		.tmpdir = tmpdir };
	lxw_doc_properties properties = { .created = created };

	w->folder = folder;
	w->text = INV_BUF(CELL_BYTES);
	w->fd = inv_file_nameless(folder, err);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", w->fd);
	if (w->fd >= 0)
		w->book = workbook_new_opt(path, &options);
	free(tmpdir);
	if (w->book == NULL) {
		if (w->fd >= 0)
			inv_fail(err, INV_INTERNAL, "xlsx: out of memory");
		inv_workbook_free(w);
		return NULL;
	}
	(void)workbook_set_properties(w->book, &properties);
	for (size_t i = 0; i < 3; i++) {
		w->format[i] = workbook_add_format(w->book);
		format_set_num_format(w->format[i], "@");
		format_set_align(w->format[i], LXW_ALIGN_VERTICAL_TOP);
	}
	format_set_bold(w->format[INV_CELL_HEAD]);
	format_set_bg_color(w->format[INV_CELL_HEAD], HEAD_COLOUR);
	format_set_text_wrap(w->format[INV_CELL_WORDS]);
	return w;
}

void
inv_workbook_free(struct inv_workbook *w)
{
	if (w == NULL)
		return;
	/* The library frees a workbook by writing it. */
	if (w->book != NULL)
		(void)workbook_close(w->book);
	if (w->fd >= 0)
		close(w->fd);
	inv_buf_free(&w->text);
	free(w);
}

void
inv_workbook_sheet(struct inv_workbook *w, const char *name, bool head)
{
	w->sheet = workbook_add_worksheet(w->book, name);
	if (w->sheet == NULL)
		w->failed = true;
	else if (head)
		worksheet_freeze_panes(w->sheet, 1, 0);
}

void
inv_workbook_column(struct inv_workbook *w, size_t column,
    const struct inv_workbook_column *c)
{
	lxw_row_col_options options = { .hidden = c->hidden };
	lxw_col_t k = (lxw_col_t)column;

	if (worksheet_set_column_opt(w->sheet, k, k, (double)c->width,
		w->format[c->style], &options) != LXW_NO_ERROR)
		w->failed = true;
}

/* ---- cells ---- */

/* Four hex digits and an underscore. */
static bool
is_code(const char *p, size_t n)
{
	for (size_t i = 0; i < 4; i++)
		if (n < 5 || memchr("0123456789abcdefABCDEF", p[i], 22) == NULL)
			return false;
	return p[4] == '_';
}

/*
 * A spreadsheet takes _x0041_ for an A, which the library leaves to us: the
 * underscore is written as a code then.  With a NUL behind.
 */
static const char *
escaped(struct inv_workbook *w, struct inv_str text)
{
	inv_buf_reset(&w->text);
	for (size_t i = 0; i < text.n; i++) {
		bool code = text.n - i > 2 && text.p[i] == '_' &&
		    text.p[i + 1] == 'x' &&
		    is_code(text.p + i + 2, text.n - i - 2);

		if (code)
			inv_buf_add(&w->text, INV_LIT("_x005F_"));
		else
			inv_buf_byte(&w->text, text.p[i]);
	}
	inv_buf_byte(&w->text, '\0');
	return w->text.p;
}

/* Characters beyond U+FFFF are two units. */
static size_t
units(struct inv_str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		n += (c & 0xc0) != 0x80;
		n += c >= 0xf0;
	}
	return n;
}

/* XML has no place for a NUL, and none for U+FFFE and U+FFFF. */
bool
inv_workbook_fits(struct inv_str text)
{
	if (text.n == 0)
		return true;
	for (size_t i = 0; i + 2 < text.n; i++)
		if (text.p[i] == '\xef' && text.p[i + 1] == '\xbf' &&
		    (unsigned char)text.p[i + 2] >= 0xbe)
			return false;
	return inv_utf8_all(text) && memchr(text.p, '\0', text.n) == NULL &&
	    units(text) <= INV_WORKBOOK_CELL;
}

void
inv_workbook_put(struct inv_workbook *w, size_t row, size_t column,
    struct inv_str text, enum inv_cell_style style)
{
	const char *s = escaped(w, text);

	if (text.n == 0)
		return;
	if (w->text.failed ||
	    worksheet_write_string(w->sheet, (lxw_row_t)row, (lxw_col_t)column,
		s, w->format[style]) != LXW_NO_ERROR)
		w->failed = true;
	w->cells++;
}

bool
inv_workbook_offer(struct inv_workbook *w, size_t column, size_t rows,
    const struct inv_str *texts, size_t n)
{
	struct inv_buf b = INV_BUF(CHOICES_BYTES + CHOICES_MAX);
	size_t at[CHOICES_MAX];
	char *list[CHOICES_MAX + 1] = { NULL };
	size_t used = n;
	bool ok = n > 0 && n <= CHOICES_MAX && rows > 0;

	for (size_t i = 0; ok && i < n; i++) {
		ok = texts[i].n > 0 && inv_workbook_fits(texts[i]) &&
		    memchr(texts[i].p, ',', texts[i].n) == NULL;
		used += units(texts[i]);
		at[i] = b.n;
		inv_buf_add(&b, texts[i]);
		inv_buf_byte(&b, '\0');
	}
	ok = ok && !b.failed && used - 1 <= INV_WORKBOOK_CHOICES;
	for (size_t i = 0; ok && i < n; i++)
		list[i] = b.p + at[i];
	if (ok) {
		lxw_data_validation v = { .validate = LXW_VALIDATION_TYPE_LIST,
			.error_type = LXW_VALIDATION_ERROR_TYPE_WARNING,
			.value_list = list };

		ok = worksheet_data_validation_range(w->sheet, 1,
			 (lxw_col_t)column, (lxw_row_t)rows, (lxw_col_t)column,
			 &v) == LXW_NO_ERROR;
	}
	inv_buf_free(&b);
	return ok;
}

/* ---- the file ---- */

/* How often an end tag stands in what comes by in pieces. */
struct ends {
	const char *tag;
	size_t at; /* bytes of it that have matched */
	uint64_t n;
};

static void
count(struct ends *e, struct inv_str piece)
{
	for (size_t i = 0; i < piece.n; i++) {
		/* What begins it stands nowhere else in it. */
		if (piece.p[i] != e->tag[e->at])
			e->at = 0;
		if (piece.p[i] == e->tag[e->at])
			e->at++;
		if (e->tag[e->at] == '\0') {
			e->n++;
			e->at = 0;
		}
	}
}

struct tally {
	struct ends cells;
	struct ends sheets;
};

static void
count_both(void *arg, struct inv_str piece)
{
	struct tally *t = arg;

	count(&t->cells, piece);
	count(&t->sheets, piece);
}

static size_t
number(struct inv_str s, size_t at, size_t bytes)
{
	size_t v = 0;

	for (size_t i = bytes; i-- > 0 && at + i < s.n;)
		v = v << 8 | (unsigned char)s.p[at + i];
	return v;
}

/* The part that entry `at` of the directory is about; true: a sheet. */
static bool
look_at(struct inv_str file, size_t at, struct tally *t, size_t *sheets)
{
	static const char name[] = "xl/worksheets/sheet";
	size_t from = number(file, at + 42, 4);
	size_t n = number(file, at + 20, 4);

	if (at + 46 + sizeof(name) - 1 > file.n ||
	    memcmp(file.p + at + 46, name, sizeof(name) - 1) != 0)
		return true;
	from += 30 + number(file, from + 26, 2) + number(file, from + 28, 2);
	++*sheets;
	return from <= file.n && n <= file.n - from &&
	    inv_inflate_raw((struct inv_str){ file.p + from, n }, count_both,
		t);
}

/* Every cell that was put is in it, and every sheet comes to its end. */
static bool
is_whole(struct inv_str file, uint64_t cells)
{
	struct tally t = { { .tag = "</c>" }, { .tag = "</worksheet>" } };
	size_t sheets = 0;

	if (file.n < 22 || memcmp(file.p + file.n - 22, "PK\5\6", 4) != 0)
		return false;
	size_t entries = number(file, file.n - 12, 2);
	size_t at = number(file, file.n - 6, 4);

	for (size_t i = 0; i < entries; i++) {
		if (at + 46 > file.n || !look_at(file, at, &t, &sheets))
			return false;
		at += 46 + number(file, at + 28, 2) + number(file, at + 30, 2) +
		    number(file, at + 32, 2);
	}
	return sheets > 0 && t.sheets.n == sheets && t.cells.n == cells;
}

bool
inv_workbook_finish(struct inv_workbook *w, struct inv_buf *out,
    struct inv_err *err)
{
	lxw_error said = workbook_close(w->book);
	size_t from = out->n;

	w->book = NULL;
	if (w->failed || said != LXW_NO_ERROR)
		return inv_fail(err, INV_IO, "%s: xlsx: %s", w->folder,
		    said != LXW_NO_ERROR ? lxw_strerror(said)
					 : "a cell could not be written");
	for (;;) {
		if (!inv_buf_room(out, PIECE))
			return inv_fail(err, INV_IO, "xlsx: more than 512 MiB");
		ssize_t n = pread(w->fd, out->p + out->n, PIECE,
		    (off_t)(out->n - from));

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return inv_fail_sys(err, INV_IO, "%s: xlsx", w->folder);
		if (n == 0)
			break;
		out->n += (size_t)n;
	}
	return is_whole((struct inv_str){ out->p + from, out->n - from },
		   w->cells) ||
	    inv_fail(err, INV_IO,
		"%s: xlsx: not all of it could be written: is there room?",
		w->folder);
}
