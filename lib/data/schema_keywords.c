/* schema_keywords.c - keywords that say something of a value itself */

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "data/canon.h"
#include "data/emit.h"
#include "data/schema_compile.h"

enum {
	CHOICES_SAID = 8,    /* values of an enum that a message names */
	CHOICES_LISTED = 64, /* and that "ctx" lists */
	SAID_MAX = 4096,     /* bytes of values in a message */
	SMALL_DIGITS = 15,   /* of a bound that is compared as an int64_t */
};

/* In the order of the schema; the node has a copy when it is complete. */
static struct inv_check *
add_check(struct inv_compile *c, struct inv_node *node, enum inv_check_op op)
{
	struct inv_check *check = &c->checks[node->n++];

	*check = (struct inv_check){ .op = op };
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
add_type(struct inv_compile *c, struct inv_node *node, const struct inv_json *v,
    const struct type **first)
{
	const struct type *t = type_of(v);

	if (t == NULL)
		return inv_compile_wrong(c, "not the name of a type");
	if (node->types & t->bit)
		return inv_compile_wrong(c, "the same type twice");
	node->types |= t->bit;
	if (*first == NULL || (*first)->bit == INV_TYPE_NULL)
		*first = t;
	inv_buf_add(&c->text,
	    c->text.n == 0 ? INV_LIT("is not ") : INV_LIT(" or "));
	inv_buf_add(&c->text, inv_str_of(t->words));
	return true;
}

bool
inv_keyword_type(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	const struct type *first = NULL;
	size_t n = inv_json_count(v);

	node->types = 0;
	if (n == 0 && !add_type(c, node, v, &first))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!add_type(c, node, inv_json_at(v, i), &first))
			return false;
	struct inv_rule rule =
	    inv_compile_rule(c, first->flaw, (struct inv_str){ 0 });

	node->type = inv_compile_keep(c, rule);
	node->parse = node->type;
	if (first->parse != NULL) {
		rule.type = first->parse;
		node->parse = inv_compile_keep(c, rule);
	}
	return true;
}

/* ---- numbers ---- */

/*
 * A bound of more digits than any canonical number has, cut behind the last
 * that one can have: no canonical number lies between the two.
 */
static bool
cut_bound(struct inv_compile *c, const struct inv_json *v,
    struct inv_decimal *d)
{
	int n = 0;
	bool mantissa = true;

	inv_json_print(v, &c->text);
	for (size_t i = 0; i < c->text.n; i++) {
		char *p = &c->text.p[i];

		mantissa = mantissa && *p != 'e' && *p != 'E';
		if (!mantissa || *p < '0' || *p > '9' || (n == 0 && *p == '0'))
			continue;
		if (n == INV_NUMBER_DIGITS)
			*p = '0';
		else
			n++;
	}
	bool ok = inv_decimal_of(inv_buf_str(&c->text), d);

	inv_buf_reset(&c->text);
	return ok;
}

/* What is asked of a number beside the bound that was cut. */
static enum inv_check_op
beside(enum inv_check_op op, bool negative)
{
	bool least = op == INV_CHECK_MINIMUM || op == INV_CHECK_ABOVE;

	if (negative)
		return least ? INV_CHECK_MINIMUM : INV_CHECK_BELOW;
	return least ? INV_CHECK_ABOVE : INV_CHECK_MAXIMUM;
}

static void
note_small(struct inv_check *check)
{
	const struct inv_decimal *d = &check->bound;

	check->small = inv_decimal_is_whole(d) && d->point <= SMALL_DIGITS;
	for (int i = 0; check->small && i < d->point; i++)
		check->whole =
		    check->whole * 10 + (i < d->n ? d->digit[i] - '0' : 0);
	if (d->negative)
		check->whole = -check->whole;
}

/* {"KEY":VALUE} */
static struct inv_str
ctx_of(struct inv_compile *c, const char *key, const struct inv_json *v)
{
	inv_buf_addf(&c->text, "{\"%s\":", key);
	inv_json_print(v, &c->text);
	inv_buf_byte(&c->text, '}');
	return inv_compile_text(c);
}

