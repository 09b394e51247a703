/*
 * quarantine.c - the rows that need a person: the half that writes
 *
 * A transaction begins with the first thing that has to be written and ends
 * with inv_quarantine_commit, which the caller calls before what he has told
 * us leaves him.
 */

#include "store/quarantine.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rows.h"
#include "data/digest.h"
#include "data/emit.h"
#include "data/patch.h"
#include "store/action.h"
#include "store/quarantine_db.h"

enum {
	STAGES_MAX = 1 << 20,      /* bytes of a run's stage lines */
	DIGEST_BYTES = 16,         /* of a line without a row */
	NAME_MAX_BYTES = 64 << 10, /* of a manifest's name */
	DETAIL_REST = 256, /* bytes of an action's detail beside the patch */
};

static const char no_manifest[] =
    "0000000000000000000000000000000000000000000000000000000000000000";

/* The statements, in the order of the table below. */
enum {
	ADD_BLOCK,
	FIND_BLOCK,
	ADD_RUN,
	FIND_RUN,
	SET_STAGES,
	SET_ROWS,
	ADD_ITEM,
	ADD_FAILURE,
	OPEN_ROWS,
	CLOSE_ROWS,
	FIND_ITEM,
	FIRST_CONTENT,
	COUNT_ACTIONS,
	STATEMENTS,
};

static const char *const sql[STATEMENTS] = {
	[ADD_BLOCK] = "INSERT INTO blocks(manifest, submission) VALUES(?1, ?2)"
		      " ON CONFLICT DO NOTHING",
	[FIND_BLOCK] =
	    "SELECT id FROM blocks WHERE manifest = ?1 AND submission = ?2",
	[ADD_RUN] = "INSERT INTO runs(block, run, name, stages, manifest)"
		    " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
	[FIND_RUN] = "SELECT id FROM runs WHERE block = ?1 AND run = ?2",
	/* A run that is told again has said as much before. */
	[SET_STAGES] = "UPDATE runs SET stages = ?2 WHERE id = ?1"
		       " AND length(stages) < length(?2)",
	[SET_ROWS] = "UPDATE runs SET rows = ?2 WHERE id = ?1 AND rows <> ?2",
	[ADD_ITEM] = "INSERT INTO items(block, row, digest, line)"
		     " VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
	[ADD_FAILURE] =
	    "INSERT INTO events(item, run, at, verdict, reason, stage, errors,"
	    " more, form, content, hash)"
	    " SELECT i.id, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
	    "  CASE WHEN c.content IS ?12 AND c.form IS ?11 THEN NULL"
	    "   ELSE ?11 END,"
	    "  CASE WHEN c.content IS ?12 AND c.form IS ?11 THEN NULL"
	    "   ELSE ?12 END, ?13"
	    " FROM items i LEFT JOIN events c ON c.id = i.content"
	    " WHERE i.block = ?1 AND i.row = ?2 AND i.digest = ?3"
	    " ON CONFLICT DO NOTHING",
	[OPEN_ROWS] = "SELECT row FROM items WHERE block = ?1 AND row > 0"
		      " AND verdict >= 3 ORDER BY row",
	[CLOSE_ROWS] =
	    "INSERT INTO events(item, run, at, verdict, reason, stage, errors,"
	    " more, form, content, hash)"
	    " SELECT id, ?4, ?5, ?6, ?7, ?8, '', ?9,"
	    "  iif(?10 = '', NULL, 1), nullif(?10, ''), ?11 FROM items"
	    " WHERE block = ?1 AND row BETWEEN ?2 AND ?3 AND digest = ''"
	    " AND verdict >= 3 ON CONFLICT DO NOTHING",
	[FIND_ITEM] = "SELECT b.id, b.manifest FROM items i"
		      " JOIN blocks b ON b.id = i.block"
		      " WHERE b.manifest >= ?1 AND b.manifest < ?1 || 'g'"
		      " AND b.submission = ?2 AND i.row = ?3 AND i.digest = ''",
	[FIRST_CONTENT] =
	    "SELECT e.form, e.content FROM events e JOIN items i ON i.id = e.item"
	    " WHERE i.block = ?1 AND i.row = ?2 AND i.digest = ''"
	    " AND e.content IS NOT NULL ORDER BY e.id LIMIT 1",
	[COUNT_ACTIONS] = "SELECT count(*) FROM action"
			  " WHERE item = ?1 AND verb = ?2 AND detail = ?3",
};

