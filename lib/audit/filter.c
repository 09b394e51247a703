/* filter.c - the end of the pipe: account for every row of a stream */

#include <stdlib.h>
#include <unistd.h>

#include "audit/args.h"
#include "base/log.h"
#include "data/account.h"
#include "data/emit.h"
#include "prog/filter.h"
#include "prog/secret_opt.h"

enum {
	SUMMARY_MAX = 1 << 20, /* bytes of a summary line */
	NAME_SHOWN = 256,      /* bytes of a name on a terminal */
	FOLLOWED = 200,        /* batches, behind which the journal is read */
};

struct audit {
	struct inv_filter f;
	struct inv_audit *log;
	struct inv_account account; /* of the block under way */
	struct inv_buf name;        /* of its manifest, decoded */
	struct inv_buf line;
	uint64_t batches;
	bool terminal;
};

/* ---- what is printed ---- */

static void
put_summary(struct inv_buf *b, const struct audit *p,
    const struct inv_audit_sum *sum)
{
	const struct inv_account *a = &p->account;

	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("type"), INV_LIT("summary"));
	inv_emit_member_str(b, INV_LIT("manifest"),
	    (struct inv_str){ a->id, INV_MANIFEST_ID });
	inv_emit_member_str(b, INV_LIT("run"),
	    (struct inv_str){ a->run, INV_RUN_ID });
	inv_emit_member_str(b, INV_LIT("name"), inv_buf_str(&p->name));
	inv_emit_member_u64(b, INV_LIT("submission"), a->submission);
	inv_emit_member_u64(b, INV_LIT("rows"), a->rows);
	inv_emit_key(b, INV_LIT("counts"));
	inv_verdict_counts(b, a->counts);
	inv_emit_member_u64(b, INV_LIT("duplicates_uncommitted"), sum->orphans);
	inv_emit_member_u64(b, INV_LIT("unverified"), sum->unverified);
	inv_emit_member_u64(b, INV_LIT("malformed_lines"), a->malformed);
	inv_emit_member_bool(b, INV_LIT("complete"), a->complete);
	inv_emit_member_bool(b, INV_LIT("validated"), a->validated);
	if (a->refused.n > 0)
		inv_emit_member_raw(b, INV_LIT("refused"),
		    inv_buf_str(&a->refused));
	if (a->failed.n > 0)
		inv_emit_member_raw(b, INV_LIT("failed"),
		    inv_buf_str(&a->failed));
	inv_emit_key(b, INV_LIT("standing"));
	inv_emit_open(b, '{');
	inv_emit_member_u64(b, INV_LIT("runs"), sum->standing.runs);
	inv_emit_member_u64(b, INV_LIT("rows"), sum->standing.rows);
	inv_emit_key(b, INV_LIT("counts"));
	inv_verdict_counts(b, sum->standing.counts);
	inv_emit_close(b, '}');
	inv_emit_close(b, '}');
	inv_buf_byte(b, '\n');
}

static void
say_counts(struct inv_buf *b, const uint64_t counts[INV_VERDICTS])
{
	const char *before = ": ";

	for (int v = 0; v < INV_VERDICTS; v++) {
		struct inv_str name = inv_verdict_name((enum inv_verdict)v);

		if (counts[v] == 0)
			continue;
		inv_buf_addf(b, "%s%ju %.*s", before, (uintmax_t)counts[v],
		    INV_ARG(name));
		before = ", ";
	}
}

static void
say_number(struct inv_buf *b, uint64_t n, const char *what)
{
	if (n > 0)
		inv_buf_addf(b, "; %ju %s", (uintmax_t)n, what);
}

static void
say_summary(struct inv_buf *b, const struct audit *p,
    const struct inv_audit_sum *sum)
{
	const struct inv_account *a = &p->account;
	char name[NAME_SHOWN];

	(void)inv_log_escape(inv_buf_str(&p->name), name, sizeof(name));
	inv_buf_addf(b, "%s: %ju rows", name, (uintmax_t)a->rows);
	say_counts(b, a->counts);
	say_number(b, sum->orphans, "duplicates of rows not committed");
	say_number(b, sum->unverified, "UNVERIFIED");
	say_number(b, a->malformed, "malformed lines");
	if (!a->validated && !a->subset)
		inv_buf_add(b, INV_LIT("; not validated"));
	if (a->refused.n > 0)
		inv_buf_add(b, INV_LIT("; REFUSED"));
	if (a->failed.n > 0)
		inv_buf_add(b, INV_LIT("; FAILED"));
	if (!a->complete)
		inv_buf_add(b, INV_LIT("; INCOMPLETE"));
	inv_buf_addf(b, "\n%s: standing after %ju %s: %ju rows", name,
	    (uintmax_t)sum->standing.runs,
	    sum->standing.runs == 1 ? "run" : "runs",
	    (uintmax_t)sum->standing.rows);
	say_counts(b, sum->standing.counts);
	inv_buf_byte(b, '\n');
}

/* ---- a block ---- */

