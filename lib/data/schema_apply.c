/* schema_apply.c - keywords that hold schemas, or refer to one */

#include <stdlib.h>

#include "data/schema_compile.h"

/* ---- references ---- */

static struct inv_spot *
refer(struct inv_compile *c, const struct inv_json *v, struct inv_str *anchor)
{
	struct inv_str ref;
	struct inv_err err;

	if (!inv_json_str(v, &ref)) {
		inv_compile_wrong(c, "not a string");
		return NULL;
	}
	struct inv_spot *to =
	    inv_docs_refer(c->docs, c->spot, ref, anchor, &err);

	if (to == NULL)
		inv_compile_wrong(c, err.msg);
	return to;
}

bool
inv_keyword_ref(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	struct inv_str anchor;
	struct inv_spot *to = refer(c, v, &anchor);

	if (to == NULL)
		return false;
	node->ref = inv_compile_spot(c, to);
	return true;
}

/* Dynamic only if a $dynamicAnchor is what it leads to at first. */
bool
inv_keyword_dynamic_ref(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	const struct inv_json *value;
	struct inv_str anchor, name;
	struct inv_spot *to = refer(c, v, &anchor);

	if (to == NULL)
		return false;
	node->dynamic = inv_compile_spot(c, to);
	value =
	    anchor.n > 0 ? inv_json_member(to->value, "$dynamicAnchor") : NULL;
	if (value != NULL && inv_json_str(value, &name) &&
	    inv_str_eq(name, anchor)) {
		node->dynamic_name = inv_arena_str(&c->p->arena, name);
		c->dynamic = true;
	}
	return true;
}

/* ---- one schema ---- */

static bool
one(struct inv_compile *c, const struct inv_json *v, struct inv_node **to)
{
	*to = inv_compile_sub(c, v);
	return true;
}

bool
inv_keyword_additional(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return one(c, v, &node->additional);
}

bool
inv_keyword_names(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return one(c, v, &node->names);
}

bool
inv_keyword_items(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return one(c, v, &node->items);
}

bool
inv_keyword_contains(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return one(c, v, &node->contains);
}

bool
inv_keyword_unevaluated_items(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return one(c, v, &node->unevaluated_items);
}

bool
inv_keyword_unevaluated_props(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return one(c, v, &node->unevaluated_props);
}

bool
inv_keyword_not(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	node->is_not = inv_compile_keep(c,
	    inv_compile_saying(c, "not_allowed", "is what it must not be"));
	return one(c, v, &node->not );
}

bool
inv_keyword_if(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return one(c, v, &node->when);
}

bool
inv_keyword_then(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return one(c, v, &node->then);
}

bool
inv_keyword_else(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return one(c, v, &node->otherwise);
}

/* A note on the content of a string: it must be a schema, no more. */
bool
inv_keyword_content_schema(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	(void)node;
	(void)inv_compile_sub(c, v);
	return true;
}

/* ---- contains ---- */

bool
inv_keyword_min_contains(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return inv_compile_count(c, v, &node->min_contains);
}

bool
inv_keyword_max_contains(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return inv_compile_count(c, v, &node->max_contains);
}

static struct inv_rule
contains_rule(struct inv_compile *c, bool min, unsigned long long n)
{
	/* Where the bound is not said, the rule is that of contains. */
	const char *keyword = min ? "minContains" : "maxContains";
	bool said = inv_json_member(c->spot->value, keyword) != NULL;
	size_t before =
	    inv_compile_enter(c, inv_str_of(said ? keyword : "contains"));

	inv_buf_addf(&c->text, "{\"%s\":%llu}",
	    min ? "min_contains" : "max_contains", n);
	struct inv_str ctx = inv_compile_text(c);

	inv_buf_addf(&c->text, "has %s than %llu item%s of a kind it must have",
	    min ? "fewer" : "more", n, n == 1 ? "" : "s");
	struct inv_rule rule = inv_compile_rule(c,
	    min ? "contains_too_few" : "contains_too_many", ctx);

	c->pointer.n = before;
	return rule;
}

void
inv_compile_contains(struct inv_compile *c, struct inv_node *node)
{
	node->too_few =
	    inv_compile_keep(c, contains_rule(c, true, node->min_contains));
	if (node->max_contains != UINT64_MAX)
		node->too_many = inv_compile_keep(c,
		    contains_rule(c, false, node->max_contains));
}

/* ---- lists of schemas ---- */

static bool
list(struct inv_compile *c, const struct inv_json *v, struct inv_nodes *to)
{
	size_t n = inv_json_count(v);

	if (n == 0)
		return inv_compile_wrong(c, "not a list of schemas");
	to->at = inv_arena_new(&c->p->arena, n * sizeof(struct inv_node *));
	for (size_t i = 0; i < n; i++)
		to->at[to->n++] = inv_compile_sub(c, inv_json_at(v, i));
	return true;
}

bool
inv_keyword_prefix_items(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return list(c, v, &node->prefix);
}

