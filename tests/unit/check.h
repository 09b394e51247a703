/*
 * check.h - a small TAP frame for unit tests
 *
 * A test is a static function named as a claim; main lists them with TEST()
 * and runs them.  A failed check says where and what, and the test goes on.
 * What a machine can not run says so with skip() and returns.
 */
#ifndef INV_TESTS_CHECK_H
#define INV_TESTS_CHECK_H

#include <stdio.h>
#include <string.h>

#include "base/str.h"

struct test {
	const char *name;
	void (*run)(void);
};

#define TEST(fn)                                                               \
	{                                                                      \
#fn, fn                                                        \
	}

static int check_failed;
static const char *check_skipped; /* why, or NULL */

static inline void
skip(const char *why)
{
	check_skipped = why;
}

static inline void
check_that(bool ok, const char *what, const char *file, int line)
{
	if (ok)
		return;
	check_failed++;
	printf("# %s:%d: not so: %s\n", file, line, what);
}

#define check(cond) check_that((cond), #cond, __FILE__, __LINE__)

static inline void
check_same(struct inv_str got, struct inv_str want, const char *file, int line)
{
	if (inv_str_eq(got, want))
		return;
	check_failed++;
	printf("# %s:%d: got  [%.*s]\n", file, line, INV_ARG(got));
	printf("# %s:%d: want [%.*s]\n", file, line, INV_ARG(want));
}

#define check_str(got, want)                                                   \
	check_same((got), inv_str_of(want), __FILE__, __LINE__)

static inline int
run_tests(const struct test *tests, size_t n)
{
	int bad = 0;

	printf("1..%zu\n", n);
	for (size_t i = 0; i < n; i++) {
		check_failed = 0;
		check_skipped = NULL;
		tests[i].run();
		printf("%sok %zu %s", check_failed ? "not " : "", i + 1,
		    tests[i].name);
		if (check_skipped != NULL)
			printf(" # skip %s", check_skipped);
		printf("\n");
		bad += check_failed != 0;
	}
	return bad != 0;
}

#define RUN(tests) run_tests((tests), sizeof(tests) / sizeof(*(tests)))

#endif
