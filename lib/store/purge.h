/*
 * purge.h - take out of the quarantine what came from a row
 *
 * Of each event of an item the row itself becomes its digest, and its errors
 * and whatever else its line said are gone, but that one was CRITICAL; the patches of its corrections
 * become digests too.  What stays is which row it was, when it failed, where
 * and for what reason, and what became of it.  Those
 * events have no hash any more; the action tells of the last.  A later event is kept like any
 * other, and may be purged in its turn.
 */
#ifndef INV_STORE_PURGE_H
#define INV_STORE_PURGE_H

#include "store/action.h"
#include "store/quarantine.h"

struct inv_purge;

/* NULL on failure.  db stays the caller's, and open as long as this. */
INV_MUST struct inv_purge *inv_purge_new(struct inv_db *db,
    struct inv_err *err);
void inv_purge_free(struct inv_purge *p);

/*
 * In a transaction, together with its action: whose verb, time, user, login
 * and why are given, and the rest is filled in here.  approval is the number of
 * the one that allows it, or 0.  INV_BAD where what is
 * there is damaged.
 */
INV_MUST bool inv_purge_item(struct inv_purge *p, const struct inv_item *item,
    const struct inv_action *action, uint64_t approval, struct inv_err *err);

#endif
