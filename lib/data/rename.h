/*
 * rename.h - new names for members of records
 *
 * A mapping is one JSON object: the old name, and the new one as a text.
 */
#ifndef INV_DATA_RENAME_H
#define INV_DATA_RENAME_H

#include "base/buf.h"
#include "data/scan.h"

enum {
	INV_RENAMES_MAX = 256,        /* names of a mapping */
	INV_RENAME_BYTES = 256 << 10, /* of a mapping */
};

struct inv_rename;

/* text is copied.  NULL with INV_CONFIG where it is no mapping. */
INV_MUST struct inv_rename *inv_rename_new(struct inv_str text,
    struct inv_err *err);
void inv_rename_free(struct inv_rename *r);

/* Two names do not become the same one; else INV_CONFIG. */
INV_MUST bool inv_rename_is_unique(const struct inv_rename *r,
    struct inv_err *err);

/* Pairs by number, from 0: the old name decoded, the new one as written. */
size_t inv_rename_count(const struct inv_rename *r);
struct inv_str inv_rename_source(const struct inv_rename *r, size_t pair);
struct inv_str inv_rename_target(const struct inv_rename *r, size_t pair);
/* The new one, decoded. */
struct inv_str inv_rename_called(const struct inv_rename *r, size_t pair);

/* The pair of that old, or new, name, decoded. */
bool inv_rename_find(const struct inv_rename *r, struct inv_str name,
    size_t *pair);
bool inv_rename_has_target(const struct inv_rename *r, struct inv_str name);

/* The mapping on one line. */
void inv_rename_put(const struct inv_rename *r, struct inv_buf *out);

/*
 * Add the record with its new names, each member in its place, and return how
 * many were renamed.  Two may have the same name then: scan it once more.
 */
size_t inv_rename_record(struct inv_rename *r, const struct inv_members *m,
    struct inv_buf *out);

#endif
