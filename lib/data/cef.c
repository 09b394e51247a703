/* cef.c - text put into a line of ArcSight's Common Event Format, CEF:0 */

#include "data/cef.h"

#include "data/shown.h"

static void
add_to_header(struct inv_buf *b, char c)
{
	if (c == '|' || c == '\\')
		inv_buf_byte(b, '\\');
	inv_buf_byte(b, c);
}

static void
add_to_value(struct inv_buf *b, char c)
{
	if (c == '=' || c == '\\')
		inv_buf_byte(b, '\\');
	inv_buf_byte(b, c);
}

void
inv_cef_header(struct inv_buf *b, struct inv_str s)
{
	inv_shown_add(b, s, add_to_header);
	inv_buf_byte(b, '|');
}

/* The ends of lines have an escape of their own. */
static void
add_value(struct inv_buf *b, struct inv_str s)
{
	size_t from = 0;

	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && s.p[i] != '\n' && s.p[i] != '\r')
			continue;
		inv_shown_add(b, (struct inv_str){ s.p + from, i - from },
		    add_to_value);
		if (i < s.n)
			inv_buf_add(b,
			    s.p[i] == '\n' ? INV_LIT("\\n") : INV_LIT("\\r"));
		from = i + 1;
	}
}

void
inv_cef_value(struct inv_buf *b, const char *key, struct inv_str value,
    size_t max)
{
	if (value.n == 0)
		return;
	if (value.n > max)
		for (value.n = max;
		     value.n > 0 && (value.p[value.n] & 0xc0) == 0x80;)
			value.n--;
	inv_buf_byte(b, ' ');
	inv_buf_add(b, inv_str_of(key));
	inv_buf_byte(b, '=');
	add_value(b, value);
}
