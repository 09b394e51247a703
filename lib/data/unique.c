/* unique.c - which columns, or pairs of columns, tell the rows apart */

#include "data/unique.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/digest.h"

enum { ROOM_AT_FIRST = 4096 }; /* values, a power of two */

void
inv_uniques_init(struct inv_uniques *u)
{
	*u = (struct inv_uniques){ 0 };
	inv_random(u->key, sizeof(u->key));
	u->kept = inv_mem_new(INV_UNIQUE_ROWS * sizeof(*u->kept));
}

void
inv_uniques_free(struct inv_uniques *u)
{
	free(u->kept);
	for (size_t i = 0; i < u->n; i++)
		free(u->at[i].value);
}

void
inv_uniques_put(struct inv_uniques *u, size_t column, struct inv_str value)
{
	unsigned char hash[INV_HASH];

	if (column >= INV_UNIQUE_COLUMNS)
		return;
	inv_hash_of(u->key, value, hash);
	memcpy(&u->row[column], hash, sizeof(u->row[column]));
}

/* The hash of a candidate in a row; never 0, which is a free place. */
static uint64_t
hash_of(const struct inv_candidate *c, const uint64_t *row)
{
	uint64_t h = row[c->column[0]];

	if (c->column[0] != c->column[1]) {
		h ^= row[c->column[1]] * UINT64_C(0x9e3779b97f4a7c15);
		h *= UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	return h == 0 ? 1 : h;
}

/* ---- one candidate, all rows ---- */

/* False if it was there. */
static bool
insert(struct inv_candidate *c, uint64_t h)
{
	size_t i = (size_t)h & (c->size - 1);

	for (; c->value[i] != 0; i = (i + 1) & (c->size - 1))
		if (c->value[i] == h)
			return false;
	c->value[i] = h;
	c->n++;
	return true;
}

static void
rebuild(struct inv_candidate *c, size_t size)
{
	uint64_t *old = c->value;
	size_t n = c->size;

	c->value = inv_mem_new(size * sizeof(*c->value));
	c->size = size;
	c->n = 0;
	for (size_t i = 0; i < n; i++)
		if (old[i] != 0 && (old[i] & c->share) == 0)
			(void)insert(c, old[i]); /* once, as it was */
	free(old);
}

/* Twice the room, or half of the share, the highest bits of hashes. */
static void
make_room(struct inv_candidate *c)
{
	if (c->size < INV_UNIQUE_ROOM) {
		rebuild(c, c->size == 0 ? ROOM_AT_FIRST : 2 * c->size);
		return;
	}
	c->share = c->share >> 1 | UINT64_C(1) << 63;
	rebuild(c, c->size);
}

static void
follow(struct inv_candidate *c, const uint64_t *row)
{
	uint64_t h = hash_of(c, row);

	if (c->refuted || (h & c->share) != 0)
		return;
	if (c->n >= c->size / 4 * 3)
		make_room(c);
	if ((h & c->share) != 0 || insert(c, h))
		return;
	c->refuted = true;
	free(c->value);
	c->value = NULL;
}

void
inv_uniques_end(struct inv_uniques *u)
{
	if (!u->chosen && u->rows < INV_UNIQUE_ROWS)
		memcpy(u->kept[u->rows], u->row, sizeof(u->row));
	for (size_t i = 0; i < u->n; i++)
		follow(&u->at[i], u->row);
	memset(u->row, 0, sizeof(u->row));
	u->rows++;
}

/* ---- the choice ---- */

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool
tells_apart(const struct inv_uniques *u, const struct inv_candidate *c)
{
	uint64_t all[INV_UNIQUE_ROWS];

	for (size_t i = 0; i < u->rows; i++)
		all[i] = hash_of(c, u->kept[i]);
	qsort(all, u->rows, sizeof(*all), by_value);
	for (size_t i = 1; i < u->rows; i++)
		if (all[i] == all[i - 1])
			return false;
	return true;
}

static void
try(struct inv_uniques *u, size_t a, size_t b)
{
	struct inv_candidate c = { .column = { a, b } };

	if (tells_apart(u, &c))
		u->at[u->n++] = c;
}

static bool
is_in(uint64_t set, size_t column)
{
	return (set >> column & 1) != 0;
}

void
inv_uniques_choose(struct inv_uniques *u, uint64_t alone, uint64_t paired)
{
	enum { HALF = INV_UNIQUE_MAX / 2 };

	for (size_t i = 0; i < INV_UNIQUE_COLUMNS && u->n < HALF; i++)
		if (is_in(alone, i))
			try(u, i, i);
	for (size_t i = 0; i < INV_UNIQUE_COLUMNS; i++)
		for (size_t k = i + 1; k < INV_UNIQUE_COLUMNS; k++)
			if (u->n < INV_UNIQUE_MAX && is_in(paired, i) &&
			    is_in(paired, k) &&
			    (is_in(alone, i) || is_in(alone, k)))
				try(u, i, k);
	u->chosen = true;
	for (size_t i = 0; i < u->n; i++)
		for (size_t k = 0; k < u->rows; k++)
			follow(&u->at[i], u->kept[k]);
	free(u->kept);
	u->kept = NULL;
}
