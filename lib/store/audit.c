/*
 * audit.c - the hash-chained log of what became of every row
 *
 * Under the lock: read what others have appended, take in the journal, look
 * at all that the log knows of the manifest, add the block, sync, replace the
 * head.  What is built is kept in memory up to a piece, then written; the
 * index has it at once.
 */

#include "store/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "io/file.h"
#include "store/audit_head.h"
#include "store/audit_index.h"
#include "store/checkpoint.h"
#include "store/journal.h"

enum { PIECE = 1 << 20 }; /* bytes that are built before they are written */

static const char log_name[] = "audit/log.ndjson";

struct inv_audit {
	struct inv_state state;
	int dir;
	int log;
	int lock;
	struct inv_audit_head head; /* its log: the end of what is built */
	uint64_t taken;             /* the last outcome, by its number */
	uint64_t acted;             /* the last action, by its number */
	struct inv_merkle tree;     /* of all entries up to head.log */
	struct inv_checkpoints checkpoints;
	struct inv_audit_key key; /* that signs them */
	bool dirty;               /* the head on disk is behind */
	bool failed;              /* for good: */
	struct inv_err why;
	struct inv_audit_index index;
	struct inv_digest *digest;
	struct inv_buf built; /* lines that are not written yet */
	struct inv_buf text;  /* a line read back */
	struct inv_rows rows; /* of it */
	struct inv_scan *scan;
};

/* ---- building ---- */

static bool
write_built(struct inv_audit *a, struct inv_err *err)
{
	uint64_t at = a->head.log.offset - a->built.n;
	size_t done = 0;

	while (done < a->built.n) {
		ssize_t n = pwrite(a->log, a->built.p + done, a->built.n - done,
		    (off_t)(at + done));

		if (n == -1 && errno != EINTR)
			return inv_fail_sys(err, INV_IO, "%s: write", log_name);
		if (n > 0)
			done += (size_t)n;
	}
	inv_buf_reset(&a->built);
	return true;
}

static struct inv_entry_head
head_of(const struct inv_audit *a, char time[INV_CLOCK_TEXT])
{
	inv_clock_text(inv_clock_wall(), time);
	return (struct inv_entry_head){
		.seq = a->head.log.seq,
		.prev = a->head.log.prev,
		.time = { time, INV_CLOCK_TEXT - 1 },
	};
}

static void
grow_tree(struct inv_audit *a, struct inv_str line)
{
	unsigned char leaf[INV_DIGEST];

	inv_merkle_leaf(a->digest, line, leaf);
	inv_merkle_add(&a->tree, a->digest, leaf);
}

/* The line from start on is complete: the next one follows it. */
static bool
complete(struct inv_audit *a, size_t start, struct inv_str manifest,
    struct inv_err *err)
{
	struct inv_str line = { a->built.p + start, a->built.n - start };

	inv_buf_byte(&a->built, '\n');
	if (a->built.failed)
		return inv_fail(err, INV_INTERNAL, "%s: a line too long",
		    log_name);
	line.p = a->built.p + start;
	inv_audit_index_add(&a->index, manifest, a->head.log.offset, line.n);
	grow_tree(a, line);
	inv_digest_of(a->digest, line, a->head.log.prev);
	a->head.log.seq++;
	a->head.log.offset += line.n + 1;
	a->dirty = true;
	return a->built.n < PIECE || write_built(a, err);
}

static bool
add_batch(struct inv_audit *a, const struct inv_entry *e, struct inv_err *err)
{
	char time[INV_CLOCK_TEXT];
	struct inv_entry_head head = head_of(a, time);
	size_t start = a->built.n;

	inv_audit_put_batch(&a->built, &head, e);
	a->taken = e->seq;
	return complete(a, start, e->of.manifest, err);
}

static bool
add_action(struct inv_audit *a, const struct inv_action *action,
    struct inv_err *err)
{
	char time[INV_CLOCK_TEXT];
	struct inv_entry_head head = head_of(a, time);
	size_t start = a->built.n;

	inv_audit_put_action(&a->built, &head, action);
	a->acted = action->number;
	return complete(a, start, action->manifest, err);
}

