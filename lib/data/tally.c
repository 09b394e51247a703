/* tally.c - the most frequent values of a column, in bounded memory */

#include "data/tally.h"

#include <stdlib.h>

#include "base/mem.h"

enum { FIRST = 8 }; /* places to begin with */

static uint64_t
mixed(uint64_t h, uint64_t word)
{
	h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

/*
 * Not keyed: whoever makes values collide gets a slow column of at most
 * INV_TALLY_VALUES places, and figures stay the same from run to run.
 */
static uint64_t
hash_of(struct inv_str s)
{
	uint64_t h = s.n;
	uint64_t word;

	for (; s.n >= sizeof(word); s.p += sizeof(word), s.n -= sizeof(word)) {
		memcpy(&word, s.p, sizeof(word));
		h = mixed(h, word);
	}
	word = 0;
	if (s.n > 0)
		memcpy(&word, s.p, s.n);
	return mixed(mixed(h, word), 0);
}

void
inv_tally_free(struct inv_tally *t)
{
	free(t->at);
	free(t->slot);
	*t = (struct inv_tally){ 0 };
}

/* The slot of a value, or the free one where it would go. */
static size_t
slot_of(const struct inv_tally *t, struct inv_str value, uint64_t hash)
{
	size_t mask = 2 * t->cap - 1;
	size_t i = hash & mask;

	for (; t->slot[i] != 0; i = (i + 1) & mask) {
		const struct inv_count *c = &t->at[t->slot[i] - 1];

		if (c->hash == hash && inv_str_eq(inv_count_text(c), value))
			break;
	}
	return i;
}

static void
place_all(struct inv_tally *t)
{
	memset(t->slot, 0, 2 * t->cap * sizeof(*t->slot));
	for (size_t i = 0; i < t->n; i++) {
		const struct inv_count *c = &t->at[i];

		t->slot[slot_of(t, inv_count_text(c), c->hash)] =
		    (uint16_t)(i + 1);
	}
}

/* More places; false where there are to be none. */
static bool
grow(struct inv_tally *t, size_t *budget)
{
	size_t cap = t->cap == 0 ? FIRST : 2 * t->cap;
	size_t each = sizeof(*t->at) + 2 * sizeof(*t->slot);
	size_t more = (cap - t->cap) * each;

	if (cap > INV_TALLY_VALUES)
		return false;
	if (more > *budget) {
		t->starved = true;
		return false;
	}
	*budget -= more;
	t->at = inv_mem_resize(t->at, cap, sizeof(*t->at));
	t->slot = inv_mem_resize(t->slot, 2 * cap, sizeof(*t->slot));
	t->cap = cap;
	place_all(t);
	return true;
}

/* Take n off every count: how much of n is left when a place is free. */
static uint64_t
take_off(struct inv_tally *t, uint64_t n)
{
	uint64_t least = n;
	size_t kept = 0;

	for (size_t i = 0; i < t->n; i++)
		if (t->at[i].n < least)
			least = t->at[i].n;
	t->error += least;
	for (size_t i = 0; i < t->n; i++)
		if (t->at[i].n > least) {
			t->at[kept] = t->at[i];
			t->at[kept++].n -= least;
		}
	if (kept < t->n) {
		t->n = kept;
		place_all(t);
	}
	return n - least;
}

void
inv_tally_add(struct inv_tally *t, struct inv_str value, uint64_t n,
    size_t *budget)
{
	t->total += n;
	if (value.n > INV_TALLY_TEXT) {
		t->longer += n;
		return;
	}
	uint64_t hash = hash_of(value);
	size_t slot = t->cap > 0 ? slot_of(t, value, hash) : 0;

	if (t->cap > 0 && t->slot[slot] != 0) {
		t->at[t->slot[slot] - 1].n += n;
		return;
	}
	while (t->n == t->cap && !grow(t, budget)) {
		if (t->cap == 0) {
			t->error += n;
			return;
		}
		n = take_off(t, n);
		if (n == 0)
			return;
	}
	struct inv_count *c = &t->at[t->n];

	*c = (struct inv_count){ n, hash, (uint8_t)value.n, { 0 } };
	if (value.n > 0)
		memcpy(c->text, value.p, value.n);
	t->slot[slot_of(t, value, hash)] = (uint16_t)++t->n;
}

uint64_t
inv_tally_count(const struct inv_tally *t, struct inv_str value)
{
	if (t->cap == 0 || value.n > INV_TALLY_TEXT)
		return 0;
	size_t slot = slot_of(t, value, hash_of(value));

	return t->slot[slot] == 0 ? 0 : t->at[t->slot[slot] - 1].n;
}

bool
inv_tally_is_exact(const struct inv_tally *t)
{
	return t->error == 0 && t->longer == 0;
}

static int
by_count(const void *a, const void *b)
{
	const struct inv_count *x = a;
	const struct inv_count *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return inv_str_cmp(inv_count_text(x), inv_count_text(y));
}

void
inv_tally_sort(struct inv_tally *t)
{
	if (t->n == 0)
		return;
	qsort(t->at, t->n, sizeof(*t->at), by_count);
	place_all(t);
}
