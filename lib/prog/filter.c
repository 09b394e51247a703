/* filter.c - the record loop that all filters share */

#include "prog/filter.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "data/emit.h"
#include "data/sniff.h"
#include "io/file.h"

enum {
	NAME_MAX_BYTES = 64 << 10, /* of a manifest's name */
	KEY_MAX_BYTES = 1 << 20,   /* of a stage line's "key" */
	RAW_MAX = INV_RECORD_MAX,  /* bytes of a bad line that travel on */
	SAID_MAX = 5,              /* messages of one sort, then a sum */
	WHERE_MAX = 1024,          /* bytes of "name:line" */
	TELL_LINES = 4096, /* after so many the clock is asked at least */
};

static void
first_signal(int number)
{
	static const int both[] = { SIGINT, SIGTERM };
	struct sigaction now;

	(void)number;
	for (size_t i = 0; i < 2; i++)
		if (sigaction(both[i], NULL, &now) == 0 &&
		    now.sa_handler == first_signal)
			(void)signal(both[i], SIG_DFL);
}

/* One that is ignored already (a job in the background) stays ignored. */
static void
survive_once(int number)
{
	struct sigaction now;
	struct sigaction once = { .sa_handler = first_signal,
		.sa_flags = SA_RESTART };

	if (sigaction(number, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
		(void)sigaction(number, &once, NULL);
}

void
inv_filter_endure(void)
{
	survive_once(SIGINT);
	survive_once(SIGTERM);
	(void)signal(SIGPIPE, SIG_IGN);
}

/* What has passed, for --metrics. */
static void
count_metrics(struct inv_filter *f)
{
	struct inv_str none = { NULL, 0 };

	if (f->metrics == NULL)
		return;
	for (int v = 0; v < INV_VERDICTS; v++)
		inv_metrics_count(f->metrics, INV_METRIC_ROWS,
		    inv_verdict_name((enum inv_verdict)v), none,
		    f->totals[v] + f->broken[v] +
			(f->block.open ? f->block.counts[v] : 0));
	inv_metrics_count(f->metrics, INV_METRIC_MANIFESTS, none, none,
	    f->manifests);
	inv_metrics_count(f->metrics, INV_METRIC_MALFORMED, none, none,
	    f->malformed);
}

void
inv_filter_tell(struct inv_filter *f)
{
	if (f->metrics == NULL || inv_clock_ms() < inv_metrics_due(f->metrics))
		return;
	count_metrics(f);
	inv_metrics_tell(f->metrics);
}

void
inv_filter_open(struct inv_filter *f, const struct inv_prog_info *info,
    const char *path, unsigned want)
{
	bool from_stdin = path == NULL || strcmp(path, "-") == 0;
	int fd = STDIN_FILENO;
	struct inv_err err;

	*f = (struct inv_filter){
		.info = info,
		.want = want,
		.name = from_stdin ? "stdin" : path,
		.line = INV_BUF(2 * (size_t)INV_LINE_MAX),
		.bad = INV_BUF(8 * (size_t)RAW_MAX),
		.started_ms = inv_clock_ms(),
	};
	f->block.name = INV_BUF(NAME_MAX_BYTES);
	f->block.key = INV_BUF(KEY_MAX_BYTES);
	if (!from_stdin) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			inv_fail_sys(&err, INV_NOINPUT, "%s", path);
			inv_die(&err);
		}
	}
	inv_out_init(&f->out, STDOUT_FILENO, "stdout");
	inv_in_init(&f->in, fd, f->name, INV_LINE_MAX, &f->out);
	f->scan = inv_scan_new();
	f->metrics = inv_metrics_open(info->name);
	count_metrics(f);
}

void
inv_filter_fault(struct inv_filter *f, enum inv_fault fault)
{
	f->fault = inv_fault_worse(f->fault, fault);
}

void
inv_filter_fail(struct inv_filter *f)
{
	f->block.failed = true;
	inv_filter_fault(f, INV_NO);
}

void
inv_filter_stop(struct inv_filter *f, const struct inv_err *err)
{
	inv_say("%s", err->msg);
	f->stopped = true;
	f->fault = err->fault;
}

/* Say the first few of a sort; the rest is summed up at the end. */
static bool
said_enough(uint64_t *count)
{
	return (*count)++ >= SAID_MAX;
}

static void
incomplete(struct inv_filter *f)
{
	f->block.incomplete = true;
	inv_filter_fault(f, INV_BAD);
}

