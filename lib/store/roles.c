/* roles.c - who but the owner of a state may do what with its quarantine */

#include "store/roles.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const names[] = {
	[INV_ROLE_RELEASE] = "release",
	[INV_ROLE_PURGE] = "purge",
};

enum { ROLES = sizeof(names) / sizeof(*names) };

/* The file of a role can not be anybody's but the owner's. */
static bool
is_role(const struct stat *st, const struct stat *state)
{
	return S_ISREG(st->st_mode) && st->st_uid == state->st_uid &&
	    (st->st_mode & S_IWOTH) == 0;
}

bool
inv_role_is_ours(const struct inv_state *state, enum inv_role role,
    struct inv_err *err)
{
	struct stat own;
	struct stat st;

	if (fstat(state->fd, &own) != 0)
		return inv_fail_sys(err, INV_NOINPUT, "%s", state->path);
	if (own.st_uid == geteuid())
		return true;
	int fd = openat(state->fd, names[role],
	    O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool ours = fd != -1 && fstat(fd, &st) == 0 && is_role(&st, &own);

	if (fd != -1)
		close(fd);
	return ours ||
	    inv_fail(err, INV_DENIED,
		"%s/%s: user %ju may not %s: that is for who may write to it",
		state->path, names[role], (uintmax_t)geteuid(), names[role]);
}

bool
inv_roles_are_given(const struct inv_state *state)
{
	struct stat own;
	struct stat st;

	if (fstat(state->fd, &own) != 0)
		return false;
	for (int i = 0; i < ROLES; i++)
		if (fstatat(state->fd, names[i], &st, AT_SYMLINK_NOFOLLOW) ==
			0 &&
		    is_role(&st, &own))
			return true;
	return false;
}
