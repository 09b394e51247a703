/*
 * schema_node.h - the program a schema is compiled to
 *
 * Between schema_compile.c, which writes it, and schema.c, which runs it.
 * One node for each subschema; its kinds are looked at first, then its checks
 * in the order of the schema.
 */
#ifndef INV_DATA_SCHEMA_NODE_H
#define INV_DATA_SCHEMA_NODE_H

#include "data/flaw.h"
#include "data/number.h"
#include "data/pattern.h"
#include "data/scan.h"

enum inv_check_op {
	INV_CHECK_MINIMUM,
	INV_CHECK_MAXIMUM,
	INV_CHECK_ABOVE, /* exclusiveMinimum */
	INV_CHECK_BELOW, /* exclusiveMaximum */
	INV_CHECK_MIN_LENGTH,
	INV_CHECK_MAX_LENGTH,
	INV_CHECK_PATTERN,
	INV_CHECK_DATE,
	INV_CHECK_DATE_TIME,
	INV_CHECK_ENUM, /* and const */
};

/* A value of an enum. */
struct inv_choice {
	enum inv_kind kind;
	struct inv_str text; /* a string decoded, anything else canonical */
};

struct inv_check {
	enum inv_check_op op;
	struct inv_rule rule;
	struct inv_decimal bound; /* the four bounds */
	bool small;               /* bound is whole, up to 15 digits: */
	int64_t whole;
	uint64_t length; /* code points */
	struct inv_pattern *pattern;
	struct inv_choice *choices;
	size_t n; /* choices */
};

enum inv_normal {
	INV_NORMAL_TRIM = 1 << 0,
	INV_NORMAL_UPPERCASE = 1 << 1,
};

/* Kinds of a "type" as bits; whole numbers have one of their own. */
enum {
	INV_TYPE_NULL = 1 << 0,
	INV_TYPE_BOOLEAN = 1 << 1,
	INV_TYPE_INTEGER = 1 << 2,
	INV_TYPE_NUMBER = 1 << 3,
	INV_TYPE_STRING = 1 << 4,
	INV_TYPE_ARRAY = 1 << 5,
	INV_TYPE_OBJECT = 1 << 6,
	INV_TYPE_ANY = (1 << 7) - 1,
};

struct inv_name {
	struct inv_str text; /* decoded */
	struct inv_str json; /* escaped, as between quotes */
};

struct inv_node {
	unsigned types;
	bool coerced; /* a cell is read as one of types: none is string */
	struct inv_rule type;
	struct inv_rule parse; /* a cell that can not be read as types */
	struct inv_check *checks;
	size_t n;

	/* Of the record as a whole. */
	struct inv_prop *props; /* ascending by name */
	size_t n_props;
	struct inv_name *required; /* in the order of the schema */
	size_t n_required;
	bool closed; /* additionalProperties is false */
	struct inv_rule extra;
	struct inv_rule missing;

	unsigned before; /* enum inv_normal */
	unsigned after;
};

struct inv_prop {
	struct inv_str name; /* decoded */
	struct inv_node *node;
};

/* The program, and all that was allocated for it. */
struct inv_program {
	struct inv_node *root;
	struct inv_str key;    /* JSON array, or empty */
	struct inv_str normal; /* JSON object, or empty */
	struct inv_piece *pieces;
	struct inv_pattern **patterns;
	size_t n_patterns;
};

/* False with INV_CONFIG; the program is to be freed in either case. */
INV_MUST bool inv_program_compile(struct inv_program *p, struct inv_str text,
    struct inv_err *err);
void inv_program_free(struct inv_program *p);

/* By binary search; NULL if the node has no such property. */
const struct inv_prop *inv_node_prop(const struct inv_node *node,
    struct inv_str name);

#endif
