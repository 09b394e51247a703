/*
 * mem.h - memory, or the end of the process
 *
 * State is durable before it is announced, so dying is safe: a failed
 * allocation prints one line and exits 70, and no caller has a branch for it.
 */
#ifndef INV_BASE_MEM_H
#define INV_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

/* n bytes, all zero; n may be 0.  Free with free(3). */
void *inv_mem_new(size_t n) __attribute__((malloc, returns_nonnull));

/* p resized to count * size bytes, as reallocarray(3); p may be NULL. */
void *inv_mem_resize(void *p, size_t count, size_t size)
    __attribute__((returns_nonnull));

/* A copy of a C string. */
char *inv_mem_strdup(const char *s) __attribute__((malloc, returns_nonnull));

/* n copied bytes and a NUL behind them. */
char *inv_mem_dup(const void *p, size_t n)
    __attribute__((malloc, returns_nonnull));

/* The same end where a library that asked for itself did not get it. */
void inv_mem_need(bool got);

/*
 * Pages for one large table: p of `old` bytes (NULL of 0) made n bytes long,
 * at another address perhaps but never copied; what is new is zero, and costs
 * memory when it is written to.
 */
void *inv_mem_pages(void *p, size_t old, size_t n)
    __attribute__((returns_nonnull));
void inv_mem_pages_free(void *p, size_t n);

/*
 * For those who hold large blocks of many sizes, and little in all: a block of
 * 192 KiB or more has pages of its own, which cost nothing before they are used
 * and are the kernel's again once it is freed.
 */
void inv_mem_return_large(void);

/*
 * What is at p is read soon: it comes into the cache meanwhile.  Of a function
 * that does nothing else but __builtin_prefetch gcc leaves out the calls, as of
 * one without effect; what is volatile stays.
 */
static inline void
inv_mem_fetch(const void *p)
{
	__builtin_prefetch(p);
	__asm__ volatile("");
}

#endif