bool
inv_keyword_all_of(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return list(c, v, &node->all_of);
}

bool
inv_keyword_any_of(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	node->none_of_any = inv_compile_keep(c,
	    inv_compile_saying(c, "none_of",
		"fits none of the schemas it may fit"));
	return list(c, v, &node->any_of);
}

bool
inv_keyword_one_of(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	node->none_of_one = inv_compile_keep(c,
	    inv_compile_saying(c, "none_of",
		"fits none of the schemas it may fit"));
	node->many_of_one = inv_compile_keep(c,
	    inv_compile_saying(c, "one_of_many",
		"fits more than one of the schemas of which it must fit one"));
	return list(c, v, &node->one_of);
}

/* ---- schemas by name ---- */

static int
cmp_props(const void *x, const void *y)
{
	const struct inv_prop *a = x;
	const struct inv_prop *b = y;

	return inv_str_cmp(a->name, b->name);
}

static size_t
count_members(const struct inv_json *object)
{
	const struct inv_json *value;
	struct inv_str name;
	size_t n = 0;

	for (void *walk = NULL; inv_json_next(object, &walk, &name, &value);)
		n++;
	return n;
}

static bool
members(struct inv_compile *c, const struct inv_json *v, struct inv_prop **to,
    size_t *n)
{
	const struct inv_json *value;
	struct inv_str name;

	if (inv_json_kind(v) != INV_KIND_OBJECT)
		return inv_compile_wrong(c, "not an object");
	*to = inv_arena_new(&c->p->arena, count_members(v) * sizeof(**to));
	for (void *walk = NULL; inv_json_next(v, &walk, &name, &value);)
		(*to)[(*n)++] =
		    (struct inv_prop){ inv_arena_str(&c->p->arena, name),
			    inv_compile_sub(c, value) };
	qsort(*to, *n, sizeof(**to), cmp_props);
	return true;
}

bool
inv_keyword_properties(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return members(c, v, &node->props, &node->n_props);
}

bool
inv_keyword_dependent_schemas(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	return members(c, v, &node->dependent, &node->n_dependent);
}

bool
inv_keyword_pattern_properties(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	const struct inv_json *value;
	struct inv_str regex;

	if (inv_json_kind(v) != INV_KIND_OBJECT)
		return inv_compile_wrong(c, "not an object");
	node->pattern_props = inv_arena_new(&c->p->arena,
	    count_members(v) * sizeof(*node->pattern_props));
	for (void *walk = NULL; inv_json_next(v, &walk, &regex, &value);) {
		struct inv_pattern_prop *prop =
		    &node->pattern_props[node->n_pattern_props];
		size_t before = inv_compile_enter(c, regex);

		prop->pattern = inv_compile_pattern(c, regex);
		if (prop->pattern == NULL)
			return false;
		c->pointer.n = before;
		prop->node = inv_compile_sub(c, value);
		node->n_pattern_props++;
	}
	return true;
}

/* What is in it is compiled where it is referred to, or at the end. */
bool
inv_keyword_defs(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	(void)node;
	return inv_json_kind(v) == INV_KIND_OBJECT ||
	    inv_compile_wrong(c, "not an object");
}

/* ---- what leads to other nodes ---- */

static void
edge_of(struct inv_node **to, bool in_place,
    void (*edge)(struct inv_node **to, bool in_place, void *arg), void *arg)
{
	if (*to != NULL)
		edge(to, in_place, arg);
}

static void
edges_of(struct inv_nodes *nodes, bool in_place,
    void (*edge)(struct inv_node **to, bool in_place, void *arg), void *arg)
{
	for (size_t i = 0; i < nodes->n; i++)
		edge(&nodes->at[i], in_place, arg);
}

void
inv_node_edges(struct inv_node *node,
    void (*edge)(struct inv_node **to, bool in_place, void *arg), void *arg)
{
	struct inv_node **const one_each[] = { &node->additional, &node->names,
		&node->items, &node->contains, &node->unevaluated_items,
		&node->unevaluated_props };
	struct inv_node **const in_place[] = { &node->ref, &node->dynamic,
		&node->not, &node->when, &node->then, &node->otherwise };

	for (size_t i = 0; i < sizeof(in_place) / sizeof(*in_place); i++)
		edge_of(in_place[i], true, edge, arg);
	edges_of(&node->all_of, true, edge, arg);
	edges_of(&node->any_of, true, edge, arg);
	edges_of(&node->one_of, true, edge, arg);
	for (size_t i = 0; i < node->n_dependent; i++)
		edge(&node->dependent[i].node, true, arg);
	for (size_t i = 0; i < sizeof(one_each) / sizeof(*one_each); i++)
		edge_of(one_each[i], false, edge, arg);
	edges_of(&node->prefix, false, edge, arg);
	for (size_t i = 0; i < node->n_props; i++)
		edge(&node->props[i].node, false, arg);
	for (size_t i = 0; i < node->n_pattern_props; i++)
		edge(&node->pattern_props[i].node, false, arg);
}
