/* schema_meta.h - the metaschemas of draft 2020-12 that need no file */
#ifndef INV_DATA_SCHEMA_META_H
#define INV_DATA_SCHEMA_META_H

#include "base/str.h"

#define INV_META_2020 "https://json-schema.org/draft/2020-12/schema"
#define INV_META_VOCABULARY "https://json-schema.org/draft/2020-12/vocab/"

/* Its text; false where the URI is not that of one. */
INV_MUST bool inv_meta_find(struct inv_str uri, struct inv_str *text);

#endif