struct inv_quarantine {
	const struct inv_state *state;
	struct inv_db *db; /* NULL: not opened */
	struct inv_stmt *stmt[STATEMENTS];
	struct inv_action_writer *actions; /* NULL: none so far */
	struct inv_digest *digest;
	bool writing; /* a transaction is under way */
	int64_t now;  /* of its beginning */

	/* The run under way. */
	struct inv_buf manifest;
	struct inv_buf run;
	struct inv_buf name;
	struct inv_buf line;
	struct inv_buf stages; /* LF between them */
	uint64_t submission;
	uint64_t block_id; /* 0: not looked up, or not there */
	uint64_t run_id;   /* 0: not written */
	bool open_known;   /* open_rows has been read */
	bool open_many;    /* too many to keep: ask the database */
	struct inv_rows open_rows;
	struct inv_quarantine_sums sums;
	struct inv_str user; /* who corrects items */
	struct inv_str login;
	struct inv_scan *before; /* records, to compare; NULL: none so far */
	struct inv_scan *after;

	/* Of the line at hand. */
	struct inv_buf more;
	struct inv_buf reason;
	struct inv_buf stage;
	char hash[INV_DIGEST_HEX]; /* of its event */
};

struct inv_quarantine *
inv_quarantine_new(const struct inv_state *state)
{
	struct inv_quarantine *q = inv_mem_new(sizeof(*q));

	q->state = state;
	q->digest = inv_digest_new();
	q->manifest = INV_BUF(INV_MANIFEST_ID);
	q->run = INV_BUF(INV_RUN_ID);
	q->name = INV_BUF(NAME_MAX_BYTES);
	q->line = INV_BUF(INV_ITEM_TEXT_MAX);
	q->stages = INV_BUF(STAGES_MAX);
	q->more = INV_BUF(INV_ITEM_TEXT_MAX);
	q->reason = INV_BUF(INV_ITEM_TEXT_MAX);
	q->stage = INV_BUF(INV_ITEM_TEXT_MAX);
	inv_quarantine_begin(q, NULL);
	return q;
}

void
inv_quarantine_free(struct inv_quarantine *q)
{
	if (q == NULL)
		return;
	inv_action_writer_free(q->actions);
	inv_db_close(q->db);
	inv_digest_free(q->digest);
	inv_scan_free(q->before);
	inv_scan_free(q->after);
	inv_rows_free(&q->open_rows);
	inv_buf_free(&q->manifest);
	inv_buf_free(&q->run);
	inv_buf_free(&q->name);
	inv_buf_free(&q->line);
	inv_buf_free(&q->stages);
	inv_buf_free(&q->more);
	inv_buf_free(&q->reason);
	inv_buf_free(&q->stage);
	free(q);
}

void
inv_quarantine_by(struct inv_quarantine *q, struct inv_str user,
    struct inv_str login)
{
	q->user = user;
	q->login = login;
}

static void
set(struct inv_buf *b, struct inv_str s)
{
	inv_buf_reset(b);
	inv_buf_add(b, s);
}

void
inv_quarantine_begin(struct inv_quarantine *q,
    const struct inv_quarantine_run *run)
{
	const struct inv_quarantine_run none = {
		.manifest = { no_manifest, INV_MANIFEST_ID },
		.submission = 1,
		.run = { no_manifest, INV_RUN_ID },
	};

	if (run == NULL)
		run = &none;
	set(&q->manifest, run->manifest);
	set(&q->run, run->run);
	set(&q->name, run->name);
	set(&q->line, run->line);
	inv_buf_reset(&q->stages);
	q->submission = run->submission;
	q->block_id = q->run_id = 0;
	q->open_known = q->open_many = false;
}

/* ---- the database ---- */

static bool
open_db(struct inv_quarantine *q, struct inv_err *err)
{
	if (q->db != NULL)
		return true;
	q->db = inv_quarantine_db(q->state, INV_DB_WRITE, err);
	if (q->db == NULL)
		return false;
	for (int i = 0; i < STATEMENTS; i++) {
		q->stmt[i] = inv_db_prepare(q->db, sql[i], err);
		if (q->stmt[i] == NULL)
			return false;
	}
	return true;
}

