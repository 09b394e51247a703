/*
 * codes.h - what every word means that says why a row is refused
 *
 * Types of errors and warnings, flags of rules, reasons of verdicts: one table
 * for --list-codes and --explain.  tests/people.bats holds it against the
 * sources and the pages.
 */
#ifndef INV_VALIDATE_CODES_H
#define INV_VALIDATE_CODES_H

#include "base/buf.h"
#include "base/err.h"

enum { INV_CODES_TEXT = 64 << 10 }; /* bytes: enough for either */

/* A line for each: name, kind and meaning. */
void inv_codes_list(struct inv_buf *out);

/*
 * What it means, what usually causes it, what to do, an example.  What stands
 * behind a colon is passed over: TRUNCATION_RISK:title.  INV_NO, naming those
 * that are spelt nearly so, where there is none of that name.
 */
INV_MUST bool inv_codes_explain(struct inv_str name, struct inv_buf *out,
    struct inv_err *err);

#endif
