/*
 * rules_node.h - a rules file as it is judged by
 *
 * Between rules_compile.c, which writes it, and rules.c, which runs it.
 */
#ifndef INV_DATA_RULES_NODE_H
#define INV_DATA_RULES_NODE_H

#include "data/rules.h"
#include "data/schema_node.h"

/* No more of a schema than a record that is laid out needs: it is small. */
struct inv_rules_schema {
	struct inv_program program;
	struct inv_run *run;
};

/* A column that a rule names. */
struct inv_rules_column {
	struct inv_str name; /* decoded */
	struct inv_str json; /* as between quotes */
	struct inv_str loc;  /* ["name"] */
};

/* `required` and `max_length`, of one column. */
struct inv_rules_demand {
	struct inv_rules_column column;
	uint64_t max; /* characters */
	struct inv_rule rule;
};

/* A column of a combination, and what it may be. */
struct inv_rules_cell {
	size_t column;          /* of the rule's */
	struct inv_str *values; /* canonical */
	size_t n;
};

struct inv_rules_combination {
	struct inv_rules_cell *cells;
	size_t n;
};

enum inv_rules_result {
	INV_RULES_PASSED,
	INV_RULES_FAILED,
	INV_RULES_NOT_APPLICABLE,
	INV_RULES_NOT_JUDGED,
};

struct inv_rules_rule {
	struct inv_str id;
	struct inv_str code; /* or empty, as msg */
	struct inv_str msg;
	enum inv_severity severity;
	bool reject;
	struct inv_rules_schema *when; /* or NULL */
	struct inv_rules_demand *required;
	size_t n_required;
	struct inv_rules_demand *lengths;
	size_t n_lengths;
	struct inv_rules_combination *allowed;
	size_t n_allowed;
	struct inv_rules_column *columns; /* of `allowed` */
	struct inv_str *values;           /* of these, in the record at hand */
	size_t n_columns;
	struct inv_rule combination;
	struct inv_rules_schema *check; /* or NULL */
	struct inv_rule checked;
	struct inv_str more;               /* of all of its errors */
	struct inv_str log_head, log_tail; /* around the result */
};

struct inv_rules_list {
	struct inv_rules_rule *at;
	size_t n;
};

struct inv_rules_block {
	struct inv_str name;
	struct inv_rules_schema *when; /* or NULL */
	struct inv_rules_list rules;
	bool by_prefix;
};

struct inv_rules_prefix {
	struct inv_str text;
	struct inv_rules_block *block;
	const struct inv_rules_prefix *outer; /* the longest that begins it */
};

/* The prefixes of one column. */
struct inv_rules_field {
	struct inv_str name;
	struct inv_rules_prefix *at; /* ascending by text */
	size_t n;
};

struct inv_rules_piece;

struct inv_rules {
	struct inv_str name;
	struct inv_str version;
	struct inv_rules_list rules;
	struct inv_rules_block *blocks;
	size_t n_blocks;
	struct inv_rules_field *fields;
	size_t n_fields;
	struct inv_rules_schema **schemas; /* all of them */
	size_t n_schemas;
	struct inv_buf as_of;
	struct inv_rules_piece *pieces;

	/* Scratch of the record at hand. */
	struct inv_flaws found; /* by a check */
	struct inv_buf text;
};

#endif
