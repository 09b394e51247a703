/* utf8.h - characters as bytes (RFC 3629: no surrogates, nothing overlong) */
#ifndef INV_BASE_UTF8_H
#define INV_BASE_UTF8_H

#include "base/str.h"

/* Bytes of the character at p, of n (at least 1) there are; 0: it is none. */
size_t inv_utf8_len(const unsigned char *p, size_t n);

/* All of it is characters. */
bool inv_utf8_all(struct inv_str s);

/* The bytes of a code point, 1 to 4 of them, into out; their number. */
size_t inv_utf8_put(uint32_t code, char *out);

#endif
