/* inv-commit - takes pending records into the ledger, effectively once */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "commit/dry.h"
#include "commit/uploader.h"
#include "io/file.h"

enum {
	PATH = INV_OPT_LONG,
	NAMESPACE,
	BACKOFF,
	MAX_BACKOFF,
	TIMEOUT,
	RATE,
	RETRY_BUDGET,
	BREAKER,
	DEADLINE,
	CACERT,
	CERT,
	KEY_FILE,
	PIN,
	HEADER,
	TOKEN_FILE,
	ALLOW_HTTP,
	DRAIN,
	WAIT,
	KEY_TTL,
	RESUME,
	ENGINE,
	ON_409,
	RESULTS,
	ATOMIC,
	REQUIRE_SIGNED,
	SIGNERS,
	DRY_RUN,
	PRINT_KEYS,
	PRINT_BODIES,
};

enum {
	SECOND = 1000,          /* ms */
	MINUTE = 60 * SECOND,   /* ms */
	DAY = 24 * 60 * MINUTE, /* ms */
	RETRIES_MAX = 100,
	BREAKER_MAX = 1000,
	PATH_MAX_BYTES = 200, /* of the resource behind the ledger's URL */
};

/* Below the state directory. */
#define OWN_LEDGER "/embedded/ledger.db"

static const struct inv_option options[] = {
	{ 'l', "ledger", "URL|file:DB", "http://, https://, or a database" },
	{ PATH, "path", "PATH", "of batches (/inventory/upsert)" },
	{ NAMESPACE, "namespace", "NAME", "the ledger's name in keys" },
	{ 'k', "key-fields", "FIELD,...", "what identifies a record" },
	{ 'c', "concurrency", "N", "requests under way at once (20)" },
	{ 'r', "retries", "N", "after the first request (3)" },
	{ BACKOFF, "backoff", "TIME", "most before the first retry (2s)" },
	{ MAX_BACKOFF, "max-backoff", "TIME", "most before any retry (30s)" },
	{ TIMEOUT, "timeout", "TIME", "of one request (30s)" },
	{ RATE, "rate", "N/s", "most requests in a second" },
	{ RETRY_BUDGET, "retry-budget", "N%",
	    "of requests, and 10 more (10%)" },
	{ BREAKER, "breaker", "N", "bad answers before it pauses (5)" },
	{ DEADLINE, "deadline", "TIME", "of such a pause, then hold (10m)" },
	{ ON_409, "on-409", "WHAT", "auto|committed|retry|conflict: it means" },
	{ RESULTS, "results", "FORM", "atomic|index|items|207: believe those" },
	{ CACERT, "cacert", "FILE", "trust these authorities instead" },
	{ CERT, "cert", "FILE", "our certificate, for the ledger" },
	{ KEY_FILE, "key-file", "FILE", "its private key" },
	{ PIN, "pin", "sha256//B64", "the ledger's public key" },
	{ HEADER, "header", "'K: V'", "one more in each request" },
	{ TOKEN_FILE, "token-file", "FILE|fd:N|cred:NAME", "bearer token" },
	{ ALLOW_HTTP, "allow-http", NULL, "plain, to another machine" },
	{ KEY_TTL, "key-ttl", "TIME",
	    "a key is sent again for this long (24h)" },
	{ RESUME, "resume", NULL, "tell what became of open batches" },
	{ DRAIN, "drain", "TIME", "for what flies when stopped (30s)" },
	{ WAIT, "wait", "TIME", "for another inv-commit to end (10m)" },
	{ ENGINE, "engine", "ENGINE", "io_uring|poll: what to wait with" },
	{ ATOMIC, "atomic", NULL, "send nothing before `end` has verified it" },
	{ REQUIRE_SIGNED, "require-signed", NULL,
	    "send nothing of a manifest that nobody has signed" },
	{ SIGNERS, "key", "FILE", "with --require-signed: whose keys count" },
	{ DRY_RUN, "dry-run", NULL, "send nothing, write nothing" },
	{ PRINT_KEYS, "print-keys", NULL, "with --dry-run: a line a batch" },
	{ PRINT_BODIES, "print-bodies", NULL, "with --dry-run: each body" },
	{ 0, NULL, NULL, NULL },
};

