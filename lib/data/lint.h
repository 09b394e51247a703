/*
 * lint.h - what is not wrong with a schema, and can not be meant either
 *
 * A schema that compiles may still say less than its author thinks: a keyword
 * that is misspelt is passed over, one beside another type says nothing, a
 * default may break the schema it stands in.  inv-validate(1) lists what is
 * looked for.  The schema is walked as spans of its text, so that what is
 * found has a line.
 */
#ifndef INV_DATA_LINT_H
#define INV_DATA_LINT_H

#include "data/schema.h"

enum {
	INV_LINT_MAX = 1000,      /* findings that are kept; more are counted */
	INV_LINT_TEXT = 16 << 20, /* bytes of their lines */
};

/*
 * text is a schema that compiles with these options, from the file of that
 * name.  Adds "NAME:LINE: #/pointer: what" and a newline for each finding, in
 * the order of the text, and returns how many there are.
 */
size_t inv_lint_schema(struct inv_str name, struct inv_str text,
    const struct inv_schema_options *options, struct inv_buf *out);

/*
 * The same for a rules file that compiles, and the schema its records are held
 * against before.
 */
size_t inv_lint_rules(struct inv_str name, struct inv_str text,
    const struct inv_schema *schema, struct inv_buf *out);

#endif
