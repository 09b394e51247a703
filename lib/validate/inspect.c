/* inspect.c - what is odd about the files that records are checked by */

#include "validate/inspect.h"

#include <fcntl.h>

#include "data/lint.h"
#include "io/file.h"

bool
inv_inspect(const struct inv_checker_options *options, struct inv_buf *out,
    size_t *n, struct inv_err *err)
{
	static const struct inv_schema_options plain = { 0 };
	struct inv_buf text = INV_BUF(INV_SCHEMA_MAX);
	struct inv_checker checker;

	/* What does not compile is wrong, and not odd. */
	if (!inv_checker_open(&checker, options, err))
		return false;
	bool ok = inv_file_read(AT_FDCWD, checker.path, &text, err);

	if (ok)
		*n = inv_lint_schema(inv_str_of(checker.path),
		    inv_buf_str(&text), &plain, out);
	inv_buf_free(&text);
	inv_checker_close(&checker);
	return ok;
}
