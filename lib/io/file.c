/* file.c - whole files, durably, and none that somebody planted */

#include "io/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"

enum {
	PIECE = 64 << 10, /* bytes of a read */
	TRIES_MAX = 100,  /* of an open that others are in the way of */
};

bool
inv_file_read_fd(int fd, const char *path, struct inv_buf *into,
    struct inv_err *err)
{
	for (;;) {
		size_t want = into->max - into->n;
		char extra;

		if (want > PIECE)
			want = PIECE;
		/* At the ceiling one more byte is asked for, to see the end. */
		bool room = want > 0 && inv_buf_room(into, want);
		ssize_t n = read(fd, room ? into->p + into->n : &extra,
		    room ? want : 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return inv_fail_sys(err, INV_NOINPUT, "%s: read", path);
		if (n == 0)
			return true;
		if (!room)
			return inv_fail(err, INV_BAD,
			    "%s: longer than %zu bytes", path, into->max);
		into->n += (size_t)n;
	}
}

bool
inv_file_read(int dir, const char *path, struct inv_buf *into,
    struct inv_err *err)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return inv_fail_sys(err, INV_NOINPUT, "%s", path);
	bool ok = inv_file_read_fd(fd, path, into, err);

	close(fd);
	return ok;
}

/* One step down, taking the next part of the path; -1 with *err filled. */
static int
step_down(int dir, struct inv_str *path, struct inv_err *err)
{
	char name[NAME_MAX + 1];
	size_t n = 0;

	while (n < path->n && path->p[n] != '/')
		n++;
	struct inv_str part = { path->p, n };
	bool last = n == path->n;

	path->p += n + !last;
	path->n -= n + !last;
	if (n == 0 || n > NAME_MAX || inv_str_is(part, ".") ||
	    inv_str_is(part, "..") || memchr(part.p, '\0', n) != NULL) {
		inv_fail(err, INV_DENIED, "not a path below the folder");
		return -1;
	}
	memcpy(name, part.p, n);
	name[n] = '\0';
	int fd = openat(dir, name,
	    O_CLOEXEC | O_NOFOLLOW |
		(last ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY));

	if (fd < 0)
		inv_fail_sys(err, errno == ELOOP ? INV_DENIED : INV_NOINPUT,
		    "%s", name);
	return fd;
}

bool
inv_file_read_below(int dir, struct inv_str path, struct inv_buf *into,
    struct inv_err *err)
{
	struct stat st;
	int fd = dir;
	bool more = true;

	while (more) {
		more = memchr(path.p, '/', path.n) != NULL;
		int next = step_down(fd, &path, err);

		if (fd != dir)
			close(fd);
		if (next < 0)
			return false;
		fd = next;
	}
	bool ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode)
	    ? inv_file_read_fd(fd, "the file", into, err)
	    : inv_fail(err, INV_NOINPUT, "not a regular file");

	close(fd);
	return ok;
}

int
inv_file_open_below(int dir, const char *path)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		    RESOLVE_NO_MAGICLINKS,
	};
	long fd = -1;

	/* EAGAIN: something was renamed while a `..` was looked at. */
	for (int tries = 0; fd < 0 && tries < TRIES_MAX; tries++) {
		fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));
		if (fd < 0 && errno != EINTR && errno != EAGAIN)
			break;
	}
	return (int)fd;
}

int
inv_file_nameless(const char *folder, struct inv_err *err)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/inv-XXXXXX", folder);

	if (n < 0 || (size_t)n >= sizeof(path)) {
		inv_fail(err, INV_CREATE, "%.100s...: too long", folder);
		return -1;
	}
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd < 0)
		inv_fail_sys(err, INV_CREATE, "%s", folder);
	else
		(void)unlink(path);
	return fd;
}

int
inv_file_temporary(struct inv_err *err)
{
	const char *folder = getenv("TMPDIR");

	return inv_file_nameless(folder != NULL && *folder != '\0' ? folder
								   : "/tmp",
	    err);
}

ssize_t
inv_file_pread(int fd, void *p, size_t n, uint64_t at)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got =
		    pread(fd, (char *)p + done, n - done, (off_t)(at + done));

		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

ssize_t
inv_file_peek(int fd, char *p, size_t max)
{
	ssize_t n;

	do
		n = pread(fd, p, max, 0);
	while (n == -1 && errno == EINTR);
	return n;
}

