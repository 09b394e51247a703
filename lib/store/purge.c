/* purge.c - take out of the quarantine what came from a row */

#include "store/purge.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/digest.h"
#include "data/emit.h"
#include "data/errors.h"
#include "data/record.h"

enum { TOLD_MAX = 4096 }; /* bytes of a reason or a stage in the action */

/* The statements, in the order of the table below. */
enum {
	NEXT_EVENT,
	PURGE_EVENT,
	NEXT_ACTION,
	PURGE_ACTION,
	STATEMENTS,
};

static const char *const sql[STATEMENTS] = {
	[NEXT_EVENT] = "SELECT id, form, content, more, errors FROM events"
		       " WHERE item = ?1 AND id > ?2 AND purged = 0"
		       " ORDER BY id LIMIT 1",
	[PURGE_EVENT] = "UPDATE events SET purged = ?2, more = ?3, form = ?4,"
			" content = ?5, errors = ?6, hash = '' WHERE id = ?1",
	[NEXT_ACTION] = "SELECT number, detail FROM action WHERE item = ?1"
			" AND manifest = ?2 AND verb = 'fix' AND number > ?3"
			" ORDER BY number LIMIT 1",
	[PURGE_ACTION] = "UPDATE action SET detail = ?2 WHERE number = ?1",
};

struct inv_purge {
	struct inv_stmt *stmt[STATEMENTS];
	struct inv_action_writer *actions;
	struct inv_digest *digest;
	struct inv_scan *scan;
	struct inv_buf more;
	struct inv_buf content; /* a JSON string of hex digits */
	struct inv_buf detail;
};

struct inv_purge *
inv_purge_new(struct inv_db *db, struct inv_err *err)
{
	struct inv_purge *p = inv_mem_new(sizeof(*p));
	bool ok = true;

	p->digest = inv_digest_new();
	p->scan = inv_scan_new();
	p->more = INV_BUF(INV_ITEM_TEXT_MAX + 64);
	p->content = INV_BUF(INV_DIGEST_HEX + 2);
	p->detail = INV_BUF(INV_ACTION_DETAIL_MAX);
	for (int i = 0; ok && i < STATEMENTS; i++) {
		p->stmt[i] = inv_db_prepare(db, sql[i], err);
		ok = p->stmt[i] != NULL;
	}
	if (ok)
		p->actions = inv_action_writer_new(db, err);
	if (p->actions != NULL)
		return p;
	inv_purge_free(p);
	return NULL;
}

void
inv_purge_free(struct inv_purge *p)
{
	if (p == NULL)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		inv_stmt_free(p->stmt[i]);
	inv_action_writer_free(p->actions);
	inv_digest_free(p->digest);
	inv_scan_free(p->scan);
	inv_buf_free(&p->more);
	inv_buf_free(&p->content);
	inv_buf_free(&p->detail);
	free(p);
}

/* ---- events ---- */

/*
 * Which row of a manifest corrects the item: what was said of it here, and
 * nothing else that a line may have put there.
 */
static void
keep_row(struct inv_purge *p, const char *name)
{
	const struct inv_member *m =
	    inv_member_find(inv_scan_outer(p->scan), name);
	struct inv_str manifest = INV_LIT("");
	struct inv_member part;
	struct inv_str rest;
	uint64_t row = 0;

	if (m == NULL || m->kind != INV_KIND_OBJECT)
		return;
	rest = m->value;
	while (inv_scan_each(&rest, &part))
		if (inv_str_is(part.key, "manifest"))
			manifest = inv_member_inner(&part);
		else if (inv_str_is(part.key, "row") &&
		    !inv_str_u64(part.value, 1, INV_ROW_MAX, &row))
			row = 0;
	if (manifest.n == INV_MANIFEST_ID && inv_str_is_hex(manifest) &&
	    row > 0)
		inv_item_emit_row(&p->more, name, manifest, row);
}

static bool
is_damaged(struct inv_err *err)
{
	return inv_fail(err, INV_BAD, "quarantine: an event is damaged");
}

/* One that was CRITICAL asks for an approval as before. */
static bool
keep_errors(struct inv_purge *p, struct inv_str errors, struct inv_str *kept,
    struct inv_err *err)
{
	const struct inv_members *m;

	*kept = INV_LIT("");
	if (errors.n == 0)
		return true;
	inv_buf_reset(&p->more);
	inv_emit_open(&p->more, '{');
	inv_emit_member_raw(&p->more, INV_LIT("errors"), errors);
	inv_emit_close(&p->more, '}');
	if (!inv_scan_line(p->scan, inv_buf_str(&p->more), err))
		return is_damaged(err);
	m = inv_scan_outer(p->scan);
	if (m->at[0].kind == INV_KIND_ARRAY && inv_errors_are_critical(errors))
		*kept = INV_LIT("[{\"severity\":\"CRITICAL\"}]");
	return true;
}

static bool
keep_more(struct inv_purge *p, struct inv_str more, struct inv_err *err)
{
	inv_buf_reset(&p->more);
	if (more.n == 0)
		return true;
	if (!inv_scan_line(p->scan, more, err))
		return is_damaged(err);
	inv_emit_open(&p->more, '{');
	keep_row(p, "resolved_by");
	keep_row(p, "corrected_by");
	inv_emit_close(&p->more, '}');
	if (p->more.n == 2)
		inv_buf_reset(&p->more);
	return true;
}

static void
digest_of(struct inv_purge *p, struct inv_str content)
{
	char hex[INV_DIGEST_HEX];

	inv_digest_hex_of(p->digest, content, hex);
	inv_buf_reset(&p->content);
	inv_emit_str(&p->content, (struct inv_str){ hex, sizeof(hex) });
}

