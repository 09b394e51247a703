/* lookup.c - where a schema or a rules file is, by its name */

#include "prog/lookup.h"

#include <stdio.h>
#include <unistd.h>

#include "prog/opt.h"

#define SYSTEM "/etc/inv/schemas"
#define INSTALLED INV_SHAREDIR "/schemas"

struct kind {
	const char *what;
	const char *ending;
	const char *system;
	const char *installed;
	const char *beside; /* a build that is not installed, from its root */
};

static const struct kind schema = { "schema", ".schema.json", SYSTEM, INSTALLED,
	"/examples/schemas" };
static const struct kind rules = { "rules", ".rules.json", SYSTEM, INSTALLED,
	"/examples/rules" };
static const struct kind mapping = { "mapping", ".json", "/etc/inv/mappings",
	INV_SHAREDIR "/mappings", "/examples/mappings" };

static bool
is_path(const char *name)
{
	size_t n = strlen(name);

	return strchr(name, '/') != NULL ||
	    (n > 5 && strcmp(name + n - 5, ".json") == 0);
}

static bool
find_in(const struct kind *kind, struct inv_str dir, const char *name,
    char path[PATH_MAX])
{
	if (dir.n == 0 || dir.n >= PATH_MAX)
		return false;
	int n = snprintf(path, PATH_MAX, "%.*s/%s%s", INV_ARG(dir), name,
	    kind->ending);

	return n > 0 && n < PATH_MAX && access(path, F_OK) == 0;
}

/* From ROOT/build/rel/inv-validate to ROOT/examples/schemas. */
static bool
find_beside(const struct kind *kind, const char *name, char path[PATH_MAX])
{
	size_t beside_n = strlen(kind->beside) + 1;
	char dir[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", dir, sizeof(dir));

	for (int up = 0; up < 3; up++)
		while (n > 0 && dir[--n] != '/')
			;
	if (n <= 0 || (size_t)n + beside_n > sizeof(dir))
		return false;
	memcpy(dir + n, kind->beside, beside_n);
	return find_in(kind, inv_str_of(dir), name, path);
}

static bool
find(const struct kind *kind, const char *name, char path[PATH_MAX])
{
	const char *list = inv_opt_env("INV_SCHEMA_PATH");

	while (list != NULL && *list != '\0') {
		struct inv_str dir = { list, strcspn(list, ":") };

		if (find_in(kind, dir, name, path))
			return true;
		list += dir.n + (list[dir.n] == ':');
	}
	return find_in(kind, inv_str_of(kind->system), name, path) ||
	    find_in(kind, inv_str_of(kind->installed), name, path) ||
	    find_beside(kind, name, path);
}

static bool
look_up(const struct kind *kind, const char *name, char path[PATH_MAX],
    struct inv_err *err)
{
	if (is_path(name)) {
		if (snprintf(path, PATH_MAX, "%s", name) < PATH_MAX)
			return true;
		return inv_fail(err, INV_CONFIG, "%s: path too long",
		    kind->what);
	}
	return find(kind, name, path) ||
	    inv_fail(err, INV_CONFIG,
		"%s %s: no %s%s in INV_SCHEMA_PATH, %s or %s", kind->what, name,
		name, kind->ending, kind->system, kind->installed);
}

bool
inv_lookup_schema(const char *name, char path[PATH_MAX], struct inv_err *err)
{
	return look_up(&schema, name, path, err);
}

bool
inv_lookup_rules(const char *name, char path[PATH_MAX], struct inv_err *err)
{
	return look_up(&rules, name, path, err);
}

bool
inv_lookup_mapping(const char *set, const char *dir, char path[PATH_MAX])
{
	if (dir != NULL)
		return find_in(&mapping, inv_str_of(dir), set, path);
	return find(&mapping, set, path);
}
