/* table.c - rows of cells under named columns, as JSON objects */

#include "data/table.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/emit.h"
#include "data/scan.h"
#include "data/sheet.h"

enum {
	TEXT_MAX = 8 << 20, /* bytes of all names: a header, escaped */
	NUMBERED = 24,      /* bytes of a numbered name */
	NAME_SAID = 64,     /* bytes of a name in a message */
	COMPLAINT = 300,    /* bytes of a message, past which others are
			       counted alone */
};

static void
begin(struct inv_table *t, size_t n)
{
	inv_table_free(t);
	t->text = INV_BUF(TEXT_MAX);
	t->at = inv_mem_resize(NULL, n + 1, sizeof(*t->at));
	t->at[0] = 0;
}

/* The column's own name, or the one that it is given; as written, or not. */
static void
add(struct inv_table *t, struct inv_str name, struct inv_str to)
{
	inv_buf_add(&t->text, INV_LIT(",\""));
	if (to.p != NULL)
		inv_buf_add(&t->text, to);
	else
		inv_emit_text(&t->text, name);
	inv_buf_add(&t->text, INV_LIT("\":"));
	t->at[++t->columns] = t->text.n;
}

static bool
is_aside(const struct inv_table *t, size_t i)
{
	return t->aside != NULL && t->aside[i];
}

/* All columns, under their names, those that are dropped put aside. */
static bool
add_all(struct inv_table *t, const struct inv_str *own, size_t n,
    struct inv_err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct inv_str to = { NULL, 0 };

		if (!is_aside(t, i) &&
		    !inv_naming_column(t->naming, own[i], &to)) {
			if (t->aside == NULL)
				t->aside = inv_mem_new(n * sizeof(*t->aside));
			t->aside[i] = true;
		}
		add(t, own[i], to);
	}
	return inv_naming_fits(t->naming, own, n, err);
}

/* ---- names that can not tell columns apart ---- */

/* What is wrong with the names, as far as there is room. */
struct complaint {
	struct inv_buf text;
	const struct inv_str *names;
	size_t untold; /* columns */
};

/* By name, and then from left to right. */
static int
by_name(const void *a, const void *b)
{
	const struct inv_str *const *x = a;
	const struct inv_str *const *y = b;
	int order = inv_str_cmp(**x, **y);

	if (order != 0)
		return order;
	return *x < *y ? -1 : *x > *y;
}

/* These n columns have one name, or none. */
static void
complain(struct complaint *c, const struct inv_str **which, size_t n)
{
	const struct inv_str name = *which[0];
	size_t told = 0;

	if (c->text.n < COMPLAINT)
		inv_buf_addf(&c->text, "%scolumn%s", c->text.n > 0 ? "; " : "",
		    n > 1 ? "s" : "");
	for (; told < n && c->text.n < COMPLAINT; told++)
		inv_buf_addf(&c->text, "%s %zu", told > 0 ? "," : "",
		    (size_t)(which[told] - c->names) + 1);
	c->untold += n - told;
	if (told == 0)
		return;
	if (name.n == 0)
		inv_buf_addf(&c->text, " %s no name", n > 1 ? "have" : "has");
	else
		inv_buf_addf(&c->text, " are named \"%.*s\"",
		    (int)(name.n > NAME_SAID ? NAME_SAID : name.n), name.p);
}

static bool
are_different(const struct inv_str *names, size_t n, struct inv_err *err)
{
	const struct inv_str **sorted =
	    inv_mem_resize(NULL, n, sizeof(*sorted));
	struct complaint c = { INV_BUF(INV_ERR_MSG), names, 0 };
	size_t end;

	for (size_t i = 0; i < n; i++)
		sorted[i] = &names[i];
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 0; i < n; i = end) {
		for (end = i + 1;
		     end < n && inv_str_eq(*sorted[i], *sorted[end]); end++)
			continue;
		if (end - i > 1 || sorted[i]->n == 0)
			complain(&c, sorted + i, end - i);
	}
	if (c.untold > 0)
		inv_buf_addf(&c.text, "; and %zu more", c.untold);
	bool ok = c.text.n == 0 ||
	    inv_fail(err, INV_BAD, "%.*s", (int)c.text.n, c.text.p);

	inv_buf_free(&c.text);
	free(sorted);
	return ok;
}

/* A table that was exported, and is cut at the wrong character. */
static bool
is_uncut(struct inv_str name)
{
	static const char item[] = "inv:item";

	return name.n > sizeof(item) - 1 &&
	    memmem(name.p, name.n, item, sizeof(item) - 1) != NULL;
}

/* Which columns are about the rows of an exported table. */
static void
set_aside(struct inv_table *t, const struct inv_str *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (inv_str_is(names[i], "inv:item"))
			t->item = i + 1;
		if (inv_str_is(names[i], "inv:why"))
			t->why = i + 1;
	}
	if (t->item == 0) {
		t->why = 0;
		return;
	}
	t->aside = inv_mem_new(n * sizeof(*t->aside));
	for (size_t i = 0; i < n; i++)
		t->aside[i] = inv_str_starts(names[i], INV_LIT("inv:"));
}

