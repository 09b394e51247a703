/* shelf.c - bytes under their SHA-256, in a folder of the state directory */

#include "store/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"

enum { WRITE_BACK = 8 << 20 }; /* bytes after which the disk may begin */

bool
inv_shelf_lock(const struct inv_shelf *s, struct inv_err *err)
{
	while (flock(s->lock, LOCK_EX) != 0)
		if (errno != EINTR)
			return inv_fail_sys(err, INV_IO, "%s: lock", s->name);
	return true;
}

void
inv_shelf_unlock(const struct inv_shelf *s)
{
	flock(s->lock, LOCK_UN);
}

/* ---- spools ---- */

/* A spool that nobody has locked is what a dead process left. */
static void
remove_if_dead(const struct inv_shelf *s, const char *name)
{
	int fd = openat(s->dir, name,
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(s->dir, name, 0);
	close(fd);
}

/* Under the lock, so that no spool is seen before it is locked. */
static bool
remove_dead_spools(const struct inv_shelf *s, struct inv_err *err)
{
	int fd = openat(s->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (d == NULL) {
		inv_fail_sys(err, INV_IO, "%s", s->name);
		if (fd >= 0)
			close(fd);
		return false;
	}
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		if (strncmp(e->d_name, "spool.", 6) == 0)
			remove_if_dead(s, e->d_name);
	closedir(d);
	return true;
}

bool
inv_shelf_open(struct inv_shelf *s, struct inv_err *err)
{
	if (!inv_shelf_lock(s, err))
		return false;
	bool ok = remove_dead_spools(s, err);

	inv_shelf_unlock(s);
	if (!ok)
		return false;
	s->digest = inv_digest_new();
	s->piece = inv_mem_new(INV_SHELF_PIECE);
	s->other = inv_mem_new(INV_SHELF_PIECE);
	return true;
}

void
inv_shelf_close(struct inv_shelf *s)
{
	inv_digest_free(s->digest);
	free(s->piece);
	free(s->other);
}

static bool
make_spool(const struct inv_shelf *s, struct inv_shelf_spool *spool,
    struct inv_err *err)
{
	unsigned char random[8];

	inv_random(random, sizeof(random));
	memcpy(spool->name, "spool.", 6);
	inv_str_hex(random, sizeof(random), spool->name + 6);
	spool->name[INV_SPOOL_NAME - 1] = '\0';
	/* Its name need not last: only what is published does. */
	spool->fd = openat(s->dir, spool->name,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (spool->fd < 0)
		return inv_fail_sys(err, INV_CREATE, "%s/%s", s->name,
		    spool->name);
	if (flock(spool->fd, LOCK_EX | LOCK_NB) != 0)
		return inv_fail_sys(err, INV_IO, "%s/%s: lock", s->name,
		    spool->name);
	return true;
}

static void
drop_name(const struct inv_shelf *s, struct inv_shelf_spool *spool)
{
	if (spool->name[0] != '\0')
		unlinkat(s->dir, spool->name, 0);
	spool->name[0] = '\0';
}

void
inv_shelf_drop(const struct inv_shelf *s, struct inv_shelf_spool *spool)
{
	drop_name(s, spool);
	if (spool->fd >= 0)
		close(spool->fd);
	spool->fd = -1;
}

bool
inv_shelf_begin(const struct inv_shelf *s, bool named,
    struct inv_shelf_spool *spool, struct inv_err *err)
{
	*spool = (struct inv_shelf_spool){ .fd = -1 };
	if (!inv_shelf_lock(s, err))
		return false;
	bool ok = make_spool(s, spool, err);

	inv_shelf_unlock(s);
	if (!ok)
		inv_shelf_drop(s, spool);
	else if (!named)
		drop_name(s, spool);
	return ok;
}

/* ---- bytes ---- */

/* Up to a piece; -1 with *err. */
static ssize_t
read_piece(int fd, char *piece, const char *name, struct inv_err *err)
{
	size_t have = 0;

	while (have < INV_SHELF_PIECE) {
		ssize_t n = read(fd, piece + have, INV_SHELF_PIECE - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			inv_fail_sys(err, INV_NOINPUT, "%s: read", name);
			return -1;
		}
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

static bool
is_zeros(struct inv_str piece)
{
	return piece.p[0] == '\0' &&
	    memcmp(piece.p, piece.p + 1, piece.n - 1) == 0;
}

/* A piece of zeros takes no room on disk: a file with holes keeps them. */
static bool
put_piece(const struct inv_shelf *s, struct inv_shelf_spool *spool,
    struct inv_str piece, struct inv_err *err)
{
	char name[INV_SHELF_PATH];

	snprintf(name, sizeof(name), "%s: spool", s->name);
	if (!is_zeros(piece))
		return inv_file_write(spool->fd, piece, name, err);
	return (lseek(spool->fd, (off_t)piece.n, SEEK_CUR) >= 0 &&
		   ftruncate(spool->fd, (off_t)(spool->bytes + piece.n)) ==
		       0) ||
	    inv_fail_sys(err, INV_IO, "%s: write", name);
}

/* Let the disk begin, so that the fsync is short. */
static void
write_back(const struct inv_shelf_spool *spool, uint64_t *behind)
{
	if (spool->name[0] == '\0' || spool->bytes - *behind < WRITE_BACK)
		return;
	(void)sync_file_range(spool->fd, (off_t)*behind, WRITE_BACK,
	    SYNC_FILE_RANGE_WRITE);
	*behind += WRITE_BACK;
}

bool
inv_shelf_fill(struct inv_shelf *s, struct inv_shelf_spool *spool, int fd,
    const char *name, uint64_t max, struct inv_err *err)
{
	unsigned char digest[INV_DIGEST];
	uint64_t behind = 0;
	ssize_t n;

	inv_digest_begin(s->digest);
	while ((n = read_piece(fd, s->piece, name, err)) > 0) {
		struct inv_str piece = { s->piece, (size_t)n };

		if (piece.n > max - spool->bytes) {
			spool->bytes += piece.n;
			return true;
		}
		inv_digest_add(s->digest, piece);
		if (!put_piece(s, spool, piece, err))
			break;
		spool->bytes += piece.n;
		write_back(spool, &behind);
	}
	inv_digest_end(s->digest, digest);
	inv_str_hex(digest, sizeof(digest), spool->id);
	if (n == 0 && fchmod(spool->fd, 0444) != 0)
		return inv_fail_sys(err, INV_IO, "%s: spool: chmod", s->name);
	return n == 0;
}

bool
inv_shelf_sync(const struct inv_shelf *s, struct inv_shelf_spool *spool,
    struct inv_err *err)
{
	char name[INV_SHELF_PATH];

	snprintf(name, sizeof(name), "%s: spool", s->name);
	spool->synced = inv_file_sync(spool->fd, name, err);
	return spool->synced;
}

/* ---- names ---- */

static bool
is_same(struct inv_shelf *s, int kept, int spool, const char *path,
    struct inv_err *err)
{
	if (lseek(spool, 0, SEEK_SET) != 0)
		return inv_fail_sys(err, INV_IO, "%s: spool", s->name);
	for (;;) {
		ssize_t n = read_piece(kept, s->piece, path, err);
		ssize_t m = read_piece(spool, s->other, path, err);

		if (n < 0 || m < 0)
			return false;
		if (n != m || memcmp(s->piece, s->other, (size_t)n) != 0)
			return inv_fail(err, INV_IO,
			    "%s: damaged: not what its name says", path);
		if (n == 0)
			return true;
	}
}

/* The spool gets its name, once it is on disk. */
static bool
publish(const struct inv_shelf *s, struct inv_shelf_spool *spool, int dir,
    const char *path, struct inv_err *err)
{
	if (!spool->synced && !inv_shelf_sync(s, spool, err))
		return false;
	if (renameat(s->dir, spool->name, dir, spool->id) != 0)
		return inv_fail_sys(err, INV_CREATE, "%s", path);
	spool->name[0] = '\0';
	int fd = spool->fd;

	spool->fd = -1;
	if (close(fd) != 0)
		return inv_fail_sys(err, INV_IO, "%s: close", path);
	return true;
}

static int
open_drawer(const struct inv_shelf *s, const char *id, struct inv_err *err)
{
	char drawer[3] = ".";

	if (!s->flat)
		memcpy(drawer, id, 2);
	return inv_file_state_dir(s->dir, drawer, err);
}

/* What has its name by now, compared with it; *fd is -1 where nothing has. */
static bool
find_in(struct inv_shelf *s, const struct inv_shelf_spool *spool, int dir,
    const char *path, int *fd, struct inv_err *err)
{
	struct inv_err why;

	*fd = inv_file_open(dir, spool->id, O_RDONLY, &why);
	if (*fd >= 0)
		return is_same(s, *fd, spool->fd, path, err);
	if (errno == ENOENT)
		return true;
	*err = why;
	return false;
}

static void
name_of(const struct inv_shelf *s, const char *id, char path[INV_SHELF_PATH])
{
	if (s->flat)
		snprintf(path, INV_SHELF_PATH, "%s/%s", s->name, id);
	else
		snprintf(path, INV_SHELF_PATH, "%s/%.2s/%s", s->name, id, id);
}

bool
inv_shelf_find(struct inv_shelf *s, const struct inv_shelf_spool *spool,
    bool *there, struct inv_err *err)
{
	int dir = open_drawer(s, spool->id, err);
	char path[INV_SHELF_PATH];
	int fd;

	if (dir < 0)
		return false;
	name_of(s, spool->id, path);
	bool ok = find_in(s, spool, dir, path, &fd, err);

	close(dir);
	*there = fd >= 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool
keep_in(struct inv_shelf *s, struct inv_shelf_spool *spool, int dir,
    const char *path, int *fd, struct inv_err *err)
{
	if (!find_in(s, spool, dir, path, fd, err))
		return false;
	if (*fd >= 0)
		return true;
	if (!publish(s, spool, dir, path, err))
		return false;
	*fd = inv_file_open(dir, spool->id, O_RDONLY, err);
	return *fd >= 0;
}

bool
inv_shelf_keep(struct inv_shelf *s, struct inv_shelf_spool *spool,
    char path[INV_SHELF_PATH], int *fd, struct inv_err *err)
{
	int dir = open_drawer(s, spool->id, err);

	*fd = -1;
	if (dir < 0)
		return false;
	name_of(s, spool->id, path);
	bool ok = keep_in(s, spool, dir, path, fd, err);

	close(dir);
	return ok;
}

bool
inv_shelf_settle(const struct inv_shelf *s, const char *id, struct inv_err *err)
{
	int dir = open_drawer(s, id, err);
	bool ok = dir >= 0 && inv_file_sync(dir, s->name, err);

	if (dir >= 0)
		close(dir);
	return ok;
}
