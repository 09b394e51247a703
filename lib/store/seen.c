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
#include "base/mem.h"
#include "store/db.h"

enum {
	SEEN_ID = 0x696e7673, /* application_id: "invs" */
	PATH_MAX_BYTES = 4096,
	SLOTS_MIN = 1 << 12, /* of the table; twice the rows at least */
	BLOCK = 64,          /* bytes of a block of the filter: a cache line */
	BLOCK_BITS = 9,      /* log2 of its bits */
	PROBES = 6,          /* bits a key sets in its block */
	/* Misses that cost less than reading all keys to build the filter. */
	CHEAP_MISSES = 8,
};

static const char *const steps[] = {
	"CREATE TABLE seen (key BLOB PRIMARY KEY, digest BLOB NOT NULL,"
	" arrival INTEGER NOT NULL, row INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE place (one INTEGER PRIMARY KEY CHECK (one = 1),"
	" segment INTEGER NOT NULL, offset INTEGER NOT NULL,"
	" seq INTEGER NOT NULL, prev BLOB NOT NULL, written INTEGER NOT NULL);",
	"ALTER TABLE place ADD COLUMN latest INTEGER NOT NULL DEFAULT 0;",
	NULL,
};

struct inv_seen {
	struct inv_db *db;
	struct inv_stmt *find;
	struct inv_stmt *put;
	struct inv_stmt *keys;
	struct inv_stmt *move;
	struct inv_place place;
	uint64_t written; /* rows ever: no fewer than the keys there are */
	int64_t latest;   /* time of a line */

	struct inv_seen_row *rows;
	size_t n;
	size_t cap;
	uint32_t *slots; /* index into rows + 1; 0: free */
	size_t slots_n;  /* a power of two */

	unsigned char *filter; /* NULL: not built */
	uint64_t misses;       /* in the database, without a filter */
};

static uint64_t
word(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* ---- the filter ---- */

static unsigned char *
block_of(const struct inv_seen *s, const unsigned char *key)
{
	return s->filter + word(key) % (INV_SEEN_FILTER / BLOCK) * BLOCK;
}

static void
filter_add(struct inv_seen *s, const unsigned char *key)
{
	unsigned char *block = block_of(s, key);
	uint64_t bits = word(key + 8);

	for (int i = 0; i < PROBES; i++, bits >>= BLOCK_BITS)
		block[bits >> 3 & (BLOCK - 1)] |=
		    (unsigned char)(1 << (bits & 7));
}

static bool
filter_has(const struct inv_seen *s, const unsigned char *key)
{
	const unsigned char *block = block_of(s, key);
	uint64_t bits = word(key + 8);

	for (int i = 0; i < PROBES; i++, bits >>= BLOCK_BITS)
		if (!(block[bits >> 3 & (BLOCK - 1)] & 1 << (bits & 7)))
			return false;
	return true;
}

static bool
damaged(struct inv_err *err)
{
	return inv_fail(err, INV_IO,
	    "journal/seen.db: damaged; remove it, and it is built again");
}

/* What SQLite finds wrong in the file is no fault of an input. */
static bool
failed(struct inv_err *err)
{
	return err->fault == INV_BAD ? damaged(err) : false;
}

static bool
filter_build(struct inv_seen *s, struct inv_err *err)
{
	enum inv_step step;

	s->filter = inv_mem_new(INV_SEEN_FILTER);
	while ((step = inv_stmt_step(s->keys, err)) == INV_STEP_ROW) {
		struct inv_str key = inv_stmt_str(s->keys, 0);

		if (key.n != INV_KEY) {
			inv_stmt_reset(s->keys);
			return damaged(err);
		}
		filter_add(s, (const unsigned char *)key.p);
	}
	return step == INV_STEP_DONE || failed(err);
}

/* ---- the memory ---- */

static size_t
slot_of(const struct inv_seen *s, const unsigned char *key)
{
	size_t i = word(key) & (s->slots_n - 1);

	while (s->slots[i] != 0 &&
	    memcmp(s->rows[s->slots[i] - 1].key, key, INV_KEY) != 0)
		i = (i + 1) & (s->slots_n - 1);
	return i;
}

static void
rehash(struct inv_seen *s, size_t slots_n)
{
	free(s->slots);
	s->slots = inv_mem_new(slots_n * sizeof(*s->slots));
	s->slots_n = slots_n;
	for (size_t i = 0; i < s->n; i++)
		s->slots[slot_of(s, s->rows[i].key)] = (uint32_t)i + 1;
}

void
inv_seen_put(struct inv_seen *s, const struct inv_seen_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s->n == s->cap) {
			s->cap = s->cap == 0 ? SLOTS_MIN / 2 : s->cap * 2;
			s->rows =
			    inv_mem_resize(s->rows, s->cap, sizeof(*s->rows));
			rehash(s, s->cap * 2);
		}
		size_t at = slot_of(s, rows[i].key);

		if (s->slots[at] == 0)
			s->slots[at] = (uint32_t)++s->n;
		s->rows[s->slots[at] - 1] = rows[i];
	}
}

bool
inv_seen_is_full(const struct inv_seen *s)
{
	return s->n >= INV_SEEN_HELD;
}

/* ---- the database ---- */

