/*
 * key.h - what identifies a record, as 16 bytes
 *
 * The key of a record is the values of some of its members (DESIGN 1), or the
 * whole record where no members are named.  It is taken from the canonical
 * form, each part with its length, and cut to 16 bytes of SHA-256: enough to
 * tell apart what any number of manifests can hold, half the memory.  Keys
 * over members of other names differ.
 */
#ifndef INV_DATA_KEY_H
#define INV_DATA_KEY_H

#include "base/err.h"
#include "data/digest.h"
#include "data/scan.h"

enum {
	INV_KEY = 16,        /* bytes of a key, and of a record's digest */
	INV_KEY_NAMES = 16,  /* members of a key */
	INV_KEY_TEXT = 4096, /* bytes of their names as JSON */
};

/* Which members make the key. */
struct inv_key {
	size_t n;                           /* 0: the whole record */
	unsigned char names[8];             /* a digest of the names */
	struct inv_str name[INV_KEY_NAMES]; /* undecoded; into text */
	char text[INV_KEY_TEXT];            /* the list as JSON */
	size_t text_n;
};

/*
 * From a JSON list of member names such as ["asset_id","grant_code"], scanned
 * before, which is copied; an empty json, null or [] is the whole record.
 * INV_BAD where it is any other value or past a ceiling.  k must not be moved
 * afterwards.
 */
INV_MUST bool inv_key_init(struct inv_key *k, struct inv_digest *d,
    struct inv_str json, struct inv_err *err);

/* The list as JSON, or "null": what a journal's keyed_by says. */
struct inv_str inv_key_json(const struct inv_key *k);

/*
 * The key of a record in canonical form, whose members are in *fields and
 * whose text is record.  A member that is not there is told from every value.
 */
void inv_key_of(const struct inv_key *k, struct inv_digest *d,
    const struct inv_members *fields, struct inv_str record,
    unsigned char out[INV_KEY]);

/* The key of a record as a whole, which is its canonical text. */
void inv_key_digest(struct inv_digest *d, struct inv_str record,
    unsigned char out[INV_KEY]);

#endif
