/*
 * resubmit.c - inv-quarantine resubmit, migrate: rows once more, as a stream
 *
 * First which rows of which manifests, then block by block: the actions, on
 * disk, and then the lines.  A row of an open batch goes with all rows of the
 * batch, as the bytes that were sent.  migrate gives members new names on the
 * way, and so never takes a row of an open batch.
 */

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "data/digest.h"
#include "data/emit.h"
#include "data/files.h"
#include "data/rename.h"
#include "io/file.h"
#include "quarantine/desk.h"
#include "store/status.h"

enum {
	GENERATIONS_MAX = 10, /* times that a row is resubmitted */
	DETAIL_BYTES = 1024,
	KEY_BYTES = 1 << 20, /* of a stage line's "key" */
};

static const char resubmit[] = "resubmit";
static const char migrate[] = "migrate";

/* Rows of a manifest. */
/* What allows a row to go. */
struct approved {
	uint64_t action; /* 0: it needed none */
	char content[INV_DIGEST_HEX];
};

struct block {
	char manifest[INV_MANIFEST_ID];
	uint64_t submission;
	uint64_t arrival; /* as its manifest line says; 0: not at all */
	uint64_t chunk_size;
	uint64_t announced; /* rows; 0: not known */
	uint64_t bytes;
	struct inv_rows rows;
	struct inv_rows batched; /* of them, in open batches */
	struct inv_buf key;      /* what identifies a record: JSON, or empty */
	struct approved
	    *approved; /* each of rows; NULL: approval is not asked */
	char run[INV_RUN_ID];
};

struct resubmission {
	struct inv_desk d;
	const char *verb;
	struct inv_rename *map; /* NULL: resubmit */
	char map_digest[INV_DIGEST_HEX];
	struct inv_buf renamed; /* a record with its new names */
	struct inv_out out;
	struct inv_scan *scan;
	struct inv_digest *digest;
	struct inv_status open; /* batches */
	struct block *block;
	size_t n;
	size_t last;           /* block of the item before */
	struct inv_buf origin; /* the manifest line looked at last */
	uint64_t rate;         /* rows in a second; 0: no limit */
	uint64_t since_ms;
	uint64_t written; /* rows */
};

static struct inv_str
id_of(const struct block *k)
{
	return (struct inv_str){ k->manifest, INV_MANIFEST_ID };
}

static void
free_block(struct block *k)
{
	inv_rows_free(&k->rows);
	inv_rows_free(&k->batched);
	inv_buf_free(&k->key);
	free(k->approved);
}

/* ---- which rows ---- */

static struct block *
block_of(struct resubmission *p, const struct inv_item *item)
{
	for (size_t i = 0; i < p->n; i++) {
		struct block *k = &p->block[(p->last + i) % p->n];

		if (k->submission == item->submission &&
		    inv_str_eq(id_of(k), item->manifest)) {
			p->last = (size_t)(k - p->block);
			return k;
		}
	}
	p->block = inv_mem_resize(p->block, p->n + 1, sizeof(*p->block));
	struct block *k = &p->block[p->n];

	*k = (struct block){ .submission = item->submission,
		.key = INV_BUF(KEY_BYTES) };
	memcpy(k->manifest, item->manifest.p, INV_MANIFEST_ID);
	p->last = p->n++;
	return k;
}

/* What the last of its stage lines that does so says identifies a record. */
static void
note_key(struct resubmission *p, struct block *k, const struct inv_item *item)
{
	struct inv_str stages = item->last.stages;
	const struct inv_member *key;
	struct inv_err err;

	while (stages.n > 0) {
		const char *end = memchr(stages.p, '\n', stages.n);
		size_t n = end != NULL ? (size_t)(end - stages.p) : stages.n;

		if (!inv_scan_line(p->scan, (struct inv_str){ stages.p, n },
			&err))
			inv_die(&err);
		key = inv_member_find(inv_scan_outer(p->scan), "key");
		if (key != NULL && key->kind == INV_KIND_ARRAY) {
			inv_buf_reset(&k->key);
			inv_buf_add(&k->key, key->value);
		}
		n += end != NULL;
		stages.p += n;
		stages.n -= n;
	}
}

static void
take(struct resubmission *p, const struct inv_item *item)
{
	struct block *k = block_of(p, item);

	/* What identifies a migrated record, its new schema says. */
	if (k->key.n == 0 && p->map == NULL)
		note_key(p, k, item);
	inv_rows_join(&k->rows, item->row, item->row);
}

