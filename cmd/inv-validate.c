/* inv-validate - check each record against a schema, mark those that fail */

#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "data/emit.h"
#include "io/file.h"
#include "prog/columns.h"
#include "prog/filter.h"
#include "prog/guard.h"
#include "prog/opt.h"
#include "validate/checker.h"
#include "validate/codes.h"
#include "validate/messages.h"
#include "validate/trial.h"

enum {
	OPT_COERCE = INV_OPT_LONG,
	OPT_EXPLAIN,
	OPT_LIST_CODES,
	OPT_MAX_MEMORY,
	OPT_TEST,
};

/* What is done instead of checking a stream. */
enum mode { MODE_FILTER, MODE_EXPLAIN, MODE_LIST_CODES, MODE_TEST };

static const struct inv_option options[] = {
	{ 's', "schema", "SCHEMA", "the rules: a name, or a file" },
	{ OPT_COERCE, "coerce", "WHEN",
	    "auto|always|never: read text as the schema's types" },
	{ OPT_EXPLAIN, "explain", "CODE", "say what a code means, and exit" },
	{ OPT_LIST_CODES, "list-codes", NULL, "list all codes, and exit" },
	{ OPT_MAX_MEMORY, "max-memory", "LIMIT",
	    "go slowly where that much, 75% say, is in use" },
	{ OPT_TEST, "test", "DIR",
	    "try the rows of DIR: is each as its inv:expect says?" },
	{ 0 },
};

static const struct inv_prog_info info = {
	.name = "inv-validate",
	.purpose = "check records against a schema",
	.usage = "[FILE]",
	.options = options,
	.operands = 1,
	.reads_stdin = true,
};

struct validate {
	struct inv_filter f;
	struct inv_checker checker;
	struct inv_messages messages;
	struct inv_guard guard;
	struct inv_buf text; /* a stage line, or a member of a record line */
};

static enum inv_coerce
read_coerce(const char *arg)
{
	static const char *const names[] = {
		[INV_COERCE_AUTO] = "auto",
		[INV_COERCE_ALWAYS] = "always",
		[INV_COERCE_NEVER] = "never",
	};

	for (int i = INV_COERCE_AUTO; i <= INV_COERCE_NEVER; i++)
		if (strcmp(arg, names[i]) == 0)
			return (enum inv_coerce)i;
	inv_opt_wrong("--coerce", arg, "is not auto, always or never");
}

/* ---- as a filter ---- */

static void
add_stage(struct validate *v)
{
	inv_buf_reset(&v->text);
	inv_filter_stage(&v->f, &v->text);
	inv_checker_stage(&v->checker, &v->text);
	inv_emit_close(&v->text, '}');
	inv_filter_emit(&v->f, inv_buf_str(&v->text), INV_PENDING, 0);
}

static void
begin_manifest(struct validate *v, const struct inv_record *rec)
{
	const struct inv_member *m = inv_member_find(rec->outer, "columns");
	struct inv_str name = inv_buf_str(&v->f.block.name);

	inv_messages_begin(&v->messages, name);
	inv_checker_begin(&v->checker, v->f.block.typed);
	if (m != NULL && m->kind == INV_KIND_ARRAY)
		inv_columns_compare(v->checker.schema, name, m->value);
	inv_filter_pass(&v->f, rec);
}

/* `,"warnings":[...]` of a row that gets a verdict, unless it has some. */
static struct inv_str
warnings_of(struct validate *v, const struct inv_record *rec)
{
	inv_buf_reset(&v->text);
	if (v->checker.warnings.n > 0 &&
	    inv_member_find(rec->outer, "warnings") == NULL)
		inv_emit_member_raw(&v->text, INV_LIT("warnings"),
		    inv_flaws_json(&v->checker.warnings));
	return inv_buf_str(&v->text);
}

static void
check_record(struct validate *v, const struct inv_record *rec)
{
	struct inv_checker *c = &v->checker;
	enum inv_judgement j = inv_checker_judge(c, rec->record, rec->fields);

	if (j == INV_FITS)
		inv_filter_replace(&v->f, rec, inv_buf_str(&c->out),
		    c->warnings.n > 0 ? inv_flaws_json(&c->warnings)
				      : (struct inv_str){ 0 });
	else
		inv_filter_rule(&v->f, rec,
		    (struct inv_ruling){ .verdict = INV_QUARANTINED,
			.reason = inv_judgement_reason(j),
			.errors = inv_flaws_json(&c->flaws),
			.more = warnings_of(v, rec) });
	if (c->flaws.n > 0 || c->warnings.n > 0) {
		const char *where = inv_filter_where(&v->f, rec);

		inv_messages_say(&v->messages, where, &c->flaws);
		inv_messages_say(&v->messages, where, &c->warnings);
	}
	inv_guard_pass(&v->guard, rec->text.n);
}

