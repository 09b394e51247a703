/*
 * resolve.c - inv-quarantine resolve: what a person knows of a row
 *
 * A row of an open batch is resolved with all of the batch, by an outcome in
 * the journal, under the lease: it is on disk before items are closed.  After
 * a crash in between the same command closes them.
 */

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "data/emit.h"
#include "quarantine/desk.h"
#include "store/home.h"
#include "store/journal.h"
#include "store/lease.h"
#include "store/status.h"

enum { TEXT_BYTES = 4096 };

static const char verb[] = "resolve";

struct resolution {
	struct inv_desk d;
	enum inv_resolve how;
	struct inv_quarantine *store;
	struct inv_status open; /* batches */
	bool *done;             /* of each of them: resolved here */
	struct inv_lease lease;
	struct inv_journal *journal; /* NULL: not needed so far */
	struct inv_scan *scan;
	char run[INV_RUN_ID];
	struct inv_buf line;
	struct inv_buf detail;
};

/* The item under way: what it says is gone when the next is read. */
struct target {
	char id[INV_ITEM_ID];
	char manifest[INV_MANIFEST_ID];
	uint64_t submission;
	uint64_t row;
	uint64_t approval; /* the action that allows it; 0: none */
};

static struct inv_str
word_of(enum inv_resolve how)
{
	switch (how) {
	case INV_RESOLVE_NONE:
		break;
	case INV_RESOLVE_DISCARD:
		return INV_LIT("discarded");
	case INV_RESOLVE_COMMITTED:
		return INV_LIT("committed");
	case INV_RESOLVE_NOT_COMMITTED:
		return INV_LIT("not_committed");
	}
	return INV_LIT("");
}

static void
check(bool ok, const struct inv_err *err)
{
	if (!ok)
		inv_die(err);
}

/* ---- the journal ---- */

static struct inv_status_batch *
batch_of(struct resolution *p, const struct target *t)
{
	return inv_status_batch_of(&p->open,
	    (struct inv_str){ t->manifest, INV_MANIFEST_ID }, t->submission,
	    t->row);
}

static void
open_journal(struct resolution *p)
{
	struct inv_err err;

	if (p->journal != NULL)
		return;
	check(inv_lease_take(&p->lease, &p->d.state, &err), &err);
	check(inv_home_check(&p->d.state, &err), &err);
	p->journal = inv_journal_open(&p->d.state, &err);
	check(p->journal != NULL, &err);
}

static bool
is_open(struct inv_journal *j, uint64_t seq)
{
	uint64_t other;
	int64_t wall;

	for (size_t i = 0; i < inv_journal_open_count(j); i++) {
		(void)inv_journal_open_at(j, i, &other, &wall);
		if (other == seq)
			return true;
	}
	return false;
}

/* Its outcome, on disk.  One that was closed meanwhile stays as it is. */
static bool
close_batch(struct resolution *p, const struct inv_status_batch *b)
{
	bool committed = p->how == INV_RESOLVE_COMMITTED;
	const struct inv_outcome outcome = {
		.kind = committed ? INV_OUTCOME_COMMITTED : INV_OUTCOME_REFUSED,
		.evidence = committed ? INV_LIT("resolved") : INV_LIT(""),
		.reason = committed ? INV_LIT("") : INV_LIT("resolved"),
	};
	struct inv_err err;

	open_journal(p);
	if (!is_open(p->journal, b->seq))
		return false;
	uint64_t line = inv_journal_outcome(p->journal, b->seq, &outcome);

	check(inv_journal_sync(p->journal, &err), &err);
	if (inv_journal_durable(p->journal) < line) {
		inv_fail(&err, INV_IO, "journal: the outcome is not on disk");
		inv_die(&err);
	}
	if (committed)
		check(inv_journal_index(p->journal, b->seq, NULL, 0, &err),
		    &err);
	return true;
}

/* ---- the items ---- */

static void
begin(struct resolution *p, const struct target *t)
{
	const struct inv_quarantine_run run = {
		.manifest = { t->manifest, INV_MANIFEST_ID },
		.submission = t->submission,
		.run = { p->run, INV_RUN_ID },
	};

	inv_quarantine_begin(p->store, &run);
}

/* A verdict as if a run had given it. */
static void
close_row(struct resolution *p, const struct target *t)
{
	struct inv_buf *b = &p->line;
	struct inv_record rec;
	struct inv_err err;

	inv_buf_reset(b);
	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("type"), INV_LIT("record"));
	inv_emit_member_str(b, INV_LIT("manifest"),
	    (struct inv_str){ t->manifest, INV_MANIFEST_SHORT });
	inv_emit_member_u64(b, INV_LIT("row"), t->row);
	inv_emit_member_u64(b, INV_LIT("chunk"), 0);
	inv_emit_member_raw(b, INV_LIT("record"), INV_LIT("{}"));
	inv_emit_member_str(b, INV_LIT("verdict"),
	    p->how == INV_RESOLVE_COMMITTED ? INV_LIT("committed")
					    : INV_LIT("skipped"));
	inv_emit_member_str(b, INV_LIT("stage"), inv_str_of(inv_prog.name));
	inv_emit_member_str(b, INV_LIT("reason"), INV_LIT("resolved"));
	inv_emit_close(b, '}');
	check(inv_record_parse(p->scan, inv_buf_str(b), &rec, &err), &err);
	check(inv_quarantine_row(p->store, &rec, &err), &err);
}

