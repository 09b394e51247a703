/* stats.c - inv-quarantine stats: what waits, in groups and by time */

#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "data/emit.h"
#include "quarantine/args.h"
#include "quarantine/review.h"

enum {
	SHOWN_MAX = 160,   /* bytes of a text in the table */
	GROUPS_SHOWN = 20, /* in the table */
	BAR_MAX = 40,      /* characters of the longest bar */
	DAY_TEXT = 10,     /* bytes of "2026-11-20" */
};

/* As the ages of a review are divided. */
static const char *const age_names[INV_REVIEW_AGES] = {
	"0",
	"1-2",
	"3-6",
	"7-13",
	"14-29",
	"30-89",
	"90-",
};

/* ---- JSON ---- */

static void
emit_time(struct inv_buf *b, struct inv_str name, uint64_t at)
{
	char text[INV_CLOCK_TEXT];

	inv_clock_text((int64_t)at, text);
	inv_emit_member_str(b, name, inv_str_of(text));
}

/* The day that the k-th count is of. */
static struct inv_str
day_name(const struct inv_review *v, size_t k, char text[INV_CLOCK_TEXT])
{
	uint64_t ago = (INV_REVIEW_DAYS - 1 - k) * INV_REVIEW_DAY;

	inv_clock_text((int64_t)(v->now > ago ? v->now - ago : 0), text);
	return (struct inv_str){ text, DAY_TEXT };
}

static void
emit_totals(struct inv_buf *b, const struct inv_review *v)
{
	inv_emit_key(b, INV_LIT("open"));
	inv_emit_open(b, '{');
	for (int k = INV_QUARANTINED; k < INV_VERDICTS; k++)
		inv_emit_member_u64(b, inv_verdict_name((enum inv_verdict)k),
		    v->open[k]);
	inv_emit_close(b, '}');
	inv_emit_member_u64(b, INV_LIT("closed"), v->closed_all);
	inv_emit_member_u64(b, INV_LIT("purged"), v->purged);
	if (v->oldest_at > 0)
		emit_time(b, INV_LIT("oldest"), v->oldest_at);
	inv_emit_key(b, INV_LIT("last_day"));
	inv_emit_open(b, '{');
	inv_emit_member_u64(b, INV_LIT("open_before"), v->open_before);
	inv_emit_member_u64(b, INV_LIT("new"), v->fresh);
	inv_emit_member_u64(b, INV_LIT("closed"), v->settled);
	inv_emit_close(b, '}');
}

static void
emit_group(struct inv_buf *b, const struct inv_review_group *g)
{
	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("fingerprint"), inv_str_of(g->print));
	inv_emit_member_str(b, INV_LIT("reason"), inv_buf_str(&g->reason));
	inv_emit_member_str(b, INV_LIT("type"), inv_buf_str(&g->type));
	inv_emit_member_str(b, INV_LIT("field"), inv_buf_str(&g->field));
	inv_emit_member_u64(b, INV_LIT("count"), g->count);
	emit_time(b, INV_LIT("first_seen"), g->first_at);
	emit_time(b, INV_LIT("last_seen"), g->last_at);
	inv_emit_close(b, '}');
}

static void
emit_times(struct inv_buf *b, const struct inv_review *v)
{
	char text[INV_CLOCK_TEXT];

	inv_emit_key(b, INV_LIT("days"));
	inv_emit_open(b, '[');
	for (size_t k = 0; k < INV_REVIEW_DAYS; k++) {
		inv_emit_open(b, '{');
		inv_emit_member_str(b, INV_LIT("day"), day_name(v, k, text));
		inv_emit_member_u64(b, INV_LIT("failed"), v->failed_on[k]);
		inv_emit_member_u64(b, INV_LIT("closed"), v->closed_on[k]);
		inv_emit_close(b, '}');
	}
	inv_emit_close(b, ']');
	inv_emit_key(b, INV_LIT("ages"));
	inv_emit_open(b, '[');
	for (size_t k = 0; k < INV_REVIEW_AGES; k++) {
		inv_emit_open(b, '{');
		inv_emit_member_str(b, INV_LIT("days"),
		    inv_str_of(age_names[k]));
		inv_emit_member_u64(b, INV_LIT("count"), v->age[k]);
		inv_emit_close(b, '}');
	}
	inv_emit_close(b, ']');
}

static void
put_json(struct inv_buf *b, const struct inv_review *v)
{
	inv_emit_open(b, '{');
	emit_time(b, INV_LIT("at"), v->now);
	emit_totals(b, v);
	inv_emit_key(b, INV_LIT("groups"));
	inv_emit_open(b, '[');
	for (size_t i = 0; i < v->groups; i++)
		emit_group(b, &v->group[i]);
	inv_emit_close(b, ']');
	inv_emit_member_bool(b, INV_LIT("more_groups"), v->more_groups);
	emit_times(b, v);
	inv_emit_close(b, '}');
	inv_buf_byte(b, '\n');
}

/* ---- text ---- */

static void
put_totals(struct inv_buf *b, const struct inv_review *v)
{
	inv_buf_addf(b, "%ju quarantined, %ju held, %ju ambiguous; %ju closed",
	    (uintmax_t)v->open[INV_QUARANTINED], (uintmax_t)v->open[INV_HELD],
	    (uintmax_t)v->open[INV_AMBIGUOUS], (uintmax_t)v->closed_all);
	if (v->purged > 0)
		inv_buf_addf(b, "; %ju purged", (uintmax_t)v->purged);
	inv_buf_addf(b,
	    "\nin the last day: %ju new, %ju closed; %ju open before\n",
	    (uintmax_t)v->fresh, (uintmax_t)v->settled,
	    (uintmax_t)v->open_before);
}

