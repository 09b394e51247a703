/*
 * tags.h - a set of texts that need not fit in memory
 *
 * Filled once, then asked.  Of each text 128 bits of a hash are kept, under a
 * secret random key (base/hash): one that is not in the set is taken for one
 * that is with a probability of 2^-128 for each text there, and nobody can aim
 * at it.  The hashes lie sorted in a file without a name, mapped: what is
 * looked up often stays near, and the kernel may drop the rest.
 *
 * While it is filled it takes 4 MiB, then 1 MiB for each 16 million texts.
 */
#ifndef INV_DATA_TAGS_H
#define INV_DATA_TAGS_H

#include "base/err.h"

enum { INV_TAGS_MAX = 1 << 28 }; /* texts that may be added */

struct inv_tags;

/* folder is where the file is made; NULL, with INV_CREATE, if it can not be. */
struct inv_tags *inv_tags_new(const char *folder, struct inv_err *err);
void inv_tags_free(struct inv_tags *t);

/*
 * Add a text; what is there already does no harm.  INV_BAD past INV_TAGS_MAX,
 * INV_IO where the file can not be written.
 */
INV_MUST bool inv_tags_add(struct inv_tags *t, struct inv_str text,
    struct inv_err *err);

/* No more to come: from here on it may be asked. */
INV_MUST bool inv_tags_seal(struct inv_tags *t, struct inv_err *err);

bool inv_tags_has(const struct inv_tags *t, struct inv_str text);

/* Different texts, once it is sealed. */
uint64_t inv_tags_count(const struct inv_tags *t);

/* Give back the memory of what was looked up; it is read again if need be. */
void inv_tags_relax(const struct inv_tags *t);

#endif
