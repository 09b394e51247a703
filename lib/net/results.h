/*
 * results.h - what an answer says of each record of a batch: pure
 *
 *	{"results":[{"index":0,"status":200,"error":{...}}]}
 *	{"results":[{"key":{"id":"A"},"status":200,"error":{...}}]}
 *
 * In the first form a record is named by its place in the body, in the second
 * by what identifies it.  All of it is believed, or nothing: one result for
 * each record, and no other.
 */
#ifndef INV_NET_RESULTS_H
#define INV_NET_RESULTS_H

#include "data/canon.h"
#include "data/key.h"
#include "net/answer.h"

/* One record of the batch. */
struct inv_result {
	unsigned char key[INV_KEY]; /* what identifies it: to be set before */
	unsigned status;            /* 200 to 299, or 400 to 599 */
	struct inv_str error;       /* as written, or empty; into the answer */
	size_t told; /* while reading: results of this key, in its first */
};

/* The records, in the order of the body.  Begin with {0}; used again. */
struct inv_results {
	struct inv_result *row;
	size_t *order; /* indexes, by key and then by place: _order */
	size_t n;
	size_t cap;
};

/* Make it n records, whose keys are to be set. */
void inv_results_room(struct inv_results *r, size_t n);
void inv_results_free(struct inv_results *r);

/* Set order. */
void inv_results_order(struct inv_results *r);

struct inv_results_tools {
	struct inv_scan *scan;
	struct inv_canon *canon;
	struct inv_digest *digest;
	const struct inv_key *key; /* of the records */
};

/*
 * Read what the answer, whose body is JSON, says of each record.  A key is an
 * object of its members, or the list of their values in the order of the key,
 * or the value alone where it has one member.  Records of one key have their
 * results in the order of the body.
 *
 * INV_RESULTS_INDEX and _ITEMS take the one form alone; of a result with both
 * names the others take the index.  False where a record has no result, a
 * result is of no record or the second of one, a status is none to go by, or
 * the answer is a refusal and every record is committed.
 */
INV_MUST bool inv_results_read(struct inv_results *r,
    const struct inv_results_tools *t, const struct inv_answer *a,
    enum inv_results_form form);

enum inv_row_means {
	INV_ROW_COMMITTED, /* 2xx */
	INV_ROW_AGAIN,     /* 429, 5xx: it had no effect, send it again */
	INV_ROW_REFUSED,   /* any other 4xx */
};

/* The meaning of a result's status. */
enum inv_row_means inv_row_means(unsigned status);

#endif
