/*
 * watch.h - what the manifests of a stream look like, held against a baseline
 *
 * With a baseline each manifest is compared with it, by itself; what is
 * written is made of all manifests of the stream together.  Cells of sources
 * without types are looked at for what a spreadsheet did to them.
 */
#ifndef INV_VALIDATE_WATCH_H
#define INV_VALIDATE_WATCH_H

#include "data/baseline.h"
#include "data/damage.h"
#include "data/digest.h"

struct inv_watch_options {
	const char *baseline; /* NULL: nothing is compared */
	const char *write;    /* NULL: nothing is written */
	uint64_t warn; /* findings, from which on they are said; 0: all */
	uint64_t fail; /* the same, on which a manifest fails; 0: none */
};

struct inv_watch {
	struct inv_watch_options how;
	struct inv_baseline was;
	char sha256[INV_DIGEST_HEX]; /* of the text of it */
	struct inv_profile now;      /* the manifest under way */
	struct inv_baseline all;     /* for what is to be written */
	struct inv_findings found;
	struct inv_damage *damage;
	bool typed;         /* the manifest under way: nothing of that there */
	struct inv_buf key; /* a JSON list of columns */
};

/*
 * key: the schema's x-inv-key as a JSON array, or empty.
 * INV_CONFIG, with the file, where the baseline is none.
 */
INV_MUST bool inv_watch_open(struct inv_watch *w,
    const struct inv_watch_options *how, struct inv_str key,
    struct inv_err *err);
void inv_watch_close(struct inv_watch *w);

/* A manifest of that id (64 hex digits) begins; it has types, or not. */
void inv_watch_begin(struct inv_watch *w, const char *id, bool typed);

/*
 * A record of it as it came, and in canonical form or empty.  What a
 * spreadsheet may have done to it is added to *warnings.
 */
void inv_watch_record(struct inv_watch *w, const struct inv_record *rec,
    struct inv_str canonical, struct inv_flaws *warnings);

/*
 * The manifest ends: people are told, and a report line without newline is
 * added to *line where there is a baseline.  False: it has failed.
 */
INV_MUST bool inv_watch_end(struct inv_watch *w, struct inv_str name,
    const char *id, struct inv_buf *line);

/* The stream was whole: write what is to be written. */
INV_MUST bool inv_watch_write(struct inv_watch *w, struct inv_err *err);

#endif
