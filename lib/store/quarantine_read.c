/*
 * quarantine_read.c - the rows that need a person: the half that reads
 *
 * Items are read a page at a time and copied, so that nothing is locked while
 * the caller writes to whoever reads slowly.
 */

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/emit.h"
#include "store/quarantine.h"
#include "store/quarantine_db.h"
#include "store/quarantine_fit.h"

enum {
	ID_MANIFEST = 12, /* hex digits of a manifest in an id */
	ID_DIGEST = 12,   /* and of a digest */
	TEXT_MAX = INV_ITEM_PAGE_BYTES + 4 * INV_ITEM_TEXT_MAX,
};

/* The columns, in the order of the statement. */
enum {
	ITEM,
	SUBMISSION,
	ROW,
	LINE,
	STATE,
	VERDICT,
	AT,
	FORM,
	FAILURES,
	FIRST_AT,
	CLOSED_AT,
	CORRECTED,
	LATEST_AT,
	PURGED_AT,
	MANIFEST, /* from here on texts */
	DIGEST,
	RUN,
	NAME,
	REASON,
	STAGE,
	ERRORS,
	MORE,
	STAGES,
	CONTENT,
	COLUMNS,
};

#define SELECT                                                                 \
	"SELECT i.id, b.submission, i.row, i.line, i.verdict, l.verdict, "     \
	"l.at, c.form,"                                                        \
	" (SELECT count(*) FROM events WHERE item = i.id AND verdict >= 3),"   \
	" (SELECT min(at) FROM events WHERE item = i.id AND verdict >= 3),"    \
	" iif(i.verdict >= 3, 0, (SELECT min(at) FROM events"                  \
	"  WHERE item = i.id AND (id > i.last OR i.verdict = 1) AND"           \
	"  (verdict = i.verdict OR reason = 'already_committed'))),"           \
	" r.block <> i.block,"                                                 \
	" (SELECT max(at) FROM events WHERE item = i.id),"                     \
	" (SELECT purged FROM events WHERE item = i.id"                        \
	"  ORDER BY id DESC LIMIT 1),"                                         \
	" b.manifest, i.digest, r.run,"                                        \
	" iif(r.block = i.block, r.name, (SELECT name FROM runs"               \
	"  WHERE block = i.block ORDER BY id DESC LIMIT 1)),"                  \
	" l.reason, l.stage, l.errors,"                                        \
	" l.more, r.stages, c.content"                                         \
	" FROM items i JOIN blocks b ON b.id = i.block"                        \
	" JOIN events l ON l.id = i.last JOIN runs r ON r.id = l.run"          \
	" JOIN events c ON c.id = i.content"                                   \
	" WHERE i.id > ?1 AND (?2 = 2 OR (i.verdict >= 3) = (?2 = 0))"         \
	" AND (?3 = '' OR l.reason = ?3)"

static const char select_all[] =
    SELECT " AND (?4 = '' OR (b.manifest >= ?4 AND b.manifest < ?4 || 'g')"
	   "  OR r.name = ?4 OR (r.block <> i.block AND EXISTS"
	   "   (SELECT 1 FROM runs WHERE block = i.block AND name = ?4)))"
	   " ORDER BY i.id";

static const char select_one[] =
    SELECT " AND i.block IN (SELECT id FROM blocks WHERE manifest >= ?4"
	   "  AND manifest < ?4 || 'g' AND submission = ?5) AND i.row = ?6"
	   " AND i.digest >= ?7 AND i.digest < ?7 || 'g' ORDER BY i.id";

static const char select_history[] =
    "SELECT e.verdict, e.at, r.run, r.name, e.reason, e.stage, e.errors,"
    " e.more, r.stages, e.form, e.content, e.id = i.content, e.purged"
    " FROM events e JOIN runs r ON r.id = e.run JOIN items i ON i.id = e.item"
    " WHERE e.item = ?1 ORDER BY e.id";

