/* named.h - the manifest that a word of the command line means */
#ifndef INV_AUDIT_NAMED_H
#define INV_AUDIT_NAMED_H

#include "data/digest.h"
#include "data/scan.h"
#include "store/audit_line.h"
#include "store/state.h"

/*
 * Does an entry of type manifest tell that name?  *name is for the work and
 * may be empty at first.
 */
bool inv_audit_has_name(const struct inv_audit_line *line,
    struct inv_scan *scan, struct inv_str word, struct inv_buf *name);

/*
 * What the id of that manifest begins with: the word, where it is of lower-case
 * hex digits as an id is, else the id of the one manifest in the log that has
 * it for its name, kept in `id`.  INV_NO where there is none or several.
 */
INV_MUST bool inv_audit_named(const struct inv_state *state, const char *word,
    char id[INV_DIGEST_HEX], struct inv_str *begin, struct inv_err *err);

#endif
