/*
 * schema_finish.c - the program as a whole, when all its nodes are there
 *
 * What goes round without getting anywhere is refused; what says nothing but
 * "see there" is taken out of the way, so that a model as pydantic writes it
 * is checked as if it had been written flat.
 */

#include <stdlib.h>

#include "base/mem.h"
#include "data/schema_compile.h"

/* Nodes that are to be looked at, the last one first. */
struct stack {
	struct inv_made **at;
	size_t n, cap;
	const struct inv_made *from; /* whose edges are being looked at */
	const struct inv_made *back; /* it leads to one that is open */
	const char *keyword;         /* by which */
};

static void
push(struct stack *s, struct inv_made *made)
{
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 64 : 2 * s->cap;
		s->at = inv_mem_resize(s->at, s->cap, sizeof(*s->at));
	}
	s->at[s->n++] = made;
}

/* ---- circles ---- */

static void
go_on(struct inv_node **to, bool in_place, void *arg)
{
	struct stack *s = arg;
	struct inv_made *made = inv_made_of(*to);
	const struct inv_node *from = &s->from->node;

	/* Where a $dynamicRef leads to is known when it runs. */
	if (!in_place || (to == &from->dynamic && from->dynamic_name.n > 0))
		return;
	if (made->state == INV_MADE_OPEN && s->back == NULL) {
		s->back = s->from;
		s->keyword = "";
		if (to == &from->ref)
			s->keyword = "$ref";
		if (to == &from->dynamic)
			s->keyword = "$dynamicRef";
	}
	if (made->state == INV_MADE_NEW)
		push(s, made);
}

/* Depth first: a node is open while what it leads to is on the stack. */
static void
find_circle(struct stack *s, struct inv_made *first)
{
	push(s, first);
	while (s->n > 0 && s->back == NULL) {
		struct inv_made *made = s->at[s->n - 1];

		switch (made->state) {
		case INV_MADE_NEW:
			made->state = INV_MADE_OPEN;
			s->from = made;
			inv_node_edges(&made->node, go_on, s);
			break;
		case INV_MADE_OPEN:
			made->state = INV_MADE_DONE;
			s->n--;
			break;
		case INV_MADE_DONE:
			s->n--;
		}
	}
}

bool
inv_compile_circles(struct inv_compile *c)
{
	struct stack s = { 0 };

	for (struct inv_made *m = c->first; m != NULL; m = m->next) {
		find_circle(&s, m);
		if (s.back == NULL)
			continue;
		free(s.at);
		return inv_spot_fail(s.back->spot, inv_str_of(s.keyword),
		    "refers to itself without end", c->err);
	}
	free(s.at);
	return true;
}

/* ---- short cuts ---- */

static void
count_edge(struct inv_node **to, bool in_place, void *arg)
{
	(void)to;
	(void)in_place;
	++*(size_t *)arg;
}

/* It has so many edges and says nothing of members or columns itself. */
static bool
has_only(struct inv_node *node, size_t edges)
{
	size_t n = 0;

	if (node->never || node->n_required > 0 || node->n_dependencies > 0)
		return false;
	inv_node_edges(node, count_edge, &n);
	return n == edges;
}

static bool
is_plain(struct inv_node *node)
{
	return has_only(node, 0);
}

static bool
says_nothing_else(const struct inv_node *node)
{
	return node->types == INV_TYPE_ANY && node->n == 0 &&
	    node->before == 0 && node->after == 0 &&
	    node->empty == INV_EMPTY_UNSAID && node->attachment == NULL;
}

static bool
is_bare(struct inv_node *node)
{
	return node->ref != NULL && says_nothing_else(node) &&
	    has_only(node, 1);
}

/*
 * Past references that are all a schema says, where that leaves the dynamic
 * scope as it is: within a resource, or from the one that it is in to another.
 * Those on the way are told where it ends, so that no chain is walked twice.
 */
static void
shorten(struct inv_node **to, bool in_place, void *arg)
{
	const struct inv_node *from = arg;
	struct inv_node *end = *to;

	(void)in_place;
	while (is_bare(end) &&
	    (end->ref->resource == end->resource ||
		(from != NULL && end->resource == from->resource)))
		end = end->ref;
	for (struct inv_node *next, *n = *to; n != end; n = next) {
		next = n->ref;
		n->ref = end;
	}
	*to = end;
}

static bool
is_null(struct inv_node *node)
{
	return node->types == INV_TYPE_NULL && node->n == 0 && is_plain(node);
}

