/* how.c - how manifests are read, and how a stage line tells it */

#include "data/how.h"

#include "data/emit.h"

void
inv_how_put(const struct inv_source_options *how, enum inv_format format,
    struct inv_buf *out)
{
	if (!inv_format_has_columns(format))
		return;
	if (how->no_header)
		inv_emit_member_bool(out, INV_LIT("header"), false);
	if (how->null_empty)
		inv_emit_member_str(out, INV_LIT("empty"), INV_LIT("null"));
	if (how->strict_quotes)
		inv_emit_member_bool(out, INV_LIT("strict_quotes"), true);
}

void
inv_how_get(const struct inv_members *m, struct inv_source_options *how)
{
	how->no_header = inv_member_find(m, "header") != NULL;
	how->null_empty = inv_member_find(m, "empty") != NULL;
	how->strict_quotes = inv_member_find(m, "strict_quotes") != NULL;
}
