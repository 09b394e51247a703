/* reader_ndjson.c - lines of JSON objects as rows */

#include <stdlib.h>

#include "base/mem.h"
#include "data/emit.h"
#include "data/object.h"
#include "data/reader.h"
#include "io/frame.h"

/* Begins with the face of all readers. */
struct ndjson_reader {
	struct inv_reader base;
	struct inv_frame *frame;
	struct inv_framed rec; /* the row at hand */
	uint64_t blank_lines;
	struct inv_object *object;
};

static struct ndjson_reader *
of(struct inv_reader *r)
{
	return (struct ndjson_reader *)r;
}

static bool
begin(struct inv_reader *r, struct inv_input *in, enum inv_format format,
    struct inv_err *err)
{
	struct ndjson_reader *n = of(r);

	(void)format;
	(void)err;
	inv_frame_free(n->frame);
	n->blank_lines = 0;
	n->frame = inv_frame_new(inv_text_pull(in->text),
	    inv_text_mark(in->text), INV_DIALECT_USUAL);
	return true;
}

/* ---- rows ---- */

static bool
is_blank(struct inv_str line)
{
	size_t i = 0;

	while (i < line.n && memchr(" \t\r", line.p[i], 3) != NULL)
		i++;
	return i == line.n;
}

static enum inv_next
next(struct inv_reader *r, struct inv_err *err)
{
	struct ndjson_reader *n = of(r);
	enum inv_next found;

	while ((found = inv_frame_line(n->frame, &n->rec, err)) ==
		INV_NEXT_LINE &&
	    is_blank(n->rec.raw))
		n->blank_lines++;
	r->line = n->rec.line;
	r->offset = n->rec.offset;
	r->raw = n->rec.raw;
	return found;
}

/* ---- writing ---- */

static bool
write_row(struct inv_reader *r, struct inv_buf *out)
{
	struct ndjson_reader *n = of(r);
	const struct inv_object_row row = {
		.text = n->rec.raw,
		.cut = n->rec.flaw != INV_FLAW_NONE,
		.reason = "malformed_line",
		.at = {
			.line = n->rec.line,
			.begin = n->rec.offset,
			.end = n->rec.offset + n->rec.size - n->rec.end,
		},
		.raw = n->rec.raw,
	};

	return inv_object_write(n->object, r, &row, out);
}

static void
notes(const struct inv_reader *r, struct inv_buf *out)
{
	inv_emit_member_u64(out, INV_LIT("blank_lines"),
	    ((const struct ndjson_reader *)r)->blank_lines);
}

static void
free_reader(struct inv_reader *r)
{
	struct ndjson_reader *n = of(r);

	inv_frame_free(n->frame);
	inv_object_free(n->object);
	free(n);
}

struct inv_reader *
inv_reader_ndjson(void)
{
	static const struct inv_reader_face face = {
		.begin = begin,
		.next = next,
		.write = write_row,
		.notes = notes,
		.free = free_reader,
	};
	struct ndjson_reader *n = inv_mem_new(sizeof(*n));

	n->base.face = &face;
	n->object = inv_object_new();
	return &n->base;
}
