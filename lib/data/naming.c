/* naming.c - which columns or members rows have, and under which names */

#include "data/naming.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/emit.h"
#include "data/rename.h"

enum { LISTED = 256 }; /* bytes of names in a message */

struct inv_naming {
	struct inv_rename *map; /* or NULL */
	bool used[INV_RENAMES_MAX];
	bool objects; /* were asked for */

	size_t constants;
	struct inv_str constant[INV_CONSTANTS_MAX]; /* names, decoded */
	struct inv_buf names;                       /* their bytes */
	struct inv_buf tail;

	size_t drops;
	struct inv_str drop[INV_DROPPED_MAX]; /* as JSON; views into: */
	struct inv_buf dropped;
	bool cut; /* there are more */

	/* The members that were asked for last. */
	bool planned;
	uint64_t shape;
	size_t members;
	struct inv_str to[INV_MEMBERS_MAX];
	struct inv_buf name; /* of one, decoded */
};

/* ---- making ---- */

static bool
add_constant(struct inv_naming *n, const struct inv_member *m,
    struct inv_err *err)
{
	struct inv_str *name = &n->constant[n->constants];

	if (m->kind != INV_KIND_STRING || m->key.n == 0)
		return inv_fail(err, INV_CONFIG,
		    "a constant has no name or is no text");
	/* There is room: what is decoded is never longer. */
	name->p = n->names.p + n->names.n;
	name->n = inv_text_decode(m->key, n->names.p + n->names.n);
	n->names.n += name->n;
	n->constants++;
	if (inv_str_starts(*name, INV_LIT("inv:")))
		return inv_fail(err, INV_CONFIG,
		    "a constant's name begins with inv:");
	if (n->map != NULL && inv_rename_has_target(n->map, *name))
		return inv_fail(err, INV_CONFIG,
		    "\"%.*s\" is the name of a column and of a constant",
		    (int)(name->n > 64 ? 64 : name->n), name->p);
	inv_buf_byte(&n->tail, ',');
	inv_buf_byte(&n->tail, '"');
	inv_buf_add(&n->tail, m->key);
	inv_buf_add(&n->tail, INV_LIT("\":"));
	inv_buf_add(&n->tail, m->value);
	return true;
}

static bool
add_constants(struct inv_naming *n, struct inv_str text, struct inv_err *err)
{
	struct inv_scan *scan = inv_scan_new();
	const struct inv_members *m = inv_scan_record(scan);
	bool ok = text.n <= INV_CONSTANTS_BYTES &&
	    inv_scan_object(scan, text, err) && m->n <= INV_CONSTANTS_MAX &&
	    inv_buf_room(&n->names, text.n);

	if (!ok)
		inv_fail(err, INV_CONFIG,
		    "not up to %d constants, each once, of %d bytes together",
		    INV_CONSTANTS_MAX, INV_CONSTANTS_BYTES);
	for (size_t i = 0; ok && i < m->n; i++)
		ok = add_constant(n, &m->at[i], err);
	inv_scan_free(scan);
	return ok;
}

/* Names that begin with inv: say something of a row, and are none of its. */
static bool
is_free(const struct inv_rename *map, struct inv_err *err)
{
	for (size_t i = 0; i < inv_rename_count(map); i++)
		if (inv_str_starts(inv_rename_called(map, i), INV_LIT("inv:")))
			return inv_fail(err, INV_CONFIG,
			    "a new name begins with inv:");
	return true;
}

bool
inv_naming_new(const struct inv_source_options *how, struct inv_naming **naming,
    struct inv_err *err)
{
	*naming = NULL;
	if (how->map.n == 0 && how->constants.n == 0)
		return true;
	struct inv_naming *n = inv_mem_new(sizeof(*n));
	bool ok = true;

