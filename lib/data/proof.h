/*
 * proof.h - one row's way from its record to a signed checkpoint
 *
 * inv-proof(5) is the format: one JSON object on one line, members in a fixed
 * order, as only we write it.  A record is a leaf of its batch's tree, whose
 * root is told by an entry of the audit log, which is a leaf of the log's tree,
 * whose root is told by a signed checkpoint.  Whether each link holds is not
 * looked at here.
 *
 * That a log has only grown between two checkpoints is shown by a text, which
 * is what a witness is sent (C2SP tlog-witness):
 *
 *	old SIZE
 *	BASE64(HASH)
 *	...
 *
 *	the later checkpoint
 */
#ifndef INV_DATA_PROOF_H
#define INV_DATA_PROOF_H

#include "data/merkle.h"
#include "data/note.h"
#include "data/source.h"

enum { INV_PROOF_MAX = 48 << 20 }; /* bytes of a proof */

/* Views. */
struct inv_proof {
	struct inv_str manifest; /* 64 hex */
	uint64_t submission;
	uint64_t row;

	/* The bytes of the row in the manifest, where that is UTF-8. */
	bool has_raw;
	uint64_t line;   /* where they begin, from 1 */
	uint64_t offset; /* the byte, from 0, of the manifest once unpacked */
	struct inv_str raw;
	struct inv_source_options read; /* how to find that row; the format
					   is told, the encoding is not */

	struct inv_str record; /* canonical text */
	struct inv_str files;  /* that it names (data/files.h), or empty */
	uint64_t index;        /* of that in its batch, from 0 */
	struct inv_merkle_path path;     /* from there to records_root */
	struct inv_str entry;            /* the line of the log, as it is */
	uint64_t log_index;              /* of that in the log, from 0 */
	struct inv_merkle_path log_path; /* to the root of the checkpoint */
	struct inv_str note;             /* the signed checkpoint */
};

/* Add the line and its newline. */
void inv_proof_put(struct inv_buf *b, const struct inv_proof *p);

/*
 * Read what inv_proof_put has written, byte for byte; INV_BAD for anything
 * else.  Views are into text and *mem, which is emptied first.
 */
INV_MUST bool inv_proof_parse(struct inv_str text, struct inv_buf *mem,
    struct inv_proof *p, struct inv_err *err);

/* From the tree of old entries to that of the checkpoint.  Views. */
struct inv_growth {
	uint64_t old;
	struct inv_merkle_path path;
	struct inv_str note; /* the later checkpoint */
};

void inv_growth_put(struct inv_buf *b, const struct inv_growth *g);

/* As inv_growth_put has written it; INV_BAD for anything else. */
INV_MUST bool inv_growth_parse(struct inv_str text, struct inv_growth *g,
    struct inv_err *err);

#endif
