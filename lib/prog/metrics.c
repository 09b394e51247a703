/*
 * metrics.c - figures of runs for Prometheus: --metrics FILE.prom
 *
 * What this run counts is in `figures`; what the file has is read anew each
 * time it is written, because others write to it as well.
 */

#include "prog/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "data/promtext.h"
#include "io/file.h"

enum {
	FILE_MAX = 1 << 20, /* bytes of the file */
	LABELS_MAX = 4096,  /* bytes of the labels of a line */
	LOCK_STEP_MS = 5,
	THOUSAND = 1000,
};

enum kind { COUNTER, GAUGE, HISTOGRAM };

/* Lines of a histogram have names of their own. */
enum part { WHOLE, BUCKET, SUM, COUNT, PARTS };

static const char *const suffixes[PARTS] = { "", "_bucket", "_sum", "_count" };

static const struct family {
	const char *name;
	enum kind kind;
	const char *label[INV_METRICS_LABELS];
	const char *help;
} families[INV_METRICS] = {
	[INV_METRIC_RUNS] = { "inv_runs_total", COUNTER, { "status" },
	    "Runs that ended, by exit status." },
	[INV_METRIC_LAST_RUN] = { "inv_last_run_timestamp_seconds", GAUGE,
	    { NULL }, "When a run ended last; 0: none has." },
	[INV_METRIC_LAST_SUCCESS] = { "inv_last_success_timestamp_seconds",
	    GAUGE, { NULL }, "When a run ended with status 0 last; 0: none." },
	[INV_METRIC_LAST_DURATION] = { "inv_last_run_duration_seconds", GAUGE,
	    { NULL }, "How long the last run took." },
	[INV_METRIC_MANIFESTS] = { "inv_manifests_total", COUNTER, { NULL },
	    "Manifests that were begun." },
	[INV_METRIC_ROWS] = { "inv_rows_total", COUNTER, { "verdict" },
	    "Rows as they left the stage." },
	[INV_METRIC_VERDICTS] = { "inv_verdicts_total", COUNTER,
	    { "verdict", "reason" }, "Rows that got their verdict here." },
	[INV_METRIC_MALFORMED] = { "inv_malformed_lines_total", COUNTER,
	    { NULL }, "Lines that were no line of the stream." },
	[INV_METRIC_REQUESTS] = { "inv_requests_total", COUNTER, { "code" },
	    "Requests to the ledger, by what came back." },
	[INV_METRIC_REQUEST_DURATION] = { "inv_request_duration_seconds",
	    HISTOGRAM, { "le" },
	    "Time from a request to the end of its answer." },
	[INV_METRIC_RETRIES] = { "inv_retries_total", COUNTER, { "cause" },
	    "Requests that were to be made again, by why." },
	[INV_METRIC_QUEUE] = { "inv_queue_batches", GAUGE, { NULL },
	    "Batches under way." },
	[INV_METRIC_QUEUE_CAPACITY] = { "inv_queue_capacity_batches", GAUGE,
	    { NULL }, "Batches that may be under way." },
	[INV_METRIC_QUEUE_WAIT] = { "inv_queue_wait_seconds", HISTOGRAM,
	    { "le" }, "Time of a batch in the queue before it is first sent." },
	[INV_METRIC_BREAKER] = { "inv_breaker_state", GAUGE, { NULL },
	    "0: closed; 1: one request tries; 2: open." },
	[INV_METRIC_BREAKER_OPENED] = { "inv_breaker_opened_total", COUNTER,
	    { NULL }, "Times that the breaker has opened." },
	[INV_METRIC_OPEN_INTENTS] = { "inv_open_intents", GAUGE, { NULL },
	    "Batches that may have been sent, without an outcome." },
	[INV_METRIC_OLDEST_INTENT] = { "inv_oldest_intent_timestamp_seconds",
	    GAUGE, { NULL }, "When the oldest of them was written; 0: none." },
	[INV_METRIC_LEASE] = { "inv_lease_held", GAUGE, { NULL },
	    "1 while a process may write the journal." },
	[INV_METRIC_LEASE_TAKEN] = { "inv_lease_taken_timestamp_seconds", GAUGE,
	    { NULL }, "Since when; 0: nobody does." },
	[INV_METRIC_LAST_COMMIT] = { "inv_last_commit_timestamp_seconds", GAUGE,
	    { NULL }, "When a batch was committed last; 0: none." },
	[INV_METRIC_JOURNAL_BYTES] = { "inv_journal_bytes", GAUGE, { NULL },
	    "Size of the journal on disk." },
	[INV_METRIC_DEAD_LETTERS] = { "inv_dead_letters_total", COUNTER,
	    { NULL }, "Rows that came into the quarantine, each once." },
	[INV_METRIC_ITEMS] = { "inv_quarantine_items", GAUGE, { "verdict" },
	    "Items that wait, by their last verdict." },
	[INV_METRIC_OLDEST_ITEM] = { "inv_quarantine_oldest_timestamp_seconds",
	    GAUGE, { NULL },
	    "When the oldest of them first failed; 0: none waits." },
	[INV_METRIC_CHAIN] = { "inv_chain_intact", GAUGE, { NULL },
	    "1: log and journal are as written; 0: not, or not told." },
	[INV_METRIC_CHAIN_CHECKED] = { "inv_chain_checked_timestamp_seconds",
	    GAUGE, { NULL }, "When that was looked at last." },
};

