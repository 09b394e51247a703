/*
 * draft.h - a schema that what was surveyed fits
 *
 * What can be said of values that nobody has described yet, with room for
 * those that are still to come: inv-validate(1) has the rules.
 */
#ifndef INV_DATA_DRAFT_H
#define INV_DATA_DRAFT_H

#include "data/survey.h"
#include "data/unique.h"

enum { INV_DRAFT_MAX = 8 << 20 }; /* bytes of a draft */

/*
 * What tells rows apart is followed from the row on where it can be told which
 * columns are worth it: call this behind each row that was added to both.
 */
void inv_draft_choose(const struct inv_survey *s, struct inv_uniques *u);

/* Add the schema, laid out for people.  title is UTF-8, not yet escaped. */
void inv_draft_write(const struct inv_survey *s, struct inv_uniques *u,
    struct inv_str title, struct inv_buf *out);

#endif
