/* status.c - what is open and what went well last, for those who only look */

#include "store/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/scan.h"
#include "io/file.h"
#include "store/audit_head.h"
#include "store/journal.h"

static const char log_name[] = "audit/log.ndjson";

static void
batch_free(struct inv_status_batch *b)
{
	inv_rows_free(&b->rows);
	free(b->name);
	free(b->reason);
}

void
inv_status_free(struct inv_status *s)
{
	for (size_t i = 0; i < s->n; i++)
		batch_free(&s->open[i]);
	free(s->open);
	batch_free(&s->last);
	free(s->success.name);
	*s = (struct inv_status){ 0 };
}

/* ---- the journal ---- */

static void
fill(struct inv_status_batch *b, uint64_t seq, const struct inv_entry *e)
{
	b->seq = seq;
	memcpy(b->time, e->time.p, sizeof(b->time) - 1);
	memcpy(b->manifest, e->of.manifest.p, sizeof(b->manifest));
	memcpy(b->key, e->of.key.p, sizeof(b->key));
	b->submission = e->of.submission;
	b->chunk = e->of.chunk;
	inv_rows_reset(&b->rows);
	for (size_t i = 0; i < e->of.rows->n; i++)
		inv_rows_join(&b->rows, e->of.rows->range[i].first,
		    e->of.rows->range[i].last);
}

/* Where the intent of that number is, or would be. */
static size_t
find(const struct inv_status *s, uint64_t seq)
{
	size_t i = s->n;

	while (i > 0 && s->open[i - 1].seq >= seq)
		i--;
	return i;
}

static bool
is_at(const struct inv_status *s, size_t i, uint64_t seq)
{
	return i < s->n && s->open[i].seq == seq;
}

/* A copy of one that is known says nothing new. */
static void
take_intent(struct inv_status *s, const struct inv_entry *e,
    const struct inv_place *place)
{
	size_t i = find(s, e->intent);

	if (is_at(s, i, e->intent))
		return;
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 64 : 2 * s->cap;
		s->open = inv_mem_resize(s->open, s->cap, sizeof(*s->open));
	}
	memmove(&s->open[i + 1], &s->open[i], (s->n - i) * sizeof(*s->open));
	s->n++;
	s->open[i] = (struct inv_status_batch){ 0 };
	s->open[i].place = *place;
	fill(&s->open[i], e->intent, e);
}

static void
give_up(struct inv_status_batch *b, const struct inv_outcome *o)
{
	b->attempts = o->attempts;
	b->status = o->status;
	free(b->reason);
	b->reason = inv_mem_dup(o->reason.p, o->reason.n);
}

static void
take_outcome(struct inv_status *s, const struct inv_entry *e)
{
	size_t i = find(s, e->intent);
	bool known = is_at(s, i, e->intent);

	switch (e->outcome.kind) {
	case INV_OUTCOME_OPEN:
		if (known)
			give_up(&s->open[i], &e->outcome);
		return;
	case INV_OUTCOME_COMMITTED:
		s->committed = true;
		fill(&s->last, e->seq, e);
		break;
	case INV_OUTCOME_REFUSED:
	case INV_OUTCOME_KEY_MISMATCH:
	case INV_OUTCOME_NO_EFFECT:
		break;
	}
	if (!known)
		return;
	batch_free(&s->open[i]);
	s->n--;
	memmove(&s->open[i], &s->open[i + 1], (s->n - i) * sizeof(*s->open));
}

/* Read from a place on, up to the end or, where `until` is set, up to it. */
static bool
read_on(const struct inv_state *state, const struct inv_place *from,
    uint64_t until, struct inv_status *s, struct inv_err *err)
{
	struct inv_journal_reader *r = inv_journal_read(state, from);
	struct inv_place before = *from;
	enum inv_next next;
	struct inv_entry e;

	while ((next = inv_journal_next(r, &e, err)) == INV_NEXT_LINE) {
		struct inv_place at = inv_journal_place(r);

		if (until != 0 && at.segment >= until)
			break;
		switch (e.type) {
		case INV_ENTRY_INTENT:
			if (until == 0)
				take_intent(s, &e, &before);
			break;
		case INV_ENTRY_OUTCOME:
			take_outcome(s, &e);
			break;
		case INV_ENTRY_KEPT:
			break;
		}
		if (e.seq > s->entries)
			s->entries = e.seq;
		before = at;
	}
	inv_journal_read_close(r);
	return next != INV_NEXT_ERR;
}

