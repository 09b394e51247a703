/* test_secret - every promise of io/secret.h */

#include "io/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "check.h"

static void
put_mode(const char *name, const char *text, mode_t mode)
{
	int fd;

	unlink(name);
	fd = open(name, O_WRONLY | O_CREAT, 0600);
	check(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	check(fchmod(fd, mode) == 0);
	close(fd);
}

static void
put(const char *text)
{
	put_mode("token", text, 0600);
}

static struct inv_secret *
open_file(const char *name, struct inv_err *err)
{
	return inv_secret_open(&(struct inv_secret_place){ .path = name }, err);
}

static void
refuses(const char *name, enum inv_fault fault, const char *why)
{
	struct inv_err err = { 0 };

	check(open_file(name, &err) == NULL);
	check(err.fault == fault);
	check_str(inv_str_of(err.msg), why);
}

static void
reads_a_word_without_what_is_behind_it(void)
{
	static const char *const texts[] = { "s3cr-et~+/=", "s3cr-et~+/=\n",
		"s3cr-et~+/=\r\n", "s3cr-et~+/= \t\n\n" };
	struct inv_err err;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		put(texts[i]);
		struct inv_secret *s = open_file("token", &err);

		check(s != NULL);
		check_str(inv_secret_word(s), "s3cr-et~+/=");
		check(inv_secret_turn(s) == 1);
		inv_secret_close(s);
	}
	inv_secret_close(NULL);
}

static void
refuses_what_is_no_word(void)
{
	char text[INV_SECRET_MAX + 200];

	refuses("nowhere", INV_CONFIG, "nowhere: No such file or directory");
	put("");
	refuses("token", INV_CONFIG, "token: not a word of 8 to 8192 bytes");
	put("1234567\n");
	refuses("token", INV_CONFIG, "token: not a word of 8 to 8192 bytes");
	put("two words");
	refuses("token", INV_CONFIG, "token: not one word of visible ASCII");
	put("1234\n5678");
	refuses("token", INV_CONFIG, "token: not one word of visible ASCII");
	put("caf\xc3\xa9 1234");
	refuses("token", INV_CONFIG, "token: not one word of visible ASCII");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	put(text);
	refuses("token", INV_CONFIG, "token: longer than 8192 bytes");
	text[INV_SECRET_MAX + 1] = '\0';
	put(text);
	refuses("token", INV_CONFIG, "token: not a word of 8 to 8192 bytes");
	text[INV_SECRET_MAX] = '\0';
	put(text);
	struct inv_err err;
	struct inv_secret *s = open_file("token", &err);

	check(s != NULL && inv_secret_word(s).n == INV_SECRET_MAX);
	inv_secret_close(s);
}

static void
refuses_a_file_that_others_can_open(void)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0602, 0610, 0601 };
	struct inv_err err;

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		put_mode("token", "12345678", modes[i]);
		refuses("token", INV_DENIED,
		    "token: refused: others can open it (chmod 600)");
		check(!inv_secret_is_safe("token", &err));
		check(err.fault == INV_DENIED);
	}
	put_mode("token", "12345678", 0400);
	check(inv_secret_is_safe("token", &err));
}

static void
refuses_what_is_not_a_file_of_ours(void)
{
	check(mkfifo("fifo", 0600) == 0 && mkdir("dir", 0700) == 0);
	refuses("fifo", INV_DENIED, "fifo: refused: not a regular file");
	refuses("dir", INV_DENIED, "dir: refused: not a regular file");
	if (geteuid() != 0) {
		skip("only root can give a file away");
		return;
	}
	put("12345678");
	check(chown("token", 65534, 0) == 0);
	refuses("token", INV_DENIED,
	    "token: refused: belongs to user 65534, not to us");
}

/* What systemd makes: root's, and the group bits are those of an ACL. */
static void
takes_what_the_service_manager_lends(void)
{
	struct inv_secret_place lent = { .path = "token", .is_lent = true };
	struct inv_err err;

	put_mode("token", "12345678", 0440);
	struct inv_secret *s = inv_secret_open(&lent, &err);

	check(s != NULL);
	inv_secret_close(s);
	for (mode_t bad = 1; bad <= 020; bad = bad == 4 ? 020 : bad * 2) {
		put_mode("token", "12345678", 0400 | bad);
		check(inv_secret_open(&lent, &err) == NULL);
		check(err.fault == INV_DENIED);
	}
	if (geteuid() != 0) {
		skip("only root can give a file away");
		return;
	}
	put_mode("token", "12345678", 0440);
	check(chown("token", 65534, 0) == 0);
	check(inv_secret_open(&lent, &err) == NULL);
}

