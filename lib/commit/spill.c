/* spill.c - lines of chunks on disk, where memory would not hold them */

#include "commit/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "io/file.h"
#include "io/stream.h"

enum {
	AHEAD = 256 << 10, /* bytes read at once: rows are wanted in order */
};

void
inv_spill_init(struct inv_spill *s, const char *folder)
{
	*s = (struct inv_spill){ .folder = folder,
		.fd = -1,
		.read = INV_BUF(INV_LINE_MAX + AHEAD) };
}

void
inv_spill_free(struct inv_spill *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	inv_buf_free(&s->read);
}

bool
inv_spill_add(struct inv_spill *s, struct inv_str bytes, uint64_t *at,
    struct inv_err *err)
{
	if (s->fd < 0)
		s->fd = inv_file_nameless(s->folder, err);
	if (s->fd < 0)
		return false;
	for (size_t done = 0; done < bytes.n;) {
		ssize_t n = pwrite(s->fd, bytes.p + done, bytes.n - done,
		    (off_t)(s->end + done));

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return inv_fail_sys(err, INV_IO,
			    "%s: lines that memory does not hold", s->folder);
		done += (size_t)n;
	}
	*at = s->end;
	s->end += bytes.n;
	s->used += bytes.n;
	return true;
}

static bool
fill(struct inv_spill *s, uint64_t at, size_t n, struct inv_err *err)
{
	uint64_t left = s->end - at;
	size_t want = n > AHEAD ? n : AHEAD;

	if (want > left)
		want = (size_t)left;
	inv_buf_reset(&s->read);
	s->read_at = at;
	if (n > want || !inv_buf_room(&s->read, want))
		return inv_fail(err, INV_INTERNAL,
		    "%zu bytes of a line that is on disk", n);
	ssize_t got = inv_file_pread(s->fd, s->read.p, want, at);

	if (got == -1)
		return inv_fail_sys(err, INV_IO,
		    "%s: lines that memory does not hold", s->folder);
	if ((size_t)got < want)
		return inv_fail(err, INV_IO,
		    "%s: lines that memory does not hold are gone", s->folder);
	s->read.n = want;
	return true;
}

bool
inv_spill_read(struct inv_spill *s, uint64_t at, size_t n, struct inv_str *out,
    struct inv_err *err)
{
	bool has = at >= s->read_at && at - s->read_at <= s->read.n &&
	    n <= s->read.n - (at - s->read_at);

	if (!has && !fill(s, at, n, err))
		return false;
	*out = (struct inv_str){ s->read.p + (at - s->read_at), n };
	return true;
}

void
inv_spill_drop(struct inv_spill *s, uint64_t at, size_t n)
{
	s->used -= n;
	if (s->used > 0) {
		/* A file system that makes no holes waits for the end. */
		(void)fallocate(s->fd,
		    FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)at,
		    (off_t)n);
		return;
	}
	inv_buf_free(&s->read);
	if (ftruncate(s->fd, 0) == 0)
		s->end = 0;
}
