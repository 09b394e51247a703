/* attachments_check.c - are the files still there that records named? */

#include "store/attachments_check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/digest.h"

static const char folder[] = "attachments";

enum { PATH_BYTES = sizeof("attachments/ab/") + INV_DIGEST_HEX };

bool
inv_attachments_has(int state, const struct inv_file_named *f,
    struct inv_err *err)
{
	char path[PATH_BYTES];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%.2s/%.*s", folder, f->sha256.p,
	    INV_ARG(f->sha256));
	if (fstatat(state, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return inv_fail_sys(err, INV_NO, "%s", path);
	return (S_ISREG(st.st_mode) && (uint64_t)st.st_size == f->bytes) ||
	    inv_fail(err, INV_NO, "%s: damaged: it had %ju bytes", path,
		(uintmax_t)f->bytes);
}

static DIR *
open_folder(int dir, const char *name)
{
	int fd =
	    openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (d == NULL && fd >= 0)
		close(fd);
	return d;
}

static bool
has_its_digest(int dir, const char *drawer, const char *name,
    struct inv_err *err)
{
	char path[sizeof(folder) + NAME_MAX + NAME_MAX + 2];
	char hex[INV_DIGEST_HEX];
	struct inv_err why;

	snprintf(path, sizeof(path), "%s/%s/%s", folder, drawer, name);
	int fd =
	    openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return inv_fail_sys(err, INV_NO, "%s", path);
	bool ok = inv_digest_file(fd, path, hex, &why);

	close(fd);
	if (!ok)
		return inv_fail(err, INV_NO, "%s", why.msg);
	return inv_str_eq(inv_str_of(name),
		   (struct inv_str){ hex, sizeof(hex) }) ||
	    inv_fail(err, INV_NO, "%s: damaged: not what its name says", path);
}

static bool
check_drawer(int dir, const char *drawer, uint64_t *n, struct inv_err *err)
{
	DIR *d = open_folder(dir, drawer);
	bool ok = true;

	if (d == NULL)
		return inv_fail_sys(err, INV_NO, "%s/%s", folder, drawer);
	for (struct dirent *e; ok && (e = readdir(d)) != NULL;)
		if (e->d_name[0] != '.') {
			ok = has_its_digest(dirfd(d), drawer, e->d_name, err);
			++*n;
		}
	closedir(d);
	return ok;
}

bool
inv_attachments_check(int state, uint64_t *n, struct inv_err *err)
{
	DIR *d = open_folder(state, folder);
	bool ok = true;

	*n = 0;
	if (d == NULL && errno == ENOENT)
		return true;
	if (d == NULL)
		return inv_fail_sys(err, INV_NO, "%s", folder);
	/* Drawers have two hex digits; a spool or the lock has more. */
	for (struct dirent *e; ok && (e = readdir(d)) != NULL;)
		if (inv_str_is_hex(inv_str_of(e->d_name)) &&
		    e->d_name[2] == '\0')
			ok = check_drawer(dirfd(d), e->d_name, n, err);
	closedir(d);
	return ok;
}
