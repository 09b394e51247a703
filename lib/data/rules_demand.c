/*
 * rules_demand.c - what a rule asks, and what it says where it is not so
 *
 * Every word of an error is written here, once.
 */

#include "data/rules_compile.h"

#include "data/emit.h"

/* ---- columns ---- */

static struct inv_rules_column
column_of(struct inv_rules_compile *c, struct inv_str name)
{
	struct inv_rules_column column = { .name =
					       inv_rules_keep_str(c, name) };

	inv_emit_text(&c->text, name);
	column.json = inv_rules_keep_text(c);
	inv_emit_open(&c->text, '[');
	inv_emit_str(&c->text, name);
	inv_emit_close(&c->text, ']');
	column.loc = inv_rules_keep_text(c);
	return column;
}

static bool
is_listed(const struct inv_rules_demand *d, size_t n, struct inv_str name)
{
	for (size_t i = 0; i < n; i++)
		if (inv_str_eq(d[i].column.name, name))
			return true;
	return false;
}

/* A list of columns: demands without a rule yet. */
static bool
read_columns(struct inv_rules_compile *c, const struct inv_json *v,
    struct inv_rules_demand **out, size_t *n)
{
	struct inv_str name;

	if (inv_json_count(v) == 0)
		return inv_rules_wrong(c, "not a list of columns");
	*out = inv_rules_keep(c, inv_json_count(v) * sizeof(**out));
	for (size_t i = 0; i < inv_json_count(v); i++) {
		if (!inv_json_str(inv_json_at(v, i), &name))
			return inv_rules_wrong(c, "not a list of columns");
		if (is_listed(*out, *n, name))
			return inv_rules_wrong(c, "the same column twice");
		(*out)[*n].max = INV_RULES_LENGTH;
		(*out)[(*n)++].column = column_of(c, name);
	}
	return true;
}

/* ---- what a broken rule says ---- */

/* `otherwise` is said where the rule has no words of its own. */
static struct inv_str
msg_of(struct inv_rules_compile *c, const struct inv_rules_rule *rule,
    const char *otherwise)
{
	return rule->msg.n > 0 ? rule->msg
			       : inv_rules_keep_str(c, inv_str_of(otherwise));
}

static struct inv_str
code_of(struct inv_rules_compile *c, const struct inv_rules_rule *rule,
    const char *word, struct inv_str of)
{
	if (rule->code.n > 0)
		return rule->code;
	inv_buf_addf(&c->text, "%s:", word);
	inv_buf_add(&c->text, of);
	return inv_rules_keep_text(c);
}

static bool
compile_required(struct inv_rules_compile *c, struct inv_rules_rule *rule,
    const struct inv_json *v)
{
	const struct inv_json *list = inv_json_member(v, "required");

	if (list == NULL)
		return true;
	size_t before = inv_rules_enter(c, INV_LIT("required"));

	if (!read_columns(c, list, &rule->required, &rule->n_required))
		return false;
	for (size_t i = 0; i < rule->n_required; i++) {
		struct inv_rules_demand *d = &rule->required[i];

		d->rule = (struct inv_rule){
			.type = "missing",
			.msg = msg_of(c, rule, "is missing"),
			.code = code_of(c, rule, "MISSING_REQUIRED_FIELD",
			    d->column.name),
			.severity = rule->severity,
			.more = rule->more,
		};
	}
	c->pointer.n = before;
	return true;
}

static bool
read_length(struct inv_rules_compile *c, const struct inv_json *v,
    uint64_t *max)
{
	inv_buf_reset(&c->json);
	inv_json_print(v, &c->json);
	return inv_str_u64(inv_buf_str(&c->json), 1, INV_FIELD_MAX, max) ||
	    inv_rules_wrong(c, "not a number of characters");
}

static bool
read_lengths(struct inv_rules_compile *c, struct inv_rules_rule *rule,
    const struct inv_json *v)
{
	const struct inv_json *max;
	struct inv_str name;
	size_t n = 0;

	if (inv_json_kind(v) != INV_KIND_OBJECT)
		return read_columns(c, v, &rule->lengths, &rule->n_lengths);
	for (void *walk = NULL; inv_json_next(v, &walk, &name, &max);)
		n++;
	if (n == 0)
		return inv_rules_wrong(c, "no columns");
	rule->lengths = inv_rules_keep(c, n * sizeof(*rule->lengths));
	for (void *walk = NULL; inv_json_next(v, &walk, &name, &max);) {
		struct inv_rules_demand *d = &rule->lengths[rule->n_lengths++];
		size_t before = inv_rules_enter(c, name);

		d->column = column_of(c, name);
		if (!read_length(c, max, &d->max))
			return false;
		c->pointer.n = before;
	}
	return true;
}

