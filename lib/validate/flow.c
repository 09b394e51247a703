/* flow.c - a stream of records, each held against the checker */

#include "validate/flow.h"

#include <unistd.h>

#include "base/log.h"
#include "data/emit.h"
#include "prog/columns.h"
#include "validate/attach.h"
#include "validate/messages.h"

struct flow {
	struct inv_filter f;
	struct inv_checker checker;
	struct inv_attach *attach; /* NULL: records name no files */
	struct inv_messages messages;
	struct inv_watch watch;
	struct inv_guard guard;
	struct inv_buf text; /* a stage line, or a member of a record line */
};

static void
add_stage(struct flow *flow)
{
	inv_buf_reset(&flow->text);
	inv_filter_stage(&flow->f, &flow->text);
	inv_checker_stage(&flow->checker, &flow->text);
	inv_emit_close(&flow->text, '}');
	inv_filter_emit(&flow->f, inv_buf_str(&flow->text), INV_PENDING, 0);
}

static void
begin_manifest(struct flow *flow, const struct inv_record *rec)
{
	const struct inv_member *m = inv_member_find(rec->outer, "columns");
	struct inv_str name = inv_buf_str(&flow->f.block.name);

	inv_messages_begin(&flow->messages, name);
	inv_checker_begin(&flow->checker, flow->f.block.typed,
	    inv_member_text(rec->outer, "received"));
	inv_watch_begin(&flow->watch, flow->f.block.id, flow->f.block.typed);
	if (m != NULL && m->kind == INV_KIND_ARRAY)
		inv_columns_compare(flow->checker.schema, name, m->value);
	inv_filter_pass(&flow->f, rec);
}

/* `,"warnings":[...]` of a row that gets a verdict, unless it has some. */
static struct inv_str
warnings_of(struct flow *flow, const struct inv_record *rec)
{
	inv_buf_reset(&flow->text);
	if (flow->checker.warnings.n > 0 &&
	    inv_member_find(rec->outer, "warnings") == NULL)
		inv_emit_member_raw(&flow->text, INV_LIT("warnings"),
		    inv_flaws_json(&flow->checker.warnings));
	return inv_buf_str(&flow->text);
}

/* Where it fits: with the files that it names on disk.  False: no world. */
static bool
judge(struct flow *flow, const struct inv_record *rec, enum inv_judgement *j)
{
	struct inv_checker *c = &flow->checker;
	struct inv_err err;

	*j = inv_checker_judge(c, rec->record, rec->fields);
	if (*j != INV_FITS || flow->attach == NULL)
		return true;
	if (!inv_attach_take(flow->attach, inv_buf_str(&c->out), &c->flaws,
		&err)) {
		inv_filter_stop(&flow->f, &err);
		return false;
	}
	if (c->flaws.n > 0)
		*j = INV_NOT_ATTACHED;
	return true;
}

/* The list of what it names; empty: its line needs none. */
static struct inv_str
attachments_of(const struct flow *flow, const struct inv_record *rec)
{
	struct inv_str list = { 0 };

	if (flow->attach != NULL)
		list = inv_attach_list(flow->attach);
	if (list.n == 2 && inv_member_find(rec->outer, "attachments") == NULL)
		list.n = 0;
	return list;
}

static void
pass_record(struct flow *flow, const struct inv_record *rec,
    enum inv_judgement j)
{
	struct inv_checker *c = &flow->checker;

	if (j == INV_FITS)
		inv_filter_replace(&flow->f, rec, inv_buf_str(&c->out),
		    c->warnings.n > 0 ? inv_flaws_json(&c->warnings)
				      : (struct inv_str){ 0 },
		    attachments_of(flow, rec));
	else
		inv_filter_rule(&flow->f, rec,
		    (struct inv_ruling){ .verdict = INV_QUARANTINED,
			.reason = inv_judgement_reason(j),
			.errors = inv_flaws_json(&c->flaws),
			.more = warnings_of(flow, rec) });
}

