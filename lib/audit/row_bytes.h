/* row_bytes.h - the bytes of a row in its manifest, for a proof */
#ifndef INV_AUDIT_ROW_BYTES_H
#define INV_AUDIT_ROW_BYTES_H

#include "data/proof.h"
#include "store/state.h"

/*
 * Of the row that proof names: fill what it tells of its bytes, which are added
 * to *raw, and of how to find them, the texts of which are put into *mem, which
 * is empty.  False, and the proof as it was, where there are none to tell: *why
 * says so.
 */
INV_MUST bool inv_audit_row_bytes(const struct inv_state *state,
    struct inv_proof *proof, struct inv_buf *raw, struct inv_buf *mem,
    struct inv_err *why);

/*
 * The manifest in this file has those bytes as that row; INV_NO where not.
 * INV_NOINPUT where it can not be read.
 */
INV_MUST bool inv_audit_row_is_in(const struct inv_proof *proof,
    const char *file, struct inv_err *err);

#endif
