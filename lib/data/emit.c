/* emit.c - JSON written into a buf */

#include "data/emit.h"

#include "base/base64.h"
#include "base/rows.h"
#include "data/scan.h"

/* A comma, unless this is the first thing behind an opening or a colon. */
static void
separate(struct inv_buf *b)
{
	if (b->n == 0)
		return;
	char last = b->p[b->n - 1];

	if (last != '{' && last != '[' && last != ':' && last != '\n')
		inv_buf_byte(b, ',');
}

void
inv_emit_open(struct inv_buf *b, char bracket)
{
	separate(b);
	inv_buf_byte(b, bracket);
}

void
inv_emit_close(struct inv_buf *b, char bracket)
{
	inv_buf_byte(b, bracket);
}

void
inv_emit_key(struct inv_buf *b, struct inv_str name)
{
	separate(b);
	inv_buf_byte(b, '"');
	inv_buf_add(b, name);
	inv_buf_add(b, INV_LIT("\":"));
}

static void
emit_control(struct inv_buf *b, unsigned char c)
{
	static const char names[] = "btn\0fr"; /* 8 .. 13; 11 has none */
	char code[] = "\\u00..";

	if (c >= 8 && c <= 13 && c != 11) {
		inv_buf_byte(b, '\\');
		inv_buf_byte(b, names[c - 8]);
		return;
	}
	inv_str_hex(&c, 1, code + 4);
	inv_buf_add(b, (struct inv_str){ code, 6 });
}

void
inv_emit_text(struct inv_buf *b, struct inv_str s)
{
	while (s.n > 0) {
		size_t n = inv_text_plain(s.p, s.n);

		if (n == 0) {
			unsigned char c = (unsigned char)*s.p;

			n = 1;
			if (c == '"' || c == '\\') {
				inv_buf_byte(b, '\\');
				inv_buf_byte(b, (char)c);
			} else if (c < 0x20) {
				emit_control(b, c);
			} else {
				inv_buf_byte(b, (char)c);
			}
		} else {
			inv_buf_add(b, (struct inv_str){ s.p, n });
		}
		s.p += n;
		s.n -= n;
	}
}

void
inv_emit_str(struct inv_buf *b, struct inv_str s)
{
	separate(b);
	inv_buf_byte(b, '"');
	inv_emit_text(b, s);
	inv_buf_byte(b, '"');
}

void
inv_emit_u64(struct inv_buf *b, uint64_t v)
{
	separate(b);
	inv_buf_u64(b, v);
}

void
inv_emit_raw(struct inv_buf *b, struct inv_str json)
{
	separate(b);
	inv_buf_add(b, json);
}

void
inv_emit_bytes(struct inv_buf *b, struct inv_str bytes)
{
	if (inv_text_is_utf8(bytes)) {
		inv_emit_member_str(b, INV_LIT("raw"), bytes);
		return;
	}
	inv_emit_key(b, INV_LIT("raw_base64"));
	inv_buf_byte(b, '"');
	inv_base64_put(b, bytes);
	inv_buf_byte(b, '"');
}

void
inv_emit_rows(struct inv_buf *b, const struct inv_rows *rows)
{
	inv_emit_open(b, '[');
	for (size_t i = 0; i < rows->n; i++) {
		inv_emit_open(b, '[');
		inv_emit_u64(b, rows->range[i].first);
		inv_emit_u64(b, rows->range[i].last);
		inv_emit_close(b, ']');
	}
	inv_emit_close(b, ']');
}

void
inv_emit_member_str(struct inv_buf *b, struct inv_str name, struct inv_str s)
{
	inv_emit_key(b, name);
	inv_emit_str(b, s);
}

void
inv_emit_member_u64(struct inv_buf *b, struct inv_str name, uint64_t v)
{
	inv_emit_key(b, name);
	inv_emit_u64(b, v);
}

void
inv_emit_member_raw(struct inv_buf *b, struct inv_str name, struct inv_str json)
{
	inv_emit_key(b, name);
	inv_emit_raw(b, json);
}

void
inv_emit_member_bool(struct inv_buf *b, struct inv_str name, bool v)
{
	inv_emit_member_raw(b, name, v ? INV_LIT("true") : INV_LIT("false"));
}