/* One number that a statement gives; *v is 0 where it gives none. */
static bool
ask(struct inv_stmt *st, uint64_t *v, struct inv_err *err)
{
	*v = 0;
	switch (inv_stmt_step(st, err)) {
	case INV_STEP_ROW:
		*v = inv_stmt_u64(st, 0);
		inv_stmt_reset(st);
		return true;
	case INV_STEP_DONE:
		return true;
	case INV_STEP_ERR:
		break;
	}
	return false;
}

static bool
find_block(struct inv_quarantine *q, struct inv_err *err)
{
	struct inv_stmt *st = q->stmt[FIND_BLOCK];

	inv_stmt_bind_text(st, 1, inv_buf_str(&q->manifest));
	inv_stmt_bind_u64(st, 2, q->submission);
	return ask(st, &q->block_id, err);
}

static bool
add_block(struct inv_quarantine *q, struct inv_err *err)
{
	struct inv_stmt *st = q->stmt[ADD_BLOCK];

	inv_stmt_bind_text(st, 1, inv_buf_str(&q->manifest));
	inv_stmt_bind_u64(st, 2, q->submission);
	return inv_stmt_run(st, err) && find_block(q, err);
}

static bool
add_run(struct inv_quarantine *q, struct inv_err *err)
{
	struct inv_stmt *st = q->stmt[ADD_RUN];

	inv_stmt_bind_u64(st, 1, q->block_id);
	inv_stmt_bind_text(st, 2, inv_buf_str(&q->run));
	inv_stmt_bind_text(st, 3, inv_buf_str(&q->name));
	inv_stmt_bind_text(st, 4, inv_buf_str(&q->stages));
	inv_stmt_bind_text(st, 5, inv_buf_str(&q->line));
	if (!inv_stmt_run(st, err))
		return false;
	st = q->stmt[FIND_RUN];
	inv_stmt_bind_u64(st, 1, q->block_id);
	inv_stmt_bind_text(st, 2, inv_buf_str(&q->run));
	return ask(st, &q->run_id, err);
}

/* A transaction in which the run is known. */
static bool
begin_writing(struct inv_quarantine *q, struct inv_err *err)
{
	if (!q->writing) {
		if (!open_db(q, err) || !inv_db_begin(q->db, err))
			return false;
		q->writing = true;
		q->now = inv_clock_wall();
	}
	if (q->run_id != 0)
		return true;
	return add_block(q, err) && add_run(q, err);
}

bool
inv_quarantine_pending(const struct inv_quarantine *q)
{
	return q->writing;
}

bool
inv_quarantine_commit(struct inv_quarantine *q, struct inv_err *err)
{
	if (!q->writing)
		return true;
	q->writing = false;
	return inv_db_commit(q->db, err);
}

const struct inv_quarantine_sums *
inv_quarantine_sums(const struct inv_quarantine *q)
{
	return &q->sums;
}

bool
inv_quarantine_stage(struct inv_quarantine *q, struct inv_str line,
    struct inv_err *err)
{
	/* What does not fit is left out. */
	if (!inv_buf_room(&q->stages, line.n + 1)) {
		q->stages.failed = false;
		return true;
	}
	if (q->stages.n > 0)
		inv_buf_byte(&q->stages, '\n');
	inv_buf_add(&q->stages, line);
	if (q->run_id == 0)
		return true;
	/* inv-split says its counts at the end, when the run is known. */
	if (!begin_writing(q, err))
		return false;
	struct inv_stmt *st = q->stmt[SET_STAGES];

	inv_stmt_bind_u64(st, 1, q->run_id);
	inv_stmt_bind_text(st, 2, inv_buf_str(&q->stages));
	return inv_stmt_run(st, err);
}

bool
inv_quarantine_end(struct inv_quarantine *q, uint64_t rows, struct inv_err *err)
{
	struct inv_stmt *st;

	if (q->run_id == 0)
		return true;
	if (!begin_writing(q, err))
		return false;
	st = q->stmt[SET_ROWS];
	inv_stmt_bind_u64(st, 1, q->run_id);
	inv_stmt_bind_u64(st, 2, rows);
	return inv_stmt_run(st, err);
}

