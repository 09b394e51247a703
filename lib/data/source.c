/* source.c - a manifest's bytes as rows, whatever its format */

#include "data/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/canon.h"
#include "data/emit.h"
#include "data/scan.h"
#include "data/table.h"
#include "io/csv.h"
#include "io/frame.h"
#include "io/inflate.h"
#include "io/text.h"

_Static_assert((int)INV_FRAME_RECORD_MAX == (int)INV_RECORD_MAX, "one ceiling");
_Static_assert((int)INV_FRAME_FIELD_MAX == (int)INV_FIELD_MAX, "one ceiling");
_Static_assert((int)INV_FRAME_FIELDS_MAX == (int)INV_MEMBERS_MAX,
    "one ceiling");

enum {
	HEAD = 64 << 10,      /* bytes looked at to tell the format */
	PIECE = 128 << 10,    /* bytes read at a time to see it through */
	CANON_MAX = 16 << 20, /* bytes of a record with its numbers canonical */
	MESSAGE = 160,        /* bytes of an error's message */
};

static const char item_name[] = "inv:item";

/* What lasts for one file. */
struct file {
	int fd;
	const char *name; /* for messages */
	struct inv_inflate *inflate;
	struct inv_text *text;
	struct inv_frame *frame;
	struct inv_csv *csv;
	enum inv_format format;
	char delimiter;
	const char *reason;
	uint64_t blank_lines;
	uint64_t strays;
	/* Without a header, what was read to learn the number of columns. */
	uint64_t blank_rows; /* empty lines that turned out to be rows */
	uint64_t blank_given;
	bool has_first;
	struct inv_framed first;
};

struct inv_source {
	const struct inv_source_options *options;
	const char *stage;
	struct file file;
	struct inv_framed rec; /* the row at hand */
	struct inv_table table;
	struct inv_scan *scan;
	struct inv_canon *canon;
	struct inv_buf scratch;
	struct inv_str item; /* of the row at hand; or empty */
	struct inv_str why;
};

struct inv_source *
inv_source_new(const struct inv_source_options *options, const char *stage)
{
	struct inv_source *s = inv_mem_new(sizeof(*s));

	s->options = options;
	s->stage = stage;
	s->table.null_empty = options->null_empty;
	s->scan = inv_scan_new();
	s->canon = inv_canon_new();
	s->scratch = INV_BUF(CANON_MAX);
	return s;
}

static void
close_chain(struct file *f)
{
	inv_csv_free(f->csv);
	inv_frame_free(f->frame);
	inv_text_free(f->text);
	inv_inflate_free(f->inflate);
	f->csv = NULL;
	f->frame = NULL;
	f->text = NULL;
	f->inflate = NULL;
}

void
inv_source_free(struct inv_source *s)
{
	if (s == NULL)
		return;
	close_chain(&s->file);
	inv_table_free(&s->table);
	inv_scan_free(s->scan);
	inv_canon_free(s->canon);
	inv_buf_free(&s->scratch);
	free(s);
}

const char *
inv_source_reason(const struct inv_source *s)
{
	return s->file.reason;
}

enum inv_format
inv_source_format(const struct inv_source *s)
{
	return s->file.format;
}

const char *
inv_source_encoding(const struct inv_source *s)
{
	return inv_text_encoding(s->file.text);
}

bool
inv_source_has_columns(const struct inv_source *s)
{
	return s->file.format == INV_FORMAT_CSV ||
	    s->file.format == INV_FORMAT_TSV;
}

void
inv_source_columns(const struct inv_source *s, struct inv_buf *out)
{
	inv_table_columns(&s->table, out);
}

/* ---- opening ---- */

/* A failure of what the bytes come through; some are the file's fault. */
static bool
blame(struct inv_source *s, const struct inv_err *err)
{
	if (err->fault != INV_BAD)
		return false;
	s->file.reason =
	    s->file.inflate != NULL && inv_inflate_is_bomb(s->file.inflate)
	    ? "too_large"
	    : "undecodable";
	return false;
}

/* Compression and encoding off, from the file's first byte. */
static bool
open_chain(struct inv_source *s, struct inv_err *err)
{
	struct file *f = &s->file;

	close_chain(f);
	if (lseek(f->fd, 0, SEEK_SET) != 0)
		return inv_fail_sys(err, INV_NOINPUT, "%s", f->name);
	f->inflate = inv_inflate_new(f->fd, f->name, err);
	if (f->inflate == NULL)
		return false;
	f->text = inv_text_new(inv_inflate_pull(f->inflate),
	    s->options->encoding, f->name, err);
	return f->text != NULL || blame(s, err);
}

