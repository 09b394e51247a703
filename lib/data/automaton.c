/*
 * automaton.c - a regular expression as a table of states
 *
 * The tree becomes steps over bytes (Thompson's construction, from the end to
 * the begin), the sets of steps one can be at become states.
 */

#include "data/automaton.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

enum {
	STEPS_MAX = 4096,    /* of one expression */
	CELLS_MAX = 1 << 16, /* of the table, two bytes each */
	PAIRS_MAX =
	    1 << 13,        /* of the one for two bytes: it is small, or none */
	WORK_MAX = 2000000, /* steps looked at: about ten milliseconds */
	BYTES = 256,
	FOUND = 0, /* the step that is made first */
	/* States: */
	NO = 0,  /* nothing leads out of it */
	YES = 1, /* the same, and it was found */
	BEGIN = 2,
};

enum step_op {
	STEP_BYTE,  /* one of from to to */
	STEP_SPLIT, /* go on at both */
	STEP_START, /* go on if nothing was read */
	STEP_END,   /* go on if nothing is left */
	STEP_FOUND,
};

struct step {
	enum step_op op;
	unsigned char from, to;
	uint32_t next, other;
};

struct inv_automaton {
	unsigned char class[BYTES]; /* bytes that no step tells apart */
	unsigned shift;             /* a row of cells has 1 << shift */
	unsigned end;               /* the class behind the last byte */
	unsigned begin;             /* NO, YES or BEGIN << shift */
	uint16_t *cell;             /* by state << shift | class: the same */
	/*
	 * By state << 2 * shift | class << shift | next class: the state two
	 * bytes on, << 2 * shift.  NULL where the table would be large.
	 */
	uint16_t *pair;
	uint16_t first[BYTES]; /* class << shift */
};

struct state {
	size_t from, count;
};

struct build {
	const struct inv_regex *r;
	struct step *step;
	size_t n;
	/*
	 * The steps of a state that wait for a byte or the end, ascending, lie
	 * from set[from] on, `count` of them.  Behind the last state a set is
	 * in the making; seen[] of a step is `round` if it is in that one, or
	 * was passed on the way to one that is.
	 */
	struct state *state;
	size_t states, cap;
	uint32_t *set;
	size_t used, room;
	uint32_t *seen;
	uint32_t round;
	bool has_found; /* the set in the making has STEP_FOUND */
	uint32_t *stack;
	uint32_t *same; /* states by hash of their set, 0 for none */
	size_t slots;
	size_t work;
	bool failed;
	uint16_t *cell; /* CELLS_MAX of them */
	struct inv_automaton *a;
};

/* ---- steps ---- */

static uint32_t
add_step(struct build *b, struct step step)
{
	if (b->n == STEPS_MAX) {
		b->failed = true;
		return 0;
	}
	b->step[b->n] = step;
	return (uint32_t)b->n++;
}

static uint32_t
split(struct build *b, uint32_t next, uint32_t other)
{
	return add_step(b,
	    (struct step){ STEP_SPLIT, .next = next, .other = other });
}

/* One that was made since that step, where there is one: ways that meet. */
static uint32_t
add_byte(struct build *b, size_t since, char from, char to, uint32_t next)
{
	struct step step = { STEP_BYTE, (unsigned char)from, (unsigned char)to,
		next, 0 };

	for (size_t i = since; i < b->n; i++)
		if (b->step[i].op == STEP_BYTE &&
		    b->step[i].from == step.from && b->step[i].to == step.to &&
		    b->step[i].next == next)
			return (uint32_t)i;
	return add_step(b, step);
}

/* The bytes of from to those of to, of one length: a chain. */
static uint32_t
add_chain(struct build *b, size_t since, struct inv_range range, uint32_t next)
{
	char from[4], to[4];
	size_t n = inv_utf8_put(range.from, from);

	inv_utf8_put(range.to, to);
	for (; n > 0; n--)
		next = add_byte(b, since, from[n - 1], to[n - 1], next);
	return next;
}

/*
 * Where the range is cut next: the last code point of its first part, of
 * which each byte has a range of its own, whatever the others are.
 */
static uint32_t
cut_of(uint32_t from, uint32_t to)
{
	static const uint32_t last[] = { 0x7f, 0x7ff, 0xffff };

	for (size_t i = 0; i < sizeof(last) / sizeof(*last); i++)
		if (from <= last[i] && to > last[i])
			to = last[i];
	if (to < 0x80)
		return to;
	for (unsigned bits = 6; bits <= 18; bits += 6) {
		uint32_t low = (1U << bits) - 1;

		if ((from | low) >= to)
			break;
		if ((from & low) != 0)
			return from | low;
		if ((to & low) != low)
			to = (to & ~low) - 1;
	}
	return to;
}

