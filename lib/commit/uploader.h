/*
 * uploader.h - inv-commit's loop: read, gate, admit, send, settle
 *
 *	read     pending rows into chunks, as long as there is room
 *	gate     a whole chunk: what is committed already is skipped, what an
 *	         open intent has a say in waits, the rest becomes batches
 *	admit    a batch whose keys are nowhere in flight: it is sealed by the
 *	         worker, and its intent is written
 *	send     when the intent is on disk
 *	settle   the answer becomes an outcome; when that is on disk, the lines
 *
 * One loop, and one place to wait (net/ring); beside it a thread that hashes
 * (base/worker) and decides nothing.  Nothing is sent before its intent is
 * durable, nothing is said before its outcome is.  Lines, bodies and intents in
 * memory are bounded by INV_HELD_MAX, however slow the ledger is and whatever a
 * record weighs.
 *
 * The struct is shared by the seven files of the loop (uploader, atomic, gate,
 * settle, partial, resume, figures) and by nobody else.
 */
#ifndef INV_COMMIT_UPLOADER_H
#define INV_COMMIT_UPLOADER_H

#include "commit/backlog.h"
#include "commit/batch.h"
#include "commit/courier.h"
#include "commit/flight.h"
#include "data/signature.h"
#include "net/results.h"
#include "net/throttle.h"
#include "prog/filter.h"
#include "store/keyer.h"
#include "store/lease.h"

enum {
	INV_WINDOW_MAX = 1024, /* requests under way */
	/* Batches beside them, half as many at most: their intents are written
	 * meanwhile, so that a request follows the other. */
	INV_AHEAD_MAX = 8,
	/* Bytes in memory: bodies, intents not on disk, lines of chunks. */
	INV_HELD_MAX = 32 << 20,
	INV_CHUNKS_OPEN_MAX = 16,         /* chunks that rows are missing of */
	INV_PROGRESS_MS = 10 * 60 * 1000, /* a 409 in progress, at most */
};

/* What a 409 that tells neither of the key nor of a request means. */
enum inv_on_409 {
	INV_ON_409_AUTO, /* by evidence: may this key have been sent before? */
	INV_ON_409_COMMITTED,
	INV_ON_409_RETRY,
	INV_ON_409_CONFLICT,
};

struct inv_uploader_options {
	const char *file; /* the embedded ledger's database; NULL: HTTP */
	struct inv_url url;
	const char *path;
	struct inv_access access;
	struct inv_str namespace;
	struct inv_str key; /* of -k: a JSON list; empty: the stream's */
	unsigned window;    /* requests under way at most */
	enum inv_results_form results;
	enum inv_on_409 on_409;
	struct inv_retry retry;
	unsigned rate;        /* requests in a second; 0: any number */
	unsigned budget;      /* retries, percent of requests */
	unsigned breaker;     /* answers in a row that can not be trusted */
	uint64_t deadline_ms; /* for the breaker to close */
	uint64_t timeout_ms;
	uint64_t drain_ms;
	uint64_t wait_ms;    /* for the lease */
	uint64_t key_ttl_ms; /* that a ledger remembers keys for */
	bool resume;         /* tell blocks of what was open */
	bool alone;          /* without a stream behind them */
	enum inv_engine engine;
	bool atomic; /* send nothing of a manifest that is not verified */
	/* Nor of one that none of these has signed; NULL: of any. */
	const struct inv_trusted *signers;
};

/* What becomes of the rows that wait for their end. */
enum inv_backlog_goes {
	INV_BACKLOG_WAITS, /* it has not come; or none wait */
	INV_BACKLOG_SENT,  /* it has verified them */
	INV_BACKLOG_HELD,  /* it has not, or will not come */
};

/* The manifest that came as number `arrival`. */
struct inv_whose {
	uint64_t arrival; /* 0: none yet */
	char manifest[INV_MANIFEST_ID];
};

/* Something in the ring, and whether it has happened. */
struct inv_event {
	struct inv_op op;
	bool happened;
	int res;
};

struct inv_uploader {
	const struct inv_uploader_options *o;
	struct inv_filter *f;
	struct inv_state state;
	struct inv_lease lease;
	struct inv_ring *ring;
	struct inv_journal *journal;
	struct inv_courier *courier;
	struct inv_flight *flight;
	struct inv_throttle throttle; /* not of the embedded ledger */
	uint64_t throttled_until;     /* ms; UINT64_MAX: nothing waits for it */
	struct inv_digest *digest;
	struct inv_digest *worker_digest; /* the worker's own */
	struct inv_worker *worker;        /* seals batches */
	const struct inv_job *awaited;    /* the first that it has; or NULL */
	const struct inv_job *linking;    /* of lines to write; or NULL */
	struct inv_canon *canon;
	struct inv_scan *scan;
	struct inv_keyer *keyer;
	struct inv_results results; /* of the answer that is looked at */
	char run[INV_RUN_ID];       /* names the trace of our requests */