static bool
compile_bound(struct inv_compile *c, struct inv_node *node,
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

	if (inv_json_kind(v) != INV_KIND_NUMBER)
		return inv_compile_wrong(c, "not a number");
	if (!inv_json_decimal(v, &check->bound)) {
		if (!cut_bound(c, v, &check->bound))
			return inv_compile_wrong(c, "not a number");
		check->op = beside(op, check->bound.negative);
	}
	note_small(check);
	struct inv_str ctx = ctx_of(c, of[op].key, v);

	inv_buf_addf(&c->text, "%s ", of[op].words);
	inv_json_print(v, &c->text);
	check->rule = inv_compile_rule(c, of[op].type, ctx);
	return true;
}

bool
inv_keyword_minimum(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return compile_bound(c, node, v, INV_CHECK_MINIMUM);
}

bool
inv_keyword_maximum(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return compile_bound(c, node, v, INV_CHECK_MAXIMUM);
}

bool
inv_keyword_above(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return compile_bound(c, node, v, INV_CHECK_ABOVE);
}

bool
inv_keyword_below(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return compile_bound(c, node, v, INV_CHECK_BELOW);
}

bool
inv_keyword_multiple(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	struct inv_check *check = add_check(c, node, INV_CHECK_MULTIPLE);
	struct inv_decimal *d = &check->bound;

	if (inv_json_kind(v) != INV_KIND_NUMBER)
		return inv_compile_wrong(c, "not a number");
	if (!inv_json_decimal(v, d))
		return inv_compile_wrong(c, "more than 17 digits");
	if (d->negative || d->n == 0)
		return inv_compile_wrong(c, "not a number above 0");
	note_small(check);
	struct inv_str ctx = ctx_of(c, "multiple_of", v);

	inv_buf_add(&c->text, INV_LIT("is not a multiple of "));
	inv_json_print(v, &c->text);
	check->rule = inv_compile_rule(c, "multiple_of", ctx);
	return true;
}

/* ---- lengths ---- */

/* What is past 15 digits nothing is longer than. */
bool
inv_compile_count(struct inv_compile *c, const struct inv_json *v,
    uint64_t *count)
{
	struct inv_decimal d;

	if (!inv_json_decimal(v, &d) || d.negative || !inv_decimal_is_whole(&d))
		return inv_compile_wrong(c, "not a whole number from 0 on");
	*count = 0;
	for (int i = 0; i < d.point && i <= SMALL_DIGITS; i++)
		*count =
		    *count * 10 + (uint64_t)(i < d.n ? d.digit[i] - '0' : 0);
	return true;
}

static bool
compile_length(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v, enum inv_check_op op)
{
	bool min = op == INV_CHECK_MIN_LENGTH;
	struct inv_check *check = add_check(c, node, op);

	if (!inv_compile_count(c, v, &check->count))
		return false;
	unsigned long long n = check->count;

	inv_buf_addf(&c->text, "{\"%s\":%llu}",
	    min ? "min_length" : "max_length", n);
	struct inv_str ctx = inv_compile_text(c);

	inv_buf_addf(&c->text, "is %s than %llu character%s",
	    min ? "shorter" : "longer", n, n == 1 ? "" : "s");
	check->rule = inv_compile_rule(c,
	    min ? "string_too_short" : "string_too_long", ctx);
	return true;
}

bool
inv_keyword_min_length(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return compile_length(c, node, v, INV_CHECK_MIN_LENGTH);
}

bool
inv_keyword_max_length(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return compile_length(c, node, v, INV_CHECK_MAX_LENGTH);
}

/* "has fewer than 2 items" */
static bool
compile_size(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v, enum inv_check_op op)
{
	bool min = op == INV_CHECK_MIN_ITEMS || op == INV_CHECK_MIN_MEMBERS;
	bool items = op == INV_CHECK_MIN_ITEMS || op == INV_CHECK_MAX_ITEMS;
	struct inv_check *check = add_check(c, node, op);

	if (!inv_compile_count(c, v, &check->count))
		return false;
	unsigned long long n = check->count;

	inv_buf_addf(&c->text, "{\"field_type\":\"%s\",\"%s\":%llu}",
	    items ? "List" : "Dictionary", min ? "min_length" : "max_length",
	    n);
	struct inv_str ctx = inv_compile_text(c);

	inv_buf_addf(&c->text, "has %s than %llu %s%s", min ? "fewer" : "more",
	    n, items ? "item" : "member", n == 1 ? "" : "s");
	check->rule = inv_compile_rule(c, min ? "too_short" : "too_long", ctx);
	return true;
}

