/*
 * fuzz_xls - whatever a workbook holds, what is told of it is an answer: frames
 * that are possible, up to an end or a flaw; and whatever an answer holds, it is
 * read to an end, a flaw or what makes no sense
 *
 * Few random files are compound files.  So a byte says what comes behind it: a
 * whole file, the records of a workbook, which are put into a file that is
 * sound, or an answer.  libfreexl is not tried: it reads no Excel 97, and the
 * version is put right where it would.
 */

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "data/xls_answer.h"
#include "data/xls_tell.h"
#include "io/compound.h"
#include "rows.h"

enum { SECTOR = 512, FATS = 8 };

static void
put(struct inv_buf *b, size_t at, uint32_t v, int bytes)
{
	for (; bytes > 0; bytes--, v >>= 8)
		b->p[at++] = (char)(v & 0xff);
}

/* The FAT in the first sectors, then the directory, then the stream. */
static void
compound(struct inv_str stream, struct inv_buf *b)
{
	static const char name[] = "W\0o\0r\0k\0b\0o\0o\0k\0";
	size_t used = (stream.n + SECTOR - 1) / SECTOR;
	size_t directory = (1 + FATS) * (size_t)SECTOR;

	promise(inv_buf_room(b, directory + (used + 1) * SECTOR));
	memset(b->p, 0, directory + (used + 1) * SECTOR);
	b->n = directory + (used + 1) * SECTOR;
	memcpy(b->p, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
	put(b, 28, 0xfffe, 2);
	put(b, 30, 9, 2);
	put(b, 32, 6, 2);
	put(b, 44, FATS, 4);
	put(b, 48, FATS, 4);
	put(b, 56, 4096, 4);
	for (uint32_t i = 0; i < FATS; i++)
		put(b, 76 + 4 * i, i, 4);
	for (size_t i = 0; i < used; i++)
		put(b, SECTOR + 4 * (FATS + 1 + i), (uint32_t)(FATS + 2 + i),
		    4);
	b->p[directory + 66] = 5;
	put(b, directory + 76, 1, 4); /* the entry that is in it */
	memcpy(b->p + directory + 128, name, sizeof(name) - 1);
	put(b, directory + 128 + 64, sizeof(name) + 1, 2);
	b->p[directory + 128 + 66] = 2;
	put(b, directory + 128 + 116, FATS + 1, 4);
	put(b, directory + 128 + 120, (uint32_t)stream.n, 4);
	memcpy(b->p + directory + SECTOR, stream.p, stream.n);
}

/* As the rows have it. */
static void
show(const struct inv_xls_answer *a)
{
	char number[40], out[INV_SHOWN_TEXT];
	size_t n = 0;
	double v;

	if (a->frame.said != INV_XLS_CELL || a->text.n != sizeof(v) ||
	    a->frame.kind != INV_CELL_NUMBER)
		return;
	memcpy(&v, a->text.p, sizeof(v));
	struct inv_str text = { number,
		(size_t)snprintf(number, sizeof(number), "%.17g", v) };

	if (inv_shown_number(text, a->frame.as, false, out, &n) ==
	    INV_SHOWN_SOUND)
		promise(n > 0 && n <= sizeof(out));
}

/* To its end; true if it is one. */
static bool
hear(int fd)
{
	struct inv_xls_answer a;
	struct inv_err err;
	uint64_t cells = 0;
	bool ended = false;

	inv_xls_answer_new(&a);
	inv_xls_answer_go(&a, fd, 0);
	while (!ended && inv_xls_answer_next(&a, &err)) {
		promise(a.text.n == a.frame.n);
		show(&a);
		cells += a.frame.said == INV_XLS_CELL;
		ended = a.frame.said == INV_XLS_FLAW ||
		    (a.frame.said == INV_XLS_END && a.frame.count == cells);
	}
	promise(ended || err.fault == INV_BAD || a.frame.said == INV_XLS_END);
	inv_xls_answer_free(&a);
	return ended;
}

static void
tell(struct inv_str file)
{
	int in = memfd_create("file", 0), out = memfd_create("answer", 0);

	promise(write(in, file.p, file.n) == (ssize_t)file.n);
	promise(inv_xls_tell(in, out, INV_LIT("")) == 0);
	promise(hear(out));
	close(in);
	close(out);
}

/* Excel 5 is a matter of libfreexl. */
static bool
is_excel_5(struct inv_str file)
{
	struct inv_compound c;
	struct inv_compound_stream s;
	char head[6] = { 0 };
	bool there = inv_compound_open(&c, file) &&
	    (inv_compound_find(&c, "Workbook", &s) ||
		inv_compound_find(&c, "Book", &s)) &&
	    inv_compound_read(&s, head, sizeof(head));

	inv_compound_free(&c);
	return there && head[5] != 6;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct inv_buf file = INV_BUF(1 << 20);
	struct inv_str rest = { (const char *)bytes + 1, n - 1 };

	if (n < 2 || n > 400 << 10)
		return 0;
	if (bytes[0] == 'A') {
		int fd = memfd_create("answer", 0);

		promise(write(fd, rest.p, rest.n) == (ssize_t)rest.n);
		hear(fd);
		close(fd);
	} else {
		if (bytes[0] == 'B')
			compound(rest, &file);
		else
			inv_buf_add(&file, rest);
		if (!is_excel_5(inv_buf_str(&file)))
			tell(inv_buf_str(&file));
	}
	inv_buf_free(&file);
	return 0;
}
