/*
 * pattern.h - the regular expressions of schemas
 *
 * ECMA-262 as JSON Schema asks for it (data/regex), unanchored, on valid UTF-8.
 * What is regular takes a time that grows with the text and no more; anything
 * else has a limit, met at the same place on every machine.
 */
#ifndef INV_DATA_PATTERN_H
#define INV_DATA_PATTERN_H

#include "base/err.h"

struct inv_pattern; /* not shared between threads */

enum inv_match {
	INV_MATCH_NO,
	INV_MATCH_YES,
	INV_MATCH_TOO_LONG, /* a limit was met before there was an answer */
};

/* NULL with INV_CONFIG, saying what is wrong where, if it does not compile. */
struct inv_pattern *inv_pattern_new(struct inv_str regex, struct inv_err *err);
void inv_pattern_free(struct inv_pattern *p);

/* It has no limit, and needs none. */
bool inv_pattern_is_regular(const struct inv_pattern *p);

enum inv_match inv_pattern_match(struct inv_pattern *p, struct inv_str s);

#endif