/* Run again, and nothing need be changed before. */
static bool
is_transient(const struct inv_item *item)
{
	return item->last.verdict == INV_HELD ||
	    inv_str_is(item->last.reason, "transient_failure");
}

static uint64_t
done(struct resubmission *p, const char *verb, const char *id)
{
	struct inv_err err;
	uint64_t n;

	if (!inv_action_count(p->d.actions, inv_str_of(id), inv_str_of(verb),
		&n, &err))
		inv_die(&err);
	return n;
}

static uint64_t
generations(struct resubmission *p, const char *id)
{
	return done(p, resubmit, id) + done(p, migrate, id);
}

/* The record with its new names in p->renamed; how many there are. */
static size_t
rename_members(struct resubmission *p, struct inv_str record)
{
	struct inv_err err;

	if (!inv_scan_object(p->scan, record, &err))
		inv_die(&err);
	inv_buf_reset(&p->renamed);
	return inv_rename_record(p->map, inv_scan_record(p->scan), &p->renamed);
}

/* NULL, or why it is not resubmitted. */
static const char *
obstacle(struct resubmission *p, const struct inv_item *item)
{
	if (!inv_item_is_open(item))
		return p->map == NULL ? "closed: nothing to resubmit"
				      : "closed: nothing to migrate";
	if (item->purged_at > 0)
		return INV_DESK_PURGED;
	if (item->row == 0 || item->last.form != INV_FORM_RECORD)
		return "never became a record: correct the manifest";
	if (item->corrected)
		return "was corrected, and that failed: run its correction "
		       "again, or correct it anew";
	if (generations(p, item->id) >= GENERATIONS_MAX)
		return "resubmitted 10 times: it needs a person";
	return NULL;
}

/* The same for what only migrate refuses. */
static const char *
obstacle_to_migrate(struct resubmission *p, const struct inv_item *item)
{
	struct inv_err ignored;

	/* It may have taken effect. */
	if (inv_status_batch_of(&p->open, item->manifest, item->submission,
		item->row) != NULL)
		return "its batch is open: resubmit or resolve it";
	if (rename_members(p, item->last.content) == 0)
		return "has no member that the mapping renames";
	if (p->renamed.failed ||
	    !inv_scan_object(p->scan, inv_buf_str(&p->renamed), &ignored))
		return "would have a member twice, or be too long";
	return NULL;
}

/* Of those that are not named, it takes what it can give a new name. */
static bool
is_meant(struct resubmission *p, const struct inv_item *item)
{
	if (p->d.named)
		return true;
	if (p->map != NULL)
		return item->last.form == INV_FORM_RECORD &&
		    rename_members(p, item->last.content) > 0;
	return p->d.which.reason.n > 0 || is_transient(item);
}

static void
choose(struct resubmission *p)
{
	const struct inv_item *item;

	while ((item = inv_desk_next(&p->d)) != NULL) {
		const char *why;

		if (!is_meant(p, item))
			continue;
		why = obstacle(p, item);
		if (why == NULL && p->map != NULL)
			why = obstacle_to_migrate(p, item);
		uint64_t ignored;

		if (why != NULL)
			inv_desk_refuse(&p->d, item->id, why);
		else if (inv_desk_may(&p->d, INV_APPROVED_RELEASE, item,
			     &ignored))
			take(p, item);
	}
}

static bool
is_of(const struct inv_status_batch *b, const struct block *k)
{
	return b->submission == k->submission &&
	    memcmp(b->manifest, k->manifest, INV_MANIFEST_ID) == 0;
}

static bool
meet(const struct inv_rows *a, const struct inv_rows *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (inv_rows_within(b, a->range[i].first, a->range[i].last) > 0)
			return true;
	return false;
}

static void
join(struct inv_rows *to, const struct inv_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		inv_rows_join(to, rows->range[i].first, rows->range[i].last);
}

static void
add_batches(struct resubmission *p, struct block *k)
{
	for (size_t i = 0; i < p->open.n; i++) {
		const struct inv_status_batch *b = &p->open.open[i];

		if (is_of(b, k) && meet(&b->rows, &k->rows))
			join(&k->batched, &b->rows);
	}
	join(&k->rows, &k->batched);
}

/* ---- where they are from ---- */

