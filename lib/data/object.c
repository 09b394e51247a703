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
	struct inv_buf flat; /* the object with its members' members as its */
	struct inv_buf path; /* the name of one of those */
};

struct inv_object *
inv_object_new(void)
{
	struct inv_object *o = inv_mem_new(sizeof(*o));

	o->scan = inv_scan_new();
	o->canon = inv_canon_new();
	o->scratch = INV_BUF(CANON_MAX);
	o->flat = INV_BUF(INV_RECORD_MAX);
	o->path = INV_BUF(INV_RECORD_MAX);
	return o;
}

void
inv_object_free(struct inv_object *o)
{
	inv_scan_free(o->scan);
	inv_canon_free(o->canon);
	inv_buf_free(&o->scratch);
	inv_buf_free(&o->flat);
	inv_buf_free(&o->path);
	free(o);
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

/* ---- its members as members of the row ---- */

static bool
has_objects(const struct inv_members *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->at[i].kind == INV_KIND_OBJECT)
			return true;
	return false;
}

/* Behind the path to it: the member, or all of its members instead. */
static void
add_flat(struct inv_object *o, const struct inv_member *m)
{
	struct inv_str rest = m->value;
	struct inv_member inner;
	size_t from = o->path.n;
	bool any = false;

	inv_buf_add(&o->path, m->key);
	size_t named = o->path.n;

	if (m->kind == INV_KIND_OBJECT) {
		inv_buf_byte(&o->path, '.');
		for (; !o->flat.failed && inv_scan_each(&rest, &inner);
		     any = true)
			add_flat(o, &inner);
	}
	o->path.n = named;
	if (!any)
		inv_emit_member_raw(&o->flat, inv_buf_str(&o->path), m->value);
	o->path.n = from;
}

/* Scanned again, as two may have the same name now. */
static bool
flatten(struct inv_object *o, struct inv_str *text, struct inv_err *err)
{
	const struct inv_members *m = inv_scan_record(o->scan);
	struct inv_err why;

	if (!has_objects(m))
		return true;
	inv_buf_reset(&o->flat);
	inv_buf_reset(&o->path);
	inv_emit_open(&o->flat, '{');
	for (size_t i = 0; i < m->n; i++)
		add_flat(o, &m->at[i]);
	inv_emit_close(&o->flat, '}');
	if (o->flat.failed || o->path.failed)
		return inv_fail(err, INV_BAD,
		    "flattened: a record longer than 1 MiB");
	*text = inv_buf_str(&o->flat);
	if (inv_scan_object(o->scan, *text, &why))
		return true;
	/* Without its byte, which is one of our text. */
	const char *what = strstr(why.msg, ": ");

	return inv_fail(err, INV_BAD, "flattened%s", what);
}

/* ---- writing ---- */

/*
 * The object member by member, under the names in `to` where that is not NULL;
 * what is about it and no part of it is lifted.
 */
static void
write_members(struct inv_object *o, struct inv_reader *r,
    const struct inv_str *to, struct inv_buf *out)
{
	const struct inv_members *m = inv_scan_record(o->scan);
	bool lifted = inv_member_find(m, item_name) != NULL;

	if (lifted) {
		inv_buf_reset(&o->scratch);
		(void)inv_buf_room(&o->scratch, 2 * INV_FIELD_MAX);
		r->item = lift(o, item_name);
		r->why = lift(o, "inv:why");
	}
	inv_emit_open(out, '{');
	for (size_t i = 0; i < m->n; i++) {
		struct inv_str key = to == NULL ? m->at[i].key : to[i];

		if (key.p != NULL &&
		    !(lifted && inv_str_starts(m->at[i].key, INV_LIT("inv:"))))
			inv_emit_member_raw(out, key, m->at[i].value);
	}
	struct inv_str tail = inv_naming_tail(r->naming);

	/* It begins with a comma. */
	if (tail.n > 0 && out->p[out->n - 1] == '{')
		tail = (struct inv_str){ tail.p + 1, tail.n - 1 };
	inv_buf_add(out, tail);
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

/* Where a number is that is not exact the canonical form was given up. */
static bool
rule(struct inv_object *o, const struct inv_reader *r,
    const struct inv_object_row *row, const char *type, const char *msg,
    struct inv_buf *out)
{
	struct inv_str loc = INV_LIT("[]");

	if (strcmp(type, "number_not_exact") == 0) {
		inv_buf_reset(&o->scratch);
		inv_canon_loc(o->canon, &o->scratch);
		loc = inv_buf_str(&o->scratch);
	}
	inv_ruling_begin(r->stage, row->reason, out);
	inv_ruling_error(type, loc, msg, &row->at, out);
	inv_ruling_end(row->raw, row->cut, out);
	return false;
}

/* What is wrong with the row, as a type; NULL if nothing is. */
static const char *
judge(struct inv_object *o, struct inv_reader *r,
    const struct inv_object_row *row, struct inv_str *text,
    const struct inv_str **to, struct inv_err *err)
{
	if (row->cut) {
		inv_fail(err, INV_BAD, "longer than 1 MiB");
		return "record_too_long";
	}
	if (text->n == 0) {
		inv_fail(err, INV_BAD, "nothing stands between two commas");
		return "json_invalid";
	}
	if (!inv_scan_object(o->scan, *text, err))
		return "json_invalid";
	if (!has_exact_numbers(o, *text, err))
		return "number_not_exact";
	if (r->how->flatten && !flatten(o, text, err))
		return "not_flat";
	if (r->naming != NULL) {
		*to = inv_naming_members(r->naming, inv_scan_record(o->scan),
		    err);
		return *to == NULL ? "member_twice" : NULL;
	}
	return NULL;
}

bool
inv_object_write(struct inv_object *o, struct inv_reader *r,
    const struct inv_object_row *row, struct inv_buf *out)
{
	struct inv_str text = inv_str_trimmed(row->text);
	const struct inv_str *to = NULL;
	size_t before = out->n;
	struct inv_err err;
	const char *type = judge(o, r, row, &text, &to, &err);

	if (type != NULL)
		return rule(o, r, row, type, err.msg, out);
	inv_buf_add(out, INV_LIT("\"record\":"));
	size_t from = out->n;

	if (to != NULL ||
	    inv_member_find(inv_scan_record(o->scan), item_name) != NULL)
		write_members(o, r, to, out);
	else
		inv_buf_add(out, text);
	squeeze(out, from);
	if (out->n - from <= INV_RECORD_MAX)
		return true;
	out->n = before;
	return rule(o, r, row, "record_too_long",
	    "longer than 1 MiB under its new names", out);
}