static bool
add_line(struct inv_audit *a, const struct inv_audit_whose *whose,
    enum inv_audit_type type, struct inv_str line, struct inv_err *err)
{
	char time[INV_CLOCK_TEXT];
	struct inv_entry_head head = head_of(a, time);
	size_t start = a->built.n;

	inv_audit_put_line(&a->built, &head, whose, type, line);
	return complete(a, start, whose->manifest, err);
}

static bool
add_stages(struct inv_audit *a, const struct inv_audit_whose *whose,
    struct inv_str lines, struct inv_err *err)
{
	while (lines.n > 0) {
		const char *nl = memchr(lines.p, '\n', lines.n);
		size_t n = nl != NULL ? (size_t)(nl - lines.p) : lines.n - 1;

		if (!add_line(a, whose, INV_AUDIT_STAGE,
			(struct inv_str){ lines.p, n }, err))
			return false;
		lines.p += n + 1;
		lines.n -= n + 1;
	}
	return true;
}

static bool
add_group(struct inv_audit *a, const struct inv_audit_whose *whose,
    const struct inv_group *group, struct inv_err *err)
{
	for (size_t done = 0; done < group->rows.n;) {
		char time[INV_CLOCK_TEXT];
		struct inv_entry_head head = head_of(a, time);
		size_t start = a->built.n;

		done +=
		    inv_audit_put_verdict(&a->built, &head, whose, group, done);
		if (!complete(a, start, whose->manifest, err))
			return false;
	}
	return true;
}

static bool
add_block(struct inv_audit *a, const struct inv_account *account,
    uint64_t unverified, struct inv_err *err)
{
	const struct inv_audit_whose whose = {
		.manifest = { account->id, INV_MANIFEST_ID },
		.submission = account->submission,
		.run = { account->run, INV_RUN_ID },
	};
	const struct inv_checkpoints *c = &a->checkpoints;
	char time[INV_CLOCK_TEXT];

	if (account->stages.failed || account->refused.failed ||
	    account->failed.failed)
		return inv_fail(err, INV_BAD,
		    "manifest %.12s: stage or end lines past their ceiling",
		    account->id);
	if (!add_line(a, &whose, INV_AUDIT_MANIFEST,
		inv_buf_str(&account->manifest), err) ||
	    !add_stages(a, &whose, inv_buf_str(&account->stages), err))
		return false;
	for (size_t i = 0; i < account->groups; i++)
		if (!add_group(a, &whose, &account->group[i], err))
			return false;
	struct inv_entry_head head = head_of(a, time);
	size_t start = a->built.n;

	/* So the log tells of each checkpoint but the last that it was signed. */
	inv_audit_put_end(&a->built, &head, &whose, account, unverified,
	    c->n > 0 ? c->of[c->n - 1].size : 0);
	return complete(a, start, whose.manifest, err);
}

/* ---- what others have appended ---- */

static bool
index_line(struct inv_audit *a, const struct inv_audit_line *line,
    struct inv_err *err)
{
	if (line->type == INV_AUDIT_BATCH) {
		if (line->journal <= a->taken)
			return inv_fail(err, INV_IO,
			    "%s: line %ju: outcome %ju comes a second time",
			    log_name, (uintmax_t)line->seq,
			    (uintmax_t)line->journal);
		a->taken = line->journal;
	}
	if (line->type == INV_AUDIT_ACTION) {
		if (line->action != a->acted + 1)
			return inv_fail(err, INV_IO,
			    "%s: line %ju: action %ju where action %ju should "
			    "be",
			    log_name, (uintmax_t)line->seq,
			    (uintmax_t)line->action, (uintmax_t)a->acted + 1);
		a->acted = line->action;
	}
	/* What is wrong with a line is told first by the line behind it. */
	if (!inv_checkpoints_agree(&a->checkpoints, &a->tree, a->digest, err))
		return false;
	inv_audit_index_add(&a->index, line->manifest, a->head.log.offset,
	    line->text.n);
	grow_tree(a, line->text);
	return true;
}