/* Upper ends of the buckets, ms: from a ledger next door to a timeout. */
static const struct bucket {
	uint64_t ms;
	const char *le;
} buckets[] = { { 5, "0.005" }, { 10, "0.01" }, { 25, "0.025" }, { 50, "0.05" },
	{ 100, "0.1" }, { 250, "0.25" }, { 500, "0.5" }, { 1000, "1" },
	{ 2500, "2.5" }, { 5000, "5" }, { 10000, "10" }, { 30000, "30" },
	{ UINT64_MAX, "+Inf" } };

enum { BUCKETS = sizeof(buckets) / sizeof(*buckets) };

/* A line of the file that this run has a say in. */
struct figure {
	enum inv_metric of;
	enum part part;
	struct inv_str value[INV_METRICS_LABELS]; /* of its labels */
	struct inv_str labels; /* as they stand in the file */
	uint64_t now;          /* thousandths; of a counter, in this run ... */
	uint64_t told;         /* ... and so much of it is in the file */
	bool set;              /* a gauge that has been */
};

struct inv_metrics {
	const char *stage;
	int dir;             /* of the file */
	const char *name;    /* of the file in it */
	struct inv_buf pipe; /* the label that begins every line */
	struct inv_arena texts;
	struct figure *figure;
	size_t n;
	size_t cap;
	uint64_t started_ms;
	uint64_t due_ms;
	bool noted;
};

/* ---- figures ---- */

static struct figure *
add_figure(struct inv_metrics *m, enum inv_metric of, enum part part,
    struct inv_str a, struct inv_str b)
{
	const struct inv_str values[INV_METRICS_LABELS] = { a, b };
	struct inv_buf labels = INV_BUF(LABELS_MAX);

	if (m->n == m->cap) {
		m->cap = m->cap == 0 ? 64 : 2 * m->cap;
		m->figure =
		    inv_mem_resize(m->figure, m->cap, sizeof(*m->figure));
	}
	struct figure *f = &m->figure[m->n++];

	*f = (struct figure){ .of = of, .part = part };
	inv_buf_add(&labels, inv_buf_str(&m->pipe));
	inv_prom_label(&labels, "stage", inv_str_of(m->stage));
	for (int i = 0; i < INV_METRICS_LABELS; i++) {
		f->value[i] = inv_arena_str(&m->texts, values[i]);
		if (values[i].n > 0)
			inv_prom_label(&labels, families[of].label[i],
			    values[i]);
	}
	f->labels = inv_arena_str(&m->texts, inv_buf_str(&labels));
	inv_buf_free(&labels);
	return f;
}

