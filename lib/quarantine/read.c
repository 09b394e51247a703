/* read.c - inv-quarantine list, show and export: what is kept */

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "data/emit.h"
#include "data/errors.h"
#include "quarantine/args.h"
#include "quarantine/ids.h"
#include "quarantine/xlsx.h"
#include "store/action.h"
#include "store/quarantine_csv.h"

enum {
	SHOWN_MAX = 160,                    /* bytes of a text in the table */
	ERRORS_MAX = 2 * INV_ITEM_TEXT_MAX, /* bytes of them as words */
};

struct reading {
	struct inv_state state;
	struct inv_quarantine_reader *r;
	struct inv_action_reader *actions; /* show */
	struct inv_out out;
	struct inv_buf text;
	struct inv_item_filter which;
	bool csv;
	const char *xlsx; /* or NULL */
	bool json;
	uint64_t found;
};

static struct inv_str
escaped(struct inv_str s, char out[SHOWN_MAX])
{
	return (struct inv_str){ out, inv_log_escape(s, out, SHOWN_MAX) };
}

/* A line of the table; whatever came from outside can not act on a terminal. */
static void
put_row(struct reading *p, const struct inv_item *item)
{
	struct inv_buf *b = inv_out_buf(&p->out);
	char name[SHOWN_MAX];
	char reason[SHOWN_MAX];
	char errors[SHOWN_MAX];

	inv_buf_reset(&p->text);
	inv_errors_text(&p->text, item->last.errors, 1);
	inv_buf_addf(b, "%-18s %-11.*s %-18.*s %.*s", item->id,
	    INV_ARG(inv_verdict_name(inv_item_is_open(item) ? item->last.verdict
							    : item->verdict)),
	    INV_ARG(escaped(item->last.reason, reason)),
	    INV_ARG(escaped(item->last.name, name)));
	if (item->line > 0)
		inv_buf_addf(b, ":%ju", (uintmax_t)item->line);
	inv_buf_addf(b, "  %.*s\n",
	    INV_ARG(escaped(inv_buf_str(&p->text), errors)));
	inv_out_check(&p->out);
}

static void
put_json(struct reading *p, const struct inv_item *item, bool content)
{
	struct inv_buf *b = inv_out_buf(&p->out);

	inv_item_emit(b, item, content);
	inv_buf_add(b, INV_LIT("}\n"));
	inv_out_check(&p->out);
}

/* The next item that was asked for; dies where it can not be read. */
static const struct inv_item *
next(struct reading *p)
{
	const struct inv_item *item;
	struct inv_err err;

	if (p->out.failed)
		return NULL;
	switch (inv_quarantine_next(p->r, &item, &err)) {
	case INV_NEXT_LINE:
		p->found++;
		return item;
	case INV_NEXT_END:
		return NULL;
	case INV_NEXT_ERR:
		inv_die(&err);
	}
	return NULL;
}

static void
list(struct reading *p)
{
	uint64_t counts[INV_VERDICTS] = { 0 };
	bool table = !p->json && isatty(STDOUT_FILENO);
	const struct inv_item *item;

	inv_quarantine_seek(p->r, &p->which);
	while ((item = next(p)) != NULL) {
		counts[inv_item_is_open(item) ? item->last.verdict
					      : item->verdict]++;
		if (table)
			put_row(p, item);
		else
			put_json(p, item, false);
	}
	if (!table || p->found == 0)
		return;
	struct inv_buf *b = inv_out_buf(&p->out);

	inv_buf_addf(b, "%ju quarantined, %ju held, %ju ambiguous",
	    (uintmax_t)counts[INV_QUARANTINED], (uintmax_t)counts[INV_HELD],
	    (uintmax_t)counts[INV_AMBIGUOUS]);
	if (p->which.state != INV_ITEM_OPEN)
		inv_buf_addf(b, ", %ju committed, %ju skipped",
		    (uintmax_t)counts[INV_COMMITTED],
		    (uintmax_t)counts[INV_SKIPPED]);
	inv_buf_byte(b, '\n');
}

