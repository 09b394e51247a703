/* schema_quick.c - what nearly every cell of a column is, told in one look */

#include "data/schema_quick.h"

static bool
keep(struct inv_quick *q, const struct inv_check *check)
{
	if (q->n == INV_QUICK_CHECKS)
		return false;
	q->check[q->n++] = check;
	return true;
}

/* False where the column has more of them than are told in one look. */
static bool
add_text(struct inv_quick *q, const struct inv_check *check)
{
	switch (check->op) {
	case INV_CHECK_MIN_LENGTH:
		/* Text that is not empty has a code point. */
		return check->count <= 1 || keep(q, check);
	case INV_CHECK_MAX_LENGTH:
		/* As many bytes are never more code points. */
		if (check->count < q->most)
			q->most = check->count;
		return true;
	case INV_CHECK_PATTERN:
		/* One that does not match is matched again, to be said so. */
		if (!inv_pattern_is_regular(check->pattern))
			return false;
		if (q->pattern != NULL)
			return keep(q, check);
		q->pattern = check->pattern;
		return true;
	case INV_CHECK_FORMAT:
	case INV_CHECK_NOT_FUTURE:
	case INV_CHECK_ENUM:
		return keep(q, check);
	case INV_CHECK_MINIMUM:
	case INV_CHECK_MAXIMUM:
	case INV_CHECK_ABOVE:
	case INV_CHECK_BELOW:
	case INV_CHECK_MULTIPLE:
	case INV_CHECK_MIN_ITEMS:
	case INV_CHECK_MAX_ITEMS:
	case INV_CHECK_UNIQUE:
	case INV_CHECK_MIN_MEMBERS:
	case INV_CHECK_MAX_MEMBERS:
		break;
	}
	return true;
}

static void
at_least(struct inv_quick *q, int64_t low)
{
	if (low > q->low)
		q->low = low;
}

static void
at_most(struct inv_quick *q, int64_t high)
{
	if (high < q->high)
		q->high = high;
}

static bool
add_number(struct inv_quick *q, const struct inv_check *check)
{
	switch (check->op) {
	case INV_CHECK_MINIMUM:
		at_least(q, check->whole);
		return check->small;
	case INV_CHECK_MAXIMUM:
		at_most(q, check->whole);
		return check->small;
	case INV_CHECK_ABOVE:
		at_least(q, check->whole + 1);
		return check->small;
	case INV_CHECK_BELOW:
		at_most(q, check->whole - 1);
		return check->small;
	case INV_CHECK_MULTIPLE:
	case INV_CHECK_ENUM:
		return false;
	case INV_CHECK_MIN_LENGTH:
	case INV_CHECK_MAX_LENGTH:
	case INV_CHECK_PATTERN:
	case INV_CHECK_FORMAT:
	case INV_CHECK_NOT_FUTURE:
	case INV_CHECK_MIN_ITEMS:
	case INV_CHECK_MAX_ITEMS:
	case INV_CHECK_UNIQUE:
	case INV_CHECK_MIN_MEMBERS:
	case INV_CHECK_MAX_MEMBERS:
		break;
	}
	return true;
}

struct inv_quick
inv_quick_of(const struct inv_node *node, const struct inv_column_plan *plan)
{
	const unsigned numbers = INV_TYPE_INTEGER | INV_TYPE_NUMBER;
	unsigned types = node == NULL ? INV_TYPE_ANY : node->types;
	struct inv_quick q = {
		.most = SIZE_MAX, .low = INT64_MIN, .high = INT64_MAX
	};

	if (node != NULL && (!node->flat || node->never))
		return q;
	q.upper = plan->after == INV_NORMAL_UPPERCASE;
	q.text = plan->before == 0 && (plan->after == 0 || q.upper) &&
	    (types & plan->types & INV_TYPE_STRING) != 0;
	q.number = (types & numbers) != 0;
	for (size_t i = 0; node != NULL && i < node->n; i++) {
		q.text = q.text && add_text(&q, &node->checks[i]);
		q.number = q.number && add_number(&q, &node->checks[i]);
	}
	q.cell = q.number && plan->before == 0 &&
	    (plan->types & numbers) != 0 &&
	    (plan->types & INV_TYPE_STRING) == 0;
	return q;
}

bool
inv_quick_text(const struct inv_quick *q, struct inv_str s,
    struct inv_str as_of)
{
	if (s.n > q->most ||
	    (q->pattern != NULL &&
		inv_pattern_match(q->pattern, s) != INV_MATCH_YES))
		return false;
	for (size_t i = 0; i < q->n; i++)
		if (inv_check_scalar(q->check[i], INV_KIND_STRING, s, as_of) !=
		    INV_FIT)
			return false;
	return true;
}

bool
inv_quick_number(const struct inv_quick *q, struct inv_str s)
{
	int64_t v = 0;

	if (s.n > INV_QUICK_DIGITS || (s.p[0] == '0' && s.n > 1))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	return v >= q->low && v <= q->high;
}
