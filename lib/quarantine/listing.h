/* listing.h - items as list shows them: a table, or a JSON object each */
#ifndef INV_QUARANTINE_LISTING_H
#define INV_QUARANTINE_LISTING_H

#include "io/stream.h"
#include "store/quarantine.h"

/* The next item, NULL behind the last; dies where it can not be read. */
const struct inv_item *inv_listing_next(struct inv_quarantine_reader *r);

struct inv_listing {
	struct inv_out *out;
	struct inv_buf text;
	bool table;
	uint64_t n;
	uint64_t counts[INV_VERDICTS]; /* of closed ones what closed them */
};

/* A table where out is a terminal, unless JSON is wanted; out is kept. */
void inv_listing_open(struct inv_listing *l, struct inv_out *out, bool json);
void inv_listing_put(struct inv_listing *l, const struct inv_item *item);

/* The totals below a table, of items in that state. */
void inv_listing_close(struct inv_listing *l, enum inv_item_state state);

/* One as a JSON object. */
void inv_listing_json(struct inv_out *out, const struct inv_item *item,
    bool content);

#endif
