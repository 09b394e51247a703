/*
 * headers.h - what a batch went out with, and what its answer came with
 *
 * For the people who look into why its rows were not committed.
 */
#ifndef INV_COMMIT_HEADERS_H
#define INV_COMMIT_HEADERS_H

#include "client/access.h"
#include "commit/batch.h"

/*
 * Keep the headers as b->headers, in place of what is there: an object of
 * "request" and "response".  Those of the request that are not ours to know
 * are named, and "redacted"; of the answer there are those that inv_answer_told
 * names.
 */
void inv_headers_keep(struct inv_batch *b, const struct inv_access *access,
    struct inv_str run, const struct inv_answer *a);

#endif
