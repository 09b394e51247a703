/* reader_csv.c - CSV and TSV as rows (RFC 4180) */

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "data/delimiter.h"
#include "data/emit.h"
#include "data/reader.h"
#include "data/ruling.h"
#include "data/table.h"
#include "io/csv.h"
#include "io/footer.h"
#include "io/frame.h"

_Static_assert((int)INV_FRAME_RECORD_MAX == (int)INV_RECORD_MAX, "one ceiling");
_Static_assert((int)INV_FRAME_FIELD_MAX == (int)INV_FIELD_MAX, "one ceiling");
_Static_assert((int)INV_FRAME_FIELDS_MAX == (int)INV_MEMBERS_MAX,
    "one ceiling");

enum { MESSAGE = 160 }; /* bytes of an error's message */

/* Begins with the face of all readers. */
struct csv_reader {
	struct inv_reader base;
	struct inv_input *in;
	struct inv_dialect dialect;
	struct inv_body body; /* of the text, where it has a footer */
	struct inv_frame *frame;
	struct inv_csv *csv;
	struct inv_table table;
	struct inv_framed rec; /* the row at hand */
	uint64_t blank_lines;
	uint64_t strays;
	/* Without a header, what was read to learn the number of columns. */
	uint64_t blank_rows; /* empty lines that turned out to be rows */
	uint64_t blank_given;
	bool has_first;
	struct inv_framed first;
};

static struct csv_reader *
of(struct inv_reader *r)
{
	return (struct csv_reader *)r;
}

static const struct csv_reader *
is(const struct inv_reader *r)
{
	return (const struct csv_reader *)r;
}

static void
close_file(struct csv_reader *c)
{
	inv_csv_free(c->csv);
	inv_frame_free(c->frame);
	inv_table_free(&c->table);
	c->csv = NULL;
	c->frame = NULL;
}

/* ---- opening ---- */

static const char *
flaw_text(enum inv_flaw flaw)
{
	switch (flaw) {
	case INV_FLAW_NONE:
		break;
	case INV_FLAW_UNCLOSED:
		return "a quote is not closed";
	case INV_FLAW_BEHIND:
		return "data behind a closing quote";
	case INV_FLAW_FIELDS:
		return "another number of cells than columns";
	case INV_FLAW_LINES:
		return "a quote is not closed on its line, and the lines "
		       "together do not have one cell for each column";
	case INV_FLAW_RECORD_MAX:
		return "longer than 1 MiB";
	case INV_FLAW_FIELD_MAX:
		return "a cell longer than 256 KiB";
	}
	return "";
}

/* The first record that is not an empty line; *blank counts those. */
static bool
read_first(struct csv_reader *c, uint64_t *blank, struct inv_err *err)
{
	enum inv_next next;

	*blank = 0;
	while ((next = inv_frame_next(c->frame, &c->rec, err)) ==
		INV_NEXT_LINE &&
	    c->rec.raw.n == 0)
		++*blank;
	if (next == INV_NEXT_END) {
		c->base.reason = "empty";
		return inv_fail(err, INV_BAD, "%s: empty: no %s", c->in->name,
		    c->base.how->no_header ? "row to tell the columns by"
					   : "header");
	}
	return next == INV_NEXT_LINE;
}

static bool
bad_header(struct csv_reader *c, const char *what, struct inv_err *err)
{
	c->base.reason = "bad_header";
	return inv_fail(err, INV_BAD, "%s: line %ju: header: %s", c->in->name,
	    (uintmax_t)c->rec.line, what);
}

/* The number of columns can be told. */
static bool
check_first(struct csv_reader *c, struct inv_err *err)
{
	if (c->rec.flaw != INV_FLAW_NONE)
		return bad_header(c, flaw_text(c->rec.flaw), err);
	if (c->rec.fields > INV_FRAME_FIELDS_MAX)
		return bad_header(c, "more than 4096 columns", err);
	return true;
}

