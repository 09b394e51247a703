/* inv-status - what is open, who is committing, and what went well last */

#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "data/emit.h"
#include "io/file.h"
#include "io/stream.h"
#include "prog/metrics.h"
#include "prog/opt.h"
#include "store/lease.h"
#include "store/status.h"

enum {
	SHOWN_MAX = 160,    /* bytes of a text in the table */
	AGE_MAX = 24,       /* bytes of an age as text */
	SUMMARY_MAX = 4096, /* bytes of --stats */
	SHOWN_HEX = 12,     /* digits of an id or a key */
};

static const struct inv_option options[] = {
	{ 0, NULL, NULL, NULL },
};

static const struct inv_prog_info info = {
	.name = "inv-status",
	.purpose = "what is open, who is committing, and what went well last",
	.usage = "",
	.options = options,
};

struct told {
	struct inv_status status;
	struct inv_lease_holder lease;
	struct inv_out out;
	int64_t now;
};

/* A clock that was set back makes nothing younger than now. */
static uint64_t
age_of(const struct told *t, const char time[INV_CLOCK_TEXT])
{
	int64_t wall = inv_clock_read(time);

	return wall < t->now ? (uint64_t)(t->now - wall) : 0;
}

/* ---- for programs ---- */

/* What was the inside of a string, and was not decoded. */
static void
put_text(struct inv_buf *b, const char *name, const char *text)
{
	if (text == NULL)
		return;
	inv_emit_key(b, inv_str_of(name));
	inv_buf_byte(b, '"');
	inv_buf_add(b, inv_str_of(text));
	inv_buf_byte(b, '"');
}

static void
put_time(const struct told *t, struct inv_buf *b, const char *time)
{
	inv_emit_member_str(b, INV_LIT("time"), inv_str_of(time));
	inv_emit_member_u64(b, INV_LIT("age"), age_of(t, time));
}

static void
end_line(struct told *t)
{
	struct inv_buf *b = inv_out_buf(&t->out);

	inv_emit_close(b, '}');
	inv_buf_byte(b, '\n');
	inv_out_check(&t->out);
}

static void
begin_line(struct told *t, const char *type)
{
	struct inv_buf *b = inv_out_buf(&t->out);

	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("type"), inv_str_of(type));
}

static void
put_lease(struct told *t)
{
	struct inv_buf *b = inv_out_buf(&t->out);
	char since[INV_CLOCK_TEXT];

	begin_line(t, "lease");
	inv_emit_member_bool(b, INV_LIT("held"), t->lease.held);
	if (t->lease.held) {
		inv_clock_text(t->lease.since, since);
		inv_emit_member_u64(b, INV_LIT("pid"), t->lease.pid);
		inv_emit_member_str(b, INV_LIT("since"), inv_str_of(since));
	}
	end_line(t);
}

static void
put_batch(struct told *t, const char *type, const struct inv_status_batch *i)
{
	struct inv_buf *b = inv_out_buf(&t->out);

	begin_line(t, type);
	inv_emit_member_u64(b, INV_LIT("journal"), i->seq);
	inv_emit_member_str(b, INV_LIT("key"),
	    (struct inv_str){ i->key, sizeof(i->key) });
	inv_emit_member_str(b, INV_LIT("manifest"),
	    (struct inv_str){ i->manifest, sizeof(i->manifest) });
	put_text(b, "name", i->name);
	inv_emit_member_u64(b, INV_LIT("submission"), i->submission);
	inv_emit_member_u64(b, INV_LIT("chunk"), i->chunk);
	inv_emit_key(b, INV_LIT("rows"));
	inv_emit_rows(b, &i->rows);
	inv_emit_member_u64(b, INV_LIT("count"), i->rows.count);
	put_time(t, b, i->time);
	if (i->reason != NULL) {
		inv_emit_member_u64(b, INV_LIT("attempts"), i->attempts);
		inv_emit_member_u64(b, INV_LIT("status"), i->status);
		put_text(b, "reason", i->reason);
	}
	end_line(t);
}

