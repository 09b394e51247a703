/*
 * schema_compile.c - from the text of a schema to a program of nodes
 *
 * Everything a check will ever say is written here, once: a broken rule costs
 * no more than copying it.  A schema within a schema is put on a list and
 * compiled when its turn comes: a chain of references may be of any length.
 */

#include "data/schema_compile.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/canon.h"
#include "data/digest.h"

/* ---- where we are, and what is wrong there ---- */

bool
inv_compile_wrong(struct inv_compile *c, const char *what)
{
	struct inv_str uri = inv_scope_uri(c->spot->scope);
	struct inv_str pointer = inv_buf_str(&c->pointer);

	if (c->spot->main) {
		uri.n = 0;
	} else {
		pointer.p += c->scope;
		pointer.n -= c->scope;
	}
	return inv_fail(c->err, INV_CONFIG, "%.*s#%.*s: %s", INV_ARG(uri),
	    INV_ARG(pointer), what);
}

size_t
inv_compile_enter(struct inv_compile *c, struct inv_str name)
{
	size_t before = c->pointer.n;

	inv_pointer_add(&c->pointer, name);
	return before;
}

struct inv_str
inv_compile_text(struct inv_compile *c)
{
	struct inv_str s = inv_arena_str(&c->p->arena, inv_buf_str(&c->text));

	inv_buf_reset(&c->text);
	return s;
}

/* "/a/b" in the schema itself, else "URI#/a/b". */
static struct inv_str
place(struct inv_compile *c)
{
	const struct inv_scope *scope = c->spot->scope;
	struct inv_str pointer = inv_buf_str(&c->pointer);

	if (c->spot->main && scope->root->up == NULL)
		return inv_arena_str(&c->p->arena, pointer);
	inv_buf_add(&c->text, inv_scope_uri(scope));
	inv_buf_byte(&c->text, '#');
	inv_buf_add(&c->text,
	    (struct inv_str){ pointer.p + c->scope, pointer.n - c->scope });
	return inv_compile_text(c);
}

struct inv_rule
inv_compile_rule(struct inv_compile *c, const char *type, struct inv_str ctx)
{
	struct inv_rule rule = {
		.type = type,
		.msg = inv_compile_text(c),
		.ctx = ctx,
		.severity = c->spot->severity,
	};

	rule.schema = place(c);
	if (rule.severity == INV_SEVERITY_WARNING ||
	    rule.severity == INV_SEVERITY_INFO)
		c->p->warns = true;
	return rule;
}

struct inv_rule
inv_compile_saying(struct inv_compile *c, const char *type, const char *msg)
{
	inv_buf_add(&c->text, inv_str_of(msg));
	return inv_compile_rule(c, type, (struct inv_str){ 0 });
}

const struct inv_rule *
inv_compile_keep(struct inv_compile *c, struct inv_rule rule)
{
	struct inv_rule *kept = inv_arena_new(&c->p->arena, sizeof(*kept));

	*kept = rule;
	return kept;
}

/* ---- keywords ---- */

static bool
is_text(struct inv_compile *c, struct inv_node *node, const struct inv_json *v)
{
	(void)node;
	return inv_json_kind(v) == INV_KIND_STRING ||
	    inv_compile_wrong(c, "not a string");
}

static bool
is_boolean(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	enum inv_kind kind = inv_json_kind(v);

	(void)node;
	return kind == INV_KIND_TRUE || kind == INV_KIND_FALSE ||
	    inv_compile_wrong(c, "neither true nor false");
}

static bool
is_list(struct inv_compile *c, struct inv_node *node, const struct inv_json *v)
{
	(void)node;
	return inv_json_kind(v) == INV_KIND_ARRAY ||
	    inv_compile_wrong(c, "not a list");
}

/* $schema elsewhere than where a resource begins would say nothing. */
static bool
is_dialect(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	(void)v;
	if (c->spot->scope->root != c->spot)
		return inv_compile_wrong(c, "belongs beside $id");
	return is_text(c, node, v);
}

enum {
	CORE = INV_VOCABULARY_CORE,
	APPLY = INV_VOCABULARY_APPLICATOR,
	REST = INV_VOCABULARY_UNEVALUATED,
	VALUE = INV_VOCABULARY_VALIDATION,
	META = INV_VOCABULARY_META_DATA,
	CONTENT = INV_VOCABULARY_CONTENT,
	ALWAYS = CORE, /* in every vocabulary */
};

