/* schema_meta.h - what is known of draft 2020-12 without a file */
#ifndef INV_DATA_SCHEMA_META_H
#define INV_DATA_SCHEMA_META_H

#include "base/str.h"

#define INV_META_2020 "https://json-schema.org/draft/2020-12/schema"
#define INV_META_VOCABULARY "https://json-schema.org/draft/2020-12/vocab/"

/* What a metaschema's $vocabulary may list. */
enum {
	INV_VOCABULARY_CORE = 1 << 0,
	INV_VOCABULARY_APPLICATOR = 1 << 1,
	INV_VOCABULARY_UNEVALUATED = 1 << 2,
	INV_VOCABULARY_VALIDATION = 1 << 3,
	INV_VOCABULARY_META_DATA = 1 << 4,
	INV_VOCABULARY_FORMAT = 1 << 5,
	INV_VOCABULARY_ASSERTION = 1 << 6, /* of formats */
	INV_VOCABULARY_CONTENT = 1 << 7,
};

/* The bits of a vocabulary; 0 for one that is not known. */
unsigned inv_meta_vocabulary(struct inv_str uri);

/* Where schemas stand, and nowhere else: an enum may hold anything. */
enum inv_holds {
	INV_HOLDS_NOTHING,
	INV_HOLDS_ONE,
	INV_HOLDS_LIST,
	INV_HOLDS_MEMBERS, /* by name */
};

enum inv_holds inv_meta_holds(struct inv_str keyword);

/* The text of a metaschema; false where the URI is not that of one. */
INV_MUST bool inv_meta_find(struct inv_str uri, struct inv_str *text);

#endif
