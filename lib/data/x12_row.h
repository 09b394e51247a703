/*
 * x12_row.h - what a mapping takes of a set, as records
 *
 * The parts of a set lie on each other: its header, then what is open of the
 * HL hierarchy, or the loop of a row.  A row has what is taken in the part on
 * top and in those below it; what lies on top goes when another part begins.
 */
#ifndef INV_DATA_X12_ROW_H
#define INV_DATA_X12_ROW_H

#include "data/x12_map.h"

enum {
	INV_X12_PILE = 18,          /* parts on each other */
	INV_X12_TAKEN_MAX = 8192,   /* values of a row */
	INV_X12_FLAWS_MAX = 64,     /* that are told of a row */
	INV_X12_TEXT_MAX = 4 << 20, /* bytes of all values, escaped */
};

struct inv_x12_row;

struct inv_x12_row *inv_x12_row_new(void);
void inv_x12_row_free(struct inv_x12_row *r);

/* A set begins, with its header on top; the mapping is kept. */
void inv_x12_row_set(struct inv_x12_row *r, const struct inv_x12_map *map);

/* Another part of it begins with the last segment: a row, or an HL. */
void inv_x12_row_begin(struct inv_x12_row *r, struct inv_x12 *x,
    const struct inv_segment *seg);

/* Nothing more is taken before another part begins. */
void inv_x12_row_pause(struct inv_x12_row *r);

/* Take what is asked for of the last segment. */
void inv_x12_row_take(struct inv_x12_row *r, struct inv_x12 *x,
    const struct inv_segment *seg);

/* What was taken is a sound record. */
bool inv_x12_row_is_sound(const struct inv_x12_row *r);

/* {"po_number":"1",...}; false, out as before, past a record's ceilings. */
INV_MUST bool inv_x12_row_put(const struct inv_x12_row *r, struct inv_buf *out);

/* The errors of a row that is not sound, as elements of its list. */
void inv_x12_row_errors(const struct inv_x12_row *r, struct inv_buf *out);

#endif
