/*
 * map.c - what is known of each key, in 40 bytes
 *
 * Entries lie in the order of their hashes, each at or behind the place that
 * its hash means (linear probing that keeps the order).  So a search ends at
 * the first greater hash, and growing is one pass from front to back:
 *
 *	before    a b . c d e . f          (full)
 *	packed    . . . . a b c d e f      at the end of the larger table
 *	spread    a . b . c d . e . f      each forward to its new place
 *
 * Behind the places that are meant is some slack, so that nothing wraps: a
 * run of SLACK entries past the last place does not happen with hashes that
 * nobody can aim (at 90 % its chance is below 2^-300).
 */

#include "base/map.h"

#include "base/mem.h"

enum {
	FIRST_SIZE = 4096, /* places of the first table */
	SLACK = 1024,      /* places behind */
};

static uint64_t
bytes_of(uint64_t size)
{
	return size == 0 ? 0 : (size + SLACK) * sizeof(struct inv_map_entry);
}

void
inv_map_free(struct inv_map *m)
{
	inv_mem_pages_free(m->table, bytes_of(m->size));
	*m = (struct inv_map){ 0 };
}

static uint64_t
place_of(const struct inv_map *m, const uint32_t key[3])
{
	return key[0] * m->size >> 32;
}

static int
compare(const uint32_t a[3], const uint32_t b[3])
{
	for (int i = 0; i < 3; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* All entries, in their order, to the end of the table. */
static uint64_t
pack(struct inv_map *m, uint64_t from, uint64_t end)
{
	uint64_t to = end;

	while (from-- > 0) {
		struct inv_map_entry e = m->table[from];

		if (e.value == 0)
			continue;
		m->table[from].value = 0;
		m->table[--to] = e;
	}
	return to;
}

static void
spread(struct inv_map *m, uint64_t from, uint64_t end)
{
	uint64_t free_from = 0;

	for (; from < end; from++) {
		struct inv_map_entry e = m->table[from];
		uint64_t to = place_of(m, e.key);

		if (to < free_from)
			to = free_from;
		m->table[from].value = 0;
		m->table[to] = e;
		free_from = to + 1;
	}
}

static void
grow(struct inv_map *m)
{
	uint64_t old = m->size;
	uint64_t size = old == 0 ? FIRST_SIZE : old + old / 9;

	m->table = inv_mem_pages(m->table, bytes_of(old), bytes_of(size));
	m->size = size;
	if (old > 0)
		spread(m, pack(m, old + SLACK, size + SLACK), size + SLACK);
}

/* Move what stands at `at` and behind it up by one place. */
static void
make_room(struct inv_map *m, uint64_t at)
{
	uint64_t gap = at;

	while (m->table[gap].value != 0)
		gap++;
	memmove(&m->table[at + 1], &m->table[at],
	    (gap - at) * sizeof(*m->table));
}

void
inv_map_expect(const struct inv_map *m, const unsigned char *hash)
{
	uint32_t key[3];

	memcpy(key, hash, sizeof(key));
	if (m->size > 0)
		inv_mem_fetch(&m->table[place_of(m, key)]);
}

struct inv_map_entry *
inv_map_at(struct inv_map *m, const unsigned char *hash)
{
	struct inv_map_entry e = { 0 };
	int order = 1;

	if (m->used >= m->size - m->size / 10)
		grow(m);
	memcpy(e.key, hash, sizeof(e.key));
	uint64_t at = place_of(m, e.key);

	while (m->table[at].value != 0 &&
	    (order = compare(m->table[at].key, e.key)) < 0)
		at++;
	if (m->table[at].value != 0 && order == 0)
		return &m->table[at];
	make_room(m, at);
	m->table[at] = e;
	m->used++;
	return &m->table[at];
}