static uint32_t
add_set(struct build *b, const struct inv_regex_node *node, uint32_t next)
{
	size_t since = b->n;
	bool any = false;
	uint32_t at = 0;

	for (size_t i = 0; i < node->ranges; i++) {
		struct inv_range range = b->r->range[node->range + i];

		while (range.from <= range.to && !b->failed) {
			uint32_t cut = cut_of(range.from, range.to);
			uint32_t chain = add_chain(b, since,
			    (struct inv_range){ range.from, cut }, next);

			at = any ? split(b, chain, at) : chain;
			any = true;
			range.from = cut + 1;
		}
	}
	if (any)
		return at;
	return add_step(b, (struct step){ STEP_BYTE, 1, 0, next, 0 });
}

static uint32_t add_node(struct build *b, uint32_t at, uint32_t next);

static uint32_t
add_repeat(struct build *b, const struct inv_regex_node *node, uint32_t next)
{
	uint32_t at = next;
	uint64_t more = node->max - node->min;

	if (node->min > STEPS_MAX ||
	    (node->max != UINT64_MAX && more > STEPS_MAX)) {
		b->failed = true;
		return next;
	}
	if (node->max == UINT64_MAX) {
		at = split(b, 0, next);
		uint32_t round = add_node(b, node->first, at);

		b->step[at].next = round;
	} else {
		for (; more > 0 && !b->failed; more--)
			at = split(b, add_node(b, node->first, at), next);
	}
	for (uint64_t i = 0; i < node->min && !b->failed; i++)
		at = add_node(b, node->first, at);
	return at;
}

static uint32_t
add_any(struct build *b, const struct inv_regex_node *node, uint32_t next)
{
	uint32_t i = node->last;
	uint32_t at = add_node(b, i, next);

	while ((i = b->r->at[i].prev) != 0)
		at = split(b, add_node(b, i, next), at);
	return at;
}

/* The step where a node begins that goes on at next. */
static uint32_t
add_node(struct build *b, uint32_t at, uint32_t next)
{
	const struct inv_regex_node *node = &b->r->at[at];

	if (b->failed)
		return 0;
	switch (node->op) {
	case INV_REGEX_SET:
		b->failed = b->failed || node->props > 0;
		return add_set(b, node, next);
	case INV_REGEX_ALL:
	case INV_REGEX_GROUP:
		for (uint32_t i = node->last; i != 0; i = b->r->at[i].prev)
			next = add_node(b, i, next);
		return next;
	case INV_REGEX_ANY:
		return add_any(b, node, next);
	case INV_REGEX_REPEAT:
		return add_repeat(b, node, next);
	case INV_REGEX_START:
		return add_step(b, (struct step){ STEP_START, .next = next });
	case INV_REGEX_END:
		return add_step(b, (struct step){ STEP_END, .next = next });
	case INV_REGEX_REF:
	case INV_REGEX_EDGE:
	case INV_REGEX_LOOK:
		break;
	}
	b->failed = true;
	return 0;
}

/* ---- states ---- */

static void
new_set(struct build *b)
{
	if (b->states >= b->cap) {
		b->cap = b->cap == 0 ? 16 : 2 * b->cap;
		b->state = inv_mem_resize(b->state, b->cap, sizeof(*b->state));
	}
	b->state[b->states] = (struct state){ b->used, 0 };
	b->round++;
	b->has_found = false;
}

/* To the set in the making, in its place. */
static void
put_step(struct build *b, uint32_t at)
{
	struct state *state = &b->state[b->states];
	size_t i = state->from + state->count;

	if (i == b->room) {
		b->room = b->room == 0 ? 64 : 2 * b->room;
		b->set = inv_mem_resize(b->set, b->room, sizeof(*b->set));
	}
	for (; i > state->from && b->set[i - 1] > at; i--, b->work++)
		b->set[i] = b->set[i - 1];
	b->set[i] = at;
	state->count++;
}

