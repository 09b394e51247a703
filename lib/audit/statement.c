/* statement.c - what the log has about a manifest, in a form for people */

#include "audit/statement_part.h"

#include <stdio.h>

enum {
	ROW_COLUMNS = 6,
	RUN_COLUMNS = 7,
};

static const struct inv_paper_column row_columns[ROW_COLUMNS] = {
	{ "Verdict", INV_PAPER_VERDICT, 11 },
	{ "Rows", INV_PAPER_COUNT, 11 },
	{ "By", INV_PAPER_TEXT, 14 },
	{ "Reason", INV_PAPER_TEXT, 24 },
	{ "Which", INV_PAPER_CODE, 0 },
	{ "Errors", INV_PAPER_TEXT, 0 },
};

static const struct inv_paper_column run_columns[RUN_COLUMNS] = {
	{ "Run", INV_PAPER_CODE, 16 },
	{ "Ended", INV_PAPER_TIME, 16 },
	{ "Rows", INV_PAPER_COUNT, 11 },
	{ "It was", INV_PAPER_TEXT, 24 },
	{ "Verdicts", INV_PAPER_TEXT, 0 },
	{ "Entries", INV_PAPER_CODE, 0 },
	{ "Said", INV_PAPER_TEXT, 0 },
};

/* ---- which manifest ---- */

static void
fact(struct inv_statement *s, const char *label, enum inv_paper_kind kind,
    const struct inv_members *m, const char *name)
{
	struct inv_str value = inv_statement_member(s, m, name);

	if (value.n > 0)
		inv_paper_fact(s->p, label, kind, value);
}

static void
identity(struct inv_statement *s, const struct inv_dossier_part *part)
{
	const struct inv_dossier_run *run = inv_statement_run(part);
	const struct inv_members *m =
	    inv_statement_scan(s, run != NULL ? run->line : INV_LIT("{}"));

	inv_paper_facts(s->p);
	if (s->name != NULL)
		inv_paper_fact(s->p, "Log of", INV_PAPER_TEXT,
		    inv_str_of(s->name));
	fact(s, "Name", INV_PAPER_TEXT, m, "name");
	inv_paper_fact(s->p, "SHA-256", INV_PAPER_CODE,
	    (struct inv_str){ s->d->id, sizeof(s->d->id) });
	inv_buf_reset(&s->text);
	inv_buf_u64(&s->text, part->submission);
	inv_paper_fact(s->p, "Submission", INV_PAPER_COUNT,
	    inv_statement_text(s));
	fact(s, "Arrival", INV_PAPER_COUNT, m, "arrival");
	fact(s, "Received", INV_PAPER_TIME, m, "received");
	fact(s, "Format", INV_PAPER_TEXT, m, "format");
	fact(s, "Bytes", INV_PAPER_COUNT, m, "bytes");
	inv_paper_facts_end(s->p);
}

/* ---- that it adds up ---- */

static void
judge_rows(struct inv_statement *s, const struct inv_dossier_part *part)
{
	struct inv_buf *b = &s->text;

	inv_buf_reset(b);
	if (!part->whole) {
		inv_buf_addf(b,
		    "It does not add up: %s, so that nobody can say how many "
		    "rows it has.",
		    part->refused
			? "the manifest could not be read as a whole"
			: "no run has come to the end of the manifest");
	} else if (part->beyond > 0) {
		inv_buf_addf(b,
		    "It does not add up: there is something about row %ju, "
		    "but the manifest has %ju.",
		    (uintmax_t)part->beyond, (uintmax_t)part->rows);
	} else if (part->rows == 0) {
		inv_buf_add(b, INV_LIT("It adds up: there are no rows."));
	} else {
		inv_buf_add(b, INV_LIT("It adds up: each row, from 1 to "));
		inv_buf_count(b, part->rows);
		inv_buf_add(b, INV_LIT(", is in one of these."));
	}
	inv_paper_judge(s->p, inv_dossier_adds_up(part), inv_buf_str(b));
}

/* What is wrong, how often it is, and what comes of it, or "". */
static void
point_out(struct inv_statement *s, const char *what, uint64_t n,
    const char *then)
{
	if (n == 0)
		return;
	inv_buf_reset(&s->text);
	inv_buf_addf(&s->text, "%s: ", what);
	inv_buf_count(&s->text, n);
	inv_buf_addf(&s->text, ".%s", then);
	inv_paper_judge(s->p, false, inv_statement_text(s));
}