static bool
is_where_head_says(const struct inv_audit_place *at,
    const struct inv_audit_head *head, struct inv_err *err)
{
	if (at->seq != head->log.seq ||
	    (at->offset == head->log.offset &&
		memcmp(at->prev, head->log.prev, INV_DIGEST) == 0))
		return true;
	return inv_fail(err, INV_IO,
	    "%s: line %ju: is not the one that audit/head tells of", log_name,
	    (uintmax_t)at->seq - 1);
}

/* All lines from a->head.log on. */
static bool
read_lines(struct inv_audit *a, struct inv_audit_reader *r,
    const struct inv_audit_head *head, struct inv_err *err)
{
	struct inv_audit_line line;
	struct inv_err why;

	for (;;)
		switch (inv_audit_next(r, &line, &why)) {
		case INV_AUDIT_LINE:
			if (!index_line(a, &line, err))
				return false;
			a->head.log = r->at;
			if (!is_where_head_says(&r->at, head, err))
				return false;
			break;
		case INV_AUDIT_TORN:
			if (a->head.log.seq >= head->log.seq &&
			    !inv_audit_goes_on(r)) {
				if (ftruncate(a->log,
					(off_t)a->head.log.offset) == 0)
					return true;
				return inv_fail_sys(err, INV_IO, "%s",
				    log_name);
			}
			*err = why;
			return false;
		case INV_AUDIT_FALSE:
		case INV_AUDIT_ERROR:
			*err = why;
			return false;
		case INV_AUDIT_NONE:
			if (a->head.log.seq >= head->log.seq)
				return true;
			return inv_fail(err, INV_IO,
			    "%s: %ju entries, audit/head tells of %ju: "
			    "its end was cut off",
			    log_name, (uintmax_t)a->head.log.seq - 1,
			    (uintmax_t)head->log.seq - 1);
		}
}

static bool
reaches_checkpoint(const struct inv_audit *a, struct inv_err *err)
{
	const struct inv_checkpoints *c = &a->checkpoints;

	if (c->n == 0 || c->of[c->n - 1].size <= a->tree.n)
		return inv_checkpoints_agree(c, &a->tree, a->digest, err);
	return inv_fail(err, INV_IO,
	    "%s: %ju entries, a checkpoint of %ju was signed: its end was cut "
	    "off",
	    log_name, (uintmax_t)a->tree.n, (uintmax_t)c->of[c->n - 1].size);
}

static bool
refresh(struct inv_audit *a, struct inv_err *err)
{
	struct inv_audit_head head;
	struct inv_audit_reader r;
	struct stat st;
	bool there;

	if (!inv_checkpoints_refresh(&a->checkpoints, err) ||
	    !inv_audit_head_read(a->dir, &head, &there, err) ||
	    !is_where_head_says(&a->head.log, &head, err))
		return false;
	if (fstat(a->log, &st) == -1)
		return inv_fail_sys(err, INV_IO, "%s", log_name);
	if ((uint64_t)st.st_size < a->head.log.offset)
		return inv_fail(err, INV_IO, "%s: shorter than it was",
		    log_name);
	if (!inv_audit_read(&r, a->log, &a->head.log, err))
		return false;
	bool ok = read_lines(a, &r, &head, err) && reaches_checkpoint(a, err);

	inv_audit_read_end(&r);
	if (head.journal.seq > a->head.journal.seq)
		a->head.journal = head.journal;
	a->dirty = a->head.log.seq != head.log.seq;
	return ok;
}

/* ---- the journal ---- */

static bool
take_outcomes(struct inv_audit *a, struct inv_journal_reader *r,
    struct inv_err *err)
{
	struct inv_entry e;

	for (;;)
		switch (inv_journal_next(r, &e, err)) {
		case INV_NEXT_ERR:
			return false;
		case INV_NEXT_END:
			a->head.journal = inv_journal_place(r);
			return inv_journal_read_sync(r, err);
		case INV_NEXT_LINE:
			if (e.type == INV_ENTRY_OUTCOME && e.seq > a->taken &&
			    !add_batch(a, &e, err))
				return false;
			break;
		}
}