static bool
show(struct reading *p, struct inv_str id)
{
	struct inv_buf *b = inv_out_buf(&p->out);
	const struct inv_item *item;
	uint64_t before = p->found;
	struct inv_err err;

	if (!inv_item_id_of(id, &p->which))
		return false;
	inv_quarantine_seek(p->r, &p->which);
	while ((item = next(p)) != NULL) {
		inv_item_emit(b, item, true);
		inv_emit_key(b, INV_LIT("history"));
		if (!inv_quarantine_history(p->r, item->number, b, &err))
			inv_die(&err);
		inv_emit_key(b, INV_LIT("actions"));
		if (!inv_actions_of(p->actions, inv_str_of(item->id), b, &err))
			inv_die(&err);
		inv_buf_add(b, INV_LIT("}\n"));
		inv_out_check(&p->out);
	}
	if (p->found == before)
		inv_say("%.*s: no such item", INV_ARG(id));
	return p->found > before;
}

/* False where some could not be written. */
static bool
export_all(struct reading *p)
{
	const struct inv_item *item;
	uint64_t left = 0;
	struct inv_err err;

	if (p->xlsx != NULL) {
		inv_quarantine_xlsx(p->r, &p->which, p->xlsx, &p->found, &left);
		return left == 0;
	}
	if (p->csv) {
		if (!inv_quarantine_csv(p->r, &p->which, &p->out, &p->found,
			&err))
			inv_die(&err);
		return true;
	}
	inv_quarantine_seek(p->r, &p->which);
	while ((item = next(p)) != NULL)
		put_json(p, item, true);
	return true;
}

/* ---- the verbs ---- */

static void
open_reading(struct reading *p, const struct inv_quarantine_args *a)
{
	struct inv_err err;

	*p = (struct reading){
		.text = INV_BUF(ERRORS_MAX),
		.which = a->which,
		.csv = a->csv,
		.xlsx = a->xlsx,
		.json = a->json,
	};
	p->state.fd = inv_opt_state_shared(&p->state.path);
	p->r = inv_quarantine_read_own(&p->state, &err);
	if (p->r == NULL)
		inv_die(&err);
	inv_out_init(&p->out, STDOUT_FILENO, "stdout");
}

/* 1 where nothing was found, or not all that was asked for. */
static int
close_reading(struct reading *p, bool all)
{
	struct inv_err err;

	if (!inv_out_close(&p->out, &err))
		inv_die(&err);
	inv_quarantine_read_close(p->r);
	inv_buf_free(&p->text);
	close(p->state.fd);
	return inv_fault_exit(p->found > 0 && all ? INV_OK : INV_NO);
}

int
inv_quarantine_do_list(void *args, char *words[])
{
	struct reading p;

	(void)words;
	open_reading(&p, args);
	list(&p);
	return close_reading(&p, true);
}

int
inv_quarantine_do_export(void *args, char *words[])
{
	const struct inv_quarantine_args *a = args;
	struct reading p;

	(void)words;
	if (a->csv && a->xlsx != NULL)
		inv_opt_wrong("export", "--xlsx", "--csv was said as well");
	open_reading(&p, args);
	bool all = export_all(&p);

	return close_reading(&p, all);
}

int
inv_quarantine_do_show(void *args, char *words[])
{
	struct inv_item_ids ids;
	struct reading p;
	struct inv_str id;
	struct inv_err err;
	bool all = true;

	inv_item_ids_open(&ids, "show", words);
	open_reading(&p, args);
	p.actions = inv_actions_read(&p.state, 0, &err);
	if (p.actions == NULL)
		inv_die(&err);
	while (inv_item_ids_next(&ids, &id))
		all = show(&p, id) && all;
	inv_item_ids_close(&ids);
	inv_actions_close(p.actions);
	return close_reading(&p, all);
}
