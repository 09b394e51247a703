/* sheet.c - records as CSV that is safe to open in a spreadsheet */

#include "data/sheet.h"

#include <stdlib.h>

#include "base/mem.h"

enum {
	NAMES_MAX = 16 << 20, /* bytes of all columns' names */
	CELL_MAX = 16 << 20,  /* bytes of a cell */
};

struct inv_sheet {
	struct inv_buf names; /* decoded, one behind the other */
	struct {
		size_t at;
		size_t n;
	} column[INV_MEMBERS_MAX];
	size_t n;
	const struct inv_member *value[INV_MEMBERS_MAX];
	struct inv_buf cell;
};

struct inv_sheet *
inv_sheet_new(void)
{
	struct inv_sheet *s = inv_mem_new(sizeof(*s));

	s->names = INV_BUF(NAMES_MAX);
	s->cell = INV_BUF(CELL_MAX);
	return s;
}

void
inv_sheet_free(struct inv_sheet *s)
{
	if (s == NULL)
		return;
	inv_buf_free(&s->names);
	inv_buf_free(&s->cell);
	free(s);
}

/* ---- a cell ---- */

/* Length of what begins text and shows as nothing, or as an apostrophe. */
static size_t
blank(struct inv_str text)
{
	static const struct inv_str blanks[] = {
		{ "'", 1 }, { "\x7f", 1 },
		{ "\xc2\xa0", 2 },     /* no-break space */
		{ "\xe3\x80\x80", 3 }, /* ideographic space */
		{ "\xef\xbb\xbf", 3 }, /* byte order mark */
	};

	if ((unsigned char)text.p[0] <= ' ')
		return 1;
	for (size_t i = 0; i < sizeof(blanks) / sizeof(*blanks); i++)
		if (inv_str_starts(text, blanks[i]))
			return blanks[i].n;
	/* C1 controls, and the spaces and marks of U+2000 to U+206F. */
	if (text.n >= 2 && text.p[0] == '\xc2' &&
	    (unsigned char)text.p[1] < 0xa0)
		return 2;
	if (text.n >= 3 && text.p[0] == '\xe2' &&
	    (text.p[1] == '\x80' || text.p[1] == '\x81'))
		return 3;
	return 0;
}

bool
inv_sheet_is_formula(struct inv_str text)
{
	static const struct inv_str triggers[] = { { "=", 1 }, { "+", 1 },
		{ "-", 1 }, { "@", 1 }, { "\t", 1 }, { "\r", 1 }, { "\n", 1 },
		{ "\xef\xbc\x9d", 3 }, { "\xef\xbc\x8b", 3 },
		{ "\xef\xbc\x8d", 3 }, { "\xef\xbc\xa0", 3 } };

	while (text.n > 0) {
		for (size_t i = 0; i < sizeof(triggers) / sizeof(*triggers);
		     i++)
			if (inv_str_starts(text, triggers[i]))
				return true;
		size_t n = blank(text);

		if (n == 0)
			return false;
		text.p += n;
		text.n -= n;
	}
	return false;
}

struct inv_str
inv_sheet_unguard(struct inv_str cell)
{
	if (cell.n < 2 || cell.p[0] != '\'')
		return cell;
	struct inv_str text = { cell.p + 1, cell.n - 1 };

	return inv_sheet_is_formula(text) ? text : cell;
}

static bool
is_plain(struct inv_str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			(c >= 'a' && c <= 'z') || c == '.' || c == '_' ||
			c == ':' || c == '-'))
			return false;
	}
	return true;
}

