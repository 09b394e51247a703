/* rows.h - what every reader of inv-split promises, whatever it is given */
#ifndef INV_FUZZ_ROWS_H
#define INV_FUZZ_ROWS_H

#include "data/record.h"
#include "data/scan.h"
#include "data/source.h"
#include "promise.h"

/* False if it is refused, which then is for a reason of its own. */
static inline bool
begins(struct inv_source *s, int fd)
{
	struct inv_err err;

	if (inv_source_begin(s, fd, "m", &err))
		return true;
	promise(err.fault == INV_BAD);
	promise(inv_source_reason(s)[0] != '\0');
	return false;
}

/* The row at hand as a line of out, which the strict scanner takes. */
static inline void
take_row(struct inv_source *s, struct inv_scan *scan, uint64_t line,
    struct inv_buf *out)
{
	size_t from = out->n;
	struct inv_record rec;
	struct inv_err err;

	inv_record_head(out, INV_LIT("00000000000000000000000000000000"), 1,
	    line, 0);
	bool sound = inv_source_write(s, out);

	inv_buf_byte(out, '}');
	promise(!out->failed);
	struct inv_str row = { out->p + from, out->n - from };

	promise(memchr(row.p, '\n', row.n) == NULL);
	promise(inv_record_parse(scan, row, &rec, &err));
	promise(sound == (rec.verdict == INV_PENDING));
	promise(rec.kind == INV_LINE_RECORD && rec.line == line);
	inv_buf_byte(out, '\n');
}

/*
 * Everything that comes out of fd, which holds text, a line a row; look, or
 * NULL, is asked of each row what else it promises.
 */
static inline void
read_rows(struct inv_source *s, int fd, struct inv_str text,
    void (*look)(struct inv_source *s, struct inv_str text),
    struct inv_scan *scan, struct inv_buf *out)
{
	struct inv_err err;
	uint64_t line;
	enum inv_next next;

	inv_buf_reset(out);
	if (!begins(s, fd))
		return;
	while ((next = inv_source_next(s, &line, &err)) == INV_NEXT_LINE) {
		if (look != NULL)
			look(s, text);
		take_row(s, scan, line, out);
	}
	promise(next == INV_NEXT_END);
	inv_source_notes(s, out);
}

#endif
