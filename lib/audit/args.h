/* args.h - what the command line of inv-audit has said, for its verbs */
#ifndef INV_AUDIT_ARGS_H
#define INV_AUDIT_ARGS_H

#include "client/access.h"
#include "prog/opt.h"
#include "store/audit.h"
#include "store/checkpoint.h"

enum { INV_AUDIT_FILES = 16 }; /* files of one option at most */

struct inv_audit_args {
	const struct inv_prog_info *info;
	const char *key[INV_AUDIT_FILES]; /* of --key: public keys */
	size_t keys;
	const char *checkpoint[INV_AUDIT_FILES]; /* of --checkpoint */
	size_t checkpoints;
	const char *state[INV_AUDIT_FILES]; /* of --state: directories */
	size_t states;
	const char *manifest;     /* of --manifest, or NULL */
	const char *since;        /* of --since, a file or a number, or NULL */
	bool read_data;           /* --read-data */
	const char *ledger;       /* of --ledger, or NULL */
	struct inv_access access; /* to it */
	const char *name;         /* of --name, or NULL */
	const char *sign_key;     /* of --sign-key, or NULL */
	const char *html;         /* of --html, or NULL */
	const char *text;         /* of --text, or NULL */
	const char *count;        /* of --count, or NULL */
	const char *location;     /* of --location, or NULL */
	const char *disposed;     /* of --disposed, or NULL */
	const char *format;       /* of --format, or NULL */
	bool follow;              /* -f */
};

/*
 * The public keys that are trusted: those of --key, else the one beside the
 * log of the state directory (none where there is no log).
 */
INV_MUST bool inv_audit_args_keys(const struct inv_audit_args *a, int state,
    struct inv_note_key keys[INV_AUDIT_FILES], size_t *n, struct inv_err *err);

/*
 * Look at each state directory of --state, or at the one there is; name says
 * which, as it was given, or is NULL.  One that can not be opened, of which
 * that is said, keeps none from being looked at.  The worst of what look has
 * returned.
 */
typedef enum inv_fault inv_audit_look(void *arg, const struct inv_state *state,
    const char *name);
enum inv_fault inv_audit_each(const struct inv_audit_args *a,
    inv_audit_look *look, void *arg);

/* Say err, and of which log; its fault. */
enum inv_fault inv_audit_complain(const char *name, const struct inv_err *err);

/* ---- what verbs share ---- */

/* Write text to standard output; dies where that can not be done. */
void inv_audit_print(struct inv_str text);

/*
 * Print that the log has only grown from the checkpoint in a file to the last,
 * or check such a text in `file` against the earlier checkpoint; each dies
 * where it has not.
 */
void inv_audit_since(int dir, const char *older);
void inv_audit_since_check(const char *file, const char *older,
    const struct inv_note_key *key, size_t keys);

/* The last checkpoint, its text added to *note: INV_NO where there is none. */
INV_MUST bool inv_audit_last(int dir, struct inv_checkpoint_at *at,
    struct inv_buf *note, struct inv_err *err);

/*
 * A checkpoint as text, or in a file, whose text is added to *text; its
 * signatures are not looked at.  *at has size and root.
 */
INV_MUST bool inv_audit_read_at(struct inv_str text, struct inv_note *note,
    struct inv_checkpoint_at *at, struct inv_err *err);
INV_MUST bool inv_audit_kept(const char *path, struct inv_buf *text,
    struct inv_note *note, struct inv_checkpoint_at *at, struct inv_err *err);

/*
 * One of the keys has signed it, each witness of them too, and none falsely;
 * at[i], of each key, is when a witness signed.  INV_NO where not.
 */
INV_MUST bool inv_audit_is_signed(const struct inv_note *note,
    const struct inv_note_key *key, size_t keys, uint64_t *at,
    struct inv_err *err);

/* ---- the verbs: each returns the exit status ---- */

int inv_audit_do_filter(void *args, char *words[]);
int inv_audit_do_verify(void *args, char *words[]);
int inv_audit_do_key(void *args, char *words[]);
int inv_audit_do_checkpoint(void *args, char *words[]);
int inv_audit_do_prove(void *args, char *words[]);
int inv_audit_do_check(void *args, char *words[]);
int inv_audit_do_export(void *args, char *words[]);
int inv_audit_do_find(void *args, char *words[]);
int inv_audit_do_show(void *args, char *words[]);
int inv_audit_do_status(void *args, char *words[]);
int inv_audit_do_tail(void *args, char *words[]);
int inv_audit_do_report(void *args, char *words[]);
int inv_audit_do_reconcile(void *args, char *words[]);

#endif
