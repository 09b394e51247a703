/* rename.c - new names for members of records */

#include "data/rename.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/emit.h"

struct pair {
	struct inv_str from;    /* decoded */
	struct inv_str to;      /* as written, between its quotes */
	struct inv_str written; /* `from`, the same */
	struct inv_str called;  /* `to`, decoded */
};

struct inv_rename {
	struct inv_buf text;  /* the mapping */
	struct inv_buf names; /* decoded, one behind the other */
	struct inv_buf name;  /* of a member, decoded */
	size_t n;
	struct pair pair[INV_RENAMES_MAX];
};

static bool
add_pair(struct inv_rename *r, const struct inv_member *m, struct inv_err *err)
{
	struct pair *p = &r->pair[r->n];

	if (m->kind != INV_KIND_STRING || inv_member_inner(m).n == 0)
		return inv_fail(err, INV_CONFIG,
		    "member %zu has no new name, a text", r->n + 1);
	/* There is room: what is decoded is never longer. */
	p->from.p = r->names.p + r->names.n;
	p->from.n = inv_text_decode(m->key, r->names.p + r->names.n);
	p->written = m->key;
	p->to = inv_member_inner(m);
	r->names.n += p->from.n;
	p->called.p = r->names.p + r->names.n;
	p->called.n = inv_text_decode(p->to, r->names.p + r->names.n);
	r->names.n += p->called.n;
	r->n++;
	return true;
}

static bool
read_pairs(struct inv_rename *r, struct inv_scan *scan, struct inv_err *err)
{
	const struct inv_members *m = inv_scan_record(scan);

	if (!inv_scan_object(scan, inv_buf_str(&r->text), err)) {
		err->fault = INV_CONFIG;
		return false;
	}
	if (m->n == 0 || m->n > INV_RENAMES_MAX)
		return inv_fail(err, INV_CONFIG, "not 1 to %d names",
		    INV_RENAMES_MAX);
	for (size_t i = 0; i < m->n; i++)
		if (!add_pair(r, &m->at[i], err))
			return false;
	return true;
}

struct inv_rename *
inv_rename_new(struct inv_str text, struct inv_err *err)
{
	struct inv_rename *r = inv_mem_new(sizeof(*r));
	struct inv_scan *scan = inv_scan_new();
	bool ok;

	r->text = INV_BUF(INV_RENAME_BYTES);
	r->names = INV_BUF(INV_RENAME_BYTES);
	r->name = INV_BUF(INV_FIELD_MAX);
	inv_buf_add(&r->text, text);
	if (r->text.failed || !inv_buf_room(&r->names, text.n))
		ok = inv_fail(err, INV_CONFIG, "longer than %d bytes",
		    INV_RENAME_BYTES);
	else
		ok = read_pairs(r, scan, err);
	inv_scan_free(scan);
	if (ok)
		return r;
	inv_rename_free(r);
	return NULL;
}

void
inv_rename_free(struct inv_rename *r)
{
	if (r == NULL)
		return;
	inv_buf_free(&r->text);
	inv_buf_free(&r->names);
	inv_buf_free(&r->name);
	free(r);
}

size_t
inv_rename_count(const struct inv_rename *r)
{
	return r->n;
}

struct inv_str
inv_rename_source(const struct inv_rename *r, size_t pair)
{
	return r->pair[pair].from;
}

struct inv_str
inv_rename_target(const struct inv_rename *r, size_t pair)
{
	return r->pair[pair].to;
}

struct inv_str
inv_rename_called(const struct inv_rename *r, size_t pair)
{
	return r->pair[pair].called;
}

bool
inv_rename_find(const struct inv_rename *r, struct inv_str name, size_t *pair)
{
	for (size_t i = 0; i < r->n; i++)
		if (inv_str_eq(name, r->pair[i].from)) {
			*pair = i;
			return true;
		}
	return false;
}

bool
inv_rename_has_target(const struct inv_rename *r, struct inv_str name)
{
	for (size_t i = 0; i < r->n; i++)
		if (inv_str_eq(name, r->pair[i].called))
			return true;
	return false;
}

bool
inv_rename_is_unique(const struct inv_rename *r, struct inv_err *err)
{
	for (size_t i = 1; i < r->n; i++)
		for (size_t k = 0; k < i; k++) {
			struct inv_str name = r->pair[i].called;

			if (inv_str_eq(name, r->pair[k].called))
				return inv_fail(err, INV_CONFIG,
				    "two names become \"%.*s\"",
				    (int)(name.n > 64 ? 64 : name.n), name.p);
		}
	return true;
}

void
inv_rename_put(const struct inv_rename *r, struct inv_buf *out)
{
	inv_emit_open(out, '{');
	for (size_t i = 0; i < r->n; i++) {
		inv_emit_key(out, r->pair[i].written);
		inv_buf_byte(out, '"');
		inv_buf_add(out, r->pair[i].to);
		inv_buf_byte(out, '"');
	}
	inv_emit_close(out, '}');
}

static const struct pair *
pair_of(struct inv_rename *r, const struct inv_member *m)
{
	struct inv_str name = m->key;

	if (m->key_escaped) {
		inv_buf_reset(&r->name);
		if (inv_buf_room(&r->name, m->key.n))
			r->name.n = inv_text_decode(m->key, r->name.p);
		name = inv_buf_str(&r->name);
	}
	size_t pair;

	return inv_rename_find(r, name, &pair) ? &r->pair[pair] : NULL;
}

size_t
inv_rename_record(struct inv_rename *r, const struct inv_members *m,
    struct inv_buf *out)
{
	size_t renamed = 0;

	inv_emit_open(out, '{');
	for (size_t i = 0; i < m->n; i++) {
		const struct pair *p = pair_of(r, &m->at[i]);

		inv_emit_member_raw(out, p == NULL ? m->at[i].key : p->to,
		    m->at[i].value);
		renamed += p != NULL;
	}
	inv_emit_close(out, '}');
	return renamed;
}
