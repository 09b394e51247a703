/* inflate.c - gzip and zstd taken off and put on; the only user of zlib, libzstd */

#include "io/inflate.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "io/file.h"

enum {
	PIECE = 128 << 10,    /* bytes of a read */
	GZIP_BITS = 31,       /* zlib: the largest window, a gzip header only */
	MAGIC = 4,            /* bytes looked at to tell the packing */
	RAW_PIECE = 64 << 10, /* bytes of a part handed on at once */
	LEVEL = 1,            /* zstd: more takes longer and gains little */
};

struct inv_inflate {
	int fd;
	const char *name;
	enum inv_packing packing;
	bool between; /* members or frames: the end may come here */
	bool bomb;
	bool trusted; /* the ratio has no ceiling */
	uint64_t in;
	uint64_t out;
	z_stream gzip;
	ZSTD_DStream *zstd;
	size_t at; /* first byte of piece not used */
	size_t n;
	unsigned char piece[PIECE];
};

static ssize_t
read_some(struct inv_inflate *z, void *p, size_t n, struct inv_err *err)
{
	ssize_t got;

	do
		got = read(z->fd, p, n);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		inv_fail_sys(err, INV_NOINPUT, "%s: read", z->name);
	else
		z->in += (uint64_t)got;
	return got;
}

static enum inv_packing
packing_of(const unsigned char *p, size_t n)
{
	static const unsigned char zstd[MAGIC] = { 0x28, 0xb5, 0x2f, 0xfd };

	if (n >= 3 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8)
		return INV_PACKING_GZIP;
	if (n >= MAGIC && memcmp(p, zstd, MAGIC) == 0)
		return INV_PACKING_ZSTD;
	return INV_PACKING_NONE;
}

static bool
begin(struct inv_inflate *z, struct inv_err *err)
{
	while (z->n < MAGIC) {
		ssize_t got = read_some(z, z->piece + z->n, PIECE - z->n, err);

		if (got < 0)
			return false;
		if (got == 0)
			break;
		z->n += (size_t)got;
	}
	z->packing = packing_of(z->piece, z->n);
	switch (z->packing) {
	case INV_PACKING_NONE:
		break;
	case INV_PACKING_GZIP:
		if (inflateInit2(&z->gzip, GZIP_BITS) != Z_OK)
			return inv_fail(err, INV_INTERNAL, "zlib: no memory");
		break;
	case INV_PACKING_ZSTD:
		z->zstd = ZSTD_createDStream();
		if (z->zstd == NULL)
			return inv_fail(err, INV_INTERNAL, "zstd: no memory");
		ZSTD_DCtx_setParameter(z->zstd, ZSTD_d_windowLogMax,
		    INV_INFLATE_WINDOW_LOG);
		break;
	}
	return true;
}

struct inv_inflate *
inv_inflate_new(int fd, const char *name, struct inv_err *err)
{
	struct inv_inflate *z = inv_mem_new(sizeof(*z));

	z->fd = fd;
	z->name = name;
	if (begin(z, err))
		return z;
	inv_inflate_free(z);
	return NULL;
}

void
inv_inflate_free(struct inv_inflate *z)
{
	if (z == NULL)
		return;
	if (z->packing == INV_PACKING_GZIP)
		inflateEnd(&z->gzip);
	ZSTD_freeDStream(z->zstd);
	free(z);
}

static bool
broken(struct inv_inflate *z, const char *what, struct inv_err *err)
{
	return inv_fail(err, INV_BAD, "%s: %s: %s", z->name,
	    inv_packing_name(z->packing), what);
}

/* One step of zlib; *made is what it wrote. */
static bool
step_gzip(struct inv_inflate *z, char *p, size_t n, size_t *made,
    struct inv_err *err)
{
	if (z->between && inflateReset(&z->gzip) != Z_OK)
		return broken(z, "reset", err);
	z->between = false;
	z->gzip.next_in = z->piece + z->at;
	z->gzip.avail_in = (uInt)(z->n - z->at);
	z->gzip.next_out = (unsigned char *)p;
	z->gzip.avail_out = (uInt)n;
	int rc = inflate(&z->gzip, Z_NO_FLUSH);

	z->at = z->n - z->gzip.avail_in;
	*made = n - z->gzip.avail_out;
	z->between = rc == Z_STREAM_END;
	if (rc == Z_OK || rc == Z_STREAM_END || rc == Z_BUF_ERROR)
		return true;
	return broken(z, z->gzip.msg != NULL ? z->gzip.msg : "damaged", err);
}

static bool
step_zstd(struct inv_inflate *z, char *p, size_t n, size_t *made,
    struct inv_err *err)
{
	ZSTD_inBuffer in = { z->piece, z->n, z->at };
	ZSTD_outBuffer out = { p, n, 0 };
	size_t rc = ZSTD_decompressStream(z->zstd, &out, &in);

	z->at = in.pos;
	*made = out.pos;
	if (ZSTD_isError(rc))
		return broken(z, ZSTD_getErrorName(rc), err);
	z->between = rc == 0;
	return true;
}

static bool
within_ceilings(struct inv_inflate *z, struct inv_err *err)
{
	if (!z->trusted && z->out > INV_INFLATE_FREE &&
	    z->out / INV_INFLATE_RATIO > z->in) {
		z->bomb = true;
		return inv_fail(err, INV_BAD,
		    "%s: %s: expands more than %d-fold", z->name,
		    inv_packing_name(z->packing), INV_INFLATE_RATIO);
	}
	if (z->out > INV_INFLATE_MAX) {
		z->bomb = true;
		return inv_fail(err, INV_BAD, "%s: %s: expands past %ju bytes",
		    z->name, inv_packing_name(z->packing),
		    (uintmax_t)INV_INFLATE_MAX);
	}
	return true;
}