/* What can break half way must be seen before the first row goes out. */
static bool
see_through(struct inv_source *s, struct inv_err *err)
{
	if (inv_inflate_packing(s->file.inflate) == INV_PACKING_NONE &&
	    inv_text_is_plain(s->file.text))
		return true;
	char *piece = inv_mem_new(PIECE);
	ssize_t n;

	do
		n = inv_pull_get(inv_text_pull(s->file.text), piece, PIECE,
		    err);
	while (n > 0);
	free(piece);
	if (n < 0)
		return blame(s, err);
	return open_chain(s, err);
}

static bool
tell_format(struct inv_source *s, struct inv_err *err)
{
	struct file *f = &s->file;
	struct inv_str head;

	if (!inv_frame_peek(f->frame, HEAD, &head, err))
		return false;
	const char *other = inv_sniff_binary(head);

	if (other == NULL && s->options->format == INV_FORMAT_ANY)
		other = inv_sniff_foreign(head);
	if (other != NULL) {
		f->reason = "unknown_format";
		return inv_fail(err, INV_BAD,
		    "%s: not CSV, TSV or NDJSON: it is %s", f->name, other);
	}
	f->format = s->options->format;
	if (f->format == INV_FORMAT_ANY)
		f->format = inv_sniff(head, f->delimiter);
	if (f->format == INV_FORMAT_TSV)
		f->delimiter = '\t';
	return true;
}

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
read_first(struct inv_source *s, uint64_t *blank, struct inv_err *err)
{
	enum inv_next next;

	*blank = 0;
	while ((next = inv_frame_next(s->file.frame, &s->rec, err)) ==
		INV_NEXT_LINE &&
	    s->rec.raw.n == 0)
		++*blank;
	if (next == INV_NEXT_END) {
		s->file.reason = "empty";
		return inv_fail(err, INV_BAD, "%s: empty: no %s", s->file.name,
		    s->options->no_header ? "row to tell the columns by"
					  : "header");
	}
	return next == INV_NEXT_LINE;
}

static bool
bad_header(struct inv_source *s, const char *what, struct inv_err *err)
{
	s->file.reason = "bad_header";
	return inv_fail(err, INV_BAD, "%s: line %ju: header: %s", s->file.name,
	    (uintmax_t)s->rec.line, what);
}

/* The number of columns can be told. */
static bool
check_first(struct inv_source *s, struct inv_err *err)
{
	if (s->rec.flaw != INV_FLAW_NONE)
		return bad_header(s, flaw_text(s->rec.flaw), err);
	if (s->rec.fields > INV_FRAME_FIELDS_MAX)
		return bad_header(s, "more than 4096 columns", err);
	return true;
}

static bool
read_header(struct inv_source *s, struct inv_err *err)
{
	struct inv_err why;

	if (!read_first(s, &s->file.blank_lines, err) || !check_first(s, err))
		return false;
	if (s->options->strict_quotes && s->rec.strays > 0)
		return bad_header(s, "a quote within a plain cell", err);
	const struct inv_str *names = inv_csv_split(s->file.csv, &s->rec, &why);

	if (names == NULL ||
	    !inv_table_name(&s->table, names, s->rec.fields, &why))
		return bad_header(s, why.msg, err);
	s->file.strays += s->rec.strays;
	return true;
}

/* Without a header the first record tells how many columns there are. */
static bool
number_columns(struct inv_source *s, struct inv_err *err)
{
	struct file *f = &s->file;
	uint64_t blank;

	if (!read_first(s, &blank, err) || !check_first(s, err))
		return false;
	inv_table_number(&s->table, s->rec.fields);
	if (s->rec.fields == 1)
		f->blank_rows = blank;
	else
		f->blank_lines = blank;
	f->first = s->rec;
	f->has_first = true;
	return true;
}

static bool
begin_table(struct inv_source *s, struct inv_err *err)
{
	struct file *f = &s->file;
	bool ok;

	inv_frame_delimit(f->frame, f->delimiter);
	f->csv = inv_csv_new(f->delimiter);
	ok = s->options->no_header ? number_columns(s, err)
				   : read_header(s, err);
	if (ok)
		inv_frame_expect(f->frame, s->table.columns);
	return ok;
}

