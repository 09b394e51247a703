/*
 * checker.h - all that a record is held against, as one
 *
 * The schema first; what it makes of the record, in canonical form, is what
 * anything else looks at.
 */
#ifndef INV_VALIDATE_CHECKER_H
#define INV_VALIDATE_CHECKER_H

#include <limits.h>

#include "data/digest.h"
#include "data/schema.h"
#include "validate/rulebook.h"

/* Which values are text to be read as the schema's types. */
enum inv_coerce {
	INV_COERCE_AUTO, /* those of sources without types: csv, tsv */
	INV_COERCE_ALWAYS,
	INV_COERCE_NEVER,
};

enum { INV_LOOKUPS_MAX = 16 }; /* registries */

struct inv_checker_options {
	const char *schema; /* a name or a file; NULL: INV_SCHEMA's, else
			       inventory, with a warning that says so */
	struct inv_schema_options compile;
	const char *as_of; /* NULL: when the manifest was received */
	enum inv_coerce coerce;
	const char *lookup[INV_LOOKUPS_MAX]; /* FIELD=FILE[:COLUMN] */
	size_t lookups;
	struct inv_rulebook_options rules;
};

/* What became of a record; only the first may go on. */
enum inv_judgement {
	INV_FITS,
	INV_SCHEMA_VIOLATION,
	INV_COMPLIANCE_BLOCK, /* it fits the schema, and breaks a rule */
	INV_NOT_ATTACHED, /* it fits, but a file that it names is not had; not
			     the checker's to say: attach.h */
};

struct inv_registry;

struct inv_checker {
	struct inv_schema *schema;
	char name[PATH_MAX]; /* of the schema, without folder and endings */
	char path[PATH_MAX];
	char sha256[INV_DIGEST_HEX]; /* of its text */
	enum inv_coerce coerce;
	enum inv_cells cells; /* of the manifest under way */
	const char *as_of;    /* the option, or NULL */
	struct inv_buf now;   /* what it is for the manifest under way */
	struct inv_registry *registry[INV_LOOKUPS_MAX];
	size_t registries;
	struct inv_rulebook *rules; /* or NULL */

	/* Of the last record, good until the next. */
	struct inv_buf out; /* canonical */
	struct inv_flaws flaws;
	struct inv_flaws warnings;
};

/*
 * INV_CONFIG, with file and place, where a schema is not found or is wrong;
 * what a registry can be, see registry.h.  options->as_of is kept.
 */
INV_MUST bool inv_checker_open(struct inv_checker *c,
    const struct inv_checker_options *options, struct inv_err *err);
void inv_checker_close(struct inv_checker *c);

/* Give back memory that can be had again. */
void inv_checker_relax(struct inv_checker *c);

/*
 * A manifest begins: its source has types of its own, or not; it was received
 * then (undecoded), which may be empty.
 */
void inv_checker_begin(struct inv_checker *c, bool typed,
    struct inv_str received);

INV_MUST enum inv_judgement inv_checker_judge(struct inv_checker *c,
    struct inv_str text, const struct inv_members *fields);

/* The `reason` of a judgement, for the stream; empty for INV_FITS. */
struct inv_str inv_judgement_reason(enum inv_judgement j);

/* Members for the stage line: by which rules it judges. */
void inv_checker_stage(const struct inv_checker *c, struct inv_buf *b);

#endif
