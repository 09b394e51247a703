/*
 * confine.c - work that may go wrong in any way, in a process of its own
 *
 * Nothing here runs with threads beside it: what a fork leaves of them would
 * not be sound.
 */

#include "io/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "io/file.h"
#include "io/stream.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

enum {
	IN = 3, /* descriptors of the child */
	OUT,
	FILES = 16,      /* that it can have open: iconv(3) needs some */
	UNCONFINED = 64, /* it could not be confined: its status then */
	NO_MEMORY = 70,  /* what mem.h ends with */
	STEP = 2,        /* ms between two looks at one that has said all */
};

/* ---- the child ---- */

/* No more than that, and no more than we may have ourselves. */
static bool
limit(int what, rlim_t most)
{
	struct rlimit now;

	if (getrlimit((__rlimit_resource_t)what, &now) != 0)
		return false;
	if (now.rlim_cur < most)
		most = now.rlim_cur;
	now.rlim_cur = most;
	/* At the second one it is killed, and does not say of what. */
	if (what == RLIMIT_CPU && most < now.rlim_max)
		most++;
	now.rlim_max = most;
	return setrlimit((__rlimit_resource_t)what, &now) == 0;
}

static bool
set_limits(const struct inv_confine *limits)
{
	return limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) &&
	    limit(RLIMIT_NPROC, 0) && limit(RLIMIT_NOFILE, FILES) &&
	    limit(RLIMIT_CPU, limits->seconds) &&
	    (SANITIZED || limit(RLIMIT_AS, limits->memory)) &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/*
 * Where the kernel can (Landlock): no file is opened to write to it, cut, run,
 * made or removed, whoever owns it.  Else there are the limits.
 */
static void
deny_files(void)
{
	enum {
		CUTS = 3
	}; /* the version that knows of them, younger than
			      some headers */
	struct landlock_ruleset_attr all = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE |
		    LANDLOCK_ACCESS_FS_WRITE_FILE |
		    LANDLOCK_ACCESS_FS_REMOVE_DIR |
		    LANDLOCK_ACCESS_FS_REMOVE_FILE |
		    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
		    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
		    LANDLOCK_ACCESS_FS_MAKE_FIFO |
		    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM,
	};

	if (syscall(SYS_landlock_create_ruleset, NULL, 0,
		LANDLOCK_CREATE_RULESET_VERSION) >= CUTS)
		all.handled_access_fs |= UINT64_C(1) << 14;
	long fd = syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);

	if (fd < 0)
		return;
	syscall(SYS_landlock_restrict_self, fd, 0);
	close((int)fd);
}

/* IN, OUT, nothing behind 0 to 2, and no others. */
static bool
keep_two(int in, int out)
{
	int low = OUT + 1;
	int a = fcntl(in, F_DUPFD, low), b = fcntl(out, F_DUPFD, low);
	int nothing = open("/dev/null", O_RDWR);

	if (a < 0 || b < 0 || nothing < 0)
		return false;
	for (int fd = 0; fd < IN; fd++)
		if (dup2(nothing, fd) < 0)
			return false;
	return dup2(a, IN) == IN && dup2(b, OUT) == OUT &&
	    close_range((unsigned)low, ~0u, 0) == 0;
}

/*
 * Whether it is to end is for its parent to say, who may want to come to an end
 * with this file first.
 */
static void
leave_signals(void)
{
	static const int ours[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t none;

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		signal(ours[i], SIG_IGN);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn static void
be_child(const struct inv_confine *limits, pid_t parent, int in, int out,
    int (*work)(void *arg, int in, int out), void *arg)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(UNCONFINED);
	leave_signals();
	if (!keep_two(in, out) || !set_limits(limits))
		_exit(UNCONFINED);
	deny_files();
	_exit(work(arg, IN, OUT));
}

/* ---- its parent ---- */

struct watch {
	const struct inv_confine *limits;
	uint64_t until; /* ms of the clock */
	pid_t child;
	int pipe;
	int file;
	struct inv_err *err;
};

static enum inv_confined
late(struct watch *w)
{
	inv_fail(w->err, INV_BAD, "it took more than %u s",
	    (unsigned)(w->limits->ms / 1000));
	return INV_CONFINED_EXCEEDED;
}

/* Something can be read, or nothing ever more; false when time is up. */
static bool
wait_for_bytes(const struct watch *w)
{
	struct pollfd p = { .fd = w->pipe, .events = POLLIN };

	for (;;) {
		uint64_t now = inv_clock_ms();

		if (now >= w->until)
			return false;
		int n = poll(&p, 1, (int)(w->until - now));

		if (n > 0 || (n < 0 && errno != EINTR))
			return true;
	}
}

static enum inv_confined
keep_answer(struct watch *w, char *piece)
{
	uint64_t size = 0;

	for (;;) {
		if (!wait_for_bytes(w))
			return late(w);
		ssize_t n = read(w->pipe, piece, INV_STREAM_PIECE);

		if (n == 0)
			return INV_CONFINED_DONE;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			inv_fail_sys(w->err, INV_IO, "pipe");
			return INV_CONFINED_FAILED;
		}
		size += (uint64_t)n;
		if (size > w->limits->answer) {
			inv_fail(w->err, INV_BAD, "it holds more than %u MiB",
			    (unsigned)(w->limits->answer >> 20));
			return INV_CONFINED_EXCEEDED;
		}
		if (!inv_file_write(w->file,
			(struct inv_str){ piece, (size_t)n },
			"the temporary file", w->err))
			return INV_CONFINED_FAILED;
	}
}

