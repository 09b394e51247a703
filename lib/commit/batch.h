/*
 * batch.h - rows of one chunk in one body under one key
 *
 *	QUEUED    cut from a chunk; no key of it may be in flight elsewhere
 *	SEALING   a worker makes its body, its hashes and its key
 *	INTENT    its intent is being written
 *	READY     its intent is on disk: it may be sent
 *	FLYING    a request with it is under way
 *	POLLING   the ledger has accepted it, and is asked what came of it
 *	ASKING    GET {ledger}/batches/{key} is under way
 *	WAITING   until due_ms, then READY
 *	SUSPECT   refused, and the next answers tell whose fault that is
 *	OUTCOME   its outcome is being written
 *	DONE      it is on disk; kept where later rows must know of it
 *
 * A batch owns its body and its list of rows; the chunk has the lines.  It has
 * a body from the time that it is admitted until its outcome is known.
 */
#ifndef INV_COMMIT_BATCH_H
#define INV_COMMIT_BATCH_H

#include "base/clock.h"
#include "base/worker.h"
#include "commit/chunk.h"
#include "net/transfer.h"
#include "store/journal.h"

enum inv_batch_state {
	INV_BATCH_QUEUED,
	INV_BATCH_SEALING,
	INV_BATCH_INTENT,
	INV_BATCH_READY,
	INV_BATCH_FLYING,
	INV_BATCH_POLLING,
	INV_BATCH_ASKING,
	INV_BATCH_WAITING,
	INV_BATCH_SUSPECT,
	INV_BATCH_OUTCOME,
	INV_BATCH_DONE,
};

/* Why the ledger is asked what it has under a key. */
enum inv_doubt {
	INV_DOUBT_ASSERTED, /* 409, and it may be ours */
	INV_DOUBT_CONFLICT, /* 409, and we never sent it before */
	INV_DOUBT_REFUSED,  /* refused, but may have taken effect before */
	INV_DOUBT_EXPIRED,  /* its key is too old to be sent again */
};

/* What a batch is a part of. */
struct inv_origin {
	char manifest[INV_MANIFEST_ID];
	uint64_t submission;
	uint64_t arrival;
	uint64_t chunk;
	uint64_t chunk_size;
};

/* Of a batch that was answered row by row, and not wholly committed. */
struct inv_partial_row;
struct inv_partial {
	struct inv_partial_row *row; /* of each record, in their order */
	struct inv_buf text;         /* what the ledger said of them */
	struct inv_buf refused;      /* their numbers, as JSON ranges */
};

struct inv_batch {
	struct inv_job making; /* SEALING; the first member */
	enum inv_batch_state state;
	struct inv_batch *next; /* in the queue */

	struct inv_origin of;
	struct inv_chunk *chunk; /* NULL: replayed from the journal */
	size_t *member;          /* indexes of its rows in the chunk */
	size_t n;
	struct inv_seen_row *keys; /* of its records, in their order */
	uint64_t clear; /* its keys were not in flight, after so many adds */
	struct inv_rows rows;     /* once committed: those that are */
	struct inv_str namespace; /* that its key is of */
	struct inv_buf body;
	char hash[INV_DIGEST_HEX];
	bool rooted; /* not replayed from an intent without records_root */
	char root[INV_DIGEST_HEX]; /* of its records */
	char key[INV_DIGEST_HEX];
	bool derived; /* a part of another: parent is the key of that */
	char parent[INV_DIGEST_HEX];
	const struct inv_key *keyed_by;
	struct inv_key *own_key; /* of a replayed one: what keyed_by is */

	uint64_t seq;          /* of its intent */
	uint64_t outcome_line; /* of its outcome */

	unsigned tries;       /* requests that were answered or failed */
	unsigned retried;     /* the same, before it was derived */
	unsigned waits;       /* answers that it is in progress */
	bool untold;          /* one more was made: it is not in tries yet */
	bool maybe;           /* one of them may have taken effect */
	bool unclear;         /* one of them left that unknown */
	enum inv_doubt doubt; /* what the ledger is asked for */
	uint64_t first_ms;    /* start of the first one; 0: none yet */
	uint64_t sent_ms;     /* start of the last one */
	uint64_t number;      /* and which of the run's requests it is */
	uint64_t admitted_ms; /* since when it is in the window */
	uint64_t due_ms;
	uint64_t stale_ms; /* from then on (inv_clock_boot_ms) its key is not
			      sent again */
	unsigned token;    /* which one its last request had */
	char *poll;        /* the URL that tells of it after a 202; or NULL */

