/*
 * find_sent.h - records that were sent, looked for in the journal
 *
 * Bodies are canonical JSON, so that a value has one text: what does not have
 * that is passed over without being parsed.
 */
#ifndef INV_AUDIT_FIND_SENT_H
#define INV_AUDIT_FIND_SENT_H

#include "audit/lines.h"
#include "store/state.h"

/* Texts are escaped as in canonical JSON, without quotes. */
struct inv_audit_wanted {
	struct inv_str value; /* of a string, or the whole text of a number */
	struct inv_str field; /* of that member; empty: of one of the key, any
				 where there is none */
};

/* Which entry of the log is about which outcome of the journal. */
struct inv_audit_taken {
	struct {
		uint64_t journal; /* ascending */
		uint64_t entry;
	} * at;
	size_t n;
	size_t cap;
};

/* One more, behind all others. */
void inv_audit_taken_add(struct inv_audit_taken *t, uint64_t journal,
    uint64_t entry);

/*
 * Print each record that is wanted, with what became of it, and count it;
 * in the order in which their batches were settled, open ones last.
 */
INV_MUST bool inv_audit_find_sent(const struct inv_state *state,
    const struct inv_audit_wanted *wanted, const struct inv_audit_taken *taken,
    struct inv_audit_lines *lines, uint64_t *found, struct inv_err *err);

#endif
