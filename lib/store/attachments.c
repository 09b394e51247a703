/* attachments.c - files that records name, kept by their SHA-256 */

#include "store/attachments.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"
#include "store/shelf.h"

static const char changed[] = "changed while it was read";

/* What a file was when its bytes were taken. */
struct known {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime;
	struct timespec ctime;
	struct inv_attachment is;
};

struct inv_attachments {
	struct inv_shelf shelf;
	int folder;
	struct known *known; /* INV_ATTACHMENTS_KNOWN places */
	struct inv_shelf_spool open[INV_ATTACHMENTS_OPEN];
	size_t n;     /* of those */
	bool unnamed; /* what was there may not be on disk yet */
	bool lost;    /* what was taken is not there */
};

/* ---- what is known ---- */

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && same_time(a->st_mtim, b->st_mtim) &&
	    same_time(a->st_ctim, b->st_ctim);
}

static struct known *
place_of(struct inv_attachments *a, const struct stat *st)
{
	return &a->known[(st->st_ino ^ st->st_dev) % INV_ATTACHMENTS_KNOWN];
}

static bool
is_known(struct inv_attachments *a, const struct stat *st,
    struct inv_attachment *out)
{
	const struct known *k = place_of(a, st);

	if (k->ino != st->st_ino || k->dev != st->st_dev ||
	    k->size != st->st_size || !same_time(k->mtime, st->st_mtim) ||
	    !same_time(k->ctime, st->st_ctim))
		return false;
	*out = k->is;
	return true;
}

/* What has just changed may change again, and its times be the same. */
static void
learn(struct inv_attachments *a, const struct stat *st, time_t began,
    const struct inv_attachment *is)
{
	if (st->st_ctim.tv_sec > began - INV_ATTACHMENTS_OLD)
		return;
	*place_of(a, st) = (struct known){
		.dev = st->st_dev,
		.ino = st->st_ino,
		.size = st->st_size,
		.mtime = st->st_mtim,
		.ctime = st->st_ctim,
		.is = *is,
	};
}

/* ---- one file ---- */

/* Its name, which is not on disk yet. */
static bool
keep(struct inv_attachments *a, struct inv_shelf_spool *spool,
    struct inv_err *err)
{
	char path[INV_SHELF_PATH];
	int fd;
	bool ok = inv_shelf_keep(&a->shelf, spool, path, &fd, err);

	if (fd >= 0)
		close(fd);
	return ok;
}

/* Here it is never a name's fault, nor that of the command line. */
static void
blame_disk(struct inv_err *err)
{
	if (err->fault != INV_DENIED)
		err->fault = INV_IO;
}

static void
drop_all(struct inv_attachments *a)
{
	while (a->n > 0)
		inv_shelf_drop(&a->shelf, &a->open[--a->n]);
}

bool
inv_attachments_settle(struct inv_attachments *a, struct inv_err *err)
{
	bool ok = true;

	/* Lines may still wait that name what could not be settled. */
	if (a->lost)
		return inv_fail(err, INV_IO,
		    "attachments: some are not on disk: what names them is "
		    "not written");
	if (a->n == 0 && !a->unnamed)
		return true;
	/* The disk works at all of them while the first is waited for. */
	for (size_t i = 0; i < a->n; i++)
		(void)sync_file_range(a->open[i].fd, 0, 0,
		    SYNC_FILE_RANGE_WRITE);
	for (size_t i = 0; ok && i < a->n; i++)
		ok = inv_shelf_sync(&a->shelf, &a->open[i], err);
	for (size_t i = 0; ok && i < a->n; i++)
		ok = keep(a, &a->open[i], err);
	ok = ok && inv_shelf_settle(&a->shelf, "", err);
	if (!ok)
		blame_disk(err);
	drop_all(a);
	a->unnamed = false;
	a->lost = !ok;
	return ok;
}

/* All of it, no more than it was said to have. */
static enum inv_attached
copy(struct inv_attachments *a, int fd, const struct stat *before,
    struct inv_shelf_spool *spool, const char **why, struct inv_err *err)
{
	struct stat after;

	if (!inv_shelf_fill(&a->shelf, spool, fd, "an attachment",
		(uint64_t)before->st_size, err))
		return INV_ATTACHED_FAILED;
	if (fstat(fd, &after) != 0) {
		inv_fail_sys(err, INV_IO, "an attachment: stat");
		return INV_ATTACHED_FAILED;
	}
	if (spool->bytes != (uint64_t)before->st_size ||
	    !is_same(before, &after)) {
		*why = changed;
		return INV_ATTACHED_CHANGED;
	}
	return INV_ATTACHED;
}

/* It is there already, or waits with others. */
static bool
hold(struct inv_attachments *a, struct inv_shelf_spool *spool,
    struct inv_err *err)
{
	bool there;

	if (!inv_shelf_find(&a->shelf, spool, &there, err))
		return false;
	a->unnamed = a->unnamed || there;
	if (there)
		return true;
	a->open[a->n++] = *spool;
	*spool = (struct inv_shelf_spool){ .fd = -1 };
	return true;
}

