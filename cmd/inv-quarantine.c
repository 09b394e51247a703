/* inv-quarantine - keep what needs a person, and show it */

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "data/emit.h"
#include "data/errors.h"
#include "prog/filter.h"
#include "prog/opt.h"
#include "store/quarantine.h"
#include "store/quarantine_csv.h"

enum {
	CSV = INV_OPT_LONG,
	MANIFEST,
	REASON,
	STATE,
	SHOWN_MAX = 160,                    /* bytes of a text in the table */
	ERRORS_MAX = 2 * INV_ITEM_TEXT_MAX, /* bytes of them as words */
};

static const struct inv_option options[] = {
	{ CSV, "csv", NULL, "export: as CSV, safe to open in a spreadsheet" },
	{ MANIFEST, "manifest", "ID",
	    "list, export: of manifests whose id begins so" },
	{ REASON, "reason", "REASON", "list, export: that failed for it" },
	{ STATE, "state", "STATE", "open|closed|all: list, export only those" },
	{ 0, NULL, NULL, NULL },
};

static const struct inv_prog_info info = {
	.name = "inv-quarantine",
	.purpose = "keep what needs a person, and show it",
	.usage = "[FILE | list | show ITEM ... | export]",
	.options = options,
	.operands = -1,
	.reads_stdin = true,
};

struct quarantine {
	struct inv_filter f;
	struct inv_quarantine *store;
	struct inv_buf line; /* our stage line */
};

/* ---- the filter ---- */

/* Nothing leaves before what was stored of it is on disk. */
static bool
settle(void *arg, struct inv_err *err)
{
	struct quarantine *p = arg;

	p->f.out.hold = INV_STREAM_PIECE;
	return inv_quarantine_commit(p->store, err);
}