bool
inv_source_begin(struct inv_source *s, int fd, const char *name,
    struct inv_err *err)
{
	close_chain(&s->file);
	inv_table_free(&s->table);
	s->file = (struct file){
		.fd = fd,
		.name = name,
		.format = s->options->format,
		.delimiter = s->options->delimiter,
		.reason = "",
	};
	if (!open_chain(s, err) || !see_through(s, err))
		return false;
	s->file.frame = inv_frame_new(inv_text_pull(s->file.text),
	    inv_text_mark(s->file.text), s->file.delimiter);
	if (!tell_format(s, err))
		return false;
	return !inv_source_has_columns(s) || begin_table(s, err);
}

/* ---- rows ---- */

static bool
is_blank(struct inv_str line)
{
	size_t i = 0;

	while (i < line.n && memchr(" \t\r", line.p[i], 3) != NULL)
		i++;
	return i == line.n;
}

static enum inv_next
next_object(struct inv_source *s, struct inv_err *err)
{
	enum inv_next next;

	while ((next = inv_frame_line(s->file.frame, &s->rec, err)) ==
		INV_NEXT_LINE &&
	    is_blank(s->rec.raw))
		s->file.blank_lines++;
	return next;
}

/* Rows that were read before they could be told from empty lines. */
static bool
next_held(struct inv_source *s)
{
	static const uint32_t nothing = 0;
	struct file *f = &s->file;

	if (f->blank_given < f->blank_rows) {
		s->rec = (struct inv_framed){
			.raw = INV_LIT(""),
			.line = ++f->blank_given,
			.fields = 1,
			.cut = &nothing,
		};
		return true;
	}
	if (f->has_first) {
		s->rec = f->first;
		f->has_first = false;
		return true;
	}
	return false;
}

static enum inv_next
next_cells(struct inv_source *s, struct inv_err *err)
{
	enum inv_next next;

	if (s->options->no_header && next_held(s))
		return INV_NEXT_LINE;
	/* In a table of one column an empty line is a row. */
	while ((next = inv_frame_next(s->file.frame, &s->rec, err)) ==
		INV_NEXT_LINE &&
	    s->rec.raw.n == 0 && s->table.columns > 1)
		s->file.blank_lines++;
	return next;
}

enum inv_next
inv_source_next(struct inv_source *s, uint64_t *line, struct inv_err *err)
{
	enum inv_next next = inv_source_has_columns(s) ? next_cells(s, err)
						       : next_object(s, err);

	*line = s->rec.line;
	return next;
}

/* ---- what is wrong with a row ---- */

struct inv_str
inv_source_bytes(const struct inv_source *s, uint64_t *offset)
{
	*offset = s->rec.offset;
	return s->rec.raw;
}

static void
begin_ruling(const struct inv_source *s, const char *reason,
    struct inv_buf *out)
{
	/* By hand: the head before it ends in a comma. */
	inv_buf_add(out, INV_LIT("\"verdict\":\"quarantined\""));
	inv_emit_member_str(out, INV_LIT("stage"), inv_str_of(s->stage));
	inv_emit_member_str(out, INV_LIT("reason"), inv_str_of(reason));
	inv_emit_key(out, INV_LIT("errors"));
	inv_emit_open(out, '[');
}

/* {"type":...,"loc":[],"msg":...,"ctx":{"line":8,"bytes":[from,to]}} */
static void
add_error(const struct inv_source *s, const char *type, struct inv_str loc,
    const char *msg, struct inv_buf *out)
{
	uint64_t end = s->rec.offset + s->rec.size - s->rec.end;

	inv_emit_open(out, '{');
	inv_emit_member_str(out, INV_LIT("type"), inv_str_of(type));
	inv_emit_member_raw(out, INV_LIT("loc"), loc);
	inv_emit_member_str(out, INV_LIT("msg"), inv_str_of(msg));
	inv_emit_key(out, INV_LIT("ctx"));
	inv_emit_open(out, '{');
	inv_emit_member_u64(out, INV_LIT("line"), s->rec.line);
	inv_emit_key(out, INV_LIT("bytes"));
	inv_emit_open(out, '[');
	inv_emit_u64(out, s->rec.offset);
	inv_emit_u64(out, end);
	inv_emit_close(out, ']');
	inv_emit_close(out, '}');
	inv_emit_close(out, '}');
}