/* Its manifest line; false where that was not kept. */
static bool
read_origin(struct resubmission *p, struct block *k)
{
	struct inv_err err;

	inv_buf_reset(&p->origin);
	if (!inv_quarantine_origin(p->d.r, id_of(k), k->submission, &p->origin,
		&k->announced, &err))
		inv_die(&err);
	if (p->origin.n == 0)
		return false;
	if (!inv_scan_line(p->scan, inv_buf_str(&p->origin), &err))
		inv_die(&err);
	const struct inv_members *m = inv_scan_outer(p->scan);

	if (!inv_member_u64(m, "arrival", &k->arrival))
		k->arrival = 0;
	if (!inv_member_u64(m, "bytes", &k->bytes))
		k->bytes = 0;
	if (!inv_member_u64(m, "chunk_size", &k->chunk_size) ||
	    k->chunk_size == 0)
		k->chunk_size = INV_CHUNK_ROWS;
	return true;
}

/* Blocks that can be written come first, in the order of arrival. */
static void
look_up(struct resubmission *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n; i++) {
		struct block k = p->block[i];

		if (!read_origin(p, &k)) {
			char id[INV_ITEM_ID];

			inv_item_id(id, id_of(&k), k.submission,
			    k.rows.range[0].first);
			inv_desk_refuse(&p->d, id,
			    "no manifest line was kept: run its manifest "
			    "again");
			free_block(&k);
			continue;
		}
		add_batches(p, &k);
		p->block[kept++] = k;
	}
	p->n = kept;
}

static int
by_arrival(const void *a, const void *b)
{
	const struct block *x = a;
	const struct block *y = b;

	if (x->arrival != y->arrival)
		return x->arrival < y->arrival ? -1 : 1;
	return memcmp(x->manifest, y->manifest, INV_MANIFEST_ID);
}

/* ---- actions ---- */

static const struct inv_item *
item_at(struct resubmission *p, const struct block *k, uint64_t row)
{
	const struct inv_item_filter which = {
		.state = INV_ITEM_ALL,
		.one = true,
		.manifest = id_of(k),
		.submission = k->submission,
		.row = row,
	};
	const struct inv_item *item;
	struct inv_err err;

	inv_quarantine_seek(p->d.r, &which);
	switch (inv_quarantine_next(p->d.r, &item, &err)) {
	case INV_NEXT_LINE:
		return item;
	case INV_NEXT_END:
		inv_fail(&err, INV_INTERNAL, "an item is gone");
		break;
	case INV_NEXT_ERR:
		break;
	}
	inv_die(&err);
}

static void
approve(struct resubmission *p, const struct block *k, uint64_t row,
    struct approved *a)
{
	const struct inv_item *item = item_at(p, k, row);

	a->action = inv_desk_approval(&p->d, INV_APPROVED_RELEASE, item);
	if (a->action > 0)
		inv_item_digest(item, p->digest, a->content);
}

/*
 * What approves each row of the block, in the transaction that uses it; before
 * the first is written, as the items are read beside it.  A batch goes as it
 * was sent before.
 */
static void
approve_all(struct resubmission *p, struct block *k)
{
	size_t n = 0;

	if (!inv_approvals_are_asked(p->d.approvals))
		return;
	k->approved = inv_mem_new(k->rows.count * sizeof(*k->approved));
	for (size_t i = 0; i < k->rows.n; i++)
		for (uint64_t r = k->rows.range[i].first;
		     r <= k->rows.range[i].last; r++, n++)
			if (!inv_rows_has(&k->batched, r))
				approve(p, k, r, &k->approved[n]);
}

static void
note_row(struct resubmission *p, const struct block *k, uint64_t row,
    uint64_t approval)
{
	struct inv_buf detail = INV_BUF(DETAIL_BYTES);
	char id[INV_ITEM_ID];

	inv_item_id(id, id_of(k), k->submission, row);
	inv_emit_open(&detail, '{');
	inv_emit_member_u64(&detail, INV_LIT("generation"),
	    generations(p, id) + 1);
	inv_emit_member_str(&detail, INV_LIT("run"),
	    (struct inv_str){ k->run, INV_RUN_ID });
	if (p->map != NULL)
		inv_emit_member_str(&detail, INV_LIT("map_sha256"),
		    (struct inv_str){ p->map_digest, INV_DIGEST_HEX });
	inv_desk_emit_approval(&detail, approval);
	inv_emit_close(&detail, '}');
	inv_desk_note(&p->d,
	    (struct inv_action){ .verb = inv_str_of(p->verb),
		.item = inv_str_of(id),
		.manifest = id_of(k),
		.submission = k->submission,
		.row = row,
		.detail = inv_buf_str(&detail) });
	inv_buf_free(&detail);
}