/* More packed bytes; *end where there are none and none are due. */
static bool
refill(struct inv_inflate *z, bool *end, struct inv_err *err)
{
	ssize_t got = read_some(z, z->piece, PIECE, err);

	if (got < 0)
		return false;
	z->at = 0;
	z->n = (size_t)got;
	*end = got == 0;
	if (*end && !z->between)
		return broken(z, "cut short", err);
	return true;
}

static ssize_t
unpack(struct inv_inflate *z, char *p, size_t n, struct inv_err *err)
{
	size_t made = 0;
	bool end = false;

	if (n > PIECE)
		n = PIECE;
	/* zstd may hold back output with all input taken: step, then read. */
	for (bool stuck = false; made == 0;) {
		if (z->at == z->n && (stuck || z->between)) {
			if (!refill(z, &end, err))
				return -1;
			if (end)
				return 0;
		}
		bool ok = z->packing == INV_PACKING_GZIP
		    ? step_gzip(z, p, n, &made, err)
		    : step_zstd(z, p, n, &made, err);

		if (!ok)
			return -1;
		stuck = made == 0;
	}
	z->out += made;
	return within_ceilings(z, err) ? (ssize_t)made : -1;
}

static ssize_t
get(void *self, char *p, size_t n, struct inv_err *err)
{
	struct inv_inflate *z = self;

	if (z->packing != INV_PACKING_NONE)
		return unpack(z, p, n, err);
	if (z->at == z->n)
		return read_some(z, p, n, err);
	if (n > z->n - z->at)
		n = z->n - z->at;
	memcpy(p, z->piece + z->at, n);
	z->at += n;
	return (ssize_t)n;
}

struct inv_pull
inv_inflate_pull(struct inv_inflate *z)
{
	return (struct inv_pull){ get, z };
}

enum inv_packing
inv_inflate_packing(const struct inv_inflate *z)
{
	return z->packing;
}

const char *
inv_packing_name(enum inv_packing packing)
{
	switch (packing) {
	case INV_PACKING_NONE:
		return NULL;
	case INV_PACKING_GZIP:
		return "gzip";
	case INV_PACKING_ZSTD:
		return "zstd";
	}
	return NULL;
}

bool
inv_inflate_is_bomb(const struct inv_inflate *z)
{
	return z->bomb;
}

void
inv_inflate_trust(struct inv_inflate *z)
{
	z->trusted = true;
}

/* ---- putting on ---- */

struct deflate {
	ZSTD_CStream *zstd;
	int from;
	int to;
	const char *name;
	char in[PIECE];
	char out[PIECE];
};

/* The n bytes of d->in on their way; `last` ends the frame. */
static bool
pack(struct deflate *d, size_t n, bool last, struct inv_err *err)
{
	ZSTD_inBuffer in = { d->in, n, 0 };
	size_t left;

	do {
		ZSTD_outBuffer out = { d->out, PIECE, 0 };

		left = ZSTD_compressStream2(d->zstd, &out, &in,
		    last ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(left))
			return inv_fail(err, INV_INTERNAL, "%s: zstd: %s",
			    d->name, ZSTD_getErrorName(left));
		if (!inv_file_write(d->to, (struct inv_str){ d->out, out.pos },
			d->name, err))
			return false;
	} while (last ? left > 0 : in.pos < in.size);
	return true;
}

static bool
pack_all(struct deflate *d, struct inv_err *err)
{
	ssize_t n;

	do {
		n = read(d->from, d->in, PIECE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return inv_fail_sys(err, INV_IO, "%s: read", d->name);
		if (!pack(d, (size_t)n, n == 0, err))
			return false;
	} while (n != 0);
	return true;
}

bool
inv_deflate(int from, int to, const char *name, struct inv_err *err)
{
	struct deflate *d = inv_mem_new(sizeof(*d));

	d->from = from;
	d->to = to;
	d->name = name;
	d->zstd = ZSTD_createCStream();
	if (d->zstd != NULL) {
		ZSTD_CCtx_setParameter(d->zstd, ZSTD_c_compressionLevel, LEVEL);
		ZSTD_CCtx_setParameter(d->zstd, ZSTD_c_checksumFlag, 1);
	}
	bool ok = d->zstd != NULL
	    ? pack_all(d, err)
	    : inv_fail(err, INV_INTERNAL, "zstd: no memory");

	ZSTD_freeCStream(d->zstd);
	free(d);
	return ok;
}

bool
inv_inflate_raw(struct inv_str packed,
    void (*take)(void *arg, struct inv_str piece), void *arg)
{
	z_stream z = { .next_in = (z_const Bytef *)(uintptr_t)packed.p,
		.avail_in = (uInt)packed.n };
	char *piece = inv_mem_new(RAW_PIECE);
	int said = inflateInit2(&z, -MAX_WBITS);

	while (said == Z_OK) {
		z.next_out = (Bytef *)piece;
		z.avail_out = RAW_PIECE;
		said = inflate(&z, Z_NO_FLUSH);
		take(arg, (struct inv_str){ piece, RAW_PIECE - z.avail_out });
	}
	(void)inflateEnd(&z);
	free(piece);
	return said == Z_STREAM_END;
}
