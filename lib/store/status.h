/*
 * status.h - what is open and what went well last, for those who only look
 *
 * Without the lease and without any lock, while others may write.  Open
 * intents are in segments that are not compressed, by what a compressed one
 * is (segment.h); only those are read.
 */
#ifndef INV_STORE_STATUS_H
#define INV_STORE_STATUS_H

#include "base/buf.h"
#include "base/clock.h"
#include "data/record.h"
#include "store/entry.h"
#include "store/segment.h"
#include "store/state.h"

/* A batch of the journal. */
struct inv_status_batch {
	uint64_t seq; /* of its intent; of the outcome of a committed one */
	char time[INV_CLOCK_TEXT];
	char manifest[INV_DIGEST_HEX];
	char key[INV_DIGEST_HEX];
	uint64_t submission;
	uint64_t chunk;
	struct inv_rows rows;
	struct inv_place place; /* of the line of an open one */
	uint64_t attempts; /* of the run that gave it up, if one did, ... */
	uint64_t status;   /* ... its last answer, 0: none, ... */
	char *reason;      /* ... and why, undecoded; else NULL */
	char *name;        /* of its manifest: undecoded text, or NULL */
};

/* A run that went well. */
struct inv_status_run {
	char time[INV_CLOCK_TEXT];
	char manifest[INV_DIGEST_HEX];
	char run[INV_RUN_ID];
	uint64_t submission;
	uint64_t rows;
	uint64_t counts[INV_VERDICTS];
	char *name; /* as above */
};

struct inv_status {
	struct inv_status_batch *open; /* in the order of their intents */
	size_t n;
	size_t cap;
	struct inv_segments segments;
	uint64_t entries; /* of the journal */
	bool committed;   /* something was: */
	struct inv_status_batch last;
	bool succeeded; /* every row of it committed, skipped or quarantined */
	struct inv_status_run success;
};

/*
 * Zero is empty, and what to free also after a failure: INV_IO where journal
 * or log are damaged, as far as they are read.
 */
INV_MUST bool inv_status_read(const struct inv_state *state,
    struct inv_status *s, struct inv_err *err);
void inv_status_free(struct inv_status *s);

/* The open batches alone. */
INV_MUST bool inv_status_read_open(const struct inv_state *state,
    struct inv_status *s, struct inv_err *err);

/* The open one that has this row of a manifest; NULL: none. */
struct inv_status_batch *inv_status_batch_of(const struct inv_status *s,
    struct inv_str manifest, uint64_t submission, uint64_t row);

/*
 * The bytes of an open one, added to *body, and what its rows name (data/files.h)
 * to *files.
 */
INV_MUST bool inv_status_body(const struct inv_state *state,
    const struct inv_status_batch *b, struct inv_buf *body,
    struct inv_buf *files, struct inv_err *err);

#endif
