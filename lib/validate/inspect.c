/* inspect.c - what is odd about the files that records are checked by */

#include "validate/inspect.h"

#include <fcntl.h>

#include "data/lint.h"
#include "data/rules.h"
#include "data/rules_lint.h"
#include "io/file.h"
#include "prog/lookup.h"

static bool
inspect_rules(const struct inv_checker *checker,
    const struct inv_checker_options *options, size_t i, struct inv_buf *out,
    size_t *n, struct inv_err *err)
{
	const struct inv_schema_options how = { .assert_formats = true,
		.ref_dir = options->compile.ref_dir };
	struct inv_buf text = INV_BUF(INV_RULES_MAX);
	char path[PATH_MAX];

	if (!inv_lookup_rules(options->rules.rules[i], path, err))
		return false;
	bool ok = inv_file_read(AT_FDCWD, path, &text, err);

	if (ok)
		*n += inv_rules_lint(inv_str_of(path), inv_buf_str(&text),
		    checker->schema, &how, out);
	inv_buf_free(&text);
	return ok;
}

bool
inv_inspect(const struct inv_checker_options *options, struct inv_buf *out,
    size_t *n, struct inv_err *err)
{
	struct inv_buf text = INV_BUF(INV_SCHEMA_MAX);
	struct inv_checker checker;

	/* What does not compile is wrong, and not odd. */
	if (!inv_checker_open(&checker, options, err))
		return false;
	bool ok = inv_file_read(AT_FDCWD, checker.path, &text, err);

	if (ok)
		*n = inv_lint_schema(inv_str_of(checker.path),
		    inv_buf_str(&text), &options->compile, out);
	for (size_t i = 0; ok && i < options->rules.n; i++)
		ok = inspect_rules(&checker, options, i, out, n, err);
	inv_buf_free(&text);
	inv_checker_close(&checker);
	return ok;
}