/* A block about all rows tells more than one about some. */
static const char select_origin[] =
    "SELECT r.manifest, (SELECT max(rows) FROM runs WHERE block = b.id)"
    " FROM blocks b JOIN runs r ON r.block = b.id"
    " WHERE b.manifest = ?1 AND b.submission = ?2 AND r.manifest <> ''"
    " ORDER BY instr(r.manifest, '\"subset\":'), r.id DESC LIMIT 1";

/* Items are numbered in the order of their first failures. */
static const char select_waiting[] =
    "SELECT verdict, count(*), (SELECT min(at) FROM events WHERE item ="
    " (SELECT min(id) FROM items WHERE verdict >= 3) AND verdict >= 3)"
    " FROM items WHERE verdict >= 3 GROUP BY verdict";

static const char select_resolved[] =
    "SELECT count(*) FROM events e JOIN runs r ON r.id = e.run"
    " JOIN blocks b ON b.id = r.block"
    " WHERE e.item = ?1 AND e.verdict < 3 AND b.manifest = ?2"
    " AND b.submission = ?3 AND instr(e.more, ?4) > 0";

/* One row of a page; texts are places in its bytes. */
struct line {
	uint64_t number[MANIFEST];
	size_t at[COLUMNS - MANIFEST];
	size_t n[COLUMNS - MANIFEST];
};

struct inv_quarantine_reader {
	struct inv_db *db;
	bool ours; /* to close */
	struct inv_stmt *all;
	struct inv_stmt *one;
	struct inv_stmt *history;
	struct inv_stmt *origin;
	struct inv_stmt *resolved;
	struct inv_scan *scan;
	struct inv_item_filter filter;
	uint64_t behind; /* the last item read */
	bool end;        /* there is no further page */
	struct line page[INV_ITEM_PAGE];
	size_t lines;
	size_t next;
	struct inv_buf bytes;
	struct inv_buf check; /* a part made a line */
	struct inv_item item;
};

struct inv_quarantine_reader *
inv_quarantine_read(const struct inv_state *state, struct inv_err *err)
{
	struct inv_db *db = inv_quarantine_db(state, INV_DB_READ, err);
	struct inv_quarantine_reader *r = NULL;

	if (db != NULL)
		r = inv_quarantine_read_in(db, err);
	if (r != NULL)
		r->ours = true;
	else
		inv_db_close(db);
	return r;
}

struct inv_quarantine_reader *
inv_quarantine_read_in(struct inv_db *db, struct inv_err *err)
{
	struct inv_quarantine_reader *r = inv_mem_new(sizeof(*r));

	r->bytes = INV_BUF(TEXT_MAX);
	r->check = INV_BUF(TEXT_MAX);
	r->scan = inv_scan_new();
	r->db = db;
	r->all = inv_db_prepare(r->db, select_all, err);
	if (r->all != NULL)
		r->one = inv_db_prepare(r->db, select_one, err);
	if (r->one != NULL)
		r->history = inv_db_prepare(r->db, select_history, err);
	if (r->history != NULL)
		r->origin = inv_db_prepare(r->db, select_origin, err);
	if (r->origin != NULL)
		r->resolved = inv_db_prepare(r->db, select_resolved, err);
	if (r->resolved != NULL)
		return r;
	inv_quarantine_read_close(r);
	return NULL;
}

struct inv_quarantine_reader *
inv_quarantine_read_own(const struct inv_state *state, struct inv_err *err)
{
	struct inv_quarantine_reader *r = inv_quarantine_read(state, err);
	struct inv_err why;
	struct inv_db *db;

	/* Older, newer, or none of ours: who may write finds out which. */
	if (r != NULL || err->fault != INV_CONFIG)
		return r;
	db = inv_quarantine_db(state, INV_DB_WRITE, &why);
	if (db == NULL)
		return NULL;
	inv_db_close(db);
	return inv_quarantine_read(state, err);
}

