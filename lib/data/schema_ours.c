/* schema_ours.c - the keywords of inv, x-inv-*, but those of one value */

#include <stdlib.h>

#include "base/mem.h"
#include "data/emit.h"
#include "data/key.h"
#include "data/schema_compile.h"

bool
inv_keyword_severity(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	enum inv_severity severity;
	struct inv_str name;

	/* What it means was seen when its document was searched. */
	(void)node;
	return (inv_json_str(v, &name) && inv_severity_of(name, &severity)) ||
	    inv_compile_wrong(c, "neither CRITICAL nor WARNING nor INFO");
}

bool
inv_keyword_key(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	struct inv_str name, other;
	size_t n = inv_json_count(v);

	if (node != c->p->root)
		return inv_compile_wrong(c, "belongs to the record as a whole");
	if (n == 0)
		return inv_compile_wrong(c, "not a list of names");
	if (n > INV_KEY_NAMES)
		return inv_compile_wrong(c, "more than 16 names");
	inv_emit_open(&c->text, '[');
	for (size_t i = 0; i < n; i++) {
		if (!inv_json_str(inv_json_at(v, i), &name))
			return inv_compile_wrong(c, "not a list of names");
		for (size_t k = 0; k < i; k++)
			if (inv_json_str(inv_json_at(v, k), &other) &&
			    inv_str_eq(name, other))
				return inv_compile_wrong(c,
				    "the same name twice");
		inv_emit_str(&c->text, name);
	}
	inv_emit_close(&c->text, ']');
	c->p->key = inv_compile_text(c);
	return true;
}

bool
inv_keyword_empty(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	static const struct {
		const char *name;
		enum inv_empty empty;
	} all[] = {
		{ "string", INV_EMPTY_STRING },
		{ "null", INV_EMPTY_NULL },
		{ "missing", INV_EMPTY_MISSING },
	};
	struct inv_str name;

	/* At the root it is what columns have that say nothing. */
	if (node != c->p->root)
		inv_made_of(node)->ours = "x-inv-empty";
	for (size_t i = 0; inv_json_str(v, &name) && i < 3; i++)
		if (inv_str_is(name, all[i].name)) {
			node->empty = all[i].empty;
			return true;
		}
	return inv_compile_wrong(c, "neither string nor null nor missing");
}

bool
inv_keyword_attachment(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	struct inv_rule rule;

	if (inv_json_kind(v) != INV_KIND_TRUE)
		return inv_compile_wrong(c, "not true");
	/* A file that is not there is never a warning. */
	rule = inv_compile_saying(c, "", "");
	rule.severity = INV_SEVERITY_ERROR;
	node->attachment = inv_compile_keep(c, rule);
	c->attaches = true;
	return true;
}

static bool
read_steps(struct inv_compile *c, const struct inv_json *v, unsigned *steps)
{
	struct inv_str name;

	if (inv_json_kind(v) != INV_KIND_ARRAY)
		return inv_compile_wrong(c, "not a list of steps");
	for (size_t i = 0; i < inv_json_count(v); i++) {
		if (!inv_json_str(inv_json_at(v, i), &name))
			return inv_compile_wrong(c, "not a list of steps");
		if (inv_str_is(name, "trim"))
			*steps |= INV_NORMAL_TRIM;
		else if (inv_str_is(name, "uppercase"))
			*steps |= INV_NORMAL_UPPERCASE;
		else
			return inv_compile_wrong(c,
			    "neither trim nor uppercase");
	}
	return true;
}

bool
inv_keyword_normalize(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v)
{
	const struct inv_json *steps;
	struct inv_str when;

	inv_made_of(node)->ours = "x-inv-normalize";
	c->normalise = true;
	if (inv_json_kind(v) != INV_KIND_OBJECT)
		return inv_compile_wrong(c, "not an object");
	for (void *walk = NULL; inv_json_next(v, &walk, &when, &steps);) {
		size_t before = inv_compile_enter(c, when);
		bool first = inv_str_is(when, "before");

		if (!first && !inv_str_is(when, "after"))
			return inv_compile_wrong(c, "neither before nor after");
		if (!read_steps(c, steps, first ? &node->before : &node->after))
			return false;
		c->pointer.n = before;
	}
	return true;
}

/* ---- columns ---- */