void
inv_sheet_cell(struct inv_buf *out, struct inv_str text, bool first)
{
	bool formula = inv_sheet_is_formula(text);

	if (!first)
		inv_buf_byte(out, ',');
	if (!formula && is_plain(text)) {
		inv_buf_add(out, text);
		return;
	}
	inv_buf_byte(out, '"');
	if (formula)
		inv_buf_byte(out, '\'');
	while (text.n > 0) {
		const char *quote = memchr(text.p, '"', text.n);
		size_t n =
		    quote != NULL ? (size_t)(quote - text.p) + 1 : text.n;

		inv_buf_add(out, (struct inv_str){ text.p, n });
		if (quote != NULL)
			inv_buf_byte(out, '"');
		text.p += n;
		text.n -= n;
	}
	inv_buf_byte(out, '"');
}

/* ---- columns ---- */

static struct inv_str
decoded(struct inv_sheet *s, struct inv_str raw, bool escaped)
{
	if (!escaped)
		return raw;
	inv_buf_reset(&s->cell);
	if (inv_buf_room(&s->cell, raw.n))
		s->cell.n = inv_text_decode(raw, s->cell.p);
	return inv_buf_str(&s->cell);
}

static struct inv_str
name_of(const struct inv_sheet *s, size_t k)
{
	return (struct inv_str){ s->names.p + s->column[k].at, s->column[k].n };
}

/* The column of that name; s->n where there is none.  Mostly it is `guess`. */
static size_t
column_of(const struct inv_sheet *s, struct inv_str name, size_t guess)
{
	size_t k = 0;

	if (guess < s->n && inv_str_eq(name_of(s, guess), name))
		return guess;
	while (k < s->n && !inv_str_eq(name_of(s, k), name))
		k++;
	return k;
}

bool
inv_sheet_learn(struct inv_sheet *s, const struct inv_members *fields,
    struct inv_str without, struct inv_err *err)
{
	for (size_t i = 0; i < fields->n; i++) {
		const struct inv_member *m = &fields->at[i];
		struct inv_str name = decoded(s, m->key, m->key_escaped);

		if (inv_str_starts(name, without) ||
		    column_of(s, name, i) < s->n)
			continue;
		if (s->n == INV_MEMBERS_MAX || !inv_buf_room(&s->names, name.n))
			return inv_fail(err, INV_BAD,
			    "more than %d columns, or names too long for them",
			    INV_MEMBERS_MAX);
		s->column[s->n].at = s->names.n;
		s->column[s->n].n = name.n;
		s->n++;
		inv_buf_add(&s->names, name);
	}
	return true;
}

bool
inv_sheet_names(struct inv_sheet *s, struct inv_buf *out)
{
	for (size_t k = 0; k < s->n; k++)
		inv_sheet_cell(out, name_of(s, k), k == 0);
	return s->n > 0;
}

static struct inv_str
cell_text(struct inv_sheet *s, const struct inv_member *m)
{
	if (m == NULL || m->kind == INV_KIND_NULL)
		return INV_LIT("");
	if (m->kind == INV_KIND_STRING)
		return decoded(s, inv_member_inner(m), m->value_escaped);
	return m->value;
}

size_t
inv_sheet_columns(const struct inv_sheet *s)
{
	return s->n;
}

struct inv_str
inv_sheet_name(const struct inv_sheet *s, size_t k)
{
	return name_of(s, k);
}

void
inv_sheet_load(struct inv_sheet *s, const struct inv_members *fields)
{
	memset(s->value, 0, s->n * sizeof(*s->value));
	for (size_t i = 0; fields != NULL && i < fields->n; i++) {
		const struct inv_member *m = &fields->at[i];
		size_t k = column_of(s, decoded(s, m->key, m->key_escaped), i);

		if (k < s->n)
			s->value[k] = m;
	}
}

struct inv_str
inv_sheet_text(struct inv_sheet *s, size_t k)
{
	return cell_text(s, s->value[k]);
}

bool
inv_sheet_values(struct inv_sheet *s, const struct inv_members *fields,
    struct inv_buf *out)
{
	inv_sheet_load(s, fields);
	for (size_t k = 0; k < s->n; k++)
		inv_sheet_cell(out, inv_sheet_text(s, k), k == 0);
	return s->n > 0;
}
