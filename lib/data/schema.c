/*
 * schema.c - a program of checks, run over the spans of a record
 *
 * Rows of one manifest have the same keys in the same order.  What follows
 * from the keys alone - which node checks a column, where it stands in
 * canonical order, what is missing - is the record's shape: it is worked out
 * once, and again only when other keys come.
 */

#include "data/schema.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/calendar.h"
#include "data/canon.h"
#include "data/emit.h"
#include "data/schema_node.h"

enum {
	SMALL_DIGITS = 15, /* of numbers compared as int64_t */
};

struct column {
	struct inv_str key;          /* undecoded */
	const struct inv_node *node; /* NULL: nothing is said about it */
	bool forbidden;
};

struct shape {
	size_t n;
	struct inv_buf keys;
	struct column at[INV_MEMBERS_MAX];    /* in the order of the record */
	uint16_t order[INV_MEMBERS_MAX];      /* of at[], canonical */
	struct inv_str lead[INV_MEMBERS_MAX]; /* {"a": or ,"b": by order */
	struct inv_buf leads;
	const struct inv_name **missing;
	size_t n_missing;
};

struct inv_schema {
	struct inv_program program;
	struct inv_canon *canon;
	char *text;           /* a string decoded: INV_FIELD_MAX bytes */
	struct inv_buf value; /* an array or object, canonical */
	struct shape shape;
};

/* One value under check. */
struct subject {
	enum inv_kind kind;
	struct inv_str text;  /* a string decoded, else canonical JSON */
	struct inv_str input; /* as it came */
	const struct inv_place *place;
};

struct run {
	struct inv_schema *s;
	enum inv_cells cells;
	struct inv_buf *out;
	struct inv_flaws *flaws;
};

struct inv_schema *
inv_schema_new(struct inv_str text, struct inv_err *err)
{
	struct inv_schema *s = inv_mem_new(sizeof(*s));

	if (!inv_program_compile(&s->program, text, err)) {
		inv_schema_free(s);
		return NULL;
	}
	s->canon = inv_canon_new();
	s->text = inv_mem_new(INV_FIELD_MAX);
	s->value = INV_BUF(INV_SCHEMA_OUT);
	s->shape.n = SIZE_MAX;
	s->shape.keys = INV_BUF(INV_RECORD_MAX);
	s->shape.leads = INV_BUF(INV_SCHEMA_OUT);
	s->shape.missing =
	    inv_mem_new(s->program.root->n_required * sizeof(void *));
	return s;
}

