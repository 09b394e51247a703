/* xls_answer.c - what the child that reads an xls workbook says of it */

#include "data/xls_answer.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "io/stream.h"

static bool
is_cell(const struct inv_xls_frame *f)
{
	bool number = f->kind == INV_CELL_NUMBER;
	bool kind = number || f->kind == INV_CELL_TEXT ||
	    f->kind == INV_CELL_FLAG || f->kind == INV_CELL_ERROR ||
	    f->kind == INV_CELL_OTHER;

	return kind && f->column < INV_XLS_COLUMNS && inv_shown_is(f->as) &&
	    (!number || f->n == 0 || f->n == sizeof(double));
}

static bool
is_frame(const struct inv_xls_frame *f)
{
	if (f->n > INV_XLS_TEXT || f->hidden > 1 || f->flag > 1)
		return false;
	switch ((enum inv_xls_said)f->said) {
	case INV_XLS_SHEET:
		return true;
	case INV_XLS_CELL:
		return is_cell(f);
	case INV_XLS_SINCE:
	case INV_XLS_END:
		return f->n == 0;
	case INV_XLS_FLAW:
		return f->n == 0 && f->count < INV_XLS_FLAWS;
	case INV_XLS_SAID:
		break;
	}
	return false;
}

/* What it is about: a number that can be shown, or characters. */
static bool
is_text(const struct inv_xls_frame *f, struct inv_str text)
{
	double v;

	if (f->said != INV_XLS_CELL || f->kind != INV_CELL_NUMBER)
		return inv_utf8_all(text);
	if (text.n == 0)
		return true;
	memcpy(&v, text.p, sizeof(v));
	return isfinite(v);
}

/* ---- reading ---- */

void
inv_xls_answer_new(struct inv_xls_answer *a)
{
	*a = (struct inv_xls_answer){
		.fd = -1,
		.piece = inv_mem_new(INV_STREAM_PIECE),
		.text = INV_BUF(INV_XLS_TEXT),
	};
}

void
inv_xls_answer_free(struct inv_xls_answer *a)
{
	free(a->piece);
	inv_buf_free(&a->text);
}

void
inv_xls_answer_go(struct inv_xls_answer *a, int fd, off_t at)
{
	a->fd = fd;
	a->next = at;
	a->at = a->n = 0;
}

off_t
inv_xls_answer_at(const struct inv_xls_answer *a)
{
	return a->next - (off_t)(a->n - a->at);
}

static bool
makes_no_sense(struct inv_err *err)
{
	return inv_fail(err, INV_BAD, "its reader makes no sense");
}

static bool
fill(struct inv_xls_answer *a, struct inv_err *err)
{
	ssize_t n = pread(a->fd, a->piece, INV_STREAM_PIECE, a->next);

	if (n < 0)
		return inv_fail_sys(err, INV_IO, "the temporary file");
	if (n == 0)
		return makes_no_sense(err);
	a->next += n;
	a->at = 0;
	a->n = (size_t)n;
	return true;
}

static bool
take(struct inv_xls_answer *a, void *to, size_t n, struct inv_err *err)
{
	for (char *p = to; n > 0;) {
		if (a->at == a->n && !fill(a, err))
			return false;
		size_t k = n < a->n - a->at ? n : a->n - a->at;

		memcpy(p, a->piece + a->at, k);
		a->at += k;
		p += k;
		n -= k;
	}
	return true;
}

bool
inv_xls_answer_next(struct inv_xls_answer *a, struct inv_err *err)
{
	struct inv_xls_frame *f = &a->frame;

	inv_buf_reset(&a->text);
	if (!take(a, f, sizeof(*f), err))
		return false;
	if (!is_frame(f) || !inv_buf_room(&a->text, f->n))
		return makes_no_sense(err);
	if (!take(a, a->text.p, f->n, err))
		return false;
	a->text.n = f->n;
	return is_text(f, inv_buf_str(&a->text)) || makes_no_sense(err);
}
