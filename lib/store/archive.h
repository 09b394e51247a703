/*
 * archive.h - manifests as received, by their SHA-256, and their arrival
 *
 *	archive/ab/<64 hex>	the bytes, read-only, never written again
 *	archive/index		which (manifest, submission) came when: NDJSON
 *	archive/head		its last line (archive_index.h)
 *	archive/spool.<16 hex>	bytes on their way in
 *
 * The bytes lie on a shelf (shelf.h).  The index numbers what comes from 1; its
 * lock is held for one append, never while bytes come in.  A last line without
 * its newline is what a crash left of an append that nobody was told of: it is
 * cut.  Anything else that is not as we wrote it is damage, and stops us: each
 * line has a sum, and the head tells of an end that is gone.
 */
#ifndef INV_STORE_ARCHIVE_H
#define INV_STORE_ARCHIVE_H

#include "base/clock.h"
#include "base/err.h"
#include "data/digest.h"
#include "io/stream.h"
#include "store/shelf.h"

enum inv_keep {
	INV_KEEP,     /* in the archive */
	INV_KEEP_NOT, /* as long as it is open, without a name */
};

struct inv_archived {
	int fd; /* at the first byte; the caller closes it */
	uint64_t bytes;
	uint64_t arrival;
	char received[INV_CLOCK_TEXT];
	char id[INV_DIGEST_HEX + 1];
	char path[INV_SHELF_PATH]; /* INV_KEEP */
};

struct inv_archive;

/*
 * state is a descriptor of the state directory and stays the caller's.  Makes
 * what is missing, and removes spools whose owners are dead.  NULL on failure;
 * INV_DENIED where something there is not ours.
 */
struct inv_archive *inv_archive_open(int state, struct inv_err *err);
void inv_archive_close(struct inv_archive *a);

/*
 * Take in everything fd gives.  When it returns true the bytes (INV_KEEP) and
 * their arrival are on disk.  INV_NOINPUT if fd can not be read to its end,
 * and nothing is kept; other failures are of the state directory.
 */
INV_MUST bool inv_archive_take(struct inv_archive *a, int fd, const char *name,
    uint64_t submission, enum inv_keep keep, struct inv_archived *out,
    struct inv_err *err);

/*
 * Which manifest came as number `arrival`: INV_NEXT_LINE and *id and
 * *submission, or INV_NEXT_END where none did.  INV_IO where that can not be
 * read, or is not as it was written: what has lost its arrival is not taken
 * for what never had one.  For those who only read, and take no lock.
 */
INV_MUST enum inv_next inv_archive_whose(int state, uint64_t arrival,
    char id[INV_DIGEST_HEX], uint64_t *submission, struct inv_err *err);

/*
 * INV_NEXT_LINE: this manifest came as number `arrival`; INV_NEXT_END: it did
 * not; else as _whose.
 */
INV_MUST enum inv_next inv_archive_knows(int state, uint64_t arrival,
    struct inv_str id, uint64_t submission, struct inv_err *err);

#endif
