/* event_part.h - what the two forms of an event are made of */
#ifndef INV_AUDIT_EVENT_PART_H
#define INV_AUDIT_EVENT_PART_H

#include "store/audit_line.h"

enum inv_event_member { /* of an entry, or of the line of the stream in it */
	INV_EVENT_RUN,
	INV_EVENT_STAGE,
	INV_EVENT_REASON,
	INV_EVENT_EVIDENCE,
	INV_EVENT_OUTCOME,
	INV_EVENT_KEY,
	INV_EVENT_HASH,
	INV_EVENT_ROOT,
	INV_EVENT_VERB,
	INV_EVENT_ITEM,
	INV_EVENT_USER,
	INV_EVENT_LOGIN,
	INV_EVENT_WHY,
	INV_EVENT_NAME,
	INV_EVENT_COUNT, /* whole numbers from here on */
	INV_EVENT_ROWS,
	INV_EVENT_STATUS,
	INV_EVENT_ATTEMPTS,
	INV_EVENT_MS,
	INV_EVENT_JOURNAL,
	INV_EVENT_BYTES,
};

enum { INV_EVENT_MEMBERS = INV_EVENT_BYTES + 1 };

/* The inside of a string, undecoded, or the text of a number; or empty. */
struct inv_event {
	const struct inv_audit_line *line;
	struct inv_str of[INV_EVENT_MEMBERS];
	struct inv_str name;   /* of the manifest, if it is known: undecoded */
	struct inv_str what;   /* verdict, outcome, verb: undecoded, or empty */
	struct inv_str action; /* type, and what: "batch-committed" */
	struct inv_str message; /* for people */
	const char *outcome;    /* success, failure or unknown */
	unsigned severity;      /* 0 to 10 */
	char hash[INV_DIGEST_HEX];
};

void inv_event_put_ecs(struct inv_buf *b, const struct inv_event *e);
void inv_event_put_cef(struct inv_buf *b, const struct inv_event *e);

#endif
