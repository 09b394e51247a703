/* base64.c - RFC 4648 section 4: the standard alphabet, padded */

#include "base/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789+/";

void
inv_base64_put(struct inv_buf *b, struct inv_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	for (size_t i = 0; i < s.n; i += 3) {
		size_t left = s.n - i;
		uint32_t v = (uint32_t)p[i] << 16;
		char four[4];

		if (left > 1)
			v |= (uint32_t)p[i + 1] << 8;
		if (left > 2)
			v |= p[i + 2];
		four[0] = digits[v >> 18];
		four[1] = digits[v >> 12 & 63];
		four[2] = left > 1 ? digits[v >> 6 & 63] : '=';
		four[3] = left > 2 ? digits[v & 63] : '=';
		inv_buf_add(b, (struct inv_str){ four, 4 });
	}
}

/* Four digits into *v, and how many of them are padding; false for others. */
static bool
quantum(const char *four, bool last, uint32_t *v, size_t *padding)
{
	size_t n = 4;

	while (last && n > 2 && four[n - 1] == '=')
		n--;
	*padding = 4 - n;
	*v = 0;
	for (size_t i = 0; i < 4; i++) {
		const char *at =
		    i >= n || four[i] == '\0' ? NULL : strchr(digits, four[i]);

		if (i < n && at == NULL)
			return false;
		*v = *v << 6 | (at == NULL ? 0 : (uint32_t)(at - digits));
	}
	return (*v & ((UINT32_C(1) << 8 * *padding) - 1)) == 0;
}

bool
inv_base64_get(struct inv_buf *b, struct inv_str text)
{
	size_t before = b->n;

	if (text.n % 4 != 0)
		return false;
	for (size_t i = 0; i < text.n; i += 4) {
		uint32_t v;
		size_t padding;

		if (!quantum(text.p + i, i + 4 == text.n, &v, &padding)) {
			b->n = before;
			return false;
		}
		const char three[3] = { (char)(v >> 16), (char)(v >> 8),
			(char)v };

		inv_buf_add(b, (struct inv_str){ three, 3 - padding });
	}
	return !b->failed;
}
