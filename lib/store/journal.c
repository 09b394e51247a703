/*
 * journal.c - intents and outcomes: what survives a crash
 *
 * Lines are built into one of two buffers; the other may be on its way to the
 * disk.  What seen may be told, and up to where it counts as told, is kept by
 * the list of live intents: the index never says that it has read past an
 * intent whose end it does not know.
 */

#include "store/journal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "data/cursor.h"
#include "data/digest.h"
#include "io/file.h"
#include "store/keyer.h"
#include "store/live.h"
#include "store/segment.h"
#include "store/witness.h"

enum {
	HEAD_MAX = 4 << 10, /* bytes of a line without rows, names and body */
	RANGE_MAX = 48,     /* bytes of a range in `rows` */
	/* Bytes of a buffer that are kept for later. */
	KEEP = 2 * INV_JOURNAL_GROUP_MAX,
	KEPT_MAX = INV_KEPT_HEX + 3, /* bytes of a row in `keys` */
	/* Bytes of lines that are linked as fast as a worker is asked to. */
	LINKED_AT_ONCE = 64 << 10,
	INT_DIGITS = 10,
	LOCK_LOOK_MS = 10,
	LOCK_WAIT_MS = 10000,
};

static const char next_name[] = "next";

/* A segment that bodies are read back from: to unpack one takes a while. */
struct back {
	uint64_t segment; /* 0: none */
	int fd;
};

/*
 * Lines to be written.  In front of them is room for what the file has in the
 * block where they begin: whole blocks are written from where they are.
 */
struct lines {
	struct inv_buf b;
	size_t from; /* of the first in b */
};

struct inv_journal {
	struct inv_job linking; /* the first member */
	int dir;
	int fd;
	struct inv_seen *seen;
	struct inv_keyer *keyer;
	struct inv_digest *digest;
	struct inv_lives lives;
	struct inv_buf body; /* read back */
	struct back back[2];
	uint64_t cut;

	struct inv_place end;    /* of what has been built; without prev */
	struct inv_place flying; /* of what is being written */
	struct inv_place synced; /* of what is on disk */
	struct lines lines[2];
	int filling;                    /* lines[] that takes new ones */
	bool grouped;                   /* the others are to be written next */
	bool under_way;                 /* and are being written */
	int direct;                     /* fd, past the page cache; or -1 */
	bool tried_direct;              /* to open that */
	char tail[INV_JOURNAL_BLOCK];   /* what we wrote to the last block */
	size_t tail_n;                  /* 0: not all of it is known */
	size_t before;                  /* bytes of it in the write under way */
	unsigned char last[INV_DIGEST]; /* of the last line that is linked */
	bool failed;
	bool copies; /* the last segment holds copies and nothing else */
};

/* ---- building lines ---- */

static size_t
length_of(const struct lines *l)
{
	return l->b.n - l->from;
}

static void
reset(struct lines *l)
{
	if (l->b.cap > KEEP)
		inv_buf_free(&l->b);
	else
		inv_buf_reset(&l->b);
	l->from = 0;
}

/* Where the next line goes. */
static struct inv_buf *
next_line(struct inv_journal *j)
{
	struct lines *l = &j->lines[j->filling];
	size_t from = j->end.offset % INV_JOURNAL_BLOCK;

	if (length_of(l) > 0)
		return &l->b;
	reset(l);
	/* For whoever looks what is in front of a line. */
	while (l->b.n < from)
		inv_buf_byte(&l->b, '\n');
	l->from = from;
	return &l->b;
}

static struct inv_entry_head
head_of(const struct inv_journal *j, char time[INV_CLOCK_TEXT])
{
	static const unsigned char not_known[INV_DIGEST];
	int64_t wall = inv_clock_wall();

	inv_clock_text(wall, time);
	inv_seen_time(j->seen, wall);
	return (struct inv_entry_head){
		.seq = j->end.seq,
		.prev = not_known,
		.time = { time, INV_CLOCK_TEXT - 1 },
	};
}

/* The line from start to the end of b is complete: it moves the end on. */
static void
complete(struct inv_journal *j, struct inv_buf *b, size_t start)
{
	inv_buf_byte(b, '\n');
	assert(!b->failed);
	j->copies = false;
	j->end.seq++;
	j->end.offset += b->n - start;
}

