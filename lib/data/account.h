/*
 * account.h - what a block of the stream says became of each row
 *
 * Fed with the lines of one manifest block, as they pass inv-audit.  Rows are
 * kept as ranges, in groups of the same verdict, stage and reason; committed
 * rows as what batch lines claim, to be held against the journal.
 */
#ifndef INV_DATA_ACCOUNT_H
#define INV_DATA_ACCOUNT_H

#include "data/digest.h"
#include "data/record.h"

enum {
	INV_GROUPS_MAX = 1024, /* of a block; further ones are put together */
	INV_FLAWS_MAX = 256,   /* types of error of a group; the same */
};

/* How often an error of a type came. */
struct inv_flaw_count {
	char *type; /* escapes not decoded */
	size_t type_n;
	uint64_t count;
};

struct inv_group {
	enum inv_verdict verdict;
	char *stage; /* escapes of stage and reason not decoded */
	size_t stage_n;
	char *reason;
	size_t reason_n;
	struct inv_rows rows;
	struct inv_flaw_count *flaw;
	size_t flaws;
};

/* What a batch line claims to be committed. */
struct inv_claim {
	unsigned char key[INV_DIGEST];  /* zeros where it has none */
	unsigned char hash[INV_DIGEST]; /* batch_hash; the same */
	size_t first;                   /* of its ranges in inv_account.range */
	size_t n;
	uint64_t rows;
	bool verified; /* for the caller */
};

/* Rows that were skipped as duplicates of rows first..last, one of each. */
struct inv_winners {
	char manifest[INV_MANIFEST_SHORT];
	uint64_t first;
	uint64_t last; /* 0: the line did not say of what */
};

struct inv_account {
	bool open;               /* between a manifest line and what ends it */
	struct inv_buf manifest; /* the line; empty: there was none */
	struct inv_buf stages;   /* the lines, each with a newline */
	char id[INV_MANIFEST_ID];
	char run[INV_RUN_ID];
	uint64_t submission;
	bool validated;
	bool subset; /* of rows: it does not say how many the manifest has */

	struct inv_group *group;
	size_t groups;
	size_t last_group;
	struct inv_claim *claim;
	size_t claims;
	size_t claims_cap;
	struct inv_range *range;
	size_t ranges;
	size_t ranges_cap;
	struct inv_winners *winner;
	size_t winners;
	size_t winners_cap;

	uint64_t counts[INV_VERDICTS];
	uint64_t highest;   /* row */
	uint64_t malformed; /* lines that are no row */
	bool complete;      /* an end line came, and the rows are as it says */
	uint64_t rows;      /* as it says; else those that came */
	struct inv_buf refused; /* the member of the end line, or empty */
	struct inv_buf failed;  /* the same: who said no to the manifest */
};

/* Zero is the empty account; _free gives its memory back. */
void inv_account_free(struct inv_account *a);

/* A new block; whatever was there is gone. */
void inv_account_begin(struct inv_account *a, const struct inv_record *rec,
    uint64_t submission);

void inv_account_stage(struct inv_account *a, const struct inv_record *rec);

/* A record line, with or without verdict and row. */
void inv_account_record(struct inv_account *a, const struct inv_record *rec);

/* A batch line whose rows have been found to be in order. */
void inv_account_batch(struct inv_account *a, const struct inv_record *rec);

/* The end line; complete: every row 1..N of it came once. */
void inv_account_end(struct inv_account *a, const struct inv_record *rec,
    bool complete);

/* Rows that came, of whatever verdict. */
uint64_t inv_account_seen(const struct inv_account *a);

/* Order the claims by key, to be looked up. */
void inv_account_sort(struct inv_account *a);

/* The claim of that key, or NULL; after inv_account_sort. */
struct inv_claim *inv_account_claim(const struct inv_account *a,
    const unsigned char key[INV_DIGEST]);

/* The claim is for these rows, no more and no less. */
bool inv_account_fits(const struct inv_account *a, const struct inv_claim *c,
    const struct inv_rows *rows);

#endif
