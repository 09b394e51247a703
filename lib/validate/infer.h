/* infer.h - the schema that a stream of good records would have */
#ifndef INV_VALIDATE_INFER_H
#define INV_VALIDATE_INFER_H

#include "prog/filter.h"

/*
 * A draft for all of path (NULL or "-": standard input) on standard output;
 * the exit status.  Nothing is written where the stream is not whole.
 */
INV_MUST int inv_infer_run(const struct inv_prog_info *info, const char *path);

#endif