bool
inv_keyword_min_items(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return compile_size(c, node, v, INV_CHECK_MIN_ITEMS);
}

bool
inv_keyword_max_items(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return compile_size(c, node, v, INV_CHECK_MAX_ITEMS);
}

bool
inv_keyword_min_members(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return compile_size(c, node, v, INV_CHECK_MIN_MEMBERS);
}

bool
inv_keyword_max_members(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return compile_size(c, node, v, INV_CHECK_MAX_MEMBERS);
}

bool
inv_keyword_unique(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	enum inv_kind kind = inv_json_kind(v);

	if (kind != INV_KIND_TRUE && kind != INV_KIND_FALSE)
		return inv_compile_wrong(c, "neither true nor false");
	if (kind == INV_KIND_TRUE)
		add_check(c, node, INV_CHECK_UNIQUE)->rule =
		    inv_compile_saying(c, "not_unique",
			"has the same item twice");
	return true;
}

/* ---- strings ---- */

struct inv_pattern *
inv_compile_pattern(struct inv_compile *c, struct inv_str regex)
{
	struct inv_program *p = c->p;
	unsigned char hash[INV_HASH];
	struct inv_err err;

	inv_hash_of(c->key, regex, hash);
	struct inv_map_entry *e = inv_map_at(&c->patterns, hash);

	if (e->value != 0)
		return p->patterns[e->value - 1];
	e->value = p->n_patterns + 1;
	struct inv_pattern *pattern = inv_pattern_new(regex, &err);

	if (pattern == NULL) {
		inv_compile_wrong(c, err.msg);
		return NULL;
	}
	if ((p->n_patterns & (p->n_patterns - 1)) == 0)
		p->patterns = inv_mem_resize(p->patterns,
		    p->n_patterns == 0 ? 1 : 2 * p->n_patterns,
		    sizeof(struct inv_pattern *));
	p->patterns[p->n_patterns++] = pattern;
	return pattern;
}

bool
inv_keyword_pattern(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	struct inv_check *check = add_check(c, node, INV_CHECK_PATTERN);
	struct inv_str regex;

	if (!inv_json_str(v, &regex))
		return inv_compile_wrong(c, "not a string");
	check->pattern = inv_compile_pattern(c, regex);
	if (check->pattern == NULL)
		return false;
	inv_emit_open(&c->text, '{');
	inv_emit_member_str(&c->text, INV_LIT("pattern"), regex);
	inv_emit_close(&c->text, '}');
	struct inv_str ctx = inv_compile_text(c);

	inv_buf_add(&c->text, INV_LIT("does not match "));
	inv_buf_add(&c->text, regex);
	check->rule = inv_compile_rule(c, "string_pattern_mismatch", ctx);
	return true;
}

/* A format that is not known, or not asked for, is a note. */
bool
inv_keyword_format(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	struct inv_str name;
	enum inv_syntax syntax;

	if (!inv_json_str(v, &name))
		return inv_compile_wrong(c, "not a string");
	if (!inv_syntax_of(name, &syntax))
		return true;
	bool asserted = c->assert_formats || syntax == INV_SYNTAX_DATE ||
	    syntax == INV_SYNTAX_DATE_TIME ||
	    (c->spot->scope->vocabularies & INV_VOCABULARY_ASSERTION) != 0;

	if (!asserted)
		return true;
	struct inv_check *check = add_check(c, node, INV_CHECK_FORMAT);

	check->syntax = syntax;
	check->rule = inv_compile_saying(c, inv_syntax_type(syntax),
	    inv_syntax_msg(syntax));
	return true;
}