static void
put_day(struct inv_buf *b, uint64_t at)
{
	char text[INV_CLOCK_TEXT];

	inv_clock_text((int64_t)at, text);
	inv_buf_addf(b, "  %.*s", DAY_TEXT, text);
}

/* What came from outside can not act on a terminal. */
static void
put_text(struct inv_buf *b, const struct inv_buf *text)
{
	char out[SHOWN_MAX];
	size_t n = inv_log_escape(inv_buf_str(text), out, sizeof(out));

	inv_buf_addf(b, "  %-18.*s", (int)n, out);
}

static void
put_groups(struct inv_buf *b, const struct inv_review *v)
{
	size_t shown = v->groups < GROUPS_SHOWN ? v->groups : GROUPS_SHOWN;

	if (shown == 0)
		return;
	inv_buf_add(b,
	    INV_LIT("\n   count  group     first seen  last seen   reason"
		    "              type                field\n"));
	for (size_t i = 0; i < shown; i++) {
		const struct inv_review_group *g = &v->group[i];

		inv_buf_addf(b, "%8ju  %s", (uintmax_t)g->count, g->print);
		put_day(b, g->first_at);
		put_day(b, g->last_at);
		put_text(b, &g->reason);
		put_text(b, &g->type);
		put_text(b, &g->field);
		while (b->n > 0 && b->p[b->n - 1] == ' ')
			b->n--;
		inv_buf_byte(b, '\n');
	}
	if (v->groups > shown)
		inv_buf_addf(b, "%8zu%s more groups\n", v->groups - shown,
		    v->more_groups ? " or" : "");
}

static uint64_t
largest(const uint64_t *counts, size_t n)
{
	uint64_t most = 0;

	for (size_t i = 0; i < n; i++)
		if (counts[i] > most)
			most = counts[i];
	return most;
}

/* What is not 0 has a bar of one at least. */
static void
put_bar(struct inv_buf *b, uint64_t n, uint64_t most)
{
	double part = most > 0 ? (double)n / (double)most : 0;
	size_t width = (size_t)(part * BAR_MAX + 0.5);

	if (n > 0) {
		inv_buf_byte(b, ' ');
		for (size_t i = 0; i < (width > 0 ? width : 1); i++)
			inv_buf_byte(b, '#');
	}
	inv_buf_byte(b, '\n');
}

static void
put_times(struct inv_buf *b, const struct inv_review *v)
{
	uint64_t most = largest(v->failed_on, INV_REVIEW_DAYS);
	char text[INV_CLOCK_TEXT];

	inv_buf_add(b, INV_LIT("\nday         closed  failed\n"));
	for (size_t k = 0; k < INV_REVIEW_DAYS; k++) {
		inv_buf_addf(b, "%.*s%8ju%8ju", INV_ARG(day_name(v, k, text)),
		    (uintmax_t)v->closed_on[k], (uintmax_t)v->failed_on[k]);
		put_bar(b, v->failed_on[k], most);
	}
	most = largest(v->age, INV_REVIEW_AGES);
	inv_buf_add(b, INV_LIT("\ndays old      open\n"));
	for (size_t k = 0; k < INV_REVIEW_AGES; k++) {
		inv_buf_addf(b, "%-10s%8ju", age_names[k],
		    (uintmax_t)v->age[k]);
		put_bar(b, v->age[k], most);
	}
}

/* ---- the verb ---- */

static void
add_all(struct inv_review *v, const struct inv_state *state,
    const struct inv_item_filter *which)
{
	struct inv_quarantine_reader *r;
	const struct inv_item *item;
	enum inv_next next;
	struct inv_err err;

	r = inv_quarantine_read_own(state, &err);
	if (r == NULL)
		inv_die(&err);
	inv_quarantine_seek(r, which);
	while ((next = inv_quarantine_next(r, &item, &err)) == INV_NEXT_LINE)
		inv_review_add(v, item);
	if (next == INV_NEXT_ERR)
		inv_die(&err);
	inv_quarantine_read_close(r);
	inv_review_sort(v);
}

int
inv_quarantine_do_stats(void *args, char *words[])
{
	const struct inv_quarantine_args *a = args;
	struct inv_review *v = inv_review_new((uint64_t)inv_clock_wall());
	struct inv_item_filter which = a->which;
	struct inv_state state;
	struct inv_out out;
	struct inv_err err;

	(void)words;
	state.fd = inv_opt_state_shared(&state.path);
	which.state = INV_ITEM_ALL;
	add_all(v, &state, &which);
	inv_out_init(&out, STDOUT_FILENO, "stdout");
	if (a->json || !isatty(STDOUT_FILENO)) {
		put_json(inv_out_buf(&out), v);
	} else {
		put_totals(inv_out_buf(&out), v);
		put_groups(inv_out_buf(&out), v);
		put_times(inv_out_buf(&out), v);
	}
	if (!inv_out_close(&out, &err))
		inv_die(&err);
	bool found = v->open_all + v->closed_all > 0;

	inv_review_free(v);
	close(state.fd);
	return inv_fault_exit(found ? INV_OK : INV_NO);
}
