/* runs.c - rows by key, in sorted runs that are merged */

#include "store/runs.h"

#include <endian.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"

/* In a run: what is more is not under the hash of the list. */
#define ROWS_MOST (UINT64_C(1) << 48)

enum {
	RUNS_MAX = 64, /* 7 of a size, and 8 sizes are 10^12 rows */
	FAN = 8,       /* runs of a size, the new one too, become one */
	/* Of rows in a block, at most, on average: of those 97 in 100 blocks fit
	 * into a page, and of half as many all. */
	BLOCK_BYTES = INV_RUNS_PAGE * 7 / 8,
	BLOCK_MAX = 16 << 20,
	BITS_BITS = 6,    /* log2 of more bits than a block number has */
	BITS_MAX = 48,    /* of the number of a block */
	WIDE = 8,         /* bytes of a number, at most */
	WIDTH_BITS = 4,   /* log2 of more than that */
	NUMBERS = 2,      /* of a row: its arrival and its own */
	BUCKET_BITS = 16, /* of a sort */
	HEAD_BITS = 32,   /* of a key in a reference */
	AHEAD = 8,        /* rows that are fetched */
	SQL_MAX = 192,
	IDENTITY = 2 * INV_KEY, /* bytes of key and digest */

	LINE = 64,     /* bytes of a block of a filter: a cache line */
	BIT_BITS = 9,  /* log2 of its bits */
	PROBES = 7,    /* bits that a key sets in its block */
	KEY_BITS = 12, /* of a filter for each key, where there is room ... */
	FEW_BITS = 18, /* ... and of a run that has not been merged */
};

/* Bytes of the numbers of each row of a run, as many as any of them takes. */
struct widths {
	unsigned arrival;
	unsigned row; /* its rank */
};

struct run {
	uint64_t id; /* the newest has the greatest */
	unsigned bits;
	struct widths widths;
	uint64_t rows;
	size_t filter_n; /* bytes, whole lines */
	unsigned char *filter;
	unsigned char hash[INV_HASH]; /* of what the list says of it */
	unsigned char *known; /* a bit a block: its hash is right; or NULL */
	struct inv_stmt *find;
};

/* A row that is yet to be written: small, as there is one for each. */
struct ref {
	uint32_t head; /* the first bits of its key */
	uint32_t row;
};

struct inv_runs {
	struct inv_db *db;
	struct inv_stmt *list;
	struct inv_stmt *unlist;
	struct run run[RUNS_MAX]; /* oldest first */
	size_t n;
	struct ref *order; /* of the rows that are written; kept */
	size_t order_cap;
};

static uint64_t
head_of(const unsigned char *key)
{
	uint64_t v;

	memcpy(&v, key, sizeof(v));
	return be64toh(v);
}

static uint64_t
block_of(const unsigned char *key, unsigned bits)
{
	return bits == 0 ? 0 : head_of(key) >> (64 - bits);
}

static bool
damaged(struct inv_err *err)
{
	return inv_fail(err, INV_BAD, "a run is not as it was written");
}

/* Bytes of a row. */
static size_t
size_of(struct widths w)
{
	return IDENTITY + w.arrival + w.row;
}

/* ---- hashes ---- */

/* SQLite has none of its own; a key of no secret tells which place it is. */
static void
hash_at(uint64_t a, uint64_t b, struct inv_str bytes,
    unsigned char out[INV_HASH])
{
	const uint64_t place[2] = { htole64(a), htole64(b) };

	_Static_assert(sizeof(place) == INV_HASH_KEY, "two numbers are a key");
	inv_hash_of((const unsigned char *)place, bytes, out);
}

static void
hash_run(struct run *run)
{
	uint64_t shape = (run->widths.arrival << WIDTH_BITS | run->widths.row)
		<< BITS_BITS |
	    run->bits;

	hash_at(run->id, run->rows << (2 * WIDTH_BITS + BITS_BITS) | shape,
	    (struct inv_str){ (const char *)run->filter, run->filter_n },
	    run->hash);
}

size_t
inv_runs_hash(const struct inv_runs *r, unsigned char out[INV_HASH])
{
	unsigned char all[RUNS_MAX * INV_HASH];

	for (size_t i = 0; i < r->n; i++)
		memcpy(all + i * INV_HASH, r->run[i].hash, INV_HASH);
	hash_at(0, 0, (struct inv_str){ (const char *)all, r->n * INV_HASH },
	    out);
	return r->n;
}

