/*
 * courier.h - takes a body to the ledger and brings the answer back
 *
 * Two ledgers, one face: over HTTP, where many requests are under way at
 * once, and the embedded one (`file:`), where all that is ready goes into one
 * transaction.  What an answer means is net/answer's business.
 */
#ifndef INV_COMMIT_COURIER_H
#define INV_COMMIT_COURIER_H

#include "client/access.h"
#include "commit/batch.h"
#include "store/ledger.h"

struct inv_courier_options {
	const char *file; /* of the embedded ledger; NULL: over HTTP */
	const struct inv_url *url;
	const char *path;                /* behind url, for batches */
	const struct inv_access *access; /* must outlive it */
	unsigned slots;                  /* requests under way at once */
	uint64_t timeout_ms;             /* of one request, all in all */
	struct inv_str run;              /* 16 hex: names the trace */
};

struct inv_courier;

/* The ring must outlive it.  The embedded ledger is opened by _fits. */
INV_MUST struct inv_courier *inv_courier_open(struct inv_ring *ring,
    const struct inv_courier_options *o, struct inv_err *err);
void inv_courier_close(struct inv_courier *c);

/*
 * The ledger can take records that are identified by this key: to be known
 * before an intent of theirs is written.
 */
INV_MUST bool inv_courier_fits(struct inv_courier *c, const struct inv_key *key,
    struct inv_err *err);

/* There is a slot. */
bool inv_courier_has_room(const struct inv_courier *c);

/* Send the batch; its body must not change until it has landed. */
INV_MUST bool inv_courier_post(struct inv_courier *c, struct inv_batch *b,
    struct inv_err *err);

/*
 * A 202 pointed there: keep it as the batch's poll, and ask that.  False, and
 * no poll, where it is not the ledger's own.
 */
INV_MUST bool inv_courier_follow(const struct inv_courier *c,
    struct inv_batch *b, struct inv_str location);
INV_MUST bool inv_courier_poll(struct inv_courier *c, struct inv_batch *b,
    struct inv_err *err);

/*
 * Ask what became of its key; false, and nothing sent, where none can be.  The
 * views of the last landing are gone then.
 */
INV_MUST bool inv_courier_ask(struct inv_courier *c, struct inv_batch *b,
    struct inv_err *err);
bool inv_courier_can_ask(const struct inv_courier *c);

/*
 * A 401: look for another token than the one that the batch's last request
 * had.
 */
bool inv_courier_renewed(const struct inv_courier *c,
    const struct inv_batch *b);

/* The embedded ledger does what has been posted, in one transaction. */
INV_MUST bool inv_courier_work(struct inv_courier *c, struct inv_err *err);

struct inv_landing {
	struct inv_batch *batch;
	struct inv_answer answer; /* views, good until the next landing */
	const char *error;        /* of the network; "" for an answer */
};

/* What has landed, one at a time; false when there is none. */
bool inv_courier_landed(struct inv_courier *c, struct inv_landing *l);

#endif