bool
inv_file_write(int fd, struct inv_str bytes, const char *name,
    struct inv_err *err)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return inv_fail_sys(err, INV_IO, "%s: write", name);
		bytes.p += n;
		bytes.n -= (size_t)n;
	}
	return true;
}

bool
inv_file_sync(int fd, const char *name, struct inv_err *err)
{
	if (fsync(fd) != 0)
		return inv_fail_sys(err, INV_IO, "%s: fsync", name);
	return true;
}

/* A file of our own, whatever may lie under that name. */
static bool
write_beside(int dir, const char *beside, mode_t mode, struct inv_str content,
    struct inv_err *err)
{
	(void)unlinkat(dir, beside, 0);
	int fd =
	    openat(dir, beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return inv_fail_sys(err, INV_CREATE, "%s", beside);
	bool ok = inv_file_write(fd, content, beside, err);

	/* umask(2) has no say in what is meant for others. */
	if (ok && mode != 0600 && fchmod(fd, mode) != 0)
		ok = inv_fail_sys(err, INV_IO, "%s: chmod", beside);
	ok = ok && inv_file_sync(fd, beside, err);
	if (close(fd) != 0 && ok)
		ok = inv_fail_sys(err, INV_IO, "%s: close", beside);
	if (!ok)
		(void)unlinkat(dir, beside, 0);
	return ok;
}

/* Write name.new, synced, and give it the name. */
static bool
replace(int dir, const char *name, mode_t mode, struct inv_str content,
    struct inv_err *err)
{
	char *beside;

	if (asprintf(&beside, "%s.new", name) < 0)
		return inv_fail(err, INV_INTERNAL, "%s: no memory", name);
	bool ok = write_beside(dir, beside, mode, content, err);

	if (ok && renameat(dir, beside, dir, name) != 0) {
		ok = inv_fail_sys(err, INV_IO, "%s: rename", name);
		(void)unlinkat(dir, beside, 0);
	}
	free(beside);
	return ok;
}

bool
inv_file_replace(int dir, const char *name, struct inv_str content,
    struct inv_err *err)
{
	return replace(dir, name, 0600, content, err) &&
	    inv_file_sync(dir, name, err);
}

bool
inv_file_publish(int dir, const char *name, struct inv_str content,
    struct inv_err *err)
{
	return replace(dir, name, 0644, content, err);
}

/* Who else than us may have it. */
struct leave {
	const uid_t *owner; /* NULL: nobody */
	bool group_writes;
};

static bool
is_of_a_group_of_ours(gid_t group)
{
	gid_t *of = NULL;
	int n = getgroups(0, NULL);
	bool is = group == getegid();

	if (!is && n > 0) {
		of = inv_mem_new((size_t)n * sizeof(*of));
		n = getgroups(n, of);
	}
	for (int i = 0; !is && i < n; i++)
		is = of[i] == group;
	free(of);
	return is;
}

/* Its owner lets a group of ours in, and nobody else. */
static bool
is_shared(const struct stat *st)
{
	return (st->st_mode & (S_IWGRP | S_IXGRP | S_IRWXO)) == S_IXGRP &&
	    is_of_a_group_of_ours(st->st_gid);
}

static bool
is_allowed(int fd, mode_t type, const struct leave *leave, const char *path,
    struct inv_err *err)
{
	mode_t never = S_IWOTH | (leave->group_writes ? 0 : S_IWGRP);
	struct stat st;

