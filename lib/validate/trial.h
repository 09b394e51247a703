/*
 * trial.h - rows whose errors are known, against schema and rules
 *
 * A folder of CSV, TSV and NDJSON files; the column or member inv:expect of
 * each row says what must be found in it.  Nothing passes unseen: a folder
 * without rows, a row that can not be read, one that does not say what it
 * expects are all failures of the trial itself.
 */
#ifndef INV_VALIDATE_TRIAL_H
#define INV_VALIDATE_TRIAL_H

#include "io/stream.h"
#include "validate/checker.h"

/*
 * Tries every row of dir, and writes a line to out for each that is not
 * as it says, *wrong of them, and one with the sum.
 * INV_NOINPUT where dir or a file can not be read, INV_BAD where it has no
 * rows or one does not say what it expects.
 */
INV_MUST bool inv_trial_run(struct inv_checker *c, const char *dir,
    struct inv_out *out, uint64_t *wrong, struct inv_err *err);

#endif
