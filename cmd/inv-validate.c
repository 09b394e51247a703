/* inv-validate - check each record against a schema, mark those that fail */

#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "data/calendar.h"
#include "prog/opt.h"
#include "validate/aside.h"
#include "validate/flow.h"
#include "validate/infer.h"

/* By what they ask for: the modes that know one know those above it. */
enum {
	OPT_FORMAT_ASSERTION = INV_OPT_LONG, /* a schema */
	OPT_REF_DIR,
	OPT_RULES,
	OPT_AS_OF, /* records to check */
	OPT_COERCE,
	OPT_LOOKUP,
	OPT_ATTACHMENTS, /* a stream of them */
	OPT_BASELINE,
	OPT_DECISIONS,
	OPT_DRIFT_FAIL,
	OPT_DRIFT_WARN,
	OPT_MAX_MEMORY,
	OPT_WRITE_BASELINE,
	OPT_BACKTEST, /* and those that are modes, in their order */
	OPT_EXPLAIN,
	OPT_INFER,
	OPT_LINT,
	OPT_LIST_CODES,
	OPT_TEST,
};

enum { RULES_MAX = 64 }; /* files of one run */

/* What is done instead of checking a stream. */
enum mode {
	MODE_FILTER,
	MODE_BACKTEST,
	MODE_EXPLAIN,
	MODE_INFER,
	MODE_LINT,
	MODE_LIST_CODES,
	MODE_TEST,
};

