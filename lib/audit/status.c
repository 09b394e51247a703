/*
 * status.c - inv-audit status: what is not in the log yet, or not signed
 *
 * The journal is read from where the log has taken it in; of the quarantine
 * are looked for items whose last failure is of a run that the log does not
 * know, and what people did behind the last action in the log.
 */

#include <stdlib.h>
#include <unistd.h>

#include "audit/args.h"
#include "audit/lines.h"
#include "audit/row.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "data/emit.h"
#include "store/action.h"
#include "store/audit_view.h"
#include "store/journal.h"
#include "store/quarantine.h"
#include "store/status.h"

/* What there is. */
struct waiting {
	uint64_t entries;
	char last[INV_CLOCK_TEXT];   /* time of the last entry, or "" */
	struct inv_checkpoint_at at; /* the last checkpoint; size 0: none */
	struct inv_buf note;         /* that, signed */
	struct inv_str name;         /* of the log, from that */
	uint64_t outcomes;           /* of the journal, not in the log yet */
	uint64_t rows;               /* of them */
	uint64_t open;    /* batches without an outcome that closes */
	uint64_t actions; /* of people, not in the log yet */
	uint64_t items;   /* of runs that are not */

	uint64_t acted;      /* the last action in the log */
	struct inv_map runs; /* that have an end in the log */
	unsigned char key[INV_HASH_KEY];
};

static uint64_t
unsigned_entries(const struct waiting *w)
{
	return w->entries > w->at.size ? w->entries - w->at.size : 0;
}

/* ---- the log ---- */

/* The run of a manifest, which the log knows or does not. */
static struct inv_map_entry *
run_of(struct waiting *w, struct inv_str manifest, struct inv_str run)
{
	struct inv_buf text = INV_BUF(INV_MANIFEST_ID + INV_RUN_ID);
	unsigned char hash[INV_HASH];

	inv_buf_add(&text, manifest);
	inv_buf_add(&text, run);
	inv_hash_of(w->key, inv_buf_str(&text), hash);
	inv_buf_free(&text);
	return inv_map_at(&w->runs, hash);
}

enum { UNKNOWN = 1, KNOWN = 2 }; /* values of the map */

static void
take_entry(struct waiting *w, const struct inv_audit_line *line)
{
	w->entries = line->seq;
	memcpy(w->last, line->time.p, sizeof(w->last) - 1);
	if (line->type == INV_AUDIT_ACTION)
		w->acted = line->action;
	else if (line->type == INV_AUDIT_END)
		run_of(w, line->manifest, line->run)->value = KNOWN;
}

static bool
read_log(struct waiting *w, struct inv_audit_view *view, struct inv_err *err)
{
	struct inv_audit_line line;
	enum inv_next next;

	while ((next = inv_audit_view_next(view, &line, err)) == INV_NEXT_LINE)
		take_entry(w, &line);
	return next == INV_NEXT_END;
}

static bool
read_checkpoint(struct waiting *w, int dir, struct inv_err *err)
{
	struct inv_checkpoint c;

	if (dir == -1)
		return true;
	if (!inv_audit_last(dir, &w->at, &w->note, err)) {
		w->at.size = 0;
		return err->fault == INV_NO;
	}
	if (!inv_checkpoint_parse(inv_buf_str(&w->note), &c, err))
		return false;
	w->name = c.origin;
	return true;
}

/* ---- the journal ---- */

static bool
read_journal(struct waiting *w, const struct inv_state *state,
    const struct inv_place *from, struct inv_err *err)
{
	struct inv_journal_reader *r = inv_journal_read(state, from);
	struct inv_status open = { 0 };
	enum inv_next next;
	struct inv_entry e;

	while ((next = inv_journal_next(r, &e, err)) == INV_NEXT_LINE)
		if (e.type == INV_ENTRY_OUTCOME) {
			w->outcomes++;
			w->rows += e.of.rows->count;
		}
	inv_journal_read_close(r);
	bool ok =
	    next == INV_NEXT_END && inv_status_read_open(state, &open, err);

	w->open = open.n;
	inv_status_free(&open);
	return ok;
}

/* ---- the quarantine ---- */

static bool
read_actions(struct waiting *w, const struct inv_state *state,
    struct inv_err *err)
{
	struct inv_action_reader *r = inv_actions_read(state, w->acted, err);
	struct inv_action action;
	enum inv_next next;

	if (r == NULL)
		return err->fault == INV_NO;
	while ((next = inv_actions_next(r, &action, err)) == INV_NEXT_LINE)
		w->actions++;
	inv_actions_close(r);
	return next == INV_NEXT_END;
}

/* What a line of no manifest has for a run: none will have it in the log. */
static const char no_run[] = "0000000000000000";

static bool
is_known(struct waiting *w, const struct inv_item *item)
{
	if (inv_str_is(item->last.run, no_run))
		return true;
	struct inv_map_entry *run = run_of(w, item->manifest, item->last.run);

	if (run->value == 0)
		run->value = UNKNOWN;
	return run->value == KNOWN;
}

