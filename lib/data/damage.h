/*
 * damage.h - what a spreadsheet did to cells on their way, told by their text
 *
 * Cells are looked at as they came, before they are read as anything.  Some
 * damage shows in a cell alone; some only beside the other cells of its
 * column, which are those that came before it in the manifest, or those of a
 * baseline.  Nothing is warned of where a column looks as if it were so.
 */
#ifndef INV_DATA_DAMAGE_H
#define INV_DATA_DAMAGE_H

#include "data/flaw.h"
#include "data/profile.h"

struct inv_damage;

struct inv_damage *inv_damage_new(void);
void inv_damage_free(struct inv_damage *d);

/* A manifest begins.  The baseline may be NULL, and is kept, not copied. */
void inv_damage_begin(struct inv_damage *d, const struct inv_profile *baseline);

/*
 * The cells of a row, as scanned, and what the schema made of it in canonical
 * form, or empty: a number that it reads as one is no damage.  Warnings are
 * added to *warnings: spreadsheet_zeros and others that inv-validate(1) lists.
 */
void inv_damage_look(struct inv_damage *d, const struct inv_members *cells,
    struct inv_str canonical, struct inv_flaws *warnings);

#endif
