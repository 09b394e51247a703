/*
 * tags.c - a set of texts that need not fit in memory
 *
 * Hashes are spread evenly, so sorting needs no merge: while texts come, each
 * hash goes into a block of the part that its first bits name, and a block
 * that is full goes to the end of a first file.  Sealing gathers the blocks
 * of one part after the other, sorts them, and writes them to a second one:
 *
 *	blocks	3 0 7 3 1 ...		as they were filled; prev[] chains
 *	sorted	0000.. 0001.. 0002..	16 bytes each, no two the same
 *	index	^         ^		where each bucket of some 64 begins
 */

#include "data/tags.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "data/digest.h"
#include "io/file.h"

enum {
	PART_BITS = 10,
	PARTS = 1 << PART_BITS,
	BLOCK = 256,         /* hashes of a block */
	BUCKET = 128,        /* hashes of a bucket, at most on average */
	BLOCK_NONE = 0,      /* blocks are counted from 1 */
	BLOCKS_FIRST = 1024, /* room in prev[] at first */
};

struct hash {
	uint64_t high;
	uint64_t low;
};

/* What is there only until it is sealed. */
struct filling {
	struct hash block[PARTS][BLOCK];
	uint32_t held[PARTS]; /* hashes in block[] */
	uint32_t last[PARTS]; /* its last block in the file */
	uint32_t *prev;       /* of each block: the one before it */
	uint32_t blocks;      /* written */
	size_t cap;           /* of prev */
	uint64_t count;       /* hashes added */
	struct hash *sorted;  /* of one part */
	size_t sorted_cap;
	int fd;
};

struct inv_tags {
	unsigned char key[INV_HASH_KEY];
	struct filling *filling; /* NULL once it is sealed */
	int fd;
	struct hash *at; /* mapped; NULL where there are none */
	uint64_t n;
	uint32_t
	    *index;     /* of each bucket, where it begins; and where all end */
	unsigned shift; /* what is left of `high` is the bucket */
};

static const char file_name[] = "the file of a registry's values";

struct inv_tags *
inv_tags_new(const char *folder, struct inv_err *err)
{
	struct inv_tags *t = inv_mem_new(sizeof(*t));
	struct filling *f = t->filling = inv_mem_new(sizeof(*f));

	inv_random(t->key, sizeof(t->key));
	f->fd = inv_file_nameless(folder, err);
	t->fd = f->fd < 0 ? -1 : inv_file_nameless(folder, err);
	if (t->fd >= 0)
		return t;
	inv_tags_free(t);
	return NULL;
}

static void
drop_filling(struct inv_tags *t)
{
	if (t->filling == NULL)
		return;
	if (t->filling->fd >= 0)
		close(t->filling->fd);
	free(t->filling->prev);
	free(t->filling->sorted);
	free(t->filling);
	t->filling = NULL;
}

void
inv_tags_free(struct inv_tags *t)
{
	if (t == NULL)
		return;
	drop_filling(t);
	if (t->at != NULL)
		munmap(t->at, t->n * sizeof(*t->at));
	if (t->fd >= 0)
		close(t->fd);
	free(t->index);
	free(t);
}

static struct hash
hash_of(const struct inv_tags *t, struct inv_str text)
{
	unsigned char bytes[INV_HASH];
	struct hash h;

	inv_hash_of(t->key, text, bytes);
	memcpy(&h, bytes, sizeof(h));
	return h;
}

/* ---- filling ---- */

static bool
write_block(struct filling *f, size_t part, struct inv_err *err)
{
	struct inv_str bytes = { (const char *)f->block[part],
		sizeof(f->block[part]) };

	if (f->blocks + 1 >= f->cap) {
		f->cap = f->cap == 0 ? BLOCKS_FIRST : 2 * f->cap;
		f->prev = inv_mem_resize(f->prev, f->cap, sizeof(*f->prev));
	}
	if (!inv_file_write(f->fd, bytes, file_name, err))
		return false;
	f->prev[++f->blocks] = f->last[part];
	f->last[part] = f->blocks;
	f->held[part] = 0;
	return true;
}

bool
inv_tags_add(struct inv_tags *t, struct inv_str text, struct inv_err *err)
{
	struct filling *f = t->filling;
	struct hash h = hash_of(t, text);
	size_t part = (size_t)(h.high >> (64 - PART_BITS));

	if (f->count == INV_TAGS_MAX)
		return inv_fail(err, INV_BAD, "more than %d values",
		    (int)INV_TAGS_MAX);
	f->count++;
	f->block[part][f->held[part]++] = h;
	return f->held[part] < BLOCK || write_block(f, part, err);
}

/* ---- sealing ---- */

static bool
read_block(const struct filling *f, uint32_t number, struct hash *to,
    struct inv_err *err)
{
	const size_t size = BLOCK * sizeof(*to);
	ssize_t n =
	    inv_file_pread(f->fd, to, size, (uint64_t)(number - 1) * size);

