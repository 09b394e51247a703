/* event.c - an entry of the log as an event, for security information systems */

#include "audit/event.h"

#include <stdlib.h>

#include "audit/event_part.h"
#include "audit/row.h"
#include "base/mem.h"

enum { WORDS_MAX = 64 << 10 }; /* bytes of what is said to people */

/* Severities, from 0 to 10 as CEF has them. */
enum {
	SEVERITY_INFO = 1,
	SEVERITY_DONE = 2,
	SEVERITY_PERSON = 3,
	SEVERITY_WAITS = 4,
	SEVERITY_REFUSED = 6,
	SEVERITY_BROKEN = 8,
};

struct inv_event_writer {
	enum inv_event_format format;
	struct inv_scan *scan;
	struct inv_digest *digest;
	struct inv_buf name; /* of the manifest of the last run, undecoded */
	char run[INV_RUN_ID];
	struct inv_buf action;
	struct inv_buf message;
};

static const char *const member_names[INV_EVENT_MEMBERS] = {
	[INV_EVENT_RUN] = "run",
	[INV_EVENT_STAGE] = "stage",
	[INV_EVENT_REASON] = "reason",
	[INV_EVENT_EVIDENCE] = "evidence",
	[INV_EVENT_OUTCOME] = "outcome",
	[INV_EVENT_KEY] = "idempotency_key",
	[INV_EVENT_HASH] = "batch_hash",
	[INV_EVENT_ROOT] = "records_root",
	[INV_EVENT_VERB] = "verb",
	[INV_EVENT_ITEM] = "item",
	[INV_EVENT_USER] = "user",
	[INV_EVENT_LOGIN] = "login",
	[INV_EVENT_WHY] = "why",
	[INV_EVENT_NAME] = "name",
	[INV_EVENT_COUNT] = "count",
	[INV_EVENT_ROWS] = "rows",
	[INV_EVENT_STATUS] = "status",
	[INV_EVENT_ATTEMPTS] = "attempts",
	[INV_EVENT_MS] = "ms",
	[INV_EVENT_JOURNAL] = "journal",
	[INV_EVENT_BYTES] = "bytes",
};

bool
inv_event_format_of(const char *word, enum inv_event_format *f)
{
	bool cef = strcmp(word, "cef") == 0;

	*f = cef ? INV_EVENT_CEF : INV_EVENT_ECS;
	return cef || strcmp(word, "ecs") == 0;
}

struct inv_event_writer *
inv_event_writer_new(enum inv_event_format format)
{
	struct inv_event_writer *w = inv_mem_new(sizeof(*w));

	w->format = format;
	w->scan = inv_scan_new_document();
	w->digest = inv_digest_new();
	w->name = INV_BUF(INV_AUDIT_LINE_MAX);
	w->action = INV_BUF(INV_AUDIT_LINE_MAX);
	w->message = INV_BUF(WORDS_MAX);
	return w;
}

void
inv_event_writer_free(struct inv_event_writer *w)
{
	inv_scan_free(w->scan);
	inv_digest_free(w->digest);
	inv_buf_free(&w->name);
	inv_buf_free(&w->action);
	inv_buf_free(&w->message);
	free(w);
}

/* ---- what it says ---- */

static bool
is_number(enum inv_event_member i)
{
	return i >= INV_EVENT_COUNT && i <= INV_EVENT_BYTES;
}

static void
take(struct inv_event *e, const struct inv_member *m, enum inv_event_member i)
{
	uint64_t v;

	if (!inv_str_is(m->key, member_names[i]))
		return;
	if (is_number(i) && inv_str_u64(m->value, 0, UINT64_MAX, &v))
		e->of[i] = m->value;
	else if (!is_number(i) && m->kind == INV_KIND_STRING)
		e->of[i] = inv_member_inner(m);
}

/* Of a line of the stream that the entry carries: nothing else is ours. */
static void
take_line(struct inv_event *e, struct inv_str line)
{
	struct inv_member m;

	while (inv_scan_each(&line, &m))
		if (e->line->type == INV_AUDIT_STAGE) {
			take(e, &m, INV_EVENT_STAGE);
		} else {
			take(e, &m, INV_EVENT_NAME);
			take(e, &m, INV_EVENT_BYTES);
		}
}

static void
take_members(struct inv_event *e)
{
	struct inv_str rest = e->line->text;
	struct inv_member m;

	while (inv_scan_each(&rest, &m))
		if (inv_str_is(m.key, "line"))
			take_line(e, m.value);
		else
			for (int i = 0; i < INV_EVENT_MEMBERS; i++)
				take(e, &m, (enum inv_event_member)i);
	if (e->of[INV_EVENT_COUNT].n == 0)
		e->of[INV_EVENT_COUNT] = e->of[INV_EVENT_ROWS];
}

