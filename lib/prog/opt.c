/*
 * opt.c - one table of options, and the start of every program
 *
 * getopt_long does the work; what it is too generous with (abbreviated long
 * options) is refused behind it.
 */

#include "prog/opt.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "data/emit.h"
#include "data/scan.h"
#include "io/file.h"

enum {
	OPTIONS_MAX = 48,      /* of one program, the common ones included */
	CONFIG_MAX = 64 << 10, /* bytes of the file named by INV_CONFIG */
	STATS = INV_OPT_METRICS + 1, /* code of --stats */
	HELP_COLUMN = 28,
};

static const struct inv_option common[] = {
	{ 'h', "help", NULL, "show this help and exit" },
	{ 'V', "version", NULL, "show the version and exit" },
	{ 'q', "quiet", NULL, "say errors only" },
	{ 'v', "verbose", NULL, "say what is being done" },
	{ INV_OPT_METRICS, "metrics", "FILE",
	    "add the run to figures for Prometheus" },
	{ STATS, "stats", "FILE",
	    "write a summary of the run as JSON; - is "
	    "stderr" },
	{ 0, NULL, NULL, NULL },
};

/* The file named by INV_CONFIG: one block for the life of the process. */
static struct inv_buf config = { .max = CONFIG_MAX };

static void
usage_line(const struct inv_prog_info *info, struct inv_buf *b)
{
	inv_buf_addf(b, "usage: %s [options]%s%s\n", info->name,
	    info->usage[0] == '\0' ? "" : " ", info->usage);
}

static void
help_options(const struct inv_option *o, struct inv_buf *b)
{
	for (; o->name != NULL; o++) {
		size_t from = b->n;

		if (o->code < INV_OPT_LONG)
			inv_buf_addf(b, "  -%c, --%s", o->code, o->name);
		else
			inv_buf_addf(b, "      --%s", o->name);
		if (o->arg != NULL)
			inv_buf_addf(b, " %s", o->arg);
		size_t used = b->n - from;

		inv_buf_addf(b, "%*s%s\n",
		    used < HELP_COLUMN ? (int)(HELP_COLUMN - used) : 2, "",
		    o->help);
	}
}

/* Write to a descriptor and end the program: 74 if it did not take it all. */
static void
leave_with(int fd, const struct inv_buf *b, int status)
{
	size_t at = 0;

	while (at < b->n) {
		ssize_t n = write(fd, b->p + at, b->n - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			struct inv_err err;

			inv_fail_sys(&err, INV_IO, "stdout: write");
			inv_die(&err);
		}
		at += (size_t)n;
	}
	exit(status);
}

static void
help(const struct inv_prog_info *info)
{
	struct inv_buf b = INV_BUF(64 << 10);

	usage_line(info, &b);
	inv_buf_addf(&b, "%s - %s\n\n", info->name, info->purpose);
	help_options(info->options, &b);
	help_options(common, &b);
	leave_with(STDOUT_FILENO, &b, 0);
}

static void
short_help(const struct inv_prog_info *info)
{
	struct inv_buf b = INV_BUF(4096);

	usage_line(info, &b);
	inv_buf_addf(&b, "%s --help tells more\n", info->name);
	leave_with(STDERR_FILENO, &b, inv_fault_exit(INV_USAGE));
}

static void
version(const struct inv_prog_info *info)
{
	struct inv_buf b = INV_BUF(4096);

	inv_buf_addf(&b, "%s %s\n", info->name, INV_VERSION);
	leave_with(STDOUT_FILENO, &b, 0);
}

static void
misuse(const char *what, const char *word)
{
	struct inv_err err;

	inv_fail(&err, INV_USAGE, "%s: %s", what, word);
	inv_die(&err);
}

void
inv_opt_wrong(const char *option, const char *value, const char *what)
{
	struct inv_err err;

	inv_fail(&err, INV_USAGE, "%s: \"%s\": %s", option, value, what);
	inv_die(&err);
}

/* The last second of a year of four digits. */
static const uint64_t now_max = 253402300799;

uint64_t
inv_opt_now(void)
{
	static const char name[] = "SOURCE_DATE_EPOCH";
	const char *said = inv_opt_env(name);

	return said != NULL ? inv_opt_u64(name, said, 0, now_max)
			    : (uint64_t)inv_clock_wall();
}

uint64_t
inv_opt_u64(const char *option, const char *arg, uint64_t min, uint64_t max)
{
	uint64_t v;

	if (!inv_str_u64(inv_str_of(arg), min, max, &v)) {
		char what[96];

		snprintf(what, sizeof(what),
		    "not a whole number from %ju to %ju", (uintmax_t)min,
		    (uintmax_t)max);
		inv_opt_wrong(option, arg, what);
	}
	return v;
}

