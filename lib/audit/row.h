/*
 * row.h - an entry of the log as a line of a table, for people
 *
 * Whatever came from outside can not act on a terminal.
 */
#ifndef INV_AUDIT_ROW_H
#define INV_AUDIT_ROW_H

#include "data/scan.h"
#include "store/audit_line.h"

/* Add number, time, type, manifest and what it says, without a newline. */
void inv_audit_row(struct inv_buf *b, const struct inv_audit_line *line,
    struct inv_scan *scan);

/* What it says, of a line that is JSON throughout. */
void inv_audit_row_words(struct inv_buf *b, const struct inv_audit_line *line);

/* The same columns for what is no entry of the log; seq 0: none yet. */
void inv_audit_row_head(struct inv_buf *b, uint64_t seq, struct inv_str time,
    struct inv_str type, struct inv_str manifest);

/* Add text, cut; and the same of the inside of a JSON string. */
void inv_audit_row_text(struct inv_buf *b, struct inv_str s);
void inv_audit_row_inside(struct inv_buf *b, struct inv_str raw);

/*
 * The string member of that name of a JSON object that has been scanned: its
 * inside, undecoded; empty where it is missing or no string.
 */
struct inv_str inv_audit_text_of(struct inv_str object, const char *name);

#endif
