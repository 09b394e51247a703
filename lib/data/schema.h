/*
 * schema.h - JSON Schema draft 2020-12, compiled to a program of checks
 *
 * inv-schema(5) says what we add to it.  A flat record is checked over the
 * spans that data/scan has found, and its canonical form is written on the
 * way, without an allocation; where the schema looks deeper, the canonical
 * form is laid out once (data/value) and the program run over that.
 */
#ifndef INV_DATA_SCHEMA_H
#define INV_DATA_SCHEMA_H

#include "data/flaw.h"
#include "data/scan.h"
#include "data/value.h"

struct inv_schema;

enum {
	INV_SCHEMA_MAX = 16
	    << 20, /* bytes of a schema, or of one it refers to */
	INV_SCHEMA_OUT = 8 * INV_RECORD_MAX, /* bytes: numbers may grow */
};

struct inv_schema_options {
	/*
	 * Where other documents are found, or NULL: a reference to URI is the
	 * file of that folder whose $id it is, else FOLDER/HOST/PATH, else
	 * FOLDER/PATH of the URI.  Nothing is ever fetched.
	 */
	const char *ref_dir;
	/*
	 * All formats we know are asserted.  Without it: date and date-time
	 * always, the others in a schema that has a keyword of ours (x-inv-*)
	 * or whose metaschema asks for it (format-assertion).
	 */
	bool assert_formats;
};

/*
 * NULL with INV_CONFIG: "#/properties/quantity/minimum: not a number", a JSON
 * pointer and what is wrong there.  options may be NULL.
 */
struct inv_schema *inv_schema_new(struct inv_str text,
    const struct inv_schema_options *options, struct inv_err *err);
void inv_schema_free(struct inv_schema *s);

/* x-inv-key as a JSON array, or empty. */
struct inv_str inv_schema_key(const struct inv_schema *s);

/* What x-inv-normalize does, by member, as a JSON object; or empty. */
struct inv_str inv_schema_normal(const struct inv_schema *s);

/*
 * The i-th member of a record that names attachments (x-inv-attachment): its
 * name as canonical JSON has it, between quotes, and a rule for what is wrong
 * with one, which lacks type and msg.
 */
bool inv_schema_attachment(const struct inv_schema *s, size_t i,
    struct inv_str *name, const struct inv_rule **rule);

/* x-inv-not-future is in it: as_of matters. */
bool inv_schema_has_time(const struct inv_schema *s);

/* What "now" is: an RFC 3339 time in UTC, copied.  None: nothing is future. */
void inv_schema_set_as_of(struct inv_schema *s, struct inv_str time);

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
 * Check a record as scanned.  Both lists are emptied first.  True: nothing is
 * wrong but what is in *warnings.  False: *flaws has every error.
 *
 * In either case its canonical form, coerced and normalised, is added to out,
 * which needs room for INV_SCHEMA_OUT bytes; a column that has a flaw stands
 * there as it came.  Only where number_not_exact or record_too_long is among
 * the flaws may it be no canonical text at all.
 */
INV_MUST bool inv_schema_check(struct inv_schema *s, struct inv_str text,
    const struct inv_members *fields, enum inv_cells cells, struct inv_buf *out,
    struct inv_flaws *flaws, struct inv_flaws *warnings);

/*
 * A value laid out fits.  With flaws (emptied by the caller) every error is
 * added; with NULL only the answer counts.
 */
INV_MUST bool inv_schema_fits(struct inv_schema *s,
    const struct inv_value *value, struct inv_flaws *flaws);

#endif
