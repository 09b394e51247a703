/* inspect.c - what is odd about the files that records are checked by */

#include "validate/inspect.h"

#include <fcntl.h>

#include "data/lint.h"
#include "data/rules.h"
#include "io/file.h"
#include "prog/lookup.h"

static bool
inspect_schema(const struct inv_checker *checker,
    const struct inv_schema_options *how, struct inv_buf *out, size_t *n,
    struct inv_err *err)
{
	struct inv_buf text = INV_BUF(INV_SCHEMA_MAX);
	bool ok = inv_file_read(AT_FDCWD, checker->path, &text, err);

	if (ok)
		*n += inv_lint_schema(inv_str_of(checker->path),
		    inv_buf_str(&text), how, out);
	inv_buf_free(&text);
	return ok;
}

static bool
inspect_rules(const struct inv_checker *checker, const char *name,
    struct inv_buf *out, size_t *n, struct inv_err *err)
{
	struct inv_buf text = INV_BUF(INV_RULES_MAX);
	char path[PATH_MAX];
	bool ok = inv_lookup_rules(name, path, err) &&
	    inv_file_read(AT_FDCWD, path, &text, err);

	if (ok)
		*n += inv_lint_rules(inv_str_of(path), inv_buf_str(&text),
		    checker->schema, out);
	inv_buf_free(&text);
	return ok;
}

bool
inv_inspect(const struct inv_checker_options *options, struct inv_buf *out,
    size_t *n, struct inv_err *err)
{
	const struct inv_rulebook_options *rules = &options->rules;
	struct inv_checker checker;

	*n = 0;
	/* What does not compile is wrong, and not odd. */
	if (!inv_checker_open(&checker, options, err))
		return false;
	bool ok = inspect_schema(&checker, &options->compile, out, n, err);

	for (size_t i = 0; ok && i < rules->n; i++)
		ok = inspect_rules(&checker, rules->rules[i], out, n, err);
	inv_checker_close(&checker);
	return ok;
}
