/* mapping.c - the mappings that inv-split reads X12 by, as they are asked for */

#include "prog/mapping.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "io/file.h"
#include "prog/lookup.h"

static struct inv_x12_map *
read_map(const char *path, struct inv_err *err)
{
	struct inv_buf text = INV_BUF(INV_X12_MAP_MAX);
	struct inv_err why;
	struct inv_x12_map *map = NULL;

	if (!inv_file_read(AT_FDCWD, path, &text, &why))
		inv_fail(err, INV_CONFIG, "%s", why.msg);
	else
		map = inv_x12_map_new(inv_buf_str(&text), path, err);
	inv_buf_free(&text);
	return map;
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool
inv_mapping_find(void *mappings, const char *set, struct inv_x12_map **map,
    struct inv_err *err)
{
	const char *given = ((const struct inv_mappings *)mappings)->given;
	bool is_file = given != NULL && !is_folder(given);
	char path[PATH_MAX];

	*map = NULL;
	if (!is_file && !inv_lookup_mapping(set, given, path))
		return true;
	*map = read_map(is_file ? given : path, err);
	if (*map == NULL)
		return false;
	if (inv_str_is((*map)->set, set))
		return true;
	bool ok = is_file ||
	    inv_fail(err, INV_CONFIG, "%s: a mapping of %.*s", path,
		INV_ARG((*map)->set));

	inv_x12_map_free(*map);
	*map = NULL;
	return ok;
}
