/* inv-run - takes manifests into the ledger through the whole pipe */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "data/emit.h"
#include "io/file.h"
#include "prog/filter.h"
#include "prog/progress.h"
#include "prog/secret_opt.h"

enum {
	SPLIT,
	VALIDATE,
	DEDUP,
	COMMIT,
	QUARANTINE,
	AUDIT,
	STAGES,
	WORDS = 12,       /* of a command, without operands */
	STATS_MAX = 4096, /* bytes of the summary */
};

enum {
	ATTACHMENTS = INV_OPT_LONG,
	SIGN,
	REQUIRE_SIGNED,
	SIGNERS,
};

static const char *const names[STAGES] = { "inv-split", "inv-validate",
	"inv-dedup", "inv-commit", "inv-quarantine", "inv-audit" };

static const struct inv_option options[] = {
	{ 'l', "ledger", "URL|file:DB", "for inv-commit" },
	{ 's', "schema", "SCHEMA", "for inv-validate" },
	{ ATTACHMENTS, "attachments", "DIR", "for inv-validate" },
	{ SIGN, "sign", "FILE|fd:N|cred:NAME", "for inv-split" },
	{ REQUIRE_SIGNED, "require-signed", NULL, "for inv-commit" },
	{ SIGNERS, "key", "FILE", "for inv-commit, with --require-signed" },
	{ 0, NULL, NULL, NULL },
};

static const struct inv_prog_info info = {
	.name = "inv-run",
	.purpose = "take manifests into the ledger through the whole pipe",
	.usage = "FILE ...",
	.options = options,
	.operands = -1,
	.reads_stdin = false,
};

struct run {
	const char *ledger;
	const char *schema;
	const char *attachments; /* or NULL */
	const char *sign;        /* a key; NULL: nothing is signed */
	const char *signers;     /* a file of keys, or NULL */
	bool signed_only;
	char **files;
	size_t files_n;
	char *dir;         /* of the programs; empty: PATH */
	pid_t pid[STAGES]; /* 0: not started, or done */
	int status[STAGES];
	int passed; /* what comes out of inv-commit */
	int onward; /* what goes into inv-quarantine */
	uint64_t counts[INV_VERDICTS];
};

/* For the handler: whom to hand signals on to, and that there was one. */
static volatile pid_t children[STAGES];
static volatile sig_atomic_t stopped;

/* What a terminal sends has reached the whole pipe already. */
static void
hand_on(int signo, siginfo_t *from, void *context)
{
	(void)context;
	stopped = 1;
	if (from->si_code == SI_KERNEL)
		return;
	for (int i = 0; i < STAGES; i++)
		if (children[i] > 0)
			kill(children[i], signo);
}

static void
catch_signals(void)
{
	struct sigaction action = { .sa_sigaction = hand_on,
		.sa_flags = SA_SIGINFO | SA_RESTART };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* Not before the programs have started: they are to die of it. */
	signal(SIGPIPE, SIG_IGN);
}

/* Where we are, if inv-split is there too; else PATH. */
static char *
find_dir(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 16);

	if (n <= 0)
		return inv_mem_strdup("");
	path[n] = '\0';
	char *slash = strrchr(path, '/');

	strcpy(slash + 1, names[SPLIT]);
	bool beside = access(path, X_OK) == 0;

	slash[1] = '\0';
	return inv_mem_strdup(beside ? path : "");
}

/* The n'th word of a command and its argument, where there is one. */
static size_t
add_option(char **w, size_t n, const char *option, const char *arg)
{
	if (arg == NULL)
		return n;
	w[n++] = inv_mem_strdup(option);
	w[n++] = inv_mem_strdup(arg);
	return n;
}

