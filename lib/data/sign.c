/* sign.c - Ed25519 by libcrypto */

#include "data/sign.h"

#include <stdlib.h>
#include <sys/mman.h>

#include <openssl/evp.h>

#include "base/log.h"
#include "base/mem.h"

struct inv_signer {
	unsigned char *seed; /* in pages of its own */
};

/* What can not be signed leaves nothing that could be said. */
static void
must(bool ok)
{
	struct inv_err err;

	if (ok)
		return;
	inv_fail(&err, INV_INTERNAL, "libcrypto: Ed25519 failed");
	inv_die(&err);
}

/* What is forked to read what nobody trusts has it not (io/confine.h). */
struct inv_signer *
inv_signer_new(const unsigned char seed[INV_SIGN_SEED])
{
	struct inv_signer *s = inv_mem_new(sizeof(*s));

	s->seed = inv_mem_pages(NULL, 0, INV_SIGN_SEED);
	(void)madvise(s->seed, INV_SIGN_SEED, MADV_WIPEONFORK);
	(void)madvise(s->seed, INV_SIGN_SEED, MADV_DONTDUMP);
	(void)mlock(s->seed, INV_SIGN_SEED);
	memcpy(s->seed, seed, INV_SIGN_SEED);
	return s;
}

void
inv_signer_free(struct inv_signer *s)
{
	if (s == NULL)
		return;
	explicit_bzero(s->seed, INV_SIGN_SEED);
	inv_mem_pages_free(s->seed, INV_SIGN_SEED);
	free(s);
}

/* For one use: libcrypto wipes what it frees. */
static EVP_PKEY *
key_of(const struct inv_signer *s)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
	    s->seed, INV_SIGN_SEED);

	must(key != NULL);
	return key;
}

void
inv_signer_public(const struct inv_signer *s,
    unsigned char key[INV_SIGN_PUBLIC])
{
	EVP_PKEY *pair = key_of(s);
	size_t n = INV_SIGN_PUBLIC;

	must(EVP_PKEY_get_raw_public_key(pair, key, &n) == 1);
	EVP_PKEY_free(pair);
}

void
inv_sign(const struct inv_signer *s, struct inv_str text,
    unsigned char signature[INV_SIGN])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY *key = key_of(s);
	size_t n = INV_SIGN;

	must(context != NULL &&
	    EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestSign(context, signature, &n,
		(const unsigned char *)text.p, text.n) == 1);
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
}

bool
inv_sign_is_good(const unsigned char key[INV_SIGN_PUBLIC], struct inv_str text,
    const unsigned char signature[INV_SIGN])
{
	EVP_PKEY *public = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
	    key, INV_SIGN_PUBLIC);
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	must(public != NULL && context != NULL &&
	    EVP_DigestVerifyInit(context, NULL, NULL, NULL, public) == 1);
	bool ok = EVP_DigestVerify(context, signature, INV_SIGN,
		      (const unsigned char *)text.p, text.n) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(public);
	return ok;
}