static void
begin(struct quarantine *p)
{
	const struct inv_block *block = &p->f.block;
	const struct inv_quarantine_run run = {
		.manifest = { block->id, INV_MANIFEST_ID },
		.submission = block->submission,
		.run = { block->run, INV_RUN_ID },
		.name = inv_buf_str(&block->name),
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
	return inv_str_is(inv_member_text(rec->outer, "stage"), info.name) ||
	    inv_quarantine_stage(p->store, rec->text, err);
}

static bool
take(struct quarantine *p, const struct inv_record *rec, struct inv_err *err)
{
	switch (rec->kind) {
	case INV_LINE_MANIFEST:
		begin(p);
		return true;
	case INV_LINE_BODY:
		add_stage(p);
		return true;
	case INV_LINE_STAGE:
		return take_stage(p, rec, err);
	case INV_LINE_RECORD:
		return inv_quarantine_row(p->store, rec, err);
	case INV_LINE_BATCH:
		return inv_quarantine_batch(p->store, rec, err);
	case INV_LINE_END:
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
}

static int
filter(const char *path)
{
	struct quarantine p = { .line = INV_BUF(4096) };
	struct inv_record rec;
	struct inv_state state;
	struct inv_err err;

	inv_filter_endure();
	state.fd = inv_opt_state(&state.path);
	inv_note("keeping in %s", state.path);
	inv_filter_open(&p.f, &info, path,
	    INV_WANT_MANIFEST | INV_WANT_STAGE | INV_WANT_BODY |
		INV_WANT_VERDICT | INV_WANT_BATCH | INV_WANT_END);
	p.store = inv_quarantine_new(&state);
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

	int status = inv_filter_close(&p.f);

	if (status == 0 || status == inv_fault_exit(INV_BAD))
		sum_up(inv_quarantine_sums(p.store));
	inv_quarantine_free(p.store);
	inv_buf_free(&p.line);
	close(state.fd);
	return status;
}

/* ---- what is kept ---- */

struct reading {
	struct inv_quarantine_reader *r;
	struct inv_out out;
	struct inv_buf text;
	struct inv_item_filter which;
	bool csv;
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
	bool table = isatty(STDOUT_FILENO);
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
show(struct reading *p, const char *id)
{
	struct inv_buf *b = inv_out_buf(&p->out);
	const struct inv_item *item;
	uint64_t before = p->found;
	struct inv_err err;

	if (!inv_item_id_of(inv_str_of(id), &p->which))
		return false;
	inv_quarantine_seek(p->r, &p->which);
	while ((item = next(p)) != NULL) {
		inv_item_emit(b, item, true);
		inv_emit_key(b, INV_LIT("history"));
		if (!inv_quarantine_history(p->r, item->number, b, &err))
			inv_die(&err);
		inv_buf_add(b, INV_LIT("}\n"));
		inv_out_check(&p->out);
	}
	if (p->found == before)
		inv_say("%s: no such item", id);
	return p->found > before;
}

static void
export_all(struct reading *p)
{
	const struct inv_item *item;

	struct inv_err err;

	if (p->csv) {
		if (!inv_quarantine_csv(p->r, &p->which, &p->out, &p->found,
			&err))
			inv_die(&err);
		return;
	}
	inv_quarantine_seek(p->r, &p->which);
	while ((item = next(p)) != NULL)
		put_json(p, item, true);
}

static int
read_with(struct reading *p, char *words[])
{
	bool all = true;
	struct inv_state state;
	struct inv_err err;

	state.fd = inv_opt_state(&state.path);
	p->r = inv_quarantine_read(&state, &err);
	if (p->r == NULL)
		inv_die(&err);
	inv_out_init(&p->out, STDOUT_FILENO, "stdout");
	if (inv_str_is(inv_str_of(words[0]), "list"))
		list(p);
	else if (inv_str_is(inv_str_of(words[0]), "export"))
		export_all(p);
	else
		for (char **id = words + 1; *id != NULL; id++)
			all = show(p, *id) && all;
	if (!inv_out_close(&p->out, &err))
		inv_die(&err);
	inv_quarantine_read_close(p->r);
	inv_buf_free(&p->text);
	close(state.fd);
	return inv_fault_exit(p->found > 0 && all ? INV_OK : INV_NO);
}

static enum inv_item_state
state_of(const char *arg)
{
	if (strcmp(arg, "open") == 0)
		return INV_ITEM_OPEN;
	if (strcmp(arg, "closed") == 0)
		return INV_ITEM_CLOSED;
	if (strcmp(arg, "all") != 0)
		inv_opt_wrong("--state", arg, "not open, closed or all");
	return INV_ITEM_ALL;
}

/* Which of its words a command line begins with; ends with 64 if it is wrong. */
static bool
reads(char *words[], bool csv, bool filtered)
{
	struct inv_str word = inv_str_of(words[0] == NULL ? "" : words[0]);
	bool wide = inv_str_is(word, "list") || inv_str_is(word, "export");
	bool one = inv_str_is(word, "show");
	struct inv_item_filter which;

	if (csv && !inv_str_is(word, "export"))
		inv_opt_wrong("--csv", "", "only with export");
	if (filtered && !wide)
		inv_opt_wrong("--manifest, --reason, --state", "",
		    "only with list and export");
	if (one && words[1] == NULL)
		inv_opt_wrong("show", "", "which item?");
	for (char **id = words + 1; one && *id != NULL; id++)
		if (!inv_item_id_of(inv_str_of(*id), &which))
			inv_opt_wrong("show", *id, "not the id of an item");
	if (!one && word.n > 0 && words[1] != NULL)
		inv_opt_wrong("operand", words[1], "one too many");
	return wide || one;
}

int
main(int argc, char *argv[])
{
	struct reading p = { .text = INV_BUF(ERRORS_MAX) };
	bool filtered = false;

	for (int c; (c = inv_opt(&info, argc, argv)) != -1;) {
		filtered = filtered || c != CSV;
		switch (c) {
		case CSV:
			p.csv = true;
			break;
		case MANIFEST:
			p.which.manifest = inv_str_of(optarg);
			break;
		case REASON:
			p.which.reason = inv_str_of(optarg);
			break;
		case STATE:
			p.which.state = state_of(optarg);
			break;
		}
	}
	if (reads(argv + optind, p.csv, filtered))
		return read_with(&p, argv + optind);
	return filter(argv[optind]);
}
