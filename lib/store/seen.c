/*
 * seen.c - what each key last committed: an index over the journal
 *
 * In memory: rows in the order they came, found through a table of open
 * addressing.  Keys are digests, so that their own bytes are the hash.
 */

#include "store/seen.h"

#include <endian.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "store/db.h"
#include "store/runs.h"

enum {
	SEEN_ID = 0x696e7673, /* application_id: "invs" */
	PATH_MAX_BYTES = 4096,
	SLOTS_MIN = 1 << 12, /* of the table; twice the rows at least */
	AHEAD = 8,           /* rows whose places are fetched */
};

static const char *const steps[] = {
	"CREATE TABLE seen (key BLOB PRIMARY KEY, digest BLOB NOT NULL,"
	" arrival INTEGER NOT NULL, row INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE place (one INTEGER PRIMARY KEY CHECK (one = 1),"
	" segment INTEGER NOT NULL, offset INTEGER NOT NULL,"
	" seq INTEGER NOT NULL, prev BLOB NOT NULL, written INTEGER NOT NULL);",
	"ALTER TABLE place ADD COLUMN latest INTEGER NOT NULL DEFAULT 0;",
	/* Without a place it is built again from the journal. */
	"DROP TABLE seen; DROP TABLE place;"
	"CREATE TABLE place (one INTEGER PRIMARY KEY CHECK (one = 1),"
	" segment INTEGER NOT NULL, offset INTEGER NOT NULL,"
	" seq INTEGER NOT NULL, prev BLOB NOT NULL,"
	" latest INTEGER NOT NULL);" INV_RUNS_TABLE,
	/* A digest is another hash now: built again. */
	"DELETE FROM place; DELETE FROM runs;",
	/* What is in it is hashed: built again. */
	"DROP TABLE place; DELETE FROM runs;"
	"CREATE TABLE place (one INTEGER PRIMARY KEY CHECK (one = 1),"
	" segment INTEGER NOT NULL, offset INTEGER NOT NULL,"
	" seq INTEGER NOT NULL, prev BLOB NOT NULL,"
	" latest INTEGER NOT NULL, hash BLOB NOT NULL);",
	/* A row takes fewer bytes: built again. */
	"DELETE FROM place; DELETE FROM runs;" INV_RUNS_WIDTHS,
	NULL,
};

struct inv_seen {
	struct inv_db *db;
	struct inv_stmt *move;
	struct inv_runs *runs;
	struct inv_place place;
	int64_t latest; /* time of a line */
	bool unknown;   /* what the database has: a write has failed */

	struct inv_seen_row *rows;
	size_t n;
	size_t cap;
	/*
	 * Index into rows + 1, and in the bits above those of slots_n a tag of
	 * the key, which tells most others; 0: free.
	 */
	uint32_t *slots;
	size_t slots_n; /* a power of two, twice cap */
};

