/* lookup.h - where a schema or a rules file is, by its name */
#ifndef INV_PROG_LOOKUP_H
#define INV_PROG_LOOKUP_H

#include <limits.h>

#include "base/err.h"

/*
 * What has a slash in it or ends in .json is the path itself.  Anything else
 * is a name: NAME.schema.json is looked for in the folders of
 * INV_SCHEMA_PATH (separated by colons), /etc/inv/schemas,
 * PREFIX/share/inv/schemas, and examples/schemas beside an uninstalled build.
 * INV_CONFIG, naming the folders, if it is in none of them.
 */
INV_MUST bool inv_lookup_schema(const char *name, char path[PATH_MAX],
    struct inv_err *err);

/* The same for NAME.rules.json, the last of the folders being examples/rules. */
INV_MUST bool inv_lookup_rules(const char *name, char path[PATH_MAX],
    struct inv_err *err);

/*
 * The mapping of an X12 transaction set, SET.json: in dir where that is given,
 * else in the same folders, the last three being /etc/inv/mappings,
 * PREFIX/share/inv/mappings and examples/mappings.  False where it is in none.
 */
bool inv_lookup_mapping(const char *set, const char *dir, char path[PATH_MAX]);

#endif
