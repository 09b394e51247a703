/*
 * reader.h - what a format's reader does: one face for all of them
 *
 * A reader is told how manifests are read, and then given files, one after the
 * other.  Of each it hands out a row at a time and writes it, sound or not, as
 * what follows the head of a record line.  Another format is one file with
 * such a face, and a line in source.c.
 */
#ifndef INV_DATA_READER_H
#define INV_DATA_READER_H

#include "base/err.h"
#include "data/how.h"
#include "data/input.h"
#include "data/naming.h"
#include "io/stream.h"

/* Of all readers: a reader's own struct has it as its first member. */
struct inv_reader {
	const struct inv_reader_face *face;
	const struct inv_source_options *how;
	const char *stage;         /* who quarantines */
	struct inv_naming *naming; /* of tables and objects; NULL: all names
				      are as they come */

	/* Why the file is refused, as a word for the stream; or "". */
	const char *reason;

	/* Of the row at hand; views, good until the next. */
	uint64_t line;      /* where it begins, from 1 */
	uint64_t offset;    /* the same in bytes of the text, from 0 */
	struct inv_str raw; /* its bytes, without its end; p is NULL where a
	                       row is no run of bytes, or before `bytes` */

	/* Once it is written: what inv:item and inv:why say (table.h). */
	struct inv_str item;
	struct inv_str why;
};

struct inv_reader_face {
	/*
	 * Begin with a file whose text is at its first byte; `in` is kept
	 * until the next begin.  What can not be read as a whole is refused
	 * here, before its first row: INV_BAD, with reason.
	 */
	bool (*begin)(struct inv_reader *r, struct inv_input *in,
	    enum inv_format format, struct inv_err *err);

	/* The next row; INV_NEXT_ERR is final. */
	enum inv_next (*next)(struct inv_reader *r, struct inv_err *err);

	/*
	 * `"record":{...}`, and true; else the ruling of ruling.h.  Once for
	 * each row.
	 */
	bool (*write)(struct inv_reader *r, struct inv_buf *out);

	/*
	 * Sets raw of the row at hand, where `next` leaves that to those who
	 * want it; NULL: `next` has.
	 */
	bool (*bytes)(struct inv_reader *r, struct inv_err *err);

	/* The columns as a JSON array; NULL where the format has none. */
	void (*columns)(const struct inv_reader *r, struct inv_buf *out);

	/* Members for the stage line: what was found and passed over; NULL
	   where there is nothing to tell. */
	void (*notes)(const struct inv_reader *r, struct inv_buf *out);

	/*
	 * A member for the end line: what the file promises there is of it,
	 * and what there was; NULL where the format has no such promises.
	 */
	void (*totals)(const struct inv_reader *r, struct inv_buf *out);
	void (*free)(struct inv_reader *r);
};

/* The readers; each is one .c of that name. */
struct inv_reader *inv_reader_csv(void); /* and TSV */
struct inv_reader *inv_reader_ndjson(void);
struct inv_reader *inv_reader_json(void);
struct inv_reader *inv_reader_xlsx(void);
struct inv_reader *inv_reader_xls(void);
struct inv_reader *inv_reader_x12(void);
struct inv_reader *inv_reader_xml(void);

#endif
