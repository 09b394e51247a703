/* inspect.h - what is odd about the files that records are checked by */
#ifndef INV_VALIDATE_INSPECT_H
#define INV_VALIDATE_INSPECT_H

#include "validate/checker.h"

/*
 * Add a line for each finding of --lint to *out, and count them in *n.
 * INV_CONFIG, as for checking records, where a file is not found or is wrong.
 */
INV_MUST bool inv_inspect(const struct inv_checker_options *options,
    struct inv_buf *out, size_t *n, struct inv_err *err);

#endif
