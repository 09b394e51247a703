/*
 * checkpoint.h - what has been signed over the audit log
 *
 * STATE/audit/checkpoints.ndjson, append-only, one signed note a line:
 *
 *	{"size":31,"root":"<64 hex>","time":"...","note":"..."}
 *
 * size entries of the log have that root (data/merkle.h); note is the signed
 * checkpoint (data/note.h) as text.  Sizes ascend.  A last line that is torn
 * was never told of, and is cut off by the next append.
 */
#ifndef INV_STORE_CHECKPOINT_H
#define INV_STORE_CHECKPOINT_H

#include "base/clock.h"
#include "data/merkle.h"
#include "store/audit_key.h"

struct inv_checkpoint_at {
	uint64_t size;
	uint64_t offset;           /* of its line */
	uint32_t n;                /* bytes of that, without the newline */
	char time[INV_CLOCK_TEXT]; /* when it was signed; "": not known */
	unsigned char root[INV_DIGEST];
};

/* Those that are there, by size. */
struct inv_checkpoints {
	int fd; /* -1: none */
	struct inv_checkpoint_at *of;
	size_t n;
	size_t cap;
	uint64_t end; /* bytes of whole lines */
};

#define INV_CHECKPOINTS ((struct inv_checkpoints){ .fd = -1 })

/*
 * dir is STATE/audit; to append to, the file is made where there is none.
 * INV_IO with the line where it is damaged.
 */
INV_MUST bool inv_checkpoints_open(struct inv_checkpoints *c, int dir,
    bool append, struct inv_err *err);
void inv_checkpoints_close(struct inv_checkpoints *c);

/* Read what others have appended since, under the lock of the log. */
INV_MUST bool inv_checkpoints_refresh(struct inv_checkpoints *c,
    struct inv_err *err);

/* The first of at least that size, or c->n. */
size_t inv_checkpoints_from(const struct inv_checkpoints *c, uint64_t size);

/*
 * The tree has come to tree->n entries: INV_IO where a checkpoint of that size
 * was signed over another root.
 */
INV_MUST bool inv_checkpoints_agree(const struct inv_checkpoints *c,
    const struct inv_merkle *tree, struct inv_digest *d, struct inv_err *err);

/* Add the signed note of checkpoint i to *note. */
INV_MUST bool inv_checkpoints_note(const struct inv_checkpoints *c, size_t i,
    struct inv_buf *note, struct inv_err *err);

/* Sign the tree, which is greater than all before; on disk when it returns. */
INV_MUST bool inv_checkpoints_sign(struct inv_checkpoints *c,
    const struct inv_merkle *tree, struct inv_digest *d,
    const struct inv_audit_key *by, struct inv_err *err);

#endif
