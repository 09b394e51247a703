/* inv-quarantine - keep what needs a person, and show it */

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "data/flaw.h"
#include "prog/secret_opt.h"
#include "prog/verb.h"
#include "quarantine/args.h"
#include "store/action.h"

enum {
	AGE = INV_OPT_LONG,
	COMMITTED,
	CSV,
	DISCARD,
	FIELD,
	HTML,
	JSON,
	KEY,
	MANIFEST,
	MAP,
	NOT_COMMITTED,
	NOTIFY,
	OLDER_THAN,
	PURGE,
	RATE,
	REASON,
	SEARCH,
	SET,
	SEVERITY,
	STATE,
	TO,
	TYPE,
	WHY,
	XLSX,
	YES,
};

enum {
	RATE_MAX = 1000000,
	DAYS_MAX = 36500, /* a hundred years */
};

static const struct inv_option options[] = {
	{ AGE, "age", "DURATION", "at least so old; with -, younger" },
	{ COMMITTED, "committed", NULL, "resolve: the ledger has it" },
	{ CSV, "csv", NULL, "export: as CSV, safe to open in a spreadsheet" },
	{ DISCARD, "discard", NULL, "resolve: it is not wanted any more" },
	{ FIELD, "field", "NAME", "with an error about this field" },
	{ HTML, "html", "FILE", "report: as a page, to FILE or - for stdout" },
	{ JSON, "json", NULL,
	    "list, purge, show, stats: JSON on a terminal as well" },
	{ KEY, "key", "FILE",
	    "approve: whose key signs: FILE, fd:N or cred:NAME" },
	{ MANIFEST, "manifest", "ID|NAME",
	    "of manifests of this name, or whose id begins so" },
	{ MAP, "map", "FILE", "migrate: new names of fields, by the old ones" },
	{ NOT_COMMITTED, "not-committed", NULL,
	    "resolve: the ledger does not have it" },
	{ NOTIFY, "notify", "COMMAND",
	    "run it with each new CRITICAL row on its stdin" },
	{ OLDER_THAN, "older-than", "DURATION",
	    "purge: nothing has happened to them for so long" },
	{ PURGE, "purge", NULL, "approve: that it is purged" },
	{ RATE, "rate", "N/s", "resubmit: most rows in a second" },
	{ REASON, "reason", "REASON", "that failed for it" },
	{ SEARCH, "search", "TEXT", "with this text in the row or its errors" },
	{ SET, "set", "FIELD=VALUE", "fix: what is to be in that field" },
	{ SEVERITY, "severity", "LEVEL",
	    "CRITICAL|WARNING|INFO: with an error of it" },
	{ STATE, "state", "STATE", "open|closed|all: only those" },
	{ TO, "to", "NAME", "assign: who looks at them" },
	{ TYPE, "type", "TYPE", "with an error of this type" },
	{ WHY, "why", "TEXT",
	    "approve, assign, fix, migrate, purge, resolve, resubmit: why, for "
	    "the history" },
	{ XLSX, "xlsx", "FILE",
	    "export: as a workbook, to FILE or - for stdout" },
	{ YES, "yes", NULL, "purge: do it, not only say what would go" },
	{ 0, NULL, NULL, NULL },
};

static const struct inv_prog_info info = {
	.name = "inv-quarantine",
	.purpose = "keep what needs a person, and show it",
	.usage = "[FILE | list | show ITEM ...|- | stats | export | report |"
		 " resubmit [ITEM ...|-] | migrate [ITEM ...|-] |"
		 " resolve ITEM ...|- | assign ITEM ...|- | fix ITEM |"
		 " approve ITEM ...|- | purge]",
	.options = options,
	.operands = -1,
	.reads_stdin = true,
};

#define AMONG AGE, FIELD, MANIFEST, REASON, SEARCH, SEVERITY, TYPE
#define CHOICE AMONG, STATE

static const struct inv_verb verbs[] = {
	{ "", "", 0, 1, { NOTIFY, INV_OPT_METRICS, 0 },
	    inv_quarantine_do_filter },
	{ "list", "", 0, 0, { CHOICE, JSON, 0 }, inv_quarantine_do_list },
	{ "show", "ITEM", 1, -1, { JSON, 0 }, inv_quarantine_do_show },
	{ "stats", "", 0, 0, { AMONG, JSON, 0 }, inv_quarantine_do_stats },
	{ "export", "", 0, 0, { CHOICE, CSV, XLSX, 0 },
	    inv_quarantine_do_export },
	{ "report", "", 0, 0, { HTML, 0 }, inv_quarantine_do_report },
	{ "resubmit", "ITEM", 0, -1, { AMONG, RATE, WHY, 0 },
	    inv_quarantine_do_resubmit },
	{ "migrate", "ITEM", 0, -1, { AMONG, MAP, RATE, WHY, 0 },
	    inv_quarantine_do_migrate },
	{ "resolve", "ITEM", 1, -1,
	    { COMMITTED, DISCARD, NOT_COMMITTED, WHY, 0 },
	    inv_quarantine_do_resolve },
	{ "assign", "ITEM", 1, -1, { TO, WHY, 0 }, inv_quarantine_do_assign },
	{ "approve", "ITEM", 1, -1, { KEY, PURGE, WHY, 0 },
	    inv_quarantine_do_approve },
	{ "fix", "ITEM", 1, 1, { SET, WHY, 0 }, inv_quarantine_do_fix },
	{ "purge", "", 0, 0, { CHOICE, JSON, OLDER_THAN, WHY, YES, 0 },
	    inv_quarantine_do_purge },
};

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