/* x-inv-not-future; "date_past" is said of a date, else of a time. */
bool
inv_keyword_not_future(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	const struct inv_json *format =
	    inv_json_member(c->spot->value, "format");
	struct inv_str name = { 0 };
	bool time = format != NULL && inv_json_str(format, &name) &&
	    inv_str_is(name, "date-time");

	if (inv_json_kind(v) != INV_KIND_TRUE)
		return inv_compile_wrong(c, "not true");
	c->p->timed = true;
	add_check(c, node, INV_CHECK_NOT_FUTURE)->rule = inv_compile_saying(c,
	    time ? "datetime_past" : "date_past", "lies in the future");
	return true;
}

/* ---- values ---- */

/* The canonical text of an array or object; false where it has none. */
static bool
add_canon(struct inv_compile *c, const struct inv_json *v)
{
	struct inv_buf text = INV_BUF(2 * INV_SCHEMA_MAX);
	struct inv_err ignored;

	if (c->canon == NULL)
		c->canon = inv_canon_new();
	inv_json_print(v, &text);
	bool ok =
	    inv_canon_value(c->canon, inv_buf_str(&text), &c->text, &ignored);

	inv_buf_free(&text);
	return ok;
}

/* False: no record can have it, for a number in it is not exact. */
static bool
read_choice(struct inv_compile *c, const struct inv_json *v,
    struct inv_choice *choice)
{
	char number[INV_NUMBER_TEXT];
	struct inv_str s;
	size_t n;

	choice->kind = inv_json_kind(v);
	if (inv_json_str(v, &s)) {
		choice->text = inv_arena_str(&c->p->arena, s);
		return true;
	}
	if (choice->kind >= INV_KIND_ARRAY) {
		bool ok = add_canon(c, v);

		choice->text = inv_compile_text(c);
		return ok;
	}
	inv_json_print(v, &c->text);
	if (choice->kind == INV_KIND_NUMBER) {
		bool ok = inv_number_canon(inv_buf_str(&c->text), number, &n);

		inv_buf_reset(&c->text);
		if (!ok)
			return false;
		inv_buf_add(&c->text, (struct inv_str){ number, n });
	}
	choice->text = inv_compile_text(c);
	return true;
}

/* "is not one of [1,2]", or how many there are where they are too many. */
static void
say_choices(struct inv_compile *c, const struct inv_json *v, size_t n)
{
	inv_buf_add(&c->text, INV_LIT("is not one of "));
	size_t before = c->text.n;

	if (n <= CHOICES_SAID)
		inv_json_print(v, &c->text);
	if (n <= CHOICES_SAID && c->text.n - before <= SAID_MAX)
		return;
	c->text.n = before;
	inv_buf_addf(&c->text, "%zu values", n);
}

static struct inv_str
expected(struct inv_compile *c, const struct inv_json *v)
{
	inv_buf_add(&c->text, INV_LIT("{\"expected\":"));
	inv_json_print(v, &c->text);
	inv_buf_byte(&c->text, '}');
	if (c->text.n <= SAID_MAX)
		return inv_compile_text(c);
	inv_buf_reset(&c->text);
	return (struct inv_str){ 0 };
}

static void
note_types(struct inv_check *check)
{
	for (size_t i = 0; i < check->n; i++)
		check->types |= inv_type_of(check->choices[i].kind);
}

bool
inv_keyword_enum(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	size_t n = inv_json_count(v);
	struct inv_check *check = add_check(c, node, INV_CHECK_ENUM);
	struct inv_str ctx = { 0 };

	/* An empty one is none that the draft likes, but it is one. */
	if (inv_json_kind(v) != INV_KIND_ARRAY)
		return inv_compile_wrong(c, "not a list of values");
	check->choices =
	    inv_arena_new(&c->p->arena, n * sizeof(*check->choices));
	for (size_t i = 0; i < n; i++)
		check->n += read_choice(c, inv_json_at(v, i),
		    &check->choices[check->n]);
	note_types(check);
	qsort(check->choices, check->n, sizeof(*check->choices),
	    inv_choice_cmp);
	if (n <= CHOICES_LISTED)
		ctx = expected(c, v);
	say_choices(c, v, n);
	check->rule = inv_compile_rule(c, "enum", ctx);
	return true;
}