	/* The block under way, until a line of rows of the next one comes. */
	struct inv_key key;
	struct inv_origin of; /* arrival 0: our archive does not have it */
	const struct inv_note_key *signer; /* NULL: nobody was asked for */
	bool is_unsigned;                  /* and somebody was */
	struct inv_whose whose;       /* the last arrival that was asked for */
	struct inv_arrivals arrivals; /* of what rows correct */
	/*
	 * A line that can not pass before all is settled: the end line, or the
	 * manifest line behind a block without one.  Nothing is read while it
	 * is there, so that its views stay good.
	 */
	struct inv_record held_line;
	bool is_held;
	struct inv_backlog backlog; /* of --atomic */
	enum inv_backlog_goes backlog_goes;
	struct inv_spill spill; /* lines that memory does not hold */
	struct inv_chunk *open; /* rows are missing; oldest first */
	size_t open_n;
	struct inv_chunk *whole; /* to be gated; oldest first */
	struct inv_chunk *spare;

	struct inv_batch *queue; /* QUEUED, in order */
	struct inv_batch *window[INV_WINDOW_MAX + INV_AHEAD_MAX];
	size_t window_n;
	size_t bodies;                 /* bytes of the window's */
	const struct inv_batch *along; /* its intent is waited for; or NULL */
	struct inv_batch *settling; /* OUTCOME; in the order of their lines */
	struct inv_batch *known;    /* DONE: open, or committed by a replay */
	uint64_t kept_line;         /* the last one of rows kept; 0: none */
	bool replaying;
	bool resuming; /* their blocks are being told */

	/* Refusals before anything was committed (settle.c). */
	bool committed;             /* a row has been, in this run */
	struct inv_batch *suspects; /* SUSPECT: wholes and single rows */
	bool probed;                /* it has been made */
	unsigned probe_status;

	/* Nothing more is sent: why, in a word and a sentence. */
	const char *hold;
	enum inv_fault hold_fault;
	char hold_why[INV_ERR_MSG];
	bool heard; /* the ledger has answered anything */

	struct inv_event append;
	struct inv_event input;
	struct inv_event timer;
	struct inv_event signal;
	int signal_fd;
	unsigned signals;
	uint64_t drain_at; /* ms; 0: not stopping */
	bool eof;          /* no more input */
	bool unvalidated;  /* that has been said */
	bool failed;       /* the world failed: only leave */
};

/* Do it all; what went wrong is in the filter, whose close tells the status. */
void inv_uploader_run(struct inv_filter *f,
    const struct inv_uploader_options *o, const struct inv_state *state);

/* ---- between the seven files ---- */

/*
 * atomic.c: what has been read, to the gate; under --atomic when its end line
 * has verified it.  _no_end: that will not come; _hold: nothing more is sent;
 * _turn lets go what may, true if that was anything; _is_done: nothing waits.
 */
void inv_atomic_record(struct inv_uploader *u, const struct inv_record *rec);
void inv_atomic_passed(struct inv_uploader *u, uint64_t chunk, uint64_t rows);
void inv_atomic_end(struct inv_uploader *u, const struct inv_record *end);
void inv_atomic_no_end(struct inv_uploader *u);
void inv_atomic_hold(struct inv_uploader *u);
bool inv_atomic_turn(struct inv_uploader *u);
bool inv_atomic_is_done(const struct inv_uploader *u);

/*
 * gate.c: rows into chunks, chunks into batches.  _hold gives all rows that
 * are in chunks away as held; _gaps only those of chunks that lack rows;
 * _hold_row one that is not sent in this run.
 */
void inv_gate_record(struct inv_uploader *u, const struct inv_record *rec);
void inv_gate_passed(struct inv_uploader *u, uint64_t chunk, uint64_t rows);
void inv_gate_end(struct inv_uploader *u);
void inv_gate_gaps(struct inv_uploader *u);
void inv_gate_hold(struct inv_uploader *u);
void inv_gate_hold_row(struct inv_uploader *u, const struct inv_record *rec);
bool inv_gate_turn(struct inv_uploader *u);
void inv_gate_recycle(struct inv_uploader *u, struct inv_chunk *c);
void inv_gate_free(struct inv_uploader *u);

