/* inbox.c - a drop folder: its complete files, one after the other */

#include "io/inbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

enum {
	EVENTS_MAX = 64 << 10, /* bytes of events read at a time */
	QUEUE_MAX = 1 << 16,   /* names; with more the folder is listed again */
	LOOK_MS = 500, /* until a file that may be written is looked at */
	TRIES = 100,   /* at a name that others take before us */
	PATH_TEXT = 4096,
};

static const uint32_t CHANGES = IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF |
    IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;
static const uint32_t GONE =
    IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED;

struct name {
	char *text;
	struct timespec changed; /* of one that was listed */
	bool listed;
};

struct inv_inbox {
	const char *path;
	int dir;
	int changes; /* inotify */
	int stop;
	struct name *queue;
	size_t n;
	size_t at; /* the first that has not been given out */
	size_t cap;
	bool list;  /* the folder has to be listed */
	bool young; /* a file that was listed may still be written */
	bool told;  /* what is no regular file, once */
	char full[PATH_TEXT];
	struct stat was; /* of the file that was given out */
	char *name;      /* its own */
};

struct inv_inbox *
inv_inbox_open(const char *path, int stop, struct inv_err *err)
{
	struct inv_inbox *b = inv_mem_new(sizeof(*b));

	/* Sent to who has a lease on what is opened to write: lease_of. */
	(void)signal(SIGIO, SIG_IGN);
	*b = (struct inv_inbox){
		.path = path,
		.stop = stop,
		.list = true,
		.changes = inotify_init1(IN_NONBLOCK | IN_CLOEXEC),
		.dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	};
	/* Watched before it is listed: nothing is missed. */
	if (b->dir != -1 && b->changes != -1 &&
	    inotify_add_watch(b->changes, path, CHANGES) != -1)
		return b;
	inv_fail_sys(err, INV_NOINPUT, "%s", path);
	inv_inbox_close(b);
	return NULL;
}

static void
forget(struct inv_inbox *b)
{
	for (; b->at < b->n; b->at++)
		free(b->queue[b->at].text);
	b->at = b->n = 0;
}

void
inv_inbox_close(struct inv_inbox *b)
{
	if (b == NULL)
		return;
	forget(b);
	free(b->queue);
	free(b->name);
	if (b->dir != -1)
		close(b->dir);
	if (b->changes != -1)
		close(b->changes);
	free(b);
}

/* ---- names ---- */

static bool
ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), e = strlen(end);

	return n >= e && strcmp(name + n - e, end) == 0;
}

static bool
is_let_be(const char *name)
{
	return *name == '.' || ends_in(name, "~") || ends_in(name, ".part") ||
	    ends_in(name, ".tmp");
}

static bool
add(struct inv_inbox *b, const char *name, const struct timespec *changed)
{
	if (b->at == b->n)
		b->at = b->n = 0;
	if (b->n - b->at >= QUEUE_MAX) {
		b->list = true;
		return false;
	}
	if (b->n == b->cap) {
		if (b->at > 0)
			memmove(b->queue, b->queue + b->at,
			    (b->n - b->at) * sizeof(*b->queue));
		b->n -= b->at;
		b->at = 0;
		if (2 * b->n >= b->cap) {
			b->cap = b->cap == 0 ? 64 : 2 * b->cap;
			b->queue =
			    inv_mem_resize(b->queue, b->cap, sizeof(*b->queue));
		}
	}
	b->queue[b->n++] = (struct name){
		.text = inv_mem_strdup(name),
		.changed = changed == NULL ? (struct timespec){ 0 } : *changed,
		.listed = changed != NULL,
	};
	return true;
}

/* ---- what is there ---- */

static int
by_change(const void *left, const void *right)
{
	const struct name *a = left, *b = right;

	if (a->changed.tv_sec != b->changed.tv_sec)
		return a->changed.tv_sec < b->changed.tv_sec ? -1 : 1;
	if (a->changed.tv_nsec != b->changed.tv_nsec)
		return a->changed.tv_nsec < b->changed.tv_nsec ? -1 : 1;
	return strcmp(a->text, b->text);
}

static bool
is_fresh(const struct timespec *changed)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (now.tv_sec - changed->tv_sec) * 1000 +
	    (now.tv_nsec - changed->tv_nsec) / 1000000 <
	    INV_INBOX_REST_MS;
}

/* The kernel grants a lease on what nobody has open to write. */
enum lease {
	LEASE_FREE,
	LEASE_HELD,
	LEASE_UNKNOWN, /* another user's file, or a file system without */
};

