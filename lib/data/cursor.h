/*
 * cursor.h - reading text of one fixed form: what we wrote ourselves
 *
 * For lines of our own logs, whose members stand in one order, without white
 * space.  What differs by a byte is not such a line.  The first thing that
 * does not fit sets `bad`, which stays: a reader looks once, at the end.
 */
#ifndef INV_DATA_CURSOR_H
#define INV_DATA_CURSOR_H

#include "base/rows.h"
#include "base/str.h"
#include "data/digest.h"

struct inv_cursor {
	struct inv_str rest;
	bool bad;
};

/* The text goes on with s. */
bool inv_cursor_at(const struct inv_cursor *c, const char *s);

/* Step over s, which must be there. */
void inv_cursor_expect(struct inv_cursor *c, const char *s);

/* Step over `before` and a whole number of at least min; 0 when bad. */
uint64_t inv_cursor_u64(struct inv_cursor *c, const char *before, uint64_t min);

/* Step over `before` and a string; its inside, escapes as they are. */
struct inv_str inv_cursor_text(struct inv_cursor *c, const char *before);

/* The same for a string of exactly n lower-case hex digits. */
struct inv_str inv_cursor_hex(struct inv_cursor *c, const char *before,
    size_t n);

/* The same for a SHA-256 in hex, into out. */
void inv_cursor_digest(struct inv_cursor *c, const char *before,
    unsigned char out[INV_DIGEST]);

/*
 * Step over `before` and ranges such as [[1,6],[8,500]]: at least one,
 * ascending and apart; added to *rows.
 */
void inv_cursor_rows(struct inv_cursor *c, const char *before,
    struct inv_rows *rows);

/* Step over `before`, and true or false; what it was. */
bool inv_cursor_bool(struct inv_cursor *c, const char *before);

#endif
