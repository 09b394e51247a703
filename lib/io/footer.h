/*
 * footer.h - a text without its last lines
 *
 * Where these begin is found in a pass of its own, so that nothing of the text
 * is held back in memory, however long its lines are.
 */
#ifndef INV_IO_FOOTER_H
#define INV_IO_FOOTER_H

#include "io/pull.h"

/*
 * Read `from` to its end: *before is how many of its bytes stand before its
 * last `lines` lines (1 or more); 0 where it has no more than these.  Lines end
 * at LF, CR LF or a lone CR, quoted or not; one without an end counts.
 */
INV_MUST bool inv_footer_find(struct inv_pull from, size_t lines,
    uint64_t *before, struct inv_err *err);

/* The first `left` bytes of a text; stays where it is while it is read. */
struct inv_body {
	struct inv_pull from;
	uint64_t left;
};

struct inv_pull inv_body_pull(struct inv_body *b);

#endif