static enum inv_attached
take_bytes(struct inv_attachments *a, int fd, const struct stat *st,
    struct inv_attachment *out, const char **why, struct inv_err *err)
{
	time_t began = time(NULL);
	struct inv_shelf_spool spool;

	if (a->n == INV_ATTACHMENTS_OPEN && !inv_attachments_settle(a, err))
		return INV_ATTACHED_FAILED;
	if (!inv_shelf_begin(&a->shelf, true, &spool, err))
		return INV_ATTACHED_FAILED;
	enum inv_attached is = copy(a, fd, st, &spool, why, err);

	if (is == INV_ATTACHED) {
		out->bytes = spool.bytes;
		memcpy(out->sha256, spool.id, INV_DIGEST_HEX);
		learn(a, st, began, out);
		if (!hold(a, &spool, err))
			is = INV_ATTACHED_FAILED;
	}
	inv_shelf_drop(&a->shelf, &spool);
	return is;
}

static enum inv_attached
take_file(struct inv_attachments *a, int fd, struct inv_attachment *out,
    const char **why, struct inv_err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0) {
		inv_fail_sys(err, INV_IO, "an attachment: stat");
		return INV_ATTACHED_FAILED;
	}
	if (!S_ISREG(st.st_mode)) {
		*why = "is not a regular file";
		return INV_ATTACHED_REFUSED;
	}
	if ((uint64_t)st.st_size > INV_ATTACHMENT_MAX) {
		*why = "is larger than 4 GiB";
		return INV_ATTACHED_REFUSED;
	}
	if (is_known(a, &st, out))
		return INV_ATTACHED;
	return take_bytes(a, fd, &st, out, why, err);
}

/* Of what can not be opened: what is the name's fault, and what is not. */
static enum inv_attached
explain(const char **why, struct inv_err *err)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		*why = "is not in the folder of attachments";
		return INV_ATTACHED_MISSING;
	case EAGAIN:
		*why = changed;
		return INV_ATTACHED_CHANGED;
	case EXDEV:
		*why = "leads out of the folder of attachments";
		return INV_ATTACHED_REFUSED;
	case ELOOP:
		*why = "is or passes a symbolic link";
		return INV_ATTACHED_REFUSED;
	case ENAMETOOLONG:
		*why = "is too long for a name";
		return INV_ATTACHED_REFUSED;
	case EACCES:
	case EPERM:
		*why = "may not be read";
		return INV_ATTACHED_REFUSED;
	case ENXIO:
	case ENODEV:
		*why = "is not a regular file";
		return INV_ATTACHED_REFUSED;
	}
	inv_fail_sys(err, INV_IO, "an attachment");
	return INV_ATTACHED_FAILED;
}

enum inv_attached
inv_attachments_take(struct inv_attachments *a, struct inv_str name,
    struct inv_attachment *out, const char **why, struct inv_err *err)
{
	char path[PATH_MAX];

	if (name.n >= sizeof(path) || memchr(name.p, '\0', name.n) != NULL) {
		*why = "is no name of a file";
		return INV_ATTACHED_REFUSED;
	}
	memcpy(path, name.p, name.n);
	path[name.n] = '\0';
	int fd = inv_file_open_below(a->folder, path);

	if (fd < 0)
		return explain(why, err);
	enum inv_attached is = take_file(a, fd, out, why, err);

	close(fd);
	if (is == INV_ATTACHED_FAILED)
		blame_disk(err);
	return is;
}

/* ---- all of them ---- */

static bool
prepare(struct inv_attachments *a, int state, const char *folder,
    struct inv_err *err)
{
	a->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (a->folder < 0)
		return inv_fail_sys(err, INV_NOINPUT, "%s", folder);
	/* Where openat2(2) is not to be had, no name is safe. */
	int fd = inv_file_open_below(a->folder, ".");

	if (fd < 0)
		return inv_fail_sys(err, INV_NOINPUT, "%s", folder);
	close(fd);
	a->shelf.dir = inv_file_state_dir(state, a->shelf.name, err);
	if (a->shelf.dir < 0)
		return false;
	a->shelf.lock =
	    inv_file_open(a->shelf.dir, "lock", O_RDWR | O_CREAT, err);
	return a->shelf.lock >= 0 && inv_shelf_open(&a->shelf, err);
}

struct inv_attachments *
inv_attachments_open(int state, const char *folder, struct inv_err *err)
{
	struct inv_attachments *a = inv_mem_new(sizeof(*a));

	a->folder = a->shelf.dir = a->shelf.lock = -1;
	a->shelf.name = "attachments";
	a->shelf.flat = true;
	a->known = inv_mem_new(INV_ATTACHMENTS_KNOWN * sizeof(*a->known));
	if (prepare(a, state, folder, err))
		return a;
	inv_attachments_close(a);
	return NULL;
}

void
inv_attachments_close(struct inv_attachments *a)
{
	if (a == NULL)
		return;
	drop_all(a);
	inv_shelf_close(&a->shelf);
	if (a->folder >= 0)
		close(a->folder);
	if (a->shelf.dir >= 0)
		close(a->shelf.dir);
	if (a->shelf.lock >= 0)
		close(a->shelf.lock);
	free(a->known);
	free(a);
}