void
inv_quarantine_read_close(struct inv_quarantine_reader *r)
{
	if (r == NULL)
		return;
	inv_stmt_free(r->all);
	inv_stmt_free(r->one);
	inv_stmt_free(r->history);
	inv_stmt_free(r->origin);
	inv_stmt_free(r->resolved);
	if (r->ours)
		inv_db_close(r->db);
	inv_scan_free(r->scan);
	inv_buf_free(&r->bytes);
	inv_buf_free(&r->check);
	free(r);
}

bool
inv_quarantine_waiting(const struct inv_state *state,
    uint64_t counts[INV_VERDICTS], uint64_t *oldest, struct inv_err *err)
{
	enum inv_step step = INV_STEP_ERR;
	struct inv_stmt *st = NULL;

	memset(counts, 0, INV_VERDICTS * sizeof(*counts));
	*oldest = 0;
	if (!inv_quarantine_is_there(state))
		return true;
	struct inv_db *db = inv_quarantine_db(state, INV_DB_READ, err);

	if (db != NULL)
		st = inv_db_prepare(db, select_waiting, err);
	while (st != NULL && (step = inv_stmt_step(st, err)) == INV_STEP_ROW) {
		uint64_t verdict = inv_stmt_u64(st, 0);

		if (verdict < INV_VERDICTS)
			counts[verdict] = inv_stmt_u64(st, 1);
		*oldest = inv_stmt_u64(st, 2);
	}
	inv_db_close(db);
	return step == INV_STEP_DONE;
}

void
inv_quarantine_seek(struct inv_quarantine_reader *r,
    const struct inv_item_filter *filter)
{
	r->filter = *filter;
	r->behind = filter->behind;
	r->end = false;
	r->lines = r->next = 0;
}

static bool
split(struct inv_str s, char at, struct inv_str *before, struct inv_str *behind)
{
	const char *p = memchr(s.p, at, s.n);

	*before = s;
	*behind = (struct inv_str){ NULL, 0 };
	if (p == NULL)
		return false;
	before->n = (size_t)(p - s.p);
	*behind = (struct inv_str){ p + 1, s.n - before->n - 1 };
	return true;
}

/* The first of what is left; false where nothing is. */
static bool
next_line(struct inv_str *rest, struct inv_str *line)
{
	struct inv_str all = *rest;

	if (all.n == 0)
		return false;
	split(all, '\n', line, rest);
	return true;
}

/* ---- pages ---- */

static struct inv_stmt *
bind(struct inv_quarantine_reader *r)
{
	const struct inv_item_filter *f = &r->filter;
	struct inv_stmt *st = f->one ? r->one : r->all;

	inv_stmt_bind_u64(st, 1, r->behind);
	inv_stmt_bind_u64(st, 2, f->state);
	inv_stmt_bind_text(st, 3, f->reason);
	inv_stmt_bind_text(st, 4, f->manifest);
	if (!f->one)
		return st;
	inv_stmt_bind_u64(st, 5, f->submission);
	inv_stmt_bind_u64(st, 6, f->row);
	inv_stmt_bind_text(st, 7, f->digest);
	return st;
}

static void
keep(struct inv_quarantine_reader *r, struct inv_stmt *st)
{
	struct line *line = &r->page[r->lines++];

	for (int k = 0; k < MANIFEST; k++)
		line->number[k] = inv_stmt_u64(st, k);
	for (int k = MANIFEST; k < COLUMNS; k++) {
		struct inv_str s = inv_stmt_str(st, k);

		line->at[k - MANIFEST] = r->bytes.n;
		line->n[k - MANIFEST] = s.n;
		inv_buf_add(&r->bytes, s);
	}
	r->behind = line->number[ITEM];
}

