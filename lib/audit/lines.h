/*
 * lines.h - what verbs print of the log: JSON, or a table on a terminal
 *
 * In a pipe an entry is its line as it stands in the log; where several logs
 * are read, with a first member that says of which.
 */
#ifndef INV_AUDIT_LINES_H
#define INV_AUDIT_LINES_H

#include "data/scan.h"
#include "io/stream.h"
#include "store/audit_line.h"

struct inv_audit_lines {
	struct inv_out out;
	bool table;
	const char *state; /* whose lines follow, by --state; NULL: not said */
	struct inv_scan *scan;
};

void inv_audit_lines_open(struct inv_audit_lines *l);

/* Flush; the first failure of any write is told here. */
INV_MUST bool inv_audit_lines_close(struct inv_audit_lines *l,
    struct inv_err *err);

/* An entry, by number and what it says where it goes to a terminal. */
void inv_audit_lines_entry(struct inv_audit_lines *l,
    const struct inv_audit_line *line);

/* All of it, on a terminal as well. */
void inv_audit_lines_whole(struct inv_audit_lines *l,
    const struct inv_audit_line *line);

/*
 * For lines that are built: the buffer, with the state in it where that is
 * said, either a table's column or the first member of an object; and the end
 * of the line.
 */
struct inv_buf *inv_audit_lines_begin(struct inv_audit_lines *l);
void inv_audit_lines_end(struct inv_audit_lines *l);

#endif