static bool
find_in_db(struct inv_seen *s, struct inv_seen_row *row, struct inv_err *err)
{
	if (s->filter == NULL && s->misses > s->written / CHEAP_MISSES &&
	    !filter_build(s, err))
		return false;
	if (s->filter != NULL && !filter_has(s, row->key))
		return true;
	inv_stmt_bind_blob(s->find, 1,
	    (struct inv_str){ (const char *)row->key, INV_KEY });
	switch (inv_stmt_step(s->find, err)) {
	case INV_STEP_ERR:
		return failed(err);
	case INV_STEP_DONE:
		s->misses++;
		return true;
	case INV_STEP_ROW:
		break;
	}
	struct inv_str digest = inv_stmt_str(s->find, 0);

	if (digest.n != INV_KEY) {
		inv_stmt_reset(s->find);
		return damaged(err);
	}
	memcpy(row->digest, digest.p, INV_KEY);
	row->arrival = inv_stmt_u64(s->find, 1);
	row->row = inv_stmt_u64(s->find, 2);
	inv_stmt_reset(s->find);
	return true;
}

bool
inv_seen_find(struct inv_seen *s, struct inv_seen_row *rows, size_t n,
    struct inv_err *err)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t at = s->n > 0 ? s->slots[slot_of(s, rows[i].key)] : 0;

		rows[i].arrival = rows[i].row = 0;
		if (at != 0)
			rows[i] = s->rows[at - 1];
		else if (s->written > 0 && !find_in_db(s, &rows[i], err))
			return false;
	}
	return true;
}

static int
by_key(const void *a, const void *b)
{
	const struct inv_seen_row *x = a;
	const struct inv_seen_row *y = b;
	uint64_t left = be64toh(word(x->key));
	uint64_t right = be64toh(word(y->key));

	/* Digests nearly always differ in their first bytes. */
	if (left != right)
		return left < right ? -1 : 1;
	return memcmp(x->key, y->key, INV_KEY);
}

static bool
write_rows(struct inv_seen *s, struct inv_err *err)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct inv_seen_row *r = &s->rows[i];

		inv_stmt_bind_blob(s->put, 1,
		    (struct inv_str){ (const char *)r->key, INV_KEY });
		inv_stmt_bind_blob(s->put, 2,
		    (struct inv_str){ (const char *)r->digest, INV_KEY });
		inv_stmt_bind_u64(s->put, 3, r->arrival);
		inv_stmt_bind_u64(s->put, 4, r->row);
		if (!inv_stmt_run(s->put, err))
			return false;
		if (s->filter != NULL)
			filter_add(s, r->key);
	}
	return true;
}

static bool
write_place(struct inv_seen *s, const struct inv_place *upto,
    struct inv_err *err)
{
	inv_stmt_bind_u64(s->move, 1, upto->segment);
	inv_stmt_bind_u64(s->move, 2, upto->offset);
	inv_stmt_bind_u64(s->move, 3, upto->seq);
	inv_stmt_bind_blob(s->move, 4,
	    (struct inv_str){ (const char *)upto->prev, INV_DIGEST });
	inv_stmt_bind_u64(s->move, 5, s->written + s->n);
	inv_stmt_bind_u64(s->move, 6, (uint64_t)s->latest);
	return inv_stmt_run(s->move, err);
}

bool
inv_seen_write(struct inv_seen *s, const struct inv_place *upto,
    struct inv_err *err)
{
	if (s->n > 0)
		qsort(s->rows, s->n, sizeof(*s->rows), by_key);
	if (!inv_db_begin(s->db, err) || !write_rows(s, err) ||
	    !write_place(s, upto, err) || !inv_db_commit(s->db, err))
		return failed(err);
	s->place = *upto;
	s->written += s->n;
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

static bool
read_place(struct inv_seen *s, struct inv_err *err)
{
	struct inv_stmt *st = inv_db_prepare(s->db,
	    "SELECT segment, offset, seq, prev, written, latest FROM place",
	    err);

	if (st == NULL)
		return false;
	switch (inv_stmt_step(st, err)) {
	case INV_STEP_ERR:
		return false;
	case INV_STEP_DONE:
		/* Nothing written yet: no key can be found. */
		s->filter = inv_mem_new(INV_SEEN_FILTER);
		return true;
	case INV_STEP_ROW:
		break;
	}
	struct inv_str prev = inv_stmt_str(st, 3);

	s->place.segment = inv_stmt_u64(st, 0);
	s->place.offset = inv_stmt_u64(st, 1);
	s->place.seq = inv_stmt_u64(st, 2);
	s->written = inv_stmt_u64(st, 4);
	s->latest = (int64_t)inv_stmt_u64(st, 5);
	bool ok =
	    prev.n == INV_DIGEST && s->place.segment > 0 && s->place.seq > 0;

	if (ok)
		memcpy(s->place.prev, prev.p, INV_DIGEST);
	inv_stmt_reset(st);
	return ok || damaged(err);
}

static bool
prepare(struct inv_seen *s, struct inv_err *err)
{
	/* The lease keeps others away: no lock for each look-up. */
	return inv_db_run(s->db, "PRAGMA locking_mode=EXCLUSIVE", err) &&
	    (s->find = inv_db_prepare(s->db,
		 "SELECT digest, arrival, row FROM seen WHERE key = ?1",
		 err)) != NULL &&
	    (s->put = inv_db_prepare(s->db,
		 "REPLACE INTO seen (key, digest, arrival, row)"
		 " VALUES (?1, ?2, ?3, ?4)",
		 err)) != NULL &&
	    (s->keys = inv_db_prepare(s->db, "SELECT key FROM seen", err)) !=
	    NULL &&
	    (s->move = inv_db_prepare(s->db,
		 "REPLACE INTO place (one, segment, offset, seq, prev, written,"
		 " latest) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
		 err)) != NULL &&
	    read_place(s, err);
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
	inv_seen_close(s);
	return NULL;
}

void
inv_seen_close(struct inv_seen *s)
{
	if (s == NULL)
		return;
	inv_db_close(s->db);
	free(s->rows);
	free(s->slots);
	free(s->filter);
	free(s);
}
