/*
 * audit_verify.c - the log and the journal, held against all that binds them
 *
 * One pass over both: each batch entry of the log is met by its outcome as
 * the journal is read on, so that nothing has to be kept.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "io/file.h"
#include "store/approval.h"
#include "store/archive_list.h"
#include "store/attachments_check.h"
#include "store/audit.h"
#include "store/audit_bodies.h"
#include "store/audit_head.h"
#include "store/audit_vouch.h"
#include "store/journal.h"
#include "store/segment.h"

enum {
	TAIL_TRIES = 20,                 /* looks at a tail that may grow */
	TAIL_WAIT_NS = 50 * 1000 * 1000, /* between them */
	OUTCOME_MAX = 16 << 20,          /* bytes of an outcome as text */
};

static const char log_name[] = "audit/log.ndjson";

struct verify {
	struct inv_state state;
	int dir;  /* STATE/audit; -1: none */
	int lock; /* -1: none */
	int log;
	struct inv_audit_head head;
	bool has_head;
	struct inv_journal_reader *journal;
	struct inv_entry entry;            /* the line of the journal at hand */
	bool ended;                        /* there is none */
	struct inv_action_reader *actions; /* NULL: none was needed yet */
	struct inv_approvals *approvals;   /* the same */
	struct inv_audit_bodies bodies;    /* with read_data */
	struct inv_audit_vouch vouch;
	bool read_data;
	struct inv_buf want;
	struct inv_scan *scan; /* NULL: not needed yet */
	struct inv_audit_verified *done;
};

/* What others call damage is the answer here. */
static bool
differs(struct inv_err *err)
{
	if (err->fault == INV_IO || err->fault == INV_BAD)
		err->fault = INV_NO;
	return false;
}

/* ---- the journal ---- */

/* The head of the log knows a place of the journal. */
static bool
passes_place(struct verify *v, struct inv_err *err)
{
	struct inv_place at = inv_journal_place(v->journal);

	if (at.seq != v->head.journal.seq ||
	    memcmp(at.prev, v->head.journal.prev, INV_DIGEST) == 0)
		return true;
	return inv_fail(err, INV_NO,
	    "journal: entry %ju: is not the one that audit/head tells of",
	    (uintmax_t)at.seq - 1);
}

/* What an intent names is on disk before the intent is. */
static bool
files_are_there(const struct verify *v, struct inv_err *err)
{
	struct inv_str rows = v->entry.of.files;
	struct inv_file_named f;
	struct inv_str list;
	struct inv_err why;
	uint64_t row;

	while (inv_files_each_row(&rows, &row, &list))
		while (inv_files_each(&list, &f))
			if (!inv_attachments_has(v->state.fd, &f, &why))
				return inv_fail(err, INV_NO,
				    "journal: entry %ju: row %ju: %s",
				    (uintmax_t)v->entry.seq, (uintmax_t)row,
				    why.msg);
	return true;
}

/* The next line of the journal; ended where there is none. */
static bool
step(struct verify *v, struct inv_err *err)
{
	switch (inv_journal_next(v->journal, &v->entry, err)) {
	case INV_NEXT_ERR:
		return differs(err);
	case INV_NEXT_END:
		v->ended = true;
		return true;
	case INV_NEXT_LINE:
		break;
	}
	v->done->lines++;
	return (!v->read_data ||
		   (inv_audit_bodies_take(&v->bodies, &v->entry, err) &&
		       files_are_there(v, err))) &&
	    passes_place(v, err);
}

static bool
same_outcome(struct verify *v, const struct inv_audit_line *line,
    struct inv_err *err)
{
	const struct inv_entry *e = &v->entry;

	/* As it stands in a line: behind another member. */
	inv_buf_reset(&v->want);
	inv_buf_byte(&v->want, '1');
	inv_audit_tell_outcome(&v->want, e);
	struct inv_str want = { v->want.p + 1, v->want.n - 1 };

	if (inv_str_eq(line->manifest, e->of.manifest) &&
	    line->submission == e->of.submission &&
	    inv_str_eq(line->told, want))
		return true;
	return inv_fail(err, INV_NO,
	    "%s: line %ju: says otherwise than entry %ju of the journal",
	    log_name, (uintmax_t)line->seq, (uintmax_t)e->seq);
}