bool
inv_table_name(struct inv_table *t, const struct inv_str *names, size_t n,
    struct inv_err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (names[i].n == 0)
			continue;
		if (memchr(names[i].p, '\0', names[i].n) != NULL)
			return inv_fail(err, INV_BAD,
			    "the name of column %zu has a NUL byte (UTF-16 "
			    "needs its byte order mark, or -e)",
			    i + 1);
		if (!inv_text_is_utf8(names[i]))
			return inv_fail(err, INV_BAD,
			    "the name of column %zu is not UTF-8 (name the "
			    "encoding with -e)",
			    i + 1);
		if (is_uncut(names[i]))
			return inv_fail(err, INV_BAD,
			    "inv:item is a part of the name of column %zu "
			    "(another character between cells needs -d)",
			    i + 1);
	}
	begin(t, n);
	set_aside(t, names, n);
	struct inv_str *own = inv_mem_resize(NULL, n, sizeof(*own));

	for (size_t i = 0; i < n; i++)
		own[i] = t->item > 0 ? inv_sheet_unguard(names[i]) : names[i];
	bool ok = are_different(own, n, err) && add_all(t, own, n, err);

	free(own);
	return ok;
}

bool
inv_table_number(struct inv_table *t, size_t n, struct inv_err *err)
{
	struct inv_str *own = inv_mem_resize(NULL, n, sizeof(*own));
	struct inv_buf names = INV_BUF(n * NUMBERED);

	begin(t, n);
	if (!inv_buf_room(&names, n * NUMBERED))
		inv_mem_need(false);
	for (size_t i = 0; i < n; i++) {
		own[i].p = names.p + names.n;
		inv_buf_byte(&names, 'c');
		inv_buf_u64(&names, i + 1);
		own[i].n = (size_t)(names.p + names.n - own[i].p);
	}
	bool ok = add_all(t, own, n, err);

	inv_buf_free(&names);
	free(own);
	return ok;
}

struct inv_str
inv_table_column(const struct inv_table *t, size_t i)
{
	/* Without the comma and the colon. */
	return (struct inv_str){ t->text.p + t->at[i] + 1,
		t->at[i + 1] - t->at[i] - 2 };
}

bool
inv_table_takes(const struct inv_table *t, size_t i)
{
	return !is_aside(t, i);
}

void
inv_table_columns(const struct inv_table *t, struct inv_buf *out)
{
	inv_emit_open(out, '[');
	for (size_t i = 0; i < t->columns; i++)
		if (!is_aside(t, i))
			inv_emit_raw(out, inv_table_column(t, i));
	inv_naming_put_names(t->naming, out);
	inv_emit_close(out, ']');
}

static struct inv_str
before(const struct inv_table *t, size_t i)
{
	return (struct inv_str){ t->text.p + t->at[i],
		t->at[i + 1] - t->at[i] };
}

static inline char *
put(char *to, struct inv_str s)
{
	memcpy(to, s.p, s.n);
	return to + s.n;
}

static inline char *
put_cell(const struct inv_table *t, const struct inv_str *cells, size_t i,
    char *to)
{
	to = put(to, before(t, i));
	if (cells[i].p == NULL)
		return put(to,
		    t->null_empty ? INV_LIT("null") : INV_LIT("\"\""));
	*to++ = '"';
	to = put(to, cells[i]);
	*to++ = '"';
	return to;
}

/* Room has been made for all of it. */
static char *
put_plain(const struct inv_table *t, const struct inv_str *cells, char *to)
{
	if (t->aside == NULL)
		for (size_t i = 0; i < t->columns; i++)
			to = put_cell(t, cells, i, to);
	else
		for (size_t i = 0; i < t->columns; i++)
			if (!t->aside[i])
				to = put_cell(t, cells, i, to);
	return to;
}

static bool
add_escaped(const struct inv_table *t, const struct inv_str *cells,
    struct inv_buf *out)
{
	for (size_t i = 0; i < t->columns; i++) {
		if (is_aside(t, i))
			continue;
		inv_buf_add(out, before(t, i));
		if (cells[i].p == NULL && t->null_empty) {
			inv_buf_add(out, INV_LIT("null"));
			continue;
		}
		inv_buf_byte(out, '"');
		size_t from = out->n;

		inv_emit_text(out,
		    t->item > 0 ? inv_sheet_unguard(cells[i]) : cells[i]);
		if (out->n - from > INV_FIELD_MAX)
			return false;
		inv_buf_byte(out, '"');
	}
	return true;
}

bool
inv_table_row(const struct inv_table *t, const struct inv_str *cells,
    enum inv_care care, struct inv_buf *out)
{
	const struct inv_str tail = inv_naming_tail(t->naming);
	size_t n = t->text.n + 4 * t->columns + tail.n + 2;
	size_t from = out->n;
	bool ok = true;

	for (size_t i = 0; i < t->columns; i++)
		n += cells[i].n;
	if (n > 2 * (size_t)INV_RECORD_MAX || !inv_buf_room(out, n))
		return false;
	switch (t->item > 0 ? INV_CARE_ESCAPE : care) {
	case INV_CARE_NONE:
		out->n = (size_t)(put_plain(t, cells, out->p + from) - out->p);
		break;
	case INV_CARE_ESCAPE:
		ok = add_escaped(t, cells, out);
		break;
	}
	inv_buf_add(out, tail);
	/* The first column's comma is the opening brace. */
	if (out->n == from)
		inv_buf_byte(out, '{');
	out->p[from] = '{';
	inv_buf_byte(out, '}');
	if (ok && out->n - from <= INV_RECORD_MAX)
		return true;
	out->n = from;
	return false;
}

struct inv_str
inv_table_aside(const struct inv_str *cells, size_t which)
{
	if (which == 0 || cells[which - 1].p == NULL)
		return INV_LIT("");
	return inv_sheet_unguard(cells[which - 1]);
}

void
inv_table_free(struct inv_table *t)
{
	inv_buf_free(&t->text);
	free(t->at);
	free(t->aside);
	t->at = NULL;
	t->aside = NULL;
	t->columns = t->item = t->why = 0;
}
