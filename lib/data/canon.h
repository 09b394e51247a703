/*
 * canon.h - RFC 8785: the one text of a JSON value
 *
 * Keys by their UTF-16 code units, strings in their shortest form, numbers as
 * number.h has them, no white space.  What is written is made of spans of a
 * text that data/scan has accepted; nothing is allocated per value.
 */
#ifndef INV_DATA_CANON_H
#define INV_DATA_CANON_H

#include "base/buf.h"
#include "data/scan.h"

struct inv_canon; /* scratch for one value at a time; about 600 KiB */

struct inv_canon *inv_canon_new(void);
void inv_canon_free(struct inv_canon *c);

/*
 * An object as scanned, text and members, is in canonical form already: it
 * may be copied as it stands.  Costs a look at each member, not at each byte.
 */
bool inv_canon_is(struct inv_str text, const struct inv_members *members);

/*
 * Add the canonical form of a value that has been scanned: with its members
 * an object (copied through where it is canonical), without them any value.
 *
 * False, with INV_BAD, at the first number whose canonical text would be
 * another decimal value (number_not_exact), or past the depth or the keys of a
 * record; out is as before then.  A ceiling of out shows in out->failed, as
 * ever.
 */
INV_MUST bool inv_canon_object(struct inv_canon *c, struct inv_str text,
    const struct inv_members *members, struct inv_buf *out,
    struct inv_err *err);
INV_MUST bool inv_canon_value(struct inv_canon *c, struct inv_str json,
    struct inv_buf *out, struct inv_err *err);

/* Where it stopped, as an errors list has it: ["a",0,"b"]. */
void inv_canon_loc(const struct inv_canon *c, struct inv_buf *out);

/* Add a scanned string's inside, escapes and all, in its shortest form. */
void inv_canon_text(struct inv_buf *out, struct inv_str raw);

/* The order of two scanned keys, undecoded: <0, 0 or >0. */
int inv_canon_cmp(struct inv_str a, struct inv_str b);

#endif
