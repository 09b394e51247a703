/*
 * audit_line.h - one line of the audit log
 *
 * inv-audit(1) is the format.  As in the journal, members stand in one fixed
 * order and each line carries its number and the SHA-256 of the line before.
 */
#ifndef INV_STORE_AUDIT_LINE_H
#define INV_STORE_AUDIT_LINE_H

#include "data/account.h"
#include "store/action.h"
#include "store/entry.h"

enum {
	INV_AUDIT_LINE_MAX = (16 << 20) + 4096, /* bytes: a manifest line */
	INV_AUDIT_RANGES_MAX = 65536, /* of a verdict line; then another */
};

enum inv_audit_type {
	INV_AUDIT_MANIFEST,
	INV_AUDIT_STAGE,
	INV_AUDIT_VERDICT,
	INV_AUDIT_END,
	INV_AUDIT_BATCH,
	INV_AUDIT_ACTION,
};

/* A line that was read.  Views are good as long as its text is. */
struct inv_audit_line {
	enum inv_audit_type type;
	uint64_t seq;
	unsigned char prev[INV_DIGEST];
	struct inv_str text;
	struct inv_str time;     /* RFC 3339 */
	struct inv_str manifest; /* 64 hex */
	uint64_t submission;
	struct inv_str run;          /* 16 hex; not of a batch or an action */
	const struct inv_rows *rows; /* of a verdict or a batch */

	enum inv_verdict verdict; /* of a verdict */
	struct inv_str stage;     /* escapes as they are; also of the next */
	struct inv_str reason;

	uint64_t announced;  /* of an end: rows of the manifest */
	uint64_t unverified; /* rows said to be committed that are not */
	uint64_t counts[INV_VERDICTS];
	bool complete;
	uint64_t signed_before; /* entries under the last checkpoint then */

	uint64_t journal; /* of a batch: the outcome's number */
	unsigned char key[INV_DIGEST];
	unsigned char hash[INV_DIGEST];
	bool rooted; /* the journal told the root of its records */
	unsigned char root[INV_DIGEST];
	bool committed;
	uint64_t sent;          /* 0: as many as there are rows */
	struct inv_str refused; /* from there on: JSON ranges; or empty */

	uint64_t action; /* of an action: its number in the quarantine */

	/* Of a batch and an action: the text from that number on. */
	struct inv_str told;
};

/* Whose line it is. */
struct inv_audit_whose {
	struct inv_str manifest; /* 64 hex */
	uint64_t submission;
	struct inv_str run; /* 16 hex */
};

/* Each adds a line without newline. */
void inv_audit_put_line(struct inv_buf *b, const struct inv_entry_head *head,
    const struct inv_audit_whose *whose, enum inv_audit_type type,
    struct inv_str line);

/*
 * The ranges of the group from `first` on, INV_AUDIT_RANGES_MAX at most; how
 * many it took.  Its errors go with the first.
 */
size_t inv_audit_put_verdict(struct inv_buf *b,
    const struct inv_entry_head *head, const struct inv_audit_whose *whose,
    const struct inv_group *group, size_t first);

/* signed_before: entries under the last checkpoint, 0 where there is none. */
void inv_audit_put_end(struct inv_buf *b, const struct inv_entry_head *head,
    const struct inv_audit_whose *whose, const struct inv_account *account,
    uint64_t unverified, uint64_t signed_before);

void inv_audit_put_batch(struct inv_buf *b, const struct inv_entry_head *head,
    const struct inv_entry *outcome);

void inv_audit_put_action(struct inv_buf *b, const struct inv_entry_head *head,
    const struct inv_action *action);

/* What inv_audit_line.told is for that entry of the journal, or action. */
void inv_audit_tell_outcome(struct inv_buf *b, const struct inv_entry *outcome);
void inv_audit_tell_action(struct inv_buf *b, const struct inv_action *action);

/* As inv_entry_parse. */
INV_MUST bool inv_audit_parse(struct inv_str text, struct inv_rows *rows,
    struct inv_audit_line *line, struct inv_err *err);

#endif