/* Read the journal on to the outcome that this entry of the log is about. */
static bool
meet(struct verify *v, const struct inv_audit_line *line, struct inv_err *err)
{
	for (;;) {
		if (!step(v, err))
			return false;
		if (v->ended || v->entry.seq > line->journal)
			return inv_fail(err, INV_NO,
			    "%s: line %ju: the journal has no outcome %ju",
			    log_name, (uintmax_t)line->seq,
			    (uintmax_t)line->journal);
		if (v->entry.type != INV_ENTRY_OUTCOME)
			continue;
		if (v->entry.seq == line->journal)
			break;
		return inv_fail(err, INV_NO,
		    "%s: line %ju: outcome %ju of the journal is not in the "
		    "log before it",
		    log_name, (uintmax_t)line->seq, (uintmax_t)v->entry.seq);
	}
	v->done->batches++;
	return same_outcome(v, line, err);
}

static bool
tail_is_whole(const struct inv_place *at, int dir, bool *whole,
    struct inv_err *err)
{
	char name[INV_SEGMENT_NAME];
	struct inv_segments s;
	struct stat st;

	if (!inv_segment_survey(dir, &s, err))
		return false;
	inv_segment_name(s.last, name);
	*whole = s.last == 0;
	if (s.last == 0)
		return true;
	/* One that is compressed has another behind it. */
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return inv_fail(err, INV_NO, "journal/%06ju.ndjson: missing",
		    (uintmax_t)s.last + 1);
	*whole = s.last == at->segment && (uint64_t)st.st_size == at->offset;
	return true;
}