static enum lease
lease_of(int fd)
{
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
		(void)fcntl(fd, F_SETLEASE, F_UNLCK);
		return LEASE_FREE;
	}
	return errno == EAGAIN ? LEASE_HELD : LEASE_UNKNOWN;
}

static void
list_entry(struct inv_inbox *b, const char *name)
{
	struct stat st;

	if (is_let_be(name) ||
	    fstatat(b->dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    S_ISDIR(st.st_mode))
		return;
	if (S_ISREG(st.st_mode)) {
		(void)add(b, name, &st.st_mtim);
		return;
	}
	if (!b->told)
		inv_warn("%s: has what is no regular file, and is let be",
		    b->path);
	b->told = true;
}

static bool
list(struct inv_inbox *b, struct inv_err *err)
{
	int again = openat(b->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = again == -1 ? NULL : fdopendir(again);

	if (d == NULL) {
		inv_fail_sys(err, INV_IO, "%s", b->path);
		if (again != -1)
			close(again);
		return false;
	}
	forget(b);
	b->list = b->young = false;
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		list_entry(b, e->d_name);
	closedir(d);
	qsort(b->queue, b->n, sizeof(*b->queue), by_change);
	return true;
}

/* ---- what changes ---- */

static bool
take_event(struct inv_inbox *b, const struct inotify_event *e,
    struct inv_err *err)
{
	if ((e->mask & GONE) != 0)
		return inv_fail(err, INV_IO, "%s: the folder is gone", b->path);
	if ((e->mask & IN_Q_OVERFLOW) != 0)
		b->list = true;
	if (e->len > 0 && (e->mask & IN_ISDIR) == 0 && !is_let_be(e->name))
		(void)add(b, e->name, NULL);
	return true;
}

static bool
take_events(struct inv_inbox *b, struct inv_err *err)
{
	_Alignas(struct inotify_event) char events[EVENTS_MAX];
	ssize_t n = read(b->changes, events, sizeof(events));

	if (n == -1 && errno != EAGAIN && errno != EINTR)
		return inv_fail_sys(err, INV_IO, "%s", b->path);
	for (ssize_t i = 0; i < n;) {
		const struct inotify_event *e =
		    (const struct inotify_event *)(events + i);

		if (!take_event(b, e, err))
			return false;
		i += (ssize_t)(sizeof(*e) + e->len);
	}
	return true;
}

/* Until there may be a file; *stopped where there is to be none. */
static bool
wait_for_file(struct inv_inbox *b, struct inv_out *out, bool *stopped,
    struct inv_err *err)
{
	struct pollfd p[3] = {
		{ .fd = b->stop, .events = POLLIN },
		{ .fd = b->changes, .events = POLLIN },
		{ .fd = out->fd },
	};
	bool full = b->at < b->n || b->list;

	if (!full && !inv_out_flush(out, err))
		return false;
	int ready = poll(p, 3, full ? 0 : b->young ? LOOK_MS : -1);

	if (ready == -1 && errno != EINTR)
		return inv_fail_sys(err, INV_INTERNAL, "poll");
	if (ready == 0 && b->young && !full)
		b->list = true;
	*stopped = ready > 0 && p[0].revents != 0;
	if (ready > 0 && (p[2].revents & (POLLERR | POLLHUP)) != 0) {
		errno = EPIPE;
		return inv_fail_sys(err, INV_IO, "%s", out->name);
	}
	return ready <= 0 || p[1].revents == 0 || take_events(b, err);
}

/* ---- files ---- */

/* It is there, and complete: given out, even where it can not be opened. */
static bool
open_file(struct inv_inbox *b, const struct name *name,
    struct inv_inbox_file *file)
{
	if (fstatat(b->dir, name->text, &b->was, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(b->was.st_mode))
		return false;
	snprintf(b->full, sizeof(b->full), "%s/%s", b->path, name->text);
	file->path = b->full;
	file->fd = openat(b->dir, name->text,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (file->fd == -1) {
		inv_fail_sys(&file->why, INV_NOINPUT, "%s", b->full);
		return errno != ENOENT;
	}
	enum lease lease = lease_of(file->fd);

	if (fstat(file->fd, &b->was) == 0 && S_ISREG(b->was.st_mode) &&
	    (lease == LEASE_FREE ||
		(lease == LEASE_UNKNOWN &&
		    (!name->listed || !is_fresh(&b->was.st_mtim)))))
		return true;
	/* The event of a close comes before the lease can be had. */
	b->young = true;
	close(file->fd);
	return false;
}

static bool
take_next(struct inv_inbox *b, struct inv_inbox_file *file)
{
	while (b->at < b->n) {
		struct name name = b->queue[b->at++];

		if (open_file(b, &name, file)) {
			free(b->name);
			b->name = name.text;
			return true;
		}
		free(name.text);
	}
	return false;
}

enum inv_next
inv_inbox_next(struct inv_inbox *b, struct inv_out *out,
    struct inv_inbox_file *file, struct inv_err *err)
{
	bool stopped = false;

	for (;;) {
		if (!wait_for_file(b, out, &stopped, err))
			return INV_NEXT_ERR;
		if (stopped)
			return INV_NEXT_END;
		if (b->at == b->n && b->list && !list(b, err))
			return INV_NEXT_ERR;
		if (take_next(b, file))
			return INV_NEXT_LINE;
	}
}

/* ---- done with ---- */

static bool
is_as_it_was(const struct inv_inbox *b, int dir, const char *name)
{
	struct stat now;

	return fstatat(dir, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    now.st_dev == b->was.st_dev && now.st_ino == b->was.st_ino &&
	    now.st_size == b->was.st_size &&
	    now.st_mtim.tv_sec == b->was.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == b->was.st_mtim.tv_nsec;
}

static bool
is_taken(int to, const char *name)
{
	struct stat st;

	return fstatat(to, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* NAME, NAME.TAG, NAME.TAG.2, ... */
static void
name_of(const struct inv_inbox *b, const char *tag, uint64_t i,
    char name[PATH_TEXT])
{
	if (i == 0)
		snprintf(name, PATH_TEXT, "%s", b->name);
	else if (i == 1)
		snprintf(name, PATH_TEXT, "%.180s.%s", b->name, tag);
	else
		snprintf(name, PATH_TEXT, "%.180s.%s.%" PRIu64, b->name, tag,
		    i);
}

/*
 * A number that nothing has.  A feed may come unchanged every hour for years,
 * so they are not tried one by one: doubled until one is free, then halved.
 */
static void
name_free(const struct inv_inbox *b, int to, const char *tag,
    char name[PATH_TEXT])
{
	uint64_t taken = 0, open = 1;

	name_of(b, tag, 0, name);
	if (!is_taken(to, name))
		return;
	for (name_of(b, tag, open, name); is_taken(to, name); open *= 2) {
		taken = open;
		name_of(b, tag, 2 * open, name);
	}
	while (open - taken > 1) {
		uint64_t middle = taken + (open - taken) / 2;

		name_of(b, tag, middle, name);
		if (is_taken(to, name))
			taken = middle;
		else
			open = middle;
	}
	name_of(b, tag, open, name);
}

static bool
move(struct inv_inbox *b, int to, const char *tag, char name[PATH_TEXT])
{
	for (int i = 0; i < TRIES; i++) {
		name_free(b, to, tag, name);
		if (renameat2(b->dir, b->name, to, name, RENAME_NOREPLACE) == 0)
			return true;
		if (errno != EEXIST)
			return false;
	}
	return false;
}

static bool
settle(struct inv_inbox *b, int to, const char *tag)
{
	char name[PATH_TEXT];

	if (!move(b, to, tag, name))
		return errno == ENOENT;
	/* Somebody may have put another one there in the meantime. */
	if (!is_as_it_was(b, to, name) &&
	    renameat2(to, name, b->dir, b->name, RENAME_NOREPLACE) != 0)
		return errno == ENOENT;
	return true;
}

/* -1 where it is not there and can not be made. */
static int
open_folder(const struct inv_inbox *b, const char *to, struct inv_err *err)
{
	int fd = -1;

	if (mkdirat(b->dir, to, 0755) == 0 || errno == EEXIST)
		fd = openat(b->dir, to,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd != -1)
		return fd;
	if (errno == ENOTDIR || errno == ELOOP)
		inv_fail(err, INV_CREATE,
		    "%s/%s: is no folder, and files that are done with go to "
		    "a folder of that name",
		    b->path, to);
	else
		inv_fail_sys(err, INV_CREATE, "%s/%s", b->path, to);
	return -1;
}

bool
inv_inbox_ready(const struct inv_inbox *b, const char *to, struct inv_err *err)
{
	int fd = open_folder(b, to, err);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

bool
inv_inbox_settle(struct inv_inbox *b, const char *to, const char *tag,
    struct inv_err *err)
{
	if (!is_as_it_was(b, b->dir, b->name)) {
		b->list = true;
		return true;
	}
	int fd = open_folder(b, to, err);

	if (fd == -1)
		return false;
	bool ok = settle(b, fd, tag) ||
	    inv_fail_sys(err, INV_IO, "%s: can not be moved to %s/%s", b->full,
		b->path, to);

	close(fd);
	return ok;
}
