/*
 * registry.h - a file of known values, which a field must be one of
 *
 * Each value of the registry is read as the record's field is: coerced and
 * normalised by the schema, and then compared as canonical JSON.  So what the
 * schema does to LAB-7 in a manifest it does to LAB-7 in the registry.
 */
#ifndef INV_VALIDATE_REGISTRY_H
#define INV_VALIDATE_REGISTRY_H

#include "data/schema.h"

struct inv_registry;

/* How the cells of a registry are read: of csv and tsv, and of ndjson. */
struct inv_registry_cells {
	enum inv_cells table;
	enum inv_cells typed;
};

/*
 * spec is FIELD=FILE[:COLUMN]; the column is what stands behind the last colon
 * if no slash does.  Without one it is the column named FIELD, else the only
 * one.  folder is for a file of ours.  NULL on failure: INV_USAGE where spec
 * is not of that form, INV_NOINPUT where FILE can not be read, INV_CONFIG
 * where it is no registry for FIELD.
 */
struct inv_registry *inv_registry_open(const char *spec,
    struct inv_schema *schema, struct inv_registry_cells cells,
    const char *folder, struct inv_err *err);
void inv_registry_free(struct inv_registry *r);

/*
 * The canonical record has a value of the registry as its field, or none, or
 * null, or one that *flaws speaks of already; else the flaw is added there and
 * it is false.
 */
INV_MUST bool inv_registry_judge(struct inv_registry *r, struct inv_str record,
    struct inv_flaws *flaws);

/* Add, as an element of a list: which file, which column, how many values. */
void inv_registry_stage(const struct inv_registry *r, struct inv_buf *b);

/* Give back memory that can be had again. */
void inv_registry_relax(const struct inv_registry *r);

#endif
