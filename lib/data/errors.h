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

#endif