/* The cells of one of the records that name the columns. */
static const struct inv_str *
read_names(struct csv_reader *c, struct inv_err *err)
{
	struct inv_err why;
	uint64_t blank;

	if (!read_first(c, &blank, err) || !check_first(c, err))
		return NULL;
	c->blank_lines += blank;
	if (c->base.how->strict_quotes && c->rec.strays > 0) {
		bad_header(c, "a quote within a plain cell", err);
		return NULL;
	}
	c->strays += c->rec.strays;
	const struct inv_str *names = inv_csv_split(c->csv, &c->rec, &why);

	if (names == NULL)
		bad_header(c, why.msg, err);
	return names;
}

static void
join(struct inv_buf *name, struct inv_str part)
{
	if (name->n > 0 && part.n > 0)
		inv_buf_byte(name, ' ');
	inv_buf_add(name, part);
}

/* Add what further records say to the names, n of them. */
static bool
join_names(struct csv_reader *c, struct inv_buf *names, size_t n,
    struct inv_err *err)
{
	for (uint64_t i = 1; i < c->base.how->header; i++) {
		inv_frame_expect(c->frame, n);
		const struct inv_str *more = read_names(c, err);

		if (more == NULL)
			return false;
		for (size_t k = 0; k < n; k++)
			join(&names[k], more[k]);
	}
	return true;
}

/* A header of several records: a name is what its cells say, top to bottom. */
static bool
read_tall_header(struct csv_reader *c, const struct inv_str *first,
    struct inv_err *err)
{
	const size_t n = c->rec.fields;
	struct inv_buf *names = inv_mem_new(n * sizeof(*names));
	struct inv_str *joined = inv_mem_new(n * sizeof(*joined));
	struct inv_err why;

	for (size_t k = 0; k < n; k++) {
		names[k] = INV_BUF(INV_HOW_HEADER * INV_FIELD_MAX);
		join(&names[k], first[k]);
	}
	bool ok = join_names(c, names, n, err);

	for (size_t k = 0; k < n; k++)
		joined[k] = inv_buf_str(&names[k]);
	if (ok && !inv_table_name(&c->table, joined, n, &why))
		ok = bad_header(c, why.msg, err);
	for (size_t k = 0; k < n; k++)
		inv_buf_free(&names[k]);
	free(names);
	free(joined);
	return ok;
}

static bool
read_header(struct csv_reader *c, struct inv_err *err)
{
	const struct inv_str *names = read_names(c, err);
	struct inv_err why;

	if (names == NULL)
		return false;
	if (c->base.how->header > 1)
		return read_tall_header(c, names, err);
	return inv_table_name(&c->table, names, c->rec.fields, &why) ||
	    bad_header(c, why.msg, err);
}

/* Without a header the first record tells how many columns there are. */
static bool
number_columns(struct csv_reader *c, struct inv_err *err)
{
	struct inv_err why;
	uint64_t blank;

	if (!read_first(c, &blank, err) || !check_first(c, err))
		return false;
	if (!inv_table_number(&c->table, c->rec.fields, &why))
		return bad_header(c, why.msg, err);
	if (c->rec.fields == 1)
		c->blank_rows = blank;
	else
		c->blank_lines = blank;
	c->first = c->rec;
	c->has_first = true;
	return true;
}

/* TAB is not among those of CSV: what has it is TSV. */
static bool
tell_delimiter(struct csv_reader *c, enum inv_format format,
    struct inv_err *err)
{
	struct inv_str head;

	const struct inv_source_options *how = c->base.how;

	c->dialect = inv_how_dialect(how);
	if (format == INV_FORMAT_TSV)
		c->dialect.delimiter = '\t';
	if (c->dialect.delimiter != '\0')
		return true;
	if (!inv_input_head(c->in, &head, err))
		return false;
	c->dialect.delimiter = inv_delimiter_tell(inv_how_behind(how, head),
	    head.n < INV_INPUT_HEAD, &c->dialect, ",;|");
	inv_note("%s: by its content, %c is between its cells", c->in->name,
	    c->dialect.delimiter);
	return true;
}