bool
inv_quarantine_act(struct inv_quarantine *q, const struct inv_action *action,
    struct inv_err *err)
{
	if (!begin_writing(q, err))
		return false;
	if (q->actions == NULL)
		q->actions = inv_action_writer_new(q->db, err);
	return q->actions != NULL && inv_action_add(q->actions, action, err);
}

/* ---- a line ---- */

static void
decode(struct inv_buf *b, struct inv_str raw)
{
	inv_buf_reset(b);
	if (raw.n > 0 && inv_buf_room(b, raw.n))
		b->n = inv_text_decode(raw, b->p);
}

/* The members of a line that have no column of their own, as an object. */
static void
gather_more(struct inv_quarantine *q, const struct inv_record *rec)
{
	static const char *const known[] = { "type", "manifest", "row", "rows",
		"line", "chunk", "verdict", "stage", "reason", "evidence",
		"errors", "record", "raw", "raw_base64", "items", NULL };
	struct inv_buf *b = &q->more;

	inv_buf_reset(b);
	inv_emit_open(b, '{');
	for (size_t i = 0; i < rec->outer->n; i++) {
		const struct inv_member *m = &rec->outer->at[i];
		size_t k = 0;

		while (known[k] != NULL && !inv_str_is(m->key, known[k]))
			k++;
		if (known[k] == NULL)
			inv_emit_member_raw(b, m->key, m->value);
	}
	inv_emit_close(b, '}');
	if (b->n == 2)
		inv_buf_reset(b);
}

/* What the line says of its verdict; a batch line has its own words for it. */
static void
gather(struct inv_quarantine *q, const struct inv_record *rec)
{
	if (rec->kind == INV_LINE_BATCH) {
		decode(&q->reason, inv_member_text(rec->outer, "evidence"));
		set(&q->stage, INV_LIT("inv-commit"));
	} else {
		decode(&q->reason, rec->reason);
		decode(&q->stage, inv_member_text(rec->outer, "stage"));
	}
	gather_more(q, rec);
}

/* What of the line is the row itself, and in which form. */
static enum inv_item_form
content_of(const struct inv_record *rec, struct inv_str *content)
{
	static const struct {
		const char *name;
		enum inv_item_form form;
	} forms[] = { { "raw", INV_FORM_RAW },
		{ "raw_base64", INV_FORM_BASE64 } };

	*content = rec->record;
	if (rec->record.n > 0)
		return INV_FORM_RECORD;
	for (size_t i = 0; i < 2; i++) {
		const struct inv_member *m =
		    inv_member_find(rec->outer, forms[i].name);

		if (m == NULL || m->kind != INV_KIND_STRING)
			continue;
		*content = m->value;
		return forms[i].form;
	}
	*content = INV_LIT("");
	return INV_FORM_NONE;
}

/* What tells a line without a row from others: its bytes. */
static struct inv_str
digest_of(struct inv_quarantine *q, const struct inv_record *rec,
    struct inv_str content, char hex[INV_DIGEST_HEX])
{
	if (rec->row > 0)
		return INV_LIT("");
	inv_digest_hex_of(q->digest, content.n > 0 ? content : rec->text, hex);
	return (struct inv_str){ hex, 2 * DIGEST_BYTES };
}

/* The item that a line is about: its own row, or what that corrects. */
struct target {
	uint64_t block;
	uint64_t row;
	struct inv_str digest; /* of a line without a row */
	char manifest[INV_MANIFEST_ID];
	uint64_t submission;
};

static bool
add_item(struct inv_quarantine *q, const struct inv_record *rec,
    struct inv_str digest, struct inv_err *err)
{
	struct inv_stmt *st = q->stmt[ADD_ITEM];

	inv_stmt_bind_u64(st, 1, q->block_id);
	inv_stmt_bind_u64(st, 2, rec->row);
	inv_stmt_bind_text(st, 3, digest);
	inv_stmt_bind_u64(st, 4, rec->line);
	if (!inv_stmt_run(st, err))
		return false;
	q->sums.fresh += inv_db_changes(q->db);
	return true;
}

