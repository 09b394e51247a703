/*
 * fuzz_number - the text of a number keeps its value, and is its own
 *
 * What is canonical comes back as itself, is what the double it denotes is
 * written as, and denotes the decimal that came.
 */

#include <math.h>
#include <stdlib.h>

#include "data/number.h"
#include "data/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
check_double(double v)
{
	char text[INV_NUMBER_TEXT + 1];
	char again[INV_NUMBER_TEXT];
	size_t n = inv_number_of(v, text);
	size_t m;

	must(n < sizeof(text));
	text[n] = '\0';
	must(strtod(text, NULL) == v);
	must(inv_number_is_canon((struct inv_str){ text, n }));
	must(inv_number_canon((struct inv_str){ text, n }, again, &m));
	must(m == n && memcmp(text, again, n) == 0);
}

static void
check_text(struct inv_str json)
{
	char text[INV_NUMBER_TEXT + 1];
	char again[INV_NUMBER_TEXT];
	struct inv_decimal a, b;
	size_t n;

	if (!inv_number_canon(json, text, &n)) {
		must(!inv_number_is_canon(json));
		return;
	}
	must(n <= INV_NUMBER_TEXT);
	must(inv_number_is_canon(json) ==
	    inv_str_eq(json, (struct inv_str){ text, n }));
	must(inv_decimal_of(json, &a));
	must(inv_decimal_of((struct inv_str){ text, n }, &b));
	must(inv_decimal_cmp(&a, &b) == 0);
	text[n] = '\0';
	must(inv_number_of(strtod(text, NULL), again) == n);
	must(memcmp(text, again, n) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct inv_scan *scan;
	struct inv_err err;
	enum inv_kind kind;
	double v;

	if (scan == NULL)
		scan = inv_scan_new();
	if (n == sizeof(v)) {
		memcpy(&v, p, sizeof(v));
		if (isfinite(v))
			check_double(v);
	}
	struct inv_str json = { (const char *)p, n };

	if (n > 0 && p[0] != ' ' && p[n - 1] >= '0' && p[n - 1] <= '9' &&
	    inv_scan_value(scan, json, &kind, &err) &&
	    kind == INV_KIND_NUMBER && (*p == '-' || *p >= '0'))
		check_text(json);
	return 0;
}