#define NAME(s)                                                                \
	{                                                                      \
		s, sizeof(s) - 1                                               \
	}

/* Ascending by name. */
static const struct keyword {
	struct inv_str name;
	unsigned vocabulary;
	inv_keyword *compile; /* NULL: says nothing that is not known yet */
} keywords[] = {
	{ NAME("$anchor"), CORE, NULL },
	{ NAME("$comment"), CORE, is_text },
	{ NAME("$defs"), CORE, inv_keyword_defs },
	{ NAME("$dynamicAnchor"), CORE, NULL },
	{ NAME("$dynamicRef"), CORE, inv_keyword_dynamic_ref },
	{ NAME("$id"), CORE, is_text },
	{ NAME("$ref"), CORE, inv_keyword_ref },
	{ NAME("$schema"), CORE, is_dialect },
	{ NAME("additionalProperties"), APPLY, inv_keyword_additional },
	{ NAME("allOf"), APPLY, inv_keyword_all_of },
	{ NAME("anyOf"), APPLY, inv_keyword_any_of },
	{ NAME("const"), VALUE, inv_keyword_const },
	{ NAME("contains"), APPLY, inv_keyword_contains },
	{ NAME("contentEncoding"), CONTENT, is_text },
	{ NAME("contentMediaType"), CONTENT, is_text },
	{ NAME("contentSchema"), CONTENT, inv_keyword_content_schema },
	{ NAME("dependentRequired"), VALUE, inv_keyword_dependent_required },
	{ NAME("dependentSchemas"), APPLY, inv_keyword_dependent_schemas },
	{ NAME("deprecated"), META, is_boolean },
	{ NAME("description"), META, is_text },
	{ NAME("else"), APPLY, inv_keyword_else },
	{ NAME("enum"), VALUE, inv_keyword_enum },
	{ NAME("examples"), META, is_list },
	{ NAME("exclusiveMaximum"), VALUE, inv_keyword_below },
	{ NAME("exclusiveMinimum"), VALUE, inv_keyword_above },
	{ NAME("format"), ALWAYS, inv_keyword_format },
	{ NAME("if"), APPLY, inv_keyword_if },
	{ NAME("items"), APPLY, inv_keyword_items },
	{ NAME("maxContains"), VALUE, inv_keyword_max_contains },
	{ NAME("maxItems"), VALUE, inv_keyword_max_items },
	{ NAME("maxLength"), VALUE, inv_keyword_max_length },
	{ NAME("maxProperties"), VALUE, inv_keyword_max_members },
	{ NAME("maximum"), VALUE, inv_keyword_maximum },
	{ NAME("minContains"), VALUE, inv_keyword_min_contains },
	{ NAME("minItems"), VALUE, inv_keyword_min_items },
	{ NAME("minLength"), VALUE, inv_keyword_min_length },
	{ NAME("minProperties"), VALUE, inv_keyword_min_members },
	{ NAME("minimum"), VALUE, inv_keyword_minimum },
	{ NAME("multipleOf"), VALUE, inv_keyword_multiple },
	{ NAME("not"), APPLY, inv_keyword_not },
	{ NAME("oneOf"), APPLY, inv_keyword_one_of },
	{ NAME("pattern"), VALUE, inv_keyword_pattern },
	{ NAME("patternProperties"), APPLY, inv_keyword_pattern_properties },
	{ NAME("prefixItems"), APPLY, inv_keyword_prefix_items },
	{ NAME("properties"), APPLY, inv_keyword_properties },
	{ NAME("propertyNames"), APPLY, inv_keyword_names },
	{ NAME("readOnly"), META, is_boolean },
	{ NAME("required"), VALUE, inv_keyword_required },
	{ NAME("then"), APPLY, inv_keyword_then },
	{ NAME("title"), META, is_text },
	{ NAME("type"), VALUE, inv_keyword_type },
	{ NAME("unevaluatedItems"), REST, inv_keyword_unevaluated_items },
	{ NAME("unevaluatedProperties"), REST, inv_keyword_unevaluated_props },
	{ NAME("uniqueItems"), VALUE, inv_keyword_unique },
	{ NAME("writeOnly"), META, is_boolean },
	{ NAME("x-inv-attachment"), ALWAYS, inv_keyword_attachment },
	{ NAME("x-inv-empty"), ALWAYS, inv_keyword_empty },
	{ NAME("x-inv-key"), ALWAYS, inv_keyword_key },
	{ NAME("x-inv-normalize"), ALWAYS, inv_keyword_normalize },
	{ NAME("x-inv-not-future"), ALWAYS, inv_keyword_not_future },
	{ NAME("x-inv-severity"), ALWAYS, inv_keyword_severity },
};

