/* secret_opt.c - options that say where a secret is, and never what it is */

#include "prog/secret_opt.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "prog/opt.h"

#define FD "fd:"
#define CRED "cred:"

static bool
starts(const char *arg, const char *with)
{
	return strncmp(arg, with, strlen(with)) == 0;
}

static bool
is_file_name(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n <= NAME_MAX && strchr(name, '/') == NULL &&
	    strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* The N of fd:N; the standard ones have another use. */
static bool
descriptor_of(const char *arg, int *fd)
{
	uint64_t n;

	if (!inv_str_u64(inv_str_of(arg + strlen(FD)), 3, INT_MAX, &n))
		return false;
	*fd = (int)n;
	return true;
}

void
inv_opt_secret(const char *option, const char *arg)
{
	int fd;

	if (arg[0] == '\0')
		inv_opt_wrong(option, arg, "names no file");
	if (starts(arg, FD) && !descriptor_of(arg, &fd))
		inv_opt_wrong(option, arg, "is no descriptor from 3 on");
	if (starts(arg, CRED) && !is_file_name(arg + strlen(CRED)))
		inv_opt_wrong(option, arg, "is no credential's name");
}

/* Where the service manager has put a credential; to be freed. */
static char *
credential_of(const char *name)
{
	const char *dir = inv_opt_env("CREDENTIALS_DIRECTORY");
	struct inv_err err;
	char *path;

	if (dir == NULL || dir[0] != '/') {
		inv_fail(&err, INV_CONFIG,
		    "cred:%s: CREDENTIALS_DIRECTORY is not set", name);
		inv_die(&err);
	}
	path = inv_mem_new(strlen(dir) + strlen(name) + sizeof("/"));
	sprintf(path, "%s/%s", dir, name);
	return path;
}

char *
inv_opt_secret_place(const char *arg, struct inv_secret_place *place)
{
	char *path = NULL;

	*place = (struct inv_secret_place){ .path = arg };
	if (starts(arg, FD) && descriptor_of(arg, &place->fd)) {
		place->path = NULL;
	} else if (starts(arg, CRED)) {
		path = credential_of(arg + strlen(CRED));
		*place =
		    (struct inv_secret_place){ .path = path, .is_lent = true };
	}
	return path;
}
