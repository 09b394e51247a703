/*
 * schema.c - a program of checks, run over the spans of a record
 *
 * Where the root says no more than what its columns are, each column is read,
 * checked and written by itself, and only one that looks deeper is laid out.
 * Else all columns are read first, and the program runs over the whole.
 */

#include "data/schema.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/schema_cell.h"
#include "data/schema_shape.h"

struct inv_schema {
	struct inv_program program;
	struct inv_shape *shape;
	struct inv_cells_reader reader;
	struct inv_run *run;
	struct inv_tape *tape;
	struct inv_buf value;  /* a column, canonical, to be laid out */
	struct inv_buf record; /* as it is checked, where root is not flat */
	struct inv_buf as_of;
	bool flat; /* root speaks of nothing but its columns */

	/* Of the record under way, by canonical order of its columns. */
	bool gone[INV_MEMBERS_MAX]; /* it is to have no such member */
	size_t n_gone;
	struct inv_str inputs[INV_MEMBERS_MAX]; /* without what is gone */
	enum inv_standing standings[INV_MEMBERS_MAX];
};

struct record {
	struct inv_schema *s;
	const struct inv_members *fields;
	enum inv_cells cells;
	struct inv_buf *out;
	struct inv_findings findings;
};

/* A node that may be looked at column by column. */
static bool
is_flat(const struct inv_node *root)
{
	return root->flat && !root->never && root->n == 0 &&
	    (root->types & INV_TYPE_OBJECT) != 0;
}

struct inv_schema *
inv_schema_new(struct inv_str text, const struct inv_schema_options *options,
    struct inv_err *err)
{
	static const struct inv_schema_options none = { 0 };
	struct inv_schema *s = inv_mem_new(sizeof(*s));

	if (!inv_program_compile(&s->program, text,
		options != NULL ? options : &none, err)) {
		inv_schema_free(s);
		return NULL;
	}
	s->run = inv_run_new(&s->program);
	s->shape = inv_shape_new(&s->program, s->run);
	inv_cells_open(&s->reader);
	s->tape = inv_tape_new();
	s->value = INV_BUF(INV_SCHEMA_OUT);
	s->record = INV_BUF(INV_SCHEMA_OUT);
	s->as_of = INV_BUF(64);
	s->flat = is_flat(s->shape->root);
	return s;
}

void
inv_schema_free(struct inv_schema *s)
{
	if (s == NULL)
		return;
	inv_shape_free(s->shape);
	inv_cells_close(&s->reader);
	inv_run_free(s->run);
	inv_tape_free(s->tape);
	inv_buf_free(&s->value);
	inv_buf_free(&s->record);
	inv_buf_free(&s->as_of);
	inv_program_free(&s->program);
	free(s);
}

struct inv_str
inv_schema_key(const struct inv_schema *s)
{
	return s->program.key;
}

struct inv_str
inv_schema_normal(const struct inv_schema *s)
{
	return s->program.normal;
}

bool
inv_schema_attachment(const struct inv_schema *s, size_t i,
    struct inv_str *name, const struct inv_rule **rule)
{
	if (i >= s->program.n_attached)
		return false;
	*name = s->program.attached[i].name;
	*rule = s->program.attached[i].rule;
	return true;
}

bool
inv_schema_has_time(const struct inv_schema *s)
{
	return s->program.timed;
}

void
inv_schema_set_as_of(struct inv_schema *s, struct inv_str time)
{
	inv_buf_reset(&s->as_of);
	inv_buf_add(&s->as_of, time);
}

enum inv_column
inv_schema_column(const struct inv_schema *s, struct inv_str name)
{
	struct inv_column_plan plan;

	inv_column_plan(&s->program, name, &plan);
	if (plan.named)
		return INV_COLUMN_NAMED;
	return plan.forbidden ? INV_COLUMN_FORBIDDEN : INV_COLUMN_ALLOWED;
}

bool
inv_schema_required(const struct inv_schema *s, size_t i, struct inv_str *name)
{
	const struct inv_node *root = s->shape->root;

	if (i >= root->n_required)
		return false;
	*name = root->required[i].text;
	return true;
}

/* ---- a column by itself ---- */

static void
say(struct record *rec, const struct inv_rule *rule, const struct inv_cell *c)
{
	inv_cells_say(&rec->s->reader, rule, c->place, c->m->value);
}

static void
check_one(struct record *rec, const struct inv_check *check,
    const struct inv_cell *c)
{
	struct inv_rule other;

	switch (inv_check_scalar(check, c->kind, c->text,
	    inv_buf_str(&rec->s->as_of))) {
	case INV_FIT:
		break;
	case INV_FIT_NOT:
		say(rec, &check->rule, c);
		break;
	case INV_FIT_TOO_LONG:
		other = inv_check_too_long(&check->rule);
		say(rec, &other, c);
		break;
	}
}

