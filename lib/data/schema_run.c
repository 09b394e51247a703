/*
 * schema_run.c - a program, run over a value laid out
 *
 * A recursive descent over nodes and values.  Values are at most INV_DEPTH_MAX
 * deep; how often one is looked at in place is up to the schema, and bounded
 * here.  Nothing is allocated for a value once the arenas are large enough.
 */

#include "data/schema_run.h"

#include <stdlib.h>

#include "base/mem.h"

enum {
	DEPTH_MAX = 2048,   /* nodes under way at once, 1 KiB of stack each */
	PAIRWISE_MAX = 8,   /* elements compared each with each */
	MARKS_FIRST = 4096, /* bytes */
	SCOPE_FIRST = 64,   /* resources */
	CTX_MAX = 1 << 20,  /* bytes */
};

struct inv_run *
inv_run_new(const struct inv_program *p)
{
	struct inv_run *r = inv_mem_new(sizeof(*r));

	r->program = p;
	r->cap_scope = SCOPE_FIRST;
	r->scope = inv_mem_resize(NULL, r->cap_scope, sizeof(*r->scope));
	r->cap_marks = MARKS_FIRST;
	r->marks = inv_mem_resize(NULL, r->cap_marks, 1);
	r->ctx = INV_BUF(CTX_MAX);
	return r;
}

void
inv_run_free(struct inv_run *r)
{
	if (r == NULL)
		return;
	free(r->scope);
	free(r->marks);
	free(r->said);
	free(r->views);
	free(r->text);
	inv_buf_free(&r->ctx);
	free(r);
}

/* Nothing more is to be found out. */
static inline bool
is_over(const struct inv_run *r, bool ok)
{
	return !ok && (r->mode != INV_RUN_LOUD || r->stuck);
}

/* ---- texts ---- */

/* The inside of a canonical string, decoded; good until the next. */
static struct inv_str
decoded(struct inv_run *r, struct inv_str inside)
{
	if (r->cap_text < inside.n) {
		r->text = inv_mem_resize(r->text, inside.n, 2);
		r->cap_text = 2 * inside.n;
	}
	return (struct inv_str){ r->text, inv_text_decode(inside, r->text) };
}

static struct inv_str
text_of(struct inv_run *r, const struct inv_value *v)
{
	if (v->kind != INV_KIND_STRING)
		return v->text;
	struct inv_str inside = { v->text.p + 1, v->text.n - 2 };

	return v->escaped ? decoded(r, inside) : inside;
}

static struct inv_str
key_of(struct inv_run *r, const struct inv_value *m)
{
	return m->key_escaped ? decoded(r, m->key) : m->key;
}

/* ---- marks ---- */

static size_t
push_marks(struct inv_run *r, const struct inv_value *v)
{
	size_t at = r->n_marks;
	size_t n = (size_t)v->n + 1;

	if (n > r->cap_marks - at) {
		r->cap_marks = 2 * (r->cap_marks + n);
		r->marks = inv_mem_resize(r->marks, r->cap_marks, 1);
	}
	memset(r->marks + at, 0, n);
	r->n_marks += n;
	return at;
}

static inline void
mark(struct inv_run *r, size_t to, uint32_t i)
{
	if (to != INV_MARKS_NONE)
		r->marks[to + i] = 1;
}

static void
merge_marks(struct inv_run *r, size_t from, size_t to, uint32_t n)
{
	for (size_t i = 0; i <= n; i++)
		r->marks[to + i] |= r->marks[from + i];
}

bool
inv_run_probe(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, enum inv_run_mode mode)
{
	enum inv_run_mode before = r->mode;

	r->mode = mode;
	bool ok = inv_run_node(r, node, v, NULL, INV_MARKS_NONE);

	r->mode = before;
	return ok;
}

bool
inv_run_branch(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, size_t to)
{
	enum inv_run_mode before = r->mode;
	size_t own = INV_MARKS_NONE;

	if (to != INV_MARKS_NONE)
		own = push_marks(r, v);
	r->mode = INV_RUN_STRICT;
	bool ok = inv_run_node(r, node, v, NULL, own);

	r->mode = before;
	if (own != INV_MARKS_NONE) {
		if (ok)
			merge_marks(r, own, to, v->n);
		r->n_marks = own;
	}
	return ok;
}

/* ---- checks ---- */

static int
cmp_views(const void *x, const void *y)
{
	const struct inv_str *a = x;
	const struct inv_str *b = y;

	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	return memcmp(a->p, b->p, a->n);
}

