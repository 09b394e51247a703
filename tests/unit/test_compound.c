/* test_compound - streams in a compound file; workbooks are split-xls.bats' */

#include "io/compound.h"

#include <stdlib.h>

#include "check.h"
#include "io/biff.h"

enum {
	SECTOR = 512,
	SECTORS = 300,
	FREE = 0xff,
	LONG = 70000, /* bytes of a stream */
	SHORT = 200,
};

static const uint32_t chain_end = 0xfffffffeu;
static const uint32_t none = 0xffffffffu; /* such entry */

/* A file: the FAT in sectors 0 to 2, the directory in 3, streams behind. */
static unsigned char file[(SECTORS + 1) * SECTOR];

static unsigned char *
sector(uint32_t n)
{
	return file + (n + 1) * (size_t)SECTOR;
}

static void
put(unsigned char *p, uint32_t v, int bytes)
{
	for (; bytes > 0; bytes--, v >>= 8)
		*p++ = (unsigned char)(v & 0xff);
}

static void
set_next(uint32_t from, uint32_t to)
{
	put(sector(0) + 4 * (size_t)from, to, 4);
}

/* One behind the other. */
static void
set_chain(uint32_t first, uint32_t n)
{
	for (uint32_t i = 0; i + 1 < n; i++)
		set_next(first + i, first + i + 1);
	set_next(first + n - 1, chain_end);
}

static void
put_entry(int i, const char *name, unsigned char kind, uint32_t at,
    uint32_t size)
{
	unsigned char *p = sector(3) + i * 128;
	size_t n = strlen(name);

	for (size_t k = 0; k < n; k++)
		p[2 * k] = (unsigned char)name[k];
	put(p + 64, (uint32_t)(2 * (n + 1)), 2);
	p[66] = kind;
	put(p + 116, at, 4);
	put(p + 120, size, 4);
}

/* Which entries are to both sides of it, and which one is in it. */
static void
put_tree(int i, uint32_t left, uint32_t right, uint32_t child)
{
	unsigned char *p = sector(3) + i * 128;

	put(p + 68, left, 4);
	put(p + 72, right, 4);
	put(p + 76, child, 4);
}

static unsigned char
byte_of(uint64_t i)
{
	return (unsigned char)(i * 31 % 251);
}

static void
make(void)
{
	static const unsigned char magic[] = { 0xd0, 0xcf, 0x11, 0xe0, 0xa1,
		0xb1, 0x1a, 0xe1 };

	memset(file, 0, sizeof(file));
	memcpy(file, magic, sizeof(magic));
	put(file + 28, 0xfffe, 2);
	put(file + 30, 9, 2);
	put(file + 32, 6, 2);
	put(file + 44, 3, 4); /* sectors of the FAT */
	put(file + 48, 3, 4); /* the directory */
	put(file + 56, 4096, 4);
	put(file + 60, 4, 4); /* the table for what is short */
	put(file + 68, chain_end, 4);
	for (uint32_t i = 0; i < 3; i++)
		put(file + 76 + 4 * i, i, 4);
	memset(sector(0), FREE, 3 * (size_t)SECTOR);
	set_chain(3, 1);
	set_chain(4, 1);
	set_chain(5, 2); /* pieces: of 64 bytes, in two sectors */
	set_chain(100, LONG / SECTOR + 1);
	put_entry(0, "Root Entry", 5, 5, 1024);
	put_entry(1, "Workbook", 2, 100, LONG);
	put_entry(2, "Book", 2, 6, SHORT);
	put_tree(0, none, none, 1);
	put_tree(1, 2, none, none);
	put_tree(2, none, none, none);
	for (uint32_t i = 0; i < LONG; i++)
		sector(100)[i] = byte_of(i);
	/* Pieces 6, 7, 8 and 2: over the end of a sector and back. */
	memset(sector(4), FREE, SECTOR);
	put(sector(4) + 4 * 6, 7, 4);
	put(sector(4) + 4 * 7, 8, 4);
	put(sector(4) + 4 * 8, 2, 4);
	put(sector(4) + 4 * 2, chain_end, 4);
	for (uint32_t i = 0; i < SHORT; i++) {
		static const uint32_t piece[] = { 6, 7, 8, 2 };

		sector(5)[piece[i / 64] * 64 + i % 64] = byte_of(i);
	}
}

static bool
open_file(struct inv_compound *c, size_t n)
{
	return inv_compound_open(c, (struct inv_str){ (char *)file, n });
}

/* All of it, in steps of an odd length. */
static bool
reads_well(struct inv_compound_stream *s)
{
	unsigned char p[97];

	while (s->at < s->size) {
		uint64_t at = s->at;
		size_t n = s->size - at < sizeof(p) ? (size_t)(s->size - at)
						    : sizeof(p);

		if (!inv_compound_read(s, p, n))
			return false;
		for (size_t i = 0; i < n; i++)
			if (p[i] != byte_of(at + i))
				return false;
	}
	return !inv_compound_read(s, p, 1);
}

static void
reads_a_stream_that_is_long_and_one_that_is_short(void)
{
	struct inv_compound c;
	struct inv_compound_stream s;

	make();
	check(open_file(&c, sizeof(file)));
	check(inv_compound_find(&c, "Workbook", &s) && reads_well(&s));
	check(inv_compound_seek(&s, 40000) && reads_well(&s));
	check(!inv_compound_seek(&s, LONG));
	check(inv_compound_find(&c, "Book", &s) && reads_well(&s));
	check(inv_compound_seek(&s, 130) && reads_well(&s));
	check(inv_compound_find(&c, "WORKbook", &s) && s.size == LONG);
	check(!inv_compound_find(&c, "Workbooks", &s));
	check(!inv_compound_find(&c, "Root Entry", &s));
	inv_compound_free(&c);
}

