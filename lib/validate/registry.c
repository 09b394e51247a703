/* registry.c - a file of known values, which a field must be one of */

#include "validate/registry.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "data/canon.h"
#include "data/digest.h"
#include "data/emit.h"
#include "data/rowfile.h"
#include "data/tags.h"

enum {
	NAME_MAX_BYTES = 4096, /* of a field, a file, a column */
	TEXT_MAX = 64 << 10,   /* bytes of what is said about them */
};

struct inv_registry {
	char *field; /* plain text, as on the command line */
	char *file;
	char *column; /* NULL until it is known */
	char sha256[INV_DIGEST_HEX];
	struct inv_tags *tags;

	struct inv_buf key; /* the field's name, as canonical JSON has it */
	struct inv_buf msg;
	struct inv_buf ctx;
	struct inv_buf code;
	struct inv_rule rule; /* made of those */
};

/* What there is only while it is read. */
struct reading {
	struct inv_registry *r;
	struct inv_schema *schema;
	enum inv_cells cells;
	struct inv_scan *scan;
	struct inv_buf record; /* of the one value */
	struct inv_buf out;
	struct inv_buf name; /* of a member, decoded */
	struct inv_flaws flaws;
	struct inv_flaws warnings;
	size_t at;  /* where the column was in the row before */
	bool there; /* a row had it */
	uint64_t values;
	uint64_t odd;      /* of them, that no record may have there */
	uint64_t odd_line; /* of the first */
};

/* ---- the specification ---- */

static bool
take_spec(struct inv_registry *r, const char *spec, struct inv_err *err)
{
	const char *eq = strchr(spec, '=');
	const char *colon = strrchr(spec, ':');

	if (!inv_text_is_utf8(inv_str_of(spec)) ||
	    strlen(spec) > NAME_MAX_BYTES)
		return inv_fail(err, INV_USAGE,
		    "--lookup: not UTF-8, or too long");
	if (eq == NULL || eq == spec || eq[1] == '\0')
		return inv_fail(err, INV_USAGE,
		    "--lookup: \"%.200s\": not FIELD=FILE[:COLUMN]", spec);
	r->field = inv_mem_dup(spec, (size_t)(eq - spec));
	if (colon == NULL || colon <= eq + 1 || colon[1] == '\0' ||
	    strchr(colon, '/') != NULL) {
		r->file = inv_mem_strdup(eq + 1);
		return true;
	}
	r->file = inv_mem_dup(eq + 1, (size_t)(colon - eq - 1));
	r->column = inv_mem_strdup(colon + 1);
	return true;
}

/* "is not in registry.csv", {"registry":...,"column":...}, the code. */
static void
make_rule(struct inv_registry *r)
{
	r->msg = r->ctx = r->code = INV_BUF(TEXT_MAX);
	inv_buf_addf(&r->msg, "is not in %s", r->file);
	inv_emit_open(&r->ctx, '{');
	inv_emit_member_str(&r->ctx, INV_LIT("registry"), inv_str_of(r->file));
	inv_emit_member_str(&r->ctx, INV_LIT("column"), inv_str_of(r->column));
	inv_emit_close(&r->ctx, '}');
	inv_buf_addf(&r->code, "NOT_IN_REGISTRY:%s", r->field);
	r->rule = (struct inv_rule){
		.type = "not_in_registry",
		.msg = inv_buf_str(&r->msg),
		.ctx = inv_buf_str(&r->ctx),
		.code = inv_buf_str(&r->code),
	};
}

/* ---- reading ---- */

/* One of a table's columns is the one that is named. */
static bool
has_column(struct inv_str columns, const char *name, struct inv_buf *scratch)
{
	struct inv_member m;

	while (inv_scan_each(&columns, &m)) {
		struct inv_str inner = inv_member_inner(&m);

		inv_buf_reset(scratch);
		if (!inv_buf_room(scratch, inner.n + 1))
			return false;
		scratch->n = inv_text_decode(inner, scratch->p);
		if (inv_str_is(inv_buf_str(scratch), name))
			return true;
	}
	return false;
}

/* Which column of a table: as named, that of the field's name, the only one. */
static bool
choose_column(struct inv_registry *r, struct inv_str columns,
    struct inv_buf *scratch, struct inv_err *err)
{
	struct inv_member m;
	struct inv_str rest = columns;

