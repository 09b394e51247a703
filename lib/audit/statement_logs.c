/* statement_logs.c - what several logs have about a manifest, taken together */

#include "audit/statement_part.h"

enum { LOG_COLUMNS = 6 };

static const struct inv_paper_column columns[LOG_COLUMNS] = {
	{ "Log", INV_PAPER_COUNT, 4 },
	{ "Manifest", INV_PAPER_CODE, INV_STATEMENT_SHORT },
	{ "Submission", INV_PAPER_COUNT, 10 },
	{ "Rows", INV_PAPER_COUNT, 11 },
	{ "Of", INV_PAPER_TEXT, 0 },
	{ "Verdicts", INV_PAPER_TEXT, 0 },
};

/* Rows of all logs, and whether each has a place in its own. */
static void
sum(struct inv_statement *s, const struct inv_statement_log *log, size_t n)
{
	uint64_t counts[INV_VERDICTS] = { 0 };
	bool adds_up = true;
	uint64_t rows = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < log[i].d.parts; k++) {
			const struct inv_dossier_part *part = &log[i].d.part[k];

			adds_up = adds_up && inv_dossier_adds_up(part);
			rows += part->rows;
			for (int v = 0; v < INV_VERDICTS; v++)
				counts[v] += part->counts[v];
		}
	inv_paper_sum(s->p, rows, counts);
	inv_paper_judge(s->p, adds_up,
	    adds_up ? INV_LIT("It adds up: each row of each log is in one of "
			      "these.")
		    : INV_LIT("It does not add up: what a log has below does "
			      "not."));
}

/* The same file under two logs is counted twice, which has to be said. */
static void
judge_shared(struct inv_statement *s, const struct inv_statement_log *log,
    size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; log[i].known && k < i; k++)
			if (log[k].known &&
			    memcmp(log[k].d.id, log[i].d.id,
				sizeof(log[i].d.id)) == 0) {
				inv_paper_say(s->p,
				    INV_LIT("The same file is in several logs, "
					    "and its rows are counted in "
					    "each."));
				return;
			}
}

static void
judge_unknown(struct inv_statement *s, const struct inv_statement_log *log,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (log[i].known)
			continue;
		inv_buf_reset(&s->text);
		inv_buf_addf(&s->text, "Not in this report: %s: %s.",
		    log[i].name, log[i].err.msg);
		inv_paper_judge(s->p, false, inv_statement_text(s));
	}
}

static void
add_part(struct inv_statement *s, size_t at,
    const struct inv_statement_log *log, const struct inv_dossier_part *part)
{
	inv_paper_cell_u64(s->p, at);
	inv_paper_cell(s->p,
	    (struct inv_str){ log->d.id, INV_STATEMENT_SHORT });
	inv_paper_cell_u64(s->p, part->submission);
	inv_paper_cell_u64(s->p, part->rows);
	inv_paper_cell(s->p, inv_str_of(log->name));
	inv_paper_cell(s->p, inv_statement_verdicts(s, part->counts));
}

void
inv_statement_logs(struct inv_statement *s, const struct inv_statement_log *log,
    size_t n)
{
	size_t at = 0;

	inv_paper_section(s->p, "All logs",
	    "What the logs have together; each stands by itself below.");
	sum(s, log, n);
	judge_shared(s, log, n);
	judge_unknown(s, log, n);
	inv_paper_table(s->p, columns, LOG_COLUMNS);
	for (size_t i = 0; i < n; i++) {
		at += log[i].known;
		for (size_t k = 0; k < log[i].d.parts; k++)
			add_part(s, at, &log[i], &log[i].d.part[k]);
	}
	inv_paper_table_end(s->p);
}