bool
inv_keyword_const(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	struct inv_check *check = add_check(c, node, INV_CHECK_ENUM);

	check->choices = inv_arena_new(&c->p->arena, sizeof(*check->choices));
	check->n = read_choice(c, v, check->choices);
	note_types(check);
	struct inv_str ctx = expected(c, v);

	inv_buf_add(&c->text, INV_LIT("is not "));
	if (ctx.n > 0)
		inv_json_print(v, &c->text);
	else
		inv_buf_add(&c->text, INV_LIT("the one value it may be"));
	check->rule = inv_compile_rule(c, "literal_error", ctx);
	return true;
}

/* ---- members that must be there ---- */

static int
cmp_strs(const void *x, const void *y)
{
	return inv_str_cmp(*(const struct inv_str *)x,
	    *(const struct inv_str *)y);
}

static bool
are_unique(const struct inv_name *names, size_t n)
{
	struct inv_str *sorted = inv_mem_new(n * sizeof(*sorted));
	bool unique = true;

	for (size_t i = 0; i < n; i++)
		sorted[i] = names[i].text;
	qsort(sorted, n, sizeof(*sorted), cmp_strs);
	for (size_t i = 1; i < n; i++)
		unique = unique && !inv_str_eq(sorted[i - 1], sorted[i]);
	free(sorted);
	return unique;
}

static bool
read_names(struct inv_compile *c, const struct inv_json *v,
    struct inv_name **names, size_t *n)
{
	size_t count = inv_json_count(v);
	struct inv_str name;

	if (inv_json_kind(v) != INV_KIND_ARRAY)
		return inv_compile_wrong(c, "not a list of names");
	*names = inv_arena_new(&c->p->arena, count * sizeof(**names));
	for (size_t i = 0; i < count; i++) {
		if (!inv_json_str(inv_json_at(v, i), &name))
			return inv_compile_wrong(c, "not a list of names");
		inv_emit_text(&c->text, name);
		(*names)[(*n)++] =
		    (struct inv_name){ inv_arena_str(&c->p->arena, name),
			    inv_compile_text(c) };
	}
	return are_unique(*names, count) ||
	    inv_compile_wrong(c, "the same name twice");
}

static int
cmp_names(const void *x, const void *y)
{
	const struct inv_name *a = x;
	const struct inv_name *b = y;

	return inv_canon_cmp(a->json, b->json);
}

/* In the order that the members of a canonical text have. */
static void
order_required(struct inv_compile *c, struct inv_node *node)
{
	size_t n = node->n_required;
	struct inv_name *sorted = inv_mem_new(n * sizeof(*sorted));

	if (n > 0)
		memcpy(sorted, node->required, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), cmp_names);
	node->ordered = inv_arena_new(&c->p->arena, n * sizeof(*node->ordered));
	for (size_t i = 0; i < n; i++)
		node->ordered[i] = sorted[i].text;
	free(sorted);
}

bool
inv_keyword_required(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	if (!read_names(c, v, &node->required, &node->n_required))
		return false;
	order_required(c, node);
	node->missing =
	    inv_compile_keep(c, inv_compile_saying(c, "missing", "is missing"));
	return true;
}

bool
inv_keyword_dependent_required(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	const struct inv_json *names;
	struct inv_str name;
	size_t n = 0;

	if (inv_json_kind(v) != INV_KIND_OBJECT)
		return inv_compile_wrong(c, "not an object");
	for (void *walk = NULL; inv_json_next(v, &walk, &name, &names);)
		n++;
	node->dependencies =
	    inv_arena_new(&c->p->arena, n * sizeof(*node->dependencies));
	for (void *walk = NULL; inv_json_next(v, &walk, &name, &names);) {
		size_t before = inv_compile_enter(c, name);
		struct inv_dependency *d =
		    &node->dependencies[node->n_dependencies++];

		d->name = inv_arena_str(&c->p->arena, name);
		if (!read_names(c, names, &d->required, &d->n))
			return false;
		inv_buf_add(&c->text, INV_LIT("is missing beside "));
		inv_buf_add(&c->text, name);
		d->missing =
		    inv_compile_rule(c, "missing", (struct inv_str){ 0 });
		c->pointer.n = before;
	}
	return true;
}
