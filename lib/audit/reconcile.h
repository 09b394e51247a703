/*
 * reconcile.h - what a ledger has, held against what the log and a count say
 *
 * The ledger's records are kept in canonical form in a file without a name,
 * so that one that differs can be read again; in memory is what finds them.
 */
#ifndef INV_AUDIT_RECONCILE_H
#define INV_AUDIT_RECONCILE_H

#include "audit/held.h"
#include "audit/lines.h"
#include "data/canon.h"

/* How a record of the ledger compares. */
enum inv_reconciled {
	INV_MATCHED,
	INV_MISSING,  /* it is not where it should be */
	INV_EXTRA,    /* it is there, and nobody knows of it */
	INV_CHANGED,  /* it is not as it was */
	INV_MOVED,    /* the same, but for its location alone */
	INV_DISPOSED, /* not counted, as it is no longer there to count */
};

enum { INV_RECONCILED = INV_DISPOSED + 1 };

struct inv_reconcile {
	struct inv_buf location; /* the member that says where it is, escaped;
				    empty: by its usual names */
	struct inv_buf disposed; /* the member that says that it is gone */
	struct inv_held held;
	struct inv_audit_lines lines;
	struct inv_digest *digest;
	struct inv_canon *canon;
	struct inv_scan *scan;  /* of the ledger's record */
	struct inv_buf record;  /* that */
	int spool;              /* of all of them, each with a newline */
	uint64_t records;       /* that there are */
	struct inv_buf key;     /* of a difference: a JSON object */
	struct inv_buf differs; /* the same: a JSON list */
	struct inv_buf words;   /* the same for people */
	size_t fields;          /* that differ */
	bool elsewhere;         /* the location is one of them */
	bool bad;               /* rows of the count could not be read */
	uint64_t log[INV_RECONCILED];
	uint64_t count[INV_RECONCILED];
};

/* A record in the spool. */
struct inv_spooled {
	uint64_t offset;
	uint32_t n; /* bytes */
};

/* Read one back: r->record, and its members in r->scan. */
INV_MUST bool inv_reconcile_read(struct inv_reconcile *r,
    const struct inv_spooled *at, struct inv_err *err);

/* r->key becomes the members of a record that are of the key, or all. */
void inv_reconcile_key(struct inv_reconcile *r, const struct inv_key *key,
    const struct inv_members *fields);

/* It is one of the members that make the key. */
bool inv_reconcile_is_key(const struct inv_key *key, struct inv_str name);

/* One more field differs: the values as JSON, and who has the first. */
void inv_reconcile_differs(struct inv_reconcile *r, struct inv_str field,
    const char *whose, struct inv_str value, struct inv_str ledger);

/* What the fields that differ make of it; INV_MATCHED where there are none. */
enum inv_reconciled inv_reconcile_judge(const struct inv_reconcile *r);

/*
 * Print a difference with r->key and r->differs, which are then emptied;
 * with is "log" or "count", and more further members, or empty.
 */
void inv_reconcile_print(struct inv_reconcile *r, const char *with,
    enum inv_reconciled kind, struct inv_str more);

/* Count and print what is known to nobody, or comes again: r->key is its. */
void inv_reconcile_extra(struct inv_reconcile *r, const char *with,
    uint64_t line, bool again);

/* Hold the ledger against a sheet of what was counted. */
INV_MUST bool inv_reconcile_count(struct inv_reconcile *r, const char *path,
    struct inv_err *err);

#endif
