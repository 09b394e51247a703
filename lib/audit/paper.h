/*
 * paper.h - a report, as text of 80 columns or as an HTML page
 *
 * What is said is said once, in headings, facts, tables and commands; how it
 * looks is decided here.  All values are text from outside: bytes that are
 * escaped for where they go.
 */
#ifndef INV_AUDIT_PAPER_H
#define INV_AUDIT_PAPER_H

#include "base/buf.h"
#include "data/digest.h"
#include "data/record.h"

enum inv_paper_kind {
	INV_PAPER_TEXT,
	INV_PAPER_COUNT,   /* digits: to the right, commas between thousands */
	INV_PAPER_CODE,    /* an id, a digest, ranges */
	INV_PAPER_VERDICT, /* its name */
	INV_PAPER_TIME,    /* RFC 3339; anything else stands as it is */
};

struct inv_paper_column {
	const char *name;
	enum inv_paper_kind kind;
	/*
	 * Columns of the text; 0: on lines of its own below the others, with
	 * its name before it, left out where it is empty.
	 */
	unsigned width;
};

struct inv_paper {
	struct inv_buf *out;
	bool html;
	const struct inv_paper_column *column; /* of the table under way */
	size_t columns;
	size_t at;           /* the cell that comes next */
	struct inv_buf line; /* text: of this row */
	struct inv_buf below;
};

/* The page begins; `now` in seconds since 1970.  p->out and html are set. */
void inv_paper_begin(struct inv_paper *p, struct inv_str title, uint64_t now,
    struct inv_digest *d);
void inv_paper_end(struct inv_paper *p);

/* A heading, and a sentence about what stands below it, or "". */
void inv_paper_section(struct inv_paper *p, const char *title,
    const char *note);

/* A sentence; one that says that all is well, or is not. */
void inv_paper_say(struct inv_paper *p, struct inv_str text);
void inv_paper_judge(struct inv_paper *p, bool good, struct inv_str text);

/* rows = committed + skipped ... */
void inv_paper_sum(struct inv_paper *p, uint64_t rows,
    const uint64_t counts[INV_VERDICTS]);

void inv_paper_facts(struct inv_paper *p);
void inv_paper_fact(struct inv_paper *p, const char *name,
    enum inv_paper_kind kind, struct inv_str value);
void inv_paper_facts_end(struct inv_paper *p);

/* The columns stay as they are until its end.  Cells come row by row. */
void inv_paper_table(struct inv_paper *p,
    const struct inv_paper_column *columns, size_t n);
void inv_paper_cell(struct inv_paper *p, struct inv_str value);
void inv_paper_cell_u64(struct inv_paper *p, uint64_t value);
void inv_paper_table_end(struct inv_paper *p);

/* Commands for a shell, line by line as they are to be typed. */
void inv_paper_commands(struct inv_paper *p, struct inv_str text);

#endif
