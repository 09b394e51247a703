/* reader_xml.c - elements of an XML text as rows */

#include <stdlib.h>

#include "base/mem.h"
#include "data/emit.h"
#include "data/object.h"
#include "data/reader.h"
#include "data/xml_rows.h"

/* Begins with the face of all readers. */
struct xml_reader {
	struct inv_reader base;
	struct inv_xml_rows *rows;
	struct inv_xml_row row; /* at hand */
	struct inv_object *object;
};

static struct xml_reader *
of(struct inv_reader *r)
{
	return (struct xml_reader *)r;
}

static bool
begin(struct inv_reader *r, struct inv_input *in, enum inv_format format,
    struct inv_err *err)
{
	struct xml_reader *x = of(r);

	(void)format;
	if (inv_xml_rows_begin(x->rows, in, r->how->path, r->naming, err))
		return true;
	r->reason = inv_xml_rows_reason(x->rows);
	return false;
}

static enum inv_next
next(struct inv_reader *r, struct inv_err *err)
{
	struct xml_reader *x = of(r);
	enum inv_next found = inv_xml_rows_next(x->rows, &x->row, err);

	if (found != INV_NEXT_LINE)
		return found;
	r->line = x->row.line;
	r->offset = x->row.begin;
	r->raw = x->row.raw;
	return found;
}

static bool
write_row(struct inv_reader *r, struct inv_buf *out)
{
	struct xml_reader *x = of(r);
	const struct inv_xml_row *row = &x->row;
	const struct inv_place at = {
		.line = row->line,
		.begin = row->begin,
		.end = row->end,
	};

	if (!inv_xml_members_are_sound(row->members)) {
		inv_ruling_begin(r->stage, "malformed_row", out);
		inv_xml_members_errors(row->members, &at, out);
		inv_ruling_end(row->raw, row->cut, out);
		return false;
	}
	if (r->naming != NULL) {
		const struct inv_object_row object = {
			.text = inv_xml_members_json(row->members),
			.reason = "malformed_row",
			.at = at,
			.raw = row->raw,
		};

		return inv_object_write(x->object, r, &object, out);
	}
	inv_buf_add(out, INV_LIT("\"record\":"));
	inv_buf_add(out, inv_xml_members_json(row->members));
	return true;
}

static void
free_reader(struct inv_reader *r)
{
	struct xml_reader *x = of(r);

	inv_xml_rows_free(x->rows);
	inv_object_free(x->object);
	free(x);
}

struct inv_reader *
inv_reader_xml(void)
{
	static const struct inv_reader_face face = {
		.begin = begin,
		.next = next,
		.write = write_row,
		.free = free_reader,
	};
	struct xml_reader *x = inv_mem_new(sizeof(*x));

	x->base.face = &face;
	x->rows = inv_xml_rows_new();
	x->object = inv_object_new();
	return &x->base;
}
