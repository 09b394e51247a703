/* test_opt - one table of options, and the start of every program */

#include "prog/opt.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "check.h"
#include "child.h"

static struct child child;
static char dir[] = "/tmp/test_opt.XXXXXX";

static const struct inv_option options[] = {
	{ 'n', "number", "N", "a number" },
	{ 'z', "zero", NULL, "nothing" },
	{ INV_OPT_LONG, "wait", "DURATION", "how long" },
	{ INV_OPT_LONG + 1, "waiting", NULL, "begins as another does" },
	{ 0, NULL, NULL, NULL },
};

static const struct inv_prog_info info = {
	.name = "inv-x",
	.purpose = "do x",
	.usage = "[FILE]",
	.options = options,
	.operands = 1,
	.reads_stdin = true,
};

enum { WORDS = 16 };

static int
copy(const char *const *words, char *argv[WORDS])
{
	int argc = 0;

	for (; words[argc] != NULL; argc++)
		argv[argc] = inv_mem_strdup(words[argc]);
	argv[argc] = NULL;
	return argc;
}

/* Prints what it was given. */
static int
program(const void *with)
{
	char *argv[WORDS];
	int argc = copy(with, argv);

	for (int c; (c = inv_opt(&info, argc, argv)) != -1;)
		switch (c) {
		case 'n':
			dprintf(1, "n=%ju ",
			    (uintmax_t)inv_opt_u64("-n", optarg, 1, 9));
			break;
		case INV_OPT_LONG:
			dprintf(1, "wait=%ju ",
			    (uintmax_t)inv_opt_duration("--wait", optarg));
			break;
		default:
			dprintf(1, "%d ", c);
		}
	for (; optind < argc; optind++)
		dprintf(1, "[%s]", argv[optind]);
	if (inv_prog.stats != NULL)
		dprintf(1, " stats=%s", inv_prog.stats);
	if (inv_prog.metrics != NULL)
		dprintf(1, " metrics=%s", inv_prog.metrics);
	if (inv_prog.level != INV_LOG_NORMAL)
		dprintf(1, " level=%d", inv_prog.level);
	return 0;
}

#define RUN_WITH(...)                                                          \
	child_run(&child, program,                                             \
	    (const char *[]){ "inv-x", __VA_ARGS__, NULL }, INV_LIT(""))

#define MISUSE(want, ...)                                                      \
	do {                                                                   \
		RUN_WITH(__VA_ARGS__);                                         \
		check(child.status == 64);                                     \
		check_str(inv_str_of(child.err), want);                        \
	} while (0)

static void
takes_short_and_long_forms_in_any_place(void)
{
	RUN_WITH("-n", "3", "-z", "--wait=2s", "file");
	check(child.status == 0);
	check_str(inv_str_of(child.out), "n=3 122 wait=2000 [file]");
	RUN_WITH("file", "--number", "4", "-zn5", "--waiting");
	check_str(inv_str_of(child.out), "n=4 122 n=5 257 [file]");
	RUN_WITH("-z", "--", "-n");
	check_str(inv_str_of(child.out), "122 [-n]");
	RUN_WITH("-");
	check_str(inv_str_of(child.out), "[-]");
}

static void
the_common_options_are_there_without_being_listed(void)
{
	RUN_WITH("--stats", "f.json", "-q");
	check_str(inv_str_of(child.out), " stats=f.json level=0");
	RUN_WITH("--verbose", "--stats=-");
	check_str(inv_str_of(child.out), " stats=- level=2");
	RUN_WITH("--metrics", "d/f.prom");
	check_str(inv_str_of(child.out), " metrics=d/f.prom");
	RUN_WITH("-V");
	check(child.status == 0);
	check_str(inv_str_of(child.out), "inv-x " INV_VERSION "\n");
}

static void
help_is_made_from_the_table(void)
{
	RUN_WITH("--help", "--nonsense");
	check(child.status == 0 && child.err_n == 0);
	check_str(inv_str_of(child.out),
	    "usage: inv-x [options] [FILE]\n"
	    "inv-x - do x\n"
	    "\n"
	    "  -n, --number N            a number\n"
	    "  -z, --zero                nothing\n"
	    "      --wait DURATION       how long\n"
	    "      --waiting             begins as another does\n"
	    "  -h, --help                show this help and exit\n"
	    "  -V, --version             show the version and exit\n"
	    "  -q, --quiet               say errors only\n"
	    "  -v, --verbose             say what is being done\n"
	    "      --metrics FILE        add the run to figures for "
	    "Prometheus\n"
	    "      --stats FILE          write a summary of the run as JSON; "
	    "- is stderr\n");
}

