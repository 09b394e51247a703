/* report.c - inv-audit report: a manifest on one page that adds up */

#include <string.h>
#include <unistd.h>

#include "audit/args.h"
#include "audit/named.h"
#include "audit/statement.h"
#include "base/log.h"
#include "io/file.h"

enum { PAGE_MAX = 1 << 30 }; /* bytes */

struct reporting {
	const struct inv_audit_args *args;
	const char *word; /* which manifest */
	struct inv_statement_log log[INV_AUDIT_FILES];
	size_t n;
	size_t known;
	bool adds_up;
};

/* To a file, which is replaced whole, or to standard output for "-". */
static void
write_to(const char *path, bool html, const struct reporting *r)
{
	struct inv_buf page = INV_BUF(PAGE_MAX);
	struct inv_paper p = { .out = &page, .html = html };
	struct inv_err err;

	if (!inv_statement_write(&p, r->log, r->n, inv_opt_now(), &err))
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

/* What a log has is kept; one without is told of in the report of the others. */
static bool
read_log(struct reporting *r, struct inv_statement_log *log,
    const struct inv_state *state)
{
	char id[INV_DIGEST_HEX];
	struct inv_str begin;

	if (!inv_audit_args_keys(r->args, state->fd, log->key, &log->keys,
		&log->err) ||
	    !inv_audit_named(state, r->word, id, &begin, &log->err) ||
	    !inv_dossier_read(&log->d, state, begin, &log->err)) {
		inv_dossier_free(&log->d);
		return false;
	}
	for (size_t i = 0; i < log->d.parts; i++)
		r->adds_up = r->adds_up && inv_dossier_adds_up(&log->d.part[i]);
	return true;
}

static enum inv_fault
look(void *arg, const struct inv_state *state, const char *name)
{
	struct reporting *r = arg;
	struct inv_statement_log *log = r->log;

	/* One that could not be opened keeps its place, and what open_logs said. */
	while (log->name != name)
		log++;
	log->known = read_log(r, log, state);
	r->known += log->known;
	return log->known ? INV_OK : inv_audit_complain(name, &log->err);
}

/* A place for each, of which nothing is known yet. */
static void
open_logs(struct reporting *r)
{
	r->n = r->args->states > 0 ? r->args->states : 1;
	for (size_t i = 0; i < r->n; i++) {
		struct inv_statement_log *log = &r->log[i];

		log->name = r->args->state[i];
		log->d.checkpoints = INV_CHECKPOINTS;
		(void)inv_fail(&log->err, INV_NOINPUT,
		    "the state directory can not be opened");
	}
}

static void
write_report(const struct reporting *r)
{
	const char *html = r->args->html, *text = r->args->text;

	if (html != NULL)
		write_to(html, true, r);
	if (text != NULL || html == NULL)
		write_to(text != NULL ? text : "-", false, r);
}

int
inv_audit_do_report(void *args, char *words[])
{
	struct reporting r = {
		.args = args,
		.word = words[0],
		.adds_up = true,
	};

	open_logs(&r);
	enum inv_fault fault = inv_audit_each(args, look, &r);

	if (r.known > 0)
		write_report(&r);
	if (!r.adds_up)
		fault = inv_fault_worse(fault, INV_NO);
	for (size_t i = 0; i < r.n; i++)
		inv_dossier_free(&r.log[i].d);
	return inv_fault_exit(fault);
}
