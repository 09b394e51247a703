/* lookup.c - where a schema is, by its name */

#include "prog/lookup.h"

#include <stdio.h>
#include <unistd.h>

#include "prog/opt.h"

#define SYSTEM "/etc/inv/schemas"
#define INSTALLED INV_SHAREDIR "/schemas"
#define BESIDE "/examples/schemas"

static bool
is_path(const char *name)
{
	size_t n = strlen(name);

	return strchr(name, '/') != NULL ||
	    (n > 5 && strcmp(name + n - 5, ".json") == 0);
}

static bool
find_in(struct inv_str dir, const char *name, char path[PATH_MAX])
{
	if (dir.n == 0 || dir.n >= PATH_MAX)
		return false;
	int n =
	    snprintf(path, PATH_MAX, "%.*s/%s.schema.json", INV_ARG(dir), name);

	return n > 0 && n < PATH_MAX && access(path, F_OK) == 0;
}

/* From ROOT/build/rel/inv-validate to ROOT/examples/schemas. */
static bool
find_beside(const char *name, char path[PATH_MAX])
{
	char dir[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", dir, sizeof(dir));

	for (int up = 0; up < 3; up++)
		while (n > 0 && dir[--n] != '/')
			;
	if (n <= 0 || (size_t)n + sizeof(BESIDE) > sizeof(dir))
		return false;
	memcpy(dir + n, BESIDE, sizeof(BESIDE));
	return find_in(inv_str_of(dir), name, path);
}

bool
inv_lookup_schema(const char *name, char path[PATH_MAX], struct inv_err *err)
{
	const char *list = inv_opt_env("INV_SCHEMA_PATH");

	if (is_path(name)) {
		if (snprintf(path, PATH_MAX, "%s", name) < PATH_MAX)
			return true;
		return inv_fail(err, INV_CONFIG, "schema: path too long");
	}
	while (list != NULL && *list != '\0') {
		struct inv_str dir = { list, strcspn(list, ":") };

		if (find_in(dir, name, path))
			return true;
		list += dir.n + (list[dir.n] == ':');
	}
	if (find_in(INV_LIT(SYSTEM), name, path) ||
	    find_in(INV_LIT(INSTALLED), name, path) || find_beside(name, path))
		return true;
	return inv_fail(err, INV_CONFIG,
	    "schema %s: no %s.schema.json in INV_SCHEMA_PATH, " SYSTEM
	    " or " INSTALLED,
	    name, name);
}
