/*
 * quarantine.h - the rows that need a person, and what has become of them
 *
 * STATE/quarantine/quarantine.db.  An item is a row of a manifest, by the
 * manifest's id, its submission and the row; a line without a row is an item
 * by the digest of its bytes.  Each run adds at most one event to an item: it
 * failed again, or it was committed or skipped, which closes it.  Events are
 * never changed, so that the same run told again changes nothing; a purge
 * (store/purge.h) takes from them what came from the row.
 *
 *	event \ item    open          closed          committed
 *	failed          open          open            committed
 *	skipped         closed        closed          committed
 *	committed       committed     committed       committed
 *
 * A row whose line has the id of an item of another manifest as `item` corrects
 * that item: what becomes of the row is the item's event, and the row is none
 * itself.  One with `item` that is skipped as superseded leaves it as it is.
 *
 * What has been told is on disk when inv_quarantine_commit has returned true,
 * and not before.
 */
#ifndef INV_STORE_QUARANTINE_H
#define INV_STORE_QUARANTINE_H

#include "base/clock.h"
#include "data/digest.h"
#include "data/record.h"
#include "io/stream.h"
#include "store/db.h"
#include "store/state.h"

enum {
	INV_ITEM_ID = 64,                 /* bytes of an item's id and a NUL */
	INV_ITEM_PAGE = 256,              /* items read at a time */
	INV_ITEM_PAGE_BYTES = 4 << 20,    /* and about so many bytes of them */
	INV_ITEM_TEXT_MAX = INV_LINE_MAX, /* bytes of one text of an item */
};

/* ---- writing ---- */

/* Whose rows follow.  Views, good until the next begin. */
struct inv_quarantine_run {
	struct inv_str manifest; /* 64 hex */
	uint64_t submission;
	struct inv_str run;  /* 16 hex */
	struct inv_str name; /* of the manifest, decoded */
	struct inv_str line; /* the manifest line itself */
};

/* What has been told, over all runs. */
struct inv_quarantine_sums {
	uint64_t failed[INV_VERDICTS]; /* rows, by verdict */
	uint64_t fresh;                /* items that were not there before */
	uint64_t told;                 /* failures that were not, of any item */
	uint64_t closed;               /* items */
	uint64_t superseded; /* rows with `item`, whose item stays as it is */
};

struct inv_quarantine;

/*
 * Nothing is opened, or made, before the first row has to be stored, or might
 * close an item of a quarantine that is there.  state is kept, not copied.
 */
struct inv_quarantine *inv_quarantine_new(const struct inv_state *state);

/* What is not committed is gone.  NULL is fine. */
void inv_quarantine_free(struct inv_quarantine *q);

/* A run of a manifest; NULL: lines that belong to none. */
void inv_quarantine_begin(struct inv_quarantine *q,
    const struct inv_quarantine_run *run);

/*
 * A stage line of the run, and a record line or a batch line of it.  A record
 * without a verdict changes nothing.  Failures are final for q.
 */
INV_MUST bool inv_quarantine_stage(struct inv_quarantine *q,
    struct inv_str line, struct inv_err *err);
INV_MUST bool inv_quarantine_row(struct inv_quarantine *q,
    const struct inv_record *rec, struct inv_err *err);
INV_MUST bool inv_quarantine_batch(struct inv_quarantine *q,
    const struct inv_record *rec, struct inv_err *err);

/* How many rows the manifest has, as the end line of the run says. */
INV_MUST bool inv_quarantine_end(struct inv_quarantine *q, uint64_t rows,
    struct inv_err *err);

/* Who it is that corrects items here; kept. */
void inv_quarantine_by(struct inv_quarantine *q, struct inv_str user,
    struct inv_str login);

/* What a person does, in the same transaction as what that changes. */
struct inv_action;
INV_MUST bool inv_quarantine_act(struct inv_quarantine *q,
    const struct inv_action *action, struct inv_err *err);

/* Something has been told that is not committed. */
bool inv_quarantine_pending(const struct inv_quarantine *q);
INV_MUST bool inv_quarantine_commit(struct inv_quarantine *q,
    struct inv_err *err);

const struct inv_quarantine_sums *
inv_quarantine_sums(const struct inv_quarantine *q);

/* ---- reading, while another process may write ---- */

enum inv_item_state {
	INV_ITEM_OPEN,
	INV_ITEM_CLOSED, /* skipped or committed */
	INV_ITEM_ALL,
};

enum inv_item_kept {
	INV_KEPT_ANY,
	INV_KEPT_ROW,  /* not purged */
	INV_KEPT_NONE, /* purged */
};

/* Which items.  Empty views and zeros match anything. */
struct inv_item_filter {
	enum inv_item_state state;
	struct inv_str reason;   /* of the last failure, whole */
	struct inv_str manifest; /* the beginning of its id, or its name */
	struct inv_str type;     /* of an error of the last failure */
	struct inv_str field;    /* that this error is about */
	struct inv_str severity; /* and of this error */
	struct inv_str search;   /* in what is said of it, and in the row */
	uint64_t since;          /* first failure, seconds since 1970 */
	uint64_t until;          /* then at the latest */
	uint64_t idle;           /* latest event, then at the latest */
	enum inv_item_kept kept;
	uint64_t behind; /* items of a higher number */
	bool one;        /* what follows is said, by an id */
	uint64_t submission;
	uint64_t row;          /* 0: a line without one */
	struct inv_str digest; /* the beginning, of such a line */
};

enum inv_item_form {
	INV_FORM_NONE,
	INV_FORM_RECORD, /* content is the JSON object */
	INV_FORM_RAW,    /* content is a JSON string */
	INV_FORM_BASE64, /* content is a JSON string of base64 */
	INV_FORM_PURGED, /* content is the SHA-256 of what was there, in a JSON
			    string of 64 hex digits */
};

