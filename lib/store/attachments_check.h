/*
 * attachments_check.h - are the files still there that records named?
 *
 * For those who only read.  That each is there is asked for each row, that its
 * bytes are what its name says once for each file.
 */
#ifndef INV_STORE_ATTACHMENTS_CHECK_H
#define INV_STORE_ATTACHMENTS_CHECK_H

#include "base/err.h"
#include "data/files.h"

/*
 * Is it there, with as many bytes?  state is a descriptor of the state
 * directory.  INV_NO where not.
 */
INV_MUST bool inv_attachments_has(int state, const struct inv_file_named *f,
    struct inv_err *err);

/*
 * Read all that is kept: *n files have the digest of their name.  INV_NO at the
 * first that has not, or can not be read.
 */
INV_MUST bool inv_attachments_check(int state, uint64_t *n,
    struct inv_err *err);

#endif