static bool
is_unique_few(const struct inv_value *v)
{
	const struct inv_value *a = inv_value_first(v);

	for (uint32_t i = 0; i < v->n; i++, a = inv_value_next(a)) {
		const struct inv_value *b = inv_value_next(a);

		for (uint32_t k = i + 1; k < v->n; k++, b = inv_value_next(b))
			if (inv_str_eq(a->text, b->text))
				return false;
	}
	return true;
}

static bool
is_unique(struct inv_run *r, const struct inv_value *v)
{
	const struct inv_value *e = inv_value_first(v);

	if (v->n <= PAIRWISE_MAX)
		return is_unique_few(v);
	if (r->cap_views < v->n) {
		r->cap_views = 2 * (size_t)v->n;
		r->views =
		    inv_mem_resize(r->views, r->cap_views, sizeof(*r->views));
	}
	for (uint32_t i = 0; i < v->n; i++, e = inv_value_next(e))
		r->views[i] = e->text;
	qsort(r->views, v->n, sizeof(*r->views), cmp_views);
	for (uint32_t i = 1; i < v->n; i++)
		if (inv_str_eq(r->views[i - 1], r->views[i]))
			return false;
	return true;
}

static bool
fits_size(struct inv_run *r, const struct inv_check *check,
    const struct inv_value *v)
{
	bool array = v->kind == INV_KIND_ARRAY;

	switch (check->op) {
	case INV_CHECK_MIN_ITEMS:
		return !array || v->n >= check->count;
	case INV_CHECK_MAX_ITEMS:
		return !array || v->n <= check->count;
	case INV_CHECK_UNIQUE:
		return !array || is_unique(r, v);
	case INV_CHECK_MIN_MEMBERS:
		return array || v->n >= check->count;
	case INV_CHECK_MAX_MEMBERS:
		return array || v->n <= check->count;
	case INV_CHECK_ENUM:
		return inv_check_scalar(check, v->kind, v->text, r->as_of) ==
		    INV_FIT;
	case INV_CHECK_MINIMUM:
	case INV_CHECK_MAXIMUM:
	case INV_CHECK_ABOVE:
	case INV_CHECK_BELOW:
	case INV_CHECK_MULTIPLE:
	case INV_CHECK_MIN_LENGTH:
	case INV_CHECK_MAX_LENGTH:
	case INV_CHECK_PATTERN:
	case INV_CHECK_FORMAT:
	case INV_CHECK_NOT_FUTURE:
		break;
	}
	return true;
}

static bool
run_check(struct inv_run *r, const struct inv_check *check,
    const struct inv_value *v, struct inv_str text,
    const struct inv_place *place)
{
	struct inv_rule other;

	if (v->kind >= INV_KIND_ARRAY)
		return fits_size(r, check, v) ||
		    inv_run_say(r, &check->rule, NULL, v, place);
	switch (inv_check_scalar(check, v->kind, text, r->as_of)) {
	case INV_FIT:
		return true;
	case INV_FIT_NOT:
		return inv_run_say(r, &check->rule, NULL, v, place);
	case INV_FIT_TOO_LONG:
		other = inv_check_too_long(&check->rule);
		return inv_run_say(r, &check->rule, &other, v, place);
	}
	return false;
}

static bool
run_checks(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place)
{
	struct inv_str text = text_of(r, v);
	bool ok = true;

	for (size_t i = 0; i < node->n; i++) {
		ok = run_check(r, &node->checks[i], v, text, place) && ok;
		if (is_over(r, ok))
			return false;
	}
	return ok;
}

static bool
say_type(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place, bool fraction)
{
	struct inv_rule other = inv_type_fraction(node->type);

	return inv_run_say(r, node->type, fraction ? &other : NULL, v, place);
}

/* ---- objects ---- */

static const struct inv_prop *
find_prop(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *m, size_t *next)
{
	struct inv_str name = key_of(r, m);
	uint32_t hash = m->key_escaped ? inv_value_hash(name) : m->hash;

	/* Members and properties mostly come in the same order. */
	if (*next < node->n_props && inv_str_eq(node->props[*next].name, name))
		return &node->props[(*next)++];
	const struct inv_prop *prop = inv_node_prop(node, name, hash);

	if (prop != NULL)
		*next = (size_t)(prop - node->props) + 1;
	return prop;
}

