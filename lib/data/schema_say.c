/*
 * schema_say.c - what a run finds, said once
 *
 * The same rule may be reached at the same place on several ways, so what was
 * said is kept in a table.  It is by pointers that live as long as the run.
 */

#include "data/schema_run.h"

#include <stdlib.h>

#include "base/mem.h"

enum {
	SAID_FIRST = 64, /* places of the table, a power of two */
	SAID_KEPT = 256, /* of a table that is emptied, not freed */
};

static size_t
said_hash(const struct inv_said *s)
{
	uint64_t h = (uintptr_t)s->rule;

	h = (h ^ (uintptr_t)s->at) * 0x9e3779b97f4a7c15;
	h = (h ^ (h >> 32) ^ (uintptr_t)s->name) * 0x9e3779b97f4a7c15;
	return (size_t)(h >> 20);
}

/* Where it is in the table, or is to be. */
static struct inv_said *
said_place(struct inv_run *r, const struct inv_said *s)
{
	size_t mask = r->cap_said - 1;

	for (size_t i = said_hash(s) & mask;; i = (i + 1) & mask) {
		struct inv_said *at = &r->said[i];

		if (at->rule == NULL ||
		    (at->rule == s->rule && at->at == s->at &&
			at->name == s->name))
			return at;
	}
}

static void
grow_said(struct inv_run *r)
{
	struct inv_said *old = r->said;
	size_t n = r->cap_said;

	r->cap_said = n == 0 ? SAID_FIRST : 2 * n;
	r->said = inv_mem_new(r->cap_said * sizeof(*r->said));
	for (size_t i = 0; i < n; i++)
		if (old[i].rule != NULL)
			*said_place(r, &old[i]) = old[i];
	free(old);
}

/* One bad record must not make all that follow pay for emptying its table. */
void
inv_run_forget(struct inv_run *r)
{
	if (r->cap_said > SAID_KEPT) {
		free(r->said);
		r->said = NULL;
		r->cap_said = 0;
	} else if (r->n_said > 0) {
		memset(r->said, 0, r->cap_said * sizeof(*r->said));
	}
	r->n_said = 0;
}

/* The same rule may be reached at the same place on several ways. */
static bool
is_new(struct inv_run *r, const struct inv_said *s)
{
	if (2 * r->n_said >= r->cap_said)
		grow_said(r);
	struct inv_said *at = said_place(r, s);

	if (at->rule != NULL)
		return false;
	*at = *s;
	r->n_said++;
	return true;
}

/*
 * The member of the value under way that v is, or lies in; n if none.  Mostly
 * that is the one of the flaw before, or lies behind it.
 */
static uint32_t
member_of(struct inv_run *r, const struct inv_value *v, bool *itself)
{
	if (r->top->kind != INV_KIND_OBJECT)
		return r->top->n;
	if (r->member == NULL || v->text.p + 1 < r->member->key.p) {
		r->member = inv_value_first(r->top);
		r->n_member = 0;
	}
	for (; r->n_member < r->top->n; r->n_member++) {
		const struct inv_value *m = r->member;

		*itself = v->text.p == m->text.p;
		if (v->text.p + 1 >= m->key.p &&
		    v->text.p < m->text.p + m->text.n)
			return r->n_member;
		r->member = inv_value_next(m);
	}
	r->member = NULL;
	return r->top->n;
}

/* What the member of the record came as; false: nothing is to be said of it. */
static bool
note_member(struct inv_run *r, const struct inv_value *v, bool warning,
    struct inv_str *input)
{
	const struct inv_findings *f = r->findings;
	bool itself = false;
	uint32_t i = member_of(r, v, &itself);

	if (i == r->top->n)
		return true;
	if (itself)
		*input = f->inputs[i];
	if (f->standings[i] == INV_STANDING_SAID)
		return false;
	if (!warning)
		f->standings[i] = INV_STANDING_FLAWED;
	return true;
}

static void
add_flaw(struct inv_run *r, const struct inv_rule *rule,
    const struct inv_value *v, const struct inv_place *place, bool named)
{
	const struct inv_findings *f = r->findings;
	bool warning = rule->severity >= INV_SEVERITY_WARNING;
	struct inv_flaws *list = warning ? f->warnings : f->flaws;
	struct inv_str input = v->text;

	if (v->text.p == r->top->text.p) {
		if (f->input.n > 0)
			input = f->input;
	} else if (f->inputs != NULL && !note_member(r, v, warning, &input)) {
		return;
	}
	if (list != NULL)
		inv_flaws_add(list, rule, place,
		    named ? (struct inv_str){ 0 } : input);
}

static bool
say(struct inv_run *r, const struct inv_rule *rule, const struct inv_rule *as,
    const struct inv_value *v, const struct inv_place *place, const void *name)
{
	bool warning = rule->severity >= INV_SEVERITY_WARNING;

	/* What is found from here on is found by not looking. */
	if (r->stuck)
		return false;
	switch (r->mode) {
	case INV_RUN_LOUD:
		break;
	case INV_RUN_QUIET:
		return warning;
	case INV_RUN_STRICT:
		return false;
	}
	if (is_new(r, &(struct inv_said){ rule, v->text.p, name }))
		add_flaw(r, as != NULL ? as : rule, v, place, name != NULL);
	return warning;
}

bool
inv_run_say(struct inv_run *r, const struct inv_rule *rule,
    const struct inv_rule *as, const struct inv_value *v,
    const struct inv_place *place)
{
	return say(r, rule, as, v, place, NULL);
}

bool
inv_run_say_missing(struct inv_run *r, const struct inv_rule *rule,
    const struct inv_name *name, const struct inv_value *v,
    const struct inv_place *place)
{
	struct inv_place at = { .up = place, .key = name->json };

	if (at.key.p == NULL)
		at.key.p = "";
	return say(r, rule, NULL, v, &at, name);
}
