/* sheet_choice.c - which sheet of a workbook is read */

#include "data/sheet_choice.h"

#include <stdlib.h>

#include "base/mem.h"

enum {
	SAID = 200,          /* bytes of names in a message */
	NAME = 60,           /* of one of them */
	NUMBER_MAX = 100000, /* of a sheet */
};

void
inv_sheet_choice_begin(struct inv_sheet_choice *c, struct inv_str wanted)
{
	*c = (struct inv_sheet_choice){
		.wanted = wanted,
		.name = inv_mem_resize(NULL, INV_SHEETS_MAX, sizeof(*c->name)),
		.said = INV_BUF(2 * SAID),
	};
	if (wanted.n > 0 && !inv_str_u64(wanted, 1, NUMBER_MAX, &c->number))
		c->number = 0;
}

static struct inv_str
shortened(struct inv_str name)
{
	return (struct inv_str){ name.p, name.n < NAME ? name.n : NAME };
}

static void
say_name(struct inv_sheet_choice *c, struct inv_str name)
{
	if (c->said.n >= SAID)
		return;
	inv_buf_addf(&c->said, "%s\"%.*s\"", c->said.n > 0 ? ", " : "",
	    INV_ARG(shortened(name)));
}

static bool
is_nameless(const struct inv_sheet_choice *c, struct inv_str name)
{
	if (name.n == 0)
		return c->wanted.n > 0;
	for (uint64_t i = 0; i + 1 < c->seen; i++)
		if (inv_str_eq(c->name[i], name))
			return true;
	return false;
}

bool
inv_sheet_choice_see(struct inv_sheet_choice *c, struct inv_str name,
    bool hidden, bool table)
{
	say_name(c, name);
	if (c->seen < INV_SHEETS_MAX)
		c->name[c->seen] = name;
	c->seen++;
	if (c->by_name || c->seen > INV_SHEETS_MAX)
		return false;
	if (c->wanted.n == 0) {
		if (c->at > 0 || hidden || !table)
			return false;
	} else if (inv_str_eq(c->wanted, name)) {
		c->by_name = true;
	} else if (c->seen != c->number) {
		return false;
	}
	c->at = c->seen;
	c->sheet = name;
	c->hidden = hidden;
	c->table = table;
	c->nameless = is_nameless(c, name);
	return true;
}

bool
inv_sheet_choice_end(const struct inv_sheet_choice *c, const char *book,
    struct inv_err *err)
{
	if (c->at == 0 && c->wanted.n == 0)
		return inv_fail(err, INV_BAD,
		    "%s: every sheet is hidden: one has to be named", book);
	if (c->nameless)
		return inv_fail(err, INV_BAD,
		    "%s: the sheet has no name, or that of one before it",
		    book);
	if (c->at > 0 && c->table)
		return true;
	return inv_fail(err, INV_BAD, "%s: %s \"%.*s\"; the workbook has %.*s",
	    book,
	    c->at == 0 ? "no sheet" : "no table, but a chart or a macro, is",
	    INV_ARG(shortened(c->wanted)), INV_ARG(inv_buf_str(&c->said)));
}

void
inv_sheet_choice_free(struct inv_sheet_choice *c)
{
	free(c->name);
	inv_buf_free(&c->said);
	c->name = NULL;
}
