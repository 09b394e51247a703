/*
 * schema_compile.h - what those share that compile the keywords of a schema
 *
 * Inside of data/schema_*.c only.  A keyword's function has the node of its
 * schema and the keyword's value; it says what is wrong with wrong().
 */
#ifndef INV_DATA_SCHEMA_COMPILE_H
#define INV_DATA_SCHEMA_COMPILE_H

#include "base/map.h"
#include "data/schema_doc.h"
#include "data/schema_node.h"

struct inv_canon;

enum { INV_CHECKS_MAX = 20 }; /* of a node: one for each keyword at most */

/* A node with what only compiling needs to know of it. */
struct inv_made {
	struct inv_node node; /* the first: each node is one of these */
	struct inv_made *next;
	const struct inv_spot *spot;
	const char *ours; /* a keyword that belongs to a column, or NULL */
	enum { INV_MADE_NEW, INV_MADE_OPEN, INV_MADE_DONE } state;
	bool record; /* applied to the record itself */
	bool column; /* to one of its members */
	bool other;  /* to something else, or only to test */
};

struct inv_compile {
	struct inv_program *p;
	struct inv_docs *docs;
	struct inv_err *err;
	bool assert_formats;
	const struct inv_spot *spot; /* being compiled */
	struct inv_buf pointer;      /* to its keyword under way */
	size_t scope;                /* of the pointer: to the scope's root */
	struct inv_buf text;         /* under construction */
	struct inv_check checks[INV_CHECKS_MAX]; /* of the node, so far */
	struct inv_canon *canon;
	struct inv_map patterns; /* by their text: index + 1 */
	unsigned char key[16];   /* of the map's hashes */
	struct inv_made *first, *last;
	struct inv_scope **scopes; /* those with a resource */
	size_t n_scopes;
	bool dynamic;   /* there is a $dynamicRef that is */
	bool normalise; /* there is an x-inv-normalize */
	bool attaches;  /* there is an x-inv-attachment */
};

typedef bool inv_keyword(struct inv_compile *c, struct inv_node *node,
    const struct inv_json *v);

/* ---- schema_compile.c ---- */

static inline struct inv_made *
inv_made_of(struct inv_node *node)
{
	return (struct inv_made *)(void *)node;
}

/* INV_CONFIG with the place of the keyword under way; false. */
bool inv_compile_wrong(struct inv_compile *c, const char *what);

/* The node of a schema that the keyword under way holds; compiled later. */
struct inv_node *inv_compile_sub(struct inv_compile *c,
    const struct inv_json *v);
struct inv_node *inv_compile_spot(struct inv_compile *c, struct inv_spot *spot);

/* What stands in c->text, kept; it is empty afterwards. */
struct inv_str inv_compile_text(struct inv_compile *c);

/* The rule of the keyword under way; the message is in c->text. */
struct inv_rule inv_compile_rule(struct inv_compile *c, const char *type,
    struct inv_str ctx);
struct inv_rule inv_compile_saying(struct inv_compile *c, const char *type,
    const char *msg);

/* A rule that lives as long as the program. */
const struct inv_rule *inv_compile_keep(struct inv_compile *c,
    struct inv_rule rule);

/* A step further down in the pointer; returns where to cut it again. */
size_t inv_compile_enter(struct inv_compile *c, struct inv_str name);

/*
 * Call for each pointer to another node; in_place: that one is applied to the
 * same value.  What may be replaced is replaced there.
 */
void inv_node_edges(struct inv_node *node,
    void (*edge)(struct inv_node **to, bool in_place, void *arg), void *arg);

/* ---- schema_keywords.c: the values themselves ---- */

inv_keyword inv_keyword_type, inv_keyword_enum, inv_keyword_const,
    inv_keyword_minimum, inv_keyword_maximum, inv_keyword_above,
    inv_keyword_below, inv_keyword_multiple, inv_keyword_min_length,
    inv_keyword_max_length, inv_keyword_pattern, inv_keyword_format,
    inv_keyword_min_items, inv_keyword_max_items, inv_keyword_unique,
    inv_keyword_min_members, inv_keyword_max_members, inv_keyword_required,
    inv_keyword_dependent_required;

/* The pattern of that text, compiled once; NULL: wrong() has been said. */
struct inv_pattern *inv_compile_pattern(struct inv_compile *c,
    struct inv_str regex);

/* A whole number from 0 on, 2.0 too. */
bool inv_compile_count(struct inv_compile *c, const struct inv_json *v,
    uint64_t *count);

/* ---- schema_apply.c: schemas within schemas ---- */

inv_keyword inv_keyword_ref, inv_keyword_dynamic_ref, inv_keyword_properties,
    inv_keyword_pattern_properties, inv_keyword_additional, inv_keyword_names,
    inv_keyword_dependent_schemas, inv_keyword_prefix_items, inv_keyword_items,
    inv_keyword_contains, inv_keyword_min_contains, inv_keyword_max_contains,
    inv_keyword_unevaluated_items, inv_keyword_unevaluated_props,
    inv_keyword_all_of, inv_keyword_any_of, inv_keyword_one_of, inv_keyword_not,
    inv_keyword_if, inv_keyword_then, inv_keyword_else, inv_keyword_defs,
    inv_keyword_content_schema;

/* What the rules of contains say takes minContains and maxContains to know. */
void inv_compile_contains(struct inv_compile *c, struct inv_node *node);

/* ---- schema_ours.c: x-inv-* ---- */

inv_keyword inv_keyword_attachment, inv_keyword_key, inv_keyword_normalize,
    inv_keyword_empty, inv_keyword_severity, inv_keyword_not_future;

/* What they say of the program as a whole, when all nodes are there. */
bool inv_compile_columns(struct inv_compile *c);
bool inv_compile_key(struct inv_compile *c);

/* ---- schema_finish.c ---- */

/* The program as a whole: no circles, short cuts, marks. */
bool inv_compile_circles(struct inv_compile *c);
void inv_compile_finish(struct inv_compile *c);

#endif
