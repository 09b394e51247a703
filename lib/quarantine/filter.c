/* filter.c - keep what needs a person, and pass the stream on */

#include <unistd.h>

#include "base/log.h"
#include "data/emit.h"
#include "prog/filter.h"
#include "prog/who.h"
#include "quarantine/alarm.h"
#include "quarantine/args.h"
#include "store/quarantine.h"

struct quarantine {
	struct inv_filter f;
	struct inv_quarantine *store;
	struct inv_alarm *alarm; /* NULL: nobody is told */
	struct inv_buf line;     /* our stage line */
};

/* ---- the filter ---- */

static const struct inv_str none = { NULL, 0 };

/* What waits now, what was told in this run among it: that is on disk first. */
static void
count(struct quarantine *p, const struct inv_state *state)
{
	uint64_t items[INV_VERDICTS];
	uint64_t oldest;
	struct inv_err err;

	if (p->f.metrics == NULL || !inv_out_flush(&p->f.out, &err))
		return;
	if (!inv_quarantine_waiting(state, items, &oldest, &err)) {
		inv_warn("%s: not counted for --metrics", err.msg);
		return;
	}
	for (int v = INV_QUARANTINED; v < INV_VERDICTS; v++)
		inv_metrics_set(p->f.metrics, INV_METRIC_ITEMS,
		    inv_verdict_name((enum inv_verdict)v), items[v]);
	inv_metrics_set(p->f.metrics, INV_METRIC_OLDEST_ITEM, none, oldest);
}

/* Nothing leaves before what was stored of it is on disk. */
static bool
settle(void *arg, struct inv_err *err)
{
	struct quarantine *p = arg;

	p->f.out.hold = INV_STREAM_PIECE;
	return inv_quarantine_commit(p->store, err);
}

static void
begin(struct quarantine *p, struct inv_str line)
{
	const struct inv_block *block = &p->f.block;
	const struct inv_quarantine_run run = {
		.manifest = { block->id, INV_MANIFEST_ID },
		.submission = block->submission,
		.run = { block->run, INV_RUN_ID },
		.name = inv_buf_str(&block->name),
		.line = line,
	};

	inv_quarantine_begin(p->store, &run);
}

static void
add_stage(struct quarantine *p)
{
	inv_buf_reset(&p->line);
	inv_filter_stage(&p->f, &p->line);
	inv_emit_close(&p->line, '}');
	inv_filter_emit(&p->f, inv_buf_str(&p->line), INV_PENDING, 0);
}

/* Ours is no rule that a row has failed by. */
static bool
take_stage(struct quarantine *p, const struct inv_record *rec,
    struct inv_err *err)
{
	return inv_str_is(inv_member_text(rec->outer, "stage"),
		   inv_prog.name) ||
	    inv_quarantine_stage(p->store, rec->text, err);
}

static bool
take_row(struct quarantine *p, const struct inv_record *rec,
    struct inv_err *err)
{
	const struct inv_quarantine_sums *s = inv_quarantine_sums(p->store);
	uint64_t told = s->told;
	uint64_t fresh = s->fresh;

	if (!inv_quarantine_row(p->store, rec, err))
		return false;
	if (s->told > told)
		inv_alarm_row(p->alarm, &p->f.block, rec);
	if (s->fresh > fresh && rec->verdict == INV_QUARANTINED)
		inv_metrics_add(p->f.metrics, INV_METRIC_DEAD_LETTERS, none,
		    none, 1);
	return true;
}

static bool
take(struct quarantine *p, const struct inv_record *rec, struct inv_err *err)
{
	switch (rec->kind) {
	case INV_LINE_MANIFEST:
		begin(p, rec->text);
		return true;
	case INV_LINE_BODY:
		add_stage(p);
		return true;
	case INV_LINE_STAGE:
		return take_stage(p, rec, err);
	case INV_LINE_RECORD:
		return take_row(p, rec, err);
	case INV_LINE_BATCH:
		return inv_quarantine_batch(p->store, rec, err);
	case INV_LINE_END:
		if (!inv_quarantine_end(p->store, rec->row, err))
			return false;
		inv_quarantine_begin(p->store, NULL);
		return true;
	case INV_LINE_OTHER:
		return true;
	}
	return true;
}

static void
sum_up(const struct inv_quarantine_sums *s)
{
	uint64_t failed = 0;

	for (int v = INV_QUARANTINED; v < INV_VERDICTS; v++)
		failed += s->failed[v];
	if (failed > 0)
		inv_warn("%ju quarantined, %ju held, %ju ambiguous; %ju of "
			 "them new (inv-quarantine list shows them)",
		    (uintmax_t)s->failed[INV_QUARANTINED],
		    (uintmax_t)s->failed[INV_HELD],
		    (uintmax_t)s->failed[INV_AMBIGUOUS], (uintmax_t)s->fresh);
	if (s->closed > 0)
		inv_warn("%ju closed", (uintmax_t)s->closed);
	if (s->superseded > 0)
		inv_warn("%ju superseded by newer content: left open "
			 "(inv-quarantine resolve closes them)",
		    (uintmax_t)s->superseded);
}

int
inv_quarantine_do_filter(void *args, char *words[])
{
	const struct inv_quarantine_args *a = args;
	struct quarantine p = {
		.line = INV_BUF(4096),
		.alarm = inv_alarm_new(a->notify),
	};
	struct inv_record rec;
	struct inv_state state;
	struct inv_who who;
	struct inv_err err;

	inv_filter_endure();
	state.fd = inv_opt_state(&state.path);
	inv_note("keeping in %s", state.path);
	inv_filter_open(&p.f, a->info, words[0],
	    INV_WANT_MANIFEST | INV_WANT_STAGE | INV_WANT_BODY |
		INV_WANT_VERDICT | INV_WANT_BATCH | INV_WANT_END);
	p.store = inv_quarantine_new(&state);
	inv_metrics_add(p.f.metrics, INV_METRIC_DEAD_LETTERS, none, none, 0);
	inv_who_init(&who);
	inv_quarantine_by(p.store, inv_buf_str(&who.user),
	    inv_buf_str(&who.login));
	inv_out_guard(&p.f.out, settle, &p);
	while (inv_filter_next(&p.f, &rec)) {
		if (!take(&p, &rec, &err)) {
			inv_filter_stop(&p.f, &err);
			break;
		}
		if (inv_quarantine_pending(p.store))
			p.f.out.hold = INV_STREAM_HOLD_MAX;
		inv_filter_pass(&p.f, &rec);
	}
	count(&p, &state);

	int status = inv_filter_close(&p.f);

	if (status == 0 || status == inv_fault_exit(INV_BAD))
		sum_up(inv_quarantine_sums(p.store));
	inv_quarantine_free(p.store);
	inv_who_free(&who);
	inv_alarm_ring(p.alarm, &state);
	inv_alarm_free(p.alarm);
	inv_buf_free(&p.line);
	close(state.fd);
	return status;
}