/* False where the type is wrong: the value is no longer what was read. */
static bool
check_scalar(struct record *rec, const struct inv_node *node,
    const struct inv_cell *c)
{
	enum inv_typing typing;
	struct inv_rule other;

	if (c->kind == INV_KIND_NULL && node->null_passes)
		return true;
	typing = node->never ? INV_TYPING_NOT
			     : inv_types_fit(node->types, c->kind, c->text);
	switch (typing) {
	case INV_TYPING_FITS:
		break;
	case INV_TYPING_NOT:
		say(rec, node->type, c);
		return false;
	case INV_TYPING_FRACTION:
		other = inv_type_fraction(node->type);
		say(rec, &other, c);
		return false;
	}
	if (c->kind < INV_KIND_ARRAY)
		for (size_t i = 0; i < node->n; i++)
			check_one(rec, &node->checks[i], c);
	return true;
}

/* The column as canonical text. */
static struct inv_str
canonical(struct inv_schema *s, const struct inv_cell *c)
{
	if (c->kind != INV_KIND_STRING)
		return c->text;
	inv_buf_reset(&s->value);
	inv_cells_write(&s->reader, c->text, 0, &s->value);
	return inv_buf_str(&s->value);
}

static void
say_too_long(struct record *rec)
{
	static const char msg[] = "is longer than 1 MiB in canonical form";
	static const struct inv_rule rule = {
		.type = "record_too_long",
		.msg = { msg, sizeof(msg) - 1 },
	};

	inv_cells_say(&rec->s->reader, &rule, NULL, (struct inv_str){ 0 });
}

static bool
check_deep(struct record *rec, const struct inv_node *node,
    const struct inv_cell *c)
{
	struct inv_schema *s = rec->s;
	const struct inv_value *v = inv_tape_read(s->tape, canonical(s, c));

	if (v == NULL) {
		say_too_long(rec);
		return false;
	}
	rec->findings.input = c->m->value;
	return inv_run_value(s->run, node, v, c->place, inv_buf_str(&s->as_of),
	    &rec->findings);
}

/* ---- columns written ---- */

static void
write_cell(struct record *rec, const struct inv_cell *c, unsigned after,
    struct inv_buf *out)
{
	struct inv_str raw = c->m->value;

	if (c->kind != INV_KIND_STRING)
		inv_buf_add(out, c->text);
	else if (after == 0 && c->text.p == raw.p + 1 && c->text.n == raw.n - 2)
		inv_buf_add(out, c->m->value);
	else
		inv_cells_write(&rec->s->reader, c->text, after, out);
}

/* As it came; false if that has no canonical text. */
static bool
write_raw(struct record *rec, const struct inv_member *m, struct inv_buf *out)
{
	struct inv_err err;

	if (inv_canon_value(rec->s->reader.canon, m->value, out, &err))
		return true;
	inv_buf_add(out, m->value);
	return false;
}

/* Most cells: a string that is what it stands for, under a node that is flat. */
static bool
is_simple(const struct inv_shape_column *column, const struct inv_member *m)
{
	return m->kind == INV_KIND_STRING && !m->value_escaped &&
	    m->value.n > 2 && column->plain && column->scalar;
}

static enum inv_reading
read_cell(struct record *rec, const struct inv_shape_column *column,
    struct inv_cell *c)
{
	if (!is_simple(column, c->m))
		return inv_cells_read(&rec->s->reader, c, &column->plan,
		    rec->cells);
	c->kind = INV_KIND_STRING;
	c->text = (struct inv_str){ c->m->value.p + 1, c->m->value.n - 2 };
	return INV_READ_WELL;
}

/* False: it is not what it was read as. */
static bool
check_cell(struct record *rec, const struct inv_shape_column *column,
    const struct inv_cell *c)
{
	if (c->kind < INV_KIND_ARRAY ? !column->scalar : !column->any)
		return check_deep(rec, column->node, c);
	return column->node == NULL || check_scalar(rec, column->node, c);
}

/* Its numbers are looked at all the same: it is to be written. */
static bool
is_forbidden(struct record *rec, const struct inv_shape_column *column,
    struct inv_cell *c)
{
	if (!column->forbidden)
		return false;
	say(rec, rec->s->shape->root->additional->type, c);
	(void)inv_cells_read(&rec->s->reader, c, &column->plan,
	    INV_CELLS_TYPED);
	return true;
}

