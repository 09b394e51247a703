/* mem.c - the one place that asks for memory */

#include "base/mem.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/log.h"

enum {
	LARGE = 192 << 10,   /* bytes of a block that is returned */
	KEPT = 4 << 20,      /* bytes of free heap that are not */
	HUGE_PAGE = 2 << 20, /* bytes that a large one mostly has */
};

static void *
checked(void *p, size_t n)
{
	if (p == NULL) {
		struct inv_err err;

		inv_fail(&err, INV_INTERNAL, "no memory for %zu bytes", n);
		inv_die(&err);
	}
	return p;
}

void *
inv_mem_new(size_t n)
{
	return checked(calloc(1, n == 0 ? 1 : n), n);
}

void *
inv_mem_resize(void *p, size_t count, size_t size)
{
	if (count == 0 || size == 0)
		count = size = 1;
	return checked(reallocarray(p, count, size), count * size);
}

char *
inv_mem_dup(const void *p, size_t n)
{
	char *copy = checked(malloc(n + 1), n + 1);

	if (n > 0)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

char *
inv_mem_strdup(const char *s)
{
	return inv_mem_dup(s, strlen(s));
}

void
inv_mem_need(bool got)
{
	struct inv_err err;

	if (got)
		return;
	inv_fail(&err, INV_INTERNAL, "no memory");
	inv_die(&err);
}

void *
inv_mem_pages(void *p, size_t old, size_t n)
{
	void *got = old == 0 ? mmap(NULL, n, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
			     : mremap(p, old, n, MREMAP_MAYMOVE);

	checked(got == MAP_FAILED ? NULL : got, n);
	/* Advice: where it can not be followed, small pages do as well. */
	if (n >= HUGE_PAGE)
		(void)madvise(got, n, MADV_HUGEPAGE);
	return got;
}

void
inv_mem_pages_free(void *p, size_t n)
{
	if (p != NULL)
		(void)munmap(p, n);
}

void
inv_mem_return_large(void)
{
	/* Set by hand it stays; else it grows with each block that is freed.
	 * What is left of the heap is kept: bodies come and go. */
	(void)mallopt(M_MMAP_THRESHOLD, LARGE);
	(void)mallopt(M_TRIM_THRESHOLD, KEPT);
}