static struct figure *
find_figure(struct inv_metrics *m, enum inv_metric of, enum part part,
    struct inv_str a, struct inv_str b)
{
	for (size_t i = 0; i < m->n; i++) {
		struct figure *f = &m->figure[i];

		if (f->of == of && f->part == part &&
		    inv_str_eq(f->value[0], a) && inv_str_eq(f->value[1], b))
			return f;
	}
	return add_figure(m, of, part, a, b);
}

static const struct inv_str none = { NULL, 0 };

void
inv_metrics_add(struct inv_metrics *m, enum inv_metric of, struct inv_str a,
    struct inv_str b, uint64_t n)
{
	if (m != NULL)
		find_figure(m, of, WHOLE, a, b)->now += n * THOUSAND;
}

void
inv_metrics_count(struct inv_metrics *m, enum inv_metric of, struct inv_str a,
    struct inv_str b, uint64_t n)
{
	if (m == NULL)
		return;
	struct figure *f = find_figure(m, of, WHOLE, a, b);

	if (f->now < n * THOUSAND)
		f->now = n * THOUSAND;
}

static void
set(struct inv_metrics *m, enum inv_metric of, struct inv_str a, uint64_t v)
{
	struct figure *f = find_figure(m, of, WHOLE, a, none);

	f->now = v;
	f->set = true;
}

void
inv_metrics_set(struct inv_metrics *m, enum inv_metric of, struct inv_str a,
    uint64_t n)
{
	if (m != NULL)
		set(m, of, a, n * THOUSAND);
}

void
inv_metrics_observe(struct inv_metrics *m, enum inv_metric of, uint64_t ms)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		struct figure *f =
		    find_figure(m, of, BUCKET, inv_str_of(buckets[i].le), none);

		if (ms <= buckets[i].ms)
			f->now += THOUSAND;
	}
	find_figure(m, of, SUM, none, none)->now += ms;
	find_figure(m, of, COUNT, none, none)->now += THOUSAND;
}

/* ---- the file ---- */

/* A line of it. */
struct line {
	enum inv_metric of;
	enum part part;
	struct inv_str labels;
	uint64_t value;
};

struct lines {
	struct line *line;
	size_t n;
	size_t cap;
};

static void
add_line(struct lines *l, struct line line)
{
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 256 : 2 * l->cap;
		l->line = inv_mem_resize(l->line, l->cap, sizeof(*l->line));
	}
	l->line[l->n++] = line;
}

static bool
is_named(const struct family *f, enum part part, struct inv_str name)
{
	struct inv_str stem = inv_str_of(f->name);
	struct inv_str suffix = inv_str_of(suffixes[part]);

	return (f->kind == HISTOGRAM) == (part != WHOLE) &&
	    name.n == stem.n + suffix.n && inv_str_starts(name, stem) &&
	    memcmp(name.p + stem.n, suffix.p, suffix.n) == 0;
}

/* What has no such name is of another version, and goes. */
static void
take_line(const struct inv_metrics *m, struct lines *l,
    const struct inv_prom_line *in)
{
	if (!inv_str_starts(in->labels, inv_buf_str(&m->pipe)))
		return; /* the file was copied, or renamed */
	for (int of = 0; of < INV_METRICS; of++)
		for (int part = WHOLE; part < PARTS; part++)
			if (is_named(&families[of], (enum part)part, in->name))
				add_line(l,
				    (struct line){ (enum inv_metric)of,
					(enum part)part, in->labels,
					in->value });
}

static bool
parse(const struct inv_metrics *m, struct inv_str text, struct lines *l,
    struct inv_err *err)
{
	struct inv_prom_line in;
	struct inv_err why;
	enum inv_next next;
	uint64_t number = 0;

