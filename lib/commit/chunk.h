/*
 * chunk.h - the rows of one chunk, kept until their fate is known
 *
 * A chunk collects its pending rows as they come by: each line as it is, for
 * the day that it has to travel on with a verdict, and its record in
 * canonical form, for the body.  Rows that had a verdict already are only
 * counted: a chunk is sent when every row of it has passed.
 *
 * Lines are in memory, and go to disk (spill.h) where a chunk has more than
 * INV_CHUNK_KEPT_MAX of them, or all chunks have more than INV_KEPT_MAX.
 */
#ifndef INV_COMMIT_CHUNK_H
#define INV_COMMIT_CHUNK_H

#include "base/buf.h"
#include "commit/correct.h"
#include "commit/spill.h"
#include "data/canon.h"
#include "data/record.h"
#include "store/seen.h"

enum {
	INV_CHUNK_KEPT_MAX = 2 << 20, /* bytes of a chunk in memory */
	INV_KEPT_MAX = 12 << 20,      /* bytes of all chunks, and a bit */
};

struct inv_chunk_row {
	uint64_t row;
	uint64_t line; /* offset of its line: in text, or on disk */
	size_t line_n; /* bytes */
	size_t record; /* offset of its canonical record from there */
	size_t record_n;
	size_t files; /* offset of the list of its files (data/files.h) */
	size_t files_n;
};

/* A row that corrects another, by its index. */
struct inv_chunk_corrected {
	size_t index;
	struct inv_corrected of;
};

/* Lines of a chunk that are on disk. */
struct inv_extent {
	uint64_t at;
	size_t n;
};

struct inv_chunk {
	uint64_t number;
	uint64_t passed; /* rows of it that have come by, pending or not */
	bool proven;     /* a row of it is committed: the ledger takes such */
	size_t n;        /* pending rows */
	size_t cap;
	struct inv_chunk_row *row;
	struct inv_seen_row *key;          /* of row[i]: key and digest */
	unsigned char (*leaf)[INV_DIGEST]; /* and its record as a leaf */
	size_t hashed; /* of the first rows leaf and digest are made */
	struct inv_spill *spill;
	size_t spilled; /* of the first rows the lines are on disk */
	struct inv_extent *extent;
	size_t extents;
	struct inv_buf text; /* lines, and records that were rewritten */
	struct inv_chunk_corrected *corrected; /* rows that correct others */
	size_t corrected_n;
	bool filed;             /* a row names files */
	size_t uses;            /* batches that still need it, and the queue */
	struct inv_chunk *next; /* in the list it is in */
};

/* What turns a record into bytes and keys: one for all chunks. */
struct inv_chunk_tools {
	struct inv_canon *canon;
	struct inv_digest *digest;
	const struct inv_key *key;
	struct inv_scan *scan; /* for records that had to be rewritten */
	uint64_t arrival;
	/* To tell rows that correct others; NULL: their place is no matter. */
	struct inv_arrivals *arrivals;
	struct inv_str manifest; /* 64 hex: whose rows they are; or empty: no
				    row corrects another */
	uint64_t submission;
};

/* The spill, one for all chunks, must outlive it. */
struct inv_chunk *inv_chunk_new(struct inv_spill *spill);
void inv_chunk_free(struct inv_chunk *c);

/* Empty again, for another number; the memory of a usual chunk kept. */
void inv_chunk_reset(struct inv_chunk *c, uint64_t number);

/*
 * The list of files that a record line has as `attachments`, or empty; INV_BAD
 * where that is none.
 */
INV_MUST bool inv_chunk_files_of(const struct inv_record *rec,
    struct inv_str *list, struct inv_err *err);

/*
 * Keep a pending row; files is its list, within its line.  INV_BAD, and nothing
 * kept, where its record has a number that RFC 8785 can not write
 * (number_not_exact); INV_IO where the disk does not take what is too much for
 * memory, or has lost what the row corrects.
 */
INV_MUST bool inv_chunk_add(struct inv_chunk *c, const struct inv_record *rec,
    struct inv_str files, const struct inv_chunk_tools *tools,
    struct inv_err *err);

/* No more rows come: its lines go to disk where memory is short. */
INV_MUST bool inv_chunk_settle(struct inv_chunk *c, struct inv_digest *d,
    struct inv_err *err);

/*
 * Make leaf and digest of all rows, or of row i, whose record is at hand.  They
 * are not made as rows are added: who has to know a digest has them made, and
 * of the others a batch makes them.  Rows that are on disk have them.
 */
void inv_chunk_hash(struct inv_chunk *c, struct inv_digest *d);
void inv_chunk_leaf(struct inv_chunk *c, size_t i, struct inv_digest *d,
    struct inv_str record);

/* The indexes 0..n of its rows, in the order of their numbers. */
void inv_chunk_order(const struct inv_chunk *c, size_t *order);

/* What row i corrects; NULL: nothing.  Good until the next add. */
const struct inv_corrected *inv_chunk_corrected(const struct inv_chunk *c,
    size_t i);

/*
 * Views, good until the next of any chunk, or an add or reset.  INV_IO where
 * they can not be read back.
 */
INV_MUST bool inv_chunk_line(const struct inv_chunk *c, size_t i,
    struct inv_str *out, struct inv_err *err);
INV_MUST bool inv_chunk_record(const struct inv_chunk *c, size_t i,
    struct inv_str *out, struct inv_err *err);
INV_MUST bool inv_chunk_files(const struct inv_chunk *c, size_t i,
    struct inv_str *out, struct inv_err *err);

#endif
