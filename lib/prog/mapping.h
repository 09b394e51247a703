/* mapping.h - the mappings that inv-split reads X12 by, as they are asked for */
#ifndef INV_PROG_MAPPING_H
#define INV_PROG_MAPPING_H

#include "base/err.h"
#include "data/x12_map.h"

/* What --mapping says: a file, a folder; or NULL: those that are installed. */
struct inv_mappings {
	const char *given;
};

/*
 * The face of struct inv_source_options.  INV_CONFIG where a mapping can not be
 * read, or is one of another set than its name says.
 */
bool inv_mapping_find(void *mappings, const char *set, struct inv_x12_map **map,
    struct inv_err *err);

#endif