	while ((next = inv_prom_next(&text, &number, &in, &why)) ==
	    INV_NEXT_LINE) {
		if (!inv_str_starts(in.name, INV_LIT("inv_"))) {
			inv_fail(&why, INV_BAD,
			    "line %ju: not a figure of ours",
			    (uintmax_t)number);
			next = INV_NEXT_ERR;
			break;
		}
		take_line(m, l, &in);
	}
	return next == INV_NEXT_END ||
	    inv_fail(err, INV_CONFIG, "%s: %s", inv_prog.metrics, why.msg);
}

/* An empty text where there is no file yet. */
static bool
load(const struct inv_metrics *m, struct inv_buf *text, struct inv_err *err)
{
	struct inv_err why;
	struct stat st;

	if (fstatat(m->dir, m->name, &st, 0) != 0 && errno == ENOENT)
		return true;
	if (!S_ISREG(st.st_mode))
		return inv_fail(err, INV_CONFIG, "%s: not a regular file",
		    inv_prog.metrics);
	return inv_file_read(m->dir, m->name, text, &why) ||
	    inv_fail(err, INV_CONFIG, "%s: %s", inv_prog.metrics, why.msg);
}

/* What this run has to say goes into the line that it is about. */
static void
merge(const struct figure *f, struct lines *l)
{
	bool gauge = families[f->of].kind == GAUGE;

	for (size_t i = 0; i < l->n; i++) {
		struct line *line = &l->line[i];

		if (line->of != f->of || line->part != f->part ||
		    !inv_str_eq(line->labels, f->labels))
			continue;
		if (!gauge)
			line->value += f->now - f->told;
		else if (f->set)
			line->value = f->now;
		return;
	}
	add_line(l,
	    (struct line){
		f->of, f->part, f->labels, gauge ? f->now : f->now - f->told });
}

static void
render(const struct lines *l, struct inv_buf *b)
{
	static const char *const kinds[] = { "counter", "gauge", "histogram" };

	for (int of = 0; of < INV_METRICS; of++) {
		const struct family *f = &families[of];
		bool begun = false;

		for (size_t i = 0; i < l->n; i++) {
			const struct line *line = &l->line[i];

			if (line->of != (enum inv_metric)of)
				continue;
			if (!begun)
				inv_buf_addf(b, "# HELP %s %s\n# TYPE %s %s\n",
				    f->name, f->help, f->name, kinds[f->kind]);
			begun = true;
			inv_prom_put(b, f->name, suffixes[line->part],
			    line->labels, line->value);
		}
	}
}

static bool
rewrite(struct inv_metrics *m, struct inv_err *err)
{
	struct inv_buf old = INV_BUF(FILE_MAX);
	struct inv_buf text = INV_BUF(FILE_MAX);
	struct lines l = { 0 };
	bool ok = load(m, &old, err) && parse(m, inv_buf_str(&old), &l, err);

	for (size_t i = 0; ok && i < m->n; i++)
		merge(&m->figure[i], &l);
	if (ok)
		render(&l, &text);
	if (ok && text.failed)
		ok = inv_fail(err, INV_CONFIG, "%s: longer than %d bytes",
		    inv_prog.metrics, FILE_MAX);
	ok = ok && inv_file_publish(m->dir, m->name, inv_buf_str(&text), err);
	for (size_t i = 0; ok && i < m->n; i++)
		m->figure[i].told = m->figure[i].now;
	free(l.line);
	inv_buf_free(&text);
	inv_buf_free(&old);
	return ok;
}

