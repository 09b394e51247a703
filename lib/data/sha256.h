/*
 * sha256.h - SHA-256 of two short messages at once
 *
 * An instruction for SHA-256 takes longer than the processor needs to begin the
 * next one: two messages beside each other take little more than one.  For
 * data/digest, which does without where the processor has none.
 */
#ifndef INV_DATA_SHA256_H
#define INV_DATA_SHA256_H

#include <stdbool.h>
#include <stddef.h>

enum {
	INV_SHA256_SHORT = 1024, /* bytes of a message, at most */
	INV_SHA256_BLOCK = 64,   /* bytes */
	INV_SHA256 = 32,         /* bytes of a hash */
};

/* A message; its end is filled in by inv_sha256_two. */
struct inv_sha256_text {
	size_t n;
	unsigned char at[INV_SHA256_SHORT + INV_SHA256_BLOCK];
};

/* Can this processor do it? */
bool inv_sha256_can(void);

/* Both hashes, where it can. */
void inv_sha256_two(struct inv_sha256_text text[2],
    unsigned char first[INV_SHA256], unsigned char second[INV_SHA256]);

#endif