static void
does_not_look_into_folders(void)
{
	struct inv_compound c;
	struct inv_compound_stream s;

	make();
	put_entry(3, "MBD0001", 1, 0, 0);
	put_tree(0, none, none, 3);
	put_tree(1, none, none, none);
	put_tree(3, 2, none, 1);
	check(open_file(&c, sizeof(file)));
	check(inv_compound_find(&c, "Book", &s) && reads_well(&s));
	check(!inv_compound_find(&c, "Workbook", &s));
	check(inv_compound_count(&c, "Workbook") == 1);
	inv_compound_free(&c);
	/* Where the tree is none it has an end all the same. */
	put_tree(0, 1, 1, 2);
	put_tree(2, 2, 2, 0);
	check(open_file(&c, sizeof(file)));
	check(!inv_compound_find(&c, "none", &s));
	inv_compound_free(&c);
	put_tree(0, none, none, 4000);
	check(open_file(&c, sizeof(file)));
	check(!inv_compound_find(&c, "Book", &s));
	inv_compound_free(&c);
}

static void
ends_where_the_file_or_a_chain_is_cut(void)
{
	struct inv_compound c;
	struct inv_compound_stream s;

	make();
	check(open_file(&c, sizeof(file) / 2));
	check(inv_compound_find(&c, "Workbook", &s) && !reads_well(&s));
	inv_compound_free(&c);
	set_next(150, 0xfffffff5u);
	check(open_file(&c, sizeof(file)));
	check(inv_compound_find(&c, "Workbook", &s) && !reads_well(&s));
	inv_compound_free(&c);
	for (size_t n = 0; n < 4 * (size_t)SECTOR; n += 100) {
		check(!open_file(&c, n));
		inv_compound_free(&c);
	}
}

static void
a_circle_comes_to_an_end(void)
{
	struct inv_compound c;
	struct inv_compound_stream s;
	char p[SECTOR];

	make();
	put_entry(1, "Workbook", 2, 100, UINT32_MAX);
	set_next(101, 100);
	set_next(3, 3);
	check(open_file(&c, sizeof(file)));
	check(!inv_compound_find(&c, "none", &s));
	check(inv_compound_find(&c, "Workbook", &s));
	check(s.size <= sizeof(file));
	while (inv_compound_read(&s, p, sizeof(p)))
		continue;
	put(sector(4) + 4 * 6, 6, 4);
	check(inv_compound_find(&c, "Book", &s) && !reads_well(&s));
	inv_compound_free(&c);
}

static void
what_is_no_such_file_is_not_opened(void)
{
	static const struct {
		size_t at;
		uint32_t v;
	} lies[] = {
		{ 0, 0 },
		{ 28, 0xfffffeff },
		{ 30, 31 },
		{ 30, 0 },
		{ 32, 7 },
		{ 44, 0 },
		{ 44, UINT32_MAX },
		{ 44, 200 },
		{ 48, 299 },
		{ 48, UINT32_MAX },
		{ 56, 0 },
	};
	struct inv_compound c;

	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		make();
		put(file + lies[i].at, lies[i].v, 4);
		check(!open_file(&c, sizeof(file)));
		inv_compound_free(&c);
	}
}

/* ---- records ---- */

static struct inv_biff biff;

static double
rk_of(uint32_t v)
{
	biff.n = 4;
	put(biff.p, v, 4);
	return inv_biff_rk(&biff, 0);
}

static void
numbers_that_were_made_shorter_are_those_that_were_meant(void)
{
	check(rk_of(0x3ff00000) == 1.0);
	check(rk_of(0x3ff00001) == 0.01);
	check(rk_of(0x004b5646) == 1234321.0);
	check(rk_of(0x004b5647) == 12343.21);
	check(rk_of((uint32_t)(-7 * 4) | 2) == -7.0);
	biff.n = 3;
	check(inv_biff_rk(&biff, 0) == 0.0);
	check(inv_biff_u16(&biff, 2) == 0 && inv_biff_u16(&biff, 9) == 0);
}

static void
a_record_that_is_not_all_there_is_none(void)
{
	struct inv_compound c;

	make();
	put(sector(100), 0x203, 2);
	put(sector(100) + 2, 14, 2);
	put(sector(100) + 18, 0x0a, 4);
	put(sector(100) + 22, 0xffff0a, 4);
	check(open_file(&c, sizeof(file)));
	check(inv_compound_find(&c, "Workbook", &biff.s));
	check(inv_biff_next(&biff));
	check(biff.type == INV_BIFF_NUMBER && biff.n == 14);
	check(biff.p[13] == byte_of(17));
	check(inv_biff_next(&biff));
	check(biff.type == INV_BIFF_EOF && biff.n == 0);
	check(inv_biff_next(&biff) && biff.n == 0xff);
	biff.s.size = biff.s.at + 3;
	check(!inv_biff_next(&biff));
	inv_compound_free(&c);
}

static const struct test tests[] = {
	TEST(reads_a_stream_that_is_long_and_one_that_is_short),
	TEST(does_not_look_into_folders),
	TEST(ends_where_the_file_or_a_chain_is_cut),
	TEST(a_circle_comes_to_an_end),
	TEST(what_is_no_such_file_is_not_opened),
	TEST(numbers_that_were_made_shorter_are_those_that_were_meant),
	TEST(a_record_that_is_not_all_there_is_none),
};

int
main(void)
{
	return RUN(tests);
}
