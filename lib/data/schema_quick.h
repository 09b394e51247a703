/*
 * schema_quick.h - what nearly every cell of a column is, told in one look
 *
 * Where a column's schema says no more of text than how long it is, and what
 * one or two checks say, and of a number than where it lies, a cell that fits
 * is found to do so without a look at each rule.  Only yes is an answer: a
 * cell for which it is no is looked at rule by rule, as if nothing had been
 * asked.
 */
#ifndef INV_DATA_SCHEMA_QUICK_H
#define INV_DATA_SCHEMA_QUICK_H

#include "data/schema_node.h"

enum {
	INV_QUICK_CHECKS = 3,  /* of text, beside length and pattern */
	INV_QUICK_DIGITS = 15, /* of a number, so that it is exact */
};

struct inv_quick {
	bool text;                   /* there are strings to be told so */
	bool number;                 /* there are numbers */
	bool cell;                   /* and numbers that are told by text */
	bool upper;                  /* text goes out in upper case */
	size_t most;                 /* bytes of text */
	int64_t low, high;           /* of a number */
	struct inv_pattern *pattern; /* or NULL */
	const struct inv_check *check[INV_QUICK_CHECKS]; /* others */
	size_t n;
};

/* Of a column that is not forbidden: the node, or NULL where there is none. */
struct inv_quick inv_quick_of(const struct inv_node *node,
    const struct inv_column_plan *plan);

/* The inside of a string without escapes, that is not empty. */
INV_MUST bool inv_quick_text(const struct inv_quick *q, struct inv_str s,
    struct inv_str as_of);

/* Digits alone, the first of them no zero unless it is the only one. */
INV_MUST bool inv_quick_number(const struct inv_quick *q, struct inv_str s);

#endif
