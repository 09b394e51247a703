/*
 * journal_read.c - the journal from a place on, while it is being written
 *
 * What stands behind the last whole line of the last segment may be a write
 * under way, or the torn end of one: it is not there yet.  Everything else
 * that is not the next line of the chain is damage.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"
#include "store/journal.h"
#include "store/segment.h"

enum {
	PIECE = 64 << 10, /* bytes read at once where lines are counted */
	BEHIND = 4 << 20, /* bytes that were read last: of bodies, perhaps */
};

struct inv_journal_reader {
	int dir; /* -1: no journal yet */
	int state;
	struct inv_in in; /* over the segment of place; fd -1: not open */
	struct inv_place place;
	uint64_t dropped; /* bytes of the segment that are not in the cache */
	struct inv_rows rows;
	struct inv_digest *digest;
	bool failed;
};

static void
let_go(struct inv_journal_reader *r)
{
	if (r->in.fd != -1)
		close(r->in.fd);
	r->in.fd = -1;
}

/* The number of the line at the place: only counted for a message. */
static uint64_t
line_number(const struct inv_journal_reader *r)
{
	char *piece = inv_mem_new(PIECE);
	uint64_t offset = 0;
	uint64_t line = 1;

	while (offset < r->place.offset) {
		uint64_t left = r->place.offset - offset;
		ssize_t n = pread(r->in.fd, piece, left < PIECE ? left : PIECE,
		    (off_t)offset);

		if (n <= 0)
			break;
		for (ssize_t i = 0; i < n; i++)
			line += piece[i] == '\n';
		offset += (uint64_t)n;
	}
	free(piece);
	return line;
}

static enum inv_next
damaged(struct inv_journal_reader *r, const char *what, struct inv_err *err)
{
	char name[INV_SEGMENT_NAME];

	inv_segment_name(r->place.segment, name);
	inv_fail(err, INV_IO, "journal/%s: line %ju: damaged: %s", name,
	    (uintmax_t)line_number(r), what);
	r->failed = true;
	return INV_NEXT_ERR;
}

/*
 * A page that was read while it was written past the cache may have stayed
 * there as it was: what is read next comes from the disk.  All of it, as pages
 * that begin before a range are kept, and some are large.
 */
static void
doubt_cache(const struct inv_journal_reader *r)
{
	(void)posix_fadvise(r->in.fd, 0, 0, POSIX_FADV_DONTNEED);
}

/* Read again from the place: what stood behind it may have changed. */
static bool
rewind_to_place(struct inv_journal_reader *r, struct inv_err *err)
{
	if (lseek(r->in.fd, (off_t)r->place.offset, SEEK_SET) == -1)
		return inv_fail_sys(err, INV_IO, "journal");
	r->in.at = r->in.n = 0;
	r->in.offset = r->place.offset;
	r->in.end = r->in.skipping = r->in.torn = false;
	return true;
}

/* No journal is empty that has a segment somewhere. */
static bool
is_missing(const struct inv_journal_reader *r, struct inv_err *err)
{
	char name[INV_SEGMENT_NAME];
	struct inv_segments s;

	if (!inv_segment_survey(r->dir, &s, err))
		return true;
	inv_segment_name(r->place.segment, name);
	if (s.last == 0 && r->place.segment == 1 && r->place.offset == 0)
		return false;
	inv_fail(err, INV_IO, "journal/%s: missing", name);
	return true;
}

