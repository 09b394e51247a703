/*
 * signature.h - who vouches for a manifest line
 *
 * Its member `signature`, {"key":"NAME+ID","ed25519":"BASE64"}, is of a key as
 * data/note.h has them, over the canonical form of the line (RFC 8785)
 * without its members `signature`, `run` and `subset`: what a resubmission
 * changes of a line is not under it.
 */
#ifndef INV_DATA_SIGNATURE_H
#define INV_DATA_SIGNATURE_H

#include "data/note.h"
#include "data/scan.h"

enum {
	INV_TRUSTED_MAX = 64,          /* keys of a file */
	INV_TRUSTED_BYTES = 128 << 10, /* of that file */
};

/* Public keys of those who may vouch. */
struct inv_trusted {
	const char *path; /* of the file, for messages; the caller's */
	struct inv_note_key key[INV_TRUSTED_MAX];
	size_t n;
};

/* A key on each line that is not empty; INV_CONFIG for a file that is none. */
INV_MUST bool inv_trusted_read(struct inv_trusted *t, const char *path,
    struct inv_err *err);

/*
 * The key that has signed the line with those members; NULL, with INV_DENIED,
 * where none of t has.
 */
const struct inv_note_key *inv_signature_by(const struct inv_trusted *t,
    const struct inv_members *line, struct inv_err *err);

/* Add the member to a line under construction: b from `begin` on, no `}` yet. */
INV_MUST bool inv_signature_add(struct inv_buf *b, size_t begin,
    const struct inv_note_key *key, const struct inv_signer *by,
    struct inv_err *err);

#endif