static int
cmp_keyword(const void *name, const void *keyword)
{
	return inv_str_cmp(*(const struct inv_str *)name,
	    ((const struct keyword *)keyword)->name);
}

static bool
compile_keyword(struct inv_compile *c, struct inv_node *node,
    struct inv_str name, const struct inv_json *v)
{
	const struct keyword *k =
	    bsearch(&name, keywords, sizeof(keywords) / sizeof(*keywords),
		sizeof(*keywords), cmp_keyword);

	/* The standard has it that what is not known is a note. */
	if (k == NULL)
		return !inv_str_starts(name, INV_LIT("x-inv-")) ||
		    inv_compile_wrong(c, "unknown keyword");
	if (k->vocabulary != ALWAYS &&
	    (c->spot->scope->vocabularies & k->vocabulary) == 0)
		return true;
	return k->compile == NULL || k->compile(c, node, v);
}

/* ---- nodes ---- */

static struct inv_resource *
resource_of(struct inv_compile *c, struct inv_scope *scope)
{
	if (scope->resource != NULL)
		return scope->resource;
	scope->resource = inv_arena_new(&c->p->arena, sizeof(*scope->resource));
	scope->resource->uri =
	    inv_arena_str(&c->p->arena, inv_scope_uri(scope));
	if ((c->n_scopes & (c->n_scopes - 1)) == 0)
		c->scopes = inv_mem_resize(c->scopes,
		    c->n_scopes == 0 ? 1 : 2 * c->n_scopes,
		    sizeof(struct inv_scope *));
	c->scopes[c->n_scopes++] = scope;
	return scope->resource;
}

struct inv_node *
inv_compile_spot(struct inv_compile *c, struct inv_spot *spot)
{
	if (spot->node != NULL)
		return spot->node;
	struct inv_made *made = inv_arena_new(&c->p->arena, sizeof(*made));

	made->spot = spot;
	made->node.types = INV_TYPE_ANY;
	made->node.min_contains = 1;
	made->node.max_contains = UINT64_MAX;
	made->node.resource = resource_of(c, spot->scope);
	if (c->last == NULL)
		c->first = made;
	else
		c->last->next = made;
	c->last = made;
	spot->node = &made->node;
	return spot->node;
}

struct inv_node *
inv_compile_sub(struct inv_compile *c, const struct inv_json *v)
{
	return inv_compile_spot(c, inv_docs_spot(c->docs, v));
}

static void
compile_false(struct inv_compile *c, struct inv_node *node)
{
	struct inv_str keyword = c->spot->keyword;
	struct inv_rule rule;

	node->never = true;
	if (inv_str_is(keyword, "additionalProperties") ||
	    inv_str_is(keyword, "unevaluatedProperties"))
		rule = inv_compile_saying(c, "extra_forbidden",
		    "is not in the schema");
	else
		rule = inv_compile_saying(c, "never", "is not allowed");
	node->type = inv_compile_keep(c, rule);
	node->parse = node->type;
}

static bool
compile_node(struct inv_compile *c, struct inv_made *made)
{
	struct inv_node *node = &made->node;
	const struct inv_json *v = made->spot->value;
	const struct inv_json *value;
	struct inv_str name;

	c->spot = made->spot;
	inv_buf_reset(&c->pointer);
	inv_spot_pointer(c->spot, &c->pointer, &c->scope);
	if (inv_json_kind(v) == INV_KIND_FALSE)
		compile_false(c, node);
	if (inv_json_kind(v) == INV_KIND_FALSE ||
	    inv_json_kind(v) == INV_KIND_TRUE)
		return true;
	if (inv_json_kind(v) != INV_KIND_OBJECT)
		return inv_compile_wrong(c, "not a schema");
	for (void *walk = NULL; inv_json_next(v, &walk, &name, &value);) {
		size_t before = inv_compile_enter(c, name);

		if (!compile_keyword(c, node, name, value))
			return false;
		c->pointer.n = before;
	}
	node->checks =
	    inv_arena_new(&c->p->arena, node->n * sizeof(*node->checks));
	if (node->n > 0)
		memcpy(node->checks, c->checks,
		    node->n * sizeof(*node->checks));
	if (node->contains != NULL)
		inv_compile_contains(c, node);
	if (node->when == NULL)
		node->then = node->otherwise = NULL;
	return true;
}