static void
note_block(struct resubmission *p, struct block *k)
{
	size_t n = 0;

	inv_desk_begin(&p->d);
	approve_all(p, k);
	for (size_t i = 0; i < k->rows.n; i++)
		for (uint64_t r = k->rows.range[i].first;
		     r <= k->rows.range[i].last; r++)
			note_row(p, k, r,
			    k->approved == NULL ? 0 : k->approved[n++].action);
	inv_desk_commit(&p->d);
}

/* ---- lines ---- */

/* Not sooner than the rate has it; what is written by then is seen. */
static void
pace(struct resubmission *p)
{
	struct inv_err err;
	uint64_t due;
	uint64_t now;

	if (p->rate == 0)
		return;
	if (p->written == 0)
		p->since_ms = inv_clock_ms();
	due = p->since_ms + p->written * 1000 / p->rate;
	now = inv_clock_ms();
	if (now >= due)
		return;
	if (!inv_out_flush(&p->out, &err))
		inv_die(&err);
	while ((now = inv_clock_ms()) < due) {
		struct timespec wait = { (time_t)((due - now) / 1000),
			(long)((due - now) % 1000) * 1000000 };

		(void)nanosleep(&wait, NULL);
	}
}

static void
end_line(struct resubmission *p)
{
	inv_buf_byte(inv_out_buf(&p->out), '\n');
	inv_out_check(&p->out);
	if (p->out.failed)
		inv_die(&p->out.err);
}

static void
put_row(struct resubmission *p, const struct block *k, uint64_t row,
    uint64_t line, struct inv_str record, struct inv_str files)
{
	struct inv_buf *b = inv_out_buf(&p->out);
	char id[INV_ITEM_ID];

	pace(p);
	inv_item_id(id, id_of(k), k->submission, row);
	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("type"), INV_LIT("record"));
	inv_emit_member_str(b, INV_LIT("manifest"),
	    (struct inv_str){ k->manifest, INV_MANIFEST_SHORT });
	inv_emit_member_u64(b, INV_LIT("row"), row);
	if (line > 0)
		inv_emit_member_u64(b, INV_LIT("line"), line);
	inv_emit_member_u64(b, INV_LIT("chunk"), (row - 1) / k->chunk_size);
	inv_emit_member_raw(b, INV_LIT("record"), record);
	inv_emit_member_str(b, INV_LIT("item"), inv_str_of(id));
	inv_emit_member_u64(b, INV_LIT("generation"), generations(p, id));
	if (files.n > 0)
		inv_emit_member_raw(b, INV_LIT("attachments"), files);
	inv_emit_close(b, '}');
	p->written++;
	end_line(p);
}

/* A batch as it was sent. */
static void
put_batch(struct resubmission *p, const struct block *k,
    const struct inv_status_batch *b)
{
	struct inv_buf body = INV_BUF(INV_BATCH_BODY_MAX);
	struct inv_buf files = INV_BUF(INV_LINE_MAX);
	struct inv_member element;
	struct inv_str rest, named;
	struct inv_err err;
	enum inv_kind kind;

	if (!inv_status_body(&p->d.state, b, &body, &files, &err) ||
	    !inv_scan_value(p->scan, inv_buf_str(&body), &kind, &err))
		inv_die(&err);
	rest = inv_buf_str(&body);
	named = inv_buf_str(&files);
	for (size_t i = 0; i < b->rows.n; i++)
		for (uint64_t r = b->rows.range[i].first;
		     r <= b->rows.range[i].last &&
		     inv_scan_each(&rest, &element);
		     r++)
			put_row(p, k, r, 0, element.value,
			    inv_files_of(&named, r));
	inv_buf_free(&files);
	inv_buf_free(&body);
}

static void
put_batches(struct resubmission *p, const struct block *k)
{
	for (size_t i = 0; i < p->open.n; i++)
		if (is_of(&p->open.open[i], k) &&
		    meet(&p->open.open[i].rows, &k->batched))
			put_batch(p, k, &p->open.open[i]);
}