/* Of an event of the line at hand, as it is added. */
static void
hash_of(struct inv_quarantine *q, const struct inv_record *rec,
    struct inv_str errors, enum inv_item_form form, struct inv_str content)
{
	const struct inv_item_event e = {
		.verdict = rec->verdict,
		.at = (uint64_t)q->now,
		.run = inv_buf_str(&q->run),
		.reason = inv_buf_str(&q->reason),
		.stage = inv_buf_str(&q->stage),
		.errors = errors,
		.more = inv_buf_str(&q->more),
		.form = form,
		.content = content,
	};

	inv_item_event_hash(&e, q->digest, q->hash);
}

static bool
add_event(struct inv_quarantine *q, const struct inv_record *rec,
    const struct target *t, struct inv_err *err)
{
	const struct inv_member *errors = inv_member_find(rec->outer, "errors");
	struct inv_stmt *st = q->stmt[ADD_FAILURE];
	struct inv_str content;
	enum inv_item_form form = content_of(rec, &content);
	struct inv_str said = errors != NULL ? errors->value : INV_LIT("");

	hash_of(q, rec, said, form, content);
	inv_stmt_bind_u64(st, 1, t->block);
	inv_stmt_bind_u64(st, 2, t->row);
	inv_stmt_bind_text(st, 3, t->digest);
	inv_stmt_bind_u64(st, 4, q->run_id);
	inv_stmt_bind_u64(st, 5, (uint64_t)q->now);
	inv_stmt_bind_u64(st, 6, rec->verdict);
	inv_stmt_bind_text(st, 7, inv_buf_str(&q->reason));
	inv_stmt_bind_text(st, 8, inv_buf_str(&q->stage));
	inv_stmt_bind_text(st, 9, said);
	inv_stmt_bind_text(st, 10, inv_buf_str(&q->more));
	inv_stmt_bind_u64(st, 11, form);
	inv_stmt_bind_text(st, 12, content);
	inv_stmt_bind_text(st, 13, (struct inv_str){ q->hash, INV_DIGEST_HEX });
	q->sums.failed[rec->verdict]++;
	if (!inv_stmt_run(st, err))
		return false;
	q->sums.told += inv_db_changes(q->db);
	return true;
}

static bool
add_failure(struct inv_quarantine *q, const struct inv_record *rec,
    struct inv_err *err)
{
	char hex[INV_DIGEST_HEX];
	struct inv_str content;
	struct target t = { .row = rec->row };

	(void)content_of(rec, &content);
	t.block = q->block_id;
	t.digest = digest_of(q, rec, content, hex);
	return add_item(q, rec, t.digest, err) && add_event(q, rec, &t, err);
}

/* Read which rows of this manifest are open, once in a run. */
static bool
load_open(struct inv_quarantine *q, struct inv_err *err)
{
	enum inv_step step = INV_STEP_DONE;

	q->open_known = true;
	inv_rows_reset(&q->open_rows);
	if (q->db == NULL && !inv_quarantine_is_there(q->state))
		return true;
	if (!open_db(q, err) || (q->block_id == 0 && !find_block(q, err)))
		return false;
	if (q->block_id == 0)
		return true;
	struct inv_stmt *st = q->stmt[OPEN_ROWS];

	inv_stmt_bind_u64(st, 1, q->block_id);
	while ((step = inv_stmt_step(st, err)) == INV_STEP_ROW) {
		uint64_t row = inv_stmt_u64(st, 0);

		if (!inv_rows_add(&q->open_rows, row, row)) {
			q->open_many = true;
			inv_stmt_reset(st);
			return true;
		}
	}
	return step == INV_STEP_DONE;
}

/* There may be open items among first..last. */
static bool
may_close(struct inv_quarantine *q, uint64_t first, uint64_t last, bool *may,
    struct inv_err *err)
{
	if (!q->open_known && !load_open(q, err))
		return false;
	*may = q->open_many ||
	    (q->open_rows.n > 0 &&
		(first < last || inv_rows_has(&q->open_rows, first)));
	return true;
}

/*
 * An end for the open items among first..last of that block; record is what
 * one was corrected to, or empty.
 */
