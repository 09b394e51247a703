/*
 * compound.c - streams in a compound file, as old programs of Office write them
 *
 *	header | sector 0 | sector 1 | ...
 *
 * Sector n begins at (n + 1) sectors' bytes.  A chain that leads in a circle
 * ends with the stream, which is never longer than the file.
 */

#include "io/compound.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/mem.h"

enum {
	HEADER = 512, /* bytes that say something */
	ENTRY = 128,  /* bytes of an entry of the directory */
	NAME = 64,    /* of these, of its name in UTF-16 */
	LEFT = 68,    /* bytes before the number of another entry */
	RIGHT = 72,
	CHILD = 76,
	STREAM = 2, /* kinds of entries */
	ROOT = 5,
	SHORT_SHIFT = 6,  /* pieces of 64 bytes */
	SHORT_MAX = 4096, /* a stream of as many bytes is not short */
};

/* A sector with a number above that is none. */
static const uint32_t last_sector = 0xfffffff0u;

static uint32_t
u16(const unsigned char *p)
{
	return (uint32_t)(p[0] | p[1] << 8);
}

static uint32_t
u32(const unsigned char *p)
{
	return u16(p) | u16(p + 2) << 16;
}

bool
inv_compound_is(struct inv_str head)
{
	return inv_str_starts(head,
	    INV_LIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"));
}

/* Where a sector is, and how much of it; NULL where the file ends before. */
static const unsigned char *
sector_at(const struct inv_compound *c, uint32_t sector, size_t *n)
{
	size_t size = (size_t)1 << c->shift;
	uint64_t at = ((uint64_t)sector + 1) << c->shift;

	if (sector >= last_sector || at >= c->file.n)
		return NULL;
	*n = c->file.n - at < size ? (size_t)(c->file.n - at) : size;
	return (const unsigned char *)c->file.p + at;
}

/* A number in a sector that is a table. */
static bool
number_in(const struct inv_compound *c, uint32_t sector, size_t i,
    uint32_t *number)
{
	size_t n;
	const unsigned char *p = sector_at(c, sector, &n);

	if (p == NULL || n < 4 * (i + 1))
		return false;
	*number = u32(p + 4 * i);
	return true;
}

/* The sector behind that one. */
static bool
follow(const struct inv_compound *c, uint32_t *sector)
{
	size_t each = (size_t)1 << (c->shift - 2);
	size_t i = *sector / each;

	return i < c->fats && number_in(c, c->fat[i], *sector % each, sector);
}

/* So many behind, where there are so many. */
static bool
follow_far(const struct inv_compound *c, uint32_t *sector, uint64_t steps)
{
	if (steps > c->file.n >> c->shift)
		return false;
	for (; steps > 0; steps--)
		if (!follow(c, sector))
			return false;
	return true;
}

/* Where the FAT is: of what the header has no room for, sectors tell. */
static bool
find_fat(struct inv_compound *c, const unsigned char *header)
{
	size_t each = ((size_t)1 << (c->shift - 2)) - 1;
	uint32_t more = u32(header + 68);
	size_t most = c->file.n >> c->shift;

	c->fats = u32(header + 44);
	if (c->fats == 0 || c->fats > most)
		return false;
	c->fat = inv_mem_resize(NULL, c->fats, sizeof(*c->fat));
	for (size_t i = 0; i < c->fats && i < INV_COMPOUND_FAT; i++)
		c->fat[i] = u32(header + 76 + 4 * i);
	for (size_t i = INV_COMPOUND_FAT; i < c->fats; i++) {
		size_t at = (i - INV_COMPOUND_FAT) % each;

		if (i > INV_COMPOUND_FAT && at == 0 &&
		    !number_in(c, more, each, &more))
			return false;
		if (!number_in(c, more, at, &c->fat[i]))
			return false;
	}
	return true;
}

/* ---- the directory ---- */

/* Letters are alike in both cases, as in all such files. */
static bool
is_named(const unsigned char *entry, const char *name)
{
	size_t n = strlen(name);

	if (2 * (n + 1) > NAME || u16(entry + NAME) != 2 * (n + 1))
		return false;
	for (size_t i = 0; i < n; i++)
		if (u16(entry + 2 * i) > 0x7f ||
		    tolower(entry[2 * i]) != tolower((unsigned char)name[i]))
			return false;
	return true;
}

/* Entry i of it; NULL where there is none. */
static const unsigned char *
entry_at(const struct inv_compound *c, uint32_t i)
{
	size_t each = ((size_t)1 << c->shift) / ENTRY, n;

	if (i / each >= c->directory_n)
		return NULL;
	const unsigned char *p = sector_at(c, c->directory[i / each], &n);
	size_t at = i % each * ENTRY;

	return p != NULL && at + ENTRY <= n ? p + at : NULL;
}

/* Its sectors; a circle ends with the file. */
static void
find_directory(struct inv_compound *c, uint32_t sector)
{
	size_t most = c->file.n >> c->shift, n;

	c->directory = inv_mem_resize(NULL, most + 1, sizeof(*c->directory));
	while (c->directory_n <= most && sector_at(c, sector, &n) != NULL) {
		c->directory[c->directory_n++] = sector;
		if (!follow(c, &sector))
			break;
	}
}

/*
 * The stream with that name that is in no folder: in folders are those of what
 * is embedded, which may be another workbook.  The entries are a tree; of one
 * that leads back into itself not all are seen.
 */
static const unsigned char *
find_stream(const struct inv_compound *c, const char *name)
{
	size_t each = ((size_t)1 << c->shift) / ENTRY;
	size_t most = c->directory_n * each, seen = 0, n = 0;
	const unsigned char *found = NULL;
	uint32_t *next = inv_mem_resize(NULL, most + 2, sizeof(*next));

	for (next[n++] = u32(entry_at(c, 0) + CHILD); found == NULL && seen < n;
	     seen++) {
		const unsigned char *p = entry_at(c, next[seen]);

		if (p == NULL)
			continue;
		if (p[NAME + 2] == STREAM && is_named(p, name))
			found = p;
		if (n < most) {
			next[n++] = u32(p + LEFT);
			next[n++] = u32(p + RIGHT);
		}
	}
	free(next);
	return found;
}

size_t
inv_compound_count(const struct inv_compound *c, const char *name)
{
	size_t each = ((size_t)1 << c->shift) / ENTRY, n = 0;

	for (size_t i = 0; i < c->directory_n * each; i++) {
		const unsigned char *p = entry_at(c, (uint32_t)i);

		n += p != NULL && is_named(p, name);
	}
	return n;
}

bool
inv_compound_open(struct inv_compound *c, struct inv_str file)
{
	const unsigned char *header = (const unsigned char *)file.p;

	*c = (struct inv_compound){ .file = file };
	if (file.n < HEADER || !inv_compound_is(file))
		return false;
	c->shift = u16(header + 30);
	if (u16(header + 28) != 0xfffe || (c->shift != 9 && c->shift != 12) ||
	    u16(header + 32) != SHORT_SHIFT || u32(header + 56) != SHORT_MAX ||
	    !find_fat(c, header))
		return false;
	c->short_at = u32(header + 60);
	find_directory(c, u32(header + 48));
	const unsigned char *root = entry_at(c, 0);

	if (root == NULL || root[NAME + 2] != ROOT)
		return false;
	c->pieces = u32(root + 116);
	return true;
}

void
inv_compound_free(struct inv_compound *c)
{
	free(c->fat);
	free(c->directory);
	c->fat = c->directory = NULL;
}

bool
inv_compound_find(const struct inv_compound *c, const char *name,
    struct inv_compound_stream *s)
{
	const unsigned char *entry = find_stream(c, name);

	if (entry == NULL)
		return false;
	*s = (struct inv_compound_stream){
		.c = c,
		.begin = u32(entry + 116),
		.size = u32(entry + 120),
	};
	s->is_short = s->size < SHORT_MAX;
	if (s->size > c->file.n)
		s->size = c->file.n;
	s->sector = s->begin;
	return true;
}

/* ---- a stream ---- */

/* The piece behind that one, of a stream that is short. */
static bool
follow_short(const struct inv_compound *c, uint32_t *piece)
{
	size_t each = (size_t)1 << (c->shift - 2);
	uint32_t sector = c->short_at;

	return follow_far(c, &sector, *piece / each) &&
	    number_in(c, sector, *piece % each, piece);
}

/* Where a piece is. */
static const unsigned char *
piece_at(const struct inv_compound *c, uint32_t piece, size_t *n)
{
	uint64_t at = (uint64_t)piece << SHORT_SHIFT;
	uint32_t sector = c->pieces;
	size_t within = at & (((size_t)1 << c->shift) - 1);

	if (piece >= last_sector || at >= c->file.n ||
	    !follow_far(c, &sector, at >> c->shift))
		return NULL;
	const unsigned char *p = sector_at(c, sector, n);

	if (p == NULL || *n <= within)
		return NULL;
	*n -= within;
	if (*n > (size_t)1 << SHORT_SHIFT)
		*n = (size_t)1 << SHORT_SHIFT;
	return p + within;
}

bool
inv_compound_seek(struct inv_compound_stream *s, uint64_t at)
{
	unsigned shift = s->is_short ? SHORT_SHIFT : s->c->shift;

	if (at >= s->size)
		return false;
	s->at = at;
	s->sector = s->begin;
	for (uint64_t i = at >> shift; i > 0; i--)
		if (!(s->is_short ? follow_short(s->c, &s->sector)
				  : follow(s->c, &s->sector)))
			return false;
	return true;
}

bool
inv_compound_read(struct inv_compound_stream *s, void *to, size_t n)
{
	unsigned shift = s->is_short ? SHORT_SHIFT : s->c->shift;
	size_t size = (size_t)1 << shift;

	if (n > s->size - s->at)
		return false;
	for (char *p = to; n > 0;) {
		size_t within = s->at & (size - 1), there = 0;
		const unsigned char *from = s->is_short
		    ? piece_at(s->c, s->sector, &there)
		    : sector_at(s->c, s->sector, &there);

		if (from == NULL || there <= within)
			return false;
		there -= within;
		there = there < n ? there : n;
		memcpy(p, from + within, there);
		p += there;
		n -= there;
		s->at += there;
		/* The last sector is followed by none. */
		if ((s->at & (size - 1)) == 0 && s->at < s->size &&
		    !(s->is_short ? follow_short(s->c, &s->sector)
				  : follow(s->c, &s->sector)))
			return false;
	}
	return true;
}
