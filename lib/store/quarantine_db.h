/* quarantine_db.h - the database of the quarantine, for its two halves */
#ifndef INV_STORE_QUARANTINE_DB_H
#define INV_STORE_QUARANTINE_DB_H

#include "store/db.h"
#include "store/state.h"

/* For reading: INV_NO where there is none, or nothing in it yet. */
INV_MUST struct inv_db *inv_quarantine_db(const struct inv_state *state,
    enum inv_db_use use, struct inv_err *err);

/* There is one; false where that can not be told as well. */
bool inv_quarantine_is_there(const struct inv_state *state);

#endif
