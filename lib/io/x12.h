/*
 * x12.h - X12 interchanges cut into segments, each with its place
 *
 * The separators are those of the ISA segment, which has 106 bytes: wherever
 * one begins, they are read from it anew.  Blanks and line ends between
 * segments mean nothing.
 *
 * A lost terminator does not swallow the next interchange: a segment ends where
 * an ISA of 106 bytes begins.  Time is linear; memory is what is held, a
 * segment and a piece.
 */
#ifndef INV_IO_X12_H
#define INV_IO_X12_H

#include "io/pull.h"
#include "io/stream.h"

enum {
	INV_X12_ISA = 106,               /* bytes, with its terminator */
	INV_X12_SEGMENT_MAX = 256 << 10, /* bytes of a segment */
	INV_X12_HELD_MAX = 1 << 20,      /* bytes of segments held together */
	INV_X12_ELEMENTS = 100,          /* cut of a segment, its id one */
};

enum inv_x12_flaw {
	INV_X12_SOUND,
	INV_X12_OPEN, /* no terminator behind it */
	INV_X12_LONG, /* longer than INV_X12_SEGMENT_MAX; it has its begin */
	INV_X12_NAME, /* does not begin with the id of a segment */
	INV_X12_HEAD, /* an ISA without its 106 bytes */
};

struct inv_segment {
	struct inv_str raw; /* without its terminator */
	uint32_t id;        /* see inv_x12_id; 0: it has none */
	uint64_t number;    /* from 1 */
	uint64_t line;      /* of its first byte, from 1 */
	uint64_t offset;    /* the same in bytes of the text, from 0 */
	uint64_t end;       /* of the byte behind its last, terminator aside */
	enum inv_x12_flaw flaw;
};

/* Two or three letters and digits as a number; the third may be 0. */
#define INV_X12_ID(a, b, c) ((uint32_t)(a) << 16 | (uint32_t)(b) << 8 | (c))

/* The same of what is not known yet; 0 for anything else. */
uint32_t inv_x12_id(struct inv_str s);

/* That again as text, with a NUL. */
void inv_x12_id_text(uint32_t id, char out[4]);

/* A text that begins so has an ISA segment of 106 bytes there. */
bool inv_x12_is_isa(struct inv_str s);

struct inv_x12;

/* The text is what `from` gives, from its byte number `offset` on. */
struct inv_x12 *inv_x12_new(struct inv_pull from, uint64_t offset);
void inv_x12_free(struct inv_x12 *x);

/* The next segment; views are good until the next call. */
INV_MUST enum inv_next inv_x12_next(struct inv_x12 *x, struct inv_segment *seg,
    struct inv_err *err);

/* The last segment is what comes next, once more. */
void inv_x12_back(struct inv_x12 *x);

/* What ends segments, as the last ISA says. */
char inv_x12_terminator(const struct inv_x12 *x);

/*
 * The elements of a segment, its id first: element[1] is the one that X12
 * counts as 01.  Returns how many there are, at most INV_X12_ELEMENTS.  Good
 * until the next one is split.
 */
size_t inv_x12_split(struct inv_x12 *x, struct inv_str raw,
    const struct inv_str **element);

/* Component n, from 1, of an element; empty where it has none. */
struct inv_str inv_x12_component(const struct inv_x12 *x,
    struct inv_str element, size_t n);

/* From the last segment on, keep all bytes, up to INV_X12_HELD_MAX. */
void inv_x12_hold(struct inv_x12 *x);

/*
 * What is held, up to the end of the segment before one that was put back, or
 * of the last.  *cut_short: it was longer.  Good until the next segment; after it
 * nothing is held.
 */
struct inv_str inv_x12_held(struct inv_x12 *x, bool *cut_short);

#endif
