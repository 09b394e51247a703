/*
 * schema_compile.c - from the text of a schema to a program of checks
 *
 * Everything a check will ever say is written here, once: a broken rule costs
 * no more than copying it.
 */

#include "data/schema_node.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/canon.h"
#include "data/emit.h"
#include "data/json.h"
#include "data/key.h"

enum {
	SCHEMA_MAX = 4 << 20, /* bytes of a schema, and of anything in it */
	CHOICES_SAID = 8,     /* values of an enum that a message names */
	CHOICES_LISTED = 64,  /* and that "ctx" lists */
	SMALL_DIGITS = 15,    /* of a bound that is compared as an int64_t */
	CHECKS_MAX = 16,      /* of a node: one for each keyword at most */
};

struct inv_piece {
	struct inv_piece *next;
	_Alignas(max_align_t) char at[];
};

struct compile {
	struct inv_program *p;
	struct inv_buf pointer; /* to what is being compiled */
	struct inv_buf text;    /* under construction */
	struct inv_err *err;
	int depth; /* of objects: 0 is the record */
};

/* ---- memory of the program ---- */

static void *
keep(struct compile *c, size_t n)
{
	struct inv_piece *piece = inv_mem_new(sizeof(*piece) + n);

	piece->next = c->p->pieces;
	c->p->pieces = piece;
	return piece->at;
}

static struct inv_str
keep_str(struct compile *c, struct inv_str s)
{
	char *p = keep(c, s.n);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return (struct inv_str){ p, s.n };
}

/* What stands in c->text, which is empty afterwards. */
static struct inv_str
keep_text(struct compile *c)
{
	struct inv_str s = keep_str(c, inv_buf_str(&c->text));

	inv_buf_reset(&c->text);
	return s;
}

void
inv_program_free(struct inv_program *p)
{
	for (size_t i = 0; i < p->n_patterns; i++)
		inv_pattern_free(p->patterns[i]);
	free(p->patterns);
	for (struct inv_piece *piece = p->pieces, *next; piece != NULL;
	     piece = next) {
		next = piece->next;
		free(piece);
	}
	*p = (struct inv_program){ 0 };
}

/* ---- where we are, and what is wrong there ---- */

static bool
wrong(struct compile *c, const char *what)
{
	return inv_fail(c->err, INV_CONFIG, "#%.*s: %s",
	    INV_ARG(inv_buf_str(&c->pointer)), what);
}

/* RFC 6901.  Returns where to cut the pointer again. */
static size_t
enter(struct compile *c, struct inv_str name)
{
	size_t before = c->pointer.n;

	inv_buf_byte(&c->pointer, '/');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '~')
			inv_buf_add(&c->pointer, INV_LIT("~0"));
		else if (name.p[i] == '/')
			inv_buf_add(&c->pointer, INV_LIT("~1"));
		else
			inv_buf_byte(&c->pointer, name.p[i]);
	}
	return before;
}

/* The rule of the keyword under way; msg is in c->text. */
static struct inv_rule
rule_of(struct compile *c, const char *type, struct inv_str ctx)
{
	return (struct inv_rule){
		.type = type,
		.msg = keep_text(c),
		.ctx = ctx,
		.schema = keep_str(c, inv_buf_str(&c->pointer)),
	};
}

static struct inv_rule
rule_saying(struct compile *c, const char *type, const char *msg)
{
	inv_buf_add(&c->text, inv_str_of(msg));
	return rule_of(c, type, (struct inv_str){ 0 });
}

static struct inv_check *
add_check(struct compile *c, struct inv_node *node, enum inv_check_op op)
{
	if (node->checks == NULL)
		node->checks = keep(c, CHECKS_MAX * sizeof(*node->checks));
	struct inv_check *check = &node->checks[node->n++];

	check->op = op;
	return check;
}

/* ---- type ---- */

