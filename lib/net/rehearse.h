/*
 * rehearse.h - which request meets which failure: pure
 *
 * A specification, a seed, and the number of a request say what goes wrong
 * with it, so that a rehearsal can be played again.  The grammar is in
 * inv-ledger(1).
 */
#ifndef INV_NET_REHEARSE_H
#define INV_NET_REHEARSE_H

#include "base/err.h"
#include "data/problem.h"

enum inv_failure {
	INV_FAILURE_NONE,
	INV_FAILURE_RESET,    /* no answer: the connection is reset */
	INV_FAILURE_STATUS,   /* answered with `status` and `problem` */
	INV_FAILURE_REDIRECT, /* answered with `status`, a 3xx */
	INV_FAILURE_DONE,     /* the answer with `status`; 204 has no body */
	INV_FAILURE_TEXT,     /* 200, a line of plain text */
	INV_FAILURE_ACCEPTED, /* 202, and a Location that tells later */
	INV_FAILURE_GARBAGE,  /* 200, JSON that does not parse */
	INV_FAILURE_HTML,     /* 200, a page */
	INV_FAILURE_SHORT,    /* the answer, cut short of its length */
	INV_FAILURE_SLOW,     /* the answer, a byte a second */
	INV_FAILURE_ENDLESS,  /* the answer, over and over */
	INV_FAILURE_ROWS,     /* records with `status`, the others taken */
	INV_FAILURE_MISSING,  /* the last record is not in the answer */
};

enum inv_retry_after {
	INV_RETRY_AFTER_NONE,
	INV_RETRY_AFTER_SECONDS,
	INV_RETRY_AFTER_DATE,    /* 2 s from now */
	INV_RETRY_AFTER_GARBAGE, /* neither */
};

enum {
	INV_RETRY_AFTER_TEXT = 32, /* bytes of such a value and a NUL */
	INV_REHEARSAL_FAULTS = 32, /* faults of a specification */
};

/* What happens to one request. */
struct inv_rehearsed {
	const char *name;  /* of the fault, "" for none; as long as the
	                     rehearsal */
	uint64_t delay_ms; /* before anything else, also without a failure */
	enum inv_failure failure;
	bool processed; /* the request takes effect all the same */
	int status;
	bool replayed; /* marked as a replay, whatever it is */
	bool renamed;  /* a replay is told in Idempotency-Replayed */
	bool by_key;   /* of ROWS: records are named by what identifies them */
	size_t fault;  /* of ROWS: see inv_rehearsed_row */
	enum inv_problem problem;
	enum inv_retry_after retry_after;
	uint64_t seconds;
};

struct inv_rehearsal;

/* NULL, with INV_USAGE and what is wrong with which fault. */
INV_MUST struct inv_rehearsal *inv_rehearsal_new(const char *spec,
    uint64_t seed, struct inv_err *err);
void inv_rehearsal_free(struct inv_rehearsal *r);

/* Request n, counted from 1, with this body. */
void inv_rehearse(const struct inv_rehearsal *r, uint64_t n,
    struct inv_str body, struct inv_rehearsed *out);

/* The fault that was met, of INV_FAILURE_ROWS, is about this record. */
bool inv_rehearsed_row(const struct inv_rehearsal *r,
    const struct inv_rehearsed *met, struct inv_str record);

/* The value of Retry-After at a time of the wall clock; "" for none. */
void inv_rehearsed_retry_after(const struct inv_rehearsed *r, int64_t wall,
    char out[INV_RETRY_AFTER_TEXT]);

#endif