/* ---- out ---- */

static void
count(struct inv_filter *f, enum inv_verdict verdict, uint64_t rows)
{
	f->block.counts[verdict] += rows;
}

static void
put(struct inv_filter *f, struct inv_str line)
{
	if (f->want & INV_WANT_QUIET)
		return;
	inv_buf_add(inv_out_buf(&f->out), line);
	inv_buf_byte(inv_out_buf(&f->out), '\n');
	inv_out_check(&f->out);
}

static void
add_span(struct inv_buf *b, const char *from, const char *to)
{
	inv_buf_add(b, (struct inv_str){ from, (size_t)(to - from) });
}

/*
 * The end line with our own counts: nobody else's are trusted.  Where it has
 * none, and for `failed`, members are put before its last brace.
 */
static void
build_end(struct inv_filter *f, const struct inv_record *rec,
    struct inv_str counts)
{
	const struct inv_member *old = inv_member_find(rec->outer, "counts");
	const char *at = rec->text.p;
	const char *brace = at + rec->text.n - 1;

	while (*brace != '}')
		brace--;
	inv_buf_reset(&f->line);
	if (old != NULL) {
		add_span(&f->line, at, old->value.p);
		inv_buf_add(&f->line, counts);
		at = old->value.p + old->value.n;
	}
	add_span(&f->line, at, brace);
	if (old == NULL)
		inv_emit_member_raw(&f->line, INV_LIT("counts"), counts);
	if (f->block.failed && inv_member_find(rec->outer, "failed") == NULL)
		inv_emit_member_str(&f->line, INV_LIT("failed"),
		    inv_str_of(f->info->name));
	add_span(&f->line, brace, rec->text.p + rec->text.n);
}

static void
pass_end(struct inv_filter *f, const struct inv_record *rec)
{
	struct inv_buf counts = INV_BUF(1024);

	inv_verdict_counts(&counts, f->block.counts);
	build_end(f, rec, inv_buf_str(&counts));
	put(f, inv_buf_str(&f->line));
	inv_buf_free(&counts);
	for (int v = 0; v < INV_VERDICTS; v++)
		f->totals[v] += f->block.counts[v];
	f->block.open = false;
}

void
inv_filter_pass(struct inv_filter *f, const struct inv_record *rec)
{
	switch (rec->kind) {
	case INV_LINE_END:
		if (f->block.open) {
			pass_end(f, rec);
			return;
		}
		break;
	case INV_LINE_RECORD:
		if (rec->row > 0)
			count(f, rec->verdict, 1);
		break;
	case INV_LINE_BATCH:
		count(f, INV_COMMITTED, rec->row);
		break;
	case INV_LINE_BODY:
		return;
	case INV_LINE_MANIFEST:
	case INV_LINE_STAGE:
	case INV_LINE_OTHER:
		break;
	}
	put(f, rec->text);
}

void
inv_filter_replace(struct inv_filter *f, const struct inv_record *rec,
    struct inv_str json, struct inv_str warnings, struct inv_str attachments)
{
	struct inv_buf *b = inv_out_buf(&f->out);

	count(f, rec->verdict, 1);
	inv_record_replace(b, rec, json, warnings, attachments);
	inv_buf_byte(b, '\n');
	inv_out_check(&f->out);
}

void
inv_filter_rule(struct inv_filter *f, const struct inv_record *rec,
    struct inv_ruling ruling)
{
	struct inv_buf *b = inv_out_buf(&f->out);

	count(f, ruling.verdict, 1);
	inv_metrics_add(f->metrics, INV_METRIC_VERDICTS,
	    inv_verdict_name(ruling.verdict), ruling.reason, 1);
	ruling.stage = inv_str_of(f->info->name);
	inv_record_rule(b, rec, &ruling);
	inv_buf_byte(b, '\n');
	inv_out_check(&f->out);
}

void
inv_filter_emit(struct inv_filter *f, struct inv_str line,
    enum inv_verdict verdict, uint64_t rows)
{
	count(f, verdict, rows);
	put(f, line);
}

void
inv_filter_stage(const struct inv_filter *f, struct inv_buf *b)
{
	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("type"), INV_LIT("stage"));
	inv_emit_member_str(b, INV_LIT("stage"), inv_str_of(f->info->name));
	inv_emit_member_str(b, INV_LIT("version"), inv_str_of(INV_VERSION));
}

/* ---- in ---- */

