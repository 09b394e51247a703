/* regex_refs.h - names and references of an expression */
#ifndef INV_DATA_REGEX_REFS_H
#define INV_DATA_REGEX_REFS_H

#include "data/regex.h"

/*
 * Lead each reference of a tree that was read to its group, or make nothing of
 * it where nothing can be remembered; give groups their numbers.  NULL, or what
 * is wrong and where in the text.
 */
INV_MUST const char *inv_regex_refs(struct inv_regex *r, const char **where);

#endif
