/*
 * ledger.h - the reference ledger: records, batches under keys, a request log
 *
 * One module behind inv-ledger and the embedded ledger of inv-commit.  What
 * it promises to the sender of a batch is in inv-ledger-api(5).
 *
 * Batches are taken in groups: begin, any number of upserts, commit.  An
 * answer counts only once commit has returned true; when it has not, or any
 * call within the group failed, nothing of the group may be said to be done
 * and the ledger is closed: the next start reads what is on disk.
 */
#ifndef INV_STORE_LEDGER_H
#define INV_STORE_LEDGER_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "store/db.h"

enum {
	INV_LEDGER_BODY_MAX = 4 << 20, /* bytes of a body; longer is 413 */
	INV_LEDGER_KEY_MAX = 255,      /* bytes of an idempotency key */
	INV_LEDGER_ROWS_MAX = 1 << 16, /* records of a batch; more is 413 */
	INV_LEDGER_ANSWER_MAX = 8192,  /* bytes of an answer's body, without
					  its results */
};

/* How an answer names the records that it judges one by one. */
enum inv_ledger_naming {
	INV_LEDGER_BY_INDEX, /* their places in the body, from 0 */
	INV_LEDGER_BY_KEY,   /* what identifies them */
};

/* What a key that is known does, with the same body. */
enum inv_ledger_repeat {
	INV_LEDGER_REPLAY,   /* the answer it had */
	INV_LEDGER_CONFLICT, /* 409 */
	INV_LEDGER_ANEW,     /* keys are neither kept nor looked at */
};

struct inv_ledger;

/*
 * Open for writing, made if it is not there, or for reading.  `fields` is the
 * JSON list of the members that identify a record, ["asset_id","grant_code"]
 * say, as inv_key_init takes it; none: a record is identified by all of its
 * text.  A ledger keeps the fields it was made with: INV_CONFIG if these are
 * others.  For reading they are not looked at.  NULL on failure, as
 * inv_db_open.
 */
INV_MUST struct inv_ledger *inv_ledger_open(const char *path,
    enum inv_db_use use, struct inv_str fields, struct inv_err *err);

/* What has not been committed is gone.  NULL is fine. */
void inv_ledger_close(struct inv_ledger *l);

INV_MUST bool inv_ledger_begin(struct inv_ledger *l, struct inv_err *err);
INV_MUST bool inv_ledger_commit(struct inv_ledger *l, struct inv_err *err);

struct inv_ledger_request {
	struct inv_str key;  /* the idempotency key; empty: missing, invalid */
	struct inv_str body; /* stays as it is until the commit */
	enum inv_ledger_repeat repeat;

	/* For the request log; without a path the request is not logged. */
	struct inv_str path;  /* UTF-8 */
	struct inv_str fault; /* what was rehearsed on it, or empty */

	/*
	 * To rehearse: the status of each record that could be taken, 200 if
	 * it is to be; NULL: all are.  The first other than that makes the
	 * answer one of results.
	 */
	int (*judge)(const void *judge_of, struct inv_str record);
	const void *judge_of;
	enum inv_ledger_naming naming;
};

/* Begin with {0}; may be used again; free(3) body.p by inv_buf_free. */
struct inv_ledger_answer {
	int status;          /* as in HTTP: 200, 207, 400, 404, 409, 413, 422 */
	bool replayed;       /* it took effect at an earlier request */
	bool effect;         /* it took effect at this one */
	struct inv_buf body; /* JSON; problem details of 400 and more */
	uint64_t count;      /* of 200 and 207: records that took effect */
	char processed_at[INV_CLOCK_TEXT]; /* of those: when they did */
};

/*
 * Take a batch.  A key that is new: all of its records take effect, with the
 * answer and the line of the request log.  A key that is known: with the same
 * body what r->repeat says and no effect, with another body 422.  What is
 * refused has no effect and is not remembered: it is judged anew next time.
 * Where records are judged one by one (r->judge) and some are taken, that
 * answer is kept; where none is, the batch is refused, with the results.
 *
 * False, with *err, only when the database failed.
 */
INV_MUST bool inv_ledger_upsert(struct inv_ledger *l,
    const struct inv_ledger_request *r, struct inv_ledger_answer *answer,
    struct inv_err *err);

/*
 * Log a request that was answered with this status (0: not at all) without
 * being looked at.
 */
INV_MUST bool inv_ledger_note(struct inv_ledger *l,
    const struct inv_ledger_request *r, int status, struct inv_err *err);

/* What became of a key: 200 and its batch, or 404.  Within a group or not. */
INV_MUST bool inv_ledger_batch(struct inv_ledger *l, struct inv_str key,
    struct inv_ledger_answer *answer, struct inv_err *err);

enum inv_ledger_table {
	INV_LEDGER_RECORDS, /* as received, in the order of what identifies them */
	INV_LEDGER_REQUESTS, /* the request log, in order */
};

/* Where an export is; begin with { .table = ... }, free(3) by _done. */
struct inv_ledger_cursor {
	enum inv_ledger_table table;
	bool end;           /* there is no more */
	struct inv_buf key; /* of the last record given out */
	uint64_t seq;       /* of the last request given out */
};

/*
 * Add whole NDJSON lines to out until it holds at least `enough` bytes or
 * there are no more (cursor->end).  Each call sees the ledger as it is then;
 * nothing stays locked in between.
 */
INV_MUST bool inv_ledger_export(struct inv_ledger *l,
    struct inv_ledger_cursor *cursor, struct inv_buf *out, size_t enough,
    struct inv_err *err);
void inv_ledger_cursor_done(struct inv_ledger_cursor *cursor);

#endif