static bool
turn_page(struct inv_quarantine_reader *r, struct inv_err *err)
{
	struct inv_stmt *st = bind(r);
	enum inv_step step = INV_STEP_ROW;

	r->lines = r->next = 0;
	inv_buf_reset(&r->bytes);
	while (r->lines < INV_ITEM_PAGE && r->bytes.n < INV_ITEM_PAGE_BYTES &&
	    (step = inv_stmt_step(st, err)) == INV_STEP_ROW)
		keep(r, st);
	if (step == INV_STEP_ERR)
		return false;
	if (step == INV_STEP_DONE)
		r->end = true;
	else
		inv_stmt_reset(st);
	return !r->bytes.failed ||
	    inv_fail(err, INV_INTERNAL, "quarantine: an item too large");
}

static struct inv_str
text(const struct inv_quarantine_reader *r, const struct line *line, int column)
{
	int k = column - MANIFEST;

	return (struct inv_str){ r->bytes.p + line->at[k], line->n[k] };
}

void
inv_item_id(char id[INV_ITEM_ID], struct inv_str manifest, uint64_t submission,
    uint64_t row)
{
	int n = snprintf(id, INV_ITEM_ID, "%.*s", ID_MANIFEST, manifest.p);
	size_t at = (size_t)n;

	if (submission != 1)
		at += (size_t)snprintf(id + at, INV_ITEM_ID - at, ".%ju",
		    (uintmax_t)submission);
	snprintf(id + at, INV_ITEM_ID - at, "-%ju", (uintmax_t)row);
}

/* A line without a row: in place of that an x and its digest. */
static void
name_item(struct inv_item *item, struct inv_str digest)
{
	inv_item_id(item->id, item->manifest, item->submission, item->row);
	if (item->row == 0) {
		size_t at = strlen(item->id) - 1;

		snprintf(item->id + at, sizeof(item->id) - at, "x%.*s",
		    ID_DIGEST, digest.p);
	}
}

/*
 * What is JSON in the database goes out as JSON, what is text as text: it had
 * better be.  Each part
 * is held to the limits of the line that it was taken from.
 */
static bool
is_part(struct inv_quarantine_reader *r, struct inv_str s)
{
	struct inv_err ignored;

	if (s.n == 0)
		return true;
	inv_buf_reset(&r->check);
	inv_emit_open(&r->check, '{');
	inv_emit_member_raw(&r->check, INV_LIT("part"), s);
	inv_emit_close(&r->check, '}');
	return !r->check.failed &&
	    inv_scan_line(r->scan, inv_buf_str(&r->check), &ignored);
}

static bool
are_lines(struct inv_quarantine_reader *r, struct inv_str lines)
{
	struct inv_err ignored;
	struct inv_str line;

	while (next_line(&lines, &line))
		if (!inv_scan_line(r->scan, line, &ignored))
			return false;
	return true;
}

static bool
is_content(struct inv_quarantine_reader *r, uint64_t form,
    struct inv_str content)
{
	struct inv_err ignored;

	switch ((enum inv_item_form)form) {
	case INV_FORM_NONE:
		return content.n == 0;
	case INV_FORM_RECORD:
		return inv_scan_object(r->scan, content, &ignored);
	case INV_FORM_RAW:
	case INV_FORM_BASE64:
		return content.n >= 2 && content.p[0] == '"' &&
		    is_part(r, content);
	case INV_FORM_PURGED:
		return content.n == INV_DIGEST_HEX + 2 && is_part(r, content);
	}
	return false;
}

static bool
is_sound(struct inv_quarantine_reader *r, const struct inv_item_event *e)
{
	return inv_utf8_all(e->run) && inv_utf8_all(e->name) &&
	    inv_utf8_all(e->reason) && inv_utf8_all(e->stage) &&
	    is_part(r, e->errors) && are_lines(r, e->more) &&
	    are_lines(r, e->stages);
}

static bool
verdict_in(uint64_t v, uint64_t min)
{
	return v >= min && v < INV_VERDICTS;
}