/* Each line gets the hash of the one before; *last is that of the last. */
static void
link_lines(struct inv_buf *b, size_t from, struct inv_digest *d,
    unsigned char last[INV_DIGEST])
{
	for (size_t at = from; at < b->n;) {
		struct inv_str line = { b->p + at, 0 };
		const char *end = memchr(line.p, '\n', b->n - at);

		line.n = (size_t)(end - line.p);
		inv_str_hex(last, INV_DIGEST, inv_entry_prev(b->p + at));
		inv_digest_of(d, line, last);
		at += line.n + 1;
	}
}

static size_t
intent_bound(const struct inv_intent *i)
{
	return HEAD_MAX + i->rows->n * RANGE_MAX + i->order.n + i->files.n +
	    i->keyed_by.n + i->body.n;
}

/* Many intents in one write save syncs, and take memory. */
static bool
takes_intent(struct lines *l, const struct inv_intent *intent)
{
	size_t n = intent_bound(intent);
	size_t before = length_of(l);
	struct inv_buf *b = &l->b;

	if (intent->body.n > INV_BATCH_BODY_MAX ||
	    (before > 0 && before + n > INV_JOURNAL_GROUP_MAX))
		return false;
	if (inv_buf_room(b, n))
		return true;
	b->failed = false;
	return false;
}

uint64_t
inv_journal_intent(struct inv_journal *j, const struct inv_intent *intent)
{
	struct inv_buf *b = next_line(j);
	char time[INV_CLOCK_TEXT];
	size_t start = b->n;

	assert(intent->rows->count > 0);
	if (!takes_intent(&j->lines[j->filling], intent))
		return 0;
	struct inv_entry_head head = head_of(j, time);
	struct inv_live *v = inv_lives_add(&j->lives, head.seq, intent);

	inv_entry_put_intent(b, &head, 0, intent);
	v->place = j->end;
	v->body_n = intent->body.n;
	v->body_at = j->end.offset + (b->n - start) - 1 - intent->body.n;
	memcpy(v->time, time, sizeof(time));
	complete(j, b, start);
	return head.seq;
}

static bool
closes(enum inv_outcome_kind kind)
{
	switch (kind) {
	case INV_OUTCOME_COMMITTED:
	case INV_OUTCOME_REFUSED:
	case INV_OUTCOME_KEY_MISMATCH:
	case INV_OUTCOME_NO_EFFECT:
		return true;
	case INV_OUTCOME_OPEN:
		return false;
	}
	return false;
}

static void
note_outcome(struct inv_live *v, uint64_t seq, enum inv_outcome_kind kind,
    const struct inv_rows *rows)
{
	if (!closes(kind))
		return;
	v->closed = seq;
	v->committed = kind == INV_OUTCOME_COMMITTED;
	if (v->committed && rows->count < v->rows.count)
		for (size_t i = 0; i < rows->n; i++)
			inv_rows_join(&v->took, rows->range[i].first,
			    rows->range[i].last);
}

uint64_t
inv_journal_outcome(struct inv_journal *j, uint64_t seq,
    const struct inv_outcome *outcome)
{
	struct inv_buf *b = next_line(j);
	struct inv_live *v = inv_lives_find(&j->lives, seq);
	char time[INV_CLOCK_TEXT];
	size_t start = b->n;

	assert(v != NULL && v->closed == 0);
	const struct inv_rows *rows =
	    outcome->rows != NULL ? outcome->rows : &v->rows;

	if (!inv_buf_room(b,
		HEAD_MAX + rows->n * RANGE_MAX + outcome->refused.n +
		    outcome->evidence.n + outcome->reason.n +
		    outcome->processed_at.n)) {
		b->failed = false;
		return 0;
	}
	struct inv_entry_head head = head_of(j, time);

	inv_entry_put_outcome(b, &head, seq, &v->of, outcome);
	complete(j, b, start);
	note_outcome(v, head.seq, outcome->kind, rows);
	return head.seq;
}

/* ---- to the disk ---- */

/* What has been built is to be written next, if there is any. */
static bool
begin_group(struct inv_journal *j)
{
	if (j->failed || j->grouped || j->under_way ||
	    length_of(&j->lines[j->filling]) == 0)
		return false;
	j->grouped = true;
	j->flying = j->end;
	j->filling = 1 - j->filling;
	return true;
}

static void
link_group(struct inv_journal *j, struct inv_digest *d)
{
	struct lines *l = &j->lines[1 - j->filling];

	link_lines(&l->b, l->from, d, j->last);
}

static void
link_there(struct inv_job *job, void *own)
{
	link_group((struct inv_journal *)(void *)job, own);
}

struct inv_job *
inv_journal_link(struct inv_journal *j)
{
	if (length_of(&j->lines[j->filling]) <= LINKED_AT_ONCE ||
	    !begin_group(j))
		return NULL;
	j->linking.fn = link_there;
	return &j->linking;
}

