/*
 * sheet.h - records as CSV that is safe to open in a spreadsheet
 *
 * RFC 4180 with LF, UTF-8.  Every cell is quoted but for those of letters,
 * digits and ._:- that can not be taken for anything else: a reader that
 * splits at semicolons or tabs sees no other cells than we wrote.
 *
 * A cell that a spreadsheet would run as a formula (one that begins with
 * = + - @, their full-width forms, TAB, CR or LF, behind any number of blanks,
 * control characters and apostrophes) gets an apostrophe before it.  This can
 * be undone: a cell that begins with an apostrophe, and would need one
 * without it, has been given it.
 */
#ifndef INV_DATA_SHEET_H
#define INV_DATA_SHEET_H

#include "base/buf.h"
#include "base/err.h"
#include "data/scan.h"

/* A cell with this text, UTF-8; a comma before it if it is not the first. */
void inv_sheet_cell(struct inv_buf *out, struct inv_str text, bool first);

/* The text would be run. */
bool inv_sheet_is_formula(struct inv_str text);

/* A cell without the apostrophe that it was given; most had none. */
struct inv_str inv_sheet_unguard(struct inv_str cell);

struct inv_sheet;

struct inv_sheet *inv_sheet_new(void);
void inv_sheet_free(struct inv_sheet *s);

/*
 * Make a column for each member that has none yet, in the order they come.
 * Members whose name begins with `without` (plain ASCII) are left out.
 * INV_BAD past INV_MEMBERS_MAX columns.
 */
INV_MUST bool inv_sheet_learn(struct inv_sheet *s,
    const struct inv_members *fields, struct inv_str without,
    struct inv_err *err);

/*
 * A cell for each column: its name, or its value in this record.  Strings are
 * decoded, null is an empty cell, anything else stands as its JSON text.  A
 * member without a column is left out; fields may be NULL.  Returns whether
 * there are any columns.
 */
bool inv_sheet_names(struct inv_sheet *s, struct inv_buf *out);
bool inv_sheet_values(struct inv_sheet *s, const struct inv_members *fields,
    struct inv_buf *out);

/*
 * The same one by one, for other files than CSV: how many columns there are,
 * the name of one, and its text in the record that was loaded (good until the
 * next call).  None is guarded.
 */
size_t inv_sheet_columns(const struct inv_sheet *s);
struct inv_str inv_sheet_name(const struct inv_sheet *s, size_t k);
void inv_sheet_load(struct inv_sheet *s, const struct inv_members *fields);
struct inv_str inv_sheet_text(struct inv_sheet *s, size_t k);

#endif
