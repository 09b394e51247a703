/* object.c - a row that is a JSON object, as a reader writes it */

#include "data/object.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/canon.h"
#include "data/emit.h"

enum {
	CANON_MAX = 16 << 20
}; /* bytes of a record with its numbers canonical */

static const char item_name[] = "inv:item";

struct inv_object {
	struct inv_scan *scan;
	struct inv_canon *canon;
	struct inv_buf scratch;
};

struct inv_object *
inv_object_new(void)
{
	struct inv_object *o = inv_mem_new(sizeof(*o));

	o->scan = inv_scan_new();
	o->canon = inv_canon_new();
	o->scratch = INV_BUF(CANON_MAX);
	return o;
}

void
inv_object_free(struct inv_object *o)
{
	inv_scan_free(o->scan);
	inv_canon_free(o->canon);
	inv_buf_free(&o->scratch);
	free(o);
}

static bool
rule(const struct inv_reader *r, const struct inv_object_row *row,
    const char *type, struct inv_str loc, const char *msg, struct inv_buf *out)
{
	inv_ruling_begin(r->stage, row->reason, out);
	inv_ruling_error(type, loc, msg, &row->at, out);
	inv_ruling_end(row->raw, row->cut, out);
	return false;
}

static struct inv_str
trimmed(struct inv_str s)
{
	while (s.n > 0 && memchr(" \t\r\n", s.p[0], 4) != NULL) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && memchr(" \t\r\n", s.p[s.n - 1], 4) != NULL)
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
has_exact_numbers(struct inv_object *o, struct inv_str text,
    struct inv_err *err)
{
	const struct inv_members *m = inv_scan_record(o->scan);

	if (!may_have_numbers(m) || inv_canon_is(text, m))
		return true;
	inv_buf_reset(&o->scratch);
	return inv_canon_object(o->canon, text, m, &o->scratch, err);
}

/* A member that is a string, decoded behind what scratch holds. */
static struct inv_str
lift(struct inv_object *o, const char *name)
{
	const struct inv_member *m =
	    inv_member_find(inv_scan_record(o->scan), name);
	size_t from = o->scratch.n;

	if (m == NULL || m->kind != INV_KIND_STRING || m->value.n == 2 ||
	    !inv_buf_room(&o->scratch, m->value.n))
		return INV_LIT("");
	o->scratch.n +=
	    inv_text_decode(inv_member_inner(m), o->scratch.p + from);
	return (struct inv_str){ o->scratch.p + from, o->scratch.n - from };
}

/* The object, of n bytes, without what is about it and no part of it. */
static void
write_lifted(struct inv_object *o, struct inv_reader *r, size_t n,
    struct inv_buf *out)
{
	const struct inv_members *m = inv_scan_record(o->scan);

	inv_buf_reset(&o->scratch);
	(void)inv_buf_room(&o->scratch, n);
	r->item = lift(o, item_name);
	r->why = lift(o, "inv:why");
	inv_emit_open(out, '{');
	for (size_t i = 0; i < m->n; i++)
		if (!inv_str_starts(m->at[i].key, INV_LIT("inv:")))
			inv_emit_member_raw(out, m->at[i].key, m->at[i].value);
	inv_emit_close(out, '}');
}

/* At the quote that begins a string: behind the one that ends it. */
static const char *
past_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"';) {
		size_t plain = inv_text_plain(p, (size_t)(end - p));

		p += plain > 0 ? plain : *p == '\\' ? 2 : 1;
	}
	return p + 1;
}

/* On one line, without blanks: what is written from there on is JSON. */
static void
squeeze(struct inv_buf *b, size_t from)
{
	char *to = b->p + from;
	const char *p = to;
	const char *end = b->p + b->n;

	if (memchr(p, '\n', b->n - from) == NULL)
		return;
	while (p < end) {
		if (*p == '"') {
			size_t n = (size_t)(past_string(p, end) - p);

			memmove(to, p, n);
			to += n;
			p += n;
		} else if (memchr(" \t\r\n", *p, 4) != NULL) {
			p++;
		} else {
			*to++ = *p++;
		}
	}
	b->n = (size_t)(to - b->p);
}

bool
inv_object_write(struct inv_object *o, struct inv_reader *r,
    const struct inv_object_row *row, struct inv_buf *out)
{
	struct inv_str text = trimmed(row->text);
	struct inv_err err;

	size_t from = out->n + sizeof("\"record\":") - 1;

	if (row->cut)
		return rule(r, row, "record_too_long", INV_LIT("[]"),
		    "longer than 1 MiB", out);
	if (text.n == 0)
		return rule(r, row, "json_invalid", INV_LIT("[]"),
		    "nothing stands between two commas", out);
	if (!inv_scan_object(o->scan, text, &err))
		return rule(r, row, "json_invalid", INV_LIT("[]"), err.msg,
		    out);
	if (!has_exact_numbers(o, text, &err)) {
		inv_buf_reset(&o->scratch);
		inv_canon_loc(o->canon, &o->scratch);
		return rule(r, row, "number_not_exact",
		    inv_buf_str(&o->scratch), err.msg, out);
	}
	inv_buf_add(out, INV_LIT("\"record\":"));
	if (inv_member_find(inv_scan_record(o->scan), item_name) != NULL)
		write_lifted(o, r, text.n, out);
	else
		inv_buf_add(out, text);
	squeeze(out, from);
	return true;
}
