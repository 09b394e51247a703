/*
 * html.h - text from outside, put into a page
 *
 * Nothing that is put by these can begin markup, end what it stands in, or
 * make the text around it look other than it is: control characters, bidi
 * controls, line separators and characters without a width are shown as
 * [U+202E], and a byte that is not UTF-8 as [xFF].
 */
#ifndef INV_DATA_HTML_H
#define INV_DATA_HTML_H

#include "base/buf.h"

/* As the text of an element, or of an attribute between quotes of any kind. */
void inv_html_text(struct inv_buf *b, struct inv_str s);

/* As a JSON string, with its quotes, inside of a script element. */
void inv_html_json(struct inv_buf *b, struct inv_str s);

#endif