/* Nothing is said of a member of that name, as most are told by the filter. */
static inline bool
is_passed_over(const struct inv_node *node, const struct inv_value *m)
{
	return (node->parts & INV_PART_OTHERS) == 0 && !m->key_escaped &&
	    (node->filter & inv_node_filter(m->hash)) == 0;
}

/* The key as a value: the string that it is. */
static bool
run_name(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *m, const struct inv_place *place)
{
	struct inv_value name = {
		.kind = INV_KIND_STRING,
		.escaped = m->key_escaped,
		.size = 1,
		.text = { m->key.p - 1, m->key.n + 2 },
	};

	return inv_run_node(r, node, &name, place, INV_MARKS_NONE);
}

static bool
run_pattern_props(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *m, const struct inv_place *place, bool *seen)
{
	static const struct inv_rule rule = { .type = "" };
	const struct inv_rule too_long = inv_check_too_long(&rule);
	bool ok = true;

	for (size_t i = 0; i < node->n_pattern_props; i++) {
		const struct inv_pattern_prop *p = &node->pattern_props[i];

		switch (inv_pattern_match(p->pattern, key_of(r, m))) {
		case INV_MATCH_YES:
			*seen = true;
			ok = inv_run_node(r, p->node, m, place,
				 INV_MARKS_NONE) &&
			    ok;
			break;
		case INV_MATCH_NO:
			break;
		case INV_MATCH_TOO_LONG:
			ok = inv_run_say(r, &rule, &too_long, m, place) && ok;
			break;
		}
		if (is_over(r, ok))
			return false;
	}
	return ok;
}

/* properties, patternProperties, additionalProperties; *seen by any. */
static bool
run_member(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *m, const struct inv_place *place, size_t *next,
    bool *seen)
{
	const struct inv_prop *prop = NULL;
	bool ok = true;

	if (node->n_props > 0)
		prop = find_prop(r, node, m, next);
	*seen = prop != NULL;
	if (prop != NULL)
		ok = inv_run_node(r, prop->node, m, place, INV_MARKS_NONE);
	if (node->n_pattern_props > 0 && !is_over(r, ok))
		ok = run_pattern_props(r, node, m, place, seen) && ok;
	if (!*seen && node->additional != NULL) {
		*seen = true;
		ok = inv_run_node(r, node->additional, m, place,
			 INV_MARKS_NONE) &&
		    ok;
	}
	return ok;
}

static bool
run_missing(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place)
{
	bool ok = true;

	for (size_t i = 0; i < node->n_required && !is_over(r, ok); i++) {
		const struct inv_name *name = &node->required[i];

		if (inv_value_member(v, name->text) == NULL)
			ok = inv_run_say_missing(r, node->missing, name, v,
				 place) &&
			    ok;
	}
	return ok;
}

static bool
run_dependencies(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place)
{
	bool ok = true;

	for (size_t i = 0; i < node->n_dependencies; i++) {
		const struct inv_dependency *d = &node->dependencies[i];

		if (inv_value_member(v, d->name) == NULL)
			continue;
		for (size_t k = 0; k < d->n && !is_over(r, ok); k++)
			if (inv_value_member(v, d->required[k].text) == NULL)
				ok = inv_run_say_missing(r, &d->missing,
					 &d->required[k], v, place) &&
				    ok;
	}
	return ok;
}

static bool
run_object(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place, size_t to)
{
	const struct inv_value *m = inv_value_first(v);
	size_t required = 0; /* found of node->ordered: both are sorted */
	size_t next = 0;
	bool ok = true;
	bool each = (node->parts & INV_PART_MEMBERS) != 0;

	for (uint32_t i = 0; each && i < v->n; i++, m = inv_value_next(m)) {
		if (is_passed_over(node, m))
			continue;
		struct inv_place at = { .up = place, .key = m->key };
		bool seen;

		if (required < node->n_required &&
		    inv_value_is_key(m, node->ordered[required]))
			required++;
		if (node->names != NULL)
			ok = run_name(r, node->names, m, &at) && ok;
		ok = run_member(r, node, m, &at, &next, &seen) && ok;
		if (is_over(r, ok))
			return false;
		if (seen)
			mark(r, to, i);
	}
	if (required < node->n_required)
		ok = run_missing(r, node, v, place) && ok;
	if (node->n_dependencies > 0 && !is_over(r, ok))
		ok = run_dependencies(r, node, v, place) && ok;
	return ok;
}

/* ---- arrays ---- */

