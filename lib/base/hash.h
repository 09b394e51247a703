/*
 * hash.h - SipHash-2-4 with 128 bits: a hash that nobody outside can aim at
 *
 * A pseudo-random function under a secret key: who does not know the key can
 * neither find two texts with the same hash nor fill one place of a table.
 * With a key of the process that never leaves it, 96 bits of it may stand for
 * the text.
 */
#ifndef INV_BASE_HASH_H
#define INV_BASE_HASH_H

#include "base/str.h"

enum {
	INV_HASH = 16,     /* bytes of a hash */
	INV_HASH_KEY = 16, /* bytes of a key */
};

void inv_hash_of(const unsigned char key[INV_HASH_KEY], struct inv_str s,
    unsigned char out[INV_HASH]);

#endif