static bool
build(struct inv_quarantine_reader *r, const struct line *line,
    struct inv_err *err)
{
	const uint64_t *number = line->number;
	struct inv_item *item = &r->item;
	struct inv_str digest = text(r, line, DIGEST);

	*item = (struct inv_item){
		.number = number[ITEM],
		.manifest = text(r, line, MANIFEST),
		.submission = number[SUBMISSION],
		.row = number[ROW],
		.line = number[LINE],
		.verdict = (enum inv_verdict)number[STATE],
		.failures = number[FAILURES],
		.first_at = number[FIRST_AT],
		.closed_at = number[CLOSED_AT],
		.corrected = number[CORRECTED] != 0,
		.latest_at = number[LATEST_AT],
		.purged_at = number[PURGED_AT],
		.last = {
			.verdict = (enum inv_verdict)number[VERDICT],
			.at = number[AT],
			.run = text(r, line, RUN),
			.name = text(r, line, NAME),
			.reason = text(r, line, REASON),
			.stage = text(r, line, STAGE),
			.errors = text(r, line, ERRORS),
			.more = text(r, line, MORE),
			.stages = text(r, line, STAGES),
			.form = (enum inv_item_form)number[FORM],
			.content = text(r, line, CONTENT),
		},
	};
	if (item->manifest.n != INV_MANIFEST_ID ||
	    !inv_utf8_all(item->manifest) || !inv_utf8_all(digest) ||
	    (item->row == 0 && digest.n < ID_DIGEST) ||
	    !verdict_in(number[STATE], INV_COMMITTED) ||
	    !verdict_in(number[VERDICT], INV_QUARANTINED) ||
	    !is_sound(r, &item->last) ||
	    !is_content(r, number[FORM], item->last.content))
		return inv_fail(err, INV_BAD,
		    "quarantine: item number %ju is damaged",
		    (uintmax_t)item->number);
	name_item(item, digest);
	return true;
}

enum inv_next
inv_quarantine_next(struct inv_quarantine_reader *r,
    const struct inv_item **item, struct inv_err *err)
{
	do {
		if (r->next == r->lines && !r->end && !turn_page(r, err))
			return INV_NEXT_ERR;
		if (r->next == r->lines)
			return INV_NEXT_END;
		if (!build(r, &r->page[r->next++], err))
			return INV_NEXT_ERR;
	} while (!inv_item_fits(&r->item, &r->filter, &r->check));
	*item = &r->item;
	return INV_NEXT_LINE;
}

/* ---- what is said of them ---- */

bool
inv_item_is_open(const struct inv_item *item)
{
	return item->verdict >= INV_QUARANTINED;
}

void
inv_item_digest(const struct inv_item *item, struct inv_digest *digest,
    char hex[INV_DIGEST_HEX])
{
	if (item->last.form == INV_FORM_PURGED)
		memcpy(hex, item->last.content.p + 1, INV_DIGEST_HEX);
	else
		inv_digest_hex_of(digest, item->last.content, hex);
}

struct inv_str
inv_item_state_name(const struct inv_item *item)
{
	return inv_item_is_open(item) ? INV_LIT("open")
				      : inv_verdict_name(item->verdict);
}

static bool
is_hex(struct inv_str s, size_t min, size_t max)
{
	for (size_t i = 0; i < s.n; i++)
		if (memchr("0123456789abcdef", s.p[i], 16) == NULL)
			return false;
	return s.n >= min && s.n <= max;
}