/* They stay as they are here: what is committed is in another account. */
static void
tell_corrected(struct inv_statement *s, const struct inv_dossier_part *part)
{
	if (part->corrected == 0)
		return;
	inv_buf_reset(&s->text);
	inv_buf_add(&s->text,
	    INV_LIT("Rows that were corrected, and are committed as rows of "
		    "another manifest: "));
	inv_buf_count(&s->text, part->corrected);
	inv_buf_add(&s->text, INV_LIT(". People tells which."));
	inv_paper_say(s->p, inv_statement_text(s));
}

static void
judge_open(struct inv_statement *s, const struct inv_dossier_part *part)
{
	point_out(s,
	    "Rows that are not settled, being held, ambiguous or pending",
	    part->counts[INV_HELD] + part->counts[INV_AMBIGUOUS] +
		part->counts[INV_PENDING],
	    "");
	point_out(s,
	    "Rows that the last run said to be committed, but the journal has "
	    "no such batch",
	    part->runs > 0 ? part->run[part->runs - 1].unverified : 0, "");
	point_out(s, "Outcomes in the journal that the log does not have yet",
	    s->d->waiting, " The next run of inv-audit takes them in.");
}

/* ---- rows ---- */

/* {"missing":3,"extra_forbidden":1} as words. */
static struct inv_str
errors(struct inv_statement *s, struct inv_str json)
{
	struct inv_member m;

	inv_buf_reset(&s->text);
	while (json.n > 0 && inv_scan_each(&json, &m)) {
		if (s->text.n > 0)
			inv_buf_add(&s->text, INV_LIT(", "));
		inv_statement_add_decoded(s, m.key);
		inv_buf_byte(&s->text, ' ');
		inv_buf_add(&s->text, m.value);
	}
	return inv_statement_text(s);
}

static void
rows(struct inv_statement *s, const struct inv_dossier_part *part)
{
	static const enum inv_verdict order[INV_VERDICTS] = { INV_COMMITTED,
		INV_SKIPPED, INV_QUARANTINED, INV_HELD, INV_AMBIGUOUS,
		INV_PENDING };

	inv_paper_section(s->p, "Rows",
	    "The latest verdict of each row over all runs; committed is "
	    "final. Errors are counted by type, as in the last run that gave "
	    "the verdict.");
	inv_paper_table(s->p, row_columns, ROW_COLUMNS);
	for (int v = 0; v < INV_VERDICTS; v++)
		for (size_t i = 0; i < part->fates.n; i++) {
			const struct inv_fate *f = &part->fates.fate[i];

			if (f->verdict != order[v] || f->rows == 0)
				continue;
			inv_paper_cell(s->p, inv_verdict_name(f->verdict));
			inv_paper_cell_u64(s->p, f->rows);
			inv_paper_cell(s->p,
			    inv_statement_decoded(s, f->stage));
			inv_paper_cell(s->p,
			    inv_statement_decoded(s, f->reason));
			inv_paper_cell(s->p,
			    inv_statement_ranges(s, &f->ranges,
				f->rows - f->shown));
			inv_paper_cell(s->p, errors(s, f->errors));
		}
	inv_paper_table_end(s->p);
}

/* ---- runs ---- */

/* complete, incomplete, refused or failed, and of some rows only. */
static void
state_cell(struct inv_statement *s, const struct inv_dossier_run *run,
    const struct inv_members *end)
{
	struct inv_buf *b = &s->text;

	inv_buf_reset(b);
	if (run->refused)
		inv_buf_add(b, INV_LIT("refused"));
	else
		inv_buf_add(b,
		    run->complete ? INV_LIT("complete")
				  : INV_LIT("incomplete"));
	if (run->subset)
		inv_buf_add(b, INV_LIT(", of some rows"));
	if (inv_member_find(end, "failed") != NULL)
		inv_buf_add(b, INV_LIT(", failed"));
	inv_paper_cell(s->p, inv_buf_str(b));
}

/* Why it was refused, or which program said no. */
static void
said_cell(struct inv_statement *s, const struct inv_members *end)
{
	static const char *const names[] = { "refused", "failed" };

	inv_buf_reset(&s->text);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct inv_member *m = inv_member_find(end, names[i]);
		struct inv_str rest;
		struct inv_member part;

		if (m == NULL)
			continue;
		rest = m->value;
		if (m->kind != INV_KIND_OBJECT) {
			inv_statement_add(s, m);
			continue;
		}
		while (inv_scan_each(&rest, &part)) {
			if (s->text.n > 0)
				inv_buf_add(&s->text, INV_LIT(": "));
			inv_statement_add(s, &part);
		}
	}
	inv_paper_cell(s->p, inv_statement_text(s));
}

