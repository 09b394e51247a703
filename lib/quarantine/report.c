/* report.c - inv-quarantine report: what waits, as a page to look at */

#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "io/file.h"
#include "quarantine/args.h"
#include "quarantine/page.h"

enum { PAGE_MAX = 512 << 20 }; /* bytes */

static struct inv_review *
look(void)
{
	const struct inv_item_filter all = { .state = INV_ITEM_ALL };
	struct inv_review *v = inv_review_new(inv_opt_now());
	enum inv_next next = INV_NEXT_END;
	struct inv_quarantine_reader *r;
	const struct inv_item *item;
	struct inv_state state;
	struct inv_err err;

	state.fd = inv_opt_state_shared(&state.path);
	r = inv_quarantine_read_own(&state, &err);
	if (r == NULL)
		inv_die(&err);
	inv_quarantine_seek(r, &all);
	while ((next = inv_quarantine_next(r, &item, &err)) == INV_NEXT_LINE)
		inv_review_add(v, item);
	if (next == INV_NEXT_ERR)
		inv_die(&err);
	inv_quarantine_read_close(r);
	close(state.fd);
	inv_review_sort(v);
	return v;
}

int
inv_quarantine_do_report(void *args, char *words[])
{
	const struct inv_quarantine_args *a = args;
	struct inv_buf page = INV_BUF(PAGE_MAX);
	struct inv_err err;

	(void)words;
	if (a->html == NULL)
		inv_opt_wrong("report", "--html", "missing");

	struct inv_review *v = look();

	inv_page_write(&page, v);
	inv_review_free(v);
	if (page.failed) {
		inv_fail(&err, INV_INTERNAL, "%s: too large", a->html);
		inv_die(&err);
	}
	if (!(strcmp(a->html, "-") == 0
		    ? inv_file_write(STDOUT_FILENO, inv_buf_str(&page),
			  "stdout", &err)
		    : inv_file_summary(a->html, inv_buf_str(&page), &err)))
		inv_die(&err);
	inv_buf_free(&page);
	return 0;
}