static bool
compile_lengths(struct inv_rules_compile *c, struct inv_rules_rule *rule,
    const struct inv_json *v)
{
	const struct inv_json *list = inv_json_member(v, "max_length");

	if (list == NULL)
		return true;
	size_t before = inv_rules_enter(c, INV_LIT("max_length"));

	if (!read_lengths(c, rule, list))
		return false;
	for (size_t i = 0; i < rule->n_lengths; i++) {
		struct inv_rules_demand *d = &rule->lengths[i];
		unsigned long long max = d->max;

		inv_buf_addf(&c->text, "{\"max_length\":%llu}", max);
		d->rule = (struct inv_rule){ .type = "string_too_long",
			.ctx = inv_rules_keep_text(c),
			.severity = rule->severity,
			.more = rule->more };
		inv_buf_addf(&c->text, "is longer than %llu character%s", max,
		    max == 1 ? "" : "s");
		d->rule.msg = inv_rules_keep_text(c);
		if (rule->msg.n > 0)
			d->rule.msg = rule->msg;
		d->rule.code =
		    code_of(c, rule, "TRUNCATION_RISK", d->column.name);
	}
	c->pointer.n = before;
	return true;
}

/* ---- allowed ---- */

static bool
read_value(struct inv_rules_compile *c, const struct inv_json *v,
    struct inv_str *out)
{
	struct inv_err err;

	inv_buf_reset(&c->json);
	inv_json_print(v, &c->json);
	if (!inv_canon_value(c->canon, inv_buf_str(&c->json), &c->text, &err))
		return inv_rules_wrong(c, err.msg);
	*out = inv_rules_keep_text(c);
	return true;
}

/* A value, or a list of them. */
static bool
read_cell(struct inv_rules_compile *c, const struct inv_json *v,
    struct inv_rules_cell *cell)
{
	bool list = inv_json_kind(v) == INV_KIND_ARRAY;

	cell->n = list ? inv_json_count(v) : 1;
	if (cell->n == 0)
		return inv_rules_wrong(c, "no values");
	cell->values = inv_rules_keep(c, cell->n * sizeof(*cell->values));
	for (size_t i = 0; i < cell->n; i++)
		if (!read_value(c, list ? inv_json_at(v, i) : v,
			&cell->values[i]))
			return false;
	return true;
}

/* The column of that name in the rule's list, which has room for it. */
static size_t
column_at(struct inv_rules_compile *c, struct inv_rules_rule *rule,
    struct inv_str name)
{
	size_t i = 0;

	while (i < rule->n_columns && !inv_str_eq(rule->columns[i].name, name))
		i++;
	if (i == rule->n_columns)
		rule->columns[rule->n_columns++] = column_of(c, name);
	return i;
}

static size_t
count_members(const struct inv_json *v)
{
	const struct inv_json *value;
	struct inv_str name;
	size_t n = 0;

	if (inv_json_kind(v) != INV_KIND_OBJECT)
		return 0;
	for (void *walk = NULL; inv_json_next(v, &walk, &name, &value);)
		n++;
	return n;
}

static bool
read_combination(struct inv_rules_compile *c, struct inv_rules_rule *rule,
    const struct inv_json *v, struct inv_rules_combination *to)
{
	const struct inv_json *value;
	struct inv_str name;

	to->cells = inv_rules_keep(c, count_members(v) * sizeof(*to->cells));
	for (void *walk = NULL; inv_json_next(v, &walk, &name, &value);) {
		struct inv_rules_cell *cell = &to->cells[to->n++];
		size_t before = inv_rules_enter(c, name);

		cell->column = column_at(c, rule, name);
		if (!read_cell(c, value, cell))
			return false;
		c->pointer.n = before;
	}
	return true;
}

static void
say_allowed(struct inv_rules_compile *c, struct inv_rules_rule *rule)
{
	inv_buf_add(&c->text, INV_LIT("is no combination that is allowed"));
	rule->combination = (struct inv_rule){
		.type = "combination_not_allowed",
		.msg = inv_rules_keep_text(c),
		.code = code_of(c, rule, "COMBINATION_NOT_ALLOWED", rule->id),
		.severity = rule->severity,
		.more = rule->more,
	};
	if (rule->msg.n > 0)
		rule->combination.msg = rule->msg;
}

static bool
compile_allowed(struct inv_rules_compile *c, struct inv_rules_rule *rule,
    const struct inv_json *v)
{
	const struct inv_json *list = inv_json_member(v, "allowed");
	size_t members = 0;

	if (list == NULL)
		return true;
	size_t before = inv_rules_enter(c, INV_LIT("allowed"));
	size_t n = inv_json_count(list);

	if (n == 0)
		return inv_rules_wrong(c, "not a list of combinations");
	rule->allowed = inv_rules_keep(c, n * sizeof(*rule->allowed));
	rule->n_allowed = n;
	for (size_t i = 0; i < n; i++) {
		size_t here = inv_rules_enter_at(c, i);
		size_t more = count_members(inv_json_at(list, i));

		if (more == 0)
			return inv_rules_wrong(c,
			    "not an object of columns and values");
		members += more;
		c->pointer.n = here;
	}
	rule->columns = inv_rules_keep(c, members * sizeof(*rule->columns));
	rule->values = inv_rules_keep(c, members * sizeof(*rule->values));
	for (size_t i = 0; i < n; i++) {
		size_t here = inv_rules_enter_at(c, i);

		if (!read_combination(c, rule, inv_json_at(list, i),
			&rule->allowed[i]))
			return false;
		c->pointer.n = here;
	}
	say_allowed(c, rule);
	c->pointer.n = before;
	return true;
}

bool
inv_rules_compile_demands(struct inv_rules_compile *c,
    struct inv_rules_rule *rule, const struct inv_json *v)
{
	return compile_required(c, rule, v) && compile_lengths(c, rule, v) &&
	    compile_allowed(c, rule, v);
}
