/* rowfile.c - a file's rows, one after the other, as records */

#include "data/rowfile.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/errors.h"

enum {
	ERRORS_SAID = 3, /* of a row that is no record */
	WHY_MAX = 4096,  /* bytes of what is wrong */
};

struct inv_rowfile {
	int fd;
	struct inv_source *source;
	struct inv_scan *scan;
	struct inv_buf columns;
	struct inv_buf line; /* the row as what follows a record line's head */
	struct inv_buf why;
};

struct inv_rowfile *
inv_rowfile_new(int fd, const char *name, const struct inv_source_options *how,
    struct inv_err *err)
{
	struct inv_rowfile *r = inv_mem_new(sizeof(*r));

	r->fd = fd;
	r->source = inv_source_new(how, "");
	r->scan = inv_scan_new();
	r->columns = INV_BUF(INV_LINE_MAX);
	r->line = INV_BUF(INV_LINE_MAX);
	r->why = INV_BUF(WHY_MAX);
	if (!inv_source_begin(r->source, fd, name, err)) {
		inv_rowfile_free(r);
		return NULL;
	}
	if (inv_source_has_columns(r->source))
		inv_source_columns(r->source, &r->columns);
	return r;
}

void
inv_rowfile_free(struct inv_rowfile *r)
{
	if (r == NULL)
		return;
	inv_source_free(r->source);
	inv_scan_free(r->scan);
	inv_buf_free(&r->columns);
	inv_buf_free(&r->line);
	inv_buf_free(&r->why);
	close(r->fd);
	free(r);
}

struct inv_str
inv_rowfile_columns(const struct inv_rowfile *r)
{
	return inv_buf_str(&r->columns);
}

enum inv_format
inv_rowfile_format(const struct inv_rowfile *r)
{
	return inv_source_format(r->source);
}

const char *
inv_rowfile_encoding(const struct inv_rowfile *r)
{
	return inv_source_encoding(r->source);
}

void
inv_rowfile_notes(const struct inv_rowfile *r, struct inv_buf *out)
{
	inv_source_notes(r->source, out);
}

/* The errors of a row that is no record, as one text. */
static struct inv_str
what_is_wrong(struct inv_rowfile *r)
{
	const struct inv_member *errors =
	    inv_member_find(inv_scan_outer(r->scan), "errors");

	inv_buf_reset(&r->why);
	if (errors != NULL)
		inv_errors_text(&r->why, errors->value, ERRORS_SAID);
	return inv_buf_str(&r->why);
}

enum inv_next
inv_rowfile_next(struct inv_rowfile *r, struct inv_row *row,
    struct inv_err *err)
{
	enum inv_next next = inv_source_next(r->source, &row->line, err);

	if (next != INV_NEXT_LINE)
		return next;
	inv_buf_reset(&r->line);
	inv_buf_byte(&r->line, '{');
	row->sound = inv_source_write(r->source, &r->line);
	inv_buf_byte(&r->line, '}');
	if (!inv_scan_line(r->scan, inv_buf_str(&r->line), err))
		return INV_NEXT_ERR;
	row->fields = inv_scan_record(r->scan);
	if (!inv_source_bytes(r->source, &row->bytes, &row->offset, err))
		return INV_NEXT_ERR;
	row->text = row->sound
	    ? inv_member_find(inv_scan_outer(r->scan), "record")->value
	    : what_is_wrong(r);
	return INV_NEXT_LINE;
}
