/*
 * answer.h - what an answer of the ledger means: pure
 *
 * The table of DESIGN 5, and nothing else: what came back over the wire, and
 * whether this key may have been sent before, to a meaning.  What to do about
 * it is the caller's.
 */
#ifndef INV_NET_ANSWER_H
#define INV_NET_ANSWER_H

#include "data/scan.h"

enum {
	INV_ANSWER_MAX = 1 << 20, /* bytes of a body */
	INV_ANSWER_TOLD = 9,      /* headers that people are told of */
	INV_ANSWER_HEADER = 256,  /* bytes of the line of one of those */
};

/* How the exchange went, below HTTP. */
enum inv_net {
	INV_NET_ANSWERED, /* status, headers and body are whole */
	INV_NET_NOT_SENT, /* refused, or ended before a byte of it was sent */
	INV_NET_UNSURE,   /* ended after sending had begun, without a status */
	INV_NET_CUT, /* there is a status, but not all that belongs to it */
	INV_NET_OVERSIZED, /* body or headers past their ceiling */
	INV_NET_TLS,       /* no trusted connection: nothing was sent */
	INV_NET_DNS,       /* no address: nothing was sent */
};

struct inv_answer {
	enum inv_net net;
	unsigned status; /* 0 where there is none */
	unsigned sends;  /* times the request was put on a connection: libcurl
			    sends again by itself when a kept one was dead */
	bool replayed;   /* Idempotent-Replayed or Idempotency-Replayed */
	struct inv_str content_type;
	struct inv_str retry_after; /* see inv_retry_after */
	struct inv_str location;
	struct inv_str told[INV_ANSWER_TOLD]; /* empty: it did not come */
	struct inv_str body; /* at most INV_ANSWER_MAX; what came of it */
};

/*
 * Take a header line (its CR and LF may be on it) into the answer.  True if
 * the answer now has a view into line: the first of each name that is not
 * empty.
 */
bool inv_answer_header(struct inv_answer *a, struct inv_str line);

/*
 * The name of told[i].  No other header is ever told: there may be a secret in
 * it.  Nor is one that is longer than INV_ANSWER_HEADER or not plain ASCII.
 */
struct inv_str inv_answer_told(size_t i);

/* Which results of an answer are read: net/results.h. */
enum inv_results_form {
	INV_RESULTS_ANY,
	INV_RESULTS_ATOMIC, /* none: a batch is taken whole or not at all */
	INV_RESULTS_INDEX,
	INV_RESULTS_ITEMS,
	INV_RESULTS_207, /* either form, but of a 207 alone */
};

enum inv_meaning {
	INV_MEANS_RECEIPT,      /* done: committed by this request */
	INV_MEANS_REPLAYED,     /* done: the ledger says it had it */
	INV_MEANS_PARTIAL,      /* each record's own is in its results */
	INV_MEANS_ASSERTED,     /* done: a 409, and this key was sent before */
	INV_MEANS_RETRY,        /* again, same key and bytes */
	INV_MEANS_UNCLEAR,      /* the same; when retries end: ambiguous */
	INV_MEANS_IN_PROGRESS,  /* 409: wait, same key, not a try */
	INV_MEANS_ACCEPTED,     /* 202: its Location tells what comes of it */
	INV_MEANS_CONFLICT,     /* 409 on a key that was never sent */
	INV_MEANS_KEY_MISMATCH, /* the key is known with other bytes */
	INV_MEANS_REFUSED,      /* this batch: 400, 413, 422 */
	INV_MEANS_SYSTEMIC,     /* not this batch's fault: stop and hold */
};

/*
 * "receipt", "replayed" and "asserted-409" are the words for `evidence`; the
 * others are for messages.
 */
const char *inv_meaning_name(enum inv_meaning m);

/*
 * sent_before: an earlier request with this key may have left, in this
 * process or, by the journal, in another (a second send inside this very
 * request is in the answer).  The scanner is used for JSON bodies.
 *
 * INV_MEANS_PARTIAL is a 207, 200, 201, 400 or 422 with a list of "results",
 * where form reads them; what they say, and whether that is to be believed,
 * is not looked at.  A 207 without is INV_MEANS_UNCLEAR, as is a 202 that has
 * no Location.
 *
 * A body "speaks of the key" if a string in it (member names do not count: an
 * echo of the key says nothing), or all of it where it is not JSON, has
 * "idempotency key" in any of its spellings.  A 409 which speaks of the key
 * only to say that it was processed already is no mismatch, unless it says
 * that something differs.
 */
enum inv_meaning inv_answer_means(const struct inv_answer *a, bool sent_before,
    enum inv_results_form form, struct inv_scan *scan);

/*
 * The same for what a 202 pointed to.  INV_MEANS_IN_PROGRESS: ask again later,
 * that is 202, and 200 with a "status" of pending, queued, processing and the
 * like.  INV_MEANS_RETRY: the question failed, ask again.  What is no answer
 * to it (a redirect, 404, 410, an unknown "status") is INV_MEANS_UNCLEAR:
 * the batch is to be sent again.  INV_MEANS_ACCEPTED does not occur.  The
 * results that INV_RESULTS_207 reads need no 207 here.
 */
enum inv_meaning inv_answer_tells(const struct inv_answer *a,
    enum inv_results_form form, struct inv_scan *scan);

/* The body is JSON with a list of results, and form reads such. */
bool inv_answer_has_results(const struct inv_answer *a,
    enum inv_results_form form, struct inv_scan *scan);

/*
 * This request had no effect, for certain: nothing of it was sent, or the one
 * time that it was, the answer is 425, 429 or 503 and no replay.  An intent
 * of which every request ended so can be closed.
 */
bool inv_answer_is_no_effect(const struct inv_answer *a);

#endif
