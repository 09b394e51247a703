/*
 * schema_doc.h - the documents of a schema, and what references lead to
 *
 * A spot is a place in a document where a schema stands: wherever a keyword
 * holds one, and whatever else a JSON pointer leads to.  A scope is a schema
 * resource (a document, or what an $id begins) with the names in it.  All of
 * it lives as long as the registry, and the registry as long as compiling.
 */
#ifndef INV_DATA_SCHEMA_DOC_H
#define INV_DATA_SCHEMA_DOC_H

#include "base/arena.h"
#include "data/flaw.h"
#include "data/json.h"
#include "data/schema.h"
#include "data/schema_meta.h"

struct inv_docs;
struct inv_node;
struct inv_resource;

/* A $dynamicAnchor. */
struct inv_dynamic {
	struct inv_dynamic *next;
	struct inv_str name;
	struct inv_spot *spot;
};

struct inv_scope {
	struct inv_str uri; /* absolute, without fragment */
	struct inv_spot *root;
	unsigned vocabularies;         /* that its $schema has */
	struct inv_dynamic *dynamics;  /* in no order */
	struct inv_resource *resource; /* the compiler's */
};

struct inv_spot {
	const struct inv_json *value;
	struct inv_spot *next;  /* of all, in the order they were found */
	struct inv_spot *up;    /* the spot around it; NULL for a document */
	struct inv_str suffix;  /* of the JSON pointer, from there */
	struct inv_str keyword; /* that holds it, or empty */
	struct inv_scope *scope;
	enum inv_severity severity; /* x-inv-severity, of it or around it */
	bool main;                  /* in the schema itself */
	bool searched;              /* for what is in it */
	struct inv_node *node;      /* the compiler's */
};

/* options may be NULL; both must outlive the registry. */
struct inv_docs *inv_docs_new(struct inv_arena *arena,
    const struct inv_schema_options *options);
void inv_docs_free(struct inv_docs *d);

/*
 * Take in the schema itself: its spot, and all others in it behind that one.
 * NULL with INV_CONFIG.
 */
struct inv_spot *inv_docs_main(struct inv_docs *d, struct inv_str text,
    struct inv_err *err);

/* A keyword of ours, x-inv-*, stands in the schema itself. */
bool inv_docs_has_ours(const struct inv_docs *d);

/* The spot of a value that a keyword holds as a schema. */
struct inv_spot *inv_docs_spot(struct inv_docs *d,
    const struct inv_json *value);

/*
 * What $ref or $dynamicRef at a spot leads to, loaded where it must be; NULL
 * with INV_CONFIG.  anchor is the plain name in the fragment, or empty; good
 * until the next call.
 */
struct inv_spot *inv_docs_refer(struct inv_docs *d, const struct inv_spot *from,
    struct inv_str ref, struct inv_str *anchor, struct inv_err *err);

/*
 * Add the JSON pointer to a spot from the root of its document; *scope is how
 * much of it leads to the root of its scope.
 */
void inv_spot_pointer(const struct inv_spot *s, struct inv_buf *out,
    size_t *scope);

/* The scope's URI, as far as it is not one we made up. */
struct inv_str inv_scope_uri(const struct inv_scope *s);

/* INV_CONFIG: "#/properties/a/minimum: what"; keyword may be empty. */
bool inv_spot_fail(const struct inv_spot *s, struct inv_str keyword,
    const char *what, struct inv_err *err);

/* Add a step of a JSON pointer, escaped as RFC 6901 has it. */
void inv_pointer_add(struct inv_buf *b, struct inv_str name);

#endif
