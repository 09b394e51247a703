/*
 * arena.h - many small pieces of memory with one life
 *
 * What is made of one text and goes with it: nothing is freed alone.
 */
#ifndef INV_BASE_ARENA_H
#define INV_BASE_ARENA_H

#include "base/str.h"

struct inv_chunk;

/* Zero is the empty arena. */
struct inv_arena {
	struct inv_chunk *chunk; /* the one being filled, the others behind */
	size_t used;
};

/* n bytes, all zero, for anything; n may be 0. */
void *inv_arena_new(struct inv_arena *a, size_t n)
    __attribute__((returns_nonnull));

/* A copy of s, with a NUL behind it that is not counted. */
struct inv_str inv_arena_str(struct inv_arena *a, struct inv_str s);

void inv_arena_free(struct inv_arena *a);

#endif
