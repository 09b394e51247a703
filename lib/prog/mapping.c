/* mapping.c - the mappings that inv-split reads X12 and XML by */

#include "prog/mapping.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "data/json.h"
#include "io/file.h"
#include "prog/lookup.h"

static bool
read_text(const char *path, struct inv_buf *text, struct inv_err *err)
{
	struct inv_err why;

	*text = INV_BUF(INV_MAPPING_MAX);
	return inv_file_read(AT_FDCWD, path, text, &why) ||
	    inv_fail(err, INV_CONFIG, "%s", why.msg);
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static struct inv_x12_map *
read_x12(const char *path, bool is_file, bool *other, struct inv_err *err)
{
	struct inv_buf text;
	struct inv_x12_map *map = NULL;

	*other = false;
	if (read_text(path, &text, err)) {
		*other = is_file && inv_xml_map_is(inv_buf_str(&text));
		if (!*other)
			map = inv_x12_map_new(inv_buf_str(&text), path, err);
	}
	inv_buf_free(&text);
	return map;
}

bool
inv_mapping_find(void *mappings, const char *set, struct inv_x12_map **map,
    struct inv_err *err)
{
	const char *given = ((const struct inv_mappings *)mappings)->given;
	bool is_file = given != NULL && !is_folder(given);
	bool other;
	char path[PATH_MAX];

	*map = NULL;
	if (!is_file && !inv_lookup_mapping(set, given, path))
		return true;
	*map = read_x12(is_file ? given : path, is_file, &other, err);
	if (*map == NULL)
		return other;
	if (inv_str_is((*map)->set, set))
		return true;
	bool ok = is_file ||
	    inv_fail(err, INV_CONFIG, "%s: a mapping of %.*s", path,
		INV_ARG((*map)->set));

	inv_x12_map_free(*map);
	*map = NULL;
	return ok;
}

/* It has a transaction set. */
static bool
is_of_x12(struct inv_str text)
{
	struct inv_err ignored;
	struct inv_json *j = inv_json_new(text, &ignored);
	bool is = inv_json_member(j, "transaction") != NULL;

	inv_json_free(j);
	return is;
}

bool
inv_mapping_find_xml(void *mappings, struct inv_xml_map **map,
    struct inv_err *err)
{
	const char *given = ((const struct inv_mappings *)mappings)->given;
	struct inv_buf text;

	*map = NULL;
	if (given == NULL || is_folder(given))
		return true;
	bool ok = read_text(given, &text, err);

	if (ok && !is_of_x12(inv_buf_str(&text))) {
		*map = inv_xml_map_new(inv_buf_str(&text), given, err);
		ok = *map != NULL;
	}
	inv_buf_free(&text);
	return ok;
}