/* The words of a stage's command, all of them copies. */
static char **
words_of(const struct run *r, int stage, char *program)
{
	char **w = inv_mem_new((WORDS + r->files_n + 1) * sizeof(*w));
	size_t n = 0;

	w[n++] = program;
	if (inv_prog.level == INV_LOG_QUIET)
		w[n++] = inv_mem_strdup("-q");
	if (inv_prog.level == INV_LOG_VERBOSE)
		w[n++] = inv_mem_strdup("-v");
	n = add_option(w, n, "--metrics", inv_prog.metrics);
	if (stage == COMMIT) {
		n = add_option(w, n, "-l", r->ledger);
		n = add_option(w, n, "--key", r->signers);
		if (r->signed_only)
			w[n++] = inv_mem_strdup("--require-signed");
	}
	if (stage == VALIDATE) {
		n = add_option(w, n, "-s", r->schema);
		n = add_option(w, n, "--attachments", r->attachments);
	}
	if (stage == SPLIT) {
		n = add_option(w, n, "--sign", r->sign);
		w[n++] = inv_mem_strdup("--");
		for (size_t i = 0; i < r->files_n; i++)
			w[n++] = inv_mem_strdup(r->files[i]);
	}
	return w;
}

static void
free_words(char **w)
{
	for (size_t i = 0; w[i] != NULL; i++)
		free(w[i]);
	free(w);
}

/* Signals as they were before us: each program decides for itself. */
static void
start(struct run *r, int stage, int in, int out)
{
	char *program = inv_mem_new(strlen(r->dir) + strlen(names[stage]) + 1);
	posix_spawn_file_actions_t files;
	extern char **environ;

	strcpy(stpcpy(program, r->dir), names[stage]);
	char **words = words_of(r, stage, program);

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	int e =
	    posix_spawnp(&r->pid[stage], program, &files, NULL, words, environ);

	posix_spawn_file_actions_destroy(&files);
	if (e != 0) {
		struct inv_err err;

		errno = e;
		inv_fail_sys(&err, INV_INTERNAL, "%s", program);
		inv_die(&err);
	}
	children[stage] = r->pid[stage];
	free_words(words);
}

static void
make_pipe(int ends[2])
{
	struct inv_err err;

	if (pipe2(ends, O_CLOEXEC) == 0)
		return;
	inv_fail_sys(&err, INV_INTERNAL, "pipe");
	inv_die(&err);
}

/* The pipe is cut behind inv-commit: there the rows are counted. */
static void
start_all(struct run *r)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int in = null;
	int ends[2];

	for (int stage = SPLIT; stage < STAGES; stage++) {
		if (stage == AUDIT) {
			start(r, stage, in, STDOUT_FILENO);
			close(in);
			return;
		}
		make_pipe(ends);
		start(r, stage, in, ends[1]);
		close(in);
		close(ends[1]);
		in = ends[0];
		if (stage == COMMIT) {
			r->passed = in;
			make_pipe(ends);
			in = ends[0];
			r->onward = ends[1];
		}
	}
}

static void
count(struct run *r, const struct inv_record *rec)
{
	uint64_t n;

	if (rec->kind == INV_LINE_RECORD && rec->row > 0)
		r->counts[rec->verdict]++;
	if (rec->kind == INV_LINE_BATCH &&
	    inv_member_u64(rec->outer, "count", &n))
		r->counts[INV_COMMITTED] += n;
}

/* Hand on what comes out of inv-commit, byte for byte, and count it. */
static void
relay(struct run *r)
{
	struct inv_scan *scan = inv_scan_new();
	struct inv_progress progress;
	struct inv_record rec;
	struct inv_out out;
	struct inv_str line;
	struct inv_err err;
	struct inv_in in;

	inv_out_init(&out, r->onward, "the pipe to inv-quarantine");
	inv_in_init(&in, r->passed, "the pipe from inv-commit", INV_LINE_MAX,
	    &out);
	inv_progress_open(&progress);
	while (inv_in_line(&in, &line, &err) == INV_NEXT_LINE) {
		inv_out_add(&out, line);
		if (!in.torn)
			inv_out_add(&out, INV_LIT("\n"));
		if (!inv_record_parse(scan, line, &rec, &err))
			continue;
		count(r, &rec);
		inv_progress_show(&progress, r->counts);
	}
	inv_progress_close(&progress);
	/* A reader that went away is named by its own status. */
	bool written = inv_out_close(&out, &err);
	(void)written;
	inv_in_free(&in);
	close(r->passed);
	inv_scan_free(scan);
}

static void
wait_all(struct run *r)
{
	for (int stage = SPLIT; stage < STAGES; stage++) {
		while (waitpid(r->pid[stage], &r->status[stage], 0) < 0 &&
		    errno == EINTR)
			continue;
		children[stage] = 0;
	}
}