bool
inv_item_id_of(struct inv_str id, struct inv_item_filter *filter)
{
	struct inv_str number;
	struct inv_str row;

	*filter = (struct inv_item_filter){
		.state = INV_ITEM_ALL,
		.one = true,
		.submission = 1,
	};
	if (id.n == 0 || !split(id, '-', &filter->manifest, &row))
		return false;
	if (split(filter->manifest, '.', &filter->manifest, &number) &&
	    !inv_str_u64(number, 1, INV_NUMBER_MAX, &filter->submission))
		return false;
	if (!is_hex(filter->manifest, ID_MANIFEST, INV_MANIFEST_ID))
		return false;
	if (row.n > 0 && row.p[0] == 'x') {
		filter->digest = (struct inv_str){ row.p + 1, row.n - 1 };
		return is_hex(filter->digest, ID_DIGEST, 64);
	}
	return inv_str_u64(row, 1, INV_ROW_MAX, &filter->row);
}

static void
emit_time(struct inv_buf *out, struct inv_str name, uint64_t at)
{
	char text_of[INV_CLOCK_TEXT];

	inv_clock_text((int64_t)at, text_of);
	inv_emit_member_str(out, name, inv_str_of(text_of));
}

static void
emit_content(struct inv_buf *out, enum inv_item_form form,
    struct inv_str content)
{
	switch (form) {
	case INV_FORM_NONE:
		return;
	case INV_FORM_RECORD:
		inv_emit_member_raw(out, INV_LIT("record"), content);
		return;
	case INV_FORM_RAW:
		inv_emit_member_raw(out, INV_LIT("raw"), content);
		return;
	case INV_FORM_BASE64:
		inv_emit_member_raw(out, INV_LIT("raw_base64"), content);
		return;
	case INV_FORM_PURGED:
		inv_emit_member_raw(out, INV_LIT("content_sha256"), content);
		return;
	}
}

static void
emit_event(struct inv_buf *out, const struct inv_item_event *e)
{
	inv_emit_member_str(out, INV_LIT("verdict"),
	    inv_verdict_name(e->verdict));
	inv_emit_member_str(out, INV_LIT("reason"), e->reason);
	inv_emit_member_str(out, INV_LIT("stage"), e->stage);
	inv_emit_member_str(out, INV_LIT("name"), e->name);
	inv_emit_member_str(out, INV_LIT("run"), e->run);
	if (e->errors.n > 0)
		inv_emit_member_raw(out, INV_LIT("errors"), e->errors);
	if (e->more.n > 0)
		inv_emit_member_raw(out, INV_LIT("more"), e->more);
}

void
inv_item_emit(struct inv_buf *out, const struct inv_item *item, bool content)
{
	inv_emit_open(out, '{');
	inv_emit_member_str(out, INV_LIT("item"), inv_str_of(item->id));
	inv_emit_member_str(out, INV_LIT("state"), inv_item_state_name(item));
	emit_event(out, &item->last);
	inv_emit_member_str(out, INV_LIT("manifest"), item->manifest);
	inv_emit_member_u64(out, INV_LIT("submission"), item->submission);
	if (item->row > 0)
		inv_emit_member_u64(out, INV_LIT("row"), item->row);
	if (item->line > 0)
		inv_emit_member_u64(out, INV_LIT("line"), item->line);
	if (content)
		emit_content(out, item->last.form, item->last.content);
	emit_time(out, INV_LIT("first_failure"), item->first_at);
	emit_time(out, INV_LIT("last_failure"), item->last.at);
	inv_emit_member_u64(out, INV_LIT("failures"), item->failures);
	if (item->purged_at > 0)
		emit_time(out, INV_LIT("purged_at"), item->purged_at);
}

static void
emit_stages(struct inv_buf *out, struct inv_str stages)
{
	struct inv_str line;

	if (stages.n == 0)
		return;
	inv_emit_key(out, INV_LIT("stages"));
	inv_emit_open(out, '[');
	while (next_line(&stages, &line))
		inv_emit_raw(out, line);
	inv_emit_close(out, ']');
}