static void
take(struct validate *v, const struct inv_record *rec)
{
	switch (rec->kind) {
	case INV_LINE_MANIFEST:
		begin_manifest(v, rec);
		break;
	case INV_LINE_BODY:
		add_stage(v);
		inv_filter_pass(&v->f, rec);
		break;
	case INV_LINE_RECORD:
		check_record(v, rec);
		break;
	case INV_LINE_END:
		inv_messages_sum(&v->messages);
		inv_filter_pass(&v->f, rec);
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
	struct validate *v = arg;
	struct inv_err ignored;

	if (inv_out_flush(&v->f.out, &ignored))
		inv_checker_relax(&v->checker);
}

static int
close_filter(struct validate *v)
{
	struct inv_buf memory = INV_BUF(256);

	inv_messages_sum(&v->messages);
	inv_messages_free(&v->messages);
	inv_checker_close(&v->checker);
	inv_buf_free(&v->text);
	inv_guard_sum(&v->guard, &memory);
	inv_guard_close(&v->guard);
	v->f.stats = inv_buf_str(&memory);
	int status = inv_filter_close(&v->f);

	inv_buf_free(&memory);
	return status;
}

static int
filter(const struct inv_checker_options *how, const struct inv_guard *guard,
    const char *path)
{
	struct validate v = { .guard = *guard,
		.text = INV_BUF(2 * INV_FLAWS_MAX) };
	struct inv_record rec;
	struct inv_err err;

	v.guard.give_back = give_back;
	v.guard.arg = &v;
	if (!inv_checker_open(&v.checker, how, &err) ||
	    !inv_guard_open(&v.guard, "", &err))
		inv_die(&err);
	inv_messages_init(&v.messages, isatty(STDERR_FILENO) == 1);
	inv_filter_open(&v.f, &info, path,
	    INV_WANT_MANIFEST | INV_WANT_BODY | INV_WANT_END);

	while (inv_filter_next(&v.f, &rec))
		take(&v, &rec);

	return close_filter(&v);
}

/* ---- instead of that ---- */

static void
set_mode(enum mode *mode, enum mode to)
{
	struct inv_err err;

	if (*mode != MODE_FILTER && *mode != to) {
		inv_fail(&err, INV_USAGE,
		    "--explain, --list-codes, --test: one of them at a time");
		inv_die(&err);
	}
	*mode = to;
}

/* All that a mode has to say, on standard output. */
static int
print(struct inv_buf *text)
{
	struct inv_err err;

	if (!inv_file_write(STDOUT_FILENO, inv_buf_str(text), "stdout", &err))
		inv_die(&err);
	inv_buf_free(text);
	return 0;
}

static int
list_codes(void)
{
	struct inv_buf text = INV_BUF(INV_CODES_TEXT);

	inv_codes_list(&text);
	return print(&text);
}

static int
explain(const char *code)
{
	struct inv_buf text = INV_BUF(INV_CODES_TEXT);
	struct inv_err err;

	if (!inv_codes_explain(inv_str_of(code), &text, &err))
		inv_die(&err);
	return print(&text);
}

static int
test(const struct inv_checker_options *how, const char *dir)
{
	struct inv_checker checker;
	uint64_t wrong;
	struct inv_err err, why;
	struct inv_out out;

	if (!inv_checker_open(&checker, how, &err))
		inv_die(&err);
	inv_out_init(&out, STDOUT_FILENO, "stdout");
	bool ok = inv_trial_run(&checker, dir, &out, &wrong, &err);

	inv_checker_close(&checker);
	if (!inv_out_close(&out, &why))
		inv_die(&why);
	if (!ok)
		inv_die(&err);
	return wrong > 0 ? inv_fault_exit(INV_NO) : 0;
}

int
main(int argc, char *argv[])
{
	struct inv_checker_options how = { 0 };
	struct inv_guard guard = { 0 };
	enum mode mode = MODE_FILTER;
	const char *operand = NULL; /* of the mode */

	for (int c; (c = inv_opt(&info, argc, argv)) != -1;)
		switch (c) {
		case 's':
			how.schema = optarg;
			break;
		case OPT_COERCE:
			how.coerce = read_coerce(optarg);
			break;
		case OPT_EXPLAIN:
			set_mode(&mode, MODE_EXPLAIN);
			operand = optarg;
			break;
		case OPT_LIST_CODES:
			set_mode(&mode, MODE_LIST_CODES);
			break;
		case OPT_MAX_MEMORY:
			if (!inv_guard_read(&guard, inv_str_of(optarg)))
				inv_opt_wrong("--max-memory", optarg,
				    "not a size such as 512M, or a share such "
				    "as 75%");
			break;
		case OPT_TEST:
			set_mode(&mode, MODE_TEST);
			operand = optarg;
			break;
		}
	if (mode != MODE_FILTER && argv[optind] != NULL)
		inv_opt_wrong("FILE", argv[optind], "nothing is read here");
	switch (mode) {
	case MODE_FILTER:
		break;
	case MODE_EXPLAIN:
		return explain(operand);
	case MODE_LIST_CODES:
		return list_codes();
	case MODE_TEST:
		return test(&how, operand);
	}
	return filter(&how, &guard, argv[optind]);
}
