/* naming_opt.c - options that name, choose and add columns */

#include "prog/naming_opt.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/log.h"
#include "data/emit.h"
#include "data/naming.h"
#include "data/rename.h"
#include "io/file.h"
#include "prog/opt.h"

static const char columns[] = "--columns";
static const char set[] = "--set";

/* A mapping as it was written, on one line; ends with 78 if it is none. */
static void
put_map(struct inv_str text, const char *path, struct inv_buf *out)
{
	struct inv_err err;
	struct inv_rename *map = inv_rename_new(text, &err);
	struct inv_naming *naming = NULL;
	bool ok = map != NULL;

	if (ok) {
		*out = INV_BUF(INV_RENAME_BYTES);
		inv_rename_put(map, out);
		const struct inv_source_options alone = {
			.map = inv_buf_str(out),
		};
		ok = inv_naming_new(&alone, &naming, &err);
	}
	if (!ok) {
		inv_say("%s: %s", path, err.msg);
		exit(inv_fault_exit(err.fault));
	}
	inv_naming_free(naming);
	inv_rename_free(map);
}

void
inv_opt_columns(struct inv_naming_opt *o, const char *path,
    struct inv_source_options *how)
{
	struct inv_buf text = INV_BUF(INV_RENAME_BYTES);
	struct inv_err err;

	if (how->map.n > 0)
		inv_opt_wrong(columns, path, "there is one mapping");
	if (!inv_file_read(AT_FDCWD, path, &text, &err)) {
		if (err.fault == INV_BAD) /* too long to be one */
			err.fault = INV_CONFIG;
		inv_die(&err);
	}
	put_map(inv_buf_str(&text), path, &o->map);
	how->map = inv_buf_str(&o->map);
	inv_buf_free(&text);
}

void
inv_opt_set(struct inv_naming_opt *o, const char *arg,
    struct inv_source_options *how)
{
	struct inv_str all = inv_str_of(arg);
	const char *equals = strchr(arg, '=');
	struct inv_naming *naming;
	struct inv_err err;

	if (equals == NULL || equals == arg || !inv_text_is_utf8(all))
		inv_opt_wrong(set, arg, "not NAME=VALUE in UTF-8");
	if (o->constants.n > 0)
		o->constants.n--;
	else {
		o->constants = INV_BUF(INV_CONSTANTS_BYTES);
		inv_buf_byte(&o->constants, '{');
	}
	inv_emit_str(&o->constants,
	    (struct inv_str){ arg, (size_t)(equals - arg) });
	inv_buf_byte(&o->constants, ':');
	inv_emit_str(&o->constants, inv_str_of(equals + 1));
	inv_emit_close(&o->constants, '}');
	how->constants = inv_buf_str(&o->constants);
	const struct inv_source_options alone = { .constants = how->constants };

	if (o->constants.failed || !inv_naming_new(&alone, &naming, &err))
		inv_opt_wrong(set, arg,
		    o->constants.failed ? "more than 64 KiB of constants"
					: err.msg);
	inv_naming_free(naming);
}

void
inv_opt_naming_check(const struct inv_source_options *how)
{
	struct inv_naming *naming;
	struct inv_err err;

	if (!inv_naming_new(how, &naming, &err))
		inv_opt_wrong(set, "with --columns", err.msg);
	inv_naming_free(naming);
}

void
inv_naming_opt_free(struct inv_naming_opt *o)
{
	inv_buf_free(&o->map);
	inv_buf_free(&o->constants);
}
