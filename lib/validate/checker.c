/* checker.c - all that a record is held against, as one */

#include "validate/checker.h"

#include <fcntl.h>
#include <stdio.h>

#include "base/log.h"
#include "data/emit.h"
#include "io/file.h"
#include "prog/lookup.h"
#include "prog/opt.h"
#include "validate/registry.h"

#define DEFAULT "inventory" /* the schema, where none is given */

enum { TIME_MAX = 64 }; /* bytes of a time */

/* A file's name without its folder and endings. */
static void
take_name(struct inv_checker *c)
{
	const char *base = strrchr(c->path, '/');
	static const char *const ends[] = { ".json", ".schema" };

	snprintf(c->name, sizeof(c->name), "%s", base ? base + 1 : c->path);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t n = strlen(c->name);
		size_t end = strlen(ends[i]);

		if (n > end && strcmp(c->name + n - end, ends[i]) == 0)
			c->name[n - end] = '\0';
	}
}

static bool
read_schema(struct inv_checker *c, const struct inv_schema_options *how,
    struct inv_err *err)
{
	struct inv_buf text = INV_BUF(INV_SCHEMA_MAX);
	struct inv_err why;

	if (!inv_file_read(AT_FDCWD, c->path, &text, err)) {
		err->fault = INV_CONFIG;
		return false;
	}
	c->schema = inv_schema_new(inv_buf_str(&text), how, &why);
	if (c->schema == NULL) {
		inv_buf_free(&text);
		return inv_fail(err, INV_CONFIG, "%s: %s", c->path, why.msg);
	}
	struct inv_digest *d = inv_digest_new();

	inv_digest_hex_of(d, inv_buf_str(&text), c->sha256);
	inv_digest_free(d);
	inv_buf_free(&text);
	return true;
}

static bool
open_schema(struct inv_checker *c, const struct inv_checker_options *options,
    struct inv_err *err)
{
	const char *name = options->schema;

	if (name == NULL)
		name = inv_opt_env("INV_SCHEMA");
	bool given = name != NULL;

	if (!inv_lookup_schema(given ? name : DEFAULT, c->path, err))
		return false;
	take_name(c);
	if (!read_schema(c, &options->compile, err))
		return false;
	if (given)
		inv_note("schema %s: %s", c->name, c->path);
	else
		inv_warn("no schema given, so it is " DEFAULT ": %s", c->path);
	return true;
}

static enum inv_cells
cells_of(enum inv_coerce coerce, bool typed)
{
	switch (coerce) {
	case INV_COERCE_AUTO:
		return typed ? INV_CELLS_TYPED : INV_CELLS_TEXT;
	case INV_COERCE_ALWAYS:
		return INV_CELLS_TEXT;
	case INV_COERCE_NEVER:
		return INV_CELLS_TYPED;
	}
	return INV_CELLS_TYPED;
}

static bool
open_registries(struct inv_checker *c,
    const struct inv_checker_options *options, struct inv_err *err)
{
	const struct inv_registry_cells cells = {
		.table = cells_of(c->coerce, false),
		.typed = cells_of(c->coerce, true),
	};
	const char *folder = inv_opt_env("TMPDIR");

	for (; c->registries < options->lookups; c->registries++) {
		struct inv_registry *r =
		    inv_registry_open(options->lookup[c->registries], c->schema,
			cells, folder != NULL ? folder : "/var/tmp", err);

		if (r == NULL)
			return false;
		c->registry[c->registries] = r;
	}
	return true;
}

static bool
open_rules(struct inv_checker *c, const struct inv_checker_options *options,
    struct inv_err *err)
{
	struct inv_rulebook_options rules = options->rules;

	if (rules.n == 0)
		return true;
	rules.ref_dir = options->compile.ref_dir;
	c->rules = inv_rulebook_new(&rules, err);
	return c->rules != NULL;
}

bool
inv_checker_open(struct inv_checker *c,
    const struct inv_checker_options *options, struct inv_err *err)
{
	*c = (struct inv_checker){
		.coerce = options->coerce,
		.as_of = options->as_of,
		.now = INV_BUF(TIME_MAX),
		.out = INV_BUF(INV_SCHEMA_OUT),
		.flaws = INV_FLAWS,
		.warnings = INV_FLAWS,
	};
	return open_schema(c, options, err) &&
	    open_registries(c, options, err) && open_rules(c, options, err);
}

