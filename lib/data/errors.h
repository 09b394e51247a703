/*
 * errors.h - an errors list as words
 *
 * The list is that of a record line (inv-stream(5)): objects with type, loc
 * and msg, and rule, tags and fallback where a rule of inv-rules(5) was broken.
 * It has been scanned; what is not of that shape stands as JSON.
 */
#ifndef INV_DATA_ERRORS_H
#define INV_DATA_ERRORS_H

#include "base/buf.h"

/*
 * Add "loc: msg [type] (rule: tag, tag; fallback)" for each of at most `most`
 * errors, with "; " between them, decoded; and "(N more)" where there are more.
 */
void inv_errors_text(struct inv_buf *out, struct inv_str errors, size_t most);

/* What one of them is about, decoded; empty where it does not say. */
struct inv_error {
	struct inv_str type;
	struct inv_str field; /* its loc, with dots between the parts */
	struct inv_str severity;
};

/*
 * Walk the list: start with *rest = errors; each call sets *error and returns
 * true until there is none left.  The views are in *text, good until the next
 * call.
 */
bool inv_errors_each(struct inv_str *rest, struct inv_buf *text,
    struct inv_error *error);

/* One of them has the severity CRITICAL. */
bool inv_errors_are_critical(struct inv_str errors);

#endif
