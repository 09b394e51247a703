/*
 * number.h - the text of a number: RFC 8785, which is ECMAScript's
 *
 * A number travels on only if its canonical text denotes the same decimal
 * value as the text that came: 1.10 becomes 1.1, but 10000000000000001 would
 * become another number and is refused.  Nothing here depends on the locale.
 */
#ifndef INV_DATA_NUMBER_H
#define INV_DATA_NUMBER_H

#include "base/str.h"

enum {
	INV_NUMBER_TEXT = 32,   /* bytes: more than any canonical number has */
	INV_NUMBER_DIGITS = 17, /* that any canonical number needs */
};

/*
 * A decimal number as it is: 0.d1d2d3... times ten to the power of point.
 * No zeros at either end of the digits; zero has no digits and no sign.
 */
struct inv_decimal {
	bool negative;
	int n;     /* digits */
	int point; /* clamped far outside what a double can hold */
	char digit[INV_NUMBER_DIGITS]; /* '0' to '9' */
};

/*
 * Read a number of JSON's grammar, scanned before.  False if it has more
 * significant digits than any canonical number.
 */
INV_MUST bool inv_decimal_of(struct inv_str json, struct inv_decimal *d);

/* By value: <0, 0 or >0. */
int inv_decimal_cmp(const struct inv_decimal *a, const struct inv_decimal *b);

bool inv_decimal_is_whole(const struct inv_decimal *d);

/* v is a whole number of times `of`, which is not zero; signs do not matter. */
bool inv_decimal_is_multiple(const struct inv_decimal *v,
    const struct inv_decimal *of);

/* The canonical text of a finite double; returns its length, no NUL. */
size_t inv_number_of(double v, char out[INV_NUMBER_TEXT]);

/*
 * The canonical text of a number of JSON's grammar, scanned before, and its
 * length in *n; no NUL.  False, and nothing written, where that would not be
 * the same decimal value: too many digits, too large, too small.
 */
INV_MUST bool inv_number_canon(struct inv_str json, char out[INV_NUMBER_TEXT],
    size_t *n);

/* A scanned number is canonical already: it may be copied as it stands. */
bool inv_number_is_canon(struct inv_str json);

#endif