/* The group is linked: so are the places of its intents, and its end. */
static void
link_places(struct inv_journal *j, char *lines)
{
	memcpy(j->flying.prev, j->last, INV_DIGEST);
	for (size_t i = j->lives.n; i-- > 0;) {
		struct inv_place *at = &j->lives.at[i]->place;

		if (at->seq < j->synced.seq)
			break;
		if (at->seq >= j->flying.seq)
			continue;
		char *line = lines + (at->offset - j->synced.offset);
		struct inv_str hex = { inv_entry_prev(line), INV_DIGEST_HEX };
		bool ok = inv_str_unhex(hex, at->prev, INV_DIGEST);

		assert(ok);
		(void)ok;
	}
}

/*
 * The file that is open, whatever has its name now.  Not every file system has
 * it: then it goes through the cache.
 */
static void
open_direct(struct inv_journal *j)
{
	char path[sizeof("/proc/self/fd/") + INT_DIGITS];

	if (j->tried_direct)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", j->fd);
	j->direct = open(path, O_WRONLY | O_DIRECT | O_CLOEXEC);
	/* As long as a write is under way in the kernel, whatever becomes of us:
	 * the next to open the journal waits for that (settle_writes). */
	if (j->direct != -1 && flock(j->direct, LOCK_EX | LOCK_NB) == -1) {
		close(j->direct);
		j->direct = -1;
	}
	j->tried_direct = true;
}

static bool
close_direct(struct inv_journal *j)
{
	int fd = j->direct;

	j->direct = -1;
	j->tried_direct = false;
	j->tail_n = 0;
	return fd == -1 || close(fd) == 0;
}

/*
 * Put what the file has in the block where the lines begin in front of them;
 * how much that is.  None where it is not known, or they were built for the
 * segment before.
 */
static size_t
block_before(const struct inv_journal *j, struct lines *l)
{
	if (l->from != j->synced.offset % INV_JOURNAL_BLOCK ||
	    l->from != j->tail_n)
		return 0;
	memcpy(l->b.p, j->tail, l->from);
	return l->from;
}

/* The last block, of which bytes are the end. */
static void
keep_tail(struct inv_journal *j, struct inv_str bytes)
{
	j->tail_n = j->flying.offset % INV_JOURNAL_BLOCK;
	if (j->tail_n > bytes.n)
		j->tail_n = 0;
	else
		memcpy(j->tail, bytes.p + bytes.n - j->tail_n, j->tail_n);
}

/* Of the write under way. */
static struct inv_str
written_of(const struct inv_journal *j, const struct lines *l)
{
	return (struct inv_str){ l->b.p + l->from - j->before,
		j->before + length_of(l) };
}

bool
inv_journal_pending(struct inv_journal *j, struct inv_journal_write *w)
{
	if (!j->grouped) {
		if (!begin_group(j))
			return false;
		link_group(j, j->digest);
	}
	struct lines *l = &j->lines[1 - j->filling];

	open_direct(j);
	j->before = block_before(j, l);
	*w = (struct inv_journal_write){
		.fd = j->fd,
		.direct = j->direct,
		.offset = j->synced.offset - j->before,
		.bytes = written_of(j, l),
	};
	link_places(j, l->b.p + l->from);
	j->grouped = false;
	j->under_way = true;
	return true;
}

/* What is closed otherwise than by a commit is done with once that is synced. */
static void
drop_closed(struct inv_journal *j)
{
	for (size_t i = 0; i < j->lives.n;) {
		const struct inv_live *v = j->lives.at[i];

		if (v->closed != 0 && !v->committed &&
		    v->closed < j->synced.seq)
			inv_lives_drop(&j->lives, v->seq);
		else
			i++;
	}
}

/* Lines that are in memory only will stand in the segment after theirs. */
static void
move_on(struct inv_journal *j)
{
	uint64_t by = j->synced.offset;

	for (size_t i = j->lives.n; i-- > 0;) {
		struct inv_live *v = j->lives.at[i];

		if (v->place.seq < j->synced.seq)
			break;
		v->place.segment++;
		v->place.offset -= by;
		v->body_at -= by;
	}
	j->end.segment++;
	j->end.offset -= by;
	j->synced.segment++;
	j->synced.offset = 0;
}

/*
 * The last segment is long enough, and all that was written to it is on disk:
 * what follows goes into a new one.
 */