/* The hash comes off the end of what has the length of a block. */
static bool
is_long_enough(const struct run *run, struct inv_str *block)
{
	if (block->n < INV_HASH ||
	    (block->n - INV_HASH) % size_of(run->widths) != 0)
		return false;
	block->n -= INV_HASH;
	return true;
}

/* Is it that of the rows before? */
static bool
is_block(const struct run *run, uint64_t number, struct inv_str *block)
{
	unsigned char hash[INV_HASH];

	if (!is_long_enough(run, block))
		return false;
	hash_at(run->id, number, *block, hash);
	return memcmp(hash, block->p + block->n, INV_HASH) == 0;
}

/* The same, and each block is hashed once in the life of a process. */
static bool
is_known_block(struct run *run, uint64_t number, struct inv_str *block)
{
	if (run->known == NULL)
		run->known = inv_mem_new(((size_t)1 << run->bits) / 8 + 1);
	unsigned char *known = &run->known[number / 8];
	unsigned char bit = (unsigned char)(1 << number % 8);

	if ((*known & bit) != 0)
		return is_long_enough(run, block);
	if (!is_block(run, number, block))
		return false;
	*known |= bit;
	return true;
}

/* ---- rows in a block ---- */

/*
 * Key, digest, and the low bytes of arrival and rank (seen.h), the lowest
 * first: a row that corrects another has no longer number than others.
 */
static void
pack(const struct inv_seen_row *row, struct widths w, struct inv_buf *block)
{
	uint64_t arrival = htole64(row->arrival);
	uint64_t own = htole64(inv_seen_rank(row->row));
	char p[IDENTITY + NUMBERS * WIDE];

	memcpy(p, row->key, IDENTITY);
	memcpy(p + IDENTITY, &arrival, WIDE);
	memcpy(p + IDENTITY + w.arrival, &own, WIDE);
	inv_buf_add(block, (struct inv_str){ p, size_of(w) });
}

static uint64_t
number_of(const char *p, unsigned width)
{
	uint64_t v = 0;

	memcpy(&v, p, width);
	return le64toh(v);
}

static void
unpack(const char *p, struct widths w, struct inv_seen_row *row)
{
	memcpy(row->key, p, IDENTITY);
	row->arrival = number_of(p + IDENTITY, w.arrival);
	row->row = inv_seen_row_of(number_of(p + IDENTITY + w.arrival, w.row));
}

_Static_assert(offsetof(struct inv_seen_row, digest) == INV_KEY &&
	offsetof(struct inv_seen_row, arrival) == IDENTITY,
    "key and digest are one");

/* ---- filters ---- */

/* As long as it and the first n have room. */
static size_t
filter_size(const struct inv_runs *r, size_t n, uint64_t rows)
{
	bool few = rows < 2 * INV_SEEN_HELD;
	uint64_t want = rows * (few ? FEW_BITS : KEY_BITS) / 8;
	size_t room = INV_SEEN_FILTERS;

	for (size_t i = 0; i < n; i++)
		room -= r->run[i].filter_n < room ? r->run[i].filter_n : room;
	return want < room ? (size_t)want / LINE * LINE + LINE
			   : room / LINE * LINE + LINE;
}

static unsigned char *
line_of(const struct run *run, const unsigned char *key)
{
	uint64_t lines = run->filter_n / LINE;

	/* By the first bits: a run is written one line after the other. */
	return run->filter +
	    (size_t)((head_of(key) >> 32) * lines >> 32) * LINE;
}

static void
filter_add(struct run *run, const unsigned char *key)
{
	unsigned char *line = line_of(run, key);
	uint64_t bits = head_of(key + 8);

	for (int i = 0; i < PROBES; i++, bits >>= BIT_BITS)
		line[bits >> 3 & (LINE - 1)] |=
		    (unsigned char)(1 << (bits & 7));
}

static bool
filter_has(const struct run *run, const unsigned char *key)
{
	const unsigned char *line = line_of(run, key);
	uint64_t bits = head_of(key + 8);

	for (int i = 0; i < PROBES; i++, bits >>= BIT_BITS)
		if (!(line[bits >> 3 & (LINE - 1)] & 1 << (bits & 7)))
			return false;
	return true;
}

/* ---- finding ---- */