static bool
take_journal(struct inv_audit *a, struct inv_err *err)
{
	struct inv_journal_reader *r =
	    inv_journal_read(&a->state, &a->head.journal);
	bool ok = take_outcomes(a, r, err);

	inv_journal_read_close(r);
	return ok;
}

/* ---- what people have done ---- */

/* What has been built up to a failure stays. */
static bool
take_actions(struct inv_audit *a, struct inv_err *err)
{
	struct inv_action_reader *r =
	    inv_actions_read(&a->state, a->acted, err);
	struct inv_action action;
	enum inv_next next;
	bool ok = true;

	if (r == NULL)
		return err->fault == INV_NO;
	while (ok && (next = inv_actions_next(r, &action, err)) != INV_NEXT_END)
		ok = next == INV_NEXT_LINE && add_action(a, &action, err);
	inv_actions_close(r);
	return ok;
}

/* ---- the standing ---- */

/* What the log knows of a manifest in one submission. */
struct tally {
	unsigned char *of; /* the verdict of row r at of[r - 1] */
	uint64_t n;        /* rows it has room for */
	uint64_t highest;  /* row that was told of */
	uint64_t rows;
	uint64_t runs;
	struct inv_map seen; /* their ids */
	bool whole;          /* rows is what a complete end line says */
	bool again;          /* account's run is there */
	uint64_t submission;
	struct inv_account *account; /* NULL: nobody's */
};

static void
tally_free(struct tally *t)
{
	free(t->of);
	inv_map_free(&t->seen);
	*t = (struct tally){ 0 };
}

static bool
is_committed(const struct tally *t, uint64_t row)
{
	return row <= t->n && t->of[row - 1] == INV_COMMITTED;
}

static void
make_room(struct tally *t, uint64_t row)
{
	uint64_t n = t->n == 0 ? 1024 : t->n;

	while (n < row)
		n *= 2;
	if (n == t->n)
		return;
	t->of = inv_mem_resize(t->of, (size_t)n, 1);
	memset(t->of + t->n, INV_PENDING, (size_t)(n - t->n));
	t->n = n;
}

/* Committed is final; else the latest verdict stands, and pending is none. */
static void
apply(struct tally *t, const struct inv_rows *rows, enum inv_verdict verdict)
{
	for (size_t i = 0; i < rows->n; i++) {
		uint64_t last = rows->range[i].last;

		if (last > t->highest)
			t->highest = last;
		if (rows->range[i].first > INV_STANDING_MAX)
			break;
		if (last > INV_STANDING_MAX)
			last = INV_STANDING_MAX;
		make_room(t, last);
		for (uint64_t r = rows->range[i].first; r <= last; r++)
			if (t->of[r - 1] != INV_COMMITTED &&
			    verdict != INV_PENDING)
				t->of[r - 1] = (unsigned char)verdict;
	}
}

static bool
read_node(struct inv_audit *a, const struct inv_audit_node *node,
    struct inv_audit_line *line, struct inv_err *err)
{
	inv_buf_reset(&a->text);
	if (!inv_buf_room(&a->text, node->n))
		return inv_fail(err, INV_INTERNAL, "%s: a line of %u bytes",
		    log_name, node->n);
	if (inv_file_pread(a->log, a->text.p, node->n, node->offset) !=
	    (ssize_t)node->n)
		return inv_fail(err, INV_IO, "%s: can not be read again",
		    log_name);
	return inv_audit_parse((struct inv_str){ a->text.p, node->n }, &a->rows,
	    line, err);
}

static void
note_batch(struct tally *t, const struct inv_audit_line *line)
{
	struct inv_claim *c;

	if (!line->committed)
		return;
	apply(t, line->rows, INV_COMMITTED);
	c = t->account != NULL ? inv_account_claim(t->account, line->key)
			       : NULL;
	if (c != NULL && memcmp(c->hash, line->hash, INV_DIGEST) == 0 &&
	    inv_account_fits(t->account, c, line->rows))
		c->verified = true;
}