uint64_t
inv_opt_duration(const char *option, const char *arg)
{
	uint64_t ms;

	if (!inv_str_duration(inv_str_of(arg), &ms))
		inv_opt_wrong(option, arg,
		    "not a duration such as 10ms, 2s, 5m, 24h or 7d");
	return ms;
}

void
inv_opt_fields(const char *option, const char *arg, struct inv_buf *json)
{
	if (!inv_text_is_utf8(inv_str_of(arg)))
		inv_opt_wrong(option, arg, "not UTF-8");
	inv_emit_open(json, '[');
	for (const char *p = arg; p != NULL;) {
		const char *comma = strchr(p, ',');
		size_t n = comma == NULL ? strlen(p) : (size_t)(comma - p);

		if (n == 0)
			inv_opt_wrong(option, arg, "an empty name");
		inv_emit_str(json, (struct inv_str){ p, n });
		p = comma == NULL ? NULL : comma + 1;
	}
	inv_emit_close(json, ']');
}

/*
 * A closed descriptor 0 to 2 would be given to the first file we open, and
 * data would be written into it.  /dev/null, opened for reading, takes the
 * place: reads say end of file, and writes fail and are reported.
 */
static void
keep_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		/* Where even that fails, the next open fails and says so. */
		int got = open("/dev/null", O_RDONLY);
		(void)got;
	}
}

/* One of inv(7): a name that is misspelt must not be passed over. */
static bool
is_setting(const char *line)
{
	static const char *const names[] = { "INV_LEDGER", "INV_SCHEMA",
		"INV_SCHEMA_PATH", "INV_STATE" };
	size_t n = strcspn(line, "=");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == n && strncmp(names[i], line, n) == 0)
			return true;
	return false;
}

static void
read_config(void)
{
	const char *path = getenv("INV_CONFIG");
	struct inv_err err;

	if (path == NULL || path[0] == '\0')
		return;
	if (!inv_file_read(AT_FDCWD, path, &config, &err)) {
		err.fault = INV_CONFIG;
		inv_die(&err);
	}
	config.max++; /* for the NUL */
	if (config.n > 0 && memchr(config.p, '\0', config.n) != NULL) {
		inv_fail(&err, INV_CONFIG, "%s: a NUL byte", path);
		inv_die(&err);
	}
	inv_buf_byte(&config, '\0');
	size_t number = 0;

	for (char *line = config.p, *next; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		number++;
		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (strchr(line, '=') == NULL)
			inv_fail(&err, INV_CONFIG, "%s:%zu: not NAME=VALUE",
			    path, number);
		else if (!is_setting(line))
			inv_fail(&err, INV_CONFIG,
			    "%s:%zu: %.*s: no such setting, see inv(7)", path,
			    number, (int)strcspn(line, "="), line);
		else
			continue;
		inv_die(&err);
	}
}

const char *
inv_opt_env(const char *name)
{
	const char *value = getenv(name);
	size_t n = strlen(name);

	if (value != NULL && value[0] != '\0')
		return value;
	/* read_config left one NUL-terminated line after the other. */
	for (size_t at = 0; at < config.n;) {
		const char *line = config.p + at;

		if (strncmp(line, name, n) == 0 && line[n] == '=' &&
		    line[n + 1] != '\0')
			return line + n + 1;
		at += strlen(line) + 1;
	}
	return NULL;
}

struct tables {
	char letters[2 * OPTIONS_MAX + 2];
	struct option names[OPTIONS_MAX];
	size_t n;
	size_t used;
};

static void
list(struct tables *t, const struct inv_option *o)
{
	for (; o->name != NULL && t->n < OPTIONS_MAX - 1; o++) {
		t->names[t->n++] = (struct option){
			.name = o->name,
			.has_arg =
			    o->arg != NULL ? required_argument : no_argument,
			.val = o->code,
		};
		if (o->code >= INV_OPT_LONG)
			continue;
		t->letters[t->used++] = (char)o->code;
		if (o->arg != NULL)
			t->letters[t->used++] = ':';
	}
}

/* getopt_long took an abbreviation: not ours to guess. */
static void
refuse_abbreviation(char *argv[], const char *name)
{
	const char *word = argv[optind - 1];

	if (optarg != NULL && optarg == word)
		word = argv[optind - 2];
	size_t n = strcspn(word + 2, "=");

	if (strlen(name) != n)
		misuse("unknown option", word);
}