	n->names = INV_BUF(INV_CONSTANTS_BYTES);
	n->tail = INV_BUF(2 * INV_CONSTANTS_BYTES);
	n->dropped = INV_BUF(INV_DROPPED_BYTES);
	n->name = INV_BUF(INV_FIELD_MAX);
	if (how->map.n > 0) {
		n->map = inv_rename_new(how->map, err);
		/* Names are views into it: it may not move. */
		(void)inv_buf_room(&n->dropped, INV_DROPPED_BYTES);
		ok = n->map != NULL && inv_rename_is_unique(n->map, err) &&
		    is_free(n->map, err);
	}
	ok = ok &&
	    (how->constants.n == 0 || add_constants(n, how->constants, err));
	if (ok)
		*naming = n;
	else
		inv_naming_free(n);
	return ok;
}

void
inv_naming_free(struct inv_naming *n)
{
	if (n == NULL)
		return;
	inv_rename_free(n->map);
	inv_buf_free(&n->names);
	inv_buf_free(&n->tail);
	inv_buf_free(&n->dropped);
	inv_buf_free(&n->name);
	free(n);
}

void
inv_naming_begin(struct inv_naming *n)
{
	if (n == NULL)
		return;
	memset(n->used, 0, sizeof(n->used));
	inv_buf_reset(&n->dropped);
	n->drops = 0;
	n->cut = false;
	n->objects = false;
	n->planned = false;
}

/* ---- names ---- */

/* A name that is dropped, once; without room it is one of more. */
static void
drop(struct inv_naming *n, struct inv_str name)
{
	size_t from = n->dropped.n;

	if (n->cut)
		return;
	if (!inv_buf_room(&n->dropped, 6 * name.n + 2) ||
	    n->drops == INV_DROPPED_MAX) {
		n->cut = true;
		return;
	}
	inv_buf_byte(&n->dropped, '"');
	inv_emit_text(&n->dropped, name);
	inv_buf_byte(&n->dropped, '"');
	struct inv_str text = { n->dropped.p + from, n->dropped.n - from };

	for (size_t i = 0; i < n->drops; i++)
		if (inv_str_eq(n->drop[i], text)) {
			n->dropped.n = from;
			return;
		}
	n->drop[n->drops++] = text;
}

bool
inv_naming_column(struct inv_naming *n, struct inv_str name, struct inv_str *to)
{
	size_t pair;

	*to = (struct inv_str){ NULL, 0 };
	if (n == NULL || n->map == NULL)
		return true;
	if (!inv_rename_find(n->map, name, &pair)) {
		drop(n, name);
		return false;
	}
	n->used[pair] = true;
	*to = inv_rename_target(n->map, pair);
	return true;
}

static bool
is_constant(const struct inv_naming *n, struct inv_str name)
{
	for (size_t i = 0; i < n->constants; i++)
		if (inv_str_eq(n->constant[i], name))
			return true;
	return false;
}

/* Names of the mapping that are none of the table's. */
static bool
has_unused(const struct inv_naming *n, struct inv_buf *list)
{
	for (size_t i = 0; i < inv_rename_count(n->map); i++) {
		if (n->used[i])
			continue;
		if (list->n > 0)
			inv_buf_add(list, INV_LIT(", "));
		inv_buf_byte(list, '"');
		inv_buf_add(list, inv_rename_source(n->map, i));
		inv_buf_byte(list, '"');
	}
	return list->n > 0;
}

bool
inv_naming_fits(const struct inv_naming *n, const struct inv_str *own,
    size_t columns, struct inv_err *err)
{
	struct inv_buf list = INV_BUF(LISTED);
	bool ok = true;

	if (n == NULL)
		return true;
	if (n->map != NULL && has_unused(n, &list))
		ok = inv_fail(err, INV_BAD, "--columns names no column: %.*s%s",
		    INV_ARG(inv_buf_str(&list)), list.failed ? ", ..." : "");
	for (size_t i = 0; ok && n->map == NULL && i < columns; i++)
		if (is_constant(n, own[i]))
			ok = inv_fail(err, INV_BAD,
			    "--set: there is a column \"%.*s\"",
			    (int)(own[i].n > 64 ? 64 : own[i].n), own[i].p);
	if (ok && columns + n->constants > INV_MEMBERS_MAX)
		ok = inv_fail(err, INV_BAD, "--set: more than 4096 columns");
	inv_buf_free(&list);
	return ok;
}

