/*
 * dossier.h - all that the audit log has about one manifest
 *
 * The log is read once, from its first entry up to where its head is, and held
 * against its chain and its checkpoints on the way.  Then comes the part of
 * the journal that the log has not taken in.  Nothing is changed.
 *
 * Memory is two bytes a row, and what runs and batches are told in, of which
 * the first so many are kept; all are counted.
 */
#ifndef INV_AUDIT_DOSSIER_H
#define INV_AUDIT_DOSSIER_H

#include "audit/fates.h"
#include "store/checkpoint.h"
#include "store/state.h"

enum {
	INV_DOSSIER_PARTS = 100,     /* submissions of a manifest at most */
	INV_DOSSIER_RUNS = 1000,     /* of a submission, that are kept */
	INV_DOSSIER_BATCHES = 10000, /* the same */
	INV_DOSSIER_ACTIONS = 10000, /* the same */
};

/* One pass of the manifest: a block of the stream that was fed. */
struct inv_dossier_run {
	char id[INV_RUN_ID];
	uint64_t first, last;  /* its entries, by number */
	struct inv_str time;   /* of the last */
	struct inv_str line;   /* of the manifest, JSON */
	struct inv_str end;    /* the entry of the end, JSON */
	struct inv_str *stage; /* the stage lines, JSON */
	size_t stages;
	bool subset; /* it was about some of the rows */
	bool complete;
	bool refused; /* the manifest could not be read as a whole */
	uint64_t rows;
	uint64_t unverified;
	uint64_t counts[INV_VERDICTS];
};

/* The manifest in one submission. */
struct inv_dossier_part {
	uint64_t submission;
	uint64_t first, last; /* entries about it, by number */
	struct inv_dossier_run *run;
	size_t runs;           /* that are kept */
	uint64_t all_runs;     /* that there are */
	struct inv_str *batch; /* entries about batches, JSON */
	size_t batches;
	uint64_t all_batches;
	struct inv_str *action; /* entries about what people did, JSON */
	size_t actions;
	uint64_t all_actions;
	uint64_t corrected; /* rows that a row of another manifest corrects */
	struct inv_fates fates;
	bool refused;    /* a run could not read it as a whole */
	bool whole;      /* a run has told how many rows there are: */
	uint64_t rows;   /* that many; else the highest that was heard of */
	uint64_t beyond; /* a row that is not one of them, or 0 */
	uint64_t counts[INV_VERDICTS]; /* rows by their latest verdict */
};

struct inv_dossier {
	char id[INV_MANIFEST_ID];
	struct inv_dossier_part *part;
	size_t parts;
	uint64_t entries; /* of the log */
	uint64_t waiting; /* batches of it in the journal, not in the log yet */
	struct inv_checkpoints checkpoints;
	struct inv_arena text;
};

/*
 * Of the manifest whose id begins with `begin`.  INV_NO where the log has none
 * or several; INV_IO where log, checkpoints or journal are damaged.  Zero is
 * empty, and what to free after a failure too.
 */
INV_MUST bool inv_dossier_read(struct inv_dossier *d,
    const struct inv_state *state, struct inv_str begin, struct inv_err *err);
void inv_dossier_free(struct inv_dossier *d);

/* All rows have a place, and none is one that the manifest does not have. */
bool inv_dossier_adds_up(const struct inv_dossier_part *part);

#endif
