/* archive.c - manifests as received, by their SHA-256, and their arrival */

#include "store/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"
#include "io/stream.h"
#include "store/archive_index.h"

struct inv_archive {
	struct inv_shelf shelf;
	int index; /* its lock, too */
};

/* What is looked for in the index, and where the next entry goes. */
struct place {
	uint64_t arrival; /* of what was found; 0: it was not */
	char received[INV_CLOCK_TEXT];
	uint64_t head;       /* arrival of the head; 0: there is none */
	uint64_t last;       /* arrival of the last line; 0: there is none */
	struct inv_buf line; /* that line; until it is read, the head's */
	uint64_t end;        /* of the last whole line */
	bool torn;
};

/* ---- the index ---- */

static bool
damaged(uint64_t line, const char *what, struct inv_err *err)
{
	return inv_fail(err, INV_IO, "archive/index:%ju: damaged: %s",
	    (uintmax_t)line, what);
}

/* One entry; *p is set if it is the one looked for. */
static bool
read_entry(struct inv_str text, const char *id, uint64_t submission,
    struct place *p, struct inv_err *err)
{
	struct inv_archive_entry e;

	p->last++;
	if (!inv_archive_entry_read(text, &e))
		return damaged(p->last, "not an entry", err);
	if (e.arrival != p->last)
		return damaged(p->last, "not the next arrival", err);
	if (e.arrival == p->head && !inv_str_eq(text, inv_buf_str(&p->line)))
		return damaged(p->last, "not what the head has", err);
	if (e.arrival >= p->head) {
		p->line.n = 0;
		inv_buf_add(&p->line, text);
	}
	if (e.submission == submission && inv_str_is(e.manifest, id)) {
		p->arrival = e.arrival;
		memcpy(p->received, e.received.p, e.received.n);
	}
	p->end += text.n + 1;
	return true;
}

static bool
read_index(struct inv_archive *a, const char *id, uint64_t submission,
    struct place *p, struct inv_err *err)
{
	struct inv_in in;
	struct inv_str text;
	enum inv_next next;
	bool ok = true;

	if (lseek(a->index, 0, SEEK_SET) != 0)
		return inv_fail_sys(err, INV_IO, "archive/index");
	inv_in_init(&in, a->index, "archive/index", INV_ARCHIVE_TAIL, NULL);
	while (ok && (next = inv_in_line(&in, &text, err)) != INV_NEXT_END) {
		if (next == INV_NEXT_ERR) {
			err->fault = INV_IO;
			ok = false;
		} else if (in.torn) {
			p->torn = true;
		} else {
			ok = read_entry(text, id, submission, p, err);
		}
	}
	inv_in_free(&in);
	if (ok && p->last < p->head)
		ok = inv_archive_index_cut(p->last, p->head, err);
	return ok;
}

/* *out as the last line. */
static bool
append(struct inv_archive *a, struct place *p, const struct inv_archived *out,
    uint64_t submission, struct inv_err *err)
{
	struct inv_archive_entry e = {
		.arrival = out->arrival,
		.manifest = inv_str_of(out->id),
		.submission = submission,
		.received = inv_str_of(out->received),
		.bytes = out->bytes,
	};

	p->line.n = 0;
	inv_archive_entry_put(&p->line, &e);
	if (p->torn && ftruncate(a->index, (off_t)p->end) != 0)
		return inv_fail_sys(err, INV_IO, "archive/index: truncate");
	if (lseek(a->index, (off_t)p->end, SEEK_SET) < 0)
		return inv_fail_sys(err, INV_IO, "archive/index");
	if (!inv_file_write(a->index, inv_buf_str(&p->line), "archive/index",
		err))
		return false;
	p->line.n--;
	p->last++;
	return true;
}

/*
 * The arrival of what came; synced also where it was there already, as its
 * writer may have died before that, or before the head was written.
 */
static bool
enter_at(struct inv_archive *a, uint64_t submission, struct inv_archived *out,
    struct place *p, struct inv_err *err)
{
	if (!inv_archive_head(a->shelf.dir, "head", &p->line, &p->head, err) ||
	    !read_index(a, out->id, submission, p, err))
		return false;
	if (p->arrival > 0) {
		out->arrival = p->arrival;
		memcpy(out->received, p->received, sizeof(out->received));
	} else {
		out->arrival = p->last + 1;
		inv_clock_text(inv_clock_wall(), out->received);
		if (!append(a, p, out, submission, err))
			return false;
	}
	if (!inv_file_sync(a->index, "archive/index", err))
		return false;
	if (p->last == p->head)
		return true;
	inv_buf_byte(&p->line, '\n');
	return inv_file_replace(a->shelf.dir, "head", inv_buf_str(&p->line),
	    err);
}

static bool
enter(struct inv_archive *a, uint64_t submission, struct inv_archived *out,
    struct inv_err *err)
{
	struct place p = { .line = INV_BUF(INV_ARCHIVE_LINE) };
	bool ok = enter_at(a, submission, out, &p, err);

	inv_buf_free(&p.line);
	return ok;
}

static bool
enter_locked(struct inv_archive *a, uint64_t submission,
    struct inv_archived *out, struct inv_err *err)
{
	if (!inv_shelf_lock(&a->shelf, err))
		return false;
	bool ok = enter(a, submission, out, err);

	inv_shelf_unlock(&a->shelf);
	return ok;
}

/* ---- the face ---- */

