/* inv-validate - check each record against a schema, mark those that fail */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "data/digest.h"
#include "data/emit.h"
#include "data/schema.h"
#include "io/file.h"
#include "prog/columns.h"
#include "prog/filter.h"
#include "prog/lookup.h"
#include "prog/opt.h"

enum {
	SCHEMA_MAX = 4 << 20, /* bytes of a schema */
	SORTS_MAX = 64,       /* of errors told apart */
	SAID_MAX = 5,         /* messages of a sort, then a sum */
	PLACE_MAX = 256,      /* bytes of a place, in a message */
	TEXT_MAX = 1 << 20,   /* bytes of a message, or a stage line */
};

#define DEFAULT "inventory" /* the schema, where none is given */

static const struct inv_option options[] = {
	{ 's', "schema", "SCHEMA", "the rules: a name, or a file" },
	{ 0 },
};

static const struct inv_prog_info info = {
	.name = "inv-validate",
	.purpose = "check records against a schema",
	.usage = "[FILE]",
	.options = options,
	.operands = 1,
	.reads_stdin = true,
};

/* Errors of one place and type: the first few are said, the rest counted. */
struct sort {
	const char *type;
	char *place;
	uint64_t n;
};

struct validate {
	struct inv_filter f;
	struct inv_schema *schema;
	char name[PATH_MAX]; /* of the schema */
	char sha256[INV_DIGEST_HEX];
	struct inv_buf manifest; /* the name of the one under way */
	struct inv_buf out;      /* a record in canonical form */
	struct inv_flaws flaws;
	struct inv_buf place; /* of an error */
	struct inv_buf text;  /* of a message, or a stage line */
	struct sort sorts[SORTS_MAX];
	size_t n_sorts;
	uint64_t unsorted;
};

/* ---- which schema ---- */

/* A file's name without its folder and endings. */
static void
take_name(struct validate *v, const char *path)
{
	const char *base = strrchr(path, '/');
	static const char *const ends[] = { ".json", ".schema" };

	snprintf(v->name, sizeof(v->name), "%s", base ? base + 1 : path);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t n = strlen(v->name);
		size_t end = strlen(ends[i]);

		if (n > end && strcmp(v->name + n - end, ends[i]) == 0)
			v->name[n - end] = '\0';
	}
}

static void
read_schema(struct validate *v, const char *path)
{
	struct inv_buf text = INV_BUF(SCHEMA_MAX);
	struct inv_digest *d = inv_digest_new();
	struct inv_err err;
	struct inv_err why;

	if (!inv_file_read(AT_FDCWD, path, &text, &err)) {
		err.fault = INV_CONFIG;
		inv_die(&err);
	}
	v->schema = inv_schema_new(inv_buf_str(&text), &err);
	if (v->schema == NULL) {
		inv_fail(&why, INV_CONFIG, "%s: %s", path, err.msg);
		inv_die(&why);
	}
	inv_digest_hex_of(d, inv_buf_str(&text), v->sha256);
	inv_digest_free(d);
	inv_buf_free(&text);
}

static void
open_schema(struct validate *v, const char *name)
{
	char path[PATH_MAX];
	struct inv_err err;

	if (name == NULL)
		name = inv_opt_env("INV_SCHEMA");
	bool given = name != NULL;

	if (!inv_lookup_schema(given ? name : DEFAULT, path, &err))
		inv_die(&err);
	take_name(v, path);
	read_schema(v, path);
	if (given)
		inv_note("schema %s: %s", v->name, path);
	else
		inv_warn("no schema given, so it is " DEFAULT ": %s", path);
}

/* ---- what is said of a manifest ---- */

static void
add_stage(struct validate *v)
{
	struct inv_buf *b = &v->text;
	struct inv_str key = inv_schema_key(v->schema);
	struct inv_str normal = inv_schema_normal(v->schema);

	inv_buf_reset(b);
	inv_filter_stage(&v->f, b);
	inv_emit_member_str(b, INV_LIT("schema"), inv_str_of(v->name));
	inv_emit_member_str(b, INV_LIT("schema_sha256"),
	    (struct inv_str){ v->sha256, sizeof(v->sha256) });
	if (key.n > 0)
		inv_emit_member_raw(b, INV_LIT("key"), key);
	if (normal.n > 0)
		inv_emit_member_raw(b, INV_LIT("normalize"), normal);
	inv_emit_close(b, '}');
	inv_filter_emit(&v->f, inv_buf_str(b), INV_PENDING, 0);
}

/* ---- what is wrong with a record ---- */

/* The errors of that place and type so far; NULL where there are too many. */
static struct sort *
sort_of(struct validate *v, const char *type)
{
	struct inv_str place = inv_buf_str(&v->place);
	struct sort *s = v->sorts;

	for (size_t i = 0; i < v->n_sorts; i++, s++)
		if (strcmp(s->type, type) == 0 && inv_str_is(place, s->place))
			return s;
	if (v->n_sorts == SORTS_MAX)
		return NULL;
	*s = (struct sort){ type, inv_mem_dup(place.p, place.n), 0 };
	v->n_sorts++;
	return s;
}

