/*
 * flight.c - the keys of rows whose fate is not known
 *
 * Open addressing with linear probing; a key is a cut of a SHA-256, so that
 * its first bytes are hash enough.  Deleting moves later entries back, so
 * that no grave stones pile up in a long run.
 */

#include "commit/flight.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

enum {
	FIRST_SLOTS = 4096, /* a power of two */
	AHEAD = 8,          /* rows whose places are fetched */
};

struct inv_flight {
	size_t slots;
	size_t used;
	uint64_t added;
	struct inv_flown *slot;
};

struct inv_flight *
inv_flight_new(void)
{
	struct inv_flight *t = inv_mem_new(sizeof(*t));

	t->slots = FIRST_SLOTS;
	t->added = 1;
	t->slot = inv_mem_new(t->slots * sizeof(*t->slot));
	return t;
}

void
inv_flight_free(struct inv_flight *t)
{
	if (t == NULL)
		return;
	free(t->slot);
	free(t);
}

static size_t
home(const struct inv_flight *t, const unsigned char key[INV_KEY])
{
	uint64_t h;

	memcpy(&h, key, sizeof(h));
	return (size_t)h & (t->slots - 1);
}

/* Where the key is, or the free slot where it would be. */
static size_t
place(const struct inv_flight *t, const unsigned char key[INV_KEY])
{
	size_t i = home(t, key);

	while (t->slot[i].owner != NULL &&
	    memcmp(t->slot[i].key, key, INV_KEY) != 0)
		i = (i + 1) & (t->slots - 1);
	return i;
}

void
inv_flight_expect(const struct inv_flight *t, const struct inv_seen_row *rows,
    size_t i, size_t n)
{
	if (i + AHEAD < n)
		inv_mem_fetch(&t->slot[home(t, rows[i + AHEAD].key)]);
}

const struct inv_flown *
inv_flight_find(const struct inv_flight *t, const unsigned char key[INV_KEY])
{
	const struct inv_flown *f = &t->slot[place(t, key)];

	return f->owner == NULL ? NULL : f;
}

uint64_t
inv_flight_added(const struct inv_flight *t)
{
	return t->added;
}

static void
grow(struct inv_flight *t)
{
	struct inv_flight old = *t;

	t->slots *= 2;
	t->slot = inv_mem_new(t->slots * sizeof(*t->slot));
	for (size_t i = 0; i < old.slots; i++)
		if (old.slot[i].owner != NULL)
			t->slot[place(t, old.slot[i].key)] = old.slot[i];
	free(old.slot);
}

void
inv_flight_add(struct inv_flight *t, const struct inv_seen_row *row,
    const void *owner)
{
	if (t->used >= t->slots / 2)
		grow(t);
	struct inv_flown *f = &t->slot[place(t, row->key)];

	assert(f->owner == NULL || f->owner == owner);
	if (f->owner == NULL)
		t->used++;
	t->added++;
	memcpy(f->key, row->key, INV_KEY);
	f->owner = owner;
	f->row = row->row;
}

void
inv_flight_cut(struct inv_flight *t, const unsigned char key[INV_KEY],
    const void *owner)
{
	size_t mask = t->slots - 1;
	size_t gap = place(t, key);

	if (t->slot[gap].owner == NULL || t->slot[gap].owner != owner)
		return;
	t->used--;
	for (size_t i = (gap + 1) & mask; t->slot[i].owner != NULL;
	     i = (i + 1) & mask) {
		/* An entry may move back to the gap if its home is not
		 * between the gap and where it stands. */
		size_t from = home(t, t->slot[i].key);

		if (((i - from) & mask) < ((i - gap) & mask))
			continue;
		t->slot[gap] = t->slot[i];
		gap = i;
	}
	t->slot[gap].owner = NULL;
}
