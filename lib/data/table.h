/*
 * table.h - rows of cells under named columns, as JSON objects
 *
 * Every cell is a string, exactly as it came.  What stands before each cell in
 * a row's text is made once, when the columns are named.
 *
 * A table with a column inv:item is one that inv-quarantine(1) has exported,
 * and corrected since: columns whose names begin with inv: are about a row and
 * no part of it, and the apostrophes that guard cells are taken off.
 */
#ifndef INV_DATA_TABLE_H
#define INV_DATA_TABLE_H

#include "base/buf.h"
#include "base/err.h"
#include "data/naming.h"

struct inv_table {
	size_t columns;
	bool null_empty;     /* a cell with a NULL pointer is null, not "" */
	struct inv_buf text; /* `,"name":` for each column */
	size_t *at;          /* where each begins; and where the last ends */
	size_t item;         /* the column inv:item, from 1; 0: none */
	size_t why;          /* inv:why, the same */
	bool *aside;         /* of each column: no part of the row; or NULL */
	struct inv_naming *naming; /* of the caller; or NULL */
};

/* How much care a row's cells need. */
enum inv_care {
	INV_CARE_NONE,   /* nothing in them needs escaping */
	INV_CARE_ESCAPE, /* something may */
};

/*
 * Name the columns.  INV_BAD if a name is empty, has a NUL, is not UTF-8, is
 * there twice, or has inv:item for a part; columns are counted from 1 in the
 * message, which has all that are empty or there twice.  The same where
 * t->naming does not fit them.
 */
INV_MUST bool inv_table_name(struct inv_table *t, const struct inv_str *names,
    size_t n, struct inv_err *err);

/* The same with n columns c1, c2, ... */
INV_MUST bool inv_table_number(struct inv_table *t, size_t n,
    struct inv_err *err);

/* The name of column i, from 0, in a row, as a JSON string; a view into t. */
struct inv_str inv_table_column(const struct inv_table *t, size_t i);

/* It is part of a row: neither about it, nor dropped. */
bool inv_table_takes(const struct inv_table *t, size_t i);

/* ["name",...] of those that are part of a row. */
void inv_table_columns(const struct inv_table *t, struct inv_buf *out);

/*
 * A row as an object; its cells are UTF-8.  False, and out as before, if it
 * would be past the ceilings of a record (data/scan.h).
 */
INV_MUST bool inv_table_row(const struct inv_table *t,
    const struct inv_str *cells, enum inv_care care, struct inv_buf *out);

/*
 * What a row's cell in the column `which` (item or why) says, a view into
 * cells; empty where that is 0.
 */
struct inv_str inv_table_aside(const struct inv_str *cells, size_t which);

void inv_table_free(struct inv_table *t);

#endif
