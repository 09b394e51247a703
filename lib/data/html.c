/* html.c - text from outside, put into a page */

#include "data/html.h"

#include "data/shown.h"

static void
add_for_html(struct inv_buf *b, char c)
{
	switch (c) {
	case '&':
		inv_buf_add(b, INV_LIT("&amp;"));
		return;
	case '<':
		inv_buf_add(b, INV_LIT("&lt;"));
		return;
	case '>':
		inv_buf_add(b, INV_LIT("&gt;"));
		return;
	case '"':
		inv_buf_add(b, INV_LIT("&quot;"));
		return;
	case '\'':
		inv_buf_add(b, INV_LIT("&#39;"));
		return;
	default:
		inv_buf_byte(b, c);
	}
}

static void
add_for_json(struct inv_buf *b, char c)
{
	if (c == '<' || c == '>' || c == '&')
		inv_buf_addf(b, "\\u%04x", (unsigned)c);
	else if (c == '"' || c == '\\')
		inv_buf_addf(b, "\\%c", c);
	else
		inv_buf_byte(b, c);
}

void
inv_html_text(struct inv_buf *b, struct inv_str s)
{
	inv_shown_add(b, s, add_for_html);
}

void
inv_html_json(struct inv_buf *b, struct inv_str s)
{
	inv_buf_byte(b, '"');
	inv_shown_add(b, s, add_for_json);
	inv_buf_byte(b, '"');
}