static bool
begin_segment(struct inv_journal *j, struct inv_err *err)
{
	int fd = inv_segment_open(j->dir, j->synced.segment + 1,
	    O_RDWR | O_CREAT | O_EXCL, err);
	int old = j->fd;

	if (fd == -1) {
		j->failed = true;
		err->fault = INV_IO;
		return false;
	}
	move_on(j);
	j->fd = fd;
	bool closed = close_direct(j);

	if (close(old) == 0 && closed)
		return true;
	j->failed = true;
	return inv_fail_sys(err, INV_IO, "journal/%06ju.ndjson: close",
	    (uintmax_t)j->synced.segment - 1);
}

bool
inv_journal_settled(struct inv_journal *j, int res, struct inv_err *err)
{
	struct lines *l = &j->lines[1 - j->filling];

	assert(j->under_way);
	j->under_way = false;
	if (res < 0) {
		j->failed = true;
		errno = -res;
		return inv_fail_sys(err, INV_IO, "journal/%06ju.ndjson: write",
		    (uintmax_t)j->synced.segment);
	}
	j->synced = j->flying;
	keep_tail(j, written_of(j, l));
	reset(l);
	drop_closed(j);
	return j->synced.offset < INV_SEGMENT_MAX || begin_segment(j, err);
}

static int
write_and_sync(const struct inv_journal_write *w)
{
	size_t done = 0;

	while (done < w->bytes.n) {
		ssize_t n = pwrite(w->fd, w->bytes.p + done, w->bytes.n - done,
		    (off_t)(w->offset + done));

		if (n == -1 && errno != EINTR)
			return -errno;
		if (n > 0)
			done += (size_t)n;
	}
	return fdatasync(w->fd) == -1 ? -errno : 0;
}

bool
inv_journal_sync(struct inv_journal *j, struct inv_err *err)
{
	struct inv_journal_write w;

	if (j->failed || j->under_way)
		return inv_fail(err, INV_IO, "journal: a write %s",
		    j->failed ? "has failed" : "is under way");
	/* What was linked before, and what was added since. */
	while (inv_journal_pending(j, &w))
		if (!inv_journal_settled(j, write_and_sync(&w), err))
			return false;
	return true;
}

size_t
inv_journal_waiting(const struct inv_journal *j)
{
	return length_of(&j->lines[0]) + length_of(&j->lines[1]);
}

uint64_t
inv_journal_durable(const struct inv_journal *j)
{
	return j->synced.seq - 1;
}

/* ---- reading back ---- */

static bool
has_its_hash(const struct inv_journal *j, const struct inv_live *v,
    const struct inv_buf *body)
{
	char hash[INV_DIGEST_HEX];

	inv_digest_hex_of(j->digest, inv_buf_str(body), hash);
	return memcmp(hash, v->batch_hash, sizeof(hash)) == 0;
}

/* From the disk, if what the cache has is not what was written. */
static bool
read_body(const struct inv_journal *j, const struct inv_live *v, int fd,
    struct inv_buf *body, struct inv_err *err)
{
	inv_buf_reset(body);
	if (!inv_buf_room(body, v->body_n))
		return inv_fail(err, INV_INTERNAL,
		    "journal: a body of %zu bytes", v->body_n);
	for (int look = 0; look < 2; look++) {
		if (inv_file_pread(fd, body->p, v->body_n, v->body_at) !=
		    (ssize_t)v->body_n)
			return inv_fail(err, INV_IO,
			    "journal/%06ju.ndjson: can not be read again",
			    (uintmax_t)v->place.segment);
		body->n = v->body_n;
		if (has_its_hash(j, v, body))
			return true;
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	}
	return inv_fail(err, INV_IO,
	    "journal/%06ju.ndjson: the body of intent %ju does not have its "
	    "batch_hash",
	    (uintmax_t)v->place.segment, (uintmax_t)v->seq);
}

static void
let_back(struct back *b)
{
	if (b->segment != 0)
		close(b->fd);
	b->segment = 0;
}

/*
 * Two are kept, the one used last in front: while the journal is read from
 * one segment into the next, bodies are in both.
 */
static int
back_to(struct inv_journal *j, uint64_t segment, struct inv_err *err)
{
	struct back first = j->back[0];

	if (first.segment == segment)
		return first.fd;
	if (j->back[1].segment == segment) {
		j->back[0] = j->back[1];
		j->back[1] = first;
		return j->back[0].fd;
	}
	int fd = inv_segment_open(j->dir, segment, O_RDONLY, err);

	if (fd == -1)
		return -1;
	let_back(&j->back[1]);
	j->back[1] = first;
	j->back[0] = (struct back){ segment, fd };
	return fd;
}

