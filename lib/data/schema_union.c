/*
 * schema_union.c - alternatives: which one holds, and what to say if none does
 *
 * Who reads "is not null" beside the error that matters has been told nothing.
 * So only those alternatives speak that the value can have been meant for: the
 * one that its discriminator names, else those of its type, else all but null.
 */

#include "data/schema_run.h"

#include "data/emit.h"

enum {
	HOPS_MAX = 64,   /* references followed to see what a branch is */
	LISTED_MAX = 64, /* values of a tag that are looked at, and listed */
	TAGS_MAX = 4096, /* bytes of what is said of them */
};

/* The node that says what a branch is about: behind references. */
static const struct inv_node *
behind(const struct inv_node *node)
{
	for (int i = 0; i < HOPS_MAX && node->ref != NULL; i++) {
		if (node->n_props > 0 || node->types != INV_TYPE_ANY)
			break;
		node = node->ref;
	}
	return node;
}

static bool
is_null_only(const struct inv_node *branch)
{
	return behind(branch)->types == INV_TYPE_NULL;
}

/* A number with a fraction was meant for an integer, too. */
static bool
is_meant(const struct inv_node *branch, const struct inv_value *v)
{
	const struct inv_node *node = behind(branch);

	return !node->never && !is_null_only(branch) &&
	    inv_types_fit(node->types, v->kind, v->text) != INV_TYPING_NOT;
}

static const struct inv_check *
choice_of(const struct inv_node *node)
{
	for (size_t i = 0; i < node->n; i++)
		if (node->checks[i].op == INV_CHECK_ENUM)
			return &node->checks[i];
	return NULL;
}

/* The property of a branch that has an enum or const; or NULL. */
static const struct inv_node *
tag_of(const struct inv_node *branch, struct inv_str name)
{
	const struct inv_node *node = behind(branch);
	const struct inv_prop *prop =
	    inv_props_find(node->props, node->n_props, name);

	if (prop == NULL)
		return NULL;
	const struct inv_node *tag = behind(prop->node);

	return choice_of(tag) != NULL ? tag : NULL;
}

static bool
is_tag_of_all(const struct inv_nodes *branches, struct inv_str name)
{
	for (size_t i = 0; i < branches->n; i++)
		if (!is_null_only(branches->at[i]) &&
		    tag_of(branches->at[i], name) == NULL)
			return false;
	return true;
}

/* A required property that tells branches apart by what it is in each. */
struct tag {
	const struct inv_nodes *branches;
	const struct inv_rule *rule; /* that none of them fits */
	struct inv_str name;
	const struct inv_value *value; /* of the record's, or NULL */
};

static size_t
count_branches(const struct inv_nodes *branches)
{
	size_t n = 0;

	for (size_t i = 0; i < branches->n; i++)
		n += !is_null_only(branches->at[i]);
	return n;
}

static bool
is_required(const struct inv_node *branch, struct inv_str name)
{
	const struct inv_node *node = behind(branch);

	for (size_t i = 0; i < node->n_required; i++)
		if (inv_str_eq(node->required[i].text, name))
			return true;
	return false;
}

/* The values that it may have, up to so many; those that go before come first. */
static size_t
list_choices(const struct tag *tag, const struct inv_choice **list)
{
	size_t n = 0;

	for (size_t i = 0; i < tag->branches->n; i++) {
		const struct inv_node *of =
		    tag_of(tag->branches->at[i], tag->name);
		const struct inv_check *check =
		    of != NULL ? choice_of(of) : NULL;

		for (size_t k = 0; check != NULL && k < check->n; k++) {
			if (n == LISTED_MAX)
				return n;
			list[n++] = &check->choices[k];
		}
	}
	return n;
}

/* Every branch but null asks for it, and each for values of its own. */
static bool
tells_apart(const struct tag *tag)
{
	const struct inv_choice *list[LISTED_MAX];
	size_t n = list_choices(tag, list);

	for (size_t i = 0; i < tag->branches->n; i++)
		if (!is_null_only(tag->branches->at[i]) &&
		    !is_required(tag->branches->at[i], tag->name))
			return false;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (list[i]->kind == list[k]->kind &&
			    inv_str_eq(list[i]->text, list[k]->text))
				return false;
	return true;
}

