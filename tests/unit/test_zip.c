/*
 * test_zip - what an archive holds, and that no flipped bit goes unseen; the
 * lies are in tests/split-xlsx.bats
 */

#include "io/zip.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "check.h"

static const struct {
	const char *name;
	const char *text;
	uint32_t crc;
} entries[] = {
	{ "Dir\\One.xml", "hello", 0x3610a686 },
	{ "two", "", 0 },
};

enum { ENTRIES = sizeof(entries) / sizeof(*entries) };

static void
put(struct inv_buf *b, uint32_t v, int bytes)
{
	for (; bytes > 0; bytes--, v >>= 8)
		inv_buf_byte(b, (char)(v & 0xff));
}

/* What the header at an entry and the one in the directory share. */
static void
put_entry(struct inv_buf *b, size_t i)
{
	uint32_t size = (uint32_t)strlen(entries[i].text);

	put(b, 20, 2);
	put(b, 0, 4); /* flags, method */
	put(b, 0, 4); /* time, date */
	put(b, entries[i].crc, 4);
	put(b, size, 4);
	put(b, size, 4);
	put(b, (uint32_t)strlen(entries[i].name), 2);
	put(b, 0, 2);
}

static void
put_archive(struct inv_buf *b)
{
	uint32_t at[ENTRIES];

	for (size_t i = 0; i < ENTRIES; i++) {
		at[i] = (uint32_t)b->n;
		inv_buf_add(b, INV_LIT("PK\3\4"));
		put_entry(b, i);
		inv_buf_add(b, inv_str_of(entries[i].name));
		inv_buf_add(b, inv_str_of(entries[i].text));
	}
	uint32_t begin = (uint32_t)b->n;

	for (size_t i = 0; i < ENTRIES; i++) {
		inv_buf_add(b, INV_LIT("PK\1\2"));
		put(b, 20, 2);
		put_entry(b, i);
		put(b, 0, 10); /* comment, disk, attributes */
		put(b, at[i], 4);
		inv_buf_add(b, inv_str_of(entries[i].name));
	}
	uint32_t size = (uint32_t)b->n - begin;

	inv_buf_add(b, INV_LIT("PK\5\6"));
	put(b, 0, 4);
	put(b, ENTRIES, 2);
	put(b, ENTRIES, 2);
	put(b, size, 4);
	put(b, begin, 4);
	put(b, 0, 2);
}

static int
file_of(const struct inv_buf *b)
{
	int fd = memfd_create("zip", 0);

	check(fd >= 0 && write(fd, b->p, b->n) == (ssize_t)b->n);
	return fd;
}

/* That entry has its text. */
static bool
holds(struct inv_zip *z, size_t i, struct inv_err *err)
{
	char text[64];
	size_t entry;

	if (!inv_zip_find(z, inv_str_of(entries[i].name), &entry) ||
	    !inv_zip_begin(z, entry, err))
		return false;
	ssize_t n = inv_pull_all(inv_zip_pull(z), text, sizeof(text), err);

	return n >= 0 &&
	    inv_str_is((struct inv_str){ text, (size_t)n }, entries[i].text);
}

static void
gives_entries_by_name_again_and_again(void)
{
	struct inv_buf b = INV_BUF(4096);
	struct inv_zip *z = inv_zip_new();
	struct inv_err err;
	size_t entry;

	put_archive(&b);
	int fd = file_of(&b);

	for (int again = 0; again < 2; again++) {
		check(inv_zip_open(z, fd, "m", &err));
		check(holds(z, 0, &err));
		check(holds(z, 1, &err));
		check(holds(z, 0, &err));
		check(inv_zip_find(z, INV_LIT("dir/one.XML"), &entry));
		check_str(inv_zip_name(z, entry), "Dir\\One.xml");
		check(!inv_zip_find(z, INV_LIT("one.xml"), &entry));
	}
	inv_zip_free(z);
	inv_buf_free(&b);
	close(fd);
}

/* Refused, or what is read is what was there; names may be others. */
static bool
is_safe(const struct inv_buf *b, struct inv_zip *z)
{
	struct inv_err err = { 0 };
	int fd = file_of(b);
	bool ok = true;

	if (!inv_zip_open(z, fd, "m", &err)) {
		ok = err.fault == INV_BAD && *inv_zip_reason(z) != '\0';
		close(fd);
		return ok;
	}
	for (size_t i = 0; i < ENTRIES; i++) {
		size_t entry;

		if (inv_zip_find(z, inv_str_of(entries[i].name), &entry))
			ok = ok && (holds(z, i, &err) || err.fault == INV_BAD);
	}
	close(fd);
	return ok;
}

static void
sees_every_flipped_bit_and_every_end(void)
{
	struct inv_buf b = INV_BUF(4096);
	struct inv_zip *z = inv_zip_new();

	put_archive(&b);
	for (size_t i = 0; i < 8 * b.n; i++) {
		b.p[i / 8] = (char)(b.p[i / 8] ^ 1 << i % 8);
		if (!is_safe(&b, z)) {
			printf("# bit %zu of byte %zu\n", i % 8, i / 8);
			check(false);
		}
		b.p[i / 8] = (char)(b.p[i / 8] ^ 1 << i % 8);
	}
	size_t whole = b.n;

	for (b.n = 0; b.n < whole; b.n++) {
		struct inv_err err;
		int fd = file_of(&b);

		check(!inv_zip_open(z, fd, "m", &err));
		check(err.fault == INV_BAD);
		close(fd);
	}
	inv_zip_free(z);
	inv_buf_free(&b);
}

static const struct test tests[] = {
	TEST(gives_entries_by_name_again_and_again),
	TEST(sees_every_flipped_bit_and_every_end),
};

int
main(void)
{
	return RUN(tests);
}
