/*
 * audit_key.h - the key that signs the checkpoints of the audit log
 *
 * STATE/audit/key, for us alone: one line,
 *
 *	PRIVATE+KEY+NAME+ID+BASE64(1 || SEED)
 *
 * with NAME and ID as in data/note.h.  STATE/audit/key.pub is its public half
 * in the form of data/note.h, to be handed out.
 */
#ifndef INV_STORE_AUDIT_KEY_H
#define INV_STORE_AUDIT_KEY_H

#include "data/note.h"
#include "io/secret.h"
#include "store/state.h"

/* Zero is none. */
struct inv_audit_key {
	struct inv_signer *signer;
	struct inv_note_key public;
};

/*
 * Make one; dir is STATE/audit, and its lock is held.  INV_CREATE where there
 * is a key, INV_USAGE where name is none of visible ASCII.  An empty name
 * makes one of the host's and of random digits.
 */
INV_MUST bool inv_audit_key_make(int dir, struct inv_str name,
    struct inv_err *err);

/* That of the state, or of `place` where that is not NULL. */
INV_MUST bool inv_audit_key_open(struct inv_audit_key *k,
    const struct inv_state *state, const struct inv_secret_place *place,
    struct inv_err *err);
void inv_audit_key_close(struct inv_audit_key *k);

/* There is a private key in STATE/audit; false where that can not be told. */
bool inv_audit_key_is_there(int dir);

/* A file with a public key, relative to dir. */
INV_MUST bool inv_audit_key_public(int dir, const char *path,
    struct inv_note_key *key, struct inv_err *err);

#endif