/* Nodes whose edges are still to be looked at. */
struct pending {
	struct inv_made **at;
	size_t n, cap;
	bool column; /* what is added is applied to a column */
};

static void
push(struct pending *p, struct inv_made *made)
{
	if (p->n == p->cap) {
		p->cap = p->cap == 0 ? 64 : 2 * p->cap;
		p->at = inv_mem_resize(p->at, p->cap, sizeof(*p->at));
	}
	p->at[p->n++] = made;
}

static void
add(struct pending *p, struct inv_node *node, bool column)
{
	struct inv_made *made = inv_made_of(node);

	if (column ? made->column : made->record)
		return;
	if (column)
		made->column = true;
	else
		made->record = true;
	push(p, made);
}

static void
add_in_place(struct inv_node **to, bool in_place, void *arg)
{
	struct pending *p = arg;

	if (in_place)
		add(p, *to, p->column);
}

static void
spread(struct pending *p)
{
	while (p->n > 0)
		inv_node_edges(&p->at[--p->n]->node, add_in_place, p);
}

/* Which nodes are applied to the record, and which to a property of it. */
static void
find_properties(struct inv_compile *c, struct pending *p)
{
	add(p, c->p->root, false);
	spread(p);
	p->column = true;
	for (struct inv_made *m = c->first; m != NULL; m = m->next)
		for (size_t i = 0; m->record && i < m->node.n_props; i++)
			add(p, m->node.props[i].node, true);
	spread(p);
}

/* And which to a column that has no name of its own. */
static void
find_columns(struct inv_compile *c, struct pending *p)
{
	for (struct inv_made *m = c->first; m != NULL; m = m->next) {
		struct inv_node *node = &m->node;

		if (!m->record)
			continue;
		for (size_t i = 0; i < node->n_pattern_props; i++)
			add(p, node->pattern_props[i].node, true);
		if (node->additional != NULL)
			add(p, node->additional, true);
	}
	spread(p);
}

static void
add_other(struct pending *p, struct inv_node *node)
{
	struct inv_made *made = inv_made_of(node);

	if (!made->other) {
		made->other = true;
		push(p, made);
	}
}

/* A node of which an edge is looked at, and where it leads to. */
struct leaving {
	struct pending *p;
	struct inv_made *from;
};

static bool
is_property(const struct inv_made *m, struct inv_node **edge)
{
	uintptr_t first = (uintptr_t)m->node.props;

	return m->record &&
	    (uintptr_t)edge - first < m->node.n_props * sizeof(*m->node.props);
}

/* Is it applied to the same value, as far as can be said without one? */
static bool
is_same_value(const struct inv_node *node, struct inv_node **edge,
    bool in_place)
{
	if (edge == &node->not || edge == &node->when)
		return false;
	if (edge == &node->dynamic && node->dynamic_name.n > 0)
		return false;
	return in_place;
}

/* What leads away from the record, but for its properties by name. */
static void
leave(struct inv_node **to, bool in_place, void *arg)
{
	const struct leaving *l = arg;

	if (l->from->other ||
	    (!is_property(l->from, to) &&
		!is_same_value(&l->from->node, to, in_place)))
		add_other(l->p, *to);
}

/* And which to what is neither, such as an element of a list. */
static void
find_others(struct inv_compile *c, struct pending *p)
{
	struct leaving l = { .p = p };

	for (struct inv_made *m = c->first; m != NULL; m = m->next) {
		l.from = m;
		inv_node_edges(&m->node, leave, &l);
	}
	while (p->n > 0) {
		l.from = p->at[--p->n];
		inv_node_edges(&l.from->node, leave, &l);
	}
}

/* What is attached is looked for by the names of properties, and only so. */
static bool
attaches_to_properties(struct inv_compile *c)
{
	for (struct inv_made *m = c->first; m != NULL; m = m->next)
		if (m->node.attachment != NULL && (!m->column || m->other))
			return inv_spot_fail(m->spot,
			    INV_LIT("x-inv-attachment"),
			    "belongs to a property of the record", c->err);
	return true;
}

