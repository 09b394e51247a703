/*
 * stream.c - lines in, bytes out, flush before you block
 *
 * Nothing here is per line but a memchr: reads and writes are whole pieces.
 */

#include "io/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

void
inv_pipe_enlarge(int fd)
{
	/* Not a pipe, or past the user's limit: the default size works too. */
	(void)fcntl(fd, F_SETPIPE_SZ, INV_STREAM_PIECE);
}

void
inv_out_init(struct inv_out *out, int fd, const char *name)
{
	*out = (struct inv_out){
		.fd = fd,
		/* A line may be raised by a verdict: room for two of them. */
		.buf = INV_BUF(INV_STREAM_HOLD_MAX + 2 * (size_t)INV_LINE_MAX),
		.hold = INV_STREAM_PIECE,
		.name = name,
	};
	inv_pipe_enlarge(fd);
	if (!inv_buf_grow(&out->buf, 2 * (size_t)INV_STREAM_PIECE))
		out->failed = true;
}

/* Wait until a descriptor that somebody made non-blocking takes more. */
static void
wait_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	(void)poll(&p, 1, -1);
}

void
inv_out_guard(struct inv_out *out, bool (*fn)(void *arg, struct inv_err *err),
    void *arg)
{
	out->before = fn;
	out->arg = arg;
}

void
inv_out_small(struct inv_out *out)
{
	struct stat st;

	if (fstat(out->fd, &st) != 0 || !S_ISREG(st.st_mode))
		out->piece = PIPE_BUF;
}

static bool
may_write(struct inv_out *out)
{
	if (!out->failed && out->before != NULL &&
	    !out->before(out->arg, &out->err))
		out->failed = true;
	return !out->failed;
}

/* One write, or a wait for one; *at moves on. */
static void
write_some(struct inv_out *out, size_t *at)
{
	size_t rest = out->buf.n - *at;
	ssize_t n = write(out->fd, out->buf.p + *at,
	    out->piece > 0 && rest > out->piece ? out->piece : rest);

	if (n >= 0) {
		*at += (size_t)n;
		out->written += (uint64_t)n;
	} else if (errno == EAGAIN) {
		wait_writable(out->fd);
	} else if (errno != EINTR) {
		out->failed = true;
		inv_fail_sys(&out->err, INV_IO, "%s: write", out->name);
	}
}

static void
write_all(struct inv_out *out)
{
	bool ok = may_write(out);

	for (size_t at = 0; ok && at < out->buf.n;) {
		write_some(out, &at);
		ok = !out->failed &&
		    (out->piece == 0 || at == out->buf.n || may_write(out));
	}
	inv_buf_reset(&out->buf);
}

void
inv_out_check(struct inv_out *out)
{
	if (out->buf.failed && !out->failed) {
		out->failed = true;
		inv_fail(&out->err, INV_INTERNAL,
		    "%s: a line to write passed its ceiling", out->name);
	}
	if (out->buf.n >= out->hold)
		write_all(out);
}

void
inv_out_add(struct inv_out *out, struct inv_str s)
{
	inv_buf_add(&out->buf, s);
	inv_out_check(out);
}

bool
inv_out_flush(struct inv_out *out, struct inv_err *err)
{
	inv_out_check(out);
	if (out->buf.n > 0)
		write_all(out);
	if (out->failed)
		*err = out->err;
	return !out->failed;
}

bool
inv_out_close(struct inv_out *out, struct inv_err *err)
{
	bool ok = inv_out_flush(out, err);

	inv_buf_free(&out->buf);
	if (close(out->fd) != 0 && errno != EINTR && ok)
		ok = inv_fail_sys(err, INV_IO, "%s: close", out->name);
	out->fd = -1;
	return ok;
}

void
inv_in_init(struct inv_in *in, int fd, const char *name, size_t max,
    struct inv_out *tied)
{
	*in = (struct inv_in){
		.fd = fd,
		.name = name,
		.p = inv_mem_resize(NULL, INV_STREAM_PIECE, 1),
		.cap = INV_STREAM_PIECE,
		.max = max,
		.tied = tied,
	};
	inv_pipe_enlarge(fd);
}

void
inv_in_free(struct inv_in *in)
{
	free(in->p);
	in->p = NULL;
	in->cap = in->n = in->at = 0;
}

