/*
 * chart.h - the charts of a review as SVG inside of a page
 *
 * Each is an image with all its numbers in its label, and no style of its
 * own: the page's style sheet has the colours.
 */
#ifndef INV_QUARANTINE_CHART_H
#define INV_QUARANTINE_CHART_H

#include "quarantine/review.h"

void inv_chart_reasons(struct inv_buf *out, const struct inv_review *v);
void inv_chart_days(struct inv_buf *out, const struct inv_review *v);
void inv_chart_ages(struct inv_buf *out, const struct inv_review *v);

/* "8 Nov" */
void inv_chart_day(struct inv_buf *out, uint64_t at);

#endif
