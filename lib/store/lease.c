/* lease.c - who may write the journal, and for which ledger */

#include "store/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "io/file.h"

enum {
	PID_TEXT = 24, /* bytes of a process id in decimal, and a newline */
	LOCKS_MAX = 16 << 20, /* bytes of /proc/locks */
};

static const char lock_name[] = "lock";
static const char ledger_name[] = "ledger";

/* The holder's id, for messages; 0 where it is not there yet. */
static uint64_t
pid_in(int fd)
{
	char text[PID_TEXT];
	ssize_t n = pread(fd, text, sizeof(text), 0);
	uint64_t pid;

	return n > 0 && text[n - 1] == '\n' &&
		inv_str_u64((struct inv_str){ text, (size_t)n - 1 }, 1,
		    INT32_MAX, &pid)
	    ? pid
	    : 0;
}

static bool
held(int fd, const struct inv_state *state, struct inv_err *err)
{
	uint64_t pid = pid_in(fd);

	if (pid != 0)
		return inv_fail(err, INV_AGAIN,
		    "%s: process %d is committing here", state->path, (int)pid);
	return inv_fail(err, INV_AGAIN,
	    "%s: another process is committing here", state->path);
}

static bool
lock(int fd, const struct inv_state *state, struct inv_err *err)
{
	char text[PID_TEXT];

	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno == EWOULDBLOCK)
			return held(fd, state, err);
		if (errno != EINTR)
			return inv_fail_sys(err, INV_IO, "%s/journal/lock",
			    state->path);
	}
	int n = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	if (ftruncate(fd, 0) == -1)
		return inv_fail_sys(err, INV_IO, "%s/journal/lock",
		    state->path);
	return inv_file_write(fd, (struct inv_str){ text, (size_t)n },
	    "journal/lock", err);
}

bool
inv_lease_take(struct inv_lease *l, const struct inv_state *state,
    struct inv_err *err)
{
	if (l->fd != -1)
		return true;
	int dir = inv_file_state_dir(state->fd, "journal", err);

	if (dir == -1)
		return false;
	int fd = inv_file_open(dir, lock_name, O_RDWR, err);

	if (fd == -1 && errno == ENOENT)
		fd = inv_file_open(dir, lock_name, O_RDWR | O_CREAT, err);
	/* What the one before has named, and was killed before it was synced. */
	if (fd != -1 && lock(fd, state, err) &&
	    inv_file_sync(dir, "journal", err)) {
		l->fd = fd;
		fd = -1;
	}
	close(dir);
	if (fd != -1)
		close(fd);
	return l->fd != -1;
}

void
inv_lease_close(struct inv_lease *l)
{
	if (l->fd != -1)
		close(l->fd);
	l->fd = -1;
}

/*
 * A line of /proc/locks: `1: FLOCK  ADVISORY  WRITE 1234 fe:01:5678 0 EOF`.
 * Some file systems have another device there than stat(2) tells.
 */
static bool
is_lock_on(const char *line, const struct stat *st, uint64_t pid,
    uint64_t *holder)
{
	unsigned major_;
	unsigned minor_;
	uintmax_t inode;
	uintmax_t by;

	if (sscanf(line, "%*u: FLOCK %*s WRITE %ju %x:%x:%ju", &by, &major_,
		&minor_, &inode) != 4 ||
	    inode != st->st_ino)
		return false;
	*holder = by;
	return by == pid ||
	    (major_ == major(st->st_dev) && minor_ == minor(st->st_dev));
}

static bool
look_at(int fd, struct inv_lease_holder *h, struct inv_err *err)
{
	struct inv_buf locks = INV_BUF(LOCKS_MAX);
	uint64_t pid = pid_in(fd);
	struct stat st;
	bool ok = fstat(fd, &st) == 0
	    ? inv_file_read(AT_FDCWD, "/proc/locks", &locks, err)
	    : inv_fail_sys(err, INV_IO, "journal/lock");

	inv_buf_byte(&locks, '\0');
	for (const char *at = locks.p; ok && at != NULL && !h->held;) {
		h->held = is_lock_on(at, &st, pid, &h->pid);
		at = strchr(at, '\n');
		at = at != NULL && at[1] != '\0' ? at + 1 : NULL;
	}
	if (h->held)
		h->since = st.st_mtim.tv_sec;
	inv_buf_free(&locks);
	return ok;
}

bool
inv_lease_look(const struct inv_state *state, struct inv_lease_holder *holder,
    struct inv_err *err)
{
	int dir = openat(state->fd, "journal",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int fd = -1;

	*holder = (struct inv_lease_holder){ 0 };
	if (dir != -1) {
		fd = inv_file_open(dir, lock_name, O_RDONLY, err);
		close(dir);
	}
	if (fd == -1)
		return errno == ENOENT ||
		    (dir == -1 ? inv_fail_sys(err, INV_IO, "journal") : false);
	bool ok = look_at(fd, holder, err);

	close(fd);
	return ok;
}

static bool
is_name(struct inv_str s)
{
	if (s.n == 0 || s.n > INV_NAMESPACE_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return true;
}

static bool
compare(const struct inv_state *state, struct inv_str has, struct inv_str want,
    struct inv_err *err)
{
	if (has.n == 0 || has.p[has.n - 1] != '\n')
		return inv_fail(err, INV_CONFIG,
		    "%s/ledger: not one whole line", state->path);
	has.n--;
	if (inv_str_eq(has, want))
		return true;
	return inv_fail(err, INV_CONFIG,
	    "%s: this state belongs to the ledger %.*s, not to %.*s: "
	    "name another with INV_STATE",
	    state->path, INV_ARG(has), INV_ARG(want));
}

/* The file's content; *there tells whether there is one. */
static bool
read_name(const struct inv_state *state, struct inv_buf *has, bool *there,
    struct inv_err *err)
{
	struct inv_err why;
	int fd = inv_file_open(state->fd, ledger_name, O_RDONLY, &why);

	*there = fd != -1;
	if (fd == -1 && errno == ENOENT)
		return true;
	if (fd == -1) {
		*err = why;
		return false;
	}
	if (!inv_buf_grow(has, has->max))
		abort();
	ssize_t n = inv_file_peek(fd, has->p, has->max);

	close(fd);
	if (n == -1)
		return inv_fail_sys(err, INV_IO, "%s/ledger", state->path);
	has->n = (size_t)n;
	return true;
}

bool
inv_lease_claim(const struct inv_state *state, struct inv_str namespace,
    enum inv_claim claim, struct inv_err *err)
{
	struct inv_buf text = INV_BUF(INV_NAMESPACE_MAX + 1);
	bool there;

	if (!is_name(namespace))
		return inv_fail(err, INV_CONFIG,
		    "the ledger's name is empty, too long or not plain text");
	bool ok = read_name(state, &text, &there, err);

	if (ok && there) {
		ok = compare(state, inv_buf_str(&text), namespace, err) &&
		    inv_file_sync(state->fd, state->path, err);
	} else if (ok && claim == INV_CLAIM_KEEP) {
		inv_buf_add(&text, namespace);
		inv_buf_byte(&text, '\n');
		ok = inv_file_replace(state->fd, ledger_name,
		    inv_buf_str(&text), err);
	}
	inv_buf_free(&text);
	return ok;
}