static bool
read_from(const struct inv_state *state, uint64_t segment, uint64_t until,
    struct inv_status *s, struct inv_err *err)
{
	struct inv_place place;
	bool there;

	if (!inv_journal_begin(state, segment, &place, &there, err))
		return false;
	return !there || read_on(state, &place, until, s, err);
}

static bool
survey(const struct inv_state *state, struct inv_segments *segments,
    struct inv_err *err)
{
	int dir = openat(state->fd, "journal",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir == -1)
		return errno == ENOENT ||
		    inv_fail_sys(err, errno == EACCES ? INV_DENIED : INV_IO,
			"journal");
	bool ok = inv_segment_survey(dir, segments, err);

	close(dir);
	return ok;
}

/* Those that are compressed have no open batch. */
static uint64_t
first_plain(const struct inv_status *s)
{
	return s->segments.plain != 0 ? s->segments.plain
				      : s->segments.last + 1;
}

bool
inv_status_read_open(const struct inv_state *state, struct inv_status *s,
    struct inv_err *err)
{
	return survey(state, &s->segments, err) &&
	    read_from(state, first_plain(s), 0, s, err);
}

struct inv_status_batch *
inv_status_batch_of(const struct inv_status *s, struct inv_str manifest,
    uint64_t submission, uint64_t row)
{
	for (size_t i = 0; i < s->n; i++) {
		struct inv_status_batch *b = &s->open[i];
		struct inv_str id = { b->manifest, sizeof(b->manifest) };

		if (b->submission == submission && inv_str_eq(id, manifest) &&
		    inv_rows_has(&b->rows, row))
			return b;
	}
	return NULL;
}

bool
inv_status_body(const struct inv_state *state, const struct inv_status_batch *b,
    struct inv_buf *body, struct inv_buf *files, struct inv_err *err)
{
	struct inv_journal_reader *r = inv_journal_read(state, &b->place);
	struct inv_entry e;
	enum inv_next next = inv_journal_next(r, &e, err);
	bool ok = next == INV_NEXT_LINE && e.type == INV_ENTRY_INTENT &&
	    e.intent == b->seq;

	if (ok) {
		inv_buf_add(body, e.of.body);
		inv_buf_add(files, e.of.files);
	} else if (next != INV_NEXT_ERR) {
		inv_fail(err, INV_IO,
		    "journal: batch %ju is not there any more",
		    (uintmax_t)b->seq);
	}
	inv_journal_read_close(r);
	return ok;
}

/* The last committed batch may be in those that are compressed. */
static bool
read_journal(const struct inv_state *state, struct inv_status *s,
    struct inv_err *err)
{
	if (!inv_status_read_open(state, s, err))
		return false;
	for (uint64_t first = first_plain(s); first > 1 && !s->committed;
	     first--)
		if (!read_from(state, first - 1, first, s, err))
			return false;
	return true;
}

/* ---- the audit log ---- */

/* What is known of the block at hand. */
struct reading {
	struct inv_audit_reader r;
	struct inv_scan *scan;
	char *name;
	char run[INV_RUN_ID];
};

static void
set_name(char **name, const char *to)
{
	free(*name);
	*name = to != NULL ? inv_mem_strdup(to) : NULL;
}

static void
name_batch(struct inv_status_batch *b, const struct inv_audit_line *line,
    const char *name)
{
	if (b->seq != 0 && b->submission == line->submission &&
	    memcmp(b->manifest, line->manifest.p, INV_DIGEST_HEX) == 0)
		set_name(&b->name, name);
}