static bool
readable(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, timeout_ms) > 0;
}

/* We are about to wait: what is held goes out first. */
static void
flush_tied(struct inv_in *in)
{
	struct inv_err ignored;

	/* A failed write is sticky: the program's close tells it. */
	if (in->tied != NULL)
		(void)!inv_out_flush(in->tied, &ignored);
}

/* Move what is left to the front, and make room for a piece behind it. */
static void
make_room(struct inv_in *in)
{
	if (in->at > 0) {
		memmove(in->p, in->p + in->at, in->n - in->at);
		in->n -= in->at;
		in->at = 0;
	}
	if (in->cap - in->n < INV_STREAM_PIECE / 2) {
		in->cap *= 2;
		in->p = inv_mem_resize(in->p, in->cap, 1);
	}
}

/* One read(2); false with *err when it failed. */
static bool
fill(struct inv_in *in, struct inv_err *err)
{
	ssize_t n;

	make_room(in);
	if (in->tied != NULL && in->tied->buf.n > 0 && !readable(in->fd, 0))
		flush_tied(in);
	while ((n = read(in->fd, in->p + in->n, in->cap - in->n)) < 0) {
		if (errno == EAGAIN)
			(void)readable(in->fd, -1);
		else if (errno != EINTR)
			break;
	}
	if (n < 0)
		return inv_fail_sys(err, INV_NOINPUT, "%s: read", in->name);
	if (n == 0)
		in->end = true;
	in->n += (size_t)n;
	return true;
}

/* Hand out n bytes and step over them and `newline` more. */
static void
take(struct inv_in *in, struct inv_str *line, size_t n, size_t newline)
{
	*line = (struct inv_str){ in->p + in->at, n };
	in->at += n + newline;
	in->offset += n + newline;
	in->torn = newline == 0;
}

/* Drop the rest of a line that was too long; true when its end was seen. */
static bool
skip(struct inv_in *in)
{
	char *nl = memchr(in->p + in->at, '\n', in->n - in->at);
	size_t n =
	    nl != NULL ? (size_t)(nl - (in->p + in->at)) + 1 : in->n - in->at;

	in->at += n;
	in->offset += n;
	if (nl != NULL || in->end)
		in->skipping = false;
	return !in->skipping;
}

/* A line out of what has been read; END when there is no whole one in it. */
static enum inv_next
parse(struct inv_in *in, struct inv_str *line, size_t *searched,
    struct inv_err *err)
{
	if (in->skipping && !skip(in))
		return INV_NEXT_END;
	size_t have = in->n - in->at;
	const char *from = in->p + in->at;
	const char *nl = have > *searched
	    ? memchr(from + *searched, '\n', have - *searched)
	    : NULL;
	size_t n = nl != NULL ? (size_t)(nl - from) : have;

	if (n > in->max) {
		*line = (struct inv_str){ from, in->max };
		in->at += in->max;
		in->offset += in->max;
		in->skipping = true;
		inv_fail(err, INV_BAD, "longer than %zu bytes", in->max);
		return INV_NEXT_ERR;
	}
	if (nl != NULL) {
		take(in, line, n, 1);
		return INV_NEXT_LINE;
	}
	if (in->end && have > 0) {
		take(in, line, have, 0);
		return INV_NEXT_LINE;
	}
	*searched = have;
	return INV_NEXT_END;
}

enum inv_next
inv_in_line(struct inv_in *in, struct inv_str *line, struct inv_err *err)
{
	size_t searched = 0;

	for (;;) {
		enum inv_next next = parse(in, line, &searched, err);

		if (next != INV_NEXT_END || in->end)
			return next;
		if (!fill(in, err))
			return INV_NEXT_ERR;
	}
}

enum inv_next
inv_in_try(struct inv_in *in, struct inv_str *line, bool *again,
    struct inv_err *err)
{
	size_t searched = 0;
	bool filled = false;

	*again = false;
	for (;;) {
		enum inv_next next = parse(in, line, &searched, err);

		if (next != INV_NEXT_END || in->end)
			return next;
		bool ready = readable(in->fd, 0);

		if (!ready)
			flush_tied(in);
		if (filled || !ready) {
			*again = true;
			return INV_NEXT_END;
		}
		if (!fill(in, err))
			return INV_NEXT_ERR;
		filled = true;
	}
}
