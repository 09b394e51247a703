/* aside.c - what inv-validate does when it checks no stream */

#include "validate/aside.h"

#include <unistd.h>

#include "base/log.h"
#include "data/lint.h"
#include "io/file.h"
#include "io/stream.h"
#include "prog/opt.h"
#include "validate/backtest.h"
#include "validate/codes.h"
#include "validate/inspect.h"
#include "validate/trial.h"

/* All that there is to say, on standard output. */
static int
print(struct inv_buf *text)
{
	struct inv_err err;

	if (!inv_file_write(STDOUT_FILENO, inv_buf_str(text), "stdout", &err))
		inv_die(&err);
	inv_buf_free(text);
	return 0;
}

int
inv_aside_list_codes(void)
{
	struct inv_buf text = INV_BUF(INV_CODES_TEXT);

	inv_codes_list(&text);
	return print(&text);
}

int
inv_aside_explain(const char *code)
{
	struct inv_buf text = INV_BUF(INV_CODES_TEXT);
	struct inv_err err;

	if (!inv_codes_explain(inv_str_of(code), &text, &err))
		inv_die(&err);
	return print(&text);
}

/* Both end so: `wrong` is what there was to find. */
static int
close_trial(struct inv_checker *c, struct inv_out *out, bool ok, uint64_t wrong,
    const struct inv_err *err)
{
	struct inv_err why;

	inv_checker_close(c);
	if (!inv_out_close(out, &why))
		inv_die(&why);
	if (!ok)
		inv_die(err);
	return wrong > 0 ? inv_fault_exit(INV_NO) : 0;
}

int
inv_aside_lint(const struct inv_checker_options *how)
{
	struct inv_buf text = INV_BUF(INV_LINT_TEXT);
	struct inv_err err;
	size_t n;

	if (!inv_inspect(how, &text, &n, &err))
		inv_die(&err);
	print(&text);
	return n > 0 ? inv_fault_exit(INV_NO) : 0;
}

int
inv_aside_test(const struct inv_checker_options *how, const char *dir)
{
	struct inv_checker checker;
	struct inv_err err;
	struct inv_out out;
	uint64_t wrong = 0;

	if (!inv_checker_open(&checker, how, &err))
		inv_die(&err);
	inv_out_init(&out, STDOUT_FILENO, "stdout");
	bool ok = inv_trial_run(&checker, dir, &out, &wrong, &err);

	return close_trial(&checker, &out, ok, wrong, &err);
}

int
inv_aside_backtest(const struct inv_checker_options *how)
{
	struct inv_backtest_options options = {
		.terminal = isatty(STDOUT_FILENO) == 1,
	};
	struct inv_checker checker;
	struct inv_err err;
	struct inv_out out;
	uint64_t changed = 0;

	options.state.fd = inv_opt_state_there(&options.state.path);
	if (!inv_checker_open(&checker, how, &err))
		inv_die(&err);
	inv_out_init(&out, STDOUT_FILENO, "stdout");
	bool ok = inv_backtest_run(&checker, &options, &out, &changed, &err);

	close(options.state.fd);
	return close_trial(&checker, &out, ok, changed, &err);
}