static bool
read_items(struct waiting *w, const struct inv_state *state,
    struct inv_err *err)
{
	const struct inv_item_filter all = { .state = INV_ITEM_ALL };
	struct inv_quarantine_reader *r = inv_quarantine_read(state, err);
	const struct inv_item *item;
	enum inv_next next;

	if (r == NULL)
		return err->fault == INV_NO;
	inv_quarantine_seek(r, &all);
	while ((next = inv_quarantine_next(r, &item, err)) == INV_NEXT_LINE)
		w->items += !is_known(w, item);
	inv_quarantine_read_close(r);
	return next == INV_NEXT_END;
}

/* ---- telling ---- */

static void
put(struct inv_buf *b, const struct waiting *w)
{
	inv_emit_member_str(b, INV_LIT("type"), INV_LIT("status"));
	inv_emit_member_u64(b, INV_LIT("entries"), w->entries);
	if (w->entries > 0)
		inv_emit_member_str(b, INV_LIT("last"), inv_str_of(w->last));
	if (w->at.size > 0) {
		inv_emit_member_str(b, INV_LIT("log"), w->name);
		inv_emit_member_u64(b, INV_LIT("signed"), w->at.size);
		inv_emit_member_str(b, INV_LIT("signed_at"),
		    inv_str_of(w->at.time));
	}
	inv_emit_member_u64(b, INV_LIT("unsigned"), unsigned_entries(w));
	inv_emit_member_u64(b, INV_LIT("outcomes"), w->outcomes);
	inv_emit_member_u64(b, INV_LIT("rows"), w->rows);
	inv_emit_member_u64(b, INV_LIT("items"), w->items);
	inv_emit_member_u64(b, INV_LIT("actions"), w->actions);
	inv_emit_member_u64(b, INV_LIT("open"), w->open);
}

static void
say(struct inv_buf *b, const struct waiting *w)
{
	inv_buf_addf(b, "log         %ju entries", (uintmax_t)w->entries);
	if (w->entries > 0)
		inv_buf_addf(b, ", the last %s", w->last);
	inv_buf_add(b, INV_LIT("\nsigned      "));
	if (w->at.size > 0) {
		inv_buf_addf(b, "%ju entries, %s, as ", (uintmax_t)w->at.size,
		    w->at.time);
		inv_audit_row_text(b, w->name);
	} else {
		inv_buf_add(b, INV_LIT("nothing"));
	}
	inv_buf_addf(b, "; not yet: %ju\n", (uintmax_t)unsigned_entries(w));
	inv_buf_addf(b,
	    "journal     not in the log yet: %ju outcomes of %ju rows; "
	    "open: %ju batches\n",
	    (uintmax_t)w->outcomes, (uintmax_t)w->rows, (uintmax_t)w->open);
	inv_buf_addf(b,
	    "quarantine  not in the log yet: %ju items, %ju actions",
	    (uintmax_t)w->items, (uintmax_t)w->actions);
}

static enum inv_fault
tell(struct inv_audit_lines *lines, const struct waiting *w)
{
	struct inv_buf *b = inv_audit_lines_begin(lines);

	if (lines->table && lines->state != NULL)
		inv_buf_byte(b, '\n');
	if (lines->table)
		say(b, w);
	else
		put(b, w);
	inv_audit_lines_end(lines);
	return unsigned_entries(w) + w->outcomes + w->items + w->actions > 0
	    ? INV_NO
	    : INV_OK;
}

static enum inv_fault
look(void *arg, const struct inv_state *state, const char *name)
{
	struct inv_audit_lines *lines = arg;
	struct waiting w = { .note = INV_BUF(INV_NOTE_MAX) };
	struct inv_audit_view view;
	struct inv_err err;

	lines->state = name;
	inv_random(w.key, sizeof(w.key));
	if (!inv_audit_view_open(&view, state, &err))
		return inv_audit_complain(name, &err);
	bool ok = read_log(&w, &view, &err) &&
	    read_checkpoint(&w, view.dir, &err) &&
	    read_journal(&w, state, &view.head.journal, &err) &&
	    read_actions(&w, state, &err) && read_items(&w, state, &err);
	enum inv_fault fault =
	    ok ? tell(lines, &w) : inv_audit_complain(name, &err);

	inv_audit_view_close(&view);
	inv_map_free(&w.runs);
	inv_buf_free(&w.note);
	return fault;
}

int
inv_audit_do_status(void *args, char *words[])
{
	struct inv_audit_lines lines;
	struct inv_err err;

	(void)words;
	inv_audit_lines_open(&lines);
	enum inv_fault fault = inv_audit_each(args, look, &lines);

	if (!inv_audit_lines_close(&lines, &err))
		inv_die(&err);
	return inv_fault_exit(fault);
}
