/* shown.c - text from outside in which nothing acts, and nothing hides */

#include "data/shown.h"

#include "base/utf8.h"

/* Characters that do something, or nothing, instead of being seen. */
static const struct {
	uint32_t first, last;
} unseen[] = {
	{ 0x0, 0x1f },
	{ 0x7f, 0x9f },
	{ 0xad, 0xad },
	{ 0x61c, 0x61c },
	{ 0x180e, 0x180e },
	{ 0x200b, 0x200f },
	{ 0x2028, 0x202e },
	{ 0x2060, 0x206f },
	{ 0xfeff, 0xfeff },
	{ 0xfff9, 0xfffb },
	{ 0xe0000, 0xe007f },
};

static bool
is_unseen(uint32_t code)
{
	for (size_t i = 0; i < sizeof(unseen) / sizeof(*unseen); i++)
		if (code >= unseen[i].first && code <= unseen[i].last)
			return true;
	return false;
}

static uint32_t
code_of(const unsigned char *p, size_t len)
{
	uint32_t code = len == 1 ? p[0] : p[0] & (0x7fu >> len);

	for (size_t i = 1; i < len; i++)
		code = code << 6 | (p[i] & 0x3fu);
	return code;
}

void
inv_shown_add(struct inv_buf *b, struct inv_str s,
    void (*plain)(struct inv_buf *b, char c))
{
	for (size_t i = 0; i < s.n;) {
		const unsigned char *p = (const unsigned char *)s.p + i;
		size_t len = inv_utf8_len(p, s.n - i);
		uint32_t code = len > 0 ? code_of(p, len) : 0;

		if (len == 0)
			inv_buf_addf(b, "[x%02X]", *p);
		else if (is_unseen(code))
			inv_buf_addf(b, "[U+%04X]", code);
		else if (len == 1)
			plain(b, s.p[i]);
		else
			inv_buf_add(b, (struct inv_str){ s.p + i, len });
		i += len > 0 ? len : 1;
	}
}
