/* how.c - how manifests are read, and how a stage line tells it */

#include "data/how.h"

#include "data/emit.h"

void
inv_how_put(const struct inv_source_options *how, enum inv_format format,
    struct inv_buf *out)
{
	if (format == INV_FORMAT_JSON && how->path.n > 0)
		inv_emit_member_str(out, INV_LIT("rows_at"), how->path);
	if (how->map.n > 0)
		inv_emit_member_raw(out, INV_LIT("renamed"), how->map);
	if (how->constants.n > 0)
		inv_emit_member_raw(out, INV_LIT("set"), how->constants);
	if (how->flatten && inv_format_is_typed(format))
		inv_emit_member_bool(out, INV_LIT("flatten"), true);
	if (!inv_format_has_columns(format))
		return;
	if (how->no_header)
		inv_emit_member_bool(out, INV_LIT("header"), false);
	if (how->null_empty)
		inv_emit_member_str(out, INV_LIT("empty"), INV_LIT("null"));
	if (how->strict_quotes)
		inv_emit_member_bool(out, INV_LIT("strict_quotes"), true);
	if (format == INV_FORMAT_XLSX && how->skip_hidden)
		inv_emit_member_str(out, INV_LIT("hidden"), INV_LIT("skip"));
}

static size_t
length_of(const struct inv_members *m, const char *name)
{
	const struct inv_member *found = inv_member_find(m, name);

	return found == NULL ? 0 : found->value.n;
}

/* A text, decoded; there is room. */
static struct inv_str
text_of(const struct inv_members *m, const char *name, struct inv_buf *mem)
{
	const struct inv_member *found = inv_member_find(m, name);
	struct inv_str text = { mem->p + mem->n, 0 };

	if (found == NULL || found->kind != INV_KIND_STRING)
		return INV_LIT("");
	text.n = inv_text_decode(inv_member_inner(found), mem->p + mem->n);
	mem->n += text.n;
	return text;
}

/* An object, as written; there is room. */
static struct inv_str
object_of(const struct inv_members *m, const char *name, struct inv_buf *mem)
{
	const struct inv_member *found = inv_member_find(m, name);
	struct inv_str text = { mem->p + mem->n, 0 };

	if (found == NULL || found->kind != INV_KIND_OBJECT)
		return INV_LIT("");
	text.n = found->value.n;
	inv_buf_add(mem, found->value);
	return text;
}

void
inv_how_get(const struct inv_members *m, struct inv_source_options *how,
    struct inv_buf *mem)
{
	how->path = how->map = how->constants = how->sheet = INV_LIT("");
	if (inv_buf_room(mem,
		length_of(m, "rows_at") + length_of(m, "renamed") +
		    length_of(m, "set") + length_of(m, "sheet"))) {
		how->path = text_of(m, "rows_at", mem);
		how->map = object_of(m, "renamed", mem);
		how->constants = object_of(m, "set", mem);
		how->sheet = text_of(m, "sheet", mem);
	}
	how->flatten = inv_member_find(m, "flatten") != NULL;
	how->skip_hidden = inv_member_find(m, "hidden") != NULL;
	how->no_header = inv_member_find(m, "header") != NULL;
	how->null_empty = inv_member_find(m, "empty") != NULL;
	how->strict_quotes = inv_member_find(m, "strict_quotes") != NULL;
}
