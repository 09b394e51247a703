/* rules.c - a record judged by the rules of a file */

#include "data/rules_node.h"

#include "data/emit.h"

/* What a rule said of the record at hand. */
struct tally {
	const struct inv_judging *j;
	struct inv_flaws *list; /* for its errors */
	bool said;
	bool kept; /* something to itself, where the schema had spoken */
};

struct inv_str
inv_rules_name(const struct inv_rules *r)
{
	return r->name;
}

struct inv_str
inv_rules_version(const struct inv_rules *r)
{
	return r->version;
}

bool
inv_rules_has_time(const struct inv_rules *r)
{
	for (size_t i = 0; i < r->n_schemas; i++)
		if (r->schemas[i]->program.timed)
			return true;
	return false;
}

void
inv_rules_set_as_of(struct inv_rules *r, struct inv_str time)
{
	inv_buf_reset(&r->as_of);
	inv_buf_add(&r->as_of, time);
}

/* ---- what the schema has said ---- */

/* ["a"] is around ["a"] and ["a",0]. */
static bool
is_around(struct inv_str a, struct inv_str b)
{
	return a.n <= b.n && memcmp(a.p, b.p, a.n - 1) == 0 &&
	    (b.p[a.n - 1] == ']' || b.p[a.n - 1] == ',');
}

static bool
is_known(const struct inv_judging *j, struct inv_str loc)
{
	for (size_t i = 0; i < j->known && i < j->flaws->n; i++) {
		struct inv_str known = inv_flaws_loc(j->flaws, i);

		if (is_around(known, loc) || is_around(loc, known))
			return true;
	}
	return false;
}

static bool
may_speak(struct tally *t, struct inv_str loc)
{
	bool known = t->j->known > 0 && is_known(t->j, loc);

	t->kept |= known;
	t->said |= !known;
	return !known;
}

static void
complain(struct tally *t, const struct inv_rules_demand *d,
    struct inv_str input)
{
	struct inv_place place = { .key = d->column.json };

	if (may_speak(t, d->column.loc))
		inv_flaws_add(t->list, &d->rule, &place, input);
}

/* ---- required, max_length ---- */

/* Within the quotes of canonical text. */
static bool
is_blank(struct inv_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ' ')
			continue;
		if (s.p[i] != '\\' || strchr("tnr", s.p[++i]) == NULL)
			return false;
	}
	return true;
}

static struct inv_str
inner(const struct inv_value *v)
{
	return (struct inv_str){ v->text.p + 1, v->text.n - 2 };
}

static void
judge_required(struct tally *t, const struct inv_rules_rule *rule)
{
	for (size_t i = 0; i < rule->n_required; i++) {
		const struct inv_rules_demand *d = &rule->required[i];
		const struct inv_value *v =
		    inv_value_member(t->j->record, d->column.name);

		if (v == NULL)
			complain(t, d, (struct inv_str){ 0 });
		else if (v->kind == INV_KIND_NULL ||
		    (v->kind == INV_KIND_STRING && is_blank(inner(v))))
			complain(t, d, v->text);
	}
}

/* Of a string, decoded; good until the next call. */
static struct inv_str
decoded(struct inv_rules *r, const struct inv_value *v)
{
	struct inv_str raw = inner(v);

	if (!v->escaped)
		return raw;
	inv_buf_reset(&r->text);
	if (inv_buf_room(&r->text, raw.n))
		r->text.n = inv_text_decode(raw, r->text.p);
	return inv_buf_str(&r->text);
}

static bool
is_longer(struct inv_rules *r, const struct inv_value *v, uint64_t max)
{
	struct inv_str s = inner(v);
	uint64_t n = 0;

	if (s.n <= max)
		return false;
	s = decoded(r, v);
	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n > max;
}

static void
judge_lengths(struct inv_rules *r, struct tally *t,
    const struct inv_rules_rule *rule)
{
	for (size_t i = 0; i < rule->n_lengths; i++) {
		const struct inv_rules_demand *d = &rule->lengths[i];
		const struct inv_value *v =
		    inv_value_member(t->j->record, d->column.name);

		if (v != NULL && v->kind == INV_KIND_STRING &&
		    is_longer(r, v, d->max))
			complain(t, d, v->text);
	}
}

/* ---- allowed ---- */

static bool
has(const struct inv_rules_cell *cell, struct inv_str value)
{
	for (size_t i = 0; i < cell->n; i++)
		if (inv_str_eq(cell->values[i], value))
			return true;
	return false;
}

static bool
is_combination(const struct inv_rules_rule *rule,
    const struct inv_rules_combination *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (!has(&c->cells[i], rule->values[c->cells[i].column]))
			return false;
	return true;
}

static bool
is_allowed(const struct inv_rules_rule *rule, const struct inv_value *record)
{
	for (size_t i = 0; i < rule->n_columns; i++) {
		const struct inv_value *v =
		    inv_value_member(record, rule->columns[i].name);

		rule->values[i] = v == NULL ? INV_LIT("null") : v->text;
	}
	for (size_t i = 0; i < rule->n_allowed; i++)
		if (is_combination(rule, &rule->allowed[i]))
			return true;
	return false;
}

