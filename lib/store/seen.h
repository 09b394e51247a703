/*
 * seen.h - what each key last committed: an index over the journal
 *
 * STATE/journal/seen.db maps a key (data/key.h) to the digest of the record
 * it last committed, and whose it was.  It is derived: it tells up to which
 * place of the journal it has read, in the same transaction, and is brought
 * up to date from there by inv_journal_open.  Deleting it costs a rebuild.
 *
 * New knowledge is kept in memory, INV_SEEN_HELD keys of it at most, and
 * written in one transaction, as a sorted run (runs.h).  A key that was never
 * committed is told by filters in memory, without a look into the database.
 */
#ifndef INV_STORE_SEEN_H
#define INV_STORE_SEEN_H

#include "data/key.h"
#include "store/state.h"

enum {
	/*
	 * Keys in memory before they are written: as many as fill the pages of
	 * a run (runs.c) with a usual batch that passes it, and less than 2^17
	 * with one of up to 29,000 rows; behind that the table doubles.
	 */
	INV_SEEN_HELD = 101500,
	INV_SEEN_FILTERS = 12 << 20,  /* bytes: of 8 million keys */
	INV_SEEN_CACHE_KIB = 1 << 10, /* of the pages of the database */
};

/* A place in the journal: before the line `seq`, which is not read yet. */
struct inv_place {
	uint64_t segment;               /* NNNNNN of its file, from 1 */
	uint64_t offset;                /* bytes */
	uint64_t seq;                   /* from 1 */
	unsigned char prev[INV_DIGEST]; /* of the line before; zeros for none */
};

/* The beginning of every journal. */
#define INV_PLACE ((struct inv_place){ .segment = 1, .seq = 1 })

/*
 * Of `row`: it corrects that row, and so comes right behind it in the order of
 * what its key holds.  inv_seen_rank tells that order within an arrival.
 */
#define INV_SEEN_CORRECTS (UINT64_C(1) << 63)

static inline uint64_t
inv_seen_rank(uint64_t row)
{
	return 2 * (row & ~INV_SEEN_CORRECTS) + (row >> 63);
}

/* The row of a rank. */
static inline uint64_t
inv_seen_row_of(uint64_t rank)
{
	return rank / 2 + (rank % 2 == 0 ? 0 : INV_SEEN_CORRECTS);
}

/* One committed row. */
struct inv_seen_row {
	unsigned char key[INV_KEY];
	unsigned char digest[INV_KEY]; /* of the record as a leaf of its
					   batch (data/merkle.h) */
	uint64_t arrival;              /* of its manifest; 0: it has none */
	uint64_t row;
};

struct inv_seen;

/*
 * Under the lease.  STATE/journal is there.  A file that is not a whole
 * database of ours is an error (INV_CONFIG, INV_IO): it is safe to delete.
 */
INV_MUST struct inv_seen *inv_seen_open(const struct inv_state *state,
    struct inv_err *err);

/* What is not written is forgotten, and read from the journal next time. */
void inv_seen_close(struct inv_seen *s);

/* Up to where the database, without the memory, has read the journal. */
struct inv_place inv_seen_place(const struct inv_seen *s);

/*
 * The journal has a line of that time (seconds since 1970, not before); the
 * latest of all that were told, in this run and those before.  What was not
 * written is forgotten, as keys are.
 */
void inv_seen_time(struct inv_seen *s, int64_t wall);
int64_t inv_seen_latest(const struct inv_seen *s);

/*
 * For each of n rows whose key is set: what that key last committed, into
 * digest, arrival and row; both 0 where there is nothing.
 */
INV_MUST bool inv_seen_find(struct inv_seen *s, struct inv_seen_row *rows,
    size_t n, struct inv_err *err);

/*
 * Remember n rows, in this order, the last of a key winning.  Only what is
 * committed on disk in the journal may come here, and later rows of the same
 * content.  Kept in memory.
 */
void inv_seen_put(struct inv_seen *s, const struct inv_seen_row *rows,
    size_t n);

/* It is time to write. */
bool inv_seen_is_full(const struct inv_seen *s);

/*
 * Write all that is in memory; what stands before `upto` in the journal is
 * then in the database.  A failure is final: what is looked for or written
 * behind it fails as well (INV_IO), until the file is opened again.
 */
INV_MUST bool inv_seen_write(struct inv_seen *s, const struct inv_place *upto,
    struct inv_err *err);

#endif