/* How a line that is no line of the stream travels on: without a row. */
static void
build_malformed(struct inv_filter *f, struct inv_buf *b, struct inv_str text,
    const char *why)
{
	struct inv_str raw = { text.p, text.n < RAW_MAX ? text.n : RAW_MAX };

	inv_buf_add(b, INV_LIT("{\"type\":\"record\""));
	if (f->block.open)
		inv_emit_member_str(b, INV_LIT("manifest"),
		    (struct inv_str){ f->block.id, INV_MANIFEST_SHORT });
	inv_buf_add(b, INV_LIT(",\"verdict\":\"quarantined\""));
	inv_emit_member_str(b, INV_LIT("stage"), inv_str_of(f->info->name));
	inv_emit_member_str(b, INV_LIT("reason"), INV_LIT("malformed_line"));
	inv_buf_add(b,
	    INV_LIT(",\"errors\":[{\"type\":\"json_invalid\","
		    "\"loc\":[]"));
	inv_emit_member_str(b, INV_LIT("msg"), inv_str_of(why));
	inv_buf_add(b, INV_LIT("}]"));
	if (raw.n < text.n)
		inv_buf_add(b, INV_LIT(",\"raw_cut\":true"));
	inv_emit_bytes(b, raw);
	inv_buf_byte(b, '}');
}

/* True, with *rec, when the program wants to see it. */
static bool
malformed(struct inv_filter *f, struct inv_str text, const char *why,
    struct inv_record *rec)
{
	struct inv_err err;

	if (!said_enough(&f->malformed))
		inv_warn(
		    "%s:%ju: not a line of the stream: %s [malformed_line]",
		    f->name, (uintmax_t)f->lines, why);
	inv_buf_reset(&f->bad);
	build_malformed(f, &f->bad, text, why);
	if ((f->want & INV_WANT_VERDICT) &&
	    inv_record_parse(f->scan, inv_buf_str(&f->bad), rec, &err))
		return true;
	put(f, inv_buf_str(&f->bad));
	return false;
}

/* Ranges that are none leave the block without an end that would fit. */
static void
read_subset(struct inv_filter *f, struct inv_str json)
{
	struct inv_rows *subset = &f->block.subset;
	struct inv_rows rows = { 0 };

	if (!inv_record_rows(json, &rows) || rows.n == 0) {
		inv_say("%s:%ju: a subset that is no list of rows", f->name,
		    (uintmax_t)f->lines);
		incomplete(f);
	}
	for (size_t i = 0; i < rows.n; i++)
		inv_rows_join(subset, rows.range[i].first, rows.range[i].last);
	inv_rows_free(&rows);
}

static void
begin_block(struct inv_filter *f, const struct inv_record *rec)
{
	struct inv_block *k = &f->block;
	struct inv_str format = inv_member_text(rec->outer, "format");
	struct inv_str name = inv_member_text(rec->outer, "name");
	enum inv_format kind;

	if (k->open) {
		inv_say("%s:%ju: manifest %.12s has no end: incomplete",
		    f->name, (uintmax_t)f->lines, k->id);
		incomplete(f);
		for (int v = 0; v < INV_VERDICTS; v++)
			f->broken[v] += k->counts[v];
	}
	f->manifests++;
	const struct inv_member *subset = inv_member_find(rec->outer, "subset");

	inv_rows_reset(&k->rows);
	inv_rows_reset(&k->subset);
	inv_buf_reset(&k->name);
	inv_buf_reset(&k->key);
	memset(k->counts, 0, sizeof(k->counts));
	k->open = true;
	k->body = k->refused = k->failed = false;
	k->incomplete = k->validated = false;
	if (subset != NULL)
		read_subset(f, subset->value);
	k->typed = inv_format_of(format, &kind) && inv_format_is_typed(kind);
	memcpy(k->id, rec->manifest.p, INV_MANIFEST_ID);
	memcpy(k->run, inv_member_text(rec->outer, "run").p, INV_RUN_ID);
	if (inv_buf_room(&k->name, name.n + 1))
		k->name.n = inv_text_decode(name, k->name.p);
	if (!inv_member_u64(rec->outer, "arrival", &k->arrival))
		k->arrival = 0;
	if (!inv_member_u64(rec->outer, "submission", &k->submission))
		k->submission = 1;
	if (!inv_member_u64(rec->outer, "chunk_size", &k->chunk_size) ||
	    k->chunk_size == 0)
		k->chunk_size = INV_CHUNK_ROWS;
}