static const struct inv_prog_info info = {
	.name = "inv-commit",
	.purpose = "take pending records into the ledger, effectively once",
	.usage = "[FILE]",
	.options = options,
	.operands = 1,
	.reads_stdin = true,
};

struct commit {
	const char *ledger;
	char *text; /* its name or path, where we had to make it */
	const char *namespace;
	struct inv_buf key;
	bool signed_only;
	const char *signers; /* a file of keys */
	struct inv_trusted trusted;
	bool is_dry;
	struct inv_dry_options dry;
	struct inv_uploader_options up;
};

static enum inv_engine
engine_of(const char *arg)
{
	if (inv_str_is(inv_str_of(arg), "io_uring"))
		return INV_ENGINE_URING;
	if (!inv_str_is(inv_str_of(arg), "poll"))
		inv_opt_wrong("--engine", arg, "neither io_uring nor poll");
	return INV_ENGINE_POLL;
}

static enum inv_results_form
results_of(const char *arg)
{
	static const struct {
		const char *name;
		enum inv_results_form form;
	} forms[] = {
		{ "atomic", INV_RESULTS_ATOMIC },
		{ "index", INV_RESULTS_INDEX },
		{ "items", INV_RESULTS_ITEMS },
		{ "207", INV_RESULTS_207 },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (strcmp(arg, forms[i].name) == 0)
			return forms[i].form;
	inv_opt_wrong("--results", arg, "not atomic, index, items or 207");
}

static enum inv_on_409
on_409_of(const char *arg)
{
	static const char *const words[] = { "auto", "committed", "retry",
		"conflict" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(arg, words[i]) == 0)
			return (enum inv_on_409)i;
	inv_opt_wrong("--on-409", arg,
	    "not auto, committed, retry or conflict");
}

static const char *
path_of(const char *arg)
{
	if (arg[0] != '/' || strlen(arg) > PATH_MAX_BYTES)
		inv_opt_wrong("--path", arg, "does not begin with /");
	for (const char *p = arg; *p != '\0'; p++)
		if (*p <= ' ' || *p == 0x7f || *p == '?' || *p == '#')
			inv_opt_wrong("--path", arg, "is no plain path");
	return arg;
}

/* A number from 1 with its unit: 20/s, 10%. */
static unsigned
count_of(const char *option, const char *arg, const char *unit, unsigned max)
{
	struct inv_str s = inv_str_of(arg);
	size_t n = strlen(unit);
	char what[64];
	uint64_t v;

	if (s.n > n && strcmp(arg + s.n - n, unit) == 0 &&
	    inv_str_u64((struct inv_str){ arg, s.n - n }, 1, max, &v))
		return (unsigned)v;
	snprintf(what, sizeof(what), "not a number from 1 to %u and %s", max,
	    unit);
	inv_opt_wrong(option, arg, what);
}

/* How fast, and what makes it slower. */
static void
set_pace(struct inv_uploader_options *up, int code)
{
	switch (code) {
	case RATE:
		up->rate = count_of("--rate", optarg, "/s", INV_RATE_MAX);
		break;
	case RETRY_BUDGET:
		up->budget = count_of("--retry-budget", optarg, "%", 100);
		break;
	case BREAKER:
		up->breaker =
		    (unsigned)inv_opt_u64("--breaker", optarg, 1, BREAKER_MAX);
		break;
	case DEADLINE:
		up->deadline_ms = inv_opt_duration("--deadline", optarg);
		break;
	}
}

/* How to get to the ledger. */
static void
set_access(struct inv_uploader_options *up, int code)
{
	struct inv_access *a = &up->access;

	switch (code) {
	case CACERT:
		a->cacert = optarg;
		break;
	case CERT:
		a->cert = optarg;
		break;
	case KEY_FILE:
		a->key = optarg;
		break;
	case PIN:
		inv_access_pin(a, optarg);
		break;
	case HEADER:
		inv_access_header(a, optarg);
		break;
	case TOKEN_FILE:
		inv_access_token(a, optarg);
		break;
	case ALLOW_HTTP:
		a->allow_http = true;
		break;
	default:
		set_pace(up, code);
	}
}

static void
set_upload(struct inv_uploader_options *up, int code)
{
	switch (code) {
	case PATH:
		up->path = path_of(optarg);
		break;
	case 'c':
		up->window =
		    (unsigned)inv_opt_u64("-c", optarg, 1, INV_WINDOW_MAX);
		break;
	case 'r':
		up->retry.retries =
		    (unsigned)inv_opt_u64("-r", optarg, 0, RETRIES_MAX);
		break;
	case BACKOFF:
		up->retry.base_ms = inv_opt_duration("--backoff", optarg);
		break;
	case MAX_BACKOFF:
		up->retry.max_ms = inv_opt_duration("--max-backoff", optarg);
		break;
	case TIMEOUT:
		up->timeout_ms = inv_opt_duration("--timeout", optarg);
		break;
	case KEY_TTL:
		up->key_ttl_ms = inv_opt_duration("--key-ttl", optarg);
		break;
	case RESUME:
		up->resume = true;
		break;
	case DRAIN:
		up->drain_ms = inv_opt_duration("--drain", optarg);
		break;
	case WAIT:
		up->wait_ms = inv_opt_duration("--wait", optarg);
		break;
	case ENGINE:
		up->engine = engine_of(optarg);
		break;
	case ON_409:
		up->on_409 = on_409_of(optarg);
		break;
	case RESULTS:
		up->results = results_of(optarg);
		break;
	default:
		set_access(up, code);
	}
}

static void
set(struct commit *c, int code)
{
	switch (code) {
	case 'l':
		c->ledger = optarg;
		break;
	case NAMESPACE:
		if (optarg[0] == '\0')
			inv_opt_wrong("--namespace", optarg, "is empty");
		c->namespace = optarg;
		break;
	case 'k':
		inv_buf_reset(&c->key);
		inv_opt_fields("-k", optarg, &c->key);
		break;
	case ATOMIC:
		c->up.atomic = c->dry.atomic = true;
		break;
	case REQUIRE_SIGNED:
		c->signed_only = true;
		break;
	case SIGNERS:
		c->signers = optarg;
		break;
	case DRY_RUN:
		c->is_dry = true;
		break;
	case PRINT_KEYS:
		c->dry.keys = true;
		break;
	case PRINT_BODIES:
		c->dry.bodies = true;
		break;
	default:
		set_upload(&c->up, code);
	}
}

/* The embedded ledger of this state. */
static char *
own_ledger(const struct inv_state *state)
{
	struct inv_err err;
	char *path;
	int fd = inv_file_state_dir(state->fd, "embedded", &err);

	if (fd < 0)
		inv_die(&err);
	close(fd);
	path = inv_mem_new(strlen(state->path) + sizeof(OWN_LEDGER));
	strcpy(stpcpy(path, state->path), OWN_LEDGER);
	inv_warn("no ledger given (-l, INV_LEDGER): the embedded one, %s",
	    path);
	return path;
}

/* A database is named by its absolute path: cd must not make it another. */
static char *
file_name(const char *file)
{
	char *dir = file[0] == '/' ? inv_mem_strdup("") : getcwd(NULL, 0);
	struct inv_err err;

	if (dir == NULL) {
		inv_fail_sys(&err, INV_CONFIG, "the working directory");
		inv_die(&err);
	}
	char *name = inv_mem_new(strlen(dir) + strlen(file) + sizeof("file:/"));

	char *end = stpcpy(stpcpy(name, "file:"), dir);

	strcpy(stpcpy(end, file[0] == '/' ? "" : "/"), file);
	free(dir);
	return name;
}

/* Where the ledger is, and its name: -l, INV_LEDGER, or our own (NULL). */
static void
find_ledger(struct commit *c)
{
	const char *name = NULL;
	struct inv_err err;

	if (c->ledger == NULL)
		c->ledger = inv_opt_env("INV_LEDGER");
	if (c->ledger == NULL) {
		name = "embedded";
	} else if (strncmp(c->ledger, "file:", 5) == 0) {
		if (c->ledger[5] == '\0')
			inv_opt_wrong("-l", c->ledger, "names no file");
		c->up.file = c->ledger + 5;
		name = c->text = file_name(c->up.file);
	} else {
		if (!inv_url_parse(c->ledger, &c->up.url, &err))
			inv_die(&err);
		name = c->up.url.text;
	}
	inv_access_check(&c->up.access,
	    name == c->up.url.text ? &c->up.url : NULL);
	c->up.namespace =
	    inv_str_of(c->namespace != NULL ? c->namespace : name);
}

static void
read_signers(struct commit *c)
{
	struct inv_err err;

	if (c->signers != NULL && !c->signed_only)
		inv_opt_wrong("--key", c->signers,
		    "goes with --require-signed (-k says what identifies a "
		    "record)");
	if (!c->signed_only)
		return;
	if (c->signers == NULL)
		inv_opt_wrong("--require-signed", "", "say by whom: --key");
	if (c->is_dry)
		inv_opt_wrong("--require-signed", "",
		    "does not go with --dry-run");
	if (!inv_trusted_read(&c->trusted, c->signers, &err))
		inv_die(&err);
	c->up.signers = &c->trusted;
}

static int
dry_run(struct commit *c, const char *input)
{
	struct inv_filter f;

	c->dry.namespace = c->up.namespace;
	c->dry.key = inv_buf_str(&c->key);
	(void)signal(SIGPIPE, SIG_IGN);
	inv_filter_open(&f, &info, input, inv_dry_want(&c->dry));
	inv_dry_run(&f, &c->dry);
	return inv_filter_close(&f);
}

static int
upload(struct commit *c, const char *input)
{
	struct inv_state state;
	struct inv_filter f;

	inv_access_open(&c->up.access);
	state.fd = inv_opt_state(&state.path);
	if (c->ledger == NULL)
		c->up.file = c->text = own_ledger(&state);

	c->up.key = inv_buf_str(&c->key);
	/* Before a stream, if there is one. */
	c->up.alone = c->up.resume && input == NULL && isatty(STDIN_FILENO);
	inv_filter_open(&f, &info, input,
	    INV_WANT_MANIFEST | INV_WANT_BODY | INV_WANT_VERDICT |
		INV_WANT_BATCH | INV_WANT_END |
		(c->up.resume ? INV_WANT_NOTHING : 0));
	inv_uploader_run(&f, &c->up, &state);
	inv_access_close(&c->up.access);
	return inv_filter_close(&f);
}

int
main(int argc, char *argv[])
{
	struct commit c = {
		.key = INV_BUF(INV_KEY_TEXT),
		.up = {
			.path = "/inventory/upsert",
			.window = 20,
			.retry = { .retries = 3,
			    .base_ms = 2 * SECOND,
			    .max_ms = 30 * SECOND },
			.timeout_ms = 30 * SECOND,
			.budget = 10,
			.breaker = 5,
			.deadline_ms = 10 * MINUTE,
			.drain_ms = 30 * SECOND,
			.wait_ms = 10 * MINUTE,
			.key_ttl_ms = DAY,
			.engine = INV_ENGINE_AUTO,
		},
	};

	for (int code; (code = inv_opt(&info, argc, argv)) != -1;)
		set(&c, code);
	if ((c.dry.keys || c.dry.bodies) && !c.is_dry)
		inv_opt_wrong(c.dry.keys ? "--print-keys" : "--print-bodies",
		    "", "goes with --dry-run");
	if (c.up.resume && c.is_dry)
		inv_opt_wrong("--resume", "", "does not go with --dry-run");
	if (inv_prog.metrics != NULL && c.is_dry)
		inv_opt_wrong("--metrics", "", "does not go with --dry-run");
	read_signers(&c);
	find_ledger(&c);
	int status =
	    c.is_dry ? dry_run(&c, argv[optind]) : upload(&c, argv[optind]);

	inv_buf_free(&c.key);
	free(c.text);
	return status;
}
