/* statement_part.h - what the parts of a statement share */
#ifndef INV_AUDIT_STATEMENT_PART_H
#define INV_AUDIT_STATEMENT_PART_H

#include "audit/statement.h"

enum {
	INV_STATEMENT_TEXT = 32 << 20, /* bytes of a value */
	INV_STATEMENT_SHORT = 12,      /* digits of an id among words */
};

struct inv_statement {
	struct inv_paper *p;
	const char *name; /* of the log under way, or NULL */
	const struct inv_dossier *d;
	const struct inv_note_key *key;
	size_t keys;
	struct inv_scan *scan;
	struct inv_buf text; /* one value at a time */
	struct inv_err *err;
};

/* What is in s->text; good until it changes, as all that is given out here. */
struct inv_str inv_statement_text(struct inv_statement *s);

/* Escaped text, decoded, into s->text; behind what is there, or alone. */
void inv_statement_add_decoded(struct inv_statement *s, struct inv_str raw);
struct inv_str inv_statement_decoded(struct inv_statement *s,
    struct inv_str raw);

/* Add a value of a scanned text: what a string says, any other as JSON. */
void inv_statement_add(struct inv_statement *s, const struct inv_member *m);

/* The members of an entry or a line; none where it is neither. */
const struct inv_members *inv_statement_scan(struct inv_statement *s,
    struct inv_str json);

/* One of them as text, empty where it is not there; and as the next cell. */
struct inv_str inv_statement_member(struct inv_statement *s,
    const struct inv_members *m, const char *name);
void inv_statement_cell(struct inv_statement *s, const struct inv_members *m,
    const char *name);

/* "1-6, 8", and how many rows there are beside those. */
struct inv_str inv_statement_ranges(struct inv_statement *s,
    const struct inv_rows *rows, uint64_t more);

/* "1,280 committed, 20 quarantined". */
struct inv_str inv_statement_verdicts(struct inv_statement *s,
    const uint64_t counts[INV_VERDICTS]);

/* Say so where not all are listed. */
void inv_statement_more(struct inv_statement *s, const char *what,
    uint64_t shown, uint64_t all);

/* The run whose manifest line tells most, or NULL: the last of all rows. */
const struct inv_dossier_run *inv_statement_run(const struct inv_dossier_part
	*part);

/* ---- its sections ---- */

/* All of several logs, of which one at least knows the manifest. */
void inv_statement_logs(struct inv_statement *s,
    const struct inv_statement_log *log, size_t n);
void inv_statement_rules(struct inv_statement *s,
    const struct inv_dossier_part *part);
void inv_statement_batches(struct inv_statement *s,
    const struct inv_dossier_part *part);
void inv_statement_people(struct inv_statement *s,
    const struct inv_dossier_part *part);
INV_MUST bool inv_statement_checkpoints(struct inv_statement *s);
INV_MUST bool inv_statement_check(struct inv_statement *s);

#endif
