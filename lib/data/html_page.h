/*
 * html_page.h - what the pages of all programs have in common
 *
 * A page is one file: its style and its script are in it, and it loads and
 * sends nothing.  Its policy allows the two by their bytes, and nothing else.
 */
#ifndef INV_DATA_HTML_PAGE_H
#define INV_DATA_HTML_PAGE_H

#include "base/buf.h"
#include "data/digest.h"

struct inv_html_page {
	struct inv_str title;  /* text, to be escaped */
	struct inv_str style;  /* behind the style that all pages have */
	struct inv_str script; /* what inv_html_script adds; empty: none */
};

/* Everything up to the body's tag. */
void inv_html_head(struct inv_buf *b, const struct inv_html_page *page,
    struct inv_digest *d);

/* The script, to stand where the page's content ends. */
void inv_html_script(struct inv_buf *b, const struct inv_html_page *page);

/* Seconds since 1970: to the minute, the whole of it in the attribute. */
void inv_html_time(struct inv_buf *b, uint64_t at);

#endif
