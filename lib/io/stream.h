/*
 * stream.h - lines in, bytes out, flush before you block
 *
 * An inv_in reads a descriptor in large pieces and gives out one line at a
 * time; an inv_out collects bytes and writes large pieces.  An inv_in tied to
 * an inv_out flushes it when no input is at hand: fast on files, prompt on a
 * trickle.
 */
#ifndef INV_IO_STREAM_H
#define INV_IO_STREAM_H

#include "base/buf.h"
#include "base/err.h"

enum inv_next {
	INV_NEXT_END,  /* no more; final */
	INV_NEXT_LINE, /* there is one */
	INV_NEXT_ERR,  /* *err says why */
};

enum {
	INV_LINE_MAX = 16 << 20,       /* bytes of a line of the stream */
	INV_STREAM_PIECE = 256 << 10,  /* bytes of a read, a write, a pipe */
	INV_STREAM_HOLD_MAX = 4 << 20, /* bytes that a guard may hold back */
};

struct inv_out {
	int fd;
	struct inv_buf buf;
	uint64_t written; /* bytes the kernel took */
	size_t hold;      /* bytes that are collected before a write */
	size_t piece;     /* bytes of one write; 0: all that is held */
	bool failed;      /* sticky; err says why, once */
	struct inv_err err;
	const char *name;
	bool (*before)(void *arg, struct inv_err *err);
	void *arg;
};

/* fd stays the caller's; name (kept, not copied) is for messages. */
void inv_out_init(struct inv_out *out, int fd, const char *name);

/*
 * What must be true before bytes leave: fn is called before each write, and
 * where it returns false nothing is written and the writer has failed.  It may
 * change out->hold, to at most INV_STREAM_HOLD_MAX.
 */
void inv_out_guard(struct inv_out *out,
    bool (*fn)(void *arg, struct inv_err *err), void *arg);

/*
 * For a guard that waits until fd takes bytes, and must not be left waiting in
 * the write: a pipe that is not full takes PIPE_BUF at once, so write no more
 * than that, the guard called before each.  A file takes all.
 */
void inv_out_small(struct inv_out *out);

/* Add bytes; writes when a piece is full.  Failures are sticky. */
void inv_out_add(struct inv_out *out, struct inv_str s);

/*
 * The buffer itself, for writers that build a line in place (data/emit); call
 * inv_out_check afterwards, which writes when a piece is full.
 */
static inline struct inv_buf *
inv_out_buf(struct inv_out *out)
{
	return &out->buf;
}

void inv_out_check(struct inv_out *out);

/* Write what is held.  False, with *err, when this or an earlier one failed. */
INV_MUST bool inv_out_flush(struct inv_out *out, struct inv_err *err);

/*
 * Flush, then close fd and look at what close(2) says: a full disk may speak
 * up only then.  The last word on whether every byte left.
 */
INV_MUST bool inv_out_close(struct inv_out *out, struct inv_err *err);

struct inv_in {
	int fd;
	const char *name;
	char *p;   /* the piece */
	size_t at; /* first byte not given out */
	size_t n;  /* bytes in the piece */
	size_t cap;
	size_t max;      /* bytes of a line, without its newline */
	uint64_t offset; /* of p[at] in the input, bytes from 0 */
	bool end;        /* read(2) said 0 */
	bool skipping;   /* within a line that is too long */
	bool torn;       /* the last line given out had no newline */
	struct inv_out *tied;
};

/* fd stays the caller's; name is kept, not copied; tied may be NULL. */
void inv_in_init(struct inv_in *in, int fd, const char *name, size_t max,
    struct inv_out *tied);

/*
 * Set *line to the next line without its newline; a CR before the newline is
 * part of the line.  The view is good until the next call.  A last line
 * without a newline counts as a line, and sets in->torn.
 *
 * A line longer than max: INV_NEXT_ERR with INV_BAD; the first max bytes are
 * in *line, the rest is skipped by the next call, which goes on with the line
 * behind it.  A failed read is INV_NOINPUT, and final.
 */
INV_MUST enum inv_next inv_in_line(struct inv_in *in, struct inv_str *line,
    struct inv_err *err);

/*
 * As inv_in_line, but for programs that wait elsewhere: reads at most once,
 * and only if a whole line is not at hand.  *again is set, and INV_NEXT_END
 * returned, when a further read is needed; if it would wait, what is tied has
 * been flushed.
 */
INV_MUST enum inv_next inv_in_try(struct inv_in *in, struct inv_str *line,
    bool *again, struct inv_err *err);

void inv_in_free(struct inv_in *in);

/* Enlarge fd to INV_STREAM_PIECE if it is a pipe; failure is not an error. */
void inv_pipe_enlarge(int fd);

#endif