/* What is written of a cell that fits, or nothing where that is not clear. */
static inline struct inv_str
quick_text(struct record *rec, const struct inv_quick *q,
    const struct inv_member *m)
{
	static const struct inv_str none;
	struct inv_str text = { m->value.p + 1, m->value.n - 2 };

	if (m->kind == INV_KIND_NUMBER)
		return q->number && inv_quick_number(q, m->value) ? m->value
								  : none;
	if (m->kind != INV_KIND_STRING || m->value_escaped || text.n == 0)
		return none;
	if (q->text)
		return inv_quick_text(q, text, inv_buf_str(&rec->s->as_of))
		    ? m->value
		    : none;
	return q->cell && rec->cells == INV_CELLS_TEXT &&
		inv_quick_number(q, text)
	    ? text
	    : none;
}

/* False, with nothing done, for a cell that needs a closer look. */
static inline bool
take_quickly(struct record *rec, size_t i)
{
	const struct inv_shape *shape = rec->s->shape;
	size_t at = shape->order[i];
	const struct inv_quick *q = &shape->at[at].quick;
	struct inv_str lead = shape->lead[i];
	struct inv_str text = quick_text(rec, q, &rec->fields->at[at]);

	if (text.n == 0)
		return false;
	inv_buf_few(rec->out, lead, text);
	if (q->upper && rec->out->n >= text.n)
		inv_cells_upper(rec->out->p + rec->out->n - text.n, text);
	return true;
}

/* In canonical order the i-th: read, checked and written. */
static void
take_column(struct record *rec, size_t i)
{
	struct inv_schema *s = rec->s;
	size_t at = s->shape->order[i];
	const struct inv_shape_column *column = &s->shape->at[at];
	const struct inv_member *m = &rec->fields->at[at];
	struct inv_place place = { .key = m->key };
	size_t flaws = rec->findings.flaws->n;
	enum inv_reading reading;
	struct inv_cell c;
	bool ok = false;

	c.m = m;
	c.place = &place;
	if (!is_forbidden(rec, column, &c)) {
		reading = read_cell(rec, column, &c);
		if (reading == INV_READ_GONE) {
			s->gone[i] = true;
			s->n_gone++;
			return;
		}
		ok = reading == INV_READ_WELL && check_cell(rec, column, &c);
	}
	inv_buf_add(rec->out, s->shape->lead[i]);
	if (ok && rec->findings.flaws->n == flaws)
		write_cell(rec, &c, column->plan.after, rec->out);
	else
		(void)write_raw(rec, m, rec->out);
}

/* By the names of root, in their order: what is not there. */
static void
say_missing(struct record *rec)
{
	const struct inv_shape *shape = rec->s->shape;
	const struct inv_node *root = shape->root;

	for (size_t i = 0; i < root->n_required; i++) {
		struct inv_place place = { .key = root->required[i].json };
		uint16_t at = shape->columns[i];

		if (at == INV_NO_COLUMN || rec->s->gone[at])
			inv_cells_say(&rec->s->reader, root->missing, &place,
			    (struct inv_str){ 0 });
	}
}

/* Each column came with a comma before it. */
static void
close_record(struct inv_buf *out, size_t before)
{
	if (out->n == before)
		inv_buf_byte(out, '{');
	else
		out->p[before] = '{';
	inv_buf_byte(out, '}');
}

static void
check_columns(struct record *rec)
{
	struct inv_schema *s = rec->s;
	size_t before = rec->out->n;

	for (size_t i = 0; i < s->shape->n; i++)
		if (!take_quickly(rec, i))
			take_column(rec, i);
	close_record(rec->out, before);
	if (s->n_gone > 0 || !s->shape->complete)
		say_missing(rec);
}

/* ---- the record as a whole ---- */

/* The i-th column as it is to be checked; false if it is gone. */
static bool
read_column(struct record *rec, size_t i, enum inv_standing *standing)
{
	struct inv_schema *s = rec->s;
	size_t at = s->shape->order[i];
	const struct inv_member *m = &rec->fields->at[at];
	struct inv_place place = { .key = m->key };
	struct inv_cell c = { .m = m, .place = &place };
	size_t start;

	*standing = INV_STANDING_FITS;
	start = s->record.n;
	inv_buf_add(&s->record, s->shape->lead[i]);
	size_t value = s->record.n;

	switch (inv_cells_read(&s->reader, &c, &s->shape->at[at].plan,
	    rec->cells)) {
	case INV_READ_WELL:
		write_cell(rec, &c, 0, &s->record);
		return true;
	case INV_READ_GONE:
		s->record.n = start;
		return false;
	case INV_READ_WRONG:
		*standing = INV_STANDING_SAID;
		if (write_raw(rec, m, &s->record))
			return true;
		/* What has no canonical text can not be laid out. */
		s->record.n = value;
		inv_buf_add(&s->record, INV_LIT("null"));
		return true;
	}
	return true;
}