/* Of a line that was cut at the ceiling, no half character at its end. */
static struct inv_str
whole_characters(struct inv_str s)
{
	size_t n = s.n;

	while (n > 0 && s.n - n < 4 &&
	    ((unsigned char)s.p[n - 1] & 0xc0) == 0x80)
		n--;
	if (n > 0 && s.n - n < 4 && (unsigned char)s.p[n - 1] >= 0xc0)
		n--;
	return inv_text_is_utf8(s) ? s : (struct inv_str){ s.p, n };
}

static bool
end_ruling(const struct inv_source *s, struct inv_buf *out)
{
	struct inv_str raw = s->rec.raw;

	inv_emit_close(out, ']');
	if (s->rec.flaw == INV_FLAW_RECORD_MAX) {
		raw = whole_characters(raw);
		inv_emit_member_raw(out, INV_LIT("raw_cut"), INV_LIT("true"));
	}
	inv_emit_bytes(out, raw);
	return false;
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
add_flaw(const struct inv_source *s, struct inv_buf *out)
{
	char message[MESSAGE];

	if (s->rec.flaw == INV_FLAW_NONE)
		return;
	snprintf(message, sizeof(message), "%s", flaw_text(s->rec.flaw));
	if (s->rec.flaw == INV_FLAW_FIELDS)
		snprintf(message, sizeof(message),
		    "%zu cell%s for %zu column%s", s->rec.fields,
		    s->rec.fields == 1 ? "" : "s", s->table.columns,
		    s->table.columns == 1 ? "" : "s");
	add_error(s, flaw_type(s->rec.flaw), INV_LIT("[]"), message, out);
}

/* `more` and what it says: an error that is not the framer's, or NULL. */
static bool
rule_row(const struct inv_source *s, const char *more, const char *msg,
    struct inv_buf *out)
{
	begin_ruling(s, "malformed_row", out);
	add_flaw(s, out);
	if (s->options->strict_quotes && s->rec.strays > 0)
		add_error(s, "stray_quote", INV_LIT("[]"),
		    "a quote within a plain cell", out);
	if (s->rec.flaw != INV_FLAW_RECORD_MAX && !inv_text_is_utf8(s->rec.raw))
		add_error(s, "string_unicode", INV_LIT("[]"), "not UTF-8", out);
	if (more != NULL)
		add_error(s, more, INV_LIT("[]"), msg, out);
	return end_ruling(s, out);
}

static bool
rule_line(const struct inv_source *s, const char *type, struct inv_str loc,
    const char *msg, struct inv_buf *out)
{
	begin_ruling(s, "malformed_line", out);
	add_error(s, type, loc, msg, out);
	return end_ruling(s, out);
}

/* ---- writing ---- */

static bool
write_cells(struct inv_source *s, struct inv_buf *out)
{
	const struct inv_framed *rec = &s->rec;
	size_t from = out->n;
	struct inv_err err;

	if (rec->flaw == INV_FLAW_NONE)
		s->file.strays += rec->strays;
	if (rec->flaw != INV_FLAW_NONE ||
	    (s->options->strict_quotes && rec->strays > 0) ||
	    (rec->high && !inv_text_is_utf8(rec->raw)))
		return rule_row(s, NULL, NULL, out);
	const struct inv_str *cells = inv_csv_split(s->file.csv, rec, &err);

	if (cells == NULL)
		return rule_row(s, "csv_invalid", err.msg, out);
	s->item = inv_table_aside(cells, s->table.item);
	s->why = inv_table_aside(cells, s->table.why);
	inv_buf_add(out, INV_LIT("\"record\":"));
	if (inv_table_row(&s->table, cells,
		rec->special ? INV_CARE_ESCAPE : INV_CARE_NONE, out))
		return true;
	out->n = from;
	return rule_row(s, "record_too_long",
	    "as JSON longer than 1 MiB, or a cell of it than 256 KiB", out);
}

static struct inv_str
trimmed(struct inv_str s)
{
	while (s.n > 0 && memchr(" \t\r", s.p[0], 3) != NULL) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && memchr(" \t\r", s.p[s.n - 1], 3) != NULL)
		s.n--;
	return s;
}

static bool
may_have_numbers(const struct inv_members *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->at[i].kind == INV_KIND_NUMBER ||
		    m->at[i].kind == INV_KIND_ARRAY ||
		    m->at[i].kind == INV_KIND_OBJECT)
			return true;
	return false;
}

/* A number that RFC 8785 would turn into another one may not travel on. */
static bool
has_exact_numbers(struct inv_source *s, struct inv_str text,
    struct inv_err *err)
{
	const struct inv_members *m = inv_scan_record(s->scan);

