/*
 * number.c - the text of a number: RFC 8785, which is ECMAScript's
 *
 * Every decimal of up to 15 significant digits survives the way into a double
 * and back, so that its shortest text is itself: such numbers, which is nearly
 * all, are rewritten as digits and never become a double.
 */

#include "data/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	SAFE_DIGITS = 15,  /* of a decimal that any double keeps */
	SAFE_POINT = 300,  /* powers of ten where that holds */
	FAR_POINT = 10000, /* an exponent past this is as good as this */
	TEXT = 40,         /* bytes for printf's form of a double */
};

static const double WHOLE_MAX = 9007199254740992.0; /* 2^53 */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int
clamp(int64_t point)
{
	if (point > FAR_POINT)
		return FAR_POINT;
	return point < -FAR_POINT ? -FAR_POINT : (int)point;
}

static int64_t
exponent_of(struct inv_str s)
{
	int64_t e = 0;

	if (s.n == 0)
		return 0;
	bool negative = s.p[1] == '-';

	for (size_t i = 1; i < s.n; i++)
		if (is_digit(s.p[i]) && e < INT32_MAX)
			e = e * 10 + (s.p[i] - '0');
	return negative ? -e : e;
}

bool
inv_decimal_of(struct inv_str json, struct inv_decimal *d)
{
	bool behind = false; /* the decimal point */
	int64_t point = 0;
	int64_t zeros = 0; /* since the last digit that is not zero */
	size_t i;

	d->negative = json.p[0] == '-';
	d->n = 0;
	for (i = d->negative; i < json.n; i++) {
		char c = json.p[i];

		if (c == '.') {
			behind = true;
			continue;
		}
		if (!is_digit(c))
			break;
		if (d->n == 0 && c == '0') {
			point -= behind;
			continue;
		}
		point += !behind;
		if (c == '0') {
			zeros++;
			continue;
		}
		if (zeros >= INV_NUMBER_DIGITS - d->n)
			return false;
		for (; zeros > 0; zeros--)
			d->digit[d->n++] = '0';
		d->digit[d->n++] = c;
	}
	if (d->n == 0)
		*d = (struct inv_decimal){ 0 };
	else
		d->point = clamp(point +
		    exponent_of((struct inv_str){ json.p + i, json.n - i }));
	return true;
}

static int
cmp_size(const struct inv_decimal *a, const struct inv_decimal *b)
{
	if (a->n == 0 || b->n == 0)
		return (a->n != 0) - (b->n != 0);
	if (a->point != b->point)
		return a->point < b->point ? -1 : 1;
	int min = a->n < b->n ? a->n : b->n;
	int order = memcmp(a->digit, b->digit, (size_t)min);

	return order != 0 ? order : a->n - b->n;
}

int
inv_decimal_cmp(const struct inv_decimal *a, const struct inv_decimal *b)
{
	if (a->negative != b->negative)
		return a->negative ? -1 : 1;
	return a->negative ? cmp_size(b, a) : cmp_size(a, b);
}

bool
inv_decimal_is_whole(const struct inv_decimal *d)
{
	return d->n <= d->point || d->n == 0;
}

static uint64_t
digits_of(const struct inv_decimal *d)
{
	uint64_t v = 0;

	for (int i = 0; i < d->n; i++)
		v = v * 10 + (uint64_t)(d->digit[i] - '0');
	return v;
}

/* Both below 10^17, so that the product is below 2^128. */
static uint64_t
times_mod(uint64_t a, uint64_t b, uint64_t mod)
{
	__extension__ unsigned __int128 product = a;

	product *= b;
	return (uint64_t)(product % mod);
}

/*
 * With the digits of each as a whole number, v is digits * 10^power times
 * `of`'s digits.  A negative power can not be made up for: the last digit of v
 * is not zero, so 10 does not divide it.
 */
bool
inv_decimal_is_multiple(const struct inv_decimal *v,
    const struct inv_decimal *of)
{
	int power = v->point - v->n - (of->point - of->n);
	uint64_t mod = digits_of(of);

	if (v->n == 0 || power < 0)
		return v->n == 0;
	uint64_t left = digits_of(v) % mod;
	uint64_t square = 10 % mod; /* 10^1, 10^2, 10^4 ... */

	for (; power > 0 && left != 0; power >>= 1) {
		if (power & 1)
			left = times_mod(left, square, mod);
		square = times_mod(square, square, mod);
	}
	return left == 0;
}

static size_t
put(char *out, size_t at, const char *p, int n)
{
	memcpy(out + at, p, (size_t)n);
	return at + (size_t)n;
}

static size_t
put_zeros(char *out, size_t at, int n)
{
	memset(out + at, '0', (size_t)n);
	return at + (size_t)n;
}

static size_t
put_exponent(char *out, size_t at, int e)
{
	char text[8];

	return put(out, at, text, snprintf(text, sizeof(text), "e%+d", e));
}

