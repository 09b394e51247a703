/* action.c - what people did with items, and why */

#include "store/action.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "data/digest.h"
#include "data/emit.h"
#include "store/quarantine_db.h"

enum {
	TEXTS_MAX = 4 * INV_ACTION_DETAIL_MAX, /* bytes of one action */
	MANIFEST_HEX = 64,
};

static const char insert[] =
    "INSERT INTO action(number, at, verb, item, manifest, submission, row,"
    " user, login, why, detail)"
    " SELECT coalesce(max(number), 0) + 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
    " ?9, ?10 FROM action";

static const char count[] =
    "SELECT count(*) FROM action WHERE item = ?1 AND verb = ?2";

static const char next_number[] =
    "SELECT coalesce(max(number), 0) + 1 FROM action";

#define SELECT                                                                 \
	"SELECT number, at, submission, row, verb, item, manifest, user, "     \
	"login, why, detail FROM action "

static const char next[] = SELECT "WHERE number > ?1 ORDER BY number LIMIT 1";

static const char of_item[] = SELECT "WHERE item = ?1 ORDER BY number";

/* Whatever sends a row on or closes it uses up what was approved before. */
static const char approving[] =
    SELECT "WHERE item = ?1 AND verb = 'approve' AND number < ?2"
	   " AND number > (SELECT coalesce(max(number), 0) FROM action"
	   "  WHERE item = ?1 AND verb IN ('resubmit', 'migrate', 'resolve',"
	   "  'release', 'purge')) ORDER BY number DESC LIMIT 1";

enum { FIRST_TEXT = 4, TEXTS = 7 };

struct inv_action_writer {
	struct inv_stmt *insert;
	struct inv_stmt *count;
	struct inv_stmt *number;
};

struct inv_action_writer *
inv_action_writer_new(struct inv_db *db, struct inv_err *err)
{
	struct inv_action_writer *w = inv_mem_new(sizeof(*w));

	w->insert = inv_db_prepare(db, insert, err);
	if (w->insert != NULL)
		w->count = inv_db_prepare(db, count, err);
	if (w->count != NULL)
		w->number = inv_db_prepare(db, next_number, err);
	if (w->number != NULL)
		return w;
	inv_action_writer_free(w);
	return NULL;
}

void
inv_action_writer_free(struct inv_action_writer *w)
{
	if (w == NULL)
		return;
	inv_stmt_free(w->insert);
	inv_stmt_free(w->count);
	inv_stmt_free(w->number);
	free(w);
}

bool
inv_action_add(struct inv_action_writer *w, const struct inv_action *a,
    struct inv_err *err)
{
	struct inv_stmt *st = w->insert;

	inv_stmt_bind_u64(st, 1, a->at);
	inv_stmt_bind_text(st, 2, a->verb);
	inv_stmt_bind_text(st, 3, a->item);
	inv_stmt_bind_text(st, 4, a->manifest);
	inv_stmt_bind_u64(st, 5, a->submission);
	inv_stmt_bind_u64(st, 6, a->row);
	inv_stmt_bind_text(st, 7, a->user);
	inv_stmt_bind_text(st, 8, a->login);
	inv_stmt_bind_text(st, 9, a->why);
	inv_stmt_bind_text(st, 10, a->detail);
	return inv_stmt_run(st, err);
}

bool
inv_action_number(struct inv_action_writer *w, uint64_t *number,
    struct inv_err *err)
{
	if (inv_stmt_step(w->number, err) != INV_STEP_ROW)
		return false;
	*number = inv_stmt_u64(w->number, 0);
	inv_stmt_reset(w->number);
	return true;
}

bool
inv_action_count(struct inv_action_writer *w, struct inv_str item,
    struct inv_str verb, uint64_t *n, struct inv_err *err)
{
	struct inv_stmt *st = w->count;

	*n = 0;
	inv_stmt_bind_text(st, 1, item);
	inv_stmt_bind_text(st, 2, verb);
	if (inv_stmt_step(st, err) != INV_STEP_ROW)
		return false;
	*n = inv_stmt_u64(st, 0);
	inv_stmt_reset(st);
	return true;
}

