/* sheet_text.c - texts of a workbook's XML */

#include "data/sheet_text.h"

#include "base/utf8.h"

enum { CODE = 7 }; /* bytes of _xHHHH_ */

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The unit that p, of n bytes, begins with; -1: it begins with none. */
static int32_t
unit(const char *p, size_t n)
{
	int32_t v = 0;

	if (n < CODE || p[0] != '_' || p[1] != 'x' || p[6] != '_')
		return -1;
	for (int i = 2; i < 6; i++) {
		int d = digit(p[i]);

		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

/* The character there, and in *used the bytes it is written in; -1: none. */
static int32_t
character(const char *p, size_t n, size_t *used)
{
	int32_t v = unit(p, n);

	*used = CODE;
	if (v < 0xd800 || v > 0xdfff)
		return v;
	int32_t low = v < 0xdc00 ? unit(p + CODE, n - CODE) : -1;

	*used = 2 * (size_t)CODE;
	return low >= 0xdc00 && low <= 0xdfff
	    ? 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00)
	    : -1;
}

size_t
inv_sheet_text_decode(char *p, size_t n)
{
	const char *code = memmem(p, n, "_x", 2);
	size_t from = code == NULL ? n : (size_t)(code - p);
	size_t to = from;

	while (from < n) {
		size_t used;
		int32_t c =
		    p[from] == '_' ? character(p + from, n - from, &used) : -1;

		if (c < 0) {
			p[to++] = p[from++];
			continue;
		}
		from += used;
		to += inv_utf8_put((uint32_t)c, p + to);
	}
	return to;
}
