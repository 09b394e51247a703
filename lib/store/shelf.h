/*
 * shelf.h - bytes under their SHA-256, in a folder of the state directory
 *
 *	FOLDER/ab/<64 hex>	the bytes, read-only, never written again;
 *				FOLDER/<64 hex> where it has no drawers
 *	FOLDER/spool.<16 hex>	bytes on their way in, locked by their owner
 *
 * Bytes are spooled and hashed in one pass, fsynced, given their name and
 * only then spoken of.  What is there already is compared with what came, byte
 * for byte, and used.  Two may bring the same at the same time: whoever comes
 * last gives the name to the same bytes once more.
 */
#ifndef INV_STORE_SHELF_H
#define INV_STORE_SHELF_H

#include "base/err.h"
#include "data/digest.h"

enum {
	INV_SHELF_PIECE = 256 << 10, /* bytes of a read and a write */
	INV_SPOOL_NAME = 6 + 16 + 1, /* "spool.", 16 hex digits, NUL */
	INV_SHELF_PATH = 16 + 3 + INV_DIGEST_HEX + 1, /* FOLDER/ab/<64 hex> */
};

/* The descriptors are the caller's, and so is the name. */
struct inv_shelf {
	int dir;
	int lock;         /* a file of it, locked while spools are looked at */
	const char *name; /* of the folder, 15 bytes at most, for messages */
	bool flat;        /* no drawers: one sync is for many names */
	struct inv_digest *digest;
	char *piece;
	char *other; /* a second piece, to compare with */
};

/* Bytes on their way in; the file is locked for as long as we live. */
struct inv_shelf_spool {
	int fd;
	char name[INV_SPOOL_NAME]; /* empty where it has none */
	uint64_t bytes;
	char id[INV_DIGEST_HEX + 1]; /* of the bytes, when it is filled */
	bool synced;
};

/*
 * dir, lock and name are set: removes spools whose owners are dead.  _close
 * gives back what _open took, and accepts a shelf of zeros.
 */
INV_MUST bool inv_shelf_open(struct inv_shelf *s, struct inv_err *err);
void inv_shelf_close(struct inv_shelf *s);

/* One program at a time: what is done here waits for no input. */
INV_MUST bool inv_shelf_lock(const struct inv_shelf *s, struct inv_err *err);
void inv_shelf_unlock(const struct inv_shelf *s);

/* A spool; without a name it is gone with its descriptor. */
INV_MUST bool inv_shelf_begin(const struct inv_shelf *s, bool named,
    struct inv_shelf_spool *spool, struct inv_err *err);

/*
 * All that fd gives, hashed as it passes; where it is more than max bytes,
 * bytes says so and there is no id.  Pieces of zeros are left out of the file,
 * and read as such.  INV_NOINPUT if fd can not be read to its end; other
 * failures are of the state directory.
 */
INV_MUST bool inv_shelf_fill(struct inv_shelf *s, struct inv_shelf_spool *spool,
    int fd, const char *name, uint64_t max, struct inv_err *err);

/*
 * Is it there already?  What is there under its digest is compared with it.
 * It may be gone after a crash, until _settle.
 */
INV_MUST bool inv_shelf_find(struct inv_shelf *s,
    const struct inv_shelf_spool *spool, bool *there, struct inv_err *err);

/*
 * The spool is on disk.  _keep does that, but whoever has several names none
 * before all are: a rename between two would have the second wait as long as
 * the first.
 */
INV_MUST bool inv_shelf_sync(const struct inv_shelf *s,
    struct inv_shelf_spool *spool, struct inv_err *err);

/*
 * Give a spool that is on disk by then the name of its digest.  A descriptor of
 * what has that name now is in *fd; path is the name.  It is not on disk, and
 * may be gone after a crash, also where it was there before, until _settle.
 */
INV_MUST bool inv_shelf_keep(struct inv_shelf *s, struct inv_shelf_spool *spool,
    char path[INV_SHELF_PATH], int *fd, struct inv_err *err);

/* The names of the drawer that id is in, or of a flat shelf, are on disk. */
INV_MUST bool inv_shelf_settle(const struct inv_shelf *s, const char *id,
    struct inv_err *err);

/* Whatever has become of it. */
void inv_shelf_drop(const struct inv_shelf *s, struct inv_shelf_spool *spool);

#endif
