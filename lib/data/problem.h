/*
 * problem.h - problem details of an HTTP API (RFC 9457), written
 *
 * Only what is about the idempotency key says so in its type or title: a
 * sender tells by these words whether the key or the batch is at fault.
 */
#ifndef INV_DATA_PROBLEM_H
#define INV_DATA_PROBLEM_H

#include "base/buf.h"

enum inv_problem {
	INV_PROBLEM_PLAIN,           /* the status says it all */
	INV_PROBLEM_KEY_MISSING,     /* 400 */
	INV_PROBLEM_KEY_REUSED,      /* 422: with another body */
	INV_PROBLEM_KEY_OUTSTANDING, /* 409: the first one is not answered yet */
};

/*
 * The problem as a JSON object: type, title, status, and detail where it is
 * not empty (UTF-8, not yet escaped).
 */
void inv_problem_write(struct inv_buf *out, enum inv_problem problem,
    int status, struct inv_str detail);

#endif
