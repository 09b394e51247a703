/*
 * mapping_text.h - what the mappings of every format have in common
 *
 * A mapping is one JSON object, see inv-mapping(5).  Its strings, and its text
 * on one line, are kept for as long as what was made of it.
 */
#ifndef INV_DATA_MAPPING_TEXT_H
#define INV_DATA_MAPPING_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "data/json.h"

enum {
	INV_MAPPING_MAX = 256 << 10, /* bytes of a mapping */
	INV_MAPPING_MEMBERS = 512,
};

struct inv_mapping_text {
	struct inv_arena arena;
	struct inv_buf line; /* the whole of it, read as the same mapping */
	struct inv_str member[INV_MAPPING_MEMBERS]; /* names so far */
	size_t members;

	/* While it is read. */
	const char *name; /* for messages */
	struct inv_err *err;
};

/*
 * Parse text, and have read take what it holds; name and err are good until
 * this returns.  What is not JSON, or not taken, is INV_CONFIG.
 */
INV_MUST bool inv_mapping_read(struct inv_mapping_text *t, struct inv_str text,
    const char *name, bool (*read)(void *reader, const struct inv_json *j),
    void *reader, struct inv_err *err);
void inv_mapping_text_free(struct inv_mapping_text *t);

/* What is wrong, and where; always false. */
bool inv_mapping_wrong(const struct inv_mapping_text *t, const char *where,
    const char *what);

/* A copy that is kept, NUL behind it. */
struct inv_str inv_mapping_keep(struct inv_mapping_text *t, struct inv_str s);

/* An object with no member but these; names ends with NULL. */
bool inv_mapping_knows(struct inv_mapping_text *t, const struct inv_json *j,
    const char *where, const char *const *names);

/*
 * One more member of records: *name as it is kept, *key what stands before its
 * value in a record, `,"name":`.
 */
bool inv_mapping_member(struct inv_mapping_text *t, struct inv_str as,
    struct inv_str *name, struct inv_str *key);

#endif
