/*
 * retry.h - whether to try again, and when: pure
 *
 * No clock and no random source in here: both are arguments, so that the
 * policy is a table.
 */
#ifndef INV_NET_RETRY_H
#define INV_NET_RETRY_H

#include "base/str.h"

enum {
	INV_RETRY_AFTER_MAX = 24 * 3600 * 1000, /* ms: a longer one is this */
};

struct inv_retry {
	unsigned retries; /* after the first request: 3 means 4 in all */
	uint64_t base_ms; /* the most to wait before the first retry */
	uint64_t max_ms;  /* the most to wait before any */
};

/*
 * After the tries-th request (from 1) has failed: false if that was the last
 * one, and there is nothing to wait for.  Else *wait_ms is drawn evenly from
 * 0 to min(max_ms, base_ms * 2^(tries - 1)) ("full jitter"); `random` is any
 * 64 random bits.
 *
 * after_ms is what the answer asked for (0: nothing): a floor under the
 * draw, itself cut to max_ms, so that no ledger can park a run.
 */
INV_MUST bool inv_retry_next(const struct inv_retry *r, unsigned tries,
    uint64_t after_ms, uint64_t random, uint64_t *wait_ms);

/*
 * The wait alone, for what is not counted as a try (a 409 in progress):
 * `waits` is how many of them there were, from 1.
 */
uint64_t inv_retry_wait(const struct inv_retry *r, unsigned waits,
    uint64_t after_ms, uint64_t random);

/*
 * A Retry-After value, trimmed: seconds, or an HTTP date in the form of
 * today (IMF-fixdate) against `wall`, seconds since 1970; a date that has
 * passed is 0.  False, and *ms untouched, for anything else.
 */
INV_MUST bool inv_retry_after(struct inv_str value, int64_t wall, uint64_t *ms);

#endif