static void
read_severity(struct inv_item_filter *which, const char *arg)
{
	enum inv_severity ignored;

	which->severity = inv_str_of(arg);
	if (!inv_severity_of(which->severity, &ignored))
		inv_opt_wrong("--severity", arg,
		    "not CRITICAL, WARNING or INFO");
}

/* Retention is counted in years: more days than other durations have. */
static void
read_older(struct inv_item_filter *which, const char *arg)
{
	struct inv_str s = inv_str_of(arg);
	uint64_t now = (uint64_t)inv_clock_wall();
	uint64_t age;

	if (s.n > 1 && s.p[s.n - 1] == 'd' &&
	    inv_str_u64((struct inv_str){ s.p, s.n - 1 }, 1, DAYS_MAX, &age))
		age *= 24 * 3600;
	else
		age = inv_opt_duration("--older-than", arg) / 1000;
	which->idle = now > age ? now - age : 1;
}

/* By the clock of now: 24h is at least a day old, -24h not yet. */
static void
read_age(struct inv_item_filter *which, const char *arg)
{
	bool younger = arg[0] == '-';
	uint64_t age = inv_opt_duration("--age", arg + younger) / 1000;
	uint64_t now = (uint64_t)inv_clock_wall();
	uint64_t then = now > age ? now - age : 0;

	if (younger)
		which->since = then + 1;
	else
		which->until = then;
}

/* One of the options of CHOICE, or --older-than. */
static void
choose(struct inv_quarantine_args *args, int c)
{
	struct inv_item_filter *which = &args->which;

	switch (c) {
	case AGE:
		read_age(which, optarg);
		break;
	case FIELD:
		which->field = inv_str_of(optarg);
		break;
	case MANIFEST:
		which->manifest = inv_str_of(optarg);
		break;
	case OLDER_THAN:
		read_older(which, optarg);
		break;
	case REASON:
		which->reason = inv_str_of(optarg);
		break;
	case SEARCH:
		which->search = inv_str_of(optarg);
		break;
	case SEVERITY:
		read_severity(which, optarg);
		break;
	case STATE:
		which->state = state_of(optarg);
		args->state = true;
		break;
	case TYPE:
		which->type = inv_str_of(optarg);
		break;
	}
}

static uint64_t
rate_of(const char *arg)
{
	struct inv_str s = inv_str_of(arg);
	uint64_t v;

	if (s.n < 3 || strcmp(arg + s.n - 2, "/s") != 0 ||
	    !inv_str_u64((struct inv_str){ arg, s.n - 2 }, 1, RATE_MAX, &v))
		inv_opt_wrong("--rate", arg,
		    "not a number from 1 to 1000000 and /s");
	return v;
}

static struct inv_str
why_of(const char *arg)
{
	if (arg[0] == '\0' || strlen(arg) > INV_ACTION_WHY_MAX ||
	    !inv_utf8_all(inv_str_of(arg)))
		inv_opt_wrong("--why", arg, "not a text of 1 to 4096 bytes");
	return inv_str_of(arg);
}

static struct inv_str
name_of(const char *arg)
{
	if (arg[0] == '\0' || strlen(arg) > INV_ACTION_NAME_MAX ||
	    !inv_utf8_all(inv_str_of(arg)))
		inv_opt_wrong("--to", arg, "not a name of 1 to 256 bytes");
	return inv_str_of(arg);
}

static void
set_resolve(struct inv_quarantine_args *args, enum inv_resolve how)
{
	if (args->resolve != INV_RESOLVE_NONE && args->resolve != how)
		inv_opt_wrong("resolve", "",
		    "one of --discard, --committed and --not-committed");
	args->resolve = how;
}

static void
add_set(struct inv_quarantine_args *args, const char *arg)
{
	if (args->sets == INV_SETS_MAX)
		inv_opt_wrong("--set", arg, "more than 256 of them");
	args->set[args->sets++] = inv_str_of(arg);
}

/* What is taken as it is, and the options of CHOICE. */
static void
set_plain(struct inv_quarantine_args *args, int c)
{
	switch (c) {
	case CSV:
		args->csv = true;
		break;
	case HTML:
		args->html = optarg;
		break;
	case JSON:
		args->json = true;
		break;
	case MAP:
		args->map = optarg;
		break;
	case NOTIFY:
		args->notify = optarg;
		break;
	case PURGE:
		args->purge = true;
		break;
	case XLSX:
		args->xlsx = optarg;
		break;
	case YES:
		args->yes = true;
		break;
	default:
		choose(args, c);
	}
}

int
main(int argc, char *argv[])
{
	struct inv_quarantine_args args = { .info = &info };
	struct inv_verb_given given = { 0 };

	for (int c; (c = inv_opt(&info, argc, argv)) != -1;) {
		inv_verb_note(&given, c);
		switch (c) {
		case COMMITTED:
			set_resolve(&args, INV_RESOLVE_COMMITTED);
			break;
		case DISCARD:
			set_resolve(&args, INV_RESOLVE_DISCARD);
			break;
		case NOT_COMMITTED:
			set_resolve(&args, INV_RESOLVE_NOT_COMMITTED);
			break;
		case KEY:
			inv_opt_secret("--key", optarg);
			args.key = optarg;
			break;
		case RATE:
			args.rate = rate_of(optarg);
			break;
		case SET:
			add_set(&args, optarg);
			break;
		case TO:
			args.to = name_of(optarg);
			break;
		case WHY:
			args.why = why_of(optarg);
			break;
		default:
			set_plain(&args, c);
		}
	}
	return inv_verb_run(verbs, sizeof(verbs) / sizeof(*verbs), &info,
	    &given, &args, argv + optind);
}
