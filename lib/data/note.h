/*
 * note.h - signed notes, and checkpoints of a log (C2SP signed-note 1.0,
 * tlog-checkpoint 1.0, tlog-cosignature 1.0)
 *
 * A note is a text that ends in a newline, an empty line, and signature lines
 * (E is U+2014):
 *
 *	E NAME BASE64(ID || SIGNATURE)
 *
 * ID is the first 4 bytes of SHA-256(NAME || LF || TYPE || KEY).  A key
 * travels as NAME+ID in hex+BASE64(TYPE || KEY).
 */
#ifndef INV_DATA_NOTE_H
#define INV_DATA_NOTE_H

#include "base/buf.h"
#include "data/digest.h"
#include "data/sign.h"

enum {
	INV_NOTE_NAME = 256,      /* bytes of a key's name and a NUL */
	INV_NOTE_MAX = 64 << 10,  /* bytes of a note */
	INV_NOTE_ID = 4,          /* bytes of a key's id */
	INV_NOTE_KEY_TEXT = 1024, /* bytes of a key's text at most */
};

enum inv_note_type {
	INV_NOTE_SIGNATURE = 1,   /* Ed25519 over the text */
	INV_NOTE_COSIGNATURE = 4, /* Ed25519 of a witness, with a time */
};

/* A public key that is trusted to be NAME's. */
struct inv_note_key {
	enum inv_note_type type;
	char name[INV_NOTE_NAME];
	unsigned char key[INV_SIGN_PUBLIC];
	unsigned char id[INV_NOTE_ID];
};

/* UTF-8 without spaces, control characters and plus; shorter than the limit. */
bool inv_note_is_name(struct inv_str name);

/* name is one. */
void inv_note_key_make(struct inv_note_key *key, struct inv_str name,
    enum inv_note_type type, const unsigned char public[INV_SIGN_PUBLIC]);

/* False for what inv_note_key_put would not write. */
INV_MUST bool inv_note_key_parse(struct inv_str text, struct inv_note_key *key);
void inv_note_key_put(struct inv_buf *b, const struct inv_note_key *key);

/* A note that was read.  Views into it. */
struct inv_note {
	struct inv_str text;  /* with its last newline */
	struct inv_str lines; /* of the signatures, each with its newline */
};

/* By its form alone; INV_BAD says what is wrong. */
INV_MUST bool inv_note_parse(struct inv_str all, struct inv_note *note,
    struct inv_err *err);

enum inv_note_found {
	INV_NOTE_NONE, /* that key has not signed */
	INV_NOTE_GOOD,
	INV_NOTE_FALSE, /* a line is said to be by that key, and is not */
};

/* *at: when a witness signed, in seconds since 1970; 0 of a signature. */
enum inv_note_found inv_note_look(const struct inv_note *note,
    const struct inv_note_key *key, uint64_t *at);

/* Add the line of a signature over text by the key of that name. */
void inv_note_sign(struct inv_buf *b, struct inv_str text, struct inv_str name,
    const struct inv_signer *by);

/* The same of a witness, who looked at that time. */
void inv_note_cosign(struct inv_buf *b, struct inv_str text,
    struct inv_str name, const struct inv_signer *by, uint64_t at);

/* ---- a checkpoint: the text of a note that tells how far a log is ---- */

struct inv_checkpoint {
	struct inv_str origin; /* names the log */
	uint64_t size;         /* entries */
	unsigned char root[INV_DIGEST];
};

/* Any lines behind the third are left aside.  origin is a view into text. */
INV_MUST bool inv_checkpoint_parse(struct inv_str text,
    struct inv_checkpoint *c, struct inv_err *err);

void inv_checkpoint_put(struct inv_buf *b, const struct inv_checkpoint *c);

#endif
