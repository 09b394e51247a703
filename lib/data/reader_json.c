/* reader_json.c - the objects of a JSON array as rows */

#include <stdlib.h>

#include "base/mem.h"
#include "data/elements.h"
#include "data/object.h"
#include "data/reader.h"

enum { PROPOSALS = 256 }; /* bytes of pointers that are proposed */

/* Begins with the face of all readers. */
struct json_reader {
	struct inv_reader base;
	struct inv_input *in;
	struct inv_elements *elements;
	struct inv_held rec; /* the row at hand */
	struct inv_object *object;
};

static struct json_reader *
of(struct inv_reader *r)
{
	return (struct json_reader *)r;
}

/* ---- opening ---- */

/* At the first byte of the text. */
static bool
open_elements(struct json_reader *j, struct inv_err *err)
{
	inv_elements_free(j->elements);
	j->elements = NULL;
	if (!inv_input_rewind(j->in, err))
		return false;
	j->elements = inv_elements_new(inv_text_pull(j->in->text),
	    inv_text_mark(j->in->text), j->in->name, j->base.how->path);
	return true;
}

/* No array is where rows are looked for: say where there are some. */
static bool
propose(struct json_reader *j, struct inv_err *err)
{
	struct inv_buf list = INV_BUF(PROPOSALS);
	struct inv_err why = *err;

	j->base.reason = "no_array";
	if (!open_elements(j, err))
		return false;
	*err = why;
	if (inv_elements_propose(j->elements, &list))
		inv_fail(err, INV_BAD,
		    list.n > 0 ? "%s; its arrays of objects: %.*s (--path)"
			       : "%s, and has no array of objects%.*s",
		    why.msg, INV_ARG(inv_buf_str(&list)));
	inv_buf_free(&list);
	return false;
}

/* All of it, so that what is cut short or does not add up has no rows. */
static bool
see_through(struct json_reader *j, struct inv_err *err)
{
	enum inv_next next;

	do
		next = inv_elements_next(j->elements, &j->rec, err);
	while (next == INV_NEXT_LINE);
	if (next == INV_NEXT_END)
		return true;
	if (inv_elements_has_none(j->elements))
		return propose(j, err);
	if (err->fault == INV_BAD)
		j->base.reason = "malformed";
	return false;
}

static bool
begin(struct inv_reader *r, struct inv_input *in, enum inv_format format,
    struct inv_err *err)
{
	struct json_reader *j = of(r);

	(void)format;
	j->in = in;
	if (!inv_elements_takes(r->how->path)) {
		r->reason = "no_array";
		return inv_fail(err, INV_BAD, "%s: its path is none", in->name);
	}
	return open_elements(j, err) && see_through(j, err) &&
	    open_elements(j, err);
}

/* ---- rows ---- */

static enum inv_next
next(struct inv_reader *r, struct inv_err *err)
{
	struct json_reader *j = of(r);
	enum inv_next found = inv_elements_next(j->elements, &j->rec, err);

	r->line = j->rec.line;
	r->offset = j->rec.offset;
	r->raw = j->rec.raw;
	return found;
}

static bool
write_row(struct inv_reader *r, struct inv_buf *out)
{
	struct json_reader *j = of(r);
	const struct inv_object_row row = {
		.text = j->rec.raw,
		.cut = j->rec.cut,
		.reason = "malformed_row",
		.at = {
			.line = j->rec.line,
			.begin = j->rec.offset,
			.end = j->rec.offset + j->rec.size,
		},
		.raw = j->rec.raw,
	};

	return inv_object_write(j->object, r, &row, out);
}

static void
free_reader(struct inv_reader *r)
{
	struct json_reader *j = of(r);

	inv_elements_free(j->elements);
	inv_object_free(j->object);
	free(j);
}

struct inv_reader *
inv_reader_json(void)
{
	static const struct inv_reader_face face = {
		.begin = begin,
		.next = next,
		.write = write_row,
		.free = free_reader,
	};
	struct json_reader *j = inv_mem_new(sizeof(*j));

	j->base.face = &face;
	j->object = inv_object_new();
	return &j->base;
}