static bool
emit_past(struct inv_quarantine_reader *r, struct inv_stmt *st,
    struct inv_buf *out, struct inv_err *err)
{
	const struct inv_item_event e = {
		.verdict = (enum inv_verdict)inv_stmt_u64(st, 0),
		.at = inv_stmt_u64(st, 1),
		.run = inv_stmt_str(st, 2),
		.name = inv_stmt_str(st, 3),
		.reason = inv_stmt_str(st, 4),
		.stage = inv_stmt_str(st, 5),
		.errors = inv_stmt_str(st, 6),
		.more = inv_stmt_str(st, 7),
		.stages = inv_stmt_str(st, 8),
		.form = (enum inv_item_form)inv_stmt_u64(st, 9),
		.content = inv_stmt_str(st, 10),
	};

	if (!verdict_in(inv_stmt_u64(st, 0), INV_COMMITTED) ||
	    !is_sound(r, &e) || !is_content(r, inv_stmt_u64(st, 9), e.content))
		return inv_fail(err, INV_BAD, "quarantine: history is damaged");
	inv_emit_open(out, '{');
	emit_time(out, INV_LIT("at"), e.at);
	emit_event(out, &e);
	if (inv_stmt_u64(st, 11) == 0)
		emit_content(out, e.form, e.content);
	if (inv_stmt_u64(st, 12) > 0)
		emit_time(out, INV_LIT("purged_at"), inv_stmt_u64(st, 12));
	emit_stages(out, e.stages);
	inv_emit_close(out, '}');
	return true;
}

bool
inv_quarantine_history(struct inv_quarantine_reader *r, uint64_t number,
    struct inv_buf *out, struct inv_err *err)
{
	struct inv_stmt *st = r->history;
	enum inv_step step;

	inv_emit_open(out, '[');
	inv_stmt_bind_u64(st, 1, number);
	while ((step = inv_stmt_step(st, err)) == INV_STEP_ROW)
		if (!emit_past(r, st, out, err)) {
			inv_stmt_reset(st);
			return false;
		}
	inv_emit_close(out, ']');
	return step == INV_STEP_DONE;
}

bool
inv_quarantine_origin(struct inv_quarantine_reader *r, struct inv_str manifest,
    uint64_t submission, struct inv_buf *line, uint64_t *rows,
    struct inv_err *err)
{
	struct inv_stmt *st = r->origin;

	*rows = 0;
	inv_stmt_bind_text(st, 1, manifest);
	inv_stmt_bind_u64(st, 2, submission);
	switch (inv_stmt_step(st, err)) {
	case INV_STEP_ROW:
		inv_buf_add(line, inv_stmt_str(st, 0));
		*rows = inv_stmt_u64(st, 1);
		inv_stmt_reset(st);
		return true;
	case INV_STEP_DONE:
		return true;
	case INV_STEP_ERR:
		break;
	}
	return false;
}

void
inv_item_emit_row(struct inv_buf *out, const char *name,
    struct inv_str manifest, uint64_t row)
{
	inv_emit_key(out, inv_str_of(name));
	inv_emit_open(out, '{');
	inv_emit_member_str(out, INV_LIT("manifest"), manifest);
	inv_emit_member_u64(out, INV_LIT("row"), row);
	inv_emit_close(out, '}');
}

bool
inv_quarantine_resolved_by(struct inv_quarantine_reader *r, uint64_t number,
    struct inv_str manifest, uint64_t submission, uint64_t row, bool *is,
    struct inv_err *err)
{
	struct inv_stmt *st = r->resolved;

	inv_buf_reset(&r->check);
	inv_item_emit_row(&r->check, "resolved_by", manifest, row);
	inv_stmt_bind_u64(st, 1, number);
	inv_stmt_bind_text(st, 2, manifest);
	inv_stmt_bind_u64(st, 3, submission);
	inv_stmt_bind_text(st, 4, inv_buf_str(&r->check));
	if (inv_stmt_step(st, err) != INV_STEP_ROW)
		return false;
	*is = inv_stmt_u64(st, 0) > 0;
	inv_stmt_reset(st);
	return true;
}