	if (r->column != NULL)
		return has_column(columns, r->column, scratch) ||
		    inv_fail(err, INV_CONFIG, "%s: no column %s", r->file,
			r->column);
	/* The only one is what has been decoded last. */
	if (has_column(columns, r->field, scratch) ||
	    (inv_scan_each(&rest, &m) && !inv_scan_each(&rest, &m))) {
		r->column = inv_mem_dup(scratch->p, scratch->n);
		return true;
	}
	return inv_fail(err, INV_CONFIG,
	    "%s: which column? none is named %s, and there are several",
	    r->file, r->field);
}

static bool
is_named(struct reading *g, const struct inv_member *m)
{
	if (!m->key_escaped)
		return inv_str_is(m->key, g->r->column);
	inv_buf_reset(&g->name);
	if (!inv_buf_room(&g->name, m->key.n))
		return false;
	g->name.n = inv_text_decode(m->key, g->name.p);
	return inv_str_is(inv_buf_str(&g->name), g->r->column);
}

static const struct inv_member *
find_column(struct reading *g, const struct inv_members *m)
{
	if (g->at < m->n && is_named(g, &m->at[g->at]))
		return &m->at[g->at];
	for (g->at = 0; g->at < m->n; g->at++)
		if (is_named(g, &m->at[g->at]))
			return &m->at[g->at];
	return NULL;
}

/* `key`:VALUE of a canonical object; empty where it has none but null. */
static struct inv_str
value_of(const struct inv_registry *r, struct inv_str object)
{
	struct inv_str key = inv_buf_str(&r->key);
	struct inv_member m;

	while (inv_scan_each(&object, &m))
		if (inv_str_eq(m.key, key))
			return m.kind == INV_KIND_NULL ? (struct inv_str){ 0 }
						       : m.value;
	return (struct inv_str){ 0 };
}

/* Something is wrong with the field itself: ["asset_id"] or deeper. */
static bool
is_flawed(const struct inv_registry *r, const struct inv_flaws *flaws)
{
	for (size_t i = 0; i < flaws->n; i++) {
		struct inv_str rest = inv_flaws_loc(flaws, i);
		struct inv_member first;

		if (inv_scan_each(&rest, &first) &&
		    inv_str_eq(inv_member_inner(&first), inv_buf_str(&r->key)))
			return true;
	}
	return false;
}

/* A value as the schema has it in a record that is nothing but this. */
static bool
add_value(struct reading *g, struct inv_str value, uint64_t line,
    struct inv_err *err)
{
	inv_buf_reset(&g->record);
	inv_buf_add(&g->record, INV_LIT("{\""));
	inv_buf_add(&g->record, inv_buf_str(&g->r->key));
	inv_buf_add(&g->record, INV_LIT("\":"));
	inv_buf_add(&g->record, value);
	inv_buf_byte(&g->record, '}');
	if (!inv_scan_object(g->scan, inv_buf_str(&g->record), err))
		return false;
	inv_buf_reset(&g->out);
	bool fits = inv_schema_check(g->schema, inv_buf_str(&g->record),
	    inv_scan_record(g->scan), g->cells, &g->out, &g->flaws,
	    &g->warnings);
	struct inv_str text = value_of(g->r, inv_buf_str(&g->out));

	if (text.n == 0 || inv_str_is(text, "\"\""))
		return true;
	g->values++;
	/* What else the record lacks is not what was asked. */
	if (!fits && is_flawed(g->r, &g->flaws) && g->odd++ == 0)
		g->odd_line = line;
	return inv_tags_add(g->r->tags, text, err);
}

static bool
read_rows(struct reading *g, struct inv_rowfile *file, struct inv_err *err)
{
	const struct inv_member *m;
	enum inv_next next;
	struct inv_row row;

	while ((next = inv_rowfile_next(file, &row, err)) == INV_NEXT_LINE) {
		if (!row.sound)
			return inv_fail(err, INV_CONFIG, "%s:%ju: %.*s",
			    g->r->file, (uintmax_t)row.line, INV_ARG(row.text));
		m = find_column(g, row.fields);
		g->there = g->there || m != NULL;
		if (m != NULL && !add_value(g, m->value, row.line, err))
			return false;
	}
	if (next != INV_NEXT_END)
		return false;
	if (!g->there && inv_rowfile_columns(file).n == 0)
		return inv_fail(err, INV_CONFIG, "%s: no member %s", g->r->file,
		    g->r->column);
	return true;
}

static bool
fill(struct inv_registry *r, struct inv_schema *schema,
    struct inv_rowfile *file, struct inv_registry_cells cells,
    struct inv_err *err)
{
	bool typed = inv_format_is_typed(inv_rowfile_format(file));
	struct reading g = {
		.r = r,
		.schema = schema,
		.cells = typed ? cells.typed : cells.table,
		.scan = inv_scan_new(),
		.record = INV_BUF(INV_RECORD_MAX),
		.out = INV_BUF(INV_SCHEMA_OUT),
		.name = INV_BUF(INV_RECORD_MAX),
		.flaws = INV_FLAWS,
		.warnings = INV_FLAWS,
	};

