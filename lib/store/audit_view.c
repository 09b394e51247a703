/* audit_view.c - the audit log for those who only look, while others append */

#include "store/audit_view.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"

enum { PIECE = 64 << 10 }; /* bytes that are read backwards at a time */

static const char log_name[] = "audit/log.ndjson";

static bool
open_log(struct inv_audit_view *v, struct inv_err *err)
{
	const struct inv_audit_head start = INV_AUDIT_HEAD;
	struct inv_err why;
	bool there;

	if (!inv_audit_head_read(v->dir, &v->head, &there, err))
		return false;
	if (!there)
		return true;
	v->log = inv_file_open(v->dir, "log.ndjson", O_RDONLY, &why);
	if (v->log == -1)
		return inv_fail_sys(err, INV_IO, "%s", log_name);
	return inv_audit_read(&v->r, v->log, &start.log, err);
}

bool
inv_audit_view_open(struct inv_audit_view *v, const struct inv_state *state,
    struct inv_err *err)
{
	*v = (struct inv_audit_view){
		.dir = openat(state->fd, "audit",
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
		.log = -1,
		.head = INV_AUDIT_HEAD,
	};
	if (v->dir == -1)
		return errno == ENOENT ||
		    inv_fail_sys(err, INV_NOINPUT, "audit");
	if (open_log(v, err))
		return true;
	inv_audit_view_close(v);
	return false;
}

void
inv_audit_view_close(struct inv_audit_view *v)
{
	if (v->r.digest != NULL)
		inv_audit_read_end(&v->r);
	if (v->log != -1)
		close(v->log);
	if (v->dir != -1)
		close(v->dir);
}

/* ---- reading ---- */

static enum inv_next
ends_at_head(const struct inv_audit_view *v, struct inv_err *err)
{
	const struct inv_audit_place *at = &v->r.at;
	const struct inv_audit_place *head = &v->head.log;

	if (at->seq == head->seq && at->offset == head->offset &&
	    memcmp(at->prev, head->prev, INV_DIGEST) == 0)
		return INV_NEXT_END;
	inv_fail(err, INV_IO,
	    "%s: line %ju: is not the one that audit/head tells of", log_name,
	    (uintmax_t)at->seq - 1);
	return INV_NEXT_ERR;
}

enum inv_next
inv_audit_view_next(struct inv_audit_view *v, struct inv_audit_line *line,
    struct inv_err *err)
{
	if (v->log == -1)
		return INV_NEXT_END;
	if (v->r.at.offset >= v->head.log.offset)
		return ends_at_head(v, err);
	switch (inv_audit_next(&v->r, line, err)) {
	case INV_AUDIT_LINE:
		return INV_NEXT_LINE;
	case INV_AUDIT_NONE:
		inv_fail(err, INV_IO,
		    "%s: %ju entries, audit/head tells of %ju: its end was cut "
		    "off",
		    log_name, (uintmax_t)v->r.at.seq - 1,
		    (uintmax_t)v->head.log.seq - 1);
		break;
	case INV_AUDIT_TORN:
	case INV_AUDIT_FALSE:
	case INV_AUDIT_ERROR:
		break;
	}
	return INV_NEXT_ERR;
}

/* ---- the last entries ---- */

/* Where the n-th line from the end begins. */
static bool
find_back(const struct inv_audit_view *v, uint64_t n, uint64_t *offset,
    struct inv_err *err)
{
	char piece[PIECE];
	uint64_t at = v->head.log.offset;

	at -= at > 0; /* the newline of the last one */
	while (at > 0) {
		size_t want = at < PIECE ? (size_t)at : PIECE;
		ssize_t got = pread(v->log, piece, want, (off_t)(at - want));

		if (got == -1 && errno == EINTR)
			continue;
		if (got != (ssize_t)want)
			return inv_fail(err, INV_IO, "%s: its end was cut off",
			    log_name);
		for (size_t i = want; i > 0; i--)
			if (piece[i - 1] == '\n' && --n == 0) {
				*offset = at - want + i;
				return true;
			}
		at -= want;
	}
	*offset = 0;
	return true;
}

/* What the line there says of those before it is believed. */
static bool
place_at(const struct inv_audit_view *v, uint64_t offset,
    struct inv_audit_place *place, struct inv_err *err)
{
	struct inv_audit_line line;
	struct inv_rows rows = { 0 };
	struct inv_str text;
	struct inv_in in;

	if (lseek(v->log, (off_t)offset, SEEK_SET) == -1)
		return inv_fail_sys(err, INV_IO, "%s", log_name);
	inv_in_init(&in, v->log, log_name, INV_AUDIT_LINE_MAX, NULL);
	bool ok = inv_in_line(&in, &text, err) == INV_NEXT_LINE &&
	    inv_audit_parse(text, &rows, &line, err);

	if (ok) {
		*place = (struct inv_audit_place){ .offset = offset,
			.seq = line.seq };
		memcpy(place->prev, line.prev, INV_DIGEST);
	} else {
		inv_fail(err, INV_IO,
		    "%s: byte %ju: not a line of the log: run inv-audit verify",
		    log_name, (uintmax_t)offset + 1);
	}
	inv_in_free(&in);
	inv_rows_free(&rows);
	return ok;
}

static bool
read_from(struct inv_audit_view *v, const struct inv_audit_place *place,
    struct inv_err *err)
{
	inv_audit_read_end(&v->r);
	v->r.digest = NULL;
	return inv_audit_read(&v->r, v->log, place, err);
}

bool
inv_audit_view_back(struct inv_audit_view *v, uint64_t n, struct inv_err *err)
{
	struct inv_audit_place place;
	uint64_t offset;

	if (v->log == -1)
		return true;
	return find_back(v, n, &offset, err) &&
	    place_at(v, offset, &place, err) && read_from(v, &place, err);
}

/* ---- what is appended ---- */

static bool
is_the_same(int dir, const char *name, int fd)
{
	struct stat there, ours;

	return fstatat(dir, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    fstat(fd, &ours) == 0 && there.st_dev == ours.st_dev &&
	    there.st_ino == ours.st_ino;
}

static bool
grows(struct inv_audit_view *v, const struct inv_state *state,
    struct inv_err *err)
{
	struct inv_audit_head head;
	bool there;

	if (!is_the_same(state->fd, "audit", v->dir) ||
	    !is_the_same(v->dir, "log.ndjson", v->log))
		return inv_fail(err, INV_IO,
		    "%s: is not the file any more that it was", log_name);
	if (!inv_audit_head_read(v->dir, &head, &there, err))
		return false;
	if (!there || head.log.seq < v->head.log.seq)
		return inv_fail(err, INV_IO,
		    "audit/head: tells of fewer entries than before");
	v->head = head;
	return true;
}

bool
inv_audit_view_refresh(struct inv_audit_view *v, const struct inv_state *state,
    struct inv_err *err)
{
	struct inv_audit_place at = v->r.at;

	if (v->log != -1)
		/* What was read behind the head may have been half a line. */
		return grows(v, state, err) && read_from(v, &at, err);
	inv_audit_view_close(v);
	return inv_audit_view_open(v, state, err);
}
