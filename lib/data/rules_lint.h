/* rules_lint.h - what is not wrong with rules, and can not be meant either */
#ifndef INV_DATA_RULES_LINT_H
#define INV_DATA_RULES_LINT_H

#include "data/schema.h"

/*
 * text is a rules file that compiles with these options, of that name, for
 * records of that schema.  Adds "NAME: #/pointer: what" and a newline for each
 * column that the schema does not name, and for each finding of data/lint in
 * its conditions and checks; returns how many there are.
 */
size_t inv_rules_lint(struct inv_str name, struct inv_str text,
    const struct inv_schema *schema, const struct inv_schema_options *options,
    struct inv_buf *out);

#endif
