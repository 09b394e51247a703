/*
 * marks.h - the brackets, commas and colons of a JSON text, outside strings
 *
 * A text of any length is looked through 64 bytes at a time for the places of
 * these bytes alone; nothing else of it is judged.  A byte is in a string
 * between a quote and the next one, backslashes taken into account, and
 * whatever is wrong with that string.
 *
 * What lies between two marks is held on request, in one piece.  Memory is
 * what is held, at most INV_MARKS_HELD, and one piece.
 */
#ifndef INV_IO_MARKS_H
#define INV_IO_MARKS_H

#include "io/pull.h"
#include "io/stream.h"

enum { INV_MARKS_HELD = 1 << 20 }; /* bytes kept of what is held */

struct inv_mark {
	char c;          /* one of {}[],: */
	uint64_t offset; /* its byte in the text, from 0 */
	uint64_t line;   /* from 1; LF ends one */
};

/* Blanks at both ends are not part of it. */
struct inv_held {
	struct inv_str raw; /* its first INV_MARKS_HELD bytes, if it is cut */
	bool cut;
	uint64_t offset;
	uint64_t line;
	uint64_t size; /* bytes */
};

struct inv_marks;

/* The text is what `from` gives, from its byte number `offset` on. */
struct inv_marks *inv_marks_new(struct inv_pull from, uint64_t offset);
void inv_marks_free(struct inv_marks *m);

/*
 * The next bracket, or with `all` the next mark; commas and colons that were
 * passed without it are gone.  At the end of the text mark has its place, and
 * no character.  INV_NEXT_ERR is a failure of what is behind, and final.
 */
INV_MUST enum inv_next inv_marks_next(struct inv_marks *m, bool all,
    struct inv_mark *mark, struct inv_err *err);

/* Hold what comes behind the last mark; what was held is gone. */
void inv_marks_hold(struct inv_marks *m);

/* What is between there and the last mark; good until the next mark. */
void inv_marks_held(struct inv_marks *m, struct inv_held *held);

/* The text, as far as it was looked through, ends within a string. */
bool inv_marks_in_string(const struct inv_marks *m);

/* The first line that ends within a string, which no JSON has; or 0. */
uint64_t inv_marks_torn_line(const struct inv_marks *m);

#endif
