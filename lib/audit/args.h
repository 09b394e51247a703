/* args.h - what the command line of inv-audit has said, for its verbs */
#ifndef INV_AUDIT_ARGS_H
#define INV_AUDIT_ARGS_H

#include "prog/opt.h"
#include "store/audit.h"

enum { INV_AUDIT_FILES = 16 }; /* files of one option at most */

struct inv_audit_args {
	const struct inv_prog_info *info;
	const char *key[INV_AUDIT_FILES]; /* of --key: public keys */
	size_t keys;
	const char *checkpoint[INV_AUDIT_FILES]; /* of --checkpoint */
	size_t checkpoints;
	const char *name;     /* of --name, or NULL */
	const char *sign_key; /* of --sign-key, or NULL */
};

/*
 * The public keys that are trusted: those of --key, else the one beside the
 * log of the state directory (none where there is no log).  Dies where one can
 * not be read.
 */
size_t inv_audit_args_keys(const struct inv_audit_args *a, int state,
    struct inv_note_key keys[INV_AUDIT_FILES]);

/* ---- the verbs: each returns the exit status ---- */

int inv_audit_do_filter(void *args, char *words[]);
int inv_audit_do_verify(void *args, char *words[]);
int inv_audit_do_key(void *args, char *words[]);
int inv_audit_do_checkpoint(void *args, char *words[]);
int inv_audit_do_prove(void *args, char *words[]);
int inv_audit_do_check(void *args, char *words[]);

#endif
