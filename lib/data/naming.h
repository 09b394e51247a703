/*
 * naming.h - which columns or members rows have, and under which names
 *
 * A mapping (rename.h) chooses columns and gives them their names: what it does
 * not name is dropped, and noted.  Constants are added behind.  Both are JSON
 * objects, and parts of how a manifest is read (how.h).
 */
#ifndef INV_DATA_NAMING_H
#define INV_DATA_NAMING_H

#include "data/how.h"

enum {
	INV_CONSTANTS_MAX = 64,         /* of one reading */
	INV_CONSTANTS_BYTES = 64 << 10, /* as JSON */
	INV_DROPPED_MAX = 1024,         /* names that are noted */
	INV_DROPPED_BYTES = 64 << 10,   /* of them, as JSON */
};

struct inv_naming;

/*
 * *n is NULL, and true returned, where rows keep their names and have no more.
 * Texts of how are copied.  INV_CONFIG where one of them is not as it should
 * be: a name twice among those that a row will have, say.
 */
INV_MUST bool inv_naming_new(const struct inv_source_options *how,
    struct inv_naming **n, struct inv_err *err);
void inv_naming_free(struct inv_naming *n);

/* Another manifest: nothing has been dropped. */
void inv_naming_begin(struct inv_naming *n);

/* ---- tables: n may be NULL ---- */

/*
 * The column of that name: its new name in *to, not decoded, with a NULL
 * pointer where it keeps its own; or false: it is dropped.
 */
bool inv_naming_column(struct inv_naming *n, struct inv_str name,
    struct inv_str *to);

/*
 * All columns have been asked for, those of the rows having been called `own`.
 * INV_BAD where the mapping has names that are none, or a constant has the name
 * of one.
 */
INV_MUST bool inv_naming_fits(const struct inv_naming *n,
    const struct inv_str *own, size_t columns, struct inv_err *err);

/* What stands behind the last cell: `,"name":"value"` for each constant. */
struct inv_str inv_naming_tail(const struct inv_naming *n);

/* The names of constants, as elements of the array that out ends with. */
void inv_naming_put_names(const struct inv_naming *n, struct inv_buf *out);

/* ---- objects ---- */

/*
 * For each member its new name, as written, or a NULL pointer: it is dropped.
 * Good until the next call, which costs nothing for members of the same shape.
 * NULL, with INV_BAD, where a constant has the name of a member.
 */
INV_MUST const struct inv_str *inv_naming_members(struct inv_naming *n,
    const struct inv_members *m, struct inv_err *err);

/* ---- both ---- */

/* Members for the stage line: what was dropped, what no object had. */
void inv_naming_notes(const struct inv_naming *n, struct inv_buf *out);

#endif
