/* files.c - the files that a record names, by their digests, as a list */

#include "data/files.h"

#include "data/emit.h"

/* ---- one record's ---- */

/* One of them, behind the bracket or a comma that is in `before`. */
static void
take_file(struct inv_cursor *c, const char *before, struct inv_file_named *f)
{
	inv_cursor_expect(c, before);
	f->bytes = inv_cursor_u64(c, "{\"bytes\":", 0);
	f->field = inv_cursor_text(c, ",\"field\":");
	f->name = inv_cursor_text(c, ",\"name\":");
	f->sha256 = inv_cursor_hex(c, ",\"sha256\":", INV_DIGEST_HEX);
	inv_cursor_expect(c, "}");
}

static struct inv_str
take_list(struct inv_cursor *c)
{
	struct inv_str list = c->rest;
	struct inv_file_named f;

	take_file(c, "[", &f);
	while (!c->bad && inv_cursor_at(c, ","))
		take_file(c, ",", &f);
	inv_cursor_expect(c, "]");
	list.n -= c->rest.n;
	return list;
}

bool
inv_files_is(struct inv_str list)
{
	struct inv_cursor c = { .rest = list };

	(void)take_list(&c);
	return !c.bad && c.rest.n == 0;
}

bool
inv_files_each(struct inv_str *rest, struct inv_file_named *f)
{
	struct inv_cursor c = { .rest = *rest };

	if (rest->n <= 1)
		return false;
	take_file(&c, inv_cursor_at(&c, "[") ? "[" : ",", f);
	*rest = c.bad ? (struct inv_str){ NULL, 0 } : c.rest;
	return !c.bad;
}

/* ---- those of rows ---- */

void
inv_files_put(struct inv_buf *rows, uint64_t row, struct inv_str list)
{
	inv_emit_open(rows, '[');
	inv_emit_u64(rows, row);
	inv_emit_raw(rows, list);
	inv_emit_close(rows, ']');
}

static uint64_t
take_row(struct inv_cursor *c, const char *before, struct inv_str *list)
{
	inv_cursor_expect(c, before);
	uint64_t row = inv_cursor_u64(c, "[", 1);

	inv_cursor_expect(c, ",");
	*list = take_list(c);
	inv_cursor_expect(c, "]");
	return row;
}

struct inv_str
inv_files_rows(struct inv_cursor *c)
{
	struct inv_str rows = c->rest;
	struct inv_str list;
	uint64_t before = take_row(c, "[", &list);

	while (!c->bad && inv_cursor_at(c, ",")) {
		uint64_t row = take_row(c, ",", &list);

		if (row <= before)
			c->bad = true;
		before = row;
	}
	inv_cursor_expect(c, "]");
	rows.n -= c->rest.n;
	return rows;
}

bool
inv_files_each_row(struct inv_str *rest, uint64_t *row, struct inv_str *list)
{
	struct inv_cursor c = { .rest = *rest };

	if (rest->n <= 1)
		return false;
	/* The first of the list, or one behind a comma. */
	*row = take_row(&c, inv_cursor_at(&c, "[[") ? "[" : ",", list);
	*rest = c.bad ? (struct inv_str){ NULL, 0 } : c.rest;
	return !c.bad;
}

struct inv_str
inv_files_of(struct inv_str *rest, uint64_t row)
{
	struct inv_str next = *rest;
	struct inv_str list;
	uint64_t at;

	while (inv_files_each_row(&next, &at, &list) && at <= row) {
		*rest = next;
		if (at == row)
			return list;
	}
	return (struct inv_str){ NULL, 0 };
}

void
inv_files_leaf(struct inv_digest *d, struct inv_str record, struct inv_str list,
    unsigned char hash[INV_DIGEST])
{
	inv_digest_begin(d);
	inv_digest_add(d, (struct inv_str){ "\0", 1 });
	inv_digest_add(d, record);
	if (list.n > 0) {
		inv_digest_add(d, INV_LIT("\n"));
		inv_digest_add(d, list);
	}
	inv_digest_end(d, hash);
}
