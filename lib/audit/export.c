/* export.c - inv-audit export: the log, for a security information system */

#include <stdlib.h>
#include <unistd.h>

#include "audit/args.h"
#include "audit/event.h"
#include "base/log.h"
#include "store/audit_view.h"

static bool export(struct inv_audit_view *view, uint64_t since,
    struct inv_event_writer *w, struct inv_out *out, struct inv_err *err)
{
	struct inv_audit_line line;

	while (!out->failed)
		switch (inv_audit_view_next(view, &line, err)) {
		case INV_NEXT_LINE:
			if (line.seq <= since
				? !inv_event_skip(w, &line, err)
				: !inv_event_put(w, inv_out_buf(out), &line,
				      err))
				return false;
			inv_out_check(out);
			break;
		case INV_NEXT_END:
			return true;
		case INV_NEXT_ERR:
			return false;
		}
	return true;
}

/* The entry behind which it is to go on is there. */
static bool
has_entry(const struct inv_audit_view *view, uint64_t since,
    struct inv_err *err)
{
	uint64_t entries = view->head.log.seq - 1;

	return since <= entries ||
	    inv_fail(err, INV_NO,
		"audit/log.ndjson: %ju entries, there is no entry %ju: it is "
		"another log, or its end was cut off",
		(uintmax_t)entries, (uintmax_t)since);
}

static uint64_t
since_of(const char *word)
{
	uint64_t since = 0;

	if (word != NULL &&
	    !inv_str_u64(inv_str_of(word), 0, UINT64_MAX, &since))
		inv_opt_wrong("--since", word, "not the number of an entry");
	return since;
}

static enum inv_event_format
format_of(const char *word)
{
	enum inv_event_format format;

	if (word == NULL)
		inv_opt_wrong("export", "--format", "missing");
	if (!inv_event_format_of(word, &format))
		inv_opt_wrong("--format", word, "not ecs or cef");
	return format;
}

int
inv_audit_do_export(void *args, char *words[])
{
	const struct inv_audit_args *a = args;
	struct inv_err err, ignored;
	struct inv_audit_view view;
	struct inv_state state;
	struct inv_out out;

	(void)words;
	struct inv_event_writer *w = inv_event_writer_new(format_of(a->format));
	uint64_t since = since_of(a->since);

	state.fd = inv_opt_state_there(&state.path);
	inv_out_init(&out, STDOUT_FILENO, "stdout");
	if (!inv_audit_view_open(&view, &state, &err) ||
	    !has_entry(&view, since, &err))
		inv_die(&err);
	bool ok = export(&view, since, w, &out, &err);

	/* What stands before the damage is told. */
	if (!inv_out_close(&out, ok ? &err : &ignored) || !ok)
		inv_die(&err);
	inv_event_writer_free(w);
	inv_audit_view_close(&view);
	close(state.fd);
	return EXIT_SUCCESS;
}