static const struct inv_option options[] = {
	{ 's', "schema", "SCHEMA", "the rules: a name, or a file" },
	{ OPT_AS_OF, "as-of", "TIME",
	    "what is now, where a schema forbids the future" },
	{ OPT_ATTACHMENTS, "attachments", "DIR",
	    "where the files are that records name" },
	{ OPT_BACKTEST, "backtest", NULL,
	    "try archived manifests again: what would be otherwise now?" },
	{ OPT_BASELINE, "baseline", "FILE",
	    "compare each manifest with what FILE says they look like" },
	{ OPT_COERCE, "coerce", "WHEN",
	    "auto|always|never: read text as the schema's types" },
	{ OPT_DECISIONS, "decisions", "FILE",
	    "add what rules decide of each record to FILE" },
	{ OPT_DRIFT_FAIL, "drift-fail", "N",
	    "fail a manifest that differs in N ways" },
	{ OPT_DRIFT_WARN, "drift-warn", "N",
	    "say nothing of fewer than N differences (1)" },
	{ OPT_EXPLAIN, "explain", "CODE", "say what a code means, and exit" },
	{ OPT_FORMAT_ASSERTION, "format-assertion", NULL,
	    "check every format that is known" },
	{ OPT_INFER, "infer", NULL,
	    "draft a schema that the records fit, and write that" },
	{ OPT_LINT, "lint", NULL, "say what is odd about schema and rules" },
	{ OPT_LIST_CODES, "list-codes", NULL, "list all codes, and exit" },
	{ OPT_LOOKUP, "lookup", "FIELD=FILE[:COLUMN]",
	    "FIELD is one of the values of a registry" },
	{ OPT_MAX_MEMORY, "max-memory", "LIMIT",
	    "go slowly where that much, 75% say, is in use" },
	{ OPT_REF_DIR, "ref-dir", "DIR",
	    "where schemas are that the schema refers to" },
	{ OPT_RULES, "rules", "RULES",
	    "further rules: a name, or a file; may come again" },
	{ OPT_TEST, "test", "DIR",
	    "try the rows of DIR: is each as its inv:expect says?" },
	{ OPT_WRITE_BASELINE, "write-baseline", "FILE",
	    "write what the manifests look like" },
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

static const struct {
	const char *name;
	int last; /* option that says something there */
} modes[] = {
	[MODE_FILTER] = { "", OPT_WRITE_BASELINE },
	[MODE_BACKTEST] = { "--backtest", OPT_LOOKUP },
	[MODE_EXPLAIN] = { "--explain", 0 },
	[MODE_INFER] = { "--infer", 0 },
	[MODE_LINT] = { "--lint", OPT_RULES },
	[MODE_LIST_CODES] = { "--list-codes", 0 },
	[MODE_TEST] = { "--test", OPT_LOOKUP },
};

struct settings {
	struct inv_flow_options how;
	enum mode mode;
	const char *operand; /* of the mode */
	int most;            /* the last option given, in their order */
	const char *rules[RULES_MAX];
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

static void
add_rules(struct settings *s, const char *name)
{
	struct inv_rulebook_options *rules = &s->how.checker.rules;

	if (rules->n == RULES_MAX)
		inv_opt_wrong("--rules", name, "is one file too many");
	s->rules[rules->n++] = name;
	rules->rules = s->rules;
}

static void
set_decisions(struct settings *s, const char *file)
{
	if (strcmp(file, "-") == 0)
		inv_opt_wrong("--decisions", file, "is not a file");
	s->how.checker.rules.decisions = file;
}

static void __attribute__((noreturn))
refuse(const char *option, const char *why, const char *what)
{
	struct inv_err err;

	inv_fail(&err, INV_USAGE, "%s %s%s", option, why, what);
	inv_die(&err);
}

/* Options that say nothing here, or need another. */
static void
check_settings(const struct settings *s)
{
	const struct inv_rulebook_options *rules = &s->how.checker.rules;
	const struct inv_watch_options *watch = &s->how.watch;
	const struct inv_option *o = options;

	while (o->code != s->most && o->name != NULL)
		o++;
	if (s->most > modes[s->mode].last)
		refuse(modes[s->mode].name, "does not go with --", o->name);
	if (inv_prog.stats != NULL && s->mode != MODE_FILTER &&
	    s->mode != MODE_INFER)
		refuse(modes[s->mode].name, "does not go with --stats", "");
	if (inv_prog.metrics != NULL && s->mode != MODE_FILTER)
		refuse(modes[s->mode].name, "does not go with --metrics", "");
	if (rules->decisions != NULL && rules->n == 0)
		inv_opt_wrong("--decisions", rules->decisions,
		    "there are no --rules");
	if (watch->baseline == NULL && (watch->warn != 0 || watch->fail != 0))
		refuse(watch->fail != 0 ? "--drift-fail:" : "--drift-warn:",
		    "nothing is compared without --baseline", "");
}

static void
set_mode(struct settings *s, enum mode mode)
{
	if (s->operand != NULL && s->mode == mode)
		refuse(modes[mode].name, "may be given once", "");
	if (s->mode != MODE_FILTER && s->mode != mode)
		refuse(modes[s->mode].name, "does not go with ",
		    modes[mode].name);
	s->mode = mode;
	s->operand = optarg;
}

/* What records are held against. */
static void
set_checker(struct inv_checker_options *how, int code)
{
	switch (code) {
	case 's':
		how->schema = optarg;
		break;
	case OPT_AS_OF:
		if (!inv_calendar_is_time(inv_str_of(optarg)))
			inv_opt_wrong("--as-of", optarg,
			    "not a time such as 2026-11-20T06:30:00Z");
		how->as_of = optarg;
		break;
	case OPT_COERCE:
		how->coerce = read_coerce(optarg);
		break;
	case OPT_FORMAT_ASSERTION:
		how->compile.assert_formats = true;
		break;
	case OPT_LOOKUP:
		if (how->lookups == INV_LOOKUPS_MAX)
			inv_opt_wrong("--lookup", optarg, "one too many");
		how->lookup[how->lookups++] = optarg;
		break;
	case OPT_REF_DIR:
		how->compile.ref_dir = optarg;
		break;
	}
}

static void
set_option(struct settings *s, int code)
{
	if (code >= OPT_BACKTEST)
		set_mode(s, (enum mode)(MODE_BACKTEST + code - OPT_BACKTEST));
	else if (code > s->most)
		s->most = code;
	set_checker(&s->how.checker, code);
	switch (code) {
	case OPT_ATTACHMENTS:
		s->how.attachments = optarg;
		break;
	case OPT_BASELINE:
		s->how.watch.baseline = optarg;
		break;
	case OPT_DECISIONS:
		set_decisions(s, optarg);
		break;
	case OPT_DRIFT_FAIL:
		s->how.watch.fail =
		    inv_opt_u64("--drift-fail", optarg, 1, UINT32_MAX);
		break;
	case OPT_DRIFT_WARN:
		s->how.watch.warn =
		    inv_opt_u64("--drift-warn", optarg, 1, UINT32_MAX);
		break;
	case OPT_MAX_MEMORY:
		if (!inv_guard_read(&s->how.guard, inv_str_of(optarg)))
			inv_opt_wrong("--max-memory", optarg,
			    "not a size such as 512M, or a share such as 75%");
		break;
	case OPT_RULES:
		add_rules(s, optarg);
		break;
	case OPT_WRITE_BASELINE:
		s->how.watch.write = optarg;
		break;
	}
}

int
main(int argc, char *argv[])
{
	struct settings s = { 0 };

	for (int c; (c = inv_opt(&info, argc, argv)) != -1;)
		set_option(&s, c);
	check_settings(&s);
	if (s.mode != MODE_FILTER && s.mode != MODE_INFER &&
	    argv[optind] != NULL)
		inv_opt_wrong("FILE", argv[optind], "nothing is read here");
	switch (s.mode) {
	case MODE_FILTER:
		break;
	case MODE_EXPLAIN:
		return inv_aside_explain(s.operand);
	case MODE_INFER:
		return inv_infer_run(&info, argv[optind]);
	case MODE_LINT:
		return inv_aside_lint(&s.how.checker);
	case MODE_LIST_CODES:
		return inv_aside_list_codes();
	case MODE_TEST:
		return inv_aside_test(&s.how.checker, s.operand);
	case MODE_BACKTEST:
		return inv_aside_backtest(&s.how.checker);
	}
	return inv_flow_run(&info, &s.how, argv[optind]);
}