/* What is done to one row; key: of the batch it is resolved with. */
static void
resolve_row(struct resolution *p, const struct target *t, struct inv_str key)
{
	struct inv_buf *b = &p->detail;
	struct inv_err err;

	inv_buf_reset(b);
	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("outcome"), word_of(p->how));
	if (key.n > 0)
		inv_emit_member_str(b, INV_LIT("batch"), key);
	inv_emit_member_str(b, INV_LIT("run"),
	    (struct inv_str){ p->run, INV_RUN_ID });
	inv_desk_emit_approval(b, t->approval);
	inv_emit_close(b, '}');
	if (p->how != INV_RESOLVE_NOT_COMMITTED)
		close_row(p, t);
	const struct inv_action action = inv_desk_action(&p->d,
	    (struct inv_action){ .verb = inv_str_of(verb),
		.item = inv_str_of(t->id),
		.manifest = { t->manifest, INV_MANIFEST_ID },
		.submission = t->submission,
		.row = t->row,
		.detail = inv_buf_str(b) });

	check(inv_quarantine_act(p->store, &action, &err), &err);
}

/* What was approved is the row that is asked for: the others need nothing. */
static void
resolve_batch(struct resolution *p, struct target *t,
    const struct inv_status_batch *b)
{
	const uint64_t approval = t->approval;
	const uint64_t asked = t->row;

	if (!close_batch(p, b)) {
		inv_desk_refuse(&p->d, t->id, "its batch was closed meanwhile");
		return;
	}
	p->done[b - p->open.open] = true;
	for (size_t i = 0; i < b->rows.n; i++)
		for (uint64_t r = b->rows.range[i].first;
		     r <= b->rows.range[i].last; r++) {
			t->row = r;
			t->approval = r == asked ? approval : 0;
			inv_item_id(t->id,
			    (struct inv_str){ t->manifest, INV_MANIFEST_ID },
			    t->submission, r);
			resolve_row(p, t,
			    (struct inv_str){ b->key, sizeof(b->key) });
		}
	t->approval = approval;
	if (b->rows.count > 1)
		inv_warn("batch %.12s: %ju rows resolved together", b->key,
		    (uintmax_t)b->rows.count);
}

static void
resolve(struct resolution *p, const struct inv_item *item)
{
	const struct inv_status_batch *b;
	struct target t = { .submission = item->submission, .row = item->row };
	struct inv_err err;

	memcpy(t.id, item->id, sizeof(t.id));
	memcpy(t.manifest, item->manifest.p, INV_MANIFEST_ID);
	b = batch_of(p, &t);
	if (b != NULL && p->done[b - p->open.open])
		return;
	if (!inv_item_is_open(item)) {
		inv_desk_refuse(&p->d, t.id, "closed: nothing to resolve");
		return;
	}
	if (item->row == 0) {
		inv_desk_refuse(&p->d, t.id, "no row of a manifest");
		return;
	}
	if (item->corrected && item->last.verdict == INV_AMBIGUOUS) {
		inv_desk_refuse(&p->d, t.id,
		    "its correction is in doubt: run that again");
		return;
	}
	if (b == NULL && p->how == INV_RESOLVE_NOT_COMMITTED) {
		inv_desk_refuse(&p->d, t.id, "in no open batch");
		return;
	}
	if (p->how != INV_RESOLVE_NOT_COMMITTED &&
	    !inv_desk_may(&p->d, INV_APPROVED_RELEASE, item, &t.approval))
		return;
	begin(p, &t);
	if (b != NULL)
		resolve_batch(p, &t, b);
	else
		resolve_row(p, &t, INV_LIT(""));
	/* Nobody else has used it by now. */
	if (t.approval > 0)
		(void)inv_desk_approval(&p->d, INV_APPROVED_RELEASE, item);
	check(inv_quarantine_commit(p->store, &err), &err);
}

/* ---- the verb ---- */

static void
open_all(struct resolution *p, const struct inv_quarantine_args *a,
    char *words[])
{
	unsigned char bits[INV_RUN_ID / 2];
	struct inv_err err;

	*p = (struct resolution){
		.how = a->resolve,
		.lease = INV_LEASE,
		.line = INV_BUF(TEXT_BYTES),
		.detail = INV_BUF(TEXT_BYTES),
	};
	inv_desk_open(&p->d, a, verb, words);
	inv_desk_need(&p->d, INV_ROLE_RELEASE);
	p->store = inv_quarantine_new(&p->d.state);
	p->scan = inv_scan_new();
	inv_random(bits, sizeof(bits));
	inv_str_hex(bits, sizeof(bits), p->run);
	check(inv_status_read_open(&p->d.state, &p->open, &err), &err);
	p->done = inv_mem_new((p->open.n + 1) * sizeof(*p->done));
}

int
inv_quarantine_do_resolve(void *args, char *words[])
{
	const struct inv_quarantine_args *a = args;
	const struct inv_item *item;
	struct resolution p;
	struct inv_err err;

	if (a->resolve == INV_RESOLVE_NONE)
		inv_opt_wrong(verb, words[0],
		    "say --discard, --committed or --not-committed");
	if (a->why.n == 0)
		inv_opt_wrong(verb, words[0], "say --why");
	open_all(&p, a, words);
	while ((item = inv_desk_next(&p.d)) != NULL)
		resolve(&p, item);
	check(inv_journal_close(p.journal, &err), &err);
	inv_lease_close(&p.lease);

	inv_quarantine_free(p.store);
	free(p.done);
	inv_status_free(&p.open);
	inv_scan_free(p.scan);
	inv_buf_free(&p.line);
	inv_buf_free(&p.detail);
	return inv_desk_close(&p.d);
}
