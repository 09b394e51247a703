/* dossier.c - all that the audit log has about one manifest */

#include "audit/dossier.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/audit_view.h"
#include "store/journal.h"

static const char log_name[] = "audit/log.ndjson";

/* Rows of a block whose end has not come yet. */
struct claim {
	uint16_t fate;
	struct inv_range rows;
};

/* While the log is read. */
struct reading {
	struct inv_dossier *d;
	struct inv_str begin;
	struct inv_digest *digest;
	struct inv_scan *scan;
	struct inv_merkle tree;
	bool known;
	struct inv_dossier_run run; /* the block under way; first 0: none */
	struct claim *claim;
	size_t claims;
	size_t cap;
};

void
inv_dossier_free(struct inv_dossier *d)
{
	for (size_t i = 0; i < d->parts; i++) {
		struct inv_dossier_part *p = &d->part[i];

		for (size_t k = 0; k < p->runs; k++)
			free(p->run[k].stage);
		free(p->run);
		free(p->batch);
		free(p->action);
		inv_fates_free(&p->fates);
	}
	free(d->part);
	inv_checkpoints_close(&d->checkpoints);
	inv_arena_free(&d->text);
	*d = (struct inv_dossier){ .checkpoints = INV_CHECKPOINTS };
}

bool
inv_dossier_adds_up(const struct inv_dossier_part *p)
{
	return p->whole && p->beyond == 0;
}

/* Room for one more of n, which doubles as it comes to a power of two. */
static void *
more(void *list, size_t n, size_t size)
{
	return (n & (n - 1)) == 0
	    ? inv_mem_resize(list, n == 0 ? 1 : 2 * n, size)
	    : list;
}

/* ---- a block ---- */

static struct inv_str
value_of(struct reading *r, const char *name)
{
	const struct inv_member *m =
	    inv_member_find(inv_scan_outer(r->scan), name);

	return m != NULL ? m->value : INV_LIT("");
}

static void
begin_run(struct reading *r, const struct inv_audit_line *line)
{
	struct inv_str text = value_of(r, "line");
	struct inv_err ignored;

	free(r->run.stage);
	r->run = (struct inv_dossier_run){ .first = line->seq };
	r->claims = 0;
	memcpy(r->run.id, line->run.p, sizeof(r->run.id));
	r->run.line = inv_arena_str(&r->d->text, text);
	r->run.subset = inv_scan_line(r->scan, r->run.line, &ignored) &&
	    inv_member_find(inv_scan_outer(r->scan), "subset") != NULL;
}

static void
add_stage(struct reading *r)
{
	r->run.stage = more(r->run.stage, r->run.stages, sizeof(*r->run.stage));
	r->run.stage[r->run.stages++] =
	    inv_arena_str(&r->d->text, value_of(r, "line"));
}

static void
add_claim(struct reading *r, uint16_t fate, struct inv_range rows)
{
	if (r->claims == r->cap) {
		r->cap = r->cap == 0 ? 64 : 2 * r->cap;
		r->claim = inv_mem_resize(r->claim, r->cap, sizeof(*r->claim));
	}
	r->claim[r->claims++] = (struct claim){ fate, rows };
}

/* What the stream says is committed is so only where a batch says so too. */
static void
add_verdict(struct reading *r, struct inv_dossier_part *p,
    const struct inv_audit_line *line)
{
	uint16_t of = line->verdict == INV_COMMITTED
	    ? INV_FATE_PENDING
	    : inv_fates_of(&p->fates, line->verdict, line->stage, line->reason);
	struct inv_fate *fate = &p->fates.fate[of];
	struct inv_str errors = value_of(r, "errors");

	for (size_t i = 0; i < line->rows->n; i++)
		add_claim(r, of, line->rows->range[i]);
	/* Of rows past the ranges of one entry there are several. */
	if (errors.n == 0 && memcmp(fate->run, r->run.id, INV_RUN_ID) == 0)
		return;
	memcpy(fate->run, r->run.id, INV_RUN_ID);
	fate->errors = inv_arena_str(&r->d->text, errors);
}