static void
note_rows(struct tally *t, uint64_t announced, bool whole)
{
	if (whole)
		t->rows = announced;
	else if (announced > t->highest)
		t->highest = announced;
	t->whole = t->whole || whole;
}

/* A run counts once, however often it was fed. */
static void
note_run(struct tally *t, const struct inv_audit_index *ix, struct inv_str run)
{
	unsigned char hash[INV_HASH];

	inv_hash_of(ix->key, run, hash);
	struct inv_map_entry *e = inv_map_at(&t->seen, hash);

	t->runs += e->value == 0;
	e->value = 1;
}

/* The account was fed before, and said the same. */
static bool
is_again(const struct tally *t, const struct inv_audit_line *end)
{
	const struct inv_account *now = t->account;

	return now != NULL &&
	    inv_str_eq(end->run, (struct inv_str){ now->run, INV_RUN_ID }) &&
	    end->complete == now->complete && end->announced == now->rows &&
	    memcmp(end->counts, now->counts, sizeof(now->counts)) == 0;
}

/* The verdicts of a block count once its end is there. */
static bool
apply_block(struct inv_audit *a, struct tally *t,
    const struct inv_audit_node *from, const struct inv_audit_node *to,
    struct inv_err *err)
{
	struct inv_audit_line line;

	while (from != to) {
		if (!read_node(a, from, &line, err))
			return false;
		if (line.type == INV_AUDIT_VERDICT &&
		    line.verdict != INV_COMMITTED)
			apply(t, line.rows, line.verdict);
		from = inv_audit_index_next(&a->index, from);
	}
	return true;
}

/* The submission that the log has heard of last. */
static bool
last_submission(struct inv_audit *a, struct inv_str manifest, struct tally *t,
    struct inv_err *err)
{
	const struct inv_audit_node *node =
	    inv_audit_index_first(&a->index, manifest);
	struct inv_audit_line line;

	for (; node != NULL; node = inv_audit_index_next(&a->index, node)) {
		if (!read_node(a, node, &line, err))
			return false;
		if (line.type == INV_AUDIT_MANIFEST)
			t->submission = line.submission;
	}
	return true;
}

/* The manifest line that an entry carries is of a block of some rows. */
static bool
is_subset(struct inv_audit *a, struct inv_str entry)
{
	const struct inv_members *m = inv_scan_outer(a->scan);
	struct inv_err ignored;

	if (!inv_scan_line(a->scan, entry, &ignored))
		return false;
	const struct inv_member *line = inv_member_find(m, "line");

	return line != NULL && inv_scan_line(a->scan, line->value, &ignored) &&
	    inv_member_find(m, "subset") != NULL;
}

static bool
count_up(struct inv_audit *a, struct inv_str manifest, struct tally *t,
    struct inv_err *err)
{
	const struct inv_audit_node *node =
	    inv_audit_index_first(&a->index, manifest);
	const struct inv_audit_node *block = NULL;
	struct inv_audit_line line;
	bool subset = false;

	for (; node != NULL; node = inv_audit_index_next(&a->index, node)) {
		if (!read_node(a, node, &line, err))
			return false;
		if (line.submission != t->submission)
			continue;
		switch (line.type) {
		case INV_AUDIT_MANIFEST:
			block = node;
			subset = is_subset(a, line.text);
			break;
		case INV_AUDIT_STAGE:
		case INV_AUDIT_VERDICT:
		case INV_AUDIT_ACTION:
			break;
		case INV_AUDIT_BATCH:
			note_batch(t, &line);
			break;
		case INV_AUDIT_END:
			note_rows(t, line.announced, line.complete && !subset);
			note_run(t, &a->index, line.run);
			t->again = t->again || is_again(t, &line);
			if (block != NULL &&
			    !apply_block(a, t, block, node, err))
				return false;
			break;
		}
	}
	return true;
}

static struct inv_standing
standing_of(const struct tally *t)
{
	struct inv_standing s = {
		.runs = t->runs,
		.rows = t->whole ? t->rows : t->highest,
	};
	uint64_t known = s.rows < t->n ? s.rows : t->n;

	for (uint64_t r = 0; r < known; r++)
		s.counts[t->of[r]]++;
	s.counts[INV_PENDING] += s.rows - known;
	return s;
}

