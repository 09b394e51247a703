/*
 * journal.h - intents and outcomes: what survives a crash
 *
 * STATE/journal/NNNNNN.ndjson, append-only, one JSON object a line, described
 * in inv-journal(5); compressed when done with (segment.h).  Each line carries its sequence number and the SHA-256
 * of the line before it, so that what is torn or damaged is told by content.
 *
 *	on disk         what it means                  the next start
 *	intent          may have been sent             replays it, same bytes
 *	 + open         was sent, no final answer      replays it, same bytes
 *	 + no_effect    never reached the ledger       its rows are free
 *	 + refused      the ledger took none of it     its rows are free
 *	 + key_mismatch the key was used otherwise     its rows are free
 *	 + committed    took effect                    knows it from seen
 *	   ... in part  some rows did, others did not  the others are free
 *	kept            a later row has the content    knows it from seen
 *			that its key had anyway
 *
 * The instant: a batch may have taken effect from the moment its intent is
 * on disk, and is announced only when its outcome is.  At worst a batch is
 * sent twice with the same key and the same bytes.
 *
 * Writing is in these steps, so that one write and one fdatasync carry all
 * that is ready, and the caller can wait for them where it waits for
 * everything else:
 *
 *	seq = inv_journal_intent(j, &intent);      lines are built in memory
 *	inv_journal_link(j)                        for a worker, or not at all
 *	inv_journal_pending(j, &write)             bytes to write and sync
 *	inv_journal_settled(j, res, &err)          they are on disk
 *	inv_journal_durable(j) >= seq              now it may be sent
 *
 * The journal owns the seen index: committed rows reach it through
 * inv_journal_index, when their outcome is on disk.
 */
#ifndef INV_STORE_JOURNAL_H
#define INV_STORE_JOURNAL_H

#include "base/worker.h"
#include "io/stream.h"
#include "store/entry.h"
#include "store/seen.h"
#include "store/state.h"

enum {
	INV_JOURNAL_PENDING_MAX = 48 << 20, /* bytes not yet on disk */
	INV_JOURNAL_GROUP_MAX = 2 << 20, /* bytes of a write with two intents */
	INV_JOURNAL_BLOCK = 4096,        /* bytes */
};

struct inv_journal;

/*
 * Open for writing; needs the lease.  Brings seen up to date, cuts a torn
 * tail (inv_journal_cut tells), finds the open intents and copies them into a
 * new segment, on disk before this returns.  Can be killed at any point and
 * started again.  INV_IO with file and line where the journal is damaged,
 * INV_CONFIG where it was rolled back (store/witness.h); nothing is changed
 * then.
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

/*
 * The latest time of a line, in seconds since 1970.  A clock that is behind it
 * was set back, and does not tell how old an intent is.
 */
int64_t inv_journal_latest(const struct inv_journal *j);

/* The bytes of an open intent, read back into *body and checked by hash. */
INV_MUST bool inv_journal_body(struct inv_journal *j, uint64_t seq,
    struct inv_buf *body, struct inv_err *err);

/*
 * Add an intent; its sequence number, which stays its name however often it
 * is copied.  0 where INV_JOURNAL_GROUP_MAX, behind other lines, or
 * INV_BATCH_BODY_MAX would be passed: let something settle first.
 */
INV_MUST uint64_t inv_journal_intent(struct inv_journal *j,
    const struct inv_intent *intent);

/*
 * Add the outcome of intent `seq`, which is open; the number of the line.  A
 * committed one stays live until inv_journal_index; any other closing one is
 * done with; after OPEN further outcomes may follow.  outcome->rows are rows
 * of the intent.
 */
INV_MUST uint64_t inv_journal_outcome(struct inv_journal *j, uint64_t seq,
    const struct inv_outcome *outcome);

