/* quarantine_hash.c - what an event of the quarantine says, in one hash */

#include <stdio.h>

#include "store/quarantine.h"
#include "store/quarantine_db.h"

enum { CONTENT_MAX = INV_ITEM_TEXT_MAX };

/* The columns, in the order of the statement. */
enum {
	ID,
	ITEM,
	VERDICT,
	AT,
	FORM,
	PURGED, /* 2: and an action says so */
	HASH,   /* from here on texts */
	RUN,
	REASON,
	STAGE,
	ERRORS,
	MORE,
	CONTENT,
};

/* By the index of its key, so that no more than one item has to be sorted. */
static const char all[] =
    "SELECT e.id, e.item, e.verdict, e.at, e.form,"
    " iif(e.purged = 0, 0, iif(p.at IS NULL, 1, 2)), e.hash, r.run, e.reason,"
    " e.stage, e.errors, e.more, e.content"
    " FROM events e INDEXED BY sqlite_autoindex_events_1"
    " JOIN runs r ON r.id = e.run"
    " JOIN items i ON i.id = e.item JOIN blocks b ON b.id = i.block"
    " LEFT JOIN (SELECT DISTINCT manifest, submission, row, at FROM action"
    "  WHERE verb = 'purge') p ON p.at = e.purged AND p.row = i.row"
    "  AND p.manifest = b.manifest AND p.submission = b.submission"
    " ORDER BY e.item, e.id";

void
inv_item_event_hash(const struct inv_item_event *e, struct inv_digest *digest,
    char hex[INV_DIGEST_HEX])
{
	const struct inv_str parts[] = { e->run, e->reason, e->stage, e->errors,
		e->more, e->content };
	unsigned char hash[INV_DIGEST];
	char numbers[64];
	int n = snprintf(numbers, sizeof(numbers), "%d %ju %d", (int)e->verdict,
	    (uintmax_t)e->at, (int)e->form);

	inv_digest_begin(digest);
	inv_digest_part(digest, (struct inv_str){ numbers, (size_t)n });
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		inv_digest_part(digest, parts[i]);
	inv_digest_end(digest, hash);
	inv_str_hex(hash, sizeof(hash), hex);
}

struct holding {
	struct inv_digest *digest;
	uint64_t item;
	enum inv_item_form form; /* of what the item is by now */
	struct inv_buf content;
	uint64_t n;
};

/* The row as it is from this event on, where it does not say it again. */
static void
carry(struct holding *h, struct inv_stmt *st, struct inv_item_event *e)
{
	if (inv_stmt_u64(st, ITEM) != h->item) {
		h->item = inv_stmt_u64(st, ITEM);
		h->form = INV_FORM_NONE;
		inv_buf_reset(&h->content);
	}
	if (!inv_stmt_is_null(st, CONTENT)) {
		h->form = (enum inv_item_form)inv_stmt_u64(st, FORM);
		inv_buf_reset(&h->content);
		inv_buf_add(&h->content, inv_stmt_str(st, CONTENT));
	} else if (e->verdict < INV_QUARANTINED) {
		return; /* an end that has none */
	}
	e->form = h->form;
	e->content = inv_buf_str(&h->content);
}

/* Who purges takes the hash as well, and leaves an action. */
static bool
is_purge_told(struct inv_stmt *st, struct inv_err *err)
{
	return inv_stmt_u64(st, PURGED) != 1 ||
	    inv_fail(err, INV_NO,
		"quarantine/quarantine.db: event %ju is purged, and no action "
		"says so",
		(uintmax_t)inv_stmt_u64(st, ID));
}

static bool
hold(struct holding *h, struct inv_stmt *st, struct inv_err *err)
{
	struct inv_item_event e = {
		.verdict = (enum inv_verdict)inv_stmt_u64(st, VERDICT),
		.at = inv_stmt_u64(st, AT),
		.run = inv_stmt_str(st, RUN),
		.reason = inv_stmt_str(st, REASON),
		.stage = inv_stmt_str(st, STAGE),
		.errors = inv_stmt_str(st, ERRORS),
		.more = inv_stmt_str(st, MORE),
	};
	struct inv_str hash = inv_stmt_str(st, HASH);
	char hex[INV_DIGEST_HEX];

	carry(h, st, &e);
	if (!is_purge_told(st, err))
		return false;
	if (hash.n == 0)
		return true; /* purged, or older than hashes are */
	inv_item_event_hash(&e, h->digest, hex);
	h->n++;
	return inv_str_eq(hash, (struct inv_str){ hex, sizeof(hex) }) ||
	    inv_fail(err, INV_NO,
		"quarantine/quarantine.db: event %ju says otherwise than its "
		"hash",
		(uintmax_t)inv_stmt_u64(st, ID));
}

bool
inv_quarantine_hold(const struct inv_state *state, uint64_t *n,
    struct inv_err *err)
{
	struct holding h = { .content = INV_BUF(CONTENT_MAX) };
	struct inv_db *db = inv_quarantine_db(state, INV_DB_LOOK, err);
	enum inv_step step = INV_STEP_ERR;
	struct inv_stmt *st = NULL;

	*n = 0;
	if (db == NULL)
		return err->fault == INV_NO;
	h.digest = inv_digest_new();
	st = inv_db_prepare(db, all, err);
	while (st != NULL && (step = inv_stmt_step(st, err)) == INV_STEP_ROW)
		if (!hold(&h, st, err)) {
			step = INV_STEP_ERR;
			break;
		}
	*n = h.n;
	inv_db_close(db);
	inv_digest_free(h.digest);
	inv_buf_free(&h.content);
	return step == INV_STEP_DONE;
}