/* ---- a block ---- */

static uint64_t
count_unverified(const struct inv_account *account)
{
	uint64_t n = 0;

	for (size_t i = 0; i < account->claims; i++)
		if (!account->claim[i].verified)
			n += account->claim[i].rows;
	for (size_t i = 0; i < account->groups; i++)
		if (account->group[i].verdict == INV_COMMITTED)
			n += account->group[i].rows.count;
	return n;
}

static void
apply_account(struct tally *t, const struct inv_audit_index *ix)
{
	const struct inv_account *account = t->account;

	for (size_t i = 0; i < account->groups; i++)
		if (account->group[i].verdict != INV_COMMITTED)
			apply(t, &account->group[i].rows,
			    account->group[i].verdict);
	if (account->highest > t->highest)
		t->highest = account->highest;
	note_rows(t, account->rows, account->complete && !account->subset);
	note_run(t, ix, (struct inv_str){ account->run, INV_RUN_ID });
}

static uint64_t
orphans_of(const struct tally *t, const struct inv_winners *w)
{
	uint64_t n = 0;

	if (w->last == 0)
		return 1;
	for (uint64_t r = w->first; r <= w->last; r++)
		n += !is_committed(t, r);
	return n;
}

/* A duplicate shares its winner's fate, which may lie in another manifest. */
static bool
count_orphans(struct inv_audit *a, const struct tally *own, uint64_t *n,
    struct inv_err *err)
{
	const struct inv_account *account = own->account;
	struct tally other = { 0 };
	const char *whose = NULL;
	bool ok = true;

	for (size_t i = 0; ok && i < account->winners; i++) {
		const struct inv_winners *w = &account->winner[i];

		if (w->last == 0 ||
		    memcmp(w->manifest, account->id, INV_MANIFEST_SHORT) == 0) {
			*n += orphans_of(own, w);
			continue;
		}
		if (whose == NULL ||
		    memcmp(whose, w->manifest, INV_MANIFEST_SHORT) != 0) {
			struct inv_str id = { w->manifest, INV_MANIFEST_SHORT };

			tally_free(&other);
			ok = last_submission(a, id, &other, err) &&
			    count_up(a, id, &other, err);
			whose = w->manifest;
		}
		*n += ok ? orphans_of(&other, w) : 0;
	}
	tally_free(&other);
	return ok;
}

static bool
commit(struct inv_audit *a, struct inv_err *err)
{
	if (!write_built(a, err))
		return false;
	if (!a->dirty)
		return true;
	if (fdatasync(a->log) == -1)
		return inv_fail_sys(err, INV_IO, "%s: fdatasync", log_name);
	a->dirty = false;
	return inv_audit_head_write(a->dir, &a->head, err);
}

/* What is on disk gets a checkpoint, unless the last one has it all. */
static bool
sign(struct inv_audit *a, struct inv_err *err)
{
	const struct inv_checkpoints *c = &a->checkpoints;

	return (c->n > 0 && c->of[c->n - 1].size == a->tree.n) ||
	    a->tree.n == 0 ||
	    inv_checkpoints_sign(&a->checkpoints, &a->tree, a->digest, &a->key,
		err);
}

/* What has failed once is not tried again: a sync would not fail twice. */
static bool
begin(struct inv_audit *a, struct inv_err *err)
{
	if (!a->failed)
		return inv_audit_lock(a->lock, err);
	*err = a->why;
	return false;
}

static bool
end(struct inv_audit *a, bool ok, const struct inv_err *err)
{
	inv_audit_unlock(a->lock);
	if (!ok) {
		a->failed = true;
		a->why = *err;
	}
	return ok;
}

static bool
add_locked(struct inv_audit *a, struct tally *t, struct inv_audit_sum *sum,
    struct inv_err *err)
{
	struct inv_str manifest = { t->account->id, INV_MANIFEST_ID };

