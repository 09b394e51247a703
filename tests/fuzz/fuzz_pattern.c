/*
 * fuzz_pattern - no expression breaks the reader, and an automaton finds what
 * the engine finds
 *
 * Input: an expression, a line feed, a text.  (?=) is always so, and sends any
 * expression to the engine.
 */

#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "data/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

enum { LONGEST = 512 }; /* bytes of an expression */

static bool
is_utf8(const uint8_t *p, size_t n)
{
	for (size_t i = 0, len; i < n; i += len)
		if ((len = inv_utf8_len(p + i, n - i)) == 0)
			return false;
	return true;
}

static void
compare(struct inv_pattern *p, struct inv_str regex, struct inv_str s)
{
	char text[LONGEST + 16];
	struct inv_err err;
	int len = snprintf(text, sizeof(text), "(?=)(?:%.*s)", INV_ARG(regex));
	struct inv_pattern *q =
	    inv_pattern_new((struct inv_str){ text, (size_t)len }, &err);

	if (q == NULL)
		return; /* too large for the engine */
	enum inv_match a = inv_pattern_match(p, s);
	enum inv_match b = inv_pattern_match(q, s);

	if (a != b && a != INV_MATCH_TOO_LONG && b != INV_MATCH_TOO_LONG)
		abort();
	inv_pattern_free(q);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const uint8_t *end = n > 0 ? memchr(p, '\n', n) : NULL;
	struct inv_err err;

	if (end == NULL)
		return 0;
	struct inv_str regex = { (const char *)p, (size_t)(end - p) };
	struct inv_str s = { (const char *)end + 1, n - regex.n - 1 };
	struct inv_pattern *pattern = inv_pattern_new(regex, &err);

	if (pattern == NULL)
		return 0;
	if (!is_utf8(p, regex.n))
		abort();
	if (is_utf8(end + 1, s.n) && regex.n <= LONGEST &&
	    memchr(regex.p, '\0', regex.n) == NULL)
		compare(pattern, regex, s);
	inv_pattern_free(pattern);
	return 0;
}
