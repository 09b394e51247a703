/*
 * schema_shape.h - what follows from the keys of a record alone
 *
 * Rows of one manifest have the same keys in the same order.  What is said of
 * a column, where it stands in canonical order, which required names are there
 * is worked out once, and again only when other keys come.
 */
#ifndef INV_DATA_SCHEMA_SHAPE_H
#define INV_DATA_SCHEMA_SHAPE_H

#include "data/schema_quick.h"

enum { INV_NO_COLUMN = UINT16_MAX };

struct inv_shape_column {
	struct inv_str key;          /* undecoded */
	const struct inv_node *node; /* NULL: nothing is said about it */
	bool forbidden;              /* by root's additionalProperties */
	bool scalar; /* types and checks are all that node says of a scalar */
	bool any;    /* and of an array or object its type alone */
	bool plain;  /* a string that is not empty is taken as it stands */
	struct inv_column_plan plan; /* its `empty` is decided */
	struct inv_quick quick;
};

struct inv_shape {
	const struct inv_program *program;
	struct inv_run *run;
	const struct inv_node *root;
	size_t n;
	uint64_t number;   /* of the names, by the scanner */
	bool rewrites;     /* a column is normalised behind the checks */
	bool complete;     /* every required name is there */
	uint16_t *columns; /* of each required name, or INV_NO_COLUMN */
	uint32_t *sorted;  /* the required names in canonical order */
	struct inv_buf keys;
	struct inv_buf leads;
	char *text; /* a key decoded */
	struct inv_shape_column
	    at[INV_MEMBERS_MAX];              /* in the order of the record */
	uint16_t order[INV_MEMBERS_MAX];      /* of at[], canonical */
	struct inv_str lead[INV_MEMBERS_MAX]; /* ,"a": by order */
};

/* The run is for trying what an empty cell may be. */
struct inv_shape *inv_shape_new(const struct inv_program *p,
    struct inv_run *run);
void inv_shape_free(struct inv_shape *s);

/* Bring it to the keys of a record. */
void inv_shape_follow(struct inv_shape *s, const struct inv_members *fields);

#endif
