/*
 * choices.h - what a schema allows in a field: its enum, for a list to pick from
 *
 * Of the schemas that items failed by, as far as they are at hand: found by
 * name as inv-validate(1) does, with the SHA-256 that the stage line says.
 */
#ifndef INV_QUARANTINE_CHOICES_H
#define INV_QUARANTINE_CHOICES_H

#include "data/json.h"

enum { INV_CHOICES_SCHEMAS = 16 }; /* that are looked at */

struct inv_choices;

struct inv_choices *inv_choices_new(void);
void inv_choices_free(struct inv_choices *c);

/* The stage lines of a run, LF between them. */
void inv_choices_learn(struct inv_choices *c, struct inv_str stages);

/*
 * The texts that the enum of this field has, in the first schema where it has
 * one; at most `most`.  Good as long as c.  0 where there are none, or where
 * something else than texts and null is among them.
 */
size_t inv_choices_of(const struct inv_choices *c, struct inv_str field,
    struct inv_str *texts, size_t most);

#endif
