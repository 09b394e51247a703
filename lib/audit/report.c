/* report.c - inv-audit report: a manifest on one page that adds up */

#include <string.h>
#include <unistd.h>

#include "audit/args.h"
#include "audit/named.h"
#include "audit/statement.h"
#include "base/log.h"
#include "io/file.h"

enum { PAGE_MAX = 1 << 30 }; /* bytes */

/* To a file, which is replaced whole, or to standard output for "-". */
static void
write_to(const char *path, bool html, const struct inv_dossier *d,
    const struct inv_note_key *key, size_t keys)
{
	struct inv_buf page = INV_BUF(PAGE_MAX);
	struct inv_paper p = { .out = &page, .html = html };
	struct inv_err err;

	if (!inv_statement_write(&p, d, key, keys, inv_opt_now(), &err))
		inv_die(&err);
	if (page.failed) {
		inv_fail(&err, INV_INTERNAL, "%s: too large", path);
		inv_die(&err);
	}
	if (!(strcmp(path, "-") == 0
		    ? inv_file_write(STDOUT_FILENO, inv_buf_str(&page),
			  "stdout", &err)
		    : inv_file_summary(path, inv_buf_str(&page), &err)))
		inv_die(&err);
	inv_buf_free(&page);
}

int
inv_audit_do_report(void *args, char *words[])
{
	const struct inv_audit_args *a = args;
	struct inv_note_key keys[INV_AUDIT_FILES];
	struct inv_dossier d = { 0 };
	char id[INV_DIGEST_HEX];
	struct inv_str begin;
	struct inv_state state;
	struct inv_err err;
	bool adds_up = true;
	size_t n;

	state.fd = inv_opt_state_there(&state.path);
	if (!inv_audit_args_keys(a, state.fd, keys, &n, &err) ||
	    !inv_audit_named(&state, words[0], id, &begin, &err) ||
	    !inv_dossier_read(&d, &state, begin, &err))
		inv_die(&err);
	if (a->html != NULL)
		write_to(a->html, true, &d, keys, n);
	if (a->text != NULL || a->html == NULL)
		write_to(a->text != NULL ? a->text : "-", false, &d, keys, n);
	for (size_t i = 0; i < d.parts; i++)
		adds_up = adds_up && inv_dossier_adds_up(&d.part[i]);
	inv_dossier_free(&d);
	close(state.fd);
	return inv_fault_exit(adds_up ? INV_OK : INV_NO);
}
