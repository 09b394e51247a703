/* lines.c - what verbs print of the log: JSON, or a table on a terminal */

#include "audit/lines.h"

#include <stdlib.h>
#include <unistd.h>

#include "audit/row.h"
#include "base/log.h"
#include "base/mem.h"
#include "data/emit.h"

enum { ESCAPED = 4 }; /* times as long as a byte gets at most */

void
inv_audit_lines_open(struct inv_audit_lines *l)
{
	*l = (struct inv_audit_lines){ .scan = inv_scan_new_document() };
	l->table = isatty(STDOUT_FILENO) == 1;
	inv_out_init(&l->out, STDOUT_FILENO, "stdout");
}

bool
inv_audit_lines_close(struct inv_audit_lines *l, struct inv_err *err)
{
	inv_scan_free(l->scan);
	return inv_out_close(&l->out, err);
}

struct inv_buf *
inv_audit_lines_begin(struct inv_audit_lines *l)
{
	struct inv_buf *b = inv_out_buf(&l->out);

	if (!l->table) {
		inv_emit_open(b, '{');
		if (l->state != NULL)
			inv_emit_member_str(b, INV_LIT("state"),
			    inv_str_of(l->state));
	} else if (l->state != NULL) {
		inv_audit_row_text(b, inv_str_of(l->state));
		inv_buf_byte(b, ' ');
	}
	return b;
}

void
inv_audit_lines_end(struct inv_audit_lines *l)
{
	struct inv_buf *b = inv_out_buf(&l->out);

	if (!l->table)
		inv_emit_close(b, '}');
	inv_buf_byte(b, '\n');
	inv_out_check(&l->out);
}

/* The line as it is, but for the state. */
static void
put_line(struct inv_audit_lines *l, struct inv_str text)
{
	struct inv_buf *b = inv_out_buf(&l->out);

	if (l->state != NULL) {
		(void)inv_audit_lines_begin(l);
		inv_buf_byte(b, ',');
		text.p++;
		text.n--;
	}
	inv_buf_add(b, text);
	inv_buf_byte(b, '\n');
	inv_out_check(&l->out);
}

void
inv_audit_lines_entry(struct inv_audit_lines *l,
    const struct inv_audit_line *line)
{
	if (!l->table) {
		put_line(l, line->text);
		return;
	}
	inv_audit_row(inv_audit_lines_begin(l), line, l->scan);
	inv_audit_lines_end(l);
}

void
inv_audit_lines_whole(struct inv_audit_lines *l,
    const struct inv_audit_line *line)
{
	if (!l->table) {
		put_line(l, line->text);
		return;
	}
	size_t max = ESCAPED * line->text.n + 1;
	char *shown = inv_mem_resize(NULL, max, 1);

	put_line(l,
	    (struct inv_str){ shown, inv_log_escape(line->text, shown, max) });
	free(shown);
}