/* Whoever waits for --rate may be told of a row once more meanwhile. */
static bool
has_changed(struct resubmission *p, const struct inv_item *item,
    const struct approved *a)
{
	char content[INV_DIGEST_HEX];

	if (a == NULL || !inv_approvals_need(p->d.approvals, item))
		return false;
	inv_item_digest(item, p->digest, content);
	return a->action == 0 ||
	    memcmp(a->content, content, sizeof(content)) != 0;
}

/* The files that it named, as its line told. */
static struct inv_str
files_of(struct resubmission *p, const struct inv_item *item)
{
	const struct inv_member *m;
	struct inv_err err;

	if (item->last.more.n == 0)
		return (struct inv_str){ 0 };
	if (!inv_scan_line(p->scan, item->last.more, &err))
		inv_die(&err);
	m = inv_member_find(inv_scan_outer(p->scan), "attachments");
	return m != NULL ? m->value : (struct inv_str){ 0 };
}

/* As the row travelled when it failed, but for new names. */
static void
put_item(struct resubmission *p, const struct block *k, uint64_t row,
    const struct approved *approved)
{
	const struct inv_item *item = item_at(p, k, row);
	struct inv_str record = item->last.content;
	struct inv_err err;

	if (item->purged_at > 0) {
		inv_fail(&err, INV_AGAIN, "%s: was purged meanwhile", item->id);
		inv_die(&err);
	}
	if (has_changed(p, item, approved)) {
		inv_fail(&err, INV_AGAIN,
		    "%s: has changed since it was approved", item->id);
		inv_die(&err);
	}
	if (p->map != NULL) {
		(void)rename_members(p, record);
		record = inv_buf_str(&p->renamed);
	}
	put_row(p, k, row, item->line, record, files_of(p, item));
}

static void
put_items(struct resubmission *p, const struct block *k)
{
	const struct approved *a = k->approved;

	for (size_t i = 0; i < k->rows.n; i++)
		for (uint64_t r = k->rows.range[i].first;
		     r <= k->rows.range[i].last; r++) {
			if (!inv_rows_has(&k->batched, r))
				put_item(p, k, r, a);
			a += a != NULL;
		}
}

/* The manifest line of the run before, for this run and these rows. */
static void
put_manifest(struct resubmission *p, const struct block *k)
{
	struct inv_buf *b = inv_out_buf(&p->out);
	const struct inv_members *m;
	struct inv_err err;

	if (!inv_scan_line(p->scan, inv_buf_str(&p->origin), &err))
		inv_die(&err);
	m = inv_scan_outer(p->scan);
	inv_emit_open(b, '{');
	for (size_t i = 0; i < m->n; i++)
		if (inv_str_is(m->at[i].key, "run"))
			inv_emit_member_str(b, INV_LIT("run"),
			    (struct inv_str){ k->run, INV_RUN_ID });
		else if (!inv_str_is(m->at[i].key, "subset"))
			inv_emit_member_raw(b, m->at[i].key, m->at[i].value);
	inv_emit_key(b, INV_LIT("subset"));
	inv_emit_rows(b, &k->rows);
	inv_emit_close(b, '}');
	end_line(p);
}

static void
put_stage(struct resubmission *p, const struct block *k)
{
	struct inv_buf *b = inv_out_buf(&p->out);

	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("type"), INV_LIT("stage"));
	inv_emit_member_str(b, INV_LIT("stage"), inv_str_of(inv_prog.name));
	inv_emit_member_str(b, INV_LIT("version"), inv_str_of(INV_VERSION));
	if (k->key.n > 0)
		inv_emit_member_raw(b, INV_LIT("key"), inv_buf_str(&k->key));
	inv_emit_member_u64(b, INV_LIT("resubmitted"), k->rows.count);
	inv_emit_close(b, '}');
	end_line(p);
}

static void
put_end(struct resubmission *p, const struct block *k)
{
	uint64_t last = k->rows.range[k->rows.n - 1].last;
	struct inv_buf *b = inv_out_buf(&p->out);
	const uint64_t counts[INV_VERDICTS] = { [INV_PENDING] = k->rows.count };

	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("type"), INV_LIT("end"));
	inv_emit_member_str(b, INV_LIT("manifest"), id_of(k));
	inv_emit_member_u64(b, INV_LIT("rows"),
	    k->announced > last ? k->announced : last);
	if (k->bytes > 0)
		inv_emit_member_u64(b, INV_LIT("bytes"), k->bytes);
	inv_emit_key(b, INV_LIT("counts"));
	inv_verdict_counts(b, counts);
	inv_emit_close(b, '}');
	end_line(p);
}