static void
what_is_no_option_is_misuse(void)
{
	MISUSE("inv-x: unknown option: -y\n", "-y");
	MISUSE("inv-x: unknown option: -y\n", "--verbose", "-zy");
	MISUSE("inv-x: unknown option: -y\n", "--stats=f", "-y");
	MISUSE("inv-x: unknown option: --nonsense\n", "--nonsense");
	MISUSE("inv-x: unknown option: --nonsense=5\n", "--nonsense=5");
	MISUSE("inv-x: option takes no argument: --zero=5\n", "--zero=5");
	MISUSE("inv-x: argument missing: -n\n", "-zn");
	MISUSE("inv-x: argument missing: --number\n", "--number");
	MISUSE("inv-x: one operand too many: b\n", "a", "b");
}

static void
long_options_are_not_abbreviated(void)
{
	MISUSE("inv-x: unknown option: --num\n", "--num", "3");
	MISUSE("inv-x: unknown option: --num=3\n", "--num=3");
	MISUSE("inv-x: unknown option: --z\n", "--z");
	MISUSE("inv-x: unknown option: --stat=f\n", "--stat=f");
	MISUSE("inv-x: unknown option: --w\n", "--w");
	RUN_WITH("--wait", "1s");
	check_str(inv_str_of(child.out), "wait=1000 ");
	RUN_WITH("--number", "3", "--wait=1s", "--zero");
	check_str(inv_str_of(child.out), "n=3 wait=1000 122 ");
}

static void
an_argument_that_is_wrong_says_what_is_right(void)
{
	MISUSE("inv-x: -n: \"ten\": not a whole number from 1 to 9\n", "-n",
	    "ten");
	MISUSE("inv-x: -n: \"10\": not a whole number from 1 to 9\n", "-n10");
	MISUSE("inv-x: --wait: \"1w\": not a duration such as 10ms, 2s, 5m, "
	       "24h or 7d\n",
	    "--wait", "1w");
	MISUSE("inv-x: -n: \"\\x1b[31m\": not a whole number from 1 to 9\n",
	    "-n", "\x1b[31m");
}

static int
fields(const void *with)
{
	struct inv_buf b = INV_BUF(1000);

	inv_opt_fields("-k", with, &b);
	dprintf(1, "%.*s", INV_ARG(inv_buf_str(&b)));
	inv_buf_free(&b);
	return 0;
}

static void
field_names_become_a_json_list(void)
{
	child_run(&child, fields, "asset_id,gr\"ant", INV_LIT(""));
	check_str(inv_str_of(child.out), "[\"asset_id\",\"gr\\\"ant\"]");
	for (const char **bad =
		 (const char *[]){ "", "a,", ",a", "a,,b", "\xff", NULL };
	     *bad != NULL; bad++) {
		child_run(&child, fields, *bad, INV_LIT(""));
		check(child.status == 64);
	}
}

/* With one of the standard descriptors closed at the start. */
static int
with_closed(const void *with)
{
	const char *const words[] = { "inv-x", "-V", NULL };

	close(*(const int *)with);
	return program(words);
}

static void
a_closed_standard_output_is_seen_and_never_reused(void)
{
	int fd = 1;

	child_run(&child, with_closed, &fd, INV_LIT(""));
	check(child.status == 74);
	check_str(inv_str_of(child.err),
	    "inv-x: stdout: write: Bad file descriptor\n");
	fd = 0;
	child_run(&child, with_closed, &fd, INV_LIT(""));
	check(child.status == 0);
	fd = 2;
	child_run(&child, with_closed, &fd, INV_LIT(""));
	check(child.status == 0);
}

static int
with_full(const void *with)
{
	const char *const words[] = { "inv-x", "--help", NULL };

	(void)with;
	dup2(open("/dev/full", O_WRONLY), 1);
	return program(words);
}

static void
help_that_can_not_be_written_is_an_error(void)
{
	child_run(&child, with_full, NULL, INV_LIT(""));
	check(child.status == 74);
	check_str(inv_str_of(child.err),
	    "inv-x: stdout: write: No space left on device\n");
}

/* ---- configuration ---- */

static const char *
config(struct inv_str text)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/config", dir);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	check(write(fd, text.p, text.n) == (ssize_t)text.n);
	close(fd);
	return path;
}

static int
ask(const void *with)
{
	const char *const words[] = { "inv-x", "-q", NULL };

	char *argv[WORDS];

	setenv("INV_CONFIG", with, 1);
	inv_opt(&info, copy(words, argv), argv);
	const char *state = inv_opt_env("INV_STATE");
	const char *ledger = inv_opt_env("INV_LEDGER");

	dprintf(1, "%s %s", state != NULL ? state : "none",
	    ledger != NULL ? ledger : "none");
	return 0;
}

static struct inv_str
answer(struct inv_str text)
{
	child_run(&child, ask, config(text), INV_LIT(""));
	return inv_str_of(child.out);
}

static void
the_environment_wins_over_the_file_and_empty_is_unset(void)
{
	struct inv_str text = INV_LIT("# a comment\n\nINV_STATE=/a=b\n"
				      "INV_LEDGER=x");

	unsetenv("INV_STATE");
	unsetenv("INV_LEDGER");
	check_str(answer(text), "/a=b x");
	setenv("INV_STATE", "/env", 1);
	setenv("INV_LEDGER", "", 1);
	check_str(answer(text), "/env x");
	unsetenv("INV_STATE");
	check_str(answer(INV_LIT("INV_STATE=\nINV_SCHEMA=1\n")), "none none");
	check_str(answer(INV_LIT("")), "none none");
}

