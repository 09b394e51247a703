/* pull.c - bytes, a piece at a time, from whatever is behind */

#include "io/pull.h"

ssize_t
inv_pull_all(struct inv_pull from, char *p, size_t n, struct inv_err *err)
{
	size_t have = 0;

	while (n - have >= INV_PULL_LEAST) {
		ssize_t got = inv_pull_get(from, p + have, n - have, err);

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}
