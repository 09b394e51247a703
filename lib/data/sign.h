/* sign.h - Ed25519 signatures (RFC 8032, section 5.1) */
#ifndef INV_DATA_SIGN_H
#define INV_DATA_SIGN_H

#include "base/str.h"

enum {
	INV_SIGN_SEED = 32,   /* bytes of a private key */
	INV_SIGN_PUBLIC = 32, /* bytes of a public key */
	INV_SIGN = 64,        /* bytes of a signature */
};

struct inv_signer; /* a private key */

/* The seed can be wiped then.  A process that is forked has another key. */
struct inv_signer *inv_signer_new(const unsigned char seed[INV_SIGN_SEED]);
void inv_signer_free(struct inv_signer *s); /* NULL is fine */

void inv_signer_public(const struct inv_signer *s,
    unsigned char key[INV_SIGN_PUBLIC]);

void inv_sign(const struct inv_signer *s, struct inv_str text,
    unsigned char signature[INV_SIGN]);

/* The signature over text is one of that key. */
INV_MUST bool inv_sign_is_good(const unsigned char key[INV_SIGN_PUBLIC],
    struct inv_str text, const unsigned char signature[INV_SIGN]);

#endif