void
inv_checker_relax(struct inv_checker *c)
{
	inv_buf_free(&c->out);
	inv_flaws_free(&c->flaws);
	inv_flaws_free(&c->warnings);
	for (size_t i = 0; i < c->registries; i++)
		inv_registry_relax(c->registry[i]);
}

void
inv_checker_close(struct inv_checker *c)
{
	inv_checker_relax(c);
	for (size_t i = 0; i < c->registries; i++)
		inv_registry_free(c->registry[i]);
	inv_buf_free(&c->now);
	inv_schema_free(c->schema);
	inv_rulebook_free(c->rules);
}

void
inv_checker_begin(struct inv_checker *c, bool typed, struct inv_str received)
{
	c->cells = cells_of(c->coerce, typed);
	inv_buf_reset(&c->now);
	inv_buf_add(&c->now,
	    c->as_of != NULL ? inv_str_of(c->as_of) : received);
	inv_schema_set_as_of(c->schema, inv_buf_str(&c->now));
	if (c->rules != NULL)
		inv_rulebook_set_as_of(c->rules, inv_buf_str(&c->now));
}

/* What these leave of a record need not be one. */
static bool
is_whole(const struct inv_flaws *flaws)
{
	for (size_t i = 0; i < flaws->n; i++)
		if (strcmp(flaws->at[i].type, "number_not_exact") == 0 ||
		    strcmp(flaws->at[i].type, "record_too_long") == 0 ||
		    strcmp(flaws->at[i].type, "too_many_errors") == 0)
			return false;
	return true;
}

enum inv_judgement
inv_checker_judge(struct inv_checker *c, struct inv_str text,
    const struct inv_members *fields)
{
	inv_buf_reset(&c->out);
	bool fits = inv_schema_check(c->schema, text, fields, c->cells, &c->out,
	    &c->flaws, &c->warnings);

	for (size_t i = 0; i < c->registries && is_whole(&c->flaws); i++)
		fits = inv_registry_judge(c->registry[i], inv_buf_str(&c->out),
			   &c->flaws) &&
		    fits;
	if (c->rules != NULL && is_whole(&c->flaws))
		inv_rulebook_judge(c->rules, inv_buf_str(&c->out), &c->flaws,
		    &c->warnings);
	if (!fits)
		return INV_SCHEMA_VIOLATION;
	return c->flaws.n == 0 ? INV_FITS : INV_COMPLIANCE_BLOCK;
}

struct inv_str
inv_judgement_reason(enum inv_judgement j)
{
	switch (j) {
	case INV_FITS:
		return (struct inv_str){ 0 };
	case INV_SCHEMA_VIOLATION:
		return INV_LIT("schema_violation");
	case INV_COMPLIANCE_BLOCK:
		return INV_LIT("compliance_block");
	case INV_NOT_ATTACHED:
		return INV_LIT("attachment");
	}
	return (struct inv_str){ 0 };
}

void
inv_checker_stage(const struct inv_checker *c, struct inv_buf *b)
{
	struct inv_str key = inv_schema_key(c->schema);
	struct inv_str normal = inv_schema_normal(c->schema);

	inv_emit_member_str(b, INV_LIT("schema"), inv_str_of(c->name));
	inv_emit_member_str(b, INV_LIT("schema_sha256"),
	    (struct inv_str){ c->sha256, sizeof(c->sha256) });
	if (key.n > 0)
		inv_emit_member_raw(b, INV_LIT("key"), key);
	if (normal.n > 0)
		inv_emit_member_raw(b, INV_LIT("normalize"), normal);
	if (c->coerce != INV_COERCE_AUTO)
		inv_emit_member_str(b, INV_LIT("coerce"),
		    c->coerce == INV_COERCE_ALWAYS ? INV_LIT("always")
						   : INV_LIT("never"));
	bool timed = inv_schema_has_time(c->schema) ||
	    (c->rules != NULL && inv_rulebook_has_time(c->rules));

	if (timed && c->now.n > 0)
		inv_emit_member_str(b, INV_LIT("as_of"), inv_buf_str(&c->now));
	if (c->rules != NULL)
		inv_rulebook_stage(c->rules, b);
	if (c->registries == 0)
		return;
	inv_emit_key(b, INV_LIT("lookups"));
	inv_emit_open(b, '[');
	for (size_t i = 0; i < c->registries; i++)
		inv_registry_stage(c->registry[i], b);
	inv_emit_close(b, ']');
}
