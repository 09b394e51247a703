/*
 * promtext.h - lines of the Prometheus text format, as far as we write it
 *
 * A line is `name{labels} value`; a value is a number that is not negative,
 * with no digits behind its point or three.  It is kept in thousandths, so
 * that what is read is what was written.  Lines that begin with # are passed
 * over; all others are refused, so that no file of others is taken for ours.
 */
#ifndef INV_DATA_PROMTEXT_H
#define INV_DATA_PROMTEXT_H

#include "base/buf.h"
#include "base/err.h"
#include "io/stream.h"

struct inv_prom_line {
	struct inv_str name;
	struct inv_str labels; /* as they stand between the braces; not empty */
	uint64_t value;        /* thousandths */
};

/*
 * Take the next such line off *rest, which is the whole file at first; *number
 * counts lines, from 0.  Views into the text.  INV_BAD names the line.
 */
INV_MUST enum inv_next inv_prom_next(struct inv_str *rest, uint64_t *number,
    struct inv_prom_line *line, struct inv_err *err);

/*
 * Add name="value", with a comma where it is not the first.  Any bytes will do
 * for the value: what could act on a terminal and what is not UTF-8 is shown
 * as \xNN, then \, " and line feeds are escaped.  A long one is cut.
 */
void inv_prom_label(struct inv_buf *labels, const char *name,
    struct inv_str value);

/* Add a line, whose name is in two parts. */
void inv_prom_put(struct inv_buf *b, const char *name, const char *suffix,
    struct inv_str labels, uint64_t value);

#endif
