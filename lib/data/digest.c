/*
 * digest.c - SHA-256 by libcrypto
 *
 * By the functions that are SHA-256 and nothing else: for a record of 200
 * bytes EVP takes half as long again.  From version 3.0 on they are called
 * deprecated, unless one asks for the interface of 1.1.
 */

#include "data/digest.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#define OPENSSL_API_COMPAT 0x10100000L
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "base/log.h"
#include "base/mem.h"

enum { PIECE = 256 << 10 }; /* bytes of a read */

struct inv_digest {
	SHA256_CTX context;
};

/* A digest that can not be computed leaves nothing that could be said. */
static void
must(bool ok)
{
	struct inv_err err;

	if (ok)
		return;
	inv_fail(&err, INV_INTERNAL, "libcrypto: SHA-256 failed");
	inv_die(&err);
}

static void *
resize(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	if (n > 0)
		return inv_mem_resize(p, n, 1);
	free(p);
	return NULL;
}

static void *
allocate(size_t n, const char *file, int line)
{
	return resize(NULL, n, file, line);
}

static void
release(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

/*
 * Before libcrypto asks for memory the first time; later it refuses, and
 * nothing is lost.  By itself it crashes where its first table has no room.
 */
struct inv_digest *
inv_digest_new(void)
{
	struct inv_digest *d = inv_mem_new(sizeof(*d));

	(void)CRYPTO_set_mem_functions(allocate, resize, release);
	return d;
}

void
inv_digest_free(struct inv_digest *d)
{
	free(d);
}

void
inv_digest_begin(struct inv_digest *d)
{
	must(SHA256_Init(&d->context) == 1);
}

void
inv_digest_add(struct inv_digest *d, struct inv_str s)
{
	must(SHA256_Update(&d->context, s.p, s.n) == 1);
}

void
inv_digest_part(struct inv_digest *d, struct inv_str s)
{
	unsigned char length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)((uint64_t)s.n >> (56 - 8 * i));
	must(SHA256_Update(&d->context, length, sizeof(length)) == 1);
	inv_digest_add(d, s);
}

void
inv_digest_end(struct inv_digest *d, unsigned char out[INV_DIGEST])
{
	must(SHA256_Final(out, &d->context) == 1);
}

void
inv_digest_of(struct inv_digest *d, struct inv_str s,
    unsigned char out[INV_DIGEST])
{
	inv_digest_begin(d);
	inv_digest_add(d, s);
	inv_digest_end(d, out);
}

void
inv_digest_hex_of(struct inv_digest *d, struct inv_str s,
    char out[INV_DIGEST_HEX])
{
	unsigned char bytes[INV_DIGEST];

	inv_digest_of(d, s, bytes);
	inv_str_hex(bytes, sizeof(bytes), out);
}

bool
inv_digest_file(int fd, const char *name, char out[INV_DIGEST_HEX],
    struct inv_err *err)
{
	struct inv_digest *d = inv_digest_new();
	unsigned char bytes[INV_DIGEST];
	char *piece = inv_mem_new(PIECE);
	off_t at = 0;
	ssize_t n;

	inv_digest_begin(d);
	while ((n = pread(fd, piece, PIECE, at)) > 0 ||
	    (n < 0 && errno == EINTR)) {
		if (n < 0)
			continue;
		inv_digest_add(d, (struct inv_str){ piece, (size_t)n });
		at += n;
	}
	if (n < 0)
		inv_fail_sys(err, INV_NOINPUT, "%s: read", name);
	inv_digest_end(d, bytes);
	inv_str_hex(bytes, sizeof(bytes), out);
	inv_digest_free(d);
	free(piece);
	return n == 0;
}

void
inv_random(void *out, size_t n)
{
	char *p = out;

	while (n > 0) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			struct inv_err err;

			inv_fail_sys(&err, INV_INTERNAL, "getrandom");
			inv_die(&err);
		}
		p += got;
		n -= (size_t)got;
	}
}