static void
check_record(struct flow *flow, const struct inv_record *rec)
{
	const struct inv_block *block = &flow->f.block;
	struct inv_checker *c = &flow->checker;
	enum inv_judgement j;

	if (c->rules != NULL)
		inv_rulebook_at(c->rules,
		    (struct inv_str){ block->id, sizeof(block->id) },
		    (struct inv_str){ block->run, sizeof(block->run) }, rec);
	if (!judge(flow, rec, &j))
		return;
	inv_watch_record(&flow->watch, rec,
	    j == INV_FITS ? inv_buf_str(&c->out) : (struct inv_str){ 0 },
	    &c->warnings);
	pass_record(flow, rec, j);
	if (c->flaws.n > 0 || c->warnings.n > 0) {
		const char *where = inv_filter_where(&flow->f, rec);

		inv_messages_say(&flow->messages, where, &c->flaws);
		inv_messages_say(&flow->messages, where, &c->warnings);
	}
	inv_guard_pass(&flow->guard, rec->text.n);
}

/* Of a manifest that could be read there is more to say before its end. */
static void
end_manifest(struct flow *flow, const struct inv_record *rec)
{
	struct inv_block *block = &flow->f.block;

	inv_messages_sum(&flow->messages);
	inv_buf_reset(&flow->text);
	if (!block->refused &&
	    !inv_watch_end(&flow->watch, inv_buf_str(&block->name), block->id,
		&flow->text))
		inv_filter_fail(&flow->f);
	if (flow->text.n > 0)
		inv_filter_emit(&flow->f, inv_buf_str(&flow->text), INV_PENDING,
		    0);
	inv_filter_pass(&flow->f, rec);
}

static void
take(struct flow *flow, const struct inv_record *rec)
{
	switch (rec->kind) {
	case INV_LINE_MANIFEST:
		begin_manifest(flow, rec);
		break;
	case INV_LINE_BODY:
		add_stage(flow);
		inv_filter_pass(&flow->f, rec);
		break;
	case INV_LINE_RECORD:
		check_record(flow, rec);
		break;
	case INV_LINE_END:
		end_manifest(flow, rec);
		break;
	case INV_LINE_STAGE:
	case INV_LINE_BATCH:
	case INV_LINE_OTHER:
		break;
	}
}

/* What is done goes out before we wait; a failure of that is seen later. */
static void
give_back(void *arg)
{
	struct flow *flow = arg;
	struct inv_err ignored;

	if (inv_out_flush(&flow->f.out, &ignored))
		inv_checker_relax(&flow->checker);
}

static int
close_flow(struct flow *flow)
{
	struct inv_buf memory = INV_BUF(256);
	struct inv_err err;

	inv_messages_sum(&flow->messages);
	inv_messages_free(&flow->messages);
	if (flow->checker.rules != NULL &&
	    !inv_rulebook_flush(flow->checker.rules, &err))
		inv_filter_stop(&flow->f, &err);
	inv_checker_close(&flow->checker);
	inv_buf_free(&flow->text);
	inv_guard_sum(&flow->guard, &memory);
	inv_guard_close(&flow->guard);
	flow->f.stats = inv_buf_str(&memory);
	int status = inv_filter_close(&flow->f);

	inv_attach_close(flow->attach);
	inv_buf_free(&memory);
	if (status == 0 && !inv_watch_write(&flow->watch, &err)) {
		inv_say("%s", err.msg);
		status = inv_fault_exit(err.fault);
	}
	inv_watch_close(&flow->watch);
	return status;
}

int
inv_flow_run(const struct inv_prog_info *info,
    const struct inv_flow_options *options, const char *path)
{
	struct flow flow = { .guard = options->guard,
		.text = INV_BUF(2 * INV_FLAWS_MAX) };
	struct inv_record rec;
	struct inv_err err;

	flow.guard.give_back = give_back;
	flow.guard.arg = &flow;
	if (!inv_checker_open(&flow.checker, &options->checker, &err) ||
	    !inv_attach_open(&flow.attach, flow.checker.schema,
		options->attachments, &err) ||
	    !inv_watch_open(&flow.watch, &options->watch,
		inv_schema_key(flow.checker.schema), &err) ||
	    !inv_guard_open(&flow.guard, "", &err))
		inv_die(&err);
	inv_messages_init(&flow.messages, isatty(STDERR_FILENO) == 1);
	inv_filter_open(&flow.f, info, path,
	    INV_WANT_MANIFEST | INV_WANT_BODY | INV_WANT_END);
	if (flow.attach != NULL)
		inv_out_guard(&flow.f.out, inv_attach_settle, flow.attach);

	while (inv_filter_next(&flow.f, &rec))
		take(&flow, &rec);

	return close_flow(&flow);
}