/* The segment of the place; *there is false where there is no journal yet. */
static bool
open_segment(struct inv_journal_reader *r, bool *there, struct inv_err *err)
{
	char name[INV_SEGMENT_NAME];
	struct inv_err why;
	struct stat st;

	inv_segment_name(r->place.segment, name);
	r->in.fd = inv_segment_open(r->dir, r->place.segment, O_RDONLY, &why);
	*there = r->in.fd != -1;
	if (r->in.fd == -1 && errno == ENOENT)
		return !is_missing(r, err);
	if (r->in.fd == -1) {
		*err = why;
		return false;
	}
	if (fstat(r->in.fd, &st) == -1)
		return inv_fail_sys(err, INV_IO, "journal/%s", name);
	if ((uint64_t)st.st_size < r->place.offset)
		return inv_fail(err, INV_IO,
		    "journal/%s: shorter than it was: %ju bytes of %ju", name,
		    (uintmax_t)st.st_size, (uintmax_t)r->place.offset);
	r->dropped = r->place.offset;
	(void)posix_fadvise(r->in.fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return rewind_to_place(r, err);
}

/* What the bytes at the place are. */
enum found {
	FOUND_LINE,
	FOUND_END,
	FOUND_TORN,   /* no whole line of ours, but something */
	FOUND_BROKEN, /* a line of ours, but not the next of the chain */
	FOUND_ERROR,
};

static enum found
look(struct inv_journal_reader *r, struct inv_entry *entry, struct inv_err *err)
{
	struct inv_err why;
	struct inv_str line;

	switch (inv_in_line(&r->in, &line, &why)) {
	case INV_NEXT_END:
		return FOUND_END;
	case INV_NEXT_ERR:
		if (why.fault == INV_BAD)
			return FOUND_TORN;
		*err = why;
		err->fault = INV_IO;
		return FOUND_ERROR;
	case INV_NEXT_LINE:
		break;
	}
	if (r->in.torn || !inv_entry_parse(line, &r->rows, entry, &why))
		return FOUND_TORN;
	if (entry->seq != r->place.seq ||
	    memcmp(entry->prev, r->place.prev, INV_DIGEST) != 0)
		return FOUND_BROKEN;
	return FOUND_LINE;
}

/* A torn tail has nothing of ours behind it. */
static bool
ours_follow(struct inv_journal_reader *r)
{
	struct inv_entry entry;
	struct inv_str line;
	struct inv_err err;

	for (;;)
		switch (inv_in_line(&r->in, &line, &err)) {
		case INV_NEXT_END:
			return false;
		case INV_NEXT_ERR:
			if (err.fault != INV_BAD)
				return true;
			break;
		case INV_NEXT_LINE:
			if (inv_entry_parse(line, &r->rows, &entry, &err))
				return true;
			break;
		}
}

/*
 * A journal is long, and mostly read once: its pages are the next to be read
 * into, and others keep theirs.
 */
static void
drop_behind(struct inv_journal_reader *r)
{
	if (r->place.offset - r->dropped < 2 * (uint64_t)BEHIND)
		return;
	(void)posix_fadvise(r->in.fd, (off_t)r->dropped, BEHIND,
	    POSIX_FADV_DONTNEED);
	r->dropped += BEHIND;
}

static void
step(struct inv_journal_reader *r, const struct inv_entry *entry)
{
	r->place.offset += entry->text.n + 1;
	drop_behind(r);
	r->place.seq++;
	inv_digest_of(r->digest, entry->text, r->place.prev);
}

/* Make the segment of the place the open one; false at the end, or failed. */
static bool
have_segment(struct inv_journal_reader *r, struct inv_err *err)
{
	bool there = true;

	if (r->in.fd == -1 && !open_segment(r, &there, err)) {
		let_go(r);
		r->failed = true;
	}
	return there && !r->failed;
}

static void
next_segment(struct inv_journal_reader *r)
{
	let_go(r);
	r->place.segment++;
	r->place.offset = 0;
}

static bool
have_journal(struct inv_journal_reader *r, struct inv_err *err)
{
	if (r->dir != -1)
		return true;
	r->dir = openat(r->state, "journal",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (r->dir == -1 && (errno != ENOENT || r->place.seq != 1)) {
		inv_fail_sys(err, INV_IO, "journal");
		r->failed = true;
	}
	return r->dir != -1;
}

static enum inv_next
refuse(struct inv_journal_reader *r, enum found found, struct inv_err *err)
{
	if (found == FOUND_ERROR) {
		r->failed = true;
		return INV_NEXT_ERR;
	}
	return damaged(r,
	    found == FOUND_BROKEN ? "it does not follow the line before"
				  : "not a line of a journal",
	    err);
}

/*
 * Nothing is called damage or torn, and no segment complete, before it has been
 * read again: while it was read first, a writer may have cut it and gone on.
 */
enum inv_next
inv_journal_next(struct inv_journal_reader *r, struct inv_entry *entry,
    struct inv_err *err)
{
	bool again = false;
	bool followed = false; /* the next segment was there before this look */

	if (r->failed || !have_journal(r, err))
		return r->failed ? INV_NEXT_ERR : INV_NEXT_END;
	while (have_segment(r, err)) {
		enum found found = look(r, entry, err);

		if (found == FOUND_LINE) {
			step(r, entry);
			return INV_NEXT_LINE;
		}
		bool follows =
		    inv_segment_is_there(r->dir, r->place.segment + 1);

		if (found == FOUND_END && follows && followed) {
			next_segment(r);
			again = followed = false;
			continue;
		}
		bool end = !follows &&
		    (found == FOUND_END ||
			(found == FOUND_TORN && again && !ours_follow(r)));

		if (!end && found != FOUND_END &&
		    (found == FOUND_ERROR || (again && follows == followed)))
			return refuse(r, found, err);
		if (!rewind_to_place(r, err))
			return refuse(r, FOUND_ERROR, err);
		if (end)
			return INV_NEXT_END;
		doubt_cache(r);
		again = true;
		followed = follows;
	}
	return r->failed ? INV_NEXT_ERR : INV_NEXT_END;
}

bool
inv_journal_read_sync(const struct inv_journal_reader *r, struct inv_err *err)
{
	if (r->in.fd != -1 && fdatasync(r->in.fd) == -1)
		return inv_fail_sys(err, INV_IO, "journal: fdatasync");
	return true;
}

struct inv_place
inv_journal_place(const struct inv_journal_reader *r)
{
	return r->place;
}

struct inv_journal_reader *
inv_journal_read(const struct inv_state *state, const struct inv_place *from)
{
	struct inv_journal_reader *r = inv_mem_new(sizeof(*r));

	r->state = state->fd;
	r->dir = -1;
	r->place = *from;
	r->digest = inv_digest_new();
	inv_in_init(&r->in, -1, "journal", INV_LINE_MAX, NULL);
	return r;
}

void
inv_journal_read_close(struct inv_journal_reader *r)
{
	if (r == NULL)
		return;
	let_go(r);
	if (r->dir != -1)
		close(r->dir);
	inv_in_free(&r->in);
	inv_rows_free(&r->rows);
	inv_digest_free(r->digest);
	free(r);
}

/* Its first line; *there is false where it has no whole one. */
static bool
first_line(int fd, uint64_t segment, struct inv_place *place, bool *there,
    struct inv_err *err)
{
	struct inv_rows rows = { 0 };
	struct inv_entry e;
	struct inv_str line;
	struct inv_in in;

	inv_in_init(&in, fd, "journal", INV_LINE_MAX, NULL);
	enum inv_next next = inv_in_line(&in, &line, err);

	*there = next == INV_NEXT_LINE && !in.torn;
	bool ok = next == INV_NEXT_END || in.torn ||
	    (*there && inv_entry_parse(line, &rows, &e, err));

	if (ok && *there) {
		*place = (struct inv_place){ .segment = segment, .seq = e.seq };
		memcpy(place->prev, e.prev, sizeof(place->prev));
	}
	inv_in_free(&in);
	inv_rows_free(&rows);
	return ok ||
	    inv_fail(err, INV_IO,
		"journal/%06ju.ndjson: line 1: damaged: not a line of a "
		"journal",
		(uintmax_t)segment);
}

bool
inv_journal_begin(const struct inv_state *state, uint64_t segment,
    struct inv_place *place, bool *there, struct inv_err *err)
{
	int dir = openat(state->fd, "journal",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool ok = true;

	*there = false;
	if (dir == -1)
		return errno == ENOENT || inv_fail_sys(err, INV_IO, "journal");
	for (; ok && !*there && inv_segment_is_there(dir, segment); segment++) {
		int fd = inv_segment_open(dir, segment, O_RDONLY, err);

		ok = fd != -1 && first_line(fd, segment, place, there, err);
		if (fd != -1)
			close(fd);
	}
	close(dir);
	return ok;
}
