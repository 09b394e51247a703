/*
 * compound.h - streams in a compound file, as old programs of Office write them
 *
 * A file system in a file: sectors, a table of which follows which (FAT), a
 * directory, and a second table for what is short, whose sectors are pieces of
 * one stream of the first.  The file is in memory, and is what nobody trusts.
 */
#ifndef INV_IO_COMPOUND_H
#define INV_IO_COMPOUND_H

#include "base/str.h"

enum { INV_COMPOUND_FAT = 109 }; /* sectors of the FAT that the header tells */

/* Of the caller; nothing in it has to be freed but by inv_compound_free. */
struct inv_compound {
	struct inv_str file;
	unsigned shift;      /* a sector has 1 << shift bytes */
	uint32_t *fat;       /* its sectors */
	size_t fats;         /* how many */
	uint32_t *directory; /* its sectors */
	size_t directory_n;
	uint32_t short_at; /* first sector of the table for what is short */
	uint32_t pieces;   /* first sector of the stream it is about */
};

struct inv_compound_stream {
	const struct inv_compound *c;
	uint32_t begin;
	uint64_t size;
	bool is_short;
	/* What comes next. */
	uint32_t sector;
	uint64_t at;
};

/* It begins as one. */
bool inv_compound_is(struct inv_str head);

/* file is kept.  False where it is damaged. */
INV_MUST bool inv_compound_open(struct inv_compound *c, struct inv_str file);
void inv_compound_free(struct inv_compound *c);

/* The stream with that name, of ASCII, at its first byte; none in a folder. */
INV_MUST bool inv_compound_find(const struct inv_compound *c, const char *name,
    struct inv_compound_stream *s);

/* How many entries have that name, in folders too. */
size_t inv_compound_count(const struct inv_compound *c, const char *name);

/* At that byte, which is one of the stream. */
INV_MUST bool inv_compound_seek(struct inv_compound_stream *s, uint64_t at);

/* The next n bytes; false where there are not so many, or the file ends. */
INV_MUST bool inv_compound_read(struct inv_compound_stream *s, void *p,
    size_t n);

#endif
