/*
 * aside.h - what inv-validate does when it checks no stream
 *
 * Each writes to standard output and returns the exit status; what can not be
 * opened, read or written ends the program.
 */
#ifndef INV_VALIDATE_ASIDE_H
#define INV_VALIDATE_ASIDE_H

#include "validate/checker.h"

INV_MUST int inv_aside_list_codes(void);
INV_MUST int inv_aside_explain(const char *code);

/* 1 where something is odd. */
INV_MUST int inv_aside_lint(const struct inv_checker_options *how);

/* 1 where a row of dir is not as it says. */
INV_MUST int inv_aside_test(const struct inv_checker_options *how,
    const char *dir);

/* 1 where a row of what was archived has changed. */
INV_MUST int inv_aside_backtest(const struct inv_checker_options *how);

#endif
