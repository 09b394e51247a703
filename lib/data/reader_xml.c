/*
 * reader_xml.c - elements of an XML text as rows
 *
 * Whether a text is well-formed is known at its end, and parsing it takes most
 * of the time: so its rows are written as they are met, to a spool, and leave
 * that when the end was seen.
 */

#include <stdlib.h>

#include "base/mem.h"
#include "data/emit.h"
#include "data/json.h"
#include "data/object.h"
#include "data/reader.h"
#include "data/xml_rows.h"
#include "io/spool.h"

enum { WRITTEN_MAX = 8 << 20 }; /* bytes of a row as it is written */

/* What stands before each row in the spool. */
struct entry {
	uint64_t line;
	uint64_t begin;
	uint64_t end;
	uint32_t n; /* bytes of the row */
	bool sound;
};

/* Begins with the face of all readers. */
struct xml_reader {
	struct inv_reader base;
	struct inv_xml_rows *rows;
	struct inv_xml_map *map; /* NULL: there is none */
	struct inv_object *object;
	struct inv_buf written;
	struct inv_spool *spool;

	struct entry entry; /* of the row at hand */
	struct inv_str text;
};

static struct xml_reader *
of(struct inv_reader *r)
{
	return (struct xml_reader *)r;
}

/* ---- its mapping ---- */

/* That of then, and no other. */
static bool
read_given(struct xml_reader *x, struct inv_err *err)
{
	struct inv_buf text = INV_BUF(INV_MAPPING_MAX);
	struct inv_json *all = inv_json_new(x->base.how->mappings, err);

	if (all != NULL && inv_json_count(all) > 0) {
		inv_json_print(inv_json_at(all, 0), &text);
		x->map = inv_xml_map_new(inv_buf_str(&text), "mappings", err);
	}
	bool ok = all != NULL && (x->map != NULL || text.n == 0);

	inv_json_free(all);
	inv_buf_free(&text);
	return ok;
}

static bool
find_map(struct xml_reader *x, struct inv_err *err)
{
	const struct inv_source_options *how = x->base.how;

	inv_xml_map_free(x->map);
	x->map = NULL;
	if (how->mappings.n > 0)
		return read_given(x, err);
	return how->find_xml_mapping == NULL ||
	    how->find_xml_mapping(how->finder, &x->map, err);
}

static void
notes(const struct inv_reader *r, struct inv_buf *out)
{
	const struct xml_reader *x = (const struct xml_reader *)r;

	if (x->map == NULL || r->how->mappings.n > 0)
		return;
	inv_emit_key(out, INV_LIT("mappings"));
	inv_emit_open(out, '[');
	inv_emit_raw(out, inv_xml_map_text(x->map));
	inv_emit_close(out, ']');
}

/* ---- into the spool ---- */

static void
put_flaws(struct xml_reader *x, const struct inv_xml_row *row,
    const struct inv_place *at, struct inv_buf *out)
{
	inv_ruling_begin(x->base.stage, "malformed_row", out);
	inv_xml_rows_errors(x->rows, at, out);
	inv_ruling_end(row->raw, row->cut, out);
}

/* True: it is sound. */
static bool
put_row(struct xml_reader *x, const struct inv_xml_row *row,
    struct inv_buf *out)
{
	struct inv_reader *r = &x->base;
	const struct inv_place at = {
		.line = row->line,
		.begin = row->begin,
		.end = row->end,
	};

	if (!inv_xml_rows_is_sound(x->rows)) {
		put_flaws(x, row, &at, out);
		if (out->failed) {
			inv_buf_reset(out);
			inv_xml_rows_give_up(x->rows);
			put_flaws(x, row, &at, out);
		}
		return false;
	}
	if (r->naming != NULL) {
		const struct inv_object_row object = {
			.text = inv_xml_rows_json(x->rows),
			.reason = "malformed_row",
			.at = at,
			.raw = row->raw,
		};

		return inv_object_write(x->object, r, &object, out);
	}
	inv_buf_add(out, INV_LIT("\"record\":"));
	inv_buf_add(out, inv_xml_rows_json(x->rows));
	return true;
}

static bool
keep_row(struct xml_reader *x, const struct inv_xml_row *row,
    struct inv_err *err)
{
	struct entry e = { .line = row->line };

	inv_buf_reset(&x->written);
	e.begin = row->begin;
	e.end = row->end;
	e.sound = put_row(x, row, &x->written);
	e.n = (uint32_t)x->written.n;
	return inv_spool_add(x->spool,
		   (struct inv_str){ (const char *)&e, sizeof(e) }, err) &&
	    inv_spool_add(x->spool, inv_buf_str(&x->written), err);
}

static bool
begin(struct inv_reader *r, struct inv_input *in, enum inv_format format,
    struct inv_err *err)
{
	struct xml_reader *x = of(r);
	struct inv_xml_row row;
	enum inv_next found;
	bool ok = true;

	(void)format;
	inv_spool_reset(x->spool);
	if (!find_map(x, err))
		return false;
	inv_xml_rows_begin(x->rows, in, r->how->path, x->map, r->naming);
	while (ok &&
	    (found = inv_xml_rows_next(x->rows, &row, err)) == INV_NEXT_LINE)
		ok = keep_row(x, &row, err);
	if (ok && found == INV_NEXT_END && inv_spool_end(x->spool, err)) {
		in->declared = inv_xml_rows_encoding(x->rows);
		return true;
	}
	r->reason = inv_xml_rows_reason(x->rows);
	inv_spool_reset(x->spool);
	return false;
}

/* ---- and out of it ---- */

static enum inv_next
next(struct inv_reader *r, struct inv_err *err)
{
	struct xml_reader *x = of(r);
	struct inv_str head;

	if (inv_spool_is_read(x->spool)) {
		/* --watch may wait for the next file for days. */
		inv_spool_reset(x->spool);
		return INV_NEXT_END;
	}
	if (!inv_spool_get(x->spool, sizeof(x->entry), &head, err))
		return INV_NEXT_ERR;
	memcpy(&x->entry, head.p, sizeof(x->entry));
	if (!inv_spool_get(x->spool, x->entry.n, &x->text, err))
		return INV_NEXT_ERR;
	r->line = x->entry.line;
	r->offset = x->entry.begin;
	r->raw = (struct inv_str){ NULL, 0 };
	return INV_NEXT_LINE;
}

static bool
bytes(struct inv_reader *r, struct inv_err *err)
{
	struct xml_reader *x = of(r);

	return inv_xml_rows_again(x->rows, x->entry.begin, x->entry.end,
	    &r->raw, err);
}

static bool
write_row(struct inv_reader *r, struct inv_buf *out)
{
	struct xml_reader *x = of(r);

	inv_buf_add(out, x->text);
	return x->entry.sound;
}

static void
free_reader(struct inv_reader *r)
{
	struct xml_reader *x = of(r);

	inv_xml_rows_free(x->rows);
	inv_xml_map_free(x->map);
	inv_object_free(x->object);
	inv_buf_free(&x->written);
	inv_spool_free(x->spool);
	free(x);
}

struct inv_reader *
inv_reader_xml(void)
{
	static const struct inv_reader_face face = {
		.begin = begin,
		.next = next,
		.bytes = bytes,
		.write = write_row,
		.notes = notes,
		.free = free_reader,
	};
	struct xml_reader *x = inv_mem_new(sizeof(*x));

	x->base.face = &face;
	x->rows = inv_xml_rows_new();
	x->object = inv_object_new();
	x->written = INV_BUF(WRITTEN_MAX);
	x->spool = inv_spool_new();
	return &x->base;
}
