/*
 * sheet_choice.h - which sheet of a workbook is read
 *
 * The one with the name that was asked for or, where none has it, with that
 * number, from 1 and with hidden ones counted; where nothing was asked for, the
 * first table that is not hidden.  What is told of it has to lead to it again:
 * one that another name comes first for is refused.
 */
#ifndef INV_DATA_SHEET_CHOICE_H
#define INV_DATA_SHEET_CHOICE_H

#include "base/buf.h"
#include "base/err.h"

enum { INV_SHEETS_MAX = 8192 };

/* Of the caller; what is read is good until the free. */
struct inv_sheet_choice {
	struct inv_str wanted;
	uint64_t number; /* that it may mean; 0: none */
	uint64_t seen;   /* of these at most INV_SHEETS_MAX count */
	bool by_name;    /* it was found, and numbers count no more */
	bool nameless;   /* no name leads to it, but to another one */
	struct inv_str *name;
	struct inv_buf said; /* names, for a message */

	/* The one that is chosen so far. */
	uint64_t at; /* its number; 0: none is */
	struct inv_str sheet;
	bool hidden;
	bool table; /* and no chart or macro */
};

/* wanted is kept. */
void inv_sheet_choice_begin(struct inv_sheet_choice *c, struct inv_str wanted);

/* The next one, in their order; name is kept.  True if it is chosen so far. */
bool inv_sheet_choice_see(struct inv_sheet_choice *c, struct inv_str name,
    bool hidden, bool table);

/*
 * There are no more: one is chosen, a table, that its name leads to.  Else
 * INV_BAD; book is the name of the file.
 */
INV_MUST bool inv_sheet_choice_end(const struct inv_sheet_choice *c,
    const char *book, struct inv_err *err);

void inv_sheet_choice_free(struct inv_sheet_choice *c);

#endif