static void
put_success(struct told *t, const struct inv_status_run *r)
{
	struct inv_buf *b = inv_out_buf(&t->out);

	begin_line(t, "success");
	inv_emit_member_str(b, INV_LIT("manifest"),
	    (struct inv_str){ r->manifest, sizeof(r->manifest) });
	put_text(b, "name", r->name);
	inv_emit_member_u64(b, INV_LIT("submission"), r->submission);
	inv_emit_member_str(b, INV_LIT("run"),
	    (struct inv_str){ r->run, sizeof(r->run) });
	inv_emit_member_u64(b, INV_LIT("rows"), r->rows);
	inv_emit_key(b, INV_LIT("counts"));
	inv_verdict_counts(b, r->counts);
	put_time(t, b, r->time);
	end_line(t);
}

static void
put_lines(struct told *t)
{
	const struct inv_status *s = &t->status;
	struct inv_buf *b = inv_out_buf(&t->out);

	put_lease(t);
	for (size_t i = 0; i < s->n; i++)
		put_batch(t, "open", &s->open[i]);
	begin_line(t, "journal");
	inv_emit_member_u64(b, INV_LIT("entries"), s->entries);
	inv_emit_member_u64(b, INV_LIT("segments"), s->segments.count);
	inv_emit_member_u64(b, INV_LIT("compressed"), s->segments.packed);
	inv_emit_member_u64(b, INV_LIT("bytes"), s->segments.bytes);
	end_line(t);
	if (s->committed)
		put_batch(t, "committed", &s->last);
	if (s->succeeded)
		put_success(t, &s->success);
}

/* ---- for people ---- */

static const char *
age_text(uint64_t s, char text[AGE_MAX])
{
	static const struct {
		uint64_t least;
		uint64_t unit;
		char name;
	} units[] = { { 172800, 86400, 'd' }, { 7200, 3600, 'h' },
		{ 120, 60, 'm' }, { 0, 1, 's' } };
	size_t i = 0;

	while (s < units[i].least)
		i++;
	(void)snprintf(text, AGE_MAX, "%ju %c", (uintmax_t)(s / units[i].unit),
	    units[i].name);
	return text;
}

/* What a manifest is called; it can not act on a terminal. */
static void
show_name(struct inv_buf *b, const char *name, const char *manifest)
{
	char text[SHOWN_MAX];

	if (name == NULL)
		inv_buf_addf(b, "%.*s", SHOWN_HEX, manifest);
	else
		inv_buf_addf(b, "%.*s",
		    (int)inv_log_escape(inv_str_of(name), text, sizeof(text)),
		    text);
}

static void
show_rows(struct inv_buf *b, const struct inv_status_batch *i)
{
	char reason[SHOWN_MAX];

	show_name(b, i->name, i->manifest);
	inv_buf_addf(b, ": %ju rows from %ju to %ju", (uintmax_t)i->rows.count,
	    (uintmax_t)i->rows.range[0].first,
	    (uintmax_t)i->rows.range[i->rows.n - 1].last);
	if (i->reason == NULL)
		return;
	(void)inv_log_escape(inv_str_of(i->reason), reason, sizeof(reason));
	inv_buf_addf(b, ", %ju tries, last: %s", (uintmax_t)i->attempts,
	    reason);
	if (i->status != 0)
		inv_buf_addf(b, " %ju", (uintmax_t)i->status);
}

static void
show_open(struct told *t)
{
	const struct inv_status *s = &t->status;
	struct inv_buf *b = inv_out_buf(&t->out);
	char text[AGE_MAX];

	inv_buf_addf(b, "open       %zu %s\n", s->n,
	    s->n == 1 ? "batch" : "batches");
	for (size_t i = 0; i < s->n; i++) {
		const struct inv_status_batch *o = &s->open[i];

		inv_buf_addf(b, "  %.*s  %5s  ", SHOWN_HEX, o->key,
		    age_text(age_of(t, o->time), text));
		show_rows(b, o);
		inv_buf_byte(b, '\n');
		inv_out_check(&t->out);
	}
}

static void
show_last(struct told *t)
{
	const struct inv_status *s = &t->status;
	struct inv_buf *b = inv_out_buf(&t->out);
	char text[AGE_MAX];

	inv_buf_addf(b, "committed  ");
	if (s->committed) {
		inv_buf_addf(b, "%s, %s ago, ", s->last.time,
		    age_text(age_of(t, s->last.time), text));
		show_rows(b, &s->last);
	} else {
		inv_buf_addf(b, "nothing");
	}
	inv_buf_addf(b, "\nsuccess    ");
	if (s->succeeded) {
		inv_buf_addf(b, "%s, %s ago, ", s->success.time,
		    age_text(age_of(t, s->success.time), text));
		show_name(b, s->success.name, s->success.manifest);
		inv_buf_addf(b, ": %ju rows", (uintmax_t)s->success.rows);
	} else {
		inv_buf_addf(b, "none");
	}
	inv_buf_byte(b, '\n');
}