/* {"anyOf":[X,{"type":"null"}]}, X having types and checks alone, as X. */
static void
fold(struct inv_node *node, struct inv_nodes *branches, bool one)
{
	if (branches->n != 2 || node->types != INV_TYPE_ANY || node->n > 0 ||
	    !has_only(node, 2))
		return;
	struct inv_node *x = branches->at[is_null(branches->at[0])];
	struct inv_node *null = branches->at[x == branches->at[0]];

	if (!is_null(null) || is_null(x) || !is_plain(x) ||
	    (one && (x->types & INV_TYPE_NULL) != 0))
		return;
	branches->n = 0;
	node->null_passes = true;
	node->types = x->types;
	node->type = x->type;
	node->parse = x->parse;
	node->checks = x->checks;
	node->n = x->n;
	node->before |= x->before;
	node->after |= x->after;
	if (node->empty == INV_EMPTY_UNSAID)
		node->empty = x->empty;
	if (node->attachment == NULL)
		node->attachment = x->attachment;
}

/* ---- what is worked out ---- */

static void
mark_on(struct inv_node **to, bool in_place, void *arg)
{
	struct stack *s = arg;

	/* What fits in `not` is never heard of. */
	if (!in_place || to == &s->from->node.not || (*to)->marks)
		return;
	(*to)->marks = true;
	push(s, inv_made_of(*to));
}

/* Where a $dynamicRef leads to is not known: to any of the anchors. */
static void
mark_dynamic(struct inv_compile *c, struct stack *s)
{
	for (size_t i = 0; i < c->n_scopes; i++) {
		const struct inv_resource *r = c->scopes[i]->resource;

		for (size_t k = 0; k < r->n; k++)
			if (!r->dynamic[k].node->marks) {
				r->dynamic[k].node->marks = true;
				push(s, inv_made_of(r->dynamic[k].node));
			}
	}
}

static void
mark(struct inv_compile *c)
{
	struct stack s = { 0 };
	bool dynamic = false;

	for (struct inv_made *m = c->first; m != NULL; m = m->next)
		if (m->node.unevaluated_items != NULL ||
		    m->node.unevaluated_props != NULL) {
			m->node.marks = true;
			push(&s, m);
		}
	while (s.n > 0) {
		struct inv_made *made = s.at[--s.n];

		s.from = made;
		inv_node_edges(&made->node, mark_on, &s);
		if (made->node.dynamic_name.n > 0 && !dynamic) {
			dynamic = true;
			mark_dynamic(c, &s);
		}
	}
	free(s.at);
}

static bool
is_true(struct inv_node *node)
{
	return node != NULL && says_nothing_else(node) && is_plain(node);
}

static unsigned
parts_of(const struct inv_node *node)
{
	unsigned parts = 0;

	if (node->n > 0)
		parts |= INV_PART_CHECKS;
	if (node->n_props > 0)
		parts |= INV_PART_MEMBERS;
	if (node->n_required > 0 || node->additional != NULL ||
	    node->n_pattern_props > 0 || node->names != NULL)
		parts |= INV_PART_MEMBERS | INV_PART_OTHERS;
	if (node->n_dependencies > 0)
		parts |= INV_PART_DEPENDENCIES;
	if (node->prefix.n > 0 || node->items != NULL || node->contains != NULL)
		parts |= INV_PART_ELEMENTS;
	if (node->ref != NULL || node->dynamic != NULL || node->all_of.n > 0 ||
	    node->n_dependent > 0)
		parts |= INV_PART_WITH;
	if (node->any_of.n > 0 || node->one_of.n > 0 || node->not != NULL ||
	    node->when != NULL)
		parts |= INV_PART_CHOICES;
	if (node->unevaluated_items != NULL || node->unevaluated_props != NULL)
		parts |= INV_PART_REST;
	return parts;
}

static bool
is_flat(const struct inv_node *node)
{
	const unsigned flat =
	    INV_PART_CHECKS | INV_PART_MEMBERS | INV_PART_OTHERS;

	return (node->parts & ~flat) == 0 && node->n_pattern_props == 0 &&
	    node->names == NULL &&
	    (node->additional == NULL || node->additional->never);
}

void
inv_compile_finish(struct inv_compile *c)
{
	for (struct inv_made *m = c->first; m != NULL; m = m->next)
		inv_node_edges(&m->node, shorten, &m->node);
	/* The scope begins with the resource of the root, which so stays. */
	shorten(&c->p->root, true, NULL);
	for (struct inv_made *m = c->first; m != NULL; m = m->next) {
		fold(&m->node, &m->node.any_of, false);
		fold(&m->node, &m->node.one_of, true);
	}
	mark(c);
	for (struct inv_made *m = c->first; m != NULL; m = m->next) {
		struct inv_node *node = &m->node;

		/* What allows everything evaluates it, for who asks that. */
		if (!node->marks && is_true(node->additional))
			node->additional = NULL;
		if (!node->marks && is_true(node->items) && node->prefix.n == 0)
			node->items = NULL;
		node->parts = parts_of(node);
		node->flat = is_flat(node);
		inv_node_index(&c->p->arena, node);
	}
}