static bool
add_ends(struct inv_quarantine *q, const struct inv_record *rec, uint64_t block,
    uint64_t first, uint64_t last, struct inv_str record, struct inv_err *err)
{
	struct inv_stmt *st = q->stmt[CLOSE_ROWS];

	hash_of(q, rec, INV_LIT(""),
	    record.n > 0 ? INV_FORM_RECORD : INV_FORM_NONE, record);
	inv_stmt_bind_u64(st, 1, block);
	inv_stmt_bind_u64(st, 2, first);
	inv_stmt_bind_u64(st, 3, last);
	inv_stmt_bind_u64(st, 4, q->run_id);
	inv_stmt_bind_u64(st, 5, (uint64_t)q->now);
	inv_stmt_bind_u64(st, 6, rec->verdict);
	inv_stmt_bind_text(st, 7, inv_buf_str(&q->reason));
	inv_stmt_bind_text(st, 8, inv_buf_str(&q->stage));
	inv_stmt_bind_text(st, 9, inv_buf_str(&q->more));
	inv_stmt_bind_text(st, 10, record);
	inv_stmt_bind_text(st, 11, (struct inv_str){ q->hash, INV_DIGEST_HEX });
	if (!inv_stmt_run(st, err))
		return false;
	q->sums.closed += inv_db_changes(q->db);
	return true;
}

static bool
close_rows(struct inv_quarantine *q, const struct inv_record *rec,
    uint64_t first, uint64_t last, struct inv_err *err)
{
	bool may;

	if (!may_close(q, first, last, &may, err))
		return false;
	if (!may)
		return true;
	gather(q, rec);
	return begin_writing(q, err) &&
	    add_ends(q, rec, q->block_id, first, last, INV_LIT(""), err);
}

/* ---- rows that correct an item ---- */

/* The item of that id, if it is of another manifest than this. */
static bool
find_target(struct inv_quarantine *q, struct inv_str id, struct target *t,
    bool *found, struct inv_err *err)
{
	struct inv_item_filter which;
	enum inv_step step;

	*found = false;
	if (!inv_item_id_of(id, &which) || which.row == 0 ||
	    (which.submission == q->submission &&
		inv_str_starts(inv_buf_str(&q->manifest), which.manifest)))
		return true;
	if (q->db == NULL && !inv_quarantine_is_there(q->state))
		return true;
	if (!open_db(q, err))
		return false;
	struct inv_stmt *st = q->stmt[FIND_ITEM];

	inv_stmt_bind_text(st, 1, which.manifest);
	inv_stmt_bind_u64(st, 2, which.submission);
	inv_stmt_bind_u64(st, 3, which.row);
	*t = (struct target){ .row = which.row,
		.submission = which.submission,
		.digest = INV_LIT("") };
	while ((step = inv_stmt_step(st, err)) == INV_STEP_ROW) {
		struct inv_str manifest = inv_stmt_str(st, 1);

		*found = t->block == 0 && manifest.n == INV_MANIFEST_ID;
		t->block = inv_stmt_u64(st, 0);
		if (*found)
			memcpy(t->manifest, manifest.p, manifest.n);
	}
	return step == INV_STEP_DONE;
}

/* A row of this block that corrects something, and what became of it. */
struct correction {
	uint64_t row;
	struct inv_str why;    /* as written; or empty */
	struct inv_str record; /* what was committed; or empty */
	bool superseded;
	struct inv_str of; /* by which row, a JSON object; or empty */
};

static void
need_scans(struct inv_quarantine *q)
{
	if (q->before != NULL)
		return;
	q->before = inv_scan_new();
	q->after = inv_scan_new();
}

/* What the item was when it came. */
static bool
read_first(struct inv_quarantine *q, const struct target *t,
    enum inv_item_form *form, struct inv_buf *text, struct inv_err *err)
{
	struct inv_stmt *st = q->stmt[FIRST_CONTENT];

	inv_stmt_bind_u64(st, 1, t->block);
	inv_stmt_bind_u64(st, 2, t->row);
	if (inv_stmt_step(st, err) != INV_STEP_ROW)
		return false;
	*form = (enum inv_item_form)inv_stmt_u64(st, 0);
	inv_buf_add(text, inv_stmt_str(st, 1));
	inv_stmt_reset(st);
	return true;
}

/* All of the record where there was none before. */
static bool
make_patch(struct inv_quarantine *q, struct inv_str first, struct inv_str last,
    struct inv_buf *patch, struct inv_err *err)
{
	need_scans(q);
	if ((first.n > 0 && !inv_scan_object(q->before, first, err)) ||
	    !inv_scan_object(q->after, last, err))
		return false;
	inv_patch_emit(patch, first.n > 0 ? inv_scan_record(q->before) : NULL,
	    inv_scan_record(q->after));
	return true;
}