static void
note_stage(struct inv_filter *f, const struct inv_record *rec)
{
	const struct inv_member *key = inv_member_find(rec->outer, "key");

	if (inv_str_eq(inv_member_text(rec->outer, "stage"),
		INV_LIT("inv-validate")))
		f->block.validated = true;
	if (key != NULL && key->kind == INV_KIND_ARRAY) {
		inv_buf_reset(&f->block.key);
		inv_buf_add(&f->block.key, key->value);
	}
}

/* A row that can not be taken as one of this block: it passes uncounted. */
static bool
stray(struct inv_filter *f, const struct inv_record *rec, const char *why)
{
	if (!said_enough(&f->astray))
		inv_say("%s:%ju: row %ju %s", f->name, (uintmax_t)f->lines,
		    (uintmax_t)rec->row, why);
	incomplete(f);
	put(f, rec->text);
	return false;
}

static bool
belongs(const struct inv_filter *f, const struct inv_record *rec)
{
	return f->block.open && rec->manifest.n >= INV_MANIFEST_SHORT &&
	    inv_str_starts((struct inv_str){ f->block.id, INV_MANIFEST_ID },
		rec->manifest);
}

static bool
take_record(struct inv_filter *f, const struct inv_record *rec)
{
	if (rec->row == 0) {
		/* A line of no row, marked so by a stage before us. */
		if (f->want & INV_WANT_VERDICT)
			return true;
		put(f, rec->text);
		return false;
	}
	if (!belongs(f, rec))
		return stray(f, rec, "is not of the manifest under way");
	if (rec->chunk != (rec->row - 1) / f->block.chunk_size)
		return stray(f, rec, "is not of the chunk it names");
	if (f->block.subset.n > 0 && !inv_rows_has(&f->block.subset, rec->row))
		return stray(f, rec, "is not of the subset");
	if (!inv_rows_add(&f->block.rows, rec->row, rec->row))
		return stray(f, rec,
		    inv_rows_full(&f->block.rows) ? "scatters the rows"
						  : "comes a second time");
	if (rec->verdict == INV_PENDING || (f->want & INV_WANT_VERDICT))
		return true;
	inv_filter_pass(f, rec);
	return false;
}

/* Add one set to another: all of it, or nothing. */
static bool
add_all(struct inv_rows *to, const struct inv_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct inv_range *r = &rows->range[i];

		if (inv_rows_add(to, r->first, r->last))
			continue;
		while (i-- > 0)
			inv_rows_cut(to, rows->range[i].first,
			    rows->range[i].last);
		return false;
	}
	return true;
}

/* rec->row of a batch line is set to the number of its rows. */
static bool
take_batch(struct inv_filter *f, struct inv_record *rec)
{
	const struct inv_member *m = inv_member_find(rec->outer, "rows");
	struct inv_rows rows = { 0 };
	bool ok = belongs(f, rec) && inv_record_rows(m->value, &rows) &&
	    add_all(&f->block.rows, &rows);

	if (ok)
		rec->row = rows.count;
	else if (rows.n > 0)
		rec->row = rows.range[0].first;
	inv_rows_free(&rows);
	if (!ok)
		return stray(f, rec, "begins a batch that does not fit here");
	if (f->want & INV_WANT_BATCH)
		return true;
	inv_filter_pass(f, rec);
	return false;
}

/* Every row came: of the manifest, or of the subset that this is about. */
static bool
is_whole(const struct inv_block *k, uint64_t announced)
{
	if (k->subset.n == 0)
		return inv_rows_is_all(&k->rows, announced);
	return inv_rows_eq(&k->rows, &k->subset) &&
	    k->subset.range[k->subset.n - 1].last <= announced;
}

/* The first row that is missing or, where none is, the last of too many. */
static void
say_which(const struct inv_block *k, uint64_t announced)
{
	if (k->subset.n > 0) {
		inv_say("%.*s: incomplete: %ju of the %ju rows of its subset "
			"came, or others",
		    INV_ARG(inv_buf_str(&k->name)), (uintmax_t)k->rows.count,
		    (uintmax_t)k->subset.count);
		return;
	}
	uint64_t gap = inv_rows_first_gap(&k->rows, announced);

	inv_say("%.*s: incomplete: %ju rows announced, %ju came; row %ju is %s",
	    INV_ARG(inv_buf_str(&k->name)), (uintmax_t)announced,
	    (uintmax_t)k->rows.count,
	    (uintmax_t)(gap != 0 ? gap : k->rows.range[k->rows.n - 1].last),
	    gap != 0 ? "missing" : "one too many");
}

