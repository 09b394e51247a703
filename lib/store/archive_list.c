/* archive_list.c - what came, and the bytes of it, for those who only read */

#include "store/archive_list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "data/record.h"
#include "data/scan.h"

enum { ENTRY_MAX = 64 << 10 }; /* bytes of a line of the index */

bool
inv_archive_list_open(struct inv_archive_list *l, int state,
    struct inv_err *err)
{
	*l = (struct inv_archive_list){ 0 };
	l->fd = openat(state, "archive/index",
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (l->fd < 0 && errno != ENOENT)
		return inv_fail_sys(err, INV_NOINPUT, "archive/index");
	inv_in_init(&l->in, l->fd, "archive/index", ENTRY_MAX, NULL);
	l->scan = inv_scan_new();
	return true;
}

void
inv_archive_list_close(struct inv_archive_list *l)
{
	inv_in_free(&l->in);
	inv_scan_free(l->scan);
	if (l->fd >= 0)
		close(l->fd);
}

enum inv_next
inv_archive_list_next(struct inv_archive_list *l, struct inv_archive_entry *e,
    struct inv_err *err)
{
	struct inv_str text;
	struct inv_err why;

	if (l->fd < 0)
		return INV_NEXT_END;
	enum inv_next next = inv_in_line(&l->in, &text, err);

	if (next != INV_NEXT_LINE || l->in.torn)
		return next == INV_NEXT_LINE ? INV_NEXT_END : next;
	l->line++;
	if (inv_scan_line(l->scan, text, &why)) {
		const struct inv_members *m = inv_scan_outer(l->scan);

		e->manifest = inv_member_text(m, "manifest");
		if (e->manifest.n == INV_DIGEST_HEX &&
		    inv_member_u64(m, "arrival", &e->arrival) &&
		    inv_member_u64(m, "submission", &e->submission))
			return INV_NEXT_LINE;
	}
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