/* What is said of a column must stand where columns are described. */
bool
inv_compile_columns(struct inv_compile *c)
{
	struct pending p = { 0 };

	find_properties(c, &p);
	if (c->attaches)
		find_others(c, &p);
	bool ok = !c->attaches || attaches_to_properties(c);

	find_columns(c, &p);
	free(p.at);
	for (struct inv_made *m = c->first; ok && m != NULL; m = m->next)
		if (m->ours != NULL && !m->column)
			return inv_spot_fail(m->spot, inv_str_of(m->ours),
			    "belongs to a member of the record", c->err);
	return ok;
}

/* ---- the key, and what the stage line says ---- */

static void
add_steps(struct inv_buf *b, struct inv_str name, unsigned steps)
{
	if (steps == 0)
		return;
	inv_emit_key(b, name);
	inv_emit_open(b, '[');
	if (steps & INV_NORMAL_TRIM)
		inv_emit_str(b, INV_LIT("trim"));
	if (steps & INV_NORMAL_UPPERCASE)
		inv_emit_str(b, INV_LIT("uppercase"));
	inv_emit_close(b, ']');
}

static int
cmp_strs(const void *x, const void *y)
{
	return inv_str_cmp(*(const struct inv_str *)x,
	    *(const struct inv_str *)y);
}

/* The names of all columns, ascending; *n of them, to be freed. */
static struct inv_str *
list_names(struct inv_compile *c, size_t *n)
{
	struct inv_str *names;
	size_t all = 0;

	for (struct inv_made *m = c->first; m != NULL; m = m->next)
		all += m->record ? m->node.n_props : 0;
	names = inv_mem_new(all * sizeof(*names));
	*n = 0;
	for (struct inv_made *m = c->first; m != NULL; m = m->next)
		for (size_t i = 0; m->record && i < m->node.n_props; i++)
			names[(*n)++] = m->node.props[i].name;
	qsort(names, *n, sizeof(*names), cmp_strs);
	return names;
}

/* For the stage line: {"grant_code":{"after":["uppercase"]}}. */
static void
list_normal(struct inv_compile *c)
{
	struct inv_column_plan plan;
	size_t n;
	struct inv_str *names = list_names(c, &n);

	for (size_t i = 0; i < n; i++) {
		if (i > 0 && inv_str_eq(names[i - 1], names[i]))
			continue;
		inv_column_plan(c->p, names[i], &plan);
		if ((plan.before | plan.after) == 0)
			continue;
		inv_buf_byte(&c->text, c->text.n == 0 ? '{' : ',');
		inv_buf_byte(&c->text, '"');
		inv_emit_text(&c->text, names[i]);
		inv_buf_add(&c->text, INV_LIT("\":{"));
		add_steps(&c->text, INV_LIT("before"), plan.before);
		add_steps(&c->text, INV_LIT("after"), plan.after);
		inv_emit_close(&c->text, '}');
	}
	if (c->text.n > 0)
		inv_buf_byte(&c->text, '}');
	c->p->normal = inv_compile_text(c);
	free(names);
}

/* The properties that name attachments. */
static void
list_attached(struct inv_compile *c)
{
	struct inv_column_plan plan;
	size_t n;
	struct inv_str *names = list_names(c, &n);

	c->p->attached =
	    inv_arena_new(&c->p->arena, n * sizeof(*c->p->attached));
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && inv_str_eq(names[i - 1], names[i]))
			continue;
		inv_column_plan(c->p, names[i], &plan);
		if (plan.attachment == NULL)
			continue;
		inv_emit_text(&c->text, names[i]);
		c->p->attached[c->p->n_attached++] =
		    (struct inv_attaching){ .name = inv_compile_text(c),
			    .rule = plan.attachment };
	}
	free(names);
}

bool
inv_compile_key(struct inv_compile *c)
{
	const struct inv_json *key =
	    inv_json_member(c->spot->value, "x-inv-key");
	struct inv_column_plan plan;
	struct inv_str name = { 0 };

	for (size_t i = 0; key != NULL && i < inv_json_count(key); i++) {
		if (inv_json_str(inv_json_at(key, i), &name))
			inv_column_plan(c->p, name, &plan);
		if (!plan.named)
			return inv_spot_fail(c->spot, INV_LIT("x-inv-key"),
			    "names what is not a property", c->err);
	}
	if (c->normalise)
		list_normal(c);
	if (c->attaches)
		list_attached(c);
	return true;
}
