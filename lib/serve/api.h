/*
 * api.h - the HTTP API of the reference ledger, inv-ledger-api(5)
 *
 * Where the server, the ledger and the rehearsal meet.  Batches that have
 * arrived wait until they are due; all that are due are taken in one
 * transaction, and answered once it is on disk.
 */
#ifndef INV_SERVE_API_H
#define INV_SERVE_API_H

#include "net/httpd.h"
#include "net/rehearse.h"
#include "store/ledger.h"

/* What an API is made of; all of it stays the caller's. */
struct inv_api_plan {
	struct inv_httpd *httpd;
	struct inv_ledger *ledger;             /* NULL: a sink */
	const struct inv_rehearsal *rehearsal; /* NULL: nothing fails */
	enum inv_ledger_repeat repeat;
	bool blind;        /* nobody is told of a batch at /batches/KEY */
	const char *path;  /* batches are posted to what ends in this */
	uint64_t delay_ms; /* before each batch is taken */
};

struct inv_api_counts {
	uint64_t batches;   /* arrived */
	uint64_t effects;   /* of them took effect */
	uint64_t replays;   /* were answered again */
	uint64_t rehearsed; /* met a fault */
};

struct inv_api;

struct inv_api *inv_api_new(const struct inv_api_plan *plan);

/* Before the server is closed.  NULL is fine. */
void inv_api_free(struct inv_api *a);

/*
 * As inv_httpd_turn, with what there is to do then.  False when the ledger or
 * the server failed: nothing more may be answered.
 */
INV_MUST bool inv_api_turn(struct inv_api *a, int other, int wait_ms,
    bool *ready, struct inv_err *err);

/* What waits is due now, and so is all that comes: before stopping. */
void inv_api_hurry(struct inv_api *a);

struct inv_api_counts inv_api_counts(const struct inv_api *a);

#endif