/* The last row of a block whose key is not greater; block.n > 0. */
static const char *
search(struct inv_str block, size_t size, const unsigned char *key)
{
	size_t low = 0;
	size_t high = block.n / size;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (memcmp(block.p + mid * size, key, INV_KEY) <= 0)
			low = mid;
		else
			high = mid;
	}
	return block.p + low * size;
}

static bool
find_in(struct run *run, struct inv_seen_row *row, bool *found,
    struct inv_err *err)
{
	uint64_t number = block_of(row->key, run->bits);

	inv_stmt_bind_u64(run->find, 1, number);
	switch (inv_stmt_step(run->find, err)) {
	case INV_STEP_ERR:
		return false;
	case INV_STEP_DONE:
		return damaged(err);
	case INV_STEP_ROW:
		break;
	}
	struct inv_str block = inv_stmt_str(run->find, 0);
	bool whole = is_known_block(run, number, &block);

	if (whole && block.n > 0) {
		const char *p = search(block, size_of(run->widths), row->key);

		*found = memcmp(p, row->key, INV_KEY) == 0;
		if (*found)
			unpack(p, run->widths, row);
	}
	inv_stmt_reset(run->find);
	return whole || damaged(err);
}

void
inv_runs_expect(const struct inv_runs *r, const unsigned char key[INV_KEY])
{
	for (size_t i = 0; i < r->n; i++)
		inv_mem_fetch(line_of(&r->run[i], key));
}

bool
inv_runs_find(struct inv_runs *r, struct inv_seen_row *row, struct inv_err *err)
{
	bool found = false;

	for (size_t i = r->n; i-- > 0 && !found;)
		if (filter_has(&r->run[i], row->key) &&
		    !find_in(&r->run[i], row, &found, err))
			return false;
	return true;
}

/* ---- sources of a new run ---- */

/* Rows in the order of their keys: the new ones, or those of a run. */
struct source {
	const struct inv_seen_row *rows;
	const struct ref *order;

	struct inv_stmt *blocks; /* or NULL: rows */
	const struct run *run;
	uint64_t number;      /* of the next block */
	struct inv_str block; /* what is left of it */

	uint64_t left;           /* rows that are still to come */
	uint64_t head;           /* of the key of now */
	struct inv_seen_row now; /* not where none is left */
};

static bool
read_block(struct source *s, struct inv_err *err)
{
	switch (inv_stmt_step(s->blocks, err)) {
	case INV_STEP_ERR:
		return false;
	case INV_STEP_DONE:
		return damaged(err);
	case INV_STEP_ROW:
		break;
	}
	s->block = inv_stmt_str(s->blocks, 0);
	return is_block(s->run, s->number++, &s->block) || damaged(err);
}

/* It may be in two lines of the cache. */
static void
fetch(const struct inv_seen_row *row)
{
	inv_mem_fetch(row);
	inv_mem_fetch((const char *)(row + 1) - 1);
}

/* The next row, where one is left. */
static bool
load(struct source *s, struct inv_err *err)
{
	if (s->left == 0)
		return true;
	if (s->blocks == NULL) {
		if (s->left > AHEAD)
			fetch(&s->rows[s->order[AHEAD].row]);
		s->now = s->rows[s->order++->row];
	} else {
		while (s->block.n == 0)
			if (!read_block(s, err))
				return false;
		unpack(s->block.p, s->run->widths, &s->now);
		s->block.p += size_of(s->run->widths);
		s->block.n -= size_of(s->run->widths);
	}
	s->head = head_of(s->now.key);
	return true;
}

static bool
advance(struct source *s, struct inv_err *err)
{
	s->left--;
	return load(s, err);
}

static bool
open_run(struct inv_runs *r, const struct run *run, struct source *s,
    struct inv_err *err)
{
	char sql[SQL_MAX];

	snprintf(sql, sizeof(sql), "SELECT rows FROM run%ju ORDER BY block",
	    (uintmax_t)run->id);
	*s = (struct source){
		.blocks = inv_db_prepare(r->db, sql, err),
		.run = run,
		.left = run->rows,
	};
	return s->blocks != NULL && load(s, err);
}

static uint32_t
ref_head(const unsigned char *key)
{
	return (uint32_t)(head_of(key) >> (64 - HEAD_BITS));
}

static bool
is_less(const struct inv_seen_row *rows, const struct ref *a,
    const struct ref *b)
{
	return a->head != b->head
	    ? a->head < b->head
	    : memcmp(rows[a->row].key, rows[b->row].key, INV_KEY) < 0;
}