/* The text without its footer, whose first line has to be found before. */
static bool
open_text(struct csv_reader *c, struct inv_err *err)
{
	struct inv_input *in = c->in;
	size_t lines = c->base.how->footer;

	if (lines > 0 &&
	    (!inv_footer_find(inv_text_pull(in->text), lines, &c->body.left,
		 err) ||
		!inv_input_rewind(in, err)))
		return false;
	c->body.from = inv_text_pull(in->text);
	c->frame =
	    inv_frame_new(lines > 0 ? inv_body_pull(&c->body) : c->body.from,
		inv_text_mark(in->text), c->dialect);
	c->csv = inv_csv_new(c->dialect);
	return true;
}

static bool
pass_preamble(struct csv_reader *c, struct inv_err *err)
{
	for (uint64_t i = 0; i < c->base.how->preamble; i++)
		if (inv_frame_pass(c->frame, err) == INV_NEXT_ERR)
			return false;
	return true;
}

static bool
begin(struct inv_reader *r, struct inv_input *in, enum inv_format format,
    struct inv_err *err)
{
	struct csv_reader *c = of(r);

	close_file(c);
	*c = (struct csv_reader){
		.base = c->base,
		.in = in,
		.table = { .null_empty = c->base.how->null_empty,
		    .naming = c->base.naming },
	};
	if (!tell_delimiter(c, format, err) || !open_text(c, err) ||
	    !pass_preamble(c, err))
		return false;
	bool ok = c->base.how->no_header ? number_columns(c, err)
					 : read_header(c, err);

	if (ok)
		inv_frame_expect(c->frame, c->table.columns);
	return ok;
}

/* ---- rows ---- */

/* Rows that were read before they could be told from empty lines. */
static bool
next_held(struct csv_reader *c)
{
	static const uint32_t nothing = 0;

	if (c->blank_given < c->blank_rows) {
		c->rec = (struct inv_framed){
			.raw = INV_LIT(""),
			.line = c->first.line - c->blank_rows + c->blank_given,
			.fields = 1,
			.cut = &nothing,
		};
		c->blank_given++;
		return true;
	}
	if (c->has_first) {
		c->rec = c->first;
		c->has_first = false;
		return true;
	}
	return false;
}

static enum inv_next
next_cells(struct csv_reader *c, struct inv_err *err)
{
	enum inv_next next;

	if (c->base.how->no_header && next_held(c))
		return INV_NEXT_LINE;
	/* In a table of one column an empty line is a row. */
	while ((next = inv_frame_next(c->frame, &c->rec, err)) ==
		INV_NEXT_LINE &&
	    c->rec.raw.n == 0 && c->table.columns > 1)
		c->blank_lines++;
	return next;
}

static enum inv_next
next(struct inv_reader *r, struct inv_err *err)
{
	struct csv_reader *c = of(r);
	enum inv_next found = next_cells(c, err);

	r->line = c->rec.line;
	r->offset = c->rec.offset;
	r->raw = c->rec.raw;
	return found;
}

/* ---- what is wrong with a row ---- */

static void
add_error(const struct csv_reader *c, const char *type, const char *msg,
    struct inv_buf *out)
{
	const struct inv_place at = {
		.line = c->rec.line,
		.begin = c->rec.offset,
		.end = c->rec.offset + c->rec.size - c->rec.end,
	};

	inv_ruling_error(type, INV_LIT("[]"), msg, &at, out);
}

static const char *
flaw_type(enum inv_flaw flaw)
{
	switch (flaw) {
	case INV_FLAW_NONE:
		break;
	case INV_FLAW_UNCLOSED:
	case INV_FLAW_LINES:
		return "unclosed_quote";
	case INV_FLAW_BEHIND:
		return "data_after_quote";
	case INV_FLAW_FIELDS:
		return "cell_count";
	case INV_FLAW_RECORD_MAX:
		return "record_too_long";
	case INV_FLAW_FIELD_MAX:
		return "cell_too_long";
	}
	return "";
}