static void
end_run(struct reading *r, struct inv_dossier_part *p,
    const struct inv_audit_line *line)
{
	struct inv_dossier_run *run = &r->run;

	if (run->first == 0)
		return;
	for (size_t i = 0; i < r->claims; i++)
		inv_fates_set(&p->fates, r->claim[i].fate,
		    r->claim[i].rows.first, r->claim[i].rows.last);
	run->last = line->seq;
	run->time = inv_arena_str(&r->d->text, line->time);
	run->end = inv_arena_str(&r->d->text, line->text);
	run->complete = line->complete;
	run->refused =
	    inv_member_find(inv_scan_outer(r->scan), "refused") != NULL;
	run->rows = line->announced;
	run->unverified = line->unverified;
	memcpy(run->counts, line->counts, sizeof(run->counts));
	p->refused = p->refused || run->refused;
	if (run->complete && !run->subset && !run->refused) {
		p->whole = true;
		p->rows = run->rows;
	}
	p->all_runs++;
	if (p->runs < INV_DOSSIER_RUNS) {
		p->run = more(p->run, p->runs, sizeof(*p->run));
		p->run[p->runs++] = *run;
		run->stage = NULL;
	}
	free(run->stage);
	*run = (struct inv_dossier_run){ 0 };
}

static void
add_batch(struct reading *r, struct inv_dossier_part *p,
    const struct inv_audit_line *line)
{
	struct inv_str how =
	    inv_member_text(inv_scan_outer(r->scan), "evidence");

	p->all_batches++;
	if (p->batches < INV_DOSSIER_BATCHES) {
		p->batch = more(p->batch, p->batches, sizeof(*p->batch));
		p->batch[p->batches++] = inv_arena_str(&r->d->text, line->text);
	}
	if (!line->committed)
		return;
	uint16_t of =
	    inv_fates_of(&p->fates, INV_COMMITTED, INV_LIT("inv-commit"), how);

	for (size_t i = 0; i < line->rows->n; i++)
		inv_fates_set(&p->fates, of, line->rows->range[i].first,
		    line->rows->range[i].last);
}

/* A correction that was committed, which closes the item. */
static bool
is_corrected(struct reading *r)
{
	const struct inv_members *m = inv_scan_outer(r->scan);
	struct inv_str detail = value_of(r, "detail");
	struct inv_member part;

	if (!inv_str_is(inv_member_text(m, "verb"), "fix"))
		return false;
	while (detail.n > 0 && inv_scan_each(&detail, &part))
		if (inv_str_is(part.key, "resolved_by"))
			return true;
	return false;
}

static void
add_action(struct reading *r, struct inv_dossier_part *p,
    const struct inv_audit_line *line)
{
	p->all_actions++;
	p->corrected += is_corrected(r);
	if (p->actions == INV_DOSSIER_ACTIONS)
		return;
	p->action = more(p->action, p->actions, sizeof(*p->action));
	p->action[p->actions++] = inv_arena_str(&r->d->text, line->text);
}

/* ---- the log ---- */

static struct inv_dossier_part *
part_of(struct inv_dossier *d, uint64_t submission)
{
	struct inv_dossier_part *p;

	for (size_t i = 0; i < d->parts; i++)
		if (d->part[i].submission == submission)
			return &d->part[i];
	if (d->parts == INV_DOSSIER_PARTS)
		return NULL;
	d->part = inv_mem_resize(d->part, d->parts + 1, sizeof(*d->part));
	p = &d->part[d->parts++];
	*p = (struct inv_dossier_part){ .submission = submission };
	(void)inv_fates_of(&p->fates, INV_PENDING, INV_LIT(""), INV_LIT(""));
	return p;
}

static void
take(struct reading *r, struct inv_dossier_part *p,
    const struct inv_audit_line *line)
{
	if (p->first == 0)
		p->first = line->seq;
	p->last = line->seq;
	switch (line->type) {
	case INV_AUDIT_MANIFEST:
		begin_run(r, line);
		break;
	case INV_AUDIT_STAGE:
		add_stage(r);
		break;
	case INV_AUDIT_VERDICT:
		add_verdict(r, p, line);
		break;
	case INV_AUDIT_END:
		end_run(r, p, line);
		break;
	case INV_AUDIT_BATCH:
		add_batch(r, p, line);
		break;
	case INV_AUDIT_ACTION:
		add_action(r, p, line);
		break;
	}
}

static bool
take_line(struct reading *r, const struct inv_audit_line *line,
    struct inv_err *err)
{
	struct inv_dossier *d = r->d;
	struct inv_dossier_part *p;

	if (!inv_str_starts(line->manifest, r->begin))
		return true;
	if (r->known && memcmp(line->manifest.p, d->id, sizeof(d->id)) != 0)
		return inv_fail(err, INV_NO,
		    "%.*s: several manifests begin so: %.16s and %.16s",
		    INV_ARG(r->begin), d->id, line->manifest.p);
	r->known = true;
	memcpy(d->id, line->manifest.p, sizeof(d->id));
	p = part_of(d, line->submission);
	if (p == NULL)
		return inv_fail(err, INV_BAD, "%.12s: more than %d submissions",
		    d->id, INV_DOSSIER_PARTS);
	if (!inv_scan_line(r->scan, line->text, err))
		return false;
	take(r, p, line);
	return true;
}