/* ECMA-262, Number::toString, steps 6 to 10. */
static size_t
write_decimal(const struct inv_decimal *d, char out[INV_NUMBER_TEXT])
{
	size_t at = 0;

	if (d->negative)
		out[at++] = '-';
	if (d->n == 0) {
		out[at++] = '0';
	} else if (d->n <= d->point && d->point <= 21) {
		at = put(out, at, d->digit, d->n);
		at = put_zeros(out, at, d->point - d->n);
	} else if (d->point > 0 && d->point <= 21) {
		at = put(out, at, d->digit, d->point);
		out[at++] = '.';
		at = put(out, at, d->digit + d->point, d->n - d->point);
	} else if (d->point > -6 && d->point <= 0) {
		at = put(out, at, "0.", 2);
		at = put_zeros(out, at, -d->point);
		at = put(out, at, d->digit, d->n);
	} else {
		out[at++] = d->digit[0];
		if (d->n > 1)
			out[at++] = '.';
		at = put(out, at, d->digit + 1, d->n - 1);
		at = put_exponent(out, at, d->point - 1);
	}
	return at;
}

/* Without a decimal point, which is the locale's. */
static double
value_of(const struct inv_decimal *d)
{
	char text[TEXT];

	snprintf(text, sizeof(text), "%.*se%d", d->n, d->digit,
	    d->point - d->n);
	return strtod(text, NULL);
}

/* v > 0, rounded to so many digits. */
static struct inv_decimal
rounded(double v, int digits)
{
	struct inv_decimal d = { 0 };
	char text[TEXT];
	char *p = text;

	snprintf(text, sizeof(text), "%.*e", digits - 1, v);
	for (; *p != 'e'; p++)
		if (is_digit(*p))
			d.digit[d.n++] = *p;
	d.point = (int)strtol(p + 1, NULL, 10) + 1;
	while (d.n > 1 && d.digit[d.n - 1] == '0')
		d.n--;
	return d;
}

/* The next decimal of so many digits. */
static void
step_up(struct inv_decimal *d, int digits)
{
	while (d->n < digits)
		d->digit[d->n++] = '0';
	while (d->n > 0 && d->digit[d->n - 1] == '9')
		d->n--;
	if (d->n == 0) {
		d->digit[d->n++] = '1';
		d->point++;
	} else {
		d->digit[d->n - 1]++;
	}
}

/*
 * The shortest decimal that is read as v > 0.  Below a power of two doubles
 * lie twice as dense as above it, so there the nearest decimal of 16 digits
 * may miss where the next one up does not.
 */
static struct inv_decimal
shortest(double v)
{
	struct inv_decimal d;

	for (int digits = isnormal(v) ? SAFE_DIGITS : 1; digits <= 16;
	     digits++) {
		d = rounded(v, digits);
		if (value_of(&d) == v)
			return d;
	}
	step_up(&d, 16);
	if (value_of(&d) == v)
		return d;
	return rounded(v, INV_NUMBER_DIGITS);
}

size_t
inv_number_of(double v, char out[INV_NUMBER_TEXT])
{
	double size = fabs(v);

	if (size <= WHOLE_MAX && size == floor(size))
		return (size_t)snprintf(out, INV_NUMBER_TEXT, "%s%llu",
		    v < 0 ? "-" : "", (unsigned long long)size);
	struct inv_decimal d = shortest(size);

	d.negative = v < 0;
	return write_decimal(&d, out);
}

/* The double nearest to d has d itself as its text. */
static bool
is_exact(const struct inv_decimal *d)
{
	if (d->n <= SAFE_DIGITS && d->point < SAFE_POINT &&
	    d->point > -SAFE_POINT)
		return true;
	double v = value_of(d);

	if (v == 0 || !isfinite(v))
		return false;
	struct inv_decimal back = shortest(v);

	return cmp_size(d, &back) == 0;
}

/* A whole number of up to 15 digits as it is mostly written; "-0" is not. */
static bool
is_plain(struct inv_str json)
{
	size_t i = json.p[0] == '-';

	if (json.n - i > SAFE_DIGITS || (i == 1 && json.p[1] == '0'))
		return false;
	while (i < json.n && is_digit(json.p[i]))
		i++;
	return i == json.n;
}

bool
inv_number_canon(struct inv_str json, char out[INV_NUMBER_TEXT], size_t *n)
{
	struct inv_decimal d;

	if (is_plain(json)) {
		*n = put(out, 0, json.p, (int)json.n);
		return true;
	}
	if (!inv_decimal_of(json, &d) || !is_exact(&d))
		return false;
	*n = write_decimal(&d, out);
	return true;
}

bool
inv_number_is_canon(struct inv_str json)
{
	char text[INV_NUMBER_TEXT];
	size_t n;

	return is_plain(json) ||
	    (inv_number_canon(json, text, &n) &&
		inv_str_eq((struct inv_str){ text, n }, json));
}