	bool ok = true;

	if (!typed)
		ok = choose_column(r, inv_rowfile_columns(file), &g.name, err);
	else if (r->column == NULL)
		r->column = inv_mem_strdup(r->field);
	ok = ok && read_rows(&g, file, err);
	if (ok && g.odd > 0)
		inv_warn("%s:%ju: not what %s may be, and so for %ju of %ju "
			 "values",
		    r->file, (uintmax_t)g.odd_line, r->field, (uintmax_t)g.odd,
		    (uintmax_t)g.values);

	inv_scan_free(g.scan);
	inv_buf_free(&g.record);
	inv_buf_free(&g.out);
	inv_buf_free(&g.name);
	inv_flaws_free(&g.flaws);
	inv_flaws_free(&g.warnings);
	return ok;
}

static bool
read_file(struct inv_registry *r, struct inv_schema *schema,
    struct inv_registry_cells cells, struct inv_err *err)
{
	static const struct inv_source_options how = { 0 };
	struct inv_rowfile *file = NULL;
	int fd = open(r->file, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return inv_fail_sys(err, INV_NOINPUT, "%s", r->file);
	if (inv_digest_file(fd, r->file, r->sha256, err))
		file = inv_rowfile_new(fd, r->file, &how, err);
	else
		close(fd);
	bool ok = file != NULL && fill(r, schema, file, cells, err) &&
	    inv_tags_seal(r->tags, err);

	inv_rowfile_free(file);
	if (!ok && err->fault == INV_BAD)
		err->fault = INV_CONFIG;
	if (ok && inv_tags_count(r->tags) == 0)
		return inv_fail(err, INV_CONFIG, "%s: no values in %s", r->file,
		    r->column);
	return ok;
}

static bool
open_registry(struct inv_registry *r, const char *spec,
    struct inv_schema *schema, struct inv_registry_cells cells,
    const char *folder, struct inv_err *err)
{
	if (!take_spec(r, spec, err))
		return false;
	if (inv_schema_column(schema, inv_str_of(r->field)) ==
	    INV_COLUMN_FORBIDDEN)
		return inv_fail(err, INV_CONFIG,
		    "--lookup: %s is not in the schema", r->field);
	r->key = INV_BUF(TEXT_MAX);
	inv_emit_text(&r->key, inv_str_of(r->field));
	r->tags = inv_tags_new(folder, err);
	if (r->tags == NULL || !read_file(r, schema, cells, err))
		return false;
	make_rule(r);
	return true;
}

struct inv_registry *
inv_registry_open(const char *spec, struct inv_schema *schema,
    struct inv_registry_cells cells, const char *folder, struct inv_err *err)
{
	struct inv_registry *r = inv_mem_new(sizeof(*r));

	if (open_registry(r, spec, schema, cells, folder, err))
		return r;
	inv_registry_free(r);
	return NULL;
}

void
inv_registry_free(struct inv_registry *r)
{
	if (r == NULL)
		return;
	inv_tags_free(r->tags);
	inv_buf_free(&r->key);
	inv_buf_free(&r->msg);
	inv_buf_free(&r->ctx);
	inv_buf_free(&r->code);
	free(r->field);
	free(r->file);
	free(r->column);
	free(r);
}

/* ---- asking ---- */

bool
inv_registry_judge(struct inv_registry *r, struct inv_str record,
    struct inv_flaws *flaws)
{
	struct inv_place place = { .key = inv_buf_str(&r->key) };
	struct inv_str value = value_of(r, record);

	if (value.n == 0 || inv_tags_has(r->tags, value) || is_flawed(r, flaws))
		return true;
	inv_flaws_add(flaws, &r->rule, &place, value);
	return false;
}

void
inv_registry_stage(const struct inv_registry *r, struct inv_buf *b)
{
	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("field"), inv_str_of(r->field));
	inv_emit_member_str(b, INV_LIT("registry"), inv_str_of(r->file));
	inv_emit_member_str(b, INV_LIT("column"), inv_str_of(r->column));
	inv_emit_member_str(b, INV_LIT("sha256"),
	    (struct inv_str){ r->sha256, sizeof(r->sha256) });
	inv_emit_member_u64(b, INV_LIT("values"), inv_tags_count(r->tags));
	inv_emit_close(b, '}');
}

void
inv_registry_relax(const struct inv_registry *r)
{
	inv_tags_relax(r->tags);
}
