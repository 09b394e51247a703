/* csv.c - one framed record, split into its fields; the only user of libcsv */

#include "io/csv.h"

#include <stdlib.h>

#include <csv.h>

#include "base/mem.h"

enum { BLOCK = 64 << 10 }; /* bytes libcsv grows its field by */

struct inv_csv {
	struct inv_dialect dialect;
	struct csv_parser parser;
	size_t n;   /* fields so far */
	char *text; /* of the fields, behind each other */
	size_t used;
	size_t cap;
	struct inv_str field[INV_FRAME_FIELDS_MAX];
};

/* libcsv trims what it calls space: nothing is. */
static int
is_space(unsigned char c)
{
	(void)c;
	return 0;
}

static void
begin(struct inv_csv *c)
{
	if (csv_init(&c->parser, 0) != 0)
		abort();
	csv_set_delim(&c->parser, (unsigned char)c->dialect.delimiter);
	csv_set_quote(&c->parser, (unsigned char)c->dialect.quote);
	csv_set_space_func(&c->parser, is_space);
	csv_set_blk_size(&c->parser, BLOCK);
}

struct inv_csv *
inv_csv_new(struct inv_dialect dialect)
{
	struct inv_csv *c = inv_mem_new(sizeof(*c));

	c->dialect = dialect;
	begin(c);
	return c;
}

void
inv_csv_free(struct inv_csv *c)
{
	if (c == NULL)
		return;
	csv_free(&c->parser);
	free(c->text);
	free(c);
}

/* ---- records that the framer has not cut ---- */

/* libcsv's field is good within the callback only. */
static void
on_field(void *p, size_t n, void *self)
{
	struct inv_csv *c = self;

	if (c->n < INV_FRAME_FIELDS_MAX && n <= c->cap - c->used) {
		char *to = c->text + c->used;

		if (n > 0)
			memcpy(to, p, n);
		c->field[c->n] = (struct inv_str){ p == NULL ? NULL : to, n };
		c->used += n;
	}
	c->n++;
}

static bool
parse(struct inv_csv *c, const struct inv_framed *rec)
{
	/* Strict does not know strays; the framer has looked at the rest. */
	int strict = rec->strays == 0 ? CSV_STRICT | CSV_STRICT_FINI : 0;

	csv_set_opts(&c->parser, (unsigned char)(CSV_EMPTY_IS_NULL | strict));
	return csv_parse(&c->parser, rec->raw.p, rec->raw.n, on_field, NULL,
		   c) == rec->raw.n &&
	    csv_fini(&c->parser, on_field, NULL, c) == 0;
}

/* Add the field that begins at i, escapes taken off; where it ends. */
static size_t
add_escaped(struct inv_csv *c, struct inv_str raw, size_t i)
{
	const struct inv_dialect *d = &c->dialect;
	const bool quoted = i < raw.n && raw.p[i] == d->quote;
	const size_t from = c->used;
	bool open = quoted;

	i += quoted;
	for (; i < raw.n && (open || raw.p[i] != d->delimiter); i++) {
		bool is_last = i + 1 == raw.n;

		if (raw.p[i] == d->escape && !is_last && raw.p[i + 1] != '\n' &&
		    raw.p[i + 1] != '\r')
			i++;
		else if (open && raw.p[i] == d->quote) {
			open = !is_last && raw.p[i + 1] == d->quote;
			if (!open)
				continue;
			i++;
		}
		c->text[c->used++] = raw.p[i];
	}
	if (c->n < INV_FRAME_FIELDS_MAX)
		c->field[c->n] = (struct inv_str){
			quoted || c->used > from ? c->text + from : NULL,
			c->used - from,
		};
	c->n++;
	return i;
}

static void
parse_escaped(struct inv_csv *c, struct inv_str raw)
{
	size_t i = add_escaped(c, raw, 0);

	while (i < raw.n)
		i = add_escaped(c, raw, i + 1);
}

static void
make_room(struct inv_csv *c, const struct inv_framed *rec)
{
	if (c->cap < rec->raw.n) {
		c->cap = rec->raw.n + BLOCK;
		c->text = inv_mem_resize(c->text, c->cap, 1);
	}
	c->n = 0;
	c->used = 0;
}

static const struct inv_str *
split_uncut(struct inv_csv *c, const struct inv_framed *rec,
    struct inv_err *err)
{
	make_room(c, rec);
	bool ok = true;

	if (c->dialect.escape == INV_DIALECT_NONE)
		ok = parse(c, rec);
	else
		parse_escaped(c, rec->raw);
	if (ok && c->n == rec->fields)
		return c->field;
	/* After an error libcsv would deliver the rest of it as a row. */
	csv_free(&c->parser);
	begin(c);
	inv_fail(err, INV_INTERNAL, "split into %zu fields, not %zu", c->n,
	    rec->fields);
	return NULL;
}

/* ---- those that it has ---- */

/* What is between the quotes of a field, each doubled one once. */
static struct inv_str
undoubled(struct inv_csv *c, struct inv_str inside)
{
	const char quote = c->dialect.quote;
	const char *at =
	    inside.n == 0 ? NULL : memchr(inside.p, quote, inside.n);
	char *to = c->text + c->used;
	const char *from = inside.p;
	const char *end = inside.p + inside.n;

	if (at == NULL)
		return inside;
	for (; at != NULL; at = memchr(from, quote, (size_t)(end - from))) {
		size_t n = (size_t)(at + 1 - from);

		memcpy(c->text + c->used, from, n);
		c->used += n;
		from = at + 2;
	}
	memcpy(c->text + c->used, from, (size_t)(end - from));
	c->used += (size_t)(end - from);
	return (struct inv_str){ to, (size_t)(c->text + c->used - to) };
}

static void
unquote(struct inv_csv *c, const struct inv_framed *rec)
{
	make_room(c, rec);
	for (size_t i = 0; i < rec->fields; i++) {
		struct inv_str *f = &c->field[i];

		if (f->n == 0 || *f->p != c->dialect.quote)
			continue;
		*f = (struct inv_str){ f->p + 1, f->n - 2 };
		if (rec->doubled)
			*f = undoubled(c, *f);
	}
}

const struct inv_str *
inv_csv_split(struct inv_csv *c, const struct inv_framed *rec,
    struct inv_err *err)
{
	if (rec->cut == NULL)
		return split_uncut(c, rec, err);
	size_t from = 0;

	for (size_t i = 0; i < rec->fields; i++) {
		size_t to = rec->cut[i];

		c->field[i] = (struct inv_str){
			to > from ? rec->raw.p + from : NULL,
			to - from,
		};
		from = to + 1;
	}
	if (rec->quoted)
		unquote(c, rec);
	return c->field;
}