static bool
is_listed(const struct tables *t, int code)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->names[i].val == code)
			return true;
	return false;
}

/* getopt sets optopt to 0 for a long option it does not know. */
static void
unknown(const struct tables *t, char *argv[])
{
	const char *word = argv[optind - 1];
	char letter[3] = { '-', (char)optopt, '\0' };

	if (optopt != 0 && is_listed(t, optopt))
		misuse("option takes no argument", word);
	misuse("unknown option", optopt == 0 ? word : letter);
}

static void
missing_argument(char *argv[])
{
	char letter[3] = { '-', (char)optopt, '\0' };

	misuse("argument missing",
	    optopt > 0 && optopt < INV_OPT_LONG &&
		    strncmp(argv[optind - 1], "--", 2) != 0
		? letter
		: argv[optind - 1]);
}

/* What does not end so is not collected, and may be anything. */
static void
take_metrics(const char *path)
{
	size_t n = strlen(path);

	if (n < sizeof(".prom") || strcmp(path + n - 5, ".prom") != 0 ||
	    path[n - 6] == '/')
		inv_opt_wrong("--metrics", path, "does not end in .prom");
	inv_prog.metrics = path;
}

static bool
is_common(const struct inv_prog_info *info, int code)
{
	switch (code) {
	case 'h':
		help(info);
		return true;
	case 'V':
		version(info);
		return true;
	case 'q':
		inv_prog.level = INV_LOG_QUIET;
		return true;
	case 'v':
		inv_prog.level = INV_LOG_VERBOSE;
		return true;
	case INV_OPT_METRICS:
		take_metrics(optarg);
		return true;
	case STATS:
		inv_prog.stats = optarg;
		return true;
	}
	return false;
}

static void
start(const struct inv_prog_info *info, int argc)
{
	inv_prog.name = info->name;
	keep_standard_descriptors();
	umask(077);
	/* A limit on the size of files is a write that fails: 74, not a death. */
	(void)signal(SIGXFSZ, SIG_IGN);
	opterr = 0;
	if (argc == 1 && info->reads_stdin && isatty(STDIN_FILENO))
		short_help(info);
	read_config();
}

int
inv_opt(const struct inv_prog_info *info, int argc, char *argv[])
{
	struct tables t = { .used = 1, .letters = ":" };
	int c;
	int at = -1;

	if (inv_prog.name != info->name)
		start(info, argc);
	list(&t, info->options);
	list(&t, common);
	do {
		c = getopt_long(argc, argv, t.letters, t.names, &at);
		if (c == '?')
			unknown(&t, argv);
		if (c == ':')
			missing_argument(argv);
		if (c != -1 && at >= 0)
			refuse_abbreviation(argv, t.names[at].name);
		at = -1;
	} while (c != -1 && is_common(info, c));
	if (c == -1 && info->operands >= 0 && argc - optind > info->operands)
		misuse("one operand too many", argv[optind + info->operands]);
	return c;
}

/* The first of the places of DESIGN 4 that is set. */
static char *
state_path(void)
{
	const char *dir = inv_opt_env("INV_STATE");
	const char *home = getenv("HOME");
	char *path;

	if (dir != NULL)
		return inv_mem_strdup(dir);
	dir = inv_opt_env("STATE_DIRECTORY");
	if (dir != NULL) /* of several, the first: systemd.exec(5) */
		return inv_mem_dup(dir, strcspn(dir, ":"));
	dir = getenv("XDG_STATE_HOME");
	if (dir != NULL && dir[0] == '/') { /* a relative one is invalid */
		if (asprintf(&path, "%s/inv", dir) >= 0)
			return path;
	} else if (home != NULL && home[0] != '\0') {
		if (asprintf(&path, "%s/.local/state/inv", home) >= 0)
			return path;
	}
	misuse("no state directory", "set INV_STATE");
	return NULL;
}

static int
made(const char *path, struct inv_err *err)
{
	return inv_file_state_dir(AT_FDCWD, path, err);
}

static int
open_state(const char **path, int (*open)(const char *, struct inv_err *))
{
	static char *kept;
	struct inv_err err;

	free(kept);
	kept = state_path();
	int fd = open(kept, &err);

	if (fd < 0)
		inv_die(&err);
	*path = kept;
	return fd;
}

int
inv_opt_state(const char **path)
{
	return open_state(path, made);
}

int
inv_opt_state_there(const char **path)
{
	return open_state(path, inv_file_state_there);
}

int
inv_opt_state_shared(const char **path)
{
	return open_state(path, inv_file_state_shared);
}
