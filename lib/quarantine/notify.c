/* notify.c - tell a command of items, one at a time, on its standard input */

#include "quarantine/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

enum {
	LOOK_NS = 5 * 1000 * 1000, /* between two looks at the children */
	FD_MIN = 3,                /* what is behind the standard ones */
};

bool
inv_notify_init(struct inv_notify *n, const char *command)
{
	char *rest;
	size_t words = 0;

	*n = (struct inv_notify){
		.text = inv_mem_new(strlen(command) + 1),
		.each_ms = INV_NOTIFY_MS,
		.all_ms = INV_NOTIFY_ALL_MS,
	};
	memcpy(n->text, command, strlen(command) + 1);
	rest = n->text;
	for (char *w; (w = strsep(&rest, " \t")) != NULL;) {
		if (*w == '\0')
			continue;
		if (words == INV_NOTIFY_WORDS)
			return false;
		n->word[words++] = w;
	}
	return words > 0;
}

void
inv_notify_free(struct inv_notify *n)
{
	free(n->text);
}

/* ---- those that run ---- */

static void
judge(struct inv_notify *n, struct inv_notify_child *c, int status)
{
	c->pid = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	n->failed++;
	if (WIFEXITED(status))
		inv_warn("%s: %s: ended with %d", c->what, n->word[0],
		    WEXITSTATUS(status));
	else if (c->until == 0)
		inv_warn("%s: %s: killed after %ju ms", c->what, n->word[0],
		    (uintmax_t)n->each_ms);
	else
		inv_warn("%s: %s: ended by signal %d", c->what, n->word[0],
		    WTERMSIG(status));
}

/* One that has had its time is killed with all that it has begun. */
static void
look_at(struct inv_notify *n, struct inv_notify_child *c)
{
	int status;

	if (c->pid == 0)
		return;
	if (c->until != 0 && inv_clock_ms() >= c->until) {
		c->until = 0;
		kill(-c->pid, SIGKILL);
	}
	if (waitpid(c->pid, &status, WNOHANG) == c->pid)
		judge(n, c, status);
}

/* The number that run, after a look at each. */
static size_t
running(struct inv_notify *n, struct inv_notify_child **place)
{
	size_t count = 0;

	*place = NULL;
	for (size_t i = 0; i < INV_NOTIFY_AT_ONCE; i++) {
		look_at(n, &n->child[i]);
		if (n->child[i].pid != 0)
			count++;
		else
			*place = &n->child[i];
	}
	return count;
}

static void
pause_a_little(void)
{
	const struct timespec t = { .tv_nsec = LOOK_NS };

	(void)nanosleep(&t, NULL);
}

void
inv_notify_wait(struct inv_notify *n)
{
	struct inv_notify_child *ignored;

	while (running(n, &ignored) > 0)
		pause_a_little();
}

/* ---- the next ---- */

/* A file with these bytes that nobody else sees, at its begin; or -1. */
static int
file_of(struct inv_str json)
{
	int low = memfd_create("item", MFD_CLOEXEC);
	int fd = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, FD_MIN);
	ssize_t put = 0;

	if (low >= 0)
		close(low);
	for (; fd >= 0 && json.n > 0; json.p += put, json.n -= (size_t)put) {
		put = write(fd, json.p, json.n);
		if (put < 0 && errno == EINTR)
			put = 0;
		if (put >= 0)
			continue;
		int why = errno;

		close(fd);
		errno = why;
		return -1;
	}
	if (fd >= 0)
		(void)lseek(fd, 0, SEEK_SET);
	return fd;
}

/* As a group of its own, so that it can be killed with what it begins. */
static int
spawn(struct inv_notify *n, int fd, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t usual;
	int why;

	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, fd, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
	posix_spawnattr_init(&how);
	posix_spawnattr_setflags(&how,
	    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigdefault(&how, &usual);
	why = posix_spawnp(pid, n->word[0], &files, &how, n->word, environ);
	posix_spawnattr_destroy(&how);
	posix_spawn_file_actions_destroy(&files);
	return why;
}

static bool
begin(struct inv_notify *n, struct inv_notify_child *c, struct inv_str json)
{
	int fd = file_of(json);
	int why = fd < 0 ? errno : spawn(n, fd, &c->pid);

	if (fd >= 0)
		close(fd);
	if (why == 0)
		return true;
	c->pid = 0;
	inv_warn("%s: %s", n->word[0], strerror(why));
	return false;
}

bool
inv_notify_run(struct inv_notify *n, const char *what, struct inv_str json)
{
	struct inv_notify_child *c;

	while (running(n, &c) == INV_NOTIFY_AT_ONCE)
		pause_a_little();
	if (n->until == 0)
		n->until = inv_clock_ms() + n->all_ms;
	if (inv_clock_ms() >= n->until || !begin(n, c, json))
		return false;
	c->until = inv_clock_ms() + n->each_ms;
	snprintf(c->what, sizeof(c->what), "%s", what);
	n->begun++;
	return true;
}
