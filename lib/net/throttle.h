/*
 * throttle.h - whether a request may be made now: pure
 *
 * Three limits for all requests of a run.  A rate: so many in a second,
 * evenly spread.  A budget: in any 10 seconds at most INV_BUDGET_FREE
 * requests, and a share of all, may be made again.  A breaker:
 *
 *	event \ state      CLOSED         OPEN       PROBING
 *	good answer        -              CLOSED     CLOSED
 *	bad answer         OPEN *         -          OPEN **
 *	it is due          -              PROBING    -
 *
 *	*  after so many in a row
 *	** of the probe; one that was under way before says nothing new
 *
 * PROBING is one request under way, and no other.  No clock and no random
 * source in here: times are those of inv_clock_ms, given by the caller.
 */
#ifndef INV_NET_THROTTLE_H
#define INV_NET_THROTTLE_H

#include "net/retry.h"

enum {
	INV_BUDGET_FREE = 10,    /* retries that are always granted */
	INV_BUDGET_SECONDS = 10, /* of the window */
	INV_RATE_MAX = 1000000,  /* requests in a second */
};

struct inv_throttle_options {
	unsigned rate;         /* requests in a second; 0: any number */
	unsigned budget;       /* retries, percent of requests */
	unsigned breaker;      /* bad answers in a row that open it */
	struct inv_retry wait; /* how long it stays open, each time longer */
};

enum inv_breaker { INV_BREAKER_CLOSED, INV_BREAKER_OPEN, INV_BREAKER_PROBING };

/* Requests of one second. */
struct inv_budget_second {
	uint64_t second;
	uint64_t requests;
	uint64_t retries;
};

struct inv_throttle {
	struct inv_throttle_options o;
	uint64_t next; /* of the rate: thousandths of a request, by time */
	struct inv_budget_second seconds[INV_BUDGET_SECONDS];
	enum inv_breaker breaker;
	uint64_t sent;     /* requests */
	uint64_t probe;    /* which of them is the latest probe */
	unsigned bad;      /* answers in a row */
	unsigned opened;   /* times in a row */
	uint64_t since_ms; /* it has not been closed since then */
	uint64_t due_ms;   /* of the probe */
};

void inv_throttle_init(struct inv_throttle *t,
    const struct inv_throttle_options *o);

/*
 * A request may be made now; `again` if the same was made before.  Else
 * *when is the time to ask again; UINT64_MAX: after the next answer.
 */
INV_MUST bool inv_throttle_may(const struct inv_throttle *t, uint64_t now,
    bool again, uint64_t *when);

/* It is made: its number, from 1. */
uint64_t inv_throttle_sent(struct inv_throttle *t, uint64_t now, bool again);

/*
 * An answer to the request of that number, or what took its place, is bad if
 * nobody can trust it or the ledger can not be reached.  `random` is any 64
 * bits.  True if the breaker has opened by it: not before due_ms is the next
 * try.
 */
bool inv_throttle_answered(struct inv_throttle *t, uint64_t now,
    uint64_t number, bool bad, uint64_t random);

/* For how long the breaker has not been closed: ms, 0 if it is. */
uint64_t inv_throttle_shut(const struct inv_throttle *t, uint64_t now);

#endif
