/* mapping.h - the mappings that inv-split reads X12 and XML by */
#ifndef INV_PROG_MAPPING_H
#define INV_PROG_MAPPING_H

#include "base/err.h"
#include "data/x12_map.h"
#include "data/xml_map.h"

/* What --mapping says: a file, a folder; or NULL: those that are installed. */
struct inv_mappings {
	const char *given;
};

/*
 * The faces of struct inv_source_options.  INV_CONFIG where a mapping can not be
 * read, or is one of another set than its name says.  A file that is a mapping
 * of the one is none of the other; a folder has none of XML.
 */
bool inv_mapping_find_xml(void *mappings, struct inv_xml_map **map,
    struct inv_err *err);
bool inv_mapping_find(void *mappings, const char *set, struct inv_x12_map **map,
    struct inv_err *err);

#endif
