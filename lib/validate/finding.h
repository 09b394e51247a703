/* finding.h - a finding of data/drift, for programs and for people */
#ifndef INV_VALIDATE_FINDING_H
#define INV_VALIDATE_FINDING_H

#include "base/buf.h"
#include "data/drift.h"

/*
 * Both settled, as they were compared.  As an object of the list `findings` of
 * inv-stream(5), and as words: quantity null rate 0.1 % -> 14 %.
 */
void inv_finding_json(struct inv_buf *b, const struct inv_finding *f,
    const struct inv_profile *was, const struct inv_profile *is);
void inv_finding_text(struct inv_buf *b, const struct inv_finding *f,
    const struct inv_profile *was, const struct inv_profile *is);

#endif
