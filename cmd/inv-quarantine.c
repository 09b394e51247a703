/* inv-quarantine - keep what needs a person, and show it */

#include <string.h>
#include <unistd.h>

#include "prog/verb.h"
#include "quarantine/args.h"

enum {
	CSV = INV_OPT_LONG,
	MANIFEST,
	REASON,
	STATE,
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

#define CHOICE MANIFEST, REASON, STATE

static const struct inv_verb verbs[] = {
	{ "", "", 0, 1, { 0 }, inv_quarantine_do_filter },
	{ "list", "", 0, 0, { CHOICE, 0 }, inv_quarantine_do_list },
	{ "show", "ITEM", 1, -1, { 0 }, inv_quarantine_do_show },
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
		case MANIFEST:
			args.which.manifest = inv_str_of(optarg);
			break;
		case REASON:
			args.which.reason = inv_str_of(optarg);
			break;
		case STATE:
			args.which.state = state_of(optarg);
			break;
		}
	}
	return inv_verb_run(verbs, sizeof(verbs) / sizeof(*verbs), &info,
	    &given, &args, argv + optind);
}
