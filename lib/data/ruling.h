/*
 * ruling.h - what is wrong with a row, as a reader writes it
 *
 *	"verdict":"quarantined","stage":...,"reason":...,"errors":[...],
 *	"raw":"..."
 *
 * which is what follows the head of its record line.
 */
#ifndef INV_DATA_RULING_H
#define INV_DATA_RULING_H

#include "base/buf.h"

/* Where something is; what is 0 or empty is not told. */
struct inv_place {
	uint64_t line;       /* from 1; of a sheet: the row */
	uint64_t begin;      /* bytes of the text, from 0 */
	uint64_t end;        /* the one behind the last */
	uint64_t segment;    /* from 1 */
	struct inv_str cell; /* B7; plain ASCII */
	struct inv_str sheet;
	struct inv_str input; /* what is there; told beside the place */
};

void inv_ruling_begin(const char *stage, const char *reason,
    struct inv_buf *out);

/*
 * {"type":...,"loc":[],"msg":...,"input":...,"ctx":{"line":8,"bytes":[..]}}
 */
void inv_ruling_error(const char *type, struct inv_str loc, const char *msg,
    const struct inv_place *at, struct inv_buf *out);

/* raw is all there is of the row, or its first bytes where it is cut. */
void inv_ruling_end(struct inv_str raw, bool cut, struct inv_buf *out);

#endif
