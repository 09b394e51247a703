/*
 * spool.c - bytes that are written, and then read from the first one on
 *
 * One buffer serves both: what waits to be written, and then what was read
 * ahead.  What never left it needs no file.
 */

#include "io/spool.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"

enum { PIECE = 256 << 10 }; /* bytes written or read at a time */

static const char file_name[] = "the temporary file";

struct inv_spool {
	int fd;         /* -1: all bytes are in the buffer */
	uint64_t size;  /* bytes of the file */
	uint64_t taken; /* of them, those that were read into the buffer */
	size_t at;      /* of the buffer, what comes next */
	struct inv_buf buf;
};

struct inv_spool *
inv_spool_new(void)
{
	struct inv_spool *s = inv_mem_new(sizeof(*s));

	s->fd = -1;
	s->buf = INV_BUF(INV_SPOOL_MOST + PIECE);
	return s;
}

void
inv_spool_reset(struct inv_spool *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->size = s->taken = 0;
	s->at = 0;
	inv_buf_reset(&s->buf);
}

void
inv_spool_free(struct inv_spool *s)
{
	if (s == NULL)
		return;
	inv_spool_reset(s);
	inv_buf_free(&s->buf);
	free(s);
}

/* ---- writing ---- */

static bool
put(struct inv_spool *s, struct inv_str bytes, struct inv_err *err)
{
	if (s->fd < 0)
		s->fd = inv_file_temporary(err);
	if (s->fd < 0 || !inv_file_write(s->fd, bytes, file_name, err))
		return false;
	s->size += bytes.n;
	return true;
}

static bool
write_behind(struct inv_spool *s, struct inv_err *err)
{
	bool ok = s->buf.n == 0 || put(s, inv_buf_str(&s->buf), err);

	inv_buf_reset(&s->buf);
	return ok;
}

bool
inv_spool_add(struct inv_spool *s, struct inv_str bytes, struct inv_err *err)
{
	if (bytes.n > PIECE - s->buf.n && !write_behind(s, err))
		return false;
	if (bytes.n > PIECE)
		return put(s, bytes, err);
	inv_buf_add(&s->buf, bytes);
	return true;
}

bool
inv_spool_end(struct inv_spool *s, struct inv_err *err)
{
	return s->fd < 0 || write_behind(s, err);
}

/* ---- reading ---- */

bool
inv_spool_is_read(const struct inv_spool *s)
{
	return s->at == s->buf.n && s->taken == s->size;
}

/* n bytes at least, with what is in the buffer. */
static bool
read_ahead(struct inv_spool *s, size_t n, struct inv_err *err)
{
	size_t rest = s->buf.n - s->at, room = n > PIECE ? n : PIECE;
	uint64_t left = s->size - s->taken;

	if (rest > 0)
		memmove(s->buf.p, s->buf.p + s->at, rest);
	s->buf.n = rest;
	s->at = 0;
	inv_mem_need(inv_buf_room(&s->buf, room - rest));
	size_t want = left < room - rest ? (size_t)left : room - rest;
	ssize_t got = inv_file_pread(s->fd, s->buf.p + rest, want, s->taken);

	if (got == -1)
		return inv_fail_sys(err, INV_IO, "%s", file_name);
	s->buf.n += (size_t)got;
	s->taken += (uint64_t)got;
	return s->buf.n >= n ||
	    inv_fail(err, INV_IO, "%s: cut short", file_name);
}

bool
inv_spool_get(struct inv_spool *s, size_t n, struct inv_str *bytes,
    struct inv_err *err)
{
	if (s->buf.n - s->at < n && !read_ahead(s, n, err))
		return false;
	*bytes = (struct inv_str){ s->buf.p + s->at, n };
	s->at += n;
	return true;
}