struct inv_str
inv_naming_tail(const struct inv_naming *n)
{
	return n == NULL ? INV_LIT("") : inv_buf_str(&n->tail);
}

void
inv_naming_put_names(const struct inv_naming *n, struct inv_buf *out)
{
	for (size_t i = 0; n != NULL && i < n->constants; i++)
		inv_emit_str(out, n->constant[i]);
}

/* ---- members ---- */

static struct inv_str
name_of(struct inv_naming *n, const struct inv_member *m)
{
	if (!m->key_escaped)
		return m->key;
	inv_buf_reset(&n->name);
	if (inv_buf_room(&n->name, m->key.n))
		n->name.n = inv_text_decode(m->key, n->name.p);
	return inv_buf_str(&n->name);
}

/* Without a mapping names are those of this object, not of the last. */
static void
keep_names(struct inv_naming *n, const struct inv_members *m)
{
	for (size_t i = 0; n->map == NULL && i < m->n; i++)
		if (n->to[i].p != NULL)
			n->to[i] = m->at[i].key;
}

const struct inv_str *
inv_naming_members(struct inv_naming *n, const struct inv_members *m,
    struct inv_err *err)
{
	if (n->planned && m->shape == n->shape && m->n == n->members) {
		keep_names(n, m);
		return n->to;
	}
	bool lifted = inv_member_find(m, "inv:item") != NULL;
	size_t kept = n->constants;

	n->planned = false;
	n->objects = true;
	for (size_t i = 0; i < m->n; i++) {
		n->to[i] = (struct inv_str){ NULL, 0 };
		if (lifted && inv_str_starts(m->at[i].key, INV_LIT("inv:")))
			continue;
		struct inv_str name = name_of(n, &m->at[i]);

		kept += inv_naming_column(n, name, &n->to[i]);
		if (n->map != NULL)
			continue;
		n->to[i] = m->at[i].key;
		if (is_constant(n, name)) {
			inv_fail(err, INV_BAD,
			    "--set: it has a member \"%.*s\"",
			    (int)(name.n > 64 ? 64 : name.n), name.p);
			return NULL;
		}
	}
	if (kept > INV_MEMBERS_MAX) {
		inv_fail(err, INV_BAD, "--set: more than 4096 members");
		return NULL;
	}
	n->planned = true;
	n->shape = m->shape;
	n->members = m->n;
	return n->to;
}

/* ---- what is told ---- */

/* Of a table these would have been an error. */
static void
put_absent(const struct inv_naming *n, struct inv_buf *out)
{
	bool any = false;

	for (size_t i = 0; i < inv_rename_count(n->map); i++) {
		if (n->used[i])
			continue;
		if (!any) {
			inv_emit_key(out, INV_LIT("absent_columns"));
			inv_emit_open(out, '[');
		}
		any = true;
		inv_emit_str(out, inv_rename_source(n->map, i));
	}
	if (any)
		inv_emit_close(out, ']');
}

void
inv_naming_notes(const struct inv_naming *n, struct inv_buf *out)
{
	if (n == NULL || n->map == NULL)
		return;
	if (n->objects)
		put_absent(n, out);
	if (n->drops == 0)
		return;
	inv_emit_key(out, INV_LIT("dropped_columns"));
	inv_emit_open(out, '[');
	for (size_t i = 0; i < n->drops; i++)
		inv_emit_raw(out, n->drop[i]);
	inv_emit_close(out, ']');
	if (n->cut)
		inv_emit_member_bool(out, INV_LIT("dropped_more"), true);
}