/* ---- reading ---- */

struct inv_action_reader {
	struct inv_db *db;
	bool lent; /* the caller's, who closes it later */
	struct inv_stmt *next;
	struct inv_stmt *of_item;
	struct inv_stmt *approving;
	struct inv_scan *scan;
	uint64_t behind;
	struct inv_buf texts;
};

/* db may be NULL, with *err. */
static struct inv_action_reader *
open_reader(struct inv_db *db, uint64_t behind, bool lent, struct inv_err *err)
{
	struct inv_action_reader *r = inv_mem_new(sizeof(*r));

	r->behind = behind;
	r->texts = INV_BUF(TEXTS_MAX);
	r->scan = inv_scan_new();
	r->db = db;
	r->lent = lent;
	if (r->db != NULL)
		r->next = inv_db_prepare(r->db, next, err);
	if (r->next != NULL)
		r->of_item = inv_db_prepare(r->db, of_item, err);
	if (r->of_item != NULL)
		r->approving = inv_db_prepare(r->db, approving, err);
	if (r->approving != NULL)
		return r;
	inv_actions_close(r);
	return NULL;
}

struct inv_action_reader *
inv_actions_read(const struct inv_state *state, uint64_t behind,
    struct inv_err *err)
{
	return open_reader(inv_quarantine_db(state, INV_DB_READ, err), behind,
	    false, err);
}

struct inv_action_reader *
inv_actions_read_in(struct inv_db *db, struct inv_err *err)
{
	return open_reader(db, 0, true, err);
}

struct inv_action_reader *
inv_actions_look(const struct inv_state *state, struct inv_err *err)
{
	return open_reader(inv_quarantine_db(state, INV_DB_LOOK, err), 0, false,
	    err);
}

void
inv_actions_close(struct inv_action_reader *r)
{
	if (r == NULL)
		return;
	inv_stmt_free(r->next);
	inv_stmt_free(r->of_item);
	inv_stmt_free(r->approving);
	if (!r->lent)
		inv_db_close(r->db);
	inv_scan_free(r->scan);
	inv_buf_free(&r->texts);
	free(r);
}

/* Copy the texts, so that the statement can go on or end. */
static void
keep_texts(struct inv_action_reader *r, struct inv_stmt *st,
    struct inv_action *a)
{
	struct inv_str *const texts[TEXTS] = { &a->verb, &a->item, &a->manifest,
		&a->user, &a->login, &a->why, &a->detail };
	size_t at[TEXTS];

	inv_buf_reset(&r->texts);
	for (int i = 0; i < TEXTS; i++) {
		struct inv_str s = inv_stmt_str(st, FIRST_TEXT + i);

		at[i] = r->texts.n;
		texts[i]->n = s.n;
		inv_buf_add(&r->texts, s);
	}
	for (int i = 0; i < TEXTS; i++)
		texts[i]->p = r->texts.p + at[i];
}

/* The action that the statement stands at. */
static bool
take(struct inv_action_reader *r, struct inv_stmt *st, struct inv_action *a,
    struct inv_err *err)
{
	struct inv_err ignored;

	*a = (struct inv_action){
		.number = inv_stmt_u64(st, 0),
		.at = inv_stmt_u64(st, 1),
		.submission = inv_stmt_u64(st, 2),
		.row = inv_stmt_u64(st, 3),
	};
	keep_texts(r, st, a);
	if (r->texts.failed || a->manifest.n != MANIFEST_HEX ||
	    a->submission == 0 || memchr(a->detail.p, '\n', a->detail.n) ||
	    !inv_scan_object(r->scan, a->detail, &ignored))
		return inv_fail(err, INV_BAD,
		    "quarantine: action %ju is damaged", (uintmax_t)a->number);
	return true;
}

enum inv_next
inv_actions_next(struct inv_action_reader *r, struct inv_action *a,
    struct inv_err *err)
{
	bool ok;