/* A writer may be at work: what it has begun is soon whole. */
static bool
journal_ends_well(struct verify *v, struct inv_err *err)
{
	int dir = openat(v->state.fd, "journal",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool whole = dir == -1 && errno == ENOENT;
	bool ok = whole || dir != -1;

	for (int i = 0; ok && !whole && i < TAIL_TRIES; i++) {
		const struct timespec wait = { .tv_nsec = TAIL_WAIT_NS };
		struct inv_place at = inv_journal_place(v->journal);

		ok = tail_is_whole(&at, dir, &whole, err);
		if (!ok || whole)
			break;
		(void)nanosleep(&wait, NULL);
		for (v->ended = false; ok && !v->ended;)
			ok = step(v, err);
	}
	if (dir != -1)
		close(dir);
	if (!ok || whole)
		return ok;
	struct inv_place at = inv_journal_place(v->journal);

	return inv_fail(err, INV_NO,
	    "journal/%06ju.ndjson: behind entry %ju is something that is no "
	    "whole line: torn, or changed",
	    (uintmax_t)at.segment, (uintmax_t)at.seq - 1);
}

static bool
rest_of_journal(struct verify *v, struct inv_err *err)
{
	while (!v->ended)
		if (!step(v, err))
			return false;
	if (inv_journal_place(v->journal).seq < v->head.journal.seq)
		return inv_fail(err, INV_NO,
		    "journal: %ju entries, audit/head tells of %ju: "
		    "its end was cut off",
		    (uintmax_t)inv_journal_place(v->journal).seq - 1,
		    (uintmax_t)v->head.journal.seq - 1);
	return journal_ends_well(v, err);
}

/* ---- what people did ---- */

/* The quarantine has them all, in the order in which the log has them. */
static bool
next_action(struct verify *v, struct inv_action *a, bool *there,
    struct inv_err *err)
{
	*there = false;
	if (v->actions == NULL)
		v->actions = inv_actions_look(&v->state, err);
	if (v->actions == NULL)
		return err->fault == INV_NO || differs(err);
	switch (inv_actions_next(v->actions, a, err)) {
	case INV_NEXT_ERR:
		return differs(err);
	case INV_NEXT_LINE:
		*there = true;
		return true;
	case INV_NEXT_END:
		return true;
	}
	return false;
}

/* What was released by an approval was signed for, by somebody else, once. */
static bool
is_approved(struct verify *v, const struct inv_action *a, struct inv_err *err)
{
	if (v->approvals == NULL)
		v->approvals = inv_approvals_open(&v->state, NULL, err);
	return v->approvals != NULL && inv_approvals_meet(v->approvals, a, err);
}

/*
 * The log was told of it with a patch, which a purge has taken away since: its
 * digest must be there.
 */
static bool
is_purged(struct verify *v, struct inv_str told, struct inv_str want,
    struct inv_str detail)
{
	size_t n = want.n - detail.n - 1; /* up to the detail and its brace */
	struct inv_buf was = INV_BUF(INV_ACTION_DETAIL_MAX);

	if (v->scan == NULL)
		v->scan = inv_scan_new();
	bool is = told.n > n + 1 && memcmp(told.p, want.p, n) == 0 &&
	    inv_action_forget(v->scan,
		(struct inv_str){ told.p + n, told.n - n - 1 }, &was) &&
	    inv_str_eq(inv_buf_str(&was), detail);

	inv_buf_free(&was);
	return is;
}

static bool
meet_action(struct verify *v, const struct inv_audit_line *line,
    struct inv_err *err)
{
	struct inv_action a;
	bool there;

	if (!next_action(v, &a, &there, err))
		return false;
	if (!there)
		return inv_fail(err, INV_NO,
		    "%s: line %ju: quarantine/quarantine.db has no action %ju",
		    log_name, (uintmax_t)line->seq, (uintmax_t)line->action);
	v->done->actions++;
	inv_buf_reset(&v->want);
	inv_buf_byte(&v->want, '1');
	inv_audit_tell_action(&v->want, &a);
	struct inv_str want = { v->want.p + 1, v->want.n - 1 };

	if (inv_str_eq(line->manifest, a.manifest) &&
	    line->submission == a.submission &&
	    (inv_str_eq(line->told, want) ||
		is_purged(v, line->told, want, a.detail)))
		return is_approved(v, &a, err);
	return inv_fail(err, INV_NO,
	    "%s: line %ju: says otherwise than action %ju of "
	    "quarantine/quarantine.db",
	    log_name, (uintmax_t)line->seq, (uintmax_t)a.number);
}

/* ---- the archive ---- */

/* One that was never kept, with --no-archive, is counted apart. */
static bool
manifest_has_its_digest(struct verify *v, const struct inv_archive_entry *e,
    struct inv_err *err)
{
	int fd = inv_archive_fetch(v->state.fd, e->manifest, err);

	if (fd != -1) {
		close(fd);
		v->done->manifests++;
		return true;
	}
	if (err->fault == INV_NOINPUT) {
		v->done->unkept++;
		return true;
	}
	return differs(err);
}

static bool
archive_is_whole(struct verify *v, struct inv_err *err)
{
	struct inv_archive_list list;
	struct inv_archive_entry e;

	if (!inv_archive_list_open(&list, v->state.fd, err))
		return differs(err);
	for (bool ok = true; ok;)
		switch (inv_archive_list_next(&list, &e, err)) {
		case INV_NEXT_LINE:
			ok = manifest_has_its_digest(v, &e, err);
			break;
		case INV_NEXT_ERR:
			ok = differs(err);
			break;
		case INV_NEXT_END:
			inv_archive_list_close(&list);
			return true;
		}
	inv_archive_list_close(&list);
	return false;
}

/* ---- the quarantine ---- */

static bool
events_hold(struct verify *v, struct inv_err *err)
{
	return inv_quarantine_hold(&v->state, &v->done->events, err) ||
	    differs(err);
}

/* ---- the log ---- */

/* The one that the end of a block tells of. */
static bool
checkpoint_is_there(const struct verify *v, const struct inv_audit_line *line,
    struct inv_err *err)
{
	const struct inv_checkpoints *own = &v->vouch.own;
	uint64_t size = line->signed_before;
	size_t i = inv_checkpoints_from(own, size);

	if (size == 0 || (i < own->n && own->of[i].size == size))
		return true;
	return inv_fail(err, INV_NO,
	    "audit/checkpoints.ndjson: the one of %ju entries is gone, which "
	    "line %ju of %s tells of",
	    (uintmax_t)size, (uintmax_t)line->seq, log_name);
}

static bool
log_lines(struct verify *v, struct inv_audit_reader *r, struct inv_err *err)
{
	struct inv_audit_line line;

	for (;;)
		switch (inv_audit_next(r, &line, err)) {
		case INV_AUDIT_LINE:
			v->done->entries++;
			if (!inv_audit_vouch_entry(&v->vouch, line.text, err))
				return differs(err);
			if (!checkpoint_is_there(v, &line, err))
				return false;
			if (line.type == INV_AUDIT_BATCH &&
			    !meet(v, &line, err))
				return false;
			if (line.type == INV_AUDIT_ACTION &&
			    !meet_action(v, &line, err))
				return false;
			break;
		case INV_AUDIT_NONE:
			return true;
		case INV_AUDIT_TORN:
		case INV_AUDIT_FALSE:
			return differs(err);
		case INV_AUDIT_ERROR:
			return false;
		}
}

static bool
ends_at_head(const struct verify *v, const struct inv_audit_place *at,
    struct inv_err *err)
{
	const struct inv_audit_place *head = &v->head.log;

	if (at->seq == head->seq && at->offset == head->offset &&
	    memcmp(at->prev, head->prev, INV_DIGEST) == 0)
		return true;
	if (!v->has_head)
		return inv_fail(err, INV_NO, "audit/head: missing");
	if (at->seq == head->seq)
		return inv_fail(err, INV_NO,
		    "%s: line %ju: is not the one that audit/head tells of",
		    log_name, (uintmax_t)at->seq - 1);
	return inv_fail(err, INV_NO, "%s: %ju entries, audit/head tells of %ju",
	    log_name, (uintmax_t)at->seq - 1, (uintmax_t)head->seq - 1);
}

static bool
ends_as_vouched(struct verify *v, struct inv_err *err)
{
	return inv_audit_vouch_end(&v->vouch, err) || differs(err);
}

static bool
verify_log(struct verify *v, struct inv_err *err)
{
	const struct inv_audit_head start = INV_AUDIT_HEAD;
	struct inv_audit_reader r;

	if (!inv_audit_read(&r, v->log, &start.log, err))
		return false;
	bool ok = log_lines(v, &r, err) && ends_at_head(v, &r.at, err) &&
	    ends_as_vouched(v, err);

	inv_audit_read_end(&r);
	return ok;
}

static bool
open_log(struct verify *v, struct inv_err *err)
{
	struct inv_err why;

	v->dir = openat(v->state.fd, "audit",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (v->dir == -1 && errno == ENOENT)
		return true;
	if (v->dir == -1)
		return inv_fail_sys(err, INV_NOINPUT, "audit");
	v->lock = inv_file_open(v->dir, "lock", O_RDONLY, &why);
	if (v->lock != -1 && !inv_audit_lock(v->lock, err))
		return false;
	if (!inv_audit_head_read(v->dir, &v->head, &v->has_head, err))
		return differs(err);
	v->log = inv_file_open(v->dir, "log.ndjson", O_RDONLY, &why);
	if (v->log == -1 && (errno != ENOENT || v->has_head))
		return inv_fail_sys(err, INV_NO, "%s", log_name);
	return true;
}

bool
inv_audit_verify(const struct inv_state *state,
    const struct inv_audit_trust *trust, struct inv_audit_verified *done,
    struct inv_err *err)
{
	const struct inv_place start = INV_PLACE;
	struct verify v = {
		.state = *state,
		.dir = -1,
		.lock = -1,
		.log = -1,
		.head = INV_AUDIT_HEAD,
		.journal = inv_journal_read(state, &start),
		.want = INV_BUF(OUTCOME_MAX),
		.read_data = trust->read_data,
		.done = done,
	};

	*done = (struct inv_audit_verified){ 0 };
	inv_audit_bodies_open(&v.bodies);
	bool ok = open_log(&v, err) &&
	    inv_audit_vouch_open(&v.vouch, v.dir, trust, err) &&
	    (v.log == -1 ? ends_as_vouched(&v, err) : verify_log(&v, err)) &&
	    rest_of_journal(&v, err) &&
	    (!v.read_data ||
		(archive_is_whole(&v, err) &&
		    inv_attachments_check(v.state.fd, &done->attachments,
			err) &&
		    events_hold(&v, err)));

	done->checkpoints = v.vouch.passed;
	done->covered = v.vouch.covered;
	done->bodies = v.bodies.n;
	inv_audit_vouch_close(&v.vouch);
	if (v.log != -1)
		close(v.log);
	if (v.lock != -1)
		close(v.lock);
	if (v.dir != -1)
		close(v.dir);
	inv_journal_read_close(v.journal);
	inv_actions_close(v.actions);
	inv_approvals_close(v.approvals);
	inv_audit_bodies_close(&v.bodies);
	inv_buf_free(&v.want);
	inv_scan_free(v.scan);
	return ok;
}