/* ---- the program ---- */

/* All that is on the list from `made` on, and what that puts there. */
static bool
compile_list(struct inv_compile *c, struct inv_made *made)
{
	for (; made != NULL; made = made->next)
		if (!compile_node(c, made))
			return false;
	return true;
}

/* What no reference leads to may be wrong as well. */
static bool
compile_rest(struct inv_compile *c, struct inv_spot *root)
{
	struct inv_made *last = c->last;

	for (struct inv_spot *s = root; s != NULL; s = s->next)
		if (s->main)
			(void)inv_compile_spot(c, s);
	return compile_list(c, last->next);
}

static int
cmp_props(const void *x, const void *y)
{
	const struct inv_prop *a = x;
	const struct inv_prop *b = y;

	return inv_str_cmp(a->name, b->name);
}

static void
list_dynamic(struct inv_compile *c, const struct inv_scope *scope)
{
	struct inv_resource *r = scope->resource;
	size_t n = 0;

	for (struct inv_dynamic *d = scope->dynamics; d != NULL; d = d->next)
		n++;
	r->dynamic = inv_arena_new(&c->p->arena, n * sizeof(*r->dynamic));
	for (struct inv_dynamic *d = scope->dynamics; d != NULL; d = d->next)
		r->dynamic[r->n++] =
		    (struct inv_prop){ inv_arena_str(&c->p->arena, d->name),
			    inv_compile_spot(c, d->spot) };
	qsort(r->dynamic, r->n, sizeof(*r->dynamic), cmp_props);
}

/* Each scope that may be entered has its anchors; they may enter others. */
static bool
compile_dynamic(struct inv_compile *c)
{
	for (size_t i = 0; c->dynamic && i < c->n_scopes; i++) {
		struct inv_made *last = c->last;

		list_dynamic(c, c->scopes[i]);
		if (!compile_list(c, last->next))
			return false;
	}
	return true;
}

static bool
compile(struct inv_compile *c, struct inv_str text)
{
	struct inv_spot *root = inv_docs_main(c->docs, text, c->err);

	if (root == NULL)
		return false;
	c->assert_formats = c->assert_formats || inv_docs_has_ours(c->docs);
	c->p->root = inv_compile_spot(c, root);
	if (!compile_list(c, c->first) || !compile_rest(c, root) ||
	    !compile_dynamic(c))
		return false;
	c->spot = root;
	inv_buf_reset(&c->pointer);
	c->scope = 0;
	if ((c->p->root->types & INV_TYPE_OBJECT) == 0) {
		inv_compile_enter(c, INV_LIT("type"));
		return inv_compile_wrong(c, "a record is an object");
	}
	if (!inv_compile_circles(c) || !inv_compile_columns(c))
		return false;
	inv_compile_finish(c);
	return inv_compile_key(c);
}

bool
inv_program_compile(struct inv_program *p, struct inv_str text,
    const struct inv_schema_options *options, struct inv_err *err)
{
	struct inv_arena arena = { 0 };
	struct inv_compile c = { .p = p,
		.docs = inv_docs_new(&arena, options),
		.err = err,
		.assert_formats = options != NULL && options->assert_formats,
		.pointer = INV_BUF(4 * INV_SCHEMA_MAX),
		.text = INV_BUF(4 * INV_SCHEMA_MAX) };

	*p = (struct inv_program){ 0 };
	inv_random(c.key, sizeof(c.key));
	bool ok = text.n <= INV_SCHEMA_MAX
	    ? compile(&c, text)
	    : inv_fail(err, INV_CONFIG, "longer than 16 MiB");

	inv_canon_free(c.canon);
	inv_docs_free(c.docs);
	inv_arena_free(&arena);
	inv_map_free(&c.patterns);
	inv_buf_free(&c.pointer);
	inv_buf_free(&c.text);
	free(c.scopes);
	return ok;
}

void
inv_program_free(struct inv_program *p)
{
	for (size_t i = 0; i < p->n_patterns; i++)
		inv_pattern_free(p->patterns[i]);
	free(p->patterns);
	inv_arena_free(&p->arena);
	*p = (struct inv_program){ 0 };
}
