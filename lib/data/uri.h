/*
 * uri.h - references to documents: RFC 3986 sections 3 and 5.2
 *
 * Only what it takes to say which document is meant.  Nothing is normalised
 * but the dots of a path, so two URIs are the same if their bytes are.
 */
#ifndef INV_DATA_URI_H
#define INV_DATA_URI_H

#include "base/buf.h"

/* Parts that are not there have a NULL p; the path always is. */
struct inv_uri {
	struct inv_str scheme;
	struct inv_str authority;
	struct inv_str path;
	struct inv_str query;
	struct inv_str fragment;
};

/* Views into s. */
struct inv_uri inv_uri_split(struct inv_str s);

/*
 * Add what ref is, seen from base, without its fragment.  base is absolute,
 * or empty: then ref stays as it is.
 */
void inv_uri_resolve(struct inv_str base, struct inv_str ref,
    struct inv_buf *out);

/* Add s with its %41 decoded; false, and out undefined, for a bad one. */
INV_MUST bool inv_uri_decode(struct inv_str s, struct inv_buf *out);

#endif