/* From the record as it came, if it is there, to that which was committed. */
static bool
add_patch(struct inv_quarantine *q, const struct target *t,
    const struct correction *c, struct inv_buf *detail, struct inv_err *err)
{
	struct inv_buf first = INV_BUF(INV_ITEM_TEXT_MAX);
	struct inv_buf patch = INV_BUF(INV_ITEM_TEXT_MAX);
	enum inv_item_form form = INV_FORM_NONE;
	bool ok = read_first(q, t, &form, &first, err);

	if (form != INV_FORM_RECORD)
		inv_buf_reset(&first);
	if (ok && form != INV_FORM_PURGED) {
		ok = make_patch(q, inv_buf_str(&first), c->record, &patch, err);
		if (detail->n + patch.n + DETAIL_REST < INV_ACTION_DETAIL_MAX)
			inv_emit_member_raw(detail, INV_LIT("patch"),
			    inv_buf_str(&patch));
		else
			inv_emit_member_bool(detail, INV_LIT("patch_too_long"),
			    true);
	}
	inv_buf_free(&first);
	inv_buf_free(&patch);
	return ok;
}

/* The same again, of a run that comes once more, is not written down twice. */
static bool
note_once(struct inv_quarantine *q, const struct inv_action *a,
    struct inv_err *err)
{
	struct inv_stmt *st = q->stmt[COUNT_ACTIONS];
	uint64_t n;

	inv_stmt_bind_text(st, 1, a->item);
	inv_stmt_bind_text(st, 2, a->verb);
	inv_stmt_bind_text(st, 3, a->detail);
	return ask(st, &n, err) && (n > 0 || inv_quarantine_act(q, a, err));
}

static bool
note_correction(struct inv_quarantine *q, const struct target *t,
    const struct correction *c, struct inv_err *err)
{
	struct inv_buf detail = INV_BUF(INV_ACTION_DETAIL_MAX);
	struct inv_str manifest = { t->manifest, INV_MANIFEST_ID };
	struct inv_buf why = INV_BUF(INV_ACTION_WHY_MAX);
	char id[INV_ITEM_ID];
	bool ok = true;

	inv_item_id(id, manifest, t->submission, t->row);
	decode(&why, c->why);
	inv_emit_open(&detail, '{');
	if (!c->superseded)
		inv_item_emit_row(&detail, "resolved_by",
		    inv_buf_str(&q->manifest), c->row);
	else
		inv_emit_member_raw(&detail, INV_LIT("superseded"),
		    c->of.n > 0 ? c->of : INV_LIT("{}"));
	if (!c->superseded && c->record.n > 0)
		ok = add_patch(q, t, c, &detail, err);
	inv_emit_close(&detail, '}');
	ok = ok &&
	    note_once(q,
		&(struct inv_action){ .at = (uint64_t)q->now,
		    .verb = INV_LIT("fix"),
		    .item = inv_str_of(id),
		    .manifest = manifest,
		    .submission = t->submission,
		    .row = t->row,
		    .user = q->user,
		    .login = q->login,
		    .why = inv_buf_str(&why),
		    .detail = inv_buf_str(&detail) },
		err);
	inv_buf_free(&detail);
	inv_buf_free(&why);
	return ok;
}

/* What the event says beside what its line does: which row it was. */
static void
say_row(struct inv_quarantine *q, const char *name, uint64_t row)
{
	if (q->more.n == 0)
		inv_emit_open(&q->more, '{');
	else
		q->more.n--;
	inv_item_emit_row(&q->more, name, inv_buf_str(&q->manifest), row);
	inv_emit_close(&q->more, '}');
}

/* The row is done with, and with it the item, unless that was before. */
static bool
close_target(struct inv_quarantine *q, const struct inv_record *rec,
    const struct target *t, const struct correction *c, struct inv_err *err)
{
	uint64_t before = q->sums.closed;

	gather(q, rec);
	say_row(q, "resolved_by", c->row);
	return begin_writing(q, err) &&
	    (c->superseded ||
		add_ends(q, rec, t->block, t->row, t->row, c->record, err)) &&
	    ((!c->superseded && q->sums.closed == before) ||
		note_correction(q, t, c, err));
}