static const struct type {
	const char *name;
	unsigned bit;
	const char *flaw;
	const char *parse; /* NULL: a cell is never read as one */
	const char *words;
} types[] = {
	{ "string", INV_TYPE_STRING, "string_type", NULL, "a string" },
	{ "integer", INV_TYPE_INTEGER, "int_type", "int_parsing",
	    "a whole number" },
	{ "number", INV_TYPE_NUMBER, "float_type", "float_parsing",
	    "a number" },
	{ "boolean", INV_TYPE_BOOLEAN, "bool_type", "bool_parsing",
	    "true or false" },
	{ "null", INV_TYPE_NULL, "none_required", NULL, "null" },
	{ "array", INV_TYPE_ARRAY, "list_type", NULL, "an array" },
	{ "object", INV_TYPE_OBJECT, "dict_type", NULL, "an object" },
};

static const struct type *
type_of(const struct inv_json *v)
{
	struct inv_str name;

	if (!inv_json_str(v, &name))
		return NULL;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (inv_str_is(name, types[i].name))
			return &types[i];
	return NULL;
}

/* Several types are said as "a or b"; the first but null names the flaw. */
static bool
add_type(struct compile *c, struct inv_node *node, const struct inv_json *v,
    const struct type **first)
{
	const struct type *t = type_of(v);

	if (t == NULL)
		return wrong(c, "not the name of a type");
	if (node->types & t->bit)
		return wrong(c, "the same type twice");
	node->types |= t->bit;
	if (*first == NULL || (*first)->bit == INV_TYPE_NULL)
		*first = t;
	inv_buf_add(&c->text,
	    c->text.n == 0 ? INV_LIT("is not ") : INV_LIT(" or "));
	inv_buf_add(&c->text, inv_str_of(t->words));
	return true;
}

static bool
compile_type(struct compile *c, struct inv_node *node, const struct inv_json *v)
{
	const struct type *first = NULL;
	size_t n = inv_json_count(v);

	node->types = 0;
	if (n == 0 && !add_type(c, node, v, &first))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!add_type(c, node, inv_json_at(v, i), &first))
			return false;
	node->type = rule_of(c, first->flaw, (struct inv_str){ 0 });
	node->parse = node->type;
	if (first->parse != NULL)
		node->parse.type = first->parse;
	node->coerced = (node->types & INV_TYPE_STRING) == 0;
	return true;
}

/* ---- checks of a value ---- */

static bool
compile_bound(struct compile *c, struct inv_node *node,
    const struct inv_json *v, enum inv_check_op op)
{
	static const struct {
		const char *type, *key, *words;
	} of[] = {
		[INV_CHECK_MINIMUM] = { "greater_than_equal", "ge",
		    "is less than" },
		[INV_CHECK_MAXIMUM] = { "less_than_equal", "le",
		    "is greater than" },
		[INV_CHECK_ABOVE] = { "greater_than", "gt",
		    "is not greater than" },
		[INV_CHECK_BELOW] = { "less_than", "lt", "is not less than" },
	};
	struct inv_check *check = add_check(c, node, op);
	struct inv_decimal *d = &check->bound;

	if (!inv_json_decimal(v, d))
		return wrong(c, "not a number");
	check->small = inv_decimal_is_whole(d) && d->point <= SMALL_DIGITS;
	for (int i = 0; check->small && i < d->point; i++)
		check->whole =
		    check->whole * 10 + (i < d->n ? d->digit[i] - '0' : 0);
	if (d->negative)
		check->whole = -check->whole;

	inv_buf_addf(&c->text, "{\"%s\":", of[op].key);
	inv_json_print(v, &c->text);
	inv_buf_byte(&c->text, '}');
	struct inv_str ctx = keep_text(c);

	inv_buf_addf(&c->text, "%s ", of[op].words);
	inv_json_print(v, &c->text);
	check->rule = rule_of(c, of[op].type, ctx);
	return true;
}

static bool
compile_minimum(struct compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return compile_bound(c, node, v, INV_CHECK_MINIMUM);
}

static bool
compile_maximum(struct compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return compile_bound(c, node, v, INV_CHECK_MAXIMUM);
}

static bool
compile_above(struct compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return compile_bound(c, node, v, INV_CHECK_ABOVE);
}

