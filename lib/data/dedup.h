/*
 * dedup.h - is this row the same, another or a contradiction of one before?
 *
 * Each row is compared with the last row of its key that stands.  What is kept
 * of a row is 32 bytes (base/map): 96 bits of a hash of its key, 96 bits of a
 * hash of its canonical text, and which row it was.
 *
 * Both hashes are SipHash under a random key that is made at the start and
 * never leaves the process, so no input can be built to make two rows look
 * alike.  By chance: for a row to be lost as the duplicate of another, both of
 * its hashes must be equal, 2^-192 for two of different keys, and 2^-96 for
 * two of the same key, of which each row is compared with one only.
 */
#ifndef INV_DATA_DEDUP_H
#define INV_DATA_DEDUP_H

#include "base/err.h"
#include "data/key.h"
#include "data/record.h"
#include "data/scan.h"

enum {
	INV_DEDUP_BLOCKS = (1 << 24) - 1, /* manifests of one stream */
};

enum inv_dedup_answer {
	INV_DEDUP_STANDS, /* the first of its key, or an update */
	INV_DEDUP_SAME,   /* its key and content were there: a duplicate */
	INV_DEDUP_OTHER,  /* other content in the same manifest: a conflict */
	INV_DEDUP_UNCOMPARED /* it has no key, or no canonical form */
};

/* The row that stands. */
struct inv_dedup_of {
	char manifest[INV_MANIFEST_SHORT]; /* hex */
	uint64_t row;
};

struct inv_dedup;

struct inv_dedup *inv_dedup_new(void);
void inv_dedup_free(struct inv_dedup *d);

/*
 * A manifest begins, whose rows have this key: a JSON list of names, or empty
 * for the whole record.  INV_BAD where it is anything else, or past
 * INV_DEDUP_BLOCKS.
 */
INV_MUST bool inv_dedup_begin(struct inv_dedup *d, struct inv_str manifest,
    struct inv_str key, struct inv_err *err);

/* The key of the manifest under way as JSON; "null" for the whole record. */
struct inv_str inv_dedup_key(const struct inv_dedup *d);

/* A row of it.  With SAME and OTHER, *of is the row that stands. */
enum inv_dedup_answer inv_dedup_row(struct inv_dedup *d,
    const struct inv_record *rec, struct inv_dedup_of *of);

/*
 * The errors of a row whose answer was OTHER, as a JSON list: one for each
 * field that differs, or a single one without a loc if the row that stands is
 * too far back to be recalled, or differs in the files that it names.  Before
 * the next call with a row.
 */
void inv_dedup_errors(struct inv_dedup *d, const struct inv_dedup_of *of,
    struct inv_buf *out);

#endif
