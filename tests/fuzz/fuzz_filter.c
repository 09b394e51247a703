/*
 * fuzz_filter - can any stream break the law of prog/filter?
 *
 * A program that passes everything on is given the bytes, and then what it
 * wrote: the second time nothing changes, and the status is the same.  It is
 * 0 only if a count of our own finds each row of each block exactly once.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "prog/filter.h"

enum { ROWS = 5000, OUT_MAX = 1 << 20 };

static const struct inv_prog_info info = { .name = "fuzz" };

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static int
filter(struct inv_str text, struct inv_buf *written)
{
	int in = memfd_create("in", 0);
	int out = memfd_create("out", 0);
	struct inv_filter f;
	struct inv_record rec;
	char path[64];

	must(write(in, text.p, text.n) == (ssize_t)text.n);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", in);
	int saved[2] = { dup(1), dup(2) };
	int null = open("/dev/null", O_WRONLY);

	dup2(out, 1);
	dup2(null, 2);
	inv_filter_open(&f, &info, path, INV_WANT_VERDICT);
	while (inv_filter_next(&f, &rec))
		inv_filter_pass(&f, &rec);
	close(f.in.fd);
	int status = inv_filter_close(&f);

	dup2(saved[0], 1);
	dup2(saved[1], 2);
	must(lseek(out, 0, SEEK_SET) == 0);
	must(inv_buf_room(written, OUT_MAX));
	written->n = (size_t)read(out, written->p, OUT_MAX);
	close(saved[0]);
	close(saved[1]);
	close(null);
	close(in);
	close(out);
	return status;
}

/* ---- the count of our own: an array of rows, a line at a time ---- */

struct block {
	bool open;
	char id[INV_MANIFEST_ID];
	unsigned seen[ROWS];
	bool whole; /* so far, all blocks */
	unsigned blocks;
};

static bool
is_of(const struct block *k, const struct inv_record *rec)
{
	return k->open && rec->manifest.n >= INV_MANIFEST_SHORT &&
	    rec->manifest.n <= INV_MANIFEST_ID &&
	    memcmp(k->id, rec->manifest.p, rec->manifest.n) == 0;
}

static void
see(struct block *k, uint64_t row)
{
	if (row < ROWS)
		k->seen[row]++;
}

static void
end(struct block *k, const struct inv_record *rec)
{
	if (!is_of(k, rec)) {
		k->whole = false;
		return;
	}
	for (uint64_t row = 1; row < ROWS; row++)
		if (k->seen[row] != (row <= rec->row))
			k->whole = false;
	k->open = false;
}

static void
take(struct block *k, const struct inv_record *rec)
{
	struct inv_rows rows = { 0 };

	switch (rec->kind) {
	case INV_LINE_MANIFEST:
		k->whole = k->whole && !k->open;
		k->blocks++;
		k->open = true;
		memcpy(k->id, rec->manifest.p, INV_MANIFEST_ID);
		memset(k->seen, 0, sizeof(k->seen));
		break;
	case INV_LINE_RECORD:
		if (rec->row == 0)
			break;
		if (!is_of(k, rec))
			k->whole = false;
		see(k, rec->row);
		break;
	case INV_LINE_BATCH:
		if (!is_of(k, rec) ||
		    !inv_record_rows(inv_member_find(rec->outer, "rows")->value,
			&rows))
			k->whole = false;
		for (uint64_t row = 1; row < ROWS; row++)
			if (inv_rows_has(&rows, row))
				see(k, row);
		inv_rows_free(&rows);
		break;
	case INV_LINE_END:
		end(k, rec);
		break;
	case INV_LINE_STAGE:
	case INV_LINE_OTHER:
	case INV_LINE_BODY:
		break;
	}
}

static bool
is_whole(struct inv_str text)
{
	static struct block k;
	struct inv_scan *scan = inv_scan_new();

	k = (struct block){ .whole = true };
	while (text.n > 0) {
		const char *nl = memchr(text.p, '\n', text.n);
		size_t n = nl == NULL ? text.n : (size_t)(nl - text.p);
		struct inv_record rec;
		struct inv_err err;

		if (n > 0 &&
		    inv_record_parse(scan, (struct inv_str){ text.p, n }, &rec,
			&err))
			take(&k, &rec);
		n += nl != NULL;
		text = (struct inv_str){ text.p + n, text.n - n };
	}
	inv_scan_free(scan);
	return k.whole && !k.open && k.blocks > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct inv_str text = { (const char *)p, n };
	struct inv_buf once = INV_BUF(OUT_MAX);
	struct inv_buf twice = INV_BUF(OUT_MAX);

	inv_prog.level = INV_LOG_QUIET;
	int status = filter(text, &once);

	must(status == 0 || status == 65);
	must(once.n < OUT_MAX);
	if (status == 0)
		must(is_whole(text));
	must(filter(inv_buf_str(&once), &twice) == status);
	must(inv_str_eq(inv_buf_str(&once), inv_buf_str(&twice)));
	inv_buf_free(&once);
	inv_buf_free(&twice);
	return 0;
}
