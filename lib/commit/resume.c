/*
 * resume.c - a block of the stream for each manifest that had open intents
 *
 * Told when all replays are settled, and before anything is read.  The lines
 * that the rows came on are gone: their records are in the bodies, which are in
 * the journal where the intent is still open, else in the spill.
 */

#include <stdlib.h>

#include "base/mem.h"
#include "commit/uploader.h"
#include "data/emit.h"
#include "data/files.h"

enum { NAME_DIGITS = 12 }; /* of a manifest whose name is not known */

void
inv_resume_keep(struct inv_uploader *u, struct inv_batch *b)
{
	struct inv_err err;
	bool whole = b->outcome == INV_OUTCOME_COMMITTED && b->partial == NULL;

	if (!u->o->resume || b->chunk != NULL || whole ||
	    b->outcome == INV_OUTCOME_OPEN)
		return;
	b->spilled_n = b->body.n;
	if (!inv_spill_add(&u->spill, inv_buf_str(&b->body), &b->spilled, &err))
		inv_uploader_fail(u, &err);
}

/* ---- a batch ---- */

static bool
read_body(struct inv_uploader *u, const struct inv_batch *b,
    struct inv_buf *body, struct inv_err *err)
{
	struct inv_str s;

	if (b->outcome == INV_OUTCOME_OPEN)
		return inv_journal_body(u->journal, b->seq, body, err);
	if (!inv_spill_read(&u->spill, b->spilled, b->spilled_n, &s, err))
		return false;
	inv_buf_add(body, s);
	inv_spill_drop(&u->spill, b->spilled, b->spilled_n);
	return true;
}

/* The rows of its body; those of b->rows may be the committed ones only. */
static struct inv_rows
rows_of(const struct inv_batch *b)
{
	struct inv_rows rows = { 0 };

	for (size_t i = 0; b->keys != NULL && i < b->n; i++)
		inv_rows_join(&rows, b->keys[i].row, b->keys[i].row);
	for (size_t i = 0; b->keys == NULL && i < b->rows.n; i++)
		inv_rows_join(&rows, b->rows.range[i].first,
		    b->rows.range[i].last);
	return rows;
}

/* The record line that a row would have come on, but for `line`. */
static void
put_line(struct inv_buf *line, const struct inv_batch *b, uint64_t row,
    struct inv_str record, struct inv_str files)
{
	inv_buf_reset(line);
	inv_emit_open(line, '{');
	inv_emit_member_str(line, INV_LIT("type"), INV_LIT("record"));
	inv_emit_member_str(line, INV_LIT("manifest"),
	    (struct inv_str){ b->of.manifest, INV_MANIFEST_SHORT });
	inv_emit_member_u64(line, INV_LIT("row"), row);
	inv_emit_member_u64(line, INV_LIT("chunk"), b->of.chunk);
	inv_emit_member_raw(line, INV_LIT("record"), record);
	if (files.n > 0)
		inv_emit_member_raw(line, INV_LIT("attachments"), files);
	inv_emit_close(line, '}');
}

static bool
add_row(struct inv_uploader *u, struct inv_batch *b, uint64_t row,
    struct inv_str record, struct inv_str files, struct inv_err *err)
{
	const struct inv_chunk_tools tools = { u->canon, u->digest, b->keyed_by,
		u->scan, b->of.arrival, .arrivals = NULL };
	struct inv_buf line = INV_BUF(INV_LINE_MAX);
	struct inv_record rec;
	struct inv_str list;

	put_line(&line, b, row, record, files);
	bool ok = inv_record_parse(u->f->scan, inv_buf_str(&line), &rec, err) &&
	    inv_chunk_files_of(&rec, &list, err) &&
	    inv_chunk_add(b->chunk, &rec, list, &tools, err);

	inv_buf_free(&line);
	return ok;
}

/* Its rows as lines in a chunk of its own, as if they had been read. */
static bool
fill(struct inv_uploader *u, struct inv_batch *b, struct inv_str body,
    struct inv_err *err)
{
	struct inv_str files = inv_buf_str(&b->files);
	struct inv_rows rows = rows_of(b);
	struct inv_member element;
	bool ok = true;