/*
 * Add a line of rows that are not sent, as their keys last committed this
 * content for an earlier row: of is whose they are, as far as rows, seen has
 * one for each.  From here on seen says that what the keys hold is theirs, and
 * once the line is on disk it does so at the next start.  No intent that is
 * open has a key of them.  *line becomes the number of the line.  INV_INTERNAL
 * where INV_JOURNAL_PENDING_MAX would be passed.
 */
INV_MUST bool inv_journal_kept(struct inv_journal *j,
    const struct inv_intent *of, const struct inv_seen_row *seen,
    uint64_t *line, struct inv_err *err);

/*
 * Each line has the hash of the one before, which takes time.  A job for a
 * worker (base/worker) whose own is a digest: the lines that are next written
 * get theirs.  Where it is not NULL, it is to be done before pending, sync or
 * close is called; meanwhile other lines may be added.  NULL where nothing is
 * to be written, a write is under way, or pending does it as fast.
 */
struct inv_job *inv_journal_link(struct inv_journal *j);

/*
 * One write: all of `bytes` at `offset` of fd, then fdatasync.  Those that the
 * file had before come first, where that makes them begin at a block.  direct
 * is the same file opened with O_DIRECT, too, or -1.
 */
struct inv_journal_write {
	int fd;
	int direct;
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
 * and the run has to end with 74.  Behind INV_SEGMENT_MAX bytes the next
 * write is to a new segment.
 */
INV_MUST bool inv_journal_settled(struct inv_journal *j, int res,
    struct inv_err *err);

/* pending, pwrite, fdatasync, settled: for those who may block. */
INV_MUST bool inv_journal_sync(struct inv_journal *j, struct inv_err *err);

/* Bytes of lines that are in memory: not on disk yet. */
size_t inv_journal_waiting(const struct inv_journal *j);

/* The last line that is on disk. */
uint64_t inv_journal_durable(const struct inv_journal *j);

/*
 * Intent `seq` is committed and its outcome durable: the rows that it says
 * go into seen, and it is done with.  rows are all of the intent, or NULL:
 * they are then read back from the body.  Now and then this writes the index,
 * which takes a while.
 */
INV_MUST bool inv_journal_index(struct inv_journal *j, uint64_t seq,
    const struct inv_seen_row *rows, size_t n, struct inv_err *err);

/*
 * Compress one segment that is done with: none of its intents is live, and
 * seen's database has all of it.  *more is false where there was none.  To be
 * called at the start, where it may take a while; a failure changes nothing.
 */
INV_MUST bool inv_journal_pack(struct inv_journal *j, bool *more,
    struct inv_err *err);

/* To look up: what each key last committed. */
struct inv_seen *inv_journal_seen(struct inv_journal *j);

/* ---- reading, without the lease and while another process writes ---- */

struct inv_journal_reader;

/*
 * Read from `from` on.  A journal that is not there yet is an empty one.
 * The lines' chain is checked from the first to the last.
 */
struct inv_journal_reader *inv_journal_read(const struct inv_state *state,
    const struct inv_place *from);
void inv_journal_read_close(struct inv_journal_reader *r);

/*
 * The place before the first line of that segment, or of the next that has
 * one: what the line says of those before it is believed.  *there is false
 * where there is none.
 */
INV_MUST bool inv_journal_begin(const struct inv_state *state, uint64_t segment,
    struct inv_place *place, bool *there, struct inv_err *err);

/*
 * The next line.  END: no further whole line for now; a line that is still
 * being written is not given out, and a later call may find more.  ERR with
 * INV_IO, file and line: the journal is damaged there; final.
 */
INV_MUST enum inv_next inv_journal_next(struct inv_journal_reader *r,
    struct inv_entry *entry, struct inv_err *err);

/* The place behind the last line given out: to go on from another time. */
struct inv_place inv_journal_place(const struct inv_journal_reader *r);

/*
 * Make sure that what has been given out is on disk: the writer may not have
 * come to it yet.  Needed before it is written down elsewhere.
 */
INV_MUST bool inv_journal_read_sync(const struct inv_journal_reader *r,
    struct inv_err *err);

#endif
