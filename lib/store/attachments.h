/*
 * attachments.h - files that records name, kept by their SHA-256
 *
 *	attachments/<64 hex>	the bytes, on a shelf (shelf.h)
 *	attachments/lock	held while spools are looked at
 *
 * Names are the sender's.  What they lead to lies below one folder, is no
 * symbolic link and a regular file, or is refused.  A file that rows name
 * again is read once, as long as nothing about it has changed.
 *
 * What is taken is on disk when it has been settled: some files share a sync.
 * Until then nothing is said of them.
 */
#ifndef INV_STORE_ATTACHMENTS_H
#define INV_STORE_ATTACHMENTS_H

#include "base/err.h"
#include "data/digest.h"

/* Bytes of one attachment. */
#define INV_ATTACHMENT_MAX (UINT64_C(4) << 30)

enum {
	INV_ATTACHMENTS_KNOWN = 4096, /* files whose digests are remembered */
	INV_ATTACHMENTS_OPEN = 64,    /* that wait to be settled */
	INV_ATTACHMENTS_OLD = 2, /* seconds since it changed, to be so: clocks
				    of file systems are coarse */
};

struct inv_attachment {
	uint64_t bytes;
	char sha256[INV_DIGEST_HEX];
};

enum inv_attached {
	INV_ATTACHED,         /* it is kept, and on disk when settled */
	INV_ATTACHED_MISSING, /* there is no such file */
	INV_ATTACHED_REFUSED, /* there is, and it is not taken */
	INV_ATTACHED_CHANGED, /* it changed while it was read */
	INV_ATTACHED_FAILED,  /* the world failed: *err */
};

struct inv_attachments;

/*
 * folder is where the files are; state stays the caller's.  NULL on failure:
 * INV_NOINPUT where folder is not there, else of the state directory.
 */
struct inv_attachments *inv_attachments_open(int state, const char *folder,
    struct inv_err *err);
void inv_attachments_close(struct inv_attachments *a);

/*
 * All that was taken is on disk, when it returns true; else none of it may be
 * spoken of, and it fails from then on.
 */
INV_MUST bool inv_attachments_settle(struct inv_attachments *a,
    struct inv_err *err);

/*
 * Keep the file of that name, as plain text.  Where it is missing, refused or
 * changed, *why says so behind its name: "is a symbolic link".
 */
INV_MUST enum inv_attached inv_attachments_take(struct inv_attachments *a,
    struct inv_str name, struct inv_attachment *out, const char **why,
    struct inv_err *err);

#endif