static struct ref *
room_for(struct inv_runs *r, size_t n)
{
	if (n > r->order_cap) {
		r->order = inv_mem_resize(r->order, n, sizeof(*r->order));
		r->order_cap = n;
	}
	return r->order;
}

/*
 * Buckets by the first bits of the keys, and then neighbours: keys are
 * digests, so that a bucket has two of them.
 */
static const struct ref *
sort(struct inv_runs *r, const struct inv_seen_row *rows, size_t n)
{
	enum { SHIFT = HEAD_BITS - BUCKET_BITS };
	struct ref *order = room_for(r, n);
	uint32_t *at = inv_mem_new(((1 << BUCKET_BITS) + 1) * sizeof(*at));

	for (size_t i = 0; i < n; i++)
		at[(ref_head(rows[i].key) >> SHIFT) + 1]++;
	for (size_t b = 0; b < 1 << BUCKET_BITS; b++)
		at[b + 1] += at[b];
	for (size_t i = 0; i < n; i++) {
		uint32_t head = ref_head(rows[i].key);

		order[at[head >> SHIFT]++] = (struct ref){ head, (uint32_t)i };
	}
	for (size_t i = 1; i < n; i++) {
		struct ref own = order[i];
		size_t k = i;

		for (; k > 0 && is_less(rows, &own, &order[k - 1]); k--)
			order[k] = order[k - 1];
		order[k] = own;
	}
	free(at);
	return order;
}

/* ---- writing ---- */

struct writer {
	struct run run;
	struct inv_stmt *put;
	struct inv_buf block; /* being filled */
	uint64_t number;      /* of it; those before are written */
};

static struct inv_stmt *
prepare_find(struct inv_runs *r, uint64_t id, struct inv_err *err)
{
	char sql[SQL_MAX];

	snprintf(sql, sizeof(sql), "SELECT rows FROM run%ju WHERE block = ?1",
	    (uintmax_t)id);
	return inv_db_prepare(r->db, sql, err);
}

static unsigned
width_of(uint64_t v)
{
	unsigned width = 1;

	while (width < WIDE && v >> (8 * width) > 0)
		width++;
	return width;
}

/* What fits the new rows and those of all runs but the first n. */
static struct widths
widths_of(const struct inv_runs *r, size_t n, const struct inv_seen_row *rows,
    size_t count)
{
	struct inv_seen_row all = { 0 };
	struct widths w;

	for (size_t i = 0; i < count; i++) {
		all.arrival |= rows[i].arrival;
		all.row |= inv_seen_rank(rows[i].row);
	}
	w = (struct widths){ width_of(all.arrival), width_of(all.row) };
	for (size_t i = n; i < r->n; i++) {
		const struct widths *old = &r->run[i].widths;

		w.arrival = old->arrival > w.arrival ? old->arrival : w.arrival;
		w.row = old->row > w.row ? old->row : w.row;
	}
	return w;
}

/* A run of so many rows at most, in the place of all runs but the first n. */
static bool
begin(struct inv_runs *r, struct writer *w, uint64_t rows, size_t n,
    struct widths widths, struct inv_err *err)
{
	uint64_t id = r->n == 0 ? 1 : r->run[r->n - 1].id + 1;
	char sql[SQL_MAX];

	*w = (struct writer){ .run = { .id = id, .widths = widths },
		.block = INV_BUF(BLOCK_MAX) };
	while (rows >> w->run.bits > BLOCK_BYTES / size_of(widths))
		w->run.bits++;
	w->run.filter_n = filter_size(r, n, rows);
	w->run.filter = inv_mem_new(w->run.filter_n);
	snprintf(sql, sizeof(sql),
	    "DROP TABLE IF EXISTS run%ju;" /* not listed: of no meaning */
	    "CREATE TABLE run%ju (block INTEGER PRIMARY KEY,"
	    " rows BLOB NOT NULL)",
	    (uintmax_t)id, (uintmax_t)id);
	if (!inv_db_run(r->db, sql, err))
		return false;
	snprintf(sql, sizeof(sql), "INSERT INTO run%ju VALUES (?1, ?2)",
	    (uintmax_t)id);
	w->put = inv_db_prepare(r->db, sql, err);
	w->run.find = prepare_find(r, id, err);
	return w->put != NULL && w->run.find != NULL;
}

