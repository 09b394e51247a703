/*
 * count.c - what a ledger has, held against a sheet of what was counted
 *
 * The columns of the sheet that are of the key find a record, the others are
 * compared with it.  A sheet may have a part of the key alone, the tag of an
 * asset say: then a row is about all records with that part.
 */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/reconcile.h"
#include "base/log.h"
#include "base/mem.h"
#include "data/emit.h"
#include "data/rowfile.h"

/* A record of the ledger, to be counted. */
struct node {
	struct inv_spooled at;
	bool counted;
	uint32_t next; /* with the same part of the key, from 1; 0: the last */
};

/* What a part of a key stands for that the ledger does not have. */
static const uint64_t none = UINT64_MAX;

struct counting {
	struct inv_reconcile *r;
	const struct inv_key *key;
	bool part[INV_KEY_NAMES]; /* the names of it that the sheet has */
	struct inv_map map;       /* to the first node, from 1; or none */
	struct node *node;
	size_t n;
	size_t cap;
	struct inv_buf text; /* of a part of a key */
	struct inv_buf a, b; /* of two values */
};

/* ---- values ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A value as it would stand in a cell, without blanks around it. */
static struct inv_str
cell_text(struct inv_buf *b, const struct inv_member *m)
{
	struct inv_str s = m->value;

	inv_buf_reset(b);
	if (m->kind == INV_KIND_NULL)
		return inv_buf_str(b);
	if (m->kind == INV_KIND_STRING) {
		struct inv_str raw = inv_member_inner(m);

		if (inv_buf_room(b, raw.n))
			b->n = inv_text_decode(raw, b->p);
		s = inv_buf_str(b);
	}
	while (s.n > 0 && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static const struct inv_member *
member_of(const struct inv_members *fields, struct inv_str name)
{
	for (size_t i = 0; i < fields->n; i++)
		if (inv_str_eq(fields->at[i].key, name))
			return &fields->at[i];
	return NULL;
}

/* The place of the part of the key that these fields have. */
static struct inv_map_entry *
entry_of(struct counting *c, const struct inv_members *fields)
{
	unsigned char hash[INV_HASH];

	inv_buf_reset(&c->text);
	for (size_t i = 0; i < c->key->n; i++) {
		const struct inv_member *m;
		struct inv_str s = INV_LIT("");

		if (!c->part[i])
			continue;
		m = member_of(fields, c->key->name[i]);
		if (m != NULL)
			s = cell_text(&c->a, m);
		inv_buf_u64(&c->text, s.n);
		inv_buf_byte(&c->text, ':');
		inv_buf_add(&c->text, s);
	}
	inv_hash_of(c->r->held.secret, inv_buf_str(&c->text), hash);
	return inv_map_at(&c->map, hash);
}

static bool
is_disposed(struct counting *c, const struct inv_member **said)
{
	*said = member_of(inv_scan_record(c->r->scan),
	    inv_buf_str(&c->r->disposed));
	return *said != NULL && cell_text(&c->a, *said).n > 0;
}

/* ---- the ledger's records, by what the sheet has of the key ---- */

static void
add_node(struct counting *c, struct inv_spooled at)
{
	struct inv_map_entry *e = entry_of(c, inv_scan_record(c->r->scan));

	if (c->n == c->cap) {
		c->cap = c->cap == 0 ? 1024 : 2 * c->cap;
		c->node = inv_mem_resize(c->node, c->cap, sizeof(*c->node));
	}
	c->node[c->n++] = (struct node){ .at = at, .next = (uint32_t)e->value };
	e->value = c->n;
}

static bool
index_ledger(struct counting *c, struct inv_err *err)
{
	struct inv_reconcile *r = c->r;
	struct inv_spooled at = { 0 };
	struct inv_str line;
	enum inv_next next;
	struct inv_in in;
	bool ok = true;

	if (r->records > UINT32_MAX - 1)
		return inv_fail(err, INV_BAD,
		    "more records than can be counted");
	if (lseek(r->spool, 0, SEEK_SET) == -1)
		return inv_fail_sys(err, INV_IO, "the records of the ledger");
	inv_in_init(&in, r->spool, "the records of the ledger",
	    2 * INV_RECORD_MAX, NULL);
	while (ok && (next = inv_in_line(&in, &line, err)) == INV_NEXT_LINE) {
		ok = inv_scan_object(r->scan, line, err);
		at.n = (uint32_t)line.n;
		if (ok)
			add_node(c, at);
		at.offset += line.n + 1;
	}
	inv_in_free(&in);
	return ok && next == INV_NEXT_END;
}

/* ---- the sheet ---- */

static bool
read_columns(struct counting *c, const char *path, struct inv_str columns,
    struct inv_err *err)
{
	struct inv_str names = inv_key_json(c->key);
	struct inv_member m;
	bool any = false;

	while (columns.n > 0 && inv_scan_each(&columns, &m))
		for (size_t i = 0; i < c->key->n; i++)
			if (inv_str_eq(c->key->name[i], inv_member_inner(&m)))
				any = c->part[i] = true;
	return any ||
	    inv_fail(err, INV_BAD, "%s: no column of the key: %.*s", path,
		INV_ARG(names));
}

/* The cells that are of the record, but for those of the key. */
static void
compare(struct counting *c, const struct inv_members *cells)
{
	const struct inv_members *ledger = inv_scan_record(c->r->scan);

	for (size_t i = 0; i < cells->n; i++) {
		const struct inv_member *cell = &cells->at[i];
		const struct inv_member *m = member_of(ledger, cell->key);

		if (m == NULL || inv_reconcile_is_key(c->key, cell->key))
			continue;
		if (!inv_str_eq(cell_text(&c->a, m), cell_text(&c->b, cell)))
			inv_reconcile_differs(c->r, cell->key, "count",
			    cell->value, m->value);
	}
}

/* A row is about this record: where it is, and what it is like. */
static bool
count_node(struct counting *c, struct node *node, const struct inv_row *row,
    struct inv_err *err)
{
	struct inv_reconcile *r = c->r;
	struct inv_buf more = INV_BUF(64);
	const struct inv_member *said;
	enum inv_reconciled kind;

	if (!inv_reconcile_read(r, &node->at, err))
		return false;
	if (node->counted) {
		inv_reconcile_key(r, c->key, inv_scan_record(r->scan));
		inv_reconcile_extra(r, "count", row->line, true);
		return true;
	}
	compare(c, row->fields);
	if (is_disposed(c, &said) && member_of(row->fields, said->key) == NULL)
		inv_reconcile_differs(r, said->key, "count", INV_LIT("null"),
		    said->value);
	kind = inv_reconcile_judge(r);
	node->counted = true;
	r->count[kind]++;
	if (kind == INV_MATCHED)
		return true;
	inv_buf_addf(&more, ",\"line\":%ju", (uintmax_t)row->line);
	inv_reconcile_key(r, c->key, inv_scan_record(r->scan));
	inv_reconcile_print(r, "count", kind, inv_buf_str(&more));
	inv_buf_free(&more);
	return true;
}

static bool
count_row(struct counting *c, const struct inv_row *row, struct inv_err *err)
{
	struct inv_map_entry *e = entry_of(c, row->fields);
	bool ok = true;

	if (e->value == 0 || e->value == none) {
		inv_reconcile_key(c->r, c->key, row->fields);
		inv_reconcile_extra(c->r, "count", row->line, e->value == none);
		e->value = none;
		return true;
	}
	for (uint64_t i = e->value; ok && i > 0; i = c->node[i - 1].next)
		ok = count_node(c, &c->node[i - 1], row, err);
	return ok;
}

static bool
read_sheet(struct counting *c, struct inv_rowfile *sheet, const char *path,
    struct inv_err *err)
{
	enum inv_next next = INV_NEXT_END;
	struct inv_row row;
	bool ok = true;

	while (ok &&
	    (next = inv_rowfile_next(sheet, &row, err)) == INV_NEXT_LINE) {
		if (row.sound) {
			ok = count_row(c, &row, err);
			continue;
		}
		inv_say("%s: line %ju: %.*s", path, (uintmax_t)row.line,
		    INV_ARG(row.text));
		c->r->bad = true;
	}
	return ok && next == INV_NEXT_END;
}

/* What no row was about is missing, or it was disposed of. */
static bool
tell_uncounted(struct counting *c, struct inv_err *err)
{
	struct inv_reconcile *r = c->r;
	const struct inv_member *said;

	for (size_t i = 0; i < c->n; i++) {
		if (c->node[i].counted)
			continue;
		if (!inv_reconcile_read(r, &c->node[i].at, err))
			return false;
		if (is_disposed(c, &said)) {
			r->count[INV_DISPOSED]++;
			continue;
		}
		r->count[INV_MISSING]++;
		inv_reconcile_key(r, c->key, inv_scan_record(r->scan));
		inv_reconcile_print(r, "count", INV_MISSING, INV_LIT(""));
	}
	return true;
}

static void
counting_free(struct counting *c)
{
	inv_map_free(&c->map);
	free(c->node);
	inv_buf_free(&c->text);
	inv_buf_free(&c->a);
	inv_buf_free(&c->b);
}

bool
inv_reconcile_count(struct inv_reconcile *r, const char *path,
    struct inv_err *err)
{
	const struct inv_source_options how = { 0 };
	struct counting c = {
		.r = r,
		.text = INV_BUF(INV_RECORD_MAX + 1024),
		.a = INV_BUF(INV_RECORD_MAX),
		.b = INV_BUF(INV_RECORD_MAX),
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return inv_fail_sys(err, INV_NOINPUT, "%s", path);
	struct inv_rowfile *sheet = inv_rowfile_new(fd, path, &how, err);

	if (sheet == NULL)
		return false;
	for (size_t i = r->held.keys; c.key == NULL && i-- > 0;)
		if (r->held.key[i]->n > 0)
			c.key = r->held.key[i];
	bool ok = c.key != NULL
	    ? read_columns(&c, path, inv_rowfile_columns(sheet), err)
	    : inv_fail(err, INV_BAD,
		  "%s: the journal has no record with a key to count by", path);

	ok = ok && index_ledger(&c, err) && read_sheet(&c, sheet, path, err) &&
	    tell_uncounted(&c, err);
	inv_rowfile_free(sheet);
	counting_free(&c);
	return ok;
}
