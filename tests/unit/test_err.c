/* test_err - faults, their messages and their exit statuses */

#include "base/err.h"

#include "check.h"

static void
the_worst_fault_is_told(void)
{
	static const enum inv_fault order[] = { INV_INTERNAL, INV_IO,
		INV_CREATE, INV_DENIED, INV_CONFIG, INV_USAGE, INV_NOINPUT,
		INV_BAD, INV_REFUSED, INV_AGAIN, INV_NO, INV_OK };
	size_t n = sizeof(order) / sizeof(*order);

	for (size_t i = 0; i < n; i++)
		for (size_t k = i; k < n; k++) {
			check(inv_fault_worse(order[i], order[k]) == order[i]);
			check(inv_fault_worse(order[k], order[i]) == order[i]);
		}
}

static const struct test tests[] = {
	TEST(the_worst_fault_is_told),
};

int
main(void)
{
	return RUN(tests);
}