	if (fstat(fd, &st) != 0)
		return inv_fail_sys(err, INV_NOINPUT, "%s: stat", path);
	if ((st.st_mode & S_IFMT) != type)
		return inv_fail(err, INV_DENIED, "%s: refused: not a %s", path,
		    type == S_IFDIR ? "directory" : "regular file");
	if (st.st_uid != geteuid() &&
	    (leave->owner == NULL || st.st_uid != *leave->owner))
		return inv_fail(err, INV_DENIED,
		    "%s: refused: belongs to user %ju, not to us", path,
		    (uintmax_t)st.st_uid);
	if (st.st_mode & never)
		return inv_fail(err, INV_DENIED,
		    "%s: refused: others may write to it", path);
	if (type == S_IFREG && st.st_nlink > 1)
		return inv_fail(err, INV_DENIED,
		    "%s: refused: it has a second name", path);
	return true;
}

/* Others have made it, and have seen to it, where we may not or can not. */
static bool
is_theirs(int e)
{
	return e == EACCES || e == EPERM || e == EINVAL || e == EROFS ||
	    e == ENOSYS || e == ENOTSUP;
}

/*
 * Sync the directory that holds path, so that a new name in it lasts.  Of what
 * was there already that is asked only where it can be had: an automounter's
 * directory has no fsync(2), nor has one of a read-only image.
 */
static bool
sync_parent(int dir, const char *path, bool is_new, struct inv_err *err)
{
	char *parent = inv_mem_strdup(path);
	char *slash = strrchr(parent, '/');

	if (slash == parent)
		slash[1] = '\0';
	else if (slash != NULL)
		*slash = '\0';
	int fd = openat(dir, slash == NULL ? "." : parent,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = true;

	if (fd < 0 && (is_new || !is_theirs(errno)))
		ok = inv_fail_sys(err, INV_CREATE, "%s", parent);
	else if (fd >= 0 && fsync(fd) != 0 && (is_new || !is_theirs(errno)))
		ok = inv_fail_sys(err, INV_IO, "%s: fsync", parent);
	if (fd >= 0)
		close(fd);
	free(parent);
	return ok;
}

/* Make the last part of path, if it is not there, and sync its name. */
static bool
make_one(int dir, const char *path, bool is_new, struct inv_err *err)
{
	is_new = is_new || mkdirat(dir, path, 0700) == 0;
	if (!is_new && errno != EEXIST)
		return inv_fail_sys(err, INV_CREATE, "%s", path);
	return sync_parent(dir, path, is_new, err);
}

/* The same for all parts above it. */
static bool
make_parents(int dir, const char *path, struct inv_err *err)
{
	char *p = inv_mem_strdup(path);
	bool ok = true;

	for (char *s = strchr(p + 1, '/'); ok && s != NULL;
	     s = strchr(s + 1, '/')) {
		*s = '\0';
		ok = make_one(dir, p, false, err);
		*s = '/';
	}
	free(p);
	return ok;
}

static bool
is_empty(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e = NULL;

	if (d == NULL) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	do
		e = readdir(d);
	while (e != NULL &&
	    (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0));
	closedir(d);
	return e == NULL;
}

/*
 * One that is there and empty may be of a run that was killed before its name,
 * or that of one above, was on disk: only then is something put into it.
 */
static bool
make_directory(int dir, const char *path, struct inv_err *err)
{
	bool is_new = mkdirat(dir, path, 0700) == 0;

	if (!is_new && errno == EEXIST) {
		if (!is_empty(dir, path))
			return true;
	} else if (!is_new && errno != ENOENT) {
		return inv_fail_sys(err,
		    errno == EACCES ? INV_DENIED : INV_CREATE, "%s", path);
	}
	return make_parents(dir, path, err) && make_one(dir, path, is_new, err);
}

static int
open_directory(int dir, const char *path, bool shared, struct inv_err *err)
{
	struct leave leave = { 0 };
	struct stat st;
	int fd =
	    openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0) {
		inv_fail_sys(err, errno == ENOENT ? INV_NOINPUT : INV_DENIED,
		    "%s", path);
		return -1;
	}
	if (shared && fstat(fd, &st) == 0 && is_shared(&st))
		leave.owner = &st.st_uid;
	if (!is_allowed(fd, S_IFDIR, &leave, path, err)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int
state_dir(int dir, const char *path, bool make, bool shared,
    struct inv_err *err)
{
	/* "link/" would name what the link points at. */
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	if (n == 0) {
		inv_fail(err, INV_CREATE, "a directory without a name");
		return -1;
	}
	char *plain = inv_mem_dup(path, n);
	int fd = make && !make_directory(dir, plain, err)
	    ? -1
	    : open_directory(dir, plain, shared, err);

	free(plain);
	return fd;
}

int
inv_file_state_dir(int dir, const char *path, struct inv_err *err)
{
	return state_dir(dir, path, true, false, err);
}

int
inv_file_state_there(const char *path, struct inv_err *err)
{
	return state_dir(AT_FDCWD, path, false, false, err);
}

int
inv_file_state_shared(const char *path, struct inv_err *err)
{
	return state_dir(AT_FDCWD, path, true, true, err);
}

int
inv_file_part(int state, const char *name, bool group_writes,
    struct inv_err *err)
{
	struct leave leave = { .group_writes = group_writes };
	struct stat st;

	if (fstat(state, &st) != 0) {
		inv_fail_sys(err, INV_NOINPUT, "%s", name);
		return -1;
	}
	leave.owner = &st.st_uid;
	if (st.st_uid == geteuid() && !make_directory(state, name, err))
		return -1;
	int fd = openat(state, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0) {
		inv_fail_sys(err, errno == ENOENT ? INV_NOINPUT : INV_DENIED,
		    "%s", name);
		return -1;
	}
	if (!is_allowed(fd, S_IFDIR, &leave, name, err)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* What a set-group-id bit on the directory says of new files in it. */
static bool
share(int dir, int fd, const char *name, struct inv_err *err)
{
	const mode_t shared = S_IRGRP | S_IWGRP | S_IROTH;
	struct stat st;

	if (dir == AT_FDCWD || fstat(dir, &st) != 0 ||
	    (st.st_mode & S_ISGID) == 0 || (st.st_mode & shared) == 0)
		return true;
	return fchmod(fd, 0600 | (st.st_mode & shared)) == 0 ||
	    inv_fail_sys(err, INV_IO, "%s: chmod", name);
}

static int
open_new(int dir, const char *name, int flags, struct inv_err *err)
{
	int fd = openat(dir, name,
	    flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0) {
		int why = errno;

		inv_fail_sys(err, INV_CREATE, "%s", name);
		errno = why;
		return -1;
	}
	if (!share(dir, fd, name, err) || !inv_file_sync(dir, name, err)) {
		close(fd);
		errno = EIO;
		return -1;
	}
	return fd;
}

/* A file that somebody shares is one of whose directory it is in. */
static bool
is_readable(int dir, int fd, int flags, const char *name, struct inv_err *err)
{
	struct leave leave = { 0 };
	struct stat st;

	if (dir != AT_FDCWD && (flags & (O_ACCMODE | O_CREAT)) == O_RDONLY &&
	    fstat(dir, &st) == 0)
		leave.owner = &st.st_uid;
	return is_allowed(fd, S_IFREG, &leave, name, err);
}

/* By one who may have been killed before its name was on disk. */
static bool
is_unfilled(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_size == 0;
}

int
inv_file_open(int dir, const char *name, int flags, struct inv_err *err)
{
	int plain = flags & ~(O_CREAT | O_EXCL);
	/* Non-blocking: a planted FIFO must not hang us. */
	int fd = -1;

	errno = ENOENT;
	if ((flags & O_EXCL) == 0)
		fd = openat(dir, name,
		    plain | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT && (flags & O_CREAT)) {
		fd = open_new(dir, name, plain, err);
		if (fd < 0 && errno == EEXIST && (flags & O_EXCL) == 0)
			return inv_file_open(dir, name, flags, err);
		return fd;
	}
	if (fd < 0) {
		int why = errno;

		if (why == ELOOP)
			inv_fail(err, INV_DENIED,
			    "%s: refused: a symbolic link", name);
		else
			inv_fail_sys(err,
			    why == EACCES || why == ENXIO ? INV_DENIED
							  : INV_NOINPUT,
			    "%s", name);
		errno = why;
		return -1;
	}
	if (!is_readable(dir, fd, flags, name, err)) {
		close(fd);
		errno = EPERM;
		return -1;
	}
	if ((flags & O_CREAT) && is_unfilled(fd) &&
	    !inv_file_sync(dir, name, err)) {
		close(fd);
		errno = EIO;
		return -1;
	}
	return fd;
}

/* A summary may go to a terminal or a FIFO: those are written, not replaced. */
static bool
is_plain(const char *path)
{
	struct stat st;

	return stat(path, &st) != 0 || S_ISREG(st.st_mode);
}

static bool
write_to(const char *path, struct inv_str text, struct inv_err *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return inv_fail_sys(err, INV_CREATE, "%s", path);
	bool ok = inv_file_write(fd, text, path, err);

	if (close(fd) != 0 && ok)
		ok = inv_fail_sys(err, INV_IO, "%s: close", path);
	return ok;
}

bool
inv_file_summary(const char *path, struct inv_str text, struct inv_err *err)
{
	if (strcmp(path, "-") == 0)
		return inv_file_write(STDERR_FILENO, text, "stderr", err);
	if (!is_plain(path))
		return write_to(path, text, err);
	return replace(AT_FDCWD, path, 0600, text, err);
}
