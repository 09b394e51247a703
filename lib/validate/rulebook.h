/*
 * rulebook.h - the rules files of a run, and the log of what they decide
 *
 * A record is laid out once for all of them.  The log is written in large
 * pieces, without fsync: it tells what was decided, and nothing depends on it.
 */
#ifndef INV_VALIDATE_RULEBOOK_H
#define INV_VALIDATE_RULEBOOK_H

#include "data/flaw.h"
#include "data/record.h"

struct inv_rulebook;

struct inv_rulebook_options {
	const char *const *rules; /* names or files */
	size_t n;
	const char *decisions; /* a file that is added to; or NULL */
	const char *ref_dir;   /* of schemas in rules; or NULL */
};

/*
 * NULL with INV_CONFIG, naming file and place, where a file is not found or is
 * wrong, or where two sets have one name; INV_CREATE where the log can not be
 * opened.
 */
struct inv_rulebook *inv_rulebook_new(const struct inv_rulebook_options
					  *options,
    struct inv_err *err);
void inv_rulebook_free(struct inv_rulebook *b);

/* Write what is left of the log.  INV_IO if any of it could not be. */
INV_MUST bool inv_rulebook_flush(struct inv_rulebook *b, struct inv_err *err);

/* A rule looks at the time, which is this RFC 3339 time in UTC. */
bool inv_rulebook_has_time(const struct inv_rulebook *b);
void inv_rulebook_set_as_of(struct inv_rulebook *b, struct inv_str time);

/* The record to come, for the log; before the first nothing is logged. */
void inv_rulebook_at(struct inv_rulebook *b, struct inv_str manifest,
    struct inv_str run, const struct inv_record *rec);

/*
 * Judge a canonical record.  All there is in *flaws is what the schema said;
 * what stops the record is added to that, what does not to *warnings.
 */
void inv_rulebook_judge(struct inv_rulebook *b, struct inv_str record,
    struct inv_flaws *flaws, struct inv_flaws *warnings);

/* `,"rules":[...]` for the stage line, where there are any. */
void inv_rulebook_stage(const struct inv_rulebook *b, struct inv_buf *out);

#endif
