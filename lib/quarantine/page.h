/* page.h - a review as one HTML page that needs nothing else */
#ifndef INV_QUARANTINE_PAGE_H
#define INV_QUARANTINE_PAGE_H

#include "quarantine/review.h"

enum {
	INV_PAGE_ROWS = 200,  /* that are there without a script */
	INV_PAGE_GROUPS = 50, /* that are listed */
};

/* A sorted review, added to out. */
void inv_page_write(struct inv_buf *out, const struct inv_review *v);

#endif