/*
 * The member of v that tells the branches apart; where there is none, what it
 * would be called if they all ask for it.
 */
static bool
find_tag(struct tag *tag, const struct inv_value *v)
{
	const struct inv_nodes *branches = tag->branches;
	struct tag missing = *tag;
	size_t i = 0;

	if (count_branches(branches) < 2 || v->kind != INV_KIND_OBJECT)
		return false;
	while (is_null_only(branches->at[i]))
		i++;
	const struct inv_node *first = behind(branches->at[i]);

	for (size_t k = 0; k < first->n_props; k++) {
		tag->name = first->props[k].name;
		if (!is_tag_of_all(branches, tag->name))
			continue;
		tag->value = inv_value_member(v, tag->name);
		if (tag->value != NULL)
			return true;
		if (missing.name.p == NULL && tells_apart(tag))
			missing = *tag;
	}
	*tag = missing;
	return tag->name.p != NULL;
}

/* 'scan', 'assay': as pydantic lists them. */
static void
add_expected(const struct tag *tag, struct inv_buf *b)
{
	const struct inv_choice *list[LISTED_MAX];
	size_t n = list_choices(tag, list);
	size_t from = b->n;

	for (size_t i = 0; i < n; i++) {
		bool string = list[i]->kind == INV_KIND_STRING;

		if (i > 0)
			inv_buf_add(b, INV_LIT(", "));
		if (b->n - from + list[i]->text.n > TAGS_MAX) {
			inv_buf_add(b, INV_LIT("..."));
			return;
		}
		if (string)
			inv_buf_byte(b, '\'');
		inv_emit_text(b, list[i]->text);
		if (string)
			inv_buf_byte(b, '\'');
	}
	if (n == LISTED_MAX)
		inv_buf_add(b, INV_LIT(", ..."));
}

/* {"discriminator":"'kind'","tag":"x","expected_tags":"'a', 'b'"} */
static struct inv_str
tag_ctx(struct inv_run *r, const struct tag *tag)
{
	struct inv_buf *b = &r->ctx;

	inv_buf_reset(b);
	inv_buf_add(b, INV_LIT("{\"discriminator\":\"'"));
	inv_emit_text(b, tag->name);
	inv_buf_add(b, INV_LIT("'\""));
	if (tag->value != NULL) {
		if (tag->value->kind == INV_KIND_STRING)
			inv_emit_member_raw(b, INV_LIT("tag"),
			    tag->value->text);
		inv_buf_add(b, INV_LIT(",\"expected_tags\":\""));
		add_expected(tag, b);
		inv_buf_byte(b, '"');
	}
	inv_buf_byte(b, '}');
	return inv_buf_str(b);
}

/* The value has a tag that is none, or has not the member that is one. */
static void
say_no_tag(struct inv_run *r, const struct tag *tag, const struct inv_value *v,
    const struct inv_place *place)
{
	struct inv_rule rule = *tag->rule;

	rule.ctx = tag_ctx(r, tag);
	if (tag->value == NULL) {
		rule.type = "union_tag_not_found";
		rule.msg = INV_LIT("has no member that says which of the "
				   "alternatives it is");
		(void)inv_run_say(r, tag->rule, &rule, v, place);
		return;
	}
	struct inv_place at = { .up = place, .key = tag->value->key };

	rule.type = "union_tag_invalid";
	rule.msg = INV_LIT("names none of the alternatives");
	(void)inv_run_say(r, tag->rule, &rule, tag->value, &at);
}

/* The one branch whose tag the value has.  False: there is no tag to go by. */
static bool
say_by_tag(struct inv_run *r, struct tag *tag, const struct inv_value *v,
    const struct inv_place *place)
{
	const struct inv_node *chosen = NULL;
	size_t n = 0;

	if (!find_tag(tag, v))
		return false;
	for (size_t i = 0; tag->value != NULL && i < tag->branches->n; i++) {
		const struct inv_node *of =
		    tag_of(tag->branches->at[i], tag->name);

		if (of != NULL &&
		    inv_run_probe(r, of, tag->value, INV_RUN_STRICT)) {
			chosen = tag->branches->at[i];
			n++;
		}
	}
	if (n > 1 || (n == 0 && !tells_apart(tag)))
		return false;
	if (n == 1)
		(void)inv_run_node(r, chosen, v, place, INV_MARKS_NONE);
	else
		say_no_tag(r, tag, v, place);
	return true;
}

