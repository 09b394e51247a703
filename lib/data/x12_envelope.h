/*
 * x12_envelope.h - interchanges, groups and sets, and whether they add up
 *
 *	ISA  GS  ST ... SE  ST ... SE  GE  GS ... GE  IEA  ISA ...
 *
 * Each of the three levels promises at its end how much there was of it, and
 * repeats a control number.  A set passes only if its own end, that of its
 * group and that of its interchange are there and add up: so a file is gone
 * through once for what is wrong, and then once more for its rows, in which
 * sets, groups and interchanges have the same numbers.
 */
#ifndef INV_DATA_X12_ENVELOPE_H
#define INV_DATA_X12_ENVELOPE_H

#include "data/ruling.h"
#include "data/x12_hl.h"
#include "data/x12_map.h"

enum {
	INV_X12_FAULTS_MAX = 32 << 10, /* that are told of a file */
	INV_X12_FAULT_TEXT = 160,      /* bytes of a message */
	INV_X12_CONTROL = 16,          /* bytes of a control number */
};

enum inv_x12_level {
	INV_X12_SET,
	INV_X12_GROUP,
	INV_X12_INTERCHANGE,
	INV_X12_DEPTH, /* so many */
};

struct inv_x12_fault {
	uint64_t of; /* which set, group or interchange, from 1 */
	const char *type;
	struct inv_place at;
	char msg[INV_X12_FAULT_TEXT];
};

/* In the order of what they are of.  Zero is none. */
struct inv_x12_faults {
	struct inv_x12_fault *at[INV_X12_DEPTH];
	size_t n[INV_X12_DEPTH];
	size_t cap[INV_X12_DEPTH];
	bool full; /* there are more than may be */
	bool has_untold;
	struct inv_x12_fault
	    untold; /* of a group or interchange without sets */
};

void inv_x12_faults_free(struct inv_x12_faults *f);

/* What all of a file promises together, and what was counted. */
struct inv_x12_totals {
	uint64_t interchanges;
	struct {
		uint64_t promised, counted;
	} groups, sets, segments, lines;
	uint64_t wrong; /* totals and control numbers that do not fit */
};

enum inv_x12_event {
	INV_X12_AROUND, /* ISA, GS, GE or IEA, where they may be */
	INV_X12_BEGINS, /* ST: a set; the one before is over in any case */
	INV_X12_WITHIN, /* a segment of a set */
	INV_X12_ENDS,   /* its SE */
	INV_X12_STRAY,  /* belongs to nothing */
};

/* Amounts with their decimals: millionths. */
struct inv_x12_sum {
	uint64_t value;
	uint64_t digits; /* without their decimal points: a hash total */
	bool bad;        /* something that was no amount, or too much */
};

struct inv_x12_open {
	bool is_open;
	uint64_t number;          /* from 1 */
	struct inv_segment first; /* its raw is not kept */
	uint64_t sets;            /* that there were before it */
	uint64_t parts;           /* groups, sets, segments */
	size_t control_n;         /* INV_X12_CONTROL: it was longer */
	char control[INV_X12_CONTROL];
};

/* Zero is the begin of a file, but for the first two. */
struct inv_x12_envelope {
	struct inv_x12 *x12;
	struct inv_x12_faults *faults; /* NULL: nobody wants to know */
	const struct inv_x12_map *map; /* of the set; the caller's to set when
					  it begins, NULL for none */
	struct inv_x12_open open[INV_X12_DEPTH];
	struct inv_x12_totals totals;

	/* Of the set. */
	uint64_t lines;
	struct inv_x12_sum sum;
	bool has_lines_promised;
	uint64_t lines_promised;
	bool has_sum_promised;
	struct inv_x12_sum sum_promised;
	size_t sum_digits;          /* of what was promised */
	struct inv_segment trailer; /* the one with those */
	uint64_t flawed;
	struct inv_segment first_flawed;
	char first_terminator;   /* that it should have had */
	struct inv_x12_hls *hls; /* NULL: nobody wants to know */
	uint64_t hl_twice;
	struct inv_segment first_twice;
	char first_hl[INV_X12_FAULT_TEXT / 2]; /* what is wrong with it */
};

/* The last segment of x12, once for each, in their order. */
enum inv_x12_event inv_x12_envelope_take(struct inv_x12_envelope *e,
    const struct inv_segment *seg);

/* A segment that ends a set: its own end, or one that can not be in it. */
bool inv_x12_ends_set(uint32_t id);

/* It would be a stray. */
bool inv_x12_is_stray(const struct inv_x12_envelope *e, uint32_t id);

/* There is no more: whatever is open lacks its end. */
void inv_x12_envelope_end(struct inv_x12_envelope *e);

/* {"interchanges":1,"groups":{"promised":1,"counted":1},...} */
void inv_x12_totals_put(const struct inv_x12_totals *t, struct inv_buf *out);

/* Where a segment is. */
struct inv_place inv_x12_place_of(const struct inv_segment *seg);

#endif
