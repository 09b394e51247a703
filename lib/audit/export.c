/* export.c - inv-audit export: the log, for a security information system */

#include <stdlib.h>
#include <unistd.h>

#include "audit/args.h"
#include "audit/event.h"
#include "base/log.h"
#include "store/audit_view.h"

static bool export(struct inv_audit_view *view, struct inv_event_writer *w,
    struct inv_out *out, struct inv_err *err)
{
	struct inv_audit_line line;

	while (!out->failed)
		switch (inv_audit_view_next(view, &line, err)) {
		case INV_NEXT_LINE:
			if (!inv_event_put(w, inv_out_buf(out), &line, err))
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

	state.fd = inv_opt_state_there(&state.path);
	inv_out_init(&out, STDOUT_FILENO, "stdout");
	if (!inv_audit_view_open(&view, &state, &err))
		inv_die(&err);
	bool ok = export(&view, w, &out, &err);

	/* What stands before the damage is told. */
	if (!inv_out_close(&out, ok ? &err : &ignored) || !ok)
		inv_die(&err);
	inv_event_writer_free(w);
	inv_audit_view_close(&view);
	close(state.fd);
	return EXIT_SUCCESS;
}