static void
take_manifest(struct reading *p, struct inv_status *s,
    const struct inv_audit_line *line)
{
	struct inv_str name = { 0 };
	struct inv_err ignored;

	if (inv_scan_line(p->scan, line->text, &ignored) &&
	    inv_scan_line(p->scan,
		inv_member_find(inv_scan_outer(p->scan), "line")->value,
		&ignored))
		name = inv_member_text(inv_scan_outer(p->scan), "name");
	free(p->name);
	p->name = name.n > 0 ? inv_mem_dup(name.p, name.n) : NULL;
	memcpy(p->run, line->run.p, sizeof(p->run));
	for (size_t i = 0; i < s->n; i++)
		name_batch(&s->open[i], line, p->name);
	name_batch(&s->last, line, p->name);
}

static bool
went_well(struct reading *p, const struct inv_audit_line *line)
{
	struct inv_err ignored;

	return line->complete && line->unverified == 0 &&
	    line->counts[INV_PENDING] == 0 && line->counts[INV_HELD] == 0 &&
	    line->counts[INV_AMBIGUOUS] == 0 &&
	    inv_scan_line(p->scan, line->text, &ignored) &&
	    inv_member_find(inv_scan_outer(p->scan), "refused") == NULL;
}

static void
take_end(struct reading *p, struct inv_status *s,
    const struct inv_audit_line *line)
{
	struct inv_status_run *to = &s->success;

	if (!went_well(p, line) ||
	    memcmp(p->run, line->run.p, sizeof(p->run)) != 0)
		return;
	s->succeeded = true;
	memcpy(to->time, line->time.p, sizeof(to->time) - 1);
	memcpy(to->manifest, line->manifest.p, sizeof(to->manifest));
	memcpy(to->run, line->run.p, sizeof(to->run));
	memcpy(to->counts, line->counts, sizeof(to->counts));
	to->submission = line->submission;
	to->rows = line->announced;
	set_name(&to->name, p->name);
}

static bool
read_lines(struct reading *p, struct inv_status *s, uint64_t end,
    struct inv_err *err)
{
	struct inv_audit_line line;

	while (p->r.at.offset < end) {
		enum inv_audit_found found = inv_audit_next(&p->r, &line, err);

		if (found == INV_AUDIT_NONE)
			return inv_fail(err, INV_IO, "%s: its end was cut off",
			    log_name);
		if (found != INV_AUDIT_LINE)
			return false;
		if (line.type == INV_AUDIT_MANIFEST)
			take_manifest(p, s, &line);
		else if (line.type == INV_AUDIT_END)
			take_end(p, s, &line);
	}
	return true;
}

/* Up to the head, which is replaced when what it tells of is on disk. */
static bool
read_log(int dir, struct inv_status *s, struct inv_err *err)
{
	const struct inv_audit_head start = INV_AUDIT_HEAD;
	struct inv_audit_head head = INV_AUDIT_HEAD;
	struct reading p = { 0 };
	bool there;

	if (!inv_audit_head_read(dir, &head, &there, err))
		return false;
	if (!there)
		return true;
	int fd = inv_file_open(dir, "log.ndjson", O_RDONLY, err);

	if (fd == -1)
		return false;
	bool ok = inv_audit_read(&p.r, fd, &start.log, err);

	if (ok) {
		p.scan = inv_scan_new();
		ok = read_lines(&p, s, head.log.offset, err);
		inv_audit_read_end(&p.r);
		inv_scan_free(p.scan);
		free(p.name);
	}
	close(fd);
	return ok;
}

bool
inv_status_read(const struct inv_state *state, struct inv_status *s,
    struct inv_err *err)
{
	if (!read_journal(state, s, err))
		return false;
	int dir = openat(state->fd, "audit",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir == -1)
		return errno == ENOENT || inv_fail_sys(err, INV_IO, "audit");
	bool ok = read_log(dir, s, err);

	close(dir);
	return ok;
}
