/*
 * near.c - how far a word is from another
 *
 * The usual table of distances between all beginnings of both, of which three
 * lines are enough; swaps of neighbours count as one (Damerau).
 */

#include "base/near.h"

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
inv_near(struct inv_str a, struct inv_str b, size_t most)
{
	size_t lines[3][INV_NEAR_MAX + 1];

	if (a.n > INV_NEAR_MAX || b.n > INV_NEAR_MAX)
		return inv_str_eq(a, b) ? 0 : most + 1;
	for (size_t k = 0; k <= b.n; k++)
		lines[0][k] = k;
	for (size_t i = 1; i <= a.n; i++) {
		size_t *now = lines[i % 3];
		const size_t *last = lines[(i + 2) % 3];
		const size_t *before = lines[(i + 1) % 3];

		now[0] = i;
		for (size_t k = 1; k <= b.n; k++) {
			bool same = a.p[i - 1] == b.p[k - 1];

			now[k] = least(last[k - 1] + !same,
			    least(last[k], now[k - 1]) + 1);
			if (i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] &&
			    a.p[i - 2] == b.p[k - 1])
				now[k] = least(now[k], before[k - 2] + 1);
		}
	}
	return least(lines[a.n % 3][b.n], most + 1);
}
