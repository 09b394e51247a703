/*
 * shown_number.h - a number of a sheet, as the one who entered it sees it
 *
 * A sheet holds doubles; what they are is said by the format of their cell.
 * Dates and times are told in ISO 8601.  Of other formats only one changes a
 * value: zeros alone, which keep the leading zeros of a code.  Any other number
 * is the value itself to 15 digits, as it is edited, not as it is rounded for
 * show.
 */
#ifndef INV_DATA_SHOWN_NUMBER_H
#define INV_DATA_SHOWN_NUMBER_H

#include "base/str.h"

enum {
	INV_SHOWN_TEXT = 48,    /* bytes: more than any of these has */
	INV_SHOWN_SOURCE = 400, /* bytes of a number in a file, at most */
};

enum inv_shown_kind {
	INV_SHOWN_NUMBER,
	INV_SHOWN_CODE,    /* at least so many digits */
	INV_SHOWN_DATE,    /* 2026-11-21; with its time if it has one */
	INV_SHOWN_MOMENT,  /* 2026-11-21T06:30:00 */
	INV_SHOWN_CLOCK,   /* 06:30:00 */
	INV_SHOWN_ELAPSED, /* 30:00:00, hours */
};

struct inv_shown_as {
	unsigned char kind;   /* enum inv_shown_kind */
	unsigned char digits; /* of a code; behind the second, at most 3 */
};

/* What a number's format is about. */
struct inv_shown_as inv_shown_format(struct inv_str code);

/* The same of a format that has a number and no code: 0 to 163. */
struct inv_shown_as inv_shown_builtin(uint64_t id);

/* It is one that these could have given. */
bool inv_shown_is(struct inv_shown_as as);

enum inv_shown_flaw {
	INV_SHOWN_SOUND,
	INV_SHOWN_NO_NUMBER, /* the text is none */
	INV_SHOWN_NO_DATE,   /* the calendar has no such day */
};

/*
 * The number that text is, as that format has it, into out; *n bytes, no NUL.
 * since_1904: which of two days the dates of the workbook count from.
 */
INV_MUST enum inv_shown_flaw inv_shown_number(struct inv_str text,
    struct inv_shown_as as, bool since_1904, char out[INV_SHOWN_TEXT],
    size_t *n);

#endif
