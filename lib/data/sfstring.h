/*
 * sfstring.h - the sf-string of RFC 9651, which Idempotency-Key is
 *
 * A field value that is an Item whose bare item is a String.  Its parameters
 * must be well formed and are ignored.
 */
#ifndef INV_DATA_SFSTRING_H
#define INV_DATA_SFSTRING_H

#include "base/buf.h"

/*
 * Add the content of the string that field is to out.  False if it is
 * anything else, or does not fit; out then may hold some of it.
 */
INV_MUST bool inv_sfstring_parse(struct inv_str field, struct inv_buf *out);

/*
 * Add s as a field value, quotes included.  False, and nothing added, if s is
 * not printable ASCII: it has no such form.
 */
INV_MUST bool inv_sfstring_write(struct inv_buf *out, struct inv_str s);

#endif