static enum inv_confined
judge(const struct watch *w, int status)
{
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;

	if (signal == 0 && code == 0)
		return INV_CONFINED_DONE;
	if (code == UNCONFINED) {
		inv_fail(w->err, INV_IO,
		    "its reader could not be confined (setrlimit, prctl)");
		return INV_CONFINED_FAILED;
	}
	if (signal == SIGXCPU) {
		inv_fail(w->err, INV_BAD,
		    "it took more than %u s of the processor",
		    w->limits->seconds);
		return INV_CONFINED_EXCEEDED;
	}
	if (code == NO_MEMORY) {
		inv_fail(w->err, INV_BAD, "it needs more than %u MiB of memory",
		    (unsigned)(w->limits->memory >> 20));
		return INV_CONFINED_EXCEEDED;
	}
	inv_fail(w->err, INV_BAD, "its reader died (%s %d)",
	    signal != 0 ? "signal" : "status", signal != 0 ? signal : code);
	return INV_CONFINED_DIED;
}

/* It has said all that it will; now it ends, or is ended. */
static enum inv_confined
reap(struct watch *w)
{
	for (;;) {
		int status = 0;
		pid_t pid = waitpid(w->child, &status, WNOHANG);

		/* Who has SIGCHLD ignored does not learn how it ended. */
		if (pid == w->child || (pid < 0 && errno == ECHILD)) {
			w->child = 0;
			return judge(w, status);
		}
		if (inv_clock_ms() >= w->until)
			return late(w);
		poll(NULL, 0, STEP);
	}
}

static void
end_child(struct watch *w)
{
	if (w->child == 0)
		return;
	kill(w->child, SIGKILL);
	while (waitpid(w->child, NULL, 0) < 0 && errno == EINTR)
		continue;
}

static enum inv_confined
watch_child(struct watch *w)
{
	char *piece = inv_mem_new(INV_STREAM_PIECE);
	enum inv_confined what = keep_answer(w, piece);

	free(piece);
	if (what == INV_CONFINED_DONE)
		what = reap(w);
	end_child(w);
	if (what == INV_CONFINED_DONE && lseek(w->file, 0, SEEK_SET) != 0) {
		inv_fail_sys(w->err, INV_IO, "the temporary file");
		what = INV_CONFINED_FAILED;
	}
	return what;
}

enum inv_confined
inv_confine_run(const struct inv_confine *limits, int in,
    int (*work)(void *arg, int in, int out), void *arg, int *answer,
    struct inv_err *err)
{
	struct watch w = { .limits = limits, .err = err };
	pid_t us = getpid();
	int ends[2];

	*answer = -1;
	w.file = inv_file_temporary(err);
	if (w.file < 0)
		return INV_CONFINED_FAILED;
	if (pipe2(ends, O_CLOEXEC) != 0) {
		inv_fail_sys(err, INV_IO, "pipe");
		close(w.file);
		return INV_CONFINED_FAILED;
	}
	inv_pipe_enlarge(ends[0]);
	w.pipe = ends[0];
	w.until = inv_clock_ms() + limits->ms;
	w.child = fork();
	if (w.child == 0)
		be_child(limits, us, in, ends[1], work, arg);
	close(ends[1]);
	enum inv_confined what = INV_CONFINED_FAILED;

	if (w.child > 0)
		what = watch_child(&w);
	else
		inv_fail_sys(err, INV_IO, "fork");
	close(ends[0]);
	if (what == INV_CONFINED_DONE)
		*answer = w.file;
	else
		close(w.file);
	return what;
}
