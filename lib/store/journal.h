/*
 * journal.h - intents and outcomes: what survives a crash
 *
 * STATE/journal/NNNNNN.ndjson, append-only, one JSON object a line, described
 * in inv-journal(5).  Each line carries its sequence number and the SHA-256
 * of the line before it, so that what is torn or damaged is told by content.
 *
 *	on disk         what it means                  the next start
 *	intent          may have been sent             replays it, same bytes
 *	 + open         was sent, no final answer      replays it, same bytes
 *	 + no_effect    never reached the ledger       its rows are free
 *	 + refused      the ledger took none of it     its rows are free
 *	 + key_mismatch the key was used otherwise     its rows are free
 *	 + committed    took effect                    knows it from seen
 *
 * The instant: a batch may have taken effect from the moment its intent is
 * on disk, and is announced only when its outcome is.  At worst a batch is
 * sent twice with the same key and the same bytes.
 *
 * Writing is in three steps, so that one write and one fdatasync carry all
 * that is ready, and the caller can wait for them where it waits for
 * everything else:
 *
 *	seq = inv_journal_intent(j, &intent);      lines are built in memory
 *	inv_journal_pending(j, &write)             bytes to write and sync
 *	inv_journal_settled(j, res, &err)          they are on disk
 *	inv_journal_durable(j) >= seq              now it may be sent
 *
 * The journal owns the seen index: committed rows reach it through
 * inv_journal_index, when their outcome is on disk.
 */
#ifndef INV_STORE_JOURNAL_H
#define INV_STORE_JOURNAL_H

#include "base/rows.h"
#include "io/stream.h"
#include "store/seen.h"
#include "store/state.h"

enum {
	INV_BATCH_BODY_MAX = 4 << 20,       /* bytes of a body */
	INV_JOURNAL_PENDING_MAX = 48 << 20, /* bytes not yet on disk */
};

/* A batch that is about to be sent.  Views; all hex in lower case. */
struct inv_intent {
	struct inv_str manifest; /* 64 hex */
	uint64_t submission;
	uint64_t arrival;
	uint64_t chunk;
	const struct inv_rows *rows;
	struct inv_str key;        /* 64 hex: the idempotency key */
	struct inv_str parent;     /* 64 hex: of a derived batch; else empty */
	struct inv_str batch_hash; /* 64 hex: SHA-256 of the body */
	struct inv_str keyed_by;   /* JSON list of member names, or "null" */
	struct inv_str body;       /* the exact bytes sent: a JSON array */
};

enum inv_outcome_kind {
	INV_OUTCOME_COMMITTED,
	INV_OUTCOME_REFUSED,      /* as a whole; none of it took effect */
	INV_OUTCOME_KEY_MISMATCH, /* the ledger knows the key for other bytes */
	INV_OUTCOME_NO_EFFECT,    /* proved: it never reached the ledger */
	INV_OUTCOME_OPEN,         /* no trustworthy answer: the intent stays */
};

/* "committed", "refused", "key_mismatch", "no_effect", "open". */
struct inv_str inv_outcome_name(enum inv_outcome_kind kind);

/* What became of it, as far as is known.  Views. */
struct inv_outcome {
	enum inv_outcome_kind kind;
	struct inv_str evidence; /* of a committed one: "receipt" ... */
	struct inv_str reason;   /* of any other: "rejected", "timeout" ... */
	uint64_t status;         /* of the last answer; 0: none */
	uint64_t attempts;       /* requests made */
	uint64_t ms;             /* first request to last answer */
	struct inv_str
	    processed_at; /* as the ledger says; empty: it does not */
};

struct inv_journal;

/*
 * Open for writing; needs the lease.  Brings seen up to date, cuts a torn
 * tail (inv_journal_cut tells), finds the open intents and copies them into a
 * new segment, on disk before this returns.  Can be killed at any point and
 * started again.  INV_IO with file and line where the journal is damaged;
 * nothing is changed then.
 */
INV_MUST struct inv_journal *inv_journal_open(const struct inv_state *state,
    struct inv_err *err);

/*
 * Settle what is pending (as inv_journal_sync), write the index, free.  False
 * where that or an earlier write failed; freed all the same.  NULL is fine.
 */
INV_MUST bool inv_journal_close(struct inv_journal *j, struct inv_err *err);

/* Bytes of a torn tail that opening has cut off; 0 mostly. */
uint64_t inv_journal_cut(const struct inv_journal *j);

/*
 * The intents that were open at the start and have not been closed since, in
 * the order of their sequence numbers: i from 0 to inv_journal_open_count - 1.
 * Views are good until the next call with an outcome.  `body` is empty: see
 * inv_journal_body.
 */