static bool
run_contains(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place, size_t to)
{
	const struct inv_value *e = inv_value_first(v);
	uint64_t n = 0;

	for (uint32_t i = 0; i < v->n; i++, e = inv_value_next(e)) {
		if (!inv_run_probe(r, node->contains, e, INV_RUN_STRICT))
			continue;
		mark(r, to, i);
		n++;
	}
	if (n < node->min_contains)
		return inv_run_say(r, node->too_few, NULL, v, place);
	if (n > node->max_contains)
		return inv_run_say(r, node->too_many, NULL, v, place);
	return true;
}

static bool
run_array(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place, size_t to)
{
	const struct inv_value *e = inv_value_first(v);
	uint32_t n = v->n;
	bool ok = true;

	if (node->items == NULL && node->prefix.n < n)
		n = (uint32_t)node->prefix.n;
	for (uint32_t i = 0; i < n; i++, e = inv_value_next(e)) {
		struct inv_place at = { .up = place, .index = i };
		const struct inv_node *of =
		    i < node->prefix.n ? node->prefix.at[i] : node->items;

		ok = inv_run_node(r, of, e, &at, INV_MARKS_NONE) && ok;
		if (is_over(r, ok))
			return false;
		mark(r, to, i);
	}
	if (node->contains != NULL)
		ok = run_contains(r, node, v, place, to) && ok;
	return ok;
}

/* ---- in place ---- */

static void
enter(struct inv_run *r, const struct inv_resource *resource)
{
	if (r->scope[r->n_scope - 1] == resource)
		return;
	if (r->n_scope == r->cap_scope) {
		r->cap_scope *= 2;
		r->scope =
		    inv_mem_resize(r->scope, r->cap_scope, sizeof(*r->scope));
	}
	r->scope[r->n_scope++] = resource;
}

/* The outermost resource that has the anchor says what it is. */
static const struct inv_node *
dynamic_target(const struct inv_run *r, const struct inv_node *node)
{
	if (node->dynamic_name.n == 0)
		return node->dynamic;
	for (size_t i = 0; i < r->n_scope; i++) {
		const struct inv_prop *anchor =
		    inv_props_find(r->scope[i]->dynamic, r->scope[i]->n,
			node->dynamic_name);

		if (anchor != NULL)
			return anchor->node;
	}
	return node->dynamic;
}

static bool
run_when(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place, size_t to)
{
	bool yes = inv_run_branch(r, node->when, v, to);
	const struct inv_node *next = yes ? node->then : node->otherwise;

	return next == NULL || inv_run_node(r, next, v, place, to);
}

static bool
run_dependent(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place, size_t to)
{
	bool ok = true;

	for (size_t i = 0; i < node->n_dependent && !is_over(r, ok); i++)
		if (inv_value_member(v, node->dependent[i].name) != NULL)
			ok = inv_run_node(r, node->dependent[i].node, v, place,
				 to) &&
			    ok;
	return ok;
}

/* What always holds beside the node itself. */
static bool
run_with(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place, size_t to)
{
	bool ok = true;

	if (node->ref != NULL)
		ok = inv_run_node(r, node->ref, v, place, to);
	if (node->dynamic != NULL && !is_over(r, ok))
		ok = inv_run_node(r, dynamic_target(r, node), v, place, to) &&
		    ok;
	for (size_t i = 0; i < node->all_of.n && !is_over(r, ok); i++)
		ok = inv_run_node(r, node->all_of.at[i], v, place, to) && ok;
	if (v->kind == INV_KIND_OBJECT && !is_over(r, ok))
		ok = run_dependent(r, node, v, place, to) && ok;
	return ok;
}

/* What depends on what the value is. */
static bool
run_choices(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place, size_t to)
{
	bool ok = true;

	if (node->any_of.n > 0)
		ok = inv_run_union(r, node, false, v, place, to);
	if (node->one_of.n > 0 && !is_over(r, ok))
		ok = inv_run_union(r, node, true, v, place, to) && ok;
	if (node->not != NULL && !is_over(r, ok) &&
	    inv_run_probe(r, node->not, v, INV_RUN_STRICT))
		ok = inv_run_say(r, node->is_not, NULL, v, place) && ok;
	if (node->when != NULL && !is_over(r, ok))
		ok = run_when(r, node, v, place, to) && ok;
	return ok;
}

/* ---- what is left ---- */

static const struct inv_node *
unevaluated_of(const struct inv_node *node, const struct inv_value *v)
{
	if (v->kind == INV_KIND_OBJECT)
		return node->unevaluated_props;
	return v->kind == INV_KIND_ARRAY ? node->unevaluated_items : NULL;
}

