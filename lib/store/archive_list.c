/* archive_list.c - what came, and the bytes of it, for those who only read */

#include "store/archive_list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

bool
inv_archive_list_open(struct inv_archive_list *l, int state,
    struct inv_err *err)
{
	struct inv_buf line = INV_BUF(INV_ARCHIVE_LINE);

	*l = (struct inv_archive_list){ .fd = -1 };
	/* Before the index, which may have got longer since. */
	bool ok = inv_archive_head(state, "archive/head", &line, &l->head, err);

	inv_buf_free(&line);
	if (!ok)
		return false;
	l->fd = openat(state, "archive/index",
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (l->fd < 0 && errno != ENOENT)
		return inv_fail_sys(err, INV_NOINPUT, "archive/index");
	inv_in_init(&l->in, l->fd, "archive/index", INV_ARCHIVE_TAIL, NULL);
	return true;
}

void
inv_archive_list_close(struct inv_archive_list *l)
{
	inv_in_free(&l->in);
	if (l->fd >= 0)
		close(l->fd);
}

static enum inv_next
end(const struct inv_archive_list *l, struct inv_err *err)
{
	if (l->line >= l->head)
		return INV_NEXT_END;
	inv_archive_index_cut(l->line, l->head, err);
	return INV_NEXT_ERR;
}

enum inv_next
inv_archive_list_next(struct inv_archive_list *l, struct inv_archive_entry *e,
    struct inv_err *err)
{
	struct inv_str text;
	enum inv_next next = INV_NEXT_END;

	if (l->fd >= 0)
		next = inv_in_line(&l->in, &text, err);
	if (next == INV_NEXT_END || (next == INV_NEXT_LINE && l->in.torn))
		return end(l, err);
	if (next == INV_NEXT_ERR)
		return next;
	l->line++;
	if (inv_archive_entry_read(text, e) && e->arrival == l->line)
		return INV_NEXT_LINE;
	inv_fail(err, INV_IO, "archive/index:%ju: damaged", (uintmax_t)l->line);
	return INV_NEXT_ERR;
}

int
inv_archive_fetch(int state, struct inv_str id, struct inv_err *err)
{
	char path[sizeof("archive/ab/") + INV_DIGEST_HEX];
	char hex[INV_DIGEST_HEX];

	snprintf(path, sizeof(path), "archive/%.2s/%.*s", id.p, INV_ARG(id));
	int fd =
	    openat(state, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		inv_fail_sys(err, INV_NOINPUT, "%s", path);
		return -1;
	}
	bool ok = inv_digest_file(fd, path, hex, err);

	if (ok && !inv_str_eq(id, (struct inv_str){ hex, sizeof(hex) }))
		ok = inv_fail(err, INV_IO,
		    "%s: damaged: not what its name says", path);
	if (ok)
		return fd;
	close(fd);
	return -1;
}
