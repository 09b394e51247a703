/* base64.h - RFC 4648 section 4: the standard alphabet, padded */
#ifndef INV_BASE_BASE64_H
#define INV_BASE_BASE64_H

#include "base/buf.h"

void inv_base64_put(struct inv_buf *b, struct inv_str bytes);

/*
 * Add the bytes that text stands for.  False, and b is as before, for what
 * inv_base64_put would not write: other characters, wrong padding, bits that
 * stand for nothing.
 */
INV_MUST bool inv_base64_get(struct inv_buf *b, struct inv_str text);

#endif
