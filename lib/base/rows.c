/* rows.c - a set of row numbers, kept as ranges */

#include "base/rows.h"

#include <stdlib.h>

#include "base/mem.h"

/* The first range that ends at row or behind it; n where there is none. */
static size_t
at(const struct inv_rows *r, uint64_t row)
{
	size_t lo = 0;
	size_t hi = r->n;

	/* Nearly always the next row comes behind all others. */
	if (hi == 0 || r->range[hi - 1].last < row)
		return hi;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (r->range[mid].last < row)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Replace `cut` ranges at i by `put` new ones, whose content is undefined. */
static void
splice(struct inv_rows *r, size_t i, size_t cut, size_t put)
{
	if (r->n - cut + put > r->cap) {
		r->cap = r->cap == 0 ? 8 : r->cap * 2;
		r->range = inv_mem_resize(r->range, r->cap, sizeof(*r->range));
	}
	if (cut != put && i + cut < r->n)
		memmove(r->range + i + put, r->range + i + cut,
		    (r->n - i - cut) * sizeof(*r->range));
	r->n = r->n - cut + put;
}

bool
inv_rows_full(const struct inv_rows *r)
{
	return r->n >= INV_ROWS_MAX;
}

bool
inv_rows_add(struct inv_rows *r, uint64_t first, uint64_t last)
{
	size_t i = at(r, first);

	if (i < r->n && r->range[i].first <= last)
		return false;
	bool left = i > 0 && first > 0 && r->range[i - 1].last == first - 1;
	bool right = i < r->n && r->range[i].first == last + 1;

	if (!left && !right && inv_rows_full(r))
		return false;
	if (left && right) {
		r->range[i - 1].last = r->range[i].last;
		splice(r, i, 1, 0);
	} else if (left) {
		r->range[i - 1].last = last;
	} else if (right) {
		r->range[i].first = first;
	} else {
		splice(r, i, 0, 1);
		r->range[i] = (struct inv_range){ first, last };
	}
	r->count += last - first + 1;
	return true;
}

void
inv_rows_cut(struct inv_rows *r, uint64_t first, uint64_t last)
{
	size_t i = at(r, first);

	while (i < r->n && r->range[i].first <= last) {
		struct inv_range old = r->range[i];
		uint64_t from = old.first > first ? old.first : first;
		uint64_t to = old.last < last ? old.last : last;
		bool left = old.first < from;
		bool right = old.last > to;

		r->count -= to - from + 1;
		splice(r, i, 1, (size_t)left + (size_t)right);
		if (left)
			r->range[i++] =
			    (struct inv_range){ old.first, from - 1 };
		if (right)
			r->range[i++] = (struct inv_range){ to + 1, old.last };
	}
}

void
inv_rows_join(struct inv_rows *r, uint64_t first, uint64_t last)
{
	inv_rows_cut(r, first, last);
	/* A full set of scattered rows grows on: joining is for our own logs,
	 * whose ranges were bounded when they were written. */
	if (!inv_rows_add(r, first, last)) {
		size_t i = at(r, first);

		splice(r, i, 0, 1);
		r->range[i] = (struct inv_range){ first, last };
		r->count += last - first + 1;
	}
}

bool
inv_rows_has(const struct inv_rows *r, uint64_t row)
{
	size_t i = at(r, row);

	return i < r->n && r->range[i].first <= row;
}

uint64_t
inv_rows_within(const struct inv_rows *r, uint64_t first, uint64_t last)
{
	uint64_t rows = 0;

	for (size_t i = at(r, first); i < r->n && r->range[i].first <= last;
	     i++) {
		uint64_t from = r->range[i].first;
		uint64_t to = r->range[i].last;

		rows +=
		    (to < last ? to : last) - (from > first ? from : first) + 1;
	}
	return rows;
}

bool
inv_rows_eq(const struct inv_rows *a, const struct inv_rows *b)
{
	return a->n == b->n &&
	    (a->n == 0 ||
		memcmp(a->range, b->range, a->n * sizeof(*a->range)) == 0);
}

uint64_t
inv_rows_first_gap(const struct inv_rows *r, uint64_t n)
{
	uint64_t next = 1;

	for (size_t i = 0; i < r->n && r->range[i].first <= next; i++)
		if (r->range[i].last >= next)
			next = r->range[i].last + 1;
	return next <= n ? next : 0;
}

bool
inv_rows_is_all(const struct inv_rows *r, uint64_t n)
{
	if (n == 0)
		return r->n == 0;
	return r->n == 1 && r->range[0].first == 1 && r->range[0].last == n;
}

void
inv_rows_reset(struct inv_rows *r)
{
	r->n = 0;
	r->count = 0;
}

void
inv_rows_free(struct inv_rows *r)
{
	free(r->range);
	*r = (struct inv_rows){ 0 };
}