static bool
was_told_to_die(int status)
{
	return stopped && WIFSIGNALED(status) &&
	    (WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGTERM);
}

/*
 * What a status counts as.  A program that lost its reader did no wrong; and
 * what is incomplete because we were stopped is to be run again.
 */
static int
counts_as(int status)
{
	if (was_told_to_die(status))
		return inv_fault_exit(INV_AGAIN);
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGPIPE
		    ? 0
		    : inv_fault_exit(INV_INTERNAL);
	if (stopped && WEXITSTATUS(status) == inv_fault_exit(INV_BAD))
		return inv_fault_exit(INV_AGAIN);
	return WEXITSTATUS(status);
}

static int
judge(const struct run *r)
{
	/* What kept one from starting makes those behind it say 65. */
	static const enum inv_fault order[] = { INV_INTERNAL, INV_IO,
		INV_CONFIG, INV_USAGE, INV_DENIED, INV_CREATE, INV_NOINPUT,
		INV_BAD, INV_REFUSED, INV_AGAIN, INV_NO };
	int other = 0;

	for (int stage = SPLIT; stage < STAGES; stage++) {
		int s = counts_as(r->status[stage]);

		if (s != 0 && WIFEXITED(r->status[stage]))
			inv_say("%s: status %d", names[stage],
			    WEXITSTATUS(r->status[stage]));
		else if (s != 0 && !was_told_to_die(r->status[stage]))
			inv_say("%s: killed by signal %d", names[stage],
			    WTERMSIG(r->status[stage]));
		other = other == 0 ? s : other;
	}
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		for (int stage = SPLIT; stage < STAGES; stage++)
			if (counts_as(r->status[stage]) ==
			    inv_fault_exit(order[i]))
				return inv_fault_exit(order[i]);
	return other;
}

static bool
write_stats(const struct run *r, int status, struct inv_err *err)
{
	struct inv_buf b = INV_BUF(STATS_MAX);

	inv_buf_byte(&b, '{');
	inv_emit_member_str(&b, INV_LIT("program"), inv_str_of(info.name));
	inv_emit_member_str(&b, INV_LIT("version"), inv_str_of(INV_VERSION));
	inv_emit_key(&b, INV_LIT("counts"));
	inv_verdict_counts(&b, r->counts);
	inv_emit_key(&b, INV_LIT("stages"));
	inv_emit_open(&b, '{');
	for (int stage = SPLIT; stage < STAGES; stage++)
		inv_emit_member_u64(&b, inv_str_of(names[stage]),
		    (uint64_t)counts_as(r->status[stage]));
	inv_emit_close(&b, '}');
	inv_emit_member_u64(&b, INV_LIT("status"), (uint64_t)status);
	inv_buf_add(&b, INV_LIT("}\n"));
	bool ok = inv_file_summary(inv_prog.stats, inv_buf_str(&b), err);

	inv_buf_free(&b);
	return ok;
}

static void
set(struct run *r, int code)
{
	switch (code) {
	case 'l':
		r->ledger = optarg;
		break;
	case 's':
		r->schema = optarg;
		break;
	case ATTACHMENTS:
		r->attachments = optarg;
		break;
	case SIGN:
		inv_opt_secret("--sign", optarg);
		r->sign = optarg;
		break;
	case REQUIRE_SIGNED:
		r->signed_only = true;
		break;
	case SIGNERS:
		r->signers = optarg;
		break;
	}
}

int
main(int argc, char *argv[])
{
	struct run r = { .ledger = NULL };
	struct inv_metrics *metrics;
	struct inv_err err;

	for (int c; (c = inv_opt(&info, argc, argv)) != -1;)
		set(&r, c);
	if (optind == argc) {
		inv_fail(&err, INV_USAGE, "no file given");
		inv_die(&err);
	}
	r.files = argv + optind;
	r.files_n = (size_t)(argc - optind);
	r.dir = find_dir();
	metrics = inv_metrics_open(info.name);
	start_all(&r);
	catch_signals();
	relay(&r);
	wait_all(&r);
	free(r.dir);
	int status = judge(&r);

	if (inv_prog.stats != NULL && !write_stats(&r, status, &err))
		inv_die(&err);
	if (!inv_metrics_close(metrics, status, &err))
		inv_die(&err);
	return status;
}
