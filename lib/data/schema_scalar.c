/*
 * schema_scalar.c - one check on one string, number or constant
 *
 * What both ways of running a program share: over the columns of a flat
 * record, and over a value laid out.  Texts are canonical, strings decoded.
 */

#include "data/schema_node.h"

#include <stdlib.h>

#include "data/calendar.h"

enum {
	SMALL_DIGITS = 15, /* of numbers compared as int64_t */
};

static bool
small_number(struct inv_str text, int64_t *v)
{
	bool negative = text.p[0] == '-';
	size_t i = negative;

	*v = 0;
	if (text.n - i > SMALL_DIGITS)
		return false;
	for (; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		*v = *v * 10 + (text.p[i] - '0');
	}
	if (negative)
		*v = -*v;
	return true;
}

/* The number against the bound: <0, 0 or >0. */
static int
cmp_bound(const struct inv_check *check, struct inv_str text)
{
	struct inv_decimal d;
	int64_t n;

	if (check->small && small_number(text, &n))
		return (n > check->whole) - (n < check->whole);
	/* Canonical text never has more digits than a decimal holds. */
	if (!inv_decimal_of(text, &d))
		return 0;
	return inv_decimal_cmp(&d, &check->bound);
}

static bool
is_multiple(const struct inv_check *check, struct inv_str text)
{
	struct inv_decimal d;
	int64_t n;

	if (check->small && small_number(text, &n))
		return n % check->whole == 0;
	return inv_decimal_of(text, &d) &&
	    inv_decimal_is_multiple(&d, &check->bound);
}

static bool
fits_number(const struct inv_check *check, struct inv_str text)
{
	switch (check->op) {
	case INV_CHECK_MINIMUM:
		return cmp_bound(check, text) >= 0;
	case INV_CHECK_MAXIMUM:
		return cmp_bound(check, text) <= 0;
	case INV_CHECK_ABOVE:
		return cmp_bound(check, text) > 0;
	case INV_CHECK_BELOW:
		return cmp_bound(check, text) < 0;
	case INV_CHECK_MULTIPLE:
		return is_multiple(check, text);
	case INV_CHECK_MIN_LENGTH:
	case INV_CHECK_MAX_LENGTH:
	case INV_CHECK_PATTERN:
	case INV_CHECK_FORMAT:
	case INV_CHECK_NOT_FUTURE:
	case INV_CHECK_ENUM:
	case INV_CHECK_MIN_ITEMS:
	case INV_CHECK_MAX_ITEMS:
	case INV_CHECK_UNIQUE:
	case INV_CHECK_MIN_MEMBERS:
	case INV_CHECK_MAX_MEMBERS:
		break;
	}
	return true;
}

/* Code points; never counted where bytes decide. */
static bool
has_length(const struct inv_check *check, struct inv_str text)
{
	bool min = check->op == INV_CHECK_MIN_LENGTH;
	uint64_t n = 0;

	if (text.n <= check->count && (!min || text.n < check->count))
		return !min;
	for (size_t i = 0; i < text.n; i++)
		n += ((unsigned char)text.p[i] & 0xc0) != 0x80;
	return min ? n >= check->count : n <= check->count;
}

static enum inv_fit
matches(const struct inv_check *check, struct inv_str text)
{
	switch (inv_pattern_match(check->pattern, text)) {
	case INV_MATCH_YES:
		return INV_FIT;
	case INV_MATCH_NO:
		return INV_FIT_NOT;
	case INV_MATCH_TOO_LONG:
		return INV_FIT_TOO_LONG;
	}
	return INV_FIT_TOO_LONG;
}

static enum inv_fit
fits_string(const struct inv_check *check, struct inv_str text,
    struct inv_str as_of)
{
	bool ok = true;

	switch (check->op) {
	case INV_CHECK_MIN_LENGTH:
	case INV_CHECK_MAX_LENGTH:
		ok = has_length(check, text);
		break;
	case INV_CHECK_PATTERN:
		return matches(check, text);
	case INV_CHECK_FORMAT:
		ok = inv_syntax_is(check->syntax, text);
		break;
	case INV_CHECK_NOT_FUTURE:
		ok = as_of.n == 0 || !inv_calendar_is_after(text, as_of);
		break;
	case INV_CHECK_MINIMUM:
	case INV_CHECK_MAXIMUM:
	case INV_CHECK_ABOVE:
	case INV_CHECK_BELOW:
	case INV_CHECK_MULTIPLE:
	case INV_CHECK_ENUM:
	case INV_CHECK_MIN_ITEMS:
	case INV_CHECK_MAX_ITEMS:
	case INV_CHECK_UNIQUE:
	case INV_CHECK_MIN_MEMBERS:
	case INV_CHECK_MAX_MEMBERS:
		break;
	}
	return ok ? INV_FIT : INV_FIT_NOT;
}

int
inv_choice_cmp(const void *x, const void *y)
{
	const struct inv_choice *a = x;
	const struct inv_choice *b = y;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return inv_str_cmp(a->text, b->text);
}

static bool
is_choice(const struct inv_check *check, enum inv_kind kind,
    struct inv_str text)
{
	struct inv_choice key = { kind, text };

	return bsearch(&key, check->choices, check->n, sizeof(key),
		   inv_choice_cmp) != NULL;
}

enum inv_fit
inv_check_scalar(const struct inv_check *check, enum inv_kind kind,
    struct inv_str text, struct inv_str as_of)
{
	if (check->op == INV_CHECK_ENUM)
		return is_choice(check, kind, text) ? INV_FIT : INV_FIT_NOT;
	if (kind == INV_KIND_STRING)
		return fits_string(check, text, as_of);
	if (kind == INV_KIND_NUMBER)
		return fits_number(check, text) ? INV_FIT : INV_FIT_NOT;
	return INV_FIT;
}

static struct inv_rule
saying(const struct inv_rule *rule, const char *type, const char *msg)
{
	struct inv_rule other = *rule;

	other.type = type;
	other.msg = inv_str_of(msg);
	return other;
}

struct inv_rule
inv_check_too_long(const struct inv_rule *rule)
{
	return saying(rule, "string_pattern_limit",
	    "takes too long to match its pattern");
}

struct inv_rule
inv_type_fraction(const struct inv_rule *rule)
{
	return saying(rule, "int_from_float", "has a fractional part");
}

static bool
is_whole(struct inv_str canonical)
{
	struct inv_decimal d;
	int64_t n;

	return small_number(canonical, &n) ||
	    (inv_decimal_of(canonical, &d) && inv_decimal_is_whole(&d));
}

enum inv_typing
inv_type_of_number(unsigned types, struct inv_str text)
{
	if ((types & INV_TYPE_INTEGER) == 0)
		return INV_TYPING_NOT;
	return is_whole(text) ? INV_TYPING_FITS : INV_TYPING_FRACTION;
}
