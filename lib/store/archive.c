/* archive.c - manifests as received, by their SHA-256, and their arrival */

#include "store/archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"
#include "io/stream.h"
#include "store/archive_index.h"

enum {
	PIECE = 256 << 10,      /* bytes of a read and a write */
	WRITE_BACK = 8 << 20,   /* bytes after which the disk may begin */
	SPOOL_NAME = 6 + 16 + 1 /* "spool.", 16 hex digits, NUL */
};

struct inv_archive {
	int dir;
	int index;
	struct inv_digest *digest;
	char *piece;
	char *other; /* a second piece, to compare with */
};

/* Bytes on their way in; the file is locked for as long as we live. */
struct spool {
	int fd;
	char name[SPOOL_NAME]; /* empty where it has none */
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

static bool
lock(const struct inv_archive *a, struct inv_err *err)
{
	while (flock(a->index, LOCK_EX) != 0)
		if (errno != EINTR)
			return inv_fail_sys(err, INV_IO, "archive/index: lock");
	return true;
}

static void
unlock(const struct inv_archive *a)
{
	flock(a->index, LOCK_UN);
}

/* ---- spools ---- */

/* A spool that nobody has locked is what a dead process left. */
static void
remove_if_dead(const struct inv_archive *a, const char *name)
{
	int fd = openat(a->dir, name,
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(a->dir, name, 0);
	close(fd);
}

/* Under the index's lock, so that no spool is seen before it is locked. */
static bool
remove_dead_spools(const struct inv_archive *a, struct inv_err *err)
{
	int fd = openat(a->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (d == NULL) {
		inv_fail_sys(err, INV_IO, "archive");
		if (fd >= 0)
			close(fd);
		return false;
	}
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		if (strncmp(e->d_name, "spool.", 6) == 0)
			remove_if_dead(a, e->d_name);
	closedir(d);
	return true;
}

static bool
make_spool(const struct inv_archive *a, struct spool *s, struct inv_err *err)
{
	unsigned char random[8];

	inv_random(random, sizeof(random));
	memcpy(s->name, "spool.", 6);
	inv_str_hex(random, sizeof(random), s->name + 6);
	s->name[SPOOL_NAME - 1] = '\0';
	/* Its name need not last: only what is published does. */
	s->fd = openat(a->dir, s->name,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (s->fd < 0)
		return inv_fail_sys(err, INV_CREATE, "archive/%s", s->name);
	if (flock(s->fd, LOCK_EX | LOCK_NB) != 0)
		return inv_fail_sys(err, INV_IO, "archive/%s: lock", s->name);
	return true;
}

static void
drop_name(const struct inv_archive *a, struct spool *s)
{
	if (s->name[0] != '\0')
		unlinkat(a->dir, s->name, 0);
	s->name[0] = '\0';
}

static void
drop(const struct inv_archive *a, struct spool *s)
{
	drop_name(a, s);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static bool
open_spool(const struct inv_archive *a, enum inv_keep keep, struct spool *s,
    struct inv_err *err)
{
	*s = (struct spool){ .fd = -1 };
	if (!lock(a, err))
		return false;
	bool ok = make_spool(a, s, err);

	unlock(a);
	if (!ok)
		drop(a, s);
	else if (keep == INV_KEEP_NOT)
		drop_name(a, s);
	return ok;
}

/* Up to a piece; -1 with *err. */
static ssize_t
read_piece(int fd, char *piece, const char *name, struct inv_err *err)
{
	size_t have = 0;

	while (have < PIECE) {
		ssize_t n = read(fd, piece + have, PIECE - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			inv_fail_sys(err, INV_NOINPUT, "%s: read", name);
			return -1;
		}
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

/* Everything fd gives into the spool, hashed as it passes. */
static bool
fill(struct inv_archive *a, int fd, const char *name, struct spool *s,
    struct inv_archived *out, struct inv_err *err)
{
	unsigned char digest[INV_DIGEST];
	uint64_t behind = 0;
	ssize_t n;

	inv_digest_begin(a->digest);
	while ((n = read_piece(fd, a->piece, name, err)) > 0) {
		struct inv_str piece = { a->piece, (size_t)n };

		inv_digest_add(a->digest, piece);
		if (!inv_file_write(s->fd, piece, "archive: spool", err))
			break;
		out->bytes += piece.n;
		/* Let the disk begin, so that the fsync is short. */
		if (s->name[0] != '\0' && out->bytes - behind >= WRITE_BACK) {
			(void)sync_file_range(s->fd, (off_t)behind, WRITE_BACK,
			    SYNC_FILE_RANGE_WRITE);
			behind += WRITE_BACK;
		}
	}
	inv_digest_end(a->digest, digest);
	inv_str_hex(digest, sizeof(digest), out->id);
	out->id[INV_DIGEST_HEX] = '\0';
	return n == 0;
}

/* ---- the archive ---- */

static bool
is_same(struct inv_archive *a, int kept, int spool, const char *path,
    struct inv_err *err)
{
	if (lseek(spool, 0, SEEK_SET) != 0)
		return inv_fail_sys(err, INV_IO, "archive: spool");
	for (;;) {
		ssize_t n = read_piece(kept, a->piece, path, err);
		ssize_t m = read_piece(spool, a->other, path, err);

		if (n < 0 || m < 0)
			return false;
		if (n != m || memcmp(a->piece, a->other, (size_t)n) != 0)
			return inv_fail(err, INV_IO,
			    "%s: damaged: not what its name says", path);
		if (n == 0)
			return true;
	}
}

/* The spool gets its name, once it is on disk. */
static bool
publish(const struct inv_archive *a, struct spool *s, int dir,
    const struct inv_archived *out, struct inv_err *err)
{
	if (fchmod(s->fd, 0444) != 0)
		return inv_fail_sys(err, INV_IO, "%s: chmod", out->path);
	if (!inv_file_sync(s->fd, out->path, err))
		return false;
	if (renameat(a->dir, s->name, dir, out->id) != 0)
		return inv_fail_sys(err, INV_CREATE, "%s", out->path);
	s->name[0] = '\0';
	int fd = s->fd;

	s->fd = -1;
	if (close(fd) != 0)
		return inv_fail_sys(err, INV_IO, "%s: close", out->path);
	return inv_file_sync(dir, out->path, err);
}

static bool
keep_in(struct inv_archive *a, struct spool *s, int dir,
    struct inv_archived *out, struct inv_err *err)
{
	struct inv_err why;

	out->fd = inv_file_open(dir, out->id, O_RDONLY, &why);
	if (out->fd >= 0)
		return is_same(a, out->fd, s->fd, out->path, err);
	if (errno != ENOENT) {
		*err = why;
		return false;
	}
	if (!publish(a, s, dir, out, err))
		return false;
	out->fd = inv_file_open(dir, out->id, O_RDONLY, err);
	return out->fd >= 0;
}

static bool
keep_it(struct inv_archive *a, struct spool *s, struct inv_archived *out,
    struct inv_err *err)
{
	char shelf[3] = { out->id[0], out->id[1], '\0' };
	int dir = inv_file_state_dir(a->dir, shelf, err);

	if (dir < 0)
		return false;
	snprintf(out->path, sizeof(out->path), "archive/%s/%s", shelf, out->id);
	bool ok = keep_in(a, s, dir, out, err);

	close(dir);
	return ok;
}

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
	if (!inv_archive_head(a->dir, "head", &p->line, &p->head, err) ||
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
	return inv_file_replace(a->dir, "head", inv_buf_str(&p->line), err);
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
	if (!lock(a, err))
		return false;
	bool ok = enter(a, submission, out, err);

	unlock(a);
	return ok;
}

/* ---- the face ---- */

bool
inv_archive_take(struct inv_archive *a, int fd, const char *name,
    uint64_t submission, enum inv_keep keep, struct inv_archived *out,
    struct inv_err *err)
{
	struct spool s;

	*out = (struct inv_archived){ .fd = -1 };
	if (!open_spool(a, keep, &s, err))
		return false;
	bool ok = fill(a, fd, name, &s, out, err);

	if (ok && keep == INV_KEEP)
		ok = keep_it(a, &s, out, err);
	if (ok && keep == INV_KEEP_NOT) {
		out->fd = s.fd;
		s.fd = -1;
	}
	drop(a, &s);
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
	a->dir = inv_file_state_dir(state, "archive", err);
	if (a->dir < 0)
		return false;
	a->index = inv_file_open(a->dir, "index", O_RDWR | O_CREAT, err);
	if (a->index < 0)
		return false;
	if (!lock(a, err))
		return false;
	bool ok = remove_dead_spools(a, err);

	unlock(a);
	return ok;
}

struct inv_archive *
inv_archive_open(int state, struct inv_err *err)
{
	struct inv_archive *a = inv_mem_new(sizeof(*a));

	a->dir = a->index = -1;
	if (!prepare(a, state, err)) {
		inv_archive_close(a);
		return NULL;
	}
	a->digest = inv_digest_new();
	a->piece = inv_mem_new(PIECE);
	a->other = inv_mem_new(PIECE);
	return a;
}

void
inv_archive_close(struct inv_archive *a)
{
	if (a == NULL)
		return;
	if (a->dir >= 0)
		close(a->dir);
	if (a->index >= 0)
		close(a->index);
	inv_digest_free(a->digest);
	free(a->piece);
	free(a->other);
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
