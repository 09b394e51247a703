/*
 * home.h - a state directory that was copied, or put back from a backup
 *
 * STATE/journal/home is one line that says where the journal lives: on which
 * machine, in which file system, in which directory.  A copy of a state has
 * the line of the first, and does not fit.  It is written durably before the
 * first intent, and again where it is not there: to remove it is how a person
 * says that this state is the one to go on with.
 */
#ifndef INV_STORE_HOME_H
#define INV_STORE_HOME_H

#include "base/err.h"
#include "store/state.h"

/*
 * The journal is where it was made.  INV_CONFIG where it is not: the message
 * says what differs and what to do.  Needs the lease; killed at any point, the
 * next one does the same again.
 */
INV_MUST bool inv_home_check(const struct inv_state *state,
    struct inv_err *err);

#endif
