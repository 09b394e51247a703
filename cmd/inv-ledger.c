/*
 * inv-ledger - the reference ledger over HTTP, and a rehearsal of failures
 */

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "data/digest.h"
#include "data/emit.h"
#include "io/file.h"
#include "io/stream.h"
#include "prog/metrics.h"
#include "prog/opt.h"
#include "serve/api.h"

enum {
	OPT_PATH = INV_OPT_LONG,
	OPT_PORT_FILE,
	OPT_FAULT,
	OPT_SEED,
	OPT_DELAY,
	OPT_SINK,
	OPT_EXPORT,
	OPT_IDEMPOTENCY,
};

enum {
	DRAIN_MS = 1000, /* for answers to leave after a signal */
	DRAIN_STEP_MS = 50,
	PAGE_BYTES = 64 << 10, /* of an export, at least */
	PAGE_MAX = PAGE_BYTES + 2 * INV_LEDGER_BODY_MAX,
	TEXT_MAX = 64 << 10, /* bytes of a summary, of field names */
};

static const struct inv_option options[] = {
	{ 'l', "listen", "ADDRESS:PORT", "where; 127.0.0.1:0 is a free port" },
	{ OPT_PORT_FILE, "port-file", "FILE", "write the URL there" },
	{ 'd', "db", "FILE", "the database, made if it is not there" },
	{ 'k', "key", "FIELD,...",
	    "what identifies a record (asset_id,grant_code)" },
	{ OPT_PATH, "path", "PATH", "where batches go (/inventory/upsert)" },
	{ OPT_SINK, "sink", NULL, "answer 200 and store nothing" },
	{ OPT_DELAY, "delay", "DURATION", "wait before each batch" },
	{ OPT_FAULT, "fault", "SPEC", "rehearse failures, 500@3,lost@5% say" },
	{ OPT_IDEMPOTENCY, "idempotency", "MODE",
	    "replay|409|409-blind|none: of a key that is known" },
	{ OPT_SEED, "seed", "N", "for faults by chance" },
	{ OPT_EXPORT, "export", "TABLE",
	    "records|requests: print them as NDJSON, and exit" },
	{ 0, NULL, NULL, NULL },
};

static const struct inv_prog_info info = {
	.name = "inv-ledger",
	.purpose =
	    "the reference ledger over HTTP, and a rehearsal of failures",
	.usage = "-d FILE | --sink",
	.options = options,
};

struct settings {
	const char *listen;
	const char *port_file;
	const char *db;
	struct inv_buf fields; /* JSON list */
	const char *path;
	bool sink;
	enum inv_ledger_repeat repeat;
	bool blind;
	uint64_t delay_ms;
	const char *fault;
	bool seeded;
	uint64_t seed;
	const char *export;
};

/* ---- the loop ---- */

static int
watch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static bool
serve(struct inv_httpd *h, struct inv_api *api, int signals,
    struct inv_err *err)
{
	uint64_t deadline;
	bool told;

	if (signals == -1)
		return inv_fail_sys(err, INV_INTERNAL, "signalfd");
	do
		if (!inv_api_turn(api, signals, -1, &told, err))
			return false;
	while (!told);
	inv_httpd_quiesce(h);
	inv_api_hurry(api);
	deadline = inv_clock_ms() + DRAIN_MS;
	while (inv_httpd_is_busy(h) && inv_clock_ms() < deadline)
		if (!inv_api_turn(api, -1, DRAIN_STEP_MS, &told, err))
			return false;
	close(signals);
	return true;
}

/* ---- beginning and end ---- */

static void
summarise(const struct inv_api_counts *counts)
{
	struct inv_buf b = INV_BUF(TEXT_MAX);
	struct inv_err err;

	if (inv_prog.stats == NULL)
		return;
	inv_emit_open(&b, '{');
	inv_emit_member_str(&b, INV_LIT("program"), inv_str_of(info.name));
	inv_emit_member_str(&b, INV_LIT("version"), inv_str_of(INV_VERSION));
	inv_emit_member_u64(&b, INV_LIT("batches"), counts->batches);
	inv_emit_member_u64(&b, INV_LIT("effects"), counts->effects);
	inv_emit_member_u64(&b, INV_LIT("replays"), counts->replays);
	inv_emit_member_u64(&b, INV_LIT("rehearsed"), counts->rehearsed);
	inv_emit_close(&b, '}');
	inv_buf_byte(&b, '\n');
	if (!inv_file_summary(inv_prog.stats, inv_buf_str(&b), &err))
		inv_die(&err);
	inv_buf_free(&b);
}

static struct inv_rehearsal *
rehearsal(struct settings *set)
{
	struct inv_err err;

	if (set->fault == NULL)
		return NULL;
	if (!set->seeded)
		inv_random(&set->seed, sizeof(set->seed));
	struct inv_rehearsal *r =
	    inv_rehearsal_new(set->fault, set->seed, &err);

	if (r == NULL)
		inv_opt_wrong("--fault", set->fault, err.msg);
	inv_warn("--fault %s --seed %ju", set->fault, (uintmax_t)set->seed);
	return r;
}

static void
say_where(const struct settings *set, const char *url)
{
	struct inv_buf b = INV_BUF(TEXT_MAX);
	struct inv_err err;

	inv_warn("listening on %s", url);
	if (set->port_file == NULL)
		return;
	inv_buf_addf(&b, "%s\n", url);
	if (!inv_file_summary(set->port_file, inv_buf_str(&b), &err))
		inv_die(&err);
	inv_buf_free(&b);
}