	b->n = 0;
	b->member = inv_mem_resize(NULL, rows.count, sizeof(*b->member));
	for (size_t i = 0; ok && i < rows.n; i++)
		for (uint64_t r = rows.range[i].first;
		     ok && r <= rows.range[i].last; r++) {
			ok = inv_scan_each(&body, &element) &&
			    add_row(u, b, r, element.value,
				inv_files_of(&files, r), err);
			b->member[b->n] = b->n;
			b->n++;
		}
	inv_rows_free(&rows);
	return ok;
}

static void
tell_rows(struct inv_uploader *u, struct inv_batch *b)
{
	struct inv_buf body = INV_BUF(INV_BATCH_BODY_MAX);
	struct inv_err err;

	b->chunk = inv_chunk_new(&u->spill);
	inv_chunk_reset(b->chunk, b->of.chunk);
	if (!read_body(u, b, &body, &err) ||
	    !fill(u, b, inv_buf_str(&body), &err))
		inv_uploader_fail(u, &err);
	else if (b->partial != NULL)
		inv_partial_tell(u, b);
	else
		inv_settle_rows(u, b);
	inv_buf_free(&body);
	inv_chunk_free(b->chunk);
	free(b->member);
	b->chunk = NULL;
	b->member = NULL;
}

/*
 * Which row of a refused batch is at fault is told when it is halved, which
 * needs its manifest.
 */
static void
tell_batch(struct inv_uploader *u, struct inv_batch *b)
{
	if (b->outcome == INV_OUTCOME_COMMITTED) {
		inv_settle_batch_line(u, b, &b->rows);
		if (b->partial == NULL)
			return;
	} else if (b->outcome == INV_OUTCOME_REFUSED && b->n > 1 &&
	    b->partial == NULL) {
		b->verdict = INV_HELD;
		b->reason = "not_attempted";
	}
	tell_rows(u, b);
}

/* ---- a block ---- */

static void
put_manifest(struct inv_buf *l, const struct inv_batch *b,
    const struct inv_rows *subset)
{
	struct inv_str id = { b->of.manifest, INV_MANIFEST_ID };
	unsigned char bits[INV_RUN_ID / 2];
	char run[INV_RUN_ID];

	inv_random(bits, sizeof(bits));
	inv_str_hex(bits, sizeof(bits), run);
	inv_emit_open(l, '{');
	inv_emit_member_str(l, INV_LIT("type"), INV_LIT("manifest"));
	inv_emit_member_u64(l, INV_LIT("v"), 1);
	inv_emit_member_str(l, INV_LIT("manifest"), id);
	inv_emit_member_str(l, INV_LIT("run"),
	    (struct inv_str){ run, INV_RUN_ID });
	inv_emit_member_str(l, INV_LIT("name"),
	    (struct inv_str){ id.p, NAME_DIGITS });
	if (b->of.arrival > 0)
		inv_emit_member_u64(l, INV_LIT("arrival"), b->of.arrival);
	inv_emit_member_u64(l, INV_LIT("submission"), b->of.submission);
	inv_emit_member_u64(l, INV_LIT("chunk_size"),
	    b->of.chunk_size > 0 ? b->of.chunk_size : INV_CHUNK_ROWS);
	inv_emit_key(l, INV_LIT("subset"));
	inv_emit_rows(l, subset);
	inv_emit_close(l, '}');
}

static void
put_end(struct inv_buf *l, const struct inv_batch *b,
    const struct inv_rows *subset)
{
	inv_emit_open(l, '{');
	inv_emit_member_str(l, INV_LIT("type"), INV_LIT("end"));
	inv_emit_member_str(l, INV_LIT("manifest"),
	    (struct inv_str){ b->of.manifest, INV_MANIFEST_ID });
	inv_emit_member_u64(l, INV_LIT("rows"),
	    subset->range[subset->n - 1].last);
	inv_emit_close(l, '}');
}

static void
say_stage(struct inv_uploader *u, const struct inv_batch *b)
{
	struct inv_buf l = INV_BUF(INV_LINE_MAX);
	struct inv_str key = inv_key_json(b->keyed_by);

	inv_filter_stage(u->f, &l);
	inv_emit_member_str(&l, INV_LIT("ledger"), u->o->namespace);
	if (!inv_str_is(key, "null"))
		inv_emit_member_raw(&l, INV_LIT("key"), key);
	inv_emit_member_raw(&l, INV_LIT("resumed"), INV_LIT("true"));
	inv_emit_close(&l, '}');
	inv_filter_emit(u->f, inv_buf_str(&l), INV_PENDING, 0);
	inv_buf_free(&l);
}

