/* property.h - the Unicode properties that ECMA-262 names, as PCRE2 does */
#ifndef INV_DATA_PROPERTY_H
#define INV_DATA_PROPERTY_H

#include "base/buf.h"

/*
 * What stands between the braces of \p{..}: Lu, Letter, Script=Greek.  Adds
 * what PCRE2 takes in its place; false if ECMA-262 has none of that name.  Of
 * a script only the form of its name is looked at.
 */
INV_MUST bool inv_property_add(struct inv_str name, struct inv_buf *out);

#endif