static void
write_checked(struct record *rec, const struct inv_value *v, unsigned after)
{
	struct inv_schema *s = rec->s;
	struct inv_str inside = { v->text.p + 1, v->text.n - 2 };

	if (after == 0 || v->kind != INV_KIND_STRING) {
		inv_buf_add(rec->out, v->text);
		return;
	}
	if (v->escaped)
		inside = (struct inv_str){ s->reader.text,
			inv_text_decode(inside, s->reader.text) };
	inv_cells_write(&s->reader, inside, after, rec->out);
}

/* What was checked, with what is done behind the checks. */
static void
write_record(struct record *rec, const struct inv_value *root)
{
	struct inv_schema *s = rec->s;
	const struct inv_value *v = inv_value_first(root);
	size_t before = rec->out->n;
	size_t n = 0;

	for (size_t i = 0; i < s->shape->n; i++) {
		size_t at = s->shape->order[i];

		if (s->gone[i])
			continue;
		inv_buf_add(rec->out, s->shape->lead[i]);
		if (s->standings[n++] == INV_STANDING_FITS)
			write_checked(rec, v, s->shape->at[at].plan.after);
		else
			write_raw(rec, &rec->fields->at[at], rec->out);
		v = inv_value_next(v);
	}
	close_record(rec->out, before);
}

static void
check_record(struct record *rec, struct inv_str text)
{
	struct inv_schema *s = rec->s;
	size_t n = 0;

	inv_buf_reset(&s->record);
	for (size_t i = 0; i < s->shape->n; i++) {
		s->gone[i] = !read_column(rec, i, &s->standings[n]);
		if (!s->gone[i])
			s->inputs[n++] =
			    rec->fields->at[s->shape->order[i]].value;
	}
	close_record(&s->record, 0);
	const struct inv_value *root =
	    inv_tape_read(s->tape, inv_buf_str(&s->record));

	if (root == NULL) {
		say_too_long(rec);
		return;
	}
	rec->findings.input = text;
	rec->findings.inputs = s->inputs;
	rec->findings.standings = s->standings;
	bool fits = inv_run_value(s->run, s->program.root, root, NULL,
	    inv_buf_str(&s->as_of), &rec->findings);

	inv_flaws_sort(rec->findings.flaws);
	if (s->shape->rewrites || !fits || rec->findings.flaws->n > 0 ||
	    rec->findings.warnings->n > 0)
		write_record(rec, root);
	else
		inv_buf_add(rec->out, inv_buf_str(&s->record));
}

/* JSON in cells may have made it deeper than any record. */
static void
check_limits(struct record *rec, struct inv_str text)
{
	static const char msg[] =
	    "is nested deeper, or has more names, than a record may";
	static const struct inv_rule rule = {
		.type = "record_too_deep",
		.msg = { msg, sizeof(msg) - 1 },
	};
	struct inv_cells_reader *r = &rec->s->reader;
	struct inv_err err;

	if (text.n > INV_RECORD_MAX)
		say_too_long(rec);
	else if (r->parsed && !inv_scan_object(r->scan, text, &err))
		inv_cells_say(r, &rule, NULL, (struct inv_str){ 0 });
}

bool
inv_schema_check(struct inv_schema *s, struct inv_str text,
    const struct inv_members *fields, enum inv_cells cells, struct inv_buf *out,
    struct inv_flaws *flaws, struct inv_flaws *warnings)
{
	struct record rec = { .s = s,
		.fields = fields,
		.cells = cells,
		.out = out,
		.findings = { .flaws = flaws, .warnings = warnings } };
	size_t before = out->n;

	inv_cells_begin(&s->reader, flaws, warnings);
	inv_shape_follow(s->shape, fields);
	if (s->n_gone > 0)
		memset(s->gone, 0, sizeof(s->gone));
	s->n_gone = 0;
	if (s->flat)
		check_columns(&rec);
	else
		check_record(&rec, text);
	check_limits(&rec,
	    (struct inv_str){ out->p + before, out->n - before });
	return flaws->n == 0;
}

bool
inv_schema_fits(struct inv_schema *s, const struct inv_value *value,
    struct inv_flaws *flaws)
{
	struct inv_findings findings = { .flaws = flaws };

	return inv_run_value(s->run, s->program.root, value, NULL,
	    inv_buf_str(&s->as_of), &findings);
}