/* The tree up to this line, held against the checkpoint of that size. */
static bool
grow_tree(struct reading *r, const struct inv_audit_line *line,
    struct inv_err *err)
{
	unsigned char leaf[INV_DIGEST];

	inv_merkle_leaf(r->digest, line->text, leaf);
	inv_merkle_add(&r->tree, r->digest, leaf);
	return inv_checkpoints_agree(&r->d->checkpoints, &r->tree, r->digest,
	    err);
}

static bool
read_lines(struct reading *r, struct inv_audit_view *view, struct inv_err *err)
{
	const struct inv_checkpoints *c = &r->d->checkpoints;
	enum inv_next next = INV_NEXT_END;
	struct inv_audit_line line;
	bool ok = true;

	while (ok &&
	    (next = inv_audit_view_next(view, &line, err)) == INV_NEXT_LINE)
		ok = grow_tree(r, &line, err) && take_line(r, &line, err);
	if (!ok || next == INV_NEXT_ERR)
		return false;
	r->d->entries = r->tree.n;
	return c->n == 0 || c->of[c->n - 1].size <= r->tree.n ||
	    inv_fail(err, INV_IO,
		"%s: %ju entries, a checkpoint of %ju was signed: its end was "
		"cut off",
		log_name, (uintmax_t)r->tree.n,
		(uintmax_t)c->of[c->n - 1].size);
}

/* A checkpoint is signed when the head is there: none is ahead of the view. */
static bool
read_log(struct reading *r, const struct inv_state *state, int dir,
    struct inv_place *journal, struct inv_err *err)
{
	struct inv_audit_view view;

	if (!inv_checkpoints_open(&r->d->checkpoints, dir, false, err) ||
	    !inv_audit_view_open(&view, state, err))
		return false;
	bool ok = read_lines(r, &view, err);

	*journal = view.head.journal;
	inv_audit_view_close(&view);
	return ok;
}

/* ---- the journal ---- */

static bool
count_waiting(struct inv_dossier *d, const struct inv_state *state,
    const struct inv_place *from, struct inv_err *err)
{
	struct inv_journal_reader *j = inv_journal_read(state, from);
	struct inv_str id = { d->id, sizeof(d->id) };
	struct inv_entry e;
	enum inv_next next;

	while ((next = inv_journal_next(j, &e, err)) == INV_NEXT_LINE)
		if (e.type == INV_ENTRY_OUTCOME &&
		    inv_str_eq(e.of.manifest, id))
			d->waiting++;
	inv_journal_read_close(j);
	return next == INV_NEXT_END;
}

/* ---- all of it ---- */

static void
add_up(struct inv_dossier_part *p)
{
	struct inv_fates *f = &p->fates;

	if (!p->whole)
		p->rows = f->highest;
	if (f->highest > p->rows)
		p->beyond = f->highest;
	inv_fates_count(f, p->rows);
	for (size_t i = 0; i < f->n; i++)
		p->counts[f->fate[i].verdict] += f->fate[i].rows;
}

static bool
read_all(struct reading *r, const struct inv_state *state, struct inv_err *err)
{
	struct inv_place journal;
	int dir = openat(state->fd, "audit",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir == -1)
		return inv_fail_sys(err, errno == ENOENT ? INV_NOINPUT : INV_IO,
		    "%s", log_name);
	bool ok = read_log(r, state, dir, &journal, err);

	close(dir);
	if (!ok)
		return false;
	if (!r->known)
		return inv_fail(err, INV_NO,
		    "%.*s: the log knows no manifest that begins so",
		    INV_ARG(r->begin));
	for (size_t i = 0; i < r->d->parts; i++)
		add_up(&r->d->part[i]);
	return count_waiting(r->d, state, &journal, err);
}

bool
inv_dossier_read(struct inv_dossier *d, const struct inv_state *state,
    struct inv_str begin, struct inv_err *err)
{
	struct reading r = {
		.d = d,
		.begin = begin,
		.digest = inv_digest_new(),
		.scan = inv_scan_new(),
	};

	*d = (struct inv_dossier){ .checkpoints = INV_CHECKPOINTS };
	bool ok = read_all(&r, state, err);

	free(r.run.stage);
	free(r.claim);
	inv_scan_free(r.scan);
	inv_digest_free(r.digest);
	return ok;
}