/* Add a step, or all that it leads to without a byte. */
static void
add_to_set(struct build *b, uint32_t at, bool start, bool end)
{
	size_t n = 0;

	b->stack[n++] = at;
	while (n > 0) {
		at = b->stack[--n];
		const struct step *step = &b->step[at];

		if (b->seen[at] == b->round)
			continue;
		b->work++;
		b->seen[at] = b->round;
		switch (step->op) {
		case STEP_SPLIT:
			b->stack[n++] = step->other;
			b->stack[n++] = step->next;
			break;
		case STEP_START:
			if (start)
				b->stack[n++] = step->next;
			break;
		case STEP_END:
			if (end)
				b->stack[n++] = step->next;
			put_step(b, at);
			break;
		case STEP_BYTE:
			put_step(b, at);
			break;
		case STEP_FOUND:
			b->has_found = true;
			break;
		}
	}
}

static bool
has_same_set(const struct build *b, size_t x, size_t y)
{
	const struct state *p = &b->state[x], *q = &b->state[y];

	return p->count == q->count &&
	    memcmp(b->set + p->from, b->set + q->from,
		p->count * sizeof(*b->set)) == 0;
}

/* The state of the set in the making: an old one, or a new one now. */
static size_t
state_of_set(struct build *b)
{
	const struct state *new = &b->state[b->states];
	uint64_t hash = 0;

	if (b->has_found)
		return YES;
	if (new->count == 0)
		return NO;
	for (size_t i = 0; i < new->count; i++)
		hash = (hash ^ b->set[new->from + i]) * 0x9e3779b97f4a7c15 ^
		    hash >> 29;
	size_t slot = hash % b->slots;

	for (; b->same[slot] != 0; slot = (slot + 1) % b->slots)
		if (has_same_set(b, b->same[slot], b->states))
			return b->same[slot];
	if (b->states == b->slots / 2) {
		b->failed = true;
		return NO;
	}
	b->same[slot] = (uint32_t)b->states;
	b->used += new->count;
	return b->states++;
}

static size_t
state_behind(struct build *b, size_t from, unsigned byte)
{
	new_set(b);
	struct state state = b->state[from];

	b->work += state.count;
	for (size_t i = 0; i < state.count; i++) {
		const struct step *step = &b->step[b->set[state.from + i]];

		if (step->op == STEP_BYTE && step->from <= byte &&
		    byte <= step->to)
			add_to_set(b, step->next, false, false);
	}
	return state_of_set(b);
}

/* Whether it is found in a text that ends here. */
static size_t
state_at_end(struct build *b, size_t from)
{
	new_set(b);
	struct state state = b->state[from];

	for (size_t i = 0; i < state.count; i++) {
		uint32_t at = b->set[state.from + i];

		if (b->step[at].op == STEP_END)
			add_to_set(b, at, from == BEGIN, true);
	}
	return b->has_found ? YES : NO;
}

/* Bytes that no step tells apart are of a class; their number. */
static unsigned
sort_bytes(const struct build *b)
{
	bool edge[BYTES + 1] = { false };
	unsigned n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (b->step[i].op == STEP_BYTE) {
			edge[b->step[i].from] = true;
			edge[b->step[i].to + 1] = true;
		}
	for (unsigned i = 0; i < BYTES; i++) {
		n += i > 0 && edge[i];
		b->a->class[i] = (unsigned char)n;
	}
	return n + 1;
}

static void
fill_row(struct build *b, size_t state)
{
	struct inv_automaton *a = b->a;
	uint16_t *row = b->cell + (state << a->shift);

	for (unsigned i = 0; i < BYTES; i++) {
		unsigned class = a->class[i];

		if (i > 0 && class == a->class[i - 1])
			continue;
		row[class] = (uint16_t)(state_behind(b, state, i) << a->shift);
	}
	row[a->end] = (uint16_t)(state_at_end(b, state) << a->shift);
}

/* Where the expression begins, and anew at each byte but where it is bound. */
static void
begin(struct build *b, uint32_t first)
{
	uint32_t again = split(b, first, 0);
	uint32_t any =
	    add_step(b, (struct step){ STEP_BYTE, 0, BYTES - 1, again, 0 });

	b->step[again].other = any;
	b->stack = inv_mem_resize(NULL, 2 * b->n + 2, sizeof(*b->stack));
	b->seen = inv_mem_new(b->n * sizeof(*b->seen));
	b->states = BEGIN;
	new_set(b);
	add_to_set(b, first, false, false);
	bool bound = b->state[BEGIN].count == 0 && !b->has_found;

	new_set(b);
	add_to_set(b, first, true, false);
	if (!bound)
		add_to_set(b, again, true, false);
	b->a->begin = BEGIN;
	if (b->has_found)
		b->a->begin = YES;
	else if (b->state[BEGIN].count == 0)
		b->a->begin = NO;
	b->used += b->state[BEGIN].count;
	b->states++; /* never met again: only here nothing was read */
}