	if (n == -1)
		return inv_fail_sys(err, INV_IO, "%s", file_name);
	return (size_t)n == size ||
	    inv_fail(err, INV_IO, "%s: cut short", file_name);
}

static struct hash *
room_in_sorted(struct filling *f, size_t n)
{
	if (n > f->sorted_cap) {
		f->sorted_cap = 2 * n;
		f->sorted = inv_mem_resize(f->sorted, f->sorted_cap,
		    sizeof(*f->sorted));
	}
	return f->sorted;
}

/* All hashes of a part into f->sorted; how many in *n. */
static bool
gather(struct filling *f, size_t part, size_t *n, struct inv_err *err)
{
	*n = f->held[part];
	memcpy(room_in_sorted(f, BLOCK), f->block[part],
	    *n * sizeof(struct hash));
	for (uint32_t b = f->last[part]; b != BLOCK_NONE; b = f->prev[b]) {
		struct hash *at = room_in_sorted(f, *n + BLOCK);

		if (!read_block(f, b, at + *n, err))
			return false;
		*n += BLOCK;
	}
	return true;
}

static int
compare(const struct hash *a, const struct hash *b)
{
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	return a->low < b->low ? -1 : a->low > b->low;
}

static int
by_hash(const void *a, const void *b)
{
	return compare(a, b);
}

static size_t
without_twins(struct hash *at, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (kept == 0 || compare(&at[kept - 1], &at[i]) != 0)
			at[kept++] = at[i];
	return kept;
}

/* index[b], for every b up to `last`, begins no earlier than here. */
static void
index_up_to(struct inv_tags *t, uint64_t *next, uint64_t last)
{
	while (*next <= last)
		t->index[(*next)++] = (uint32_t)t->n;
}

static bool
write_part(struct inv_tags *t, size_t part, uint64_t *next, struct inv_err *err)
{
	struct filling *f = t->filling;
	size_t n;

	if (!gather(f, part, &n, err))
		return false;
	qsort(f->sorted, n, sizeof(*f->sorted), by_hash);
	n = without_twins(f->sorted, n);
	for (size_t i = 0; i < n; i++) {
		index_up_to(t, next, f->sorted[i].high >> t->shift);
		t->n++;
	}
	return inv_file_write(t->fd,
	    (struct inv_str){ (const char *)f->sorted, n * sizeof(*f->sorted) },
	    file_name, err);
}

static bool
map_file(struct inv_tags *t, struct inv_err *err)
{
	void *p;

	if (t->n == 0)
		return true;
	p = mmap(NULL, t->n * sizeof(*t->at), PROT_READ, MAP_SHARED, t->fd, 0);
	if (p == MAP_FAILED)
		return inv_fail_sys(err, INV_IO, "%s: mmap", file_name);
	t->at = p;
	/* Hashes come in no order: what lies beside one is not wanted next. */
	(void)madvise(p, t->n * sizeof(*t->at), MADV_RANDOM);
	return true;
}

bool
inv_tags_seal(struct inv_tags *t, struct inv_err *err)
{
	uint64_t buckets = PARTS;
	uint64_t next = 0;

	t->shift = 64 - PART_BITS;
	for (; t->filling->count / buckets > BUCKET; buckets *= 2)
		t->shift--;
	t->index = inv_mem_resize(NULL, buckets + 1, sizeof(*t->index));
	for (size_t part = 0; part < PARTS; part++)
		if (!write_part(t, part, &next, err))
			return false;
	index_up_to(t, &next, buckets);
	drop_filling(t);
	return map_file(t, err);
}

/* ---- asking ---- */

/*
 * Hashes lie evenly within a bucket as well: what is left of one tells where
 * it is, to within a few places.  Halving would fetch five lines of memory.
 */
bool
inv_tags_has(const struct inv_tags *t, struct inv_str text)
{
	struct hash h = hash_of(t, text);
	uint64_t bucket = h.high >> t->shift;
	uint32_t from = t->index[bucket];
	uint32_t to = t->index[bucket + 1];
	uint64_t rest = h.high << (64 - t->shift) >> 32;
	uint32_t i = from + (uint32_t)(rest * (to - from) >> 32);

	while (i > from && compare(&t->at[i - 1], &h) >= 0)
		i--;
	while (i < to && compare(&t->at[i], &h) < 0)
		i++;
	return i < to && compare(&t->at[i], &h) == 0;
}

uint64_t
inv_tags_count(const struct inv_tags *t)
{
	return t->n;
}

void
inv_tags_relax(const struct inv_tags *t)
{
	if (t->at != NULL)
		(void)madvise(t->at, t->n * sizeof(*t->at), MADV_DONTNEED);
}
