/* inv-audit - account for every row, in a log that shows any change */

#include <unistd.h>

#include "audit/args.h"
#include "prog/secret_opt.h"
#include "prog/verb.h"

enum {
	ALLOW_HTTP = INV_OPT_LONG,
	CACERT,
	CHECKPOINT,
	COUNT,
	DISPOSED,
	FORMAT,
	HTML,
	KEY,
	LEDGER,
	LOCATION,
	MANIFEST,
	NAME,
	READ_DATA,
	SIGN_KEY,
	SINCE,
	STATE,
	TEXT,
	TOKEN_FILE,
};

static const struct inv_option options[] = {
	{ ALLOW_HTTP, "allow-http", NULL,
	    "verify --ledger: plain, to another machine" },
	{ CACERT, "cacert", "FILE",
	    "verify --ledger: trust these authorities instead" },
	{ CHECKPOINT, "checkpoint", "FILE",
	    "verify, prove, check: this checkpoint, kept elsewhere" },
	{ COUNT, "count", "FILE", "reconcile: a sheet of what was counted" },
	{ DISPOSED, "disposed", "FIELD",
	    "reconcile: the member that says that it is gone" },
	{ 'f', "follow", NULL, "tail: go on with what is appended" },
	{ FORMAT, "format", "FORM", "ecs|cef: export: in which form" },
	{ HTML, "html", "FILE", "report: as a page, - being stdout" },
	{ KEY, "key", "FILE",
	    "verify, report, check: a public key that is trusted" },
	{ LEDGER, "ledger", "URL|file:DB|FILE",
	    "verify: ask it for every batch; reconcile: its records" },
	{ LOCATION, "location", "FIELD",
	    "reconcile: the member that says where it is" },
	{ MANIFEST, "manifest", "FILE",
	    "check: the manifest that the row is in" },
	{ NAME, "name", "NAME", "key new: what the key is called" },
	{ READ_DATA, "read-data", NULL,
	    "verify: hash archive and bodies as well" },
	{ SIGN_KEY, "sign-key", "FILE",
	    "the private key: FILE, fd:N or cred:NAME" },
	{ SINCE, "since", "FILE|SEQ",
	    "checkpoint: that the log has only grown from that one; export: "
	    "what is behind that entry" },
	{ STATE, "state", "DIR",
	    "verify, find, status, report: the log of this state" },
	{ TEXT, "text", "FILE", "report: as text, to FILE" },
	{ TOKEN_FILE, "token-file", "FILE|fd:N|cred:NAME",
	    "verify --ledger: bearer token" },
	{ 0, NULL, NULL, NULL },
};

static const struct inv_prog_info info = {
	.name = "inv-audit",
	.purpose = "account for every row, in a log that shows any change",
	.usage =
	    "[FILE | verify | checkpoint | prove MANIFEST ROW | check FILE | "
	    "find WORD | show SEQ|MANIFEST | status | tail | "
	    "report MANIFEST | reconcile | key new|show]",
	.options = options,
	.operands = -1,
	.reads_stdin = true,
};

static const struct inv_verb verbs[] = {
	{ "", "", 0, 1, { SIGN_KEY, INV_OPT_METRICS, 0 }, inv_audit_do_filter },
	{ "verify", "", 0, 0,
	    { KEY, CHECKPOINT, READ_DATA, LEDGER, TOKEN_FILE, CACERT,
		ALLOW_HTTP, STATE, INV_OPT_METRICS, 0 },
	    inv_audit_do_verify },
	{ "checkpoint", "", 0, 0, { SINCE, 0 }, inv_audit_do_checkpoint },
	{ "prove", "MANIFEST and ROW", 2, 2, { CHECKPOINT, 0 },
	    inv_audit_do_prove },
	{ "check", "FILE", 1, 1, { KEY, CHECKPOINT, MANIFEST, 0 },
	    inv_audit_do_check },
	{ "export", "", 0, 0, { FORMAT, SINCE, 0 }, inv_audit_do_export },
	{ "find", "WORD", 1, 1, { STATE, 0 }, inv_audit_do_find },
	{ "show", "SEQ or MANIFEST", 1, 1, { 0 }, inv_audit_do_show },
	{ "status", "", 0, 0, { STATE, 0 }, inv_audit_do_status },
	{ "tail", "", 0, 0, { 'f', 0 }, inv_audit_do_tail },
	{ "report", "MANIFEST", 1, 1, { HTML, TEXT, KEY, STATE, 0 },
	    inv_audit_do_report },
	{ "reconcile", "", 0, 0, { LEDGER, COUNT, LOCATION, DISPOSED, 0 },
	    inv_audit_do_reconcile },
	{ "key", "new or show", 1, 1, { NAME, 0 }, inv_audit_do_key },
};

/* One more FILE of an option. */
static void
add_file(const char *files[INV_AUDIT_FILES], size_t *n, const char *option)
{
	if (*n == INV_AUDIT_FILES)
		inv_opt_wrong(option, optarg, "given too often");
	files[(*n)++] = optarg;
}

/* How to get to the ledger. */
static void
set_access(struct inv_access *a, int code)
{
	switch (code) {
	case ALLOW_HTTP:
		a->allow_http = true;
		break;
	case CACERT:
		a->cacert = optarg;
		break;
	case TOKEN_FILE:
		inv_access_token(a, optarg);
		break;
	}
}

/* What report, reconcile and export are told. */
static void
set_text(struct inv_audit_args *a, int code)
{
	switch (code) {
	case COUNT:
		a->count = optarg;
		break;
	case DISPOSED:
		a->disposed = optarg;
		break;
	case FORMAT:
		a->format = optarg;
		break;
	case HTML:
		a->html = optarg;
		break;
	case LOCATION:
		a->location = optarg;
		break;
	case TEXT:
		a->text = optarg;
		break;
	}
}

int
main(int argc, char *argv[])
{
	struct inv_audit_args args = { .info = &info };
	struct inv_verb_given given = { 0 };

	for (int c; (c = inv_opt(&info, argc, argv)) != -1;) {
		inv_verb_note(&given, c);
		switch (c) {
		case CHECKPOINT:
			add_file(args.checkpoint, &args.checkpoints,
			    "--checkpoint");
			break;
		case COUNT:
		case DISPOSED:
		case FORMAT:
		case HTML:
		case LOCATION:
		case TEXT:
			set_text(&args, c);
			break;
		case 'f':
			args.follow = true;
			break;
		case KEY:
			add_file(args.key, &args.keys, "--key");
			break;
		case LEDGER:
			args.ledger = optarg;
			break;
		case MANIFEST:
			args.manifest = optarg;
			break;
		case NAME:
			args.name = optarg;
			break;
		case READ_DATA:
			args.read_data = true;
			break;
		case SIGN_KEY:
			inv_opt_secret("--sign-key", optarg);
			args.sign_key = optarg;
			break;
		case SINCE:
			args.since = optarg;
			break;
		case STATE:
			add_file(args.state, &args.states, "--state");
			break;
		default:
			set_access(&args.access, c);
		}
	}
	return inv_verb_run(verbs, sizeof(verbs) / sizeof(*verbs), &info,
	    &given, &args, argv + optind);
}
