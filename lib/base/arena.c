/* arena.c - many small pieces of memory with one life */

#include "base/arena.h"

#include <stdlib.h>

#include "base/mem.h"

enum { CHUNK = 32 << 10 }; /* bytes of one; a longer piece has its own */

struct inv_chunk {
	struct inv_chunk *next;
	size_t size;
	_Alignas(max_align_t) char at[];
};

static struct inv_chunk *
new_chunk(size_t size)
{
	struct inv_chunk *c = inv_mem_new(sizeof(*c) + size);

	c->size = size;
	return c;
}

/* A long piece goes behind the chunk being filled, which is filled on. */
static void *
long_piece(struct inv_arena *a, size_t n)
{
	struct inv_chunk *c = new_chunk(n);

	if (a->chunk == NULL) {
		a->chunk = c;
		a->used = n;
	} else {
		c->next = a->chunk->next;
		a->chunk->next = c;
	}
	return c->at;
}

void *
inv_arena_new(struct inv_arena *a, size_t n)
{
	size_t align = _Alignof(max_align_t);

	n = (n + align - 1) / align * align;
	if (n > CHUNK / 4)
		return long_piece(a, n);
	if (a->chunk == NULL || a->chunk->size - a->used < n) {
		struct inv_chunk *c = new_chunk(CHUNK);

		c->next = a->chunk;
		a->chunk = c;
		a->used = 0;
	}
	void *p = a->chunk->at + a->used;

	a->used += n;
	return p;
}

struct inv_str
inv_arena_str(struct inv_arena *a, struct inv_str s)
{
	char *p = inv_arena_new(a, s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return (struct inv_str){ p, s.n };
}

void
inv_arena_free(struct inv_arena *a)
{
	for (struct inv_chunk *c = a->chunk, *next; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	*a = (struct inv_arena){ 0 };
}