static void
judge_allowed(struct inv_rules *r, struct tally *t,
    const struct inv_rules_rule *rule)
{
	struct inv_buf *b = &r->text;

	if (rule->n_allowed == 0 || is_allowed(rule, t->j->record))
		return;
	for (size_t i = 0; t->j->known > 0 && i < rule->n_columns; i++)
		if (is_known(t->j, rule->columns[i].loc)) {
			t->kept = true;
			return;
		}
	inv_buf_reset(b);
	inv_emit_open(b, '{');
	for (size_t i = 0; i < rule->n_columns; i++)
		inv_emit_member_raw(b, rule->columns[i].json, rule->values[i]);
	inv_emit_close(b, '}');
	t->said = true;
	inv_flaws_add(t->list, &rule->combination, NULL, inv_buf_str(b));
}

/* ---- rules ---- */

/* With no flaws only the answer counts. */
static bool
fits(struct inv_rules *r, const struct inv_rules_schema *schema,
    const struct inv_value *record, struct inv_flaws *flaws)
{
	const struct inv_findings findings = { .flaws = flaws };

	return inv_run_value(schema->run, schema->program.root, record, NULL,
	    inv_buf_str(&r->as_of), &findings);
}

static void
judge_check(struct inv_rules *r, struct tally *t,
    const struct inv_rules_rule *rule)
{
	if (rule->check == NULL)
		return;
	inv_flaws_reset(&r->found);
	if (fits(r, rule->check, t->j->record, &r->found))
		return;
	for (size_t i = 0; i < r->found.n; i++)
		if (may_speak(t, inv_flaws_loc(&r->found, i)))
			inv_flaws_adopt(t->list, &r->found, i, &rule->checked);
}

static enum inv_rules_result
judge(struct inv_rules *r, const struct inv_rules_rule *rule,
    const struct inv_judging *j)
{
	struct tally t = { .j = j,
		.list = rule->reject ? j->flaws : j->warnings };

	if (rule->when != NULL && !fits(r, rule->when, j->record, NULL))
		return INV_RULES_NOT_APPLICABLE;
	judge_required(&t, rule);
	judge_lengths(r, &t, rule);
	judge_allowed(r, &t, rule);
	judge_check(r, &t, rule);
	if (t.said)
		return INV_RULES_FAILED;
	return t.kept ? INV_RULES_NOT_JUDGED : INV_RULES_PASSED;
}

static struct inv_str
result_name(enum inv_rules_result result)
{
	switch (result) {
	case INV_RULES_PASSED:
		return INV_LIT("passed");
	case INV_RULES_FAILED:
		return INV_LIT("failed");
	case INV_RULES_NOT_APPLICABLE:
		return INV_LIT("not_applicable");
	case INV_RULES_NOT_JUDGED:
		return INV_LIT("not_judged");
	}
	return (struct inv_str){ 0 };
}

static void
judge_all(struct inv_rules *r, const struct inv_rules_list *rules,
    const struct inv_judging *j)
{
	for (size_t i = 0; i < rules->n; i++) {
		const struct inv_rules_rule *rule = &rules->at[i];
		enum inv_rules_result result = judge(r, rule, j);

		if (j->log == NULL)
			continue;
		inv_buf_add(j->log, j->who);
		inv_buf_add(j->log, rule->log_head);
		inv_buf_add(j->log, result_name(result));
		inv_buf_add(j->log, rule->log_tail);
	}
}

static void
judge_block(struct inv_rules *r, const struct inv_rules_block *block,
    const struct inv_judging *j)
{
	if (block->when == NULL || fits(r, block->when, j->record, NULL))
		judge_all(r, &block->rules, j);
}

/* The last prefix that is not behind s: what begins s begins that too. */
static const struct inv_rules_prefix *
nearest(const struct inv_rules_field *f, struct inv_str s)
{
	size_t low = 0;
	size_t high = f->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (inv_str_cmp(f->at[mid].text, s) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low == 0 ? NULL : &f->at[low - 1];
}

static void
judge_field(struct inv_rules *r, const struct inv_rules_field *f,
    const struct inv_judging *j)
{
	const struct inv_value *v = inv_value_member(j->record, f->name);

	if (v == NULL || v->kind != INV_KIND_STRING)
		return;
	const struct inv_rules_block *chosen[INV_RULES_PREFIXES];
	struct inv_str s = decoded(r, v);
	size_t n = 0;

	for (const struct inv_rules_prefix *p = nearest(f, s); p != NULL;
	     p = p->outer)
		if (inv_str_starts(s, p->text))
			chosen[n++] = p->block;
	while (n > 0)
		judge_block(r, chosen[--n], j);
}

void
inv_rules_judge(struct inv_rules *r, const struct inv_judging *j)
{
	judge_all(r, &r->rules, j);
	for (size_t i = 0; i < r->n_blocks; i++)
		if (!r->blocks[i].by_prefix)
			judge_block(r, &r->blocks[i], j);
	for (size_t i = 0; i < r->n_fields; i++)
		judge_field(r, &r->fields[i], j);
}
