/* columns.c - a manifest's columns against a schema, said once */

#include "prog/columns.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "data/schema.h"
#include "io/stream.h"

enum { SAID_MAX = 5 }; /* columns that are not in the schema, then a sum */

struct columns {
	struct inv_str at[INV_MEMBERS_MAX];
	size_t n;
	struct inv_buf text;
};

static void
read_columns(struct columns *c, struct inv_str json)
{
	struct inv_member m;

	/* Decoded text is never longer: the buf does not move. */
	if (!inv_buf_room(&c->text, json.n))
		return;
	while (inv_scan_each(&json, &m) && c->n < INV_MEMBERS_MAX) {
		char *p = c->text.p + c->text.n;

		if (m.kind != INV_KIND_STRING)
			continue;
		c->at[c->n] = (struct inv_str){ p,
			inv_text_decode(inv_member_inner(&m), p) };
		c->text.n += c->at[c->n++].n;
	}
}

static bool
has_column(const struct columns *c, struct inv_str name)
{
	for (size_t i = 0; i < c->n; i++)
		if (inv_str_eq(c->at[i], name))
			return true;
	return false;
}

static void
say_missing(struct inv_str manifest, const struct columns *c,
    struct inv_str name)
{
	for (size_t i = 0; i < c->n; i++)
		if (inv_str_alike(c->at[i], name)) {
			inv_warn("%.*s: column %.*s is missing: renamed %.*s?",
			    INV_ARG(manifest), INV_ARG(name),
			    INV_ARG(c->at[i]));
			return;
		}
	inv_warn("%.*s: column %.*s is missing", INV_ARG(manifest),
	    INV_ARG(name));
}

static void
compare(const struct inv_schema *schema, struct inv_str manifest,
    const struct columns *c)
{
	struct inv_str name;
	size_t extra = 0;

	for (size_t i = 0; inv_schema_required(schema, i, &name); i++)
		if (!has_column(c, name))
			say_missing(manifest, c, name);
	for (size_t i = 0; i < c->n; i++)
		if (inv_schema_column(schema, c->at[i]) ==
			INV_COLUMN_FORBIDDEN &&
		    extra++ < SAID_MAX)
			inv_warn("%.*s: column %.*s is not in the schema",
			    INV_ARG(manifest), INV_ARG(c->at[i]));
	if (extra > SAID_MAX)
		inv_warn("%.*s: %zu more columns are not in the schema",
		    INV_ARG(manifest), extra - SAID_MAX);
}

void
inv_columns_compare(const struct inv_schema *schema, struct inv_str manifest,
    struct inv_str columns)
{
	struct columns *c = inv_mem_new(sizeof(*c));

	c->text = INV_BUF(INV_LINE_MAX);
	read_columns(c, columns);
	compare(schema, manifest, c);
	inv_buf_free(&c->text);
	free(c);
}
