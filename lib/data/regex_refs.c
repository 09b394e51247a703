/* regex_refs.c - names and references of an expression */

#include "data/regex_refs.h"

#include <stdlib.h>

#include "base/mem.h"

struct refs {
	struct inv_regex *r;
	uint32_t *group; /* nodes, by number */
	const char *wrong;
	const char *where;
};

static void
fail(struct refs *refs, const char *where, const char *what)
{
	refs->wrong = what;
	refs->where = where;
}

/* Where each group is, by its number. */
static void
list_groups(struct refs *refs)
{
	const struct inv_regex *r = refs->r;

	refs->group = inv_mem_new((r->groups + 1) * sizeof(*refs->group));
	for (uint32_t i = INV_REGEX_ROOT; i < r->n; i++)
		if (r->at[i].op == INV_REGEX_GROUP)
			refs->group[r->at[i].group] = i;
}

static uint32_t
find_group(const struct refs *refs, struct inv_str name, unsigned number)
{
	if (name.n == 0)
		return number <= refs->r->groups ? refs->group[number] : 0;
	for (unsigned i = 1; i <= refs->r->groups; i++)
		if (inv_str_eq(refs->r->at[refs->group[i]].name, name))
			return refs->group[i];
	return 0;
}

static bool
is_within(const struct inv_regex *r, uint32_t node, uint32_t in)
{
	while (node > in)
		node = r->at[node].up;
	return node == in;
}

static bool
may_be_empty(const struct inv_regex *r, uint32_t at)
{
	const struct inv_regex_node *node = &r->at[at];
	bool any = node->op == INV_REGEX_ANY;

	switch (node->op) {
	case INV_REGEX_SET:
		return false;
	case INV_REGEX_REPEAT:
		return node->min == 0 || may_be_empty(r, node->first);
	case INV_REGEX_ANY:
	case INV_REGEX_ALL:
	case INV_REGEX_GROUP:
		for (uint32_t i = node->first; i != 0; i = r->at[i].next)
			if (may_be_empty(r, i) == any)
				return any;
		return !any;
	case INV_REGEX_REF:
	case INV_REGEX_START:
	case INV_REGEX_END:
	case INV_REGEX_EDGE:
	case INV_REGEX_LOOK:
		return true;
	}
	return true;
}

/*
 * ECMA-262 forgets what groups within a repeat remember at the begin of each
 * round, and takes an empty round back; PCRE2 does neither.  That shows if a
 * round can pass by the group, and if it can be empty.
 */
static bool
is_plain_ref(const struct inv_regex *r, uint32_t group)
{
	bool passed_by = false;

	for (uint32_t i = group; i != 0; i = r->at[i].up) {
		const struct inv_regex_node *node = &r->at[i];
		bool repeats = node->op == INV_REGEX_REPEAT;

		if (repeats && node->max > 1 && passed_by)
			return false;
		if (repeats && (node->max > 1 || node->min == 0) &&
		    may_be_empty(r, node->first))
			return false;
		if ((repeats && node->min == 0) ||
		    (node->op == INV_REGEX_ANY && node->first != node->last))
			passed_by = true;
	}
	return true;
}

/* Within (?<= ), which ECMA-262 reads backwards. */
static bool
is_behind(const struct inv_regex *r, uint32_t node)
{
	for (uint32_t i = node; i != 0; i = r->at[i].up)
		if (r->at[i].op == INV_REGEX_LOOK && r->at[i].behind)
			return true;
	return false;
}

/* It is within what may come no times at most. */
static bool
never_comes(const struct inv_regex *r, uint32_t node)
{
	for (uint32_t i = node; i != 0; i = r->at[i].up)
		if (r->at[i].op == INV_REGEX_REPEAT && r->at[i].max == 0)
			return true;
	return false;
}

/* Wherever the reference is tried, nothing is remembered, in any round. */
static bool
is_empty_ref(const struct inv_regex *r, uint32_t ref, uint32_t group)
{
	return ref < group || is_within(r, ref, group) || never_comes(r, group);
}

static void
check_ref(struct refs *refs, uint32_t ref)
{
	struct inv_regex *r = refs->r;
	struct inv_regex_node *node = &r->at[ref];
	const char *where = node->name.p;
	uint32_t group = find_group(refs, node->name, node->group);

	if (group == 0)
		fail(refs, where, "a reference to no group");
	else if (is_behind(r, ref))
		fail(refs, where, "a reference within a look behind");
	else if (is_empty_ref(r, ref, group))
		node->op = INV_REGEX_ALL;
	else if (!is_plain_ref(r, group))
		fail(refs, where, "a reference to what a repeat may forget");
	else
		node->group = r->at[group].group;
}

static void
check_names(struct refs *refs)
{
	struct inv_regex *r = refs->r;
	unsigned groups = 0;

	list_groups(refs);
	for (uint32_t i = INV_REGEX_ROOT; i < r->n && refs->wrong == NULL;
	     i++) {
		struct inv_str name = r->at[i].name;

		if (r->at[i].op == INV_REGEX_GROUP)
			r->at[i].group = never_comes(r, i) ? 0 : ++groups;
		if (r->at[i].op == INV_REGEX_REF)
			check_ref(refs, i);
		else if (name.n > 0 && find_group(refs, name, 0) != i)
			fail(refs, name.p, "a name that was given before");
	}
}

const char *
inv_regex_refs(struct inv_regex *r, const char **where)
{
	struct refs refs = { .r = r };

	check_names(&refs);
	free(refs.group);
	*where = refs.where;
	return refs.wrong;
}
