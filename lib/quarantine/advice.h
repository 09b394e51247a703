/* advice.h - what helps the rows that wait, for the page that shows them */
#ifndef INV_QUARANTINE_ADVICE_H
#define INV_QUARANTINE_ADVICE_H

#include "quarantine/review.h"

/* A section of the page; nothing where no reason of theirs is a known one. */
void inv_advice_write(struct inv_buf *out, const struct inv_review *v);

#endif
