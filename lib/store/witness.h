/*
 * witness.h - a journal that was rolled back, or replaced by another
 *
 * Who reads the journal writes down, durably, up to which line it has come and
 * the hash of that line: seen.db beside it, and audit/head.  A journal that
 * has no such line is not the one they read.  A witness that is older than the
 * journal proves nothing, and catches up.
 */
#ifndef INV_STORE_WITNESS_H
#define INV_STORE_WITNESS_H

#include "store/seen.h"

/*
 * The journal, whose directory is dir, goes as far as seen.db and audit/head
 * have read it.  INV_CONFIG where it does not: the message says who has read
 * what.  For before it is read; changes nothing.
 */
INV_MUST bool inv_witness_length(const struct inv_state *state, int dir,
    const struct inv_place *seen, struct inv_err *err);

/*
 * The line up to which audit/head has read it is a line of this journal, which
 * ends at `end`.  As above, and INV_IO where the head can not be read.
 */
INV_MUST bool inv_witness_chain(const struct inv_state *state,
    const struct inv_place *end, struct inv_err *err);

#endif
