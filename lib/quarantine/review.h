/*
 * review.h - what waits for a person, added up for the page that shows it
 *
 * Open items are put in groups by fingerprint: the reason, and the type and
 * the field of an error.  An item with errors of several groups counts in each
 * of them once.  Memory is bounded: by ROWS items, the newest, cut to what a
 * page can show, and by GROUPS groups.
 */
#ifndef INV_QUARANTINE_REVIEW_H
#define INV_QUARANTINE_REVIEW_H

#include "base/buf.h"
#include "data/digest.h"
#include "store/quarantine.h"

enum {
	INV_REVIEW_ROWS = 5000,   /* open items that are kept */
	INV_REVIEW_GROUPS = 1000, /* groups that are kept */
	INV_REVIEW_DAYS = 14,     /* the last days, today being the last */
	INV_REVIEW_AGES = 7,      /* <1, 1-2, 3-6, 7-13, 14-29, 30-89, 90- */
	INV_REVIEW_REASONS = 64,  /* reasons that are counted by name */
	INV_REVIEW_OF = 8,        /* groups that a kept item says it is of */
	INV_REVIEW_PRINT = 8,     /* hex digits of a fingerprint */
	INV_REVIEW_DAY = 86400,   /* seconds */
};

enum inv_review_part { /* the texts of an item, cut */
	INV_REVIEW_REASON,
	INV_REVIEW_NAME,  /* of the manifest */
	INV_REVIEW_FIRST, /* its first error as words */
	INV_REVIEW_ALL,   /* all its errors */
	INV_REVIEW_ROW,   /* the row as it is kept, JSON */
	INV_REVIEW_SENT,  /* "> NAME: VALUE" of the request, "< " of the answer,
			     a line each */
	INV_REVIEW_PARTS,
};

struct inv_review_row {
	char id[INV_ITEM_ID];
	enum inv_verdict verdict;
	uint64_t line;
	uint64_t failures;
	uint64_t first_at, last_at;
	size_t group[INV_REVIEW_OF]; /* where in groups they were made */
	size_t groups;
	struct inv_buf text;
	size_t end[INV_REVIEW_PARTS]; /* of each part in text */
};

struct inv_review_group {
	unsigned char digest[INV_DIGEST]; /* of the fingerprint */
	char print[INV_REVIEW_PRINT + 1]; /* the beginning of it */
	struct inv_buf reason, type, field, sample;
	uint64_t count;
	uint64_t first_at, last_at;
	uint64_t item; /* that was counted last */
	size_t made;   /* its number, in the order they were made */
};

struct inv_review_reason {
	struct inv_buf name;
	uint64_t count;
};

struct inv_review {
	uint64_t now;
	uint64_t open[INV_VERDICTS]; /* by verdict */
	uint64_t open_all, closed_all;
	uint64_t purged;      /* of all of them */
	uint64_t open_before; /* a day ago */
	uint64_t fresh;       /* first failed in the last day */
	uint64_t settled;     /* closed in the last day */
	uint64_t oldest_at;   /* first failure of an open item; 0: none */
	uint64_t failed_on[INV_REVIEW_DAYS];
	uint64_t closed_on[INV_REVIEW_DAYS];
	uint64_t age[INV_REVIEW_AGES];

	struct inv_review_reason reason[INV_REVIEW_REASONS];
	size_t reasons;
	struct inv_review_group *group;
	size_t groups;
	bool more_groups;           /* than are kept */
	struct inv_review_row *row; /* number k is at k % INV_REVIEW_ROWS */
	struct inv_digest *digest;
};

/* now in seconds since 1970; what is later counts as now. */
struct inv_review *inv_review_new(uint64_t now);
void inv_review_free(struct inv_review *v);

void inv_review_add(struct inv_review *v, const struct inv_item *item);

/* Everything is added: groups and reasons, largest first. */
void inv_review_sort(struct inv_review *v);

/* How many are kept, and the k-th of them, newest first. */
size_t inv_review_kept(const struct inv_review *v);
const struct inv_review_row *inv_review_row(const struct inv_review *v,
    size_t k);

struct inv_str inv_review_part(const struct inv_review_row *row,
    enum inv_review_part part);

#endif