/* Two steps in one, of what is in cell[]. */
static void
fill_pairs(struct inv_automaton *a, size_t states)
{
	size_t n = states << 2 * a->shift;
	size_t mask = ((size_t)1 << a->shift) - 1;

	if (n > PAIRS_MAX)
		return;
	a->pair = inv_mem_new(n * sizeof(*a->pair));
	for (size_t i = 0; i < BYTES; i++)
		a->first[i] = (uint16_t)(a->class[i] << a->shift);
	for (size_t i = 0; i < n; i++) {
		size_t to = a->cell[i >> a->shift];

		a->pair[i] = (uint16_t)(a->cell[to | (i & mask)] << a->shift);
	}
}

/* The table; a row for each state that there is, and is made on the way. */
static bool
fill(struct build *b)
{
	struct inv_automaton *a = b->a;
	unsigned classes = sort_bytes(b);

	a->end = classes;
	while (1U << a->shift <= classes)
		a->shift++;
	b->slots = 2 * ((size_t)CELLS_MAX >> a->shift);
	b->same = inv_mem_new(b->slots * sizeof(*b->same));
	b->cell = inv_mem_new(CELLS_MAX * sizeof(*b->cell));
	uint16_t yes = (uint16_t)(YES << a->shift);

	for (unsigned i = 0; i <= a->end; i++)
		b->cell[yes + i] = yes;
	for (size_t i = BEGIN; i < b->states && !b->failed; i++) {
		fill_row(b, i);
		b->failed = b->failed || b->work > WORK_MAX;
	}
	a->begin <<= a->shift;
	size_t cells = b->states << a->shift;

	a->cell = inv_mem_new(cells * sizeof(*a->cell));
	memcpy(a->cell, b->cell, cells * sizeof(*a->cell));
	if (!b->failed)
		fill_pairs(a, b->states);
	return !b->failed;
}

struct inv_automaton *
inv_automaton_new(const struct inv_regex *r)
{
	struct build b = { .r = r };

	b.a = inv_mem_new(sizeof(*b.a));
	b.step = inv_mem_new(STEPS_MAX * sizeof(*b.step));
	add_step(&b, (struct step){ .op = STEP_FOUND });
	uint32_t first = add_node(&b, INV_REGEX_ROOT, FOUND);

	if (b.n > STEPS_MAX - 2)
		b.failed = true;
	if (!b.failed)
		begin(&b, first);
	if (b.failed || !fill(&b)) {
		inv_automaton_free(b.a);
		b.a = NULL;
	}
	free(b.step);
	free(b.state);
	free(b.set);
	free(b.seen);
	free(b.stack);
	free(b.same);
	free(b.cell);
	return b.a;
}

void
inv_automaton_free(struct inv_automaton *a)
{
	if (a == NULL)
		return;
	free(a->cell);
	free(a->pair);
	free(a);
}

/*
 * These go as far as they can tell, *p moving on, from a state to the last one.
 * One that leads to itself is stayed in while its one row is looked at: a
 * look-up that does not wait for the one before.
 */
static inline size_t
match_pairs(const struct inv_automaton *a, size_t to, const unsigned char **p,
    const unsigned char *end)
{
	const size_t yes = (size_t)YES << 2 * a->shift;
	const unsigned char *q = *p;

	to <<= a->shift;
	while (end - q > 1 && to > yes) {
		size_t at = to;
		const uint16_t *row = a->pair + at;

		do {
			to = row[a->first[q[0]] + a->class[q[1]]];
			q += 2;
		} while (to == at && end - q > 1);
	}
	*p = q;
	return to >> a->shift;
}

static inline size_t
match_bytes(const struct inv_automaton *a, size_t to, const unsigned char *p,
    const unsigned char *end)
{
	const size_t yes = (size_t)YES << a->shift;

	while (p < end && to > yes) {
		size_t at = to;
		const uint16_t *row = a->cell + at;

		do
			to = row[a->class[*p++]];
		while (to == at && p < end);
	}
	return to;
}

bool
inv_automaton_match(const struct inv_automaton *a, struct inv_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	const unsigned char *end = p + s.n;
	size_t to = a->begin;

	if (a->pair != NULL)
		to = match_pairs(a, to, &p, end);
	to = match_bytes(a, to, p, end);
	return a->cell[to + a->end] == YES << a->shift;
}