static bool
compile_below(struct compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return compile_bound(c, node, v, INV_CHECK_BELOW);
}

/* A whole number from 0 on; what is past 15 digits no string is longer than. */
static bool
read_length(struct compile *c, const struct inv_json *v, uint64_t *length)
{
	struct inv_decimal d;

	if (!inv_json_decimal(v, &d) || d.negative ||
	    !inv_decimal_is_whole(&d) || d.point > SMALL_DIGITS)
		return wrong(c, "not a whole number from 0 on");
	*length = 0;
	for (int i = 0; i < d.point; i++)
		*length =
		    *length * 10 + (uint64_t)(i < d.n ? d.digit[i] - '0' : 0);
	return true;
}

static bool
compile_length(struct compile *c, struct inv_node *node,
    const struct inv_json *v, enum inv_check_op op)
{
	bool min = op == INV_CHECK_MIN_LENGTH;
	struct inv_check *check = add_check(c, node, op);

	if (!read_length(c, v, &check->length))
		return false;
	unsigned long long n = check->length;

	inv_buf_addf(&c->text, "{\"%s\":%llu}",
	    min ? "min_length" : "max_length", n);
	struct inv_str ctx = keep_text(c);

	inv_buf_addf(&c->text, "is %s than %llu character%s",
	    min ? "shorter" : "longer", n, n == 1 ? "" : "s");
	check->rule =
	    rule_of(c, min ? "string_too_short" : "string_too_long", ctx);
	return true;
}

static bool
compile_min_length(struct compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return compile_length(c, node, v, INV_CHECK_MIN_LENGTH);
}

static bool
compile_max_length(struct compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return compile_length(c, node, v, INV_CHECK_MAX_LENGTH);
}

static bool
compile_pattern(struct compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	struct inv_program *p = c->p;
	struct inv_str regex;
	struct inv_err err;

	if (!inv_json_str(v, &regex))
		return wrong(c, "not a string");
	struct inv_pattern *pattern = inv_pattern_new(regex, &err);

	if (pattern == NULL)
		return wrong(c, err.msg);
	p->patterns = inv_mem_resize(p->patterns, p->n_patterns + 1,
	    sizeof(struct inv_pattern *));
	p->patterns[p->n_patterns++] = pattern;
	struct inv_check *check = add_check(c, node, INV_CHECK_PATTERN);

	check->pattern = pattern;
	inv_emit_open(&c->text, '{');
	inv_emit_member_str(&c->text, INV_LIT("pattern"), regex);
	inv_emit_close(&c->text, '}');
	struct inv_str ctx = keep_text(c);

	inv_buf_add(&c->text, INV_LIT("does not match "));
	inv_buf_add(&c->text, regex);
	check->rule = rule_of(c, "string_pattern_mismatch", ctx);
	return true;
}

static bool
compile_format(struct compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	struct inv_str name = { 0 };

	if (!inv_json_str(v, &name))
		return wrong(c, "not a string");
	if (inv_str_is(name, "date")) {
		add_check(c, node, INV_CHECK_DATE)->rule =
		    rule_saying(c, "date_parsing",
			"is not a date of the calendar, YYYY-MM-DD");
		return true;
	}
	if (!inv_str_is(name, "date-time"))
		return wrong(c, "unknown format");
	add_check(c, node, INV_CHECK_DATE_TIME)->rule =
	    rule_saying(c, "datetime_parsing",
		"is not a time of the calendar, as RFC 3339 writes it");
	return true;
}

/* The canonical text of a value of the schema, in c->text. */
static bool
add_canon(struct compile *c, const struct inv_json *v)
{
	struct inv_buf text = INV_BUF(SCHEMA_MAX);
	struct inv_canon *canon = inv_canon_new();

	inv_json_print(v, &text);
	bool ok = inv_canon_value(canon, inv_buf_str(&text), &c->text, c->err);

	inv_canon_free(canon);
	inv_buf_free(&text);
	return ok;
}

static bool
read_choice(struct compile *c, const struct inv_json *v,
    struct inv_choice *choice)
{
	struct inv_str s;