static void
show_all(struct told *t)
{
	const struct inv_segments *g = &t->status.segments;
	struct inv_buf *b = inv_out_buf(&t->out);
	char since[INV_CLOCK_TEXT];

	inv_clock_text(t->lease.since, since);
	if (t->lease.held)
		inv_buf_addf(b, "lease      process %ju, since %s\n",
		    (uintmax_t)t->lease.pid, since);
	else
		inv_buf_addf(b, "lease      free\n");
	show_open(t);
	inv_buf_addf(b,
	    "journal    entries: %ju, segments: %ju, compressed: %ju, "
	    "bytes: %ju\n",
	    (uintmax_t)t->status.entries, (uintmax_t)g->count,
	    (uintmax_t)g->packed, (uintmax_t)g->bytes);
	show_last(t);
}

/* ---- beginning and end ---- */

static bool
summarise(const struct told *t, int status, struct inv_err *err)
{
	struct inv_buf b = INV_BUF(SUMMARY_MAX);

	inv_emit_open(&b, '{');
	inv_emit_member_str(&b, INV_LIT("program"), inv_str_of(info.name));
	inv_emit_member_str(&b, INV_LIT("version"), inv_str_of(INV_VERSION));
	inv_emit_member_u64(&b, INV_LIT("status"), (uint64_t)status);
	inv_emit_member_u64(&b, INV_LIT("open"), t->status.n);
	inv_emit_member_u64(&b, INV_LIT("entries"), t->status.entries);
	inv_emit_close(&b, '}');
	inv_buf_byte(&b, '\n');
	bool ok = inv_file_summary(inv_prog.stats, inv_buf_str(&b), err);

	inv_buf_free(&b);
	return ok;
}

static uint64_t
seconds_of(bool there, const char time[INV_CLOCK_TEXT])
{
	return there ? (uint64_t)inv_clock_read(time) : 0;
}

static void
count(const struct told *t, struct inv_metrics *m)
{
	const struct inv_status *s = &t->status;
	struct inv_str none = { NULL, 0 };

	inv_metrics_set(m, INV_METRIC_OPEN_INTENTS, none, s->n);
	inv_metrics_set(m, INV_METRIC_OLDEST_INTENT, none,
	    seconds_of(s->n > 0, s->n > 0 ? s->open[0].time : ""));
	inv_metrics_set(m, INV_METRIC_LEASE, none, t->lease.held);
	inv_metrics_set(m, INV_METRIC_LEASE_TAKEN, none,
	    t->lease.held ? (uint64_t)t->lease.since : 0);
	inv_metrics_set(m, INV_METRIC_LAST_COMMIT, none,
	    seconds_of(s->committed, s->last.time));
	inv_metrics_set(m, INV_METRIC_JOURNAL_BYTES, none, s->segments.bytes);
}

int
main(int argc, char *argv[])
{
	struct told t = { .now = inv_clock_wall() };
	struct inv_state state;
	struct inv_err err;

	(void)inv_opt(&info, argc, argv);
	state.fd = inv_opt_state_there(&state.path);
	inv_note("reading %s", state.path);
	struct inv_metrics *metrics = inv_metrics_open(info.name);

	if (!inv_lease_look(&state, &t.lease, &err) ||
	    !inv_status_read(&state, &t.status, &err))
		inv_die(&err);
	inv_out_init(&t.out, STDOUT_FILENO, "stdout");
	if (isatty(STDOUT_FILENO))
		show_all(&t);
	else
		put_lines(&t);
	if (!inv_out_close(&t.out, &err))
		inv_die(&err);

	int status = inv_fault_exit(t.status.n > 0 ? INV_AGAIN : INV_OK);

	if (inv_prog.stats != NULL && !summarise(&t, status, &err))
		inv_die(&err);
	count(&t, metrics);
	if (!inv_metrics_close(metrics, status, &err))
		inv_die(&err);
	inv_status_free(&t.status);
	close(state.fd);
	return status;
}