static bool
take(struct inv_archive *a, int fd, const char *name, enum inv_keep keep,
    struct inv_shelf_spool *spool, struct inv_archived *out,
    struct inv_err *err)
{
	if (!inv_shelf_fill(&a->shelf, spool, fd, name, UINT64_MAX, err))
		return false;
	out->bytes = spool->bytes;
	memcpy(out->id, spool->id, sizeof(out->id));
	if (keep == INV_KEEP)
		return inv_shelf_keep(&a->shelf, spool, out->path, &out->fd,
			   err) &&
		    inv_shelf_settle(&a->shelf, out->id, err);
	out->fd = spool->fd;
	spool->fd = -1;
	return true;
}

bool
inv_archive_take(struct inv_archive *a, int fd, const char *name,
    uint64_t submission, enum inv_keep keep, struct inv_archived *out,
    struct inv_err *err)
{
	struct inv_shelf_spool spool;

	*out = (struct inv_archived){ .fd = -1 };
	if (!inv_shelf_begin(&a->shelf, keep == INV_KEEP, &spool, err))
		return false;
	bool ok = take(a, fd, name, keep, &spool, out, err);

	inv_shelf_drop(&a->shelf, &spool);
	ok = ok && enter_locked(a, submission, out, err);
	if (ok && lseek(out->fd, 0, SEEK_SET) != 0)
		ok = inv_fail_sys(err, INV_IO, "%s", out->path);
	if (!ok && out->fd >= 0)
		close(out->fd);
	return ok;
}

static bool
prepare(struct inv_archive *a, int state, struct inv_err *err)
{
	struct inv_shelf *s = &a->shelf;

	s->dir = inv_file_state_dir(state, s->name, err);
	if (s->dir < 0)
		return false;
	a->index = inv_file_open(s->dir, "index", O_RDWR | O_CREAT, err);
	s->lock = a->index;
	return a->index >= 0 && inv_shelf_open(s, err);
}

struct inv_archive *
inv_archive_open(int state, struct inv_err *err)
{
	struct inv_archive *a = inv_mem_new(sizeof(*a));

	a->shelf.name = "archive";
	a->shelf.dir = a->index = -1;
	if (prepare(a, state, err))
		return a;
	inv_archive_close(a);
	return NULL;
}

void
inv_archive_close(struct inv_archive *a)
{
	if (a == NULL)
		return;
	inv_shelf_close(&a->shelf);
	if (a->shelf.dir >= 0)
		close(a->shelf.dir);
	if (a->index >= 0)
		close(a->index);
	free(a);
}

/* The line of that number, without its newline; how many there are up to it. */
static enum inv_next
read_line(int fd, uint64_t arrival, struct inv_buf *entry, uint64_t *lines,
    struct inv_err *err)
{
	enum inv_next next = INV_NEXT_LINE;
	struct inv_str text = { NULL, 0 };
	struct inv_in in;

	inv_in_init(&in, fd, "archive/index", INV_ARCHIVE_TAIL, NULL);
	while (next == INV_NEXT_LINE && *lines < arrival) {
		next = inv_in_line(&in, &text, err);
		if (next == INV_NEXT_LINE && in.torn)
			next = INV_NEXT_END;
		*lines += next == INV_NEXT_LINE;
	}
	if (next == INV_NEXT_LINE)
		inv_buf_add(entry, text);
	if (next == INV_NEXT_ERR)
		err->fault = INV_IO;
	inv_in_free(&in);
	return next;
}

/* There are no more lines than that: has there been one of that arrival? */
static enum inv_next
missing(int state, uint64_t arrival, uint64_t lines, struct inv_err *err)
{
	struct inv_buf line = INV_BUF(INV_ARCHIVE_LINE);
	uint64_t head;
	bool ok = inv_archive_head(state, "archive/head", &line, &head, err);

	inv_buf_free(&line);
	if (ok && arrival > head)
		return INV_NEXT_END;
	if (ok)
		inv_archive_index_cut(lines, head, err);
	return INV_NEXT_ERR;
}

static enum inv_next
find_line(int state, uint64_t arrival, struct inv_buf *line,
    struct inv_err *err)
{
	enum inv_next next = INV_NEXT_END;
	uint64_t lines = 0;
	int fd = openat(state, "archive/index",
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd == -1 && errno != ENOENT) {
		inv_fail_sys(err, INV_IO, "archive/index");
		return INV_NEXT_ERR;
	}
	if (fd != -1) {
		next = read_line(fd, arrival, line, &lines, err);
		close(fd);
	}
	return next == INV_NEXT_END ? missing(state, arrival, lines, err)
				    : next;
}

enum inv_next
inv_archive_whose(int state, uint64_t arrival, char id[INV_DIGEST_HEX],
    uint64_t *submission, struct inv_err *err)
{
	struct inv_buf line = INV_BUF(INV_ARCHIVE_TAIL);
	enum inv_next next = INV_NEXT_END;
	struct inv_archive_entry e;

	if (arrival > 0)
		next = find_line(state, arrival, &line, err);
	if (next == INV_NEXT_LINE &&
	    !(inv_archive_entry_read(inv_buf_str(&line), &e) &&
		e.arrival == arrival)) {
		damaged(arrival, "not the entry of that arrival", err);
		next = INV_NEXT_ERR;
	}
	if (next == INV_NEXT_LINE) {
		memcpy(id, e.manifest.p, e.manifest.n);
		*submission = e.submission;
	}
	inv_buf_free(&line);
	return next;
}

enum inv_next
inv_archive_knows(int state, uint64_t arrival, struct inv_str id,
    uint64_t submission, struct inv_err *err)
{
	char whose[INV_DIGEST_HEX];
	uint64_t which = 0;
	enum inv_next next =
	    inv_archive_whose(state, arrival, whose, &which, err);

	if (next == INV_NEXT_LINE &&
	    (which != submission ||
		!inv_str_eq((struct inv_str){ whose, sizeof(whose) }, id)))
		return INV_NEXT_END;
	return next;
}
