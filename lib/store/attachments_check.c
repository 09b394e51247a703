/* attachments_check.c - are the files still there that records named? */

#include "store/attachments_check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/digest.h"

static const char folder[] = "attachments";

enum { PATH_BYTES = sizeof("attachments/") + INV_DIGEST_HEX };

bool
inv_attachments_has(int state, const struct inv_file_named *f,
    struct inv_err *err)
{
	char path[PATH_BYTES];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%.*s", folder, INV_ARG(f->sha256));
	if (fstatat(state, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return inv_fail_sys(err, INV_NO, "%s", path);
	return (S_ISREG(st.st_mode) && (uint64_t)st.st_size == f->bytes) ||
	    inv_fail(err, INV_NO, "%s: damaged: it had %ju bytes", path,
		(uintmax_t)f->bytes);
}

static bool
has_its_digest(int dir, struct inv_str name, struct inv_err *err)
{
	char path[PATH_BYTES];
	char hex[INV_DIGEST_HEX];
	struct inv_err why;

	snprintf(path, sizeof(path), "%s/%.*s", folder, INV_ARG(name));
	int fd = openat(dir, path + sizeof(folder),
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return inv_fail_sys(err, INV_NO, "%s", path);
	bool ok = inv_digest_file(fd, path, hex, &why);

	close(fd);
	if (!ok)
		return inv_fail(err, INV_NO, "%s", why.msg);
	return inv_str_eq(name, (struct inv_str){ hex, sizeof(hex) }) ||
	    inv_fail(err, INV_NO, "%s: damaged: not what its name says", path);
}

bool
inv_attachments_check(int state, uint64_t *n, struct inv_err *err)
{
	int fd = openat(state, folder,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	bool ok = true;

	*n = 0;
	if (fd < 0 && errno == ENOENT)
		return true;
	if (d == NULL) {
		inv_fail_sys(err, INV_NO, "%s", folder);
		if (fd >= 0)
			close(fd);
		return false;
	}
	/* Spools, and the lock, have other names. */
	for (struct dirent *e; ok && (e = readdir(d)) != NULL;) {
		struct inv_str name = inv_str_of(e->d_name);

		if (name.n != INV_DIGEST_HEX || !inv_str_is_hex(name))
			continue;
		ok = has_its_digest(fd, name, err);
		++*n;
	}
	closedir(d);
	return ok;
}
