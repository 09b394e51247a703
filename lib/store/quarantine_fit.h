/*
 * quarantine_fit.h - does an item fit what a filter says of its errors, its
 * age and its text?
 *
 * The rest of the filter is the database's to look at.
 */
#ifndef INV_STORE_QUARANTINE_FIT_H
#define INV_STORE_QUARANTINE_FIT_H

#include "store/quarantine.h"

/* The item is sound; text is scratch. */
bool inv_item_fits(const struct inv_item *item,
    const struct inv_item_filter *filter, struct inv_buf *text);

#endif