void
inv_schema_free(struct inv_schema *s)
{
	if (s == NULL)
		return;
	inv_program_free(&s->program);
	inv_canon_free(s->canon);
	free(s->text);
	inv_buf_free(&s->value);
	inv_buf_free(&s->shape.keys);
	inv_buf_free(&s->shape.leads);
	free(s->shape.missing);
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

enum inv_column
inv_schema_column(const struct inv_schema *s, struct inv_str name)
{
	if (inv_node_prop(s->program.root, name) != NULL)
		return INV_COLUMN_NAMED;
	return s->program.root->closed ? INV_COLUMN_FORBIDDEN
				       : INV_COLUMN_ALLOWED;
}

bool
inv_schema_required(const struct inv_schema *s, size_t i, struct inv_str *name)
{
	if (i >= s->program.root->n_required)
		return false;
	*name = s->program.root->required[i].text;
	return true;
}

/* ---- the shape of a record ---- */

static bool
has_shape(const struct shape *shape, const struct inv_members *fields)
{
	if (shape->n != fields->n)
		return false;
	for (size_t i = 0; i < fields->n; i++)
		if (!inv_str_eq(shape->at[i].key, fields->at[i].key))
			return false;
	return true;
}

static int
cmp_columns(const void *x, const void *y, void *arg)
{
	const struct column *at = arg;

	return inv_canon_cmp(at[*(const uint16_t *)x].key,
	    at[*(const uint16_t *)y].key);
}

/* Views into a buf that has room for all of it, so that it does not move. */
static struct inv_str
keep_key(struct inv_buf *keys, struct inv_str key)
{
	size_t at = keys->n;

	inv_buf_add(keys, key);
	return (struct inv_str){ keys->p + at, key.n };
}

static void
write_leads(struct shape *shape)
{
	struct inv_buf *b = &shape->leads;

	inv_buf_reset(b);
	for (size_t i = 0; i < shape->n; i++) {
		size_t at = b->n;

		inv_buf_byte(b, i == 0 ? '{' : ',');
		inv_buf_byte(b, '"');
		inv_canon_text(b, shape->at[shape->order[i]].key);
		inv_buf_add(b, INV_LIT("\":"));
		shape->lead[i].n = b->n - at;
	}
	const char *p = b->p;

	for (size_t i = 0; i < shape->n; i++) {
		shape->lead[i].p = p;
		p += shape->lead[i].n;
	}
}

static struct inv_str
decoded(struct inv_schema *s, struct inv_str raw)
{
	return (struct inv_str){ s->text, inv_text_decode(raw, s->text) };
}

static bool
is_there(struct inv_schema *s, const struct inv_members *fields,
    struct inv_str name)
{
	for (size_t i = 0; i < fields->n; i++) {
		const struct inv_member *m = &fields->at[i];

		if (inv_str_eq(m->key_escaped ? decoded(s, m->key) : m->key,
			name))
			return true;
	}
	return false;
}

static void
learn_shape(struct inv_schema *s, const struct inv_members *fields)
{
	const struct inv_node *root = s->program.root;
	struct shape *shape = &s->shape;
	size_t n = 0;

	for (size_t i = 0; i < fields->n; i++)
		n += fields->at[i].key.n;
	inv_buf_reset(&shape->keys);
	/* A record has no more bytes than the buf may. */
	if (!inv_buf_room(&shape->keys, n + 1))
		return;
	shape->n = fields->n;
	for (size_t i = 0; i < fields->n; i++) {
		struct inv_str key = fields->at[i].key;
		const struct inv_prop *prop =
		    inv_node_prop(root, decoded(s, key));

		shape->at[i] = (struct column){
			.key = keep_key(&shape->keys, key),
			.node = prop != NULL ? prop->node : NULL,
			.forbidden = prop == NULL && root->closed,
		};
		shape->order[i] = (uint16_t)i;
	}
	qsort_r(shape->order, shape->n, sizeof(*shape->order), cmp_columns,
	    shape->at);
	write_leads(shape);
	shape->n_missing = 0;
	for (size_t i = 0; i < root->n_required; i++)
		if (!is_there(s, fields, root->required[i].text))
			shape->missing[shape->n_missing++] = &root->required[i];
}

/* ---- checks ---- */

static void
flaw(struct run *run, const struct inv_rule *rule, const struct subject *v)
{
	inv_flaws_add(run->flaws, rule, v->place, v->input);
}

/* rule, under another name: pydantic tells some cases apart. */
static void
flaw_as(struct run *run, const struct inv_rule *rule, const struct subject *v,
    const char *type, const char *msg)
{
	struct inv_rule other = *rule;

	other.type = type;
	other.msg = inv_str_of(msg);
	flaw(run, &other, v);
}

static void
flaw_inexact(struct run *run, const struct inv_place *place,
    struct inv_str input)
{
	static const char msg[] = "does not keep its value as a double";
	static const struct inv_rule rule = {
		.type = "number_not_exact",
		.msg = { msg, sizeof(msg) - 1 },
	};

	inv_flaws_add(run->flaws, &rule, place, input);
}

static bool
small_number(struct inv_str text, int64_t *v)
{
	bool negative = text.p[0] == '-';
	size_t i = negative;

	*v = 0;
	if (text.n - i > SMALL_DIGITS)
		return false;
	for (; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		*v = *v * 10 + (text.p[i] - '0');
	}
	if (negative)
		*v = -*v;
	return true;
}

/* The number against the bound: <0, 0 or >0. */
static int
cmp_bound(const struct inv_check *check, const struct subject *v)
{
	struct inv_decimal d;
	int64_t n;

	if (check->small && small_number(v->text, &n))
		return (n > check->whole) - (n < check->whole);
	/* Canonical text never has more digits than a decimal holds. */
	if (!inv_decimal_of(v->text, &d))
		return 0;
	return inv_decimal_cmp(&d, &check->bound);
}

/* Code points; never counted where bytes decide. */
static bool
has_length(const struct inv_check *check, struct inv_str text)
{
	bool min = check->op == INV_CHECK_MIN_LENGTH;
	uint64_t n = 0;

	if (text.n <= check->length && (!min || text.n < check->length))
		return !min;
	for (size_t i = 0; i < text.n; i++)
		n += ((unsigned char)text.p[i] & 0xc0) != 0x80;
	return min ? n >= check->length : n <= check->length;
}

static int
cmp_choices(const void *x, const void *y)
{
	const struct inv_choice *a = x;
	const struct inv_choice *b = y;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return inv_str_cmp(a->text, b->text);
}

static bool
is_choice(const struct inv_check *check, const struct subject *v)
{
	struct inv_choice key = { v->kind, v->text };

	return bsearch(&key, check->choices, check->n, sizeof(key),
		   cmp_choices) != NULL;
}

static bool
has_pattern(struct run *run, const struct inv_check *check,
    const struct subject *v)
{
	switch (inv_pattern_match(check->pattern, v->text)) {
	case INV_MATCH_YES:
		return true;
	case INV_MATCH_NO:
		return false;
	case INV_MATCH_TOO_LONG:
		flaw_as(run, &check->rule, v, "string_pattern_limit",
		    "takes too long to match its pattern");
		return true;
	}
	return false;
}

static bool
fits(struct run *run, const struct inv_check *check, const struct subject *v)
{
	bool string = v->kind == INV_KIND_STRING;
	bool number = v->kind == INV_KIND_NUMBER;

	switch (check->op) {
	case INV_CHECK_MINIMUM:
		return !number || cmp_bound(check, v) >= 0;
	case INV_CHECK_MAXIMUM:
		return !number || cmp_bound(check, v) <= 0;
	case INV_CHECK_ABOVE:
		return !number || cmp_bound(check, v) > 0;
	case INV_CHECK_BELOW:
		return !number || cmp_bound(check, v) < 0;
	case INV_CHECK_MIN_LENGTH:
	case INV_CHECK_MAX_LENGTH:
		return !string || has_length(check, v->text);
	case INV_CHECK_PATTERN:
		return !string || has_pattern(run, check, v);
	case INV_CHECK_DATE:
		return !string || inv_calendar_is_date(v->text);
	case INV_CHECK_DATE_TIME:
		return !string || inv_calendar_is_time(v->text);
	case INV_CHECK_ENUM:
		return is_choice(check, v);
	}
	return false;
}

static void
run_checks(struct run *run, const struct inv_node *node,
    const struct subject *v)
{
	for (size_t i = 0; i < node->n; i++)
		if (!fits(run, &node->checks[i], v))
			flaw(run, &node->checks[i].rule, v);
}

/* ---- numbers ---- */

static bool
is_whole(struct inv_str canonical)
{
	struct inv_decimal d;
	int64_t n;

	return small_number(canonical, &n) ||
	    (inv_decimal_of(canonical, &d) && inv_decimal_is_whole(&d));
}

/* v->text is JSON's text of a number, of the source or of a cell. */
static void
check_number(struct run *run, const struct inv_node *node, struct subject *v)
{
	char text[INV_NUMBER_TEXT];
	size_t n;

	if (!inv_number_canon(v->text, text, &n)) {
		flaw_inexact(run, v->place, v->input);
		return;
	}
	v->text = (struct inv_str){ text, n };
	if (node != NULL && (node->types & INV_TYPE_NUMBER) == 0) {
		if ((node->types & INV_TYPE_INTEGER) == 0) {
			flaw(run, &node->type, v);
			return;
		}
		if (!is_whole(v->text)) {
			flaw_as(run, &node->type, v, "int_from_float",
			    "has a fractional part");
			return;
		}
	}
	if (node != NULL)
		run_checks(run, node, v);
	inv_buf_add(run->out, v->text);
}

static size_t
count_digits(struct inv_str s, size_t i)
{
	size_t from = i;

	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	return i - from;
}

/* -?(0|[1-9][0-9]*), and where it ends. */
static bool
starts_whole(struct inv_str s, size_t *end)
{
	size_t i = s.n > 0 && s.p[0] == '-';
	size_t n = count_digits(s, i);

	*end = i + n;
	return n == 1 || (n > 1 && s.p[i] != '0');
}

/* The grammar of RFC 8259 section 6, all of s. */
static bool
is_number(struct inv_str s)
{
	size_t i, n;

	if (!starts_whole(s, &i))
		return false;
	if (i < s.n && s.p[i] == '.') {
		n = count_digits(s, ++i);
		if (n == 0)
			return false;
		i += n;
	}
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		i += i < s.n && (s.p[i] == '+' || s.p[i] == '-');
		n = count_digits(s, i);
		if (n == 0)
			return false;
		i += n;
	}
	return i == s.n;
}