	choice->kind = inv_json_kind(v);
	if (inv_json_str(v, &s)) {
		choice->text = keep_str(c, s);
		return true;
	}
	if (!add_canon(c, v))
		return false;
	choice->text = keep_text(c);
	return true;
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
compile_enum(struct compile *c, struct inv_node *node, const struct inv_json *v)
{
	size_t n = inv_json_count(v);

	if (n == 0)
		return wrong(c, "not a list of values");
	struct inv_check *check = add_check(c, node, INV_CHECK_ENUM);
	struct inv_str ctx = { 0 };

	check->choices = keep(c, n * sizeof(*check->choices));
	check->n = n;
	for (size_t i = 0; i < n; i++)
		if (!read_choice(c, inv_json_at(v, i), &check->choices[i]))
			return false;
	qsort(check->choices, n, sizeof(*check->choices), cmp_choices);
	if (n <= CHOICES_LISTED) {
		inv_buf_add(&c->text, INV_LIT("{\"expected\":"));
		inv_json_print(v, &c->text);
		inv_buf_byte(&c->text, '}');
		ctx = keep_text(c);
	}
	inv_buf_add(&c->text, INV_LIT("is not one of "));
	if (n <= CHOICES_SAID)
		inv_json_print(v, &c->text);
	else
		inv_buf_addf(&c->text, "%zu values", n);
	check->rule = rule_of(c, "enum", ctx);
	return true;
}

static bool
compile_const(struct compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	struct inv_check *check = add_check(c, node, INV_CHECK_ENUM);

	check->choices = keep(c, sizeof(*check->choices));
	check->n = 1;
	if (!read_choice(c, v, check->choices))
		return false;
	inv_buf_add(&c->text, INV_LIT("{\"expected\":"));
	inv_json_print(v, &c->text);
	inv_buf_byte(&c->text, '}');
	struct inv_str ctx = keep_text(c);

	inv_buf_add(&c->text, INV_LIT("is not "));
	inv_json_print(v, &c->text);
	check->rule = rule_of(c, "literal_error", ctx);
	return true;
}

/* ---- checks of an object ---- */

static struct inv_node *compile_node(struct compile *c,
    const struct inv_json *v);

static int
cmp_props(const void *x, const void *y)
{
	const struct inv_prop *a = x;
	const struct inv_prop *b = y;

	return inv_str_cmp(a->name, b->name);
}

static bool
compile_properties(struct compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	const struct inv_json *value;
	struct inv_str name;
	size_t n = 0;

	if (c->depth != 0)
		return wrong(c, "belongs to the record as a whole");
	if (inv_json_kind(v) != INV_KIND_OBJECT)
		return wrong(c, "not an object");
	for (void *walk = NULL; inv_json_next(v, &walk, &name, &value);)
		n++;
	node->props = keep(c, n * sizeof(*node->props));
	c->depth++;
	for (void *walk = NULL; inv_json_next(v, &walk, &name, &value);) {
		struct inv_prop *prop = &node->props[node->n_props++];
		size_t before = enter(c, name);

		prop->name = keep_str(c, name);
		prop->node = compile_node(c, value);
		if (prop->node == NULL)
			return false;
		c->pointer.n = before;
	}
	c->depth--;
	qsort(node->props, n, sizeof(*node->props), cmp_props);
	return true;
}

static bool
compile_required(struct compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	size_t n = inv_json_count(v);
	struct inv_str name;

	if (c->depth != 0)
		return wrong(c, "belongs to the record as a whole");
	if (inv_json_kind(v) != INV_KIND_ARRAY)
		return wrong(c, "not a list of names");
	node->required = keep(c, n * sizeof(*node->required));
	for (size_t i = 0; i < n; i++) {
		if (!inv_json_str(inv_json_at(v, i), &name))
			return wrong(c, "not a list of names");
		for (size_t k = 0; k < i; k++)
			if (inv_str_eq(node->required[k].text, name))
				return wrong(c, "the same name twice");
		inv_emit_text(&c->text, name);
		node->required[node->n_required++] =
		    (struct inv_name){ keep_str(c, name), keep_text(c) };
	}
	node->missing = rule_saying(c, "missing", "is missing");
	return true;
}

static bool
compile_additional(struct compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	enum inv_kind kind = inv_json_kind(v);

	if (c->depth != 0)
		return wrong(c, "belongs to the record as a whole");
	if (kind != INV_KIND_TRUE && kind != INV_KIND_FALSE)
		return wrong(c, "neither true nor false");
	node->closed = kind == INV_KIND_FALSE;
	node->extra = rule_saying(c, "extra_forbidden", "is not in the schema");
	return true;
}

/* ---- keywords of the record as a whole, and ours ---- */

static bool
compile_dialect(struct compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	struct inv_str uri = { 0 };

	(void)node;
	if (inv_json_str(v, &uri) &&
	    inv_str_is(uri, "https://json-schema.org/draft/2020-12/schema"))
		return true;
	return wrong(c, "not draft 2020-12");
}

static bool
compile_key(struct compile *c, struct inv_node *node, const struct inv_json *v)
{
	struct inv_str name, other;
	size_t n = inv_json_count(v);

	(void)node;
	if (c->depth != 0)
		return wrong(c, "belongs to the record as a whole");
	if (n == 0)
		return wrong(c, "not a list of names");
	if (n > INV_KEY_NAMES)
		return wrong(c, "more than 16 names");
	for (size_t i = 0; i < n; i++) {
		if (!inv_json_str(inv_json_at(v, i), &name))
			return wrong(c, "not a list of names");
		for (size_t k = 0; k < i; k++)
			if (inv_json_str(inv_json_at(v, k), &other) &&
			    inv_str_eq(name, other))
				return wrong(c, "the same name twice");
	}
	return add_canon(c, v) && (c->p->key = keep_text(c)).n > 0;
}

static bool
read_steps(struct compile *c, const struct inv_json *v, unsigned *steps)
{
	struct inv_str name;

	if (inv_json_kind(v) != INV_KIND_ARRAY)
		return wrong(c, "not a list of steps");
	for (size_t i = 0; i < inv_json_count(v); i++) {
		if (!inv_json_str(inv_json_at(v, i), &name))
			return wrong(c, "not a list of steps");
		if (inv_str_is(name, "trim"))
			*steps |= INV_NORMAL_TRIM;
		else if (inv_str_is(name, "uppercase"))
			*steps |= INV_NORMAL_UPPERCASE;
		else
			return wrong(c, "neither trim nor uppercase");
	}
	return true;
}

static bool
compile_normalize(struct compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	const struct inv_json *steps;
	struct inv_str when;

	if (c->depth != 1)
		return wrong(c, "belongs to a member of the record");
	if (inv_json_kind(v) != INV_KIND_OBJECT)
		return wrong(c, "not an object");
	for (void *walk = NULL; inv_json_next(v, &walk, &when, &steps);) {
		size_t before = enter(c, when);
		bool first = inv_str_is(when, "before");

		if (!first && !inv_str_is(when, "after"))
			return wrong(c, "neither before nor after");
		if (!read_steps(c, steps, first ? &node->before : &node->after))
			return false;
		c->pointer.n = before;
	}
	return true;
}

/* ---- nodes ---- */

static const struct keyword {
	const char *name;
	bool (*compile)(struct compile *c, struct inv_node *node,
	    const struct inv_json *v); /* NULL: says nothing about a value */
} keywords[] = {
	{ "type", compile_type },
	{ "properties", compile_properties },
	{ "required", compile_required },
	{ "additionalProperties", compile_additional },
	{ "minimum", compile_minimum },
	{ "maximum", compile_maximum },
	{ "exclusiveMinimum", compile_above },
	{ "exclusiveMaximum", compile_below },
	{ "minLength", compile_min_length },
	{ "maxLength", compile_max_length },
	{ "pattern", compile_pattern },
	{ "format", compile_format },
	{ "enum", compile_enum },
	{ "const", compile_const },
	{ "x-inv-key", compile_key },
	{ "x-inv-normalize", compile_normalize },
	{ "title", NULL },
	{ "description", NULL },
	{ "$schema", compile_dialect },
	{ "$id", NULL },
	{ "$comment", NULL },
	{ "examples", NULL },
	{ "default", NULL },
};

static bool
compile_keyword(struct compile *c, struct inv_node *node, struct inv_str name,
    const struct inv_json *v)
{
	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (inv_str_is(name, keywords[i].name))
			return keywords[i].compile == NULL ||
			    keywords[i].compile(c, node, v);
	return wrong(c, "unknown keyword");
}

static struct inv_node *
compile_node(struct compile *c, const struct inv_json *v)
{
	struct inv_node *node = keep(c, sizeof(*node));
	const struct inv_json *value;
	struct inv_str name;

	node->types = INV_TYPE_ANY;
	if (inv_json_kind(v) != INV_KIND_OBJECT) {
		wrong(c, "not an object");
		return NULL;
	}
	for (void *walk = NULL; inv_json_next(v, &walk, &name, &value);) {
		size_t before = enter(c, name);

		if (!compile_keyword(c, node, name, value))
			return NULL;
		c->pointer.n = before;
	}
	return node;
}

const struct inv_prop *
inv_node_prop(const struct inv_node *node, struct inv_str name)
{
	size_t low = 0;
	size_t high = node->n_props;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = inv_str_cmp(node->props[mid].name, name);

		if (order == 0)
			return &node->props[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* The members of the key are properties, and there is a record to have them. */
static bool
check_key(struct compile *c, const struct inv_json *key)
{
	for (size_t i = 0; i < inv_json_count(key); i++) {
		struct inv_str name = { 0 };

		if (!inv_json_str(inv_json_at(key, i), &name) ||
		    inv_node_prop(c->p->root, name) == NULL) {
			enter(c, INV_LIT("x-inv-key"));
			return wrong(c, "names what is not a property");
		}
	}
	return true;
}

/* For the stage line: {"grant_code":{"after":["uppercase"]}}. */
static void
list_normal(struct compile *c, const struct inv_json *v)
{
	const struct inv_json *props = inv_json_member(v, "properties");
	const struct inv_json *value;
	struct inv_str name;

	if (props == NULL)
		return;
	for (void *walk = NULL; inv_json_next(props, &walk, &name, &value);) {
		const struct inv_json *normal =
		    inv_json_member(value, "x-inv-normalize");

		if (normal == NULL)
			continue;
		inv_buf_byte(&c->text, c->text.n == 0 ? '{' : ',');
		inv_buf_byte(&c->text, '"');
		inv_emit_text(&c->text, name);
		inv_buf_add(&c->text, INV_LIT("\":"));
		inv_json_print(normal, &c->text);
	}
	if (c->text.n > 0)
		inv_buf_byte(&c->text, '}');
	c->p->normal = keep_text(c);
}

static bool
compile(struct compile *c, const struct inv_json *v)
{
	c->p->root = compile_node(c, v);
	if (c->p->root == NULL)
		return false;
	if ((c->p->root->types & INV_TYPE_OBJECT) == 0) {
		enter(c, INV_LIT("type"));
		return wrong(c, "a record is an object");
	}
	const struct inv_json *key = inv_json_member(v, "x-inv-key");

	if (key != NULL && !check_key(c, key))
		return false;
	list_normal(c, v);
	return true;
}

bool
inv_program_compile(struct inv_program *p, struct inv_str text,
    struct inv_err *err)
{
	struct compile c = { .p = p,
		.pointer = INV_BUF(SCHEMA_MAX),
		.text = INV_BUF(SCHEMA_MAX),
		.err = err };
	struct inv_json *v = inv_json_new(text, err);

	*p = (struct inv_program){ 0 };
	if (v == NULL) {
		err->fault = INV_CONFIG;
		return false;
	}
	bool ok = compile(&c, v);

	inv_json_free(v);
	inv_buf_free(&c.pointer);
	inv_buf_free(&c.text);
	return ok;
}
