/* inv-quarantine - keep what needs a person, and show it */

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "data/flaw.h"
#include "prog/verb.h"
#include "quarantine/args.h"

enum {
	AGE = INV_OPT_LONG,
	CSV,
	FIELD,
	JSON,
	MANIFEST,
	NOTIFY,
	REASON,
	SEARCH,
	SEVERITY,
	STATE,
	TYPE,
};

static const struct inv_option options[] = {
	{ AGE, "age", "DURATION", "at least so old; with -, younger" },
	{ CSV, "csv", NULL, "export: as CSV, safe to open in a spreadsheet" },
	{ FIELD, "field", "NAME", "with an error about this field" },
	{ JSON, "json", NULL, "list, show: JSON on a terminal as well" },
	{ MANIFEST, "manifest", "ID|NAME",
	    "of manifests of this name, or whose id begins so" },
	{ NOTIFY, "notify", "COMMAND",
	    "run it with each new CRITICAL row on its stdin" },
	{ REASON, "reason", "REASON", "that failed for it" },
	{ SEARCH, "search", "TEXT", "with this text in the row or its errors" },
	{ SEVERITY, "severity", "LEVEL",
	    "CRITICAL|WARNING|INFO: with an error of it" },
	{ STATE, "state", "STATE", "open|closed|all: only those" },
	{ TYPE, "type", "TYPE", "with an error of this type" },
	{ 0, NULL, NULL, NULL },
};

static const struct inv_prog_info info = {
	.name = "inv-quarantine",
	.purpose = "keep what needs a person, and show it",
	.usage = "[FILE | list | show ITEM ...|- | export]",
	.options = options,
	.operands = -1,
	.reads_stdin = true,
};

#define CHOICE AGE, FIELD, MANIFEST, REASON, SEARCH, SEVERITY, STATE, TYPE

static const struct inv_verb verbs[] = {
	{ "", "", 0, 1, { NOTIFY, 0 }, inv_quarantine_do_filter },
	{ "list", "", 0, 0, { CHOICE, JSON, 0 }, inv_quarantine_do_list },
	{ "show", "ITEM", 1, -1, { JSON, 0 }, inv_quarantine_do_show },
	{ "export", "", 0, 0, { CHOICE, CSV, 0 }, inv_quarantine_do_export },
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

/* One of the options of CHOICE. */
static void
choose(struct inv_item_filter *which, int c)
{
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
		break;
	case TYPE:
		which->type = inv_str_of(optarg);
		break;
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
		case CSV:
			args.csv = true;
			break;
		case JSON:
			args.json = true;
			break;
		case NOTIFY:
			args.notify = optarg;
			break;
		default:
			choose(&args.which, c);
		}
	}
	return inv_verb_run(verbs, sizeof(verbs) / sizeof(*verbs), &info,
	    &given, &args, argv + optind);
}
