/*
 * entry.h - one line of the journal: an intent, an outcome, or rows kept
 *
 * inv-journal(5) is the format.  Members stand in one fixed order, without
 * white space, as only we write them: what is written otherwise is damage.
 */
#ifndef INV_STORE_ENTRY_H
#define INV_STORE_ENTRY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/rows.h"
#include "data/digest.h"
#include "store/seen.h"

enum {
	INV_BATCH_BODY_MAX = 4 << 20, /* bytes of a body */
	INV_KEPT_HEX = 4 * INV_KEY,   /* of a row in `keys`: key and digest */
};

/* A batch that is about to be sent.  Views; all hex in lower case. */
struct inv_intent {
	struct inv_str manifest; /* 64 hex */
	uint64_t submission;
	uint64_t arrival;
	uint64_t chunk;
	uint64_t chunk_size; /* rows of a chunk; 0: not known */
	const struct inv_rows *rows;
	struct inv_str key;        /* 64 hex: the idempotency key */
	struct inv_str parent;     /* 64 hex: of a derived batch; else empty */
	struct inv_str batch_hash; /* 64 hex: SHA-256 of the body */
	struct inv_str records_root; /* 64 hex: RFC 6962, over the leaves of
					data/files.h; may be empty */
	struct inv_str keyed_by;     /* JSON list of member names, or "null" */
	struct inv_str order;        /* of rows that correct others: a list of
					[row, arrival, row of it]; or empty */
	struct inv_str files; /* of rows that name some: a list of [row, list];
				 or empty (data/files.h) */
	struct inv_str body;  /* the exact bytes sent: a JSON array */
};

enum inv_outcome_kind {
	INV_OUTCOME_COMMITTED,
	INV_OUTCOME_REFUSED,      /* as a whole; none of it took effect */
	INV_OUTCOME_KEY_MISMATCH, /* the ledger knows the key for other bytes */
	INV_OUTCOME_NO_EFFECT,    /* proved: it never reached the ledger */
	INV_OUTCOME_OPEN,         /* no trustworthy answer: the intent stays */
};

/* A row, and the row of another manifest that it corrects. */
struct inv_corrected {
	uint64_t row;
	uint64_t arrival; /* of the other manifest */
	uint64_t of;      /* its row */
};

/* Add one to the list of an intent's `order`, which is closed by the caller. */
void inv_order_put(struct inv_buf *order, const struct inv_corrected *c);

/*
 * Walk such a list: start with *rest = order; true, and *c is set, until there
 * is none left.
 */
bool inv_order_each(struct inv_str *rest, struct inv_corrected *c);

/*
 * The place of a row in the order of what its key holds: its own, unless it is
 * the one that *rest stands at or comes to.  Rows are asked for ascending.
 */
void inv_order_place(struct inv_str *rest, struct inv_seen_row *row);

/* "committed", "refused", "key_mismatch", "no_effect", "open". */
struct inv_str inv_outcome_name(enum inv_outcome_kind kind);

/*
 * What became of it, as far as is known.  Views; undecoded when read.  Where
 * the ledger answered for each row and did not take all of them, `sent` is
 * how many there were, and rows that are neither committed nor refused are to
 * be sent again.
 */
struct inv_outcome {
	enum inv_outcome_kind kind;
	const struct inv_rows *rows; /* to write: those it speaks of, where they
				are not all; when read they are in `of` */
	uint64_t sent;               /* 0: one answer for all */
	struct inv_str refused;  /* rows that were, as JSON ranges, or empty */
	struct inv_str evidence; /* of a committed one: "receipt" ... */
	struct inv_str reason;   /* of any other: "rejected", "timeout" ... */
	uint64_t status;         /* of the last answer; 0: none */
	uint64_t attempts;       /* requests made */
	uint64_t ms;             /* first request to last answer */
	struct inv_str processed_at; /* as the ledger says; may be empty */
};

enum inv_entry_type {
	INV_ENTRY_INTENT,
	INV_ENTRY_OUTCOME,
	INV_ENTRY_KEPT, /* rows not sent, as their keys had this content of an
			   earlier row: what a key holds is theirs now */
};

/* One line.  Views are good until the next one is read. */
struct inv_entry {
	enum inv_entry_type type;
	uint64_t seq;
	unsigned char prev[INV_DIGEST]; /* as it says of the line before */
	bool copied;                    /* an intent that was written before */
	struct inv_str text;            /* the line, without its newline */
	struct inv_str time;            /* RFC 3339 */
	uint64_t intent; /* the number of the intent it is, or speaks of */
	struct inv_intent
	    of; /* of an outcome without chunk_size, parent, keyed_by, body;
				 its rows are those of the outcome; of rows
				 kept as far as rows */
	struct inv_outcome outcome; /* of an outcome */
	struct inv_str keys;        /* of rows kept: a JSON list of hex, for
				 each row its key and its digest */
};

/* What all lines have. */
struct inv_entry_head {
	uint64_t seq;
	const unsigned char *prev; /* INV_DIGEST bytes: of the line before */
	struct inv_str time;
};

/* Begin a line: {"seq":N,"prev":"...","type":"..." */
void inv_entry_put_head(struct inv_buf *b, const struct inv_entry_head *head,
    struct inv_str type);

/* The 64 hex digits of `prev`, in a line that was begun so. */
char *inv_entry_prev(char *line);

/*
 * Add an intent's line, without newline.  copy_of: the number it was first
 * written under, 0 where this is the first time.
 */
void inv_entry_put_intent(struct inv_buf *b, const struct inv_entry_head *head,
    uint64_t copy_of, const struct inv_intent *intent);

/* Add the line of an outcome of `intent`, whose number is seq. */
void inv_entry_put_outcome(struct inv_buf *b, const struct inv_entry_head *head,
    uint64_t seq, const struct inv_intent *intent,
    const struct inv_outcome *outcome);

/* Add the line of rows kept: of as far as rows; seen has one for each. */
void inv_entry_put_kept(struct inv_buf *b, const struct inv_entry_head *head,
    const struct inv_intent *of, const struct inv_seen_row *seen);

/*
 * Parse a line.  *rows, the caller's, is emptied and takes its row numbers;
 * entry->of.rows points at it.  INV_BAD where it is not a line of ours.
 * Neither the body's grammar nor any digest is looked at.
 */
INV_MUST bool inv_entry_parse(struct inv_str line, struct inv_rows *rows,
    struct inv_entry *entry, struct inv_err *err);

#endif
