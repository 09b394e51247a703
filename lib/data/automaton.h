/*
 * automaton.h - a regular expression as a table of states
 *
 * One look-up for each byte, whatever the expression and the text: no text
 * takes longer than its length.  What is not regular (references, looks
 * around, edges of words), asks for Unicode properties, or needs a large table
 * has no automaton.
 */
#ifndef INV_DATA_AUTOMATON_H
#define INV_DATA_AUTOMATON_H

#include "data/regex.h"

struct inv_automaton;

/* NULL if it has none. */
struct inv_automaton *inv_automaton_new(const struct inv_regex *r);
void inv_automaton_free(struct inv_automaton *a);

/* It is found in valid UTF-8. */
bool inv_automaton_match(const struct inv_automaton *a, struct inv_str s);

#endif