/* Where an alternative failed nobody knows what it would have evaluated. */
static bool
run_unevaluated(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place, size_t marks)
{
	const struct inv_value *m = inv_value_first(v);
	bool ok = true;

	if (r->marks[marks + v->n] != 0)
		return false;
	for (uint32_t i = 0; i < v->n; i++, m = inv_value_next(m)) {
		struct inv_place at = { .up = place, .index = i };

		if (v->kind == INV_KIND_OBJECT)
			at.key = m->key;
		if (r->marks[marks + i] == 0)
			ok =
			    inv_run_node(r, node, m, &at, INV_MARKS_NONE) && ok;
		if (is_over(r, ok))
			return false;
	}
	return ok;
}

/* ---- a node ---- */

static bool
run_parts(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place, size_t to)
{
	unsigned parts = node->parts;
	bool ok = true;

	if (parts & INV_PART_CHECKS)
		ok = run_checks(r, node, v, place);
	if (is_over(r, ok))
		return false;
	if (v->kind == INV_KIND_OBJECT &&
	    (parts & (INV_PART_MEMBERS | INV_PART_DEPENDENCIES)) != 0)
		ok = run_object(r, node, v, place, to) && ok;
	else if (v->kind == INV_KIND_ARRAY && (parts & INV_PART_ELEMENTS) != 0)
		ok = run_array(r, node, v, place, to) && ok;
	if ((parts & INV_PART_WITH) != 0 && !is_over(r, ok))
		ok = run_with(r, node, v, place, to) && ok;
	if ((parts & INV_PART_CHOICES) != 0 && !is_over(r, ok))
		ok = run_choices(r, node, v, place, to) && ok;
	return ok;
}

static bool
run_marking(struct inv_run *r, const struct inv_node *node,
    const struct inv_node *rest, const struct inv_value *v,
    const struct inv_place *place, size_t to)
{
	size_t own = push_marks(r, v);
	bool ok = run_parts(r, node, v, place, own);

	if (!is_over(r, ok))
		ok = run_unevaluated(r, rest, v, place, own) && ok;
	r->n_marks = own;
	if (to != INV_MARKS_NONE)
		memset(r->marks + to, 1, v->n);
	return ok;
}

static bool
run_here(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place, size_t to)
{
	if (v->kind == INV_KIND_NULL && node->null_passes)
		return true;
	if (node->never)
		return inv_run_say(r, node->type, NULL, v, place);
	if (node->types != INV_TYPE_ANY) {
		enum inv_typing t =
		    inv_types_fit(node->types, v->kind, v->text);

		if (t != INV_TYPING_FITS)
			return say_type(r, node, v, place,
			    t == INV_TYPING_FRACTION);
	}
	if (node->parts & INV_PART_REST) {
		const struct inv_node *rest = unevaluated_of(node, v);

		if (rest != NULL)
			return run_marking(r, node, rest, v, place, to);
	}
	return run_parts(r, node, v, place, to);
}

bool
inv_run_node(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place, size_t to)
{
	size_t scope = r->n_scope;

	/* Most have no more than a type, and mostly it is the right one. */
	if (node->parts == 0 && !node->never &&
	    (node->types & inv_type_of(v->kind)) != 0)
		return true;
	if (r->stuck || r->depth == DEPTH_MAX) {
		r->stuck = true;
		return false;
	}
	r->depth++;
	enter(r, node->resource);
	bool ok = run_here(r, node, v, place, to);

	r->n_scope = scope;
	r->depth--;
	return ok;
}

bool
inv_run_value(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *value, const struct inv_place *place,
    struct inv_str as_of, const struct inv_findings *findings)
{
	static const char msg[] = "is checked round and round without an end";
	static const struct inv_rule rule = {
		.type = "schema_recursion",
		.msg = { msg, sizeof(msg) - 1 },
	};

	r->top = value;
	r->member = NULL;
	r->findings = findings;
	r->as_of = as_of;
	r->mode = findings->flaws != NULL || findings->warnings != NULL
	    ? INV_RUN_LOUD
	    : INV_RUN_QUIET;
	r->depth = 0;
	r->stuck = false;
	r->n_marks = 0;
	r->n_scope = 1;
	r->scope[0] = r->program->root->resource;
	inv_run_forget(r);
	bool ok = inv_run_node(r, node, value, place, INV_MARKS_NONE);

	if (!r->stuck)
		return ok;
	r->stuck = false;
	(void)inv_run_say(r, &rule, NULL, value, place);
	return false;
}