/* A block of some rows is no reason to forget the others. */
static void
judge_standing(struct audit *p, const struct inv_standing *s)
{
	if (!p->account.subset || s->counts[INV_PENDING] == 0 ||
	    s->rows > INV_STANDING_MAX)
		return;
	inv_say("%.*s: %ju of %ju rows have no verdict in any run",
	    INV_ARG(inv_buf_str(&p->name)), (uintmax_t)s->counts[INV_PENDING],
	    (uintmax_t)s->rows);
	inv_filter_fault(&p->f, INV_AGAIN);
}

static void
judge(struct audit *p, const struct inv_audit_sum *sum)
{
	const struct inv_account *a = &p->account;

	if (!a->complete || a->refused.n > 0)
		inv_filter_fault(&p->f, INV_BAD);
	if (a->failed.n > 0)
		inv_filter_fault(&p->f, INV_NO);
	if (sum->unverified > 0) {
		inv_say("%.*s: %ju rows are said to be committed, but the "
			"journal has no such batch",
		    INV_ARG(inv_buf_str(&p->name)), (uintmax_t)sum->unverified);
		inv_filter_fault(&p->f, INV_BAD);
	}
	if (a->counts[INV_PENDING] + a->counts[INV_HELD] +
		a->counts[INV_AMBIGUOUS] >
	    0)
		inv_filter_fault(&p->f, INV_AGAIN);
	judge_standing(p, &sum->standing);
}

/* On disk first, then said. */
static void
finish(struct audit *p)
{
	struct inv_audit_sum sum;
	struct inv_err err;

	p->account.open = false;
	if (!inv_audit_add(p->log, &p->account, &sum, &err)) {
		inv_filter_stop(&p->f, &err);
		return;
	}
	if (sum.again)
		inv_note("%.*s: run %.*s is in the log already",
		    INV_ARG(inv_buf_str(&p->name)), INV_RUN_ID, p->account.run);
	judge(p, &sum);
	inv_buf_reset(&p->line);
	if (p->terminal)
		say_summary(&p->line, p, &sum);
	else
		put_summary(&p->line, p, &sum);
	inv_out_add(&p->f.out, inv_buf_str(&p->line));
}

/* What came without an end, as far as it came. */
static void
break_off(struct audit *p)
{
	if (!p->account.open)
		return;
	p->account.rows = inv_account_seen(&p->account);
	finish(p);
}

static void
begin(struct audit *p, const struct inv_record *rec)
{
	break_off(p);
	inv_account_begin(&p->account, rec, p->f.block.submission);
	inv_buf_reset(&p->name);
	inv_buf_add(&p->name, inv_buf_str(&p->f.block.name));
}

/* While the others are at work, not when all wait for us. */
static void
follow(struct audit *p)
{
	if (++p->batches % FOLLOWED == 0)
		inv_audit_follow(p->log);
}

static void
take(struct audit *p, const struct inv_record *rec)
{
	if (rec->kind == INV_LINE_MANIFEST)
		begin(p, rec);
	inv_filter_pass(&p->f, rec);
	if (!p->account.open)
		return;
	switch (rec->kind) {
	case INV_LINE_STAGE:
		inv_account_stage(&p->account, rec);
		break;
	case INV_LINE_RECORD:
		inv_account_record(&p->account, rec);
		break;
	case INV_LINE_BATCH:
		inv_account_batch(&p->account, rec);
		follow(p);
		break;
	case INV_LINE_END:
		inv_account_end(&p->account, rec, !p->f.block.incomplete);
		finish(p);
		break;
	case INV_LINE_MANIFEST:
	case INV_LINE_OTHER:
	case INV_LINE_BODY:
		break;
	}
}

static struct inv_audit *
open_log(const struct inv_state *state, const char *sign_key)
{
	struct inv_secret_place place;
	struct inv_audit *log;
	struct inv_err err;
	char *path = NULL;

	inv_secret_guard();
	if (sign_key != NULL)
		path = inv_opt_secret_place(sign_key, &place);
	log = inv_audit_open(state, sign_key == NULL ? NULL : &place, &err);
	if (log == NULL)
		inv_die(&err);
	free(path);
	return log;
}

int
inv_audit_do_filter(void *args, char *words[])
{
	const struct inv_audit_args *a = args;
	struct inv_state state;
	struct inv_record rec;
	struct inv_err err;
	struct audit p = {
		.line = INV_BUF(SUMMARY_MAX),
		.name = INV_BUF(SUMMARY_MAX),
		.terminal = isatty(STDOUT_FILENO) == 1,
	};

	state.fd = inv_opt_state(&state.path);
	inv_filter_endure();
	inv_filter_open(&p.f, a->info, words[0],
	    INV_WANT_MANIFEST | INV_WANT_STAGE | INV_WANT_VERDICT |
		INV_WANT_BATCH | INV_WANT_END | INV_WANT_QUIET);
	p.log = open_log(&state, a->sign_key);
	while (inv_filter_next(&p.f, &rec))
		take(&p, &rec);
	break_off(&p);
	if (!p.f.stopped && !inv_audit_take_in(p.log, &err))
		inv_filter_stop(&p.f, &err);
	inv_audit_close(p.log);
	inv_account_free(&p.account);
	inv_buf_free(&p.line);
	inv_buf_free(&p.name);
	close(state.fd);
	return inv_filter_close(&p.f);
}