static void
say_flaws(struct validate *v, const struct inv_record *rec)
{
	for (size_t i = 0; i < v->flaws.n; i++) {
		inv_buf_reset(&v->place);
		inv_flaws_place(&v->flaws, i, &v->place);
		struct sort *s = sort_of(v, v->flaws.at[i].type);

		if (s == NULL)
			v->unsorted++;
		else if (s->n++ < SAID_MAX) {
			inv_buf_reset(&v->text);
			inv_flaws_text(&v->flaws, i, &v->text);
			inv_warn("%s: %s%s%.*s", inv_filter_where(&v->f, rec),
			    s->place, s->place[0] == '\0' ? "" : ": ",
			    INV_ARG(inv_buf_str(&v->text)));
		}
	}
}

/* The errors of a manifest that were counted and not said. */
static void
sum_up(struct validate *v)
{
	struct inv_str manifest = inv_buf_str(&v->manifest);

	for (size_t i = 0; i < v->n_sorts; i++) {
		struct sort *s = &v->sorts[i];

		if (s->n > SAID_MAX)
			inv_warn("%.*s: %s: %ju more [%s]", INV_ARG(manifest),
			    s->place, (uintmax_t)(s->n - SAID_MAX), s->type);
		free(s->place);
	}
	if (v->unsorted > 0)
		inv_warn("%.*s: %ju more errors, of other columns and types",
		    INV_ARG(manifest), (uintmax_t)v->unsorted);
	v->n_sorts = 0;
	v->unsorted = 0;
}

static void
begin_manifest(struct validate *v, const struct inv_record *rec)
{
	const struct inv_member *m = inv_member_find(rec->outer, "columns");

	sum_up(v);
	inv_buf_reset(&v->manifest);
	inv_buf_add(&v->manifest, inv_buf_str(&v->f.block.name));
	if (m != NULL && m->kind == INV_KIND_ARRAY)
		inv_columns_compare(v->schema, inv_buf_str(&v->manifest),
		    m->value);
	inv_filter_pass(&v->f, rec);
}

static void
check_record(struct validate *v, const struct inv_record *rec)
{
	enum inv_cells cells =
	    v->f.block.typed ? INV_CELLS_TYPED : INV_CELLS_TEXT;

	inv_buf_reset(&v->out);
	if (inv_schema_check(v->schema, rec->record, rec->fields, cells,
		&v->out, &v->flaws)) {
		inv_filter_replace(&v->f, rec, inv_buf_str(&v->out));
		return;
	}
	inv_filter_rule(&v->f, rec,
	    (struct inv_ruling){ .verdict = INV_QUARANTINED,
		.reason = INV_LIT("schema_violation"),
		.errors = inv_flaws_json(&v->flaws) });
	if (inv_prog.level != INV_LOG_QUIET)
		say_flaws(v, rec);
}

static void
take(struct validate *v, const struct inv_record *rec)
{
	switch (rec->kind) {
	case INV_LINE_MANIFEST:
		begin_manifest(v, rec);
		break;
	case INV_LINE_BODY:
		add_stage(v);
		inv_filter_pass(&v->f, rec);
		break;
	case INV_LINE_RECORD:
		check_record(v, rec);
		break;
	case INV_LINE_END:
		sum_up(v);
		inv_filter_pass(&v->f, rec);
		break;
	case INV_LINE_STAGE:
	case INV_LINE_BATCH:
	case INV_LINE_OTHER:
		break;
	}
}

int
main(int argc, char *argv[])
{
	struct validate v = {
		.manifest = INV_BUF(INV_LINE_MAX),
		.out = INV_BUF(INV_SCHEMA_OUT),
		.place = INV_BUF(PLACE_MAX),
		.text = INV_BUF(TEXT_MAX),
		.flaws = INV_FLAWS,
	};
	const char *schema = NULL;

	for (int c; (c = inv_opt(&info, argc, argv)) != -1;)
		switch (c) {
		case 's':
			schema = optarg;
			break;
		}
	open_schema(&v, schema);
	inv_filter_open(&v.f, &info, argv[optind],
	    INV_WANT_MANIFEST | INV_WANT_BODY | INV_WANT_END);

	struct inv_record rec;

	while (inv_filter_next(&v.f, &rec))
		take(&v, &rec);

	sum_up(&v);
	inv_schema_free(v.schema);
	inv_flaws_free(&v.flaws);
	inv_buf_free(&v.manifest);
	inv_buf_free(&v.out);
	inv_buf_free(&v.place);
	inv_buf_free(&v.text);
	return inv_filter_close(&v.f);
}
