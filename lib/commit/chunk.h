/*
 * chunk.h - the rows of one chunk, kept until their fate is known
 *
 * A chunk collects its pending rows as they come by: each line as it is, for
 * the day that it has to travel on with a verdict, and its record in
 * canonical form, for the body.  Rows that had a verdict already are only
 * counted: a chunk is sent when every row of it has passed.
 */
#ifndef INV_COMMIT_CHUNK_H
#define INV_COMMIT_CHUNK_H

#include "base/buf.h"
#include "data/canon.h"
#include "data/record.h"
#include "store/seen.h"

struct inv_chunk_row {
	uint64_t row;
	size_t line;   /* offset of its line in text */
	size_t line_n; /* bytes */
	size_t record; /* offset of its record: in text, or in rewritten */
	size_t record_n;
	bool is_rewritten; /* the record was not canonical */
};

struct inv_chunk {
	uint64_t number;
	uint64_t passed; /* rows of it that have come by, pending or not */
	bool proven;     /* a row of it is committed: the ledger takes such */
	size_t n;        /* pending rows */
	size_t cap;
	struct inv_chunk_row *row;
	struct inv_seen_row *key; /* of row[i]: key and digest */
	struct inv_buf text;
	struct inv_buf rewritten;
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
};

struct inv_chunk *inv_chunk_new(void);
void inv_chunk_free(struct inv_chunk *c);

/* Empty again, for another number, the memory kept. */
void inv_chunk_reset(struct inv_chunk *c, uint64_t number);

/*
 * Keep a pending row.  INV_BAD, and nothing kept, where its record has a
 * number that RFC 8785 can not write (number_not_exact); INV_INTERNAL where
 * the chunk would pass its ceiling.
 */
INV_MUST bool inv_chunk_add(struct inv_chunk *c, const struct inv_record *rec,
    const struct inv_chunk_tools *tools, struct inv_err *err);

/* The indexes 0..n of its rows, in the order of their numbers. */
void inv_chunk_order(const struct inv_chunk *c, size_t *order);

/* Views, good until the next add or reset. */
struct inv_str inv_chunk_line(const struct inv_chunk *c, size_t i);
struct inv_str inv_chunk_record(const struct inv_chunk *c, size_t i);

#endif