static bool
body_of(struct inv_journal *j, const struct inv_live *v, struct inv_buf *body,
    struct inv_err *err)
{
	int fd = back_to(j, v->place.segment, err);

	return fd != -1 && read_body(j, v, fd, body, err);
}

bool
inv_journal_body(struct inv_journal *j, uint64_t seq, struct inv_buf *body,
    struct inv_err *err)
{
	const struct inv_live *v = inv_lives_find(&j->lives, seq);

	assert(v != NULL && v->place.seq < j->synced.seq);
	return body_of(j, v, body, err);
}

static bool
is_open_and_old(const struct inv_live *v)
{
	return v->old && v->closed == 0;
}

size_t
inv_journal_open_count(const struct inv_journal *j)
{
	size_t n = 0;

	for (size_t i = 0; i < j->lives.n && j->lives.at[i]->old; i++)
		n += is_open_and_old(j->lives.at[i]);
	return n;
}

struct inv_intent
inv_journal_open_at(const struct inv_journal *j, size_t i, uint64_t *seq,
    int64_t *wall)
{
	size_t k = 0;

	while (!is_open_and_old(j->lives.at[k]) || i-- > 0)
		k++;
	const struct inv_live *v = j->lives.at[k];

	*seq = v->seq;
	*wall = inv_clock_read(v->time);
	return v->of;
}

int64_t
inv_journal_latest(const struct inv_journal *j)
{
	return inv_seen_latest(j->seen);
}

/* ---- the index ---- */

struct inv_seen *
inv_journal_seen(struct inv_journal *j)
{
	return j->seen;
}

/* Up to where seen knows all, given what it has been told. */
static struct inv_place
known_upto(const struct inv_journal *j)
{
	if (j->lives.n > 0 && j->lives.at[0]->place.seq < j->synced.seq)
		return j->lives.at[0]->place;
	return j->synced;
}