static bool
take_end(struct inv_filter *f, const struct inv_record *rec)
{
	struct inv_block *k = &f->block;
	const struct inv_member *refused =
	    inv_member_find(rec->outer, "refused");

	if (!belongs(f, rec)) {
		inv_say("%s:%ju: an end line of no manifest under way", f->name,
		    (uintmax_t)f->lines);
		incomplete(f);
		put(f, rec->text);
		return false;
	}
	k->announced = rec->row;
	k->refused = refused != NULL;
	if (!is_whole(k, rec->row)) {
		say_which(k, rec->row);
		incomplete(f);
	}
	if (f->want & INV_WANT_END)
		return true;
	inv_filter_pass(f, rec);
	return false;
}

/* A report of no manifest: that there is none is what it says. */
static void
note_report(struct inv_filter *f, const struct inv_record *rec)
{
	if (!f->block.open &&
	    inv_str_is(inv_member_text(rec->outer, "type"), "report"))
		f->reported = true;
}

/* True when the line at hand is the program's business. */
static bool
take(struct inv_filter *f, struct inv_record *rec)
{
	bool wanted = false;

	switch (rec->kind) {
	case INV_LINE_RECORD:
		return take_record(f, rec);
	case INV_LINE_BATCH:
		return take_batch(f, rec);
	case INV_LINE_END:
		return take_end(f, rec);
	case INV_LINE_MANIFEST:
		begin_block(f, rec);
		wanted = f->want & INV_WANT_MANIFEST;
		break;
	case INV_LINE_STAGE:
		note_stage(f, rec);
		wanted = f->want & INV_WANT_STAGE;
		break;
	case INV_LINE_OTHER:
		note_report(f, rec);
		break;
	case INV_LINE_BODY:
		break;
	}
	if (!wanted)
		put(f, rec->text);
	return wanted;
}

/*
 * Before the first line of a block that is neither manifest nor stage, the
 * program is told: what the stages before it have said is known by then.  The
 * line itself waits, its views good until the next one is read.
 */
static bool
body_begins(struct inv_filter *f, struct inv_record *rec)
{
	struct inv_block *k = &f->block;

	if (!(f->want & INV_WANT_BODY) || !k->open || k->body ||
	    rec->kind == INV_LINE_MANIFEST || rec->kind == INV_LINE_STAGE)
		return false;
	k->body = true;
	f->behind = *rec;
	f->put_back = true;
	*rec = (struct inv_record){ .kind = INV_LINE_BODY };
	return true;
}

/* One line that was read; true when it is the program's business. */
static bool
line_read(struct inv_filter *f, struct inv_str text, struct inv_record *rec)
{
	struct inv_err err;

	f->lines++;
	while (text.n > 0 && text.p[text.n - 1] == '\r')
		text.n--;
	if (text.n == 0)
		return false;
	if (inv_record_parse(f->scan, text, rec, &err))
		return body_begins(f, rec) || take(f, rec);
	return malformed(f, text, err.msg, rec);
}

/* Where a read is about to come, and now and then: the clock is not free. */
static bool
may_tell(const struct inv_filter *f)
{
	return f->metrics != NULL &&
	    (f->in.at == f->in.n || f->lines % TELL_LINES == 0);
}

static bool
advance(struct inv_filter *f, struct inv_record *rec, bool *again)
{
	struct inv_str text;
	struct inv_err err;

	if (f->put_back && !f->stopped && !f->out.failed) {
		f->put_back = false;
		*rec = f->behind;
		if (take(f, rec))
			return true;
	}
	while (!f->stopped && !f->out.failed) {
		if (again == NULL && may_tell(f))
			inv_filter_tell(f);
		enum inv_next next = again == NULL
		    ? inv_in_line(&f->in, &text, &err)
		    : inv_in_try(&f->in, &text, again, &err);

		switch (next) {
		case INV_NEXT_END:
			return false;
		case INV_NEXT_ERR:
			if (err.fault != INV_BAD) {
				inv_filter_stop(f, &err);
				return false;
			}
			f->lines++;
			if (malformed(f, text, err.msg, rec))
				return true;
			break;
		case INV_NEXT_LINE:
			if (line_read(f, text, rec))
				return true;
			break;
		}
	}
	return false;
}

bool
inv_filter_next(struct inv_filter *f, struct inv_record *rec)
{
	return advance(f, rec, NULL);
}

