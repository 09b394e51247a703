/*
 * lint_rules.c - what is odd about a rules file
 *
 * Its schemas are looked at as any schema is.  Beside that, a `when` that asks
 * something of a column is so of every record without that column, and what
 * is asked of a column that the schema does not have is asked of none.
 */

#include <stdlib.h>

#include "base/mem.h"
#include "data/lint.h"
#include "data/lint_walk.h"

struct look {
	struct inv_lint l;
	const struct inv_schema *schema;
};

/* The member of an object, by its name. */
static bool
find(struct inv_str object, const char *name, struct inv_member *m)
{
	while (inv_scan_each(&object, m))
		if (inv_str_is(m->key, name))
			return true;
	return false;
}

static bool
has_text(struct inv_str list, struct inv_str text)
{
	for (struct inv_member m; inv_scan_each(&list, &m);)
		if (m.kind == INV_KIND_STRING &&
		    inv_str_eq(inv_member_inner(&m), text))
			return true;
	return false;
}

static bool
is_required(const struct inv_schema *schema, struct inv_str name)
{
	struct inv_str is;

	for (size_t i = 0; inv_schema_required(schema, i, &is); i++)
		if (inv_str_eq(is, name))
			return true;
	return false;
}

/* ---- columns ---- */

/* raw: the name as it stands between quotes. */
static void
look_at_column(struct look *k, const struct inv_place *place,
    struct inv_str raw)
{
	char *text = inv_mem_dup(raw.p, raw.n);
	struct inv_str name = { text, inv_text_decode(raw, text) };

	if (inv_schema_column(k->schema, name) != INV_COLUMN_NAMED)
		inv_lint_about(&k->l, place, raw,
		    "the schema has no column %.*s", INV_ARG(name));
	free(text);
}

/* A list of columns, or an object that has them as its keys. */
static void
look_at_columns(struct look *k, const struct inv_place *place,
    const struct inv_member *columns)
{
	struct inv_str rest = columns->value;

	for (struct inv_member m; inv_scan_each(&rest, &m);)
		look_at_column(k, place,
		    columns->kind == INV_KIND_OBJECT ? m.key
						     : inv_member_inner(&m));
}

/* ---- schemas ---- */

/*
 * The schema of a column means a value it has.  Bounds alone may be meant for
 * what has none as well: "fewer than 200 miles, as far as is known".
 */
static bool
means_a_value(const struct inv_member *column)
{
	static const char *const names[] = { "const", "enum", "pattern",
		"type" };
	struct inv_member m;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (column->kind == INV_KIND_OBJECT &&
		    find(column->value, names[i], &m))
			return true;
	return false;
}

static void
look_at_when(struct look *k, const struct inv_place *place,
    struct inv_str schema)
{
	struct inv_member properties;
	struct inv_member required = { .value = INV_LIT("[]") };

	if (*schema.p != '{' || !find(schema, "properties", &properties))
		return;
	if (!find(schema, "required", &required))
		required.value = INV_LIT("[]");
	struct inv_str rest = properties.value;

	for (struct inv_member m; inv_scan_each(&rest, &m);)
		if (means_a_value(&m) && !m.key_escaped &&
		    !has_text(required.value, m.key) &&
		    !is_required(k->schema, m.key))
			inv_lint_about(&k->l, place, m.key,
			    "is so without %.*s too: require it",
			    INV_ARG(m.key));
}

/* Columns that a condition or a check is about. */
static void
look_at_properties(struct look *k, const struct inv_place *place,
    struct inv_str schema)
{
	struct inv_member m;

	if (*schema.p == '{' && find(schema, "properties", &m))
		look_at_columns(k, place, &m);
}

static void
look_at_schema(struct look *k, const struct inv_place *up, const char *name,
    struct inv_str object)
{
	struct inv_place place = { .up = up, .key = inv_str_of(name) };
	struct inv_member m;

	if (!find(object, name, &m))
		return;
	look_at_properties(k, &place, m.value);
	inv_lint_walk(&k->l, m.value, &place, true);
	if (strcmp(name, "when") == 0)
		look_at_when(k, &place, m.value);
}

/* ---- rules ---- */

static void
look_at_rule(struct look *k, const struct inv_place *up, struct inv_str rule)
{
	static const char *const lists[] = { "required", "max_length" };
	struct inv_place place = { .up = up };
	struct inv_member m;

	for (size_t i = 0; i < 2; i++)
		if (find(rule, lists[i], &m)) {
			place.key = m.key;
			look_at_columns(k, &place, &m);
		}
	if (find(rule, "allowed", &m)) {
		struct inv_place element = { .up = &place };
		struct inv_str rest = m.value;

		place.key = m.key;
		for (struct inv_member one; inv_scan_each(&rest, &one);
		     element.index++)
			look_at_columns(k, &element, &one);
	}
	look_at_schema(k, up, "when", rule);
	look_at_schema(k, up, "check", rule);
}

static void
look_at_rules(struct look *k, const struct inv_place *up, struct inv_str object)
{
	struct inv_place list = { .up = up, .key = INV_LIT("rules") };
	struct inv_place place = { .up = &list };
	struct inv_member rules;

	if (!find(object, "rules", &rules))
		return;
	for (struct inv_member m; inv_scan_each(&rules.value, &m);
	     place.index++)
		look_at_rule(k, &place, m.value);
}

static void
look_at_blocks(struct look *k, struct inv_str file)
{
	struct inv_place list = { .key = INV_LIT("blocks") };
	struct inv_place place = { .up = &list };
	struct inv_place field = { .up = &place, .key = INV_LIT("field") };
	struct inv_member blocks;
	struct inv_member m;

	if (!find(file, "blocks", &blocks))
		return;
	for (struct inv_member b; inv_scan_each(&blocks.value, &b);
	     place.index++) {
		if (find(b.value, "field", &m))
			look_at_column(k, &field, inv_member_inner(&m));
		look_at_schema(k, &place, "when", b.value);
		look_at_rules(k, &place, b.value);
	}
}

size_t
inv_lint_rules(struct inv_str name, struct inv_str text,
    const struct inv_schema *schema, struct inv_buf *out)
{
	struct look k = { .schema = schema };
	struct inv_str file = inv_lint_outermost(text);

	/* Formats of a rule are asserted always. */
	inv_lint_begin(&k.l, text, true);
	look_at_rules(&k, NULL, file);
	look_at_blocks(&k, file);
	inv_lint_defs(&k.l);
	return inv_lint_finish(&k.l, name, out);
}