static void
say_branches(struct inv_run *r, const struct inv_nodes *branches,
    const struct inv_value *v, const struct inv_place *place)
{
	size_t meant = 0;

	for (size_t i = 0; i < branches->n; i++)
		meant += is_meant(branches->at[i], v);
	for (size_t i = 0; i < branches->n; i++) {
		const struct inv_node *branch = branches->at[i];

		if (meant > 0 ? is_meant(branch, v) : !is_null_only(branch))
			(void)inv_run_node(r, branch, v, place, INV_MARKS_NONE);
	}
}

/* No branch holds: those that were meant say why. */
static bool
say_none(struct inv_run *r, const struct inv_nodes *branches,
    const struct inv_rule *rule, const struct inv_value *v,
    const struct inv_place *place)
{
	struct tag tag = { .branches = branches, .rule = rule };
	size_t before = r->n_said;

	if (!say_by_tag(r, &tag, v, place))
		say_branches(r, branches, v, place);
	if (r->n_said == before)
		(void)inv_run_say(r, rule, NULL, v, place);
	return false;
}

/* Several branches hold: {"fits":[0,2]}. */
static bool
say_many(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place)
{
	struct inv_rule rule = *node->many_of_one;
	struct inv_buf *b = &r->ctx;
	bool first = true;

	if (r->mode != INV_RUN_LOUD)
		return inv_run_say(r, node->many_of_one, NULL, v, place);
	inv_buf_reset(b);
	inv_buf_add(b, INV_LIT("{\"fits\":["));
	for (size_t i = 0; i < node->one_of.n; i++) {
		if (!inv_run_probe(r, node->one_of.at[i], v, INV_RUN_STRICT))
			continue;
		if (!first)
			inv_buf_byte(b, ',');
		inv_buf_u64(b, i);
		first = false;
	}
	inv_buf_add(b, INV_LIT("]}"));
	rule.ctx = inv_buf_str(b);
	return inv_run_say(r, node->many_of_one, &rule, v, place);
}

/* No branch holds strictly; but a broken warning breaks no branch. */
static bool
run_lenient(struct inv_run *r, const struct inv_nodes *branches,
    const struct inv_value *v, const struct inv_place *place, size_t to)
{
	for (size_t i = 0; i < branches->n; i++)
		if (inv_run_probe(r, branches->at[i], v, INV_RUN_QUIET))
			return inv_run_node(r, branches->at[i], v, place, to);
	return false;
}

static bool
none_or_many(struct inv_run *r, const struct inv_node *node, bool one,
    size_t fits, const struct inv_value *v, const struct inv_place *place,
    size_t to)
{
	const struct inv_nodes *branches = one ? &node->one_of : &node->any_of;

	if (r->stuck)
		return false;
	if (fits > 1)
		return say_many(r, node, v, place);
	if (r->mode != INV_RUN_STRICT && r->program->warns &&
	    run_lenient(r, branches, v, place, to))
		return true;
	if (r->mode != INV_RUN_LOUD)
		return false;
	return say_none(r, branches,
	    one ? node->none_of_one : node->none_of_any, v, place);
}

bool
inv_run_union(struct inv_run *r, const struct inv_node *node, bool one,
    const struct inv_value *v, const struct inv_place *place, size_t to)
{
	const struct inv_nodes *branches = one ? &node->one_of : &node->any_of;
	bool all = to != INV_MARKS_NONE;
	size_t fits = 0;

	for (size_t i = 0; i < branches->n; i++) {
		fits += inv_run_branch(r, branches->at[i], v, to);
		if (fits > one && !all)
			break;
	}
	if (fits > 0 && (fits == 1 || !one))
		return true;
	bool ok = none_or_many(r, node, one, fits, v, place, to);

	/* Nobody knows what it would have evaluated. */
	if (!ok && all)
		r->marks[to + v->n] = 1;
	return ok;
}
