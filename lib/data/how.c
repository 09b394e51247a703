/* how.c - how manifests are read, and how a stage line tells it */

#include "data/how.h"

#include "data/emit.h"
#include "data/record.h"

enum { CHAR_TEXT = 8 }; /* bytes of a character, escaped */

struct inv_dialect
inv_how_dialect(const struct inv_source_options *how)
{
	return (struct inv_dialect){
		.delimiter = how->delimiter,
		.quote = how->quote != '\0' ? how->quote : '"',
		.escape = how->escape != '\0' ? how->escape : INV_DIALECT_NONE,
	};
}

struct inv_str
inv_how_behind(const struct inv_source_options *how, struct inv_str head)
{
	for (uint64_t i = 0; i < how->preamble; i++) {
		size_t n = 0;

		while (n < head.n && head.p[n] != '\n' && head.p[n] != '\r')
			n++;
		n += n + 1 < head.n && head.p[n] == '\r' &&
		    head.p[n + 1] == '\n';
		n += n < head.n;
		head.p += n;
		head.n -= n;
	}
	return head;
}

static void
put_char(struct inv_buf *out, struct inv_str name, char c)
{
	if (c == INV_DIALECT_NONE)
		inv_emit_member_str(out, name, INV_LIT("none"));
	else if (c != '\0')
		inv_emit_member_str(out, name, (struct inv_str){ &c, 1 });
}

static void
put_number(struct inv_buf *out, struct inv_str name, uint64_t n)
{
	if (n != 0)
		inv_emit_member_u64(out, name, n);
}

/* Of what is text, and not of a workbook. */
static void
put_text(const struct inv_source_options *how, struct inv_buf *out)
{
	put_char(out, INV_LIT("quote"), how->quote);
	put_char(out, INV_LIT("escape"), how->escape);
	put_number(out, INV_LIT("preamble_lines"), how->preamble);
	put_number(out, INV_LIT("header_lines"), how->header);
	put_number(out, INV_LIT("footer_lines"), how->footer);
}

void
inv_how_put(const struct inv_source_options *how, enum inv_format format,
    struct inv_buf *out)
{
	if ((format == INV_FORMAT_JSON || format == INV_FORMAT_XML) &&
	    how->path.n > 0)
		inv_emit_member_str(out, INV_LIT("rows_at"), how->path);
	if (how->map.n > 0)
		inv_emit_member_raw(out, INV_LIT("renamed"), how->map);
	if (how->constants.n > 0)
		inv_emit_member_raw(out, INV_LIT("set"), how->constants);
	if (how->flatten && inv_format_is_typed(format))
		inv_emit_member_bool(out, INV_LIT("flatten"), true);
	if ((format == INV_FORMAT_X12 || format == INV_FORMAT_XML) &&
	    how->mappings.n > 0)
		inv_emit_member_raw(out, INV_LIT("mappings"), how->mappings);
	if (!inv_format_has_columns(format))
		return;
	if (how->no_header)
		inv_emit_member_bool(out, INV_LIT("header"), false);
	if (how->null_empty)
		inv_emit_member_str(out, INV_LIT("empty"), INV_LIT("null"));
	if (how->strict_quotes)
		inv_emit_member_bool(out, INV_LIT("strict_quotes"), true);
	if ((format == INV_FORMAT_XLSX || format == INV_FORMAT_XLS) &&
	    how->skip_hidden)
		inv_emit_member_str(out, INV_LIT("hidden"), INV_LIT("skip"));
	if (format == INV_FORMAT_CSV || format == INV_FORMAT_TSV)
		put_text(how, out);
}

static void
get_char(const struct inv_members *m, const char *name, char *c)
{
	struct inv_str inside = inv_member_text(m, name);
	char text[CHAR_TEXT];

	if (inside.n == 0 || inside.n > sizeof(text))
		return;
	size_t n = inv_text_decode(inside, text);

	*c = n == 1 ? text[0] : INV_DIALECT_NONE;
}

static void
get_number(const struct inv_members *m, const char *name, uint64_t most,
    uint64_t *n)
{
	uint64_t found;

	if (inv_member_u64(m, name, &found) && found <= most)
		*n = found;
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

	if (found == NULL || found->kind != INV_KIND_STRING)
		return INV_LIT("");
	struct inv_str text = { mem->p + mem->n, 0 };

	text.n = inv_text_decode(inv_member_inner(found), mem->p + mem->n);
	mem->n += text.n;
	return text;
}

/* An object or an array, as written; there is room. */
static struct inv_str
json_of(const struct inv_members *m, const char *name, enum inv_kind kind,
    struct inv_buf *mem)
{
	const struct inv_member *found = inv_member_find(m, name);

	if (found == NULL || found->kind != kind)
		return INV_LIT("");
	struct inv_str text = { mem->p + mem->n, found->value.n };

	inv_buf_add(mem, found->value);
	return text;
}

void
inv_how_get(const struct inv_members *m, struct inv_source_options *how,
    struct inv_buf *mem)
{
	how->path = how->map = how->constants = how->sheet = INV_LIT("");
	how->mappings = INV_LIT("");
	if (inv_buf_room(mem,
		length_of(m, "rows_at") + length_of(m, "renamed") +
		    length_of(m, "set") + length_of(m, "sheet") +
		    length_of(m, "mappings"))) {
		how->path = text_of(m, "rows_at", mem);
		how->map = json_of(m, "renamed", INV_KIND_OBJECT, mem);
		how->constants = json_of(m, "set", INV_KIND_OBJECT, mem);
		how->mappings = json_of(m, "mappings", INV_KIND_ARRAY, mem);
		how->sheet = text_of(m, "sheet", mem);
	}
	how->flatten = inv_member_find(m, "flatten") != NULL;
	how->skip_hidden = inv_member_find(m, "hidden") != NULL;
	how->no_header = inv_member_find(m, "header") != NULL;
	how->null_empty = inv_member_find(m, "empty") != NULL;
	how->strict_quotes = inv_member_find(m, "strict_quotes") != NULL;
	get_char(m, "quote", &how->quote);
	get_char(m, "escape", &how->escape);
	get_number(m, "preamble_lines", INV_HOW_LINES, &how->preamble);
	get_number(m, "header_lines", INV_HOW_HEADER, &how->header);
	get_number(m, "footer_lines", INV_HOW_LINES, &how->footer);
}
