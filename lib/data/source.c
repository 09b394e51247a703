/* source.c - a manifest's bytes as rows, whatever its format */

#include "data/source.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/emit.h"
#include "data/input.h"
#include "data/naming.h"
#include "data/reader.h"

static struct inv_reader *(*const readers[INV_FORMATS])(void) = {
	[INV_FORMAT_CSV] = inv_reader_csv,
	[INV_FORMAT_TSV] = inv_reader_csv,
	[INV_FORMAT_NDJSON] = inv_reader_ndjson,
	[INV_FORMAT_JSON] = inv_reader_json,
	[INV_FORMAT_XLSX] = inv_reader_xlsx,
	[INV_FORMAT_XLS] = inv_reader_xls,
	[INV_FORMAT_X12] = inv_reader_x12,
	[INV_FORMAT_XML] = inv_reader_xml,
};

struct inv_source {
	const struct inv_source_options *options;
	const char *stage;
	struct inv_input input;
	enum inv_format format;
	struct inv_naming *naming; /* made when it is needed; or NULL */
	const char *reason;
	struct inv_reader *reader[INV_FORMATS]; /* made when they are needed */
	struct inv_reader *at;                  /* of this file; or NULL */
};

struct inv_source *
inv_source_new(const struct inv_source_options *options, const char *stage)
{
	struct inv_source *s = inv_mem_new(sizeof(*s));

	s->options = options;
	s->stage = stage;
	return s;
}

void
inv_source_free(struct inv_source *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < INV_FORMATS; i++)
		if (s->reader[i] != NULL)
			s->reader[i]->face->free(s->reader[i]);
	inv_naming_free(s->naming);
	inv_input_close(&s->input);
	free(s);
}

const char *
inv_source_reason(const struct inv_source *s)
{
	return s->reason;
}

enum inv_format
inv_source_format(const struct inv_source *s)
{
	return s->format;
}

const char *
inv_source_encoding(const struct inv_source *s)
{
	return inv_input_encoding(&s->input);
}

bool
inv_source_has_columns(const struct inv_source *s)
{
	return inv_format_has_columns(s->format);
}

void
inv_source_columns(const struct inv_source *s, struct inv_buf *out)
{
	s->at->face->columns(s->at, out);
}

/* ---- opening ---- */

/* What it is, where it is nothing that can be read; else NULL. */
static const char *
foreign(const struct inv_source *s, struct inv_str head)
{
	enum inv_format asked = s->options->format;
	const char *binary = inv_sniff_binary(head);

	if (binary == NULL && asked == INV_FORMAT_ANY)
		return inv_sniff_foreign(head);
	if (binary == NULL &&
	    (asked == INV_FORMAT_XLSX || asked == INV_FORMAT_XLS))
		return "no workbook";
	return binary;
}

static bool
tell_format(struct inv_source *s, struct inv_err *err)
{
	enum inv_format asked = s->options->format;
	struct inv_str head;

	if (!inv_input_head(&s->input, &head, err))
		return false;
	s->format = inv_sniff_workbook(head);
	if (s->format != INV_FORMAT_ANY &&
	    (asked == INV_FORMAT_ANY || asked == s->format))
		return true;
	const char *other = foreign(s, head);

	if (other != NULL) {
		s->reason = inv_sniff_is_encrypted(head) ? "encrypted"
							 : "unknown_format";
		return inv_fail(err, INV_BAD,
		    "%s: not CSV, TSV, NDJSON, JSON, XLSX, XLS, X12 or XML: it "
		    "is %s",
		    s->input.name, other);
	}
	const struct inv_dialect dialect = inv_how_dialect(s->options);

	s->format = s->options->format;
	if (s->format == INV_FORMAT_ANY)
		s->format = inv_sniff(inv_how_behind(s->options, head),
		    head.n < INV_INPUT_HEAD, &dialect);
	/* Only one text has something that a path could lead to. */
	if (s->options->format == INV_FORMAT_ANY &&
	    s->format == INV_FORMAT_NDJSON && s->options->path.n > 0)
		s->format = INV_FORMAT_JSON;
	return true;
}

static struct inv_reader *
reader_of(struct inv_source *s)
{
	struct inv_reader **r = &s->reader[s->format];

	if (*r == NULL) {
		*r = readers[s->format]();
		(*r)->how = s->options;
		(*r)->stage = s->stage;
	}
	(*r)->reason = "";
	(*r)->naming = s->naming;
	return *r;
}

bool
inv_source_begin(struct inv_source *s, int fd, const char *name,
    struct inv_err *err)
{
	s->at = NULL;
	s->format = s->options->format;
	s->reason = "";
	inv_naming_begin(s->naming);
	if (!inv_input_open(&s->input, fd, name, s->options->encoding, err)) {
		s->reason = s->input.reason;
		return false;
	}
	if (!tell_format(s, err))
		return false;
	if (s->naming == NULL && !inv_naming_new(s->options, &s->naming, err)) {
		s->reason = "bad_header";
		err->fault = INV_BAD;
		return false;
	}
	s->at = reader_of(s);
	if (s->at->face->begin(s->at, &s->input, s->format, err))
		return true;
	s->reason = s->at->reason;
	return false;
}

/* ---- rows ---- */

enum inv_next
inv_source_next(struct inv_source *s, uint64_t *line, struct inv_err *err)
{
	enum inv_next next = s->at->face->next(s->at, err);

	*line = s->at->line;
	return next;
}

bool
inv_source_bytes(struct inv_source *s, struct inv_str *bytes, uint64_t *offset,
    struct inv_err *err)
{
	if (s->at->face->bytes != NULL && !s->at->face->bytes(s->at, err))
		return false;
	*offset = s->at->offset;
	*bytes = s->at->raw;
	return true;
}

struct inv_str
inv_source_item(const struct inv_source *s)
{
	return s->at->item;
}

struct inv_str
inv_source_why(const struct inv_source *s)
{
	return s->at->why;
}

bool
inv_source_write(struct inv_source *s, struct inv_buf *out)
{
	s->at->item = s->at->why = INV_LIT("");
	return s->at->face->write(s->at, out);
}

void
inv_source_notes(const struct inv_source *s, struct inv_buf *out)
{
	inv_input_notes(&s->input, out);
	inv_how_put(s->options, s->format, out);
	inv_naming_notes(s->naming, out);
	if (s->at != NULL && s->at->face->notes != NULL)
		s->at->face->notes(s->at, out);
}

void
inv_source_totals(const struct inv_source *s, struct inv_buf *out)
{
	if (s->at == NULL || s->at->face->totals == NULL)
		return;
	inv_emit_key(out, INV_LIT("totals"));
	s->at->face->totals(s->at, out);
}