static bool
is_superseded(const struct inv_record *rec)
{
	return rec->verdict == INV_SKIPPED &&
	    inv_str_is(rec->reason, "superseded");
}

/* A member of that kind as it is written; empty where there is none. */
static struct inv_str
member_raw(const struct inv_members *m, const char *name, enum inv_kind kind)
{
	const struct inv_member *is = inv_member_find(m, name);

	return is != NULL && is->kind == kind ? is->value : INV_LIT("");
}

/* A record line with `item`, and a verdict. */
static bool
take_correction(struct inv_quarantine *q, const struct inv_record *rec,
    const struct target *t, struct inv_err *err)
{
	const struct correction c = {
		.row = rec->row,
		.why = inv_member_text(rec->outer, "why"),
		.record = rec->record,
		.superseded = is_superseded(rec),
		.of = member_raw(rec->outer, "of", INV_KIND_OBJECT),
	};

	if (rec->verdict == INV_COMMITTED || rec->verdict == INV_SKIPPED)
		return close_rows(q, rec, rec->row, rec->row, err) &&
		    close_target(q, rec, t, &c, err);
	gather(q, rec);
	say_row(q, "corrected_by", rec->row);
	return begin_writing(q, err) && add_event(q, rec, t, err);
}

/* One of the `items` of a batch line. */
static bool
take_item(struct inv_quarantine *q, const struct inv_record *rec,
    struct inv_str text, struct inv_err *err)
{
	struct correction c = { .superseded = false };
	struct target t;
	bool found;

	need_scans(q);
	if (!inv_scan_line(q->after, text, err))
		return false;
	const struct inv_members *m = inv_scan_outer(q->after);

	if (!inv_member_u64(m, "row", &c.row))
		return inv_fail(err, INV_BAD, "an item without its row");
	c.why = inv_member_text(m, "why");
	c.record = member_raw(m, "record", INV_KIND_OBJECT);
	return find_target(q, inv_member_text(m, "item"), &t, &found, err) &&
	    (!found || close_target(q, rec, &t, &c, err));
}

static bool
take_items(struct inv_quarantine *q, const struct inv_record *rec,
    struct inv_err *err)
{
	struct inv_str rest = member_raw(rec->outer, "items", INV_KIND_ARRAY);
	struct inv_member one;

	while (rest.n > 0 && inv_scan_each(&rest, &one))
		if (!take_item(q, rec, one.value, err))
			return false;
	return true;
}

bool
inv_quarantine_row(struct inv_quarantine *q, const struct inv_record *rec,
    struct inv_err *err)
{
	struct inv_str item = inv_member_text(rec->outer, "item");
	struct target t;
	bool found = false;

	if (rec->verdict != INV_PENDING && rec->row > 0 && item.n > 0 &&
	    !find_target(q, item, &t, &found, err))
		return false;
	if (item.n > 0 && is_superseded(rec))
		q->sums.superseded++;
	if (found)
		return take_correction(q, rec, &t, err);
	if (item.n > 0 && is_superseded(rec))
		return true;
	switch (rec->verdict) {
	case INV_PENDING:
		return true;
	case INV_COMMITTED:
	case INV_SKIPPED:
		return rec->row == 0 ||
		    close_rows(q, rec, rec->row, rec->row, err);
	case INV_QUARANTINED:
	case INV_HELD:
	case INV_AMBIGUOUS:
		gather(q, rec);
		return begin_writing(q, err) && add_failure(q, rec, err);
	}
	return true;
}

bool
inv_quarantine_batch(struct inv_quarantine *q, const struct inv_record *rec,
    struct inv_err *err)
{
	const struct inv_member *m = inv_member_find(rec->outer, "rows");
	struct inv_rows rows = { 0 };
	bool ok = inv_record_rows(m->value, &rows) ||
	    inv_fail(err, INV_BAD, "a batch line without its rows");

	for (size_t i = 0; ok && i < rows.n; i++)
		ok = close_rows(q, rec, rows.range[i].first, rows.range[i].last,
		    err);
	inv_rows_free(&rows);
	return ok && take_items(q, rec, err);
}
