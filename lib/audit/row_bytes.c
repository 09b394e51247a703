/*
 * row_bytes.c - the bytes of a row in its manifest, for a proof
 *
 * Who has the manifest can find them without us: it is told where they begin.
 * So only of a file that is UTF-8, packed or not, are they a run of bytes.
 */

#include "audit/row_bytes.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "io/text.h"
#include "store/archive.h"
#include "store/reading.h"

static const char plain[] = "UTF-8";

/* ---- from the archive ---- */

/* All rows are read, as how many there are tells whether it is read right. */
static bool
read_rows(struct inv_reading *r, const struct inv_past *past,
    struct inv_proof *p, struct inv_buf *raw, struct inv_err *err)
{
	struct inv_row row;
	enum inv_next next;
	bool found = false;
	uint64_t n = 0;

	while ((next = inv_rowfile_next(r->file, &row, err)) == INV_NEXT_LINE) {
		if (++n != p->row || !row.sound)
			continue;
		found = row.bytes.p != NULL;
		inv_buf_add(raw, row.bytes);
		p->line = row.line;
		p->offset = row.offset;
	}
	if (next == INV_NEXT_ERR)
		return false;
	if (!inv_reading_is_as_then(r, past, n))
		return inv_fail(err, INV_BAD,
		    "the manifest is read otherwise now than it was then");
	if (strcmp(r->encoding, plain) != 0)
		return inv_fail(err, INV_BAD,
		    "in %s it is no run of bytes that we read", r->encoding);
	if (!inv_text_is_utf8(inv_buf_str(raw)))
		return inv_fail(err, INV_BAD, "they are not UTF-8");
	return found ||
	    inv_fail(err, INV_BAD, "in %s it is no run of bytes",
		inv_format_name(inv_rowfile_format(r->file)));
}

static bool
read_manifest(const struct inv_state *state, const struct inv_past *past,
    struct inv_proof *p, struct inv_buf *raw, struct inv_buf *mem,
    struct inv_err *err)
{
	struct inv_reading r = { 0 };
	bool ok = inv_reading_how(&r, past, err) &&
	    inv_reading_open(&r, state->fd, past, err) &&
	    read_rows(&r, past, p, raw, err);

	if (ok) {
		p->read = r.how;
		p->read.format = inv_rowfile_format(r.file);
		p->read.encoding = NULL;
		p->raw = inv_buf_str(raw);
		p->has_raw = true;
		*mem = r.mem;
		r.mem = (struct inv_buf){ 0 };
	}
	inv_reading_free(&r);
	return ok;
}

bool
inv_audit_row_bytes(const struct inv_state *state, struct inv_proof *proof,
    struct inv_buf *raw, struct inv_buf *mem, struct inv_err *why)
{
	struct inv_audit_past *log = inv_audit_past_open(state, why);
	struct inv_past past = { 0 };
	size_t i;

	if (log == NULL)
		return false;
	bool ok =
	    inv_audit_past_find(log, proof->manifest, proof->submission, &i) ||
	    inv_fail(why, INV_NO, "no run of its manifest has ended");

	ok = ok && inv_audit_past_get(log, i, &past, why) &&
	    read_manifest(state, &past, proof, raw, mem, why);
	inv_past_free(&past);
	inv_audit_past_close(log);
	return ok;
}

/* ---- in a file ---- */

static bool
is_the_manifest(int fd, const char *file, struct inv_str id,
    struct inv_err *err)
{
	char hex[INV_DIGEST_HEX];

	if (!inv_digest_file(fd, file, hex, err))
		return false;
	return inv_str_eq(id, (struct inv_str){ hex, sizeof(hex) }) ||
	    inv_fail(err, INV_NO,
		"%s: its SHA-256 is %.16s...: it is not manifest %.16s...",
		file, hex, id.p);
}

static bool
has_row(struct inv_rowfile *rows, const struct inv_proof *p, const char *file,
    struct inv_err *err)
{
	enum inv_next next = INV_NEXT_LINE;
	struct inv_row row = { 0 };

	for (uint64_t n = 0; next == INV_NEXT_LINE && n < p->row; n++)
		next = inv_rowfile_next(rows, &row, err);
	if (next == INV_NEXT_ERR)
		return false;
	return (next == INV_NEXT_LINE && row.bytes.p != NULL &&
		   inv_str_eq(row.bytes, p->raw) && row.offset == p->offset &&
		   row.line == p->line &&
		   strcmp(inv_rowfile_encoding(rows), plain) == 0) ||
	    inv_fail(err, INV_NO,
		"%s: its row %ju is not the bytes that the proof tells", file,
		(uintmax_t)p->row);
}

bool
inv_audit_row_is_in(const struct inv_proof *p, const char *file,
    struct inv_err *err)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return inv_fail_sys(err, INV_NOINPUT, "%s", file);
	if (!is_the_manifest(fd, file, p->manifest, err) ||
	    lseek(fd, 0, SEEK_SET) != 0) {
		close(fd);
		return false;
	}
	struct inv_rowfile *rows = inv_rowfile_new(fd, file, &p->read, err);
	bool ok = rows != NULL && has_row(rows, p, file, err);

	inv_rowfile_free(rows);
	return ok;
}
