/*
 * frame.h - CSV text cut into records, each with its place (RFC 4180)
 *
 * A record ends at LF, CR LF or a lone CR outside quotes, mixed as they may
 * be, and at the end of the text.  A field is quoted if its first byte is a
 * quote; quotes elsewhere in a field are data (strays).  Nothing is trimmed.
 * Where there is an escape, the byte behind it is data; but it reaches over no
 * line end, and is data itself before one that is outside quotes.
 *
 * An unclosed quote never swallows the file.  A record that
 *
 *	has data behind a closing quote, or
 *	spans lines and is not closed at the end of the text or within
 *	INV_FRAME_RECORD_MAX, or has another number of fields than expected,
 *	or a field past INV_FRAME_FIELD_MAX
 *
 * is not a record: the physical line on which it began is given away with a
 * flaw, alone, and framing resumes on the next line.
 *
 * Time is linear.  A line that follows an open quote is read "inside quotes",
 * and all searches that come by it read it alike; so a search's path is kept
 * and the next search joins it.  Each byte is looked at a few times, however
 * many quotes are open.  Memory is one record and one piece.
 */
#ifndef INV_IO_FRAME_H
#define INV_IO_FRAME_H

#include "io/dialect.h"
#include "io/pull.h"
#include "io/stream.h"

enum {
	INV_FRAME_RECORD_MAX = 1 << 20,  /* bytes of a record */
	INV_FRAME_FIELD_MAX = 256 << 10, /* bytes of a field, unquoted */
	INV_FRAME_FIELDS_MAX = 4096,     /* fields of a record: columns */
};

enum inv_flaw {
	INV_FLAW_NONE,
	INV_FLAW_UNCLOSED,   /* a quote that is not closed */
	INV_FLAW_BEHIND,     /* data behind a closing quote */
	INV_FLAW_FIELDS,     /* not the number of fields expected */
	INV_FLAW_LINES,      /* the same, of a record that spans lines */
	INV_FLAW_RECORD_MAX, /* longer than a record may be */
	INV_FLAW_FIELD_MAX,  /* a field longer than a field may be */
};

struct inv_framed {
	/*
	 * Without its line end.  Of a line longer than INV_FRAME_RECORD_MAX
	 * its first so many bytes.
	 */
	struct inv_str raw;
	uint64_t line;      /* physical line of its first byte, from 1 */
	uint64_t offset;    /* of its first byte in the text, from 0 */
	uint64_t size;      /* bytes, line end included */
	size_t end;         /* bytes of the line end: 0, 1 or 2 */
	size_t fields;      /* 1 or more */
	uint64_t strays;    /* quotes that are data, as far as it was read */
	enum inv_flaw flaw; /* with one, fields is told for
	                       INV_FLAW_FIELDS alone */
	bool quoted;        /* has quoted fields */
	bool doubled;       /* and doubled quotes in them, or escapes */
	bool high;          /* has bytes past ASCII */
	bool special;       /* may have \, " or C0 controls in its fields */
	/* Where each field ends in raw, quotes included; or NULL: not known. */
	const uint32_t *cut;
};

struct inv_frame;

/* The text is what `from` gives, from its byte number `offset` on. */
struct inv_frame *inv_frame_new(struct inv_pull from, uint64_t offset,
    struct inv_dialect dialect);
void inv_frame_free(struct inv_frame *f);

/* Fields of a record from here on; 0, as at first, is any number. */
void inv_frame_expect(struct inv_frame *f, size_t fields);

/*
 * The next record, or line given away; an empty line is a record of one empty
 * field.  Views are good until the next call.  INV_NEXT_ERR is a failure of
 * what is behind, and final.
 */
INV_MUST enum inv_next inv_frame_next(struct inv_frame *f,
    struct inv_framed *rec, struct inv_err *err);

/*
 * The same for texts of lines: LF ends one, quotes and CR mean nothing; of
 * flaws only INV_FLAW_RECORD_MAX.
 */
INV_MUST enum inv_next inv_frame_line(struct inv_frame *f,
    struct inv_framed *rec, struct inv_err *err);

/*
 * Pass over a physical line, whatever quotes are in it; INV_NEXT_END where
 * there is none.
 */
INV_MUST enum inv_next inv_frame_pass(struct inv_frame *f, struct inv_err *err);

/* Bytes looked at so far, again and again counted: the work done. */
uint64_t inv_frame_work(const struct inv_frame *f);

#endif
