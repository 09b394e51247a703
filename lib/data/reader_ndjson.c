/* reader_ndjson.c - lines of JSON objects as rows */

#include <stdlib.h>

#include "base/mem.h"
#include "data/canon.h"
#include "data/emit.h"
#include "data/reader.h"
#include "data/ruling.h"
#include "io/frame.h"

enum {
	CANON_MAX = 16 << 20
}; /* bytes of a record with its numbers canonical */

static const char item_name[] = "inv:item";

/* Begins with the face of all readers. */
struct ndjson_reader {
	struct inv_reader base;
	struct inv_frame *frame;
	struct inv_framed rec; /* the row at hand */
	uint64_t blank_lines;
	struct inv_scan *scan;
	struct inv_canon *canon;
	struct inv_buf scratch;
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
	    inv_text_mark(in->text), ',');
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
rule_line(const struct ndjson_reader *n, const char *type, struct inv_str loc,
    const char *msg, struct inv_buf *out)
{
	const struct inv_place at = {
		.line = n->rec.line,
		.begin = n->rec.offset,
		.end = n->rec.offset + n->rec.size - n->rec.end,
	};

	inv_ruling_begin(n->base.stage, "malformed_line", out);
	inv_ruling_error(type, loc, msg, &at, out);
	inv_ruling_end(n->rec.raw, n->rec.flaw == INV_FLAW_RECORD_MAX, out);
	return false;
}

static struct inv_str
trimmed(struct inv_str s)
{
	while (s.n > 0 && memchr(" \t\r", s.p[0], 3) != NULL) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && memchr(" \t\r", s.p[s.n - 1], 3) != NULL)
		s.n--;
	return s;
}

static bool
may_have_numbers(const struct inv_members *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->at[i].kind == INV_KIND_NUMBER ||
		    m->at[i].kind == INV_KIND_ARRAY ||
		    m->at[i].kind == INV_KIND_OBJECT)
			return true;
	return false;
}

/* A number that RFC 8785 would turn into another one may not travel on. */
static bool
has_exact_numbers(struct ndjson_reader *n, struct inv_str text,
    struct inv_err *err)
{
	const struct inv_members *m = inv_scan_record(n->scan);

	if (!may_have_numbers(m) || inv_canon_is(text, m))
		return true;
	inv_buf_reset(&n->scratch);
	return inv_canon_object(n->canon, text, m, &n->scratch, err);
}

/* A member that is a string, decoded behind what scratch holds. */
static struct inv_str
lift(struct ndjson_reader *n, const char *name)
{
	const struct inv_member *m =
	    inv_member_find(inv_scan_record(n->scan), name);
	size_t from = n->scratch.n;

	if (m == NULL || m->kind != INV_KIND_STRING || m->value.n == 2 ||
	    !inv_buf_room(&n->scratch, m->value.n))
		return INV_LIT("");
	n->scratch.n +=
	    inv_text_decode(inv_member_inner(m), n->scratch.p + from);
	return (struct inv_str){ n->scratch.p + from, n->scratch.n - from };
}

/* The object without what is about it and no part of it. */
static void
write_lifted(struct ndjson_reader *n, struct inv_buf *out)
{
	const struct inv_members *m = inv_scan_record(n->scan);

	inv_buf_reset(&n->scratch);
	(void)inv_buf_room(&n->scratch, n->rec.raw.n);
	n->base.item = lift(n, item_name);
	n->base.why = lift(n, "inv:why");
	inv_emit_open(out, '{');
	for (size_t i = 0; i < m->n; i++)
		if (!inv_str_starts(m->at[i].key, INV_LIT("inv:")))
			inv_emit_member_raw(out, m->at[i].key, m->at[i].value);
	inv_emit_close(out, '}');
}

static bool
write_row(struct inv_reader *r, struct inv_buf *out)
{
	struct ndjson_reader *n = of(r);
	struct inv_str text = trimmed(n->rec.raw);
	struct inv_err err;

	if (n->rec.flaw != INV_FLAW_NONE)
		return rule_line(n, "record_too_long", INV_LIT("[]"),
		    "longer than 1 MiB", out);
	if (!inv_scan_object(n->scan, text, &err))
		return rule_line(n, "json_invalid", INV_LIT("[]"), err.msg,
		    out);
	if (!has_exact_numbers(n, text, &err)) {
		inv_buf_reset(&n->scratch);
		inv_canon_loc(n->canon, &n->scratch);
		return rule_line(n, "number_not_exact",
		    inv_buf_str(&n->scratch), err.msg, out);
	}
	inv_buf_add(out, INV_LIT("\"record\":"));
	if (inv_member_find(inv_scan_record(n->scan), item_name) != NULL)
		write_lifted(n, out);
	else
		inv_buf_add(out, text);
	return true;
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
	inv_scan_free(n->scan);
	inv_canon_free(n->canon);
	inv_buf_free(&n->scratch);
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
	n->scan = inv_scan_new();
	n->canon = inv_canon_new();
	n->scratch = INV_BUF(CANON_MAX);
	return &n->base;
}
