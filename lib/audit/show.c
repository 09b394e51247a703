/* show.c - inv-audit show: an entry of the log, or all about a manifest */

#include <stdlib.h>
#include <unistd.h>

#include "audit/args.h"
#include "audit/lines.h"
#include "audit/named.h"
#include "base/log.h"
#include "store/audit_view.h"

enum { SEQ_DIGITS = 15 }; /* of what is taken for the number of an entry */

struct show {
	struct inv_state state;
	struct inv_audit_view view;
	struct inv_audit_lines lines;
	uint64_t seq;         /* the entry asked for; 0: those of a manifest */
	struct inv_str begin; /* of its id */
	char id[INV_DIGEST_HEX];
	uint64_t found;
};

/* The number of an entry, or a manifest. */
static bool
read_word(struct show *s, const char *word, struct inv_err *err)
{
	struct inv_str w = inv_str_of(word);

	return (w.n <= SEQ_DIGITS && inv_str_u64(w, 1, UINT64_MAX, &s->seq)) ||
	    inv_audit_named(&s->state, word, s->id, &s->begin, err);
}

static bool
is_asked_for(const struct show *s, const struct inv_audit_line *line)
{
	if (s->seq != 0)
		return line->seq == s->seq;
	return inv_str_starts(line->manifest, s->begin);
}

static bool
show(struct show *s, struct inv_err *err)
{
	struct inv_audit_line line;

	for (;;)
		switch (inv_audit_view_next(&s->view, &line, err)) {
		case INV_NEXT_LINE:
			if (!is_asked_for(s, &line))
				break;
			s->found++;
			inv_audit_lines_whole(&s->lines, &line);
			if (s->seq != 0)
				return true;
			break;
		case INV_NEXT_END:
			return true;
		case INV_NEXT_ERR:
			return false;
		}
}

int
inv_audit_do_show(void *args, char *words[])
{
	struct show s = { 0 };
	struct inv_err err, ignored;

	(void)args;
	s.state.fd = inv_opt_state_there(&s.state.path);
	if (!read_word(&s, words[0], &err))
		inv_die(&err);
	inv_audit_lines_open(&s.lines);
	bool ok =
	    inv_audit_view_open(&s.view, &s.state, &err) && show(&s, &err);

	/* What stands before the damage is told. */
	if (!inv_audit_lines_close(&s.lines, ok ? &err : &ignored) || !ok)
		inv_die(&err);
	if (s.found == 0)
		inv_say("%s: no such entry or manifest in the log", words[0]);
	inv_audit_view_close(&s.view);
	close(s.state.fd);
	return inv_fault_exit(s.found > 0 ? INV_OK : INV_NO);
}