	inv_stmt_bind_u64(r->next, 1, r->behind);
	switch (inv_stmt_step(r->next, err)) {
	case INV_STEP_DONE:
		return INV_NEXT_END;
	case INV_STEP_ERR:
		return INV_NEXT_ERR;
	case INV_STEP_ROW:
		break;
	}
	ok = take(r, r->next, a, err);
	inv_stmt_reset(r->next);
	if (ok && a->number != r->behind + 1)
		ok = inv_fail(err, INV_BAD, "quarantine: action %ju is missing",
		    (uintmax_t)(r->behind + 1));
	if (!ok)
		return INV_NEXT_ERR;
	r->behind = a->number;
	return INV_NEXT_LINE;
}

enum inv_next
inv_actions_approving(struct inv_action_reader *r, struct inv_str item,
    uint64_t below, struct inv_action *a, struct inv_err *err)
{
	inv_stmt_bind_text(r->approving, 1, item);
	inv_stmt_bind_u64(r->approving, 2, below);
	switch (inv_stmt_step(r->approving, err)) {
	case INV_STEP_DONE:
		return INV_NEXT_END;
	case INV_STEP_ERR:
		return INV_NEXT_ERR;
	case INV_STEP_ROW:
		break;
	}
	bool ok = take(r, r->approving, a, err);

	inv_stmt_reset(r->approving);
	return ok ? INV_NEXT_LINE : INV_NEXT_ERR;
}

bool
inv_actions_of(struct inv_action_reader *r, struct inv_str item,
    struct inv_buf *out, struct inv_err *err)
{
	struct inv_action a;
	enum inv_step step;

	inv_emit_open(out, '[');
	inv_stmt_bind_text(r->of_item, 1, item);
	while ((step = inv_stmt_step(r->of_item, err)) == INV_STEP_ROW) {
		if (!take(r, r->of_item, &a, err)) {
			inv_stmt_reset(r->of_item);
			return false;
		}
		inv_action_emit(out, &a);
	}
	inv_emit_close(out, ']');
	return step == INV_STEP_DONE;
}

bool
inv_action_forget(struct inv_scan *scan, struct inv_str detail,
    struct inv_buf *out)
{
	char hex[INV_DIGEST_HEX];
	const struct inv_member *patch;
	const struct inv_members *m;
	struct inv_digest *digest;
	struct inv_err ignored;

	if (!inv_scan_object(scan, detail, &ignored))
		return false;
	m = inv_scan_record(scan);
	patch = inv_member_find(m, "patch");
	if (patch == NULL)
		return false;
	digest = inv_digest_new();
	inv_digest_hex_of(digest, patch->value, hex);
	inv_digest_free(digest);
	inv_emit_open(out, '{');
	for (size_t i = 0; i < m->n; i++)
		if (&m->at[i] == patch)
			inv_emit_member_str(out, INV_LIT("patch_sha256"),
			    (struct inv_str){ hex, sizeof(hex) });
		else
			inv_emit_member_raw(out, m->at[i].key, m->at[i].value);
	inv_emit_close(out, '}');
	return !out->failed;
}

void
inv_action_emit(struct inv_buf *out, const struct inv_action *a)
{
	char at[INV_CLOCK_TEXT];

	inv_clock_text((int64_t)a->at, at);
	inv_emit_open(out, '{');
	inv_emit_member_u64(out, INV_LIT("number"), a->number);
	inv_emit_member_str(out, INV_LIT("at"), inv_str_of(at));
	inv_emit_member_str(out, INV_LIT("verb"), a->verb);
	inv_emit_member_str(out, INV_LIT("item"), a->item);
	inv_emit_member_str(out, INV_LIT("user"), a->user);
	if (a->login.n > 0)
		inv_emit_member_str(out, INV_LIT("login"), a->login);
	if (a->why.n > 0)
		inv_emit_member_str(out, INV_LIT("why"), a->why);
	inv_emit_member_raw(out, INV_LIT("detail"), a->detail);
	inv_emit_close(out, '}');
}