static bool
put_block(struct writer *w, struct inv_err *err)
{
	unsigned char hash[INV_HASH];

	hash_at(w->run.id, w->number, inv_buf_str(&w->block), hash);
	inv_buf_add(&w->block,
	    (struct inv_str){ (const char *)hash, INV_HASH });
	if (w->block.failed)
		return inv_fail(err, INV_INTERNAL,
		    "journal/seen.db: a block past its ceiling");
	inv_stmt_bind_u64(w->put, 1, w->number++);
	inv_stmt_bind_blob(w->put, 2, inv_buf_str(&w->block));
	bool ok = inv_stmt_run(w->put, err);

	inv_buf_reset(&w->block);
	return ok;
}

/* All blocks before that one; one without rows as well, or a block that is
 * lost could not be told from it. */
static bool
put_blocks(struct writer *w, uint64_t number, struct inv_err *err)
{
	while (w->number < number)
		if (!put_block(w, err))
			return false;
	return true;
}

static bool
put_row(struct writer *w, const struct inv_seen_row *row, struct inv_err *err)
{
	if (!put_blocks(w, block_of(row->key, w->run.bits), err))
		return false;
	w->run.rows++;
	filter_add(&w->run, row->key);
	pack(row, w->run.widths, &w->block);
	return true;
}

/* ---- merging ---- */

/* The source with the least key, the newest of them; NULL: all are empty. */
static struct source *
least(struct source *s, size_t n)
{
	struct source *best = NULL;

	for (size_t i = 0; i < n; i++) {
		if (s[i].left == 0)
			continue;
		if (best == NULL || s[i].head < best->head ||
		    (s[i].head == best->head &&
			memcmp(s[i].now.key, best->now.key, INV_KEY) < 0))
			best = &s[i];
	}
	return best;
}

/* Sources from the newest to the oldest, which has the least to say. */
static bool
merge(struct writer *w, struct source *s, size_t n, struct inv_err *err)
{
	unsigned char last[INV_KEY];
	struct source *best;

	while ((best = least(s, n)) != NULL) {
		bool first = w->run.rows == 0 ||
		    memcmp(best->now.key, last, INV_KEY) != 0;

		memcpy(last, best->now.key, INV_KEY);
		if ((first && !put_row(w, &best->now, err)) ||
		    !advance(best, err))
			return false;
	}
	hash_run(&w->run);
	return put_blocks(w, (uint64_t)1 << w->run.bits, err);
}

/* Sizes that differ eightfold. */
static unsigned
size_class(uint64_t rows)
{
	unsigned class = 0;

	for (; rows > INV_SEEN_HELD; rows /= FAN)
		class ++;
	return class;
}

/* How many of the newest runs go into a new one, and its rows at most. */
static size_t
taken_in(const struct inv_runs *r, uint64_t *rows)
{
	size_t taken = 0;

	for (;;) {
		unsigned class = size_class(*rows);
		size_t n = taken;

		while (n < r->n &&
		    size_class(r->run[r->n - 1 - n].rows) <= class)
			n++;
		if (n - taken < FAN - 1)
			return taken;
		for (; taken < n; taken++)
			*rows += r->run[r->n - 1 - taken].rows;
	}
}

static bool
list_run(struct inv_runs *r, const struct run *run, struct inv_err *err)
{
	inv_stmt_bind_u64(r->list, 1, run->id);
	inv_stmt_bind_u64(r->list, 2, run->bits);
	inv_stmt_bind_u64(r->list, 3, run->rows);
	inv_stmt_bind_blob(r->list, 4,
	    (struct inv_str){ (const char *)run->filter, run->filter_n });
	inv_stmt_bind_u64(r->list, 5, run->widths.arrival);
	inv_stmt_bind_u64(r->list, 6, run->widths.row);
	return inv_stmt_run(r->list, err);
}

/* A run that has gone into another one. */
static bool
drop(struct inv_runs *r, struct run *run, struct inv_err *err)
{
	char sql[SQL_MAX];

	snprintf(sql, sizeof(sql), "DROP TABLE run%ju", (uintmax_t)run->id);
	inv_stmt_free(run->find);
	free(run->filter);
	free(run->known);
	inv_stmt_bind_u64(r->unlist, 1, run->id);
	return inv_stmt_run(r->unlist, err) && inv_db_run(r->db, sql, err);
}

static bool
write_run(struct inv_runs *r, struct writer *w, struct source *s, size_t taken,
    struct inv_err *err)
{
	bool ok = load(&s[0], err);
	size_t opened = 0;