/* Where they stand, which is not where they are if they correct others. */
static void
put_rows(struct inv_journal *j, const struct inv_intent *of,
    const struct inv_rows *took, const struct inv_seen_row *rows, size_t n)
{
	struct inv_str order = of->order;

	if (took->count == 0 && order.n == 0) {
		inv_seen_put(j->seen, rows, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct inv_seen_row row = rows[i];

		inv_order_place(&order, &row);
		if (took->count == 0 || inv_rows_has(took, rows[i].row))
			inv_seen_put(j->seen, &row, 1);
	}
}

static bool
write_if_full(struct inv_journal *j, struct inv_err *err)
{
	struct inv_place upto = known_upto(j);

	return !inv_seen_is_full(j->seen) ||
	    inv_seen_write(j->seen, &upto, err);
}

static bool
index_rows(struct inv_journal *j, const struct inv_live *v,
    const struct inv_seen_row *rows, size_t n, struct inv_err *err)
{
	if (rows == NULL) {
		struct inv_intent of = v->of;

		if (!body_of(j, v, &j->body, err))
			return false;
		of.body = inv_buf_str(&j->body);
		if (!inv_keyer_rows(j->keyer, &of, &rows, &n, err))
			return false;
	}
	put_rows(j, &v->of, &v->took, rows, n);
	inv_lives_drop(&j->lives, v->seq);
	return write_if_full(j, err);
}

bool
inv_journal_index(struct inv_journal *j, uint64_t seq,
    const struct inv_seen_row *rows, size_t n, struct inv_err *err)
{
	const struct inv_live *v = inv_lives_find(&j->lives, seq);

	assert(v != NULL && v->committed && v->closed < j->synced.seq);
	return index_rows(j, v, rows, n, err);
}

bool
inv_journal_kept(struct inv_journal *j, const struct inv_intent *of,
    const struct inv_seen_row *seen, uint64_t *line, struct inv_err *err)
{
	struct inv_buf *b = next_line(j);
	const struct inv_rows none = { 0 };
	char time[INV_CLOCK_TEXT];
	size_t start = b->n;

	if (!inv_buf_room(b,
		HEAD_MAX + of->rows->n * RANGE_MAX + of->order.n +
		    of->rows->count * KEPT_MAX)) {
		b->failed = false;
		return inv_fail(err, INV_INTERNAL,
		    "journal: no room for %ju rows of a chunk",
		    (uintmax_t)of->rows->count);
	}
	struct inv_entry_head head = head_of(j, time);

	inv_entry_put_kept(b, &head, of, seen);
	complete(j, b, start);
	*line = head.seq;
	put_rows(j, of, &none, seen, of->rows->count);
	return write_if_full(j, err);
}

/* ---- copying forward ---- */

/* Write the line of v again, at the end; body is scratch. */
static bool
copy_one(struct inv_journal *j, struct inv_live *v, int fd, struct inv_buf *b,
    struct inv_err *err)
{
	struct inv_intent of = v->of;
	const struct inv_entry_head head = {
		.seq = j->end.seq,
		.prev = j->last,
		.time = { v->time, INV_CLOCK_TEXT - 1 },
	};

	if (!body_of(j, v, &j->body, err))
		return false;
	of.body = inv_buf_str(&j->body);
	inv_buf_reset(b);
	inv_entry_put_intent(b, &head, v->seq, &of);
	v->place = j->end;
	memcpy(v->place.prev, j->last, INV_DIGEST);
	v->body_at = j->end.offset + b->n - 1 - v->body_n;
	complete(j, b, 0);
	link_lines(b, 0, j->digest, j->last);
	return inv_file_write(fd, inv_buf_str(b), "journal/next", err);
}

static bool
copy_all(struct inv_journal *j, int fd, struct inv_err *err)
{
	struct inv_buf b = INV_BUF(INV_LINE_MAX);
	char name[INV_SEGMENT_NAME];
	bool ok = true;

	j->end.segment++;
	j->end.offset = 0;
	for (size_t i = 0; ok && i < j->lives.n; i++)
		ok = copy_one(j, j->lives.at[i], fd, &b, err);
	inv_buf_free(&b);
	inv_segment_name(j->end.segment, name);
	if (!ok || !inv_file_sync(fd, "journal/next", err))
		return false;
	if (renameat(j->dir, next_name, j->dir, name) == -1)
		return inv_fail_sys(err, INV_IO, "journal/%s", name);
	return inv_file_sync(j->dir, "journal", err);
}

/*
 * Open intents go into a new segment, on disk before anything is sent: after
 * a failed fsync the cache may show what the disk does not have.
 */
static bool
copy_forward(struct inv_journal *j, struct inv_err *err)
{
	if (unlinkat(j->dir, next_name, 0) == -1 && errno != ENOENT)
		return inv_fail_sys(err, INV_IO, "journal/next");
	int fd =
	    inv_file_open(j->dir, next_name, O_RDWR | O_CREAT | O_EXCL, err);

	if (fd == -1)
		return false;
	if (!copy_all(j, fd, err)) {
		close(fd);
		return false;
	}
	close(j->fd);
	(void)close_direct(j);
	j->fd = fd;
	j->synced = j->end;
	memcpy(j->synced.prev, j->last, INV_DIGEST);
	j->copies = true;
	return true;
}

/* ---- opening ---- */

/* What opening learns from the lines it reads. */
struct recovery {
	struct inv_journal_reader *r;
	uint64_t segment; /* of the last line */
};

static bool
recover_intent(struct inv_journal *j, const struct inv_place *place,
    const struct inv_entry *e, struct inv_err *err)
{
	struct inv_live *v = inv_lives_find(&j->lives, e->intent);

	if (v == NULL && j->lives.n > 0 &&
	    j->lives.at[j->lives.n - 1]->seq > e->intent)
		return inv_fail(err, INV_IO,
		    "journal: line %ju copies an intent that was closed",
		    (uintmax_t)e->seq);
	if (v == NULL)
		v = inv_lives_add(&j->lives, e->intent, &e->of);
	v->old = true;
	v->place = *place;
	v->body_n = e->of.body.n;
	v->body_at = place->offset + (uint64_t)(e->of.body.p - e->text.p);
	memcpy(v->time, e->time.p, e->time.n);
	return true;
}

/* An outcome whose intent stands before the place is in the index already. */
static bool
recover_outcome(struct inv_journal *j, const struct inv_entry *e,
    struct inv_err *err)
{
	struct inv_live *v = inv_lives_find(&j->lives, e->intent);

	if (v == NULL)
		return true;
	note_outcome(v, e->seq, e->outcome.kind, e->of.rows);
	if (v->committed)
		return index_rows(j, v, NULL, 0, err);
	if (v->closed != 0)
		inv_lives_drop(&j->lives, v->seq);
	return true;
}

/* Rows whose content their keys had anyway: those are theirs now. */
static bool
recover_kept(struct inv_journal *j, const struct inv_entry *e,
    struct inv_err *err)
{
	struct inv_cursor c = { .rest = e->keys };
	struct inv_str order = e->of.order;
	const char *before = "[";

	for (size_t r = 0; r < e->of.rows->n; r++)
		for (uint64_t row = e->of.rows->range[r].first;
		     row <= e->of.rows->range[r].last; row++) {
			unsigned char both[INV_DIGEST];
			struct inv_seen_row seen = { .arrival = e->of.arrival,
				.row = row };

			inv_cursor_digest(&c, before, both);
			memcpy(seen.key, both, INV_KEY);
			memcpy(seen.digest, both + INV_KEY, INV_KEY);
			inv_order_place(&order, &seen);
			inv_seen_put(j->seen, &seen, 1);
			before = ",";
		}
	return write_if_full(j, err);
}

static bool
recover_entry(struct inv_journal *j, struct recovery *rc,
    const struct inv_place *place, const struct inv_entry *e,
    struct inv_err *err)
{
	struct inv_place behind = inv_journal_place(rc->r);
	struct inv_place at = *place;

	if (behind.segment != rc->segment) {
		rc->segment = behind.segment;
		j->copies = true;
		at.segment = behind.segment;
		at.offset = 0;
	}
	j->copies = j->copies && e->copied;
	/* What follows the place is on disk, as far as it has been read. */
	j->synced = behind;
	inv_seen_time(j->seen, inv_clock_read(e->time.p));
	switch (e->type) {
	case INV_ENTRY_INTENT:
		return recover_intent(j, &at, e, err);
	case INV_ENTRY_OUTCOME:
		return recover_outcome(j, e, err);
	case INV_ENTRY_KEPT:
		return recover_kept(j, e, err);
	}
	return false;
}

static bool
recover_lines(struct inv_journal *j, struct recovery *rc, struct inv_err *err)
{
	for (;;) {
		struct inv_place place = inv_journal_place(rc->r);
		struct inv_entry entry;

		switch (inv_journal_next(rc->r, &entry, err)) {
		case INV_NEXT_ERR:
			return false;
		case INV_NEXT_END:
			j->end = j->synced = inv_journal_place(rc->r);
			memcpy(j->last, j->end.prev, INV_DIGEST);
			/* A new segment, to which nothing was written. */
			j->copies = j->copies && j->end.segment == rc->segment;
			return true;
		case INV_NEXT_LINE:
			if (!recover_entry(j, rc, &place, &entry, err))
				return false;
			break;
		}
	}
}

/* Open the last segment for writing, and cut what is torn off its end. */
static bool
open_last(struct inv_journal *j, struct inv_err *err)
{
	struct inv_segments s;
	struct stat st;

	if (!inv_segment_survey(j->dir, &s, err))
		return false;
	j->fd = inv_segment_open(j->dir, j->end.segment,
	    s.last == 0 ? O_RDWR | O_CREAT : O_RDWR, err);
	/* One that is compressed has another behind it. */
	if (s.last > j->end.segment || (j->fd == -1 && errno == ENOENT))
		return inv_fail(err, INV_IO, "journal/%06ju.ndjson: missing",
		    (uintmax_t)j->end.segment + 1);
	if (j->fd == -1)
		return false;
	if (fstat(j->fd, &st) == -1)
		return inv_fail_sys(err, INV_IO, "journal");
	j->cut = (uint64_t)st.st_size - j->end.offset;
	if (j->cut > 0 && ftruncate(j->fd, (off_t)j->end.offset) == -1)
		return inv_fail_sys(err, INV_IO, "journal: cutting its tail");
	/* What was read may be in the cache only. */
	return inv_file_sync(j->fd, "journal", err);
}

/* Until nobody else has a lock on the file, or does not let it go. */
static bool
wait_for_lock(int fd, uint64_t segment, struct inv_err *err)
{
	const struct timespec pause = { .tv_nsec = LOCK_LOOK_MS * 1000000 };
	uint64_t until = inv_clock_ms() + LOCK_WAIT_MS;

	while (flock(fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK) {
		if (inv_clock_ms() >= until)
			return inv_fail(err, INV_AGAIN,
			    "journal/%06ju.ndjson: somebody else has a lock on "
			    "it",
			    (uintmax_t)segment);
		(void)nanosleep(&pause, NULL);
	}
	return true;
}

/*
 * What a killed process has asked the kernel to write past the cache may still
 * be under way.  Where there are no locks, nothing is written so.
 */
static bool
settle_writes(const struct inv_journal *j, struct inv_err *err)
{
	struct inv_segments s;

	if (!inv_segment_survey(j->dir, &s, err))
		return false;
	if (s.last == 0)
		return true;
	int fd = inv_segment_open(j->dir, s.last, O_RDWR, err);

	if (fd == -1)
		return errno == ENOENT;
	bool ok = wait_for_lock(fd, s.last, err);

	close(fd);
	return ok;
}

static bool
recover(struct inv_journal *j, const struct inv_state *state,
    struct inv_err *err)
{
	struct inv_place from = inv_seen_place(j->seen);
	struct recovery rc = {
		.r = inv_journal_read(state, &from),
		.segment = from.segment,
	};

	j->copies = from.offset == 0;
	bool ok = settle_writes(j, err) &&
	    inv_witness_length(state, j->dir, &from, err) &&
	    recover_lines(j, &rc, err) &&
	    inv_witness_chain(state, &j->end, err) && open_last(j, err);

	inv_journal_read_close(rc.r);
	/* Copies were on disk before their segment had its name. */
	if (ok && j->lives.n > 0)
		ok = j->copies ? inv_file_sync(j->dir, "journal", err)
			       : copy_forward(j, err);
	let_back(&j->back[0]);
	let_back(&j->back[1]);
	return ok;
}

static void
journal_free(struct inv_journal *j)
{
	(void)close_direct(j);
	if (j->fd != -1)
		close(j->fd);
	if (j->dir != -1)
		close(j->dir);
	let_back(&j->back[0]);
	let_back(&j->back[1]);
	inv_seen_close(j->seen);
	inv_keyer_free(j->keyer);
	inv_digest_free(j->digest);
	inv_lives_free(&j->lives);
	inv_buf_free(&j->body);
	inv_buf_free(&j->lines[0].b);
	inv_buf_free(&j->lines[1].b);
	free(j);
}

struct inv_journal *
inv_journal_open(const struct inv_state *state, struct inv_err *err)
{
	struct inv_journal *j = inv_mem_new(sizeof(*j));

	j->fd = j->direct = -1;
	j->body = INV_BUF(INV_BATCH_BODY_MAX);
	j->lines[0].b = j->lines[1].b = INV_BUF_PAGES(INV_JOURNAL_PENDING_MAX);
	j->keyer = inv_keyer_new();
	j->digest = inv_digest_new();
	j->dir = inv_file_state_dir(state->fd, "journal", err);
	if (j->dir != -1)
		j->seen = inv_seen_open(state, err);
	if (j->seen != NULL && recover(j, state, err))
		return j;
	journal_free(j);
	return NULL;
}

uint64_t
inv_journal_cut(const struct inv_journal *j)
{
	return j->cut;
}

/* Up to here all is in seen's database, and no intent is open. */
static uint64_t
settled_before(const struct inv_journal *j)
{
	uint64_t segment = inv_seen_place(j->seen).segment;

	for (size_t i = 0; i < j->lives.n; i++)
		if (j->lives.at[i]->place.segment < segment)
			segment = j->lives.at[i]->place.segment;
	return segment;
}

bool
inv_journal_pack(struct inv_journal *j, bool *more, struct inv_err *err)
{
	struct inv_segments s;

	*more = false;
	if (!inv_segment_survey(j->dir, &s, err))
		return false;
	if (s.plain == 0 || s.plain >= settled_before(j))
		return true;
	*more = true;
	return inv_segment_pack(j->dir, s.plain, err);
}

/* Leave nothing to be read again at the next start, if that can be had. */
static bool
finish(struct inv_journal *j, struct inv_err *err)
{
	if (!inv_journal_sync(j, err))
		return false;
	bool copy = !j->copies && j->lives.n > 0;

	for (size_t i = 0; i < j->lives.n; i++)
		copy = copy && !j->lives.at[i]->committed;
	if (copy && !copy_forward(j, err))
		return false;
	struct inv_place upto = known_upto(j);
	struct inv_place known = inv_seen_place(j->seen);

	return upto.seq == known.seq || inv_seen_write(j->seen, &upto, err);
}

static bool
close_segment(struct inv_journal *j, struct inv_err *err)
{
	int fd = j->fd;
	bool closed = close_direct(j);

	j->fd = -1;
	return ((fd == -1 || close(fd) == 0) && closed) ||
	    inv_fail_sys(err, INV_IO, "journal/%06ju.ndjson: close",
		(uintmax_t)j->synced.segment);
}

bool
inv_journal_close(struct inv_journal *j, struct inv_err *err)
{
	if (j == NULL)
		return true;
	bool ok = finish(j, err) && close_segment(j, err);

	journal_free(j);
	return ok;
}
