/* reading.c - an archived manifest, read again as it was read then */

#include "store/reading.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/text.h"
#include "store/archive_list.h"

enum { NOTES_MAX = 2 << 20 }; /* bytes of how a file was read */

/* ---- how ---- */

/* A member of the line that was scanned last. */
static struct inv_str
said_of(const struct inv_reading *r, const char *name)
{
	return inv_member_text(inv_scan_outer(r->scan), name);
}

/* The name in `to`, of n bytes with its NUL; empty where it is longer. */
static void
set_text(char *to, size_t n, struct inv_str inside)
{
	to[0] = '\0';
	if (inside.n < n)
		to[inv_text_decode(inside, to)] = '\0';
}

static bool
read_manifest_line(struct inv_reading *r, const struct inv_past *past,
    struct inv_err *err)
{
	if (!inv_scan_line(r->scan, inv_buf_str(&past->line), err) ||
	    !inv_format_of(said_of(r, "format"), &r->how.format))
		return inv_fail(err, INV_BAD, "of no format that is known");
	struct inv_str name = said_of(r, "name");

	r->name = inv_mem_new(name.n + 1);
	set_text(r->name, name.n + 1, name);
	set_text(r->received, sizeof(r->received), said_of(r, "received"));
	return true;
}

bool
inv_reading_how(struct inv_reading *r, const struct inv_past *past,
    struct inv_err *err)
{
	char delimiter[8];

	*r = (struct inv_reading){
		.how = { .delimiter = ',' },
		.scan = inv_scan_new(),
		.mem = INV_BUF(NOTES_MAX),
	};
	if (!read_manifest_line(r, past, err))
		return false;
	if (past->split.n == 0)
		return inv_fail(err, INV_BAD,
		    "the log does not say how it was read");
	if (!inv_scan_line(r->scan, inv_buf_str(&past->split), err))
		return false;
	set_text(delimiter, sizeof(delimiter), said_of(r, "delimiter"));
	if (strlen(delimiter) == 1)
		r->how.delimiter = *delimiter;
	set_text(r->encoding, sizeof(r->encoding), said_of(r, "encoding"));
	inv_how_get(inv_scan_outer(r->scan), &r->how, &r->mem);
	return true;
}

/* ---- the rows ---- */

/* By its mark; by name where that does not give the same. */
static bool
open_rows(struct inv_reading *r, int fd, struct inv_err *err)
{
	int again = dup(fd);

	if (again < 0) {
		close(fd);
		return inv_fail_sys(err, INV_INTERNAL, "%s", r->name);
	}
	r->file = inv_rowfile_new(fd, r->name, &r->how, err);
	if (r->file != NULL &&
	    strcmp(inv_rowfile_encoding(r->file), r->encoding) == 0) {
		close(again);
		return true;
	}
	inv_rowfile_free(r->file);
	r->file = NULL;
	r->how.encoding = r->encoding;
	if (inv_text_has(r->encoding)) {
		r->file = inv_rowfile_new(again, r->name, &r->how, err);
		return r->file != NULL;
	}
	close(again);
	return inv_fail(err, INV_BAD, "its encoding is not known: %s",
	    r->encoding);
}

bool
inv_reading_open(struct inv_reading *r, int state, const struct inv_past *past,
    struct inv_err *err)
{
	int fd = inv_archive_fetch(state,
	    (struct inv_str){ past->id, sizeof(past->id) }, err);

	return fd >= 0 && open_rows(r, fd, err);
}

/* ---- was it so then? ---- */

static bool
has_columns_of_then(struct inv_reading *r, const struct inv_past *past)
{
	struct inv_err ignored;

	if (!inv_scan_line(r->scan, inv_buf_str(&past->line), &ignored))
		return false;
	const struct inv_member *then =
	    inv_member_find(inv_scan_outer(r->scan), "columns");

	return inv_str_eq(inv_rowfile_columns(r->file),
	    then != NULL ? then->value : (struct inv_str){ 0 });
}

/* Each note of the reader is a member of the stage line. */
static bool
notes_are_of_then(const struct inv_reading *r, struct inv_str notes)
{
	const struct inv_members *m = inv_scan_outer(r->scan);
	struct inv_member now;

	while (inv_scan_each(&notes, &now)) {
		size_t i = 0;

		while (i < m->n && !inv_str_eq(m->at[i].key, now.key))
			i++;
		if (i == m->n || !inv_str_eq(m->at[i].value, now.value))
			return false;
	}
	return true;
}

bool
inv_reading_is_as_then(struct inv_reading *r, const struct inv_past *past,
    uint64_t rows)
{
	struct inv_buf notes = INV_BUF(NOTES_MAX);
	struct inv_err ignored;

	if (rows != past->rows || !has_columns_of_then(r, past) ||
	    !inv_scan_line(r->scan, inv_buf_str(&past->split), &ignored))
		return false;
	inv_buf_add(&notes, INV_LIT("{\"type\":\"stage\""));
	inv_rowfile_notes(r->file, &notes);
	inv_buf_byte(&notes, '}');
	bool same = notes_are_of_then(r, inv_buf_str(&notes));

	inv_buf_free(&notes);
	return same;
}

void
inv_reading_free(struct inv_reading *r)
{
	inv_rowfile_free(r->file);
	inv_scan_free(r->scan);
	inv_buf_free(&r->mem);
	free(r->name);
	*r = (struct inv_reading){ 0 };
}
