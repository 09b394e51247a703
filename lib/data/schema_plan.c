/* schema_plan.c - what a schema says of one column, wherever it says so */

#include "data/schema_node.h"

enum {
	LOOKS_MAX = 10000, /* at nodes, for one column */
	DEPTH_MAX = 64,    /* of schemas within schemas for the same value */
};

struct look {
	struct inv_str name;
	struct inv_column_plan *plan;
	struct inv_run *run;
	int left; /* looks; without any, all types may be */
	int depth;
};

const struct inv_prop *
inv_props_find(const struct inv_prop *props, size_t n, struct inv_str name)
{
	size_t low = 0;
	size_t high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = inv_str_cmp(props[mid].name, name);

		if (order == 0)
			return &props[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

typedef unsigned types_of(struct look *look, const struct inv_node *node);

/* What one of them allows is allowed. */
static unsigned
any_of(struct look *look, const struct inv_nodes *nodes, types_of *of)
{
	unsigned types = 0;

	for (size_t i = 0; i < nodes->n; i++)
		types |= of(look, nodes->at[i]);
	return nodes->n == 0 ? INV_TYPE_ANY : types;
}

/* Of the schemas applied to the same value as node is. */
static unsigned
in_place(struct look *look, const struct inv_node *node, types_of *of)
{
	unsigned types = INV_TYPE_ANY;

	if (look->left-- <= 0 || look->depth == DEPTH_MAX)
		return types;
	look->depth++;
	if (node->ref != NULL)
		types &= of(look, node->ref);
	if (node->dynamic != NULL && node->dynamic_name.n == 0)
		types &= of(look, node->dynamic);
	for (size_t i = 0; i < node->all_of.n; i++)
		types &= of(look, node->all_of.at[i]);
	types &= any_of(look, &node->any_of, of);
	types &= any_of(look, &node->one_of, of);
	if (node->when != NULL) {
		unsigned yes =
		    node->then == NULL ? INV_TYPE_ANY : of(look, node->then);
		unsigned no = node->otherwise == NULL
		    ? INV_TYPE_ANY
		    : of(look, node->otherwise);

		types &= yes | no;
	}
	/* These apply to some values: they are looked at for what they name. */
	for (size_t i = 0; i < node->n_dependent; i++)
		(void)of(look, node->dependent[i].node);
	look->depth--;
	return types;
}

/* By type, and by the values it may have; *parse is the rule that says so. */
static unsigned
types_of_node(const struct inv_node *node, const struct inv_rule **parse)
{
	unsigned types = node->never ? 0 : node->types;

	*parse = node->parse;
	for (size_t i = 0; i < node->n; i++) {
		const struct inv_check *check = &node->checks[i];

		if (check->op != INV_CHECK_ENUM)
			continue;
		types &= check->types & INV_TYPE_NUMBER
		    ? check->types | INV_TYPE_INTEGER
		    : check->types;
		if ((node->types & INV_TYPE_STRING) != 0)
			*parse = &check->rule;
	}
	return types;
}

static unsigned
types_of_value(struct look *look, const struct inv_node *node)
{
	struct inv_column_plan *plan = look->plan;
	const struct inv_rule *parse;
	unsigned types = types_of_node(node, &parse);

	plan->before |= node->before;
	plan->after |= node->after;
	if (plan->empty == INV_EMPTY_UNSAID)
		plan->empty = node->empty;
	if (plan->attachment == NULL)
		plan->attachment = node->attachment;
	if (types & INV_TYPE_NUMBER)
		types |= INV_TYPE_INTEGER;
	if (node->null_passes)
		types |= INV_TYPE_NULL;
	if (!node->never && (types & INV_TYPE_STRING) == 0 &&
	    plan->parse == NULL)
		plan->parse = parse;
	return types & in_place(look, node, types_of_value);
}

/* What is said of the member by the schemas that a record names for it. */
static unsigned
of_member(struct look *look, const struct inv_node *record, types_of *of)
{
	const struct inv_prop *prop =
	    inv_props_find(record->props, record->n_props, look->name);
	unsigned types = INV_TYPE_ANY;
	bool known = prop != NULL;

	if (prop != NULL) {
		look->plan->named = true;
		types &= of(look, prop->node);
	}
	for (size_t i = 0; i < record->n_pattern_props; i++) {
		const struct inv_pattern_prop *p = &record->pattern_props[i];

		if (inv_pattern_match(p->pattern, look->name) != INV_MATCH_YES)
			continue;
		known = true;
		types &= of(look, p->node);
	}
	if (!known && record->additional != NULL)
		types &= of(look, record->additional);
	return types;
}

static unsigned
types_of_member(struct look *look, const struct inv_node *record)
{
	return of_member(look, record, types_of_value) &
	    in_place(look, record, types_of_member);
}

static bool
is_forbidden(const struct inv_node *root, struct inv_str name)
{
	if (root->additional == NULL || !root->additional->never)
		return false;
	for (size_t i = 0; i < root->n_pattern_props; i++)
		if (inv_pattern_match(root->pattern_props[i].pattern, name) ==
		    INV_MATCH_YES)
			return false;
	return true;
}

void
inv_column_plan(const struct inv_program *p, struct inv_str name,
    struct inv_column_plan *plan)
{
	const struct inv_node *root = p->root;
	const struct inv_prop *prop =
	    inv_props_find(root->props, root->n_props, name);
	struct look look = { .name = name, .plan = plan, .left = LOOKS_MAX };

	*plan = (struct inv_column_plan){
		.node = prop != NULL ? prop->node : NULL,
		.forbidden = prop == NULL && is_forbidden(root, name),
	};
	plan->types = types_of_member(&look, root);
	if (plan->empty == INV_EMPTY_UNSAID)
		plan->empty = root->empty;
	/* Where nothing can fit, the text as it came tells most. */
	if (plan->types == 0 ||
	    ((plan->types & INV_TYPE_STRING) == 0 && plan->parse == NULL))
		plan->types = INV_TYPE_ANY;
}

/* ---- empty cells ---- */

static bool
takes(struct look *look, const struct inv_node *node, enum inv_kind kind,
    struct inv_str text)
{
	static const struct inv_findings quiet = { 0 };
	const struct inv_value v = { .kind = kind, .size = 1, .text = text };

	return inv_run_value(look->run, node, &v, NULL, INV_LIT(""), &quiet);
}

/* The kinds, of the two that an empty cell can be, that a schema takes. */
static unsigned
empties_of_value(struct look *look, const struct inv_node *node)
{
	unsigned types = 0;

	if (takes(look, node, INV_KIND_STRING, INV_LIT("\"\"")))
		types |= INV_TYPE_STRING;
	if (takes(look, node, INV_KIND_NULL, INV_LIT("null")))
		types |= INV_TYPE_NULL;
	return types;
}

static unsigned
empties_of_member(struct look *look, const struct inv_node *record)
{
	return of_member(look, record, empties_of_value) &
	    in_place(look, record, empties_of_member);
}

enum inv_empty
inv_column_empty(const struct inv_program *p, struct inv_run *run,
    struct inv_str name, const struct inv_column_plan *plan)
{
	struct inv_column_plan ignored = { 0 };
	struct look look = {
		.name = name, .plan = &ignored, .run = run, .left = LOOKS_MAX
	};

	if (plan->empty != INV_EMPTY_UNSAID)
		return plan->empty;
	if ((plan->types & INV_TYPE_STRING) == 0)
		return plan->types & INV_TYPE_NULL ? INV_EMPTY_NULL
						   : INV_EMPTY_UNSAID;
	/* What says no types takes null without having meant to. */
	if ((plan->types & INV_TYPE_NULL) == 0 || plan->types == INV_TYPE_ANY)
		return INV_EMPTY_STRING;
	return empties_of_member(&look, p->root) == INV_TYPE_NULL
	    ? INV_EMPTY_NULL
	    : INV_EMPTY_STRING;
}