/* One failure.  Texts are decoded but for those that are JSON. */
struct inv_item_event {
	enum inv_verdict verdict;
	uint64_t at; /* seconds since 1970 */
	struct inv_str run;
	struct inv_str name;
	struct inv_str reason;
	struct inv_str stage;
	struct inv_str errors; /* JSON list, or empty */
	struct inv_str more;   /* JSON object of further members, or empty */
	struct inv_str stages; /* the stage lines of the run, LF between them */
	enum inv_item_form form;
	struct inv_str content; /* the row as it came then, or before */
};

/*
 * What an event says of itself, its row included, but for the name and the stage
 * lines, which are its run's.
 */
void inv_item_event_hash(const struct inv_item_event *e,
    struct inv_digest *digest, char hex[INV_DIGEST_HEX]);

struct inv_item {
	char id[INV_ITEM_ID];
	uint64_t number; /* in the order of the first failure, from 1 */
	struct inv_str manifest;
	uint64_t submission;
	uint64_t row;             /* 0: a line without one */
	uint64_t line;            /* 0: unknown */
	enum inv_verdict verdict; /* the latest, a committed one being final */
	struct inv_item_event last; /* its latest failure */
	bool corrected; /* that is of a row that corrects it, and so is the
			   content; the name is that of its own manifest */
	uint64_t failures;
	uint64_t first_at;  /* the first failure */
	uint64_t closed_at; /* committed or skipped for good; 0: open */
	uint64_t latest_at; /* its latest event */
	uint64_t purged_at; /* and with it all that came from the row; or 0 */
};

bool inv_item_is_open(const struct inv_item *item);

/* The SHA-256 of its row, also where that is purged; of nothing without one. */
void inv_item_digest(const struct inv_item *item, struct inv_digest *digest,
    char hex[INV_DIGEST_HEX]);

/* open, skipped or committed. */
struct inv_str inv_item_state_name(const struct inv_item *item);

/*
 * What an id says, as a filter: the first 12 (or more) hex digits of the
 * manifest, "." and the submission where that is not 1, and "-" and the row;
 * or "-x" and the first 12 digits of the digest.  False if it is no id.  The
 * views are into id.
 */
INV_MUST bool inv_item_id_of(struct inv_str id, struct inv_item_filter *filter);

/* The id of a row: that of its item, if it is one. */
void inv_item_id(char id[INV_ITEM_ID], struct inv_str manifest,
    uint64_t submission, uint64_t row);

struct inv_quarantine_reader;

/* NULL with INV_NO where there is no quarantine, or as inv_db_open. */
INV_MUST struct inv_quarantine_reader *
inv_quarantine_read(const struct inv_state *state, struct inv_err *err);

/* The same for inv-quarantine itself, which brings an older one up first. */
INV_MUST struct inv_quarantine_reader *
inv_quarantine_read_own(const struct inv_state *state, struct inv_err *err);

/* The same in a database that is open, and stays the caller's. */
INV_MUST struct inv_quarantine_reader *inv_quarantine_read_in(struct inv_db *db,
    struct inv_err *err);
void inv_quarantine_read_close(struct inv_quarantine_reader *r);

/* From the first item that fits the filter, whose views must stay. */
void inv_quarantine_seek(struct inv_quarantine_reader *r,
    const struct inv_item_filter *filter);

/*
 * The next item, in the order of their first failure.  Good until the next
 * call.  Nothing is locked in between.
 */
INV_MUST enum inv_next inv_quarantine_next(struct inv_quarantine_reader *r,
    const struct inv_item **item, struct inv_err *err);

/*
 * How many items wait, by their last verdict, and since when the oldest has
 * (seconds since 1970; 0 where none waits).  No quarantine has none.
 */
INV_MUST bool inv_quarantine_waiting(const struct inv_state *state,
    uint64_t counts[INV_VERDICTS], uint64_t *oldest, struct inv_err *err);

/*
 * Hold each event against its hash; *n is how many have one.  INV_NO says which
 * differs, or is purged by nobody.  Changes nothing, as INV_DB_LOOK.
 */
INV_MUST bool inv_quarantine_hold(const struct inv_state *state, uint64_t *n,
    struct inv_err *err);

/*
 * Add the item as a JSON object that is left open for further members: "item",
 * "state" (open, skipped or committed), what its last failure said, and with
 * content the row itself, or its digest.
 */
void inv_item_emit(struct inv_buf *out, const struct inv_item *item,
    bool content);

/*
 * What is known of a manifest: its manifest line, of a run that had all of it
 * where there was one, added to *line; and its rows.  Nothing added, and 0,
 * where nothing was kept.
 */
INV_MUST bool inv_quarantine_origin(struct inv_quarantine_reader *r,
    struct inv_str manifest, uint64_t submission, struct inv_buf *line,
    uint64_t *rows, struct inv_err *err);

/*
 * The item was closed by this row of a manifest, which corrects it.
 */
INV_MUST bool inv_quarantine_resolved_by(struct inv_quarantine_reader *r,
    uint64_t number, struct inv_str manifest, uint64_t submission, uint64_t row,
    bool *is, struct inv_err *err);

/*
 * How that row is told, in `more` of an event: the member
 * "resolved_by":{"manifest":"...","row":N}.
 */
void inv_item_emit_row(struct inv_buf *out, const char *name,
    struct inv_str manifest, uint64_t row);

/*
 * Add the history of an item to out, a JSON list from the first event on; a
 * row itself is in it where it has changed since.  Does not disturb what next
 * has given.
 */
INV_MUST bool inv_quarantine_history(struct inv_quarantine_reader *r,
    uint64_t number, struct inv_buf *out, struct inv_err *err);

#endif