/* The absolute value is past 2^53. */
static bool
is_past_whole(struct inv_str s)
{
	static const char most[] = "9007199254740992";
	size_t i = s.p[0] == '-';

	return s.n - i > 16 || (s.n - i == 16 && memcmp(s.p + i, most, 16) > 0);
}

/* ---- members of the record ---- */

/* A cell, v->text, as what its column says it is. */
static void
coerce(struct run *run, const struct inv_node *node, struct subject *v)
{
	size_t end;
	bool whole = starts_whole(v->text, &end) && end == v->text.n;
	bool number = (node->types & INV_TYPE_NUMBER) != 0;

	whole = whole && (number || (node->types & INV_TYPE_INTEGER) != 0);
	if (whole && !number && is_past_whole(v->text)) {
		flaw_as(run, &node->type, v, "int_parsing_size",
		    "is past 2^53 or below -2^53");
		return;
	}
	if (whole || (number && is_number(v->text))) {
		v->kind = INV_KIND_NUMBER;
		check_number(run, node, v);
		return;
	}
	bool yes = inv_str_eq(v->text, INV_LIT("true"));

	if ((node->types & INV_TYPE_BOOLEAN) != 0 &&
	    (yes || inv_str_eq(v->text, INV_LIT("false")))) {
		v->kind = yes ? INV_KIND_TRUE : INV_KIND_FALSE;
		run_checks(run, node, v);
		inv_buf_add(run->out, v->text);
		return;
	}
	flaw(run, &node->parse, v);
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct inv_str
trimmed(struct inv_str s)
{
	while (s.n > 0 && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static void
upper(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] >= 'a' && p[i] <= 'z')
			p[i] = (char)(p[i] - 'a' + 'A');
}

/* s is in the scratch already, or is brought there. */
static struct inv_str
normal(struct inv_schema *s, struct inv_str text, unsigned steps)
{
	if (steps & INV_NORMAL_TRIM)
		text = trimmed(text);
	if (steps & INV_NORMAL_UPPERCASE) {
		if (text.n > 0)
			memmove(s->text, text.p, text.n);
		upper(s->text, text.n);
		text.p = s->text;
	}
	return text;
}

static void
check_string(struct run *run, const struct inv_node *node,
    const struct inv_member *m, struct subject *v)
{
	struct inv_str raw = inv_member_inner(m);

	v->text = m->value_escaped ? decoded(run->s, raw) : raw;
	if (node != NULL) {
		v->text = normal(run->s, v->text, node->before);
		if (node->coerced && run->cells == INV_CELLS_TEXT) {
			coerce(run, node, v);
			return;
		}
		if ((node->types & INV_TYPE_STRING) == 0) {
			flaw(run, &node->type, v);
			return;
		}
		run_checks(run, node, v);
		v->text = normal(run->s, v->text, node->after);
	}
	if (v->text.p == raw.p && v->text.n == raw.n) {
		inv_buf_add(run->out, m->value);
		return;
	}
	inv_buf_byte(run->out, '"');
	inv_emit_text(run->out, v->text);
	inv_buf_byte(run->out, '"');
}

/* Every number within a value that is not exact. */
static void
find_inexact(struct run *run, struct inv_str json,
    const struct inv_place *place)
{
	char text[INV_NUMBER_TEXT];
	struct inv_member m;
	size_t n;

	for (size_t i = 0; inv_scan_each(&json, &m); i++) {
		struct inv_place at = { .up = place, .key = m.key, .index = i };

		if (m.kind == INV_KIND_NUMBER &&
		    !inv_number_canon(m.value, text, &n))
			flaw_inexact(run, &at, m.value);
		if (m.kind >= INV_KIND_ARRAY)
			find_inexact(run, m.value, &at);
	}
}

static void
check_other(struct run *run, const struct inv_node *node, struct subject *v)
{
	static const unsigned types[] = {
		[INV_KIND_NULL] = INV_TYPE_NULL,
		[INV_KIND_FALSE] = INV_TYPE_BOOLEAN,
		[INV_KIND_TRUE] = INV_TYPE_BOOLEAN,
		[INV_KIND_ARRAY] = INV_TYPE_ARRAY,
		[INV_KIND_OBJECT] = INV_TYPE_OBJECT,
	};
	struct inv_schema *s = run->s;
	struct inv_err err;

	if (node != NULL && (node->types & types[v->kind]) == 0) {
		flaw(run, &node->type, v);
		return;
	}
	if (v->kind >= INV_KIND_ARRAY) {
		inv_buf_reset(&s->value);
		if (!inv_canon_value(s->canon, v->input, &s->value, &err)) {
			find_inexact(run, v->input, v->place);
			return;
		}
		v->text = inv_buf_str(&s->value);
	}
	if (node != NULL)
		run_checks(run, node, v);
	inv_buf_add(run->out, v->text);
}

static void
check_member(struct run *run, const struct column *column,
    const struct inv_member *m)
{
	struct inv_place place = { .key = m->key };
	struct subject v = { .kind = m->kind,
		.text = m->value,
		.input = m->value,
		.place = &place };

	if (column->forbidden)
		flaw(run, &run->s->program.root->extra, &v);
	else if (m->kind == INV_KIND_STRING)
		check_string(run, column->node, m, &v);
	else if (m->kind == INV_KIND_NUMBER)
		check_number(run, column->node, &v);
	else
		check_other(run, column->node, &v);
}

static void
check_whole(struct run *run, struct inv_str text, size_t before)
{
	static const char msg[] = "is longer than 1 MiB in canonical form";
	static const struct inv_rule too_long = {
		.type = "record_too_long",
		.msg = { msg, sizeof(msg) - 1 },
	};
	const struct inv_node *root = run->s->program.root;
	const struct shape *shape = &run->s->shape;

	for (size_t i = 0; i < shape->n_missing; i++) {
		struct inv_place place = { .key = shape->missing[i]->json };

		inv_flaws_add(run->flaws, &root->missing, &place,
		    (struct inv_str){ 0 });
	}
	if (run->out->n - before > INV_RECORD_MAX)
		inv_flaws_add(run->flaws, &too_long, NULL,
		    (struct inv_str){ 0 });
	if (root->n == 0 || run->flaws->n > 0)
		return;
	struct subject v = { .kind = INV_KIND_OBJECT,
		.text = { run->out->p + before, run->out->n - before },
		.input = text };

	run_checks(run, root, &v);
}

bool
inv_schema_check(struct inv_schema *s, struct inv_str text,
    const struct inv_members *fields, enum inv_cells cells, struct inv_buf *out,
    struct inv_flaws *flaws)
{
	struct run run = { s, cells, out, flaws };
	struct shape *shape = &s->shape;
	size_t before = out->n;

	inv_flaws_reset(flaws);
	if (!has_shape(shape, fields))
		learn_shape(s, fields);
	for (size_t i = 0; i < shape->n; i++) {
		size_t at = shape->order[i];

		inv_buf_add(out, shape->lead[i]);
		check_member(&run, &shape->at[at], &fields->at[at]);
	}
	inv_buf_add(out, shape->n == 0 ? INV_LIT("{}") : INV_LIT("}"));
	check_whole(&run, text, before);
	if (flaws->n == 0)
		return true;
	out->n = before;
	return false;
}
