/* str.c - views of bytes, and the numbers people write in them */

#include "base/str.h"

/* The longest duration anybody means: 366 days in milliseconds. */
static const uint64_t DURATION_MAX_MS = UINT64_C(366) * 24 * 3600 * 1000;

enum { SAFE_DIGITS = 19 }; /* of any number that a uint64_t holds */

int
inv_str_cmp(struct inv_str a, struct inv_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int d = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (d != 0)
		return d;
	return (a.n > b.n) - (a.n < b.n);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct inv_str
inv_str_trimmed(struct inv_str s)
{
	for (; s.n > 0 && is_blank(s.p[0]); s.n--)
		s.p++;
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* The next byte that counts, letters in lower case; NUL behind the last. */
static char
folded(struct inv_str s, size_t *i)
{
	while (*i < s.n) {
		char c = s.p[(*i)++];

		if (c >= 'A' && c <= 'Z')
			return (char)(c - 'A' + 'a');
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c < 0)
			return c;
	}
	return '\0';
}

bool
inv_str_alike(struct inv_str a, struct inv_str b)
{
	size_t i = 0;
	size_t k = 0;
	char c;

	while ((c = folded(a, &i)) == folded(b, &k))
		if (c == '\0')
			return true;
	return false;
}

bool
inv_str_u64(struct inv_str s, uint64_t min, uint64_t max, uint64_t *v)
{
	uint64_t x = 0;

	if (s.n == 0 || (s.n > 1 && s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		uint64_t d = (uint64_t)(s.p[i] - '0');

		if (i >= SAFE_DIGITS && x > (UINT64_MAX - d) / 10)
			return false;
		x = x * 10 + d;
	}
	if (x < min || x > max)
		return false;
	*v = x;
	return true;
}

static bool
scaled(struct inv_str s, size_t unit, uint64_t scale, uint64_t max, uint64_t *v)
{
	uint64_t x;

	s.n -= unit;
	if (!inv_str_u64(s, 0, max / scale, &x))
		return false;
	*v = x * scale;
	return true;
}

static bool
ends(struct inv_str s, const char *with)
{
	size_t n = strlen(with);

	return s.n > n && memcmp(s.p + s.n - n, with, n) == 0;
}

bool
inv_str_duration(struct inv_str s, uint64_t *ms)
{
	if (ends(s, "ms"))
		return scaled(s, 2, 1, DURATION_MAX_MS, ms);
	if (ends(s, "s"))
		return scaled(s, 1, 1000, DURATION_MAX_MS, ms);
	if (ends(s, "m"))
		return scaled(s, 1, 60 * 1000, DURATION_MAX_MS, ms);
	if (ends(s, "h"))
		return scaled(s, 1, 3600 * 1000, DURATION_MAX_MS, ms);
	if (ends(s, "d"))
		return scaled(s, 1, 24 * 3600 * 1000, DURATION_MAX_MS, ms);
	return scaled(s, 0, 1000, DURATION_MAX_MS, ms);
}

bool
inv_str_size(struct inv_str s, uint64_t *bytes)
{
	if (ends(s, "K"))
		return scaled(s, 1, UINT64_C(1) << 10, UINT64_MAX, bytes);
	if (ends(s, "M"))
		return scaled(s, 1, UINT64_C(1) << 20, UINT64_MAX, bytes);
	if (ends(s, "G"))
		return scaled(s, 1, UINT64_C(1) << 30, UINT64_MAX, bytes);
	return scaled(s, 0, 1, UINT64_MAX, bytes);
}

void
inv_str_hex(const void *bytes, size_t n, char *out)
{
	static const char digit[] = "0123456789abcdef";
	const unsigned char *b = bytes;

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digit[b[i] >> 4];
		out[2 * i + 1] = digit[b[i] & 15];
	}
}

/*
 * A digit and one, 0 for what is none.  What is in hex is mostly a hash: to
 * branch on each of its digits takes longer than to make it.
 */
static const unsigned char hex_digit[256] = {
	['0'] = 1,
	['1'] = 2,
	['2'] = 3,
	['3'] = 4,
	['4'] = 5,
	['5'] = 6,
	['6'] = 7,
	['7'] = 8,
	['8'] = 9,
	['9'] = 10,
	['a'] = 11,
	['b'] = 12,
	['c'] = 13,
	['d'] = 14,
	['e'] = 15,
	['f'] = 16,
};

bool
inv_str_is_hex(struct inv_str s)
{
	bool all = true;

	for (size_t i = 0; i < s.n; i++)
		all &= hex_digit[(unsigned char)s.p[i]] != 0;
	return all;
}

bool
inv_str_unhex(struct inv_str hex, void *bytes, size_t n)
{
	unsigned char *b = bytes;
	bool all = true;

	if (hex.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned hi = hex_digit[(unsigned char)hex.p[2 * i]];
		unsigned lo = hex_digit[(unsigned char)hex.p[2 * i + 1]];

		all &= hi != 0 && lo != 0;
		b[i] = (unsigned char)((hi - 1) << 4 | ((lo - 1) & 15));
	}
	return all;
}