/*
 * settle.c: answers into outcomes, outcomes into lines.  _landing decides;
 * _give_up decides that it will not be sent (again) in this run; _ask asks for
 * what was sent too long ago to be sent again; _done is for an outcome that is
 * on disk, and ends the batch; _suspects looks whether
 * refusals can be told now (stuck: nothing else has moved); _shut whether the
 * breaker has been open for too long, and holds all then.
 */
void inv_settle_landing(struct inv_uploader *u, const struct inv_landing *l);
void inv_settle_give_up(struct inv_uploader *u, struct inv_batch *b);
void inv_settle_ask(struct inv_uploader *u, struct inv_batch *b);
void inv_settle_unsent(struct inv_uploader *u, struct inv_batch *b,
    const char *reason);
void inv_settle_done(struct inv_uploader *u, struct inv_batch *b);
bool inv_settle_suspects(struct inv_uploader *u, bool stuck);
bool inv_settle_shut(struct inv_uploader *u);

/*
 * For partial.c: the outcomes of b, whose rows are those that were taken; how
 * long what is sent again waits, false: the tries are used up; what a person
 * wants to know of an answer, beside a verdict.
 */
void inv_settle_commit(struct inv_uploader *u, struct inv_batch *b,
    const char *evidence);
void inv_settle_refuse(struct inv_uploader *u, struct inv_batch *b,
    const char *reason);
bool inv_settle_wait(const struct inv_uploader *u, const struct inv_batch *b,
    const struct inv_answer *a, uint64_t *wait_ms);
void inv_settle_answer(struct inv_buf *more, const struct inv_batch *b,
    unsigned status, struct inv_str cause);

/*
 * partial.c: _read takes the results of an answer, false where they are not
 * to be believed; _count tells of them, and _take acts on them; _tell is for
 * an outcome that is on disk.
 */
bool inv_partial_read(struct inv_uploader *u, const struct inv_batch *b,
    const struct inv_answer *a, enum inv_results_form form);
size_t inv_partial_count(const struct inv_uploader *u,
    enum inv_row_means means);
void inv_partial_take(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_answer *a, const char *evidence);
void inv_partial_tell(struct inv_uploader *u, const struct inv_batch *b);

/*
 * resume.c: a block for each manifest that had open intents, when all have
 * been settled; _keep is for a batch whose body is about to go.
 */
void inv_resume_keep(struct inv_uploader *u, struct inv_batch *b);
void inv_resume_tell(struct inv_uploader *u);

/*
 * figures.c, for --metrics: a batch is sent for the first time; an answer, or what took its place; one that has the
 * batch sent again; the breaker has opened; rows of a batch were committed.
 * _begin has 0 where nothing will be; _now sets what holds at this moment, _tell writes it if it is time.
 */
void inv_figures_first(struct inv_uploader *u, const struct inv_batch *b);
void inv_figures_landing(struct inv_uploader *u, const struct inv_landing *l);
void inv_figures_retry(const struct inv_uploader *u,
    const struct inv_answer *a);
void inv_figures_opened(struct inv_uploader *u);
void inv_figures_committed(struct inv_uploader *u, const struct inv_batch *b,
    uint64_t rows);
void inv_figures_begin(struct inv_uploader *u);
void inv_figures_now(struct inv_uploader *u);
void inv_figures_tell(struct inv_uploader *u);

/* A row's line, a row's line by what became of b, a line for committed rows. */
void inv_settle_row(struct inv_uploader *u, const struct inv_record *rec,
    struct inv_ruling ruling);
void inv_settle_verdict(struct inv_uploader *u, const struct inv_batch *b,
    const struct inv_record *rec);
void inv_settle_rows(struct inv_uploader *u, const struct inv_batch *b);
void inv_settle_batch_line(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_rows *rows);
/* Row i of a chunk as it came; false, and the run has failed. */
INV_MUST bool inv_settle_kept(struct inv_uploader *u, const struct inv_chunk *c,
    size_t i, struct inv_record *rec);

/*
 * uploader.c: into the queue, before another batch or (NULL) at its end; how
 * many batches the window takes; there is room for what is read; the world
 * failed.
 */
void inv_uploader_queue(struct inv_uploader *u, struct inv_batch *b,
    struct inv_batch *before);
void inv_uploader_settling(struct inv_uploader *u, struct inv_batch *b);
size_t inv_uploader_depth(const struct inv_uploader *u);
bool inv_uploader_has_room(const struct inv_uploader *u);
void inv_uploader_fail(struct inv_uploader *u, const struct inv_err *err);

#endif
