/*
 * schema_folder.c - the folder that other documents of a schema come from
 *
 * What each file says it is, is read once, at the first question.
 */

#include "data/schema_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/mem.h"
#include "data/json.h"
#include "data/uri.h"
#include "io/file.h"

enum { PATH_BYTES = 4096 };

/* A file that says what its $id is. */
struct listed {
	struct listed *next;
	struct inv_str id;
	struct inv_str name;
};

struct inv_folder {
	const char *name;
	int dir; /* -1 until it is needed */
	bool is_listed;
	struct listed *listed;
	struct inv_buf path;
	struct inv_arena arena;
};

struct inv_folder *
inv_folder_new(const char *path)
{
	struct inv_folder *f = inv_mem_new(sizeof(*f));

	f->name = path;
	f->dir = -1;
	f->path = INV_BUF(PATH_BYTES);
	return f;
}

void
inv_folder_free(struct inv_folder *f)
{
	if (f == NULL)
		return;
	if (f->dir >= 0)
		close(f->dir);
	inv_buf_free(&f->path);
	inv_arena_free(&f->arena);
	free(f);
}

static bool
read_file(struct inv_folder *f, struct inv_str path, struct inv_buf *text,
    struct inv_err *err)
{
	inv_buf_reset(text);
	return inv_file_read_below(f->dir, path, text, err);
}

/* What a file of the folder says it is, if it is a schema that says so. */
static void
list_file(struct inv_folder *f, struct inv_str name, struct inv_buf *text)
{
	struct inv_err ignored;
	struct inv_json *json = read_file(f, name, text, &ignored)
	    ? inv_json_new(inv_buf_str(text), &ignored)
	    : NULL;
	struct inv_str id;

	if (json == NULL)
		return;
	const struct inv_json *value = inv_json_member(json, "$id");

	if (value != NULL && inv_json_str(value, &id)) {
		struct listed *l = inv_arena_new(&f->arena, sizeof(*l));

		if (id.n > 0 && id.p[id.n - 1] == '#')
			id.n--;
		*l = (struct listed){ .next = f->listed,
			.id = inv_arena_str(&f->arena, id),
			.name = inv_arena_str(&f->arena, name) };
		f->listed = l;
	}
	inv_json_free(json);
}

static bool
is_json_name(struct inv_str name)
{
	return name.n > 5 && memcmp(name.p + name.n - 5, ".json", 5) == 0;
}

static bool
list_folder(struct inv_folder *f, struct inv_buf *text, struct inv_err *err)
{
	if (f->is_listed)
		return true;
	f->is_listed = true;
	DIR *folder = opendir(f->name);

	if (folder == NULL)
		return inv_fail_sys(err, INV_CONFIG, "%s", f->name);
	f->dir = fcntl(dirfd(folder), F_DUPFD_CLOEXEC, 0);
	for (struct dirent *e; f->dir >= 0 && (e = readdir(folder)) != NULL;)
		if (is_json_name(inv_str_of(e->d_name)))
			list_file(f, inv_str_of(e->d_name), text);
	closedir(folder);
	if (f->dir < 0)
		return inv_fail_sys(err, INV_CONFIG, "%s", f->name);
	return true;
}

/* HOST/PATH, then PATH, in f->path: without port, percents decoded. */
static bool
read_by_path(struct inv_folder *f, struct inv_str uri, struct inv_buf *text,
    struct inv_err *err)
{
	struct inv_uri u = inv_uri_split(uri);
	const char *user = u.authority.n == 0
	    ? NULL
	    : memchr(u.authority.p, '@', u.authority.n);

	if (user != NULL) {
		u.authority.n -= (size_t)(user + 1 - u.authority.p);
		u.authority.p = user + 1;
	}
	while (u.path.n > 0 && u.path.p[0] == '/') {
		u.path.p++;
		u.path.n--;
	}
	inv_buf_reset(&f->path);
	for (size_t i = 0; i < u.authority.n && u.authority.p[i] != ':'; i++)
		inv_buf_byte(&f->path, u.authority.p[i]);
	size_t n = f->path.n;

	inv_buf_byte(&f->path, '/');
	if (!inv_uri_decode(u.path, &f->path) || f->path.failed)
		return inv_fail(err, INV_CONFIG, "not a URI");
	struct inv_str path = inv_buf_str(&f->path);

	if (n > 0 && read_file(f, path, text, err))
		return true;
	path.p += n + 1;
	path.n -= n + 1;
	return read_file(f, path, text, err);
}

bool
inv_folder_read(struct inv_folder *f, struct inv_str uri, struct inv_str said,
    struct inv_buf *text, struct inv_err *err)
{
	struct inv_err why = { .fault = INV_OK };

	if (!list_folder(f, text, err))
		return false;
	for (const struct listed *l = f->listed; l != NULL; l = l->next)
		if (inv_str_eq(l->id, uri) && read_file(f, l->name, text, &why))
			return true;
	if (read_by_path(f, uri, text, &why))
		return true;
	/* What lies there and must not, or can not, be read is said. */
	if (why.fault != INV_NOINPUT)
		return inv_fail(err, INV_CONFIG, "%.*s: %s", INV_ARG(said),
		    why.msg);
	return inv_fail(err, INV_CONFIG,
	    "%.*s: not found: no file of it under %s", INV_ARG(said), f->name);
}