size_t inv_journal_open_count(const struct inv_journal *j);
struct inv_intent inv_journal_open_at(const struct inv_journal *j, size_t i,
    uint64_t *seq, int64_t *wall);

/* The bytes of an open intent, read back into *body and checked by hash. */
INV_MUST bool inv_journal_body(const struct inv_journal *j, uint64_t seq,
    struct inv_buf *body, struct inv_err *err);

/*
 * Add an intent; its sequence number, which stays its name however often it
 * is copied.  0 where INV_JOURNAL_PENDING_MAX or INV_BATCH_BODY_MAX would be
 * passed: let something settle first.
 */
INV_MUST uint64_t inv_journal_intent(struct inv_journal *j,
    const struct inv_intent *intent);

/*
 * Add the outcome of intent `seq`, which is open; the number of the line.  A
 * committed one stays live until inv_journal_index; any other closing one is
 * done with; after OPEN further outcomes may follow.
 */
INV_MUST uint64_t inv_journal_outcome(struct inv_journal *j, uint64_t seq,
    const struct inv_outcome *outcome);

/* One write: all of `bytes` at `offset` of fd, then fdatasync. */
struct inv_journal_write {
	int fd;
	uint64_t offset;
	struct inv_str bytes; /* stay where they are until settled */
};

/*
 * What is to be written, if anything, and nothing is under way; true, and it
 * counts as under way until inv_journal_settled.
 */
bool inv_journal_pending(struct inv_journal *j, struct inv_journal_write *w);

/*
 * The write under way is done: res 0, or -errno.  A failure is final for this
 * journal (INV_IO): what was in it and all later lines never become durable,
 * and the run has to end with 74.
 */
INV_MUST bool inv_journal_settled(struct inv_journal *j, int res,
    struct inv_err *err);

/* pending, pwrite, fdatasync, settled: for those who may block. */
INV_MUST bool inv_journal_sync(struct inv_journal *j, struct inv_err *err);

/* The last line that is on disk. */
uint64_t inv_journal_durable(const struct inv_journal *j);

/*
 * Intent `seq` is committed and its outcome durable: its rows go into seen,
 * and it is done with.  rows may be NULL: they are then read back from the
 * body.  Now and then this writes the index, which takes a while.
 */
INV_MUST bool inv_journal_index(struct inv_journal *j, uint64_t seq,
    const struct inv_seen_row *rows, size_t n, struct inv_err *err);

/* To look up: what each key last committed. */
struct inv_seen *inv_journal_seen(struct inv_journal *j);

/*
 * The keys of a body: one row for each of its records, in their order, with
 * the row numbers of intent->rows.  *rows (grown, *n of it used) stays the
 * caller's.  INV_BAD where the body is not what an intent may hold.
 */
struct inv_keyer; /* scratch: a scanner and a digest */
struct inv_keyer *inv_keyer_new(void);
void inv_keyer_free(struct inv_keyer *k);
INV_MUST bool inv_keyer_rows(struct inv_keyer *k,
    const struct inv_intent *intent, struct inv_seen_row **rows, size_t *n,
    struct inv_err *err);

/* ---- reading, without the lease and while another process writes ---- */

enum inv_entry_type {
	INV_ENTRY_INTENT,
	INV_ENTRY_OUTCOME,
};

/* One line.  Views are good until the next one is read. */
struct inv_entry {
	enum inv_entry_type type;
	uint64_t seq;
	struct inv_str text;  /* the line, without its newline */
	struct inv_str time;  /* RFC 3339 */
	uint64_t intent;      /* the number of the intent it is, or speaks of */
	struct inv_intent of; /* of an outcome without parent, keyed_by, body */
	struct inv_outcome outcome; /* of an outcome */
};

struct inv_journal_reader;

/*
 * Read from `from` on.  A journal that is not there yet is an empty one.
 * The lines' chain is checked from the first to the last.
 */
INV_MUST struct inv_journal_reader *inv_journal_read(const struct inv_state
							 *state,
    const struct inv_place *from, struct inv_err *err);
void inv_journal_read_close(struct inv_journal_reader *r);

/*
 * The next line.  END: no further whole line for now; a line that is still
 * being written is not given out, and a later call may find more.  ERR with
 * INV_IO, file and line: the journal is damaged there; final.
 */
INV_MUST enum inv_next inv_journal_next(struct inv_journal_reader *r,
    struct inv_entry *entry, struct inv_err *err);

/* The place behind the last line given out: to go on from another time. */
struct inv_place inv_journal_place(const struct inv_journal_reader *r);

#endif