static uint64_t
word(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static bool
damaged(struct inv_err *err)
{
	return inv_fail(err, INV_IO,
	    "journal/seen.db: damaged; remove it, and it is built again");
}

/* Behind a failed write nobody knows what the file has, nor are its runs at
 * hand. */
static bool
is_known(const struct inv_seen *s, struct inv_err *err)
{
	return !s->unknown ||
	    inv_fail(err, INV_IO,
		"journal/seen.db: it could not be written before");
}

/* What SQLite finds wrong in the file is no fault of an input. */
static bool
failed(struct inv_err *err)
{
	return err->fault == INV_BAD ? damaged(err) : false;
}

/* ---- the memory ---- */

static uint32_t
tag_of(const struct inv_seen *s, const unsigned char *key)
{
	return (uint32_t)(word(key) >> 32) & ~((uint32_t)s->slots_n - 1);
}

/* Index into rows + 1; 0: none. */
static size_t
row_at(const struct inv_seen *s, const uint32_t *slot)
{
	return *slot & (s->slots_n - 1);
}

static uint32_t *
slot_of(const struct inv_seen *s, const unsigned char *key)
{
	uint32_t tag = tag_of(s, key);

	for (uint64_t at = word(key);; at++) {
		uint32_t *found = &s->slots[at & (s->slots_n - 1)];
		size_t row = row_at(s, found);

		if (row == 0 ||
		    ((*found ^ tag) == row &&
			memcmp(s->rows[row - 1].key, key, INV_KEY) == 0))
			return found;
	}
}

/* Row i comes soon, if there is one: its place is at hand by then. */
static void
expect(const struct inv_seen *s, const struct inv_seen_row *rows, size_t i,
    size_t n)
{
	if (i < n && s->slots_n > 0)
		inv_mem_fetch(&s->slots[word(rows[i].key) & (s->slots_n - 1)]);
}

static void
rehash(struct inv_seen *s, size_t slots_n)
{
	inv_mem_pages_free(s->slots, s->slots_n * sizeof(*s->slots));
	s->slots = inv_mem_pages(NULL, 0, slots_n * sizeof(*s->slots));
	s->slots_n = slots_n;
	for (size_t i = 0; i < s->n; i++) {
		expect(s, s->rows, i + AHEAD, s->n);
		*slot_of(s, s->rows[i].key) =
		    tag_of(s, s->rows[i].key) | (uint32_t)(i + 1);
	}
}

void
inv_seen_put(struct inv_seen *s, const struct inv_seen_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s->n == s->cap) {
			size_t cap = s->cap == 0 ? SLOTS_MIN / 2 : s->cap * 2;

			s->rows = inv_mem_pages(s->rows,
			    s->cap * sizeof(*s->rows), cap * sizeof(*s->rows));
			s->cap = cap;
			rehash(s, cap * 2);
		}
		expect(s, rows, i + AHEAD, n);
		uint32_t *at = slot_of(s, rows[i].key);

		if (*at == 0)
			*at = tag_of(s, rows[i].key) | (uint32_t)++s->n;
		s->rows[row_at(s, at) - 1] = rows[i];
	}
}

bool
inv_seen_is_full(const struct inv_seen *s)
{
	return s->n >= INV_SEEN_HELD;
}

/* ---- the database ---- */

bool
inv_seen_find(struct inv_seen *s, struct inv_seen_row *rows, size_t n,
    struct inv_err *err)
{
	if (!is_known(s, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		expect(s, rows, i + AHEAD, n);
		if (i + AHEAD < n)
			inv_runs_expect(s->runs, rows[i + AHEAD].key);
		size_t at = s->n > 0 ? row_at(s, slot_of(s, rows[i].key)) : 0;

		rows[i].arrival = rows[i].row = 0;
		if (at != 0)
			rows[i] = s->rows[at - 1];
		else if (!inv_runs_find(s->runs, &rows[i], err))
			return failed(err);
	}
	return true;
}

/* Of a place, of the time beside it, and of the runs that go with them. */
static size_t
hash_place(const struct inv_seen *s, const struct inv_place *place,
    unsigned char out[INV_HASH])
{
	static const unsigned char key[INV_HASH_KEY] = { 0 };
	struct {
		uint64_t number[4];
		unsigned char prev[INV_DIGEST];
		unsigned char runs[INV_HASH];
	} all = { .number = { htole64(place->segment), htole64(place->offset),
		      htole64(place->seq), htole64((uint64_t)s->latest) } };
	size_t n = inv_runs_hash(s->runs, all.runs);

	memcpy(all.prev, place->prev, INV_DIGEST);
	inv_hash_of(key, (struct inv_str){ (const char *)&all, sizeof(all) },
	    out);
	return n;
}

static bool
write_place(struct inv_seen *s, const struct inv_place *upto,
    struct inv_err *err)
{
	unsigned char hash[INV_HASH];

