/* rules_lint.c - what is not wrong with rules, and can not be meant either */

#include "data/rules_lint.h"

#include <stdio.h>

#include "data/json.h"
#include "data/lint.h"
#include "data/rules.h"

struct look {
	struct inv_str name;
	const struct inv_schema *schema;
	const struct inv_schema_options *options;
	struct inv_buf *out;
	struct inv_buf at;   /* pointer to the rule or block */
	struct inv_buf json; /* a schema of it */
	struct inv_buf said; /* what data/lint says of that */
	size_t n;
};

/* ---- columns ---- */

static void
look_at_column(struct look *l, const char *member, struct inv_str column)
{
	if (inv_schema_column(l->schema, column) == INV_COLUMN_NAMED)
		return;
	inv_buf_addf(l->out, "%.*s: #%.*s/%s: the schema has no column %.*s\n",
	    INV_ARG(l->name), INV_ARG(inv_buf_str(&l->at)), member,
	    INV_ARG(column));
	l->n++;
}

/* The texts of a list, the names of an object, or a text. */
static void
look_at_columns(struct look *l, const char *member, const struct inv_json *v)
{
	const struct inv_json *value;
	struct inv_str column;

	if (v != NULL && inv_json_kind(v) == INV_KIND_OBJECT) {
		void *walk = NULL;

		while (inv_json_next(v, &walk, &column, &value))
			look_at_column(l, member, column);
	} else if (v != NULL && inv_json_str(v, &column)) {
		look_at_column(l, member, column);
	}
	for (size_t i = 0; i < inv_json_count(v); i++)
		if (inv_json_str(inv_json_at(v, i), &column))
			look_at_column(l, member, column);
}

/* ---- schemas ---- */

/* Lines of data/lint begin with ":1: #", the text having no other line. */
static void
adopt(struct look *l, const char *member)
{
	struct inv_str rest = inv_buf_str(&l->said);
	const char *end;

	while (rest.n > 0 && (end = memchr(rest.p, '\n', rest.n)) != NULL) {
		const char *what = memchr(rest.p, '#', (size_t)(end - rest.p));

		what = what != NULL ? what + 1 : end;
		inv_buf_addf(l->out, "%.*s: #%.*s/%s%.*s\n", INV_ARG(l->name),
		    INV_ARG(inv_buf_str(&l->at)), member, (int)(end - what),
		    what);
		rest.n -= (size_t)(end - rest.p) + 1;
		rest.p = end + 1;
	}
}

static void
look_at_schema(struct look *l, const char *member, const struct inv_json *rule)
{
	const struct inv_json *v = inv_json_member(rule, member);

	if (v == NULL)
		return;
	look_at_columns(l, member, inv_json_member(v, "properties"));
	inv_buf_reset(&l->json);
	inv_buf_reset(&l->said);
	inv_json_print(v, &l->json);
	l->n += inv_lint_schema((struct inv_str){ 0 }, inv_buf_str(&l->json),
	    l->options, &l->said);
	adopt(l, member);
}

/* ---- rules and blocks ---- */

static void
look_at_rule(struct look *l, const struct inv_json *rule)
{
	const struct inv_json *allowed = inv_json_member(rule, "allowed");
	char member[32];

	look_at_columns(l, "required", inv_json_member(rule, "required"));
	look_at_columns(l, "max_length", inv_json_member(rule, "max_length"));
	for (size_t i = 0; i < inv_json_count(allowed); i++) {
		snprintf(member, sizeof(member), "allowed/%zu", i);
		look_at_columns(l, member, inv_json_at(allowed, i));
	}
	look_at_schema(l, "when", rule);
	look_at_schema(l, "check", rule);
}

static void
look_at_rules(struct look *l, const struct inv_json *of)
{
	const struct inv_json *rules = inv_json_member(of, "rules");
	size_t before = l->at.n;

	for (size_t i = 0; i < inv_json_count(rules); i++) {
		inv_buf_addf(&l->at, "/rules/%zu", i);
		look_at_rule(l, inv_json_at(rules, i));
		l->at.n = before;
	}
}

size_t
inv_rules_lint(struct inv_str name, struct inv_str text,
    const struct inv_schema *schema, const struct inv_schema_options *options,
    struct inv_buf *out)
{
	struct look l = { .name = name,
		.schema = schema,
		.options = options,
		.out = out,
		.at = INV_BUF(INV_RULES_MAX),
		.json = INV_BUF(INV_RULES_MAX),
		.said = INV_BUF(INV_LINT_TEXT) };
	struct inv_err err;
	struct inv_json *v = inv_json_new(text, &err);
	const struct inv_json *blocks =
	    v == NULL ? NULL : inv_json_member(v, "blocks");

	if (v != NULL)
		look_at_rules(&l, v);
	for (size_t i = 0; i < inv_json_count(blocks); i++) {
		const struct inv_json *block = inv_json_at(blocks, i);

		inv_buf_addf(&l.at, "/blocks/%zu", i);
		look_at_columns(&l, "field", inv_json_member(block, "field"));
		look_at_schema(&l, "when", block);
		look_at_rules(&l, block);
		inv_buf_reset(&l.at);
	}
	if (v != NULL)
		inv_json_free(v);
	inv_buf_free(&l.at);
	inv_buf_free(&l.json);
	inv_buf_free(&l.said);
	return l.n;
}