	if (!refresh(a, err) || !take_journal(a, err) || !write_built(a, err) ||
	    !count_up(a, manifest, t, err))
		return false;
	sum->again = t->again;
	sum->unverified = count_unverified(t->account);
	if (!sum->again) {
		if (!add_block(a, t->account, sum->unverified, err))
			return false;
		apply_account(t, &a->index);
	}
	sum->standing = standing_of(t);
	return commit(a, err) && sign(a, err) &&
	    count_orphans(a, t, &sum->orphans, err);
}

bool
inv_audit_add(struct inv_audit *a, struct inv_account *account,
    struct inv_audit_sum *sum, struct inv_err *err)
{
	struct tally t = { .account = account,
		.submission = account->submission };

	*sum = (struct inv_audit_sum){ 0 };
	inv_account_sort(account);
	if (!begin(a, err))
		return false;
	bool ok = end(a, add_locked(a, &t, sum, err), err);

	tally_free(&t);
	return ok;
}

void
inv_audit_follow(struct inv_audit *a)
{
	struct inv_err err;

	if (begin(a, &err))
		(void)end(a,
		    refresh(a, &err) && take_journal(a, &err) &&
			commit(a, &err),
		    &err);
}

bool
inv_audit_take_in(struct inv_audit *a, struct inv_err *err)
{
	if (!begin(a, err))
		return false;
	/* Actions that can not be read keep nothing else from being signed. */
	return end(a,
	    refresh(a, err) && take_journal(a, err) && commit(a, err) &&
		sign(a, err) && take_actions(a, err) && commit(a, err) &&
		sign(a, err),
	    err);
}

/* ---- the beginning and the end ---- */

/* The first run makes a key of its own. */
static bool
open_key(struct inv_audit *a, const struct inv_secret_place *key,
    struct inv_err *err)
{
	if (key == NULL && !inv_audit_key_is_there(a->dir)) {
		if (!inv_audit_key_make(a->dir, INV_LIT(""), err))
			return false;
		inv_note("audit/key made, to sign checkpoints with");
	}
	return inv_audit_key_open(&a->key, &a->state, key, err);
}

static bool
open_files(struct inv_audit *a, const struct inv_secret_place *key,
    struct inv_err *err)
{
	a->dir = inv_file_state_dir(a->state.fd, "audit", err);
	if (a->dir == -1)
		return false;
	a->lock = inv_file_open(a->dir, "lock", O_RDWR | O_CREAT, err);
	if (a->lock == -1 || !inv_audit_lock(a->lock, err))
		return false;
	a->log = inv_file_open(a->dir, "log.ndjson", O_RDWR | O_CREAT, err);
	bool ok = a->log != -1 &&
	    inv_checkpoints_open(&a->checkpoints, a->dir, true, err) &&
	    refresh(a, err) && open_key(a, key, err);

	inv_audit_unlock(a->lock);
	return ok;
}

struct inv_audit *
inv_audit_open(const struct inv_state *state,
    const struct inv_secret_place *key, struct inv_err *err)
{
	struct inv_audit *a = inv_mem_new(sizeof(*a));

	a->state = *state;
	a->dir = a->log = a->lock = -1;
	a->head = INV_AUDIT_HEAD;
	a->checkpoints = INV_CHECKPOINTS;
	a->built = INV_BUF(PIECE + 2 * (size_t)INV_AUDIT_LINE_MAX);
	a->text = INV_BUF(INV_AUDIT_LINE_MAX);
	a->digest = inv_digest_new();
	a->scan = inv_scan_new();
	if (open_files(a, key, err))
		return a;
	inv_audit_close(a);
	return NULL;
}

void
inv_audit_close(struct inv_audit *a)
{
	if (a == NULL)
		return;
	if (a->log != -1)
		close(a->log);
	if (a->lock != -1)
		close(a->lock);
	if (a->dir != -1)
		close(a->dir);
	inv_checkpoints_close(&a->checkpoints);
	inv_audit_key_close(&a->key);
	inv_audit_index_free(&a->index);
	inv_digest_free(a->digest);
	inv_scan_free(a->scan);
	inv_buf_free(&a->built);
	inv_buf_free(&a->text);
	inv_rows_free(&a->rows);
	free(a);
}