/* The manifest's name goes for all entries of its run. */
static void
take_name(struct inv_event_writer *w, struct inv_event *e)
{
	struct inv_str run = { w->run, sizeof(w->run) };

	if (e->line->type == INV_AUDIT_MANIFEST) {
		inv_buf_reset(&w->name);
		inv_buf_add(&w->name, e->of[INV_EVENT_NAME]);
		memcpy(w->run, e->line->run.p, sizeof(w->run));
	}
	if (inv_str_eq(e->line->run, run))
		e->name = inv_buf_str(&w->name);
}

/* ---- how it is to be taken ---- */

static void
judge(struct inv_event *e, const char *outcome, unsigned severity)
{
	e->outcome = outcome;
	e->severity = severity;
}

static void
judge_verdict(struct inv_event *e)
{
	e->what = inv_verdict_name(e->line->verdict);
	switch (e->line->verdict) {
	case INV_COMMITTED:
	case INV_SKIPPED:
		judge(e, "success", SEVERITY_DONE);
		return;
	case INV_QUARANTINED:
		judge(e, "failure", SEVERITY_REFUSED);
		return;
	case INV_PENDING:
	case INV_HELD:
	case INV_AMBIGUOUS:
		judge(e, "unknown", SEVERITY_WAITS);
		return;
	}
}

static void
judge_end(struct inv_event *e)
{
	const uint64_t *n = e->line->counts;

	if (!e->line->complete || e->line->unverified > 0)
		judge(e, "failure", SEVERITY_BROKEN);
	else if (n[INV_PENDING] + n[INV_HELD] + n[INV_AMBIGUOUS] > 0)
		judge(e, "unknown", SEVERITY_WAITS);
	else
		judge(e, "success", SEVERITY_DONE);
}

static void
judge_batch(struct inv_event *e)
{
	e->what = e->of[INV_EVENT_OUTCOME];
	if (e->line->committed)
		judge(e, "success", SEVERITY_DONE);
	else if (inv_str_eq(e->what, inv_outcome_name(INV_OUTCOME_OPEN)))
		judge(e, "unknown", SEVERITY_WAITS);
	else
		judge(e, "failure", SEVERITY_REFUSED);
}

static void
judge_any(struct inv_event *e)
{
	switch (e->line->type) {
	case INV_AUDIT_MANIFEST:
	case INV_AUDIT_STAGE:
		judge(e, "success", SEVERITY_INFO);
		return;
	case INV_AUDIT_VERDICT:
		judge_verdict(e);
		return;
	case INV_AUDIT_END:
		judge_end(e);
		return;
	case INV_AUDIT_BATCH:
		judge_batch(e);
		return;
	case INV_AUDIT_ACTION:
		e->what = e->of[INV_EVENT_VERB];
		judge(e, "success", SEVERITY_PERSON);
		return;
	}
}

static void
name_action(struct inv_event_writer *w, struct inv_event *e)
{
	inv_buf_reset(&w->action);
	inv_buf_add(&w->action, inv_audit_text_of(e->line->text, "type"));
	if (e->what.n > 0) {
		inv_buf_byte(&w->action, '-');
		inv_buf_add(&w->action, e->what);
	}
	e->action = inv_buf_str(&w->action);
}

static bool
read_entry(struct inv_event_writer *w, struct inv_event *e, struct inv_err *err)
{
	const struct inv_audit_line *line = e->line;
	enum inv_kind kind;
	struct inv_err why;

	if (!inv_scan_value(w->scan, line->text, &kind, &why))
		return inv_fail(err, INV_IO, "audit/log.ndjson: line %ju: %s",
		    (uintmax_t)line->seq, why.msg);
	take_members(e);
	take_name(w, e);
	return true;
}

bool
inv_event_skip(struct inv_event_writer *w, const struct inv_audit_line *line,
    struct inv_err *err)
{
	struct inv_event e = { .line = line };

	return line->type != INV_AUDIT_MANIFEST || read_entry(w, &e, err);
}

bool
inv_event_put(struct inv_event_writer *w, struct inv_buf *b,
    const struct inv_audit_line *line, struct inv_err *err)
{
	struct inv_event e = { .line = line };

	if (!read_entry(w, &e, err))
		return false;
	judge_any(&e);
	name_action(w, &e);
	inv_buf_reset(&w->message);
	inv_audit_row_words(&w->message, line);
	e.message = inv_buf_str(&w->message);
	inv_digest_hex_of(w->digest, line->text, e.hash);
	switch (w->format) {
	case INV_EVENT_ECS:
		inv_event_put_ecs(b, &e);
		break;
	case INV_EVENT_CEF:
		inv_event_put_cef(b, &e);
		break;
	}
	inv_buf_byte(b, '\n');
	return true;
}
