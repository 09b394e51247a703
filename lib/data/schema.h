/*
 * schema.h - JSON Schema, compiled to a program of checks
 *
 * inv-schema(5) says which keywords there are; any other is refused when the
 * schema is compiled.  A record is checked over the spans that data/scan has
 * found, and its canonical form is written on the way: a flat record costs no
 * allocation, and nothing is parsed twice.
 */
#ifndef INV_DATA_SCHEMA_H
#define INV_DATA_SCHEMA_H

#include "data/flaw.h"
#include "data/scan.h"

struct inv_schema;

enum { INV_SCHEMA_OUT = 8 * INV_RECORD_MAX }; /* bytes: numbers may grow */

/*
 * NULL with INV_CONFIG: "#/properties/quantity/minimun: unknown keyword", a
 * JSON pointer and what is wrong there.
 */
struct inv_schema *inv_schema_new(struct inv_str text, struct inv_err *err);
void inv_schema_free(struct inv_schema *s);

/* x-inv-key as a JSON array, or empty. */
struct inv_str inv_schema_key(const struct inv_schema *s);

/* What x-inv-normalize does, by member, as a JSON object; or empty. */
struct inv_str inv_schema_normal(const struct inv_schema *s);

/*
 * How a column of that name (plain text) stands to the schema: a member it
 * names, one that it allows, one that it forbids.
 */
enum inv_column { INV_COLUMN_NAMED, INV_COLUMN_ALLOWED, INV_COLUMN_FORBIDDEN };

enum inv_column inv_schema_column(const struct inv_schema *s,
    struct inv_str name);

/* The i-th member a record must have, in the order of the schema. */
bool inv_schema_required(const struct inv_schema *s, size_t i,
    struct inv_str *name);

/* Where the values of a record come from. */
enum inv_cells {
	INV_CELLS_TYPED, /* json, ndjson: each is what it is */
	INV_CELLS_TEXT,  /* csv, tsv: text, read as the schema's type */
};

/*
 * Check a record as scanned.  True: its canonical form, coerced and
 * normalised, is added to out.  False: *flaws, emptied first, has every error
 * of it, and out is as before.  out needs room for INV_SCHEMA_OUT bytes.
 */
INV_MUST bool inv_schema_check(struct inv_schema *s, struct inv_str text,
    const struct inv_members *fields, enum inv_cells cells, struct inv_buf *out,
    struct inv_flaws *flaws);

#endif