	for (; ok && opened < taken; opened++)
		ok = open_run(r, &r->run[r->n - 1 - opened], &s[1 + opened],
		    err);
	ok = ok && merge(w, s, 1 + opened, err);
	for (size_t i = 1; i <= opened; i++)
		inv_stmt_free(s[i].blocks);
	inv_stmt_free(w->put);
	inv_buf_free(&w->block);
	return ok;
}

/* Nothing is looked for until the new run is there. */
static void
drop_filters(struct inv_runs *r, size_t taken)
{
	for (size_t i = r->n - taken; i < r->n; i++) {
		free(r->run[i].filter);
		r->run[i].filter = NULL;
	}
}

bool
inv_runs_add(struct inv_runs *r, const struct inv_seen_row *rows, size_t n,
    struct inv_err *err)
{
	struct source s[1 + RUNS_MAX];
	struct writer w;
	uint64_t most = n;
	size_t taken = taken_in(r, &most);

	if (n == 0)
		return true;
	if (r->n - taken == RUNS_MAX)
		return damaged(err);

	drop_filters(r, taken);
	s[0] = (struct source){
		.rows = rows, .order = sort(r, rows, n), .left = n
	};
	bool ok = begin(r, &w, most, r->n - taken,
		      widths_of(r, r->n - taken, rows, n), err) &&
	    write_run(r, &w, s, taken, err);

	for (; ok && taken > 0; taken--)
		ok = drop(r, &r->run[--r->n], err);
	if (ok && list_run(r, &w.run, err)) {
		r->run[r->n++] = w.run;
		return true;
	}
	free(w.run.filter);
	return false;
}

/* ---- the beginning and the end ---- */

static bool
take_run(struct inv_runs *r, struct inv_stmt *st, struct inv_err *err)
{
	struct inv_str filter = inv_stmt_str(st, 3);
	struct run *run = &r->run[r->n];
	uint64_t arrival = inv_stmt_u64(st, 4);
	uint64_t row = inv_stmt_u64(st, 5);

	if (r->n == RUNS_MAX || filter.n == 0 || filter.n % LINE != 0 ||
	    inv_stmt_u64(st, 1) > BITS_MAX || inv_stmt_u64(st, 2) > ROWS_MOST ||
	    arrival < 1 || arrival > WIDE || row < 1 || row > WIDE)
		return damaged(err);
	r->n++;
	run->id = inv_stmt_u64(st, 0);
	run->bits = (unsigned)inv_stmt_u64(st, 1);
	run->rows = inv_stmt_u64(st, 2);
	run->widths = (struct widths){ (unsigned)arrival, (unsigned)row };
	run->filter_n = filter.n;
	run->filter = inv_mem_resize(NULL, filter.n, 1);
	memcpy(run->filter, filter.p, filter.n);
	hash_run(run);
	run->find = prepare_find(r, run->id, err);
	return run->find != NULL || damaged(err);
}

static bool
take_runs(struct inv_runs *r, struct inv_err *err)
{
	struct inv_stmt *st = inv_db_prepare(r->db,
	    "SELECT id, bits, rows, filter, arrival_width, row_width FROM runs"
	    " ORDER BY id",
	    err);
	enum inv_step step = INV_STEP_ERR;

	while (st != NULL && (step = inv_stmt_step(st, err)) == INV_STEP_ROW)
		if (!take_run(r, st, err)) {
			step = INV_STEP_ERR;
			break;
		}
	inv_stmt_free(st);
	return step == INV_STEP_DONE;
}

struct inv_runs *
inv_runs_open(struct inv_db *db, struct inv_err *err)
{
	struct inv_runs *r = inv_mem_new(sizeof(*r));

	r->db = db;
	r->list = inv_db_prepare(db,
	    "INSERT INTO runs (id, bits, rows, filter, arrival_width,"
	    " row_width) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	    err);
	r->unlist = r->list == NULL
	    ? NULL
	    : inv_db_prepare(db, "DELETE FROM runs WHERE id = ?1", err);
	if (r->unlist != NULL && take_runs(r, err))
		return r;
	inv_runs_close(r);
	return NULL;
}

/* Statements go with the database. */
void
inv_runs_close(struct inv_runs *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++) {
		free(r->run[i].filter);
		free(r->run[i].known);
	}
	free(r->order);
	free(r);
}