static void
insert(struct inv_uploader *u, const struct inv_buf *line)
{
	struct inv_err err;

	if (!inv_filter_insert(u->f, inv_buf_str(line), &err))
		inv_uploader_fail(u, &err);
}

/* Batches b[0..n) of one manifest. */
static void
tell_block(struct inv_uploader *u, struct inv_batch **b, size_t n)
{
	struct inv_rows subset = { 0 };
	struct inv_buf l = INV_BUF(INV_LINE_MAX);

	for (size_t i = 0; i < n; i++) {
		struct inv_rows rows = rows_of(b[i]);

		for (size_t k = 0; k < rows.n; k++)
			inv_rows_join(&subset, rows.range[k].first,
			    rows.range[k].last);
		inv_rows_free(&rows);
	}
	put_manifest(&l, b[0], &subset);
	insert(u, &l);
	say_stage(u, b[0]);
	for (size_t i = 0; i < n && !u->failed; i++)
		tell_batch(u, b[i]);
	inv_buf_reset(&l);
	put_end(&l, b[0], &subset);
	if (!u->failed)
		insert(u, &l);
	inv_buf_free(&l);
	inv_rows_free(&subset);
}

/* ---- all of them ---- */

static int
by_number(uint64_t x, uint64_t y)
{
	return (x > y) - (x < y);
}

/* Which block a batch is told in; blocks in the order of arrivals. */
static int
by_block(const struct inv_batch *x, const struct inv_batch *y)
{
	int c = by_number(x->of.arrival, y->of.arrival);

	if (c == 0)
		c = memcmp(x->of.manifest, y->of.manifest, INV_MANIFEST_ID);
	if (c == 0)
		c = by_number(x->of.submission, y->of.submission);
	return c != 0 ? c : by_number(x->of.chunk_size, y->of.chunk_size);
}

static int
by_place(const void *a, const void *b)
{
	const struct inv_batch *x = *(struct inv_batch *const *)a;
	const struct inv_batch *y = *(struct inv_batch *const *)b;
	int c = by_block(x, y);

	return c != 0 ? c : by_number(x->seq, y->seq);
}

/* First of all how many there were, so that none is said as well. */
static void
say_report(struct inv_uploader *u, size_t n)
{
	struct inv_buf l = INV_BUF(1024);

	inv_emit_open(&l, '{');
	inv_emit_member_str(&l, INV_LIT("type"), INV_LIT("report"));
	inv_emit_member_str(&l, INV_LIT("report"), INV_LIT("resume"));
	inv_emit_member_str(&l, INV_LIT("stage"), inv_str_of(u->f->info->name));
	inv_emit_member_u64(&l, INV_LIT("batches"), n);
	inv_emit_close(&l, '}');
	inv_filter_emit(u->f, inv_buf_str(&l), INV_PENDING, 0);
	inv_buf_free(&l);
}

/* What is closed, and not committed, later rows need not know of. */
static void
forget(struct inv_uploader *u)
{
	struct inv_batch **at = &u->known;

	while (*at != NULL) {
		struct inv_batch *b = *at;

		if (b->outcome == INV_OUTCOME_OPEN ||
		    b->outcome == INV_OUTCOME_COMMITTED) {
			at = &b->next;
			continue;
		}
		*at = b->next;
		inv_batch_free(b);
	}
}

void
inv_resume_tell(struct inv_uploader *u)
{
	struct inv_batch **all;
	size_t n = 0;

	for (const struct inv_batch *b = u->known; b != NULL; b = b->next)
		n++;
	say_report(u, n);
	all = inv_mem_resize(NULL, n + 1, sizeof(*all));
	n = 0;
	for (struct inv_batch *b = u->known; b != NULL; b = b->next)
		all[n++] = b;
	qsort(all, n, sizeof(struct inv_batch *), by_place);
	u->resuming = true;
	for (size_t i = 0, k; i < n && !u->failed; i = k) {
		for (k = i + 1; k < n && by_block(all[i], all[k]) == 0; k++)
			continue;
		tell_block(u, all + i, k - i);
	}
	u->resuming = false;
	free(all);
	forget(u);
}
