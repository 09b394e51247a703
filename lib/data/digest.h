/*
 * digest.h - SHA-256 (FIPS 180-4)
 *
 * One context is made once and used again: a message takes no memory.
 */
#ifndef INV_DATA_DIGEST_H
#define INV_DATA_DIGEST_H

#include "base/err.h"

enum {
	INV_DIGEST = 32,     /* bytes */
	INV_DIGEST_HEX = 64, /* the same in lower-case hex */
};

struct inv_digest; /* a context; not shared between threads */

struct inv_digest *inv_digest_new(void);
void inv_digest_free(struct inv_digest *d);

/* begin, any number of adds, end; end leaves it ready for the next begin. */
void inv_digest_begin(struct inv_digest *d);
void inv_digest_add(struct inv_digest *d, struct inv_str s);

/*
 * Add a part with its length before it (8 bytes, big-endian), so that
 * ("a:b","c") and ("a","b:c") differ.
 */
void inv_digest_part(struct inv_digest *d, struct inv_str s);
void inv_digest_end(struct inv_digest *d, unsigned char out[INV_DIGEST]);

/* All of it in one call; the hex form has no NUL. */
void inv_digest_of(struct inv_digest *d, struct inv_str s,
    unsigned char out[INV_DIGEST]);
void inv_digest_hex_of(struct inv_digest *d, struct inv_str s,
    char out[INV_DIGEST_HEX]);

/*
 * The SHA-256 of all that a file has, from its beginning; where fd then stands
 * is not said.  INV_NOINPUT where it can not be read.
 */
INV_MUST bool inv_digest_file(int fd, const char *name,
    char out[INV_DIGEST_HEX], struct inv_err *err);

/* n random bytes from the kernel; the process ends (70) where there are none. */
void inv_random(void *out, size_t n);

#endif
