/*
 * archive_index.h - the lines of STATE/archive/index, and its head
 *
 *	{"arrival":17,"manifest":"<64 hex>","submission":1,
 *	 "received":"2026-11-20T06:30:00Z","bytes":8000,"hash":"<32 hex>"}
 *
 * on one line, in this order, without white space; line 17 has arrival 17.
 * hash is SipHash-2-4-128, under a key of zeros, of all bytes before its comma:
 * a sum that tells what decayed, no proof; the audit log is for those who could
 * make a sum as well.
 *
 * STATE/archive/head is a copy of the last line, replaced once that is on disk:
 * the index has that line, and may have more.
 */
#ifndef INV_STORE_ARCHIVE_INDEX_H
#define INV_STORE_ARCHIVE_INDEX_H

#include "base/buf.h"
#include "base/err.h"

enum {
	INV_ARCHIVE_LINE = 512,      /* bytes of a line, at most */
	INV_ARCHIVE_TAIL = 64 << 10, /* that a crash may leave behind it */
};

struct inv_archive_entry {
	uint64_t arrival;        /* from 1 */
	struct inv_str manifest; /* 64 hex */
	uint64_t submission;
	struct inv_str received; /* RFC 3339, INV_CLOCK_TEXT - 1 bytes */
	uint64_t bytes;
};

/* Its line with the newline, to the end of *b. */
void inv_archive_entry_put(struct inv_buf *b,
    const struct inv_archive_entry *e);

/* A line without its newline; false where it is not as it was written. */
bool inv_archive_entry_read(struct inv_str line, struct inv_archive_entry *e);

/*
 * The line in the head, which lies at `path` from the directory `at`, to the
 * end of the empty *line; *arrival is its number, 0 where there is no head yet.
 */
INV_MUST bool inv_archive_head(int at, const char *path, struct inv_buf *line,
    uint64_t *arrival, struct inv_err *err);

/* For an index of `lines` lines and a later head: it fails, always. */
bool inv_archive_index_cut(uint64_t lines, uint64_t head, struct inv_err *err);

#endif