static void
add_flaw(const struct csv_reader *c, struct inv_buf *out)
{
	char message[MESSAGE];

	if (c->rec.flaw == INV_FLAW_NONE)
		return;
	snprintf(message, sizeof(message), "%s", flaw_text(c->rec.flaw));
	if (c->rec.flaw == INV_FLAW_FIELDS)
		snprintf(message, sizeof(message),
		    "%zu cell%s for %zu column%s", c->rec.fields,
		    c->rec.fields == 1 ? "" : "s", c->table.columns,
		    c->table.columns == 1 ? "" : "s");
	add_error(c, flaw_type(c->rec.flaw), message, out);
}

/* `more` and what it says: an error that is not the framer's, or NULL. */
static bool
rule_row(const struct csv_reader *c, const char *more, const char *msg,
    struct inv_buf *out)
{
	inv_ruling_begin(c->base.stage, "malformed_row", out);
	add_flaw(c, out);
	if (c->base.how->strict_quotes && c->rec.strays > 0)
		add_error(c, "stray_quote", "a quote within a plain cell", out);
	if (c->rec.flaw != INV_FLAW_RECORD_MAX && !inv_text_is_utf8(c->rec.raw))
		add_error(c, "string_unicode", "not UTF-8", out);
	if (more != NULL)
		add_error(c, more, msg, out);
	inv_ruling_end(c->rec.raw, c->rec.flaw == INV_FLAW_RECORD_MAX, out);
	return false;
}

/* ---- writing ---- */

static bool
write_row(struct inv_reader *r, struct inv_buf *out)
{
	struct csv_reader *c = of(r);
	const struct inv_framed *rec = &c->rec;
	size_t from = out->n;
	struct inv_err err;

	if (rec->flaw == INV_FLAW_NONE)
		c->strays += rec->strays;
	if (rec->flaw != INV_FLAW_NONE ||
	    (c->base.how->strict_quotes && rec->strays > 0) ||
	    (rec->high && !inv_text_is_utf8(rec->raw)))
		return rule_row(c, NULL, NULL, out);
	const struct inv_str *cells = inv_csv_split(c->csv, rec, &err);

	if (cells == NULL)
		return rule_row(c, "csv_invalid", err.msg, out);
	c->base.item = inv_table_aside(cells, c->table.item);
	c->base.why = inv_table_aside(cells, c->table.why);
	inv_buf_add(out, INV_LIT("\"record\":"));
	if (inv_table_row(&c->table, cells,
		rec->special ? INV_CARE_ESCAPE : INV_CARE_NONE, out))
		return true;
	out->n = from;
	return rule_row(c, "record_too_long",
	    "as JSON longer than 1 MiB, or a cell of it than 256 KiB", out);
}

static void
columns(const struct inv_reader *r, struct inv_buf *out)
{
	inv_table_columns(&is(r)->table, out);
}

static void
notes(const struct inv_reader *r, struct inv_buf *out)
{
	const struct csv_reader *c = is(r);

	inv_emit_member_str(out, INV_LIT("delimiter"),
	    (struct inv_str){ &c->dialect.delimiter, 1 });
	inv_emit_member_u64(out, INV_LIT("blank_lines"), c->blank_lines);
	inv_emit_member_u64(out, INV_LIT("stray_quotes"), c->strays);
}

static void
free_reader(struct inv_reader *r)
{
	close_file(of(r));
	free(r);
}

struct inv_reader *
inv_reader_csv(void)
{
	static const struct inv_reader_face face = {
		.begin = begin,
		.next = next,
		.write = write_row,
		.columns = columns,
		.notes = notes,
		.free = free_reader,
	};
	struct csv_reader *c = inv_mem_new(sizeof(*c));

	c->base.face = &face;
	return &c->base;
}