/* The lock is on the directory: the file is another one each time. */
static bool
lock(const struct inv_metrics *m, uint64_t wait_ms, struct inv_err *err)
{
	const struct timespec step = { .tv_nsec = LOCK_STEP_MS * 1000000L };
	uint64_t until = inv_clock_ms() + wait_ms;

	while (flock(m->dir, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return inv_fail_sys(err, INV_IO, "%s: lock",
			    inv_prog.metrics);
		if (inv_clock_ms() >= until)
			return inv_fail(err, INV_IO,
			    "%s: another process does not let go of its "
			    "directory",
			    inv_prog.metrics);
		(void)nanosleep(&step, NULL);
	}
	return true;
}

static bool
put(struct inv_metrics *m, uint64_t wait_ms, struct inv_err *err)
{
	m->due_ms = inv_clock_ms() + INV_METRICS_MS;
	if (!lock(m, wait_ms, err))
		return false;
	bool ok = rewrite(m, err);

	(void)flock(m->dir, LOCK_UN);
	return ok;
}

/* ---- a run ---- */

/* The label says whose figures these are: the name of the file. */
static void
name_pipe(struct inv_metrics *m)
{
	struct inv_str name = inv_str_of(m->name);

	name.n -= strlen(".prom");
	m->pipe = INV_BUF(LABELS_MAX);
	inv_prom_label(&m->pipe, "pipe", name);
}

static bool
open_directory(struct inv_metrics *m, struct inv_err *err)
{
	const char *path = inv_prog.metrics;
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - path);
	char *dir = slash == NULL ? inv_mem_strdup(".")
				  : inv_mem_dup(path, n > 0 ? n : 1);

	m->name = slash == NULL ? path : slash + 1;
	m->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (m->dir < 0)
		inv_fail_sys(err, INV_CREATE, "%s", dir);
	free(dir);
	return m->dir >= 0;
}

struct inv_metrics *
inv_metrics_open(const char *stage)
{
	static const enum inv_metric times[] = { INV_METRIC_LAST_RUN,
		INV_METRIC_LAST_SUCCESS, INV_METRIC_LAST_DURATION };
	struct inv_err err;

	if (inv_prog.metrics == NULL)
		return NULL;
	struct inv_metrics *m = inv_mem_new(sizeof(*m));

	m->stage = stage;
	m->started_ms = inv_clock_ms();
	if (!open_directory(m, &err))
		inv_die(&err);
	name_pipe(m);
	inv_metrics_add(m, INV_METRIC_RUNS, INV_LIT("0"), none, 0);
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		(void)find_figure(m, times[i], WHOLE, none, none);
	if (!put(m, INV_METRICS_WAIT_MS, &err))
		inv_die(&err);
	return m;
}

uint64_t
inv_metrics_due(const struct inv_metrics *m)
{
	return m == NULL ? UINT64_MAX : m->due_ms;
}

void
inv_metrics_tell(struct inv_metrics *m)
{
	struct inv_err err;

	if (m == NULL || inv_clock_ms() < m->due_ms || put(m, 0, &err) ||
	    m->noted)
		return;
	m->noted = true;
	inv_note("%s: tried again later", err.msg);
}

static void
end_run(struct inv_metrics *m, int status)
{
	uint64_t now = (uint64_t)inv_clock_wall();
	char text[16];

	snprintf(text, sizeof(text), "%d", status);
	inv_metrics_add(m, INV_METRIC_RUNS, inv_str_of(text), none, 1);
	inv_metrics_set(m, INV_METRIC_LAST_RUN, none, now);
	if (status == 0)
		inv_metrics_set(m, INV_METRIC_LAST_SUCCESS, none, now);
	set(m, INV_METRIC_LAST_DURATION, none, inv_clock_ms() - m->started_ms);
}

bool
inv_metrics_close(struct inv_metrics *m, int status, struct inv_err *err)
{
	if (m == NULL)
		return true;
	end_run(m, status);
	bool ok = put(m, INV_METRICS_WAIT_MS, err);

	free(m->figure);
	inv_arena_free(&m->texts);
	inv_buf_free(&m->pipe);
	close(m->dir);
	free(m);
	return ok;
}
