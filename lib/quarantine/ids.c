/* ids.c - the items that a verb is about: operands, and lines of stdin */

#include "quarantine/ids.h"

#include <unistd.h>

#include "base/log.h"
#include "prog/opt.h"
#include "store/quarantine.h"

void
inv_item_ids_open(struct inv_item_ids *ids, const char *verb, char *words[])
{
	struct inv_item_filter ignored;

	for (char **w = words; *w != NULL; w++)
		if (strcmp(*w, "-") != 0 &&
		    !inv_item_id_of(inv_str_of(*w), &ignored))
			inv_opt_wrong(verb, *w, "not the id of an item");
	*ids = (struct inv_item_ids){ .verb = verb, .words = words };
	inv_in_init(&ids->in, STDIN_FILENO, "stdin", INV_LINE_MAX, NULL);
}

void
inv_item_ids_close(struct inv_item_ids *ids)
{
	inv_in_free(&ids->in);
	inv_scan_free(ids->scan);
}

/* What a line says; ends the program where that is no id. */
static struct inv_str
id_in(struct inv_item_ids *ids, struct inv_str line)
{
	const struct inv_member *m = NULL;
	struct inv_item_filter ignored;
	struct inv_str id = line;
	struct inv_err err;

	if (line.p[0] == '{') {
		if (ids->scan == NULL)
			ids->scan = inv_scan_new();
		if (inv_scan_line(ids->scan, line, &err))
			m = inv_member_find(inv_scan_outer(ids->scan), "item");
		id = INV_LIT("");
		if (m != NULL && m->kind == INV_KIND_STRING)
			id = inv_member_inner(m);
	}
	if (inv_item_id_of(id, &ignored))
		return id;
	(void)inv_fail(&err, INV_BAD,
	    "%s: stdin: line %ju: not the id of an item", ids->verb,
	    (uintmax_t)ids->line);
	inv_die(&err);
}

/* Empty lines are passed over. */
static bool
next_line(struct inv_item_ids *ids, struct inv_str *id)
{
	struct inv_str line;
	struct inv_err err;

	for (;;) {
		ids->line++;
		switch (inv_in_line(&ids->in, &line, &err)) {
		case INV_NEXT_END:
			return false;
		case INV_NEXT_ERR:
			inv_die(&err);
		case INV_NEXT_LINE:
			break;
		}
		if (line.n == 0)
			continue;
		*id = id_in(ids, line);
		return true;
	}
}

bool
inv_item_ids_next(struct inv_item_ids *ids, struct inv_str *id)
{
	for (;;) {
		if (ids->reading && next_line(ids, id))
			return true;
		ids->reading = false;
		if (*ids->words == NULL)
			return false;
		*id = inv_str_of(*ids->words++);
		if (!inv_str_is(*id, "-"))
			return true;
		ids->reading = true;
	}
}