static void
a_configuration_that_can_not_be_used_is_78(void)
{
	static char big[(64 << 10) + 1];

	answer(INV_LIT("INV_STATE=1\nnonsense\n"));
	check(child.status == 78);
	check(strstr(child.err, "/config:2: not NAME=VALUE\n") != NULL);
	answer(INV_LIT("INV_STATE=1\nINV_LEDGERS=x\n"));
	check(child.status == 78);
	check(strstr(child.err,
		  "/config:2: INV_LEDGERS: no such setting, see inv(7)\n") !=
	    NULL);
	answer(INV_LIT("INV_STATE=1\0\nX=1\n"));
	check(child.status == 78);
	child_run(&child, ask, "/nowhere/config", INV_LIT(""));
	check(child.status == 78);
	memset(big, '#', sizeof(big));
	memcpy(big, "INV_STATE=1\n", 12);
	check_str(answer((struct inv_str){ big, sizeof(big) - 1 }), "1 none");
	answer((struct inv_str){ big, sizeof(big) });
	check(child.status == 78);
}

/* ---- the state directory ---- */

static int
state(const void *with)
{
	const char *path = NULL;
	int fd;

	(void)with;
	inv_prog.name = "inv-x";
	fd = inv_opt_state(&path);
	dprintf(1, "%s", path);
	return fd < 0;
}

static struct inv_str
state_with(const char *inv, const char *service, const char *xdg,
    const char *home)
{
	unsetenv("INV_STATE");
	unsetenv("STATE_DIRECTORY");
	unsetenv("XDG_STATE_HOME");
	unsetenv("HOME");
	if (inv != NULL)
		setenv("INV_STATE", inv, 1);
	if (service != NULL)
		setenv("STATE_DIRECTORY", service, 1);
	if (xdg != NULL)
		setenv("XDG_STATE_HOME", xdg, 1);
	if (home != NULL)
		setenv("HOME", home, 1);
	child_run(&child, state, NULL, INV_LIT(""));
	return inv_str_of(child.out);
}

static void
the_state_directory_is_the_first_that_is_named(void)
{
	struct inv_buf xdg = INV_BUF(4096);
	struct inv_buf want = INV_BUF(4096);

	check(chdir(dir) == 0);
	check_str(state_with("s1", "s2", "x", "h"), "s1");
	check_str(state_with(NULL, "s2", "x", "h"), "s2");
	check_str(state_with("", "", "x", "h"), "h/.local/state/inv");
	inv_buf_addf(&xdg, "%s/x%c", dir, 0);
	inv_buf_addf(&want, "%s/x/inv%c", dir, 0);
	check_str(state_with("", "", xdg.p, "h"), want.p);
	inv_buf_free(&xdg);
	inv_buf_free(&want);
	check_str(state_with(NULL, NULL, NULL, "h"), "h/.local/state/inv");
	check_str(state_with(NULL, NULL, NULL, NULL), "");
	check(child.status == 64);
	check_str(inv_str_of(child.err),
	    "inv-x: no state directory: set INV_STATE\n");
	struct stat st;

	check(stat("h/.local/state/inv", &st) == 0);
	check((st.st_mode & 07777) == 0700);
}

static void
a_state_directory_others_can_write_to_is_refused(void)
{
	check(chdir(dir) == 0);
	check(mkdir("open", 0700) == 0 && chmod("open", 0777) == 0);
	state_with("open", NULL, NULL, NULL);
	check(child.status == 77);
	check_str(inv_str_of(child.err),
	    "inv-x: open: refused: others may write to it\n");
	check(symlink("s1", "link") == 0);
	state_with("link", NULL, NULL, NULL);
	check(child.status == 77);
}

static const struct test tests[] = {
	TEST(takes_short_and_long_forms_in_any_place),
	TEST(the_common_options_are_there_without_being_listed),
	TEST(help_is_made_from_the_table),
	TEST(what_is_no_option_is_misuse),
	TEST(long_options_are_not_abbreviated),
	TEST(an_argument_that_is_wrong_says_what_is_right),
	TEST(field_names_become_a_json_list),
	TEST(a_closed_standard_output_is_seen_and_never_reused),
	TEST(help_that_can_not_be_written_is_an_error),
	TEST(the_environment_wins_over_the_file_and_empty_is_unset),
	TEST(a_configuration_that_can_not_be_used_is_78),
	TEST(the_state_directory_is_the_first_that_is_named),
	TEST(a_state_directory_others_can_write_to_is_refused),
};

int
main(void)
{
	char command[64];

	unsetenv("INV_CONFIG");
	if (mkdtemp(dir) == NULL)
		return 1;
	int rc = RUN(tests);

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command) != 0 || rc;
}
