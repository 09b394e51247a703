/*
 * record.h - one line of the stream: kind, spans, verdict, provenance
 *
 * inv-stream(5) is the format.  A record is a view: everything in it points
 * into the line it was read from and into the scan, and is good until the
 * next line is read.
 */
#ifndef INV_DATA_RECORD_H
#define INV_DATA_RECORD_H

#include "base/buf.h"
#include "base/rows.h"
#include "data/scan.h"

enum {
	INV_MANIFEST_ID = 64,    /* hex digits of a manifest's SHA-256 */
	INV_MANIFEST_SHORT = 32, /* of them on a record line */
	INV_RUN_ID = 16,         /* hex digits of a run */
	INV_CHUNK_ROWS = 500,    /* rows of a chunk unless inv-split is told */
};

/*
 * A number past these is none: the rows of 80 terabytes, and what jq and
 * SQLite keep exactly (2^53 - 1).
 */
#define INV_ROW_MAX ((UINT64_C(1) << 40) - 1)
#define INV_NUMBER_MAX ((UINT64_C(1) << 53) - 1)

enum inv_line_kind {
	INV_LINE_OTHER, /* a type we do not know: passed on untouched */
	INV_LINE_MANIFEST,
	INV_LINE_STAGE,
	INV_LINE_RECORD,
	INV_LINE_BATCH,
	INV_LINE_END,
	INV_LINE_BODY, /* no line: prog/filter's word for where rows begin */
};

enum inv_verdict {
	INV_PENDING, /* none yet */
	INV_COMMITTED,
	INV_SKIPPED,
	INV_QUARANTINED,
	INV_HELD,
	INV_AMBIGUOUS,
};

enum { INV_VERDICTS = INV_AMBIGUOUS + 1 };

/* "pending", "committed" ...; the order of `counts` in an end line. */
struct inv_str inv_verdict_name(enum inv_verdict v);
INV_MUST bool inv_verdict_of(struct inv_str name, enum inv_verdict *v);

/* Add rows by verdict as a JSON object, as the `counts` of an end line. */
void inv_verdict_counts(struct inv_buf *b, const uint64_t counts[INV_VERDICTS]);

struct inv_record {
	enum inv_line_kind kind;
	struct inv_str text; /* the whole line, without its newline or CR */

	/* Of a record line, and `manifest` of all kinds that have one. */
	struct inv_str manifest; /* hex as written, 32 or 64 digits, or empty */
	uint64_t row;            /* from 1; 0 where the line has none */
	uint64_t line;           /* from 1; 0 where the line has none */
	uint64_t chunk;          /* from 0 */
	enum inv_verdict verdict;
	struct inv_str reason; /* of a verdict, escapes not decoded */
	struct inv_str record; /* the object as written; empty where none */

	const struct inv_members *outer;  /* members of the line */
	const struct inv_members *fields; /* members of record */
};

/*
 * Scan a line and tell what it is.  INV_BAD when it is not a JSON object, or
 * is of a known type but lacks what that type must have, has part of a verdict
 * without one, or names a member with escapes it does not need; the message
 * says what.
 */
INV_MUST bool inv_record_parse(struct inv_scan *s, struct inv_str text,
    struct inv_record *rec, struct inv_err *err);

/*
 * The ranges of a member such as "rows":[[1,6],[8,500]], added to *rows
 * (which the caller frees).  False if it is anything else, descends, or
 * overlaps; rows then holds some of it.
 */
INV_MUST bool inv_record_rows(struct inv_str json, struct inv_rows *rows);

/* A whole number member of that name, to INV_NUMBER_MAX; false if missing or
 * anything else. */
INV_MUST bool inv_member_u64(const struct inv_members *m, const char *name,
    uint64_t *v);

/* A string member of that name: its inside, undecoded; empty if missing. */
struct inv_str inv_member_text(const struct inv_members *m, const char *name);

/*
 * What a verdict adds to a line.  `errors` is the JSON array, or empty for
 * none; `more` is further members, `"of":{...}` say, or empty for none.
 */
struct inv_ruling {
	enum inv_verdict verdict;
	struct inv_str stage; /* the program's name */
	struct inv_str reason;
	struct inv_str errors;
	struct inv_str more;
};

/*
 * The record's line with the ruling's members spliced in before its last
 * brace; nothing else of it changes.  No newline.
 */
void inv_record_rule(struct inv_buf *out, const struct inv_record *rec,
    const struct inv_ruling *ruling);

/*
 * The record's line with the value of its member `record` replaced by json
 * (canonical form, say), and with a member `warnings`, a JSON array, where
 * that is not empty.  One that it had is replaced, by [] if need be; so is
 * `attachments`, but left alone where that is empty.  Nothing else of it
 * changes.  No newline.
 */
void inv_record_replace(struct inv_buf *out, const struct inv_record *rec,
    struct inv_str json, struct inv_str warnings, struct inv_str attachments);

/*
 * The pieces of `{"type":"record","manifest":"...","row":N,"line":N,
 * "chunk":N,` for writers of new record lines; the caller adds what follows.
 */
void inv_record_head(struct inv_buf *out, struct inv_str manifest, uint64_t row,
    uint64_t line, uint64_t chunk);

#endif