static void
put_block(struct resubmission *p, struct block *k)
{
	unsigned char bits[INV_RUN_ID / 2];

	inv_random(bits, sizeof(bits));
	inv_str_hex(bits, sizeof(bits), k->run);
	note_block(p, k);
	(void)read_origin(p, k);
	put_manifest(p, k);
	put_stage(p, k);
	put_batches(p, k);
	put_items(p, k);
	put_end(p, k);
}

/* First of all how many there are, so that none is said as well. */
static void
put_report(struct resubmission *p)
{
	struct inv_buf *b = inv_out_buf(&p->out);
	uint64_t rows = 0;

	for (size_t i = 0; i < p->n; i++)
		rows += p->block[i].rows.count;
	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("type"), INV_LIT("report"));
	inv_emit_member_str(b, INV_LIT("report"), inv_str_of(resubmit));
	inv_emit_member_str(b, INV_LIT("stage"), inv_str_of(inv_prog.name));
	inv_emit_member_u64(b, INV_LIT("rows"), rows);
	inv_emit_close(b, '}');
	end_line(p);
}

/* ---- the verbs ---- */

static void
read_map(struct resubmission *p, const char *path)
{
	struct inv_buf text = INV_BUF(INV_RENAME_BYTES);
	struct inv_digest *digest = inv_digest_new();
	struct inv_err err;

	if (!inv_file_read(AT_FDCWD, path, &text, &err)) {
		if (err.fault == INV_BAD) /* too long to be one */
			err.fault = INV_CONFIG;
		inv_die(&err);
	}
	p->map = inv_rename_new(inv_buf_str(&text), &err);
	if (p->map == NULL) {
		inv_say("%s: %s", path, err.msg);
		exit(inv_fault_exit(err.fault));
	}
	inv_digest_hex_of(digest, inv_buf_str(&text), p->map_digest);
	inv_digest_free(digest);
	inv_buf_free(&text);
}

static void
open_all(struct resubmission *p, const struct inv_quarantine_args *a,
    const char *verb, char *words[])
{
	struct inv_err err;

	*p = (struct resubmission){
		.verb = verb,
		.rate = a->rate,
		.origin = INV_BUF(INV_LINE_MAX),
		.renamed = INV_BUF(INV_RECORD_MAX),
	};
	if (a->map != NULL)
		read_map(p, a->map);
	inv_desk_open(&p->d, a, verb, words);
	inv_desk_need(&p->d, INV_ROLE_RELEASE);
	inv_out_init(&p->out, STDOUT_FILENO, "stdout");
	p->scan = inv_scan_new();
	p->digest = inv_digest_new();
	if (p->d.r == NULL)
		return;
	inv_desk_open_writing(&p->d);
	if (!inv_status_read_open(&p->d.state, &p->open, &err))
		inv_die(&err);
}

static int
close_all(struct resubmission *p)
{
	for (size_t i = 0; i < p->n; i++)
		free_block(&p->block[i]);
	free(p->block);
	inv_status_free(&p->open);
	inv_scan_free(p->scan);
	inv_digest_free(p->digest);
	inv_rename_free(p->map);
	inv_buf_free(&p->renamed);
	inv_buf_free(&p->origin);
	return inv_desk_close(&p->d);
}

static int
run(const struct inv_quarantine_args *a, const char *verb, char *words[])
{
	struct resubmission p;
	struct inv_err err;

	(void)signal(SIGPIPE, SIG_IGN);
	open_all(&p, a, verb, words);
	choose(&p);
	look_up(&p);
	if (p.n > 1)
		qsort(p.block, p.n, sizeof(*p.block), by_arrival);
	put_report(&p);
	for (size_t i = 0; i < p.n; i++)
		put_block(&p, &p.block[i]);
	if (!inv_out_close(&p.out, &err))
		inv_die(&err);
	return close_all(&p);
}

int
inv_quarantine_do_resubmit(void *args, char *words[])
{
	return run(args, resubmit, words);
}

int
inv_quarantine_do_migrate(void *args, char *words[])
{
	const struct inv_quarantine_args *a = args;

	if (a->map == NULL)
		inv_opt_wrong(migrate, "", "say --map");
	return run(a, migrate, words);
}