/* The event that NEXT_EVENT stands at; its row is read no more behind this. */
static bool
take_event(struct inv_purge *p, uint64_t at, uint64_t *id, struct inv_err *err)
{
	struct inv_stmt *from = p->stmt[NEXT_EVENT];
	struct inv_stmt *to = p->stmt[PURGE_EVENT];
	bool none = inv_stmt_is_null(from, 2);
	uint64_t form = inv_stmt_u64(from, 1);
	struct inv_str content = inv_stmt_str(from, 2);
	struct inv_str errors;
	bool ok = keep_errors(p, inv_stmt_str(from, 4), &errors, err) &&
	    keep_more(p, inv_stmt_str(from, 3), err);

	*id = inv_stmt_u64(from, 0);
	inv_buf_reset(&p->content);
	if (content.n > 0) {
		digest_of(p, content);
		form = INV_FORM_PURGED;
	}
	inv_stmt_reset(from);
	if (!ok)
		return false;
	inv_stmt_bind_u64(to, 1, *id);
	inv_stmt_bind_u64(to, 2, at);
	inv_stmt_bind_text(to, 3, inv_buf_str(&p->more));
	inv_stmt_bind_u64(to, 4, form);
	inv_stmt_bind_text(to, 5, inv_buf_str(&p->content));
	inv_stmt_bind_text(to, 6, errors);
	if (none) {
		inv_stmt_bind_null(to, 4);
		inv_stmt_bind_null(to, 5);
	}
	return inv_stmt_run(to, err);
}

static bool
purge_events(struct inv_purge *p, uint64_t item, uint64_t at,
    struct inv_err *err)
{
	struct inv_stmt *st = p->stmt[NEXT_EVENT];
	enum inv_step step = INV_STEP_ROW;
	uint64_t id = 0;

	while (step == INV_STEP_ROW) {
		inv_stmt_bind_u64(st, 1, item);
		inv_stmt_bind_u64(st, 2, id);
		step = inv_stmt_step(st, err);
		if (step == INV_STEP_ROW && !take_event(p, at, &id, err))
			return false;
	}
	return step == INV_STEP_DONE;
}

/* ---- corrections ---- */

static bool
take_action(struct inv_purge *p, uint64_t *number, struct inv_err *err)
{
	struct inv_stmt *from = p->stmt[NEXT_ACTION];
	struct inv_stmt *to = p->stmt[PURGE_ACTION];

	*number = inv_stmt_u64(from, 0);
	inv_buf_reset(&p->detail);
	bool has =
	    inv_action_forget(p->scan, inv_stmt_str(from, 1), &p->detail);

	inv_stmt_reset(from);
	if (!has)
		return true;
	inv_stmt_bind_u64(to, 1, *number);
	inv_stmt_bind_text(to, 2, inv_buf_str(&p->detail));
	return inv_stmt_run(to, err);
}

static bool
purge_patches(struct inv_purge *p, const struct inv_item *item,
    struct inv_err *err)
{
	struct inv_stmt *st = p->stmt[NEXT_ACTION];
	enum inv_step step = INV_STEP_ROW;
	uint64_t number = 0;

	while (step == INV_STEP_ROW) {
		inv_stmt_bind_text(st, 1, inv_str_of(item->id));
		inv_stmt_bind_text(st, 2, item->manifest);
		inv_stmt_bind_u64(st, 3, number);
		step = inv_stmt_step(st, err);
		if (step == INV_STEP_ROW && !take_action(p, &number, err))
			return false;
	}
	return step == INV_STEP_DONE;
}

/* ---- the trace ---- */

static void
tell(struct inv_buf *b, const char *name, struct inv_str s)
{
	if (s.n <= TOLD_MAX)
		inv_emit_member_str(b, inv_str_of(name), s);
}

static void
tell_time(struct inv_buf *b, const char *name, uint64_t at)
{
	char text[INV_CLOCK_TEXT];

	inv_clock_text((int64_t)at, text);
	inv_emit_member_str(b, inv_str_of(name), inv_str_of(text));
}

/* What has gone, and what the item was. */
static void
tell_item(struct inv_purge *p, const struct inv_item *item, uint64_t approval)
{
	struct inv_buf *b = &p->detail;
	char hex[INV_DIGEST_HEX];

	inv_buf_reset(b);
	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("state"), inv_item_state_name(item));
	inv_emit_member_str(b, INV_LIT("verdict"),
	    inv_verdict_name(item->last.verdict));
	tell(b, "reason", item->last.reason);
	tell(b, "stage", item->last.stage);
	tell_time(b, "first_failure", item->first_at);
	tell_time(b, "last_failure", item->last.at);
	if (item->last.content.n > 0) {
		inv_item_digest(item, p->digest, hex);
		inv_emit_member_str(b, INV_LIT("content_sha256"),
		    (struct inv_str){ hex, sizeof(hex) });
	}
	if (approval > 0)
		inv_emit_member_u64(b, INV_LIT("approval"), approval);
	inv_emit_close(b, '}');
}

bool
inv_purge_item(struct inv_purge *p, const struct inv_item *item,
    const struct inv_action *action, uint64_t approval, struct inv_err *err)
{
	struct inv_action a = *action;

	if (!purge_events(p, item->number, a.at, err) ||
	    !purge_patches(p, item, err))
		return false;
	tell_item(p, item, approval);
	a.item = inv_str_of(item->id);
	a.manifest = item->manifest;
	a.submission = item->submission;
	a.row = item->row;
	a.detail = inv_buf_str(&p->detail);
	return inv_action_add(p->actions, &a, err);
}