bool
inv_filter_try(struct inv_filter *f, struct inv_record *rec, bool *again)
{
	*again = false;
	return advance(f, rec, again);
}

bool
inv_filter_insert(struct inv_filter *f, struct inv_str line,
    struct inv_err *err)
{
	struct inv_record rec;

	if (!inv_record_parse(f->scan, line, &rec, err))
		return false;
	if (rec.kind == INV_LINE_MANIFEST) {
		begin_block(f, &rec);
		f->block.body = true;
	}
	inv_filter_pass(f, &rec);
	return true;
}

const char *
inv_filter_where(struct inv_filter *f, const struct inv_record *rec)
{
	inv_buf_reset(&f->line);
	inv_buf_addf(&f->line, "%.*s:%ju",
	    (int)(f->block.name.n < WHERE_MAX ? f->block.name.n : WHERE_MAX),
	    f->block.name.n > 0 ? f->block.name.p : "",
	    (uintmax_t)(rec->line != 0 ? rec->line : f->lines));
	inv_buf_byte(&f->line, '\0');
	return f->line.p;
}

/* ---- the end ---- */

/* Anything but a stream of whole blocks is incomplete. */
static void
judge(struct inv_filter *f)
{
	if (f->stopped || f->out.failed)
		return;
	if (f->malformed > SAID_MAX)
		inv_warn("%s: %ju more lines that are not of the stream",
		    f->name, (uintmax_t)(f->malformed - SAID_MAX));
	if (f->astray > SAID_MAX)
		inv_say("%s: %ju more rows astray", f->name,
		    (uintmax_t)(f->astray - SAID_MAX));
	if (f->block.open) {
		inv_say("%s: manifest %.12s has no end: incomplete", f->name,
		    f->block.id);
		incomplete(f);
	} else if (f->manifests == 0 && !f->reported &&
	    !(f->want & INV_WANT_NOTHING)) {
		inv_say("%s: no manifest line: not a stream of inv-split%s",
		    f->name,
		    f->lines == 0 ? "; nothing came"
				  : " (jq needs -c; plain NDJSON goes through "
				    "inv-split -f ndjson)");
		incomplete(f);
	}
}

static bool
write_stats(struct inv_filter *f, int status, struct inv_err *err)
{
	struct inv_buf b = INV_BUF(4096);
	bool ok = true;

	inv_emit_open(&b, '{');
	inv_emit_member_str(&b, INV_LIT("program"), inv_str_of(f->info->name));
	inv_emit_member_str(&b, INV_LIT("version"), inv_str_of(INV_VERSION));
	inv_emit_member_u64(&b, INV_LIT("lines"), f->lines);
	inv_emit_member_u64(&b, INV_LIT("manifests"), f->manifests);
	inv_emit_key(&b, INV_LIT("counts"));
	inv_verdict_counts(&b, f->totals);
	inv_emit_member_u64(&b, INV_LIT("malformed_lines"), f->malformed);
	if (f->stats.n > 0)
		inv_emit_raw(&b, f->stats);
	inv_emit_member_u64(&b, INV_LIT("ms"), inv_clock_ms() - f->started_ms);
	inv_emit_member_u64(&b, INV_LIT("status"), (uint64_t)status);
	inv_emit_close(&b, '}');
	inv_buf_byte(&b, '\n');
	ok = inv_file_summary(inv_prog.stats, inv_buf_str(&b), err);
	inv_buf_free(&b);
	return ok;
}

int
inv_filter_close(struct inv_filter *f)
{
	struct inv_err err;

	judge(f);
	if (!inv_out_close(&f->out, &err))
		inv_filter_stop(f, &err);
	int status = inv_fault_exit(f->fault);

	if (inv_prog.stats != NULL && !write_stats(f, status, &err)) {
		inv_filter_stop(f, &err);
		status = inv_fault_exit(f->fault);
	}
	count_metrics(f);
	if (!inv_metrics_close(f->metrics, status, &err)) {
		inv_filter_stop(f, &err);
		status = inv_fault_exit(f->fault);
	}
	inv_in_free(&f->in);
	inv_scan_free(f->scan);
	inv_rows_free(&f->block.rows);
	inv_rows_free(&f->block.subset);
	inv_buf_free(&f->block.name);
	inv_buf_free(&f->block.key);
	inv_buf_free(&f->line);
	inv_buf_free(&f->bad);
	return status;
}