	if (!may_have_numbers(m) || inv_canon_is(text, m))
		return true;
	inv_buf_reset(&s->scratch);
	return inv_canon_object(s->canon, text, m, &s->scratch, err);
}

/* A member that is a string, decoded behind what scratch holds. */
static struct inv_str
lift(struct inv_source *s, const char *name)
{
	const struct inv_member *m =
	    inv_member_find(inv_scan_record(s->scan), name);
	size_t from = s->scratch.n;

	if (m == NULL || m->kind != INV_KIND_STRING || m->value.n == 2 ||
	    !inv_buf_room(&s->scratch, m->value.n))
		return INV_LIT("");
	s->scratch.n +=
	    inv_text_decode(inv_member_inner(m), s->scratch.p + from);
	return (struct inv_str){ s->scratch.p + from, s->scratch.n - from };
}

/* The object without what is about it and no part of it. */
static void
write_lifted(struct inv_source *s, struct inv_buf *out)
{
	const struct inv_members *m = inv_scan_record(s->scan);

	inv_buf_reset(&s->scratch);
	(void)inv_buf_room(&s->scratch, s->rec.raw.n);
	s->item = lift(s, item_name);
	s->why = lift(s, "inv:why");
	inv_emit_open(out, '{');
	for (size_t i = 0; i < m->n; i++)
		if (!inv_str_starts(m->at[i].key, INV_LIT("inv:")))
			inv_emit_member_raw(out, m->at[i].key, m->at[i].value);
	inv_emit_close(out, '}');
}

static bool
write_object(struct inv_source *s, struct inv_buf *out)
{
	struct inv_str text = trimmed(s->rec.raw);
	struct inv_err err;

	if (s->rec.flaw != INV_FLAW_NONE)
		return rule_line(s, "record_too_long", INV_LIT("[]"),
		    flaw_text(s->rec.flaw), out);
	if (!inv_scan_object(s->scan, text, &err))
		return rule_line(s, "json_invalid", INV_LIT("[]"), err.msg,
		    out);
	if (!has_exact_numbers(s, text, &err)) {
		inv_buf_reset(&s->scratch);
		inv_canon_loc(s->canon, &s->scratch);
		return rule_line(s, "number_not_exact",
		    inv_buf_str(&s->scratch), err.msg, out);
	}
	inv_buf_add(out, INV_LIT("\"record\":"));
	if (inv_member_find(inv_scan_record(s->scan), item_name) != NULL)
		write_lifted(s, out);
	else
		inv_buf_add(out, text);
	return true;
}

struct inv_str
inv_source_item(const struct inv_source *s)
{
	return s->item;
}

struct inv_str
inv_source_why(const struct inv_source *s)
{
	return s->why;
}

bool
inv_source_write(struct inv_source *s, struct inv_buf *out)
{
	s->item = s->why = INV_LIT("");
	return inv_source_has_columns(s) ? write_cells(s, out)
					 : write_object(s, out);
}

void
inv_source_notes(const struct inv_source *s, struct inv_buf *out)
{
	const struct file *f = &s->file;
	const char *packing = f->inflate == NULL
	    ? NULL
	    : inv_packing_name(inv_inflate_packing(f->inflate));

	if (inv_source_has_columns(s))
		inv_emit_member_str(out, INV_LIT("delimiter"),
		    (struct inv_str){ &f->delimiter, 1 });
	if (f->text != NULL)
		inv_emit_member_str(out, INV_LIT("encoding"),
		    inv_str_of(inv_text_encoding(f->text)));
	if (packing != NULL)
		inv_emit_member_str(out, INV_LIT("compression"),
		    inv_str_of(packing));
	if (inv_source_has_columns(s) && s->options->no_header)
		inv_emit_member_raw(out, INV_LIT("header"), INV_LIT("false"));
	if (inv_source_has_columns(s) && s->options->null_empty)
		inv_emit_member_str(out, INV_LIT("empty"), INV_LIT("null"));
	if (inv_source_has_columns(s) && s->options->strict_quotes)
		inv_emit_member_raw(out, INV_LIT("strict_quotes"),
		    INV_LIT("true"));
	inv_emit_member_u64(out, INV_LIT("blank_lines"), f->blank_lines);
	if (inv_source_has_columns(s))
		inv_emit_member_u64(out, INV_LIT("stray_quotes"), f->strays);
}