static int
run_server(struct settings *set)
{
	struct inv_err err;
	struct inv_rehearsal *faults = rehearsal(set);
	struct inv_ledger *ledger = set->sink
	    ? NULL
	    : inv_ledger_open(set->db, INV_DB_WRITE, inv_buf_str(&set->fields),
		  &err);

	if (!set->sink && ledger == NULL)
		inv_die(&err);
	struct inv_httpd *h =
	    inv_httpd_open(set->listen, INV_LEDGER_BODY_MAX, &err);

	if (h == NULL)
		inv_die(&err);
	struct inv_api *api = inv_api_new(&(struct inv_api_plan){ .httpd = h,
	    .ledger = ledger,
	    .rehearsal = faults,
	    .repeat = set->repeat,
	    .blind = set->blind,
	    .path = set->path,
	    .delay_ms = set->delay_ms });

	struct inv_metrics *metrics = inv_metrics_open(info.name);

	/* Who reads where we listen may stop us at once. */
	int signals = watch_signals();

	say_where(set, inv_httpd_url(h));
	if (!serve(h, api, signals, &err))
		inv_die(&err);
	struct inv_api_counts counts = inv_api_counts(api);

	inv_api_free(api);
	inv_httpd_close(h);
	inv_ledger_close(ledger);
	inv_rehearsal_free(faults);
	summarise(&counts);
	if (!inv_metrics_close(metrics, 0, &err))
		inv_die(&err);
	return 0;
}

static int
run_export(const struct settings *set)
{
	struct inv_ledger_cursor c = { .table = INV_LEDGER_RECORDS };
	struct inv_buf b = INV_BUF(PAGE_MAX);
	struct inv_out out;
	struct inv_err err;

	if (strcmp(set->export, "requests") == 0)
		c.table = INV_LEDGER_REQUESTS;
	else if (strcmp(set->export, "records") != 0)
		inv_opt_wrong("--export", set->export,
		    "not records or requests");
	struct inv_ledger *l =
	    inv_ledger_open(set->db, INV_DB_READ, INV_LIT(""), &err);

	if (l == NULL)
		inv_die(&err);
	inv_out_init(&out, STDOUT_FILENO, "stdout");
	while (!c.end) {
		inv_buf_reset(&b);
		if (!inv_ledger_export(l, &c, &b, PAGE_BYTES, &err))
			inv_die(&err);
		inv_out_add(&out, inv_buf_str(&b));
	}
	inv_ledger_cursor_done(&c);
	inv_ledger_close(l);
	inv_buf_free(&b);
	if (!inv_out_close(&out, &err))
		inv_die(&err);
	return 0;
}

/* "a,b" to ["a","b"] */
static void
read_fields(const char *arg, struct inv_buf *fields)
{
	struct inv_str rest = inv_str_of(arg);

	inv_buf_reset(fields);
	inv_emit_open(fields, '[');
	for (bool more = true; more;) {
		const char *comma = memchr(rest.p, ',', rest.n);
		struct inv_str one = rest;

		more = comma != NULL;
		if (more)
			one.n = (size_t)(comma - rest.p);
		if (one.n == 0)
			inv_opt_wrong("--key", arg, "an empty name");
		inv_emit_str(fields, one);
		rest.p += one.n + more;
		rest.n -= one.n + more;
	}
	inv_emit_close(fields, ']');
}

static void
read_idempotency(const char *arg, struct settings *set)
{
	static const struct {
		const char *word;
		enum inv_ledger_repeat repeat;
		bool blind;
	} modes[] = {
		{ "replay", INV_LEDGER_REPLAY, false },
		{ "409", INV_LEDGER_CONFLICT, false },
		{ "409-blind", INV_LEDGER_CONFLICT, true },
		{ "none", INV_LEDGER_ANEW, false },
	};

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (strcmp(arg, modes[i].word) == 0) {
			set->repeat = modes[i].repeat;
			set->blind = modes[i].blind;
			return;
		}
	inv_opt_wrong("--idempotency", arg,
	    "not replay, 409, 409-blind or none");
}

static void
read_option(struct settings *set, int c)
{
	switch (c) {
	case 'l':
		set->listen = optarg;
		break;
	case 'd':
		set->db = optarg;
		break;
	case 'k':
		read_fields(optarg, &set->fields);
		break;
	case OPT_PATH:
		set->path = optarg;
		break;
	case OPT_PORT_FILE:
		set->port_file = optarg;
		break;
	case OPT_FAULT:
		set->fault = optarg;
		break;
	case OPT_SEED:
		set->seed = inv_opt_u64("--seed", optarg, 0, UINT64_MAX);
		set->seeded = true;
		break;
	case OPT_DELAY:
		set->delay_ms = inv_opt_duration("--delay", optarg);
		break;
	case OPT_IDEMPOTENCY:
		read_idempotency(optarg, set);
		break;
	case OPT_SINK:
		set->sink = true;
		break;
	case OPT_EXPORT:
		set->export = optarg;
		break;
	}
}

int
main(int argc, char *argv[])
{
	struct settings set = { .listen = "127.0.0.1:0",
		.path = "/inventory/upsert",
		.fields = INV_BUF(TEXT_MAX) };

	read_fields("asset_id,grant_code", &set.fields);
	for (int c; (c = inv_opt(&info, argc, argv)) != -1;)
		read_option(&set, c);
	if (set.sink == (set.db != NULL))
		inv_opt_wrong("--db", set.db == NULL ? "" : set.db,
		    "either a database or --sink");
	if (set.sink && set.export != NULL)
		inv_opt_wrong("--export", set.export, "a sink has nothing");
	if (inv_prog.metrics != NULL && set.export != NULL)
		inv_opt_wrong("--metrics", "", "does not go with --export");
	if (set.path[0] != '/')
		inv_opt_wrong("--path", set.path, "does not begin with /");
	int status = set.export != NULL ? run_export(&set) : run_server(&set);

	inv_buf_free(&set.fields);
	return status;
}