	/* What became of it. */
	unsigned status;
	enum inv_outcome_kind outcome;
	const char *evidence;
	enum inv_verdict verdict; /* of its rows */
	const char *reason;
	char why[INV_ERR_MSG];  /* for people, and the outcome */
	struct inv_buf headers; /* the same, as JSON; empty: headers.h */
	char processed_at[INV_CLOCK_TEXT + 16];
	struct inv_partial *partial; /* or NULL: partial.c */
	struct inv_buf order;        /* of rows that correct others: entry.h */
	struct inv_buf files;        /* of rows that name some: entry.h; as
					long as it has a body, of a
					replayed one for good */
	struct inv_buf
	    items; /* those of the batch line, not closed; correct.h */
	bool told; /* its batch line has been written */
	struct inv_rows back; /* of a replayed one: rows that have come by */
	uint64_t spilled;     /* where its body is, for --resume */
	size_t spilled_n;
	bool silent; /* bisected: its rows are told by its parts */
	bool probe;  /* of the first bisection of a run that committed none */
};

/* How many of member[0..n) fit into one batch, in their order; at least 1. */
size_t inv_batch_fit(const struct inv_chunk *c, const size_t *member, size_t n);

/* Rows member[0..n) of a chunk; uses of the chunk is raised. */
struct inv_batch *inv_batch_new(const struct inv_origin *of,
    struct inv_chunk *c, const size_t *member, size_t n);
void inv_batch_free(struct inv_batch *b);
void inv_partial_free(struct inv_partial *p);

/* Rows member[0..n) of a batch, its chunk's, under a key derived from its. */
struct inv_batch *inv_batch_derive(const struct inv_batch *b,
    const size_t *member, size_t n);

/*
 * Write the body, a JSON array of the rows' records in row order, its hash,
 * the root of its records (RFC 6962), and its key: SHA-256 over (namespace,
 * manifest, submission, chunk, batch_hash) and, where it is derived, its
 * parent's key and, where rows of it name files, the root, each with its
 * length, numbers in decimal.  Done once; INV_IO where its records can not be
 * read back.
 */
INV_MUST bool inv_batch_seal(struct inv_batch *b, struct inv_digest *d,
    struct inv_str namespace, struct inv_err *err);

/* The bytes of its body, which it need not have yet. */
size_t inv_batch_size(const struct inv_batch *b);

/*
 * The same by a worker, done when inv_worker_is_done(w, &b->making).  Until
 * then the worker has the body, hash, root and key of b, the digests of its
 * keys, and leaves and digests of its rows in the chunk; of that the text is
 * not changed.  d is for what the worker can not do: records on disk are read
 * at once, with INV_IO as before.
 */
INV_MUST bool inv_batch_seal_by(struct inv_batch *b, struct inv_worker *w,
    struct inv_digest *d, struct inv_str namespace, struct inv_err *err);

/* Has it all rows of its chunk, so that no other batch needs that? */
bool inv_batch_is_whole(const struct inv_batch *b);

/*
 * What is sealed: the lines of its chunk go to disk where memory is short, if
 * it has all of them.  INV_IO where the disk does not take them.
 */
INV_MUST bool inv_batch_put_down(struct inv_batch *b, struct inv_digest *d,
    struct inv_err *err);

/* Empty where it is not known. */
struct inv_str inv_batch_root(const struct inv_batch *b);

/* The intent to write; views into b. */
struct inv_intent inv_batch_intent(const struct inv_batch *b);

enum {
	INV_BATCH_HEADERS = 6,
	INV_HEADERS_TOLD = 64 << 10, /* bytes of batch.headers */
};

/* The headers of its request, for one call of _start: in text. */
struct inv_batch_headers {
	struct inv_str line[INV_BATCH_HEADERS];
	size_t n;
	struct inv_buf text;
};

/* Fill them in; text is to be freed. */
void inv_batch_headers(const struct inv_batch *b, struct inv_str run,
    struct inv_batch_headers *h);

#endif
