/*
 * shown.h - text from outside in which nothing acts, and nothing hides
 *
 * Control characters, bidi controls, line separators and characters without a
 * width are shown as [U+202E], and a byte that is not UTF-8 as [xFF].
 */
#ifndef INV_DATA_SHOWN_H
#define INV_DATA_SHOWN_H

#include "base/buf.h"

/* Add s; what is ASCII and can be seen is added by `plain`. */
void inv_shown_add(struct inv_buf *b, struct inv_str s,
    void (*plain)(struct inv_buf *b, char c));

#endif