	hash_place(s, upto, hash);
	inv_stmt_bind_u64(s->move, 1, upto->segment);
	inv_stmt_bind_u64(s->move, 2, upto->offset);
	inv_stmt_bind_u64(s->move, 3, upto->seq);
	inv_stmt_bind_blob(s->move, 4,
	    (struct inv_str){ (const char *)upto->prev, INV_DIGEST });
	inv_stmt_bind_u64(s->move, 5, (uint64_t)s->latest);
	inv_stmt_bind_blob(s->move, 6,
	    (struct inv_str){ (const char *)hash, INV_HASH });
	return inv_stmt_run(s->move, err);
}

bool
inv_seen_write(struct inv_seen *s, const struct inv_place *upto,
    struct inv_err *err)
{
	if (!is_known(s, err))
		return false;
	s->unknown = !inv_db_begin(s->db, err) ||
	    !inv_runs_add(s->runs, s->rows, s->n, err) ||
	    !write_place(s, upto, err) || !inv_db_commit(s->db, err);
	if (s->unknown)
		return failed(err);
	s->place = *upto;
	s->n = 0;
	if (s->slots_n > 0)
		memset(s->slots, 0, s->slots_n * sizeof(*s->slots));
	return true;
}

struct inv_place
inv_seen_place(const struct inv_seen *s)
{
	return s->place;
}

void
inv_seen_time(struct inv_seen *s, int64_t wall)
{
	if (wall > s->latest)
		s->latest = wall;
}

int64_t
inv_seen_latest(const struct inv_seen *s)
{
	return s->latest;
}

/* ---- the beginning and the end ---- */

/* Is the row at hand as it was written, and the runs that go with it? */
static bool
take_place(struct inv_seen *s, struct inv_stmt *st)
{
	struct inv_str prev = inv_stmt_str(st, 3);
	struct inv_str hash = inv_stmt_str(st, 5);
	unsigned char own[INV_HASH];

	s->place.segment = inv_stmt_u64(st, 0);
	s->place.offset = inv_stmt_u64(st, 1);
	s->place.seq = inv_stmt_u64(st, 2);
	s->latest = (int64_t)inv_stmt_u64(st, 4);
	if (prev.n != INV_DIGEST || hash.n != INV_HASH)
		return false;
	memcpy(s->place.prev, prev.p, INV_DIGEST);
	hash_place(s, &s->place, own);
	return memcmp(own, hash.p, INV_HASH) == 0;
}

/* Without a place there are no runs, and nothing is known. */
static bool
read_place(struct inv_seen *s, struct inv_err *err)
{
	unsigned char hash[INV_HASH];
	struct inv_stmt *st = inv_db_prepare(s->db,
	    "SELECT segment, offset, seq, prev, latest, hash FROM place", err);

	if (st == NULL)
		return false;
	switch (inv_stmt_step(st, err)) {
	case INV_STEP_ERR:
		return false;
	case INV_STEP_DONE:
		return inv_runs_hash(s->runs, hash) == 0 || damaged(err);
	case INV_STEP_ROW:
		break;
	}
	bool ok = take_place(s, st);

	inv_stmt_reset(st);
	return ok || damaged(err);
}

static bool
prepare(struct inv_seen *s, struct inv_err *err)
{
	/* The lease keeps others away: no lock for each look-up.  What a merged
	 * run had is no secret, and not worth a write. */
	return inv_db_run(s->db,
		   "PRAGMA locking_mode=EXCLUSIVE; PRAGMA secure_delete=OFF",
		   err) &&
	    (s->move = inv_db_prepare(s->db,
		 "REPLACE INTO place (one, segment, offset, seq, prev, latest,"
		 " hash) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
		 err)) != NULL &&
	    (s->runs = inv_runs_open(s->db, err)) != NULL && read_place(s, err);
}

struct inv_seen *
inv_seen_open(const struct inv_state *state, struct inv_err *err)
{
	struct inv_buf path = INV_BUF(PATH_MAX_BYTES);
	struct inv_seen *s = inv_mem_new(sizeof(*s));
	const struct inv_db_plan plan = {
		.id = SEEN_ID,
		.use = INV_DB_WRITE,
		.sync = INV_DB_SYNC_NORMAL,
		.cache_kib = INV_SEEN_CACHE_KIB,
		.page = INV_RUNS_PAGE,
		.steps = steps,
	};

	s->place = INV_PLACE;
	inv_buf_addf(&path, "%s/journal/seen.db", state->path);
	inv_buf_byte(&path, '\0');
	if (path.failed)
		inv_fail(err, INV_CONFIG, "%.100s...: longer than %d bytes",
		    state->path, PATH_MAX_BYTES);
	else
		s->db = inv_db_open(path.p, &plan, err);
	inv_buf_free(&path);
	if (s->db != NULL && prepare(s, err))
		return s;
	failed(err);
	inv_seen_close(s);
	return NULL;
}

void
inv_seen_close(struct inv_seen *s)
{
	if (s == NULL)
		return;
	inv_runs_close(s->runs);
	inv_db_close(s->db);
	inv_mem_pages_free(s->rows, s->cap * sizeof(*s->rows));
	inv_mem_pages_free(s->slots, s->slots_n * sizeof(*s->slots));
	free(s);
}
