/*
 * inflate.h - a file's bytes, with gzip or zstd taken off; and zstd put on
 *
 * By content, never by name.  Several gzip members or zstd frames behind each
 * other are one text, as gzip(1) and zstd(1) have it.  One layer is taken off,
 * and the checksums are checked.  A file that grows past the ceilings below is
 * a bomb and is refused.
 */
#ifndef INV_IO_INFLATE_H
#define INV_IO_INFLATE_H

#include "io/pull.h"

enum {
	INV_INFLATE_RATIO = 200,     /* bytes out for one byte in ... */
	INV_INFLATE_FREE = 1 << 20,  /* ... behind this many bytes out */
	INV_INFLATE_WINDOW_LOG = 25, /* zstd: 32 MiB of history at most */
};

static const uint64_t INV_INFLATE_MAX = UINT64_C(64) << 30; /* bytes out */

enum inv_packing {
	INV_PACKING_NONE,
	INV_PACKING_GZIP,
	INV_PACKING_ZSTD,
};

struct inv_inflate;

/*
 * Reads fd, which stays the caller's, from where it stands.  NULL, with
 * INV_NOINPUT, if it can not be read.  name is kept, for messages.
 */
struct inv_inflate *inv_inflate_new(int fd, const char *name,
    struct inv_err *err);
void inv_inflate_free(struct inv_inflate *z);

/*
 * The bytes.  INV_BAD where they are damaged, cut short, or past a ceiling;
 * INV_NOINPUT where the file can not be read.
 */
struct inv_pull inv_inflate_pull(struct inv_inflate *z);

enum inv_packing inv_inflate_packing(const struct inv_inflate *z);

/* "gzip" or "zstd"; NULL for a file that is not packed. */
const char *inv_packing_name(enum inv_packing packing);

/* It stopped because a ceiling was passed. */
bool inv_inflate_is_bomb(const struct inv_inflate *z);

/* It is a file that we packed: it may expand to any number of times its size. */
void inv_inflate_trust(struct inv_inflate *z);

/*
 * Unpack what a zip file holds of one part, and hand it on in pieces; false
 * where that is damaged or cut short.  There is no ceiling: for our own files.
 */
INV_MUST bool inv_inflate_raw(struct inv_str packed,
    void (*take)(void *arg, struct inv_str piece), void *arg);

/*
 * Pack all of `from`, from where it stands, into one zstd frame with a
 * checksum; `name` is what messages call it.  INV_IO where that fails.
 */
INV_MUST bool inv_deflate(int from, int to, const char *name,
    struct inv_err *err);

#endif