static void
reads_a_descriptor_to_its_end_and_closes_it(void)
{
	struct inv_secret_place from = { .path = NULL };
	struct inv_err err;
	int ends[2];

	check(pipe(ends) == 0);
	check(write(ends[1], "12345678\n", 9) == 9);
	close(ends[1]);
	from.fd = ends[0];
	struct inv_secret *s = inv_secret_open(&from, &err);

	check(s != NULL);
	check_str(inv_secret_word(s), "12345678");
	check(fcntl(ends[0], F_GETFD) == -1 && errno == EBADF);
	inv_secret_look(s, true);
	check(inv_secret_turn(s) == 1);
	inv_secret_close(s);
	check(inv_secret_open(&from, &err) == NULL);
	check(err.fault == INV_CONFIG);
}

static void
reads_a_file_that_has_changed_again(void)
{
	struct inv_err err;

	put("12345678");
	struct inv_secret *s = open_file("token", &err);

	check(s != NULL);
	put_mode("new", "abcdefgh", 0600);
	check(rename("new", "token") == 0);
	inv_secret_look(s, false); /* too early */
	check_str(inv_secret_word(s), "12345678");
	inv_secret_look(s, true);
	check_str(inv_secret_word(s), "abcdefgh");
	check(inv_secret_turn(s) == 2);

	/* The same word in another file is not another word. */
	put("abcdefgh\n");
	inv_secret_look(s, true);
	check(inv_secret_turn(s) == 2);
	inv_secret_close(s);
}

static void
keeps_the_last_word_where_there_is_no_good_one(void)
{
	struct inv_err err;

	put("12345678");
	struct inv_secret *s = open_file("token", &err);

	check(s != NULL);
	put_mode("token", "abcdefgh", 0644);
	inv_secret_look(s, true);
	check(unlink("token") == 0);
	inv_secret_look(s, true);
	put("");
	inv_secret_look(s, true);
	check_str(inv_secret_word(s), "12345678");
	check(inv_secret_turn(s) == 1);
	put("abcdefgh");
	inv_secret_look(s, true);
	check_str(inv_secret_word(s), "abcdefgh");
	inv_secret_close(s);
}

/* The mapping of p as /proc/self/smaps tells it: its line of flags. */
static bool
has_flag(const void *p, const char *flag)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	unsigned long at = (unsigned long)p;
	unsigned long from, to;
	char line[512];
	bool here = false;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			here = from <= at && at < to;
		else if (here && strncmp(line, "VmFlags:", 8) == 0)
			break;
	}
	if (f != NULL)
		fclose(f);
	return here && strstr(line, flag) != NULL;
}

static void
keeps_it_in_pages_that_no_core_has(void)
{
	struct inv_err err;

	put("12345678");
	struct inv_secret *s = open_file("token", &err);

	check(s != NULL && has_flag(inv_secret_word(s).p, " dd"));
	inv_secret_close(s);
}

static void
leaves_no_core_and_lets_no_debugger_in(void)
{
	struct rlimit core;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		inv_secret_guard();
		if (prctl(PR_GET_DUMPABLE) != 0 ||
		    getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 ||
		    core.rlim_max != 0)
			_exit(1);
		_exit(0);
	}
	check(waitpid(pid, &status, 0) == pid && status == 0);
}

static const struct test tests[] = {
	TEST(reads_a_word_without_what_is_behind_it),
	TEST(refuses_what_is_no_word),
	TEST(refuses_a_file_that_others_can_open),
	TEST(refuses_what_is_not_a_file_of_ours),
	TEST(takes_what_the_service_manager_lends),
	TEST(reads_a_descriptor_to_its_end_and_closes_it),
	TEST(reads_a_file_that_has_changed_again),
	TEST(keeps_the_last_word_where_there_is_no_good_one),
	TEST(keeps_it_in_pages_that_no_core_has),
	TEST(leaves_no_core_and_lets_no_debugger_in),
};

int
main(void)
{
	char path[] = "/tmp/test_secret.XXXXXX";

	inv_prog.level = INV_LOG_QUIET;
	if (mkdtemp(path) == NULL || chdir(path) < 0)
		return 1;
	int rc = RUN(tests);

	unlink("token");
	unlink("fifo");
	rmdir("dir");
	if (chdir("/") < 0 || rmdir(path) < 0)
		rc = 1;
	return rc;
}