static void
add_run(struct inv_statement *s, const struct inv_dossier_run *run)
{
	const struct inv_members *end = inv_statement_scan(s, run->end);

	inv_paper_cell(s->p, (struct inv_str){ run->id, sizeof(run->id) });
	inv_paper_cell(s->p, run->time);
	inv_paper_cell_u64(s->p, run->rows);
	state_cell(s, run, end);
	inv_paper_cell(s->p, inv_statement_verdicts(s, run->counts));
	inv_buf_reset(&s->text);
	inv_buf_addf(&s->text, "%ju-%ju", (uintmax_t)run->first,
	    (uintmax_t)run->last);
	inv_paper_cell(s->p, inv_statement_text(s));
	said_cell(s, end);
}

static void
runs(struct inv_statement *s, const struct inv_dossier_part *part)
{
	inv_paper_section(s->p, "Runs",
	    "Each pass of the manifest, with the verdicts it came to, and "
	    "where in the log that is.");
	inv_paper_table(s->p, run_columns, RUN_COLUMNS);
	for (size_t i = 0; i < part->runs; i++)
		add_run(s, &part->run[i]);
	inv_paper_table_end(s->p);
	inv_statement_more(s, "runs", part->runs, part->all_runs);
}

/* ---- all of it ---- */

static void
one_part(struct inv_statement *s, const struct inv_dossier_part *part)
{
	if (s->d->parts > 1) {
		char title[64];

		(void)snprintf(title, sizeof(title), "Submission %ju",
		    (uintmax_t)part->submission);
		inv_paper_section(s->p, title, "");
	}
	identity(s, part);
	inv_paper_sum(s->p, part->rows, part->counts);
	judge_rows(s, part);
	judge_open(s, part);
	tell_corrected(s, part);
	rows(s, part);
	runs(s, part);
	inv_statement_rules(s, part);
	inv_statement_batches(s, part);
	inv_statement_people(s, part);
}

/* "Report on NAME", or on the beginning of the id. */
static void
begin(struct inv_statement *s, uint64_t now)
{
	const struct inv_dossier_run *run =
	    inv_statement_run(&s->d->part[s->d->parts - 1]);
	const struct inv_members *m =
	    inv_statement_scan(s, run != NULL ? run->line : INV_LIT("{}"));
	struct inv_digest *digest = inv_digest_new();
	struct inv_buf title = INV_BUF(INV_STATEMENT_TEXT);
	struct inv_str name = inv_statement_member(s, m, "name");

	inv_buf_add(&title, INV_LIT("Report on "));
	if (name.n > 0)
		inv_buf_add(&title, name);
	else
		inv_buf_add(&title,
		    (struct inv_str){ s->d->id, INV_STATEMENT_SHORT });
	inv_paper_begin(s->p, inv_buf_str(&title), now, digest);
	inv_buf_free(&title);
	inv_digest_free(digest);
}

static bool
one_log(struct inv_statement *s)
{
	for (size_t i = 0; i < s->d->parts; i++)
		one_part(s, &s->d->part[i]);
	return inv_statement_checkpoints(s) && inv_statement_check(s);
}

static void
set_log(struct inv_statement *s, const struct inv_statement_log *log)
{
	s->name = log->name;
	s->d = &log->d;
	s->key = log->key;
	s->keys = log->keys;
}

static bool
all_logs(struct inv_statement *s, const struct inv_statement_log *log, size_t n)
{
	bool ok = true;
	size_t at = 0;

	inv_statement_logs(s, log, n);
	for (size_t i = 0; ok && i < n; i++) {
		if (!log[i].known)
			continue;
		char title[64];

		(void)snprintf(title, sizeof(title), "Log %zu", ++at);
		inv_paper_section(s->p, title, "");
		set_log(s, &log[i]);
		ok = one_log(s);
	}
	return ok;
}

bool
inv_statement_write(struct inv_paper *p, const struct inv_statement_log *log,
    size_t n, uint64_t now, struct inv_err *err)
{
	struct inv_statement s = {
		.p = p,
		.scan = inv_scan_new(),
		.text = INV_BUF(INV_STATEMENT_TEXT),
		.err = err,
	};
	size_t first = 0;

	while (!log[first].known)
		first++;
	set_log(&s, &log[first]);
	begin(&s, now);
	bool ok = n > 1 ? all_logs(&s, log, n) : one_log(&s);

	inv_paper_end(p);
	inv_scan_free(s.scan);
	inv_buf_free(&s.text);
	return ok;
}
