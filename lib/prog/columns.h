/* columns.h - a manifest's columns against a schema, said once */
#ifndef INV_PROG_COLUMNS_H
#define INV_PROG_COLUMNS_H

#include "base/str.h"

struct inv_schema;

/*
 * Warn of columns that are missing, that are not in the schema, and of those
 * that look as if they had been renamed.  `columns` is the member of that
 * name of a manifest line; what is not a list of strings is passed over.
 */
void inv_columns_compare(const struct inv_schema *schema,
    struct inv_str manifest, struct inv_str columns);

#endif
