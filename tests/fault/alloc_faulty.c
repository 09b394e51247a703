/*
 * alloc_faulty.c - an allocator that breaks, for tests: LD_PRELOAD it
 *
 * The Nth malloc, calloc or realloc that would take memory fails, whoever
 * asks: INV_ALLOC_FAULT is N, or N+ for all from there on.  Counted is from
 * main on.  INV_ALLOC_LOG is a file that gets how many there were.
 *
 * Not failed is what getpwuid(3) asks for: glibc 2.36 dies of it by a signal
 * where it has no memory for nsswitch.conf.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "tell.h"

typedef int main_fn(int argc, char **argv, char **env);
typedef int start_fn(main_fn *main, int argc, char **argv, void (*init)(void),
    void (*fini)(void), void (*loaded)(void), void *stack_end);

/* glibc's own, which those of the programs would otherwise be. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t n);
void *__libc_realloc(void *p, size_t n);
int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void),
    void (*fini)(void), void (*loaded)(void), void *stack_end);

static struct {
	bool counting;
	bool from_there_on;
	uint64_t at;
	_Atomic uint64_t seen;
} plan;

static bool
fails(void)
{
	uint64_t n;

	if (!plan.counting)
		return false;
	n = ++plan.seen;
	if (n != plan.at && !(n > plan.at && plan.from_there_on))
		return false;
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *
calloc(size_t count, size_t n)
{
	return fails() ? NULL : __libc_calloc(count, n);
}

void *
realloc(void *p, size_t n)
{
	if (n > 0 && fails())
		return NULL;
	return __libc_realloc(p, n);
}

struct passwd *
getpwuid(uid_t uid)
{
	struct passwd *(*real)(uid_t);
	bool counting = plan.counting;

	plan.counting = false;
	*(void **)&real = dlsym(RTLD_NEXT, "getpwuid");
	struct passwd *pw = real(uid);

	plan.counting = counting;
	return pw;
}

static void
tell_seen(void)
{
	plan.counting = false;
	tell("INV_ALLOC_LOG", O_TRUNC, "of", plan.seen);
}

int
__libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void),
    void (*fini)(void), void (*loaded)(void), void *stack_end)
{
	start_fn *start;
	const char *s = getenv("INV_ALLOC_FAULT");
	char *end = NULL;

	*(void **)&start = dlsym(RTLD_NEXT, "__libc_start_main");
	if (s != NULL) {
		plan.at = strtoull(s, &end, 10);
		plan.from_there_on = *end == '+';
		atexit(tell_seen);
		plan.counting = true;
	}
	return start(main, argc, argv, init, fini, loaded, stack_end);
}
