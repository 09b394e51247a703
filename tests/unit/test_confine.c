/* test_confine - work that goes wrong in a process of its own */

#include "io/confine.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "check.h"
#include "io/file.h"

static const struct inv_confine limits = {
	.memory = 256 << 20,
	.seconds = 1,
	.ms = 30 * 1000,
	.answer = 1 << 20,
};

/* Have it done with /dev/null as the file; what it was is in *err. */
static enum inv_confined
done(int (*work)(void *arg, int in, int out), struct inv_buf *answer,
    struct inv_err *err)
{
	int in = open("/dev/null", O_RDONLY), file;
	enum inv_confined what =
	    inv_confine_run(&limits, in, work, NULL, &file, err);

	close(in);
	check((file >= 0) == (what == INV_CONFINED_DONE));
	if (file >= 0) {
		check(inv_file_read_fd(file, "answer", answer, err));
		close(file);
	}
	return what;
}

static void
ends_so(int (*work)(void *arg, int in, int out), enum inv_confined want,
    const char *msg)
{
	struct inv_buf answer = INV_BUF(1 << 20);
	struct inv_err err = { 0 };

	check(done(work, &answer, &err) == want);
	check_str(inv_str_of(err.msg), msg);
	check(answer.n == 0);
	inv_buf_free(&answer);
}

/* ---- what it has ---- */

static int
look_around(void *arg, int in, int out)
{
	struct stat nothing, st;
	int ok = fstat(in, &nothing) == 0;

	(void)arg;
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		ok = ok && fstat(fd, &st) == 0 && st.st_rdev == nothing.st_rdev;
	for (int fd = out + 1; fd < 256; fd++)
		ok = ok && fcntl(fd, F_GETFD) < 0;
	raise(SIGTERM);
	raise(SIGINT);
	return write(out, ok ? "yes" : "no", ok ? 3 : 2) < 0;
}

static void
has_its_file_and_a_pipe_and_is_ended_by_nobody_else(void)
{
	struct inv_buf answer = INV_BUF(1 << 20);
	struct inv_err err;
	int more = open("/dev/zero", O_RDONLY);

	check(done(look_around, &answer, &err) == INV_CONFINED_DONE);
	check_str(inv_buf_str(&answer), "yes");
	close(more);
	inv_buf_free(&answer);
}

/* ---- how it ends otherwise ---- */

static int
crash(void *arg, int in, int out)
{
	(void)arg;
	(void)in;
	(void)out;
	raise(SIGKILL);
	return 0;
}

static int
give_up(void *arg, int in, int out)
{
	(void)arg;
	(void)in;
	return write(out, "half", 4) == 4 ? 3 : 4;
}

static void
dies_alone(void)
{
	ends_so(crash, INV_CONFINED_DIED, "its reader died (signal 9)");
	ends_so(give_up, INV_CONFINED_DIED, "its reader died (status 3)");
}

static int
spin(void *arg, int in, int out)
{
	(void)arg;
	(void)in;
	(void)out;
	for (volatile bool on = true; on;)
		continue;
	return 0;
}

static int
talk(void *arg, int in, int out)
{
	char bytes[4096] = { 0 };

	(void)arg;
	(void)in;
	while (write(out, bytes, sizeof(bytes)) > 0)
		continue;
	return 0;
}

static int
take_memory(void *arg, int in, int out)
{
	(void)arg;
	(void)in;
	for (;;) {
		char *p = inv_mem_new(1 << 20);

		if (write(out, p, 0) < 0)
			free(p);
	}
	return 0;
}

static void
has_so_much_time_and_memory_and_so_much_to_say(void)
{
	ends_so(spin, INV_CONFINED_EXCEEDED,
	    "it took more than 1 s of the processor");
	ends_so(talk, INV_CONFINED_EXCEEDED, "it holds more than 1 MiB");
#ifndef __SANITIZE_ADDRESS__
	ends_so(take_memory, INV_CONFINED_EXCEEDED,
	    "it needs more than 256 MiB of memory");
#else
	(void)take_memory;
#endif
}

static int
sleep_on(void *arg, int in, int out)
{
	(void)arg;
	(void)in;
	close(out);
	for (;;)
		pause();
	return 0;
}

static void
is_ended_when_its_time_is_up_even_if_it_has_said_all(void)
{
	struct inv_confine soon = limits;
	struct inv_err err;
	uint64_t begin = inv_clock_ms();
	int file;

	soon.ms = 200;
	check(inv_confine_run(&soon, STDIN_FILENO, sleep_on, NULL, &file,
		  &err) == INV_CONFINED_EXCEEDED);
	check(file == -1 && err.fault == INV_BAD);
	check(inv_clock_ms() - begin < 20 * 1000);
}

static int
write_file(void *arg, int in, int out)
{
	const char *path = arg;
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	(void)in;
	(void)out;
	return write(fd, "x", 1) == 1 ? 0 : 1;
}

static void
writes_to_no_file(void)
{
	char path[] = "/tmp/test_confine.XXXXXX";
	struct inv_err err;
	struct stat st;
	int file, own = mkstemp(path);

	check(inv_confine_run(&limits, own, write_file, path, &file, &err) ==
	    INV_CONFINED_DIED);
	check(fstat(own, &st) == 0 && st.st_size == 0);
	close(own);
	unlink(path);
}

static int
touch_files(void *arg, int in, int out)
{
	const char *path = arg;
	bool kept = unlink(path) != 0 && truncate(path, 0) != 0 &&
	    open(path, O_WRONLY) < 0 && mkdir("/tmp/test_confine", 0700) != 0;

	(void)in;
	(void)out;
	if (kept)
		execl("/bin/true", "true", (char *)NULL);
	return kept ? 0 : 1;
}

static void
makes_removes_and_runs_none_where_the_kernel_sees_to_it(void)
{
	char path[] = "/tmp/test_confine.XXXXXX";
	struct inv_err err;
	int file, own = mkstemp(path);

	if (syscall(SYS_landlock_create_ruleset, NULL, 0,
		LANDLOCK_CREATE_RULESET_VERSION) < 3) {
		skip("no Landlock here");
	} else {
		check(write(own, "kept", 4) == 4);
		check(inv_confine_run(&limits, own, touch_files, path, &file,
			  &err) == INV_CONFINED_DONE);
		close(file);
		check(access(path, F_OK) == 0);
	}
	close(own);
	unlink(path);
}

static void
needs_a_place_for_the_answer(void)
{
	struct inv_err err;
	int file;

	setenv("TMPDIR", "/nowhere", 1);
	check(inv_confine_run(&limits, STDIN_FILENO, give_up, NULL, &file,
		  &err) == INV_CONFINED_FAILED);
	check(file == -1 && err.fault != INV_BAD);
	unsetenv("TMPDIR");
}

static const struct test tests[] = {
	TEST(has_its_file_and_a_pipe_and_is_ended_by_nobody_else),
	TEST(dies_alone),
	TEST(has_so_much_time_and_memory_and_so_much_to_say),
	TEST(is_ended_when_its_time_is_up_even_if_it_has_said_all),
	TEST(writes_to_no_file),
	TEST(makes_removes_and_runs_none_where_the_kernel_sees_to_it),
	TEST(needs_a_place_for_the_answer),
};

int
main(void)
{
	return RUN(tests);
}
